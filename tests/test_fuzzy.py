"""Fuzzy comprehensive evaluation: the published examples, the four operators, trees, the decision and its errors."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import csi
from csi.measures.evaluation.fuzzy import label_sets
from csi.measures.evaluation.given_weights import read_tree
from csi.measures.evaluation.membership import (
    OPERATORS,
    compose,
    compose_tree,
    composed,
    indicators,
    influence_columns,
    leads,
    normalised,
    top_ratio,
)

GOLDEN = json.loads((Path(__file__).parent / "golden" / "criteria.json").read_text(encoding="utf-8"))
# The garment example (METHODS C.6): five criteria in four grades, best grade first.
WEIGHTS = [0.1, 0.1, 0.15, 0.3, 0.35]
GARMENT = pd.DataFrame(
    [[0.2, 0.5, 0.3, 0], [0.1, 0.3, 0.5, 0.1], [0, 0.1, 0.6, 0.3], [0, 0.4, 0.5, 0.1], [0.5, 0.3, 0.2, 0]],
    index=["colour", "pattern", "style", "durability", "price"],
    columns=["very good", "good", "average", "poor"],
)
# operator: raw, normalised, place of the winner
PUBLISHED = {
    "product_sum": ([0.205, 0.320, 0.390, 0.085], [0.205, 0.320, 0.390, 0.085], 2),
    "min_max": ([0.35, 0.30, 0.30, 0.15], [0.3182, 0.2727, 0.2727, 0.1364], 0),
    "product_max": ([0.175, 0.120, 0.150, 0.045], [0.3571, 0.2449, 0.3061, 0.0918], 0),
    "min_sum": ([0.55, 0.90, 0.85, 0.35], [0.2075, 0.3396, 0.3208, 0.1321], 1),
}


def survey(answers: dict[str, list], hi: int = 3, **roles: str) -> csi.Survey:
    named = set(roles.values())
    items = {name: csi.Item(name, scale=csi.Scale(1, hi)) for name in answers if name not in named}
    return csi.Survey.from_frame(answers, csi.Codebook(items=items, **roles), name="shop")


@pytest.mark.parametrize("operator", OPERATORS)
def test_the_garment_example_picks_another_winner_by_operator(operator: str) -> None:
    raw, shares, winner = PUBLISHED[operator]
    found = compose(np.array(WEIGHTS), GARMENT.to_numpy(), operator)
    np.testing.assert_allclose(found, raw, atol=1e-12)
    np.testing.assert_allclose(normalised(found), shares, atol=5e-5)
    assert int(found.argmax()) == winner


@pytest.mark.parametrize("operator", OPERATORS)
def test_a_printed_table_gives_the_same_numbers_without_errors(operator: str) -> None:
    result = csi.score_fuzzy(GARMENT, indicator_weights=dict(zip(GARMENT.index, WEIGHTS, strict=True)),
                             operator=operator, grade_values=[100, 80, 60, 40])  # fmt: skip
    raw, shares, winner = PUBLISHED[operator]
    grades = result.tidy("fuzzy_grades")
    np.testing.assert_allclose(grades.loc[grades["kind"] == "raw", "estimate"], raw, atol=1e-12)
    np.testing.assert_allclose(grades.loc[grades["kind"] == "normalised", "estimate"], shares, atol=5e-5)
    assert grades["std_error"].isna().all()
    lead = result.tidy("fuzzy_decision").set_index("grade")["estimate"]
    assert lead[lead > 0].index.tolist() == [GARMENT.columns[winner]]
    exact = np.array(raw) / sum(raw)
    assert float(result.value("fuzzy_score")) == pytest.approx(exact @ [100, 80, 60, 40])
    assert float(result.value("weighted_mean")) == pytest.approx(
        np.array(WEIGHTS) @ GARMENT.to_numpy() @ [100, 80, 60, 40]
    )
    ordered = sorted(raw)
    assert float(result.value("top_ratio", table="fuzzy_ratio")) == pytest.approx(ordered[-1] / ordered[-2])
    assert any("no sampling error" in str(note) for note in result.notes)


def test_the_restaurant_example() -> None:
    shares = np.array([[0.5, 0.3, 0.2, 0], [0.2, 0.4, 0.3, 0.1], [0.1, 0.3, 0.5, 0.1], [0, 0.2, 0.4, 0.4]])
    np.testing.assert_allclose(compose(np.array([0.4, 0.3, 0.2, 0.1]), shares, "product_sum"), [0.28, 0.32, 0.31, 0.09])


def test_a_printed_table_has_no_score_unless_the_grades_are_worth_something() -> None:
    result = csi.score_fuzzy(GARMENT)
    assert result.headline == "fuzzy_grades"
    assert "fuzzy_score" not in result.tables
    assert any("grade_values=" in str(note) for note in result.notes)


def test_by_hand_on_four_respondents() -> None:
    """Weights .6 .4; service 1 2 3 3, price 3 2 - 2: r = (1/4 1/4 1/2), (0 2/3 1/3)."""
    result = csi.score_fuzzy(
        survey({"service": [1, 2, 3, 3], "price": [3, 2, None, 2]}), indicator_weights={"service": 0.6, "price": 0.4}
    )
    membership = result.tidy("fuzzy_membership")
    np.testing.assert_allclose(membership["estimate"], [1 / 4, 1 / 4, 1 / 2, 0, 2 / 3, 1 / 3])
    assert membership["n"].tolist() == [4, 4, 4, 3, 3, 3]
    grades = result.tidy("fuzzy_grades").query("kind == 'normalised'")
    np.testing.assert_allclose(grades["estimate"], [0.15, 0.15 + 0.8 / 3, 0.3 + 0.4 / 3])
    # grade values 0, 50, 100
    assert float(result.value("fuzzy_score")) == pytest.approx(50 * (0.15 + 0.8 / 3) + 100 * (0.3 + 0.4 / 3))
    lead = result.tidy("fuzzy_decision")["estimate"].tolist()
    assert lead == pytest.approx([0.15 - 13 / 30, (0.15 + 0.8 / 3) - 13 / 30, 13 / 30 - (0.15 + 0.8 / 3)])


def test_the_error_of_the_score_is_that_of_the_mean_of_scores() -> None:
    """With M(.,+) and nothing missing the score is the mean of respondents' scores: its error is sd / sqrt(n)."""
    rng = np.random.default_rng(5)
    answers = {name: rng.integers(1, 6, 60).tolist() for name in "abc"}
    result = csi.score_fuzzy(survey(answers, 5), indicator_weights={"a": 50, "b": 30, "c": 20})
    scores = (pd.DataFrame(answers) - 1) / 4 * 100 @ [0.5, 0.3, 0.2]
    row = result.value("fuzzy_score")
    assert float(row) == pytest.approx(scores.mean())
    assert row.std_error == pytest.approx(scores.std() / np.sqrt(60))
    difference = result.value("difference")
    assert float(difference) == 0
    assert difference.std_error == 0


