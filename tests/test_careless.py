"""Signs of careless answering: by hand, against published cases and plain definitions, and on planted people."""

from __future__ import annotations

import dataclasses
from math import erf, log, sqrt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import csi
from csi.data import careless, consistency
from csi.data.careless import bare, perfunctory_answers, perfunctory_words
from csi.data.response_check import LIMITS
from csi.data.response_signs import SIGNS, find_grids
from csi.data.responses import missing_patterns
from csi.errors import CsiError
from csi.words import words

NAN = float("nan")
TEN = csi.Scale(1, 10)
FIVE = csi.Scale(1, 5)

# small tables of ratings with missing answers
TABLES = arrays(
    float,
    st.tuples(st.integers(1, 6), st.integers(2, 9)),
    elements=st.sampled_from([1.0, 2.0, 3.0, 4.0, 5.0, NAN]),
)


def items(count: int, scale: csi.Scale = TEN, **more: object) -> dict[str, csi.Item]:
    """q1, q2, ... on one scale."""
    return {f"q{j}": csi.Item(f"q{j}", scale, **more) for j in range(1, count + 1)}


def survey_of(rows: object, scale: csi.Scale = TEN, **roles: object) -> csi.Survey:
    ratings = np.asarray(rows, dtype=float)
    book = csi.Codebook(items(ratings.shape[1], scale), **roles)
    return csi.Survey.from_frame(pd.DataFrame(ratings, columns=list(book.items)), book, name="shop")


# --- runs -------------------------------------------------------------------------------------------------------


def test_longest_run_gives_the_published_cases() -> None:
    """Test data of R's careless: row k begins with 10k ones and goes on 0 1 0 1 over 100 items; the tenth has 10."""
    rows = []
    for k in range(1, 10):
        tail = np.arange(100 - 10 * k) % 2
        rows.append(np.concatenate([np.ones(10 * k), tail]))
    rows.append(np.concatenate([np.ones(10), np.arange(90) % 2]))
    expected = [10 * k for k in range(1, 10)] + [10]
    assert careless.longest_run(np.array(rows, dtype=float)).tolist() == expected


def test_runs_by_hand() -> None:
    ratings = np.array(
        [
            [7, 7, 7, 7, 7, 7],
            [7, 7, NAN, 7, 2, 2],  # the missing answer neither ends the run nor counts
            [1, 2, 3, 4, 5, 6],
            [NAN, NAN, NAN, NAN, NAN, NAN],
        ]
    )
    np.testing.assert_array_equal(careless.longest_run(ratings), [6, 3, 1, NAN])


def test_zigzags_by_hand() -> None:
    ratings = np.array(
        [
            [3, 8, 3, 8, 3, 8],
            [3, 8, NAN, 8, 3, 8],  # fits a 3, which is not counted: 3 8 . 8 3 8
            [3, 3, 3, 3, 3, 3],
            [1, 2, 1, 4, 5, 4],
            [5, 4, 3, 2, 1, 0],
            [NAN] * 6,
        ]
    )
    np.testing.assert_array_equal(careless.longest_zigzag(ratings), [6, 5, 0, 3, 0, NAN])


@settings(max_examples=60, deadline=None)
@given(TABLES)
def test_runs_follow_the_plain_definition(ratings: np.ndarray) -> None:
    for row, found in zip(ratings, careless.longest_run(ratings), strict=True):
        answers = row[~np.isnan(row)]
        runs = [
            stop - start
            for start in range(len(answers))
            for stop in range(start + 1, len(answers) + 1)
            if len(set(answers[start:stop])) == 1
        ]
        assert found == max(runs) if runs else np.isnan(found)


