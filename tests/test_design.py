"""The design layer against hand calculation and against R's survey package, on arrays."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import csi
from csi.drivers.regression_numbers import fit_model
from csi.drivers.slopes import regress_linear
from csi.errors import CsiError, DataError, OptionError
from csi.estimation.engine import infer
from csi.estimation.measured import OfMeans
from csi.inference.bootstrap import draw
from csi.inference.calibration import Calibration, rake_weights
from csi.inference.choice import Choice
from csi.inference.design import Design
from csi.inference.means import Sample, estimates, linearise
from csi.inference.quantiles import OrderedColumns, quantiles

GOLDEN = json.loads((Path(__file__).parent / "golden" / "survey_mobile.json").read_text(encoding="utf-8"))
NAN = float("nan")


def resample(sample, evaluate, *, n_boot, seed):
    return infer(OfMeans(sample, evaluate), Choice("bootstrap", "t", n_boot, seed)).store.draws


def numbers_of(text) -> np.ndarray:
    return np.unique(text, return_inverse=True)[1]


class Mobile:
    """The mobile sample as arrays, with the columns that the R script made."""

    def __init__(self) -> None:
        self.survey = csi.load_sample("mobile")
        frame = self.survey.answers
        # as asked: R knows nothing of reversed items
        self.frame = frame.assign(
            happy=(frame["sat_overall"] >= 8).where(frame["sat_overall"].notna()).astype(float),
            net=((frame["recommend"] >= 9) * 1.0 - (frame["recommend"] <= 6)).where(frame["recommend"].notna()),
        )
        self.weight = frame["weight"].to_numpy(float)
        self.n = len(frame)
        self.items = self.columns(*GOLDEN["items"])

    def column(self, name: str) -> np.ndarray:
        return self.frame[name].to_numpy(float)

    def columns(self, *names: str) -> np.ndarray:
        return self.frame[list(names)].to_numpy(float)

    def codes(self, name: str) -> np.ndarray:
        return numbers_of(self.frame[name].astype(str).to_numpy())

    def design(self, rows=slice(None), *, weight=True, strata=True, cluster=True, **others) -> Design:
        return Design(
            len(self.weight[rows]),
            self.weight[rows] if weight else None,
            self.codes("region")[rows] if strata else None,
            self.codes("interviewer")[rows] if cluster else None,
            **others,
        )


@pytest.fixture(scope="module")
def mobile() -> Mobile:
    return Mobile()


def means(domain, whole):
    return {"mean": domain.mean}


def fit(columns, design, codes=None, groups=(), evaluate=means) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Estimates, standard errors and covariance."""
    sample = Sample(np.asarray(columns, dtype=float), design, codes, tuple(groups))
    cov = linearise(sample, evaluate).cov
    return np.concatenate(list(estimates(sample, evaluate).values())), np.sqrt(np.maximum(np.diag(cov), 0)), cov


def same_as(reference, estimate, std_error, rtol=1e-8) -> None:
    np.testing.assert_allclose(estimate, np.ravel(reference["estimate"]), rtol=rtol)
    np.testing.assert_allclose(std_error, np.ravel(reference["std_error"]), rtol=rtol)


def by_group(reference) -> dict:
    """R's lists, one per item with a number per group, as group by group with a number per item."""
    return {name: np.array(values).T for name, values in reference.items()}


# R's survey package


@pytest.mark.parametrize(
    ("case", "parts"),
    [
        ("means", {}),
        ("weights_only", {"strata": False, "cluster": False}),
        ("strata_only", {"cluster": False}),
        ("plain", {"weight": False, "strata": False, "cluster": False}),
    ],
)
def test_means_and_errors_of_r(mobile, case, parts):
    same_as(GOLDEN[case], *fit(mobile.items, mobile.design(**parts))[:2])


def test_the_golden_file_names_its_versions(mobile):
    assert GOLDEN["made_with"] == {"R": "4.2.2", "survey": "4.1.1", "script": "tests/golden/survey_mobile.R"}
    assert GOLDEN["n"] == mobile.n
    assert GOLDEN["df"] == mobile.design().df


