"""write_tables for every Result and every ending: what is read back is what `tidy` says, and all that belongs to it."""

from __future__ import annotations

import errno
import io
import os
import re
import sys
import zipfile
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from docx import Document
from docx.oxml.ns import qn
from test_contract import CASES, RESULTS, TINY, every_result, made, tiny

import csi
from csi.language import say
from csi.report import latex
from csi.report.handout import handout_of
from csi.report.paper import LANDSCAPE, PORTRAIT, lay_out
from csi.views import column_title, table_title

HOSTILE = (
    r"\input{x} & 50% of_#1 $a^2 ~{b}",
    "[1] --x *",
    "*=cmd|A0",
    "很长的中文组名" * 8,
    "word" * 40,
    "a\x0bb`'<x>",
)
# Every call in English, and one of each function in Chinese.
SAID = [(*one, "en") for one in CASES] + [(function, next(iter(cases)), "zh") for function, cases in RESULTS.items()]
every_result_said = pytest.mark.parametrize(("function", "case", "language"), SAID)
ENDINGS = ("xlsx", "csv", "docx", "tex")


def printed(result: csi.Result, level: float = 0.95) -> list[tuple[pd.DataFrame, int]]:
    """The tables a paper must hold, without columns of an interval that does not exist, and the digits of each."""
    found = []
    for name in result.tables:
        frame = result.tidy(name, level)
        gone = [column for column in ("std_error", "lower", "upper", "p_value") if column in frame]
        frame = frame.drop(columns=[column for column in gone if frame[column].isna().all()])
        found.append((frame, result.table(name).decimals))
    return found


def holds(text: str, value: object, column: str, decimals: int) -> bool:
    """Whether a cell shows this value, rounded to its digits."""
    if column == "n":
        return int(text) == value
    if isinstance(value, float):
        if np.isnan(value):
            return text == "–"
        if column == "p_value":
            return value < 0.001 if text == "<0.001" else abs(float(text) - value) <= 0.0005 + 1e-12
        digits = len(text.partition(".")[2])
        return digits == decimals and abs(float(text) - value) <= 0.5 * 10.0**-digits + 1e-12
    return text != ""


def compare(rows: list[list[str]], frame: pd.DataFrame, decimals: int) -> None:
    assert rows[0] == [column_title(name) for name in frame.columns]
    assert len(rows) - 1 == len(frame)
    for texts, values in zip(rows[1:], frame.itertuples(index=False, name=None), strict=True):
        digits = 1 if dict(zip(frame.columns, values, strict=True)).get("kind") == "performance" else decimals
        for text, value, column in zip(texts, values, frame.columns, strict=True):
            assert holds(text, value, column, digits), (text, value, column)


def everything_said(result: csi.Result, text: str) -> None:
    """Title, notes, failed checks and sources stand in a text."""
    wanted = [str(result.title), *map(str, result.notes), *result.cite().splitlines()]
    for sentence in wanted + [line.meaning for line in result.checks if not line.ok]:
        assert sentence in text


# ---------------------------------------------------------------------------------------------------- csv and xlsx


@every_result
def test_csv_in_full_precision(function: str, case: str, tmp_path) -> None:
    for i, result in enumerate(made(function, case)):
        file = csi.write_tables(result, tmp_path / f"{i}.csv", level=0.9)
        assert file.read_bytes()[:3] == b"\xef\xbb\xbf"
        frames = {name: result.tidy(name, 0.9) for name in result.tables}
        frames |= {"glance": result.glance(), "check": result.check()}
        for name, frame in frames.items():
            path = file if name == result.headline else file.with_name(f"{i}_{name}.csv")
            found = pd.read_csv(path, dtype=str, keep_default_na=False)
            assert list(found.columns) == list(frame.columns)
            assert len(found) == len(frame)
            for column in frame.columns:
                if frame[column].dtype.kind == "f":
                    assert [float(text or "nan") for text in found[column]] == pytest.approx(
                        frame[column].tolist(), rel=0, abs=0, nan_ok=True
                    )
                else:
                    assert found[column].tolist() == frame[column].astype(str).tolist()
        said = pd.read_csv(file.with_name(f"{i}_notes.csv"), keep_default_na=False)
        everything_said(result, "\n".join(said["text"]))
        assert len(list(tmp_path.glob(f"{i}*.csv"))) == len(frames) + 1


