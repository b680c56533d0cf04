"""Formulas and the results objects of statsmodels: the same numbers as by name, by statsmodels itself, and by hand."""

from __future__ import annotations

import pickle
import re
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from statsmodels.miscmodels.ordinal_model import OrderedModel, OrderedResults
from statsmodels.tools.numdiff import approx_hess3

import csi
from csi.errors import CsiError, DataError, OptionError
from csi.language import use_language

KINDS = {
    "linear": {},
    "logit": {"kind": "top_box", "boxes": 3},
    "probit": {"kind": "top_box", "boxes": 3, "link": "probit"},
    "ordered": {"kind": "ordered"},
    "ordered_probit": {"kind": "ordered", "link": "probit"},
}
DRIVERS = ["quality_overall", "value_price"]
FORMULA = "sat_overall ~ quality_overall + value_price"


@pytest.fixture(scope="module")
def mobile() -> csi.Survey:
    return csi.load_sample("mobile")


@pytest.fixture(scope="module")
def plain(mobile: csi.Survey) -> csi.Survey:
    """Ratings alone, so that nobody is weighted or drawn with others; five levels are well filled."""
    table = mobile.answers[["sat_overall", *DRIVERS, "operator"]].copy()
    return csi.Survey.from_frame(table, scale=dict.fromkeys(["sat_overall", *DRIVERS], (1, 10)))


def coefficients(result: csi.Result, group: str | None = None) -> pd.DataFrame:
    """Unstandardised coefficients (and thresholds) of csi, in the order of statsmodels."""
    tables = ["coefficients"] + (["thresholds"] if "thresholds" in result.tables else [])
    found = pd.concat([result.tidy(name) for name in tables])
    found = found[found.get("kind", pd.Series("", found.index)).fillna("") != "standardized"]
    return found if group is None else found[found["group"] == group]


@pytest.mark.parametrize("kind", KINDS)
def test_coefficients_errors_and_limits_are_those_of_the_design(mobile, kind):
    result = csi.fit_drivers(mobile, FORMULA, **KINDS[kind])
    found, own = result.statsmodels(), coefficients(result)
    k = len(DRIVERS) + (0 if "ordered" in kind else 1)
    tolerance = {"rtol": 1e-6} if "ordered" in kind else {"rtol": 1e-10}
    np.testing.assert_allclose(found.params[:k], own["estimate"][:k], **tolerance)
    np.testing.assert_allclose(found.bse[:k], own["std_error"][:k], **tolerance)
    np.testing.assert_allclose(found.pvalues[:k], own["p_value"][:k], rtol=1e-6)
    np.testing.assert_allclose(found.conf_int()[:k], own[["lower", "upper"]][:k], rtol=1e-8)


@pytest.mark.parametrize("kind", KINDS)
def test_without_a_design_statsmodels_finds_the_same_by_itself(plain, kind):
    result = csi.fit_drivers(plain, FORMULA, inference="normal", **KINDS[kind])
    found, rows = result.statsmodels(), plain.answers[["sat_overall", *DRIVERS]].dropna()
    x = sm.add_constant(rows[DRIVERS])
    if kind == "linear":
        alone = sm.OLS(rows["sat_overall"], x).fit()
    elif "ordered" in kind:
        distr = "probit" if "probit" in kind else "logit"
        levels = rows["sat_overall"].astype(int).astype(pd.CategoricalDtype(range(1, 11), ordered=True))
        alone = OrderedModel(levels, rows[DRIVERS], distr=distr).fit(method="bfgs", gtol=1e-7, maxiter=500, disp=False)
    else:
        top = (rows["sat_overall"] >= 8).astype(float)
        alone = (sm.Probit if kind == "probit" else sm.Logit)(top, x).fit(disp=False, tol=1e-12)
    close = {"rtol": 1e-6, "atol": 1e-6} if "ordered" in kind else {"rtol": 1e-10}  # its search stops that near
    np.testing.assert_allclose(found.params, alone.params, **close)
    bse = alone.bse
    if "ordered" in kind:  # its own second derivatives are differences of the likelihood, good to 1e-4 at rare levels
        near, far = (approx_hess3(found.params.to_numpy(), alone.model.loglike, epsilon=h) for h in (2e-3, 4e-3))
        bse = np.sqrt(np.diag(np.linalg.inv((far - 4 * near) / 3)))  # Richardson's extrapolation of its likelihood
    np.testing.assert_allclose(found.bse, bse, **close)
    np.testing.assert_allclose(found.llf, alone.llf, rtol=1e-9)
    np.testing.assert_allclose(np.asarray(found.predict()), np.asarray(alone.predict()), rtol=1e-5, atol=1e-8)
    assert "likelihood of the sample" not in str(found.summary())


