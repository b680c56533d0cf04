"""Places of boxes, arrows and labels of a path diagram, in inches from the upper left corner; no picture in it.

Boxes stand in layers by the longest way from a first cause. Between two layers of boxes lies a layer of labels: every
arrow passes the layers it crosses at a place of its own, so it runs through no box and no label but its own (Sugiyama,
Tagawa & Toda 1981, IEEE Trans. SMC 11, 109-125).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Size = tuple[float, float]
Point = tuple[float, float]
Edge = tuple[str, str]
Node = str | tuple[str, str, int]

GAP_BOX, GAP_LABEL, GAP_LAYER = 0.34, 0.16, 0.17
ROOM_PER_ARROW = 0.02  # more distance between layers where many arrows cross
SWEEPS = 24
MOST_STOPS = 3
STEPS = 24  # points along a curve


@dataclass(frozen=True)
class Box:
    """A rectangle: centre, width, height."""

    x: float
    y: float
    width: float
    height: float

    def shares(self, other: Box, slack: float = 0.0) -> bool:
        """Whether two rectangles come closer than `slack`."""
        return (
            abs(self.x - other.x) < (self.width + other.width) / 2 + slack
            and abs(self.y - other.y) < (self.height + other.height) / 2 + slack
        )

    def holds(self, points: Array, slack: float = 0.0) -> NDArray[np.bool_]:
        """Which of (k, 2) points lie in it, or closer than `slack`."""
        across = np.abs(points[:, 0] - self.x) < self.width / 2 + slack
        return across & (np.abs(points[:, 1] - self.y) < self.height / 2 + slack)


@dataclass(frozen=True)
class Arrow:
    """A curve from box to box.

    Attributes
    ----------
    curve : (1 + 3 m, 2) start, then two control points and an end for each cubic piece
    label : where its label stands
    """

    curve: Array
    label: Box

    def points(self) -> Array:
        """Points along it, (1 + 24 m, 2)."""
        t = np.linspace(0, 1, STEPS + 1)[1:, None]
        found = [self.curve[:1]]
        for i in range(0, len(self.curve) - 1, 3):
            a, b, c, d = self.curve[i : i + 4]
            found.append((1 - t) ** 3 * a + 3 * t * (1 - t) ** 2 * b + 3 * t**2 * (1 - t) * c + t**3 * d)
        return np.vstack(found)


@dataclass(frozen=True)
class Layout:
    """All places of a diagram, and how large it is."""

    width: float
    height: float
    boxes: Mapping[str, Box]
    arrows: Mapping[Edge, Arrow]

    def moved(self, x: float, y: float) -> Layout:
        """The same with every place shifted."""
        boxes = {name: Box(box.x + x, box.y + y, box.width, box.height) for name, box in self.boxes.items()}
        arrows = {
            edge: Arrow(
                arrow.curve + np.array([x, y]),
                Box(arrow.label.x + x, arrow.label.y + y, arrow.label.width, arrow.label.height),
            )
            for edge, arrow in self.arrows.items()
        }
        return Layout(self.width, self.height, boxes, arrows)


def faults(layout: Layout, slack: float = 0.02) -> list[str]:
    """What makes a diagram unreadable: boxes or labels on each other, arrows through a box or another's label."""
    found = []
    boxes, arrows = list(layout.boxes.items()), list(layout.arrows.items())
    for i, (name, box) in enumerate(boxes):
        found += [f"box {name} on box {other}" for other, its in boxes[i + 1 :] if box.shares(its, slack)]
        found += [f"label {edge} on box {name}" for edge, arrow in arrows if arrow.label.shares(box, slack)]
    for i, (edge, arrow) in enumerate(arrows):
        points = arrow.points()
        found += [f"label {edge} on label {other}" for other, its in arrows[i + 1 :] if arrow.label.shares(its.label)]
        found += [
            f"arrow {edge} through box {name}" for name, box in boxes if name not in edge and box.holds(points).any()
        ]
        found += [
            f"arrow {edge} through label {other}"
            for other, its in arrows
            if other != edge and its.label.holds(points).any()
        ]
    return found


