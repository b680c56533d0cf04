"""Which driver dominates which: over every subset of the others, at every size, and on average."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
MOST = 12  # players up to which every subset is compared for every pair


def pairs(g: int) -> list[tuple[int, int]]:
    """All ordered pairs of g players."""
    return [(i, j) for i in range(g) for j in range(g) if i != j]


def complete_advantage(r2: Array) -> Array:
    """Smallest advantage of one player over another when it joins any subset of the others.

    Parameters
    ----------
    r2 : (2^g, b) R2 of every subset, by bit mask

    Returns
    -------
    (g (g - 1), b), in the order of `pairs` : above 0 where the first completely dominates the second
    """
    b = r2.shape[1]
    g = len(r2).bit_length() - 1
    found = np.empty((g, g, b))
    for i, j in combinations(range(g), 2):
        cells = r2.reshape(1 << (g - 1 - j), 2, 1 << (j - i - 1), 2, 1 << i, b)
        gap = cells[:, 0, :, 1] - cells[:, 1, :, 0]
        found[i, j] = gap.min(axis=(0, 1, 2))
        found[j, i] = -gap.max(axis=(0, 1, 2))
    return _of_pairs(found)


def conditional_advantage(gains: Array) -> Array:
    """Smallest advantage over all sizes of subsets: (g (g - 1), b) from mean gains (g, g, b)."""
    g = len(gains)
    found = np.empty((g, g, gains.shape[2]))
    for i, j in combinations(range(g), 2):
        gap = gains[i] - gains[j]
        found[i, j], found[j, i] = gap.min(axis=0), -gap.max(axis=0)
    return _of_pairs(found)


def general_advantage(importance: Array) -> Array:
    """Differences of importance: (g (g - 1), b) from (g, b)."""
    return _of_pairs(importance[:, None] - importance[None, :])


def _of_pairs(matrix: Array) -> Array:
    g = len(matrix)
    first, second = np.nonzero(~np.eye(g, dtype=bool))
    return matrix[first, second]