def test_summaries_say_what_weights_take_away_in_both_languages(mobile):
    for kind in KINDS:
        found = csi.fit_drivers(mobile, FORMULA, **KINDS[kind]).statsmodels()
        assert np.isnan([found.llf, found.aic, found.bic]).all()
        text = str(found.summary())
        assert "quality_overall" in text
        assert "40 sampling units in 4 strata" in text
        assert "Log-likelihood, AIC, BIC" in text
        with use_language("zh"):
            assert "对数似然" in str(found.summary())


@pytest.mark.parametrize("kind", KINDS)
def test_tests_and_predictions_by_hand(mobile, kind):
    result = csi.fit_drivers(mobile, FORMULA, **KINDS[kind])
    found, df = result.statsmodels(), int(result.glance()["df"][0])
    from scipy import stats

    place = list(found.params.index).index("quality_overall")
    b, cov = found.params.to_numpy(), np.asarray(found.cov_params())
    one = found.t_test("quality_overall = 0.5")
    t = (b[place] - 0.5) / np.sqrt(cov[place, place])
    np.testing.assert_allclose([one.tvalue.item(), one.pvalue.item()], [t, 2 * stats.t.sf(abs(t), df)], rtol=1e-9)
    both = found.wald_test("quality_overall = 0, value_price = 0", scalar=True)
    part = slice(place, place + 2)
    f = b[part] @ np.linalg.solve(cov[part, part], b[part]) / 2
    np.testing.assert_allclose([both.statistic, both.df_denom], [f, df], rtol=1e-9)
    at = np.array([[7.0, 6.0]]) if "ordered" in kind else np.array([[1.0, 7.0, 6.0]])
    which = {} if kind == "linear" else {"which": "linpred" if "ordered" in kind else "linear"}
    line = found.get_prediction(at, **which)
    row = line.summary_frame().to_numpy()[0]
    q = at.shape[1]
    value, error = float(at[0] @ b[:q]), float(np.sqrt(at[0] @ cov[:q, :q] @ at[0]))
    reach = stats.t.ppf(0.975, df) * error
    np.testing.assert_allclose(row[:4], [value, error, value - reach, value + reach], rtol=1e-9)


@pytest.mark.parametrize("kind", KINDS)
def test_files_hold_both_objects(mobile, kind):
    result = csi.fit_drivers(mobile, FORMULA, **KINDS[kind])
    found = result.statsmodels()
    for again in (pickle.loads(pickle.dumps(found)), pickle.loads(pickle.dumps(result)).statsmodels()):
        pd.testing.assert_series_equal(again.bse, found.bse)
        pd.testing.assert_frame_equal(pd.DataFrame(again.cov_params()), pd.DataFrame(found.cov_params()))
        words, before = (re.sub(r"Time: +\S+", "", str(one.summary())) for one in (again, found))
        assert words == before


def test_thresholds_and_their_errors_go_over(mobile):
    result = csi.fit_drivers(mobile, FORMULA, kind="ordered")
    found, own = result.statsmodels(), result.tidy("thresholds")
    assert isinstance(found._results, OrderedResults)
    cuts = found.model.transform_threshold_params(found.params.to_numpy())[1:-1]
    np.testing.assert_allclose(cuts, own["estimate"], rtol=1e-10)
    # the second threshold is the first and the exponential of the step: its error from statsmodels' covariance
    b, cov = found.params.to_numpy()[2:4], np.asarray(found.cov_params())[2:4, 2:4]
    slope = np.array([1.0, np.exp(b[1])])
    np.testing.assert_allclose(np.sqrt(slope @ cov @ slope), own["std_error"][1], rtol=1e-9)


def test_every_group_has_its_own(mobile):
    result = csi.fit_drivers(mobile, FORMULA, by="operator")
    own = coefficients(result, "Birch")
    found = result.statsmodels("Birch")
    np.testing.assert_allclose(found.params, own["estimate"], rtol=1e-10)
    np.testing.assert_allclose(found.bse, own["std_error"], rtol=1e-10)
    np.testing.assert_allclose(found.pvalues, own["p_value"], rtol=1e-8)
    for group in (None, "Bitch"):
        with pytest.raises(OptionError) as caught:
            result.statsmodels(group)
        assert caught.value.code == "statsmodels_group"
        assert "Birch" in str(caught.value)


