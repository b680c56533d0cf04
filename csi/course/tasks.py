"""What an exercise asks for - a number, names, a fit -, how an answer to it is judged, and what is said of it."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any, Protocol

import numpy as np

from csi.data.samples import load_sample, sample_names
from csi.estimates import Estimate
from csi.language import say
from csi.results import Result
from csi.study import Study
from csi.views import number

Judged = tuple[bool, str, Mapping[str, Any]]
ALONE = ("open", "unknown", "unreadable")  # sentences that name the exercise themselves


class Task(Protocol):
    """An exercise with its right answer worked out."""

    def judge(self, answer: Any) -> Judged:
        """Whether the answer is right, which sentence says so, and the facts in it."""


@dataclass(frozen=True)
class NumberTask:
    """One number is asked for.

    Attributes
    ----------
    right : the answer
    tolerance : how far from it an answer may be
    said : name of the sentence for the right answer
    mistakes : name of the sentence to the number that the mistake leads to
    values : facts in any of the sentences
    """

    right: float
    tolerance: float
    said: str
    mistakes: Mapping[str, float]
    values: Mapping[str, Any] = field(default_factory=dict)

    def judge(self, answer: Any) -> Judged:
        """Compare with the right answer first, then with the nearest mistake."""
        value, problem, facts = read_number(answer)
        if problem:
            return False, problem, facts
        values = {"tolerance": f"{self.tolerance:.3g}", **self.values}
        if abs(value - self.right) <= self.tolerance:
            return True, f"rights.{self.said}", values
        near = {name: abs(value - wrong) for name, wrong in self.mistakes.items()}
        nearest = min(near, key=lambda name: near[name])
        if near[nearest] <= self.tolerance:
            return False, f"mistakes.{nearest}", values
        return False, "too_high" if value > self.right else "too_low", values


@dataclass(frozen=True)
class DifferenceTask:
    """A difference with its standard error is asked for, as `contrast` gives it.

    Attributes
    ----------
    difference : the number
    std_error : right, with the covariance of the two groups
    apart : what comes out when the two squared errors are added
    """

    difference: NumberTask
    std_error: float
    apart: float

    def judge(self, answer: Any) -> Judged:
        """The difference first; then whether its uncertainty is that of a difference within one sample."""
        value, std_error = read_pair(answer)
        passed, code, values = self.difference.judge(value)
        if not passed:
            return passed, code, values
        if std_error is None:
            return False, "mistakes.difference_alone", values
        if abs(std_error - self.apart) <= 0.04 * self.apart < abs(self.std_error - self.apart):
            return False, "mistakes.errors_added", values
        if not abs(std_error - self.std_error) <= 0.06 * self.std_error:
            return False, "mistakes.other_error", values
        ends = (float(value) - 2 * std_error, float(value) + 2 * std_error)
        if isinstance(answer, Estimate):
            ends = (answer.lower, answer.upper)
        shown = {name: number(end, 2) for name, end in zip(("lower", "upper"), ends, strict=True)}
        return True, code, {**values, "estimate": number(float(value), 2), **shown}


@dataclass(frozen=True)
class NamesTask:
    """Names are asked for, in any order.

    Attributes
    ----------
    right : the names
    said : name of the sentence for the right answer
    mistakes : name of the sentence to the sets of names that the mistake leads to
    known : every name that may be written, in either language, to the name in the data
    """

    right: frozenset[str]
    said: str
    mistakes: Mapping[str, tuple[frozenset[str], ...]]
    known: Mapping[str, str]

    def judge(self, answer: Any) -> Judged:
        """Compare sets of names."""
        choices = sorted(set(self.known.values()))
        given = read_names(answer)
        if given is None:
            return False, "want_names", {"kind": type(answer).__name__, "choices": choices}
        folded = {name.casefold(): value for name, value in self.known.items()}
        strange = [name for name in given if name.casefold() not in folded]
        if strange or not given:
            return False, "strange_names", {"names": strange or ["–"], "choices": choices}
        found = frozenset(folded[name.casefold()] for name in given)
        values = {"names": sorted(found), "count": len(self.right), "choices": choices}
        if found == self.right:
            return True, f"rights.{self.said}", values
        for name, sets in self.mistakes.items():
            if found in sets:
                return False, f"mistakes.{name}", values
        return False, "wrong_count" if len(found) != len(self.right) else "other_names", values


@dataclass(frozen=True)
class OwnTask:
    """A fit of the student's own data is asked for; there is no right number, only what every index must have."""

    said: str

    def judge(self, answer: Any) -> Judged:
        """Own data, an index, an interval, an admissible solution."""
        fit = answer.fit if isinstance(answer, Study) else answer
        if not isinstance(fit, Result) or not {"paths", "outer"} <= set(fit.tables):
            return False, "want_fit", {"kind": type(answer).__name__}
        if "index" not in fit.tables:
            return False, "mistakes.own_no_scale", {}
        shown = str(fit.title)
        sample = shipped(fit)
        if sample:
            return False, "mistakes.own_is_sample", {"sample": sample}
        index = fit.tidy("index")
        if not np.isfinite(index["std_error"]).all():
            return False, "mistakes.own_no_interval", {"fit": shown}
        bad = [line for line in fit.checks if line.inadmissible and not line.ok]
        if bad:
            return False, "mistakes.own_inadmissible", {"reasons": bad}
        failed = sum(not line.ok for line in fit.checks)
        return True, f"rights.{self.said}", {"fit": shown, "failed": failed}


