"""Time the importance of drivers (LMG) by csi, and against pingouin: same data, same run, fresh processes.

pingouin lives in an environment of its own, made from benchmarks/peers/pingouin.txt; nothing of it enters csi's.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from pls import HERE, SkippedError, environment, last_line, shown

# drivers, replicates -> seconds allowed, gigabytes allowed
TARGETS = {(10, 0): None, (15, 0): None, (20, 0): (0.2, 3.0), (25, 0): (8.0, 3.0), (10, 1000): (1.0, 3.0)}
TIMES = {10: None, 15: 500}  # how many times faster than pingouin
SAME = 1e-8  # importances further apart than this come from different work


def prepare(n: int, p: int) -> dict:
    """Return ratings of n respondents on p drivers that share one factor, and an outcome."""
    rng = np.random.default_rng(np.random.SeedSequence(5))
    drivers = rng.normal(size=(n, p)) + rng.normal(size=(n, 1))
    outcome = drivers @ np.linspace(1, 0, p) / p + rng.normal(size=n)
    names = [*(f"driver_{k:02d}" for k in range(p)), "outcome"]
    return {"names": names, "data": np.column_stack([drivers, outcome]).tolist()}


def run(python: Path | str, task: str, spec: Path, *arguments: int) -> dict:
    """Run one task in a fresh process."""
    command = [str(python), str(HERE / "peers" / f"{task}_task.py"), str(spec), *map(str, arguments)]
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    if task.startswith("csi"):
        inherited["PYTHONPATH"] = str(HERE.parent)  # this csi, wherever another one is installed
    done = subprocess.run(command, env=inherited, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SkippedError(f"{task} failed ({last_line(done.stderr)})")
    return json.loads(last_line(done.stdout))


def alone(key: tuple[int, int], found: dict) -> str:
    """Return a line about csi against its own targets."""
    p, n_boot = key
    what = f"LMG of {p} drivers" if not n_boot else f"LMG of {p} drivers, bootstrap of {n_boot:,}"
    line = f"{what:36s} {shown(found['seconds']):>9s}  {found['gigabytes']:.2f} GB"
    if TARGETS[key] is None:
        return line
    seconds, gigabytes = TARGETS[key]
    reached = found["seconds"] <= seconds and found["gigabytes"] <= gigabytes
    return f"{line}  target {seconds:g} s, {gigabytes:g} GB: {'reached' if reached else 'not reached'}"


def against(p: int, ours: dict, theirs: dict) -> tuple[str, bool]:
    """Return a line about csi and pingouin, and whether they did the same work."""
    gap = max(abs(a - b) for a, b in zip(ours["lmg"], theirs["lmg"], strict=True))
    ratio, target = theirs["seconds"] / ours["seconds"], TIMES[p]
    judged = f"  target {target}: {'reached' if ratio >= target else 'not reached'}" if target else ""
    line = f"pingouin {theirs['version']}, {p} drivers: {shown(theirs['seconds'])}, {ratio:,.0f} times csi's {judged}"
    if gap > SAME:
        return f"{line}; importances differ by {gap:.1e}: NOT the same work", False
    return f"{line}; importances within {gap:.1e}", True


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--envs", type=Path, help="folder to keep pingouin's environment in (default: a temporary one)")
    parser.add_argument("--respondents", type=int, default=1000, help="rows of the made-up data (default: 1,000)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write everything measured to FILE")
    options = parser.parse_args(arguments)
    same, measured = True, {}
    with tempfile.TemporaryDirectory() as scratch:
        spec = Path(scratch, "spec.json")
        spec.write_text(json.dumps(prepare(options.respondents, 25)), encoding="utf-8")
        print(f"{options.respondents} respondents; {os.cpu_count()} CPUs, Python {platform.python_version()}")
        for key in TARGETS:
            measured[str(key)] = run(sys.executable, "csi_importance", spec, *key)
            print(alone(key, measured[str(key)]), flush=True)
        try:
            python = environment("pingouin", options.envs or Path(scratch))
            for p in TIMES:
                ours, theirs = run(sys.executable, "csi_importance", spec, p), run(python, "pingouin", spec, p)
                measured[f"pingouin {p}"] = theirs
                line, equal = against(p, ours, theirs)
                same &= equal
                print(line, flush=True)
        except SkippedError as reason:
            print(f"pingouin: skipped, {reason}")
    if options.json:
        options.json.write_text(json.dumps(measured, indent=1) + "\n", encoding="utf-8")
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
