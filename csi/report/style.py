"""One look for all pictures, and pictures that are the same bytes for the same content."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from os import PathLike
from pathlib import Path
from typing import Any

from matplotlib import style
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from csi.errors import OptionError
from csi.language import current_language, say, use_language
from csi.report.fonts import chinese_faces, clean, fold, font_families, font_note, legible, quiet_fonts
from csi.report.placement import measure
from csi.views import number

INK, MUTED, GRID, PAPER = "#1f2933", "#56626d", "#dfe4e8", "#ffffff"
MAIN, ACCENT, PALE = "#1c5a8c", "#b4511b", "#e9f0f6"
# Light to dark, so that the order survives a greyscale print.
LADDER = ("#f7ecd4", "#dcdcc0", "#a9c8c2", "#669fb9", "#2f6c9c", "#143a64")
REASON_COLOURS = {
    "not_asked": "#d3d9de", "skipped": "#f2c879", "blank": "#8fbcd8", "dont_know": "#c9772e",
    "refused": "#3c77a6", "invalid": "#4b1d2e",
    "suspected_code": "#7a2048", "outside_scale": "#dc84b0", "unreadable": "#fbe3ee",
}  # fmt: skip
WIDE = 10.0  # inches: 1000 px at 100 dpi
LOOK: dict[str, Any] = {
    "figure.dpi": 100, "figure.facecolor": PAPER, "savefig.facecolor": PAPER, "font.size": 10, "text.color": INK,
    "text.parse_math": False, "text.usetex": False, "axes.edgecolor": MUTED, "axes.labelcolor": INK,
    "axes.labelsize": 10, "axes.titlesize": 10.5, "axes.titlelocation": "left", "axes.titleweight": "bold",
    "axes.spines.top": False, "axes.spines.right": False, "axes.linewidth": 0.8, "axes.axisbelow": True,
    "grid.color": GRID, "grid.linewidth": 0.8, "xtick.color": MUTED, "ytick.color": MUTED, "xtick.labelcolor": INK,
    "ytick.labelcolor": INK, "xtick.labelsize": 9.5, "ytick.labelsize": 9.5, "legend.frameon": False,
    "legend.fontsize": 9.5, "svg.fonttype": "path", "svg.hashsalt": "csi", "svg.image_inline": True,
}  # fmt: skip
NO_METADATA = {
    "png": {"Software": None}, "svg": {"Date": None, "Creator": None}, "svgz": {"Date": None, "Creator": None},
    "pdf": {"CreationDate": None, "Producer": None, "Creator": None}, "eps": {"Creator": "csi"},
}  # fmt: skip


class Picture(Figure):
    """A matplotlib Figure that shows itself in a notebook and is saved as the same bytes each time.

    Attributes
    ----------
    title_text : its heading

    """

    title_text = ""

    def savefig(self, fname: str | PathLike[str] | io.IOBase, **options: Any) -> None:
        """Save as matplotlib does, without dates and random ids.

        Parameters
        ----------
        fname : file or stream
        **options : those of `matplotlib.figure.Figure.savefig`
        """
        suffix = Path(fname).suffix if isinstance(fname, str | PathLike) else ""
        kind = str(options.get("format") or suffix.lstrip(".") or "png").lower()
        options["metadata"] = {**NO_METADATA.get(kind, {}), **(options.get("metadata") or {})} or None
        with style.context(["default", LOOK]), quiet_fonts():
            super().savefig(fname, **options)

    def _repr_png_(self) -> bytes:
        return figure_png(self)


@dataclass
class Pen:
    """What every picture needs while it is drawn: labels that can be drawn, and the note where some cannot."""

    replaced: str = ""  # what could not be drawn as it is

    def labels(self, names: Sequence[str], text: Callable[[str], str] = str, kind: str = "construct") -> dict[str, str]:
        """Name to label; a code such as "group 1" where no face has the characters."""
        codes = [say(f"plots.code_{kind}", number=i) for i in range(len(names) + 1)]
        found = legible(list(names), text, lambda i: codes[i])
        self.replaced += "".join(text(name) for name in names if found[name] != clean(text(name)))
        return found

    def heading(self, figure: Picture, title: str) -> None:
        """The name of the finding, above everything."""
        figure.title_text = title
        wide = figure.get_figwidth()
        look = {"fontsize": 13, "fontweight": "bold"}
        text = fitted(figure, self.labels([title], kind="title")[title], wide - 0.2, 2, **look)
        figure.suptitle(text, x=0.08 / wide, ha="left", **look)

    def caption(self, figure: Picture, *sentences: str) -> None:
        """How to read it, below everything; also how to get a font where one is missing."""
        wide = figure.get_figwidth()
        lines = [fitted(figure, line, wide - 0.2, 4, fontsize=9) for line in sentences if line]
        lacking = font_note(self.replaced) if self.replaced else None
        if lacking:
            lines.append(fitted(figure, str(lacking), wide - 0.2, 5, fontsize=9))
        look = {"ha": "left", "fontsize": 9, "color": MUTED, "linespacing": 1.35}
        figure.supxlabel("\n".join(lines), x=0.08 / wide, **look)


def fitted(figure: Figure, text: str, wide: float, lines: int, **look: Any) -> str:
    """A text broken into lines that are no wider than `wide` inches."""
    columns = int(wide * 190 / look["fontsize"])
    while True:
        broken = fold(text, columns, lines)
        ruler = figure.text(0, 0, broken, **look)
        width, _ = measure(figure, ruler)
        ruler.remove()
        if width <= wide or columns <= 8:
            return broken
        columns = max(8, min(columns - 1, int(columns * (wide / width) ** 0.5)))


@contextmanager
def drawing() -> Iterator[Pen]:
    """Fonts and look of csi, whatever the session has set; English where Chinese words cannot be drawn."""
    language = current_language()
    lost = language == "zh" and not chinese_faces()
    with use_language("en" if lost else language), quiet_fonts():
        families = {"font.family": font_families()}
        with style.context(["default", {**LOOK, **families}]):
            yield Pen(replaced=language if lost else "")


def new_figure(width: float, height: float) -> Picture:
    """An empty picture in inches whose parts make room for each other."""
    figure = Picture(figsize=(width, height), layout="constrained")
    figure.get_layout_engine().set(w_pad=0.08, h_pad=0.08, wspace=0.02, hspace=0.02)
    return figure


def settle(figure: Picture) -> Picture:
    """Lay the picture out once, so that every later drawing of it has the same places."""
    figure.draw_without_rendering()
    figure.set_layout_engine("none")
    return figure


def plain_axes(axes: Axes, grid: str = "x") -> None:
    """Thin lines across, no frame."""
    axes.grid(axis=grid)
    axes.tick_params(length=0)
    for side in ("left", "top", "right"):
        axes.spines[side].set_visible(False)


def interval_text(estimate: float, lower: float, upper: float, decimals: int) -> str:
    """An estimate with its limits, or alone where it has none."""
    if lower != lower or upper != upper:
        return number(estimate, decimals)
    return f"{number(estimate, decimals)} [{number(lower, decimals)}, {number(upper, decimals)}]"


def figure_png(figure: Figure, dpi: float = 100) -> bytes:
    """A picture as PNG, the same bytes for the same content.

    Parameters
    ----------
    figure : Figure
    dpi : dots per inch; 100 gives 1000 px for the usual width

    """
    if not dpi > 0:
        raise OptionError("not_positive", option="dpi", value=dpi)
    stream = io.BytesIO()
    figure.savefig(stream, format="png", dpi=dpi, metadata={"Software": None})
    return stream.getvalue()


def figure_svg(figure: Figure, description: str = "") -> str:
    """A picture as SVG to stand inside an HTML page.

    Text is drawn as outlines, so that no reader lacks a glyph; comments, metadata, dates, addresses and ids that
    nothing refers to are left out. The ids that remain begin with a digest of the content, so that pictures do not
    disturb each other on one page.

    Parameters
    ----------
    figure : Figure
    description : what a screen reader says; the heading of the picture when empty

    """
    stream = io.BytesIO()
    with style.context(["default", LOOK]):
        figure.savefig(stream, format="svg", metadata=NO_METADATA["svg"])
    text = stream.getvalue().decode("utf-8")
    text = text[text.index("<svg") :]
    text = re.sub(r"<!--.*?-->\s*", "", text, flags=re.DOTALL)
    text = re.sub(r"<metadata>.*?</metadata>\s*", "", text, flags=re.DOTALL)
    text = re.sub(r"<style[^>]*>.*?</style>\s*", "", text, flags=re.DOTALL)  # would hold for the whole page
    text = re.sub(r"\sxlink:href=", " href=", text)
    text = re.sub(r'(?<= )(d|x|y)="[^"]*"', lambda found: re.sub(r"(\.\d\d)\d+", r"\1", found[0]), text)
    used = set(re.findall(r"url\(#([^)]+)\)", text)) | set(re.findall(r'\shref="#([^"]+)"', text))
    text = re.sub(r'\sid="([^"]*)"', lambda found: found[0] if found[1] in used else "", text)
    text = re.sub(r"<defs>\s*</defs>\s*|<g>\s*</g>\s*", "", text)
    prefix = "c" + hashlib.sha256(text.encode("utf-8")).hexdigest()[:8] + "-"
    text = re.sub(r'(\sid="|\shref="#|url\(#)', rf"\g<1>{prefix}", text)
    head, rest = text.split(">", 1)
    box = re.search(r'viewBox="([^"]+)"', head)
    name = escape(clean(description or getattr(figure, "title_text", "")), quote=True)
    opening = f'<svg class="figure" role="img" aria-label="{name}" viewBox="{box[1] if box else ""}"'
    size = f"width:100%;max-width:{100 * figure.get_figwidth():.0f}px;height:auto"
    opening += f' style="stroke-linejoin:round;stroke-linecap:butt;{size}"'
    return f"{opening}>{rest}".rstrip()
