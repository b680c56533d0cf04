"""plot_paths: the model as boxes and arrows, with its estimates where there are some."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.patches import FancyBboxPatch, PathPatch, Polygon
from matplotlib.path import Path
from matplotlib.text import Text

from csi.language import pick, say
from csi.models.catalog import load_model
from csi.models.path import PathModel
from csi.report.fonts import fold
from csi.report.layout import Arrow, Box, Edge, Layout, faults, layered
from csi.report.placement import measure
from csi.report.places import fixed, known_places
from csi.report.sources import read_source
from csi.report.style import ACCENT, INK, MAIN, MUTED, PALE, PAPER, Pen, Picture, drawing, interval_text, settle
from csi.study import level_text
from csi.views import number

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from csi.report.sources import Source
    from csi.results import Result
    from csi.study import Study

SIZES = {"name": 10.5, "fact": 9, "coefficient": 10, "interval": 8.5}
PADDING, MARGIN, LINE = 0.13, 0.2, 0.19
NARROWEST = 6.4
NAME_COLUMNS = 15
HEAD = 0.12  # length of an arrow's head in inches


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
) -> Picture:
    """Draw a path model: constructs as boxes, paths as arrows, with the estimates of a fit.

    Use it to see the whole model at once; for numbers to copy use `result.tidy("paths")`.

    Parameters
    ----------
    result : Result of `fit_pls`, Study, PathModel, or a model's name or text
        A model alone is drawn without numbers.
    group : str, optional
        Which group of a Result with groups; a Study shows the whole sample when None.
    labels : mapping of construct to text, optional
        What constructs are called; else the wording of the model in the current language, else their names.
    level : float, optional
        Level of the intervals; None means that of the Study, .95 for a Result.

    Returns
    -------
    Figure
        In the boxes: label, index (0-100) with its interval, R2. On the arrows: standardised path coefficient with its
        interval; the thicker the line the larger the coefficient, dashed where the interval holds 0. Boxes of a
        catalogue model stand where textbooks draw them, other models are laid out in layers.

    Raises
    ------
    DataError
        `plot_needs_result`: something else was given.
    OptionError
        `plot_needs_group`, an unknown group, `plot_lacks_table`.
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
    with drawing() as pen:
        if isinstance(result, str):
            result = PathModel.parse(result) if "~" in result else load_model(result)
        if isinstance(result, PathModel):
            wording = {one.name: pick(one.text) or one.name for one in result.constructs} | dict(labels or {})
            content = Content(result.names, result.paths)
            name = pick(result.title)
            title = say("plots.model_title", title=name, model=result.name) if name else result.name
            return _draw(pen, content, wording, title, [say("plots.model_caption")])
        source = read_source(result, "plot_paths", labels, level, groups=group is not None)
        content = _content(source, group)
        wording = {name: source.label(name) for name in content.names}
        return _draw(pen, content, wording, _title(source, group), _captions(source, content))


def _content(source: Source, group: str | None) -> Content:
    paths = source.group_rows("paths", "plot_paths", group)
    quality = source.group_rows("constructs", "plot_paths", group)
    edges = tuple(zip(paths["source"], paths["target"], strict=True))
    names = [name for edge in edges for name in edge]
    facts: dict[str, list[str]] = {}
    if "index" in source.result.tables:
        index = source.group_rows("index", "plot_paths", group)
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


def _title(source: Source, group: str | None) -> str:
    facts = source.result.glance().iloc[0]
    title = say("plots.paths_title", model=facts["model"])
    return title if group is None else say("plots.of_group", title=title, group=group)


def _captions(source: Source, content: Content) -> list[str]:
    known = any(lower == lower for _, lower, _ in content.coefficients.values())
    lines = [say("plots.paths_caption" if known else "plots.paths_caption_alone", level=level_text(source.level))]
    if "index" in source.result.tables:
        lines.append(say("plots.paths_boxes" if known else "plots.paths_boxes_alone"))
    return lines


def _draw(pen: Pen, content: Content, wording: Mapping[str, str], title: str, captions: list[str]) -> Picture:
    """Measure the words, place them, draw."""
    shown = pen.labels(content.names, wording.__getitem__)
    heads = {name: fold(shown[name], NAME_COLUMNS, 4) for name in content.names}
    ruler = Picture(figsize=(1, 1))
    boxes = _box_sizes(ruler, content, heads)
    labels = {edge: _label_size(ruler, content.label(edge)) for edge in content.paths}
    places = known_places(content.names)
    layout = None if places is None else fixed(places, content.paths, boxes, labels)
    if layout is None or faults(layout):
        layout = layered(content.names, content.paths, boxes, labels)
    width = max(layout.width + 2 * MARGIN, NARROWEST)
    figure = Picture(figsize=(width, 1))
    title_lines, caption_lines = _frame_text(pen, figure, title, captions)
    top, bottom = 0.3 + 0.22 * title_lines, 0.2 + LINE * caption_lines
    height = layout.height + top + bottom + MARGIN
    figure.set_size_inches(width, height)
    figure.texts[0].set_position((0.08 / width, 1 - 0.08 / height))
    figure.texts[1].set_position((0.08 / width, 0.08 / height))
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, width), ylim=(height, 0))
    axes.axis("off")
    placed = layout.moved((width - layout.width) / 2, top)
    _draw_arrows(axes, content, placed)
    _draw_boxes(axes, content, heads, placed)
    return settle(figure)