def test_straight_lining_is_judged_grid_by_grid() -> None:
    grids = [(0, 1, 2, 3), (4, 5, 6, 7), (8, 9)]
    ratings = np.array(
        [
            [7, 7, 7, 7, 3, 3, 3, 3, 1, 2],  # both grids, different ratings
            [7, 7, 7, 7, 3, 4, 3, 3, 1, 1],  # one of two; the pair is no grid
            [7, 7, NAN, 7, 3, 4, 5, NAN, 1, 1],  # 3 of 6 ratings
            [7, NAN, NAN, 7, NAN, NAN, NAN, NAN, 1, 1],  # too few answers to judge
        ]
    )
    np.testing.assert_allclose(careless.straight_share(ratings, grids), [1, 0.5, 0.5, NAN])


def test_a_grid_ends_where_the_scale_changes() -> None:
    book = csi.Codebook(
        {
            **items(4),
            "why": csi.Item("why", kind="text"),
            "q5": csi.Item("q5", TEN),
            "q6": csi.Item("q6", TEN),
            "r1": csi.Item("r1", FIVE),
            "q7": csi.Item("q7", TEN),
        }
    )
    frame = pd.DataFrame({name: [1.0] for name in book.items if name != "why"}).assign(why="x")
    survey = csi.Survey.from_frame(frame, book)
    names = ["q1", "q2", "q4", "q5", "q6", "r1", "q7"]  # q3 was not chosen and ends nothing
    assert find_grids(survey, names) == ((0, 1, 2), (3, 4), (5,), (6,))


# --- spread and style -------------------------------------------------------------------------------------------


def test_person_sd_gives_the_cases_of_curran_2016() -> None:
    ratings = np.array([[3] * 10, [1, 2, 3, 4, 5] * 2, [1] * 5 + [5] * 5], dtype=float)
    expected = [0, sqrt(20 / 9), sqrt(40 / 9)]
    np.testing.assert_allclose(careless.person_sd(ratings), expected, rtol=1e-12)


@settings(max_examples=60, deadline=None)
@given(TABLES)
def test_person_sd_is_the_standard_deviation_of_the_answers(ratings: np.ndarray) -> None:
    for row, found in zip(ratings, careless.person_sd(ratings), strict=True):
        answers = row[~np.isnan(row)]
        assert found == pytest.approx(np.std(answers, ddof=1)) if len(answers) > 1 else np.isnan(found)


def test_agreeing_with_everything_is_not_the_same_as_being_satisfied() -> None:
    turned = np.array([False, False, False, True])
    middle = np.full(4, 3.0)
    ratings = np.array(
        [
            [5, 5, 5, 1],  # satisfied
            [1, 1, 1, 5],  # dissatisfied
            [5, 4, 5, 5],  # agrees with everything
            [5, 4, 2, 3],  # 2/3 of one set, none of the other
            [5, 5, 5, NAN],  # nothing of the second set
        ]
    )
    found = careless.agreement_share(ratings, middle, turned)
    np.testing.assert_allclose(found, [0.5, 0.5, 1.0, 1 / 3, NAN])


def test_extreme_share_by_hand() -> None:
    found = careless.extreme_share(np.array([[1, 10, 5, NAN], [NAN] * 4]), np.full(4, 1.0), np.full(4, 10.0))
    np.testing.assert_allclose(found, [2 / 3, NAN])


# --- consistency ------------------------------------------------------------------------------------------------


def test_even_odd_by_hand() -> None:
    """Three constructs of an odd and an even item: r .5 becomes 2/3, r -.5 would be -2 and is cut at -1."""
    blocks = [(0, 1), (2, 3), (4, 5)]
    ratings = np.array(
        [
            [1, 1, 2, 2, 3, 3],  # r = 1
            [1, 1, 2, 3, 3, 2],  # r = .5
            [1, 2, 2, 3, 3, 1],  # r = -.5
            [1, 3, 2, 2, 3, 1],  # r = -1
            [2, 1, 2, 2, 2, 3],  # no variation in one half
            [1, 1, 2, 2, 3, NAN],  # two constructs left
        ],
        dtype=float,
    )
    np.testing.assert_allclose(consistency.even_odd(ratings, blocks), [1, 2 / 3, -1, -1, NAN, NAN])


