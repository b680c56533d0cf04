"""The simulator behind expectations: 900 buyers before and after the first month with a product.

Answers before use are normal scores, rounded and cut. Each answer after use is linear in the answers before it plus
error, rounded and cut, so that a regression of one answer on others finds what was planted.
"""

from __future__ import annotations

from math import sqrt
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray
from samples_normal import SEED, cut, generator, items_of, plain, text

QUESTIONS = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))
ITEMS: dict[str, dict[str, Any]] = QUESTIONS["items"]
STREAM = 12  # the first tried in which no answer without an effect lies two standard errors from 0
BUYERS = 900
VALUES10 = np.arange(1, 11)
BEFORE = {  # mean and standard deviation before rounding, loading on what all expectations share
    "expectation": (6.8, 1.5, 0.75),
    "desired": (8.2, 1.2, 0.45),
    "norm_best": (7.9, 1.2, 0.40),
    "norm_average": (6.2, 1.3, 0.55),
    "norm_brand": (6.6, 1.4, 0.65),
}
PERFORMANCE = (6.4, 1.6, 0.30)  # the same of performance
AFTER: dict[str, dict[str, Any]] = {  # mean, error, and slopes on answers counted from `MIDDLE`
    "disconfirmation": {"mean": 5.4, "error": 1.0, "on": {"performance": 0.65, "expectation": -0.50}},
    "needs": {"mean": 6.5, "error": 1.2, "on": {"performance": 0.55}},
    "equity": {"mean": 6.2, "error": 1.4, "on": {"performance": 0.40}},
    "maker_controls": {"mean": 5.8, "error": 1.8, "on": {}},
    "will_stay": {"mean": 6.0, "error": 1.6, "on": {"performance": 0.25}},
    "pleased": {"mean": 5.9, "error": 1.2, "on": {"disconfirmation": 0.60}},
    "annoyed": {"mean": 4.2, "error": 1.4, "on": {"disconfirmation": -0.45}},
    "satisfaction": {"mean": 6.5, "error": 0.9, "on": {"expectation": 0.30, "disconfirmation": 0.60}},
}
MIDDLE = {"performance": 6.4, "expectation": 6.8, "disconfirmation": 5.4}
MISSING = 0.006  # of the single answers


def draw(rng: np.random.Generator, size: int) -> dict[str, NDArray[np.int64]]:
    """Every answer of `size` buyers."""
    shared = rng.standard_normal(size)
    found = {}
    for name, (mean, sd, loading) in {**BEFORE, "performance": PERFORMANCE}.items():
        score = loading * shared + sqrt(1 - loading**2) * rng.standard_normal(size)
        found[name] = cut(mean + sd * score, VALUES10)
    for name, row in AFTER.items():
        centre = row["mean"] + sum(slope * (found[item] - MIDDLE[item]) for item, slope in row["on"].items())
        found[name] = cut(centre + row["error"] * rng.standard_normal(size), VALUES10)
    return found


def surface() -> dict[str, float]:
    """Satisfaction on expectation and performance: the plane that follows, and its slopes along the two lines."""
    own, compared = AFTER["satisfaction"]["on"], AFTER["disconfirmation"]["on"]
    e = own["expectation"] + own["disconfirmation"] * compared["expectation"]
    p = own["disconfirmation"] * compared["performance"]
    return {
        "expectation": e,
        "performance": p,
        "congruence_slope": e + p,
        "congruence_curvature": 0.0,
        "incongruence_slope": e - p,
        "incongruence_curvature": 0.0,
    }


def tables() -> dict[str, tuple[dict[str, list[str]], dict[str, Any]]]:
    """Columns and codebook of the sample."""
    rng = generator(STREAM)
    answers = draw(rng, BUYERS)
    columns = {"id": [f"b{number:03d}" for number in range(1, BUYERS + 1)]}
    columns |= {name: text(answers[name], rng.random(BUYERS) < MISSING) for name in ITEMS}
    return {"expectations": (columns, book())}


def book() -> dict[str, Any]:
    """Roles, questions and the planted truth."""
    return {
        "title": QUESTIONS["title"],
        "source": f"simulated by tools/samples.py, seed {SEED}, stream {STREAM}; the product does not exist",
        "roles": {"respondent": "id"},
        "scales": QUESTIONS["scales"],
        "items": items_of(ITEMS),
        "truth": plain(
            {
                "labels": QUESTIONS["labels"],
                "how": "each answer after use is linear in earlier answers plus error, before it is rounded and cut",
                "model": "expectation_disconfirmation",
                "before": {name: {"mean": row[0], "sd": row[1], "loading": row[2]} for name, row in BEFORE.items()},
                "performance": dict(zip(("mean", "sd", "loading"), PERFORMANCE, strict=True)),
                "after": AFTER,
                "middle": MIDDLE,
                "surface": surface(),
                "missing": MISSING,
            }
        ),
    }
