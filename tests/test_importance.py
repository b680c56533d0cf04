"""Importance of drivers: by hand over all orders, against relaimpo, by property, by planted truth, and its errors."""

from __future__ import annotations

import dataclasses
import importlib.util
import json
from itertools import combinations, permutations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import csi
from csi.drivers import lmg
from csi.drivers.importance_numbers import ADDITIVE, METHODS, Importance
from csi.inference.bootstrap import Batch, batch_of
from csi.sums import upper

GOLDEN = Path(__file__).parent / "golden"
RELAIMPO = json.loads((GOLDEN / "relaimpo_mobi.json").read_text())  # relaimpo 2.2-7 and lm, R 4.2.2
SETS = ("qual5", "qual_val", "qual_val_img14")
THEIRS = {
    "lmg": "lmg", "last": "last", "first": "first", "beta_squared": "betasq", "pratt": "pratt", "johnson": "genizi",
    "car": "car",
}  # fmt: skip

# mtcars and swiss, of R's package datasets
MTCARS = """
mpg 21 21 22.8 21.4 18.7 18.1 14.3 24.4 22.8 19.2 17.8 16.4 17.3 15.2 10.4 10.4 14.7 32.4 30.4 33.9 21.5 15.5 15.2 13.3
    19.2 27.3 26 30.4 15.8 19.7 15 21.4
cyl 6 6 4 6 8 6 8 4 4 6 6 8 8 8 8 8 8 4 4 4 4 8 8 8 8 4 4 4 8 6 8 4
disp 160 160 108 258 360 225 360 146.7 140.8 167.6 167.6 275.8 275.8 275.8 472 460 440 78.7 75.7 71.1 120.1 318 304 350
    400 79 120.3 95.1 351 145 301 121
hp 110 110 93 110 175 105 245 62 95 123 123 180 180 180 205 215 230 66 52 65 97 150 150 245 175 66 91 113 264 175 335
    109
gear 4 4 4 3 3 3 3 4 4 4 4 3 3 3 3 3 3 4 4 4 3 3 3 3 3 4 5 5 5 5 5 4
wt 2.62 2.875 2.32 3.215 3.44 3.46 3.57 3.19 3.15 3.44 3.44 4.07 3.73 3.78 5.25 5.424 5.345 2.2 1.615 1.835 2.465 3.52
    3.435 3.84 3.845 1.935 2.14 1.513 3.17 2.77 3.57 2.78
"""
SWISS = """
Fertility 80.2 83.1 92.5 85.8 76.9 76.1 83.8 92.4 82.4 82.9 87.1 64.1 66.9 68.9 61.7 68.3 71.7 55.7 54.3 65.1 65.5 65
    56.6 57.4 72.5 74.2 72 60.5 58.3 65.4 75.5 69.3 77.3 70.5 79.4 65 92.2 79.3 70.4 65.7 72.7 64.4 77.6 67.6 35 44.7
    42.8
Agriculture 17 45.1 39.7 36.5 43.5 35.3 70.2 67.8 53.3 45.2 64.5 62 67.5 60.7 69.3 72.6 34 19.4 15.2 73 59.8 55.1 50.9
    54.1 71.2 58.1 63.5 60.8 26.8 49.5 85.9 84.9 89.7 78.2 64.9 75.9 84.6 63.1 38.4 7.7 16.7 17.6 37.6 18.7 1.2 46.6
    27.7
Examination 15 6 5 12 17 9 16 14 12 16 14 21 14 19 22 18 17 26 31 19 22 14 22 20 12 14 6 16 25 15 3 7 5 12 7 9 3 13 26
    29 22 35 15 25 37 16 22
Education 12 9 5 7 15 7 7 8 7 13 6 12 7 12 5 2 8 28 20 9 10 3 12 6 1 8 3 10 19 8 2 6 2 6 3 9 3 13 12 11 13 32 7 7 53
    29 29
Catholic 9.96 84.84 93.4 33.77 5.16 90.57 92.85 97.16 97.67 91.38 98.61 8.52 2.27 4.43 2.82 24.2 3.3 12.11 2.15 2.84
    5.23 4.52 15.14 4.2 2.4 5.23 2.56 7.72 18.46 6.1 99.71 99.68 100 98.96 98.22 99.06 99.46 96.83 5.62 13.79 11.22
    16.92 4.97 8.65 42.34 50.43 58.33
Infant.Mortality 22.2 22.2 20.2 20.3 20.6 26.6 23.6 24.9 21 24.4 24.5 16.5 19.1 22.7 18.7 21.2 20 20.2 10.8 20 18 22.4
    16.7 15.3 21 23.8 18 16.3 20.9 22.5 15.1 19.8 18.3 19.4 20.2 17.8 16.3 18.1 20.3 20.5 18.9 23 20 19.5 18 18.2 19.3
"""


def typed(text: str) -> pd.DataFrame:
    columns: dict[str, list[float]] = {}
    for word in text.split():
        if word[0].isalpha():
            name = word
            columns[name] = []
        else:
            columns[name].append(float(word))
    return pd.DataFrame(columns)


def moments(frame: pd.DataFrame) -> csi.Moments:
    return csi.Moments.from_frame(frame)


def estimates(result: csi.Result, table: str | None = None) -> np.ndarray:
    return result.tidy(table)["estimate"].to_numpy()


def half_of(correlation: np.ndarray) -> np.ndarray:
    rows, columns = upper(len(correlation))
    return correlation[rows, columns][:, None]


def r2_by_hand(correlation: np.ndarray, subset: tuple[int, ...]) -> float:
    some = list(subset)
    if not some:
        return 0.0
    r = correlation[-1, some]
    return float(r @ np.linalg.solve(correlation[np.ix_(some, some)], r))


def lmg_by_hand(correlation: np.ndarray) -> np.ndarray:
    """The definition: the gain of R2 over every order of entering."""
    p = len(correlation) - 1
    gain = np.zeros(p)
    orders = list(permutations(range(p)))
    for order in orders:
        before = 0.0
        for at, driver in enumerate(order):
            after = r2_by_hand(correlation, order[: at + 1])
            gain[driver] += after - before
            before = after
    return gain / len(orders)


