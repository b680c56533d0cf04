"""Weights that reproduce known margins of the population, and what raking leaves of the variation of answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from csi.errors import EstimationError

Array = NDArray[np.float64]
Codes = NDArray[np.int64]
TOLERANCE = 1e-10
MAX_ITER = 1000


@dataclass(frozen=True, eq=False)
class Calibration:
    """What weights were raked from and to, so that errors and replicates can follow.

    Attributes
    ----------
    base : (n,) weights before raking, in any unit
    margins : per margin the (n,) number of each respondent's level, from 0
    targets : per margin the (levels,) shares of the population, which add up to 1
    """

    base: Array
    margins: tuple[Codes, ...]
    targets: tuple[Array, ...]

    def raked(self, base: Array) -> Array:
        """Rake other base weights, (n,) or (n, b), to the same margins; a replicate that cannot be raked is NaN."""
        return rake_weights(base, self.margins, self.targets).weight

    def residual(self, values: Array, weight: Array) -> Array:
        """Influence (k, n) of raked weights: what the margins do not explain of it.

        The contribution u of each respondent is regressed on the dummies of all margins with the base weights
        (Deville and Sarndal 1992); weight times the residual takes its place.

        Parameters
        ----------
        values : (k, n) weight times contribution
        weight : (n,) the raked weights
        """
        used = weight > 0
        dummies = self._dummies()[:, used]
        base = self.base[used]
        contributions = values[:, used] / weight[used]
        cross = (dummies.multiply(base) @ dummies.T).toarray()
        right = dummies.multiply(base) @ contributions.T
        slopes = np.linalg.pinv(cross, hermitian=True) @ right
        left = np.zeros_like(values)
        left[:, used] = (contributions - (dummies.T @ slopes).T) * weight[used]
        return left

    def _dummies(self):
        from scipy.sparse import csr_array

        n = len(self.base)
        starts = np.cumsum([0, *(len(target) for target in self.targets)])
        rows = np.concatenate([codes + start for codes, start in zip(self.margins, starts, strict=False)])
        columns = np.tile(np.arange(n), len(self.margins))
        return csr_array((np.ones(len(rows)), (rows, columns)), shape=(int(starts[-1]), n))


@dataclass(frozen=True, eq=False)
class Raked:
    """Weights after raking.

    Attributes
    ----------
    weight : (n,) or (n, b), with the sum of the base weights; NaN where a replicate did not converge
    iterations : cycles through all margins
    gap : largest difference between a share and its target that is left
    """

    weight: Array
    iterations: int
    gap: float


def rake_weights(
    base: Array,
    margins: Sequence[Codes],
    targets: Sequence[Array],
    *,
    tolerance: float = TOLERANCE,
    max_iter: int = MAX_ITER,
) -> Raked:
    """Multiply weights, margin by margin and again, until every level has its target share.

    Parameters
    ----------
    base : (n,) weights, or (n, b) of b replicates together
    margins : per margin the (n,) number of each respondent's level
    targets : per margin the (levels,) target shares, which add up to 1
    tolerance : largest difference between a share and its target
    max_iter : cycles through all margins

    Raises
    ------
    EstimationError
        `raking_failed` when (n,) weights do not come within the tolerance.
    """
    many = base if base.ndim == 2 else base[:, None]
    total = many.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        weight = many / total
        gap, steps = np.inf, 0
        while gap > tolerance and steps < max_iter:
            steps += 1
            gaps = []
            for codes, target in zip(margins, targets, strict=True):
                found = _shares(weight, codes, len(target))
                gaps.append(np.abs(found - target[:, None]).max(axis=0))
                factor = np.where(target[:, None] > 0, target[:, None] / found, 0.0)
                weight = weight * factor[codes]
            apart = np.max(gaps, axis=0)
            gap = float(np.nanmax(apart)) if np.isfinite(apart).any() else 0.0
    bad = ~(apart <= tolerance)
    if base.ndim == 1 and bad.any():
        raise EstimationError("raking_failed", iterations=steps, gap=float(apart[0]))
    weight[:, bad] = np.nan
    weight = weight * total
    return Raked(weight if base.ndim == 2 else weight[:, 0], steps, gap)


def _shares(weight: Array, codes: Codes, levels: int) -> Array:
    """(levels, b) sums of (n, b) weights by level."""
    if weight.shape[1] == 1:
        return np.bincount(codes, weights=weight[:, 0], minlength=levels)[:, None]
    order = np.argsort(codes, kind="stable")
    counts = np.bincount(codes, minlength=levels)
    sums = np.zeros((levels, weight.shape[1]))
    there = np.flatnonzero(counts)
    starts = (np.cumsum(counts) - counts)[there]
    sums[there] = np.add.reduceat(weight[order], starts, axis=0)
    return sums
