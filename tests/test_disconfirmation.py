"""Disconfirmation: shares by hand, the zone of indifference, branches, and bad calls."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import csi

SCALE = csi.Scale(1, 10)
CLASSES = ["better_than_expected", "as_expected", "worse_than_expected"]


def survey_of(**columns: object) -> csi.Survey:
    book = csi.Codebook(items={name: csi.Item(name, scale=SCALE) for name in columns})
    return csi.Survey.from_frame(columns, book, name="small")


def shares(result: csi.Result) -> list[float]:
    return result.tidy()["estimate"].tolist()


def test_twelve_guests_by_hand():
    # q1 8 10 6 6 5 8 10 5 9 4 7 6 against s1 8 9 6 8 4 10 6 5 8 4 7 9: three better, five equal, four worse
    result = csi.classify_disconfirmation(csi.load_sample("tiny"), "q1", "s1")
    tidy = result.tidy()
    assert tidy["kind"].tolist() == CLASSES
    assert tidy["term"].tolist() == ["loyal", "satisfied", "complaint"]
    assert tidy["estimate"].tolist() == pytest.approx([3 / 12, 5 / 12, 4 / 12])
    p, z = 3 / 12, 1.959963984540054
    assert tidy["std_error"][0] == pytest.approx(np.sqrt(p * (1 - p) / 11))
    middle, reach = p + z**2 / 24, z * np.sqrt(p * (1 - p) / 12 + z**2 / 576)
    wilson = [(middle - reach) / (1 + z**2 / 12), (middle + reach) / (1 + z**2 / 12)]
    assert tidy.loc[0, ["lower", "upper"]].tolist() == pytest.approx(wilson)
    moved = np.array([0, -1, 0, 2, -1, 2, -4, 0, -1, 0, 0, 3])
    row = result.tidy("mean_disconfirmation").iloc[0]
    assert row["estimate"] == pytest.approx(moved.mean())
    assert row["std_error"] == pytest.approx(moved.std(ddof=1) / np.sqrt(12))
    words = {1: "better_than_expected", 0: "as_expected", -1: "worse_than_expected"}
    assert result.scores()["s1"].tolist() == [words[sign] for sign in np.sign(moved)]


def test_the_zone_of_indifference_holds_its_edge():
    survey = survey_of(e=[5, 5, 5, 5, 5], p=[3, 4, 5, 6, 7])
    assert shares(csi.classify_disconfirmation(survey, "e", "p")) == [0.4, 0.2, 0.4]
    assert shares(csi.classify_disconfirmation(survey, "e", "p", tolerance=1)) == [0.2, 0.6, 0.2]
    assert shares(csi.classify_disconfirmation(survey, "e", "p", tolerance=2)) == [0, 1, 0]


def test_missing_answers_take_a_respondent_out_of_one_pair():
    survey = survey_of(e1=[5, 5, np.nan, 5], p1=[6, 4, 5, np.nan], e2=[5, 5, 5, 5], p2=[5, 6, 6, 6])
    result = csi.classify_disconfirmation(survey, {"a": "e1", "b": "e2"}, {"a": "p1", "b": "p2"})
    tidy = result.tidy().set_index(["item", "kind"])
    assert tidy.loc[("a", CLASSES[0]), ["estimate", "n"]].tolist() == [0.5, 2]
    assert tidy.loc[("b", CLASSES[0]), ["estimate", "n"]].tolist() == [0.75, 4]
    assert result.scores()["a"].isna().tolist() == [False, False, True, True]


def test_groups_and_weights():
    book = csi.Codebook(items={name: csi.Item(name, scale=SCALE) for name in ("e", "p")}, weight="w")
    frame = pd.DataFrame({"e": [5] * 6, "p": [6, 4, 5, 6, 6, 4], "w": [2.0, 1, 1, 1, 1, 2], "g": list("aaabbb")})
    survey = csi.Survey.from_frame(frame, book)
    whole = csi.classify_disconfirmation(survey, "e", "p").tidy()["estimate"].tolist()
    assert whole == pytest.approx([4 / 8, 1 / 8, 3 / 8])
    by = csi.classify_disconfirmation(survey, "e", "p", by="g").tidy().set_index(["group", "kind"])["estimate"]
    assert by["a"].tolist() == pytest.approx([0.5, 0.25, 0.25])
    assert by["b"].tolist() == pytest.approx([0.5, 0.0, 0.5])


def test_reversed_items_are_turned_round():
    items = {name: csi.Item(name, scale=SCALE, reversed=True) for name in ("e", "p")}
    turned = csi.Survey.from_frame({"e": [6, 6, 6], "p": [5, 7, 7]}, csi.Codebook(items=items))
    assert shares(csi.classify_disconfirmation(turned, "e", "p")) == pytest.approx([1 / 3, 0, 2 / 3])


def test_the_hotel_falls_short_where_its_gaps_are_planted():
    survey = csi.load_sample("hotel")
    truth = survey.codebook.truth
    result = csi.classify_disconfirmation(survey, list(truth["pairs"]), list(truth["pairs"].values()))
    worse = result.tidy()
    worse = worse[worse["kind"] == "worse_than_expected"].set_index("item")["estimate"]
    of = {item: survey.codebook.items[item].construct for item in worse.index}
    mean = worse.groupby(of).mean()
    gaps = pd.Series({name: row["gap"] for name, row in truth["dimension"].items()})
    assert mean.idxmax() == gaps.idxmin()
    assert mean.corr(gaps, method="spearman") < -0.85
    moved = result.tidy("mean_disconfirmation").set_index("item")
    fit = csi.score_servqual(survey, list(truth["pairs"]), list(truth["pairs"].values())).tidy("item_gaps")
    fit = fit[fit["kind"] == "gap"].set_index("item")
    np.testing.assert_allclose(moved["estimate"], fit["estimate"], atol=1e-12)  # the gap of SERVQUAL is the same number
    np.testing.assert_allclose(moved["std_error"], fit["std_error"], rtol=1e-6)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 10), st.integers(1, 10)), min_size=3, max_size=15), st.integers(0, 3))
def test_shares_add_to_one_and_mirror(rows, tolerance):
    e, p = np.array(rows, dtype=float).T
    survey = survey_of(e=e, p=p)
    one = shares(csi.classify_disconfirmation(survey, "e", "p", tolerance=tolerance, inference="none"))
    two = shares(csi.classify_disconfirmation(survey, "p", "e", tolerance=tolerance, inference="none"))
    assert sum(one) == pytest.approx(1)
    assert one == pytest.approx(two[::-1])


BAD = [
    (lambda s: csi.classify_disconfirmation(s, "e", "p", tolerance=-1), "bad_tolerance", ["-1"]),
    (lambda s: csi.classify_disconfirmation(s, "e", "p", tolerance="some"), "bad_tolerance", ["some"]),
    (lambda s: csi.classify_disconfirmation(s, ["e", "f"], ["p"]), "unpaired_items", ["expectation", "f"]),
    (lambda s: csi.classify_disconfirmation(s, "e", "five"), "scales_of_pair", ["e / five"]),
    (lambda s: csi.classify_disconfirmation(s, "e", "e"), "items_given_twice", ["e"]),
    (lambda s: csi.classify_disconfirmation(s, "e", "zz"), "unknown_items", ["zz", "five"]),
    (lambda s: csi.classify_disconfirmation(s, "e", "p", by="zz"), "unknown_column", ["zz"]),
    (
        lambda s: csi.classify_disconfirmation(s, "e", "p", inference="normal"),
        "unknown_option",
        ["normal", "bootstrap"],
    ),
    (lambda s: csi.classify_disconfirmation(5, "e", "p"), "not_a_survey", ["classify_disconfirmation", "int"]),
]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(("call", "code", "words"), BAD, ids=[f"{i}-{row[1]}" for i, row in enumerate(BAD)])
def test_bad_calls_say_what_is_wrong(call, code, words, language):
    items = {name: csi.Item(name, scale=SCALE) for name in ("e", "p", "f")} | {
        "five": csi.Item("five", scale=csi.Scale(1, 5))
    }
    survey = csi.Survey.from_frame({"e": [5, 6], "p": [6, 6], "f": [1, 2], "five": [1, 5]}, csi.Codebook(items=items))
    with csi.use_language(language), pytest.raises(csi.CsiError) as caught:
        call(survey)
    assert caught.value.code == code
    with csi.use_language(language):
        assert all(word in str(caught.value) for word in words), str(caught.value)