def test_groups_are_domains_as_in_svyby(mobile):
    found = fit(mobile.items, mobile.design(), mobile.codes("operator"), GOLDEN["operators"])
    same_as(by_group(GOLDEN["by_operator"]), *found[:2])


def test_covariances_contrasts_and_ratios_of_r(mobile):
    columns = mobile.columns("sat_overall", "loyal_price", "net")
    whole = np.where(np.isnan(columns).any(axis=1, keepdims=True), NAN, columns)
    estimate, _, cov = fit(whole, mobile.design())
    np.testing.assert_allclose(estimate, GOLDEN["joint"]["estimate"], rtol=1e-8)
    np.testing.assert_allclose(cov, GOLDEN["joint"]["covariance"], rtol=1e-8)
    happy, operators = mobile.columns("sat_overall"), mobile.codes("operator")
    estimate, _, cov = fit(happy, mobile.design(), operators, GOLDEN["operators"])
    np.testing.assert_allclose(cov, GOLDEN["contrast"]["covariance"], rtol=1e-8, atol=1e-14)
    weights = np.array([1.0, -1.0, 0.0, 0.0])
    same_as(GOLDEN["contrast"], weights @ estimate, np.sqrt(weights @ cov @ weights))
    both = mobile.columns("sat_overall", "quality_overall")
    both = np.where(np.isnan(both).any(axis=1, keepdims=True), NAN, both)
    found = fit(both, mobile.design(), evaluate=lambda part, whole: {"ratio": part.mean[:1] / part.mean[1:]})
    same_as(GOLDEN["ratio"], *found[:2])


def test_the_contrast_of_a_result_is_svycontrast(mobile):
    result = csi.score_items(mobile.survey, "sat_overall", by="operator")
    first, second = GOLDEN["operators"][:2]
    found = result.contrast({(first, "sat_overall"): 1, (second, "sat_overall"): -1})
    same_as(GOLDEN["contrast"], float(found), found.std_error)


def test_variance_of_r(mobile):
    """svyvar divides by N - 1 with the missing rows among the N; csi counts those who answered."""
    x = mobile.column("sat_overall")
    columns = np.stack([x - 8, (x - 8) ** 2], axis=1)
    n = np.isfinite(x).sum()
    found = fit(
        columns,
        mobile.design(),
        evaluate=lambda part, whole: {"var": (part.mean[1:] - part.mean[:1] ** 2) * mobile.n / (mobile.n - 1)},
    )
    same_as(GOLDEN["variance"], *found[:2])
    sd = csi.score_items(mobile.survey, "sat_overall", statistic="sd").value("sat_overall")
    variance = GOLDEN["variance"]["estimate"] * (mobile.n - 1) / mobile.n * n / (n - 1)
    assert sd.estimate == pytest.approx(variance**0.5, rel=1e-10)
    error = GOLDEN["variance"]["std_error"] * (mobile.n - 1) / mobile.n * n / (n - 1)
    assert sd.std_error == pytest.approx(error / (2 * variance**0.5), rel=1e-8)


@pytest.mark.parametrize("rule", ["math", "school"])
@pytest.mark.parametrize("item", ["sat_overall", "seconds", "loyal_price"])
def test_quantiles_of_r(mobile, item, rule):
    found = quantiles(Sample(mobile.columns(item), mobile.design()), GOLDEN["probs"], rule=rule, centre="share")
    reference = GOLDEN["quantiles"][item][rule]
    lower, upper = found.interval(0.95)
    np.testing.assert_array_equal(found.estimate, reference["estimate"])
    np.testing.assert_array_equal(lower, reference["lower"])
    np.testing.assert_array_equal(upper, reference["upper"])
    np.testing.assert_allclose(found.std_error, reference["std_error"], rtol=1e-8)


def test_quantiles_of_groups_of_r(mobile):
    sample = Sample(mobile.columns("seconds"), mobile.design(), mobile.codes("operator"), tuple(GOLDEN["operators"]))
    found = quantiles(sample, GOLDEN["probs"], centre="share")
    lower, upper = found.interval(0.95)
    reference = {name: [x for group in GOLDEN["quantiles_by"] for x in group[name]] for name in ("lower", "upper")}
    np.testing.assert_array_equal(lower, reference["lower"])
    np.testing.assert_array_equal(upper, reference["upper"])
    same_as({name: [group[name] for group in GOLDEN["quantiles_by"]] for name in ("estimate", "std_error")},
            found.estimate, found.std_error)  # fmt: skip