@every_result
def test_xlsx_in_full_precision(function: str, case: str, tmp_path) -> None:
    for i, result in enumerate(made(function, case)):
        file = csi.write_tables(result, tmp_path / f"{i}.xlsx")
        sheets = pd.read_excel(file, sheet_name=None, skiprows=[1], engine="calamine")
        for name in result.tables:
            frame, found = result.tidy(name), sheets[name]
            assert list(found.columns) == list(frame.columns)
            for column in frame.select_dtypes("number").columns:
                given = found[column].to_numpy(float), frame[column].to_numpy(float)
                np.testing.assert_allclose(*given, rtol=1e-15, atol=0)
        first, *_, last = pd.read_excel(file, sheet_name=None, header=None, engine="calamine").values()
        texts = [str(cell) for page in (first, last) for cell in page.to_numpy().ravel()]
        for sentence in (str(result.title), *map(str, result.notes), *result.cite().splitlines()):
            assert sentence in texts


# ------------------------------------------------------------------------------------------------------------ word


def word_rows(table) -> list[list[str]]:
    return [["".join(t.text or "" for t in cell.iter(qn("w:t"))) for cell in row.tc_lst] for row in table._tbl.tr_lst]


@every_result_said
def test_word_holds_what_tidy_says(function: str, case: str, language: str, tmp_path) -> None:
    with csi.use_language(language):
        for result in made(function, case):
            paper = Document(csi.write_tables(result, tmp_path / "x.docx"))
            tables = printed(result)
            assert len(paper.tables) == len(tables) + 1  # the facts of the fit stand last
            for table, (frame, decimals) in zip(paper.tables, tables, strict=False):
                compare(word_rows(table), frame, decimals)
            captions = [line.text for line in paper.paragraphs if line.style.name == "Caption"]
            word = {"en": "Table", "zh": "表"}[language]
            wanted = [f"{word} {i}  {table_title(result, name)}" for i, name in enumerate(result.tables, 1)]
            assert captions[:-1] == wanted
            everything_said(result, "\n".join(line.text for line in paper.paragraphs))
            three_lines(paper)


def three_lines(paper) -> None:
    """Thick, thin, thick and no other line; the header stands on every page; nothing is wider than its page."""
    for table in paper.tables:
        borders = table._tbl.tblPr.find(qn("w:tblBorders"))
        assert {rule.tag: rule.get(qn("w:sz")) for rule in borders} == {qn("w:top"): "12", qn("w:bottom"): "12"}
        first, *rest = table._tbl.tr_lst
        assert first.find(qn("w:trPr")).find(qn("w:tblHeader")) is not None
        for cell in first.tc_lst:
            assert [(rule.tag, rule.get(qn("w:sz"))) for rule in cell.tcPr.find(qn("w:tcBorders"))] == [
                (qn("w:bottom"), "6")
            ]
        assert not [cell for row in rest for cell in row.tc_lst if cell.tcPr.find(qn("w:tcBorders")) is not None]
    body, pages = (
        list(paper.element.body),
        [page.page_width - page.left_margin - page.right_margin for page in paper.sections],
    )
    ends = [
        i for i, one in enumerate(body) if one.find(f".//{qn('w:sectPr')}") is not None or one.tag == qn("w:sectPr")
    ]
    for table in paper.tables:
        at = next(room for end, room in zip(ends, pages, strict=True) if body.index(table._tbl) < end)
        wide = [int(column.get(qn("w:w"))) for column in table._tbl.tblGrid]
        assert sum(wide) <= at / 635 + len(wide)  # twentieths of a point
        for cell, column in zip(table._tbl.tr_lst[0].tc_lst, wide, strict=True):
            assert int(cell.tcPr.find(qn("w:tcW")).get(qn("w:w"))) == column


