"""The customers of a resin maker: what the samples pvc_customers, pvc_visits and pvc_complaints are drawn from.

Every firm has a level and nine true item scores around it. `expected()` states by integration what questionnaires,
visits, complaints and departures of such firms come to; `truth_of()` is the truth in the codebook.
"""

from __future__ import annotations

from math import pi, sqrt
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray
from samples_normal import below, cut_mean, nodes, plain

QUESTIONS = yaml.safe_load(Path(__file__).with_name("samples_pvc.yaml").read_text(encoding="utf-8"))
ITEMS: dict[str, dict[str, Any]] = QUESTIONS["items"]
NAMES = tuple(ITEMS)
STREAM = 1

# Firms of the population, of the sample; mean and sd of the firms' levels; shares of 1-4 informants; share visited.
CLASSES: dict[str, dict[str, Any]] = {
    "A": {"population": 24, "sample": 20, "mean": 78, "sd": 6, "informants": (0.1, 0.3, 0.4, 0.2), "visited": 0.95},
    "B": {"population": 72, "sample": 22, "mean": 74, "sd": 7, "informants": (0.35, 0.35, 0.2, 0.1), "visited": 0.85},
    "C": {"population": 160, "sample": 18, "mean": 68, "sd": 8, "informants": (0.6, 0.25, 0.1, 0.05), "visited": 0.70},
}
TONNES = {"A": 4000, "B": 900, "C": 200}
ROLES = ("decision_maker", "workshop", "inspector")
PANELS = {1: (0,), 2: (0, 1), 3: (0, 1, 2), 4: (0, 1, 2, 1)}  # roles of the informants of a firm with so many
DECIDES = 0.75  # of the single informants; the others are workshop users

ITEM_SD = 5.0  # of a firm's true item scores around its level
INFORMANT_SD = 5.0  # of an informant's general leaning
ANSWER_SD = 6.0  # of a single answer
ROUNDED = 0.7  # of the informants think in fives, the others in ones
UNHAPPY = 70.0  # firms whose level is below this ...
RETURNED = {"below": 0.70, "above": 0.85}  # ... return fewer questionnaires
PERFUNCTORY = {"below": 0.40, "above": 0.12}  # ... and more of these are perfunctory: nine times the same high score
FLATTERY = {90: 0.3, 95: 0.4, 100: 0.3}

HEARD_SD = 6.0  # of what a visitor hears around the true item score; no bias
BANDS = (40.0, 60.0, 70.0, 90.0)  # lower ends of the levels 2-5
POINTS = (30.0, 50.0, 65.0, 80.0, 95.0)  # what the levels 1-5 count in the published method
MENTIONED = (0.95, 0.85, 0.70, 0.40, 0.50)  # chance that an item of level 1-5 comes up at all
NOT_MENTIONED, AS_SATISFIED = 9, 80.0

LEAVES_AT, LEAVES_SD = 62.0, 6.0  # a firm leaves where its true satisfaction plus a normal error falls below this
COMPLAINTS = {"below": 1.3, "above": 0.7, "high": 0.3}  # a year, by the firm's level: below UNHAPPY, up to 80, from 80
HIGH = 80.0
KINDS = {"impurity": 0.25, "damaged_bags": 0.25, "late_delivery": 0.2, "invoice": 0.15, "slow_answer": 0.15}
OUTCOMES = {
    "unhandled": (0.08, -5),
    "handled_dissatisfied": (0.10, -5),
    "rather_dissatisfied": (0.15, -3),
    "basically_satisfied": (0.25, -1),
    "satisfied": (0.30, 0),
    "very_satisfied": (0.12, 2),
}
WORKED = {
    "firm": "F001",
    "customer_class": "B",
    "answers": (90, 80, 85, 95, 70, 60, 75, 65, 80),
    "levels": (4, 3, NOT_MENTIONED, 5, NOT_MENTIONED, 2, NOT_MENTIONED, 3, 5),
    "complaints": (("2026-03-12", "late_delivery", "rather_dissatisfied"), ("2026-05-20", "invoice", "very_satisfied")),
}


# The population -------------------------------------------------------------------------------------------------


def item_weights() -> NDArray[np.float64]:
    """Weights within the groups, which keep 50 / 20 / 30: they add up to 1."""
    groups = dict.fromkeys(QUESTIONS["groups"], 0.0)
    for item in ITEMS.values():
        groups[item["construct"]] += item["weight"]
    share = [QUESTIONS["groups"][item["construct"]] / 100 / groups[item["construct"]] for item in ITEMS.values()]
    return np.array([item["weight"] for item in ITEMS.values()]) * np.array(share)


