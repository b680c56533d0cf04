"""Common factors of correlation matrices by minimum residuals or maximum likelihood, many matrices at once.

Both minimise a function of the uniquenesses alone, the loadings being known from the eigenvectors of the reduced
(minres) or scaled (ML) matrix (Joreskog 1967; Harman and Fukuda 1966), by Newton's method with second derivatives.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
LOWEST = 0.005  # uniqueness; a solution that stops there is a Heywood case
STEPS = 200
CLOSE = 1e-11
Parts = Callable[[Array, Array, int, bool], tuple[Array, Array, Array]]


@dataclass(frozen=True, eq=False)
class Extraction:
    """Unrotated factors of b correlation matrices.

    Attributes
    ----------
    loadings : (b, p, m), factors by decreasing eigenvalue; NaN where a matrix is not usable
    uniquenesses : (b, p)
    converged : (b,)
    objective : (b,) the minimised function: half the squared residuals (minres), or the ML discrepancy
    """

    loadings: Array
    uniquenesses: Array
    converged: NDArray[np.bool_]
    objective: Array


def squared_multiple_correlations(matrices: Array) -> Array:
    """(b, p) squared multiple correlation of each item with all others, from correlations (b, p, p)."""
    inverse = np.linalg.inv(matrices)
    return 1 - 1 / np.diagonal(inverse, axis1=1, axis2=2)


def usable(matrices: Array) -> NDArray[np.bool_]:
    """(b,) correlation matrices (b, p, p) that are numbers and positive definite."""
    good = np.isfinite(matrices).all(axis=(1, 2))
    filled = np.where(good[:, None, None], matrices, np.eye(matrices.shape[1]))
    return good & (np.linalg.eigvalsh(filled)[:, 0] > 1e-10)


def extract(matrices: Array, m: int, method: str, start: Array | None = None) -> Extraction:
    """Extract m factors from each correlation matrix.

    Parameters
    ----------
    matrices : (b, p, p)
    m : number of factors, at least 1
    method : "minres" or "ml"
    start : (p,) or (b, p) uniquenesses to begin with; 1 minus the squared multiple correlations when None
    """
    good = usable(matrices)
    b, p = len(matrices), matrices.shape[1]
    r = np.where(good[:, None, None], matrices, np.eye(p) + 0.1 * (1 - np.eye(p)))
    psi = 1 - squared_multiple_correlations(r) if start is None else np.broadcast_to(start, (b, p)).copy()
    psi = np.clip(psi, LOWEST, 1.0)
    parts = _ml_parts if method == "ml" else _minres_parts
    x = np.log(psi) if method == "ml" else psi
    floor = np.log(LOWEST) if method == "ml" else LOWEST
    x, converged = _minimise(r, m, x, floor, parts)
    psi = np.exp(x) if method == "ml" else x
    value, loadings = _loadings(r, psi, m, method)
    loadings[~good] = np.nan
    psi = np.where(good[:, None], psi, np.nan)
    return Extraction(loadings, psi, converged & good, value)


def _minimise(r: Array, m: int, x: Array, floor: float, parts: Parts) -> tuple[Array, NDArray[np.bool_]]:
    """Newton steps within the bounds; matrices that have arrived are left alone."""
    x = x.copy()
    active = np.arange(len(x))
    converged = np.zeros(len(x), dtype=bool)
    state = parts(r, x, m, True)
    for _ in range(STEPS):
        value, gradient, hessian = state
        held = (x[active] <= floor) & (gradient > 0)
        done = np.abs(np.where(held, 0.0, gradient)).max(axis=1) < CLOSE
        converged[active[done]] = True
        if done.all():
            break
        keep = np.flatnonzero(~done)
        active, value, gradient, hessian, held = (part[keep] for part in (active, value, gradient, hessian, held))
        step = _newton_step(gradient, hessian, held)
        moved, state, better = _descend(r[active], x[active], step, (value, gradient, hessian), m, floor, parts)
        x[active] = moved
        if not better.all():  # no descent left in double precision: as good as it gets
            small = np.abs(np.where(held, 0.0, gradient)).max(axis=1) < 1e-7
            converged[active[~better & small]] = True
            active, state = active[better], tuple(part[better] for part in state)
            if not len(active):
                break
    return x, converged


def _newton_step(gradient: Array, hessian: Array, held: NDArray[np.bool_]) -> Array:
    """(b, p) descent steps: Newton's where the second derivatives are positive definite, made so elsewhere."""
    p = gradient.shape[1]
    keep = ~held
    h = np.where(keep[:, :, None] & keep[:, None, :], hessian, np.eye(p))
    g = np.where(keep, gradient, 0.0)
    try:
        np.linalg.cholesky(h)
        return -np.linalg.solve(h, g[:, :, None])[:, :, 0]
    except np.linalg.LinAlgError:
        values, vectors = np.linalg.eigh(h)
        values = np.maximum(np.abs(values), 1e-9 * np.abs(values).max(axis=1, keepdims=True))
        along = np.einsum("bji,bj->bi", vectors, g) / values
        return -np.einsum("bij,bj->bi", vectors, along)


