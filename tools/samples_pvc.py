"""The simulator behind pvc_customers, pvc_visits and pvc_complaints: a resin maker's business customers.

All customers of the company are drawn first (samples_pvc_population.py), then the firms of the sample, then what each
source says about them: several informants' questionnaires (some of them perfunctory), what was heard during a visit,
and the complaint log. The first firm is typed: the worked customer of the published method. `tables()` makes the files.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray
from samples_normal import SEED, cut, generator, items_of, pick, poisson, text
from samples_pvc_population import (
    ANSWER_SD,
    AS_SATISFIED,
    BANDS,
    CLASSES,
    COMPLAINTS,
    DECIDES,
    FLATTERY,
    HEARD_SD,
    INFORMANT_SD,
    ITEM_SD,
    ITEMS,
    KINDS,
    LEAVES_AT,
    LEAVES_SD,
    MENTIONED,
    NAMES,
    NOT_MENTIONED,
    OUTCOMES,
    PANELS,
    PERFUNCTORY,
    POINTS,
    QUESTIONS,
    RETURNED,
    ROLES,
    ROUNDED,
    STREAM,
    TONNES,
    WORKED,
    by_level,
    item_weights,
    offsets,
    role_offsets,
    truth_of,
)


def draw_firms(rng: np.random.Generator) -> dict[str, NDArray[Any]]:
    """Every customer of the company: class, level, true item scores (n, 9), true satisfaction, if in the sample."""
    names = np.array([name for name, row in CLASSES.items() for _ in range(row["population"])])
    mean, sd = (np.array([CLASSES[name][key] for name in names.tolist()], dtype=float) for key in ("mean", "sd"))
    level = mean + sd * rng.standard_normal(len(names))
    scores = level[:, None] + offsets() + ITEM_SD * rng.standard_normal((len(names), len(NAMES)))
    first = int(np.flatnonzero(names == WORKED["customer_class"])[0])
    typed = [AS_SATISFIED if answer == NOT_MENTIONED else POINTS[answer - 1] for answer in WORKED["levels"]]
    scores[first] = typed
    satisfaction = (scores * item_weights()).sum(axis=1)
    level[first] = satisfaction[first]
    order = rng.random(len(names))
    order[first] = -1.0
    taken = np.zeros(len(names), dtype=bool)
    for name, row in CLASSES.items():
        members = np.flatnonzero(names == name)
        taken[members[np.argsort(order[members])[: row["sample"]]]] = True
    return {"customer_class": names, "level": level, "scores": scores, "satisfaction": satisfaction, "taken": taken}


def draw_informants(rng: np.random.Generator, names: list[str]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Number of the firm and of the role of each informant; one decision maker in the first firm."""
    numbers = 1 + pick(rng, [CLASSES[name]["informants"] for name in names], len(names))
    decides = rng.random(len(names)) < DECIDES
    numbers[0], decides[0] = 1, True
    pairs = [
        (firm, 1 if number == 1 and not decides[firm] else role)
        for firm, number in enumerate(numbers.tolist())
        for role in PANELS[number]
    ]
    return tuple(np.array(column) for column in zip(*pairs, strict=True))


def draw_answers(
    rng: np.random.Generator, scores: NDArray[np.float64], level: NDArray[np.float64], role: NDArray[np.intp]
) -> dict[str, NDArray[Any]]:
    """Ratings (informants, 9) of informants whose firms have these true item scores and levels; who answered how."""
    people = len(level)
    leaning = INFORMANT_SD * rng.standard_normal(people)[:, None]
    honest = scores + role_offsets()[role] + leaning + ANSWER_SD * rng.standard_normal(scores.shape)
    fives = rng.random(people) < ROUNDED
    ratings = np.where(fives[:, None], cut(honest, range(0, 101, 5)), cut(honest, range(101)))
    flat = rng.random(people) < by_level(PERFUNCTORY, level)
    score = np.array(list(FLATTERY))[pick(rng, list(FLATTERY.values()), people)]
    back = rng.random(people) < by_level(RETURNED, level)
    return {"ratings": np.where(flat[:, None], score[:, None], ratings), "perfunctory": flat & back, "returned": back}


