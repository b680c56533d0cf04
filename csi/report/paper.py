"""How wide the columns of a table are on paper: smaller type first, then the page on its side, and nothing is cut."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from csi.views import width

PORTRAIT, LANDSCAPE = 16.0, 24.7  # cm between the margins of 2.5 cm of A4
# Points, whether on its side, and to what part of its wish a column of text is squeezed: 1 not at all, 0 to its words.
STEPS = ((10, False, 1.0), (9, False, 1.0), (8, False, 0.6), (9, True, 1.0), (8, True, 0.6), (7, True, 0.0))
CM = 0.0353  # of a point
HALF = 0.55  # of the size of the type: one narrow character, half of a Chinese one
PADDING = 0.42  # cm between two columns
HEADER = 12  # narrow characters of a word of a header before it is broken
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
    for points, landscape, squeeze in STEPS:
        room = LANDSCAPE if landscape else PORTRAIT
        scale = HALF * points * CM
        least = [low * scale + PADDING for low, _ in needed]
        wish = [max(low, min(full * scale + PADDING, WIDEST)) for low, (_, full) in zip(least, needed, strict=True)]
        floor = [max(low, squeeze * one) for low, one in zip(least, wish, strict=True)]
        if sum(floor) <= room:
            return Layout(points, landscape, _between(floor, wish, room))
    return Layout(points, landscape, tuple(low * room / sum(least) for low in least))


def _between(floor: Sequence[float], wish: Sequence[float], room: float) -> tuple[float, ...]:
    """Widths as wished where there is room; else each gives the same part of what it can."""
    over, spare = sum(wish) - room, sum(wish) - sum(floor)
    part = over / spare if over > 0 else 0.0
    return tuple(one - part * (one - low) for low, one in zip(floor, wish, strict=True))


def _needed(header: str, cells: Sequence[str], numeric: bool) -> tuple[int, int]:
    """Narrow characters side by side that a column needs at least and would like to have."""
    full = max(map(width, cells), default=1)
    word = max((min(width(part), HEADER) for part in header.split()), default=1)
    if numeric:
        return max(full, word), max(full, word)
    longest = max((width(part) for cell in cells for part in TOGETHER.findall(cell)), default=1)
    return max(word, longest), max(full, width(header))
