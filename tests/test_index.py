"""The weighted index: by hand, under designs, by property, against the bootstrap, by recovery of a truth."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import csi
from csi.measures.index.index_numbers import to_100

TREE = {"Satisfaction": {"weight": 60, "parts": {"s1": 40, "s2": 20}}, "Loyalty": {"weight": 40, "parts": {"l1": 40}}}


GOLDEN = json.loads((Path(__file__).parent / "golden" / "weighted_index.json").read_text(encoding="utf-8"))


def tiny() -> csi.Survey:
    return csi.load_sample("tiny")


def survey_of(columns: dict[str, object], lo: float = 1, hi: float = 5, **roles: str) -> csi.Survey:
    names = [name for name in columns if name not in roles.values() and name != "group"]
    items = {name: csi.Item(name, scale=csi.Scale(lo, hi)) for name in names}
    items |= (
        {"group": csi.Item("group", kind="category")} if "group" in columns and "group" not in roles.values() else {}
    )
    return csi.Survey.from_frame(pd.DataFrame(columns), csi.Codebook(items=items, **roles), name="typed")


# By hand --------------------------------------------------------------------------------------------------------


def test_four_respondents_by_hand():
    """x on 1-5: 1 3 5 5 -> 0 50 100 100, mean 62.5; y: 5 5 3 1 -> 100 100 50 0, mean 62.5; index .7 x + .3 y."""
    survey = survey_of({"x": [1, 3, 5, 5], "y": [5, 5, 3, 1]})
    result = csi.score_index(survey, {"x": 70, "y": 30}, interval="t")
    scores = np.array([30, 65, 85, 70.0])
    assert result.scores()["overall"].tolist() == pytest.approx(scores.tolist())
    whole = result.value("overall")
    assert float(whole) == pytest.approx(62.5)
    assert whole.std_error == pytest.approx(scores.std(ddof=1) / 2)
    assert (whole.lower, whole.upper) == pytest.approx(
        (62.5 - 3.182446 * whole.std_error, 62.5 + 3.182446 * whole.std_error)
    )
    parts = result.tidy("contributions").set_index(["indicator", "kind"])["estimate"]
    assert parts.to_dict() == pytest.approx(
        {("x", "adds"): 43.75, ("y", "adds"): 18.75, ("x", "loses"): 26.25, ("y", "loses"): 11.25}
    )


def test_a_reversed_item_is_turned_round_and_ends_come_from_the_scale():
    items = {"x": csi.Item("x", scale=csi.Scale(1, 5)), "bad": csi.Item("bad", scale=csi.Scale(1, 5), reversed=True)}
    survey = csi.Survey.from_frame({"x": [2, 4], "bad": [2, 4]}, csi.Codebook(items=items))
    result = csi.score_index(survey, {"x": 1, "bad": 1}, policy="global")
    assert result.scores().values.tolist() == [[50, 25, 75], [50, 75, 25]]


def test_the_three_ways_to_points_are_never_the_same():
    """7 on 1-10: 66.667, 70, and the rating 7 itself."""
    survey = survey_of({"x": [7, 7, 6], "y": [7, 7, 6]}, 1, 10)
    found = {
        m: csi.score_index(survey, {"x": 1, "y": 1}, policy="global", method=m)
        for m in ("min_max", "percent_of_max", "rating")
    }
    first = {method: result.scores()["overall"][0] for method, result in found.items()}
    assert first == pytest.approx({"min_max": 200 / 3, "percent_of_max": 70, "rating": 7})
    loses = {m: float(r.value("x", "loses", table="contributions")) for m, r in found.items()}
    mean = 20 / 3
    assert loses == pytest.approx(
        {"min_max": 50 - 50 * (mean - 1) / 9, "percent_of_max": 50 - 5 * mean, "rating": 5 - mean / 2}
    )
    codes = {method: [note.code for note in result.notes] for method, result in found.items()}
    assert "mean_percent_of_max" in codes["percent_of_max"]
    assert "index_rating" in codes["rating"]


def test_missing_answers_by_hand():
    """x of 3 people, y of 2: means 50 and 75; complete rows are the first and the last."""
    survey = survey_of({"x": [1, 3, 5], "y": [3, np.nan, 5]})
    some = csi.score_index(survey, {"x": 50, "y": 50})
    assert float(some.value("overall")) == pytest.approx(0.5 * 50 + 0.5 * 75)
    assert some.tidy()["n"].tolist() == [2, 3, 2]
    assert some.scores()["overall"].tolist() == pytest.approx([25, 50, 100])
    complete = csi.score_index(survey, {"x": 50, "y": 50}, missing="complete")
    assert complete.tidy()["estimate"].tolist() == pytest.approx([62.5, 50, 75])
    assert complete.tidy()["n"].tolist() == [2, 2, 2]
    assert np.isnan(complete.scores()["overall"][1])
    assert "index_complete" in [note.code for note in complete.notes]


def test_weights_that_differ_are_said_and_fail_their_check():
    result = csi.score_index(tiny(), {"s1": 60, "s2": 46}, policy="global")
    assert "tree_global" in [note.code for note in result.notes]
    line = result.check().set_index("check").loc["tree_sums"]
    assert not line["ok"]
    assert line["value"] == pytest.approx(0.06)
    checks = csi.score_index(tiny(), {"s1": 60, "s2": 40}).check().set_index("check")["ok"]
    assert checks.to_dict() == {"few_respondents": False, "tree_sums": True}


# Properties -----------------------------------------------------------------------------------------------------


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 5), st.integers(1, 5), st.integers(1, 5)), min_size=3, max_size=12),
    st.tuples(st.integers(1, 9), st.integers(1, 9), st.integers(1, 9)),
    st.floats(0.1, 50),
)
def test_the_index_lies_within_its_items_and_survey_weights_have_no_unit(rows, weights, factor):
    frame = pd.DataFrame(rows, columns=["a", "b", "c"])
    frame["w"] = np.linspace(1, 2, len(frame))
    tree = dict(zip("abc", weights, strict=True))
    one = csi.score_index(survey_of(frame, weight="w"), tree, policy="global")
    table = one.tidy().set_index("indicator")["estimate"]
    assert table[["a", "b", "c"]].min() - 1e-9 <= table["overall"] <= table[["a", "b", "c"]].max() + 1e-9
    other = csi.score_index(survey_of(frame.assign(w=frame["w"] * factor), weight="w"), tree, policy="global")
    np.testing.assert_allclose(
        other.tidy()[["estimate", "std_error"]], one.tidy()[["estimate", "std_error"]], atol=1e-9
    )
    adds = one.tidy("contributions").query("kind == 'adds'")["estimate"].sum()
    loses = one.tidy("contributions").query("kind == 'loses'")["estimate"].sum()
    assert adds == pytest.approx(table["overall"])
    assert adds + loses == pytest.approx(100)


def test_nested_and_flattened_trees_give_the_same_index_and_error():
    nested = csi.score_index(tiny(), TREE).value("overall")
    flat = csi.score_index(tiny(), {"s1": 40, "s2": 20, "l1": 40}).value("overall")
    assert (float(nested), nested.std_error) == pytest.approx((float(flat), flat.std_error), abs=1e-9)


def test_the_order_of_respondents_does_not_matter():
    sample = csi.load_sample("mobile")
    tree = {"sat_overall": 50, "sat_expectations": 50}
    turned = csi.Survey.from_frame(sample.answers.iloc[::-1], sample.codebook, name="mobile")
    one, other = (csi.score_index(survey, tree).tidy() for survey in (sample, turned))
    np.testing.assert_allclose(one[["estimate", "std_error"]], other[["estimate", "std_error"]], rtol=1e-10)


def test_to_100_inverts():
    values = np.array([[1.0, 3.0], [5.0, 7.0]])
    lo, hi = np.array([1, 1]), np.array([5, 7])
    assert (lo + to_100(values, lo, hi) / 100 * (hi - lo)).tolist() == values.tolist()


# Errors of the index --------------------------------------------------------------------------------------------


def test_errors_under_a_design_are_those_of_the_mean_score():
    """On complete rows the index is the weighted mean of scores: a ratio over clusters within strata, by hand."""
    sample = csi.load_sample("mobile")
    names = ["sat_overall", "sat_expectations", "sat_ideal"]
    frame = sample.answers.dropna(subset=names)
    survey = csi.Survey.from_frame(frame, sample.codebook, name="mobile")
    result = csi.score_index(survey, dict(zip(names, (50, 30, 20), strict=True)))
    y = result.scores()["overall"].to_numpy()
    book = sample.codebook
    w = frame[book.weight].to_numpy()
    mean = w @ y / w.sum()
    moved = pd.DataFrame({"u": w * (y - mean) / w.sum(), "h": frame[book.strata], "c": frame[book.cluster]})
    units = moved.groupby(["h", "c"], observed=True)["u"].sum().reset_index()
    variance = sum(len(part) * part["u"].var(ddof=1) for _, part in units.groupby("h", observed=True) if len(part) > 1)
    whole = result.value("overall")
    assert float(whole) == pytest.approx(mean, abs=1e-9)
    assert whole.std_error == pytest.approx(np.sqrt(variance), rel=1e-6)


def test_the_index_of_the_mobile_sample_is_that_of_r_survey():
    """Means, errors, limits, domains and a contrast of domains under strata, clusters and weights, within 1e-8."""
    items = {"sat_overall": 0.75, "sat_ideal": 0.25}
    image = dict.fromkeys(["image_trust", "image_stable", "image_society"], 1 / 3)
    tree = {"satisfaction": {"weight": 0.4, "parts": items}, "image": {"weight": 0.6, "parts": image}}
    sample, expected = csi.load_sample("mobile"), GOLDEN["index"]
    result = csi.score_index(sample, tree, missing="complete", interval="t")
    for name, node in (("index", "overall"), ("satisfaction", "satisfaction"), ("image", "image")):
        found = result.value(node)
        assert float(found) == pytest.approx(expected["mean"][name], abs=1e-8)
        assert found.std_error == pytest.approx(expected["se"][name], abs=1e-8)
    whole = result.value("overall")
    assert (whole.lower, whole.upper) == pytest.approx((expected["lower"], expected["upper"]), abs=1e-8)
    assert whole.n == expected["n"]
    groups = csi.score_index(sample, tree, missing="complete", by="operator")
    for name, mean in expected["groups"].items():
        assert float(groups.value(name, "overall")) == pytest.approx(mean, abs=1e-8)
        assert groups.value(name, "overall").std_error == pytest.approx(expected["groups_se"][name], abs=1e-8)
    difference = groups.contrast({("Amber", "overall"): 1, ("Birch", "overall"): -1})
    assert float(difference) == pytest.approx(expected["difference"], abs=1e-8)
    assert difference.std_error == pytest.approx(expected["difference_se"], abs=1e-8)


def test_linearised_errors_agree_with_the_bootstrap():
    sample = csi.load_sample("mobile")
    tree = {"sat": {"sat_overall": 40, "sat_ideal": 20}, "image": {"image_trust": 40}}
    fast = csi.score_index(sample, tree).tidy()
    drawn = csi.score_index(sample, tree, inference="bootstrap", n_boot=2000).tidy()
    ratio = (fast["std_error"] / drawn["std_error"]).to_numpy()
    assert ((ratio > 0.95) & (ratio < 1.05)).all()


def test_groups_are_domains_with_the_same_weights():
    """Group b by hand: 75 and 25, mean 50, se of a domain mean sqrt(4/3 (12.5^2 + 12.5^2)) with n = 4."""
    survey = survey_of({"x": [1, 2, 4, 2], "group": list("aabb")})
    result = csi.score_index(survey, {"x": 1}, by="group")
    row = result.tidy().set_index(["group", "indicator"]).loc[("b", "overall")]
    assert row["estimate"] == pytest.approx(50)
    assert row["std_error"] == pytest.approx(np.sqrt(4 / 3 * 2 * 12.5**2))
    difference = result.contrast({("b", "overall"): 1, ("a", "overall"): -1})
    assert float(difference) == pytest.approx(50 - 12.5)


def test_a_finite_population_shrinks_the_error():
    columns = {"x": [1, 2, 4, 5], "pop": [8] * 4}
    without = csi.score_index(survey_of({"x": columns["x"]}), {"x": 1}).value("overall")
    finite = csi.score_index(survey_of(columns, population="pop"), {"x": 1}).value("overall")
    assert finite.std_error == pytest.approx(without.std_error * np.sqrt(1 - 4 / 8))


def test_the_interval_holds_a_planted_truth():
    """400 samples of 60 from a known population: about 95 % of the intervals hold its index."""
    rng = np.random.default_rng(7)
    level = rng.normal(0, 1, 100_000)
    population = np.clip(np.rint(3 + level[:, None] * 0.7 + rng.normal(0, 0.8, (100_000, 3))), 1, 5)
    truth = ((population - 1) * 25 @ np.array([0.5, 0.3, 0.2])).mean()
    hits = 0
    for _ in range(400):
        rows = population[rng.integers(0, len(population), 60)]
        survey = survey_of(dict(zip("abc", rows.T, strict=True)))
        whole = csi.score_index(survey, {"a": 50, "b": 30, "c": 20}).value("overall")
        hits += whole.lower <= truth <= whole.upper
    assert 0.92 <= hits / 400 <= 0.98  # two errors of the simulation around .95


# Bad calls ------------------------------------------------------------------------------------------------------


def private() -> csi.Survey:
    book = dataclasses.replace(tiny().codebook, private=("s1",))
    return csi.Survey.from_frame(tiny().answers, book)


def no_scale() -> csi.Survey:
    items = {"x": csi.Item("x", kind="number"), "y": csi.Item("y", scale=csi.Scale(1, 5))}
    return csi.Survey.from_frame({"x": [1.5, 200.0], "y": [1, 2]}, csi.Codebook(items=items), name="typed")


def mixed(lo: float = 1) -> csi.Survey:
    items = {"x": csi.Item("x", scale=csi.Scale(lo, 10)), "y": csi.Item("y", scale=csi.Scale(1, 5))}
    return csi.Survey.from_frame({"x": [1, 2], "y": [1, 2]}, csi.Codebook(items=items), name="typed")


BOTH = {"x": 1, "y": 1}
BAD = [
    (lambda: csi.score_index([1], BOTH), ["score_index", "list"], ["score_index", "list"]),
    (lambda: csi.score_index(tiny(), {"s9": 100}), ["s9", "s1"], ["s9", "s1"]),
    (lambda: csi.score_index(tiny(), {"s1": 50, "s2": 56}), ["overall", "106", "policy"], ["overall", "106", "policy"]),
    (lambda: csi.score_index(private(), {"s1": 100}), ["1", "private"], ["1", "隐私"]),
    (lambda: csi.score_index(no_scale(), BOTH, policy="global"), ["typed", "x", "scale"], ["typed", "x", "量表"]),
    (
        lambda: csi.score_index(mixed(), BOTH, policy="global", method="rating"),
        ["x 1-10", "y 1-5"],
        ["x 1-10", "y 1-5"],
    ),
    (
        lambda: csi.score_index(mixed(-5), BOTH, policy="global", method="percent_of_max"),
        ["x", "-5", "min_max"],
        ["x", "-5", "min_max"],
    ),
    (lambda: csi.score_index(tiny(), {"s1": 1}, method="best"), ["method", "best", "min_max"], ["method", "min_max"]),
    (lambda: csi.score_index(tiny(), {"s1": 1}, missing="drop"), ["missing", "available"], ["missing", "available"]),
    (
        lambda: csi.score_index(tiny(), {"s1": 1}, policy="scale"),
        ["policy", "within_group"],
        ["policy", "within_group"],
    ),
    (lambda: csi.score_index(tiny(), {"s1": 1}, inference="normal"), ["inference", "normal"], ["inference", "normal"]),
    (lambda: csi.score_index(tiny(), {"s1": 1}, by="shop"), ["shop", "q1"], ["shop", "q1"]),
]


@pytest.mark.parametrize(("call", "english", "chinese"), BAD)
def test_one_clear_sentence(call, english, chinese):
    for language, words in (("en", english), ("zh", chinese)):
        with csi.use_language(language):
            with pytest.raises(csi.CsiError) as caught:
                call()
            assert all(word in str(caught.value) for word in words), str(caught.value)


def test_a_private_indicator_is_not_named():
    with pytest.raises(csi.DataError) as caught:
        csi.score_index(private(), {"s1": 100})
    assert "s1" not in str(caught.value)
