"""What every table goes through: names for its columns, and rows that are no respondents left out and named."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from csi.data.cells import NUMBER, label_of, plain_text
from csi.data.ladders import no_answer
from csi.data.raw import RawTable, compact
from csi.errors import DataError
from csi.language import Note, note

_SUMMARY = re.compile(
    r"平均|均值|平均值|平均分|合计|总计|小计|标准差|中位数|众数|最大值|最小值|means?|averages?|avg\.?|"
    r"(?:grand |sub)?totals?|sum|std\.?(?: ?dev(?:iation)?\.?)?|standard deviation|s\.?d\.?|median|mode|"
    r"min(?:imum)?|max(?:imum)?|count|n|promedio|media|suma|desviaci[oó]n.*|mittelwert|durchschnitt|summe|"
    r"moyenne|somme|[ée]cart[- ]type|m[ée]dia|soma|rata-?rata|jumlah|合計|平均点|標準偏差|평균|합계|"
    r"표준편차",
    re.IGNORECASE,
)
_TAIL = 12  # rows at the end that may be summaries or notes
_ABOVE = 12  # rows at the top that may be titles


def named(
    header: Sequence[Any], columns: Sequence[pd.Categorical], file: str, line: int, notes: list[Note]
) -> RawTable:
    """A table under its headings: blanks trimmed, columns without heading and cells left out."""
    raw = ["" if cell is None else cell if isinstance(cell, str) else label_of(cell) for cell in header]
    names = [" ".join(name.replace("\u3000", " ").split()) if name.strip() else "" for name in raw]
    empty = [not any(_filled(cell) for cell in column.categories) for column in columns]
    kept = [i for i, name in enumerate(names) if name or not empty[i]]
    if len(kept) < len(names):
        notes.append(note("empty_columns", file=file, count=len(names) - len(kept)))
    trimmed = sum(raw[i] != names[i] for i in kept)
    if trimmed:
        notes.append(note("headings_trimmed", file=file, count=trimmed))
    return RawTable(file, tuple(names[i] for i in kept), tuple(columns[i] for i in kept), tuple(notes), line)


def check_headings(table: RawTable) -> None:
    """Refuse a plain table whose first row names few columns, or holds answers instead of names.

    Raises
    ------
    DataError
        `heading_unclear`, `heading_numbers`.

    """
    nameless = sum(not name for name in table.headings)
    if 2 * nameless > len(table.headings):
        raise DataError("heading_unclear", file=table.file, count=nameless, columns=len(table.headings))
    numbers = [name for name in table.headings if NUMBER.fullmatch(plain_text(name))]
    counted = [float(name) for name in numbers]
    if len(table.headings) < 2 or len(numbers) < 0.5 * len(table.headings):
        return
    again = sum(name in table.labels(i)[:200] for i, name in enumerate(table.headings) if name in numbers)
    if all(b > a for a, b in pairwise(counted)) and again < 0.5 * len(numbers):  # items named 1, 2, 3
        return
    raise DataError("heading_numbers", file=table.file, headings=list(table.headings[:5]))


def unique(table: RawTable) -> RawTable:
    """The table under names that are there once; nameless columns are column_1, column_2, repeats get a number."""
    names, notes, twice, nameless = [], [], [], []
    seen: set[str] = set()
    for i, name in enumerate(table.headings):
        plain = name or f"column_{i + 1}"
        if not name:
            nameless.append(plain)
        own, number = plain, 2
        while own in seen:
            own, number = f"{plain}_{number}", number + 1
        if own != plain:
            twice.append(own)
        seen.add(own)
        names.append(own)
    if nameless:
        notes.append(note("columns_named", file=table.file, columns=nameless[:10]))
    if twice:
        notes.append(note("columns_renamed", file=table.file, count=len(twice), columns=twice[:10]))
    return RawTable(table.file, tuple(names), table.columns, (*table.notes, *notes), table.line)


def frame_of(table: RawTable) -> pd.DataFrame:
    """The raw cells as a frame; its rows are counted from 0."""
    return pd.DataFrame(dict(zip(table.headings, table.columns, strict=True)), copy=False)


def _filled(cell: Any) -> bool:
    return bool(cell.strip()) if isinstance(cell, str) else cell is not None and cell == cell


def respondents(table: RawTable) -> tuple[RawTable, dict[str, str]]:
    """The rows that are respondents, and the wording that a second heading row gives (column -> text).

    Left out and named: rows without any answer, further heading rows, headings repeated inside, rows of means or totals
    at the end, notes under the table.

    Raises
    ------
    DataError
        `no_respondents` when no row is left.

    """
    table = _without_empty(table)
    table, texts = _second_heading(table)
    out = _repeated(table)
    reasons = {"heading": out}
    tail = np.zeros(len(table), dtype=bool)
    notes_below = np.zeros(len(table), dtype=bool)
    for at in range(len(table) - 1, max(len(table) - 1 - _TAIL, 0), -1):
        row = table.row(at)
        if out[at]:
            continue
        if _is_summary(row, table, at):
            tail[at] = True
        elif _is_note(row, table, at):
            notes_below[at] = True
        else:
            break
    reasons |= {"summary": tail, "note": notes_below}
    gone = out | tail | notes_below
    if gone.all() and len(table):
        raise DataError("no_respondents", file=table.file)
    if not gone.any():
        return table, texts
    remarks = [
        note(
            "rows_left_out",
            file=table.file,
            count=int(rows.sum()),
            why=note(f"row_{why}"),
            rows=[str(int(at) + table.line) for at in np.flatnonzero(rows)[:6]],
        )
        for why, rows in reasons.items()
        if rows.any()
    ]
    return table.keep(~gone).noted(*remarks), texts


def _without_empty(table: RawTable) -> RawTable:
    filled = np.zeros(len(table), dtype=bool)
    for column in table.columns:
        says = np.array([*(_filled(cell) for cell in column.categories), False], dtype=bool)
        filled |= says[column.codes]
        if filled.all():
            return table
    if not filled.any():
        raise DataError("no_respondents", file=table.file)
    if len(table.columns) == 1:  # a blank line is a respondent without an answer
        filled[: int(np.flatnonzero(filled)[-1])] = True
        if filled.all():
            return table
    return table.keep(filled).noted(note("empty_rows", file=table.file, count=int((~filled).sum())))


def _second_heading(table: RawTable) -> tuple[RawTable, dict[str, str]]:
    """Further heading rows: words where all other rows hold numbers, and words that stand in no other row."""
    texts: dict[str, str] = {}
    left = []
    for _ in range(2):
        if len(table) < 3:
            break
        row = table.row(0)
        numeric = worded = 0
        for column, cell in zip(table.columns, row, strict=True):
            counts = np.bincount(column.codes[column.codes >= 0], minlength=len(column.categories))
            numbers = [NUMBER.fullmatch(plain_text(other)) is not None for other in column.categories]
            share = counts[np.array(numbers, dtype=bool)].sum() / max(counts.sum(), 1) if len(numbers) <= 5_000 else 0
            if share < 0.8:
                continue
            numeric += 1
            worded += (
                bool(cell) and not NUMBER.fullmatch(plain_text(cell)) and no_answer(cell) is None and len(cell) > 1
            )
        if not numeric or worded < max(2, 0.6 * numeric):
            break
        texts = {name: f"{texts.get(name, '')} {cell}".strip() for name, cell in zip(table.headings, row, strict=True)}
        left.append(table.line)
        table = table.without_first(1)
    if left:
        remark = note(
            "rows_left_out", file=table.file, count=len(left), why=note("row_heading"), rows=list(map(str, left))
        )
        table = table.noted(remark)
    return table, {name: text for name, text in texts.items() if text}


def _repeated(table: RawTable) -> NDArray[np.bool_]:
    """Rows that say the headings again."""
    hits = np.zeros(len(table), dtype=np.int32)
    named_columns = 0
    for name, column in zip(table.headings, table.columns, strict=True):
        named_columns += bool(name)
        at = [i for i, cell in enumerate(column.categories) if isinstance(cell, str) and cell.strip() == name] \
            if name and len(column.categories) <= 100_000 else []  # fmt: skip
        for i in at:
            hits += column.codes == i
    return hits >= max(2, 0.5 * named_columns)


def _is_summary(row: Sequence[str], table: RawTable, at: int) -> bool:
    labels = [i for i, cell in enumerate(row[:6]) if _SUMMARY.fullmatch(plain_text(cell).strip(" :："))]
    if not labels:
        return False
    column = table.columns[labels[0]]
    same = int((column.codes == column.codes[at]).sum())
    return same <= 2 or sum(bool(cell) for cell in row) < 0.5 * len(row)


def _is_note(row: Sequence[str], table: RawTable, at: int) -> bool:
    filled = [cell for cell in row if cell.strip()]
    above = [sum(bool(cell.strip()) for cell in table.row(i)) for i in range(min(at, 20))]
    usual = float(np.median(above)) if above else 0
    if (
        not row[0].strip() and filled and usual >= 6 and len(filled) <= 0.35 * usual
    ):  # figures beside or below the table
        return all(table.row(i)[0].strip() for i in range(min(at, 20)))
    if len(filled) != 1 or len(row) < 3 or NUMBER.fullmatch(plain_text(filled[0])):
        return False
    return usual >= 3 and (len(filled[0]) >= 8 or row[0] == filled[0])


def of_rows(rows: Sequence[Sequence[Any]], file: str, notes: list[Note]) -> RawTable:
    """A table of rows of cells; titles above the headings are left out and named.

    Raises
    ------
    DataError
        `no_respondents`, and those of `named`.

    """
    width = max(map(len, rows), default=0)
    at = 0
    filled = [sum(_filled(cell) for cell in row) for row in rows[:_ABOVE]]
    most = max(filled, default=0)
    while at < len(filled) and (filled[at] == 0 or (filled[at] <= max(1, 0.3 * most) and most >= 3)):
        at += 1
    if at >= len(rows):
        raise DataError("no_respondents", file=file)
    titles = sum(count > 0 for count in filled[:at])
    if titles:
        notes.append(note("rows_above", file=file, count=titles))
    header = [*rows[at], *[""] * (width - len(rows[at]))]
    body = rows[at + 1 :]
    if not body:
        raise DataError("no_respondents", file=file)
    columns = [compact([row[i] if i < len(row) else "" for row in body]) for i in range(width)]
    return named(header, columns, file, at + 2, notes)
