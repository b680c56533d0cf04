"""The simulator behind data/samples/mobile.csv: who was asked, what they think, what they ticked, what is missing.

A recursive path model of the ECSI kind on latent scores of population variance 1; ratings are latent score plus error,
cut at fixed thresholds. `mobile()` draws the sample, `truth_of()` states what it was drawn from. The wording and the
measurement parameters of the items stand in samples_mobile.yaml.

Only `Generator(PCG64)` with `standard_normal` and `random` is drawn from: numpy keeps these two streams stable.
"""

from __future__ import annotations

from itertools import product
from math import erf, sqrt
from pathlib import Path
from statistics import NormalDist
from typing import Any

import numpy as np
import yaml

QUESTIONS = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))
SCALES: dict[str, dict[str, Any]] = QUESTIONS["scales"]
ITEMS: dict[str, dict[str, Any]] = {
    name: {"latent": item.get("construct"), **item, **{end: SCALES[item["scale"]][end] for end in ("lo", "hi")}}
    for name, item in QUESTIONS["items"].items()
}

SEED = 20261101
PER_CELL = {"north": 75, "east": 67, "south": 58, "west": 50}  # respondents per operator and wave: 250
INTERVIEWERS = 10  # per region; everyone interviews for all operators in all waves

# Structural truth: paths between latent scores of population variance 1.
PATHS = {
    ("Image", "Expectation"): 0.50,
    ("Expectation", "Quality"): 0.55,
    ("Expectation", "Value"): 0.10,
    ("Quality", "Value"): 0.55,
    ("Image", "Satisfaction"): 0.20,
    ("Expectation", "Satisfaction"): 0.05,
    ("Quality", "Satisfaction"): 0.55,
    ("Value", "Satisfaction"): 0.25,
    ("Satisfaction", "Complaints"): 0.50,
    ("Image", "Loyalty"): 0.20,
    ("Satisfaction", "Loyalty"): 0.55,
    ("Complaints", "Loyalty"): 0.10,
}
CONSTRUCTS = ("Image", "Expectation", "Quality", "Value", "Satisfaction", "Complaints", "Loyalty")
OPERATORS = ("Amber", "Birch", "Coral", "Dune")
WAVES = ("2025H1", "2025H2", "2026H1")

# Levels that stand in the disturbance of one construct. The three of operator and wave are orthogonal over the twelve
# cells, so PATHS stay the regression coefficients of the whole population.
IMAGE_SHIFT = {"Amber": 0.60, "Birch": -0.20, "Coral": -0.40, "Dune": 0.0}
QUALITY_SHIFT = {"Amber": 0.11, "Birch": 0.03, "Coral": 0.15, "Dune": -0.49}
QUALITY_GAIN = 0.60  # Dune in the last wave
EXPECTATION_TREND = 0.06  # a step per wave, everywhere but at Dune
REGION_SHIFT = {"north": 0.10, "east": 0.05, "south": -0.10, "west": -0.35}  # Satisfaction
REGION_SHARE = {"north": 0.4, "east": 0.3, "south": 0.2, "west": 0.1}
USE_SHIFT = {"light": 0.12, "heavy": -0.28}  # Satisfaction; heavy users are oversampled twice, the column is not kept
USE_SHARE = {"light": 0.7, "heavy": 0.3}
HEAVY_IN_SAMPLE = 6 / 13
CLUSTER_SHARE = {"Image": 0.03, "Quality": 0.03, "Satisfaction": 0.03}  # of the total variance, between interviewers

SKEW = 0.12  # a rating is mean + sd (z - SKEW (z^2 - 1)), rounded and cut to the scale; mirrored if reversed
CARELESS = 120
PATTERNS = ("straight", "alternating", "random")
MISSING = {"skipped": 0.002, "blank": 0.002, "dont_know": 0.005, "refused": 0.001}  # of all item answers, planned
CODES = {"not_asked": "95", "skipped": "96", "dont_know": "98", "refused": "99", "blank": ""}
NOT_ASKED = ("recommend", WAVES[0], 0.10)  # an old form without this question was used for a tenth of the first wave

LABELS = {
    "operator": {
        "Amber": {"en": "Amber", "zh": "琥珀通信"},
        "Birch": {"en": "Birch", "zh": "白桦通信"},
        "Coral": {"en": "Coral", "zh": "珊瑚通信"},
        "Dune": {"en": "Dune", "zh": "沙丘通信"},
    },
    "wave": {
        "2025H1": {"en": "first half of 2025", "zh": "2025年上半年"},
        "2025H2": {"en": "second half of 2025", "zh": "2025年下半年"},
        "2026H1": {"en": "first half of 2026", "zh": "2026年上半年"},
    },
    "region": {
        "north": {"en": "North", "zh": "北部"},
        "east": {"en": "East", "zh": "东部"},
        "south": {"en": "South", "zh": "南部"},
        "west": {"en": "West", "zh": "西部"},
    },
}


