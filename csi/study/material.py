"""What the sections of a study draw on, and what they have found so far."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from csi.data.survey import Survey
from csi.errors import CsiError
from csi.language import LANGUAGES, Note, note, words
from csi.measures.scores.flags import flag_column
from csi.models.path import PathModel
from csi.results import Result
from csi.study.asked import Asked

MANY = 20_000  # respondents from which on a model has linearised errors, unless they were chosen


@dataclass(eq=False)
class Material:
    """Everything a section may use.

    Attributes
    ----------
    survey : the answers
    asked : its questions by what they are for
    model : the structural model with every construct filled, or None
    chosen : the same before it was filled
    target : the construct of the model whose index is the answer
    by : columns that form groups
    outcome : the item for overall satisfaction, or None
    visits, complaints : records beside the questionnaire, or None
    tree : an IndicatorTree, or what makes one; None without
    options : those of the fit
    results : name -> Result, filled section by section
    headline : the answer, once it is known
    notes : what was left out and why
    """

    survey: Survey
    asked: Asked
    model: PathModel | None
    chosen: PathModel | None
    target: str | None
    by: tuple[str, ...]
    outcome: str | None
    visits: Survey | None
    complaints: Survey | None
    tree: Any
    options: Mapping[str, Any]
    results: dict[str, Result] = field(default_factory=dict)
    headline: Any = None
    notes: list[Note] = field(default_factory=list)

    @property
    def inference(self) -> str | None:
        """How measures learn how sure they are: not at all where no replicates were wanted."""
        return "none" if self.options["n_boot"] == 0 else None

    @cached_property
    def opinions(self) -> Survey:
        """The survey without the ratings that a rule filled in, where a column of a public service says which."""
        if not self.asked.events or "defaulted" not in self.survey.answers.columns:
            return self.survey
        return self.survey.keep(flag_column(self.survey, "defaulted") != 1)

    @property
    def blends(self) -> bool:
        """Whether there are visits or complaints beside the questionnaire."""
        return self.visits is not None or self.complaints is not None

    def light(self, result: Result) -> Result:
        """A Result that does not hold the answers of many respondents a second time."""
        return result.settled() if len(self.survey) >= MANY else result

    def keep(self, name: str, make: Callable[..., Result], *given: Any, **options: Any) -> Result | None:
        """Make a Result and keep it; where its data do not allow it, say so and go on."""
        try:
            self.results[name] = self.light(make(*given, **options))
        except CsiError as problem:
            self.notes.append(note("study_left_out", result=title_of(name), problem=str(problem)))
            return None
        return self.results[name]


def title_of(result: str) -> dict[str, str]:
    """What a Result of a study is called, in both languages."""
    return {language: words(language)[f"report.result_{result}"] for language in LANGUAGES}


def one_or_list(columns: Sequence[str]) -> str | list[str]:
    """Columns as `by=` takes them."""
    return columns[0] if len(columns) == 1 else list(columns)
