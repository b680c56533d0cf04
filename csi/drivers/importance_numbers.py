"""Importances as functions of correlations, b replicates at once; nothing here knows a Survey."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from csi.drivers.lmg import (
    CELLS,
    MOST_COMPARED,
    complete_advantage,
    conditional,
    conditional_advantage,
    gains_of_orders,
    general_advantage,
    lmg,
    subset_r2,
)
from csi.drivers.lmg_slopes import lmg_slopes
from csi.inference.bootstrap import Batch
from csi.sums import upper

Array = NDArray[np.float64]
ALIASES = {
    "general_dominance": "lmg", "shapley": "lmg", "genizi": "johnson", "relative_weights": "johnson",
    "betasq": "beta_squared", "car_scores": "car",
}  # fmt: skip
ADDITIVE = ("lmg", "johnson", "pratt", "car", "lmg_sampled")
METHODS = ("lmg", "johnson", "first", "last", "beta_squared", "pratt", "car", "lmg_sampled")
OF_GROUPS = ("lmg", "lmg_sampled", "first", "last", "pratt")  # the same for any coding of a question's dummies
SINGULAR = 1e-10  # smallest eigenvalue of the drivers' correlations that still counts as independent


@dataclass(frozen=True, eq=False)
class Regression:
    """The regression of one outcome on p drivers, all standardised, in b replicates.

    Attributes
    ----------
    r : (b, p) correlations with the outcome
    values, vectors : (b, p), (b, p, p) eigenvalues and eigenvectors of the drivers' correlations
    inner : (b, p, p) those correlations
    known : (b,) replicates in which the drivers are linearly independent
    """

    r: Array
    values: Array
    vectors: Array
    inner: Array
    known: NDArray[np.bool_]

    def power(self, exponent: float) -> Array:
        """(b, p, p) a power of the drivers' correlation matrix."""
        return (self.vectors * self.values[:, None, :] ** exponent) @ self.vectors.transpose(0, 2, 1)

    @property
    def beta(self) -> Array:
        """(b, p) standardised coefficients."""
        return np.linalg.solve(self.inner, self.r[:, :, None])[:, :, 0]

    def out(self, values: Array) -> Array:
        """(k, b) numbers from (b, k), NaN where the drivers are collinear."""
        return np.where(self.known[:, None], values, np.nan).T


def regression_of(correlation: Array) -> Regression:
    """The regression on the last variable of correlations (p + 1, p + 1, b)."""
    matrices = correlation.transpose(2, 0, 1)
    inner, r = matrices[:, :-1, :-1], matrices[:, :-1, -1]
    known = np.isfinite(matrices).all(axis=(1, 2))
    eye = np.eye(inner.shape[1])
    inner = np.where(known[:, None, None], inner, eye)
    values, vectors = np.linalg.eigh(inner)
    independent = values[:, 0] > SINGULAR
    if not independent.all():
        inner = np.where(independent[:, None, None], inner, eye)
        values, vectors = (
            np.where(independent[:, None], values, 1.0),
            np.where(independent[:, None, None], vectors, eye),
        )
    return Regression(r, values, vectors, inner, known & independent)


def to_root(values: Array) -> Array:
    """Fisher's z of the square root of the size of values, which stays below 1."""
    return np.arctanh(np.sqrt(np.minimum(np.abs(values), 1 - 1e-12)))


def roots(batch: Batch, found: dict[str, Array], blocks: Sequence[str]) -> dict[str, Array]:
    """Fisher's z of all correlations (z), and of the roots of some blocks: what limits are made on."""
    rows, columns = upper(len(batch.mean))
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.arctanh(batch.half_correlation[rows != columns])
    return {"z": z} | {f"{name}_root": to_root(found[name]) for name in blocks}


def r2_of(fit: Regression) -> Array:
    """(1, b) R2 of all drivers together."""
    return fit.out((fit.beta * fit.r).sum(axis=1, keepdims=True))


def closed_form(fit: Regression, method: str, sizes: Sequence[int]) -> Array:
    """Importances that need no subsets: (g, b) for johnson, first, last, beta_squared, pratt or car."""
    edges = np.cumsum([0, *sizes])
    if method == "johnson":
        root = fit.power(0.5)
        loads = np.linalg.solve(root, fit.r[:, :, None])
        found = ((root**2) @ (loads**2))[:, :, 0]
    elif method == "car":
        found = (fit.power(-0.5) @ fit.r[:, :, None])[:, :, 0] ** 2
    elif method == "beta_squared":
        found = fit.beta**2
    elif method == "pratt":
        found = fit.beta * fit.r
    else:
        inner, other = (fit.inner, fit.r) if method == "first" else (np.linalg.inv(fit.inner), fit.beta)
        blocks = [slice(edges[j], edges[j + 1]) for j in range(len(sizes))]
        return fit.out(np.stack([_quadratic(inner[:, at, at], other[:, at]) for at in blocks], axis=1))
    return fit.out(np.add.reduceat(found, edges[:-1], axis=1))


