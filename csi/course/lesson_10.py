"""Exercises of lesson 10: sharing out credit, importance without effect, penalty and reward, theories in contest."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import t as student

from csi.course.tasks import NamesTask, NumberTask, OwnResultTask
from csi.data.samples import load_sample

Array = NDArray[np.float64]
DRIVERS = ("product", "assortment", "delivery", "courtesy", "price", "app", "extras", "tracking")
THEORIES = ("performance", "expectation_difference", "value_percept_disparity", "needs_congruence", "equity")
SEED_OF_BUYERS = 6  # as the lesson draws them


def answered(columns: tuple[str, ...], **where: str) -> pd.DataFrame:
    """Ratings of those who answered these questions, in a segment or a wave."""
    frame = load_sample("drivers").answers
    for name, value in where.items():
        frame = frame[frame[name].astype(str) == value]
    return frame[list(columns)].dropna().astype(float)


def squares(x: Array, y: Array) -> tuple[Array, Array, float]:
    """Slopes of least squares, their robust errors, and R2."""
    z = np.column_stack([np.ones(len(y)), x])
    bread = np.linalg.inv(z.T @ z)
    slope = bread @ z.T @ y
    left = y - z @ slope
    error = np.sqrt(np.diag(bread @ (z * left[:, None] ** 2).T @ z @ bread))
    return slope[1:], error[1:], float(1 - left.var() / y.var())


@cache
def shared_out() -> NumberTask:
    """10.1: the credit of one of two drivers, from three correlations."""
    frame = answered(("delivery", "courtesy", "overall"))
    r = np.corrcoef(frame.to_numpy().T)
    first, rival, between = r[1, 2] ** 2, r[0, 2] ** 2, r[0, 1]
    beta = (r[1, 2] - between * r[0, 2]) / (1 - between**2)
    both = rival + beta**2 * (1 - between**2)
    right = (first + both - rival) / 2
    return NumberTask(
        right=right, tolerance=1 / 1000, said="ex_10_1",
        mistakes={
            "enters_first": first,
            "enters_last": both - rival,
            "beta_squared_for_lmg": beta**2,
            "lmg_of_the_other": (rival + both - first) / 2,
            "lmg_as_share": right / both,
            "both_together": both,
        },
    )  # fmt: skip


def unconfirmed(level: float = 0.05, **where: str) -> frozenset[str]:
    """Drivers whose robust t test finds nothing, all in one regression."""
    frame = answered((*DRIVERS, "overall"), **where)
    slope, error, _ = squares(frame[list(DRIVERS)].to_numpy(), frame["overall"].to_numpy())
    p = 2 * student.sf(np.abs(slope / error), len(frame) - len(DRIVERS) - 1)
    return frozenset(np.array(DRIVERS)[p > level].tolist())


@cache
def without_support() -> NamesTask:
    """10.2: drivers without an effect of their own among regular customers."""
    right = unconfirmed(segment="regular")
    return NamesTask(
        right=right, said="ex_10_2",
        mistakes={
            "customers_of_both_kinds": (unconfirmed(),),
            "the_confirmed_ones": (frozenset(DRIVERS) - right,),
            "least_important_alone": (frozenset({"price"}),),
            "one_percent_level": (unconfirmed(1 / 100, segment="regular"),),
        },
        known={name: name for name in DRIVERS},
    )  # fmt: skip


def contrast(name: str, **where: str) -> tuple[float, float]:
    """Penalty and reward of a driver, next to all others."""
    frame = answered((*DRIVERS, "overall"), **where)
    x = frame[list(DRIVERS)].to_numpy()
    slope, _, _ = squares(np.column_stack([x <= 4, x >= 8]).astype(float), frame["overall"].to_numpy())
    position = DRIVERS.index(name)
    return float(slope[position]), float(slope[len(DRIVERS) + position])


def asymmetry(penalty: float, reward: float) -> float:
    """From -1 to 1; an effect of the wrong sign counts as 0."""
    up, down = max(reward, 0), max(-penalty, 0)
    return (up - down) / (up + down)


@cache
def punctuality() -> NumberTask:
    """10.3: impact asymmetry of punctual delivery in the second wave."""
    penalty, reward = contrast("delivery", wave="2")
    right = asymmetry(penalty, reward)
    return NumberTask(
        right=right, tolerance=0.02, said="ex_10_3",
        mistakes={
            "both_waves": asymmetry(*contrast("delivery")),
            "wave_before": asymmetry(*contrast("delivery", wave="1")),
            "asymmetry_turned": -right,
            "reward_potential": (1 + right) / 2,
            "penalty_itself": penalty,
            "reward_itself": reward,
        },
    )  # fmt: skip


@cache
def theory() -> NamesTask:
    """10.4: the theory that the lot chose; the lot is the first draw."""
    right = str(np.random.default_rng(SEED_OF_BUYERS).choice(THEORIES))
    others = [name for name in THEORIES if name not in (right, "performance", "expectation_difference")]
    surfaces = ("surface_of_desired", "surface_of_expectation")
    return NamesTask(
        right=frozenset({right}), said="ex_10_4",
        mistakes={
            "largest_r2": tuple(frozenset({name}) for name in surfaces),
            "other_standard": (frozenset({"expectation_difference"}),),
            "performance_alone_chosen": (frozenset({"performance"}),),
            "not_about_performance": tuple(frozenset({name}) for name in others),
        },
        known={name: name for name in (*THEORIES, *surfaces)},
    )  # fmt: skip


EXERCISES = (shared_out, without_support, punctuality, theory)
OWN = OwnResultTask("ex_10_5", "importance")  # 10.5: the student's own items
