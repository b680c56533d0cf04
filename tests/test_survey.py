"""Survey: typing by codebook and by guess, missing answers, groups, design, and that nobody can change it."""

from __future__ import annotations

import datetime as dt
import pickle

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import csi
from csi.data.codebook import REASONS, Codebook, Item
from csi.data.readers import read_csv
from csi.data.scales import Scale
from csi.data.survey import Survey
from csi.errors import AskedError, DataError

NAN = float("nan")
TEN = Scale(1, 10, {1: {"en": "very poor", "zh": "非常差"}, 10: {"en": "excellent", "zh": "非常好"}})
BOOK = Codebook(
    {
        "q1": Item("q1", TEN, construct="Satisfaction"),
        "q2": Item("q2", TEN, construct="Satisfaction", reversed=True),
        "age": Item("age", kind="number"),
        "said": Item("said", kind="text"),
    },
    weight="w",
    strata="region",
    cluster="int",
    private=("address",),
    missing_codes={97: "dont_know", "(跳过)": "skipped"},
    item_missing_codes={"q2": {99: "refused"}},
)


def frame(**changes):
    columns = {
        "q1": [7, 10, 97, 1],
        "q2": ["3", "非常好", "99", None],
        "age": [30, 41, 18, 65],
        "said": ["fine", "", "97", "(跳过)"],
        "w": [1.0, 0.0, 2.0, 1.0],
        "region": ["south", "north", "south", "north"],
        "int": [1, 1, 2, 1],
        "address": ["1.2.3.4", "1.2.3.5", "9.9.9.9", "8.8.8.8"],
        "extra": [1, 0, 1, 1],
    }
    return pd.DataFrame({**columns, **changes})


def codes(survey, *names):
    return [note.code for note in survey.notes if note.code in names or not names]


def test_typing_by_codebook():
    survey = Survey.from_frame(frame(), BOOK, name="shop")
    answers, reasons = survey.answers, survey.reasons
    np.testing.assert_array_equal(answers["q1"], [7, 10, NAN, 1])
    np.testing.assert_array_equal(answers["q2"], [3, 10, NAN, NAN])
    assert [REASONS[i] for i in reasons["q1"]] == ["answered", "answered", "dont_know", "answered"]
    assert [REASONS[i] for i in reasons["q2"]] == ["answered", "answered", "refused", "blank"]
    assert [REASONS[i] for i in reasons["said"]] == ["answered", "blank", "answered", "skipped"]
    assert answers["said"].tolist()[2] == "97"
    assert list(reasons.columns) == list(survey.items) == ["q1", "q2", "age", "said"]
    assert list(answers.columns) == list(frame().columns)
    assert {str(dtype) for dtype in reasons.dtypes} == {"int8"}
    assert str(answers["q1"].dtype) == "float64"
    np.testing.assert_array_equal(survey.matrix(["q2", "q1"]), [[8, 7], [1, 10], [NAN, NAN], [NAN, 1]])
    lo, hi = survey.scale_ends(["q1", "age"])
    np.testing.assert_array_equal(lo, [1, NAN])
    np.testing.assert_array_equal(hi, [10, NAN])
    assert len(survey) == 4
    assert codes(survey) == ["columns_not_in_codebook", "labels_read"]
    assert survey.notes[0].values["columns"] == ["extra"]
    assert survey.notes[1].values["count"] == 1


def test_full_width_digits_numeric_text_and_common_words_are_read_and_noted():
    book = Codebook({"q": Item("q", TEN)})
    cells = ["７", " 8 ", "9.0", "１０", "NA", "不知道", "Don't know", "拒答", "（跳过）", "", "（空）", None]
    survey = Survey.from_frame({"q": cells}, book)
    np.testing.assert_array_equal(survey.answers["q"].dropna(), [7, 8, 9, 10])
    words = ["answered"] * 4 + ["blank", "dont_know", "dont_know", "refused", "skipped", "blank", "blank", "blank"]
    assert [REASONS[i] for i in survey.reasons["q"]] == words
    assert codes(survey) == ["missing_words", "wide_digits"]
    sentence = str(survey.notes[0])
    for part in ("NA", "don't know 2", "refused 1", "skipped 1", "blank 2", "q"):
        assert part in sentence
    assert survey.notes[1].values["count"] == 2
    with csi.use_language("zh"):
        assert "不知道 2" in str(survey.notes[0])


