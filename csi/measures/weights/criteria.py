"""Indicator weights by every method there is, side by side: judges, choices, points, regression and spread."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from csi.data.given import SurveyLike, as_survey
from csi.data.intake import is_table
from csi.data.survey import Survey
from csi.errors import DataError, EstimationError, OptionError, choose
from csi.estimates import Uncertainty, Unknown
from csi.estimation.measured import CSI, Choice
from csi.inference.derived import Joined
from csi.inference.intervals import Linear
from csi.language import Note, note
from csi.measures.evaluation.ranking import read_case_table
from csi.measures.weights.ahp import group_weights, jackknife_covariance
from csi.measures.weights.ahp_tables import ahp_checks, ahp_tables
from csi.measures.weights.answer_weights import Answered, weights_of_answers
from csi.measures.weights.judgements import Judges, has_names, read_judges
from csi.measures.weights.maxdiff import Choices, count_choices, fit_logit, read_choices
from csi.measures.weights.spread import critic_weights, entropy_weights
from csi.references import reference
from csi.results import Check, Result, Table

Array = NDArray[np.float64]
METHODS = ("ahp", "maxdiff", "points", "regression", "entropy", "critic", "equal")
GROUP = ("judgements", "priorities")
NEEDS = {"ahp": "judgements", "maxdiff": "choices", "points": "points", "regression": "outcome"} | dict.fromkeys(
    ("entropy", "critic"), "cases"
)
SOURCES = {
    "ahp": reference("saaty1980"),
    "maxdiff": reference("louviere2015"),
    "critic": reference("diakoulaki1995"),
}


@dataclass(frozen=True, eq=False)
class Piece:
    """Weights from one source: methods, their weights one after the other, and the number behind each method."""

    kinds: tuple[str, ...]
    weights: Uncertainty
    n: tuple[int, ...]
    notes: tuple[Note, ...] = ()


def derive_indicator_weights(
    survey: SurveyLike | None = None,
    items: Sequence[str] | None = None,
    *,
    outcome: str | None = None,
    judgements: Any = None,
    points: Mapping[str, str] | Sequence[str] | None = None,
    choices: Any = None,
    cases: Any = None,
    methods: Sequence[str] | None = None,
    group: str = "judgements",
    inference: str | None = None,
    interval: str | None = None,
    n_boot: int = 5000,
    seed: int = 1,
) -> Result:
    """Indicator weights (指标权重) by AHP, MaxDiff, points, regression, entropy and CRITIC side by side, sum 1 each.

    Use it before an index is weighted: methods ask different questions (what judges think, what customers say, what
    moves their satisfaction, what tells cases apart) and the table shows how far the answers agree.

    Parameters
    ----------
    survey : Survey, or a table, Series, dict or file, see `as_survey`
        Answers for "points", "regression", and "entropy" and "critic" unless `cases` is a table. A table of cases, of
        judgements or of choices goes to its own argument, never here.
    items : names of the items to weigh; those of the points, judgements, table of cases or choices when None, else
        all ratings without the outcome
    outcome : item that "regression" explains, such as overall satisfaction
    judgements : for "ahp": a matrix of pairwise judgements (table with names, array, list of rows; fractions such as
        "1/3" are read, one triangle is enough, empty cells were not compared), or several: a list or {judge: matrix}
    points : for "points": the columns of the survey in which respondents gave points (or ratings of importance) to
        the items, {item: column} or in their order
    choices : for "maxdiff": a table with one row per set and alternative, columns respondent, set, item, and best and
        worst (0 or 1) or choice (best, worst; 最重要, 最不重要); weight when respondents have one
    cases : for "entropy" and "critic": a table of cases by items, or the column of the survey that names the cases;
        the respondents are the cases when None
    methods : some of {"ahp", "maxdiff", "points", "regression", "entropy", "critic", "equal"}; all for which there is
        something to go by when None
    group : {"judgements", "priorities"}: several judges are joined by the geometric mean of what they said, or of the
        weights that follow for each
    inference : {"linearised", "bootstrap", "none"} for what the survey answers, linearised when None
    interval : {"t", "percentile"}; percentile for a bootstrap of a plain design, else t
    n_boot : replicates of a bootstrap
    seed : seed of a bootstrap

    Returns
    -------
    Result
        indicator_weights (kind: method; item: weight, 0-1; n respondents, or judges), rank_agreement (kind, term: two
        methods; the correlation of their ranks; n items), and of AHP judges (judge; term: lambda_max, ci, cr),
        judge_weights (judge, item), ahp_variants (kind: eigenvector, geometric_mean, column_average; item), revisions
        (judge, item, other_item; kind: given, implied), of
        MaxDiff best_worst (item: (best - worst) / appearances).

    Raises
    ------
    DataError
        `ahp_not_square`, `ahp_names`, `ahp_unreadable`, `ahp_not_positive`, `ahp_diagonal`, `ahp_not_reciprocal`,
        `ahp_not_linked`, `ahp_too_many`, `ahp_none`, `maxdiff_columns`, `maxdiff_items`, `maxdiff_sets`,
        `maxdiff_twice`, `maxdiff_never_shown`, `points_negative`, `points_count`, `entropy_negative`, `critic_scale`,
        `cases_few`, `cases_missing`, `cases_twice`, `weights_items`, `unknown_items`.
    OptionError
        `weights_need`: a method without what it goes by; `unknown_option`.
    EstimationError
        `weights_undefined`, `maxdiff_no_solution`, `drivers_bound`.

    Notes
    -----
    AHP: principal eigenvector; CI = (lambda - p) / (p - 1), CR = CI / random index (Saaty 1980), 0 for two criteria;
    missing judgements by Harker (1987); errors of several judges by the jackknife over judges; one judge has none.
    MaxDiff: logit of the best, then of the worst of the rest; errors clustered by respondent. Points: mean of each
    respondent's shares. Regression: standardised coefficients over their sum, negative ones flagged, not cut.
    Entropy: spread of x ln x, needs values of 0 or more; CRITIC: standard deviation times distance from the other
    items. Missing answers: points, regression, entropy and CRITIC of respondents use those who answered all their
    items; means of cases those who answered the item. Survey weights, strata and clusters count in every mean.
    METHODS C.6. In R: package ahpsurvey (AHP), support.BWS (MaxDiff) give estimates to compare.

    Examples
    --------
    >>> import csi
    >>> matrix = [[1, 3, 5], ["1/3", 1, 3], ["1/5", "1/3", 1]]
    >>> result = csi.derive_indicator_weights(items=["quality", "service", "price"], judgements=matrix)
    >>> result.tidy().query("kind == 'ahp'")["estimate"].round(4).tolist()
    [0.637, 0.2583, 0.1047]
    >>> round(float(result.value("1", "cr", table="judges")), 4)
    0.0332

    """
    choose("group", group, GROUP)
    choose("interval", interval, (None, "t", "percentile"))
    if survey is not None:
        survey = as_survey(survey, "derive_indicator_weights")
    read = _read(survey, items, outcome, judgements, points, choices, cases)
    chosen = _methods(methods, read)
    if inference == "bootstrap" and interval is None and survey is not None:
        interval = "percentile" if survey.design().plain else "t"
    pieces = []
    if "ahp" in chosen and read.judges is not None:
        pieces.append(_ahp_piece(read.judges, group))
    if "maxdiff" in chosen and read.choices is not None:
        pieces.append(_maxdiff_piece(read.choices))
    answered = _answered(survey, read, chosen, Choice(inference, interval, n_boot, seed))
    if answered is not None:
        pieces.append(Piece(answered.kinds, answered.weights, answered.n, answered.notes))
    if read.table is not None:
        pieces += _case_pieces(read, [kind for kind in ("entropy", "critic") if kind in chosen])
    if "equal" in chosen:
        p = len(read.items)
        pieces.append(Piece(("equal",), Linear(np.full(p, 1 / p), np.zeros((p, p))), (0,)))
    return _result(read, pieces, answered, group)


@dataclass(frozen=True, eq=False)
class Read:
    """What was given, read and checked.

    Attributes
    ----------
    items : names of the items to weigh
    judges, choices : of AHP and MaxDiff, or None
    points : columns of points, empty without
    outcome : of the regression, or None
    table : (m, p) cases by items, or None
    cases : number of the rows of `table`, 0 without
    column : column of the survey that names the cases, or None
    respondents : whether the survey holds the items
    """

    items: tuple[str, ...]
    judges: Judges | None
    choices: Choices | None
    points: tuple[str, ...]
    outcome: str | None
    table: Array | None
    column: Any
    respondents: bool


def _read(
    survey: Survey | None, items: Any, outcome: str | None, judgements: Any, points: Any, choices: Any, cases: Any
) -> Read:
    order = None if items is None else tuple([items] if isinstance(items, str) else items)
    if order is None and isinstance(points, Mapping):
        order = tuple(str(name) for name in points)
    judges = said = table = None
    if judgements is not None and has_names(judgements):
        judges = read_judges(judgements, order)
        order = judges.items
    if cases is not None and is_table(cases):
        _, order, table = read_case_table(cases, order)
    if choices is not None:
        said = read_choices(choices, order)
        order = said.items
    columns: tuple[str, ...] = ()
    if points is not None:
        listed = [points] if isinstance(points, str) else list(points)
        order = tuple(listed) if order is None else order
        columns = _point_columns(points, listed, order)
    if order is None and survey is not None:
        order = tuple(one.name for one in survey.codebook.items.values()
                      if one.kind == "rating" and one.name not in (outcome, *columns))  # fmt: skip
    if judgements is not None and judges is None:
        judges = read_judges(judgements, order)
        order = judges.items
    if not order or len(order) < 2:
        raise DataError("weights_items", items=list(order or ["-"]))
    there = survey is not None and set(order) <= set(survey.items)
    if survey is not None and not there and judges is None and said is None and table is None and not columns:
        survey.scale_ends(order)  # names the items that do not exist
    if outcome in order:
        raise OptionError("outcome_in_drivers", function="derive_weights", outcome=outcome, options="items=")
    column = cases if table is None else None
    return Read(order, judges, said, columns, outcome, table, column, there)


def _point_columns(points: Any, listed: list[str], items: Sequence[str]) -> tuple[str, ...]:
    if isinstance(points, Mapping):
        lost = [name for name in items if name not in points]
        if lost or len(points) != len(items):
            raise DataError("points_count", found=[str(name) for name in points], expected=list(items))
        return tuple(points[name] for name in items)
    if len(listed) != len(items):
        raise DataError("points_count", found=listed, expected=list(items))
    return tuple(listed)


def _methods(methods: Sequence[str] | None, read: Read) -> list[str]:
    """The methods asked for, or all for which there is something to go by."""
    spread = read.table is not None or read.respondents
    possible = {
        "ahp": read.judges is not None, "maxdiff": read.choices is not None, "points": bool(read.points),
        "regression": read.outcome is not None and read.respondents, "entropy": spread, "critic": spread, "equal": True,
    }  # fmt: skip
    if methods is None:
        return [kind for kind in METHODS if possible[kind]]
    wanted = [methods] if isinstance(methods, str) else list(methods)
    for kind in wanted:
        choose("methods", kind, METHODS)
        if not possible[kind]:
            raise OptionError("weights_need", method=kind, argument=NEEDS.get(kind, "survey"))
    return [kind for kind in METHODS if kind in wanted]


def _ahp_piece(judges: Judges, group: str) -> Piece:
    weights = group_weights(judges.matrices, group)
    count = len(judges.names)
    if count == 1:
        return Piece(("ahp",), Unknown(weights), (1,), (*judges.notes, note("ahp_one_judge")))
    remark = note("ahp_jackknife", judges=count, group=note("ahp_by_" + group))
    covariance = jackknife_covariance(judges.matrices, group)
    return Piece(("ahp",), Linear(weights, covariance, float(count - 1)), (count,), (*judges.notes, remark))


def _maxdiff_piece(choices: Choices) -> Piece:
    found = fit_logit(choices)
    remark = note("maxdiff_facts", sets=len(choices.best), respondents=choices.respondents)
    df = float(choices.respondents - 1)
    known = Linear(found.share, found.cov, df) if choices.respondents > 1 else Unknown(found.share)
    return Piece(("maxdiff",), known, (choices.respondents,), (remark,))


def _answered(survey: Survey | None, read: Read, chosen: Sequence[str], choice: Choice) -> Answered | None:
    kinds = [kind for kind in ("points", "regression") if kind in chosen]
    if read.table is None:
        kinds += [kind for kind in ("entropy", "critic") if kind in chosen]
    if not kinds:
        return None
    if survey is None:
        raise OptionError("weights_need", method=kinds[0], argument="survey")
    return weights_of_answers(
        survey, read.items, kinds, outcome=read.outcome, points=read.points, cases=read.column, choice=choice,
        function="derive_indicator_weights",
    )  # fmt: skip


def _case_pieces(read: Read, kinds: Sequence[str]) -> list[Piece]:
    """Entropy and CRITIC of a table of cases, which has no sampling error."""
    matrix = read.table
    if not kinds or matrix is None:
        return []
    if len(matrix) < 2:
        raise DataError("cases_few", count=len(matrix))
    with np.errstate(invalid="ignore", divide="ignore"):
        found = {kind: entropy_weights(matrix) if kind == "entropy" else critic_weights(matrix) for kind in kinds}
    if "entropy" in kinds and (matrix < 0).any():
        names = [name for name, column in zip(read.items, matrix.T, strict=True) if (column < 0).any()]
        raise DataError("entropy_negative", items=names)
    flat = [kind for kind, weights in found.items() if not np.isfinite(weights).all()]
    if flat:
        raise EstimationError("weights_undefined", methods=flat)
    pieces = [Piece((kind,), Unknown(weights), (0,)) for kind, weights in found.items()]
    return [Piece(pieces[0].kinds, pieces[0].weights, (0,), (note("cases_no_error"),)), *pieces[1:]]


def _result(read: Read, pieces: Sequence[Piece], answered: Answered | None, group: str) -> Result:
    kinds = [kind for piece in pieces for kind in piece.kinds]
    counts = [count for piece in pieces for count in piece.n]
    p = len(read.items)
    joint = pieces[0].weights if len(pieces) == 1 else Joined(tuple(piece.weights for piece in pieces))
    keys = {"kind": [kind for kind in kinds for _ in read.items], "item": [*read.items] * len(kinds)}
    n = [count for count in counts for _ in read.items]
    tables: dict[str, Callable[[], Table]] = {"indicator_weights": lambda: Table(keys, joint, n)}
    by_kind = dict(zip(kinds, joint.estimate.reshape(-1, p), strict=True))
    agreement = _agreement(by_kind)
    if agreement is not None:
        tables["rank_agreement"] = lambda: agreement
    if "ahp" in kinds and read.judges is not None:
        tables |= ahp_tables(read.judges, group)
    if "maxdiff" in kinds and read.choices is not None:
        tables["best_worst"] = lambda: _best_worst(read.choices)
    notes = [remark for piece in pieces for remark in piece.notes]
    if answered is not None:
        notes = [*answered.result.notes, *notes]
    if {"entropy", "critic"} & set(kinds):
        notes.append(note("spread_not_importance"))
    glance = {"n": max(counts), "inference": "none"} if answered is None else dict(answered.result._glance)

    def checks() -> tuple[Check, ...]:
        found = list(ahp_checks(read.judges)) if "ahp" in kinds and read.judges is not None else []
        low = [f"{name} ({kind} {value:.3f})" for kind, weights in by_kind.items()
               for name, value in zip(read.items, weights, strict=True) if value < 0]  # fmt: skip
        found.append(Check("negative_indicator_weights", len(low), "0", not low, False, {"items": low}))
        return (*found, *(answered.result._checks() if answered is not None else ()))

    return Result(
        title=note("title_criteria", items=p, methods=len(kinds)),
        headline="indicator_weights",
        notes=tuple(notes),
        _tables=tables,
        _glance=glance,
        _checks=checks,
        _sources=(*(SOURCES[kind] for kind in kinds if kind in SOURCES), CSI),
    )


def _agreement(weights: Mapping[str, Array]) -> Table | None:
    """Correlation of the ranks that two methods give, for every pair of methods that rank at all."""
    ranking = {kind: _ranks(values) for kind, values in weights.items() if np.ptp(values) > 1e-12}
    pairs = list(combinations(ranking, 2))
    if not pairs:
        return None
    found = np.array([float(np.corrcoef(ranking[a], ranking[b])[0, 1]) for a, b in pairs])
    keys = {"kind": [a for a, _ in pairs], "term": [b for _, b in pairs]}
    return Table(keys, Unknown(found), len(next(iter(ranking.values()))))


def _ranks(values: Array) -> Array:
    """(p,) ranks from the lowest; equal values share the mean of their ranks."""
    below = (values[None, :] < values[:, None]).sum(axis=1)
    same = (values[None, :] == values[:, None]).sum(axis=1)
    return below + (same + 1) / 2


def _best_worst(choices: Choices | None) -> Table:
    if choices is None:
        raise OptionError("weights_need", method="maxdiff", argument="choices")
    found = count_choices(choices)
    several = choices.respondents > 1
    known = Linear(found.score, found.cov, float(choices.respondents - 1)) if several else Unknown(found.score)
    return Table({"item": list(choices.items)}, known, choices.respondents)
