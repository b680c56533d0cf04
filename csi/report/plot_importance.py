"""plot_importance: how several ways to weigh drivers agree, as a panel of shares and ranks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from csi.language import say
from csi.report.fonts import fold
from csi.report.sources import read_source
from csi.report.style import GRID, INK, MAIN, PAPER, WIDE, Picture, drawing, new_figure, settle
from csi.views import word

if TYPE_CHECKING:
    from csi.results import Result

ROW, LARGEST = 0.42, 900.0  # inches of a driver; area of the largest dot


def plot_importance(result: Result, *, group: str | None = None, labels: Mapping[str, str] | None = None) -> Picture:
    """Draw the importance of every driver by every method, percent of the sum, with its rank.

    Use it to see whether the methods name the same drivers: a row of equal dots does not hang on the method.

    Parameters
    ----------
    result : what `compare_importance` gives
    group : str, optional
        Which group of a result with groups.
    labels : mapping of driver to text, optional
        What drivers are called; else their names.

    Returns
    -------
    Figure
        One row a driver, one column a method; the area of a dot is the share, the number in it the rank.

    Raises
    ------
    DataError
        `plot_needs_result`.
    OptionError
        `plot_lacks_table`, `plot_needs_group`, an unknown group.

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
    with drawing() as pen:
        source = read_source(result, "plot_importance", labels, None)
        frame = source.group_rows("importance_shares", "plot_importance", group)
        wide = frame.pivot(index="term", columns="kind", values="estimate")
        wide = wide.loc[list(dict.fromkeys(frame["term"])), list(dict.fromkeys(frame["kind"]))]
        wide = wide.loc[wide.mean(axis=1).sort_values(ascending=False, kind="stable").index]
        names = pen.labels(list(wide.index), lambda name: source.given.get(name, name), kind="item")
        figure = new_figure(WIDE * 0.8, 1.6 + ROW * len(wide))
        axes = figure.subplots()
        ranks = wide.rank(ascending=False, method="min")
        top = float(np.nanmax(wide.to_numpy()))
        for j, kind in enumerate(wide.columns):
            share = wide[kind].to_numpy(dtype=float)
            y = np.arange(len(wide))
            axes.scatter(np.full(len(y), j), y, s=LARGEST * share / top, color=MAIN, alpha=0.85, gid=str(kind))
            for i in np.flatnonzero(np.isfinite(share)):
                inside = share[i] / top > 0.3
                place = {"ha": "center"} if inside else {"ha": "left"}
                axes.text(
                    j if inside else j + 0.16, i, f"{ranks[kind].iloc[i]:.0f}", va="center", fontsize=9,
                    color=PAPER if inside else INK, **place,
                )  # fmt: skip
        axes.set_xlim(-0.6, len(wide.columns) - 0.4)
        axes.set_ylim(len(wide) - 0.4, -0.6)
        axes.set_xticks(range(len(wide.columns)), [fold(word(kind), 14, 2) for kind in wide.columns])
        axes.set_yticks(range(len(wide)), [fold(names[name], 24, 1) for name in wide.index])
        axes.xaxis.tick_top()
        axes.tick_params(length=0)
        axes.grid(axis="y", color=GRID)
        for side in ("left", "bottom", "top", "right"):
            axes.spines[side].set_visible(False)
        title = say("plots.importance_title", count=len(wide))
        pen.heading(figure, title if group is None else say("plots.of_group", title=title, group=group))
        pen.caption(figure, say("plots.importance_caption"))
        return settle(figure)
