"""The simulator behind hotel: what 600 guests expect of a good hotel, what they found, and what they make of it.

Five latent expectations and five latent perceptions, each with a general part; ratings are latent score plus error,
rounded and cut to the scale. `tables()` makes the file, `truth_of()` states by integration what it was drawn from.
"""

from __future__ import annotations

from math import sqrt
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray
from samples_normal import SEED, cut, cut_mean, generator, items_of, nodes, pick, plain, text

QUESTIONS = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))
ASKED: dict[str, dict[str, Any]] = QUESTIONS["questions"]
DIMENSIONS: dict[str, dict[str, Any]] = QUESTIONS["dimensions"]
STREAM = 3
GUESTS = 600

TYPES = {"business": 0.45, "leisure": 0.40, "group": 0.15}
SHIFT = {"business": (0.15, -0.15), "leisure": (0.0, 0.10), "group": (-0.25, 0.10)}  # of expectations, of perceptions
GENERAL_E, GENERAL_P = 0.60, 0.55  # loading of each dimension on what they share
CARRIED = 0.25  # of an expectation into the perception: their correlation within a type of guest
LOADING = {"e": 0.70, "p": 0.80}
SPREAD = {"e": 0.9, "p": 1.2}
VALUES7, VALUES10 = range(1, 8), range(1, 11)

DRIVES = {"Tangibles": 0.05, "Reliability": 0.20, "Responsiveness": 0.40, "Assurance": 0.10, "Empathy": 0.15}
OVERALL = (7.4, 1.7)  # mean and standard deviation before rounding
PROFILES = {  # mean share of the importance points; 20 chips of 5 points
    "business": (0.10, 0.36, 0.26, 0.15, 0.13),
    "leisure": (0.20, 0.26, 0.16, 0.18, 0.20),
    "group": (0.18, 0.30, 0.16, 0.24, 0.12),
}
CHIPS = 20
TOUCHPOINTS: dict[str, dict[str, Any]] = {  # used: by type of guest
    "arrival": {"dimension": "Responsiveness", "mean": 8.1, "used": (0.95, 1.0, 0.9)},
    "room": {"dimension": "Tangibles", "mean": 7.8, "used": (1.0, 1.0, 1.0)},
    "breakfast": {"dimension": "Reliability", "mean": 6.7, "used": (0.65, 0.85, 0.95)},
    "front_desk": {"dimension": "Assurance", "mean": 8.0, "used": (0.60, 0.70, 0.40)},
    "checkout": {"dimension": "Reliability", "mean": 7.3, "used": (0.70, 0.85, 0.50)},
}
TOUCH_LOADING, TOUCH_SD = 0.60, 1.6
MISSING = {"p": 0.012, "e": 0.008, "expectations": 0.015, "points": 0.02}  # items; whole blocks of a guest
NOT_ASKED, DONT_KNOW = 95, 98


# The population -------------------------------------------------------------------------------------------------


def members(dimension: str) -> list[str]:
    """Numbers of the dimension's questions."""
    return [number for number, row in ASKED.items() if row["dimension"] == dimension]


def means(side: str, numbers: list[str], latent: NDArray[np.float64], sd: float, squared: bool = False) -> NDArray[Any]:
    """(items, ...) mean of the ratings, or of their squares, where the liability is normal around these means."""
    scores = np.array(VALUES7) ** 2 if squared else np.array(VALUES7)
    found = []
    for number in numbers:
        centre = ASKED[number][f"mean_{side}"] + SPREAD[side] * LOADING[side] * latent
        found.append(cut_mean(centre, SPREAD[side] * sd, VALUES7, scores))
    return np.array(found)


