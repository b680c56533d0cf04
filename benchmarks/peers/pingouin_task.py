"""pingouin's side of benchmarks/drivers.py: python pingouin_task.py SPEC.json DRIVERS."""

import importlib.metadata
import json
import sys
import time

import pandas as pd
import pingouin


def main(spec: dict, p: int) -> dict:
    data = pd.DataFrame(spec["data"], columns=spec["names"])
    drivers, outcome = spec["names"][:p], spec["names"][-1]
    pingouin.linear_regression(data[drivers[:2]], data[outcome], relimp=True)
    seconds = []
    for _ in range(3 if p <= 10 else 1):
        start = time.perf_counter()
        found = pingouin.linear_regression(data[drivers], data[outcome], relimp=True)
        seconds.append(time.perf_counter() - start)
    lmg = found.set_index("names")["relimp"].loc[drivers].tolist()
    return {"version": importlib.metadata.version("pingouin"), "seconds": min(seconds), "lmg": lmg}


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        print(json.dumps(main(json.load(file), int(sys.argv[2]))))
