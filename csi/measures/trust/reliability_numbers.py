"""Coefficients of reliability of one scale as functions of its covariances, many replicates at once.

Arrays carry the replicate last, (k, k, b) for matrices of k items; results are (1, b) or (k, b).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from math import comb

import numpy as np
from numpy.typing import NDArray

from csi.inference.choice import generator
from csi.measures.trust.factor_extraction import extract, squared_multiple_correlations, usable
from csi.measures.trust.rotation import match, rotate, rotate_best

Array = NDArray[np.float64]
ALL_SPLITS = 2000  # more splits than that are sampled
GROUP_FACTORS = 3  # of the hierarchical omega
GROUPED = 6  # items from which three group factors can be told


@dataclass(frozen=True, eq=False)
class Hierarchy:
    """Where replicates of the hierarchical omega begin: the solution of the sample.

    Attributes
    ----------
    one : (k,) uniquenesses with one factor
    several : (k,) uniquenesses with three factors, None for fewer than six items
    loadings : (k, 3) unrotated
    turn : (3, 3) the rotation to oblimin
    """

    one: Array | None
    several: Array | None = None
    loadings: Array | None = None
    turn: Array | None = None


def halves_of(k: int, seed: int) -> NDArray[np.bool_]:
    """(s, k) every way to split k items into halves (the smaller half True), or 2,000 of them drawn at random."""
    size = k // 2
    count = comb(k, size) // (1 if k % 2 else 2)
    if count <= ALL_SPLITS:
        chosen = list(combinations(range(k), size))[: comb(k, size) if k % 2 else count]
        splits = np.zeros((len(chosen), k), dtype=bool)
        splits[np.arange(len(chosen))[:, None], np.array(chosen, dtype=np.intp).reshape(len(chosen), size)] = True
        return splits
    rng = generator(seed, 2)
    return rng.random((ALL_SPLITS, k)).argsort(axis=1) < size


def alpha_of(matrix: Array) -> Array:
    """(1, b) alpha: k / (k - 1) times the share of the sum's variance that lies between items."""
    k = len(matrix)
    total, own = matrix.sum(axis=(0, 1)), np.einsum("iib->b", matrix)
    with np.errstate(invalid="ignore", divide="ignore"):
        return (k / (k - 1) * (1 - own / total))[None]


def item_numbers(cov: Array, correlation: Array) -> dict[str, Array]:
    """What each item does: correlation with the sum of the others and with the sum, alpha without it."""
    k = len(cov)
    own = np.einsum("iib->ib", cov)
    with_sum = cov.sum(axis=1)
    total = with_sum.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        found = {
            "item_rest": (with_sum - own) / np.sqrt(own * (total - 2 * with_sum + own)),
            "item_total": with_sum / np.sqrt(own * total),
        }
    if k > 2:
        found |= {"alpha_dropped": _dropped(cov), "alpha_standardized_dropped": _dropped(correlation)}
    return found


def _dropped(matrix: Array) -> Array:
    """(k, b) alpha without each item."""
    k = len(matrix) - 1
    own = np.einsum("iib->ib", matrix)
    with_sum = matrix.sum(axis=1)
    total = with_sum.sum(axis=0) - 2 * with_sum + own
    with np.errstate(invalid="ignore", divide="ignore"):
        return k / (k - 1) * (1 - (own.sum(axis=0) - own) / total)