@pytest.mark.parametrize("inference", ["hc1", "hc3", "bootstrap"])
def test_other_errors_go_over_too(plain, inference):
    result = csi.fit_drivers(plain, FORMULA, inference=inference, n_boot=250)
    found = result.statsmodels()
    np.testing.assert_allclose(found.bse, coefficients(result)["std_error"], rtol=1e-10)
    if inference != "bootstrap":
        rows = plain.answers[["sat_overall", *DRIVERS]].dropna()
        alone = sm.OLS(rows["sat_overall"], sm.add_constant(rows[DRIVERS])).fit(cov_type=inference.upper())
        np.testing.assert_allclose(found.bse, alone.bse, rtol=1e-9)


# Formulas


def test_a_formula_is_the_same_as_names(mobile):
    words = csi.fit_drivers(mobile, "sat_overall ~ quality_overall * C(operator)")
    names = csi.fit_drivers(
        mobile, "sat_overall", ["quality_overall", "operator"], interactions=[("quality_overall", "operator")]
    )
    columns = ["estimate", "std_error", "lower", "upper", "n"]
    one, other = coefficients(words), coefficients(names)
    np.testing.assert_allclose(one[columns], other[columns], rtol=1e-9)
    assert one["term"].tolist()[2:] == [
        "C(operator)[T.Birch]", "C(operator)[T.Coral]", "C(operator)[T.Dune]",
        "quality_overall:C(operator)[T.Birch]", "quality_overall:C(operator)[T.Coral]",
        "quality_overall:C(operator)[T.Dune]",
    ]  # fmt: skip
    assert any(one.code == "reference_category" and one.values["reference"] == "Amber" for one in words.notes)
    assert words.glance()["n_dropped"].tolist() == names.glance()["n_dropped"].tolist()
    assert [n for n in words.notes if n.code == "dropped_listwise"] == [
        n for n in names.notes if n.code == "dropped_listwise"
    ]


def test_statsmodels_reads_the_formula_alike(plain):
    text = "sat_overall ~ quality_overall * C(operator) + np.log(value_price) + I(value_price ** 2)"
    found = csi.fit_drivers(plain, text, inference="normal").statsmodels()
    alone = sm.OLS.from_formula(text, plain.answers.dropna()).fit()
    np.testing.assert_allclose(found.params[alone.params.index], alone.params, rtol=1e-8)
    np.testing.assert_allclose(found.bse[alone.params.index], alone.bse, rtol=1e-8)


def test_standardised_numbers_only_where_one_thing_can_move(mobile):
    result = csi.fit_drivers(
        mobile,
        "sat_overall ~ quality_overall + value_price + I(value_price ** 2) + C(operator) + complained:value_quality",
    )
    table = result.tidy()
    kept = table.loc[table["kind"] == "standardized", "term"].tolist()
    assert kept == ["quality_overall", "C(operator)[T.Birch]", "C(operator)[T.Coral]", "C(operator)[T.Dune]"]
    said = next(one for one in result.notes if one.code == "formula_not_standardised")
    assert said.values["terms"] == ["value_price", "I(value_price ** 2)", "complained:value_quality"]
    assert set(result.tidy("curvature")["term"]) == {"quality_overall"}


def test_splines_and_polynomials_span_what_they_should(plain):
    """A cubic polynomial by poly() predicts as the powers do; a spline of three degrees without knots too."""
    powers = csi.fit_drivers(plain, "sat_overall ~ value_price + I(value_price**2) + I(value_price**3)").scores()
    for text in ("sat_overall ~ poly(value_price, 3)", "sat_overall ~ bs(value_price, df=3)"):
        np.testing.assert_allclose(csi.fit_drivers(plain, text).scores(), powers, atol=1e-8)


def test_another_reference_and_a_transformed_outcome(mobile):
    other = csi.fit_drivers(mobile, 'sat_overall ~ C(operator, contr.treatment("Dune"))')
    names = csi.fit_drivers(mobile, "sat_overall", ["operator"], reference={"operator": "Dune"})
    np.testing.assert_allclose(coefficients(other)["estimate"], coefficients(names)["estimate"], rtol=1e-9)
    assert "compared with Dune" in str(other.notes[-3]) or "Dune" in " ".join(map(str, other.notes))
    logs = csi.fit_drivers(mobile, "np.log(sat_overall) ~ quality_overall").tidy()
    rows = mobile.answers[["sat_overall", "quality_overall", "weight"]].dropna()
    x = sm.add_constant(rows["quality_overall"])
    alone = sm.WLS(np.log(rows["sat_overall"]), x, weights=rows["weight"]).fit()
    np.testing.assert_allclose(logs["estimate"][:2], alone.params, rtol=1e-9)


