"""Fuzzy comprehensive evaluation of a survey: who put what in which grade, composed by one of four operators."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from csi.data.given import SurveyLike, as_survey, plain_table
from csi.data.intake import is_table, table_of
from csi.data.scales import brief
from csi.data.survey import Survey
from csi.errors import DataError, choose
from csi.estimates import Unknown
from csi.estimation.measured import CSI, Choice, Measure, Sheet, measure
from csi.language import Note, note
from csi.measures.evaluation.given_weights import leaves_of, read_tree
from csi.measures.evaluation.grades import Grades, common_scale, read_grade_values, read_grades
from csi.measures.evaluation.membership import (
    OPERATORS,
    Branch,
    composed,
    indicators,
    influence_columns,
    leads,
    normalised,
    top_ratio,
)
from csi.references import references
from csi.results import Block, Check, Result, Table

Array = NDArray[np.float64]
SOURCES = references("zadeh1965")
TIE = 1e-12  # memberships closer than this are equal
LEVEL = 0.95  # of the label set that the check names; the table fuzzy_decision has the lead at any level


def score_fuzzy(
    survey: SurveyLike | Any,
    items: Sequence[str] | None = None,
    *,
    indicator_weights: Any = None,
    operator: str = "product_sum",
    grades: Mapping[str, Sequence[float]] | None = None,
    grade_values: Mapping[str, float] | Sequence[float] | None = None,
    by: str | Sequence[str] | None = None,
    inference: str | None = None,
    interval: str | None = None,
    n_boot: int = 5000,
    seed: int = 1,
) -> Result:
    """Fuzzy comprehensive evaluation (模糊综合评价): memberships in grades, 0-1, the decision, and a score, 0-100.

    Use it where a report must say "good" or "fair" instead of a number, or where the method is prescribed. Beside its
    score stands the plain weighted mean: with operator="product_sum" the two are the same number, so what is new is
    the distribution over grades; with the other three the result depends on the operator more than on the customers.

    Parameters
    ----------
    survey : a Survey or the name of a file, whose items share one scale; or a table of memberships
        A table, dict of columns or list of rows always holds memberships (rows items, columns grades, shares 0-1 that
        sum to 1 in each row), which have no sampling error; give a table of respondents as `csi.as_survey(table)`.
    items : names of rating items; the leaves of `indicator_weights`, else all ratings when None
    indicator_weights : {item: weight}, or a tree {aspect: (weight, {item: weight})} of any depth; siblings sum to 1,
        to 100, or to the weight of their aspect; or an IndicatorTree; equal weights when None
    operator : {"product_sum", "min_max", "product_max", "min_sum"}: M(.,+) sum of a r; M(min,max) max of min(a, r);
        M(.,max) max of a r; M(min,+) sum of min(a, r), at most 1
    grades : {name: ratings in it}, lowest grade first; the points of the scale when None, called by its labels where
        every point has one (English before Chinese, so that names do not change with the language)
    grade_values : what each grade is worth, {name: value} or in the order of the grades; places between the ends of
        the scale, 0-100, when None (of several ratings in a grade their mean)
    by : column or columns that form groups
    inference : {"linearised", "bootstrap", "none"}, linearised when None
    interval : {"t", "bca", "percentile"}; shares of the grades have Wilson's
    n_boot : replicates of a bootstrap
    seed : seed of a bootstrap

    Returns
    -------
    Result
        fuzzy_score (kind: fuzzy_score B V' of the normalised B, weighted_mean of the ratings' grade values,
        difference), fuzzy_grades (kind: normalised, raw; grade: B), fuzzy_decision (grade: lead of B over the best
        other grade; above 0 for the decision alone, and where the upper limit is above 0 the grade is not excluded),
        fuzzy_ratio (term top_ratio: the largest B over the second), fuzzy_membership (item, grade: share of
        respondents), fuzzy_aspects (aspect, grade: normalised B, for trees). With `by` the first column is group.

    Raises
    ------
    DataError
        `fuzzy_scales`, `fuzzy_grades_gap`, `fuzzy_grades_twice`, `fuzzy_grades_few`, `fuzzy_empty_grade`,
        `fuzzy_membership`, `fuzzy_values`, `weight_names`, `weight_values`, `weight_sum`, `tree_name_twice`,
        `tree_sums`, `all_missing_items`, `unknown_items`.
    OptionError
        `unknown_option` for operator, inference or interval.

    Notes
    -----
    r_jv is the weighted share of those who answered item j and put it in grade v; B = A o R; on every level of a tree
    B is normalised before it goes up. Missing answers: each item by those who answered it. Survey weights, strata and
    clusters count in every share. Max and min have a kink where two grades or products are equal; near one the
    linearised error is too small, and the bootstrap says so. METHODS C.6. In R: no package with errors is known.

    Examples
    --------
    >>> import csi
    >>> answers = {"staff": [5, 4, 4, 3, 5, 4, 2, 4], "price": [3, 2, 4, 3, 3, 4, 2, 3]}
    >>> items = {name: csi.Item(name, scale=csi.Scale(1, 5)) for name in answers}
    >>> survey = csi.Survey.from_frame(answers, csi.Codebook(items=items))
    >>> result = csi.score_fuzzy(survey, indicator_weights={"staff": 0.6, "price": 0.4})
    >>> result.tidy("fuzzy_grades").query("kind == 'normalised'")["estimate"].round(3).tolist()
    [0.0, 0.175, 0.275, 0.4, 0.15]
    >>> round(float(result.value("fuzzy_score")), 3), round(float(result.value("weighted_mean")), 3)
    (63.125, 63.125)

    """
    choose("operator", operator, OPERATORS)
    survey = plain_table(survey, "score_fuzzy")
    if is_table(survey):
        survey = survey if isinstance(survey, pd.DataFrame) else table_of(survey, "memberships")
        return _of_memberships(survey, items, indicator_weights, operator, grade_values)
    survey = as_survey(survey, "score_fuzzy")
    names = _items(survey, items, indicator_weights)
    tree = read_tree(indicator_weights, names)
    scale = common_scale(survey, names)
    ratings = survey.matrix(names)
    found, place = read_grades(scale, grades, grade_values, ratings)
    v = len(found.names)
    choice = Choice(inference, interval, n_boot, seed)
    _check_answered(place, v, names, survey)

    def numbers(shares: Array) -> Array:
        return composed(tree, shares, names, operator, found.values)

    shares = Measure(
        function="score_fuzzy",
        title=note("title_fuzzy", data=survey.name, items=len(names), grades=v),
        columns=np.empty((0, 0)),
        evaluate=lambda domain, whole: {"membership": domain.mean},
        sheets=_membership_sheet(names, found),
        scales={"membership": "share"},
        counted={"membership": list(range(len(names) * v))},
        names=tuple(name for name in names for _ in range(v)),
        sources=SOURCES,
        notes=_notes(found, operator, indicator_weights is None),
    )
    finish = _finisher(v, found.values)
    if inference in (None, "linearised"):
        columns = _columns(survey, place, v, by, numbers)
        question = replace(shares, columns=columns, evaluate=lambda domain, whole: finish(domain.mean),
                           sheets=_sheets(tree, found), scales={}, counted={}, names=())  # fmt: skip
        result = measure(question, survey, by=by, choice=choice)

        @cache
        def second() -> Result:
            return measure(replace(shares, columns=indicators(place, v)), survey, by=by, choice=choice)

        tables = dict(result._tables) | {"fuzzy_membership": lambda: second().table("fuzzy_membership")}
    else:
        question = replace(
            shares, columns=indicators(place, v), sheets=_sheets(tree, found) | shares.sheets,
            evaluate=lambda domain, whole: finish(numbers(domain.mean.reshape(len(names), v, -1)))
            | {"membership": domain.mean},
        )  # fmt: skip
        result = measure(question, survey, by=by, choice=choice)
        tables = dict(result._tables)
    notes = (*result.notes, *_gaps(place, v, inference))
    empty = [grade for i, grade in enumerate(found.names) if not any((one == i).any() for one in place.T)]
    return replace(
        result, notes=notes, _tables=tables,
        _checks=lambda: (*_decision_checks(result), _used(empty), *result._checks()),
    )  # fmt: skip


def _columns(
    survey: Survey, place: NDArray[np.int32], v: int, by: str | Sequence[str] | None, numbers: Callable[[Array], Array]
) -> Array:
    """One column per number, whose mean and error under any design are those of the number."""
    weight = survey.design().weight
    weight = np.ones(len(survey)) if weight is None else weight
    return influence_columns(place, v, weight, None if by is None else survey.split(by)[1], numbers)


def _check_answered(place: NDArray[np.int32], v: int, names: Sequence[str], survey: Survey) -> None:
    empty = [name for name, column in zip(names, place.T, strict=True) if not (column < v).any()]
    if empty:
        raise DataError("all_missing_items", survey=survey.name, items=empty, rows=len(survey))


def _gaps(place: NDArray[np.int32], v: int, inference: str | None) -> list[Note]:
    """Say it when items were answered by different respondents; a result made from them says so by itself."""
    answered = (place < v).sum(axis=0)
    if inference not in (None, "linearised") or answered.min() == len(place):
        return []
    return [note("fuzzy_answered", least=int(answered.min()), most=int(answered.max()), n=len(place))]


def _items(survey: Survey, items: Sequence[str] | None, tree: Any) -> list[str]:
    if items is not None:
        return [items] if isinstance(items, str) else list(items)
    leaves = leaves_of(tree)
    if leaves is not None:
        return leaves
    names = [item.name for item in survey.codebook.items.values() if item.kind == "rating"]
    if not names:
        raise DataError("no_ratings", survey=survey.name)
    return names


def _finisher(v: int, values: Array) -> Callable[[Array], dict[str, Array]]:
    """Named numbers from what `composed` gives."""

    def finish(found: Array) -> dict[str, Array]:
        raw, plain, difference, aspects = found[:v], found[v], found[v + 1], found[v + 2 :]
        grades = normalised(raw)
        numbers = {
            "score": np.stack([values @ grades, plain, difference]),
            "normalised": grades, "raw": raw, "lead": leads(grades), "ratio": top_ratio(grades)[None],
        }  # fmt: skip
        return numbers | ({"aspects": aspects} if len(aspects) else {})

    return finish


def _membership_sheet(names: Sequence[str], grades: Grades) -> dict[str, Sheet]:
    rows = [(name, grade) for name in names for grade in grades.names]
    return {"fuzzy_membership": Sheet(("item", "grade"), (Block("membership", rows),), decimals=3)}


def _sheets(tree: Branch, grades: Grades) -> dict[str, Sheet]:
    def block(numbers: str, *keys: str) -> Block:
        return Block(numbers, [(*keys, grade) for grade in grades.names])

    kinds = [("fuzzy_score",), ("weighted_mean",), ("difference",)]
    found = {
        "fuzzy_score": Sheet(("kind",), (Block("score", kinds),), decimals=2),
        "fuzzy_grades": Sheet(("kind", "grade"), (block("normalised", "normalised"), block("raw", "raw")), decimals=3),
        "fuzzy_decision": Sheet(("grade",), (block("lead"),), decimals=3),
        "fuzzy_ratio": Sheet(("term",), (Block("ratio", [("top_ratio",)]),), decimals=2),
    }
    aspects = aspect_order(tree)
    if aspects:
        rows = [(name, grade) for name in aspects for grade in grades.names]
        found["fuzzy_aspects"] = Sheet(("aspect", "grade"), (Block("aspects", rows),), decimals=3)
    return found


def aspect_order(tree: Branch) -> list[str]:
    """Names of the aspects in the order in which `compose_tree` finishes them: the lowest first."""
    return [name for part in tree.parts if part.parts for name in (*aspect_order(part), part.name)]


def _notes(grades: Grades, operator: str, equal: bool, worth: bool = True, printed: bool = False) -> tuple[Note, ...]:
    shown = [note("fuzzy_grade", name=wording, value=brief(round(float(value), 2)))
             for wording, value in zip(grades.wording, grades.values, strict=True)]  # fmt: skip
    notes = [note("fuzzy_grades", grades=shown) if worth else note("fuzzy_no_values"), note("fuzzy_" + operator)]
    if operator != "product_sum" and not printed:
        notes.append(note("fuzzy_kinks"))
    return (*notes, note("fuzzy_equal_weights") if equal else note("fuzzy_weights_given"))


def label_sets(table: Table, level: float = LEVEL) -> dict[str, tuple[str, list[str]]]:
    """For each group the grade decided for (several where equal), and every grade that is not excluded at `level`.

    A grade is excluded when the upper limit of its lead is below 0; one-sided, shared by the v - 1 rivals (Bonferroni).
    """
    keys = dict(table.keys)
    groups = list(keys.get("group", [""] * len(keys["grade"])))
    v = len(set(keys["grade"]))
    lead = table.uncertainty.estimate
    _, upper = table.uncertainty.interval(1 - 2 * (1 - level) / max(v - 1, 2))
    found: dict[str, tuple[str, list[str]]] = {}
    for group in dict.fromkeys(groups):
        rows = [i for i, name in enumerate(groups) if name == group]
        first = max(rows, key=lambda i: lead[i])
        kept = [keys["grade"][i] for i in rows if i == first or not upper[i] < 0]
        tied = [
            keys["grade"][i] for i in rows if table.uncertainty.estimate[i] > table.uncertainty.estimate[first] - TIE
        ]
        found[group] = (" = ".join(tied), kept)
    return found


def _decision_checks(result: Result) -> list[Check]:
    """Whether each decision is sure at 95 %; one line, the worst."""
    table = result.table("fuzzy_decision")
    if np.isnan(table.uncertainty.std_error).all():
        return []
    sets = label_sets(table)
    unsure = {group: kept for group, (_, kept) in sets.items() if len(kept) > 1}
    facts = {
        "decisions": [f"{group}: {grade}" if group else grade for group, (grade, _) in sets.items()],
        "sets": [note("fuzzy_set", group=f"{group}: " if group else "", grades=kept) for group, kept in unsure.items()],
    }
    return [Check("fuzzy_decision", len(unsure), "0", not unsure, False, facts)]


def _used(empty: Sequence[str]) -> Check:
    """Whether every grade was used for some item."""
    return Check("fuzzy_grades_used", len(empty), "0", not empty, False, {"grades": list(empty)})


def _of_memberships(frame: Any, items: Sequence[str] | None, weights: Any, operator: str, values: Any) -> Result:
    """The same tables from a printed table of memberships, without errors."""
    names = [str(name) for name in frame.index]
    grades = [str(name) for name in frame.columns]
    shares = plain_table(frame.to_numpy(), "score_fuzzy").to_numpy()
    if items is not None:
        unknown = [name for name in items if name not in names]
        if unknown:
            raise DataError("unknown_items", items=unknown, choices=names)
        shares = shares[[names.index(name) for name in items]]
        names = list(items)
    if len(grades) < 2:
        raise DataError("fuzzy_grades_few", count=len(grades))
    sums = shares.sum(axis=1)
    wrong = ~((shares >= 0).all(axis=1) & (np.abs(sums - 1) < 1e-6))
    if wrong.any():
        found = [f"{name} ({brief(round(float(total), 6))})" for name, total, bad in
                 zip(names, sums, wrong, strict=True) if bad]  # fmt: skip
        raise DataError("fuzzy_membership", rows=found)
    empty = [grade for grade, used in zip(grades, shares.any(axis=0), strict=True) if not used]
    tree = read_tree(weights, names)
    v = len(grades)
    order = np.linspace(0, 100, v)
    found = Grades(tuple(grades), read_grade_values(values, grades, order), tuple(grades))
    found_numbers = composed(tree, shares[:, :, None], names, operator, found.values)
    numbers = {name: column[:, 0] for name, column in _finisher(v, found.values)(found_numbers).items()}
    numbers["membership"] = shares.reshape(-1)
    sheets = _sheets(tree, found) | _membership_sheet(names, found)
    if values is None:  # which end of a printed table is the good one is not known
        del sheets["fuzzy_score"]

    def table(sheet: Sheet) -> Table:
        rows = [(row, block.numbers, i) for block in sheet.blocks for i, row in enumerate(block.rows)]
        rows = [one for one in rows if np.isfinite(numbers[one[1]][one[2]])]
        estimate = np.array([numbers[name][i] for _, name, i in rows])
        keys = dict(zip(sheet.keys, zip(*(row for row, _, _ in rows), strict=True), strict=True))
        return Table({name: list(column) for name, column in keys.items()}, Unknown(estimate), 0, False, sheet.decimals)

    return Result(
        title=note("title_fuzzy", data=note("fuzzy_printed"), items=len(names), grades=v),
        headline=next(iter(sheets)),
        notes=(note("fuzzy_no_error"), *_notes(found, operator, weights is None, values is not None, True)),
        _tables={name: (lambda sheet=sheet: table(sheet)) for name, sheet in sheets.items()},
        _glance={"n": 0, "inference": "none"},
        _checks=lambda: (_used(empty),),
        _sources=(*SOURCES, CSI),
    )