def offsets() -> NDArray[np.float64]:
    """Of the true item scores from the firm's level; their weighted sum is 0."""
    raw = np.array([item["offset"] for item in ITEMS.values()], dtype=float)
    return raw - (item_weights() * raw).sum()


def role_offsets() -> NDArray[np.float64]:
    """(roles, items): how much higher an informant of that role rates an item."""
    return np.array([[item.get("by_role", {}).get(role, 0) for item in ITEMS.values()] for role in ROLES], dtype=float)


def by_level(rates: dict[str, float], level: NDArray[np.float64]) -> NDArray[np.float64]:
    """A rate of each firm, by its level."""
    return np.where(
        level < UNHAPPY, rates["below"], np.where(level < HIGH, rates["above"], rates.get("high", rates["above"]))
    )


def true_sd(name: str) -> float:
    """Standard deviation of true satisfaction within a class."""
    return sqrt(CLASSES[name]["sd"] ** 2 + ITEM_SD**2 * float((item_weights() ** 2).sum()))


def role_shares(name: str) -> NDArray[np.float64]:
    """(roles,) expected number of informants of a firm of the class."""
    found = np.zeros(len(ROLES))
    for number, share in enumerate(CLASSES[name]["informants"], 1):
        for role in PANELS[number]:
            found[role] += share
        if number == 1:
            found[:2] += share * np.array([DECIDES - 1, 1 - DECIDES])
    return found


def questionnaire(name: str) -> dict[str, float]:
    """What a class's questionnaires say on average, each informant counting alike, by integration over the level."""
    points, weights = nodes(step=0.0005)  # rates jump at UNHAPPY
    coarse, _ = nodes(step=0.05)
    level, some = (CLASSES[name]["mean"] + CLASSES[name]["sd"] * place for place in (points, coarse))
    roles = role_shares(name)
    spread = sqrt(ITEM_SD**2 + INFORMANT_SD**2 + ANSWER_SD**2)
    rated = np.zeros(len(some))
    for share, role in zip(roles / roles.sum(), role_offsets(), strict=True):
        for weight, offset in zip(item_weights(), offsets() + role, strict=True):
            fives, ones = (cut_mean(some + offset, spread, range(0, 101, step)) for step in (5, 1))
            rated += share * weight * (ROUNDED * fives + (1 - ROUNDED) * ones)
    honest = np.interp(level, some, rated)
    back, flat = by_level(RETURNED, level), by_level(PERFUNCTORY, level)
    total = (weights * back).sum()
    flattery = sum(score * share for score, share in FLATTERY.items())
    return {
        "returned": total,
        "perfunctory": (weights * back * flat).sum() / total,
        "index": (weights * back * (flat * flattery + (1 - flat) * honest)).sum() / total,
        "index_of_the_others": (weights * back * (1 - flat) * honest).sum() / (weights * back * (1 - flat)).sum(),
    }


def visit(name: str) -> dict[str, float]:
    """What visits to firms of a class say on average: exact."""
    spread = sqrt(CLASSES[name]["sd"] ** 2 + ITEM_SD**2 + HEARD_SD**2)
    edges = below((np.array(BANDS) - (CLASSES[name]["mean"] + offsets())[:, None]) / spread)
    chance = np.diff(edges, axis=1, prepend=0.0, append=1.0)  # (items, levels)
    mentioned = chance * np.array(MENTIONED)
    scores = (mentioned * np.array(POINTS)).sum(axis=1) + AS_SATISFIED * (1 - mentioned.sum(axis=1))
    return {
        "index": (item_weights() * scores).sum(),
        "index_if_all_were_mentioned": (item_weights() * (chance * np.array(POINTS)).sum(axis=1)).sum(),
        "mentioned": mentioned.sum(axis=1).mean(),
        "correlation_with_satisfaction": visit_correlation(name),
        "left": float(below((LEAVES_AT - CLASSES[name]["mean"]) / sqrt(true_sd(name) ** 2 + LEAVES_SD**2))),
    }


