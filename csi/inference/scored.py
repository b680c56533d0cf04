"""Estimates some of which are shares or means on a known scale, and so have score intervals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from functools import cached_property, partial
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from csi.inference.mover import Mover
from csi.inference.score_interval import Bounded, bounded_of, effective_number, score_limits, score_z

Array = NDArray[np.float64]
# What an interval is made on: Fisher's z, z of the root, the score interval of a share (Wilson's) or of a bounded mean.
CORRELATION, SQUARE, SHARE, MEAN = 1, 2, 3, 4
NORMAL = NormalDist()


@dataclass(frozen=True, eq=False)
class Bounds:
    """What the score intervals of some of k estimates need.

    Attributes
    ----------
    counts : (k,) respondents behind each number, for those without variance; None where no number is bounded
    df : degrees of freedom; infinite for a simple random sample
    adjust : n / (n - 1) where the variance of a share p is p (1 - p) / (n - 1), so that Wilson's interval meets n
    settled : whether a number without variance is known for sure (it was raked to)
    ratings : gives the distribution behind each number, for bounded means
    always : whether score intervals were asked for, not t; what has no variance has one also then
    """

    counts: Array | None
    df: float = np.inf
    adjust: float = 1.0
    settled: bool = False
    ratings: Callable[[], Bounded] | None = None
    always: bool = True

    def __getstate__(self) -> dict[str, object]:
        """With the distributions as numbers, for other processes and files."""
        ratings = None if self.ratings is None else partial(_same, self.ratings())
        return {**{part.name: getattr(self, part.name) for part in fields(self)}, "ratings": ratings}

    def rows(self, index: NDArray[np.int64]) -> Bounds:
        """Those of some of the numbers."""
        ratings = None if self.ratings is None else lambda: self.ratings().rows(index)
        return replace(self, counts=None if self.counts is None else self.counts[index], ratings=ratings)


def _same(value: Bounded) -> Bounded:
    return value


class Scored:
    """Estimates some of which have score intervals; `estimate`, `std_error`, `scale` and `bounds` come from below."""

    @cached_property
    def bounded(self) -> Bounded:
        """The distributions behind the k estimates; without ends where there is none."""
        scale = np.zeros(len(self.estimate)) if self.scale is None or self.bounds is None else np.asarray(self.scale)
        ratings = self.bounds.ratings() if (scale == MEAN).any() and self.bounds.ratings is not None else None
        return bounded_of(self.estimate, scale == SHARE, ratings)

    @cached_property
    def scored(self) -> NDArray[np.bool_]:
        """(k,) estimates with a score interval."""
        known = self.bounded.known
        return known if self.bounds is None or self.bounds.always else known & self.constant

    @cached_property
    def effective(self) -> Array:
        """(k,) effective respondents behind bounded estimates, NaN elsewhere."""
        found = np.full(len(self.estimate), np.nan)
        at = self.bounded.known
        if at.any():
            error = self.std_error[at] / np.sqrt(self.bounds.adjust)
            part = self.bounded.rows(at)
            found[at] = effective_number(part, error, self.bounds.counts[at], self.bounds.settled)
        return found

    def score(self, value: Array) -> Array:
        """(k,) signed roots of the score statistic at `value` (k,); NaN where there is none or all is known."""
        found = np.full(len(self.estimate), np.nan)
        at = self.scored & ~np.isinf(self.effective)
        if at.any():
            found[at] = score_z(self.bounded.rows(at), self.effective[at], value[at])
        return found

    def _score_limits(self, which: NDArray[np.bool_], tail: float, lower: Array, upper: Array) -> tuple[Array, Array]:
        """The score interval where `which`, the given limits elsewhere."""
        if not which.any():
            return lower, upper
        q = quantile_of(self.bounds.df, tail)
        low, high = score_limits(self.bounded.rows(which), self.effective[which], q)
        lower, upper = lower.copy(), upper.copy()
        lower[which], upper[which] = low, high
        return lower, upper

    def _mover(self, weights: Array) -> Mover | None:
        """A weighted sum of estimates that all have score intervals; None for others."""
        used = np.flatnonzero(weights)
        if not len(used) or not self.scored[used].all():
            return None
        return Mover(self.rows(used), weights[None, used])


def quantile_of(df: float, tail: float) -> float:
    """The upper quantile of t with `df` degrees of freedom, normal where they are infinite."""
    from scipy.special import stdtrit

    return float(-stdtrit(df, tail)) if np.isfinite(df) else -NORMAL.inv_cdf(tail)