def test_memberships_and_the_lead_agree_with_r_under_the_design() -> None:
    """R survey 4.1: svymean of each grade's share and svycontrast of the two largest, strata, clusters and weights."""
    names = GOLDEN["entropy"]["items"]
    mobile = csi.load_sample("mobile")
    complete = ~np.isnan(mobile.matrix(names)).any(axis=1)
    assert complete.sum() == GOLDEN["fuzzy"]["n"]
    frame = mobile.answers
    frame.loc[~complete, names] = np.nan  # as R's subset(design, complete)
    part = csi.Survey.from_frame(frame, dataclasses.replace(mobile.codebook, missing_codes={}), name="mobile")
    result = csi.score_fuzzy(
        part, names, indicator_weights=dict(zip(names, GOLDEN["fuzzy"]["weights"], strict=True)),
        grades={"low": range(1, 5), "middle": range(5, 8), "high": range(8, 11)},
    )  # fmt: skip
    grades = result.tidy("fuzzy_grades").query("kind == 'normalised'")
    np.testing.assert_allclose(grades["estimate"], GOLDEN["fuzzy"]["estimate"], atol=1e-10)
    np.testing.assert_allclose(grades["std_error"], GOLDEN["fuzzy"]["se"], rtol=1e-8)
    lead = result.value("high", table="fuzzy_decision")
    assert float(lead) == pytest.approx(GOLDEN["fuzzy"]["lead"], abs=1e-10)
    assert lead.std_error == pytest.approx(GOLDEN["fuzzy"]["lead_se"], rel=1e-8)


