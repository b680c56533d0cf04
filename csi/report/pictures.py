"""The pictures of a page: inline SVG, or nothing where they cannot be made, and a sentence that says why."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from html import escape
from importlib.util import find_spec
from typing import Any

from csi.language import note, say


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


def picture(name: str, source: Any, **options: Any) -> str:
    """One picture as HTML; empty where it cannot be drawn.

    Parameters
    ----------
    name : name of the function in `csi.report.plots`
    source : the Study or Survey it draws
    options : passed on to it
    """
    if not can_draw():
        return ""
    from csi.report import plots

    draw: Callable[..., Any] = getattr(plots, name)
    figure = draw(source, **options)
    return f'<figure data-picture="{name}">{plots.figure_svg(figure, figure.title_text)}</figure>'


def pictures_note() -> str:
    """What `what_pictures_lack` says, as a box for the page."""
    lines = what_pictures_lack()
    return f'<p class="hint" data-text="note">{escape(say("report.separator").join(lines))}</p>' if lines else ""
