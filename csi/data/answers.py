"""From a cell to a number, a label, or a reason why there is none: one reader of answers for all sources.

What a cell can say as a number is read from the cell alone; whether it counts is decided by the column, so that one
odd cell changes nothing: `80%` is a number where most cells are percentages, `4,5` where commas are usual.
"""

from __future__ import annotations

import datetime as dt
import math
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from csi.data.cells import NUMBER, Cells, plain_text
from csi.data.codebook import REASONS
from csi.data.ladders import no_answer, plain_label

_UNIT = re.compile(
    r"([+-]?\d+(?:[.,]\d+)?)\s*(?:分|星|颗星|星级|点|점|つ星|stars?|points?|pts?|punkte?|sterne?|puntos?|estrellas?|pontos?|"
    r"estrelas?|étoiles?|bintang|poin|★|⭐)",
    re.IGNORECASE,
)
_PERCENT = re.compile(r"([+-]?\d+(?:[.,]\d+)?)\s*[%％]")
_OF = re.compile(r"(\d+(?:[.,]\d+)?)\s*(?:/|of|out of|von|de|sur|dari)\s*(\d{1,3})", re.IGNORECASE)
_STARS = re.compile(r"([★⭐🌟]*)(?:\ufe0f)?([☆✩]*)")
_BESIDE = re.compile(r"(\d+(?:[.,]\d+)?)\s*\(\s*[★⭐☆✩\ufe0f]+\s*\)")
_WORDED = re.compile(
    r"\(?\[?([+-]?\d{1,3})\]?\)?\s*(?:[-–—.:)=、：|]\s*|\s+|(?=[(\u3040-\u9fff\uac00-\ud7af]))([^\d\s].*)", re.S
)
_BARE = re.compile(r"[(\[（]?\s*(\d{1,2})\s*[)\]）]")  # (5), 4) beside ends that carry words
_WORDED_AFTER = re.compile(r"([^\d\s(].*?)\s*[(\[=:：-]\s*(\d{1,3})\s*分?\s*[)\]]?")
_COMMA = re.compile(r"[+-]?\d{1,9},\d{1,6}")
_CLOCK = re.compile(r"(?:(\d{1,3}):)?(\d{1,3}):(\d{2})(?:[.,]\d+)?")
_TIMES = re.compile(
    r"(?:(\d+(?:\.\d+)?)\s*(?:d|days?|天))?\s*(?:(\d+(?:\.\d+)?)\s*(?:小时|时|h|hours?|hrs?|std\.?))?\s*"
    r"(?:(\d+(?:\.\d+)?)\s*(?:分钟|分|min(?:ute)?s?\.?|m))?\s*(?:(\d+(?:\.\d+)?)\s*(?:秒|s|sec(?:ond)?s?\.?)?)?",
    re.IGNORECASE,
)
_MANY = 2_000  # columns of more distinct cells hold no answers with units or words
_BLANK = REASONS.index("blank")
_SIGNS = str.maketrans({"−": "-", "‒": "-", "﹣": "-", "٫": ".", "，": ","})


@dataclass(frozen=True)
class Said:
    """What a cell says as a number.

    Attributes
    ----------
    number : the number
    form : how it is written: plain, comma, unit, percent, of, stars, words
    of : the highest possible number where the cell names it (4/5, ★★★★☆), else NaN
    words : the words beside the number
    """

    number: float
    form: str
    of: float = math.nan
    words: str = ""


