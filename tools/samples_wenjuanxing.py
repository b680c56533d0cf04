"""The sample `mobile` as a pair of 问卷星 files, 按文本 and 按序号, and the codebook that reads them back.

The ratings are those of mobile.csv, cell by cell. What an export holds besides (times, addresses, services used, a
comment) is invented here from one seed; addresses come from the ranges reserved for documentation.
"""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from typing import Any
from xml.sax.saxutils import escape

import numpy as np
import samples_mobile

FOLDER = "mobile_wenjuanxing"
SEED = samples_mobile.SEED + 1
SKIPPED, BLANK = ("(跳过)", -3), ("(空)", -2)
DONT_KNOW, REFUSED = "不知道", "拒绝回答"
REASON = {code: reason for reason, code in samples_mobile.CODES.items()}
FIRST_DAY = {"2025H1": dt.datetime(2025, 3, 3), "2025H2": dt.datetime(2025, 9, 1), "2026H1": dt.datetime(2026, 3, 2)}
DAYS = 21
NETWORKS = ("192.0.2", "198.51.100", "203.0.113")
CITIES = ("甲市", "乙市", "丙市")
SERVICES = ("语音通话", "手机上网(流量套餐)", "家庭宽带", "增值服务(视频会员(含体育)、音乐会员等)", "其他【请注明】")
SERVICE_NAMES = ("service_voice", "service_data", "service_broadband", "service_extra", "service_else")
SERVICE_SHARE = (0.78, 0.93, 0.41, 0.24, 0.05)
TYPED = ("物联网卡", "国际漫游", "云盘", "亲情号", "智能门锁")
NOTHING = ("没意见", "无", "没有", "暂无", "挺好的")
COMPLAINTS = {
    "quality_network": ("信号不好，地铁里经常断线", "家里信号只有一两格", "晚上上网很慢"),
    "quality_service": ("客服电话总是排队", "营业厅排队时间太长", "问题反映几次都没有解决"),
    "value_price": ("套餐太贵", "老用户没有优惠，不合理", "流量用不完也不能结转"),
    "quality_information": ("账单看不明白", "扣费没有提前说清楚"),
}


def files(columns: dict[str, list[str]]) -> dict[str, Any]:
    """Name -> bytes of both workbooks, and the codebook as a mapping."""
    text, code = _tables(columns)
    return {
        f"{FOLDER}/mobile_按文本.xlsx": workbook(text),
        f"{FOLDER}/mobile_按序号.xlsx": workbook(code),
        f"{FOLDER}/codebook.yaml": codebook(),
    }


Column = tuple[str, list[Any]]


def _tables(columns: dict[str, list[str]]) -> tuple[list[Column], list[Column]]:
    """Headings and cells of the text file and of the code file."""
    rng = np.random.Generator(np.random.PCG64(SEED))
    people = len(columns["id"])
    text: list[Column] = _fixed(rng, columns)
    code: list[Column] = [(heading, list(cells)) for heading, cells in text]
    for number, column, title in ((1, "operator", "您目前使用哪家运营商的服务？"), (2, "wave", "本次调查属于哪一期？")):
        labels = samples_mobile.LABELS[column]
        text.append((f"{number}、{title}", [labels[value]["zh"] for value in columns[column]]))
        code.append((f"{number}、{title}", [list(labels).index(value) + 1 for value in columns[column]]))
    for part, other in zip((text, code), _services(rng, people), strict=True):
        part.extend(other)
    for heading, name in _questions():
        words, positions = _answers(name, columns[name])
        text.append((heading, words))
        code.append((heading, positions))
    comments = _comments(rng, columns)
    heading = f"{_comment_number()}、您对这家运营商还有什么意见或建议？"
    text.append((heading, comments))
    code.append((heading, [BLANK[1] if comment == BLANK[0] else comment for comment in comments]))
    return text, code