def _quadratic(inner: Array, values: Array) -> Array:
    """(b,) v' A^-1 v."""
    return (values * np.linalg.solve(inner, values[:, :, None])[:, :, 0]).sum(axis=1)


@dataclass(frozen=True, eq=False)
class Tangent:
    """LMG as a linear function of the correlations near those of the sample.

    Attributes
    ----------
    half : (cells,) correlations of the sample, the upper triangle row by row
    value : (g,) LMG there
    slopes : (g, cells)
    """

    half: Array
    value: Array
    slopes: Array

    def at(self, half: Array) -> Array:
        """(g, b) at correlations (cells, b) near by."""
        return self.value[:, None] + self.slopes @ (half - self.half[:, None])


def tangent_of(half: Array, sizes: Sequence[int]) -> Tangent:
    """The tangent at correlations (cells,)."""
    return Tangent(half, lmg(half[:, None], sizes)[:, 0], lmg_slopes(half[:, None], sizes)[:, :, 0])


@dataclass(frozen=True, eq=False)
class Importance:
    """What is computed of the moments of p drivers and the outcome, which stands last.

    Attributes
    ----------
    method : one of `METHODS`
    sizes : drivers of each of the g players
    n : respondents, for the adjusted R2
    orders : (m, g) for lmg_sampled
    tangent : stands for LMG of many drivers near the sample, for linearised errors
    subsets : whether dominance is looked at too, where drivers are few
    with_roots : whether `roots` are among the numbers
    """

    method: str
    sizes: tuple[int, ...]
    n: int
    orders: NDArray[np.int64] | None = None
    tangent: Tangent | None = None
    subsets: bool = True
    with_roots: bool = False

    @property
    def compares_subsets(self) -> bool:
        """Whether dominance is looked at."""
        return self.subsets and self.method == "lmg" and len(self.sizes) <= MOST_COMPARED

    def __call__(self, batch: Batch) -> dict[str, Array]:
        """Named numbers (k, b): importance, shares, r2, beta, correlation; for lmg gains and advantages."""
        fit = regression_of(batch.correlation)
        r2, rest = r2_of(fit), self.n - 1 - sum(self.sizes)
        found = {
            "r2": r2,
            "r2_adjusted": 1 - (1 - r2) * (self.n - 1) / rest,
            "beta": fit.out(fit.beta),
            "correlation": fit.r.T,
        }
        if self.method == "lmg":
            found |= self._of_subsets(batch.half_correlation, fit.known)
        elif self.method == "lmg_sampled":
            found["importance"] = self._sampled(batch.correlation, fit.known)
        else:
            found["importance"] = closed_form(fit, self.method, self.sizes)
        with np.errstate(invalid="ignore", divide="ignore"):
            found["shares"] = 100 * found["importance"] / found["importance"].sum(axis=0)
        return found | (roots(batch, found, ("r2", "importance")) if self.with_roots else {})

    def _of_subsets(self, half: Array, known: NDArray[np.bool_]) -> dict[str, Array]:
        if self.tangent is not None:
            return {"importance": self.tangent.at(half)}
        if not self.compares_subsets:
            return {"importance": np.where(known, lmg(half, self.sizes), np.nan)}
        parts, found = [], []
        step = max(1, CELLS >> len(self.sizes))
        for start in range(0, half.shape[1], step):
            r2 = subset_r2(half[:, start : start + step], self.sizes)
            parts.append(conditional(r2))
            found.append(complete_advantage(r2))
        gains = np.concatenate(parts, axis=2)
        importance = gains.mean(axis=1)
        named = {"importance": importance, "gains": gains.reshape(-1, gains.shape[2])}
        if len(self.sizes) > 1:
            named["complete"] = np.concatenate(found, axis=1)
            named["conditional"] = conditional_advantage(gains)
            named["general"] = general_advantage(importance)
        return {name: np.where(known, values, np.nan) for name, values in named.items()}

    def _sampled(self, correlation: Array, known: NDArray[np.bool_]) -> Array:
        found = np.full((len(self.sizes), correlation.shape[2]), np.nan)
        for k in np.flatnonzero(known):
            found[:, k] = gains_of_orders(correlation[:, :, k], self.sizes, self.orders).mean(axis=0)
        return found
