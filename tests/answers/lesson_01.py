"""Right answers of lesson 01, as a student finds them."""

from __future__ import annotations

import numpy as np
import pandas as pd

import csi

NORMS = ["best_brand", "average_product", "this_brand"]


def draw_bus() -> pd.DataFrame:
    """The passengers, as the lesson draws them."""
    rng = np.random.default_rng(7)
    bus = pd.DataFrame({"effort": rng.integers(0, 4, 2000)})
    bus["minutes"] = 4 + 4 * bus["effort"] + rng.normal(0, 3, 2000)
    bus["expected"] = 3 + 0.1 * bus["minutes"] + rng.normal(0, 0.5, 2000)
    bus["satisfaction"] = 5 + (4 - bus["expected"]) + 0.9 * bus["effort"] + rng.normal(0, 1, 2000)
    return bus


def draw_guests(seed: int, n: int = 400) -> pd.DataFrame:
    """Guests with three norms, one of which they use, as the lesson draws them."""
    rng = np.random.default_rng(seed)
    used = rng.choice(NORMS)
    levels = {"best_brand": 8.5, "average_product": 6.5, "this_brand": 7.0}
    guests = pd.DataFrame({name: rng.normal(level, 1.2, n) for name, level in levels.items()})
    guests["performance"] = rng.normal(7.5, 1.0, n)
    guests["satisfaction"] = 6 + 0.7 * (guests["performance"] - guests[used]) + rng.normal(0, 1, n)
    return guests


def answers() -> dict[str, object]:
    """Exercise to answer; the one on own data is judged apart."""
    bus, guests = draw_bus(), draw_guests(5)
    design = np.column_stack([np.ones(len(bus)), bus[["minutes", "effort"]]])
    minute, step = np.linalg.lstsq(design, bus["satisfaction"], rcond=None)[0][1:]
    r2 = {name: guests["satisfaction"].corr(guests["performance"] - guests[name]) ** 2 for name in NORMS}
    staff = csi.classify_disconfirmation(csi.load_sample("hotel"), ["e17"], ["p17"], tolerance=1)
    return {
        "01.1": ["fairness", "other_outcomes", "needs"],
        "01.2": step / -minute,
        "01.3": max(r2, key=lambda name: r2[name]),
        "01.4": staff.tidy("disconfirmation").set_index("kind")["estimate"]["worse_than_expected"],
    }
