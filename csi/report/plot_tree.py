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
from csi.report.placement import axes_inches, measure
from csi.report.sources import read_source
from csi.report.style import WIDE, Drawn, Picture, drawing, interval_text, points
from csi.views import word

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from csi.measures.index.tree import IndicatorTree
    from csi.measures.index.tree_layout import TreeWeights
    from csi.report.style import Pen
    from csi.results import Result

ROW, BOX, MOST = 0.62, 0.78, 40  # inches of an item, width of a box as a share of its column, items that can be read
HIGH = 0.45  # inches of an item in which letters of full size find room


def plot_tree(
    result: Result,
    tree: IndicatorTree | object,
    *,
    group: str | None = None,
    labels: Mapping[str, str] | None = None,
    level: float | None = None,
    ax: Axes | None = None,
    theme: str | None = "csi",
) -> Picture | Drawn:
    """Draw an indicator tree with the index of every node (0-100), its interval and its share of the whole.

    Use it to show where an index comes from, and which part pulls it down.

    Parameters
    ----------
    result : what `score_index` gives
    tree : IndicatorTree, or what `score_index` takes
        The tree that was scored.
    group : str
        Which group of a result with groups.
    labels : mapping of indicator to text, optional
        What indicators are called; else their wording in the tree, else their names.
    level, ax, theme : as in `plot_estimates`

    Returns
    -------
    Picture or Drawn
        From left to right from the whole to the items; the darker a box, the higher its index. The percentage is the
        weight in the whole, after the policy of the result. In narrow axes the words become smaller.

    Notes
    -----
    Errors: those of `plot_estimates` and of `IndicatorTree`, `plot_needs_group`, an unknown group,
    `plot_other_tree` when the result holds other indicators, `plot_too_many_rows` (more than 40 items).
    Missing answers and weights: as in the Result; nothing is estimated here.

    Examples
    --------
    >>> import csi
    >>> tree = csi.IndicatorTree.from_mapping({"quality": {"q1": 40, "q2": 20}, "satisfaction": {"s1": 20, "s2": 20}})
    >>> found = csi.score_index(csi.load_sample("tiny"), tree)
    >>> csi.plot_tree(found, tree).title_text
    'Where the index comes from'

    """
    with drawing("plot_tree", ax, theme) as pen:
        source = read_source("plot_tree", result, labels, level, group)
        frame = source.group_rows("index").set_index("indicator")
        chosen, _ = as_tree(tree)
        weights = chosen.weights(str(result.glance()["policy"].iloc[0]))
        strange = [name for name in weights.names if name not in frame.index]
        if strange:
            raise OptionError("plot_other_tree", indicators=strange, choices=list(frame.index))
        if len(weights.leaves) > MOST:
            raise OptionError("plot_too_many_rows", table="index", count=len(weights.leaves), most=MOST, keys=["tree"])
        text = {node.name: pick(node.text) or word(node.name) for node in chosen.root.walk()}
        names = pen.labels(list(weights.names), lambda name: source.given.get(name, text[name]), kind="item")
        axes = pen.axes(WIDE, 1.2 + ROW * len(weights.leaves))
        axes.set_xlim(-0.5, float(weights.depth.max()) + 0.5)
        axes.set_ylim(len(weights.leaves) - 0.4, -0.6)
        axes.set_axis_off()
        pen.heading(say("plots.tree_title"), group)
        pen.caption(source.caption("tree", bool(frame["lower"].notna().any())))
        picture = pen.finish()
        places = _places(weights)
        _lines(pen, axes, weights, places)
        rows = frame.loc[list(weights.names), ["estimate", "lower", "upper"]].to_numpy(dtype=float)
        digits = source.decimals("index")
        shares = [say("plots.tree_share", share=f"{100 * share:.3g}") for share in weights.effective]
        numbers = [f"{interval_text(*row, digits)} · {share}" for row, share in zip(rows, shares, strict=True)]
        _boxes(pen, axes, places, [fold(names[name], 26, 1) for name in weights.names], numbers, rows[:, 0])
        return picture


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


def _lines(pen: Pen, axes: Axes, weights: TreeWeights, places: NDArray[np.float64]) -> None:
    """Lines from every node to its parts, as thick as the part's share."""
    for i, parent in enumerate(weights.parent):
        if parent >= 0:
            (x0, y0), (x1, y1) = places[parent], places[i]
            x0, x1 = x0 + BOX / 2, x1 - BOX / 2
            middle = (x0 + x1) / 2
            look = {"color": pen.colours.muted, "linewidth": 0.8 + 3 * float(weights.share[i]), "zorder": 1}
            axes.plot([x0, middle, middle, x1], [y0, y0, y1, y1], gid="branch", solid_joinstyle="round", **look)


def _boxes(
    pen: Pen, axes: Axes, places: NDArray[np.float64], names: list[str], numbers: list[str], index: NDArray[np.float64]
) -> None:
    """Every node: its name, its index with the interval and its weight; words as large as the boxes allow."""
    shades = LinearSegmentedColormap.from_list("shades", list(pen.colours.shades))
    shade = shades((index - index.min()) / max(index.max() - index.min(), 1e-9))
    wide, high = np.array(axes_inches(axes)) / np.abs([np.ptp(axes.get_xlim()), np.ptp(axes.get_ylim())])
    texts = []
    for (x, y), name, told, colour in zip(places, names, numbers, shade, strict=True):
        look = {"facecolor": colour, "edgecolor": pen.colours.muted, "linewidth": 0.6, "zorder": 2}
        corner, shape = (x - BOX / 2, y - 0.42), "round,pad=0,rounding_size=0.05"
        axes.add_patch(FancyBboxPatch(corner, BOX, 0.84, boxstyle=shape, mutation_aspect=2, **look))
        middle = {"ha": "center", "va": "center", "color": pen.colours.ink, "zorder": 3}
        texts.append(axes.text(x, y - 0.2, name, fontsize=points(9.5), fontweight="bold", **middle))
        texts.append(axes.text(x, y + 0.2, told, fontsize=points(8.5), **middle))
    room = min([1.0, high / HIGH, *(0.96 * BOX * wide / measure(text)[0] for text in texts)])
    for text in texts:
        text.set_fontsize(room * text.get_fontsize())