def test_even_odd_takes_means_over_the_answers_given() -> None:
    """Halves of a construct of three: first and third against second; a missing answer leaves its half."""
    blocks = [(0, 1, 2), (3, 4, 5), (6, 7, 8)]
    row = np.array([[1, 2, 3, 5, 4, NAN, 7, 9, 8]])  # odd 2, 5, 7.5; even 2, 4, 9
    r = np.corrcoef([2, 5, 7.5], [2, 4, 9])[0, 1]
    np.testing.assert_allclose(consistency.even_odd(row, blocks), [2 * r / (1 + r)])
    assert np.isnan(consistency.even_odd(row, blocks[:2])).all()


PAIRS = np.array([[1, 0], [3, 2], [5, 4], [7, 6]])


def test_synonyms_give_the_published_cases() -> None:
    """Rows of the tests of R's careless: one rating throughout, much alike, turned round, unrelated."""
    ratings = np.array(
        [
            [5] * 8,
            [4, 5, 1, 2, 8, 9, 13, 12],
            [0, 6, 1, 5, 2, 4, 3, 3],
            [1, 5, 2, 3, 3, 3, 4, 5],
        ],
        dtype=float,
    )
    found = consistency.pair_consistency(ratings, PAIRS)
    assert np.isnan(found[0])
    assert found[1] >= 0.85
    assert found[2] == pytest.approx(-1)
    assert found[3] == pytest.approx(0, abs=1e-12)


@settings(max_examples=80, deadline=None)
@given(
    arrays(float, st.tuples(st.integers(1, 5), st.just(6)), elements=st.sampled_from([1.0, 2.0, 3.0, 4.0, 5.0, NAN])),
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)).filter(lambda p: p[0] > p[1]), min_size=3, unique=True),
)
def test_synonyms_follow_the_plain_definition(ratings: np.ndarray, pairs: list[tuple[int, int]]) -> None:
    found = consistency.pair_consistency(ratings, np.array(pairs))
    for row, value in zip(ratings, found, strict=True):
        both = np.array([(row[a], row[b]) for a, b in pairs])
        both = both[~np.isnan(both).any(axis=1)]
        if len(both) < 3 or (both.std(axis=0) < 1e-9).any():
            assert np.isnan(value)
        else:
            assert value == pytest.approx(np.corrcoef(both.T)[0, 1], abs=1e-9)


def test_pairs_are_those_that_most_people_answer_alike() -> None:
    correlation = np.array([[1, 0.7, -0.8], [0.7, 1, 0.2], [-0.8, 0.2, 1]])
    assert consistency.item_pairs(correlation, 0.6).tolist() == [[1, 0]]
    assert consistency.item_pairs(correlation, 0.6, opposite=True).tolist() == [[2, 0]]


def test_distances_use_the_answered_items_of_every_pattern() -> None:
    rng = np.random.default_rng(3)
    root = rng.standard_normal((5, 5))
    mean, cov = rng.standard_normal(5), root @ root.T + np.eye(5)
    ratings = rng.standard_normal((60, 5))
    ratings[rng.random(ratings.shape) < 0.4] = NAN
    ratings[0] = NAN
    ratings[1] = [0.3, NAN, NAN, NAN, NAN]
    ratings[2, ~np.isnan(ratings[2])] = 0.5
    d2, answered = consistency.squared_distances(ratings, mean, cov)
    for row, found, count in zip(ratings, d2, answered, strict=True):
        seen = ~np.isnan(row)
        assert count == seen.sum()
        if not count:
            assert np.isnan(found)
            continue
        z = (row - mean)[seen]
        assert found == pytest.approx(z @ np.linalg.inv(cov[np.ix_(seen, seen)]) @ z, rel=1e-9)


