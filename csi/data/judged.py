"""A column while it is judged: its cells, what its heading says, its numbers counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from csi.data.blocks import Verdict
from csi.data.cells import Cells
from csi.data.codebook import Item
from csi.data.headings import Heading, heading_of
from csi.data.ladders import Readings
from csi.data.ruling import Ruling


@dataclass
class Column:
    """A column while it is judged.

    Attributes
    ----------
    cells, heading : what is in it and what its heading says
    kind : rating, number, category, text, date, or "" while it is open
    values, counts : its distinct numbers, ascending, and how often each occurs, codes that were given left out
    verdict : what its values say of the scale
    sure : whether anything but its values says that it holds ratings
    stem : the question it is a row of, "" for none; `matrix` where the platform says so
    battery : whether most columns of its stem are headed like neither groups nor amounts
    words : its labels and how often each occurs, where they may be a ladder
    readings : the ladders they can be, together with other columns of the same words
    answers : number of answers those readings rest on
    odd : cells that fit none of them
    """

    cells: Cells
    heading: Heading
    kind: str = ""
    values: NDArray[np.float64] = None  # type: ignore[assignment]
    counts: NDArray[np.intp] = None  # type: ignore[assignment]
    verdict: Verdict = field(default_factory=Verdict)
    sure: bool = False
    stem: str = ""
    matrix: bool = False
    battery: bool = False
    words: Counter[str] = field(default_factory=Counter)
    readings: Readings | None = None
    answers: int = 0
    item: Item | None = None
    codes: dict[Any, str] = None  # type: ignore[assignment]

    @property
    def name(self) -> str:
        """Its name."""
        return self.cells.name

    @property
    def n(self) -> int:
        """Number of answers that are numbers."""
        return int(self.counts.sum())


def look(cells: Cells, wording: str, ruling: Ruling, missing: Mapping[Any, str]) -> Column:
    """A column with its numbers counted, before anything is decided."""
    heading = heading_of(wording)
    if wording != cells.name:  # a code such as Gender above a question in words
        short = heading_of(cells.name)
        heading = replace(heading, amount=heading.amount or short.amount, group=heading.group or short.group)
    codes = dict.fromkeys(ruling.codes_of(cells.name), "blank") | dict(missing)
    column = Column(cells, heading, codes=codes)
    gone = {float(code) for code in codes if isinstance(code, int | float)} | {
        float(code) for code in codes if isinstance(code, str) and _is_number(code)
    }
    used = cells.answered & np.isfinite(cells.numbers) & ~np.isin(cells.numbers, list(gone))
    values, place = np.unique(cells.numbers[used], return_inverse=True)
    column.values = values
    column.counts = np.bincount(place, cells.counts[used], minlength=len(values)).astype(np.intp)
    return column


def _is_number(text: str) -> bool:
    try:
        return np.isfinite(float(text))
    except ValueError:
        return False
