"""Derived importance: correlations and standardised regression coefficients with an outcome, as columns of a measure.

Two forms of the same numbers. "linear": one column per coefficient, its value plus the influence of each respondent, so
that linearised errors under any design come from one mean each. "exact": columns of squares and products, from which
every bootstrap replicate computes the coefficient anew.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
METHODS = ("correlation", "regression")
ROWS = 32_768  # respondents whose influence is made at once


@dataclass(frozen=True, eq=False)
class Association:
    """Columns and how the coefficients follow from their means.

    Attributes
    ----------
    columns : (n, c) NaN for respondents who do not count
    evaluate : means (c, b) -> coefficients (K, b)
    """

    columns: Array
    evaluate: Callable[[Array], Array]


def associate(
    x: Array, y: Array, weight: Array, codes: NDArray[np.int64] | None, *, method: str, exact: bool
) -> Association:
    """Association of K columns with an outcome.

    Parameters
    ----------
    x : (n, K) NaN where missing
    y : (n,) outcome
    weight : (n,) 0 for respondents who do not count
    codes : (n,) domain of each respondent, -1 for none; None for one domain
    method : "correlation": each over those who answered both; "regression": all at once, over those who answered all
    exact : products for a bootstrap instead of influence
    """
    known = np.isfinite(x) & np.isfinite(y)[:, None]
    if method == "regression":
        known = np.broadcast_to(known.all(axis=1)[:, None], x.shape)
    if exact:
        return _products(x, y, weight, known, method)
    columns = np.full(x.shape[::-1], np.nan)
    domains = [np.ones(len(y), dtype=bool)] if codes is None else [codes == code for code in range(codes.max() + 1)]
    for domain in domains:
        if method == "regression":
            if codes is None and known[:, 0].all():
                _regression_influence(x.T, y, weight, columns)
                continue
            rows = np.flatnonzero(domain & known[:, 0])
            found = np.empty((x.shape[1], len(rows)))
            _regression_influence(x[rows].T, y[rows], weight[rows], found)
            columns[:, rows] = found
            continue
        outcome = None  # of everybody, once
        for k, column in enumerate(columns):
            if codes is None and known[:, k].all():
                outcome = _standard(y, weight) if outcome is None else outcome
                column[:] = _correlation_influence(x[:, k], outcome, weight)
                continue
            rows = np.flatnonzero(domain & known[:, k])
            column[rows] = _correlation_influence(x[rows, k], _standard(y[rows], weight[rows]), weight[rows])
    return Association(columns.T, lambda mean: mean)


def _correlation_influence(x: Array, zy: Array, w: Array) -> Array:
    """(m,) correlation plus influence: r + zx zy - r (zx^2 + zy^2) / 2, from x and the outcome in standard units."""
    zx = _standard(x, w)
    moved = zx * zy
    r = (w @ moved) / w.sum()
    zx *= zx
    zx += zy**2
    zx *= r / 2
    moved -= zx
    moved += r
    return moved


def _standard(x: Array, w: Array) -> Array:
    mean, spread = _centre(x, w)
    with np.errstate(invalid="ignore", divide="ignore"):
        moved = x - mean
        moved /= spread
        return moved


def _centre(x: Array, w: Array) -> tuple[float, float]:
    """Weighted mean and standard deviation."""
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = w @ x / w.sum()
        return mean, np.sqrt(w @ (x - mean) ** 2 / w.sum())


def _regression_influence(x: Array, y: Array, w: Array, out: Array) -> None:
    """Fill `out` (K, m) with standardised coefficients plus influence; NaN where they are not determined.

    With z-scores and R their correlations, beta = R^-1 r; a respondent moves it by R^-1 zx e, e the residual of the
    standardised regression, and by beta (zx^2 - 1) / 2 - beta (zy^2 - 1) / 2 through the two standard deviations.
    """
    out[:] = np.nan
    count, total = len(x), w.sum()
    if len(y) < count + 2:
        return
    mean, spread = (np.array(part)[:, None] for part in zip(*(_centre(one, w) for one in (*x, y)), strict=True))

    def standard(rows: slice) -> Array:
        with np.errstate(invalid="ignore", divide="ignore"):
            z = np.vstack([x[:, rows], y[rows]]) - mean
            z /= spread
            return z

    pieces = [slice(start, start + ROWS) for start in range(0, len(y), ROWS)]
    both = np.zeros((count + 1, count + 1))
    for rows in pieces:
        z = standard(rows)
        both += (z * w[rows]) @ z.T
    both /= total
    r = both[:count, :count]
    if not np.isfinite(both).all() or _singular(r):
        return
    inverse = np.linalg.inv(r)
    beta = inverse @ both[:count, count]
    for rows in pieces:
        z = standard(rows)
        zx, zy = z[:count], z[count]
        out[:, rows] = inverse @ (zx * (zy - beta @ zx)) + beta[:, None] * (1 + (zx**2 - zy**2) / 2)


def _singular(r: Array) -> bool:
    values = np.linalg.eigvalsh(r)
    return bool(values[0] < 1e-10 * values[-1])


def _products(x: Array, y: Array, weight: Array, known: NDArray[np.bool_], method: str) -> Association:
    """Columns of first and second powers, counted from a middle so that no digits are lost."""
    used = weight > 0
    middle = np.zeros(x.shape[1])
    for k in range(x.shape[1]):
        rows = used & known[:, k]
        middle[k] = x[rows, k].mean() if rows.any() else 0.0
    x = np.where(known, x - middle, np.nan)
    both = used & known.any(axis=1)
    y = y - (y[both].mean() if both.any() else 0.0)
    count = x.shape[1]
    if method == "correlation":
        own = np.where(known, y[:, None], np.nan)
        columns = np.hstack([x, own, x**2, own**2, x * own])
        return Association(columns, lambda mean: _correlations(mean.reshape(5, count, -1)))
    whole = np.column_stack([x, np.where(known[:, 0], y, np.nan)])
    first, second = np.triu_indices(count + 1)
    columns = np.hstack([whole, whole[:, first] * whole[:, second]])
    return Association(columns, lambda mean: _coefficients(mean, count))


def _correlations(mean: Array) -> Array:
    """(K, b) from the means (5, K, b) of x, y, x^2, y^2 and x y."""
    x, y, xx, yy, xy = mean
    return (xy - x * y) / np.sqrt(_variance(xx, x) * _variance(yy, y))


def _variance(square: Array, mean: Array) -> Array:
    """Variance from the means of squares and values; NaN for what does not vary but for rounding."""
    found = square - mean**2
    return np.where(found > 1e-12 * square, found, np.nan)


def _coefficients(mean: Array, count: int) -> Array:
    """(K, b) standardised coefficients from means of K predictors, the outcome and their products."""
    first, second = np.triu_indices(count + 1)
    at, half = mean[: count + 1], mean[count + 1 :]
    cov = np.empty((mean.shape[1], count + 1, count + 1))
    cov[:, first, second] = cov[:, second, first] = (half - at[first] * at[second]).T
    sd = np.sqrt(_variance(half[first == second], at).T)
    r = cov / sd[:, :, None] / sd[:, None, :]
    found = np.full((count, len(r)), np.nan)
    good = np.flatnonzero(np.isfinite(r).all(axis=(1, 2)))
    good = good[np.abs(np.linalg.det(r[good][:, :count, :count])) > 1e-300] if len(good) else good
    if len(good):
        found[:, good] = np.linalg.solve(r[good][:, :count, :count], r[good][:, :count, count:])[:, :, 0].T
    return found
