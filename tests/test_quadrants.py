"""Quadrants: the printed table of Martilla and James, numbers by hand, moving lines, label sets, bad calls."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

import csi
from csi.measures.quality.association import associate
from csi.measures.quality.quadrant_labels import QUADRANTS, lines, quadrant, quadrant_p, side_p

# Martilla and James (1977): importance and performance of 14 attributes of a car dealer's service, 1-4
DEALER = {
    "right first time": (3.83, 2.63), "complaints": (3.63, 2.73), "prompt warranty": (3.60, 3.15),
    "any job": (3.56, 3.00), "available": (3.41, 3.05), "courteous": (3.41, 3.29), "ready": (3.38, 3.03),
    "only necessary": (3.37, 3.11), "low prices": (3.29, 2.00), "clean up": (3.27, 3.02), "near home": (2.52, 2.25),
    "near work": (2.43, 2.49), "courtesy bus": (2.37, 2.35), "notices": (2.05, 3.33),
}  # fmt: skip
TABLE = pd.DataFrame([(name, *row) for name, row in DEALER.items()], columns=["item", "importance", "performance"])


def kinds(result: csi.Result) -> dict[str, str]:
    tidy = result.tidy()
    return dict(zip(tidy["item"], tidy["kind"], strict=True))


def named(result: csi.Result, kind: str) -> set[str]:
    return {item for item, own in kinds(result).items() if own == kind}


def test_the_dealer_of_martilla_and_james():
    by_mean, by_median = csi.score_quadrants(TABLE), csi.score_quadrants(TABLE, cuts="median")
    assert by_mean.tidy("lines")["estimate"].round(5).tolist() == [3.15143, 2.81643]
    assert by_median.tidy("lines")["estimate"].round(10).tolist() == [3.375, 3.010]
    assert named(by_mean, "concentrate_here") == {"right first time", "complaints", "low prices"}
    assert named(by_median, "concentrate_here") == {"right first time", "complaints", "any job"}
    assert named(by_mean, "possible_overkill") == {"notices"}
    assert named(by_mean, "low_priority") == {"near home", "near work", "courtesy bus"}
    moved = {item for item in DEALER if kinds(by_mean)[item] != kinds(by_median)[item]}
    # read off the table: low prices, clean up, only necessary lie below 3.375; any job and ready change their side
    assert moved == {"any job", "low prices", "clean up", "only necessary"}
    middle = csi.score_quadrants(TABLE, cuts=2.5)  # middle of their scale
    assert named(middle, "concentrate_here") == {"low prices", "near home"}
    diagonal = csi.score_quadrants(TABLE, cuts="diagonal")
    assert named(diagonal, "maintain") == {"near work", "notices"}
    assert diagonal.tidy("distances").set_index("item")["estimate"]["notices"] == pytest.approx(1.28)


def test_a_printed_table_has_no_errors_and_says_so():
    result = csi.score_quadrants(TABLE)
    assert result.tidy()["std_error"].isna().all()
    assert "labels" not in result.tables
    assert "quadrants_without_errors" in [note.code for note in result.notes]
    assert csi.score_quadrants(TABLE.to_dict("list")).tidy().equals(result.tidy())


def typed() -> csi.Survey:
    frame = {
        "a": [5, 4, 4, 2, 1, 3], "b": [2, 3, 1, 3, 2, 5], "c": [4, 4, 5, 3, 2, 2],
        "ia": [5, 5, 4, 5, 4, 4], "ib": [2, 1, 3, 2, 2, 1], "ic": [3, 3, 4, 4, 3, 5], "y": [5, 4, 5, 2, 1, 3],
    }  # fmt: skip
    scale = csi.Scale(1, 5)
    return csi.Survey.from_frame(frame, csi.Codebook(items={name: csi.Item(name, scale=scale) for name in frame}))


def test_stated_importance_by_hand():
    survey = typed()
    result = csi.score_quadrants(survey, ["a", "b", "c"], importance=["ia", "ib", "ic"])
    frame = survey.answers
    score = (frame - 1) / 4 * 100
    positions = result.tidy("positions").set_index(["item", "term"])
    performs, matters = score[["a", "b", "c"]], score[["ia", "ib", "ic"]]
    for item in "abc":
        row = positions.loc[(item, "performance")]
        assert row["estimate"] == pytest.approx(performs[item].mean())
        assert row["std_error"] == pytest.approx(performs[item].std() / np.sqrt(6))
        # the line moves with the items: the distance is a mean of differences
        distance = result.tidy("distances").set_index(["item", "term"]).loc[(item, "importance")]
        moved = matters[f"i{item}"] - matters.mean(axis=1)
        assert distance["estimate"] == pytest.approx(moved.mean())
        assert distance["std_error"] == pytest.approx(moved.std() / np.sqrt(6))
    cut = result.tidy("lines").set_index("term")
    assert cut["estimate"].tolist() == pytest.approx([matters.to_numpy().mean(), performs.to_numpy().mean()])
    assert cut.loc["importance", "std_error"] == pytest.approx(matters.mean(axis=1).std() / np.sqrt(6))
    covariance = result.covariance("positions")
    both = np.cov(matters["ia"], performs["a"]) / 6
    assert covariance.loc[("a", "importance"), ("a", "performance")] == pytest.approx(both[0, 1])
    assert result.scores()["a"].tolist() == score["a"].tolist()


def test_lines_at_the_middle_at_numbers_and_on_the_diagonal():
    survey = typed()
    stated = {"importance": ["ia", "ib", "ic"]}
    middle = csi.score_quadrants(survey, ["a", "b", "c"], cuts="scale", **stated)
    assert middle.tidy("lines")["estimate"].tolist() == [50, 50]
    assert (middle.tidy("lines")["std_error"] == 0).all()
    pair = csi.score_quadrants(survey, ["a", "b", "c"], cuts=(70, "median"), **stated)
    performance = ((survey.answers[["a", "b", "c"]] - 1) * 25).mean()
    assert pair.tidy("lines")["estimate"].tolist() == pytest.approx([70, performance.median()])
    diagonal = csi.score_quadrants(survey, ["a", "b", "c"], cuts="diagonal", **stated)
    gap = (survey.answers["a"] - survey.answers["ia"]) * 25
    row = diagonal.tidy("distances").set_index("item").loc["a"]
    assert row[["estimate", "std_error"]].tolist() == pytest.approx([gap.mean(), gap.std() / np.sqrt(6)])
    assert kinds(diagonal)["a"] == "improve"


def test_given_importance_has_no_error():
    result = csi.score_quadrants(typed(), {"desk": "a", "room": "b"}, importance={"desk": 3.2, "room": 2.0})
    tidy = result.tidy("positions").set_index(["item", "term"])
    assert tidy.loc[("desk", "importance"), ["estimate", "std_error"]].tolist() == [3.2, 0]
    assert kinds(result) == {"desk": "keep_up", "room": "low_priority"}  # desk 54.2 against room 41.7
    assert "importance_given" in [note.code for note in result.notes]


def test_correlations_and_coefficients_are_those_of_numpy():
    survey = csi.load_sample("mobile")
    items = ["quality_network", "quality_service", "quality_products"]
    frame = survey.with_design().answers[[*items, "sat_overall"]].astype(float)
    plain = survey.with_design()
    result = csi.score_quadrants(plain, items, outcome="sat_overall").tidy("positions").set_index(["item", "term"])
    for item in items:
        both = frame[[item, "sat_overall"]].dropna()
        row = result.loc[(item, "importance")]
        assert row["estimate"] == pytest.approx(np.corrcoef(both.T)[0, 1], abs=1e-12)
        assert row["n"] == len(both)
    whole = frame.dropna()
    z = (whole - whole.mean()) / whole.std()
    beta = np.linalg.lstsq(z[items], z["sat_overall"], rcond=None)[0]
    found = csi.score_quadrants(plain, items, outcome="sat_overall", method="regression").tidy("positions")
    found = found[found["term"] == "importance"]
    assert found["estimate"].tolist() == pytest.approx(beta.tolist(), abs=1e-12)
    assert (found["n"] == len(whole)).all()


def test_derived_importance_under_a_design_is_that_of_r_survey():
    """svycontrast of five means: the delta method gives the influence that csi writes down."""
    path = Path(__file__).parent / "golden" / "quality_measures.json"
    expected = json.loads(path.read_text(encoding="utf-8"))["importance"]
    tidy = csi.score_quadrants(csi.load_sample("mobile"), ["quality_network"], outcome="sat_overall").tidy("positions")
    row = tidy.set_index("term").loc["importance"]
    assert row[["estimate", "std_error"]].tolist() == pytest.approx(
        [expected["estimate"], expected["std_error"]], rel=1e-8
    )


@pytest.mark.parametrize("method", ["correlation", "regression"])
@pytest.mark.parametrize("by", [None, "operator"])
def test_both_forms_of_derived_importance_have_one_linearised_error(method, by, monkeypatch):
    """Influence columns (fast) against products of columns, which a bootstrap needs: the same numbers and errors."""
    import csi.measures.quality.item_importance as source

    survey = csi.load_sample("mobile")
    items = ["quality_network", "quality_service", "quality_products", "value_price"]
    call = {"outcome": "sat_overall", "method": method, "by": by}
    quick = csi.score_quadrants(survey, items, **call)
    monkeypatch.setattr(source, "associate", lambda *a, exact, **more: associate(*a, exact=True, **more))
    slow = csi.score_quadrants(survey, items, **call)
    for name in ("positions", "distances", "lines"):
        a, b = quick.tidy(name), slow.tidy(name)
        np.testing.assert_allclose(a["estimate"], b["estimate"], rtol=1e-10, atol=1e-10)
        np.testing.assert_allclose(a["std_error"], b["std_error"], rtol=1e-5)


def test_bootstrap_and_linearised_errors_agree():
    survey = csi.load_sample("mobile").with_design()
    items = ["quality_network", "quality_service", "quality_products"]
    quick = csi.score_quadrants(survey, items, outcome="sat_overall")
    boot = csi.score_quadrants(survey, items, outcome="sat_overall", inference="bootstrap", n_boot=2000)
    ratio = boot.tidy("distances")["std_error"] / quick.tidy("distances")["std_error"]
    assert ratio.between(0.94, 1.06).all()
    a, b = (result.tidy("labels")["estimate"] for result in (quick, boot))
    assert (a - b).abs().max() < 0.05


def test_p_values_are_those_of_the_two_distances():
    distance, error = np.array([[1.0], [-2.0]]), np.array([[0.5], [1.0]])
    found = dict(zip(QUADRANTS, quadrant_p(distance, error, np.inf)[0], strict=True))
    low, bad = norm.sf(2.0), norm.sf(2.0)  # z = 2 above the line of importance, z = 2 below that of performance
    assert found["concentrate_here"] == 1
    assert found["keep_up"] == pytest.approx(2 * bad)
    assert found["low_priority"] == pytest.approx(2 * low)
    assert found["possible_overkill"] == pytest.approx(2 * min(low, bad))
    assert side_p(np.array([-2.0]), np.array([1.0]), np.inf)[0].tolist() == pytest.approx([1.0, 2 * norm.sf(2.0)])


def test_a_quadrant_is_rejected_when_an_interval_lies_beyond_a_line():
    result = csi.score_quadrants(csi.load_sample("mobile"), ["quality_network", "quality_service", "quality_wrong"],
                                 outcome="sat_overall", by="operator")  # fmt: skip
    labels = result.tidy("labels").set_index(["group", "item", "kind"])["p_value"]
    for level in (0.8, 0.95):
        tidy = result.tidy("distances", level).set_index(["group", "item", "term"])
        for group, item, kind in labels.index:
            number = QUADRANTS.index(kind)
            important, good = number >= 2, number % 2 == 1
            first, second = (tidy.loc[(group, item, term)] for term in ("importance", "performance"))
            possible = (first["upper"] >= 0 if important else first["lower"] <= 0) and (
                second["upper"] >= 0 if good else second["lower"] <= 0
            )
            assert (labels[(group, item, kind)] > 1 - level) == possible


def test_the_true_quadrant_is_kept_as_often_as_the_level_says():
    """2,000 samples of 200 from a population with one item on both lines: the worst case of the label set."""
    rng = np.random.default_rng(4)
    truth = np.array([[60.0, 60.0], [75.0, 70.0], [45.0, 50.0]])  # importance, performance; both lines at 60
    right = quadrant(truth[:, 0] - truth[:, 0].mean(), truth[:, 1] - truth[:, 1].mean())
    kept = np.zeros(3)
    for _ in range(2000):
        x = truth[None] + 20 * rng.standard_normal((200, 3, 2)) + 10 * rng.standard_normal((200, 1, 1))
        moved = x - x.mean(axis=1, keepdims=True)
        error = moved.std(axis=0, ddof=1) / np.sqrt(200)
        p = quadrant_p(moved.mean(axis=0).T, error.T, np.inf)
        kept += p[np.arange(3), right] > 0.05
    assert 0.93 <= kept[0] / 2000 <= 0.97
    assert (kept[1:] / 2000 >= 0.95).all()


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.tuples(st.floats(1, 5), st.floats(1, 5)), min_size=2, max_size=8), st.floats(0.1, 9), st.floats(-5, 5)
)
def test_another_unit_moves_no_item(points, factor, shift):
    values = np.array(points).T
    other = values * factor + shift
    for cut in ("mean", "median"):
        found = []
        for x in (values, other):
            at = lines(x[0][:, None], x[1][:, None], (cut, cut), np.full(2, np.nan))[:, 0]
            found.append((x[0] - at[0], x[1] - at[1]))
        near = (np.abs(found[0][0]) < 1e-6) | (np.abs(found[0][1]) < 1e-6)
        assert (quadrant(*found[0]) == quadrant(*found[1]))[~near].all()


def test_weights_of_two_are_rows_twice_in_the_estimates():
    survey = typed()
    frame = survey.answers
    twice = pd.concat([frame, frame.iloc[:2]], ignore_index=True)
    weighted = csi.Survey.from_frame(
        frame.assign(w=[2, 2, 1, 1, 1, 1]), csi.Codebook(items=survey.codebook.items, weight="w")
    )
    again = csi.Survey.from_frame(twice, survey.codebook)
    for method in ("correlation", "regression"):
        a, b = (
            csi.score_quadrants(one, ["a", "b"], outcome="y", method=method).tidy("positions")["estimate"]
            for one in (weighted, again)
        )
        np.testing.assert_allclose(a, b, rtol=1e-12)


@pytest.mark.parametrize("method", ["correlation", "regression"])
@pytest.mark.parametrize(("inference", "code"), [("linearised", "small_groups"), ("bootstrap", "quadrant_groups_left")])
def test_a_group_without_variation_is_left_out_and_named(method, inference, code):
    rng = np.random.default_rng(1)
    frame = pd.DataFrame(rng.integers(1, 6, (60, 3)).astype(float), columns=["a", "b", "y"])
    frame["g"] = ["u"] * 30 + ["v"] * 30
    frame.loc[30:, "y"] = 3.0
    survey = csi.Survey.from_frame(frame)
    call = {"outcome": "y", "by": "g", "method": method, "inference": inference, "n_boot": 60}
    result = csi.score_quadrants(survey, ["a", "b"], **call)
    assert result.tidy()["group"].unique().tolist() == ["u"]
    assert csi.list_labels(result)["group"].unique().tolist() == ["u"]
    assert "v" in str(next(note for note in result.notes if note.code == code))


def test_reversed_items_are_turned_round():
    survey = typed()
    items = dict(survey.codebook.items)
    items["a"] = csi.Item("a", scale=csi.Scale(1, 5), reversed=True)
    turned = csi.Survey.from_frame(survey.answers.assign(a=6 - survey.answers["a"]), csi.Codebook(items=items))
    one, two = (csi.score_quadrants(s, ["a", "b", "c"], outcome="y").tidy() for s in (survey, turned))
    pd.testing.assert_frame_equal(one, two)


def test_the_view_names_quadrants_in_chinese():
    with csi.use_language("zh"):
        text = repr(csi.score_quadrants(TABLE))
    assert all(word in text for word in ("优势区", "修补区", "机会区", "维持区"))


BAD = [
    (lambda s: csi.score_quadrants(TABLE, outcome="y"), "table_alone", ["score_quadrants"]),
    (lambda s: csi.score_quadrants(TABLE.drop(columns="importance")), "ipa_table", ["importance", "performance"]),
    (lambda s: csi.score_quadrants(TABLE.assign(importance="high")), "ipa_numbers", ["right first time"]),
    (lambda s: csi.score_quadrants(pd.concat([TABLE, TABLE])), "items_given_twice", ["low prices"]),
    (lambda s: csi.score_quadrants(TABLE, cuts="scale"), "diagonal_needs_one_scale", ["scale"]),
    (lambda s: csi.score_quadrants([1, 2]), "not_a_survey", ["score_quadrants", "list"]),
    (lambda s: csi.score_quadrants(s), "performance_needed", ["performance="]),
    (lambda s: csi.score_quadrants(s, ["a", "b"]), "outcome_needed", ["outcome="]),
    (lambda s: csi.score_quadrants(s, ["a", "b"], importance="stated"), "unknown_option", ["stated", "derived"]),
    (lambda s: csi.score_quadrants(s, ["a", "b"], importance=["ia"]), "length_differs", ["1", "2"]),
    (lambda s: csi.score_quadrants(s, ["a", "b"], importance={"a": 1, "z": 2}), "keys_differ", ["z", "b"]),
    (lambda s: csi.score_quadrants(s, ["a", "a"], outcome="y"), "items_given_twice", ["a"]),
    (lambda s: csi.score_quadrants(s, ["a", "zz"], outcome="y"), "unknown_items", ["zz"]),
    (lambda s: csi.score_quadrants(s, ["a", "b"], outcome="y", method="lmg"), "unknown_option", ["lmg", "regression"]),
    (lambda s: csi.score_quadrants(s, ["a", "b"], outcome="y", cuts="middle"), "cut_unknown", ["middle", "median"]),
    (lambda s: csi.score_quadrants(s, ["a", "b"], outcome="y", cuts=("mean", "diagonal")), "cut_unknown", ["mean"]),
    (
        lambda s: csi.score_quadrants(s, ["a", "b"], outcome="y", cuts="diagonal"),
        "diagonal_needs_one_scale",
        ["diagonal"],
    ),
    (lambda s: csi.score_quadrants(s, ["a", "flat"], outcome="y"), "constant_items", ["flat"]),
    (lambda s: csi.score_quadrants(s, ["a", "b"], importance={"a": 1, "b": None}), "importance_not_numbers", ["b"]),
    (
        lambda s: csi.score_quadrants(s, ["a", "same"], outcome="y", method="regression"),
        "importance_collinear",
        ["same"],
    ),
    (
        lambda s: csi.score_quadrants(s, ["a", "b", "c", "ia", "ib"], outcome="y", method="regression"),
        "importance_too_few",
        ["7", "6", "ib"],
    ),
    (lambda s: csi.score_quadrants(s, ["free", "a"], outcome="y"), "no_scale_for_score", ["free"]),
]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(("call", "code", "words"), BAD, ids=[f"{i}-{row[1]}" for i, row in enumerate(BAD)])
def test_bad_calls_say_what_is_wrong(call, code, words, language):
    survey = typed()
    frame = survey.answers.assign(flat=3, same=survey.answers["a"], free=[1.5, 2, 3, 4, 5, 6])
    items = dict(survey.codebook.items) | {
        "flat": csi.Item("flat", scale=csi.Scale(1, 5)),
        "same": csi.Item("same", scale=csi.Scale(1, 5)),
        "free": csi.Item("free", kind="number"),
    }
    survey = csi.Survey.from_frame(frame, csi.Codebook(items=items), name="small")
    with csi.use_language(language), pytest.raises(csi.CsiError) as caught:
        call(survey)
    assert caught.value.code == code
    with csi.use_language(language):
        assert all(word in str(caught.value) for word in words), str(caught.value)
