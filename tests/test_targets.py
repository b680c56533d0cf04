"""Targets and equivalence: against R, by hand, and p-values that invert the limits shown."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import t as student

import csi
from csi.data.codebook import Codebook

GOLDEN = json.loads((Path(__file__).parent / "golden" / "targets.json").read_text(encoding="utf-8"))
SIDES = {"greater": "greater", "less": "less", "two.sided": "two_sided"}
BOOK = "{scales: {five: {lo: 1, hi: 5}}, items: {q: {scale: five}}}"
NEAR = 1e-9


def rated(good: int, n: int, **columns: object) -> csi.Survey:
    return csi.Survey.from_frame({"q": [5] * good + [2] * (n - good)} | columns, Codebook.from_yaml(BOOK), name="shop")


def label(case: dict) -> str:
    return f"{case['count']}-{case['n']}-{case['test']}-{case['alternative']}"


@pytest.mark.parametrize("case", GOLDEN["shares"], ids=label)
@pytest.mark.parametrize("way", ["counts", "survey"])
def test_shares_against_r(case, way):
    """binom.test, prop.test(correct = FALSE); R's two-sided exact p adds all rarer counts, ours doubles a tail."""
    source = (case["count"], case["n"])
    if way == "survey":
        source = csi.score_rate(rated(*source), "q", satisfied=4)
    side = SIDES[case["alternative"]]
    method = "exact" if case["test"] == "exact" else None
    found = csi.compare_target(source, case["target"], alternative=side, method=method).tidy().iloc[0]
    assert found["estimate"] == pytest.approx(case["count"] / case["n"] - case["target"])
    assert found["lower"] + case["target"] == pytest.approx(case["lower"], abs=NEAR)
    assert found["upper"] + case["target"] == pytest.approx(case["upper"], abs=NEAR)
    if not (case["test"] == "exact" and side == "two_sided"):
        assert found["p_value"] == pytest.approx(case["p"], abs=NEAR)


def test_the_two_sided_exact_p_doubles_the_smaller_tail():
    one = [row["p"] for row in GOLDEN["shares"] if (row["count"], row["test"]) == (186, "exact")][:2]
    found = csi.compare_target((186, 200), 0.9, alternative="two_sided", method="exact").tidy()["p_value"][0]
    assert found == pytest.approx(2 * min(one))


@pytest.mark.parametrize("row", GOLDEN["mean"]["rows"], ids=lambda row: row["alternative"])
def test_a_mean_against_r(row):
    means = csi.score_mean(csi.load_sample("tiny"), "s1", method="rating", interval="t")
    found = csi.compare_target(means, 6, alternative=SIDES[row["alternative"]]).tidy().iloc[0]
    assert found["p_value"] == pytest.approx(row["p"], abs=NEAR)
    assert found["lower"] + 6 == (pytest.approx(row["lower"], abs=NEAR) if row["lower"] is not None else -np.inf)
    assert found["upper"] + 6 == (pytest.approx(row["upper"], abs=NEAR) if row["upper"] is not None else np.inf)


def sources() -> dict[str, tuple[csi.Result, float]]:
    mobile, tiny = csi.load_sample("mobile"), csi.load_sample("tiny")
    draws = {"inference": "bootstrap", "n_boot": 400}
    return {
        "share": (csi.score_rate(rated(50, 70), "q", satisfied=4), 0.65),
        "share of a design": (csi.score_rate(mobile, "recommend", satisfied=8, by="operator"), 0.55),
        "share by bootstrap": (csi.score_rate(rated(50, 70), "q", satisfied=4, **draws), 0.65),
        "nps": (csi.score_nps(tiny, ["s1", "l1"]), -20.0),
        "score test": (csi.score_nps(tiny, "l1", interval="score_test"), 10.0),
        "difference": (csi.compare_nps(mobile, "recommend", by="operator"), -10.0),
        "mean": (csi.score_mean(mobile, "recommend", by="region"), 70.0),
        "composite": (csi.score_composite(tiny, "UKCSI", ["s1", "s2"]), 60.0),
    }


