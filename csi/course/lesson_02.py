"""Exercises of lesson 02, asking customers: wording, sample size, weights, non-response."""

from __future__ import annotations

import math
from functools import cache
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from csi.course.tasks import NamesTask, NumberTask, OwnResultTask
from csi.data.samples import load_sample

Array = NDArray[np.float64]
ITEM = "sat_overall"
FAULTS = {"q1": "leading", "q2": "double", "q3": "vague", "q4": "none", "q5": "double", "q6": "negative"}
MARKET = {"Amber": 40, "Birch": 30, "Coral": 20, "Dune": 10}  # shares of the market in percent, given in the exercise


@cache
def double_barrelled() -> NamesTask:
    """02.1: the questions of the draft that ask two things at once."""
    double = [name for name, fault in FAULTS.items() if fault == "double"]
    other = {fault: next(name for name, found in FAULTS.items() if found == fault) for fault in set(FAULTS.values())}
    return NamesTask(
        right=frozenset(double), said="ex_02_1",
        mistakes={
            "half_of_the_doubles": tuple(frozenset({name}) for name in double),
            "sound_question": (*(frozenset({name, other["none"]}) for name in double),
                               frozenset({*double, other["none"]})),
            "leading_question": (frozenset({other["leading"]}), frozenset({*double, other["leading"]}),
                                 frozenset({other["leading"], other["negative"]})),
            "vague_question": (frozenset({other["vague"]}), frozenset({*double, other["vague"]})),
        },
        known={name: name for name in FAULTS},
    )  # fmt: skip


@cache
def invitations() -> NumberTask:
    """02.2: customers to invite, from the normal distribution and the finite population correction."""
    total, margin, answering = load_sample("pvc_customers").codebook.truth["satisfaction"]["customers"], 0.05, 7 / 10

    def needed(level: float, population: float = math.inf) -> int:
        endless = NormalDist().inv_cdf((1 + level) / 2) ** 2 / 4 / margin**2
        return math.ceil(endless / (1 + (endless - 1) / population))

    n = needed(0.95, total)
    return NumberTask(
        right=float(math.ceil(n / answering)), tolerance=0.5, said="ex_02_2",
        mistakes={
            "completed_only": float(n),
            "endless_population": float(math.ceil(needed(0.95) / answering)),
            "endless_completed": float(needed(0.95)),
            "times_response": float(math.ceil(n * answering)),
            "ninety_level": float(math.ceil(needed(0.9, total) / answering)),
            "everybody": float(total),
        },
        values={"total": total, "completed": n},
    )  # fmt: skip


@cache
def raked_mean() -> NumberTask:
    """02.3: the mean of an item after raking to two margins, by a loop of its own."""
    survey = load_sample("mobile")
    region = {name: round(100 * share) for name, share in survey.codebook.truth["region"]["share"].items()}
    ratings = survey.answers[ITEM].to_numpy()
    design = survey.answers[survey.codebook.weight].to_numpy()
    margins = {"region": region, "operator": MARKET}

    def mean(weight: Array, columns: tuple[str, ...]) -> float:
        for _ in range(60):
            for column in columns:
                label = survey.answers[column].to_numpy()
                for name, share in margins[column].items():
                    inside = label == name
                    weight = np.where(inside, weight * share / weight[inside].sum(), weight)
        return float(100 * (np.average(ratings[known], weights=weight[known]) - 1) / (10 - 1))

    known, even = ~np.isnan(ratings), np.ones(len(ratings))
    right = mean(even, ("region", "operator"))
    return NumberTask(
        right=right, tolerance=0.02, said="ex_02_3",
        mistakes={
            "no_weights": mean(even, ()),
            "one_margin": mean(even, ("region",)),
            "other_margin": mean(even, ("operator",)),
            "design_weights": mean(design, ()),
            "raked_from_design": mean(design, ("region", "operator")),
            "rating_not_points": 1 + right * 0.09,
        },
    )  # fmt: skip


@cache
def lowest_mean() -> NumberTask:
    """02.4: the lower bound of the mean rating when half of the sample is silent."""
    survey = load_sample("mobile")
    ratings, weight = survey.answers[ITEM].to_numpy(), survey.answers[survey.codebook.weight].to_numpy()
    known = ~np.isnan(ratings)
    mean, plain = float(np.average(ratings[known], weights=weight[known])), float(ratings[known].mean())
    return NumberTask(
        right=(mean + 1) / 2, tolerance=0.02, said="ex_02_4",
        mistakes={
            "respondents_mean": mean,
            "silent_as_zero": mean / 2,
            "highest_bound": (mean + 10) / 2,
            "unweighted_bound": (plain + 1) / 2,
            "bound_in_points": 100 * ((mean + 1) / 2 - 1) / (10 - 1),
        },
    )  # fmt: skip


EXERCISES = (double_barrelled, invitations, raked_mean, lowest_mean)
OWN = OwnResultTask("ex_02_5", "bounds")  # 02.5: bounds for the student's own data
