"""Time measures on 1,000,000 respondents x 24 ratings, each line in a fresh process, the best of several.

    python benchmarks/measures.py [--n 1000000] [--runs 3] [--json FILE]

A line is a call of a public function on a Survey that is there already; the time runs from the call to its headline
table: seconds on the clock, and seconds of processors, which other work on the machine disturbs less. Linear algebra
has one thread, as in R. The last line sets score_items beside svymean of R's survey package on the same ratings and
weights in the same run, when Rscript is there. A measure of csi adds itself by one line in CALLS.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

TARGET = 2.0  # seconds
ONE = os.environ | dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")

MAKE = """
import sys, time
import numpy as np
import pandas as pd
import csi

def survey_of(n, **roles):
    rng = np.random.default_rng(1)
    level = rng.normal(7, 1.4, size=n)
    names = [f"q{k + 1}" for k in range(24)]
    ratings = {name: np.clip(np.round(level + rng.normal(0, 1.2, size=n)), 1, 10) for name in names}
    ratings["q1"][rng.random(n) < 0.02] = np.nan
    frame = pd.DataFrame(ratings)
    frame["w"] = rng.uniform(0.5, 2.5, n)
    frame["region"] = rng.integers(0, 8, n)
    frame["branch"] = rng.integers(0, 2000, n)
    frame["operator"] = rng.integers(0, 4, n)
    scale = csi.Scale(1, 10)
    book = csi.Codebook({name: csi.Item(name, scale) for name in names}, **roles)
    return csi.Survey.from_frame(frame, book, name="million")
"""

# what is timed -> (roles of the survey, the call); `survey` is the survey, `names` its 24 items
CALLS = {
    "score_items(mean)": ({}, "csi.score_items(survey)"),
    "score_items(mean), weights": ({"weight": "w"}, "csi.score_items(survey)"),
    "score_items(mean), weights, strata, clusters": (
        {"weight": "w", "strata": "region", "cluster": "branch"},
        "csi.score_items(survey)",
    ),
    "score_items(mean), weights, by 4 groups": ({"weight": "w"}, "csi.score_items(survey, by='operator')"),
    "score_items(score), weights": ({"weight": "w"}, "csi.score_items(survey, statistic='score')"),
    "score_items(sd), weights": ({"weight": "w"}, "csi.score_items(survey, statistic='sd')"),
    "score_items(quantile), weights": ({"weight": "w"}, "csi.score_items(survey, statistic='quantile', probs=[0.5])"),
    "score_items(mean), raked weights": (
        {"weight": "w"},
        "csi.score_items(survey)",
        "survey = csi.rake(survey, {'operator': {str(k): 0.25 for k in range(4)}})",
    ),
}


def seconds(roles: dict[str, str], call: str, before: str = "", *, n: int, runs: int) -> tuple[float, ...]:
    code = f"""{MAKE}
survey = survey_of({n}, **{roles!r})
names = list(survey.items)
{before}
csi.score_items(csi.load_sample("tiny")).tidy()  # imports are not timed
start, used = time.perf_counter(), time.process_time()
{call}.tidy()
print(time.perf_counter() - start, time.process_time() - used)
"""
    lines = [subprocess.check_output([sys.executable, "-c", code], text=True, env=ONE) for _ in range(runs)]
    return tuple(min(map(float, column)) for column in zip(*(line.split() for line in lines), strict=True))


def seconds_of_r(n: int, runs: int) -> tuple[float, ...] | None:
    """svymean of the same 24 items one by one, weights only; None without R's survey package."""
    if shutil.which("Rscript") is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "ratings.csv"
        subprocess.run(
            [sys.executable, "-c", f"{MAKE}\nsurvey_of({n}).answers.to_csv({str(file)!r}, index=False)"], check=True
        )
        code = f"""
        suppressMessages(library(survey))
        data <- read.csv({json.dumps(str(file))})
        best <- c(Inf, Inf)
        for (run in seq_len({runs})) {{
          spent <- system.time({{
            design <- svydesign(ids = ~1, weights = ~w, data = data)
            for (k in 1:24) {{ m <- svymean(reformulate(paste0("q", k)), design, na.rm = TRUE); SE(m) }}
          }})
          best <- pmin(best, c(spent[["elapsed"]], spent[["user.self"]] + spent[["sys.self"]]))
        }}
        cat(best)"""
        ran = subprocess.run(["Rscript", "-e", code], capture_output=True, text=True, check=False, env=ONE)
    return tuple(map(float, ran.stdout.split())) if ran.returncode == 0 else None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--n", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--json")
    chosen = parser.parse_args()
    found = {}
    print(f"{'function':48s} seconds, of processors; {chosen.n:,} x 24 (target <= {TARGET:g})")
    for name, line in CALLS.items():
        found[name] = seconds(*line, n=chosen.n, runs=chosen.runs)
        print(f"{name:48s} {found[name][0]:6.2f} {found[name][1]:6.2f}", flush=True)
    ours = found["score_items(mean), weights"]
    theirs = seconds_of_r(chosen.n, chosen.runs)
    if theirs is None:
        print("R's survey package is not here; nothing to compare with")
    else:
        found["R survey::svymean, weights"] = theirs
        ratios = " and ".join(f"{a / b:.0f}" for a, b in zip(theirs, ours, strict=True))
        print(f"{'R survey::svymean, weights':48s} {theirs[0]:6.2f} {theirs[1]:6.2f}  ({ratios} times as long)")
    if chosen.json:
        Path(chosen.json).write_text(json.dumps(found, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
