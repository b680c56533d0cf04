"""Indicator weights that follow from a survey's answers: stated points, regression, entropy and CRITIC, with errors.

All of them are functions of weighted means of columns. The linearised error uses one column per weight: the weight
plus the influence of each respondent, whose mean is the weight and whose variance under any design is the linearised
one (Deville 1999). A bootstrap uses the columns and products that the weights are functions of.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from csi.data.survey import Survey
from csi.errors import DataError, EstimationError
from csi.estimates import Uncertainty
from csi.estimation.measured import Choice, Measure, Sheet, measure
from csi.inference.derived import function_of
from csi.inference.means import Means
from csi.language import Note, note
from csi.measures.weights.spread import (
    Influence,
    chunks,
    critic_influence,
    critic_of_moments,
    entropy_influence,
    entropy_of_means,
    regression_influence,
    times_log,
    unit_range,
    weighted_covariance,
)
from csi.results import Block, Result
from csi.sums import upper

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Source:
    """One way to weigh p items.

    Attributes
    ----------
    kind : its name
    columns : (n, c) values whose means it needs, NaN where a respondent does not count
    function : takes means (c, b), gives weights (p, b)
    """

    kind: str
    columns: Array
    function: Callable[[Array], Array]


@dataclass(frozen=True, eq=False)
class Answered:
    """Weights by every method that asks the respondents.

    Attributes
    ----------
    kinds : the methods, p weights of each one after the other in `weights`
    weights : joint uncertainty
    n : respondents behind each method
    notes, result : what the reader must know, and the Result of the means
    """

    kinds: tuple[str, ...]
    weights: Uncertainty
    n: tuple[int, ...]
    notes: tuple[Note, ...]
    result: Result


def weights_of_answers(
    survey: Survey, items: Sequence[str], kinds: Sequence[str], *, outcome: str | None, points: Sequence[str],
    cases: Any, choice: Choice, function: str,
) -> Answered:  # fmt: skip
    """Estimate the methods `kinds` from one survey.

    Parameters
    ----------
    survey : the answers
    items : names of the p items
    kinds : of "points", "regression", "entropy", "critic", in this order
    outcome : item that "regression" explains
    points : columns of stated points, one per item
    cases : column whose groups "entropy" and "critic" compare; the respondents when None
    choice : of inference
    function : name of the public function, for messages
    """
    notes: list[Note] = []
    exact = choice.inference == "bootstrap"
    weight = survey.design().weight
    weight = np.ones(len(survey)) if weight is None else weight
    sources = []
    for kind in kinds:
        if kind == "points":
            sources.append(_points(survey, points, notes))
        elif kind == "regression":
            sources.append(_regression(survey, items, str(outcome), weight, exact, notes))
        elif cases is None:
            sources.append(_of_respondents(survey, items, kind, weight, exact))
    compared = [kind for kind in kinds if kind in ("entropy", "critic")] if cases is not None else []
    ratings = survey.matrix(items) if compared else np.empty((len(survey), 0))
    columns = np.column_stack([ratings, *(source.columns for source in sources)])
    result = _means(survey, items, sources, ratings.shape[1], columns, cases, choice, function)
    total = np.cumsum([ratings.shape[1], *(source.columns.shape[1] for source in sources)])
    used = weight > 0
    n = [int((used & ~np.isnan(columns[:, start:stop]).any(axis=1)).sum())
         for start, stop in pairwise(total)]  # fmt: skip
    n += [int((used & ~np.isnan(ratings).all(axis=1)).sum())] * len(compared)
    size = len(items)
    groups = len(dict.fromkeys(result.table().keys["group"])) if compared else 1
    if compared and groups < 2:
        raise DataError("cases_few", count=groups)

    def weights(values: Array) -> Array:
        each = values.reshape(groups, -1, values.shape[1])
        found = [each[0, ratings.shape[1] :]] if sources else []
        found += [_of_cases(kind, each[:, :size]) for kind in compared]
        return np.concatenate(found)

    uncertainty = function_of(result.table().uncertainty, weights)
    kept = tuple(source.kind for source in sources) + tuple(compared)
    if not np.isfinite(uncertainty.estimate).all():
        flat = np.isfinite(uncertainty.estimate).reshape(len(kept), size).all(axis=1)
        raise EstimationError(
            "weights_undefined", methods=[kind for kind, ok in zip(kept, flat, strict=True) if not ok]
        )
    return Answered(kept, uncertainty, tuple(n), tuple(notes), result)


def _means(
    survey: Survey, items: Sequence[str], sources: Sequence[Source], first: int, columns: Array, cases: Any,
    choice: Choice, function: str,
) -> Result:  # fmt: skip
    """The means of cases and the weights of the whole sample, as one Result."""
    edges = np.cumsum([first, *(source.columns.shape[1] for source in sources)])

    def evaluate(domain: Means, whole: Means) -> Mapping[str, Array]:
        found = {"means": domain.mean[:first]} if first else {}
        parts = [source.function(whole.mean[start:stop])
                 for source, start, stop in zip(sources, edges[:-1], edges[1:], strict=True)]  # fmt: skip
        return found | ({"weights": np.concatenate(parts)} if parts else {})

    blocks = [Block("means", [(f"mean {name}",) for name in items])] if first else []
    if sources:
        blocks.append(Block("weights", [(f"{source.kind} {name}",) for source in sources for name in items]))
    names = [*items] if first else []
    for source in sources:
        names += [source.kind] * source.columns.shape[1]
    question = Measure(
        function=function,
        title=note("title_criteria", items=len(items), methods=len(sources)),
        columns=columns,
        evaluate=evaluate,
        sheets={"weights": Sheet(("term",), tuple(blocks))},
        names=tuple(names),
    )
    return measure(question, survey, by=cases if first else None, choice=choice)


def _of_cases(kind: str, means: Array) -> Array:
    """(p, b) weights from the means (G, p, b) of cases."""
    if kind == "entropy":
        return entropy_of_means(means.mean(axis=0), times_log(means).mean(axis=0))
    scaled = unit_range(means, np.zeros((1, means.shape[1], 1), dtype=bool))
    centred = scaled - scaled.mean(axis=0)
    return critic_of_moments(np.einsum("gjb,gkb->jkb", centred, centred))


def _points(survey: Survey, columns: Sequence[str], notes: list[Note]) -> Source:
    """Each respondent's points as shares of what he gave."""
    points = survey.matrix(columns)
    negative = points < 0
    if negative.any():
        names = [columns[j] for j in np.flatnonzero(negative.any(axis=0))]
        raise DataError("points_negative", items=names, count=int(negative.sum()))
    total = points.sum(axis=1)
    gaps, nothing = np.isnan(total), total == 0
    if gaps.any() or nothing.any():
        notes.append(note("points_left_out", gaps=int(gaps.sum()), zero=int(nothing.sum()), n=len(points)))
    given = total[~gaps & ~nothing]
    if len(given):
        usual = float(np.median(given))
        uneven = int((np.abs(given - usual) > 1e-6 * max(usual, 1.0)).sum())
        if uneven:
            notes.append(note("points_uneven", count=uneven, usual=usual))
    with np.errstate(invalid="ignore", divide="ignore"):
        shares = points / total[:, None]
    shares[gaps | nothing] = np.nan
    return Source("points", shares, lambda mean: mean)