def random_correlation(p: int, seed: int, n: int = 60) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.corrcoef((rng.normal(size=(n, p + 1)) @ rng.normal(size=(p + 1, p + 1))).T)


def test_two_drivers_by_hand() -> None:
    """r1 = .6, r2 = .5, r12 = .4: R2 = (.36 + .25 - 2 * .6 * .5 * .4) / (1 - .16) = .37 / .84."""
    table = csi.Moments.from_table(
        ["a", "b", "y"], n=100, mean=[0, 0, 0], sd=[1, 2, 3], correlation=[[1, 0.4, 0.6], [0.4, 1, 0.5], [0.6, 0.5, 1]]
    )
    r2 = 0.37 / 0.84
    by_hand = {
        "lmg": [(0.36 + r2 - 0.25) / 2, (0.25 + r2 - 0.36) / 2],
        "first": [0.36, 0.25],
        "last": [r2 - 0.25, r2 - 0.36],
        "beta_squared": [(0.4 / 0.84) ** 2, (0.26 / 0.84) ** 2],
        "pratt": [0.6 * 0.4 / 0.84, 0.5 * 0.26 / 0.84],
    }
    for method, expected in by_hand.items():
        result = csi.fit_importance(table, "y", ["a", "b"], method=method, n_boot=0)
        np.testing.assert_allclose(estimates(result), expected, atol=1e-14)
    assert estimates(result, "r2")[0] == pytest.approx(r2)
    assert estimates(result, "r2")[1] == pytest.approx(1 - (1 - r2) * 99 / 97)


@pytest.mark.parametrize("p", [1, 2, 3, 4, 5, 6])
def test_lmg_is_the_mean_over_all_orders(p: int) -> None:
    correlation = random_correlation(p, seed=p)
    found = lmg.lmg(half_of(correlation), [1] * p)[:, 0]
    np.testing.assert_allclose(found, lmg_by_hand(correlation), atol=1e-12)


def test_every_subset_has_its_r2_and_its_place() -> None:
    correlation = random_correlation(5, seed=3)
    r2 = lmg.subset_r2(half_of(correlation), [1] * 5)[:, 0]
    for mask in range(32):
        subset = tuple(j for j in range(5) if mask >> j & 1)
        assert r2[mask] == pytest.approx(r2_by_hand(correlation, subset), abs=1e-12)


def test_replicates_and_pieces_do_not_mix(monkeypatch: pytest.MonkeyPatch) -> None:
    """Working through subsets and replicates some at a time changes nothing."""
    half = np.concatenate([half_of(random_correlation(7, seed)) for seed in range(5)], axis=1)
    whole = lmg.lmg(half, [1, 2, 1, 3])
    monkeypatch.setattr(lmg, "CELLS", 8)
    np.testing.assert_allclose(lmg.lmg(half, [1, 2, 1, 3]), whole, atol=1e-13)
    for k in range(5):
        np.testing.assert_allclose(lmg.lmg(half[:, k : k + 1], [1, 2, 1, 3])[:, 0], whole[:, k], atol=1e-13)


def test_conditional_dominance_by_hand() -> None:
    correlation = random_correlation(4, seed=8)
    gains = lmg.conditional_gains(half_of(correlation), [1] * 4)[:, :, 0]
    for j in range(4):
        others = [i for i in range(4) if i != j]
        for size in range(4):
            by_hand = [
                r2_by_hand(correlation, (*some, j)) - r2_by_hand(correlation, some)
                for some in combinations(others, size)
            ]
            assert gains[j, size] == pytest.approx(np.mean(by_hand), abs=1e-12)


def test_complete_dominance_by_hand() -> None:
    correlation = random_correlation(5, seed=11)
    found = lmg.complete_advantage(lmg.subset_r2(half_of(correlation), [1] * 5))[:, 0]
    for value, (i, j) in zip(found, lmg.pairs(5), strict=True):
        others = [k for k in range(5) if k not in (i, j)]
        smallest = min(
            r2_by_hand(correlation, (*some, i)) - r2_by_hand(correlation, (*some, j))
            for size in range(4)
            for some in combinations(others, size)
        )
        assert value == pytest.approx(smallest, abs=1e-12)


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("method", list(THEIRS))
def test_relaimpo_on_mobi(name: str, method: str) -> None:
    theirs = RELAIMPO[name]
    result = csi.fit_importance(csi.load_moments("mobi"), "CUSA1", theirs["predictors"], method=method, n_boot=0)
    assert result.tidy()["term"].tolist() == theirs["predictors"]
    np.testing.assert_allclose(estimates(result), list(theirs[THEIRS[method]].values()), rtol=0, atol=1e-10)
    np.testing.assert_allclose(estimates(result, "r2"), [theirs["R2"], theirs["adjR2"]], rtol=0, atol=1e-10)
    beta = result.tidy("driver_coefficients").query("kind == 'beta'")["estimate"]
    np.testing.assert_allclose(beta, list(theirs["beta_std"].values()), rtol=0, atol=1e-10)


def test_normal_theory_p_value_is_that_of_the_regression() -> None:
    """lm's p-values assume normal residuals; draws of normal moments come near them."""
    theirs = RELAIMPO["qual5"]
    result = csi.fit_importance(csi.load_moments("mobi"), "CUSA1", theirs["predictors"], n_boot=4000)
    p_value = result.tidy()["p_value"].to_numpy()
    expected = np.array([theirs["lm_p"][name] for name in theirs["predictors"]])
    np.testing.assert_allclose(p_value[1:], expected[1:], atol=0.02)
    assert p_value[0] < 1e-6


