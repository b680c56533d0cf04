"""fit_drivers: by hand, against R and statsmodels, on planted truth, under designs, and on bad input."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import csi
from csi.drivers.ordered import LINKS, fit_cumulative

GOLDEN = json.loads((Path(__file__).parent / "golden" / "drivers.json").read_text(encoding="utf-8"))
DRIVERS = ["quality_overall", "value_price"]
OUTCOME = "sat_overall"
DESIGNS = ("full", "finite", "weights", "plain", "raked")


def survey_of(columns: dict, *, hi: int = 10, name: str = "typed", **kinds: str) -> csi.Survey:
    """A survey of columns: ratings 1 to `hi`, unless a kind is given."""
    items = {
        column: csi.Item(column, kind=kinds[column]) if column in kinds else csi.Item(column, scale=csi.Scale(1, hi))
        for column in columns
    }
    return csi.Survey.from_frame(columns, csi.Codebook(items=items), name=name)


def loose(columns: dict, name: str = "typed", **kinds: str) -> csi.Survey:
    """A survey of numbers without scales."""
    items = {column: csi.Item(column, kind=kinds.get(column, "number")) for column in columns}
    return csi.Survey.from_frame(columns, csi.Codebook(items=items), name=name)


def raw(result: csi.Result) -> pd.DataFrame:
    """The unstandardised coefficients."""
    return result.tidy().query("kind == 'unstandardized'").set_index("term")


def failed(result: csi.Result) -> set[str]:
    table = result.check()
    return set(table.loc[~table["ok"], "check"])


@pytest.fixture(scope="module")
def mobile() -> dict[str, csi.Survey]:
    """The mobile sample, drawn by the designs of the R script."""
    survey = csi.load_sample("mobile")
    frame = survey.answers
    region = frame["region"].astype(str)
    sizes = frame.assign(region=region).groupby("region")["interviewer"].nunique()
    place = {name: i + 1 for i, name in enumerate(sorted(sizes.index))}
    frame["population"] = [float(sizes[name] * 3 + place[name]) for name in region]
    frame["level"] = np.maximum(frame[OUTCOME], 4)
    items = dict(survey.codebook.items) | {"level": csi.Item("level", scale=csi.Scale(4, 10))}
    book = csi.Codebook(items=items)
    whole = csi.Survey.from_frame(frame, book, name="mobile")
    roles = {"weight": "weight", "strata": "region", "cluster": "interviewer"}
    full = whole.with_design(**roles)
    shares = dict(zip(sorted(frame["operator"].unique()), GOLDEN["shares"], strict=True))
    return {
        "full": full,
        "finite": whole.with_design(**roles, population="population"),
        "weights": whole.with_design(weight="weight"),
        "plain": whole.with_design(),
        "raked": csi.rake(full, {"operator": shares}),
    }


# --- by hand


def test_a_line_by_hand() -> None:
    # x 1 2 3 4 5, y 2 4 5 4 5: Sxx 10, Sxy 6, Syy 6; b .6, a 2.2; residuals -.8 .6 1 -.6 -.2, their squares add to 2.4
    result = csi.fit_drivers(survey_of({"x": [1, 2, 3, 4, 5], "y": [2, 4, 5, 4, 5]}), "y", "x", inference="normal")
    table = result.tidy().set_index(["term", "kind"])
    assert table.loc[("intercept", "unstandardized"), "estimate"] == pytest.approx(2.2)
    assert table.loc[("x", "unstandardized"), "estimate"] == pytest.approx(0.6)
    assert table.loc[("x", "standardized"), "estimate"] == pytest.approx(0.6 * np.sqrt(10 / 6))
    assert table.loc[("x", "unstandardized"), "std_error"] == pytest.approx(np.sqrt(2.4 / 3 / 10), rel=1e-7)
    assert table.loc[("intercept", "unstandardized"), "std_error"] == pytest.approx(np.sqrt(0.8 * (1 / 5 + 9 / 10)))
    assert table.loc[("x", "unstandardized"), "upper"] == pytest.approx(0.6 + 3.182446305 * np.sqrt(0.08), rel=1e-7)
    fit = result.tidy("fit").set_index("kind")["estimate"]
    assert fit["r2"] == pytest.approx(0.6)
    assert fit["r2_adjusted"] == pytest.approx(1 - 0.4 * 4 / 3)
    assert fit["sigma"] == pytest.approx(np.sqrt(0.8))
    # linearised: sum (x - 3)^2 e^2 / 100, times 5 / 4: (4 .64 + .36 + 0 + .36 + 4 .04) / 100 = .0344
    linearised = raw(csi.fit_drivers(survey_of({"x": [1, 2, 3, 4, 5], "y": [2, 4, 5, 4, 5]}), "y", "x"))
    assert linearised.loc["x", "std_error"] == pytest.approx(np.sqrt(0.0344 * 5 / 4))
    robust = raw(csi.fit_drivers(survey_of({"x": [1, 2, 3, 4, 5], "y": [2, 4, 5, 4, 5]}), "y", "x", inference="hc0"))
    assert robust.loc["x", "std_error"] == pytest.approx(np.sqrt(0.0344))


def test_top_boxes_by_hand() -> None:
    # one driver of 0 and 1: 1 of 4 and 3 of 5 happy; log odds ln(1/3) and ln(3/2)
    rows = {"x": [0.0] * 4 + [1.0] * 5, "y": [1.0, 0, 0, 0, 1, 1, 1, 0, 0]}
    result = csi.fit_drivers(loose(rows), "y", "x", kind="top_box", inference="normal")
    found = raw(result)
    assert found.loc["intercept", "estimate"] == pytest.approx(np.log(1 / 3))
    assert found.loc["x", "estimate"] == pytest.approx(np.log(4.5))
    assert found.loc["x", "std_error"] == pytest.approx(np.sqrt(1 + 1 / 3 + 1 / 3 + 1 / 2))
    slope = (4 * 0.25 * 0.75 + 5 * 0.6 * 0.4) / 9
    assert result.tidy("marginal_effects")["estimate"][0] == pytest.approx(np.log(4.5) * slope)
    null = 4 * np.log(4 / 9) + 5 * np.log(5 / 9)
    full = np.log(0.25) + 3 * np.log(0.75) + 3 * np.log(0.6) + 2 * np.log(0.4)
    fit = result.tidy("fit").set_index("kind")["estimate"]
    assert fit["mcfadden"] == pytest.approx(1 - full / null)
    assert fit["nagelkerke"] == pytest.approx((1 - np.exp(2 * (null - full) / 9)) / (1 - np.exp(2 * null / 9)))
    line = np.log(4.5) ** 2 * 20 / 81
    assert fit["mckelvey_zavoina"] == pytest.approx(line / (line + np.pi**2 / 3))
    assert result.glance()["deviance"][0] == pytest.approx(-2 * full)


def test_collinearity_by_hand() -> None:
    # r of a and b: a -1 0 1 0, b -1 1 1 -1 -> 2 / sqrt(2 * 4); VIF 1 / (1 - .5)
    rows = {"a": [4, 5, 6, 5] * 3, "b": [4, 6, 6, 4] * 3, "y": [1, 5, 7, 6, 3, 4, 8, 6, 2, 5, 7, 5]}
    result = csi.fit_drivers(survey_of(rows), "y", ["a", "b"])
    table = result.tidy("collinearity").set_index(["term", "kind"])["estimate"]
    assert table[("a", "vif")] == pytest.approx(2)
    assert table[("b", "tolerance")] == pytest.approx(0.5)
    columns = np.column_stack([np.ones(4), [4, 5, 6, 5], [4, 6, 6, 4]])
    singular = np.linalg.svd(columns / np.sqrt((columns**2).sum(axis=0)), compute_uv=False)
    for i in range(3):
        assert table[(str(i + 1), "condition_index")] == pytest.approx(singular[0] / singular[i])
    related = result.tidy("correlations").set_index(["item", "other_item"])["estimate"]
    assert related[("a", "b")] == pytest.approx(np.sqrt(0.5))
    assert related[("a", "y")] == pytest.approx(np.corrcoef(rows["a"], rows["y"])[0, 1])


# --- against R


@pytest.mark.parametrize("link", LINKS)
def test_the_housing_survey_equals_polr(link: str) -> None:
    cells = pd.DataFrame(GOLDEN["cells"])
    rows = cells.loc[cells.index.repeat(cells.pop("Freq"))].reset_index(drop=True)
    rows["Sat"] = rows["Sat"].map({"Low": 1, "Medium": 2, "High": 3})
    survey = survey_of(dict(rows), hi=3, Infl="category", Type="category", Cont="category")
    result = csi.fit_drivers(
        survey, "Sat", ["Infl", "Type", "Cont"], kind="ordered", link=link, inference="normal",
        reference={"Infl": "Low", "Type": "Tower", "Cont": "Low"},
    )  # fmt: skip
    golden = GOLDEN[link]
    names = [
        name.replace("Infl", "Infl=").replace("Type", "Type=").replace("Cont", "Cont=") for name in golden["names"]
    ]
    found, cuts = raw(result).loc[names], result.tidy("thresholds")
    np.testing.assert_allclose(found["estimate"], golden["coef"], rtol=0, atol=1e-7)
    np.testing.assert_allclose(cuts["estimate"], golden["thresholds"], rtol=0, atol=1e-7)
    np.testing.assert_allclose([*found["std_error"], *cuts["std_error"]], golden["std_error"], rtol=0, atol=1e-7)
    assert result.glance()["deviance"][0] == pytest.approx(golden["deviance"], abs=1e-8)
    if link == "logit":  # as MASS prints it
        assert result.glance()["deviance"][0] == pytest.approx(3479.149, abs=5e-4)
        assert found.loc["Infl=Medium", "estimate"] == pytest.approx(0.566394, abs=5e-7)
        assert found.loc["Cont=High", "std_error"] == pytest.approx(0.095536, abs=5e-7)
        assert cuts["estimate"].tolist() == pytest.approx([-0.496135, 0.690708], abs=5e-7)


@pytest.mark.parametrize("name", DESIGNS)
def test_designs_equal_svyglm(mobile: dict[str, csi.Survey], name: str) -> None:
    for kind, options in (("linear", {}), ("top_box", {"boxes": 3})):
        result = csi.fit_drivers(mobile[name], OUTCOME, DRIVERS, kind=kind, **options)
        golden = GOLDEN[name][kind]
        np.testing.assert_allclose(raw(result)["estimate"], golden["coef"], rtol=1e-10)
        np.testing.assert_allclose(result.covariance().to_numpy()[:3, :3], golden["covariance"], rtol=1e-9)
    assert result.glance()["df"][0] == GOLDEN[name]["linear"]["df"]
    # svyglm's probit takes the expected information, ordered regressions (svyolr, polr) the observed one, as csi
    probit = csi.fit_drivers(mobile[name], OUTCOME, DRIVERS, kind="top_box", boxes=3, link="probit")
    np.testing.assert_allclose(raw(probit)["estimate"], GOLDEN[name]["probit"]["coef"], rtol=1e-7)


def test_a_probit_has_the_observed_information(mobile: dict[str, csi.Survey]) -> None:
    golden = GOLDEN["probit_observed"]
    for inference, name in (("hc0", "hc0"), ("normal", "information")):
        result = csi.fit_drivers(
            mobile["plain"], OUTCOME, DRIVERS, kind="top_box", boxes=3, link="probit", inference=inference
        )
        np.testing.assert_allclose(result.covariance().to_numpy()[:3, :3], golden[name], rtol=1e-6)


def test_an_ordered_regression_equals_svyolr(mobile: dict[str, csi.Survey]) -> None:
    result = csi.fit_drivers(mobile["full"], "level", DRIVERS, kind="ordered")
    golden, cuts = GOLDEN["svyolr"], result.tidy("thresholds")
    np.testing.assert_allclose([*raw(result)["estimate"], *cuts["estimate"]], golden["coef"], rtol=0, atol=1e-6)
    np.testing.assert_allclose([*raw(result)["std_error"], *cuts["std_error"]], golden["std_error"], rtol=0, atol=1e-6)


def test_interactions_and_groups_equal_svyglm(mobile: dict[str, csi.Survey]) -> None:
    result = csi.fit_drivers(mobile["full"], OUTCOME, DRIVERS, interactions="operator")
    golden = GOLDEN["interaction"]
    names = []
    for name in golden["names"]:
        parts = sorted(name.split(":"), key=lambda part: part.startswith("operator"))
        names.append(
            " × ".join(part.replace("operator", "operator=") for part in parts).replace("(Intercept)", "intercept")
        )
    np.testing.assert_allclose(raw(result).loc[names, "estimate"], golden["coef"], rtol=1e-9)
    np.testing.assert_allclose(raw(result).loc[names, "std_error"], golden["std_error"], rtol=1e-9)
    assert "driver_interaction" in set(result.check()["check"])
    groups = raw(csi.fit_drivers(mobile["full"], OUTCOME, DRIVERS, by="operator"))
    for column, key in (("estimate", "coef"), ("std_error", "std_error")):
        expected = np.concatenate([part[key] for part in GOLDEN["by_operator"]])
        np.testing.assert_allclose(groups[column], expected, rtol=1e-9)


def test_robust_and_model_errors_equal_lm_and_glm(mobile: dict[str, csi.Survey]) -> None:
    golden = GOLDEN["lm"]
    for rule in ("normal", "hc0", "hc1", "hc2", "hc3"):
        result = csi.fit_drivers(mobile["plain"], OUTCOME, DRIVERS, inference=rule)
        np.testing.assert_allclose(result.covariance().to_numpy()[:3, :3], golden[rule], rtol=1e-9)
    fit = result.tidy("fit").set_index("kind")["estimate"]
    for name in ("r2", "r2_adjusted", "sigma"):
        assert fit[name] == pytest.approx(golden[name], rel=1e-10)
    glance, checks = result.glance(), result.check().set_index("check")["value"]
    assert glance["aic"][0] == pytest.approx(golden["aic"], rel=1e-12)
    assert glance["bic"][0] == pytest.approx(golden["bic"], rel=1e-12)
    assert checks["breusch_pagan"] == pytest.approx(golden["breusch_pagan"], rel=1e-6)
    assert checks["driver_influence"] == pytest.approx(golden["cook"], rel=1e-9)
    result = csi.fit_drivers(mobile["plain"], OUTCOME, DRIVERS, kind="top_box", boxes=3, inference="normal")
    golden = GOLDEN["glm"]
    np.testing.assert_allclose(raw(result)["estimate"], golden["coef"], rtol=1e-9)
    np.testing.assert_allclose(raw(result)["std_error"], golden["std_error"], rtol=1e-9)
    assert result.glance()["aic"][0] == pytest.approx(golden["aic"], rel=1e-12)
    assert result.check().set_index("check")["value"]["driver_influence"] == pytest.approx(golden["cook"], rel=1e-8)
    share = result.tidy("fit").set_index("kind").loc["mcfadden", "estimate"]
    assert share == pytest.approx(1 - golden["deviance"] / golden["null"], rel=1e-10)


def test_reset_equals_a_wald_test_of_svyglm(mobile: dict[str, csi.Survey]) -> None:
    value = csi.fit_drivers(mobile["full"], OUTCOME, DRIVERS).check().set_index("check")["value"]["reset"]
    assert value == pytest.approx(GOLDEN["reset"], rel=1e-7)


def test_mobi_equals_lm_polr_and_glm(shared: Path) -> None:
    golden = json.loads((shared / "reference" / "drivers_mobi_CUSA1.json").read_text(encoding="utf-8"))
    frame = pd.read_csv(shared / "data" / "mobi.csv").astype(float)
    survey = survey_of(dict(frame), name="mobi")
    five, nine = golden["qual5"], list(golden["vif"])
    for data in (survey, csi.load_moments("mobi")):
        result = csi.fit_drivers(data, "CUSA1", five["predictors"], inference="normal")
        table = raw(result)
        np.testing.assert_allclose(table["estimate"], [row["Estimate"] for row in five["lm"]], rtol=1e-8)
        np.testing.assert_allclose(table["std_error"], [row["Std. Error"] for row in five["lm"]], rtol=1e-8)
        np.testing.assert_allclose(table["p_value"], [row["Pr(>|t|)"] for row in five["lm"]], rtol=1e-6)
        standard = result.tidy().query("kind == 'standardized'").set_index("term")["estimate"]
        assert standard.to_dict() == pytest.approx(five["beta_std"], rel=1e-8)
        fit = result.tidy("fit").set_index("kind")["estimate"]
        assert fit["r2"] == pytest.approx(five["R2"], rel=1e-9)
        assert fit["r2_adjusted"] == pytest.approx(five["adjR2"], rel=1e-9)
        vif = csi.fit_drivers(data, "CUSA1", nine).tidy("collinearity").query("kind == 'vif'")
        assert vif.set_index("term")["estimate"].to_dict() == pytest.approx(golden["vif"], rel=1e-8)
    for link, name in (("logit", "polr_logistic"), ("probit", "polr_probit")):
        result = csi.fit_drivers(
            survey, "CUSA1", nine, kind="ordered", link=link, inference="normal", empty_levels="merge"
        )
        rows = golden[name]["coef"]
        np.testing.assert_allclose(raw(result)["estimate"], [row["Value"] for row in rows[:9]], rtol=0, atol=1e-5)
        # polr stopped at its default tolerance, a little before the maximum: its thresholds still move by 6e-5
        cuts = result.tidy("thresholds")["estimate"]
        np.testing.assert_allclose(cuts, [row["Value"] for row in rows[9:]], rtol=0, atol=1e-4)
        deviance = golden[name]["deviance"]
        deviance = deviance[0] if isinstance(deviance, list) else deviance
        assert deviance - 1e-5 < result.glance()["deviance"][0] <= deviance + 1e-9
    rows = golden["logit_top2"]
    result = csi.fit_drivers(survey, "CUSA1", nine, kind="top_box", boxes=2, inference="normal")
    np.testing.assert_allclose(raw(result)["estimate"], [row["Estimate"] for row in rows], rtol=0, atol=1e-5)


@pytest.mark.parametrize("link", LINKS)
def test_statsmodels_agrees(link: str) -> None:
    ordinal = pytest.importorskip("statsmodels.miscmodels.ordinal_model", reason="statsmodels is in the extra `all`")
    rng = np.random.default_rng(5)
    x = rng.integers(1, 8, (300, 3)).astype(float)
    y = np.clip(np.round(x @ [0.4, 0.2, 0.0] + rng.normal(size=300)), 1, 4) - 1
    distribution = "logit" if link == "logit" else "probit"
    other = ordinal.OrderedModel(y, x, distr=distribution).fit(method="bfgs", disp=False, gtol=1e-9, maxiter=500)
    mine = fit_cumulative(x, y.astype(np.int64), np.ones(300), 4, link)
    np.testing.assert_allclose(mine.coef, other.params[:3], rtol=0, atol=1e-5)
    np.testing.assert_allclose(mine.loglik.sum(), other.llf, rtol=0, atol=1e-7)
    np.testing.assert_allclose(np.sqrt(np.diag(mine.bread))[-3:], other.bse[:3], rtol=1e-4)
