"""KCSI and UKCSI: the worked numbers, weights, domains and bad calls."""

from __future__ import annotations

import numpy as np
import pytest

import csi
from csi.data.codebook import Codebook

PARTS = {"overall": "sat", "elements": ["product", "image"], "repurchase": "again"}
BOOK = """
scales: {seven: {lo: 1, hi: 7}, ten: {lo: 1, hi: 10}}
items:
  sat: {scale: seven, construct: Overall}
  product: {scale: seven, construct: elements}
  image: {scale: seven, construct: elements}
  again: {scale: seven, construct: repurchase}
  m1: {scale: ten}
  m2: {scale: ten}
"""


def survey() -> csi.Survey:
    """Twenty respondents: 60 % give 6 or 7 to overall, 55 % to each element on average, 50 % would buy again."""
    top = {"sat": 12, "product": 14, "image": 8, "again": 10}
    frame = {name: [7, 6] * (hits // 2) + [5] * (20 - hits) for name, hits in top.items()}
    frame |= {"m1": [8] * 20, "m2": [7] * 14 + [8] * 6, "firm": ["a", "b"] * 10}
    return csi.Survey.from_frame(frame, Codebook.from_yaml(BOOK), name="brand")


def test_kcsi_sixty_fiftyfive_fifty_under_both_weightings():
    result = csi.score_composite(survey(), "KCSI", PARTS)
    components = result.tidy("components").set_index("term")["estimate"]
    assert components.to_dict() == pytest.approx({"overall": 0.60, "elements": 0.55, "repurchase": 0.50})
    assert result.tidy()["estimate"].tolist() == pytest.approx([55.5])
    versions = result.tidy("versions").set_index("term")["estimate"]
    assert versions.to_dict() == pytest.approx({"current": 55.5, "earlier": 56.0})
    assert csi.score_composite(survey(), "KCSI", PARTS, version="earlier").tidy()["estimate"][0] == pytest.approx(56.0)
    assert any("break" in str(note) for note in result.notes)


def test_kcsi_error_is_that_of_the_respondents_own_sums():
    answers = survey()
    own = sum(
        weight * np.mean([(answers.answers[item] >= 6) for item in items], axis=0)
        for weight, items in ((30, ["sat"]), (50, ["product", "image"]), (20, ["again"]))
    )
    found = csi.score_composite(answers, "KCSI", PARTS).tidy().iloc[0]
    assert found["std_error"] == pytest.approx(np.sqrt(own.var(ddof=1) / 20))
    assert found["n"] == 20


def test_importance_weighs_the_elements():
    result = csi.score_composite(survey(), "KCSI", PARTS, importance={"product": 3, "image": 1})
    assert result.tidy("components").set_index("term")["estimate"]["elements"] == pytest.approx((3 * 0.7 + 0.4) / 4)


def test_parts_come_from_the_codebook_where_constructs_have_their_names():
    assert csi.score_composite(survey(), "KCSI").tidy()["estimate"].tolist() == pytest.approx([55.5])


def test_ukcsi_is_percent_of_maximum_and_not_min_max():
    """Means 8.0 and 7.3: 7.65 x 10; on the scale from 0 it is lower."""
    result = csi.score_composite(survey(), "UKCSI", ["m1", "m2"])
    assert result.tidy()["estimate"].tolist() == pytest.approx([76.5])
    versions = result.tidy("versions").set_index("term")["estimate"]
    assert versions.to_dict() == pytest.approx({"percent_of_max": 76.5, "min_max": (7.65 - 1) / 9 * 100})
    assert result.tidy("components")["estimate"].tolist() == pytest.approx([80, 73])


def test_groups_share_the_design():
    result = csi.score_composite(survey(), "KCSI", PARTS, by="firm")
    alone = csi.score_composite(survey().keep(np.array(survey().answers["firm"] == "a")), "KCSI", PARTS)
    assert result.tidy()["estimate"][0] == pytest.approx(alone.tidy()["estimate"][0])
    assert len(result.contrast({("a", "KCSI"): 1, ("b", "KCSI"): -1}).__dict__) > 3


BAD = {
    "unknown composite": (lambda: csi.score_composite(survey(), "CCSI", PARTS), "CCSI", "KCSI", "UKCSI"),
    "missing part": (lambda: csi.score_composite(survey(), "KCSI", {"overall": "sat"}), "elements", "repurchase"),
    "strange part": (lambda: csi.score_composite(survey(), "KCSI", PARTS | {"price": "sat"}), "price", "elements"),
    "a list for KCSI": (lambda: csi.score_composite(survey(), "KCSI", ["sat"]), "overall", "elements"),
    "nothing for UKCSI": (lambda: csi.score_composite(survey(), "UKCSI"), "UKCSI", "1-10"),
    "wrong scale": (lambda: csi.score_composite(survey(), "UKCSI", ["m1", "sat"]), "1-10", "sat (1-7)"),
    "wrong part": (lambda: csi.score_composite(survey(), "KCSI", PARTS | {"overall": "m1"}), "1-7", "m1 (1-10)"),
    "unknown version": (lambda: csi.score_composite(survey(), "KCSI", PARTS, version="1992"), "1992", "earlier"),
    "version of UKCSI": (lambda: csi.score_composite(survey(), "UKCSI", ["m1"], version="current"), "UKCSI"),
    "importance lacks an item": (
        lambda: csi.score_composite(survey(), "KCSI", PARTS, importance={"product": 1}), "product", "image",
    ),
    "negative importance": (
        lambda: csi.score_composite(survey(), "KCSI", PARTS, importance={"product": 1, "image": -1}), "image", "0",
    ),
    "item twice": (lambda: csi.score_composite(survey(), "KCSI", PARTS | {"repurchase": "sat"}), "sat"),
    "unknown item": (lambda: csi.score_composite(survey(), "UKCSI", ["m3"]), "m3", "m1"),
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
