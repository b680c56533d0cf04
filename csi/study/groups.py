"""Sections on groups and waves: the answer of each, which differ, and who may stand where."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from csi.measures.scores.nps import score_nps
from csi.measures.scores.rates import score_csat
from csi.models.pls import fit_pls
from csi.results import Result
from csi.study.answer import Headline, answer_by
from csi.study.answers import boxes_of
from csi.study.blocks import Drawn, Folded, Name, Part, Rows, sentence
from csi.study.compared import compare_rows
from csi.study.material import Material, one_or_list

if TYPE_CHECKING:
    from csi.study.study import Study

FOLDED = 15  # differences from which on they are folded
SHOWN = 60  # groups in a picture


def make_groups(material: Material) -> None:
    """The answer by group, its differences and ranks, and the rates by group."""
    headline = material.headline
    if headline is None:
        return
    if headline.kind != "model":
        material.keep("group_answer", answer_by, material, headline, material.by)
    source = "groups" if headline.kind == "model" else "group_answer"
    _compare(material, headline, source, "compared")
    by, inference = one_or_list(material.by), material.inference
    if "csat" in material.results:
        boxes = boxes_of(material.survey, material.outcome)
        material.keep(
            "group_csat", score_csat, material.opinions, [material.outcome], boxes=boxes, by=by, inference=inference
        )
    if "nps" in material.results:
        material.keep(
            "group_nps", score_nps, material.opinions, list(material.asked.recommend), by=by, inference=inference
        )


def _compare(material: Material, headline: Headline, source: str, name: str) -> None:
    """Differences of the answer between the groups of a Result, where there are two or more."""
    if source not in material.results or headline.table not in material.results[source].tables:
        return
    table = material.results[source].table(headline.table)
    rows = table.rows()
    wanted = [i for i, row in enumerate(rows) if row[1:] == headline.key]
    if len(wanted) < 2 or np.isnan(table.uncertainty.std_error[wanted]).all():
        return
    counts = np.broadcast_to(np.asarray(table.n), len(rows))
    material.keep(
        name, compare_rows, [rows[i][0] for i in wanted], table.uncertainty, wanted, counts[wanted].tolist(),
        table.decimals,
    )  # fmt: skip


def show_groups(study: Study) -> tuple[Part, ...]:
    """Groups below each other, then what differs."""
    found, headline = study.results, study.headline
    if headline is None:
        return ()
    columns = sentence("report.groups_by", columns=Name(", ".join(study.by)))
    blocks: list = []
    if headline.kind == "model" and study.groups is not None and "index" in study.groups.tables:
        blocks += [Drawn("plot_index", "study"), columns, Rows("groups", "index", down=("group",), across="construct")]
    elif "group_answer" in found:
        plain = sentence("report.groups_plain", columns=Name(", ".join(study.by)))
        blocks += _answers(found["group_answer"], headline, "group_answer", plain)
    blocks += _compared(found, "compared")
    if "group_csat" in found:
        blocks += [sentence("report.csat_read"), Rows("group_csat", found["group_csat"].headline)]
    if "group_nps" in found:
        blocks += [sentence("report.nps_read"), Drawn("plot_nps", "group_nps"), Rows("group_nps", "nps")]
    return (Part("by_group", tuple(blocks)),) if blocks else ()


def _answers(result: Result, headline: Headline, name: str, columns: object, order: str = "value") -> list:
    """The answer of every group, as a picture where it can be read, and as a table."""
    table = result.table(headline.table)
    keys = list(table.keys)[1:]
    where = {key: (value,) for key, value in zip(keys, headline.key, strict=True)}
    shown = sum(row[1:] == headline.key for row in table.rows())
    plain = {key: value[0] for key, value in where.items()}
    options = {"table": headline.table, "where": plain, "order": order}
    drawn = [Drawn("plot_estimates", name, options)] if shown <= SHOWN else []
    return [*drawn, columns, Rows(name, headline.table, where=where)]


def _compared(found: dict, name: str) -> list:
    if name not in found:
        return []
    blocks: list = (
        [sentence("report.ranks_read"), Rows(name, "answer_ranks")] if "answer_ranks" in found[name].tables else []
    )
    if "answer_differences" in found[name].tables:
        rows = Rows(name, "answer_differences")
        long = len(found[name].table("answer_differences").rows()) > FOLDED
        blocks += [sentence("report.differences_read"), Folded("all_differences", (rows,)) if long else rows]
    return blocks


def make_waves(material: Material) -> None:
    """The answer wave by wave, and what changed."""
    headline, wave = material.headline, material.survey.codebook.wave
    if headline is None or wave is None:
        return
    if headline.kind == "model":
        options = material.options if material.inference == "none" else {**material.options, "inference": "linearised"}
        material.keep("waves", fit_pls, material.survey, material.chosen, by=wave, **options)
    else:
        material.keep("waves", answer_by, material, headline, (wave,))
    _compare(material, headline, "waves", "changes")


def show_waves(study: Study) -> tuple[Part, ...]:
    """Waves in their order, then what differs."""
    found, headline = study.results, study.headline
    if headline is None or "waves" not in found or headline.table not in found["waves"].tables:
        return ()
    columns = sentence("report.waves_by", column=Name(study.survey.codebook.wave or ""))
    blocks = _answers(found["waves"], headline, "waves", columns, "given")
    if "changes" in found and "answer_differences" in found["changes"].tables:
        blocks += [sentence("report.differences_read"), Rows("changes", "answer_differences")]
    return (Part("waves", tuple(blocks)),)
