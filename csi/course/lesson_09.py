"""Exercises of lesson 09, driver regression: coefficients, collinearity, groups, a driver best in the middle."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from csi.course.tasks import DifferenceTask, NamesTask, NumberTask, OwnResultTask
from csi.data.samples import load_sample

Array = NDArray[np.float64]
ITEM = "quality_needs"
GROUPS, GROUP_ITEM = ("Coral", "Amber"), "quality_products"
RESTAURANT, SEED_OF_RESTAURANT = ["light", "music", "portion", "spice"], 4  # as the lesson draws it


def regress(columns: Array, outcome: Array, weight: Array) -> Array:
    """(1 + k,) weighted least squares with an intercept, of rows that are complete."""
    root = np.sqrt(weight)
    design = np.column_stack([np.ones(len(columns)), columns])
    return np.linalg.lstsq(design * root[:, None], outcome * root, rcond=None)[0]


def spread(column: Array, weight: Array) -> float:
    """Weighted standard deviation."""
    return float(np.sqrt(np.cov(column, aweights=weight)))


def quality(outcome: str) -> tuple[list[str], Array, Array, Array]:
    """Names of the items on quality, their ratings (n, 7), an outcome and weights, of those who answered all."""
    survey = load_sample("mobile")
    items = [name for name in survey.items if name.startswith("quality_")]
    columns, target = survey.matrix(items), survey.answers[outcome].to_numpy(dtype=float)
    kept = ~np.isnan(columns).any(axis=1) & ~np.isnan(target)
    return items, columns[kept], target[kept], survey.answers["weight"].to_numpy(dtype=float)[kept]


@cache
def coefficient() -> NumberTask:
    """09.1: a raw coefficient for another outcome than that of the lesson."""
    items, columns, outcome, weight = quality("loyal_repurchase")
    _, *other = quality("sat_overall")
    k = items.index(ITEM)
    own = columns[:, k]
    right = float(regress(columns, outcome, weight)[1 + k])
    alone = float(regress(own[:, None], outcome, weight)[1])
    return NumberTask(
        right=right, tolerance=2 / 1000, said="ex_09_1",
        mistakes={
            "coefficient_other_outcome": float(regress(*other)[1 + k]),
            "coefficient_unweighted": float(regress(columns, outcome, np.ones(len(outcome)))[1 + k]),
            "coefficient_standardised": right * spread(own, weight) / spread(outcome, weight),
            "coefficient_alone": alone,
            "correlation_for_coefficient": alone * spread(own, weight) / spread(outcome, weight),
        },
    )  # fmt: skip


def explained(columns: Array, outcome: Array, weight: Array) -> float:
    """Share of variance that a regression explains."""
    b = regress(columns, outcome, weight)
    return 1 - (spread(outcome - columns @ b[1:], weight) / spread(outcome, weight)) ** 2


@cache
def inflation() -> NumberTask:
    """09.2: how alike one item on image is to the others."""
    survey = load_sample("mobile")
    items = [name for name in survey.items if name.startswith("image_")]
    columns, target = survey.matrix(items), survey.answers["sat_overall"].to_numpy(dtype=float)
    kept = ~np.isnan(columns).any(axis=1) & ~np.isnan(target)
    columns, target, weight = columns[kept], target[kept], survey.answers["weight"].to_numpy(dtype=float)[kept]
    r2 = explained(columns[:, 1:], columns[:, 0], weight)
    right = 1 / (1 - r2)
    return NumberTask(
        right=right, tolerance=0.02, said="ex_09_2",
        mistakes={
            "vif_tolerance": 1 - r2,
            "vif_share": r2,
            "vif_root": float(np.sqrt(right)),
            "vif_of_outcome": 1 / (1 - explained(columns, target, weight)),
        },
    )  # fmt: skip


def coefficients_by_group(weight: Array) -> Array:
    """(2,) coefficients of the range of products at the two operators."""
    items, columns, outcome, _ = quality("sat_overall")
    place = items.index(GROUP_ITEM)
    found = []
    for name in GROUPS:
        inside = (people()["operator"] == name) & (weight > 0)
        found.append(regress(columns[inside], outcome[inside], weight[inside])[1 + place])
    return np.array(found)


def slopes_alone() -> Array:
    """(2,) slopes of the range of products at the two operators, no other item held."""
    answers = load_sample("mobile").answers
    found = []
    for name in GROUPS:
        rows = answers.loc[answers["operator"] == name, [GROUP_ITEM, "sat_overall", "weight"]].dropna()
        own, outcome, weight = rows.to_numpy(dtype=float).T
        found.append(regress(own[:, None], outcome, weight)[1])
    return np.array(found)


@cache
def people() -> dict[str, NDArray[np.str_]]:
    """Operator, region and interviewer of those who answered all."""
    survey = load_sample("mobile")
    items = [name for name in survey.items if name.startswith("quality_")]
    kept = ~np.isnan(survey.matrix(items)).any(axis=1) & survey.answers["sat_overall"].notna().to_numpy()
    return {name: survey.answers[name].astype(str).to_numpy()[kept] for name in ("operator", "region", "interviewer")}


@cache
def difference_of_coefficients() -> DifferenceTask:
    """09.3: two operators compared; errors by leaving out one interviewer at a time."""
    weight, who = quality("sat_overall")[3], people()
    whole = coefficients_by_group(weight)
    right = float(whole[0] - whole[1])
    variance = np.zeros(3)
    for region in np.unique(who["region"]):
        here = who["region"] == region
        units = np.unique(who["interviewer"][here])
        m = len(units)
        for unit in units:
            out = here & (who["interviewer"] == unit)
            two = coefficients_by_group(weight * np.where(out, 0, np.where(here, m / (m - 1), 1)))
            moved = np.array([*(two - whole), (two[0] - two[1]) - right])
            variance += (m - 1) / m * moved**2
    plain, alone = coefficients_by_group(np.ones(len(weight))), slopes_alone()
    number = NumberTask(
        right=right, tolerance=0.005, said="ex_09_3",
        mistakes={
            "sign": -right,
            "unweighted": float(plain[0] - plain[1]),
            "difference_of_slopes_alone": float(alone[0] - alone[1]),
            "coefficient_of_coral": float(whole[0]),
            "coefficient_of_amber": float(whole[1]),
        },
    )  # fmt: skip
    return DifferenceTask(number, float(np.sqrt(variance[2])), float(np.sqrt(variance[0] + variance[1])))


@cache
def best_in_the_middle() -> NamesTask:
    """09.4: the item that the lot made best in the middle; the lot is the first draw."""
    bent, idle, third, fourth = (
        str(name) for name in np.random.default_rng(SEED_OF_RESTAURANT).permutation(RESTAURANT)
    )
    return NamesTask(
        right=frozenset({bent}), said="ex_09_4",
        mistakes={
            "straight_and_idle": (frozenset({idle}),),
            "straight_and_strong": (frozenset({third}),),
            "straight_and_weak": (frozenset({fourth}),),
        },
        known={name: name for name in RESTAURANT},
    )  # fmt: skip


EXERCISES = (coefficient, inflation, difference_of_coefficients, best_in_the_middle)
OWN = OwnResultTask("ex_09_5", "coefficients")  # 09.5: the student's own items
