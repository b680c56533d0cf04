"""Exercises of lesson 07, Kano: coefficients, classes that cannot be told apart, segments, how many to ask."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from csi.course.tasks import DifferenceTask, NamesTask, NumberTask, OwnResultTask
from csi.data.samples import load_sample

Array = NDArray[np.float64]
FEATURES = tuple(f"{k:02d}" for k in range(1, 13))
PILOT = 90  # respondents of the pilot in the lesson
THIRD, NEXT = 33 / 100, 27 / 100  # shares of the two largest classes in the last question
POINTS = 5 / 1000  # tolerance of a coefficient of three decimals


def count(feature: str, rows: Array | None = None) -> dict[str, float]:
    """How many pairs of answers fall into each class, by what the answers say, not by a table."""
    answers = load_sample("app_kano").answers
    first, second = (answers[side + feature].to_numpy(dtype=float) for side in "fd")
    kept = ~np.isnan(first) & ~np.isnan(second)
    if rows is not None:
        kept &= rows
    first, second = first[kept], second[kept]
    questionable = (first == second) & np.isin(first, (1, 5))
    found = {"Q": questionable, "R": ((first == 5) | (second == 1)) & ~questionable}
    left = ~questionable & ~found["R"]
    likes, hates = first == 1, second == 5
    found |= {"A": left & likes & ~hates, "O": left & likes & hates, "M": left & ~likes & hates}
    found["I"] = left & ~likes & ~hates
    return {name: float(hits.sum()) for name, hits in found.items()}


def worse_of(counts: dict[str, float]) -> float:
    """The worse coefficient, with its sign."""
    return -(counts["O"] + counts["M"]) / meaningful(counts)


def better_of(counts: dict[str, float]) -> float:
    """The better coefficient."""
    return (counts["A"] + counts["O"]) / meaningful(counts)


def meaningful(counts: dict[str, float]) -> float:
    """Answers that are neither reverse nor questionable."""
    return sum(counts[name] for name in "AOMI")


@cache
def worse_coefficient() -> NumberTask:
    """07.1: the worse coefficient of privacy."""
    counts = count("12")
    right = worse_of(counts)
    return NumberTask(
        right=right, tolerance=POINTS, said="ex_07_1",
        mistakes={
            "worse_without_sign": -right,
            "worse_of_everybody": -(counts["O"] + counts["M"]) / sum(counts.values()),
            "better_for_worse": better_of(counts),
            "attractive_in_worse": -(counts["A"] + counts["M"]) / meaningful(counts),
            "must_be_alone": -counts["M"] / meaningful(counts),
            "worse_in_percent": 100 * right,
        },
    )  # fmt: skip


def candidates(counts: dict[str, float], p: float = 0.05) -> set[str]:
    """Classes whose count the largest does not beat: z = difference over the root of the sum."""
    top = max(counts.values())
    cut = norm.ppf(1 - p / 2)
    return {name for name, value in counts.items() if top - value <= cut * np.sqrt(top + value)}


def near(counts: dict[str, float]) -> bool:
    """Whether Fong's published form calls the two largest counts not distinct."""
    n = sum(counts.values())
    b, a = sorted(counts[name] for name in "AOMIR")[-2:]
    return bool(a - b < 33 / 20 * np.sqrt((a + b) * (2 * n - a - b) / (2 * n)))


@cache
def unclear_classes() -> NamesTask:
    """07.2: features of the pilot with more than one class left."""
    rows = np.arange(len(load_sample("app_kano"))) < PILOT
    pilot = {"f" + name: count(name, rows) for name in FEATURES}
    whole = {"f" + name: count(name) for name in FEATURES}
    right = frozenset(name for name, counts in pilot.items() if len(candidates(counts)) > 1)

    def weak(counts: dict[str, float]) -> bool:
        return 5 * sum(counts[name] for name in "AOM") < 3 * sum(counts.values())

    return NamesTask(
        right=right, said="ex_07_2",
        mistakes={
            "whole_sample": (frozenset(name for name, counts in whole.items() if len(candidates(counts)) > 1),),
            "fong_used": (frozenset(name for name, counts in pilot.items() if near(counts)),),
            "strength_for_labels": (frozenset(name for name, counts in pilot.items() if weak(counts)),),
            "the_clear_ones": (frozenset(pilot) - right,),
        },
        known={name: name for name in pilot},
    )  # fmt: skip


@cache
def tour_by_segment() -> DifferenceTask:
    """07.3: worse coefficient of the tour, new minus experienced users, two shares of two groups."""
    segment = load_sample("app_kano").answers["segment"].to_numpy()
    new, old = (count("08", segment == name) for name in ("new", "experienced"))
    right = worse_of(new) - worse_of(old)
    error = float(np.sqrt(sum(-worse_of(one) * (1 + worse_of(one)) / meaningful(one) for one in (new, old))))
    task = NumberTask(
        right=right, tolerance=POINTS, said="ex_07_3",
        mistakes={
            "segments_swapped": -right,
            "better_difference": better_of(new) - better_of(old),
            "new_users_alone": worse_of(new),
            "experienced_alone": worse_of(old),
            "difference_in_percent": 100 * right,
        },
    )  # fmt: skip
    return DifferenceTask(task, error, error)


@cache
def enough_answers() -> NumberTask:
    """07.4: answers until a lead of six points reaches z at the usual level."""
    z, both, lead = float(norm.ppf(1 - 0.05 / 2)), THIRD + NEXT, THIRD - NEXT
    right = z**2 * both / lead**2
    return NumberTask(
        right=right, tolerance=5, said="ex_07_4",
        mistakes={
            "fong_size": (33 / 20) ** 2 * both * (1 - both / 2) / lead**2,
            "two_samples": z**2 * (THIRD * (1 - THIRD) + NEXT * (1 - NEXT)) / lead**2,
            "one_share": z**2 * THIRD * (1 - THIRD) / lead**2,
            "error_not_squared": z * both / lead**2,
            "counts_of_two": right * both,
            "one_sided_lead": z**2 / lead**2,
        },
    )  # fmt: skip


EXERCISES = (worse_coefficient, unclear_classes, tour_by_segment, enough_answers)
OWN = OwnResultTask("ex_07_5", "better_worse")  # 07.5: the student's own features