def test_distances_of_complete_answers_add_up() -> None:
    """With the sample's own mean and covariance the mean distance is k (n - 1) / n."""
    ratings = np.random.default_rng(4).integers(1, 11, (200, 6)).astype(float)
    d2, answered = consistency.squared_distances(ratings, ratings.mean(axis=0), np.cov(ratings.T))
    assert d2.mean() == pytest.approx(6 * 199 / 200, rel=1e-10)
    assert (answered == 6).all()


# --- repeats and missing ----------------------------------------------------------------------------------------


def test_same_rows_by_hand() -> None:
    a, b = [1, 2, 3, 4, 5, 6, NAN], [1, 2, 3, 4, 5, 6, 7]
    ratings = np.array([a, b, a, a, [5] * 7, [5] * 7, [1, 2] + [NAN] * 5, [1, 2] + [NAN] * 5], dtype=float)
    assert careless.same_rows(ratings).tolist() == [2, 0, 2, 2, 0, 0, 0, 0]


@settings(max_examples=40, deadline=None)
@given(arrays(float, st.tuples(st.integers(2, 8), st.just(6)), elements=st.sampled_from([1.0, 2.0])))
def test_same_rows_follow_the_plain_definition(ratings: np.ndarray) -> None:
    rows = [tuple(row) for row in ratings]
    expected = [rows.count(row) - 1 if len(set(row)) > 1 else 0 for row in rows]
    assert careless.same_rows(ratings).tolist() == expected


def test_missing_patterns_of_many_items() -> None:
    """Seventy items need three machine words; the counts are those of the rows as texts."""
    rng = np.random.default_rng(5)
    kinds = rng.random((9, 70)) < 0.5
    missing = kinds[rng.integers(0, 9, 400)]
    patterns, count = missing_patterns(missing)
    texts = pd.Series(["".join("01"[cell] for cell in row.astype(int)) for row in missing]).value_counts()
    assert count.tolist() == sorted(texts.tolist(), reverse=True)
    for row, found in zip(patterns, count, strict=True):
        assert texts["".join("01"[cell] for cell in row.astype(int))] == found


# --- answers in words -------------------------------------------------------------------------------------------

SAYS_NOTHING = [
    "没意见",
    "无",
    "很好",
    "挺好的",
    "还行",
    "good",
    "OK",
    "fine.",
    "None",
    "。。。",
    "!!",
    " 没有 意见！",
    "ＯＫ",
]
SAYS_SOMETHING = ["很好，就是等太久", "服务态度不好", "good but slow", "电梯没有空调", "12306", "no parking"]


@pytest.mark.parametrize("answer", SAYS_NOTHING)
def test_an_answer_that_says_nothing(answer: str) -> None:
    assert perfunctory_answers(pd.Series([answer]))[1].tolist() == [True]


@pytest.mark.parametrize("answer", SAYS_SOMETHING)
def test_an_answer_that_says_something(answer: str) -> None:
    assert perfunctory_answers(pd.Series([answer]))[1].tolist() == [False]
    assert perfunctory_answers(pd.Series([answer]), more=[answer.upper()])[1].tolist() == [True]


def test_the_list_of_words_holds_each_once_and_bare() -> None:
    assert all(word and word == bare(word) for word in perfunctory_words())
    assert len(perfunctory_words()) > 80


def texted(**more: object) -> csi.Survey:
    book = csi.Codebook(
        {**items(6), "say1": csi.Item("say1", kind="text"), "say2": csi.Item("say2", kind="text")}, **more
    )
    frame = pd.DataFrame({f"q{j}": [5.0, 6.0, 7.0, 8.0] for j in range(1, 7)})
    frame["say1"] = ["没意见", "很好", None, "等了半小时"]
    frame["say2"] = ["无", "停车难", None, "ok"]
    return csi.Survey.from_frame(frame, book, name="shop")


