"""What `check` gives back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any

from csi.language import say

ALONE = ("open", "unknown", "unreadable")  # sentences that name the exercise themselves


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
