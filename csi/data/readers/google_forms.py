"""Google Forms: one heading row that begins with the time of the answer.

Marks: seen = in a real export or in parser code; unverified = described, not seen.

    Timestamp, 时间戳记, ...     seen; the words of other languages partly unverified
    Question [row]              seen, a grid
    A, B   A;B                  unverified: several answers in one cell; an option may hold a comma itself
    8 / 10                      unverified: the points of a quiz
"""

from __future__ import annotations

import datetime as dt
import re

from csi.data.cells import label_of
from csi.data.raw import Export, RawTable
from csi.data.readers.platform_columns import Column, columns_of, export_of, groups_of, key_of, platform_words
from csi.data.readers.several_answers import split_cells
from csi.language import Note, note

_POINTS = re.compile(r"\d+(?:\.\d+)?\s*/\s*\d+")
_GRID = re.compile(r"(.*\S)\s*\[([^\[\]]+)\]", re.DOTALL)
_WHEN = re.compile(r"\d{1,4}[-/.]\s?\d{1,2}[-/.]\s?\d{1,4}\D.*\d{1,2}[:.]\d{2}.*", re.DOTALL)


def recognise(table: RawTable) -> Note | None:
    """How the table shows that it is an export of Google Forms: its first heading, over days with times."""
    at = _first(table)
    if at < 0 or not len(table):
        return None
    cells = [cell for cell in table.columns[at].categories if label_of(cell)][:50]
    times = sum(isinstance(cell, dt.date) or _WHEN.fullmatch(label_of(cell)) is not None for cell in cells)
    return note("google_by_time", heading=table.headings[at].strip()) if cells and 2 * times > len(cells) else None


def _first(table: RawTable) -> int:
    """Place of the column of times: the first with a heading; before it may stand row numbers; -1 when it is none."""
    names = [column.name for column in columns_of(table)[:2]]
    at = next((i for i, name in enumerate(names) if name), 0)
    return at if len(table.headings) > at + 1 and key_of(names[at]) in platform_words()["google_time"] else -1


def export(table: RawTable) -> Export:
    """What the format says: grids, several answers in one cell, the time, who answered."""
    columns = columns_of(table)
    at = max(_first(table), 0)
    for column in columns[: at + 1]:
        column.mark()
    for column in columns[at + 1 : at + 4]:
        if key_of(column.name) in platform_words()["google_person"]:
            column.mark(private=True)
        elif column.labels and all(map(_POINTS.fullmatch, column.labels)):
            column.mark()
    stems = [match[1] if (match := _GRID.fullmatch(column.name)) else "" for column in columns]
    made: list[Column] = []
    unclear: list[str] = []
    for group in groups_of(stems):
        for i in group:
            if len(group) > 1:
                columns[i].stem, columns[i].text = stems[i], _GRID.fullmatch(columns[i].name)[2]
            made += [columns[i]] if columns[i].system else _split(columns[i], unclear)
    return export_of(table, made, "google_forms", recognise(table), unclear=unclear)


def _split(column: Column, unclear: list[str]) -> list[Column]:
    made = split_cells(column, (";", ", "), lambda option: f"{column.name} [{option}]", unclear)
    for part in made:
        if part.kind == "multiple":
            part.stem = column.name
    return made
