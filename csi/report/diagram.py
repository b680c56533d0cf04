"""Diagrams of boxes and lines: a path model (`plot_paths`) and an indicator tree (`plot_tree`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch, PathPatch, Polygon, Rectangle
from matplotlib.path import Path
from matplotlib.text import Text
from numpy.typing import NDArray

from csi.errors import OptionError
from csi.language import pick, say
from csi.measures.index.tree_given import as_tree
from csi.models.catalog import load_model
from csi.models.path import PathModel
from csi.report.fonts import fold
from csi.report.layout import Arrow, Box, Edge, Layout, faults, layered
from csi.report.placement import axes_inches, measure, measure_text
from csi.report.places import fixed, known_places
from csi.report.sources import read_source
from csi.report.style import WIDE, Colours, Drawn, Pen, Picture, drawing, interval_text, points
from csi.views import number, word

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from csi.measures.index.tree import IndicatorTree
    from csi.measures.index.tree_layout import TreeWeights
    from csi.report.sources import Source
    from csi.results import Result
    from csi.study import Study

SIZES = {"name": 10.5, "fact": 9, "coefficient": 10, "interval": 8.5}
PADDING, MARGIN = 0.13, 0.2
NARROWEST = 6.4
NAME_COLUMNS = 15
HEAD = 0.12  # length of an arrow's head in inches
ROW, BOX, MOST = 0.62, 0.78, 40  # inches of an item, width of a box as a share of its column, items that can be read
HIGH = 0.45  # inches of an item in which letters of full size find room


@dataclass(frozen=True)
class Content:
    """What a diagram says.

    Attributes
    ----------
    names, paths : the model
    facts : lines under the name in each box
    coefficients : arrow -> estimate, lower, upper (NaN where unknown); empty for a model alone
    decimals : digits of coefficients
    """

    names: tuple[str, ...]
    paths: tuple[Edge, ...]
    facts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    coefficients: Mapping[Edge, tuple[float, float, float]] = field(default_factory=dict)
    decimals: int = 2

    def label(self, edge: Edge) -> list[tuple[str, str]]:
        """Kind and text of the lines on an arrow."""
        if edge not in self.coefficients:
            return []
        estimate, lower, upper = self.coefficients[edge]
        lines = [("coefficient", number(estimate, self.decimals))]
        if lower == lower and upper == upper:
            lines.append(("interval", f"[{number(lower, self.decimals)}, {number(upper, self.decimals)}]"))
        return lines


def plot_paths(
    result: Result | Study | PathModel | str,
    *,
    group: str | None = None,
    labels: Mapping[str, str] | None = None,
    level: float | None = None,
    ax: Axes | None = None,
    theme: str | None = "csi",
) -> Picture | Drawn:
    """Draw a path model: constructs as boxes, paths as arrows, with the estimates of a fit.

    Use it to see the whole model at once; for numbers to copy use `result.tidy("paths")`.

    Parameters
    ----------
    result : Result of `fit_pls`, Study, PathModel, or a model's name or text
        A model alone is drawn without numbers.
    group : which group of a Result with groups; a Study shows the whole sample when None
    labels, level, ax, theme : as in `plot_estimates`

    Returns
    -------
    Picture or Drawn
        In the boxes: label, index (0-100) with its interval, R2. On the arrows: standardised path coefficient with its
        interval; the thicker the line the larger the coefficient, dashed where the interval holds 0. Boxes of a
        catalogue model stand where textbooks draw them, other models are laid out in layers. In axes that are too small
        for it the whole diagram becomes smaller.

    Raises
    ------
    DataError, OptionError
        Those of `plot_estimates`, `plot_needs_group`, an unknown group.
    ModelError
        A model's text cannot be read, or there is no model of this name.

    Notes
    -----
    Missing answers and weights: as in the Result; nothing is estimated here. Method of the layers: Sugiyama, Tagawa &
    Toda (1981), IEEE Transactions on Systems, Man, and Cybernetics 11, 109-125.

    Examples
    --------
    >>> import csi
    >>> figure = csi.plot_paths("ECSI")
    >>> figure.title_text
    'European Customer Satisfaction Index (ECSI)'

    """
    with drawing("plot_paths", ax, theme) as pen:
        if isinstance(result, str):
            result = PathModel.parse(result) if "~" in result else load_model(result)
        if isinstance(result, PathModel):
            wording = {one.name: pick(one.text) or one.name for one in result.constructs} | dict(labels or {})
            content = Content(result.names, result.paths)
            name = pick(result.title)
            title = say("plots.model_title", title=name, model=result.name) if name else result.name
            captions = [say("plots.model_caption")]
        else:
            source = read_source("plot_paths", result, labels, level, group)
            content = _content(source)
            wording = {name: source.label(name) for name in content.names}
            title = say("plots.paths_title", model=source.result.glance()["model"].iloc[0])
            known = any(lower == lower for _, lower, _ in content.coefficients.values())
            captions = [source.caption("paths", known)]
            if "index" in source.result.tables:
                captions.append(say("plots.paths_boxes" if known else "plots.paths_boxes_alone"))
        return _draw(pen, content, wording, (title, group), captions)


def _content(source: Source) -> Content:
    paths, quality = source.group_rows("paths"), source.group_rows("constructs")
    edges = tuple(zip(paths["source"], paths["target"], strict=True))
    names = [name for edge in edges for name in edge]
    facts: dict[str, list[str]] = {}
    if "index" in source.result.tables:
        index = source.group_rows("index")
        names = [*index["construct"], *names]
        for row in index.itertuples():
            text = interval_text(row.estimate, row.lower, row.upper, source.decimals("index"))
            facts.setdefault(row.construct, []).append(text)
    for row in quality[quality["term"] == "r2"].itertuples():
        facts.setdefault(row.construct, []).append(f"R² {number(row.estimate, 2)}")
    numbers = {
        edge: (row.estimate, row.lower, row.upper) for edge, row in zip(edges, paths.itertuples(), strict=True)
    }  # fmt: skip
    joined = {name for edge in edges for name in edge}
    order = tuple(name for name in dict.fromkeys(names) if name in joined)
    return Content(order, edges, {name: tuple(lines) for name, lines in facts.items()}, numbers)


def _draw(
    pen: Pen, content: Content, wording: Mapping[str, str], title: tuple[str, str | None], captions: list[str]
) -> Picture | Drawn:
    """Measure the words, place them, draw: in inches for letters of 10 points, all smaller where axes are small."""
    shown = pen.labels(content.names, wording.__getitem__)
    heads = {name: fold(shown[name], NAME_COLUMNS, 4) for name in content.names}
    ruler = Figure()
    FigureCanvasAgg(ruler)
    boxes = _box_sizes(ruler, content, heads)
    labels = {edge: _label_size(ruler, content.label(edge)) for edge in content.paths}
    places = known_places(content.names)
    layout = None if places is None else fixed(places, content.paths, boxes, labels)
    if layout is None or faults(layout):
        layout = layered(content.names, content.paths, boxes, labels)
    axes = pen.axes(max(layout.width + 2 * MARGIN, NARROWEST), layout.height + 1.0)
    axes.set_axis_off()
    pen.heading(*title)
    pen.caption(*captions)
    picture = pen.finish(points(layout.height + MARGIN))
    wide, high = axes_inches(axes)
    shrink = min(points(1.0), round(wide / layout.width, 3), round(high / layout.height, 3))
    wide, high = wide / shrink, high / shrink
    axes.set(xlim=(0, wide), ylim=(high, 0))
    placed = layout.moved((wide - layout.width) / 2, (high - layout.height) / 2)
    brush = Brush(pen.colours, axes, shrink)
    _draw_arrows(brush, content, placed)
    _draw_boxes(brush, content, heads, placed)
    return picture


@dataclass(frozen=True)
class Brush:
    """Colours, axes, and how much smaller than in the layout everything is."""

    colours: Colours
    axes: Axes
    shrink: float


def _text_size(ruler: Figure, text: str, kind: str) -> tuple[float, float]:
    weight = "bold" if kind in ("name", "coefficient") else "normal"
    return measure_text(ruler, text, fontsize=SIZES[kind], fontweight=weight, linespacing=1.15)


def _box_sizes(ruler: Figure, content: Content, heads: Mapping[str, str]) -> dict[str, tuple[float, float]]:
    """One size for all boxes, that of the largest."""
    wide = high = 0.0
    for name in content.names:
        texts = [(heads[name], "name"), *((line, "fact") for line in content.facts.get(name, ()))]
        sizes = [_text_size(ruler, text, kind) for text, kind in texts]
        wide = max(wide, *(size[0] for size in sizes))
        high = max(high, sum(size[1] for size in sizes) + 0.06 * (len(sizes) - 1))
    return dict.fromkeys(content.names, (max(wide + 2 * PADDING, 1.3), max(high + 2 * PADDING, 0.55)))


def _label_size(ruler: Figure, lines: list[tuple[str, str]]) -> tuple[float, float]:
    sizes = [_text_size(ruler, text, kind) for kind, text in lines]
    return (max(size[0] for size in sizes) + 0.08, sum(size[1] for size in sizes) + 0.08) if sizes else (0.0, 0.0)


def _draw_boxes(brush: Brush, content: Content, heads: Mapping[str, str], layout: Layout) -> None:
    look = {"facecolor": brush.colours.pale, "edgecolor": brush.colours.main, "linewidth": 1.2, "zorder": 3}
    for name, box in layout.boxes.items():
        corner = (box.x - box.width / 2 + 0.08, box.y - box.height / 2 + 0.08)
        shape, gid = "round,pad=0.08,rounding_size=0.14", f"box {name}"
        patch = FancyBboxPatch(corner, box.width - 0.16, box.height - 0.16, boxstyle=shape, gid=gid, **look)
        brush.axes.add_patch(patch)
        texts = [(heads[name], "name"), *((line, "fact") for line in content.facts.get(name, ()))]
        _stack_texts(brush, box, texts)


def _stack_texts(brush: Brush, box: Box, texts: list[tuple[str, str]], background: str | None = None) -> None:
    """Lines one below the other around the centre of a place."""
    drawn: list[tuple[Text, float]] = []
    for text, kind in texts:
        first = kind in ("name", "coefficient")
        words = brush.axes.text(
            box.x, box.y, text, fontsize=brush.shrink * SIZES[kind], fontweight="bold" if first else "normal",
            color=brush.colours.ink if first else brush.colours.muted, ha="center", va="center", zorder=5,
            linespacing=1.15,
        )  # fmt: skip
        drawn.append((words, measure(words)[1] / brush.shrink))
    gap = 0.06 if background is None else 0.0
    y = box.y - (sum(high for _, high in drawn) + gap * (len(drawn) - 1)) / 2
    for words, high in drawn:
        words.set_position((box.x, y + high / 2))
        y += high + gap
    if background is not None and drawn:
        corner = (box.x - box.width / 2, box.y - box.height / 2)
        look = {"facecolor": background, "edgecolor": "none", "zorder": 2.5}
        brush.axes.add_patch(Rectangle(corner, box.width, box.height, **look))


def _draw_arrows(brush: Brush, content: Content, layout: Layout) -> None:
    colours = brush.colours
    for edge, arrow in layout.arrows.items():
        estimate, lower, upper = content.coefficients.get(edge, (np.nan,) * 3)
        open_question = lower <= 0 <= upper
        colour = colours.muted if open_question else colours.accent if estimate < 0 else colours.main
        thick = 1.2 if estimate != estimate else 0.9 + 2.4 * min(abs(estimate), 1.0)
        _draw_curve(brush.axes, arrow, colour, thick, (0, (3, 2)) if open_question else "solid", edge)
        lines = [(text, kind) for kind, text in content.label(edge)]
        if lines:
            _stack_texts(brush, arrow.label, lines, colours.paper)


def _draw_curve(axes: Axes, arrow: Arrow, colour: str, thick: float, line: Any, edge: Edge) -> None:
    """The line to the base of the head, and the head."""
    curve = arrow.curve.copy()
    tip = curve[-1].copy()
    way = tip - curve[-2]
    way = way / (np.hypot(*way) or 1.0)
    head = HEAD + 0.012 * thick
    room = np.hypot(*(tip - curve[-4]))
    curve[-1] -= way * min(0.8 * head, room)
    curve[-2] = curve[-1] - way * min(np.hypot(*(tip - arrow.curve[-2])), room) * 0.8
    line_path = Path(curve, [Path.MOVETO, *[Path.CURVE4] * (len(curve) - 1)])
    look = {"facecolor": "none", "edgecolor": colour, "linewidth": thick, "linestyle": line, "capstyle": "butt"}
    axes.add_patch(PathPatch(line_path, zorder=2, gid=f"path {edge[0]} -> {edge[1]}", **look))
    across = np.array([-way[1], way[0]]) * head * 0.42
    corners = [tip, tip - way * head + across, tip - way * head - across]
    axes.add_patch(Polygon(corners, closed=True, facecolor=colour, edgecolor="none", zorder=4))


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
    group : which group of a result with groups
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
    Errors, missing answers and weights: as in `plot_estimates`; also those of `IndicatorTree`, `plot_needs_group`, an
    unknown group, `plot_other_tree` when the result holds other indicators, `plot_too_many_rows` (more than 40 items).

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