def _frame_text(pen: Pen, figure: Picture, title: str, captions: list[str]) -> tuple[int, int]:
    """Heading and caption as plain texts of the figure; how many lines each has."""
    pen.heading(figure, title)
    pen.caption(figure, *captions)
    heading, caption = figure._suptitle.get_text(), figure._supxlabel.get_text()
    figure._suptitle.remove()
    figure._supxlabel.remove()
    figure._suptitle = figure._supxlabel = None
    figure.text(0, 0, heading, ha="left", va="top", fontsize=13, fontweight="bold")
    figure.text(0, 0, caption, ha="left", va="bottom", fontsize=9, color=MUTED, linespacing=1.35)
    return heading.count("\n") + 1, caption.count("\n") + 1


def _text_size(ruler: Picture, text: str, kind: str) -> tuple[float, float]:
    weight = "bold" if kind in ("name", "coefficient") else "normal"
    words = ruler.text(0, 0, text, fontsize=SIZES[kind], fontweight=weight, linespacing=1.15)
    size = measure(ruler, words)
    words.remove()
    return size


def _box_sizes(ruler: Picture, content: Content, heads: Mapping[str, str]) -> dict[str, tuple[float, float]]:
    """One size for all boxes, that of the largest."""
    wide = high = 0.0
    for name in content.names:
        texts = [(heads[name], "name"), *((line, "fact") for line in content.facts.get(name, ()))]
        sizes = [_text_size(ruler, text, kind) for text, kind in texts]
        wide = max(wide, *(size[0] for size in sizes))
        high = max(high, sum(size[1] for size in sizes) + 0.06 * (len(sizes) - 1))
    return dict.fromkeys(content.names, (max(wide + 2 * PADDING, 1.3), max(high + 2 * PADDING, 0.55)))


def _label_size(ruler: Picture, lines: list[tuple[str, str]]) -> tuple[float, float]:
    sizes = [_text_size(ruler, text, kind) for kind, text in lines]
    return (max(size[0] for size in sizes) + 0.08, sum(size[1] for size in sizes) + 0.08) if sizes else (0.0, 0.0)


def _draw_boxes(axes: Axes, content: Content, heads: Mapping[str, str], layout: Layout) -> None:
    for name, box in layout.boxes.items():
        corner = (box.x - box.width / 2 + 0.08, box.y - box.height / 2 + 0.08)
        axes.add_patch(
            FancyBboxPatch(
                corner, box.width - 0.16, box.height - 0.16, boxstyle="round,pad=0.08,rounding_size=0.14",
                facecolor=PALE, edgecolor=MAIN, linewidth=1.2, zorder=3, gid=f"box {name}",
            )
        )  # fmt: skip
        texts = [(heads[name], "name"), *((line, "fact") for line in content.facts.get(name, ()))]
        _stack_texts(axes, box, texts)


def _stack_texts(axes: Axes, box: Box, texts: list[tuple[str, str]], background: str | None = None) -> None:
    """Lines one below the other around the centre of a place."""
    drawn: list[tuple[Text, float]] = []
    for text, kind in texts:
        first = kind in ("name", "coefficient")
        words = axes.text(
            box.x, box.y, text, fontsize=SIZES[kind], fontweight="bold" if first else "normal",
            color=INK if first else MUTED, ha="center", va="center", zorder=5, linespacing=1.15,
        )  # fmt: skip
        drawn.append((words, measure(axes.figure, words)[1]))
    gap = 0.06 if background is None else 0.0
    y = box.y - (sum(high for _, high in drawn) + gap * (len(drawn) - 1)) / 2
    for words, high in drawn:
        words.set_position((box.x, y + high / 2))
        y += high + gap
    if background is not None and drawn:
        corner = (box.x - box.width / 2, box.y - box.height / 2)
        axes.add_patch(
            FancyBboxPatch(
                corner,
                box.width,
                box.height,
                boxstyle="square,pad=0",
                facecolor=background,
                edgecolor="none",
                zorder=2.5,
            )
        )


def _draw_arrows(axes: Axes, content: Content, layout: Layout) -> None:
    for edge, arrow in layout.arrows.items():
        estimate, lower, upper = content.coefficients.get(edge, (np.nan,) * 3)
        open_question = lower <= 0 <= upper
        colour = MUTED if open_question else ACCENT if estimate < 0 else MAIN
        thick = 1.2 if estimate != estimate else 0.9 + 2.4 * min(abs(estimate), 1.0)
        _draw_curve(axes, arrow, colour, thick, (0, (3, 2)) if open_question else "solid", edge)
        lines = [(text, kind) for kind, text in content.label(edge)]
        if lines:
            _stack_texts(axes, arrow.label, lines, PAPER)


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
    codes = [Path.MOVETO, *[Path.CURVE4] * (len(curve) - 1)]
    axes.add_patch(
        PathPatch(
            Path(curve, codes), facecolor="none", edgecolor=colour, linewidth=thick, linestyle=line, zorder=2,
            capstyle="butt", gid=f"path {edge[0]} -> {edge[1]}",
        )
    )  # fmt: skip
    across = np.array([-way[1], way[0]]) * head * 0.42
    base = tip - way * head
    axes.add_patch(
        Polygon([tip, base + across, base - across], closed=True, facecolor=colour, edgecolor="none", zorder=4)
    )
