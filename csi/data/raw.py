"""A file before anything in it is judged: headings and raw cells; and what a platform's format says about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from csi.data.cells import label_of
from csi.data.codebook import Item
from csi.language import Note


@dataclass(frozen=True, eq=False)
class RawTable:
    """The cells of a file under its first row that holds anything.

    Attributes
    ----------
    file : name of the file, for messages
    headings : (columns,) the cells of that row without outer blanks; some may be empty or stand twice
    columns : (columns,) categoricals of n raw cells: texts, or what a workbook holds
    notes : what was left out or found out while the file was read
    line : number of the file's line or the sheet's row that holds the first of the n rows
    """

    file: str
    headings: tuple[str, ...]
    columns: tuple[pd.Categorical, ...]
    notes: tuple[Note, ...] = ()
    line: int = 2

    def __len__(self) -> int:
        """Return the number of rows below the headings."""
        return len(self.columns[0]) if self.columns else 0

    def row(self, at: int) -> tuple[str, ...]:
        """One row as texts, "" for an empty cell."""
        cells = [column.categories[column.codes[at]] if column.codes[at] >= 0 else "" for column in self.columns]
        return tuple("" if cell is None else label_of(cell) for cell in cells)

    def labels(self, at: int) -> list[str]:
        """The distinct cells of one column as texts, without the empty one."""
        return [text for cell in self.columns[at].categories if (text := label_of(cell))]

    def keep(self, rows: NDArray[np.bool_]) -> RawTable:
        """The table with some rows left out; cells that no longer occur are forgotten."""
        kept = np.flatnonzero(rows)
        columns = tuple(column[kept].remove_unused_categories() for column in self.columns)
        return replace(self, columns=columns)

    def without_first(self, count: int) -> RawTable:
        """The table without its first rows, which were further headings."""
        rows = np.arange(len(self)) >= count
        return replace(self.keep(rows), line=self.line + count)

    def noted(self, *notes: Note) -> RawTable:
        """The table with more to say about it."""
        return replace(self, notes=(*self.notes, *notes))


@dataclass(frozen=True, eq=False)
class Export:
    """What the format of a platform says about a table, before any answer is judged.

    Columns that nothing is said about are judged by evidence (`csi.data.evidence`).

    Attributes
    ----------
    table : headings are unique names now, rows are respondents
    source : name of the platform, of the words `notes.source_*`; "table" for a plain table
    how : what it was recognised by, a Note
    texts : column -> wording of its question, where the heading is only a code
    stems : column -> the question it is a row of; columns of one stem are one battery
    items : column -> Item that the format decides (0/1 of a multiple answer, labels of a .sav, a rank)
    missing : column -> (cell -> reason), cells that the format declares as no answer
    system : columns of the platform that are no questions (times, progress, seeds, ids)
    private : columns that nobody may print (names, addresses, IPs, e-mails, places)
    roles : role -> column (respondent, duration, weight, wave, case)
    title : what the survey is called
    """

    table: RawTable
    source: str = "table"
    how: Note | None = None
    texts: Mapping[str, str] = field(default_factory=dict)
    stems: Mapping[str, str] = field(default_factory=dict)
    items: Mapping[str, Item] = field(default_factory=dict)
    missing: Mapping[str, Mapping[Any, str]] = field(default_factory=dict)
    system: Sequence[str] = ()
    private: Sequence[str] = ()
    roles: Mapping[str, str] = field(default_factory=dict)
    title: str = ""


def compact(cells: Any) -> pd.Categorical:
    """A column as its distinct cells."""
    codes, distinct = pd.factorize(np.asarray(cells, dtype=object))
    return pd.Categorical.from_codes(codes, pd.Index(distinct, dtype=object))
