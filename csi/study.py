"""From a Survey to everything a report needs: the whole chain as named Results, and nothing that is not in them."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from html import escape
from types import MappingProxyType
from typing import Any

import numpy as np

from csi.data.survey import Survey
from csi.errors import DataError, ModelError, OptionError
from csi.estimates import Estimate
from csi.language import Note, current_language, note, pick, say
from csi.models.catalog import as_model, load_model
from csi.models.path import PathModel
from csi.models.pls import fit_pls
from csi.results import Check, Result, check_level
from csi.sample import describe_sample
from csi.views import cell

# The order in which models are tried when none is named: the fullest customer model first, public service last.
PREFERENCE = ("ECSI_2005", "ECSI", "ACSI", "CCSI", "SCSB", "ACSI_GOV")


@dataclass(frozen=True)
class Priority:
    """What to improve first for the index of the target.

    Attributes
    ----------
    construct : the driver
    importance : index points of the target per index point of the driver
    performance : its index, 0-100
    weak : whether it stands below the mean performance of the drivers while its importance is not below their mean;
        False where no driver is both, then it is the most important one
    drivers : how many drivers the target has
    expected : whether expectations are among the drivers; they are what customers bring along and never chosen
    """

    construct: str
    importance: Estimate
    performance: Estimate
    weak: bool
    drivers: int
    expected: bool

    @property
    def remarks(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Keys of the sentences that stand before and after the one about the driver."""
        before = ("report.improve_nobody",) if self.drivers > 1 and not self.weak else ()
        return before, ("report.improve_unsure",) if self.importance.lower <= 0 else ()


@dataclass(frozen=True, eq=False, repr=False)
class Study:
    """A survey analysed with one model: every number stands in one of its named Results.

    Attributes
    ----------
    survey : the answers and their codebook
    model : the model with every construct filled
    fit : the whole sample, as `fit_pls` gives it
    groups : the same with `by=`, or None
    sample : who answered: tables `respondents`, `groups`, `reasons`, `missing`, `answering` (seconds
        taken, too fast, the same rating throughout), `weights`, `design`, those that have a row
    by : columns that form the groups, empty without groups
    target : the construct whose index is the answer, named after satisfaction
    level : level of the intervals that views and reports show
    options : the options of the fit that were given, with `n_boot` and `seed`
    notes : how model and target were chosen; the Results have notes of their own

    """

    survey: Survey
    model: PathModel
    fit: Result
    groups: Result | None
    sample: Result
    by: tuple[str, ...]
    target: str
    level: float = 0.95
    options: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()

    @property
    def results(self) -> dict[str, Result]:
        """Name -> Result: sample, fit and, with `by`, groups."""
        found = {"sample": self.sample, "fit": self.fit}
        return found if self.groups is None else {**found, "groups": self.groups}

    @property
    def title(self) -> str:
        """What the survey is, in the current language."""
        return pick(self.survey.codebook.title) or self.survey.name

    @property
    def answer(self) -> Estimate | None:
        """The index of the target on 0-100 in the whole sample; None where the scale of its items is unknown."""
        if "index" not in self.fit.tables or (self.target,) not in self.fit.table("index").rows():
            return None
        return self.fit.value(self.target, table="index", level=self.level)

    @property
    def priority(self) -> Priority | None:
        """What to improve first: high importance and low performance; None where no driver raises the target."""
        if "priorities" not in self.fit.tables:
            return None
        table = self.fit.table("priorities")
        rows = dict(zip(table.rows(), table.uncertainty.estimate.tolist(), strict=True))
        drivers = [name for target, name, kind in rows if target == self.target and kind == "importance"]
        if not drivers:
            return None
        weight = {name: rows[self.target, name, "importance"] for name in drivers}
        stand = {name: rows[self.target, name, "performance"] for name in drivers}
        open_to_work = [name for name in drivers if weight[name] > 0 and not self._is_expected(name)]
        if not open_to_work:
            return None
        mean_weight, mean_stand = (sum(values.values()) / len(drivers) for values in (weight, stand))
        weak = [name for name in open_to_work if weight[name] >= mean_weight and stand[name] < mean_stand]
        first = max(weak or open_to_work, key=weight.__getitem__)
        importance, performance = (
            self.fit.value(self.target, first, kind, table="priorities", level=self.level)
            for kind in ("importance", "performance")
        )
        expected = any(map(self._is_expected, drivers))
        return Priority(first, importance, performance, bool(weak), len(drivers), expected)

    def _is_expected(self, construct: str) -> bool:
        texts = next((one.text for one in self.model.constructs if one.name == construct), {})
        words = (construct, *texts.values())
        return any("expect" in word.casefold() or "期望" in word or "预期" in word for word in words)

    @property
    def all_notes(self) -> tuple[Note, ...]:
        """The notes of the study and of its Results, each once."""
        found: list[Note] = []
        for one in (self.notes, *(result.notes for result in self.results.values())):
            found += [remark for remark in one if remark not in found]
        return tuple(found)

    @property
    def failures(self) -> tuple[tuple[str, Check], ...]:
        """The checks that did not pass, each with the name of its Result; inadmissible ones first."""
        found: dict[str, tuple[str, Check]] = {}
        for name, result in self.results.items():
            for line in result.checks:
                if not line.ok:
                    found.setdefault(line.meaning, (name, replace(line, values=self._labelled(line.values))))
        return tuple(sorted(found.values(), key=lambda pair: not pair[1].inadmissible))

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
        known = {one.name: pick(one.text) for one in self.model.constructs}
        return known.get(construct) or construct

    def answer_line(self) -> str:
        """The answer as one sentence in the current language."""
        found, label = self.answer, self.label(self.target)
        if found is None:
            return say("report.answer_none", construct=label)
        shown = {name: cell(name, getattr(found, name), 1) for name in ("estimate", "lower", "upper")}
        key = "report.answer_alone" if np.isnan(found.std_error) else "report.answer"
        return say(key, construct=label, level=level_text(self.level), n=found.n, **shown)

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
        head = say("views.study_head", title=self.title, model=self.model.name, n=len(self.survey))
        found = [f"! {doubt}" for doubt in self.survey.doubts]
        lines = [head, *found, self.answer_line(), *filter(None, [self.priority_line()])]
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
            for name, line in self.failures
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
    survey: Survey,
    model: PathModel | str | None = None,
    *,
    by: str | Sequence[str] | None = None,
    n_boot: int = 5000,
    seed: int = 1,
    level: float = 0.95,
    **options: Any,
) -> Study:
    """Analyse a survey from its answers to its satisfaction index, and keep every step as a Result.

    Use it for a report; use `fit_pls` where one Result is enough.

    Parameters
    ----------
    survey : Survey
        Its weights, strata and clusters count in every number.
    model : PathModel, name of a catalogue model, or text in lavaan notation; optional
        None takes the first of ECSI_2005, ECSI, ACSI, CCSI, SCSB, ACSI_GOV whose constructs all find items in the
        survey, and a note says so.
    by : str or list of str, optional
        Columns that form groups; None means no groups.
    n_boot, seed : int
        Replicates (0: estimates alone) and the seed of their draws.
    level : float
        Level of the intervals that are shown.
    **options
        Any other option of `fit_pls`, such as `scheme`, `consistent`, `missing`, `interval`, `target`, `strict`.

    Returns
    -------
    Study
        `fit`, `groups`, `sample`, and `results` with all of them by name.

    Raises
    ------
    ModelError
        `no_model_fits`: no model was named and none of the catalogue finds all its items; the message lists them.
    OptionError
        An option that `fit_pls` does not have; the message lists what exists.
    DataError
        `study_needs_survey`, `no_ratings_to_analyse`, `private_items`, and all errors of `fit_pls`.

    Notes
    -----
    Missing answers and weights: as `fit_pls`. With groups, two fits are made from the same draws: one of the whole
    sample, one with `by`. The counts in `sample` are of respondents, unweighted.

    Examples
    --------
    >>> import csi
    >>> survey = csi.load_sample("tiny")
    >>> study = csi.analyse_survey(survey, "Satisfaction ~ Quality; Loyalty ~ Satisfaction", n_boot=0)
    >>> list(study.results), study.target
    (['sample', 'fit'], 'Satisfaction')

    """
    if not isinstance(survey, Survey):
        raise DataError("study_needs_survey", kind=type(survey).__name__)
    if not any(item.numeric for item in survey.codebook.items.values()):
        raise DataError("no_ratings_to_analyse", survey=survey.name)
    check_level(level)
    options = {"n_boot": n_boot, "seed": seed, **_known_options(options)}
    if model is None:
        chosen, notes = _choose_model(survey)
    else:
        chosen, notes = as_model(model), []
    filled = chosen.resolve(survey.items, survey.codebook)
    hidden = sum(item in survey.codebook.private for item in filled.items)
    if hidden:
        raise DataError("private_items", model=filled.name, count=hidden)
    columns = () if by is None else (by,) if isinstance(by, str) else tuple(by)
    if by is not None:
        survey.split(columns)  # a wrong column stops here, before the long work
    target = options.get("target")
    if target is None:
        target, sure = named_target(filled)
        notes += [] if sure else [note("target_guessed", construct=target)]
    fit = fit_pls(survey, chosen, **options)
    grouped = None
    if by is not None:
        grouped = fit_pls(survey, chosen, by=columns[0] if len(columns) == 1 else list(columns), **options)
    return Study(
        survey, filled, fit, grouped, describe_sample(survey, filled, columns, fit), columns, target, level,
        MappingProxyType(options), tuple(notes),
    )  # fmt: skip


