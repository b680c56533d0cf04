"""One way in: a file is recognised by what is in it, read by its platform's format, and its answers are judged."""

from __future__ import annotations

from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import Any

from csi.data.codebook import Codebook, as_codebook
from csi.data.headings import heading_of, private_cells
from csi.data.raw import Export, RawTable
from csi.data.readers import google_forms, limesurvey, qualtrics, surveymonkey, tencent
from csi.data.readers.detect import readable_name
from csi.data.readers.opened import table_of_file
from csi.data.readers.tables import check_headings, frame_of, respondents, unique
from csi.data.readers.wenjuanxing import PRIVATE_FIXED, is_wenjuanxing, renamed, wenjuanxing_survey
from csi.data.ruling import Ruling, as_ruling
from csi.data.survey import Survey, survey_of
from csi.errors import DataError, choose
from csi.language import note

# Read in this order; each knows its own format by content.
PLATFORMS: dict[str, Any] = {
    "qualtrics": qualtrics, "surveymonkey": surveymonkey, "limesurvey": limesurvey, "tencent": tencent,
    "google_forms": google_forms,
}  # fmt: skip
SOURCES = ("table", "wenjuanxing", *PLATFORMS, "spss", "stata", "parquet")


def read_survey(
    path: str | PathLike[str],
    codebook: Codebook | str | PathLike[str] | None = None,
    *,
    second: str | PathLike[str] | None = None,
    source: str | None = None,
    sheet: str | int | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    decimal: str | None = None,
    missing: Any = None,
    scale: Any = None,
    strict: bool = False,
    name: str | None = None,
) -> Survey:
    r"""Read a survey from any file: the one way in, whatever wrote the file.

    What a file is, is recognised by its content: plain tables (csv, tsv, xlsx, xls), 问卷星, 腾讯问卷, Qualtrics,
    SurveyMonkey, LimeSurvey, Google Forms, SPSS, Stata, Parquet; its notes say how. Without a codebook the answers are
    judged by evidence, and what is doubtful stands first in `survey.doubts`.

    Parameters
    ----------
    path : file name
    codebook : a Codebook or the name of its file; it overrules all evidence
    second : the other file of a 问卷星 pair (按文本 and 按序号), in either order
    source : {"table", "wenjuanxing", "qualtrics", "surveymonkey", "limesurvey", "tencent", "google_forms", "spss",
        "stata", "parquet"}, optional
        Read as this; recognised when None.
    sheet : name or number (1 the first) of the sheet of a workbook; the one with the answers when None
    encoding : of a text, such as "cp1252"; found out when None
    delimiter : of a text, one character; found out when None
    decimal : {".", ","}, optional
        Sign before decimals; by what the cells look like when None.
    missing : cells that are no answer, `[99]` for all items or `{"q1": [0], "sat_*": [9]}`
    scale : `(1, 5)` for every rating that can be on it, or `{"q1": (1, 4), "sat_*": (1, 10)}`
    strict : refuse a file in which any cell is suspected, outside its scale or unreadable
    name : name of the survey; what the file says, else its name without ending, when None

    Returns
    -------
    Survey
        Ratings are numbers in the direction they were asked; a cell that is no answer is NaN with its reason in
        `survey.reasons`; rows that are no respondents are left out and named.

    Raises
    ------
    AskedError
        `scale_open`, `zeros_open`, `encoding_open`: the evidence leaves something open; the message holds the argument
        that answers, and `error.answers` the choices.
    DataError
        `file_not_found`, `file_is_folder`, `file_empty`, `file_is_other`, `excel_broken`, `sheet_unknown`,
        `encoding_unclear`, `row_length`, `heading_unclear`, `no_respondents`, `source_differs`, those of the platforms
        and of `Survey.from_frame`.
    OptionError
        `encoding_unknown`, `ruling_scale`, `ruling_missing`, `ruling_unknown_item`, `unknown_option`.

    Examples
    --------
    >>> import csi, pathlib, tempfile
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "shop.csv"
    >>> rows = "非常满意,5\n满意,4\n不满意,1\n一般,3\n非常不满意,2\n" * 8
    >>> _ = file.write_text("总体满意度,服务态度\n" + rows, encoding="utf-8")
    >>> survey = csi.read_survey(file)
    >>> survey.answers["总体满意度"].head(3).tolist(), str(survey.codebook.items["服务态度"].scale)
    ([5.0, 4.0, 2.0], '1-5')

    """
    ruling = as_ruling(missing, scale, strict, decimal)
    return open_survey(
        path,
        codebook,
        ruling,
        second=second,
        source=source,
        sheet=sheet,
        encoding=encoding,
        delimiter=delimiter,
        name=name,
    )


def open_survey(
    path: str | PathLike[str],
    codebook: Codebook | str | PathLike[str] | None,
    ruling: Ruling,
    *,
    second: str | PathLike[str] | None = None,
    source: str | None = None,
    sheet: str | int | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    name: str | None = None,
    kinds: tuple[str, ...] = (),
) -> Survey:
    """As `read_survey`, with what was said about the answers made a Ruling; `kinds` limits what the file may be."""
    if source is not None:
        choose("source", source if source in SOURCES else str(source)[:40], SOURCES)
    file = readable_name(path)
    book = None if codebook is None else as_codebook(codebook)
    if second is not None:
        tables = [table_of_file(one, sheet, encoding, delimiter, kinds)[0] for one in (path, second)]
        return wenjuanxing_survey(tables, book, ruling, name)
    table, _ = table_of_file(path, sheet, encoding, delimiter, kinds, source)
    if isinstance(table, Export):
        export = table
    elif source in (None, "wenjuanxing") and (is_wenjuanxing(table) or source == "wenjuanxing"):
        return wenjuanxing_survey([table], book, ruling, name)
    else:
        export = recognised(table, source)
    notes = list(export.table.notes)
    if export.source != "table":
        how = export.how or note("source_given")
        notes.append(note("recognised", file=export.table.file, source=note(f"source_{export.source}"), how=how))
    title = name or export.title or Path(file).stem
    return survey_of(frame_of(export.table), book, title, tuple(notes), ruling, replace(export, title=""))


def recognised(table: RawTable, source: str | None) -> Export:
    """What the format of a platform says about a table; a plain table where none is recognised.

    Raises
    ------
    DataError
        `source_differs` when the table has not the format that was named; those of `respondents`.

    """
    for platform, module in PLATFORMS.items():
        if source not in (None, platform):
            continue
        how = module.recognise(table)
        if how is not None:
            export: Export = module.export(table)
            kept, _ = respondents(export.table)
            return replace(export, table=kept, how=how)
        if source == platform:
            raise DataError("source_differs", file=table.file, source=note(f"source_{platform}"))
    check_headings(table)
    kept, texts = respondents(unique(table))
    known = renamed(kept) if source is None else None
    return replace(known, texts=texts) if known is not None else Export(kept, texts=texts)


def private_columns(table: RawTable) -> set[int]:
    """Positions of the columns of a raw table that tell who a person is: by platform, heading or the cells."""
    plain = unique(table)
    found = {i for i, name in enumerate(plain.headings) if heading_of(name).private or name in PRIVATE_FIXED}
    for i, column in enumerate(plain.columns):
        texts = [cell for cell in column.categories[:200] if isinstance(cell, str) and cell.strip()]
        if len(texts) >= 3 and private_cells(texts):
            found.add(i)
    for module in PLATFORMS.values():
        if module.recognise(table) is not None:
            named = set(module.export(table).private)
            found |= {i for i, name in enumerate(plain.headings) if name in named or table.headings[i] in named}
    return found
