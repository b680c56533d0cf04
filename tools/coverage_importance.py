"""How often the intervals of importances hold the truth: the simulation that docs/numbers reports.

    python tools/coverage_importance.py [--method lmg] [--cells REGEX] [--replications 2000] [--seed 20261201]

Populations of 100,000 respondents rate 3, 5 or 8 drivers and an outcome on 1-10, most of them high. Drivers go with
the outcome equally, unequally, through one common liking (halo), or some of them not at all (zero: correlated with
those that do; null: with nothing, so the truth is 0). Samples are drawn from them one by one; with unequal weights;
or ten respondents of each cluster. The truth is the same estimate of the whole population. Prints how often in 100
samples the 95 % interval held it, of the driver that is worst off and on average: by linearised errors with t on z of
the root, as csi did before, and as it does now; R2; and all differences of drivers at once (max_t).
"""

import argparse
import os
import re
import warnings
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from itertools import combinations

import numpy as np

from csi.drivers import importance_tables
from csi.drivers.importance_errors import sharpen
from csi.drivers.importance_numbers import METHODS, Importance
from csi.drivers.importance_tables import Simultaneous
from csi.drivers.profile import Function
from csi.estimation.item_moments import ItemData
from csi.estimation.moments import measure
from csi.estimation.parts import Part
from csi.inference.bootstrap import batch_of
from csi.inference.choice import Choice
from csi.inference.design import Design
from csi.inference.intervals import SQUARE

PEOPLE, CLUSTERS, ASKED = 100_000, 2_000, 10
SETS = {
    "3 equal": (3, 0.5, "equal"), "3 unequal": (3, 0.3, "unequal"), "5 equal": (5, 0.5, "equal"),
    "5 zero": (5, 0.3, "zero"), "5 halo": (5, 0.7, "halo"), "8 unequal": (8, 0.3, "unequal"),
    "8 halo": (8, 0.5, "halo"), "5 null": (5, 0.3, "null"),
}  # fmt: skip
SIZES = (30, 60, 150)
WAYS = (("5 unequal", "weights", 60), ("5 unequal", "weights", 150), ("5 unequal", "clusters", 150),
        ("5 unequal", "clusters", 300))  # fmt: skip
BOOTSTRAP = 1000


@dataclass(frozen=True)
class Cell:
    """One cell of the table."""

    name: str
    way: str
    n: int


