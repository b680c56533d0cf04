"""Indicator weights by every method, TOPSIS and grey relations: hand, print, R, planted truth, bad calls."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import csi
from csi.inference.derived import Joined, function_of
from csi.measures.evaluation.closeness import grey_relation, rank_sets, ranks, reversals, topsis
from csi.measures.weights.ahp import (
    RANDOM_INDEX,
    column_average_weights,
    geometric_mean_weights,
    group_weights,
    jackknife_covariance,
    join_judgements,
    priorities,
    random_index,
    to_revise,
)
from csi.measures.weights.judgements import ratio, read_judges
from csi.measures.weights.maxdiff import count_choices, fit_logit, log_likelihood, read_choices, softmax
from csi.measures.weights.spread import critic_weights, entropy_weights

HERE = Path(__file__).parent / "golden"
GOLDEN = json.loads((HERE / "criteria.json").read_text(encoding="utf-8"))
THREE = np.array([[1, 3, 5], [1 / 3, 1, 3], [1 / 5, 1 / 3, 1]])
NONE = np.zeros(3, dtype=bool)

# Wang and Chin (2011), six criteria, and its weights as printed.
SIX = np.array(
    [
        [1, 4, 3, 1, 3, 4], [1 / 4, 1, 7, 3, 1 / 5, 1], [1 / 3, 1 / 7, 1, 1 / 5, 1 / 5, 1 / 6],
        [1, 1 / 3, 5, 1, 1, 1 / 3], [1 / 3, 5, 5, 1, 1, 3], [1 / 4, 1, 6, 3, 1 / 3, 1],
    ]
)  # fmt: skip
# Elsayed, Dawood and Karthikeyan (2017), 12 cases by 5 criteria.
TWELVE = np.array(
    [
        [7, 312, 1891, 6613, 163], [72, 88, 728, 941804, 1078], [10, 252, 2594, 3466, 117471],
        [10, 145, 980, 2371, 86329], [65, 54, 350, 501, 29897], [29, 48, 380, 912, 34051],
        [7, 476, 3300, 78470, 2212], [70, 87, 650, 733, 819000], [4, 86, 591, 3015, 103],
        [12, 79, 579, 3240, 96098], [21, 45, 261, 1253, 453], [1, 72, 530, 4333, 0.1048],
    ]
)  # fmt: skip
# Tus and Aytac Adali (2019), five cases by six criteria.
FIVE = np.array(
    [[5000, 3, 3, 4, 3, 2], [680, 5, 3, 2, 2, 1], [2000, 3, 2, 3, 4, 3], [600, 4, 3, 1, 2, 2], [800, 2, 4, 3, 3, 4]]
)
FOUR = np.array([[7, 9, 9], [8, 7, 8], [9, 6, 8], [6, 7, 8]], dtype=float)


def choices() -> pd.DataFrame:
    return pd.read_csv(HERE / "maxdiff.csv")


def ratings(frame: dict[str, object], hi: int = 10, **roles: str) -> csi.Survey:
    named = set(roles.values())
    items = {name: csi.Item(name, scale=csi.Scale(1, hi)) for name in frame if name not in named}
    return csi.Survey.from_frame(frame, csi.Codebook(items=items, **roles), name="shop")


# AHP


def test_ahp_by_print() -> None:
    found = priorities(THREE)
    np.testing.assert_allclose(found.weights, [0.636986, 0.258285, 0.104729], atol=5e-7)
    assert found.lambda_max == pytest.approx(3.038511, abs=5e-7)
    assert found.ci == pytest.approx(0.019256, abs=5e-7)
    assert found.cr == pytest.approx(0.0332, abs=5e-5)
    np.testing.assert_allclose(geometric_mean_weights(THREE), found.weights, atol=1e-12)  # always so for three
    np.testing.assert_allclose(column_average_weights(THREE), [0.633346, 0.260498, 0.106156], atol=5e-7)
    np.testing.assert_allclose(priorities(SIX).weights, [0.3208, 0.1395, 0.0348, 0.1285, 0.2374, 0.1391], atol=5e-5)


def test_two_criteria_cannot_contradict_and_random_indices_are_as_printed() -> None:
    assert priorities(np.array([[1, 7], [1 / 7, 1]])).cr == 0
    assert priorities(np.ones((1, 1))).cr == 0
    assert RANDOM_INDEX[:9] == (0, 0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45)
    assert len(RANDOM_INDEX) == 15
    assert random_index(4) == 0.90
    assert random_index(4, missing=1) == pytest.approx(0.90 * (1 - 2 / 6))
    assert random_index(4, missing=3) == 0  # a tree of comparisons cannot contradict itself


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0.1, 9), min_size=2, max_size=8), st.integers(0, 10_000))
def test_consistent_judgements_give_their_weights_back_even_with_gaps(weights: list[float], seed: int) -> None:
    w = np.array(weights) / sum(weights)
    p = len(w)
    matrix = w[:, None] / w[None, :]
    rng = np.random.default_rng(seed)
    gaps = matrix.copy()
    for i, j in rng.integers(1, p, (3, 2)) if p > 2 else []:  # the first row keeps every criterion linked
        if i != j:
            gaps[i, j] = gaps[j, i] = np.nan
    for judged in (matrix, gaps):
        found = priorities(judged)
        np.testing.assert_allclose(found.weights, w, rtol=1e-6)
        assert found.cr == pytest.approx(0, abs=1e-6)
        assert to_revise(judged) == ()
        for variant in (geometric_mean_weights, column_average_weights):
            np.testing.assert_allclose(variant(judged), w, rtol=1e-6)
    order = rng.permutation(p)
    np.testing.assert_allclose(priorities(matrix[np.ix_(order, order)]).weights, w[order], rtol=1e-6)


def test_harker_by_hand() -> None:
    """a:b = 2, b:c = 3, a:c not compared: the eigenvector of [[2, 2, 0], [1/2, 1, 3], [0, 1/3, 2]] is 6 : 3 : 1."""
    matrix = np.array([[1, 2, np.nan], [1 / 2, 1, 3], [np.nan, 1 / 3, 1]])
    found = priorities(matrix)
    np.testing.assert_allclose(found.weights, [0.6, 0.3, 0.1], atol=1e-9)
    assert found.lambda_max == pytest.approx(3)


def test_the_judgement_that_does_not_fit_is_named() -> None:
    """4 : 2 : 1 : 1 but the second is said to be 1/5 of the third instead of 2."""
    w = np.array([4, 2, 1, 1.0])
    matrix = w[:, None] / w[None, :]
    matrix[1, 2], matrix[2, 1] = 1 / 5, 5
    (found,) = to_revise(matrix)
    assert (found.first, found.second) == (1, 2)
    assert found.given == pytest.approx(1 / 5)
    assert found.implied == pytest.approx(2, rel=1e-6)
    assert found.cr == pytest.approx(0, abs=1e-9)
    assert len(to_revise(THREE)) == 3  # one circle: any of the three


def test_group_judgements_by_both_rules_and_their_jackknife() -> None:
    w = np.array([[4, 2, 1], [2, 2, 1], [6, 1, 1.0]])
    matrices = [row[:, None] / row[None, :] for row in w]
    joint = np.exp(np.log(w / w.sum(axis=1, keepdims=True)).mean(axis=0))
    for group in ("judgements", "priorities"):  # the same for consistent judges
        np.testing.assert_allclose(group_weights(matrices, group), joint / joint.sum(), rtol=1e-9)
    pairs = [(1, 2), (0, 2), (0, 1)]
    without = np.array([group_weights([matrices[i], matrices[j]], "priorities") for i, j in pairs])
    expected = 2 / 3 * ((without - without.mean(axis=0)) ** 2).sum(axis=0)
    np.testing.assert_allclose(np.diag(jackknife_covariance(matrices, "priorities")), expected)
    half = join_judgements([matrices[0], np.where(np.eye(3) > 0, 1, np.nan)])
    np.testing.assert_allclose(half, matrices[0])  # who compared nothing counts for nothing


def test_the_jackknife_holds_the_truth_for_ten_judges() -> None:
    """1,000 groups of ten judges around 5 : 3 : 2: the 95 % interval of the first weight covers 92-98 % (t, 9 df)."""
    from csi.inference.intervals import Linear

    rng = np.random.default_rng(4)
    logs = np.log([5, 3, 2]) + rng.normal(0, 0.35, (1000, 10, 3))
    kept = 0
    for judges in np.exp(logs):
        matrices = [one[:, None] / one[None, :] for one in judges]
        lower, upper = Linear(
            group_weights(matrices, "priorities"), jackknife_covariance(matrices, "priorities"), 9.0
        ).interval(0.95)  # fmt: skip
        kept += lower[0] <= 0.5 <= upper[0]
    assert 0.92 <= kept / 1000 <= 0.98


@pytest.mark.parametrize(
    ("cell", "value"), [("1/3", 1 / 3), (" 1 / 5 ", 1 / 5), ("3", 3), (7, 7), ("1：3", 1 / 3), ("0.5", 0.5)]
)
def test_fractions_are_read(cell: object, value: float) -> None:
    assert ratio(cell) == pytest.approx(value)


def test_judgements_as_people_write_them() -> None:
    table = pd.DataFrame(
        [["1", "1/3", ""], ["3", 1, "5"], [None, "0.2", 1]], index=["b", "a", "c"], columns=["b", "a", "c"]
    )
    read = read_judges({"Wang": table}, ["a", "b", "c"])
    assert read.items == ("a", "b", "c")
    np.testing.assert_allclose(read.matrices[0][0], [1, 3, 5])
    assert np.isnan(read.matrices[0][1, 2])
    upper_only = read_judges([[1, 3, 5], [None, 1, 3], [None, None, 1]], None)
    np.testing.assert_allclose(upper_only.matrices[0], THREE)
    assert upper_only.items == ("c1", "c2", "c3")
    rounded = read_judges([[1, 7], [0.14, 1]], None)
    assert rounded.matrices[0][1, 0] == pytest.approx(1 / 7)
    assert "rounded" in str(rounded.notes[0])


def test_one_judge_has_no_error_and_several_have() -> None:
    one = csi.derive_indicator_weights(items=["q", "s", "p"], judgements=THREE)
    table = one.tidy().query("kind == 'ahp'")
    np.testing.assert_allclose(table["estimate"], [0.636986, 0.258285, 0.104729], atol=5e-7)
    assert table["std_error"].isna().all()
    assert any("one person" in str(note) for note in one.notes)
    equal = one.tidy().query("kind == 'equal'")
    assert (equal["std_error"] == 0).all()
    np.testing.assert_allclose(equal["estimate"], 1 / 3)
    cr = one.value("1", "cr", table="judges")
    assert float(cr) == pytest.approx(0.0332, abs=5e-5)
    judges = {"Li": THREE, "Wu": THREE.T, "Xu": [[1, 1, 2], [1, 1, 2], [0.5, 0.5, 1]]}
    several = csi.derive_indicator_weights(items=["q", "s", "p"], judgements=judges, group="priorities")
    table = several.tidy().query("kind == 'ahp'")
    assert (table["std_error"] > 0).all()
    assert (table["n"] == 3).all()
    assert table["estimate"].sum() == pytest.approx(1)
    contrast = several.contrast({("ahp", "q"): 1, ("ahp", "p"): -1})
    covariance = several.covariance().loc[("ahp", "q"), ("ahp", "p")]
    spread = several.tidy().set_index(["kind", "item"])["std_error"]
    assert contrast.std_error == pytest.approx(
        np.sqrt(spread["ahp", "q"] ** 2 + spread["ahp", "p"] ** 2 - 2 * covariance)
    )
    assert set(several.tidy("judge_weights")["judge"]) == {"Li", "Wu", "Xu"}
    assert set(several.tidy("ahp_variants")["kind"]) == {"eigenvector", "geometric_mean", "column_average"}


def test_a_judge_who_contradicts_himself_is_shown_the_judgement_to_look_at() -> None:
    w = np.array([4, 2, 1, 1.0])
    matrix = w[:, None] / w[None, :]
    matrix[1, 2], matrix[2, 1] = 1 / 5, 5
    names = ["quality", "service", "price", "speed"]
    result = csi.derive_indicator_weights(items=names, judgements={"Zhao": matrix, "Qian": w[:, None] / w[None, :]})
    for language, words in (
        ("en", ["1 of 2", "Zhao", "service against price is 0.2"]),
        ("zh", ["Zhao", "service", "2"]),
    ):
        with csi.use_language(language):
            line = result.check().set_index("check").loc["ahp_consistency"]
            assert not line["ok"]
            assert all(word in line["meaning"] for word in words)
            assert "Qian" not in line["meaning"]
    table = result.tidy("revisions").set_index(["judge", "item", "other_item", "kind"])["estimate"]
    assert table["Zhao", "service", "price", "given"] == pytest.approx(0.2)
    assert table["Zhao", "service", "price", "implied"] == pytest.approx(2, rel=1e-6)


# Entropy and CRITIC


def test_entropy_and_critic_by_print() -> None:
    np.testing.assert_allclose(
        entropy_weights(TWELVE), [0.104991, 0.069124, 0.071373, 0.449937, 0.304575], atol=5e-7
    )  # fmt: skip
    np.testing.assert_allclose(critic_weights(FIVE), [0.157, 0.249, 0.168, 0.121, 0.154, 0.151], atol=5e-4)


def test_entropy_by_hand() -> None:
    """Two cases (1, 3) and (1, 1): e = (-.25 ln .25 - .75 ln .75) / ln 2 and 1, so all weight on the first."""
    np.testing.assert_allclose(entropy_weights(np.array([[1, 1.0], [3, 1.0]])), [1, 0], atol=1e-12)
    zero = entropy_weights(np.array([[0, 1.0], [4, 3.0]]))  # 0 ln 0 = 0: e = 0 against .811
    second = 1 + (0.25 * np.log(0.25) + 0.75 * np.log(0.75)) / np.log(2)
    np.testing.assert_allclose(zero, np.array([1, second]) / (1 + second))


def test_a_table_of_cases_has_weights_without_errors() -> None:
    table = pd.DataFrame(TWELVE, columns=list("abcde"), index=[f"case {i}" for i in range(12)])
    result = csi.derive_indicator_weights(cases=table, methods=["entropy", "critic"])
    tidy = result.tidy()
    np.testing.assert_allclose(
        tidy.query("kind == 'entropy'")["estimate"], [0.104991, 0.069124, 0.071373, 0.449937, 0.304575], atol=5e-7
    )
    assert tidy["std_error"].isna().all()
    said = " ".join(str(note) for note in result.notes)
    assert "no sampling error" in said
    assert "not to what matters" in said


def test_entropy_of_respondents_agrees_with_r_under_the_design() -> None:
    """R survey 4.1: svycontrast of svymean(x, x ln x), strata, clusters, weights."""
    names = GOLDEN["entropy"]["items"]
    table = csi.derive_indicator_weights(csi.load_sample("mobile"), names, methods=["entropy"]).tidy()
    np.testing.assert_allclose(table["estimate"], GOLDEN["entropy"]["estimate"], atol=1e-10)
    np.testing.assert_allclose(table["std_error"], GOLDEN["entropy"]["se"], rtol=1e-6)
    assert (table["n"] == GOLDEN["fuzzy"]["n"]).all()


def test_cases_of_a_survey_are_their_means() -> None:
    rng = np.random.default_rng(6)
    frame = {name: rng.integers(1, 11, 90) for name in "abc"} | {"branch": ["x", "y", "z"] * 30}
    data = ratings(frame, case="branch")
    means = data.answers.groupby("branch")[["a", "b", "c"]].mean().to_numpy()
    table = csi.derive_indicator_weights(
        data, ["a", "b", "c"], cases="branch", methods=["entropy", "critic", "points"], points=["a", "b", "c"]
    ).tidy()  # fmt: skip
    np.testing.assert_allclose(table.query("kind == 'entropy'")["estimate"], entropy_weights(means))
    np.testing.assert_allclose(table.query("kind == 'critic'")["estimate"], critic_weights(means))
    shares = data.answers[["a", "b", "c"]].div(data.answers[["a", "b", "c"]].sum(axis=1), axis=0)
    points = table.query("kind == 'points'")
    np.testing.assert_allclose(points["estimate"], shares.mean())
    np.testing.assert_allclose(points["std_error"], shares.std() / np.sqrt(90))
    assert (table["std_error"] > 0).all()


# Points, regression


def test_stated_points_by_hand() -> None:
    """Shares (.5 .5), (.2 .8), (.4 .6); one blank and one 0 are left out and said, one other total is said."""
    frame = {"a": [50, 20, 20, None, 0], "b": [50, 80, 30, 40, 0]}
    items = {name: csi.Item(name, kind="number") for name in frame}
    data = csi.Survey.from_frame(frame, csi.Codebook(items=items), name="shop")
    result = csi.derive_indicator_weights(data, points={"service": "a", "price": "b"}, methods=["points"])
    shares = np.array([0.5, 0.2, 0.4])
    row = result.value("points", "service")
    assert float(row) == pytest.approx(shares.mean())
    assert row.std_error == pytest.approx(shares.std(ddof=1) / np.sqrt(3) * np.sqrt(5 / 4 * 2 / 3), rel=1e-6)
    assert row.n == 3
    said = " ".join(str(note) for note in result.notes)
    assert "1 of 5 respondents left an item blank and 1 gave no points" in said
    assert "1 respondents gave another total than the usual 100" in said


def planted(n: int = 2000) -> csi.Survey:
    rng = np.random.default_rng(9)
    base = rng.normal(size=(n, 1))
    x = 0.4 * base + rng.normal(size=(n, 3))
    x /= x.std(axis=0)
    y = x @ [0.5, 0.3, 0.2] + rng.normal(0, 0.6, n)
    frame = pd.DataFrame(np.column_stack([x, y]), columns=["a", "b", "c", "y"])
    items = {name: csi.Item(name, kind="number") for name in frame}
    return csi.Survey.from_frame(frame, csi.Codebook(items=items), name="planted")


def test_regression_weights_by_numpy_and_by_planted_truth() -> None:
    data = planted()
    x = data.answers
    z = (x - x.mean()) / x.std()
    slopes = np.linalg.lstsq(z[["a", "b", "c"]], z["y"], rcond=None)[0]
    table = csi.derive_indicator_weights(data, ["a", "b", "c"], outcome="y", methods=["regression"]).tidy()
    np.testing.assert_allclose(table["estimate"], slopes / slopes.sum(), rtol=1e-9)
    assert (np.abs(table["estimate"] - [0.5, 0.3, 0.2]) < 3 * table["std_error"]).all()


def test_linearised_errors_of_all_answers_agree_with_the_bootstrap() -> None:
    mobile = csi.load_sample("mobile")
    names = ["quality_needs", "quality_network", "quality_service"]
    call = {"outcome": "sat_overall", "points": names, "methods": ["points", "regression", "entropy", "critic"]}
    linear = csi.derive_indicator_weights(mobile, names, **call)
    drawn = csi.derive_indicator_weights(mobile, names, **call, inference="bootstrap", n_boot=1500)
    np.testing.assert_allclose(linear.tidy()["estimate"], drawn.tidy()["estimate"], rtol=1e-9)
    ratio_of = drawn.tidy()["std_error"] / linear.tidy()["std_error"]
    assert ratio_of.between(0.92, 1.1).all()
    a, b = linear.covariance().to_numpy(), drawn.covariance().to_numpy()
    spread = np.sqrt(np.diag(a))
    np.testing.assert_allclose(a / np.outer(spread, spread), b / np.outer(spread, spread), atol=0.16)


@pytest.mark.parametrize("kind", ["entropy", "critic", "regression"])
def test_influences_are_the_derivatives_of_the_weights(kind: str) -> None:
    """One respondent's weight a little up: the weights move by his influence; influences average 0."""
    from csi.measures.weights import spread
    from csi.measures.weights.answer_weights import regression_of_covariance

    rng = np.random.default_rng(3)
    x = rng.uniform(1, 9, (40, 4)) + rng.uniform(0, 6, (40, 1))
    w = rng.uniform(0.5, 2, 40)
    w /= w.sum()

    def weights(of: np.ndarray) -> np.ndarray:
        of = of / of.sum()
        mean = of @ x
        if kind == "entropy":
            return spread.entropy_of_means(mean, of @ spread.times_log(x))
        cov = ((x - mean).T @ ((x - mean) * of[:, None]))[:, :, None]
        return (spread.critic_of_moments if kind == "critic" else regression_of_covariance)(cov)[:, 0]

    estimate, influence = getattr(spread, f"{kind}_influence")(x, w)
    moved = influence(x)
    np.testing.assert_allclose(estimate, weights(w), rtol=1e-10)
    np.testing.assert_allclose(w @ moved, 0, atol=1e-12)
    gaps = np.vstack([x, [np.nan, 1, 2, 3]])
    with_gap, influence = getattr(spread, f"{kind}_influence")(gaps, np.append(w, 5))
    np.testing.assert_allclose(with_gap, estimate)
    assert np.isnan(influence(gaps)[-1]).all()
    for i in (0, 7):
        up, down = w.copy(), w.copy()
        up[i] += 1e-6
        down[i] -= 1e-6
        np.testing.assert_allclose((weights(up) - weights(down)) / 2e-6, moved[i], rtol=1e-5, atol=1e-8)


