"""Reliability of scales: by hand, against psych, semTools and R survey, by property, and by coverage."""

from __future__ import annotations

import dataclasses
import json
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import csi
from csi.estimation.item_moments import ItemData
from csi.estimation.item_moments import _moments_of as moments_of
from csi.estimation.moments import measure
from csi.estimation.parts import Part
from csi.inference.choice import Choice
from csi.inference.design import Design
from csi.measures.trust.reliability_numbers import alpha_of, halves_of
from csi.results import Block

GOLDEN = Path(__file__).parent / "golden"
PSYCH = json.loads((GOLDEN / "psych_mobi.json").read_text())
TRUST = json.loads((GOLDEN / "trust.json").read_text())
BLOCKS = {name: part["items"] for name, part in PSYCH["alpha"].items()}

SAME = 1e-9  # the same definition in two programs
STOPPED = 1e-5  # omega by three factors: psych stops its extraction and rotation at 1e-5

# twelve respondents of the sample tiny, typed again
S1 = [8, 9, 6, 8, 4, 10, 6, 5, 8, 4, 7, 9]
S2 = [6, 10, 5, 6, 4, 9, 4, 6, 8, 4, 5, 5]
S3 = [8, 10, 5, 6, 3, 6, 5, 5, 7, 3, 7, 7]


@pytest.fixture(scope="module")
def mobi() -> csi.Result:
    return csi.check_reliability(csi.load_moments("mobi"), BLOCKS, n_boot=0)


def numbers(result: csi.Result, table: str, **keys: str) -> np.ndarray:
    frame = result.tidy(table)
    for column, value in keys.items():
        frame = frame[frame[column] == value]
    return frame["estimate"].to_numpy()


def test_alpha_by_hand_on_twelve_respondents() -> None:
    survey = csi.load_sample("tiny")
    assert survey.matrix(["s1", "s2", "s3"]).T.tolist() == [S1, S2, S3]
    sums = [a + b + c for a, b, c in zip(S1, S2, S3, strict=True)]

    def variance(values: list[int]) -> float:
        mean = sum(values) / 12
        return sum((value - mean) ** 2 for value in values) / 11

    by_hand = 3 / 2 * (1 - (variance(S1) + variance(S2) + variance(S3)) / variance(sums))
    result = csi.check_reliability(survey, ["s1", "s2", "s3"])
    assert float(result.value("s1-s3", "alpha")) == pytest.approx(by_hand, abs=1e-12)
    rest = np.corrcoef(S1, np.add(S2, S3))[0, 1]
    assert float(result.value("s1-s3", "s1", "item_rest", table="items")) == pytest.approx(rest, abs=1e-12)
    two = 2 * (1 - (variance(S2) + variance(S3)) / variance([b + c for b, c in zip(S2, S3, strict=True)]))
    assert float(result.value("s1-s3", "s1", "alpha_dropped", table="items")) == pytest.approx(two, abs=1e-12)


@pytest.mark.parametrize("construct", list(BLOCKS))
def test_psych_prints_the_same(mobi: csi.Result, construct: str) -> None:
    theirs = PSYCH["alpha"][construct]
    assert numbers(mobi, "reliability", construct=construct, term="alpha") == pytest.approx([theirs["raw"]], abs=SAME)
    standardised = numbers(mobi, "reliability", construct=construct, term="alpha_standardized")
    assert standardised == pytest.approx([theirs["std"]], abs=SAME)
    assert numbers(mobi, "halves", construct=construct, term="lambda6") == pytest.approx([theirs["g6"]], abs=SAME)
    for kind, key in (("item_rest", "r_drop"), ("item_total", "raw_r")):
        assert numbers(mobi, "items", construct=construct, kind=kind) == pytest.approx(theirs[key], abs=SAME)
    if len(BLOCKS[construct]) > 2:  # of two items psych prints a correlation and a variance ratio as "alpha if dropped"
        for kind, key in (("alpha_dropped", "drop_raw"), ("alpha_standardized_dropped", "drop_std")):
            assert numbers(mobi, "items", construct=construct, kind=kind) == pytest.approx(theirs[key], abs=SAME)
    else:
        assert not len(numbers(mobi, "items", construct=construct, kind="alpha_dropped"))


