"""The simulator behind service_hall: cases at twelve windows, few of them rated badly, some rated by the system.

What a person thinks of a case is a normal score around the window's quality; it is cut into the five levels and seen
only if the person rates. `tables()` makes the file, `window_truth()` states by exact cells what it was drawn from.
"""

from __future__ import annotations

from datetime import date, timedelta
from math import sqrt
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray
from samples_normal import SEED, below, generator, items_of, pick, plain, text

QUESTIONS = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))
WINDOWS: dict[str, dict[str, Any]] = QUESTIONS["windows"]
STREAM = 2
CASES = 6000

ONLINE = 0.35  # of the cases of every window
CHANNEL_EFFECT = {"on_site": 0.0, "online": -0.05}
VISITS = {1: (0.70, 0.0), 2: (0.22, -0.35), 3: (0.08, -0.70)}  # share and effect
WAIT_EFFECT = -0.25  # of one standard deviation of the log of the minutes, on site
WAIT_MINUTES, WAIT_SD = 12.0, 0.6
CUTS = (-2.85, -2.40, -1.80, -0.90)  # between the levels 1-5
SHY = {"on_site": 0.6, "online": 1.0}  # how much less likely than others people rate who think level 1 or 2
MATTERS = {"household": 0.25, "insurance": 0.22, "business": 0.15, "tax": 0.15, "housing": 0.13, "licence": 0.10}
FOLLOW_UP = {
    "replied": 0.90,
    "followed_up": 0.85,
    "rectified": 0.80,
    "rectified_satisfied": 0.65,
}  # of the step before
RECTIFY_DAYS, RECTIFY_SD = 7.0, 0.5
START, DAYS = date(2026, 1, 5), 175


# The population -------------------------------------------------------------------------------------------------


def cells(window: str) -> list[tuple[str, float, float, float]]:
    """Channel, share, mean and standard deviation of the liability in each cell of a window's cases."""
    row = WINDOWS[window]
    found = []
    for channel, share in (("on_site", 1 - ONLINE), ("online", ONLINE)):
        waits = channel == "on_site"
        for visit_share, effect in VISITS.values():
            mean = row["quality"] + CHANNEL_EFFECT[channel] + effect + waits * WAIT_EFFECT * row["slow"]
            found.append((channel, share * visit_share, mean, sqrt(1 + waits * WAIT_EFFECT**2)))
    return found


def level_shares(window: str) -> dict[str, NDArray[np.float64]]:
    """(5,) shares of the window's cases by level: what people think, and what those who rate say."""
    think, say = np.zeros(5), np.zeros(5)
    for channel, share, mean, sd in cells(window):
        chance = share * np.diff(below((np.array(CUTS) - mean) / sd), prepend=0.0, append=1.0)
        rates = WINDOWS[window]["active"] * np.array([SHY[channel]] * 2 + [1.0] * 3)
        think += chance
        say += chance * rates
    return {"think": think, "say": say}


def rates(think: NDArray[np.float64], say: NDArray[np.float64], filled: NDArray[np.float64]) -> dict[str, float]:
    """Exact rates from shares of all cases by level; `filled` holds the ratings of the system."""
    points = np.arange(1, 6)
    shown = say + filled
    return {
        "participation": say.sum(),
        "defaulted_share": filled.sum() / shown.sum(),
        "good_rate": shown[2:].sum() / shown.sum(),
        "active_good_rate": say[2:].sum() / say.sum(),
        "good_rate_if_all_rated": think[2:].sum(),
        "mean": (points * shown).sum() / shown.sum(),
        "active_mean": (points * say).sum() / say.sum(),
        "mean_if_all_rated": (points * think).sum(),
        "very_satisfied_rate": shown[4] / shown.sum(),
        "active_very_satisfied_rate": say[4] / say.sum(),
    }


def filled_by(window: str, say: NDArray[np.float64]) -> NDArray[np.float64]:
    """(5,) shares of the window's cases that the system rates."""
    filled = np.zeros(5)
    if WINDOWS[window]["rule"]:
        filled[WINDOWS[window]["rule"] - 1] = 1 - say.sum()
    return filled


def window_truth() -> dict[str, Any]:
    """The latent mean and the rates of every window and of the hall: exact."""
    by_window, total = {}, [np.zeros(5) for _ in range(3)]
    for window, row in WINDOWS.items():
        levels = level_shares(window)
        parts = (levels["think"], levels["say"], filled_by(window, levels["say"]))
        total = [hall + row["share"] * part for hall, part in zip(total, parts, strict=True)]
        latent = sum(share * mean for _, share, mean, _ in cells(window))
        by_window[window] = {"latent_mean": latent, "rule": row["rule"], **rates(*parts)}
    latent = sum(WINDOWS[window]["share"] * found["latent_mean"] for window, found in by_window.items())
    return {"all": {"latent_mean": latent, **rates(*total)}, "window": by_window}


# The sample -----------------------------------------------------------------------------------------------------


