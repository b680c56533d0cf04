"""Rotation of loadings by gradient projection (Bernaards and Jennrich 2005), many solutions at once.

Orthogonal: L = A T; oblique: L = A inv(T)', factor correlations Phi = T'T. Written from the published formulas.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from csi.inference.choice import generator

Array = NDArray[np.float64]
ROTATIONS = ("oblimin", "promax", "varimax", "none")
OBLIQUE = ("oblimin", "promax")
POWER = 4  # of promax
STEPS = 1000
TOLERANCES = (1e-2, 1e-4, 1e-6)  # of gradient projection, before Newton takes over
NEWTON = 12
CLOSE = 1e-10
H = 1e-5
STARTS = 30
Criterion = Callable[[Array], tuple[Array, Array]]


@dataclass(frozen=True, eq=False)
class Rotated:
    """Rotated loadings of b solutions.

    Attributes
    ----------
    loadings : (b, p, m) pattern
    phi : (b, m, m) correlations of the factors
    turn : (b, m, m) the matrix that rotation began from and came to, to start others from
    value : (b,) the criterion
    converged : (b,)
    """

    loadings: Array
    phi: Array
    turn: Array
    value: Array
    converged: NDArray[np.bool_]


def rotate(loadings: Array, rotation: str, start: Array | None = None, *, near: bool = False) -> Rotated:
    """Rotate loadings (b, p, m) from one start.

    Parameters
    ----------
    loadings : (b, p, m) unrotated
    rotation : "oblimin" (quartimin), "promax" (power 4), "varimax" (Kaiser's normalisation) or "none"
    start : (m, m) or (b, m, m) to start from; the identity when None
    near : whether the start is so close that Newton's method may begin there
    """
    b, _, m = loadings.shape
    eye = np.broadcast_to(np.eye(m), (b, m, m))
    turn = eye.copy() if start is None else np.broadcast_to(start, (b, m, m)).copy()
    if rotation == "none" or m == 1:
        return Rotated(loadings, eye.copy(), eye.copy(), np.zeros(b), np.ones(b, dtype=bool))
    tolerances = (np.inf, *TOLERANCES) if near else TOLERANCES
    if rotation == "oblimin":
        turn, value, converged = _settle(loadings, turn, _quartimin, True, tolerances)
        return Rotated(_oblique(loadings, turn), _products(turn), turn, value, converged)
    length = np.sqrt(np.maximum((loadings**2).sum(axis=2, keepdims=True), 1e-300))
    turn, value, converged = _settle(loadings / length, turn, _varimax, False, tolerances)
    turned = loadings @ turn
    if rotation == "varimax":
        return Rotated(turned, eye.copy(), turn, value, converged)
    pattern, phi = _promax(turned)
    return Rotated(pattern, phi, turn, value, converged)


def rotate_best(loadings: Array, rotation: str, seed: int) -> tuple[Rotated, int]:
    """Rotate one solution (1, p, m) from the identity and 29 random starts; the best, and how many starts reached it.

    Parameters
    ----------
    loadings : (1, p, m)
    rotation : as in `rotate`
    seed : of the random starts
    """
    m = loadings.shape[2]
    if rotation == "none" or m == 1:
        return rotate(loadings, rotation), STARTS
    rng = generator(seed, 1)
    q = np.linalg.qr(rng.standard_normal((STARTS - 1, m, m)))[0]
    starts = np.concatenate([np.eye(m)[None], q])
    found = rotate(np.repeat(loadings, STARTS, axis=0), rotation, starts)
    value = np.where(np.isfinite(found.value), found.value, np.inf)
    reached = int((value <= value.min() + 1e-6).sum())
    at = int(np.flatnonzero(value <= value.min() + 1e-9)[0])  # the first of equals, so the identity where it will do
    pick = slice(at, at + 1)
    best = Rotated(found.loadings[pick], found.phi[pick], found.turn[pick], found.value[pick], found.converged[pick])
    return best, reached


def _quartimin(loadings: Array) -> tuple[Array, Array]:
    """Quartimin (oblimin with gamma 0): a quarter of the products of squared loadings of two factors; its gradient."""
    squares = loadings**2
    others = squares.sum(axis=2, keepdims=True) - squares
    return 0.25 * (squares * others).sum(axis=(1, 2)), loadings * others


def _varimax(loadings: Array) -> tuple[Array, Array]:
    """Minus a quarter of the variance of squared loadings, summed over factors; its gradient."""
    squares = loadings**2
    centred = squares - squares.mean(axis=1, keepdims=True)
    return -0.25 * (centred**2).sum(axis=(1, 2)), -loadings * centred


def _oblique(loadings: Array, turn: Array) -> Array:
    return loadings @ np.linalg.inv(turn).transpose(0, 2, 1)


def _products(turn: Array) -> Array:
    return turn.transpose(0, 2, 1) @ turn


def _settle(
    a: Array, turn: Array, criterion: Criterion, oblique: bool, tolerances: tuple[float, ...]
) -> tuple[Array, Array, NDArray[np.bool_]]:
    """Gradient projection until close, Newton to the end: where (b, m, m), criterion (b,), converged (b,)."""
    b = len(a)
    turn = turn.copy()
    converged = np.zeros(b, dtype=bool)
    open_ = np.flatnonzero(np.isfinite(a).all(axis=(1, 2)))
    value = np.full(b, np.nan)
    for tolerance in tolerances:
        if not len(open_):
            break
        near, f = _project(a[open_], turn[open_], criterion, oblique, tolerance)
        end, g, settled = _newton(a[open_], near, criterion, oblique)
        settled &= g <= f + 1e-9
        turn[open_] = np.where(settled[:, None, None], end, near)
        value[open_] = np.where(settled, g, f)
        converged[open_[settled]] = True
        open_ = open_[~settled]
    return turn, value, converged


def _slope(a: Array, t: Array, criterion: Criterion, oblique: bool) -> tuple[Array, Array, Array]:
    """The criterion (b,), its gradient projected on the rotations (b, m, m), and T' times it."""
    if oblique:
        inverse = np.linalg.inv(t)
        turned = a @ inverse.transpose(0, 2, 1)
        f, gq = criterion(turned)
        g = -(turned.transpose(0, 2, 1) @ gq @ inverse).transpose(0, 2, 1)
        projected = g - t * (t * g).sum(axis=1, keepdims=True)
        return f, projected, t.transpose(0, 2, 1) @ projected
    turned = a @ t
    f, gq = criterion(turned)
    s = turned.transpose(0, 2, 1) @ gq
    skew = (s - s.transpose(0, 2, 1)) / 2
    return f, t @ skew, skew


def _project(a: Array, turn: Array, criterion: Criterion, oblique: bool, tolerance: float) -> tuple[Array, Array]:
    """Gradient projection: along the gradient and back onto the rotations, with steps halved until they help."""
    turn = turn.copy()
    active = np.arange(len(a))
    value, size = np.full(len(a), np.nan), np.ones(len(a))
    for _ in range(STEPS):
        t, here = turn[active], a[active]
        f, gp, _ = _slope(here, t, criterion, oblique)
        value[active] = f
        norm = np.sqrt((gp**2).sum(axis=(1, 2)))
        keep = norm >= tolerance
        if not keep.any():
            break
        active, t, here, f, gp, norm = active[keep], t[keep], here[keep], f[keep], gp[keep], norm[keep]
        size[active] *= 2
        turn[active], size[active] = _step(here, t, gp, norm, f, size[active], criterion, oblique)
    return turn, value


def _step(
    a: Array, t: Array, gp: Array, norm: Array, f: Array, size: Array, criterion: Criterion, oblique: bool
) -> tuple[Array, Array]:
    """One accepted step of each solution and its size."""
    moved, size = t.copy(), size.copy()
    open_ = np.arange(len(t))
    for _ in range(30):
        x = t[open_] - size[open_, None, None] * gp[open_]
        if oblique:
            trial = x / np.sqrt((x**2).sum(axis=1, keepdims=True))
            found = criterion(_oblique(a[open_], trial))[0]
        else:
            u, _, v = np.linalg.svd(x)
            trial = u @ v
            found = criterion(a[open_] @ trial)[0]
        fine = found < f[open_] - 0.5 * norm[open_] ** 2 * size[open_]
        moved[open_[fine]] = trial[fine]
        open_ = open_[~fine]
        if not len(open_):
            break
        size[open_] /= 2
    return moved, size


def _newton(a: Array, turn: Array, criterion: Criterion, oblique: bool) -> tuple[Array, Array, NDArray[np.bool_]]:
    """Newton's method for a gradient of 0, its derivatives by central differences in the few directions of rotation."""
    m = a.shape[2]
    pairs = [(i, j) for i in range(m) for j in range(m) if (i != j if oblique else i < j)]
    rows, columns = (np.array(part) for part in zip(*pairs, strict=True))
    turn = turn.copy()
    step = np.zeros((len(pairs), m, m))
    step[range(len(pairs)), rows, columns] = 1.0
    if not oblique:
        step[range(len(pairs)), columns, rows] = -1.0
    active, converged = np.arange(len(a)), np.zeros(len(a), dtype=bool)
    value = np.full(len(a), np.inf)
    for _ in range(NEWTON):
        here, t = a[active], turn[active]
        f, _, whole = _slope(here, t, criterion, oblique)
        value[active] = f
        g = whole[:, rows, columns]
        done = np.abs(g).max(axis=1) < CLOSE
        converged[active[done]] = True
        active, here, t, g = (part[~done] for part in (active, here, t, g))
        if not len(active):
            break
        columns_of = []
        for direction in step:
            ends = [_slope(here, _moved(t, s * direction, oblique), criterion, oblique)[2] for s in (H, -H)]
            columns_of.append((ends[0] - ends[1])[:, rows, columns] / (2 * H))
        jacobian = np.stack(columns_of, axis=2)
        jacobian += 1e-12 * np.eye(len(pairs))
        x = -np.linalg.solve(jacobian, g[:, :, None])[:, :, 0]
        x *= np.minimum(1.0, 0.2 / np.maximum(np.abs(x).max(axis=1, keepdims=True), 1e-300))
        turn[active] = _moved(t, np.tensordot(x, step, axes=1), oblique)
    return turn, value, converged


def _moved(t: Array, x: Array, oblique: bool) -> Array:
    """Rotations a little further along x: columns of length 1 (oblique), or Cayley's rotation (x skew)."""
    eye = np.eye(t.shape[1])
    if oblique:
        there = t @ (eye + x)
        return there / np.sqrt((there**2).sum(axis=1, keepdims=True))
    return t @ np.linalg.solve(eye - x / 2, eye + x / 2)


def _promax(turned: Array) -> tuple[Array, Array]:
    """Promax of varimax loadings: least squares on their fourth powers with their signs, factors with variance 1."""
    target = turned * np.abs(turned) ** (POWER - 1)
    u = np.linalg.solve(turned.transpose(0, 2, 1) @ turned, turned.transpose(0, 2, 1) @ target)
    inverse = np.linalg.inv(u.transpose(0, 2, 1) @ u)
    u = u * np.sqrt(np.diagonal(inverse, axis1=1, axis2=2))[:, None, :]
    back = np.linalg.inv(u)
    return turned @ u, back @ back.transpose(0, 2, 1)


def match(loadings: Array, reference: Array) -> Array:
    """Unrotated loadings (b, p, m) turned as near to a reference (p, m) as an orthogonal rotation brings them."""
    good = np.isfinite(loadings).all(axis=(1, 2))
    u, _, v = np.linalg.svd(np.where(good[:, None, None], loadings, 0.0).transpose(0, 2, 1) @ reference)
    return loadings @ (u @ v)
