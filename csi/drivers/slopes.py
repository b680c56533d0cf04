"""One least squares fit in every domain, and any numbers that follow from its coefficients, with what is known of them.

Errors are linearised under the design, or replicates of a bootstrap of the cross-products.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from csi.estimation.measured import Choice, count_failed
from csi.inference.means import Means, Sample, accelerations, resample
from csi.inference.regression import regress_linear
from csi.inference.stores import DrawStore, LinearStore

Array = NDArray[np.float64]
Numbers = Mapping[str, Array]
SINGULAR = 1e-10


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


def infer_following(
    following: Following, sample: Sample, method: str, choice: Choice
) -> tuple[Numbers, DrawStore | LinearStore | None, int, str]:
    """Numbers of every domain, what knows their uncertainty, replicates that failed, what their interval is called.

    `sample.columns` are those of `complete`. The numbers of the domains stand one after the other.
    """
    x, y = sample.columns[:, :-1], sample.columns[:, -1]
    groups = len(sample.groups) or 1
    fit = regress_linear(x, y, sample.design, codes=sample.codes, groups=groups)
    numbers = {name: values.T.reshape(-1) for name, values in following.numbers(fit.coef.T).items()}
    if method == "none":
        return numbers, None, 0, ""
    if method == "linearised":
        return numbers, _linear(following, fit.coef, fit.cov, fit.df), 0, "t"
    return _draws(following, sample, numbers, choice)


def _linear(following: Following, coef: Array, cov: Array, df: float) -> LinearStore:
    """Covariance of all numbers by the delta method."""
    groups, p = coef.shape
    parts = [following.slopes(row) for row in coef]
    sizes = {name: groups * len(values) for name, values in parts[0].items()}
    whole = np.zeros((sum(sizes.values()), groups * p))
    start = 0
    for name in sizes:
        for g, part in enumerate(parts):
            rows = slice(start, start + len(part[name]))
            whole[rows, g * p : (g + 1) * p] = np.nan_to_num(part[name])
            start = rows.stop
    return LinearStore(whole @ cov @ whole.T, sizes, df)


def _draws(
    following: Following, sample: Sample, numbers: Numbers, choice: Choice
) -> tuple[Numbers, DrawStore, int, str]:
    """Replicates of the cross-products, each solved for its coefficients."""
    columns = sample.columns
    p = columns.shape[1]  # the constant replaces the outcome
    centre = np.nanmean(columns, axis=0)
    z = np.column_stack([columns[:, :-1] - centre[:-1], columns[:, -1]])
    first, second = np.triu_indices(p)
    products = np.column_stack([z, z[:, first] * z[:, second]])[:, :-1]  # the square of the outcome is not needed

    def evaluate(domain: Means, _: Means) -> Numbers:
        coef = solve_moments(domain.mean, p)
        coef[0] -= (centre[:-1, None] * coef[1:]).sum(axis=0)
        return following.numbers(coef)

    moved = Sample(products, sample.design, sample.codes, sample.groups)
    draws = {
        name: np.where(np.isfinite(values), values, np.nan)
        for name, values in resample(moved, evaluate, n_boot=choice.n_boot, seed=choice.seed).items()
    }
    failed = count_failed(draws, numbers, choice.n_boot)
    interval = choice.interval or ("bca" if sample.design.plain else "t")
    speeds = accelerations(moved, evaluate) if interval == "bca" else {}
    return numbers, DrawStore(draws, interval, float(sample.design.df), speeds), failed, interval


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
