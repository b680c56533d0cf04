"""The frame of all pictures: look, fonts and language while one is drawn, and what the caller gets.

A plot function says what is drawn; everything else is said here once: csi's look or that of the user's session
(`theme`), a figure of its own or the user's axes (`ax`), heading, caption, and words that can be drawn.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from os import PathLike
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
from matplotlib import style
from matplotlib._pylab_helpers import Gcf
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LinearSegmentedColormap, to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.text import Text
from numpy.typing import NDArray

from csi.errors import OptionError, choose
from csi.language import current_language, say, use_language
from csi.report.fonts import chinese_faces, clean, fold, font_families, font_note, legible, quiet_fonts
from csi.report.placement import axes_inches, measure_text
from csi.views import number

THEMES = ("csi", None)
# Light to dark, so that the order survives a greyscale print.
LADDER = ("#f7ecd4", "#dcdcc0", "#a9c8c2", "#669fb9", "#2f6c9c", "#143a64")
REASON_COLOURS = {
    "not_asked": "#d3d9de", "skipped": "#f2c879", "blank": "#8fbcd8", "dont_know": "#c9772e",
    "refused": "#3c77a6", "invalid": "#4b1d2e",
    "suspected_code": "#7a2048", "outside_scale": "#dc84b0", "unreadable": "#fbe3ee",
}  # fmt: skip
WIDE = 10.0  # inches: 1000 px at 100 dpi


@dataclass(frozen=True)
class Colours:
    """Colours by what they are for.

    Attributes
    ----------
    ink, muted, grid, paper : words, lesser words and marks, thin lines, ground
    main, accent, pale : what is shown, what stands out, boxes that words stand in
    ladder : light to dark (or as the user's colour map runs), for ratings
    shades : low to high, all of them grounds on which `ink` is read
    heights : name of a colour map
    reasons : of missing answers
    """

    ink: str
    muted: str
    grid: str
    paper: str
    main: str
    accent: str
    pale: str
    ladder: Sequence[str]
    shades: Sequence[str]
    heights: str
    reasons: Mapping[str, str]

    def steps(self, count: int) -> list[str]:
        """So many colours of the ladder."""
        ladder = LinearSegmentedColormap.from_list("ladder", list(self.ladder))
        return [to_hex(colour) for colour in ladder(np.linspace(0, 1, count))]


CSI = Colours(
    ink="#1f2933", muted="#56626d", grid="#dfe4e8", paper="#ffffff", main="#1c5a8c", accent="#b4511b", pale="#e9f0f6",
    ladder=LADDER, shades=("#f6f8fa", "#d5e4ee", "#9dc2db"), heights="YlGnBu", reasons=REASON_COLOURS,
)  # fmt: skip
LOOK: dict[str, Any] = {
    "figure.dpi": 100, "figure.facecolor": CSI.paper, "font.size": 10, "text.color": CSI.ink,
    "axes.edgecolor": CSI.muted, "axes.labelcolor": CSI.ink, "axes.labelsize": 10, "axes.titlesize": 10.5,
    "axes.titlelocation": "left", "axes.titleweight": "bold", "axes.spines.top": False, "axes.spines.right": False,
    "axes.linewidth": 0.8, "axes.axisbelow": True, "grid.color": CSI.grid, "grid.linewidth": 0.8,
    "xtick.color": CSI.muted, "ytick.color": CSI.muted, "xtick.labelcolor": CSI.ink, "ytick.labelcolor": CSI.ink,
    "xtick.labelsize": 9.5, "ytick.labelsize": 9.5, "xtick.major.size": 3, "ytick.major.size": 3,
    "legend.frameon": False, "legend.fontsize": 9.5,
}  # fmt: skip
PLAIN_TEXT = {"text.parse_math": False, "text.usetex": False}  # a name may hold a $
OUTLINES = {"svg.fonttype": "path", "svg.hashsalt": "csi", "svg.image_inline": True}
NO_METADATA = {
    "png": {"Software": None}, "svg": {"Date": None, "Creator": None}, "svgz": {"Date": None, "Creator": None},
    "pdf": {"CreationDate": None, "Producer": None, "Creator": None}, "eps": {"Creator": "csi"},
}  # fmt: skip


def users_colours() -> Colours:
    """The colours of the session, such as `seaborn.set_theme` chose them."""
    rc = matplotlib.rcParams
    cycle = [to_hex(colour) for colour in rc["axes.prop_cycle"].by_key().get("color", [rc["text.color"]])]
    paper, main = rc["axes.facecolor"], cycle[0]
    map_steps = [to_hex(colour) for colour in matplotlib.colormaps[rc["image.cmap"]](np.linspace(0, 1, 9))]
    reasons = cycle if len(cycle) >= len(REASON_COLOURS) else map_steps
    pale, low, middle, high = (_mixed(paper, main, share) for share in (0.1, 0.04, 0.2, 0.4))
    return Colours(
        ink=rc["text.color"], muted=rc["xtick.color"], grid=rc["grid.color"], paper=paper, main=main,
        accent=cycle[1 % len(cycle)], pale=pale, ladder=map_steps, shades=(low, middle, high),
        heights=rc["image.cmap"], reasons=dict(zip(REASON_COLOURS, reasons, strict=False)),
    )  # fmt: skip


def _mixed(ground: str, colour: str, share: float) -> str:
    return to_hex((1 - share) * np.array(to_rgb(ground)) + share * np.array(to_rgb(colour)))


def ink_on(colour: str) -> str:
    """Dark or light, whichever is read on a colour."""
    return CSI.ink if np.dot(to_rgb(colour), (0.299, 0.587, 0.114)) > 0.55 else "white"


def points(size: float) -> float:
    """A size of letters, given for a text of 10 points, in the session's size of text."""
    return size * matplotlib.rcParams["font.size"] / 10


@contextmanager
def look(theme: str | None) -> Iterator[None]:
    """The settings of matplotlib under a theme: those of csi alone, or those of the session."""
    with quiet_fonts(), matplotlib.rc_context():
        if theme == "csi":
            style.use(["default", LOOK])
        matplotlib.rcParams.update(PLAIN_TEXT | OUTLINES)
        yield


class Picture(Figure):
    """A matplotlib Figure that shows itself in a notebook and is saved as the same bytes each time.

    Attributes
    ----------
    ax : its axes; the first where there are several, see `axes`
    title_text : its heading
    caption_text : how to read it
    theme : the look it was drawn in

    """

    title_text = ""
    caption_text = ""
    theme: str | None = "csi"

    @property
    def ax(self) -> Axes:
        """The only axes, or the first."""
        return self.axes[0]

    def savefig(self, fname: str | PathLike[str] | io.IOBase, **options: Any) -> None:
        """Save to a file or stream as `matplotlib.figure.Figure.savefig`, without dates and random ids."""
        suffix = Path(fname).suffix if isinstance(fname, str | PathLike) else ""
        kind = str(options.get("format") or suffix.lstrip(".") or "png").lower()
        options["metadata"] = {**NO_METADATA.get(kind, {}), **(options.get("metadata") or {})} or None
        with look(self.theme):
            super().savefig(fname, **options)

    def _repr_png_(self) -> bytes:
        return figure_png(self)


@dataclass(frozen=True)
class Drawn:
    """What a `plot_*` function drew into the axes it was given; the figure stays the user's.

    Attributes
    ----------
    ax : the axes that were given
    title_text : the heading, written above the axes where they had no title
    caption_text : how to read it, for the text below the user's figure

    """

    ax: Axes
    title_text: str
    caption_text: str


@dataclass
class Pen:
    """One picture while it is drawn: its colours, its axes, its words.

    Attributes
    ----------
    name : of the plot function
    theme, given : the look, and the axes of the user if there are some
    colours : of the theme
    replaced : what could not be drawn as it is
    """

    name: str
    theme: str | None
    given: Axes | None
    colours: Colours
    replaced: str = ""
    title_text: str = ""
    caption_text: str = ""
    figure: Figure | None = None

    def panels(self, width: float, height: float, down: int = 1, across: int = 1, **ratios: Any) -> NDArray[Any]:
        """(down, across) axes of a new figure, in inches for letters of 10 points; or the user's, if one is enough."""
        if self.given is not None:
            if down * across > 1:
                raise OptionError("plot_one_ax", picture=self.name, count=down * across)
            self.figure = self.given.get_figure(root=True)
            return np.array([[self.given]])
        self.figure = Picture(figsize=(points(width), points(height)), layout="constrained")
        FigureCanvasAgg(self.figure)
        self.figure.get_layout_engine().set(w_pad=0.08, h_pad=0.08, wspace=0.02, hspace=0.02)
        return self.figure.subplots(down, across, squeeze=False, **ratios)

    def axes(self, width: float, height: float) -> Axes:
        """The only axes of a picture."""
        return self.panels(width, height)[0, 0]

    def plain(self, axes: Axes, grid: str = "x", sides: Sequence[str] = ("left", "top", "right")) -> None:
        """Thin lines along one axis, no marks, no frame at these sides; another theme keeps its own."""
        if self.theme == "csi":
            axes.tick_params(length=0)
            axes.spines[[*sides]].set_visible(False)
            if grid:
                axes.grid(axis=grid)

    def labels(self, names: Sequence[str], text: Callable[[str], str] = str, kind: str = "construct") -> dict[str, str]:
        """Name to label; a code such as "group 1" where no face has the characters."""
        codes = [say(f"plots.code_{kind}", number=i) for i in range(len(names) + 1)]
        found = legible(list(names), text, lambda i: codes[i])
        self.replaced += "".join(text(name) for name in names if found[name] != clean(text(name)))
        return found

    def heading(self, title: str, group: str | None = None) -> None:
        """The name of the finding, above everything; above axes of the user only where they have no title."""
        self.title_text = title = title if group is None else say("plots.of_group", title=title, group=group)
        text = self.labels([title], kind="title")[title]
        if self.given is None:
            words = {"fontsize": points(13), "fontweight": "bold"}
            wide = self.figure.get_figwidth()
            self.figure.suptitle(fitted(self.figure, text, wide - 0.2, 2, **words), x=0.08 / wide, ha="left", **words)
        elif not any(self.given.get_title(side) for side in ("left", "center", "right")):
            title = self.given.set_title(text)
            words = {"fontsize": title.get_fontsize(), "fontweight": title.get_fontweight()}
            title.set_text(fitted(self.figure, text, axes_inches(self.given)[0], 3, **words))
            legend = self.given.get_legend()
            if legend is not None and legend.get_window_extent().y1 > self.given.get_window_extent().y1:
                high = legend.get_window_extent().height / self.figure.dpi
                self.given.set_title(title.get_text(), pad=72 * high + 6)

    def caption(self, *lines: str | Sequence[str]) -> None:
        """How to read it, below everything: sentences of one line in a list; also how to get a font that is missing."""
        joint = "" if current_language() == "zh" else " "
        told = [line if isinstance(line, str) else joint.join(filter(None, line)) for line in lines]
        lacking = font_note(self.replaced) if self.replaced else None
        told = [line for line in (*told, str(lacking or "")) if line]
        self.caption_text = "\n".join(told)
        if self.given is None:
            wide, size = self.figure.get_figwidth(), points(9)
            text = "\n".join(fitted(self.figure, line, wide - 0.2, 5, fontsize=size) for line in told)
            words = {"fontsize": size, "color": self.colours.muted, "linespacing": 1.35}
            self.figure.supxlabel(text, x=0.08 / wide, ha="left", **words)

    def finish(self, height: float | None = None) -> Picture | Drawn:
        """Lay the picture out once, so that every later drawing of it has the same places.

        Parameters
        ----------
        height : inches that the only axes must have; the figure of csi grows or shrinks to it
        """
        if self.given is not None:
            _let_speak(self.given)
            engine = self.figure.get_layout_engine()
            if engine is not None:  # labels are placed where the axes will be drawn
                engine.execute(self.figure)
            return Drawn(self.given, self.title_text, self.caption_text)
        figure = self.figure
        figure.draw_without_rendering()
        if height is not None:
            figure.set_figheight(figure.get_figheight() + height - axes_inches(figure.axes[0])[1])
            figure.draw_without_rendering()
        figure.set_layout_engine("none")
        figure.title_text, figure.caption_text, figure.theme = self.title_text, self.caption_text, self.theme
        return figure


@contextmanager
def drawing(name: str, ax: Axes | None = None, theme: str | None = "csi") -> Iterator[Pen]:
    """Fonts and look of a picture; English where Chinese words cannot be drawn.

    Raises
    ------
    OptionError
        An unknown theme; `plot_ax_kind`, `plot_ax_closed`.
    """
    choose("theme", theme, THEMES)
    if ax is not None:
        _check(name, ax)
    language = current_language()
    lost = language == "zh" and not chinese_faces()
    with use_language("en" if lost else language), look(theme):
        own = [] if theme == "csi" else matplotlib.rcParams["font.family"]
        matplotlib.rcParams["font.family"] = list(dict.fromkeys([*own, *font_families()]))
        colours = CSI if theme == "csi" else users_colours()
        yield Pen(name, theme, ax, colours, replaced=language if lost else "")


def _check(name: str, ax: Any) -> None:
    """Axes that can be drawn into: plain ones, of a figure that is there."""
    if not isinstance(ax, Axes) or ax.name != "rectilinear":
        kind = ax.name if isinstance(ax, Axes) else type(ax).__name__
        raise OptionError("plot_ax_kind", picture=name, kind=kind)
    figure = ax.get_figure(root=True)
    shown = [manager.canvas.figure for manager in Gcf.get_all_fig_managers()]
    if figure is None or (getattr(figure, "number", None) is not None and figure not in shown):
        raise OptionError("plot_ax_closed", picture=name)


def _let_speak(axes: Axes) -> None:
    """Every word of axes in its own face, and character by character in one that has it; no word is a formula."""
    families = matplotlib.rcParams["font.family"]
    for text in axes.findobj(Text):
        own = text.get_fontfamily()
        text.set_fontfamily([*own, *(family for family in families if family not in own)])
    for text in (axes.xaxis.label, axes.yaxis.label, *axes.get_xticklabels(), *axes.get_yticklabels()):
        text.set(parse_math=False, usetex=False)


def fitted(figure: Figure, text: str, wide: float, lines: int, **words: Any) -> str:
    """A text broken into lines that are no wider than `wide` inches."""
    columns = max(8, int(wide * 190 / words["fontsize"]))
    while True:
        broken = fold(text, columns, lines)
        width, _ = measure_text(figure, broken, **words)
        if width <= wide or columns <= 8:
            return broken
        columns = max(8, min(columns - 1, int(columns * (wide / width) ** 0.5)))


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
    with matplotlib.rc_context(OUTLINES):
        figure.savefig(stream, format="svg", metadata=NO_METADATA["svg"], dpi=200)
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
