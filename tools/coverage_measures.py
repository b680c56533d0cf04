"""How often the intervals of measures hold the truth: the simulation that docs/numbers reports.

    python tools/coverage_measures.py [--replications 2000] [--seed 20261125]

A population of 64,000 customers in 1,600 branches of five regions rates on 1-10 and 1-5; whoever is satisfied answers
more readily. Samples of n = 250 and 1,000 are drawn from it: one by one; or branches within regions, then ten customers
a branch, those who answer more readily more often, with the weights that follow from that; or so, and then raked to
region and age. The truth is the same estimate of the whole population. Nobody and no replication is left out; a number
that cannot be computed counts as an interval that misses. Prints the table.
"""

import argparse
import warnings
from dataclasses import dataclass

import numpy as np

from csi.drivers.slopes import regress_linear
from csi.estimation.measured import SCALES, Choice, Measure, _infer
from csi.inference.calibration import Calibration
from csi.inference.design import Design
from csi.inference.means import Means, Sample, estimates
from csi.inference.quantiles import quantiles
from csi.language import note

BRANCHES = np.array([600, 400, 300, 200, 100])  # in the five regions
DRAWN = {250: np.array([8, 6, 4, 4, 3]), 1000: np.array([30, 24, 18, 16, 12])}
PEOPLE, ASKED = 40, 10  # of a branch
RATES = ("rate_50", "rate_90", "rate_98")
LINES = {
    "mean": "mean rating, 1-10",
    "mean5": "mean rating, 1-5",
    "rate_50": "rate near .5",
    "rate_90": "rate near .9",
    "rate_98": "rate near .98",
    "nps": "net promoter score (difference of two rates)",
    "index": "weighted index of three items",
    "ratio": "ratio of two means",
    "sd": "standard deviation",
    "median": "median rating, 1-10 (discrete)",
    "quarter": "lower quartile of amounts spent",
    "slope": "regression slope",
}


@dataclass(frozen=True)
class Population:
    """Customers as arrays: ratings (N,), how readily they answer, where they are, and how old."""

    first: np.ndarray
    second: np.ndarray
    third: np.ndarray
    spent: np.ndarray
    ready: np.ndarray
    branch: np.ndarray
    region: np.ndarray
    age: np.ndarray

    def columns(self, rows: np.ndarray) -> np.ndarray:
        """What means are taken of, (n, 9)."""
        x, y, z = self.first[rows], self.second[rows], self.third[rows]
        rates = [x >= 8, x >= 6, x >= 4, x >= 9, x <= 6]
        return np.stack([x, y, z, *(rate.astype(float) for rate in rates), (x - 7) ** 2], axis=1)


def population(rng: np.random.Generator) -> Population:
    branch = np.repeat(np.arange(BRANCHES.sum()), PEOPLE)
    region = np.repeat(np.arange(5), BRANCHES)[branch]
    age = rng.integers(0, 3, len(branch))
    level = np.array([0.3, 0.0, -0.1, -0.3, 0.2])[region] + 0.25 * rng.standard_normal(BRANCHES.sum())[branch]
    level = level + np.array([-0.3, 0.0, 0.3])[age] + rng.standard_normal(len(branch))

    def rated(centre: float, spread: float, own: float, hi: int) -> np.ndarray:
        noise = own * rng.standard_normal(len(branch))
        return np.clip(np.round(centre + spread * (level + noise)), 1, hi)

    ready = 1 + 0.25 * (level > 0) + np.array([0.0, 0.25, 0.75])[age]
    spent = np.round(np.exp(4 + 0.5 * rng.standard_normal(len(branch)) + 0.2 * level), 1)
    first, second, third = rated(7.4, 1.5, 0.6, 10), rated(3.6, 0.9, 0.8, 5), rated(7.0, 1.4, 0.8, 10)
    return Population(first, second, third, spent, ready, branch, region, age)


def evaluate(part: Means, whole: Means) -> dict[str, np.ndarray]:
    x, y, z, half, most, nearly, best, worst, square = part.mean
    index = 100 * (0.5 * (x - 1) / 9 + 0.3 * (z - 1) / 9 + 0.2 * (y - 1) / 4)
    named = {
        "mean": x, "mean5": y, "rate_50": half, "rate_90": most, "rate_98": nearly, "nps": 100 * (best - worst),
        "index": index, "ratio": x / z, "sd": np.sqrt(np.maximum(square - (x - 7) ** 2, 0)),
    }  # fmt: skip
    return {name: values[None] for name, values in named.items()}


BOUNDED = dict.fromkeys(RATES, "share") | dict.fromkeys(("mean", "mean5", "index", "nps"), "mean")
QUESTION = Measure(
    "coverage", note("no_inference"), np.zeros((1, 9)), evaluate, {}, scales=BOUNDED,
    ends=np.array([[1, 1, 1, 0, 0, 0, 0, 0, np.nan], [10, 5, 10, 1, 1, 1, 1, 1, np.nan]]),
    counted={"mean": 0, "mean5": 1, "rate_50": 3, "rate_90": 4, "rate_98": 5},
)  # fmt: skip