# The population -------------------------------------------------------------------------------------------------


def path_matrix() -> np.ndarray:
    """B[target, source], constructs in causal order."""
    paths = np.zeros((len(CONSTRUCTS), len(CONSTRUCTS)))
    for (source, target), path in PATHS.items():
        paths[CONSTRUCTS.index(target), CONSTRUCTS.index(source)] = path
    return paths


def correlations() -> np.ndarray:
    """Population correlations of the latent scores, which all have variance 1."""
    paths = path_matrix()
    matrix = np.eye(len(CONSTRUCTS))
    for target in range(len(CONSTRUCTS)):
        matrix[target, :target] = paths[target, :target] @ matrix[:target, :target]
        matrix[:target, target] = matrix[target, :target]
    return matrix


def explained() -> np.ndarray:
    """R2 of each construct in the population."""
    paths = path_matrix()
    return np.einsum("ij,jk,ik->i", paths, correlations(), paths)


def shifts(operator: str, wave: str, region: str, use: str) -> np.ndarray:
    """Mean of each construct's disturbance in one cell of the population."""
    quality = QUALITY_SHIFT[operator] + (QUALITY_GAIN if (operator, wave) == ("Dune", WAVES[-1]) else 0.0)
    trend = 0.0 if operator == "Dune" else EXPECTATION_TREND * (WAVES.index(wave) - 1)
    values = {
        "Image": IMAGE_SHIFT[operator],
        "Expectation": trend,
        "Quality": quality,
        "Satisfaction": REGION_SHIFT[region] + USE_SHIFT[use],
    }
    return np.array([values.get(construct, 0.0) for construct in CONSTRUCTS])


def cells() -> list[tuple[tuple[str, str, str, str], float, np.ndarray]]:
    """Every cell of the population: its labels, its share and the means of its disturbances."""
    return [
        (cell, REGION_SHARE[cell[2]] * USE_SHARE[cell[3]] / 12, shifts(*cell))
        for cell in product(OPERATORS, WAVES, REGION_SHARE, USE_SHARE)
    ]


def shift_variances() -> np.ndarray:
    """Variance of the cell means of each construct's disturbance."""
    return sum(share * shift**2 for _, share, shift in cells())


def thresholds(item: dict[str, Any]) -> np.ndarray:
    """The cuts of the item's standard normal liability, one fewer than its values."""
    if "shares" in item:
        return np.array([NormalDist().inv_cdf(cut) for cut in np.cumsum(item["shares"])[:-1]])
    skew = -SKEW if item.get("reversed") else SKEW
    cuts = []
    for value in values_of(item)[1:]:
        distance = (value - 0.5 - item["mean"]) / item["sd"]
        inside = 1 - 4 * skew * (distance - skew)
        cuts.append((1 - sqrt(inside)) / (2 * skew) if inside > 0 else np.sign(skew) * np.inf)
    return np.array(cuts)


def values_of(item: dict[str, Any]) -> list[int]:
    """The answers an item allows, ascending."""
    return item.get("values") or list(range(item["lo"], item["hi"] + 1))


def item_mean(item: dict[str, Any], mean: float, variance: float) -> float:
    """Exact mean of the item's answers, in its asked direction, where its construct has this mean and variance."""
    loading = signed_loading(item)
    spread = sqrt(loading**2 * variance + 1 - loading**2)
    above = [0.5 * (1 - erf((cut - loading * mean) / spread / sqrt(2))) for cut in thresholds(item)]
    values = values_of(item)
    return values[0] + sum(step * p for step, p in zip(np.diff(values).tolist(), above, strict=True))


def signed_loading(item: dict[str, Any]) -> float:
    """Negative where a high answer means a low construct."""
    return -item["loading"] if item.get("reversed") else item["loading"]