@pytest.mark.parametrize("kind", ["entropy", "critic", "regression"])
def test_intervals_hold_the_weights_of_the_population(kind: str) -> None:
    """METHODS R2: 2,000 samples of 250 from 60,000 ratings on 1-10; mean cover of the 95 % intervals 93-97 %."""
    from csi.inference.intervals import quantile_of
    from csi.measures.weights import spread

    rng = np.random.default_rng(17)
    base = rng.normal(size=(60_000, 1))
    spreads = np.array([1.6, 2.0, 1.3, 1.8])
    people = np.clip(np.round(6.4 + spreads * (0.6 * base + 0.8 * rng.normal(size=(60_000, 4)))), 1, 10)
    act = getattr(spread, f"{kind}_influence")
    truth, _ = act(people, np.full(len(people), 1 / len(people)))
    n, reach = 250, quantile_of(249, 0.025)
    kept = np.zeros(len(truth))
    for _ in range(2000):
        sample = people[rng.integers(0, len(people), n)]
        estimate, influence = act(sample, np.ones(n))
        error = influence(sample).std(axis=0, ddof=1) / np.sqrt(n)
        kept += np.abs(estimate - truth) <= reach * error
    assert 0.93 <= kept.mean() / 2000 <= 0.97
    assert kept.min() / 2000 >= 0.90


