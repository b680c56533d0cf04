"""One file of a 问卷星 export as a plain table: headings cleaned, cells as text, the right sheet found."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from csi.data.cells import label_of, plain_text
from csi.data.raw import RawTable
from csi.errors import DataError
from csi.language import note

BLANK, SKIPPED = "(空)", "(跳过)"
GONE = ("", BLANK, SKIPPED)  # cells of the text file that hold no answer
QUESTION = re.compile(r"(\d{1,4})\s*([、．：:]|\.(?!\d))\s*(.*)", re.DOTALL)
OLD_QUESTION = re.compile(r"第\s*(\d{1,4})\s*题\s*(?:[(（](.*)[)）])?", re.DOTALL)
_BROKEN = re.compile("(?<=[\u3000-\u9fff\uff00-\uffef]) (?=[\u3000-\u9fff\uff00-\uffef])")  # a line broken in Chinese
_INVISIBLE = re.compile("[\u200b-\u200d\u2060\ufeff]|&nbsp;?")


@dataclass(frozen=True, eq=False)
class Column:
    """A column of n cells as text.

    Attributes
    ----------
    labels : (u,) distinct cells; those without an answer are one of `GONE`
    codes : (n,) number of each cell's label
    """

    labels: tuple[str, ...]
    codes: NDArray[np.intp]

    @classmethod
    def of(cls, cells: Sequence[Any]) -> Column:
        """The column of raw cells."""
        raw = np.empty(len(cells), dtype=object)
        raw[:] = cells
        codes, distinct = pd.factorize(raw, use_na_sentinel=False)
        merged, labels = pd.factorize(np.array([_text_of(cell) for cell in distinct], dtype=object))
        return cls(tuple(labels), merged[codes])

    @property
    def answers(self) -> tuple[str, ...]:
        """The labels that are answers."""
        return tuple(label for label in self.labels if label not in GONE)

    @property
    def counts(self) -> dict[str, int]:
        """Answer -> how often it was given."""
        tally = np.bincount(self.codes, minlength=len(self.labels)).tolist()
        return {label: count for label, count in zip(self.labels, tally, strict=True) if label not in GONE}

    def taken(self, rows: NDArray[np.intp]) -> Column:
        """The same column with its rows in another order."""
        return Column(self.labels, self.codes[rows])

    def mapped(self, new: dict[str, Any]) -> NDArray[np.object_]:
        """(n,) cells with some labels replaced."""
        return np.array([new.get(label, label) for label in self.labels], dtype=object)[self.codes]

    @property
    def cells(self) -> NDArray[np.object_]:
        """(n,) the cells as text."""
        return self.mapped({})


@dataclass(frozen=True, eq=False)
class Table:
    """A file: its name, its headings without tabs, line ends and outer blanks, its columns."""

    file: str
    headings: tuple[str, ...]
    columns: tuple[Column, ...]

    def __len__(self) -> int:
        return len(self.columns[0].codes)

    def named(self, heading: str) -> Column | None:
        """The column of a heading, None when there is none."""
        return self.columns[self.headings.index(heading)] if heading in self.headings else None


def table_of(raw: RawTable) -> Table:
    """A file of 问卷星 with its headings cleaned and its cells as text.

    Raises
    ------
    DataError
        `wjx_no_questions`, `no_respondents`.

    """
    headings = [_clean(name) for name in raw.headings]
    if not any(map(is_question, headings)):
        raise DataError("wjx_no_questions", file=raw.file, place=note("wjx_place_file"))
    columns = [_column(one) for one in raw.columns]
    filled = np.zeros(len(raw), dtype=bool)
    for column in columns:
        filled |= np.array([bool(label) for label in column.labels], dtype=bool)[column.codes]
    if not filled.any():
        raise DataError("no_respondents", file=raw.file)
    named = [name or f"column_{i + 1}" for i, name in enumerate(headings)]
    return Table(raw.file, tuple(named), tuple(column.taken(np.flatnonzero(filled)) for column in columns))


def _column(raw: pd.Categorical) -> Column:
    texts = np.array([*(_text_of(cell) for cell in raw.categories), ""], dtype=object)
    merged, labels = pd.factorize(texts)
    used, codes = np.unique(merged[raw.codes], return_inverse=True)
    return Column(tuple(labels[used]), codes)


def is_question(heading: str) -> bool:
    """Whether a cleaned heading begins like a question."""
    return QUESTION.fullmatch(heading) is not None or OLD_QUESTION.fullmatch(heading) is not None


def _text_of(cell: Any) -> str:
    text = "" if cell is None else label_of(cell)
    plain = plain_text(text) if len(text) <= 6 else ""
    return plain if plain in GONE[1:] else text


def _clean(heading: Any) -> str:
    text = " ".join(_INVISIBLE.sub(" ", "" if heading is None else label_of(heading)).split())
    return _BROKEN.sub("", text)