@pytest.mark.parametrize(
    ("drivers", "johnson", "shapley"),
    [
        (["cyl", "disp", "hp", "gear"], [0.2284797, 0.2221469, 0.2321744, 0.0963886],
         [0.24705203, 0.24349959, 0.21091290, 0.07772511]),
        (["cyl", "disp", "hp", "wt"], [0.2096904, 0.1883043, 0.1799590, 0.2706812],
         [0.21570939, 0.20069837, 0.17007695, 0.26215009]),
    ],
)  # fmt: skip
def test_published_relative_weights_of_mtcars(drivers: list[str], johnson: list[float], shapley: list[float]) -> None:
    """Johnson's weights as the documentation of R's rwa prints them, to 7 digits; LMG of METHODS C.5."""
    cars = moments(typed(MTCARS))
    found = csi.fit_importance(cars, "mpg", drivers, method="johnson", n_boot=0)
    np.testing.assert_allclose(estimates(found), johnson, atol=5.1e-8)
    np.testing.assert_allclose(
        estimates(found, "importance_shares"), 100 * np.array(johnson) / np.sum(johnson), atol=2e-5
    )
    found = csi.fit_importance(cars, "mpg", drivers, n_boot=0)
    np.testing.assert_allclose(estimates(found), shapley, atol=5.1e-9)


def test_published_lmg_of_swiss() -> None:
    data = moments(typed(SWISS))
    drivers = [name for name in data.names if name != "Fertility"]
    found = csi.fit_importance(data, "Fertility", drivers, n_boot=0)
    np.testing.assert_allclose(
        estimates(found), [0.05709122, 0.17117303, 0.26013468, 0.10557015, 0.11276592], atol=5.1e-9
    )
    assert estimates(found, "r2")[0] == pytest.approx(0.70673500, abs=5.1e-9)
    found = csi.fit_importance(data, "Fertility", drivers, method="johnson", n_boot=0)
    np.testing.assert_allclose(estimates(found), [0.048417, 0.154708, 0.271964, 0.114680, 0.116966], atol=5.1e-7)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6), p=st.integers(1, 8))
def test_additive_methods_add_up_to_r2(seed: int, p: int) -> None:
    correlation = random_correlation(p, seed)
    batch = batch_of(np.zeros((p + 1, 1)), correlation[:, :, None])
    orders = lmg.draw_orders(p, 10, seed)
    for method in METHODS:
        found = Importance(method, (1,) * p, 60, orders)(batch)
        total, r2 = float(found["importance"].sum()), float(found["r2"][0, 0])
        if method in ADDITIVE:
            assert abs(total - r2) < 1e-12
        if method != "pratt":
            assert found["importance"].min() > -1e-12


def test_first_last_and_beta_squared_do_not_add_up() -> None:
    for method in ("first", "last", "beta_squared"):
        result = csi.fit_importance(
            csi.load_moments("mobi"), "CUSA1", ["PERQ1", "PERQ2", "PERQ4"], method=method, n_boot=0
        )
        assert abs(estimates(result).sum() - estimates(result, "r2")[0]) > 0.05
        assert any(note.code == "importance_adds_not" for note in result.notes)


@pytest.mark.parametrize(
    ("alias", "method"),
    [("general_dominance", "lmg"), ("shapley", "lmg"), ("genizi", "johnson"), ("relative_weights", "johnson"),
     ("betasq", "beta_squared")],
)  # fmt: skip
def test_documented_aliases(alias: str, method: str) -> None:
    drivers = RELAIMPO["qual5"]["predictors"]
    one, other = (
        csi.fit_importance(csi.load_moments("mobi"), "CUSA1", drivers, method=name, n_boot=0)
        for name in (alias, method)
    )
    np.testing.assert_array_equal(estimates(one), estimates(other))


def test_units_and_order_of_drivers_do_not_matter() -> None:
    frame = csi.load_sample("tiny").answers
    here = csi.fit_importance(moments(frame), "l1", ["q1", "q2", "s3"], n_boot=0)
    moved = frame.assign(q1=frame["q1"] * 7 - 3, l1=frame["l1"] * 100)
    there = csi.fit_importance(moments(moved), "l1", ["s3", "q1", "q2"], n_boot=0)
    for name in ("q1", "q2", "s3"):
        assert float(here.value(name)) == pytest.approx(float(there.value(name)), abs=1e-13)


def test_uncorrelated_drivers_all_methods_agree() -> None:
    """Where drivers do not correlate every measure is r squared."""
    r = [0.5, 0.4, 0.1]
    table = np.eye(4)
    table[3, :3] = table[:3, 3] = r
    data = csi.Moments.from_table(["a", "b", "c", "y"], n=200, mean=[0] * 4, sd=[1] * 4, correlation=table)
    for method in METHODS:
        result = csi.fit_importance(data, "y", ["a", "b", "c"], method=method, n_boot=0)
        np.testing.assert_allclose(estimates(result), np.square(r), atol=1e-12)


def test_dummies_of_one_question_are_one_player() -> None:
    """The player gets the same whatever level is left out; the single dummies would not."""
    rng = np.random.default_rng(5)
    region = rng.integers(0, 3, 300)
    price = rng.normal(size=300) + 0.4 * (region == 1)
    y = price + np.array([0.0, 0.8, -0.5])[region] + rng.normal(size=300)
    frame = pd.DataFrame({"y": y, "price": price} | {f"r{k}": (region == k) * 1.0 for k in range(3)})
    for method in ("lmg", "first", "last", "pratt"):
        found = [
            estimates(
                csi.fit_importance(moments(frame), "y", {"price": "price", "region": dummies}, method=method, n_boot=0)
            )
            for dummies in (["r0", "r1"], ["r1", "r2"], ["r2", "r0"])
        ]
        np.testing.assert_allclose(found[1], found[0], atol=1e-12)
        np.testing.assert_allclose(found[2], found[0], atol=1e-12)
    correlation = moments(frame).select(["price", "r0", "r1", "y"]).correlation
    r2 = r2_by_hand(correlation, (0, 1, 2))
    alone, others = r2_by_hand(correlation, (1, 2)), r2_by_hand(correlation, (0,))
    found = csi.fit_importance(moments(frame), "y", {"price": "price", "region": ["r0", "r1"]}, n_boot=0)
    np.testing.assert_allclose(estimates(found), [(others + r2 - alone) / 2, (alone + r2 - others) / 2], atol=1e-12)


