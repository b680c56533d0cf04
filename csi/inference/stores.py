"""Where the uncertainty of many named blocks of numbers is kept until a table asks for some of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from csi.estimates import Uncertainty
from csi.inference.intervals import MEAN, Bounds, Draws, Linear, standard_deviation
from csi.inference.score_interval import Bounded

Array = NDArray[np.float64]
Places = Sequence[tuple[str, int]]


class Store(Protocol):
    """Knows the uncertainty of named blocks of numbers."""

    def uncertainty(self, estimate: Array, places: Places, scale: NDArray[np.int8]) -> Uncertainty:
        """The uncertainty of the estimates (k,) at some places; `scale` (k,) is what t intervals work on."""


def pick(blocks: Mapping[str, Array], places: Places) -> Array:
    """The rows at (block, position), one under the other; whole blocks are taken whole."""
    names = list(dict.fromkeys(name for name, _ in places))
    if len(names) == 1 and [i for _, i in places] == list(range(len(blocks[names[0]]))):
        return blocks[names[0]]
    starts = dict(zip(names, np.cumsum([0, *(len(blocks[name]) for name in names)]), strict=False))
    joined = np.concatenate([blocks[name] for name in names])
    index = np.array([starts[name] + i for name, i in places], dtype=np.intp)
    return joined if np.array_equal(index, np.arange(len(joined))) else joined[index]


@dataclass(frozen=True, eq=False)
class BoundStore:
    """What score intervals need to know of every block.

    Attributes
    ----------
    counts : block name to (k,) respondents behind each number; empty where no number is bounded
    ratings : takes places, and which of them are means; gives the distributions behind them
    df, adjust, settled, always : as in `Bounds`
    """

    counts: Mapping[str, Array]
    ratings: Callable[[Places, NDArray[np.bool_]], Bounded]
    df: float = np.inf
    adjust: float = 1.0
    settled: bool = False
    always: bool = True

    def at(self, places: Places, scale: NDArray[np.int8]) -> Bounds:
        """Of the numbers at some places."""
        ratings = cache(partial(self.ratings, places, scale == MEAN))
        counts = pick(self.counts, places) if self.counts else None
        return Bounds(counts, self.df, self.adjust, self.settled, ratings, self.always)


@dataclass(frozen=True, eq=False)
class DrawStore:
    """Replicates of every block.

    Attributes
    ----------
    draws : block name to (k, B)
    method : "percentile", "bca" or "t"
    df : degrees of freedom of the design
    accelerations : block name to (k,), for "bca"
    bounds : what score intervals need, if there are any
    """

    draws: Mapping[str, Array]
    method: str
    df: float
    accelerations: Mapping[str, Array] = field(default_factory=dict)
    bounds: BoundStore | None = None
    _ordered: dict[str, Array] = field(default_factory=dict, repr=False)
    _spread: dict[str, Array] = field(default_factory=dict, repr=False)

    def uncertainty(self, estimate: Array, places: Places, scale: NDArray[np.int8]) -> Draws:
        """The uncertainty of the estimates at some places."""
        a = pick(self.accelerations, places) if self.accelerations else None
        for name, _ in places:
            if name not in self._ordered:
                self._ordered[name] = np.sort(self.draws[name], axis=1)
                self._spread[name] = standard_deviation(self.draws[name])
        return Draws(
            estimate, partial(pick, self.draws, places), self.method, self.df, a, scale,
            pick(self._ordered, places), pick(self._spread, places),
            None if self.bounds is None else self.bounds.at(places, scale),
        )  # fmt: skip


@dataclass(frozen=True, eq=False)
class LinearStore:
    """The linearised covariance of all blocks together.

    Attributes
    ----------
    cov : (K, K)
    sizes : block name to its number of rows, in the order of `cov`
    df : degrees of freedom of the design
    bounds : what score intervals need, if there are any
    """

    cov: Array
    sizes: Mapping[str, int]
    df: float
    bounds: BoundStore | None = None

    def uncertainty(self, estimate: Array, places: Places, scale: NDArray[np.int8]) -> Linear:
        """The uncertainty of the estimates at some places."""
        starts = dict(zip(self.sizes, np.cumsum([0, *self.sizes.values()]), strict=False))
        index = np.array([starts[name] + i for name, i in places], dtype=np.intp)
        bounds = None if self.bounds is None else self.bounds.at(places, scale)
        return Linear(estimate, self.cov[np.ix_(index, index)], self.df, scale, bounds)


@dataclass(frozen=True, eq=False)
class LazyStore:
    """The linearised covariance of some blocks, worked out when a table asks for them.

    Attributes
    ----------
    covariance : takes names of blocks and gives the covariance (k, k) of their numbers, in the order of the names
    sizes : block name to its number of rows
    df : degrees of freedom of the design
    """

    covariance: Callable[[Sequence[str]], Array]
    sizes: Mapping[str, int]
    df: float
    _known: dict[tuple[str, ...], LinearStore] = field(default_factory=dict, repr=False)

    def uncertainty(self, estimate: Array, places: Places, scale: NDArray[np.int8]) -> Linear:
        """The uncertainty of the estimates at some places."""
        asked = {name for name, _ in places}
        names = tuple(name for name in self.sizes if name in asked)
        if names not in self._known:
            sizes = {name: self.sizes[name] for name in names}
            self._known[names] = LinearStore(np.nan_to_num(self.covariance(names)), sizes, self.df)
        return self._known[names].uncertainty(estimate, places, scale)
