"""One least squares fit in every domain, and any numbers that follow from its coefficients, with what is known of them.

Errors are linearised under the design, or replicates of the cross-products.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from csi.errors import DataError, EstimationError
from csi.estimation.engine import Estimator
from csi.estimation.measured import OfMeans, design_note
from csi.inference.design import Design
from csi.inference.intervals import Linear
from csi.inference.means import Means, Sample
from csi.inference.stores import LinearStore, Store
from csi.language import Note

Array = NDArray[np.float64]
Numbers = Mapping[str, Array]
SINGULAR = 1e-10


@dataclass(frozen=True, eq=False)
class Regression:
    """Coefficients of one regression in every domain.

    Attributes
    ----------
    coef : (G, p), the constant first
    cov : (G p, G p) linearised covariance of all coefficients, domain by domain; domains share clusters and strata
    df : degrees of freedom of the design minus the predictors, as svyglm counts them: units - strata + 1 - p
    """

    coef: Array
    cov: Array
    df: float

    @property
    def uncertainty(self) -> Linear:
        """What a table needs to know of the (G p,) coefficients."""
        return Linear(self.coef.reshape(-1), self.cov, self.df)


def regress_linear(
    x: Array, y: Array, design: Design, *, codes: NDArray[np.int64] | None = None, groups: int = 1
) -> Regression:
    """Weighted least squares in every domain; respondents with a missing value are left out.

    Parameters
    ----------
    x : (n, k) predictors
    y : (n,) outcome
    design : the sampling design of the n respondents; weights of 0 are left out and keep their place in it
    codes : (n,) number of the domain of each respondent, -1 for none; one domain of all when None
    groups : number of domains

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
    n = design.n
    if x.ndim != 2 or len(x) != n or y.shape != (n,):
        raise DataError("wrong_shape", what="x, y", shape=f"{x.shape}, {y.shape}", expected=f"({n}, k), ({n},)")
    z = np.hstack([np.ones((n, 1)), x])
    weight = np.ones(n) if design.weight is None else design.weight
    used = (weight > 0) & ~np.isnan(z).any(axis=1) & ~np.isnan(y)
    domain = np.zeros(n, dtype=np.int64) if codes is None else codes
    p = z.shape[1]
    coef, values = np.empty((groups, p)), np.zeros((groups * p, design.pieces))
    for g in range(groups):
        rows = np.flatnonzero(used & (domain == g))
        if len(rows) <= p:
            raise EstimationError("regression_short", n=len(rows), coefficients=p)
        inside, w = z[rows], weight[rows] / weight[rows].mean()
        bread = _inverse((inside * w[:, None]).T @ inside)
        found = bread @ (inside.T @ (w * y[rows]))
        coef[g] = found + bread @ (inside.T @ (w * (y[rows] - inside @ found)))  # one refinement, for the digits
        influence = bread @ (inside * (w * (y[rows] - inside @ coef[g]))[:, None]).T
        for i, row in enumerate(influence):
            values[g * p + i] = np.bincount(design.piece[rows], weights=row, minlength=design.pieces)
    return Regression(coef, design.covariance(values), float(design.df + 1 - p))


def _inverse(cross: Array) -> Array:
    """Inverse (p, p) of weighted cross-products, or an error where a predictor follows from the others."""
    scale = np.sqrt(np.maximum(np.diag(cross), 0))
    if (scale <= 0).any():
        raise EstimationError("regression_singular")
    standard = cross / np.outer(scale, scale)
    roots = np.linalg.eigvalsh(standard)
    if roots[0] <= SINGULAR * roots[-1]:
        raise EstimationError("regression_singular")
    return np.linalg.inv(standard) / np.outer(scale, scale)


@dataclass(frozen=True, eq=False)
class Following:
    """Numbers that follow from the p coefficients of a fit, the constant first.

    Attributes
    ----------
    numbers : coefficients (p, b) to named numbers (k, b)
    slopes : coefficients (p,) to the derivatives (k, p) of the same numbers
    """

    numbers: Callable[[Array], Numbers]
    slopes: Callable[[Array], Numbers]


def complete(x: Array, y: Array) -> Array:
    """(n, k + 1) predictors and outcome; NaN in the whole row of a respondent who lacks one of them."""
    both = np.column_stack([x, y])
    both[np.isnan(both).any(axis=1)] = np.nan
    return both


