"""The theories of satisfaction as regressions on the same answers, all from one table of moments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from csi.drivers.slopes import solve_normal
from csi.inference.means import Means

Array = NDArray[np.float64]
LINES = ("congruence_slope", "congruence_curvature", "incongruence_slope", "incongruence_curvature")
# along performance = standard, and along performance = -standard, both counted from the middle of the scale
ALONG = np.array([[1, 1, 0, 0, 0], [0, 0, 1, 1, 1], [1, -1, 0, 0, 0], [0, 0, 1, -1, 1]], dtype=float)


@dataclass(frozen=True, eq=False)
class Theory:
    """One regression of satisfaction.

    Attributes
    ----------
    name : of the model
    terms : (m,) names of its predictors
    loads : (m, K) each predictor as a weighted sum of the K columns
    surface : whether it is a polynomial of a standard and performance: both, their squares and their product
    """

    name: str
    terms: tuple[str, ...]
    loads: Array
    surface: bool = False


@dataclass(frozen=True, eq=False)
class Contest:
    """Columns and the theories that use them.

    Attributes
    ----------
    columns : (n, K) answers, squares and products, NaN in the whole row of a respondent who lacks an answer
    outcome : (n,) satisfaction, NaN likewise
    theories : the models
    """

    columns: Array
    outcome: Array
    theories: tuple[Theory, ...]

    def predictors(self, theory: Theory) -> Array:
        """(n, m)."""
        return self.columns @ theory.loads.T

    def products(self) -> Array:
        """(n, q) columns and outcome counted from their means, then the upper triangle of their products."""
        both = np.column_stack([self.columns, self.outcome])
        both = both - np.nanmean(both, axis=0)
        first, second = np.triu_indices(both.shape[1])
        return np.column_stack([both, both[:, first] * both[:, second]])

    def evaluate(self, domain: Means, _: Means) -> dict[str, Array]:
        """Slopes and lines of the surface of every theory, and the R2 of all."""
        size = self.columns.shape[1] + 1
        first, second = np.triu_indices(size)
        cov = np.zeros((domain.mean.shape[1], size, size))
        cov[:, first, second] = cov[:, second, first] = domain.mean[size:].T
        cov -= domain.mean[:size].T[:, :, None] * domain.mean[:size].T[:, None, :]
        found, r2 = {}, []
        for theory in self.theories:
            xx = theory.loads @ cov[:, :-1, :-1] @ theory.loads.T
            xy = cov[:, -1, :-1] @ theory.loads.T
            slopes = solve_normal(xx, xy)
            found[theory.name] = slopes.T
            with np.errstate(invalid="ignore", divide="ignore"):
                r2.append((slopes * xy).sum(axis=1) / cov[:, -1, -1])
            if theory.surface:
                found[f"surface_{theory.name}"] = ALONG @ slopes.T
        return found | {"r2": np.array(r2)}


class _Columns:
    """Names of the columns and the sums of them that are predictors."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = list(names)

    def loads(self, *sums: Mapping[str, float]) -> Array:
        found = np.zeros((len(sums), len(self.names)))
        for row, parts in zip(found, sums, strict=True):
            for name, factor in parts.items():
                row[self.names.index(name)] += factor
        return found


def build(
    answers: Mapping[str, Array], outcome: Array, roles: Mapping[str, Sequence[str]], norms: Mapping[str, str],
    middle: float,
) -> Contest:  # fmt: skip
    """The contest of all theories whose answers are there.

    Parameters
    ----------
    answers : item to (n,) ratings
    outcome : (n,)
    roles : expectation, performance, disconfirmation, desired, needs, equity, attribution, affect to their items
    norms : name of a norm to its item
    middle : of the scale of performance and its standards, from which polynomials are counted
    """
    (p,) = roles["performance"]
    standards = {"expectation": roles["expectation"], "desired": roles["desired"]}
    surfaces = {name: some[0] for name, some in standards.items() if some}
    columns = {name: values - middle for name, values in answers.items()}
    for item in surfaces.values():
        columns[f"{item}^2"] = columns[item] ** 2
        columns[f"{item} x {p}"] = columns[item] * columns[p]
    columns[f"{p}^2"] = columns[p] ** 2
    table = _Columns(list(columns))
    matrix = np.column_stack([*columns.values(), outcome])
    matrix[np.isnan(matrix).any(axis=1)] = np.nan
    theories = [*_linear(table, roles, norms), *_surfaces(table, surfaces, p)]
    return Contest(matrix[:, :-1], matrix[:, -1], tuple(theories))