def moments(dimension: str) -> dict[str, NDArray[np.float64]]:
    """Means and covariances of the dimension's items in the favourable direction: expectations first, then perceptions.

    Items are independent given the latent score; perceptions given the expectation are normal again.
    """
    numbers = members(dimension)
    half = len(numbers)
    points, weights = nodes(width=6.0, step=0.1)
    total, mean = np.zeros((2 * half, 2 * half)), np.zeros(2 * half)
    error = {side: sqrt(1 - LOADING[side] ** 2) for side in "ep"}
    for kind, share in TYPES.items():
        shift = dict(zip("ep", SHIFT[kind], strict=True))
        given = {side: means(side, numbers, points + shift[side], error[side]) for side in "ep"}
        spread = sqrt(1 - LOADING["p"] ** 2 * CARRIED**2)
        carried = means("p", numbers, CARRIED * points + shift["p"], spread)
        at = {"e": slice(0, half), "p": slice(half, None)}
        for side in "ep":
            block = np.einsum("in,jn,n->ij", given[side], given[side], weights)
            square = means(side, numbers, points + shift[side], error[side], squared=True)
            np.fill_diagonal(block, (square * weights).sum(axis=1))
            total[at[side], at[side]] += share * block
            mean[at[side]] += share * (given[side] * weights).sum(axis=1)
        cross = np.einsum("in,jn,n->ij", given["e"], carried, weights)
        total[at["e"], at["p"]] += share * cross
        total[at["p"], at["e"]] += share * cross.T
    return {"mean": mean, "cov": total - np.outer(mean, mean)}


def alpha(cov: NDArray[np.float64]) -> float:
    """Cronbach's alpha of items with this covariance matrix."""
    k = len(cov)
    return k / (k - 1) * (1 - np.trace(cov) / cov.sum())


def dimension_truth(dimension: str) -> dict[str, float]:
    """Population means, gap and reliabilities of the dimension's scores (means of its items, reversed ones turned)."""
    found = moments(dimension)
    mean, cov = found["mean"], found["cov"]
    k = len(mean) // 2
    ee, pp, ep = cov[:k, :k], cov[k:, k:], cov[:k, k:]
    gap = pp + ee - ep - ep.T
    return {
        "expectation": mean[:k].mean(),
        "perception": mean[k:].mean(),
        "gap": mean[k:].mean() - mean[:k].mean(),
        "sd_expectation": sqrt(ee.mean()),
        "sd_perception": sqrt(pp.mean()),
        "sd_gap": sqrt(gap.mean()),
        "correlation": ep.mean() / sqrt(ee.mean() * pp.mean()),
        "alpha_expectation": alpha(ee),
        "alpha_perception": alpha(pp),
        "reliability_of_gap": (pp.mean() * alpha(pp) + ee.mean() * alpha(ee) - 2 * ep.mean()) / gap.mean(),
        "alpha_gap": alpha(gap),
    }


def latent_correlation() -> float:
    """Of two latent perceptions, within a type of guest."""
    return CARRIED**2 * GENERAL_E**2 + GENERAL_P**2


def explained() -> float:
    """Share of the variance of overall satisfaction that the latent perceptions explain, within a type of guest."""
    drives = np.array(list(DRIVES.values()))
    return float((drives**2).sum() * (1 - latent_correlation()) + drives.sum() ** 2 * latent_correlation())


def overall_mean() -> float:
    """Exact mean of overall satisfaction."""
    return sum(
        share * float(cut_mean(OVERALL[0] + OVERALL[1] * sum(DRIVES.values()) * SHIFT[kind][1], OVERALL[1], VALUES10))
        for kind, share in TYPES.items()
    )


def touchpoint_truth(name: str) -> dict[str, float]:
    """Share of the guests who used it and exact mean of those."""
    row = TOUCHPOINTS[name]
    used = [share * use for share, use in zip(TYPES.values(), row["used"], strict=True)]
    rated = [
        float(cut_mean(row["mean"] + TOUCH_SD * TOUCH_LOADING * SHIFT[kind][1], TOUCH_SD, VALUES10)) for kind in TYPES
    ]
    return {"used": sum(used), "mean": sum(u * m for u, m in zip(used, rated, strict=True)) / sum(used)}


