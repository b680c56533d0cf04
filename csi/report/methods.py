"""How the numbers were made, in sentences a paper can take over; each number is a cell of `glance`."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from importlib.metadata import PackageNotFoundError, version

from csi.language import pick, say
from csi.report.cells import Shown
from csi.report.sentences import fill, joined
from csi.study import Study, level_text


def method_sentences(study: Study, glance: Shown) -> str:
    """The methods paragraph as HTML.

    Parameters
    ----------
    study : what was analysed
    glance : the facts of its fit of the whole sample
    """
    row = glance.frame.iloc[0]
    cells = {name: glance.number(0, name) for name in glance.frame.columns}
    title = _name(pick(study.model.title) or study.model.name)
    sentences = [fill("report.methods_frame", survey=_name(study.title), title=title, model=cells["model"])]
    plsc = bool(study.options.get("consistent"))
    sentences.append(fill("report.methods_estimated_plsc" if plsc else "report.methods_estimated", **cells))
    if row["n_dropped"] > 0:
        sentences.append(fill("report.methods_dropped", **cells))
    if "index" in study.fit.tables:
        sentences.append(fill("report.methods_index"))
    sentences.append(fill(f"report.methods_{row['inference']}", level=escape(level_text(study.level)), **cells))
    roles = study.survey.codebook.roles
    if "weight" in roles:
        sentences.append(fill("report.methods_weight"))
    if {"strata", "cluster"} & set(roles):
        sentences.append(fill("report.methods_design"))
    if study.groups is not None:
        sentences.append(fill("report.methods_groups"))
    sentences.append(fill("report.methods_quality"))
    sentences.append(fill("report.methods_software", version=_name(version_of_csi())))
    return joined(sentences)


def method_facts(study: Study, shown: Callable[[str, str], Shown]) -> str:
    """`glance` of every Result, turned on its side."""
    facts = [shown(name, "glance").facts(say(f"report.result_{name}")) for name in study.results]
    return f'<div class="side">{"".join(facts)}</div>'


def version_of_csi() -> str:
    """The version that is installed."""
    try:
        return version("csi")
    except PackageNotFoundError:  # run from a copy that was never installed
        return "?"


def _name(text: str) -> str:
    return f'<span data-text="name">{escape(text)}</span>'
