"""From replicates to standard errors, intervals and p-values.

A p-value inverts the interval it stands beside: it is 1 minus the level at which one limit of that interval touches 0.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from csi.inference.mover import Mover
from csi.inference.scored import CORRELATION as CORRELATION
from csi.inference.scored import MEAN as MEAN
from csi.inference.scored import NORMAL, Bounds, Scored, quantile_of
from csi.inference.scored import SHARE as SHARE
from csi.inference.scored import SQUARE as SQUARE

Array = NDArray[np.float64]
METHODS = ("percentile", "bca", "t")


def normal_quantile(shares: Array) -> Array:
    """Standard normal quantiles of shares strictly between 0 and 1."""
    return np.array([NORMAL.inv_cdf(share) for share in np.asarray(shares).ravel()]).reshape(np.shape(shares))


def normal_share(values: Array) -> Array:
    """Standard normal distribution function."""
    return np.array([NORMAL.cdf(value) for value in np.asarray(values).ravel()]).reshape(np.shape(values))


def acceleration(leave_one_out: Array) -> Array:
    """BCa's acceleration from leave-one-out estimates (k, n): sum U^3 / (6 (sum U^2)^1.5), U = mean - value."""
    with np.errstate(invalid="ignore"):
        return acceleration_of(leave_one_out.mean(axis=1, keepdims=True) - leave_one_out)


def acceleration_of(influence: Array) -> Array:
    """BCa's acceleration from influence values U (k, n): sum U^3 / (6 (sum U^2)^1.5); 0 for a constant."""
    with np.errstate(invalid="ignore", over="ignore"):
        return acceleration_sums((influence**2).sum(axis=1), (influence**3).sum(axis=1))


def acceleration_sums(squares: Array, cubes: Array) -> Array:
    """BCa's acceleration from sums of squares and cubes of influence (k,); 0 for a constant."""
    with np.errstate(invalid="ignore", divide="ignore"):
        a = cubes / (6 * squares**1.5)
    return np.where(np.isfinite(a) & (squares > 1e-24), a, 0.0)


