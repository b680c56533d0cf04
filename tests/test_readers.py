"""Reading csv and Excel files: encodings, shapes, and files that are not what they seem."""

from __future__ import annotations

import datetime as dt
import gzip
import io
import zipfile

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import csi
from csi.data.codebook import Codebook, Item
from csi.data.readers import read_csv, read_excel
from csi.data.readers.csv import _count_exactly, _count_quickly, text_table
from csi.data.readers.detect import detect_delimiter
from csi.data.readers.encodings import decode
from csi.data.scales import Scale
from csi.errors import AskedError, CsiError, DataError

CHINESE = "满意度,推荐意愿,意见\n7,10,服务很好，下次还来\n9,8,排队时间太长\n10,9,没有意见\n"


def written(path, content, encoding="utf-8"):
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


def workbook(path, **sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def codes(survey):
    return [note.code for note in survey.notes]


# --- encodings ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_each_encoding_is_told_apart(tmp_path, encoding):
    survey = read_csv(written(tmp_path / "a.csv", CHINESE, encoding), scale=(1, 10))
    assert list(survey.answers.columns) == ["满意度", "推荐意愿", "意见"]
    assert survey.answers["意见"].tolist() == ["服务很好，下次还来", "排队时间太长", "没有意见"]
    assert survey.answers["满意度"].tolist() == [7, 9, 10]
    said = [str(note) for note in survey.notes if note.code == "read_as"]
    assert said == ([] if encoding.startswith("utf-8") else [f"file 'a.csv' was read as {encoding}"])


COMMON = st.integers(0, 3754).map(lambda i: bytes([0xB0 + i // 94, 0xA1 + i % 94]).decode("gb2312"))
SENTENCES = st.text(
    alphabet=st.one_of(COMMON, st.sampled_from("，。、？！（）“”%0123456789 ")), min_size=1, max_size=40
)


@settings(max_examples=300, deadline=None)
@given(st.lists(SENTENCES, min_size=1, max_size=4), st.sampled_from(["utf-8", "utf-8-sig", "gb18030"]))
def test_chinese_survey_text_comes_back_identical(cells, encoding):
    text = "题项,意见\n" + "\n".join(f"1,{cell}" for cell in cells) + "\n"
    assert right_or_asked(text, encoding)


def right_or_asked(text, encoding):
    """Whether a text comes back identical, or two encodings are named of which one is right."""
    try:
        return decode(text.encode(encoding), "f")[0] == text
    except AskedError as asked:
        return text.encode(encoding).decode(dict(asked.answers[0][1])["encoding"]) == text or any(
            answer["encoding"] == encoding for _, answer in asked.answers
        )


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=COMMON, min_size=1, max_size=6), st.sampled_from(["utf-8", "gb18030"]))
def test_even_a_few_characters_alone_are_told_apart_or_asked(cell, encoding):
    assert right_or_asked(f"q1,{cell}\n5,6\n", encoding)


HANGUL = st.integers(0, 2349).map(lambda i: bytes([0xB0 + i // 94, 0xA1 + i % 94]).decode("cp949"))


@settings(max_examples=200, deadline=None)
@given(st.lists(st.text(alphabet=st.one_of(HANGUL, st.just(" ")), min_size=2, max_size=12), min_size=1, max_size=12))
def test_korean_is_never_read_as_chinese(cells):
    assert right_or_asked("번호,전반적 만족도\n" + "\n".join(f"{cell},5" for cell in cells) + "\n", "cp949")


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Antwort-ID;Zufriedenheit insgesamt;Qualität\n1;5;Köln\n2;4;München\n", "cp1252"),
        ("été,très bien\nâge,où\nprès,déjà\n", "cp1252"),
        ("Satisfacción,Atención\n5,Málaga\n4,Cáceres\n", "cp1252"),
        ("Czy jesteś zadowolony,Źródło\n5,łódź\n4,żółw\n3,pięć\n", "cp1250"),
        ("番号,総合満足度\n1,とても満足です\n2,ふつうでした\n", "cp932"),
        ("번호,전반적 만족도,직원 친절\n1,매우 만족,보통\n2,불만족,매우 불만족\n", "cp949"),
    ],
)
def test_letters_of_other_scripts(text, encoding):
    assert right_or_asked(text, encoding)


@pytest.mark.parametrize(
    "text",
    [
        "name,mark\ncafé,Ünal\n",
        "il servizio è buono,9\nperché no,8\n",
        "Как вы оцениваете,9\n",
        "q1,q2\n1,2\n",
        "a,°C\nb,5 €\n",
    ],
)
def test_other_utf8_text_stays_utf8(text):
    assert decode(text.encode(), "f")[1] == "utf-8"


def test_an_encoding_that_cannot_be_known_is_asked_for(tmp_path):
    file = written(tmp_path / "a.csv", "a,바다\n1,2\n3,4\n", "cp949")
    with pytest.raises(AskedError, match='encoding="cp949"') as caught:
        read_csv(file)
    assert {answer["encoding"] for _, answer in caught.value.answers} == {"cp949", "gb18030"}
    assert list(read_csv(file, encoding="cp949").answers.columns) == ["a", "바다"]


def test_a_given_encoding_is_used(tmp_path):
    file = written(tmp_path / "a.csv", CHINESE, "gb18030")
    assert read_csv(file, encoding="GBK", scale=(1, 10)).answers["推荐意愿"].tolist() == [10, 8, 9]
    assert (
        read_csv(written(tmp_path / "b.csv", CHINESE, "utf-8-sig"), encoding="utf-8", scale=(1, 10)).items[0]
        == "满意度"
    )


# --- shapes ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends(tmp_path, delimiter, newline):
    text = newline.join(delimiter.join(row) for row in (["a", "b", "c"], ["1", '"x;,y"', "3"], ["2", "z", "4"]))
    survey = read_csv(written(tmp_path / "a.csv", text))
    assert survey.answers["a"].tolist() == [1, 2]
    assert survey.answers["b"].tolist() == ["x;,y", "z"]
    assert survey.answers["c"].tolist() == [3, 4]


def test_decimal_commas_do_not_decide_the_delimiter():
    assert detect_delimiter("a;b\n1,5;2,5\n2,5;3,5\n") == ";"
    assert detect_delimiter("how was it\nfine, thanks\nbad\n") not in (",",)


def test_quoted_newlines_delimiters_and_quotes(tmp_path):
    text = 'q1,"what, and\nwhy"\n7,"slow,\nvery ""slow"""\n8,"fine"\n'
    survey = read_csv(written(tmp_path / "a.csv", text))
    assert survey.answers["what, and why"].tolist() == ['slow,\nvery "slow"', "fine"]
    assert survey.answers["q1"].tolist() == [7, 8]


def test_a_quote_inside_a_text_is_a_quote(tmp_path):
    survey = read_csv(written(tmp_path / "a.csv", 'q1,t\n7,5" screen\n8,6" screen\n9,ok\n'))
    assert survey.answers["t"].tolist() == ['5" screen', '6" screen', "ok"]
    with pytest.raises(DataError, match="line 3: 3 fields"):
        read_csv(written(tmp_path / "b.csv", 'q1,t\n7,5" screen\n8,6" screen,x\n'))


FIELDS = st.text(alphabet='ab",; \n', max_size=4)


@given(st.lists(st.lists(FIELDS, min_size=1, max_size=4), min_size=1, max_size=6))
def test_quick_and_exact_counting_of_fields_agree(rows):
    rows = [row for row in rows if row != [""]] or [["a"]]
    body = "".join(",".join('"' + cell.replace('"', '""') + '"' for cell in row) + "\n" for row in rows)
    exact = _count_exactly(body, ",", "f", 1)[1].tolist()
    assert exact == [len(row) for row in rows]
    assert _count_quickly(body, ",").tolist() == exact


@given(st.lists(st.tuples(FIELDS, FIELDS), min_size=1, max_size=6))
def test_text_cells_come_back_as_written(rows):
    stream = io.StringIO(newline="")
    pd.DataFrame([("x", "y"), *rows]).to_csv(stream, header=False, index=False, lineterminator="\n", quoting=1)
    table = text_table(stream.getvalue().encode(), "f")
    assert [table.row(i) for i in range(len(table))] == [tuple(cell.strip() for cell in row) for row in rows]


def test_what_is_dropped_is_noted(tmp_path):
    text = "\n a ,b,\n1,5,\n\n2,,\n,,\n3,6,\n,,\n,,\n\n\n"
    survey = read_csv(written(tmp_path / "a.csv", text))
    assert survey.answers["a"].tolist() == [1, 2, 3]
    np.testing.assert_array_equal(survey.answers["b"], [5, np.nan, 6])
    assert codes(survey) == [
        "lines_skipped",
        "blank_lines",
        "empty_columns",
        "headings_trimmed",
        "empty_rows",
        "no_codebook",
        "kinds_guessed",
    ]
    assert [note.values["count"] for note in survey.notes[:5]] == [1, 3, 1, 1, 3]
    for language in ("en", "zh"):
        with csi.use_language(language):
            assert all("a.csv" in str(note) for note in survey.notes[:5])


def test_a_delimiter_at_the_end_of_every_row_but_the_first(tmp_path):
    survey = read_csv(written(tmp_path / "a.csv", "a,b\n1,2,\n3,4,\n"))
    assert survey.answers.to_numpy().tolist() == [[1, 2], [3, 4]]
    assert codes(survey)[0] == "empty_columns"


def test_a_nameless_column_with_content_gets_a_name(tmp_path):
    survey = read_csv(written(tmp_path / "a.csv", ",a\n10,5\n11,3\n"))
    assert list(survey.answers.columns) == ["column_1", "a"]
    assert codes(survey)[0] == "columns_named"


def test_one_column_keeps_blank_answers(tmp_path):
    survey = read_csv(written(tmp_path / "a.csv", "q\n5\n\n3\n"))
    np.testing.assert_array_equal(survey.answers["q"], [5, np.nan, 3])


def test_leading_zeros_and_names_stay(tmp_path):
    survey = read_csv(
        written(tmp_path / "shop.csv", "code,q\n007,1\n008,5\n"),
        Codebook({"q": Item("q", Scale(1, 5))}, respondent="code"),
    )
    assert survey.answers["code"].tolist() == ["007", "008"]
    assert survey.name == "shop"
    assert read_csv(tmp_path / "shop.csv", name="other").name == "other"


def test_a_codebook_may_be_a_file(tmp_path):
    written(
        tmp_path / "book.yaml",
        "scales: {ten: {lo: 1, hi: 10}}\nitems: {满意度: {scale: ten}}\nmissing: {99: refused}\n",
    )
    file = written(tmp_path / "a.csv", "满意度\n7\n99\n", "gb18030")
    survey = read_csv(file, tmp_path / "book.yaml")
    assert survey.reasons["满意度"].tolist() == [0, 5]


# --- Excel -------------------------------------------------------------------------------------------------------


def test_excel_cells(tmp_path):
    day = dt.datetime(2026, 9, 3)
    rows = [
        ["q1", "意见", "when", "code"],
        [7.0, "好", day, "01"],
        [9, None, day, "02"],
        [None, 5, day, "03"],
        [None] * 4,
    ]
    survey = read_excel(workbook(tmp_path / "a.xlsx", Sheet1=rows), scale={"q1": (1, 10)})
    np.testing.assert_array_equal(survey.answers["q1"], [7, 9, np.nan])
    assert survey.answers["意见"].isna().tolist() == [False, True, False]
    assert survey.answers["意见"][2] == "5"
    assert survey.answers["when"][0] == pd.Timestamp(day)
    book = Codebook({"q1": Item("q1", Scale(1, 10))}, respondent="code")
    assert survey.with_codebook(book).answers["code"].tolist() == ["01", "02", "03"]
    assert str(survey.codebook.items["q1"].scale) == "1-10"


def test_excel_sheets(tmp_path):
    file = workbook(
        tmp_path / "a.xlsx", 说明=[["说明"], ["一份调查"]], data=[["q", "p"], [1, 2], [5, 3]], more=[["r", "s"], [3, 1]]
    )
    survey = read_excel(file)
    assert survey.items == ("q", "p")
    assert "sheet 'data' was read" in str(survey.notes[0])
    assert "more" in str(survey.notes[0])
    assert read_excel(file, sheet="more").items == ("r", "s")
    assert read_excel(file, sheet=3).items == ("r", "s")
    assert "sheet_read" not in codes(read_excel(file, sheet="more"))


def test_excel_numbers_stay_labels_without_decimals(tmp_path):
    rows = [["branch", "q"], *[[branch, 5] for branch in (10.0, 2.0, 10.0, 2.0)]]
    book = Codebook({"q": Item("q", Scale(1, 5))}, case="branch")
    assert read_excel(workbook(tmp_path / "a.xlsx", s=rows), book).split("branch")[0] == ("2", "10")


# --- bad input ---------------------------------------------------------------------------------------------------


def zipped(**members):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/"), content)
    return stream.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100
TABLE = "<html><table><tr><td>q</td></tr></table></html>"
CSV = "q1,q2\n1,2\n"

FILES = [
    ("csv", "missing.csv", None, ["'", "missing.csv", "there.csv"], ["没有文件", "there.csv"]),
    ("csv", "folder/a.csv", None, ["folder", "does not exist"], ["文件夹", "不存在"]),
    ("csv", ".", None, ["is a folder", "there.csv"], ["是文件夹"]),
    ("csv", "a.csv", b"", ["a.csv", "is empty"], ["是空的"]),
    ("csv", "a.csv", "\ufeff\n \n", ["is empty"], ["是空的"]),
    ("csv", "a.csv", "q1,q2\n", ["no respondents"], ["没有受访者"]),
    ("csv", "a.csv", "q1,q2\n,\n\n", ["no respondents"], ["没有受访者"]),
    ("csv", "a.csv", "4,5,1\n1,2,3\n", ["first row", "4, 5, 1"], ["第一行", "4、5、1"]),
    ("csv", "a.csv", ",,,q\n1,2,3,4\n", ["3 of 4 columns have no name"], ["4 列中有 3 列"]),
    (
        "csv",
        "a.csv",
        "a,b\n1,2\n1,2,3\n1\n",
        ["line 3", "3 fields", "first line has 2", "2 such rows"],
        ["第 3 行", "共 2 行"],
    ),
    ("csv", "a.csv", 'a,b\n1,"x\ny"\n\n1\n', ["line 5", "1 fields"], ["第 5 行"]),
    ("csv", "a.csv", 'a,b\n1,2\n1,"x\n1,2\n', ["line 3", "quotes"], ["第 3 行", "引号"]),
    ("csv", "a.csv", '"a,b\n1,2\n', ["line 1", "quotes"], ["第 1 行", "引号"]),
    (
        "csv",
        "a.csv",
        CHINESE.encode("gb18030") + b"\xff\xff\n",
        ["encoding="],
        ["encoding="],
    ),
    (
        "csv utf-8",
        "a.csv",
        CHINESE.encode("gb18030"),
        ["not text in utf-8 but in gb18030"],
        ["不是 utf-8 而是 gb18030"],
    ),
    ("csv gb18030", "a.csv", CHINESE, ["not text in gb18030 but in utf-8"], ["不是 gb18030 而是 utf-8"]),
    ("csv latin-1", "a.csv", CHINESE, ["but in utf-8"], ["而是 utf-8"]),
    ("csv ascii", "a.csv", b"a,b\n1,2\n1,\xff\xff\xff\n", ["line 3", "ascii"], ["第 3 行", "ascii"]),
    ("csv utf-99", "a.csv", CSV, ["utf-99", "gb18030"], ["utf-99", "gb18030"]),
    (
        "csv",
        "a.csv",
        zipped(xl__workbook="x"),
        ["an Excel workbook", "csi.read_excel"],
        ["Excel 工作簿", "csi.read_excel"],
    ),
    ("csv", "a.csv", OLE + "Workbook".encode("utf-16-le"), ["(.xls)", "csi.read_excel"], [".xls", "csi.read_excel"]),
    ("csv", "a.csv", TABLE, ["a web page", "Excel"], ["网页", "Excel"]),
    ("csv", "a.csv", zipped(**{"data.csv": CSV}), ["a ZIP archive", "unpack"], ["压缩包", "解压"]),
    ("csv", "a.csv", gzip.compress(CSV.encode(), mtime=0), ["compressed archive", "unpack"], ["压缩包", "解压"]),
    ("csv", "a.csv", b"$FL2@(#) SPSS DATA FILE", ["SPSS", "save it as .csv"], ["SPSS", "另存为 .csv"]),
    ("csv", "a.csv", b"<stata_dta><header>", ["Stata"], ["Stata"]),
    ("csv", "a.csv", b"%PDF-1.7", ["a PDF document"], ["PDF"]),
    ("csv", "a.csv", b"PAR1\0\0", ["Parquet", "from_frame"], ["Parquet"]),
    ("csv", "a.csv", b"abc\0def\n", ["binary"], ["二进制"]),
    ("csv", "a.csv", b"PK\x03\x04 cut off", ["damaged"], ["损坏"]),
    ("excel", "missing.xlsx", None, ["missing.xlsx"], ["没有文件"]),
    ("excel", "a.xlsx", CSV, ["plain text", "csi.read_csv"], ["纯文本", "csi.read_csv"]),
    ("excel", "a.xls", TABLE, ["a web page", "save it as .xlsx"], ["网页", ".xlsx"]),
    ("excel", "a.xls", "<?xml version='1.0'?><?mso-application progid='Excel.Sheet'?>", ["Excel XML"], ["Excel XML"]),
    ("excel", "a.xlsx", OLE + "EncryptedPackage".encode("utf-16-le"), ["password"], ["密码"]),
    ("excel", "a.xlsx", zipped(xl__workbook="x"), ["cannot be read", "Excel"], ["无法读取"]),
    ("excel", "a.xlsx", zipped(word__document="x"), ["a Word document"], ["Word"]),
    ("excel", "a.xlsx", b"", ["is empty"], ["是空的"]),
]


@pytest.mark.parametrize(("reader", "name", "content", "english", "chinese"), FILES)
def test_bad_files_say_what_is_wrong(tmp_path, reader, name, content, english, chinese):
    written(tmp_path / "there.csv", CSV)
    file = tmp_path / name
    if content is not None:
        written(file, content)
    kind, _, encoding = reader.partition(" ")
    with pytest.raises(CsiError) as caught:
        read_excel(file) if kind == "excel" else read_csv(file, encoding=encoding or None)
    assert_sentences(caught.value, english, chinese)


def assert_sentences(error, english, chinese):
    for language, expected in (("en", english), ("zh", chinese)):
        with csi.use_language(language):
            sentence = str(error)
        for word in expected:
            assert word in sentence, (language, sentence)


BOOKS = [
    ({"data": [["q"], [1]]}, "dta", ["'dta'", "data"], ["“dta”", "data"]),
    ({"data": [["q", "r"], [1, 2]]}, 7, ["'7'", "data"], ["“7”", "data"]),
    ({"data": [["q"]]}, None, ["no respondents"], ["没有受访者"]),
    ({"data": []}, None, ["is empty"], ["是空的"]),
]


@pytest.mark.parametrize(("sheets", "sheet", "english", "chinese"), BOOKS)
def test_bad_workbooks_say_what_is_wrong(tmp_path, sheets, sheet, english, chinese):
    with pytest.raises(DataError) as caught:
        read_excel(workbook(tmp_path / "a.xlsx", **sheets), sheet=sheet)
    assert_sentences(caught.value, english, chinese)


def test_a_locked_file_says_so(tmp_path, monkeypatch):
    file = written(tmp_path / "a.csv", CSV)

    def refuse(_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(type(file), "read_bytes", refuse)
    with pytest.raises(DataError, match=r"cannot be opened \(Permission denied\)"):
        read_csv(file)


def test_errors_of_typing_name_the_survey(tmp_path):
    book = Codebook({"q7": Item("q7", Scale(1, 10))})
    with pytest.raises(DataError) as caught:
        read_csv(written(tmp_path / "telecom.csv", "q7\n" + "99\n" * 14 + "5\n"), book)
    assert str(caught.value) == (
        "item 'q7' of 'telecom': 14 ratings outside 1-10 (value 99); "
        'if 99 means "no answer", list it under missing codes'
    )


def test_titles_above_the_headings_are_left_out(tmp_path):
    rows = [["Survey 2026", None, None, None], [None] * 4, ["a", "b", "c", "d"], [1, 2, 3, 4]]
    survey = read_excel(workbook(tmp_path / "a.xlsx", data=rows), scale={"*": (1, 5)})
    assert survey.items == ("a", "b", "c", "d")
    assert "rows_above" in codes(survey)
    text = "Customer survey\n\na,b,c,d\n1,2,3,4\n5,4,3,2\n"
    assert read_csv(written(tmp_path / "b.csv", text)).items == ("a", "b", "c", "d")


def test_a_heading_that_stands_twice_gets_a_number(tmp_path):
    survey = read_csv(written(tmp_path / "a.csv", "q1,q2,q1\n1,2,3\n5,4,1\n"))
    assert list(survey.answers.columns) == ["q1", "q2", "q1_2"]
    assert "columns_renamed" in codes(survey)


def test_excel_names_the_delimiter_in_its_first_line(tmp_path):
    survey = read_csv(written(tmp_path / "a.csv", "sep=;\na;b\n1;x,y\n2;z\n"))
    assert survey.answers["b"].tolist() == ["x,y", "z"]


@pytest.mark.parametrize(
    ("text", "n"),
    [
        (
            "id,satisfaction,quality\n,Overall,Goods\n" + "".join(f"{i},{i % 5 + 1},{i % 5 + 1}\n" for i in range(40)),
            40,
        ),
        ("id,satisfaction\n" + "".join(f"{i},{i % 5 + 1}\n" for i in range(40)) + "平均,2.9\n", 40),
        ("id,satisfaction\n" + "".join(f"{i},{i % 5 + 1}\n" for i in range(40)) + "Mean,3\nStd. Dev.,1.2\n", 40),
        (
            "id,sat,qual\n"
            + "".join(f"{i},{i % 5 + 1},{i % 4 + 1}\n" for i in range(40))
            + "Source: our own survey,,\n",
            40,
        ),
        ("id,sat\n1,5\n2,4\n3,1\n4,2\n5,3\n" * 2, 10),
    ],
)
def test_rows_that_are_no_respondents_are_left_out_and_named(tmp_path, text, n):
    survey = read_csv(written(tmp_path / "a.csv", text))
    assert len(survey) == n
    assert any(doubt.code == "rows_left_out" for doubt in survey.doubts)