def test_a_negative_weight_is_flagged_and_not_cut() -> None:
    rng = np.random.default_rng(2)
    base = rng.normal(size=500)
    frame = {"a": base + rng.normal(0, 0.3, 500), "b": base + rng.normal(0, 0.3, 500)}
    frame["y"] = 2 * frame["a"] - frame["b"] + rng.normal(0, 0.2, 500)
    items = {name: csi.Item(name, kind="number") for name in frame}
    data = csi.Survey.from_frame(frame, csi.Codebook(items=items), name="signs")
    result = csi.derive_indicator_weights(data, ["a", "b"], outcome="y", methods=["regression"])
    assert float(result.value("regression", "b")) < 0
    line = result.check().set_index("check").loc["negative_indicator_weights"]
    assert not line["ok"]
    assert "b (regression -" in line["meaning"]


# MaxDiff


def test_best_worst_agrees_with_clogit() -> None:
    """R survival 3.5: utilities, log-likelihood, and errors by respondent times the small-sample factor G / (G - 1)."""
    said = read_choices(choices(), None)
    fit = fit_logit(said)
    coef = np.array(GOLDEN["maxdiff"]["coef"])
    np.testing.assert_allclose(fit.utility - fit.utility[0], coef, atol=1e-8)
    assert log_likelihood(said, fit.utility) == pytest.approx(GOLDEN["maxdiff"]["loglik"], abs=1e-8)
    share = np.exp(coef) / np.exp(coef).sum()
    slope = (np.diag(share) - np.outer(share, share))[:, 1:]
    expected = slope @ np.array(GOLDEN["maxdiff"]["var"]) @ slope.T * 30 / 29
    np.testing.assert_allclose(fit.share, share, atol=1e-9)
    np.testing.assert_allclose(fit.cov, expected, rtol=1e-6, atol=1e-12)
    assert said.items == tuple(GOLDEN["maxdiff"]["items"])


