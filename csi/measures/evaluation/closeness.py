"""Ranking cases over several criteria on arrays: TOPSIS and grey relations, with any number of replicates at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Distances:
    """What TOPSIS finds for m cases.

    Attributes
    ----------
    closeness : (m, ...) 0 at the worst, 1 at the best point
    to_best, to_worst : (m, ...) Euclidean distances
    """

    closeness: Array
    to_best: Array
    to_worst: Array


def topsis(matrix: Array, weights: Array, cost: Flags) -> Distances:
    """Closeness to the best and the worst point that the cases reach together (Hwang and Yoon 1981).

    Parameters
    ----------
    matrix : (m, p, ...) values of m cases
    weights : (p,) sum 1
    cost : (p,) whether less is better

    Notes
    -----
    Each criterion is divided by the root of its sum of squares and multiplied by its weight. Best and worst are taken
    over the cases, so the closeness of a case depends on who else is compared.
    """
    shape = (1, -1, *(1,) * (matrix.ndim - 2))
    scaled = matrix / np.sqrt((matrix**2).sum(axis=0, keepdims=True)) * weights.reshape(shape)
    turned = np.where(cost.reshape(shape), -scaled, scaled)
    to_best = np.sqrt(((turned - turned.max(axis=0, keepdims=True)) ** 2).sum(axis=1))
    to_worst = np.sqrt(((turned - turned.min(axis=0, keepdims=True)) ** 2).sum(axis=1))
    return Distances(to_worst / (to_best + to_worst), to_best, to_worst)


def grey_relation(matrix: Array, weights: Array, cost: Flags, rho: float = 0.5) -> Array:
    """Grey relational degree (m, ...) of each case with the best value of every criterion (Deng 1989).

    Parameters
    ----------
    matrix : (m, p, ...) values of m cases
    weights : (p,) sum 1
    cost : (p,) whether less is better
    rho : distinguishing coefficient, above 0 and at most 1

    Notes
    -----
    Criteria are brought to 0 (worst case) - 1 (best case); d is the distance from 1 and
    xi = (min d + rho max d) / (d + rho max d), its minimum and maximum over all cases and criteria.
    """
    shape = (1, -1, *(1,) * (matrix.ndim - 2))
    low, high = matrix.min(axis=0, keepdims=True), matrix.max(axis=0, keepdims=True)
    best = np.where(cost.reshape(shape), low, high)
    distance = np.abs(matrix - best) / (high - low)
    nearest = distance.min(axis=(0, 1), keepdims=True)
    furthest = distance.max(axis=(0, 1), keepdims=True)
    relation = (nearest + rho * furthest) / (distance + rho * furthest)
    return (relation * weights.reshape(shape)).sum(axis=1)


def ranks(values: Array) -> NDArray[np.int64]:
    """(m,) 1 for the largest value; equal values share the better rank."""
    return 1 + (values[None, :] > values[:, None] + 1e-12).sum(axis=1)


def reversals(matrix: Array, score: Callable[[Array], Array]) -> list[tuple[int, int, int]]:
    """Pairs whose order turns round when a third case is left out: (left out, was ahead, was behind).

    Parameters
    ----------
    matrix : (m, p) values of m cases
    score : takes (m', p) and returns (m',)
    """
    whole = score(matrix)
    found = []
    for left in range(len(matrix) if len(matrix) > 2 else 0):
        rest = np.delete(np.arange(len(matrix)), left)
        with np.errstate(invalid="ignore", divide="ignore"):
            alone = score(matrix[rest])
        turned = (whole[rest][:, None] > whole[rest][None, :] + 1e-12) & (alone[:, None] < alone[None, :] - 1e-12)
        found += [(left, int(rest[a]), int(rest[b])) for a, b in np.argwhere(turned)]
    return found


def rank_sets(estimate: Array, cov: Array, df: float, level: float) -> NDArray[np.int64]:
    """(m, 2) lowest and highest rank of each case that all pairwise differences together do not exclude.

    Notes
    -----
    Every difference is tested at (1 - level) divided by the number of pairs (Bonferroni), two-sided: the sets hold all
    true ranks at once with at least the confidence `level` (Klein, Wright and Wieczorek 2020; Mogstad, Romano, Shaikh
    and Wilhelm 2024).
    """
    from scipy.special import stdtrit

    m = len(estimate)
    if m < 2:
        return np.ones((m, 2), dtype=np.int64)
    tail = (1 - level) / (m * (m - 1))
    reach = float(-stdtrit(df if np.isfinite(df) else 1e12, tail))
    spread = np.sqrt(np.maximum(np.diag(cov)[:, None] + np.diag(cov)[None, :] - 2 * cov, 0))
    gap = estimate[:, None] - estimate[None, :]
    behind = (gap < -reach * spread).sum(axis=1)  # cases that are surely ahead of this one
    ahead = (gap > reach * spread).sum(axis=1)
    return np.stack([1 + behind, m - ahead], axis=1)
