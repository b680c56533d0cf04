"""Kano's model on arrays: evaluation tables, shares of categories, and what follows from them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

ANSWERS = ("like", "expect", "neutral", "live_with", "dislike")
CATEGORIES = ("attractive", "one_dimensional", "must_be", "indifferent", "reverse", "questionable")
A, O, M, I, R, Q = range(6)  # noqa: E741
ORDER = (M, O, A, I, R, Q)  # ties: what matters more goes first
RULES = ("mode", "sums", "strength")
TOTAL_STRENGTH, CATEGORY_STRENGTH = 0.60, 0.06  # Lee and Newcomb
FONG = 1.65
# rows: the answer when the feature is there, columns: when it is not; both from "like" to "dislike"
BERGER = np.array([[Q, A, A, A, O], [R, I, I, I, M], [R, I, I, I, M], [R, I, I, I, M], [R, R, R, R, Q]])
POULIOT = np.array([[Q, A, A, A, O], [R, Q, I, I, M], [R, I, I, I, M], [R, I, I, Q, M], [R, R, R, R, Q]])
TABLES = {"berger": BERGER, "pouliot": POULIOT}
FUNCTIONAL = np.array([4.0, 2.0, 0.0, -1.0, -2.0])
DYSFUNCTIONAL = np.array([-2.0, -1.0, 0.0, 2.0, 4.0])
CUT = 2.0  # of the continuous map


def classify(functional: Array, dysfunctional: Array, table: NDArray[np.int64]) -> Array:
    """Category numbers of pairs of answers.

    Parameters
    ----------
    functional, dysfunctional : (n, K) numbers 0-4 of the answers, "like" to "dislike"; NaN where there is none
    table : (5, 5) category numbers

    Returns
    -------
    (n, K) category numbers, NaN where an answer is missing
    """
    categories = np.append(table.ravel().astype(float), np.nan)
    found = np.empty(functional.shape[::-1])
    for row, first, second in zip(found, functional.T, dysfunctional.T, strict=True):
        cell = 5 * first
        cell += second
        np.nan_to_num(cell, copy=False, nan=25.0)
        np.take(categories, cell.astype(np.int8), out=row)
    return found.T


def indicators(category: Array) -> Array:
    """(n, 6 K) 0 and 1: whether each answer pair falls into each category, six columns per feature; NaN stays."""
    n, count = category.shape
    found = np.empty((6 * count, n))
    for k in range(count):
        gaps = np.isnan(category[:, k])
        values = np.where(gaps, 6, category[:, k]).astype(np.int8)
        for kind in range(6):
            found[6 * k + kind] = values == kind
        if gaps.any():
            found[6 * k : 6 * k + 6, gaps] = np.nan
    return found.T


def scores(functional: Array, dysfunctional: Array, category: Array) -> tuple[Array, Array]:
    """DuMouchel's scores (n, K) of both answers, -2 to 4; NaN for reverse and questionable pairs."""
    known = category <= I
    points = [np.append(values, np.nan) for values in (FUNCTIONAL, DYSFUNCTIONAL)]
    cells = [np.where(known, answers, 5).astype(np.intp) for answers in (functional, dysfunctional)]
    return points[0][cells[0]], points[1][cells[1]]


def better(shares: Array) -> Array:
    """(A + O) / (A + O + M + I) of shares (K, 6, b): satisfaction that the feature can bring, 0 to 1."""
    return _of_meaningful(shares, (A, O))


def worse(shares: Array) -> Array:
    """(O + M) / (A + O + M + I) of shares (K, 6, b), without the minus sign of the published coefficient."""
    return _of_meaningful(shares, (O, M))


def _of_meaningful(shares: Array, which: tuple[int, ...]) -> Array:
    with np.errstate(invalid="ignore", divide="ignore"):
        return shares[:, which].sum(axis=1) / shares[:, :R].sum(axis=1)


def total_strength(shares: Array) -> Array:
    """A + O + M of shares (K, 6, b)."""
    return shares[:, :I].sum(axis=1)


def category_strength(shares: Array) -> Array:
    """Largest minus second largest of shares (K, 6, b)."""
    ordered = np.sort(shares, axis=1)
    return ordered[:, -1] - ordered[:, -2]


