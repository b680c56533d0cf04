"""One self-contained page of a Study: the answer first, then what is doubtful, then everything else.

The page reads Results and computes nothing; the same Study gives the same bytes.
"""

from __future__ import annotations

from functools import cache
from html import escape
from importlib.resources import files
from os import PathLike
from pathlib import Path
from string import Template

from csi.language import current_language, pick, say, use_language
from csi.report.files import check_target, write_files
from csi.report.sections import Sections
from csi.report.sources import check_study
from csi.report.typefaces import embedded_face
from csi.report.workbook import tables_content
from csi.study import Study

HTML_LANGUAGE = {"en": "en", "zh": "zh-CN"}


def write_report(study: Study, path: str | PathLike[str], *, language: str | None = None) -> Path:
    """Write a Study as one HTML page that needs no other file and no network, and its tables as xlsx beside it.

    Parameters
    ----------
    study : what `analyse_survey` gives back
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
    >>> study = csi.analyse_survey(csi.load_sample("tiny"), "Satisfaction ~ Quality", n_boot=0)
    >>> page = csi.write_report(study, pathlib.Path(tempfile.mkdtemp()) / "tiny.html")
    >>> page.read_text(encoding="utf-8")[:15], sorted(file.name for file in page.parent.iterdir())
    ('<!doctype html>', ['tiny-tables.xlsx', 'tiny.html'])

    """
    check_study(study, "write_report")
    page = check_target(path)
    beside = tables_beside(page)
    check_target(beside)
    content = report_page(study, language, tables=beside.name).encode("utf-8")
    write_files({beside: tables_content(study, beside, language), page: content})
    return page


def tables_beside(page: str | PathLike[str]) -> Path:
    """The workbook that belongs to a page."""
    return Path(page).with_name(f"{Path(page).stem}-tables.xlsx")


def report_page(study: Study, language: str | None = None, *, tables: str = "") -> str:
    """The page as text; see `write_report`. `tables` is the name of the workbook beside it, if there is one."""
    with use_language(language or current_language()):
        sections = [(name, content) for name, make in Sections(study, tables).all() if (content := make())]
        links = "".join(f'<a href="#{name}">{escape(say(f"report.{name}"))}</a> ' for name, _ in sections)
        body = "".join(
            f'<section id="{name}"><h2 data-text="words">{escape(say(f"report.{name}"))}</h2>{content}</section>\n'
            for name, content in sections
        )
        texts = {
            "title": escape(f"{study.title} · {say('report.kind')}"),
            "kind": escape(say("report.kind")),
            "heading": escape(study.title),
            "subtitle": escape(_subtitle(study)),
            "links": links,
            "body": body,
        }
        style = embedded_face("".join(texts.values())) + _part("page.css")
        language = HTML_LANGUAGE[current_language()]
        return Template(_part("page.html")).substitute(texts, language=language, style=style)


@cache
def _part(name: str) -> str:
    return files("csi").joinpath("report", "templates", name).read_text(encoding="utf-8")


def _subtitle(study: Study) -> str:
    model = pick(study.model.title)
    return (
        f"{study.survey.name} · {model} ({study.model.name})" if model else f"{study.survey.name} · {study.model.name}"
    )
