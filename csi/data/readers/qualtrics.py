"""Qualtrics exports: three heading rows (names, wording, ImportId), two in old files, one or two where somebody cut.

Marks: seen = in a real export or in parser code; unverified = described, not seen.

    row {"ImportId": "QID1", "choiceId": "2"}   seen; the row under the wording, wherever it stands
    V1 ... V10 over ResponseID ... Finished     seen, old files
    stem - row, stem - Selected Choice - option seen
    Status 1 preview, 2 test, 8 spam, 12, 17    numbers unverified; in words they are in the language of the account
    -99                                         seen but not answered, unverified
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from csi.data.raw import Export, RawTable
from csi.data.readers.platform_columns import (
    Column,
    clean,
    columns_of,
    common_stem,
    export_of,
    give_stem,
    groups_of,
    key_of,
)
from csi.data.readers.several_answers import as_choices, as_ranks, split_cells
from csi.language import Note, note

_ID = re.compile(r"""\{\s*["']*ImportId["']*\s*:\s*["']*([^"'},]+)""")
_CHOICE = re.compile(r"""choiceId["']*\s*:\s*["']*([^"'},]+)""")
_QUESTION = re.compile(r"(?:\d+_)?QID\d+(?:#\d+)?")
_OLD = re.compile(r"V\d{1,2}")
# Headings of the columns of the platform, as `key_of` writes them -> role; "-" none, "private" none and private.
_META = {
    **dict.fromkeys(("startdate", "enddate", "recordeddate", "status", "progress", "finished"), "-"),
    **dict.fromkeys(("distributionchannel", "userlanguage", "responseset"), "-"),
    **dict.fromkeys(("responseid", "recordid"), "respondent"),
    **dict.fromkeys(("duration", "durationinseconds"), "duration"),
    **dict.fromkeys(("ipaddress", "recipientlastname", "recipientfirstname", "recipientemail"), "private"),
    **dict.fromkeys(("externalreference", "externaldatareference", "locationlatitude"), "private"),
    **dict.fromkeys(("locationlongitude", "emailaddress", "name"), "private"),
}
_SHOWY = frozenset(key for key in _META if key not in ("name", "duration", "emailaddress", "responseset"))
_EXACT = re.compile(r"[A-Z][A-Za-z]+(?: \(in seconds\))?")  # StartDate, not startdate or Start Date
_TECHNICAL = re.compile(
    r".*_(?:First Click|Last Click|Page Submit|Click Count|Browser|Operating System|Resolution|DO(?:_.*)?)"
    r"|Q_(?:Recaptcha|RelevantID|BallotBox|TotalDuration|DataPolicy|URL|Language|Unanswered|Duplicate|Straightlining|CHL)\w*"
)
_NOT_SENT = re.compile(r"1|2|8|9|12|17|.*(?:preview|\bspam|survey test|预览|預覽|垃圾).*", re.IGNORECASE)


def _import_row(table: RawTable) -> int:
    """Place of the row of ImportIds among the first three below the headings; -1 the headings, -2 none."""
    for at in range(-1, min(3, len(table))):
        cells = [cell for cell in (table.headings if at < 0 else table.row(at)) if cell]
        if cells and 2 * sum("ImportId" in cell for cell in cells) > len(cells):
            return at
    return -2


def _metas(cells: Sequence[str]) -> int:
    return len({key_of(cell) for cell in cells if _EXACT.fullmatch(cell)} & _SHOWY)


def recognise(table: RawTable) -> Note | None:
    """How the table shows that it is a Qualtrics export: its ImportIds, else four columns of the platform."""
    if _import_row(table) > -2:
        return note("qualtrics_by_ids")
    old = len(table) > 0 and sum(_OLD.fullmatch(name) is not None for name in table.headings) >= 4
    cells = table.row(0) if old else table.headings
    if _metas(cells) >= 4:
        return note("qualtrics_by_columns", columns=[cell for cell in cells if key_of(cell) in _SHOWY][:5])
    return None


def export(table: RawTable) -> Export:
    """What the format says: wording, matrices, several answers, columns of the platform; previews and spam left out."""
    at = _import_row(table)
    ids = [""] * len(table.headings) if at == -2 else list(table.headings if at < 0 else table.row(at))
    imports = [match[1].strip() if (match := _ID.search(cell)) else "" for cell in ids]
    choices = [match[1] if (match := _CHOICE.search(cell)) else "" for cell in ids]
    rows = [table.row(i) for i in range(max(at, 0))] or ([table.row(0)] if at == -2 and _is_wording(table) else [])
    count = at + 1 if at > -2 else len(rows)
    known = recognise(table)
    table = table.without_first(count)
    notes = [note("heading_rows", file=table.file, count=count)] if count else []
    columns = columns_of(table)
    wording = rows[-1] if rows else [""] * len(columns)
    for column, key, text in zip(columns, imports, wording, strict=True):
        if at == -1 or (_OLD.fullmatch(column.name) and not key and key_of(text) in _META):
            column.name = key if at == -1 else text
        column.text = clean(text)
        _platform(column, key)
    keep = _sent(columns)
    if not keep.all():
        if keep.any():
            notes.append(note("rows_not_sent", file=table.file, count=int((~keep).sum()), left=int(keep.sum())))
            table = table.keep(keep)
            for column, cells in zip(columns, table.columns, strict=True):
                column.cells = cells
        else:
            notes.append(note("only_previews", file=table.file, count=len(keep)))
    roots = [_root(column, key) for column, key in zip(columns, imports, strict=True)]
    made: list[Column] = []
    unclear: list[str] = []
    for group in groups_of(roots):
        own = [columns[i] for i in group]
        made += _question(own, [imports[i] for i in group], [choices[i] for i in group], unclear)
    return export_of(table, made, "qualtrics", known, notes, unclear=unclear)


def _is_wording(table: RawTable) -> bool:
    """Whether the first row is wording: no digits under the platform's columns, which hold times, numbers and ids."""
    if not len(table):
        return False
    wanted = ("startdate", "enddate", "recordeddate", "progress", "durationinseconds", "responseid")
    first = table.row(0)
    if sum(_OLD.fullmatch(name) is not None for name in table.headings) >= 4 and _metas(first) >= 4:
        return True
    cells = [cell for name, cell in zip(table.headings, first, strict=True) if key_of(name) in wanted and cell]
    return bool(cells) and 2 * sum(not any(map(str.isdigit, cell)) for cell in cells) > len(cells)


def _platform(column: Column, key: str) -> None:
    """Mark a column of the platform, by its ImportId where there is one, else by its heading."""
    if _QUESTION.match(key) and not key.endswith("_DO") and not _TECHNICAL.fullmatch(column.name):
        return
    role = _META.get(key_of(key)) or (_META.get(key_of(column.name)) if _EXACT.fullmatch(column.name) else None)
    if role:
        column.mark(role if role in ("respondent", "duration") else "", private=role == "private")
    elif _TECHNICAL.fullmatch(column.name) or key.endswith("_DO"):
        column.mark()


def _sent(columns: Sequence[Column]) -> np.ndarray:
    """(n,) rows that are neither previews nor tests nor spam."""
    keep = np.ones(len(columns[0].cells), dtype=bool)
    for column in columns:
        if column.system and key_of(column.name) == "status":
            keep &= ~column.where(lambda cell: _NOT_SENT.fullmatch(cell) is not None)
        elif column.system and key_of(column.name) == "distributionchannel":
            keep &= ~column.where(lambda cell: cell.casefold() == "preview")
    return keep


def _root(column: Column, key: str) -> str:
    """The question a column belongs to."""
    if column.system:
        return ""
    if question := _QUESTION.match(key):
        return question[0]
    name = re.sub(r"(?:_\d+)*_TEXT$", "", column.name)
    return re.sub(r"(?<=\w)(?:_\d+)+$", "", name) if re.search(r"[^\W\d]", name) else name


def _question(columns: list[Column], keys: Sequence[str], choices: Sequence[str], unclear: list[str]) -> list[Column]:
    """Say what one question is: text beside options, a matrix, several answers, ranks."""
    if columns[0].system:
        return columns
    for column, key in zip(columns, keys, strict=True):
        if column.name.endswith("_TEXT") or column.text.endswith(" - Text") or (key[-5:] == "_TEXT" and columns[1:]):
            column.kind = "text"
        if "-99" in column.labels:
            column.missing[-99] = "blank"
    own = [column for column in columns if column.kind != "text"]
    base = common_stem([column.text for column in columns])
    if len(own) == 1:
        own[0].text = (base if columns[1:] and base else own[0].text).removesuffix(" - Selected Choice")
        made = split_cells(own[0], (",",), lambda option: f"{own[0].name}_{option}", unclear)
        return [part for column in columns for part in (made if column is own[0] else [column])]
    give_stem(own)
    if base and len(columns) > len(own):
        for column in own:
            column.stem = base
    if as_choices(own, sure=all(choice for column, choice in zip(columns, choices, strict=True) if column in own)):
        for column in own:
            column.missing = {}
            column.stem = column.stem.removesuffix(" - Selected Choice") or _root(column, "")
    else:
        as_ranks(own)
    return columns
