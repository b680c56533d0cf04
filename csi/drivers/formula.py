"""Formulas: from "sat ~ quality * C(branch) + np.log(price)" to the columns of a regression, read by formulaic."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from csi.data.survey import Survey
from csi.drivers.regression_data import FUNCTION, MOST_CATEGORIES, Columns, DriverData, Term, choose_rows, ends_of
from csi.errors import DataError, OptionError
from csi.estimation.item_moments import refuse_private
from csi.language import Note, note

if TYPE_CHECKING:
    import pandas as pd

Array = NDArray[np.float64]


def prepare_formula(survey: Survey, text: str, *, by: object) -> DriverData:
    """Columns, rows, groups and design of a regression that is written as a formula.

    Only the columns that it names and numpy, as np, can be used in it. Whoever left out one of its questions is left
    out.
    """
    formula = _read(text)
    left, right = (sorted(map(str, side.required_variables)) for side in (formula.lhs, formula.rhs))
    for name in (*left, *right):
        if name not in survey.answers.columns:
            survey.matrix([name])  # raises with what exists
    refuse_private(survey, [*left, *right])
    both = sorted(set(left) & set(right))
    if both or not left:
        raise DataError("outcome_among_drivers", function=FUNCTION, outcome=both[0] if both else str(formula.lhs))
    frame, there = _answers(survey, [*left, *right])
    if not there.any():
        raise DataError("drivers_no_rows", survey=survey.name, rows=len(there), items=[*left, *right])
    chosen = frame[there]
    for name in chosen.select_dtypes("category"):
        chosen = chosen.assign(**{name: chosen[name].cat.remove_unused_categories()})
    matrices = _matrices(formula, chosen)
    notes = [*survey.notes]
    y, x = _outcome(matrices.lhs, len(there), there, text), _expanded(matrices.rhs, there)
    terms = _terms(matrices.rhs, set(right), notes)
    keep = [name for name in matrices.rhs.columns if name != "Intercept"]
    x = x[:, [list(matrices.rhs.columns).index(name) for name in keep]]
    outcome = str(matrices.lhs.columns[0])
    plain = outcome in survey.codebook.items
    ends = ends_of(survey, outcome) if plain else (np.nan, np.nan, np.empty(0))
    return choose_rows(survey, Columns(outcome, terms, x, y, (*left, *right), *ends), by, notes)


def _read(text: str) -> Any:
    """The formula, or an error in one sentence."""
    from formulaic import Formula
    from formulaic.errors import FormulaicError

    try:
        formula = Formula(text)
    except (FormulaicError, SyntaxError) as problem:
        reason = "".join(str(problem).splitlines()[:1])
        raise OptionError("formula_unread", formula=text, reason=reason) from None
    left, right = ([str(term) for term in getattr(formula, side, ())] for side in ("lhs", "rhs"))
    if len(left) != 1:
        raise OptionError("formula_one_outcome", formula=text, outcomes=left or ["-"])
    if "1" not in right:
        raise OptionError("formula_needs_intercept", formula=text)
    if len(right) < 2:
        raise DataError("no_drivers", function=FUNCTION)
    return formula


def _answers(survey: Survey, names: list[str]) -> tuple[pd.DataFrame, NDArray[np.bool_]]:
    """The named columns, numbers as they count and categories by their labels, and who answered all of them."""
    import pandas as pd

    found, there = {}, np.ones(len(survey), dtype=bool)
    for name in names:
        items = survey.codebook.items
        if name in items and items[name].numeric:
            found[name] = survey.matrix([name])[:, 0]
            there &= ~np.isnan(found[name])
            continue
        labels, codes = survey.split(name)
        if len(labels) > MOST_CATEGORIES:
            raise DataError("drivers_many_levels", driver=name, count=len(labels), most=MOST_CATEGORIES)
        there &= codes >= 0
        used = np.unique(codes[codes >= 0])
        if len(used) < 2:
            raise DataError("drivers_constant", place=survey.name, drivers=[name])
        found[name] = pd.Categorical.from_codes(codes, categories=list(labels))
    return pd.DataFrame(found), there


def _matrices(formula: Any, frame: pd.DataFrame) -> Any:
    import warnings

    from formulaic.errors import FormulaicError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # what is not finite is counted and named below
            return formula.get_model_matrix(frame, context={"np": np}, na_action="ignore")
    except (FormulaicError, SyntaxError, TypeError, ValueError, AttributeError) as problem:
        reason = str(problem).splitlines()[0]
        raise OptionError("formula_unread", formula=str(formula), reason=reason) from None


def _outcome(matrix: pd.DataFrame, n: int, there: NDArray[np.bool_], text: str) -> Array:
    if matrix.shape[1] != 1:
        raise OptionError("formula_one_outcome", formula=text, outcomes=list(matrix.columns))
    return _expanded(matrix, there)[:, 0]


def _expanded(matrix: pd.DataFrame, there: NDArray[np.bool_]) -> Array:
    """The matrix with a row for everybody, NaN for those who did not answer; refuses what is not finite."""
    values = np.asarray(matrix, dtype=float)
    for name, column in zip(matrix.columns, values.T, strict=True):
        if not np.isfinite(column).all():
            lost = int(np.count_nonzero(~np.isfinite(column)))
            raise DataError("formula_not_finite", term=str(name), count=lost, n=len(column))
    found = np.full((len(there), values.shape[1]), np.nan)
    found[there] = values
    return found


def _terms(matrix: Any, asked: set[str], notes: list[Note]) -> tuple[Term, ...]:
    """The columns but the intercept, named as statsmodels names them."""
    spec = matrix.model_spec
    found = []
    for term, places in spec.term_indices.items():
        if str(term) == "1":
            continue
        if not places:
            raise DataError("drivers_constant", place=FUNCTION, drivers=[str(term)])
        parts = tuple(sorted(set(map(str, spec.term_variables[term])) & asked))
        coded = [str(factor) for factor in term.factors if factor in spec.factor_contrasts]
        for factor in term.factors:
            if factor in spec.factor_contrasts and len(term.factors) == 1:
                levels = spec.factor_contrasts[factor].levels
                notes.append(note("reference_category", driver=str(factor), reference=str(levels[0])))
        found += [Term(str(spec.column_names[at]), parts, not coded) for at in places]
    return tuple(found)
