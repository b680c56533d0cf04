"""plot_priorities: how much each driver matters and how well it does, with the uncertainty of both."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.transforms import Bbox

from csi.errors import choose
from csi.language import say
from csi.report.fonts import fold
from csi.report.placement import place_labels
from csi.report.sources import read_source
from csi.report.style import INK, MAIN, MUTED, WIDE, Picture, drawing, new_figure, settle
from csi.study import level_text

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from csi.report.sources import Source
    from csi.results import Result
    from csi.study import Study

# Name of a quarter and its corner: right or left, top or bottom.
QUARTERS = (("keep_up", 1, 1), ("improve_first", 1, 0), ("low_priority", 0, 0), ("overkill", 0, 1))


def plot_priorities(
    result: Result | Study,
    target: str | None = None,
    *,
    group: str | None = None,
    labels: Mapping[str, str] | None = None,
    level: float | None = None,
) -> Picture:
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
    labels : mapping of construct to text, optional
        What constructs are called; else the wording of the model in the current language, else their names.
    level : float, optional
        Level of the intervals; None means that of the Study, .95 for a Result.

    Returns
    -------
    Figure
        Across: importance, index points of the target per index point of the driver (unstandardised total effect). Up:
        performance, the driver's index 0-100. Dashed lines stand at the means of the drivers shown.

    Raises
    ------
    DataError
        `plot_needs_result`.
    OptionError
        `plot_lacks_table`, `plot_needs_group`, an unknown group or target.

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
    with drawing() as pen:
        source = read_source(result, "plot_priorities", labels, level, groups=group is not None)
        frame = source.group_rows("priorities", "plot_priorities", group)
        targets = list(dict.fromkeys(frame["target"]))
        target = _main_target(source, targets) if target is None else choose("target", target, targets)
        rows = _wide(frame[frame["target"] == target])
        names = pen.labels([*rows.index, target], source.label)
        figure = new_figure(WIDE * 0.8, WIDE * 0.62)
        axes = figure.subplots()
        known = _points(axes, rows)
        axes.set_xlabel(fold(say("plots.priorities_x", target=names[target]), 80, 2))
        axes.set_ylabel(say("plots.priorities_y"))
        title = say("plots.priorities_title", target=names[target])
        pen.heading(figure, title if group is None else say("plots.of_group", title=title, group=group))
        pen.caption(figure, _caption(len(rows), known, source.level))
        settle(figure)
        corners = _corners(axes) if len(rows) > 1 else []
        _label(axes, rows, [fold(names[name], 22, 2) for name in rows.index], corners)
        return figure


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


def _points(axes: Axes, rows: pd.DataFrame) -> bool:
    """Points, crosses and limits of the axes; whether there are intervals."""
    x, y = rows["importance"].astype(float), rows["performance"].astype(float)
    known = bool(x["lower"].notna().any())
    if known:
        axes.hlines(y["estimate"], x["lower"], x["upper"], color=MAIN, linewidth=1.4, alpha=0.65, gid="importance")
        axes.vlines(x["estimate"], y["lower"], y["upper"], color=MAIN, linewidth=1.4, alpha=0.65, gid="performance")
    axes.plot(
        x["estimate"], y["estimate"], "o", color=MAIN, markersize=8, markeredgecolor="white", zorder=4, gid="drivers"
    )
    if len(rows) > 1:
        dashes = {"color": MUTED, "linewidth": 1, "linestyle": (0, (4, 3)), "zorder": 1}
        axes.axvline(x["estimate"].mean(), gid="mean importance", **dashes)
        axes.axhline(y["estimate"].mean(), gid="mean performance", **dashes)
    axes.set_xlim(*_reach(x, 0.1))
    axes.set_ylim(*_reach(y, 6.0))
    axes.tick_params(length=3)
    return known


def _reach(values: pd.DataFrame, least: float) -> tuple[float, float]:
    """Ends of an axis with room for labels, at least `least` apart."""
    low, high = float(np.nanmin(values.to_numpy())), float(np.nanmax(values.to_numpy()))
    room = max(0.16 * (high - low), (least - (high - low)) / 2)
    return low - room, high + room


def _corners(axes: Axes) -> list[Bbox]:
    """Write the names of the quarters into the corners; the areas they take."""
    taken = []
    for name, right, top in QUARTERS:
        text = axes.text(
            0.988 if right else 0.012, 0.982 if top else 0.018, say(f"plots.{name}"), transform=axes.transAxes,
            ha="right" if right else "left", va="top" if top else "bottom", color=MUTED, fontsize=9.5, style="normal",
        )  # fmt: skip
        taken.append(text.get_window_extent())
    return taken


def _label(axes: Axes, rows: pd.DataFrame, names: list[str], corners: list[Bbox]) -> None:
    """Name each driver where there is room; crosses and corners stay free."""
    taken = list(corners)
    points = np.column_stack([rows["importance"]["estimate"], rows["performance"]["estimate"]]).astype(float)
    for i, (x, y) in enumerate(points):
        for kind, along in (("importance", 0), ("performance", 1)):
            ends = rows[kind][["lower", "upper"]].to_numpy(dtype=float)[i]
            if np.isfinite(ends).all():
                places = np.array([(ends[0], y), (ends[1], y)] if along == 0 else [(x, ends[0]), (x, ends[1])])
                pixels = axes.transData.transform(places)
                taken.append(Bbox.from_extents(*(pixels.min(axis=0) - 1), *(pixels.max(axis=0) + 1)))
    place_labels(axes, points, names, taken=taken, size=10, color=INK)


def _caption(drivers: int, known: bool, level: float) -> str:
    if drivers < 2:
        return say("plots.priorities_caption_single")
    return say(
        "plots.priorities_caption" if known else "plots.priorities_caption_alone", level=level_text(level)
    )  # fmt: skip
