"""fit_expectations: against R, the planted model, cross-validation by hand, and bad calls in both languages."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import csi
from csi.drivers.expectations_models import cross_validate, folds_of, information

GOLDEN = Path(__file__).parent / "golden" / "expectations.json"
SHORT = {"expectation": "expectation", "performance": "performance", "disconfirmation": "disconfirmation"}
FULL = SHORT | {
    "norms": {"best": "norm_best", "average": "norm_average", "brand": "norm_brand"}, "desired": "desired",
    "needs": "needs", "equity": "equity", "attribution": ["maker_controls", "will_stay"],
    "affect": ["pleased", "annoyed"],
}  # fmt: skip


@pytest.fixture(scope="module")
def sample():
    return csi.load_sample("expectations")


@pytest.fixture(scope="module")
def fit(sample):
    return csi.fit_expectations(sample, "satisfaction", **FULL)


@pytest.fixture(scope="module")
def golden():
    return json.loads(GOLDEN.read_text(encoding="utf-8"))


def test_criteria_and_r2_are_those_of_r(sample, golden):
    """R lm, AIC, BIC: the same normal likelihood, n counts respondents."""
    short = csi.fit_expectations(sample, "satisfaction", **SHORT)
    found = short.tidy("information").set_index(["model", "kind"])["estimate"]
    r2 = short.tidy().set_index("model")["estimate"]
    assert set(golden["information"]) == set(r2.index)
    for model, expected in golden["information"].items():
        for kind in ("aic", "bic", "r2_adjusted"):
            assert found[model, kind] == pytest.approx(expected[kind], rel=1e-10)
        assert r2[model] == pytest.approx(expected["r2"], rel=1e-10)


def test_the_surface_under_weights_and_clusters_is_that_of_r(sample, golden):
    """R survey: svyglm of a subset of the design, lines as linear combinations; errors here by differences: 1e-5."""
    order = np.arange(1, len(sample) + 1)
    frame = sample.answers.assign(w=0.5 + ((order * 7) % 11) / 7, h=order % 40)
    survey = csi.Survey.from_frame(frame, dataclasses.replace(sample.codebook, weight="w", cluster="h"))
    found = csi.fit_expectations(survey, "satisfaction", **SHORT)
    slopes = found.tidy("model_coefficients").set_index("model").loc["surface_of_expectation"]
    lines = found.tidy("surface")
    expected = golden["surface"]
    np.testing.assert_allclose(slopes["estimate"], expected["slope"], rtol=1e-8)
    np.testing.assert_allclose(slopes["std_error"], expected["slope_error"], rtol=1e-5)
    np.testing.assert_allclose(lines["estimate"], expected["line"], rtol=1e-8)
    np.testing.assert_allclose(lines["std_error"], expected["line_error"], rtol=1e-5)


def test_the_planted_model_wins_by_every_criterion(sample, fit):
    truth = sample.codebook.truth
    information_ = fit.tidy("information")
    for kind in ("aic", "bic"):
        part = information_[information_["kind"] == kind]
        assert part.loc[part["estimate"].idxmin(), "model"] == truth["model"]
    check = fit.check().set_index("check")
    assert check.loc["expectations_agree", "ok"]
    assert check.loc["expectations_agree", "value"] == truth["model"]
    slopes = fit.tidy("model_coefficients", 0.99).set_index(["model", "term"])
    for item, value in truth["after"]["satisfaction"]["on"].items():
        row = slopes.loc[(truth["model"], item)]
        assert row["lower"] < value < row["upper"]
    extended = slopes.loc["extended"].drop(["expectation", "disconfirmation"])
    assert (extended["p_value"] > 0.05 / len(extended)).all()  # Bonferroni: nothing else has an effect
    difference = fit.contrast(
        {(truth["model"], "squared_error"): 1, ("performance", "squared_error"): -1}, table="cross_validation"
    )
    assert difference.upper < 0


def test_a_difference_score_is_refused_and_the_planted_plane_is_found(sample, fit):
    plane = sample.codebook.truth["surface"]
    rows = fit.tidy("surface", 0.99).set_index(["model", "kind"]).loc["surface_of_expectation"]
    for kind in rows.index:
        assert rows.loc[kind, "lower"] < plane[kind] < rows.loc[kind, "upper"]
    tests = fit.tidy("constraints").set_index(["model", "kind"])["p_value"]
    assert tests["surface_of_expectation", "no_curvature"] > 0.05
    assert tests["surface_of_expectation", "opposite_slopes"] < 1e-6
    assert tests["surface_of_expectation", "difference_score"] < 1e-6
    assert not fit.check().set_index("check").loc["expectations_difference", "ok"]


def test_a_true_difference_is_not_refused(sample):
    """Satisfaction made of performance less expectation: both constraints hold, and BIC takes the difference."""
    rng = np.random.default_rng(2)
    frame = sample.answers
    made = 6 + 0.5 * (frame["performance"] - frame["expectation"]) + rng.normal(0, 1, len(frame))
    book = dataclasses.replace(
        sample.codebook, items={**sample.codebook.items, "satisfaction": csi.Item("satisfaction", kind="number")}
    )
    survey = csi.Survey.from_frame(frame.assign(satisfaction=made), book)
    found = csi.fit_expectations(survey, "satisfaction", expectation="expectation", performance="performance")
    assert (found.tidy("constraints")["p_value"] > 0.05).all()
    check = found.check().set_index("check")
    assert check.loc["expectations_difference", "ok"]
    assert check.loc["expectations_agree", "value"] == "expectation_difference"


def test_the_constraint_test_is_a_wald_test_of_one_slope(fit):
    """With one restriction F is the square of t of the congruence slope, with the same p-value."""
    row = fit.tidy("surface").set_index(["model", "kind"]).loc[("surface_of_expectation", "congruence_slope")]
    test = fit.tidy("constraints").set_index(["model", "kind"]).loc[("surface_of_expectation", "opposite_slopes")]
    assert test["estimate"] == pytest.approx((row["estimate"] / row["std_error"]) ** 2, rel=1e-6)
    assert test["p_value"] == pytest.approx(row["p_value"], rel=1e-6)


def test_cross_validation_leaves_out_what_it_predicts():
    """Leave-one-out by folds of one equals residual / (1 - leverage)."""
    rng = np.random.default_rng(5)
    x, y = rng.normal(size=(30, 2)), rng.normal(size=30)
    z = np.column_stack([np.ones(30), x])
    hat = z @ np.linalg.inv(z.T @ z) @ z.T
    expected = ((y - hat @ y) / (1 - np.diag(hat))) ** 2
    np.testing.assert_allclose(cross_validate(x, y, np.ones(30), np.arange(30)), expected, rtol=1e-9)
    mean = cross_validate(np.empty((30, 0)), y, np.ones(30), np.arange(30))
    np.testing.assert_allclose(mean, ((y - y.mean()) * 30 / 29) ** 2, rtol=1e-9)


def test_folds_keep_units_together_and_are_even():
    unit = np.repeat(np.arange(25), 4)
    fold = folds_of(unit, 5, seed=3)
    assert all(len(set(fold[unit == one])) == 1 for one in range(25))
    assert set(np.bincount(fold)) == {20}
    assert (fold != folds_of(unit, 5, seed=4)).any()
    np.testing.assert_array_equal(fold, folds_of(unit, 5, seed=3))


def test_weights_that_are_multiplied_change_no_criterion():
    rng = np.random.default_rng(6)
    x, y, w = rng.normal(size=(50, 2)), rng.normal(size=50), rng.uniform(0.5, 2, 50)
    assert information(x, y, w) == pytest.approx(information(x, y, 1000 * w))
    assert information(x, y, np.ones(50))["aic"] != pytest.approx(information(x, y, w)["aic"])


def test_groups_are_judged_apart(sample):
    halves = sample.answers.assign(half=["a", "b"] * (len(sample) // 2))
    book = dataclasses.replace(
        sample.codebook, items={**sample.codebook.items, "half": csi.Item("half", kind="category")}
    )
    both = csi.fit_expectations(csi.Survey.from_frame(halves, book), "satisfaction", **SHORT, by="half")
    alone = csi.fit_expectations(
        csi.Survey.from_frame(halves[halves["half"] == "a"].reset_index(drop=True), book), "satisfaction", **SHORT
    )
    for table in ("models", "model_coefficients", "information"):
        mine = both.tidy(table)
        mine = mine[mine["group"] == "a"]["estimate"].to_numpy()
        np.testing.assert_allclose(mine, alone.tidy(table)["estimate"], rtol=1e-9)
    assert len(both.check()[both.check()["check"] == "expectations_agree"]) == 2


def test_the_bootstrap_agrees(sample):
    draws = csi.fit_expectations(sample, "satisfaction", **SHORT, inference="bootstrap", n_boot=400)
    line = csi.fit_expectations(sample, "satisfaction", **SHORT)
    np.testing.assert_allclose(draws.tidy()["std_error"], line.tidy()["std_error"], rtol=0.2)
    pd.testing.assert_series_equal(draws.tidy("surface")["estimate"], line.tidy("surface")["estimate"])


def test_fewer_theories_with_fewer_answers(sample):
    found = csi.fit_expectations(sample, "satisfaction", expectation="expectation", performance="performance")
    assert found.tidy()["model"].tolist() == ["performance", "expectation_difference", "surface_of_expectation"]
    named = csi.fit_expectations(
        sample, "satisfaction", expectation="expectation", performance="performance", norms=["norm_best"]
    )
    assert "norm_norm_best" in named.tidy()["model"].tolist()


def test_curvature_is_found():
    """A surface drawn with curvature: satisfaction falls off on both sides of congruence."""
    rng = np.random.default_rng(9)
    e, p = rng.integers(1, 11, 800), rng.integers(1, 11, 800)
    y = 8 - 0.1 * (e - p) ** 2 + rng.normal(0, 0.5, 800)
    text = "{scales: {ten: {lo: 1, hi: 10}}, items: {e: {scale: ten}, p: {scale: ten}, y: {kind: number}}}"
    survey = csi.Survey.from_frame(pd.DataFrame({"e": e, "p": p, "y": y}), csi.Codebook.from_yaml(text))
    rows = csi.fit_expectations(survey, "y", expectation="e", performance="p").tidy("surface").set_index("kind")
    expected = {
        "congruence_slope": 0,
        "congruence_curvature": 0,
        "incongruence_slope": 0,
        "incongruence_curvature": -0.4,
    }
    for kind, value in expected.items():
        z = (rows.loc[kind, "estimate"] - value) / rows.loc[kind, "std_error"]
        assert abs(z) < stats.norm.ppf(0.9995)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_attribution_and_emotion(language):
    with csi.use_language(language):
        table = csi.list_attribution_emotions()
        assert len(table) == 8
        assert table["emotion"].is_unique
        cell = csi.list_attribution_emotions("favourable", "uncontrollable")["emotion"].tolist()
        assert cell == [{"en": "pleasant surprise", "zh": "惊喜"}[language]]
        assert len(csi.list_attribution_emotions(cause="stable")) == 2
        with pytest.raises(csi.OptionError) as caught:
            csi.list_attribution_emotions("good")
        assert "unfavourable" in str(caught.value)
        with pytest.raises(csi.OptionError) as caught:
            csi.list_attribution_emotions(cause="luck")
        assert "controllable" in str(caught.value)


BAD = [
    ({"disconfirmation": "satisfaction"}, csi.DataError, "outcome_in_drivers", ["satisfaction"]),
    ({"desired": "expectation"}, csi.DataError, "items_given_twice", ["expectation"]),
    ({"needs": "nothing"}, csi.DataError, "unknown_items", ["nothing"]),
    ({"folds": 1}, csi.OptionError, "not_whole", ["1"]),
    ({"folds": 2.5}, csi.OptionError, "not_whole", ["2.5"]),
    ({"inference": "guess"}, csi.OptionError, "unknown_option", ["guess"]),
]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(("change", "kind", "code", "words"), BAD, ids=[f"{b[2]}-{i}" for i, b in enumerate(BAD)])
def test_bad_calls_say_what_is_wrong(sample, language, change, kind, code, words):
    with csi.use_language(language), pytest.raises(kind) as caught:
        csi.fit_expectations(sample, "satisfaction", **(SHORT | change))
    assert caught.value.code == code
    assert all(word in str(caught.value) for word in words)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_bad_data_say_what_is_wrong(sample, language):
    frame = sample.answers
    twin = csi.Survey.from_frame(frame.assign(pleased=frame["disconfirmation"]), sample.codebook)
    few = csi.Survey.from_frame(frame.iloc[:8], sample.codebook)
    scales = "{ten: {lo: 1, hi: 10}, five: {lo: 1, hi: 5}}"
    text = f"{{scales: {scales}, items: {{e: {{scale: five}}, p: {{scale: ten}}, y: {{scale: ten}}}}}}"
    rows = pd.DataFrame({"e": [1, 2, 3, 4], "p": [2, 4, 5, 9], "y": [3, 3, 5, 8]})
    unequal = csi.Survey.from_frame(rows, csi.Codebook.from_yaml(text))
    cases = [
        (lambda: csi.fit_expectations(twin, "satisfaction", **SHORT, affect="pleased"), "drivers_bound", "pleased"),
        (lambda: csi.fit_expectations(few, "satisfaction", **SHORT), "regression_short", "8"),
        (lambda: csi.fit_expectations(unequal, "y", expectation="e", performance="p"), "scales_of_pair", "e / p"),
    ]
    for call, code, word in cases:
        with csi.use_language(language), pytest.raises(csi.CsiError) as caught:
            call()
        assert caught.value.code == code
        assert word in str(caught.value)
