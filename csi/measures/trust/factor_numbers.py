"""Rotated factors of one group as functions of its correlations, many replicates at once, and how well they fit."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from csi.inference.bootstrap import Batch
from csi.measures.trust.factor_extraction import extract
from csi.measures.trust.rotation import OBLIQUE, match, rotate, rotate_best

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Solution:
    """The factors of one group's sample, in the order and with the signs in which they are shown.

    Attributes
    ----------
    method, rotation : of the extraction and the rotation
    unrotated : (p, m) loadings
    turn : (m, m) where rotation of replicates begins
    shown : (m, m) signed permutation from the rotated factors to those shown
    loadings : (p, m) pattern
    phi : (m, m) correlations of factors
    uniquenesses : (p,)
    objective : the minimised function
    converged : of extraction and rotation
    reached : how many of the starts of the rotation came to this solution
    """

    method: str
    rotation: str
    unrotated: Array
    turn: Array
    shown: Array
    loadings: Array
    phi: Array
    uniquenesses: Array
    objective: float
    converged: bool
    reached: int

    @cached_property
    def pairs(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Pairs of factors whose correlation is estimated."""
        m = self.loadings.shape[1] if self.rotation in OBLIQUE else 1
        return np.triu_indices(m, 1)

    def numbers(self, batch: Batch) -> dict[str, Array]:
        """Loadings, communalities, uniquenesses, factor correlations and variances of replicates, aligned."""
        matrices = batch.correlation.transpose(2, 0, 1)
        m = self.loadings.shape[1]
        found = extract(matrices, m, self.method, self.uniquenesses)
        if self.rotation == "none":
            loadings, phi = found.loadings, np.broadcast_to(np.eye(m), (len(matrices), m, m))
        else:
            turned = rotate(match(found.loadings, self.unrotated), self.rotation, self.turn, near=True)
            loadings, phi = turned.loadings, turned.phi
            loadings = np.where(turned.converged[:, None, None], loadings, np.nan)
        loadings = np.where(found.converged[:, None, None], loadings, np.nan)
        loadings, phi = loadings @ self.shown, self.shown.T @ phi @ self.shown
        loadings, phi = aligned(loadings, phi, self.loadings)
        explained = np.einsum("bij,bki,bkj->bi", phi, loadings, loadings)
        rows, columns = self.pairs
        p = loadings.shape[1]
        lost = np.isnan(loadings).any(axis=(1, 2))
        psi = np.where(lost[:, None], np.nan, found.uniquenesses)
        return {
            "loadings": loadings.reshape(len(loadings), -1).T,
            "communality": np.einsum("bkl,bil,bik->ib", phi, loadings, loadings),
            "uniqueness": psi.T,
            "phi": np.where(lost[:, None], np.nan, phi[:, rows, columns]).T,
            "ss_loadings": explained.T,
            "proportion": explained.T / p,
            "total_proportion": explained.sum(axis=1)[None] / p,
        }


def aligned(loadings: Array, phi: Array, reference: Array) -> tuple[Array, Array]:
    """Factors of replicates in the order and with the signs of the reference (p, m), by their congruence with it."""
    congruence = np.einsum("bik,il->bkl", np.nan_to_num(loadings), reference)
    length = np.sqrt((np.nan_to_num(loadings) ** 2).sum(axis=1))[:, :, None] + 1e-300
    congruence = congruence / length
    best = np.abs(congruence).argmax(axis=1)
    m = reference.shape[1]
    unique = (np.sort(best, axis=1) == np.arange(m)).all(axis=1)
    best = np.where(unique[:, None], best, np.arange(m))
    sign = np.where(np.take_along_axis(congruence, best[:, None, :], axis=1)[:, 0] < 0, -1.0, 1.0)
    loadings = np.take_along_axis(loadings, best[:, None, :], axis=2) * sign[:, None, :]
    phi = np.take_along_axis(np.take_along_axis(phi, best[:, :, None], axis=1), best[:, None, :], axis=2)
    return loadings, phi * sign[:, :, None] * sign[:, None, :]


