"""Weights that respond to how much criteria differ between cases: entropy and CRITIC, on arrays.

Both say how well a criterion tells the cases apart, which is another question than how much it matters to customers.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Influence = Callable[[Array], Array]
ROWS = 8192


def entropy_weights(matrix: Array) -> Array:
    """(p,) entropy weights of criteria.

    Parameters
    ----------
    matrix : (m, p) values of m cases, none negative, each column with a positive sum

    Notes
    -----
    With shares p = x / sum x and e = -sum p ln p / ln m (0 ln 0 = 0) a weight is (1 - e) / sum (1 - e).
    """
    return entropy_of_means(matrix.mean(axis=0), times_log(matrix).mean(axis=0))


def entropy_of_means(mean: Array, mean_log: Array) -> Array:
    """Entropy weights (p, ...) from the means of x and of x ln x, criteria along the first axis.

    Notes
    -----
    1 - e = (mean of x ln x / mean of x - ln mean of x) / ln m, and ln m cancels: the weights need two means of each
    criterion, weighted ones in a survey.
    """
    spread = mean_log / mean - np.log(mean)
    return spread / spread.sum(axis=0)


def times_log(values: Array) -> Array:
    """X ln x, 0 at 0, NaN where x is NaN."""
    return values * np.log(np.where(values == 0, 1.0, values))


def unit_range(matrix: Array, cost: NDArray[np.bool_]) -> Array:
    """Criteria between 0 (worst case) and 1 (best case), (m, p); NaN for a criterion that never differs."""
    low, high = matrix.min(axis=0), matrix.max(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        scaled = (matrix - low) / (high - low)
    return np.where(cost, 1 - scaled, scaled)


def critic_weights(matrix: Array, cost: NDArray[np.bool_] | None = None) -> Array:
    """(p,) CRITIC weights of criteria (Diakoulaki, Mavrotas and Papayannakis 1995).

    Parameters
    ----------
    matrix : (m, p) values of m cases
    cost : (p,) whether less is better

    Notes
    -----
    A criterion carries information C = s sum (1 - r), with its standard deviation s between worst and best case and
    its correlations r with all criteria; a weight is C / sum C.
    """
    scaled = unit_range(matrix, np.zeros(matrix.shape[1], dtype=bool) if cost is None else cost)
    return critic_of_moments(np.atleast_2d(np.cov(scaled, rowvar=False)))


def critic_of_moments(covariance: Array) -> Array:
    """CRITIC weights (p, ...) from the covariances (p, p, ...) of criteria that lie between 0 and 1."""
    p = len(covariance)
    deviation = np.sqrt(covariance[range(p), range(p)])
    correlation = covariance / (deviation[:, None] * deviation[None, :])
    information = deviation * (1 - correlation).sum(axis=1)
    return information / information.sum(axis=0)


def chunks(rows: int) -> list[slice]:
    """Slices of rows that fit into the processor's memory."""
    return [slice(start, min(start + ROWS, rows)) for start in range(0, rows, ROWS)]


def weighted_mean(x: Array, w: Array, of: Callable[[Array], Array] = lambda part: part) -> Array:
    """Weighted mean of `of` (rows, ...) over rows without a gap.

    Parameters
    ----------
    x : (n, q) values, NaN where missing
    w : (n,) weights of any scale
    of : takes some rows (m, q), gives (m, k)
    """
    total, weight = 0.0, 0.0
    for rows in chunks(len(x)):
        part, some = np.ascontiguousarray(x[rows]), w[rows]
        complete = ~np.isnan(part).any(axis=1)
        if not complete.all():
            part, some = part[complete], some[complete]
        total = total + some @ of(part)
        weight += some.sum()
    return np.asarray(total) / weight


def weighted_covariance(x: Array, w: Array) -> tuple[Array, Array]:
    """Weighted means (q,) and covariances (q, q) of rows without a gap."""
    mean = weighted_mean(x, w)
    q = len(mean)
    total, weight = np.zeros((q, q)), 0.0
    for rows in chunks(len(x)):
        part, some = x[rows] - mean, w[rows]
        complete = ~np.isnan(part).any(axis=1)
        if not complete.all():
            part, some = part[complete], some[complete]
        total += part.T @ (part * some[:, None])
        weight += some.sum()
    return mean, total / weight


def shares_of(values: Array, influence: Influence) -> tuple[Array, Influence]:
    """Values (p,) over their sum, and what moves that, from what moves the values."""
    total = values.sum()
    weights = values / total

    def moved(part: Array) -> Array:
        found = influence(part)
        return (found - weights * found.sum(axis=1, keepdims=True)) / total

    return weights, moved


def entropy_influence(x: Array, w: Array) -> tuple[Array, Influence]:
    """Entropy weights (p,) of respondents, and a function that gives the influence (m, p) of some of them.

    Parameters
    ----------
    x : (n, p) values of 0 or more, NaN where missing; rows with a gap do not count and have influence NaN
    w : (n,) weights
    """
    mean, mean_log = weighted_mean(x, w), weighted_mean(x, w, times_log)
    factor = (mean_log / mean + 1) / mean
    return shares_of(
        mean_log / mean - np.log(mean),
        lambda part: (times_log(part) - mean_log) / mean - (part - mean) * factor,
    )


def critic_influence(x: Array, w: Array) -> tuple[Array, Influence]:
    """CRITIC weights (p,) of respondents, and their influence, as `entropy_influence`.

    Notes
    -----
    With z = (x - mean) / s a respondent moves s by s (z^2 - 1) / 2 and r_jk by z_j z_k - r_jk (z_j^2 + z_k^2) / 2.
    """
    mean, covariance = weighted_covariance(x, w)
    deviation = np.sqrt(np.diag(covariance))
    r = covariance / np.outer(deviation, deviation)
    distance = (1 - r).sum(axis=1)

    def moved(part: Array) -> Array:
        z = (part - mean) / deviation
        square = z**2
        correlations = z * z.sum(axis=1, keepdims=True) - square * (r.sum(axis=1) / 2) - square @ (r / 2)
        return deviation * ((square - 1) / 2 * distance - correlations)

    return shares_of(deviation * distance, moved)


def regression_influence(x: Array, w: Array) -> tuple[Array, Influence]:
    """Standardised coefficients of the last column on the others over their sum, and their influence, as above.

    Notes
    -----
    With standardised z and residual e a respondent moves b by R^-1 z e + b (z^2 - z_y^2) / 2.
    """
    mean, covariance = weighted_covariance(x, w)
    deviation = np.sqrt(np.diag(covariance))
    r = covariance / np.outer(deviation, deviation)
    slopes = np.linalg.solve(r[:-1, :-1], r[:-1, -1])
    inverse = np.linalg.inv(r[:-1, :-1])

    def moved(part: Array) -> Array:
        z = (part - mean) / deviation
        inside, outcome = z[:, :-1], z[:, -1]
        residual = outcome - inside @ slopes
        return inside @ inverse * residual[:, None] + slopes / 2 * (inside**2 - (outcome**2)[:, None])

    return shares_of(slopes, moved)