@pytest.mark.parametrize("operator", OPERATORS)
def test_linearised_and_bootstrap_errors_agree_away_from_kinks(operator: str) -> None:
    rng = np.random.default_rng(8)
    answers = {
        "a": rng.choice([1, 2, 3], 400, p=[0.1, 0.35, 0.55]).tolist(),
        "b": rng.choice([1, 2, 3], 400, p=[0.05, 0.6, 0.35]).tolist(),
    }
    data = survey(answers)
    weights = {"a": 0.75, "b": 0.25}
    linear = csi.score_fuzzy(data, indicator_weights=weights, operator=operator).tidy("fuzzy_grades")
    drawn = csi.score_fuzzy(
        data, indicator_weights=weights, operator=operator, inference="bootstrap", n_boot=1500
    ).tidy("fuzzy_grades")  # fmt: skip
    moved = linear["std_error"] > 0
    assert moved.any()
    ratio = drawn.loc[moved, "std_error"] / linear.loc[moved, "std_error"]
    assert ratio.between(0.9, 1.1).all()
    np.testing.assert_allclose(linear["estimate"], drawn["estimate"])


def test_at_a_kink_the_bootstrap_is_wider_and_a_note_says_so() -> None:
    """The share of grade 2 in item a is about its weight's rival: min(a, r) changes its mind from sample to sample."""
    rng = np.random.default_rng(8)
    answers = {
        "a": rng.choice([1, 2, 3], 400, p=[0.1, 0.3, 0.6]).tolist(),
        "b": rng.choice([1, 2, 3], 400, p=[0.2, 0.45, 0.35]).tolist(),
    }
    data, weights = survey(answers), {"a": 0.7, "b": 0.3}
    linear = csi.score_fuzzy(data, indicator_weights=weights, operator="min_max")
    drawn = csi.score_fuzzy(
        data, indicator_weights=weights, operator="min_max", inference="bootstrap", n_boot=1500
    )  # fmt: skip
    key = ("normalised", "2")
    wide = drawn.value(*key, table="fuzzy_grades").std_error
    assert wide > 1.4 * linear.value(*key, table="fuzzy_grades").std_error
    assert any("kink" in str(note) for note in linear.notes)


def test_a_tree_is_composed_level_by_level() -> None:
    """Product 60 (quality 2/3, packaging 1/3), service 40; min-max by hand, each level normalised before the next."""
    membership = {
        "quality": np.array([0.1, 0.3, 0.6]),
        "packaging": np.array([0.5, 0.25, 0.25]),
        "staff": np.array([0.2, 0.5, 0.3]),
    }
    tree = read_tree({"product": (60, {"quality": 40, "packaging": 20}), "staff": 40}, list(membership))
    assert dict(tree.leaves()) == pytest.approx({"quality": 0.4, "packaging": 0.2, "staff": 0.4})
    raw, aspects = compose_tree(tree, membership, "min_max")
    below = np.array([max(0.1, 1 / 3), max(0.3, 0.25), max(0.6, 0.25)])
    np.testing.assert_allclose(aspects["product"], below / below.sum())
    rows = np.stack([below / below.sum(), membership["staff"]])
    np.testing.assert_allclose(raw, np.minimum(np.array([[0.6], [0.4]]), rows).max(axis=0))
    flat, _ = compose_tree(tree, membership, "product_sum")
    np.testing.assert_allclose(
        flat, 0.4 * membership["quality"] + 0.2 * membership["packaging"] + 0.4 * membership["staff"]
    )


def test_a_deep_tree_names_its_aspects_in_order() -> None:
    data = survey({"a": [1, 2, 3, 1], "b": [2, 2, 3, 1], "c": [3, 3, 1, 2], "d": [1, 1, 2, 3]})
    tree = {"x": (0.7, {"y": (0.5, {"a": 0.4, "b": 0.6}), "c": 0.5}), "d": 0.3}
    result = csi.score_fuzzy(data, indicator_weights=tree)
    found = result.tidy("fuzzy_aspects").set_index(["aspect", "grade"])["estimate"]
    shares = {name: np.bincount(data.answers[name].astype(int), minlength=4)[1:] / 4 for name in "abcd"}
    y = 0.4 * shares["a"] + 0.6 * shares["b"]
    np.testing.assert_allclose(found["y"], y)
    np.testing.assert_allclose(found["x"], 0.5 * y + 0.5 * shares["c"])
    assert result.value("y", "1", table="fuzzy_aspects").std_error > 0