def population(name: str, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Ratings (PEOPLE, p + 1), the outcome last, and weights that say how rarely a respondent is asked."""
    p, r2, pattern = SETS.get(name, (5, 0.5, "unequal"))
    common = {"halo": 0.65, "null": 0.0}.get(pattern, 0.4)
    cluster = np.repeat(rng.standard_normal(CLUSTERS), PEOPLE // CLUSTERS)
    liking = np.sqrt(0.9) * rng.standard_normal(PEOPLE) + np.sqrt(0.1) * cluster
    drivers = np.sqrt(common) * liking[:, None] + np.sqrt(1 - common) * rng.standard_normal((PEOPLE, p))
    coefficient = {
        "equal": np.ones(p), "unequal": np.linspace(1.0, 0.1, p), "halo": np.ones(p),
        "zero": np.arange(p) % 2 == 0, "null": np.arange(p) % 2 == 0,
    }[pattern].astype(float)  # fmt: skip
    line = drivers @ coefficient
    outcome = line / line.std() * np.sqrt(r2) + np.sqrt(1 - r2) * rng.standard_normal(PEOPLE)
    both = np.column_stack([drivers, outcome])
    rated = np.clip(np.round(8.2 + 1.9 * both - 0.25 * both**2), 1, 10)
    return rated, np.exp(0.5 * rng.standard_normal(PEOPLE) + 0.25 * liking)


def drawn(cell: Cell, weight: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, Design]:
    """Rows and their design."""
    if cell.way == "clusters":
        count, size = cell.n // ASKED, PEOPLE // CLUSTERS
        chosen = rng.integers(0, CLUSTERS, count)
        rows = chosen[:, None] * size + rng.integers(0, size, (count, ASKED))
        return rows.ravel(), Design(cell.n, cluster=np.repeat(np.arange(count), ASKED))
    if cell.way == "weights":
        chance = np.cumsum(1 / weight)
        rows = np.searchsorted(chance, rng.random(cell.n) * chance[-1])
        return rows, Design(cell.n, weight[rows])
    return rng.integers(0, PEOPLE, cell.n), Design(cell.n)


def prepared(columns: np.ndarray, design: Design) -> ItemData:
    """What fit_importance prepares of a Survey."""
    n, p = columns.shape
    weight = np.ones(n) if design.weight is None else design.weight
    mean = weight @ columns / weight.sum()
    moved = columns - mean
    cov = (moved * weight[:, None]).T @ moved / weight.sum() * n / (n - 1)
    return ItemData(
        "", tuple(map(str, range(p))), [batch_of(mean[:, None], cov[:, :, None])], (n,), (), columns,
        np.zeros(n, dtype=np.int64), np.ones(n, dtype=bool), design, None, "listwise", False, (), 0,
    )  # fmt: skip


def held(found, truth: dict[str, np.ndarray], scales: dict[str, int], joint: bool) -> np.ndarray:
    """Whether the limits hold importances, shares, R2 and, at once, differences."""
    kept = []
    for name in ("importance", "shares", "r2"):
        estimate = found.numbers[name]
        places = [(name, i) for i in range(len(estimate))]
        scale = np.full(len(estimate), scales.get(name, 0), dtype=np.int8)
        lower, upper = found.store.uncertainty(estimate, places, scale).interval(0.95)
        kept.append((lower <= truth[name] + 1e-12) & (truth[name] - 1e-12 <= upper))
    if joint:
        estimate = found.numbers["importance"]
        places = [("importance", i) for i in range(len(estimate))]
        inner = found.store.uncertainty(estimate, places, np.zeros(len(estimate), dtype=np.int8))
        rows = [np.eye(len(estimate))[i] - np.eye(len(estimate))[j] for i, j in combinations(range(len(estimate)), 2)]
        apart = Simultaneous(inner, np.array(rows), np.zeros(len(rows), np.int64), "max_t", found.store.df, 1)
        lower, upper = apart.interval(0.95)
        kept.append(((lower <= rows @ truth["importance"]) & (rows @ truth["importance"] <= upper)).all(keepdims=True))
    return np.concatenate(kept)


def fits(data: ItemData, method: str, draw: bool, seed: int) -> list:
    """The fit as it was before, as it is now, and by a bootstrap."""
    p = len(data.items) - 1
    one = Importance(method, (1,) * p, data.n[0], subsets=False, with_roots=True)
    parts, functions = [[Part(range(p + 1), one)]], {"importance": Function(method, (1,) * p)}
    before = measure(data, parts, Choice("linearised", "profile"))
    made = [before, sharpen(data, before, parts, parts, functions, p)]
    if draw:
        plain = [[Part(range(p + 1), replace(one, with_roots=False))]]
        resampled = measure(data, plain, Choice("bootstrap", "percentile", BOOTSTRAP, seed))
        made.append(sharpen(data, resampled, parts, plain, functions, p))
    return made


def run(cell: Cell, method: str, replications: int, seed: int, draw: bool) -> str:
    """One line of the table."""
    warnings.simplefilter("error")
    importance_tables.DRAWS = 4_000
    key = [seed, *map(ord, f"{cell.name} {cell.way} {cell.n}")]
    people, weight = population(cell.name, np.random.default_rng([seed, *map(ord, cell.name)]))
    rng = np.random.default_rng(key)
    p = people.shape[1] - 1
    sizes = (1,) * p
    whole = prepared(people, Design(PEOPLE)).domains[0]
    truth = {name: values[:, 0] for name, values in Importance(method, sizes, PEOPLE, subsets=False)(whole).items()}
    scales = {"importance": SQUARE, "r2": SQUARE} if method != "pratt" else {"r2": SQUARE}
    hits = 0
    for k in range(replications):
        rows, design = drawn(cell, weight, rng)
        data = prepared(people[rows], design)
        found = [held(fit, truth, scales, True) for fit in fits(data, method, draw, k)]
        hits = hits + np.array(found, dtype=float)
    share = 100 * hits / replications
    at = [slice(0, p), slice(p, 2 * p), slice(2 * p, 2 * p + 1), slice(2 * p + 1, None)]
    worst = [[row[part].min() for part in at] for row in share]
    mean = [[row[part].mean() for part in at[:2]] for row in share]
    cells = [" -> ".join(f"{row[i]:.1f}" for row in worst) for i in range(4)]
    middle = [" -> ".join(f"{row[i]:.1f}" for row in mean) for i in range(2)]
    way = f", {cell.way}" if cell.way else ""
    return f"| {cell.name}{way}, n = {cell.n} | {' | '.join(cells)} | {' | '.join(middle)} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--method", default="lmg", choices=METHODS)
    parser.add_argument("--cells", default="", help="a regular expression, such as '5 .*n = 60'")
    parser.add_argument("--bootstrap", action="store_true", help=f"a bootstrap of {BOOTSTRAP:,} as a third number")
    parser.add_argument("--replications", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=20261201)
    chosen = parser.parse_args()
    cells = [Cell(name, "", n) for name in SETS for n in SIZES] + [Cell(*way) for way in WAYS]
    cells = [cell for cell in cells if re.search(chosen.cells, f"{cell.name}, {cell.way}, n = {cell.n}")]
    print("| drivers | importance, worst | shares, worst | R2 | differences | importance, mean | shares, mean |")
    print("|---|---|---|---|---|---|---|")
    one = partial(
        run, method=chosen.method, replications=chosen.replications, seed=chosen.seed, draw=chosen.bootstrap
    )  # fmt: skip
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for line in pool.map(one, cells):
            print(line, flush=True)


if __name__ == "__main__":
    main()