def layered(
    names: Sequence[str], paths: Sequence[Edge], boxes: Mapping[str, Size], labels: Mapping[Edge, Size]
) -> Layout:
    """Places for any acyclic model: causes left or above, whichever fits a page better.

    Parameters
    ----------
    names : constructs
    paths : arrows (source, target)
    boxes : width and height of each construct
    labels : width and height of each arrow's label
    """
    across = _place(names, paths, boxes, labels, upright=False)
    down = _place(names, paths, boxes, labels, upright=True)
    if across.width <= 10.0 and across.height <= 1.3 * across.width:
        return across
    return min((across, down), key=lambda one: (max(one.width, 10.0), one.height))


def _place(names: Sequence[str], paths: Sequence[Edge], boxes: Mapping, labels: Mapping, upright: bool) -> Layout:
    """One direction. Inside, `along` runs from cause to effect and `side` at right angles to it."""
    layers, chains = _layers(names, paths)
    layers = _ordered(layers, chains)
    along, side = (1, 0) if upright else (0, 1)
    owner = {_labelled(chain): edge for edge, chain in chains.items()}

    def size(node: Node, axis: int) -> float:
        if node in boxes:
            return boxes[node][axis]
        return labels[owner[node]][axis] if node in owner else 0.0

    half = [np.array([size(node, side) / 2 for node in layer]) for layer in layers]
    gaps = [_gaps(layer, owner, boxes) for layer in layers]
    place = _sides(layers, chains, half, gaps)
    depth = [max((size(node, along) for node in layer), default=0.0) for layer in layers]
    start, ends = 0.0, []
    for i, thick in enumerate(depth):
        ends.append((start, start + thick))
        start += thick + GAP_LAYER + ROOM_PER_ARROW * min(_crowd(i, layers, chains), 12)
    level = {node: i for i, layer in enumerate(layers) for node in layer}
    low = min(place[node] - size(node, side) / 2 for node in place)
    high = max(place[node] + size(node, side) / 2 for node in place)
    place = {node: value - low for node, value in place.items()}
    turn = (lambda a, s: (s, a)) if upright else (lambda a, s: (a, s))
    found = {
        name: Box(*turn(sum(ends[level[name]]) / 2, place[name]), *boxes[name]) for name in names
    }  # fmt: skip
    ports = _ports(names, chains, place, {name: boxes[name][side] for name in names})
    marks = {
        edge: Box(*turn(sum(ends[level[_labelled(chain)]]) / 2, place[_labelled(chain)]), *labels[edge])
        for edge, chain in chains.items()
    }
    arrows = {}
    for edge, chain in chains.items():
        leaves, arrives = ports[edge]
        start, end = (_edge_of(found[edge[0]], along, 1), leaves), (_edge_of(found[edge[1]], along, -1), arrives)
        passed = [((ends[level[node]][0], place[node]), (ends[level[node]][1], place[node])) for node in chain[1:-1]]
        labelled = chain.index(_labelled(chain)) - 1
        curves = (
            _smooth([turn(*stop) for stop in stops])
            for stops in _shortcuts(start, passed, labelled, end, bool(any(labels[edge])))
        )
        curve = next((one for one in curves if _clear(one, edge, found, marks)), None)
        if curve is None:
            strict = [start, (ends[level[edge[0]]][1], leaves), *(stop for pair in passed for stop in pair)]
            strict += [(ends[level[edge[1]]][0], arrives), end]
            curve = _curve([turn(*stop) for stop in strict], along)
        arrows[edge] = Arrow(curve, marks[edge])
    long, broad = ends[-1][1], high - low
    return Layout(*turn(long, broad), found, arrows)


def _shortcuts(
    start: Point, passed: Sequence[tuple[Point, Point]], labelled: int, end: Point, label: bool
) -> Iterator[list[Point]]:
    """Ways from start to end through ever more of the places an arrow may pass, always through that of its label."""
    others = [i for i in range(1, len(passed), 2) if not label or i != labelled]  # layers of boxes
    for count in range(min(len(others), MOST_STOPS) + 1):
        for chosen in combinations(others, count):
            for straight in (False, True) if chosen else (False,):
                stops = [start]
                for i, (first, last) in enumerate(passed):
                    middle = ((first[0] + last[0]) / 2, first[1])
                    if i in chosen:
                        stops += [first, last] if straight else [middle]
                    elif label and i == labelled:
                        stops.append(middle)
                yield [*stops, end]


