"""Weighted quantiles with Woodruff's intervals: turned round from the share of respondents at or below them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property, partial

import numpy as np
from numpy.typing import NDArray

from csi.errors import choose
from csi.inference.bootstrap import CELLS
from csi.inference.intervals import Linear, quantile_of
from csi.inference.means import Sample, mean_covariance
from csi.inference.stores import Places

Array = NDArray[np.float64]
RULES = ("math", "school")
CENTRES = ("prob", "share")
TIE = 1e-12  # shares that differ by less are the same
WIDE = 1000  # whole numbers within so many are counted instead of sorted


@dataclass(frozen=True, eq=False)
class Distribution:
    """The weighted answers to one column in one domain.

    Attributes
    ----------
    values : (v,) values that occur, in order
    share : (v,) share of the weight at or below each
    """

    values: Array
    share: Array

    def quantile(self, probs: Array, rule: str = "math") -> Array:
        """Values (p,) at shares (p,): the lowest at or below which that share lies; NaN where nobody has a value.

        `school` takes the middle between two values where exactly that share lies at or below the lower one.
        """
        if not len(self.values):
            return np.full(np.shape(probs), np.nan)
        return quantile_rows(self.values, self.share[:, None], np.asarray(probs), rule)[:, 0]


def distribution(values: Array, weight: Array) -> Distribution:
    """The weighted distribution of values (m,), NaN left out; weights are positive."""
    known = ~np.isnan(values)
    x, w = (values, weight) if known.all() else (values[known], weight[known])
    if not len(x):
        return Distribution(x, x)
    low, high = x.min(), x.max()
    if high - low < WIDE and not (x % 1).any():
        mass = np.bincount((x - low).astype(np.intp), weights=w)
        there = mass > 0
        found, mass = low + np.flatnonzero(there), mass[there]
    else:
        found, codes = np.unique(x, return_inverse=True)
        mass = np.bincount(codes, weights=w)
    total = mass.cumsum()
    return Distribution(found, total / total[-1])


def quantile_rows(values: Array, share: Array, probs: Array, rule: str) -> Array:
    """Quantiles (p, b) of b distributions over the same values (v,), whose shares at or below are (v, b)."""
    last = len(values) - 1
    at = np.stack([np.minimum((share < p - TIE).sum(axis=0), last) for p in probs])
    found = values[at]
    if rule == "school":
        exact = np.abs(np.take_along_axis(share, at, axis=0) - probs[:, None]) <= TIE
        step = share > np.take_along_axis(share, at, axis=0)[:, None] + TIE  # (p, v, b): later values somebody has
        later = np.where(step.any(axis=1), step.argmax(axis=1), at)
        found = np.where(exact, (found + values[later]) / 2, found)
    return found


@dataclass(frozen=True, eq=False)
class Woodruff:
    """The uncertainty of k quantiles.

    Attributes
    ----------
    estimate : (k,) quantiles
    middle : (k,) share in the middle of the interval that is read off the distribution
    spread : (k,) linearised standard error of that share
    shares : gives the (k, k) linearised covariance of the shares at or below the quantiles
    source : (k,) number of the distribution of each
    distributions : weighted distribution of each column of each domain
    df : degrees of freedom of the design
    rule : "math" or "school"

    Notes
    -----
    The t interval of a share is read off the distribution (Woodruff 1952), so limits are answers that occur. The
    standard error is the width of the 95 % interval divided by twice t: 0 where both limits are the same answer, which
    says that no other answer is in question.
    """

    estimate: Array
    middle: Array
    spread: Array
    shares: Callable[[], Array]
    source: NDArray[np.int64]
    distributions: Sequence[Distribution]
    df: float
    rule: str = "math"

    def __getstate__(self) -> dict[str, object]:
        """The covariance of the shares as numbers, without the answers it is made from."""
        state = {part.name: getattr(self, part.name) for part in fields(self)}
        return {**state, "shares": partial(np.asarray, self.shares())}

    def interval(self, level: float) -> tuple[Array, Array]:
        """Limits (k,), (k,)."""
        reach = quantile_of(self.df, (1 - level) / 2) * self.spread
        ends = np.stack([self.middle - reach, self.middle + reach], axis=1)
        found = [self.distributions[i].quantile(pair, self.rule) for i, pair in zip(self.source, ends, strict=True)]
        low, high = np.reshape(found, (-1, 2)).T
        return np.minimum(low, self.estimate), np.maximum(high, self.estimate)

    @cached_property
    def std_error(self) -> Array:
        """(k,) width of the 95 % interval divided by twice t."""
        low, high = self.interval(0.95)
        return (high - low) / (2 * quantile_of(self.df, 0.025))

    def p_value(self) -> Array:
        """(k,) NaN: no quantile is tested against 0."""
        return np.full(len(self.estimate), np.nan)

    def covariance(self) -> Array:
        """(k, k) from the standard errors and the correlations of the shares."""
        cov = self.shares()
        spread = np.sqrt(np.maximum(np.diag(cov), 0))
        with np.errstate(invalid="ignore", divide="ignore"):
            correlation = np.nan_to_num(cov / np.outer(spread, spread))
        np.fill_diagonal(correlation, 1.0)
        return correlation * np.outer(self.std_error, self.std_error)

    def combine(self, weights: Array) -> Linear:
        """The uncertainty of one weighted sum, by t."""
        cov = np.atleast_2d(weights @ self.covariance() @ weights)
        return Linear(np.atleast_1d(weights @ self.estimate), cov, self.df)


@dataclass(frozen=True, eq=False)
class QuantileStore:
    """All quantiles of a sample in one block; a table asks for some of them.

    Attributes
    ----------
    whole : the uncertainty of all
    """

    whole: Woodruff

    def uncertainty(self, estimate: Array, places: Places, scale: NDArray[np.int8]) -> Woodruff:
        """The uncertainty of the quantiles at some places."""
        at = np.array([i for _, i in places], dtype=np.intp)
        whole = self.whole
        middle, spread, source = whole.middle[at], whole.spread[at], whole.source[at]
        shares = partial(_some, whole.shares, at)
        return replace(whole, estimate=estimate, middle=middle, spread=spread, source=source, shares=shares)


def _some(shares: Callable[[], Array], at: NDArray[np.intp]) -> Array:
    return shares()[np.ix_(at, at)]


def quantiles(
    sample: Sample, probs: Sequence[float], *, rule: str = "math", centre: str = "prob", errors: bool = True
) -> Woodruff:
    """Quantiles (G K P,) of every column in every domain, domain by domain and column by column.

    Parameters
    ----------
    sample : columns, design and domains
    probs : P shares between 0 and 1
    rule : "math", the lowest value at or below which the share lies (the default of R's svyquantile), or "school", the
        middle of two values where exactly the share lies at or below the lower one
    centre : "prob", intervals around the share that was asked for (Woodruff 1952), whose error is the larger of those
        of the shares below and at or below the quantile; or "share", around the share found at or below the quantile,
        as R's survey 4.1 does. They agree where answers are continuous. Where many respondents give the same answer the
        second leaves out the next lower one: in a population with 50.5 % at or below 7 its 95 % interval holds the
        median 7 in 60 % of samples of 500.
    errors : whether errors are wanted; without them every interval is the quantile itself

    Examples
    --------
    >>> import numpy as np
    >>> from csi.inference.design import Design
    >>> from csi.inference.means import Sample
    >>> ratings = np.array([[3.0], [5.0], [7.0], [8.0]])
    >>> sample = Sample(ratings, Design(4))
    >>> quantiles(sample, [0.5]).estimate, quantiles(sample, [0.5], rule="school").estimate
    (array([5.]), array([6.]))

    """
    choose("rule", rule, RULES)
    choose("centre", centre, CENTRES)
    wanted = np.asarray(probs, dtype=float)
    columns, size = sample.columns.shape[1], len(wanted)
    found = [distribution(row, part.weight) for part in sample.domains for row in part.x]
    estimate = np.stack([one.quantile(wanted, rule) for one in found]).reshape(len(sample.domains), columns, size)
    middle, spread = np.broadcast_to(wanted, estimate.shape).copy(), np.zeros_like(estimate)
    for k in range(columns if errors else 0):
        one = replace(sample, columns=sample.columns[:, [k]])
        at, error = _share(one, estimate[:, [k]], below=False)
        if centre == "prob":
            at, error = wanted, np.maximum(error, _share(one, estimate[:, [k]], below=True)[1])
        middle[:, k], spread[:, k] = at, error
    return Woodruff(
        estimate.reshape(-1),
        middle.reshape(-1),
        spread.reshape(-1),
        partial(_share_covariance, sample, estimate),
        np.repeat(np.arange(len(found)), size),
        found,
        float(sample.design.df),
        rule,
    )


def _indicators(sample: Sample, limits: Array, *, below: bool) -> Sample:
    """Columns (n, K P) of 1 at or below the limits (G, K, P) of the respondent's domain, or `below` them."""
    groups, columns, size = limits.shape
    found = np.full((columns * size, sample.design.n), np.nan)
    for part, ends in zip(sample.domains, limits.reshape(groups, -1), strict=True):
        for i, end in enumerate(ends):
            x = part.x[i // size]
            found[i, part.rows] = np.where(np.isnan(x), np.nan, x < end if below else x <= end)
    return replace(sample, columns=found.T)


def _share(sample: Sample, limits: Array, *, below: bool) -> tuple[Array, Array]:
    """Shares (G, P) and their linearised standard errors, for one column."""
    shares = _indicators(sample, limits, below=below)
    means, _ = shares.means
    cov = mean_covariance(shares)
    at = np.stack([domain.mean[:, 0] for domain in means])
    return at, np.sqrt(np.maximum(np.diag(cov), 0)).reshape(at.shape)


def _share_covariance(sample: Sample, limits: Array) -> Array:
    return mean_covariance(_indicators(sample, limits, below=False))


class OrderedColumns:
    """The answers of every domain in order, so that quantiles of replicates, by the rule "math", are sums."""

    def __init__(self, sample: Sample, probs: Sequence[float]) -> None:
        self._probs = np.asarray(probs, dtype=float)
        self._piece = sample.design.piece
        self._columns = [_ordered(row, part.weight, part.rows) for part in sample.domains for row in part.x]

    def replicates(self, multipliers: Array) -> Array:
        """Quantiles (G K P, b) for multipliers (pieces, b), ordered as those of `quantiles`."""
        return np.concatenate([_replicated(*one, self._piece, multipliers, self._probs) for one in self._columns])


def _ordered(values: Array, weight: Array, rows: NDArray[np.int64]) -> tuple[Array, Array, NDArray[np.int64], Array]:
    """Values that occur, where each begins among the answers in order, and the respondents and weights in order."""
    order = np.argsort(values, kind="stable")[: int((~np.isnan(values)).sum())]
    found, starts = np.unique(values[order], return_index=True)
    return found, starts, rows[order], weight[order]


def _replicated(
    found: Array, starts: Array, rows: NDArray[np.int64], weight: Array, piece: NDArray[np.int64], multipliers: Array,
    probs: Array,
) -> Array:  # fmt: skip
    """Quantiles (P, b) of one column in b replicates; NaN where nobody with a value was drawn."""
    b = multipliers.shape[1]
    if not len(found):
        return np.full((len(probs), b), np.nan)
    step = max(1, CELLS // len(rows))
    parts = []
    for start in range(0, b, step):
        drawn = multipliers[:, start : start + step][piece[rows]] * weight[:, None]
        share = np.add.reduceat(drawn, starts, axis=0).cumsum(axis=0)
        with np.errstate(invalid="ignore"):
            share = share / share[-1]
        parts.append(np.where(np.isnan(share[-1]), np.nan, quantile_rows(found, share, probs, "math")))
    return np.concatenate(parts, axis=1)
