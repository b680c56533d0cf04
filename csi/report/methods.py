"""How the numbers were made, in sentences a paper can take over; each number is a cell of `glance`."""

from __future__ import annotations

import re
from html import unescape
from importlib.metadata import PackageNotFoundError, version

from csi.language import pick
from csi.report.render import Renderer
from csi.study import Study, level_text
from csi.study.blocks import Name, Number, Sentence

TAGS = re.compile(r"<[^>]+>")


def method_sentences(study: Study) -> Sentence:
    """The methods paragraph."""
    said = _model(study) if study.fit is not None else _plain(study)
    roles = study.survey.codebook.roles
    said += [("report.methods_weight", {})] if "weight" in roles else []
    said += [("report.methods_design", {})] if {"strata", "cluster"} & set(roles) else []
    if study.by:
        said.append(("report.methods_groups", {}))
    if study.fit is not None:
        said.append(("report.methods_quality", {}))
    return Sentence((*said, ("report.methods_software", {"version": Name(version_of_csi())})))


def _model(study: Study) -> list:
    row = study.fit.glance().iloc[0]
    cells = {name: Number("fit", "glance", 0, name) for name in study.fit.glance().columns}
    title = Name(pick(study.model.title) or study.model.name)
    frame = {"survey": Name(study.title), "title": title, "model": cells["model"]}
    said: list = [("report.methods_frame", frame)]
    said.append(
        ("report.methods_estimated_plsc" if study.options.get("consistent") else "report.methods_estimated", cells)
    )
    if row["n_dropped"] > 0:
        said.append(("report.methods_dropped", cells))
    if "index" in study.fit.tables:
        said.append(("report.methods_index", {}))
    said.append((f"report.methods_{row['inference']}", {"level": level_text(study.level), **cells}))
    return said


def _plain(study: Study) -> list:
    n = Number("sample", "glance", 0, "n")
    said: list = [("report.methods_frame_plain", {"survey": Name(study.title), "n": n})]
    if study.headline is not None:
        said.append((f"report.methods_{study.headline.kind}", {}))
    sure = "methods_none" if study.options.get("n_boot") == 0 else "methods_measures"
    said.append((f"report.{sure}", {"level": level_text(study.level)} if sure == "methods_measures" else {}))
    return said


def method_text(study: Study) -> str:
    """The methods paragraph without marks, for a file that is no page."""
    renderer = Renderer(study.results, study.level, study.label, study.wording, {}, {})
    return unescape(TAGS.sub("", str(renderer.said(method_sentences(study)))))


def version_of_csi() -> str:
    """The version that is installed."""
    try:
        return version("csi")
    except PackageNotFoundError:  # run from a copy that was never installed
        return "?"