def indices() -> dict[str, Any]:
    """Population means of the items and indices 0-100 (equal item weights), by adding up the normal cells exactly."""
    total = np.linalg.inv(np.eye(len(CONSTRUCTS)) - path_matrix())
    population = [(cell, share, total @ shift) for cell, share, shift in cells()]
    within = 1 - sum(share * mean**2 for _, share, mean in population)

    def mean_over(name: str, operator: str | None = None, wave: str | None = None) -> float:
        item = ITEMS[name]
        at = CONSTRUCTS.index(item["latent"])
        chosen = [
            (share, mean[at])
            for cell, share, mean in population
            if operator in (None, cell[0]) and wave in (None, cell[1])
        ]
        weight = sum(share for share, _ in chosen)
        return sum(share * item_mean(item, mean, within[at]) for share, mean in chosen) / weight

    def index(construct: str, operator: str | None = None, wave: str | None = None) -> float:
        scores = []
        for name, item in ITEMS.items():
            if item.get("construct") == construct and item["lo"] == 1 and item["hi"] == 10:
                score = (mean_over(name, operator, wave) - 1) / 9 * 100
                scores.append(100 - score if item.get("reversed") else score)
        return round(sum(scores) / len(scores), 3)

    return {
        "how": "equal weights of the items on 1-10, numerical integration over the population; careless answers apart",
        "all": {construct: index(construct) for construct in CONSTRUCTS},
        "operator": {name: {construct: index(construct, name) for construct in CONSTRUCTS} for name in OPERATORS},
        "satisfaction_by_wave": {
            name: {wave: index("Satisfaction", name, wave) for wave in WAVES} for name in OPERATORS
        },
        "item_means": {name: round(mean_over(name), 4) for name in ITEMS},
    }


# The sample -----------------------------------------------------------------------------------------------------


def mobile() -> tuple[dict[str, list[str]], dict[str, Any]]:
    """Columns of mobile.csv as text, and the truth behind them."""
    rng = np.random.Generator(np.random.PCG64(SEED))
    frame = draw_frame(rng)
    latent = draw_latent(rng, frame)
    answers = {name: draw_item(rng, item, latent) for name, item in ITEMS.items()}
    careless, patterns = draw_careless(rng, answers)
    seconds = np.where(careless, 95, 420) * np.exp(np.where(careless, 0.30, 0.35) * rng.standard_normal(len(careless)))
    cells_text = draw_missing(rng, answers, frame["wave"])
    ids = [f"m{row:04d}" for row in range(1, len(careless) + 1)]
    columns = {
        "id": ids,
        "operator": frame["operator"],
        "wave": frame["wave"],
        "region": frame["region"],
        "interviewer": frame["interviewer"],
        "weight": [f"{value:.4f}" for value in frame["weight"]],
        "seconds": [str(int(value)) for value in np.rint(seconds)],
        **cells_text,
    }
    rows = {pattern: [ids[row] for row in np.flatnonzero(patterns == pattern)] for pattern in PATTERNS}
    return columns, truth_of(len(ids), rows)


def draw_frame(rng: np.random.Generator) -> dict[str, list[Any]]:
    """Who is interviewed by whom: rows by wave, in random order within it, with design weights of mean about 1."""
    cell_rows = [
        (operator, wave, region)
        for wave in WAVES
        for operator in OPERATORS
        for region, count in PER_CELL.items()
        for _ in range(count)
    ]
    order = np.argsort(rng.random(len(cell_rows)) + np.array([WAVES.index(row[1]) for row in cell_rows]))
    rows = [cell_rows[row] for row in order]
    number = (rng.random(len(rows)) * INTERVIEWERS).astype(int)
    heavy = rng.random(len(rows)) < HEAVY_IN_SAMPLE
    per_cell = sum(PER_CELL.values())
    region_weight = {region: REGION_SHARE[region] / (PER_CELL[region] / per_cell) for region in PER_CELL}
    use_weight = {True: USE_SHARE["heavy"] / HEAVY_IN_SAMPLE, False: USE_SHARE["light"] / (1 - HEAVY_IN_SAMPLE)}
    return {
        "operator": [row[0] for row in rows],
        "wave": [row[1] for row in rows],
        "region": [row[2] for row in rows],
        "interviewer": [f"{row[2]}-{who + 1:02d}" for row, who in zip(rows, number.tolist(), strict=True)],
        "use": ["heavy" if flag else "light" for flag in heavy.tolist()],
        "weight": [region_weight[row[2]] * use_weight[flag] for row, flag in zip(rows, heavy.tolist(), strict=True)],
    }


def draw_latent(rng: np.random.Generator, frame: dict[str, list[Any]]) -> np.ndarray:
    """Latent scores (n, constructs): levels of the cell, interviewer effects and the person, through the paths."""
    people = len(frame["operator"])
    places = {name: number for number, name in enumerate(sorted(set(frame["interviewer"])))}
    member = np.array([places[name] for name in frame["interviewer"]])
    labels = zip(*(frame[key] for key in ("operator", "wave", "region", "use")), strict=True)
    level = np.array([shifts(*cell) for cell in labels])
    between = np.array([CLUSTER_SHARE.get(construct, 0.0) for construct in CONSTRUCTS])
    within = 1 - explained() - shift_variances() - between
    effect = rng.standard_normal((len(places), len(CONSTRUCTS)))
    person = rng.standard_normal((people, len(CONSTRUCTS)))
    disturbance = level + np.sqrt(between) * effect[member] + np.sqrt(within) * person
    latent = np.zeros((people, len(CONSTRUCTS)))
    paths = path_matrix()
    for at in range(len(CONSTRUCTS)):
        latent[:, at] = (latent * paths[at]).sum(axis=1) + disturbance[:, at]
    return latent


