"""plot_gaps: what customers expect, what they perceive, and the gap between them with its interval."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from csi.errors import choose
from csi.language import say
from csi.report.rows import draw_intervals, limits, name_rows, reach
from csi.report.sources import read_source
from csi.report.style import WIDE, Drawn, Pen, Picture, drawing
from csi.views import word

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from csi.results import Result

TABLES = {"dimensions": "construct", "item_gaps": "item"}
ORDERS = ("given", "value")
ROW, NAME_COLUMNS = 0.32, 28  # inches of a row, letters of its name


def plot_gaps(
    result: Result,
    table: str = "dimensions",
    *,
    order: str = "given",
    group: str | None = None,
    labels: Mapping[str, str] | None = None,
    level: float | None = None,
    ax: Axes | None = None,
    theme: str | None = "csi",
) -> Picture | Drawn:
    """Draw expectation and perception of service quality side by side, and their gap with its interval.

    Use it to see at one look where service falls short, and whether much is expected there or little is given.

    Parameters
    ----------
    result : what `score_servqual` gives
    table : {"dimensions", "item_gaps"}
        A row for every dimension, or for every item.
    order : {"given", "value"}
        As in the table, or largest shortfall first.
    group : str
        Which group of a result with groups.
    labels, level, ax, theme : as in `plot_estimates`

    Returns
    -------
    Picture
        Left: mean ratings, expectation hollow, perception filled, in the unit of the scale. Right: the gap, perception
        minus expectation; where its interval lies below 0, service falls short for sure.

    Raises
    ------
    DataError, OptionError
        Those of `plot_estimates` (two panels: no `ax`), `plot_needs_group`, an unknown table or group.

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
    with drawing("plot_gaps", ax, theme) as pen:
        source = read_source("plot_gaps", result, labels, level, group)
        frame = source.group_rows(table)
        parts = {kind: rows.set_index(TABLES[table]) for kind, rows in frame.groupby("kind")}
        rows = list(dict.fromkeys(frame[TABLES[table]]))
        if order == "value":
            rows = list(parts["gap"]["estimate"].loc[rows].sort_values(kind="stable").index)
        expected, perceived, gap = (parts[kind].loc[rows] for kind in ("expectation", "perception", "gap"))
        names = pen.labels(rows, lambda name: source.given.get(name, word(name)), kind="item")
        left, right = pen.panels(WIDE, 1.75 + ROW * len(rows), 1, 2, width_ratios=[1.25, 1]).flat
        _pairs(pen, left, expected["estimate"], perceived["estimate"], [names[name] for name in rows])
        _, lower, upper, known = limits(gap)
        draw_intervals(pen, right, gap, [], min(source.decimals(table), 2), accent=known & (upper < 0))
        right.axvline(0, color=pen.colours.muted, linewidth=1, zorder=1)
        right.set_xlim(*reach(gap["estimate"], lower, upper, [0.0], share=0.08, least=0.05))
        right.set_xlabel(say("plots.gaps_axis"))
        pen.heading(say("plots.gaps_title"), group)
        ordered = say("plots.gaps_ordered") if order == "value" else ""
        pen.caption([source.caption("gaps", bool(known.any())), ordered])
        return pen.finish()


def _pairs(pen: Pen, axes: Axes, expected: pd.Series, perceived: pd.Series, names: list[str]) -> None:
    """Both ratings of each row, joined by a line."""
    y = np.arange(len(names))
    main, paper = pen.colours.main, pen.colours.paper
    axes.hlines(y, expected, perceived, color=pen.colours.muted, linewidth=1.4, zorder=2, gid="distance")
    for kind, values, fill, edge in (("expectation", expected, paper, main), ("perception", perceived, main, paper)):
        dot = {"marker": "o", "markersize": 7, "linestyle": "none", "markeredgewidth": 1.6, "zorder": 3}
        axes.plot(values, y, color=fill, markeredgecolor=edge, label=word(kind), gid=kind, **dot)
    name_rows(axes, names, NAME_COLUMNS)
    pen.plain(axes)
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=2, handletextpad=0.2, columnspacing=1.4)
    axes.set_xlabel(say("plots.gaps_rating"))