@pytest.mark.parametrize("side", ["greater", "less", "two_sided"])
@pytest.mark.parametrize("name", list(sources()))
def test_the_limit_touches_the_target_at_one_minus_p(name, side):
    source, target = sources()[name]
    result = csi.compare_target(source, target, alternative=side)
    p_values = result.tidy()["p_value"].to_numpy()
    width = float(result.tidy()["std_error"].max())
    for i, p in enumerate(p_values):
        if not 1e-6 < p < 1 - 1e-6:
            continue
        touching = result.tidy(level=1 - p).iloc[i]
        nearest = min(abs(touching["lower"]), abs(touching["upper"]))
        assert nearest < 0.02 * width, (i, p)


def test_open_ends_are_the_ends_of_the_scale():
    share = csi.compare_target((50, 70), 0.65).tidy().iloc[0]
    assert share["upper"] + 0.65 == pytest.approx(1)
    nps = csi.compare_target(csi.score_nps(csi.load_sample("tiny"), "l1"), 0, alternative="less").tidy().iloc[0]
    assert nps["lower"] == -100
    assert csi.compare_target((50, 70), 0.65, alternative="less").tidy()["lower"][0] == pytest.approx(-0.65)


def test_a_rate_above_the_target_is_not_yet_a_target_reached():
    """93 % of 200 is above 90 % and not beyond chance; 93 % of 2,000 is."""
    few, many = csi.compare_target((186, 200), 0.9), csi.compare_target((1860, 2000), 0.9)
    assert not few.check()["ok"][0]
    assert "Not shown" in few.check()["meaning"][0]
    assert many.check()["ok"][0]
    assert few.tidy()["lower"][0] < 0 < many.tidy()["lower"][0]


def test_a_clustered_design_is_honoured():
    """Ten shops all good or all bad: ten units, not two hundred respondents."""
    book = Codebook.from_yaml("{roles: {cluster: shop}, scales: {five: {lo: 1, hi: 5}}, items: {q: {scale: five}}}")
    ratings = [5] * 160 + [2] * 40
    shops = np.repeat(np.arange(10), 20)
    rate = csi.score_rate(csi.Survey.from_frame({"q": ratings, "shop": shops}, book), "q", satisfied=4)
    clustered = csi.compare_target(rate, 0.7).tidy()["p_value"][0]
    variance = 10 / 9 * 10 * 0.8 * 0.2 / 100  # of a mean of ten zeros and ones
    z = 0.1 / np.sqrt(0.7 * 0.3 / (0.8 * 0.2 / variance))
    assert clustered == pytest.approx(student.sf(z, 9))
    assert csi.compare_target((160, 200), 0.7).tidy()["p_value"][0] < 0.01 < clustered
    with pytest.raises(csi.OptionError, match="simple random sample"):
        csi.compare_target(rate, 0.7, method="exact")


def test_an_estimate_and_walds_way():
    value = csi.Estimate(74.2, 1.5, 0.95, 71.2, 77.2, 300)
    found = csi.compare_target(value, 72).tidy().iloc[0]
    from scipy.stats import norm

    assert found["p_value"] == pytest.approx(norm.sf(2.2 / 1.5))
    wald = csi.compare_target((180, 200), 0.85, method="wald").tidy().iloc[0]
    assert wald["p_value"] == pytest.approx(norm.sf(0.05 / np.sqrt(0.9 * 0.1 / 200)))
    same = csi.compare_target(csi.score_rate(rated(180, 200), "q", satisfied=4), 0.85, method="wald").tidy().iloc[0]
    assert same["p_value"] == pytest.approx(wald["p_value"])


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 60), st.integers(0, 60), st.floats(0.05, 0.95), st.sampled_from([None, "exact"]))
def test_the_two_sides_of_a_share_mirror_each_other(hits, rest, target, method):
    n = hits + rest
    above = csi.compare_target((hits, n), target, method=method).tidy().iloc[0]
    below = csi.compare_target((rest, n), 1 - target, alternative="less", method=method).tidy().iloc[0]
    assert above["p_value"] == pytest.approx(below["p_value"], abs=1e-9)
    assert above["lower"] == pytest.approx(-below["upper"], abs=1e-9)


