"""Where the words of a picture stand: how large they are, and where a label has room."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox
from numpy.typing import NDArray

Array = NDArray[np.float64]
# Places of a label around its point, in the order of preference: direction across and up.
DIRECTIONS = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1))


def measure(text: Text) -> tuple[float, float]:
    """Width and height of a text in inches."""
    box = text.get_window_extent()
    dpi = text.get_figure(root=True).dpi
    return box.width / dpi, box.height / dpi


def measure_text(where: Figure | Axes, text: str, **words: Any) -> tuple[float, float]:
    """Width and height in inches that a text would have."""
    ruler = where.text(0, 0, text, **words)
    size = measure(ruler)
    ruler.remove()
    return size


def axes_inches(axes: Axes) -> tuple[float, float]:
    """Width and height of axes as they stand in their figure."""
    box = axes.get_window_extent()
    dpi = axes.get_figure(root=True).dpi
    return box.width / dpi, box.height / dpi


def line_boxes(axes: Axes, x0: Array, y0: Array, x1: Array, y1: Array) -> list[Bbox]:
    """The areas in pixels that lines along an axis take, each from (x0, y0) to (x1, y1) in data coordinates."""
    ends = [axes.transData.transform(np.column_stack(end).astype(float)) for end in ((x0, y0), (x1, y1))]
    lines = np.hstack([np.minimum(*ends) - 1, np.maximum(*ends) + 1])
    return [Bbox.from_extents(*line) for line in lines if np.isfinite(line).all()]


def place_labels(
    axes: Axes, points: Array, labels: Sequence[str], *, taken: Sequence[Bbox] = (), size: float, color: str
) -> list[Text]:
    """Write a label beside each point where it covers neither a point nor another label.

    Parameters
    ----------
    axes : its layout must be settled, since places are found in pixels; later a label moves with its point
    points : (k, 2) in data coordinates
    labels : k texts
    taken : areas in pixels that stay free
    size, color : of the text

    Returns
    -------
    list of Text
        In the order of the points; a label that had to go far is joined to its point by a thin line.
    """
    dpi = axes.get_figure(root=True).dpi
    unit = dpi / 100  # pixels that are a hundredth of an inch
    pixels = axes.transData.transform(np.asarray(points, dtype=float).reshape(-1, 2))
    frame = axes.get_window_extent()
    room = 6 * unit
    fixed = [*taken, *(Bbox.from_extents(x - room, y - room, x + room, y + room) for x, y in pixels)]
    placed: list[Bbox] = []
    texts = []
    look = {"fontsize": size, "color": color, "ha": "center", "va": "center", "zorder": 5, "linespacing": 1.1}
    line = {"arrowstyle": "-", "color": color, "linewidth": 0.6, "alpha": 0.6, "shrinkA": 0, "shrinkB": 0}
    for point, (x, y), label in zip(points, pixels, labels, strict=True):
        width, height = (side * dpi for side in measure_text(axes, label, **look))
        box, reach = _free_box(x, y, width, height, unit, frame, fixed, placed)
        placed.append(box)
        away = ((box.x0 + box.x1) / 2 - x, (box.y0 + box.y1) / 2 - y)
        offset = tuple(72 * side / dpi for side in away)
        leader = line if reach > 14 else None
        place = {"xytext": offset, "textcoords": "offset points", "annotation_clip": False}
        texts.append(axes.annotate(label, tuple(point), arrowprops=leader, **place, **look))
    return texts


def _free_box(
    x: float,
    y: float,
    width: float,
    height: float,
    unit: float,
    frame: Bbox,
    fixed: Sequence[Bbox],
    placed: Sequence[Bbox],
) -> tuple[Bbox, float]:
    """The nearest place that is free, the one that covers least where there is none, and its distance."""
    best, least = None, np.inf
    for reach in (9, 14, 22, 32, 46, 64, 86, 112, 142):
        for across, up in DIRECTIONS:
            cx, cy = x + across * (reach * unit + width / 2), y + up * (reach * unit + height / 2)
            box = Bbox.from_extents(cx - width / 2, cy - height / 2, cx + width / 2, cy + height / 2)
            wall = max(frame.x0 - box.x0, 0) + max(box.x1 - frame.x1, 0)
            wall += max(frame.y0 - box.y0, 0) + max(box.y1 - frame.y1, 0)
            cost = 40 * wall + sum(_common(box, other, 2) for other in fixed)
            cost += 10 * sum(_common(box, other, 2) for other in placed)
            if cost == 0:
                return box, reach
            if cost < least:
                best, least = (box, reach), cost
    return best


def _common(one: Bbox, other: Bbox, slack: float) -> float:
    """Area that two boxes share, each a little larger than it is."""
    wide = min(one.x1, other.x1) - max(one.x0, other.x0) + slack
    high = min(one.y1, other.y1) - max(one.y0, other.y0) + slack
    return max(wide, 0) * max(high, 0)