def test_aliases_find_columns_and_say_so():
    book = Codebook({"sat": Item("sat", TEN, aliases=("1、总体满意度", "Q1"))})
    survey = Survey.from_frame({"1、总体满意度": [7, 8]}, book)
    assert survey.answers["sat"].tolist() == [7, 8]
    assert "1、总体满意度 -> sat" in str(survey.notes[0])


def test_a_multiple_answer_and_a_date_and_a_category():
    book = Codebook(
        {"m": Item("m", kind="multiple"), "d": Item("d", kind="date"), "c": Item("c", kind="category")},
        missing_codes={9: "not_asked"},
    )
    survey = Survey.from_frame({"m": ["1", "0", "9"], "d": ["2026/9/3", "2026年9月4日", ""], "c": [2.0, 10.0, 9]}, book)
    np.testing.assert_array_equal(survey.answers["m"], [1, 0, NAN])
    assert survey.answers["d"].tolist()[:2] == [pd.Timestamp(2026, 9, 3), pd.Timestamp(2026, 9, 4)]
    assert survey.answers["c"].tolist()[:2] == ["2", "10"]
    assert survey.answers["c"].cat.categories.tolist() == ["2", "10"]
    assert survey.reasons.to_numpy().tolist() == [[0, 0, 0], [0, 0, 0], [1, 3, 1]]


def test_a_missing_code_in_a_number_is_noted():
    survey = Survey.from_frame(frame(age=[97, 20, 30, 40]), BOOK)
    assert {note.code: note for note in survey.notes}["codes_in_numbers"].values["count"] == 1
    assert np.isnan(survey.answers["age"][0])


def test_codes_do_not_touch_role_columns():
    survey = Survey.from_frame(frame(w=[97, 1, 1, 1]), BOOK)
    assert survey.design().weight.tolist() == [97, 1, 1, 1]


def test_guessing_mobi(shared):
    survey = read_csv(shared / "data" / "mobi.csv")
    assert len(survey) == 250
    scales = {(item.scale.lo, item.scale.hi) for item in survey.codebook.items.values()}
    assert scales == {(1, 10)}
    assert len(survey.codebook.items) == 24
    assert {item.kind for item in survey.codebook.items.values()} == {"rating"}
    assert any("24 columns 1-10" in str(one) for one in survey.notes)
    assert survey.moments().mean[0] == pytest.approx(survey.answers["CUEX1"].mean())


def test_guessing_five_categories(shared):
    survey = read_csv(shared / "data" / "mobi_5cat.csv")
    assert {str(item.scale) for item in survey.codebook.items.values()} == {"1-5"}


def test_notes_without_a_codebook():
    survey = Survey.from_frame(
        {
            "q1": [1, 10, 3, 4, 5],
            "q2": [1, 9, 3, 4, 5],
            "抽样权数": [1.5, 2, 1, 1, 1],
            "strata": ["a", "a", "b", "b", "b"],
            "mixed quality": ["1", "2", "3", "4", "oops"],
            "来自IP": ["1.1.1.1", "1.1.1.2", "1.1.1.3", "1.1.1.4", "1.1.1.5"],
            "none": [None] * 5,
        },
        scale={"q*": (1, 10), "mixed quality": (1, 5)},
    )
    sentences = "\n".join(map(str, survey.notes))
    for part in (
        "2 columns 1-10, 1 columns 1-5",
        "'抽样权数' was taken for survey weights",
        "not used as one: strata (strata)",
        "mixed quality 1 (oops)",
        "1 columns are named like personal data",
        "without a single answer: none",
    ):
        assert part in sentences
    assert survey.codebook.roles == {"weight": "抽样权数"}
    assert survey.codebook.private == ("来自IP",)
    with csi.use_language("zh"):
        assert any("2 列 1-10" in str(one) for one in survey.notes)
        assert all(str(note) for note in survey.notes)


def test_ratings_without_a_scale_in_the_codebook_are_judged_or_asked():
    book = Codebook({"a": Item("a"), "b": Item("b")}, missing_codes={99: "dont_know"})
    columns = {"a": [1, 10, 99, 5, 6, 7], "b": [2, 6, 3, 4, 5, 6]}
    with pytest.raises(AskedError, match=r"'b'.*1-6, 1-7"):
        Survey.from_frame(columns, book)
    survey = Survey.from_frame(columns, book, scale={"b": (1, 7)})
    assert [str(survey.codebook.items[name].scale) for name in "ab"] == ["1-10", "1-7"]
    assert "scales_guessed" in codes(survey)
    assert "99" not in survey.answers["a"].tolist()


