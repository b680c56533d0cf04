"""A map of points with error ellipses, divided by lines into named quarters: Kano and four-quadrant pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.patches import Ellipse
from matplotlib.transforms import Bbox
from numpy.typing import NDArray

from csi.language import say
from csi.report.fonts import fold
from csi.report.placement import place_labels
from csi.report.rows import DASHES
from csi.report.style import Pen, points
from csi.study import level_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from csi.report.sources import Source

Array = NDArray[np.float64]
CORNERS = ((0, 1), (1, 1), (1, 0), (0, 0))  # left or right, bottom or top: the order of the names of the quarters


@dataclass(frozen=True, eq=False)
class PointMap:
    """What is drawn.

    Attributes
    ----------
    points : (k, 2) across and up
    covariance : (k, 2, 2) of each point, NaN without inference
    names : k labels
    unsure : (k,) points that belong to no quarter for sure, drawn in another colour
    cuts : where the lines stand, across and up; None for no line
    quarters : names of the quarters: upper left, upper right, lower right, lower left
    level : of the ellipses
    """

    points: Array
    covariance: Array
    names: Sequence[str]
    unsure: NDArray[np.bool_]
    cuts: tuple[float, float] | None
    quarters: Sequence[str]
    level: float

    def caption(self) -> str:
        """What the ellipses are, if there are some."""
        known = np.isfinite(self.covariance).any()
        return say("plots.ellipse_caption", level=level_text(self.level)) if known else ""


def draw_map(
    pen: Pen, axes: Axes, content: PointMap, limits: tuple[tuple[float, float], tuple[float, float]] | None = None
) -> None:
    """Draw points, ellipses, lines and names of quarters; labels come later, when the layout is settled."""
    radius = np.sqrt(-2 * np.log(1 - content.level))  # chi-square with two degrees of freedom
    colours = np.where(content.unsure, pen.colours.accent, pen.colours.main)
    for place, covariance, colour in zip(content.points, content.covariance, colours, strict=True):
        if np.isfinite(covariance).all():
            values, vectors = np.linalg.eigh(covariance)
            width, height = 2 * radius * np.sqrt(np.maximum(values[::-1], 0))
            angle = np.degrees(np.arctan2(vectors[1, 1], vectors[0, 1]))
            look = {"facecolor": colour, "edgecolor": colour, "alpha": 0.16, "linewidth": 0.8}
            axes.add_patch(Ellipse(tuple(place), width, height, angle=angle, zorder=2, gid="ellipse", **look))
    ring = pen.colours.paper
    axes.scatter(*content.points.T, c=colours, s=34, edgecolors=ring, linewidths=0.8, zorder=4, gid="points")
    if content.cuts is not None:
        dashes = {"color": pen.colours.muted, "linewidth": 1, "linestyle": DASHES, "zorder": 1}
        axes.axvline(content.cuts[0], gid="cut across", **dashes)
        axes.axhline(content.cuts[1], gid="cut up", **dashes)
    across, up = limits or (_reach(content, 0, radius), _reach(content, 1, radius))
    axes.set_xlim(*across)
    axes.set_ylim(*up)


def name_quarters(pen: Pen, axes: Axes, names: Sequence[str]) -> list[Bbox]:
    """Write names into the corners, upper left first and round; the areas they take."""
    taken = []
    for name, (right, top) in zip(names, CORNERS, strict=False):
        text = axes.text(
            0.988 if right else 0.012, 0.982 if top else 0.018, name, transform=axes.transAxes,
            color=pen.colours.muted, ha="right" if right else "left", va="top" if top else "bottom",
            fontsize=points(9.5),
        )  # fmt: skip
        taken.append(text.get_window_extent())
    return taken


def label_map(pen: Pen, axes: Axes, content: PointMap) -> None:
    """Write the names of the quarters into the corners and a name beside each point."""
    taken = name_quarters(pen, axes, content.quarters)
    if content.cuts is not None:
        x, y = axes.transData.transform(content.cuts)
        frame = axes.get_window_extent()
        taken += [
            Bbox.from_extents(x - 1, frame.y0, x + 1, frame.y1),
            Bbox.from_extents(frame.x0, y - 1, frame.x1, y + 1),
        ]
    names = [fold(name, 22, 2) for name in content.names]
    place_labels(axes, content.points, names, taken=taken, size=points(9.5), color=pen.colours.ink)


def covariances(source: Source, table: str, items: Sequence[str], terms: Sequence[str]) -> Array:
    """(k, 2, 2) covariance of the two terms of each item of a table."""
    whole = source.result.covariance(table)
    found = np.empty((len(items), 2, 2))
    for i, item in enumerate(items):
        keys = [(item, term) if source.group is None else (source.group, item, term) for term in terms]
        found[i] = whole.loc[keys, keys].to_numpy()
    return found


def unsure_terms(source: Source, names: Sequence[str], key: str = "item") -> NDArray[np.bool_]:
    """(k,) rows named in column `key` for which more than one label is not rejected at the level of the picture."""
    frame = source.group_rows("labels") if "labels" in source.result.tables else None
    if frame is None or "p_value" not in frame:
        return np.zeros(len(names), dtype=bool)
    left = frame[frame["p_value"] > 1 - source.level].groupby(key).size()
    return np.array([left.get(name, 1) > 1 for name in names])


def _reach(content: PointMap, axis: int, radius: float) -> tuple[float, float]:
    """Ends of an axis: all ellipses and the line, with room for labels."""
    spread = radius * np.sqrt(np.nan_to_num(content.covariance[:, axis, axis]))
    ends = np.concatenate([content.points[:, axis] - spread, content.points[:, axis] + spread])
    if content.cuts is not None:
        ends = np.append(ends, content.cuts[axis])
    low, high = float(ends.min()), float(ends.max())
    room = 0.14 * (high - low) or 0.5
    return low - room, high + room
