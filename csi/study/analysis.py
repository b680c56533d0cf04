"""From a Survey to everything a report needs: the whole chain as named Results, and nothing that is not in them."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from html import escape
from types import MappingProxyType
from typing import Any

import numpy as np

from csi.data.given import as_survey
from csi.data.survey import Survey
from csi.errors import DataError, OptionError
from csi.estimates import Estimate
from csi.language import Note, current_language, note, pick, say
from csi.models.catalog import as_model
from csi.models.path import PathModel
from csi.models.pls import fit_pls
from csi.results import Check, Result, check_level
from csi.study.answer import Headline, headline_of, shared_tree
from csi.study.asked import Asked
from csi.study.choosing import choose_model, named_target
from csi.study.material import Material
from csi.study.opening import make_sample
from csi.study.priority import Priority, find_priority
from csi.study.sections import FIRST, LAST, wanted_sections
from csi.study.words import level_text
from csi.views import cell

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
        found: dict[str, tuple[str, Check]] = {}
        for name, result in self.results.items():
            for line in result.checks:
                if not line.ok:
                    found.setdefault(line.meaning, (name, replace(line, values=self._labelled(line.values))))
        return tuple(sorted(found.values(), key=lambda pair: not pair[1].inadmissible))

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
        shown = {name: cell(name, getattr(found, name), 1) for name in ("estimate", "lower", "upper")}
        key = "report.answer_alone" if np.isnan(found.std_error) else "report.answer"
        key = key if self.headline.kind == "model" else key.replace("answer", f"answer_{self.headline.kind}", 1)
        return say(key, construct=self.headline_label, level=level_text(self.level), n=found.n, **shown)

    def priority_line(self) -> str:
        """What to improve first as one sentence in the current language; empty where nothing can be said."""
        first = self.priority
        if first is None:
            return ""
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


def analyse_survey(
    survey: Any,
    model: PathModel | str | None = None,
    *,
    by: str | Sequence[str] | None = None,
    outcome: str | None = None,
    visits: Any = None,
    complaints: Any = None,
    tree: Any = None,
    sections: str | Sequence[str] | None = None,
    n_boot: int = 5000,
    seed: int = 1,
    level: float = 0.95,
    **options: Any,
) -> Study:
    """Analyse a survey section by section, as far as its questions allow, and keep every step as a Result.

    Use it for a report on any survey; use one function where one Result is enough.

    Parameters
    ----------
    survey : Survey, or a table, dict, Series or file, see `as_survey`
        Its weights, strata and clusters count in every number.
    model : PathModel, name of a catalogue model, or text in lavaan notation; optional
        None takes the first of ECSI_2005, ECSI, ACSI, CCSI, SCSB, ACSI_GOV whose constructs all find items in the
        survey, and a note says so; where none does, there is no structural model and the page has the other sections.
    by : str or list of str, optional
        Columns that form groups; None means no groups.
    outcome : str, optional
        The item for overall satisfaction; None takes the one that is worded so.
    visits, complaints : as survey, optional
        One row per visit, one per complaint, of the customers who answered: see `score_blend`.
    tree : IndicatorTree or what makes one, optional
        Indicators and their weights; None takes the `tree` of the codebook; with visits or complaints and no tree,
        all ratings that questionnaire and visits share count alike, and a note says so.
    sections : name or list of names, optional
        Some of groups, waves, model, blend, tree, public_service, rates, items, drivers, servqual, kano, comments;
        None means all whose data are there.
    n_boot, seed : int
        Replicates of a structural model (0: estimates alone, in every section) and the seed of their draws. From
        20,000 respondents on its errors are linearised unless `inference` says otherwise.
    level : float
        Level of the intervals that are shown.
    **options
        Any other option of `fit_pls`, such as `scheme`, `consistent`, `missing`, `interval`, `target`, `strict`.

    Returns
    -------
    Study
        `results` by name, `answer`, and `fit` and `groups` where a model stands behind. The answer is the index of
        the structural model where there is one, else the blend or the tree, else the overall question, else the mean
        of the ratings of one battery; `headline.why` says which and why.

    Raises
    ------
    OptionError
        `unknown_fit_option`, `unknown_section`; the messages list what exists.
    DataError
        `not_a_survey`, `private_items`, `unknown_items`, `section_lacks` (a section asked for whose data are not
        there: what it needs), and all errors of `fit_pls` and `score_blend`.

    Notes
    -----
    Missing answers and weights: as in the function of each section. With groups, two fits are made from the same draws:
    one of the whole sample, one with `by`. The counts in `sample` are of respondents, unweighted. A section whose
    function refuses the data is left out, and a note says why.

    Examples
    --------
    >>> import csi
    >>> survey = csi.load_sample("tiny")
    >>> study = csi.analyse_survey(survey, "Satisfaction ~ Quality; Loyalty ~ Satisfaction", n_boot=0)
    >>> study.target, "fit" in study.results
    ('Satisfaction', True)
    >>> csi.analyse_survey({"overall satisfaction": [5, 4, 4, 2], "staff": [4, 4, 5, 1]}).headline.kind
    'question'

    """
    survey = as_survey(survey, "analyse_survey")
    check_level(level)
    options = {"n_boot": n_boot, "seed": seed, **_known_options(options)}
    columns = () if by is None else (by,) if isinstance(by, str) else tuple(by)
    if by is not None:
        survey.split(columns)  # a wrong column stops here, before the long work
    have = _material(survey, model, columns, outcome, visits, complaints, tree, options)
    chosen = wanted_sections(have, sections)
    if have.model is not None and "model" not in [one.name for one in chosen]:
        have.model = have.chosen = have.target = None
    for one in chosen:
        if one.name in FIRST:
            one.make(have)
    have.headline = headline_of(have)
    for later in (False, True):
        for one in chosen:
            if one.name not in FIRST and (one.name in LAST) is later:
                one.make(have)
    make_sample(have)
    found = {name: have.results[name] for name in ("sample", *have.results)}
    why = [] if have.headline is None or have.headline.kind == "model" else [have.headline.why]
    return Study(
        survey, MappingProxyType(found), tuple(one.name for one in chosen), have.headline, have.model, columns,
        have.target, have.outcome, have.tree, level, MappingProxyType(have.options),
        _call(have, sections, visits, complaints), (*why, *have.notes),
    )  # fmt: skip


def _material(
    survey: Survey, model: PathModel | str | None, by: tuple[str, ...], outcome: str | None, visits: Any,
    complaints: Any, tree: Any, options: dict[str, Any],
) -> Material:  # fmt: skip
    """What the sections draw on: the model filled, the questions known, the records read."""
    asked = Asked(survey)
    if outcome is not None:
        survey.matrix([outcome])  # an unknown item stops here
    chosen, remarks = (as_model(model), []) if model is not None else choose_model(survey)
    if model is None and (visits is not None or complaints is not None):
        chosen, remarks = None, []  # the records were given to be blended
    filled = None if chosen is None else chosen.resolve(survey.items, survey.codebook)
    hidden = 0 if filled is None else sum(item in survey.codebook.private for item in filled.items)
    if hidden:
        raise DataError("private_items", model=filled.name, count=hidden)
    target = None
    if filled is not None:
        target, sure = (options["target"], True) if options.get("target") is not None else named_target(filled)
        remarks = [*remarks, *([] if sure else [note("target_guessed", construct=target)])]
    given = tree if tree is not None else dict(survey.codebook.tree) or None
    records = [None if one is None else as_survey(one, "analyse_survey") for one in (visits, complaints)]
    have = Material(
        survey, asked, filled, chosen, target, by, outcome or asked.overall, *records, given, options, notes=remarks
    )
    if have.blends and given is None:
        have.tree = shared_tree(have)
        have.notes.append(note("study_equal_tree", count=len(have.tree or ())))
    return have


def _call(have: Material, sections: Any, visits: Any, complaints: Any) -> str:
    """The call that gives the same numbers."""
    given = [] if have.model is None else [repr(have.model.name)]
    given += [f"by={list(have.by)!r}"] if have.by else []
    given += [name + "=" + name for name, one in (("visits", visits), ("complaints", complaints)) if one is not None]
    given += [] if sections is None else [f"sections={sections!r}"]
    given += [f"{name}={value!r}" for name, value in have.options.items()]
    return f"csi.analyse_survey({', '.join(['survey', *given])})"


def _known_options(options: Mapping[str, Any]) -> Mapping[str, Any]:
    own = ("survey_or_moments", "model", "by", "n_boot", "seed")
    known = [name for name in inspect.signature(fit_pls).parameters if name not in own]
    for name in options:
        if name not in known:
            raise OptionError("unknown_fit_option", option=name, choices=known)
    return options
