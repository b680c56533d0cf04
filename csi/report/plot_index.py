"""plot_index: satisfaction indices with their intervals, by construct or by group."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from csi.errors import OptionError, choose
from csi.language import current_language, say
from csi.report.fonts import fold
from csi.report.sources import read_source
from csi.report.style import MAIN, MUTED, WIDE, Pen, Picture, drawing, interval_text, new_figure, plain_axes, settle
from csi.study import level_text

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from csi.report.sources import Source
    from csi.results import Result
    from csi.study import Study

ORDERS = ("value", "given")
ROW, NAME_COLUMNS = 0.27, 26  # inches of a row, width of its name in letters


def plot_index(
    result: Result | Study,
    construct: str | Sequence[str] | None = None,
    *,
    order: str | None = None,
    labels: Mapping[str, str] | None = None,
    level: float | None = None,
) -> Picture:
    """Draw indices with their intervals: constructs below each other, or groups with one panel per construct.

    Use it for "who is better, and is that sure"; whether two groups differ is a question for `result.contrast`, since
    intervals may overlap where a difference is sure.

    Parameters
    ----------
    result : Result with a table `index`, or Study
        A Study shows its groups if it has any, with the index of the whole sample as a dashed line.
    construct : name or list of names, optional
        Which constructs; all when None.
    order : {"value", "given"}, optional
        Highest first, or in the order of the table. None: by value for one construct by group, else as given.
    labels : mapping of construct to text, optional
        What constructs are called; else the wording of the model in the current language, else their names.
    level : float, optional
        Level of the intervals; None means that of the Study, .95 for a Result.

    Returns
    -------
    Figure
        Index points 0-100 across; the axis covers the values shown, not the whole scale.

    Raises
    ------
    DataError
        `plot_needs_result`.
    OptionError
        `plot_lacks_table`: a scale is unknown, so there is no index; an unknown construct, order or level.

    Notes
    -----
    Missing answers and weights: as in the Result; nothing is estimated here.

    Examples
    --------
    >>> import csi
    >>> fit = csi.fit_pls(csi.load_sample("tiny"), "Satisfaction ~ Quality; Loyalty ~ Satisfaction", n_boot=0)
    >>> figure = csi.plot_index(fit)
    >>> [label.get_text() for label in figure.axes[0].get_yticklabels()]
    ['Quality', 'Satisfaction', 'Loyalty']

    """
    if order is not None:
        choose("order", order, ORDERS)
    with drawing() as pen:
        source = read_source(result, "plot_index", labels, level, groups=True)
        frame = source.rows("index", "plot_index")
        chosen = _chosen(frame, construct)
        names = pen.labels(chosen, source.label)
        frame = frame[frame["construct"].isin(chosen)]
        if "group" in frame:
            return _by_group(pen, source, frame, chosen, names, order)
        panel = _sorted(frame.set_index("construct").loc[chosen].reset_index(), order or "given")
        figure = new_figure(WIDE * 0.8, 1.35 + ROW * 1.2 * len(panel))
        _panel(figure.subplots(), panel, [names[name] for name in panel["construct"]], source)
        pen.heading(figure, say("plots.index_title"))
        pen.caption(figure, _caption(source, frame, order, whole=False))
        return settle(figure)


def _chosen(frame: pd.DataFrame, construct: str | Sequence[str] | None) -> list[str]:
    known = list(dict.fromkeys(frame["construct"]))
    chosen = known if construct is None else [construct] if isinstance(construct, str) else list(construct)
    for name in chosen:
        choose("construct", name, known)
    if not chosen:
        raise OptionError("unknown_option", option="construct", value=construct, choices=known)
    return list(dict.fromkeys(chosen))


def _sorted(panel: pd.DataFrame, order: str) -> pd.DataFrame:
    return panel.sort_values("estimate", ascending=False, kind="stable") if order == "value" else panel


def _by_group(
    pen: Pen, source: Source, frame: pd.DataFrame, chosen: list[str], names: Mapping[str, str], order: str | None
) -> Picture:
    order = order or ("value" if len(chosen) == 1 else "given")
    groups = list(dict.fromkeys(frame["group"]))
    words = pen.labels(groups, kind="group")
    across = 1 if len(chosen) == 1 else 2 if len(chosen) <= 4 else 3
    down = math.ceil(len(chosen) / across)
    row = ROW * (1.2 if across == 1 else 1.0)
    figure = new_figure(WIDE * (0.8 if across == 1 else 1.0), 1.0 + down * (0.75 + row * len(groups)))
    panels = figure.subplots(down, across, squeeze=False)
    whole = _whole(source)
    reach = _reach(frame, [whole[name] for name in chosen if name in whole])
    for axes, name in zip(panels.flat, chosen, strict=False):
        panel = _sorted(frame[frame["construct"] == name], order)
        first = across == 1 or order == "value" or axes in panels[:, 0]
        _panel(axes, panel, [words[group] for group in panel["group"]], source, reach, texts=across == 1, named=first)
        if name in whole:
            axes.axvline(whole[name], color=MUTED, linewidth=1, linestyle=(0, (4, 3)), zorder=1, gid="whole sample")
        if len(chosen) > 1:
            axes.set_title(fold(names[name], 34, 2))
    for axes in panels.flat[len(chosen) :]:
        axes.set_visible(False)
    one = say("plots.index_title_one", construct=names[chosen[0]])
    pen.heading(figure, one if len(chosen) == 1 else say("plots.index_title_groups"))
    pen.caption(figure, _caption(source, frame, order, whole=bool(whole)))
    return settle(figure)


def _whole(source: Source) -> dict[str, float]:
    """The index of the whole sample where a Study knows it."""
    if source.study is None or source.study.groups is None or "index" not in source.study.fit.tables:
        return {}
    frame = source.study.fit.tidy("index", source.level)
    return dict(zip(frame["construct"], frame["estimate"], strict=True))


def _reach(frame: pd.DataFrame, more: Sequence[float] = ()) -> tuple[float, float]:
    """Ends of the axis: all points and intervals with some room, at least ten index points."""
    values = np.concatenate([frame[["estimate", "lower", "upper"]].to_numpy(dtype=float).ravel(), list(more)])
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    room = max(0.06 * (high - low), (10 - (high - low)) / 2, 0.5)
    return low - room, high + room


def _panel(
    axes: Axes,
    panel: pd.DataFrame,
    words: list[str],
    source: Source,
    reach: tuple[float, float] | None = None,
    *,
    texts: bool = True,
    named: bool = True,
) -> None:
    """Points and intervals, the first row on top; the numbers stand to the right."""
    y = np.arange(len(panel))
    estimate, lower, upper = (panel[name].to_numpy(dtype=float) for name in ("estimate", "lower", "upper"))
    known = np.isfinite(lower) & np.isfinite(upper)
    axes.hlines(y[known], lower[known], upper[known], color=MAIN, linewidth=2.2, zorder=2, gid="intervals")
    axes.plot(estimate, y, "o", color=MAIN, markersize=6, markeredgecolor="white", zorder=3, gid="estimates")
    axes.set_ylim(len(panel) - 0.4, -0.6)
    axes.set_xlim(*(reach or _reach(panel)))
    axes.set_yticks(y, [fold(word, NAME_COLUMNS, 1) for word in words] if named else [""] * len(y))
    plain_axes(axes)
    axes.set_xlabel(say("plots.index_axis"))
    if texts:
        side = axes.secondary_yaxis("right")
        digits = source.decimals("index")
        rows = zip(estimate, lower, upper, strict=True)
        side.set_yticks(y, [interval_text(*row, digits) for row in rows])
        side.tick_params(length=0, labelsize=9, labelcolor=MUTED)
        side.spines["right"].set_visible(False)


def _caption(source: Source, frame: pd.DataFrame, order: str | None, *, whole: bool) -> str:
    known = bool(frame["lower"].notna().any())
    lines = [say("plots.index_caption" if known else "plots.index_caption_alone", level=level_text(source.level))]
    lines += [say("plots.index_whole")] if whole else []
    lines += [say("plots.index_ordered")] if order == "value" else []
    return ("" if current_language() == "zh" else " ").join(lines)