def solve(correlation: Array, m: int, method: str, rotation: str, seed: int) -> Solution:
    """Extract and rotate m factors of correlations (p, p), the largest first, each with a positive sum of loadings."""
    found = extract(correlation[None], m, method)
    turned, reached = rotate_best(found.loadings, rotation, seed)
    loadings, phi = turned.loadings[0], turned.phi[0]
    explained = np.diag(phi @ loadings.T @ loadings)
    order = np.argsort(-explained, kind="stable") if rotation != "none" else np.arange(m)
    sign = np.where(loadings.sum(axis=0) < 0, -1.0, 1.0)
    shown = np.zeros((m, m))
    shown[order, np.arange(m)] = sign[order]
    return Solution(
        method, rotation, found.loadings[0], turned.turn[0], shown, loadings @ shown, shown.T @ phi @ shown,
        found.uniquenesses[0], float(found.objective[0]), bool(found.converged[0] and turned.converged[0]), reached,
    )  # fmt: skip


@dataclass(frozen=True)
class Fit:
    """How well m factors reproduce correlations of n normal, independent respondents.

    Attributes
    ----------
    chi2, df, p_value : test of the exact fit, with Bartlett's factor n - 1 - (2 p + 5) / 6 - 2 m / 3
    rmsea : root of chi2 / (df n) - 1 / (n - 1), at least 0
    tli : Tucker-Lewis index, against uncorrelated items with the same factor
    bic : chi2 - df ln n
    n : respondents
    """

    chi2: float
    df: int
    p_value: float
    rmsea: float
    tli: float
    bic: float
    n: int

    def rmsea_limits(self, level: float) -> tuple[float, float]:
        """Limits of the RMSEA from the noncentral chi-square distribution."""
        tail = (1 - level) / 2
        if not self.df > 0:
            return np.nan, np.nan
        ends = [_noncentrality(self.chi2, self.df, share) for share in (1 - tail, tail)]
        lower, upper = (float(np.sqrt(end / ((self.n - 1) * self.df))) for end in ends)
        return lower, upper


def _noncentrality(chi2: float, df: int, share: float) -> float:
    """The noncentrality under which chi2 is the quantile of that share, 0 when there is none."""
    from scipy.optimize import brentq
    from scipy.special import chndtr

    if chndtr(chi2, df, 0) < share:
        return 0.0
    high = max(chi2, 1.0)
    while chndtr(chi2, df, high) > share:
        high *= 2
    return float(brentq(lambda value: chndtr(chi2, df, value) - share, 0, high, xtol=1e-10))


def residuals(correlation: Array, solution: Solution) -> Array:
    """(p, p) correlations less those the factors imply, 0 on the diagonal."""
    implied = solution.loadings @ solution.phi @ solution.loadings.T
    rest = correlation - implied
    np.fill_diagonal(rest, 0.0)
    return rest


def rmsr_of(correlation: Array, solution: Solution) -> float:
    """Root mean square of the residual correlations of all pairs."""
    p = len(correlation)
    return float(np.sqrt((residuals(correlation, solution) ** 2).sum() / (p * (p - 1))))


def fit_of(correlation: Array, solution: Solution, n: int) -> Fit:
    """Fit of a solution to correlations (p, p) of n respondents."""
    from scipy.special import chdtrc

    p, m = solution.loadings.shape
    df = freedom(p, m)
    implied = solution.loadings @ solution.phi @ solution.loadings.T
    np.fill_diagonal(implied, 1.0)
    sign, logdet = np.linalg.slogdet(implied)
    if sign <= 0:
        return Fit(np.nan, df, np.nan, np.nan, np.nan, np.nan, n)
    objective = logdet - np.linalg.slogdet(correlation)[1] + np.trace(np.linalg.solve(implied, correlation)) - p
    factor = n - 1 - (2 * p + 5) / 6 - 2 * m / 3
    chi2 = float(max(objective, 0.0) * factor)
    null, null_df = float(-np.linalg.slogdet(correlation)[1] * factor), p * (p - 1) // 2
    if df == 0:
        return Fit(chi2, df, np.nan, np.nan, np.nan, chi2, n)
    rmsea = float(np.sqrt(max(chi2 / (df * n) - 1 / (n - 1), 0.0)))
    tli = (null / null_df - chi2 / df) / (null / null_df - 1)
    return Fit(chi2, df, float(chdtrc(df, chi2)), rmsea, float(tli), float(chi2 - df * np.log(n)), n)


def freedom(p: int, m: int) -> int:
    """Degrees of freedom of m factors of p items."""
    return ((p - m) ** 2 - (p + m)) // 2


def most_factors(p: int) -> int:
    """The largest number of factors that p items identify."""
    return max((m for m in range(1, p) if freedom(p, m) >= 0), default=0)


def score_weights(correlation: Array, solution: Solution) -> Array:
    """(p, m) weights of standardised ratings for regression scores (Thurstone): R^-1 L Phi."""
    return np.linalg.solve(correlation, solution.loadings @ solution.phi)