def test_word_aligns_numbers_and_names_chinese_fonts(tmp_path) -> None:
    result = csi.score_nps(tiny(), ["s1", "l1"])
    paper = Document(csi.write_tables(result, tmp_path / "x.docx", language="zh"))
    sides = [[line.alignment for line in cell.paragraphs] for cell in paper.tables[0].rows[1].cells]
    assert [str(one[0]) for one in sides] == ["LEFT (0)"] + ["RIGHT (2)"] * 5
    for line in paper.paragraphs:
        fonts = line.style.element.rPr.rFonts
        assert fonts.get(qn("w:eastAsia")) == "宋体"
        assert fonts.get(qn("w:eastAsiaTheme")) is None
    assert paper.core_properties.created.year == paper.core_properties.modified.year == 1980


def test_a_wide_table_lies_on_its_side_and_what_follows_stands_again(tmp_path) -> None:
    study = csi.analyse_survey(csi.load_sample("mobile"), "ECSI_2005", n_boot=0)
    wide = csi.compare_specifications(tiny(), TINY, missing=["listwise"], n_boot=40)
    paper = Document(csi.write_tables([wide, *study.results.values()], tmp_path / "x.docx"))
    three_lines(paper)
    assert paper.sections[-1].page_width < paper.sections[-1].page_height


def test_word_needs_its_package(tmp_path, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "docx", None)
    with pytest.raises(csi.OutputError, match="pip install python-docx") as caught:
        csi.write_tables(csi.score_nps(tiny(), "l1"), tmp_path / "x.docx")
    assert caught.value.code == "no_python_docx"
    assert list(tmp_path.iterdir()) == []


# ----------------------------------------------------------------------------------------------------------- latex

BACK = {
    r"\textbackslash{}": "\\", r"\textasciitilde{}": "~", r"\textasciicircum{}": "^", r"\textless{}": "<",
    r"\textgreater{}": ">", r"\_\allowbreak{}": "_", r"\ldots{}": "…", "{[}": "[", "{*}": "*", "{`}": "`",
    "-{}-{}": "--", "$-$": "-", r"\&": "&", r"\%": "%", r"\$": "$", r"\#": "#", r"\{": "{", r"\}": "}",
}  # fmt: skip
BACK |= {text: sign for sign, text in latex.SPECIAL.items() if text.startswith("$") and sign != "−"}


def said_by(tex: str) -> str:
    """What TeX would print: commands for characters turned back."""
    pattern = "|".join(re.escape(text) for text in sorted([*BACK, "---", "--"], key=len, reverse=True))
    dashes = {"---": "—", "--": "–"}
    return re.sub(pattern, lambda found: BACK.get(found[0]) or dashes[found[0]], tex)


def tex_tables(text: str) -> list[list[list[str]]]:
    """The header and the rows of each table, as printed."""
    found = []
    for block in re.findall(r"\\begin\{(?:tabular|longtable)\}.*?\\end\{(?:tabular|longtable)\}", text, re.DOTALL):
        head = re.search(r"\\toprule\n(.*) \\\\\n\\midrule", block)[1]
        start = r"\\bottomrule\n\\endfoot\n" if "longtable" in block else r"\\midrule\n"
        body = re.search(start + r"((?:.* \\\\\n)*)", block)[1]
        lines = [head, *(line.removesuffix(r" \\") for line in body.splitlines())]
        found.append([[said_by(cell) for cell in re.split(r"(?<!\\) & |^& | &$", line)] for line in lines])
    return found


