"""Scores beside what they come from: `plot_nps` shares, `plot_gaps` ratings, `plot_specifications` decisions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from csi.errors import choose
from csi.language import say
from csi.report.rows import DASHES, draw_intervals, limits, name_rows, reach, stack_shares, write_shares
from csi.report.sources import read_source
from csi.report.style import WIDE, Drawn, Pen, Picture, drawing
from csi.views import word

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from csi.results import Result

ORDERS = ("value", "given")
TABLES = {"dimensions": "construct", "item_gaps": "item"}
BAR, ROW, LINE = 0.42, 0.32, 0.24  # inches of a row: with bars, with points, with marks
NAME_COLUMNS, NARROW = 26, 0.06  # letters of a name, a share too narrow for its number


def plot_nps(
    result: Result,
    *,
    order: str = "given",
    labels: Mapping[str, str] | None = None,
    level: float | None = None,
    ax: Axes | None = None,
    theme: str | None = "csi",
) -> Picture | Drawn:
    """Draw who recommends and who does not as shares, and the net promoter score in points with its interval.

    Use it so that a score is never shown without the shares it comes from: the same score can hide different customers.

    Parameters
    ----------
    result : what `score_nps` gives
    order : {"given", "value"}
        As in the table, or highest score first.
    labels, level, ax, theme : as in `plot_estimates`

    Returns
    -------
    Picture
        Left: shares that add up to 100 %. Right: the score on -100 to 100, the axis covering the values shown and 0.

    Notes
    -----
    Errors, missing answers and weights: as in `plot_estimates` (two panels: no `ax`). Whether two groups differ is
    a question for `result.contrast`.

    Examples
    --------
    >>> import csi
    >>> found = csi.score_nps(csi.load_sample("mobile"), "recommend", by="operator")
    >>> len(csi.plot_nps(found).axes[0].get_yticklabels())
    4

    """
    choose("order", order, ORDERS)
    with drawing("plot_nps", ax, theme) as pen:
        source = read_source("plot_nps", result, labels, level)
        scores, shares = source.rows("nps"), source.rows("shares")
        if order == "value":
            scores = scores.sort_values("estimate", ascending=False, kind="stable")
        keys = [key for key in ("group", "item") if key in scores]
        shown = [key for key in keys if scores[key].nunique() > 1] or keys[-1:]
        joined = [" · ".join(source.own_label(row[key]) for key in shown) for row in scores.to_dict("records")]
        names = pen.labels(joined, kind="group")
        bars, scale = pen.panels(WIDE, 1.75 + BAR * len(scores), 1, 2, width_ratios=[1.7, 1]).flat
        rows = scores[keys].assign(row=range(len(scores)))
        _bars(pen, bars, shares.rename(columns={"estimate": "share"}).merge(rows, on=keys))
        name_rows(bars, [names[name] for name in joined], NAME_COLUMNS)
        draw_intervals(pen, scale, scores, [], 0)
        scale.axvline(0, color=pen.colours.muted, linewidth=1, zorder=1)
        scale.set_xlim(*reach(scores[["estimate", "lower", "upper"]].to_numpy(float), [0.0], share=0.08, least=2.0))
        scale.set_xlabel(say("plots.nps_axis"))
        pen.heading(say("plots.nps_title"))
        ordered = say("plots.index_ordered") if order == "value" else ""
        pen.caption([source.caption("nps", bool(scores["lower"].notna().any())), ordered])
        return pen.finish()


def _bars(pen: Pen, axes: Axes, shares: pd.DataFrame) -> None:
    """Shares of the three kinds, one bar a row."""
    main, grid, accent = pen.colours.main, pen.colours.grid, pen.colours.accent
    colours = {"detractor": accent, "passive": grid, "promoter": main}
    bars = stack_shares(pen, axes, shares, "y", colours, shrink=0.66, linewidth=0)
    write_shares(axes, bars, colours, 1.0, NARROW)
    axes.set_xlim(0, 1)
    axes.set_xticks([])
    pen.plain(axes, "", ("left", "bottom", "top", "right"))
    place = {"loc": "lower left", "bbox_to_anchor": (0, 1.0), "ncols": 3, "handlelength": 1, "columnspacing": 1.4}
    axes.legend(bars.values(), [word(kind) for kind in bars], **place)
    axes.set_xlabel(say("plots.nps_shares"))


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
    group : which group of a result with groups
    labels, level, ax, theme : as in `plot_estimates`

    Returns
    -------
    Picture
        Left: mean ratings, expectation hollow, perception filled, in the unit of the scale. Right: the gap, perception
        minus expectation; where its interval lies below 0, service falls short for sure.

    Notes
    -----
    Errors, missing answers and weights: as in `plot_estimates` (two panels: no `ax`), `plot_needs_group`, an
    unknown table or group.

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


def plot_specifications(
    result: Result, *, level: float | None = None, ax: Axes | None = None, theme: str | None = "csi"
) -> Picture | Drawn:
    """Draw the index under every combination of decisions, lowest first, with the decisions below (0-100).

    Use it to show that a number does not hang on one choice, or on which one it does.

    Parameters
    ----------
    result : what `compare_specifications` gives
    level, ax, theme : as in `plot_estimates`

    Returns
    -------
    Picture
        Above: index with its interval, one column a combination; the first combination, the one that is reported, in
        another colour. Below: a mark for each decision that was taken. Decisions that have one value only are left out.

    Notes
    -----
    Errors: as in `plot_estimates` (two panels: no `ax`). Missing answers and weights: as the combination says.

    Examples
    --------
    >>> import csi
    >>> tiny, chain = csi.load_sample("tiny"), "Satisfaction ~ Quality; Loyalty ~ Satisfaction"
    >>> found = csi.compare_specifications(tiny, chain, flagged=["keep"], missing=["listwise"], n_boot=0)
    >>> len(csi.plot_specifications(found).axes)
    2

    """
    with drawing("plot_specifications", ax, theme) as pen:
        source = read_source("plot_specifications", result, level=level)
        frame = source.rows("specifications")
        frame = frame.assign(usual=np.arange(len(frame)) == 0).sort_values("estimate", kind="stable")
        lines = _lines(frame)
        heights = [2.6, max(LINE * len(lines), 0.5)]
        above, below = pen.panels(WIDE, 4.2 + LINE * len(lines), 2, 1, sharex=True, height_ratios=heights).flat
        _curve(pen, above, frame)
        _marks(pen, below, frame, lines)
        above.set_ylabel(say("plots.index_axis"))
        pen.heading(str(source.result.title))
        known = bool(frame["lower"].notna().any())
        pen.caption([source.caption("specifications", known), say("plots.specifications_usual")])
        return pen.finish()


def _lines(frame: pd.DataFrame) -> list[tuple[str, str]]:
    """(decision, value) of every line below, decisions with one value left out."""
    keys = list(frame.columns[: list(frame.columns).index("estimate")])
    return [
        (key, value) for key in keys if frame[key].nunique() > 1 for value in dict.fromkeys(frame[key].sort_values())
    ]


def _curve(pen: Pen, axes: Axes, frame: pd.DataFrame) -> None:
    x = np.arange(len(frame))
    estimate, lower, upper, known = limits(frame)
    colours = np.where(frame["usual"], pen.colours.accent, pen.colours.main)
    axes.vlines(x[known], lower[known], upper[known], color=colours[known], linewidth=1.6, alpha=0.6, gid="intervals")
    axes.scatter(x, estimate, c=colours, s=22, zorder=3, gid="estimates")
    reported = float(estimate[frame["usual"].to_numpy()][0])
    axes.axhline(reported, color=pen.colours.accent, linewidth=0.8, linestyle=DASHES)
    pen.plain(axes, "y")
    axes.tick_params(labelbottom=False)


def _marks(pen: Pen, axes: Axes, frame: pd.DataFrame, lines: list[tuple[str, str]]) -> None:
    """One line a value of a decision; a filled mark where it was taken."""
    names, last = [], ""
    for y, (key, value) in enumerate(lines):
        taken = (frame[key] == value).to_numpy()
        axes.scatter(np.flatnonzero(~taken), np.full((~taken).sum(), y), s=7, color=pen.colours.grid)
        axes.scatter(np.flatnonzero(taken), np.full(taken.sum(), y), s=14, color=pen.colours.ink, gid=f"{key} {value}")
        if key != last and y:
            axes.axhline(y - 0.5, color=pen.colours.muted, linewidth=0.5)
        last = key
        names.append(say("plots.decision_line", decision=word(key), value=word(value)))
    axes.set_yticks(range(len(lines)), names)
    axes.set_ylim(len(lines) - 0.4, -0.6)
    axes.tick_params(labelbottom=False)
    pen.plain(axes, "", ("left", "bottom", "top", "right"))
