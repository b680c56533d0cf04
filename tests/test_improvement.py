"""simulate_improvement: by hand, against published robustness values and the planted truth, and bad calls."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

import csi
from csi.drivers.improvement_numbers import robustness_value

NAMES = ["product", "assortment", "delivery", "courtesy", "price", "app", "extras", "tracking"]
MOVES = {"delivery": 1, "extras": 0.5}


@pytest.fixture(scope="module")
def sample():
    return csi.load_sample("drivers")


@pytest.fixture(scope="module")
def plan(sample):
    return csi.simulate_improvement(sample, "overall", NAMES, moves=MOVES, costs={"delivery": 6, "extras": 1})


def test_published_robustness_values():
    """Cinelli & Hazlett (2020), Darfur: t 4.18, df 783: partial R2 2.2 %, RV 13.9 %, RV(.05) 7.6 %."""
    r2 = np.array([4.184**2 / (4.184**2 + 783)])
    assert r2[0] == pytest.approx(0.022, abs=5e-4)
    assert robustness_value(r2, 783)[0] == pytest.approx(0.139, abs=5e-4)
    assert robustness_value(r2, 783, alpha=0.05)[0] == pytest.approx(0.076, abs=5e-4)


@settings(max_examples=50, deadline=None)
@given(st.floats(0.02, 30), st.integers(5, 2000))
def test_a_cause_of_the_strength_of_the_robustness_value_takes_the_effect_away(t, df):
    """Bias of a cause with shares a = b = RV: |bias| / se = sqrt(df a b / (1 - a)), which must equal |t|."""
    value = float(robustness_value(np.array([t**2 / (t**2 + df)]), df)[0])
    assert 0 < value < 1
    assert np.sqrt(df * value**2 / (1 - value)) == pytest.approx(t, rel=1e-6)
    weaker = float(robustness_value(np.array([t**2 / (t**2 + df)]), df, alpha=0.05)[0])
    assert 0 <= weaker < value
    assert (weaker > 0) == (t / np.sqrt(df) > stats.t.ppf(0.975, df - 1) / np.sqrt(df - 1))


def test_no_effect_needs_no_cause():
    assert robustness_value(np.array([0.0, 1.0]), 50).tolist() == [0.0, 1.0]


def least_squares(frame, weight=None):
    known = frame[[*NAMES, "overall"]].dropna()
    w = np.ones(len(known)) if weight is None else weight[known.index]
    z = np.column_stack([np.ones(len(known)), known[NAMES]])
    bread = np.linalg.inv(z.T @ (z * w[:, None]))
    b = bread @ z.T @ (w * known["overall"].to_numpy())
    left = known["overall"].to_numpy() - z @ b
    return known, z, b, left, bread, w


def test_change_and_partial_r2_are_those_of_least_squares_by_hand(sample, plan):
    known, z, b, left, bread, _ = least_squares(sample.answers)
    n, p = z.shape
    step = np.zeros(p)
    step[1 + NAMES.index("delivery")], step[1 + NAMES.index("extras")] = 1, 0.5
    rows = plan.tidy().set_index("kind")
    assert rows.loc["change", "estimate"] == pytest.approx(100 / 9 * step @ b, abs=1e-9)
    assert rows.loc["now", "estimate"] == pytest.approx(100 / 9 * (known["overall"].mean() - 1), abs=1e-9)
    assert rows.loc["expected", "estimate"] == pytest.approx(rows["estimate"].iloc[:2].sum(), abs=1e-9)
    size = len(sample)
    cov = bread @ ((z * left[:, None] ** 2).T @ z) @ bread * size / (size - 1)
    assert rows.loc["change", "std_error"] == pytest.approx(100 / 9 * np.sqrt(step @ cov @ step), rel=1e-5)
    influence = (known["overall"] - known["overall"].mean()).to_numpy() / n + (z * left[:, None]) @ bread @ step
    both = np.sqrt((influence**2).sum() * size / (size - 1)) * 100 / 9
    assert rows.loc["expected", "std_error"] == pytest.approx(both, rel=1e-5)
    t = b / np.sqrt(np.diag(bread) * (left @ left) / (n - p))
    r2 = plan.tidy("robustness").set_index(["kind", "term"])["estimate"]
    for i, name in enumerate(NAMES):
        expected = t[1 + i] ** 2 / (t[1 + i] ** 2 + n - p)
        assert r2["partial_r2", name] == pytest.approx(expected, rel=1e-9)
        assert r2["robustness_value", name] == pytest.approx(robustness_value(np.array([expected]), n - p)[0])
        significant = robustness_value(np.array([expected]), n - p, alpha=0.05)[0]
        assert r2["robustness_significant", name] == pytest.approx(significant, abs=1e-12)


def test_weights_count(sample):
    weight = np.random.default_rng(4).uniform(0.5, 2, len(sample))
    frame = sample.answers.assign(w=weight)
    survey = csi.Survey.from_frame(frame, dataclasses.replace(sample.codebook, weight="w"))
    found = csi.simulate_improvement(survey, "overall", NAMES, moves=MOVES).tidy("moves")["estimate"]
    _, _, b, *_ = least_squares(frame, weight)
    expected = [100 / 9 * b[1 + NAMES.index("delivery")], 100 / 9 * 0.5 * b[1 + NAMES.index("extras")]]
    assert found.tolist() == pytest.approx(expected, abs=1e-9)


def test_the_planted_slopes_are_found_and_the_order_is_by_cost(sample, plan):
    truth = sample.codebook.truth["linear"]["coefficient"]
    rows = plan.tidy("moves", 0.99).set_index("term")
    for name, move in MOVES.items():
        assert rows.loc[name, "lower"] < 100 / 9 * move * truth[name] < rows.loc[name, "upper"]
    order = plan.tidy("cost_benefit")
    assert order["term"].tolist() == ["extras", "delivery"]
    assert order["estimate"].tolist() == pytest.approx([rows.loc["extras", "estimate"],
                                                        rows.loc["delivery", "estimate"] / 6])  # fmt: skip
    check = plan.check().set_index("check")
    assert check.loc["improvement_order", "ok"]
    assert "extras" in check.loc["improvement_order", "meaning"]


def test_doubts_are_said(sample):
    result = csi.simulate_improvement(sample, "overall", NAMES, moves={"courtesy": 3, "extras": 0.1})
    check = result.check().set_index("check")
    assert not check.loc["improvement_far", "ok"]
    assert "courtesy" in check.loc["improvement_sure", "meaning"]
    assert "cost_benefit" not in result.tables


def test_the_bootstrap_agrees(sample, plan):
    draws = csi.simulate_improvement(sample, "overall", NAMES, moves=MOVES, inference="bootstrap", n_boot=600)
    pd.testing.assert_series_equal(draws.tidy()["estimate"], plan.tidy()["estimate"])
    np.testing.assert_allclose(draws.tidy()["std_error"], plan.tidy()["std_error"], rtol=0.12)


def test_groups_have_their_own_slopes(sample):
    found = csi.simulate_improvement(sample, "overall", NAMES, moves={"app": 1}, by="segment").tidy("moves")
    by = found.set_index("group")
    assert by.loc["new", "lower"] > by.loc["regular", "upper"]  # planted: the app matters to new customers only


GOOD = {"drivers": ["delivery", "extras"], "moves": {"delivery": 1}}
BAD = [
    ({"drivers": ["overall"]}, csi.DataError, "outcome_in_drivers", ["overall"]),
    ({"moves": {"app": 1}}, csi.OptionError, "moves_unknown", ["app", "delivery", "extras"]),
    ({"moves": {}}, csi.OptionError, "moves_unknown", ["delivery"]),
    ({"moves": {"delivery": 0}}, csi.OptionError, "bad_move", ["delivery", "0"]),
    ({"moves": {"delivery": "more"}}, csi.OptionError, "bad_move", ["more"]),
    ({"moves": {"delivery": 6}}, csi.OptionError, "move_beyond_scale", ["delivery", "10"]),
    ({"costs": {"extras": 2}}, csi.OptionError, "costs_differ", ["extras", "delivery"]),
    ({"costs": {"delivery": 0}}, csi.OptionError, "bad_cost", ["delivery", "0"]),
    ({"drivers": ["delivery", "nothing"]}, csi.DataError, "unknown_items", ["nothing"]),
]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(("change", "kind", "code", "words"), BAD, ids=[f"{b[2]}-{i}" for i, b in enumerate(BAD)])
def test_bad_calls_say_what_is_wrong(sample, language, change, kind, code, words):
    call = GOOD | change
    with csi.use_language(language), pytest.raises(kind) as caught:
        csi.simulate_improvement(sample, "overall", call.pop("drivers"), **call)
    assert caught.value.code == code
    assert all(word in str(caught.value) for word in words)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_bad_data_say_what_is_wrong(sample, language):
    twin = csi.Survey.from_frame(sample.answers.assign(extras=sample.answers["delivery"]), sample.codebook)
    names = ["delivery", "extras", "overall"]
    book = csi.Codebook(items={name: csi.Item(name, kind="number") for name in names})  # numbers have no ends
    bare = csi.Survey.from_frame(sample.answers[names], book)
    for survey, code in ((twin, "drivers_bound"), (bare, "no_scale_for_score")):
        with csi.use_language(language), pytest.raises(csi.DataError) as caught:
            csi.simulate_improvement(survey, "overall", ["delivery", "extras"], moves={"delivery": 1})
        assert caught.value.code == code
