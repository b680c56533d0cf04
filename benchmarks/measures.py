"""Time measures on 1,000,000 respondents x 24 ratings, each line in a fresh process, the best of several.

    python benchmarks/measures.py [--n 1000000] [--runs 3] [--only WORD] [--json FILE]

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

def survey_of(n, low=1, top=10, **roles):
    rng = np.random.default_rng(1)
    level = rng.normal(7, 1.4, size=n)
    names = [f"q{k + 1}" for k in range(24)]
    ratings = {}
    for k, name in enumerate(names):
        own = rng.normal(0, 0.8, size=n) if k % 6 == 0 else own  # of a construct of six items
        ratings[name] = np.clip(np.round((level + own + rng.normal(0, 1.0, size=n)) * top / 10), low, top)
    ratings["q1"][rng.random(n) < 0.02] = np.nan
    frame = pd.DataFrame(ratings)
    frame["w"] = rng.uniform(0.5, 2.5, n)
    frame["region"] = rng.integers(0, 8, n)
    frame["branch"] = rng.integers(0, 2000, n)
    frame["operator"] = rng.integers(0, 4, n)
    frame["complaint"] = (rng.random(n) < 0.1).astype(float)
    frame["defaulted"] = (rng.random(n) < 0.3).astype(float)
    frame.loc[frame["q1"].isna(), "defaulted"] = np.nan
    frame["rectified"] = (rng.random(n) < 0.6).astype(float)
    frame["sales"] = rng.lognormal(4, 1, n)
    scale = csi.Scale(low, top)
    constructs = [f"construct {k // 6 + 1}" for k in range(24)]
    items = {name: csi.Item(name, scale, construct=part) for name, part in zip(names, constructs)}
    items["sales"] = csi.Item("sales", kind="number")
    book = csi.Codebook(items, **roles)
    return csi.Survey.from_frame(frame, book, name="million")
"""

