"""Estimates with limits of their own, and the limits of R2."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from csi.drivers.importance_numbers import to_root
from csi.estimates import Uncertainty
from csi.inference.intervals import quantile_of

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Bounded:
    """Estimates of which some have limits of their own.

    Attributes
    ----------
    inner : the uncertainty of the k estimates
    own : takes a level, gives limits (k,), (k,), NaN where those of `inner` hold
    """

    inner: Uncertainty
    own: Callable[[float], tuple[Array, Array]]

    @property
    def estimate(self) -> Array:
        """(k,) the estimates."""
        return self.inner.estimate

    @property
    def std_error(self) -> Array:
        """(k,) their standard errors."""
        return self.inner.std_error

    @property
    def df(self) -> float:
        """Degrees of freedom of the design."""
        return float(getattr(self.inner, "df", np.inf))

    def interval(self, level: float) -> tuple[Array, Array]:
        """Limits (k,), (k,)."""
        lower, higher = (
            np.where(np.isnan(own), plain, own)
            for own, plain in zip(self.own(level), self.inner.interval(level), strict=True)
        )
        return lower, higher

    def p_value(self) -> Array:
        """(k,) two-sided p-values of 0 by the standard errors; importances have a test of their own."""
        return self.inner.p_value()

    def covariance(self) -> Array:
        """(k, k)."""
        return self.inner.covariance()

    def combine(self, weights: Array) -> Uncertainty:
        """A multiple of one row keeps its limits; a sum of several has those of its standard error."""
        used = np.flatnonzero(weights)
        both = self.inner.combine(weights)
        if len(used) != 1:
            return both
        i, factor = int(used[0]), float(weights[used[0]])

        def own(level: float) -> tuple[Array, Array]:
            ends = np.sort([factor * float(end[i]) for end in self.own(level)])
            return ends[:1], ends[1:]

        return Bounded(both, own)


@dataclass(frozen=True, eq=False)
class R2Evidence:
    """What limits of R2 are made of: per group R2, standard error of z of its root, and degrees of freedom.

    Attributes
    ----------
    r2, error, df : (groups,)
    n : respondents per group
    p : drivers
    """

    r2: Array
    error: Array
    df: Array
    n: tuple[int, ...]
    p: int

    def limits(self, level: float, adjusted: bool = False) -> tuple[Array, Array]:
        """Limits (groups,), (groups,) of R2, or of adjusted R2: t on z of the root, less what drivers add by chance.

        A(x) = 1 - (1 - x)(n - 1) / (n - p - 1) is taken of both limits, since R2 is too large by chance by as much; the
        estimate is never left outside.
        """
        n = np.array(self.n)
        factor = (n - 1) / (n - self.p - 1)
        reach = np.array([quantile_of(df, (1 - level) / 2) for df in self.df]) * self.error
        z = to_root(self.r2)
        lower, higher = (1 - (1 - np.tanh(np.maximum(end, 0.0)) ** 2) * factor for end in (z - reach, z + reach))
        value = 1 - (1 - self.r2) * factor if adjusted else self.r2
        return np.minimum(np.maximum(lower, 0.0), value), np.maximum(higher, value)