def _clear(curve: Array, edge: Edge, boxes: Mapping[str, Box], labels: Mapping[Edge, Box]) -> bool:
    """Whether a curve keeps off all boxes and off the labels of the others."""
    points = Arrow(curve, labels[edge]).points()
    inner = points[4:-4]
    return not (
        any(box.holds(points if name not in edge else inner, 0.05).any() for name, box in boxes.items())
        or any(label.holds(points, 0.03).any() for other, label in labels.items() if other != edge)
    )


def _smooth(stops: Sequence[Point]) -> Array:
    """A line through places whose direction at each is that from the place before to the place after."""
    points = np.array(stops, dtype=float)
    ways = np.vstack([points[1:2] - points[:1], points[2:] - points[:-2], points[-1:] - points[-2:-1]])
    ways = ways / np.maximum(np.hypot(*ways.T), 1e-9)[:, None]
    found = [points[0]]
    for i, length in enumerate(np.hypot(*np.diff(points, axis=0).T)):
        found += [points[i] + ways[i] * length / 3, points[i + 1] - ways[i + 1] * length / 3, points[i + 1]]
    return np.array(found)


def _labelled(chain: Sequence[Node]) -> Node:
    """The place of an arrow's label: in the middle, between two layers of boxes."""
    middle = len(chain) // 2
    return chain[middle if middle % 2 else middle - 1]


def _edge_of(box: Box, axis: int, sign: int) -> float:
    return (box.y + sign * box.height / 2) if axis else (box.x + sign * box.width / 2)


def _layers(names: Sequence[str], paths: Sequence[Edge]) -> tuple[list[list[Node]], dict[Edge, list[Node]]]:
    """Boxes on even layers, places of arrows on all layers between their ends; each arrow as a chain of places."""
    rank = dict.fromkeys(names, 0)
    for _ in names:
        for source, target in paths:
            rank[target] = max(rank[target], rank[source] + 1)
    for name in names:  # a first cause stands next to its nearest effect
        effects = [rank[target] for source, target in paths if source == name]
        if effects and not any(target == name for _, target in paths):
            rank[name] = min(effects) - 1
    layers: list[list[Node]] = [[] for _ in range(2 * max(rank.values()) + 1)]
    for name in names:
        layers[2 * rank[name]].append(name)
    chains: dict[Edge, list[Node]] = {}
    for source, target in paths:
        between = range(2 * rank[source] + 1, 2 * rank[target])
        chain: list[Node] = [source, *((source, target, i) for i in between), target]
        for i, node in zip(between, chain[1:-1], strict=True):
            layers[i].append(node)
        chains[source, target] = chain
    return layers, chains


def _neighbours(chains: Mapping[Edge, Sequence[Node]]) -> tuple[dict[Node, list[Node]], dict[Node, list[Node]]]:
    before: dict[Node, list[Node]] = {}
    after: dict[Node, list[Node]] = {}
    for chain in chains.values():
        for one, other in pairwise(chain):
            after.setdefault(one, []).append(other)
            before.setdefault(other, []).append(one)
    return before, after


def _ordered(layers: list[list[Node]], chains: Mapping[Edge, Sequence[Node]]) -> list[list[Node]]:
    """Fewer crossings: each layer by the means of its neighbours' places, back and forth; the best is kept."""
    before, after = _neighbours(chains)
    best, fewest = layers, _crossings(layers, after)
    current = [list(layer) for layer in layers]
    for sweep in range(SWEEPS):
        forward = sweep % 2 == 0
        for i in range(len(current)) if forward else reversed(range(len(current))):
            other = current[max(i - 1, 0)] if forward else current[min(i + 1, len(current) - 1)]
            current[i] = _by_means(current[i], other, before if forward else after)
        crossings = _crossings(current, after)
        if crossings < fewest:
            best, fewest = [list(layer) for layer in current], crossings
    return best


def _by_means(layer: Sequence[Node], other: Sequence[Node], beside: Mapping[Node, Sequence[Node]]) -> list[Node]:
    """A layer in the order of the mean places of its neighbours in the other; without any, a node keeps its place."""
    at = {node: place for place, node in enumerate(other)}
    wanted = {}
    for place, node in enumerate(layer):
        near = [at[one] for one in beside.get(node, ()) if one in at]
        wanted[node] = sum(near) / len(near) if near else place * len(other) / len(layer)
    return sorted(layer, key=wanted.__getitem__)


