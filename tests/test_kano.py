"""Kano: both tables, published counts, labels by hand, coverage, planted truth, and bad calls in both languages."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm, t

import csi
from csi.measures.quality.kano_numbers import (
    BERGER,
    CATEGORIES,
    POULIOT,
    classify,
    decide,
    decide_continuous,
    fong,
    leading_p,
    wald_equal,
)

LETTERS = dict(zip("AOMIRQ", CATEGORIES, strict=True))
PAIRS = {"A": (1, 3), "O": (1, 5), "M": (2, 5), "I": (3, 3), "R": (4, 1), "Q": (1, 1)}  # answers of each category


def survey_of(counts: dict[str, dict[str, int]], **more: object) -> csi.Survey:
    """Answers with these counts of categories, feature by feature."""
    columns: dict[str, object] = {}
    for name, row in counts.items():
        answers = [PAIRS[letter] for letter, count in row.items() for _ in range(count)]
        columns[f"f_{name}"], columns[f"d_{name}"] = zip(*answers, strict=True)
    return csi.Survey.from_frame({**columns, **more}, name="counts", scale={"f*": (1, 5), "d*": (1, 5)})


def kano_of(counts: dict[str, dict[str, int]], **options: object) -> csi.Result:
    names = list(counts)
    return csi.score_kano(
        survey_of(counts), {name: f"f_{name}" for name in names}, {name: f"d_{name}" for name in names}, **options
    )


def table_of(result: csi.Result, name: str, column: str) -> pd.DataFrame:
    return result.tidy(name).pivot(index="item", columns=column, values="estimate")


def counts_of(order: str, rows: dict[str, tuple[int, ...]]) -> dict[str, dict[str, int]]:
    return {name: dict(zip(order, row, strict=True)) for name, row in rows.items()}


def test_every_cell_of_both_tables():
    printed = {
        "berger": ["QAAAO", "RIIIM", "RIIIM", "RIIIM", "RRRRQ"],
        "pouliot": ["QAAAO", "RQIIM", "RIIIM", "RIIQM", "RRRRQ"],
    }
    for name, rows in printed.items():
        for first, second in itertools.product(range(1, 6), repeat=2):
            survey = csi.Survey.from_frame({"f": [first] * 3, "d": [second] * 3})
            shares = csi.score_kano(survey, ["f"], ["d"], table=name).tidy("category_shares").set_index("kind")
            assert shares["estimate"].idxmax() == LETTERS[rows[first - 1][second - 1]], (name, first, second)
            assert shares["estimate"].max() == 1


# Counts published with Fong's test, Lee and Newcomb's strengths and the coefficients (order M, O, A, I, R, Q): better,
# worse, total strength %, category strength %, chi-square of A, O, M, I, difference, critical difference, rule.
PUBLISHED = {
    "Service app": ((95, 123, 45, 33, 0, 0), 0.568, -0.736, 89, 9, 72.49, 28, 19.4, "O"),
    "Excellent service": ((101, 54, 54, 81, 3, 3), 0.372, -0.534, 71, 7, 21.64, 20, 18.5, "M"),
    "Hotline": ((15, 24, 121, 124, 6, 6), 0.511, -0.137, 54, 1, 150.06, 3, 19.8, "A"),
    "Loan machine": ((65, 87, 93, 51, 0, 0), 0.608, -0.514, 83, 2, 15.41, 6, 18.5, "O"),
    "Return": ((9, 18, 83, 177, 6, 3), 0.352, -0.094, 37, 32, 251.30, 94, 19.9, "I"),
}


def test_published_counts_with_fong_and_strengths():
    kano = kano_of(counts_of("MOAIRQ", {name: row[0] for name, row in PUBLISHED.items()}))
    pair, strength = table_of(kano, "better_worse", "term"), table_of(kano, "strength", "term")
    replication = table_of(kano, "replication", "term")
    rules = kano.tidy("category_rules").set_index(["item", "term"])["kind"]
    for name, (_, better, worse, total, category, chi, difference, critical, rule) in PUBLISHED.items():
        assert round(pair.loc[name, "better"], 3) == better
        assert round(pair.loc[name, "worse"], 3) == worse
        assert round(100 * strength.loc[name, "total_strength"]) == total
        assert round(100 * strength.loc[name, "category_strength"]) == category
        assert round(replication.loc[name, "chi_square"], 2) == chi
        assert replication.loc[name, "fong_difference"] == pytest.approx(difference)
        assert round(replication.loc[name, "fong_critical"], 1) == critical
        assert rules[name, "strength"] == LETTERS[rule]


def test_published_counts_of_brand_and_rese():
    rows = {"App bonus": (216, 56, 13, 275, 23, 24), "Smart mirror": (229, 42, 5, 276, 33, 22),
            "Free WiFi": (187, 71, 46, 258, 19, 26)}  # fmt: skip
    kano = kano_of(counts_of("AOMIRQ", rows), rule="sums")
    pair = table_of(kano, "better_worse", "term").round(3)
    assert pair.loc["App bonus"].tolist() == [0.486, -0.123]
    assert pair.loc["Smart mirror"].tolist() == [0.491, -0.085]
    assert pair.loc["Free WiFi"].tolist() == [0.459, -0.208]
    kinds = kano.tidy().set_index("item")["kind"]
    assert kinds["Free WiFi"] == "attractive"  # O + A + M = 304 against I + R + Q = 303
    assert kinds["App bonus"] == kinds["Smart mirror"] == "indifferent"
    assert (
        table_of(kano_of(counts_of("AOMIRQ", rows)), "category_shares", "kind").loc["Free WiFi"].idxmax()
        == "indifferent"
    )


def test_ski_bindings_of_sauerwein():
    # per cent with one decimal, taken as respondents out of 1,000 (row sums differ from 1,000 by rounding)
    rows = {"edge grip": (70, 323, 493, 95, 3, 15), "ease of turn": (104, 451, 305, 115, 12, 12),
            "service": (638, 216, 29, 85, 7, 25)}  # fmt: skip
    found = {}
    for name, row in rows.items():  # features one by one, since their sums differ
        kano = kano_of(counts_of("AOMIRQ", {name: row}))
        found[name] = (kano.tidy()["kind"][0], *kano.tidy("better_worse")["estimate"].round(4))
    assert found["edge grip"] == ("must_be", 0.4006, -0.8318)
    assert found["ease of turn"] == ("one_dimensional", 0.5692, -0.7754)
    assert found["service"] == ("attractive", 0.8822, -0.2531)
    printed = {"edge grip": (0.40, -0.83), "ease of turn": (0.57, -0.78), "service": (0.89, -0.25)}  # Fig. 11
    for name, pair in printed.items():  # .8822 is printed as .89
        assert found[name][1:] == pytest.approx(pair, abs=0.0051 if name != "service" else 0.0081)


def test_fong_by_hand():
    difference, critical = fong(np.array([[0.40, 0.30, 0.1, 0.1, 0.05, 0.05]]), np.array([100.0]))
    assert difference[0] == pytest.approx(10)
    assert critical[0] == pytest.approx(11.1299, abs=5e-5)
    difference, critical = fong(np.array([[0.45, 0.20, 0.15, 0.1, 0.05, 0.05]]), np.array([100.0]))
    assert difference[0] == pytest.approx(25)
    assert critical[0] == pytest.approx(10.9293, abs=5e-5)


def test_a_questionable_majority_is_no_first_count_of_fong():
    difference, _ = fong(np.array([[0.1, 0.2, 0.0, 0.1, 0.0, 0.6]]), np.array([100.0]))
    assert difference[0] == pytest.approx(10)  # O against A: Q stands in n only


def test_continuous_scores_by_hand():
    answers = [(1, 5), (1, 3), (2, 5), (3, 3), (1, 4)]
    first, second = zip(*answers, strict=True)
    survey = csi.Survey.from_frame({"f": [*first, 1, 5], "d": [*second, 1, 1]})  # the last two: Q and R, left out
    tidy = csi.score_kano(survey, {"x": "f"}, {"x": "d"}).tidy("continuous").set_index("term")
    assert tidy["estimate"].round(10).to_dict() == {"functional": 2.8, "dysfunctional": 2.0}
    assert (tidy["n"] == 5).all()
    # the five are a domain of the seven: n / (n - 1) is 7 / 6, as in R survey
    assert tidy.loc["functional", "std_error"] == pytest.approx(np.std([4, 4, 2, 0, 4]) / np.sqrt(5) * np.sqrt(7 / 6))
    cuts = decide_continuous(np.array([2.0, 2.5, 1.9, 1.9]), np.array([1.9, 2.0, 2.0, 1.0]))
    assert [CATEGORIES[k][0] for k in cuts] == ["a", "o", "m", "i"]


def test_ties_go_to_what_matters_more():
    def kind(rule: str, **shares: float) -> str:
        row = np.array([shares.get(letter, 0.0) for letter in "AOMIRQ"])
        return "AOMIRQ"[decide(row[None, :, None], rule)[0, 0]]

    assert kind("mode", M=0.3, O=0.3, A=0.2, I=0.2) == "M"
    assert kind("mode", A=0.3, O=0.3, I=0.4) == "I"
    assert kind("mode", A=0.35, I=0.35, R=0.3) == "A"
    assert kind("sums", A=0.24, O=0.13, M=0.13, I=0.4, R=0.1) == "A"  # halves equal: A + O + M
    assert kind("sums", A=0.3, O=0.1, M=0.05, I=0.2, R=0.35) == "R"
    assert kind("strength", I=0.40, A=0.34, O=0.26) == "A"  # within 6 points
    assert kind("strength", I=0.41, A=0.34, O=0.25) == "I"


def test_labels_are_the_test_of_the_two_largest_counts():
    kano = kano_of(counts_of("AOMIRQ", {"x": (50, 30, 10, 8, 1, 1)}))
    p = kano.tidy("labels").set_index("kind")["p_value"]
    for letter, count in zip("OMIRQ", (30, 10, 8, 1, 1), strict=True):
        z = (50 - count) / np.sqrt(50 + count)
        assert p[LETTERS[letter]] == pytest.approx(2 * norm.sf(z), rel=1e-9, abs=1e-12)
    assert p["attractive"] == 1
    assert csi.list_labels(kano)["labels"][0] == "attractive"  # z = 2.236
    assert csi.list_labels(kano, level=0.99)["labels"][0] == "attractive|one_dimensional"
    assert csi.list_labels(kano, level=0.8)["labels"][0] == "attractive"


def test_labels_follow_the_design():
    """The same respondents in clusters of two alike: half the effective n, z smaller by the root of 2."""
    row = {"A": 60, "O": 36, "M": 14, "I": 10}
    counts = {"x": row}
    frame = survey_of(counts).answers
    frame["pair"] = np.repeat(np.arange(60), 2)
    book = csi.Codebook(items=survey_of(counts).codebook.items, cluster="pair")
    clustered = csi.score_kano(csi.Survey.from_frame(frame, book), {"x": "f_x"}, {"x": "d_x"})
    plain = kano_of(counts)
    z = 24 / np.sqrt(96)
    assert plain.tidy("labels")["p_value"][1] == pytest.approx(2 * norm.sf(z))
    # 60 units of two: variance 60 / 59 times twice that of 120 single respondents with divisor n
    expected = 2 * t.sf(z / np.sqrt(2 * 60 / 59), 59)
    assert clustered.tidy("labels")["p_value"][1] == pytest.approx(expected, rel=1e-9)


def test_stability_is_the_share_of_replicates():
    kano = kano_of(counts_of("AOMI", {"x": (40, 38, 12, 10)}), inference="bootstrap", n_boot=4000)
    labels = kano.tidy("labels").set_index("kind")["estimate"]
    rng = np.random.default_rng(5)
    draws = rng.multinomial(100, [0.40, 0.38, 0.12, 0.10], size=40_000)
    a, o = draws[:, 0], draws[:, 1]
    assert labels["attractive"] == pytest.approx((a > o).mean(), abs=0.03)
    assert labels["one_dimensional"] == pytest.approx((o >= a).mean(), abs=0.03)  # a tie goes to O
    assert labels.sum() == pytest.approx(1)
    drawn = kano_of(counts_of("AOMI", {"x": (40, 38, 12, 10)})).tidy("labels").set_index("kind")["estimate"]
    assert drawn["attractive"] == pytest.approx((a > o).mean() + (a == o).mean() / 2, abs=0.03)


def test_errors_of_better_and_worse_are_those_of_a_ratio():
    n = dict(zip("AOMIRQ", (50, 40, 30, 60, 10, 10), strict=True))
    kano = kano_of({"x": n})
    tidy = kano.tidy("better_worse").set_index("term")
    meaning = 180
    for term, part, sign in (("better", 90, 1), ("worse", 70, -1)):
        p = part / meaning  # of a ratio, linearised: the 180 respondents alone matter
        assert tidy.loc[term, "estimate"] == pytest.approx(sign * p)
        assert tidy.loc[term, "std_error"] == pytest.approx(np.sqrt(p * (1 - p) / meaning * 200 / 199))
        lower, upper = sorted(sign * limit for limit in wilson(part, meaning))
        assert tidy.loc[term, ["lower", "upper"]].tolist() == pytest.approx([lower, upper])
    both = kano.contrast({("x", "better"): 1, ("x", "worse"): 1}, table="better_worse")
    assert float(both) == pytest.approx(20 / 180)
    u = np.repeat([1.0, 0.0, -1.0, 0.0], [50, 40, 30, 60]) - 20 / 180  # A and not M, by respondent
    assert both.std_error == pytest.approx(np.sqrt((u**2).sum() / 180**2 * 200 / 199))


def wilson(count, n, z: float = 1.959963984540054) -> tuple:
    """Wilson's limits, of numbers or arrays."""
    p = count / n
    middle, reach = p + z**2 / (2 * n), z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    return (middle - reach) / (1 + z**2 / n), (middle + reach) / (1 + z**2 / n)