def test_best_worst_scores_by_hand() -> None:
    """Two people, one set of a b c each: a best twice, c worst once, b worst once."""
    table = pd.DataFrame(
        [(1, 1, "a", "best"), (1, 1, "b", ""), (1, 1, "c", "worst"), (2, 1, "a", "最重要"), (2, 1, "b", "最不重要"),
         (2, 1, "c", None)],
        columns=["respondent", "set", "item", "choice"],
    )  # fmt: skip
    counts = count_choices(read_choices(table, None))
    np.testing.assert_allclose(counts.score, [1, -0.5, -0.5])
    # influences of the two people on b: (0 + .5) / 2 and (-1 + .5) / 2; variance 2 * sum of squares
    assert counts.cov[1, 1] == pytest.approx(2 * (0.25**2 + 0.25**2))
    assert counts.cov[0, 0] == pytest.approx(0)


def test_maxdiff_recovers_planted_shares_and_weights_mean_rows() -> None:
    rng = np.random.default_rng(1)
    utility = np.log([0.4, 0.3, 0.2, 0.1])
    rows = []
    for person in range(400):
        for number in range(4):
            shown = rng.choice(4, 3, replace=False)
            best = shown[(utility[shown] + rng.gumbel(size=3)).argmax()]
            rest = shown[shown != best]
            worst = rest[(-utility[rest] + rng.gumbel(size=2)).argmax()]
            rows += [(person, number, f"i{i}", int(i == best), int(i == worst), 1 + person % 2) for i in shown]
    frame = pd.DataFrame(rows, columns=["respondent", "set", "item", "best", "worst", "weight"])
    plain = csi.derive_indicator_weights(choices=frame.drop(columns="weight"), methods=["maxdiff"]).tidy()
    assert (np.abs(plain["estimate"] - [0.4, 0.3, 0.2, 0.1]) < 3 * plain["std_error"]).all()
    twice = frame[frame["weight"] == 2].assign(respondent=lambda part: part["respondent"] + 10_000)
    doubled = pd.concat([frame, twice]).drop(columns="weight")
    weighted = csi.derive_indicator_weights(choices=frame, methods=["maxdiff"]).tidy()
    repeated = csi.derive_indicator_weights(choices=doubled, methods=["maxdiff"]).tidy()
    np.testing.assert_allclose(weighted["estimate"], repeated["estimate"], rtol=1e-7)
    assert (np.abs(weighted["std_error"] - repeated["std_error"]) > 1e-6).all()


