"""Right answers of lesson 02, as a student finds them."""

from __future__ import annotations

import csi

REGIONS = {"north": 0.4, "east": 0.3, "south": 0.2, "west": 0.1}
MARKET = {"Amber": 0.4, "Birch": 0.3, "Coral": 0.2, "Dune": 0.1}


def answers() -> dict[str, object]:
    """Exercise to answer; the one on own data is judged apart."""
    mobile = csi.load_sample("mobile")
    bare = mobile.with_design(strata="region", cluster="interviewer")
    both = csi.rake(bare, {"region": REGIONS, "operator": MARKET})
    half = csi.compare_nonresponse(mobile, ["sat_overall"], response_rate=0.5)
    return {
        "02.1": ["q2", "q5"],
        "02.2": csi.plan_sample("rate", margin=0.05, population=256, response_rate=0.7).invited,
        "02.3": csi.score_mean(both, "sat_overall").value("sat_overall"),
        "02.4": half.value("sat_overall", "lower_bound", table="bounds"),
    }
