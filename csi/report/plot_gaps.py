"""plot_gaps: what customers expect, what they perceive, and the gap between them with its interval."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from csi.errors import choose
from csi.language import current_language, say
from csi.report.fonts import fold
from csi.report.sources import read_source
from csi.report.style import (
    ACCENT,
    MAIN,
    MUTED,
    PAPER,
    WIDE,
    Picture,
    drawing,
    interval_text,
    new_figure,
    plain_axes,
    settle,
)  # fmt: skip
from csi.study import level_text
from csi.views import word

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from csi.results import Result

TABLES = {"dimensions": "construct", "item_gaps": "item"}
KINDS = ("expectation", "perception", "gap")
ORDERS = ("given", "value")
ROW, NAME_COLUMNS = 0.32, 28  # inches of a row, letters of its name


def plot_gaps(
    result: Result,
    table: str = "dimensions",
    *,
    order: str = "given",
    group: str | None = None,
    labels: Mapping[str, str] | None = None,
    level: float = 0.95,
) -> Picture:
    """Draw expectation and perception of service quality side by side, and their gap with its interval.

    Use it to see at one look where service falls short, and whether much is expected there or little is given.

    Parameters
    ----------
    result : what `score_servqual` gives
    table : {"dimensions", "item_gaps"}
        A row for every dimension, or for every item.
    order : {"given", "value"}
        As in the table, or largest shortfall first.
    group : str, optional
        Which group of a result with groups.
    labels : mapping of dimension or item to text, optional
        What rows are called; else their names.
    level : float
        Level of the intervals of the gaps.

    Returns
    -------
    Figure
        Left: mean ratings, expectation hollow, perception filled, in the unit of the scale. Right: the gap, perception
        minus expectation; where its interval lies below 0, service falls short for sure.

    Raises
    ------
    DataError
        `plot_needs_result`.
    OptionError
        `plot_lacks_table`, `plot_needs_group`, an unknown table, order or group.

    Notes
    -----
    Missing answers and weights: as in the Result; nothing is estimated here.

    Examples
    --------
    >>> import csi
    >>> survey = csi.load_sample("hotel")
    >>> found = csi.score_servqual(survey, ["e01", "e02", "e05"], ["p01", "p02", "p05"])
    >>> len(csi.plot_gaps(found).axes)
    2

    """
    choose("table", table, tuple(TABLES))
    choose("order", order, ORDERS)
    with drawing() as pen:
        source = read_source(result, "plot_gaps", labels, level)
        frame = source.group_rows(table, "plot_gaps", group)
        key = TABLES[table]
        wide = frame.pivot(index=key, columns="kind", values=["estimate", "lower", "upper"])
        rows = list(dict.fromkeys(frame[key]))
        if order == "value":
            rows = wide["estimate"]["gap"].sort_values(kind="stable").index.tolist()
        wide = wide.loc[rows]
        names = pen.labels(rows, lambda name: source.given.get(name, word(name)), kind="item")
        figure = new_figure(WIDE, 1.75 + ROW * len(rows))
        left, right = figure.subplots(1, 2, width_ratios=[1.25, 1])
        expected, perceived = (wide["estimate"][kind].to_numpy(dtype=float) for kind in KINDS[:2])
        _pairs(left, expected, perceived, [fold(names[name], NAME_COLUMNS, 1) for name in rows])
        gap = np.stack([wide[part]["gap"].to_numpy(dtype=float) for part in ("estimate", "lower", "upper")])
        _gaps(right, gap, source.decimals(table))
        title = say("plots.gaps_title")
        pen.heading(figure, title if group is None else say("plots.of_group", title=title, group=group))
        known = bool(np.isfinite(gap[1]).any())
        lines = [say("plots.gaps_caption" if known else "plots.gaps_caption_alone", level=level_text(source.level))]
        lines += [say("plots.gaps_ordered")] if order == "value" else []
        pen.caption(figure, ("" if current_language() == "zh" else " ").join(lines))
        return settle(figure)


def _pairs(axes: Axes, expected: NDArray[np.float64], perceived: NDArray[np.float64], names: list[str]) -> None:
    """Both ratings of each row, joined by a line."""
    y = np.arange(len(names))
    axes.hlines(y, expected, perceived, color=MUTED, linewidth=1.4, zorder=2, gid="distance")
    look = {"markersize": 7, "linestyle": "none", "zorder": 3}
    axes.plot(
        expected, y, "o", color=PAPER, markeredgecolor=MAIN, markeredgewidth=1.6, label=word("expectation"),
        gid="expectation", **look,
    )  # fmt: skip
    axes.plot(perceived, y, "o", color=MAIN, markeredgecolor=PAPER, label=word("perception"), gid="perception", **look)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.set_yticks(y, names)
    plain_axes(axes)
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=2, handletextpad=0.2, columnspacing=1.4)
    axes.set_xlabel(say("plots.gaps_rating"))


def _gaps(axes: Axes, gap: NDArray[np.float64], decimals: int) -> None:
    """The gap with its interval; in another colour where service falls short for sure."""
    y = np.arange(gap.shape[1])
    estimate, lower, upper = gap
    known = np.isfinite(lower)
    colours = np.where(known & (upper < 0), ACCENT, MAIN)
    axes.hlines(y[known], lower[known], upper[known], color=colours[known], linewidth=2.2, zorder=2, gid="intervals")
    axes.scatter(estimate, y, c=colours, s=36, edgecolors=PAPER, zorder=3, gid="gaps")
    axes.axvline(0, color=MUTED, linewidth=1, zorder=1)
    ends = np.concatenate([estimate, lower[known], upper[known], [0.0]])
    room = max(0.08 * (ends.max() - ends.min()), 0.05)
    axes.set_xlim(ends.min() - room, ends.max() + room)
    axes.set_ylim(len(y) - 0.4, -0.6)
    axes.set_yticks(y, [""] * len(y))
    plain_axes(axes)
    axes.set_xlabel(say("plots.gaps_axis"))
    side = axes.secondary_yaxis("right")
    digits = min(decimals, 2)
    side.set_yticks(y, [interval_text(*row, digits) for row in zip(estimate, lower, upper, strict=True)])
    side.tick_params(length=0, labelsize=9, labelcolor=MUTED)
    side.spines["right"].set_visible(False)