def test_coverage_of_better_and_worse():
    """20,000 surveys of 250 respondents: the intervals that score_kano prints hold the truth in 93-97 % of them."""
    shares = np.array([0.30, 0.25, 0.15, 0.22, 0.05, 0.03])
    counts = np.random.default_rng(11).multinomial(250, shares, size=20_000)
    parts = {"better": [0, 1], "worse": [1, 2]}
    meaning = counts[:, :4].sum(axis=1)
    printed = kano_of(counts_of("AOMIRQ", {f"s{i}": tuple(row) for i, row in enumerate(counts[:40].tolist())}))
    for term, part in parts.items():
        truth = shares[part].sum() / shares[:4].sum()
        lower, upper = wilson(counts[:, part].sum(axis=1), meaning)
        assert 0.93 <= ((lower <= truth) & (truth <= upper)).mean() <= 0.97, term
        tidy = printed.tidy("better_worse")
        tidy = tidy[tidy["term"] == term]
        own = sorted(("lower", "upper"), key=lambda side: tidy[side].abs().iloc[0])  # worse is printed mirrored
        for side, limit in zip(own, (lower, upper), strict=True):
            np.testing.assert_allclose(tidy[side].abs(), limit[:40], rtol=1e-6)


def test_a_tie_is_kept_as_often_as_the_level_says_and_fong_is_not():
    """Two categories tie in truth: both stay in the set in 90 % of the samples at level .90, by Fong in about 80 %."""
    shares = np.array([0.33, 0.33, 0.14, 0.14, 0.03, 0.03])
    counts = np.random.default_rng(3).multinomial(250, shares, size=2000)
    kept, same = [], []
    for row in counts:
        p = row / 250
        values = leading_p(p, (np.diag(p) - np.outer(p, p)) / 249, 250, 250 / 249, np.inf)
        kept.append(min(values[0], values[1]) > 0.10)
        difference, critical = fong(p[None], np.array([250.0]))
        same.append(difference[0] < critical[0])
    assert 0.88 <= np.mean(kept) <= 0.92
    assert np.mean(same) < 0.86


