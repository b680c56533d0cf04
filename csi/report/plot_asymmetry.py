"""plot_asymmetry: drivers by whether low ratings cost or high ratings earn more, and by how much is at stake."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from csi.language import current_language, say
from csi.report.fonts import fold
from csi.report.placement import place_labels
from csi.report.point_map import unsure_terms
from csi.report.sources import read_source
from csi.report.style import ACCENT, INK, MAIN, MUTED, WIDE, Picture, drawing, new_figure, settle
from csi.study import level_text

if TYPE_CHECKING:
    from csi.results import Result


def plot_asymmetry(
    result: Result,
    *,
    group: str | None = None,
    labels: Mapping[str, str] | None = None,
    level: float = 0.95,
) -> Picture:
    """Draw impact asymmetry, -1 to 1, across and the range of impact, in points of the outcome, up.

    Use it to see what must not fail (left), what delights (right), and how much is at stake (high).

    Parameters
    ----------
    result : what `fit_asymmetry` gives
    group : str, optional
        Which group of a result with groups.
    labels : mapping of driver to text, optional
        What drivers are called; else their names.
    level : float
        Level of the intervals and of what counts as certain.

    Returns
    -------
    Figure
        Lines across are intervals of the asymmetry; drivers whose type is not certain are drawn in another colour.

    Raises
    ------
    DataError
        `plot_needs_result`.
    OptionError
        `plot_lacks_table`, `plot_needs_group`, an unknown group.

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
    with drawing() as pen:
        source = read_source(result, "plot_asymmetry", labels, level)
        across = source.group_rows("asymmetry", "plot_asymmetry", group).set_index("term")
        up = source.group_rows("potentials", "plot_asymmetry", group)
        up = up[up["kind"] == "range_of_impact"].set_index("term").loc[across.index]
        names = pen.labels(list(across.index), lambda name: source.given.get(name, name), kind="item")
        unsure = unsure_terms(source, "plot_asymmetry", list(across.index), group, "term")
        colours = np.where(unsure, ACCENT, MAIN)
        figure = new_figure(WIDE * 0.8, WIDE * 0.6)
        axes = figure.subplots()
        x, y = across["estimate"].to_numpy(dtype=float), up["estimate"].to_numpy(dtype=float)
        lower, upper = across["lower"].to_numpy(dtype=float), across["upper"].to_numpy(dtype=float)
        known = np.isfinite(lower)
        look = {"linewidth": 1.6, "alpha": 0.5, "gid": "intervals"}
        axes.hlines(y[known], lower[known], upper[known], color=colours[known], **look)
        axes.scatter(x, y, c=colours, s=40, edgecolors="white", zorder=3, gid="drivers", clip_on=False)
        axes.axvline(0, color=MUTED, linewidth=1, linestyle=(0, (4, 3)), zorder=1)
        axes.set_xlim(-1.08, 1.08)
        axes.set_ylim(0, 1.15 * float(np.nanmax(y)))
        axes.set_xlabel(say("plots.asymmetry_x"))
        axes.set_ylabel(say("plots.asymmetry_y"))
        title = say("plots.asymmetry_title", count=len(across))
        pen.heading(figure, title if group is None else say("plots.of_group", title=title, group=group))
        lines = [say("plots.asymmetry_caption", level=level_text(source.level))] if known.any() else []
        lines += [say("plots.asymmetry_unsure")] if unsure.any() else []
        pen.caption(figure, ("" if current_language() == "zh" else " ").join(lines))
        settle(figure)
        folded = [fold(names[name], 22, 2) for name in across.index]
        place_labels(axes, np.column_stack([x, y]), folded, size=9.5, color=INK)
        return figure
