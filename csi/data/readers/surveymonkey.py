"""SurveyMonkey exports: a row of questions, blank beside its first column, and a row of options or rows below it.

Marks: seen = in a real export or in parser code; unverified = described, not seen.

    RespondentID, CollectorID, StartDate ...       seen, old files
    Respondent ID, Collector ID, Date Created ...  unverified
    question,,, over Price, Staff, Speed           seen
    Response, Open-Ended Response                  seen, of questions with one column
    one heading row                                "condensed", unverified
"""

from __future__ import annotations

import datetime as dt
import re
from functools import partial

from csi.data.raw import Export, RawTable
from csi.data.readers.platform_columns import Column, clean, columns_of, export_of, groups_of, key_of
from csi.data.readers.several_answers import as_choices, as_ranks, split_cells
from csi.language import Note, note

_IDS = {
    **dict.fromkeys(("collectorid", "startdate", "enddate", "datecreated", "datemodified"), "-"),
    "respondentid": "respondent",
    **dict.fromkeys(("ipaddress", "emailaddress", "firstname", "lastname", "customdata"), "private"),
    **{f"customdata{number}": "private" for number in range(1, 10)},
}
_ALONE = frozenset({"response", "openendedresponse"})
_PERSONAL = frozenset({"name", "address", "address2", "email", "emailaddress", "phonenumber", "zip", "zippostalcode"})
_TYPED = re.compile(r"other\b.*specify.*|comments?:?|其他.*请.*", re.IGNORECASE)
_OTHER = re.compile(r"(?:other|otro|otra|autre|sonstige|outro|altro|其他|その他|기타).*", re.IGNORECASE)
_TIME = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4}) (\d{1,2}):(\d{2})(?::(\d{2}))?(?: ([AP])M)?", re.IGNORECASE)


def recognise(table: RawTable) -> Note | None:
    """How the table shows that it is a SurveyMonkey export: its columns of ids, else its second heading row."""
    keys = {key_of(name) for name in table.headings}
    if {"respondentid", "collectorid"} <= keys and len(keys & set(_IDS)) >= 3:
        return note("surveymonkey_by_ids")
    return note("surveymonkey_by_rows") if _second_row(table) and _unmistakable(table) else None


def _second_row(table: RawTable) -> bool:
    """Whether the first row below the headings is one of options: blank under the ids, filled where headings are."""
    if not len(table):
        return False
    cells = list(zip((column.name for column in columns_of(table)), table.row(0), strict=True))
    if any(cell for name, cell in cells if key_of(name) in _IDS):
        return False
    return not any(cell for _, cell in cells) or any(
        key_of(cell) in _ALONE or (cell and not name) for name, cell in cells
    )


def _unmistakable(table: RawTable) -> bool:
    """Whether the row says Open-Ended Response, or Response beside options, or the cells below repeat its options."""
    first = table.row(0)
    keys = [key_of(cell) for cell in first]
    nameless = [at for at, column in enumerate(columns_of(table)) if first[at] and not column.name]
    repeated = [at for at in nameless if table.labels(at) == [first[at]] and (table.columns[at].codes >= 0).sum() > 1]
    return "openendedresponse" in keys or ("response" in keys and bool(nameless)) or len(repeated) > 1


def export(table: RawTable) -> Export:
    """What the format says: questions over their columns, matrices, several answers, ids."""
    known, notes = recognise(table), []
    options = [""] * len(table.headings)
    if _second_row(table):
        options = [clean(cell) for cell in table.row(0)]
        table = table.without_first(1)
        notes.append(note("heading_rows", file=table.file, count=1))
    columns = columns_of(table)
    questions, last = [], ""
    for column, option in zip(columns, options, strict=True):
        last = column.name or (last if option else "")
        questions.append("" if key_of(last) in _IDS else last)
    made: list[Column] = []
    unclear: list[str] = []
    for group in groups_of(questions):
        own = [columns[i] for i in group]
        if questions[group[0]]:
            made += _question(own, questions[group[0]], [options[i] for i in group], unclear)
        else:
            made += own
            _identify(own[0])
    return export_of(table, made, "surveymonkey", known, notes, unclear=unclear)


def _identify(column: Column) -> None:
    role = _IDS.get(key_of(column.name))
    if role is None:
        return
    column.mark(role if role == "respondent" else "", private=role == "private")
    if "date" in key_of(column.name) and all(map(_time, column.labels)):
        column.become(_time)


def _time(text: str) -> dt.datetime | None:
    """A time written month first."""
    found = _TIME.fullmatch(text)
    if found is None:
        return None
    month, day, year, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
    if found[7]:
        hour = hour % 12 + 12 * (found[7].upper() == "P")
    try:
        return dt.datetime(year, month, day, hour, minute, second)
    except ValueError:
        return None


def _question(columns: list[Column], question: str, options: list[str], unclear: list[str]) -> list[Column]:
    """Say what the columns under one question are."""
    for column, option in zip(columns, options, strict=True):
        plain = not option or key_of(option) in _ALONE
        column.name = question if plain else f"{question} [{option}]"
        column.text = "" if plain else option
        column.private = key_of(option) in _PERSONAL
    others = [column for column in columns if column.text and not column.private]
    for column in others:
        column.kind = "text" if _TYPED.fullmatch(column.text) else None
    if len(columns) == 1:
        named = "{} [{}]".format
        cut = columns[0].kind is None and not columns[0].private
        return split_cells(columns[0], (", ", ";"), partial(named, columns[0].name), unclear) if cut else columns
    rows = [column for column in others if column.kind is None]
    own = [column for column in rows if not _OTHER.fullmatch(column.text) or set(column.labels) <= {column.text}]
    if len(rows) > 1:
        for column in rows:
            column.stem = question
    if as_choices(own):
        for column in rows:
            if column not in own:  # what was typed beside the options
                column.kind, column.stem = "text", ""
    else:
        as_ranks(rows)
    return columns
