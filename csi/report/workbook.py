"""All tables of a Study as one Excel workbook with a page that explains them; the same Study gives the same bytes."""

from __future__ import annotations

import gc
import io
import math
import re
import sys
import traceback
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

from csi.language import current_language, pick, say, use_language
from csi.report.files import check_target, failed_output, write_file
from csi.report.methods import method_text
from csi.report.sources import check_study
from csi.study import Study, level_text
from csi.views import column_glossary, table_title

ABOUT, NOTES, QUESTIONS = "说明 About", "notes", "questions"
LONGEST = 32_767  # characters a cell of Excel can hold
FORMULA = ("=", "+", "-", "@", "\t", "\r")
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
STILL = (1980, 1, 1, 0, 0, 0)  # the date of every part, so that the same content gives the same bytes


def write_tables(study: Study, path: str | PathLike[str], *, language: str | None = None) -> Path:
    """Write every table of a Study to an Excel workbook.

    The first sheet says what the others hold, what each column means, how the numbers were made and what to cite.
    Then one sheet a table, named result_table (`fit_index`): first row the names of the columns as in `tidy`, second
    row what they are called in English and Chinese, both frozen; numbers in full precision, keys as text.

    Parameters
    ----------
    study : what `analyse_survey` gives back
    path : file to write, ending in .xlsx; an existing one is replaced when the new one is complete, never before
    language : {"en", "zh"}, optional
        Of the sentences on the first sheet and of notes and checks; None means the current language.

    Returns
    -------
    Path
        The file that was written.

    Raises
    ------
    OutputError
        The file cannot be written; what stood there before is untouched.
    OptionError
        An unknown language.

    Notes
    -----
    A text that begins with = + - or @ stays text and is never computed. A number that does not exist is an empty
    cell. There is no date in the file: the same Study gives the same bytes.

    Examples
    --------
    >>> import csi, pandas, pathlib, tempfile
    >>> study = csi.analyse_survey(csi.load_sample("tiny"), "Satisfaction ~ Quality", n_boot=0)
    >>> file = csi.write_tables(study, pathlib.Path(tempfile.mkdtemp()) / "tiny.xlsx")
    >>> pandas.read_excel(file, sheet_name="fit_paths", skiprows=[1], engine="calamine")["source"].tolist()
    ['Quality']

    """
    check_study(study, "write_tables")
    file = check_target(path)
    return write_file(file, tables_content(study, file, language))


def tables_content(study: Study, file: Path, language: str | None = None) -> bytes:
    """The workbook that `write_tables` writes to a file.

    Raises
    ------
    OutputError
        `output_failed`: there is no room for the temporary files it is made from.

    """
    try:
        with use_language(language or current_language()):
            return _workbook(study)
    except OSError as problem:
        _let_go(problem)
        raise failed_output(str(file), problem) from None


def _let_go(problem: OSError) -> None:
    """Drop the half-made workbook, whose writers fail once more while they are closed, without a word."""
    before, sys.unraisablehook = sys.unraisablehook, lambda lost: None
    try:
        traceback.clear_frames(problem.__traceback__)
        gc.collect()
    finally:
        sys.unraisablehook = before


def _workbook(study: Study) -> bytes:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    tables = list(_tables(study))
    _about(book.create_sheet(ABOUT), study, tables)
    for name, _, frame, decimals in tables:
        _table(book.create_sheet(name), frame, decimals)
    _plain(book.create_sheet(QUESTIONS), _questions(study))
    _plain(book.create_sheet(NOTES), [[say("workbook.note")], *([str(remark)] for remark in study.all_notes)])
    content = io.BytesIO()
    book.save(content)
    return _without_dates(content.getvalue())


