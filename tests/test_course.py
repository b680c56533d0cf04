"""Exercises: the right answer passes, each likely mistake is named, and nothing an answer holds makes check raise."""

from __future__ import annotations

import importlib.util
import re
from dataclasses import replace
from html import unescape
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import csi
from csi.course import _task, check, list_exercises
from csi.course.second import second_mobi, second_mobile
from csi.course.tasks import DifferenceTask, NamesTask, NumberTask, OwnResultTask, OwnTask
from csi.words import words

LANGUAGES = ("en", "zh")
EXERCISES = list_exercises()
TASKS = {name: _task(name) for name in EXERCISES}
NUMBERS = [name for name, task in TASKS.items() if isinstance(task, NumberTask | DifferenceTask)]
NAMES = [name for name, task in TASKS.items() if isinstance(task, NamesTask)]
OWN = [name for name, task in TASKS.items() if isinstance(task, OwnTask)]
OWN_RESULT = [name for name, task in TASKS.items() if isinstance(task, OwnResultTask)]
MODEL = "ECSI_2005"


def number_task(name: str) -> NumberTask:
    task = TASKS[name]
    return task.difference if isinstance(task, DifferenceTask) else task


def full(name: str, value: float) -> object:
    """A number as the exercise wants it: with its error where a difference is asked for."""
    task = TASKS[name]
    return (value, task.std_error) if isinstance(task, DifferenceTask) else value


@pytest.fixture(scope="module")
def survey():
    return csi.load_sample("mobile")


@pytest.fixture(scope="module")
def fit(survey):
    return csi.fit_pls(survey, MODEL)


@pytest.fixture(scope="module")
def groups(survey):
    return csi.fit_pls(survey, MODEL, by="operator")


@pytest.fixture(scope="module")
def phone():
    return csi.fit_pls(csi.load_moments("mobi"), MODEL)


@pytest.fixture(scope="module")
def own(survey):
    part = survey.answers.query("operator == 'Coral'")
    return csi.Survey.from_frame(part, replace(survey.codebook, strata=None, cluster=None), name="coral")


# --- the second computation


@pytest.mark.parametrize("second", [second_mobi, second_mobile], ids=["mobi", "mobile"])
def test_the_second_computation_agrees_with_the_first(second, survey):
    data = survey if second is second_mobile else csi.load_moments("mobi")
    first, again = csi.fit_pls(data, MODEL, n_boot=0, tolerance=1e-13), second()
    for name in again.model.names:
        assert again.index(name) == pytest.approx(float(first.value(name)), abs=1e-9)
    for row in first.tidy("priorities").query("kind == 'importance'").itertuples():
        assert again.effect(row.construct, row.target) == pytest.approx(row.estimate, abs=1e-9)
    for row in first.tidy("paths").itertuples():
        found = again.effect(row.source, row.target, total=False, points=False)
        assert found == pytest.approx(row.estimate, abs=1e-9)


# --- right answers, as a student finds them


def answers(survey, fit, groups, phone) -> dict[str, object]:
    quality = fit.value("Quality", level=0.9)
    importance = groups.tidy("priorities").query(
        "group == 'Dune' and target == 'Satisfaction' and kind == 'importance'"
    )
    outer = fit.tidy("outer").query("construct == 'Expectation' and kind == 'outer_weight'")
    ratings = pd.DataFrame(survey.matrix(second_mobile().model.items), columns=second_mobile().model.items)
    kept = ratings.notna().all(axis=1)
    x, w = ratings.loc[kept, outer["item"]], survey.answers.loc[kept, "weight"]
    mean = x.mul(w, axis=0).sum() / w.sum()
    raw = outer.set_index("item")["estimate"] / np.sqrt((x - mean).pow(2).mul(w, axis=0).sum() / w.sum())
    return {
        "00.1": (~kept).sum(),
        "00.2": (quality.upper - quality.lower) / 2,
        "00.3": {"Coral", "Birch"},
        "00.4": importance.set_index("construct")["estimate"].idxmax(),
        "11.1": 100 * (raw @ (mean - 1)) / (raw * 9).sum(),
        "11.2": fit.value("Loyalty").std_error,
        "11.3": phone.value("Loyalty", "Quality", "importance", table="priorities"),
        "11.4": groups.contrast({("Amber", "Satisfaction"): 1, ("Birch", "Satisfaction"): -1}),
    }


