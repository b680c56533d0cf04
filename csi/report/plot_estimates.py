"""plot_estimates: any table of a Result as points with their intervals, beside a target if there is one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from csi.errors import OptionError, choose
from csi.language import current_language, has_words, say
from csi.report.fonts import fold
from csi.report.sources import read_source
from csi.report.style import (
    ACCENT,
    MAIN,
    MUTED,
    WIDE,
    Picture,
    drawing,
    interval_text,
    new_figure,
    plain_axes,
    settle,
)  # fmt: skip
from csi.study import level_text
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
) -> Picture:
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
        What a key is called; else its word in the current language, else itself.
    level : float, optional
        Level of the intervals; None means that of the Study, .95 for a Result.

    Returns
    -------
    Figure
        Rows are named by their keys; key columns that are the same in every row are left out of the names.

    Raises
    ------
    DataError
        `plot_needs_result`.
    OptionError
        `plot_lacks_table`, `plot_no_rows`, `plot_too_many_rows` (more than 60), an unknown key column or order.

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
    with drawing() as pen:
        source = read_source(result, "plot_estimates", labels, level)
        name = source.result.headline if table is None else table
        frame, shown = _chosen(source.rows(name, "plot_estimates"), name, where or {})
        if order == "value":
            frame = frame.sort_values("estimate", ascending=False, kind="stable")
        names = _names(pen, frame, shown, source.given)
        figure = new_figure(WIDE * 0.8, 1.35 + ROW * len(frame))
        axes = figure.subplots()
        _rows(axes, frame, names, source.decimals(name), target)
        axes.set_xlabel(table_title(source.result, name))
        pen.heading(figure, str(source.result.title))
        pen.caption(figure, _caption(frame, source.level, order, target))
        return settle(figure)


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
    return [fold(found[name], NAME_COLUMNS, 1) for name in joined]


def _rows(axes: Axes, frame: pd.DataFrame, names: list[str], decimals: int, target: float | None) -> None:
    """Points and intervals, the first row on top; the numbers stand to the right."""
    y = np.arange(len(frame))
    estimate, lower, upper = (frame[name].to_numpy(dtype=float) for name in ("estimate", "lower", "upper"))
    known = np.isfinite(lower) & np.isfinite(upper)
    axes.hlines(y[known], lower[known], upper[known], color=MAIN, linewidth=2.2, zorder=2, gid="intervals")
    axes.plot(
        estimate, y, "o", color=MAIN, markersize=6, markeredgecolor="white", zorder=3, gid="estimates", clip_on=False
    )
    if target is not None:
        axes.axvline(target, color=ACCENT, linewidth=1.2, linestyle=(0, (4, 3)), zorder=1, gid="target")
    every = np.concatenate([estimate, lower[known], upper[known], [] if target is None else [target]])
    room = max(0.06 * (every.max() - every.min()), 0.02 * np.abs(every).max(), 10.0**-decimals)
    low, high = every.min() - room, every.max() + room
    if every.min() >= 0 and every.max() <= 1:  # shares and other numbers that end at 0 and 1
        low, high = max(low, 0.0), min(high, 1.0)
    axes.set_xlim(low, high)
    axes.set_ylim(len(frame) - 0.4, -0.6)
    axes.set_yticks(y, names)
    plain_axes(axes)
    side = axes.secondary_yaxis("right")
    side.set_yticks(y, [interval_text(*row, decimals) for row in zip(estimate, lower, upper, strict=True)])
    side.tick_params(length=0, labelsize=9, labelcolor=MUTED)
    side.spines["right"].set_visible(False)


def _caption(frame: pd.DataFrame, level: float, order: str, target: float | None) -> str:
    known = bool(frame["lower"].notna().any())
    lines = [say("plots.estimates_caption" if known else "plots.estimates_caption_alone", level=level_text(level))]
    lines += [say("plots.estimates_target", target=f"{target:g}")] if target is not None else []
    lines += [say("plots.index_ordered")] if order == "value" else []
    return ("" if current_language() == "zh" else " ").join(lines)
