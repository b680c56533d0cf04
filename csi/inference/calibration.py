"""Weights that reproduce known margins of the population, and what raking leaves of the variation of answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

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
        with np.errstate(invalid="ignore", divide="ignore"):
            left = np.where(weight > 0, values / weight, 0.0)
        base = np.where(weight > 0, self.base, 0.0)
        sums = np.stack([self.by_cell(base * row) for row in left])
        left -= self.explained(self.by_cell(base), sums)[:, self.cell]
        left *= weight
        return left

    @property
    def cell(self) -> Codes:
        """(n,) number of each respondent's combination of levels."""
        return self._cells[0]

    def by_cell(self, values: Array, rows: slice | Codes = slice(None)) -> Array:
        """(cells,) sums of one number per respondent, of all or of some of them."""
        return np.bincount(self.cell[rows], weights=values, minlength=self._cells[1].shape[1])

    def explained(self, mass: Array, sums: Array) -> Array:
        """What the margins explain of k contributions in each cell, (k, cells).

        Parameters
        ----------
        mass : (cells,) sums of the base weights
        sums : (k, cells) sums of base weight times contribution
        """
        dummies = self._cells[1]
        slopes = np.linalg.pinv((dummies * mass) @ dummies.T, hermitian=True) @ (dummies @ sums.T)
        return slopes.T @ dummies

    @cached_property
    def _cells(self) -> tuple[Codes, Array]:
        """The (n,) number of each respondent's combination of levels, and the (levels, cells) dummies of margins."""
        cell, levels = _cells(self.margins)
        parts = [np.arange(len(t))[:, None] == row for row, t in zip(levels, self.targets, strict=True)]
        return cell, np.concatenate(parts).astype(float)


@dataclass(frozen=True, eq=False)
class Raked:
    """Weights after raking.

    Attributes
    ----------
    weight : (n,) or (n, b), with the sum of the base weights; NaN where a replicate did not converge
    iterations : cycles through all margins
    gap : largest difference between a share and its target that is left in those that converged
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

    Respondents with the same levels keep the proportions of their weights, so the work is done on the cells that the
    margins form.

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
    cell, levels = _cells(margins)
    mass = np.stack([np.bincount(cell, weights=column, minlength=levels.shape[1]) for column in many.T], axis=1)
    total = mass.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        factor, gap, steps = _fit_cells(mass / total, levels, targets, tolerance, max_iter)
    bad = ~(gap <= tolerance)
    if base.ndim == 1 and bad.any():
        raise EstimationError("raking_failed", iterations=steps, gap=float(gap[0]))
    factor[:, bad] = np.nan
    weight = many * factor[cell]
    return Raked(weight if base.ndim == 2 else weight[:, 0], steps, float(gap[~bad].max(initial=0.0)))


def _cells(margins: Sequence[Codes]) -> tuple[Codes, Codes]:
    """The (n,) number of each respondent's combination of levels, and the (margins, cells) levels of each of them."""
    joint = np.zeros(len(margins[0]), dtype=np.int64)
    for codes in margins:
        joint = np.unique(joint * (codes.max(initial=0) + 1) + codes, return_inverse=True)[1]
    first = np.unique(joint, return_index=True)[1]
    return joint, np.stack([codes[first] for codes in margins])


def _fit_cells(
    share: Array, levels: Codes, targets: Sequence[Array], tolerance: float, max_iter: int
) -> tuple[Array, Array, int]:
    """What each cell's weights are multiplied with (cells, b), the gaps that are left (b,), and the cycles it took.

    A replicate rests once it has come within the tolerance, or once a level that should have a share has nobody.
    """
    b = share.shape[1]
    sums = [(np.arange(len(target))[:, None] == row).astype(float) for row, target in zip(levels, targets, strict=True)]
    factor, gaps = np.ones_like(share), np.full(b, np.inf)
    active, steps = np.arange(b), 0
    while len(active) and steps < max_iter:
        steps += 1
        now, held = factor[:, active], share[:, active]
        for row, add, target in zip(levels, sums, targets, strict=True):
            found = add @ (held * now)
            move = np.where(found > 0, target[:, None] / found, 1.0)
            now *= move[row]
        reached = [(add @ (held * now), target[:, None]) for add, target in zip(sums, targets, strict=True)]
        left = [np.abs(found - target).max(axis=0) for found, target in reached]
        dead = [((target > 0) & ~(found > 0)).any(axis=0) for found, target in reached]
        factor[:, active], gaps[active] = now, np.max(left, axis=0)
        active = active[(gaps[active] > tolerance) & ~np.any(dead, axis=0)]
    return factor, gaps, steps