def test_the_test_of_several_dummies_is_the_f_test_of_the_regression() -> None:
    """Under equal errors and many respondents the robust F comes near the F of the residual sums of squares."""
    rng = np.random.default_rng(6)
    n = 4000
    x = rng.normal(size=(n, 3))
    y = x @ [0.5, 0.03, 0.02] + rng.normal(size=n)
    frame = pd.DataFrame({"a": x[:, 0], "b": x[:, 1], "c": x[:, 2], "y": y})
    survey = csi.Survey.from_frame(frame)
    found = csi.fit_importance(survey, "y", {"a": "a", "bc": ["b", "c"]})

    def residual(columns: list[int]) -> float:
        design = np.column_stack([np.ones(n), x[:, columns]])
        return float(((y - design @ np.linalg.lstsq(design, y, rcond=None)[0]) ** 2).sum())

    f = (residual([0]) - residual([0, 1, 2])) / 2 / (residual([0, 1, 2]) / (n - 4))
    from scipy.special import fdtrc

    assert found.tidy()["p_value"][1] == pytest.approx(fdtrc(2, n - 4, f), abs=0.03)


def test_planted_truth_is_found() -> None:
    """Importances of the population from its correlations; a large sample comes to them."""
    rng = np.random.default_rng(2)
    n, p = 40_000, 4
    sigma = 0.5 + 0.5 * np.eye(p)
    beta = np.array([0.6, 0.3, 0.1, 0.0])
    x = rng.multivariate_normal(np.zeros(p), sigma, n)
    y = x @ beta + rng.normal(size=n)
    whole = np.empty((p + 1, p + 1))
    whole[:p, :p], whole[p, p] = sigma, beta @ sigma @ beta + 1
    whole[p, :p] = whole[:p, p] = sigma @ beta
    truth = lmg_by_hand(whole / np.sqrt(np.outer(np.diag(whole), np.diag(whole))))
    survey = csi.Survey.from_frame(pd.DataFrame(x, columns=list("abcd")).assign(y=y))
    found = csi.fit_importance(survey, "y", list("abcd"))
    tidy = found.tidy(level=0.999)
    assert ((tidy["lower"] < truth) & (truth < tidy["upper"])).all()
    assert found.tidy("ranks")["estimate"].tolist() == [1, 2, 3, 4]
    assert found.tidy()["p_value"][:3].max() < 1e-6 < found.tidy()["p_value"][3]
    assert truth[3] > 0.04  # the driver that does nothing has importance, and its interval is away from 0
    assert tidy["lower"][3] > 0.03
    assert found.contrast({"a": 1, "b": -1}).lower > 0
    complete = found.tidy("dominance").query("kind == 'complete_dominance' and term == 'a'")
    assert (complete["lower"] > 0).all()


@pytest.fixture(scope="module")
def mobile() -> csi.Survey:
    return csi.load_sample("mobile")


DRIVERS = ["quality_needs", "quality_network", "quality_service", "value_price"]


def test_linearised_errors_agree_with_the_bootstrap() -> None:
    frame = csi.load_sample("mobile").answers.iloc[:600]
    book = csi.load_sample("mobile").codebook
    book = dataclasses.replace(book, **dict.fromkeys(("weight", "strata", "cluster", "wave", "duration", "respondent")))
    survey = csi.Survey.from_frame(frame, book)
    for method in ("lmg", "johnson", "last"):
        linear = csi.fit_importance(survey, "sat_overall", DRIVERS, method=method)
        drawn = csi.fit_importance(survey, "sat_overall", DRIVERS, method=method, inference="bootstrap", n_boot=2000)
        ratio = linear.tidy()["std_error"] / drawn.tidy()["std_error"]
        assert ratio.between(0.92, 1.06).all(), (method, ratio.tolist())
        assert drawn.glance()["interval"][0] == "percentile"  # BCa corrects the bias of importances twice


def test_moments_with_fourth_order_sums_give_the_errors_of_rows() -> None:
    """Of more than 1,000 rows, whose errors are linearised as well."""
    frame = csi.load_sample("mobile").answers[[*DRIVERS, "sat_overall"]].dropna().iloc[:1100]
    rows = csi.fit_importance(csi.Survey.from_frame(frame), "sat_overall", DRIVERS)
    table = csi.fit_importance(csi.Moments.from_frame(frame, fourth=True), "sat_overall", DRIVERS)
    assert table.glance()["inference"][0] == "linearised"
    np.testing.assert_allclose(table.tidy()["std_error"], rows.tidy()["std_error"], rtol=1e-6)


def test_weights_count_as_rows_repeated(mobile: csi.Survey) -> None:
    frame = mobile.answers[[*DRIVERS, "sat_overall"]].dropna().iloc[:300].reset_index(drop=True)
    twice = frame.assign(w=np.where(frame.index < 100, 2.0, 1.0))
    items = ", ".join(f"{name}: {{}}" for name in [*DRIVERS, "sat_overall"])
    book = csi.Codebook.from_yaml(f"{{roles: {{weight: w}}, items: {{{items}}}}}")
    weighted = csi.fit_importance(csi.Survey.from_frame(twice, book), "sat_overall", DRIVERS)
    scaled = csi.fit_importance(csi.Survey.from_frame(twice.assign(w=twice["w"] * 10), book), "sat_overall", DRIVERS)
    repeated = csi.fit_importance(
        csi.Survey.from_frame(pd.concat([frame, frame.iloc[:100]])), "sat_overall", DRIVERS, n_boot=0
    )
    np.testing.assert_allclose(estimates(weighted), estimates(repeated), atol=1e-12)
    np.testing.assert_allclose(scaled.tidy()["std_error"], weighted.tidy()["std_error"], rtol=1e-9)


def test_a_group_is_a_domain(mobile: csi.Survey) -> None:
    """A group's estimate is that of its rows alone; a new group changes no other."""
    both = csi.fit_importance(mobile, "sat_overall", DRIVERS, by="operator")
    label = both.tidy()["group"][0]
    alone = csi.fit_importance(mobile.keep(mobile.answers["operator"] == label), "sat_overall", DRIVERS, n_boot=0)
    np.testing.assert_allclose(both.tidy().query("group == @label")["estimate"], estimates(alone), atol=1e-12)
    gap = both.tidy("group_differences").iloc[0]
    one = both.contrast({(gap["group"], gap["term"]): 1, (gap["other_group"], gap["term"]): -1})
    assert gap["estimate"] == pytest.approx(float(one))
    assert gap["std_error"] == pytest.approx(one.std_error)
    assert gap["p_value"] >= one.p_value