@dataclass(frozen=True, eq=False)
class Draws(Scored):
    """The uncertainty of k estimates, from B replicates of all of them together.

    Attributes
    ----------
    estimate : (k,)
    replicates : (k, B), NaN where one could not be computed; or a function that gives them when they are needed
    method : "percentile", "bca" or "t"
    df : degrees of freedom of the design, for "t"
    acceleration : (k,) for "bca"
    scale : (k,) what "t" works on: 0 as it is, 1 Fisher's z, 2 Fisher's z of the square root, 3 a share and 4 a bounded
        mean by the score interval
    bounds : what score intervals need
    ordered, spread : (k, B) the replicates of each row in order, (k,) their standard deviations, where known already
    """

    estimate: Array
    replicates: Array | Callable[[], Array]
    method: str
    df: float = np.inf
    acceleration: Array | None = field(default=None, repr=False)
    scale: NDArray[np.int8] | None = field(default=None, repr=False)
    ordered: Array | None = field(default=None, repr=False)
    spread: Array | None = field(default=None, repr=False)
    bounds: Bounds | None = field(default=None, repr=False)

    def __getstate__(self) -> dict[str, object]:
        """The replicates as numbers, for other processes and files."""
        state = {part.name: getattr(self, part.name) for part in fields(self)}
        return {**state, "replicates": self.draws, "ordered": None}

    @cached_property
    def draws(self) -> Array:
        """(k, B) replicates."""
        return self.replicates() if callable(self.replicates) else self.replicates

    @cached_property
    def _sorted(self) -> tuple[Array, NDArray[np.int64]]:
        """Replicates in order, and how many are numbers, per row (NaN stands last)."""
        ordered = np.sort(self.draws, axis=1) if self.ordered is None else self.ordered
        counts = np.full(len(ordered), ordered.shape[1])
        for i in np.flatnonzero(np.isnan(ordered[:, -1])):
            counts[i] = np.count_nonzero(~np.isnan(ordered[i]))
        return ordered, counts

    @cached_property
    def constant(self) -> NDArray[np.bool_]:
        """(k,) estimates that no replicate changes."""
        ordered, counts = self._sorted
        highest = ordered[np.arange(len(ordered)), np.maximum(counts - 1, 0)]
        spread = np.maximum(self.estimate - ordered[:, 0], highest - self.estimate)
        return ~(np.nan_to_num(spread) > 1e-11)

    @cached_property
    def std_error(self) -> Array:
        """(k,) standard deviations of the replicates, 0 for constants."""
        spread = standard_deviation(self.draws) if self.spread is None else self.spread
        return np.where(self.constant, 0.0, spread)

    def interval(self, level: float) -> tuple[Array, Array]:
        """Limits (k,), (k,) of the intervals at `level`."""
        tail = (1 - level) / 2
        if self.method == "t":
            lower, upper = self._t_interval(tail)
        else:
            shares = np.tile([[tail], [1 - tail]], len(self.estimate))
            if self.method == "bca":
                shares = self._bca_shares(shares)
            lower, upper = self.quantile(shares[0]), self.quantile(shares[1])
        lower = np.where(self.constant, self.estimate, lower)
        upper = np.where(self.constant, self.estimate, upper)
        return self._score_limits(self._by_score, tail, lower, upper)

    @property
    def _by_score(self) -> NDArray[np.bool_]:
        """(k,) score intervals; all answers equal is not to say it is sure, though no replicate differs."""
        return self.scored if self.method == "t" else self.scored & self.constant

    def rows(self, index: NDArray[np.int64]) -> Draws:
        """Some of the estimates."""
        named = ("acceleration", "scale", "ordered", "spread")
        part = {name: None if (one := getattr(self, name)) is None else one[index] for name in named}
        bounds = None if self.bounds is None else self.bounds.rows(index)
        return Draws(self.estimate[index], lambda: self.draws[index], self.method, self.df, **part, bounds=bounds)

    def p_value(self) -> Array:
        """(k,) two-sided p-values of 0, NaN for constants; 2 / (B + 1) when 0 lies beyond all B replicates."""
        if self.method == "t":
            moved, spread, _ = self._transformed
            p = t_p_value(moved, spread, self.df)
        else:
            share, beyond = self._share_at_zero()
            if self.method == "bca":
                bias, a = self._bias, self._a
                w = normal_quantile(share) - bias
                share = normal_share(w / (1 + a * w) - bias)
            p = np.minimum(1.0, 2 * np.minimum(share, 1 - share))
            p = np.where(beyond, 2 / (self._sorted[1] + 1), p)
        p = np.where(self.constant, np.nan, p)
        if not self._by_score.any():
            return p
        z = self.score(np.zeros(len(p)))
        return np.where(self._by_score, t_p_value(z, np.ones(len(z)), self.bounds.df), p)

    def covariance(self) -> Array:
        """(k, k) covariance of the replicates, of each pair over those that have both."""
        there = ~np.isnan(self.draws)
        if there.all():
            return np.atleast_2d(np.cov(self.draws))
        counts = there.astype(float) @ there.T
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = np.where(there, self.draws, 0.0).sum(axis=1, keepdims=True) / there.sum(axis=1, keepdims=True)
            moved = np.where(there, self.draws - mean, 0.0)
            return np.where(counts > 1, moved @ moved.T / (counts - 1), np.nan)

    def combine(self, weights: Array) -> Draws | Mover:
        """The uncertainty of one weighted sum; BCa gives way to percentiles, and score intervals add up by theirs."""
        if self._by_score[weights != 0].any() and (sums := self._mover(weights)) is not None:
            return sums
        method = "percentile" if self.method == "bca" else self.method
        used = weights != 0  # what is missing in a row that does not enter is no loss
        return Draws(np.atleast_1d(weights @ self.estimate), (weights[used] @ self.draws[used])[None], method, self.df)

    @property
    def _a(self) -> Array:
        return np.zeros(len(self.estimate)) if self.acceleration is None else self.acceleration

    @cached_property
    def _bias(self) -> Array:
        """BCa's z0: normal quantile of the share of replicates below the estimate, ties half."""
        ordered, counts = self._sorted
        ends = [
            np.searchsorted(row[:count], [value - 1e-13, value + 1e-13])
            for row, count, value in zip(ordered, counts, self.estimate, strict=True)
        ]
        share = np.mean(ends, axis=1) / np.maximum(counts, 1)
        limit = 0.5 / np.maximum(counts, 1)
        return normal_quantile(np.clip(share, limit, 1 - limit))

    def _bca_shares(self, shares: Array) -> Array:
        z = normal_quantile(shares[:, :1]) + self._bias
        with np.errstate(divide="ignore", invalid="ignore"):
            adjusted = self._bias + z / (1 - self._a * z)
        adjusted = np.where(self._a * z >= 1, np.sign(z) * 8.0, adjusted)
        return normal_share(np.clip(adjusted, -8.0, 8.0))

    def quantile(self, shares: Array) -> Array:
        """The value at each row's share; replicate i of B stands at share i / (B + 1)."""
        ordered, counts = self._sorted
        every = np.arange(len(ordered))
        position = np.clip(shares * (counts + 1) - 1, 0, np.maximum(counts - 1, 0))
        low = np.floor(position).astype(np.int64)
        high = np.minimum(low + 1, np.maximum(counts - 1, 0))
        part = position - low
        return ordered[every, low] * (1 - part) + ordered[every, high] * part

    def _share_at_zero(self) -> tuple[Array, NDArray[np.bool_]]:
        """The share at which each row's quantile is 0, and whether 0 lies beyond all replicates."""
        ordered, counts = self._sorted
        shares, beyond = np.empty(len(ordered)), np.zeros(len(ordered), dtype=bool)
        for i, (row, count) in enumerate(zip(ordered, counts, strict=True)):
            below = int(np.searchsorted(row[:count], 0.0))
            if below in (0, count):
                position, beyond[i] = (0.0 if below == 0 else count - 1.0), True
            else:
                left, right = row[below - 1], row[below]
                position = below - 1 + (0.0 - left) / (right - left) if right > left else below - 0.5
            shares[i] = (position + 1) / (count + 1)
        return shares, beyond

    @cached_property
    def _transformed(self) -> tuple[Array, Array, NDArray[np.int8]]:
        """Estimates and standard errors on the scale that "t" works on, and that scale."""
        scale = np.zeros(len(self.estimate), dtype=np.int8) if self.scale is None else self.scale
        ordered, counts = self._sorted
        lowest, highest = ordered[:, 0], ordered[np.arange(len(ordered)), np.maximum(counts - 1, 0)]
        fits = (np.maximum(np.abs(self.estimate), np.maximum(np.abs(lowest), np.abs(highest))) < 1) & ~self.constant
        fits &= (scale < 2) | ((scale == 2) & (self.estimate > 0) & (lowest >= 0))
        scale = np.where(fits, scale, 0).astype(np.int8)
        moved, spread = self.estimate.copy(), self.std_error.copy()
        for kind in (1, 2):
            at = scale == kind
            if at.any():
                moved[at] = to_scale(self.estimate[at], kind)
                spread[at] = _nan_std(to_scale(self.draws[at], kind))
        return moved, spread, scale

    def _t_interval(self, tail: float) -> tuple[Array, Array]:
        return t_interval(*self._transformed, self.df, tail)


