"""R2 of every subset of drivers, and what a driver adds to it: exact up to 25, by sampled orders above.

Subsets are bit masks. Drivers enter one after the other; each doubles the number of subsets, since every subset so far
goes on without it and with it (one step of Gauss's elimination). What is kept of a subset is the covariance of the
drivers still to come and of the outcome, given those that are in, so all subsets together cost a few times 2^p steps.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import combinations
from math import comb

import numpy as np
from numpy.typing import NDArray

from csi.inference.choice import generator

Array = NDArray[np.float64]
MOST = 25  # players of an exact decomposition
MOST_COMPARED = 12  # players up to which every subset is compared for every pair
CELLS = 1 << 17  # subsets times replicates worked on at once


def subset_r2(half: Array, sizes: Sequence[int]) -> Array:
    """R2 of the outcome on every subset of players.

    Parameters
    ----------
    half : ((p + 1) (p + 2) / 2, b) correlations of p drivers and the outcome, which stands last; the upper triangle
        row by row
    sizes : drivers of each of the g players, in order; they sum to p

    Returns
    -------
    (2^g, b) : player j is in the subset where bit j of its number is set; NaN or infinite where drivers are collinear
    """
    b = half.shape[1]
    left = np.empty((1 << len(sizes), b))
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        _enter(half, tuple(sizes), left)
    return np.subtract(1.0, left, out=left)


def _enter(state: Array, sizes: tuple[int, ...], left: Array) -> None:
    """Let the players enter in turn; write what is left of the outcome's variance to `left`, (2^g, columns).

    Once the subsets no longer fit the processor's cache, they are finished some at a time.
    """
    for place, size in enumerate(sizes):
        rest = sizes[place:]
        now = state.shape[1]
        if place and now << len(rest) > CELLS and now > 1:
            target = left.reshape(1 << len(rest), now)
            step = max(1, CELLS >> len(rest))
            if step < now:
                for start in range(0, now, step):
                    some = slice(start, start + step)
                    part = np.empty((1 << len(rest), min(step, now - start)))
                    _enter(np.ascontiguousarray(state[:, some]), rest, part)
                    target[:, some] = part
                return
        last = left.reshape(1, 2, now) if len(rest) == 1 else None
        state = _with_and_without(state, sum(rest) + 1, size, last)


def _with_and_without(state: Array, m: int, size: int, both: Array | None) -> Array:
    """Covariances of the m - size variables that follow, for every subset without and with the next player."""
    gone = sum(m - i for i in range(size))
    if both is None:
        both = np.empty((len(state) - gone, 2, state.shape[1]))
    both[:, 0] = state[gone:]
    for i in range(size):
        into = both[:, 1] if i == size - 1 else np.empty((len(state) - (m - i), state.shape[1]))
        _sweep_first(state, m - i, into)
        state = into
    return both.reshape(len(both), -1)


def _sweep_first(state: Array, m: int, into: Array) -> None:
    """Covariances given the first of m variables: the upper triangle of the other m - 1, written to `into`."""
    first, start = state[:m], m
    for i in range(1, m):
        rows = slice(start - m, start - i)
        np.multiply(first[i] / first[0], first[i:], out=into[rows])
        np.subtract(state[start : start + m - i], into[rows], out=into[rows])
        start += m - i


def conditional(r2: Array) -> Array:
    """Mean gain of R2 by each player after 0, 1, ... others are in.

    Parameters
    ----------
    r2 : (2^g, b) of `subset_r2`

    Returns
    -------
    (g, g, b) : player, others that are in, replicate
    """
    b = r2.shape[1]
    g = len(r2).bit_length() - 1
    low = g // 2
    high = g - low
    with_player = np.zeros((g, g + 2, b))  # sums of R2 over subsets of each size that hold the player
    total = np.zeros((g + 2, b))
    by_high = (_indicator(high)[0] @ r2.reshape(1 << high, -1)).reshape(high + 1, 1 << low, b)
    sizes, members = _indicator(low)
    for count, part in enumerate(by_high):
        total[count : count + low + 1] += sizes @ part
        with_player[:low, count : count + low + 1] += (members @ part).reshape(low, low + 1, b)
    by_low = np.matmul(sizes, r2.reshape(1 << high, 1 << low, b))
    _, members = _indicator(high)
    for count in range(low + 1):
        part = (members @ np.ascontiguousarray(by_low[:, count])).reshape(high, high + 1, b)
        with_player[low:, count : count + high + 1] += part
    ways = np.array([comb(g - 1, s) for s in range(g)], dtype=float)[:, None]
    return (with_player[:, 1 : g + 1] - (total[:g] - with_player[:, :g])) / ways


@cache
def _indicator(bits: int) -> tuple[Array, Array]:
    """Which masks have s bits set, (bits + 1, 2^bits); and also hold bit j, (bits (bits + 1), 2^bits)."""
    masks = np.arange(1 << bits)
    held = (masks[None, :] >> np.arange(bits)[:, None]) & 1
    sizes = (held.sum(axis=0)[None, :] == np.arange(bits + 1)[:, None]).astype(float)
    members = held[:, None, :] * sizes[None, :, :]
    return sizes, members.reshape(bits * (bits + 1), 1 << bits)


def lmg(half: Array, sizes: Sequence[int]) -> Array:
    """Mean gain of R2 by each player over all orders of entering (LMG, Shapley values of R2): (g, b)."""
    return conditional_gains(half, sizes).mean(axis=1)


def conditional_gains(half: Array, sizes: Sequence[int]) -> Array:
    """`conditional` of the subsets of correlations (cells, b), some replicates at a time: (g, g, b)."""
    step = max(1, CELLS >> len(sizes))
    parts = [conditional(subset_r2(half[:, i : i + step], sizes)) for i in range(0, half.shape[1], step)]
    return parts[0] if len(parts) == 1 else np.concatenate(parts, axis=2)


def draw_orders(g: int, count: int, seed: int) -> NDArray[np.int64]:
    """Orders of g players (count, g), each followed by its reverse, which makes the mean steadier."""
    rng = generator(seed)
    drawn = rng.permuted(np.tile(np.arange(g), ((count + 1) // 2, 1)), axis=1)
    return np.stack([drawn, drawn[:, ::-1]], axis=1).reshape(-1, g)


def gains_of_orders(correlation: Array, sizes: Sequence[int], orders: NDArray[np.int64]) -> Array:
    """Gain of R2 by each player in each order: (orders, g), from one correlation matrix with the outcome last."""
    edges = np.cumsum([0, *sizes])
    columns = [np.arange(edges[j], edges[j + 1]) for j in range(len(sizes))]
    places = np.array([np.concatenate([*(columns[j] for j in order), [edges[-1]]]) for order in orders])
    root = np.linalg.cholesky(correlation[places[:, :, None], places[:, None, :]])
    gains = np.zeros((len(orders), edges[-1]))
    np.put_along_axis(gains, places[:, :-1], root[:, -1, :-1] ** 2, axis=1)
    return np.add.reduceat(gains, edges[:-1], axis=1)


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
