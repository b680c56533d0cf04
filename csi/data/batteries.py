"""Which columns are questions of one battery: rows of one stem, or a run of columns side by side."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

_AGAIN = re.compile(r"(.{8,}?)(?:[\s_]*\(?\d{1,3}\)?)?")  # the same heading again, with a number
_ROW = re.compile(r"(.{2,}?)\s*[\[［](.+)[\]］]\s*$", re.S)  # Question [row]
_DASHED = re.compile(r"(.{4,}?)\s*(?:—|–| - |：|: )\s*(.+)$", re.S)  # stem - row
_NUMBERED = re.compile(r"([^\W\d_]*(?:[\W_]*\d+(?=[\W_]+\w))*)[\W_]*\d+[a-z]?\W*")  # Q1, KP1, X1.2 -> Q, KP, X1
_CAMEL = re.compile(r"([a-z]{2,}|[A-Z]{2,})(?=[A-Z][a-z])[A-Za-z]*\d*")  # satWifi
_SNAKE = re.compile(r"([^\W\d_]{2,})[_.][\w.]+")  # sat_overall


def stems_of(names: Sequence[str]) -> dict[str, str]:
    """Column -> the stem it shares with at least one other column."""
    found: dict[str, str] = {}
    for pattern in (_ROW, _DASHED, _AGAIN, _NUMBERED, _SNAKE, _CAMEL):
        own = {name: match[1].strip() for name in names if name not in found and (match := pattern.fullmatch(name))}
        tally = Counter(own.values())
        found |= {name: f"{stem} " for name, stem in own.items() if tally[stem] > 1}
    return found


def adjacent_runs(columns: Sequence[Any], numeric: Sequence[Any]) -> list[list[Any]]:
    """Runs of at least three columns of possible ratings that stand side by side."""
    inside = {id(column) for column in numeric}
    runs: list[list[Any]] = [[]]
    for column in columns:
        if id(column) in inside and column.verdict.ends != (0.0, 1.0):
            runs[-1].append(column)
        elif runs[-1] and column.verdict.ends != (0.0, 1.0):
            runs.append([])
    return [run for run in runs if len(run) >= 3]
