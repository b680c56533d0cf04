"""plot_importance: how several ways to weigh drivers agree, as a panel of shares and ranks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from csi.language import say
from csi.report.fonts import fold
from csi.report.rows import name_rows
from csi.report.sources import read_source
from csi.report.style import WIDE, Drawn, Picture, drawing, ink_on, points
from csi.views import word

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from csi.results import Result

ROW, LARGEST = 0.42, 900.0  # inches of a driver; area of the largest dot


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
    group : str
        Which group of a result with groups.
    labels, ax, theme : as in `plot_estimates`

    Returns
    -------
    Picture or Drawn
        One row a driver, one column a method; the area of a dot is the share, the number in it the rank.

    Raises
    ------
    DataError, OptionError
        Those of `plot_estimates`, `plot_needs_group`, an unknown group.

    Notes
    -----
    Missing answers and weights: as in the Result; nothing is estimated here. Ranks drawn are those of this sample;
    which ranks the data allow stands in table `ranks`.

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
