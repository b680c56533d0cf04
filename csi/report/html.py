"""One self-contained page of a Study or of Results: the answer first, then what is doubtful, then everything else.

The page reads Results and computes nothing; the same Study gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from os import PathLike
from pathlib import Path
from typing import Any

from markupsafe import Markup, escape

from csi.language import current_language, pick, say, use_language
from csi.report.files import check_target, write_files
from csi.report.handout import results_of
from csi.report.methods import method_sentences
from csi.report.render import Renderer, asked_rows, environment, lacking_pictures
from csi.report.typefaces import embedded_face
from csi.report.workbook import tables_content
from csi.results import Result
from csi.study import Study
from csi.study.blocks import Drawn, Folded, Lines, Part, Rows, Special, sentence
from csi.study.opening import show_all_tables, show_answer, show_citations, show_methods, show_notes, show_sample
from csi.study.sections import SECTIONS

HTML_LANGUAGE = {"en": "en", "zh": "zh-CN"}
# The picture of a Result with such a table; all others are drawn as their rows with intervals.
PICTURES = {
    "nps": "plot_nps", "quadrants": "plot_quadrants", "category": "plot_kano", "dimensions": "plot_gaps",
    "paths": "plot_paths", "contrasts": "plot_asymmetry", "specifications": "plot_specifications",
}  # fmt: skip
MOST_ROWS = 60  # of a table that is drawn


@dataclass(frozen=True)
class Heading:
    """One section of a page: its name, its title, what it holds."""

    name: str
    title: str
    content: Markup
    mark: str = "words"


def write_report(
    results: Study | Result | Iterable[Result] | Mapping[str, Result],
    path: str | PathLike[str],
    *,
    language: str | None = None,
) -> Path:
    """Write a Study or any Results as one HTML page that needs no other file and no network, with its tables beside it.

    Parameters
    ----------
    results : what `analyse_survey` gives back, a Result of any function, several in a list, or by name
    path : file to write; an existing one is replaced when the new one is complete, never before. The tables go to
        the same name with "-tables.xlsx" instead of the ending.
    language : {"en", "zh"}, optional
        None means the current language.

    Returns
    -------
    Path
        The page that was written; `tables_beside(page)` names the workbook.

    Raises
    ------
    DataError
        `tables_need_results`: something else than a Study or Results.
    OutputError
        One of the two files cannot be written; both that stood there before are untouched.
    OptionError
        An unknown language.

    Notes
    -----
    Every number on the page is a cell of a Result and carries its address (`data-result`, `data-table`, `data-row`,
    `data-column`). There is no date on it: the same Study gives the same bytes. Pictures need matplotlib; without it
    the page says how to install it.

    Examples
    --------
    >>> import csi, pathlib, tempfile
    >>> rate = csi.score_nps(csi.load_sample("tiny"), "l1")
    >>> page = csi.write_report(rate, pathlib.Path(tempfile.mkdtemp()) / "tiny.html")
    >>> page.read_text(encoding="utf-8")[:15], sorted(file.name for file in page.parent.iterdir())
    ('<!doctype html>', ['tiny-tables.xlsx', 'tiny.html'])

    """
    given = (
        results if isinstance(results, Study) else {name or "result": one for name, one in results_of(results).items()}
    )
    page = check_target(path)
    beside = tables_beside(page)
    check_target(beside)
    content = report_page(given, language, tables=beside.name).encode("utf-8")
    write_files({beside: tables_content(given, beside, language), page: content})
    return page


def tables_beside(page: str | PathLike[str]) -> Path:
    """The workbook that belongs to a page."""
    return Path(page).with_name(f"{Path(page).stem}-tables.xlsx")


def report_page(results: Study | Mapping[str, Result], language: str | None = None, *, tables: str = "") -> str:
    """The page as text; see `write_report`. `tables` is the name of the workbook beside it, if there is one."""
    with use_language(language or current_language()):
        page = _study_page(results, tables) if isinstance(results, Study) else _results_page(results, tables)
        texts = "".join(
            [*(part.title + str(part.content) for part in page["parts"]), page["heading"], page["subtitle"]]
        )
        style = Markup(embedded_face(str(escape(texts)) + page["title"] + page["kind"]) + _style())
        template = environment().get_template("page.html")
        return template.render(style=style, language=HTML_LANGUAGE[current_language()], **page)


def _study_page(study: Study, tables: str) -> dict[str, Any]:
    renderer = Renderer(
        study.results, study.level, study.label, study.wording, {"survey": study.survey, "study": study},
        {
            "doubts": lambda: {"failures": study.main_failures},
            "pictures_note": lacking_pictures,
            "questions": lambda: asked_rows(study),
            "methods": lambda: {"sentences": renderer.block(method_sentences(study))},
            "beside": lambda: _beside(renderer, tables),
        },
    )  # fmt: skip
    shows: list[Callable[[Study], tuple[Part, ...]]] = [show_answer, show_sample]
    shows += [one.show for one in SECTIONS if one.name in study.sections]
    shows += [show_notes, show_methods, show_citations, show_all_tables]
    found = []
    for show in shows:
        for part in show(study):
            content = renderer.blocks((*part.blocks, *_doubts(part, study)))
            if content:
                found.append(Heading(part.name, say(f"report.{part.name}"), content))
    kind = say("report.kind")
    return {
        "title": f"{study.title} · {kind}", "kind": kind, "heading": study.title, "subtitle": _subtitle(study),
        "parts": found,
    }  # fmt: skip


def _doubts(part: Part, study: Study) -> tuple[Special, ...]:
    """The failed checks of the Results that a part shows, less those that stand beside the answer."""
    used = {one.result for one in part.blocks if isinstance(one, Rows)}
    own = tuple(pair for pair in study.failures if pair[0] in used and pair not in study.main_failures)
    return (Special("doubts", {"failures": own}),) if own and part.name != "answer_head" else ()


def _results_page(results: Mapping[str, Result], tables: str) -> dict[str, Any]:
    """Each Result with its doubts, its headline table drawn and written, its other tables folded, its notes."""
    renderer = Renderer(
        results, 0.95, str, lambda name: "", {},
        {"pictures_note": lacking_pictures, "beside": lambda: _beside(renderer, tables)},
    )  # fmt: skip
    found = []
    for name, result in results.items():
        failures = [(name, line) for line in result.checks if not line.ok]
        blocks: list[Any] = [Special("doubts", {"failures": tuple(failures)}), *_pictures(name, result)]
        blocks.append(Rows(name, result.headline))
        folded = [Rows(name, table) for table in result.tables if table != result.headline]
        folded += [Rows(name, "check", caption="report.all_tables_checks")] if result.checks else []
        blocks += [Folded("other_tables", tuple(folded)), Lines("note", tuple(str(one) for one in result.notes))]
        found.append(Heading(name, str(result.title), renderer.blocks(blocks), "title"))
    sources = dict.fromkeys(line for result in results.values() for line in result.cite().splitlines())
    closing = (Lines("cite", tuple(sources)), Special("beside"), Special("pictures_note"))
    found.append(Heading("citations", say("report.citations"), renderer.blocks(closing)))
    titles = [str(result.title) for result in results.values()]
    kind = say("report.kind")
    return {
        "title": f"{titles[0]} · {kind}", "kind": kind, "heading": titles[0] if len(titles) == 1 else kind,
        "subtitle": "" if len(titles) == 1 else say("report.several", count=len(titles)), "parts": found,
    }  # fmt: skip


def _pictures(name: str, result: Result) -> list[Drawn]:
    """The picture of a Result, where its tables have one that says something."""
    made = next((picture for table, picture in PICTURES.items() if table in result.tables), None)
    if made is not None and "group" not in result.table().keys:
        return [Drawn(made, name)]
    rows = len(result.table().rows())
    known = result.tidy()["lower"].notna().any() if rows else False
    return [Drawn("plot_estimates", name)] if known and rows <= MOST_ROWS else []


def _beside(renderer: Renderer, tables: str) -> dict[str, Any]:
    line = sentence("report.tables_beside", file=Special("file", {"text": tables}))
    return {"tables": tables, "sentence": renderer.said(line) if tables else ""}


@cache
def _style() -> str:
    return files("csi").joinpath("report", "templates", "page.css").read_text(encoding="utf-8")


def _subtitle(study: Study) -> str:
    if study.model is None:
        return study.survey.name
    model = pick(study.model.title)
    return (
        f"{study.survey.name} · {model} ({study.model.name})" if model else f"{study.survey.name} · {study.model.name}"
    )
