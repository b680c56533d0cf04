"""Right answers of lesson 05, as a student finds them."""

from __future__ import annotations

import math

import csi


def answers() -> dict[str, object]:
    """Exercise to answer; the one on own data is judged apart."""
    mobile = csi.load_sample("mobile")
    planted = {one for people in mobile.codebook.truth["careless"]["rows"].values() for one in people}
    careless = mobile.answers["id"].isin(planted).to_numpy()
    fast = csi.check_responses(mobile).scores()["fast_flag"].to_numpy()
    items = list(mobile.codebook.constructs()["Expectation"])
    alpha = csi.check_reliability(mobile, {"Expectation": items}, inference="none").value("Expectation", "alpha")
    times = 0.9 * (1 - float(alpha)) / (float(alpha) * (1 - 0.9))
    expected = [f"e{number:02d}" for number in range(1, 23)]
    return {
        "05.1": fast[careless].mean(),
        "05.2": alpha,
        "05.3": math.ceil(3 * times),
        "05.4": csi.check_factorability(csi.load_sample("hotel"), expected, n_boot=0).value("harman_share"),
    }
