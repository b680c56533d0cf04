"""How many respondents: margins, design effects, strata and detectable changes, on numbers and arrays."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from csi.inference.intervals import NORMAL

Array = NDArray[np.float64]


def two_sided(level: float) -> float:
    """Standard normal quantile of a two-sided interval."""
    return NORMAL.inv_cdf((1 + level) / 2)


def effective_size(weights: ArrayLike) -> float:
    """Kish's effective number of respondents, (sum w)^2 / sum w^2.

    Examples
    --------
    >>> from csi.data.sample_sizes import effective_size, weighting_effect
    >>> effective_size([1, 1, 1, 2, 2, 3]), weighting_effect([1, 1, 1, 2, 2, 3])
    (5.0, 1.2)

    """
    w = np.asarray(weights, dtype=float)
    return float(w.sum() ** 2 / (w @ w))


def weighting_effect(weights: ArrayLike) -> float:
    """Kish's design effect of unequal weights, n sum w^2 / (sum w)^2 = 1 + CV^2."""
    w = np.asarray(weights, dtype=float)
    return len(w) / effective_size(w)


def cluster_effect(size: float, rho: float) -> float:
    """Design effect of clusters of `size` respondents who resemble each other by `rho`: 1 + (size - 1) rho."""
    return 1 + (size - 1) * rho


def size_for_margin(
    variance: float, margin: float, level: float, population: float = np.inf, deff: float = 1.0
) -> float:
    """Respondents, not rounded, for a margin: n0 / (1 + (n0 - 1) / N) with n0 = deff z^2 variance / margin^2.

    Examples
    --------
    >>> from csi.data.sample_sizes import size_for_margin
    >>> round(size_for_margin(0.25, 0.05, 0.95), 2), round(size_for_margin(0.25, 0.05, 0.95, 1000), 2)
    (384.15, 277.73)

    """
    n0 = deff * two_sided(level) ** 2 * variance / margin**2
    return n0 / (1 + (n0 - 1) / population)


def rest_share(n: Array, population: Array) -> Array:
    """Finite population correction (N - n) / (N - 1); 1 for an endless population, 0 where everybody is asked."""
    n, population = np.asarray(n, dtype=float), np.asarray(population, dtype=float)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = (population - n) / (population - 1)
    return np.where(np.isinf(population), 1.0, np.where(n >= population, 0.0, share))


def stratified_variance(n: Array, population: Array, variance: Array, deff: float = 1.0) -> float:
    """Variance of the mean of the whole population from n respondents in each stratum."""
    share = population / population.sum()
    with np.errstate(divide="ignore"):
        each = np.where(n > 0, deff * variance / np.maximum(n, 1e-300) * rest_share(n, population), np.inf)
    return float((share**2 * np.where((variance == 0) & (n > 0), 0.0, each)).sum())


def allocate(total: int, parts: Array, least: Array, most: Array) -> NDArray[np.int64]:
    """Whole respondents per stratum: in proportion to `parts`, from `least` to `most`, `total` in all.

    What the bounds take or leave is shared among the other strata, again in proportion; what rounding leaves goes to
    the largest remainders, the first of equal ones. A total outside the sums of the bounds gives the bounds.

    Examples
    --------
    >>> import numpy as np
    >>> from csi.data.sample_sizes import allocate
    >>> allocate(100, np.array([900, 90, 10]), np.array([0, 0, 10]), np.array([900, 90, 10])).tolist()
    [82, 8, 10]

    """
    least = np.minimum(least, most).astype(float)
    most = most.astype(float)
    target = float(np.clip(total, least.sum(), most.sum()))
    low, high = 0.0, 1.0
    while np.clip(high * parts, least, most).sum() < target and high < 1e300:
        high *= 2
    for _ in range(200):  # the factor at which the bounded shares add up to the total
        middle = (low + high) / 2
        low, high = (middle, high) if np.clip(middle * parts, least, most).sum() < target else (low, middle)
    exact = np.clip(high * parts, least, most)
    whole = np.floor(exact + 1e-9)
    left = round(target - whole.sum())
    rest = np.where(whole < most, exact - whole, -1.0)
    order = np.argsort(-np.round(rest, 9), kind="stable")
    whole[order[: max(left, 0)]] += 1
    return whole.astype(np.int64)


def change_variance(
    n_before: float, n_after: float, variance_before: float, variance_after: float, overlap: float, rho: float
) -> float:
    """Variance of the change of a mean between two waves that share respondents.

    v1 / n1 + v2 / n2 - 2 m rho s1 s2 / (n1 n2), m = overlap n2 respondents asked both times, whose two answers
    correlate by rho.

    Examples
    --------
    >>> from csi.data.sample_sizes import change_variance
    >>> change_variance(100, 100, 400.0, 400.0, 0.0, 0.0), change_variance(100, 100, 400.0, 400.0, 1.0, 0.5)
    (8.0, 4.0)

    """
    both = overlap * n_after * rho * (variance_before * variance_after) ** 0.5 / (n_before * n_after)
    return variance_before / n_before + variance_after / n_after - 2 * both


def power_of(change: float, std_error: float, level: float) -> float:
    """Chance that a two-sided test at 1 - level finds a change of that size, in either direction."""
    z = two_sided(level)
    if std_error <= 0:
        return 1.0 if change else 1 - level
    return NORMAL.cdf(change / std_error - z) + NORMAL.cdf(-change / std_error - z)
