"""Formulas such as "sat ~ quality * C(branch) + np.log(price)": from formulaic's columns to those of a regression."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from csi.data.codebook import offered
from csi.data.survey import Survey
from csi.drivers.regression_data import FUNCTION, MOST_CATEGORIES, DriverData, Term, assemble
from csi.errors import DataError, OptionError
from csi.estimation.item_moments import refuse_private
from csi.language import Note, note

Array = NDArray[np.float64]
QUOTED = re.compile(r"`([^`]+)`")
LONE_DOT = re.compile(r"(?<![\w.)])\.(?![\w.])")
LEFT_OUT = ("Q", "contr", "hashed", "lag", "np")  # of formulaic's functions: not by respondent, or other than here
MORE_OF_NUMPY = ("clip", "e", "pi", "round", "where")
NODES = (
    ast.Expression, ast.Call, ast.keyword, ast.Attribute, ast.Name, ast.Load, ast.Constant, ast.BinOp, ast.UnaryOp,
    ast.BoolOp, ast.Compare, ast.List, ast.Tuple, ast.operator, ast.unaryop, ast.boolop, ast.cmpop,
)  # fmt: skip


def numbers_of_numpy() -> SimpleNamespace:
    """What `np` is inside a formula: functions of numbers, nothing that reads or writes files."""
    plain = {name: value for name, value in vars(np).items() if isinstance(value, np.ufunc)}
    return SimpleNamespace(**plain, **{name: getattr(np, name) for name in MORE_OF_NUMPY})


def prepare_formula(survey: Survey, text: str, by: object) -> DriverData:
    """Columns, rows, groups and design of the regression that a formula asks for.

    Respondents who left out a question that the formula names are left out before anything is transformed.
    """
    formula = _read(text)
    numpy = numbers_of_numpy()
    left, right = _columns(formula.lhs, text, numpy), _columns(formula.rhs, text, numpy)
    names = list(dict.fromkeys([*left, *right]))
    refuse_private(survey, names)
    _refuse_unknown(survey, text, names)
    both = [name for name in left if name in right]
    if both:
        raise DataError("formula_outcome_right", formula=text, outcome=both[0])
    notes = [*survey.notes]
    survey.matrix([name for name in left if name in survey.codebook.items])
    table, complete = _table(survey, names)
    made = _materialise(formula, table.loc[complete], text, numpy)
    if made.lhs.shape[1] != 1 or made.lhs.model_spec.factor_contrasts:
        raise OptionError("formula_outcome", formula=text)
    _check_levels(survey, made.rhs.model_spec, notes)
    terms, standard = _terms(made.rhs.model_spec)
    if not terms:
        raise DataError("no_drivers", function=FUNCTION, outcome=str(made.lhs.columns[0]))
    x, y = np.full((len(survey), len(terms)), np.nan), np.full(len(survey), np.nan)
    x[complete] = made.rhs.to_numpy(dtype=float)[:, 1:]
    y[complete] = made.lhs.to_numpy(dtype=float)[:, 0]
    outcome = str(made.lhs.columns[0])
    _refuse_infinite(text, [outcome, *(term.name for term in terms)], np.column_stack([y, x])[complete])
    bare = [terms[i].name for i in range(len(terms)) if i not in standard]
    if bare:
        notes.append(note("formula_not_standardised", terms=bare))
    item = outcome if outcome in survey.codebook.items else None
    return assemble(survey, outcome, item, terms, x, y, by, notes, names, standard)


def _read(text: str) -> Any:
    """The formula as formulaic reads it: one outcome, an intercept, one right side."""
    from formulaic import Formula
    from formulaic.errors import FormulaicError

    if "~" not in text:
        raise OptionError("formula_no_tilde", function=FUNCTION, formula=text)
    if LONE_DOT.search(QUOTED.sub("column", text)):
        raise OptionError("formula_foreign", formula=text, code="'.'", choices=["C", "I", "poly", "bs"])
    try:
        formula = Formula(text)
    except (FormulaicError, SyntaxError, ValueError) as problem:
        raise OptionError("formula_unreadable", formula=text, reason=_first_line(problem)) from None
    sides = [getattr(formula, side, None) for side in ("lhs", "rhs")]
    plain = [side for side in sides if type(side).__name__ == "SimpleFormula"]
    if len(plain) < 2 or len(sides[0]) != 1 or len(next(iter(sides[0])).factors) != 1 or "1" in map(str, sides[0]):
        raise OptionError("formula_outcome", formula=text)
    if "1" not in map(str, sides[1]):
        raise OptionError("formula_no_intercept", formula=text)
    return formula


def _first_line(problem: Exception) -> str:
    """What went wrong, without marks for terminals."""
    return (str(problem).strip().splitlines() or [type(problem).__name__])[0].rstrip(".")


def _columns(side: Any, text: str, numpy: SimpleNamespace) -> list[str]:
    """Names of the columns of one side; code that is more than functions of columns is refused."""
    found: dict[str, None] = {}
    for factor in [factor for term in side for factor in term.factors]:
        if factor.eval_method.value == "lookup":
            found[factor.expr] = None
        elif factor.eval_method.value == "python":
            found |= dict.fromkeys(_columns_of_code(factor.expr, text, numpy))
    return list(found)


def _columns_of_code(code: str, text: str, numpy: SimpleNamespace) -> list[str]:
    from formulaic.transforms import TRANSFORMS

    own = sorted(set(TRANSFORMS) - set(LEFT_OUT))
    quoted: dict[str, str] = {}

    def stand_in(match: re.Match) -> str:
        return quoted.setdefault(match[1], f"column_{len(quoted)}_")

    try:
        tree = ast.parse(QUOTED.sub(stand_in, code), mode="eval")
    except SyntaxError as problem:
        raise OptionError("formula_unreadable", formula=text, reason=_first_line(problem)) from None
    nodes = list(ast.walk(tree))
    known = {"np": vars(numpy), "contr": {name: None for name in dir(TRANSFORMS["contr"]) if name[0] != "_"}}
    called = [node.func for node in nodes if isinstance(node, ast.Call)]
    attributes = [node for node in nodes if isinstance(node, ast.Attribute)]
    owners = [node.value for node in attributes]
    foreign = (
        [ast.unparse(node) for node in nodes if not isinstance(node, NODES)]
        + [ast.unparse(one) for one in attributes if one.attr not in known.get(getattr(one.value, "id", ""), {})]
        + [ast.unparse(one) for one in called if isinstance(one, ast.Name) and one.id not in own]
        + [ast.unparse(one) for one in called if not isinstance(one, ast.Name | ast.Attribute)]
    )
    if foreign:
        raise OptionError("formula_foreign", formula=text, code=foreign[0], choices=own)
    back = {value: name for name, value in quoted.items()}
    names = [node.id for node in nodes if isinstance(node, ast.Name) and node not in called and node not in owners]
    return [back.get(name, name) for name in names if name not in ("Treatment", "Sum", "Helmert", "Diff", "Poly")]


def _refuse_unknown(survey: Survey, text: str, names: Sequence[str]) -> None:
    from difflib import get_close_matches

    existing = [name for name in survey.answers.columns if name not in survey.codebook.private]
    unknown = [name for name in names if name not in existing]
    if unknown:
        near = get_close_matches(unknown[0], existing, n=1, cutoff=0.0) or ["-"]
        choices = offered(unknown[0], existing)
        raise DataError(
            "formula_unknown", formula=text, name=unknown[0], survey=survey.name, near=near[0], choices=choices
        )


def _table(survey: Survey, names: Sequence[str]) -> tuple[pd.DataFrame, NDArray[np.bool_]]:
    """What a formula may see, only the columns it names, and who answered them all and counts."""
    weight = survey.design().weight
    used = np.ones(len(survey), dtype=bool) if weight is None else weight > 0
    columns: dict[str, Any] = {}
    for name in names:
        item = survey.codebook.items.get(name)
        if item is not None and item.numeric:
            columns[name] = survey.matrix([name])[:, 0]
            used &= ~np.isnan(columns[name])
            continue
        labels, codes = survey.split(name)
        if len(labels) > MOST_CATEGORIES:
            raise DataError("drivers_many_levels", driver=name, count=len(labels), most=MOST_CATEGORIES)
        columns[name] = pd.Categorical.from_codes(codes, list(labels), ordered=False)
        used &= codes >= 0
    if not used.any():
        raise DataError("drivers_no_rows", survey=survey.name, rows=len(survey), items=list(names))
    table = pd.DataFrame(columns)
    for name in table.columns[[dtype == "category" for dtype in table.dtypes]]:
        table[name] = table[name].cat.remove_unused_categories() if used.all() else _kept(table[name], used)
    return table, used


def _kept(column: pd.Series, used: NDArray[np.bool_]) -> pd.Series:
    """A category with the levels of those who count."""
    there = set(column[used])
    return column.cat.set_categories([level for level in column.cat.categories if level in there])


def _materialise(formula: Any, table: pd.DataFrame, text: str, numpy: SimpleNamespace) -> Any:
    """The columns of both sides, from the table, the functions of formulaic and those of `numbers_of_numpy` alone."""
    from formulaic.materializers import FormulaMaterializer

    maker = FormulaMaterializer.for_data(table)(table, context={"np": numpy})
    try:
        with np.errstate(all="ignore"):
            return maker.get_model_matrix(formula, na_action="ignore")
    except Exception as problem:  # whatever code in a formula raises
        raise OptionError("formula_unreadable", formula=text, reason=_first_line(problem)) from None


def _check_levels(survey: Survey, spec: Any, notes: list[Note]) -> None:
    """Refuse categories of one level; say what the others are compared with."""
    scoped = [one for part in spec.structure for term in part.scoped_terms for one in term.factors]
    compared = {one.factor.expr for one in scoped if one.reduced}
    for factor, state in spec.factor_contrasts.items():
        if len(state.levels) < 2:
            raise DataError("drivers_constant", place=survey.name, drivers=[str(factor)])
        base = getattr(state.contrasts, "base", None)
        if type(state.contrasts).__name__ == "TreatmentContrasts" and factor.expr in compared:
            reference = str(base) if base in list(state.levels) else str(state.levels[0])
            notes.append(note("reference_category", driver=str(factor), reference=reference))


def _terms(spec: Any) -> tuple[tuple[Term, ...], tuple[int, ...]]:
    """The terms without the intercept, and the positions of those whose standardised coefficient has a meaning.

    One standard deviation more of a column is a possible change where nothing else moves with it: not for products,
    nor for several columns of one number (powers, splines).
    """
    rows = []
    for part in spec.structure:
        factors = [str(factor) for factor in part.term.factors]
        if factors == ["1"]:
            continue
        category = any(factor in spec.factor_contrasts for factor in part.term.factors)
        variables = frozenset(str(name) for name in spec.term_variables.get(part.term, ()))
        rows += [(str(column), tuple(factors), category, variables) for column in part.columns]
    alone = [len(parts) == 1 and not category for _, parts, category, _ in rows]
    terms, standard = [], []
    for i, (name, parts, category, variables) in enumerate(rows):
        shared = any(other and j != i and variables & rows[j][3] for j, other in enumerate(alone))
        terms.append(Term(name, parts, not category and not (alone[i] and shared)))
        if len(parts) == 1 and (category or not shared):
            standard.append(i)
    return tuple(terms), tuple(standard)


def _refuse_infinite(text: str, names: Sequence[str], values: Array) -> None:
    """Refuse transformations that give no finite number to somebody whose answers are all there."""
    wrong = ~np.isfinite(values)
    if wrong.any():
        at = int(wrong.any(axis=0).argmax())
        raise DataError(
            "formula_not_finite", formula=text, term=names[at], count=int(wrong[:, at].sum()), n=len(values)
        )


def check_given(others: Mapping[str, object], text: str) -> None:
    """Refuse arguments that a formula says itself."""
    given = [name for name, value in others.items() if value is not None]
    if given:
        raise OptionError("formula_and_others", formula=text, options=[f"{name}=" for name in given])
