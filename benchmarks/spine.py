"""Time the chain from moments to tables, each line in fresh processes, the best of several.

    python benchmarks/spine.py [MOBI.CSV]

Without the raw mobi file the bootstrap runs on 250 complete respondents of the bundled mobile sample, which has more
items. The ratio uses the 6.9 ms a replicate of PyPI seminr that benchmarks/pls.py measures in the same run.
"""

import subprocess
import sys

START = "import time, numpy as np, pandas as pd\nclock = time.perf_counter\n"
IMPORT = START + "start = clock()\nimport csi\ncsi.fit_pls\nprint(clock() - start)\n"
ESTIMATE = (
    START
    + """
import csi
moments, model = csi.load_moments("mobi"), csi.load_model("ECSI_2005")
csi.fit_pls(moments, model, n_boot=0)
start = clock()
for _ in range(200):
    csi.fit_pls(moments, model, n_boot=0)
print((clock() - start) / 200)
"""
)
REPLICATE = (
    START
    + """
import csi, sys
if len(sys.argv) > 1:
    survey, model = csi.read_csv(sys.argv[1]), csi.load_model("ECSI_2005")
else:
    sample, model = csi.load_sample("mobile"), csi.load_model("ECSI_2005")
    items = list(model.resolve(sample.items, sample.codebook).items)
    frame = sample.answers[items].dropna().iloc[:250]
    book = csi.Codebook(items={name: sample.codebook.items[name] for name in items})
    survey = csi.Survey.from_frame(frame, book, name="mobile")
csi.fit_pls
start = clock()
fit = csi.fit_pls(survey, model)
for table in fit.tables:
    fit.tidy(table)
spent = clock() - start
if fit.glance()["n_failed"][0]:
    raise SystemExit("replicates failed")
print(spent / 5000)
"""
)
MILLION = (
    START
    + """
import csi, sys
rng = np.random.default_rng(1)
level = rng.normal(7, 1.4, size=(1_000_000, 1))
ratings = np.clip(np.round(level + rng.normal(0, 1.2, size=(1_000_000, 24))), 1, 10)
names = csi.load_moments("mobi").names
model = csi.load_model("ECSI_2005")
if sys.argv[-1] == "arrow":
    import pyarrow
    data = pyarrow.table({name: ratings[:, i].astype("int8") for i, name in enumerate(names)})
else:
    data = ratings
csi.fit_pls
start = clock()
moments = csi.Moments.from_frame(data, names, lo=1, hi=10)
csi.fit_pls(moments, model).tidy()
print(clock() - start)
"""
)


def best(code: str, *arguments: str, runs: int = 5) -> float:
    return min(float(subprocess.check_output([sys.executable, "-c", code, *arguments])) for _ in range(runs))


def main(mobi: list[str]) -> None:
    rows = [
        ("import csi; csi.fit_pls after import pandas", best(IMPORT), 0.3, "s"),
        ("fit_pls(moments, model, n_boot=0)", best(ESTIMATE) * 1e3, 1.0, "ms"),
        ("bootstrap replicate, all tables and intervals", best(REPLICATE, *mobi) * 1e6, 35.0, "us"),
        ("1,000,000 x 24 ratings fitted, numpy", best(MILLION, "numpy", runs=3), 1.0, "s"),
        ("1,000,000 x 24 ratings fitted, Arrow", best(MILLION, "arrow", runs=3), 1.0, "s"),
    ]
    for what, value, target, unit in rows:
        print(f"{what:50s} {value:8.2f} {unit:3s} (target <= {target:g} {unit})")
    print(f"{'against 6.9 ms a replicate of PyPI seminr':50s} {6900 / rows[2][1]:8.0f} times faster")


if __name__ == "__main__":
    main(sys.argv[1:])
