"""Codebooks that run away, calls that make no sense, groups in which nothing varies: one sentence each."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import csi
from csi.language import use_language

GOOD = "items: {a: {scale: s}}\nscales: {s: {lo: 1, hi: 5}}\n"
RATINGS = {f"q{i}": np.random.default_rng(i).integers(1, 6, 200) for i in range(1, 7)}


def refusal(call) -> csi.CsiError:
    with pytest.raises(csi.CsiError) as caught:
        call()
    for language in ("en", "zh"):
        with use_language(language):
            text = str(caught.value)
            assert text
            assert len(text) < 1000
    return caught.value


def survey(groups: bool = False, **columns) -> csi.Survey:
    items = {name: csi.Item(name, scale=csi.Scale(1, 5)) for name in RATINGS}
    made = {**RATINGS, **columns}
    items |= {name: csi.Item(name, kind="category") for name in columns if name.startswith("g")}
    items |= {name: csi.Item(name, scale=csi.Scale(1, 5)) for name in columns if name.startswith("q")}
    return csi.Survey.from_frame(pd.DataFrame(made), csi.Codebook(items=items, weight="w" if "w" in columns else None))


MODEL = "Loyal ~ Happy\nHappy =~ q1 + q2\nLoyal =~ q3 + q4"


@pytest.mark.parametrize("tag", ["!!float", "!!int", "!!bool", "!!timestamp", "!!binary", "!!set", "!!omap", "!own"])
@pytest.mark.parametrize("text", ["title: {en: TAG abc}\n", "truth: {? TAG abc : 1}\n", "truth: {a: [TAG 'x y']}\n"])
def test_tags_are_named_with_their_line(tag, text):
    problem = refusal(lambda: csi.Codebook.from_yaml(GOOD + text.replace("TAG", tag), "book.yaml"))
    assert (problem.code, problem.values["line"]) == ("yaml_tag", 3)
    assert tag in str(problem)


def test_tags_that_say_what_is_there_are_harmless():
    book = csi.Codebook.from_yaml("items: !!map {a: {text: !!str 5, aliases: !!seq [b]}}\n")
    assert (book.items["a"].text["en"], book.items["a"].aliases) == ("5", ("b",))


@pytest.mark.parametrize(
    "text",
    ["items: {? {a, b} : {}}\n", "items: {? [a] : {}}\n", "items: {? !!set {a} : {}}\n", GOOD + "truth: {? [1] : 2}\n"],
)
def test_names_that_are_collections_are_refused(text):
    assert refusal(lambda: csi.Codebook.from_yaml(text)).code in (
        "yaml_broken",
        "yaml_tag",
        "yaml_key_twice",
        "codebook_type",
    )


@pytest.mark.parametrize("digits", [400, 5000])
@pytest.mark.parametrize(
    "text",
    [
        GOOD + "missing: {N: dont_know}\n", GOOD + "truth: {a: [N]}\n", GOOD + "source: N\n", "items: {N: {}}\n",
        "items: {a: {scale: s}}\nscales: {s: {lo: 1, hi: N}}\n",
        "items: {a: {scale: s}}\nscales: {s: {lo: -N, hi: 1}}\n",
        "items: {a: {scale: s}}\nscales: {s: {lo: 1, hi: 5, labels: {N: x}}}\n",
    ],
)  # fmt: skip
def test_numbers_without_end_are_refused(digits, text):
    problem = refusal(lambda: csi.Codebook.from_yaml(text.replace("N", "9" * digits)))
    assert (problem.code, problem.values["digits"]) == ("yaml_number", digits)


LAUGHS = "truth:\n  a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"  a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 11)
)


@pytest.mark.parametrize("text", ["truth: &x {a: *x}\n", "truth: {b: &x [*x]}\n", "truth: {a: &x 1, b: *x}\n", LAUGHS])
def test_text_that_stands_for_other_text_is_refused(text):
    assert refusal(lambda: csi.Codebook.from_yaml(GOOD + text)).code == "yaml_alias"


@pytest.mark.parametrize(
    "text",
    [
        "truth: " + "{a: " * 600 + "1" + "}" * 600, "truth: {a: " + "[" * 100_000, "? " * 100_000, "- " * 100_000,
        "truth:\n" + "".join(" " * (i + 1) + "a:\n" for i in range(600)),
    ],
)  # fmt: skip
def test_depth_is_bounded(text):
    assert refusal(lambda: csi.Codebook.from_yaml(GOOD + text if text[0] == "t" else text)).code == "yaml_deep"


@pytest.mark.parametrize("text", ['items: {"a\\0b": {}}\n', 'items: {a: {aliases: ["\\0"]}}\n', "items: {a: {}}\0\n"])
def test_a_nul_is_refused(text):
    assert refusal(lambda: csi.Codebook.from_yaml(text)).code in ("yaml_control", "yaml_broken")


@pytest.mark.parametrize(
    "labels", ["{1: Good, 2: good}", "{1: 'Good ', 2: Good}", "{1: {en: a, zh: Ａ}, 2: {en: b, zh: A}}"]
)
def test_labels_that_are_read_as_one_are_refused(labels):
    text = f"items: {{a: {{scale: s}}}}\nscales: {{s: {{lo: 1, hi: 5, labels: {labels}}}}}\n"
    assert refusal(lambda: csi.Codebook.from_yaml(text)).values["problem"].code == "scale_label_twice"


@pytest.mark.parametrize(
    "text", ["items: {1: {}, '1': {}}\n", "items: {a: {}}\nscales: {1: {lo: 1, hi: 5}, '1': {lo: 1, hi: 6}}\n"]
)
def test_one_name_twice_is_refused(text):
    assert refusal(lambda: csi.Codebook.from_yaml(text)).code == "codebook_name_twice"


@pytest.mark.parametrize("given", [None, 5, b"items: {}", ["items"]])
def test_what_is_no_text_is_no_codebook(given):
    assert refusal(lambda: csi.Codebook.from_yaml(given)).code == "yaml_not_text"


@pytest.mark.parametrize(
    "n_boot", ["x", None, 10.5, -1, 19, float("nan"), float("inf"), 99999999999999999999, True, [5]]
)
@pytest.mark.parametrize(
    "call",
    [
        lambda n: csi.fit_pls(survey(), MODEL, n_boot=n),
        lambda n: csi.score_items(survey(), inference="bootstrap", n_boot=n),
        lambda n: csi.fit_drivers(survey(), "q1", ["q2"], inference="bootstrap", n_boot=n),
        lambda n: csi.fit_importance(survey(), "q1", ["q2", "q3"], inference="bootstrap", n_boot=n),
        lambda n: csi.analyse_survey(survey(), MODEL, n_boot=n),
    ],
)
def test_n_boot_is_a_number_of_replicates(call, n_boot):
    assert refusal(lambda: call(n_boot)).code == "bad_n_boot"


@pytest.mark.parametrize("seed", ["x", -1, 1.5, None, True])
def test_a_seed_is_a_whole_number(seed):
    assert refusal(lambda: csi.fit_pls(survey(), MODEL, n_boot=20, seed=seed).tidy()).code == "not_whole"


@pytest.mark.parametrize("level", ["x", None, 2, 0, float("nan"), [0.9]])
def test_a_level_is_a_share(level):
    assert refusal(lambda: csi.score_items(survey()).tidy(level=level)).code == "bad_level"
    assert refusal(lambda: csi.analyse_survey(survey(), MODEL, n_boot=0, level=level)).code == "bad_level"


@pytest.mark.parametrize("inference", [None, "hc3", "normal", "bootstrap"])
@pytest.mark.parametrize("copy", [RATINGS["q1"], 6 - RATINGS["q1"]])
def test_an_outcome_that_is_its_own_driver_is_named(inference, copy):
    data = survey(q9=copy)
    for drivers in (["q9"], ["q2", "q9"]):
        problem = refusal(lambda drivers=drivers: csi.fit_drivers(data, "q1", drivers, inference=inference))
        assert (problem.code, problem.values["driver"]) == ("outcome_follows", "q9")
    moments = csi.Moments.from_frame(data.answers[["q1", "q2", "q9"]])
    assert refusal(lambda: csi.fit_drivers(moments, "q1", ["q2", "q9"])).code == "outcome_follows"


def test_a_plain_list_is_a_table():
    found = csi.score_fuzzy([[0.2, 0.3, 0.5], [0.1, 0.6, 0.3]])
    frame = csi.score_fuzzy(pd.DataFrame([[0.2, 0.3, 0.5], [0.1, 0.6, 0.3]]))
    np.testing.assert_allclose(found.tidy()["estimate"], frame.tidy()["estimate"])
    for given in ([[0.2, 0.8], [1]], [0.2, 0.8], [["a", "b"]], []):
        assert refusal(lambda given=given: csi.score_fuzzy(given)).code == "table_not_numbers"


def test_a_number_names_no_items():
    for call in (csi.fit_factors, csi.check_factorability, csi.check_reliability):
        assert refusal(lambda call=call: call(survey(), 1)).code == "items_not_named"
    assert "n_factors=1" in str(refusal(lambda: csi.fit_factors(pd.DataFrame(RATINGS), 1)))


@pytest.mark.parametrize("given", [None, 5, [1, 2]])
def test_what_is_no_survey_is_said(given, tmp_path):
    for call in (
        lambda: csi.rake(given, {"g": {"a": 0.5, "b": 0.5}}), lambda: csi.post_stratify(given, "g", {"a": 1, "b": 1}),
        lambda: csi.check_responses(given), lambda: csi.check_weights(given),
        lambda: csi.compare_nonresponse(given, response_rate=0.5),
    ):  # fmt: skip
        problem = refusal(call)
        assert problem.code == "not_a_survey"
        assert "csi.as_survey" in str(problem)
    for write in (csi.write_report, csi.write_tables):
        assert refusal(lambda write=write: write(given, tmp_path / "x.html")).code == "tables_need_results"
    assert list(tmp_path.iterdir()) == []


def test_a_name_of_a_file_is_one():
    study = csi.analyse_survey(survey(), MODEL, n_boot=0)
    assert refusal(lambda: csi.write_report(study, None)).code == "output_bad_name"


def test_targets_are_a_mapping():
    for call in (lambda: csi.rake(survey(), "q1"), lambda: csi.post_stratify(survey(), "q1", [1, 2])):
        assert refusal(call).code == "targets_no_mapping"


@pytest.mark.parametrize("by", ["q1", "q3"])
def test_an_item_of_the_model_forms_no_groups(by):
    for call in (
        lambda: csi.fit_pls(survey(), MODEL, by=by, n_boot=0),
        lambda: csi.analyse_survey(survey(), MODEL, by=by, n_boot=0),
    ):
        problem = refusal(call)
        assert (problem.code, problem.values["items"]) == ("by_holds_items", [by])


def test_the_group_in_which_nothing_varies_is_named():
    group = np.where(np.arange(200) < 100, "north", "south")
    data = survey(g=group)
    answers = data.answers.assign(q1=np.where(group == "north", 4, RATINGS["q1"]))
    data = csi.Survey.from_frame(answers, data.codebook)
    fit = csi.fit_pls(data, MODEL, by="g", n_boot=0)
    assert set(fit.tidy("paths")["group"]) == {"south"}
    named = [one for one in fit.notes if one.code == "pls_constant_in_group"]
    assert [(one.values["group"], one.values["items"]) for one in named] == [("north", ["q1"])]
    for call in (
        lambda: csi.check_reliability(data, ["q1", "q2", "q3"], by="g"),
        lambda: csi.fit_factors(data, ["q1", "q2", "q3", "q4"], by="g"),
        lambda: csi.fit_importance(data, "q3", ["q1", "q2"], by="g"),
    ):
        fit = call()
        (line,) = [one for one in fit.notes if one.code == "group_left_out_because"]
        assert line.values["group"] == "north"
        assert line.values["reason"].values["items"] == ["q1"]
        assert set(fit.tidy()["group"]) == {"south"}
    fit = csi.fit_drivers(data, "q3", ["q1", "q2"], by="g")
    (line,) = [one for one in fit.notes if one.code == "group_left_out_because"]
    assert "north" in str(line)
    assert set(fit.tidy()["group"]) == {"south"}
    alone = csi.fit_drivers(data.keep(group == "south"), "q3", ["q1", "q2"])
    assert fit.tidy()["estimate"].tolist() == pytest.approx(alone.tidy()["estimate"].tolist())


def test_a_constant_item_stops_where_no_group_is_left():
    group = np.where(np.arange(200) < 100, "north", "south")
    data = survey(g=group)
    data = csi.Survey.from_frame(data.answers.assign(q1=np.where(group == "north", 4, 5)), data.codebook)
    for call in (
        lambda: csi.check_reliability(data, ["q1", "q2", "q3"], by="g"),
        lambda: csi.fit_factors(data, ["q1", "q2", "q3", "q4"], by="g"),
        lambda: csi.fit_importance(data, "q3", ["q1", "q2"], by="g"),
    ):
        problem = refusal(call)
        assert problem.code == "constant_in_group"
        assert (problem.values["group"], problem.values["items"]) == ("north", ["q1"])
        assert "north" in str(problem)
    assert "north" in str(refusal(lambda: csi.fit_drivers(data, "q3", ["q1", "q2"], by="g")))


@pytest.mark.parametrize(("heaviest", "fine"), [(1000.0, False), (1.5, True)])
def test_one_heavy_respondent_fails_a_check_of_the_study(heaviest, fine):
    data = survey(w=np.where(np.arange(200) == 7, heaviest, 1.0))
    checks = csi.analyse_survey(data, MODEL, n_boot=0).results["sample"].check().set_index("check")
    if fine:
        assert not {"largest_weight", "dominant_weight"} & set(checks.index)
        return
    assert not checks.loc[["largest_weight", "dominant_weight"], "ok"].any()
    assert checks.loc["dominant_weight", "value"] == pytest.approx(200 * (1000**2 + 199) / 1199**2)


@pytest.mark.parametrize("text", ["a ~ " + "+" * 100_000, "~" * 50_000, "a" * 50_000, "a\0 ~ b", "\ud800 ~ b", ";" * 9])
def test_a_model_that_is_none_is_one_short_sentence(text):
    assert isinstance(refusal(lambda: csi.PathModel.parse(text)), csi.ModelError)
