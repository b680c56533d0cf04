"""腾讯问卷 exports: 编号, times and time taken, then numbered questions.

Marks: seen = in a real export or in parser code; unverified = described, not seen.

    编号,开始答题时间,结束答题时间,答题时长    seen
    1.标题                                  seen
    6.stem:option                           seen: one column per option, the option's text or blank; 1 in SPSS files
    5.stem:其他:输入文本                     seen
    自定义字段, IP, UA, Referrer, 国家 ...     unverified
"""

from __future__ import annotations

import re

from csi.data.raw import Export, RawTable
from csi.data.readers.platform_columns import Column, columns_of, export_of, give_stem, groups_of, key_of
from csi.data.readers.several_answers import as_choices, as_ranks
from csi.language import Note, note

_FIRST = ("编号", "开始答题时间", "结束答题时间", "答题时长")
_META = {
    "编号": "respondent",
    "答题时长": "duration",
    **dict.fromkeys(("开始答题时间", "结束答题时间", "语言", "清洗", "清洗结果", "清洗状态", "答题渠道", "渠道"), "-"),
    **dict.fromkeys(("自定义字段", "ip", "ip地址", "ua", "useragent", "referrer", "referer", "来源网址"), "private"),
    **dict.fromkeys(("国家", "省份", "城市", "国家地区", "昵称", "微信昵称", "openid", "用户id", "qq"), "private"),
}
_QUESTION = re.compile(r"[Qq]?(\d+)\s*[.．、](?!\d)\s*(.*)", re.DOTALL)
_COLONS = (":", "：")
_TYPED = re.compile(r".*[:：]\s*(?:输入文本|填空\d*|文本)", re.DOTALL)


def recognise(table: RawTable) -> Note | None:
    """How the table shows that it is an export of 腾讯问卷: three of its four first headings."""
    names = {name.strip() for name in table.headings}
    found = [name for name in _FIRST if name in names]
    return note("tencent_by_columns", columns=found) if len(found) >= 3 else None


def export(table: RawTable) -> Export:
    """What the format says: questions, several answers, texts typed beside options, columns of the platform."""
    columns = columns_of(table)
    numbers = []
    for column in columns:
        question = _QUESTION.fullmatch(column.name)
        numbers.append(question[1] if question else "")
        if question:
            column.text = question[2].strip()
        elif role := _META.get(key_of(column.name).rstrip("0123456789")):
            column.mark(role if role in ("respondent", "duration") else "", private=role == "private")
    for group in groups_of(numbers):
        if numbers[group[0]] and len(group) > 1:
            _question([columns[i] for i in group])
    return export_of(table, columns, "tencent", recognise(table))


def _question(columns: list[Column]) -> None:
    """Say what the columns of one number are."""
    for column in columns:
        if _TYPED.fullmatch(column.text):
            column.kind = "text"
    own = [column for column in columns if column.kind is None]
    if len(own) < 2:
        return
    give_stem(own, _COLONS)
    if not as_choices(own):
        as_ranks(own)