def test_only_products_stand_alone(mobile):
    found = csi.fit_drivers(mobile, "sat_overall ~ quality_overall:value_price")
    rows = mobile.answers[["sat_overall", *DRIVERS, "weight"]].dropna()
    x = sm.add_constant(rows[DRIVERS].prod(axis=1))
    alone = sm.WLS(rows["sat_overall"], x, weights=rows["weight"]).fit()
    np.testing.assert_allclose(coefficients(found)["estimate"], alone.params, rtol=1e-9)
    assert len(found.check()) > 3


def test_reversed_items_turn_round_and_reasons_are_respected():
    table = pd.DataFrame({
        "满意": [1, 2, 3, 4, 5, 3, 2, 4, 9, 1],
        "等候 时间": [5, 4, 3, 1, 1, 2, 4, 2, 1, 9],
        "q": [2, 1, 4, 3, 5, 5, 1, 2, 3, 4],
    })  # fmt: skip
    scale = csi.Scale(1, 5)
    items = {name: csi.Item(name, scale=scale, reversed=name == "等候 时间") for name in table}
    survey = csi.Survey.from_frame(table, csi.Codebook(items=items, missing_codes={9: "dont_know"}))
    found = csi.fit_drivers(survey, "满意 ~ `等候 时间` + q")
    names = csi.fit_drivers(survey, "满意", ["等候 时间", "q"])
    np.testing.assert_allclose(found.tidy()["estimate"], names.tidy()["estimate"], rtol=1e-10)
    assert found.glance()["n"].tolist() == [8]
    assert found.glance()["n_dropped"].tolist() == [2]
    turned = csi.fit_drivers(survey, "满意 ~ np.sqrt(`等候 时间`)").tidy()["estimate"][:2]
    rows = table[(table["满意"] != 9) & (table["等候 时间"] != 9)]
    alone = np.polynomial.polynomial.polyfit(np.sqrt(6.0 - rows["等候 时间"]), rows["满意"], 1)
    np.testing.assert_allclose(turned, alone, rtol=1e-9)


def test_a_frame_of_pandas_enters_by_the_same_door(mobile):
    rng = np.random.default_rng(5)
    frame = pd.DataFrame({"quality": rng.integers(1, 11, 200), "branch": rng.choice(["North", "South"], 200)})
    frame["sat"] = np.clip(
        np.round(frame["quality"] * 0.7 + (frame["branch"] == "South") + rng.normal(2, 1, 200)), 1, 10
    )
    result = csi.fit_drivers(frame, "sat ~ quality * C(branch)")
    alone = sm.OLS.from_formula("sat ~ quality * C(branch)", frame).fit()
    own = coefficients(result).replace({"term": {"intercept": "Intercept"}}).set_index("term")["estimate"]
    np.testing.assert_allclose(own[alone.params.index], alone.params, rtol=1e-9)
    assert any(one.code == "no_design" for one in result.notes)


BAD = {
    "formula_unknown": ("sat_overal ~ quality_overall", {"near": "sat_overall"}),
    "formula_outcome_right": ("sat_overall ~ np.log(sat_overall)", {"outcome": "sat_overall"}),
    "drivers_constant": ("sat_overall ~ C(one)", {"drivers": ["C(one)"]}),
    "formula_not_finite": ("sat_overall ~ np.log(quality_overall - 1)", {}),
    "formula_no_tilde": ("sat_overall", {}),
    "formula_unreadable": ("sat_overall ~ quality_overall +* value_price", {}),
    "formula_outcome": ("sat_overall + value_price ~ quality_overall", {}),
    "formula_no_intercept": ("sat_overall ~ quality_overall - 1", {}),
    "formula_foreign": ("sat_overall ~ I(__import__('os').getpid() + quality_overall)", {}),
    "no_drivers": ("sat_overall ~ 1", {}),
    "items_not_numbers": ("open ~ quality_overall", {}),
}


