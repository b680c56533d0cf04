"""Read an export of 问卷星: the file of texts, with the file of codes or without it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from csi.data.answers import seconds
from csi.data.codebook import Codebook, as_codebook
from csi.data.headings import heading_of
from csi.data.ladders import Ladder, usual_patterns
from csi.data.raw import Export, RawTable
from csi.data.readers.detect import readable_name
from csi.data.readers.opened import table_of_file
from csi.data.readers.wjx_answers import Field, Log, asked_of, fields_of
from csi.data.readers.wjx_codebook import fitted, own_codebook
from csi.data.readers.wjx_pair import Coded, is_coded, matched, other_way, with_reasons
from csi.data.readers.wjx_table import (
    BLANK,
    FIXED,
    SKIPPED,
    Column,
    Question,
    Table,
    is_question,
    questions_of,
    table_of,
)
from csi.data.ruling import Ruling, as_ruling
from csi.data.survey import Survey, survey_of
from csi.errors import DataError, OptionError
from csi.language import Note, note

PRIVATE_FIXED = ("来源详情", "来自IP", "用户ID")
_PRIVATE_EXTRA = re.compile(
    r"(?:user|open|union|wx|we_?chat)?_?(?:id|uid)|user_?name|nick_?name|昵称|用户名|用户昵称|微信.*|openid|学号|工号",
    re.IGNORECASE,
)
_FILE_NAME = re.compile(r"(?:\d+_)?(.*?)_?按文本_?(.*?)(?:_\d+_\d+)?")
_SHOWN = 6


def read_wenjuanxing(
    text: str | PathLike[str],
    code: str | PathLike[str] | None = None,
    codebook: Codebook | str | PathLike[str] | None = None,
    *,
    skip_code: int = -3,
    blank_code: int = -2,
    name: str | None = None,
    sheet: str | int | None = None,
    encoding: str | None = None,
    missing: Any = None,
    scale: Any = None,
    strict: bool = False,
) -> Survey:
    r"""Read a 问卷星 (wjx) export: the file 按文本, alone or with the file 按序号 of the same download.

    Items are called q1, q2, ...; q9_1, q9_2, ... for the rows of a matrix or the options of a question with several
    answers; q6_other for what was typed beside an option.

    Parameters
    ----------
    text : name of the text file, .xlsx, .xls or .csv (utf-8 or gb18030)
    code : name of the code file; it adds options nobody chose, the order and number of options, and is compared with
        the text answer by answer; rows are matched by 序号
    codebook : a Codebook or the name of its file. It wins: items, roles and private columns may use the names above,
        the heading in the file, or its title without the number, as name or alias
    skip_code, blank_code : codes of skipped and left blank in the code file (the usual ones; which is which is
        unverified); used only where the text file has an empty cell, since it says (跳过) and (空) in words
    name : name of the survey; what the file's name says when None
    sheet, encoding, missing, scale, strict : as in `read_survey`

    Returns
    -------
    Survey
        Answers of a known ladder (非常满意 ... 非常不满意, strongly agree ...) are ratings 1..k, k the best or most,
        whatever the order of the options; words of no known ladder are a category. Multiple answers are 0/1, ranks 1
        is first and NaN not ranked, 所用时间 seconds. Its notes name everything that was decided, dropped or guessed.

    Raises
    ------
    DataError
        `wjx_code_alone`, `wjx_only_numbers`, `wjx_swapped`, `wjx_not_code`, `wjx_no_questions`, `wjx_pair_rows`,
        `wjx_pair_ids`, `wjx_pair_questions`, `wjx_pair_titles`, `wjx_pair_answers`, `file_is_other` (html saved as
        xls), and those of `read_csv` and `Survey.from_frame`.
    OptionError
        `wjx_same_codes`.

    Notes
    -----
    Seen in real exports or in parsers of them: headings `6、title`, `第6题(option)`, `9、title—row` with `9、row` or
    `2.row` after it; `┋`, `→`, `〖〗`, (跳过), (空), -3, -2; durations such as 123秒; both forms of date; extra columns
    between questions. Unverified: `(2) row`, rows without any number, code files headed `6、title(option)` or
    `6、option`, which of -3 and -2 is which. 来源详情, 来自IP, 用户ID, and questions for name, phone, mail or address
    are private.

    Examples
    --------
    >>> import csi, pathlib, tempfile
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "101_按文本_门店_3_3.csv"
    >>> _ = file.write_text(
    ...     "序号,所用时间,1、总体满意吗,2、来店原因\n1,61秒,非常满意,近┋便宜\n2,45秒,不满意,近\n3,50秒,(跳过),(空)\n"
    ... )
    >>> survey = csi.read_wenjuanxing(file)
    >>> survey.answers[["所用时间", "q1", "q2_1", "q2_2"]].to_dict("list")
    {'所用时间': [61.0, 45.0, 50.0], 'q1': [5.0, 2.0, nan], 'q2_1': [1.0, 1.0, nan], 'q2_2': [1.0, 0.0, nan]}
    >>> str(survey.codebook.items["q1"].scale), survey.reasons["q1"].tolist(), survey.reasons["q2_1"].tolist()
    ('1-5', [0, 0, 2], [0, 0, 3])

    """
    if skip_code == blank_code:
        raise OptionError("wjx_same_codes", code=skip_code)
    if text is None:
        raise DataError("wjx_code_alone", file=Path(code).name if code is not None else "-")
    book = None if codebook is None else as_codebook(codebook)
    ruling = as_ruling(missing, scale, strict)
    kinds = ("text", "xlsx", "xls")
    files = [one for one in (text, code) if one is not None]
    for one in files:
        readable_name(one)  # what is no name of a file stops here
    tables = [table_of_file(one, sheet, encoding, None, kinds)[0] for one in files]
    return wenjuanxing_survey(tables, book, ruling, name, skip_code, blank_code)


def is_wenjuanxing(raw: RawTable) -> bool:
    """Whether a table has the headings of a 问卷星 export: numbered questions, beside fixed columns or alone."""
    questions = [heading for heading in raw.headings if re.match(r"\s*(?:\d{1,4}\s*、|第\s*\d{1,4}\s*题)", heading)]
    fixed = sum(heading.strip() in FIXED for heading in raw.headings)
    if fixed >= 3:
        return any(is_question(" ".join(heading.split())) for heading in raw.headings)
    if len(questions) < 2 or len(questions) < 0.5 * len(raw.headings):
        return False
    table = table_of(raw)
    return bool(is_coded(table, questions_of(table)[0]) is not None or fixed)


def renamed(raw: RawTable) -> Export | None:
    """A 问卷星 export whose questions were renamed: a plain table with the columns of the platform; None for others."""
    fixed = [heading for heading in raw.headings if heading in FIXED]
    if len(fixed) < 3:
        return None
    roles = {"duration": "所用时间"} if "所用时间" in fixed else {}
    roles |= {"respondent": "序号"} if "序号" in fixed else {}
    private = [heading for heading in fixed if heading in PRIVATE_FIXED]
    system = [heading for heading in fixed if heading not in (*private, *roles.values())]
    how = note("wjx_renamed_questions", columns=fixed)
    return Export(raw, "wenjuanxing", how, roles=roles, private=private, system=system)


def wenjuanxing_survey(
    tables: Sequence[RawTable | Export],
    book: Codebook | None,
    ruling: Ruling,
    name: str | None = None,
    skip_code: int = -3,
    blank_code: int = -2,
) -> Survey:
    """The survey of one or two raw tables, text and code file in either order."""
    if any(isinstance(one, Export) for one in tables):
        raise DataError("wjx_no_questions", file=tables[0].table.file, place=note("wjx_place_file"))
    notes: list[Note] = [one for table in tables for one in table.notes]
    log = Log()
    table, questions, coded, code_file = _files([table_of(one) for one in tables], book is not None, notes)
    files = (table.file, code_file)
    if coded:
        table, coded = _with_reasons(table, questions, coded, {skip_code: SKIPPED, blank_code: BLANK}, files, notes)
    paired = coded or [None] * len(questions)
    asked = [asked_of(one, table, other, code_file) for one, other in zip(questions, paired, strict=True)]
    usual = usual_patterns(one.ladders for one in asked if one.ladders is not None)
    fields = {one.question.columns[0]: fields_of(one, usual, log, files) for one in asked}
    taken = {at for question in questions for at in question.columns}
    for at in range(len(table.headings)):
        if at not in taken:
            fields[at] = [_extra(table.headings[at], table.columns[at], notes)]
    named = _unique([field for at in sorted(fields) for field in fields[at]], notes)
    own = own_codebook(named, _title(table.file))
    notes.append(note("wjx_read", file=table.file, respondents=len(table), questions=len(asked), items=len(own.items)))
    if book is None:
        notes += _decided(log)
    else:
        named, book = fitted(named, book, own, notes)
    notes += _kept(named, log, book or own, table.file)
    frame = pd.DataFrame({field.name: _compact(field.cells) for field in named}, copy=False)
    name = name or _title(table.file) or Path(table.file).stem
    survey = survey_of(frame, book or own, name, tuple(notes), ruling)
    said = tuple(one for one in survey.notes if one.code != "columns_not_in_codebook")  # named in wjx_extra
    return replace(survey, notes=said)


def _files(
    tables: Sequence[Table], has_codebook: bool, notes: list[Note]
) -> tuple[Table, list[Question], list[Coded], str]:
    """The text file, its questions, and the columns of the code file for each of them."""
    asked = [questions_of(one) for one in tables]
    coded = [is_coded(one, questions) for one, (questions, _, _) in zip(tables, asked, strict=True)]
    if len(tables) == 2 and coded[0] and coded[1] is False:  # handed in the other way round
        tables, asked, coded = tables[::-1], asked[::-1], coded[::-1]
        notes.append(note("wjx_turned_pair", text=tables[0].file, code=tables[1].file))
    table, (questions, _, guessed) = tables[0], asked[0]
    if guessed:
        notes.append(note("wjx_rows_guessed", file=table.file, count=len(guessed)))
    if coded[0]:
        raise DataError("wjx_code_alone", file=table.file)
    if len(tables) == 1:
        if coded[0] is None and not has_codebook:
            raise DataError("wjx_only_numbers", file=table.file)
        return table, questions, [], ""
    other, (code_questions, _, _) = tables[1], asked[1]
    if coded[1] is False:
        raise DataError("wjx_not_code", file=other.file)
    if coded[0] is None and table.file == other.file:
        raise DataError("wjx_only_numbers", file=table.file)
    found = matched(table, questions, other, code_questions, notes)
    notes.append(note("wjx_pair", text=table.file, code=other.file, count=len(questions)))
    return table, questions, found, other.file


def _with_reasons(
    table: Table,
    questions: Sequence[Question],
    coded: Sequence[Coded],
    codes: dict[int, str],
    files: Sequence[str],
    notes: list[Note],
) -> tuple[Table, list[Coded | None]]:
    """Empty cells of the text file with what the code file says of them; code columns that fit no column go."""
    columns = list(table.columns)
    filled = turned = 0
    used: list[Coded | None] = []
    unused: list[str] = []
    for question, other in zip(questions, coded, strict=True):
        one_each = len(question.columns) == len(other.columns) and bool(question.parts) == bool(other.parts)
        if not one_each and (len(question.columns) > 1 or question.parts):
            unused.append(str(question.number))
            used.append(None)
            continue
        used.append(other)
        for at, place in enumerate(question.columns):
            beside = [other.columns[at]] if one_each else list(other.columns)
            columns[place], count = with_reasons(columns[place], beside, codes)
            filled += count
            turned += sum(other_way(columns[place], one, codes) for one in beside[:1] if one_each)
    if filled:
        notes.append(note("wjx_reasons_from_code", code=files[1], count=filled))
    if turned:
        notes.append(note("wjx_codes_other_way", code=files[1], count=turned))
    if unused:
        notes.append(note("wjx_code_unused", code=files[1], questions=unused))
    return replace(table, columns=tuple(columns)), used


def _extra(heading: str, column: Column, notes: list[Note]) -> Field:
    """A column that is no question."""
    cells = column.cells
    if heading == "所用时间":
        taken = {label: seconds(label) for label in column.answers}
        unread = [label for label, value in taken.items() if value is None]
        if unread:
            notes.append(note("wjx_durations_unread", count=sum(column.counts[label] for label in unread)))
        cells = column.mapped({label: "" if value is None else value for label, value in taken.items()})
    named = _PRIVATE_EXTRA.fullmatch(heading) is not None or heading_of(heading).private is not None
    return Field(heading, (), cells, private=heading in PRIVATE_FIXED or (heading not in FIXED and named))


def _unique(fields: Sequence[Field], notes: list[Note]) -> list[Field]:
    """The columns under names that differ by more than case; items keep theirs."""
    taken: set[str] = set()
    names: dict[int, str] = {}
    for i in sorted(range(len(fields)), key=lambda i: fields[i].item is None and not fields[i].headings):
        name, number = fields[i].name, 2
        while name.casefold() in taken:
            name, number = f"{fields[i].name}_again{number}", number + 1
        taken.add(name.casefold())
        names[i] = name
    renamed = [f"{fields[i].name} -> {name}" for i, name in sorted(names.items()) if name != fields[i].name]
    if renamed:
        notes.append(note("wjx_renamed", columns=renamed))
    return [
        replace(field, name=names[i], item=field.item and replace(field.item, name=names[i]))
        for i, field in enumerate(fields)
    ]


def _title(file: str) -> str:
    """What the name of a download says of the survey: 101_按文本_门店_3_3.csv -> 门店."""
    found = _FILE_NAME.fullmatch(Path(file).stem)
    return "_".join(part for part in found.groups() if part) if found else ""


def _compact(cells: Any) -> pd.Categorical:
    codes, distinct = pd.factorize(np.asarray(cells, dtype=object))
    return pd.Categorical.from_codes(codes, pd.Index(distinct, dtype=object))


def _decided(log: Log) -> list[Note]:
    """What a codebook would have said: kinds, directions, options that are no answer."""
    notes = []
    ladders: dict[tuple[str, ...], tuple[str, Ladder, list[str]]] = {}
    for name, scale, ladder in log.seen("ladder"):
        ladders.setdefault((scale, *ladder.words), (scale, ladder, []))[2].append(name)
    if ladders:
        groups = [
            note("wjx_ladder", scale=scale, worst=ladder.words[0], best=ladder.words[-1], items=names)
            for scale, ladder, names in ladders.values()
        ]
        notes.append(note("wjx_ladders", groups=groups))
    if log.seen("category"):
        columns = [note("wjx_options", item=name, options=_shortened(labels)) for name, labels in log.seen("category")]
        notes.append(note("wjx_categories", columns=columns))
    if log.seen("turned"):
        notes.append(note("wjx_turned", items=log.seen("turned")))
    if log.seen("no_answer"):
        labels = list(dict.fromkeys(label for _, label in log.seen("no_answer")))
        names = list(dict.fromkeys(name for name, _ in log.seen("no_answer")))
        notes.append(note("wjx_no_answer", labels=labels, items=names))
    return notes


def _kept(fields: Sequence[Field], log: Log, codebook: Codebook, file: str) -> list[Note]:
    """What became several columns, what is private, what is no question."""
    notes = []
    for form in ("options", "ranking"):
        if log.seen(form):
            columns = [note("wjx_options", item=name, options=_shortened(labels)) for name, labels in log.seen(form)]
            notes.append(note(f"wjx_{form}_split", columns=columns))
    if log.seen("other"):
        notes.append(note("wjx_other", columns=log.seen("other")))
    if codebook.private:
        notes.append(note("wjx_private", count=len(codebook.private), columns=codebook.private))
    used = {*codebook.items, *codebook.roles.values(), *codebook.private}
    extra = [field.name for field in fields if field.name not in used]
    if extra:
        notes.append(note("wjx_extra", columns=extra))
    if not any(item.kind == "rating" for item in codebook.items.values()):
        notes.append(note("wjx_no_ratings", file=file))
    return notes


def _shortened(labels: Sequence[str]) -> list[str]:
    return [*labels[:_SHOWN], "..."] if len(labels) > _SHOWN else list(labels)