@pytest.mark.parametrize("construct", list(BLOCKS))
def test_limits_by_formula_are_those_of_psych(mobi: csi.Result, construct: str) -> None:
    feldt = mobi.value(construct, "feldt", table="alpha_limits")
    theirs = PSYCH["feldt"][construct]
    assert [feldt.lower, feldt.upper] == pytest.approx([theirs["lower"], theirs["upper"]], abs=SAME)
    duhachek = mobi.value(construct, "duhachek", table="alpha_limits")
    assert duhachek.std_error == pytest.approx(PSYCH["alpha"][construct]["ase"], abs=SAME)


def test_semtools_prints_the_same_alpha(mobi: csi.Result) -> None:
    """Its omega comes from one model of all constructs together; ours from one factor of each scale: not compared."""
    for construct, value in zip(PSYCH["semtools"]["constructs"], PSYCH["semtools"]["alpha"], strict=True):
        ours = numbers(mobi, "reliability", construct=construct, term="alpha")
        assert ours == pytest.approx([value], abs=SAME)
        assert ours == pytest.approx([PSYCH["semtools"]["tau"][construct]], abs=SAME)


def test_omegas_of_seven_items(mobi: csi.Result) -> None:
    theirs = PSYCH["omega"]
    assert float(mobi.value("Quality", "omega")) == pytest.approx(theirs["one"], abs=1e-8)
    assert float(mobi.value("Quality", "omega_total")) == pytest.approx(theirs["total"], abs=STOPPED)
    assert float(mobi.value("Quality", "omega_hierarchical")) == pytest.approx(theirs["hierarchical"], abs=STOPPED)


def test_split_halves_of_four_items_are_those_of_psych() -> None:
    result = csi.check_reliability(csi.load_moments("mobi"), BLOCKS["Image"][:4], n_boot=0)
    theirs = TRUST["splits"]["image"]
    assert len(theirs) == 3
    assert numbers(result, "halves", term="lambda4") == pytest.approx([max(theirs)], abs=SAME)
    assert numbers(result, "halves", term="split_half_lowest") == pytest.approx([min(theirs)], abs=SAME)


def test_split_halves_of_seven_items_differ_from_psych_by_name(mobi: csi.Result) -> None:
    """psych 2.2.9 looks at the first 18 of the 35 splits of seven items, and divides the sum of 36 by 35."""
    matrix = csi.load_moments("mobi").select(BLOCKS["Quality"]).correlation
    halves = []
    for chosen in combinations(range(7), 3):
        other = [i for i in range(7) if i not in chosen]
        halves.append(4 * matrix[np.ix_(chosen, other)].sum() / matrix.sum())
    assert max(halves) == pytest.approx(PSYCH["splithalf"]["maxrb"], abs=SAME)
    assert min(halves[:18]) == pytest.approx(PSYCH["splithalf"]["minrb"], abs=SAME)
    assert 2 * sum(halves[:18]) / 35 == pytest.approx(PSYCH["splithalf"]["meanr"], abs=SAME)
    assert numbers(mobi, "halves", construct="Quality", term="lambda4") == pytest.approx([max(halves)], abs=SAME)
    assert numbers(mobi, "halves", construct="Quality", term="split_half_lowest") == pytest.approx(
        [min(halves)], abs=SAME
    )


def test_r_survey_gives_the_same_alpha_and_error_under_a_design() -> None:
    theirs = TRUST["weighted"]
    row = csi.check_reliability(csi.load_sample("mobile"), theirs["items"]).tidy().iloc[0]
    assert row["n"] == theirs["n"]
    assert row["estimate"] == pytest.approx(theirs["alpha"], abs=1e-12)
    assert row["std_error"] == pytest.approx(theirs["alpha_se"], rel=1e-7)


