"""plot_specifications: the index under every combination of decisions, in order, and which decisions were taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from csi.language import say
from csi.report.rows import DASHES, limits
from csi.report.sources import read_source
from csi.report.style import WIDE, Drawn, Picture, drawing
from csi.views import word

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from csi.report.style import Pen
    from csi.results import Result

LINE = 0.24  # inches of a line below


def plot_specifications(
    result: Result, *, level: float | None = None, ax: Axes | None = None, theme: str | None = "csi"
) -> Picture | Drawn:
    """Draw the index under every combination of decisions, lowest first, with the decisions below (0-100).

    Use it to show that a number does not hang on one choice, or on which one it does.

    Parameters
    ----------
    result : what `compare_specifications` gives
    level, ax, theme : as in `plot_estimates`

    Returns
    -------
    Picture
        Above: index with its interval, one column a combination; the first combination, the one that is reported, in
        another colour. Below: a mark for each decision that was taken. Decisions that have one value only are left out.

    Notes
    -----
    Errors: those of `plot_estimates` (two panels: no `ax`).
    Missing answers and weights: as the combination says. Nothing is estimated here.

    Examples
    --------
    >>> import csi
    >>> tiny, chain = csi.load_sample("tiny"), "Satisfaction ~ Quality; Loyalty ~ Satisfaction"
    >>> found = csi.compare_specifications(tiny, chain, flagged=["keep"], missing=["listwise"], n_boot=0)
    >>> len(csi.plot_specifications(found).axes)
    2

    """
    with drawing("plot_specifications", ax, theme) as pen:
        source = read_source("plot_specifications", result, level=level)
        frame = source.rows("specifications")
        frame = frame.assign(usual=np.arange(len(frame)) == 0).sort_values("estimate", kind="stable")
        lines = _lines(frame)
        heights = [2.6, max(LINE * len(lines), 0.5)]
        above, below = pen.panels(WIDE, 4.2 + LINE * len(lines), 2, 1, sharex=True, height_ratios=heights).flat
        _curve(pen, above, frame)
        _marks(pen, below, frame, lines)
        above.set_ylabel(say("plots.index_axis"))
        pen.heading(str(source.result.title))
        known = bool(frame["lower"].notna().any())
        pen.caption([source.caption("specifications", known), say("plots.specifications_usual")])
        return pen.finish()


def _lines(frame: pd.DataFrame) -> list[tuple[str, str]]:
    """(decision, value) of every line below, decisions with one value left out."""
    keys = list(frame.columns[: list(frame.columns).index("estimate")])
    return [
        (key, value) for key in keys if frame[key].nunique() > 1 for value in dict.fromkeys(frame[key].sort_values())
    ]


def _curve(pen: Pen, axes: Axes, frame: pd.DataFrame) -> None:
    x = np.arange(len(frame))
    estimate, lower, upper, known = limits(frame)
    colours = np.where(frame["usual"], pen.colours.accent, pen.colours.main)
    axes.vlines(x[known], lower[known], upper[known], color=colours[known], linewidth=1.6, alpha=0.6, gid="intervals")
    axes.scatter(x, estimate, c=colours, s=22, zorder=3, gid="estimates")
    reported = float(estimate[frame["usual"].to_numpy()][0])
    axes.axhline(reported, color=pen.colours.accent, linewidth=0.8, linestyle=DASHES)
    pen.plain(axes, "y")
    axes.tick_params(labelbottom=False)


def _marks(pen: Pen, axes: Axes, frame: pd.DataFrame, lines: list[tuple[str, str]]) -> None:
    """One line a value of a decision; a filled mark where it was taken."""
    names, last = [], ""
    for y, (key, value) in enumerate(lines):
        taken = (frame[key] == value).to_numpy()
        axes.scatter(np.flatnonzero(~taken), np.full((~taken).sum(), y), s=7, color=pen.colours.grid)
        axes.scatter(np.flatnonzero(taken), np.full(taken.sum(), y), s=14, color=pen.colours.ink, gid=f"{key} {value}")
        if key != last and y:
            axes.axhline(y - 0.5, color=pen.colours.muted, linewidth=0.5)
        last = key
        names.append(say("plots.decision_line", decision=word(key), value=word(value)))
    axes.set_yticks(range(len(lines)), names)
    axes.set_ylim(len(lines) - 0.4, -0.6)
    axes.tick_params(labelbottom=False)
    pen.plain(axes, "", ("left", "bottom", "top", "right"))
