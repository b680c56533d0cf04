"""What a column without a codebook holds, and the scale its ratings were given on."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

import numpy as np

from csi.data.cells import Cells, dates_of
from csi.data.scales import Scale

# Narrow before wide. A four-point scale is rare, so ratings up to 4 are taken for 1-5; a codebook says otherwise.
STANDARD_SCALES = tuple(Scale(lo, hi) for lo, hi in ((0, 1), (1, 5), (1, 7), (1, 10), (0, 10), (0, 100)))
_YES_NO, _HUNDRED = STANDARD_SCALES[0], STANDARD_SCALES[-1]

_WEIGHT = (
    r"(?:(?:survey|sampling|sample|design|case|final|post)[ _.-]?)?(?:weights?|wt|wgt|pweight)|权重|权数|抽样权数|加权"
)
_STRATA = r"(?:sampling[ _.-]?)?(?:strata|stratum)|层|分层|抽样层"
_CLUSTER = r"clusters?|psu|interviewer(?:[ _.-]?id)?|群|抽样单元|访员|访问员|调查员"
ROLE_NAMES = {
    role: re.compile(f"(?:{words})", re.IGNORECASE)
    for role, words in (("weight", _WEIGHT), ("strata", _STRATA), ("cluster", _CLUSTER))
}
_PRIVATE = re.compile(
    r"ip|ip[ _.-]?addr(?:ess)?|e-?mail(?:[ _.-]?address)?|phone(?:[ _.-]?number)?|full[ _.-]?name|"
    r"first[ _.-]?name|last[ _.-]?name|来自ip|邮箱|电子邮箱|电话|手机|手机号码?|联系电话|联系方式|姓名|身份证号?码?",
    re.IGNORECASE,
)
_AMOUNT = re.compile(
    rf"(?:.*[ _.-])?(?:id|uid)|index|serial|(?:respondent|record|case|row|answer)[ _.-]?(?:no|nr|number)|编号|序号|"
    rf"duration(?:[ _.-].*)?|seconds|minutes|所用时间|用时|时长|答题时长|秒数|age|年龄|year|年份|{_WEIGHT}",
    re.IGNORECASE,
)
_GROUP = re.compile(
    rf"region|province|city|district|gender|sex|group|segment|branch|wave|operator|地区|省份?|城市|区域|性别|组别|分组|"
    rf"网点|期次?|波次|{_STRATA}|{_CLUSTER}",
    re.IGNORECASE,
)
_HEADING_NUMBER = re.compile(r"^\s*(?:Q?\d+[、.．:：_-]\s*)?", re.IGNORECASE)


def plain_heading(name: str) -> str:
    """A column name without a leading question number."""
    return _HEADING_NUMBER.sub("", name).strip()


def looks_private(name: str) -> bool:
    """Whether a column is named like a person's name, address, phone or IP."""
    return _PRIVATE.fullmatch(plain_heading(name)) is not None


def role_like(name: str) -> str | None:
    """The role a column is named like: weight, strata or cluster."""
    return next((role for role, words in ROLE_NAMES.items() if words.fullmatch(plain_heading(name))), None)


def guess_kind(cells: Cells) -> str:
    """The kind of a column: rating, number, category, text or date; number when nothing is answered."""
    used = cells.answered
    if not used.any():
        return "number"
    if np.isfinite(cells.numbers[used]).all():
        return _numeric_kind(cells)
    if not np.isnat(dates_of(cells)[used]).any():
        return "date"
    distinct = int(used.sum())
    few = distinct <= 50 and 2 * distinct <= cells.count(used)
    texts = [str(cell) for cell, is_used in zip(cells.distinct, used, strict=True) if is_used] if few else []
    return "category" if few and max(map(len, texts)) <= 60 else "text"


def _numeric_kind(cells: Cells) -> str:
    used = cells.answered
    values = cells.numbers[used]
    heading = plain_heading(cells.name)
    if _AMOUNT.fullmatch(heading) or (values % 1 != 0).any():
        return "number"
    if _GROUP.fullmatch(heading):
        return "category"
    answers = cells.count(used)
    if answers >= 30 and set(values) == {1.0, 2.0}:  # two codes, such as those of gender
        return "category"
    unique = answers >= 6 and len(values) == answers
    if unique and (answers > 11 or (np.diff(values) == 1).all()):  # an id
        return "number"
    return "rating" if narrowest_scale(values) is not None else "number"


def narrowest_scale(values: np.ndarray) -> Scale | None:
    """The narrowest standard scale that holds all values; 0-100 only when its upper half is used."""
    if len(values) == 0 or (values % 1 != 0).any():
        return None
    found = next((scale for scale in STANDARD_SCALES if scale.contains(values).all()), None)
    return None if found is _HUNDRED and values.max() <= 50 else found


def guess_scales(columns: Mapping[str, np.ndarray]) -> dict[str, Scale]:
    """A scale for each column of ratings (its distinct values); columns no standard scale holds are left out.

    A column on a narrower scale than the most common one of five to eleven points is put on that one when it fits:
    ratings 1-10 whose highest answer happens to be 7. Columns of 0 and 1 stay.
    """
    first = {name: scale for name, values in columns.items() if (scale := narrowest_scale(values)) is not None}
    tally = Counter(scale for scale in first.values() if scale not in (_YES_NO, _HUNDRED))
    if not tally:
        return first
    common = max(tally, key=lambda scale: (tally[scale], scale.hi - scale.lo))
    return {
        name: common if scale != _YES_NO and common.lo <= scale.lo and scale.hi <= common.hi else scale
        for name, scale in first.items()
    }
