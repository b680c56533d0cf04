"""One self-contained page of a Study: the answer first, then what is doubtful, then everything else.

The page reads Results and computes nothing; the same Study gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from html import escape
from importlib.resources import files
from os import PathLike
from pathlib import Path
from string import Template

from csi.language import current_language, pick, say, use_language, words
from csi.report.cells import Shown, shown
from csi.report.files import write_file
from csi.study import Study, level_text

HTML_LANGUAGE = {"en": "en", "zh": "zh-CN"}


def write_report(study: Study, path: str | PathLike[str], *, language: str | None = None) -> Path:
    """Write a Study as one HTML page that needs no other file and no network.

    Parameters
    ----------
    study : what `analyse_survey` gives back
    path : file to write; an existing one is replaced when the new one is complete, never before
    language : {"en", "zh"}, optional
        None means the current language.

    Returns
    -------
    Path
        The file that was written.

    Raises
    ------
    OutputError
        The file cannot be written; what stood there before is untouched.
    OptionError
        An unknown language.

    Notes
    -----
    Every number on the page is a cell of a Result and carries its address (`data-result`, `data-table`, `data-row`,
    `data-column`). There is no date on it: the same Study gives the same bytes.

    Examples
    --------
    >>> import csi, pathlib, tempfile
    >>> study = csi.analyse_survey(csi.load_sample("tiny"), "Satisfaction ~ Quality", n_boot=0)
    >>> page = csi.write_report(study, pathlib.Path(tempfile.mkdtemp()) / "tiny.html")
    >>> page.read_text(encoding="utf-8")[:15]
    '<!doctype html>'

    """
    return write_file(path, report_page(study, language).encode("utf-8"))


def report_page(study: Study, language: str | None = None) -> str:
    """The page as text; see `write_report`."""
    with use_language(language or current_language()):
        page = _Page(study)
        sections = [(name, content) for name, make in page.sections() if (content := make())]
        links = "".join(f'<a href="#{name}">{escape(say(f"report.{name}"))}</a> ' for name, _ in sections)
        body = "".join(
            f'<section id="{name}"><h2 data-text="words">{escape(say(f"report.{name}"))}</h2>{content}</section>\n'
            for name, content in sections
        )
        return Template(_part("page.html")).substitute(
            language=HTML_LANGUAGE[current_language()],
            title=escape(f"{study.title} · {say('report.kind')}"),
            style=_part("page.css"),
            kind=escape(say("report.kind")),
            heading=escape(study.title),
            subtitle=escape(_subtitle(study)),
            links=links,
            body=body,
        )


@cache
def _part(name: str) -> str:
    return files("csi").joinpath("report", "templates", name).read_text(encoding="utf-8")


def _subtitle(study: Study) -> str:
    model = pick(study.model.title)
    return (
        f"{study.survey.name} · {model} ({study.model.name})" if model else f"{study.survey.name} · {study.model.name}"
    )


@dataclass(frozen=True, eq=False)
class _Page:
    """The sections of the page, each a piece of HTML or nothing."""

    study: Study

    def sections(self) -> list[tuple[str, Callable[[], str]]]:
        return [
            ("answer_head", self.answer), ("doubts", self.doubts), ("notes", self.notes), ("sample", self.sample),
            ("indices", self.indices), ("by_group", self.by_group), ("questions", self.questions),
            ("tables", self.tables), ("group_tables", self.group_tables), ("checks", self.checks),
            ("methods", self.methods), ("citations", self.citations),
        ]  # fmt: skip

    def shown(self, result: str, table: str) -> Shown:
        return shown(self.study.results[result], result, table, self.study.level, self.study.label)

    def answer(self) -> str:
        """The index of satisfaction, large, and the sentence that says what it is."""
        construct = f"<strong>{escape(self.study.label(self.study.target))}</strong>"
        found = self.study.answer
        if found is None:
            return _paragraph(_fill("report.answer_none", construct=construct))
        table = self.shown("fit", "index")
        row = self.study.fit.table("index").rows().index((self.study.target,))
        cells = {name: table.number(row, name) for name in ("estimate", "n")}
        key = "report.answer_alone"
        if "lower" in table.columns:
            key = "report.answer"
            cells |= {name: table.number(row, name) for name in ("lower", "upper")}
        sentence = _fill(key, construct=construct, level=escape(level_text(self.study.level)), **cells)
        return f'<div class="answer"><p class="figure">{cells["estimate"]}</p>{_paragraph(sentence)}</div>'

    def doubts(self) -> str:
        failures = self.study.failures
        if not failures:
            return _paragraph(_fill("report.no_doubts"))
        lines = "".join(
            f"<li{' class=bad' if line.inadmissible else ''}><b>{escape(say(f'report.result_{name}'))}</b> "
            f'<span data-text="check">{escape(line.meaning)}</span></li>'
            for name, line in failures
        )
        return f'<ul class="doubts">{lines}</ul>'

    def notes(self) -> str:
        return _list((str(remark) for remark in self.study.all_notes), "note")

    def sample(self) -> str:
        """Who answered; missing answers with their reasons across."""
        sample, book = self.study.sample, self.study.survey.codebook
        counts = [self.shown("sample", name).html(_caption(name)) for name in sample.tables if name != "missing"]
        parts = [_fill("report.source", source=escape(book.source))] if book.source else []
        roles = [
            _fill(f"report.role_{role}", column=escape(column))
            for role, column in book.roles.items()
            if role in ("weight", "strata", "cluster") and column not in book.private
        ]
        if roles:
            parts.append(_fill("report.roles", roles=escape(say("report.separator")).join(roles)))
        content = (
            "".join(f'<p data-text="name">{part}</p>' for part in parts) + f'<div class="side">{"".join(counts)}</div>'
        )
        if "missing" in sample.tables:
            content += self.shown("sample", "missing").pivot(["construct", "item"], "reason", _caption("missing"))
        return content

    def indices(self) -> str:
        if "index" not in self.study.fit.tables:
            return ""
        return self.shown("fit", "index").html(self._level_caption("index"))

    def by_group(self) -> str:
        """Indices with groups down and constructs across."""
        groups = self.study.groups
        if groups is None or "index" not in groups.tables:
            return ""
        columns = _paragraph(_fill("report.groups_by", columns=escape(say("report.separator").join(self.study.by))))
        return columns + self.shown("groups", "index").pivot(["group"], "construct", self._level_caption("index"))

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

    def tables(self) -> str:
        return self._tables("fit", without=("index",))

    def group_tables(self) -> str:
        return "" if self.study.groups is None else self._tables("groups")

    def _tables(self, result: str, without: tuple[str, ...] = ()) -> str:
        names = [name for name in self.study.results[result].tables if name not in without]
        return "".join(self.shown(result, name).html(self._level_caption(name)) for name in names)

    def _level_caption(self, name: str) -> str:
        return say("report.caption", table=_caption(name), level=level_text(self.study.level))

    def checks(self) -> str:
        """All checks of all Results, the passed ones too."""
        return "".join(
            self.shown(name, "check").html(say(f"report.result_{name}"))
            for name, result in self.study.results.items()
            if result.checks
        )

    def methods(self) -> str:
        """What was estimated and how, each number from `glance`; then `glance` itself."""
        study, table = self.study, self.shown("fit", "glance")
        row = table.frame.iloc[0]
        cells = {name: table.number(0, name) for name in table.frame.columns}
        kind = "plsc" if study.options.get("consistent") else "pls"
        title = f'<span data-text="name">{escape(pick(study.model.title) or study.model.name)}</span>'
        sentences = [_fill(f"report.methods_{kind}", title=title, **cells)]
        sentences.append(_fill(f"report.methods_{row['inference']}", level=escape(level_text(study.level)), **cells))
        roles = study.survey.codebook.roles
        if "weight" in roles:
            sentences.append(_fill("report.methods_weight"))
        if {"strata", "cluster"} & set(roles):
            sentences.append(_fill("report.methods_design"))
        if study.groups is not None:
            sentences.append(_fill("report.methods_groups"))
        given = ", ".join(f"{name}={value!r}" for name, value in study.options.items())
        by = f", by={list(study.by)!r}" if study.by else ""
        call = f"csi.analyse_survey(survey, {study.model.name!r}{by}, {given})"
        facts = [
            self.shown(name, "glance").facts(say(f"report.result_{name}"))
            for name in study.results
        ]  # fmt: skip
        between = "" if current_language() == "zh" else " "
        again = _fill("report.methods_call", call=f'<code data-text="name">{escape(call)}</code>')
        return _paragraph(between.join(sentences)) + _paragraph(again) + f'<div class="side">{"".join(facts)}</div>'

    def citations(self) -> str:
        lines: list[str] = [self.study.model.citation] if self.study.model.citation else []
        for result in self.study.results.values():
            lines += [line for line in result.cite().splitlines() if line not in lines]
        return _list(lines, "cite")


def _caption(table: str) -> str:
    return say(f"tables.{table}")


def _fill(key: str, **parts: str) -> str:
    """The sentence `key` with its words escaped and its parts, which are HTML already, filled in."""
    return escape(words(current_language())[key]).format(**parts)


def _paragraph(content: str) -> str:
    return f'<p data-text="words">{content}</p>'


def _list(lines: Iterable[str], kind: str) -> str:
    marked = "".join(f'<li data-text="{kind}">{escape(line)}</li>' for line in lines)
    return f'<ul class="{kind}s">{marked}</ul>' if marked else ""
