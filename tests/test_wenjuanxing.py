"""问卷星 exports: every kind of question from invented files and one pair typed by hand, and pairs that are none."""

from __future__ import annotations

import csv
import dataclasses
import importlib.util
import random
import sys
import zipfile
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
import wenjuanxing_fixtures as made_up
from hypothesis import given, settings
from hypothesis import strategies as st

import csi
from csi.data.codebook import REASONS, Codebook
from csi.data.ladders import choose_ladder, read_ladders
from csi.data.samples import list_samples, sample_path
from csi.errors import CsiError

HERE = Path(__file__).resolve().parent
TEXT = HERE / "fixtures" / "wenjuanxing" / "101_按文本_门店_6_6.csv"
CODE = HERE / "fixtures" / "wenjuanxing" / "101_按序号_门店_6_6.csv"
PRIVATE = ("192.0.2.", "1380000", "u0001")
NAN = None
HEADS = ("old", "new", "bare")
ROWS = ("old", "numbered", "dotted", "bracketed", "bare")


def listed(column) -> list:
    """The cells of a column, None where the answer is missing."""
    return [None if pd.isna(cell) else cell for cell in column.tolist()]


def reasons(survey, item) -> list[str]:
    return [REASONS[code] for code in survey.reasons[item]]


def said(survey, code) -> str:
    return " ".join(str(note) for note in survey.notes if note.code == code)


def table(path, *rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def asked(tmp_path, heading, *answers, name="按文本.csv"):
    """A file of one question and a column that shows that it is the file of texts."""
    rows = zip(answers, ["甲", "乙", "(空)", *["甲"] * len(answers)], strict=False)
    return csi.read_wenjuanxing(table(tmp_path / name, [heading, "99、门店"], *rows))


def agrees(survey, made) -> None:
    """The survey holds what the generator drew."""
    for item, truth in made.truth.items():
        if item == "q11":  # the phone number: private, no item
            assert item not in survey.items
            continue
        assert listed(survey.answers[item]) == truth, item
        if item in made.reasons:
            assert reasons(survey, item) == made.reasons[item], item


def pair(made, folder, ending=".csv", encoding="utf-8"):
    text = made_up.write(made.text, folder / f"7_按文本_试_60_60{ending}", encoding)
    return text, made_up.write(made.code, folder / f"7_按序号_试_60_60{ending}", encoding)


# --- invented files ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rows", ROWS)
@pytest.mark.parametrize("heads", HEADS)
def test_a_pair_gives_what_was_drawn_in_every_style_of_headings(tmp_path, heads, rows):
    made = made_up.rich(1, 60, heads, rows)
    survey = csi.read_wenjuanxing(*pair(made, tmp_path))
    agrees(survey, made)
    assert survey.codebook.items["q4_3"].text == {"zh": "您的爱好(可多选)：阅读(纸书(含杂志)、电子书)"}
    wording = "价格" if rows == "old" else "请评价——以下各项：价格"
    assert survey.codebook.items["q6_2"].text == {"zh": wording}
    assert survey.codebook.items["q2"].text == {"zh": "总体而言，您对我们满意吗？"}
    assert ("wjx_rows_guessed" in {note.code for note in survey.notes}) == (rows == "bare")


@settings(max_examples=20, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    n=st.integers(40, 90),
    heads=st.sampled_from(HEADS),
    rows=st.sampled_from(ROWS),
    dash=st.booleans(),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "gb18030"]),
    codes=st.sampled_from([(-3, -2), (-2, -3), (-8, -9)]),
)
def test_any_survey_comes_back(tmp_path_factory, seed, n, heads, rows, dash, encoding, codes):
    made = made_up.rich(seed, n, heads, rows, dash=dash, skip_code=codes[0], blank_code=codes[1])
    text, code = pair(made, tmp_path_factory.mktemp("wjx"), encoding=encoding)
    survey = csi.read_wenjuanxing(text, code, skip_code=codes[0], blank_code=codes[1])
    agrees(survey, made)
    assert "wjx_codes_other_way" not in {note.code for note in survey.notes}
    alone = csi.read_wenjuanxing(text)
    for item in survey.items:  # without the code file a ranking's options stand in the order of the alphabet
        if not item.startswith("q5_"):
            assert alone.answers[item].equals(survey.answers[item]), item
            assert (alone.reasons[item] == survey.reasons[item]).all(), item
            assert alone.codebook.items[item] == survey.codebook.items[item]
    words = {item.text["zh"]: name for name, item in alone.codebook.items.items()}
    for item in ("q5_1", "q5_2", "q5_3"):
        other = alone.answers[words[survey.codebook.items[item].text["zh"]]]
        assert listed(other) == listed(survey.answers[item])


