"""How a level of intervals is written."""

from __future__ import annotations


def level_text(level: float) -> str:
    """The level of an interval as a percentage without needless digits: "95%"."""
    return f"{100 * level:.6g}%"
