"""Ranking cases over several criteria: TOPSIS and grey relations, for a table of cases or for the cases of a survey."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from csi.data.given import SurveyLike, as_survey
from csi.data.intake import is_table, table_of
from csi.data.survey import Survey
from csi.errors import DataError, OptionError, choose
from csi.estimates import Uncertainty, Unknown
from csi.estimation.measured import CSI, Choice, Measure, Sheet, measure
from csi.inference.choice import generator
from csi.inference.derived import function_of
from csi.inference.intervals import Draws, Linear
from csi.language import Note, note
from csi.measures.evaluation.closeness import grey_relation, rank_sets, ranks, reversals, topsis
from csi.measures.evaluation.given_weights import read_weights
from csi.references import reference
from csi.results import Block, Check, Result, Table

Array = NDArray[np.float64]
LEVEL = 0.95  # of the rank sets in the notes
DRAWS = 4000
TOPSIS = reference("hwang1981")
GREY = reference("deng1989")


@dataclass(frozen=True, eq=False)
class Cases:
    """Means of criteria in the cases compared.

    Attributes
    ----------
    names, items : of the m cases and the p criteria
    means : uncertainty of the (m p,) means, case after case
    n : (m,) respondents behind each case, 0 for a table without respondents
    notes, glance : what the reader must know, facts of the fit
    checks : of the means
    """

    names: tuple[str, ...]
    items: tuple[str, ...]
    means: Uncertainty
    n: tuple[int, ...]
    notes: tuple[Note, ...]
    glance: dict[str, Any]
    checks: Callable[[], Sequence[Check]]
    seed: int = 1

    @property
    def matrix(self) -> Array:
        """(m, p) means."""
        return self.means.estimate.reshape(len(self.names), len(self.items))

    def function_of(self, score: Callable[[Array], Array]) -> Uncertainty:
        """The uncertainty of numbers (q, b) that `score` makes of means (m, p, b)."""
        m, p = len(self.names), len(self.items)
        return function_of(self.means, lambda values: score(values.reshape(m, p, -1)))

    def spread_of(self, score: Callable[[Array], Array]) -> Array:
        """Covariance (q, q) of `score` over normal draws of the means: it sees kinks that a derivative does not."""
        m, p = len(self.names), len(self.items)
        if isinstance(self.means, Linear):
            values, vectors = np.linalg.eigh(self.means.cov)
            rng = generator(self.seed)
            drawn = vectors @ (np.sqrt(np.maximum(values, 0))[:, None] * rng.standard_normal((m * p, DRAWS)))
            drawn += self.means.estimate[:, None]
        else:
            drawn = self.means.draws
        with np.errstate(invalid="ignore", divide="ignore"):
            found = score(drawn.reshape(m, p, -1))
        return np.atleast_2d(np.cov(found[:, np.isfinite(found).all(axis=0)]))


def score_topsis(
    survey: SurveyLike | Any,
    items: Sequence[str] | None = None,
    *,
    indicator_weights: Any = None,
    cost: Sequence[str] = (),
    by: str | Sequence[str] | None = None,
    inference: str | None = None,
    interval: str | None = None,
    n_boot: int = 5000,
    seed: int = 1,
) -> Result:
    """Closeness of cases to the best of all criteria by TOPSIS (逼近理想解法), 0-1.

    Use it to order branches, firms or suppliers over criteria in different units. The closeness depends on which cases
    are compared: a check leaves each out in turn and names the pairs whose order turns round.

    Parameters
    ----------
    survey : a Survey or the name of a file, whose cases are the groups of `by`; or cases (rows) by criteria (columns)
        A table or dict of columns always holds the cases themselves, which have no sampling error; give a table of
        respondents as `csi.as_survey(table)`.
    items : names of the criteria; all ratings of a survey, all columns of a table when None
    indicator_weights : {item: weight}, sum 1 or 100; equal when None
    cost : names of the criteria where less is better; reversed items of a survey are turned round already
    by : column or columns that form the cases; the codebook's role case when None
    inference : {"linearised", "bootstrap", "none"}, linearised when None
    interval : {"t", "percentile"}; percentile for a bootstrap of a plain design, else t
    n_boot : replicates of a bootstrap
    seed : seed of a bootstrap

    Returns
    -------
    Result
        closeness (case: d- / (d+ + d-)), ideal_distances (case, term: to_best, to_worst), case_means (case, item:
        mean, in the unit of the rating).

    Raises
    ------
    DataError
        `cases_few`, `cases_missing`, `cases_alike`, `cases_twice`, `cases_by`, `unknown_items`, `weight_names`,
        `weight_values`, `weight_sum`, and those of `Survey.split`.
    OptionError
        `unknown_option` for inference or interval; `cost_unknown`.

    Notes
    -----
    x / root of sum x^2 times weight; distances to the best and the worst value of each criterion among the cases.
    Missing answers: each mean over those who answered. Errors of all means, under weights, strata and clusters, go
    into those of the closeness (delta method, or every replicate anew); weights are taken as given. Where two cases
    tie for best or worst the function has a kink and the linearised error is too small; a case that is best on every
    criterion has closeness 1 and a linearised error of 0, which a check says; the bootstrap sees both. The rank sets in
    the notes come from all pairwise differences over normal draws of the means. METHODS C.6.
    In R: MCDA::TOPSIS gives the closeness, without errors.

    Examples
    --------
    >>> import csi
    >>> import pandas as pd
    >>> cases = pd.DataFrame([[7, 9, 9], [8, 7, 8], [9, 6, 8], [6, 7, 8]], index=list("ABCD"), columns=list("xyz"))
    >>> csi.score_topsis(cases, indicator_weights={"x": 0.3, "y": 0.4, "z": 0.3}).tidy()["estimate"].round(4).tolist()
    [0.6852, 0.4414, 0.4145, 0.2482]

    """
    cases = _cases(survey, items, by, Choice(inference, interval, n_boot, seed), "score_topsis")
    weights, less = read_weights(indicator_weights, cases.items), _cost(cost, cases.items)
    _check_alike(cases, np.ptp(cases.matrix, axis=0).max() > 0)

    def distances(means: Array) -> Array:
        found = topsis(means, weights, less)
        return np.stack([found.to_best, found.to_worst], axis=1).reshape(-1, means.shape[-1])

    rows = [(name, term) for name in cases.names for term in ("to_best", "to_worst")]
    more = {"ideal_distances": (("case", "term"), rows, distances)}
    score = _Score("closeness", lambda means: topsis(means, weights, less).closeness, more, TOPSIS)
    return _ranked(cases, score, indicator_weights is None, note("title_topsis", cases=len(cases.names),
                                                                   items=len(cases.items)))  # fmt: skip


def score_grey(
    survey: SurveyLike | Any,
    items: Sequence[str] | None = None,
    *,
    indicator_weights: Any = None,
    cost: Sequence[str] = (),
    rho: float = 0.5,
    by: str | Sequence[str] | None = None,
    inference: str | None = None,
    interval: str | None = None,
    n_boot: int = 5000,
    seed: int = 1,
) -> Result:
    """Grey relational degree of cases with the best of all criteria (灰色关联), 0-1.

    Use it beside `score_topsis` to see whether an order of cases depends on the method. Like it, it depends on which
    cases are compared, and more so: each criterion is stretched to the range of the cases.

    Parameters
    ----------
    survey : a Survey or the name of a file, whose cases are the groups of `by`; or cases (rows) by criteria (columns)
        A table or dict of columns always holds the cases themselves, which have no sampling error; give a table of
        respondents as `csi.as_survey(table)`.
    items : names of the criteria; all ratings of a survey, all columns of a table when None
    indicator_weights : {item: weight}, sum 1 or 100; equal when None
    cost : names of the criteria where less is better; reversed items of a survey are turned round already
    rho : distinguishing coefficient, above 0 and at most 1; the smaller, the further apart the cases stand
    by : column or columns that form the cases; the codebook's role case when None
    inference : {"linearised", "bootstrap", "none"}, linearised when None
    interval : {"t", "percentile"}; percentile for a bootstrap of a plain design, else t
    n_boot : replicates of a bootstrap
    seed : seed of a bootstrap

    Returns
    -------
    Result
        closeness (case: grey relational degree), case_means (case, item: mean, in the unit of the rating).

    Raises
    ------
    DataError
        As `score_topsis`; `criterion_constant`: a criterion on which all cases are alike has no range.
    OptionError
        As `score_topsis`; `bad_rho`.

    Notes
    -----
    d = distance from the best case over the range of the criterion; xi = (min d + rho max d) / (d + rho max d);
    weighted mean over criteria. Missing answers, weights and errors as in `score_topsis`. METHODS C.6.
    In R: no package with errors is known.

    Examples
    --------
    >>> import csi
    >>> import pandas as pd
    >>> cases = pd.DataFrame({"speed": [9, 7, 5], "price": [30, 10, 20]}, index=["A", "B", "C"])
    >>> csi.score_grey(cases, cost=["price"]).tidy()["estimate"].round(4).tolist()
    [0.6667, 0.75, 0.4167]

    """
    if not 0 < rho <= 1:
        raise OptionError("bad_rho", value=rho)
    cases = _cases(survey, items, by, Choice(inference, interval, n_boot, seed), "score_grey")
    weights, less = read_weights(indicator_weights, cases.items), _cost(cost, cases.items)
    same = [name for name, spread in zip(cases.items, np.ptp(cases.matrix, axis=0), strict=True) if not spread > 0]
    if same:
        raise DataError("criterion_constant", items=same)
    score = _Score("closeness", lambda means: grey_relation(means, weights, less, rho), {}, GREY)
    return _ranked(cases, score, indicator_weights is None, note("title_grey", cases=len(cases.names),
                                                                   items=len(cases.items)))  # fmt: skip


@dataclass(frozen=True, eq=False)
class _Score:
    """A method: its table, its numbers (m, b) from means (m, p, b), further tables, its source."""

    table: str
    score: Callable[[Array], Array]
    more: dict[str, tuple[tuple[str, ...], list[tuple[str, ...]], Callable[[Array], Array]]]
    source: dict[str, str]


def _ranked(cases: Cases, method: _Score, equal: bool, title: Note) -> Result:
    """The result of a method, with rank sets in the notes and rank reversals in the checks."""
    found = cases.function_of(method.score)

    def table(keys: Sequence[str], rows: Sequence[tuple[str, ...]], numbers: Uncertainty, decimals: int = 3) -> Table:
        n = dict(zip(cases.names, cases.n, strict=True))
        columns = dict(zip(keys, (list(column) for column in zip(*rows, strict=True)), strict=True))
        return Table(columns, numbers, [n[row[0]] for row in rows], False, decimals)

    tables = {method.table: lambda: table(("case",), [(name,) for name in cases.names], found)}
    for name, (keys, rows, score) in method.more.items():
        tables[name] = lambda keys=keys, rows=rows, score=score: table(keys, rows, cases.function_of(score))
    pairs = [(case, item) for case in cases.names for item in cases.items]
    tables["case_means"] = lambda: table(("case", "item"), pairs, cases.means, 2)
    order = np.argsort(-found.estimate, kind="stable")
    notes = [*cases.notes, note("criteria_equal") if equal else note("criteria_given")]
    if isinstance(cases.means, Linear | Draws):
        sets = rank_sets(found.estimate, cases.spread_of(method.score), float(cases.means.df), LEVEL)
        shown = [note("rank_set", case=cases.names[i], low=int(sets[i, 0]), high=int(sets[i, 1])) for i in order]
        notes.append(note("rank_sets", level=f"{LEVEL:.0%}", sets=shown))
    else:
        place = ranks(found.estimate)
        shown = [note("rank_one", case=cases.names[i], rank=int(place[i])) for i in order]
        notes.append(note("ranks_alone", ranks=shown))
    return Result(
        title=title,
        headline=method.table,
        notes=tuple(notes),
        _tables=tables,
        _glance=cases.glance,
        _checks=lambda: (_reversal(cases, method), *_at_end(cases, found), *cases.checks()),
        _sources=(method.source, CSI),
    )


def _at_end(cases: Cases, found: Uncertainty) -> list[Check]:
    """Cases whose closeness no small change of the means moves: best, or worst, on every criterion."""
    if not isinstance(found, Linear):
        return []
    fixed = [name for name, constant in zip(cases.names, found.constant, strict=True) if constant]
    return [Check("closeness_fixed", len(fixed), "0", not fixed, False, {"cases": fixed})]


def _reversal(cases: Cases, method: _Score) -> Check:
    """Whether the order of two cases turns round when a third is left out."""
    with np.errstate(invalid="ignore", divide="ignore"):
        found = reversals(cases.matrix, lambda matrix: method.score(matrix[:, :, None])[:, 0])
    names = cases.names
    shown = [note("reversal", left=names[i], ahead=names[a], behind=names[b]) for i, a, b in found[:5]]
    return Check("rank_reversal", len(found), "0", not found, False, {"count": len(found), "reversals": shown})


def _cost(cost: Sequence[str], items: Sequence[str]) -> NDArray[np.bool_]:
    names = [cost] if isinstance(cost, str) else list(cost)
    unknown = [name for name in names if name not in items]
    if unknown:
        raise OptionError("cost_unknown", items=unknown, choices=list(items))
    return np.array([name in names for name in items])


def _check_alike(cases: Cases, differ: bool) -> None:
    if not differ:
        raise DataError("cases_alike", count=len(cases.names))


def _cases(survey: Any, items: Sequence[str] | None, by: Any, choice: Choice, function: str) -> Cases:
    """Case means of a survey with their errors, or the rows of a table."""
    if is_table(survey):
        cases = _of_table(survey, items, by)
    else:
        cases = survey_cases(as_survey(survey, function), items, by, choice, function)
    if len(cases.names) < 2:
        raise DataError("cases_few", count=len(cases.names))
    return cases


def _of_table(frame: Any, items: Sequence[str] | None, by: Any) -> Cases:
    if by is not None:
        raise DataError("cases_by", by=by)
    names, columns, matrix = read_case_table(frame, items)
    means = Unknown(matrix.reshape(-1))
    glance = {"n": 0, "inference": "none"}
    return Cases(names, columns, means, (0,) * len(names), (note("cases_no_error"),), glance, lambda: ())


def read_case_table(frame: Any, items: Sequence[str] | None) -> tuple[tuple[str, ...], tuple[str, ...], Array]:
    """Names of cases and criteria and the (m, p) numbers of a table of cases, complete and finite."""
    frame = frame if isinstance(frame, pd.DataFrame) else table_of(frame, "cases")
    columns = [str(name) for name in frame.columns]
    wanted = columns if items is None else [items] if isinstance(items, str) else list(items)
    unknown = [name for name in wanted if name not in columns]
    if unknown:
        raise DataError("unknown_items", items=unknown, choices=columns)
    names = [str(name) for name in frame.index]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise DataError("cases_twice", cases=twice)
    matrix = np.empty((len(names), len(wanted)))
    for j, name in enumerate(wanted):
        try:
            matrix[:, j] = frame.iloc[:, columns.index(name)].to_numpy(dtype=float)
        except (TypeError, ValueError) as error:
            raise DataError("not_numeric", item=name, detail=str(error).splitlines()[0]) from None
    gaps = ~np.isfinite(matrix)
    if gaps.any():
        where = [f"({names[i]}, {wanted[j]})" for i, j in np.argwhere(gaps)]
        raise DataError("cases_missing", count=int(gaps.sum()), cells=where)
    return tuple(names), tuple(wanted), matrix


def survey_cases(survey: Survey, items: Sequence[str] | None, by: Any, choice: Choice, function: str) -> Cases:
    """Means of items in the cases of a survey, with their joint uncertainty."""
    choose("interval", choice.interval, (None, "t", "percentile"))
    if choice.inference == "bootstrap" and choice.interval is None:  # what follows from means has no acceleration
        choice = replace(choice, interval="percentile" if survey.design().plain else "t")
    by = survey.codebook.case if by is None else by
    if by is None:
        raise DataError("cases_need_by", survey=survey.name)
    names = [item.name for item in survey.codebook.items.values() if item.kind == "rating"] if items is None else items
    names = [names] if isinstance(names, str) else list(names)
    if not names:
        raise DataError("no_ratings", survey=survey.name)
    p = len(names)
    question = Measure(
        function=function,
        title=note("title_topsis", cases=0, items=p),
        columns=survey.matrix(names),
        evaluate=lambda domain, whole: {"means": domain.mean},
        sheets={"case_means": Sheet(("item",), (Block("means", [(name,) for name in names]),), decimals=2)},
        counted={"means": list(range(p))},
        names=tuple(names),
    )
    result = measure(question, survey, by=by, choice=choice)
    table = result.table()
    labels = tuple(dict.fromkeys(table.keys["group"]))
    n = np.asarray(table.n).reshape(len(labels), p).min(axis=1)
    checks = result._checks
    return Cases(
        labels, tuple(names), table.uncertainty, tuple(n.tolist()), result.notes, dict(result._glance), checks,
        choice.seed,
    )  # fmt: skip