def test_perfunctory_counts_only_who_wrote_something() -> None:
    result = csi.check_responses(texted())
    np.testing.assert_allclose(result.scores()["perfunctory"], [1, 0.5, NAN, 0.5])
    row = result.tidy().set_index("term").loc["perfunctory"]
    assert (row["estimate"], row["n"]) == (pytest.approx(1 / 3), 3)
    only = csi.check_responses(texted(), texts="say2").scores()["perfunctory"]
    np.testing.assert_allclose(only, [1, 0, NAN, 1])


# --- check_responses --------------------------------------------------------------------------------------------


def test_attention_checks_take_one_answer_or_several() -> None:
    ratings = pd.DataFrame({f"q{j}": [1.0, 2, 3, NAN] for j in range(1, 9)})
    book = csi.Codebook({**items(8), "colour": csi.Item("colour", kind="category")})
    survey = csi.Survey.from_frame(ratings.assign(colour=["red", "blue", None, "green"]), book)
    result = csi.check_responses(survey, attention={"q8": [1, 2], "colour": "red"})
    np.testing.assert_allclose(result.scores()["attention"], [0, 1, 1, 1])
    assert result.scores()["attention_flag"].tolist() == [False, True, True, True]
    assert "q8" not in " ".join(result.tidy("missing_patterns")["term"])  # a check is no rating


def test_speed_uses_the_median_and_the_answered_items() -> None:
    ratings = pd.DataFrame({f"q{j}": [5.0, 6, 7, 8, NAN] for j in range(1, 7)}).assign(time=[60, 120, 180, 30, NAN])
    survey = csi.Survey.from_frame(ratings, csi.Codebook(items(6), duration="time"))
    scores = csi.check_responses(survey).scores()
    np.testing.assert_allclose(scores["fast"], np.array([60, 120, 180, 30, NAN]) / 90)
    np.testing.assert_allclose(scores["fast_item"], [10, 20, 30, 5, NAN])
    assert scores["fast_flag"].tolist() == [False, False, False, False, False]  # 30 / 90 is not below a third
    strict = csi.check_responses(survey, limits={"fast": 0.5, "fast_item": 6}).scores()
    assert strict["fast_flag"].tolist() == [False, False, False, True, False]
    assert strict["n_flags"].tolist() == [
        strict.loc[i, [c for c in strict if c.endswith("_flag")]].sum() for i in range(5)
    ]


def test_a_respondent_may_come_again_in_another_wave() -> None:
    frame = pd.DataFrame({f"q{j}": [5.0, 6, 7, 8, 9] for j in range(1, 7)})
    frame = frame.assign(id=["a", "a", "b", "b", None], wave=[1, 1, 1, 2, 1])
    once = csi.check_responses(csi.Survey.from_frame(frame, csi.Codebook(items(6), respondent="id"))).scores()
    np.testing.assert_allclose(once["repeated_id"], [1, 1, 1, 1, NAN])
    book = csi.Codebook(items(6), respondent="id", wave="wave")
    np.testing.assert_allclose(
        csi.check_responses(csi.Survey.from_frame(frame, book)).scores()["repeated_id"], [1, 1, 0, 0, NAN]
    )


def test_questions_that_were_not_put_are_not_missing() -> None:
    rows = pd.DataFrame({f"q{j}": [5.0, 6.0] for j in range(1, 7)}, dtype=object)
    rows.loc[0, ["q1", "q2"]] = 95
    rows.loc[0, ["q3", "q4"]] = 96
    book = csi.Codebook(items(6), missing_codes={95: "not_asked", 96: "skipped"})
    result = csi.check_responses(csi.Survey.from_frame(rows, book))
    np.testing.assert_allclose(result.scores()["missing_share"], [0.5, 0])
    patterns = result.tidy("missing_patterns").set_index("term")["estimate"]
    assert patterns.to_dict() == {"q1 · q2 · q3 · q4": 1, "no_missing": 1}


