"""The pictures of a page: SVG, or nothing where they cannot be made, and a sentence that says why."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from importlib.util import find_spec
from typing import Any

from csi.language import note
from csi.results import Result
from csi.views import width

ROOM = 36  # columns that the name of an item has in a picture


@cache
def can_draw() -> bool:
    """Whether matplotlib is installed."""
    return find_spec("matplotlib") is not None


def what_pictures_lack() -> list[str]:
    """Sentences on what keeps the pictures from being there, or from being in Chinese."""
    if not can_draw():
        return [str(note("no_matplotlib"))]
    from csi.report.plots import font_note

    lacking = font_note()
    return [] if lacking is None else [str(lacking)]


def draw(name: str, source: Any, wording: Callable[[str], str], options: Mapping[str, Any]) -> str | None:
    """One picture as SVG; None where it cannot be drawn.

    Parameters
    ----------
    name : name of the function in `csi.report.plots`
    source : the Result, Study or Survey it draws
    wording : how an item was asked
    options : passed on to it
    """
    if not can_draw():
        return None
    from csi.report import plots

    make: Callable[..., Any] = getattr(plots, name)
    if isinstance(source, Result) and name not in ("plot_nps", "plot_tree"):
        options = {"labels": _labels(source, wording, options.get("table")), **options}
    figure = make(source, **options)
    return plots.figure_svg(figure, figure.title_text)


def _labels(result: Result, wording: Callable[[str], str], table: str | None) -> dict[str, str]:
    """What the items in a Result are called where there is little room."""
    names = {
        name
        for table in ([table] if table else result.tables)
        for keys in result.table(table).keys.values()
        for name in keys
    }
    return {name: short(text) for name in names if (text := wording(name))}


def short(text: str) -> str:
    """A wording cut to the room it has."""
    if width(text) <= ROOM:
        return text
    kept = ""
    for character in text:
        if width(kept + character) > ROOM - 1:
            break
        kept += character
    return f"{kept.rstrip()}…"
