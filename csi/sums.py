"""Sums over rows, mergeable and counted from a provisional mean: the arithmetic under `Moments`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from csi.errors import DataError

Array = NDArray[np.float64]
CHUNK = 32_768
MANY_ROWS = 8192  # from which complete rows are summed apart from those with gaps


@dataclass(frozen=True, eq=False)
class Pairs:
    """Pairwise sums: for each pair of items, over the rows that answer both.

    Attributes
    ----------
    n, sum_w : (p, p) number of such rows and sum of their weights
    mean : (p, p) mean of the row's item over those rows
    scatter : (p, p) weighted sum of products of deviations from those means
    """

    n: Array
    sum_w: Array
    mean: Array
    scatter: Array

    def merge(self, other: Pairs) -> Pairs:
        """Sums over both sets of rows."""
        total = self.sum_w + other.sum_w
        share = np.divide(other.sum_w, total, out=np.zeros_like(total), where=total > 0)
        gap = other.mean - self.mean
        scatter = self.scatter + other.scatter + self.sum_w * share * gap * gap.T
        return Pairs(self.n + other.n, total, self.mean + share * gap, scatter)


@dataclass(frozen=True, eq=False)
class Fourth:
    """Fourth-order sums for standard errors that do not assume normal ratings (METHODS.md R3).

    With z = (1, x - origin, products of two of x - origin), `total` is the sum over sampling units (rows, or clusters
    when clustered) of v v', v being the unit's sum of weight times z.

    Attributes
    ----------
    origin : (p,) the point that x is counted from
    total : (q, q), q = 1 + p + p (p + 1) / 2
    units : number of sampling units
    """

    origin: Array
    total: Array
    units: int

    def at(self, origin: Array) -> Array:
        """`total` as it is when counted from another origin."""
        shift = shift_matrix(self.origin - origin)
        return shift @ self.total @ shift.T

    def merge(self, other: Fourth) -> Fourth:
        """Sums over both sets of units; a cluster must stand wholly in one of them."""
        return Fourth(self.origin, self.total + other.at(self.origin), self.units + other.units)


@cache
def upper(p: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Row and column numbers of the upper triangle of a p x p matrix, row by row: the order of every half in csi."""
    return np.triu_indices(p)