# Methods side by side


def test_methods_side_by_side_and_their_agreement() -> None:
    names = ["quality_needs", "quality_network", "quality_service"]
    mobile = csi.load_sample("mobile")
    frame = choices().replace({"cost": names[0], "help": names[1], "range": names[2]})
    frame = frame[frame["item"].isin(names)]
    counted = frame.groupby(["respondent", "set"])[["best", "worst"]].transform("sum")
    frame = frame[(counted == 1).all(axis=1)]
    result = csi.derive_indicator_weights(
        mobile, names, outcome="sat_overall", judgements=THREE, points=names, choices=frame, cases="operator"
    )
    table = result.tidy()
    assert table["kind"].drop_duplicates().tolist() == [
        "ahp", "maxdiff", "points", "regression", "entropy", "critic", "equal"
    ]  # fmt: skip
    np.testing.assert_allclose(table.groupby("kind")["estimate"].sum(), 1)
    agreement = result.tidy("rank_agreement").set_index(["kind", "term"])["estimate"]
    wide = table.pivot(index="item", columns="kind", values="estimate").rank()
    assert len(agreement) == 15  # pairs of the six that rank
    for (one, other), value in agreement.items():
        assert value == pytest.approx(wide[one].corr(wide[other]))
    across = result.contrast({("maxdiff", names[0]): 1, ("points", names[0]): -1})
    spread = table.set_index(["kind", "item"])["std_error"]
    assert across.std_error == pytest.approx(np.hypot(spread["maxdiff", names[0]], spread["points", names[0]]))
    assert np.isnan(result.contrast({("ahp", names[0]): 1, ("points", names[0]): -1}).std_error)
    with_equal = result.contrast({("equal", names[0]): 1, ("points", names[0]): -1})
    assert with_equal.std_error == pytest.approx(spread["points", names[0]])


def test_joined_sources_are_independent_with_satterthwaite_degrees() -> None:
    from csi.inference.intervals import Linear

    one = Linear(np.array([1.0]), np.array([[4.0]]), 5.0)
    other = Linear(np.array([3.0, 1.0]), np.diag([9.0, 1.0]), 20.0)
    joint = Joined((one, other))
    both = joint.combine(np.array([1.0, -1.0, 0.0]))
    assert both.std_error[0] == pytest.approx(np.sqrt(13))
    assert both.df == pytest.approx(13**2 / (16 / 5 + 81 / 20))
    np.testing.assert_allclose(joint.covariance(), np.diag([4, 9, 1.0]))


def test_the_delta_method_by_hand() -> None:
    """The ratio of 3 and 2 with variances 4 and 1 and covariance .5."""
    from csi.inference.intervals import Linear

    cov = np.array([[4, 0.5], [0.5, 1]])
    found = function_of(Linear(np.array([3.0, 2.0]), cov, 7.0), lambda x: (x[0] / x[1])[None])
    slope = np.array([1 / 2, -3 / 4])
    assert found.estimate[0] == 1.5
    assert found.std_error[0] == pytest.approx(np.sqrt(slope @ cov @ slope), rel=1e-6)
    assert found.df == 7


# TOPSIS and grey relations


def test_topsis_by_print() -> None:
    found = topsis(FOUR, np.array([0.3, 0.4, 0.3]), NONE)
    np.testing.assert_allclose(found.closeness, [0.6852, 0.4414, 0.4145, 0.2482], atol=5e-5)
    np.testing.assert_allclose(found.to_best, [0.0396, 0.0608, 0.0838, 0.0826], atol=5e-5)
    np.testing.assert_allclose(found.to_worst, [0.0861, 0.0481, 0.0593, 0.0273], atol=5e-5)