def draw_remarks(rng: np.random.Generator, drawn: dict[str, NDArray[Any]]) -> list[str]:
    """Perfunctory informants write an empty phrase, others nothing or what they like least."""
    phrases = list(QUESTIONS["perfunctory_remarks"])
    least = [ITEMS[NAMES[at]]["remark"]["zh"] for at in np.argmin(drawn["ratings"], axis=1).tolist()]
    people = len(least)
    phrase = pick(rng, (0.35, 0.35, 0.1, 0.2), people).tolist()
    writes = pick(rng, (0.35, 0.05, 0.6), people).tolist()
    remarks = []
    for row in range(people):
        if not drawn["returned"][row]:
            remarks.append("")
        elif drawn["perfunctory"][row]:
            remarks.append((*phrases, "")[phrase[row]])
        else:
            remarks.append((least[row], phrases[0], "")[writes[row]])
    return remarks


def draw_levels(rng: np.random.Generator, scores: NDArray[np.float64]) -> NDArray[np.intp]:
    """What visitors heard (firms, 9): levels 1-5, NOT_MENTIONED where the item did not come up."""
    heard = scores + HEARD_SD * rng.standard_normal(scores.shape)
    levels = 1 + np.searchsorted(BANDS, heard, side="right")
    return np.where(rng.random(scores.shape) < np.array(MENTIONED)[levels - 1], levels, NOT_MENTIONED)


def draw_day(rng: np.random.Generator, first: date, days: int, size: int) -> list[str]:
    """Days from `first` on."""
    return [(first + timedelta(days=day)).isoformat() for day in (rng.random(size) * days).astype(int).tolist()]


def draw_complaints(rng: np.random.Generator, level: NDArray[np.float64], firms: list[str]) -> list[tuple[str, ...]]:
    """Firm, day, kind and outcome of each complaint, by day; those of the first firm are typed."""
    count = poisson(rng, by_level(COMPLAINTS, level))
    count[0] = 0
    who = np.repeat(np.arange(len(firms)), count).tolist()
    days = draw_day(rng, date(2026, 1, 5), 172, len(who))
    kinds = pick(rng, list(KINDS.values()), len(who)).tolist()
    ends = pick(rng, [share for share, _ in OUTCOMES.values()], len(who)).tolist()
    drawn = [
        (firms[firm], day, list(KINDS)[kind], list(OUTCOMES)[end])
        for firm, day, kind, end in zip(who, days, kinds, ends, strict=True)
    ]
    return sorted([*drawn, *((WORKED["firm"], *row) for row in WORKED["complaints"])], key=lambda row: (row[1], row[0]))


def tables() -> dict[str, tuple[dict[str, list[str]], dict[str, Any]]]:
    """Columns and codebook of each of the three samples."""
    rng = generator(STREAM)
    firms = draw_firms(rng)
    taken = np.flatnonzero(firms["taken"])
    first = int(np.flatnonzero(firms["customer_class"] == WORKED["customer_class"])[0])
    taken = taken[np.argsort(np.where(taken == first, -1.0, rng.random(len(taken))))]
    names, level = firms["customer_class"][taken].tolist(), firms["level"][taken]
    ids = [f"F{number:03d}" for number in range(1, len(taken) + 1)]
    design = {
        "customer_class": names,
        "population": [str(CLASSES[name]["population"]) for name in names],
        "weight": [f"{CLASSES[name]['population'] / CLASSES[name]['sample']:.4f}" for name in names],
    }
    customers, perfunctory = customer_columns(rng, firms["scores"][taken], level, ids, design)
    visits = {"firm": ids, **design, **visit_columns(rng, firms["scores"][taken], names)}
    rows = draw_complaints(rng, level, ids)
    log = dict(zip(("firm", "date", "kind", "outcome"), map(list, zip(*rows, strict=True)), strict=True))
    log = {"id": [f"T{number:03d}" for number in range(1, len(rows) + 1)], **log}
    truth = truth_of(firms, dict(zip(ids, firms["satisfaction"][taken].tolist(), strict=True)), perfunctory)
    return {
        "pvc_customers": (customers, book("pvc_customers", truth)),
        "pvc_visits": (visits, book("pvc_visits", truth)),
        "pvc_complaints": (log, book("pvc_complaints", truth)),
    }


