"""SERVQUAL: the worked numbers, everything by hand on typed rows, planted truth, journeys, and bad calls."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import csi
from csi.measures.quality.servqual_numbers import difference_reliability, normed_quality, spread, spread_columns

SCALE7 = csi.Scale(1, 7)
POINTS = {"Tangibles": 11, "Reliability": 32, "Responsiveness": 22, "Assurance": 19, "Empathy": 16}
GAPS = {"Tangibles": -0.25, "Reliability": -1.2, "Responsiveness": -0.9, "Assurance": -0.5, "Empathy": -0.7}
SIZES = {"Tangibles": 4, "Reliability": 5, "Responsiveness": 4, "Assurance": 4, "Empathy": 5}


def book_of(names: list[str], **more: object) -> csi.Codebook:
    return csi.Codebook(items={name: csi.Item(name, scale=SCALE7, **more) for name in names})


def worked() -> tuple[csi.Survey, list[str], list[str], dict[str, list[str]]]:
    """Twenty respondents and 22 pairs whose mean gaps are exactly those of the worked example."""
    frame, pairs, dimensions = {}, [], {}
    number = 0
    for dimension, size in SIZES.items():
        dimensions[dimension] = []
        for _ in range(size):
            number += 1
            total = round(-20 * GAPS[dimension])  # points lost by the twenty together
            lost = np.full(20, total // 20) + (np.arange(20) < total % 20)
            frame[f"e{number:02d}"], frame[f"p{number:02d}"] = np.full(20, 6), 6 - np.roll(lost, number)
            pairs.append(number)
            dimensions[dimension].append(f"p{number:02d}")
    return (
        csi.Survey.from_frame(frame, book_of(list(frame)), name="worked"),
        [f"e{k:02d}" for k in pairs],
        [f"p{k:02d}" for k in pairs],
        dimensions,
    )


def test_the_worked_example():
    survey, e, p, dimensions = worked()
    fit = csi.score_servqual(survey, e, p, dimensions=dimensions, points=POINTS)
    tidy = fit.tidy().set_index(["construct", "kind"])["estimate"]
    for name, gap in GAPS.items():
        assert tidy[name, "gap"] == pytest.approx(gap)
        assert tidy[name, "perception"] == pytest.approx(6 + gap)
    total = fit.tidy("overall_gap").set_index(["kind", "term"])["estimate"]
    assert total["gap", "unweighted"] == pytest.approx(-0.71)
    assert total["gap", "points_weighted"] == pytest.approx(-0.8165)
    assert total["perception", "points_weighted"] == pytest.approx(6 - 0.8165)  # weighted SERVPERF
    assert fit.tidy("dimension_weights")["estimate"].tolist() == pytest.approx([0.11, 0.32, 0.22, 0.19, 0.16])
    assert (fit.tidy("dimension_weights")["std_error"] == 0).all()
    assert fit.tidy("five_gaps").set_index("term")["estimate"]["gap_5"] == pytest.approx(-0.71)


def typed() -> csi.Survey:
    frame = {
        "e1": [7, 6, 7, 5, 6, np.nan], "e2": [6, 7, 7, 6, 5, 7], "e3": [7, 7, 6, 6, 7, 6],
        "p1": [5, 6, 6, 5, 4, 6], "p2": [6, np.nan, 5, 4, 5, 7], "p3": [4, 6, 5, 5, 6, 5],
        "wa": [60, 50, 70, 40, 55, 50], "wb": [40, 50, 30, 60, 45, 55],
    }  # fmt: skip
    items = {
        name: csi.Item(name, scale=SCALE7, construct="Care" if name[1] in "12" else "Speed") for name in list(frame)[:6]
    }
    items |= {name: csi.Item(name, kind="number") for name in ("wa", "wb")}
    return csi.Survey.from_frame(frame, csi.Codebook(items=items), name="typed")


E, P = ["e1", "e2", "e3"], ["p1", "p2", "p3"]


def test_gaps_by_hand_with_missing_answers():
    fit = csi.score_servqual(typed(), E, P)
    items = fit.tidy("item_gaps").set_index(["item", "kind"])
    d1, d2, d3 = [-2, 0, -1, 0, -2], [0, -2, -2, 0, 0], [-3, -1, -1, -1, -1, -1]  # respondents who answered both
    for item, moved in (("p1", d1), ("p2", d2), ("p3", d3)):
        assert items.loc[(item, "gap"), "estimate"] == pytest.approx(np.mean(moved))
        assert items.loc[(item, "gap"), "n"] == len(moved)
        share = len(moved)
        error = np.std(moved) / np.sqrt(share) * np.sqrt(6 / 5)  # a domain of six
        assert items.loc[(item, "gap"), "std_error"] == pytest.approx(error)
    tidy = fit.tidy().set_index(["construct", "kind"])["estimate"]
    assert tidy["Care", "gap"] == pytest.approx((np.mean(d1) + np.mean(d2)) / 2)
    assert tidy["Care", "perception"] - tidy["Care", "expectation"] == pytest.approx(tidy["Care", "gap"])
    note = next(note for note in fit.notes if note.code == "half_pairs")
    assert dict(note.values) == {"expectations": 1, "perceptions": 1, "items": 2, "people": 2}
    alone = fit.tidy("servperf").set_index("construct")
    assert alone["estimate"]["Care"] == pytest.approx((np.mean([5, 6, 6, 5, 4, 6]) + np.mean([6, 5, 4, 5, 7])) / 2)
    assert fit.scores()["Care"].tolist() == [-1.0, 0.0, -1.5, -1.0, -1.0, 0.0]


def test_points_of_respondents_carry_their_error():
    fit = csi.score_servqual(typed(), E, P, points={"Care": "wa", "Speed": "wb"})
    assert [note.values["count"] for note in fit.notes if note.code == "points_not_total"] == [1]  # 50 + 55
    share = np.array([60, 50, 70, 40, 55]) / 100
    weight = fit.tidy("dimension_weights").set_index("construct")
    assert weight["estimate"].tolist() == pytest.approx([share.mean(), 1 - share.mean()])
    assert weight["std_error"]["Care"] == pytest.approx(share.std() / np.sqrt(5) * np.sqrt(6 / 5))
    total = fit.tidy("overall_gap").set_index(["kind", "term"])["estimate"]
    dims = fit.tidy().set_index(["construct", "kind"])["estimate"]
    product = share.mean() * dims["Care", "gap"] + (1 - share.mean()) * dims["Speed", "gap"]
    assert total["gap", "points_weighted"] == pytest.approx(product)
    # each respondent's own weights, over those who answered everything: respondents 1, 3, 4, 5
    care, speed = np.array([-1.0, -1.5, -1.0, -1.0]), np.array([-3.0, -1, -1, -1])
    own = share[[0, 2, 3, 4]] * care + (1 - share[[0, 2, 3, 4]]) * speed
    assert total["gap", "weighted_individual"] == pytest.approx(own.mean())


def test_the_error_of_the_weighted_gap_is_that_of_a_product():
    rng = np.random.default_rng(2)
    n = 400
    frame = {name: rng.integers(1, 8, n).astype(float) for name in (*E, *P)}
    frame["wa"] = rng.choice([30, 50, 70], n)
    frame["wb"] = 100 - frame["wa"]
    survey = csi.Survey.from_frame(frame, csi.Codebook(items=typed().codebook.items))
    fit = csi.score_servqual(survey, E, P, points={"Care": "wa", "Speed": "wb"})
    care = (frame["p1"] + frame["p2"] - frame["e1"] - frame["e2"]) / 2
    speed, share = frame["p3"] - frame["e3"], frame["wa"] / 100
    w, c, s = share.mean(), care.mean(), speed.mean()
    influence = w * (care - c) + (1 - w) * (speed - s) + (share - w) * (c - s)
    row = fit.tidy("overall_gap").set_index(["kind", "term"]).loc[("gap", "points_weighted")]
    assert row["estimate"] == pytest.approx(w * c + (1 - w) * s)
    assert row["std_error"] == pytest.approx(np.sqrt((influence**2).sum() / n / (n - 1)))


def test_reliability_of_differences_by_hand():
    assert difference_reliability(1.0, 1.0, 0.8, 0.8, 0.5) == pytest.approx(0.6)  # (.8 + .8 - 1) / (2 - 1)
    assert difference_reliability(1.2, 0.8, 0.9, 0.7, 0.3) == pytest.approx(
        (1.44 * 0.9 + 0.64 * 0.7 - 0.576) / (1.44 + 0.64 - 0.576)
    )


def test_reliability_of_differences_from_the_answers():
    rng = np.random.default_rng(6)
    n, k = 300, 4
    e = np.clip(np.round(5 + rng.standard_normal((n, 1)) + rng.standard_normal((n, k))), 1, 7)
    p = np.clip(np.round(4 + rng.standard_normal((n, 1)) + 0.3 * (e - 5) + rng.standard_normal((n, k))), 1, 7)
    names = [f"e{i}" for i in range(k)], [f"p{i}" for i in range(k)]
    survey = csi.Survey.from_frame(
        dict(zip(names[0] + names[1], np.hstack([e, p]).T, strict=True)), book_of(names[0] + names[1])
    )
    fit = csi.score_servqual(survey, *names, dimensions={"All": names[1]})
    tidy = fit.tidy("difference_reliability").set_index("term")["estimate"]

    def alpha(x: np.ndarray) -> float:
        return k / (k - 1) * (1 - x.var(axis=0, ddof=1).sum() / x.sum(axis=1).var(ddof=1))

    se, sp = e.mean(axis=1).std(ddof=1), p.mean(axis=1).std(ddof=1)
    r = np.corrcoef(e.mean(axis=1), p.mean(axis=1))[0, 1]
    expected = {
        "sd_expectation": se, "sd_perception": sp, "sd_gap": (p - e).mean(axis=1).std(ddof=1),
        "alpha_expectation": alpha(e),
        "alpha_perception": alpha(p), "correlation": r,
        "reliability": (sp**2 * alpha(p) + se**2 * alpha(e) - 2 * r * sp * se) / (sp**2 + se**2 - 2 * r * sp * se),
    }  # fmt: skip
    for term, value in expected.items():
        assert tidy[term] == pytest.approx(value, abs=1e-10), term
    boot = csi.score_servqual(survey, *names, dimensions={"All": names[1]}, inference="bootstrap", n_boot=1500)
    ratio = boot.tidy("difference_reliability")["std_error"] / fit.tidy("difference_reliability")["std_error"]
    assert ratio.between(0.9, 1.1).all()


def test_a_single_item_has_no_alpha_and_no_reliability():
    fit = csi.score_servqual(typed(), E, P)
    tidy = fit.tidy("difference_reliability")
    assert set(tidy.loc[tidy["construct"] == "Speed", "term"]) == {
        "sd_expectation", "sd_perception", "sd_gap", "correlation"
    }  # fmt: skip


def test_spread_does_not_depend_on_where_ratings_are_counted_from():
    rng = np.random.default_rng(1)
    e, p = rng.normal(size=(50, 3)), rng.normal(size=(50, 3))
    weight = np.array([50.0])

    def found(shift: float) -> list[float]:
        columns = spread_columns(e + shift, p + shift)
        return [float(value[0]) for value in vars(spread(columns.mean(axis=0)[:, None], weight)).values()]

    assert found(0) == pytest.approx(found(1e6), rel=1e-6)


def test_normed_quality():
    e, p = np.array([[6.0, 5.0]]), np.array([[5.0, 6.0]])
    assert normed_quality(e, p, np.array([7.0, 7.0])).tolist() == [[-1, 1]]  # at the top of the scale it is the gap
    assert normed_quality(e, p, np.array([5.0, 5.0])).tolist() == [[1, -1]]  # more is not better here
    fit = csi.score_servqual(typed(), E, P, ideal=7)
    tidy = fit.tidy().set_index(["construct", "kind"])["estimate"]
    assert fit.tidy("normed_quality")["estimate"].tolist() == pytest.approx([tidy["Care", "gap"], tidy["Speed", "gap"]])


def test_reversed_items_are_turned_round():
    survey = typed()
    turned = csi.Codebook(
        items=dict(survey.codebook.items)
        | {n: csi.Item(n, scale=SCALE7, construct="Speed", reversed=True) for n in ("e3", "p3")}
    )
    frame = survey.answers.assign(e3=8 - survey.answers["e3"], p3=8 - survey.answers["p3"])
    one, two = (csi.score_servqual(s, E, P) for s in (survey, csi.Survey.from_frame(frame, turned)))
    pd.testing.assert_frame_equal(one.tidy(), two.tidy())


def test_five_gaps_take_what_was_measured_elsewhere():
    inner = csi.Estimate(-0.4, 0.1, 0.95, -0.6, -0.2, 30)
    fit = csi.score_servqual(typed(), E, P, gaps={3: inner, 1: -0.2})
    tidy = fit.tidy("five_gaps").set_index("term")
    assert list(tidy.index) == ["gap_1", "gap_3", "gap_5"]
    assert tidy["estimate"][:2].tolist() == [-0.2, -0.4]
    assert np.isnan(tidy["std_error"]["gap_1"])
    assert tidy["std_error"]["gap_3"] == pytest.approx(0.1)
    both = fit.contrast({"gap_5": 1, "gap_3": -1}, table="five_gaps")
    assert both.std_error == pytest.approx(np.hypot(0.1, tidy["std_error"]["gap_5"]))
    assert np.isnan(fit.contrast({"gap_5": 1, "gap_1": -1}, table="five_gaps").std_error)
    open_ones = next(note for note in fit.notes if note.code == "five_gaps_open")
    assert [note.code for note in open_ones.values["gaps"]] == ["gap_text_2", "gap_text_4"]


def test_checks_name_what_to_doubt():
    rng = np.random.default_rng(3)
    n = 200
    frame = {name: np.full(n, 7.0) - (rng.random(n) < 0.2) for name in ("e1", "e2")}
    frame |= {name: rng.integers(1, 8, n).astype(float) for name in ("p1", "p2")}
    survey = csi.Survey.from_frame(frame, book_of(list(frame), construct="Care"))
    lines = csi.score_servqual(survey, ["e1", "e2"], ["p1", "p2"]).check().set_index("check")
    assert not lines.loc["variance_restriction", "ok"]
    assert lines.loc["variance_restriction", "value"] == pytest.approx(np.mean([frame["e1"] == 7, frame["e2"] == 7]))
    assert not lines.loc["gap_reliability", "ok"]


def test_gaps_and_alphas_are_those_of_r():
    """R survey (a gap under weights, strata and clusters) and psych (alpha of one dimension of the hotel)."""
    path = Path(__file__).parent / "golden" / "quality_measures.json"
    expected = json.loads(path.read_text(encoding="utf-8"))
    pair = {"x": "expect_overall"}, {"x": "quality_overall"}
    fit = csi.score_servqual(csi.load_sample("mobile"), *pair, dimensions={"All": ["x"]})
    row = fit.tidy().set_index("kind").loc["gap"]
    assert row["estimate"] == pytest.approx(expected["gap"]["estimate"], rel=1e-8)
    assert row["std_error"] == pytest.approx(expected["gap"]["std_error"], rel=1e-8)
    numbers = [f"{k:02d}" for k in range(5, 10)]
    hotel = csi.score_servqual(csi.load_sample("hotel"), [f"e{k}" for k in numbers], [f"p{k}" for k in numbers])
    tidy = hotel.tidy("difference_reliability").set_index("term")
    for term in ("alpha_expectation", "alpha_perception", "correlation", "sd_gap"):
        assert tidy.loc[term, "estimate"] == pytest.approx(expected["hotel"][term], rel=1e-10)
        assert tidy.loc[term, "n"] == expected["hotel"]["n"]


def test_the_planted_truth_of_the_hotel_is_found():
    survey = csi.load_sample("hotel")
    truth = survey.codebook.truth
    e, p = list(truth["pairs"]), list(truth["pairs"].values())
    points = {name: f"points_{name.lower()}" for name in truth["dimension"]}
    fit = csi.score_servqual(survey, e, p, points=points)
    tidy = fit.tidy().set_index(["construct", "kind"])
    parts = fit.tidy("difference_reliability").set_index(["construct", "term"])
    z = []
    for name, row in truth["dimension"].items():
        z += [_z(tidy.loc[(name, kind)], row[kind]) for kind in ("expectation", "perception", "gap")]
        for term, planted in (
            ("sd_expectation", "sd_expectation"), ("sd_perception", "sd_perception"), ("sd_gap", "sd_gap"),
            ("correlation", "correlation"), ("alpha_expectation", "alpha_expectation"),
            ("alpha_perception", "alpha_perception"), ("reliability", "reliability_of_gap"),
        ):  # fmt: skip
            z.append(_z(parts.loc[(name, term)], row[planted]))
    total = fit.tidy("overall_gap").set_index(["kind", "term"])
    terms = {"unweighted": "unweighted", "points_weighted": "weighted"}
    z += [_z(total.loc[("gap", term)], truth["gap"][name]) for term, name in terms.items()]
    weights = fit.tidy("dimension_weights").set_index("construct")
    z += [_z(weights.loc[name], share) for name, share in truth["weights"].items()]
    assert np.abs(z).max() < 4
    assert np.mean(np.abs(z) < 1.96) > 0.85
    worst = min(truth["dimension"], key=lambda name: truth["dimension"][name]["gap"])
    assert tidy["estimate"].xs("gap", level="kind").idxmin() == worst


def _z(row: pd.Series, truth: float) -> float:
    return (row["estimate"] - truth) / row["std_error"]


def test_the_journey_of_the_hotel_is_found():
    survey = csi.load_sample("hotel")
    truth = survey.codebook.truth["touchpoint"]
    journey = csi.score_journey(survey, list(truth), outcome="overall")
    tidy = journey.tidy().set_index(["item", "term"])
    z = []
    for name, row in truth.items():
        z.append(_z(tidy.loc[(name, "score")], (row["mean"] - 1) / 9 * 100))
        if row["used"] < 1:
            z.append(_z(tidy.loc[(name, "reach")], row["used"]))
    assert np.abs(z).max() < 4
    assert tidy.loc[("room", "reach"), "estimate"] == 1
    weights = tidy["estimate"].xs("indicator_weight", level="term")
    scores = tidy["estimate"].xs("score", level="term")
    assert weights.sum() == pytest.approx(1)
    assert journey.tidy("journey")["estimate"][0] == pytest.approx((weights * scores).sum())


def journey_survey() -> csi.Survey:
    scale = csi.Scale(1, 5)
    items = {name: csi.Item(name, scale=scale) for name in ("web", "desk", "call", "all")}
    book = csi.Codebook(items=items, missing_codes={8: "not_asked", 9: "dont_know"})
    frame = {
        "web": [5, 4, 3, 8, 2, 4],
        "desk": [4, 8, 3, 5, 9, 8],
        "call": [2, 8, 8, 4, 1, 3],
        "all": [5, 4, 3, 5, 2, 4],
    }
    return csi.Survey.from_frame(frame, book, name="trip")


def test_a_journey_by_hand():
    journey = csi.score_journey(journey_survey(), ["web", "desk", "call"], outcome="all")
    tidy = journey.tidy().set_index(["item", "term"])
    assert tidy.loc[("web", "score"), "estimate"] == pytest.approx((np.mean([5, 4, 3, 2, 4]) - 1) * 25)
    assert tidy.loc[("web", "reach"), "estimate"] == pytest.approx(5 / 6)
    assert tidy.loc[("desk", "reach"), ["estimate", "n"]].tolist() == pytest.approx([3 / 5, 5])  # one does not know
    # web -> desk: of respondents 1, 2, 3 and 6, who used web and say whether they used the desk, 2 and 6 did not
    assert tidy.loc[("desk", "drop_off"), "estimate"] == pytest.approx(2 / 4)
    # desk -> call: of respondents 1, 3 and 4, who used the desk, 3 did not call
    assert tidy.loc[("call", "drop_off"), "estimate"] == pytest.approx(1 / 3)
    assert ("web", "drop_off") not in tidy.index
    r = np.corrcoef([5, 4, 3, 2, 4], [5, 4, 3, 2, 4])[0, 1]
    assert tidy.loc[("web", "importance"), "estimate"] == pytest.approx(r)
    assert tidy.loc[("call", "importance"), "estimate"] == pytest.approx(np.corrcoef([2, 4, 1, 3], [5, 5, 2, 4])[0, 1])
    reach = np.array([5 / 6, 3 / 5, 4 / 6])
    assert tidy.loc[("desk", "indicator_weight"), "n"] == 5
    assert [tidy.loc[(n, "indicator_weight"), "estimate"] for n in ("web", "desk", "call")] == pytest.approx(
        reach / reach.sum()
    )
    assert [note.values["count"] for note in journey.notes if note.code == "journey_unclear"] == [1]
    stated = csi.score_journey(
        journey_survey(), ["web", "desk", "call"], indicator_weights={"web": 1, "desk": 2, "call": 1}
    )
    scores = [(np.mean(v) - 1) * 25 for v in ([5, 4, 3, 2, 4], [4, 3, 5], [2, 4, 1, 3])]
    assert stated.tidy("journey")["estimate"][0] == pytest.approx(np.dot(scores, [0.25, 0.5, 0.25]))


def test_importance_in_a_journey_has_the_same_error_by_products():
    survey = csi.load_sample("hotel")
    names = list(survey.codebook.truth["touchpoint"])
    quick = csi.score_journey(survey, names, outcome="overall").tidy()
    boot = csi.score_journey(survey, names, outcome="overall", inference="bootstrap", n_boot=1500).tidy()
    np.testing.assert_allclose(boot["estimate"], quick["estimate"], rtol=1e-10)
    moving = quick["std_error"] > 0
    assert (boot["std_error"] / quick["std_error"])[moving].between(0.9, 1.1).all()


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(*[st.integers(1, 7)] * 4), min_size=3, max_size=12))
def test_swapping_the_roles_turns_the_sign(rows):
    frame = dict(zip(("e1", "e2", "p1", "p2"), np.array(rows, dtype=float).T, strict=True))
    survey = csi.Survey.from_frame(frame, book_of(list(frame)))
    one = csi.score_servqual(survey, ["e1", "e2"], ["p1", "p2"], dimensions={"D": ["p1", "p2"]}, inference="none")
    two = csi.score_servqual(survey, ["p1", "p2"], ["e1", "e2"], dimensions={"D": ["e1", "e2"]}, inference="none")
    a, b = (fit.tidy().set_index("kind")["estimate"]["gap"] for fit in (one, two))
    assert a == pytest.approx(-b, abs=1e-12)


BAD = [
    (lambda s: csi.score_servqual(s, E, P[:2]), "unpaired_items", ["e3", "expectations", "perceptions"]),
    (lambda s: csi.score_servqual(s, {"a": "e1", "b": "e2"}, {"a": "p1"}), "unpaired_items", ["b"]),
    (lambda s: csi.score_servqual(s, ["e1"], ["wa"]), "no_dimension", ["wa"]),
    (lambda s: csi.score_servqual(s, ["e1"], ["ten"]), "scales_of_pair", ["e1 / ten"]),
    (lambda s: csi.score_servqual(s, E, P, dimensions={"A": ["p1", "p2"]}), "keys_differ", ["dimensions", "p3"]),
    (lambda s: csi.score_servqual(s, E, P, dimensions={"A": P, "B": ["p1"]}), "items_given_twice", ["p1"]),
    (lambda s: csi.score_servqual(s, E, P, points={"Care": 60}), "keys_differ", ["points", "Speed"]),
    (lambda s: csi.score_servqual(s, E, P, points={"Care": 60, "Speed": 46}), "points_sum", ["106", "100", "46"]),
    (lambda s: csi.score_servqual(s, E, P, points={"Care": 60, "Speed": "wa"}), "points_mixed", ["points="]),
    (lambda s: csi.score_servqual(s, E, P, points={"Care": "p1", "Speed": "p2"}), "points_nobody", ["p1", "100"]),
    (lambda s: csi.score_servqual(s, E, P, ideal={"p1": 7}), "keys_differ", ["ideal", "p2", "p3"]),
    (lambda s: csi.score_servqual(s, E, P, gaps={5: -1.0}), "gap_number", ["5", "1"]),
    (lambda s: csi.score_servqual(s, E, P, gaps={1: "low"}), "gap_number", ["low"]),
    (lambda s: csi.score_servqual(None, E, P), "not_a_survey", ["score_servqual"]),
    (lambda s: csi.score_servqual(s, E, P, interval="bca"), "bca_needs_plain", ["linearised"]),
    (lambda s: csi.score_journey(s, []), "journey_empty", ["score_journey"]),
    (lambda s: csi.score_journey(s, ["p1", "p1"]), "items_given_twice", ["p1"]),
    (lambda s: csi.score_journey(s, ["wa"]), "no_scale_for_score", ["wa"]),
    (lambda s: csi.score_journey(s, ["p1"], not_used=["absent"]), "unknown_reasons", ["absent", "not_asked"]),
    (
        lambda s: csi.score_journey(s, ["p1", "p2"], indicator_weights={"p1": 1}),
        "keys_differ",
        ["indicator_weights", "p2"],
    ),
    (lambda s: csi.score_journey(s, ["p1", "p2"], indicator_weights={"p1": 0, "p2": 0}), "journey_weights", ["0"]),
    (lambda s: csi.score_journey(s, ["p1"], outcome="flat"), "constant_items", ["flat"]),
    (lambda s: csi.score_journey(s, ["p1"], outcome="p1"), "items_given_twice", ["p1"]),
]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(("call", "code", "words"), BAD, ids=[f"{i}-{row[1]}" for i, row in enumerate(BAD)])
def test_bad_calls_say_what_is_wrong(call, code, words, language):
    survey = typed()
    items = dict(survey.codebook.items)
    items |= {"ten": csi.Item("ten", scale=csi.Scale(1, 10), construct="Care"), "flat": csi.Item("flat", scale=SCALE7)}
    frame = survey.answers.assign(ten=[1, 2, 3, 4, 9, 10], flat=4)
    survey = csi.Survey.from_frame(frame, csi.Codebook(items=items), name="typed")
    with csi.use_language(language), pytest.raises(csi.CsiError) as caught:
        call(survey)
    assert caught.value.code == code
    with csi.use_language(language):
        assert all(word in str(caught.value) for word in words), str(caught.value)
