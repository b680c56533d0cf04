"""How LMG moves with each correlation, exactly: so that linearised errors of many drivers need one pass, not hundreds.

R2 of a subset is 1 - a' C a, with a = (coefficients of the subset, 0 for others, -1 for the outcome). Coefficients make
it smallest, so its derivative with respect to C is - a a'. LMG is a weighted sum of R2 over subsets.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import comb

import numpy as np
from numpy.typing import NDArray

from csi.sums import upper

Array = NDArray[np.float64]
LEAVES = 1 << 15  # subsets finished at once
CHUNK = 1 << 12  # subsets whose products are held at once


def lmg_slopes(half: Array, sizes: Sequence[int]) -> Array:
    """Derivatives of LMG with respect to correlations.

    Parameters
    ----------
    half : (cells, b) correlations of p drivers and, last, the outcome, at b points; the upper triangle row by row
    sizes : drivers of each of the g players

    Returns
    -------
    (g, cells, b) : a correlation stands twice in the matrix and moves both cells
    """
    g, p, b = len(sizes), sum(sizes), half.shape[1]
    rows, columns = upper(p + 1)
    weights = _Weights(g)
    total = np.zeros((g + 1, len(rows), b))
    step = max(1, CHUNK // b) * b

    def add(coefficients: Array, masks: NDArray[np.int64]) -> None:
        a = np.vstack([coefficients, np.full((1, coefficients.shape[1]), -1.0)])
        factors = weights.of(masks)
        for begin in range(0, a.shape[1], step):
            some = slice(begin, begin + step)
            part = np.ascontiguousarray(a[:, some])
            products = part.take(rows, axis=0)
            products *= part.take(columns, axis=0)
            own = factors[:, begin // b : (begin + step) // b]
            if b == 1:
                total[:, :, 0] += own @ products.T
            else:
                total[:] += np.matmul(own, products.reshape(len(rows), -1, b)).transpose(1, 0, 2)

    start = np.zeros((0, p + 1, b))
    _walk(half, start, tuple(sizes), np.zeros(1, dtype=np.int64), 0, add)
    both = np.where(rows == columns, 1.0, 2.0)
    return (total[g] - total[:g]) * both[:, None]


class _Weights:
    """What R2 of a subset counts for in LMG of each player: with the player in it, and, last, without."""

    def __init__(self, g: int) -> None:
        size = np.arange(g + 1)
        without = np.array([1 / (g * comb(g - 1, s)) if s < g else 0.0 for s in size])
        self._without = without
        self._both = without + np.array([1 / (g * comb(g - 1, s - 1)) if s > 0 else 0.0 for s in size])
        self._bits = np.arange(g)[:, None]

    def of(self, masks: NDArray[np.int64]) -> Array:
        held = (masks[None, :] >> self._bits) & 1
        size = held.sum(axis=0)
        return np.vstack([held * self._both[size], self._without[size]])


def _walk(
    state: Array, coefficients: Array, sizes: tuple[int, ...], masks: NDArray[np.int64], player: int, add: object
) -> None:
    """Let the players enter in turn and hand the coefficients of the outcome in every subset to `add`.

    Parameters
    ----------
    state : (cells, N) covariances of the m variables still to come, given those that are in; N = S subsets, b points of
        each
    coefficients : (k, m, N) coefficients of the k drivers seen so far for each of those variables
    sizes : of the players still to come
    masks : (S,) who is in
    player : number of the next player
    add : takes (p, N) coefficients and (S,) masks
    """
    if not sizes:
        add(coefficients[:, 0], masks)
        return
    if len(masks) > 1 and state.shape[1] << len(sizes) > LEAVES:
        middle, column = len(masks) // 2, state.shape[1] // 2
        for some, part in ((slice(None, middle), slice(None, column)), (slice(middle, None), slice(column, None))):
            _walk(state[:, part], coefficients[:, :, part], sizes, masks[some], player, add)
        return
    left, left_coefficients = state, coefficients
    swept, swept_coefficients = state, coefficients
    for _ in range(sizes[0]):
        m = left_coefficients.shape[1]
        left, left_coefficients = left[m:], _with_row(left_coefficients[:, 1:], 0.0)
        swept, swept_coefficients = _sweep(swept, swept_coefficients)
    _walk(
        np.concatenate([left, swept], axis=1),
        np.concatenate([left_coefficients, swept_coefficients], axis=2),
        sizes[1:],
        np.concatenate([masks, masks | (1 << player)]),
        player + 1,
        add,
    )


def _sweep(state: Array, coefficients: Array) -> tuple[Array, Array]:
    """Take the first of the m variables in."""
    m = coefficients.shape[1]
    first, rest = state[:m], state[m:]
    ratio = first[1:] / first[0]
    rows, columns = upper(m - 1)
    moved = coefficients[:, 1:] - coefficients[:, :1] * ratio
    return rest - ratio[rows] * first[1:][columns], _with_row(moved, ratio)


def _with_row(coefficients: Array, row: Array | float) -> Array:
    """One driver more, with its coefficients."""
    k, m, n = coefficients.shape
    found = np.empty((k + 1, m, n))
    found[:k], found[k] = coefficients, row
    return found
