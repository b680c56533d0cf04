"""Invented exports of survey platforms, written from the descriptions of their formats alone; one seed each."""

from __future__ import annotations

import json
import random

import numpy as np

from csi.data.raw import RawTable, compact

NAME = "export.csv"


def table(*rows: list) -> RawTable:
    """The first row as headings, the others as raw cells; "" is an empty cell."""
    columns = tuple(compact(np.array([row[at] for row in rows[1:]], dtype=object)) for at in range(len(rows[0])))
    return RawTable(NAME, tuple(str(cell).strip() for cell in rows[0]), columns)


def column(export, name: str) -> list:
    """The cells of one column as they are."""
    cells = export.table.columns[export.table.headings.index(name)]
    return [None if code < 0 else cells.categories[code] for code in cells.codes]


def codes(notes) -> list[str]:
    return [note.code for note in notes]


META = {
    "StartDate": ("startDate", "Start Date", "开始日期"),
    "EndDate": ("endDate", "End Date", "结束日期"),
    "Status": ("status", "Response Type", "回复类型"),
    "IPAddress": ("ipAddress", "IP Address", "IP 地址"),
    "Progress": ("progress", "Progress", "进度"),
    "Duration (in seconds)": ("duration", "Duration (in seconds)", "持续时间(秒)"),
    "Finished": ("finished", "Finished", "已完成"),
    "RecordedDate": ("recordedDate", "Recorded Date", "记录日期"),
    "ResponseId": ("_recordId", "Response ID", "回复 ID"),
    "RecipientEmail": ("recipientEmail", "Recipient Email", "收件人电子邮件"),
    "LocationLatitude": ("locationLatitude", "Location Latitude", "位置纬度"),
    "UserLanguage": ("userLanguage", "User Language", "用户语言"),
}
QUESTIONS = {
    "Q1_1": ({"ImportId": "QID1_1"}, "How satisfied are you with\n<b>our shop</b>? - Price", "您对本店满意吗？ - 价格"),
    "Q1_2": ({"ImportId": "QID1_2"}, "How satisfied are you with\n<b>our shop</b>? - Staff", "您对本店满意吗？ - 员工"),
    "Q2": ({"ImportId": "QID2"}, "How likely are you to recommend us?", "您愿意推荐我们吗？"),
    "Q3_1": ({"ImportId": "QID3", "choiceId": "1"}, "Where? - Selected Choice - Web", "何处？ - 选定的选项 - 网店"),
    "Q3_2": ({"ImportId": "QID3", "choiceId": "2"}, "Where? - Selected Choice - Shop", "何处？ - 选定的选项 - 门店"),
    "Q3_3": ({"ImportId": "QID3", "choiceId": "3"}, "Where? - Selected Choice - Other", "何处？ - 选定的选项 - 其他"),
    "Q3_3_TEXT": ({"ImportId": "QID3_3_TEXT"}, "Where? - Other - Text", "何处？ - 其他 - 文本"),
    "Q4": ({"ImportId": "QID4_TEXT"}, "Any comment?", "您有什么意见？"),
}


def qualtrics(language: str = "en", people: int = 12, preview: tuple = (3,), spam: tuple = (5,)) -> list[list]:
    """The rows of an export: three of headings, then answers; -99 where a rating was seen and not answered."""
    rng = random.Random(7)
    at = 1 if language == "en" else 2
    names = [*META, *QUESTIONS, ""]
    wording = [*(meta[at] for meta in META.values()), *(question[at] for question in QUESTIONS.values()), ""]
    ids = [json.dumps({"ImportId": meta[0], "timeZone": "Z"}) for meta in META.values()]
    ids += [json.dumps(question[0]) for question in QUESTIONS.values()] + [""]
    rows = [names, wording, ids]
    for i in range(people):
        status = 1 if i in preview else 8 if i in spam else 0
        meta = [f"2026-03-{1 + i:02d} 10:00:00", f"2026-03-{1 + i:02d} 10:05:00", status, f"192.0.2.{i}", 100]
        meta += [60 + i, 1, f"2026-03-{1 + i:02d} 10:05:01", f"R_{i:05d}", f"p{i}@example.org", "52.1", "EN"]
        rated = [-99 if i == 1 else rng.randint(1, 7), rng.randint(1, 7), rng.randint(0, 10)]
        chosen = ["", "", ""] if i == 0 else [1 if i % 2 else "", 1 if i % 3 else "", 1]
        rows.append([*meta, *rated, *chosen, f"kiosk {i}" if i == 2 else "", f"remark {i}", ""])
    return rows


def old_qualtrics() -> list[list]:
    """Two heading rows: V1 ... over names of the platform, questions over wording."""
    meta = ["ResponseID", "ResponseSet", "Name", "ExternalDataReference", "EmailAddress", "IPAddress", "Status"]
    meta += ["StartDate", "EndDate", "Finished"]
    rows = [[*(f"V{i}" for i in range(1, 11)), "Q1"], [*meta, "Overall, how satisfied are you?"]]
    for i in range(6):
        person = [f"R_{i}", "Default", f"Person {i}", "", f"p{i}@example.org", "192.0.2.1", "0"]
        rows.append([*person, "2012-03-01 10:00:00", "2012-03-01 10:04:00", "1", str(1 + i % 5)])
    return rows