def truth_of(people: Population) -> dict[str, float]:
    rows = np.arange(len(people.first))
    sample = Sample(people.columns(rows), Design(len(rows)))
    found = {name: float(values[0]) for name, values in estimates(sample, evaluate).items()}
    found["median"] = float(np.sort(people.first)[(len(rows) - 1) // 2])
    found["quarter"] = float(np.sort(people.spent)[len(rows) // 4 - 1])
    found["slope"] = float(np.polyfit(people.third, people.first, 1)[0])
    return found


def draw_one_by_one(rng: np.random.Generator, people: Population, n: int) -> tuple[np.ndarray, Design]:
    return rng.integers(0, len(people.first), n), Design(n)


def draw_branches(rng: np.random.Generator, people: Population, n: int) -> tuple[np.ndarray, Design]:
    starts = np.cumsum(BRANCHES) - BRANCHES
    counts = DRAWN[n]
    chosen = np.concatenate([rng.integers(0, BRANCHES[h], counts[h]) + starts[h] for h in range(5)])
    ready = people.ready.reshape(-1, PEOPLE)[chosen]
    chance = ready / ready.sum(axis=1, keepdims=True)
    edges = chance.cumsum(axis=1)
    place = (edges[:, None, :] < rng.random((len(chosen), ASKED, 1))).sum(axis=2).clip(0, PEOPLE - 1)
    rows = (chosen[:, None] * PEOPLE + place).ravel()
    region = np.repeat(np.arange(5), counts)
    weight = (BRANCHES / counts)[region][:, None] / np.take_along_axis(chance, place, axis=1)
    cluster = np.repeat(np.arange(len(chosen)), ASKED)
    return rows, Design(n, weight.ravel(), people.region[rows], cluster)


def draw_and_rake(rng: np.random.Generator, people: Population, n: int) -> tuple[np.ndarray, Design]:
    rows, design = draw_branches(rng, people, n)
    margins = (people.region[rows], people.age[rows])
    targets = tuple(np.bincount(codes) / len(codes) for codes in (people.region, people.age))
    calibration = Calibration(design.weight, margins, targets)
    weight = calibration.raked(design.weight)
    return rows, Design(n, weight, design.strata, design.cluster, calibration=calibration)


WAYS = {
    "one by one": draw_one_by_one,
    "strata, clusters, weights": draw_branches,
    "the same, raked": draw_and_rake,
}


def intervals(people: Population, rows: np.ndarray, design: Design) -> dict[str, tuple[float, float]]:
    sample = Sample(people.columns(rows), design)
    numbers = estimates(sample, evaluate)
    store, _ = _infer(QUESTION, sample, numbers, "linearised", "score", Choice())
    names = list(numbers)
    scale = np.array([SCALES[QUESTION.scales.get(name, "plain")] for name in names], dtype=np.int8)
    whole = store.uncertainty(np.concatenate(list(numbers.values())), [(name, 0) for name in names], scale)
    found = dict(zip(names, zip(*whole.interval(0.95), strict=True), strict=True))
    for name, values, p in (("median", people.first, 0.5), ("quarter", people.spent, 0.25)):
        lower, upper = quantiles(Sample(values[rows, None], design), [p]).interval(0.95)
        found[name] = (lower[0], upper[0])
    line = regress_linear(people.third[rows, None], people.first[rows], design)
    lower, upper = line.uncertainty.interval(0.95)
    return {**found, "slope": (lower[1], upper[1])}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--replications", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=20261125)
    chosen = parser.parse_args()
    warnings.simplefilter("error")
    rng = np.random.default_rng(chosen.seed)
    people = population(rng)
    truth = truth_of(people)
    share: dict[tuple[str, int, str], float] = {}
    for way, sampler in WAYS.items():
        for n in DRAWN:
            hits = dict.fromkeys(LINES, 0)
            for _ in range(chosen.replications):
                for name, (lower, upper) in intervals(people, *sampler(rng, people, n)).items():
                    hits[name] += bool(lower <= truth[name] <= upper)
            for name, count in hits.items():
                share[way, n, name] = 100 * count / chosen.replications
    heads = [f"{way}, n = {n:,}" for way in WAYS for n in DRAWN]
    print("| 95 % interval (linearised) | truth |", " | ".join(heads), "|")
    print("|---|---|" + "---|" * len(heads))
    for name, title in LINES.items():
        cells = [f"{share[way, n, name]:.1f}" for way in WAYS for n in DRAWN]
        print(f"| {title} | {truth[name]:.3f} |", " | ".join(cells), "|")


if __name__ == "__main__":
    main()