def test_grey_relation_by_hand() -> None:
    """Benefit 9 7 5 -> d 0 .5 1, cost 30 10 20 -> d 1 0 .5; xi = .5 / (d + .5)."""
    found = grey_relation(np.array([[9, 30], [7, 10], [5, 20.0]]), np.array([0.5, 0.5]), np.array([False, True]))
    np.testing.assert_allclose(found, [(1 + 1 / 3) / 2, (1 / 2 + 1) / 2, (1 / 3 + 1 / 2) / 2])
    sharper = grey_relation(np.array([[9, 30], [7, 10], [5, 20.0]]), np.array([0.5, 0.5]), np.array([False, True]), 0.1)
    assert np.ptp(sharper) > np.ptp(found)


@settings(max_examples=40, deadline=None)
@given(st.integers(3, 7), st.integers(2, 5), st.integers(0, 10_000))
def test_ranking_properties(m: int, p: int, seed: int) -> None:
    """0-1; the order of cases does not matter; a case best on everything is at 1; units do not matter; cost turns."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(1, 9, (m, p))
    x[0] = 10
    weights = rng.dirichlet(np.ones(p))
    cost = np.zeros(p, dtype=bool)
    order = rng.permutation(m)
    for score in (lambda y, c=cost: topsis(y, weights, c).closeness, lambda y, c=cost: grey_relation(y, weights, c)):
        found = score(x)
        assert (found >= 0).all()
        assert (found <= 1 + 1e-12).all()
        assert found[0] == pytest.approx(1)
        np.testing.assert_allclose(score(x[order]), found[order])
        np.testing.assert_allclose(score(x * rng.uniform(0.1, 9, p)), found)
    turned = x.copy()
    turned[:, 0] = 20 - x[:, 0]
    less = cost.copy()
    less[0] = True
    np.testing.assert_allclose(grey_relation(turned, weights, less), grey_relation(x, weights, cost))


def test_a_table_of_cases_is_ranked_without_errors() -> None:
    frame = pd.DataFrame(FOUR, index=list("ABCD"), columns=["x", "y", "z"])
    result = csi.score_topsis(frame, indicator_weights=[30, 40, 30])
    np.testing.assert_allclose(result.tidy()["estimate"], [0.6852, 0.4414, 0.4145, 0.2482], atol=5e-5)
    assert result.tidy()["std_error"].isna().all()
    distances = result.tidy("ideal_distances").set_index(["case", "term"])["estimate"]
    assert distances["A", "to_best"] == pytest.approx(0.0396, abs=5e-5)
    assert any("1 A, 2 B, 3 C, 4 D" in str(note) for note in result.notes)


def test_rank_reversal_is_found_by_leaving_each_case_out() -> None:
    """Without C, B passes A: only C's low value on y made y stretch so far."""
    rng = np.random.default_rng(0)
    weights = np.array([0.5, 0.5])

    def score(matrix: np.ndarray) -> np.ndarray:
        return topsis(matrix, weights, np.zeros(2, dtype=bool)).closeness

    for _ in range(2000):
        matrix = rng.integers(1, 10, (3, 2)).astype(float)
        with np.errstate(invalid="ignore"):
            found = reversals(matrix, score)
        if found:
            break
    left, ahead, behind = found[0]
    whole, rest = score(matrix), [i for i in range(3) if i != left]
    alone = dict(zip(rest, score(matrix[rest]), strict=True))
    assert whole[ahead] > whole[behind]
    assert alone[ahead] < alone[behind]
    frame = pd.DataFrame(matrix, index=["A", "B", "C"], columns=["x", "y"])
    line = csi.score_topsis(frame).check().set_index("check").loc["rank_reversal"]
    assert not line["ok"]
    assert f"without {'ABC'[left]}, {'ABC'[behind]} passes {'ABC'[ahead]}" in line["meaning"]