def test_regressions_of_r(mobile):
    asked = np.isfinite(mobile.column("complained"))
    y = np.where(asked, mobile.column("sat_overall"), NAN)
    found = regress_linear(mobile.columns("quality_overall", "value_price", "complained"), y, mobile.design())
    np.testing.assert_allclose(found.coef[0], GOLDEN["regression"]["coef"], rtol=1e-8)
    np.testing.assert_allclose(found.cov, GOLDEN["regression"]["covariance"], rtol=1e-8)
    assert found.df == GOLDEN["regression"]["df"]
    x = mobile.columns("quality_overall", "value_price")
    groups = regress_linear(x, y, mobile.design(), codes=mobile.codes("operator"), groups=4)
    np.testing.assert_allclose(groups.coef, GOLDEN["regression_by"]["coef"], rtol=1e-8)
    np.testing.assert_allclose(groups.uncertainty.std_error, np.ravel(GOLDEN["regression_by"]["std_error"]), rtol=1e-8)
    happy, design = np.where(asked, mobile.column("happy"), NAN), mobile.design()
    rows = np.flatnonzero(~np.isnan(np.column_stack([x, happy])).any(axis=1))
    w = design.weight[rows]
    logit = fit_model("top_box", x[rows], happy[rows], w / w.mean(), 2, "logit")
    np.testing.assert_allclose([*logit.lead, *logit.coef], GOLDEN["logistic"]["coef"], rtol=1e-8)
    moves = [np.bincount(design.piece[rows], weights=row, minlength=design.pieces) for row in logit.influence]
    np.testing.assert_allclose(design.covariance(np.array(moves)), GOLDEN["logistic"]["covariance"], rtol=1e-8)


def test_finite_populations_of_r(mobile):
    region = mobile.frame["region"].astype(str)
    units = region.map(GOLDEN["population"]).to_numpy(float)
    same_as(GOLDEN["finite"], *fit(mobile.items, mobile.design(population=units))[:2])
    persons = region.map(region.value_counts() * 2).to_numpy(float)
    same_as(GOLDEN["finite_persons"], *fit(mobile.items, mobile.design(cluster=False, population=persons))[:2])


@pytest.mark.parametrize("rule", ["certainty", "adjust", "average"])
def test_lonely_units_of_r(mobile, rule):
    region, interviewer = (mobile.frame[name].astype(str) for name in ("region", "interviewer"))
    first = dict(zip(GOLDEN["lonely"]["regions"], GOLDEN["lonely"]["interviewers"], strict=True))
    kept = (~region.isin(list(first)) | (interviewer == region.map(first))).to_numpy()
    assert kept.sum() == GOLDEN["lonely"]["n"]
    part = mobile.items[kept]
    same_as(GOLDEN["lonely"][rule], *fit(part, mobile.design(kept, lonely_psu=rule))[:2])
    units = region.map(GOLDEN["population"]).to_numpy(float)[kept]
    design = mobile.design(kept, lonely_psu=rule, population=units)
    same_as(GOLDEN["lonely"][f"{rule}_finite"], *fit(part, design)[:2])
    with pytest.raises(DataError) as caught:
        fit(part, mobile.design(kept))
    assert caught.value.code == "lonely_unit"
    assert caught.value.values["count"] == 2


def raked(mobile, *names: str, strata=True) -> tuple[np.ndarray, Calibration, Design]:
    targets = {name: np.array(GOLDEN["raking"]["targets"][name]) for name in names}
    calibration = Calibration(mobile.weight, tuple(mobile.codes(name) for name in names), tuple(targets.values()))
    weight = calibration.raked(mobile.weight)
    return weight, calibration, Design(
        mobile.n, weight, mobile.codes("region") if strata else None, mobile.codes("interviewer") if strata else None,
        calibration=calibration,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("case", "names", "strata"),
    [
        (GOLDEN["raking"]["calibrate"], ("operator", "wave"), True),
        (GOLDEN["post"], ("operator",), True),
        (GOLDEN["calibrated_flat"], ("operator", "wave"), False),
    ],
    ids=["calibrate", "postStratify", "calibrate_flat"],
)
def test_calibrated_weights_and_errors_of_r(mobile, case, names, strata):
    weight, _, design = raked(mobile, *names, strata=strata)
    np.testing.assert_allclose(weight[:20], case["weights"], rtol=1e-6)
    assert weight.sum() == pytest.approx(mobile.weight.sum(), rel=1e-12)
    same_as(case, *fit(mobile.items, design)[:2], rtol=1e-6)
    found = fit(mobile.columns("sat_overall"), design, mobile.codes("region"), GOLDEN["raking"]["regions"])
    same_as(case["by_region"], *found[:2], rtol=1e-6)