def hall() -> csi.Result:
    frame = {"rating": [5] * 180 + [1] * 20, "replied": [None] * 180 + [1] * 15 + [0] * 5}
    book = Codebook.from_yaml("{scales: {five: {lo: 1, hi: 5}}, items: {rating: {scale: five}}}")
    return csi.score_public_service(csi.Survey.from_frame(frame, book, name="hall"))


def test_chosen_rows_are_tested_as_if_they_stood_alone():
    found = csi.compare_target(hall(), 0.85, rows={"term": ["good_rate", "reply_rate"]}).tidy().set_index("term")
    assert list(found.index) == ["good_rate", "reply_rate"]
    assert found.loc["good_rate", "p_value"] == pytest.approx(csi.compare_target((180, 200), 0.85).tidy()["p_value"][0])
    assert found.loc["reply_rate", "p_value"] == pytest.approx(csi.compare_target((15, 20), 0.85).tidy()["p_value"][0])
    assert found["n"].tolist() == [200, 20]


@pytest.mark.parametrize("name", ["share by bootstrap", "nps", "difference", "composite"])
def test_a_chosen_row_keeps_its_uncertainty(name):
    source, target = sources()[name]
    every = csi.compare_target(source, target).tidy()
    key = every.columns[0]
    last = csi.compare_target(source, target, rows={key: every[key].iloc[-1]}).tidy().iloc[-1]
    assert last.to_dict() == pytest.approx(every.iloc[-1].to_dict(), nan_ok=True)


# -- equivalence -----------------------------------------------------------------------------------------------------


def halves(interval: str | None = None) -> csi.Result:
    rng = np.random.default_rng(2)
    frame = {"q": rng.integers(1, 6, 400), "half": ["a", "b"] * 200}
    survey = csi.Survey.from_frame(frame, Codebook.from_yaml(BOOK))
    return csi.score_mean(survey, "q", method="rating", by="half", interval=interval)


def test_two_one_sided_tests_by_hand():
    means = halves("t")
    a, b = means.tidy()["estimate"]
    difference = csi.Result.contrast(means, {("b", "q"): 1, ("a", "q"): -1})
    error, margin = difference.std_error, 0.4
    found = csi.compare_equivalence(means, margin).tidy().iloc[0]
    assert found["estimate"] == pytest.approx(b - a)
    p = max(student.sf((b - a + margin) / error, 399), student.sf((margin - (b - a)) / error, 399))
    assert found["p_value"] == pytest.approx(p)
    reach = student.ppf(0.95, 399) * error
    assert (found["lower"], found["upper"]) == pytest.approx((b - a - reach, b - a + reach))


@pytest.mark.parametrize(("margin", "level"), list(product([0.05, 0.2, 0.3, 0.6], [0.8, 0.9, 0.95])))
def test_equivalent_exactly_where_the_interval_is_inside(margin, level):
    found = csi.compare_equivalence(halves(), margin).tidy(level=level).iloc[0]
    inside = -margin < found["lower"] and found["upper"] < margin
    assert inside == (found["p_value"] < 1 - level)


def test_equivalence_with_a_target_and_uneven_limits():
    rate = csi.score_rate(rated(900, 1000), "q", satisfied=4)
    wide, narrow = csi.compare_equivalence(rate, 0.03, target=0.9), csi.compare_equivalence(rate, 0.005, target=0.9)
    assert wide.check()["ok"][0]
    assert not narrow.check()["ok"][0]
    uneven = csi.compare_equivalence(halves(), (-0.1, 1.0)).tidy()["p_value"][0]
    assert uneven >= csi.compare_equivalence(halves(), (-0.3, 1.0)).tidy()["p_value"][0]


