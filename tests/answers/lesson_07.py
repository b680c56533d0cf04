"""Right answers of lesson 07, as a student finds them."""

from __future__ import annotations

import csi

FEATURES = [f"{k:02d}" for k in range(1, 13)]
FUNCTIONAL, DYSFUNCTIONAL = (["fd"[k] + number for number in FEATURES] for k in range(2))


def answers() -> dict[str, object]:
    """Exercise to answer; the one on own data is judged apart."""
    app = csi.load_sample("app_kano")
    kano = csi.score_kano(app, FUNCTIONAL, DYSFUNCTIONAL)
    groups = csi.score_kano(app, FUNCTIONAL, DYSFUNCTIONAL, by="segment")
    pilot = csi.Survey.from_frame(app.answers.head(90), app.codebook, name="pilot")
    sets = csi.list_labels(csi.score_kano(pilot, FUNCTIONAL, DYSFUNCTIONAL))
    two = {("new", "f08", "worse"): 1, ("experienced", "f08", "worse"): -1}
    return {
        "07.1": kano.value("f12", "worse", table="better_worse"),
        "07.2": sets.loc[sets["labels"].str.contains("|", regex=False), "item"].tolist(),
        "07.3": groups.contrast(two, table="better_worse"),
        "07.4": 1.96**2 * 0.6 / 0.06**2,
    }
