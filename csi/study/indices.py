"""Sections on indices: of a structural model, an indicator tree, of questionnaire, visits and complaints together."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from csi.data.survey import Survey
from csi.language import Note, note
from csi.measures.index.blend import score_blend
from csi.measures.index.index import score_index
from csi.models.pls import fit_pls
from csi.study.answer import settled
from csi.study.blocks import Drawn, Folded, Name, Part, Rows, Special, sentence
from csi.study.material import MANY, Material, one_or_list

if TYPE_CHECKING:
    from csi.study.study import Study

MEASUREMENT = ("alpha", "rho_c", "ave", "r2")


def make_model(material: Material) -> None:
    """The structural model, of the whole sample and by groups; its errors are those of the study."""
    options = dict(material.options)
    if len(material.survey) >= MANY and options.get("inference") is None and options["n_boot"]:
        material.notes.append(note("study_linearised", n=len(material.survey), limit=MANY))
        options["inference"] = "linearised"
        material.options = options
    material.results["fit"] = material.light(fit_pls(material.survey, material.chosen, **options))
    if material.by:
        by = one_or_list(material.by)
        material.results["groups"] = material.light(fit_pls(material.survey, material.chosen, by=by, **options))


def show_model(study: Study) -> tuple[Part, ...]:
    """Indices, the diagram and its estimates, priorities, the quality of measurement, the questions."""
    fit, parts = study.fit, []
    if "index" in fit.tables:
        drawn = (Drawn("plot_index", "study"),) if study.groups is None else ()
        parts.append(Part("indices", (*drawn, Rows("fit", "index"))))
    parts.append(Part("paths", (sentence("report.paths_read"), Drawn("plot_paths", "study"), Rows("fit", "paths"))))
    if study.priority is not None:
        read = sentence("report.priorities_read", target=Name(study.label(study.target)))
        table = Rows("fit", "priorities", down=("construct",), across="kind", where={"target": study.target})
        after = (sentence("report.priorities_expected"),) if study.priority.expected else ()
        parts.append(Part("priorities", (read, Drawn("plot_priorities", "study"), table, *after)))
    measured = (
        sentence("report.measurement_read"), Drawn("plot_loadings", "study"),
        Rows("fit", "constructs", down=("construct",), across="term", where={"term": MEASUREMENT}),
        Rows("fit", "outer", down=("construct", "item"), across="kind"),
    )  # fmt: skip
    parts += [Part("measurement", measured), Part("questions", (Special("questions"),))]
    return tuple(parts)


def make_tree(material: Material) -> None:
    """The index of a tree whose weights were decided beforehand."""
    if material.visits is None and material.complaints is None:
        how = settled(material.tree, material.notes)
        material.keep("tree", score_index, material.survey, material.tree, inference=material.inference, **how)


def show_tree(study: Study) -> tuple[Part, ...]:
    """The whole and its parts, and what each part brings."""
    if "tree" not in study.results:
        return ()
    drawn = Drawn("plot_tree", "tree", {"tree": study.tree})
    adds = Rows("tree", "contributions", down=("indicator",), across="kind")
    return (Part("tree", (sentence("report.tree_read"), drawn, Rows("tree", "index"), adds)),)


def make_blend(material: Material) -> None:
    """Questionnaire, visits and complaints of the same customers in one score."""
    how = settled(material.tree, material.notes)
    for records in (material.visits, material.complaints):
        material.notes += [] if records is None else _dated_ahead(records)
    material.results["blend"] = score_blend(
        material.survey, material.visits, material.complaints, material.tree, inference=material.inference, **how
    )


def _dated_ahead(records: Survey) -> list[Note]:
    """Say which records are dated after today: a wrong date, or a plan."""
    today, found = date.today().isoformat(), []
    for item in records.codebook.items.values():
        if item.kind == "date" and item.name not in records.codebook.private:
            days = records.answers[item.name].dropna().astype(str).str[:10]
            ahead = days[days > today]
            if len(ahead):
                found.append(note("records_ahead", survey=records.name, count=len(ahead), latest=ahead.max()))
    return found


def show_blend(study: Study) -> tuple[Part, ...]:
    """The score and what it is made of, how far it hangs on the rules, what stands behind it."""
    result = study.results["blend"]
    blocks: list = [sentence("report.blend_read"), Drawn("plot_estimates", "blend"), Rows("blend", "overall")]
    blocks += [Rows("blend", "evidence")]
    if "complaints" in result.tables:
        blocks.append(Rows("blend", "complaints", down=("outcome",), across="kind"))
    blocks += [sentence("report.blend_rules"), Rows("blend", "sensitivity")]
    if "informants" in result.tables:
        blocks.append(Folded("informants", (Rows("blend", "informants"),)))
    return (Part("blend", tuple(blocks)),)