def visit_correlation(name: str) -> float:
    """Of a visited firm's visit index with its true satisfaction, within a class: exact.

    The covariance of a normal score with a function of it is its variance times the mean slope (Stein); items are
    independent given the firm's level.
    """
    counted = np.array(MENTIONED) * np.array(POINTS) + AS_SATISFIED * (1 - np.array(MENTIONED))
    squares = np.array(MENTIONED) * np.array(POINTS) ** 2 + AS_SATISFIED**2 * (1 - np.array(MENTIONED))
    points, weights = nodes()
    mean, sd = CLASSES[name]["mean"], CLASSES[name]["sd"]
    given = sqrt(ITEM_SD**2 + HEARD_SD**2)
    distance = (np.array(BANDS) - (mean + sd * points + offsets()[:, None])[..., None]) / given
    chance = np.diff(below(distance), prepend=0.0, append=1.0)  # (items, nodes, levels)
    index = (item_weights()[:, None] * (chance @ counted)).sum(axis=0)
    noise = (item_weights()[:, None] ** 2 * (chance @ squares - (chance @ counted) ** 2)).sum(axis=0)
    variance = (weights * (noise + index**2)).sum() - (weights * index).sum() ** 2
    whole = sqrt(sd**2 + given**2)
    edges = (np.array(BANDS) - (mean + offsets())[:, None]) / whole
    slope = (np.exp(-(edges**2) / 2) / sqrt(2 * pi) / whole * np.diff(counted)).sum(axis=1)
    covariance = sd**2 * (item_weights() * slope).sum() + ITEM_SD**2 * (item_weights() ** 2 * slope).sum()
    return covariance / sqrt(variance) / true_sd(name)


def complaint(name: str) -> dict[str, float]:
    """Complaints of a firm of a class in a year, and what they add to its score: exact."""
    low, high = (float(below((edge - CLASSES[name]["mean"]) / CLASSES[name]["sd"])) for edge in (UNHAPPY, HIGH))
    rate = low * COMPLAINTS["below"] + (high - low) * COMPLAINTS["above"] + (1 - high) * COMPLAINTS["high"]
    return {"complaints": rate, "adjustment": rate * sum(share * points for share, points in OUTCOMES.values())}


def expected() -> dict[str, dict[str, float]]:
    """By class, the means of an endless population of such firms."""
    return {
        name: {"satisfaction": float(row["mean"]), "sd": true_sd(name)}
        | {f"questionnaire_{key}": value for key, value in questionnaire(name).items()}
        | {("left" if key == "left" else f"visit_{key}"): value for key, value in visit(name).items()}
        | complaint(name)
        for name, row in CLASSES.items()
    }


def truth_of(firms: dict[str, NDArray[Any]], sampled: dict[str, float], perfunctory: list[str]) -> dict[str, Any]:
    """Everything the simulator knows that the three tables do not say."""
    names, satisfaction = firms["customer_class"], firms["satisfaction"]
    remarks = QUESTIONS["perfunctory_remarks"] | {item["remark"]["zh"]: item["remark"]["en"] for item in ITEMS.values()}
    return plain(
        {
            "remarks": remarks,
            "printed_weights": {name: item["weight"] for name, item in ITEMS.items()},
            "printed_group_weights": QUESTIONS["groups"],
            "satisfaction": {
                "how": "weights within the groups of the true item scores; all customers of the company, those outside "
                "the sample too; item scores are not cut at 100",
                "customers": len(names),
                "all": satisfaction.mean(),
                "customer_class": {name: satisfaction[names == name].mean() for name in CLASSES},
                "sd": {name: satisfaction[names == name].std(ddof=1) for name in CLASSES},
                "firm": sampled,
            },
            "expected": {
                "how": "means of an endless population of such firms, by integration; the worked customer apart",
                "customer_class": expected(),
            },
            "informants": {
                "leaning_sd": INFORMANT_SD,
                "answer_sd": ANSWER_SD,
                "round_to_five": ROUNDED,
                "role_offsets": {name: item["by_role"] for name, item in ITEMS.items() if "by_role" in item},
            },
            "perfunctory": {
                "unhappy_below": UNHAPPY,
                "share": PERFUNCTORY,
                "scores": FLATTERY,
                "mean": float(sum(score * share for score, share in FLATTERY.items())),
                "rows": perfunctory,
            },
            "returned": RETURNED,
            "visits": {
                "bias": 0,
                "noise_sd": HEARD_SD,
                "item_sd": ITEM_SD,
                "offsets": dict(zip(NAMES, offsets(), strict=True)),
                "mentioned_by_level": dict(enumerate(MENTIONED, 1)),
                "visited": {name: row["visited"] for name, row in CLASSES.items()},
            },
            "left": {"true_satisfaction_below": LEAVES_AT, "noise_sd": LEAVES_SD},
            "complaints": {"a_year": COMPLAINTS, "high_from": HIGH, "outcomes": OUTCOMES},
            "worked": {key: WORKED[key] for key in ("firm", "customer_class", "answers", "levels")}
            | {
                "within_group": {"questionnaire": 80.0692, "visit": 76.8154, "preliminary": 78.1169, "final": 77.1169},
                "global": {"questionnaire": 79.717, "visit": 76.6038, "preliminary": 77.8491, "final": 76.8491},
            },
        }
    )
