"""plot_asymmetry: drivers by whether low ratings cost or high ratings earn more, and by how much is at stake."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from csi.language import say
from csi.report.fonts import fold
from csi.report.placement import line_boxes, place_labels
from csi.report.point_map import unsure_terms
from csi.report.rows import DASHES, limits
from csi.report.sources import read_source
from csi.report.style import WIDE, Drawn, Picture, drawing, points
from csi.study import level_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from csi.results import Result


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
    group : str
        Which group of a result with groups.
    labels, level, ax, theme : as in `plot_estimates`

    Returns
    -------
    Picture or Drawn
        Lines across are intervals of the asymmetry; drivers whose type is not certain are drawn in another colour.

    Raises
    ------
    DataError, OptionError
        Those of `plot_estimates`, `plot_needs_group`, an unknown group.

    Notes
    -----
    Missing answers and weights: as in the Result; nothing is estimated here. Source: Mikulic & Prebezac (2008),
    Managing Service Quality 18(6), 559-576.

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
