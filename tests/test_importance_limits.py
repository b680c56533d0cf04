"""Errors and limits of importances: against refits without each unit, an optimiser on the ellipsoid, by property."""

from __future__ import annotations

import pickle
from collections.abc import Iterable

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.stats import t as student

import csi
from csi.drivers.bounded import R2Evidence
from csi.drivers.importance_numbers import METHODS
from csi.drivers.profile import Evidence, Function, profile
from csi.inference.bootstrap import Batch, rows_of
from csi.inference.calibration import Calibration
from csi.inference.design import Design
from csi.inference.jackknife import bias, contributions, kurtosis, leave_one_out
from csi.measures.trust.analytic import Analytic
from csi.sums import upper


def ratings(n: int, p: int, seed: int, effects: list[float] | None = None) -> pd.DataFrame:
    """Skewed ratings 1-10 of p drivers with something in common, and the outcome y."""
    rng = np.random.default_rng(seed)
    drivers = rng.normal(size=(n, p)) + 0.8 * rng.normal(size=(n, 1))
    outcome = drivers @ (effects or [1.0 / (1 + k) for k in range(p)]) + 1.2 * rng.normal(size=n)
    both = np.column_stack([drivers, outcome])
    rated = np.clip(np.round(7.5 + 1.6 * both / both.std(axis=0)), 1, 10)
    return pd.DataFrame(rated, columns=[*(f"x{k}" for k in range(p)), "y"])


def survey(frame: pd.DataFrame, **roles: str) -> csi.Survey:
    items = ", ".join(f"{name}: {{kind: number}}" for name in frame if name not in roles.values())
    named = ", ".join(f"{role}: {column}" for role, column in roles.items())
    return csi.Survey.from_frame(frame, csi.Codebook.from_yaml(f"{{roles: {{{named}}}, items: {{{items}}}}}"))


def half_by_hand(columns: np.ndarray, weight: np.ndarray) -> np.ndarray:
    r = np.cov(columns.T, aweights=weight)
    sd = np.sqrt(np.diag(r))
    return (r / np.outer(sd, sd))[upper(columns.shape[1])]


def correlations(domains: list[Batch], _: Batch) -> dict[str, np.ndarray]:
    return {"r": np.concatenate([part.half_correlation for part in domains])}


