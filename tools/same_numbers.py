"""Whether a change of the code moves a number: every result of the contract table, before and after.

    python tools/same_numbers.py keep FILE       in the tree as it was
    python tools/same_numbers.py compare FILE    in the tree as it is; ends with 1 where a number moved

All tables at two levels, glances, the values of checks, scores per respondent and covariances are compared; numbers
as stored, bit by bit. What differs is listed with the largest relative difference, so that sums taken in another order
(below 1e-12) can be told from numbers that moved. Words of notes and checks are not compared.
"""

from __future__ import annotations

import pickle
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parents[1]
REORDERED = 1e-12  # relative; sums in another order
Facts = dict[str, np.ndarray | tuple]


def cases() -> Iterator[tuple[str, Callable[[], object]]]:
    """Every call of the contract table, and every function under each role of a design by each inference."""
    sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
    from test_contract import CALLS, RESULTS, design_frame, with_roles

    for function, calls in RESULTS.items():
        for case, call in calls.items():
            yield f"{function} {case}", call
    frame = design_frame()
    roles = {
        "plain": {},
        "weight": {"weight": "weight"},
        "strata": {"strata": "region"},
        "cluster": {"cluster": "interviewer"},
    }
    for function, call in CALLS.items():
        for role, columns in roles.items():
            for inference in ("bootstrap", "linearised", "normal"):
                yield f"{function} {role} {inference}", partial(call, with_roles(frame, **columns), inference)


def facts_of(answer: object) -> Facts:
    """All numbers of a Result, or of the Results of a Study, by name."""
    if hasattr(answer, "results"):
        return {f"{name}/{key}": value for name, one in answer.results.items() for key, value in facts_of(one).items()}
    found: Facts = {}
    for table in answer.tables:
        for level in (0.95, 0.8):
            found |= _columns(f"{table} {level}", answer.tidy(table, level=level))
        try:
            found[f"{table} covariance"] = np.asarray(answer.covariance(table), dtype=float)
        except ValueError as stop:
            found[f"{table} covariance"] = (type(stop).__name__, getattr(stop, "code", ""))
    found |= _columns("glance", answer.glance())
    checks = answer.check()
    found |= _columns("check", checks[[name for name in checks if name in ("check", "value", "ok", "group")]])
    try:
        found |= _columns("scores", answer.scores())
    except ValueError as stop:
        found["scores"] = (type(stop).__name__, getattr(stop, "code", ""))
    return found


def _columns(name: str, frame: pd.DataFrame) -> Facts:
    found: Facts = {}
    for column in frame:
        values = frame[column]
        if pd.api.types.is_numeric_dtype(values):
            found[f"{name}.{column}"] = values.to_numpy(dtype=float, na_value=np.nan)
        else:
            found[f"{name}.{column}"] = tuple(map(str, values))
    return found


def observed(call: Callable[[], object]) -> Facts:
    """The numbers of a call, or the error it ends with."""
    try:
        return facts_of(call())
    except ValueError as stop:
        return {"stop": (type(stop).__name__, str(getattr(stop, "code", stop)))}


def differences(before: Facts, after: Facts) -> Iterator[tuple[str, float]]:
    """Names of what differs, with the largest relative difference; infinite where it is not one of numbers."""
    for name in sorted(before.keys() | after.keys()):
        old, new = before.get(name), after.get(name)
        if isinstance(old, np.ndarray) and isinstance(new, np.ndarray) and old.shape == new.shape:
            if not np.array_equal(np.isnan(old), np.isnan(new)):
                yield name, np.inf
            elif not np.array_equal(old, new, equal_nan=True):
                with np.errstate(invalid="ignore", divide="ignore"):
                    size = max(float(np.nanmax(np.abs(old))), 1e-300)
                    yield name, float(np.nanmax(np.where(old == new, 0.0, np.abs(old - new)))) / size
        elif isinstance(old, np.ndarray) or isinstance(new, np.ndarray) or old != new:
            yield name, np.inf


def main(act: str, path: Path) -> int:
    """Keep the numbers of this tree, or compare them with those kept."""
    before: dict[str, Facts] = {} if act == "keep" else pickle.loads(path.read_bytes())
    found: dict[str, Facts] = {}
    moved = reordered = 0
    for name, call in cases():
        found[name] = observed(call)
        if act == "keep":
            continue
        for fact, size in differences(before.get(name, {}), found[name]):
            moved, reordered = moved + (size > REORDERED), reordered + (size <= REORDERED)
            print(f"{name}: {fact} differs by {size:.1e}", flush=True)
    if act == "keep":
        path.write_bytes(pickle.dumps(found))
        print(f"{len(found)} calls, {sum(map(len, found.values()))} columns kept")
        return 0
    gone = sorted(before.keys() - found.keys())
    print(f"{len(found)} calls: {moved} moved, {reordered} reordered below {REORDERED:g}, {len(gone)} gone {gone}")
    return int(bool(moved or gone))


if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[1] not in ("keep", "compare"):
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1], Path(sys.argv[2])))