def customer_columns(
    rng: np.random.Generator,
    scores: NDArray[np.float64],
    level: NDArray[np.float64],
    ids: list[str],
    design: dict[str, Any],
) -> tuple[dict[str, list[str]], list[str]]:
    """Columns of pvc_customers, and the ids of its perfunctory informants."""
    firm, role = draw_informants(rng, design["customer_class"])
    drawn = draw_answers(rng, scores[firm], level[firm], role)
    drawn["ratings"][0], drawn["returned"][0], drawn["perfunctory"][0] = WORKED["answers"], True, False
    remarks = draw_remarks(rng, drawn)
    remarks[0] = ITEMS["price_payment"]["remark"]["zh"]
    people = [f"p{number:03d}" for number in range(1, len(firm) + 1)]
    columns = {"id": people, "firm": [ids[at] for at in firm.tolist()]}
    columns |= {name: [column[at] for at in firm.tolist()] for name, column in design.items()}
    columns["role"] = [ROLES[at] for at in role.tolist()]
    for at, name in enumerate(NAMES):
        columns[name] = text(drawn["ratings"][:, at], ~drawn["returned"])
    columns["remark"] = remarks
    return columns, [person for person, flat in zip(people, drawn["perfunctory"].tolist(), strict=True) if flat]


def visit_columns(rng: np.random.Generator, scores: NDArray[np.float64], names: list[str]) -> dict[str, list[str]]:
    """Columns of pvc_visits behind the design."""
    firms = len(names)
    visited = rng.random(firms) < np.array([CLASSES[name]["visited"] for name in names])
    levels = draw_levels(rng, scores)
    visited[0], levels[0] = True, WORKED["levels"]
    days = draw_day(rng, date(2026, 3, 2), 89, firms)
    tonnes = np.rint(np.array([TONNES[name] for name in names]) * np.exp(0.5 * rng.standard_normal(firms))).astype(int)
    left = (scores * item_weights()).sum(axis=1) + LEAVES_SD * rng.standard_normal(firms) < LEAVES_AT
    left[0] = False
    columns = {"visit_date": text(days, ~visited)}
    columns |= {name: text(levels[:, at], ~visited) for at, name in enumerate(NAMES)}
    return columns | {"volume": text(tonnes), "left": text(left.astype(int))}


def tree_of() -> dict[str, Any]:
    """The weights as they were printed; those of one group do not add up to the weight of the group."""
    return {
        group: {
            "weight": weight,
            "parts": {item: row["weight"] for item, row in ITEMS.items() if row["construct"] == group},
        }
        for group, weight in QUESTIONS["groups"].items()
    }


def book(name: str, truth: dict[str, Any]) -> dict[str, Any]:
    """Codebook of one of the three samples; the truth of all three stands with the questionnaires."""
    codes = {NOT_MENTIONED: "skipped", "": "not_asked"}
    rated = {item: {**row, "scale": "percent"} for item, row in ITEMS.items()}
    heard = {
        item: {**row["heard"], "construct": row["construct"], "scale": "level", "missing": codes}
        for item, row in ITEMS.items()
    }
    design = {"weight": "weight", "strata": "customer_class", "population": "population"}
    roles, scales, items = {
        "pvc_customers": (
            {**design, "cluster": "firm", "respondent": "id"},
            ("percent",),
            {"role": QUESTIONS["customers"]["role"], **rated, "remark": QUESTIONS["customers"]["remark"]},
        ),
        "pvc_visits": (
            {**design, "respondent": "firm"},
            ("level", "yesno"),
            {"visit_date": QUESTIONS["visits"]["visit_date"], **heard}
            | {item: QUESTIONS["visits"][item] for item in ("volume", "left")},
        ),
        "pvc_complaints": ({"cluster": "firm", "respondent": "id"}, (), QUESTIONS["complaints"]),
    }[name]
    used = {key: QUESTIONS["labels"][key] for key in ("customer_class", *items) if key in QUESTIONS["labels"]}
    if name == "pvc_complaints":
        used.pop("customer_class")
        truth = {"adjustments": {key: points for key, (_, points) in OUTCOMES.items()}, "see": "pvc_customers"}
    elif name == "pvc_visits":
        truth = {"points": dict(enumerate(POINTS, 1)), "not_mentioned_counts": AS_SATISFIED, "see": "pvc_customers"}
    return {
        "title": QUESTIONS["titles"][name],
        "source": f"simulated by tools/samples.py, seed {SEED}, stream {STREAM}; the company does not exist",
        "roles": roles,
        "scales": {key: QUESTIONS["scales"][key] for key in scales},
        "items": items_of(items),
        **({"tree": tree_of()} if name == "pvc_customers" else {}),
        "truth": {"labels": used, **truth},
    }
