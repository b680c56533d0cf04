"""The code file of a 问卷星 pair: which file is which, whether two files belong together, and what positions say."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from csi.data.cells import plain_text
from csi.data.ladders import read_ladders
from csi.data.readers.wjx_table import BLANK, GONE, SKIPPED, Column, Question, Table
from csi.errors import DataError
from csi.language import Note, note

NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")
TYPED = re.compile(r"\s*〖(.*?)〗\s*", re.DOTALL)
_CODE_NAME = re.compile(r"按序号|^\d+_\d+_2\.")
_TEXT_NAME = re.compile(r"按文本|^\d+_\d+_0\.")
_CODES = {"-2", "-3"}  # the usual codes; only to tell one file from the other


@dataclass(frozen=True, eq=False)
class Coded:
    """The columns of one question in the code file, rows in the order of the text file.

    Attributes
    ----------
    parts : row or option in the heading of each column; empty for a question of one column
    columns : its columns
    """

    parts: tuple[str, ...]
    columns: tuple[Column, ...]


def numbers_of(column: Column) -> NDArray[np.float64]:
    """(n,) the codes of a column, NaN where there is none; text typed beside an option is left out."""
    texts = [plain_text(TYPED.sub("", label)) for label in column.labels]
    return np.array([float(text) if NUMBER.fullmatch(text) else np.nan for text in texts])[column.codes]


def is_coded(table: Table, questions: Sequence[Question]) -> bool | None:
    """Whether a file holds positions instead of words; None when its numbers could be positions and nothing tells."""
    columns = [table.columns[i] for question in questions for i in question.columns]
    labels = {label for column in columns for label in column.labels}
    if labels & {BLANK, SKIPPED} or any("┋" in label for label in labels):
        return False
    if _CODE_NAME.search(table.file):
        return True
    if _TEXT_NAME.search(table.file):
        return False
    if any("〖" in label and not label.lstrip().startswith("〖") and not label[0].isdecimal() for label in labels):
        return False
    if any(_is_options([table.columns[i] for i in question.columns]) for question in questions if question.parts):
        return True
    negative = sum(_has_codes(column) for column in columns)
    worded = any(_is_worded(column) for column in columns)
    if negative > 1 or (negative and not worded):
        return True
    return None if not worded and any(_is_small_numbers(column) for column in columns) else False


def _is_options(columns: Sequence[Column]) -> bool:
    """Whether columns are the 0/1 columns of options."""
    found = {label for column in columns for label in column.answers}
    return len(columns) > 1 and {"0", "1"} <= found <= {"0", "1", *_CODES}


def _has_codes(column: Column) -> bool:
    found = set(column.answers)
    return bool(found & _CODES) and len(found) > 1 and all(re.fullmatch(r"-[23]|\d{1,2}", label) for label in found)


def _is_small_numbers(column: Column) -> bool:
    """Whether all answers are whole numbers that could be positions of options."""
    return bool(column.answers) and all(re.fullmatch(r"-?\d{1,2}", plain_text(label)) for label in column.answers)


def _is_worded(column: Column) -> bool:
    """Whether the answers are a few words given again and again, or the labels of a ladder."""
    if len(column.answers) > 1 and read_ladders(column.answers) is not None:
        return True
    words = {label: count for label, count in column.counts.items() if not NUMBER.fullmatch(plain_text(label))}
    return bool(words) and len(words) <= 50 and 2 * len(words) <= sum(words.values())


def matched(
    text: Table, asked: Sequence[Question], code: Table, coded: Sequence[Question], notes: list[Note]
) -> list[Coded]:
    """The code columns of each question of the text file.

    Raises
    ------
    DataError
        `wjx_pair_rows`, `wjx_pair_ids`, `wjx_pair_questions`, `wjx_pair_titles` when the files are of two surveys or of
        one survey at two times.

    """
    files = {"text": text.file, "code": code.file}
    if len(text) != len(code):
        raise DataError("wjx_pair_rows", **files, rows=len(text), code_rows=len(code))
    first, second = [question.number for question in asked], [question.number for question in coded]
    if first != second:
        alone = [
            str(number) for number in dict.fromkeys([*first, *second]) if first.count(number) != second.count(number)
        ]
        raise DataError("wjx_pair_questions", **files, questions=alone or ["-"])
    differing = [
        str(one.number)
        for one, other in zip(asked, coded, strict=True)
        if one.title and other.title and _key(one.title) != _key(other.title)
    ]
    if differing:
        raise DataError("wjx_pair_titles", **files, count=len(differing), questions=differing[:10])
    rows = _row_order(text, code, files, notes)
    return [Coded(question.parts, tuple(code.columns[i].taken(rows) for i in question.columns)) for question in coded]


def _key(title: str) -> str:
    return "".join(plain_text(title).split()).casefold()


def _row_order(text: Table, code: Table, files: dict[str, str], notes: list[Note]) -> NDArray[np.intp]:
    """Which row of the code file belongs to each row of the text file, by 序号."""
    first, second = text.named("序号"), code.named("序号")
    if first is None or second is None:
        notes.append(note("wjx_pair_by_order", **files))
        return np.arange(len(text))
    ids, others = [str(one) for one in first.cells], [str(one) for one in second.cells]
    if ids != others:
        place = {one: row for row, one in enumerate(others)}
        lost = sum(one not in place for one in ids)
        if lost or len(place) < len(others) or len(set(ids)) < len(ids):
            raise DataError("wjx_pair_ids", **files, count=lost or len(others) - len(place) or len(ids) - len(set(ids)))
        notes.append(note("wjx_pair_sorted", **files))
        return np.array([place[one] for one in ids])
    return np.arange(len(text))


def positions_of(column: Column, coded: Column, number: int, files: Sequence[str]) -> dict[str, int] | None:
    """Label -> position of a question with options; None where the code file repeats what the text file says.

    Raises
    ------
    DataError
        `wjx_pair_answers` when a label stands beside two positions or two labels beside one.

    """
    answered = ~np.isin(column.cells.astype(str), GONE)
    words, codes = column.cells[answered], coded.cells[answered]
    if all(_same(a, b) for a, b in {(a, b) for a, b in zip(words, codes, strict=True)}):
        return None
    values = numbers_of(coded)[answered]
    pairs = {(label, value) for label, value in zip(words, values, strict=True)}
    found = {label: int(value) for label, value in pairs if np.isfinite(value) and value >= 1 and value % 1 == 0}
    if len(found) < len(pairs) or len(set(found.values())) < len(found):
        raise DataError("wjx_pair_answers", text=files[0], code=files[1], question=number)
    return found


def _same(text: str, code: str) -> bool:
    first, second = plain_text(text), plain_text(code)
    if first == second:
        return True
    return bool(NUMBER.fullmatch(first) and NUMBER.fullmatch(second)) and float(first) == float(second)


def with_reasons(column: Column, coded: Sequence[Column], codes: dict[int, str]) -> tuple[Column, int]:
    """The text column with its empty cells filled by what the code file says of them, and how many were filled."""
    cells = column.cells
    empty = np.flatnonzero(cells == "")
    if not len(empty):
        return column, 0
    values = np.array([numbers_of(one)[empty] for one in coded])
    filled = 0
    for code, word in codes.items():
        here = empty[(values == code).all(axis=0)]
        cells[here] = word
        filled += len(here)
    return Column.of(cells), filled


def other_way(column: Column, coded: Column, codes: dict[int, str]) -> int:
    """Cells that the text file calls skipped and the code file blank by these codes, or the other way round."""
    cells, values = column.cells, numbers_of(coded)
    words = {word: code for code, word in codes.items()}
    return sum(
        int(((cells == word) & (values == words[other])).sum()) for word, other in ((BLANK, SKIPPED), (SKIPPED, BLANK))
    )
