"""Signs of careless answering in what one respondent's answers have to do with each other, on arrays."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from csi.data.careless import by_chunks

Array = NDArray[np.float64]

LEAST_PAIRS = 3  # a correlation of two points is always 1
ROWS = 8192


def row_correlation(first: Array, second: Array) -> Array:
    """Correlation of two sets of numbers within each row, over the places where both are there.

    Parameters
    ----------
    first, second : (n, m)

    Returns
    -------
    ndarray (n,)
        NaN with fewer than three pairs, or where one set does not vary.

    """
    both = ~(np.isnan(first) | np.isnan(second))
    count = both.sum(axis=1)
    size = np.maximum(count, 1)[:, None]
    a = np.where(both, first, 0.0)
    b = np.where(both, second, 0.0)
    a = np.where(both, a - a.sum(axis=1, keepdims=True) / size, 0.0)
    b = np.where(both, b - b.sum(axis=1, keepdims=True) / size, 0.0)
    return _correlation((a * b).sum(axis=1), (a * a).sum(axis=1), (b * b).sum(axis=1), count)


@by_chunks
def even_odd(ratings: Array, blocks: Sequence[Sequence[int]]) -> Array:
    """Even-odd consistency: whether the two halves of every construct tell the same story of one respondent, up to 1.

    Parameters
    ----------
    ratings : (n, k), a high number good in every item, all in one unit
    blocks : positions of the items of each construct, in the order of the questionnaire; those of one item are left out

    Returns
    -------
    ndarray (n,)
        NaN with fewer than three constructs, or where a half is the same in every construct.

    Notes
    -----
    Means of the odd (first, third, ...) and of the even items of each construct over the answers given, correlated
    over constructs within the respondent; r becomes 2r / (1 + r) (Spearman-Brown) and is cut at -1 from below.

    In R: careless::evenodd, which since version 1.2.0 turns the sign round and keeps the NaN rule for two constructs
    apart: there two are enough.
    """
    blocks = [block for block in blocks if len(block) > 1]
    if len(blocks) < LEAST_PAIRS:
        return np.full(len(ratings), np.nan)
    halves = [np.column_stack([_row_mean(ratings, block[start::2]) for block in blocks]) for start in (0, 1)]
    r = row_correlation(*halves)
    with np.errstate(divide="ignore"):
        corrected = 2 * r / (1 + r)
    return np.where(np.isnan(r), np.nan, np.maximum(np.where(r > -1, corrected, -1.0), -1.0))


def item_pairs(correlation: Array, critical: float, *, opposite: bool = False) -> NDArray[np.int64]:
    """Pairs of items that correlate above `critical`, or below its negative when `opposite`; (m, 2) positions."""
    rows, columns = np.tril_indices(len(correlation), -1)
    values = correlation[rows, columns] * (-1 if opposite else 1)
    chosen = np.nan_to_num(values, nan=-1.0) > critical
    return np.column_stack([rows[chosen], columns[chosen]])


def pair_consistency(ratings: Array, pairs: NDArray[np.int64]) -> Array:
    """Psychometric synonyms: correlation within each respondent over pairs of items that most people answer alike.

    Parameters
    ----------
    ratings : (n, k) as they were asked, all in one unit
    pairs : (m, 2) positions, of `item_pairs`

    Returns
    -------
    ndarray (n,)
        Near 1 for synonyms and near -1 for antonyms when read with care; NaN with fewer than three answered pairs, or
        where one side does not vary.

    Notes
    -----
    The sums over pairs are products with the (k, k) matrix of pairs, so a million respondents take a moment.

    In R: careless::psychsyn with resample_na = FALSE; by default that function shuffles sides at random where the
    correlation is not defined, which is left out here.
    """
    n, k = ratings.shape
    if len(pairs) < LEAST_PAIRS:
        return np.full(n, np.nan)
    used = np.unique(pairs)
    linked = np.zeros((k, k))
    linked[pairs[:, 0], pairs[:, 1]] = 1.0
    linked = linked[np.ix_(used, used)]
    columns = ratings.T
    out = np.empty(n)
    for start in range(0, n, ROWS):
        z = columns[used, start : start + ROWS]  # (items, rows)
        seen = ~np.isnan(z)
        z[~seen] = 0.0
        mask = seen.astype(float)
        z -= mask * (z.sum(axis=0) / np.maximum(mask.sum(axis=0), 1))  # a shift per person changes no correlation
        partners, owners = linked @ mask, linked.T @ mask  # answered second and first items of each item
        count = np.einsum("ij,ij->j", mask, partners)
        size = np.maximum(count, 1)
        first, second = np.einsum("ij,ij->j", z, partners), np.einsum("ij,ij->j", z, owners)
        xy = np.einsum("ij,ij->j", z, linked @ z) - first * second / size
        z *= z
        xx = np.einsum("ij,ij->j", z, partners) - first * first / size
        yy = np.einsum("ij,ij->j", z, owners) - second * second / size
        out[start : start + ROWS] = _correlation(xy, xx, yy, count)
    return out


def squared_distances(ratings: Array, mean: Array, cov: Array) -> tuple[Array, NDArray[np.int64]]:
    """Squared Mahalanobis distances over the items each respondent answered, and how many those are.

    Parameters
    ----------
    ratings : (n, k)
    mean, cov : (k,) and (k, k), positive definite

    Returns
    -------
    d2 : (n,) (x - m)' S^-1 (x - m) with the rows and columns of the answered items; NaN without an answer
    answered : (n,) degrees of freedom of the chi-square it is compared with

    Notes
    -----
    With K = S^-1 and u = K z, z = 0 where an answer is missing: d2 = z'u - u_m' (K_mm)^-1 u_m, m the missing items.
    So respondents are solved together by the number of their missing answers, not pattern by pattern.

    In R: mahalanobis() for complete rows; psych::outlier instead puts the mean in place of a missing answer.
    """
    inverse = np.linalg.inv(cov)
    n, k = ratings.shape
    d2, answered = np.empty(n), np.empty(n, dtype=np.int64)
    for start in range(0, n, ROWS):
        part = ratings[start : start + ROWS]
        missing = np.isnan(part)
        z = np.where(missing, 0.0, part - mean)
        u = z @ inverse
        inside = (z * u).sum(axis=1)
        lost = missing.sum(axis=1)
        for count in np.unique(lost[(lost > 0) & (lost < k)]).tolist():
            for rows in _pieces(np.flatnonzero(lost == count), max(1, 4_000_000 // count**2)):
                at = np.nonzero(missing[rows])[1].reshape(len(rows), count)
                um = np.take_along_axis(u[rows], at, axis=1)
                solved = np.linalg.solve(inverse[at[:, :, None], at[:, None, :]], um[:, :, None])[:, :, 0]
                inside[rows] -= (um * solved).sum(axis=1)
        d2[start : start + ROWS] = np.where(lost < k, np.maximum(inside, 0), np.nan)
        answered[start : start + ROWS] = k - lost
    return d2, answered


def _pieces(rows: NDArray[np.int64], size: int) -> list[NDArray[np.int64]]:
    return [rows[start : start + size] for start in range(0, len(rows), size)]


def _row_mean(ratings: Array, items: Sequence[int]) -> Array:
    total, count = np.zeros(len(ratings)), np.zeros(len(ratings))
    for j in items:
        seen = ~np.isnan(ratings[:, j])
        total += np.where(seen, ratings[:, j], 0.0)
        count += seen
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _correlation(xy: Array, xx: Array, yy: Array, count: NDArray) -> Array:
    """Correlations from centred sums; a spread lost in rounding is none."""
    known = (count >= LEAST_PAIRS) & (xx > 1e-9) & (yy > 1e-9)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(known, np.clip(xy / np.sqrt(xx * yy), -1, 1), np.nan)