@dataclass(frozen=True, eq=False)
class Linear(Scored):
    """The uncertainty of k estimates from their linearised covariance.

    Attributes
    ----------
    estimate : (k,)
    cov : (k, k)
    df : degrees of freedom of the design
    scale : (k,) as in `Draws`; standard errors on it by the delta method
    bounds : what score intervals need
    """

    estimate: Array
    cov: Array
    df: float = np.inf
    scale: NDArray[np.int8] | None = field(default=None, repr=False)
    bounds: Bounds | None = field(default=None, repr=False)

    @cached_property
    def constant(self) -> NDArray[np.bool_]:
        """(k,) estimates that no respondent moves."""
        return ~(np.diag(self.cov) > 1e-18)

    @cached_property
    def std_error(self) -> Array:
        """(k,) linearised standard errors, 0 for constants."""
        return np.where(self.constant, 0.0, np.sqrt(np.maximum(np.diag(self.cov), 0)))

    @cached_property
    def _transformed(self) -> tuple[Array, Array, NDArray[np.int8]]:
        scale = np.zeros(len(self.estimate), dtype=np.int8) if self.scale is None else self.scale
        fits = (np.abs(self.estimate) < 1) & ~self.constant & ((scale < 2) | ((scale == 2) & (self.estimate > 0)))
        scale = np.where(fits, scale, 0).astype(np.int8)
        moved, spread = self.estimate.copy(), self.std_error.copy()
        for kind in (1, 2):
            at = scale == kind
            moved[at] = to_scale(self.estimate[at], kind)
            root = self.estimate[at] if kind == 1 else np.sqrt(self.estimate[at])
            spread[at] /= (1 - root**2) * (1 if kind == 1 else 2 * root)
        return moved, spread, scale

    def interval(self, level: float) -> tuple[Array, Array]:
        """Limits (k,), (k,): t on the scale of each number, the score interval for shares and bounded means."""
        tail = (1 - level) / 2
        lower, upper = t_interval(*self._transformed, self.df, tail)
        lower = np.where(self.constant, self.estimate, lower)
        upper = np.where(self.constant, self.estimate, upper)
        return self._score_limits(self.scored, tail, lower, upper)

    def p_value(self) -> Array:
        """(k,) two-sided p-values of 0; NaN for constants."""
        moved, spread, _ = self._transformed
        p = np.where(self.constant, np.nan, t_p_value(moved, spread, self.df))
        if not self.scored.any():
            return p
        z = self.score(np.zeros(len(p)))
        return np.where(self.scored, t_p_value(z, np.ones(len(z)), self.bounds.df), p)

    def rows(self, index: NDArray[np.int64]) -> Linear:
        """Some of the estimates."""
        scale = None if self.scale is None else self.scale[index]
        bounds = None if self.bounds is None else self.bounds.rows(index)
        cov = self.cov[np.ix_(index, index)]
        return replace(self, estimate=self.estimate[index], cov=cov, scale=scale, bounds=bounds)

    def covariance(self) -> Array:
        """(k, k)."""
        return self.cov

    def combine(self, weights: Array) -> Linear | Mover:
        """The uncertainty of one weighted sum: from the limits of its parts where all have score intervals, else t."""
        if (sums := self._mover(weights)) is not None:
            return sums
        return Linear(np.atleast_1d(weights @ self.estimate), np.atleast_2d(weights @ self.cov @ weights), self.df)