def test_rake_of_r_has_the_same_weights_and_another_residual(mobile):
    """R's rake() takes unweighted means of the levels out of u, ten times in turn; calibrate() and csi regress u.

    Both numbers stand in the golden file; doing by hand what rake() does gives its errors to eight digits.
    """
    weight, _, design = raked(mobile, "operator", "wave")
    reference = GOLDEN["raking"]["rake"]
    np.testing.assert_allclose(weight[:20], reference["weights"], rtol=1e-6)
    estimate, error, _ = fit(mobile.items, design)
    np.testing.assert_allclose(estimate, reference["estimate"], rtol=1e-6)
    ratio = error / np.array(reference["std_error"])
    assert 1e-4 < np.abs(ratio - 1).max() < 0.02
    plain = mobile.design()
    for k, column in enumerate(mobile.items.T):
        answered = np.isfinite(column)
        u = np.where(answered, column - estimate[k], 0.0) / weight[answered].sum()
        for _ in range(10):
            for name in ("operator", "wave"):
                codes = mobile.codes(name)
                u = u - (np.bincount(codes, u) / np.bincount(codes))[codes]
        by_hand = plain.covariance(plain.sum_units((u * weight)[None]))
        assert by_hand[0, 0] ** 0.5 == pytest.approx(reference["std_error"][k], rel=1e-6)