def golden() -> dict:
    return json.loads((Path(__file__).parent / "golden" / "quality_measures.json").read_text(encoding="utf-8"))


def test_shares_and_coefficients_under_a_design_are_those_of_r_survey():
    """Weights, strata and clusters of mobile, ten points standing in for the five answers; svymean and svyratio."""
    words = ("dislike", "dislike", "dislike", "live_with", "live_with", "neutral", "expect", "expect", "like", "like")
    answers = dict(zip(range(1, 11), words, strict=True))
    survey, expected = csi.load_sample("mobile"), golden()

    def kano(by: str | None = None) -> csi.Result:
        return csi.score_kano(survey, ["quality_network"], ["sat_overall"], answers=answers, by=by)

    whole = kano()
    shares, pair = whole.tidy("category_shares"), whole.tidy("better_worse").set_index("term")
    for column in ("estimate", "std_error"):
        np.testing.assert_allclose(shares[column], expected["shares"][column], rtol=1e-8)
        assert pair.loc["better", column] == pytest.approx(expected["better"][column], rel=1e-8)
        assert abs(pair.loc["worse", column]) == pytest.approx(expected["worse"][column], rel=1e-8)
    groups = kano("operator").tidy("better_worse")
    groups = groups[groups["term"] == "better"].set_index("group")
    assert list(groups.index) == expected["better_by_operator"]["operator"]
    for column in ("estimate", "std_error"):
        np.testing.assert_allclose(groups[column], expected["better_by_operator"][column], rtol=1e-8)