def test_pairwise_uses_more_respondents(mobile: csi.Survey) -> None:
    listwise = csi.fit_importance(mobile, "sat_overall", DRIVERS)
    pairwise = csi.fit_importance(mobile, "sat_overall", DRIVERS, missing="pairwise")
    assert pairwise.glance()["n"][0] > listwise.glance()["n"][0]
    assert (np.abs(estimates(pairwise) - estimates(listwise)) < 0.02).all()
    assert (pairwise.tidy()["std_error"] > 0).all()


def test_differences_are_adjusted() -> None:
    """Adjusted p-values are never below those of one difference alone; Holm by hand; limits are wider."""
    drivers = RELAIMPO["qual5"]["predictors"]
    data = csi.load_moments("mobi")
    none, holm, largest = (
        csi.fit_importance(data, "CUSA1", drivers, adjust=adjust, n_boot=1000).tidy("driver_differences")
        for adjust in ("none", "holm", "max_t")
    )
    alone = none["p_value"].to_numpy()
    order = np.argsort(alone)
    by_hand = np.empty(len(alone))
    most = 0.0
    for place, row in enumerate(order):
        most = max(most, min(1.0, (len(alone) - place) * alone[row]))
        by_hand[row] = most
    np.testing.assert_allclose(holm["p_value"], by_hand, rtol=1e-12)
    assert (largest["p_value"] >= alone).all()
    assert (largest["p_value"] <= np.minimum(1, len(alone) * alone) + 0.01).all()
    width = [frame["upper"] - frame["lower"] for frame in (none, largest, holm)]
    assert (width[0] < width[1]).all()
    assert (width[1] < width[2]).all()


def test_max_t_of_independent_numbers_is_sidak() -> None:
    """Five differences that do not correlate: 1 - (1 - p)^5, up to the error of 20,000 draws."""
    from csi.drivers.importance_tables import Simultaneous, two_sided
    from csi.inference.intervals import Linear

    value = np.array([0.5, 1.5, 2.0, 2.5, 3.0])
    inner = Linear(value, np.eye(5))
    found = Simultaneous(inner, np.eye(5), np.zeros(5, dtype=np.int64), "max_t", np.inf, 1)
    expected = 1 - (1 - two_sided(value, np.inf)) ** 5
    np.testing.assert_allclose(found.p_value(), expected, atol=0.01)
    reach = (found.interval(0.95)[1] - value) / found.std_error
    np.testing.assert_allclose(reach, 2.569, atol=0.03)  # the .95 ** (1 / 5) two-sided normal quantile


def test_the_interval_of_a_null_driver_is_no_test() -> None:
    """A driver without effect that correlates with one: its interval misses 0 nearly always, its p-value is fair."""
    rng = np.random.default_rng(9)
    away, rejected, runs = 0, 0, 200
    for _ in range(runs):
        a = rng.normal(size=250)
        b = 0.6 * a + 0.8 * rng.normal(size=250)
        y = a + rng.normal(size=250)
        found = csi.fit_importance(csi.Survey.from_frame(pd.DataFrame({"a": a, "b": b, "y": y})), "y", ["a", "b"])
        row = found.tidy().iloc[1]
        away += row["lower"] > 0
        rejected += row["p_value"] < 0.05
    assert away > 0.95 * runs
    assert rejected < 0.10 * runs


@pytest.mark.parametrize("method", ["lmg", "johnson"])
def test_intervals_hold_the_truth(method: str) -> None:
    """400 samples of 250, so coverage is known to .01; docs/numbers has that of 2,000."""
    rng = np.random.default_rng(4)
    sigma = 0.5 + 0.5 * np.eye(3)
    beta = np.array([0.5, 0.3, 0.2])
    whole = np.empty((4, 4))
    whole[:3, :3], whole[3, 3] = sigma, beta @ sigma @ beta + 1
    whole[3, :3] = whole[:3, 3] = sigma @ beta
    truth = csi.fit_importance(
        csi.Moments.from_table(list("abcy"), n=9, mean=[0] * 4, covariance=whole),
        "y",
        list("abc"),
        method=method,
        n_boot=0,
    )
    truth = estimates(truth)
    runs, n = 400, 250
    root = np.linalg.cholesky(whole)
    covered = np.zeros(3)
    for _ in range(runs):
        frame = pd.DataFrame(rng.normal(size=(n, 4)) @ root.T, columns=list("abcy"))
        tidy = csi.fit_importance(csi.Moments.from_frame(frame, fourth=True), "y", list("abc"), method=method).tidy()
        covered += (tidy["lower"] < truth) & (truth < tidy["upper"])
    assert 0.92 <= covered.mean() / runs <= 0.98
    assert covered.min() / runs >= 0.90


def test_sampled_orders_come_near_and_say_how_near() -> None:
    drivers = RELAIMPO["qual_val"]["predictors"]
    exact = csi.fit_importance(csi.load_moments("mobi"), "CUSA1", drivers, n_boot=0)
    drawn = csi.fit_importance(
        csi.load_moments("mobi"), "CUSA1", drivers, method="lmg_sampled", n_orders=2000, n_boot=0, seed=3
    )
    tidy = drawn.tidy("orders", level=0.999)
    assert ((tidy["lower"] < estimates(exact)) & (estimates(exact) < tidy["upper"])).all()
    assert tidy["std_error"].max() < 0.002
    assert estimates(drawn).sum() == pytest.approx(estimates(drawn, "r2")[0], abs=1e-12)


def test_more_than_25_drivers_by_sampling() -> None:
    rng = np.random.default_rng(1)
    frame = pd.DataFrame(rng.normal(size=(200, 30)), columns=[f"d{k:02d}" for k in range(30)])
    frame["y"] = frame["d00"] + rng.normal(size=200)
    found = csi.fit_importance(
        csi.Survey.from_frame(frame),
        "y",
        [f"d{k:02d}" for k in range(30)],
        method="lmg_sampled",
        n_orders=100,
        n_boot=0,
    )
    assert found.tidy("ranks")["estimate"][0] == 1
    assert estimates(found).sum() == pytest.approx(estimates(found, "r2")[0])


