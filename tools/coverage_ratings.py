"""How often intervals of mean ratings hold the truth in small groups: the simulation that docs/numbers reports.

    python tools/coverage_ratings.py [--replications 2000] [--seed 20261201]

Ratings of three distributions on 1-10: three quarters tens; typical (most 8 and 9); around the middle. Means of n = 3
to 100 of a plain sample; of one whose weights run from 1 to 4; of a group of n in a large survey with such weights; of
ten clusters that agree within (intraclass correlation .1), n in all; differences of two plain groups. Each sample goes
through csi's intervals, many at once: the score interval and t. Nobody and no replication is left out. Prints the
tables: share of intervals that hold the truth, and their mean width.
"""

import argparse
import warnings
from dataclasses import dataclass, replace

import numpy as np
from scipy.stats import norm
from scipy.stats import t as student

from csi.inference.intervals import MEAN, Bounds, Linear
from csi.inference.score_interval import Bounded

POINTS = np.arange(1.0, 11.0)
KINDS = {
    "three quarters tens": np.array([0, 0, 0, 0, 0.02, 0.03, 0.03, 0.05, 0.12, 0.75]),
    "typical, 8 and 9": np.array([0.01, 0.01, 0.02, 0.02, 0.05, 0.08, 0.15, 0.28, 0.22, 0.16]),
    "around the middle": np.array([0.03, 0.05, 0.10, 0.15, 0.20, 0.18, 0.13, 0.09, 0.05, 0.02]),
}
SIZES = (3, 5, 10, 30, 100)
CLUSTERS, AGREE = 10, 0.1
LARGE = 10_000.0  # degrees of freedom of a large survey
Result = tuple[float, float]


def rated(kind: np.ndarray, normal: np.ndarray) -> np.ndarray:
    """Ratings of a distribution from standard normal numbers."""
    edges = norm.ppf(np.clip(kind.cumsum()[:-1], 0, 1))
    return POINTS[np.searchsorted(edges, normal)]


@dataclass(frozen=True)
class Drawn:
    """Samples (R, n) with their weights, clusters (n,) or None, and the degrees of freedom of both intervals."""

    x: np.ndarray
    w: np.ndarray
    cluster: np.ndarray | None
    score_df: float
    t_df: float

    def means(self, score: bool) -> Linear:
        """The means as csi has them, with linearised variances; score intervals or t."""
        share = self.w / self.w.sum(axis=1, keepdims=True)
        mean = (share * self.x).sum(axis=1)
        moved = share * (self.x - mean[:, None])
        if self.cluster is not None:
            moved = moved @ (self.cluster[:, None] == np.arange(CLUSTERS)).astype(float)
        units = moved.shape[1]
        variance = units / (units - 1) * (moved**2).sum(axis=1)
        count = len(self.x)
        if not score:
            return Linear(mean, np.diag(variance), self.t_df)
        ratings = Bounded(self.x, share, np.full(count, 1.0), np.full(count, 10.0))
        adjust = 1.0 if self.cluster is not None else units / (units - 1)
        bounds = Bounds(1 / (share**2).sum(axis=1), self.score_df, adjust, ratings=lambda: ratings)
        return Linear(mean, np.diag(variance), self.t_df, np.full(count, MEAN, dtype=np.int8), bounds)


def judge(lower: np.ndarray, upper: np.ndarray, truth: float) -> Result:
    hold = (lower <= truth + 1e-9) & (truth - 1e-9 <= upper)
    return float(hold.mean()), float((upper - lower).mean())


def plain(rng: np.random.Generator, kind: np.ndarray, n: int, count: int) -> Drawn:
    return Drawn(rated(kind, rng.standard_normal((count, n))), np.ones((count, n)), None, np.inf, n - 1)


def weighted(rng: np.random.Generator, kind: np.ndarray, n: int, count: int) -> Drawn:
    return Drawn(rated(kind, rng.standard_normal((count, n))), rng.uniform(1, 4, (count, n)), None, n - 1, n - 1)


def weighted_group(rng: np.random.Generator, kind: np.ndarray, n: int, count: int) -> Drawn:
    return replace(weighted(rng, kind, n, count), score_df=LARGE, t_df=LARGE)


def clustered(rng: np.random.Generator, kind: np.ndarray, n: int, count: int) -> Drawn:
    cluster = np.repeat(np.arange(CLUSTERS), n // CLUSTERS)
    shared = rng.standard_normal((count, CLUSTERS))[:, cluster]
    x = rated(kind, np.sqrt(AGREE) * shared + np.sqrt(1 - AGREE) * rng.standard_normal((count, n)))
    return Drawn(x, np.ones((count, n)), cluster, CLUSTERS - 1, CLUSTERS - 1)


WAYS = {
    "one by one": plain,
    "weights 1 to 4": weighted,
    "weights 1 to 4, a group of a large survey": weighted_group,
    "ten clusters": clustered,
}


def differences(first: Drawn, second: Drawn, truth: float) -> list[Result]:
    """Two plain groups of one sample: from the limits of both, and by t."""
    a, b = first.means(True), second.means(True)
    (l1, u1), (l2, u2) = a.interval(0.95), b.interval(0.95)
    gap = a.estimate - b.estimate
    down, up = np.hypot(a.estimate - l1, u2 - b.estimate), np.hypot(u1 - a.estimate, b.estimate - l2)
    reach = student.ppf(0.975, 2 * first.t_df + 1) * np.hypot(a.std_error, b.std_error)
    return [judge(gap - down, gap + up, truth), judge(gap - reach, gap + reach, truth)]


def line(title: str, n: int, score: Result, by_t: Result) -> str:
    return f"| {title} | {n} | {score[0]:.3f} | {by_t[0]:.3f} | {score[1]:.2f} | {by_t[1]:.2f} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--replications", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=20261201)
    chosen = parser.parse_args()
    warnings.simplefilter("error")
    rng = np.random.default_rng(chosen.seed)
    heads = "score holds | t holds | width, score | width, t |\n|---|---|---|---|---|---|"
    for way, sampler in WAYS.items():
        print(f"| 95 % interval of a mean, {way} | n | {heads}")
        for name, kind in KINDS.items():
            for n in SIZES:
                if sampler is clustered and n < CLUSTERS:
                    continue
                drawn = sampler(rng, kind, n, chosen.replications)
                found = [judge(*drawn.means(score).interval(0.95), float(POINTS @ kind)) for score in (True, False)]
                print(line(name, n, *found), flush=True)
        print()
    print(f"| 95 % interval of the difference of two groups | n each | {heads}")
    names = list(KINDS)
    for one, other in ((0, 0), (1, 1), (2, 2), (0, 1), (1, 2)):
        for n in SIZES:
            kinds = KINDS[names[one]], KINDS[names[other]]
            first, second = (plain(rng, kind, n, chosen.replications) for kind in kinds)
            found = differences(first, second, float(POINTS @ kinds[0] - POINTS @ kinds[1]))
            print(line(f"{names[one]} - {names[other]}", n, *found), flush=True)


if __name__ == "__main__":
    main()
