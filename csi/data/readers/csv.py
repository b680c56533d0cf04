"""A delimited text as a raw table: encoding, delimiter and shape are found out, and nothing is lost on the way."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from csi.data.raw import RawTable, compact
from csi.data.readers.detect import detect_delimiter
from csi.data.readers.encodings import decode
from csi.data.readers.tables import named
from csi.errors import DataError, OptionError
from csi.language import Note, note

_SMALL = 1_000_000  # characters
SHORT = 0.01  # share of rows that may end early


class _UnevenError(Exception):
    """A row that is longer than the headings."""


def text_table(data: bytes, file: str, encoding: str | None = None, delimiter: str | None = None) -> RawTable:
    """The raw table of a text, each column as its distinct cells.

    Raises
    ------
    AskedError
        `encoding_open`.
    DataError
        `encoding_wrong`, `encoding_fails`, `encoding_unclear`, `row_length`, `quote_open`, `heading_unclear`,
        `no_respondents`.
    OptionError
        `encoding_unknown`, `delimiter_bad`.

    """
    if delimiter is not None and (not isinstance(delimiter, str) or len(delimiter) != 1 or delimiter in '"\r\n'):
        raise OptionError("delimiter_bad", value=repr(delimiter), choices=["','", "';'", "tab", "'|'"])
    text, used = decode(data, file, encoding)
    notes = [] if used.startswith("utf-8") else [note("read_as", file=file, encoding=used)]
    if "\x00" in text:
        text = text.replace("\x00", "")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    ending = 1 if text.endswith("\n") and not text.endswith("\n\n") else len(text) - len(text.rstrip("\n"))
    if ending != 1:
        text = text.rstrip("\n") + "\n"
    text, named_by_file = _separator_line(text)
    delimiter = delimiter or named_by_file or detect_delimiter(text)
    text, skipped = _from_first_line(text, delimiter)
    if skipped:
        notes.append(note("lines_skipped", file=file, count=skipped))
    skipped += named_by_file is not None
    stream = io.StringIO(text, newline="")
    header = _first_record(stream, delimiter, file)
    first = stream.tell()
    if first >= len(text):
        raise DataError("no_respondents", file=file)
    head_lines = text.count("\n", 0, first) + skipped
    width, blank_lines = _width(text[first:], delimiter, file, head_lines, len(header), notes)
    blank_lines += max(ending - 1, 0)
    if blank_lines:
        notes.append(note("blank_lines", file=file, count=blank_lines))
    try:
        columns = _few(stream, delimiter, width) if len(text) < _SMALL else _many(stream, delimiter, width)
    except (pd.errors.ParserError, _UnevenError):  # one row too long, another too short
        lines, counted, *_ = _count_exactly(text[first:], delimiter, file, head_lines)
        wrong = np.flatnonzero((counted != width) & (counted != 0))
        at, found = int(lines[wrong[0]]), int(counted[wrong[0]])
        raise DataError("row_length", file=file, line=at, found=found, expected=width, count=len(wrong)) from None
    return named([*header, *[""] * (width - len(header))], columns, file, head_lines + 1, notes)


def _few(stream: io.StringIO, delimiter: str, width: int) -> list[pd.Categorical]:
    """The columns of a small text, whatever their number."""
    rows = [row for row in csv.reader(stream, delimiter=delimiter) if row or width == 1]
    cells = np.full((len(rows), width), "", dtype=object)
    for i, row in enumerate(rows):
        if len(row) > width and any(map(str.strip, row[width:])):
            raise _UnevenError
        cells[i, : len(row)] = row[:width]
    return [compact(column) for column in cells.T]


def _many(stream: io.StringIO, delimiter: str, width: int) -> list[pd.Categorical]:
    """The columns of a large text, never as one string a cell."""
    raw = pd.read_csv(
        stream, sep=delimiter, header=None, names=range(width), index_col=False, dtype="category", na_filter=False,
        skip_blank_lines=width > 1, engine="c",
    )  # fmt: skip
    return [column.array for _, column in raw.items()]


def _separator_line(text: str) -> tuple[str, str | None]:
    """Excel's first line `sep=;`, which names the delimiter."""
    found = re.match(r'\ufeff?"?sep=(.)"?[,;\t]* *\n(?=.)', text[:60], re.IGNORECASE | re.DOTALL)
    return (text[found.end() :], found[1]) if found else (text, None)