def products(deviations: Array) -> Array:
    """(n, 1 + p + p(p+1)/2): one, the deviations, and the products of two of them; laid out column by column."""
    n, p = deviations.shape
    turned = np.ascontiguousarray(deviations.T)
    z = np.empty((1 + p + p * (p + 1) // 2, n))
    z[0] = 1.0
    z[1 : 1 + p] = turned
    start = 1 + p
    for i in range(p):
        np.multiply(turned[i], turned[i:], out=z[start : start + p - i])
        start += p - i
    return z.T


def shift_matrix(delta: Array) -> Array:
    """The matrix that takes z of x to z of x + delta."""
    p = len(delta)
    rows, columns = upper(p)
    matrix = np.eye(1 + p + len(rows))
    matrix[1 : 1 + p, 0] = delta
    below = 1 + p + np.arange(len(rows))
    np.add.at(matrix, (below, 1 + rows), delta[columns])
    np.add.at(matrix, (below, 1 + columns), delta[rows])
    matrix[below, 0] += delta[rows] * delta[columns]
    return matrix


def moments_of_pairs(pairs: Pairs) -> dict[str, Array]:
    """Means and covariances from pairwise sums; a pair that nobody answered gives NaN."""
    with np.errstate(invalid="ignore", divide="ignore"):
        cov = pairs.scatter / pairs.sum_w * (pairs.n / (pairs.n - 1))
    return {"mean": np.diag(pairs.mean).copy(), "cov": cov}


def check_weights(weights: Array | None) -> None:
    """Refuse weights that no sampling design has: missing, infinite, negative, or all zero."""
    if weights is None:
        return
    if not np.isfinite(weights).all():
        raise DataError("missing_weights", count=int((~np.isfinite(weights)).sum()))
    if (weights < 0).any():
        raise DataError("negative_weights", count=int((weights < 0).sum()), value=float(weights.min()))
    if len(weights) and not weights.any():
        raise DataError("zero_weights", count=len(weights))


def sum_listwise(columns: Array, weights: Array | None) -> tuple[int, float, float, Array, Array]:
    """Count, sums of weights, mean and scatter over complete rows."""
    p = columns.shape[1]
    n, sum_w, sum_w2 = 0, 0.0, 0.0
    origin: Array | None = None
    first = np.zeros(p)
    second = np.zeros((p, p))
    for start in range(0, len(columns), CHUNK):
        block = columns[start : start + CHUNK]
        w = None if weights is None else weights[start : start + CHUNK]
        gaps = np.isnan(block)
        if gaps.any() or (w is not None and (w == 0).any()):
            keep = ~gaps.any(axis=1) if w is None else ~gaps.any(axis=1) & (w > 0)
            block, w = block[keep], None if w is None else w[keep]
        if not len(block):
            continue
        if origin is None:
            origin = block.mean(axis=0)
        deviations = block - origin
        weighted = deviations if w is None else deviations * w[:, None]
        n += len(block)
        sum_w += len(block) if w is None else w.sum()
        sum_w2 += len(block) if w is None else w @ w
        first += weighted.sum(axis=0)
        second += weighted.T @ deviations
    if origin is None:
        return 0, 0.0, 0.0, np.full(p, np.nan), np.full((p, p), np.nan)
    offset = first / sum_w
    return n, float(sum_w), float(sum_w2), origin + offset, second - np.outer(offset, first)


def sum_pairwise(columns: Array, weights: Array | None) -> tuple[int, float, float, Pairs]:
    """Sums per pair of items over the rows that answer both; many rows are taken a chunk at a time."""
    n, sum_w, sum_w2, pairs = _sum_pairs(columns[:CHUNK], None if weights is None else weights[:CHUNK])
    for start in range(CHUNK, len(columns), CHUNK):
        chunk = slice(start, start + CHUNK)
        more = _sum_pairs(columns[chunk], None if weights is None else weights[chunk])
        n, sum_w, sum_w2, pairs = n + more[0], sum_w + more[1], sum_w2 + more[2], pairs.merge(more[3])
    return n, sum_w, sum_w2, pairs


def _sum_pairs(columns: Array, weights: Array | None) -> tuple[int, float, float, Pairs]:
    """Sums per pair of items over the rows of one chunk; of many rows the complete ones by their common sums."""
    p = columns.shape[1]
    answered = ~np.isnan(columns)
    if len(columns) >= MANY_ROWS and 2 * np.count_nonzero(whole := answered.all(axis=1)) > len(columns):
        n, sum_w, sum_w2, mean, scatter = sum_listwise(columns[whole], None if weights is None else weights[whole])
        every = np.ones((p, p))
        pairs = Pairs(n * every, sum_w * every, mean[:, None] * every, scatter)
        if not whole.all():
            more = _sum_pairs(columns[~whole], None if weights is None else weights[~whole])
            n, sum_w, sum_w2, pairs = n + more[0], sum_w + more[1], sum_w2 + more[2], pairs.merge(more[3])
        return n, sum_w, sum_w2, pairs
    w = np.ones(len(columns)) if weights is None else weights
    used = answered.any(axis=1) & (w > 0)
    rows = columns
    if not used.all():
        rows, answered, w = rows[used], answered[used], w[used]
    counts = answered.sum(axis=0)
    origin = np.divide(np.where(answered, rows, 0.0).sum(axis=0), counts, out=np.zeros(p), where=counts > 0)
    deviations = np.where(answered, rows - origin, 0.0)
    mask = answered.astype(float)
    n = mask.T @ mask
    sum_w = (mask * w[:, None]).T @ mask
    first = (deviations * w[:, None]).T @ mask  # sum of the row's item over rows that answer both
    second = (deviations * w[:, None]).T @ deviations
    with np.errstate(invalid="ignore", divide="ignore"):
        offset = np.where(sum_w > 0, first / sum_w, 0.0)
    pairs = Pairs(n, sum_w, origin[:, None] + offset, second - sum_w * offset * offset.T)
    return int(used.sum()), float(w.sum()), float(w @ w), pairs


def sum_fourth(columns: Array, weights: Array | None, origin: Array, units: NDArray[Any] | None) -> Fourth:
    """Sum over rows or clusters of v v', v the sum of weight times z."""
    keep = ~np.isnan(columns).any(axis=1)
    if weights is not None:
        keep &= weights > 0
    rows = columns[keep]
    w = np.ones(len(rows)) if weights is None else weights[keep]
    size = 1 + len(origin) + len(origin) * (len(origin) + 1) // 2
    total = np.zeros((size, size))
    if units is None:
        for start in range(0, len(rows), CHUNK // 16):
            block = slice(start, start + CHUNK // 16)
            z = products(rows[block] - origin) * w[block, None]
            total += z.T @ z
        return Fourth(origin, total, len(rows))
    _, codes = np.unique(units[keep], return_inverse=True)
    sums = np.zeros((codes.max() + 1 if len(codes) else 0, size))
    for start in range(0, len(rows), CHUNK // 16):
        block = slice(start, start + CHUNK // 16)
        np.add.at(sums, codes[block], products(rows[block] - origin) * w[block, None])
    return Fourth(origin, sums.T @ sums, len(sums))