def _tables(study: Study) -> Iterator[tuple[str, str, Any, int]]:
    """(name of the sheet, what it holds, its frame, decimals to show)."""
    for name, result in study.results.items():
        about = say(f"report.result_{name}")
        for table in result.tables:
            decimals = result.table(table).decimals
            yield f"{name}_{table}", f"{about}: {table_title(result, table)}", result.tidy(table, study.level), decimals
        yield f"{name}_check", f"{about}: {say('report.all_tables_checks')}", result.check(), 3
        yield f"{name}_glance", f"{about}: {say('report.all_tables_glance')}", result.glance(), 3


def _about(sheet: Any, study: Study, tables: Sequence[tuple[str, str, Any, int]]) -> None:
    """What the workbook is: the answer, its sheets, their columns, the method, what to cite."""
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 24, 70
    for letter in "CD":
        sheet.column_dimensions[letter].width = 30
    strong = {"bold": True}
    rows: list[tuple[list[str], dict[str, Any]]] = [
        ([study.title], {"bold": True, "size": 14}),
        ([say("workbook.survey"), study.survey.name], {}),
        (
            [
                say("workbook.model"),
                "" if study.model is None else f"{pick(study.model.title)} ({study.model.name})".strip(),
            ],
            {},
        ),
        ([say("workbook.answer"), study.answer_line()], {}),
        ([say("workbook.method"), method_text(study)], {}),
        ([say("workbook.cite"), *next(iter(study.results.values())).cite().splitlines()[:1]], {}),
        (["", f"{say('workbook.how')} {say('workbook.level', level=level_text(study.level))}"], {}),
        ([], {}),
        ([say("workbook.sheet"), say("workbook.holds")], strong),
        *(([name, about], {}) for name, about, _, _ in tables),
        ([QUESTIONS, say("workbook.questions_sheet")], {}),
        ([NOTES, say("workbook.notes_sheet")], {}),
        ([], {}),
        ([say(f"workbook.{name}") for name in ("column", "english", "chinese", "unit")], strong),
    ]
    used = dict.fromkeys(column for _, _, frame, _ in tables for column in frame.columns)
    glossary = column_glossary()
    for column in used:
        entry = glossary.get(column, {})
        rows.append(([column, *(entry.get(key, "") for key in ("en", "zh", "unit"))], {}))
    for texts, style in rows:
        sheet.append([_text(sheet, text, wrap=True, **style) for text in texts])


def _table(sheet: Any, frame: Any, decimals: int) -> None:
    """One table under its two frozen header rows."""
    glossary = column_glossary()
    columns = list(frame.columns)
    titles = [f"{glossary[name]['en']} / {glossary[name]['zh']}" if name in glossary else name for name in columns]
    sheet.freeze_panes = "A3"
    for i, name in enumerate(columns):
        longest = max([len(name), len(titles[i]) + 4, *(_wide(str(value)) for value in frame[name].head(200))])
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


def _questions(study: Study) -> Iterator[list[str]]:
    """Construct, what it is called, item, its wording, whether it is reversed."""
    yield ["construct", "en", "zh", "item", "item en", "item zh", "reversed"]
    book = study.survey.codebook.items
    for one in () if study.model is None else study.model.constructs:
        for item in one.items:
            known = book.get(item)
            text = known.text if known is not None else {}
            turned = say("views.yes") if known is not None and known.reversed else ""
            yield [
                one.name, one.text.get("en", ""), one.text.get("zh", ""), item, text.get("en", ""), text.get("zh", ""),
                turned,
            ]  # fmt: skip


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

    text = UNWRITABLE.sub("\ufffd", text)[:LONGEST]
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


def _wide(text: str) -> int:
    return sum(2 if ord(character) > 0x2E7F else 1 for character in text)


def _without_dates(content: bytes) -> bytes:
    """The same workbook with one fixed date in place of today's."""
    fixed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as new,
    ):
        for entry in old.infolist():
            part = old.read(entry)
            if entry.filename == "docProps/core.xml":
                part = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ?", b"1980-01-01T00:00:00Z", part)
            info = zipfile.ZipInfo(entry.filename, STILL)
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            new.writestr(info, part)
    return fixed.getvalue()
