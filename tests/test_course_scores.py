"""Exercises of lessons 03 and 04: the second way of computing agrees, and mistakes made with csi are named."""

from __future__ import annotations

import numpy as np
import pytest

import csi
from csi.course import check
from csi.course.lesson_04 import blend as second_blend

TABLES = [csi.load_sample(name) for name in ("pvc_customers", "pvc_visits", "pvc_complaints")]
TREE = csi.IndicatorTree.from_mapping({
    "product": {"weight": 50, "parts": {"quality": 30, "packaging": 10, "usability": 10}},
    "purchase": {"weight": 20, "parts": {"reception": 8, "procedure": 8, "price_payment": 10}},
    "service": {"weight": 30, "parts": {"transport": 8, "problem_handling": 12, "technical_support": 10}},
})  # fmt: skip


def first_blend(**rules: object) -> csi.Result:
    return csi.score_blend(*TABLES, TREE, inference="none", **{"policy": "within_group", **rules})


@pytest.mark.parametrize(
    ("rules", "same"),
    [({}, {}), ({"not_mentioned": 90}, {"silent": 90}), ({"share": (0.6, 0.4)}, {"share": 0.6})],
    ids=["as printed", "silent", "share"],
)
def test_the_second_blend_agrees_with_the_first_for_every_firm(rules, same):
    first = first_blend(**rules).scores().set_index("customer")
    second = second_blend(**same).loc[first.index]
    assert list(first.index[first["final"].isna()]) == list(second.index[second["final"].isna()])
    second["adjustment"] = second["adjustment"].where(second["final"].notna())  # nothing to adjust without a score
    for column in ("questionnaire", "visit", "preliminary", "adjustment", "final"):
        assert np.allclose(first[column].astype(float), second[column], equal_nan=True, atol=1e-9), column


def test_the_worked_customer_is_the_one_of_the_source():
    printed = {item: value / 106 for item, value in TABLES[0].codebook.truth["printed_weights"].items()}
    assert second_blend().loc["F001", "final"] == pytest.approx(77.1169, abs=5e-5)
    assert second_blend(weights=printed).loc["F001", "final"] == pytest.approx(76.8491, abs=5e-5)


def test_the_error_of_the_second_net_promoter_difference_agrees():
    nps = csi.score_nps(csi.load_sample("mobile"), "recommend", by="operator")
    gap = nps.contrast({("Coral", "recommend"): 1, ("Dune", "recommend"): -1})
    task = csi.course._task("03.2")
    assert task.difference.right == pytest.approx(gap.estimate, abs=1e-9)
    assert task.std_error == pytest.approx(gap.std_error, rel=1e-9)


def test_mistakes_made_with_csi_are_named():
    mobile = csi.load_sample("mobile")
    rate = csi.score_rate(mobile, "complaint_handling", satisfied=8)
    nps = csi.score_nps(mobile, "recommend", by="operator")
    wide = csi.score_nps(mobile, "recommend", by="operator", breaks=(6, 8))
    pair = {("Coral", "recommend"): 1, ("Dune", "recommend"): -1}
    gap, apart = nps.contrast(pair), np.hypot(*(nps.value(name, "recommend").std_error for name in ("Coral", "Dune")))
    hall = csi.score_public_service(csi.load_sample("service_hall"), by="window").tidy()
    lowest = hall.query("term == 'good_rate'").set_index("group")["estimate"].idxmin()
    scores = first_blend().scores().set_index("customer")
    other = first_blend(policy="global").scores().set_index("customer")
    levels = {value: first_blend(not_mentioned=value) for value in (70, 90)}
    judge = csi.derive_indicator_weights(items=list("abc"), judgements=[[1, 4, 2], ["1/4", 1, 3], ["1/2", "1/3", 1]])
    made = {
        "left_out_below": check("03.1", rate.value("complaint_handling")),
        "difference_alone": check("03.2", gap.estimate),
        "errors_added": check("03.2", (gap.estimate, apart)),
        "eights_promote": check("03.2", wide.contrast(pair)),
        "first_score": check("03.2", nps.value("Coral", "recommend")),
        "mean_left": check("03.3", csi.derive_points([82], (1, 5), method="rating", given="percent_of_max")),
        "other_way": check("03.3", csi.derive_points([82], (1, 5), method="percent_of_max", given="min_max")),
        "lowest_good_rate": check("03.4", lowest),
        "no_complaint_points": check("04.1", scores.loc["F002", "preliminary"]),
        "divided_by_total": check("04.1", other.loc["F002", "final"]),
        "visits_not_final": check("04.2", float(levels[90].value("visit")) - float(levels[70].value("visit"))),
        "lost_nothing": check("04.3", list(scores.query("complaints > 0 and adjustment >= 0").index)),
        "consistency_index": check("04.4", judge.value("1", "ci", table="judges")),
        "weight_of_product": check("04.4", judge.value("ahp", "a")),
    }
    assert {name: verdict.code for name, verdict in made.items()} == {name: f"mistakes.{name}" for name in made}