def test_with_codebook_reads_the_raw_cells_again():
    first = Survey.from_frame(
        {"q": ["1", "5", "99", "(跳过)"], "t": ["好", "差", "好", "好"]}, name="s", scale={"q": (1, 99)}
    )
    book = Codebook(
        {"q": Item("q", Scale(1, 10)), "t": Item("t", Scale(1, 2, {1: {"zh": "差"}, 2: {"zh": "好"}}))},
        missing_codes={99: "refused"},
    )
    second = first.with_codebook(book)
    np.testing.assert_array_equal(second.answers["q"], [1, 5, NAN, NAN])
    assert [REASONS[i] for i in second.reasons["q"]] == ["answered", "answered", "refused", "skipped"]
    assert second.answers["t"].tolist() == [2, 1, 2, 2]
    assert second.name == "s"
    assert first.answers["q"][2] == 99
    third = second.with_codebook(Codebook({"q": Item("q", Scale(1, 99))}))
    assert third.answers["q"][2] == 99


def test_nobody_can_change_a_survey():
    source = frame()
    survey = Survey.from_frame(source, BOOK)
    before, reasons = survey.answers.copy(deep=True), survey.reasons.copy(deep=True)
    source.loc[0, "q1"] = 5
    source["q2"] = "1"
    mine = survey.answers
    mine.loc[0, "q1"] = 1
    mine["q2"] = 0
    del mine["age"]
    mine.index = list("abcd")
    for name in survey.answers.columns:
        view = survey.answers[name]
        for target in (view.array, getattr(view.array, "_ndarray", None), view.to_numpy(), view.to_numpy(copy=False)):
            try:
                target[0] = target[1]
            except (TypeError, ValueError):
                continue
    why = survey.reasons
    why.iloc[:, :] = 6
    with pytest.raises(ValueError, match="read-only"):
        survey.reasons["q1"].array[0] = 6
    survey.matrix(["q1"])[:] = 0
    survey.split("region")[1][:] = 7
    pd.testing.assert_frame_equal(survey.answers, before)
    pd.testing.assert_frame_equal(survey.reasons, reasons)
    again = survey.with_codebook(BOOK)
    pd.testing.assert_frame_equal(again.answers, before)
    for change in ("name", "codebook", "notes"):
        with pytest.raises(AttributeError):
            setattr(survey, change, None)


def test_a_survey_travels_between_processes():
    survey = pickle.loads(pickle.dumps(Survey.from_frame(frame(), BOOK)))
    pd.testing.assert_frame_equal(survey.answers, Survey.from_frame(frame(), BOOK).answers)


@pytest.mark.parametrize("convert", ["pandas", "polars", "pyarrow"])
def test_tables_of_other_libraries(convert):
    table = pd.DataFrame({"q1": [7, None, 9], "t": ["a", "b", None]})
    if convert != "pandas":
        library = pytest.importorskip(convert)
        table = library.from_pandas(table) if convert == "polars" else library.Table.from_pandas(table)
    survey = Survey.from_frame(table)
    np.testing.assert_array_equal(survey.answers["q1"], [7, NAN, 9])
    assert survey.reasons["t"].tolist() == [0, 0, 3]


@pytest.mark.parametrize("dtype", ["Int64", "float32", "int8", "category", "str", "object"])
def test_ratings_of_any_dtype(dtype):
    column = pd.Series([7, 9, 1] if dtype in ("int8", "category") else ["7", "9", None])
    column = column.astype(dtype) if dtype not in ("Int64", "float32") else pd.Series([7, 9, None]).astype(dtype)
    expected = [7, 9, 1] if dtype in ("int8", "category") else [7, 9, NAN]
    np.testing.assert_array_equal(
        Survey.from_frame({"q": column}, Codebook({"q": Item("q", TEN)})).matrix(["q"])[:, 0], expected
    )


def test_groups():
    survey = Survey.from_frame(
        {
            "operator": ["B", "A", None, "B", "A"],
            "wave": [10, 2, 2, 10, 10],
            "day": [dt.datetime(2026, 1, 2)] * 5,
            "q": [1, 10, 5, 5, 5],
        }
    )
    assert survey.split("wave")[0] == ("2", "10")
    assert survey.split("wave")[1].tolist() == [1, 0, 0, 1, 1]
    labels, numbers = survey.split(["operator", "wave"])
    assert labels == ("A · 2", "A · 10", "B · 10")
    assert numbers.tolist() == [2, 0, -1, 2, 1]
    assert survey.split("day")[0] == ("2026-01-02",)
    assert survey.split("q")[0] == ("1", "5", "10")


