"""plspm's side of benchmarks/pls.py: python plspm_task.py SPEC.json estimate|bootstrap [PROCESSES]."""

import importlib.metadata
import json
import sys
import time

import pandas as pd
from plspm.config import MV, Config, Structure
from plspm.mode import Mode
from plspm.plspm import Plspm
from plspm.scale import Scale
from plspm.scheme import Scheme


def config(spec: dict) -> Config:
    """Standardised items (Scale.NUM): `scaled=True` alone gives the covariance solution in 0.5.7, and is slower."""
    structure = Structure()
    for source, target in spec["paths"]:
        structure.add_path([source], [target])
    model = Config(structure.path(), default_scale=Scale.NUM)
    for name, items in spec["constructs"].items():
        model.add_lv(name, Mode.A, *(MV(item) for item in items))
    return model


def main(spec: dict, task: str, processes: int | None) -> dict:
    data = pd.DataFrame(spec["ratings"], columns=spec["items"], dtype=float)
    options = {"scheme": Scheme.PATH, "iterations": 300, "tolerance": 1e-7}
    count, repeats = (1, 5) if task == "estimate" else (100, 1)
    Plspm(data, config(spec), **options)
    if task == "bootstrap":
        options |= {"bootstrap": True, "bootstrap_iterations": count}
        options |= {"processes": processes} if processes else {}
    seconds = []
    for _ in range(repeats):
        model = config(spec)  # made anew, for the call may change it
        start = time.perf_counter()
        fit = Plspm(data, model, **options)
        coefficients = fit.path_coefficients()
        tables = (fit.outer_model(), fit.inner_summary())
        if task == "bootstrap":
            boot = fit.bootstrap()
            tables = (boot.paths(), boot.loading(), boot.weights(), boot.r_squared(), boot.total_effects())
        seconds.append(time.perf_counter() - start)
    found = {"version": importlib.metadata.version("plspm"), "seconds": min(seconds) / count, "count": count}
    found["paths"] = [float(coefficients.loc[b, a]) for a, b in spec["paths"]]
    if task == "bootstrap":
        found["errors"] = [float(tables[0].loc[f"{a} -> {b}", "std.error"]) for a, b in spec["paths"]]
    return found


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        print(json.dumps(main(json.load(file), sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else None)))
