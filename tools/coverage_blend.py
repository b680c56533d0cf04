"""How often the intervals of score_index and score_blend hold the truth: the simulation docs/numbers reports.

    python tools/coverage_blend.py [--replications 2000]

score_index: three items on 1-5 that share a level, samples of 60 and 250 from a population of 100,000.
score_blend: two classes of 24 and 60 firms of which 12 and 15 are drawn, one to three informants each, visits in which
some items did not come up, complaints; the truth is the mean final score of all 84 firms. No replication is left out.
"""

import argparse

import numpy as np
import pandas as pd

import csi

TREE = {"a": 50, "b": 30, "c": 20}
LEVELS = np.array(
    ["dissatisfied", "fairly_dissatisfied", "fairly_satisfied", "satisfied", "very_satisfied", None], dtype=object
)
SIZES, DRAWN = np.array([24, 60]), np.array([12, 15])


def index_hits(rng: np.random.Generator, n: int, replications: int) -> float:
    level = rng.normal(0, 1, 100_000)
    population = np.clip(np.rint(3.4 + level[:, None] * 0.7 + rng.normal(0, 0.8, (100_000, 3))), 1, 5)
    truth = ((population - 1) * 25 @ np.array([0.5, 0.3, 0.2])).mean()
    book = csi.Codebook(items={name: csi.Item(name, scale=csi.Scale(1, 5)) for name in TREE})
    hits = 0
    for _ in range(replications):
        rows = pd.DataFrame(population[rng.integers(0, len(population), n)], columns=list(TREE))
        found = csi.score_index(csi.Survey.from_frame(rows, book), TREE).value("overall")
        hits += found.lower <= truth <= found.upper
    return hits / replications


def firms(rng: np.random.Generator) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Informants, visits and complaints of the whole population."""
    count = SIZES.sum()
    level = np.concatenate([rng.normal(78, 7, SIZES[0]), rng.normal(66, 11, SIZES[1])])
    names = [f"f{i}" for i in range(count)]
    design = {
        "class": np.repeat(["A", "B"], SIZES),
        "size": np.repeat(SIZES, SIZES),
        "w": np.repeat(SIZES / DRAWN, SIZES),
    }
    base = pd.DataFrame({"firm": names, **design})
    informants = base.loc[np.repeat(np.arange(count), rng.integers(1, 4, count))].copy()
    own = level[informants.index.to_numpy()]
    visits = base.copy()
    for name in TREE:
        informants[name] = np.clip(np.rint(own + rng.normal(0, 8, len(own))), 0, 100)
        heard = np.searchsorted([40, 60, 70, 90], level + rng.normal(0, 8, count), side="right")
        visits[name] = LEVELS[np.where(rng.random(count) < 0.35, 5, heard)]
    complaints = pd.DataFrame({"firm": np.repeat(names, rng.poisson(np.where(level < 70, 1.2, 0.4)))})
    outcomes = ["unhandled", "rather_dissatisfied", "basically_satisfied", "satisfied", "very_satisfied"]
    return informants, visits, complaints.assign(outcome=rng.choice(outcomes, len(complaints)))


def blend(tables: tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame], kept: set[str]) -> csi.Result:
    roles = {"strata": "class", "weight": "w", "population": "size"}
    asked = csi.Codebook(
        items={name: csi.Item(name, scale=csi.Scale(0, 100)) for name in TREE}, cluster="firm", **roles
    )
    heard = csi.Codebook(items={name: csi.Item(name, kind="category") for name in TREE}, respondent="firm", **roles)
    said = csi.Codebook(items={"outcome": csi.Item("outcome", kind="category")}, cluster="firm")
    surveys = [
        csi.Survey.from_frame(table[table["firm"].isin(kept)].reset_index(drop=True), book)
        for table, book in zip(tables, (asked, heard, said), strict=True)
    ]
    return csi.score_blend(*surveys, TREE)


def blend_hits(rng: np.random.Generator, replications: int) -> float:
    tables = firms(rng)
    everybody = [f"f{i}" for i in range(SIZES.sum())]
    truth = blend(tables, set(everybody)).scores()["final"].mean()
    hits = 0
    for _ in range(replications):
        first = rng.choice(SIZES[0], DRAWN[0], replace=False)
        second = SIZES[0] + rng.choice(SIZES[1], DRAWN[1], replace=False)
        found = blend(tables, {everybody[i] for i in (*first, *second)}).value("final")
        hits += found.lower <= truth <= found.upper
    return hits / replications


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--replications", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=20261125)
    chosen = parser.parse_args()
    rng = np.random.default_rng(chosen.seed)
    for n in (60, 250):
        print(f"score_index n = {n}: {index_hits(rng, n, chosen.replications):.4f}")
    print(f"score_blend 27 of 84 firms: {blend_hits(rng, chosen.replications):.4f}")


if __name__ == "__main__":
    main()
