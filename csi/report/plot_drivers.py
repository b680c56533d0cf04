"""Drivers: what costs and what earns, what to improve first, whether the methods agree, and response surfaces."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from csi.errors import OptionError, choose
from csi.language import say
from csi.report.fonts import fold
from csi.report.placement import line_boxes, place_labels
from csi.report.plot_maps import name_quarters, unsure_terms
from csi.report.rows import DASHES, limits, name_rows, reach
from csi.report.sources import read_source
from csi.report.style import WIDE, Drawn, Picture, drawing, ink_on, interval_text, points
from csi.study import level_text
from csi.views import word

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from csi.report.sources import Source
    from csi.report.style import Pen
    from csi.results import Result
    from csi.study import Study

QUARTERS = ("overkill", "keep_up", "improve_first", "low_priority")  # from the upper left corner round
ROW, LARGEST = 0.42, 900.0  # inches of a driver; area of the largest dot
PARTS = ("congruence_slope", "incongruence_slope")
STEPS = 81  # of a surface, along each side


def plot_asymmetry(
    result: Result,
    *,
    group: str | None = None,
    labels: Mapping[str, str] | None = None,
    level: float | None = None,
    ax: Axes | None = None,
    theme: str | None = "csi",
) -> Picture | Drawn:
    """Draw impact asymmetry, -1 to 1, across and the range of impact, in points of the outcome, up.

    Use it to see what must not fail (left), what delights (right), and how much is at stake (high).

    Parameters
    ----------
    result : what `fit_asymmetry` gives
    group : which group of a result with groups
    labels, level, ax, theme : as in `plot_estimates`

    Returns
    -------
    Picture or Drawn
        Lines across are intervals of the asymmetry; drivers whose type is not certain are drawn in another colour.

    Notes
    -----
    Errors, missing answers and weights: as in `plot_estimates`; also `plot_needs_group`, an unknown group. Source:
    Mikulic & Prebezac (2008), Managing Service Quality 18(6), 559-576.

    Examples
    --------
    >>> import csi
    >>> found = csi.fit_asymmetry(csi.load_sample("drivers"), "overall", ["delivery", "extras"], low=4, high=8)
    >>> csi.plot_asymmetry(found).title_text
    'What costs and what earns: 2 drivers'

    """
    with drawing("plot_asymmetry", ax, theme) as pen:
        source = read_source("plot_asymmetry", result, labels, level, group)
        across = source.group_rows("asymmetry").set_index("term")
        up = source.group_rows("potentials")
        up = up[up["kind"] == "range_of_impact"].set_index("term").loc[across.index]
        names = pen.labels(list(across.index), source.own_label, kind="item")
        unsure = unsure_terms(source, across.index, "term")
        colours = np.where(unsure, pen.colours.accent, pen.colours.main)
        axes = pen.axes(WIDE * 0.8, WIDE * 0.6)
        x, lower, upper, known = limits(across)
        y = up["estimate"].to_numpy(dtype=float)
        look = {"linewidth": 1.6, "alpha": 0.5, "gid": "intervals"}
        axes.hlines(y[known], lower[known], upper[known], color=colours[known], **look)
        ring = pen.colours.paper
        axes.scatter(x, y, c=colours, s=40, edgecolors=ring, zorder=3, gid="drivers", clip_on=False)
        axes.axvline(0, color=pen.colours.muted, linewidth=1, linestyle=DASHES, zorder=1)
        axes.set_xlim(-1.08, 1.08)
        axes.set_ylim(0, 1.15 * float(np.nanmax(y)))
        axes.set_xlabel(say("plots.asymmetry_x"))
        axes.set_ylabel(say("plots.asymmetry_y"))
        pen.heading(say("plots.asymmetry_title", count=len(across)), group)
        lines = [say("plots.asymmetry_caption", level=level_text(source.level))] if known.any() else []
        lines += [say("plots.asymmetry_unsure")] if unsure.any() else []
        pen.caption(lines)
        picture = pen.finish()
        folded = [fold(names[name], 22, 2) for name in across.index]
        taken = line_boxes(axes, lower, y, upper, y)
        place_labels(axes, np.column_stack([x, y]), folded, taken=taken, size=points(9.5), color=pen.colours.ink)
        return picture


def plot_priorities(
    result: Result | Study,
    target: str | None = None,
    *,
    group: str | None = None,
    labels: Mapping[str, str] | None = None,
    level: float | None = None,
    ax: Axes | None = None,
    theme: str | None = "csi",
) -> Picture | Drawn:
    """Draw the drivers of a construct by importance and performance, each with its interval (IPA, four quadrants).

    Use it to see what to improve first: important and weak, at the lower right. A driver whose cross reaches over a
    dashed line belongs to no quarter for sure.

    Parameters
    ----------
    result : Result with a table `priorities`, or Study
    target : str, optional
        The construct that is driven. None: the target of the Study, or the first of the table that is called
        satisfaction, or its last.
    group : which group of a Result with groups; a Study shows the whole sample when None
    labels, level, ax, theme : as in `plot_estimates`

    Returns
    -------
    Picture or Drawn
        Across: importance, index points of the target per index point of the driver (unstandardised total effect). Up:
        performance, the driver's index 0-100. Dashed lines stand at the means of the drivers shown.

    Notes
    -----
    Errors, missing answers and weights: as in `plot_estimates`; also `plot_needs_group`, an unknown group or
    target. Nothing is estimated but the two means that divide the picture. Source: Martilla & James (1977), Journal
    of Marketing 41(1), 77-79.

    Examples
    --------
    >>> import csi
    >>> fit = csi.fit_pls(csi.load_sample("tiny"), "Satisfaction ~ Quality; Loyalty ~ Satisfaction", n_boot=0)
    >>> csi.plot_priorities(fit, "Loyalty").title_text
    'What to improve first: drivers of Loyalty'

    """
    with drawing("plot_priorities", ax, theme) as pen:
        source = read_source("plot_priorities", result, labels, level, group)
        frame = source.group_rows("priorities")
        targets = list(dict.fromkeys(frame["target"]))
        target = _main_target(source, targets) if target is None else choose("target", target, targets)
        rows = _wide(frame[frame["target"] == target])
        names = pen.labels([*rows.index, target], source.label)
        axes = pen.axes(WIDE * 0.8, WIDE * 0.62)
        known = bool(rows["importance"]["lower"].notna().any())
        _points(pen, axes, rows, known)
        axes.set_xlabel(fold(say("plots.priorities_x", target=names[target]), 80, 2))
        axes.set_ylabel(say("plots.priorities_y"))
        pen.heading(say("plots.priorities_title", target=names[target]), group)
        several = len(rows) > 1
        pen.caption(source.caption("priorities", known) if several else say("plots.priorities_caption_single"))
        picture = pen.finish()
        corners = name_quarters(pen, axes, [say(f"plots.{name}") for name in QUARTERS]) if several else []
        (x, left, right, _), (y, low, high, _) = limits(rows["importance"]), limits(rows["performance"])
        taken = [*corners, *line_boxes(axes, left, y, right, y), *line_boxes(axes, x, low, x, high)]
        folded = [fold(names[name], 22, 2) for name in rows.index]
        place_labels(axes, np.column_stack([x, y]), folded, taken=taken, size=points(10), color=pen.colours.ink)
        return picture


def _main_target(source: Source, targets: list[str]) -> str:
    if source.study is not None and source.study.target in targets:
        return source.study.target
    named = [one for one in targets if "satisf" in one.casefold() or "满意" in one or "满意" in source.label(one)]
    return named[0] if named else targets[-1]


def _wide(rows: pd.DataFrame) -> pd.DataFrame:
    """One row a driver, in the order of the table, with columns such as ("importance", "lower")."""
    order = list(dict.fromkeys(rows["construct"]))
    wide = rows.pivot(index="construct", columns="kind", values=["estimate", "lower", "upper"])
    return wide.swaplevel(axis=1).loc[order].dropna(subset=[("importance", "estimate"), ("performance", "estimate")])


def _points(pen: Pen, axes: Axes, rows: pd.DataFrame, known: bool) -> None:
    """Points, crosses, lines at the means and limits of the axes."""
    x, y = rows["importance"].astype(float), rows["performance"].astype(float)
    main = pen.colours.main
    if known:
        look = {"color": main, "linewidth": 1.4, "alpha": 0.65}
        axes.hlines(y["estimate"], x["lower"], x["upper"], gid="importance", **look)
        axes.vlines(x["estimate"], y["lower"], y["upper"], gid="performance", **look)
    dot = {"color": main, "markersize": 8, "markeredgecolor": pen.colours.paper, "zorder": 4}
    axes.plot(x["estimate"], y["estimate"], "o", gid="drivers", **dot)
    if len(rows) > 1:
        dashes = {"color": pen.colours.muted, "linewidth": 1, "linestyle": DASHES, "zorder": 1}
        axes.axvline(x["estimate"].mean(), gid="mean importance", **dashes)
        axes.axhline(y["estimate"].mean(), gid="mean performance", **dashes)
    axes.set_xlim(*reach(x.to_numpy(), share=0.16, span=0.1))
    axes.set_ylim(*reach(y.to_numpy(), share=0.16, span=6.0))


def plot_importance(
    result: Result,
    *,
    group: str | None = None,
    labels: Mapping[str, str] | None = None,
    ax: Axes | None = None,
    theme: str | None = "csi",
) -> Picture | Drawn:
    """Draw the importance of every driver by every method, percent of the sum, with its rank.

    Use it to see whether the methods name the same drivers: a row of equal dots does not hang on the method.

    Parameters
    ----------
    result : what `compare_importance` gives
    group : which group of a result with groups
    labels, ax, theme : as in `plot_estimates`

    Returns
    -------
    Picture or Drawn
        One row a driver, one column a method; the area of a dot is the share, the number in it the rank.

    Notes
    -----
    Errors, missing answers and weights: as in `plot_estimates`; also `plot_needs_group`, an unknown group. Ranks
    drawn are those of this sample; which ranks the data allow stands in table `ranks`.

    Examples
    --------
    >>> import csi
    >>> found = csi.compare_importance(csi.load_sample("drivers"), "overall", ["product", "delivery", "extras"])
    >>> csi.plot_importance(found).title_text
    'Do the methods agree? Importance of 3 drivers'

    """
    with drawing("plot_importance", ax, theme) as pen:
        source = read_source("plot_importance", result, labels, group=group)
        frame = source.group_rows("importance_shares")
        wide = frame.pivot(index="term", columns="kind", values="estimate")
        wide = wide.loc[list(dict.fromkeys(frame["term"])), list(dict.fromkeys(frame["kind"]))]
        wide = wide.loc[wide.mean(axis=1).sort_values(ascending=False, kind="stable").index]
        names = pen.labels(list(wide.index), source.own_label, kind="item")
        axes = pen.axes(WIDE * 0.8, 1.6 + ROW * len(wide))
        ranks = wide.rank(ascending=False, method="min")
        top = float(np.nanmax(wide.to_numpy()))
        main, ink = pen.colours.main, pen.colours.ink
        for j, kind in enumerate(wide.columns):
            part = wide[kind].to_numpy(dtype=float) / top
            axes.scatter(np.full(len(part), j), range(len(part)), s=LARGEST * part, color=main, gid=str(kind))
            for i in np.flatnonzero(np.isfinite(part)):
                inside = part[i] > 0.3
                place = {"x": j, "ha": "center", "color": ink_on(main)} if inside else {"x": j + 0.16, "color": ink}
                axes.text(y=i, s=f"{ranks[kind].iloc[i]:.0f}", va="center", fontsize=points(9), **place)
        name_rows(axes, [names[name] for name in wide.index], 24)
        axes.set_xlim(-0.6, len(wide.columns) - 0.4)
        axes.set_xticks(range(len(wide.columns)), [fold(word(kind), 14, 2) for kind in wide.columns])
        axes.xaxis.tick_top()
        pen.plain(axes, "y", ("left", "bottom", "top", "right"))
        pen.heading(say("plots.importance_title", count=len(wide)), group)
        pen.caption(say("plots.importance_caption"))
        return pen.finish()


def plot_surface(
    result: Result,
    model: str | None = None,
    *,
    reach: float = 4.0,
    group: str | None = None,
    labels: Mapping[str, str] | None = None,
    level: float | None = None,
    ax: Axes | None = None,
    theme: str | None = "csi",
) -> Picture | Drawn:
    """Draw a response surface: the outcome, in its own points, over a standard and performance.

    Use it where a difference score misleads: lines of equal satisfaction would run parallel to the congruence line if
    only the difference counted.

    Parameters
    ----------
    result : what `fit_expectations` gives
    model : str, optional
        Which surface, such as "surface_of_expectation"; the first of the result when None.
    reach : float
        How far from the middle of the scale the map goes, in rating points.
    group : which group of a result with groups
    labels, level, ax, theme : as in `plot_estimates`

    Returns
    -------
    Picture or Drawn
        Heights are differences from the outcome at the middle of both scales. Solid: congruence, where performance
        equals the standard; dashed: incongruence, one as far above the middle as the other is below it.

    Notes
    -----
    Errors, missing answers and weights: as in `plot_estimates`; also `plot_needs_group`, an unknown group or model,
    `not_positive`. Source: Edwards & Parry (1993), Academy of Management Journal 36(6), 1577-1613.

    Examples
    --------
    >>> import csi
    >>> found = csi.fit_expectations(
    ...     csi.load_sample("expectations"), "satisfaction", expectation="expectation", performance="performance"
    ... )
    >>> csi.plot_surface(found).title_text
    'Response surface: expectation and performance'

    """
    if not reach > 0:
        raise OptionError("not_positive", option="reach", value=reach)
    with drawing("plot_surface", ax, theme) as pen:
        source = read_source("plot_surface", result, labels, level, group)
        frame = source.group_rows("model_coefficients")
        known = [
            name for name, rows in frame.groupby("model", sort=False) if rows["term"].str.endswith("^2").sum() == 2
        ]
        if not known:
            raise OptionError("plot_lacks_table", picture="plot_surface", table="surface", choices=list(result.tables))
        chosen = known[0] if model is None else choose("model", model, tuple(known))
        rows = frame[frame["model"] == chosen]
        x_name, y_name = rows["term"].iloc[:2]
        names = pen.labels([x_name, y_name], source.own_label, kind="item")
        axes = pen.axes(WIDE * 0.72, WIDE * 0.66)
        _surface(pen, axes, rows["estimate"].to_numpy(dtype=float), reach)
        axes.set_xlabel(say("plots.surface_axis", item=names[x_name]))
        axes.set_ylabel(say("plots.surface_axis", item=names[y_name]))
        pen.heading(say("plots.surface_title", standard=names[x_name], performance=names[y_name]), group)
        surface = source.group_rows("surface")
        surface = surface[surface["model"] == chosen].set_index("kind")
        found = [
            f"{word(part)} {interval_text(*surface.loc[part, ['estimate', 'lower', 'upper']].astype(float), 2)}"
            for part in PARTS
        ]
        told = say("plots.surface_caption", slopes=found, level=level_text(source.level))
        pen.caption([say("plots.surface_lines"), told])
        return pen.finish()


def _surface(pen: Pen, axes: Axes, slopes: NDArray[np.float64], reach: float) -> None:
    """Heights as colours and lines, and the two lines that are read along; the scale of colours beside them."""
    at = np.linspace(-reach, reach, STEPS)
    x, y = np.meshgrid(at, at)
    height = heights(slopes, x, y)
    ink, muted = pen.colours.ink, pen.colours.muted
    shades = axes.contourf(x, y, height, levels=14, cmap=pen.colours.heights, alpha=0.5)
    lines = axes.contour(x, y, height, levels=7, colors=ink, linewidths=0.6)
    axes.clabel(lines, fmt="%.1f", fontsize=points(8), inline=True)
    axes.plot(at, at, color=ink, linewidth=1.4, gid="congruence")
    axes.plot(at, -at, color=muted, linewidth=1.4, linestyle=DASHES, gid="incongruence")
    beside = axes.inset_axes((1.04, 0, 0.05, 1))
    pen.figure.colorbar(shades, cax=beside, label=say("plots.surface_height"))


def heights(slopes: NDArray[np.float64], x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """Height of the surface over points x, y: slopes (5,) of x, y, x^2, x y and y^2."""
    return np.tensordot(slopes, np.stack([x, y, x * x, x * y, y * y]), axes=1)
