"""Weighted sums of numbers whose intervals are not symmetric: limits of the sum from the limits of its parts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
SMALLEST = 1e-12  # tail below which a p-value is not looked for


@dataclass(frozen=True, eq=False)
class Mover:
    """The uncertainty of m weighted sums of k bounded numbers (Newcombe 1998; Zou and Donner 2008).

    The lower limit is sum a e - sqrt(sum over i, j of a_i a_j r_ij d_i d_j), d_i the distance of estimate i from its
    own lower limit where a_i > 0 and from its upper limit else, r_ij the correlation of the two estimates; so a
    difference lies within the ends of the scale, and has a width where its parts have one.

    Attributes
    ----------
    inner : the uncertainty of the k numbers
    weights : (m, k)
    """

    inner: Any
    weights: Array

    @cached_property
    def estimate(self) -> Array:
        """(m,) the sums."""
        return self.weights @ self.inner.estimate

    @cached_property
    def _cov(self) -> Array:
        return np.nan_to_num(np.atleast_2d(self.inner.covariance()))

    @cached_property
    def std_error(self) -> Array:
        """(m,) standard errors from the covariance of the k numbers."""
        return np.sqrt(np.maximum(np.diag(self.covariance()), 0.0))

    @cached_property
    def _correlation(self) -> Array:
        spread = np.sqrt(np.maximum(np.diag(self._cov), 0.0))
        with np.errstate(divide="ignore", invalid="ignore"):
            found = self._cov / np.outer(spread, spread)
        found = np.where(np.isfinite(found), np.clip(found, -1, 1), 0.0)
        np.fill_diagonal(found, 1.0)
        return found

    def interval(self, level: float) -> tuple[Array, Array]:
        """Limits (m,), (m,)."""
        lower, upper = self.inner.interval(level)
        below, above = self.inner.estimate - lower, upper - self.inner.estimate
        down = self._reach(np.where(self.weights > 0, below, above))
        up = self._reach(np.where(self.weights > 0, above, below))
        return self.estimate - down, self.estimate + up

    def _reach(self, distance: Array) -> Array:
        moved = self.weights * distance
        return np.sqrt(np.maximum(np.einsum("mi,ij,mj->m", moved, self._correlation, moved), 0.0))

    def p_value(self) -> Array:
        """(m,) two-sided p-values of 0: where one limit of the interval touches it; NaN for what is known for sure."""
        above = self.upper_tail(np.zeros(len(self.weights)))
        return np.minimum(1.0, 2 * np.minimum(above, 1 - above))

    def upper_tail(self, value: Array) -> Array:
        """(m,) p-values of the hypotheses that a sum is at most `value` (m,), against that it is above."""
        return np.array([self._tail(i, float(one)) for i, one in enumerate(value)])

    def _tail(self, i: int, value: float) -> float:
        from scipy.optimize import brentq

        row = Mover(self.inner, self.weights[i : i + 1])
        sign = 1.0 if row.estimate[0] >= value else -1.0

        def gap(logarithm: float) -> float:
            lower, upper = row.interval(1 - 2 * np.exp(logarithm))
            return float(lower[0] - value) if sign > 0 else float(value - upper[0])

        widest = gap(np.log(SMALLEST))
        if row.estimate[0] == value:
            return 0.5 if widest < 0 else np.nan
        if widest >= 0:  # beyond every interval
            lower, upper = row.interval(0.5)
            tail = np.nan if lower[0] == upper[0] else 0.0
        else:
            narrow = np.log(0.5 - 1e-9)
            inside = gap(narrow) < 0  # the value is the estimate but for rounding
            tail = 0.5 if inside else float(np.exp(brentq(gap, np.log(SMALLEST), narrow, xtol=1e-12)))
        return tail if sign > 0 else 1 - tail

    def covariance(self) -> Array:
        """(m, m)."""
        return self.weights @ self._cov @ self.weights.T

    def combine(self, weights: Array) -> Mover:
        """The uncertainty of one weighted sum of the sums."""
        return Mover(self.inner, np.atleast_2d(weights @ self.weights))
