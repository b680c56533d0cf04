"""The one number that a page begins with: which it is, of which model, and what to improve first for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from csi.data.survey import Survey
from csi.errors import ModelError
from csi.estimates import Estimate
from csi.language import Note, note
from csi.measures.index.blend import score_blend
from csi.measures.index.index import score_index
from csi.measures.index.tree_given import as_tree
from csi.measures.scores.items import score_items
from csi.models.catalog import load_model
from csi.models.path import PathModel
from csi.models.pls import fit_pls
from csi.results import Result
from csi.study.material import Material, one_or_list

# The order in which models are tried when none is named: the fullest customer model first, public service last.
PREFERENCE = ("ECSI_2005", "ECSI", "ACSI", "CCSI", "SCSB", "ACSI_GOV")


@dataclass(frozen=True)
class Headline:
    """Where the answer stands.

    Attributes
    ----------
    kind : "model", "blend", "tree", "question", "battery"
    result, table, key : its row
    label : what is measured: a construct, an item, or the name of the whole
    """

    kind: str
    result: str
    table: str
    key: tuple[str, ...]
    label: str

    @property
    def why(self) -> Note:
        """Which number this is, and why it and no other."""
        return note(f"answer_is_{self.kind}", label=self.label)


def settled(tree: Any, found: list[Note]) -> dict[str, Any]:
    """How a tree whose weights do not sum as declared is settled: within its groups, which a note says."""
    policy = "within_group" if as_tree(tree)[0].sums else "strict"
    if policy != "strict":
        found.append(note("study_tree_settled"))
    return {"policy": policy}


def shared_tree(material: Material) -> dict[str, float] | None:
    """Equal weights of the ratings that questionnaire and visits have in common; None for fewer than two."""
    tables = [one for one in (material.visits,) if one is not None]
    names = [name for name in material.asked.battery if all(name in one.items for one in tables)]
    return dict.fromkeys(names, 1 / len(names)) if len(names) > 1 else None


def headline_of(material: Material) -> Headline | None:
    """The answer: the index of a model, else a blend or tree, else the overall question, else the mean of a battery."""
    results, asked, survey = material.results, material.asked, material.opinions
    if "fit" in results:
        return Headline("model", "fit", "index", (material.target or "",), material.target or "")
    if "blend" in results:
        return Headline("blend", "blend", "overall", ("final",), survey.name)
    if "tree" in results:
        root = results["tree"].table("index").rows()[0]
        return Headline("tree", "tree", "index", root, root[0])
    outcome = material.outcome
    scaled = outcome is not None and survey.codebook.items[outcome].scale is not None
    if scaled and material.keep("answer", score_items, survey, [outcome], **_score(material)) is not None:
        return Headline("question", "answer", "items", (outcome,), outcome)
    if asked.battery and not asked.events:
        tree = dict.fromkeys(asked.battery, 1 / len(asked.battery))
        if material.keep("answer", score_index, survey, tree, inference=material.inference) is not None:
            return Headline("battery", "answer", "index", ("overall",), survey.name)
    return None


def answer_by(material: Material, headline: Headline, columns: tuple[str, ...]) -> Result:
    """The measure of the answer, by groups."""
    survey, by = material.opinions, one_or_list(columns)
    if headline.kind == "model":
        return fit_pls(survey, material.chosen, by=by, **material.options)
    if headline.kind == "blend":
        return score_blend(
            material.survey, material.visits, material.complaints, material.tree, by=by, inference=material.inference,
            **settled(material.tree, []),
        )  # fmt: skip
    if headline.kind == "question":
        return score_items(survey, [headline.key[0]], by=by, **_score(material))
    tree = material.tree if headline.kind == "tree" else dict.fromkeys(material.asked.battery, 1.0)
    if headline.kind == "battery":
        tree = dict.fromkeys(material.asked.battery, 1 / len(material.asked.battery))
    return score_index(survey, tree, by=by, inference=material.inference, **settled(tree, []))


def _score(material: Material) -> dict[str, Any]:
    return {"statistic": "score", "inference": material.inference}


def choose_model(survey: Survey) -> tuple[PathModel | None, list[Note]]:
    """The first model of the catalogue that finds items for all its constructs, and a note on the choice.

    Without one None, and what each model lacks where the codebook names constructs.
    """
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
        return None, [note("no_model", missing=missing)] if survey.codebook.constructs() else []
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


def find_priority(fit: Result, model: PathModel, target: str, level: float) -> Priority | None:
    """What to improve first: high importance and low performance; None where no driver raises the target."""
    if "priorities" not in fit.tables:
        return None
    table = fit.table("priorities")
    rows = dict(zip(table.rows(), table.uncertainty.estimate.tolist(), strict=True))
    drivers = [name for aim, name, kind in rows if aim == target and kind == "importance"]
    weight = {name: rows[target, name, "importance"] for name in drivers}
    stand = {name: rows[target, name, "performance"] for name in drivers}
    open_to_work = [name for name in drivers if weight[name] > 0 and not _is_expected(model, name)]
    if not open_to_work:
        return None
    mean_weight, mean_stand = (sum(values.values()) / len(drivers) for values in (weight, stand))
    weak = [name for name in open_to_work if weight[name] >= mean_weight and stand[name] < mean_stand]
    first = max(weak or open_to_work, key=weight.__getitem__)
    importance, performance = (
        fit.value(target, first, kind, table="priorities", level=level) for kind in ("importance", "performance")
    )
    expected = any(_is_expected(model, name) for name in drivers)
    return Priority(first, importance, performance, bool(weak), len(drivers), expected)


def _is_expected(model: PathModel, construct: str) -> bool:
    texts = next((one.text for one in model.constructs if one.name == construct), {})
    words = (construct, *texts.values())
    return any("expect" in word.casefold() or "期望" in word or "预期" in word for word in words)
