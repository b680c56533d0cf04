"""好差评: every rate by hand on typed cases, default rules, windows, follow-up of bad ratings, bad calls."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import csi
from csi.data.codebook import Codebook

BOOK = """
scales:
  five: {lo: 1, hi: 5}
  three: {lo: 1, hi: 3}
items:
  rating: {scale: five}
  short: {scale: three}
  window: {kind: category}
  replied: {kind: text}
  days_to_rectify: {kind: number}
"""
# Ten cases of two windows: eight rated, two of those by a rule, two not rated; two bad ratings, both active.
FRAME = {
    "window": ["A"] * 5 + ["B"] * 5,
    "rating": [5, 4, 3, 1, None, 5, 5, 2, 5, None],
    "defaulted": [0, 0, 0, 0, 0, 1, 1, 0, 0, 0],
    "replied": ["", "", "", "是", "", "", "", "否", "", ""],
    "followed_up": [None, None, None, 1, None, None, None, 1, None, None],
    "rectified": [None, None, None, 1, None, None, None, None, None, None],
    "rectified_satisfied": [None, None, None, 1, None, None, None, None, None, None],
    "days_to_rectify": [None, None, None, 7, None, None, None, None, None, None],
    "short": [3, 3, 2, 1, 1, 3, 3, 1, 2, 2],
}


def cases(**columns: object) -> csi.Survey:
    frame = {name: values for name, values in (FRAME | columns).items() if values is not None}
    book = Codebook.from_yaml(BOOK)
    kept = {name: item for name, item in book.items.items() if name in frame}
    return csi.Survey.from_frame(frame, csi.Codebook(items=kept), name="hall")


def found(result: csi.Result, table: str = "rates", level: float = 0.95) -> dict[str, float]:
    tidy = result.tidy(table, level)
    return dict(zip(tidy[tidy.columns[0]], tidy["estimate"], strict=True))


def test_every_rate_by_hand():
    result = csi.score_public_service(cases(), days_limit=5)
    expected = {
        "participation": 6 / 10,
        "unrated": 4 / 10,
        "good_rate": 6 / 8,
        "active_good_rate": 4 / 6,
        "bad_rate": 2 / 8,
        "active_bad_rate": 2 / 6,
        "defaulted_share": 2 / 8,
        "reply_rate": 1 / 2,
        "follow_up_rate": 2 / 2,
        "rectified_rate": 1 / 2,  # the blank at the second bad rating means no
        "in_time_rate": 0 / 2,  # seven days, five allowed
        "rectified_satisfied_rate": 1 / 1,
    }
    assert found(result) == pytest.approx(expected)
    n = dict(zip(result.tidy()["term"], result.tidy()["n"], strict=True))
    assert n == dict(zip(expected, (10, 10, 8, 6, 8, 6, 8, 2, 2, 2, 2, 1), strict=True))
    assert any("rectified 1" in str(note) for note in result.notes)
    assert found(csi.score_public_service(cases(), days_limit=7))["in_time_rate"] == 1 / 2


def test_points_levels_and_days_by_hand():
    """10/8/6/3/0: ratings 5 4 3 1 5 5 2 5 are worth 10 8 6 0 10 10 3 10."""
    result = csi.score_public_service(cases())
    assert found(result, "scores") == pytest.approx({"level_score": 57 / 8, "active_level_score": 37 / 6})
    assert found(result, "levels") == pytest.approx({"1": 1 / 8, "2": 1 / 8, "3": 1 / 8, "4": 1 / 8, "5": 4 / 8})
    assert found(result, "days") == {"mean_days": 7}
    other = csi.score_public_service(cases(), level_scores={1: 0, 2: 25, 3: 50, 4: 75, 5: 100})
    assert found(other, "scores")["level_score"] == pytest.approx((4 * 100 + 75 + 50 + 25) / 8)


def test_rules_for_those_who_did_not_rate():
    rules = csi.score_public_service(cases()).tidy("unrated_rules").set_index(["kind", "term"])["estimate"]
    assert rules["recorded", "good_rate"] == pytest.approx(6 / 8)
    assert rules["active", "good_rate"] == pytest.approx(4 / 6)
    for kind, points in (("as_neutral", 6), ("as_satisfied", 8), ("as_very_satisfied", 10)):
        assert rules[kind, "good_rate"] == pytest.approx(8 / 10)
        assert rules[kind, "level_score"] == pytest.approx((37 + 4 * points) / 10)


@pytest.mark.parametrize(("rule", "points"), [("neutral", 6), ("satisfied", 8), ("very_satisfied", 10)])
def test_filling_in_inflates_the_good_rate_and_says_so(rule, points):
    result = csi.score_public_service(cases(), unrated=rule)
    rates = found(result)
    assert rates["good_rate"] == pytest.approx(8 / 10)
    assert rates["defaulted_share"] == pytest.approx(4 / 10)
    assert rates["participation"] == pytest.approx(6 / 10)
    assert rates["active_good_rate"] == pytest.approx(4 / 6)
    assert rates["reply_rate"] == pytest.approx(1 / 2)
    assert found(result, "scores")["level_score"] == pytest.approx((57 + 2 * points) / 10)
    assert not result.check().set_index("check").loc["service_defaulted", "ok"]


def test_a_filled_in_level_is_no_complaint_even_where_it_counts_as_bad():
    rates = found(csi.score_public_service(cases(), unrated="neutral", good=2))
    assert rates["good_rate"] == pytest.approx(5 / 10)
    assert rates["reply_rate"] == pytest.approx(1 / 3)  # levels 3, 1 and 2 were really given


def test_the_ceiling_of_the_published_case():
    """Shanwei (CATALOGUE 17.1), a thousandth of it: 250 cases, 160 ratings, all good."""
    frame = {"rating": [5] * 140 + [4] * 20 + [None] * 90}
    result = csi.score_public_service(csi.Survey.from_frame(frame, Codebook.from_yaml(ONLY), name="hall"))
    rates = found(result)
    assert (rates["participation"], rates["good_rate"], rates["bad_rate"]) == (0.64, 1.0, 0.0)
    assert "reply_rate" not in rates
    row = result.tidy().set_index("term").loc["good_rate"]
    assert row["lower"] == pytest.approx(160 / (160 + 1.959963984540054**2))  # Wilson at 160 of 160
    checks = result.check().set_index("check")
    assert not checks.loc["service_ceiling", "ok"]
    assert checks.loc["service_active", "ok"]


ONLY = "{scales: {five: {lo: 1, hi: 5}}, items: {rating: {scale: five}}}"


def test_windows_are_domains_and_rates_without_cases_are_left_out():
    result = csi.score_public_service(cases(replied=None, followed_up=None), by="window")
    tidy = result.tidy().set_index(["group", "term"])["estimate"]
    assert tidy["A", "good_rate"] == pytest.approx(3 / 4)
    assert tidy["B", "good_rate"] == pytest.approx(3 / 4)
    assert tidy["B", "active_good_rate"] == pytest.approx(1 / 2)
    assert tidy["A", "participation"] == pytest.approx(4 / 5)
    assert ("A", "rectified_satisfied_rate") in tidy.index
    assert ("B", "rectified_satisfied_rate") not in tidy.index
    assert any("replied" in str(note) and "followed_up" in str(note) for note in result.notes)
    assert not result.contrast({("A", "participation"): 1, ("B", "participation"): -1}).lower > 0


def test_the_error_of_a_window_is_that_of_its_own_cases():
    rng = np.random.default_rng(4)
    frame = {"rating": rng.choice([5, 5, 5, 4, 2], 400).astype(float), "window": ["A"] * 150 + ["B"] * 250}
    result = csi.score_public_service(csi.Survey.from_frame(frame, Codebook.from_yaml(ONLY)), by="window")
    row = result.tidy().set_index(["group", "term"]).loc[("A", "good_rate")]
    p = np.mean(np.array(frame["rating"][:150]) >= 3)
    z = 1.959963984540054
    centre, reach = p + z * z / 300, z * np.sqrt(p * (1 - p) / 150 + z * z / (4 * 150**2))
    assert (row["lower"], row["upper"]) == pytest.approx(
        ((centre - reach) / (1 + z * z / 150), (centre + reach) / (1 + z * z / 150))
    )


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 5), st.booleans()), min_size=3, max_size=30), st.integers(1, 4))
def test_rates_fit_together(drawn, good):
    ratings, filled = [rating for rating, _ in drawn], [int(by_rule) for _, by_rule in drawn]
    if all(filled):
        filled[0] = 0
    frame = {"rating": [*ratings, None], "defaulted": [*filled, 0]}
    rates = found(csi.score_public_service(csi.Survey.from_frame(frame, Codebook.from_yaml(DEFAULTS)), good=good))
    n = len(ratings)
    assert rates["good_rate"] + rates["bad_rate"] == pytest.approx(1)
    assert rates["participation"] + rates["unrated"] == pytest.approx(1)
    assert rates["participation"] * (n + 1) == pytest.approx((1 - rates["defaulted_share"]) * n)


DEFAULTS = (
    "{scales: {five: {lo: 1, hi: 5}, yes: {lo: 0, hi: 1}}, items: {rating: {scale: five}, defaulted: {scale: yes}}}"
)


def test_a_reversed_scale_and_other_names_and_yes_in_words():
    book = Codebook.from_yaml(
        "{scales: {five: {lo: 1, hi: 5}}, items: {pj: {scale: five, reversed: true}, mr: {kind: text}}}"
    )
    answers = csi.Survey.from_frame({"pj": [1, 1, 2, 5, 4], "mr": ["否", "是", "否", "否", "是"]}, book)
    rates = found(csi.score_public_service(answers, rating="pj", defaulted="mr"))
    assert rates["good_rate"] == pytest.approx(3 / 5)
    assert rates["active_good_rate"] == pytest.approx(2 / 3)


def test_the_service_hall_sample_shows_its_planted_rates():
    if "service_hall" not in set(csi.list_samples()["name"]):
        pytest.skip("the sample service_hall does not ship yet")
    hall = csi.load_sample("service_hall")
    truth = hall.codebook.truth
    result = csi.score_public_service(hall)
    tidy = result.tidy(level=0.999).set_index("term")
    for term in ("participation", "defaulted_share", "good_rate", "active_good_rate"):
        assert tidy.loc[term, "lower"] <= truth["all"][term] <= tidy.loc[term, "upper"]
    windows = csi.score_public_service(hall, by="window").tidy().set_index(["term", "group"])["estimate"]
    made = windows["good_rate"] - windows["active_good_rate"]
    assert set(made.nlargest(2).index) == set(truth["made_of_defaults"])
    failed = result.check().query("not ok")["check"].tolist()
    assert failed == ["service_ceiling", "service_defaulted"]


def test_two_indicator_trees():
    trees = csi.list_service_indicators()
    assert set(trees["channel"]) == {"on_site", "online"}
    assert not trees.duplicated(["channel", "item"]).any()
    assert (trees.groupby(["channel", "construct"]).size() == 2).all()
    with csi.use_language("zh"):
        assert csi.list_service_indicators("on_site")["text"].str.contains("[一-鿿]").all()


BAD = {
    "default without rating": (
        lambda: csi.score_public_service(cases(defaulted=[0, 0, 0, 0, 1, 1, 1, 0, 0, 1])), "2", "defaulted", "rating",
    ),
    "levels without a score": (
        lambda: csi.score_public_service(cases(), level_scores={5: 10, 4: 8, 3: 6}), "rating", "1-5", "1",
    ),
    "four scores for five levels": (lambda: csi.score_public_service(cases(), level_scores=(10, 8, 6, 3)), "8, 6, 3"),
    "a score for no level": (
        lambda: csi.score_public_service(cases(), level_scores={0: 0, 1: 0, 2: 3, 3: 6, 4: 8, 5: 10}), "1-5",
    ),
    "unknown rule": (lambda: csi.score_public_service(cases(), unrated="guess"), "guess", "neutral"),
    "rule of five on three": (
        lambda: csi.score_public_service(
            cases(short=[3, 3, 2, 1, None, 3, 3, 1, 2, 2]), rating="short", good=1, level_scores=(2, 1, 0),
            unrated="neutral",
        ),
        "short", "1-3",
    ),
    "all levels good": (lambda: csi.score_public_service(cases(), good=5), "good=5", "1-5"),
    "no rating column": (lambda: csi.score_public_service(cases(), rating="stars"), "stars", "rating"),
    "no such column": (lambda: csi.score_public_service(cases(), replied="answered"), "answered", "followed_up"),
    "neither yes nor no": (lambda: csi.score_public_service(cases(rectified=[2] * 10)), "rectified", "10", "2"),
    "nobody rated": (lambda: csi.score_public_service(cases(rating=[None] * 10, defaulted=None)), "hall", "rating"),
    "days in words": (
        lambda: csi.score_public_service(cases(), days="replied"), "replied", "hall",
    ),
    "unknown channel": (lambda: csi.list_service_indicators("phone"), "phone", "on_site"),
    "not a survey": (lambda: csi.score_public_service([5]), "score_public_service", "list"),
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
