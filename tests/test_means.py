"""What all measures have in common: functions of means, their intervals, groups, bootstrap, and what fails."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import csi
from csi.errors import CsiError
from csi.estimation.measured import Choice, Measure, Sheet, measure
from csi.inference.calibration import Calibration
from csi.inference.design import Design
from csi.inference.intervals import acceleration
from csi.inference.means import Sample, accelerations, estimates, linearise, resample, slopes
from csi.language import note
from csi.results import Block

NAN = float("nan")


def survey_of(columns: np.ndarray, **others) -> csi.Survey:
    columns = np.asarray(columns, dtype=float)
    names = [f"q{k + 1}" for k in range(columns.shape[1])]
    roles = {name: name for name in others if name in ("weight", "strata", "cluster", "population")}
    book = csi.Codebook({name: csi.Item(name, csi.Scale(0, 10, step=0)) for name in names}, **roles)
    return csi.Survey.from_frame(pd.DataFrame(dict(zip(names, columns.T, strict=True)) | others), book, name="typed")


def shares(survey: csi.Survey, by=None, need: int = 2, **choice) -> csi.Result:
    """Shares of ones in every item, as a measure of rates makes them."""
    names = survey.items
    sheet = Sheet(("item",), (Block("share", [(name,) for name in names]),), 3)
    question = Measure(
        "score_items", note("title_items_mean", data=survey.name, n=len(survey)), survey.matrix(names),
        lambda part, whole: {"share": part.mean}, {"share": sheet}, scales={"share": "share"},
        counted={"share": list(range(len(names)))}, need=need, names=names,
    )  # fmt: skip
    return measure(question, survey, by=by, choice=Choice(**choice))


def ones(count: int, n: int) -> np.ndarray:
    return (np.arange(n) < count).astype(float)[:, None]


# Wilson


@pytest.mark.parametrize(
    ("count", "n", "lower", "upper"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_as_newcombe_prints_it(count, n, lower, upper):
    row = shares(survey_of(ones(count, n))).tidy().iloc[0]
    assert (round(row["lower"], 4), round(row["upper"], 4)) == (lower, upper)
    mirrored = shares(survey_of(1 - ones(count, n))).tidy().iloc[0]  # derivatives are numeric: ten digits
    assert mirrored["lower"] == pytest.approx(1 - row["upper"], abs=1e-10)
    assert mirrored["upper"] == pytest.approx(1 - row["lower"], abs=1e-10)


def test_wilson_of_groups_counts_the_group():
    """81 of 263 in one group, 15 of 148 in the other: each has its own printed interval."""
    columns = np.vstack([ones(81, 263), ones(15, 148)])
    result = shares(survey_of(columns, place=["a"] * 263 + ["b"] * 148), by="place").tidy()
    np.testing.assert_allclose(result["lower"], [0.2553, 0.0624], atol=5e-5)
    np.testing.assert_allclose(result["upper"], [0.3662, 0.1605], atol=5e-5)


def test_wilson_with_weights_uses_what_they_leave():
    """n_eff = p (1 - p) / v and t with the design's degrees of freedom."""
    w, y = np.array([1.0, 1, 1, 2, 2, 3, 1, 1]), np.array([1.0, 0, 1, 1, 0, 1, 0, 1])
    row = shares(survey_of(y[:, None], weight=w)).tidy().iloc[0]
    p = (w * y).sum() / w.sum()
    v = 8 / 7 * ((w * (y - p) / w.sum()) ** 2).sum()
    n, t2 = p * (1 - p) / (v * 7 / 8), 2.3646242515928**2  # 7 degrees of freedom
    reach = np.sqrt(t2 * (p * (1 - p) / n + t2 / (4 * n * n)))
    assert row["std_error"] == pytest.approx(np.sqrt(v))
    assert row["lower"] == pytest.approx((p + t2 / (2 * n) - reach) / (1 + t2 / n))
    assert row["upper"] == pytest.approx((p + t2 / (2 * n) + reach) / (1 + t2 / n))


