"""A Study: every number stands in one of its named Results; the sentences on the answer, and what is doubtful."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from html import escape
from typing import Any

import numpy as np

from csi.data.survey import Survey
from csi.errors import choose
from csi.estimates import Estimate
from csi.language import Note, current_language, pick, say
from csi.models.path import PathModel
from csi.results import Check, Result
from csi.study.answer import Headline, Priority, find_priority
from csi.study.asked import Asked
from csi.views import cell, level_text, public_names

# Results whose failed checks concern the answer of a page.
MAIN = ("sample", "fit", "groups", "blend", "tree", "public_service")


@dataclass(frozen=True, eq=False, repr=False)
class Study:
    """A survey analysed section by section: every number stands in one of its named Results.

    Attributes
    ----------
    survey : the answers and their codebook
    results : name -> Result of everything that was made; `fit` and `groups` where a structural model stands behind,
        `sample` (who answered) always
    sections : names of the sections that were made
    headline : where the answer stands and why it is that number; None where nothing was rated
    model : the structural model with every construct filled, or None
    by : columns that form the groups, empty without groups
    target : the construct of the model whose index is the answer, or None
    outcome : the item for overall satisfaction, or None
    tree : the indicator tree, or None
    level : level of the intervals that views and reports show
    options : the options of the fit that were given, with `n_boot` and `seed`
    call : what was called, for the page
    notes : how answer, model and target were chosen, what was left out; the Results have notes of their own

    """

    survey: Survey
    results: Mapping[str, Result]
    sections: tuple[str, ...]
    headline: Headline | None
    model: PathModel | None
    by: tuple[str, ...]
    target: str | None
    outcome: str | None
    tree: Any = None
    level: float = 0.95
    options: Mapping[str, Any] = field(default_factory=dict)
    call: str = ""
    notes: tuple[Note, ...] = ()

    __iter__ = None  # its Results are named, not numbered
    __dir__ = public_names

    def __getitem__(self, name: str) -> Result:
        """`study["fit"]` is `study.results["fit"]`; an unknown name lists what there is."""
        return self.results[choose("result", name, list(self.results))]

    def _ipython_key_completions_(self) -> list[str]:
        return list(self.results)

    @property
    def fit(self) -> Result | None:
        """The structural model of the whole sample, as `fit_pls` gives it; None without one."""
        return self.results.get("fit")

    @property
    def groups(self) -> Result | None:
        """The same with `by=`, or None."""
        return self.results.get("groups")

    @property
    def sample(self) -> Result:
        """Who answered: respondents, groups, reasons, missing, answering, weights, design, those that have a row."""
        return self.results["sample"]

    @cached_property
    def asked(self) -> Asked:
        """The questions of the survey by what they are for."""
        return Asked(self.survey)

    @property
    def title(self) -> str:
        """What the survey is, in the current language."""
        return pick(self.survey.codebook.title) or self.survey.name

    @property
    def answer(self) -> Estimate | None:
        """The answer on 0-100; None where nothing was rated, or the scale of an item of the model is unknown."""
        if self.headline is None:
            return None
        result, table, key = self.results[self.headline.result], self.headline.table, self.headline.key
        if table not in result.tables or key not in result.table(table).rows():
            return None
        return result.value(*key, table=table, level=self.level)

    @property
    def priority(self) -> Priority | None:
        """What to improve first for the index of a model; None where no driver raises it."""
        if self.fit is None or self.model is None or self.target is None:
            return None
        return find_priority(self.fit, self.model, self.target, self.level)

    @property
    def begin_with(self) -> tuple[str, list[str]]:
        """Items that are surely both important and weak, or could be, with the key of the sentence that says which.

        A label belongs to the set of an item at the level when its p-value is above 1 - level. Empty without quadrants.
        """
        if self.fit is not None or "quadrants" not in self.results:
            return "", []
        labels = self.results["quadrants"].tidy("labels")
        kept = labels[labels["p_value"] > 1 - self.level]
        weak = kept.loc[kept["kind"] == "concentrate_here", "item"].tolist()
        sure = [item for item in weak if (kept["item"] == item).sum() == 1]
        key = "report.begin_sure" if sure else "report.begin_unsure" if weak else "report.begin_nowhere"
        return key, [(self.wording(item) or item).rstrip(" .。?？") for item in sure or weak]

    @property
    def all_notes(self) -> tuple[Note, ...]:
        """The notes of the study and of its Results, each once."""
        found: dict[str, Note] = {}
        for one in (self.notes, *(result.notes for result in self.results.values())):
            for remark in one:
                found.setdefault(str(remark), remark)
        return tuple(found.values())

    @property
    def failures(self) -> tuple[tuple[str, Check], ...]:
        """The checks that did not pass, each with the name of its Result; inadmissible ones first."""
        language = current_language()
        if language not in self._failed:
            found: dict[str, tuple[str, Check]] = {}
            for name, result in self.results.items():
                for line in result.checks:
                    if not line.ok:
                        labelled = replace(line, values=self._labelled(line.values))
                        found.setdefault(line.meaning, (name, labelled))
            self._failed[language] = tuple(sorted(found.values(), key=lambda pair: not pair[1].inadmissible))
        return self._failed[language]

    @cached_property
    def _failed(self) -> dict[str, tuple[tuple[str, Check], ...]]:
        """The failed checks by language, as the names of constructs are in them."""
        return {}

    @property
    def main_failures(self) -> tuple[tuple[str, Check], ...]:
        """Those that concern the answer; the others stand in their sections."""
        answer = () if self.headline is None else (self.headline.result,)
        return tuple(pair for pair in self.failures if pair[0] in (*MAIN, *answer))

    def _labelled(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Facts of a check with constructs by what they are called, also in pairs and arrows."""

        def said(text: Any) -> Any:
            parts = re.split(r"( / | -> )", text) if isinstance(text, str) else []
            return "".join(self.label(part) for part in parts) if parts else text

        return {
            key: [said(one) for one in value] if isinstance(value, list) else value for key, value in values.items()
        }

    def label(self, construct: str) -> str:
        """What a construct is called in the current language; its name where the model has no wording for it."""
        if self.model is None:
            return construct
        known = {one.name: pick(one.text) for one in self.model.constructs}
        return known.get(construct) or construct

    def wording(self, item: str | None) -> str:
        """How an item was asked, in the current language; empty where only its name is known."""
        known = self.survey.codebook.items.get(item or "")
        text = "" if known is None else pick(known.text)
        return "" if text == item else text

    @property
    def headline_label(self) -> str:
        """What the answer is of."""
        if self.headline is None:
            return ""
        if self.headline.kind == "question":
            return self.wording(self.headline.label) or self.headline.label
        return self.label(self.headline.label) if self.headline.kind == "model" else self.title

    def answer_line(self) -> str:
        """The answer as one sentence in the current language."""
        found = self.answer
        if self.headline is None:
            return say("report.answer_counts")
        if found is None:
            return say("report.answer_none", construct=self.headline_label)
        decimals = self.results[self.headline.result].table(self.headline.table).decimals
        shown = {name: cell(name, getattr(found, name), decimals) for name in ("estimate", "lower", "upper")}
        key = "report.answer_alone" if np.isnan(found.std_error) else "report.answer"
        key = key if self.headline.kind == "model" else key.replace("answer", f"answer_{self.headline.kind}", 1)
        return say(key, construct=self.headline_label, level=level_text(self.level), n=found.n, **shown)

    def priority_line(self) -> str:
        """What to improve first as one sentence in the current language; empty where nothing can be said."""
        first = self.priority
        if first is None:
            key, items = self.begin_with
            return say(key, items=items) if key else ""
        decimals = self.fit.table("priorities").decimals
        shown = {name: cell(name, getattr(first.importance, name), decimals) for name in ("lower", "upper")}
        key = "report.improve_weak" if first.weak else "report.improve_strong"
        sentence = say(
            f"{key}_alone" if np.isnan(first.importance.std_error) else key,
            construct=self.label(first.construct), target=self.label(self.target), level=level_text(self.level),
            importance=cell("estimate", float(first.importance), decimals),
            performance=cell("estimate", float(first.performance), 1), **shown,
        )  # fmt: skip
        before, after = (list(map(say, keys)) for keys in first.remarks)
        return ("" if current_language() == "zh" else " ").join([*before, sentence, *after])

    def _lines(self) -> list[str]:
        model = {} if self.model is None else {"model": self.model.name}
        key = "views.study_head" if model else "views.study_head_plain"
        found = [f"! {doubt}" for doubt in self.survey.doubts]
        lines = [say(key, title=self.title, n=len(self.survey), **model), *found, self.answer_line()]
        lines += filter(None, [self.priority_line()])
        if self.groups is not None and "index" in self.groups.tables:
            table = self.groups.table("index")
            parts = [
                f"{group} {cell('estimate', float(value), table.decimals)}"
                for (group, construct), value in zip(table.rows(), table.uncertainty.estimate, strict=True)
                if construct == self.target
            ]
            lines.append(say("views.study_groups", by=self.by, groups=parts[:20] + ["…"] * (len(parts) > 20)))
        lines += [
            say("views.study_doubt", result=say(f"report.result_{name}"), meaning=line.meaning)
            for name, line in self.main_failures
        ]
        lines.append(say("views.study_more", notes=len(self.all_notes), results=list(self.results)))
        return lines

    def __repr__(self) -> str:
        """Return the answer, what is doubtful, and where the rest is."""
        return "\n  ".join(self._lines())

    def _repr_html_(self) -> str:
        head, *rest = (escape(line) for line in self._lines())
        return f"<div class='csi'><strong>{head}</strong><br>{'<br>'.join(rest)}</div>"
