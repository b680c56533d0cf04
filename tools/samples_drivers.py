"""The simulator behind drivers: 1,400 customers rate eight drivers of a delivery service and their satisfaction.

Ratings are normal scores, rounded and cut; satisfaction is a sum of penalties for low ratings and rewards for high
ones plus error, rounded and cut. `tables()` makes the file, `truth_of()` states by integration what it was drawn from.
"""

from __future__ import annotations

from itertools import combinations
from math import comb, sqrt
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray
from samples_normal import SEED, below, cut, generator, items_of, plain, text

QUESTIONS = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))
DRIVERS: dict[str, dict[str, Any]] = QUESTIONS["drivers"]
STREAM = (
    11  # of 33 tried, one without an effect or a change beyond two standard errors of its truth: a sample to teach with
)
CUSTOMERS = 1400
VALUES10 = np.arange(1, 11)
LOW, HIGH = 4, 8  # ratings at or below, at or above
SEGMENTS = {"new": 0.4, "regular": 0.6}
WAVES = {"1": 0.5, "2": 0.5}
CENTRE, ERROR = 6.4, 0.9  # of overall satisfaction with middle ratings everywhere, before rounding
MISSING = 0.008  # of the single ratings


# The population -------------------------------------------------------------------------------------------------


def latent_correlation() -> NDArray[np.float64]:
    """(8, 8) correlations of the scores behind the drivers."""
    general = np.array([row["general"] for row in DRIVERS.values()])
    found = np.outer(general, general)
    for i, first in enumerate(DRIVERS.values()):
        for j, second in enumerate(DRIVERS.values()):
            if "pair" in first and "pair" in second and first["pair"][0] == second["pair"][0]:
                found[i, j] += first["pair"][1] * second["pair"][1]
    np.fill_diagonal(found, 1.0)
    return found


def effects(name: str) -> dict[tuple[str, str], tuple[float, float]]:
    """Penalty and reward of a driver for every segment and wave."""
    row = DRIVERS[name]

    def of(side: str, segment: str, wave: str) -> float:
        value = row[side]
        return float(value.get(segment, value.get(wave)) if isinstance(value, dict) else value)

    return {(s, w): (of("penalty", s, w), of("reward", s, w)) for s in SEGMENTS for w in WAVES}


def mean_effect(name: str) -> tuple[float, float]:
    """Penalty and reward over all customers."""
    rows = [(SEGMENTS[segment] * WAVES[wave], *pair) for (segment, wave), pair in effects(name).items()]
    return sum(share * low for share, low, _ in rows), sum(share * high for share, _, high in rows)


def chances(first: str, second: str, correlation: float) -> NDArray[np.float64]:
    """(10, 10) chance of each pair of ratings of two drivers."""
    points = np.arange(-8, 8, 0.002) + 0.001
    weights = np.exp(-(points**2) / 2)
    weights /= weights.sum()
    rating = cut(DRIVERS[first]["mean"] + DRIVERS[first]["sd"] * points, VALUES10)
    edges = (VALUES10[1:] - 0.5 - DRIVERS[second]["mean"]) / DRIVERS[second]["sd"]
    up_to = below((edges - correlation * points[:, None]) / sqrt(1 - correlation**2))
    each = np.diff(up_to, axis=1, prepend=0.0, append=1.0)
    return np.array([(weights * (rating == value)) @ each for value in VALUES10])


def moments() -> dict[str, Any]:
    """Means and covariances of the ratings and of overall satisfaction before rounding, over all customers."""
    names, r = list(DRIVERS), latent_correlation()
    k = len(names)
    steps = np.array([np.where(VALUES10 <= LOW, low, np.where(VALUES10 >= HIGH, high, 0.0))
                      for low, high in (mean_effect(name) for name in names)])  # fmt: skip
    ratings = VALUES10.astype(float)
    alone = [chances(name, name, 0.0).sum(axis=1) for name in names]
    mean = np.array([p @ ratings for p in alone])
    moved = np.array([p @ step for p, step in zip(alone, steps, strict=True)])
    xx, xs = np.zeros((k, k)), np.zeros((k, k))
    for i, j in ((i, j) for i in range(k) for j in range(k)):
        p = np.diag(alone[i]) if i == j else chances(names[i], names[j], r[i, j])
        xx[i, j] = ratings @ p @ ratings - mean[i] * mean[j]
        xs[i, j] = ratings @ p @ steps[j] - mean[i] * moved[j]
    return {"mean": mean, "cov": (xx + xx.T) / 2, "with_outcome": xs.sum(axis=1), "outcome": CENTRE + moved.sum()}


def outcome_variance() -> float:
    """Variance of overall satisfaction, rounding included, over all customers."""
    names, r = list(DRIVERS), latent_correlation()
    total = ERROR**2 + 1 / 12
    alone = [chances(name, name, 0.0).sum(axis=1) for name in names]
    by_cell, share = [], []
    for segment, wave in effects(names[0]):
        steps = [_steps(name, segment, wave) for name in names]
        means = [p @ step for p, step in zip(alone, steps, strict=True)]
        inside = sum(p @ step**2 - m**2 for p, step, m in zip(alone, steps, means, strict=True))
        for i, j in combinations(range(len(names)), 2):
            inside += 2 * (steps[i] @ chances(names[i], names[j], r[i, j]) @ steps[j] - means[i] * means[j])
        share.append(SEGMENTS[segment] * WAVES[wave])
        total += share[-1] * inside
        by_cell.append(sum(means))
    return float(total + np.cov(by_cell, aweights=share, ddof=0))


