"""How often the intervals of fit_pls hold the truth: a simulation of the kind docs/numbers reports.

    python tools/coverage.py [--n 250] [--replications 2000] [--interval bca|t] [--inference bootstrap|linearised]

The population has the means, standard deviations and correlations of the mobi survey, rounded to 1-10 as ratings are.
The truth is the same estimator on the population's own moments after rounding (one million respondents). Nobody and no
replication is left out; a replication that fails counts as an interval that misses.
"""

import argparse

import numpy as np

import csi

TABLES = {"index": 1.0, "paths": 1.0, "outer": 1.0, "constructs": 1.0}


def ratings(rng: np.random.Generator, n: int, moments: csi.Moments) -> np.ndarray:
    factor = np.linalg.cholesky(moments.correlation)
    normal = rng.standard_normal((n, len(moments.names))) @ factor.T
    return np.clip(np.round(moments.mean + moments.sd * normal), 1, 10)


def survey_of(values: np.ndarray, book: csi.Codebook, names: tuple[str, ...]) -> csi.Survey:
    import pandas as pd

    return csi.Survey.from_frame(pd.DataFrame(values, columns=list(names)), book, name="simulated")


def labelled(fit: csi.Result, table: str) -> dict[tuple[str, ...], object]:
    frame = fit.tidy(table)
    keys = [column for column in frame.columns if frame[column].dtype == object or str(frame[column].dtype) == "str"]
    return {(table, *(row[key] for key in keys)): row for _, row in frame.iterrows()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--n", type=int, default=250)
    parser.add_argument("--replications", type=int, default=2000)
    parser.add_argument("--n-boot", type=int, default=1000)
    parser.add_argument("--interval", default=None)
    parser.add_argument("--inference", default="bootstrap")
    parser.add_argument("--seed", type=int, default=20261122)
    chosen = parser.parse_args()
    moments, model = csi.load_moments("mobi"), csi.load_model("ECSI_2005")
    book = csi.Codebook(items={name: csi.Item(name, scale=csi.Scale(1, 10)) for name in moments.names})
    rng = np.random.default_rng(chosen.seed)
    population = csi.Moments.from_frame(ratings(rng, 1_000_000, moments), moments.names, lo=1, hi=10)
    exact = csi.fit_pls(population, model, n_boot=0, tolerance=1e-10)
    truth = {key: row["estimate"] for table in TABLES for key, row in labelled(exact, table).items()}
    hits = dict.fromkeys(truth, 0)
    constant: set[tuple[str, ...]] = set()
    for _ in range(chosen.replications):
        fit = csi.fit_pls(
            survey_of(ratings(rng, chosen.n, moments), book, moments.names), model, n_boot=chosen.n_boot,
            inference=chosen.inference, interval=chosen.interval, seed=int(rng.integers(1 << 31)),
        )  # fmt: skip
        for table in TABLES:
            for key, row in labelled(fit, table).items():
                if row["std_error"] == 0:
                    constant.add(key)
                hits[key] += row["lower"] <= truth[key] <= row["upper"]
    report(chosen, {key: count / chosen.replications for key, count in hits.items() if key not in constant})


def report(chosen: argparse.Namespace, share: dict[tuple[str, ...], float]) -> None:
    kinds = {
        "index": [key for key in share if key[0] == "index"],
        "paths": [key for key in share if key[0] == "paths"],
        "weights": [key for key in share if key[-1] == "outer_weight"],
        "loadings": [key for key in share if key[-1] == "loading"],
        "r2": [key for key in share if key[-1] == "r2"],
        "alpha": [key for key in share if key[-1] == "alpha"],
        "rho_c": [key for key in share if key[-1] == "rho_c"],
    }
    print(f"n = {chosen.n}, {chosen.replications} replications, {chosen.inference} {chosen.interval or 'default'}")
    for kind, keys in kinds.items():
        values = np.array([share[key] for key in keys])
        worst = keys[int(values.argmin())]
        print(f"{kind:9s} mean {values.mean():.3f}  lowest {values.min():.3f} {' '.join(worst[1:])}")


if __name__ == "__main__":
    main()