def _fixed(rng: np.random.Generator, columns: dict[str, list[str]]) -> list[Column]:
    people = len(columns["id"])
    share = rng.random((6, people))
    times = []
    for wave in FIRST_DAY:
        inside = np.flatnonzero(np.array(columns["wave"]) == wave)
        seconds = np.sort(share[0][inside]) * DAYS * 86_400
        times += [FIRST_DAY[wave] + dt.timedelta(seconds=int(second)) for second in seconds.tolist()]
    regions = samples_mobile.LABELS["region"]
    addresses = [
        f"{NETWORKS[int(a * 3)]}.{1 + int(b * 254)}({regions[region]['zh']}-{CITIES[int(c * 3)]})"
        for a, b, c, region in zip(*share[1:4].tolist(), columns["region"], strict=True)
    ]
    sources = ["微信" if one < 0.7 else "手机提交" if one < 0.9 else "链接" for one in share[4].tolist()]
    return [
        ("序号", list(range(1, people + 1))),
        ("提交答卷时间", [f"{time.year}/{time.month}/{time.day} {time:%H:%M:%S}" for time in times]),
        ("所用时间", [f"{seconds}秒" for seconds in columns["seconds"]]),
        ("来源", sources),
        ("来源详情", ["公众号菜单" if one < 0.5 else "直接访问" for one in share[5].tolist()]),
        ("来自IP", addresses),
        ("uid", list(columns["id"])),
    ]


def _services(rng: np.random.Generator, people: int) -> tuple[list[Column], list[Column]]:
    """One column of joined options; one 0/1 column per option."""
    flags = rng.random((people, len(SERVICES))) < np.array(SERVICE_SHARE)
    typed = (rng.random(people) * len(TYPED)).astype(int).tolist()
    shown = []
    for row, which in zip(flags.tolist(), typed, strict=True):
        names = [name for name, chosen in zip(SERVICES, row, strict=True) if chosen]
        if row[-1]:
            names[-1] += f"〖{TYPED[which]}〗"
        shown.append("┋".join(names) or BLANK[0])
    title = "您使用这家运营商的哪些服务？（可多选）"
    codes = [
        (
            f"3、{title}({name})",
            [BLANK[1] if cell == BLANK[0] else int(flag) for cell, flag in zip(shown, column, strict=True)],
        )
        for name, column in zip(SERVICES, flags.T.tolist(), strict=True)
    ]
    return [(f"3、{title}", shown)], codes


def _questions() -> list[tuple[str, str]]:
    """Heading and item: the image as a matrix, every other item a question of its own."""
    found = []
    number = 4
    image = [name for name, item in samples_mobile.ITEMS.items() if item.get("construct") == "Image"]
    for name, item in samples_mobile.ITEMS.items():
        if name in image:
            row = image.index(name) + 1
            title = f"您在多大程度上同意下列说法？{_ends(item)}"
            found.append((f"4、{title}—{item['zh']}" if row == 1 else f"{row}.{item['zh']}", name))
        else:
            number += 1
            found.append((f"{number}、{item['zh']}{_ends(item)}", name))
    return found


def _comment_number() -> int:
    return len([name for heading, name in _questions() if "、" in heading[:3]]) + 4


def _ends(item: dict[str, Any]) -> str:
    """What the ends of a scale mean, as a heading says it."""
    labels = samples_mobile.SCALES[item["scale"]]["labels"]
    if item["scale"] in ("yesno", "percent"):
        return ""
    return f"（{item['lo']} = {labels[item['lo']]['zh']}，{item['hi']} = {labels[item['hi']]['zh']}）"


def _answers(name: str, cells: list[str]) -> tuple[list[Any], list[Any]]:
    """Text cells and code cells of one item."""
    item = samples_mobile.ITEMS[name]
    if item["scale"] == "yesno":
        options = ["是", "否"]
        words = {"1": "是", "0": "否"}
    elif item["scale"] == "percent":
        options, words = None, {}
    else:
        options = [str(value) for value in range(item["lo"], item["hi"] + 1)]
        words = {option: option for option in options}
    text, code = [], []
    for cell in cells:
        reason = REASON.get(cell)
        if reason in ("skipped", "not_asked", "blank"):
            word, position = BLANK if reason == "blank" else SKIPPED
        elif reason is not None:
            word = DONT_KNOW if reason == "dont_know" else REFUSED
            position = word if options is None else len(options) + 1 + (reason == "refused")
        elif options is None:
            word, position = cell, int(cell)
        else:
            word = words[cell]
            position = options.index(word) + 1
        text.append(word)
        code.append(position)
    return text, code


def _comments(rng: np.random.Generator, columns: dict[str, list[str]]) -> list[str]:
    """Nothing from most; from others what their lowest rating is about."""
    found = []
    for row, (speaks, which) in enumerate(rng.random((len(columns["id"]), 2)).tolist()):
        ratings = {name: int(columns[name][row] or 99) for name in COMPLAINTS}
        name = min(ratings, key=ratings.__getitem__)
        if speaks < 0.45:
            found.append(BLANK[0])
        elif ratings[name] <= 5 and speaks < 0.85:
            found.append(COMPLAINTS[name][int(which * len(COMPLAINTS[name]))])
        else:
            found.append(NOTHING[int(which * len(NOTHING))])
    return found


