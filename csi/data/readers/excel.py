"""The sheet of a workbook that holds the answers, as a raw table."""

from __future__ import annotations

import re
from typing import Any

from csi.data.cells import label_of
from csi.data.codebook import offered
from csi.data.raw import RawTable
from csi.data.readers.tables import of_rows
from csi.data.readers.workbook import open_workbook
from csi.errors import DataError
from csi.language import Note, note

_QUESTION = re.compile(r"\s*(?:\d{1,3}\s*[、．]|第\s*\d+\s*题)")


def workbook_table(data: bytes, file: str, sheet: str | int | None = None) -> RawTable:
    """The raw table of the sheet asked for, or of the one that holds the answers.

    Parameters
    ----------
    data : the bytes of an .xlsx or .xls workbook
    file : its name, for messages
    sheet : name of the sheet or its number, 1 the first; the one with the most filled rows and columns when None

    Raises
    ------
    DataError
        `excel_broken`, `sheet_unknown` with the sheets there are, `file_empty`, `no_respondents`, `heading_unclear`.

    """
    book = open_workbook(data, file)
    names = book.names
    if sheet is not None:
        chosen = _chosen(sheet, names, file)
        rows = book.rows(chosen)
        if not any(_filled(row) for row in rows):
            raise DataError("file_empty", file=file)
        return of_rows(rows, file, [])
    best, rows = "", []
    for name in names:
        found = book.rows(name)
        if _size(found) > _size(rows):
            best, rows = name, found
    if not best:
        raise DataError("file_empty", file=file)
    others = [name for name in names if name != best]
    far = (
        [note("cells_far", file=file, cells=list(book.left_out)[:6], count=len(book.left_out))] if book.left_out else []
    )
    notes: list[Note] = [*far, note("sheet_read", file=file, sheet=best, others=others[:10])] if others else far
    return of_rows(rows, file, notes)


def _chosen(sheet: str | int, names: list[str], file: str) -> str:
    if isinstance(sheet, str) and sheet not in names and sheet.isdecimal():
        sheet = int(sheet)
    if isinstance(sheet, int) and not isinstance(sheet, bool) and 1 <= sheet <= len(names):
        return names[sheet - 1]
    if sheet not in names:
        raise DataError("sheet_unknown", file=file, sheet=str(sheet), choices=offered(str(sheet), names))
    return str(sheet)


def _filled(row: list[Any]) -> int:
    return sum(cell not in ("", None) for cell in row)


def _size(rows: list[list[Any]]) -> float:
    """How much a sheet looks like answers: filled rows times columns; questions of a platform count for more."""
    counts = [_filled(row) for row in rows]
    wide = [count for count in counts if count >= 2]
    if len(wide) < 2:
        return 0.5 * (sum(counts) > 0)
    questions = any(_QUESTION.match(label_of(cell)) for row in rows[:10] for cell in row if cell not in ("", None))
    return len(wide) * max(wide) * (3.0 if questions else 1.0)