def test_a_singular_replicate_is_not_a_number_and_spoils_no_other() -> None:
    good = random_correlation(3, seed=1)
    bad = good.copy()
    bad[0, 1] = bad[1, 0] = 1.0
    bad[0, 2:], bad[2:, 0] = bad[1, 2:], bad[2:, 1]
    lost = np.full((4, 4), np.nan)
    batch = Batch(np.zeros((4, 3)), np.concatenate([half_of(one) for one in (good, bad, lost)], axis=1))
    for method in METHODS:
        found = Importance(method, (1, 1, 1), 60, lmg.draw_orders(3, 6, 1))(
            dataclasses.replace(batch) if method != "lmg" else batch
        )["importance"]
        assert np.isfinite(found[:, 0]).all()
        assert np.isnan(found[:, 1:]).all()


def bad_frame() -> pd.DataFrame:
    rng = np.random.default_rng(3)
    frame = pd.DataFrame(rng.integers(1, 11, (40, 4)).astype(float), columns=["y", "a", "b", "c"])
    frame["twin"] = 11 - frame["a"]
    frame["sum"] = frame["b"] + frame["c"]
    frame["flat"] = 5.0
    frame["top"] = np.where(frame.index < 20, frame["a"], np.nan)
    frame["end"] = np.where(frame.index < 20, np.nan, frame["a"])
    return frame


def many() -> csi.Survey:
    rng = np.random.default_rng(3)
    return csi.Survey.from_frame(pd.DataFrame(rng.normal(size=(60, 27)), columns=["y", *(f"x{k}" for k in range(26))]))