def test_a_segment_that_sees_it_otherwise_is_found():
    rng = np.random.default_rng(8)
    group = np.repeat(["new", "old"], 150)
    codes = [np.where(group == "new", rng.choice([0, 1, 3], 300, p=[0.2, 0.6, 0.2]), rng.choice([0, 1, 3], 300)),
             rng.choice([0, 1, 3], 300, p=[0.5, 0.3, 0.2])]  # fmt: skip
    columns = {}
    for k, code in enumerate(codes):
        answers = np.array([PAIRS["AOMIRQ"[c]] for c in code])
        columns[f"f{k}"], columns[f"d{k}"] = answers.T
    survey = csi.Survey.from_frame({**columns, "segment": group}, scale={"f*": (1, 5), "d*": (1, 5)})
    kano = csi.score_kano(survey, ["f0", "f1"], ["d0", "d1"], by="segment")
    tidy = kano.tidy("segments").set_index("item")
    for k in (0, 1):  # a Wald statistic on multinomial covariances with divisor n - 1 and the design's n
        p = np.array([[(codes[k][group == g] == c).mean() for c in (0, 1)] for g in ("new", "old")])
        v = sum((np.diag(row) - np.outer(row, row)) / 150 for row in p) * 300 / 299
        moved = p[1] - p[0]
        statistic = moved @ np.linalg.solve(v, moved)
        assert tidy.loc[f"f{k}", "estimate"] == pytest.approx(statistic, rel=1e-6)
    assert tidy.loc["f0", "p_value"] < 0.001
    assert tidy.loc["f1", "p_value"] > 0.05
    assert wald_equal(np.array([[1.0, 0.0]]), np.zeros((2, 2))) == (0.0, 0)


