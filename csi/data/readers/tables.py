"""What every reader does to a raw table: check column names, leave out empty columns and rows, with notes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from csi.errors import DataError
from csi.language import Note, note


def headings(header: Sequence[str], empty: Sequence[bool], file: str, notes: list[Note]) -> list[tuple[int, str]]:
    """Position and name of the columns to keep.

    Parameters
    ----------
    header : the cells of the first row
    empty : whether each column has no cell with anything in it
    file : name of the file, for messages
    notes : gets a note for columns left out, named or trimmed

    Raises
    ------
    DataError
        `columns_twice` with the positions, `heading_unclear` when most columns have no name.

    """
    names = [name.strip() for name in header]
    kept = [i for i, name in enumerate(names) if name or not empty[i]]
    if len(kept) < len(names):
        notes.append(note("empty_columns", file=file, count=len(names) - len(kept)))
    nameless = [i for i in kept if not names[i]]
    if 2 * len(nameless) > len(kept):
        raise DataError("heading_unclear", file=file, count=len(nameless), columns=len(kept))
    for i in nameless:
        names[i] = f"column_{i + 1}"
    if nameless:
        notes.append(note("columns_named", file=file, columns=[names[i] for i in nameless]))
    trimmed = sum(header[i] != names[i] for i in kept) - len(nameless)
    if trimmed > 0:
        notes.append(note("headings_trimmed", file=file, count=trimmed))
    places: dict[str, list[str]] = {}
    for i in kept:
        places.setdefault(names[i], []).append(str(i + 1))
    twice = [f"{name} ({' + '.join(where)})" for name, where in places.items() if len(where) > 1]
    if twice:
        raise DataError("columns_twice", file=file, columns=twice)
    return [(i, names[i]) for i in kept]


def finished_table(frame: pd.DataFrame, file: str, notes: list[Note]) -> pd.DataFrame:
    """The table without rows at its end in which every cell is empty.

    Raises
    ------
    DataError
        `no_respondents` when no row is left.

    """
    filled = np.zeros(len(frame), dtype=bool)
    for name in frame.columns:
        codes = frame[name].cat.codes.to_numpy()
        has_text = np.array([bool(str(cell).strip()) for cell in frame[name].cat.categories] + [False], dtype=bool)
        filled |= has_text[codes]
        if filled.all():
            return frame
    end = int(np.flatnonzero(filled)[-1]) + 1 if filled.any() else 0
    if not end:
        raise DataError("no_respondents", file=file)
    if end < len(frame):
        notes.append(note("empty_rows", file=file, count=len(frame) - end))
    return frame.iloc[:end]
