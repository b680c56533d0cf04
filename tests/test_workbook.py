"""The workbook: every table in full precision, text that is never computed, the same bytes for the same study."""

from __future__ import annotations

import re
import zipfile

import numpy as np
import pandas as pd
import pytest
from openpyxl import load_workbook

import csi
from csi.report.workbook import ABOUT, NOTES, QUESTIONS
from csi.views import column_glossary

MODEL = "Satisfaction ~ Quality; Loyalty ~ Satisfaction"
HOSTILE = ("=cmd|' /C calc'!A0", "+1+1", "-2", "@SUM(A1)")


@pytest.fixture(scope="module")
def study():
    tiny = csi.load_sample("tiny")
    frame = pd.concat([tiny.answers] * 3, ignore_index=True).assign(zone=[HOSTILE[0]] * 18 + [HOSTILE[3]] * 18)
    items = dict(tiny.codebook.items)
    items["q1"] = csi.Item("q1", csi.Scale(1, 10), {"en": HOSTILE[1], "zh": HOSTILE[2]}, "Quality")
    book = csi.Codebook(items, title={"en": HOSTILE[0]})
    return csi.analyse_survey(csi.Survey.from_frame(frame, book, name="shop"), MODEL, by="zone", n_boot=40)


@pytest.fixture(scope="module")
def file(study, tmp_path_factory):
    return csi.write_tables(study, tmp_path_factory.mktemp("book") / "tables.xlsx")


def test_every_table_is_there_in_full_precision(study, file):
    sheets = pd.read_excel(file, sheet_name=None, skiprows=[1], engine="calamine")
    for name, result in study.results.items():
        frames = {table: result.tidy(table, study.level) for table in result.tables}
        frames |= {"glance": result.glance(), "check": result.check()}
        for table, frame in frames.items():
            found = sheets[f"{name}_{table}"]
            assert list(found.columns) == list(frame.columns)
            assert len(found) == len(frame)
            for column in frame.columns:
                if frame[column].dtype.kind in "if":
                    given = found[column].to_numpy(float), frame[column].to_numpy(float)
                    np.testing.assert_allclose(*given, rtol=1e-15, atol=0)
                else:
                    assert found[column].astype(str).tolist() == frame[column].astype(str).tolist()
    assert set(sheets) - {ABOUT, NOTES, QUESTIONS} == {
        f"{name}_{table}" for name, one in study.results.items() for table in (*one.tables, "glance", "check")
    }


def test_headers_stand_in_both_languages_and_are_frozen(file):
    glossary = column_glossary()
    book = load_workbook(file)
    for sheet in book.worksheets:
        if sheet.title == ABOUT:
            continue
        assert sheet.freeze_panes == ("A2" if sheet.title in (NOTES, QUESTIONS) else "A3")
        if sheet.freeze_panes == "A3":
            for cell in sheet[1]:
                title = sheet.cell(2, cell.column).value
                assert title == f"{glossary[cell.value]['en']} / {glossary[cell.value]['zh']}"


def test_text_is_never_a_formula(study, file):
    book = load_workbook(file)
    kinds = {cell.data_type for sheet in book.worksheets for row in sheet.iter_rows() for cell in row}
    assert "f" not in kinds
    groups = {cell.value: cell for cell in book["groups_index"]["A"]}
    for label in (HOSTILE[0], HOSTILE[3]):
        assert groups[label].data_type == "s"
        assert groups[label].quotePrefix  # stays text when somebody edits the cell
    assert {HOSTILE[1], HOSTILE[2]} <= {cell.value for row in book[QUESTIONS].iter_rows() for cell in row}
    assert book[ABOUT]["A1"].value == HOSTILE[0]
    with zipfile.ZipFile(file) as parts:
        assert not [name for name in parts.namelist() if b"<f>" in parts.read(name)]


def test_characters_excel_cannot_hold_are_replaced(tmp_path):
    tiny = csi.load_sample("tiny")
    frame = tiny.answers.assign(zone=["a\x0bb", "c" * 40_000] * 6)
    study = csi.analyse_survey(csi.Survey.from_frame(frame, tiny.codebook, name="x"), MODEL, by="zone", n_boot=0)
    sheet = load_workbook(csi.write_tables(study, tmp_path / "x.xlsx"))["groups_index"]
    assert {cell.value for cell in sheet["A"]} >= {"a\ufffdb", "c" * 32_767}


def test_the_first_sheet_explains(study, file):
    rows = [[cell.value for cell in row] for row in load_workbook(file)[ABOUT].iter_rows()]
    texts = " ".join(str(cell) for row in rows for cell in row if cell)
    assert study.answer_line() in texts
    assert "partial least squares" in texts
    assert "<span" not in texts
    assert "&quot;" not in texts
    for name in ("fit_index", "groups_index", "sample_respondents", NOTES, QUESTIONS):
        assert name in [row[0] for row in rows]
    for column in ("estimate", "std_error", "n"):
        (entry,) = [row for row in rows if row[0] == column]
        assert entry[1:3] == [column_glossary()[column][key] for key in ("en", "zh")]
    assert [str(note) for note in study.all_notes] == [row[0].value for row in load_workbook(file)[NOTES].iter_rows()][
        1:
    ]


def test_chinese_where_it_is_asked_for(study, tmp_path):
    book = load_workbook(csi.write_tables(study, tmp_path / "zh.xlsx", language="zh"))
    assert "偏最小二乘" in " ".join(str(cell.value) for row in book[ABOUT].iter_rows() for cell in row)
    assert csi.language.current_language() == "en"


def test_the_same_study_gives_the_same_bytes_and_no_date(study, file, tmp_path):
    again = csi.write_tables(study, tmp_path / "again.xlsx")
    assert file.read_bytes() == again.read_bytes()
    with zipfile.ZipFile(file) as parts:
        assert {entry.date_time for entry in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert set(re.findall(rb"\d{4}-\d\d-\d\dT[\d:]+", parts.read("docProps/core.xml"))) == {b"1980-01-01T00:00:00"}


def test_a_place_that_cannot_be_written_is_said(study, tmp_path):
    with pytest.raises(csi.OutputError, match="does not exist"):
        csi.write_tables(study, tmp_path / "no" / "x.xlsx")
    assert list(tmp_path.iterdir()) == []