def draw_cases(rng: np.random.Generator, size: int) -> dict[str, NDArray[Any]]:
    """Each case: its window, channel, visits, log wait, what the person thinks (1-5), whether the person rates."""
    rows = list(WINDOWS.values())
    window = pick(rng, [row["share"] for row in rows], size)
    quality, slow, active = (np.array([row[key] for row in rows])[window] for key in ("quality", "slow", "active"))
    online = rng.random(size) < ONLINE
    visits = 1 + pick(rng, [share for share, _ in VISITS.values()], size)
    wait = slow + rng.standard_normal(size)
    liability = quality + np.array([effect for _, effect in VISITS.values()])[visits - 1] + rng.standard_normal(size)
    liability += np.where(online, CHANNEL_EFFECT["online"], CHANNEL_EFFECT["on_site"] + WAIT_EFFECT * wait)
    level = 1 + np.searchsorted(CUTS, liability)
    shy = np.where(level <= 2, np.where(online, SHY["online"], SHY["on_site"]), 1.0)
    rates_it = rng.random(size) < active * shy
    return {"window": window, "online": online, "visits": visits, "wait": wait, "level": level, "active": rates_it}


def draw_follow_up(rng: np.random.Generator, bad: NDArray[np.bool_]) -> dict[str, list[str]]:
    """What became of the bad ratings; "" where the step before did not happen, or for other cases."""
    columns, open_cases = {}, bad
    for step, chance in FOLLOW_UP.items():
        done = open_cases & (rng.random(len(bad)) < chance)
        if step == "rectified_satisfied":
            days = 1 + np.rint((RECTIFY_DAYS - 1) * np.exp(RECTIFY_SD * rng.standard_normal(len(bad)))).astype(int)
            columns["days_to_rectify"] = text(days, ~open_cases)
            columns[step] = text(done.astype(int), ~open_cases)
        else:
            columns[step] = text(done.astype(int), ~bad)
        open_cases = done
    return columns


def draw_days(rng: np.random.Generator, size: int) -> list[str]:
    """Working days, ascending."""
    days = [day for day in (START + timedelta(days=at) for at in range(DAYS)) if day.weekday() < 5]
    return [days[at].isoformat() for at in np.sort((rng.random(size) * len(days)).astype(int)).tolist()]


def tables() -> dict[str, tuple[dict[str, list[str]], dict[str, Any]]]:
    """Columns and codebook of the sample."""
    rng = generator(STREAM)
    drawn = draw_cases(rng, CASES)
    names = list(WINDOWS)
    rule = np.array([row["rule"] for row in WINDOWS.values()])[drawn["window"]]
    defaulted = ~drawn["active"] & (rule > 0)
    rating = np.where(drawn["active"], drawn["level"], rule)
    unrated = ~drawn["active"] & ~defaulted
    minutes = np.rint(WAIT_MINUTES * np.exp(WAIT_SD * drawn["wait"])).astype(int)
    columns = {
        "id": [f"c{number:04d}" for number in range(1, CASES + 1)],
        "window": [names[at] for at in drawn["window"].tolist()],
        "channel": ["online" if flag else "on_site" for flag in drawn["online"].tolist()],
        "matter": [list(MATTERS)[at] for at in pick(rng, list(MATTERS.values()), CASES).tolist()],
        "date": draw_days(rng, CASES),
        "waiting": text(minutes, drawn["online"]),
        "visits": text(drawn["visits"]),
        "rating": text(rating, unrated),
        "defaulted": text(defaulted.astype(int)),
        **draw_follow_up(rng, drawn["active"] & (drawn["level"] <= 2)),
    }
    return {"service_hall": (columns, book())}


def book() -> dict[str, Any]:
    """Roles, columns and the planted truth."""
    return {
        "title": QUESTIONS["title"],
        "source": f"simulated by tools/samples.py, seed {SEED}, stream {STREAM}; the service hall does not exist",
        "roles": {"case": "window", "respondent": "id"},
        "scales": QUESTIONS["scales"],
        "items": items_of(QUESTIONS["items"]),
        "truth": plain(
            {
                "labels": QUESTIONS["labels"],
                "how": "shares of an endless population of such cases, by exact normal cells; latent_mean in standard "
                "deviations of what people who go through the same think; good = levels 3-5",
                **window_truth(),
                "made_of_defaults": [name for name, row in WINDOWS.items() if row["rule"] == 5],
                "shares": {
                    "window": {name: row["share"] for name, row in WINDOWS.items()},
                    "online": ONLINE,
                    "visits": {visits: share for visits, (share, _) in VISITS.items()},
                    "matter": MATTERS,
                },
                "effects": {
                    "quality": {name: row["quality"] for name, row in WINDOWS.items()},
                    "visits": {visits: effect for visits, (_, effect) in VISITS.items()},
                    "log_waiting": WAIT_EFFECT / WAIT_SD,
                    "channel": CHANNEL_EFFECT,
                    "matter": 0,
                },
                "cuts": CUTS,
                "chance_to_rate": {
                    "window": {name: row["active"] for name, row in WINDOWS.items()},
                    "times_if_level_1_or_2": SHY,
                },
                "follow_up": {"each_of_the_step_before": FOLLOW_UP, "median_days": RECTIFY_DAYS},
            }
        ),
    }
