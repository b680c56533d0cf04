"""One-sided p-values against any value, each the inversion of the interval that stands beside it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from csi.errors import OptionError
from csi.estimates import Uncertainty
from csi.inference.contrasts import Contrasts
from csi.inference.intervals import CORRELATION, SHARE, SQUARE, Linear
from csi.inference.mover import Mover

Array = NDArray[np.float64]
STEPS = 60
SMALLEST = 1e-12


def _t_tail(z: Array, df: float) -> Array:
    """Probability above z."""
    from scipy.special import stdtr

    return stdtr(df if np.isfinite(df) else 1e12, -z)


def shares_of(inner: Uncertainty) -> NDArray[np.bool_]:
    """(k,) which estimates are shares of respondents, from 0 to 1."""
    scale = getattr(inner, "scale", None)
    if scale is None or getattr(inner, "bounds", None) is None:
        return np.zeros(len(inner.estimate), dtype=bool)
    return np.asarray(scale) == SHARE


def upper_tail(inner: Uncertainty, value: Array) -> Array:
    """(k,) p-values of the hypotheses that a number is at most `value`, against that it is above.

    Parameters
    ----------
    inner : of the k estimates
    value : (k,)
    """
    if isinstance(inner, Contrasts):
        parts = zip(inner.parts, value, strict=True)
        return np.array([float(upper_tail(part, np.array([one]))[0]) for part, one in parts])
    if isinstance(inner, Mover):
        return inner.upper_tail(value)
    if not isinstance(inner, Linear):
        return _by_halving(inner, value)
    scored = inner.scored
    with np.errstate(divide="ignore", invalid="ignore"):
        p = _t_tail((inner.estimate - value) / inner.std_error, inner.df)
    p = np.where(inner.constant, np.nan, p)
    if scored.any():
        p = np.where(scored, _t_tail(inner.score(value), inner.bounds.df), p)
    other = np.zeros(len(value), dtype=bool) if inner.scale is None else np.isin(inner.scale, (CORRELATION, SQUARE))
    return np.where(other, _by_halving(inner, value), p) if other.any() else p


def _by_halving(inner: Uncertainty, value: Array) -> Array:
    """The tail at which the lower limit of each interval is `value`: one-sided p-values of any kind of interval."""
    found = np.empty(len(value))
    for i, one in enumerate(value):
        low, high = SMALLEST, 1 - SMALLEST
        for _ in range(STEPS):
            tail = (low + high) / 2
            if _limit(inner, tail)[i] < one:
                low = tail
            else:
                high = tail
        found[i] = (low + high) / 2
    lower, upper = inner.interval(0.95)
    return np.where(upper > lower, found, np.nan)


def _limit(inner: Uncertainty, tail: float) -> Array:
    """(k,) the limit that has the probability `tail` below it."""
    if tail <= 0.5:
        return inner.interval(1 - 2 * tail)[0]
    return inner.interval(2 * tail - 1)[1]


@dataclass(frozen=True, eq=False)
class ExactShare:
    """Shares x / n of a simple random sample with Clopper and Pearson's intervals.

    Attributes
    ----------
    inner : the same shares with linearised errors
    hits, n : (k,) respondents who count, and all
    """

    inner: Linear
    hits: Array
    n: Array

    @property
    def estimate(self) -> Array:
        """(k,) shares."""
        return self.inner.estimate

    @property
    def std_error(self) -> Array:
        """(k,) standard errors, as linearised."""
        return self.inner.std_error

    def lower(self, tail: float) -> Array:
        """(k,) the share at which x or more has the probability `tail`."""
        from scipy.special import betaincinv

        return np.where(self.hits > 0, betaincinv(np.maximum(self.hits, 1), self.n - self.hits + 1, tail), 0.0)

    def upper(self, tail: float) -> Array:
        """(k,) the share at which x or fewer has the probability `tail`."""
        from scipy.special import betaincinv

        below = np.maximum(self.n - self.hits, 1)
        return np.where(self.hits < self.n, betaincinv(self.hits + 1, below, 1 - tail), 1.0)

    def interval(self, level: float) -> tuple[Array, Array]:
        """Clopper and Pearson's limits (k,), (k,)."""
        return self.lower((1 - level) / 2), self.upper((1 - level) / 2)

    def at_least(self, value: Array) -> Array:
        """(k,) probability of x or more if the share is `value`."""
        from scipy.special import betainc

        x = np.maximum(self.hits, 1)
        return np.where(self.hits > 0, betainc(x, self.n - x + 1, value), 1.0)

    def at_most(self, value: Array) -> Array:
        """(k,) probability of x or fewer if the share is `value`."""
        from scipy.special import betainc

        x = np.minimum(self.hits, self.n - 1)
        return np.where(self.hits < self.n, 1 - betainc(x + 1, self.n - x, value), 1.0)

    def p_value(self) -> Array:
        """(k,) of a share of 0: NaN, since nobody doubts it."""
        return np.full(len(self.hits), np.nan)

    def covariance(self) -> Array:
        """(k, k) linearised."""
        return self.inner.covariance()

    def combine(self, weights: Array) -> Uncertainty:
        """The uncertainty of one weighted sum, linearised."""
        return self.inner.combine(weights)