def test_raking_example_of_methods_and_of_r():
    cells = np.repeat([0, 1, 2, 3], [20, 30, 10, 40])
    found = rake_weights(np.ones(100), (cells // 2, cells % 2), (np.array([0.5, 0.5]), np.array([0.45, 0.55])))
    sums = np.bincount(cells, found.weight)
    np.testing.assert_allclose(sums, [28.446458, 21.553542, 16.553542, 33.446458], atol=1e-6)  # METHODS C.7
    np.testing.assert_allclose(sums, GOLDEN["example"], atol=1e-6)
    factors = sums / [20, 30, 10, 40]
    np.testing.assert_allclose(factors, [1.422322, 0.718451, 1.655354, 0.836162], atol=1e-6)
    assert sums[0] * sums[3] / (sums[1] * sums[2]) == pytest.approx(20 * 40 / (30 * 10))


# by hand


def test_a_stratified_clustered_mean_by_hand():
    """Two strata, two and three clusters: variance = sum over strata of m / (m - 1) times the scatter of totals."""
    y = np.array([3.0, 5, 8, 6, 7, 9, 2, 4])
    w = np.array([1.0, 2, 1, 1, 2, 1, 3, 1])
    strata = np.array([0, 0, 0, 1, 1, 1, 1, 1])
    cluster = np.array([0, 0, 1, 0, 1, 1, 2, 2])  # number 0 in both strata is two clusters
    mean = (w * y).sum() / w.sum()
    u = w * (y - mean) / w.sum()
    first = [u[0] + u[1], u[2]]
    second = [u[3], u[4] + u[5], u[6] + u[7]]
    variance = 2 / 1 * sum((a - np.mean(first)) ** 2 for a in first)
    variance += 3 / 2 * sum((a - np.mean(second)) ** 2 for a in second)
    design = Design(8, w, strata, cluster)
    assert (design.units, design.strata_count, design.df) == (5, 2, 3)
    estimate, error, _ = fit(y[:, None], design)
    assert estimate[0] == pytest.approx(mean)
    assert error[0] ** 2 == pytest.approx(variance, rel=1e-9)
    finite = Design(8, w, strata, cluster, np.where(strata == 0, 4.0, 6.0))
    assert finite.sampled_fraction == pytest.approx(5 / 10)
    half = fit(y[:, None], finite)[1][0] ** 2
    assert half == pytest.approx(variance / 2, rel=1e-9)  # 2 of 4 and 3 of 6 were drawn


@pytest.mark.parametrize("rule", ["certainty", "adjust", "average"])
def test_lonely_units_by_hand(rule):
    y = np.array([3.0, 5, 8, 6, 7, 1])
    strata = np.array([0, 0, 1, 1, 2, 2])
    cluster = np.array([0, 1, 0, 1, 0, 0])  # the third stratum has one cluster
    u = (y - 5) / 6
    two = 2 * ((u[0] - u[:2].mean()) ** 2 + (u[1] - u[:2].mean()) ** 2)
    two += 2 * ((u[2] - u[2:4].mean()) ** 2 + (u[3] - u[2:4].mean()) ** 2)
    expected = {"certainty": two, "adjust": two + (u[4] + u[5]) ** 2, "average": two * 3 / 2}[rule]
    assert fit(y[:, None], Design(6, None, strata, cluster, lonely_psu=rule))[1][0] ** 2 == pytest.approx(expected)


def test_a_census_is_sure():
    y = np.array([1.0, 0, 1, 1])
    strata = np.array([0, 0, 1, 1])
    design = Design(4, None, strata, None, np.full(4, 2.0))
    assert fit(y[:, None], design)[1][0] == 0
    draws = resample(Sample(y[:, None], design), means, n_boot=50, seed=1)["mean"]
    np.testing.assert_allclose(draws, 0.75, atol=1e-12)
    lonely = Design(3, None, np.array([0, 0, 1]), None, np.array([2.0, 2, 1]))  # a stratum of one, all of it asked
    assert fit(y[:3, None], lonely)[1][0] == 0


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("wrong_shape", {"weight": [1.0, 2.0]}),
        ("wrong_shape", {"population": [9.0]}),
        ("negative_weights", {"weight": [1.0, 1, 1, -1]}),
        ("missing_weights", {"weight": [1.0, 1, 1, NAN]}),
        ("zero_weights", {"weight": [0.0, 0, 0, 0]}),
        ("missing_population", {"population": [4.0, 4, NAN, 4]}),
        ("missing_population", {"population": [4.0, 4, 0, 4]}),
        ("population_differs", {"population": [4.0, 5, 5, 5]}),
        ("population_small", {"population": [4.0, 4, 1, 1]}),
    ],
)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_designs_that_cannot_be(code, change, language):
    with csi.use_language(language), pytest.raises(DataError) as caught:
        Design(4, strata=[0, 0, 1, 1], **change)
    assert caught.value.code == code
    assert str(caught.value) != f"errors.{code}"
    with pytest.raises(OptionError, match="lonely_psu"):
        Design(4, lonely_psu="remove")


def test_lonely_units_have_no_bootstrap_unless_certain():
    strata, y = np.array([0, 0, 1]), np.array([[1.0], [2.0], [6.0]])
    for rule in ("adjust", "average"):
        with pytest.raises(OptionError) as caught:
            next(draw(Design(3, None, strata, lonely_psu=rule), 20, 1))
        assert caught.value.code == "lonely_not_drawn"
        assert rule in str(caught.value)
    with pytest.raises(DataError) as caught:
        next(draw(Design(3, None, strata), 20, 1))
    assert caught.value.code == "lonely_unit"
    design = Design(3, None, strata, lonely_psu="certainty")
    draws = resample(Sample(y, design), means, n_boot=400, seed=1)["mean"][0]
    assert set(np.round(draws, 9)) == {round((2 * 1 + 6) / 3, 9), round((2 * 2 + 6) / 3, 9)}  # one of the two twice
    assert draws.std() == pytest.approx(fit(y, design)[1][0], rel=0.02)


# properties


small = st.integers(0, 2**32 - 1)


