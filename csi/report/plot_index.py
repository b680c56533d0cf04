"""plot_index: satisfaction indices with their intervals, by construct or by group."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from csi.errors import OptionError, choose
from csi.language import say
from csi.report.fonts import fold
from csi.report.rows import DASHES, draw_intervals, reach
from csi.report.sources import read_source
from csi.report.style import WIDE, Drawn, Picture, drawing

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from csi.report.sources import Source
    from csi.report.style import Pen
    from csi.results import Result
    from csi.study import Study

ORDERS = ("value", "given")
ROW = 0.27  # inches of a row


def plot_index(
    result: Result | Study,
    construct: str | Sequence[str] | None = None,
    *,
    order: str | None = None,
    labels: Mapping[str, str] | None = None,
    level: float | None = None,
    ax: Axes | None = None,
    theme: str | None = "csi",
) -> Picture | Drawn:
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
    labels, level, ax, theme : as in `plot_estimates`

    Returns
    -------
    Picture or Drawn
        Index points 0-100 across; the axis covers the values shown, not the whole scale.

    Raises
    ------
    DataError, OptionError
        Those of `plot_estimates` (several constructs by group: no `ax`); `plot_lacks_table`: a scale is unknown, so
        there is no index; an unknown construct.

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
    with drawing("plot_index", ax, theme) as pen:
        source = read_source("plot_index", result, labels, level, groups=True)
        frame = source.rows("index")
        chosen = _chosen(frame, construct)
        names = pen.labels(chosen, source.label)
        frame = frame[frame["construct"].isin(chosen)]
        by_group = "group" in frame
        order = order or ("value" if by_group and len(chosen) == 1 else "given")
        whole = _whole(source) if by_group else {}
        if by_group:
            _by_group(pen, source, frame, names, order, whole)
            one = say("plots.index_title_one", construct=names[chosen[0]])
            pen.heading(one if len(chosen) == 1 else say("plots.index_title_groups"))
        else:
            frame = _sorted(frame.set_index("construct").loc[chosen].reset_index(), order)
            axes = pen.axes(WIDE * 0.8, 1.35 + ROW * 1.2 * len(frame))
            _panel(pen, axes, frame, [names[name] for name in frame["construct"]], source.decimals("index"))
            pen.heading(say("plots.index_title"))
        lines = [source.caption("index", bool(frame["lower"].notna().any()))]
        lines += [say("plots.index_whole")] if whole else []
        lines += [say("plots.index_ordered")] if order == "value" else []
        pen.caption(lines)
        return pen.finish()


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
    pen: Pen, source: Source, frame: pd.DataFrame, names: Mapping[str, str], order: str, whole: Mapping[str, float]
) -> None:
    """A panel for each construct, all on one scale, with the whole sample as a line."""
    groups = list(dict.fromkeys(frame["group"]))
    words = pen.labels(groups, kind="group")
    across = 1 if len(names) == 1 else 2 if len(names) <= 4 else 3
    down = math.ceil(len(names) / across)
    row = ROW * (1.2 if across == 1 else 1.0)
    height = 1.0 + down * (0.75 + row * len(groups))
    panels = pen.panels(WIDE * (0.8 if across == 1 else 1.0), height, down, across)
    ends = _reach(frame, [whole[name] for name in names if name in whole])
    digits = source.decimals("index") if across == 1 else None
    for axes, name in zip(panels.flat, names, strict=False):
        panel = _sorted(frame[frame["construct"] == name], order)
        first = across == 1 or order == "value" or axes in panels[:, 0]
        _panel(pen, axes, panel, [words[group] for group in panel["group"]] if first else [], digits, ends)
        if name in whole:
            look = {"color": pen.colours.muted, "linewidth": 1, "linestyle": DASHES, "zorder": 1}
            axes.axvline(whole[name], gid="whole sample", **look)
        if len(names) > 1:
            axes.set_title(fold(names[name], 34, 2))
    for axes in panels.flat[len(names) :]:
        axes.set_visible(False)


def _whole(source: Source) -> dict[str, float]:
    """The index of the whole sample where a Study knows it."""
    if source.study is None or source.study.groups is None or "index" not in source.study.fit.tables:
        return {}
    frame = source.study.fit.tidy("index", source.level)
    return dict(zip(frame["construct"], frame["estimate"], strict=True))


def _reach(frame: pd.DataFrame, more: Sequence[float] = ()) -> tuple[float, float]:
    """Ends of the axis: all points and intervals with some room, at least ten index points."""
    return reach(frame[["estimate", "lower", "upper"]].to_numpy(dtype=float), more, share=0.06, least=0.5, span=10)


def _panel(
    pen: Pen,
    axes: Axes,
    panel: pd.DataFrame,
    words: list[str],
    digits: int | None,
    ends: tuple[float, float] | None = None,
) -> None:
    draw_intervals(pen, axes, panel, words, digits)
    axes.set_xlim(*(ends or _reach(panel)))
    axes.set_xlabel(say("plots.index_axis"))