def codebook() -> dict[str, Any]:
    """Which question is which item of `mobile`."""
    items: dict[str, Any] = {
        "operator": {"kind": "category", "aliases": ["q1"], "text": {"en": "Which operator do you use?"}},
        "wave": {"kind": "category", "aliases": ["q2"], "text": {"en": "Which wave is this?"}},
    }
    items["operator"]["text"]["zh"] = "您目前使用哪家运营商的服务？"
    items["wave"]["text"]["zh"] = "本次调查属于哪一期？"
    for number, (name, option) in enumerate(zip(SERVICE_NAMES, SERVICES, strict=True), start=1):
        items[name] = {"kind": "multiple", "aliases": [f"q3_{number}"], "text": {"zh": f"使用的服务：{option}"}}
    items["service_typed"] = {"kind": "text", "aliases": ["q3_other"], "text": {"zh": "使用的其他服务"}}
    number = 4
    for name, item in samples_mobile.ITEMS.items():
        entry = {key: item[key] for key in ("scale", "construct", "reversed") if key in item}
        if item.get("construct") == "Image":
            alias = f"q4_{sum(one.startswith('image_') for one in items) + 1}"
        else:
            number += 1
            alias = f"q{number}"
        items[name] = entry | {"aliases": [alias], "text": {"en": item["en"], "zh": item["zh"]}}
    items["comment"] = {"kind": "text", "aliases": [f"q{number + 1}"], "text": {"zh": "意见或建议"}}
    return {
        "title": {"en": "Four mobile operators, a 问卷星 export", "zh": "四家移动运营商（问卷星导出）"},
        "source": f"simulated by tools/samples.py, seed {samples_mobile.SEED}; the operators do not exist",
        "roles": {"duration": "所用时间", "respondent": "uid", "private": ["来源详情", "来自IP"]},
        "missing": {DONT_KNOW: "dont_know", REFUSED: "refused"},
        "scales": samples_mobile.SCALES,
        "items": items,
        "truth": {"sample": "mobile"},
    }


# A workbook of one sheet ------------------------------------------------------------------------------------------

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_PARTS = {
    "[Content_Types].xml": (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPES}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPES}.worksheet+xml"/>'
        f'<Override PartName="/xl/sharedStrings.xml" ContentType="{_TYPES}.sharedStrings+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'<Relationships xmlns="{_RELATIONS}">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">'
        '<sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'<Relationships xmlns="{_RELATIONS}">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{_OFFICE}/sharedStrings" Target="sharedStrings.xml"/></Relationships>'
    ),
}


def workbook(columns: list[Column]) -> bytes:
    """An .xlsx file: ints are numbers, everything else text; the same bytes for the same cells and the same zlib."""
    shared: dict[str, int] = {}
    rows = []
    lines = [[heading for heading, _ in columns], *zip(*(cells for _, cells in columns), strict=True)]
    for number, line in enumerate(lines, start=1):
        cells = []
        for cell in line:  # no cell is left out, so none needs its address, which would double the size
            if isinstance(cell, int):
                cells.append(f"<c><v>{cell}</v></c>")
            else:
                cells.append(f'<c t="s"><v>{shared.setdefault(cell, len(shared))}</v></c>')
        rows.append(f'<row r="{number}">{"".join(cells)}</row>')
    texts = "".join(f'<si><t xml:space="preserve">{escape(text)}</t></si>' for text in shared)
    parts = _PARTS | {
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{_MAIN}"><sheetData>{"".join(rows)}</sheetData></worksheet>',
        "xl/sharedStrings.xml": f'<sst xmlns="{_MAIN}" uniqueCount="{len(shared)}">{texts}</sst>',
    }
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in parts.items():
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type, entry.create_system, entry.external_attr = zipfile.ZIP_DEFLATED, 3, 0o644 << 16
            archive.writestr(entry, f"{_HEAD}{content}", compresslevel=9)
    return stream.getvalue()


def same_workbook(first: bytes, second: bytes) -> bool:
    """Whether two workbooks hold the same parts; their compressed bytes depend on the zlib of the machine."""
    if first == second:
        return True
    with zipfile.ZipFile(io.BytesIO(first)) as one, zipfile.ZipFile(io.BytesIO(second)) as other:
        names = one.namelist()
        return names == other.namelist() and all(one.read(name) == other.read(name) for name in names)