def weights() -> dict[str, float]:
    """Mean importance points of each dimension, as shares."""
    table = np.array([PROFILES[kind] for kind in TYPES]) * np.array(list(TYPES.values()))[:, None]
    return dict(zip(DIMENSIONS, table.sum(axis=0).tolist(), strict=True))


# The sample -----------------------------------------------------------------------------------------------------


def draw_latent(rng: np.random.Generator, kinds: NDArray[np.intp]) -> dict[str, NDArray[np.float64]]:
    """Latent expectations and perceptions (n, 5)."""
    size, k = len(kinds), len(DIMENSIONS)
    shift = np.array(list(SHIFT.values()))[kinds]
    own = sqrt(1 - CARRIED**2 - GENERAL_P**2)
    e = GENERAL_E * rng.standard_normal(size)[:, None] + sqrt(1 - GENERAL_E**2) * rng.standard_normal((size, k))
    p = CARRIED * e + GENERAL_P * rng.standard_normal(size)[:, None] + own * rng.standard_normal((size, k))
    return {"e": e + shift[:, :1], "p": p + shift[:, 1:]}


def draw_ratings(rng: np.random.Generator, latent: dict[str, NDArray[np.float64]]) -> dict[str, NDArray[np.int64]]:
    """Answers e01-e22, p01-p22 in the direction they were asked."""
    names, found = list(DIMENSIONS), {}
    for side in "ep":
        for number, row in ASKED.items():
            score = latent[side][:, names.index(row["dimension"])]
            liability = LOADING[side] * score + sqrt(1 - LOADING[side] ** 2) * rng.standard_normal(len(score))
            rating = cut(row[f"mean_{side}"] + SPREAD[side] * liability, VALUES7)
            found[side + number] = 8 - rating if DIMENSIONS[row["dimension"]]["reversed"] else rating
    return found


def draw_points(rng: np.random.Generator, kinds: NDArray[np.intp]) -> NDArray[np.int64]:
    """Importance points (n, 5) that add up to 100 for everybody."""
    shares = np.array([PROFILES[kind] for kind in TYPES])[kinds]
    points = np.zeros((len(kinds), len(DIMENSIONS)), dtype=np.int64)
    for _ in range(CHIPS):
        points[np.arange(len(kinds)), pick(rng, shares, len(kinds))] += 100 // CHIPS
    return points


def draw_journey(
    rng: np.random.Generator, latent: NDArray[np.float64], kinds: NDArray[np.intp]
) -> dict[str, NDArray[np.int64]]:
    """Overall satisfaction and the touchpoints, NOT_ASKED where one was not used."""
    names, size = list(DIMENSIONS), len(kinds)
    liability = (latent * np.array(list(DRIVES.values()))).sum(axis=1)
    liability = liability + sqrt(1 - explained()) * rng.standard_normal(size)
    found = {"overall": cut(OVERALL[0] + OVERALL[1] * liability, VALUES10)}
    for name, row in TOUCHPOINTS.items():
        score = latent[:, names.index(row["dimension"])]
        error = sqrt(1 - TOUCH_LOADING**2) * rng.standard_normal(size)
        rating = cut(row["mean"] + TOUCH_SD * (TOUCH_LOADING * score + error), VALUES10)
        found[name] = np.where(rng.random(size) < np.array(row["used"])[kinds], rating, NOT_ASKED)
    return found


