"""All tables as one Excel workbook with a page that explains them; the same tables give the same bytes."""

from __future__ import annotations

import errno
import gc
import io
import math
import os
import sys
import traceback
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from csi.language import current_language, say, use_language
from csi.report.files import failed_output
from csi.report.handout import ABOUT, NOTES, QUESTIONS, Handout, handout_of
from csi.report.packages import without_dates, writable
from csi.study import level_text
from csi.views import column_glossary, width

LONGEST = 32_767  # characters a cell of Excel can hold
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def tables_content(results: Any, file: Path, language: str | None = None) -> bytes:
    """The workbook of a Study or of Results, as `write_tables` writes it to a file.

    Raises
    ------
    OutputError
        `output_failed`: there is no room for the temporary files it is made from.

    """
    with use_language(language or current_language()):
        return workbook_content(handout_of(results), file)


def workbook_content(handout: Handout, file: Path) -> bytes:
    """The workbook with all tables; errors as `tables_content`."""
    try:
        return _workbook(handout)
    except _writing_errors() as problem:
        _let_go(problem)
        room = problem if isinstance(problem, OSError) else OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        raise failed_output(str(file), room) from None


def _writing_errors() -> tuple[type[Exception], ...]:
    """What openpyxl raises where there is no room for its temporary files; where lxml is installed it writes them."""
    try:
        from lxml.etree import LxmlError
    except ModuleNotFoundError:
        return (OSError,)
    return OSError, LxmlError


def _let_go(problem: Exception) -> None:
    """Drop the half-made workbook, whose writers fail once more while they are closed, without a word."""
    before, sys.unraisablehook = sys.unraisablehook, lambda lost: None
    try:
        traceback.clear_frames(problem.__traceback__)
        gc.collect()
    finally:
        sys.unraisablehook = before


def _workbook(handout: Handout) -> bytes:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    _about(book.create_sheet(ABOUT), handout)
    for sheet in handout.sheets:
        _table(book.create_sheet(sheet.name), sheet.shown.frame, sheet.shown.decimals)
    if handout.questions:
        _plain(book.create_sheet(QUESTIONS), handout.questions)
    head = (
        [say("workbook.note")]
        if len(max(handout.notes, key=len, default=())) < 2
        else [say("handout.result"), say("workbook.note")]
    )
    _plain(book.create_sheet(NOTES), [head, *handout.notes])
    content = io.BytesIO()
    book.save(content)
    return without_dates(content.getvalue())


def _about(page: Any, handout: Handout) -> None:
    """What the workbook is: the answer, its sheets, their columns, the method, what to cite."""
    page.column_dimensions["A"].width, page.column_dimensions["B"].width = 24, 70
    for letter in "CD":
        page.column_dimensions[letter].width = 30
    strong = {"bold": True}
    labels = [say("workbook.cite"), *[""] * len(handout.citations)]
    rows: list[tuple[Sequence[str], dict[str, Any]]] = [
        ([handout.title], {"bold": True, "size": 14}),
        *((fact, {}) for fact in handout.facts),
        *((pair, {}) for pair in zip(labels, handout.citations, strict=False)),
        (["", f"{say('workbook.how')} {say('workbook.level', level=level_text(handout.level))}"], {}),
        ([], {}),
        ([say("workbook.sheet"), say("workbook.holds")], strong),
        *(([sheet.name, sheet.caption], {}) for sheet in handout.sheets),
        *[([QUESTIONS, say("workbook.questions_sheet")], {})][: len(handout.questions)],
        ([NOTES, say("workbook.notes_sheet")], {}),
        ([], {}),
        ([say(f"workbook.{name}") for name in ("column", "english", "chinese", "unit")], strong),
    ]
    used = dict.fromkeys(column for sheet in handout.sheets for column in sheet.shown.frame.columns)
    glossary = column_glossary()
    for column in used:
        entry = glossary.get(column, {})
        rows.append(([column, *(entry.get(key, "") for key in ("en", "zh", "unit"))], {}))
    for texts, style in rows:
        page.append([_text(page, text, wrap=True, **style) for text in texts])


def _table(sheet: Any, frame: Any, decimals: int) -> None:
    """One table under its two frozen header rows."""
    glossary = column_glossary()
    columns = list(frame.columns)
    titles = [f"{glossary[name]['en']} / {glossary[name]['zh']}" if name in glossary else name for name in columns]
    sheet.freeze_panes = "A3"
    for i, name in enumerate(columns):
        longest = max([len(name), len(titles[i]) + 4, *(width(str(value)) for value in frame[name].head(200))])
        numeric = frame[name].dtype.kind == "f"
        sheet.column_dimensions[_letter(i)].width = min(16 if numeric else longest + 2, 60)
    sheet.append([_text(sheet, name, bold=True) for name in columns])
    sheet.append([_text(sheet, title, bold=True, wrap=True) for title in titles])
    for row in frame.itertuples(index=False, name=None):
        sheet.append([_cell(sheet, value, decimals) for value in row])


def _plain(sheet: Any, rows: Iterable[Sequence[str]]) -> None:
    """Texts under one frozen header row."""
    sheet.freeze_panes = "A2"
    for i, row in enumerate(rows):
        if not i:
            for column in range(len(row)):
                sheet.column_dimensions[_letter(column)].width = 100 if len(row) == 1 else 32
        sheet.append([_text(sheet, text, bold=not i, wrap=len(row) == 1) for text in row])


def _cell(sheet: Any, value: Any, decimals: int) -> Any:
    """A number as a number, everything else as text; nothing for what does not exist."""
    from openpyxl.cell import WriteOnlyCell

    if hasattr(value, "item"):
        value = value.item()
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return None
    if isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        cell = WriteOnlyCell(sheet, value=value)
        cell.number_format = "0" if value.is_integer() and abs(value) >= 1 else f"0.{'0' * decimals}".rstrip(".")
        return cell
    return _text(sheet, str(value))


def _text(sheet: Any, text: str, *, bold: bool = False, size: int = 11, wrap: bool = False) -> Any:
    """A cell that holds this text and nothing that could be computed."""
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Font

    text = writable(text)[:LONGEST]
    cell = WriteOnlyCell(sheet, value=text)
    cell.data_type = "s"
    if text.startswith(FORMULA):
        cell.quotePrefix = True
    if bold or size != 11:
        cell.font = Font(bold=bold, size=size)
    if wrap:
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell


def _letter(column: int) -> str:
    from openpyxl.utils import get_column_letter

    return get_column_letter(column + 1)