def draw_item(rng: np.random.Generator, item: dict[str, Any], latent: np.ndarray) -> np.ndarray:
    """Answers (n,) in the direction the question was asked."""
    score = latent[:, CONSTRUCTS.index(item["latent"])]
    liability = signed_loading(item) * score + sqrt(1 - item["loading"] ** 2) * rng.standard_normal(len(score))
    return np.array(values_of(item))[np.searchsorted(thresholds(item), liability)]


def draw_careless(rng: np.random.Generator, answers: dict[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Overwrite the ratings of CARELESS respondents; return who they are and each one's pattern ("" for others)."""
    people = len(next(iter(answers.values())))
    rows = np.argsort(rng.random(people))[:CARELESS]
    patterns = np.full(people, "", dtype="<U11")
    patterns[rows] = np.array(PATTERNS)[np.arange(CARELESS) % len(PATTERNS)]
    first, second = 3 + (rng.random((2, people)) * 8).astype(int)
    for position, (name, item) in enumerate(ITEMS.items()):
        values = np.array(values_of(item))
        guess = values[(rng.random(people) * len(values)).astype(int)]
        if item["hi"] == 10:
            answers[name] = np.where(patterns == "straight", first, answers[name])
            answers[name] = np.where(patterns == "alternating", second if position % 2 else first, answers[name])
        answers[name] = np.where(patterns == "random", guess, answers[name])
    return patterns != "", patterns


def draw_missing(rng: np.random.Generator, answers: dict[str, np.ndarray], waves: list[str]) -> dict[str, list[str]]:
    """Answers as text, with the codes of those that are missing; some people and some questions lose more."""
    people = len(waves)
    ease = np.exp(0.8 * rng.standard_normal(people) - 0.32)
    difficulty = np.array([item.get("difficulty", 1.0) for item in ITEMS.values()])
    difficulty = difficulty / difficulty.mean()
    text = {}
    for (name, values), hard in zip(answers.items(), difficulty.tolist(), strict=True):
        cell = np.array([str(value) for value in values.tolist()], dtype=object)
        draw = rng.random(people) / (ease * hard)
        start = 0.0
        for reason, rate in MISSING.items():
            cell[(draw >= start) & (draw < start + rate)] = CODES[reason]
            start += rate
        if name == NOT_ASKED[0]:
            cell[(np.array(waves) == NOT_ASKED[1]) & (rng.random(people) < NOT_ASKED[2])] = CODES["not_asked"]
        text[name] = cell.tolist()
    return text


def truth_of(respondents: int, careless: dict[str, list[str]]) -> dict[str, Any]:
    """Everything the simulator knows that the answers do not say."""
    index = indices()
    by_operator = {name: row["Satisfaction"] for name, row in index["operator"].items()}
    dune = index["satisfaction_by_wave"]["Dune"]
    r2 = explained()
    return {
        "seed": SEED,
        "respondents": respondents,
        "labels": LABELS,
        "paths": [{"source": source, "target": target, "path": path} for (source, target), path in PATHS.items()],
        "r2": {name: round(float(r2[at]), 4) for at, name in enumerate(CONSTRUCTS) if r2[at] > 0},
        "loadings": {name: signed_loading(item) for name, item in ITEMS.items()},
        "latent": {name: item["latent"] for name, item in ITEMS.items()},
        "index": index,
        "tie": {"operators": ["Birch", "Coral"], "difference": round(by_operator["Birch"] - by_operator["Coral"], 3)},
        "improved": {
            "operator": "Dune",
            "from": WAVES[1],
            "to": WAVES[2],
            "difference": round(dune[WAVES[2]] - dune[WAVES[1]], 3),
        },
        "region": {"shift_of_satisfaction": REGION_SHIFT, "share": REGION_SHARE},
        "use": {"shift_of_satisfaction": USE_SHIFT, "share": USE_SHARE, "share_in_sample": round(HEAVY_IN_SAMPLE, 4)},
        "cluster": {"interviewers": INTERVIEWERS * len(PER_CELL), "share_of_variance": CLUSTER_SHARE},
        "missing": {"rates": MISSING, "not_asked": dict(zip(("item", "wave", "share"), NOT_ASKED, strict=True))},
        "careless": {"share": CARELESS / respondents, "rows": careless},
    }
