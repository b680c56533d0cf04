"""csi's side of benchmarks/pls.py: python csi_task.py SPEC.json estimate|bootstrap [PROCESSES]."""

import json
import sys
import time

import pandas as pd

import csi

N_BOOT = 5000  # the default of fit_pls


def main(spec: dict, task: str) -> dict:
    scales = zip(spec["items"], spec["lo"], spec["hi"], strict=True)
    book = csi.Codebook(items={name: csi.Item(name, scale=csi.Scale(lo, hi)) for name, lo, hi in scales})
    survey = csi.Survey.from_frame(pd.DataFrame(spec["ratings"], columns=spec["items"]), book)
    model = csi.PathModel.parse(spec["lavaan"])
    tables = ("paths", "outer", "constructs") if task == "estimate" else None
    count, repeats = (1, 20) if task == "estimate" else (N_BOOT, 1)
    csi.fit_pls(survey, model, n_boot=0)  # imports are not the work
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        fit = csi.fit_pls(survey, model, tolerance=1e-7, n_boot=0 if task == "estimate" else N_BOOT)
        for table in tables or fit.tables:
            fit.tidy(table)
        seconds.append(time.perf_counter() - start)
    paths = fit.tidy("paths").set_index(["source", "target"])
    found = {"version": csi.__version__, "seconds": min(seconds) / count, "count": count}
    found["paths"] = [float(paths.loc[tuple(path), "estimate"]) for path in spec["paths"]]
    if task == "bootstrap":
        found["errors"] = [float(paths.loc[tuple(path), "std_error"]) for path in spec["paths"]]
        if fit.glance()["n_failed"][0]:
            raise SystemExit("replicates failed")
    return found


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        print(json.dumps(main(json.load(file), sys.argv[2])))
