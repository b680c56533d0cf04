"""Which columns of a 问卷星 export belong to one question, and which are none.

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
from dataclasses import dataclass, field

from csi.data.readers.wjx_table import OLD_QUESTION, QUESTION, Column, Table

FIXED = ("序号", "提交答卷时间", "所用时间", "来源", "来源详情", "来自IP", "总分", "用户ID")
_ROW = re.compile(r"[(（]?\s*(\d{1,3})\s*[)）]\s*(.*)", re.DOTALL)
_DASH = re.compile(r"(?<!—)—(?!—)")
_ROW_NUMBER = re.compile(r"^[(（]?\d{1,3}\s*(?:[)）、]|\.(?!\d))\s*")


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