def _descend(
    r: Array, x: Array, step: Array, state: tuple[Array, Array, Array], m: int, floor: float, parts: Parts
) -> tuple[Array, tuple[Array, Array, Array], NDArray[np.bool_]]:
    """Take the whole step where the function falls, else halve it until it does; (b,) tells where it did."""
    value, gradient, _ = state
    ceiling = 0.0 if floor < 0 else 1.0
    size = np.minimum(1.0, 2.0 / np.maximum(np.abs(step).max(axis=1), 1e-300))
    moved = np.clip(x + size[:, None] * step, floor, ceiling)
    found = parts(r, moved, m, True)
    slope = np.minimum(((moved - x) * gradient).sum(axis=1), 0)
    better = found[0] <= value + 1e-4 * slope + 1e-14
    open_ = np.flatnonzero(~better)
    for _ in range(40):
        if not len(open_):
            break
        size[open_] /= 2
        moved[open_] = np.clip(x[open_] + size[open_, None] * step[open_], floor, ceiling)
        slope = np.minimum(((moved[open_] - x[open_]) * gradient[open_]).sum(axis=1), 0)
        fine = parts(r[open_], moved[open_], m, False)[0] <= value[open_] + 1e-4 * slope
        at = open_[fine]
        if len(at):
            better[at] = True
            for whole, part in zip(found, parts(r[at], moved[at], m, True), strict=True):
                whole[at] = part
        open_ = open_[~fine]
    return moved, found, better & (np.abs(moved - x).max(axis=1) > 0)


def _curvature(v: Array, left: Array, right: Array, cross: Array, m: int) -> Array:
    """Second derivatives (b, p, p) from eigenvectors (b, p, p): sum over k, l of w_kl v_ik v_jk v_il v_jl.

    Among those left over w_kl is the product of `left` and `right` (b, p); with the m last ones `cross` (b, p, m).
    """
    turned = v.transpose(0, 2, 1)
    found = ((v * left[:, None, :]) @ turned) * ((v * right[:, None, :]) @ turned)
    first = v.shape[1] - m
    for k in range(m):
        own = v[:, :, first + k]
        found += own[:, :, None] * own[:, None, :] * ((v * cross[:, None, :, k]) @ turned)
    return found


def _minres_parts(r: Array, psi: Array, m: int, whole: bool) -> tuple[Array, Array, Array]:
    """Half the sum of squared residuals, its gradient and second derivatives with respect to uniquenesses.

    Without `whole` only the first of the three counts.
    """
    p = r.shape[1]
    reduced = r - psi[:, :, None] * np.eye(p)
    if not whole:
        theta = np.linalg.eigvalsh(reduced)
        tail = np.hstack([theta[:, : p - m], np.minimum(theta[:, p - m :], 0)])
        return 0.5 * (tail**2).sum(axis=1), psi, reduced
    theta, v = np.linalg.eigh(reduced)
    kept = np.zeros(theta.shape, dtype=bool)
    kept[:, p - m :] = theta[:, p - m :] > 0
    tail = np.where(kept, 0.0, theta)
    value = 0.5 * (tail**2).sum(axis=1)
    gradient = -np.einsum("bk,bik->bi", tail, v**2)
    rest = (~kept).astype(float)
    both = (~kept)[:, :, None] & kept[:, None, p - m :]
    gap = np.where(both, theta[:, :, None] - theta[:, None, p - m :], 1.0)
    cross = np.where(both, 2 * theta[:, :, None] / gap, 0.0)
    return value, gradient, _curvature(v, rest, rest, cross, m)


def _ml_parts(r: Array, x: Array, m: int, whole: bool) -> tuple[Array, Array, Array]:
    """ML discrepancy, its gradient and second derivatives with respect to log uniquenesses; as `_minres_parts`."""
    p = r.shape[1]
    scale = np.exp(-x / 2)
    scaled = r * scale[:, :, None] * scale[:, None, :]
    theta, v = (np.linalg.eigvalsh(scaled), None) if not whole else np.linalg.eigh(scaled)
    kept = np.zeros(theta.shape, dtype=bool)
    kept[:, p - m :] = theta[:, p - m :] > 1
    value = np.where(kept, 0.0, theta - np.log(np.maximum(theta, 1e-300)) - 1).sum(axis=1)
    if not whole:
        return value, x, scaled
    rest = np.where(kept, 0.0, 1 - theta)
    gradient = np.einsum("bk,bik->bi", rest, v**2)
    left = (~kept).astype(float)  # w_kl = (theta_k + theta_l) / 2 there, and both halves of the sum are the same
    both = (~kept)[:, :, None] & kept[:, None, p - m :]
    total = theta[:, :, None] + theta[:, None, p - m :]
    gap = np.where(both, theta[:, None, p - m :] - theta[:, :, None], 1.0)
    cross = np.where(both, (1 - theta[:, :, None]) * total / gap, 0.0)
    return value, gradient, _curvature(v, left, left * theta, cross, m)


def _loadings(r: Array, psi: Array, m: int, method: str) -> tuple[Array, Array]:
    """The minimised function (b,) and loadings (b, p, m) that belong to uniquenesses."""
    p = r.shape[1]
    if method == "ml":
        root = np.sqrt(psi)
        theta, v = np.linalg.eigh(r / (root[:, :, None] * root[:, None, :]))
        lead = np.sqrt(np.maximum(theta[:, p - m :] - 1, 0))
        loadings = root[:, :, None] * v[:, :, p - m :] * lead[:, None, :]
        value = _ml_parts(r, np.log(psi), m, False)[0]
    else:
        theta, v = np.linalg.eigh(r - psi[:, :, None] * np.eye(p))
        loadings = v[:, :, p - m :] * np.sqrt(np.maximum(theta[:, p - m :], 0))[:, None, :]
        value = _minres_parts(r, psi, m, False)[0]
    return value, loadings[:, :, ::-1].copy()
