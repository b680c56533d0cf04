"""One raw column as its distinct cells: which are numbers, which say why there is no answer."""

from __future__ import annotations

import datetime as dt
import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from csi.data.codebook import REASONS
from csi.data.scales import brief

BLANK = REASONS.index("blank")

NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff]")
_DATE = re.compile(
    r"(\d{4})(?:[-/.]|年)(\d{1,2})(?:[-/.]|月)(\d{1,2})日?(?:[ T]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?)?"
)


@dataclass(frozen=True, eq=False)
class Cells:
    """A column of n cells with u distinct ones.

    Attributes
    ----------
    name : name of the column
    codes : (n,) whole numbers, number of the distinct cell, -1 for an empty cell of a typed table
    distinct : (u,) the distinct cells
    counts : (u,) how often each occurs
    numbers : (u,) what it says as a number, NaN when it is none
    tokens : (u,) int8, the reason it says for a missing answer, 0 when it says none
    wide : (u,) whether the number is written in full-width digits
    form : how most numbers that are not written plainly are written (percent, of, stars, unit, words, comma)
    top : the highest possible number where the cells name it (5 in 4/5 and ★★★★☆), else NaN
    """

    name: str
    codes: NDArray[np.integer[Any]]
    distinct: NDArray[np.object_]
    counts: NDArray[np.intp]
    numbers: NDArray[np.float64]
    tokens: NDArray[np.int8]
    wide: NDArray[np.bool_]
    form: str = "plain"
    top: float = math.nan

    @property
    def answered(self) -> NDArray[np.bool_]:
        """(u,) cells that occur and do not say that an answer is missing."""
        return (self.counts > 0) & (self.tokens == 0)

    def spread(self, values: NDArray[Any], empty: Any) -> NDArray[Any]:
        """(n,) the value of each cell from the (u,) values of the distinct ones, `empty` for empty cells."""
        every = np.append(values, np.array([empty], dtype=values.dtype))
        if values.dtype == np.int8 and not every.any():  # no reason anywhere
            return np.zeros(len(self.codes), dtype=np.int8)
        return every[self.codes]

    def count(self, which: NDArray[np.bool_]) -> int:
        """Number of cells among the n that are marked in the (u,) mask."""
        return int(self.counts[which].sum())

    def examples(self, which: NDArray[np.bool_], limit: int = 3) -> list[str]:
        """The most frequent distinct cells of the (u,) mask, shortened, for a message."""
        where = np.flatnonzero(which & (self.counts > 0))
        where = where[np.argsort(-self.counts[where], kind="stable")][:limit]
        return [shorten(label_of(self.distinct[i])) for i in where]


def plain_text(cell: Any) -> str:
    """The text of a cell with full-width letters, digits and brackets made ordinary and outer blanks removed."""
    text = cell if isinstance(cell, str) else label_of(cell)
    if not text.isascii():
        text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    return text.strip()


def label_of(cell: Any) -> str:
    """A cell as a label: 7 for 7.0, a day without its midnight, text without outer blanks."""
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, bool | np.bool_):
        return str(bool(cell))
    if isinstance(cell, float | np.floating):
        return brief(float(cell))
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat() if cell.time() == dt.time() else cell.isoformat(sep=" ")
    return str(cell)


def shorten(text: str, limit: int = 24) -> str:
    """The beginning of a long text."""
    return text if len(text) <= limit else f"{text[: limit - 3]}..."


def reasons_by_code(cells: Cells, codes: Mapping[Any, str]) -> NDArray[np.int8]:
    """(u,) reason by the missing codes of a codebook, 0 for none; 99 matches 99, 99.0, "99" and "９９"."""
    found = np.zeros(len(cells.distinct), dtype=np.int8)
    words = {plain_text(code).casefold(): REASONS.index(why) for code, why in codes.items() if isinstance(code, str)}
    values = {float(code): REASONS.index(why) for code, why in codes.items() if not isinstance(code, str)}
    for word in list(words):
        if NUMBER.fullmatch(word):
            values.setdefault(float(word), words[word])
    for value, why in values.items():
        found[cells.numbers == value] = why
    if words:
        for i, cell in enumerate(cells.distinct):
            if isinstance(cell, str):
                found[i] = words.get(plain_text(cell).casefold(), found[i])
    return found


def dates_of(cells: Cells) -> NDArray[np.datetime64]:
    """(u,) the day and time each cell says, year first; NaT when it says none."""
    found = np.full(len(cells.distinct), np.datetime64("NaT", "s"), dtype="datetime64[s]")
    for i, cell in enumerate(cells.distinct):
        if isinstance(cell, dt.date):  # a datetime too
            found[i] = np.datetime64(cell.replace(tzinfo=None) if isinstance(cell, dt.datetime) else cell, "s")
        elif isinstance(cell, str) and (match := _DATE.fullmatch(plain_text(cell))):
            try:
                found[i] = np.datetime64(dt.datetime(*(int(part or 0) for part in match.groups())), "s")
            except ValueError:
                continue
    return found


def natural_key(label: str) -> tuple[Any, ...]:
    """Sort key that puts "Q2" before "Q10" and "-1" before "2"; numbers before words."""
    if NUMBER.fullmatch(label):
        return (0, float(label), label)
    parts = re.split(r"(\d+)", label)
    return (1, [(0, int(part), "") if part.isdecimal() else (1, 0, part.casefold()) for part in parts if part], label)