@pytest.mark.parametrize("interval", [None, "bca", "percentile", "t"])
@pytest.mark.parametrize("value", [0.0, 1.0])
def test_a_share_of_0_or_1_is_not_sure(value, interval):
    """No replicate differs from it, and still others may have answered otherwise."""
    survey = survey_of(np.full((20, 1), value))
    row = shares(survey, inference="bootstrap", interval=interval, n_boot=50).tidy().iloc[0]
    assert row["std_error"] == 0
    inner = row["upper"] if value == 0 else 1 - row["lower"]
    assert (row["lower"] if value == 0 else 1 - row["upper"]) == 0
    z2 = 1.959963985**2
    assert inner == pytest.approx(z2 / (20 + z2), rel=1e-6)


def test_a_census_and_raked_shares_are_sure():
    y = ones(3, 8)
    row = shares(survey_of(y, population=np.full(8, 8.0))).tidy().iloc[0]
    assert row["lower"] == row["upper"] == row["estimate"] == 3 / 8
    all_of_them = shares(survey_of(np.ones((8, 1)), population=np.full(8, 8.0))).tidy().iloc[0]
    assert all_of_them["lower"] == all_of_them["upper"] == 1
    survey = survey_of(y)
    calibration = Calibration(np.ones(8), (y[:, 0].astype(int),), (np.array([0.5, 0.5]),))
    raked = survey.with_weight(calibration.raked(np.ones(8)), "w", calibration)
    row = shares(raked).tidy().iloc[0]
    np.testing.assert_allclose(row[["estimate", "lower", "upper"]].astype(float), 0.5, atol=1e-9)


def test_strata_of_one_mind_are_not_sure():
    """No variance within strata, yet four of eight respondents are few: the interval is that of the count."""
    survey = survey_of(ones(4, 8), strata=np.repeat([0, 1], 4))
    row = shares(survey).tidy().iloc[0]
    assert row["std_error"] == 0
    assert row["lower"] < 0.3 < 0.7 < row["upper"]


# functions of means


def test_derivatives_are_those_of_calculus():
    columns = np.array([[2.0, 5.0], [4.0, 1.0], [9.0, NAN], [1.0, 6.0]])
    sample = Sample(columns, Design(4))

    def evaluate(part, whole):
        a, b = part.mean
        return {"ratio": (a / b)[None], "product": (a * b)[None], "log": np.log(part.mean)}

    a, b = 4.0, 4.0
    (found,) = slopes(sample, evaluate)
    np.testing.assert_allclose(found.domain["ratio"], [[1 / b, -a / b**2]], rtol=1e-9)
    np.testing.assert_allclose(found.domain["product"], [[b, a]], rtol=1e-9)
    np.testing.assert_allclose(found.domain["log"], np.diag([1 / a, 1 / b]), rtol=1e-8, atol=1e-9)
    assert found.whole == {}


def test_a_group_against_the_whole_has_both_influences():
    """Difference of a group's mean and the mean of all: influence by hand, those of no group among the whole."""
    y = np.array([2.0, 5, 9, 4, 7, 1])
    codes = np.array([0, 0, 1, 1, 1, -1])
    w = np.array([1.0, 2, 1, 1, 3, 2])
    sample = Sample(y[:, None], Design(6, w), codes, ("a", "b"))

    def evaluate(part, whole):
        return {"gap": part.mean - whole.mean}

    all_of_them = np.average(y, weights=w)
    u = np.zeros((2, 6))
    for g in (0, 1):
        inside = codes == g
        mean = np.average(y[inside], weights=w[inside])
        assert estimates(sample, evaluate)["gap"][g] == pytest.approx(mean - all_of_them)
        u[g, inside] = w[inside] * (y[inside] - mean) / w[inside].sum()
        u[g] -= w * (y - all_of_them) / w.sum()
    np.testing.assert_allclose(linearise(sample, evaluate).cov, 6 / 5 * u @ u.T, rtol=1e-8)
    draws = resample(sample, evaluate, n_boot=20, seed=1)["gap"]
    assert draws.shape == (2, 20)