@dataclass(frozen=True)
class OwnResultTask:
    """A measure of the student's own data is asked for: a Result that has a certain table, with intervals.

    Attributes
    ----------
    said : name of the sentence for an answer that is accepted
    table : the table that the measure has
    """

    said: str
    table: str

    def judge(self, answer: Any) -> Judged:
        """Own data, the right measure, an interval."""
        if not isinstance(answer, Result) or self.table not in answer.tables:
            return False, "want_result", {"kind": type(answer).__name__, "table": self.table}
        sample = shipped(answer)
        if sample:
            return False, "mistakes.own_is_sample", {"sample": sample}
        shown = str(answer.title)
        if not np.isfinite(answer.tidy(self.table)["std_error"]).any():
            return False, "mistakes.own_no_interval", {"fit": shown}
        failed = sum(not line.ok for line in answer.checks)
        return True, f"rights.{self.said}", {"fit": shown, "failed": failed}


def shipped(fit: Result) -> str:
    """The sample that a result was made from, "" where it was made from other data."""
    name = fit.title.values.get("data")
    known = name in sample_names() and fit.title.values.get("n", 0) <= len(load_sample(name))
    return name if known else ""


def read_number(answer: Any) -> tuple[float, str, dict[str, Any]]:
    """The number in an answer, or the sentence that says why there is none."""
    kind = {"kind": type(answer).__name__}
    if isinstance(answer, str | bytes | bool | np.bool_ | Mapping) or callable(answer):
        return math.nan, "want_number", kind
    if not isinstance(answer, Estimate):
        cells = np.asarray(answer)
        if cells.dtype.kind == "c":
            return math.nan, "want_number", kind
        if cells.dtype.kind not in "iuf":
            try:
                cells = cells.astype(float)
            except (TypeError, ValueError):
                return math.nan, "want_number", kind
        if cells.size != 1:
            return math.nan, "several_numbers", {"count": cells.size}
        answer = cells.reshape(-1)[0]
    value = float(answer)
    return (value, "", {}) if math.isfinite(value) else (value, "not_finite", {})


def read_pair(answer: Any) -> tuple[Any, float | None]:
    """A difference and its standard error, or None where it comes without."""
    if isinstance(answer, Estimate):
        return answer, answer.std_error if math.isfinite(answer.std_error) else None
    if isinstance(answer, tuple | list) and len(answer) == 2 and not any(read_number(part)[1] for part in answer):
        return answer[0], read_number(answer[1])[0]
    return answer, None


def read_names(answer: Any) -> list[str] | None:
    """The names in an answer: one text, several in one text, or a list of texts; None for anything else."""
    if isinstance(answer, str):
        parts: Iterable[Any] = re.split(r"\s*(?:[,，、;；/&+]|\band\b|和|与)\s*", answer.strip())
        return [part for part in parts if part]
    if isinstance(answer, Mapping | bytes) or not isinstance(answer, Iterable):
        return None
    parts = list(answer)
    return [part.strip() for part in parts] if all(isinstance(part, str) for part in parts) else None


@dataclass(frozen=True, repr=False)
class Verdict:
    """Whether an answer is right, and what it says; shown in the language of the moment.

    Attributes
    ----------
    exercise : number of the exercise
    passed : whether the answer is right; `bool(verdict)` is the same
    code : which sentence, for instance the likely mistake
    values : facts in the sentence
    """

    exercise: str
    passed: bool
    code: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return self.passed

    @property
    def head(self) -> str:
        """Exercise and result in two words; empty where the sentence holds them."""
        if self.code in ALONE:
            return ""
        return say("course.right" if self.passed else "course.wrong", exercise=self.exercise)

    @property
    def meaning(self) -> str:
        """The sentence that says why."""
        return say(f"course.{self.code}", exercise=self.exercise, **self.values)

    def __repr__(self) -> str:
        return f"{self.head}{self.meaning}"

    def _repr_html_(self) -> str:
        colour = "#2a7f3f" if self.passed else "#8a8a8a" if self.code == "open" else "#b3541e"
        head = f"<strong>{escape(self.head)}</strong>" if self.head else ""
        style = f"border-left:4px solid {colour};padding-left:8px"
        return f"<div class='csi' style='{style}'>{head}{escape(self.meaning)}</div>"
