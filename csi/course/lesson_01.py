"""Exercises of lesson 01, what satisfaction is: standards, cost and effort, experience norms, disconfirmation."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from csi.course.tasks import NamesTask, NumberTask, OwnResultTask
from csi.data.samples import load_sample
from csi.views import number

Array = NDArray[np.float64]
STANDARDS = {
    "expectation": "期望",
    "needs": "需要",
    "excellence": "卓越",
    "fairness": "公平",
    "other_outcomes": "其他可能的结果",
    "none": "没有比较",
}
NORMS = ("best_brand", "average_product", "this_brand")
SEED_OF_GUESTS, SEED_OF_BUS, PASSENGERS = 5, 7, 2000  # as the lesson draws them


@cache
def standards() -> NamesTask:
    """01.1: half the price for the neighbour, the other shop, a problem solved."""
    right = frozenset({"fairness", "other_outcomes", "needs"})

    def instead(wrong: str, of: str) -> frozenset[str]:
        return right - {of} | {wrong}

    return NamesTask(
        right=right, said="ex_01_1",
        mistakes={
            "expectation_everywhere": tuple(instead("expectation", of) for of in sorted(right)),
            "excellence_for_needs": tuple(instead("excellence", of) for of in sorted(right)),
            "nothing_compared": tuple(instead("none", of) for of in sorted(right)),
            "one_standard_missing": tuple(right - {of} for of in sorted(right)),
        },
        known={word: name for name, zh in STANDARDS.items() for word in (name, zh, name.replace("_", " "))},
    )  # fmt: skip


def draw_bus() -> tuple[Array, Array, Array, float]:
    """Effort, minutes and satisfaction of the passengers of the lesson, and the planted exchange of the two."""
    rng = np.random.default_rng(SEED_OF_BUS)
    cost, gain = 1 / 10, 9 / 10
    effort = rng.integers(0, 4, PASSENGERS).astype(float)
    minutes = 4 + 4 * effort + rng.normal(0, 3, PASSENGERS)
    expected = 3 + cost * minutes + rng.normal(0, 0.5, PASSENGERS)
    return effort, minutes, 5 + (4 - expected) + gain * effort + rng.normal(0, 1, PASSENGERS), gain / cost


@cache
def exchange() -> NumberTask:
    """01.2: minutes that cancel one step of effort, from the normal equations of two centred causes."""
    effort, minutes, satisfaction, planted = draw_bus()
    cov = np.cov(np.stack([minutes, effort, satisfaction]))
    minute, step = np.linalg.solve(cov[:2, :2], cov[:2, 2])
    alone = cov[:2, 2] / np.diag(cov)[:2]
    right = -step / minute
    return NumberTask(
        right=float(right), tolerance=0.05, said="ex_01_2",
        mistakes={
            "exchange_inverted": float(1 / right),
            "causes_alone": float(-alone[1] / alone[0]),
            "exchange_sign": float(-right),
            "effort_coefficient": float(step),
            "minute_coefficient": float(minute),
            "minutes_of_a_step": float(cov[0, 1] / cov[1, 1]),
        },
        values={"planted": number(planted, 0)},
    )  # fmt: skip


@cache
def norm_in_use() -> NamesTask:
    """01.3: the norm the lot gave to the guests; the lot is the first draw."""
    used = str(np.random.default_rng(SEED_OF_GUESTS).choice(NORMS))
    other = [name for name in NORMS if name != used]
    return NamesTask(
        right=frozenset({used}), said="ex_01_3",
        mistakes={
            "second_norm": (frozenset({other[0]}),),
            "last_norm": (frozenset({other[1]}),),
            "every_norm": (frozenset(NORMS), frozenset(other)),
        },
        known={word: name for name in NORMS for word in (name, name.replace("_", " "))},
    )  # fmt: skip


@cache
def let_down() -> NumberTask:
    """01.4: guests who found the staff worse than expected by more than one point, counted."""
    answers = load_sample("hotel").answers

    def missing_by(expected: str, perceived: str) -> Array:
        short = (answers[expected] - answers[perceived]).to_numpy()
        return short[~np.isnan(short)]

    short, other = missing_by("e17", "p17"), missing_by("e05", "p05")
    share = float((short > 1).mean())
    return NumberTask(
        right=share, tolerance=0.005, said="ex_01_4",
        mistakes={
            "no_zone": float((short > 0).mean()),
            "all_the_others": 1 - share,
            "class_between": float((np.abs(short) <= 1).mean()),
            "class_above": float((short < -1).mean()),
            "other_pair": float((other > 1).mean()),
            "percent_for_share": 100 * share,
            "count_for_share": float((short > 1).sum()),
        },
    )  # fmt: skip


EXERCISES = (standards, exchange, norm_in_use, let_down)
OWN = OwnResultTask("ex_01_5", "disconfirmation")  # 01.5: better, as and worse than expected in the student's own data
