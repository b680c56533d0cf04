"""Tables of estimates as points with their intervals: `plot_estimates`, `plot_index`, `plot_loadings`."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from csi.errors import OptionError, choose
from csi.language import has_words, say
from csi.report.fonts import fold
from csi.report.rows import DASHES, draw_intervals, limits, reach
from csi.report.sources import read_source
from csi.report.style import WIDE, Drawn, Picture, drawing, points
from csi.views import TRANSLATED, table_title, word

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from csi.report.sources import Source
    from csi.report.style import Pen
    from csi.results import Result
    from csi.study import Study

ORDERS = ("value", "given")
ROW, GROUP_ROW, ITEM_ROW = 0.3, 0.27, 0.26  # inches of a row: of any table, of a group in a panel, of an item
NAME_COLUMNS, MOST = 34, 60  # width of a name in letters, rows that can be read
ENOUGH = 0.7  # a loading


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

    Notes
    -----
    Errors, missing answers and weights: as in `plot_estimates` (several constructs by group: no `ax`);
    `plot_lacks_table`: a scale is unknown, so there is no index; an unknown construct.

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
        chosen = _chosen_constructs(frame, construct)
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
            axes = pen.axes(WIDE * 0.8, 1.35 + GROUP_ROW * 1.2 * len(frame))
            _panel(pen, axes, frame, [names[name] for name in frame["construct"]], source.decimals("index"))
            pen.heading(say("plots.index_title"))
        lines = [source.caption("index", bool(frame["lower"].notna().any()))]
        lines += [say("plots.index_whole")] if whole else []
        lines += [say("plots.index_ordered")] if order == "value" else []
        pen.caption(lines)
        return pen.finish()


def _chosen_constructs(frame: pd.DataFrame, construct: str | Sequence[str] | None) -> list[str]:
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
    row = GROUP_ROW * (1.2 if across == 1 else 1.0)
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


def plot_loadings(
    result: Result | Study,
    *,
    group: str | None = None,
    labels: Mapping[str, str] | None = None,
    level: float | None = None,
    ax: Axes | None = None,
    theme: str | None = "csi",
) -> Picture | Drawn:
    """Draw the loading of every item with its interval, construct after construct.

    Use it to find items that do not belong; for composites (mode B) look at the outer weights instead.

    Parameters
    ----------
    result : Result of `fit_pls`, or Study
    group : which group of a Result with groups; a Study shows the whole sample when None
    labels, level, ax, theme : as in `plot_estimates`

    Returns
    -------
    Picture or Drawn
        Loadings across, in the unit of a correlation; a dashed line at 0.7, the usual rule (Hair et al. 2022).

    Notes
    -----
    Errors, missing answers and weights: as in `plot_estimates` (several constructs: no `ax`), `plot_needs_group`,
    an unknown group.

    Examples
    --------
    >>> import csi
    >>> fit = csi.fit_pls(csi.load_sample("tiny"), "Satisfaction ~ Quality; Loyalty ~ Satisfaction", n_boot=0)
    >>> [label.get_text() for label in csi.plot_loadings(fit).axes[0].get_yticklabels()]
    ['q1', 'q2']

    """
    with drawing("plot_loadings", ax, theme) as pen:
        source = read_source("plot_loadings", result, labels, level, group)
        frame = source.group_rows("outer")
        frame = frame[frame["kind"] == "loading"]
        parts = dict(list(frame.groupby("construct", sort=False)))
        names = pen.labels(list(parts), source.label)
        items = pen.labels(list(dict.fromkeys(frame["item"])), kind="item")
        height = 1.5 + sum(0.42 + ITEM_ROW * len(rows) for rows in parts.values())
        shares = [0.6 + len(rows) for rows in parts.values()]
        panels = pen.panels(WIDE * 0.8, height, len(parts), 1, sharex=True, height_ratios=shares).ravel()
        for axes, (name, rows) in zip(panels, parts.items(), strict=True):
            weak = rows["estimate"].to_numpy(dtype=float) < ENOUGH
            draw_intervals(pen, axes, rows, [items[item] for item in rows["item"]], 2, weak, columns=28)
            axes.axvline(ENOUGH, color=pen.colours.muted, linewidth=1, linestyle=DASHES, zorder=1, gid="rule")
            axes.set_title(fold(names[name], 60, 1), fontsize=points(10), pad=3)
        values = frame[["estimate", "lower", "upper"]].to_numpy(dtype=float)
        low, high = min(0.5, float(np.nanmin(values))), max(1.0, float(np.nanmax(values)))
        panels[-1].set_xlim(low - 0.03, high + 0.02)
        panels[-1].set_xlabel(say("plots.loadings_axis"))
        for axes in panels[:-1]:
            axes.tick_params(labelbottom=False)
            axes.spines["bottom"].set_visible(False)
        pen.heading(say("plots.loadings_title"), group)
        pen.caption(source.caption("loadings", bool(frame["lower"].notna().any())))
        return pen.finish()