def sound(text: str) -> None:
    """Braces and environments close, and no sign is left that TeX would obey."""
    code = "\n".join(line for line in text.splitlines() if not line.startswith("%"))
    bare = re.sub(r"\\[\\{}&%$#_]", "", code)
    depth = 0
    for sign in bare:
        depth += (sign == "{") - (sign == "}")
        assert depth >= 0
    assert depth == 0
    open_, names = [], re.findall(r"\\(begin|end)\{(\w+)\}", code)
    for kind, name in names:
        if kind == "begin":
            open_.append(name)
        else:
            assert open_.pop() == name
    assert open_ == []
    words = re.sub(r"\$[^$\n]*\$", "", bare)
    assert not re.search(r"[%$#_^~]", words)
    for first, second in pairwise(code.splitlines()):
        if first.endswith(r"\\") or first in (r"\midrule", r"\toprule"):
            assert second[:1] not in "[*"
    labels = re.findall(r"\\label\{([^}]*)\}", code)
    assert len(labels) == len(set(labels)) == code.count(r"\caption{")
    assert all(re.fullmatch(r"tab:[a-z0-9-]+", label) for label in labels)


@every_result_said
def test_latex_holds_what_tidy_says(function: str, case: str, language: str, tmp_path) -> None:
    with csi.use_language(language):
        for result in made(function, case):
            text = csi.write_tables(result, tmp_path / "x.tex").read_text(encoding="utf-8")
            sound(text)
            found, tables = tex_tables(text), printed(result)
            assert len(found) == len(tables) + 1
            for rows, (frame, decimals) in zip(found, tables, strict=False):
                compare(rows, frame, decimals)
            said = said_by(text)
            everything_said(result, said)
            for name in result.tables:
                assert rf"\caption{{{table_title(result, name)}}}" in said
            for package in latex.PACKAGES.split(","):
                assert package in text[: text.index(r"\section")]
            assert ("ctexart" in text) == (language == "zh" or "ctexart" in say("handout.latex_engine"))


# ------------------------------------------------------------------------------------------- several, and a Study


@pytest.fixture(scope="module")
def hostile() -> csi.Study:
    frame = tiny().answers
    frame = pd.concat([frame] * 6, ignore_index=True).assign(zone=np.repeat(HOSTILE, 12))
    return csi.analyse_survey(csi.Survey.from_frame(frame, tiny().codebook, name="a_b%"), TINY, by="zone", n_boot=0)


def test_what_people_write_is_never_obeyed(hostile, tmp_path) -> None:
    shown = [label.replace("\x0b", "\ufffd") for label in HOSTILE]
    text = csi.write_tables(hostile, tmp_path / "x.tex").read_text(encoding="utf-8")
    sound(text)
    first = next(rows for rows in tex_tables(text) if rows[0][0] == column_title("group") and len(rows) > 6)
    assert {row[0] for row in first[1:]} == set(shown)
    paper = Document(csi.write_tables(hostile, tmp_path / "x.docx"))
    assert {row[0] for table in paper.tables for row in word_rows(table)} >= set(shown)
    three_lines(paper)
    index = pd.read_csv(csi.write_tables(hostile, tmp_path / "x.csv"))
    groups = pd.read_csv(tmp_path / "x_groups_index.csv", keep_default_na=False)
    assert set(groups["group"]) == set(HOSTILE)
    assert "x_groups_index.csv" in index["file"].tolist()


def test_a_study_brings_its_answer_and_its_method(hostile, tmp_path) -> None:
    lines = [line.text for line in Document(csi.write_tables(hostile, tmp_path / "x.docx")).paragraphs]
    said = said_by(csi.write_tables(hostile, tmp_path / "x.tex").read_text(encoding="utf-8"))
    for text in ("\n".join(lines), said):
        assert hostile.title in text
        assert hostile.answer_line() in text
        assert "partial least squares" in text
        for note in hostile.all_notes:
            assert str(note) in text
    for note in hostile.all_notes:
        assert sum(line.endswith(str(note)) for line in lines) == 1


