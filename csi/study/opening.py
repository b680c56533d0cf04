"""Sections that every page has: the answer, who answered, how it was done, what to cite, all tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from csi.language import has_words, say
from csi.study.blocks import Beside, Drawn, Folded, Lines, Name, Number, Part, Rows, Sentence, Special, sentence
from csi.study.material import Material
from csi.study.sample import describe_sample
from csi.views import level_text, word

if TYPE_CHECKING:
    from csi.study.study import Study

WHOLE = ("fit", "groups")  # Results whose every table is on the page; of others the long ones are in the workbook
MOST_ROWS = 40
SAME_SOURCE = 40  # sources that begin alike are one source, cited once


def make_sample(material: Material) -> None:
    """Who answered, what is missing and why, how it was answered."""
    if material.model is not None:
        items, owner = material.model.items, {
            item: one.name for one in material.model.constructs for item in one.items
        }  # fmt: skip
        used = int(material.results["fit"].glance().iloc[0]["n"])
    else:
        items, owner, used = material.asked.rated, None, None
    material.results["sample"] = describe_sample(material.survey, items, owner, material.by, used)


def show_answer(study: Study) -> tuple[Part, ...]:
    """The answer, large; why it is this number; what to improve first; what is doubtful; what was found in the file."""
    blocks: list = [Special("answer", {"sentence": answer_sentence(study), "figure": _figure(study)})]
    if study.headline is not None and study.headline.kind != "model":
        blocks.append(sentence(f"report.why_{study.headline.kind}", kind="hint"))
    found = tuple(str(doubt) for doubt in study.survey.doubts)
    if found:
        blocks.append(Special("found", {"lines": Lines("note", found)}))
    points = [(key, one) for key, one in (("improve", priority_sentence(study)), ("doubt", _doubt(study))) if one]
    blocks += [Special("points", {"points": points}), Special("doubts"), Special("pictures_note")]
    return (Part("answer_head", tuple(blocks)),)


def _row(study: Study) -> int:
    headline = study.headline
    return study.results[headline.result].table(headline.table).rows().index(headline.key)


def _figure(study: Study) -> Number | None:
    headline = study.headline
    return None if study.answer is None else Number(headline.result, headline.table, _row(study), "estimate")


def answer_sentence(study: Study) -> Sentence:
    """The answer in one sentence."""
    headline, found = study.headline, study.answer
    if headline is None:
        return sentence("report.answer_counts")
    label = Name(study.headline_label, strong=True)
    if found is None:
        return sentence("report.answer_none", construct=label)
    key = "report.answer_alone" if np.isnan(found.std_error) else "report.answer"
    key = key if headline.kind == "model" else key.replace("answer", f"answer_{headline.kind}", 1)
    where = {
        name: Number(headline.result, headline.table, _row(study), name) for name in ("estimate", "lower", "upper")
    }
    n = Number(headline.result, headline.table, _row(study), "n")
    return sentence(key, construct=label, level=level_text(study.level), n=n, **where)


def priority_sentence(study: Study) -> Sentence | None:
    """What to improve first for the index of a model, else by the four quadrants; None where nothing can be said."""
    first = study.priority
    if first is None:
        key, items = study.begin_with
        return sentence(key, items=Name(say("report.separator").join(items))) if key else None
    rows = study.fit.table("priorities").rows()
    at = {kind: rows.index((study.target, first.construct, kind)) for kind in ("importance", "performance")}
    cells = {kind: Number("fit", "priorities", row, "estimate") for kind, row in at.items()}
    cells |= {name: Number("fit", "priorities", at["importance"], name) for name in ("lower", "upper")}
    key = "report.improve_weak" if first.weak else "report.improve_strong"
    key = f"{key}_alone" if np.isnan(first.importance.std_error) else key
    values = {
        "construct": Name(study.label(first.construct), strong=True), "target": Name(study.label(study.target)),
        "level": level_text(study.level), **cells,
    }  # fmt: skip
    before, after = first.remarks
    return Sentence((*((one, {}) for one in before), (key, values), *((one, {}) for one in after)))


def _doubt(study: Study) -> Sentence:
    failures = [line for _, line in study.main_failures]
    if not failures:
        return sentence("report.doubt_none")
    said = []
    for key, bad in (("report.doubt_bad", True), ("report.doubt_some", False)):
        names = dict.fromkeys(_short(line.check) for line in failures if line.inadmissible is bad)
        if names:
            said.append((key, {"checks": say("report.separator").join(names)}))
    return Sentence(tuple(said))


def _short(check: str) -> str:
    """What a check is called inside a sentence."""
    key = f"report.short.{check}"
    return say(key) if has_words(key) else word(check)


def show_sample(study: Study) -> tuple[Part, ...]:
    """Who answered, what is missing and why, how it was answered."""
    sample, book = study.sample, study.survey.codebook
    blocks: list = [sentence("report.source", source=Name(book.source))] if book.source else []
    roles = [
        say(f"report.role_{role}", column=column)
        for role, column in book.roles.items()
        if role in ("weight", "strata", "cluster") and column not in book.private
    ]
    if roles:
        blocks.append(sentence("report.roles", roles=Name(say("report.separator").join(roles))))
    names = [name for name in sample.tables if name != "missing"]
    blocks.append(Beside(tuple(Rows("sample", name, caption=name) for name in names)))
    if "answering" in sample.tables:
        blocks.append(sentence("report.quality_hint", kind="hint"))
    items = list(study.model.items) if study.model is not None else list(study.asked.rated)
    if "items" not in study.results and items:
        blocks.append(Drawn("plot_ratings", "survey", {"items": items}))
    if "missing" in sample.tables:
        down = ("construct", "item") if study.model is not None else ("item",)
        blocks.append(Drawn("plot_missing", "survey", {"items": items}))
        table = Rows("sample", "missing", caption="missing", down=down, across="reason")
        blocks.append(Folded("missing_items", (table,)))
    return (Part("sample", tuple(blocks)),)


def show_methods(study: Study) -> tuple[Part, ...]:
    """A paragraph a paper can take over, and the call that gives the same numbers."""
    again = sentence("report.methods_call", call=Special("code", {"text": study.call}))
    return (Part("methods", (sentence("report.methods_copy", kind="hint"), Special("methods"), again)),)


def show_citations(study: Study) -> tuple[Part, ...]:
    """The sources of model, method and software."""
    model = study.model
    lines = {model.citation[:SAME_SOURCE]: model.citation} if model is not None and model.citation else {}
    for result in study.results.values():
        for line in result.cite().splitlines():
            lines.setdefault(line[:SAME_SOURCE], line)
    return (Part("citations", (Lines("cite", tuple(lines.values())),)),)


def show_notes(study: Study) -> tuple[Part, ...]:
    """Everything that was dropped, guessed or decided."""
    return (Part("notes", (Lines("note", tuple(str(remark) for remark in study.all_notes)),)),)


def show_all_tables(study: Study) -> tuple[Part, ...]:
    """Every table of every Result, folded on the screen and not printed."""
    results = study.results
    checks = tuple(Rows(name, "check", caption=f"@{name}") for name, result in results.items() if result.checks)
    folded = [Folded("all_tables_checks", checks)]
    for name, result in results.items():
        listed = [table for table in result.tables if name in WHOLE or len(result.table(table).rows()) <= MOST_ROWS]
        folded.append(Folded(f"@{name}", tuple(Rows(name, table) for table in listed)))
    folded.append(
        Folded(
            "all_tables_glance",
            (Beside(tuple(Rows(name, "glance", caption=f"@{name}", facts=True) for name in results)),),
        )
    )
    return (Part("all_tables", (Special("beside"), *folded, sentence("report.tables_printed", kind="printed"))),)