def test_an_indicator_tree_is_the_same_tree() -> None:
    data = survey({"a": [1, 2, 3, 1], "b": [2, 2, 3, 1], "c": [3, 3, 1, 2]})
    tree = csi.IndicatorTree.parse("""
    product 60
      a 40
      b 20
    c 40
    """)
    nested = {"product": (60, {"a": 40, "b": 20}), "c": 40}
    for name in ("fuzzy_score", "fuzzy_grades", "fuzzy_aspects"):
        one = csi.score_fuzzy(data, indicator_weights=tree, operator="min_max").tidy(name)
        pd.testing.assert_frame_equal(
            one, csi.score_fuzzy(data, indicator_weights=nested, operator="min_max").tidy(name)
        )
    wrong = csi.IndicatorTree.parse(
        """
    product 60
      a 40
      b 25
    c 40
    """,
        basis="points",
    )
    with pytest.raises(csi.DataError, match="product"):
        csi.score_fuzzy(data, indicator_weights=wrong)


def test_groups_are_domains_and_a_new_group_changes_no_other() -> None:
    answers = {"a": [1, 2, 3, 3, 2, 1, 3, 2], "b": [1, 3, 3, 2, 2, 2, 1, 3]}
    two = survey(answers | {"branch": ["x"] * 4 + ["y"] * 4}, case="branch")
    result = csi.score_fuzzy(two, ["a", "b"], by="branch")
    assert result.tidy()["group"].unique().tolist() == ["x", "y"]
    alone = csi.score_fuzzy(survey({name: column[:4] for name, column in answers.items()}), ["a", "b"])
    np.testing.assert_allclose(
        result.tidy("fuzzy_grades").query("group == 'x'")["estimate"], alone.tidy("fuzzy_grades")["estimate"]
    )


def test_labels_name_the_grades_and_reversed_items_are_turned_round() -> None:
    labels = {1: {"zh": "不满意", "en": "bad"}, 2: {"zh": "一般", "en": "fair"}, 3: {"zh": "满意", "en": "good"}}
    items = {
        "a": csi.Item("a", scale=csi.Scale(1, 3, labels)),
        "b": csi.Item("b", scale=csi.Scale(1, 3), reversed=True),
    }
    data = csi.Survey.from_frame({"a": [3, 3, 2], "b": [1, 1, 2]}, csi.Codebook(items=items))
    with csi.use_language("zh"):
        result = csi.score_fuzzy(data)
        assert any("满意 100" in str(note) for note in result.notes)
    table = result.tidy("fuzzy_membership")
    assert table["grade"].tolist() == ["bad", "fair", "good"] * 2
    np.testing.assert_allclose(table["estimate"], [0, 1 / 3, 2 / 3] * 2)


def test_an_unsure_decision_is_said_with_its_label_set() -> None:
    even = survey({"a": [2, 3] * 20 + [1], "b": [2, 3] * 20 + [3]})
    check = csi.score_fuzzy(even).check().set_index("check")
    assert not check.loc["fuzzy_decision", "ok"]
    assert "2, 3" in check.loc["fuzzy_decision", "meaning"]
    clear = survey({"a": [3] * 38 + [1, 2, 2], "b": [3] * 38 + [2, 1, 1]})
    check = csi.score_fuzzy(clear).check().set_index("check")
    assert check.loc["fuzzy_decision", "ok"]
    assert "3" in check.loc["fuzzy_decision", "meaning"]


def test_tied_grades_are_decided_for_together() -> None:
    """M(min,max) with equal weights is cut to 1/2 in both grades."""
    result = csi.score_fuzzy(survey({"a": [2] * 9 + [3] * 11, "b": [3] * 11 + [2] * 9}, 3), operator="min_max")
    decided, kept = label_sets(result.table("fuzzy_decision"))[""]
    assert decided == "3"
    both = csi.score_fuzzy(survey({"a": [2] * 20, "b": [3] * 20}, 3), operator="min_max")
    decided, kept = label_sets(both.table("fuzzy_decision"))[""]
    assert decided == "2 = 3"
    assert kept == ["2", "3"]


def test_the_label_set_holds_the_best_grade_as_often_as_it_says() -> None:
    """2,000 samples of 150: two grades tie for best in the population; both must stay in at least 93 % of sets."""
    rng = np.random.default_rng(3)
    n, reps, p = 150, 2000, np.array([0.2, 0.4, 0.4])
    counts = rng.multinomial(n, p, size=reps) / n
    from csi.inference.intervals import Linear, quantile_of

    reach = quantile_of(n - 1, 0.05 / 2)
    kept = 0
    for share in counts:
        cov = (np.diag(share) - np.outer(share, share)) / (n - 1)
        lead = leads(share)
        slopes = np.eye(3)
        for i in range(3):
            rival = max((j for j in range(3) if j != i), key=lambda j: share[j])
            slopes[i, rival] -= 1
        error = Linear(lead, slopes @ cov @ slopes.T, n - 1).std_error
        kept += bool((lead[1:] + reach * error[1:] >= 0).all())
    assert kept / reps >= 0.93