def _steps(name: str, segment: str, wave: str) -> NDArray[np.float64]:
    low, high = effects(name)[segment, wave]
    return np.where(VALUES10 <= LOW, low, np.where(VALUES10 >= HIGH, high, 0.0))


def linear_truth() -> dict[str, Any]:
    """The best linear prediction of overall satisfaction from the ratings, and the share of each driver in its R2."""
    found, names = moments(), list(DRIVERS)
    k, spread = len(names), outcome_variance()

    def explained(some: tuple[int, ...]) -> float:
        at = list(some)
        to = found["with_outcome"][at]
        return float(to @ np.linalg.solve(found["cov"][np.ix_(at, at)], to)) / spread if at else 0.0

    r2 = {some: explained(some) for size in range(k + 1) for some in combinations(range(k), size)}
    shares = np.zeros(k)
    for some, value in r2.items():
        for i in set(range(k)) - set(some):
            with_it = tuple(sorted((*some, i)))
            shares[i] += (r2[with_it] - value) / (k * comb(k - 1, len(some)))
    slopes = np.linalg.solve(found["cov"], found["with_outcome"])
    return {
        "how": "least squares of overall on the eight ratings in an endless population; lmg in units of R2",
        "coefficient": dict(zip(names, slopes, strict=True)),
        "r2": r2[tuple(range(k))],
        "lmg": dict(zip(names, shares, strict=True)),
    }


def asymmetry_of(low: float, high: float) -> dict[str, Any]:
    """Penalty, reward and impact asymmetry; a penalty above 0 or a reward below 0 counts as 0."""
    down, up = -min(low, 0.0), max(high, 0.0)
    return {
        "penalty": low,
        "reward": high,
        "impact_asymmetry": (up - down) / (up + down) if up + down > 0 else None,
    }


# The sample -----------------------------------------------------------------------------------------------------


def draw_ratings(rng: np.random.Generator, size: int) -> NDArray[np.int64]:
    """(size, 8) ratings."""
    general = rng.standard_normal(size)
    pairs = {name: rng.standard_normal(size) for name in dict.fromkeys(
        row["pair"][0] for row in DRIVERS.values() if "pair" in row)}  # fmt: skip
    found = []
    for row in DRIVERS.values():
        name, loading = row.get("pair", (None, 0.0))
        score = row["general"] * general + sqrt(1 - row["general"] ** 2 - loading**2) * rng.standard_normal(size)
        score = score + (loading * pairs[name] if name else 0.0)
        found.append(cut(row["mean"] + row["sd"] * score, VALUES10))
    return np.array(found).T


def draw_outcome(
    rng: np.random.Generator, ratings: NDArray[np.int64], new: NDArray[np.bool_], second: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """(n,) overall satisfaction of customers of a segment in a wave."""
    liability = CENTRE + ERROR * rng.standard_normal(len(ratings))
    for at, name in enumerate(DRIVERS):
        for (segment, wave), (low, high) in effects(name).items():
            here = (new == (segment == "new")) & (second == (wave == "2"))
            liability += here * (low * (ratings[:, at] <= LOW) + high * (ratings[:, at] >= HIGH))
    return cut(liability, VALUES10)


def tables() -> dict[str, tuple[dict[str, list[str]], dict[str, Any]]]:
    """Columns and codebook of the sample."""
    rng = generator(STREAM)
    new = rng.random(CUSTOMERS) < SEGMENTS["new"]
    second = np.arange(CUSTOMERS) >= CUSTOMERS // 2
    ratings = draw_ratings(rng, CUSTOMERS)
    overall = draw_outcome(rng, ratings, new, second)
    columns = {
        "id": [f"c{number:04d}" for number in range(1, CUSTOMERS + 1)],
        "wave": ["2" if flag else "1" for flag in second.tolist()],
        "segment": ["new" if flag else "regular" for flag in new.tolist()],
    }
    columns |= {name: text(ratings[:, at], rng.random(CUSTOMERS) < MISSING) for at, name in enumerate(DRIVERS)}
    columns["overall"] = text(overall)
    return {"drivers": (columns, book())}


def book() -> dict[str, Any]:
    """Roles, questions and the planted truth."""
    return {
        "title": QUESTIONS["title"],
        "source": f"simulated by tools/samples.py, seed {SEED}, stream {STREAM}; the service does not exist",
        "roles": {"respondent": "id", "wave": "wave"},
        "scales": QUESTIONS["scales"],
        "items": items_of({"segment": QUESTIONS["segment"], **DRIVERS, "overall": QUESTIONS["overall"]}),
        "truth": truth_of(),
    }


def truth_of() -> dict[str, Any]:
    """Everything the simulator knows that the answers do not say."""
    differing = {"app": ("segment", 0), "tracking": ("wave", 1)}
    drivers = {name: {"role": row["role"], **asymmetry_of(*mean_effect(name))} for name, row in DRIVERS.items()}
    for name, (column, at) in differing.items():
        drivers[name][column] = {key[at]: asymmetry_of(*pair) for key, pair in effects(name).items()}
    return plain(
        {
            "labels": QUESTIONS["labels"],
            "how": "points of overall satisfaction before rounding, against ratings of 5 to 7, others held",
            "outcome": "overall",
            "low": LOW,
            "high": HIGH,
            "drivers": drivers,
            "centre": CENTRE,
            "error": ERROR,
            "latent_correlation": latent_correlation(),
            "linear": linear_truth(),
            "share": {"segment": SEGMENTS, "wave": WAVES},
            "missing": MISSING,
        }
    )
