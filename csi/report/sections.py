"""The sections of the page, in the order a reader asks: the answer, who answered, who is where, why, how sure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from html import escape

from csi.language import pick, say
from csi.report.cells import Shown, shown
from csi.report.methods import method_facts, method_sentences
from csi.report.pictures import picture, pictures_note
from csi.report.sentences import bullets, fill, joined, paragraph
from csi.study import Study, level_text

SAME_SOURCE = 40  # sources that begin alike are one source, cited once
MEASUREMENT = ("alpha", "rho_c", "ave", "r2")


@dataclass(frozen=True, eq=False)
class Sections:
    """Each section is a piece of HTML or nothing.

    Attributes
    ----------
    study : what is shown
    tables : name of the workbook beside the page, empty when there is none
    """

    study: Study
    tables: str = ""

    def all(self) -> list[tuple[str, Callable[[], str]]]:
        """Name of each section and what makes it."""
        return [
            ("answer_head", self.answer), ("sample", self.sample), ("by_group", self.by_group),
            ("indices", self.indices), ("paths", self.paths), ("priorities", self.priorities),
            ("measurement", self.measurement), ("questions", self.questions), ("notes", self.notes),
            ("methods", self.methods), ("citations", self.citations), ("all_tables", self.all_tables),
        ]  # fmt: skip

    def shown(self, result: str, table: str) -> Shown:
        """One table of one Result of the study."""
        return shown(self.study.results[result], result, table, self.study.level, self.study.label)

    def caption(self, table: str) -> str:
        """What a table is called, with the level of its intervals."""
        return say("report.caption", table=say(f"tables.{table}"), level=level_text(self.study.level))

    # -- the answer

    def answer(self) -> str:
        """The index of satisfaction, large; what to improve first; what is doubtful."""
        points = [
            f'<dt data-text="words">{escape(say(f"report.{name}"))}</dt><dd data-text="words">{content}</dd>'
            for name, content in (("improve", self._improve()), ("doubt", self._doubt()))
            if content
        ]
        return f"{self._index()}{self._found()}<dl>{''.join(points)}</dl>{self._doubts()}{pictures_note()}"

    def _found(self) -> str:
        """What was decided about the file; nothing where a codebook says it all."""
        lines = bullets((str(doubt) for doubt in self.study.survey.doubts), "note")
        return f'<div class="found">{paragraph(fill("report.found"))}{lines}</div>' if lines else ""

    def _index(self) -> str:
        construct = f"<strong>{self._name(self.study.target)}</strong>"
        if self.study.answer is None:
            return paragraph(fill("report.answer_none", construct=construct))
        table = self.shown("fit", "index")
        row = self.study.fit.table("index").rows().index((self.study.target,))
        cells = {name: table.number(row, name) for name in ("estimate", "n")}
        key = "report.answer_alone"
        if "lower" in table.columns:
            key = "report.answer"
            cells |= {name: table.number(row, name) for name in ("lower", "upper")}
        sentence = fill(key, construct=construct, level=escape(level_text(self.study.level)), **cells)
        return f'<div class="answer"><p class="figure">{cells["estimate"]}</p>{paragraph(sentence)}</div>'

    def _improve(self) -> str:
        first = self.study.priority
        if first is None:
            return ""
        table, rows = self.shown("fit", "priorities"), self.study.fit.table("priorities").rows()
        at = {kind: rows.index((self.study.target, first.construct, kind)) for kind in ("importance", "performance")}
        cells = {kind: table.number(row, "estimate") for kind, row in at.items()}
        key = "report.improve_weak" if first.weak else "report.improve_strong"
        if "lower" in table.columns:
            cells |= {name: table.number(at["importance"], name) for name in ("lower", "upper")}
        else:
            key = f"{key}_alone"
        sentence = fill(
            key, construct=f"<strong>{self._name(first.construct)}</strong>", target=self._name(self.study.target),
            level=escape(level_text(self.study.level)), **cells,
        )  # fmt: skip
        before, after = (list(map(fill, keys)) for keys in first.remarks)
        return joined([*before, sentence, *after])

    def _doubt(self) -> str:
        failures = [line for _, line in self.study.failures]
        if not failures:
            return fill("report.doubt_none")
        sentences = []
        for key, bad in (("report.doubt_bad", True), ("report.doubt_some", False)):
            names = dict.fromkeys(say(f"report.short.{line.check}") for line in failures if line.inadmissible is bad)
            if names:
                sentences.append(fill(key, checks=escape(say("report.separator").join(names))))
        return joined(sentences)

    def _doubts(self) -> str:
        """What each failed check means, inadmissible ones first."""
        lines = "".join(
            f"<li{' class=bad' if line.inadmissible else ''}><b>{escape(say(f'report.result_{name}'))}</b> "
            f'<span data-text="check">{escape(line.meaning)}</span></li>'
            for name, line in self.study.failures
        )
        return f'<ul class="doubts">{lines}</ul>' if lines else ""

    # -- who answered

    def sample(self) -> str:
        """Who answered, what is missing and why, how it was answered."""
        sample, book = self.study.sample, self.study.survey.codebook
        parts = [fill("report.source", source=escape(book.source))] if book.source else []
        roles = [
            fill(f"report.role_{role}", column=escape(column))
            for role, column in book.roles.items()
            if role in ("weight", "strata", "cluster") and column not in book.private
        ]
        if roles:
            parts.append(fill("report.roles", roles=escape(say("report.separator")).join(roles)))
        counts = [self.shown("sample", name).html(say(f"tables.{name}")) for name in sample.tables if name != "missing"]
        content = "".join(f'<p data-text="name">{part}</p>' for part in parts)
        content += f'<div class="side">{"".join(counts)}</div>'
        if "answering" in sample.tables:
            content += paragraph(fill("report.quality_hint"), kind="hint")
        content += picture("plot_ratings", self.study.survey, items=self._items_shown())
        if "missing" in sample.tables:
            table = self.shown("sample", "missing").pivot(["construct", "item"], "reason", say("tables.missing"))
            content += picture("plot_missing", self.study.survey, items=self._items_shown())
            content += _folded("missing_items", table)
        return content

    def _items_shown(self) -> list[str]:
        return list(self.study.model.items)

    def by_group(self) -> str:
        """Indices with groups down and constructs across."""
        groups = self.study.groups
        if groups is None or "index" not in groups.tables:
            return ""
        columns = fill("report.groups_by", columns=escape(say("report.separator").join(self.study.by)))
        table = self.shown("groups", "index").pivot(["group"], "construct", self.caption("index"))
        return picture("plot_index", self.study) + paragraph(columns) + table

    def indices(self) -> str:
        """The indices of all constructs in the whole sample."""
        if "index" not in self.study.fit.tables:
            return ""
        drawn = picture("plot_index", self.study) if self.study.groups is None else ""
        return drawn + self.shown("fit", "index").html(self.caption("index"))

    # -- why

    def paths(self) -> str:
        """The diagram with its estimates, and the same as a table."""
        table = self.shown("fit", "paths").html(self.caption("paths"))
        return paragraph(fill("report.paths_read")) + picture("plot_paths", self.study) + table

    def priorities(self) -> str:
        """Importance and performance of the drivers of the target."""
        if self.study.priority is None:
            return ""
        table = self.shown("fit", "priorities").where(target=self.study.target)
        content = paragraph(fill("report.priorities_read", target=self._name(self.study.target)))
        content += picture("plot_priorities", self.study)
        content += table.pivot(["construct"], "kind", self.caption("priorities"))
        return content + (paragraph(fill("report.priorities_expected")) if self.study.priority.expected else "")

    def measurement(self) -> str:
        """Loadings, reliability and what is explained."""
        content = paragraph(fill("report.measurement_read")) + picture("plot_loadings", self.study)
        table = self.shown("fit", "constructs").where(term=MEASUREMENT)
        content += table.pivot(["construct"], "term", self.caption("constructs"))
        return content + self.shown("fit", "outer").pivot(["construct", "item"], "kind", self.caption("outer"))

    def questions(self) -> str:
        """The model: constructs, what explains them, their items with their wording."""
        heads = "".join(f"<th>{escape(say(f'report.{name}'))}</th>" for name in ("construct", "explained_by", "items"))
        rows = []
        for one in self.study.model.constructs:
            label = self.study.label(one.name)
            code = f"<small>{escape(one.name)}</small>" if label != one.name else ""
            sources = [self.study.label(source) for source in self.study.model.predecessors(one.name)]
            explained = escape(say("report.separator").join(sources))
            rows.append(f"<tr><td>{escape(label)}{code}</td><td>{explained}</td><td>{self._items(one.items)}</td></tr>")
        table = f"<table><thead><tr>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
        return f'<div class="wide questions" data-text="name">{table}</div>'

    def _items(self, names: tuple[str, ...]) -> str:
        """Items one below the other with their wording; in one line where there is none."""
        book = self.study.survey.codebook.items
        lines = []
        for name in names:
            wording = pick(book[name].text) if name in book else ""
            turned = f" <i>{escape(say('report.turned'))}</i>" if name in book and book[name].reversed else ""
            lines.append((f"<b>{escape(name)}</b> {escape(wording)}".strip() + turned, wording))
        if any(wording for _, wording in lines):
            return "<ul>" + "".join(f"<li>{line}</li>" for line, _ in lines) + "</ul>"
        return escape(say("report.separator")).join(line for line, _ in lines)

    # -- how sure, and how it was done

    def notes(self) -> str:
        """Everything that was dropped, guessed or decided."""
        return bullets((str(remark) for remark in self.study.all_notes), "note")

    def methods(self) -> str:
        """A paragraph a paper can take over, and the call that gives the same numbers."""
        again = fill("report.methods_call", call=f'<code data-text="name">{escape(self._call())}</code>')
        copied = paragraph(fill("report.methods_copy"), kind="hint")
        quoted = f"<blockquote>{paragraph(method_sentences(self.study, self.shown('fit', 'glance')))}</blockquote>"
        return copied + quoted + paragraph(again)

    def _call(self) -> str:
        given = ", ".join(f"{name}={value!r}" for name, value in self.study.options.items())
        by = f", by={list(self.study.by)!r}" if self.study.by else ""
        return f"csi.analyse_survey(survey, {self.study.model.name!r}{by}, {given})"

    def citations(self) -> str:
        """The sources of model, method and software."""
        lines = (
            {self.study.model.citation[:SAME_SOURCE]: self.study.model.citation} if self.study.model.citation else {}
        )
        for result in self.study.results.values():
            for line in result.cite().splitlines():
                lines.setdefault(line[:SAME_SOURCE], line)
        return bullets(lines.values(), "cite")

    def all_tables(self) -> str:
        """Every table of every Result, folded on the screen and not printed."""
        results = self.study.results
        checks = "".join(
            self.shown(name, "check").html(say(f"report.result_{name}"))
            for name, result in results.items()
            if result.checks
        )
        folded = [_folded("all_tables_checks", checks), _folded("all_tables_fit", self._every("fit", ("index",)))]
        if self.study.groups is not None:
            folded.append(_folded("all_tables_groups", self._every("groups")))
        folded.append(_folded("all_tables_glance", method_facts(self.study, self.shown)))
        beside = ""
        if self.tables:
            beside = paragraph(fill("report.tables_beside", file=f'<b data-text="name">{escape(self.tables)}</b>'))
        return beside + "".join(folded) + paragraph(fill("report.tables_printed"), kind="printed")

    def _every(self, result: str, without: tuple[str, ...] = ()) -> str:
        names = [name for name in self.study.results[result].tables if name not in without]
        return "".join(self.shown(result, name).html(self.caption(name)) for name in names)

    def _name(self, construct: str) -> str:
        return f'<span data-text="name">{escape(self.study.label(construct))}</span>'


def _folded(name: str, content: str) -> str:
    if not content:
        return ""
    return f'<details><summary data-text="words">{escape(say(f"report.{name}"))}</summary>{content}</details>'