def test_signs_are_those_of_the_array_functions() -> None:
    """On a survey with a reversed item, ratings are read as asked; even-odd turns them round."""
    rng = np.random.default_rng(11)
    ratings = rng.integers(1, 6, (40, 8)).astype(float)
    book = csi.Codebook({f"q{j}": csi.Item(f"q{j}", FIVE, construct="ABCD"[j // 2], reversed=j == 3) for j in range(8)})
    survey = csi.Survey.from_frame(pd.DataFrame(ratings, columns=list(book.items)), book)
    scores = csi.check_responses(survey).scores()
    np.testing.assert_allclose(scores["run"], careless.longest_run(ratings))
    np.testing.assert_allclose(scores["zigzag"], careless.longest_zigzag(ratings))
    np.testing.assert_allclose(scores["person_sd"], 25 * careless.person_sd(ratings))
    turned = ratings.copy()
    turned[:, 3] = 6 - turned[:, 3]
    np.testing.assert_allclose(scores["even_odd"], consistency.even_odd(turned, [(0, 1), (2, 3), (4, 5), (6, 7)]))
    d2, _ = consistency.squared_distances(ratings, ratings.mean(axis=0), np.cov(ratings.T))
    np.testing.assert_allclose(scores["distance"], d2, rtol=1e-9)
    at_end = np.isin(ratings, [1, 5]).mean(axis=1)
    np.testing.assert_allclose(scores["extreme"], at_end)


def test_nobody_is_dropped_and_nothing_is_changed() -> None:
    survey = csi.load_sample("mobile")
    before = survey.answers
    part = csi.Survey.from_frame(before.set_index("id", drop=False), survey.codebook)
    result = csi.check_responses(part)
    assert result.scores().index.tolist() == before["id"].tolist()
    pd.testing.assert_frame_equal(survey.answers, before)
    flags = result.scores().filter(like="_flag").drop(columns="n_flags", errors="ignore")
    assert (flags.sum(axis=1) == result.scores()["n_flags"]).all()
    counts = result.tidy("flag_counts").set_index("term")["estimate"]
    shares = result.tidy("flags").set_index("term")
    np.testing.assert_allclose(shares["estimate"] * shares["n"], counts)
    assert counts["any_flag"] == (result.scores()["n_flags"] > 0).sum() == result.glance()["n_flagged"].item()
    assert shares["std_error"].isna().all()
    assert any(note.code == "responses_facts" for note in result.notes)


def test_weights_do_not_enter_facts_about_the_file() -> None:
    survey = csi.load_sample("mobile")
    bare_book = dataclasses.replace(survey.codebook, weight=None, strata=None, cluster=None)
    plain = csi.check_responses(csi.Survey.from_frame(survey.answers, bare_book))
    pd.testing.assert_frame_equal(plain.tidy(), csi.check_responses(survey).tidy())


def test_a_sign_without_limit_is_computed_and_not_flagged() -> None:
    survey = csi.load_sample("mobile")
    result = csi.check_responses(survey, limits={"acquiescence": None, "even_odd": -0.5})
    terms = result.tidy()["term"].tolist()
    assert "acquiescence" not in terms
    assert "even_odd" in terms
    assert "acquiescence" in result.scores()
    assert "acquiescence_flag" not in result.scores()
    note = next(one for one in result.notes if one.code == "signs_not_flagged")
    assert "acquiescence" in str(note)
    with csi.use_language("zh"):
        assert "默许倾向" in str(note)


def test_what_cannot_be_judged_is_said() -> None:
    result = csi.check_responses(survey_of([[1, 2], [2, 3], [5, 4]]))
    said = str(next(one for one in result.notes if one.code == "signs_not_judged"))
    for word in ("time taken", "straight-lining", "constructs", "Mahalanobis", "both directions"):
        assert word in said
    assert result.tidy()["term"].tolist() == ["missing_share", "any_flag", "two_flags"]


def test_private_columns_are_not_looked_at() -> None:
    survey = texted(private=("say1", "q1"))
    result = csi.check_responses(survey)
    np.testing.assert_allclose(result.scores()["perfunctory"], [1, 0, NAN, 1])
    shown = repr(result) + result._repr_html_() + " ".join(result.tidy("missing_patterns")["term"])
    assert "q1" not in shown


def test_a_check_fails_where_many_are_flagged() -> None:
    rows = [[7] * 8] * 3 + [[1, 2, 3, 4, 5, 6, 7, 8], [8, 7, 6, 5, 4, 3, 2, 1]]
    check = csi.check_responses(survey_of(rows)).check().set_index("check")
    assert not check.loc["straight", "ok"]
    assert check.loc["straight", "value"] == pytest.approx(0.6)
    assert "3 of 5" in check.loc["straight", "meaning"]
    assert check.loc["missing_share", "ok"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_sign_has_its_words(language: str) -> None:
    assert set(SIGNS) == set(LIMITS)
    for sign in SIGNS:
        for key in (f"terms.{sign}", f"notes.unjudged_{sign}", f"checks.{sign}.ok", f"checks.{sign}.bad"):
            assert key in words(language)


BAD = [
    (lambda: csi.check_responses(csi.load_sample("tiny"), ["q1", "nothing"]), ["nothing", "q1"]),
    (lambda: csi.check_responses(texted(), ["say1"]), ["say1"]),
    (lambda: csi.check_responses(texted(), []), ["shop"]),
    (lambda: csi.check_responses(texted(), texts=["q1"]), ["shop", "q1"]),
    (lambda: csi.check_responses(texted(), texts=["q9"]), ["q9", "say1"]),
    (lambda: csi.check_responses(texted(), limits={"speed": 1}), ["speed", "fast", "mahalanobis"]),
    (lambda: csi.check_responses(texted(), limits={"fast": "slow"}), ["fast", "slow", "None"]),
    (lambda: csi.check_responses(texted(), limits={"run": NAN}), ["run", "nan"]),
    (lambda: csi.check_responses(texted(), attention={"q2": "two"}), ["q2", "two"]),
    (lambda: csi.check_responses(texted(), attention={"check": 2}), ["check"]),
    (lambda: csi.check_responses(texted(private=("q1",)), ["q1", "q2"]), ["shop", "1"]),
    (
        lambda: csi.check_responses(
            csi.Survey.from_frame({"age": [20, 30]}, csi.Codebook({"age": csi.Item("age", kind="number")}), "shop"),
            "age",
        ),
        ["shop", "age"],
    ),
    (lambda: csi.check_responses(csi.Survey.from_frame({"say": ["a b", "c d"]}, name="shop")), ["shop"]),
]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(("call", "held"), BAD)
def test_a_bad_call_says_what_is_wrong(call: object, held: list[str], language: str) -> None:
    with csi.use_language(language):
        with pytest.raises(CsiError) as caught:
            call()
        sentence = str(caught.value)
    assert all(word in sentence for word in held), sentence


# --- recovery of planted careless people ------------------------------------------------------------------------

PLANTED = 40  # of each pattern
LEVEL = 3  # standard deviations below what is expected


def floor(chance: float, people: int) -> float:
    """So many of `people` are found at least, but for one case in a thousand, when each is found with `chance`."""
    return people * chance - LEVEL * sqrt(people * chance * (1 - chance))


def below(value: float) -> float:
    return 0.5 * (1 + erf(value / sqrt(2)))


@pytest.fixture(scope="module")
def planted() -> tuple[pd.DataFrame, dict[str, np.ndarray]]:
    survey = csi.load_sample("mobile")
    who = {
        pattern: survey.answers["id"].isin(list(names)).to_numpy()
        for pattern, names in survey.codebook.truth["careless"]["rows"].items()
    }
    who["careful"] = ~np.any(list(who.values()), axis=0)
    return csi.check_responses(survey).scores(), who


def flagged(planted: tuple[pd.DataFrame, dict[str, np.ndarray]], pattern: str, sign: str) -> int:
    scores, who = planted
    return int(scores.loc[who[pattern], f"{sign}_flag"].sum())


def drawn_beyond(rows: np.ndarray) -> float:
    """Share of rows drawn from a pattern's definition whose distance from the sample is beyond the .999 point."""
    from scipy.stats import chi2

    survey = csi.load_sample("mobile")
    names = [name for name, item in survey.codebook.items.items() if item.kind == "rating"]
    answers = survey.answers[names]
    z = rows - answers.mean().to_numpy()
    d2 = (z @ np.linalg.inv(answers.cov().to_numpy()) * z).sum(axis=1)
    return float((d2 > chi2.isf(0.001, len(names))).mean())


def test_straight_liners_are_all_found(planted) -> None:
    """One rating on all 20 items of the first grid: no missing answers can hide it."""
    for sign in ("run", "straight", "same_answer", "person_sd"):
        assert flagged(planted, "straight", sign) == PLANTED


def test_zigzags_are_found(planted) -> None:
    """Two ratings in turn, each drawn from 3-10: equal ones (1 in 8) are straight lines instead."""
    assert flagged(planted, "alternating", "zigzag") >= floor(7 / 8, PLANTED)
    both = planted[0].loc[planted[1]["alternating"], ["zigzag_flag", "straight_flag"]]
    assert (both.sum(axis=1) == 1).all()


def test_speeders_are_found(planted) -> None:
    """Careless people took 95 exp(.30 z) seconds; flagged is below a third of the median of all."""
    median = float(np.median(csi.load_sample("mobile").answers["seconds"]))
    chance = below(log(median / 3 / 95) / 0.30)
    found = sum(flagged(planted, pattern, "fast") for pattern in ("straight", "alternating", "random"))
    assert found >= floor(chance, 3 * PLANTED)
    careful = below(log(median / 3 / 420) / 0.35)
    alarms = flagged(planted, "careful", "fast")
    assert alarms <= 2880 * careful + LEVEL * sqrt(2880 * careful)


def test_random_answers_are_far_from_everybody(planted) -> None:
    survey = csi.load_sample("mobile")
    rng = np.random.default_rng(7)
    scales = [item.scale for item in survey.codebook.items.values() if item.kind == "rating"]
    steps = {"loyal_price"}
    names = [name for name, item in survey.codebook.items.items() if item.kind == "rating"]
    columns = []
    for name, scale in zip(names, scales, strict=True):
        points = np.unique(survey.answers[name].dropna()) if name in steps else scale.points
        columns.append(rng.choice(points, 4000))
    chance = drawn_beyond(np.stack(columns, axis=1))
    assert chance > 0.9  # the pattern is one that a distance can see
    assert flagged(planted, "random", "mahalanobis") >= floor(chance, PLANTED)


def test_sensitivity_and_false_alarms_of_all_signs_together(planted) -> None:
    """Pattern signs find a pattern whatever the time taken, so one flag or more is expected of everybody planted.

    Two flags or more: a pattern sign and the time, or several pattern signs. Among the 2,880 others at most 5 % may
    have a flag and 1 % two, the shares a reader may call rare.
    """
    scores, who = planted
    careless_people = ~who["careful"]
    once, twice = scores["n_flags"] >= 1, scores["n_flags"] >= 2
    median = float(np.median(csi.load_sample("mobile").answers["seconds"]))
    fast = below(log(median / 3 / 95) / 0.30)
    assert once[careless_people].sum() >= floor(0.99, 3 * PLANTED)
    assert twice[careless_people].sum() >= PLANTED + floor(fast, 2 * PLANTED)
    assert once[who["careful"]].mean() <= 0.05
    assert twice[who["careful"]].mean() <= 0.01