@pytest.fixture(scope="module")
def tried(mobile: csi.Survey) -> csi.Survey:
    """With a category of one level and an item of words."""
    table = mobile.answers[["sat_overall", *DRIVERS]].head(200).copy()
    table["one"] = "yes"
    table["open"] = ["good words", "bad words", "no words", "many words"] * 50
    scales = dict.fromkeys(["sat_overall", *DRIVERS], (1, 10))
    return csi.Survey.from_frame(table, scale=scales)


@pytest.mark.parametrize("code", BAD)
def test_bad_formulas_get_one_sentence(tried, code):
    text, facts = BAD[code]
    with pytest.raises(CsiError) as caught:
        csi.fit_drivers(tried, text)
    problem = caught.value
    assert problem.code == code
    assert {name: problem.values[name] for name in facts} == facts
    english = str(problem)
    with use_language("zh"):
        assert str(problem) != english
    assert "\n" not in english
    if code == "formula_unknown":
        assert "value_price" in english  # what exists
    if code == "formula_not_finite":
        rows = tried.answers[["sat_overall", "quality_overall"]].dropna()
        assert problem.values["count"] == (rows["quality_overall"] == 1).sum() > 0
        assert problem.values["n"] == len(rows)


@pytest.mark.parametrize(
    "code",
    ["open('x')", "np.load(value_price)", "value_price.to_csv('x')", "[a for a in value_price]", "(lambda: 1)()",
     "np.log.__self__", "contr._x(value_price)"],
)  # fmt: skip
def test_formulas_run_no_other_code(tried, code):
    with pytest.raises(OptionError) as caught:
        csi.fit_drivers(tried, f"sat_overall ~ I({code})")
    assert caught.value.code in ("formula_foreign", "formula_unreadable")


@pytest.mark.parametrize(
    ("text", "code"),
    [("C(sat_overall) ~ quality_overall", "formula_outcome"), ("sat_overall ~ .", "formula_foreign"),
     ("sat_overall ~ lag(quality_overall)", "formula_foreign"), ("~ quality_overall", "formula_outcome"),
     ("sat_overall ~ quality_overall | value_price", "formula_outcome")],
)  # fmt: skip
def test_formulas_of_another_kind_are_refused(tried, text, code):
    with pytest.raises(OptionError) as caught:
        csi.fit_drivers(tried, text)
    assert caught.value.code == code


def test_a_reference_is_named_where_there_is_one(mobile):
    slopes = csi.fit_drivers(mobile, "sat_overall ~ quality_overall:operator")
    assert len(coefficients(slopes)) == 1 + 4
    assert not [one for one in slopes.notes if one.code == "reference_category"]


def test_formulas_do_not_see_the_callers_variables(tried):
    secret = 3.0
    with pytest.raises(DataError) as caught:
        csi.fit_drivers(tried, "sat_overall ~ I(quality_overall * secret)")
    assert caught.value.values["name"] == "secret"
    assert secret == 3.0


def test_what_a_formula_says_is_not_said_again(mobile):
    with pytest.raises(OptionError) as caught:
        csi.fit_drivers(mobile, FORMULA, interactions="operator", reference={})
    assert caught.value.code == "formula_and_others"
    assert caught.value.values["options"] == ["interactions=", "reference="]


def test_moments_take_names_only(mobile):
    with pytest.raises(OptionError) as caught:
        csi.fit_drivers(mobile.moments(["sat_overall", *DRIVERS]), FORMULA)
    assert caught.value.code == "formula_needs_rows"


def test_what_is_no_regression_says_so(mobile):
    moments = csi.fit_drivers(mobile.moments(["sat_overall", *DRIVERS]), "sat_overall", DRIVERS)
    for result in (moments, csi.score_rate(mobile, "sat_overall", satisfied=8)):
        with pytest.raises(OptionError) as caught:
            result.statsmodels()
        assert caught.value.code == "no_statsmodels"
    with pytest.raises(OptionError) as caught:
        csi.fit_drivers(mobile, FORMULA, inference="none").statsmodels()
    assert caught.value.code == "statsmodels_no_errors"
    with pytest.raises(DataError) as caught:
        csi.fit_drivers(mobile, FORMULA).settled().statsmodels()
    assert caught.value.code == "scores_let_go"


def test_names_alone_load_neither_library():
    code = (
        "import csi, sys; csi.fit_drivers(csi.load_sample('tiny'), 's1', ['q1', 'q2']).summary();"
        "print({'statsmodels', 'formulaic'} & set(sys.modules))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "set()"
