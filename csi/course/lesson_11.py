"""Exercises of lesson 11, a customer satisfaction index by PLS."""

from __future__ import annotations

from functools import cache

import numpy as np

from csi.course.second import MODEL, complete, second_mobi, second_mobile
from csi.course.tasks import DifferenceTask, NumberTask, OwnTask
from csi.data.samples import load_sample
from csi.models.pls import fit_pls
from csi.views import number

TARGET = "Satisfaction"


@cache
def index_by_hand() -> NumberTask:
    """11.1: the index of Expectation, which holds a reversed item, from weights and means."""
    survey, fit, construct = load_sample("mobile"), second_mobile(), "Expectation"
    items = fit.model.construct(construct).items
    weights, mean, lo, hi = fit.raw_weights(construct), fit.mean[construct], fit.lo[construct], fit.hi[construct]
    turned = np.array([survey.codebook.items[name].reversed for name in items])
    ratings, case = survey.matrix(items), survey.design().weight
    known = ~np.isnan(ratings)
    available = (case[:, None] * np.where(known, ratings, 0)).sum(axis=0) / (case[:, None] * known).sum(axis=0)
    return NumberTask(
        right=fit.index(construct), tolerance=0.02, said="ex_11_1",
        mistakes={
            "percent_of_max": float(100 * weights @ mean / (weights @ hi)),
            "equal_weights": fit.index(construct, weights=np.ones(len(items))),
            "standardised_weights": fit.index(construct, weights=fit.weights[construct]),
            "reversed_left": fit.index(construct, mean=np.where(turned, lo + hi - mean, mean)),
            "available": fit.index(construct, mean=available),
            "mean_rating": float(weights @ mean),
        },
        values={"item": [name for name, back in zip(items, turned, strict=True) if back]},
    )  # fmt: skip


@cache
def honest_error() -> NumberTask:
    """11.2: the standard error of the Loyalty index, linearised, with the design and the estimation of the weights."""
    survey, fit, construct = load_sample("mobile"), second_mobile(), "Loyalty"
    honest = fit_pls(survey, MODEL, inference="linearised").value(construct)
    plain = fit_pls(survey.moments(fit.model.items), MODEL).value(construct)
    ratings, _ = complete(survey, fit.model)
    place = [fit.model.items.index(name) for name in fit.model.construct(construct).items]
    weights, width = fit.raw_weights(construct), fit.hi[construct] - fit.lo[construct]
    scores = 100 * (ratings[:, place] - fit.lo[construct]) @ weights / (weights @ width)
    spread = float(scores.std(ddof=1))
    return NumberTask(
        right=honest.std_error, tolerance=0.04 * honest.std_error, said="ex_11_2",
        mistakes={
            "weights_fixed": spread / len(scores) ** 0.5,
            "design_ignored": plain.std_error,
            "half_width": (honest.upper - honest.lower) / 2,
            "full_width": honest.upper - honest.lower,
            "spread": spread,
            "index_itself": float(honest),
        },
        values={"ratio": number(honest.std_error * len(scores) ** 0.5 / spread, 1)},
    )  # fmt: skip


@cache
def total_effect() -> NumberTask:
    """11.3: index points of Loyalty per index point of Quality, over every route."""
    fit = second_mobi()
    return NumberTask(
        right=fit.effect("Quality", "Loyalty"), tolerance=0.005, said="ex_11_3",
        mistakes={
            "standardised_effect": fit.effect("Quality", "Loyalty", points=False),
            "direct_effect": fit.effect("Quality", "Loyalty", total=False),
            "one_route": fit.effect("Quality", TARGET, total=False) * fit.effect(TARGET, "Loyalty", total=False),
            "other_target": fit.effect("Quality", TARGET),
            "performance": fit.index("Quality"),
        },
    )  # fmt: skip


@cache
def difference() -> DifferenceTask:
    """11.4: Amber minus Birch: weighted means of each with the common outer weights; errors linearised."""
    survey = load_sample("mobile")
    index = {name: _index_of(name) for name in ("Amber", "Birch")}
    plain = {name: _index_of(name, weighted=False) for name in index}
    groups = fit_pls(survey, MODEL, by="operator", inference="linearised")
    errors = [groups.value(name, TARGET).std_error for name in index]
    planted = survey.codebook.truth["index"]["operator"]
    right = index["Amber"] - index["Birch"]
    number_task = NumberTask(
        right=right, tolerance=0.05, said="ex_11_4",
        mistakes={
            "sign": -right,
            "unweighted": plain["Amber"] - plain["Birch"],
            "ratings_not_points": right * 0.09,
            "one_group": index["Amber"],
        },
        values={"planted": number(planted["Amber"][TARGET] - planted["Birch"][TARGET], 2)},
    )  # fmt: skip
    both = groups.contrast({("Amber", TARGET): 1, ("Birch", TARGET): -1})
    return DifferenceTask(number_task, both.std_error, float(np.hypot(*errors)))


def _index_of(operator: str, *, weighted: bool = True) -> float:
    """Index of satisfaction of one operator with the outer weights of all."""
    survey, fit = load_sample("mobile"), second_mobile()
    ratings = survey.matrix(fit.model.items)
    rows = ~np.isnan(ratings).any(axis=1) & (survey.answers["operator"] == operator).to_numpy()
    case = survey.design().weight[rows] if weighted else np.ones(rows.sum())
    place = [fit.model.items.index(name) for name in fit.model.construct(TARGET).items]
    return fit.index(TARGET, mean=case @ ratings[rows][:, place] / case.sum())


EXERCISES = (index_by_hand, honest_error, total_effect, difference)
OWN = OwnTask("ex_11_5")  # 11.5: the student's own export
