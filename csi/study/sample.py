"""Who answered: counts of respondents, of missing answers by reason, and of signs of careless answering."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import numpy as np

from csi.data.codebook import REASONS
from csi.data.respondent_checks import few_respondents
from csi.data.survey import Survey
from csi.data.weighting import weight_checks
from csi.estimates import Unknown
from csi.language import note
from csi.results import Check, Result, Table

COMPLETE_SHARE = 0.9
FAST_SHARE = 1 / 3  # of the median time; faster is too fast to have read the questions
ALIKE_ITEMS = 6  # so many equal ratings in a row are worth a look


def describe_sample(
    survey: Survey, items: Sequence[str], owner: Mapping[str, str] | None, by: tuple[str, ...], used: int | None
) -> Result:
    """Who answered, as a Result whose numbers are counts of this sample and have no standard error.

    Parameters
    ----------
    survey : the answers
    items : the ratings that are looked at
    owner : item -> construct, where a model has given it one
    by : columns that form groups
    used : respondents that a model used, None without one
    """
    n = len(survey)
    complete = int((~np.isnan(survey.matrix(items)).any(axis=1)).sum()) if items else n
    people = {"respondents": n}
    if used is not None:
        people |= {"complete": complete, "used": used, "left_out": n - used}
    elif items:
        people |= {"all_ratings": complete}
    tables: dict[str, Callable[[], Table]] = {"respondents": lambda: _terms(people, n)}
    if by:
        tables["groups"] = partial(_group_sizes, survey, by)
    if n > complete:
        tables["reasons"] = partial(_reasons, survey, items)
        tables["missing"] = partial(_missing_answers, survey, items, owner)
    answering = _answering(survey, items)
    if answering:
        tables["answering"] = lambda: _terms(answering, n)
    design = survey.design()
    if design.weight is not None:
        w = design.weight[design.weight > 0]
        weights = {
            "smallest": w.min(), "mean": w.mean(), "largest": w.max(),
            "effective_n": w.sum() ** 2 / (w @ w), "design_effect": len(w) * (w @ w) / w.sum() ** 2,
        }  # fmt: skip
        tables["weights"] = lambda: _terms(weights, len(w), decimals=2)
    if not design.plain:
        units = {"strata": int(design.unit_stratum.max()) + 1, "sampling_units": design.units, "df": design.df}
        tables["design"] = lambda: _terms(units, n)
    share, facts = complete / n, {"complete": complete, "n": n}
    name = "complete" if owner is not None else "complete_ratings"
    checks = [Check(name, share, f">= {COMPLETE_SHARE}", share >= COMPLETE_SHARE, False, facts)] if items else []
    if design.weight is not None:
        checks += [one for one in weight_checks(w) if not one.ok]
    if by:
        checks.append(_small_groups(survey, by))
    return Result(
        title=note("title_sample", data=survey.name, n=n),
        headline="respondents",
        notes=survey.notes,
        _tables=tables,
        _glance={"n": n, "n_complete": complete, **({} if used is None else {"n_used": used})},
        _checks=lambda: tuple(checks),
    )


def _terms(values: Mapping[str, float], n: int, decimals: int = 0) -> Table:
    return Table({"term": list(values)}, Unknown(np.array(list(values.values()), dtype=float)), n, decimals=decimals)


def _group_sizes(survey: Survey, by: tuple[str, ...]) -> Table:
    labels, codes = survey.split(by)
    sizes = np.bincount(codes[codes >= 0], minlength=len(labels)).astype(float)
    return Table({"group": list(labels)}, Unknown(sizes), len(survey), decimals=0)


def _answering(survey: Survey, items: Sequence[str]) -> dict[str, float]:
    """How the questionnaire was answered, as far as it can be told from times and ratings."""
    found: dict[str, float] = {}
    column = survey.codebook.duration
    if column is not None and column not in survey.codebook.private:
        seconds = survey.answers[column].to_numpy(dtype=float)
        seconds = seconds[np.isfinite(seconds)]
        if len(seconds):
            middle = float(np.median(seconds))
            found |= {"median_seconds": middle, "too_fast": int((seconds < FAST_SHARE * middle).sum())}
    scales = [survey.codebook.items[item].scale for item in items]
    spans = [None if scale is None else (scale.lo, scale.hi) for scale in scales]
    common = max(spans, key=lambda span: (span is not None, spans.count(span)), default=None)
    alike = [item for item, span in zip(items, spans, strict=True) if span == common and span is not None]
    if len(alike) >= ALIKE_ITEMS:
        ratings = survey.answers[alike].to_numpy(dtype=float)  # as they were given, reversed items too
        answered = np.isfinite(ratings)
        same = (ratings == np.where(answered, ratings, -np.inf).max(axis=1, keepdims=True)) | ~answered
        found["same_rating"] = int((same.all(axis=1) & (answered.sum(axis=1) >= ALIKE_ITEMS)).sum())
    return found


def _small_groups(survey: Survey, by: tuple[str, ...]) -> Check:
    labels, codes = survey.split(by)
    return few_respondents(np.bincount(codes[codes >= 0], minlength=len(labels)).tolist(), labels)


def _reasons(survey: Survey, items: Sequence[str]) -> Table:
    """Missing answers to all items by reason."""
    tally = np.bincount(survey.reasons[list(items)].to_numpy().ravel(), minlength=len(REASONS))
    found = [i for i in range(1, len(REASONS)) if tally[i]]
    return Table({"reason": [REASONS[i] for i in found]}, Unknown(tally[found].astype(float)), len(survey), decimals=0)


def _missing_answers(survey: Survey, items: Sequence[str], owner: Mapping[str, str] | None) -> Table:
    """Missing answers to each item by reason; reasons that never occur are left out."""
    reasons = survey.reasons[list(items)].to_numpy()
    counts = np.stack([(reasons == i).sum(axis=0) for i in range(len(REASONS))])
    occurring = [i for i in range(1, len(REASONS)) if counts[i].any()]
    homes = {} if owner is None else {"construct": [owner[item] for item in items for _ in occurring]}
    keys = {
        "item": [item for item in items for _ in occurring],
        "reason": [REASONS[i] for _ in items for i in occurring],
    }
    values = counts[occurring].T.reshape(-1).astype(float)
    return Table({**homes, **keys}, Unknown(values), len(survey), decimals=0)
