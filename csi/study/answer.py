"""The one number that a page begins with: which it is, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from csi.language import Note, note
from csi.measures.index.blend import score_blend
from csi.measures.index.index import score_index
from csi.measures.index.tree_given import as_tree
from csi.measures.scores.items import score_items
from csi.models.pls import fit_pls
from csi.results import Result
from csi.study.material import Material, one_or_list


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