def test_a_grade_that_nobody_used_is_said() -> None:
    check = csi.score_fuzzy(survey({"a": [1, 2, 2, 1], "b": [2, 2, 1, 1]}, 4)).check().set_index("check")
    assert not check.loc["fuzzy_grades_used", "ok"]
    assert "3, 4" in check.loc["fuzzy_grades_used", "meaning"]


def test_numbers_do_not_write_in_place() -> None:
    place = np.array([[0, 3], [1, 2]])
    before = place.copy()
    found = indicators(place, 3)
    np.testing.assert_array_equal(place, before)
    np.testing.assert_array_equal(found, [[1, 0, 0, np.nan, np.nan, np.nan], [0, 1, 0, 0, 0, 1]])


@pytest.mark.parametrize("operator", OPERATORS)
def test_influence_columns_give_the_errors_of_the_columns_of_zeros_and_ones(operator: str) -> None:
    """With gaps, weights and domains: the same means and the same linearised covariance as by the chain rule."""
    from csi.inference.design import Design
    from csi.inference.means import Sample, linearise

    rng = np.random.default_rng(11)
    n, v, names = 300, 3, ["a", "b"]
    place = rng.choice(4, (n, 2), p=[0.2, 0.3, 0.4, 0.1])
    codes = rng.integers(-1, 2, n)
    weight = rng.uniform(0.5, 2, n)
    tree = read_tree({"a": 0.75, "b": 0.25}, names)
    values = np.array([0.0, 50, 100])

    def numbers(shares: np.ndarray) -> np.ndarray:
        return composed(tree, shares, names, operator, values)

    short = influence_columns(place, v, weight, codes, numbers)
    design = Design(n, weight=weight)
    one = linearise(Sample(short, design, codes, ("x", "y")), lambda domain, whole: {"all": domain.mean})
    long = linearise(
        Sample(indicators(place, v), design, codes, ("x", "y")),
        lambda domain, whole: {"all": numbers(domain.mean.reshape(2, v, -1))},
    )
    np.testing.assert_allclose(one.cov, long.cov, rtol=1e-5, atol=1e-8)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.floats(0.05, 1), min_size=2, max_size=5),
    st.integers(2, 5),
    st.integers(0, 10_000),
)
def test_operators_keep_their_order(weights: list[float], v: int, seed: int) -> None:
    """B lies in 0-1; product <= min, max <= bounded sum; M(.,+) sums to 1; the order of criteria does not matter."""
    a = np.array(weights) / sum(weights)
    r = np.random.default_rng(seed).dirichlet(np.ones(v), size=len(a))
    found = {operator: compose(a, r, operator) for operator in OPERATORS}
    for grades in found.values():
        assert (grades >= 0).all()
        assert (grades <= 1 + 1e-12).all()
    assert (found["product_max"] <= found["min_max"] + 1e-12).all()
    assert (found["min_max"] <= found["min_sum"] + 1e-12).all()
    assert found["product_sum"].sum() == pytest.approx(1)
    for operator, grades in found.items():
        np.testing.assert_allclose(compose(a[::-1], r[::-1], operator), grades)
    assert top_ratio(found["product_sum"]) >= 1
    assert (leads(found["product_sum"]) > 1e-15).sum() <= 1


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000))
def test_the_scale_of_survey_weights_and_the_order_of_rows_do_not_matter(seed: int) -> None:
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"a": rng.integers(1, 4, 30), "b": rng.integers(1, 4, 30), "w": rng.uniform(0.5, 2, 30)})
    items = {name: csi.Item(name, scale=csi.Scale(1, 3)) for name in "ab"}
    book = csi.Codebook(items=items, weight="w")

    def tidy(table: pd.DataFrame) -> pd.DataFrame:
        data = csi.Survey.from_frame(table, book, name="shop")
        return csi.score_fuzzy(data, operator="product_max", indicator_weights={"a": 0.8, "b": 0.2}).tidy()

    base = tidy(frame)
    for other in (frame.assign(w=frame["w"] * 7), frame.sample(frac=1, random_state=1)):
        pd.testing.assert_frame_equal(tidy(other), base, rtol=1e-6, atol=1e-9)