def t_interval(moved: Array, spread: Array, scale: NDArray[np.int8], df: float, tail: float) -> tuple[Array, Array]:
    """Limits of t intervals made on the scale of `to_scale` and brought back."""
    reach = quantile_of(df, tail) * spread
    return from_scale(moved - reach, scale), from_scale(moved + reach, scale)


def t_p_value(moved: Array, spread: Array, df: float) -> Array:
    """Two-sided p-values of 0 by t."""
    from scipy.special import stdtr

    with np.errstate(invalid="ignore", divide="ignore"):
        return 2 * stdtr(df if np.isfinite(df) else 1e12, -np.abs(moved / spread))


def to_scale(values: Array, kind: int) -> Array:
    """Fisher's z (1), or z of the square root (2)."""
    return np.arctanh(values if kind == 1 else np.sqrt(values))


def from_scale(values: Array, scale: NDArray[np.int8]) -> Array:
    """Back from the scale of `to_scale`; z of a square root is not taken below 0."""
    with np.errstate(over="ignore"):
        back = np.where(scale == 1, np.tanh(values), values)
    return np.where(scale == 2, np.tanh(np.maximum(values, 0)) ** 2, back)


def standard_deviation(values: Array) -> Array:
    """(k,) standard deviations of rows (k, B), ddof 1, over what is a number."""
    spread = values.std(axis=1, ddof=1)
    return _nan_std(values) if np.isnan(spread).any() else spread


def _nan_std(values: Array) -> Array:
    counts = (~np.isnan(values)).sum(axis=1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.nansum(values, axis=1, keepdims=True) / counts
        return np.sqrt(np.nansum((values - mean) ** 2, axis=1) / (counts[:, 0] - 1))
