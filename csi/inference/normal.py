"""Draws of moments under the normal distribution, for tables of moments that came without rows."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from csi.inference.bootstrap import BLOCK, Batch, keep_memory
from csi.inference.choice import generator
from csi.sums import upper

Array = NDArray[np.float64]


def draw_moments(mean: Array, cov: Array, n: float, n_boot: int, seed: int) -> Iterator[tuple[int, Batch]]:
    """Draw means from N(mean, cov / n) and covariances from Wishart(n - 1, cov / (n - 1)), 250 at a time.

    Parameters
    ----------
    mean, cov : (p,) and (p, p), `cov` positive definite
    n : number of respondents, or the effective number with unequal weights
    n_boot : number of draws
    seed : block k of 250 draws from `SeedSequence(seed, spawn_key=(k,))`

    Notes
    -----
    Bartlett's decomposition: cov* = L A A' L' / (n - 1), L the Cholesky factor, A lower triangular with chi-distributed
    diagonal and standard normal numbers below it.

    """
    keep_memory()
    p = len(mean)
    df = n - 1
    factor = np.linalg.cholesky(cov)
    below = np.tril_indices(p, -1)
    rows, columns = upper(p)
    for block, first in enumerate(range(0, n_boot, BLOCK)):
        rng = generator(seed, block)
        b = min(BLOCK, n_boot - first)
        a = np.zeros((BLOCK, p, p))
        a[:, below[0], below[1]] = rng.standard_normal((BLOCK, len(below[0])))
        a[:, range(p), range(p)] = np.sqrt(rng.chisquare(df - np.arange(p), size=(BLOCK, p)))
        shift = rng.standard_normal((BLOCK, p))[:b] @ factor.T / np.sqrt(n)
        half = factor @ a[:b]
        drawn = half @ half.transpose(0, 2, 1) / df
        yield first, Batch(mean[:, None] + shift.T, np.ascontiguousarray(drawn[:, rows, columns].T))