def random_design(seed: int, *, weight=True) -> tuple[np.ndarray, np.ndarray | None, np.ndarray, np.ndarray]:
    """Ratings with gaps, weights, strata and clusters, two clusters a stratum at least."""
    rng = np.random.default_rng(seed)
    n = 12
    y = rng.integers(1, 11, (n, 2)).astype(float)
    y[rng.random((n, 2)) < 0.1] = NAN
    y[0] = 5
    strata = np.repeat([0, 1], 6)
    cluster = np.concatenate([rng.permutation([0, 0, 1, 1, 2, 2]), rng.permutation([0, 0, 0, 1, 1, 1])])
    return y, rng.uniform(0.5, 3, n) if weight else None, strata, cluster


@given(small)
@settings(max_examples=25, deadline=None)
def test_row_order_and_the_scale_of_weights_change_nothing(seed):
    y, w, strata, cluster = random_design(seed)
    before = fit(y, Design(12, w, strata, cluster))
    order = np.random.default_rng(seed).permutation(12)
    after = fit(y[order], Design(12, 10 * w[order], 7 - strata[order], 100 + 3 * cluster[order]))
    for a, b in zip(before, after, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-14)


@given(small)
@settings(max_examples=25, deadline=None)
def test_a_respondent_entered_twice_is_one_cluster(seed):
    """Copying every row changes no error when the copies are one sampling unit, and halves the variance when not."""
    y, w, _, _ = random_design(seed)
    once = fit(y, Design(12, w))
    twice = Design(24, np.tile(w, 2), cluster=np.tile(np.arange(12), 2))
    for a, b in zip(once, fit(np.tile(y, (2, 1)), twice), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-14)
    naive = fit(np.tile(y, (2, 1)), Design(24, np.tile(w, 2)))
    np.testing.assert_allclose(naive[1] ** 2 * 23 / 24 * 12 / 11 * 2, once[1] ** 2, rtol=1e-9)


@given(small)
@settings(max_examples=25, deadline=None)
def test_a_domain_is_the_whole_design_with_nothing_outside(seed):
    """by= by hand: means over the domain, influence 0 elsewhere, all clusters counted."""
    y, w, strata, cluster = random_design(seed)
    y = np.nan_to_num(y[:, :1], nan=4.0)
    codes = np.arange(12) % 3
    design = Design(12, w, strata, cluster)
    estimate, _, cov = fit(y, design, codes, "abc")
    u = np.zeros((3, 12))
    for g in range(3):
        inside = codes == g
        mean = np.average(y[inside, 0], weights=w[inside])
        assert estimate[g] == pytest.approx(mean)
        u[g, inside] = w[inside] * (y[inside, 0] - mean) / w[inside].sum()
    np.testing.assert_allclose(cov, design.covariance(design.sum_units(u)), rtol=1e-8, atol=1e-14)
    zero = np.where(codes == 0, w, 0.0)  # a weight of 0 outside is the same domain
    alone = fit(y, Design(12, zero, strata, cluster))
    assert alone[0][0] == pytest.approx(estimate[0])
    assert alone[1][0] ** 2 == pytest.approx(cov[0, 0], rel=1e-9)


def test_a_new_group_changes_no_other():
    rng = np.random.default_rng(4)
    y, w, cluster = rng.integers(1, 11, (60, 1)).astype(float), rng.uniform(1, 3, 60), np.arange(60) // 3
    codes = np.arange(60) % 3
    design = Design(60, w, None, cluster)
    two, three = np.where(codes == 2, -1, codes), codes
    few, more = (Sample(y, design, *one) for one in ((two, ("a", "b")), (three, ("a", "b", "c"))))
    np.testing.assert_allclose(linearise(few, means).cov, linearise(more, means).cov[:2, :2], rtol=1e-12, atol=1e-16)
    a, b = (resample(one, means, n_boot=300, seed=5)["mean"] for one in (few, more))
    np.testing.assert_array_equal(a, b[:2])


def test_a_respondent_of_weight_0_keeps_the_design_whole():
    y, w = np.array([[1.0], [4.0], [9.0], [5.0]]), np.array([1.0, 2.0, 1.0, 0.0])
    estimate, error, _ = fit(y, Design(4, w))
    u = w * (y[:, 0] - 4.5) / 4
    assert estimate[0] == 4.5
    assert error[0] ** 2 == pytest.approx(4 / 3 * (u**2).sum(), rel=1e-9)
    strata = np.array([0, 0, 1, 1])
    silent = np.array([1.0, 2.0, 0.0, 0.0])  # a stratum in which nobody counts
    empty, alone = fit(y, Design(4, silent, strata)), fit(y[:2], Design(2, silent[:2]))
    np.testing.assert_allclose(empty[1], alone[1])


