"""Exercises of lesson 04, weighted indices: the method of the chemical company a second time, in pandas."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import numpy as np
import pandas as pd

from csi.course.tasks import NamesTask, NumberTask, OwnResultTask
from csi.data.samples import load_sample

FIRM = "F002"
RANDOM_INDEX = {3: 58 / 100, 4: 9 / 10}  # of AHP, by the number of criteria


def blend(
    *, weights: Mapping[str, float] | None = None, silent: float | None = None, share: float = 4 / 10
) -> pd.DataFrame:
    """Questionnaire, visit, preliminary, adjustment and final of each firm, with its survey weight.

    Parameters
    ----------
    weights : item to its weight; within the groups of the printed table when None
    silent : points of items that did not come up; those of "satisfied" when None
    share : of the questionnaire
    """
    asked, visits = load_sample("pvc_customers"), load_sample("pvc_visits")
    weight = pd.Series(within() if weights is None else weights)
    points = visits.codebook.truth["points"]
    heard = visits.answers.set_index("firm")
    seen = heard[weight.index].apply(lambda column: column.map(points))
    seen = seen.fillna(visits.codebook.truth["not_mentioned_counts"] if silent is None else silent)
    table = pd.DataFrame(index=heard.index)
    table["questionnaire"] = asked.answers.assign(x=asked.answers[weight.index] @ weight).groupby("firm")["x"].mean()
    table["visit"] = (seen @ weight).where(heard["visit_date"].notna())
    both = share * table["questionnaire"] + (1 - share) * table["visit"]
    table["preliminary"] = both.fillna(table["visit"]).fillna(table["questionnaire"])
    table["adjustment"] = _adjustments().reindex(table.index).fillna(0)
    table["final"] = table["preliminary"] + table["adjustment"]
    return table.assign(weight=heard["weight"])


def within() -> dict[str, float]:
    """Item to weight, groups as printed, the items of a group scaled to it."""
    return {item: value * group / total / 100 for item, value, group, total in _printed()}


def _printed() -> list[tuple[str, float, float, float]]:
    """Item, its printed weight, that of its group, and the sum of the group's items."""
    book = load_sample("pvc_customers").codebook
    printed, groups = book.truth["printed_weights"], book.truth["printed_group_weights"]
    place = {item: book.items[item].construct for item in printed}
    total = {name: sum(value for item, value in printed.items() if place[item] == name) for name in groups}
    return [(item, value, groups[place[item]], total[place[item]]) for item, value in printed.items()]


def _adjustments() -> pd.Series:
    """Points of all complaints of a firm."""
    log = load_sample("pvc_complaints")
    return log.answers["outcome"].map(log.codebook.truth["adjustments"]).groupby(log.answers["firm"]).sum()


def _overall(table: pd.DataFrame, column: str = "final") -> float:
    """Weighted mean over the firms that have the score."""
    known = table[column].notna()
    return float(np.average(table.loc[known, column], weights=table.loc[known, "weight"]))


@cache
def one_customer() -> NumberTask:
    """04.1: the final score of one firm."""
    printed = {item: value for item, value, _, _ in _printed()}
    row = blend().loc[FIRM]

    def scaled(total: float) -> float:
        return float(blend(weights={item: value / total for item, value in printed.items()}).loc[FIRM, "final"])

    return NumberTask(
        right=float(row["final"]), tolerance=0.02, said="ex_04_1",
        mistakes={
            "no_complaint_points": float(row["preliminary"]),
            "questionnaire_alone": float(row["questionnaire"]),
            "visit_alone": float(row["visit"]),
            "shares_swapped": float(blend(share=6 / 10).loc[FIRM, "final"]),
            "printed_by_hundred": scaled(100),
            "divided_by_total": scaled(sum(printed.values())),
            "points_added": float(row["preliminary"] - row["adjustment"]),
        },
        values={"complaints": int((load_sample("pvc_complaints").answers["firm"] == FIRM).sum())},
    )  # fmt: skip


@cache
def one_assumption() -> NumberTask:
    """04.2: the final score with 90 for what did not come up, minus that with 70."""
    high, chosen, low = (blend(silent=value) for value in (90, 80, 70))
    right = _overall(high) - _overall(low)
    return NumberTask(
        right=right, tolerance=0.05, said="ex_04_2",
        mistakes={
            "other_order": -right,
            "half_of_the_band": _overall(high) - _overall(chosen),
            "customers_alike": float((high["final"] - low["final"]).mean()),
            "visits_not_final": _overall(high, "visit") - _overall(low, "visit"),
            "width_of_band": 90 - 70,
            "level_not_difference": _overall(high),
        },
    )  # fmt: skip


@cache
def gained() -> NamesTask:
    """04.3: firms whose complaints add up to more than 0 points."""
    log = load_sample("pvc_complaints").answers
    total = _adjustments()
    right = frozenset(total.index[total > 0])
    delighted = frozenset(log.loc[log["outcome"] == "very_satisfied", "firm"])
    most = log["firm"].value_counts()
    firms = list(load_sample("pvc_visits").answers["firm"])
    return NamesTask(
        right=right, said="ex_04_3",
        mistakes={
            "delighted_once": (delighted,),
            "lost_nothing": (frozenset(total.index[total == 0]), frozenset(total.index[total >= 0])),
            "complained_most": (frozenset(most.index[:1]), frozenset(most.index[most == most.max()])),
            "some_who_gained": tuple(frozenset({name}) for name in right) + tuple(right - {name} for name in right),
        },
        known={name: name for name in firms},
    )  # fmt: skip


@cache
def consistency() -> NumberTask:
    """04.4: the consistency ratio of a matrix, from its largest eigenvalue."""
    matrix = np.array([[1, 4, 2], [1 / 4, 1, 3], [1 / 2, 1 / 3, 1]])
    values, vectors = np.linalg.eig(matrix)
    first = int(np.argmax(values.real))
    largest, size = float(values.real[first]), len(matrix)
    index = (largest - size) / (size - 1)
    weights = np.abs(vectors[:, first].real)
    ratio = index / RANDOM_INDEX[size]
    return NumberTask(
        right=ratio, tolerance=0.005, said="ex_04_4",
        mistakes={
            "consistency_index": index,
            "largest_eigenvalue": largest,
            "four_criteria": index / RANDOM_INDEX[4],
            "not_divided": (largest - size) / RANDOM_INDEX[size],
            "weight_of_product": float(weights[0] / weights.sum()),
            "ratio_in_percent": 100 * ratio,
        },
    )  # fmt: skip


EXERCISES = (one_customer, one_assumption, gained, consistency)
OWN = OwnResultTask("ex_04_5", "index")  # 04.5: the student's own tree and data
