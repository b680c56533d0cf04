"""Who answered: counts of respondents, of missing answers by reason, and of signs of careless answering."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np

from csi.data.codebook import REASONS
from csi.data.respondent_checks import few_respondents
from csi.data.survey import Survey
from csi.data.weighting import weight_checks
from csi.estimates import Unknown
from csi.language import note
from csi.models.path import PathModel
from csi.results import Check, Result, Table

COMPLETE_SHARE = 0.9
FAST_SHARE = 1 / 3  # of the median time; faster is too fast to have read the questions
ALIKE_ITEMS = 6  # so many equal ratings in a row are worth a look


def describe_sample(survey: Survey, model: PathModel, by: tuple[str, ...], fit: Result) -> Result:
    """Who answered, as a Result whose numbers are counts of this sample and have no standard error."""
    n = len(survey)
    facts = fit.glance().iloc[0]
    complete = int((~np.isnan(survey.matrix(model.items)).any(axis=1)).sum())
    used = int(facts["n"])
    people = {"respondents": n, "complete": complete, "used": used, "left_out": n - used}
    tables: dict[str, Callable[[], Table]] = {"respondents": lambda: _terms(people, n)}
    if by:
        tables["groups"] = partial(_group_sizes, survey, by)
    if n > complete:
        tables["reasons"] = partial(_reasons, survey, model)
        tables["missing"] = partial(_missing_answers, survey, model)
    answering = _answering(survey, model)
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
    share = complete / n
    checks = [
        Check("complete", share, f">= {COMPLETE_SHARE}", share >= COMPLETE_SHARE, False, {"complete": complete, "n": n})
    ]
    if design.weight is not None:
        checks += [one for one in weight_checks(w) if not one.ok]
    if by:
        checks.append(_small_groups(survey, by))
    return Result(
        title=note("title_sample", data=survey.name, n=n),
        headline="respondents",
        notes=survey.notes,
        _tables=tables,
        _glance={"n": n, "n_complete": complete, "n_used": used},
        _checks=lambda: tuple(checks),
    )


def _terms(values: Mapping[str, float], n: int, decimals: int = 0) -> Table:
    return Table({"term": list(values)}, Unknown(np.array(list(values.values()), dtype=float)), n, decimals=decimals)


def _group_sizes(survey: Survey, by: tuple[str, ...]) -> Table:
    labels, codes = survey.split(by)
    sizes = np.bincount(codes[codes >= 0], minlength=len(labels)).astype(float)
    return Table({"group": list(labels)}, Unknown(sizes), len(survey), decimals=0)


def _answering(survey: Survey, model: PathModel) -> dict[str, float]:
    """How the questionnaire was answered, as far as it can be told from times and ratings."""
    found: dict[str, float] = {}
    column = survey.codebook.duration
    if column is not None and column not in survey.codebook.private:
        seconds = survey.answers[column].to_numpy(dtype=float)
        seconds = seconds[np.isfinite(seconds)]
        if len(seconds):
            middle = float(np.median(seconds))
            found |= {"median_seconds": middle, "too_fast": int((seconds < FAST_SHARE * middle).sum())}
    scales = [survey.codebook.items[item].scale for item in model.items]
    spans = [None if scale is None else (scale.lo, scale.hi) for scale in scales]
    common = max(spans, key=lambda span: (span is not None, spans.count(span)))
    alike = [item for item, span in zip(model.items, spans, strict=True) if span == common and span is not None]
    if len(alike) >= ALIKE_ITEMS:
        ratings = survey.answers[alike].to_numpy(dtype=float)  # as they were given, reversed items too
        answered = np.isfinite(ratings)
        same = (ratings == np.where(answered, ratings, -np.inf).max(axis=1, keepdims=True)) | ~answered
        found["same_rating"] = int((same.all(axis=1) & (answered.sum(axis=1) >= ALIKE_ITEMS)).sum())
    return found


def _small_groups(survey: Survey, by: tuple[str, ...]) -> Check:
    labels, codes = survey.split(by)
    return few_respondents(np.bincount(codes[codes >= 0], minlength=len(labels)).tolist(), labels)


def _reasons(survey: Survey, model: PathModel) -> Table:
    """Missing answers to all items of the model by reason."""
    tally = np.bincount(survey.reasons[list(model.items)].to_numpy().ravel(), minlength=len(REASONS))
    found = [i for i in range(1, len(REASONS)) if tally[i]]
    return Table({"reason": [REASONS[i] for i in found]}, Unknown(tally[found].astype(float)), len(survey), decimals=0)


def _missing_answers(survey: Survey, model: PathModel) -> Table:
    """Missing answers to each item of the model by reason; reasons that never occur are left out."""
    reasons = survey.reasons[list(model.items)].to_numpy()
    counts = np.stack([(reasons == i).sum(axis=0) for i in range(len(REASONS))])
    occurring = [i for i in range(1, len(REASONS)) if counts[i].any()]
    owner = {item: one.name for one in model.constructs for item in one.items}
    rows = [(owner[item], item, REASONS[i]) for item in model.items for i in occurring]
    values = counts[occurring].T.reshape(-1).astype(float)
    return Table(
        dict(zip(("construct", "item", "reason"), zip(*rows, strict=True), strict=True)),
        Unknown(values), len(survey), decimals=0,
    )  # fmt: skip
