"""plot_nps: detractors, passives and promoters as bars, and the net promoter score with its interval beside them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from csi.errors import choose
from csi.language import say
from csi.report.rows import draw_intervals, name_rows, reach, stack_shares, write_shares
from csi.report.sources import read_source
from csi.report.style import WIDE, Drawn, Picture, drawing
from csi.views import word

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from csi.report.style import Pen
    from csi.results import Result

ORDERS = ("value", "given")
ROW, NAME_COLUMNS, NARROW = 0.42, 24, 0.06  # inches of a row, letters of its name, a share too narrow for its number


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

    Raises
    ------
    DataError, OptionError
        Those of `plot_estimates` (two panels: no `ax`).

    Notes
    -----
    Missing answers and weights: as in the Result; nothing is estimated here. Whether two groups differ is a question
    for `result.contrast`.

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
        bars, scale = pen.panels(WIDE, 1.75 + ROW * len(scores), 1, 2, width_ratios=[1.7, 1]).flat
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