def _linear(table: _Columns, roles: Mapping[str, Sequence[str]], norms: Mapping[str, str]) -> list[Theory]:
    (e,), (p,) = roles["expectation"], roles["performance"]

    def plain(name: str, items: Sequence[str]) -> Theory:
        return Theory(name, tuple(items), table.loads(*({item: 1.0} for item in items)))

    def gap(name: str, standard: str) -> Theory:
        return Theory(name, (f"{p} - {standard}",), table.loads({p: 1.0, standard: -1.0}))

    found = [plain("performance", [p]), gap("expectation_difference", e)]
    if roles["disconfirmation"]:
        found.insert(0, plain("expectation_disconfirmation", [e, *roles["disconfirmation"]]))
    found += [gap(f"norm_{name}", item) for name, item in norms.items()]
    if roles["desired"]:
        found.append(gap("value_percept_disparity", roles["desired"][0]))
    for name, role in (("needs_congruence", "needs"), ("equity", "equity")):
        if roles[role]:
            found.append(plain(name, roles[role]))
    more = [item for role in ("disconfirmation", "attribution", "equity", "affect") for item in roles[role]]
    if roles["disconfirmation"] and len(more) > 1:
        found.append(plain("extended", [e, p, *more]))
    return found


def _surfaces(table: _Columns, surfaces: Mapping[str, str], p: str) -> list[Theory]:
    found = []
    for name, item in surfaces.items():
        terms = (item, p, f"{item}^2", f"{item} x {p}", f"{p}^2")
        found.append(Theory(f"surface_of_{name}", terms, table.loads(*({term: 1.0} for term in terms)), surface=True))
    return found


def information(x: Array, y: Array, weight: Array) -> dict[str, float]:
    """AIC, BIC (n counts respondents, whatever their weights) and adjusted R2 of a weighted least squares fit."""
    w = weight / weight.mean()
    z = np.column_stack([np.ones(len(y)), x])
    root = np.sqrt(w)
    coef = np.linalg.lstsq(z * root[:, None], y * root, rcond=None)[0]
    n, k = len(y), z.shape[1]
    rest = float(w @ (y - z @ coef) ** 2)
    total = float(w @ (y - np.average(y, weights=w)) ** 2)
    fit = n * (np.log(2 * np.pi * rest / n) + 1)
    return {
        "aic": fit + 2 * (k + 1),
        "bic": fit + np.log(n) * (k + 1),
        "r2_adjusted": 1 - rest / total * (n - 1) / (n - k),
    }


def folds_of(unit: NDArray[np.int64], folds: int, seed: int) -> NDArray[np.int64]:
    """(n,) fold of each respondent; sampling units stay together."""
    units = np.unique(unit)
    order = np.random.default_rng(np.random.SeedSequence(seed)).permutation(len(units))
    return (order % folds)[np.searchsorted(units, unit)]


def cross_validate(x: Array, y: Array, weight: Array, fold: NDArray[np.int64]) -> Array:
    """(n,) squared error of each respondent's prediction by the others' folds; x of no columns predicts the mean."""
    z = np.column_stack([np.ones(len(y)), x])
    found = np.empty(len(y))
    for number in np.unique(fold):
        out = fold == number
        root = np.sqrt(weight[~out])
        coef = np.linalg.lstsq(z[~out] * root[:, None], y[~out] * root, rcond=None)[0]
        found[out] = (y[out] - z[out] @ coef) ** 2
    return found
