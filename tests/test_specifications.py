"""The index under other decisions: every cell is a fit of its own, and differences know that the fits share people."""

from __future__ import annotations

import numpy as np
import pytest

import csi
from csi.language import use_language

MODEL = "SCSB"


@pytest.fixture(scope="module")
def survey() -> csi.Survey:
    return csi.load_sample("mobile")


@pytest.fixture(scope="module")
def compared(survey: csi.Survey) -> csi.Result:
    return csi.compare_specifications(survey, MODEL, scheme=["path"], n_boot=200)


def test_every_cell_is_the_fit_it_says(survey: csi.Survey, compared: csi.Result) -> None:
    table = compared.tidy().set_index(["missing", "weighting", "flagged", "scheme", "scaling"])
    assert len(table) == 16
    whole = csi.fit_pls(survey, MODEL, n_boot=200, interval="t").value("Satisfaction", table="index")
    row = table.loc[("listwise", "weighted", "keep", "path", "standardized")]
    assert row["estimate"] == pytest.approx(float(whole), abs=1e-10)
    assert row["std_error"] == pytest.approx(whole.std_error, abs=1e-10)
    assert (row["lower"], row["upper"]) == pytest.approx((whole.lower, whole.upper))
    flags = csi.check_responses(survey, csi.load_model(MODEL).resolve(survey.items, survey.codebook).items).scores()
    left = survey.keep((flags["n_flags"] < 2).to_numpy()).with_weight(
        np.where(flags["n_flags"] < 2, 1.0, 0.0), "equal"
    )  # fmt: skip
    other = csi.fit_pls(left, MODEL, missing="pairwise", standardized=False, n_boot=0)
    row = table.loc[("pairwise", "unweighted", "leave_out", "path", "metric")]
    assert row["estimate"] == pytest.approx(float(other.value("Satisfaction", table="index")), abs=1e-10)


def test_a_decision_costs_the_mean_of_its_pairs(compared: csi.Result) -> None:
    cells = compared.tidy().pivot_table(
        index=["missing", "weighting", "scaling"], columns="flagged", values="estimate"
    )  # fmt: skip
    by_hand = (cells["leave_out"] - cells["keep"]).mean()
    found = compared.value("flagged", "leave_out", table="decisions")
    assert float(found) == pytest.approx(by_hand, abs=1e-10)
    assert found.lower < float(found) < found.upper
    separate = compared.tidy()["std_error"].mean()
    assert found.std_error < separate / 3, "people drawn in both fits cancel"


def test_a_contrast_of_cells_uses_their_common_draws(compared: csi.Result) -> None:
    rows = compared.table().rows()
    same = compared.contrast({rows[0]: 1, rows[1]: -1})
    errors = compared.tidy()["std_error"]
    assert same.std_error < 0.3 * np.hypot(errors[0], errors[1])


def test_weights_matter_in_the_sample_that_oversamples(compared: csi.Result) -> None:
    """mobile interviews unhappy regions and heavy users more often than the population has them."""
    weights = compared.value("weighting", "unweighted", table="decisions")
    assert weights.upper < 0


def test_a_survey_without_weights_says_so() -> None:
    found = csi.compare_specifications(
        csi.load_sample("tiny"), "Satisfaction ~ Quality; Loyalty ~ Satisfaction", flagged=["keep"], n_boot=0
    )
    assert set(found.tidy()["weighting"]) == {"unweighted"}
    assert any(note.code == "no_weights_to_leave" for note in found.notes)


def test_flags_may_be_given(survey: csi.Survey) -> None:
    mine = np.zeros(len(survey), dtype=bool)
    mine[:100] = True
    found = csi.compare_specifications(
        survey, MODEL, flags=mine, scheme=["path"], scaling=["metric"], missing=["listwise"], n_boot=0
    )
    assert any(note.code == "flagged_count" and note.values["count"] == 100 for note in found.notes)


BAD = {
    "value": (lambda s: csi.compare_specifications(s, MODEL, scheme=["paths"]), ["paths", "centroid"], ["paths"]),
    "empty": (lambda s: csi.compare_specifications(s, MODEL, missing=[]), ["missing", "pairwise"], ["missing", "空"]),
    "flags": (lambda s: csi.compare_specifications(s, MODEL, flags=[True]), ["flags", "(1,)", "3000"], ["flags"]),
    "survey": (lambda s: csi.compare_specifications(3, MODEL), ["compare_specifications", "int"], ["int"]),
}


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("case", list(BAD))
def test_wrong_options_are_named(survey: csi.Survey, case: str, language: str) -> None:
    call, english, chinese = BAD[case]
    with use_language(language), pytest.raises(csi.CsiError) as caught:
        call(survey)
    with use_language(language):
        assert all(word in str(caught.value) for word in (english if language == "en" else chinese)), str(caught.value)