@pytest.mark.parametrize("k", [2, 3, 6, 7, 14, 20])
def test_every_split_is_there_once(k: int) -> None:
    splits = halves_of(k, 1)
    assert (splits.sum(axis=1) == k // 2).all()
    if k < 16:
        canonical = {tuple(row) if k % 2 or row[0] else tuple(~row) for row in splits}
        assert len(canonical) == len(splits) == {2: 1, 3: 3, 6: 10, 7: 35, 14: 1716}[k]
    assert (halves_of(k, 1) == splits).all()


ratings = st.lists(st.lists(st.integers(1, 7), min_size=4, max_size=4), min_size=12, max_size=30)


@settings(max_examples=25, deadline=None)
@given(ratings, st.permutations(range(4)), st.floats(0.2, 5), st.floats(-3, 3))
def test_alpha_does_not_hang_on_order_or_unit(rows: list, order: list, factor: float, shift: float) -> None:
    columns = np.array(rows, dtype=float) + np.arange(4) * np.arange(len(rows))[:, None] % 5  # never constant
    cov = np.cov(columns.T)[:, :, None]
    value = alpha_of(cov)[0, 0]
    moved = np.cov(((columns * factor + shift)[:, order]).T)[:, :, None]
    assert alpha_of(moved)[0, 0] == pytest.approx(value, rel=1e-9)
    assert value <= 1


def test_bounds_stand_in_their_order(mobi: csi.Result) -> None:
    for construct, items in BLOCKS.items():
        one, two, three, four, five, six = (
            numbers(mobi, "halves", construct=construct, term=f"lambda{i}")[0] for i in range(1, 7)
        )
        assert one < three <= two + 1e-12
        assert one < five
        assert one < six
        assert three == pytest.approx(numbers(mobi, "reliability", construct=construct, term="alpha_standardized")[0])
        if len(items) % 2 == 0:
            assert four >= three - 1e-12  # the best split is at least the mean of all, which is alpha


def test_a_scale_twice_as_long_by_copies() -> None:
    """Each item twice: the variance of the sum is fourfold, so alpha is known; copies leave no lambda6 and no omega."""
    frame = csi.load_sample("tiny").answers[["s1", "s2", "s3"]]
    doubled = pd.concat([frame, frame.add_suffix("b")], axis=1)
    result = csi.check_reliability(
        csi.Survey.from_frame(doubled, scale={"*": (1, 10)}), list(doubled.columns), n_boot=0
    )
    sum_of_correlations = np.corrcoef(frame.T).sum()
    assert numbers(result, "reliability", term="alpha_standardized") == pytest.approx(
        [6 / 5 * (1 - 6 / (4 * sum_of_correlations))]
    )
    assert not len(numbers(result, "halves", term="lambda6"))
    assert not len(numbers(result, "reliability", term="omega"))
    assert any(note.code == "singular_scales" for note in result.notes)


def test_weights_are_weights_and_not_copies_for_errors() -> None:
    frame = csi.load_sample("tiny").answers
    frame["w"] = [1, 2, 1, 1, 3, 1, 2, 1, 1, 1, 2, 1]
    book = dataclasses.replace(csi.load_sample("tiny").codebook, weight="w")
    weighted = csi.check_reliability(csi.Survey.from_frame(frame, book)).tidy()
    frame["w"] *= 7.5
    again = csi.check_reliability(csi.Survey.from_frame(frame, book)).tidy()
    pd.testing.assert_frame_equal(weighted, again)
    copied = frame.loc[frame.index.repeat((frame["w"] / 7.5).astype(int))].reset_index(drop=True).drop(columns="w")
    long = csi.check_reliability(csi.Survey.from_frame(copied, csi.load_sample("tiny").codebook)).tidy()
    np.testing.assert_allclose(weighted["estimate"], long["estimate"], atol=1e-12)
    assert (weighted["std_error"] > long["std_error"]).all()


def test_linearised_and_bootstrap_errors_agree() -> None:
    survey = csi.load_sample("mobile")
    items = {"Image": ["image_trust", "image_stable", "image_society", "image_customers", "image_innovative"]}
    linear = csi.check_reliability(survey, items)
    drawn = csi.check_reliability(survey, items, inference="bootstrap", n_boot=2000)
    for table in ("reliability", "items"):
        ratio = linear.tidy(table)["std_error"] / drawn.tidy(table)["std_error"]
        assert ratio.between(0.9, 1.1).all()
    assert linear.tidy()["lower"].lt(linear.tidy()["estimate"]).all()


def test_normal_theory_is_that_of_duhachek() -> None:
    drawn = csi.check_reliability(csi.load_moments("mobi"), BLOCKS, n_boot=4000)
    for construct in BLOCKS:
        ratio = drawn.value(construct, "alpha").std_error / PSYCH["alpha"][construct]["ase"]
        assert 0.93 < ratio < 1.07


def test_moments_with_fourth_order_sums_give_the_errors_of_rows() -> None:
    survey = csi.load_sample("tiny")
    columns = survey.matrix(["q1", "q2", "s1", "s2", "s3"])
    moments = csi.Moments.from_frame(columns, ["q1", "q2", "s1", "s2", "s3"], fourth=True)
    blocks = {"Quality": ["q1", "q2"], "Satisfaction": ["s1", "s2", "s3"]}
    for table in ("reliability", "items", "halves"):
        rows = csi.check_reliability(survey, blocks).tidy(table)
        summed = csi.check_reliability(moments, blocks).tidy(table)
        pd.testing.assert_frame_equal(rows, summed, rtol=1e-6, atol=1e-9)


def test_groups_are_domains() -> None:
    survey = csi.load_sample("mobile")
    items = {
        "Satisfaction": ["sat_overall", "sat_expectations", "sat_ideal"],
        "Value": ["value_price", "value_quality"],
    }
    grouped = csi.check_reliability(survey, items, by="operator")
    alone = csi.check_reliability(survey, items, by="operator", inference="bootstrap", n_boot=1000)
    ratio = grouped.tidy()["std_error"] / alone.tidy()["std_error"]
    assert ratio.between(0.85, 1.15).all()
    answers = survey.answers
    answers["weight"] = answers["weight"].where(answers["operator"] == "Amber", 0.0)
    amber = csi.check_reliability(csi.Survey.from_frame(answers, survey.codebook), items)
    mine = grouped.tidy().query("group == 'Amber'").drop(columns="group").reset_index(drop=True)
    pd.testing.assert_frame_equal(mine, amber.tidy(), rtol=1e-8)
    difference = grouped.contrast({("Amber", "Value", "alpha"): 1, ("Birch", "Value", "alpha"): -1})
    assert difference.std_error > 0


def test_pairwise_answers_count_where_they_are_given() -> None:
    frame = csi.load_sample("tiny").answers[["s1", "s2", "s3"]].astype(float)
    frame.loc[0, "s1"] = np.nan
    survey = csi.Survey.from_frame(frame, scale={"*": (1, 10)})
    listwise = csi.check_reliability(survey, ["s1", "s2", "s3"])
    pairwise = csi.check_reliability(survey, ["s1", "s2", "s3"], missing="pairwise")
    assert listwise.glance()["n"].item() == 11
    cov = frame.cov().to_numpy()
    assert float(pairwise.value("s1-s3", "alpha")) == pytest.approx(1.5 * (1 - np.trace(cov) / cov.sum()))
    assert "alpha_limits" not in pairwise.tables
    assert pairwise.value("s1-s3", "alpha").std_error > 0


def test_reversed_items_left_as_asked_are_found() -> None:
    frame = csi.load_sample("tiny").answers[["s1", "s2", "s3"]]
    frame["s2"] = 11 - frame["s2"]
    result = csi.check_reliability(csi.Survey.from_frame(frame, scale={"*": (1, 10)}), ["s1", "s2", "s3"], n_boot=0)
    line = next(line for line in result.checks if line.check == "item_rest")
    assert not line.ok
    assert "s2" in line.meaning


def test_single_items_are_left_out_by_name() -> None:
    result = csi.check_reliability(csi.load_sample("tiny"))
    assert set(result.tidy()["construct"]) == {"Quality", "Satisfaction"}
    assert any("Loyalty (l1)" in str(note) for note in result.notes)


def test_a_heywood_case_behind_omega_is_named() -> None:
    matrix = np.array([[1, 0.9, 0.8], [0.9, 1, 0.6], [0.8, 0.6, 1]])  # 0.9 * 0.8 / 0.6 = 1.2, no factor can
    moments = csi.Moments.from_table("abc", n=100, mean=[0] * 3, sd=[1] * 3, correlation=matrix)
    result = csi.check_reliability(moments, n_boot=0)
    line = next(line for line in result.checks if line.check == "omega_heywood")
    assert not line.ok
    assert "Heywood" in line.meaning


def covered(n: int, samples: int) -> float:
    """Share of samples whose interval holds alpha of the population: four items cut to 1-5, skewed."""
    rng = np.random.default_rng(7)

    def draw(size: int) -> np.ndarray:
        factor = rng.standard_normal((size, 1))
        return np.clip(np.round(3.8 + 0.8 * factor + rng.standard_normal((size, 4)) * [0.7, 0.9, 1.0, 1.2]), 1, 5)

    truth = alpha_of(np.cov(draw(2_000_000).T)[:, :, None])[0, 0]
    every, codes = np.ones(n, dtype=bool), np.zeros(n, dtype=np.int64)
    part = Part(range(4), lambda batch: {"alpha": alpha_of(batch.cov)})
    hits = 0
    for _ in range(samples):
        columns = draw(n)
        data = ItemData(
            "drawn", tuple("abcd"), [moments_of(columns, None, "listwise")], (n,), (), columns, codes, every, Design(n),
            None, "listwise", False, (), 0,
        )  # fmt: skip
        found = measure(data, [[part]], Choice("linearised", "t"))
        table = found.table(data, ("term",), [Block("alpha", [("alpha",)])], scales={"alpha": 1})
        lower, upper = table.uncertainty.interval(0.95)
        hits += bool(lower[0] <= truth <= upper[0])
    return hits / samples


def test_the_interval_of_alpha_covers() -> None:
    assert 0.93 <= covered(250, 2000) <= 0.97


TINY = csi.load_sample("tiny")
BOOK = csi.Codebook(items={name: csi.Item(name, csi.Scale(1, 5)) for name in "ab"})
BAD = {
    "unknown item": (lambda: csi.check_reliability(TINY, ["s1", "s9"]), csi.DataError, ["s9", "s1"]),
    "one item": (lambda: csi.check_reliability(TINY, {"Loyalty": ["l1"]}), csi.DataError, ["Loyalty", "l1"]),
    "no item": (lambda: csi.check_reliability(TINY, []), csi.DataError, ["check_reliability"]),
    "item twice": (lambda: csi.check_reliability(TINY, ["s1", "s1"]), csi.DataError, ["s1"]),
    "no constructs": (
        lambda: csi.check_reliability(csi.Survey.from_frame({"a": [1, 2, 4], "b": [2, 4, 3]}, name="shop")),
        csi.DataError,
        ["shop", "construct", "items="],
    ),
    "constant": (
        lambda: csi.check_reliability(csi.Survey.from_frame({"a": [1, 2, 4], "b": [2, 2, 2]}), ["a", "b"]),
        csi.DataError,
        ["b", "items="],
    ),
    "too few": (
        lambda: csi.check_reliability(csi.Survey.from_frame({"a": [1, 2], "b": [2, 3]}), ["a", "b"]),
        csi.EstimationError,
        ["check_reliability", "2", "3"],
    ),
    "not a survey": (lambda: csi.check_reliability([[1, 2]]), csi.DataError, ["list", "Survey", "Moments"]),
    "missing rule": (lambda: csi.check_reliability(TINY, missing="mean"), csi.OptionError, ["mean", "listwise"]),
    "inference": (lambda: csi.check_reliability(TINY, inference="magic"), csi.OptionError, ["magic", "linearised"]),
    "n_boot": (lambda: csi.check_reliability(TINY, inference="bootstrap", n_boot=5), csi.OptionError, ["5"]),
    "rows needed": (
        lambda: csi.check_reliability(csi.load_moments("mobi"), inference="bootstrap"),
        csi.OptionError,
        ["bootstrap"],
    ),
    "groups": (
        lambda: csi.check_reliability(csi.load_moments("mobi"), by="operator"),
        csi.OptionError,
        ["by="],
    ),
    "unknown group": (lambda: csi.check_reliability(TINY, ["s1", "s2"], by="nothing"), csi.DataError, ["nothing"]),
    "small groups": (
        lambda: csi.check_reliability(
            csi.Survey.from_frame({"a": [1, 2, 4, 5], "b": [2, 3, 3, 4], "c": list("xxyy")}), ["a", "b"], by="c"
        ),
        csi.EstimationError,
        ["by=c", "x (2)", "3"],
    ),
    "private": (
        lambda: csi.check_reliability(
            csi.Survey.from_frame(
                {"a": [1, 2, 4], "b": [2, 3, 3]}, dataclasses.replace(BOOK, private=("b",)), name="shop"
            ),
            ["a", "b"],
        ),
        csi.DataError,
        ["shop", "1", "private"],
    ),
}


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("case", list(BAD))
def test_bad_calls_say_what_to_do(case: str, language: str) -> None:
    call, kind, words = BAD[case]
    with csi.use_language(language), pytest.raises(kind) as caught:
        call()
    with csi.use_language(language):
        message = str(caught.value)
    assert all(word in message for word in words), message
    assert len(message) > 20
