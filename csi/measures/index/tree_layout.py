"""The nodes of an indicator tree, and the tree laid out as arrays: parents, depths, shares, effective weights."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from csi.data.scales import FrozenMapping, bilingual
from csi.errors import DataError
from csi.language import Note

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Indicator:
    """One node of a tree: an item where it has no parts, else a group of indicators.

    Attributes
    ----------
    name : name of the item, or of the group
    weight : as declared, 0 or more; None for a group that declares none
    parts : the indicators it consists of
    text : wording `{"en": ..., "zh": ...}`
    rationale : why it stands there and weighs what it does, `{"en": ..., "zh": ...}`
    """

    name: str
    weight: float | None = None
    parts: tuple[Indicator, ...] = ()
    text: Mapping[str, str] = field(default_factory=FrozenMapping)
    rationale: Mapping[str, str] = field(default_factory=FrozenMapping)

    def __post_init__(self) -> None:
        object.__setattr__(self, "parts", tuple(self.parts))
        for name in ("text", "rationale"):
            object.__setattr__(self, name, bilingual(getattr(self, name)))
        if self.weight is not None:
            try:
                weight = float(self.weight)
            except (TypeError, ValueError):
                weight = np.nan
            if not (np.isfinite(weight) and weight >= 0) or isinstance(self.weight, bool):
                raise DataError("tree_weight", indicator=self.name, weight=str(self.weight))
            object.__setattr__(self, "weight", weight)

    def walk(self) -> Iterator[Indicator]:
        """Give this node and all below it, depth first."""
        yield self
        for part in self.parts:
            yield from part.walk()


def declared_weight(node: Indicator) -> float:
    """The weight of a node; where a group declares none, the sum of its parts."""
    return sum(declared_weight(part) for part in node.parts) if node.weight is None else node.weight


@dataclass(frozen=True, eq=False)
class TreeWeights:
    """What the nodes of a tree weigh once a policy has settled sums that differ.

    Attributes
    ----------
    names : (N,) nodes depth first, the root first
    parent : (N,) number of the parent of each node, -1 for the root
    depth : (N,) 0 for the root
    leaves : (L,) numbers of the nodes that are items
    declared : (N,) weights as declared, NaN where none was
    share : (N,) part of its parent, 0-1
    effective : (N,) part of the whole, 0-1
    within : (N, L) weight of every item inside each node; rows sum to 1
    notes : what was rescaled and how
    """

    names: tuple[str, ...]
    parent: NDArray[np.int64]
    depth: NDArray[np.int64]
    leaves: NDArray[np.int64]
    declared: Array
    share: Array
    effective: Array
    within: Array
    notes: tuple[Note, ...] = ()

    @property
    def items(self) -> tuple[str, ...]:
        """(L,) names of the items."""
        return tuple(self.names[i] for i in self.leaves)


@dataclass(frozen=True, eq=False)
class Layout:
    """The tree as arrays.

    Attributes
    ----------
    names, parent, depth, leaves, declared : as in `TreeWeights`
    own : (N,) weights as declared, sums of the parts where none is, the root's 1
    as_declared : (N,) part of the whole as declared, before any sum is settled
    below : (N, L) 1 where an item belongs to a node
    """

    names: tuple[str, ...]
    parent: NDArray[np.int64]
    depth: NDArray[np.int64]
    leaves: NDArray[np.int64]
    declared: Array
    own: Array
    as_declared: Array
    below: Array

    @classmethod
    def of(cls, root: Indicator, basis: str | None) -> Layout:
        """Lay a tree out."""
        nodes = list(root.walk())
        number = {node.name: i for i, node in enumerate(nodes)}
        parent = np.full(len(nodes), -1, dtype=np.int64)
        for node in nodes:
            for part in node.parts:
                parent[number[part.name]] = number[node.name]
        depth = np.zeros(len(nodes), dtype=np.int64)
        own = np.array([declared_weight(node) for node in nodes])
        as_declared = own.copy()
        as_declared[0] = 1.0
        for i in range(1, len(nodes)):
            depth[i] = depth[parent[i]] + 1
            if basis == "shares":
                family = own[parent == parent[i]].sum()
                as_declared[i] = as_declared[parent[i]] * own[i] / (1 if family <= 2 else 100)
        leaves = np.array([i for i, node in enumerate(nodes) if not node.parts], dtype=np.int64)
        below = np.zeros((len(nodes), len(leaves)))
        for column, leaf in enumerate(leaves):
            at = leaf
            while at >= 0:
                below[at, column] = 1.0
                at = parent[at]
        declared = np.array([np.nan if node.weight is None else node.weight for node in nodes])
        return cls(tuple(node.name for node in nodes), parent, depth, leaves, declared, own, as_declared, below)

    def settle(self, policy: str) -> tuple[Array, Array]:
        """Share of the parent (N,) and of the whole (N,) under a policy."""
        count = len(self.names)
        share, effective = np.ones(count), np.ones(count)
        own = self.below @ self.as_declared[self.leaves] if policy == "global" else self.own
        for i in range(1, count):
            family = own[self.parent == self.parent[i]].sum()
            share[i] = own[i] / family if family > 0 else 0.0
            effective[i] = effective[self.parent[i]] * share[i]
        return share, effective

    def inside(self, share: Array) -> Array:
        """(N, L) weight of every item inside each node, from shares of the parents."""
        within = np.zeros_like(self.below)
        for column, leaf in enumerate(self.leaves):
            at, weight = leaf, 1.0
            while at >= 0:
                within[at, column] = weight
                weight *= share[at]
                at = self.parent[at]
        return within
