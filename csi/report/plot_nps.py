"""plot_nps: detractors, passives and promoters as bars, and the net promoter score with its interval beside them."""

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
    GRID,
    INK,
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
    import pandas as pd
    from matplotlib.axes import Axes

    from csi.results import Result

ORDERS = ("value", "given")
KINDS = (("detractor", ACCENT, PAPER), ("passive", GRID, INK), ("promoter", MAIN, PAPER))
ROW, NAME_COLUMNS, NARROW = 0.42, 24, 0.06  # inches of a row, letters of its name, a share too narrow for its number


def plot_nps(
    result: Result,
    *,
    order: str = "given",
    labels: Mapping[str, str] | None = None,
    level: float = 0.95,
) -> Picture:
    """Draw who recommends and who does not as shares, and the net promoter score in points with its interval.

    Use it so that a score is never shown without the shares it comes from: the same score can hide different customers.

    Parameters
    ----------
    result : what `score_nps` gives
    order : {"given", "value"}
        As in the table, or highest score first.
    labels : mapping of group or item to text, optional
        What rows are called; else their names.
    level : float
        Level of the intervals.

    Returns
    -------
    Figure
        Left: shares that add up to 100 %. Right: the score on -100 to 100, the axis covering the values shown and 0.

    Raises
    ------
    DataError
        `plot_needs_result`.
    OptionError
        `plot_lacks_table`, an unknown order.

    Notes
    -----
    Missing answers and weights: as in the Result; nothing is estimated here. Whether two groups differ is a question
    for `result.contrast`.

    Examples
    --------
    >>> import csi
    >>> found = csi.score_nps(csi.load_sample("mobile"), "recommend", by="operator")
    >>> len(csi.plot_nps(found).axes[0].get_yticklabels())
    4

    """
    choose("order", order, ORDERS)
    with drawing() as pen:
        source = read_source(result, "plot_nps", labels, level)
        scores, shares = (source.rows(table, "plot_nps") for table in ("nps", "shares"))
        if order == "value":
            scores = scores.sort_values("estimate", ascending=False, kind="stable")
        keys = [key for key in ("group", "item") if key in scores]
        shown = [key for key in keys if scores[key].nunique() > 1] or keys[-1:]
        joined = [
            " · ".join(source.given.get(row[key], row[key]) for key in shown) for row in scores.to_dict("records")
        ]
        names = pen.labels(joined, kind="group")
        figure = new_figure(WIDE, 1.75 + ROW * len(scores))
        bars, points = figure.subplots(1, 2, width_ratios=[1.7, 1])
        _bars(bars, scores, shares, keys, [fold(names[name], NAME_COLUMNS, 1) for name in joined])
        _points(points, scores)
        pen.heading(figure, say("plots.nps_title"))
        known = bool(scores["lower"].notna().any())
        lines = [say("plots.nps_caption" if known else "plots.nps_caption_alone", level=level_text(source.level))]
        lines += [say("plots.index_ordered")] if order == "value" else []
        pen.caption(figure, ("" if current_language() == "zh" else " ").join(lines))
        return settle(figure)


def _bars(axes: Axes, scores: pd.DataFrame, shares: pd.DataFrame, keys: list[str], names: list[str]) -> None:
    """Shares of the three kinds, one bar a row."""
    y = np.arange(len(scores))
    wide = shares.pivot(index=keys, columns="kind", values="estimate")
    start = np.zeros(len(scores))
    for kind, colour, ink in KINDS:
        share = wide[kind].loc[[tuple(row) if len(keys) > 1 else row[0] for row in scores[keys].to_numpy()]].to_numpy()
        axes.barh(y, share, left=start, color=colour, height=0.66, label=word(kind), gid=kind)
        for i in np.flatnonzero(share >= NARROW):
            axes.text(
                start[i] + share[i] / 2, y[i], f"{100 * share[i]:.0f}", ha="center", va="center", color=ink, fontsize=9
            )
        start = start + share
    axes.set_xlim(0, 1)
    axes.set_xticks([])
    axes.set_ylim(len(scores) - 0.4, -0.6)
    axes.set_yticks(y, names)
    plain_axes(axes, grid="x")
    axes.spines["bottom"].set_visible(False)
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=3, handlelength=1, columnspacing=1.4)
    axes.set_xlabel(say("plots.nps_shares"))


def _points(axes: Axes, scores: pd.DataFrame) -> None:
    """The score with its interval, and as a number."""
    y = np.arange(len(scores))
    estimate, lower, upper = (scores[name].to_numpy(dtype=float) for name in ("estimate", "lower", "upper"))
    known = np.isfinite(lower)
    axes.hlines(y[known], lower[known], upper[known], color=MAIN, linewidth=2.2, zorder=2, gid="intervals")
    axes.plot(estimate, y, "o", color=MAIN, markersize=6, markeredgecolor="white", zorder=3, gid="estimates")
    axes.axvline(0, color=MUTED, linewidth=1, zorder=1)
    ends = np.concatenate([estimate, lower[known], upper[known], [0.0]])
    room = max(0.08 * (ends.max() - ends.min()), 2.0)
    axes.set_xlim(ends.min() - room, ends.max() + room)
    axes.set_ylim(len(scores) - 0.4, -0.6)
    axes.set_yticks(y, [""] * len(y))
    plain_axes(axes)
    axes.set_xlabel(say("plots.nps_axis"))
    side = axes.secondary_yaxis("right")
    side.set_yticks(y, [interval_text(*row, 0) for row in zip(estimate, lower, upper, strict=True)])
    side.tick_params(length=0, labelsize=9, labelcolor=MUTED)
    side.spines["right"].set_visible(False)