def test_the_planted_truth_of_app_kano_is_found():
    survey = csi.load_sample("app_kano")
    truth = survey.codebook.truth
    numbers = list(truth["features"])
    features = {number: f"f{number}" for number in numbers}
    kano = csi.score_kano(survey, features, {n: f"d{n}" for n in numbers}, importance={n: f"i{n}" for n in numbers})
    assert not any(note.code == "kano_numbers_assumed" for note in kano.notes)  # the labels were read
    labels = csi.list_labels(kano).set_index("item")
    tidy = {name: kano.tidy(name) for name in ("category_shares", "better_worse", "continuous", "stated_importance")}
    z = []
    for number, row in truth["features"].items():
        planted = [row["category"]] if isinstance(row["category"], str) else list(row["category"])
        assert set(labels.loc[number, "labels"].split("|")) & {LETTERS[letter] for letter in planted}, number
        for letter, share in row["shares"].items():
            z.append(_z(tidy["category_shares"], (number, LETTERS[letter]), share))
        z += [_z(tidy["better_worse"], (number, term), row[term]) for term in ("better", "worse")]
        z += [
            _z(tidy["continuous"], (number, side), row[f"{side}_without_r_q"])
            for side in ("functional", "dysfunctional")
        ]
        z.append(_z(tidy["stated_importance"], (number,), row["importance"]))
    z = np.array(z)
    assert np.abs(z).max() < 4
    assert (np.abs(z) < 1.96).mean() > 0.90
    tie = truth["tie"]
    assert set(labels.loc[tie["feature"], "labels"].split("|")) == {LETTERS[letter] for letter in tie["categories"]}
    assert labels.loc[truth["indifferent"], "labels"] == "indifferent"
    assert labels.loc[truth["reverse"], "labels"] == "reverse"
    by = (
        csi.score_kano(survey, features, {n: f"d{n}" for n in numbers}, by="segment").tidy("segments").set_index("item")
    )
    assert by["p_value"].idxmin() == truth["differs_by_segment"]
    assert by["p_value"][truth["differs_by_segment"]] < 1e-6
    assert (by["p_value"].drop(truth["differs_by_segment"]) > 0.001).all()