def _regression(
    survey: Survey, items: Sequence[str], outcome: str, weight: Array, exact: bool, notes: list[Note]
) -> Source:
    """Standardised coefficients of the items on the outcome, over their sum."""
    x = survey.matrix([*items, outcome])
    complete = int((~np.isnan(x).any(axis=1) & (weight > 0)).sum())
    if complete <= len(items) + 1:
        raise DataError("too_few", what=f"regression {outcome}", n=complete, need=len(items) + 2)
    mean, covariance = weighted_covariance(x, weight)
    deviation = np.sqrt(np.diag(covariance))
    flat = [name for name, one, at in zip([*items, outcome], deviation, mean, strict=True)
            if not one > 1e-12 * max(1.0, abs(at))]  # fmt: skip
    if flat:
        raise DataError("constant_items", items=flat)
    correlation = covariance / np.outer(deviation, deviation)
    if np.linalg.eigvalsh(correlation[:-1, :-1])[0] < 1e-9:
        raise EstimationError("drivers_bound", items=list(items))
    notes.append(note("regression_weights", outcome=outcome))
    if not exact:
        return _linear("regression", x, weight, regression_influence)
    return _products("regression", x, weight, regression_of_covariance)


def regression_of_covariance(covariance: Array) -> Array:
    """Standardised coefficients (p, b) of the last variable on all others, divided by their sum, from (q, q, b)."""
    deviation = np.sqrt(covariance[range(len(covariance)), range(len(covariance))])
    correlation = (covariance / (deviation[:, None] * deviation[None, :])).transpose(2, 0, 1)
    slopes = np.linalg.solve(correlation[:, :-1, :-1], correlation[:, :-1, -1:])[:, :, 0].T
    return slopes / slopes.sum(axis=0)


