"""Net promoter scores: published numbers, intervals by brute force and by simulation, groups, panels and pairs."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq, minimize_scalar
from scipy.stats import chi2, norm

import csi
from csi.data.codebook import Codebook
from csi.inference.contrasts import wald_statistic
from csi.inference.score_interval import score_z
from csi.measures.scores.nps_interval import adjusted_parts, net_limits, net_shares, net_variance

Z = norm.ppf(0.975)
ELEVEN = "{scales: {eleven: {lo: 0, hi: 10}}, items: {rec: {scale: eleven}}}"


def book(text: str = ELEVEN) -> Codebook:
    return Codebook.from_yaml(text)


def counts(promoters: int, passives: int, detractors: int) -> list[int]:
    return [10] * promoters + [8] * passives + [3] * detractors


def survey(ratings: list, **columns: object) -> csi.Survey:
    return csi.Survey.from_frame({"rec": ratings} | columns, book(), name="shop")


def row(result: csi.Result, table: str | None = None) -> pd.Series:
    return result.tidy(table).iloc[0]


# -- published numbers (METHODS C.2) -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("detractors", "passives", "promoters", "nps", "variance", "error"),
    [(1, 2, 3, 1 / 3, 5 / 9, 0.304), (1, 0, 1, 0, 1, 0.707), (0, 1, 1, 0.5, 0.25, None), (1, 1, 1, 0, 2 / 3, None)],
)
def test_variance_and_error_of_the_published_counts(detractors, passives, promoters, nps, variance, error):
    n = detractors + passives + promoters
    assert net_variance(promoters / n, detractors / n) == pytest.approx(variance)
    found = row(csi.score_nps(survey(counts(promoters, passives, detractors)), "rec"))
    assert found["estimate"] == pytest.approx(100 * nps)
    assert found["std_error"] == pytest.approx(100 * np.sqrt(variance / n))
    if error is not None:
        assert found["std_error"] == pytest.approx(100 * error, abs=0.05)


def test_the_published_scores():
    assert row(csi.score_nps(survey([0, 7, 7, 9, 9, 9]), "rec"))["estimate"] == pytest.approx(100 / 3)


def test_wald_and_adjusted_wald_of_fifty_thirty_twenty():
    answers = survey(counts(50, 30, 20))
    wald = row(csi.score_nps(answers, "rec", interval="wald"))
    assert wald[["estimate", "std_error", "lower", "upper"]].tolist() == pytest.approx(
        [30, 7.8102, 14.692, 45.308], abs=6e-4
    )
    adjusted = row(csi.score_nps(answers, "rec"))
    assert adjusted[["lower", "upper"]].tolist() == pytest.approx([14.051, 44.201], abs=6e-4)
    assert 100 * adjusted_parts(0.5, 0.2, 100)[0] == pytest.approx(29.126, abs=5e-4)
    assert adjusted["std_error"] == pytest.approx(7.8102, abs=5e-5)
    shares = csi.score_nps(answers, "rec").tidy("shares").set_index("kind")["estimate"]
    assert shares.to_dict() == pytest.approx({"promoter": 0.5, "passive": 0.3, "detractor": 0.2})


def test_two_groups_differ_by_fifteen_points():
    answers = survey(counts(45, 25, 30) + counts(50, 30, 20), shop=["a"] * 100 + ["b"] * 100)
    result = csi.compare_nps(answers, "rec", by="shop")
    found = row(result)
    assert found[["group", "other_group"]].tolist() == ["b", "a"]
    assert found[["estimate", "std_error", "p_value"]].tolist() == pytest.approx([15, 11.5650, 0.1946], abs=6e-5)
    assert found["estimate"] / found["std_error"] == pytest.approx(1.2970, abs=6e-5)
    touching = result.tidy(level=1 - found["p_value"]).iloc[0]
    assert touching["lower"] == pytest.approx(0, abs=1e-9)
    assert result.glance().iloc[0][["chi2", "df", "p_value"]].tolist() == pytest.approx(
        [1.2970**2, 1, 0.1946], abs=3e-4
    )


def test_several_groups_by_walds_heterogeneity():
    """R9: sum of (NPS_g - weighted mean)^2 / se_g^2 with G - 1 degrees of freedom, written out."""
    groups = {"a": (50, 30, 20), "b": (45, 25, 30), "c": (20, 10, 30)}
    ratings = [rating for numbers in groups.values() for rating in counts(*numbers)]
    shops = [shop for shop, numbers in groups.items() for _ in range(sum(numbers))]
    scores = np.array([30, 15, -100 / 6])
    errors = np.array(
        [100 * np.sqrt(net_variance(p / (p + q + d), d / (p + q + d)) / (p + q + d)) for p, q, d in groups.values()]
    )
    mean = (scores / errors**2).sum() / (1 / errors**2).sum()
    expected = ((scores - mean) ** 2 / errors**2).sum()
    glance = csi.compare_nps(survey(ratings, shop=shops), "rec", by="shop").glance().iloc[0]
    assert glance["chi2"] == pytest.approx(expected)
    assert glance["df"] == 2
    assert glance["p_value"] == pytest.approx(chi2.sf(expected, 2))
    assert wald_statistic(scores, np.diag(errors**2)) == pytest.approx(expected)


def test_same_scores_from_other_distributions_are_equal_scores():
    """A chi-square test on the classes would reject; NPS is 0 in both."""
    ratings = counts(50, 0, 50) + counts(5, 90, 5)
    result = csi.compare_nps(survey(ratings, shop=["a"] * 100 + ["b"] * 100), "rec", by="shop")
    assert row(result)["estimate"] == pytest.approx(0)
    assert result.glance()["p_value"][0] == pytest.approx(1)


def test_a_group_of_promoters_only_is_named_and_left_out_of_the_test():
    ratings = counts(10, 0, 0) + counts(5, 3, 2) + counts(3, 3, 4)
    result = csi.compare_nps(survey(ratings, shop=["a"] * 10 + ["b"] * 10 + ["c"] * 10), "rec", by="shop")
    assert result.glance()["df"][0] == 1
    assert any("one class: a" in str(note) for note in result.notes)
    top = csi.score_nps(survey(counts(10, 0, 0)), "rec").tidy().iloc[0]
    assert (top["estimate"], top["std_error"], top["upper"]) == (100, 0, 100)
    # 10.75 and .75 of 13: centre .76923, variance .29290, error .15010: ten promoters do not prove a hundred points
    assert top["lower"] == pytest.approx(100 * (0.769231 - 1.959964 * 0.150104), abs=1e-3)


# -- intervals -------------------------------------------------------------------------------------------------------


def score_by_brute_force(p: float, d: float, n: int, value: float) -> float:
    """The score statistic with the constrained likelihood maximised by a search."""

    def minus_likelihood(q: float) -> float:
        parts = ((p, q + value), (d, q), (1 - p - d, 1 - 2 * q - value))
        return -sum(share * np.log(expected) for share, expected in parts if share > 0)

    low, high = max(0.0, -value), (1 - value) / 2
    q = minimize_scalar(
        minus_likelihood, (low, high), bounds=(low + 1e-13, high - 1e-13), method="bounded", options={"xatol": 1e-13}
    ).x
    return (p - d - value) / np.sqrt((2 * q + value - value**2) / n)


@pytest.mark.parametrize(("p", "d", "n"), [(0.5, 0.2, 100), (0.1, 0.6, 30), (0.3, 0.3, 20), (0.05, 0.02, 250)])
def test_the_score_interval_against_a_search(p, d, n):
    for value in (-0.3, 0.0, 0.2):
        found = float(score_z(net_shares(p, d), n, value)[0])
        assert found == pytest.approx(score_by_brute_force(p, d, n, value), abs=1e-5)
    lower, upper = (float(end[0]) for end in net_limits("score_test", np.array(p), np.array(d), np.array(n), Z))
    middle = p - d
    assert lower == pytest.approx(
        brentq(lambda v: score_by_brute_force(p, d, n, v) - Z, -0.999, middle - 1e-9), abs=1e-5
    )
    assert upper == pytest.approx(
        brentq(lambda v: score_by_brute_force(p, d, n, v) + Z, middle + 1e-9, 0.999), abs=1e-5
    )


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 30), st.integers(0, 30), st.integers(0, 30), st.sampled_from(["adjusted", "wald", "score_test"]))
def test_p_values_invert_the_interval_and_limits_stay_on_the_scale(promoters, passives, detractors, kind):
    if min((promoters > 0) + (passives > 0) + (detractors > 0), 2) < 2:
        return
    result = csi.score_nps(survey(counts(promoters, passives, detractors)), "rec", interval=kind)
    value = result.table().uncertainty
    lower, upper = value.interval(0.95)
    assert -100 <= lower[0] <= upper[0] <= 100
    p = float(value.p_value()[0])
    if 1e-8 < p < 1 - 1e-8:
        touching = value.interval(1 - p)
        assert min(abs(touching[0][0]), abs(touching[1][0])) < 1e-5
    mirrored = csi.score_nps(survey(counts(detractors, passives, promoters)), "rec", interval=kind).tidy().iloc[0]
    assert (mirrored["lower"], mirrored["upper"]) == pytest.approx((-upper[0], -lower[0]), abs=1e-6)


@pytest.mark.parametrize("shares", [(0.5, 0.2), (0.15, 0.55), (0.85, 0.05)])
@pytest.mark.parametrize("kind", ["adjusted", "wald", "score_test"])
def test_intervals_cover_at_250(shares, kind):
    """METHODS R2: 93 to 97 % at n = 250; 2,000 samples."""
    rng = np.random.default_rng(7)
    p, d = shares
    drawn = rng.multinomial(250, [p, 1 - p - d, d], 2000) / 250
    lower, upper = net_limits(kind, drawn[:, 0], drawn[:, 2], np.full(2000, 250.0), Z)
    covered = np.mean((lower <= p - d) & (p - d <= upper))
    assert 0.93 <= covered <= 0.97


def test_the_bootstrap_agrees_with_the_linearised_error():
    answers = survey(counts(90, 60, 50))
    linear, drawn = (
        row(csi.score_nps(answers, "rec", **how)) for how in ({}, {"inference": "bootstrap", "n_boot": 2000})
    )
    assert drawn["std_error"] == pytest.approx(linear["std_error"], rel=0.06)
    assert (drawn["lower"], drawn["upper"]) == pytest.approx((linear["lower"], linear["upper"]), abs=1.5)
    assert csi.score_nps(answers, "rec", inference="none").tidy()["std_error"].isna().all()


def test_a_weighted_score_has_the_effective_number():
    """Weights 1 and 3: by hand, p = 3/6 ..., error from the influence; the adjusted interval uses its effective n."""
    text = "{roles: {weight: w}, scales: {eleven: {lo: 0, hi: 10}}, items: {rec: {scale: eleven}}}"
    w, signs = np.array([3, 1, 1, 1, 2, 2.0]), np.array([1, 1, 0, -1, -1, 0])
    answers = csi.Survey.from_frame({"rec": [10, 9, 8, 1, 6, 7], "w": w}, book(text))
    found = row(csi.score_nps(answers, "rec"))
    mean = (w * signs).sum() / w.sum()
    variance = (w**2 * (signs - mean) ** 2).sum() / w.sum() ** 2
    assert found["estimate"] == pytest.approx(100 * mean)
    assert found["std_error"] == pytest.approx(100 * np.sqrt(variance))
    from scipy.stats import t

    p, d = 4 / 10, 3 / 10
    centre, error = adjusted_parts(p, d, net_variance(p, d) / variance)
    reach = t.ppf(0.975, 5) * error
    assert (found["lower"], found["upper"]) == pytest.approx((100 * (centre - reach), 100 * (centre + reach)))


def test_a_design_with_weights_strata_and_interviewers_against_r():
    """R survey on the mobile sample (tests/golden/survey_mobile.R): mean of +1, 0, -1 and its error, by domain too."""
    golden = json.loads((Path(__file__).parent / "golden" / "survey_mobile.json").read_text(encoding="utf-8"))
    at, mobile = golden["items"].index("net"), csi.load_sample("mobile")
    whole = row(csi.score_nps(mobile, "recommend"))
    assert whole["estimate"] == pytest.approx(100 * golden["means"]["estimate"][at], abs=1e-8)
    assert whole["std_error"] == pytest.approx(100 * golden["means"]["std_error"][at], abs=1e-8)
    groups = csi.score_nps(mobile, "recommend", by="operator").tidy()
    np.testing.assert_allclose(groups["estimate"], 100 * np.array(golden["by_operator"]["estimate"][at]), atol=1e-8)
    np.testing.assert_allclose(groups["std_error"], 100 * np.array(golden["by_operator"]["std_error"][at]), atol=1e-8)
    happy = csi.score_rate(mobile, "sat_overall", satisfied=8).tidy().iloc[0]
    at = golden["items"].index("happy")
    assert happy["estimate"] == pytest.approx(golden["means"]["estimate"][at], abs=1e-10)
    assert happy["std_error"] == pytest.approx(golden["means"]["std_error"][at], abs=1e-10)


# -- the same customers twice ----------------------------------------------------------------------------------------


def panel() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(3)
    before = rng.integers(0, 11, 80)
    after = np.clip(before + rng.integers(-2, 5, 80), 0, 10)
    return before, after


def signs(ratings: np.ndarray) -> np.ndarray:
    return (ratings >= 9).astype(int) - (ratings <= 6)


def test_pairs_side_by_side_by_hand():
    before, after = panel()
    text = "{scales: {eleven: {lo: 0, hi: 10}}, items: {b: {scale: eleven}, a: {scale: eleven}}}"
    answers = csi.Survey.from_frame({"b": [*before, None, 9], "a": [*after, 5, None]}, book(text))
    result = csi.compare_nps(answers, ["b", "a"])
    found, d = row(result), signs(after) - signs(before)
    assert found[["item", "other_item"]].tolist() == ["a", "b"]
    assert found["estimate"] == pytest.approx(100 * d.mean())
    assert found["n"] == 80
    assert found["std_error"] == pytest.approx(100 * np.sqrt(d.var() / 80), rel=1e-2)  # two rows more in the design
    apart = np.sqrt((signs(after).var() + signs(before).var()) / 80) * 100
    assert found["std_error"] < 0.8 * apart
    assert any("80 of 82" in str(note) for note in result.notes)


def test_waves_of_a_panel_are_compared_within_respondents():
    before, after = panel()
    text = "{roles: {respondent: id, wave: wave}, scales: {eleven: {lo: 0, hi: 10}}, items: {rec: {scale: eleven}}}"
    frame = {"rec": [*before, *after], "wave": ["1"] * 80 + ["2"] * 80, "id": [*range(80), *range(80)]}
    answers = csi.Survey.from_frame(frame, book(text))
    result = csi.compare_nps(answers, "rec", by="wave")
    d = signs(after) - signs(before)
    found = row(result)
    assert found["estimate"] == pytest.approx(100 * d.mean())
    assert found["std_error"] == pytest.approx(100 * np.sqrt(d.var() / 80))
    assert any("80 respondents" in str(note) and "160" in str(note) for note in result.notes)
    apart = csi.Survey.from_frame({**frame, "id": range(160)}, book(text))
    assert row(csi.compare_nps(apart, "rec", by="wave"))["std_error"] > 1.2 * found["std_error"]


def test_a_private_respondent_number_pairs_without_being_shown():
    before, after = panel()
    roles = "{respondent: phone, private: [phone]}"
    text = f"{{roles: {roles}, scales: {{eleven: {{lo: 0, hi: 10}}}}, items: {{rec: {{scale: eleven}}}}}}"
    phones = [f"139{i:08d}" for i in range(80)]
    answers = csi.Survey.from_frame(
        {"rec": [*before, *after], "wave": ["1"] * 80 + ["2"] * 80, "phone": phones * 2}, book(text)
    )
    result = csi.compare_nps(answers, "rec", by="wave")
    d = signs(after) - signs(before)
    assert row(result)["std_error"] == pytest.approx(100 * np.sqrt(d.var() / 80))
    assert "139" not in repr(result)


# -- scales and bad calls --------------------------------------------------------------------------------------------


def test_one_to_ten_warns_and_other_scales_need_breaks():
    tiny = csi.load_sample("tiny")
    assert any("1-10" in str(note) for note in csi.score_nps(tiny, "l1").notes)
    text = "{scales: {five: {lo: 1, hi: 5}}, items: {q: {scale: five}}}"
    five = csi.Survey.from_frame({"q": [5, 4, 3, 2, 1, 5]}, book(text))
    assert row(csi.score_nps(five, "q", breaks=(3, 5)))["estimate"] == pytest.approx(100 * (2 - 3) / 6)
    assert not any("1-10" in str(note) for note in csi.score_nps(survey([0, 10, 7]), "rec").notes)


HALF = "{scales: {any: {lo: 0, hi: 10, step: 0}}, items: {rec: {scale: any}}}"
FIVE = "{scales: {five: {lo: 1, hi: 5}}, items: {q: {scale: five}}}"


def five() -> csi.Survey:
    return csi.Survey.from_frame({"q": [5, 4, 3]}, book(FIVE))


BAD = {
    "not whole": (lambda: csi.score_nps(csi.Survey.from_frame({"rec": [9, 8.5]}, book(HALF)), "rec"), "rec", "8.5"),
    "scale without breaks": (lambda: csi.score_nps(five(), "q"), "q", "1-5", "breaks="),
    "breaks outside": (lambda: csi.score_nps(five(), "q", breaks=(6, 9)), "(6, 9)", "1-5"),
    "breaks upside down": (lambda: csi.score_nps(five(), "q", breaks=(4, 2)), "(4, 2)", "1-5"),
    "breaks of one": (lambda: csi.score_nps(five(), "q", breaks=4), "4", "1-5"),
    "unknown interval": (lambda: csi.score_nps(survey([1, 9]), "rec", interval="wilson"), "wilson", "adjusted"),
    "interval needs linearised": (
        lambda: csi.score_nps(survey([1, 9]), "rec", interval="wald", inference="bootstrap"), "wald", "bootstrap",
    ),
    "one item alone": (lambda: csi.compare_nps(survey([1, 9]), "rec"), "rec", "by="),
    "two items by group": (lambda: csi.compare_nps(csi.load_sample("tiny"), ["s1", "l1"], by="q1"), "s1", "l1", "by="),
    "one group": (lambda: csi.compare_nps(survey([1, 9, 8], shop=["a"] * 3), "rec", by="shop"), "rec", "by="),
    "no group is large": (lambda: csi.score_nps(survey([1, 9], shop=["a", "b"]), "rec", by="shop"), "shop", "a (1)"),
    "percentile without draws": (lambda: csi.score_nps(survey([1, 9]), "rec", interval="percentile"), "percentile"),
}  # fmt: skip


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", list(BAD))
def test_bad_calls_say_what_is_wrong(name, language):
    call, *words = BAD[name]
    with csi.use_language(language):
        with pytest.raises(csi.CsiError) as caught:
            call()
        said = str(caught.value)
    assert [word for word in words if word not in said] == [], said
