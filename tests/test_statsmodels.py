"""`result.statsmodels()`: a results object of statsmodels with csi's coefficients and the covariance of the design."""

from __future__ import annotations

import pickle
import warnings

import numpy as np
import pytest

import csi

DRIVERS = ["quality_network", "quality_service", "operator"]
KINDS = {
    "linear": {},
    "top_box": {"kind": "top_box", "boxes": 3},
    "probit": {"kind": "top_box", "boxes": 3, "link": "probit"},
    "ordered": {"kind": "ordered"},
}


@pytest.fixture(scope="module")
def mobile() -> csi.Survey:
    return csi.load_sample("mobile")


@pytest.fixture(scope="module")
def plain(mobile) -> csi.Survey:
    """The same respondents, drawn independently and counting alike."""
    names = ["sat_overall", *DRIVERS]
    items = {name: mobile.codebook.items[name] for name in names if name in mobile.codebook.items}
    return csi.Survey.from_frame(mobile.answers[names], csi.Codebook(items=items), name="plain")


def fitted(survey: csi.Survey, kind: str, **options: object) -> csi.Result:
    return csi.fit_drivers(survey, "sat_overall", DRIVERS, **KINDS[kind], **options)


def raw(result: csi.Result, level: float = 0.95):
    table = result.tidy("coefficients", level=level)
    return table[table["kind"] == "unstandardized"].set_index("term")


@pytest.mark.parametrize("kind", KINDS)
def test_coefficients_and_errors_are_those_of_the_design(mobile, kind):
    """Weights, strata and clusters: t, p and limits follow from the design's covariance and its degrees of freedom."""
    result = fitted(mobile, kind)
    theirs, own = result.statsmodels(), raw(result, 0.9)
    frame = theirs.summary2().tables[1] if kind == "linear" else None
    names = own.index
    place = [list(theirs.model.exog_names).index(name) for name in names]
    np.testing.assert_allclose(np.asarray(theirs.params)[place], own["estimate"], rtol=0, atol=1e-10)
    np.testing.assert_allclose(np.asarray(theirs.bse)[place], own["std_error"], rtol=0, atol=1e-10)
    np.testing.assert_allclose(np.asarray(theirs.pvalues)[place], own["p_value"], rtol=1e-8)
    np.testing.assert_allclose(np.asarray(theirs.conf_int(0.1))[place], own[["lower", "upper"]], rtol=0, atol=1e-10)
    assert frame is None or len(frame) == len(own)
    assert np.isnan(theirs.llf)
    assert np.isnan(theirs.aic)


@pytest.mark.parametrize(
    ("kind", "tolerance"), [("linear", 1e-10), ("top_box", 1e-10), ("probit", 1e-10), ("ordered", 1e-6)]
)
def test_statsmodels_finds_the_same_coefficients_by_itself(plain, mobile, kind, tolerance):
    """Without a design its own fit, and its own likelihood; with weights its own weighted fit where it has one."""
    theirs = fitted(plain, kind).statsmodels()
    assert np.isfinite(theirs.llf)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        options = {"tol": 1e-13, "tol_criterion": "params"} if kind in ("top_box", "probit") else {}
        if kind == "ordered":
            options = {"method": "bfgs", "gtol": 1e-9, "maxiter": 500, "disp": False}
        again = theirs.model.fit(**options)
    np.testing.assert_allclose(again.params, theirs.params, rtol=0, atol=tolerance)
    np.testing.assert_allclose(again.llf, theirs.llf, rtol=1e-9)
    if kind != "ordered":
        weighted = fitted(mobile, kind).statsmodels()
        options = {} if kind == "linear" else {"tol": 1e-13, "tol_criterion": "params"}
        np.testing.assert_allclose(weighted.model.fit(**options).params, weighted.params, rtol=0, atol=tolerance)


def test_plain_robust_errors_are_statsmodels_own(plain):
    result = fitted(plain, "linear", inference="hc3")
    theirs = result.statsmodels()
    np.testing.assert_allclose(theirs.bse, theirs.model.fit(cov_type="HC3").bse, rtol=1e-10)


@pytest.mark.parametrize("kind", KINDS)
def test_tests_predictions_and_pickle_work(mobile, kind):
    result = fitted(mobile, kind)
    theirs = result.statsmodels()
    names = list(theirs.model.exog_names)
    difference = theirs.t_test("quality_network = quality_service")
    own = result.contrast(
        {("quality_network", "unstandardized"): 1, ("quality_service", "unstandardized"): -1}, table="coefficients"
    )
    assert difference.effect[0] == pytest.approx(float(own), abs=1e-10)
    assert difference.sd.ravel()[0] == pytest.approx(own.std_error, abs=1e-10)
    wald = theirs.wald_test("quality_network = 0, quality_service = 0", scalar=True)
    place = [names.index(name) for name in ("quality_network", "quality_service")]
    b, cov = np.asarray(theirs.params)[place], np.asarray(theirs.cov_params())[np.ix_(place, place)]
    assert wald.statistic == pytest.approx(b @ np.linalg.solve(cov, b) / 2, rel=1e-9)
    options = {"which": "linpred"} if kind == "ordered" else {}
    assert np.isfinite(theirs.get_prediction(**options).summary_frame().to_numpy()).all()
    back = pickle.loads(pickle.dumps(theirs))
    np.testing.assert_array_equal(back.bse, theirs.bse)
    assert "sat_overall" in str(back.summary())


def test_groups_have_their_own(mobile):
    result = csi.fit_drivers(mobile, "sat_overall", DRIVERS[:2], by="wave")
    waves = result.tidy("coefficients")["group"].unique()
    for wave in waves:
        own = result.tidy("coefficients").query("group == @wave and kind == 'unstandardized'")
        np.testing.assert_allclose(result.statsmodels(wave).bse, own["std_error"], rtol=0, atol=1e-10)
    with pytest.raises(csi.OptionError, match=str(waves[0])):
        result.statsmodels("nowhere")
    with pytest.raises(csi.OptionError, match=str(waves[0])):
        result.statsmodels()


@pytest.mark.parametrize(("language", "found"), [("en", "fit_drivers"), ("zh", "回归")])
def test_what_is_no_regression_says_so(mobile, language, found):
    with csi.use_language(language):
        for result in (csi.score_nps(mobile, "recommend"), pickle.loads(pickle.dumps(fitted(mobile, "linear")))):
            with pytest.raises(csi.OptionError) as caught:
                result.statsmodels()
            assert caught.value.code == "statsmodels_none"
            assert found in str(caught.value)
        with pytest.raises(csi.OptionError, match="none"):
            fitted(mobile, "linear", inference="none").statsmodels()


def test_the_summary_says_what_weights_make_meaningless(mobile):
    assert "log-likelihood, AIC and BIC have no meaning" in str(fitted(mobile, "linear").statsmodels().summary())