SURVEY = csi.Survey.from_frame(bad_frame(), name="bad")
SAME = "importance_same_information"
BAD = {
    "collinear": (lambda: csi.fit_importance(SURVEY, "y", ["a", "b", "twin"]), SAME, ["a", "twin"]),
    "sum": (lambda: csi.fit_importance(SURVEY, "y", ["a", "b", "c", "sum"]), SAME, ["b", "c", "sum"]),
    "constant": (lambda: csi.fit_importance(SURVEY, "y", ["a", "flat"]), "importance_constant", ["flat"]),
    "constant outcome": (lambda: csi.fit_importance(SURVEY, "flat", ["a", "b"]), "importance_constant", ["flat"]),
    "outcome": (lambda: csi.fit_importance(SURVEY, "y", ["a", "y"]), "outcome_in_drivers", ["y"]),
    "twice": (lambda: csi.fit_importance(SURVEY, "y", ["a", "b", "a"]), "items_twice", ["a"]),
    "twice in players": (
        lambda: csi.fit_importance(SURVEY, "y", {"one": ["a", "b"], "two": "b"}), "items_twice", ["b"],
    ),
    "none": (lambda: csi.fit_importance(SURVEY, "y", []), "no_drivers", ["y"]),
    "empty player": (lambda: csi.fit_importance(SURVEY, "y", {"one": []}), "no_drivers", ["y"]),
    "outcome list": (lambda: csi.fit_importance(SURVEY, ["y"], ["a"]), "outcome_not_name", ["list"]),
    "unknown": (lambda: csi.fit_importance(SURVEY, "y", ["a", "nowhere"]), "unknown_items", ["nowhere", "twin"]),
    "unknown outcome": (lambda: csi.fit_importance(SURVEY, "nowhere", ["a"]), "unknown_items", ["nowhere"]),
    "nothing left": (lambda: csi.fit_importance(SURVEY, "y", ["top", "end"]), "no_complete_rows", ["40"]),
    "never together": (
        lambda: csi.fit_importance(SURVEY, "y", ["top", "end"], missing="pairwise"), "no_common_rows", ["top", "end"],
    ),
    "too many": (
        lambda: csi.fit_importance(many(), "y", [f"x{k}" for k in range(26)]), "lmg_too_many",
        ["26", "25", "lmg_sampled"],
    ),
    "too few": (
        lambda: csi.fit_importance(csi.load_sample("tiny").keep(np.arange(12) < 3), "s1", ["q1", "q2"]), "too_few",
        ["3", "4"],
    ),
    "method": (lambda: csi.fit_importance(SURVEY, "y", ["a"], method="shap"), "unknown_option", ["shap", "johnson"]),
    "adjust": (lambda: csi.fit_importance(SURVEY, "y", ["a"], adjust="tukey"), "unknown_option", ["tukey", "holm"]),
    "players": (
        lambda: csi.fit_importance(SURVEY, "y", {"one": ["a", "b"]}, method="johnson"), "method_needs_single",
        ["johnson", "one", "lmg"],
    ),
    "orders": (
        lambda: csi.fit_importance(SURVEY, "y", ["a"], method="lmg_sampled", n_orders=1), "not_whole", ["1"],
    ),
    "not a survey": (lambda: csi.fit_importance([1, 2], "y", ["a"]), "not_a_survey", ["Moments", "list"]),
    "rows needed": (
        lambda: csi.fit_importance(csi.load_moments("mobi"), "CUSA1", ["PERQ1"], inference="bootstrap"), "needs_rows",
        ["bootstrap"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("case", list(BAD))
def test_bad_calls_say_what_is_wrong(case: str, language: str) -> None:
    call, code, words = BAD[case]
    with csi.use_language(language), pytest.raises(csi.CsiError) as caught:
        call()
    with csi.use_language(language):
        text = str(caught.value)
    assert caught.value.code == code
    assert all(word in text for word in words), text


def test_collinear_within_a_group_names_the_group() -> None:
    frame = bad_frame().assign(g=["one"] * 20 + ["two"] * 20)
    frame["near"] = np.where(frame["g"] == "one", frame["a"], frame["b"])
    fit = csi.fit_importance(csi.Survey.from_frame(frame), "y", ["a", "near"], by="g")
    (line,) = [one for one in fit.notes if one.code == "group_left_out_because"]
    assert "group one" in str(line.values["reason"])
    assert line.values["reason"].values["drivers"] == ["a", "near"]
    assert set(fit.tidy()["group"]) == {"two"}
    frame["near"] = frame["a"]
    with pytest.raises(csi.EstimationError, match="group one"):
        csi.fit_importance(csi.Survey.from_frame(frame), "y", ["a", "near"], by="g")


def test_checks_name_what_to_doubt() -> None:
    rng = np.random.default_rng(7)
    a = rng.normal(size=300)
    frame = pd.DataFrame({"a": a, "near": a + 0.1 * rng.normal(size=300), "c": rng.normal(size=300)})
    frame["y"] = frame["a"] * 5 - frame["near"] * 4 + rng.normal(size=300)
    result = csi.fit_importance(csi.Survey.from_frame(frame), "y", ["a", "near", "c"], method="pratt")
    failed = {line.check: line.values for line in result.checks if not line.ok}
    assert failed["driver_inflation"]["drivers"] == ["a", "near"]
    assert failed["suppressors"]["drivers"] == ["near"]
    assert "near" in failed["pratt_negative"]["drivers"]
    few = csi.fit_importance(csi.load_sample("tiny"), "s1", ["q1", "q2"])
    assert "respondents_per_driver" in {line.check for line in few.checks if not line.ok}


STATED = ["image_trust", "image_stable", "image_society", "image_customers"]


def test_comparison_holds_what_each_function_gives(mobile: csi.Survey) -> None:
    found = csi.compare_importance(mobile, "sat_overall", DRIVERS)
    for kind in ("lmg", "johnson"):
        alone = csi.fit_importance(mobile, "sat_overall", DRIVERS, method=kind).tidy()
        beside = found.tidy().query("kind == @kind")
        for column in ("estimate", "std_error", "lower", "upper"):
            np.testing.assert_allclose(beside[column], alone[column], rtol=1e-7)
    coefficients = csi.fit_importance(mobile, "sat_overall", DRIVERS).tidy("driver_coefficients")
    for kind in ("beta", "correlation"):
        one, other = (frame.loc[frame["kind"] == kind, "estimate"] for frame in (found.tidy(), coefficients))
        np.testing.assert_allclose(one, other, rtol=1e-9)


def test_stated_importance_is_the_mean_on_0_to_100(mobile: csi.Survey) -> None:
    """By hand: weighted mean of the complete rows on a scale of 1 to 10."""
    for stated in (STATED, dict(zip(DRIVERS, STATED, strict=True))):
        found = csi.compare_importance(mobile, "sat_overall", DRIVERS, stated=stated, n_boot=0)
        frame = mobile.answers[[*DRIVERS, "sat_overall", *STATED, "weight"]].dropna()
        weight = frame["weight"] / frame["weight"].sum()
        by_hand = [100 * (float((frame[name] * weight).sum()) - 1) / 9 for name in STATED]
        np.testing.assert_allclose(found.tidy().query("kind == 'stated'")["estimate"], by_hand, rtol=1e-10)


def test_importance_by_pls_is_weight_times_total_effect(mobile: csi.Survey) -> None:
    fit = csi.fit_pls(mobile, "ECSI_2005", n_boot=100)
    found = csi.compare_importance(mobile, "sat_overall", DRIVERS, fit=fit)
    rows = found.tidy().query("kind == 'pls_effect'")
    outer, effects = fit.tidy("outer").set_index(["construct", "item", "kind"]), fit.tidy("effects")
    total = effects[effects["kind"] == "total"].set_index(["source", "target"])["estimate"]
    for name, value in zip(DRIVERS, rows["estimate"], strict=True):
        construct = "Value" if name.startswith("value") else "Quality"
        weight = outer.loc[(construct, name, "outer_weight"), "estimate"]
        assert value == pytest.approx(weight * total[construct, "Satisfaction"])
    assert (rows["std_error"] > 0).all()
    without = csi.compare_importance(mobile, "sat_overall", DRIVERS, fit=csi.fit_pls(mobile, "ECSI_2005", n_boot=0))
    assert without.tidy().query("kind == 'pls_effect'")["std_error"].isna().all()


def test_ranks_agree_as_spearman_says(mobile: csi.Survey) -> None:
    from scipy.stats import spearmanr

    found = csi.compare_importance(mobile, "sat_overall", DRIVERS, stated=STATED, by="operator")
    tidy, agreement = found.tidy(), found.tidy("rank_agreement")
    assert len(agreement) == 4 * 10
    for row in agreement.itertuples():
        own = tidy[tidy["group"] == row.group]
        one, other = (own.loc[own["kind"] == kind, "estimate"].abs() for kind in (row.kind, row.other_kind))
        assert row.estimate == pytest.approx(spearmanr(one, other).statistic)


def test_an_order_by_chance_is_unstable_and_a_clear_one_is_not() -> None:
    """Two drivers that do the same swap places in about half of the draws; one that does nothing stays last."""
    rng = np.random.default_rng(12)
    frame = pd.DataFrame(rng.normal(size=(400, 3)), columns=list("abc"))
    frame["y"] = frame["a"] + frame["b"] + rng.normal(size=400)
    survey = csi.Survey.from_frame(frame)
    for inference in ("linearised", "bootstrap"):
        found = csi.compare_importance(survey, "y", list("abc"), inference=inference, n_boot=500)
        share = found.tidy("stability").query("kind == 'lmg'").set_index("term")["estimate"]
        assert share["c"] > 0.99
        assert 0.2 < share["a"] < 0.95
        sets = found.tidy("ranks").query("kind == 'lmg'").set_index("term")
        assert sets.loc["a", ["lower", "upper"]].tolist() == [1, 2]
        assert sets.loc["c", ["lower", "upper"]].tolist() == [3, 3]


def grouped_fit() -> csi.Result:
    return csi.fit_pls(csi.load_sample("mobile"), "ECSI_2005", by="operator", n_boot=0)


def pls_fit() -> csi.Result:
    return csi.fit_pls(csi.load_sample("mobile"), "SCSB", n_boot=0)


BAD_COMPARISONS = {
    "players": (
        lambda: csi.compare_importance(SURVEY, "y", {"one": ["a", "b"]}), "compare_needs_single", ["one"],
    ),
    "too many": (
        lambda: csi.compare_importance(many(), "y", [f"x{k}" for k in range(26)]), "lmg_too_many", ["26", "25"],
    ),
    "stated": (
        lambda: csi.compare_importance(SURVEY, "y", ["a", "b"], stated=["c"]), "stated_count", ["1", "2", "a"],
    ),
    "stated mapping": (
        lambda: csi.compare_importance(SURVEY, "y", ["a", "b"], stated={"a": "c"}), "stated_count", ["1", "2"],
    ),
    "no fit": (
        lambda: csi.compare_importance(SURVEY, "y", ["a", "b"], fit="ECSI"), "fit_not_pls", ["str", "fit_pls"],
    ),
    "another fit": (
        lambda: csi.compare_importance(SURVEY, "y", ["a"], fit=csi.fit_importance(SURVEY, "y", ["a"])), "fit_not_pls",
        ["Result"],
    ),
    "fit with groups": (
        lambda: csi.compare_importance(csi.load_sample("mobile"), "sat_overall", DRIVERS, fit=grouped_fit()),
        "fit_not_pls", ["by="],
    ),
    "fit of others": (
        lambda: csi.compare_importance(csi.load_sample("mobile"), "sat_overall", DRIVERS, fit=pls_fit()),
        "fit_lacks_items", ["quality_needs", "expect_overall"],
    ),
    "fit and groups": (
        lambda: csi.compare_importance(csi.load_sample("mobile"), "sat_overall", DRIVERS, fit=pls_fit(), by="operator"),
        "fit_with_by", ["fit=", "by="],
    ),
    "outcome": (lambda: csi.compare_importance(SURVEY, "y", ["y"]), "outcome_in_drivers", ["compare_importance"]),
    "constant": (lambda: csi.compare_importance(SURVEY, "y", ["a", "flat"]), "importance_constant", ["flat"]),
}  # fmt: skip


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("case", list(BAD_COMPARISONS))
def test_bad_comparisons_say_what_is_wrong(case: str, language: str) -> None:
    call, code, words = BAD_COMPARISONS[case]
    with csi.use_language(language), pytest.raises(csi.CsiError) as caught:
        call()
    with csi.use_language(language):
        text = str(caught.value)
    assert caught.value.code == code
    assert all(word in text for word in words), text


def test_the_benchmark_judges_by_its_targets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its words on made-up numbers; nothing is timed here."""
    folder = Path(__file__).resolve().parents[1] / "benchmarks"
    monkeypatch.syspath_prepend(str(folder))
    spec = importlib.util.spec_from_file_location("benchmark_drivers", folder / "drivers.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert "0.2 s, 3 GB: reached" in module.alone((20, 0), {"seconds": 0.1, "gigabytes": 0.5})
    assert "not reached" in module.alone((25, 0), {"seconds": 9.0, "gigabytes": 0.5})
    assert "not reached" in module.alone((25, 0), {"seconds": 7.0, "gigabytes": 3.5})
    ours, theirs = {"seconds": 0.01, "lmg": [0.2, 0.1]}, {"seconds": 6.0, "lmg": [0.2, 0.1], "version": "1"}
    line, same = module.against(15, ours, theirs)
    assert same
    assert "600 times" in line
    assert "target 500: reached" in line
    line, same = module.against(15, ours, theirs | {"lmg": [0.2, 0.11]})
    assert not same
    assert "NOT the same work" in line


@pytest.mark.parametrize("sizes", [[1, 1, 1], [1, 2, 1], [1] * 6])
def test_slopes_of_lmg_are_its_derivatives(sizes: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    """Against differences of LMG itself, and the same when subsets are finished a few at a time."""
    from csi.drivers import lmg_slopes

    correlation = random_correlation(sum(sizes), seed=4)
    half = half_of((correlation + np.eye(len(correlation))) / 2)[:, 0]  # far from collinear, so differences are exact
    points = np.stack([half, half_of((correlation + 2 * np.eye(len(correlation))) / 3)[:, 0], half], axis=1)
    rows, columns = upper(sum(sizes) + 1)
    whole = lmg_slopes.lmg_slopes(points, sizes)
    found = whole[:, :, 2]
    np.testing.assert_allclose(whole[:, :, [1]], lmg_slopes.lmg_slopes(points[:, [1]], sizes), atol=1e-12)
    for cell in np.flatnonzero(rows != columns):
        step = np.zeros(len(half))
        step[cell] = 1e-6
        moved = lmg.lmg(np.stack([half + step, half - step], axis=1), sizes)
        np.testing.assert_allclose(found[:, cell], (moved[:, 0] - moved[:, 1]) / 2e-6, rtol=1e-6, atol=1e-7)
    monkeypatch.setattr(lmg_slopes, "LEAVES", 2)
    monkeypatch.setattr(lmg_slopes, "CHUNK", 1)
    np.testing.assert_allclose(lmg_slopes.lmg_slopes(points, sizes), whole, atol=1e-12)


def test_errors_of_many_drivers_are_those_of_few(mobile: csi.Survey, monkeypatch: pytest.MonkeyPatch) -> None:
    """The one-pass derivative of LMG gives the errors that differences of LMG give, and no dominance."""
    compared = ("importance", "importance_shares", "driver_differences")
    few = csi.fit_importance(mobile, "sat_overall", DRIVERS, by="operator")
    tables = {table: few.tidy(table) for table in compared}  # errors are worked out when a table is asked for
    monkeypatch.setattr("csi.drivers.lmg.MOST_COMPARED", 2)
    monkeypatch.setattr("csi.drivers.importance_numbers.MOST_COMPARED", 2)
    many_drivers = csi.fit_importance(mobile, "sat_overall", DRIVERS, by="operator")
    assert {"dominance", "conditional"} & set(many_drivers.tables) == set()
    for table in compared:
        for column in ("estimate", "std_error", "p_value"):
            if column in tables[table]:
                np.testing.assert_allclose(many_drivers.tidy(table)[column], tables[table][column], rtol=1e-5)


def test_more_drivers_than_errors_are_easy_for_say_so() -> None:
    survey = many()
    drivers = [f"x{k}" for k in range(21)]
    found = csi.fit_importance(survey.keep(np.arange(60) >= 0), "y", drivers)
    assert found.glance()["inference"][0] == "none"
    assert any(note.code == "lmg_without_errors" for note in found.notes)
    assert estimates(found).sum() == pytest.approx(estimates(found, "r2")[0], abs=1e-12)