def _from_first_line(text: str, delimiter: str) -> tuple[str, int]:
    """The text from its headings on, without blank lines and titles before them, and how many lines those were."""
    sample = text[:65_536].split("\n")[:60]
    counts = [line.count(delimiter) for line in sample]
    most = max(set(counts[:-1] or counts), key=(counts[:-1] or counts).count)
    count = 0
    while count < min(len(sample) - 1, 12):
        line = sample[count]
        title = most >= 2 and counts[count] < 0.5 * most and '"' not in line
        if line.strip(" \t,;|") and not title:
            break
        if title and line.strip(" \t,;|") and counts[count] and len(line.split(delimiter)[1].strip()):
            break
        count += 1
    if count >= min(len(sample) - 1, 12):
        return text, 0
    return text.split("\n", count)[-1] if count else text, count


def _first_record(stream: io.StringIO, delimiter: str, file: str) -> list[str]:
    lines = iter(stream.readline, "")
    try:
        return next(csv.reader(lines, delimiter=delimiter, strict=True))
    except csv.Error:
        raise DataError("quote_open", file=file, line=1) from None


def _width(body: str, delimiter: str, file: str, head_lines: int, expected: int, notes: list[Note]) -> tuple[int, int]:
    """Number of columns of the table, and of blank lines inside it; a row of another length raises.

    Rows that all end in one more, empty field (a delimiter at the end of each line) are allowed.
    """
    if '"' not in body and expected > 1 and body.count(delimiter) == body.count("\n") * (expected - 1):
        return expected, 0  # as many as there should be; a row that has too many stops the parser
    counted = _count_quickly(body, delimiter)
    if counted is None or ((counted != expected) & (counted != 0)).any():
        lines, counted, last, filled = _count_exactly(body, delimiter, file, head_lines)
    else:
        return expected, int((counted == 0).sum()) if expected > 1 else 0
    rows = counted != 0 if expected > 1 else np.ones(len(counted), dtype=bool)
    counted = np.maximum(counted, 1)
    blank = int((~rows).sum())
    if (counted[rows & filled] == expected + 1).all() and not any(last):
        return expected + 1, blank
    wrong = np.flatnonzero(rows & filled & (counted != expected))
    short = wrong[counted[wrong] < expected]
    if len(short) == len(wrong) > 0 and len(wrong) <= SHORT * rows.sum():
        notes.append(note("rows_short", file=file, count=len(short), lines=[str(int(lines[i])) for i in short[:6]]))
        return expected, blank
    if len(wrong):
        row = int(wrong[0])
        raise DataError(
            "row_length",
            file=file,
            line=int(lines[row]),
            found=int(counted[row]),
            expected=expected,
            count=len(wrong),
        )
    return expected, blank


def _count_quickly(body: str, delimiter: str) -> NDArray[np.int64] | None:
    """Number of fields of each record (0 for a blank line); None when quotes stand elsewhere than around a field."""
    cells = np.frombuffer(body.encode("utf-8"), dtype=np.uint8)
    ends, splits = cells == ord("\n"), cells == ord(delimiter)
    if '"' in body:
        quotes = cells == ord('"')
        quoted = np.bitwise_xor.accumulate(quotes.view(np.uint8)).view(bool)
        opened = np.flatnonzero(quotes & quoted)
        before = cells[opened[opened > 0] - 1]
        if quoted[-1] or not np.isin(before, [ord(delimiter), ord("\n"), ord('"')]).all():
            return None
        ends &= ~quoted
        splits &= ~quoted
    at = np.flatnonzero(ends)
    starts = np.concatenate([[0], at[:-1] + 1])
    fields = np.add.reduceat(splits.view(np.uint8), starts, dtype=np.int32) + 1 if len(at) else np.empty(0, np.int32)
    return np.where(at == starts, 0, fields).astype(np.int64)


def _count_exactly(
    body: str, delimiter: str, file: str, head_lines: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], Sequence[Any], NDArray[np.bool_]]:
    """First line, number of fields, last field of each record by the csv rules, and whether anything is in it."""
    reader = csv.reader(io.StringIO(body, newline=""), delimiter=delimiter, strict=True)
    lines, counts, last, filled = [], [], [], []
    start = head_lines + 1
    try:
        for row in reader:
            lines.append(start)
            counts.append(len(row))
            filled.append(any(map(str.strip, row)))
            last.append(row[-1].strip() if row else "")
            start = head_lines + reader.line_num + 1
    except csv.Error:
        raise DataError("quote_open", file=file, line=start) from None
    return np.array(lines), np.array(counts), last, np.array(filled, dtype=bool)