# bootstrap against linearised


@pytest.mark.parametrize("parts", [{}, {"cluster": False}, {"strata": False, "cluster": False}], ids=str)
def test_bootstrap_errors_are_close_to_linearised_ones(mobile, parts):
    design = mobile.design(**parts)
    draws = resample(Sample(mobile.items, design), means, n_boot=2000, seed=1)["mean"]
    ratio = draws.std(axis=1, ddof=1) / fit(mobile.items, design)[1]
    assert ((ratio > 0.92) & (ratio < 1.08)).all(), ratio


def test_bootstrap_of_finite_populations_and_groups_is_close(mobile):
    units = mobile.frame["region"].astype(str).map(GOLDEN["population"]).to_numpy(float)
    design = mobile.design(population=units)
    sample = Sample(mobile.items, design, mobile.codes("operator"), tuple(GOLDEN["operators"]))
    draws = resample(sample, means, n_boot=3000, seed=1)["mean"]
    ratio = draws.std(axis=1, ddof=1) / np.sqrt(np.diag(linearise(sample, means).cov))
    assert ((ratio > 0.92) & (ratio < 1.08)).all(), ratio


def test_raked_bootstrap_is_close_to_calibration_residuals(mobile):
    """Margins that explain much: the errors of raked weights are not those of the weights taken as drawn."""
    operator, wave = mobile.codes("operator"), mobile.codes("wave")
    noise = np.random.default_rng(3).normal(size=mobile.n)
    columns = np.stack([operator + 0.5 * noise, mobile.column("sat_overall"), 2.0 * wave + noise], axis=1)
    weight, _, design = raked(mobile, "operator", "wave")
    draws = resample(Sample(columns, design), means, n_boot=2000, seed=2)["mean"].std(axis=1, ddof=1)
    linear = fit(columns, design)[1]
    ratio = draws / linear
    assert ((ratio > 0.92) & (ratio < 1.08)).all(), ratio
    ignored = fit(columns, Design(mobile.n, weight, design.strata, design.cluster))[1]
    assert linear[0] < 0.7 * ignored[0]


def test_what_was_raked_to_is_known(mobile):
    _, _, design = raked(mobile, "operator", "wave")
    share = (mobile.codes("operator") == 0).astype(float)[:, None]
    estimate, error, _ = fit(share, design)
    assert estimate[0] == pytest.approx(0.4, abs=1e-10)
    assert error[0] < 1e-10
    assert resample(Sample(share, design), means, n_boot=50, seed=1)["mean"].std() < 1e-9


def test_cluster_sums_before_replicates_are_rows_in_replicates(mobile):
    """Adding up clusters first gives what multiplying every respondent by his cluster's multiplier gives."""
    design = mobile.design()
    sample = Sample(mobile.items, design, mobile.codes("operator"), tuple(GOLDEN["operators"]))
    (_, multipliers), *_ = draw(design, 40, 3)
    found, whole = sample.replicate_means(multipliers)
    for g, domain in enumerate(found):
        w = mobile.weight[:, None] * multipliers[design.unit] * (mobile.codes("operator") == g)[:, None]
        for k, column in enumerate(mobile.items.T):
            there = np.isfinite(column)
            np.testing.assert_allclose(domain.mean[k], column[there] @ w[there] / w[there].sum(axis=0), rtol=1e-12)
    assert whole.mean.shape == (6, 40)


# quantiles and regressions on a few rows


