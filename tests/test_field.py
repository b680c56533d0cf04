"""Files of strangers: each kind of trouble ends in right numbers that name what was left out, or in one question."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import csi
from csi.data.codebook import REASONS

FIELD = Path(__file__).parent / "fixtures" / "field"
SATISFACTION = ["sat_overall", "sat_expectations", "sat_ideal"]


def read(name: str, **options) -> csi.Survey:
    return csi.read_survey(FIELD / name, **options)


def scores(survey: csi.Survey, items=SATISFACTION) -> np.ndarray:
    """Mean of 100 (x - lo) / (hi - lo) by hand, unweighted."""
    lo, hi = survey.scale_ends(items)
    return np.nanmean(100 * (survey.matrix(items) - lo) / (hi - lo), axis=0)


def said(survey: csi.Survey) -> str:
    return "\n".join(map(str, survey.doubts))


def count(survey: csi.Survey, reason: str) -> int:
    return int((survey.reasons.to_numpy() == REASONS.index(reason)).sum())


@pytest.mark.parametrize("sign", [0, 99, -9])
def test_codes_are_left_out_and_named(sign):
    name, clean = {
        0: ("01_zero_on_five.csv", "00_clean_five.csv"),
        99: ("03_99_on_ten.csv", "00_clean_ten.csv"),
        -9: ("04_minus9.csv", "00_clean_five.csv"),
    }[sign]
    survey = read(name)
    raw = pd.read_csv(FIELD / name)
    items = [
        item.name for item in survey.codebook.items.values() if item.kind == "rating" and item.name != "complained"
    ]
    by_hand = raw[items].where(raw[items] != sign)
    np.testing.assert_array_equal(survey.answers[items], by_hand)
    assert count(survey, "suspected_code") == int((raw[items] == sign).sum().sum())
    assert f"code for no answer: {sign} (" in said(survey)
    assert "scale={'" in said(survey)
    assert abs(scores(survey).mean() - scores(read(clean)).mean()) < 1.5


def test_the_values_by_hand():
    assert scores(read("00_clean_five.csv")) == pytest.approx([63.00, 54.00, 50.333], abs=0.005)
    assert scores(read("01_zero_on_five.csv")).mean() == pytest.approx(56.29, abs=0.005)
    assert scores(read("03_99_on_ten.csv")).mean() == pytest.approx(59.66, abs=0.01)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("07_one_dot.csv", ""),
        ("07_one_comma.csv", "unreadable"),
        ("07_one_word.csv", "unreadable"),
        ("08_one_55.csv", "outside_scale"),
        ("08_one_44.csv", "outside_scale"),
    ],
)
def test_one_odd_cell_is_one_missing_answer(name, reason):
    survey, clean = read(name), read("00_clean_five.csv")
    missing = survey.answers["sat_overall"].isna()
    assert missing.sum() == 1
    if reason:
        assert count(survey, reason) == 1
        assert "sat_overall 1 (" in said(survey) or "sat_overall: 1 x" in said(survey)
    others = [item for item in clean.items if item != "sat_overall"]
    pd.testing.assert_frame_equal(survey.answers[others], clean.answers[others])
    pd.testing.assert_series_equal(survey.answers["sat_overall"][~missing], clean.answers["sat_overall"][~missing])
    with pytest.raises(csi.DataError):
        read(name, strict=True) if reason else read("08_one_55.csv", strict=True)


@pytest.mark.parametrize("name", ["10_fen.csv", "10_of5.csv", "10_stars.csv"])
def test_ratings_with_units_are_the_same_ratings(name):
    np.testing.assert_array_equal(read(name).matrix(SATISFACTION), read("00_clean_five.csv").matrix(SATISFACTION))


def test_percentages_and_half_points():
    survey = read("10_percent.csv")
    assert scores(survey)[0] == pytest.approx(63.0)
    halves = read("20_half_points.csv")
    item = halves.codebook.items["sat_overall"]
    assert (item.scale.lo, item.scale.hi, item.scale.step) == (1, 5, 0.5)
    assert "half points" in said(halves)
    assert halves.answers["sat_overall"].notna().all()


def test_three_heading_rows_of_qualtrics():
    survey = read("12_qualtrics_three_rows.csv")
    assert len(survey) == 80
    ratings = {item.name: str(item.scale) for item in survey.codebook.items.values() if item.kind == "rating"}
    assert ratings == {"Q1_1": "1-7", "Q1_2": "1-7", "Q1_3": "1-7", "Q2": "0-10"}
    assert "Qualtrics" in said(survey)
    assert "Price" in survey.codebook.items["Q1_2"].text["en"]
    raw = pd.read_csv(FIELD / "12_qualtrics_three_rows.csv", skiprows=[1, 2])
    for name in ratings:
        np.testing.assert_array_equal(survey.answers[name], raw[name].where(raw[name] != -99))


def test_times_taken_as_text():
    assert read("13_duration_text.csv", scale={"*": (1, 5)}).answers["duration"].tolist()[:3] == [192, 301, 164]
    survey = read("13_tencent.csv")
    assert set(survey.answers["答题时长"]) == {80.0}
    assert "腾讯" in said(survey)
    raw = pd.read_csv(FIELD / "13_tencent.csv")
    ratings = [item for item in survey.codebook.items.values() if item.kind == "rating"]
    assert len(ratings) == 3
    overall = next(item.name for item in ratings if "总体" in item.name)
    np.testing.assert_array_equal(survey.answers[overall], raw["1.总体满意度"].str.rstrip("分").astype(float))
    service = next(item for item in ratings if "服务" in item.name)
    assert service.scale.labels[5]["zh"] == "非常满意"


def test_korean_and_german_files():
    survey = read("15_korean_cp949.csv")
    assert "전반적 만족도" in survey.items
    assert "cp949" in "\n".join(map(str, survey.notes))
    survey = read("21_german_cp1252.csv")
    assert "Qualität der Ware" in survey.items
    assert {str(item.scale) for item in survey.codebook.items.values() if item.kind == "rating"} <= {
        "1-5",
        "0-10",
        "1-10",
    }


def test_rows_that_are_no_respondents():
    assert len(read("16_two_heading_rows.csv")) == 60
    survey = read("17_mean_row.xlsx")
    assert len(survey) == 150
    assert "row 152" in said(survey)
    assert scores(survey) == pytest.approx([63.00, 54.00, 50.333], abs=0.005)
    text = (FIELD / "00_clean_five.csv").read_text(encoding="utf-8").splitlines()
    again = csi.Survey.from_frame(pd.DataFrame([line.split(",") for line in text[1:]], columns=text[0].split(",")))
    assert len(again) == 150


def test_a_heading_repeated_inside(tmp_path):
    lines = (FIELD / "00_clean_five.csv").read_text(encoding="utf-8").splitlines()
    file = tmp_path / "two.csv"
    file.write_text("\n".join([*lines[:72], lines[0], *lines[72:]]), encoding="utf-8")
    survey = csi.read_survey(file)
    assert len(survey) == 150
    assert scores(survey) == pytest.approx([63.00, 54.00, 50.333], abs=0.005)
    assert "row 73" in said(survey)


def test_the_sheet_with_the_answers_is_read():
    survey = read("19_cover_sheet.xlsx")
    assert len(survey) == 150
    assert "Cover" in said(survey)
    assert "sheet=" in said(survey)


def test_decimal_commas_are_numbers():
    survey = read("22_decimal_comma.csv")
    assert survey.answers["weight"].between(0.2, 5).all()
    assert "weight" in said(survey)
    plain = read("00_clean_five.csv").answers["weight"]
    pd.testing.assert_series_equal(survey.answers["weight"], plain)


def test_four_points_are_asked():
    frame = pd.DataFrame({f"服务{i}": [1, 2, 3, 4] * 20 for i in range(6)})
    with pytest.raises(csi.AskedError, match=r"scale=\(1, 4\), or scale=\(1, 5\)"):
        csi.Survey.from_frame(frame)
    survey = csi.Survey.from_frame(frame, scale=(1, 4))
    assert scores(survey, list(frame)) == pytest.approx([50] * 6)


def test_zeros_that_are_a_tenth_of_a_ten_point_block_are_asked():
    ten = pd.read_csv(FIELD / "00_clean_ten.csv")
    ten.loc[::10, "sat_overall"] = 0
    with pytest.raises(
        csi.AskedError, match=r"'sat_overall'.*15 of 150 answers are 0.*missing=\{'sat_overall': \[0\]\}"
    ):
        csi.Survey.from_frame(ten[["sat_overall"]])
    survey = csi.Survey.from_frame(ten[["sat_overall"]], missing={"sat_overall": [0]})
    assert str(survey.codebook.items["sat_overall"].scale) == "1-10"
    survey = csi.Survey.from_frame(ten[["sat_overall"]], scale=(0, 10))
    assert (survey.answers["sat_overall"] == 0).sum() == 15


def test_one_respondent_has_a_codebook_or_is_asked(tmp_path):
    file = tmp_path / "one.csv"
    file.write_text(
        "\n".join((FIELD / "00_clean_five.csv").read_text(encoding="utf-8").splitlines()[:2]), encoding="utf-8"
    )
    with pytest.raises(csi.AskedError):
        csi.read_survey(file)
    survey = csi.read_survey(file, FIELD / "codebook_five.yaml")
    assert survey.answers["sat_overall"].tolist() == [3]


LADDERS = [
    (["非常不满意", "不满意", "一般", "满意", "非常满意"], 5),
    (["非常不同意", "不同意", "一般", "同意", "非常同意"], 5),
    (["非常不重要", "不重要", "一般", "重要", "非常重要"], 5),
    (["从不", "很少", "有时", "经常", "总是"], 5),
    (["非常不满意", "不满意", "比较不满意", "一般", "比较满意", "满意", "非常满意"], 7),
    (["Very dissatisfied", "Dissatisfied", "Neutral", "Satisfied", "Very satisfied"], 5),
    (["Strongly disagree", "Disagree", "Somewhat disagree", "Neutral", "Somewhat agree", "Agree", "Strongly agree"], 7),
]


@pytest.mark.parametrize(("ladder", "rungs"), LADDERS)
@pytest.mark.parametrize("turned", [False, True])
def test_answers_in_words_are_ratings_with_labels(ladder, rungs, turned):
    order = ladder[::-1] if turned else ladder
    cells = order * 12 + ["", "不清楚", order[0], order[-1]]
    survey = csi.Survey.from_frame({"服务": cells, "overall": [str(i % 5 + 1) for i in range(len(cells))]})
    item = survey.codebook.items["服务"]
    assert item.kind == "rating"
    assert (item.scale.lo, item.scale.hi) == (1, rungs)
    wanted = [ladder.index(cell) + 1 if cell in ladder else np.nan for cell in cells]
    np.testing.assert_array_equal(survey.answers["服务"], wanted)
    labels = {point: next(iter(text.values())) for point, text in item.scale.labels.items()}
    assert labels == {float(i): word for i, word in enumerate(ladder, start=1)}
    assert REASONS[survey.reasons["服务"].iloc[-3]] == "dont_know"


def test_a_hint_in_the_heading_decides():
    survey = csi.Survey.from_frame({"推荐意愿(0-10)": [1, 5, 9, 10, 8, 7, 3, 2] * 8})
    assert str(survey.codebook.items["推荐意愿(0-10)"].scale) == "0-10"


@pytest.mark.parametrize("name", ["01_zero_on_five.csv", "04_minus9.csv", "07_one_word.csv", "07_one_comma.csv",
                                  "07_one_dot.csv", "08_one_55.csv", "08_one_44.csv", "12_qualtrics_three_rows.csv",
                                  "13_tencent.csv", "20_half_points.csv", "22_decimal_comma.csv"])  # fmt: skip
def test_a_draft_read_back_gives_the_same_survey(name, tmp_path):
    from csi.drafts import draft_text

    survey = read(name)
    draft = csi.draft_codebook(survey)
    file = tmp_path / "draft.yaml"
    file.write_text(draft_text(draft, doubts=survey.doubts, survey=survey), encoding="utf-8")
    assert "# ?" in file.read_text(encoding="utf-8")
    again = read(name, codebook=file)
    assert again.codebook.roles == survey.codebook.roles
    assert again.codebook.private == survey.codebook.private
    pd.testing.assert_frame_equal(again.answers[list(survey.answers)], survey.answers)
    pd.testing.assert_frame_equal(again.reasons[list(survey.reasons)], survey.reasons)
    assert {n: i.scale for n, i in again.codebook.items.items()} == {
        n: i.scale for n, i in survey.codebook.items.items()
    }
