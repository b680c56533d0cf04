"""The analytic hierarchy process on arrays: priorities from pairwise judgements, and how consistent they are.

A judgement matrix is (p, p): cell (i, j) says how many times as important criterion i is as criterion j; cell (j, i)
holds the reciprocal, the diagonal is 1, and NaN stands on both sides where nobody compared the two.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

# Mean consistency index of random matrices of 1 to 15 criteria (Saaty 1980).
RANDOM_INDEX = (0.0, 0.0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59)
ACCEPTABLE = 0.10  # the largest consistency ratio that is usually accepted


@dataclass(frozen=True, eq=False)
class Priorities:
    """What one judgement matrix says.

    Attributes
    ----------
    weights : (p,) principal eigenvector, sum 1
    lambda_max : principal eigenvalue, p for a consistent matrix
    ci : consistency index, (lambda_max - p) / (p - 1); 0 for one criterion
    cr : consistency ratio, ci over the random index; 0 for one or two criteria, which cannot contradict each other
    """

    weights: Array
    lambda_max: float
    ci: float
    cr: float


@dataclass(frozen=True)
class Revision:
    """The judgement that agrees least with the others.

    Attributes
    ----------
    first, second : places of the two criteria
    given : how many times as important the first was said to be
    implied : what all other judgements say
    cr : consistency ratio if the judgement were `implied`
    """

    first: int
    second: int
    given: float
    implied: float
    cr: float


def priorities(matrix: Array) -> Priorities:
    """Principal eigenvector of a judgement matrix with its consistency.

    Parameters
    ----------
    matrix : (p, p) judgements; NaN where a pair was not compared

    Notes
    -----
    Missing judgements by Harker (1987): 0 in their cells, and on the diagonal 1 plus the number missing in the row.
    The random index is then multiplied by 1 - 2 m / ((p - 1) (p - 2)) for m missing pairs (Agoston and Csato 2022).
    """
    p = len(matrix)
    missing = np.isnan(matrix)
    filled = np.where(missing, 0.0, matrix)
    filled[range(p), range(p)] = 1.0 + missing.sum(axis=1)
    values, vectors = np.linalg.eig(filled)
    largest = int(values.real.argmax())
    vector = np.abs(vectors[:, largest].real)
    lambda_max = float(values[largest].real)
    ci = max(0.0, (lambda_max - p) / (p - 1)) if p > 1 else 0.0
    ri = random_index(p, int(missing.sum()) // 2)
    return Priorities(vector / vector.sum(), lambda_max, ci, ci / ri if ri > 0 else 0.0)


def random_index(p: int, missing: int = 0) -> float:
    """Random index of p criteria (at most 15), `missing` pairs of which were not compared."""
    whole = RANDOM_INDEX[p - 1]
    return whole * max(0.0, 1 - 2 * missing / ((p - 1) * (p - 2))) if p > 2 else 0.0


def geometric_mean_weights(matrix: Array) -> Array:
    """(p,) normalised geometric means of the rows; least squares of the logarithms where judgements are missing."""
    p = len(matrix)
    given = ~np.isnan(matrix)
    logs = np.where(given, np.log(np.where(given, matrix, 1.0)), 0.0)
    laplacian = -given.astype(float)
    laplacian[range(p), range(p)] = given.sum(axis=1) - 1.0
    right = logs.sum(axis=1)
    solution = np.linalg.lstsq(laplacian, right, rcond=None)[0]
    weights = np.exp(solution - solution.max())
    return weights / weights.sum()


def column_average_weights(matrix: Array) -> Array:
    """(p,) row means of the matrix whose columns were divided by their sums; missing cells hold the eigenvector's."""
    weights = priorities(matrix).weights
    filled = np.where(np.isnan(matrix), weights[:, None] / weights[None, :], matrix)
    return (filled / filled.sum(axis=0)).mean(axis=1)


def join_judgements(matrices: Sequence[Array]) -> Array:
    """(p, p) geometric mean of the judgements of several judges, over those who compared the pair."""
    stacked = np.stack(matrices)
    given = ~np.isnan(stacked)
    counts = given.sum(axis=0)
    logs = np.where(given, np.log(np.where(given, stacked, 1.0)), 0.0).sum(axis=0)
    return np.where(counts > 0, np.exp(logs / np.maximum(counts, 1)), np.nan)


def join_priorities(weights: Sequence[Array]) -> Array:
    """(p,) normalised geometric mean of the priorities of several judges."""
    joint = np.exp(np.log(np.stack(weights)).mean(axis=0))
    return joint / joint.sum()


def group_weights(matrices: Sequence[Array], group: str) -> Array:
    """(p,) weights of a group of judges: "judgements" joins what they said, "priorities" what follows from it."""
    if group == "judgements":
        return priorities(join_judgements(matrices)).weights
    return join_priorities([priorities(matrix).weights for matrix in matrices])


def jackknife_covariance(matrices: Sequence[Array], group: str) -> Array:
    """(p, p) covariance of the weights of a group: each judge is left out in turn."""
    j = len(matrices)
    if group == "judgements":
        joints = [join_judgements([*matrices[:i], *matrices[i + 1 :]]) for i in range(j)]
        without = np.stack([priorities(joint).weights for joint in joints])
    else:
        each = [priorities(matrix).weights for matrix in matrices]
        without = np.stack([join_priorities([*each[:i], *each[i + 1 :]]) for i in range(j)])
    deviations = without - without.mean(axis=0)
    return (j - 1) / j * deviations.T @ deviations


def inconsistency(matrix: Array) -> Array:
    """(p, p) judgement times w_j / w_i: 1 where it agrees with the weights, NaN where it is missing."""
    weights = priorities(matrix).weights
    return matrix * weights[None, :] / weights[:, None]


def to_revise(matrix: Array) -> tuple[Revision, ...]:
    """The judgement furthest from the weights and what all others imply; several where they are equally far.

    Empty where nothing contradicts. Three criteria always name all three judgements: one circle cannot say which of
    its links is wrong.
    """
    p = len(matrix)
    if p < 3:
        return ()
    away = np.abs(np.log(inconsistency(matrix)))
    away[np.tril_indices(p)] = np.nan
    furthest = float(np.nanmax(away))
    if not furthest > 1e-9:
        return ()
    places = np.argwhere(away > furthest - 1e-6)
    return tuple(_revision(matrix, int(i), int(j)) for i, j in places)


def _revision(matrix: Array, i: int, j: int) -> Revision:
    without = matrix.copy()
    without[i, j] = without[j, i] = np.nan
    weights = priorities(without if connected(without) else matrix).weights
    implied = float(weights[i] / weights[j])
    without[i, j], without[j, i] = implied, 1 / implied
    return Revision(i, j, float(matrix[i, j]), implied, priorities(without).cr)


def connected(matrix: Array) -> bool:
    """Whether judgements link every criterion with every other, directly or over others."""
    return bool(linked(matrix).all())


def linked(matrix: Array) -> NDArray[np.bool_]:
    """(p,) whether each criterion can be reached from the first over the judgements given."""
    given = ~np.isnan(matrix)
    reached = np.zeros(len(matrix), dtype=bool)
    reached[0] = True
    for _ in range(len(matrix)):
        reached = reached | given[reached].any(axis=0)
    return reached