def _z(tidy: pd.DataFrame, key: tuple[str, ...], truth: float) -> float:
    row = tidy[(tidy.iloc[:, : len(key)] == list(key)).all(axis=1)].iloc[0]
    return (row["estimate"] - truth) / max(row["std_error"], 1e-6)


def test_answers_are_read_from_words_labels_mappings_and_other_directions():
    truth = kano_of({"x": {"A": 3, "O": 2, "M": 4, "I": 1}}).tidy("category_shares")["estimate"].tolist()
    answers = [PAIRS[letter] for letter, count in {"A": 3, "O": 2, "M": 4, "I": 1}.items() for _ in range(count)]
    words = {1: "喜欢", 2: "理应如此", 3: "无所谓", 4: "能忍受", 5: "讨厌"}
    meaning = dict(zip(words.values(), ("like", "expect", "neutral", "live_with", "dislike"), strict=True))
    first, second = zip(*answers, strict=True)
    texts = {"f": [words[k] for k in first], "d": [words[k] for k in second]}
    book = csi.Codebook(items={name: csi.Item(name, kind="category") for name in "fd"})
    by_words = csi.score_kano(csi.Survey.from_frame(texts, book), ["f"], ["d"], answers=meaning)
    assert by_words.tidy("category_shares")["estimate"].tolist() == truth
    read = csi.score_kano(csi.Survey.from_frame(texts, book), ["f"], ["d"])  # such words are known
    assert read.tidy("category_shares")["estimate"].tolist() == truth
    turned = csi.Scale(1, 5, labels={6 - k: word for k, word in words.items()})  # 5 = like
    book = csi.Codebook(items={name: csi.Item(name, scale=turned) for name in "fd"})
    numbers = {"f": [6 - k for k in first], "d": [6 - k for k in second]}
    by_labels = csi.score_kano(csi.Survey.from_frame(numbers, book), ["f"], ["d"])
    assert by_labels.tidy("category_shares")["estimate"].tolist() == truth
    by_mapping = csi.score_kano(csi.Survey.from_frame(numbers, book), ["f"], ["d"], answers=meaning)  # labels as keys
    assert by_mapping.tidy("category_shares")["estimate"].tolist() == truth
    codes = {10 * k: word for k, word in enumerate(meaning.values(), start=1)}
    tens = csi.Survey.from_frame({"f": [10 * k for k in first], "d": [10 * k for k in second]})
    assert csi.score_kano(tens, ["f"], ["d"], answers=codes).tidy("category_shares")["estimate"].tolist() == truth


def test_a_missing_answer_takes_the_respondent_out_of_that_feature_only():
    survey = csi.Survey.from_frame(
        {"f1": [1, 1, None, 1], "d1": [5, 3, 5, 5], "f2": [1, 1, 1, 1], "d2": [5, 5, 5, None]}
    )
    kano = csi.score_kano(survey, ["f1", "f2"], ["d1", "d2"])
    tidy = kano.tidy("category_shares").set_index(["item", "kind"])
    assert tidy.loc[("f1", "one_dimensional"), "estimate"] == pytest.approx(2 / 3)
    assert tidy["n"].eq(3).all()
    assert kano.scores()["f1"].fillna("-").tolist() == ["one_dimensional", "attractive", "-", "one_dimensional"]