def said(text: str) -> Said | None:
    """What one text says as a number, by its own form; None for words, dates and everything else."""
    if NUMBER.fullmatch(text):
        return Said(float(text), "plain") if math.isfinite(float(text)) else None
    if _COMMA.fullmatch(text):
        return Said(_float(text), "comma", words=text)
    if found := _PERCENT.fullmatch(text):
        return Said(_float(found[1]), "percent", 100.0)
    if found := _UNIT.fullmatch(text) or _BESIDE.fullmatch(text):
        return Said(_float(found[1]), "unit")
    if found := _OF.fullmatch(text):
        return Said(_float(found[1]), "of", float(found[2]))
    found = _STARS.fullmatch(text.replace("\ufe0f", "").replace(" ", ""))
    if found and (found[1] or found[2]):
        return Said(float(len(found[1])), "stars", float(len(found[1]) + len(found[2])) if found[2] else math.nan)
    if found := _BARE.fullmatch(text):
        return Said(float(found[1]), "words", words="")
    if found := _WORDED.fullmatch(text):
        return Said(float(found[1]), "words", words=found[2])
    if found := _WORDED_AFTER.fullmatch(text):
        return Said(float(found[2]), "words", words=found[1])
    return None


def _float(text: str) -> float:
    return float(text.replace(",", "."))


def cells_of(series: pd.Series, name: str, decimal: str | None = None) -> Cells:
    """The distinct cells of a column of any dtype, read as numbers and reasons.

    Parameters
    ----------
    series : (n,) raw cells
    name : name of the column
    decimal : {".", ","}, optional
        Sign before decimals; by what most cells with a comma look like when None.

    """
    if isinstance(series.dtype, pd.CategoricalDtype):
        codes, distinct = series.cat.codes.to_numpy(), series.cat.categories
    else:
        codes, distinct = pd.factorize(series)
    distinct = np.asarray(distinct.astype(object) if hasattr(distinct, "astype") else distinct, dtype=object)
    counts = np.bincount(codes if len(codes) and codes.min() >= 0 else codes[codes >= 0], minlength=len(distinct))
    numbers, tokens, wide, form, tops = _read(distinct, counts, decimal)
    return Cells(name, codes, distinct, counts, numbers, tokens, wide, form, tops)


def _read(distinct: NDArray[np.object_], counts: NDArray[np.intp], decimal: str | None) -> tuple[Any, ...]:
    numbers, tokens, wide = _plainly(distinct)
    left = [
        (i, told)
        for i in np.flatnonzero(np.isnan(numbers) & (tokens == 0) & (counts > 0))
        if isinstance(distinct[i], str) and (told := said(_digits(distinct[i]))) is not None
    ] if len(distinct) <= _MANY or decimal == "," else []  # fmt: skip
    if len(distinct) > _MANY and decimal is None:
        left = _commas(distinct, numbers, tokens, counts)
    plain = int(counts[np.isfinite(numbers)].sum())
    form, top = "plain", math.nan
    for name in dict.fromkeys(told.form for _, told in left):
        group = [(i, told) for i, told in left if told.form == name]
        if _counts_here(name, group, counts, plain, decimal):
            for i, told in group:
                numbers[i] = told.number
                wide[i] |= name in ("plain", "unit") and not distinct[i].isascii() and any(map(_is_wide, distinct[i]))
            if name != "plain":
                form = name
                top = max((told.of for _, told in group if math.isfinite(told.of)), default=math.nan)
    return numbers, tokens, wide, form, top


def _is_wide(character: str) -> bool:
    return character.isdecimal() and not character.isascii()


def _counts_here(
    form: str, group: Sequence[tuple[int, Said]], counts: NDArray[np.intp], plain: int, decimal: str | None
) -> bool:
    """Whether cells of one form are numbers in this column."""
    here = int(sum(counts[i] for i, _ in group))
    if form in ("plain", "unit"):
        return True
    if form == "comma":
        if decimal is not None:
            return decimal == ","
        thousands = all(re.fullmatch(r"\D*[1-9]\d{0,2},\d{3}", told.words) for _, told in group)
        return not thousands and here >= 3 and here >= 0.05 * (here + plain)
    if form in ("percent", "stars"):
        return here >= plain
    if form == "of":
        return here >= plain and len({t.of for _, t in group}) == 1 and all(t.number <= t.of >= 3 for _, t in group)
    return _worded(group)


