"""Weighted regressions and their design-based linearised errors, by domain: least squares and logistic."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from csi.errors import DataError, EstimationError
from csi.inference.design import Design
from csi.inference.intervals import Linear

Array = NDArray[np.float64]
SMALL = 1e-10  # a direction of the predictors with less than this share of the largest is none
TOLERANCE = 1e-12
MAX_ITER = 50


@dataclass(frozen=True, eq=False)
class Regression:
    """Coefficients of one regression in every domain.

    Attributes
    ----------
    coef : (G, p)
    cov : (G p, G p) linearised covariance of all coefficients, domain by domain; domains share clusters and strata
    n : (G,) respondents used
    df : degrees of freedom of the design minus the predictors, as svyglm counts them: units - strata + 1 - p
    r2 : (G,) share of the weighted variance explained (least squares), NaN for logistic
    residual : (n,) outcome minus prediction in the respondent's own domain, NaN where not used
    """

    coef: Array
    cov: Array
    n: NDArray[np.int64]
    df: float
    r2: Array
    residual: Array

    @property
    def std_error(self) -> Array:
        """(G, p)."""
        return np.sqrt(np.maximum(np.diag(self.cov), 0)).reshape(self.coef.shape)

    @property
    def uncertainty(self) -> Linear:
        """What a table needs to know of the (G p,) coefficients."""
        return Linear(self.coef.reshape(-1), self.cov, self.df)


def regress_linear(
    x: Array,
    y: Array,
    design: Design,
    *,
    codes: NDArray[np.int64] | None = None,
    groups: int = 1,
    intercept: bool = True,
) -> Regression:
    """Weighted least squares in every domain; respondents with a missing value are left out.

    Parameters
    ----------
    x : (n, k) predictors
    y : (n,) outcome
    design : the sampling design of the n respondents; weights of 0 are left out and keep their place in it
    codes : (n,) number of the domain of each respondent, -1 for none; one domain of all when None
    groups : number of domains
    intercept : whether a column of ones comes first

    Raises
    ------
    DataError
        `wrong_shape`.
    EstimationError
        `regression_short` with fewer respondents than coefficients in a domain, `regression_singular` when a predictor
        follows from the others.

    Examples
    --------
    >>> import numpy as np
    >>> from csi.inference.design import Design
    >>> found = regress_linear(np.array([[1.0], [2.0], [3.0], [4.0]]), np.array([2.0, 4.0, 6.0, 9.0]), Design(4))
    >>> found.coef.round(2).tolist(), found.df
    ([[-0.5, 2.3]], 2.0)

    """
    return _regress(x, y, design, codes, groups, intercept, logistic=False)


def regress_logistic(
    x: Array,
    y: Array,
    design: Design,
    *,
    codes: NDArray[np.int64] | None = None,
    groups: int = 1,
    intercept: bool = True,
) -> Regression:
    """Weighted logistic regression of an outcome of 0 and 1 in every domain, by iterated least squares.

    Parameters
    ----------
    x, y, design, codes, groups, intercept : as in `regress_linear`

    Raises
    ------
    DataError
        `wrong_shape`, `outcome_not_binary`.
    EstimationError
        As `regress_linear`, and `regression_separated` when the predictors tell 0 from 1 without error.

    """
    known = y[~np.isnan(y)]
    other = (known != 0) & (known != 1)
    if other.any():
        raise DataError("outcome_not_binary", count=int(other.sum()), value=float(known[other][0]))
    return _regress(x, y, design, codes, groups, intercept, logistic=True)


def _regress(
    x: Array, y: Array, design: Design, codes: NDArray[np.int64] | None, groups: int, intercept: bool, *, logistic: bool
) -> Regression:
    n = design.n
    if x.ndim != 2 or len(x) != n or y.shape != (n,):
        raise DataError("wrong_shape", what="x, y", shape=f"{x.shape}, {y.shape}", expected=f"({n}, k), ({n},)")
    z = np.hstack([np.ones((n, 1)), x]) if intercept else x
    weight = np.ones(n) if design.weight is None else design.weight
    used = (weight > 0) & ~np.isnan(z).any(axis=1) & ~np.isnan(y)
    domain = np.zeros(n, dtype=np.int64) if codes is None else codes
    p = z.shape[1]
    coef, r2, counts = np.empty((groups, p)), np.full(groups, np.nan), np.zeros(groups, dtype=np.int64)
    values, residual = np.zeros((groups * p, design.pieces)), np.full(n, np.nan)
    for g in range(groups):
        rows = np.flatnonzero(used & (domain == g))
        counts[g] = len(rows)
        if len(rows) <= p:
            raise EstimationError("regression_short", n=len(rows), coefficients=p)
        inside, w = z[rows], weight[rows] / weight[rows].mean()
        solve = _logistic if logistic else _least_squares
        coef[g], predicted, bread = solve(inside, y[rows], w)
        left = y[rows] - predicted
        residual[rows] = left
        influence = bread @ (inside * (w * left)[:, None]).T
        for i, row in enumerate(influence):
            values[g * p + i] = np.bincount(design.piece[rows], weights=row, minlength=design.pieces)
        if not logistic:
            centre = np.average(y[rows], weights=w) if intercept else 0.0
            total = w @ (y[rows] - centre) ** 2
            r2[g] = 1 - w @ left**2 / total if total > 0 else np.nan
    cov = design.covariance(values)
    return Regression(coef, cov, counts, float(design.df + 1 - p), r2, residual)


def _inverse(cross: Array) -> Array:
    """Inverse (p, p) of weighted cross-products, or an error where a predictor follows from the others."""
    scale = np.sqrt(np.maximum(np.diag(cross), 0))
    if (scale <= 0).any():
        raise EstimationError("regression_singular")
    standard = cross / np.outer(scale, scale)
    roots = np.linalg.eigvalsh(standard)
    if roots[0] <= SMALL * roots[-1]:
        raise EstimationError("regression_singular")
    return np.linalg.inv(standard) / np.outer(scale, scale)


def _least_squares(x: Array, y: Array, w: Array) -> tuple[Array, Array, Array]:
    """Coefficients (p,), predictions (m,), and the inverse of the weighted cross-products (p, p)."""
    bread = _inverse((x * w[:, None]).T @ x)
    coef = bread @ (x.T @ (w * y))
    coef = coef + bread @ (x.T @ (w * (y - x @ coef)))  # one step of refinement, for the digits
    return coef, x @ coef, bread


def _logistic(x: Array, y: Array, w: Array) -> tuple[Array, Array, Array]:
    _inverse((x * w[:, None]).T @ x)  # predictors that follow from each other are told from separation here
    coef = np.zeros(x.shape[1])
    for _ in range(MAX_ITER):
        mean = 1 / (1 + np.exp(-np.clip(x @ coef, -500, 500)))
        slope = w * mean * (1 - mean)
        try:
            bread = _inverse((x * slope[:, None]).T @ x)
        except EstimationError:
            break
        step = bread @ (x.T @ (w * (y - mean)))
        coef = coef + step
        if np.abs(x @ step).max() <= TOLERANCE * max(1.0, np.abs(x @ coef).max()):
            mean = 1 / (1 + np.exp(-np.clip(x @ coef, -500, 500)))
            return coef, mean, _inverse((x * (w * mean * (1 - mean))[:, None]).T @ x)
    raise EstimationError("regression_separated")
