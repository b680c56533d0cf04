"""plot_priorities: how much each driver matters and how well it does, with the uncertainty of both."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from csi.errors import choose
from csi.language import say
from csi.report.fonts import fold
from csi.report.placement import line_boxes, place_labels
from csi.report.point_map import name_quarters
from csi.report.rows import DASHES, limits, reach
from csi.report.sources import read_source
from csi.report.style import WIDE, Drawn, Picture, drawing, points

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from csi.report.sources import Source
    from csi.report.style import Pen
    from csi.results import Result
    from csi.study import Study

QUARTERS = ("overkill", "keep_up", "improve_first", "low_priority")  # from the upper left corner round


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
    group : str, optional
        Which group of a Result with groups; a Study shows the whole sample when None.
    labels, level, ax, theme : as in `plot_estimates`

    Returns
    -------
    Picture or Drawn
        Across: importance, index points of the target per index point of the driver (unstandardised total effect). Up:
        performance, the driver's index 0-100. Dashed lines stand at the means of the drivers shown.

    Raises
    ------
    DataError, OptionError
        Those of `plot_estimates`, `plot_needs_group`, an unknown group or target.

    Notes
    -----
    Missing answers and weights: as in the Result; nothing is estimated here but the two means that divide the picture.
    Source: Martilla & James (1977), Journal of Marketing 41(1), 77-79.

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