def test_means_know_how_many_stand_behind_them():
    columns = np.array([[1.0, NAN], [2.0, 3.0], [3.0, 3.0], [4.0, NAN]])
    seen = {}

    def evaluate(part, whole):
        seen["part"], seen["whole"] = part.count, whole.count
        return {"mean": part.mean}

    sample = Sample(columns, Design(4, [1.0, 1, 2, 0]), np.array([0, 0, 1, 1]), ("a", "b"))
    estimates(sample, evaluate)
    np.testing.assert_array_equal(seen["part"], [[1], [1]])  # the group evaluated last
    np.testing.assert_array_equal(seen["whole"], [[3], [2]])
    linearise(sample, evaluate)
    resample(sample, evaluate, n_boot=20, seed=1)
    np.testing.assert_array_equal(seen["whole"], [[3], [2]])


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=20, deadline=None)
def test_accelerations_are_those_of_the_jackknife(seed):
    """For a mean they are equal; for a ratio the influence function and leaving one out agree as n grows."""
    rng = np.random.default_rng(seed)
    n = 150
    columns = np.stack([rng.exponential(3, n), rng.uniform(4, 9, n)], axis=1)

    def evaluate(part, whole):
        return {"mean": part.mean, "ratio": part.mean[:1] / part.mean[1:]}

    found = accelerations(Sample(columns, Design(n)), evaluate)
    sums = columns.sum(axis=0)
    left = (sums[:, None] - columns.T) / (n - 1)
    np.testing.assert_allclose(found["mean"], acceleration(left), rtol=1e-9)
    np.testing.assert_allclose(found["ratio"], acceleration(left[:1] / left[1:]), rtol=0.1, atol=2e-3)


def test_accelerations_in_groups_are_those_of_the_group():
    rng = np.random.default_rng(5)
    y, codes = rng.exponential(3, 40), np.arange(40) % 2
    found = accelerations(Sample(y[:, None], Design(40), codes, ("a", "b")), lambda part, whole: {"m": part.mean})["m"]
    for g in (0, 1):
        u = y[codes == g] - y[codes == g].mean()
        assert found[g] == pytest.approx((u**3).sum() / (6 * (u**2).sum() ** 1.5))


# groups, notes, failures


def test_a_small_group_fails_alone():
    """A group of two is in no replicate now and then; the errors of the others are as without it."""
    rng = np.random.default_rng(2)
    y = rng.integers(0, 2, (40, 1)).astype(float)
    place = np.array(["big"] * 38 + ["few"] * 2)
    y[38:, 0] = [0, 1]
    with_few = shares(survey_of(y, place=place), by="place", inference="bootstrap", n_boot=400)
    without = survey_of(y, place=np.where(place == "big", place, None))
    alone = shares(without, by="place", inference="bootstrap", n_boot=400)
    np.testing.assert_array_equal(
        with_few.tidy().iloc[0][["std_error", "lower", "upper"]].astype(float),
        alone.tidy().iloc[0][["std_error", "lower", "upper"]].astype(float),
    )
    failed = with_few.glance()["n_failed"][0]
    assert 0.05 * 400 < failed < 0.25 * 400  # e^-2 is .135
    assert not with_few.check().set_index("check").loc["replicates", "ok"]
    assert alone.glance()["n_failed"][0] == 0
    assert np.isfinite(with_few.covariance().to_numpy()).all()
    own = with_few.contrast({("big", "q1"): 1})
    assert own.std_error == pytest.approx(alone.tidy()["std_error"][0])