def test_several_results_have_names_without_doubles(tmp_path) -> None:
    results = [csi.score_nps(tiny(), "l1"), csi.score_nps(tiny(), "s1"), csi.score_mean(tiny(), "s1")]
    names = [sheet.name for sheet in handout_of(results).sheets]
    assert names == [
        f"{name}_{table}"
        for name, result in zip(("nps", "nps_2", "mean"), results, strict=True)
        for table in (*result.tables, "check", "glance")
    ]
    file = csi.write_tables(results, tmp_path / "all.csv")
    index = pd.read_csv(file)
    assert index["table"].tolist() == names
    for row in index.itertuples():
        assert len(pd.read_csv(tmp_path / row.file)) == row.rows
    notes = pd.read_excel(csi.write_tables(results, tmp_path / "all.xlsx"), sheet_name="notes", engine="calamine")
    assert notes.columns.tolist() == ["result", "note"]
    paper = Document(csi.write_tables(results, tmp_path / "all.docx"))
    text = "\n".join(line.text for line in paper.paragraphs)
    for result in results:
        assert str(result.title) in text
    captions = [line.text for line in paper.paragraphs if line.style.name == "Caption"]
    assert [int(re.match(r"Table (\d+) ", one)[1]) for one in captions] == list(range(1, len(captions) + 1))


def test_a_dict_names_its_results_and_long_names_are_cut_apart(tmp_path) -> None:
    result = csi.score_nps(tiny(), "l1")
    named = {"Before/after: [a very long name of a wave]": result, "Before/after: [a very long name of a year]": result}
    names = [sheet.name for sheet in handout_of(named).sheets]
    assert len({name.casefold() for name in names}) == len(names)
    assert all(len(name) <= 31 and re.fullmatch(r"[\w-]+", name) for name in names)
    for ending in ENDINGS:
        csi.write_tables(named, tmp_path / f"x.{ending}")
    assert set(names) <= set(pd.read_excel(tmp_path / "x.xlsx", sheet_name=None, engine="calamine"))


def test_a_result_called_sample_keeps_its_intervals(tmp_path) -> None:
    nps = csi.score_nps(tiny(), "l1")
    (rows, *_) = map(word_rows, Document(csi.write_tables({"sample": nps}, tmp_path / "x.docx")).tables)
    compare(rows, *printed(nps)[0])


def test_level_and_language_are_those_that_were_asked_for(hostile, tmp_path) -> None:
    nps = csi.score_nps(tiny(), "l1")
    file = csi.write_tables(nps, tmp_path / "x.tex", level=0.8, language="zh")
    text = file.read_text(encoding="utf-8")
    with csi.use_language("zh"):
        compare(tex_tables(text)[0], *printed(nps, 0.8)[0])
        assert str(nps.title) in text
    assert "80\\%" in text
    assert csi.language.current_language() == "en"
    csi.write_tables(hostile, tmp_path / "x.csv", level=0.8)
    assert "80%" in (tmp_path / "x_notes.csv").read_text(encoding="utf-8-sig")
    for wrong in ({"level": 95}, {"language": "fr"}):
        with pytest.raises(csi.OptionError):
            csi.write_tables(nps, tmp_path / "y.xlsx", **wrong)


