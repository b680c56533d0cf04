"""`csi doctor`, `csi anonymise` and the questions of the command: what a person is told, in its words."""

from __future__ import annotations

import csv
import io
import re
import shutil
from pathlib import Path

import pytest

import csi
from csi import cli
from csi.cli import reading
from csi.errors import AskedError

FIELD = Path(__file__).parent / "fixtures" / "field"


@pytest.fixture(autouse=True)
def _at_home(tmp_path, monkeypatch):
    for file in FIELD.iterdir():
        shutil.copy(file, tmp_path / file.name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CSI_LANGUAGE", "en")


@pytest.fixture
def four(tmp_path):
    rows = ["a,b,c,d,e,f", *["1,2,3,4,1,2", "2,3,4,1,2,3", "3,4,1,2,3,4", "4,1,2,3,4,1"] * 20]
    (tmp_path / "four.csv").write_text("\n".join(rows), encoding="utf-8")
    return "four.csv"


def test_doctor_says_scales_suspects_means_and_the_next_command(capsys):
    assert cli.main(["doctor", "01_zero_on_five.csv"]) == 0
    said = capsys.readouterr().out
    assert "150 respondents, 11 ratings" in said
    assert "0 (57 times)" in said
    assert "weight" in said
    survey = csi.read_survey("01_zero_on_five.csv")
    weight = survey.design().weight
    values = survey.answers["sat_overall"]
    mean = (values * weight).sum() / weight[values.notna()].sum()
    row = next(line for line in said.splitlines() if line.startswith("sat_overall"))
    assert f"{mean:.3f}" in row
    assert f"{100 * (mean - 1) / 4:.1f}" in row
    assert "suspected code 5" in row
    assert said.strip().splitlines()[-1] == "Next: csi codebook 01_zero_on_five.csv"


def test_doctor_goes_on_where_a_scale_is_open_and_offers_the_answer(four, capsys):
    assert cli.main(["doctor", four]) == 0
    said = capsys.readouterr().out
    assert "Open: " in said
    assert said.strip().splitlines()[-1] == "Next: csi doctor four.csv --scale 1-4"
    assert cli.main(["doctor", four, "--scale", "1-4"]) == 0
    row = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("a "))
    assert row.split()[1] == "1-4"
    assert row.split()[-1] == "50.0"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_report_stops_with_one_question_and_its_options(four, language, capsys):
    assert cli.main(["report", four, "--language", language]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    assert "--scale 1-4" in captured.err
    assert "--scale 1-5" in captured.err
    assert "scale=" not in captured.err


def test_on_a_terminal_the_question_takes_an_answer_and_goes_on(four, monkeypatch, capsys):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    monkeypatch.setattr(reading.sys, "stdin", Terminal("9\n1\n"))
    monkeypatch.setattr(reading.sys.stderr, "isatty", lambda: True, raising=False)
    assert cli.main(["doctor", four]) == 0
    captured = capsys.readouterr()
    assert "1  the scale is 1-4" in captured.err
    row = next(line for line in captured.out.splitlines() if line.startswith("a "))
    assert row.split()[1] == "1-4"


def test_options_of_the_file_reach_the_reader(capsys):
    assert cli.main(["doctor", "19_cover_sheet.xlsx", "--sheet", "Cover"]) == 0
    assert "150 respondents" not in capsys.readouterr().out
    assert cli.main(["doctor", "19_cover_sheet.xlsx", "--sheet", "2"]) == 0
    assert "150 respondents" in capsys.readouterr().out
    assert cli.main(["doctor", "21_german_cp1252.csv", "--encoding", "cp1252", "--scale", "Würden*=0-10"]) == 0
    assert "0-10" in capsys.readouterr().out
    assert cli.main(["doctor", "01_zero_on_five.csv", "--missing", "sat_overall=0,9", "--missing", "sat_ideal=0"]) == 0
    said = capsys.readouterr().out
    assert "blank 5" in next(line for line in said.splitlines() if line.startswith("sat_overall"))
    assert "suspected code 8" in next(line for line in said.splitlines() if line.startswith("sat_expectations"))
    assert cli.main(["doctor", "08_one_55.csv", "--strict"]) == 2
    assert "55" in capsys.readouterr().err
    for wrong in (
        ["--scale", "five"],
        ["--scale", "nothing=1-5"],
        ["--decimal", "x"],
        ["--source", "word"],
        ["--sheet", "x"],
    ):
        assert cli.main(["doctor", "19_cover_sheet.xlsx", *wrong]) == 2
        assert capsys.readouterr().err.count("\n") == 1


def test_what_was_found_stands_first_also_when_the_command_stops(capsys):
    assert cli.main(["report", "16_two_heading_rows.csv", "--sections", "kano"]) == 2
    captured = capsys.readouterr()
    assert captured.out.startswith("! ")
    assert "SurveyMonkey" in captured.out
    assert captured.err.startswith("csi: ")


@pytest.mark.usefixtures("plain_pictures")
def test_the_terminal_never_names_a_function_or_an_argument(four, tmp_path, capsys):
    (tmp_path / "words.csv").write_text("城市,意见\n" + "北京,很好\n上海,差\n" * 20, encoding="utf-8")
    (tmp_path / "heads.csv").write_text("q1,q2\n", encoding="utf-8")
    (tmp_path / "row.csv").write_text("a,b\n1,2\n1,2,3\n1,2,3\n", encoding="utf-8")
    (tmp_path / "page.xls").write_text("<html><table></table></html>", encoding="utf-8")
    for arguments in (
        ["report", four], ["report", "words.csv"], ["report", "heads.csv"], ["report", "row.csv"],
        ["report", "page.xls"],
        ["report", "15_korean_cp949.csv"], ["doctor", "gone.csv"],
        ["report", "00_clean_five.csv", "--model", "SCSB", "--by", "x"],
        ["report", "00_clean_five.csv"], ["report", "08_one_55.csv", "--strict"],
        ["report", "00_clean_five.csv", "--scale", "x"],
        ["report", "19_cover_sheet.xlsx", "--sheet", "x"], ["report", "00_clean_five.csv", "--encoding", "x"],
        ["report", "00_clean_five.csv", "--model", "SCSB", "--n-boot", "5"], ["codebook", four],
        ["doctor", "01_zero_on_five.csv"],
    ):  # fmt: skip
        cli.main(arguments)
        captured = capsys.readouterr()
        for said in (captured.out, captured.err):
            assert not re.search(r"\bcsi\.[a-z]", said), said
            assert not re.search(r"\b(?:scale|missing|encoding|sheet|model|by|n_boot|strict|source|codebook)=", said), (
                said
            )


def test_python_names_arguments_and_never_options(four):
    with pytest.raises(AskedError) as caught:
        csi.read_survey(four)
    assert "--scale" not in str(caught.value)
    words, answer = caught.value.answers[0]
    assert str(words) == "the scale is 1-4"
    survey = csi.read_survey(four, **answer)
    assert str(survey.codebook.items["f"].scale) == "1-4"


def test_anonymise_leaves_out_private_columns_and_nothing_else(tmp_path, capsys):
    head = "编号,姓名,手机号,你的邮箱地址,满意度,IP,意见"
    rows = [f"{i},张三,1380000000{i},a{i}@b.cn,{i % 5 + 1},1.2.3.{i},服务不错" for i in range(9)]
    (tmp_path / "a.csv").write_text("\n".join([head, *rows]), encoding="utf-8")
    assert cli.main(["anonymise", "a.csv", "-o", "b.csv"]) == 0
    content = (tmp_path / "b.csv").read_text(encoding="utf-8-sig")
    table = list(csv.reader(io.StringIO(content)))
    assert table[0] == ["编号", "满意度", "意见"]
    assert [row[1] for row in table[1:]] == [str(i % 5 + 1) for i in range(9)]
    for private in ("张三", "138", "@", "1.2.3"):
        assert private not in content
    assert "4 private columns" in capsys.readouterr().out
    assert cli.main(["anonymise", "12_qualtrics_three_rows.csv", "-o", "c.xlsx"]) == 0
    assert len(csi.read_survey("c.xlsx")) == 80
    assert "IPAddress" not in (csi.read_survey("c.xlsx").answers.columns)


def test_help_shows_what_can_be_said_about_a_file(capsys):
    for command in ("doctor", "report", "codebook"):
        assert cli.main([command, "--help"]) == 0
        said = capsys.readouterr().out
        for option in (
            "--scale",
            "--missing",
            "--strict",
            "--source",
            "--sheet",
            "--encoding",
            "--delimiter",
            "--decimal",
        ):
            assert option in said
