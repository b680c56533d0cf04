"""The command: what it writes, what it says, and that a mistake costs one line and nothing else."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys

import pytest

import csi
from csi import cli
from csi.language import words

MODEL = "Satisfaction ~ Quality; Loyalty ~ Satisfaction"


@pytest.fixture(autouse=True)
def _at_home(tmp_path, monkeypatch):
    """An empty folder to work in, and a computer that speaks English."""
    monkeypatch.chdir(tmp_path)
    for name in ("CSI_LANGUAGE", "LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")


@pytest.fixture
def tiny(tmp_path):
    """The tiny sample as a file of its own, without codebook, and a codebook of another name."""
    survey = csi.load_sample("tiny")
    file = tmp_path / "shop.csv"
    survey.answers.assign(zone=list("abcd") * 3).to_csv(file, index=False)
    (tmp_path / "book.yaml").write_text(survey.codebook.to_yaml(), encoding="utf-8")
    return file


def files(folder) -> set[str]:
    return {path.name for path in folder.iterdir()}


def start(*arguments: str, **environment: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "csi", *arguments],
        capture_output=True,
        env={**os.environ, **environment},
        timeout=300,
        check=False,
    )


def test_mobi_end_to_end(shared, tmp_path):
    done = start("report", str(shared / "data" / "mobi.csv"), "--model", "ECSI_2005", PYTHONIOENCODING="utf-8")
    assert done.returncode == 0
    assert done.stderr == b""
    *_, answer, last = done.stdout.decode("utf-8").splitlines()
    assert last == "Report written: mobi-report.html"
    fit = csi.fit_pls(csi.read_csv(shared / "data" / "mobi.csv"), "ECSI_2005")
    row = fit.tidy("index").set_index("construct").loc["Satisfaction"]
    for column in ("estimate", "lower", "upper"):
        assert f"{row[column]:.1f}" in answer
    page = (tmp_path / "mobi-report.html").read_text(encoding="utf-8")
    assert f">{row['estimate']:.1f}<" in page
    assert files(tmp_path) == {"mobi-report.html"}


def test_bundled_sample_end_to_end_on_a_console_without_chinese(tmp_path):
    sample = next(path for folder in csi.data.samples._FOLDERS for path in folder.glob("mobile.csv"))
    done = start(
        "report", str(sample), "-o", "页.html", "--language", "zh", "--n-boot", "100", PYTHONIOENCODING="ascii"
    )
    assert done.returncode == 0
    assert done.stderr == b""
    page = (tmp_path / "页.html").read_text(encoding="utf-8")
    assert '<html lang="zh-CN">' in page
    assert "四家移动运营商" in page
    assert words("zh")["report.by_group"] in page
    assert "mobile.yaml" in page  # the codebook beside the file
    assert words("zh")["notes.by_of_codebook"].format(column="operator") in page


def test_two_runs_write_the_same_bytes(tiny, tmp_path):
    arguments = ["report", str(tiny), "--codebook", "book.yaml", "--model", MODEL, "--n-boot", "100", "--seed", "7"]
    assert cli.main([*arguments, "-o", "1.html"]) == 0
    assert cli.main([*arguments, "-o", "2.html"]) == 0
    assert (tmp_path / "1.html").read_bytes() == (tmp_path / "2.html").read_bytes()
    assert cli.main([*arguments, "-o", "3.html", "--seed", "8"]) == 0
    assert (tmp_path / "1.html").read_bytes() != (tmp_path / "3.html").read_bytes()


def test_options_reach_the_analysis(tiny, tmp_path, capsys):
    (tmp_path / "own.txt").write_text(f"# mine\n{MODEL.replace('; ', chr(10))}\n", encoding="utf-8")
    given = ["report", str(tiny), "--codebook", "book.yaml", "--model", "own.txt", "--by", "zone", "--n-boot", "0"]
    assert cli.main(given) == 0
    page = (tmp_path / "shop-report.html").read_text(encoding="utf-8")
    assert "analyse_survey(survey, &#x27;own&#x27;, by=[&#x27;zone&#x27;], n_boot=0, seed=1)" in page
    *_, answer, last = capsys.readouterr().out.splitlines()
    survey = csi.read_csv(tiny, tmp_path / "book.yaml")
    assert f"{float(csi.fit_pls(survey, MODEL, n_boot=0).value('Satisfaction')):.1f}" in answer
    assert last.endswith("shop-report.html")
    assert cli.main([*given[:-4], "--by", "zone,q1", "--by", "q2", "--n-boot", "0"]) == 2  # groups of one
    assert "zone" in capsys.readouterr().err


def test_excel_files_are_read(tiny, tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for line in tiny.read_text(encoding="utf-8").splitlines():
        book.active.append([int(word) if word.isdigit() else word for word in line.split(",")])
    book.save(tmp_path / "shop.xlsx")
    assert cli.main(["report", "shop.xlsx", "--codebook", "book.yaml", "--model", MODEL, "--n-boot", "0"]) == 0
    assert (tmp_path / "shop-report.html").exists()


def test_codebook_beside_the_file_is_used_and_said(tiny, tmp_path, capsys):
    os.rename("book.yaml", "shop.yaml")
    assert cli.main(["report", str(tiny), "--model", MODEL, "--n-boot", "0"]) == 0
    assert "shop.yaml" in capsys.readouterr().out
    assert "shop.yaml" in (tmp_path / "shop-report.html").read_text(encoding="utf-8")


def test_case_of_the_codebook_makes_groups_and_may_be_too_small(tiny, tmp_path, capsys):
    book = (tmp_path / "book.yaml").read_text(encoding="utf-8")
    (tmp_path / "shop.yaml").write_text(book.replace("items:", "roles: {case: zone}\nitems:", 1), encoding="utf-8")
    assert "roles:" not in book
    arguments = ["report", str(tiny), "--model", MODEL, "--n-boot", "0"]
    assert cli.main(arguments) == 0
    assert "role case: zone" in capsys.readouterr().out
    assert 'id="by_group"' in (tmp_path / "shop-report.html").read_text(encoding="utf-8")
    lines = tiny.read_text(encoding="utf-8").splitlines()
    lines[1:] = [f"{line[:-1]}{chr(97 + i)}" for i, line in enumerate(lines[1:])]  # a group for each respondent
    tiny.write_text("\n".join(lines), encoding="utf-8")
    assert cli.main(arguments) == 0
    assert "no groups are shown" in capsys.readouterr().out
    assert 'id="by_group"' not in (tmp_path / "shop-report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], ["report", "models", "samples"]),
        (["reprot"], ["reprot", "report", "models"]),
        (["report"], ["FILE"]),
        (["report", "nowhere.csv"], ["nowhere.csv", "shop.csv"]),
        (["report", "notes.docx"], ["notes.docx", ".docx", ".csv", ".xlsx"]),
        (["report", "shop.csv", "--modle", "ECSI"], ["--modle", "--help"]),
        (["report", "shop.csv", "--model"], ["--model"]),
        (["report", "shop.csv", "--model", "ECSII"], ["ECSII", "ECSI_2005", "CCSI", "ACSI_GOV"]),
        (["report", "shop.csv", "--model", "latin.txt"], ["latin.txt", "utf-8"]),
        (["report", "shop.csv", "--codebook", "gone.yaml"], ["gone.yaml", "book.yaml"]),
        (["report", "shop.csv", "--model", MODEL, "--codebook", "book.yaml", "--by", "regoin"], ["regoin", "zone"]),
        (["report", "shop.csv", "--by", " , "], ["--by"]),
        (["report", "shop.csv", "--n-boot", "many"], ["--n-boot", "many"]),
        (["report", "shop.csv", "--n-boot", "-5"], ["--n-boot", "-5"]),
        (["report", "shop.csv", "--seed", "1.5"], ["--seed", "1.5"]),
        (["report", "shop.csv", "-o", "shop.csv"], ["shop.csv"]),
        (["report", "shop.csv", "--codebook", "book.yaml", "-o", "book.yaml"], ["book.yaml"]),
        (["report", "shop.csv", "-o", "no/where.html"], ["no/where.html".replace("/", os.sep)]),
        (["report", "shop.csv", "--language", "fr"], ["fr", "en", "zh"]),
        (["--language"], ["--language"]),
    ],
)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_mistake_costs_one_line(arguments, words, language, tiny, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("CSI_LANGUAGE", language)
    (tmp_path / "notes.docx").write_bytes(b"PK")
    (tmp_path / "latin.txt").write_bytes("Qualit\xe9 ~ Prix".encode("latin-1"))
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert cli.main(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("csi: ")
    assert err.count("\n") == 1
    assert all(word.replace("\\", "\\\\") in err or word in err for word in words)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
    if language == "zh" and "--language" not in arguments:
        assert any("一" <= character <= "鿿" for character in err)


def test_unexpected_errors_are_not_hidden(tiny, monkeypatch):
    def broken(*_, **__):
        raise ZeroDivisionError

    monkeypatch.setattr("csi.study.fit_pls", broken)
    with pytest.raises(ZeroDivisionError):
        cli.main(["report", str(tiny), "--codebook", "book.yaml", "--model", MODEL])


class Terminal(io.StringIO):
    """What is written to it, as a terminal would get it."""

    def isatty(self) -> bool:
        return True


def test_progress_is_for_terminals_only(capsys, monkeypatch):
    arguments = ["report", "mobile", "--model", "SCSB", "--n-boot", "500"]
    assert cli.main(arguments) == 0
    assert capsys.readouterr().err == ""
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    assert cli.main(arguments) == 0
    shown = terminal.getvalue()
    assert "500/500" in shown
    assert "\n" not in shown
    assert shown.endswith("\r")
    assert shown.rstrip("\r").rpartition("\r")[2].strip() == ""  # the line is cleared


@pytest.mark.skipif(os.name != "posix", reason="a signal sent to oneself")
def test_control_c_stops_with_one_line_and_no_file(tiny, tmp_path, monkeypatch):
    terminal = Terminal()
    (tmp_path / "shop-report.html").write_text("old", encoding="utf-8")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    def interrupt():
        return lambda done, total: os.kill(os.getpid(), signal.SIGINT), lambda: None

    monkeypatch.setattr(cli, "_progress", interrupt)
    monkeypatch.setattr(sys, "stderr", terminal)
    arguments = ["report", str(tiny), "--codebook", "book.yaml", "--model", MODEL, "--n-boot", "2000"]
    assert cli.main(arguments) == 130
    assert terminal.getvalue() == words("en")["cli.interrupted"] + "\n"
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_page_that_cannot_be_replaced_stays(tiny, tmp_path, capsys, monkeypatch):
    (tmp_path / "shop-report.html").write_text("old", encoding="utf-8")

    def held(*_):
        raise PermissionError(13, "held by another program")

    monkeypatch.setattr(os, "replace", held)
    given = ["report", str(tiny), "--codebook", "book.yaml", "--model", MODEL, "--n-boot", "0"]
    assert cli.main(given) == 2
    assert "shop-report.html" in capsys.readouterr().err
    assert (tmp_path / "shop-report.html").read_text(encoding="utf-8") == "old"
    assert files(tmp_path) == {"shop.csv", "book.yaml", "shop-report.html"}


def test_models_and_samples_are_listed(capsys):
    assert cli.main(["models"]) == 0
    listed = capsys.readouterr().out
    assert [line.split()[0] for line in listed.splitlines()[1:]] == csi.list_models()["name"].tolist()
    assert cli.main(["samples", "--language", "zh"]) == 0
    listed = capsys.readouterr().out
    assert [line.split()[0] for line in listed.splitlines()[1:]] == csi.list_samples()["name"].tolist()
    assert "四家移动运营商" in listed


def test_version_and_help(capsys):
    assert cli.main(["--version"]) == 0
    assert capsys.readouterr().out == f"csi {csi.__version__}\n"
    for arguments in (["--help"], ["report", "--help"], ["models", "-h"]):
        assert cli.main(arguments) == 0
        english = capsys.readouterr().out
        assert cli.main([*arguments, "--language", "zh"]) == 0
        chinese = capsys.readouterr().out
        assert "usage:" in english
        assert "用法：" in chinese
        assert "usage" not in chinese
        assert "options" not in chinese
        assert max(cli.width(line) for line in chinese.splitlines()) <= 80
    assert cli.main(["--language", "zh", "report", "--help"]) == 0
    for option in ("--codebook", "--model", "--by", "--output", "--language", "--n-boot", "--seed"):
        assert option in capsys.readouterr().out or cli.main(["report", "--help"]) == 0


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "de_DE.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8", "CSI_LANGUAGE": "en"}, "en"),
        ({"LANG": "C", "CSI_LANGUAGE": "zh"}, "zh"),
        ({"LANG": ""}, "en"),
    ],
)
def test_language_of_the_computer(environment, language, capsys, monkeypatch):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert cli.main(["--help"]) == 0
    assert words(language)["cli.description"][:20] in capsys.readouterr().out.replace("\n", " ")
    assert csi.language.current_language() == "en"  # the command leaves no trace


def test_nothing_heavy_is_imported_for_help():
    script = (
        "import sys, csi.cli; csi.cli.main(['--help']); csi.cli.main(['report', '--help']);"
        "heavy = {'scipy', 'statsmodels', 'matplotlib', 'pandas', 'numpy'} & set(sys.modules);"
        "sys.exit(str(heavy) if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
