"""fit_drivers: by hand, against R and statsmodels, on planted truth, under designs, and on bad input."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from statsmodels.miscmodels.ordinal_model import OrderedModel

import csi
from csi.drivers.ordered import LINKS, SeparatedError, fit_cumulative
from csi.drivers.regression_numbers import fit_linear, fit_model, values_of
from csi.inference.design import Design
from csi.inference.intervals import Linear

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
    rng = np.random.default_rng(5)
    x = rng.integers(1, 8, (300, 3)).astype(float)
    y = np.clip(np.round(x @ [0.4, 0.2, 0.0] + rng.normal(size=300)), 1, 4) - 1
    distribution = "logit" if link == "logit" else "probit"
    other = OrderedModel(y, x, distr=distribution).fit(method="bfgs", disp=False, gtol=1e-9, maxiter=500)
    mine = fit_cumulative(x, y.astype(np.int64), np.ones(300), 4, link)
    np.testing.assert_allclose(mine.coef, other.params[:3], rtol=0, atol=1e-5)
    np.testing.assert_allclose(mine.loglik.sum(), other.llf, rtol=0, atol=1e-7)
    np.testing.assert_allclose(np.sqrt(np.diag(mine.bread))[-3:], other.bse[:3], rtol=1e-4)


# --- properties


def made(seed: int = 3, n: int = 400) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    x = rng.integers(1, 6, (n, 2)).astype(float)
    x[:, 1] = np.clip(np.round((x[:, 0] + x[:, 1]) / 2), 1, 5)
    return x, np.clip(np.round(1 + x @ [0.5, 0.3] + rng.normal(0, 1, n)), 1, 5)


@pytest.mark.parametrize("kind", ["linear", "ordered", "top_box"])
@pytest.mark.parametrize("link", LINKS)
def test_influence_is_the_derivative_by_a_weight(kind: str, link: str) -> None:
    x, rated = made(n=60)
    y = {"linear": rated, "ordered": rated - 1, "top_box": (rated > 3).astype(float)}[kind]
    levels = {"linear": 0, "ordered": 5, "top_box": 2}[kind]
    shown = np.column_stack([x, rated])
    weight = np.random.default_rng(1).uniform(0.5, 2, 60)
    weight /= weight.mean()

    def numbers(w: np.ndarray) -> dict:
        return values_of(kind, fit_model(kind, x, y, w, levels, link), x, y, w, link, shown)

    found, step = numbers(weight), 1e-5
    for i in (0, 7, 31):
        up, down = weight.copy(), weight.copy()
        up[i] += step
        down[i] -= step
        above, below = numbers(up), numbers(down)
        for name, moved in found.items():
            slope = (above[name].value - below[name].value) / (2 * step) * weight[i]
            np.testing.assert_allclose(moved.influence()[:, i], slope, rtol=1e-5, atol=1e-8, err_msg=name)
            np.testing.assert_allclose(moved.influence().sum(axis=1), 0, atol=1e-8)


@pytest.mark.parametrize("kind", ["linear", "ordered", "top_box"])
def test_the_scale_of_weights_and_the_order_of_rows_change_nothing(kind: str) -> None:
    x, y = made()
    w = np.random.default_rng(2).uniform(0.2, 3, len(y))
    frame = pd.DataFrame({"a": x[:, 0], "b": x[:, 1], "y": y, "w": w})
    boxes = 2 if kind == "top_box" else None

    def fitted(rows: pd.DataFrame) -> pd.DataFrame:
        items = {name: csi.Item(name, scale=csi.Scale(1, 5)) for name in "aby"}
        survey = csi.Survey.from_frame(rows, csi.Codebook(items=items, weight="w"))
        return csi.fit_drivers(survey, "y", ["a", "b"], kind=kind, boxes=boxes).tidy()

    first = fitted(frame)
    for other in (frame.assign(w=1000 * w), frame.sample(frac=1, random_state=1)):
        for column in ("estimate", "std_error", "p_value"):
            np.testing.assert_allclose(fitted(other)[column], first[column], rtol=1e-6, atol=1e-12)
    doubled = frame.assign(w=np.where(np.arange(len(y)) < 100, 2.0, 1.0))
    rows = pd.concat([frame, frame.iloc[:100]]).assign(w=1.0)
    np.testing.assert_allclose(fitted(doubled)["estimate"], fitted(rows)["estimate"], rtol=1e-8)


def test_moments_give_what_rows_give(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of many rows; the errors of R2 of few come from leaving respondents out, which moments cannot."""
    monkeypatch.setattr("csi.drivers.regression_r2.JACKKNIFE_UP_TO", 10)
    x, y = made()
    columns = {"a": x[:, 0], "b": x[:, 1], "y": y}
    survey = survey_of(columns, hi=5)
    moments = csi.Moments.from_frame(pd.DataFrame(columns), fourth=True)
    for inference in ("normal", "linearised"):
        rows = csi.fit_drivers(survey, "y", ["a", "b"], inference=inference)
        alone = csi.fit_drivers(moments, "y", ["a", "b"], inference=inference)
        assert alone.glance()["inference"][0] == inference
        for table in alone.tables:
            for column in ("estimate", "std_error", "lower"):
                np.testing.assert_allclose(alone.tidy(table)[column], rows.tidy(table)[column], rtol=1e-5, atol=1e-7)
    printed = csi.Moments.from_table(["a", "b", "y"], n=400, mean=moments.mean, covariance=moments.cov)
    result = csi.fit_drivers(printed, "y", ["a", "b"])
    assert result.glance()["inference"][0] == "normal"
    assert any("normal" in str(text) for text in result.notes)
    with pytest.raises(csi.DataError):
        result.scores()
    assert np.isnan(csi.fit_drivers(printed, "y", "a", inference="none").tidy()["std_error"]).all()


