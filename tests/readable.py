"""Whether a picture can be read: the boxes of its words as drawn, what overlaps, what is cut."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from csi.report.fonts import quiet_fonts


@dataclass(frozen=True)
class TextBox:
    """One text as drawn, its box in pixels at 100 dpi from the lower left corner of the figure."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float

    def shares(self, other: TextBox, slack: float = 0.5) -> bool:
        """Whether two boxes cover a common area wider and higher than `slack` pixels."""
        wide = min(self.x1, other.x1) - max(self.x0, other.x0)
        high = min(self.y1, other.y1) - max(self.y0, other.y0)
        return wide > slack and high > slack


def text_boxes(figure: Figure) -> list[TextBox]:
    """Boxes of all texts that are drawn, measured by the Agg renderer."""
    canvas = FigureCanvasAgg(figure)
    with quiet_fonts():
        canvas.draw()
        renderer = canvas.get_renderer()
        hidden = _hidden(figure)
        found = []
        for text in figure.findobj(Text):
            if text.get_visible() and text.get_text().strip() and id(text) not in hidden:
                box = Text.get_window_extent(text, renderer)
                found.append(TextBox(text.get_text(), *map(float, box.extents)))
    return found


def _hidden(figure: Figure) -> set[int]:
    """Texts that are never drawn: of ticks beyond the limits, of axes that are switched off."""
    hidden: set[int] = set()
    for axes in figure.findobj(Axes):
        if not axes.get_visible():
            hidden |= {id(text) for text in axes.findobj(Text)}
        for axis in (axes.xaxis, axes.yaxis):
            if not (axes.axison and axis.get_visible()):
                hidden |= {id(text) for text in axis.findobj(Text)}
                continue
            drawn = {id(tick) for tick in axis._update_ticks()}
            for tick in (*axis.majorTicks, *axis.minorTicks):
                if id(tick) not in drawn:
                    hidden |= {id(tick.label1), id(tick.label2)}
    return hidden


def find_overlaps(boxes: Sequence[TextBox]) -> list[tuple[str, str]]:
    """Pairs of texts that cover each other."""
    return [
        (one.text, other.text) for i, one in enumerate(boxes) for other in boxes[i + 1 :] if one.shares(other)
    ]  # fmt: skip


def find_cut(figure: Figure, boxes: Sequence[TextBox]) -> list[str]:
    """Texts that reach over the edge of the figure."""
    wide, high = figure.get_size_inches() * figure.dpi
    return [box.text for box in boxes if box.x0 < -0.5 or box.y0 < -0.5 or box.x1 > wide + 0.5 or box.y1 > high + 0.5]
