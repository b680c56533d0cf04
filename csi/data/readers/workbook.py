"""The cells of an Excel workbook in bounded time and memory whatever it holds, and the sheet with the answers."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable
from typing import Any

from csi.data.cells import label_of
from csi.data.codebook import offered
from csi.data.raw import RawTable
from csi.data.readers import workbook_ole, workbook_zip
from csi.data.readers.tables import of_rows
from csi.errors import CsiError, DataError
from csi.language import Note, note

_BROKEN = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, RuntimeError, LookupError,
           ValueError, OSError, OverflowError)  # fmt: skip
_QUESTION = re.compile(r"\s*(?:\d{1,3}\s*[、．]|第\s*\d+\s*题)")


class Workbook:
    """An open workbook.

    Attributes
    ----------
    names : names of its sheets of cells, hidden ones too, in the order of the file
    left_out : cells far from all others that were not read, such as "Sheet1!XFD1048576"; the first few

    """

    def __init__(self, data: bytes, file: str) -> None:
        from python_calamine import CalamineWorkbook

        self.file = file
        self.left_out: tuple[str, ...] = ()
        if data.startswith(b"PK"):
            data, self.left_out = self._calm(lambda: workbook_zip.checked(data, file))
        else:
            self._calm(lambda: workbook_ole.check(data, file))
        self._book = self._calm(lambda: CalamineWorkbook.from_filelike(io.BytesIO(data)))
        cells = [one for one in self._book.sheets_metadata if str(one.typ).endswith("WorkSheet")]
        self.names = [one.name for one in cells]

    def rows(self, name: str) -> list[list[Any]]:
        """The cells of one sheet without the empty rows and columns at its edges; a blank cell is "".

        An error cell is its text, such as #DIV/0!; in .xlsx a formula without a value is its text, such as =B2+C2.

        Raises
        ------
        DataError
            `sheet_unknown` with the sheets there are, `excel_broken`.

        """
        if name not in self.names:
            raise DataError("sheet_unknown", file=self.file, sheet=name, choices=offered(str(name), self.names))
        return _trimmed(self._calm(lambda: self._book.get_sheet_by_name(name).to_python(skip_empty_area=True)))

    def _calm(self, work: Callable[[], Any]) -> Any:
        """The work's result, or one sentence for whatever a damaged file leads to."""
        try:
            return work()
        except CsiError:
            raise
        except MemoryError:
            raise DataError("excel_broken", file=self.file, problem=note("excel_memory")) from None
        except _BROKEN as problem:
            raise self._broken(problem) from None
        except BaseException as problem:  # what the compiled reader raises when it gives up is no Exception
            if type(problem).__name__ not in ("CalamineError", "PanicException") and not isinstance(problem, Exception):
                raise
            if type(problem).__module__.partition(".")[0] not in ("python_calamine", "pyo3_runtime"):
                raise
            raise self._broken(problem) from None

    def _broken(self, problem: BaseException) -> DataError:
        return DataError("excel_broken", file=self.file, problem=str(problem) or type(problem).__name__)


def open_workbook(data: bytes, file: str) -> Workbook:
    """Open the bytes of a workbook.

    Parameters
    ----------
    data : the whole file, .xlsx or .xls
    file : what errors call it

    Raises
    ------
    DataError
        `excel_broken` with what is wrong, `excel_locked`, `excel_bomb`, `excel_far_cell` with the cell.

    Examples
    --------
    >>> import io, pandas
    >>> from csi.data.readers.workbook import open_workbook
    >>> file = io.BytesIO()
    >>> pandas.DataFrame({"sat": [7, 9]}).to_excel(file, index=False, sheet_name="answers")
    >>> book = open_workbook(file.getvalue(), "shop.xlsx")
    >>> book.names, book.rows("answers")
    (['answers'], [['sat'], [7.0], [9.0]])

    """
    return Workbook(data, file)


def _trimmed(rows: list[list[Any]]) -> list[list[Any]]:
    filled = [i for i, row in enumerate(rows) if not all(cell == "" for cell in row)]
    if not filled:
        return []
    rows = rows[filled[0] : filled[-1] + 1]
    width = max(map(len, rows))
    used = [j for j in (0, width - 1) if any(len(row) > j and row[j] != "" for row in rows)]
    if len(set(used)) < len({0, width - 1}):
        used = [j for j in range(width) if any(len(row) > j and row[j] != "" for row in rows)]
    return [row[used[0] : used[-1] + 1] for row in rows] if (used[0], used[-1]) != (0, width - 1) else rows


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