def other_answers() -> dict[str, object]:
    """Right answers of the other lessons: `answers()` of each file in tests/answers."""
    found: dict[str, object] = {}
    for path in sorted((Path(__file__).parent / "answers").glob("lesson_*.py")):
        spec = importlib.util.spec_from_file_location(path.stem, path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        found |= module.answers()
    return found


def test_right_answers_pass_in_both_languages(survey, fit, groups, phone):
    found = answers(survey, fit, groups, phone) | other_answers()
    assert sorted([*found, *OWN, *OWN_RESULT]) == sorted(EXERCISES)
    for name, answer in found.items():
        verdict = check(name, answer)
        assert verdict.passed, str(verdict)
        assert bool(verdict)
        assert str(verdict).startswith(f"Right ({name}). ")
        with csi.use_language("zh"):
            assert str(verdict).startswith(f"正确（{name}）。")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_tolerance_is_said(language):
    with csi.use_language(language):
        for name in NUMBERS:
            task = number_task(name)
            if task.tolerance == 0.5 or isinstance(TASKS[name], DifferenceTask):
                continue  # a count; or a difference whose sentence shows its interval
            assert f"{task.tolerance:.3g}" in str(check(name, task.right))


@pytest.mark.parametrize("name", NUMBERS)
def test_at_the_edge_of_the_tolerance(name):
    task = number_task(name)
    for side in (-1, 1):
        assert check(name, full(name, task.right + side * 0.99 * task.tolerance)).passed
        assert not check(name, full(name, task.right + side * 1.01 * task.tolerance)).passed


def test_expected_values_are_not_kept_in_the_files():
    """No number with two decimals or more stands in the lessons of csi.course; conversions and tolerances do not."""
    folder = Path(csi.course.__file__).parent
    for path in folder.glob("lesson_*.py"):
        code = re.sub(r'""".*?"""', "", path.read_text(encoding="utf-8"), flags=re.S)
        kept = set(re.findall(r"\b\d+\.\d+\b", code.replace("EXERCISES", "")))
        numbers = {one for one in kept if not re.fullmatch(r"\d\d\.\d", one)}
        assert numbers <= {"0.5", "0.9", "0.95", "0.03", "0.02", "0.04", "0.005", "0.05", "0.09"}


# --- mistakes


@pytest.mark.parametrize("name", NUMBERS)
def test_each_likely_mistake_has_its_own_message(name):
    task = number_task(name)
    said = {}
    for mistake, value in task.mistakes.items():
        verdict = check(name, full(name, value))
        assert (verdict.passed, verdict.code) == (False, f"mistakes.{mistake}")
        said[mistake] = verdict.meaning
    assert len(set(said.values())) == len(said) >= 4


@pytest.mark.parametrize("name", NUMBERS)
def test_mistakes_lie_apart_from_the_right_answer(name):
    task = number_task(name)
    assert all(abs(value - task.right) > 2 * task.tolerance for value in task.mistakes.values()), task


@pytest.mark.parametrize("name", NAMES)
def test_each_likely_wrong_name_has_its_own_message(name):
    task = TASKS[name]
    said = set()
    for mistake, sets in task.mistakes.items():
        for names in sets:
            verdict = check(name, sorted(names))
            assert (verdict.passed, verdict.code) == (False, f"mistakes.{mistake}")
        said.add(verdict.meaning)
    assert len(said) == len(task.mistakes) >= 3


def test_a_student_who_makes_the_mistake_gets_the_message(survey, fit, groups, phone):
    """The mistakes as they are made with csi, not as the exercise computes them."""
    quality = fit.value("Quality")
    made = {
        "kept": check("00.1", fit.glance()["n"]),
        "other_level": check("00.2", (quality.upper - quality.lower) / 2),
        "std_error_alone": check("00.2", quality.std_error),
        "equal_weights": check("11.1", fit.value("Expectation", table="index_equal")),
        "design_ignored": check("11.2", csi.fit_pls(survey.moments(second_mobile().model.items), MODEL).value(
            "Loyalty").std_error),
        "spread": check("11.2", fit.scores()["Loyalty"].std()),
        "standardised_effect": check("11.3", phone.value("Quality", "Loyalty", "total", table="effects")),
        "other_target": check("11.3", phone.value("Satisfaction", "Quality", "importance", table="priorities")),
        "sign": check("11.4", groups.contrast({("Amber", "Satisfaction"): -1, ("Birch", "Satisfaction"): 1})),
        "difference_alone": check("11.4", float(groups.value("Amber", "Satisfaction"))
                                  - float(groups.value("Birch", "Satisfaction"))),
        "lowest_index": check("00.4", "感知价值"),
    }  # fmt: skip
    assert {name: verdict.code for name, verdict in made.items()} == {name: f"mistakes.{name}" for name in made}


def test_the_reversed_item_left_as_asked_is_named(survey, fit):
    """The index with the raw answers of the reversed item in place of the turned ones."""
    second = second_mobile()
    items = second.model.construct("Expectation").items
    kept = ~np.isnan(survey.matrix(second.model.items)).any(axis=1)
    raw, w = survey.answers.loc[kept, list(items)].to_numpy(), survey.design().weight[kept]
    verdict = check("11.1", second.index("Expectation", mean=w @ raw / w.sum()))
    assert verdict.code == "mistakes.reversed_left"
    assert "expect_wrong" in str(verdict)


def test_errors_added_as_if_groups_were_independent(groups):
    one, other = (groups.value(name, "Satisfaction") for name in ("Amber", "Birch"))
    apart = (one.std_error**2 + other.std_error**2) ** 0.5
    assert check("11.4", (float(one) - float(other), apart)).code == "mistakes.errors_added"
    assert check("11.4", (float(one) - float(other), 3 * apart)).code == "mistakes.other_error"
    assert check("11.4", (float(one) - float(other), float("nan"))).passed is False


@pytest.mark.parametrize("name", ["00.3"])
def test_names_may_be_written_in_many_ways(name):
    ways = ["Birch, Coral", "coral and birch", "白桦通信、珊瑚通信", "白桦通信和珊瑚通信", ("Birch", "Coral"),
            pd.Series(["Coral", "Birch"]), np.array(["Birch", "Coral"]), ["Birch", "白桦通信", "Coral"]]  # fmt: skip
    assert [way for way in ways if not check(name, way).passed] == []
    for strange in ("Ember and Coral", "", [], ["Birch", "Zinc"]):
        verdict = check(name, strange)
        assert verdict.code == "strange_names"
        assert "Amber, Birch, Coral, Dune" in str(verdict)
    assert check(name, ["Amber", "Birch", "Coral"]).code == "wrong_count"


# --- own data


def test_own_data(survey, own, fit):
    small = "Satisfaction ~ Quality"
    for name in OWN:
        assert check(name, csi.fit_pls(own, small, n_boot=200)).passed
        study = csi.analyse_survey(own, MODEL, n_boot=200)
        assert check(name, study).passed
        failed = sum(not line.ok for line in study.fit.checks)
        assert f": {failed};" in str(check(name, study))
        assert check(name, fit).code == "mistakes.own_is_sample"
        assert check(name, csi.fit_pls(csi.load_sample("tiny"), small)).code == "mistakes.own_is_sample"
        assert check(name, csi.fit_pls(own, small, n_boot=0)).code == "mistakes.own_no_interval"
        assert check(name, 71.4).code == "want_fit"
        assert check(name, study.sample).code == "want_fit"


def test_own_data_without_scales_or_with_an_impossible_solution(own):
    items = ["quality_overall", "quality_needs", "sat_overall", "sat_ideal"]
    text = "Q =~ quality_overall + quality_needs; S =~ sat_overall + sat_ideal; S ~ Q"
    unscaled = csi.Moments.from_frame(own.answers[items].dropna())
    assert check("11.5", csi.fit_pls(unscaled, text)).code == "mistakes.own_no_scale"
    impossible = csi.fit_pls(csi.load_moments("mobi"), MODEL, consistent=True, n_boot=200)
    assert check("11.5", impossible).code == "mistakes.own_inadmissible"


# --- nothing raises


class Awkward:
    """Breaks whatever is done with it."""

    def __getattr__(self, name: str) -> object:
        raise RuntimeError(name)

    def __iter__(self) -> object:
        raise RuntimeError("iter")

    def __float__(self) -> float:
        raise RuntimeError("float")


ODD = [
    True, "71.4", b"71", "", [], {}, set(), float("nan"), float("inf"), np.nan, np.array([1.0, 2.0]), np.zeros((0,)),
    pd.Series([1.0, 2.0]), pd.DataFrame({"a": [1, 2]}), pd.NA, pd.NaT, 1 + 2j, np.array([2j]), object(), print, csi,
    Awkward(), [None], [[1.0], [2.0, 3.0]], ("a", 1), 10**400, -(10**400), np.float64("nan"), (1.0, "x"),
    (float("nan"), 1.0),
]  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", EXERCISES)
def test_any_answer_is_answered(name, language):
    with csi.use_language(language):
        for answer in ODD:
            verdict = check(name, answer)
            assert verdict.passed is False
            assert str(verdict).strip()
            assert "{" not in str(verdict)
            assert re.search(r"0x[0-9a-f]{4}", str(verdict)) is None


@pytest.mark.parametrize("name", EXERCISES)
def test_not_answered_yet(name):
    for answer in (..., None):
        verdict = check(name, answer)
        assert (verdict.passed, verdict.code) == (False, "open")
        assert str(verdict).startswith(f"{name} is not answered yet")
        with csi.use_language("zh"):
            assert str(verdict).startswith(f"{name} 尚未作答")


def test_numbers_of_many_kinds_are_read():
    right = number_task("11.3").right
    for answer in (right, np.float32(right), np.array(right), np.array([right]), pd.Series([right])):
        assert check("11.3", answer).passed
    assert check("11.3", [right, right]).code == "several_numbers"
    assert check("11.3", "0.5").code == "want_number"
    assert check("11.3", float("nan")).code == "not_finite"
    assert check("11.3", right + 0.1).code == "too_high"
    assert check("11.3", right - 0.05).code == "too_low"


@pytest.mark.parametrize("wrong", ["11.9", "99.1", "", "eleven", 11.2, None, ..., ["11.1"]])
def test_an_unknown_exercise_lists_what_exists(wrong):
    verdict = check(wrong, 1)
    if wrong == 11.2:  # a number in place of its text is understood
        assert verdict.code != "unknown"
        return
    assert verdict.code == "unknown"
    assert all(name in str(verdict) for name in EXERCISES)


# --- the words


def test_the_view_is_text_and_html_with_the_same_words():
    verdict = check("11.3", 0.0)
    for language in LANGUAGES:
        with csi.use_language(language):
            seen = unescape(re.sub(r"<[^>]+>", "", verdict._repr_html_()))
            assert seen.replace(" ", "") == repr(verdict).replace(" ", "")
    assert "<script>" not in check("<script>alert(1)</script>", 1)._repr_html_()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_of_the_course_is_said_by_an_exercise(language):
    said = {key.removeprefix("course.") for key in words(language) if key.startswith("course.")}
    reached = {"right", "wrong", "open", "unknown", "unreadable", "want_number", "several_numbers", "not_finite"}
    reached |= {
        "want_names",
        "strange_names",
        "want_fit",
        "want_result",
        "too_high",
        "too_low",
        "wrong_count",
        "other_names",
    }
    for name, task in TASKS.items():
        mistakes = (
            ()
            if isinstance(task, OwnTask | OwnResultTask)
            else getattr(task, "mistakes", None) or number_task(name).mistakes
        )
        reached |= {f"mistakes.{mistake}" for mistake in mistakes}
        reached.add(f"rights.ex_{name.replace('.', '_')}")
    reached |= {f"mistakes.{name}" for name in ("difference_alone", "errors_added", "other_error", "own_no_scale",
                                                "own_is_sample", "own_no_interval", "own_inadmissible")}  # fmt: skip
    assert said == reached