@given(st.lists(st.tuples(st.sampled_from([*"abc", None]), st.sampled_from([1, 2, 11, None])), min_size=1, max_size=30))
def test_groups_agree_with_a_plain_loop(rows):
    survey = Survey.from_frame({"letter": [a for a, _ in rows], "n": pd.Series([b for _, b in rows], dtype=object)})
    book = Codebook({"letter": Item("letter", kind="category"), "n": Item("n", kind="number")})
    labels, numbers = survey.with_codebook(book).split(["letter", "n"])
    complete = [row for row in rows if None not in row]
    assert labels == tuple(f"{a} · {b}" for a, b in sorted(set(complete)))
    assert [labels[i] if i >= 0 else None for i in numbers] == [
        None if None in row else f"{row[0]} · {row[1]}" for row in rows
    ]


def test_design_from_roles():
    design = Survey.from_frame(frame(), BOOK).design()
    assert design.weight.tolist() == [1, 0, 2, 1]
    assert design.strata.tolist() == [1, 0, 1, 0]
    # interviewer 1 worked in both regions: two clusters
    assert design.units == 3
    plain = Survey.from_frame(frame()).design()
    assert plain.weight is None
    assert plain.plain


def test_moments_use_weights_direction_and_scale():
    survey = Survey.from_frame(frame(q2=["3", "10", "1", "2"]), BOOK)
    moments = survey.moments()
    assert moments.names == ("q1", "q2")
    # respondent 3 has no q1; respondent 2 has weight 0
    np.testing.assert_allclose(moments.mean, [(7 + 1) / 2, (8 + 9) / 2])
    assert np.ravel(moments.lo).tolist() == [1, 1]
    assert np.ravel(moments.hi).tolist() == [10, 10]


def test_views_are_short_bilingual_and_keep_private_columns_out():
    survey = Survey.from_frame(frame(), BOOK, name="shop")
    for language, words in (
        ("en", ["4 respondents", "Satisfaction (2)", "weight: w"]),
        ("zh", ["4 位受访者", "潜变量"]),
    ):
        with csi.use_language(language):
            views = (repr(survey), survey._repr_html_())
            text = "".join(map(str, survey.notes))
        for view in views:
            assert all(word in view for word in words)
            assert len(view) < 600
            assert "address" not in view
            assert "1.2.3.4" not in view + text
    assert "don't know 1" in repr(survey)
    assert "&lt;b&gt;" in Survey.from_frame(frame(), BOOK, name="<b>")._repr_html_()
    assert "missing answers: none" in repr(Survey.from_frame({"q": [1, 2, 3]}))


def typed(book=BOOK, **changes):
    return Survey.from_frame(frame(**changes), book, name="shop")


