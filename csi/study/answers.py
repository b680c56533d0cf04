"""Sections on the questions themselves: every one with its interval, the shares behind them, and what people wrote."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from csi.data.headings import masked
from csi.estimates import Unknown
from csi.estimation.measured import Choice, Measure, Sheet, measure
from csi.inference.means import Means
from csi.language import note
from csi.measures.scores.items import score_items
from csi.measures.scores.nps import score_nps
from csi.measures.scores.rates import score_ces, score_csat, score_top_box
from csi.results import Block, Result, Table
from csi.study.blocks import Drawn, Folded, Lines, Part, Rows, sentence
from csi.study.material import Material

if TYPE_CHECKING:
    from csi.study.study import Study

MOST_POINTS = 11  # of a scale whose best points are counted as boxes
SHOWN = 12  # comments of a question on the page
LONGEST = 160  # characters of a comment


def make_items(material: Material) -> None:
    """Mean of every rating in its own unit and as a score; shares of every answer in words."""
    rated, inference = material.asked.rated, material.inference
    if rated:
        material.keep("items", score_items, material.opinions, rated, inference=inference)
        material.keep("item_scores", score_items, material.opinions, rated, statistic="score", inference=inference)
    if material.asked.numbers:
        material.keep("numbers", score_items, material.survey, material.asked.numbers, inference=inference)
    if material.asked.categories:
        material.keep("counts", count_answers, material.survey, material.asked.categories, inference)


def show_items(study: Study) -> tuple[Part, ...]:
    """Distribution, means and scores; below them what was answered in words."""
    blocks: list = []
    if "items" in study.results:
        rated = list(study.asked.rated)
        blocks += [Drawn("plot_ratings", "survey", {"items": rated}), sentence("report.items_read")]
        blocks.append(Rows("items", "items"))
        if "item_scores" in study.results:
            blocks.append(Folded("item_scores", (Rows("item_scores", "items"),)))
    if "numbers" in study.results:
        blocks += [sentence("report.numbers_read"), Rows("numbers", "items", caption="numbers")]
    if "counts" in study.results:
        blocks += [sentence("report.counts_read"), Rows("counts", "answer_shares")]
    return (Part("items_asked", tuple(blocks)),)


def count_answers(survey: object, items: tuple[str, ...], inference: str | None) -> Result:
    """Share of every answer to questions answered by words or ticks, with Wilson's interval."""
    columns, blocks, names = [], [], []
    for item in items:
        labels, codes = survey.labels_of(item)  # type: ignore[attr-defined]
        for i, label in enumerate(labels):
            columns.append(np.where(codes < 0, np.nan, codes == i))
            blocks.append((item, label))
            names.append(item)

    def evaluate(domain: Means, whole: Means) -> dict[str, np.ndarray]:
        return {"answer_shares": domain.mean}

    question = Measure(
        function="analyse_survey",
        title=note("title_counts"),
        columns=np.column_stack(columns),
        evaluate=evaluate,
        sheets={"answer_shares": Sheet(("item", "answer"), (Block("answer_shares", tuple(blocks)),), 3)},
        scales={"answer_shares": "share"},
        counted={"answer_shares": tuple(range(len(columns)))},
        names=tuple(names),
    )
    return measure(question, survey, by=None, choice=Choice(inference))  # type: ignore[arg-type]


def make_rates(material: Material) -> None:
    """Satisfaction rate, best boxes, net promoter score and effort, where such questions exist."""
    survey, asked, inference = material.opinions, material.asked, material.inference
    points = {name: len(survey.codebook.items[name].scale.points) for name in asked.ratings if _whole(survey, name)}
    if points.get(material.outcome, 0) > 2:
        boxes = boxes_of(survey, material.outcome)
        material.keep("csat", score_csat, survey, [material.outcome], boxes=boxes, inference=inference)
    plain = [name for name in points if name not in asked.recommend]
    for name, least, most, boxes in (("top_box", 5, MOST_POINTS, 2), ("top_box_short", 3, 4, 1)):
        chosen = [item for item in plain if least <= points[item] <= most]
        if chosen:
            material.keep(name, score_top_box, survey, chosen, boxes=boxes, inference=inference)
    if asked.recommend:
        material.keep("nps", score_nps, survey, list(asked.recommend), inference=inference)
    if asked.ease:
        material.keep("ces", score_ces, survey, list(asked.ease), inference=inference)


def boxes_of(survey: object, item: str | None) -> int:
    """How many of the best points of a scale count as satisfied: 1 of 3, 2 up to 7 points, 3 of 8-10."""
    count = len(survey.codebook.items[item].scale.points)  # type: ignore[attr-defined]
    return 1 if count < 4 else 2 if count <= 7 else 3


def _whole(survey: object, name: str) -> bool:
    """Whether an item has a scale of few points that can be counted."""
    scale = survey.codebook.items[name].scale  # type: ignore[attr-defined]
    return (scale.hi - scale.lo) / scale.step < MOST_POINTS


def show_rates(study: Study) -> tuple[Part, ...]:
    """Each rate with its interval."""
    found, blocks = study.results, []
    if "csat" in found:
        blocks += [sentence("report.csat_read"), Rows("csat", found["csat"].headline)]
    if "nps" in found:
        blocks += [sentence("report.nps_read"), Drawn("plot_nps", "nps"), Rows("nps", "nps"), Rows("nps", "shares")]
    if "ces" in found:
        blocks += [sentence("report.ces_read"), Rows("ces", "ces"), Rows("ces", "easy")]
    for name in ("top_box", "top_box_short"):
        if name in found:
            blocks += [sentence("report.boxes_read"), Rows(name, "boxes", down=("item",), across="kind")]
    return (Part("rates", tuple(blocks)),) if blocks else ()


def make_comments(material: Material) -> None:
    """How many wrote something, and how many said something of their own."""
    material.keep("comments", _count_comments, material.survey, material.asked.comments)


def _texts(survey: object, item: str) -> list[str]:
    """What was written, without blanks at the ends and cells that say nothing."""
    cells = survey.answers[item].dropna().astype(str).str.strip()  # type: ignore[attr-defined]
    return [text for text in cells if re.search(r"\w", text)]


def _count_comments(survey: object, items: tuple[str, ...]) -> Result:
    rows, values = [], []
    for item in items:
        texts = _texts(survey, item)
        rows += [(item, "written"), (item, "distinct")]
        values += [len(texts), len(set(texts))]
    n = len(survey)  # type: ignore[arg-type]
    table = Table(
        {"item": [item for item, _ in rows], "term": [term for _, term in rows]},
        Unknown(np.array(values, dtype=float)), n, decimals=0,
    )  # fmt: skip
    return Result(
        title=note("title_comments"), headline="comments", notes=(note("comments_masked"),),
        _tables={"comments": partial(_same, table)}, _glance={"n": n}, _checks=tuple,
    )  # fmt: skip


def _same(table: Table) -> Table:
    return table


def show_comments(study: Study) -> tuple[Part, ...]:
    """Counts, and some of what was written, with what may tell who wrote it masked."""
    blocks: list = [Rows("comments", "comments"), sentence("report.comments_read")]
    for item in study.asked.comments:
        texts = list(dict.fromkeys(masked(text) for text in _texts(study.survey, item)))
        texts.sort(key=len, reverse=True)
        lines = tuple(text if len(text) <= LONGEST else f"{text[:LONGEST]}…" for text in texts[:SHOWN])
        if lines:
            title = study.wording(item) or item
            blocks.append(Lines("quote", (title, *lines)))
    return (Part("comments", tuple(blocks)),)