def _worded(group: Sequence[tuple[int, Said]]) -> bool:
    """Whether numbers with words beside them are the rungs of a scale: each number has words of its own."""
    words: dict[float, set[str]] = {}
    for _, told in group:
        words.setdefault(told.number, set()).add(plain_label(told.words))
    named = {number: texts - {""} for number, texts in words.items() if texts != {""}}
    distinct = set().union(*named.values())
    return len(named) >= 2 and len(words) <= 12 and len(distinct) == len(named) == sum(map(len, named.values()))


def _commas(
    distinct: NDArray[np.object_], numbers: NDArray[np.float64], tokens: NDArray[np.int8], counts: NDArray[np.intp]
) -> list[tuple[int, Said]]:
    """Cells of a column of very many distinct ones that are numbers with a decimal comma."""
    left = np.flatnonzero(np.isnan(numbers) & (tokens == 0) & (counts > 0))
    sample = [distinct[i] for i in left[:200]]
    if not sample or sum(isinstance(cell, str) and _COMMA.fullmatch(cell.strip()) is not None for cell in sample) < 100:
        return []
    return [
        (i, Said(_float(text), "comma"))
        for i in left
        if isinstance(distinct[i], str) and _COMMA.fullmatch(text := distinct[i].strip())
    ]


def _plainly(distinct: NDArray[np.object_]) -> tuple[NDArray[np.float64], NDArray[np.int8], NDArray[np.bool_]]:
    """Numbers written as numbers, reasons by words, and which numbers are in other digits than 0-9."""
    numbers = np.full(len(distinct), np.nan)
    tokens = np.zeros(len(distinct), dtype=np.int8)
    wide = np.zeros(len(distinct), dtype=bool)
    only_truth = all(isinstance(cell, bool | np.bool_) for cell in distinct)
    for i, cell in enumerate(distinct):
        if isinstance(cell, str):
            if NUMBER.fullmatch(cell):
                numbers[i], wide[i] = float(cell), not cell.isascii()
                continue
            text = _digits(cell)
            if NUMBER.fullmatch(text):
                numbers[i], wide[i] = float(text), not cell.isascii()
            elif not text:
                tokens[i] = _BLANK
            elif len(text) <= 40 and (why := no_answer(text)) is not None:
                tokens[i] = REASONS.index(why)
        elif isinstance(cell, bool | np.bool_):  # a column of nothing else is one of 0 and 1
            numbers[i] = float(cell) if only_truth else np.nan
        elif isinstance(cell, int | float | np.number):
            try:
                numbers[i] = float(cell)
            except OverflowError:
                continue
    numbers[~np.isfinite(numbers)] = np.nan
    return numbers, tokens, wide


def _digits(cell: str) -> str:
    """A cell in ordinary signs and digits, whatever script its digits are of."""
    text = plain_text(cell)
    if text.isascii():
        return text
    text = text.translate(_SIGNS)
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() and not c.isascii() else c for c in text)


def seconds(cell: Any) -> float | None:
    """The seconds of a time taken: 310, 310秒, 1分20秒, 00:03:12, 3 min 12 s, a clock time of a workbook.

    Returns
    -------
    float or None
        None when the cell is no duration.

    """
    if isinstance(cell, dt.timedelta | np.timedelta64):
        return pd.Timedelta(cell).total_seconds()
    if isinstance(cell, dt.datetime):
        return None
    if isinstance(cell, dt.time):
        return 3600.0 * cell.hour + 60 * cell.minute + cell.second + cell.microsecond / 1e6
    text = _digits(cell if isinstance(cell, str) else str(cell))
    if found := _CLOCK.fullmatch(text):
        hours, minutes, rest = (float(part or 0) for part in found.groups())
        return 3600 * hours + 60 * minutes + rest
    found = _TIMES.fullmatch(text)
    if not text or found is None or not any(found.groups()):
        return None
    days, hours, minutes, rest = (float(part or 0) for part in found.groups())
    return 86400 * days + 3600 * hours + 60 * minutes + rest