PRIVATE = Codebook({"phone": Item("phone", kind="number")}, private=("phone",))
BAD = [
    (lambda: Survey.from_frame([1, 2]), ["pandas", "list"], ["pandas", "list"]),
    (lambda: Survey.from_frame({"a": [1], "b": [1, 2]}), ["pandas", "same length"], ["每行一位受访者"]),
    (lambda: Survey.from_frame(pd.DataFrame()), ["no columns"], ["没有列"]),
    (lambda: Survey.from_frame(pd.DataFrame({"a": []})), ["no respondents"], ["没有受访者"]),
    (
        lambda: Survey.from_frame(pd.DataFrame([[1, 2]], columns=["a", "a"])),
        ["a (1, 2)", "more than once"],
        ["a (1, 2)", "重复"],
    ),
    (
        lambda: Survey.from_frame(frame().drop(columns=["q1"]), BOOK, "shop"),
        ["'shop'", "items of the codebook", "q1", "extra", "aliases"],
        ["“shop”", "q1", "extra", "aliases"],
    ),
    (
        lambda: Survey.from_frame(frame().drop(columns=["w"]), BOOK, "shop"),
        ["weight: w", "extra"],
        ["weight: w", "extra"],
    ),
    (
        lambda: Survey.from_frame({"a": [1], "b": [2]}, Codebook({"q": Item("q", aliases=("a", "b"))})),
        ["'q'", "a, b"],
        ["“q”", "a、b"],
    ),
    (
        lambda: typed(q1=[7, 99, 99, 98]),
        ["'q1' of 'shop'", "3 ratings outside 1-10", "value 99, 98", "missing codes"],
        ["“shop”的题项“q1”", "3 个评分超出 1-10", "99、98", "缺失代码"],
    ),
    (lambda: typed(q1=[7, 7.5, 8, 8]), ["'q1'", "1 ratings between", "7.5", "step: 0.5"], ["7.5", "step: 0.5"]),
    (
        lambda: typed(q1=["7", "good", "good", "bad"]),
        ["'q1' of 'shop'", "3 cells", "good, bad", "labels"],
        ["“q1”", "3 个单元格", "good、bad", "labels"],
    ),
    (
        lambda: typed(Codebook({"extra": Item("extra", kind="multiple")}), extra=[0, 1, 2, 1]),
        ["outside 0-1", "value 2"],
        ["0-1"],
    ),
    (
        lambda: typed(Codebook({"said": Item("said", kind="date")}), said=["2026-01-01", "3/4/26", "", ""]),
        ["3/4/26", "year first"],
        ["3/4/26", "年份在前"],
    ),
    (lambda: typed(w=["1", "a lot", "1", "1"]), ["'w' (weight)", "1 cells", "a lot"], ["weight 列“w”", "a lot"]),
    (lambda: typed(w=[1, -2, 1, 1]).design(), ["-2"], ["-2"]),
    (lambda: typed(w=[0, 0, 0, 0]).design(), ["0"], ["0"]),
    (lambda: typed(w=[1, None, None, 1]).moments(), ["2"], ["2"]),
    (lambda: typed(region=["a", None, "", "b"]).design(), ["2 respondents", "'region' (strata)"], ["2 位", "region"]),
    (lambda: typed(int=[1, None, 1, 1]).design(), ["1 respondents", "'int' (cluster)"], ["1 位", "int"]),
    (lambda: typed().matrix(["q1", "q9"]), ["unknown items: q9", "q1, q2, age, said"], ["q9", "q1、q2"]),
    (lambda: typed().matrix(["extra"]), ["unknown items: extra"], ["extra"]),
    (lambda: typed().matrix(["said"]), ["not numbers but text: said"], ["不是数字而是文字：said"]),
    (lambda: typed().scale_ends(["nope"]), ["nope"], ["nope"]),
    (lambda: Survey.from_frame({"t": ["a", "b", "c"]}).moments(), ["no items of kind rating"], ["没有 rating"]),
    (lambda: typed().split("regoin"), ["'regoin'", "region", "extra"], ["regoin", "region"]),
    (lambda: typed().split("address"), ["'address' is private"], ["隐私"]),
    (lambda: typed().split([]), ["by="], ["by="]),
]


@pytest.mark.parametrize(("call", "english", "chinese"), BAD)
def test_bad_input_says_what_is_wrong(call, english, chinese):
    with pytest.raises(DataError) as caught:
        call()
    for language, expected in (("en", english), ("zh", chinese)):
        with csi.use_language(language):
            sentence = str(caught.value)
        for word in expected:
            assert word in sentence, (language, sentence)


def test_a_cell_nobody_can_read_is_missing_and_named():
    survey = typed(age=[1, 2, 3, np.inf], q1=["7", "good", "8", "9"])
    assert np.isnan(survey.answers["age"][3])
    assert REASONS[survey.reasons["q1"][1]] == "unreadable"
    (said,) = (str(one) for one in survey.doubts if one.code == "unreadable_cells")
    assert "age 1 (inf)" in said
    assert "q1 1 (good)" in said
    with pytest.raises(DataError, match="good"):
        Survey.from_frame(frame(q1=["7", "good", "8", "9"]), BOOK, "shop", strict=True)


def test_errors_do_not_show_private_cells():
    for cells in (["13800000000", "call me"], ["secret", "secret"]):
        with pytest.raises(DataError) as caught:
            Survey.from_frame({"phone": cells}, PRIVATE)
        assert not any(cell in str(caught.value) for cell in cells)
    scaled = Codebook({"phone": Item("phone", Scale(1, 5))}, private=("phone",))
    with pytest.raises(DataError) as caught:
        Survey.from_frame({"phone": [13800000000, 1]}, scaled)
    assert "138" not in str(caught.value)
    with pytest.raises(DataError) as caught:
        typed().split("nothing")
    assert "address" not in caught.value.values["choices"]


def test_a_wrong_name_in_a_long_survey_shows_the_nearest():
    survey = Survey.from_frame({f"item{i}": [1, 5] for i in range(200)})
    with pytest.raises(DataError) as caught:
        survey.matrix(["itme17"])
    assert "item17" in str(caught.value)
    assert "(200)" in str(caught.value)
    assert len(str(caught.value)) < 300