def test_a_workbook_says_the_same_as_a_csv_file(tmp_path):
    made = made_up.rich(2, 50)
    sheets, lines = csi.read_wenjuanxing(*pair(made, tmp_path, ".xlsx")), csi.read_wenjuanxing(*pair(made, tmp_path))
    agrees(sheets, made)
    pd.testing.assert_frame_equal(sheets.answers, lines.answers)


def test_the_sheet_with_questions_is_found(tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "说明"
    book.active.append(["本文件由系统导出"])
    sheet = book.create_sheet("答卷")
    for row in (["某某调查"], ["序号", "1、满意吗", "2、性别"], [1, "非常满意", "男"], [2, "不满意", "女"], [None] * 3):
        sheet.append(row)
    book.save(tmp_path / "a.xlsx")
    survey = csi.read_wenjuanxing(tmp_path / "a.xlsx")
    assert listed(survey.answers["q1"]) == [5, 2]
    assert "'答卷'" in said(survey, "sheet_read")
    assert "说明" in said(survey, "sheet_read")
    assert "1 lines above" in said(survey, "rows_above")


def test_a_pair_is_read_in_either_order():
    first, second = csi.read_wenjuanxing(TEXT, CODE), csi.read_wenjuanxing(CODE, TEXT)
    pd.testing.assert_frame_equal(first.answers, second.answers)
    pd.testing.assert_frame_equal(csi.read_survey(CODE, second=TEXT).answers, first.answers)
    assert "is the text file" in said(second, "wjx_turned_pair")


def test_renamed_questions_are_read_as_a_plain_table(tmp_path):
    head = ["序号", "提交答卷时间", "所用时间", "来源", "来源详情", "来自IP", "总体满意度", "服务态度"]
    rows = [[i, "2026/3/1 10:00:00", f"{60 + i}秒", "微信", "N/A", "1.2.3.4(广东)",
             "非常满意" if i % 2 else "不满意", i % 5 + 1]
            for i in range(1, 31)]  # fmt: skip
    survey = csi.read_survey(table(tmp_path / "a.csv", head, *rows))
    assert survey.answers["总体满意度"].tolist()[:2] == [5, 2]
    assert str(survey.codebook.items["服务态度"].scale) == "1-5"
    assert survey.codebook.roles == {"duration": "所用时间", "respondent": "序号"}
    assert set(survey.codebook.private) == {"来源详情", "来自IP"}
    assert "renamed" in said(survey, "recognised")


def test_the_order_of_respondents_changes_nothing(tmp_path):
    made = made_up.rich(5, 60)
    order = list(range(60))
    random.Random(0).shuffle(order)
    mixed = [(heading, [cells[i] for i in order]) for heading, cells in made.text]
    text, code = pair(made, tmp_path)
    survey = csi.read_wenjuanxing(text)
    shuffled = csi.read_wenjuanxing(made_up.write(mixed, tmp_path / "按文本.csv"))
    assert shuffled.codebook.items == survey.codebook.items
    back = shuffled.answers.iloc[np.argsort(order)].reset_index(drop=True)
    for item in survey.items:
        assert listed(back[item]) == listed(survey.answers[item]), item
    paired = csi.read_wenjuanxing(tmp_path / "按文本.csv", code)
    assert "wjx_pair_sorted" in {note.code for note in paired.notes}
    assert listed(paired.answers["q5_1"]) == [made.truth["q5_1"][i] for i in order]


# --- typed by hand -----------------------------------------------------------------------------------------------


def test_the_pair_typed_by_hand():
    survey = csi.read_wenjuanxing(TEXT, CODE)
    expected = {
        "q1": ["男", "女", "女", "男", NAN, "女"],
        "q2": [5, 4, NAN, 1, 3, 2],
        "q3": ["近", "其他【请注明】", "便宜", "其他【请注明】", "近", "近"],
        "q3_other": [NAN, "朋友(同事)带我来", NAN, NAN, NAN, NAN],
        "q4_1": [1, 0, NAN, NAN, 1, 1],
        "q4_2": [1, 0, NAN, NAN, 0, 0],
        "q4_3": [0, 1, NAN, NAN, 1, 0],
        "q4_4": [0, 0, NAN, NAN, 0, 0],
        "q4_5": [0, 0, NAN, NAN, 1, 0],
        "q4_other": [NAN, NAN, NAN, NAN, "养花", NAN],
        "q5_1": [2, 1, NAN, NAN, NAN, NAN],
        "q5_2": [1, 3, NAN, NAN, NAN, 1],
        "q5_3": [NAN, 2, NAN, NAN, 1, 2],
        "q6_1": [4, 3, 5, 1, NAN, 4],
        "q6_2": [3, 2, NAN, 1, 4, 4],
        "q7": [-2, -15, NAN, -3, 0, 3],
        "q8": ["没有", "多开窗口, 谢谢", NAN, "无", "没有", "停车难"],
    }
    assert survey.items == tuple(expected)
    for item, answers in expected.items():
        assert listed(survey.answers[item]) == answers, item
    missing = {
        "q1": "answered answered answered answered skipped answered",
        "q2": "answered answered blank answered answered answered",
        "q3_other": "not_asked answered not_asked blank not_asked not_asked",
        "q4_3": "answered answered blank skipped answered answered",
        "q5_3": "blank answered blank skipped answered answered",
        "q6_1": "answered answered answered answered skipped answered",
        "q7": "answered answered blank answered answered answered",
    }
    for item, words in missing.items():
        assert reasons(survey, item) == words.split(), item
    kinds = {item.name: item.kind for item in survey.codebook.items.values()}
    assert kinds["q1"] == kinds["q3"] == "category"
    assert kinds["q2"] == kinds["q6_1"] == "rating"
    assert kinds["q4_1"] == "multiple"
    assert kinds["q5_1"] == kinds["q7"] == "number"
    assert kinds["q8"] == kinds["q3_other"] == "text"
    assert survey.codebook.items["q2"].text == {"zh": "总体而言，您满意吗？"}
    assert survey.codebook.items["q4_2"].text == {"zh": "您的爱好（可多选）：ACG文化(动漫、游戏等)"}
    assert [text["zh"] for text in survey.codebook.items["q2"].scale.labels.values()] == made_up.LADDER
    assert listed(survey.answers["所用时间"]) == [123, 58, 240, 99, 77, 65]
    assert survey.answers["提交答卷时间"].tolist()[:2] == [
        pd.Timestamp(2026, 9, 3, 9, 5),
        pd.Timestamp(2026, 9, 3, 9, 6, 30),
    ]
    assert survey.codebook.roles == {"duration": "所用时间", "respondent": "序号"}
    assert survey.codebook.private == ("来源详情", "来自IP", "uid")
    assert survey.name == "门店"
    assert Codebook.from_yaml(survey.codebook.to_yaml()) == survey.codebook


def test_the_text_file_typed_by_hand_alone():
    survey, both = csi.read_wenjuanxing(TEXT), csi.read_wenjuanxing(TEXT, CODE)
    options = [item.text["zh"] for item in survey.codebook.items.values() if item.kind == "multiple"]
    assert [text.partition("：")[2] for text in options] == ["运动", "ACG文化(动漫、游戏等)", "音乐", "其他【请注明】"]
    for item in ("q1", "q2", "q4_1", "q6_2", "q7"):
        assert listed(survey.answers[item]) == listed(both.answers[item])
    assert survey.codebook.items["q7"].kind == "number"


# --- direction ---------------------------------------------------------------------------------------------------


def test_options_listed_best_first_do_not_invert(tmp_path):
    """The same answers to a question whose options stand in either order: the same ratings."""
    answers = [["1", "非常满意"], ["2", "不满意"], ["3", "满意"], ["4", "非常不满意"], ["5", "一般"]]
    text = table(tmp_path / "按文本.csv", ["序号", "1、总体满意度"], *answers)
    found = []
    for options in (made_up.LADDER, made_up.LADDER[::-1]):
        rows = [[number, options.index(label) + 1] for number, label in answers]
        code = table(tmp_path / "按序号.csv", ["序号", "1、总体满意度"], *rows)
        found.append(listed(csi.read_wenjuanxing(text, code).answers["q1"]))
    assert found == [[5, 2, 4, 1, 3]] * 2


@pytest.mark.parametrize(
    ("labels", "ratings"),
    [
        ("非常满意 满意 一般 不满意 非常不满意", [5, 4, 3, 2, 1]),
        ("很不满意 不太满意 一般 比较满意 很满意", [1, 2, 3, 4, 5]),
        ("满意 一般 不满意", [3, 2, 1]),
        ("非常满意 满意 比较满意 一般 比较不满意 不满意 非常不满意", [7, 6, 5, 4, 3, 2, 1]),
        ("非常同意 同意 不确定 不同意 非常不同意", [5, 4, 3, 2, 1]),
        ("完全不同意 不同意 同意 完全同意", [1, 2, 3, 4]),
        ("很好 好 一般 差 很差", [5, 4, 3, 2, 1]),
        ("很好 较好 一般 较差 很差", [5, 4, 3, 2, 1]),
        ("优 良 中 差", [4, 3, 2, 1]),
        ("优秀 良好 合格 不合格", [4, 3, 2, 1]),
        ("从不 很少 有时 经常 总是", [1, 2, 3, 4, 5]),
        ("一定会 可能会 不确定 可能不会 一定不会", [5, 4, 3, 2, 1]),
        ("非常清楚 清楚 一般 不清楚 非常不清楚", [5, 4, 3, 2, 1]),
        ("A.非常满意 B.满意 C.一般 D.不满意 E.非常不满意", [5, 4, 3, 2, 1]),
        ("1.非常满意 2.满意 3.一般 4.不满意 5.非常不满意", [5, 4, 3, 2, 1]),
        ("非常满意（5分） 满意（4分） 一般（3分） 不满意（2分） 非常不满意（1分）", [5, 4, 3, 2, 1]),
        ("远低于预期 低于预期 符合预期 超出预期 远超预期", [1, 2, 3, 4, 5]),
        ("Very satisfied|Satisfied|Neutral|Dissatisfied|Very dissatisfied", [5, 4, 3, 2, 1]),
        ("Strongly disagree|Disagree|Neither agree nor disagree|Agree|Strongly agree", [1, 2, 3, 4, 5]),
        ("Excellent|Very good|Good|Fair|Poor", [5, 4, 3, 2, 1]),
        ("Never|Rarely|Sometimes|Often|Always", [1, 2, 3, 4, 5]),
        ("Not at all likely|Slightly likely|Moderately likely|Very likely|Extremely likely", [1, 2, 3, 4, 5]),
        ("5分 4分 1分", [5, 4, 1]),
        ("5 非常满意|4|3|1 非常不满意", [5, 4, 3, 1]),
        ("1 非常满意|2|4|5 非常不满意", [5, 4, 2, 1]),
    ],
)
def test_a_ladder_gives_the_direction(tmp_path, labels, ratings):
    labels = labels.split("|") if "|" in labels else labels.split()
    survey = asked(tmp_path, "1、请评价", *labels)
    assert listed(survey.answers["q1"]) == ratings
    item = survey.codebook.items["q1"]
    assert item.kind == "rating"
    assert (item.scale.lo, item.scale.hi) == (1, 5 if labels[0] == "5分" else max(ratings))


def test_a_ladder_of_which_not_every_step_was_chosen(tmp_path):
    """Five steps unless something says otherwise; the numbers beside options and the code file do."""
    assert listed(asked(tmp_path, "1、满意吗", "非常满意", "满意", "一般").answers["q1"]) == [5, 4, 3]
    assert listed(asked(tmp_path, "1、满意吗", "1.非常满意", "4.非常不满意", "2.满意").answers["q1"]) == [4, 1, 3]
    labels = ["不满意", "一般", "比较满意", "满意", "非常满意"]
    readings = read_ladders(labels)
    five = choose_ladder(readings, {}, {label: at for at, label in enumerate(labels, start=1)}, 5)
    assert list(five.steps.values()) == [1, 2, 3, 4, 5]
    seven = ["非常不满意", "不满意", "比较不满意", "一般", "比较满意", "满意", "非常满意"]
    chosen = {"满意": 2, "一般": 4, "不满意": 6}
    assert choose_ladder(read_ladders(chosen), {}, chosen, 9).scale.hi == 7
    assert read_ladders(seven).ladders[0].steps["比较满意"] == 5


@pytest.mark.parametrize(
    "labels", ["男 女", "是 否", "18-25岁 26-35岁", "5G 4G", "一般 一般", "了解 不了解", "满意 支持", "好 很好 非常好"]
)
def test_words_of_no_one_ladder_are_a_category(tmp_path, labels):
    survey = asked(tmp_path, "1、请选择", *(labels.split() * 4))
    assert survey.codebook.items["q1"].kind == "category"
    assert "kind: rating" in said(survey, "wjx_categories")
    assert "q1" in said(survey, "wjx_categories")


def test_options_that_are_no_answer(tmp_path):
    survey = asked(tmp_path, "1、满意吗", "非常满意", "不适用", "不了解", "拒绝回答", "不满意")
    assert listed(survey.answers["q1"]) == [5, NAN, NAN, NAN, 2]
    assert reasons(survey, "q1")[1:4] == ["not_asked", "dont_know", "refused"]
    survey = asked(tmp_path, "1、打分（1-10）", "9", "不了解", "10")
    assert listed(survey.answers["q1"]) == [9, NAN, 10]
    assert "不了解" in said(survey, "wjx_no_answer")


def test_low_numbers_beside_good_words_are_turned_with_a_note(tmp_path):
    assert "q1" in said(asked(tmp_path, "1、打分", "1 非常满意", "2", "5 非常不满意"), "wjx_turned")


# --- missing answers ---------------------------------------------------------------------------------------------


def test_empty_cells_get_their_reason_from_the_code_file(tmp_path):
    heading = ["序号", "1、满意吗", "2、几度", "3、爱好"]
    text = table(tmp_path / "按文本.csv", heading, ["1", "", "", ""], ["2", "", "-2", ""], ["3", "满意", "-3", "甲┋乙"])
    heading = ["序号", "1、满意吗", "2、几度", "第3题(甲)", "第3题(乙)"]
    rows = ["1", "-3", "-3", "-3", "-3"], ["2", "-2", "-2", "-2", "-2"], ["3", "2", "-3", "1", "1"]
    code = table(tmp_path / "按序号.csv", heading, *rows)
    survey = csi.read_wenjuanxing(text, code)
    assert reasons(survey, "q1") == ["skipped", "blank", "answered"]
    assert listed(survey.answers["q2"]) == [NAN, -2, -3], "a free number that is really -2"
    assert reasons(survey, "q3_1") == ["skipped", "blank", "answered"]
    assert "5 empty cells" in said(survey, "wjx_reasons_from_code")
    other = csi.read_wenjuanxing(text, code, skip_code=-2, blank_code=-3)
    assert reasons(other, "q1") == ["blank", "skipped", "answered"]


def test_codes_used_the_other_way_round_are_told(tmp_path):
    made = made_up.rich(4, 60, skip_code=-2, blank_code=-3)
    survey = csi.read_wenjuanxing(*pair(made, tmp_path))
    agrees(survey, made)
    assert "skip_code" in said(survey, "wjx_codes_other_way")


# --- columns that are no questions, private ones, names ------------------------------------------------------------


def test_private_values_appear_nowhere(tmp_path):
    made = made_up.rich(6, 60)
    for survey in (csi.read_wenjuanxing(*pair(made, tmp_path)), csi.read_wenjuanxing(pair(made, tmp_path)[0])):
        assert set(survey.codebook.private) == {"来源详情", "来自IP", "uid", "q11"}
        for language in ("en", "zh"):
            with csi.use_language(language):
                shown = [repr(survey), survey._repr_html_(), *map(str, survey.notes)]
            assert not any(value in text for value in PRIVATE for text in shown)
        assert survey.answers["q11"].notna().sum() > 40


@pytest.mark.parametrize(
    ("title", "cells", "private"),
    [
        ("您的姓名", ["张三", "李四", "王五", "赵六"], True),
        ("怎样联系您", ["13800000001", "13800000002", "a@b.cn", "13800000003"], True),
        ("您的邮箱", ["a@b.cn", "c@d.cn", "(空)", "e@f.cn"], True),
        ("您的手机号属于哪家运营商", ["移动", "联通", "移动", "联通"] * 2, False),
        ("您对电话客服满意吗", ["满意", "一般", "不满意", "满意"], False),
        ("您的年龄", ["31", "42", "25", "60"], False),
    ],
)
def test_questions_for_a_person_are_private(tmp_path, title, cells, private):
    survey = asked(tmp_path, f"1、{title}", *cells)
    assert ("q1" in survey.codebook.private) == private
    assert ("q1" in survey.items) != private


def test_names_differ_by_more_than_case(tmp_path):
    rows = [["满意", "x", "y", "甲"], ["一般", "z", "w", "甲"]]
    survey = csi.read_wenjuanxing(table(tmp_path / "按文本.csv", ["1、满意吗", "Q1", "渠道", "1、店名"], *rows))
    assert [name.casefold() for name in survey.answers.columns] == ["q1", "q1_again3", "渠道", "q1_again2"]
    assert listed(survey.answers["q1"]) == [4, 3]
    assert "Q1 -> Q1_again3" in said(survey, "wjx_renamed")


def test_durations_in_every_form(tmp_path):
    cells = ["123秒", "2分3秒", "1小时2分3秒", "45", "", "很快"]
    survey = csi.read_wenjuanxing(
        table(tmp_path / "按文本.csv", ["所用时间", "1、满意吗"], *([c, "满意"] for c in cells))
    )
    assert listed(survey.answers["所用时间"]) == [123, 123, 3723, 45, NAN, NAN]
    assert "1 entries" in said(survey, "wjx_durations_unread")


def test_an_export_without_a_rating_says_so_and_is_counted(tmp_path):
    survey = csi.read_wenjuanxing(
        table(tmp_path / "按文本.csv", ["1、性别", "2、门店"], *[["男", "甲"], ["女", "乙"]] * 5)
    )
    assert "no question is a rating" in said(survey, "wjx_no_ratings")
    study = csi.analyse_survey(survey)
    assert study.answer is None
    shares = study.results["counts"].tidy().set_index(["item", "answer"])["estimate"]
    assert shares.to_dict() == dict.fromkeys([("q1", "女"), ("q1", "男"), ("q2", "乙"), ("q2", "甲")], 0.5)


def test_script_and_formulas_are_kept_as_text(tmp_path):
    survey = asked(tmp_path, "1、您的建议", "<script>alert(1)</script>", "=cmd|' /C calc'!A0", "好")
    assert listed(survey.answers["q1"])[:2] == ["<script>alert(1)</script>", "=cmd|' /C calc'!A0"]


# --- a codebook wins ---------------------------------------------------------------------------------------------


def test_a_codebook_names_columns_by_name_heading_title_or_option():
    book = Codebook.from_yaml(
        """
        roles: {case: 您的性别, duration: 所用时间, private: [uid]}
        scales: {five: {lo: 1, hi: 5}, percent: {lo: 0, hi: 100, step: 25}}
        items:
          overall: {scale: five, aliases: ["2、总体而言，您满意吗？"], construct: Satisfaction}
          sport: {kind: multiple, aliases: ["第4题(运动)"]}
          room: {scale: percent, aliases: [Q6_1]}
          "请评价—价格": {scale: five, text: 价格如何}
          q7: {kind: number}
        """
    )
    survey = csi.read_wenjuanxing(TEXT, CODE, book)
    assert listed(survey.answers["overall"]) == [5, 4, NAN, 1, 3, 2]
    assert listed(survey.answers["sport"]) == [1, 0, NAN, NAN, 1, 1]
    assert listed(survey.answers["room"]) == [75, 50, 100, 0, NAN, 75]
    assert listed(survey.answers["请评价—价格"]) == [3, 2, NAN, 1, 4, 4]
    assert survey.items == ("overall", "sport", "room", "请评价—价格", "q7")
    assert survey.split("您的性别")[0] == ("女", "男")
    items = survey.codebook.items
    assert items["overall"].text == {"zh": "总体而言，您满意吗？"}
    assert items["请评价—价格"].text == {"zh": "价格如何"}
    assert items["overall"].construct == "Satisfaction"
    assert set(survey.codebook.private) == {"uid", "来源详情", "来自IP"}
    assert "overall" in said(survey, "wjx_labels_filled")
    assert "q2 -> overall" in said(survey, "wjx_named_by_codebook")
    assert survey.codebook.roles == {"case": "您的性别", "duration": "所用时间"}


def test_the_labels_of_a_codebook_give_an_unknown_ladder_its_order(tmp_path):
    text = table(tmp_path / "按文本.csv", ["1、心情", "2、店"], ["晴", "甲"], ["雨", "甲"], ["多云", "(空)"])
    book = Codebook.from_yaml("scales: {w: {lo: 1, hi: 3, labels: {1: 雨, 2: 多云, 3: 晴}}}\nitems: {q1: {scale: w}}")
    survey = csi.read_wenjuanxing(text, codebook=book)
    assert listed(survey.answers["q1"]) == [3, 1, 2]
    assert survey.codebook == dataclasses.replace(
        book, items={"q1": dataclasses.replace(book.items["q1"], text="心情")}
    )


def test_numbers_alone_are_read_when_a_codebook_says_what_they_mean(tmp_path):
    file = table(tmp_path / "a.csv", ["序号", "1、打分"], ["1", "5"], ["2", "3"])
    book = Codebook.from_yaml("scales: {five: {lo: 1, hi: 5}}\nitems: {q1: {scale: five}}")
    assert listed(csi.read_wenjuanxing(file, codebook=book).answers["q1"]) == [5, 3]
    named = csi.read_wenjuanxing(table(tmp_path / "1_按文本_a.csv", ["序号", "1、打分"], ["1", "5"], ["2", "3"]))
    assert listed(named.answers["q1"]) == [5, 3]


# --- bad input -----------------------------------------------------------------------------------------------------


def changed(columns, heading, new_heading=None, cells=None):
    """The columns of a file with one heading or its cells replaced."""
    return [(new_heading or name, cells or old) if name == heading else (name, old) for name, old in columns]


def bad_pair(folder, text=None, code=None):
    made = made_up.rich(8, 40)
    first = made_up.write((text or (lambda columns: columns))(made.text), folder / "按文本.csv")
    return csi.read_wenjuanxing(
        first, made_up.write((code or (lambda columns: columns))(made.code), folder / "按序号.csv")
    )


def other_order(columns):
    """The answers of question 1 given to other respondents."""
    cells = next(cells for heading, cells in columns if heading == "1、您的性别")
    return changed(columns, "1、您的性别", cells=cells[1:] + cells[:1])


def html(folder):
    file = folder / "按文本.xls"
    file.write_text("<html><body><table><tr><td>1、满意吗</td></tr></table></body></html>", encoding="utf-8")
    return csi.read_wenjuanxing(file)


def scores(folder, name, *rows):
    return csi.read_wenjuanxing(table(folder / name, *rows))


def empty_sheets(folder):
    book = openpyxl.Workbook()
    book.active.title = "名单"
    book.active.append(["13800000001", "u0001"])
    book.save(folder / "a.xlsx")
    return csi.read_wenjuanxing(folder / "a.xlsx")


WRONG = [
    ("html saved as xls", html, ["按文本.xls", "HTML", ".xlsx"], ["网页", ".xlsx"]),
    ("code file alone", lambda d: csi.read_wenjuanxing(CODE), ["按序号", "positions", "按文本"], ["选项位置"]),
    (
        "code file alone under another name",
        lambda d: scores(d, "a.csv", ["1、满意吗", "第2题(甲)", "第2题(乙)"], [1, 1, 0], [-3, -2, -2], [2, 0, 1]),
        ["'a.csv'", "positions"], ["a.csv", "按文本"],
    ),
    (
        "code file of single choices",
        lambda d: scores(d, "a.csv", ["1、满意吗", "2、性别"], ["1", "-3"], ["-2", "2"], ["2", "1"]),
        ["'a.csv'", "positions"], ["选项位置"],
    ),
    ("no text file", lambda d: csi.read_wenjuanxing(None, CODE), ["按序号", "按文本"], ["按文本"]),
    (
        "numbers only", lambda d: scores(d, "a.csv", ["1、a", "2、b"], ["1", "2"], ["2", "5"]),
        ["words", "codebook"], ["编码簿"],
    ),
    (
        "numbers and comments",
        lambda d: scores(d, "a.csv", ["1、a", "2、意见"], ["1", "排队太久"], ["2", "停车难"]),
        ["words", "codebook"], ["编码簿"],
    ),
    ("two text files", lambda d: csi.read_wenjuanxing(TEXT, TEXT), ["按序号", "code file"], ["按序号"]),
    (
        "rows missing", lambda d: bad_pair(d, code=lambda columns: [(h, cells[:-2]) for h, cells in columns]),
        ["40 and 38", "do not belong"], ["40", "38", "不是一对"],
    ),
    (
        "other respondents",
        lambda d: bad_pair(d, code=lambda columns: changed(columns, "序号", cells=[str(i + 5) for i in range(40)])),
        ["序号", "4 numbers"], ["4 个序号"],
    ),
    (
        "a question less", lambda d: bad_pair(d, code=lambda columns: [c for c in columns if c[0][:2] != "8、"]),
        ["different questions", "numbers 8"], ["题号 8"],
    ),
    (
        "another wording", lambda d: bad_pair(d, code=lambda columns: changed(columns, "1、您的性别", "1、您的职业")),
        ["1 questions", "numbers 1"], ["题干", "题号 1"],
    ),
    ("other answers", lambda d: bad_pair(d, code=other_order), ["question 1", "positions"], ["第 1 题"]),
    (
        "other options ticked",
        lambda d: bad_pair(d, code=lambda columns: changed(columns, "第4题(音乐)", cells=[0, 1] * 20)),
        ["question 4"], ["第 4 题"],
    ),
    (
        "another comment",
        lambda d: bad_pair(d, code=lambda columns: changed(columns, "10、您的建议", cells=["别的"] * 40)),
        ["question 10"], ["第 10 题"],
    ),
    ("not an export", lambda d: scores(d, "a.csv", ["name", "sat"], ["a", "1"]), ["a.csv", 'source="table"'],
     ["问卷星"]),
    ("no sheet with questions", empty_sheets, ["a.xlsx", "no respondents"], ["没有受访者"]),
    ("no respondents", lambda d: scores(d, "a.csv", ["1、满意吗"]), ["no respondents"], ["没有受访者"]),
    ("a row too long", lambda d: scores(d, "a.csv", ["1、a", "2、b"], "xy", "xyz"), ["line 3"], ["3 行"]),
    ("an open quote", lambda d: csi.read_wenjuanxing(opened(d)), ["quotes"], ["引号"]),
    ("same codes", lambda d: csi.read_wenjuanxing(TEXT, CODE, skip_code=-2), ["skip_code", "-2"], ["-2"]),
    ("no such file", lambda d: csi.read_wenjuanxing(d / "b.csv"), ["no file"], ["没有文件"]),
    (
        "an item that is not there",
        lambda d: csi.read_wenjuanxing(TEXT, codebook=Codebook.from_yaml("items: {q77: {kind: text}}")),
        ["q77", "q1"], ["q77"],
    ),
]  # fmt: skip


def opened(folder):
    file = folder / "a.csv"
    file.write_text('1、a,2、b\nx,"y\n', encoding="utf-8")
    return file


@pytest.mark.parametrize(("call", "en", "zh"), [row[1:] for row in WRONG], ids=[row[0] for row in WRONG])
def test_bad_input_gets_one_clear_sentence(tmp_path, call, en, zh):
    with pytest.raises(CsiError) as raised:
        call(tmp_path)
    for language, words in (("en", en), ("zh", zh)):
        with csi.use_language(language):
            sentence = str(raised.value)
        assert "\n" not in sentence
        assert [word for word in words if word not in sentence] == [], sentence
        assert not any(value in sentence for value in PRIVATE), sentence


# --- the sample ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def export():
    folder = sample_path("mobile_wenjuanxing")
    files = folder / "mobile_按文本.xlsx", folder / "mobile_按序号.xlsx", folder / "codebook.yaml"
    return csi.read_wenjuanxing(*files), csi.read_wenjuanxing(files[0], codebook=files[2])


def test_the_sample_is_mobile_rating_by_rating(export):
    mobile = csi.load_sample("mobile")
    for survey in export:
        for item in mobile.items:
            assert listed(survey.answers[item]) == listed(mobile.answers[item]), item
            own, other = survey.reasons[item].to_numpy(), mobile.reasons[item].to_numpy()
            if item == "recommend":  # an export has no word for not asked
                other = np.where(other == REASONS.index("not_asked"), REASONS.index("skipped"), other)
            assert (own == other).all(), item
            given, kept = survey.codebook.items[item], mobile.codebook.items[item]
            assert (given.scale, given.construct, given.reversed, given.text) == (
                (kept.scale, kept.construct, kept.reversed, kept.text)
            )
        names = mobile.codebook.truth["labels"]["operator"]
        operators = [names[value]["zh"] for value in mobile.answers["operator"]]
        assert survey.answers["operator"].tolist() == operators
        assert listed(survey.answers["uid"]) == listed(mobile.answers["id"])
        assert listed(survey.answers["所用时间"]) == listed(mobile.answers["seconds"])
        assert survey.codebook.constructs() == mobile.codebook.constructs()


def test_the_sample_fits_a_national_model_by_operator(export):
    result = csi.fit_pls(export[0], "ECSI_2005", by="operator", n_boot=0)
    table = result.tidy("index")
    satisfaction = table[table["construct"] == "Satisfaction"].set_index(table.columns[0])["estimate"]
    assert satisfaction.idxmax() == "琥珀通信"
    assert satisfaction.idxmin() == "沙丘通信"


def test_the_sample_has_what_an_export_has(export):
    survey = export[0]
    typed = survey.answers["service_typed"].dropna()
    assert (survey.answers["service_else"][typed.index] == 1).all()
    assert len(typed) == (survey.answers["service_else"] == 1).sum() > 50
    assert survey.answers["comment"].isin(["没意见", "无"]).sum() > 200
    addresses = survey.answers["来自IP"]
    assert addresses.str.fullmatch(r"(192\.0\.2|198\.51\.100|203\.0\.113)\.\d{1,3}\(.+\)").all()
    assert survey.answers["提交答卷时间"].is_monotonic_increasing
    waves = survey.answers.groupby("wave", observed=True)["提交答卷时间"].agg(["min", "max"])
    assert (waves["max"] < waves["min"].shift(-1))[:-1].all()


def test_the_sample_is_what_the_tool_makes_and_small():
    root = HERE.parent
    spec = importlib.util.spec_from_file_location("samples_tool", root / "tools" / "samples.py")
    tool, path = importlib.util.module_from_spec(spec), list(sys.path)
    spec.loader.exec_module(tool)
    sys.path[:] = path
    made = tool.build_wenjuanxing()
    folder = root / "data" / "samples"
    kept = {f"mobile_wenjuanxing/{file.name}": file for file in (folder / "mobile_wenjuanxing").iterdir()}
    assert set(made) == set(kept)
    assert all(tool._same(name, content, kept[name].read_bytes()) for name, content in made.items())
    assert sum(map(len, made.values())) < 600_000
    again = tool.build_wenjuanxing()
    assert again == made
    for name, content in made.items():
        if name.endswith(".xlsx"):
            with zipfile.ZipFile(kept[name]) as archive:
                assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
            assert not tool._same(name, content, made["mobile_wenjuanxing/codebook.yaml"][:0] or other_book(tool))
    book = openpyxl.load_workbook(kept["mobile_wenjuanxing/mobile_按文本.xlsx"], read_only=True)
    assert next(book.active.iter_rows(values_only=True))[:3] == ("序号", "提交答卷时间", "所用时间")
    book.close()


def other_book(tool) -> bytes:
    return tool.samples_wenjuanxing.workbook([("1、a", ["x"])])


def test_the_folder_does_not_disturb_the_other_samples():
    names = list_samples()["name"].tolist()
    assert {"mobile", "tiny"} < set(names)
    assert "mobile_wenjuanxing" not in names
    with pytest.raises(CsiError, match="mobile_wenjuanxing"):
        sample_path("mobile_wjx")