@pytest.mark.parametrize("kind", ["linear", "ordered", "top_box"])
def test_bootstrap_and_linearised_errors_agree(kind: str) -> None:
    x, y = made(n=300)
    survey = survey_of({"a": x[:, 0], "b": x[:, 1], "y": y}, hi=5)
    options = {"kind": kind, "boxes": 2 if kind == "top_box" else None}
    draws = csi.fit_drivers(survey, "y", ["a", "b"], inference="bootstrap", n_boot=400, **options)
    linear = csi.fit_drivers(survey, "y", ["a", "b"], **options)
    for table in ("coefficients", "collinearity", "correlations"):
        mine, other = draws.tidy(table), linear.tidy(table)
        np.testing.assert_allclose(mine["estimate"], other["estimate"], rtol=1e-9)
        moved = other["std_error"] > 1e-9
        ratio = (mine["std_error"] / other["std_error"])[moved]
        assert ratio.between(0.85, 1.18).all(), (table, ratio)
    assert draws.glance()["interval"][0] == "bca"


def test_scores_are_predictions_and_residuals() -> None:
    x, y = made()
    y = y.copy()
    y[0] = np.nan
    survey = survey_of({"a": x[:, 0], "b": x[:, 1], "y": y}, hi=5)
    for kind in ("linear", "top_box"):
        result = csi.fit_drivers(survey, "y", ["a", "b"], kind=kind, boxes=2 if kind == "top_box" else None)
        scores = result.scores()
        assert scores["residual"].isna().tolist() == [True] + [False] * (len(y) - 1)
        assert scores["residual"].sum() == pytest.approx(0, abs=1e-6)  # a logit and a line with intercept
    scores = csi.fit_drivers(survey, "y", ["a", "b"], kind="ordered").scores().dropna()
    assert scores["predicted"].between(1, 5).all()
    np.testing.assert_allclose(scores["predicted"] + scores["residual"], y[1:])


# --- planted truth


def test_two_ordered_levels_have_a_threshold_and_not_an_intercept() -> None:
    rng = np.random.default_rng(1)
    x = rng.integers(1, 11, 500)
    y = (x + 2 * rng.logistic(size=500) > 7).astype(int) + 1
    data = csi.Survey.from_frame({"x": x, "y": y}, scale={"x": (1, 10), "y": (1, 2)})
    ordered = csi.fit_drivers(data, "y", ["x"], kind="ordered")
    top = csi.fit_drivers(data, "y", ["x"], kind="top_box", boxes=1)
    (cut,), lead = ordered.tidy("thresholds").to_dict("records"), top.value("intercept", "unstandardized")
    assert cut["estimate"] == pytest.approx(-lead.estimate, rel=1e-12)
    assert cut["std_error"] == pytest.approx(lead.std_error, rel=1e-9)
    # the likelihood of a logit makes the mean prediction the mean answer
    assert ordered.scores()["predicted"].mean() == pytest.approx(y.mean(), abs=1e-9)


