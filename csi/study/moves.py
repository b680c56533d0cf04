"""Sections on what moves satisfaction, and on questions that were asked in pairs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from csi.drivers.asymmetry import fit_asymmetry
from csi.drivers.importance import fit_importance
from csi.language import note
from csi.measures.public_service.public_service import score_public_service
from csi.measures.quality.kano import score_kano
from csi.measures.quality.quadrants import score_quadrants
from csi.measures.quality.servqual import score_servqual
from csi.study.blocks import Drawn, Name, Part, Rows, sentence
from csi.study.material import Material

if TYPE_CHECKING:
    from csi.study.study import Study

MOST = 12  # drivers whose importance is averaged over all orders
EACH = 10  # complete respondents per driver
ANSWERED = 0.8  # of those who answered the outcome, else a question is left out, since all drivers must be answered
SIDES = 20  # respondents that a low and a high rating need before their effects are told apart
LOW, HIGH = 0.35, 0.75  # of the length of the scale: at or below is a low rating, at or above a high one


def make_drivers(material: Material) -> None:
    """Importance of what may move the outcome, the four quadrants, and whether bad ratings cost more than good earn."""
    survey, outcome, inference = material.opinions, material.outcome, material.inference
    names = list(drivers_of(material))
    rare = [name for name in material.asked.drivers(outcome) if name not in names]
    if rare:
        material.notes.append(note("drivers_rare", items=rare, share=f"{ANSWERED:.0%}"))
    complete = ~np.isnan(survey.matrix([outcome, *names])).any(axis=1)
    grouped = _players(material, names)
    players = grouped if len(names) > MOST >= len(grouped) > 1 else names
    method = "lmg" if len(players) <= MOST else "johnson"
    if players is not names:
        material.notes.append(note("drivers_grouped", count=len(names), groups=list(grouped)))
    material.keep("importance", fit_importance, survey, outcome, players, method=method, inference=inference)
    material.keep("quadrants", score_quadrants, survey, names, outcome=outcome, inference=inference)
    cuts = {name: survey.codebook.items[name].scale for name in names}
    low = {name: scale.lo + LOW * (scale.hi - scale.lo) for name, scale in cuts.items()}
    high = {name: scale.lo + HIGH * (scale.hi - scale.lo) for name, scale in cuts.items()}
    ratings = survey.matrix(names)[complete]
    ends = np.array([[low[name], high[name]] for name in names]).T
    few = [
        name
        for name, below, above in zip(names, (ratings <= ends[0]).sum(0), (ratings >= ends[1]).sum(0), strict=True)
        if min(below, above) < SIDES
    ]
    sided = [name for name in names if name not in few]
    if len(sided) > 1 and complete.sum() >= 5 * EACH * len(sided):
        low, high = ({name: ends[name] for name in sided} for ends in (low, high))
        material.keep("asymmetry", fit_asymmetry, survey, outcome, sided, low=low, high=high, inference=inference)
        if few:
            material.notes.append(note("asymmetry_few", items=few, need=SIDES))


def drivers_of(material: Material) -> tuple[str, ...]:
    """What may move the outcome, where enough respondents answered all of it; constant answers move nothing."""
    if material.outcome is None:
        return ()
    names = material.asked.drivers(material.outcome)
    found = material.survey.matrix([material.outcome, *names])
    asked = (~np.isnan(found)).sum(axis=0)
    with np.errstate(invalid="ignore"):
        moving = [
            name
            for name, column, count in zip(names, found.T[1:], asked[1:], strict=True)
            if count >= ANSWERED * asked[0] and np.nanstd(column) > 0
        ]
    kept = found[:, [0, *(1 + names.index(name) for name in moving)]]
    complete = int((~np.isnan(kept)).all(axis=1).sum())
    enough = len(moving) > 1 and complete >= max(30, EACH * min(len(moving), MOST)) and np.nanstd(kept[:, 0]) > 0
    return tuple(moving) if enough else ()


def _players(material: Material, names: list[str]) -> dict[str, list[str]]:
    """Construct -> its items; an item without one stands for itself."""
    found: dict[str, list[str]] = {}
    for name in names:
        found.setdefault(material.survey.codebook.items[name].construct or name, []).append(name)
    return found


def show_drivers(study: Study) -> tuple[Part, ...]:
    """Importance with intervals, quadrants, asymmetry."""
    found, blocks = study.results, []
    outcome = Name(study.wording(study.outcome) or study.outcome or "")
    if "importance" in found:
        blocks += [
            sentence("report.importance_read", outcome=outcome),
            Drawn("plot_estimates", "importance", {"table": "importance_shares", "order": "value"}),
            Rows("importance", "importance_shares"), Rows("importance", "r2"),
        ]  # fmt: skip
        if "ranks" in found["importance"].tables:
            blocks.append(Rows("importance", "ranks"))
    if "quadrants" in found:
        blocks += [sentence("report.quadrants_read"), Drawn("plot_quadrants", "quadrants")]
        blocks.append(Rows("quadrants", "quadrants", down=("item", "kind"), across="term"))
    if "asymmetry" in found:
        blocks += [sentence("report.asymmetry_read"), Drawn("plot_asymmetry", "asymmetry")]
        blocks.append(Rows("asymmetry", "asymmetry"))
    return (Part("drivers", tuple(blocks)),) if blocks else ()


def make_servqual(material: Material) -> None:
    """Gaps between what was expected and what was found."""
    asked, survey = material.asked, material.survey
    homes = [survey.codebook.items[name].construct for name in asked.perceived]
    whole = {"overall": list(asked.perceived)} if None in homes else None
    material.keep(
        "servqual", score_servqual, survey, list(asked.expected), list(asked.perceived), dimensions=whole,
        points=asked.points or None, inference=material.inference,
    )  # fmt: skip


def show_servqual(study: Study) -> tuple[Part, ...]:
    """Gaps by dimension and question."""
    if "servqual" not in study.results:
        return ()
    blocks = (
        sentence("report.servqual_read"), Drawn("plot_gaps", "servqual"),
        Rows("servqual", "dimensions", down=("construct",), across="kind"), Rows("servqual", "overall_gap"),
        Rows("servqual", "item_gaps", down=("item",), across="kind"),
    )  # fmt: skip
    return (Part("servqual", blocks),)


def make_kano(material: Material) -> None:
    """Which features delight, which are taken for granted."""
    asked, items = material.asked, material.survey.codebook.items
    names = [items[name].construct or name for name in asked.functional]
    names = names if len(set(names)) == len(names) else list(asked.functional)
    first, second, stated = (
        dict(zip(names, columns, strict=True)) if columns else None
        for columns in (asked.functional, asked.dysfunctional, asked.stated)
    )
    material.keep("kano", score_kano, material.survey, first, second, importance=stated, inference=material.inference)


def show_kano(study: Study) -> tuple[Part, ...]:
    """The map, the classes that the data allow, and the shares behind them."""
    if "kano" not in study.results:
        return ()
    blocks = (
        sentence("report.kano_read"), Drawn("plot_kano", "kano"), Rows("kano", "category"),
        Rows("kano", "better_worse", down=("item",), across="term"),
        Rows("kano", "category_shares", down=("item",), across="kind"),
    )  # fmt: skip
    return (Part("kano", blocks),)


def make_events(material: Material) -> None:
    """Rates of a public service, one row per case."""
    columns = [column for column in material.by if column in material.survey.answers.columns]
    material.keep("public_service", score_public_service, material.survey, inference=material.inference)
    if columns:
        by = columns[0] if len(columns) == 1 else columns
        material.keep("service_groups", score_public_service, material.survey, by=by, inference=material.inference)


def show_events(study: Study) -> tuple[Part, ...]:
    """Good rates beside the ratings that a rule filled in."""
    found = study.results
    if "public_service" not in found:
        return ()
    blocks: list = [sentence("report.events_read"), Drawn("plot_estimates", "public_service")]
    blocks += [Rows("public_service", name) for name in ("rates", "scores", "levels", "unrated_rules")]
    if "service_groups" in found:
        wanted = ("participation", "good_rate", "active_good_rate")
        rates = Rows("service_groups", "rates", down=("group",), across="term", where={"term": wanted})
        blocks += [sentence("report.events_groups"), rates]
    return (Part("events", tuple(blocks)),)