def level_text(level: float) -> str:
    """The level of an interval as a percentage without needless digits: "95%"."""
    return f"{100 * level:.6g}%"


def _known_options(options: Mapping[str, Any]) -> Mapping[str, Any]:
    own = ("survey_or_moments", "model", "by", "n_boot", "seed")
    known = [name for name in inspect.signature(fit_pls).parameters if name not in own]
    for name in options:
        if name not in known:
            raise OptionError("unknown_fit_option", option=name, choices=known)
    return options


def _choose_model(survey: Survey) -> tuple[PathModel, list[Note]]:
    """The first model of the catalogue that finds items for all its constructs, and a note on the choice."""
    fitting, missing = [], []
    for name in PREFERENCE:
        model = load_model(name)
        try:
            model.resolve(survey.items, survey.codebook)
        except ModelError as problem:
            if problem.code != "unfilled_constructs":
                raise
            absent = [str(text).split(" (")[0] for text in problem.values["constructs"]]
            missing.append(note("model_lacks", model=name, constructs=absent))
        else:
            fitting.append(model)
    if not fitting:
        raise ModelError("no_model_fits", survey=survey.name, missing=missing)
    others = [model.name for model in fitting[1:]]
    chosen = fitting[0]
    return chosen, [note("model_chosen_of" if others else "model_chosen", model=chosen.name, others=others)]


def named_target(model: PathModel) -> tuple[str, bool]:
    """The construct named after satisfaction, endogenous if there are several; else the last effect, and not sure."""
    named = [
        one.name
        for one in model.constructs
        if any("satisf" in text.casefold() or "满意" in text for text in (one.name, *one.text.values()))
    ]
    if named:
        return next((name for name in named if name in model.endogenous), named[0]), True
    return [name for name in model.order if name in model.endogenous][-1], False
