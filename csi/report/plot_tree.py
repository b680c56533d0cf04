"""plot_tree: an indicator tree from the whole to its items, each node with its weight, its index and the interval."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.patches import FancyBboxPatch
from numpy.typing import NDArray

from csi.errors import OptionError
from csi.language import pick, say
from csi.measures.index.tree_given import as_tree
from csi.report.fonts import fold
from csi.report.sources import read_source
from csi.report.style import INK, MUTED, WIDE, Picture, drawing, interval_text, new_figure, settle
from csi.study import level_text
from csi.views import word

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from csi.measures.index.tree import IndicatorTree
    from csi.measures.index.tree_layout import TreeWeights
    from csi.results import Result

ROW, BOX, MOST = 0.62, 0.78, 40  # inches of an item, width of a box as a share of its column, items that can be read
SHADES = LinearSegmentedColormap.from_list("ladder", ("#f6f8fa", "#d5e4ee", "#9dc2db"))  # dark ink is read on all


def plot_tree(
    result: Result,
    tree: IndicatorTree | object,
    *,
    group: str | None = None,
    labels: Mapping[str, str] | None = None,
    level: float = 0.95,
) -> Picture:
    """Draw an indicator tree with the index of every node (0-100), its interval and its share of the whole.

    Use it to show where an index comes from, and which part pulls it down.

    Parameters
    ----------
    result : what `score_index` gives
    tree : IndicatorTree, or what `score_index` takes
        The tree that was scored.
    group : str, optional
        Which group of a result with groups.
    labels : mapping of indicator to text, optional
        What indicators are called; else their wording in the tree, else their names.
    level : float
        Level of the intervals.

    Returns
    -------
    Figure
        From left to right from the whole to the items; the darker a box, the higher its index. The percentage is the
        weight in the whole, after the policy of the result.

    Raises
    ------
    DataError
        `plot_needs_result`, and those of `IndicatorTree`.
    OptionError
        `plot_lacks_table`, `plot_needs_group`, an unknown group, `plot_other_tree` when the result holds other
        indicators, `plot_too_many_rows` (more than 40 items).

    Notes
    -----
    Missing answers and weights: as in the Result; nothing is estimated here.

    Examples
    --------
    >>> import csi
    >>> tree = csi.IndicatorTree.from_mapping({"quality": {"q1": 40, "q2": 20}, "satisfaction": {"s1": 20, "s2": 20}})
    >>> found = csi.score_index(csi.load_sample("tiny"), tree)
    >>> csi.plot_tree(found, tree).title_text
    'Where the index comes from'

    """
    with drawing() as pen:
        source = read_source(result, "plot_tree", labels, level)
        frame = source.group_rows("index", "plot_tree", group).set_index("indicator")
        chosen, _ = as_tree(tree)
        weights = chosen.weights(str(result.glance()["policy"].iloc[0]))
        strange = [name for name in weights.names if name not in frame.index]
        if strange:
            raise OptionError("plot_other_tree", indicators=strange, choices=list(frame.index))
        if len(weights.leaves) > MOST:
            raise OptionError("plot_too_many_rows", table="index", count=len(weights.leaves), most=MOST, keys=["tree"])
        text = {node.name: pick(node.text) or word(node.name) for node in chosen.root.walk()}
        names = pen.labels(list(weights.names), lambda name: source.given.get(name, text[name]), kind="item")
        figure = new_figure(WIDE, 1.2 + ROW * len(weights.leaves))
        axes = figure.subplots()
        places = _places(weights)
        _lines(axes, weights, places)
        index = frame.loc[list(weights.names), "estimate"].to_numpy(dtype=float)
        shades = (index - index.min()) / max(index.max() - index.min(), 1e-9)
        for i, name in enumerate(weights.names):
            numbers = frame.loc[name, ["estimate", "lower", "upper"]].to_numpy(dtype=float)
            share = say("plots.tree_share", share=f"{100 * weights.effective[i]:.3g}")
            _box(axes, places[i], names[name], interval_text(*numbers, source.decimals("index")), share, shades[i])
        _empty(axes, weights)
        title = say("plots.tree_title")
        pen.heading(figure, title if group is None else say("plots.of_group", title=title, group=group))
        known = bool(frame["lower"].notna().any())
        pen.caption(
            figure, say("plots.tree_caption" if known else "plots.tree_caption_alone", level=level_text(source.level))
        )
        return settle(figure)


def _places(weights: TreeWeights) -> NDArray[np.float64]:
    """(N, 2) column and line of every node: items one below the other, groups in the middle of their parts."""
    places = np.zeros((len(weights.names), 2))
    places[:, 0] = weights.depth
    places[weights.leaves, 1] = np.arange(len(weights.leaves))
    for i in range(len(weights.names) - 1, -1, -1):
        parts = np.flatnonzero(weights.parent == i)
        if len(parts):
            places[i, 1] = (places[parts[0], 1] + places[parts[-1], 1]) / 2
    return places


def _lines(axes: Axes, weights: TreeWeights, places: NDArray[np.float64]) -> None:
    """Lines from every node to its parts, as thick as the part's share."""
    for i, parent in enumerate(weights.parent):
        if parent >= 0:
            (x0, y0), (x1, y1) = places[parent], places[i]
            x0, x1 = x0 + BOX / 2, x1 - BOX / 2
            middle = (x0 + x1) / 2
            width = 0.8 + 3 * float(weights.share[i])
            axes.plot([x0, middle, middle, x1], [y0, y0, y1, y1], color=MUTED, linewidth=width, zorder=1, gid="branch",
                      solid_joinstyle="round")  # fmt: skip


def _box(axes: Axes, place: NDArray[np.float64], name: str, numbers: str, share: str, shade: float) -> None:
    """One node: its name, its index with the interval, its weight in the whole."""
    x, y = place
    colour = SHADES(shade)
    look = {"boxstyle": "round,pad=0,rounding_size=0.05", "facecolor": colour, "edgecolor": MUTED, "linewidth": 0.6}
    axes.add_patch(FancyBboxPatch((x - BOX / 2, y - 0.42), BOX, 0.84, zorder=2, mutation_aspect=2, **look))
    axes.text(
        x, y - 0.2, fold(name, 26, 1), ha="center", va="center", color=INK, fontsize=9.5, fontweight="bold", zorder=3
    )
    axes.text(x, y + 0.2, f"{numbers} · {share}", ha="center", va="center", color=INK, fontsize=8.5, zorder=3)


def _empty(axes: Axes, weights: TreeWeights) -> None:
    axes.set_xlim(-0.5, float(weights.depth.max()) + 0.5)
    axes.set_ylim(len(weights.leaves) - 0.4, -0.6)
    axes.set_axis_off()