def exact_share(inner: Uncertainty) -> ExactShare:
    """Shares with exact intervals, if they come from a simple random sample.

    Raises
    ------
    OptionError
        `exact_needs_simple`.

    """
    simple = isinstance(inner, Linear) and bool(shares_of(inner).all()) and np.isinf(inner.bounds.df)
    n = np.rint(inner.effective) if simple else np.zeros(0)
    hits = np.rint(inner.estimate * n) if simple else n
    if not simple or np.abs(hits - inner.estimate * n).max() > 1e-6:
        raise OptionError("exact_needs_simple")
    return ExactShare(inner, hits, n)


def tails(inner: Uncertainty, value: Array) -> tuple[Array, Array]:
    """p-values (k,), (k,) against above `value` and against below it."""
    if isinstance(inner, ExactShare):
        return inner.at_least(value), inner.at_most(value)
    above = upper_tail(inner, value)
    return above, 1 - above


@dataclass(frozen=True, eq=False)
class Distance:
    """How far k estimates lie from given values, with intervals open to one side.

    Attributes
    ----------
    inner : of the k estimates
    value : (k,) what they are compared with
    alternative : {"greater", "less", "two_sided"}
    low, high : the ends of what the estimates can be, where intervals that are open end
    """

    inner: Uncertainty
    value: Array
    alternative: str = "two_sided"
    low: float = -np.inf
    high: float = np.inf

    @cached_property
    def estimate(self) -> Array:
        """(k,) estimate minus value."""
        return self.inner.estimate - self.value

    @property
    def std_error(self) -> Array:
        """(k,) standard errors of the estimates."""
        return self.inner.std_error

    def interval(self, level: float) -> tuple[Array, Array]:
        """Limits of the distance; the whole error probability stands on the side that is tested."""
        if self.alternative == "two_sided":
            lower, upper = self.inner.interval(level)
            return lower - self.value, upper - self.value
        open_end = np.full(len(self.value), self.high if self.alternative == "greater" else self.low) - self.value
        greater = self.alternative == "greater"
        if isinstance(self.inner, ExactShare):
            limit = self.inner.lower(1 - level) if greater else self.inner.upper(1 - level)
        else:
            limit = _limit(self.inner, 1 - level if greater else level)
        return (limit - self.value, open_end) if greater else (open_end, limit - self.value)

    def p_value(self) -> Array:
        """(k,) p-values of the hypothesis that the alternative is wrong."""
        above, below = tails(self.inner, self.value)
        if self.alternative == "greater":
            return above
        return below if self.alternative == "less" else np.minimum(1.0, 2 * np.minimum(above, below))

    def covariance(self) -> Array:
        """(k, k)."""
        return self.inner.covariance()

    def combine(self, weights: Array) -> Distance:
        """The uncertainty of one weighted sum of the distances, open to no side."""
        return Distance(self.inner.combine(weights), np.atleast_1d(weights @ self.value))


@dataclass(frozen=True, eq=False)
class Equivalence:
    """Whether k estimates lie between two limits: two one-sided tests, and the interval that decides the same.

    Attributes
    ----------
    inner : of the k estimates
    low, high : the limits within which they count as equivalent
    """

    inner: Uncertainty
    low: float
    high: float

    @property
    def estimate(self) -> Array:
        """(k,) the estimates."""
        return self.inner.estimate

    @property
    def std_error(self) -> Array:
        """(k,) their standard errors."""
        return self.inner.std_error

    def interval(self, level: float) -> tuple[Array, Array]:
        """Limits at 2 level - 1 (90 % for .95): inside the margin exactly when both tests reject at 1 - level."""
        return self.inner.interval(max(2 * level - 1, 0.0))

    def p_value(self) -> Array:
        """(k,) the larger of the two one-sided p-values."""
        k = len(self.inner.estimate)
        above = tails(self.inner, np.full(k, self.low))[0]
        below = tails(self.inner, np.full(k, self.high))[1]
        return np.maximum(above, below)

    def covariance(self) -> Array:
        """(k, k)."""
        return self.inner.covariance()

    def combine(self, weights: Array) -> Uncertainty:
        """The uncertainty of one weighted sum."""
        return self.inner.combine(weights)
