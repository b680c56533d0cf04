"""Where textbooks draw the constructs of the national models, and which of their arrows bend."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from csi.report.layout import Arrow, Box, Edge, Layout, Size

Array = NDArray[np.float64]
ACROSS, BETWEEN = 0.5, 0.5  # inches that an arrow needs beside its label


@dataclass(frozen=True)
class Places:
    """Where the boxes of one model stand.

    Attributes
    ----------
    cells : construct -> (column, row)
    bends : arrow -> the cell towards which it is pulled, where it is not straight
    unit : how many rows a box and a label below it take
    """

    cells: Mapping[str, tuple[float, float]]
    bends: Mapping[Edge, tuple[float, float]] = field(default_factory=dict)
    unit: float = 2.0


EUROPE = {
    "Image": (0, 0),
    "Expectation": (0, 2),
    "Quality": (0, 4),
    "Value": (1, 3),
    "Satisfaction": (2, 2),
    "Loyalty": (3, 2),
}
ROUND = {
    ("Image", "Loyalty"): (2.75, -0.5),
    ("Quality", "Satisfaction"): (1.9, 4.35),
    ("Image", "Quality"): (-1.05, 2),
}
KNOWN = (
    Places({"Value": (0, 0), "Expectation": (0, 3), "Satisfaction": (1, 1.5), "Complaints": (2, 0), "Loyalty": (2, 3)}),
    Places(
        {
            "Quality": (0, 0), "Expectation": (0, 4), "Value": (1, 2), "Satisfaction": (2, 2), "Complaints": (3, 0.5),
            "Loyalty": (3, 3.5),
        },
        {("Quality", "Satisfaction"): (1.75, 0.1), ("Expectation", "Satisfaction"): (1.75, 3.9)},
    ),
    Places(
        {
            "Expectation": (0, 2), "Process": (1, 0), "Information": (1, 1.33), "CustomerService": (1, 2.67),
            "Website": (1, 4), "Satisfaction": (2, 2), "Complaints": (3, 0.75), "Trust": (3, 3.25),
        },
        unit=1.33,
    ),
    Places(EUROPE, ROUND),
    Places({**EUROPE, "Complaints": (3, 4)}, ROUND),
)  # fmt: skip


def known_places(names: Sequence[str]) -> Places | None:
    """The places for a set of constructs; None where no national model has just these."""
    return next((one for one in KNOWN if set(one.cells) == set(names)), None)


def fixed(places: Places, paths: Sequence[Edge], boxes: Mapping[str, Size], labels: Mapping[Edge, Size]) -> Layout:
    """A diagram with boxes at given cells; rows and columns are as far apart as boxes and labels need.

    Parameters
    ----------
    places : cells and bends
    paths : arrows (source, target)
    boxes, labels : width and height of each, in inches
    """
    wide, high = (max(size[axis] for size in boxes.values()) for axis in (0, 1))
    label_wide, label_high = (max((size[axis] for size in labels.values()), default=0.0) for axis in (0, 1))
    column = wide + label_wide + ACROSS
    row = (high + label_high + BETWEEN) / places.unit
    at = {name: np.array([x * column, y * row]) for name, (x, y) in places.cells.items()}
    found = {name: Box(*map(float, at[name]), *boxes[name]) for name in boxes}
    curves = {}
    for source, target in paths:
        bend = places.bends.get((source, target))
        pull = (at[source] + at[target]) / 2 if bend is None else np.array([bend[0] * column, bend[1] * row])
        curves[source, target] = _between(at[source], pull, at[target], found[source], found[target])
    return _framed(found, _labelled(found, curves, labels))


def _between(start: Array, pull: Array, end: Array, source: Box, target: Box) -> Array:
    """The cubic curve (4, 2) of a quadratic one from centre to centre, cut at the edges of both boxes."""
    t = np.linspace(0, 1, 400)[:, None]
    points = (1 - t) ** 2 * start + 2 * t * (1 - t) * pull + t**2 * end
    outside = ~(source.holds(points) | target.holds(points))
    first, last = t[outside][[0, -1], 0] if outside.any() else (0.4, 0.6)

    def at(u: float, v: float) -> Array:
        """The blossom of the curve, which gives the control points of its part from u to v."""
        return (1 - u) * (1 - v) * start + (u * (1 - v) + v * (1 - u)) * pull + u * v * end

    a, b, c = at(first, first), at(first, last), at(last, last)
    return np.array([a, a + (b - a) * 2 / 3, c + (b - c) * 2 / 3, c])


def _labelled(boxes: Mapping[str, Box], curves: Mapping[Edge, Array], labels: Mapping[Edge, Size]) -> dict[Edge, Arrow]:
    """Each label on its arrow, near the middle, where it covers no box, no other label and no other arrow."""
    edges = list(curves)
    lines = {edge: Arrow(curves[edge], Box(0, 0, 0, 0)).points() for edge in edges}
    middles = sorted(range(3, 22), key=lambda i: abs(i - 12))
    chosen = {edge: Box(*map(float, lines[edge][12]), *labels[edge]) for edge in edges}
    for _ in range(4):
        for edge in edges:
            others = [other for other in edges if other != edge]
            costs = []
            for i in middles:
                box = Box(*map(float, lines[edge][i]), *labels[edge])
                cost = 40.0 * sum(box.shares(one, 0.04) for one in boxes.values())
                cost += 20.0 * sum(box.shares(chosen[other], 0.04) for other in others)
                cost += sum(float(box.holds(lines[other], 0.03).sum()) for other in others)
                costs.append((cost + 0.05 * abs(i - 12), i, box))
            chosen[edge] = min(costs, key=lambda one: one[:2])[2]
    return {edge: Arrow(curves[edge], chosen[edge]) for edge in edges}


def _framed(boxes: dict[str, Box], arrows: dict[Edge, Arrow]) -> Layout:
    """Everything moved so that it begins in the upper left corner."""
    corners = [(one.x + i * one.width / 2, one.y + j * one.height / 2)
               for one in [*boxes.values(), *(arrow.label for arrow in arrows.values())]
               for i in (-1, 1) for j in (-1, 1)]  # fmt: skip
    points = np.vstack([np.array(corners), *(arrow.points() for arrow in arrows.values())])
    low, high = points.min(axis=0), points.max(axis=0)
    return Layout(*map(float, high - low), boxes, arrows).moved(*map(float, -low))