def test_groups_too_small_are_named_and_those_without_a_group_counted():
    y = np.arange(8.0)[:, None] % 3
    survey = survey_of(y, place=["a", "a", "a", "b", "c", "c", None, "c"])
    result = csi.score_items(survey, by="place")
    assert result.tidy()["group"].tolist() == ["a", "c"]
    codes = {one.code: one for one in result.notes}
    assert codes["groups_left_out"].values["groups"] == ["b (1)"]
    assert codes["without_group"].values["count"] == 1


def test_notes_say_what_the_errors_are():
    survey = survey_of(np.arange(8.0)[:, None], strata=[0] * 4 + [1] * 4, cluster=[0, 0, 1, 1] * 2)
    said = {one.code: one.values for one in csi.score_items(survey).notes}
    assert said["linearised_design"] == {"units": 4, "strata": 2}
    assert "bootstrap_design" in {one.code for one in csi.score_items(survey, inference="bootstrap", n_boot=50).notes}
    assert "no_inference" in {one.code for one in csi.score_items(survey, inference="none").notes}
    gaps = survey_of([[1.0, NAN], [2.0, 3.0], [3.0, 4.0]])
    said = {one.code: one.values for one in csi.score_items(gaps).notes}
    assert said["answered_only"] == {"least": 2, "most": 3, "n": 3}


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    ("code", "call", "word"),
    [
        ("not_a_survey", lambda s: csi.score_items([1, 2]), "list"),
        ("unknown_option", lambda s: csi.score_items(s, statistic="median"), "quantile"),
        ("unknown_option", lambda s: csi.score_items(s, inference="normal"), "linearised"),
        ("unknown_option", lambda s: csi.score_items(s, interval="wald"), "percentile"),
        ("percentile_needs_draws", lambda s: csi.score_items(s, interval="percentile"), "percentile"),
        ("bca_not_quantiles", lambda s: csi.score_items(s, statistic="quantile", interval="bca"), "bca"),
        ("bad_probs", lambda s: csi.score_items(s, statistic="quantile", probs=[0.5, 50]), "50"),
        ("bad_probs", lambda s: csi.score_items(s, statistic="quantile", probs=[]), "0.5"),
        ("bad_probs", lambda s: csi.score_items(s, statistic="quantile", probs="half"), "half"),
        ("bad_n_boot", lambda s: csi.score_items(s, inference="bootstrap", n_boot=5), "5"),
        ("unknown_items", lambda s: csi.score_items(s, ["q1", "q9"]), "q9"),
        ("no_columns", lambda s: csi.score_items(s, []), "typed"),
        ("all_missing_items", lambda s: csi.score_items(survey_of([[1.0, NAN], [2.0, NAN]])), "q2"),
        ("groups_too_small", lambda s: csi.score_items(s, by="place"), "place"),
        ("unknown_column", lambda s: csi.score_items(s, by="plaice"), "plaice"),
        ("score_needs_scale", lambda s: csi.score_items(bare(), "q1", statistic="score"), "q1"),
    ],
)
def test_calls_that_cannot_be_answered(code, call, word, language):
    survey = survey_of(np.arange(6.0)[:, None], place=list("abcdef"))
    with csi.use_language(language), pytest.raises(CsiError) as caught:
        call(survey)
    assert caught.value.code == code
    assert word in str(caught.value)


def bare() -> csi.Survey:
    book = csi.Codebook({"q1": csi.Item("q1", kind="number")})
    return csi.Survey.from_frame({"q1": [1.0, 2.0, 5.0]}, book, name="bare")


def test_private_items_are_never_named():
    book = csi.Codebook(
        {"q1": csi.Item("q1", csi.Scale(0, 10)), "age": csi.Item("age", csi.Scale(0, 99))}, private=("age",)
    )
    survey = csi.Survey.from_frame({"q1": [1, 5, 6], "age": [30, 40, 50]}, book, name="shop")
    assert csi.score_items(survey).tidy()["item"].tolist() == ["q1"]
    with pytest.raises(CsiError) as caught:
        csi.score_items(survey, ["q1", "age"])
    assert "age" not in str(caught.value)