def surveymonkey(expanded: bool = True) -> list[list]:
    ids = ["Respondent ID", "Collector ID", "Start Date", "End Date", "IP Address", "Email Address", "First Name"]
    ids += ["Last Name", "Custom Data 1"]
    if expanded:
        questions = ["How satisfied are you?", "", "Which did you use?", "", "", "How likely would you recommend us?"]
        options = ["Price", "Staff", "Web", "Shop", "Other (please specify)", "Response"]
    else:
        questions = ["Which did you use?", "How likely would you recommend us?"]
    rows = [[*ids, *questions, ""]]
    if expanded:
        rows.append([*[""] * len(ids), *options, ""])
    for i in range(8):
        person = [11400 + i, 9, f"03/{13 + i}/2026 10:00:00 AM", f"03/{13 + i}/2026 01:05:00 PM", "192.0.2.1"]
        person += [f"p{i}@example.org", "Ann", "Example", ""]
        used = [option for option, yes in (("Web", i % 2), ("Shop", i % 3)) if yes]
        if expanded:
            answers = [["satisfied", "neutral"][i % 2], ["satisfied", "dissatisfied", "neutral"][i % 3]]
            answers += [
                "Web" if "Web" in used else "",
                "Shop" if "Shop" in used else "",
                "by phone" if i == 4 else "",
                i,
            ]
        else:
            answers = [", ".join(used), i]
        rows.append([*person, *answers, ""])
    return rows


def google(language: str = "en") -> list[list]:
    """A grid, and several answers in one cell of which one option holds a comma."""
    english = language == "en"
    words = ["Price", "Fast, free delivery", "Staff"] if english else ["价格", "快, 免费送货", "员工"]
    rows = [
        ["Timestamp", "Email Address", "Rate us [Price]", "Rate us [Staff]", "What matters?"]
        if english
        else ["时间戳记", "电子邮件地址", "请评分 [价格]", "请评分 [员工]", "看重什么？"]
    ]
    for i in range(24):
        chosen = [word for word, yes in zip(words, (i % 2, i % 3 == 0, i % 5 < 3), strict=True) if yes]
        when = f"3/{1 + i}/2026 14:0{i % 10}:11" if english else f"2026/3/{1 + i} 下午2:0{i % 10}:11"
        rows.append([when, f"p{i}@example.org", 1 + i % 5, 1 + i % 4, ", ".join(chosen)])
    return rows


def limesurvey(headings: str = "code") -> list[list]:
    """Headings as codes, as R writes them, as full wording (en, es, de), or as code and wording."""
    sub = {"code": "{}[{}]", "r": "{}.{}.", "spss": "{}_{}"}
    meta = ["id", "submitdate", "lastpage", "startlanguage", "seed", "ipaddr", "interviewtime"]
    own = {
        "en": ["Response ID", "Date submitted", "Last page", "Start language", "Seed", "IP address", "Total time"],
        "es": ["ID de respuesta", "Fecha de envío", "Última página", "Lenguaje inicial", "Semilla", "Dirección IP"],
        "de": ["Antwort ID", "Datum Abgeschickt", "Letzte Seite", "Start-Sprache", "Zufallsstartwert", "IP-Adresse"],
    }
    parts = [("Q1", ["SQ001", "SQ002"]), ("Q2", ["SQ001", "SQ002", "other"]), ("Q3", ["SQ001", "SQ002"])]
    texts = {"Q1": "Rate", "Q2": "Which", "Q3": "Agree"}
    if headings in sub:
        names = [sub[headings].format(code, part) for code, own_parts in parts for part in own_parts]
    elif headings == "both":
        meta = [f"{code}. {text}" for code, text in zip(meta, own["en"], strict=True)]
        names = [f"{code}[{part}]. {texts[code]} [{part}]" for code, own_parts in parts for part in own_parts]
    else:
        meta = [*own[headings], "Tiempo total" if headings == "es" else "Gesamtzeit"][:7]
        names = [f"{texts[code]} [{part}]" for code, own_parts in parts for part in own_parts]
    rows = [[*meta, *names, "Q4"]]
    for i in range(9):
        sent = "" if i == 2 else f"2026-03-0{1 + i} 10:00:00"
        several = (
            ["N/A", "N/A", ""] if i == 4 else ["Y" if i % 2 else "", "Y" if i % 3 else "", "kiosk" if i == 5 else ""]
        )
        several = ["", "", ""] if i == 6 else several
        agree = ["A1", "A2", "A5"]
        rated = [1 + i % 5, 5 - i % 5]
        row = [i + 1, sent, 3, "en", 123456 + i, "192.0.2.1", 60.5 + i, *rated, *several]
        rows.append([*row, agree[i % 3], agree[(i + 1) % 3], "-oth-" if i == 1 else "AO01"])
    return rows


def tencent() -> list[list]:
    rows = [["编号", "开始答题时间", "结束答题时间", "答题时长", "1.总体满意度"]]
    rows[0] += [f"2.您喜欢哪里？:{option}" for option in ("A.一丹图书馆", "B.食堂", "其他", "其他:输入文本")]
    rows[0] += ["3.请评价：价格", "3.请评价：服务", "IP", "城市", "自定义字段1"]
    for i in range(9):
        chosen = ["", "", ""] if i == 0 else ["A.一丹图书馆" if i % 2 else "", "B.食堂", "其他" if i == 4 else ""]
        typed = "操场" if i == 4 else ""
        person = [i + 1, "2026/5/26 12:00", "2026/5/26 12:03", 95 + i, 1 + i % 5]
        rows.append([*person, *chosen, typed, 1 + i % 5, 1 + i % 4, "192.0.2.1", "深圳", "u1"])
    return rows


def wenjuanxing() -> list[list]:
    head = ["序号", "提交答卷时间", "所用时间", "来源", "来源详情", "来自IP", "1、总体满意度", "2、您喜欢哪里？"]
    line = ["2026/09/03 12:00:00", "123秒", "微信", "直接访问", "192.0.2.1(虚构-测试)"]
    return [head, *([i, *line, "满意", "图书馆┋食堂"] for i in range(1, 5))]
