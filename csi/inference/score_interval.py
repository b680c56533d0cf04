"""The score interval of a mean on a known scale: Wilson's interval for more than two points.

For a value t below the mean m the likeliest shares with mean t are proportional to f_j / (c + y_j) for some c >= 0,
y_j the distance of a point from the lower end; at c = 0 what is missing to 1 sits on that end. Their variance makes
z2(t) = n (m - t)^2 / variance = n (sum f_j (m + c) / (c + y_j) - 1), so the limit at which z2 is q^2 is
(m - r c) / (1 + r) with r = q^2 / n. The upper limit is the lower one of the scale turned round. Points nobody chose
have no share, so only observed points and both ends are needed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
STEPS = 80
ALL_EQUAL = 1e-18  # variance below which all answers are equal, the scale being 0 to 1


@dataclass(frozen=True, eq=False)
class Bounded:
    """How the answers behind k means are distributed over scales with two ends.

    Attributes
    ----------
    points : (k, K) observed values, each row padded with any point of its scale
    shares : (k, K) their shares, 0 where padded; each row adds up to 1
    lo, hi : (k,) ends of the scales; NaN where a scale is not known
    """

    points: Array
    shares: Array
    lo: Array
    hi: Array

    @property
    def known(self) -> NDArray[np.bool_]:
        """(k,) means whose scale is known."""
        return np.isfinite(self.lo) & np.isfinite(self.hi) & (self.hi > self.lo)

    @property
    def mean(self) -> Array:
        """(k,)."""
        return (self.points * self.shares).sum(axis=1)

    @property
    def variance(self) -> Array:
        """(k,) variance of one answer, divided by n; exactly 0 where all are equal."""
        moved = self.points - self.mean[:, None]
        found = (self.shares * moved**2).sum(axis=1)
        return np.where(found > ALL_EQUAL * (self.hi - self.lo) ** 2, found, 0.0)

    def rows(self, index: ArrayLike) -> Bounded:
        """Some of the means."""
        return Bounded(self.points[index], self.shares[index], self.lo[index], self.hi[index])

    def unit(self) -> Array:
        """(k, K) the points where the lower end is 0 and the upper 1."""
        span = self.hi - self.lo
        return np.clip((self.points - self.lo[:, None]) / span[:, None], 0.0, 1.0)


def score_limits(ratings: Bounded, n: ArrayLike, q: ArrayLike) -> tuple[Array, Array]:
    """The two values (k,), (k,) at which z2 is q^2, never beyond the ends of the scale.

    Parameters
    ----------
    ratings : distribution of the answers
    n : (k,) respondents, or the effective number under a design; infinite for what is known for sure
    q : quantile of the normal or t distribution, one or (k,)
    """
    y = ratings.unit()
    r = np.broadcast_to(np.asarray(q, dtype=float) ** 2 / np.asarray(n, dtype=float), len(y))
    lower, upper = _lower(y, ratings.shares, r), 1 - _lower(1 - y, ratings.shares, r)
    span = ratings.hi - ratings.lo
    return ratings.lo + span * lower, ratings.hi - span * (1 - upper)


def score_z(ratings: Bounded, n: ArrayLike, value: ArrayLike) -> Array:
    """(k,) signed root of z2 at `value`: positive where the mean is above it, infinite at and beyond an end."""
    y = ratings.unit()
    span = ratings.hi - ratings.lo
    t = (np.broadcast_to(np.asarray(value, dtype=float), len(y)) - ratings.lo) / span
    m = (y * ratings.shares).sum(axis=1)
    above = m >= t
    turned, at = np.where(above[:, None], y, 1 - y), np.where(above, t, 1 - t)
    distance = np.abs(m - t)
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.sqrt(np.asarray(n, dtype=float) * _slope(turned, ratings.shares, at) * distance)
    z = np.where(distance <= 1e-15, 0.0, np.where(at <= 0, np.inf, z))
    return np.where(above, z, -z)


def _lower(y: Array, shares: Array, r: Array) -> Array:
    """(k,) lower limits on 0 to 1: sum f (m - y)^2 / ((c + y) (c + m)) = r is solved for c, which is 0 at the bound.

    The sum falls like 1 / c^2, so Newton's steps are made on its inverse root, kept between bounds that close in.
    """
    m = (y * shares).sum(axis=1)
    parts = shares * (m[:, None] - y) ** 2
    variance = parts.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        far = np.where(r > 0, np.sqrt(variance / r), 0.0)
        start = np.sqrt(np.maximum(variance / r + ((1 - m) / 2) ** 2, 0)) - (1 + m) / 2  # (c + 1) (c + m) = V / r
        least = np.where(parts > 0, parts / y, 0.0).sum(axis=1) / m <= r  # even c = 0 does not reach r
    far = np.where(least, 0.0, far)
    near = np.minimum(np.where(r > 0, np.maximum(start, 0.0), 0.0), far)
    c = np.where(near > 0, near, far / 2)
    for _ in range(STEPS):
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            terms = np.where(parts > 0, parts / (c[:, None] + y), 0.0)
            h = terms.sum(axis=1) / (c + m)
            fall = np.where(parts > 0, terms / (c[:, None] + y), 0.0).sum(axis=1) / (c + m) + h / (c + m)
            near, far = np.where(h > r, c, near), np.where(h > r, far, c)
            step = c + 2 * h / fall * (np.sqrt(h / r) - 1)
        inside = (step > near) & (step < far)
        moved = np.where(inside, step, (near + far) / 2)
        done = (np.abs(moved - c) * np.minimum(r, 1.0) <= 1e-14).all()
        c = moved
        if done:
            break
    return np.where(r > 0, np.clip((m - r * c) / (1 + r), 0.0, m), m)


def _slope(y: Array, shares: Array, t: Array) -> Array:
    """(k,) multiplier l = x / t of the likeliest shares f / (1 + l (y - t)) with mean t below the mean, 0 < x <= 1."""
    low, high = np.zeros(len(y)), np.ones(len(y))
    moved = y - t[:, None]
    for _ in range(STEPS):
        x = (low + high) / 2
        with np.errstate(divide="ignore", invalid="ignore"):
            left = np.where(shares > 0, shares * moved / (t[:, None] + x[:, None] * moved), 0.0).sum(axis=1)
        low, high = np.where(left > 0, x, low), np.where(left > 0, high, x)
    with np.errstate(divide="ignore", invalid="ignore"):
        return (low + high) / 2 / t


def bounded_of(estimate: Array, share: NDArray[np.bool_], ratings: Bounded | None) -> Bounded:
    """All k numbers as bounded means: shares (k,) are means of 0 and 1, others as `ratings` has them, or unknown."""
    k = len(estimate)
    size = 2 if ratings is None else max(2, ratings.points.shape[1])
    points, shares = np.zeros((k, size)), np.zeros((k, size))
    lo, hi = np.full(k, np.nan), np.full(k, np.nan)
    if ratings is not None:
        points[:, : ratings.points.shape[1]], shares[:, : ratings.points.shape[1]] = ratings.points, ratings.shares
        lo[:], hi[:] = ratings.lo, ratings.hi
    p = np.where(estimate > 1e-12, np.where(estimate < 1 - 1e-12, estimate, 1.0), 0.0)[share]
    points[share], shares[share] = 0.0, 0.0
    points[share, 1], shares[share, 0], shares[share, 1] = 1.0, 1 - p, p
    lo[share], hi[share] = 0.0, 1.0
    return Bounded(points, shares, lo, hi)


def effective_number(ratings: Bounded, std_error: Array, counts: Array, settled: bool) -> Array:
    """(k,) n of `score_limits`: the variance of one answer over that of the mean.

    Parameters
    ----------
    ratings : of the k means
    std_error : (k,)
    counts : (k,) respondents where the mean has no variance, infinite in a census
    settled : whether a mean without variance, of answers that differ, is known for sure: it was raked to
    """
    one = ratings.variance
    still = ~(std_error > 1e-12 * (ratings.hi - ratings.lo))
    with np.errstate(divide="ignore", invalid="ignore"):
        n = one / std_error**2
    return np.where(one == 0, counts, np.where(still, np.inf if settled else counts, n))