def tables() -> dict[str, tuple[dict[str, list[str]], dict[str, Any]]]:
    """Columns and codebook of the sample."""
    rng = generator(STREAM)
    kinds = pick(rng, list(TYPES.values()), GUESTS)
    latent = draw_latent(rng, kinds)
    ratings = draw_ratings(rng, latent)
    points = draw_points(rng, kinds)
    journey = draw_journey(rng, latent["p"], kinds)
    block = rng.random(GUESTS) < MISSING["expectations"]
    columns = {
        "id": [f"g{number:03d}" for number in range(1, GUESTS + 1)],
        "guest_type": [list(TYPES)[at] for at in kinds.tolist()],
    }
    for name, values in ratings.items():
        lost = rng.random(GUESTS) < MISSING[name[0]]
        if name[0] == "e":
            columns[name] = text(values, lost | block)
        else:
            columns[name] = text(np.where(lost, DONT_KNOW, values))
    none = rng.random(GUESTS) < MISSING["points"]
    for at, row in enumerate(DIMENSIONS.values()):
        columns[row["points"]] = text(points[:, at], none)
    columns |= {name: text(values) for name, values in journey.items()}
    return {"hotel": (columns, book())}


def book() -> dict[str, Any]:
    """Roles, missing codes, questions and the planted truth."""
    items: dict[str, dict[str, Any]] = {"guest_type": QUESTIONS["guest_type"]}
    for side in "ep":
        for number, row in ASKED.items():
            turned = {"reversed": True} if DIMENSIONS[row["dimension"]]["reversed"] else {}
            items[side + number] = {"scale": "agreement7", "construct": row["dimension"], **turned, **row[side]}
    for row in DIMENSIONS.values():
        wording = {lang: QUESTIONS["points_question"][lang].format(what=row[lang]) for lang in ("en", "zh")}
        items[row["points"]] = {"kind": "number", "scale": "points", **wording}
    items["overall"] = QUESTIONS["overall"]
    items |= {name: {"scale": "satisfaction10", **row} for name, row in QUESTIONS["touchpoints"].items()}
    entries = items_of(items)
    for name, entry in entries.items():
        if name in TOUCHPOINTS:
            entry["missing"] = {NOT_ASKED: "not_asked"}
        elif name[0] == "p" and name[1:] in ASKED:
            entry["missing"] = {DONT_KNOW: "dont_know"}
    return {
        "title": QUESTIONS["title"],
        "source": f"simulated by tools/samples.py, seed {SEED}, stream {STREAM}; the hotel does not exist",
        "roles": {"respondent": "id"},
        "scales": QUESTIONS["scales"],
        "items": entries,
        "truth": truth_of(),
    }


def truth_of() -> dict[str, Any]:
    """Everything the simulator knows that the answers do not say."""
    by_dimension = {name: dimension_truth(name) for name in DIMENSIONS}
    stated = weights()
    share = np.array(list(TYPES.values()))
    return plain(
        {
            "labels": QUESTIONS["labels"]
            | {"dimension": {name: {"en": row["en"], "zh": row["zh"]} for name, row in DIMENSIONS.items()}},
            "how": "an endless population of such guests, by integration; scores 1-7, reversed items turned",
            "pairs": {f"e{number}": f"p{number}" for number in ASKED},
            "dimension": by_dimension,
            "gap": {
                "unweighted": sum(row["gap"] for row in by_dimension.values()) / len(by_dimension),
                "weighted": sum(stated[name] * row["gap"] for name, row in by_dimension.items()),
            },
            "weights": stated,
            "weights_by_guest_type": {kind: dict(zip(DIMENSIONS, row, strict=True)) for kind, row in PROFILES.items()},
            "overall": {
                "mean": overall_mean(),
                "drives": DRIVES,
                "driver": max(DRIVES, key=DRIVES.get),
                "r2": explained(),
                "correlation_of_latent_perceptions": latent_correlation(),
                "how": "standardised weights of the latent perceptions, within a type of guest",
            },
            "touchpoint": {name: touchpoint_truth(name) for name in TOUCHPOINTS},
            "touchpoint_dimension": {name: row["dimension"] for name, row in TOUCHPOINTS.items()},
            "guest_type": {
                "share": dict(zip(TYPES, share, strict=True)),
                "shift": {
                    kind: dict(zip(("expectation", "perception"), row, strict=True)) for kind, row in SHIFT.items()
                },
            },
            "loadings": {"expectation": LOADING["e"], "perception": LOADING["p"]},
            "missing": MISSING,
        }
    )