def test_weights_move_shares_and_their_scale_does_not():
    frame = survey_of({"x": {"A": 30, "O": 20, "M": 10, "I": 40}}).answers
    frame["w"] = np.tile([1.0, 3.0], 50)
    items = survey_of({"x": {"A": 30, "O": 20, "M": 10, "I": 40}}).codebook.items
    book = csi.Codebook(items=items, weight="w")
    one = csi.score_kano(csi.Survey.from_frame(frame, book), ["f_x"], ["d_x"])
    ten = csi.score_kano(csi.Survey.from_frame(frame.assign(w=10 * frame["w"]), book), ["f_x"], ["d_x"])
    for name in one.tables:
        pd.testing.assert_frame_equal(one.tidy(name), ten.tidy(name))
    assert "replication" not in one.tables  # Fong's test knows no weights


BAD = [
    (lambda s: csi.score_kano(s, ["f"], ["d"], table="kano"), "unknown_option", ["berger", "pouliot"]),
    (lambda s: csi.score_kano(s, ["f"], ["d"], rule="max"), "unknown_option", ["mode", "sums"]),
    (lambda s: csi.score_kano(s, ["f", "g"], ["d"]), "unpaired_items", ["functional", "g"]),
    (lambda s: csi.score_kano(s, {"a": "f"}, {"b": "d"}), "unpaired_items", ["functional", "dysfunctional", "a", "b"]),
    (lambda s: csi.score_kano(s, {"a": "f"}, ["d"]), "pairs_of_two_kinds", ["functional", "dysfunctional"]),
    (lambda s: csi.score_kano(s, ["f"], ["f"]), "items_given_twice", ["f"]),
    (lambda s: csi.score_kano(s, ["zz"], ["d"]), "unknown_items", ["zz", "f"]),
    (lambda s: csi.score_kano(s, ["f"], ["seven"]), "kano_outside", ["seven", "7 (2)", "6 (1)", "like"]),
    (lambda s: csi.score_kano(s, ["f"], ["d"], answers={1: "love"}), "unknown_option", ["love", "like"]),
    (lambda s: csi.score_kano(s, ["f"], ["d"], answers={1: "like"}), "kano_outside", ["f", "3 (1)"]),
    (lambda s: csi.score_kano(s, ["f"], ["d"], importance=["g", "seven"]), "length_differs", ["importance", "2", "1"]),
    (lambda s: csi.score_kano(s, ["f"], ["d"], importance={"x": "g"}), "keys_differ", ["x", "f"]),
    (lambda s: csi.score_kano([1, 2], ["f"], ["d"]), "not_a_survey", ["score_kano", "list"]),
    (lambda s: csi.list_labels(csi.score_kano(s, ["f"], ["d"], inference="none")), "no_labels", ["category"]),
    (lambda s: csi.list_labels(csi.score_kano(s, ["f"], ["d"]), level=95), "bad_level", ["95"]),
]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(("call", "code", "words"), BAD, ids=[f"{i}-{row[1]}" for i, row in enumerate(BAD)])
def test_bad_calls_say_what_is_wrong(call, code, words, language):
    survey = csi.Survey.from_frame({"f": [1, 1, 3], "d": [5, 3, 3], "g": [1, 2, 3], "seven": [7, 7, 6]}, name="small")
    with csi.use_language(language), pytest.raises(csi.CsiError) as caught:
        call(survey)
    assert caught.value.code == code
    with csi.use_language(language):
        assert all(word in str(caught.value) for word in words), str(caught.value)


