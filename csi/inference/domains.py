"""The respondents of one domain as arrays: weighted sums, and how each of them moves a mean."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
CELLS = 200_000  # numbers of respondents' influence held at once: they fit into fast memory


@dataclass(frozen=True, eq=False)
class Part:
    """The respondents of one domain who count: weight above 0.

    Attributes
    ----------
    rows : (m,) their numbers
    x : (K, m) their values, NaN where missing
    weight : (m,) their weights
    """

    rows: NDArray[np.int64]
    x: Array
    weight: Array

    @cached_property
    def gaps(self) -> NDArray[np.bool_] | None:
        """(K, m) where a value is missing; None where nothing is."""
        found = np.isnan(self.x)
        return found if found.any() else None

    @cached_property
    def count(self) -> NDArray[np.int64]:
        """(K,) respondents with a value in each column."""
        m = self.x.shape[1]
        return np.full(len(self.x), m) if self.gaps is None else m - np.count_nonzero(self.gaps, axis=1)

    @cached_property
    def filled(self) -> Array:
        """(K, m) values with 0 where missing."""
        return self._values(slice(None))

    def _values(self, rows: slice) -> Array:
        """(K, r) values of some respondents, 0 where missing; never to be written to."""
        if self.gaps is None:
            return self.x[:, rows]
        values = self.x[:, rows].copy()
        np.copyto(values, 0.0, where=self.gaps[:, rows])
        return values

    def weights(self, power: int = 1) -> Array:
        """(K,) sums of the weights, to some power, of those who have a value in each column."""
        w = self.weight**power
        total = np.full(len(self.x), w.sum())
        if self.gaps is not None:
            for k in np.flatnonzero(self.count < self.x.shape[1]):
                total[k] = w[~self.gaps[k]].sum()
        return total

    def sums(self, multipliers: Array | None = None) -> tuple[Array, Array]:
        """Weighted sums (K, b) of values and of weights; `multipliers` is (m, b), ones when None."""
        if multipliers is None:
            total = np.zeros(len(self.x))
            for rows in self.chunks():
                total += self._values(rows) @ self.weight[rows]
            return total[:, None], self.weights()[:, None]
        w = self.weight[:, None] * multipliers
        values = self.filled @ w
        if self.gaps is None:
            return values, np.broadcast_to(w.sum(axis=0), values.shape)
        return values, (~self.gaps).astype(float) @ w

    def by_unit(self, unit: NDArray[np.int64]) -> tuple[NDArray[np.int64], Array, Array]:
        """The sampling units (u,) that occur, and their weighted sums of values and of weights, (K, u) each."""
        units, codes = np.unique(unit[self.rows], return_inverse=True)
        ones = np.ones((1, len(self.rows))) if self.gaps is None else ~self.gaps
        values, weights = (
            np.stack([np.bincount(codes, row * self.weight, len(units)) for row in rows])
            for rows in (self.filled, ones)
        )
        return units, values, np.broadcast_to(weights, values.shape)

    def chunks(self) -> Iterator[slice]:
        """Pieces of the respondents small enough for fast memory."""
        step = max(1000, CELLS // max(len(self.x), 1))
        return (slice(start, start + step) for start in range(0, len(self.rows), step))

    def influence(self, mean: Array, weight: Array, rows: slice = slice(None)) -> Array:
        """(K, m) influence of these respondents on means (K,) that weigh `weight` (K,); 0 on a mean of nobody."""
        moved = self.x[:, rows] - np.nan_to_num(mean)[:, None]
        if self.gaps is not None:
            np.copyto(moved, 0.0, where=self.gaps[:, rows])
        moved *= np.divide(1.0, weight, out=np.zeros_like(weight), where=weight > 0)[:, None]
        moved *= self.weight[rows]
        return moved