def lambda_numbers(correlation: Array, splits: NDArray[np.bool_]) -> dict[str, Array]:
    """Guttman's six lower bounds and the split halves, of the sum of standardised items.

    lambda1 = 1 - k / V; lambda2 = lambda1 + sqrt(k / (k - 1) C2) / V; lambda3 = alpha; lambda4 the best split;
    lambda5 = lambda1 + 2 sqrt(largest row of C2) / V; lambda6 = 1 - sum (1 - smc) / V; a split 4 C12 / V.
    """
    k, _, b = correlation.shape
    total = correlation.sum(axis=(0, 1))
    squares = (correlation**2).sum(axis=1) - np.einsum("iib->ib", correlation) ** 2
    with np.errstate(invalid="ignore", divide="ignore"):
        first = 1 - k / total
        matrices = correlation.transpose(2, 0, 1)
        good = usable(matrices)
        smc = np.full((b, k), np.nan)
        smc[good] = squared_multiple_correlations(matrices[good])
        halves = 4 * _between(correlation, splits) / total
        found = {
            "lambda1": first,
            "lambda2": first + np.sqrt(k / (k - 1) * squares.sum(axis=0)) / total,
            "lambda3": k / (k - 1) * first,
            "lambda4": halves.max(axis=0),
            "lambda5": first + 2 * np.sqrt(squares.max(axis=0)) / total,
            "lambda6": 1 - (1 - smc).sum(axis=1) / total,
            "split_half_lowest": halves.min(axis=0),
            "split_half": _stepped_up(correlation, np.arange(k) < (k + 1) // 2),
            "odd_even": _stepped_up(correlation, np.arange(k) % 2 == 0),
        }
    return {name: values[None] for name, values in found.items()}


def _between(correlation: Array, splits: NDArray[np.bool_]) -> Array:
    """(s, b) sum of the correlations between the two halves of each split."""
    rows, columns = np.triu_indices(len(correlation), 1)
    apart = splits[:, rows] != splits[:, columns]
    return apart.astype(float) @ correlation[rows, columns]


def _stepped_up(correlation: Array, first: NDArray[np.bool_]) -> Array:
    """(b,) correlation of the sums of two halves, stepped up by Spearman and Brown: 2 r / (1 + r)."""
    own, other = correlation[first][:, first].sum(axis=(0, 1)), correlation[~first][:, ~first].sum(axis=(0, 1))
    r = correlation[first][:, ~first].sum(axis=(0, 1)) / np.sqrt(own * other)
    return 2 * r / (1 + r)


def find_hierarchy(correlation: Array, seed: int) -> Hierarchy:
    """The sample's own factor solutions (k, k, 1), for replicates to begin from."""
    matrices = correlation.transpose(2, 0, 1)
    k = matrices.shape[1]
    if k < 3 or not usable(matrices)[0]:
        return Hierarchy(None)
    one = extract(matrices, 1, "minres").uniquenesses[0]
    if k < GROUPED:
        return Hierarchy(one)
    found = extract(matrices, GROUP_FACTORS, "minres")
    best, _ = rotate_best(found.loadings, "oblimin", seed)
    return Hierarchy(one, found.uniquenesses[0], found.loadings[0], best.turn[0])


def omega_numbers(correlation: Array, hierarchy: Hierarchy) -> dict[str, Array]:
    """Omega with one factor, and total and hierarchical omega by Schmid and Leiman's transformation.

    One factor: 1 - sum of uniquenesses / V. Three oblimin factors with correlations Phi, whose own one factor has
    loadings c: general loadings g = L c; hierarchical (sum g)^2 / V, total 1 - sum of uniquenesses / V.
    """
    if hierarchy.one is None:
        return {}
    total = correlation.sum(axis=(0, 1))
    matrices = correlation.transpose(2, 0, 1)
    one = extract(matrices, 1, "minres", hierarchy.one)
    found = {"omega": 1 - one.uniquenesses.sum(axis=1) / total}
    if hierarchy.several is not None:
        several = extract(matrices, GROUP_FACTORS, "minres", hierarchy.several)
        turned = rotate(match(several.loadings, hierarchy.loadings), "oblimin", hierarchy.turn, near=True)
        general = extract(turned.phi, 1, "minres").loadings
        g = (turned.loadings @ general)[:, :, 0]
        found["omega_total"] = 1 - several.uniquenesses.sum(axis=1) / total
        found["omega_hierarchical"] = g.sum(axis=1) ** 2 / total
    return {name: values[None] for name, values in found.items()}


def feldt_interval(alpha: Array, n: Array, k: Array, level: float) -> tuple[Array, Array]:
    """Feldt's interval of alpha for normal ratings of independent respondents: 1 - (1 - alpha) F quantiles."""
    from scipy.special import fdtri

    tail = (1 - level) / 2
    df = (n - 1) * (k - 1)
    return 1 - (1 - alpha) * fdtri(n - 1, df, 1 - tail), 1 - (1 - alpha) * fdtri(n - 1, df, tail)


def duhachek_error(cov: Array, n: int) -> float:
    """Standard error of alpha for normal ratings (van Zyl, Neudecker and Nel 2000; Duhachek and Iacobucci 2004)."""
    k = len(cov)
    total, trace = cov.sum(), np.trace(cov)
    squared = cov @ cov
    q = 2 * k**2 / ((k - 1) ** 2 * total**3) * (total * (np.trace(squared) + trace**2) - 2 * trace * squared.sum())
    return float(np.sqrt(q / n))