def test_quantiles_by_hand():
    x = np.array([[1.0], [2.0], [4.0], [8.0], [NAN]])
    sample = Sample(x, Design(5, [1.0, 1.0, 1.0, 1.0, 5.0]))
    np.testing.assert_array_equal(quantiles(sample, [0.25, 0.26, 0.5, 0.99]).estimate, [1, 2, 2, 8])
    np.testing.assert_array_equal(quantiles(sample, [0.25, 0.26, 0.5, 0.99], rule="school").estimate, [1.5, 2, 3, 8])
    heavy = Sample(x, Design(5, [1.0, 1.0, 1.0, 7.0, 1.0]))
    np.testing.assert_array_equal(quantiles(heavy, [0.3, 0.31]).estimate, [4, 8])
    whole = Sample(np.arange(1.0, 21.0)[:, None], Design(20))
    found = quantiles(whole, [0.5])
    reach = 2.0930240544 * np.sqrt(0.25 / 19)  # t with 19 df; half lie at or below 10
    assert found.estimate[0] == 10
    lower, upper = found.interval(0.95)
    assert lower[0] == np.ceil(20 * (0.5 - reach))
    assert upper[0] == np.ceil(20 * (0.5 + reach))
    assert found.std_error[0] == pytest.approx((upper[0] - lower[0]) / 2 / 2.0930240544)


@given(small)
@settings(max_examples=20, deadline=None)
def test_quantiles_do_not_hang_on_order_scale_or_counting(seed):
    """Whole numbers are counted and others sorted: both ways, and both intervals, give the same."""
    y, w, strata, cluster = random_design(seed)
    design = Design(12, w, strata, cluster)
    one = quantiles(Sample(y, design), [0.2, 0.5, 0.8])
    other = quantiles(Sample(y + 0.25, design), [0.2, 0.5, 0.8])
    np.testing.assert_array_equal(one.estimate + 0.25, other.estimate)
    np.testing.assert_array_equal(one.interval(0.9)[0] + 0.25, other.interval(0.9)[0])
    order = np.random.default_rng(seed).permutation(12)
    again = quantiles(Sample(y[order], Design(12, 3 * w[order], strata[order], cluster[order])), [0.2, 0.5, 0.8])
    np.testing.assert_array_equal(one.interval(0.9)[1], again.interval(0.9)[1])


def test_replicated_quantiles_are_quantiles_of_replicates(mobile):
    rows = slice(0, 200)
    design = mobile.design(rows)
    sample = Sample(mobile.columns("sat_overall", "seconds")[rows], design)
    (_, multipliers), *_ = draw(design, 30, 2)
    found = OrderedColumns(sample, [0.25, 0.5]).replicates(multipliers)
    for b in (0, 7, 29):
        weight = design.weight * multipliers[design.unit, b]
        again = quantiles(Sample(sample.columns, Design(200, weight)), [0.25, 0.5])
        np.testing.assert_array_equal(found[:, b], again.estimate)


def test_regressions_by_hand():
    x, y = np.array([[1.0], [2.0], [3.0], [4.0], [NAN]]), np.array([2.0, 4, 6, 9, 1])
    found = regress_linear(x, y, Design(5))
    np.testing.assert_allclose(found.coef[0], [-0.5, 2.3])
    left = y[:4] - (-0.5 + 2.3 * x[:4, 0])
    u = (x[:4, 0] - 2.5) * left / 5  # influence on the slope; sum of squares of x about its mean is 5
    assert found.uncertainty.std_error[1] ** 2 == pytest.approx(
        5 / 4 * (u**2).sum()
    )  # the fifth respondent is a unit too
    x, y = np.array([[0.0]] * 4 + [[1.0]] * 5), np.array([1.0, 0, 0, 0, 1, 1, 1, 0, 0])
    two = fit_model("top_box", x, y, np.ones(9), 2, "logit")
    np.testing.assert_allclose([*two.lead, *two.coef], [np.log(1 / 3), np.log(3 / 2) - np.log(1 / 3)], rtol=1e-10)


@pytest.mark.parametrize(
    ("code", "run"),
    [
        ("regression_short", lambda: regress_linear(np.eye(2), np.ones(2), Design(2))),
        ("regression_singular", lambda: regress_linear(np.ones((5, 1)), np.arange(5.0), Design(5))),
        ("wrong_shape", lambda: regress_linear(np.ones((4, 1)), np.ones(3), Design(4))),
    ],
)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_regressions_that_cannot_be(code, run, language):
    with csi.use_language(language), pytest.raises(CsiError) as caught:
        run()
    assert caught.value.code == code
    assert str(caught.value) != f"errors.{code}"