WORDINGS = {
    "like": ("I like it that way", "我很喜欢", "I would enjoy it", "满意"),
    "expect": ("It must be that way", "I expect it", "理应如此", "它是必须的", "理所当然"),
    "neutral": ("I am neutral", "I do not care", "无所谓"),
    "live_with": ("I can live with it", "I can tolerate it", "勉强可以接受", "我可以忍受"),
    "dislike": ("I dislike it", "I do not like it", "I don't like it", "我不喜欢", "很讨厌", "不满意"),
}


@pytest.mark.parametrize("meaning", list(WORDINGS))
def test_wordings_of_questionnaires_are_read(meaning):
    book = csi.Codebook(items={name: csi.Item(name, kind="category") for name in "fd"})
    for wording in WORDINGS[meaning]:
        survey = csi.Survey.from_frame({"f": [wording] * 3, "d": ["无所谓"] * 3}, book)
        result = csi.score_kano(survey, ["f"], ["d"]).tidy("category_shares").set_index("kind")["estimate"]
        expected = "attractive" if meaning == "like" else "reverse" if meaning == "dislike" else "indifferent"
        assert result.idxmax() == expected, wording
        both = csi.Survey.from_frame({"f": ["喜欢"] * 3, "d": [wording] * 3}, book)
        result = csi.score_kano(both, ["f"], ["d"]).tidy("category_shares").set_index("kind")["estimate"]
        expected = {"like": "questionable", "dislike": "one_dimensional"}.get(meaning, "attractive")
        assert result.idxmax() == expected, wording


def test_labels_that_contradict_themselves_stop():
    scale = csi.Scale(1, 5, labels={1: "I dislike it", 5: "I like it"})
    book = csi.Codebook(items={name: csi.Item(name, scale=scale) for name in "fd"})
    survey = csi.Survey.from_frame({"f": [1, 2], "d": [5, 4]}, book)
    with pytest.raises(csi.DataError, match="1 = dislike"):
        csi.score_kano(survey, ["f"], ["d"])


def test_features_that_nobody_wants_have_no_coefficients():
    counts = {"x": {"R": 6}, "y": {"A": 3, "O": 3}}
    mixed = kano_of(counts)
    assert mixed.tidy("better_worse")["item"].unique().tolist() == ["y"]
    assert mixed.tidy().set_index("item")["kind"]["x"] == "reverse"
    alone = kano_of({"x": {"R": 6}})
    assert not {"better_worse", "continuous"} & set(alone.tables)
    assert "kano_nothing_meant" in [note.code for note in alone.notes]
    assert len(alone.tidy("category_rules")) == 3


def test_pairs_that_nobody_answered_are_named():
    survey = csi.Survey.from_frame({"f": [1, 2, None], "d": [None, None, 5]})
    with pytest.raises(csi.DataError, match=r"f \+ d"):
        csi.score_kano(survey, ["f"], ["d"])


def test_private_answers_are_refused():
    book = csi.Codebook(items={name: csi.Item(name, scale=csi.Scale(1, 5)) for name in "fd"}, private=("d",))
    survey = csi.Survey.from_frame({"f": [1, 2], "d": [5, 4]}, book)
    with pytest.raises(csi.DataError) as caught:
        csi.score_kano(survey, ["f"], ["d"])
    assert caught.value.code == "private_column"
    assert "5" not in str(caught.value)


def test_row_order_changes_nothing():
    survey = csi.load_sample("app_kano")
    frame = survey.answers
    other = csi.Survey.from_frame(frame.iloc[::-1].reset_index(drop=True), survey.codebook, name=survey.name)
    pair = {"a": "f01", "b": "f05"}, {"a": "d01", "b": "d05"}
    for name in ("category", "better_worse", "strength", "continuous"):
        a, b = csi.score_kano(survey, *pair).tidy(name), csi.score_kano(other, *pair).tidy(name)
        pd.testing.assert_frame_equal(a, b)


def test_both_tables_are_of_the_five_answers():
    every = np.array(list(itertools.product(range(5), repeat=2)), dtype=float)
    for table in (BERGER, POULIOT):
        found = classify(every[:, :1], every[:, 1:], table)[:, 0]
        assert found.reshape(5, 5).tolist() == table.tolist()
    assert np.isnan(classify(np.array([[np.nan]]), np.array([[1.0]]), BERGER)).all()
