"""plot_specifications: the index under every combination of decisions, in order, and which decisions were taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from csi.language import current_language, say
from csi.report.sources import read_source
from csi.report.style import ACCENT, GRID, INK, MAIN, MUTED, WIDE, Picture, drawing, new_figure, plain_axes, settle
from csi.study import level_text
from csi.views import word

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from csi.results import Result

LINE = 0.24  # inches of a line below


def plot_specifications(result: Result, *, level: float = 0.95) -> Picture:
    """Draw the index under every combination of decisions, lowest first, with the decisions below (0-100).

    Use it to show that a number does not hang on one choice, or on which one it does.

    Parameters
    ----------
    result : what `compare_specifications` gives
    level : float
        Level of the intervals.

    Returns
    -------
    Figure
        Above: index with its interval, one column a combination; the first combination, the one that is reported, in
        another colour. Below: a mark for each decision that was taken. Decisions that have one value only are left out.

    Raises
    ------
    DataError
        `plot_needs_result`.
    OptionError
        `plot_lacks_table`.

    Notes
    -----
    Missing answers and weights: as the combination says. Nothing is estimated here.

    Examples
    --------
    >>> import csi
    >>> tiny, chain = csi.load_sample("tiny"), "Satisfaction ~ Quality; Loyalty ~ Satisfaction"
    >>> found = csi.compare_specifications(tiny, chain, flagged=["keep"], missing=["listwise"], n_boot=0)
    >>> len(csi.plot_specifications(found).axes)
    2

    """
    with drawing() as pen:
        source = read_source(result, "plot_specifications", None, level)
        frame = source.rows("specifications", "plot_specifications")
        usual = len(frame) * [False]
        usual[0] = True
        frame = frame.assign(usual=usual).sort_values("estimate", kind="stable").reset_index(drop=True)
        lines = _lines(frame)
        figure = new_figure(WIDE, 4.2 + LINE * len(lines))
        above, below = figure.subplots(2, 1, sharex=True, height_ratios=[2.6, max(LINE * len(lines), 0.5)])
        _curve(above, frame)
        _marks(below, frame, lines)
        above.set_ylabel(say("plots.index_axis"))
        pen.heading(figure, str(source.result.title))
        known = bool(frame["lower"].notna().any())
        caption = "plots.specifications_caption" if known else "plots.specifications_caption_alone"
        joint = "" if current_language() == "zh" else " "
        pen.caption(figure, joint.join([say(caption, level=level_text(level)), say("plots.specifications_usual")]))
        return settle(figure)


def _lines(frame: pd.DataFrame) -> list[tuple[str, str]]:
    """(decision, value) of every line below, decisions with one value left out."""
    keys = list(frame.columns[: list(frame.columns).index("estimate")])
    return [
        (key, value) for key in keys if frame[key].nunique() > 1 for value in dict.fromkeys(frame[key].sort_values())
    ]


def _curve(axes: Axes, frame: pd.DataFrame) -> None:
    x = np.arange(len(frame))
    colours = np.where(frame["usual"], ACCENT, MAIN)
    lower, upper = frame["lower"].to_numpy(dtype=float), frame["upper"].to_numpy(dtype=float)
    known = np.isfinite(lower)
    axes.vlines(x[known], lower[known], upper[known], color=colours[known], linewidth=1.6, alpha=0.6, gid="intervals")
    axes.scatter(x, frame["estimate"], c=colours, s=22, zorder=3, gid="estimates")
    axes.axhline(
        float(frame.loc[frame["usual"], "estimate"].iloc[0]), color=ACCENT, linewidth=0.8, linestyle=(0, (4, 3))
    )
    plain_axes(axes, grid="y")
    axes.tick_params(labelbottom=False)


def _marks(axes: Axes, frame: pd.DataFrame, lines: list[tuple[str, str]]) -> None:
    """One line a value of a decision; a filled mark where it was taken."""
    names, last = [], ""
    for y, (key, value) in enumerate(lines):
        taken = (frame[key] == value).to_numpy()
        axes.scatter(np.flatnonzero(~taken), np.full((~taken).sum(), y), s=7, color=GRID)
        axes.scatter(np.flatnonzero(taken), np.full(taken.sum(), y), s=14, color=INK, gid=f"{key} {value}")
        if key != last and y:
            axes.axhline(y - 0.5, color=MUTED, linewidth=0.5)
        last = key
        names.append(say("plots.decision_line", decision=word(key), value=word(value)))
    axes.set_yticks(range(len(lines)), names)
    axes.set_ylim(len(lines) - 0.4, -0.6)
    axes.tick_params(length=0, labelbottom=False)
    for side in ("left", "bottom", "top", "right"):
        axes.spines[side].set_visible(False)
