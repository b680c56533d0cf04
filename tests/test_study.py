"""analyse_survey: the chain from answers to named Results, checked by hand and against its parts."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

import csi
from csi.study import PREFERENCE, Study, level_text

MODEL = "Satisfaction ~ Quality; Loyalty ~ Satisfaction"
TEN = csi.Scale(1, 10)


def survey_of(columns: dict, constructs: dict[str, str], **roles) -> csi.Survey:
    items = {name: csi.Item(name, TEN, construct=home) for name, home in constructs.items()}
    return csi.Survey.from_frame(pd.DataFrame(columns), csi.Codebook(items, **roles), name="shop")


@pytest.fixture(scope="module")
def gappy() -> csi.Survey:
    """12 respondents: two leave out q1, one does not know s1, one has weight 0; three strata of clusters."""
    tiny = csi.load_sample("tiny").answers
    q1 = tiny["q1"].astype(object).tolist()
    q1[0], q1[1] = "(跳过)", None
    s1 = tiny["s1"].astype(object).tolist()
    s1[2] = "不知道"
    columns = {
        "q1": q1, "q2": tiny["q2"], "s1": s1, "s2": tiny["s2"], "l1": tiny["l1"],
        "w": [1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 0], "zone": list("aaaabbbbcccc"), "visit": list("112211221122"),
        "phone": [f"139{i:08d}" for i in range(12)],
    }  # fmt: skip
    homes = {"q1": "Quality", "q2": "Quality", "s1": "Satisfaction", "s2": "Satisfaction", "l1": "Loyalty"}
    return survey_of(columns, homes, weight="w", strata="zone", cluster="visit", private=("phone",))


def terms(study: Study, table: str) -> dict[str, float]:
    frame = study.sample.tidy(table)
    return dict(zip(frame.iloc[:, 0], frame["estimate"], strict=True))


def test_sample_facts_by_hand(gappy):
    study = csi.analyse_survey(gappy, MODEL, n_boot=0)
    assert terms(study, "respondents") == {"respondents": 12, "complete": 9, "used": 8, "left_out": 4}
    assert study.sample.glance().to_dict("records") == [{"n": 12, "n_complete": 9, "n_used": 8}]
    w = terms(study, "weights")
    assert w["smallest"] == 1
    assert w["largest"] == 2
    assert w["mean"] == pytest.approx(16 / 11)
    assert w["effective_n"] == pytest.approx(16**2 / 26)
    assert w["design_effect"] == pytest.approx(11 * 26 / 16**2)
    assert terms(study, "design") == {"strata": 3, "sampling_units": 6, "df": 3}
    missing = study.sample.tidy("missing").set_index(["item", "reason"])["estimate"]
    assert missing[missing > 0].to_dict() == {("q1", "skipped"): 1, ("q1", "blank"): 1, ("s1", "dont_know"): 1}
    assert len(missing) == 5 * 3  # every item, the three reasons that occur


def test_sample_check_speaks_up_when_answers_are_incomplete(gappy):
    (line,) = csi.analyse_survey(gappy, MODEL, n_boot=0).sample.checks
    assert not line.ok
    assert "9 of 12" in line.meaning
    (whole,) = csi.analyse_survey(csi.load_sample("tiny"), MODEL, n_boot=0).sample.checks
    assert whole.ok


def test_results_are_those_of_the_parts():
    survey = csi.load_sample("mobile")
    study = csi.analyse_survey(survey, "SCSB", by="operator", n_boot=100, seed=3, scheme="centroid")
    assert {"sample", "fit", "groups", "compared", "waves", "csat"} <= set(study.results)
    for result, by in ((study.fit, None), (study.groups, "operator")):
        alone = csi.fit_pls(survey, "SCSB", by=by, n_boot=100, seed=3, scheme="centroid")
        for table in alone.tables:
            pd.testing.assert_frame_equal(result.tidy(table), alone.tidy(table))
    assert float(study.answer) == study.fit.tidy("index").set_index("construct").loc["Satisfaction", "estimate"]
    counted = survey.answers["operator"].value_counts()
    assert terms(study, "groups") == counted.to_dict()
    assert study.options == {"n_boot": 100, "seed": 3, "scheme": "centroid"}


def test_level_moves_the_interval():
    survey = csi.load_sample("tiny")
    narrow, wide = (csi.analyse_survey(survey, MODEL, n_boot=200, level=level).answer for level in (0.5, 0.99))
    assert wide.lower < narrow.lower < float(narrow) < narrow.upper < wide.upper
    assert level_text(0.95) == "95%"
    assert level_text(0.999) == "99.9%"


def test_model_is_chosen_in_the_documented_order():
    mobile = csi.load_sample("mobile")
    study = csi.analyse_survey(mobile, n_boot=0)
    assert study.model.name == PREFERENCE[0] == "ECSI_2005"
    remark = study.notes[0]
    assert all(name in str(remark) for name in ("ECSI_2005", "ECSI", "ACSI", "CCSI", "SCSB"))
    image = [item for item in mobile.items if item.startswith("image")]
    frame = mobile.answers.drop(columns=image)
    book = dataclasses.replace(
        mobile.codebook, items={name: item for name, item in mobile.codebook.items.items() if name not in image}
    )
    without_image = csi.Survey.from_frame(frame, book, name="mobile")
    assert csi.analyse_survey(without_image, n_boot=0).model.name == "ACSI"


def test_without_a_model_the_answer_is_a_question_and_a_note_says_what_the_models_lack():
    study = csi.analyse_survey(csi.load_sample("tiny"))
    assert study.fit is None
    assert study.model is None
    assert study.headline.kind == "question"
    scores = (csi.load_sample("tiny").answers["s1"] - 1) / 9 * 100
    assert float(study.answer) == pytest.approx(scores.mean())
    (remark,) = [str(one) for one in study.notes if one.code == "no_model"]
    for words in (*PREFERENCE, "Expectation", "Image"):
        assert words in remark


def test_preference_names_every_model_once():
    assert sorted(PREFERENCE) == sorted(csi.list_models()["name"])


@pytest.mark.parametrize(
    ("survey", "options", "kind", "words"),
    [
        ("tiny", {"model": MODEL, "shceme": "path"}, csi.OptionError, ["shceme", "scheme", "missing"]),
        ("tiny", {"model": "ECSII"}, csi.ModelError, ["ECSII", "ECSI_2005", "CCSI"]),
        ("tiny", {"model": 7}, csi.ModelError, ["int", "list_models"]),
        ("tiny", {"model": MODEL, "by": "sho"}, csi.DataError, ["sho", "tiny", "s1"]),
        ("tiny", {"model": MODEL, "by": []}, csi.DataError, ["by="]),
        ("tiny", {"model": MODEL, "level": 95}, csi.OptionError, ["95", "0.95"]),
        ("tiny", {"model": MODEL, "n_boot": -1}, csi.OptionError, ["n_boot", "-1"]),
        ("tiny", {"model": MODEL, "target": "Quality"}, csi.ModelError, ["Quality", "Satisfaction"]),
    ],
)
def test_bad_calls(survey, options, kind, words):
    with pytest.raises(kind) as caught:
        csi.analyse_survey(csi.load_sample(survey), **options)
    for language in ("en", "zh"):
        with csi.use_language(language):
            assert all(word in str(caught.value) for word in words)
            assert "\n" not in str(caught.value)


def test_moments_are_refused_with_the_way_out():
    with pytest.raises(csi.DataError, match="not Moments"):
        csi.analyse_survey(csi.load_moments("mobi"), "ECSI_2005")


def test_private_item_in_the_model_is_refused_without_its_name(gappy):
    book = dataclasses.replace(gappy.codebook, private=("phone", "q2"))
    with pytest.raises(csi.DataError) as caught:
        csi.analyse_survey(gappy.with_codebook(book), MODEL, n_boot=0)
    assert "1 of the items" in str(caught.value)
    assert "q2" not in str(caught.value)


def test_target_follows_the_name_and_else_the_last_effect():
    rng = np.random.default_rng(5)
    base = rng.normal(size=(60, 1))
    ratings = np.clip(np.round(6 + base + rng.normal(size=(60, 4))), 1, 10)
    columns = dict(zip(("a1", "a2", "b1", "b2"), ratings.T, strict=True))
    named = survey_of(columns, {"a1": "质量", "a2": "质量", "b1": "顾客满意", "b2": "顾客满意"})
    study = csi.analyse_survey(named, "顾客满意 ~ 质量", n_boot=0)
    assert study.target == "顾客满意"
    assert study.notes == ()
    other = survey_of(columns, {"a1": "Trust", "a2": "Trust", "b1": "Use", "b2": "Use"})
    guessed = csi.analyse_survey(other, "Use ~ Trust", n_boot=0)
    assert guessed.target == "Use"
    assert [remark.code for remark in guessed.notes] == ["target_guessed"]
    assert csi.analyse_survey(other, "Use ~ Trust", n_boot=0, target="Use").notes == ()


def test_views_say_the_answer_in_both_languages(gappy):
    study = csi.analyse_survey(gappy, MODEL, by="zone", n_boot=0)
    shown = f"{float(study.answer):.1f}"
    assert shown in repr(study)
    assert "no interval" in study.answer_line()
    with csi.use_language("zh"):
        assert "满分" in repr(study)
        assert shown in study._repr_html_()
    assert "139" not in repr(study) + study._repr_html_()
    assert len(repr(study).splitlines()) < 15


def test_study_is_frozen(gappy):
    study = csi.analyse_survey(gappy, MODEL, n_boot=0)
    with pytest.raises(dataclasses.FrozenInstanceError):
        study.fit = None
    with pytest.raises(TypeError):
        study.options["seed"] = 2


def drivers(importance: tuple[float, float], level: tuple[float, float]) -> csi.Survey:
    """Satisfaction = importance-weighted sum of two unrelated drivers that stand at these levels, 1-10."""
    rng = np.random.default_rng(3)
    first, second = rng.normal(size=(2, 400))
    wave = {"a": first, "b": second, "s": importance[0] * first + importance[1] * second}
    middle = {"a": level[0], "b": level[1], "s": 5.5}
    columns = {
        f"{name}{i}": np.clip(np.round(middle[name] + wave[name] + 0.3 * rng.normal(size=400)), 1, 10)
        for name in wave
        for i in (1, 2)
    }
    homes = {"a": "Service", "b": "Price", "s": "Satisfaction"}
    return survey_of(columns, {name: homes[name[0]] for name in columns})


@pytest.mark.parametrize(
    ("importance", "level", "first", "weak"),
    [
        ((0.9, 0.3), (3.5, 7.5), "Service", True),
        ((0.3, 0.9), (7.5, 3.5), "Price", True),
        ((0.9, 0.3), (7.5, 3.5), "Service", False),  # the important one is strong: none is both
    ],
)
def test_what_to_improve_first_is_important_and_weak(importance, level, first, weak):
    study = csi.analyse_survey(drivers(importance, level), "Satisfaction ~ Service + Price", n_boot=50)
    found = study.priority
    assert (found.construct, found.weak, found.drivers, found.expected) == (first, weak, 2, False)
    row = study.fit.value("Satisfaction", first, "importance", table="priorities")
    assert (float(found.importance), found.importance.lower) == (float(row), row.lower)
    assert float(found.performance) == float(study.fit.value(first))
    assert ("No driver is both" in study.priority_line()) is not weak
    assert f"{float(row):.3f}" in study.priority_line()


def test_expectations_are_never_the_first_to_improve():
    survey = drivers((0.9, 0.3), (3.5, 7.5))
    book = dataclasses.replace(
        survey.codebook,
        items={
            name: dataclasses.replace(item, construct="Expectation" if item.construct == "Service" else item.construct)
            for name, item in survey.codebook.items.items()
        },
    )
    study = csi.analyse_survey(survey.with_codebook(book), "Satisfaction ~ Expectation + Price", n_boot=0)
    assert (study.priority.construct, study.priority.weak, study.priority.expected) == ("Price", False, True)


def test_a_driver_that_lowers_the_target_is_never_advised():
    survey = drivers((-0.9, -0.3), (3.5, 7.5))
    study = csi.analyse_survey(survey, "Satisfaction ~ Service + Price", n_boot=0)
    assert study.priority is None
    assert study.priority_line() == ""


def test_times_and_equal_ratings_by_hand():
    rows = {f"s{i}": [5, 1 + i % 7, 5, 3] for i in range(1, 5)} | {f"q{i}": [5, 2 + i % 5, 5, 3] for i in range(1, 4)}
    columns = {name: [*values, 4 + i % 2, 6 - i % 3, 2 + i % 4, 7] for i, (name, values) in enumerate(rows.items())}
    columns["q3"][2] = None  # one answer missing, six others equal
    columns["secs"] = [100, 300, 90, 310, 320, 330, 340, 350]
    homes = {name: "Satisfaction" if name[0] == "s" else "Quality" for name in rows}
    study = csi.analyse_survey(survey_of(columns, homes, duration="secs"), "Satisfaction ~ Quality", n_boot=0)
    assert terms(study, "answering") == {"median_seconds": 315, "too_fast": 2, "same_rating": 4}
    assert terms(study, "reasons") == {"blank": 1}


def test_a_survey_without_ratings_is_counted():
    survey = csi.Survey.from_frame(
        {"city": ["北京", "上海"] * 10, "words": [f"好{i}" for i in range(20)]}, name="words"
    )
    study = csi.analyse_survey(survey)
    assert study.answer is None
    assert study.headline is None
    assert "counts the answers" in study.answer_line()
    shares = study.results["counts"].tidy().query("item == 'city'")
    assert dict(zip(shares["answer"], shares["estimate"], strict=True)) == {"北京": 0.5, "上海": 0.5}


def test_small_groups_fail_a_check(gappy):
    study = csi.analyse_survey(gappy, MODEL, by="zone", n_boot=0)
    (line,) = [line for line in study.sample.checks if line.check == "few_respondents"]
    assert not line.ok
    assert "a (4), b (4), c (4)" in line.meaning
    large = csi.analyse_survey(csi.load_sample("mobile"), "SCSB", by="operator", n_boot=0)
    assert all(line.ok for line in large.sample.checks if line.check == "few_respondents")


def test_checks_name_constructs_as_the_reader_knows_them():
    with csi.use_language("zh"):
        study = csi.analyse_survey(csi.load_sample("mobile"), n_boot=0)
        said = " ".join(line.meaning for _, line in study.failures)
    assert "顾客期望" in said
    assert "Expectation" not in said


def test_planted_straight_liners_are_among_those_counted():
    survey = csi.load_sample("mobile")
    planted = set(survey.codebook.truth["careless"]["rows"]["straight"])
    study = csi.analyse_survey(survey, n_boot=0)
    counted = terms(study, "answering")["same_rating"]
    items = [item for item in study.model.items if str(survey.codebook.items[item].scale) == "1-10"]
    ratings = survey.answers.set_index("id")[items]
    same = ratings.nunique(axis=1).eq(1) & (ratings.notna().sum(axis=1) >= 6)
    assert counted == same.sum()
    assert planted <= set(same[same].index)
