"""The score interval of means on a known scale: against Wilson, NPS's closed form and a search; its properties."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq, minimize
from scipy.stats import norm, t

import csi
from csi.inference.score_interval import Bounded, score_limits, score_z

Z = norm.ppf(0.975)
RATINGS = st.lists(st.integers(2, 20), min_size=1, max_size=30)  # half points of 1-10


def bounded(values, shares=None, lo=1.0, hi=10.0) -> Bounded:
    points = np.atleast_2d(np.asarray(values, dtype=float))
    shares = np.full(points.shape, 1 / points.shape[1]) if shares is None else np.atleast_2d(shares)
    return Bounded(points, shares, np.full(len(points), float(lo)), np.full(len(points), float(hi)))


def limits(values, n=None, q=Z, **ends) -> tuple[float, float]:
    lower, upper = score_limits(bounded(values, **ends), len(values) if n is None else n, q)
    return float(lower[0]), float(upper[0])


def survey(values, lo=1, hi=10, step=1, **columns) -> csi.Survey:
    roles = {name: name for name in columns if name in ("weight", "strata", "cluster", "population")}
    items = {"q": csi.Item("q", csi.Scale(lo, hi, step=step))}
    frame = pd.DataFrame({"q": np.asarray(values, dtype=float), **columns})
    return csi.Survey.from_frame(frame, csi.Codebook(items=items, **roles), name="typed")


# -- against what is known ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("p", "n"), [(0.0, 10), (0.3, 17.5), (0.5, 4), (0.93, 200), (1.0, 3)])
def test_two_points_are_wilson(p, n):
    centre, reach = p + Z**2 / (2 * n), Z * np.sqrt(p * (1 - p) / n + Z**2 / (4 * n**2))
    expected = ((centre - reach) / (1 + Z**2 / n), (centre + reach) / (1 + Z**2 / n))
    lower, upper = score_limits(bounded([0.0, 1.0], [1 - p, p], 0, 1), n, Z)
    assert (lower[0], upper[0]) == pytest.approx(expected, abs=1e-10)


@pytest.mark.parametrize(("p", "d", "n"), [(0.5, 0.2, 30), (0.1, 0.0, 12), (0.9, 0.1, 5), (0.05, 0.6, 250)])
def test_three_points_are_the_score_interval_of_nps(p, d, n):
    def z(value):  # the closed form: share of detractors, if p - d were `value`, from a quadratic equation
        b = -p - d + (2 - p + d) * value
        below = (np.sqrt(b**2 + 8 * d * value * (1 - value)) - b) / 4
        return (p - d - value) / np.sqrt((2 * below + value - value**2) / n)

    lower, upper = score_limits(bounded([-1.0, 0.0, 1.0], [d, 1 - p - d, p], -1, 1), n, Z)
    near, tight = 1e-9, {"xtol": 1e-14, "rtol": 1e-14}
    assert lower[0] == pytest.approx(brentq(lambda v: z(v) - Z, -1 + near, p - d - near, **tight), abs=1e-10)
    assert upper[0] == pytest.approx(brentq(lambda v: z(v) + Z, p - d + near, 1 - near, **tight), abs=1e-10)
    for value in (-0.4, 0.3):
        assert score_z(bounded([-1.0, 0.0, 1.0], [d, 1 - p - d, p], -1, 1), n, value)[0] == pytest.approx(z(value))


def z2_by_search(points, shares, n, value) -> float:
    """n (mean - value)^2 / variance of the likeliest shares on all points that have the mean `value`, by a search."""
    mean, end = shares @ points, points[0] if value < shares @ points else points[-1]
    part = (mean - value) / (mean - end)  # of the mass that must move to an end at least
    starts = [(1 - part) * shares + part * (points == end), np.full(len(points), 1 / len(points))]
    tries = [search(points, shares, value, start) for start in starts]
    p = min(tries, key=lambda one: one.fun).x
    return float(n * (mean - value) ** 2 / (p @ points**2 - value**2))


def search(points, shares, value, start):
    return minimize(
        lambda p: -(shares * np.log(np.maximum(p, 1e-300))).sum(),
        start,
        jac=lambda p: -shares / np.maximum(p, 1e-300),
        bounds=[(1e-12, 1.0)] * len(points),
        constraints=[
            {"type": "eq", "fun": lambda p: p.sum() - 1, "jac": lambda p: np.ones(len(points))},
            {"type": "eq", "fun": lambda p: p @ points - value, "jac": lambda p: points},
        ],
        method="SLSQP",
        options={"maxiter": 500, "ftol": 1e-14},
    )


@pytest.mark.parametrize("counts", [[0, 0, 1, 2, 5], [1, 3, 4, 1, 1], [0, 4, 3, 2, 1], [0, 0, 0, 2, 4]])
def test_against_a_search_on_a_grid(counts):
    """All five points of the scale enter the search, also those nobody chose; the ends take what is missing."""
    points, shares, n = np.arange(1.0, 6), np.array(counts) / sum(counts), sum(counts)
    one = bounded(points, shares, 1, 5)
    for value in np.arange(1.25, 5, 0.5):
        assert score_z(one, n, value)[0] ** 2 == pytest.approx(z2_by_search(points, shares, n, value), rel=2e-3)
    lower, upper = score_limits(one, n, Z)
    for end, inside in ((lower[0], lower[0] + 0.05), (upper[0], upper[0] - 0.05)):
        assert z2_by_search(points, shares, n, end) == pytest.approx(Z**2, rel=2e-3)
        assert z2_by_search(points, shares, n, inside) < Z**2


# -- properties --------------------------------------------------------------------------------------------------------


@settings(max_examples=150, deadline=None)
@given(RATINGS, st.floats(0.5, 400), st.floats(0.2, 12))
def test_properties_of_the_interval(halves, n, q):
    values = np.array(halves) / 2
    lower, upper = limits(values, n, q)
    assert 1 <= lower < upper <= 10  # inside the scale, never without width
    assert lower - 1e-12 <= values.mean() <= upper + 1e-12
    assert limits(11 - values, n, q) == pytest.approx((11 - upper, 11 - lower), abs=1e-10)
    unit = limits(3 - 7 * values, n, q, lo=-67, hi=-4)
    assert unit == pytest.approx((3 - 7 * upper, 3 - 7 * lower), abs=1e-9)
    wider = limits(values, n, 1.5 * q)
    assert wider[0] <= lower < upper <= wider[1]
    assert limits(np.sort(values), n, q) == pytest.approx((lower, upper), abs=1e-11)
    both = np.unique(values, return_counts=True)
    counted = score_limits(bounded(both[0], both[1] / len(values)), n, q)
    assert (counted[0][0], counted[1][0]) == pytest.approx((lower, upper), abs=1e-10)
    for end, z in ((lower, q), (upper, -q)):
        if 1 < end < 10 and abs(end - values.mean()) > 1e-6:
            assert score_z(bounded(values), n, end)[0] == pytest.approx(z, rel=1e-6)


def test_many_rows_at_once_and_what_is_known_for_sure():
    rows = Bounded(
        np.array([[3.0, 7.0], [10.0, 1.0], [3.0, 7.0]]), np.array([[0.5, 0.5], [1.0, 0.0], [0.5, 0.5]]),
        np.ones(3), np.full(3, 10.0),
    )  # fmt: skip
    lower, upper = score_limits(rows, np.array([8.0, 3.0, np.inf]), Z)
    assert (lower[0], upper[0]) == pytest.approx(limits([3.0, 7.0], 8))
    assert lower[1] == pytest.approx(1 + 9 * 3 / (3 + Z**2))  # three tens: Wilson's limit of 3 of 3, on 1-10
    assert upper[1] == 10
    assert (lower[2], upper[2]) == (5, 5)


# -- under a survey ----------------------------------------------------------------------------------------------------


def test_a_plain_mean_uses_n_and_normal_quantiles():
    values = [10, 10, 7, 9, 10]
    row = csi.score_items(survey(values), "q").tidy().iloc[0]
    assert (row["lower"], row["upper"]) == pytest.approx(limits(np.array(values, dtype=float)), abs=1e-8)
    assert row["std_error"] == pytest.approx(np.std(values, ddof=1) / np.sqrt(5))
    points = csi.score_items(survey(values), "q", statistic="score").tidy().iloc[0]
    assert points["lower"] == pytest.approx((row["lower"] - 1) / 9 * 100, abs=1e-7)
    by_t = csi.score_items(survey(values), "q", interval="t").tidy().iloc[0]
    assert by_t["upper"] == pytest.approx(9.2 + t.ppf(0.975, 4) * row["std_error"])
    assert csi.score_items(survey(values), "q").glance()["interval"][0] == "score"


def test_a_design_uses_the_effective_number_and_t():
    rng = np.random.default_rng(5)
    values, shop = rng.integers(5, 11, 60), np.repeat(np.arange(12), 5)
    weight = rng.uniform(0.5, 2, 60)
    data = survey(values, cluster=shop, weight=weight)
    row = csi.score_mean(data, "q", method="rating").tidy().iloc[0]
    shares = weight / weight.sum()
    mean = shares @ values
    n = shares @ (values - mean) ** 2 / row["std_error"] ** 2
    lower, upper = score_limits(bounded(values, shares), n, t.ppf(0.975, 11))
    assert (row["lower"], row["upper"]) == pytest.approx((lower[0], upper[0]), abs=1e-8)
    scaled = survey(values, cluster=shop, weight=1000 * weight)
    again = csi.score_mean(scaled, "q", method="rating").tidy().iloc[0]
    assert again[["lower", "upper"]].tolist() == pytest.approx(row[["lower", "upper"]].tolist(), abs=1e-9)


def test_answers_that_are_all_equal_have_a_width_unless_everybody_was_asked():
    for values in ([10, 10], [4] * 6):
        for how in ({}, {"inference": "bootstrap", "n_boot": 60}, {"interval": "t"}):
            row = csi.score_mean(survey(values), "q", **how).tidy().iloc[0]
            assert row["std_error"] == 0
            assert 0 <= row["lower"] < row["upper"] <= 100
    census = csi.score_mean(survey([10, 10, 10], population=[3.0] * 3), "q").tidy().iloc[0]
    assert census["lower"] == census["upper"] == census["estimate"] == 100
    half = csi.score_mean(survey([10] * 4, population=[8.0] * 4), "q", method="rating").tidy().iloc[0]
    assert half["lower"] == pytest.approx(1 + 9 * 8 / (8 + t.ppf(0.975, 3) ** 2))  # four of eight count as eight


def test_groups_have_their_own_effective_number():
    values, shop = [10, 10, 9, 8, 1, 2], ["a"] * 3 + ["b"] * 3
    found = csi.score_mean(survey(values, shop=shop), "q", method="rating", by="shop").tidy()
    for row, own in zip(found.itertuples(), ([10.0, 10, 9], [8.0, 1, 2]), strict=True):
        assert (row.lower, row.upper) == pytest.approx(limits(np.array(own)), abs=1e-7)


def test_an_index_is_the_mean_of_each_respondents_sum():
    rng = np.random.default_rng(3)
    frame = {"x": rng.integers(1, 6, 9), "y": rng.integers(1, 11, 9)}
    items = {"x": csi.Item("x", csi.Scale(1, 5)), "y": csi.Item("y", csi.Scale(1, 10))}
    data = csi.Survey.from_frame(frame, csi.Codebook(items=items))
    result = csi.score_index(data, {"x": 70, "y": 30})
    own = result.scores()["overall"].to_numpy()
    row = result.value("overall")
    assert (row.lower, row.upper) == pytest.approx(limits(own, lo=0, hi=100), abs=1e-7)
    loses = result.value("x", "loses", table="contributions")
    x = limits(frame["x"].astype(float), lo=1, hi=5)
    assert loses.upper == pytest.approx(0.7 * 100 * (5 - x[0]) / 4, abs=1e-7)


def test_an_estimated_weight_enlarges_the_error_and_not_the_scale():
    rng = np.random.default_rng(4)
    names = ["x", "y", "u", "v"]
    frame = {name: rng.integers(1, 11, 25) for name in names}
    items = {name: csi.Item(name, csi.Scale(1, 10)) for name in names}
    data = csi.Survey.from_frame(frame, csi.Codebook(items=items))
    row = csi.score_index(data, {"x": 1, "y": 1}, policy="within_group", points=["u", "v"]).value("overall")
    weight = np.array([frame["u"].mean(), frame["v"].mean()])
    weight = weight / weight.sum()
    own = (weight[0] * (frame["x"] - 1) + weight[1] * (frame["y"] - 1)) / 9 * 100
    n = own.var() / (row.std_error**2 * 24 / 25)
    assert (row.lower, row.upper) == pytest.approx(limits(own, n, lo=0, hi=100), abs=1e-6)


def test_a_gap_lies_between_the_width_of_the_scale_to_both_sides():
    frame = {"e1": [5, 5, 5], "p1": [1, 1, 1], "e2": [5, 4, 5], "p2": [5, 5, 4]}
    items = {name: csi.Item(name, csi.Scale(1, 5)) for name in frame}
    data = csi.Survey.from_frame(frame, csi.Codebook(items=items))
    fit = csi.score_servqual(data, ["e1", "e2"], ["p1", "p2"], dimensions={"Care": ["p1", "p2"]})
    gap = fit.value("p1", "gap", table="item_gaps")
    assert gap.estimate == gap.lower == -4
    assert gap.upper == pytest.approx(4 - 8 * 3 / (3 + Z**2))


def test_many_answers_agree_with_few_counted_ones():
    """More than 256 respondents are counted on steps of the scale; off the steps their mean stays the same."""
    rng = np.random.default_rng(6)
    whole = rng.integers(1, 11, 900).astype(float)
    row = csi.score_mean(survey(whole), "q", method="rating").tidy().iloc[0]
    assert (row["lower"], row["upper"]) == pytest.approx(limits(whole), abs=1e-7)
    amounts = np.round(rng.uniform(1, 10, 900), 3)
    row = csi.score_mean(survey(amounts, step=0), "q", method="rating").tidy().iloc[0]
    assert (row["lower"], row["upper"]) == pytest.approx(limits(amounts), abs=1e-4)
    assert row["estimate"] == pytest.approx(amounts.mean())


# -- differences -------------------------------------------------------------------------------------------------------


def test_the_difference_of_two_groups_is_newcombes():
    values, shop = [10, 10, 10, 8, 9, 7, 6, 9], ["a"] * 4 + ["b"] * 4
    result = csi.score_mean(survey(values, shop=shop), "q", method="rating", by="shop")
    (m1, l1, u1), (m2, l2, u2) = result.tidy()[["estimate", "lower", "upper"]].to_numpy()
    found = result.contrast({("a", "q"): 1, ("b", "q"): -1})
    assert found.lower == pytest.approx(m1 - m2 - np.hypot(m1 - l1, u2 - m2), abs=1e-6)
    assert found.upper == pytest.approx(m1 - m2 + np.hypot(u1 - m1, m2 - l2), abs=1e-6)
    turned = result.contrast({("a", "q"): -1, ("b", "q"): 1})
    assert (turned.lower, turned.upper) == pytest.approx((-found.upper, -found.lower))
    assert turned.p_value == pytest.approx(found.p_value)
    touching = result.contrast({("a", "q"): 1, ("b", "q"): -1}, level=1 - found.p_value)
    assert touching.lower == pytest.approx(0, abs=1e-6)


def test_shares_differ_by_newcombes_interval():
    """56 of 70 against 48 of 80: .2 [.0524, .3339], method 10 of Newcombe (1998), Statistics in Medicine 17: 873."""
    values = [10] * 56 + [1] * 14 + [10] * 48 + [1] * 32
    result = csi.score_rate(survey(values, shop=["a"] * 70 + ["b"] * 80), "q", satisfied=8, by="shop")
    found = result.contrast({("a", "q"): 1, ("b", "q"): -1})
    assert (found.lower, found.upper) == pytest.approx((0.0524, 0.3339), abs=6e-5)


def test_items_of_the_same_respondents_share_their_chance():
    rng = np.random.default_rng(8)
    first = rng.integers(4, 11, 40)
    frame = {"x": first, "y": np.clip(first + rng.integers(-1, 2, 40), 1, 10)}
    items = {name: csi.Item(name, csi.Scale(1, 10)) for name in frame}
    data = csi.Survey.from_frame(frame, csi.Codebook(items=items))
    result = csi.score_items(data)
    found = result.contrast({"x": 1, "y": -1})
    apart = np.hypot(*(result.tidy()["upper"] - result.tidy()["lower"]))
    assert found.upper - found.lower < 0.6 * apart
    assert found.std_error == pytest.approx(np.std(frame["x"] - frame["y"], ddof=1) / np.sqrt(40), rel=1e-6)


def test_two_groups_of_one_mind_may_still_differ():
    data = survey([10, 10, 10, 10], shop=["a", "a", "b", "b"])
    for how in ({}, {"inference": "bootstrap", "n_boot": 60}):
        result = csi.score_mean(data, "q", by="shop", **how)
        found = result.contrast({("a", "q"): 1, ("b", "q"): -1})
        assert (found.estimate, found.std_error) == (0, 0)
        assert -100 <= found.lower < -50 < 50 < found.upper <= 100
        assert found.p_value == pytest.approx(1)
    same = csi.compare_equivalence(csi.score_mean(data, "q", by="shop"), 5).tidy().iloc[0]
    assert same["p_value"] > 0.3


def test_a_p_value_inverts_the_interval_it_stands_beside():
    frame = {"e": [5, 4, 5, 3, 5], "p": [4, 4, 3, 3, 5]}
    items = {name: csi.Item(name, csi.Scale(1, 5)) for name in frame}
    data = csi.Survey.from_frame(frame, csi.Codebook(items=items))
    result = csi.classify_disconfirmation(data, "e", "p")
    p = float(result.tidy("mean_disconfirmation")["p_value"][0])
    row = result.tidy("mean_disconfirmation", level=1 - p).iloc[0]
    assert row["upper"] == pytest.approx(0, abs=1e-6)
    means = csi.score_mean(data, "e", method="rating")
    tested = csi.compare_target(means, 4.9).tidy().iloc[0]
    one = csi.compare_target(means, 4.9).tidy(level=1 - tested["p_value"]).iloc[0]
    assert min(abs(one["lower"]), abs(one["upper"])) < 1e-6


# -- names, notes and checks -------------------------------------------------------------------------------------------


def test_score_and_wilson_are_names_of_one_interval_and_t_is_another():
    data = survey([10, 8, 9, 4, 10, 7])
    tables = [csi.score_rate(data, "q", satisfied=8, interval=name).tidy() for name in (None, "score", "wilson")]
    for table in tables[1:]:
        pd.testing.assert_frame_equal(table, tables[0])
    by_t = csi.score_rate(data, "q", satisfied=8, interval="t").tidy().iloc[0]
    reach = t.ppf(0.975, 5) * by_t["std_error"]
    assert (by_t["lower"], by_t["upper"]) == pytest.approx((2 / 3 - reach, 2 / 3 + reach))
    with pytest.raises(csi.OptionError, match="known scale"):
        csi.score_items(data, "q", statistic="sd", interval="score")


def test_an_item_without_a_scale_has_t_and_a_note():
    book = csi.Codebook(items={"visits": csi.Item("visits", kind="number")})
    result = csi.score_items(csi.Survey.from_frame({"visits": [1.0, 2.0, 9.0]}, book), "visits")
    assert "mean_by_t" in [one.code for one in result.notes]
    row = result.tidy().iloc[0]
    assert row["upper"] == pytest.approx(4 + t.ppf(0.975, 2) * row["std_error"])


def test_few_respondents_and_heavy_ones_fail_checks_in_every_measure():
    values = [9] * 35 + [8, 7, 10, 9]
    shop = ["large"] * 35 + ["small"] * 4
    weight = np.ones(39)
    weight[-1] = 50
    for measure in (
        lambda data: csi.score_mean(data, "q", by="shop"),
        lambda data: csi.score_rate(data, "q", satisfied=9, by="shop"),
        lambda data: csi.score_index(data, {"q": 1}, by="shop"),
        lambda data: csi.score_nps(data, "q", by="shop"),
    ):
        checks = {line.check: line for line in measure(survey(values, shop=shop, weight=weight)).checks}
        assert not checks["few_respondents"].ok
        assert "small (4)" in checks["few_respondents"].meaning
        assert not checks["dominant_weight"].ok
        assert "small: 4 respondents are worth 1.1, and the largest weight carries 94%" in checks[
            "dominant_weight"
        ].meaning.replace("\n", " ")
        view = repr(measure(survey(values, shop=shop, weight=weight)))
        assert view.index("small (4)") < view.index("large")
    fine = csi.score_mean(survey(values), "q")
    assert all(line.ok for line in fine.checks)


def test_groups_that_lack_rows_are_named():
    """In shop b everybody is satisfied, so it has no behaviour of the others."""
    data = survey([9, 8, 3, 10, 6, 9], shop=["a", "a", "a", "b", "b", "b"], complained=[1, 0, 1, 0, 0, 0])
    result = csi.score_kpi(data, satisfaction="q", satisfied=6, complaint="complained", by="shop")
    (note,) = [one for one in result.notes if one.code == "numbers_left_out"]
    assert note.values["groups"] == ["b (2)"]
    assert len(result.tidy("linked")) == 4
