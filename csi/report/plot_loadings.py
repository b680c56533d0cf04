"""plot_loadings: how strongly each item goes with its construct."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from csi.language import say
from csi.report.fonts import fold
from csi.report.rows import DASHES, draw_intervals
from csi.report.sources import read_source
from csi.report.style import WIDE, Drawn, Picture, drawing, points

if TYPE_CHECKING:
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
    ax: Axes | None = None,
    theme: str | None = "csi",
) -> Picture | Drawn:
    """Draw the loading of every item with its interval, construct after construct.

    Use it to find items that do not belong; for composites (mode B) look at the outer weights instead.

    Parameters
    ----------
    result : Result of `fit_pls`, or Study
    group : str, optional
        Which group of a Result with groups; a Study shows the whole sample when None.
    labels, level, ax, theme : as in `plot_estimates`

    Returns
    -------
    Picture or Drawn
        Loadings across, in the unit of a correlation; a dashed line at 0.7, the usual rule (Hair et al. 2022).

    Raises
    ------
    DataError, OptionError
        Those of `plot_estimates` (several constructs: no `ax`), `plot_needs_group`, an unknown group.

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
    with drawing("plot_loadings", ax, theme) as pen:
        source = read_source("plot_loadings", result, labels, level, group)
        frame = source.group_rows("outer")
        frame = frame[frame["kind"] == "loading"]
        parts = dict(list(frame.groupby("construct", sort=False)))
        names = pen.labels(list(parts), source.label)
        items = pen.labels(list(dict.fromkeys(frame["item"])), kind="item")
        height = 1.5 + sum(0.42 + ROW * len(rows) for rows in parts.values())
        shares = [0.6 + len(rows) for rows in parts.values()]
        panels = pen.panels(WIDE * 0.8, height, len(parts), 1, sharex=True, height_ratios=shares).ravel()
        for axes, (name, rows) in zip(panels, parts.items(), strict=True):
            weak = rows["estimate"].to_numpy(dtype=float) < ENOUGH
            draw_intervals(pen, axes, rows, [items[item] for item in rows["item"]], 2, weak, columns=28)
            axes.axvline(ENOUGH, color=pen.colours.muted, linewidth=1, linestyle=DASHES, zorder=1, gid="rule")
            axes.set_title(fold(names[name], 60, 1), fontsize=points(10), pad=3)
        values = frame[["estimate", "lower", "upper"]].to_numpy(dtype=float)
        low, high = min(0.5, float(np.nanmin(values))), max(1.0, float(np.nanmax(values)))
        panels[-1].set_xlim(low - 0.03, high + 0.02)
        panels[-1].set_xlabel(say("plots.loadings_axis"))
        for axes in panels[:-1]:
            axes.tick_params(labelbottom=False)
            axes.spines["bottom"].set_visible(False)
        pen.heading(say("plots.loadings_title"), group)
        pen.caption(source.caption("loadings", bool(frame["lower"].notna().any())))
        return pen.finish()