def designs(n: int) -> dict[str, Design]:
    rng = np.random.default_rng(2)
    weight, strata, cluster = rng.uniform(0.5, 3, n), np.arange(n) % 3, np.arange(n) // 3 % 8
    raked = Calibration(weight, (strata,), (np.array([0.5, 0.3, 0.2]),))
    return {
        "plain": Design(n),
        "weights": Design(n, weight),
        "strata": Design(n, weight, strata),
        "clusters": Design(n, weight, cluster=cluster),
        "both": Design(n, weight, strata, np.arange(n) // 5),
        "raked": Design(n, raked.raked(weight), calibration=raked),
    }


@pytest.mark.parametrize("name", list(designs(6)))
def test_leaving_out_equals_fitting_again(name: str) -> None:
    """Every unit is taken out in turn, the others of its stratum weigh m / (m - 1); raked weights are raked again."""
    columns = ratings(40, 3, 1).to_numpy()
    design = designs(40)[name]
    found = leave_one_out(rows_of(columns, design, "listwise"), design, correlations)["r"]
    base = np.ones(40) if design.weight is None else design.weight
    if design.calibration is not None:
        base = design.calibration.base
    strata = np.zeros(40, int) if design.strata is None else design.strata
    assert found.shape == (10, design.units)
    for unit in range(design.units):
        gone = design.unit == unit
        mine = strata == strata[gone][0]
        m = len(np.unique(design.unit[mine]))
        weight = np.where(gone, 0.0, np.where(mine, base * m / (m - 1), base))
        if design.calibration is not None:
            weight = design.calibration.raked(weight)
        np.testing.assert_allclose(found[:, unit], half_by_hand(columns, weight), atol=1e-10)


def test_a_group_is_left_alone_by_units_of_others() -> None:
    columns = ratings(40, 2, 3).to_numpy()
    design, codes = Design(40), np.arange(40) % 2
    found = leave_one_out(rows_of(columns, design, "listwise", codes), design, correlations)["r"]
    own = half_by_hand(columns[codes == 0], np.ones(20))
    np.testing.assert_allclose(found[:6, codes == 1], np.repeat(own[:, None], 20, axis=1), atol=1e-12)


def refitted(frame: pd.DataFrame, drivers: list[str], table: str) -> np.ndarray:
    """(k, n) the estimates of a table without each respondent."""
    parts = [
        csi.fit_importance(csi.Moments.from_frame(frame.drop(index=i)), "y", drivers, n_boot=0).tidy(table)["estimate"]
        for i in frame.index
    ]
    return np.array(parts).T


def test_errors_are_those_of_refits_without_each_respondent() -> None:
    """(n - 1) / n times the sum of squares about the mean, of importances, shares, R2, differences and dominance."""
    frame, drivers = ratings(30, 3, 5), ["x0", "x1", "x2"]
    found = csi.fit_importance(survey(frame), "y", drivers)
    assert found.glance()[["inference", "interval"]].iloc[0].tolist() == ["jackknife", "profile"]
    tables = ("importance", "importance_shares", "r2", "driver_differences", "dominance", "conditional")
    for table in (*tables, "driver_coefficients"):
        held = refitted(frame, drivers, table)
        if table == "r2":  # adjusted by the respondents there are, also without one of them
            held[1] = 1 - (1 - held[0]) * 29 / 26
        error = np.sqrt(29 / 30 * ((held - held.mean(axis=1, keepdims=True)) ** 2).sum(axis=1))
        np.testing.assert_allclose(found.tidy(table)["std_error"], error, rtol=1e-9, atol=1e-12)


def test_the_limits_follow_from_refits_by_the_formulas() -> None:
    """Covariance of z, bias, kurtosis and z of the root, all from refits; then the steps through the ellipsoid."""
    n, drivers = 40, ["x0", "x1", "x2"]
    frame = ratings(n, 3, 6, [1.0, 0.6, 0.0])
    found = csi.fit_importance(survey(frame), "y", drivers)
    columns, off = frame.to_numpy(), Function("lmg", (1, 1, 1)).off
    z = np.array([np.arctanh(half_by_hand(np.delete(columns, i, axis=0), np.ones(n - 1))[off]) for i in range(n)])
    cov = (n - 1) / n * (z - z.mean(axis=0)).T @ (z - z.mean(axis=0))
    w = np.arctanh(half_by_hand(columns, np.ones(n))[off])
    value, share = (found.tidy(table)["estimate"].to_numpy() for table in ("importance", "importance_shares"))
    held, shares = refitted(frame, drivers, "importance"), refitted(frame, drivers, "importance_shares") / 100
    less, less_share = (n - 1) * (held.mean(axis=1) - value), (n - 1) * (shares.mean(axis=1) - share / 100)
    root = np.arctanh(np.sqrt(held))
    error = np.sqrt((n - 1) / n * ((root - root.mean(axis=1, keepdims=True)) ** 2).sum(axis=1))
    apart = shares - shares.mean(axis=1, keepdims=True)
    k = (apart**4).mean(axis=1) / (apart**2).mean(axis=1) ** 2
    df = np.minimum(n - 1, np.maximum(6, 2 * n / (k - 1)))
    assert (df < n - 1).any()
    for level in (0.90, 0.95):
        q, of_shares = student.ppf((1 + level) / 2, n - 1), student.ppf((1 + level) / 2, df)
        own, parts = profile(Function("lmg", (1, 1, 1)), w, cov, np.full(3, q), of_shares)
        nothing = np.arctanh(np.sqrt(np.maximum(value - less, 0))) - q * error <= 0
        assert nothing.tolist() == [False, False, True]
        for table, (low, high), bias_, centre, unit in (
            ("importance", own, less, value, 1), ("importance_shares", parts, less_share, share / 100, 100),
        ):  # fmt: skip
            lower = np.where(nothing, 0, np.maximum(0, np.minimum(np.minimum(centre, low), low - bias_)))
            tidy = found.tidy(table, level=level)
            np.testing.assert_allclose(tidy["lower"], unit * lower, rtol=1e-8, atol=1e-10)
            np.testing.assert_allclose(tidy["upper"], unit * np.minimum(1, np.maximum(centre, high)), rtol=1e-8)


def test_contributions_are_the_textbook_for_a_plain_sample() -> None:
    rng = np.random.default_rng(4)
    held, value, design = rng.normal(size=(2, 9)) ** 3, np.array([0.3, -0.2]), Design(9)
    brought = contributions(held, value, design)
    apart = held - held.mean(axis=1, keepdims=True)
    np.testing.assert_allclose(design.unit_covariance(brought), 8 / 9 * apart @ apart.T, rtol=1e-12)
    np.testing.assert_allclose(bias(brought, design), 8 * (held.mean(axis=1) - value), rtol=1e-12)
    expected = (apart**4).mean(axis=1) / (apart**2).mean(axis=1) ** 2
    np.testing.assert_allclose(kurtosis(brought, design, np.ones(9, bool)), expected, rtol=1e-12)


def test_the_jackknife_of_a_mean_is_the_variance_of_the_design() -> None:
    """Weighted by nothing, a mean is linear: leaving out clusters within strata gives the textbook's variance."""
    values = np.random.default_rng(8).normal(size=(24, 1)) + 5
    strata, cluster = np.arange(24) // 12, np.arange(24) // 3
    design = Design(24, strata=strata, cluster=cluster, population=np.full(24, 16.0))

    def mean(domains: Iterable[Batch], _: Batch) -> dict[str, np.ndarray]:
        return {"mean": next(iter(domains)).mean}

    held = leave_one_out(rows_of(values, design, "listwise"), design, mean)["mean"]
    brought = contributions(held, values.mean(axis=0), design)
    means = values.reshape(2, 4, 3).mean(axis=2)
    by_hand = sum((1 - 4 / 16) * means[h].var(ddof=1) / 4 / 4 for h in range(2))
    assert design.unit_covariance(brought)[0, 0] == pytest.approx(by_hand, rel=1e-10)


@pytest.mark.parametrize("p", [2, 4])
def test_the_steps_find_the_ends_of_the_ellipsoid(p: int) -> None:
    """Against a general optimiser on its surface from several starts: never beyond it, and within 3 % of the way."""
    frame = ratings(80, p, p)
    function = Function("lmg", (1,) * p)
    columns = frame.to_numpy()
    w = np.arctanh(half_by_hand(columns, np.ones(80))[function.off])
    held = np.array([np.arctanh(half_by_hand(np.delete(columns, i, 0), np.ones(79))[function.off]) for i in range(80)])
    cov = np.cov(held.T) * 79**2 / 80
    q = 2.0
    own, shares = profile(function, w, cov, np.full(p, q), np.full(p, q))
    value = function.values(w[:, None])[:, 0]
    root = np.linalg.cholesky(cov)
    rng = np.random.default_rng(1)
    for number, found in ((lambda x: x, own), (lambda x: x / x.sum(axis=0), shares)):
        for j in {0, p - 1}:
            for sign, end in zip((-1.0, 1.0), found[:, j], strict=True):

                def away(u: np.ndarray, number=number, j=j, sign=sign) -> float:
                    return -sign * float(number(function.values((w + root @ u)[:, None]))[j, 0])

                within = {"type": "ineq", "fun": lambda u: q**2 - u @ u}
                starts = rng.normal(size=(3, len(w)))
                found_by = [minimize(away, u, method="SLSQP", constraints=within, tol=1e-10) for u in starts]
                best = -min(one.fun for one in found_by if one.x @ one.x <= q**2 + 1e-6)
                centre = number(value[:, None])[j, 0]
                far = best - sign * centre
                assert far > 0
                assert sign * end <= best + 1e-4 * far
                assert sign * (end - centre) >= 0.97 * far


@pytest.mark.parametrize("method", ["johnson", "car", "first", "last", "pratt", "beta_squared"])
def test_slopes_of_other_methods_are_derivatives(method: str) -> None:
    """By a formula of its own where there is one: r squared moves by 2 r (1 - r squared)."""
    function = Function(method, (1, 1, 1))
    w = np.arctanh(half_by_hand(ratings(50, 3, 2).to_numpy(), np.ones(50))[function.off])
    slopes = function.slopes(w[:, None])[:, :, 0]
    along = np.random.default_rng(0).normal(size=len(w))
    moved = function.values(w[:, None] + along[:, None] * np.array([[1e-4, -1e-4]]))
    np.testing.assert_allclose(slopes @ along, (moved[:, 0] - moved[:, 1]) / 2e-4, rtol=1e-5, atol=1e-9)
    if method == "first":
        r = np.tanh(w[[2, 4, 5]])
        np.testing.assert_allclose(slopes[range(3), [2, 4, 5]], 2 * r * (1 - r**2), rtol=1e-6)


def test_steps_beyond_what_correlations_can_be_are_halved() -> None:
    function = Function("lmg", (1, 1, 1))
    w = np.arctanh(np.array([0.9, 0.9, 0.8, 0.9, 0.7, 0.85]))
    assert function.possible(w[:, None])[0]
    own, shares = profile(function, w, 0.2 * np.eye(6), np.full(3, 3.0), np.full(3, 3.0))
    assert ((own >= -1e-9) & (own <= 1 + 1e-9)).all()
    assert ((shares >= -1e-9) & (shares <= 1 + 1e-9)).all()


def test_limits_of_r2_by_hand() -> None:
    """R2 = .25, n = 21, p = 4: z of the root arctanh .5; A(x) = 1 - (1 - x) 20 / 16."""
    evidence = R2Evidence(np.array([0.25]), np.array([0.1]), np.array([20.0]), (21,), 4)
    reach = student.ppf(0.975, 20) * 0.1
    ends = np.tanh(np.arctanh(0.5) + np.array([-reach, reach])) ** 2
    low, high = 1 - (1 - ends) * 20 / 16
    assert low < 0 < high
    for adjusted in (False, True):
        lower, higher = evidence.limits(0.95, adjusted)
        assert (lower[0], higher[0]) == pytest.approx((0.0, high))
    sure = R2Evidence(np.array([0.02]), np.array([1e-9]), np.array([20.0]), (21,), 4)
    assert sure.limits(0.95, adjusted=True)[0][0] == pytest.approx(1 - 0.98 * 20 / 16)  # below 0, as its estimate
    assert sure.limits(0.95)[1][0] == pytest.approx(0.02)


def test_regression_and_importance_agree_on_r2() -> None:
    frame = ratings(60, 3, 7)
    one = csi.fit_importance(survey(frame), "y", ["x0", "x1", "x2"]).tidy("r2")
    other = csi.fit_drivers(survey(frame), "y", ["x0", "x1", "x2"]).tidy("fit").query("kind != 'sigma'")
    for column in ("estimate", "std_error", "lower", "upper"):
        np.testing.assert_allclose(other[column], one[column], rtol=1e-9)
    weights = frame.assign(w=np.linspace(1, 3, 60), g=np.arange(60) // 4)
    data = survey(weights, weight="w", cluster="g")
    one = csi.fit_importance(data, "y", ["x0", "x1", "x2"]).tidy("r2")
    other = csi.fit_drivers(data, "y", ["x0", "x1", "x2"]).tidy("fit").query("kind != 'sigma'")
    for column in ("estimate", "std_error", "lower", "upper"):
        np.testing.assert_allclose(other[column], one[column], rtol=1e-9)


COLUMNS = ["estimate", "std_error", "lower", "upper"]


def test_order_units_and_scale_of_weights_do_not_matter() -> None:
    frame = ratings(50, 3, 9).assign(w=np.linspace(1, 2, 50))
    drivers = ["x0", "x1", "x2"]
    tables = ("importance", "importance_shares", "r2", "driver_differences")
    first = csi.fit_importance(survey(frame, weight="w"), "y", drivers)
    turned = frame.sample(frac=1, random_state=1).reset_index(drop=True)
    scaled = frame.assign(w=frame["w"] * 1000)
    moved = frame.assign(x0=3 * frame["x0"] - 4, y=0.1 * frame["y"] + 7)
    for other in (turned, scaled, moved):
        again = csi.fit_importance(survey(other, weight="w"), "y", drivers)
        for table in tables:
            np.testing.assert_allclose(again.tidy(table)[COLUMNS], first.tidy(table)[COLUMNS], rtol=1e-7, atol=1e-9)


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    p=st.integers(1, 4),
    n=st.integers(12, 60),
    inference=st.sampled_from(["linearised", "bootstrap"]),
)
def test_limits_are_possible_and_hold_the_estimate(seed: int, p: int, n: int, inference: str) -> None:
    frame = ratings(n, p, seed)
    drivers = [f"x{k}" for k in range(p)]
    found = csi.fit_importance(survey(frame), "y", drivers, inference=inference, n_boot=100)
    for table, most in (("importance", 1), ("importance_shares", 100)):
        tidy = found.tidy(table)
        assert (tidy["lower"] >= 0).all()
        assert (tidy["upper"] <= most + 1e-9).all()
        assert (tidy["lower"] <= tidy["estimate"] + 1e-9).all()
        assert (tidy["estimate"] <= tidy["upper"] + 1e-9).all()


def test_a_driver_that_is_not_told_from_nothing_starts_at_0() -> None:
    frame = ratings(80, 3, 12, [1.5, 1.0, 0.0])
    frame["x2"] = np.random.default_rng(3).integers(1, 11, 80)
    found = csi.fit_importance(survey(frame), "y", ["x0", "x1", "x2"])
    for table in ("importance", "importance_shares"):
        lower = found.tidy(table)["lower"].to_numpy()
        assert lower[2] == 0
        assert (lower[:2] > 0).all()


@pytest.mark.parametrize("roles", [{}, {"weight": "w"}, {"cluster": "g", "strata": "s", "weight": "w"}])
def test_the_linearised_form_takes_over_without_a_jump(roles: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """At 1,000 respondents both give the same errors within 2 %, and limits within 3 % of their distance."""
    frame = ratings(1000, 4, 13).assign(w=np.linspace(1, 2, 1000), g=np.arange(1000) // 5, s=np.arange(1000) // 500)
    drivers = ["x0", "x1", "x2", "x3"]
    data = survey(frame[["x0", "x1", "x2", "x3", "y", *roles.values()]], **roles)
    near = csi.fit_importance(data, "y", drivers)
    tables = {table: near.tidy(table) for table in ("importance", "importance_shares", "r2", "driver_differences")}
    monkeypatch.setattr("csi.drivers.importance_errors.JACKKNIFE_UP_TO", 100)
    far = csi.fit_importance(data, "y", drivers)
    assert near.glance()["inference"][0] == "jackknife"
    assert far.glance()[["inference", "interval"]].iloc[0].tolist() == ["linearised", "profile"]
    for table, one in tables.items():
        other = far.tidy(table)
        np.testing.assert_allclose(other["std_error"], one["std_error"], rtol=0.02)
        width = (one["upper"] - one["lower"]).to_numpy()
        for end in ("lower", "upper"):
            assert (np.abs(other[end] - one[end]) <= 0.03 * width).all()


def test_percentiles_of_a_bootstrap_allow_for_few_respondents() -> None:
    """By hand from the replicates: the tail is that of t with n - 1 degrees of freedom, by the root of n / (n - 1)."""
    from scipy.stats import norm

    frame = ratings(40, 2, 14, [1.5, 1.4])
    found = csi.fit_importance(survey(frame), "y", ["x0", "x1"], inference="bootstrap", n_boot=999)
    draws = found.table("importance").uncertainty.inner.inner.draws
    tail = norm.cdf(-student.ppf(0.975, 39) * np.sqrt(40 / 39))
    ends = np.quantile(draws, [tail, 1 - tail], axis=1, method="weibull")
    held = refitted(frame, ["x0", "x1"], "importance")
    less = 39 * (held.mean(axis=1) - found.tidy()["estimate"].to_numpy())
    np.testing.assert_allclose(found.tidy()["upper"], ends[1], rtol=1e-9)
    np.testing.assert_allclose(found.tidy()["lower"], np.minimum(ends[0], ends[0] - less), rtol=1e-9)


def test_t_keeps_its_meaning_and_bca_is_refused() -> None:
    data, drivers = survey(ratings(40, 2, 15)), ["x0", "x1"]
    tidy = csi.fit_importance(data, "y", drivers, interval="t").tidy()
    root = np.sqrt(tidy["estimate"])
    reach = student.ppf(0.975, 39) * tidy["std_error"] / (2 * root * (1 - root**2))
    np.testing.assert_allclose(tidy["upper"], np.tanh(np.arctanh(root) + reach) ** 2, rtol=1e-9)
    for call in (csi.fit_importance, csi.compare_importance):
        for language, word in (("en", "percentile"), ("zh", "偏差")):
            with csi.use_language(language), pytest.raises(csi.OptionError) as caught:
                call(data, "y", drivers, inference="bootstrap", interval="bca")
            assert caught.value.code == "importance_no_bca"
            with csi.use_language(language):
                assert word in str(caught.value)


def test_one_row_keeps_its_limits_in_a_contrast() -> None:
    found = csi.fit_importance(survey(ratings(40, 2, 16)), "y", ["x0", "x1"])
    row = found.tidy().iloc[0]
    one, minus = found.contrast({"x0": 1}), found.contrast({"x0": -1})
    assert (one.lower, one.upper) == pytest.approx((row["lower"], row["upper"]))
    assert (minus.lower, minus.upper) == pytest.approx((-row["upper"], -row["lower"]))


@pytest.mark.parametrize("inference", ["linearised", "bootstrap"])
def test_what_holds_limits_can_be_handed_on_and_holds_no_data(inference: str) -> None:
    data, drivers = survey(ratings(40, 2, 16)), ["x0", "x1"]
    for found in (
        csi.fit_importance(data, "y", drivers, inference=inference, n_boot=50),
        csi.compare_importance(data, "y", drivers, inference=inference, n_boot=50),
        csi.fit_drivers(data, "y", drivers, inference=inference, n_boot=50),
    ):
        for name in {"importance", "importance_shares", "r2", "by_method", "fit"} & set(found.tables):
            inner = found.table(name).uncertainty
            if isinstance(inner, Analytic):  # shares of several methods have no error
                continue
            content = pickle.dumps(inner)
            assert b"ItemData" not in content
            again = pickle.loads(content)
            for level in (0.95, 0.8):
                np.testing.assert_array_equal(again.interval(level), inner.interval(level))


def test_where_a_respondent_cannot_be_spared_errors_are_linearised() -> None:
    """Without the one who chose b, the column of b is constant."""
    frame = ratings(40, 1, 17).assign(b=(np.arange(40) == 5).astype(float))
    found = csi.fit_importance(survey(frame), "y", ["x0", "b"])
    assert found.glance()["inference"][0] == "linearised"
    assert (found.tidy()["std_error"] > 0).all()


def test_groups_have_the_freedom_of_their_own_respondents() -> None:
    frame = ratings(90, 2, 18)
    alone = csi.fit_importance(survey(frame.iloc[:30]), "y", ["x0", "x1"])
    named = frame.assign(seg=np.where(np.arange(90) < 30, "small", "large"))
    book = csi.Codebook.from_yaml(
        "{items: {x0: {kind: number}, x1: {kind: number}, y: {kind: number}, seg: {kind: category}}}"
    )
    both = csi.fit_importance(csi.Survey.from_frame(named, book), "y", ["x0", "x1"], by="seg")
    for table in ("importance", "r2"):
        own = both.tidy(table).query("group == 'small'")
        np.testing.assert_allclose(own["estimate"], alone.tidy(table)["estimate"], atol=1e-12)
        np.testing.assert_allclose(own["std_error"], alone.tidy(table)["std_error"], rtol=0.02)
        np.testing.assert_allclose(own["upper"], alone.tidy(table)["upper"], atol=0.01)


@pytest.mark.parametrize(("n", "failed"), [(18, {"driver", "shares"}), (30, {"shares"}), (66, set())])
def test_the_checks_say_from_how_many_respondents_on(n: int, failed: set[str]) -> None:
    found = csi.fit_importance(survey(ratings(n, 2, 19)), "y", ["x0", "x1"])
    lines = {line.check: line.ok for line in found.checks}
    assert lines["respondents_for_shares"] == ("shares" not in failed)
    assert lines["respondents_per_driver"] == ("driver" not in failed)


def test_small_samples_hold_the_truth() -> None:
    """200 samples of 60 from a skewed population; docs/numbers has 2,000 of many."""
    people = ratings(50_000, 3, 20)
    drivers = ["x0", "x1", "x2"]
    truth = csi.fit_importance(csi.Moments.from_frame(people), "y", drivers, n_boot=0)
    rng, hits = np.random.default_rng(21), {"importance": 0, "importance_shares": 0, "r2": 0}
    for _ in range(200):
        found = csi.fit_importance(survey(people.iloc[rng.integers(0, 50_000, 60)]), "y", drivers)
        for table in hits:
            row, real = found.tidy(table), truth.tidy(table)["estimate"]
            hits[table] = hits[table] + ((row["lower"] <= real) & (real <= row["upper"])).to_numpy()
    assert hits["importance"].min() / 200 >= 0.92
    assert hits["importance_shares"].min() / 200 >= 0.90
    assert hits["r2"][0] / 200 >= 0.92


def test_what_may_be_negative_or_above_1_is_not_cut_there() -> None:
    """Two drivers that correlate .97 and work against each other: squared coefficients above 1, Pratt below 0."""
    rng = np.random.default_rng(5)
    x0 = rng.normal(size=150)
    frame = pd.DataFrame({"x0": x0, "x1": x0 + 0.25 * rng.normal(size=150)})
    frame["y"] = 4 * frame["x0"] - 3 * frame["x1"] + 0.4 * rng.normal(size=150)
    for method in ("pratt", "beta_squared"):
        tidy = csi.fit_importance(survey(frame), "y", ["x0", "x1"], method=method).tidy()
        assert tidy["estimate"][0] > 1
        assert tidy["lower"][0] < tidy["estimate"][0] < tidy["upper"][0]
    pratt = csi.fit_importance(survey(frame), "y", ["x0", "x1"], method="pratt")
    for table in ("importance", "importance_shares"):
        row = pratt.tidy(table).iloc[1]
        assert row["lower"] < row["estimate"] < row["upper"] < 0


def test_pratt_of_a_driver_without_effect_holds_0() -> None:
    """Uncorrelated with everything, its coefficient and correlation agree in sign, so b r lies above its minimum."""
    rng, held = np.random.default_rng(8), 0
    for _ in range(60):
        frame = pd.DataFrame(rng.normal(size=(80, 2)), columns=["x0", "x1"])
        frame["y"] = frame["x0"] + rng.normal(size=80)
        row = csi.fit_importance(survey(frame), "y", ["x0", "x1"], method="pratt").tidy().iloc[1]
        held += row["lower"] <= 0 <= row["upper"]
    assert held >= 54


def test_every_method_has_limits_or_keeps_t() -> None:
    data, drivers = survey(ratings(40, 3, 22)), ["x0", "x1", "x2"]
    for method in METHODS:
        found = csi.fit_importance(data, "y", drivers, method=method)
        tidy = found.tidy()
        assert np.isfinite(tidy[COLUMNS]).all().all(), method
        assert (tidy["upper"] > tidy["lower"]).all(), method


def test_evidence_never_leaves_an_estimate_outside() -> None:
    """A step that ends short of the estimate, as where an importance is at its minimum, does not cut it off."""
    evidence = Evidence(
        Function("lmg", (1, 1)), np.zeros(3), np.eye(3), np.array([0.4, 0.2]), np.zeros(0), np.array([-0.1, 0.0]),
        np.zeros(0), np.full(2, 0.01), 30.0, np.zeros(0),
    )  # fmt: skip
    lower, upper_ = evidence.bounded(np.array([[0.45, 0.1], [0.35, 0.3]]), np.zeros((2, 0)), 0.95)["importance"]
    np.testing.assert_allclose(lower, [0.4, 0.1])
    np.testing.assert_allclose(upper_, [0.4, 0.3])