def _of_respondents(survey: Survey, items: Sequence[str], kind: str, weight: Array, exact: bool) -> Source:
    """Entropy or CRITIC weights with respondents as the cases."""
    x = survey.matrix(items)
    if kind == "entropy":
        negative = [name for name, column in zip(items, x.T, strict=True) if (column < 0).any()]
        if negative:
            raise DataError("entropy_negative", items=negative)
        if not exact:
            return _linear(kind, x, weight, entropy_influence)
        p = len(items)
        x[np.isnan(x).any(axis=1)] = np.nan
        columns = np.column_stack([x, times_log(x)])
        return Source(kind, columns, lambda mean: entropy_of_means(mean[:p], mean[p:]))
    lo, hi = survey.scale_ends(items)
    if np.isnan(lo).any():
        raise DataError("critic_scale", items=[name for name, end in zip(items, lo, strict=True) if np.isnan(end)])
    x = (x - lo) / (hi - lo)
    if not exact:
        return _linear(kind, x, weight, critic_influence)
    return _products(kind, x, weight, critic_of_moments)


def _linear(kind: str, x: Array, weight: Array, influence: Callable[[Array, Array], tuple[Array, Influence]]) -> Source:
    """One column per weight: the weight plus the influence of each respondent who answered everything."""
    with np.errstate(invalid="ignore", divide="ignore"):
        estimate, moved = influence(x, weight)
        columns = np.empty((len(x), len(estimate)), order="F")
        for rows in chunks(len(x)):
            columns[rows] = estimate + moved(np.ascontiguousarray(x[rows]))
    return Source(kind, columns, lambda mean: mean)


def _products(kind: str, x: Array, weight: Array, function: Callable[[Array], Array]) -> Source:
    """A function of covariances (q, q, b) as a function of means of columns and of their products."""
    q = x.shape[1]
    first, second = upper(q)
    complete = ~np.isnan(x).any(axis=1)
    w = np.where(complete, weight, 0.0)
    w = w / w.sum()
    centred = np.where(complete[:, None], x, np.nan) - w @ np.nan_to_num(x)
    columns = np.column_stack([centred, centred[:, first] * centred[:, second]])
    return Source(kind, columns, lambda mean: function(_covariance(mean, q)))


def _covariance(mean: Array, q: int) -> Array:
    """(q, q, b) covariances from means of q columns and of their products."""
    first, second = upper(q)
    return _square(mean[q:] - mean[first] * mean[second], q)


def _square(half: Array, q: int) -> Array:
    first, second = upper(q)
    found = np.empty((q, q, half.shape[1]))
    found[first, second] = found[second, first] = half
    return found
