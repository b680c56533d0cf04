"""Exercises of lesson 06, service quality: gaps, weighted gaps, reliability of differences, moments of truth."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from csi.course.tasks import NamesTask, NumberTask, OwnResultTask
from csi.data.samples import load_sample

Array = NDArray[np.float64]
ITEMS = {
    "Tangibles": range(1, 5),
    "Reliability": range(5, 10),
    "Responsiveness": range(10, 14),
    "Assurance": range(14, 18),
    "Empathy": range(18, 23),
}
REVERSED = ("Responsiveness", "Empathy")  # all items of these two
TOUCHPOINTS = {
    "arrival": "到店入住",
    "room": "客房",
    "breakfast": "早餐",
    "front_desk": "住店前台",
    "checkout": "离店结账",
}
SUPPOSED = 6 / 10  # correlation of expectation and perception in 06.3


def ratings(letter: str, dimension: str) -> Array:
    """Ratings of the items of a dimension (n, k), reversed ones turned round."""
    names = [f"{letter}{number:02d}" for number in ITEMS[dimension]]
    x = load_sample("hotel").answers[names].to_numpy(float)
    return 8 - x if dimension in REVERSED else x


def gap_of(dimension: str, rows: NDArray[np.bool_] | None = None) -> float:
    """Mean over the items of the mean difference among those who answered both."""
    difference = ratings("p", dimension) - ratings("e", dimension)
    return float(np.nanmean(difference if rows is None else difference[rows], axis=0).mean())


@cache
def empathy_gap() -> NumberTask:
    """06.1: the gap of empathy."""
    right = gap_of("Empathy")
    return NumberTask(
        right=right, tolerance=0.005, said="ex_06_1",
        mistakes={
            "gap_turned_over": -right,
            "perception_for_gap": float(np.nanmean(ratings("p", "Empathy"), axis=0).mean()),
            "expectation_for_gap": float(np.nanmean(ratings("e", "Empathy"), axis=0).mean()),
            "gaps_added_up": right * len(ITEMS["Empathy"]),
            "gap_of_responsiveness": gap_of("Responsiveness"),
        },
    )  # fmt: skip


@cache
def business_gap() -> NumberTask:
    """06.2: the gap of business guests, dimensions weighted by their mean points."""
    answers = load_sample("hotel").answers
    kind = answers["guest_type"].astype(str).to_numpy()
    shares = answers[[f"points_{name.lower()}" for name in ITEMS]].to_numpy(float)
    complete = shares.sum(axis=1) == 100

    def weighted(gaps_of: str, points_of: str) -> float:
        rows = np.full(len(kind), True) if gaps_of == "all" else kind == gaps_of
        owners = complete if points_of == "all" else complete & (kind == points_of)
        return float(np.array([gap_of(name, rows) for name in ITEMS]) @ shares[owners].mean(axis=0) / 100)

    right = weighted("business", "business")
    plain = float(np.mean([gap_of(name, kind == "business") for name in ITEMS]))
    return NumberTask(
        right=right, tolerance=0.005, said="ex_06_2",
        mistakes={
            "gap_unweighted": plain,
            "gap_of_all_guests": weighted("all", "all"),
            "points_of_all_guests": weighted("business", "all"),
            "points_not_hundredths": 100 * right,
            "gap_of_leisure": weighted("leisure", "leisure"),
            "weighted_gap_turned": -right,
        },
    )  # fmt: skip


def alpha_of(x: Array) -> float:
    """Alpha of complete ratings (n, k)."""
    k = x.shape[1]
    return float(k / (k - 1) * (1 - x.var(axis=0, ddof=1).sum() / x.sum(axis=1).var(ddof=1)))


@cache
def gap_reliability() -> NumberTask:
    """06.3: reliability of the gap of the dimension Reliability, had the two correlated more."""
    p, e = ratings("p", "Reliability"), ratings("e", "Reliability")
    known = ~np.isnan(np.hstack([p, e])).any(axis=1)
    p, e = p[known], e[known]
    sp, se = p.mean(axis=1).std(ddof=1), e.mean(axis=1).std(ddof=1)
    rpp, ree = alpha_of(p), alpha_of(e)

    def reliability(r: float, sp: float = sp, se: float = se) -> float:
        shared = 2 * r * sp * se
        return float((sp**2 * rpp + se**2 * ree - shared) / (sp**2 + se**2 - shared))

    found = float(np.corrcoef(p.mean(axis=1), e.mean(axis=1))[0, 1])
    return NumberTask(
        right=reliability(SUPPOSED), tolerance=0.005, said="ex_06_3",
        mistakes={
            "correlation_as_found": reliability(found),
            "correlation_left_out": reliability(0),
            "correlation_added": reliability(-SUPPOSED),
            "equal_spreads": reliability(SUPPOSED, 1, 1),
            "alpha_of_perception": rpp,
        },
    )  # fmt: skip


@cache
def moment_of_truth() -> NamesTask:
    """06.4: the touchpoint of the dimension that was planted as the driver."""
    truth = load_sample("hotel").codebook.truth
    right = next(
        name for name, dimension in truth["touchpoint_dimension"].items() if dimension == truth["overall"]["driver"]
    )
    means = {name: one["mean"] for name, one in truth["touchpoint"].items()}
    used = {name: one["used"] for name, one in truth["touchpoint"].items()}

    def only(name: str) -> tuple[frozenset[str], ...]:
        return (frozenset({name}),)

    return NamesTask(
        right=frozenset({right}), said="ex_06_4",
        mistakes={
            "lowest_touchpoint": only(min(means, key=lambda name: means[name])),
            "used_by_everybody": only(max(used, key=lambda name: used[name])),
            "fewest_used": only(min(used, key=lambda name: used[name])),
            "last_touchpoint": only(list(TOUCHPOINTS)[-1]),
        },
        known={word: name for name, zh in TOUCHPOINTS.items() for word in (name, zh, name.replace("_", " "))},
    )  # fmt: skip


EXERCISES = (empathy_gap, business_gap, gap_reliability, moment_of_truth)
OWN = OwnResultTask("ex_06_5", "dimensions")  # 06.5: gaps of the student's own service