@dataclass(frozen=True, eq=False)
class OfCoefficients(Estimator):
    """Numbers of every domain that follow from its fit, the numbers of the domains one after the other.

    Attributes
    ----------
    following : how they follow
    sample : predictors and outcome, see `complete`
    """

    following: Following
    sample: Sample

    drawn = ("bootstrap",)

    @property
    def design(self) -> Design:
        """Of all respondents."""
        return self.sample.design

    @cached_property
    def _fit(self) -> Regression:
        x, y = self.sample.columns[:, :-1], self.sample.columns[:, -1]
        return regress_linear(x, y, self.design, codes=self.sample.codes, groups=len(self.sample.groups) or 1)

    def numbers(self) -> Numbers:
        """(k,) of the sample."""
        return {name: values.T.reshape(-1) for name, values in self.following.numbers(self._fit.coef.T).items()}

    def linearised(self, method: str) -> tuple[Store, Note]:
        """Covariance of all numbers by the delta method."""
        groups, p = self._fit.coef.shape
        parts = [self.following.slopes(row) for row in self._fit.coef]
        sizes = {name: groups * len(values) for name, values in parts[0].items()}
        whole = np.zeros((sum(sizes.values()), groups * p))
        start = 0
        for name in sizes:
            for g, part in enumerate(parts):
                rows = slice(start, start + len(part[name]))
                whole[rows, g * p : (g + 1) * p] = np.nan_to_num(part[name])
                start = rows.stop
        return LinearStore(whole @ self._fit.cov @ whole.T, sizes, self._fit.df), design_note(self.design)

    @cached_property
    def _products(self) -> OfMeans:
        """The same numbers as a function of the means of cross-products, each solved for its coefficients."""
        columns = self.sample.columns
        p = columns.shape[1]  # the constant replaces the outcome
        centre = np.nanmean(columns, axis=0)
        z = np.column_stack([columns[:, :-1] - centre[:-1], columns[:, -1]])
        first, second = np.triu_indices(p)
        products = np.column_stack([z, z[:, first] * z[:, second]])[:, :-1]  # the outcome's square is not needed

        def evaluate(domain: Means, _: Means) -> Numbers:
            coef = solve_moments(domain.mean, p)
            coef[0] -= (centre[:-1, None] * coef[1:]).sum(axis=0)
            return self.following.numbers(coef)

        return OfMeans(replace(self.sample, columns=products), evaluate)

    def replicates(self, multipliers: Array) -> Numbers:
        """(k, b) from the cross-products of b replicates."""
        return self._products.replicates(multipliers)

    def accelerations(self) -> Numbers:
        """(k,) from the influence of each respondent."""
        return self._products.accelerations()

    def remark(self) -> Note:
        """How replicates are drawn."""
        return self._products.remark()


def solve_moments(mean: Array, p: int) -> Array:
    """Coefficients (p, b), the constant first, from means of x, y and of their products; NaN where x is singular.

    Parameters
    ----------
    mean : (p + p (p + 1) / 2 - 1, b) of p - 1 predictors, the outcome, and the products of the upper triangle without
        the square of the outcome
    p : predictors and outcome together
    """
    first, second = np.triu_indices(p)
    both = np.zeros((mean.shape[1], p, p))
    both[:, first[:-1], second[:-1]] = both[:, second[:-1], first[:-1]] = mean[p:].T
    both -= mean[:p].T[:, :, None] * mean[:p].T[:, None, :]
    xx, xy = both[:, :-1, :-1], both[:, :-1, -1]
    slopes = solve_normal(xx, xy)
    constant = mean[p - 1] - (slopes * mean[: p - 1].T).sum(axis=1)
    return np.concatenate([constant[None], slopes.T])


def solve_normal(xx: Array, xy: Array) -> Array:
    """Slopes (b, k) from covariances of predictors (b, k, k) and with the outcome (b, k); NaN where singular."""
    scale = np.sqrt(np.maximum(np.einsum("bii->bi", xx), 0))
    with np.errstate(invalid="ignore", divide="ignore"):
        standard = xx / (scale[:, :, None] * scale[:, None, :])
    bad = ~np.isfinite(standard).all(axis=(1, 2))
    standard[bad] = np.eye(xx.shape[1])
    roots = np.linalg.eigvalsh(standard)
    bad |= roots[:, 0] <= SINGULAR * roots[:, -1]
    standard[bad] = np.eye(xx.shape[1])
    scale[bad] = 1.0
    slopes = np.linalg.solve(standard, (xy / scale)[:, :, None])[:, :, 0] / scale
    slopes[bad] = np.nan
    return slopes


def related(x: Array, names: list[str]) -> list[str]:
    """Names of the columns (n, k) that follow from each other; empty when none does."""
    rows = x[~np.isnan(x).any(axis=1)]
    spread = rows.std(axis=0)
    r = np.corrcoef(rows[:, spread > 0].T).reshape(int((spread > 0).sum()), -1)
    values, vectors = np.linalg.eigh(r)
    bound = np.abs(vectors[:, values <= SINGULAR * values[-1]]) > 1e-6
    kept = [name for name, varies in zip(names, spread > 0, strict=True) if varies]
    return list(dict.fromkeys(name for name, part in zip(kept, bound.any(axis=1), strict=True) if part))


def bare(values: Any) -> list[str]:
    """Names as a list, a single one too."""
    return [values] if isinstance(values, str) else list(values)
