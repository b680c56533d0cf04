"""csi's side of benchmarks/drivers.py: python csi_importance_task.py SPEC.json DRIVERS [N_BOOT]."""

import json
import resource
import sys
import time

import pandas as pd

import csi


def main(spec: dict, p: int, n_boot: int) -> dict:
    frame = pd.DataFrame(spec["data"], columns=spec["names"])
    survey = csi.Survey.from_frame(frame)
    drivers, outcome = spec["names"][:p], spec["names"][-1]
    options = {"inference": "bootstrap" if n_boot else None, "n_boot": n_boot}
    csi.fit_importance(survey, outcome, drivers[:2], **options).tidy()
    seconds = []
    for _ in range(5 if p <= 20 else 1):
        start = time.perf_counter()
        found = csi.fit_importance(survey, outcome, drivers, **options)
        tidy = found.tidy()
        seconds.append(time.perf_counter() - start)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20)  # GB on Linux
    return {"version": csi.__version__, "seconds": min(seconds), "gigabytes": memory, "lmg": tidy["estimate"].tolist()}


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        print(json.dumps(main(json.load(file), int(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 0)))
