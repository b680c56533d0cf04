"""plot_loadings: how strongly each item goes with its construct."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from csi.language import say
from csi.report.fonts import fold
from csi.report.sources import read_source
from csi.report.style import ACCENT, MAIN, MUTED, WIDE, Picture, drawing, interval_text, new_figure, plain_axes, settle
from csi.study import level_text

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from csi.results import Result
    from csi.study import Study

ROW = 0.26
ENOUGH = 0.7


def plot_loadings(
    result: Result | Study,
    *,
    group: str | None = None,
    labels: Mapping[str, str] | None = None,
    level: float | None = None,
) -> Picture:
    """Draw the loading of every item with its interval, construct after construct.

    Use it to find items that do not belong; for composites (mode B) look at the outer weights instead.

    Parameters
    ----------
    result : Result of `fit_pls`, or Study
    group : str, optional
        Which group of a Result with groups; a Study shows the whole sample when None.
    labels : mapping of construct to text, optional
        What constructs are called; else the wording of the model in the current language, else their names.
    level : float, optional
        Level of the intervals; None means that of the Study, .95 for a Result.

    Returns
    -------
    Figure
        Loadings across, in the unit of a correlation; a dashed line at 0.7, the usual rule (Hair et al. 2022).

    Raises
    ------
    DataError
        `plot_needs_result`.
    OptionError
        `plot_lacks_table`, `plot_needs_group`, an unknown group.

    Notes
    -----
    Missing answers and weights: as in the Result; nothing is estimated here.

    Examples
    --------
    >>> import csi
    >>> fit = csi.fit_pls(csi.load_sample("tiny"), "Satisfaction ~ Quality; Loyalty ~ Satisfaction", n_boot=0)
    >>> [label.get_text() for label in csi.plot_loadings(fit).axes[0].get_yticklabels()]
    ['q1', 'q2']

    """
    with drawing() as pen:
        source = read_source(result, "plot_loadings", labels, level, groups=group is not None)
        frame = source.group_rows("outer", "plot_loadings", group)
        frame = frame[frame["kind"] == "loading"]
        constructs = list(dict.fromkeys(frame["construct"]))
        names = pen.labels(constructs, source.label)
        items = pen.labels(list(dict.fromkeys(frame["item"])), kind="item")
        sizes = [int((frame["construct"] == name).sum()) for name in constructs]
        figure = new_figure(WIDE * 0.8, 1.5 + sum(0.42 + ROW * size for size in sizes))
        panels = figure.subplots(
            len(constructs), 1, sharex=True, squeeze=False, height_ratios=[0.6 + size for size in sizes]
        ).ravel()  # fmt: skip
        for axes, name in zip(panels, constructs, strict=True):
            _panel(axes, frame[frame["construct"] == name], items)
            axes.set_title(fold(names[name], 60, 1), fontsize=10, pad=3)
        values = frame[["estimate", "lower", "upper"]].to_numpy(dtype=float)
        low, high = min(0.5, float(np.nanmin(values))), max(1.0, float(np.nanmax(values)))
        panels[-1].set_xlim(low - 0.03, high + 0.02)
        panels[-1].set_xlabel(say("plots.loadings_axis"))
        for axes in panels[:-1]:
            axes.tick_params(labelbottom=False)
            axes.spines["bottom"].set_visible(False)
        title = say("plots.loadings_title")
        pen.heading(figure, title if group is None else say("plots.of_group", title=title, group=group))
        known = bool(frame["lower"].notna().any())
        key = "plots.loadings_caption" if known else "plots.loadings_caption_alone"
        pen.caption(figure, say(key, level=level_text(source.level)))
        return settle(figure)


def _panel(axes: Axes, rows: pd.DataFrame, items: Mapping[str, str]) -> None:
    y = np.arange(len(rows))
    estimate, lower, upper = (rows[name].to_numpy(dtype=float) for name in ("estimate", "lower", "upper"))
    known = np.isfinite(lower) & np.isfinite(upper)
    weak = estimate < ENOUGH
    axes.axvline(ENOUGH, color=MUTED, linewidth=1, linestyle=(0, (4, 3)), zorder=1, gid="rule")
    axes.hlines(y[known], lower[known], upper[known], color=MAIN, linewidth=2.2, zorder=2, gid="intervals")
    axes.plot(estimate, y, "o", color=MAIN, markersize=6, markeredgecolor="white", zorder=3, gid="estimates")
    axes.plot(estimate[weak], y[weak], "o", color="white", markersize=3, zorder=4, gid="weak")
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_yticks(y, [fold(items[name], 28, 1) for name in rows["item"]])
    plain_axes(axes)
    side = axes.secondary_yaxis("right")
    side.set_yticks(y, [interval_text(*row, 2) for row in zip(estimate, lower, upper, strict=True)])
    side.tick_params(length=0, labelsize=9, labelcolor=MUTED)
    side.spines["right"].set_visible(False)
    for label, low in zip(side.get_yticklabels(), weak, strict=True):
        label.set_color(ACCENT if low else MUTED)
