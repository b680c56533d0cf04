"""Right answers of lesson 10, as a student finds them."""

from __future__ import annotations

import numpy as np
import pandas as pd

import csi

DRIVERS = ["product", "assortment", "delivery", "courtesy", "price", "app", "extras", "tracking"]
THEORIES = ["performance", "expectation_difference", "value_percept_disparity", "needs_congruence", "equity"]
ASKED = ["expectation", "performance", "desired", "needs", "equity"]


def draw_buyers(seed: int, n: int = 500) -> csi.Survey:
    """Buyers who follow one theory, as the lesson draws them."""
    rng = np.random.default_rng(seed)
    cause = rng.choice(THEORIES)
    x = pd.DataFrame(rng.normal(7, 1.3, (n, 5)).round().clip(1, 10), columns=ASKED)
    less = {"expectation_difference": x["expectation"], "value_percept_disparity": x["desired"]}.get(cause, 0)
    y = x[{"needs_congruence": "needs", "equity": "equity"}.get(cause, "performance")] - less
    x["satisfaction"] = (6 + 0.6 * (y - y.mean()) + rng.normal(0, 1, n)).round().clip(1, 10)
    items = csi.load_sample("expectations").codebook.items
    book = csi.Codebook({name: items[name] for name in x})
    return csi.Survey.from_frame(x, book, name="other buyers")


def answers() -> dict[str, object]:
    """Exercise to answer; the one on own data is judged apart."""
    survey = csi.load_sample("drivers")
    two = csi.fit_importance(survey, "overall", ["delivery", "courtesy"])
    segments = csi.fit_importance(survey, "overall", DRIVERS, by="segment").tidy("importance")
    waves = csi.fit_asymmetry(survey, "overall", DRIVERS, low=4, high=8, by="wave")
    contest = csi.fit_expectations(
        draw_buyers(6), "satisfaction", expectation="expectation", performance="performance", desired="desired",
        needs="needs", equity="equity",
    )  # fmt: skip
    bic = contest.tidy("information").query("kind == 'bic'").set_index("model")["estimate"]
    return {
        "10.1": two.value("courtesy", table="importance"),
        "10.2": segments.query("group == 'regular' and p_value > 0.05")["term"].tolist(),
        "10.3": waves.value("2", "delivery", table="asymmetry"),
        "10.4": bic.idxmin(),
    }
