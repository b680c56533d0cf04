"""`fit_drivers(data, "sat ~ quality * C(branch) + np.log(price)")`: formulas beside names."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

import csi


@pytest.fixture(scope="module")
def mobile() -> csi.Survey:
    return csi.load_sample("mobile")


FRAME = pd.DataFrame(
    {
        "sat": [3, 5, 4, 6, 8, 7, 9, 10, 6, 7, 4, 5.0],
        "quality": [2, 4, 5, 5, 7, 8, 8, 10, 7, 5, np.nan, 3.0],
        "price": [1, 2, 1, 4, 3, 2, 5, 4, 3, 1, 2, 6.0],
        "zero": [0, 2, 0, 4, 3, 2, 5, 4, 3, 1, 2, 6.0],
        "branch": list("abcabcabcabc"),
        "same": ["x"] * 12,
        "我店": list("甲乙丙甲乙丙甲乙丙甲乙丙"),
    }
)


@pytest.fixture(scope="module")
def survey() -> csi.Survey:
    numbers = ("sat", "quality", "price", "zero")
    book = csi.Codebook(items={name: csi.Item(name, kind="number") for name in numbers})
    return csi.Survey.from_frame(FRAME, book, name="shop")


def test_a_formula_is_ordinary_least_squares_of_its_columns(survey):
    """By hand on eleven respondents, one of twelve having left a question out."""
    result = csi.fit_drivers(survey, "sat ~ quality * C(branch) + np.log(price)", inference="none")
    used = FRAME.dropna(subset=["quality"])
    b, c = (used["branch"] == "b").to_numpy(float), (used["branch"] == "c").to_numpy(float)
    q = used["quality"].to_numpy()
    x = np.column_stack([np.ones(len(q)), q, b, c, np.log(used["price"]), q * b, q * c])
    own = result.tidy().query("kind == 'unstandardized'")
    names = [
        "quality",
        "C(branch)[T.b]",
        "C(branch)[T.c]",
        "np.log(price)",
        "quality:C(branch)[T.b]",
        "quality:C(branch)[T.c]",
    ]
    assert own["term"].tolist() == ["intercept", *names]
    np.testing.assert_allclose(own["estimate"], np.linalg.lstsq(x, used["sat"], rcond=None)[0], atol=1e-10)
    said = {one.code: one.values for one in result.notes}
    assert said["reference_category"]["reference"] == "a"
    assert said["dropped_listwise"] == {"dropped": 1, "n": 11}


@pytest.mark.parametrize("options", [{}, {"by": "wave"}, {"kind": "ordered"}, {"kind": "top_box", "boxes": 2}])
def test_names_and_formula_give_the_same(mobile, options):
    named = csi.fit_drivers(mobile, "sat_overall", ["quality_network", "operator"], **options)
    written = csi.fit_drivers(mobile, "sat_overall ~ quality_network + operator", **options)
    for table in ("coefficients", "fit", "collinearity"):
        a, b = named.tidy(table), written.tidy(table)
        columns = ["estimate", "std_error", "lower", "upper"]
        np.testing.assert_allclose(a[columns], b[columns], rtol=1e-9, atol=1e-12)
    assert written.check()["ok"].tolist() == named.check()["ok"].tolist()


def test_it_is_statsmodels_own_formula(mobile):
    """The same terms by the same names as statsmodels' formula gives them, under no design."""
    from statsmodels.formula.api import ols

    frame = mobile.answers[["sat_overall", "quality_network", "operator", "quality_service"]].dropna()
    text = "sat_overall ~ quality_network * C(operator) + np.log(quality_service)"
    theirs = ols(text, frame).fit(cov_type="HC1")
    own = csi.fit_drivers(csi.Survey.from_frame(frame), text, inference="hc1").statsmodels()
    names = [name for name in theirs.params.index if name != "Intercept"]
    np.testing.assert_allclose(own.params[names], theirs.params[names], rtol=1e-8)
    np.testing.assert_allclose(own.bse[names], theirs.bse[names], rtol=1e-8)


def test_a_frame_and_chinese_names_do(survey, mobile):
    frame = mobile.answers[["sat_overall", "quality_network", "operator"]]
    result = csi.fit_drivers(frame, "sat_overall ~ quality_network + operator")
    assert "operator[T.Dune]" in result.tidy()["term"].tolist()
    result = csi.fit_drivers(survey, "sat ~ quality + 我店", inference="none")
    assert "我店[T.乙]" in result.tidy()["term"].tolist()
    assert csi.fit_drivers(survey, "sat ~ quality + I(quality**2)").tidy()["estimate"].notna().all()


BAD = [
    ("sat ~ qualiti", {}, ["qualiti", "quality"]),
    ("sat ~ sat + quality", {}, ["sat"]),
    ("sat ~ quality + same", {}, ["same"]),
    ("sat ~ C(same)", {}, ["same"]),
    ("sat ~ np.log(zero)", {}, ["np.log(zero)", "2", "12"]),
    ("sat + quality", {}, ["~", "drivers="]),
    ("~ quality", {}, ["~"]),
    ("sat ~ 0 + quality", {}, ["0 +"]),
    ("sat ~ quality +* price", {}, ["+*", "np"]),
    ("sat + price ~ quality", {}, ["sat", "price"]),
    ("branch ~ quality", {}, ["branch"]),
    ("sat ~ quality", {"drivers": ["price"]}, ["drivers="]),
    ("sat ~ quality", {"interactions": "branch"}, ["interactions="]),
    ("sat ~ open(quality)", {}, ["open"]),
    ("sat ~ 1", {}, ["drivers"]),
]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(("text", "options", "found"), BAD, ids=[text for text, _, _ in BAD])
def test_bad_formulas_say_what_to_do(survey, text, options, found, language):
    with csi.use_language(language), pytest.raises(csi.CsiError) as caught:
        csi.fit_drivers(survey, text, **options)
    assert all(word in str(caught.value) for word in found), caught.value
    assert len(str(caught.value).splitlines()) == 1


def test_moments_hold_no_respondents():
    with pytest.raises(csi.OptionError, match="Moments"):
        csi.fit_drivers(csi.load_moments("mobi"), "CUSA1 ~ PERQ1")


def test_csi_is_imported_without_them():
    heavy = "{'statsmodels', 'formulaic', 'matplotlib', 'seaborn', 'semopy'}"
    code = f"import sys, csi; csi.fit_drivers; print(sorted({heavy} & set(sys.modules)))"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"
