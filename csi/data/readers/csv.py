"""Read a survey from delimited text: encoding, delimiter and shape are found out, and nothing is lost on the way."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from csi.data.codebook import Codebook, as_codebook
from csi.data.readers.detect import decode, detect_delimiter, file_bytes, file_kind, refuse_other
from csi.data.readers.tables import finished_table, headings
from csi.data.survey import Survey, survey_of
from csi.errors import DataError
from csi.language import Note, note


def read_csv(
    path: str | PathLike[str],
    codebook: Codebook | str | PathLike[str] | None = None,
    *,
    encoding: str | None = None,
    name: str | None = None,
) -> Survey:
    r"""Read a survey from a text file with one respondent a line.

    The first line holds the column names. Comma, semicolon, tab and bar are told apart as delimiters; utf-8 with and
    without mark, gb18030 and marked utf-16 as encodings.

    Parameters
    ----------
    path : file name
    codebook : a Codebook or the name of its file; without one kinds and scales are guessed and the notes say so
    encoding : name of the encoding, when it cannot be told from the bytes
    name : name of the survey; the file's name without its ending when None

    Returns
    -------
    Survey
        Its notes say what was dropped (blank lines at the end, empty columns) and how the file was read.

    Raises
    ------
    DataError
        `file_not_found`, `folder_not_found`, `file_is_folder`, `file_empty`, `file_unreadable`, `file_is_other`,
        `encoding_unclear`, `encoding_wrong`, `encoding_fails`, `columns_twice`, `heading_unclear`, `row_length`,
        `quote_open`, `no_respondents`, and those of `Survey.from_frame`.
    OptionError
        `encoding_unknown`.

    Examples
    --------
    >>> import csi, pathlib, tempfile
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "shop.csv"
    >>> _ = file.write_text("满意度;推荐\n7;10\n9;\n", encoding="gb18030")
    >>> survey = csi.read_csv(file)
    >>> survey.answers.to_dict("list")
    {'满意度': [7.0, 9.0], '推荐': [10.0, nan]}
    >>> str(survey.notes[0])
    "file 'shop.csv' was read as gb18030"

    """
    path = Path(path)
    data = file_bytes(path)
    refuse_other(path.name, file_kind(data), ("text",))
    book = None if codebook is None else as_codebook(codebook)
    text, used = decode(data, path.name, encoding)
    notes = [note("read_as", file=path.name, encoding=used)] if not used.startswith("utf-8") else []
    frame = _frame(text, path.name, notes)
    return survey_of(frame, book, name or path.stem, tuple(notes))


def _frame(text: str, file: str, notes: list[Note]) -> pd.DataFrame:
    """The raw table of a text, each column as its distinct cells."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    ending = len(text) - len(text.rstrip("\n"))
    text = text.rstrip("\n") + "\n"
    text, skipped = _from_first_line(text)
    if skipped:
        notes.append(note("lines_skipped", file=file, count=skipped))
    delimiter = detect_delimiter(text)
    stream = io.StringIO(text, newline="")
    header = _first_record(stream, delimiter, file)
    first = stream.tell()
    if first >= len(text):
        raise DataError("no_respondents", file=file)
    head_lines = text.count("\n", 0, first) + skipped
    width, blank_lines = _width(text[first:], delimiter, file, head_lines, len(header))
    blank_lines += max(ending - 1, 0)
    if blank_lines:
        notes.append(note("blank_lines", file=file, count=blank_lines))
    raw = pd.read_csv(
        stream,
        sep=delimiter,
        header=None,
        names=range(width),
        index_col=False,
        dtype=object,
        na_filter=False,
        skip_blank_lines=width > 1,
        engine="c",
    )
    columns = [_compact(raw.pop(i)) for i in range(width)]
    header = [*header, *[""] * (width - len(header))]
    empty = [not any(cell.strip() for cell in column.categories) for column in columns]
    kept = headings(header, empty, file, notes)
    return finished_table(pd.DataFrame({name: columns[i] for i, name in kept}, copy=False), file, notes)


def _from_first_line(text: str) -> tuple[str, int]:
    """The text without blank lines before the header, and how many there were."""
    count = 0
    while True:
        line, _, rest = text.partition("\n") if count < 20 else (text, "", "")
        if line.strip(" \t,;|") or not rest:
            return text, count
        text, count = rest, count + 1


def _first_record(stream: io.StringIO, delimiter: str, file: str) -> list[str]:
    lines = iter(stream.readline, "")
    try:
        return next(csv.reader(lines, delimiter=delimiter, strict=True))
    except csv.Error:
        raise DataError("quote_open", file=file, line=1) from None


def _compact(column: pd.Series) -> pd.Categorical:
    codes, distinct = pd.factorize(column)
    return pd.Categorical.from_codes(codes, pd.Index(distinct, dtype="str"))


def _width(body: str, delimiter: str, file: str, head_lines: int, expected: int) -> tuple[int, int]:
    """Number of columns of the table, and of blank lines inside it; a row of another length raises.

    Rows that all end in one more, empty field (a delimiter at the end of each line) are allowed.
    """
    counted = _count_quickly(body, delimiter)
    if counted is None or ((counted != expected) & (counted != 0)).any():
        lines, counted, last = _count_exactly(body, delimiter, file, head_lines)
    else:
        return expected, int((counted == 0).sum()) if expected > 1 else 0
    rows = counted != 0 if expected > 1 else np.ones(len(counted), dtype=bool)
    counted = np.maximum(counted, 1)
    blank = int((~rows).sum())
    if (counted[rows] == expected + 1).all() and not any(last):
        return expected + 1, blank
    wrong = np.flatnonzero(rows & (counted != expected))
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
    fields = np.diff(np.searchsorted(np.flatnonzero(splits), np.concatenate([[0], at]))) + 1
    return np.where(at == starts, 0, fields)


def _count_exactly(
    body: str, delimiter: str, file: str, head_lines: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], Sequence[Any]]:
    """First line and number of fields of each record by the csv rules, and the last field of each."""
    reader = csv.reader(io.StringIO(body, newline=""), delimiter=delimiter, strict=True)
    lines, counts, last = [], [], []
    start = head_lines + 1
    try:
        for row in reader:
            lines.append(start)
            counts.append(len(row))
            last.append(row[-1].strip() if row else "")
            start = head_lines + reader.line_num + 1
    except csv.Error:
        raise DataError("quote_open", file=file, line=start) from None
    return np.array(lines), np.array(counts), last