GOOD = {"a": [1, 2, 3, 2], "b": [3, 2, 1, 2]}


def mixed() -> csi.Survey:
    items = {"a": csi.Item("a", scale=csi.Scale(1, 3)), "b": csi.Item("b", scale=csi.Scale(1, 5))}
    return csi.Survey.from_frame(GOOD, csi.Codebook(items=items), name="shop")


BAD: list[tuple[str, Callable[[], object], list[str], list[str]]] = [
    ("unknown operator", lambda: csi.score_fuzzy(survey(GOOD), operator="max"), ["'max'", "product_sum, min_max"],
     ["'max'", "min_sum"]),
    ("weights do not sum", lambda: csi.score_fuzzy(survey(GOOD), indicator_weights={"a": 0.6, "b": 0.5}),
     ["a, b", "1.1", "1, 100"], ["a、b", "1.1"]),
    ("aspect does not sum",
     lambda: csi.score_fuzzy(survey(GOOD), indicator_weights={"x": (100, {"a": 30, "b": 76})}),
     ["a, b", "106", "1, 100"], ["a、b", "106"]),
    ("negative weight", lambda: csi.score_fuzzy(survey(GOOD), indicator_weights={"a": 1.5, "b": -0.5}), ["b: -0.5"],
     ["b: -0.5"]),
    ("weight of another item",
     lambda: csi.score_fuzzy(survey(GOOD), ["a", "b"], indicator_weights={"a": 0.5, "c": 0.5}),
     ["a, c", "a, b"], ["a、c", "a、b"]),
    ("item twice in the tree",
     lambda: csi.score_fuzzy(survey(GOOD), ["a", "b"],
                             indicator_weights={"x": (0.5, {"a": 1}), "y": (0.5, {"a": 0.5, "b": 0.5})}),
     ["a", "one place"], ["a", "一处"]),
    ("empty grade", lambda: csi.score_fuzzy(survey(GOOD), grades={"low": [1, 2, 3], "high": []}),
     ["'high'", "1-3"], ["'high'", "1-3"]),
    ("grade outside the scale", lambda: csi.score_fuzzy(survey(GOOD), grades={"low": [1, 2], "high": [3, 4]}),
     ["'high'", "4", "1-3"], ["'high'", "4"]),
    ("grades with a gap", lambda: csi.score_fuzzy(survey(GOOD), grades={"low": [1], "high": [3]}), ["2", "1-3"],
     ["2", "1-3"]),
    ("grades that overlap", lambda: csi.score_fuzzy(survey(GOOD), grades={"low": [1, 2], "high": [2, 3]}),
     ["2", "'high'"], ["2", "'high'"]),
    ("one grade", lambda: csi.score_fuzzy(survey(GOOD), grades={"all": [1, 2, 3]}), ["1 grades", "2"], ["1 个", "2"]),
    ("two scales", lambda: csi.score_fuzzy(mixed()), ["shop", "a (1-3), b (1-5)"], ["shop", "a (1-3)、b (1-5)"]),
    ("grade values", lambda: csi.score_fuzzy(survey(GOOD), grade_values=[10, 20]), ["10, 20", "1, 2, 3"],
     ["10、20", "1、2、3"]),
    ("grade values of other grades", lambda: csi.score_fuzzy(survey(GOOD), grade_values={"x": 1, "y": 2, "z": 3}),
     ["x, y, z", "1, 2, 3"], ["x、y、z"]),
    ("memberships do not sum", lambda: csi.score_fuzzy(GARMENT * 1.1), ["colour (1.1)"], ["colour (1.1)"]),
    ("unknown row", lambda: csi.score_fuzzy(GARMENT, ["smell"]), ["smell", "colour"], ["smell", "colour"]),
    ("unknown item", lambda: csi.score_fuzzy(survey(GOOD), ["c"]), ["c", "a, b"], ["c", "a、b"]),
    ("not a survey", lambda: csi.score_fuzzy([1, 2]), ["score_fuzzy", "list"], ["score_fuzzy", "list"]),
    ("nobody answered", lambda: csi.score_fuzzy(survey({"a": [1, 2], "b": [None, None]})), ["b", "nobody"], ["b"]),
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
