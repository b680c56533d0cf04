"""Rows of a picture: points with their intervals and their numbers, or shares on top of each other."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from csi.report.fonts import fold
from csi.report.style import Pen, ink_on, interval_text, points

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.container import BarContainer

DASHES = (0, (4, 3))


def limits(frame: pd.DataFrame) -> tuple[NDArray, NDArray, NDArray, NDArray]:
    """Estimates, lower and upper limits of a table, and which rows have limits."""
    estimate, lower, upper = (frame[name].to_numpy(dtype=float) for name in ("estimate", "lower", "upper"))
    return estimate, lower, upper, np.isfinite(lower) & np.isfinite(upper)


def reach(*values: NDArray | Sequence[float], share: float, least: float = 0.0, span: float = 0.0) -> tuple:
    """Ends of an axis: all values, and a share of their range as room, at least `least`; in all at least `span`."""
    every = np.concatenate([np.ravel(part) for part in values])
    low, high = float(np.nanmin(every)), float(np.nanmax(every))
    room = max(share * (high - low), least, (span - (high - low)) / 2)
    return low - room, high + room


def name_rows(axes: Axes, names: Sequence[str], columns: int, lines: int = 1) -> None:
    """Names of rows, the first on top."""
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.set_yticks(range(len(names)), [fold(name, columns, lines) for name in names])


def write_beside(pen: Pen, axes: Axes, texts: Sequence[str], accent: Sequence[bool] = ()) -> None:
    """A text to the right of each row."""
    side = axes.secondary_yaxis("right")
    side.set_yticks(range(len(texts)), texts)
    side.tick_params(length=0, labelsize=points(9), labelcolor=pen.colours.muted)
    side.spines["right"].set_visible(False)
    for label, stands_out in zip(side.get_yticklabels(), accent, strict=False):
        label.set_color(pen.colours.accent if stands_out else pen.colours.muted)


def draw_intervals(
    pen: Pen,
    axes: Axes,
    frame: pd.DataFrame,
    names: Sequence[str],
    decimals: int | None,
    accent: NDArray[np.bool_] | None = None,
    columns: int = 26,
) -> None:
    """One row an estimate: a point, a line for its interval, the numbers to the right.

    Parameters
    ----------
    frame : with columns estimate, lower, upper
    names : of the rows, or none where the panel beside it has them
    decimals : of the numbers; None for no numbers
    accent : rows in another colour
    columns : letters of a name
    """
    y = np.arange(len(frame))
    estimate, lower, upper, known = limits(frame)
    accent = np.zeros(len(frame), dtype=bool) if accent is None else accent
    main, other, ring = pen.colours.main, pen.colours.accent, pen.colours.paper
    colours = np.where(accent, other, main)[known]
    axes.hlines(y[known], lower[known], upper[known], color=colours, linewidth=2.2, zorder=2, gid="intervals")
    dot = {"marker": "o", "linestyle": "none", "markersize": 6, "markeredgecolor": ring, "clip_on": False}
    axes.plot(estimate, y, color=main, zorder=3, gid="estimates", **dot)
    if accent.any():
        axes.plot(estimate[accent], y[accent], color=other, zorder=3, gid="accent", **dot)
    name_rows(axes, names or [""] * len(y), columns)
    pen.plain(axes)
    if decimals is not None:
        texts = [interval_text(*row, decimals) for row in zip(estimate, lower, upper, strict=True)]
        write_beside(pen, axes, texts, accent)


def stack_shares(
    pen: Pen, axes: Axes, frame: pd.DataFrame, along: str, colours: Mapping[Hashable, str], **bars: float
) -> dict[Hashable, BarContainer]:
    """Shares as parts of one bar a row, drawn by seaborn.

    Parameters
    ----------
    frame : columns row (0, 1, ...), kind and share
    along : {"y", "x"}
        The axis on which the rows lie.
    colours : kind -> colour, in the order of the parts
    **bars : width as `shrink`, and what bars of matplotlib take

    Returns
    -------
    dict
        Kind to its bars.
    """
    import seaborn as sns

    before = len(axes.containers)
    sns.histplot(
        frame.fillna({"share": 0.0}), **{along: "row"}, hue="kind", weights="share", multiple="stack", discrete=True,
        hue_order=list(colours)[::-1], palette=dict(colours), alpha=1, legend=False, ax=axes, **bars,
    )  # fmt: skip
    axes.set(xlabel="", ylabel="")
    drawn = dict(zip(colours, axes.containers[before:], strict=True))
    for kind, container in drawn.items():
        for bar in container:
            bar.set_gid(str(kind))
    return drawn


def write_shares(
    axes: Axes, bars: Mapping[Hashable, BarContainer], colours: Mapping, whole: float, least: float
) -> None:
    """Percentages into parts that have room for them: `whole` is 100 %, parts below the share `least` stay empty."""
    for kind, container in bars.items():
        shares = [bar.get_width() / whole for bar in container]
        texts = [f"{100 * share:.0f}" if share >= least else "" for share in shares]
        axes.bar_label(container, texts, label_type="center", color=ink_on(colours[kind]), fontsize=points(9))
