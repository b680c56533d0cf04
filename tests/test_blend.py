"""Questionnaire, visit and complaint record: the published customer, rules by hand, designs, traps of the source."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import csi
from csi.measures.index.blend_rules import COMPLAINT_POINTS
from csi.measures.index.level_bands import Level

ITEMS = (
    "quality", "packaging", "usability", "reception", "procedure", "price_payment", "transport", "problem_handling",
    "technical_support",
)  # fmt: skip
WEIGHTS = (30, 10, 10, 8, 8, 10, 8, 12, 10)
PRINTED = {
    "product": {"weight": 50, "parts": dict(zip(ITEMS[:3], WEIGHTS[:3], strict=True))},
    "purchase": {"weight": 20, "parts": dict(zip(ITEMS[3:6], WEIGHTS[3:6], strict=True))},
    "service": {"weight": 30, "parts": dict(zip(ITEMS[6:], WEIGHTS[6:], strict=True))},
}
ANSWERS = (90, 80, 85, 95, 70, 60, 75, 65, 80)
HEARD = ("满意", "比较满意", "未提及", "很满意", "未提及", "比较不满意", "未提及", "比较满意", "很满意")
PAIR = {"a": 50, "b": 50}
GOLDEN = json.loads((Path(__file__).parent / "golden" / "weighted_index.json").read_text(encoding="utf-8"))


def asked(columns: dict[str, object], items=("a", "b"), hi: float = 100, **roles: str) -> csi.Survey:
    """Questionnaires: items on 0-100 and, if there, role, class, volume and left."""
    book = {name: csi.Item(name, scale=csi.Scale(0, hi)) for name in items}
    kinds = {"role": "category", "class": "category", "volume": "number", "left": "number"}
    used = roles.values()
    book |= {name: csi.Item(name, kind=kind) for name, kind in kinds.items() if name in columns and name not in used}
    roles = {"cluster": "firm"} | roles if "firm" in columns else roles
    return csi.Survey.from_frame(pd.DataFrame(columns), csi.Codebook(items=book, **roles), name="asked")


def visits(
    columns: dict[str, object], items=("a", "b"), kind: str = "category", scale: csi.Scale | None = None
) -> csi.Survey:
    book = {name: csi.Item(name, kind=kind, scale=scale) for name in items}
    book |= {name: csi.Item(name, kind="number") for name in ("left", "volume") if name in columns}
    return csi.Survey.from_frame(pd.DataFrame(columns), csi.Codebook(items=book, respondent="firm"), name="visits")


def log(*rows: tuple[str, str]) -> csi.Survey:
    frame = pd.DataFrame(list(rows), columns=["firm", "outcome"])
    return csi.Survey.from_frame(
        frame, csi.Codebook(items={"outcome": csi.Item("outcome", kind="category")}), name="log"
    )


def worked(**options: object) -> csi.Result:
    """The worked customer of METHODS E and a second one who never complained."""
    rows = {name: [one, 70.0] for name, one in zip(ITEMS, ANSWERS, strict=True)}
    heard = {name: [one, "满意"] for name, one in zip(ITEMS, HEARD, strict=True)}
    complaints = log(("F1", "rather_dissatisfied"), ("F1", "很满意"))
    firms = {"firm": ["F1", "F2"]}
    return csi.score_blend(asked(firms | rows, ITEMS), visits(firms | heard, ITEMS), complaints, PRINTED, **options)


def final(result: csi.Result, column: str = "final") -> list[float]:
    return result.scores()[column].tolist()


# The published numbers ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("policy", "numbers"),
    [("within_group", (80.0692, 76.8154, 78.1169, 77.1169)), ("global", (79.7170, 76.6038, 77.8491, 76.8491))],
)
def test_the_worked_customer(policy, numbers):
    row = worked(policy=policy).scores().iloc[0]
    assert row[["questionnaire", "visit", "preliminary", "final"]].tolist() == pytest.approx(numbers, abs=5e-5)
    assert (row["adjustment"], row["complaints"]) == (-1, 2)
    assert row["mentioned"] == pytest.approx(6 / 9)


def test_without_a_questionnaire_the_visit_stands_alone():
    rows = {name: [np.nan, 70.0] for name in ITEMS}
    heard = {name: [one, "满意"] for name, one in zip(ITEMS, HEARD, strict=True)}
    firms = {"firm": ["F1", "F2"]}
    survey, seen = asked(firms | rows, ITEMS), visits(firms | heard, ITEMS)
    result = csi.score_blend(survey, seen, None, PRINTED, policy="within_group")
    assert final(result, "preliminary")[0] == pytest.approx(76.8154, abs=5e-5)
    none = csi.score_blend(survey, seen, None, PRINTED, policy="within_group", missing_questionnaire="missing")
    assert np.isnan(final(none)[0])
    assert final(none)[1] == pytest.approx(0.4 * 70 + 0.6 * 80)


def test_the_printed_weights_are_not_settled_silently():
    with pytest.raises(csi.DataError) as caught:
        worked()
    assert "26" in str(caught.value)
    assert "tree_within_group" in [note.code for note in worked(policy="within_group").notes]


def test_the_sensitivity_table_holds_the_other_policy_and_every_share():
    """The mean of the two customers: the second has 70 and 80 at every item; 30/70, 40/60, 50/50 by hand."""
    table = worked(policy="within_group").tidy("sensitivity").set_index(["term", "kind"])["estimate"]
    assert table["rule_policy", "global"] == pytest.approx((76.8491 + 76) / 2, abs=5e-5)
    assert table["rule_chosen", "as_chosen"] == pytest.approx((77.1169 + 76) / 2, abs=5e-5)
    for share, name in ((0.3, "30/70"), (0.4, "40/60"), (0.5, "50/50")):
        first = share * 80.0692 + (1 - share) * 76.8154 - 1
        assert table["rule_share", name] == pytest.approx((first + 70 * share + 80 * (1 - share)) / 2, abs=5e-5)
    assert table["rule_complaints", "left_out"] == pytest.approx((78.1169 + 76) / 2, abs=5e-5)


def test_not_mentioned_moves_the_visit_by_its_weights():
    """Three items were not mentioned, 10 + 6.1538 + 8 of 100: 70 instead of 80 takes .6 x 2.41538 off the first."""
    result = worked(policy="within_group")
    table = result.tidy("sensitivity").set_index(["term", "kind"])["estimate"]
    step = 0.6 * (10 + 160 / 26 + 8) / 10 / 2
    assert table["rule_not_mentioned", "80"] - table["rule_not_mentioned", "70"] == pytest.approx(step)
    assert table["rule_not_mentioned", "90"] - table["rule_not_mentioned", "80"] == pytest.approx(step)
    assert float(result.value("not_mentioned", table="evidence")) == pytest.approx(3 / 18)
    assert final(worked(policy="within_group", not_mentioned=70))[0] == pytest.approx(77.1169 - 2 * step, abs=5e-5)


def test_places_in_the_bands():
    """The second customer: 'satisfied' at 70, 80 or 90."""
    table = worked(policy="within_group").tidy("sensitivity").set_index(["term", "kind"])["estimate"]
    assert table["rule_bands", "band_middle"] == pytest.approx(table["rule_chosen", "as_chosen"])
    lower = csi.LevelBands(tuple(dataclasses.replace(one, representative=one.lo) for one in csi.LevelBands().levels))
    assert final(worked(policy="within_group", bands=lower, not_mentioned=80))[1] == pytest.approx(0.4 * 70 + 0.6 * 70)


# One rule after the other, by hand ------------------------------------------------------------------------------

FIRMS = {"firm": ["both", "asked", "seen", "none"]}


def four(**options: object) -> csi.Result:
    """Questionnaires 60 60 - -, visits 80 - 95 -."""
    survey = asked(FIRMS | {"a": [60, 60, np.nan, np.nan], "b": [60, 60, np.nan, np.nan]})
    seen = visits(
        FIRMS | {"a": ["satisfied", None, "very_satisfied", None], "b": ["satisfied", None, "very_satisfied", None]}
    )
    return csi.score_blend(survey, seen, None, PAIR, **options)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, [72, 60, 95, np.nan]),
        ({"missing_questionnaire": "missing"}, [72, 60, np.nan, np.nan]),
        ({"missing_visit": "missing"}, [72, np.nan, 95, np.nan]),
        ({"missing_visit": "not_mentioned"}, [72, 0.4 * 60 + 0.6 * 80, 95, np.nan]),
        ({"missing_visit": "not_mentioned", "not_mentioned": 70}, [72, 66, 95, np.nan]),
        ({"both_missing": 75}, [72, 60, 95, 75]),
        ({"share": (0.5, 0.5)}, [70, 60, 95, np.nan]),
        ({"share": (1, 0), "cap": 90}, [60, 60, 90, np.nan]),
        ({"floor": 70}, [72, 70, 95, np.nan]),
    ],
)
def test_what_is_missing(options, expected):
    result = four(**options)
    assert final(result) == pytest.approx(expected, nan_ok=True)
    known = [value for value in expected if not np.isnan(value)]
    assert float(result.value("final")) == pytest.approx(np.mean(known))
    assert result.value("final").n == len(known)


def test_the_rows_of_overall_add_up():
    table = four(floor=70, cap=90).tidy().set_index("term")["estimate"]
    parts = table["preliminary"] + table["adjustment"] + table["limits"]
    assert table["final"] == pytest.approx(parts)
    shares = four().tidy("evidence").set_index("term")["estimate"]
    assert shares[["no_questionnaire", "no_visit", "no_source"]].tolist() == pytest.approx([0.5, 0.5, 0.25])


def test_complaints_by_outcome_and_their_traps():
    """60 + 2 for the delighted complainer beats 60 of the one who never complained; 99 + 2 leaves the scale."""
    survey = asked({"firm": ["x", "y", "z"], "a": [60, 60, 99], "b": [60, 60, 99]})
    complaints = log(
        ("x", "very_satisfied"), ("z", "very_satisfied"), ("z", "unhandled"), ("z", "handled_dissatisfied")
    )
    complaints_high = log(("x", "very_satisfied"), ("z", "very_satisfied"))
    assert final(csi.score_blend(survey, None, complaints, PAIR)) == [62, 60, 91]
    high = csi.score_blend(survey, None, complaints_high, PAIR)
    assert final(high) == [62, 60, 101]
    check = high.check().set_index("check")["ok"]
    assert not check["blend_outside"]
    assert not check["blend_rewarded"]
    capped = csi.score_blend(survey, None, complaints_high, PAIR, cap=100)
    assert final(capped) == [62, 60, 100]
    table = (
        csi.score_blend(survey, None, complaints, PAIR).tidy("complaints").set_index(["outcome", "kind"])["estimate"]
    )
    assert table["very_satisfied", "per_customer"] == pytest.approx(2 / 3)
    assert table["unhandled", "points_per_customer"] == pytest.approx(-5 / 3)
    assert COMPLAINT_POINTS["unhandled"] == COMPLAINT_POINTS["handled_dissatisfied"] == -5
    own = csi.score_blend(survey, None, log(("x", "late")), PAIR, complaint_points={"late": -4})
    assert final(own)[0] == 56


def test_attrition_is_an_extension():
    """b left: 60 - 10; and the sensitivity table shows what no rule, 5, 10 and 20 points would do."""
    survey = asked({"firm": ["a1", "b1"], "a": [60, 60], "b": [60, 60], "left": [0, 1]})
    without = csi.score_blend(survey, None, None, PAIR)
    assert final(without) == [60, 60]
    table = without.tidy("sensitivity").set_index(["term", "kind"])["estimate"]
    assert table["rule_attrition"].to_dict() == pytest.approx({"0": 60, "-5": 57.5, "-10": 55, "-20": 50})
    assert final(csi.score_blend(survey, None, None, PAIR, attrition=-10)) == [60, 50]


def test_several_informants():
    """Firm x: decision maker 80, workshop 50 and 65; firm y: workshop 40 alone."""
    survey = asked(
        {
            "firm": ["x", "x", "x", "y"],
            "role": ["decision_maker", "workshop", "workshop", "workshop"],
            "a": [80, 50, 65, 40],
            "b": [80, 50, 65, 40],
        }
    )
    assert final(csi.score_blend(survey, None, None, PAIR)) == [65, 40]
    assert final(csi.score_blend(survey, None, None, PAIR, informants="decision_maker")) == [80, 40]
    strict = csi.score_blend(survey, None, None, PAIR, informants="decision_maker", no_decision_maker="missing")
    assert final(strict) == pytest.approx([80, np.nan], nan_ok=True)
    weighted = csi.score_blend(survey, None, None, PAIR, informants={"decision_maker": 3, "workshop": 1})
    assert final(weighted) == pytest.approx([(240 + 50 + 65) / 5, 40])
    table = weighted.tidy("sensitivity").set_index(["term", "kind"])["estimate"]
    assert table["rule_informants", "decision_maker_first"] == pytest.approx(60)
    assert table["rule_informants", "all_informants"] == pytest.approx(52.5)
    assert weighted.scores()["informants"].tolist() == [3, 1]


def test_an_informant_left_out_by_keep_does_not_count():
    survey = asked({"firm": ["x", "x", "y"], "a": [80, 50, 40], "b": [80, 50, 40]})
    kept = csi.score_blend(survey.keep(np.array([True, False, True])), None, None, PAIR)
    assert final(kept) == [80, 40]


def test_missing_answers_of_informants():
    survey = asked({"firm": ["x", "y"], "a": [80, 60], "b": [np.nan, 40]})
    assert final(csi.score_blend(survey, None, None, PAIR)) == [80, 50]
    complete = csi.score_blend(survey, None, None, PAIR, missing="complete")
    assert final(complete) == pytest.approx([np.nan, 50], nan_ok=True)


def test_customer_weights_by_volume_and_by_class():
    """Scores 80, 60, 40: volumes 1, 1, 2 give 55; classes A 3, B 1 give (240 + 60 + 40) / 5 = 68."""
    survey = asked(
        {"firm": list("xyz"), "a": [80, 60, 40], "b": [80, 60, 40], "class": list("ABB"), "volume": [1, 1, 2]}
    )
    assert float(csi.score_blend(survey, None, None, PAIR).value("final")) == pytest.approx(60)
    by_volume = csi.score_blend(survey, None, None, PAIR, customer_weights="volume")
    assert float(by_volume.value("final")) == pytest.approx(55)
    by_class = csi.score_blend(survey, None, None, PAIR, customer_weights={"A": 3, "B": 1}, customer_class="class")
    assert float(by_class.value("final")) == pytest.approx(68)
    u = np.array([1, 1, 2]) * (np.array([80, 60, 40]) - 55) / 4
    assert by_volume.value("final").std_error == pytest.approx(np.sqrt(3 / 2 * (u**2).sum()))


def test_levels_as_codes_as_labels_as_points_and_over_two_visits():
    """Codes 4 and 3 are 80 and 65; points stay; two visits average an item over those that mention it."""
    survey = asked({"firm": ["x", "y"], "a": [50, 50], "b": [50, 50]})
    codes = visits({"firm": ["x", "y"], "a": [4, 5], "b": [3, 1]}, kind="rating", scale=csi.Scale(1, 5))
    assert final(csi.score_blend(survey, codes, None, PAIR), "visit") == [72.5, 62.5]
    points = visits({"firm": ["x", "y"], "a": [71, 90], "b": [69, np.nan]}, kind="rating", scale=csi.Scale(0, 100))
    assert final(csi.score_blend(survey, points, None, PAIR), "visit") == [70, 85]
    twice = visits({"firm": ["x", "x", "y"], "a": ["满意", "不满意", "满意"], "b": ["很满意", None, "满意"]})
    result = csi.score_blend(survey, twice, None, PAIR)
    assert final(result, "visit") == [(0.5 * 55 + 0.5 * 95), 80]
    assert "blend_visits" in [note.code for note in result.notes]


def test_a_visit_in_which_nothing_came_up_is_a_visit():
    survey = asked({"firm": ["x", "y", "z"], "a": [50, 50, 50], "b": [50, 50, 50]})
    seen = visits({"firm": ["x", "y", "z"], "a": ["未提及", None, "满意"], "b": ["未提及", None, "满意"]})
    assert final(csi.score_blend(survey, seen, None, PAIR), "visit") == pytest.approx([80, np.nan, 80], nan_ok=True)
    named = csi.score_blend(survey, seen, None, PAIR, not_mentioned="left_out")
    assert final(named, "visit") == pytest.approx([np.nan, np.nan, 80], nan_ok=True)
    told = pd.DataFrame(
        {"firm": ["x", "y", "z"], "day": ["2026-03-01", "2026-03-02", None], "a": [None] * 3, "b": ["满意"] * 3}
    )
    kinds = {"a": "category", "b": "category", "day": "date"}
    book = csi.Codebook(items={name: csi.Item(name, kind=kind) for name, kind in kinds.items()})
    result = csi.score_blend(survey, csi.Survey.from_frame(told, book), None, PAIR, visited="day")
    assert final(result, "visit") == pytest.approx([80, 80, np.nan], nan_ok=True)


# Agreement of informants ----------------------------------------------------------------------------------------


def test_agreement_by_hand():
    """Six firms of two: ICC(1) = (MSB - MSW) / (MSB + MSW) by analysis of variance; r_wg(J) from the item variances."""
    a = np.array([[80, 84], [70, 60], [90, 95], [50, 54], [60, 70], [75, 75.0]])
    b = a + np.array([[0, 2], [4, 0], [0, 0], [2, 2], [0, 6], [1, 3.0]])
    firm = np.repeat([f"f{i}" for i in range(6)], 2)
    survey = asked({"firm": firm, "a": a.ravel(), "b": b.ravel()})
    found = csi.score_blend(survey, None, None, PAIR).tidy("informants").set_index("term")["estimate"]
    scores = (a + b) / 2
    among = 2 * scores.mean(axis=1).var(ddof=1)
    inside = scores.var(axis=1, ddof=1).mean()
    assert found["icc_informants"] == pytest.approx((among - inside) / (among + inside))
    chance = (101**2 - 1) / 12
    q = (a.var(axis=1, ddof=1) + b.var(axis=1, ddof=1)) / 2 / chance
    assert found["rwg_informants"] == pytest.approx((2 * (1 - q) / (2 * (1 - q) + q)).mean())
    assert found["several_informants"] == 1


# Designs --------------------------------------------------------------------------------------------------------


def stratified(extra: dict[str, object] | None = None, **roles: str) -> csi.Survey:
    """Eight firms in two strata of 8 and 40, two informants each; one score per firm: 10 20 30 40 and 50 60 70 90."""
    scores = np.array([10, 20, 30, 40, 50, 60, 70, 90.0])
    columns = {
        "firm": np.repeat([f"f{i}" for i in range(8)], 2),
        "a": np.repeat(scores, 2) + np.tile([-5, 5], 8),
        "b": np.repeat(scores, 2) + np.tile([-5, 5], 8),
        "class": np.repeat(list("AAAABBBB"), 2),
        "size": np.repeat([8, 8, 8, 8, 40, 40, 40, 40], 2),
        "w": np.repeat([2, 2, 2, 2, 10, 10, 10, 10], 2),
    }
    return asked(columns | (extra or {}), **({"strata": "class", "weight": "w", "population": "size"} | roles))


def test_customers_are_the_units_of_a_small_population():
    """(8 x 25 + 40 x 67.5) / 48; variance by stratum with (1 - f), from eight scores, not from 16 informants."""
    result = csi.score_blend(stratified(), None, None, PAIR)
    whole = result.value("final")
    assert float(whole) == pytest.approx((8 * 25 + 40 * 67.5) / 48)
    first, second = np.array([10, 20, 30, 40.0]), np.array([50, 60, 70, 90.0])
    share = np.array([8, 40]) / 48
    variance = sum(
        s**2 * (1 - 4 / n) * y.var(ddof=1) / 4 for s, n, y in zip(share, (8, 40), (first, second), strict=True)
    )
    assert whole.std_error == pytest.approx(np.sqrt(variance))
    assert whole.n == 8
    groups = csi.score_blend(stratified(), None, None, PAIR, by="class").tidy().set_index(["group", "term"])["estimate"]
    assert groups["A", "final"] == pytest.approx(25)
    assert groups["B", "final"] == pytest.approx(67.5)


def test_the_blend_of_the_pvc_samples_is_that_of_r():
    """The whole method written anew in R; errors by survey with strata, weights and finite populations, within 1e-8."""
    tables = [csi.load_sample(f"pvc_{name}") for name in ("customers", "visits", "complaints")]
    expected = GOLDEN["blend"]
    result = csi.score_blend(*tables, PRINTED, policy="within_group")
    for term in ("questionnaire", "visit", "preliminary", "final"):
        found = result.value(term)
        assert (float(found), found.std_error) == pytest.approx(tuple(expected[term].values()), abs=1e-8)
    groups = csi.score_blend(*tables, PRINTED, policy="within_group", by="customer_class")
    for name, mean in expected["classes"].items():
        found = groups.value(name, "final")
        assert (float(found), found.std_error) == pytest.approx((mean, expected["classes_se"][name]), abs=1e-8)
    bought = csi.score_blend(*tables, PRINTED, policy="within_group", customer_weights="volume").value("final")
    assert (float(bought), bought.std_error) == pytest.approx(tuple(expected["by_volume"].values()), abs=1e-8)


def test_linearised_errors_agree_with_the_bootstrap():
    rng = np.random.default_rng(3)
    firms = [f"f{i}" for i in range(80)]
    survey = asked({"firm": firms, "a": rng.integers(40, 100, 80), "b": rng.integers(40, 100, 80)})
    words = np.array(["很满意", "满意", "比较满意", "不满意", None], dtype=object)
    seen = visits({"firm": firms, "a": words[rng.integers(0, 5, 80)], "b": words[rng.integers(0, 4, 80)]})
    complaints = log(*((firms[i], "unhandled") for i in rng.integers(0, 80, 30)))
    fast = csi.score_blend(survey, seen, complaints, PAIR).tidy()["std_error"]
    slow = csi.score_blend(survey, seen, complaints, PAIR, inference="bootstrap", n_boot=3000).tidy()["std_error"]
    assert ((fast / slow > 0.94) & (fast / slow < 1.06)).all()


def test_a_contrast_of_the_sensitivity_table_knows_the_covariance():
    """Two rules on the same customers: the error of the difference is that of the differences of their scores."""
    result = worked(policy="within_group")
    other = worked(policy="within_group", share=(0.5, 0.5))
    moved = np.array(final(other)) - np.array(final(result))
    found = result.contrast({("rule_share", "50/50"): 1, ("rule_chosen", "as_chosen"): -1}, table="sensitivity")
    assert float(found) == pytest.approx(moved.mean())
    assert found.std_error == pytest.approx(moved.std(ddof=1) / np.sqrt(2))


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(0, 100), min_size=3, max_size=10), st.floats(0, 1), st.floats(0.1, 9))
def test_scores_lie_between_their_sources_and_weights_have_no_unit(values, share, factor):
    firms = [f"f{i}" for i in range(len(values))]
    w = np.linspace(1, 3, len(values))
    seen = visits({"firm": firms, "a": ["满意"] * len(values), "b": ["满意"] * len(values)})

    def score(weights: np.ndarray) -> csi.Result:
        survey = asked({"firm": firms, "a": values, "b": values, "w": weights}, weight="w")
        return csi.score_blend(survey, seen, None, PAIR, share=(share, 1 - share))

    one, other = score(w), score(w * factor)
    low, high = np.minimum(values, 80), np.maximum(values, 80)
    scores = np.array(final(one))
    assert ((scores >= low - 1e-9) & (scores <= high + 1e-9)).all()
    np.testing.assert_allclose(
        other.tidy()[["estimate", "std_error"]], one.tidy()[["estimate", "std_error"]], atol=1e-8
    )


def test_the_sample_finds_its_worked_customer_and_its_truth():
    """F001 is the published customer; visits and complaints meet their planted expectations within three errors."""
    tables = [csi.load_sample(f"pvc_{name}") for name in ("customers", "visits", "complaints")]
    result = csi.score_blend(*tables, PRINTED, policy="within_group")
    row = result.scores().set_index("customer").loc["F001"]
    assert row[["questionnaire", "visit", "final"]].tolist() == pytest.approx([80.0692, 76.8154, 77.1169], abs=5e-5)
    expected = tables[0].codebook.truth["expected"]["customer_class"]
    groups = csi.score_blend(*tables, PRINTED, policy="within_group", by="customer_class")
    for name in "ABC":
        for term, key in (("visit", "visit_index"), ("adjustment", "adjustment")):
            found = groups.value(name, term)
            spread = max(found.std_error, 0.5)
            assert abs(float(found) - expected[name][key]) < 3.5 * spread, (name, term)


# Bands ----------------------------------------------------------------------------------------------------------


def test_the_printed_bands():
    bands = csi.LevelBands()
    assert bands.values().tolist() == [30, 50, 65, 80, 95]
    assert bands.values("lower").tolist() == [20, 40, 60, 70, 90]
    assert bands.names_of([100, 90, 89.99, 70, 60, 40, 20, 19.99, -1, 101, np.nan]) == [
        "very_satisfied", "very_satisfied", "satisfied", "satisfied", "fairly_satisfied", "fairly_dissatisfied",
        "dissatisfied", None, None, None, None,
    ]  # fmt: skip
    assert bands.uncovered == ((0.0, 20.0),)


def test_bands_from_a_table():
    frame = pd.DataFrame(
        {"level": ["good", "bad"], "lo": [50, 0], "hi": [100, 50], "representative": [80, None], "zh": ["好", "差"]}
    )
    bands = csi.LevelBands.from_frame(frame)
    assert bands.values().tolist() == [25, 80]
    assert bands.code_words()["好"] == 2
    assert csi.LevelBands.from_frame(bands.to_frame()) == bands
    assert bands == csi.LevelBands((Level("bad", 0, 50, text="差"), Level("good", 50, 100, 80, text="好")))


# Bad calls ------------------------------------------------------------------------------------------------------

PLAIN = {"firm": ["x", "y"], "a": [50, 60], "b": [50, 60]}
SEEN = {"firm": ["x", "y"], "a": ["满意", "满意"], "b": ["满意", "满意"]}


def score(questionnaire=None, seen=None, complaints=None, tree=None, **options):
    return csi.score_blend(
        asked(PLAIN) if questionnaire is None else questionnaire, seen, complaints, tree or PAIR, **options
    )


BAD = [
    (lambda: csi.score_blend([1], None, None, PAIR), ["score_blend", "list"], ["score_blend", "list"]),
    (lambda: csi.score_blend(asked(PLAIN), [1], None, PAIR), ["score_blend", "list"], ["score_blend", "list"]),
    (lambda: csi.LevelBands((("low", 0, 50), ("high", 60, 100))), ["low", "high", "50", "60"], ["low", "high", "空档"]),
    (lambda: csi.LevelBands((("low", 0, 60), ("high", 50, 100))), ["overlap", "low", "high"], ["重叠", "low", "high"]),
    (lambda: csi.LevelBands((("low", 50, 50),)), ["low", "50-50"], ["low", "50-50"]),
    (lambda: csi.LevelBands((("low", 0, 50, 60),)), ["low", "60"], ["low", "60"]),
    (lambda: csi.LevelBands((("low", 0, "high"),)), ["low", "high"], ["low", "high"]),
    (lambda: csi.LevelBands((7,)), ["7"], ["7"]),
    (lambda: csi.LevelBands((("a", 0, 50), ("a", 50, 100))), ["twice", "a"], ["重复", "a"]),
    (lambda: csi.LevelBands.from_frame(pd.DataFrame({"level": []})), ["level", "lo"], ["level", "lo"]),
    (lambda: csi.LevelBands.from_frame(pd.DataFrame({"level": [], "lo": [], "hi": []})), ["no row"], ["没有任何一行"]),
    (lambda: score(share=(0.4, 0.5)), ["0.4", "0.5", "sum to 1"], ["0.4", "合计为 1"]),
    (lambda: score(share=0.4), ["0.4", "two numbers"], ["0.4", "两个"]),
    (lambda: score(not_mentioned="fine"), ["not_mentioned", "satisfied", "left_out"], ["not_mentioned", "satisfied"]),
    (lambda: score(not_mentioned=120), ["not_mentioned", "120", "0-100"], ["not_mentioned", "120", "0-100"]),
    (lambda: score(both_missing="none"), ["both_missing", "none"], ["both_missing", "none"]),
    (lambda: score(floor=90, cap=80), ["90", "80"], ["90", "80"]),
    (lambda: score(missing_visit="zero"), ["missing_visit", "questionnaire"], ["missing_visit", "questionnaire"]),
    (
        lambda: score(missing_visit="not_mentioned", not_mentioned="left_out"),
        ["missing_visit", "left_out"],
        ["missing_visit", "left_out"],
    ),
    (
        lambda: score(missing_questionnaire="zero"),
        ["missing_questionnaire", "visit"],
        ["missing_questionnaire", "visit"],
    ),
    (lambda: score(complaint_points={"late": "bad"}), ["late", "bad"], ["late", "bad"]),
    (lambda: score(complaints=log(("x", "shouted"))), ["log", "shouted", "unhandled"], ["log", "shouted", "unhandled"]),
    (lambda: score(complaints=log(("x", None), ("y", "satisfied"))), ["log", "outcome", "1"], ["log", "outcome", "1"]),
    (
        lambda: score(complaints=log((None, "satisfied"), ("x", "satisfied"))),
        ["log", "firm", "1"],
        ["log", "firm", "1"],
    ),
    (
        lambda: score(seen=visits(SEEN | {"a": ["满意", "great"]})),
        ["great", "very_satisfied"],
        ["great", "very_satisfied"],
    ),
    (
        lambda: score(seen=visits(SEEN | {"a": [3, 7], "b": [3, 7]}, kind="rating", scale=csi.Scale(1, 7))),
        ["1-7", "1-5", "0-100"],
        ["1-7", "1-5", "0-100"],
    ),
    (lambda: score(informants="boss"), ["informants", "boss", "mean"], ["informants", "boss", "mean"]),
    (lambda: score(informants="decision_maker"), ["role", "asked"], ["role", "asked"]),
    (
        lambda: score(asked(PLAIN | {"role": ["user", "user"]}), informants="decision_maker"),
        ["decision_maker", "user"],
        ["decision_maker", "user"],
    ),
    (
        lambda: score(asked(PLAIN | {"role": ["user", "boss"]}), informants={"boss": 1}),
        ["informants", "user", "boss: 1"],
        ["informants", "user"],
    ),
    (lambda: score(customer_weights={"A": 1}), ["customer_class"], ["customer_class"]),
    (
        lambda: score(asked(PLAIN | {"class": ["A", "B"]}), customer_weights={"A": 1}, customer_class="class"),
        ["B", "A"],
        ["B", "A"],
    ),
    (
        lambda: score(asked(PLAIN | {"volume": [1, np.nan]}), customer_weights="volume"),
        ["volume", "1"],
        ["volume", "1"],
    ),
    (lambda: score(customer="company"), ["company", "firm"], ["company", "firm"]),
    (
        lambda: score(asked({"a": [50, 60], "b": [50, 60]}), visits(SEEN)),
        ["asked", "customer="],
        ["asked", "customer="],
    ),
    (
        lambda: score(asked({"firm": ["x", "x", "y"], "a": [1, 2, 3], "b": [1, 2, 3], "w": [1, 2, 1]}, weight="w")),
        ["w", "1 customers"],
        ["w", "1 个客户"],
    ),
    (
        lambda: score(
            asked(PLAIN | {"w": [1, 2]}, weight="w"), visits({"firm": ["x", "z"], "a": ["满意"] * 2, "b": ["满意"] * 2})
        ),
        ["w", "weight", "1 customers"],
        ["w", "weight", "1 个客户"],
    ),
    (lambda: score(asked(PLAIN | {"left": [2, 0]})), ["left", "2"], ["left", "2"]),
    (lambda: score(attrition=-5), ["left", "asked"], ["left", "asked"]),
    (
        lambda: score(asked(PLAIN | {"a": [np.nan, np.nan], "b": [np.nan, np.nan]})),
        ["none of 2 customers"],
        ["2 个客户"],
    ),
    (lambda: score(by="region"), ["region", "firm"], ["region", "firm"]),
    (lambda: score(inference="normal"), ["inference", "normal"], ["inference", "normal"]),
]


@pytest.mark.parametrize(("call", "english", "chinese"), BAD)
def test_one_clear_sentence(call, english, chinese):
    for language, words in (("en", english), ("zh", chinese)):
        with csi.use_language(language):
            with pytest.raises(csi.CsiError) as caught:
                call()
            assert all(word in str(caught.value) for word in words), str(caught.value)


def test_raked_weights_are_refused():
    survey = asked({"firm": list("wxyz"), "a": [50, 60, 70, 80], "b": [50, 60, 70, 80], "class": list("ABAB")})
    raked = csi.rake(survey, {"class": {"A": 0.4, "B": 0.6}})
    with pytest.raises(csi.DataError, match="raked"):
        score(raked)


def test_private_customers_are_matched_and_never_named():
    book = dataclasses.replace(asked(PLAIN).codebook, private=("firm",))
    survey = csi.Survey.from_frame(pd.DataFrame(PLAIN), book, name="asked")
    result = score(survey, visits(SEEN))
    assert "customer" not in result.scores().columns
    assert final(result) == [0.4 * 50 + 48, 0.4 * 60 + 48]
    with pytest.raises(csi.DataError) as caught:
        score(survey, by="firm")
    assert "x" not in str(caught.value).replace("expected", "")


# Classes of customers -------------------------------------------------------------------------------------------


def firms(**columns: object) -> csi.Survey:
    items = {name: csi.Item(name, kind="number") for name in columns}
    return csi.Survey.from_frame(pd.DataFrame(columns), csi.Codebook(items=items), name="firms")


def test_classes_by_share_of_purchases():
    """50 20 15 8 5 2 of 100: .5 .7 .85 .93 .98 1; A until .8 is reached, B until .95."""
    found = csi.classify_customers(firms(tonnes=[5, 50, 2, 20, 8, 15]), "tonnes")
    assert found["customer_class"].tolist() == ["B", "A", "C", "A", "B", "A"]
    assert found["cumulative"].tolist() == pytest.approx([0.98, 0.5, 1, 0.7, 0.93, 0.85])
    assert csi.classify_customers(firms(tonnes=[5, np.nan]), "tonnes")["customer_class"].tolist() == ["A", None]


def test_the_second_scheme_has_four_classes():
    """Strategic whatever it buys; of the other 100 tonnes the first 80 are key; nothing bought is potential."""
    survey = firms(tonnes=[60, 30, 10, 0, np.nan, 1], mark=[0, 0, 0, 0, 0, 1])
    found = csi.classify_customers(survey, "tonnes", scheme="relation", strategic="mark")
    assert found["customer_class"].tolist() == ["key", "key", "ordinary", "potential", "potential", "strategic"]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: csi.classify_customers(firms(t=[-1, 2]), "t"), ["firms", "t", "1"]),
        (lambda: csi.classify_customers(firms(t=[0, 0]), "t"), ["firms", "t", "0"]),
        (lambda: csi.classify_customers(firms(t=[1, 2]), "u"), ["u", "t"]),
        (lambda: csi.classify_customers(firms(t=[1, 2]), "t", cuts=(0.9, 0.8)), ["cuts", "0.9"]),
        (lambda: csi.classify_customers(firms(t=[1, 2]), "t", strategic="t"), ["strategic", "relation"]),
        (lambda: csi.classify_customers(firms(t=[1, 2]), "t", scheme="pareto"), ["scheme", "abc"]),
        (lambda: csi.classify_customers([1], "t"), ["classify_customers", "list"]),
    ],
)
def test_classes_refuse_in_both_languages(call, words):
    for language in ("en", "zh"):
        with csi.use_language(language):
            with pytest.raises(csi.CsiError) as caught:
                call()
            assert all(word in str(caught.value) for word in words), str(caught.value)


def test_visits_count_by_their_words_whatever_ladder_the_words_were_read_as():
    words = ["很满意", "满意", "比较满意", "一般", "比较不满意", "不满意", "很不满意"]
    firms = [f"f{i}" for i in range(4)]
    book = csi.Codebook.from_yaml("{roles: {cluster: firm}, scales: {p: {lo: 0, hi: 100}}, items: {q: {scale: p}}}")
    asked = csi.Survey.from_frame({"firm": firms, "q": [50, 50, 50, 50]}, book)
    text = csi.Codebook.from_yaml("items: {firm: {kind: text}, q: {kind: text}}")
    for heard in (
        ["满意", "比较满意", "满意", "比较满意"],
        words[:3] + words[1:2],
        ["满意", "比较满意", "很满意", "比较满意"],
    ):
        seen = {"firm": firms, "q": heard}
        read, told = (csi.Survey.from_frame(seen, *more) for more in ((), (text,)))
        assert read.codebook.items["q"].kind == "rating"
        finals = [csi.score_blend(asked, visits, None, {"q": 1}).scores()["final"].tolist() for visits in (read, told)]
        assert finals[0] == finals[1]
