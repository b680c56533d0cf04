"""The index with the customers' own points as weights: by hand, by property, and with the error of its weights."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import csi
from csi.language import use_language

FRAME = pd.DataFrame(
    {
        "a": [8, 9, 5, 7, 10, 6],
        "b": [4, 6, 7, 5, 8, 3],
        "c": [9, 9, 8, 10, 7, 9],
        "pa": [50, 60, 40, 50, 70, 30],
        "pb": [30, 20, 40, 30, 20, 40],
        "pc": [20, 20, 20, 20, 10, 30],
        "w": [1, 1, 2, 2, 1, 3],
        "g": ["x", "x", "x", "y", "y", "y"],
    }
)
BOOK = csi.Codebook.from_yaml(
    "roles: {weight: w}\nscales: {ten: {lo: 1, hi: 10}}\nitems:\n"
    + "".join(f"  {name}: {{scale: ten}}\n" for name in "abc")
    + "".join(f"  p{name}: {{kind: number}}\n" for name in "abc")
)
TREE = {"service": {"a": 1, "b": 1}, "c": 1}


@pytest.fixture(scope="module")
def survey() -> csi.Survey:
    return csi.Survey.from_frame(FRAME, BOOK, name="six")


def by_hand(frame: pd.DataFrame, points: pd.DataFrame) -> dict[str, float]:
    w = frame["w"] / frame["w"].sum()
    score = {name: 100 * ((w * frame[name]).sum() - 1) / 9 for name in "abc"}
    v = points["w"] / points["w"].sum()
    share = {name: (v * points[f"p{name}"]).sum() for name in "abc"}
    total = sum(share.values())
    service = (share["a"] * score["a"] + share["b"] * score["b"]) / (share["a"] + share["b"])
    whole = sum(share[name] * score[name] for name in "abc") / total
    return {"overall": whole, "service": service, **score}


def test_by_hand(survey: csi.Survey) -> None:
    found = csi.score_index(survey, TREE, points=["pa", "pb", "pc"])
    index = found.tidy().set_index("indicator")["estimate"]
    for name, value in by_hand(FRAME, FRAME).items():
        assert index[name] == pytest.approx(value, abs=1e-10)
    weights = found.tidy("node_weights").set_index("indicator")["estimate"]
    assert weights["overall"] == pytest.approx(1)
    assert weights["service"] == pytest.approx(weights["a"] + weights["b"])
    named = csi.score_index(survey, TREE, points={"c": "pc", "a": "pa", "b": "pb"})
    pd.testing.assert_frame_equal(named.tidy(), found.tidy())


def test_groups_share_the_weights_or_have_their_own(survey: csi.Survey) -> None:
    for whose in ("pooled", "own"):
        found = csi.score_index(survey, TREE, points=["pa", "pb", "pc"], by="g", indicator_weights=whose)
        index = found.tidy().set_index(["group", "indicator"])["estimate"]
        for group in ("x", "y"):
            part = FRAME[FRAME["g"] == group]
            hand = by_hand(part, FRAME if whose == "pooled" else part)
            assert index[group, "overall"] == pytest.approx(hand["overall"], abs=1e-10)
        assert any(note.code == f"index_weights_{whose}" for note in found.notes)


def test_the_error_of_the_weights_counts() -> None:
    """Linearised and bootstrap errors agree, and both exceed the error with the weights held fixed."""
    rng = np.random.default_rng(7)
    n = 400
    ratings = np.clip(np.rint(rng.normal([8.5, 3.0, 6.0], 1.0, (n, 3))), 1, 10)
    points = rng.dirichlet([1.0, 1.0, 1.0], n) * 100
    frame = pd.DataFrame(np.hstack([ratings, points]), columns=["a", "b", "c", "pa", "pb", "pc"])
    survey = csi.Survey.from_frame(frame, replace(BOOK, weight=None))
    line = csi.score_index(survey, "a 1\nb 1\nc 1", points=["pa", "pb", "pc"])
    boot = csi.score_index(
        survey, "a 1\nb 1\nc 1", points=["pa", "pb", "pc"], inference="bootstrap", n_boot=2000, interval="t"
    )
    shares = points.mean(axis=0) / 100
    fixed = csi.score_index(survey, dict(zip("abc", shares / shares.sum(), strict=True)), policy="within_group")
    errors = [float(one.value("overall").std_error) for one in (line, boot, fixed)]
    assert errors[0] == pytest.approx(errors[1], rel=0.06)
    assert errors[0] > 1.15 * errors[2]
    assert float(line.value("overall")) == pytest.approx(float(fixed.value("overall")), abs=1e-9)


def test_equal_points_are_equal_weights(survey: csi.Survey) -> None:
    even = survey.with_codebook(BOOK)
    frame = FRAME.assign(pa=10, pb=10, pc=10)
    even = csi.Survey.from_frame(frame, BOOK)
    found = csi.score_index(even, {"a": 1, "b": 1, "c": 1}, points=["pa", "pb", "pc"], policy="within_group")
    plain = csi.score_index(even, {"a": 1 / 3, "b": 1 / 3, "c": 1 / 3})
    np.testing.assert_allclose(found.tidy()["estimate"], plain.tidy()["estimate"], atol=1e-9)
    np.testing.assert_allclose(found.tidy()["std_error"], plain.tidy()["std_error"], atol=1e-8)


def test_incomplete_points_are_left_out_and_said() -> None:
    frame = FRAME.assign(pb=[30, None, 40, 30, 20, 40])
    survey = csi.Survey.from_frame(frame, BOOK)
    found = csi.score_index(survey, TREE, points=["pa", "pb", "pc"])
    hand = by_hand(FRAME, FRAME.drop(index=1))
    assert float(found.value("overall")) == pytest.approx(hand["overall"], abs=1e-10)
    assert any(note.code == "points_left_out" and note.values["gaps"] == 1 for note in found.notes)


BAD = {
    "few": (lambda s: csi.score_index(s, TREE, points=["pa"]), ["1 items", "a, b, c"], ["1 个题项"]),
    "name": (lambda s: csi.score_index(s, TREE, points={"a": "pa", "b": "pb"}), ["none for c"], ["c 没有"]),
    "whose": (
        lambda s: csi.score_index(s, TREE, points=["pa", "pb", "pc"], by="g", indicator_weights="mine"),
        ["mine", "pooled"],
        ["mine", "pooled"],
    ),
}


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("case", list(BAD))
def test_wrong_points_are_named(survey: csi.Survey, case: str, language: str) -> None:
    call, english, chinese = BAD[case]
    with use_language(language), pytest.raises(csi.CsiError) as caught:
        call(survey)
    with use_language(language):
        assert all(word in str(caught.value) for word in (english if language == "en" else chinese)), str(caught.value)
