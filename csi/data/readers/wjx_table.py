"""One file of a 问卷星 export as a plain table: headings cleaned, cells as text, the right sheet found."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from csi.data.cells import label_of, plain_text
from csi.data.readers.detect import decode, detect_delimiter, file_bytes, file_kind
from csi.errors import DataError
from csi.language import Note, note

BLANK, SKIPPED = "(空)", "(跳过)"
GONE = ("", BLANK, SKIPPED)  # cells of the text file that hold no answer
QUESTION = re.compile(r"(\d{1,4})\s*([、．：:]|\.(?!\d))\s*(.*)", re.DOTALL)
OLD_QUESTION = re.compile(r"第\s*(\d{1,4})\s*题\s*(?:[(（](.*)[)）])?", re.DOTALL)
_HEADER_WITHIN = 10
_BROKEN = re.compile("(?<=[\u3000-\u9fff\uff00-\uffef]) (?=[\u3000-\u9fff\uff00-\uffef])")  # a line broken in Chinese
_INVISIBLE = re.compile("[\u200b-\u200d\u2060\ufeff]|&nbsp;?")


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


def read_table(path: str | PathLike[str], notes: list[Note]) -> Table:
    """Read one file.

    Raises
    ------
    DataError
        `file_is_other`, `wjx_no_questions`, `no_respondents`, `row_length`, `quote_open`, `excel_broken`, and those of
        `file_bytes` and `decode`.

    """
    path = Path(path)
    data = file_bytes(path)
    kind = file_kind(data)
    if kind not in ("xlsx", "xls", "text"):
        raise DataError("file_is_other", file=path.name, found=note(f"file_{kind}"), help=note("help_wjx"))
    rows = _text_rows(data, path.name, notes) if kind == "text" else _sheet_rows(data, path.name, notes)
    return _table(rows, path.name, notes)


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


def _header_at(rows: Sequence[Sequence[Any]]) -> int | None:
    """The first row with a question in it."""
    found = (i for i, row in enumerate(rows[:_HEADER_WITHIN]) if any(is_question(_clean(cell)) for cell in row))
    return next(found, None)


def _text_rows(data: bytes, file: str, notes: list[Note]) -> list[list[Any]]:
    text, used = decode(data, file)
    if not used.startswith("utf-8"):
        notes.append(note("read_as", file=file, encoding=used))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=detect_delimiter(text), strict=True)
    rows, lines = [], []
    try:
        for row in reader:
            rows.append(row)
            lines.append(reader.line_num)
    except csv.Error:
        raise DataError("quote_open", file=file, line=(lines[-1] if lines else 0) + 1) from None
    at = _header_at(rows)
    if at is None:
        raise DataError("wjx_no_questions", file=file, place=note("wjx_place_file"))
    width = len(rows[at])
    wrong = [i for i, row in enumerate(rows) if i > at and any(row) and not _fits(row, width)]
    if wrong:
        line, found = lines[wrong[0]], len(rows[wrong[0]])
        raise DataError("row_length", file=file, line=line, found=found, expected=width, count=len(wrong))
    return rows


def _fits(row: Sequence[str], width: int) -> bool:
    return len(row) == width or (len(row) == width + 1 and not row[-1].strip())


def _sheet_rows(data: bytes, file: str, notes: list[Note]) -> list[list[Any]]:
    """The rows of the first sheet that holds questions."""
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        for sheet in workbook.sheet_names:
            rows = workbook.get_sheet_by_name(sheet).to_python(skip_empty_area=True)
            if _header_at(rows) is not None:
                others = [name for name in workbook.sheet_names if name != sheet]
                if others:
                    notes.append(note("wjx_sheet", file=file, sheet=sheet, others=others))
                return rows
    except CalamineError as error:
        raise DataError("excel_broken", file=file, problem=str(error)) from None
    raise DataError("wjx_no_questions", file=file, place=note("wjx_place_sheets", sheets=workbook.sheet_names))


def _table(rows: list[list[Any]], file: str, notes: list[Note]) -> Table:
    at = _header_at(rows) or 0
    above = sum(any(_clean(cell) for cell in row) for row in rows[:at])
    if above:
        notes.append(note("wjx_rows_above", file=file, count=above))
    header, body = rows[at], rows[at + 1 :]
    filled = [row for row in body if any(_clean(cell) for cell in row)]
    if not filled:
        raise DataError("no_respondents", file=file)
    if len(filled) < len(body):
        notes.append(note("wjx_empty_rows", file=file, count=len(body) - len(filled)))
    width = len(header)
    columns = [Column.of([row[i] if i < len(row) else "" for row in filled]) for i in range(width)]
    headings = [_clean(heading) for heading in header]
    kept = [i for i in range(width) if headings[i] or columns[i].answers]
    if len(kept) < width:
        notes.append(note("empty_columns", file=file, count=width - len(kept)))
    nameless = [f"column_{i + 1}" for i in kept if not headings[i]]
    if nameless:
        notes.append(note("columns_named", file=file, columns=nameless))
    cleaned = sum(headings[i] != header[i] for i in kept if headings[i])
    if cleaned:
        notes.append(note("wjx_headings_cleaned", file=file, count=cleaned))
    return Table(
        file,
        tuple(headings[i] or f"column_{i + 1}" for i in kept),
        tuple(columns[i] for i in kept),
    )