def test_planted_coefficients_are_found() -> None:
    rng = np.random.default_rng(11)
    n, slope, cuts = 10_000, np.array([0.8, -0.4, 0.0]), np.array([-1.0, 0.5, 2.0])
    x = rng.normal(size=(n, 3))
    for link in LINKS:
        noise = rng.logistic(size=n) if link == "logit" else rng.normal(size=n)
        y = (x @ slope + noise)[:, None] > cuts
        columns = {"a": x[:, 0], "b": x[:, 1], "c": x[:, 2], "y": y.sum(axis=1).astype(float)}
        result = csi.fit_drivers(loose(columns), "y", ["a", "b", "c"], kind="ordered", link=link)
        found, edges = raw(result), result.tidy("thresholds")
        truth = np.concatenate([slope, cuts])
        estimate = np.concatenate([found["estimate"], edges["estimate"]])
        error = np.concatenate([found["std_error"], edges["std_error"]])
        assert (np.abs(estimate - truth) < 3.5 * error).all()
        assert (error < 0.06).all()
        assert "proportional_odds" not in failed(result)
        latent = np.sqrt(slope @ slope + (np.pi**2 / 3 if link == "logit" else 1))
        standard = result.tidy().query("kind == 'standardized'")
        assert (np.abs(standard["estimate"] - slope / latent) < 3.5 * standard["std_error"]).all()


def test_a_price_too_high_or_too_low_is_found() -> None:
    rng = np.random.default_rng(4)
    price, service = rng.integers(1, 8, 500).astype(float), rng.integers(1, 8, 500).astype(float)
    y = 6 - 0.5 * (price - 4.5) ** 2 + 0.4 * service + rng.normal(0, 1, 500)
    result = csi.fit_drivers(loose({"price": price, "service": service, "y": y}), "y", ["price", "service"])
    assert {"inverted_u", "reset"} <= failed(result) | {"reset"}
    (check,) = [check for check in result.checks if check.check == "inverted_u"]
    assert [name.split(" ")[0] for name in check.values["drivers"]] == ["price"]
    bend = result.tidy("curvature").set_index(["term", "kind"])
    assert bend.loc[("price", "quadratic"), "estimate"] == pytest.approx(-0.5, abs=0.06)
    assert bend.loc[("price", "slope_low"), "estimate"] == pytest.approx(3.5, abs=0.4)
    assert bend.loc[("price", "slope_high"), "estimate"] == pytest.approx(-2.5, abs=0.4)
    turn = bend.loc[("price", "turning_point")]
    assert turn["lower"] < 4.5 < turn["upper"]
    assert turn["upper"] - turn["lower"] < 0.5
    assert np.isnan(turn["p_value"])
    # by hand: the same square in a least squares with numpy
    columns = np.column_stack([np.ones(500), price, service, price**2])
    assert bend.loc[("price", "quadratic"), "estimate"] == pytest.approx(np.linalg.lstsq(columns, y, rcond=None)[0][3])
    # a driver that only flattens does not turn
    flat = 3 * np.log(price) + 0.4 * service + rng.normal(0, 1, 500)
    result = csi.fit_drivers(loose({"price": price, "service": service, "y": flat}), "y", ["price", "service"])
    assert "inverted_u" not in failed(result)
    assert result.tidy("curvature").set_index(["term", "kind"]).loc[("price", "quadratic"), "p_value"] < 1e-6


def test_drivers_that_work_at_the_top_only_fail_brant() -> None:
    rng = np.random.default_rng(8)
    x = rng.normal(size=(3000, 2))
    low = rng.logistic(size=3000) + 0.2 * x[:, 0] > -1
    top = rng.logistic(size=3000) + 1.5 * x[:, 0] + 0.5 * x[:, 1] > 0.5
    y = low + (low & top) * 1.0
    result = csi.fit_drivers(loose({"a": x[:, 0], "b": x[:, 1], "y": y}), "y", ["a", "b"], kind="ordered")
    (check,) = [check for check in result.checks if check.check == "proportional_odds"]
    assert not check.ok
    assert "a" in check.values["drivers"]
    table = result.tidy("proportional_odds").set_index(["term", "kind"])["estimate"]
    assert table[("a", "> 1")] - table[("a", "> 0")] > 0.5


