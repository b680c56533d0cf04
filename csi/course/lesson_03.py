"""Exercises of lesson 03, from answers to scores: rates, net promoter scores, kinds of points, ratings of services."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from csi.course.tasks import DifferenceTask, NamesTask, NumberTask, OwnResultTask
from csi.data.samples import load_sample
from csi.views import number

Array = NDArray[np.float64]
SHARE = 2 / 1000  # tolerance of a share of three decimals


@cache
def handling_rate() -> NumberTask:
    """03.1: a weighted share, those who gave no rating below the line."""
    survey = load_sample("mobile")
    ratings = survey.answers["complaint_handling"].to_numpy()
    weight = survey.answers[survey.codebook.weight].to_numpy()
    known, satisfied = ~np.isnan(ratings), ratings >= 8
    right = float(weight[satisfied].sum() / weight.sum())
    return NumberTask(
        right=right, tolerance=SHARE, said="ex_03_1",
        mistakes={
            "left_out_below": float(weight[satisfied].sum() / weight[known].sum()),
            "rate_unweighted": float(satisfied.mean()),
            "top_two_of_ten": float(weight[ratings >= 9].sum() / weight.sum()),
            "seven_counts": float(weight[ratings >= 7].sum() / weight.sum()),
            "mean_points": float(100 * (np.average(ratings[known], weights=weight[known]) - 1) / (10 - 1)),
            "percent_not_share": 100 * right,
            "the_dissatisfied": 1 - right,
        },
        values={"count": int((~known).sum())},
    )  # fmt: skip


@cache
def nps_difference() -> DifferenceTask:
    """03.2: a difference of two net promoter scores, its error from the totals of the interviewers."""
    survey = load_sample("mobile")
    answers, ratings = survey.answers, survey.answers["recommend"].to_numpy()
    weight = answers[survey.codebook.weight].to_numpy()
    points = _points(ratings)

    def score(name: str, case: Array) -> tuple[float, Array]:
        inside = (answers["operator"] == name).to_numpy() & ~np.isnan(ratings)
        share = np.where(inside, case, 0) / case[inside].sum()
        value = float((share * points).sum())
        return value, share * (points - value)

    (coral, one), (dune, other) = (score(name, weight) for name in ("Coral", "Dune"))
    plain = [score(name, np.ones(len(weight)))[0] for name in ("Coral", "Dune")]
    wide = _points(ratings, promoter=8)
    rows = [((answers["operator"] == name) & answers["recommend"].notna()).to_numpy() for name in ("Coral", "Dune")]
    generous = [float(np.average(wide[inside], weights=weight[inside])) for inside in rows]
    errors = [_error(influence) for influence in (one, other)]
    right = coral - dune
    task = NumberTask(
        right=right, tolerance=0.05, said="ex_03_2",
        mistakes={
            "sign": -right,
            "unweighted": plain[0] - plain[1],
            "shares_not_points": right / 100,
            "eights_promote": generous[0] - generous[1],
            "first_score": coral,
            "second_score": dune,
        },
    )  # fmt: skip
    return DifferenceTask(task, _error(one - other), float(np.hypot(*errors)))


def _points(ratings: Array, promoter: int = 9) -> Array:
    """100 for a promoter, -100 for a detractor, 0 for all others and where there is no rating."""
    return 100 * ((ratings >= promoter).astype(float) - (ratings <= 6))


def _error(influence: Array) -> float:
    """Standard error of a sum: the spread of the interviewers' totals within regions."""
    survey = load_sample("mobile")
    totals = survey.answers.assign(influence=influence).groupby(["region", "interviewer"])["influence"].sum()
    within = totals.groupby("region")
    return float((within.var(ddof=1) * within.size()).sum() ** 0.5)


@cache
def other_points() -> NumberTask:
    """03.3: percent of the maximum of 1-5 turned into min-max points."""
    published, lo, hi = 82, 1, 5
    mean = published / 100 * hi
    return NumberTask(
        right=100 * (mean - lo) / (hi - lo), tolerance=0.05, said="ex_03_3",
        mistakes={
            "same_points": float(published),
            "mean_left": mean,
            "other_way": 100 * (lo + published / 100 * (hi - lo)) / hi,
            "ten_point_scale": 100 * (published / 10 - lo) / (10 - lo),
            "only_subtracted": 100 * (mean - lo) / hi,
        },
        values={"mean": number(mean, 1)},
    )  # fmt: skip


@cache
def made_of_defaults() -> NamesTask:
    """03.4: the windows whose ratings were planted to be filled in by the system, at the best level."""
    truth = load_sample("service_hall").codebook.truth
    right = frozenset(truth["made_of_defaults"])
    windows = truth["window"]
    lowest = sorted(windows, key=lambda name: windows[name]["good_rate"])[:2]
    middling = frozenset(name for name, row in windows.items() if row["rule"] == 3)
    return NamesTask(
        right=right, said="ex_03_4",
        mistakes={
            "lowest_good_rate": (frozenset(lowest), *(frozenset({name}) for name in lowest)),
            "filled_in_lower": (middling,),
            "every_default": (middling | right,),
            "half_of_the_windows": tuple(frozenset({name}) for name in right),
        },
        known={name: name for name in windows},
    )  # fmt: skip


EXERCISES = (handling_rate, nps_difference, other_points, made_of_defaults)
OWN = OwnResultTask("ex_03_5", "rate")  # 03.5: the student's own data