# items


def test_items_by_hand():
    w = np.array([1.0, 2.0, 1.0, 0.0])
    survey = survey_of([[2.0], [5.0], [10.0], [1.0]], weight=w)
    mean = csi.score_items(survey).value("q1")
    assert mean.estimate == 5.5
    u = w * (np.array([2.0, 5, 10, 1]) - 5.5) / 4
    assert mean.std_error == pytest.approx(np.sqrt(4 / 3 * (u**2).sum()))
    assert mean.n == 3
    score = csi.score_items(survey, statistic="score").value("q1")
    assert score.estimate == pytest.approx(55)
    assert score.std_error == pytest.approx(10 * mean.std_error)
    sd = csi.score_items(survey, statistic="sd").value("q1")
    variance = (1 * 3.5**2 + 2 * 0.5**2 + 4.5**2) / 4 * 3 / 2
    assert sd.estimate == pytest.approx(np.sqrt(variance))
    squares = np.array([3.5, 0.5, 4.5, 0]) ** 2
    u = w * (squares - variance * 2 / 3) / 4 * 3 / 2 / (2 * np.sqrt(variance))
    assert sd.std_error == pytest.approx(np.sqrt(4 / 3 * (u**2).sum()), rel=1e-8)
    assert sd.estimate == pytest.approx(survey.moments().sd[0])
    middle = csi.score_items(survey, statistic="quantile", probs=0.5)
    assert middle.tidy()[["item", "quantile", "estimate"]].values.tolist() == [["q1", "0.5", 5.0]]
    assert csi.score_items(survey, "q1", statistic="score").scores()["q1"].tolist() == [20, 50, 100, 10]


def test_reversed_items_are_turned_round():
    survey = csi.load_sample("mobile")
    asked = survey.answers["quality_wrong"]
    w = survey.answers["weight"]
    expected = 11 - np.average(asked.dropna(), weights=w[asked.notna()])
    assert survey.codebook.items["quality_wrong"].reversed
    assert csi.score_items(survey, "quality_wrong").value("quality_wrong").estimate == pytest.approx(expected)


def test_an_item_all_rate_alike_has_no_spread():
    survey = survey_of(np.full((9, 1), 4.0))
    for statistic in ("sd", "quantile"):
        row = csi.score_items(survey, statistic=statistic, probs=[0.5]).tidy().iloc[0]
        assert row["std_error"] == 0
        assert row["lower"] == row["upper"] == row["estimate"]
    row = csi.score_items(survey).tidy().iloc[0]  # the others may have rated otherwise, between the ends of the scale
    assert row["std_error"] == 0
    (lo,), (hi,) = survey.scale_ends(["q1"])
    assert lo < row["lower"] < row["estimate"] == 4 < row["upper"] < hi


@pytest.mark.parametrize("statistic", ["mean", "score", "sd"])
def test_bootstrap_and_linearised_items_agree(statistic):
    survey = csi.load_sample("mobile")
    names = ["sat_overall", "loyal_price", "complained"]
    linear = csi.score_items(survey, names, statistic=statistic).tidy()
    draws = csi.score_items(survey, names, statistic=statistic, inference="bootstrap", n_boot=3000).tidy()
    np.testing.assert_array_equal(linear["estimate"], draws["estimate"])
    ratio = (draws["std_error"] / linear["std_error"]).to_numpy()
    assert ((ratio > 0.92) & (ratio < 1.08)).all(), ratio


def test_the_check_asks_for_thirty_answers():
    survey = csi.load_sample("tiny")
    (line,) = csi.score_items(survey).checks
    assert (line.check, line.value, line.ok) == ("few_respondents", 12, False)
    lines = csi.score_items(csi.load_sample("mobile"), by="operator").checks
    assert {line.check: line.ok for line in lines} == {"few_respondents": True, "dominant_weight": True}