def four_shops(n: int = 800) -> csi.Survey:
    rng = np.random.default_rng(12)
    shop = np.repeat(list("ABCD"), n // 4)
    level = {"A": (7.0, 4.5, 6.0), "B": (5.0, 7.0, 5.5), "C": (6.0, 5.5, 4.0), "D": (4.0, 6.0, 7.0)}
    mean = np.array([level[one] for one in shop])
    frame = pd.DataFrame(np.clip(np.round(mean + rng.normal(0, 1.5, (n, 3))), 1, 10), columns=["x", "y", "z"])
    frame["shop"] = shop
    frame["w"] = rng.uniform(0.5, 2, n)
    items = {name: csi.Item(name, scale=csi.Scale(1, 10)) for name in "xyz"}
    return csi.Survey.from_frame(frame, csi.Codebook(items=items, case="shop", weight="w"), name="shops")


@pytest.mark.parametrize("function", ["score_topsis", "score_grey"])
def test_cases_of_a_survey_carry_their_errors_into_the_closeness(function: str) -> None:
    data = four_shops()
    score = getattr(csi, function)
    linear, drawn = score(data), score(data, inference="bootstrap", n_boot=1500)
    frame = data.answers
    means = np.array(
        [np.average(part[["x", "y", "z"]], axis=0, weights=part["w"]) for _, part in frame.groupby("shop")]
    )
    third = np.full(3, 1 / 3)
    exact = topsis(means, third, NONE).closeness if function == "score_topsis" else grey_relation(means, third, NONE)
    np.testing.assert_allclose(linear.tidy()["estimate"], exact)
    np.testing.assert_allclose(linear.tidy("case_means")["estimate"], means.reshape(-1))
    ratio_of = drawn.tidy()["std_error"] / linear.tidy()["std_error"]
    assert ratio_of.between(0.9, 1.12).all()
    assert any("Ranks that cannot be excluded" in str(note) for note in linear.notes)


def test_a_case_at_the_end_says_that_its_error_of_zero_is_no_certainty() -> None:
    frame = {"x": [9, 8, 9, 5, 6, 4, 3, 4, 4], "y": [9, 9, 8, 5, 4, 4, 5, 6, 5], "shop": list("AAABBBCCC")}
    result = csi.score_topsis(ratings(frame, case="shop"))
    assert result.value("A").std_error == 0
    line = result.check().set_index("check").loc["closeness_fixed"]
    assert not line["ok"]
    assert "A" in line["meaning"]


def test_rank_sets_by_hand_and_by_simulation() -> None:
    """Far apart: one rank each; equal: every rank. 2,000 samples of a true tie: both ranks stay in at 95 % at least."""
    apart = rank_sets(np.array([3.0, 1.0, 2.0]), 1e-6 * np.eye(3), np.inf, 0.95)
    np.testing.assert_array_equal(apart, [[1, 1], [3, 3], [2, 2]])
    np.testing.assert_array_equal(rank_sets(np.zeros(3), np.eye(3), np.inf, 0.95), [[1, 3]] * 3)
    np.testing.assert_array_equal(ranks(np.array([2.0, 5.0, 2.0])), [2, 1, 2])
    rng = np.random.default_rng(5)
    truth = np.array([1.0, 1.0, 0.0, -0.3])
    draws = truth + rng.normal(0, 0.2, (2000, 4))
    kept = 0
    for one in draws:
        sets = rank_sets(one, 0.04 * np.eye(4), np.inf, 0.95)
        kept += bool((sets[:2, 0] == 1).all() and (sets[:2, 1] >= 2).all() and sets[2, 0] <= 3 <= sets[2, 1])
    assert kept / 2000 >= 0.95


def test_numbers_do_not_write_in_place() -> None:
    for matrix, act in (
        (SIX, priorities), (SIX, to_revise), (TWELVE, entropy_weights), (FIVE.astype(float), critic_weights),
        (FOUR, lambda x: topsis(x, np.ones(3) / 3, NONE)), (FOUR, lambda x: grey_relation(x, np.ones(3) / 3, NONE)),
    ):  # fmt: skip
        before = matrix.copy()
        act(matrix)
        np.testing.assert_array_equal(matrix, before)
    assert softmax(np.array([0.0, np.log(3)])).tolist() == pytest.approx([0.25, 0.75])


# Bad calls

ITEMS = ["q", "s", "p"]


def ahp(matrix: object, **more: object) -> csi.Result:
    return csi.derive_indicator_weights(judgements=matrix, **({"items": ITEMS} | more))


def broken(edit: Callable[[pd.DataFrame], object]) -> pd.DataFrame:
    frame = choices()
    edit(frame)
    return frame


def two_bests(frame: pd.DataFrame) -> None:
    frame.loc[:3, "best"] = 1


def shops() -> csi.Survey:
    return ratings({"x": [1, 2, 3, 4], "y": [4, 3, 3, 1], "shop": list("aabb")}, case="shop")


GRID = pd.DataFrame([[1, 2.0], [3, 1.0]], index=["A", "B"], columns=["x", "y"])
BAD: list[tuple[str, Callable[[], object], list[str], list[str]]] = [
    ("not reciprocal", lambda: ahp([[1, 3, 5], [3, 1, 3], ["1/5", "1/3", 1]]), ["(q, s) 3", "(s, q) 3", "1 pairs"],
     ["(q, s) 3", "互为倒数"]),
    ("not reciprocal, of one judge", lambda: ahp({"Li": THREE, "Wu": [[1, 2, 2], [2, 1, 1], [0.5, 1, 1]]}),
     ["judge Wu", "(q, s) 2"], ["评判者 Wu"]),
    ("not square", lambda: ahp([[1, 3], [1, 3], [1, 2]]), ["3 rows", "2 columns"], ["3 行", "2 列"]),
    ("table not square", lambda: ahp(pd.DataFrame([[1, 3, 5]], columns=ITEMS)), ["1 rows", "3 columns"], ["1 行"]),
    ("not positive", lambda: ahp([[1, -3, 5], [None, 1, 3], [None, 0, 1]]), ["(q, s) -3", "(p, s) 0"], ["(q, s) -3"]),
    ("diagonal", lambda: ahp([[2, 3, 5], [None, 1, 3], [None, None, 1]]), ["(q, q) 2"], ["(q, q) 2", "对角线"]),
    ("words in cells", lambda: ahp([[1, "more", 5], [None, 1, 3], [None, None, 1]]), ["(q, s) more"], ["(q, s) more"]),
    ("a fraction over nothing", lambda: ahp([[1, "1/0", 5], [None, 1, 3], [None, None, 1]]), ["1/0"], ["1/0"]),
    ("wrong names", lambda: ahp(pd.DataFrame(THREE, index=list("abc"), columns=list("abc"))), ["a, b, c", "q, s, p"],
     ["a、b、c", "q、s、p"]),
    ("rows and columns differ", lambda: ahp(pd.DataFrame(THREE, index=list("abc"), columns=ITEMS)),
     ["a, b, c", "q, s, p"], ["a、b、c"]),
    ("wrong number", lambda: ahp(THREE, items=["q", "s"]), ["c1, c2, c3", "q, s"], ["c1、c2、c3"]),
    ("not linked", lambda: ahp([[1, 3, None], [None, 1, None], [None, None, 1]]), ["p", "with q"], ["p 与 q"]),
    ("too many", lambda: csi.derive_indicator_weights(judgements=np.ones((16, 16))), ["16 criteria", "15"],
     ["16", "15"]),
    ("no judge", lambda: ahp({}), ["no judgement matrix"], ["没有判断矩阵"]),
    ("unknown group rule", lambda: ahp(THREE, group="mean"), ["'mean'", "judgements, priorities"], ["'mean'"]),
    ("unknown method", lambda: ahp(THREE, methods=["saaty"]), ["'saaty'", "ahp, maxdiff"], ["'saaty'"]),
    ("method without data", lambda: ahp(THREE, methods=["maxdiff"]), ["'maxdiff'", "choices="],
     ["'maxdiff'", "choices="]),
    ("regression without outcome", lambda: csi.derive_indicator_weights(shops(), methods=["regression"]), ["outcome="],
     ["outcome="]),
    ("nothing to weigh", lambda: csi.derive_indicator_weights(), ["at least two items", "items="], ["items="]),
    ("bca", lambda: csi.derive_indicator_weights(shops(), interval="bca"), ["'bca'", "t, percentile"], ["'bca'"]),
    ("unknown inference", lambda: csi.derive_indicator_weights(shops(), inference="bayes"), ["bayes"], ["bayes"]),
    ("not a survey", lambda: csi.derive_indicator_weights([1]), ["derive_indicator_weights", "list"], ["list"]),
    ("choices without columns", lambda: csi.derive_indicator_weights(choices=choices().drop(columns=["set", "best"])),
     ["set, best", "respondent, item, worst"], ["set、best"]),
    ("two bests", lambda: csi.derive_indicator_weights(choices=broken(two_bests)), ["1 sets", "1/1"], ["1 组", "1/1"]),
    ("strange alternative", lambda: csi.derive_indicator_weights(items=["cost", "help"], choices=choices()),
     ["range", "cost, help"], ["range", "cost、help"]),
    ("never shown", lambda: csi.derive_indicator_weights(
        items=["cost", "help", "range", "speed", "trust", "wait", "park"], choices=choices()), ["park"], ["park"]),
    ("alternative twice", lambda: csi.derive_indicator_weights(choices=pd.concat([choices(), choices()[:1]])),
     ["1/1", "twice"], ["1/1", "两次"]),
    ("separation", lambda: csi.derive_indicator_weights(choices=pd.DataFrame(
        [(r, 1, i, int(i == "a"), int(i == "c")) for r in range(5) for i in "abc"],
        columns=["respondent", "set", "item", "best", "worst"])), ["a, c", "no finite"], ["a、c"]),
    ("negative points", lambda: csi.derive_indicator_weights(csi.Survey.from_frame(
        {"a": [-5, 5], "b": [2, 3]}, csi.Codebook(items={n: csi.Item(n, kind="number") for n in "ab"})),
        points=["a", "b"]), ["1 stated", "a"], ["1 个", "a"]),
    ("points for other items", lambda: csi.derive_indicator_weights(shops(), ["x", "y"], points=["x"]),
     ["names x", "x, y"], ["x、y"]),
    ("entropy below zero", lambda: csi.derive_indicator_weights(cases=GRID - 2), ["x", "0 or more"], ["x", "0"]),
    ("no spread", lambda: csi.derive_indicator_weights(cases=GRID * 0 + 1, methods=["entropy"]), ["entropy"],
     ["entropy"]),
    ("one case", lambda: csi.derive_indicator_weights(cases=GRID[:1]), ["1 cases"], ["1 个"]),
    ("no scale for critic", lambda: csi.derive_indicator_weights(planted(50), ["a", "b"], methods=["critic"]), ["a, b"],
     ["a、b"]),
    ("collinear", lambda: csi.derive_indicator_weights(ratings(
        {"a": [1, 2, 3, 4, 5, 9], "b": [1, 2, 3, 4, 5, 9], "y": [1, 3, 2, 5, 4, 8]}), ["a", "b"], outcome="y"),
     ["a, b", "collinear"], ["a、b", "共线"]),
    ("unknown item", lambda: csi.derive_indicator_weights(shops(), ["x", "zz"], outcome="y", methods=["regression"]),
     ["zz", "x, y"], ["zz"]),
    ("outcome among the items", lambda: csi.derive_indicator_weights(shops(), ["x", "y"], outcome="y"),
     ["'y'", "items="], ["'y'", "items="]),
    ("cases without a column", lambda: csi.score_topsis(ratings({"x": [1, 2], "y": [2, 1]})), ["shop", "by="], ["by="]),
    ("one group", lambda: csi.score_topsis(ratings({"x": [1, 2], "y": [2, 1], "g": ["a", "a"]}, case="g")),
     ["1 cases"], ["1 个"]),
    ("unknown cost", lambda: csi.score_topsis(GRID, cost=["z"]), ["z", "x, y"], ["z", "x、y"]),
    ("unknown criterion", lambda: csi.score_topsis(GRID, ["z"]), ["z", "x, y"], ["z"]),
    ("weights do not sum", lambda: csi.score_topsis(GRID, indicator_weights={"x": 1, "y": 2}), ["x, y", "3"], ["3"]),
    ("weights for others", lambda: csi.score_topsis(GRID, indicator_weights={"x": 1}), ["x", "x, y"], ["x、y"]),
    ("gap in the table", lambda: csi.score_topsis(GRID.replace(2.0, np.nan)), ["(A, y)", "1 empty"], ["(A, y)"]),
    ("words in the table", lambda: csi.score_topsis(GRID.astype(object).replace(2.0, "two")), ["y"], ["y"]),
    ("case twice", lambda: csi.score_topsis(pd.concat([GRID, GRID])), ["A, B"], ["A、B"]),
    ("all alike", lambda: csi.score_topsis(GRID * 0 + 1), ["2 cases", "alike"], ["2 个"]),
    ("by= with a table", lambda: csi.score_topsis(GRID, by="x"), ["by='x'"], ["by='x'"]),
    ("constant criterion", lambda: csi.score_grey(GRID.assign(y=1.0)), ["y"], ["y"]),
    ("rho", lambda: csi.score_grey(GRID, rho=0), ["rho=0", "0.5"], ["rho=0"]),
    ("bca of a closeness", lambda: csi.score_topsis(shops(), interval="bca"), ["'bca'"], ["'bca'"]),
    ("unknown by", lambda: csi.score_topsis(shops(), by="city"), ["city", "shop"], ["city"]),
    ("not cases", lambda: csi.score_grey([[1, 2]]), ["score_grey", "list"], ["score_grey"]),
]  # fmt: skip


@pytest.mark.parametrize(("call", "english", "chinese"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_bad_calls_say_what_to_do(call: Callable[[], object], english: list[str], chinese: list[str]) -> None:
    with pytest.raises(csi.CsiError) as caught:
        call()
    said = {}
    for language, words in (("en", english), ("zh", chinese)):
        with csi.use_language(language):
            said[language] = str(caught.value)
        for word in words:
            assert word in said[language]
        assert "{" not in said[language]
    assert said["en"] != said["zh"]
