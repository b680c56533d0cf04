"""Agreement of raters: against published tables, psych, by hand, by property."""

from __future__ import annotations

import json
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import csi

TRUST = json.loads((Path(__file__).parent / "golden" / "trust.json").read_text())
SAME = 1e-9

# Shrout and Fleiss (1979), table 2
JUDGED = {"a": [9, 6, 8, 7, 10, 6], "b": [2, 1, 4, 1, 5, 2], "c": [5, 3, 6, 2, 6, 4], "d": [8, 2, 8, 6, 9, 7]}
# Krippendorff (2011), Computing Krippendorff's Alpha-Reliability, sections C and D: four observers, twelve units
OBSERVED = {
    "A": [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
    "B": [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
    "C": [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
    "D": [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
}
# ten subjects, fourteen raters, five categories: the worked example in the literature on Fleiss's kappa, kappa .210
COUNTS = [
    [0, 0, 0, 0, 14], [0, 2, 6, 4, 2], [0, 0, 3, 5, 6], [0, 3, 9, 2, 0], [2, 2, 8, 1, 1],
    [7, 7, 0, 0, 0], [3, 2, 6, 3, 0], [2, 5, 3, 2, 2], [6, 5, 2, 1, 0], [0, 2, 2, 3, 7],
]  # fmt: skip


def survey_of(columns: dict, lo: float = 1, hi: float = 5) -> csi.Survey:
    items = {name: csi.Item(name, csi.Scale(lo, hi)) for name in columns}
    return csi.Survey.from_frame(pd.DataFrame(columns, dtype=float), csi.Codebook(items=items), name="raters")


def test_the_six_forms_are_those_of_shrout_and_fleiss() -> None:
    result = csi.fit_icc(survey_of(JUDGED, hi=10), list("abcd"))
    ours = result.tidy("icc")
    assert ours["estimate"].round(2).tolist() == [0.17, 0.29, 0.71, 0.44, 0.62, 0.91]  # as printed in 1979
    theirs = TRUST["icc"]["shrout"]
    assert ours["kind"].str.upper().tolist() == [name.upper() for name in theirs["type"]]
    limits = result.tidy("icc_limits")
    for column, key in (("estimate", "icc"), ("lower", "lower"), ("upper", "upper"), ("p_value", "p")):
        np.testing.assert_allclose(limits[column], theirs[key], atol=SAME)
    squares = result.tidy("mean_squares")["estimate"].round(2).tolist()
    assert squares == [11.24, 6.26, 32.49, 1.02]  # their table 3


def test_psych_prints_the_same_for_mobi() -> None:
    result = csi.fit_icc(csi.load_moments("mobi"), ["CUSA1", "CUSA2", "CUSA3"], n_boot=0)
    limits = result.tidy("icc_limits")
    theirs = TRUST["icc"]["cusa"]
    for column, key in (("estimate", "icc"), ("lower", "lower"), ("upper", "upper")):
        np.testing.assert_allclose(limits[column], theirs[key], atol=SAME)


def test_icc3k_is_raw_alpha() -> None:
    survey = csi.load_sample("tiny")
    icc = csi.fit_icc(survey, ["s1", "s2", "s3"])
    alpha = csi.check_reliability(survey, ["s1", "s2", "s3"])
    ours, theirs = icc.value("icc3k"), alpha.value("s1-s3", "alpha")
    assert float(ours) == pytest.approx(float(theirs), abs=1e-12)
    assert ours.std_error == pytest.approx(theirs.std_error, rel=1e-6)


def test_a_harsh_rater_lowers_icc2_and_not_icc3() -> None:
    columns = {name: list(values) for name, values in JUDGED.items()}
    before = csi.fit_icc(survey_of(columns, -20, 20), list("abcd"), n_boot=0)
    columns["a"] = [value + 3 for value in columns["a"]]
    after = csi.fit_icc(survey_of(columns, -20, 20), list("abcd"), n_boot=0)
    assert float(after.value("icc3")) == pytest.approx(float(before.value("icc3")), abs=1e-12)
    assert float(after.value("icc2")) < float(before.value("icc2"))


def test_krippendorff_is_as_published() -> None:
    result = csi.score_agreement(survey_of(OBSERVED), list("ABCD"), n_boot=0)
    printed = {"krippendorff_nominal": 0.743, "krippendorff_ordinal": 0.815, "krippendorff_interval": 0.849}
    for term, value in printed.items():
        assert round(float(result.value(term)), 3) == value
    assert result.tidy()["n"].tolist() == [11] * len(result.tidy())  # the unit with one value is left out
    assert any(note.code == "agreement_dropped" for note in result.notes)


def test_fleiss_kappa_is_as_published() -> None:
    rows = [np.repeat(np.arange(1, 6), counts) for counts in COUNTS]
    columns = {f"r{i}": [row[i] for row in rows] for i in range(14)}
    result = csi.score_agreement(survey_of(columns), list(columns), n_boot=0)
    assert round(float(result.value("fleiss_kappa")), 3) == 0.210
    assert round(float(result.value("percent_agreement")), 3) == 0.378


@pytest.fixture(scope="module")
def coders() -> dict[str, list[float]]:
    """Two mobi items cut at 6 and 8, as in trust.R, from a table of their joint answers."""
    rng = np.random.default_rng(4)
    first = rng.integers(1, 4, 250)
    second = np.where(rng.random(250) < 0.6, first, rng.integers(1, 4, 250))
    return {"a": first.tolist(), "b": second.tolist()}


def test_kappas_are_those_of_psych(shared: Path) -> None:
    mobi = pd.read_csv(shared / "data" / "mobi.csv")
    cut = {name: 1 + (mobi[name] > 6).astype(int) + (mobi[name] > 8) for name in ("CUSA1", "CUSA2")}
    result = csi.score_agreement(survey_of(cut, 1, 3), list(cut))
    theirs = TRUST["kappa"]
    for kind, key in (("kappa", "kappa"), ("kappa_linear", "linear"), ("kappa_quadratic", "quadratic")):
        assert float(result.value("CUSA1", "CUSA2", kind, table="pairs")) == pytest.approx(theirs[key], abs=SAME)
    error = result.value("CUSA1", "CUSA2", "kappa", table="pairs").std_error
    assert error == pytest.approx(theirs["se"] * np.sqrt(250 / 249), rel=1e-6)  # Fleiss, Cohen and Everitt divide by n


def test_kappa_by_hand(coders: dict) -> None:
    table = np.zeros((3, 3))
    for one, other in zip(coders["a"], coders["b"], strict=True):
        table[one - 1, other - 1] += 1 / 250
    chance = np.outer(table.sum(axis=1), table.sum(axis=0))
    by_hand = {"agreement": np.trace(table), "kappa": (np.trace(table) - np.trace(chance)) / (1 - np.trace(chance))}
    gap = np.abs(np.subtract.outer(range(3), range(3)))
    for kind, apart in (("kappa_linear", gap), ("kappa_quadratic", gap**2)):
        by_hand[kind] = 1 - (table * apart).sum() / (chance * apart).sum()
    result = csi.score_agreement(survey_of(coders, 1, 3), ["a", "b"])
    for kind, value in by_hand.items():
        assert float(result.value("a", "b", kind, table="pairs")) == pytest.approx(value, abs=1e-12)
    assert float(result.value("percent_agreement")) == pytest.approx(by_hand["agreement"], abs=1e-12)


def test_the_quadratic_kappa_is_icc2_of_two_raters_but_for_n(coders: dict) -> None:
    survey = survey_of(coders, 1, 3)
    kappa = float(csi.score_agreement(survey, ["a", "b"], n_boot=0).value("a", "b", "kappa_quadratic", table="pairs"))
    assert float(csi.fit_icc(survey, ["a", "b"], n_boot=0).value("icc2")) == pytest.approx(kappa, abs=0.01)


def test_r_wg_by_hand() -> None:
    columns = {"a": [4, 5, 2, 1], "b": [4, 4, 2, 5], "c": [5, 4, 2, 3]}
    result = csi.score_agreement(survey_of(columns), list("abc"))
    variances = [np.var(row, ddof=1) for row in zip(*columns.values(), strict=True)]
    expected = (5**2 - 1) / 12
    assert float(result.value("r_wg")) == pytest.approx(1 - np.mean(variances) / expected)
    np.testing.assert_allclose(result.scores()["r_wg"], [1 - value / expected for value in variances])
    agreeing = [sum(x == y for x, y in combinations(row, 2)) / 3 for row in zip(*columns.values(), strict=True)]
    np.testing.assert_allclose(result.scores()["percent_agreement"], agreeing)


def test_raters_who_agree_always_and_raters_by_chance() -> None:
    rng = np.random.default_rng(2)
    same = rng.integers(1, 6, 300).tolist()
    alike = csi.score_agreement(survey_of({"a": same, "b": same, "c": same}), list("abc"), n_boot=0)
    np.testing.assert_allclose(alike.tidy()["estimate"], 1.0)
    chance = csi.score_agreement(survey_of({name: rng.integers(1, 6, 3000) for name in "abc"}), list("abc"))
    for term in ("fleiss_kappa", "krippendorff_nominal", "krippendorff_ordinal", "krippendorff_interval"):
        value = chance.value(term)
        assert abs(float(value)) < 4 * value.std_error


def test_words_are_nominal() -> None:
    names = {1: "质量", 2: "服务", 3: "price"}
    numbers = {"a": [1, 2, 3, 3, 2, 1], "b": [1, 2, 3, 1, 2, 1]}
    words = {rater: [names[value] for value in values] for rater, values in numbers.items()}
    coded = csi.score_agreement(survey_of(numbers, 1, 3), ["a", "b"])
    worded = csi.score_agreement(csi.Survey.from_frame(words), ["a", "b"])
    assert worded.tidy()["term"].tolist() == ["percent_agreement", "fleiss_kappa", "krippendorff_nominal"]
    pd.testing.assert_frame_equal(worded.tidy(), coded.tidy().iloc[:3])
    assert worded.tidy("pairs")["kind"].tolist() == ["agreement", "kappa"]


def test_order_of_raters_and_cases_changes_nothing() -> None:
    one = csi.score_agreement(survey_of(OBSERVED), list("ABCD")).tidy()
    turned = {name: OBSERVED[name][::-1] for name in "DBCA"}
    pd.testing.assert_frame_equal(one, csi.score_agreement(survey_of(turned), list("DBCA")).tidy())


@pytest.mark.parametrize("function", ["score_agreement", "fit_icc"])
def test_linearised_and_bootstrap_errors_agree_under_a_design(function: str) -> None:
    survey, raters = csi.load_sample("mobile"), ["sat_overall", "sat_expectations", "sat_ideal"]
    linear = getattr(csi, function)(survey, raters, by="operator")
    drawn = getattr(csi, function)(survey, raters, by="operator", inference="bootstrap", n_boot=1000)
    for name in linear.tables:
        ratio = drawn.tidy(name)["std_error"] / linear.tidy(name)["std_error"]
        assert ratio.between(0.85, 1.2).all(), name


@pytest.mark.parametrize("function", ["check_reliability", "fit_factors", "fit_icc", "score_agreement"])
def test_raked_weights_are_raked_again_in_every_replicate(function: str) -> None:
    survey = csi.rake(csi.load_sample("mobile"), {"region": {"north": 0.3, "south": 0.3, "east": 0.2, "west": 0.2}})
    items = ["quality_overall", "quality_needs", "quality_network", "quality_service"]
    options = {"n_factors": 1} if function == "fit_factors" else {}
    linear = getattr(csi, function)(survey, items, **options).tidy()
    drawn = getattr(csi, function)(survey, items, inference="bootstrap", n_boot=400, **options).tidy()
    assert (drawn["std_error"] / linear["std_error"]).between(0.85, 1.15).all()


def test_pairs_count_the_cases_that_both_judged() -> None:
    pairs = csi.score_agreement(survey_of(OBSERVED), list("ABCD")).tidy("pairs")
    counts = pairs.drop_duplicates(["item", "other_item"]).set_index(["item", "other_item"])["n"]
    for one, other in combinations("ABCD", 2):
        both = sum(a is not None and b is not None for a, b in zip(OBSERVED[one], OBSERVED[other], strict=True))
        assert counts[one, other] == both


BAD = {
    "one rater": (
        lambda: csi.score_agreement(survey_of(OBSERVED), ["A"]),
        csi.EstimationError,
        ["score_agreement", "2"],
    ),
    "one rater icc": (lambda: csi.fit_icc(survey_of(OBSERVED), ["A"]), csi.EstimationError, ["fit_icc", "2"]),
    "unknown": (lambda: csi.score_agreement(survey_of(OBSERVED), ["A", "Z"]), csi.DataError, ["Z", "A"]),
    "unknown beside words": (
        lambda: csi.score_agreement(csi.Survey.from_frame({"a": list("xyz"), "b": list("xyz")}), ["a", "Z"]),
        csi.DataError,
        ["Z", "a"],
    ),
    "twice": (lambda: csi.score_agreement(survey_of(OBSERVED), ["A", "A"]), csi.DataError, ["A"]),
    "mixed": (
        lambda: csi.score_agreement(csi.Survey.from_frame({"a": [1, 2, 3], "b": list("xyz")}), ["a", "b"]),
        csi.DataError,
        ["a", "b"],
    ),
    "never both": (
        lambda: csi.score_agreement(survey_of({"a": [1, 2, None, None], "b": [None, None, 1, 2]}), ["a", "b"]),
        csi.EstimationError,
        ["4", "a"],
    ),
    "one category": (
        lambda: csi.score_agreement(survey_of({"a": [3, 3, 3, 3], "b": [3, 3, 3, 3]}), ["a", "b"]),
        csi.DataError,
        ["3", "a"],
    ),
    "few cases": (
        lambda: csi.score_agreement(survey_of({"a": [1, 2], "b": [2, 1]}), ["a", "b"]),
        csi.EstimationError,
        ["2", "3"],
    ),
    "moments": (
        lambda: csi.score_agreement(csi.load_moments("mobi"), ["CUSA1", "CUSA2"]),
        csi.DataError,
        ["Moments", "Survey"],
    ),
    "normal": (
        lambda: csi.score_agreement(survey_of(OBSERVED), ["A", "B"], inference="normal"),
        csi.OptionError,
        ["normal", "linearised"],
    ),
    "constant rater": (
        lambda: csi.fit_icc(survey_of({"a": [3, 3, 3, 3], "b": [1, 2, 3, 4]}), ["a", "b"]),
        csi.DataError,
        ["a"],
    ),
}


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("case", list(BAD))
def test_bad_calls_say_what_to_do(case: str, language: str) -> None:
    call, kind, words = BAD[case]
    with csi.use_language(language):
        with pytest.raises(kind) as caught:
            call()
        message = str(caught.value)
    assert all(word in message for word in words), message
