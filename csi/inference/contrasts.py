"""Differences between the rows of one table, with the covariance that the rows have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from csi.estimates import Uncertainty
from csi.inference.mover import Mover

Array = NDArray[np.float64]
MANY = 30  # rows above which each is compared with all together instead of with each other
WHOLE = "*"  # stands for all rows together


@dataclass(frozen=True, eq=False)
class Contrasts:
    """The uncertainty of m weighted sums of k estimates.

    Attributes
    ----------
    inner : the uncertainty of the k estimates
    weights : (m, k)
    """

    inner: Uncertainty
    weights: Array

    @cached_property
    def estimate(self) -> Array:
        """(m,) the sums."""
        return self.weights @ self.inner.estimate

    @cached_property
    def parts(self) -> list[Uncertainty]:
        """One uncertainty per sum."""
        return [self.inner.combine(row) for row in self.weights]

    @cached_property
    def std_error(self) -> Array:
        """(m,) standard errors."""
        return self._each(lambda part: part.std_error)

    def interval(self, level: float) -> tuple[Array, Array]:
        """Limits (m,), (m,)."""
        if self.parts and all(isinstance(part, Mover) for part in self.parts):
            return Mover(self.inner, self.weights).interval(level)
        limits = [part.interval(level) for part in self.parts]
        return tuple(np.array([float(both[i][0]) for both in limits]) for i in (0, 1))

    def p_value(self) -> Array:
        """(m,) two-sided p-values of 0."""
        return self._each(lambda part: part.p_value())

    def covariance(self) -> Array:
        """(m, m)."""
        return self.weights @ self.inner.covariance() @ self.weights.T

    def combine(self, weights: Array) -> Uncertainty:
        """The uncertainty of one weighted sum of the sums."""
        return self.inner.combine(weights @ self.weights)

    def _each(self, value: object) -> Array:
        return np.array([float(value(part)[0]) for part in self.parts])


def pair_weights(labels: Sequence[tuple[str, ...]], place: int) -> tuple[list[tuple[str, ...]], Array]:
    """All differences between rows that agree in every key but one: the later row minus the earlier.

    Parameters
    ----------
    labels : (k,) keys of the rows
    place : which key tells the two rows of a pair apart

    Returns
    -------
    keys : (m,) key of the later row, then the value of the earlier one in the key at `place`
    weights : (m, k)
    """
    keys, rows = [], []
    for i, j in combinations(range(len(labels)), 2):
        first, second = labels[i], labels[j]
        if all(a == b for at, (a, b) in enumerate(zip(first, second, strict=True)) if at != place):
            keys.append((*second, first[place]))
            row = np.zeros(len(labels))
            row[[i, j]] = -1.0, 1.0
            rows.append(row)
    return keys, np.array(rows).reshape(len(rows), len(labels))


def compared(
    labels: Sequence[tuple[str, ...]], place: int, mass: Sequence[float], pairs: bool | None
) -> tuple[list[tuple[str, ...]], Array]:
    """All differences as `pair_weights`; of many rows each minus the mean of all, weighted by `mass`.

    Parameters
    ----------
    labels, place : as in `pair_weights`
    mass : (k,) how much each row counts in the mean
    pairs : whether every pair is wanted; None for up to 30 values of the key at `place`
    """
    if pairs or (pairs is None and len({label[place] for label in labels}) <= MANY):
        return pair_weights(labels, place)
    rest = [tuple(part for at, part in enumerate(label) if at != place) for label in labels]
    same = np.array([[a == b for b in rest] for a in rest], dtype=float) * np.asarray(mass, dtype=float)
    return [(*label, WHOLE) for label in labels], np.eye(len(labels)) - same / same.sum(axis=1, keepdims=True)


def wald_statistic(estimate: Array, covariance: Array) -> float:
    """Wald statistic of the hypothesis that all k estimates are equal; k - 1 degrees of freedom.

    For independent estimates it is the sum of (estimate - weighted mean)^2 / variance, weights 1 / variance.
    """
    k = len(estimate)
    differences = np.concatenate([np.eye(k - 1), -np.ones((k - 1, 1))], axis=1)
    moved = differences @ estimate
    spread = differences @ covariance @ differences.T
    return float(moved @ np.linalg.solve(spread, moved))