def test_not_significant_is_not_equivalent():
    answers = csi.Survey.from_frame({"q": [1, 5, 4, 2, 5, 1], "half": ["a", "b"] * 3}, Codebook.from_yaml(BOOK))
    means = csi.score_mean(answers, "q", method="rating", by="half")
    assert means.contrast({("a", "q"): 1, ("b", "q"): -1}).p_value > 0.5
    assert csi.compare_equivalence(means, 0.5).tidy()["p_value"][0] > 0.3


# -- bad calls -------------------------------------------------------------------------------------------------------


def rate() -> csi.Result:
    return csi.score_rate(rated(9, 12), "q", satisfied=4)


BAD = {
    "a row that is not there": (lambda: csi.compare_target(hall(), 0.9, rows={"term": "best"}), "best", "good_rate"),
    "a key that is not there": (lambda: csi.compare_target(hall(), 0.9, rows={"item": "best"}), "item", "term"),
    "no row asked for": (
        lambda: csi.compare_target(
            csi.score_top_box(csi.load_sample("tiny"), ["s1", "s2"]), 0.5, rows={"item": "s1", "kind": []}
        ),
        "boxes", "net_box",
    ),
    "no row left": (
        lambda: csi.compare_target(
            csi.score_kpi(csi.load_sample("tiny"), recommend="l1", repurchase="s1"), 0.5,
            rows={"term": "recommend_share", "item": "s1"},
        ),
        "kpi", "recommend_share",
    ),
    "points and shares at once": (
        lambda: csi.compare_target(
            csi.score_kpi(csi.load_sample("tiny"), satisfaction="s1", recommend="l1"), 0.9
        ),
        "kpi", "rows=", "recommend_share",
    ),
    "target in per cent": (lambda: csi.compare_target(rate(), 90), "90", "0.9"),
    "target of a share outside": (lambda: csi.compare_target((9, 12), 1.0), "1.0", "0.9"),
    "target of an index outside": (
        lambda: csi.compare_target(csi.score_composite(csi.load_sample("tiny"), "UKCSI", "s1"), 120), "120", "100",
    ),
    "target of nps outside": (
        lambda: csi.compare_target(csi.score_nps(csi.load_sample("tiny"), "l1"), -101), "-101", "-100",
    ),
    "target is no number": (lambda: csi.compare_target(rate(), "90%"), "90%", "0.9"),
    "target is nan": (lambda: csi.compare_target(rate(), float("nan")), "nan"),
    "unknown side": (lambda: csi.compare_target(rate(), 0.9, alternative="above"), "above", "greater"),
    "unknown method": (lambda: csi.compare_target(rate(), 0.9, method="t"), "exact", "wilson"),
    "unknown table": (lambda: csi.compare_target(rate(), 0.9, table="index"), "index", "rate"),
    "method of shares for a mean": (
        lambda: csi.compare_target(csi.score_mean(csi.load_sample("tiny"), "s1"), 60, method="exact"), "exact",
    ),
    "exact after a bootstrap": (
        lambda: csi.compare_target(
            csi.score_rate(rated(9, 12), "q", satisfied=4, inference="bootstrap", n_boot=50), 0.9, method="exact"
        ),
        "exact",
    ),
    "no errors": (
        lambda: csi.compare_target(csi.score_rate(rated(9, 12), "q", satisfied=4, inference="none"), 0.9), "inference=",
    ),
    "a count above n": (lambda: csi.compare_target((13, 12), 0.9), "13", "12"),
    "half a count": (lambda: csi.compare_target((1.5, 12), 0.9), "1.5"),
    "a survey": (lambda: csi.compare_target(rated(9, 12), 0.9), "Survey", "Result"),
    "no margin": (lambda: csi.compare_equivalence(rate(), 0), "margin=0"),
    "margin on one side": (lambda: csi.compare_equivalence(rate(), (0.1, 0.2)), "(0.1, 0.2)"),
    "no groups": (lambda: csi.compare_equivalence(rate(), 0.1), "rate", "by="),
    "target of equivalence outside": (lambda: csi.compare_equivalence(rate(), 0.1, target=90), "90", "0.9"),
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
