"""Uncertainty that a formula gives without replicates or influence: limits as a function of the level."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Analytic:
    """k estimates whose limits come from a formula of their own; nothing is known of their covariance.

    Attributes
    ----------
    estimate : (k,)
    std_error : (k,) NaN where the formula gives limits alone
    limits : takes a level, gives lower and upper limits (k,), NaN where there are none; a function of a module or a
        `partial` of one, since a Result is handed to other processes
    tests : (k,) p-values, NaN where there is no test
    """

    estimate: Array
    std_error: Array
    limits: Callable[[float], tuple[Array, Array]]
    tests: Array | None = None

    def interval(self, level: float) -> tuple[Array, Array]:
        """Limits (k,), (k,)."""
        return self.limits(level)

    def p_value(self) -> Array:
        """(k,) p-values of the test that belongs to each number."""
        return np.full(len(self.estimate), np.nan) if self.tests is None else self.tests

    def covariance(self) -> Array:
        """(k, k): variances on the diagonal, NaN elsewhere."""
        matrix = np.full((len(self.estimate),) * 2, np.nan)
        np.fill_diagonal(matrix, self.std_error**2)
        return matrix

    def combine(self, weights: Array) -> Analytic:
        """A multiple of one row keeps its limits; a sum of several has none, since their covariance is not known."""
        used = np.flatnonzero(weights)
        total = np.atleast_1d(weights @ self.estimate)
        if len(used) != 1:
            return Analytic(total, np.full(1, np.nan), no_limits(1))
        i, factor = used[0], float(weights[used[0]])
        tests = None if self.tests is None else self.tests[i : i + 1]
        limits = partial(_multiple, self.limits, int(i), factor)
        return Analytic(total, np.abs(factor) * self.std_error[i : i + 1], limits, tests)


def no_limits(k: int) -> Callable[[float], tuple[Array, Array]]:
    """Limits of k numbers that have none."""
    return partial(_nothing, k)


def _nothing(k: int, level: float) -> tuple[Array, Array]:
    return np.full(k, np.nan), np.full(k, np.nan)


def _multiple(
    limits: Callable[[float], tuple[Array, Array]], i: int, factor: float, level: float
) -> tuple[Array, Array]:
    """The limits of one row times a factor."""
    ends = np.sort(np.array([part[i] * factor for part in limits(level)]))
    return ends[:1], ends[1:]
