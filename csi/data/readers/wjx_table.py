"""One file of a 问卷星 export as a plain table, and which of its columns belong to one question.

Marks: seen = in a real export or in parser code; unverified = described, not seen.

    6、stem                          one column (seen)
    第9题(row)                       one column of several, old files (seen)
    9、stem—row, 9、row              matrix or several blanks, new files (seen)
    9、stem—row, 2.row               matrix of scales, new files (seen)
    9、stem—row, (2) row             matrix, unverified
    9、stem—row, row                 matrix without numbers, unverified: only where the answers are of the same labels
    6、stem(option), 6、option       one column per option in code files, unverified
    uid                              a column of the user between questions (seen)
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from csi.data.cells import label_of, plain_text
from csi.data.raw import RawTable
from csi.errors import DataError
from csi.language import note

BLANK, SKIPPED = "(空)", "(跳过)"
GONE = ("", BLANK, SKIPPED)  # cells of the text file that hold no answer
QUESTION = re.compile(r"(\d{1,4})\s*([、．：:]|\.(?!\d))\s*(.*)", re.DOTALL)
OLD_QUESTION = re.compile(r"第\s*(\d{1,4})\s*题\s*(?:[(（](.*)[)）])?", re.DOTALL)
_BROKEN = re.compile("(?<=[\u3000-\u9fff\uff00-\uffef]) (?=[\u3000-\u9fff\uff00-\uffef])")  # a line broken in Chinese
_INVISIBLE = re.compile("[\u200b-\u200d\u2060\ufeff]|&nbsp;?")
FIXED = ("序号", "提交答卷时间", "所用时间", "来源", "来源详情", "来自IP", "总分", "用户ID")
_ROW = re.compile(r"[(（]?\s*(\d{1,3})\s*[)）]\s*(.*)", re.DOTALL)
_DASH = re.compile(r"(?<!—)—(?!—)")
_ROW_NUMBER = re.compile(r"^[(（]?\d{1,3}\s*(?:[)）、]|\.(?!\d))\s*")


@dataclass(frozen=True, eq=False)
class Column:
    """A column of n cells as text.

    Attributes
    ----------
    labels : (u,) distinct cells; those without an answer are one of `GONE`
    codes : (n,) number of each cell's label
    """

    labels: tuple[str, ...]
    codes: NDArray[np.intp]

    @classmethod
    def of(cls, cells: Sequence[Any]) -> Column:
        """The column of raw cells."""
        raw = np.empty(len(cells), dtype=object)
        raw[:] = cells
        codes, distinct = pd.factorize(raw, use_na_sentinel=False)
        merged, labels = pd.factorize(np.array([_text_of(cell) for cell in distinct], dtype=object))
        return cls(tuple(labels), merged[codes])

    @property
    def answers(self) -> tuple[str, ...]:
        """The labels that are answers."""
        return tuple(label for label in self.labels if label not in GONE)

    @property
    def counts(self) -> dict[str, int]:
        """Answer -> how often it was given."""
        tally = np.bincount(self.codes, minlength=len(self.labels)).tolist()
        return {label: count for label, count in zip(self.labels, tally, strict=True) if label not in GONE}

    def taken(self, rows: NDArray[np.intp]) -> Column:
        """The same column with its rows in another order."""
        return Column(self.labels, self.codes[rows])

    def mapped(self, new: dict[str, Any]) -> NDArray[np.object_]:
        """(n,) cells with some labels replaced."""
        return np.array([new.get(label, label) for label in self.labels], dtype=object)[self.codes]

    @property
    def cells(self) -> NDArray[np.object_]:
        """(n,) the cells as text."""
        return self.mapped({})


@dataclass(frozen=True, eq=False)
class Table:
    """A file: its name, its headings without tabs, line ends and outer blanks, its columns."""

    file: str
    headings: tuple[str, ...]
    columns: tuple[Column, ...]

    def __len__(self) -> int:
        return len(self.columns[0].codes)

    def named(self, heading: str) -> Column | None:
        """The column of a heading, None when there is none."""
        return self.columns[self.headings.index(heading)] if heading in self.headings else None


def table_of(raw: RawTable) -> Table:
    """A file of 问卷星 with its headings cleaned and its cells as text.

    Raises
    ------
    DataError
        `wjx_no_questions`, `no_respondents`.

    """
    headings = [_clean(name) for name in raw.headings]
    if not any(map(is_question, headings)):
        raise DataError("wjx_no_questions", file=raw.file, place=note("wjx_place_file"))
    columns = [_column(one) for one in raw.columns]
    filled = np.zeros(len(raw), dtype=bool)
    for column in columns:
        filled |= np.array([bool(label) for label in column.labels], dtype=bool)[column.codes]
    if not filled.any():
        raise DataError("no_respondents", file=raw.file)
    named = [name or f"column_{i + 1}" for i, name in enumerate(headings)]
    return Table(raw.file, tuple(named), tuple(column.taken(np.flatnonzero(filled)) for column in columns))


def _column(raw: pd.Categorical) -> Column:
    texts = np.array([*(_text_of(cell) for cell in raw.categories), ""], dtype=object)
    merged, labels = pd.factorize(texts)
    used, codes = np.unique(merged[raw.codes], return_inverse=True)
    return Column(tuple(labels[used]), codes)


def is_question(heading: str) -> bool:
    """Whether a cleaned heading begins like a question."""
    return QUESTION.fullmatch(heading) is not None or OLD_QUESTION.fullmatch(heading) is not None


def _text_of(cell: Any) -> str:
    text = "" if cell is None else label_of(cell)
    plain = plain_text(text) if len(text) <= 6 else ""
    return plain if plain in GONE[1:] else text


def _clean(heading: Any) -> str:
    text = " ".join(_INVISIBLE.sub(" ", "" if heading is None else label_of(heading)).split())
    return _BROKEN.sub("", text)


@dataclass(frozen=True)
class Question:
    """A question and its columns.

    Attributes
    ----------
    number : the number printed before it
    title : its wording; empty where the headings hold only rows or options
    columns : positions of its columns
    parts : the row or option of each column; empty for a question of one column
    """

    number: int
    title: str
    columns: tuple[int, ...]
    parts: tuple[str, ...] = ()

    @property
    def wording(self) -> str:
        """Its title, else its parts."""
        return self.title or "；".join(self.parts)


@dataclass
class _Group:
    number: int
    mark: str  # what follows the number; "题" for old files
    columns: list[int]
    bodies: list[str]
    parted: bool = field(default=False)

    @property
    def dashed(self) -> bool:
        return _DASH.search(self.bodies[0]) is not None

    def question(self) -> Question:
        if len(self.columns) == 1 and not self.parted:
            return Question(self.number, self.bodies[0], (self.columns[0],))
        title, parts = "", list(self.bodies)
        if self.mark != "题" and self.dashed:
            at = [match.start() for match in _DASH.finditer(self.bodies[0])][-1]
            title, parts[0] = self.bodies[0][:at].strip(), self.bodies[0][at + 1 :]
        return Question(self.number, title, tuple(self.columns), tuple(_ROW_NUMBER.sub("", part) for part in parts))


def questions_of(table: Table) -> tuple[list[Question], list[int], list[int]]:
    """The questions in order, the positions of the columns that are none, and of rows taken by their answers alone."""
    groups: list[_Group] = []
    others: list[int] = []
    guessed: list[int] = []
    for i, heading in enumerate(table.headings):
        current = groups[-1] if groups and groups[-1].columns[-1] == i - 1 else None
        old, new = OLD_QUESTION.fullmatch(heading), QUESTION.fullmatch(heading)
        row = _ROW.fullmatch(heading)
        if old:
            number, mark, body = int(old[1]), "题", (old[2] or "").strip()
        elif new and not (current and _is_row(current, int(new[1]), new[2])):
            number, mark, body = int(new[1]), new[2], new[3].strip()
        elif current and (new or row):
            current.columns.append(i)
            current.bodies.append(new[3] if new else row[2])
            continue
        elif current and current.dashed and heading not in FIXED and _alike(table.columns[i - 1], table.columns[i]):
            current.columns.append(i)
            current.bodies.append(heading)
            guessed.append(i)
            continue
        else:
            others.append(i)
            continue
        if current and current.number == number:
            current.columns.append(i)
            current.bodies.append(body)
        else:
            groups.append(_Group(number, mark, [i], [body], parted=mark == "题" and bool(body)))
    return [group.question() for group in groups], others, guessed


def _is_row(current: _Group, number: int, mark: str) -> bool:
    """Whether a heading such as `2.row` is a row of the current matrix and not question 2."""
    if mark not in ".．" or not current.dashed or current.mark == "题":
        return False
    if number == current.number:  # the form `9、row`
        return number == len(current.columns) + 1
    follows = number == len(current.columns) + 1
    if current.mark in ".．":
        return follows and number != current.number + 1
    return follows or number < current.number


def _alike(before: Column, column: Column) -> bool:
    """Whether two columns are answered with the same few labels."""
    first, second = set(before.answers), set(column.answers)
    return bool(first) and bool(second) and len(first | second) <= 12 and 2 * len(first & second) >= len(second)