def _crossings(layers: Sequence[Sequence[Node]], after: Mapping[Node, Sequence[Node]]) -> int:
    total = 0
    for layer, following in pairwise(layers):
        at = {node: place for place, node in enumerate(following)}
        ends = [at[other] for node in layer for other in sorted(after.get(node, ()), key=at.__getitem__)]
        total += sum(one > other for i, one in enumerate(ends) for other in ends[i + 1 :])
    return total


def _gaps(layer: Sequence[Node], owner: Mapping[Node, Edge], boxes: Mapping[str, Size]) -> Array:
    """Distance between neighbours of a layer."""
    pairs = pairwise(layer)
    return np.array([GAP_BOX if one in boxes and other in boxes else GAP_LABEL for one, other in pairs])


def _crowd(i: int, layers: Sequence[Sequence[Node]], chains: Mapping[Edge, Sequence[Node]]) -> int:
    """Arrows between layer i and the next."""
    if i + 1 == len(layers):
        return 0
    following = set(layers[i + 1])
    return sum(node in following for chain in chains.values() for node in chain[1:])


def _sides(
    layers: Sequence[Sequence[Node]],
    chains: Mapping[Edge, Sequence[Node]],
    half: Sequence[Array],
    gaps: Sequence[Array],
) -> dict[Node, float]:
    """Places across the layers: near the neighbours, in the given order, with room for each."""
    before, after = _neighbours(chains)
    place: dict[Node, float] = {}
    offsets = []
    for layer, width, gap in zip(layers, half, gaps, strict=True):
        steps = width[:-1] + width[1:] + gap
        offset = np.concatenate([[0.0], np.cumsum(steps)])
        offsets.append(offset)
        place |= dict(zip(layer, (offset - offset[-1] / 2).tolist(), strict=True))
    for sweep in range(SWEEPS):
        order = range(len(layers)) if sweep % 2 == 0 else reversed(range(len(layers)))
        for i in order:
            wanted, weights = [], []
            for node in layers[i]:
                near = [*before.get(node, ()), *after.get(node, ())]
                force = [4.0 if isinstance(one, tuple) and isinstance(node, tuple) else 1.0 for one in near]
                wanted.append(float(np.average([place[one] for one in near], weights=force)) if near else place[node])
                weights.append(sum(force) or 1.0)
            kept = _nearest(np.array(wanted) - offsets[i], np.array(weights)) + offsets[i]
            place |= dict(zip(layers[i], kept.tolist(), strict=True))
    return place


def _nearest(wanted: Array, weights: Array) -> Array:
    """The non-decreasing numbers nearest to `wanted` (pool adjacent violators)."""
    blocks: list[list[float]] = []
    for value, weight in zip(wanted, weights, strict=True):
        blocks.append([value, weight, 1])
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            value, weight, count = blocks.pop()
            before = blocks[-1]
            before[0] = (before[0] * before[1] + value * weight) / (before[1] + weight)
            before[1] += weight
            before[2] += count
    return np.concatenate([np.full(int(count), value) for value, _, count in blocks])


def _ports(
    names: Sequence[str], chains: Mapping[Edge, Sequence[Node]], place: Mapping[Node, float], sizes: Mapping[str, float]
) -> dict[Edge, tuple[float, float]]:
    """Where each arrow leaves its source and meets its target, spread over the side of the box."""
    found: dict[Edge, list[float]] = {edge: [0.0, 0.0] for edge in chains}
    for name in names:
        for end in (0, 1):
            edges = [edge for edge in chains if edge[end] == name]
            edges.sort(key=lambda edge: place[chains[edge][1 if end == 0 else -2]])
            spread = min(0.7 * sizes[name], 0.22 * (len(edges) - 1))
            for edge, shift in zip(edges, np.linspace(-spread / 2, spread / 2, max(len(edges), 2)), strict=False):
                found[edge][end] = place[name] + (float(shift) if len(edges) > 1 else 0.0)
    return {edge: (ends[0], ends[1]) for edge, ends in found.items()}


def _curve(stops: Sequence[Point], axis: int) -> Array:
    """A smooth line through places, parallel to the direction of the diagram at each of them."""
    stops = [stop for i, stop in enumerate(stops) if i == 0 or stop != stops[i - 1]]
    points: list[Array] = [np.array(stops[0], dtype=float)]
    for one, other in pairwise(stops):
        a, b = np.array(one, dtype=float), np.array(other, dtype=float)
        bend = np.zeros(2)
        bend[axis] = (b[axis] - a[axis]) / 2
        points += [a + bend, b - bend, b]
    return np.array(points)
