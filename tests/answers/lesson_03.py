"""Right answers of lesson 03, as a student finds them."""

from __future__ import annotations

import csi


def answers() -> dict[str, object]:
    """Exercise to answer; the one on own data is judged apart."""
    mobile, hall = csi.load_sample("mobile"), csi.load_sample("service_hall")
    rate = csi.score_rate(mobile, "complaint_handling", satisfied=8, missing="count_as_not_satisfied")
    nps = csi.score_nps(mobile, "recommend", by="operator")
    rates = csi.score_public_service(hall, by="window").tidy().pivot(index="group", columns="term", values="estimate")
    gap = rates["good_rate"] - rates["active_good_rate"]
    return {
        "03.1": rate.value("complaint_handling"),
        "03.2": nps.contrast({("Coral", "recommend"): 1, ("Dune", "recommend"): -1}),
        "03.3": csi.derive_points([82], (1, 5), given="percent_of_max"),
        "03.4": list(gap.index[gap > 0.05]),
    }
