"""One door for answers: what every public function takes where a Survey is asked for, and what it says of the rest."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from functools import cache
from importlib import import_module
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from collected import collected

import csi
from csi.data import columns as typing_of_columns

pl = pytest.importorskip("polars")
pa = pytest.importorskip("pyarrow")

MODEL = "Satisfaction =~ sat + ideal; Quality =~ staff + place; Satisfaction ~ Quality"
ITEMS = ["staff", "place", "price"]


def answers() -> pd.DataFrame:
    """140 respondents who differ in one trait, a few gaps and codes, no design."""
    rng = np.random.default_rng(7)
    trait = rng.normal(size=140)

    def rating(lo: int, hi: int, noise: float = 0.8) -> np.ndarray:
        z = (trait + noise * rng.normal(size=140)) / np.hypot(1, noise)
        return np.clip(np.rint((lo + hi) / 2 + z * (hi - lo) / 4), lo, hi)

    five = ["staff", "place", "price", "sat", "ideal", "wish_a", "wish_b", "got_a", "got_b", "with_it", "without_it"]
    frame = pd.DataFrame({name: rating(1, 5) for name in five})
    frame.loc[[3, 60], "price"] = np.nan
    frame.loc[[5, 90, 91], "place"] = 99
    frame["recommend"] = rating(0, 10)
    frame["tenfold"] = rating(1, 10)
    frame["spend"] = np.rint(np.exp(4 + 0.3 * trait) * 7.3) / 10
    frame["shop"] = rng.choice(["north", "south", "west"], size=140)
    frame["firm"] = [f"f{i % 70}" for i in range(140)]
    return frame


FRAME = answers()
GROUPS = {"shop": {"north": 0.5, "south": 0.3, "west": 0.2}}
# one call of every public function that takes a Survey
CALLS: dict[str, Callable[[object], object]] = {
    "check_factorability": lambda s: csi.check_factorability(s, ITEMS),
    "check_reliability": lambda s: csi.check_reliability(s, ITEMS),
    "check_responses": lambda s: csi.check_responses(s),
    "check_weights": lambda s: csi.check_weights(s),
    "classify_customers": lambda s: csi.classify_customers(s, "spend"),
    "classify_disconfirmation": lambda s: csi.classify_disconfirmation(s, ["wish_a", "wish_b"], ["got_a", "got_b"]),
    "compare_importance": lambda s: csi.compare_importance(s, "sat", ITEMS),
    "compare_nonresponse": lambda s: csi.compare_nonresponse(s, ["sat"], late=[True, False] * 70),
    "compare_nps": lambda s: csi.compare_nps(s, "recommend", by="shop"),
    "compare_specifications": lambda s: csi.compare_specifications(s, MODEL, scheme=["path"], n_boot=0),
    "derive_indicator_weights": lambda s: csi.derive_indicator_weights(s, ITEMS, outcome="sat"),
    "draft_codebook": lambda s: csi.draft_codebook(s),
    "fit_asymmetry": lambda s: csi.fit_asymmetry(s, "sat", ["staff", "place"], low=2, high=4),
    "fit_drivers": lambda s: csi.fit_drivers(s, "sat", ITEMS),
    "fit_expectations": lambda s: csi.fit_expectations(s, "sat", expectation="wish_a", performance="got_a"),
    "fit_factors": lambda s: csi.fit_factors(s, [*ITEMS, "sat", "ideal"], n_factors=1),
    "fit_icc": lambda s: csi.fit_icc(s, ITEMS),
    "fit_importance": lambda s: csi.fit_importance(s, "sat", ITEMS),
    "fit_pls": lambda s: csi.fit_pls(s, MODEL, n_boot=40),
    "plot_missing": lambda s: csi.plot_missing(s),
    "plot_ratings": lambda s: csi.plot_ratings(s),
    "post_stratify": lambda s: csi.post_stratify(s, "shop", {"north": 50, "south": 30, "west": 20}),
    "rake": lambda s: csi.rake(s, GROUPS),
    "score_agreement": lambda s: csi.score_agreement(s, ITEMS),
    "score_blend": lambda s: csi.score_blend(s, None, None, {"staff": 60, "place": 40}, customer="firm"),
    "score_ces": lambda s: csi.score_ces(s, "staff"),
    "score_composite": lambda s: csi.score_composite(s, "UKCSI", ["tenfold"]),
    "score_csat": lambda s: csi.score_csat(s, "sat"),
    "score_fuzzy": lambda s: csi.score_fuzzy(s, ITEMS),
    "score_grey": lambda s: csi.score_grey(s, ITEMS, by="shop"),
    "score_index": lambda s: csi.score_index(s, {"staff": 60, "place": 40}),
    "score_items": lambda s: csi.score_items(s, ITEMS),
    "score_journey": lambda s: csi.score_journey(s, ITEMS, outcome="sat"),
    "score_kano": lambda s: csi.score_kano(s, ["with_it"], ["without_it"]),
    "score_kpi": lambda s: csi.score_kpi(s, satisfaction="sat", recommend="recommend", satisfied=4),
    "score_mean": lambda s: csi.score_mean(s, ITEMS),
    "score_nps": lambda s: csi.score_nps(s, "recommend"),
    "score_public_service": lambda s: csi.score_public_service(s, rating="sat", defaulted=None),
    "score_quadrants": lambda s: csi.score_quadrants(s, ITEMS, outcome="sat"),
    "score_rate": lambda s: csi.score_rate(s, ["sat", "staff"], satisfied=4),
    "score_servqual": lambda s: csi.score_servqual(
        s, ["wish_a", "wish_b"], ["got_a", "got_b"], dimensions={"All": ["got_a", "got_b"]}
    ),
    "score_top_box": lambda s: csi.score_top_box(s, "sat"),
    "score_topsis": lambda s: csi.score_topsis(s, ITEMS, by="shop"),
    "analyse_survey": lambda s: csi.analyse_survey(s, n_boot=0).results["items"],
    "simulate_improvement": lambda s: csi.simulate_improvement(s, "sat", ITEMS, moves={"staff": 0.5}),
}
CALLS |= collected("DOOR")
TABLES_ARE_CASES = {"score_fuzzy", "score_grey", "score_topsis"}  # a table there is no table of respondents
TAKES_MOMENTS = {
    "check_factorability", "check_reliability", "compare_importance", "fit_drivers", "fit_factors", "fit_icc",
    "fit_importance", "fit_pls",
}  # fmt: skip
every_function = pytest.mark.parametrize("function", sorted(CALLS))


def taking_a_survey() -> dict[str, list[str]]:
    """Public function -> annotations of its parameters that name a Survey."""
    found = {}
    for name, module in csi._PUBLIC.items():
        thing = getattr(import_module(module), name)
        if inspect.isfunction(thing) and name != "as_survey":
            notes = [str(one.annotation) for one in inspect.signature(thing).parameters.values()]
            if hits := [one for one in notes if "Survey" in one]:
                found[name] = hits
    return found


def test_no_function_that_takes_a_survey_is_forgotten():
    assert set(taking_a_survey()) == set(CALLS)


def test_all_of_them_name_the_one_alias_and_say_the_same_words():
    for name, notes in taking_a_survey().items():
        assert not [one for one in notes if re.search(r"\bSurvey\b", one)], name
        text = inspect.getdoc(getattr(csi, name))
        words = "csi.as_survey(table)" if name in TABLES_ARE_CASES else "table, Series, dict or file, see `as_survey`"
        assert words in text, name


@cache
def survey() -> csi.Survey:
    return csi.Survey.from_frame(FRAME)


@cache
def expected(function: str) -> object:
    return CALLS[function](survey())


@cache
def given(function: str) -> object:
    return CALLS[function](FRAME)


def drawn(picture: csi.Result) -> list[str]:
    """Every text and the outline of every shape of a picture."""
    figure = picture.figure if hasattr(picture, "figure") and picture.figure is not None else picture
    figure.canvas.draw()
    found = []
    for axes in figure.axes:
        found += [text.get_text() for text in axes.texts]
        found += [label.get_text() for label in (*axes.get_xticklabels(), *axes.get_yticklabels())]
        found += [repr(patch.get_path().vertices.tolist()) + repr(patch.get_extents().bounds) for patch in axes.patches]
        found += [repr(np.asarray(image.get_array()).tolist()) for image in axes.images]
    return found


def same(found: object, wanted: object) -> None:
    """All numbers of both are the same bit by bit."""
    assert type(found) is type(wanted)
    if isinstance(wanted, csi.Result):
        assert found.tables == wanted.tables
        for table in wanted.tables:
            pd.testing.assert_frame_equal(found.tidy(table), wanted.tidy(table), check_exact=True)
        pd.testing.assert_frame_equal(found.glance(), wanted.glance(), check_exact=True)
    elif isinstance(wanted, csi.Survey):
        pd.testing.assert_frame_equal(found.answers, wanted.answers, check_exact=True)
        pd.testing.assert_frame_equal(found.reasons, wanted.reasons, check_exact=True)
        assert found.codebook == wanted.codebook
    elif isinstance(wanted, pd.DataFrame):
        pd.testing.assert_frame_equal(found, wanted, check_exact=True)
    elif isinstance(wanted, csi.Codebook):
        assert found == wanted
    else:
        assert drawn(found) == drawn(wanted) != []


FORMS: dict[str, Callable[[pd.DataFrame], object]] = {
    "pandas": lambda frame: frame,
    "polars": pl.from_pandas,
    "arrow": pa.Table.from_pandas,
    "dict": lambda frame: {name: frame[name].tolist() for name in frame},
    "mapping of arrays": lambda frame: {name: frame[name].to_numpy() for name in frame},
}


@pytest.mark.parametrize("form", sorted(FORMS))
@pytest.mark.parametrize("function", sorted(set(CALLS) - TABLES_ARE_CASES))
def test_a_table_is_what_the_survey_of_it_is(function, form):
    same(CALLS[function](FORMS[form](FRAME)) if form != "pandas" else given(function), expected(function))


@pytest.mark.parametrize("kind", [str, Path])
@every_function
def test_a_file_is_what_the_survey_of_it_is(function, kind, tmp_path):
    file = tmp_path / "answers.csv"
    FRAME.to_csv(file, index=False)
    if kind is str and function not in ("score_nps", "score_topsis"):
        pytest.skip("the name as text is enough in two")
    same(CALLS[function](kind(file)), CALLS[function](csi.read_survey(file)))


def test_cases_and_memberships_are_tables_of_any_library():
    cases = pd.DataFrame({"a": [7.0, 8, 9], "b": [9.0, 7, 6], "c": [9.0, 8, 8]})
    shares = pd.DataFrame({"poor": [0.2, 0.5], "fair": [0.5, 0.3], "good": [0.3, 0.2]})
    for call, frame in ((csi.score_topsis, cases), (csi.score_grey, cases), (csi.score_fuzzy, shares)):
        for form in FORMS.values():
            same(call(form(frame)), call(frame))
        assert call(frame).glance()["n"][0] == 0  # no respondents
    for form in FORMS.values():
        same(csi.derive_indicator_weights(cases=form(cases)), csi.derive_indicator_weights(cases=cases))


def test_a_printed_table_of_quadrants_stays_one():
    printed = pd.DataFrame({"item": ["x", "y"], "importance": [3.3, 2.5], "performance": [2.0, 2.9]})
    for form in FORMS.values():
        same(csi.score_quadrants(form(printed)), csi.score_quadrants(printed))
    with pytest.raises(csi.OptionError) as caught:
        csi.score_quadrants(printed, ["x"], outcome="y")
    assert caught.value.code == "table_alone"
    with pytest.raises(csi.DataError) as caught:
        csi.score_quadrants(FRAME)
    assert caught.value.code == "ipa_table"


# What was guessed, and that there is no design, exactly once


@pytest.mark.parametrize(
    "function", sorted(name for name in CALLS if isinstance(name, str) and name not in TABLES_ARE_CASES)
)
def test_the_notes_say_once_what_was_guessed_and_that_no_design_was_given(function):
    answer = given(function)
    if not hasattr(answer, "notes") or isinstance(answer, csi.Codebook):
        pytest.skip("it has no notes")
    notes = [str(one) for one in answer.notes]
    codes = [one.code for one in answer.notes]
    raked = function in ("rake", "post_stratify")  # weights are a design
    assert codes.count("no_design") == (0 if raked else 1)
    doubts = survey().doubts
    assert {"suspected_codes", "direction_assumed", "scale_by_values"} <= {one.code for one in doubts}
    for one in doubts:
        assert notes.count(str(one)) == 1, one.code


def test_the_survey_itself_says_it_too_and_forgets_it_with_a_design():
    made = csi.as_survey(FRAME)
    assert [one.code for one in made.notes].count("no_design") == 1
    assert "no_design" not in [one.code for one in survey().notes]  # asked for by hand, so nothing is claimed
    told = {
        "weights": made.with_weight(np.arange(140) + 1.0), "clusters": made.with_design(cluster="firm"),
        "raked": csi.rake(made, GROUPS),
    }  # fmt: skip
    for name, one in told.items():
        assert "no_design" not in [remark.code for remark in one.notes], name
    assert [one.code for one in made.keep(np.arange(140) > 3).notes].count("no_design") == 1
    assert csi.as_survey(made) is made


def test_a_recognised_weight_is_said_instead():
    weighted = FRAME.assign(weight=np.tile([0.5, 1.5], 70))
    codes = [one.code for one in csi.score_nps(weighted, "recommend").notes]
    assert codes.count("weight_recognised") == 1
    assert "no_design" not in codes


@every_function
def test_answers_are_judged_once(function, monkeypatch):
    """Evidence takes its time in a long table, so what is called inside takes the Survey."""
    if function in TABLES_ARE_CASES:
        pytest.skip("a table there is no table of respondents")
    rows: list[int] = []
    decide = typing_of_columns.decide

    def counted(columns, *rest):
        rows.append(len(columns))
        return decide(columns, *rest)

    monkeypatch.setattr(typing_of_columns, "decide", counted)
    CALLS[function](FRAME)
    assert rows == [FRAME.shape[1]]


# One item


@pytest.mark.parametrize("form", ["pandas", "unnamed", "polars", "unnamed polars", "arrow", "frame"])
@pytest.mark.parametrize(
    ("call", "column"),
    [
        (csi.score_nps, "recommend"),
        (csi.score_csat, "sat"),
        (csi.score_top_box, "sat"),
        (csi.score_ces, "sat"),
        (csi.score_mean, "sat"),
        (lambda given, *items: csi.score_rate(given, *items, satisfied=4), "sat"),
        (csi.score_items, "sat"),
    ],
)
def test_a_series_is_one_item(call, column, form):
    series = FRAME[column]
    made = {
        "pandas": series, "unnamed": series.rename(None), "polars": pl.Series(column, series.to_numpy()),
        "unnamed polars": pl.Series(series.to_numpy()), "arrow": pa.chunked_array([series.to_numpy()]),
        "frame": series.to_frame(),
    }[form]  # fmt: skip
    name = "answers" if "unnamed" in form or form == "arrow" else column
    scale = (0, 10) if column == "recommend" else (1, 5)
    wanted = call(csi.Survey.from_frame({name: series.to_numpy()}, scale={name: scale}), name)
    same(call(made), wanted)


def test_a_series_keeps_its_rows():
    series = pd.Series([1, 5, 3, 2, 4, 5], index=list("fedcba"))
    assert csi.as_survey(series).answers.index.tolist() == list("fedcba")


@pytest.mark.parametrize("call", [csi.score_nps, csi.score_mean, csi.score_csat, csi.score_ces, csi.score_top_box])
def test_where_several_ratings_are_there_the_sentence_lists_them(call):
    several = FRAME[["sat", "staff", "shop"]]
    with pytest.raises(csi.DataError) as caught:
        call(several)
    assert (caught.value.code, caught.value.values["choices"]) == ("items_needed", ["sat", "staff"])
    for language in ("en", "zh"):
        with csi.use_language(language):
            assert re.search(r"items=.*sat.*staff", str(caught.value))
    with pytest.raises(csi.DataError) as caught:
        call(FRAME[["shop"]])
    assert caught.value.code == "items_none_rated"


# What is no survey


NONE_OF_THEM = {"list": [1, 2, 3], "None": None, "int": 5, "bytes": b"answers.csv", "type": csi.Survey}


def refusal(call: Callable[[], object]) -> csi.CsiError:
    with pytest.raises(csi.CsiError) as caught:
        call()
    return caught.value


@pytest.mark.parametrize("kind", [*NONE_OF_THEM, "Moments"])
@every_function
def test_everything_else_ends_in_one_error(function, kind):
    if kind == "Moments" and function in TAKES_MOMENTS:
        pytest.skip("it takes Moments")
    if (function, kind) in (("score_fuzzy", "list"), ("derive_indicator_weights", "None")):
        pytest.skip("a list of rows is a table of memberships; weights need no survey")
    thing = csi.load_moments("mobi") if kind == "Moments" else NONE_OF_THEM[kind]
    problem = refusal(lambda: CALLS[function](thing))
    assert (problem.code, problem.values["function"], problem.values["kind"]) == ("not_a_survey", function, kind)
    for language in ("en", "zh"):
        with csi.use_language(language):
            sentence = str(problem)
            assert all(word in sentence for word in (function, kind, "Survey", "polars", "Series", "csi.as_survey"))
            assert ("Moments" in sentence) == (function in TAKES_MOMENTS or kind == "Moments")


@every_function
def test_a_file_that_is_not_there_is_named(function):
    assert refusal(lambda: CALLS[function]("no_such_file.csv")).code == "file_not_found"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (pd.DataFrame(), "table_empty"),
        ({}, "table_empty"),
        (pl.DataFrame(), "table_empty"),
        (pd.DataFrame({"q": []}), "no_respondents"),
        (pd.Series([], dtype=float), "no_respondents"),
        ({"q": 5}, "not_a_table"),
        ({"q": [1, 2], "r": [1]}, "not_a_table"),
        (pd.DataFrame([[1, 2]], columns=["q", "q"]), "columns_twice"),
        (pl.LazyFrame({"q": [1]}), "not_a_survey"),
    ],
)
def test_tables_that_are_none(given, code):
    problem = refusal(lambda: csi.as_survey(given))
    assert problem.code == code
    assert "\n" not in str(problem)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("kind", ["frame", "file"])
def test_an_open_question_names_the_door_where_it_is_answered(kind, language, tmp_path):
    open_scale = pd.DataFrame({"satisfaction": [2, 3, 4, 5, 6, 4, 3, 5] * 6})
    file = tmp_path / "a.csv"
    open_scale.to_csv(file, index=False)
    problem = refusal(lambda: csi.score_mean(open_scale if kind == "frame" else file))
    assert isinstance(problem, csi.AskedError)
    with csi.use_language(language):
        sentence = str(problem)
    door = "csi.Survey.from_frame(" if kind == "frame" else "csi.read_survey("
    assert all(word in sentence for word in (door, "score_mean", "scale="))
    answer = problem.answers[0][1]
    told = csi.Survey.from_frame(open_scale, **answer) if kind == "frame" else csi.read_survey(file, **answer)
    assert len(csi.score_mean(told).tidy()) == 1


@pytest.mark.parametrize("language", ["en", "zh"])
def test_survey_is_not_made_by_calling_it(language):
    calls = {
        "DataFrame": lambda: csi.Survey(FRAME), "dict": lambda: csi.Survey({"q": [1]}), "None": lambda: csi.Survey(),
        "str": lambda: csi.Survey("answers.csv"), "list": lambda: csi.Survey(name=[1]),
    }  # fmt: skip
    for kind, call in calls.items():
        problem = refusal(call)
        assert (problem.code, problem.values["kind"]) == ("survey_called", kind)
        with csi.use_language(language):
            assert all(word in str(problem) for word in (kind, "csi.Survey.from_frame", "csi.read_survey"))


def test_polars_without_pyarrow_is_read_all_the_same(monkeypatch):
    def fails(self, *_, **__):
        raise ModuleNotFoundError("pyarrow")

    frame, series = pl.from_pandas(FRAME), pl.Series("sat", FRAME["sat"].to_numpy())
    monkeypatch.setattr(pl.DataFrame, "to_pandas", fails)
    monkeypatch.setattr(pl.Series, "to_pandas", fails)
    same(csi.as_survey(frame), survey())
    assert csi.as_survey(series).items == ("sat",)


# Every public function with what it was never meant for

BANDS = {"low": (0, 50), "high": (50, 100)}
OTHERS: dict[str, Callable[[object], object]] = {
    "analyse_survey": lambda x: csi.analyse_survey(x, "SCSB", n_boot=0),
    "as_survey": lambda x: csi.as_survey(x),
    "classify_bands": lambda x: csi.classify_bands(x, BANDS),
    "classify_bands by": lambda x: csi.classify_bands([1], x),
    "compare_equivalence": lambda x: csi.compare_equivalence(x, 5),
    "compare_target": lambda x: csi.compare_target(x, 50),
    "derive_indicator_weights cases": lambda x: csi.derive_indicator_weights(cases=x),
    "derive_indicator_weights choices": lambda x: csi.derive_indicator_weights(choices=x),
    "derive_indicator_weights judgements": lambda x: csi.derive_indicator_weights(judgements=x),
    "derive_points": lambda x: csi.derive_points(x, (1, 5)),
    "derive_points of": lambda x: csi.derive_points([1], x),
    "fetch_dataset": lambda x: csi.fetch_dataset(x),
    "list_attribution_emotions": lambda x: csi.list_attribution_emotions(x),
    "list_labels": lambda x: csi.list_labels(x),
    "list_service_indicators": lambda x: csi.list_service_indicators(x),
    "list_three_factors": lambda x: csi.list_three_factors(x),
    "load_model": lambda x: csi.load_model(x),
    "load_moments": lambda x: csi.load_moments(x),
    "load_sample": lambda x: csi.load_sample(x),
    "plan_calendar": lambda x: csi.plan_calendar(x),
    "plan_change": lambda x: csi.plan_change(x),
    "plan_sample": lambda x: csi.plan_sample(x),
    "plot_tree": lambda x: csi.plot_tree(x, {"a": 1}),
    "score_response": lambda x: csi.score_response(x),
    "use_language": lambda x: csi.use_language(x),
    "write_report": lambda x: csi.write_report(x, "report.html"),
    "write_tables": lambda x: csi.write_tables(x, "tables.xlsx"),
}
OTHERS |= {
    name: getattr(csi, name)
    for name in csi._PUBLIC
    if name.startswith(("plot_", "read_")) and name not in CALLS and name not in OTHERS
}
# the first is called later, the second needs nothing
TAKE_NOTHING = {"show_progress", "use_chinese_fonts", "list_models", "list_samples"}
RUBBISH = {
    "None": None, "5": 5, "no file": "no_such_file.csv", "empty frame": pd.DataFrame(), "no rows": FRAME.iloc[:0],
    "words": pd.DataFrame({name: ["often", "never", "it depends on the day"] * 40 for name in FRAME}),
    "list of words": ["a", "b"], "object": object(),
}  # fmt: skip
# where None means all, or a number is a score, words are answers as good as any, or no score has no band
MAY_WORK = {
    "None": {"derive_indicator_weights", "list_attribution_emotions", "list_service_indicators"},
    "5": {"classify_bands", "derive_points"},
    "words": {"check_weights", "draft_codebook", "plot_missing", "score_agreement", "as_survey"},
    "empty frame": {"classify_bands", "derive_points"},
    "no rows": {"classify_bands", "derive_points"},
}  # fmt: skip


def test_no_public_function_is_forgotten():
    functions = {name for name in csi._PUBLIC if inspect.isfunction(getattr(csi, name))}
    assert functions == {*CALLS, *(name.split()[0] for name in OTHERS), *TAKE_NOTHING}


@pytest.mark.parametrize("thing", list(RUBBISH))
@pytest.mark.parametrize("function", sorted({*CALLS, *OTHERS}))
def test_rubbish_ends_in_one_clear_sentence(function, thing, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    call = (CALLS | OTHERS)[function]
    if function in MAY_WORK.get(thing, ()):
        call(RUBBISH[thing])
        return
    problem = refusal(lambda: call(RUBBISH[thing]))
    for language in ("en", "zh"):
        with csi.use_language(language):
            sentence = str(problem)
            assert sentence.strip()
            assert "\n" not in sentence
            assert "0x" not in sentence
    assert list(tmp_path.iterdir()) == []