W = {"weight": "w"}
TEN = {"low": 0}
TREE = {f"construct {k}": {f"q{6 * k + i + 1}": 100 / 24 for i in range(6)} for k in range(4)}
PAIRS = {f"dimension {k}": [f"q{13 + 3 * k + i}" for i in range(3)] for k in range(4)}
# what is timed -> (roles of the survey, the call); `survey` is the survey, `names` its 24 items
CALLS = {
    "score_items(mean)": ({}, "csi.score_items(survey, names)"),
    "score_items(mean), weights": ({"weight": "w"}, "csi.score_items(survey, names)"),
    "score_items(mean), weights, strata, clusters": (
        {"weight": "w", "strata": "region", "cluster": "branch"},
        "csi.score_items(survey, names)",
    ),
    "score_items(mean), weights, by 4 groups": ({"weight": "w"}, "csi.score_items(survey, names, by='operator')"),
    "score_items(score), weights": ({"weight": "w"}, "csi.score_items(survey, names, statistic='score')"),
    "score_items(sd), weights": ({"weight": "w"}, "csi.score_items(survey, names, statistic='sd')"),
    "score_items(quantile), weights": (
        {"weight": "w"},
        "csi.score_items(survey, names, statistic='quantile', probs=[0.5])",
    ),
    "score_items(mean), raked weights": (
        {"weight": "w"},
        "csi.score_items(survey, names)",
        "survey = csi.rake(survey, {'operator': {str(k): 0.25 for k in range(4)}})",
    ),
    "score_rate, weights": (W, "csi.score_rate(survey, names, satisfied=8)"),
    "score_rate, weights, by 4 groups": (W, "csi.score_rate(survey, names, satisfied=8, by='operator')"),
    "score_top_box": (W, "csi.score_top_box(survey, names)"),
    "score_csat": (W, "csi.score_csat(survey, names, boxes=3)"),
    "score_ces": (W, "csi.score_ces(survey, names)"),
    "score_mean": (W, "csi.score_mean(survey, names)"),
    "score_nps": (W | TEN, "csi.score_nps(survey, names)"),
    "compare_nps": (W | TEN, "csi.compare_nps(survey, 'q2', by='operator')"),
    "score_kpi": (
        W,
        "csi.score_kpi(survey, satisfaction='q2', recommend='q3', repurchase='q4', complaint='complaint', satisfied=8)",
    ),
    "score_composite(UKCSI)": (W, "csi.score_composite(survey, 'UKCSI', names)"),
    "score_composite(KCSI)": (
        W | {"top": 7},
        "csi.score_composite(survey, 'KCSI', {'overall': 'q24', 'elements': names[:-2], 'repurchase': 'q23'})",
    ),
    "score_public_service": (W | {"top": 5}, "csi.score_public_service(survey, rating='q1', replied='complaint')"),
    "score_index": (W, f"csi.score_index(survey, {TREE})"),
    "score_index, by 4 groups": (W, f"csi.score_index(survey, {TREE}, by='operator')"),
    "score_fuzzy": (W, "csi.score_fuzzy(survey, names)"),
    "score_topsis": (W, "csi.score_topsis(survey, names, by='operator')"),
    "score_grey": (W, "csi.score_grey(survey, names, by='operator')"),
    "score_servqual, 12 pairs": (W, f"csi.score_servqual(survey, names[:12], names[12:], dimensions={PAIRS})"),
    "score_journey": (W, "csi.score_journey(survey, names[:-1], outcome='q24')"),
    "score_kano, 12 features": (W | {"top": 5}, "csi.score_kano(survey, names[:12], names[12:])"),
    "score_quadrants": (W, "csi.score_quadrants(survey, names[:-1], outcome='q24')"),
    "score_quadrants(regression)": (
        W,
        "csi.score_quadrants(survey, names[:-1], outcome='q24', method='regression')",
    ),
    "classify_disconfirmation, 12 pairs": (W, "csi.classify_disconfirmation(survey, names[:12], names[12:])"),
    "classify_customers": ({}, "csi.classify_customers(survey, 'sales')"),
    "derive_indicator_weights(points)": (
        W,
        "csi.derive_indicator_weights(survey, points=names, methods=['points'])",
    ),
    "derive_indicator_weights(regression)": (
        W,
        "csi.derive_indicator_weights(survey, names[:-1], outcome='q24', methods=['regression'])",
    ),
    "derive_indicator_weights(entropy)": (W, "csi.derive_indicator_weights(survey, names, methods=['entropy'])"),
    "derive_indicator_weights(critic)": (W, "csi.derive_indicator_weights(survey, names, methods=['critic'])"),
    "check_reliability, constructs of 6": (W, "csi.check_reliability(survey)"),
    "check_reliability, one scale of 24": (W, "csi.check_reliability(survey, names)"),
    "check_factorability": (W, "csi.check_factorability(survey, names)"),
    "fit_factors, 4 factors": (W, "csi.fit_factors(survey, names, n_factors=4)"),
    "fit_icc": (W, "csi.fit_icc(survey, names)"),
    "score_agreement": (W, "csi.score_agreement(survey, names)"),
    "check_responses": ({}, "csi.check_responses(survey, names)"),
    "check_weights": (W, "csi.check_weights(survey)"),
    "compare_nonresponse": (W, "csi.compare_nonresponse(survey, names, late='complaint', response_rate=0.4)"),
    "compare_target": (W, "csi.compare_target(csi.score_rate(survey, names, satisfied=8), 0.9)"),
    "compare_equivalence": (
        W,
        "csi.compare_equivalence(csi.score_rate(survey, 'q2', satisfied=8, by='operator'), 0.02)",
    ),
    "rake": (
        W,
        "csi.rake(survey, {'operator': {str(k): 0.25 for k in range(4)}, 'region': {str(k): 1 / 8 for k in range(8)}})",
    ),
    "post_stratify": (W, "csi.post_stratify(survey, 'region', {str(k): 1 / 8 for k in range(8)})"),
    "Survey.moments(pairwise)": (W, "survey.moments(names, missing='pairwise')"),
}


def seconds(roles: dict[str, str], call: str, before: str = "", *, n: int, runs: int) -> tuple[float, ...]:
    code = f"""{MAKE}
survey = survey_of({n}, **{roles!r})
names = list(survey.items)[:24]
{before}
csi.score_items(csi.load_sample("tiny")).tidy()  # imports are not timed
start, used = time.perf_counter(), time.process_time()
found = {call}
if hasattr(found, "tidy"):
    found.tidy()
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
    parser.add_argument("--only", default="", help="lines that hold this word")
    parser.add_argument("--json")
    chosen = parser.parse_args()
    found = {}
    print(f"{'function':48s} seconds, of processors; {chosen.n:,} x 24 (target <= {TARGET:g})")
    for name, line in CALLS.items():
        if chosen.only not in name:
            continue
        found[name] = seconds(*line, n=chosen.n, runs=chosen.runs)
        print(f"{name:48s} {found[name][0]:6.2f} {found[name][1]:6.2f}", flush=True)
    if chosen.only:
        return
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
