"""Exercises of lesson 08, four quadrants: lines, derived importance, certain quadrants, importance without effect."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import t as student

from csi.course.tasks import NamesTask, NumberTask, OwnResultTask
from csi.data.samples import load_sample

Array = NDArray[np.float64]
ATTRIBUTES = {
    "right first time": "一次修好",
    "complaints": "投诉处理",
    "prompt warranty": "保修及时",
    "any job": "什么活都能干",
    "available": "约得上",
    "courteous": "热情有礼",
    "ready when promised": "按时交车",
    "only necessary work": "不多做",
    "low prices": "价格低",
    "clean up": "修后清洁",
    "near home": "离家近",
    "near work": "离单位近",
    "courtesy bus": "接送班车",
    "notices": "保养提醒",
}  # with hundredths of importance and performance, as quoted from Martilla and James (1977)
IMPORTANCE = np.array([383, 363, 360, 356, 341, 341, 338, 337, 329, 327, 252, 243, 237, 205])
PERFORMANCE = np.array([263, 273, 315, 300, 305, 329, 303, 311, 200, 302, 225, 249, 235, 333])
IMAGE = ("image_trust", "image_stable", "image_society", "image_customers", "image_innovative")
SHOP, SEED_OF_SHOP = ("welcome", "speed", "stock", "signs"), 5  # as the lesson draws it


@cache
def targets() -> NamesTask:
    """08.1: what needs repair by the lines of the management."""
    names = np.array(list(ATTRIBUTES))

    def repair(important: float, good: float) -> frozenset[str]:
        return frozenset(names[(important <= IMPORTANCE) & (good > PERFORMANCE)].tolist())

    right = repair(340, 310)
    return NamesTask(
        right=right, said="ex_08_1",
        mistakes={
            "lines_swapped": (repair(310, 340),),
            "mean_lines": (repair(IMPORTANCE.mean(), PERFORMANCE.mean()),),
            "median_lines": (repair(float(np.median(IMPORTANCE)), float(np.median(PERFORMANCE))),),
            "strengths_not_repair": (frozenset(names[(IMPORTANCE >= 340) & (PERFORMANCE >= 310)].tolist()),),
            "performance_alone": (frozenset(names[PERFORMANCE < 310].tolist()),),
        },
        known={word: name for name, zh in ATTRIBUTES.items() for word in (name, zh)},
    )  # fmt: skip


def correlation(x: Array, y: Array, weight: Array) -> float:
    """Weighted correlation of those who have both."""
    kept = ~np.isnan(x) & ~np.isnan(y)
    x, y, weight = x[kept], y[kept], weight[kept] / weight[kept].sum()
    x, y = x - weight @ x, y - weight @ y
    return float(weight @ (x * y) / np.sqrt((weight @ x**2) * (weight @ y**2)))


@cache
def importance_for_recommending() -> NumberTask:
    """08.2: correlation of one item with another outcome than that of the lesson."""
    survey = load_sample("mobile")
    answers, weight = survey.answers, survey.answers["weight"].to_numpy()
    item, outcome = (answers[name].to_numpy(dtype=float) for name in ("quality_products", "loyal_recommend"))
    right, known = correlation(item, outcome, weight), ~np.isnan(item)
    columns = [name for name in survey.items if name.startswith("quality_")]
    frame = pd.DataFrame(survey.matrix(columns), columns=columns).assign(outcome=outcome, weight=weight).dropna()
    design = np.column_stack([np.ones(len(frame)), frame[columns]])
    root = np.sqrt(frame["weight"].to_numpy())
    slope = np.linalg.lstsq(design * root[:, None], frame["outcome"] * root, rcond=None)[0][1:]
    spread = [np.sqrt(np.cov(frame[name], aweights=frame["weight"])) for name in ("quality_products", "outcome")]
    own = slope[columns.index("quality_products")] * spread[0] / spread[1]
    return NumberTask(
        right=right, tolerance=2 / 1000, said="ex_08_2",
        mistakes={
            "outcome_of_the_lesson": correlation(item, answers["sat_overall"].to_numpy(dtype=float), weight),
            "importance_unweighted": correlation(item, outcome, np.ones(len(item))),
            "importance_by_regression": float(own),
            "importance_squared": right**2,
            "performance_not_importance": 100 * (float(np.average(item[known], weights=weight[known])) - 1) / 9,
        },
    )  # fmt: skip


def distances(columns: Array, outcome: Array, weight: Array) -> Array:
    """(2 K,) distances from the lines of the means: of importance, then of performance."""
    matters = np.array([correlation(column, outcome, weight) for column in columns])
    known = [~np.isnan(column) for column in columns]
    performs = np.array([weight[k] @ column[k] / weight[k].sum() for k, column in zip(known, columns, strict=True)])
    return np.concatenate([matters - matters.mean(), performs - performs.mean()])


@cache
def certain_quadrants() -> NamesTask:
    """08.3: items whose distances from both lines are sure, leaving out one interviewer at a time."""
    survey = load_sample("mobile")
    answers, weight = survey.answers, survey.answers["weight"].to_numpy()
    columns, outcome = survey.matrix(IMAGE).T, answers["sat_overall"].to_numpy(dtype=float)
    whole = distances(columns, outcome, weight)
    variance, df = np.zeros_like(whole), 0
    for region in answers["region"].unique():
        here = (answers["region"] == region).to_numpy()
        people = answers.loc[here, "interviewer"].unique()
        df += len(people) - 1
        for person in people:
            out = here & (answers["interviewer"] == person).to_numpy()
            left = weight * np.where(out, 0, np.where(here, len(people) / (len(people) - 1), 1))
            variance += (len(people) - 1) / len(people) * (distances(columns, outcome, left) - whole) ** 2
    apart = (np.abs(whole) / np.sqrt(variance)).reshape(2, -1).min(axis=0)
    both, loosely = (apart > student.ppf(1 - p / 2, df) for p in (0.05, 1 / 5))
    matters, good = whole.reshape(2, -1) >= 0
    names = np.array(IMAGE)

    def some(mask: NDArray[np.bool_]) -> frozenset[str]:
        return frozenset(names[mask].tolist())

    return NamesTask(
        right=some(both), said="ex_08_3",
        mistakes={
            "strengths_only": (some(matters & good),),
            "the_uncertain_ones": (some(~both),),
            "level_too_low": (some(loosely),),
            "every_item": (frozenset(IMAGE),),
        },
        known={name: name for name in IMAGE},
    )  # fmt: skip


@cache
def without_effect() -> NamesTask:
    """08.4: the item that the lot left without effect; the lot is the first draw."""
    main, idle, third, fourth = (
        str(name) for name in np.random.default_rng(SEED_OF_SHOP).permutation(["welcome", "speed", "stock", "signs"])
    )
    return NamesTask(
        right=frozenset({idle}), said="ex_08_4",
        mistakes={
            "strongest_item": (frozenset({main}),),
            "weakest_correlation": (frozenset({fourth}),),
            "middle_item": (frozenset({third}),),
        },
        known={name: name for name in SHOP},
    )  # fmt: skip


EXERCISES = (targets, importance_for_recommending, certain_quadrants, without_effect)
OWN = OwnResultTask("ex_08_5", "positions")  # 08.5: the student's own items
