"""Read a survey from an Excel workbook, .xlsx or .xls."""

from __future__ import annotations

import io
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from csi.data.cells import label_of
from csi.data.codebook import Codebook, as_codebook, offered
from csi.data.readers.detect import file_bytes, file_kind, refuse_other
from csi.data.readers.tables import finished_table, headings
from csi.data.survey import Survey, survey_of
from csi.errors import DataError
from csi.language import Note, note


def read_excel(
    path: str | PathLike[str],
    codebook: Codebook | str | PathLike[str] | None = None,
    *,
    sheet: str | None = None,
    name: str | None = None,
) -> Survey:
    """Read a survey from one sheet of a workbook, one respondent a row.

    The first row that is not empty holds the column names.

    Parameters
    ----------
    path : file name of an .xlsx or .xls workbook
    codebook : a Codebook or the name of its file; without one kinds and scales are guessed and the notes say so
    sheet : name of the sheet; the first that is not empty when None, with a note when there are others
    name : name of the survey; the file's name without its ending when None

    Returns
    -------
    Survey
        Its notes say what was dropped and which sheet was read.

    Raises
    ------
    DataError
        `file_not_found`, `folder_not_found`, `file_is_folder`, `file_empty`, `file_unreadable`, `file_is_other`,
        `excel_broken`, `sheet_unknown` with the sheets there are, `columns_twice`, `heading_unclear`,
        `no_respondents`, and those of `Survey.from_frame`.

    Examples
    --------
    >>> import csi, pandas, pathlib, tempfile
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "shop.xlsx"
    >>> pandas.DataFrame({"sat": [7, 9], "loyal": [10, None]}).to_excel(file, index=False)
    >>> csi.read_excel(file).answers.to_dict("list")
    {'sat': [7.0, 9.0], 'loyal': [10.0, nan]}

    """
    path = Path(path)
    data = file_bytes(path)
    refuse_other(path.name, file_kind(data), ("xlsx", "xls"))
    book = None if codebook is None else as_codebook(codebook)
    notes: list[Note] = []
    rows = _rows(data, path.name, sheet, notes)
    return survey_of(_frame(rows, path.name, notes), book, name or path.stem, tuple(notes))


def _rows(data: bytes, file: str, sheet: str | None, notes: list[Note]) -> list[list[Any]]:
    """The cells of the sheet asked for, or of the first that is not empty."""
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheets = workbook.sheet_names
        if sheet is not None and sheet not in sheets:
            raise DataError("sheet_unknown", file=file, sheet=sheet, choices=offered(str(sheet), sheets))
        for candidate in [sheet] if sheet is not None else sheets:
            rows = workbook.get_sheet_by_name(candidate).to_python(skip_empty_area=True)
            if any(cell not in ("", None) for row in rows for cell in row):
                others = [other for other in sheets if other != candidate]
                if sheet is None and others:
                    notes.append(note("sheet_read", file=file, sheet=candidate, others=others))
                return rows
    except CalamineError as error:
        raise DataError("excel_broken", file=file, problem=str(error)) from None
    raise DataError("file_empty", file=file)


def _frame(rows: list[list[Any]], file: str, notes: list[Note]) -> pd.DataFrame:
    while rows and not any(_filled(cell) for cell in rows[0]):
        rows = rows[1:]
    header, body = [label_of(cell) for cell in rows[0]], rows[1:]
    if not body:
        raise DataError("no_respondents", file=file)
    cells = np.empty((len(header), len(body)), dtype=object)
    for i, column in enumerate(zip(*body, strict=True)):
        cells[i] = column
    empty = [not any(_filled(cell) for cell in column) for column in cells]
    columns = headings(header, empty, file, notes)
    compact = {heading: _compact(cells[i]) for i, heading in columns}
    return finished_table(pd.DataFrame(compact, copy=False), file, notes)


def _filled(cell: Any) -> bool:
    return bool(cell.strip()) if isinstance(cell, str) else cell is not None


def _compact(column: np.ndarray) -> pd.Categorical:
    codes, distinct = pd.factorize(column)
    return pd.Categorical.from_codes(codes, pd.Index(distinct, dtype=object))
