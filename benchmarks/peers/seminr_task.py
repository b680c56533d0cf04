"""PyPI seminr's side of benchmarks/pls.py: python seminr_task.py SPEC.json estimate|bootstrap [PROCESSES]."""

import importlib.metadata
import json
import sys
import time

import numpy as np
import seminr


def main(spec: dict, task: str, processes: int | None) -> dict:
    data = (spec["items"], np.array(spec["ratings"], dtype=float))
    blocks = seminr.constructs(*(seminr.composite(name, items) for name, items in spec["constructs"].items()))
    paths = seminr.relationships(*(seminr.paths(source, target) for source, target in spec["paths"]))
    # Scheme path, tolerance 1e-7 and 300 iterations are its defaults, as they are csi's.
    model = seminr.estimate_pls(data, blocks, paths)
    found = {"version": importlib.metadata.version("seminr")}
    found["paths"] = [model.path_coef.get(source, target) for source, target in spec["paths"]]
    if task == "estimate":
        seconds = []
        for _ in range(20):
            start = time.perf_counter()
            seminr.estimate_pls(data, blocks, paths)
            seconds.append(time.perf_counter() - start)
        return found | {"seconds": min(seconds), "count": 1}
    count = 200 if processes in (None, 1) else 1000  # starting its processes takes seconds: spread over more replicates
    start = time.perf_counter()
    boot = seminr.bootstrap_model(model, count, seed=1, cores=processes)
    seminr.summarize(boot)  # makes the tables with intervals
    found |= {"seconds": (time.perf_counter() - start) / count, "count": count, "failed": boot.fails}
    found["errors"] = [boot.paths_descriptives.get(a, f"{b} Boot SD") for a, b in spec["paths"]]
    return found


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        print(json.dumps(main(json.load(file), sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else None)))
