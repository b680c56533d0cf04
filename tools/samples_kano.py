"""The simulator behind app_kano: 500 users answer how they feel with and without twelve features of an app.

A user's category is drawn first, with planted probabilities, then a pair of answers that belongs to it, then the
importance. `tables()` makes the file, `feature_truth()` states exactly what it was drawn from.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray
from samples_normal import SEED, cut, cut_mean, generator, items_of, pick, plain, text

QUESTIONS = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))
FEATURES: dict[str, dict[str, Any]] = QUESTIONS["features"]
NUMBERS = [f"{number:02d}" for number in range(1, len(FEATURES) + 1)]
STREAM = 4
USERS = 500

SEGMENTS = {"new": 0.4, "experienced": 0.6}
CATEGORIES = "AOMIRQ"
# Share of each pair (functional, dysfunctional) within its category, by the table that calls (2, 2) and (4, 4) I.
PAIRS = {
    "A": {(1, 2): 0.20, (1, 3): 0.55, (1, 4): 0.25},
    "O": {(1, 5): 1.0},
    "M": {(2, 5): 0.60, (3, 5): 0.30, (4, 5): 0.10},
    "I": {
        (2, 2): 0.15,
        (2, 3): 0.10,
        (2, 4): 0.05,
        (3, 2): 0.10,
        (3, 3): 0.40,
        (3, 4): 0.05,
        (4, 2): 0.05,
        (4, 3): 0.05,
        (4, 4): 0.05,
    },
    "R": {(2, 1): 0.20, (3, 1): 0.15, (4, 1): 0.10, (5, 1): 0.25, (5, 2): 0.10, (5, 3): 0.15, (5, 4): 0.05},
    "Q": {(1, 1): 0.7, (5, 5): 0.3},
}
MIDDLE = sum(PAIRS["I"][pair] for pair in ((2, 2), (4, 4)))  # of I, questionable in the other table
FUNCTIONAL = {1: 4, 2: 2, 3: 0, 4: -1, 5: -2}  # what the answers count in the continuous analysis
DYSFUNCTIONAL = {1: -2, 2: -1, 3: 0, 4: 2, 5: 4}
IMPORTANCE = {
    "A": 5.5,
    "O": 7.4,
    "M": 7.8,
    "I": 3.6,
    "R": 2.4,
    "Q": 5.0,
}  # mean before rounding, by the user's category
IMPORTANCE_SD = 1.5
VALUES9 = range(1, 10)
MISSING = 0.006  # of the single answers


# The population -------------------------------------------------------------------------------------------------


def shares(feature: str) -> dict[str, NDArray[np.float64]]:
    """(6,) planted probabilities by segment."""
    planted = FEATURES[feature]["shares"]
    return {name: np.array(planted[name] if isinstance(planted, dict) else planted) for name in SEGMENTS}


def class_truth(share: NDArray[np.float64]) -> dict[str, Any]:
    """Everything that follows from the probabilities of the categories, exactly."""
    a, o, m, i, r, q = share.tolist()
    first, second = sorted((a, o, m, i, r, q), reverse=True)[:2]
    largest = [name for name, part in zip(CATEGORIES, share.tolist(), strict=True) if first - part < 1e-9]
    means = {
        name: [sum(part * counted[pair[at]] for pair, part in PAIRS[name].items()) for name in CATEGORIES]
        for at, (name, counted) in enumerate((("functional", FUNCTIONAL), ("dysfunctional", DYSFUNCTIONAL)))
    }
    usable = np.array([1, 1, 1, 1, 0, 0]) * share
    return {
        "shares": dict(zip(CATEGORIES, share, strict=True)),
        "category": largest[0] if len(largest) == 1 else largest,
        "better": (a + o) / (a + o + m + i),
        "worse": -(o + m) / (a + o + m + i),
        "total_strength": a + o + m,
        "category_strength": first - second,
        "functional": (share * means["functional"]).sum(),
        "dysfunctional": (share * means["dysfunctional"]).sum(),
        "functional_without_r_q": (usable * means["functional"]).sum() / usable.sum(),
        "dysfunctional_without_r_q": (usable * means["dysfunctional"]).sum() / usable.sum(),
        "importance": (share * cut_mean(np.array(list(IMPORTANCE.values())), IMPORTANCE_SD, VALUES9)).sum(),
    }


def feature_truth(feature: str) -> dict[str, Any]:
    """Of all users, and of each segment where they differ."""
    by_segment = shares(feature)
    total = sum(SEGMENTS[name] * share for name, share in by_segment.items())
    found = {"feature": feature, **class_truth(total)}
    if isinstance(FEATURES[feature]["shares"], dict):
        found["segment"] = {name: class_truth(share) for name, share in by_segment.items()}
    return found


# The sample -----------------------------------------------------------------------------------------------------


def draw_feature(rng: np.random.Generator, feature: str, new: NDArray[np.bool_]) -> dict[str, NDArray[np.int64]]:
    """Functional and dysfunctional answers and importance of every user."""
    planted = shares(feature)
    category = pick(rng, np.where(new[:, None], planted["new"], planted["experienced"]), len(new))
    draw = rng.random(len(new))
    answers = np.zeros((len(new), 2), dtype=np.int64)
    for at, name in enumerate(CATEGORIES):
        edges = np.cumsum(list(PAIRS[name].values()))[:-1]
        chosen = np.array(list(PAIRS[name]))[np.searchsorted(edges, draw, side="right")]
        answers = np.where((category == at)[:, None], chosen, answers)
    centre = np.array(list(IMPORTANCE.values()))[category]
    importance = cut(centre + IMPORTANCE_SD * rng.standard_normal(len(new)), VALUES9)
    return {"f": answers[:, 0], "d": answers[:, 1], "i": importance}


def tables() -> dict[str, tuple[dict[str, list[str]], dict[str, Any]]]:
    """Columns and codebook of the sample."""
    rng = generator(STREAM)
    new = rng.random(USERS) < SEGMENTS["new"]
    drawn = {number: draw_feature(rng, feature, new) for number, feature in zip(NUMBERS, FEATURES, strict=True)}
    columns = {
        "id": [f"u{number:03d}" for number in range(1, USERS + 1)],
        "segment": ["new" if flag else "experienced" for flag in new.tolist()],
    }
    for side in "fdi":
        for number in NUMBERS:
            columns[side + number] = text(drawn[number][side], rng.random(USERS) < MISSING)
    return {"app_kano": (columns, book())}


def book() -> dict[str, Any]:
    """Roles, questions and the planted truth."""
    items: dict[str, dict[str, Any]] = {"segment": QUESTIONS["segment"]}
    for side in "fdi":
        scale = "importance9" if side == "i" else "kano5"
        for number, (feature, row) in zip(NUMBERS, FEATURES.items(), strict=True):
            wording = {lang: QUESTIONS["wording"][side][lang].format(**row) for lang in ("en", "zh")}
            items[side + number] = {"scale": scale, "construct": feature, **wording}
    return {
        "title": QUESTIONS["title"],
        "source": f"simulated by tools/samples.py, seed {SEED}, stream {STREAM}; the app does not exist",
        "roles": {"respondent": "id"},
        "scales": QUESTIONS["scales"],
        "items": items_of(items),
        "truth": plain(
            {
                "labels": QUESTIONS["labels"]
                | {"feature": {name: {"en": row["en"], "zh": row["zh"]} for name, row in FEATURES.items()}},
                "how": "exact, of an endless population of such users; categories by the table with I at (2, 2) and "
                f"(4, 4); where these count as Q, {MIDDLE:.0%} of I is Q",
                "pairs": {f"f{number}": f"d{number}" for number in NUMBERS},
                "segment": SEGMENTS,
                "features": dict(zip(NUMBERS, (feature_truth(feature) for feature in FEATURES), strict=True)),
                "tie": {"feature": "05", "categories": ["O", "M"]},
                "differs_by_segment": "08",
                "indifferent": "09",
                "reverse": "10",
                "answer_pairs": {name: [[*pair, part] for pair, part in row.items()] for name, row in PAIRS.items()},
                "questionable_share_of_indifferent": MIDDLE,
                "missing": MISSING,
            }
        ),
    }
