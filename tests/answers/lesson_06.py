"""Right answers of lesson 06, as a student finds them."""

from __future__ import annotations

import csi

DIMENSIONS = ("tangibles", "reliability", "responsiveness", "assurance", "empathy")


def answers() -> dict[str, object]:
    """Exercise to answer; the one on own data is judged apart."""
    hotel = csi.load_sample("hotel")
    expected, perceived = [[f"{letter}{number:02d}" for number in range(1, 23)] for letter in "ep"]
    points = {name.capitalize(): f"points_{name}" for name in DIMENSIONS}
    quality = csi.score_servqual(hotel, expected, perceived)
    kinds = csi.score_servqual(hotel, expected, perceived, points=points, by="guest_type")
    found = quality.tidy("difference_reliability").query("construct == 'Reliability'").set_index("term")["estimate"]
    sp, se = found["sd_perception"], found["sd_expectation"]
    own, shared = sp**2 * found["alpha_perception"] + se**2 * found["alpha_expectation"], 2 * 0.6 * sp * se
    journey = csi.score_journey(hotel, ["arrival", "room", "breakfast", "front_desk", "checkout"], outcome="overall")
    matters = journey.tidy("touchpoints").query("term == 'importance'").set_index("item")["estimate"]
    return {
        "06.1": quality.value("Empathy", "gap"),
        "06.2": kinds.value("business", "gap", "points_weighted", table="overall_gap"),
        "06.3": (own - shared) / (sp**2 + se**2 - shared),
        "06.4": matters.idxmax(),
    }
