"""plot_estimates: any table of a Result as points with their intervals, beside a target if there is one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from csi.errors import OptionError, choose
from csi.language import has_words, say
from csi.report.rows import DASHES, draw_intervals, limits, reach
from csi.report.sources import read_source
from csi.report.style import WIDE, Drawn, Picture, drawing
from csi.views import TRANSLATED, table_title, word

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from csi.report.style import Pen
    from csi.results import Result
    from csi.study import Study

ORDERS = ("value", "given")
ROW, NAME_COLUMNS, MOST = 0.3, 34, 60  # inches of a row, width of its name in letters, rows that can be read


def plot_estimates(
    result: Result | Study,
    table: str | None = None,
    *,
    where: Mapping[str, str] | None = None,
    target: float | None = None,
    order: str = "given",
    labels: Mapping[str, str] | None = None,
    level: float | None = None,
    ax: Axes | None = None,
    theme: str | None = "csi",
) -> Picture | Drawn:
    """Draw the rows of a table below each other, each estimate with its interval, in the unit of the table.

    Use it for rates, scores, weights, reliabilities: for every table that has no picture of its own. Whether two rows
    differ is a question for `result.contrast`.

    Parameters
    ----------
    result : Result or Study
    table : str, optional
        Name of the table; the headline when None.
    where : mapping of key column to value, optional
        Only the rows in which these key columns have these values: {"term": "score"}.
    target : float, optional
        A value to hold the rows against, drawn as a line across.
    order : {"given", "value"}
        As in the table, or highest first.
    labels : mapping of key to text, optional
        What a construct, an item or a group is called; else its wording in the current language, else its name.
    level : float, optional
        Level of the intervals; None means that of the Study, .95 for a Result.
    ax : matplotlib Axes, optional
        Axes of your own figure to draw into, of `plt.subplots` or of a seaborn grid; nothing else in the figure
        changes. The heading becomes their title where they have none; how to read it is `picture.caption_text`.
        None makes a figure. A picture of several panels takes no axes.
    theme : {"csi", None}
        The look of csi, or None for that of your session (`seaborn.set_theme`, `matplotlib.rcParams`): colours, grid,
        frame and size of letters. Chinese characters are drawn under both.

    Returns
    -------
    Picture or Drawn
        A matplotlib Figure with `ax`, `title_text` and `caption_text`; with `ax=` only these three. Rows are named by
        their keys; key columns that are the same in every row are left out of the names.

    Raises
    ------
    DataError
        `plot_needs_result`.
    OptionError
        `plot_lacks_table`, `plot_no_rows`, `plot_too_many_rows` (more than 60), an unknown key column, order or theme;
        `plot_ax_kind` (no plain axes), `plot_ax_closed`, `plot_one_ax` (pictures of several panels).

    Notes
    -----
    Missing answers and weights: as in the Result; nothing is estimated here.

    Examples
    --------
    >>> import csi
    >>> fit = csi.fit_pls(csi.load_sample("tiny"), "Satisfaction ~ Quality; Loyalty ~ Satisfaction", n_boot=0)
    >>> figure = csi.plot_estimates(fit, "constructs", where={"term": "ave"})
    >>> [label.get_text() for label in figure.axes[0].get_yticklabels()]
    ['Quality', 'Satisfaction', 'Loyalty']

    """
    choose("order", order, ORDERS)
    with drawing("plot_estimates", ax, theme) as pen:
        source = read_source("plot_estimates", result, labels, level)
        name = source.result.headline if table is None else table
        frame, shown = _chosen(source.rows(name), name, where or {})
        if order == "value":
            frame = frame.sort_values("estimate", ascending=False, kind="stable")
        axes = pen.axes(WIDE * 0.8, 1.35 + ROW * len(frame))
        digits = source.decimals(name)
        draw_intervals(pen, axes, frame, _names(pen, frame, shown, source.given), digits, columns=NAME_COLUMNS)
        _scale(pen, axes, frame, digits, target)
        axes.set_xlabel(table_title(source.result, name))
        pen.heading(str(source.result.title))
        lines = [source.caption("estimates", bool(frame["lower"].notna().any()))]
        lines += [say("plots.estimates_target", target=f"{target:g}")] if target is not None else []
        lines += [say("plots.index_ordered")] if order == "value" else []
        pen.caption(lines)
        return pen.finish()


def _chosen(frame: pd.DataFrame, table: str, where: Mapping[str, str]) -> tuple[pd.DataFrame, list[str]]:
    """Rows that are asked for, and the key columns that tell them apart."""
    keys = list(frame.columns[: list(frame.columns).index("estimate")])
    for column, value in where.items():
        choose("where", column, tuple(keys))
        frame = frame[frame[column] == value]
    if not len(frame):
        raise OptionError(
            "plot_no_rows", table=table, where=[f"{key}={value}" for key, value in where.items()] or ["-"]
        )
    if len(frame) > MOST:
        raise OptionError("plot_too_many_rows", table=table, count=len(frame), most=MOST, keys=keys)
    shown = [key for key in keys if frame[key].nunique() > 1] or keys[:1]
    return frame, shown


def _names(pen: Pen, frame: pd.DataFrame, shown: list[str], given: Mapping[str, str]) -> list[str]:
    """What each row is called: its keys in words, one after the other."""

    def text(column: str, value: str) -> str:
        if value in given:
            return given[value]
        return word(value) if column in TRANSLATED and has_words(f"terms.{value}") else str(value)

    joined = [" · ".join(text(key, row[key]) for key in shown) for row in frame.to_dict("records")]
    found = pen.labels(joined, kind="item")
    return [found[name] for name in joined]


def _scale(pen: Pen, axes: Axes, frame: pd.DataFrame, decimals: int, target: float | None) -> None:
    """The axis, and the target as a line."""
    estimate, lower, upper, known = limits(frame)
    every = np.concatenate([estimate, lower[known], upper[known], [] if target is None else [target]])
    low, high = reach(every, share=0.06, least=max(0.02 * np.abs(every).max(), 10.0**-decimals))
    if every.min() >= 0 and every.max() <= 1:  # shares and other numbers that end at 0 and 1
        low, high = max(low, 0.0), min(high, 1.0)
    axes.set_xlim(low, high)
    if target is not None:
        axes.axvline(target, color=pen.colours.accent, linewidth=1.2, linestyle=DASHES, zorder=1, gid="target")