def test_segments_with_other_slopes_are_found() -> None:
    rng = np.random.default_rng(9)
    n = 600
    region = np.where(np.arange(n) % 2, "north", "south")
    a, b = rng.integers(1, 8, n).astype(float), rng.integers(1, 8, n).astype(float)
    y = 1 + np.where(region == "north", 0.2, 1.0) * a + 0.5 * b + rng.normal(0, 1, n)
    survey = loose({"a": a, "b": b, "region": region, "y": y}, region="category")
    result = csi.fit_drivers(survey, "y", ["a", "b"], interactions="region")
    table = raw(result)
    assert table.loc["a × region=south", "estimate"] == pytest.approx(
        0.8, abs=3.5 * table.loc["a × region=south", "std_error"]
    )
    assert "driver_interaction" in failed(result)
    assert "b × region=south" not in set(table.index[table["p_value"] < 0.001])
    turned = raw(
        csi.fit_drivers(survey, "y", ["a", "b"], interactions=[("a", "region")], reference={"region": "south"})
    )
    assert list(turned.index) == ["intercept", "a", "b", "region=north", "a × region=north"]
    assert turned.loc["a", "estimate"] == pytest.approx(1.0, abs=3.5 * turned.loc["a", "std_error"])
    product = raw(csi.fit_drivers(survey, "y", ["a", "b"], interactions=[("a", "b")]))
    columns = np.column_stack([np.ones(n), a, b, a * b])
    np.testing.assert_allclose(product["estimate"], np.linalg.lstsq(columns, y, rcond=None)[0], rtol=1e-8)


def test_collinear_drivers_and_turned_signs_fail_their_checks() -> None:
    rng = np.random.default_rng(6)
    n = 400
    a = rng.normal(5, 1, n)
    b = a + rng.normal(0, 0.25, n)
    y = 2 * a - 1 * b + rng.normal(0, 0.3, n)
    result = csi.fit_drivers(loose({"a": a, "b": b, "y": y}), "y", ["a", "b"])
    assert {"driver_vif", "driver_sign", "condition_index"} <= failed(result)
    nothing = csi.fit_drivers(loose({"a": a, "y": rng.normal(size=n)}), "y", "a")
    assert "driver_together" in failed(nothing)
    far = y.copy()
    a2 = a.copy()
    a2[0], far[0] = 60.0, -80.0
    assert "driver_influence" in failed(csi.fit_drivers(loose({"a": a2, "y": far}), "y", "a"))


def test_too_few_sampling_units_fail_a_check() -> None:
    mobile = csi.load_sample("mobile")  # ten interviewers a region
    assert "driver_units" not in failed(csi.fit_drivers(mobile, OUTCOME, DRIVERS, by="region"))
    result = csi.fit_drivers(mobile, OUTCOME, [*DRIVERS, "image_trust"], interactions="operator", by="region")
    assert "driver_units" in failed(result)
    assert result.glance()["df"][0] == 1


def test_what_is_explained_wholly_is_not_tested_for_its_form() -> None:
    rows = {"a": [1, 2, 3, 4, 5, 6, 7, 8], "b": [1, 3, 2, 5, 4, 6, 8, 7]}
    rows["y"] = [2 * a + b for a, b in zip(rows["a"], rows["b"], strict=True)]
    result = csi.fit_drivers(loose(rows), "y", ["a", "b"])
    np.testing.assert_allclose(raw(result)["estimate"], [0, 2, 1], atol=1e-12)
    assert not {"inverted_u", "reset", "breusch_pagan"} & failed(result)


def test_intervals_hold_the_truth() -> None:
    """2,000 samples of 250 from a fixed population of ratings whose spread goes with the driver."""
    rng = np.random.default_rng(12)
    size, n, k = 200_000, 250, 3
    x = rng.integers(1, 8, (size, k)).astype(float)
    x[:, 1] = np.clip(np.round(0.6 * x[:, 0] + 0.4 * x[:, 1]), 1, 7)
    y = np.clip(np.round(x @ [0.5, 0.3, 0.1] + rng.normal(size=size) * (0.4 + 0.3 * x[:, 0])), 1, 10)
    ones = np.ones(size)
    whole = np.column_stack([x, y])
    truth = {name: part.value for name, part in values_of(
        "linear", fit_linear(x, y, ones), x, y, ones, "logit", whole).items()}  # fmt: skip
    design, w = Design(n), np.ones(n)
    held = {"raw": np.zeros(k), "standardized": np.zeros(k), "square": np.zeros(1), "correlation": np.zeros(6)}
    scales = {"square": 2, "correlation": 1}
    for _ in range(2000):
        rows = rng.integers(0, size, n)
        own = whole[rows]
        found = values_of("linear", fit_linear(x[rows], y[rows], w), x[rows], y[rows], w, "logit", own)
        for name, count in held.items():
            scale = np.full(len(count), scales.get(name, 0), dtype=np.int8)
            cov = design.covariance(found[name].influence())
            lower, upper = Linear(found[name].value, cov, n - 1 - k, scale).interval(0.95)
            count += (lower <= truth[name]) & (truth[name] <= upper)
    for name, count in held.items():
        share = count / 2000
        assert (share > 0.93).all(), (name, share)
        assert (share < 0.965).all(), (name, share)