def decide(shares: Array, rule: str = "mode", cut: float = CATEGORY_STRENGTH) -> NDArray[np.int64]:
    """Category number of each feature.

    Parameters
    ----------
    shares : (K, 6, b)
    rule : "mode": the most frequent; "sums": the most frequent of the larger half, A + O + M against I + R + Q;
        "strength": the first of M, O, A, I among those within `cut` of the most frequent. Ties: M > O > A > I > R > Q
    cut : of "strength"

    Returns
    -------
    (K, b)
    """
    rounded = np.round(shares[:, ORDER], 12)
    if rule == "sums":
        needed = rounded[:, :3].sum(axis=1) < rounded[:, 3:].sum(axis=1) - 1e-12
        rounded = rounded.copy()
        rounded[:, :3] = np.where(needed[:, None], -1.0, rounded[:, :3])
        rounded[:, 3:] = np.where(needed[:, None], rounded[:, 3:], -1.0)
    elif rule == "strength":
        largest = rounded.max(axis=1, keepdims=True)
        rounded = (rounded >= largest - cut - 1e-12).astype(float)
    return np.array(ORDER)[np.argmax(rounded, axis=1)]


def decide_continuous(functional: Array, dysfunctional: Array) -> NDArray[np.int64]:
    """Category numbers by DuMouchel's map, cut at 2, from mean scores of one shape."""
    high, low = functional >= CUT, dysfunctional >= CUT
    return np.where(high & low, O, np.where(high, A, np.where(low, M, I)))


def fong(shares: Array, n: Array) -> tuple[Array, Array]:
    """Fong's difference and critical value, in respondents, for replication only.

    Parameters
    ----------
    shares : (K, 6) of all n answers, questionable ones included
    n : (K,) respondents

    Returns
    -------
    difference, critical : (K,) the two largest counts of A, O, M, I and R differ if difference >= critical
    """
    counts = np.sort(shares[:, :Q] * n[:, None], axis=1)
    a, b = counts[:, -1], counts[:, -2]
    return a - b, FONG * np.sqrt((a + b) * (2 * n - a - b) / (2 * n))


def chi_square(shares: Array, n: Array) -> Array:
    """(K,) Pearson's statistic of equal frequencies of A, O, M and I, from shares (K, 6) and respondents (K,)."""
    counts = shares[:, :R] * n[:, None]
    expected = counts.mean(axis=1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        return ((counts - expected) ** 2 / expected).sum(axis=1)


def leading_p(shares: Array, cov: Array, n: float, adjust: float, df: float) -> Array:
    """p-value of each category of one feature that it is as frequent as the most frequent one.

    Parameters
    ----------
    shares : (k,) shares of the categories
    cov : (k, k) their covariance under the design
    n : respondents, where the design says nothing (a difference without variance)
    adjust : n / (n - 1) where variances were divided by n - 1
    df : degrees of freedom

    Returns
    -------
    (k,) two-sided p-values, 1 for the most frequent category

    Notes
    -----
    z = |a - b| / sqrt(a + b) on the effective counts a and b: counts in a simple random sample; under a design the
    effective n is ((p + q) - (p - q)^2) / variance of (p - q).
    """
    from scipy.special import stdtr

    top = int(np.argmax(shares))
    difference, total = shares[top] - shares, shares[top] + shares
    variance = (cov[top, top] + np.diag(cov) - 2 * cov[top]) / adjust
    with np.errstate(invalid="ignore", divide="ignore"):
        effective = np.where(variance > 1e-14, (total - difference**2) / variance, n)
        z = difference * np.sqrt(np.maximum(effective, 0) / total)
    z[top] = 0.0
    return np.minimum(1.0, 2 * stdtr(df if np.isfinite(df) else 1e12, -np.nan_to_num(z)))


def wald_equal(shares: Array, cov: Array) -> tuple[float, int]:
    """Wald statistic that several groups have the same shares, and its degrees of freedom.

    Parameters
    ----------
    shares : (G, c)
    cov : (G c, G c)
    """
    groups, count = shares.shape
    present = np.flatnonzero((shares > 0).any(axis=0))
    if groups < 2 or len(present) < 2:
        return 0.0, 0
    # all but one category (they add to 1), every group against the first
    rows = [(g, c) for g in range(1, groups) for c in present[:-1]]
    contrast = np.zeros((len(rows), groups * count))
    for row, (g, c) in enumerate(rows):
        contrast[row, [g * count + c, c]] = 1.0, -1.0
    moved = contrast @ shares.ravel()
    spread = contrast @ cov @ contrast.T
    values, vectors = np.linalg.eigh((spread + spread.T) / 2)
    kept = values > 1e-10 * max(values.max(), 1e-300)
    along = vectors[:, kept].T @ moved
    return float((along**2 / values[kept]).sum()), int(kept.sum())