# ------------------------------------------------------------------------------------------------ files and errors


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_same_tables_give_the_same_bytes_and_no_date(ending: str, tmp_path) -> None:
    for folder in "ab":
        (tmp_path / folder).mkdir()
        csi.write_tables([csi.score_nps(tiny(), "l1"), csi.score_mean(tiny(), "s1")], tmp_path / folder / f"x.{ending}")
    files = sorted((tmp_path / "a").iterdir())
    for file in files:
        content = file.read_bytes()
        assert content == (tmp_path / "b" / file.name).read_bytes()
        if ending in ("xlsx", "docx"):
            with zipfile.ZipFile(io.BytesIO(content)) as parts:
                assert {entry.date_time for entry in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
                years = re.findall(rb"(\d{4})-\d\d-\d\dT", b"".join(map(parts.read, parts.namelist())))
            assert set(years) == {b"1980"}


@pytest.mark.parametrize("step", ["fsync", "replace"])
@pytest.mark.parametrize("problem", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()])
@pytest.mark.parametrize("ending", ENDINGS)
def test_a_full_disk_or_a_person_who_stops_leaves_the_old_files(ending, problem, step, tmp_path, monkeypatch) -> None:
    old = [tmp_path / f"x.{ending}", *([tmp_path / "x_shares.csv"] if ending == "csv" else [])]
    for file in old:
        file.write_text("old", encoding="utf-8")
    true, calls = getattr(os, step), []

    def fail(*given):
        calls.append(given)
        if len(calls) == (3 if ending == "csv" else 1):
            raise problem
        return true(*given)

    monkeypatch.setattr(os, step, fail)
    wanted, words = (csi.OutputError, "No space left") if isinstance(problem, OSError) else (KeyboardInterrupt, None)
    with pytest.raises(wanted, match=words):
        csi.write_tables(csi.score_nps(tiny(), "l1"), old[0])
    assert sorted(tmp_path.iterdir()) == sorted(old)
    assert {file.read_text(encoding="utf-8") for file in old} == {"old"}


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", ["x.html", "x", "x.xls", "x.tex.gz"])
def test_another_ending_lists_the_four(name: str, language: str, tmp_path) -> None:
    with pytest.raises(csi.OutputError) as caught, csi.use_language(language):
        csi.write_tables(csi.score_nps(tiny(), "l1"), tmp_path / name)
    assert caught.value.code == "tables_ending"
    assert all(f".{ending}" in str(caught.value) for ending in ENDINGS)
    assert list(tmp_path.iterdir()) == []


def test_an_ending_may_be_written_large(tmp_path) -> None:
    assert csi.write_tables(csi.score_nps(tiny(), "l1"), tmp_path / "X.CSV").name == "X.CSV"
    assert (tmp_path / "X_shares.CSV").is_file()


@pytest.mark.parametrize(
    ("given", "said"),
    [(None, "NoneType"), ("text", "str"), ([], "empty list"), ({}, "empty dict"), ([1, "a", 2], "list of int, str")],
)
def test_what_is_no_result_is_said(given: object, said: str, tmp_path) -> None:
    with pytest.raises(csi.DataError, match=said) as caught:
        csi.write_tables(given, tmp_path / "x.xlsx")
    assert caught.value.code == "tables_need_results"


# ----------------------------------------------------------------------------------------------------------- paper


def test_columns_always_fit_their_page() -> None:
    rng = np.random.default_rng(1)
    seen = set()
    for count in (1, 4, 9, 14, 25, 60):
        for longest in (3, 12, 40, 200):
            numeric = [bool(one) for one in rng.integers(0, 2, count)]
            rows = [["0.123" if one else "字w" * int(rng.integers(1, longest)) for one in numeric] for _ in range(3)]
            found = lay_out(["estimate"] * count, rows, numeric)
            seen.add((found.points, found.landscape))
            assert sum(found.widths) <= (LANDSCAPE if found.landscape else PORTRAIT) + 1e-9
            assert min(found.widths) > 0
    assert {(10, False), (7, True)} <= seen


def test_texts_are_wrapped_before_a_page_is_turned_and_only_where_needed() -> None:
    texts, numbers = ["two words " * 3] * 3, ["0.123"] * 4
    found = lay_out(["text"] * 3 + ["estimate"] * 4, [texts + numbers], [False] * 3 + [True] * 4)
    assert (found.points, found.landscape) == (8, False)
    assert sum(found.widths) == pytest.approx(PORTRAIT)
    assert found.widths[-1] > 8 * 0.5 * 8 * 0.0353  # the header in one line
    assert lay_out(["样本量"], [["1"]], [True]).widths[0] > 3 * 10 * 0.0353


def test_a_small_table_keeps_its_type_and_its_number_columns_whole() -> None:
    found = lay_out(["item", "estimate"], [["q1", "-12.345"]], [False, True])
    assert (found.points, found.landscape) == (10, False)
    assert found.widths[1] > 7 * 0.5 * 10 * 0.0353  # seven digits half as wide as high
