"""How wide the columns of a table are on paper: smaller type first, then the page on its side, and nothing is cut."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from csi.views import width

PORTRAIT, LANDSCAPE = 16.0, 24.7  # cm between the margins of 2.5 cm of A4
STEPS = ((10, False), (9, False), (8, False), (9, True), (8, True), (7, True))  # points, on its side
CM = 0.0353  # of a point
HALF = 0.55  # of the size of the type: one narrow character, half of a Chinese one
PADDING = 0.42  # cm between two columns
WIDEST = 6.0  # cm of a column of text before it is wrapped
TOGETHER = re.compile(r"[^\s_\-/⺀-鿿＀-￯]+")  # what is not broken between two lines


@dataclass(frozen=True)
class Layout:
    """Where a table finds room.

    Attributes
    ----------
    points : size of the type
    landscape : whether its page lies on its side
    widths : of the columns, cm
    """

    points: int
    landscape: bool
    widths: tuple[float, ...]


def lay_out(head: Sequence[str], rows: Sequence[Sequence[str]], numeric: Sequence[bool]) -> Layout:
    """The largest type in which the table fits; texts are wrapped, numbers are not while there is room.

    Parameters
    ----------
    head : (k,) headers, which may be wrapped
    rows : cells
    numeric : (k,) whether a column holds numbers
    """
    needed = [_needed(head[i], [row[i] for row in rows], numeric[i]) for i in range(len(head))]
    for points, landscape in STEPS:
        room = LANDSCAPE if landscape else PORTRAIT
        scale = HALF * points * CM
        least = [low * scale + PADDING for low, _ in needed]
        widths = [max(low, min(full * scale + PADDING, WIDEST)) for low, (_, full) in zip(least, needed, strict=True)]
        if sum(widths) <= room:
            return Layout(points, landscape, tuple(widths))
    spare, wish = room - sum(least), sum(widths) - sum(least)
    if spare >= 0:
        widths = [low + (one - low) * spare / wish for low, one in zip(least, widths, strict=True)]
    else:
        widths = [low * room / sum(least) for low in least]
    return Layout(points, landscape, tuple(widths))


def _needed(header: str, cells: Sequence[str], numeric: bool) -> tuple[int, int]:
    """Narrow characters side by side that a column needs at least and would like to have."""
    full = max(map(width, cells), default=1)
    word = max((width(part) for part in TOGETHER.findall(header)), default=1)
    if numeric:
        return max(full, word), max(full, word)
    longest = max((width(part) for cell in cells for part in TOGETHER.findall(cell)), default=1)
    return max(word, min(longest, full)), max(full, width(header))