# --- bad calls


def small(**more: object) -> csi.Survey:
    rng = np.random.default_rng(0)
    base = {name: rng.integers(1, 6, 60).astype(float) for name in ("a", "b", "c", "y")}
    kinds = {name: "category" for name, values in more.items() if isinstance(values[0], str)}
    return survey_of({**base, **more}, hi=5, **kinds)


def separated() -> csi.Survey:
    rng = np.random.default_rng(1)
    y = np.array([1.0, 5.0] * 30)
    return survey_of({"a": np.where(y > 3, 5.0, 1.0), "b": rng.integers(1, 6, 60).astype(float), "y": y}, hi=5)


def gap() -> csi.Survey:
    survey = small()
    frame = survey.answers
    return csi.Survey.from_frame(frame.assign(y=frame["y"].replace(2.0, 3.0)), survey.codebook, name="gap")


A = [float(value) for value in np.random.default_rng(0).integers(1, 6, 60)]
drivers_of = csi.fit_drivers
typed = partial(drivers_of, small())
of_mobi = partial(drivers_of, csi.load_moments("mobi"), "CUSA1", "PERQ1")
of_mobile = partial(drivers_of, csi.load_sample("mobile"), OUTCOME, DRIVERS)
BAD = {
    "outcome among drivers": (lambda: typed("y", ["a", "y"]), "outcome_in_drivers", ["y"]),
    "outcome as segment": (
        lambda: typed("y", "a", interactions="y"),
        "outcome_in_drivers",
        ["y"],
    ),
    "twice": (lambda: typed("y", ["a", "b", "a"]), "items_twice", ["a"]),
    "same answers": (lambda: drivers_of(small(d=A), "y", ["a", "b", "d"]), "drivers_collinear", ["'d'", "a"]),
    "sum of others": (
        lambda: drivers_of(
            loose(
                {"a": A, "b": A[::-1], "d": [2 * p - q for p, q in zip(A, A[::-1], strict=True)], "y": A[3:] + A[:3]}
            ),
            "y",
            ["a", "b", "d"],
        ),
        "drivers_collinear",
        ["'d'", "a, b"],
    ),
    "constant": (lambda: drivers_of(small(d=[3.0] * 60), "y", ["a", "d"]), "drivers_constant", ["d", "typed"]),
    "constant outcome": (lambda: drivers_of(small(d=[3.0] * 60), "d", ["a"]), "outcome_constant", ["'d'", "3"]),
    "constant in a group": (
        lambda: drivers_of(small(g=["p", "q"] * 30, d=[3.0, 4.0] * 30), "y", ["d"], by="g"),
        "drivers_constant",
        ["typed (p)", "d"],
    ),
    "level nobody chose": (
        lambda: drivers_of(gap(), "y", "a", kind="ordered"),
        "level_never_chosen",
        ["2", "merge"],
    ),
    "separation": (
        lambda: drivers_of(separated(), "y", ["b", "a"], kind="top_box", boxes=2),
        "drivers_separated",
        [": a "],
    ),
    "separation of levels": (
        lambda: drivers_of(separated(), "y", ["b", "a"], kind="ordered", empty_levels="merge"),
        "drivers_separated",
        ["a"],
    ),
    "nothing left": (
        lambda: drivers_of(small(d=[np.nan] * 59 + [1.0], e=[1.0] + [np.nan] * 59), "y", ["d", "e"]),
        "drivers_no_rows",
        ["60", "d, e"],
    ),
    "too few": (
        lambda: drivers_of(small(d=[np.nan] * 57 + [1.0, 2, 4]), "y", ["a", "d"]),
        "drivers_few",
        ["3", "5"],
    ),
    "kind": (lambda: typed("y", "a", kind="lasso"), "unknown_option", ["lasso", "top_box"]),
    "link": (lambda: typed("y", "a", link="cloglog"), "unknown_option", ["cloglog", "probit"]),
    "missing": (
        lambda: typed("y", "a", missing="pairwise"),
        "unknown_option",
        ["pairwise", "listwise"],
    ),
    "inference": (lambda: typed("y", "a", inference="hc9"), "unknown_option", ["hc9", "hc3"]),
    "no boxes": (
        lambda: typed("y", "a", kind="top_box"),
        "top_box_needs_boxes",
        ["'y'", "1-5", "4"],
    ),
    "boxes outside": (lambda: typed("y", "a", kind="top_box", boxes=5), "boxes_outside", ["5"]),
    "boxes not used": (lambda: typed("y", "a", boxes=2), "boxes_not_used", ["linear"]),
    "box nobody chose": (
        lambda: drivers_of(small(d=[1.0, 2, 3] * 20), "d", "a", kind="top_box", boxes=2),
        "top_box_never_chosen",
        ["4, 5", "'d'"],
    ),
    "wrong type": (lambda: drivers_of([1, 2], "y", "a"), "not_a_survey", ["Moments", "list"]),
    "outcome a list": (lambda: typed(["y"], "a"), "outcome_not_name", ["list"]),
    "no drivers": (lambda: typed("y", []), "no_drivers", ["drivers="]),
    "unknown driver": (lambda: typed("y", ["a", "zz"]), "unknown_items", ["zz"]),
    "outcome of words": (lambda: drivers_of(small(g=["p", "q"] * 30), "g", ["a"]), "items_not_numbers", ["g"]),
    "pairs": (lambda: typed("y", ["a", "b"], interactions=["ab"]), "interactions_not_pairs", ["ab"]),
    "pair of strangers": (
        lambda: typed("y", ["a"], interactions=[("b", "a")]),
        "interactions_not_drivers",
        ["b", "a"],
    ),
    "reference": (
        lambda: drivers_of(small(g=["p", "q"] * 30), "y", ["a", "g"], reference={"g": "z"}),
        "reference_unknown",
        ["'z'", "p, q"],
    ),
    "many categories": (
        lambda: drivers_of(small(g=[f"v{i}" for i in range(60)]), "y", ["a", "g"]),
        "drivers_many_levels",
        ["60", "30"],
    ),
    "moments": (
        lambda: of_mobi(kind="ordered"),
        "drivers_need_rows",
        ["ordered"],
    ),
    "moments by": (
        lambda: of_mobi(by="g"),
        "by_needs_survey",
        ["by="],
    ),
    "moments robust": (
        lambda: of_mobi(inference="hc3"),
        "needs_rows",
        ["hc3"],
    ),
    "robust under a design": (
        lambda: of_mobile(inference="hc3"),
        "design_not_robust",
        ["hc3"],
    ),
    "normal under a design": (
        lambda: of_mobile(inference="normal"),
        "design_not_normal",
        ["normal"],
    ),
    "leverage": (
        lambda: typed("y", "a", kind="ordered", inference="hc3"),
        "ordered_no_leverage",
        ["hc1"],
    ),
}


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("case", list(BAD))
def test_bad_calls_say_what_to_do(case: str, language: str) -> None:
    call, code, words = BAD[case]
    with csi.use_language(language), pytest.raises(csi.CsiError) as caught:
        call()
    assert caught.value.code == code
    with csi.use_language(language):
        text = str(caught.value)
    for word in words:
        shown = word.replace(", ", "、") if language == "zh" else word
        if language == "zh" and word == ": a ":
            continue
        assert shown in text, text


def test_private_columns_are_not_named() -> None:
    survey = small()
    book = csi.Codebook(items=dict(survey.codebook.items), private=("b",))
    private = csi.Survey.from_frame(survey.answers, book)
    with pytest.raises(csi.DataError) as caught:
        csi.fit_drivers(private, "y", ["a", "b"])
    assert caught.value.code == "private_items"
    with pytest.raises(csi.DataError):
        csi.fit_drivers(private, "y", ["a"], interactions="b")


def test_empty_levels_are_merged_and_said() -> None:
    result = csi.fit_drivers(gap(), "y", "a", kind="ordered", empty_levels="merge")
    assert result.tidy("thresholds")["term"].tolist() == ["1 | 3", "3 | 4", "4 | 5"]
    assert any(text.code == "levels_merged" for text in result.notes)


def test_separation_is_told_from_the_maximum() -> None:
    x = np.arange(6.0)[:, None]
    with pytest.raises(SeparatedError):
        fit_cumulative(x, (np.arange(6) > 2).astype(np.int64), np.ones(6), 2)
    found = fit_cumulative(x, np.array([0, 0, 1, 0, 1, 1]), np.ones(6), 2)
    assert np.isfinite(found.coef).all()
