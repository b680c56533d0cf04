"""Response rates by hand and by simulation; non-response compared with R survey and by hand; bounds."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import csi
from csi.data.nonresponse import domain_means, manski_bounds
from csi.data.response_rates import CODES, RATES, outcome_rates, wilson_limits
from csi.errors import CsiError
from csi.inference.design import Design
from csi.inference.intervals import Linear

GOLDEN = Path(__file__).parent / "golden" / "nonresponse_mobile.json"
TWELVE = {"I": 4, "P": 2, "R": 1, "NC": 1, "O": 1, "UH": 1, "UO": 1, "NE": 1}


# --- response rates ---------------------------------------------------------------------------------------------


def test_rates_of_twelve_cases_by_hand() -> None:
    """Nine eligible, two unknown, one not eligible: e = 9/10, so RR3 = 4 / 10.8."""
    rates = csi.score_response(TWELVE).tidy().set_index("term")["estimate"]
    by_hand = {
        "RR1": 4 / 11, "RR2": 6 / 11, "RR3": 4 / 10.8, "RR4": 6 / 10.8, "RR5": 4 / 9, "RR6": 6 / 9,
        "COOP1": 4 / 8, "COOP2": 6 / 8, "COOP3": 4 / 7, "COOP4": 6 / 7,
        "REF1": 1 / 11, "REF2": 1 / 10.8, "REF3": 1 / 9,
        "CON1": 8 / 11, "CON2": 8 / 10.8, "CON3": 8 / 9,
    }  # fmt: skip
    assert list(rates.index) == list(by_hand)
    np.testing.assert_allclose(rates, list(by_hand.values()), rtol=1e-12)


def test_codes_and_counts_say_the_same() -> None:
    codes = [code.lower() for code, count in TWELVE.items() for _ in range(count)]
    pd.testing.assert_frame_equal(csi.score_response(codes).tidy(), csi.score_response(TWELVE).tidy())
    pd.testing.assert_frame_equal(csi.score_response(pd.Series(codes)).tidy(), csi.score_response(TWELVE).tidy())


def test_a_plain_rate_has_the_interval_of_wilson() -> None:
    """Newcombe (1998), his first example: 81 of 263 is .308, from .2553 to .3662."""
    result = csi.score_response({"I": 81, "R": 182})
    row = result.tidy().set_index("term").loc["RR1"]
    assert (round(row["lower"], 4), round(row["upper"], 4), row["n"]) == (0.2553, 0.3662, 263)
    assert row["std_error"] == pytest.approx((81 / 263 * 182 / 263 / 263) ** 0.5)
    assert row["lower"] == pytest.approx(result.tidy().set_index("term").loc["COOP1", "lower"])


def test_a_rate_of_nobody_or_everybody_keeps_an_interval() -> None:
    rates = csi.score_response({"R": 10}).tidy().set_index("term")
    assert (rates.loc["RR1", "estimate"], rates.loc["RR1", "lower"]) == (0, pytest.approx(0, abs=1e-15))
    assert rates.loc["RR1", "upper"] == pytest.approx(1.959964**2 / (10 + 1.959964**2), rel=1e-6)
    assert rates.loc["REF1", "lower"] == pytest.approx(10 / (10 + 1.959964**2), rel=1e-6)


def test_a_given_e_is_taken() -> None:
    counts = {"I": 30, "R": 20, "UH": 50, "NE": 10}
    given_e, estimated = csi.score_response(counts, e=50 / 60), csi.score_response(counts)
    one, other = (result.tidy().set_index("term").loc["RR3"] for result in (given_e, estimated))
    assert one["estimate"] == pytest.approx(other["estimate"]) == pytest.approx(30 / (50 + 50 * 50 / 60))
    assert one["std_error"] != pytest.approx(other["std_error"], rel=1e-3)
    assert csi.score_response(counts, e=0).value("RR3").estimate == pytest.approx(0.6)
    assert csi.score_response(counts, e=1).value("RR3").estimate == pytest.approx(0.3)


@pytest.mark.parametrize("given_e", [None, 0.8])
def test_errors_are_those_of_repeated_samples(given_e: float | None) -> None:
    """20,000 surveys of 800 cases: standard deviation of every rate within 3 %, those with estimated e too."""
    chance = np.array([0.3, 0.05, 0.15, 0.2, 0.02, 0.1, 0.05, 0.13])
    drawn = np.random.default_rng(5).multinomial(800, chance, size=20_000)
    counts = {code: drawn[:, i].astype(float) for i, code in enumerate(CODES)}
    eligible = sum(counts[code] for code in ("I", "P", "R", "NC", "O"))
    unknown = counts["UH"] + counts["UO"]
    e = eligible / (eligible + counts["NE"]) if given_e is None else given_e
    found = outcome_rates(dict(zip(CODES, 800 * chance, strict=True)), given_e)
    repeated = []
    for name in found.names:
        top, bottom, rule = RATES[name]
        base = sum(counts[code] for code in bottom)
        repeated.append(sum(counts[code] for code in top) / (base + {"all": 1, "share": e, "none": 0}[rule] * unknown))
    np.testing.assert_allclose(found.uncertainty.std_error, np.std(repeated, axis=1), rtol=0.03)
    np.testing.assert_allclose(found.uncertainty.covariance(), np.cov(repeated), rtol=0.2, atol=2e-5)


@given(st.lists(st.integers(0, 50), min_size=8, max_size=8).filter(lambda c: sum(c[:7]) > 0))
def test_rates_lie_in_order(counts: list[int]) -> None:
    result = csi.score_response(dict(zip(CODES, counts, strict=True)))
    tidy = result.tidy().set_index("term")
    assert ((tidy["lower"] <= tidy["estimate"] + 1e-12) & (tidy["estimate"] <= tidy["upper"] + 1e-12)).all()
    assert ((tidy["lower"] >= 0) & (tidy["upper"] <= 1)).all()
    rate = tidy["estimate"]
    if "RR5" in rate:
        assert rate["RR1"] <= rate["RR3"] + 1e-12 <= rate["RR5"] + 2e-12
        assert rate["RR2"] >= rate["RR1"]
    assert ("RR5" in rate) == (sum(counts[:5]) > 0)


def test_wilson_limits_invert_the_score_test() -> None:
    """At a limit p0, (p - p0)^2 = z^2 p0 (1 - p0) / n."""
    share, n = np.array([0.02, 0.5, 0.97]), np.array([50.0, 10.0, 200.0])
    for limit in wilson_limits(share, n, 0.9):
        np.testing.assert_allclose((share - limit) ** 2, 1.6448536**2 * limit * (1 - limit) / n, rtol=1e-6)


def test_a_wide_range_of_rates_fails_the_check() -> None:
    check = csi.score_response({"I": 40, "R": 20, "UH": 60}).check().iloc[0]
    assert not check["ok"]
    assert "33.3%" in check["meaning"]
    assert "66.7%" in check["meaning"]


# --- non-response -----------------------------------------------------------------------------------------------


def late_mobile() -> tuple[csi.Survey, np.ndarray]:
    survey = csi.load_sample("mobile")
    return survey, (survey.answers["wave"] == "2026H1").to_numpy()


def test_late_and_early_answers_agree_with_r_survey() -> None:
    golden = json.loads(GOLDEN.read_text(encoding="utf-8"))
    survey, late = late_mobile()
    result = csi.compare_nonresponse(survey, list(golden["items"]), late=late)
    difference = result.tidy("late_difference").set_index("item")
    means = result.tidy("early_late").set_index(["item", "kind"])
    assert survey.design().df == golden["df"]
    for item, numbers in golden["items"].items():
        assert difference.loc[item, "estimate"] == pytest.approx(numbers["difference"], rel=1e-8)
        assert difference.loc[item, "std_error"] == pytest.approx(numbers["difference_se"], rel=1e-8)
        np.testing.assert_allclose(means.loc[item, "estimate"], numbers["mean"], rtol=1e-8)
        np.testing.assert_allclose(means.loc[item, "std_error"], numbers["se"], rtol=1e-8)


def test_shares_and_factors_agree_with_r_survey() -> None:
    golden = json.loads(GOLDEN.read_text(encoding="utf-8"))["operator"]
    survey, _ = late_mobile()
    result = csi.compare_nonresponse(
        survey, ["sat_overall"], frame={"operator": {"Amber": 40, "Birch": 30, "Coral": 20, "Dune": 10}}
    )
    table = result.tidy("frame").set_index(["kind", "group"])
    np.testing.assert_allclose(table.loc["respondents", "estimate"], golden["share"], rtol=1e-8)
    np.testing.assert_allclose(table.loc["respondents", "std_error"], golden["se"], rtol=1e-8)
    np.testing.assert_allclose(table.loc["factor", "estimate"], golden["factor"], rtol=1e-8)
    factor = result.scores()["factor_operator"].to_numpy()
    weight = survey.answers["weight"].to_numpy() * factor
    shares = pd.Series(weight).groupby(survey.answers["operator"].to_numpy()).sum() / weight.sum()
    np.testing.assert_allclose(shares, [0.4, 0.3, 0.2, 0.1], rtol=1e-12)


def test_the_frame_on_six_rows_by_hand() -> None:
    frame = pd.DataFrame({"sat": [5.0, 6, 7, 8, 9, 4], "size": ["big", "big", "small", "small", "small", None]})
    survey = csi.Survey.from_frame(frame, csi.Codebook({"sat": csi.Item("sat", csi.Scale(1, 10))}), name="shop")
    result = csi.compare_nonresponse(survey, frame={"size": {"big": 0.2, "small": 0.8}})
    table = result.tidy().set_index(["group", "kind"])["estimate"]
    assert table["big", "respondents"] == pytest.approx(2 / 5)
    assert table["big", "factor"] == pytest.approx(0.5)
    assert table["small", "difference"] == pytest.approx(-0.2)
    np.testing.assert_allclose(result.scores()["factor_size"], [0.5, 0.5, 4 / 3, 4 / 3, 4 / 3, np.nan])
    check = result.check().iloc[0]
    assert not check["ok"]
    assert "size=big (+20.0%)" in check["meaning"]
    counts = csi.compare_nonresponse(survey, frame={"size": {"big": 20, "small": 80}})
    pd.testing.assert_frame_equal(counts.tidy(), result.tidy())


def test_equal_weights_give_the_welch_error_with_n_in_place_of_n_minus_1() -> None:
    """Two plain groups: linearised variance is sum (x - m)^2 / n_g^2 each, times n / (n - 1)."""
    early, late = np.array([5.0, 6, 7, 9]), np.array([4.0, 8, 8])
    survey = csi.Survey.from_frame(
        {"sat": [*early, *late], "late": [0, 0, 0, 0, 1, 1, 1]},
        csi.Codebook({"sat": csi.Item("sat", csi.Scale(1, 10))}),
    )
    row = csi.compare_nonresponse(survey, late="late").tidy().iloc[0]
    variance = sum(((x - x.mean()) ** 2).sum() / len(x) ** 2 for x in (early, late)) * 7 / 6
    assert row["estimate"] == pytest.approx(20 / 3 - 6.75)
    assert row["std_error"] == pytest.approx(variance**0.5)
    assert row["n"] == 3


@pytest.mark.parametrize("role", ["weight", "strata", "cluster"])
def test_the_design_is_honoured(role: str) -> None:
    sample = csi.load_sample("mobile")
    none = dict.fromkeys(("weight", "strata", "cluster"))
    column = {"weight": "weight", "strata": "region", "cluster": "interviewer"}[role]
    late = np.arange(3000) % 3 == 0

    def tables(**roles: str) -> list[pd.DataFrame]:
        survey = csi.Survey.from_frame(sample.answers, dataclasses.replace(sample.codebook, **(none | roles)))
        frame = {"operator": dict.fromkeys(["Amber", "Birch", "Coral", "Dune"], 25)}
        result = csi.compare_nonresponse(survey, ["sat_overall"], late=late, frame=frame, response_rate=0.5)
        return [result.tidy(name) for name in result.tables]

    for plain, declared in zip(tables(), tables(**{role: column}), strict=True):
        moving = plain["std_error"] > 0
        assert (np.abs(plain["std_error"] - declared["std_error"])[moving] > 1e-9).all()
        if role == "weight":
            assert (np.abs(plain["estimate"] - declared["estimate"])[moving] > 1e-9).all()
        else:
            np.testing.assert_allclose(plain["estimate"], declared["estimate"])


def test_planted_late_respondents_are_found_and_others_are_not() -> None:
    """Late ones rate a whole point lower: found; flags thrown by chance: in 19 of 20 runs or more nothing."""
    rng = np.random.default_rng(8)
    book = csi.Codebook({f"q{j}": csi.Item(f"q{j}", csi.Scale(1, 10)) for j in range(4)})
    alarms = 0
    for _ in range(200):
        late = rng.random(150) < 0.3
        ratings = np.clip(np.rint(7 + 1.5 * rng.standard_normal((150, 4))), 1, 10)
        survey = csi.Survey.from_frame(pd.DataFrame(ratings, columns=list(book.items)), book)
        alarms += not csi.compare_nonresponse(survey, late=late).check()["ok"].item()
    assert alarms <= 200 * 0.05 + 3 * (200 * 0.05 * 0.95) ** 0.5
    ratings[late, 2] = np.clip(ratings[late, 2] - 2, 1, 10)
    survey = csi.Survey.from_frame(pd.DataFrame(ratings, columns=list(book.items)), book)
    meaning = csi.compare_nonresponse(survey, late=late).check().iloc[0]
    assert not meaning["ok"]
    assert "q2" in meaning["meaning"]


def test_bounds_by_hand_and_their_width() -> None:
    lower, upper = manski_bounds([0.9, 7.0], [0.4, 1.0], [0, 1], [1, 10])
    np.testing.assert_allclose(lower, [0.36, 7.0])
    np.testing.assert_allclose(upper, [0.96, 7.0])
    result = csi.compare_nonresponse(csi.load_sample("tiny"), ["s1"], response_rate=0.4)
    table = result.tidy("bounds").set_index("kind")
    assert table.loc["upper_bound", "estimate"] - table.loc["lower_bound", "estimate"] == pytest.approx(0.6 * 9)
    assert table.loc["lower_bound", "std_error"] == pytest.approx(0.4 * table.loc["respondents", "std_error"])


@given(st.lists(st.integers(1, 10), min_size=2, max_size=30), st.integers(1, 29))
def test_bounds_hold_the_mean_of_everybody(ratings: list[int], answered: int) -> None:
    answered = min(answered, len(ratings))
    lower, upper = manski_bounds(np.mean(ratings[:answered]), answered / len(ratings), 1, 10)
    assert lower - 1e-9 <= np.mean(ratings) <= upper + 1e-9


# --- bad calls --------------------------------------------------------------------------------------------------


def shop(**columns: object) -> csi.Survey:
    frame = {"sat": [5.0, 6, 7], "size": ["a", "a", "b"], "late": [0, 1, 1]} | columns
    return csi.Survey.from_frame(frame, csi.Codebook({"sat": csi.Item("sat", csi.Scale(1, 10))}), name="shop")


def compare(**more: object) -> csi.Result:
    return csi.compare_nonresponse(shop(), **more)


BAD = [
    (lambda: csi.score_response({"I": 3, "X": 1}), ["X", "NC", "UH"]),
    (lambda: csi.score_response("I"), ["I", "NC"]),
    (lambda: csi.score_response({"I": -3}), ["I", "-3"]),
    (lambda: csi.score_response({"I": "many"}), ["I", "many"]),
    (lambda: csi.score_response({"NE": 3}), ["I", "UO"]),
    (lambda: csi.score_response([]), ["I", "UO"]),
    (lambda: csi.score_response({"I": 3}, e=1.2), ["e=1.2", "0", "1"]),
    (lambda: csi.score_response({"I": 3}, e="half"), ["half"]),
    (lambda: compare(), ["late=", "frame=", "response_rate="]),
    (lambda: compare(late="when"), ["when", "size"]),
    (lambda: compare(late="size"), ["3", "a"]),
    (lambda: compare(late=[0, 1]), ["3", "2"]),
    (lambda: compare(late=[1, 1, 1]), ["shop", "sat"]),
    (lambda: compare(frame={"size": {"a": 0.5}}), ["size", "b"]),
    (lambda: compare(frame={"size": {"a": 0.5, "b": 0.4, "c": 0.1}}), ["size", "c"]),
    (lambda: compare(frame={"size": {"a": 0.5, "b": 0.4}}), ["size", "0.9"]),
    (lambda: compare(frame={"size": {"a": 0.5, "b": -1}}), ["size", "-1"]),
    (lambda: compare(frame={"region": {"a": 1}}), ["region", "size"]),
    (lambda: compare(response_rate=0), ["response_rate", "0"]),
    (lambda: compare(response_rate=40), ["response_rate", "40"]),
    (lambda: csi.compare_nonresponse(shop(), ["sat", "age"], late="late"), ["age", "sat"]),
    (
        lambda: csi.compare_nonresponse(
            csi.Survey.from_frame({"age": [20, 30]}, csi.Codebook({"age": csi.Item("age", kind="number")}), "shop"),
            "age",
            response_rate=0.5,
        ),
        ["shop", "age"],
    ),
]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(("call", "held"), BAD)
def test_a_bad_call_says_what_is_wrong(call: object, held: list[str], language: str) -> None:
    with csi.use_language(language):
        with pytest.raises(CsiError) as caught:
            call()
        sentence = str(caught.value)
    assert all(word in sentence for word in held), sentence


# --- coverage ---------------------------------------------------------------------------------------------------


def test_intervals_of_rates_hold_the_truth() -> None:
    """2,000 surveys of 300 cases: every rate's interval holds it in 93-97 %, with estimated e too."""
    chance = np.array([0.35, 0.05, 0.15, 0.15, 0.02, 0.1, 0.05, 0.13])
    value = outcome_rates(dict(zip(CODES, 1e6 * chance, strict=True))).uncertainty.estimate
    held = np.zeros(len(value))
    for counts in np.random.default_rng(9).multinomial(300, chance, size=2000):
        lower, upper = outcome_rates(dict(zip(CODES, counts.tolist(), strict=True))).uncertainty.interval(0.95)
        held += (lower <= value) & (value <= upper)
    assert (held / 2000 >= 0.93).all()
    assert (held / 2000 <= 0.97).all()


def test_intervals_of_a_difference_hold_the_truth() -> None:
    """2,000 samples of 400 in 4 strata of 10 clusters with unequal weights; late ones rate .5 lower: 93-97 %."""
    rng = np.random.default_rng(10)
    strata = np.repeat(np.arange(4), 100)
    cluster = np.repeat(np.arange(40), 10)
    held = 0
    for _ in range(2000):
        shop = 0.4 * rng.standard_normal(40)[cluster]
        late = rng.random(400) < 0.3
        weight = 0.5 + rng.random(400)
        x = 7 + shop + 1.5 * rng.standard_normal(400) - 0.5 * late
        design = Design(400, weight=weight, strata=strata, cluster=cluster)
        early, after = domain_means(x[:, None], design, ~late), domain_means(x[:, None], design, late)
        cov = design.covariance(after.influence - early.influence)
        lower, upper = Linear(after.mean - early.mean, cov, float(design.df)).interval(0.95)
        held += bool(lower[0] <= -0.5 <= upper[0])
    assert 0.93 <= held / 2000 <= 0.97
