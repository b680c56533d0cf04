"""The command: what it writes, what it says, and that a mistake costs one line and nothing else."""

from __future__ import annotations

import io
import os
import platform
import re
import signal
import subprocess
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest

import csi
from csi import cli
from csi.cli import catalogue, progress
from csi.data.samples import _FOLDERS as SAMPLE_FOLDERS
from csi.language import words
from csi.views import width

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
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


def start(*arguments: str, plain: bool = False, **environment: str) -> subprocess.CompletedProcess:
    """The command in a process of its own; `plain` draws no pictures, for what is about other things."""
    code = "import csi.report.render as page, csi.__main__ as m; page.draw = lambda *_: '<svg></svg>'; exit(m.start())"
    return subprocess.run(
        [sys.executable, *(["-c", code] if plain else ["-m", "csi"]), *arguments],
        capture_output=True,
        env={**os.environ, **environment},
        timeout=300,
        check=False,
    )


def test_mobi_end_to_end(shared, tmp_path):
    done = start("report", str(shared / "data" / "mobi.csv"), "--model", "ECSI_2005", PYTHONIOENCODING="utf-8")
    assert done.returncode == 0
    assert done.stderr == b""
    *_, answer, first, beside, last = done.stdout.decode("utf-8").splitlines()
    assert last == "Report written: mobi-report.html"
    assert beside == "Tables written: mobi-report-tables.xlsx"
    fit = csi.fit_pls(csi.read_csv(shared / "data" / "mobi.csv"), "ECSI_2005")
    row = fit.tidy("index").set_index("construct").loc["Satisfaction"]
    for column in ("estimate", "lower", "upper"):
        assert f"{row[column]:.1f}" in answer
    quality = fit.value("Satisfaction", "Quality", "importance", table="priorities")
    assert "Perceived quality moves Customer satisfaction most" in first
    assert f"goes with {float(quality):.3f} points" in first
    page = (tmp_path / "mobi-report.html").read_text(encoding="utf-8")
    assert f">{row['estimate']:.1f}<" in page
    assert files(tmp_path) == {"mobi-report.html", "mobi-report-tables.xlsx"}


def test_bundled_sample_end_to_end_on_a_console_without_chinese(tmp_path):
    sample = next(path for folder in SAMPLE_FOLDERS for path in folder.glob("mobile.csv"))
    given = ("report", str(sample), "-o", "页.html", "--language", "zh", "--n-boot", "100")
    done = start(*given, plain=True, PYTHONIOENCODING="ascii")
    assert done.returncode == 0
    assert done.stderr == b""
    page = (tmp_path / "页.html").read_text(encoding="utf-8")
    assert '<html lang="zh-CN">' in page
    assert "四家移动运营商" in page
    assert words("zh")["report.by_group"] in page
    assert "mobile.yaml" in page  # the codebook beside the file
    assert words("zh")["notes.by_of_codebook"].format(column="operator") in page


def test_two_runs_write_the_same_bytes(tiny, tmp_path, capsys, request):
    """Two processes, as for a user: within one process sums may end in another last bit as memory lies differently."""
    arguments = ["report", str(tiny), "--codebook", "book.yaml", "--model", MODEL, "--n-boot", "100"]
    for folder in "123":
        (tmp_path / folder).mkdir()
    for folder in "12":
        command = [sys.executable, "-m", "csi", *arguments, "-o", f"{folder}/page.html", "--seed", "7"]
        subprocess.run(command, env={**os.environ, "PYTHONHASHSEED": "0"}, check=True, capture_output=True)
    for file in ("page.html", "page-tables.xlsx"):
        one, two = ((tmp_path / folder / file).read_bytes() for folder in "12")
        assert one == two
    request.getfixturevalue("plain_pictures")
    assert cli.main([*arguments, "-o", "3/page.html", "--seed", "8"]) == 0
    assert (tmp_path / "3" / "page-tables.xlsx").read_bytes() != (tmp_path / "1" / "page-tables.xlsx").read_bytes()


@pytest.mark.usefixtures("plain_pictures")
def test_options_reach_the_analysis(tiny, tmp_path, capsys):
    (tmp_path / "own.txt").write_text(f"# mine\n{MODEL.replace('; ', chr(10))}\n", encoding="utf-8")
    given = ["report", str(tiny), "--codebook", "book.yaml", "--model", "own.txt", "--by", "zone", "--n-boot", "0"]
    assert cli.main(given) == 0
    page = (tmp_path / "shop-report.html").read_text(encoding="utf-8")
    assert "analyse_survey(survey, &#39;own&#39;, by=[&#39;zone&#39;], n_boot=0, seed=1)" in page
    *_, answer, _, _, last = capsys.readouterr().out.splitlines()
    survey = csi.read_csv(tiny, tmp_path / "book.yaml")
    assert f"{float(csi.fit_pls(survey, MODEL, n_boot=0).value('Satisfaction')):.1f}" in answer
    assert last.endswith("shop-report.html")
    assert cli.main([*given[:-4], "--by", "zone,q1", "--by", "q2", "--n-boot", "0"]) == 2  # groups of one
    assert "zone" in capsys.readouterr().err


@pytest.mark.usefixtures("plain_pictures")
def test_excel_files_are_read(tiny, tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for line in tiny.read_text(encoding="utf-8").splitlines():
        book.active.append([int(word) if word.isdigit() else word for word in line.split(",")])
    book.save(tmp_path / "shop.xlsx")
    assert cli.main(["report", "shop.xlsx", "--codebook", "book.yaml", "--model", MODEL, "--n-boot", "0"]) == 0
    assert (tmp_path / "shop-report.html").exists()


@pytest.mark.usefixtures("plain_pictures")
def test_codebook_beside_the_file_is_used_and_said(tiny, tmp_path, capsys):
    os.rename("book.yaml", "shop.yaml")
    assert cli.main(["report", str(tiny), "--model", MODEL, "--n-boot", "0"]) == 0
    assert "shop.yaml" in capsys.readouterr().out
    assert "shop.yaml" in (tmp_path / "shop-report.html").read_text(encoding="utf-8")


@pytest.mark.usefixtures("plain_pictures")
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


# -- exports of 问卷星

LADDER = ["非常不满意", "不满意", "一般", "满意", "非常满意"]


def wenjuanxing(rows: int = 60, title: str = "总体满意吗", shift: int = 0, code: bool = False) -> str:
    """A small export as csv: two questions a construct; the code file lists the best option first."""
    asked = [f"{title}", "符合期望吗", "质量如何", "质量稳定吗", "会推荐吗", "会再次选择吗"]
    lines = [
        "序号,提交答卷时间,所用时间,来源,来源详情,来自IP," + ",".join(f"{i + 1}、{one}" for i, one in enumerate(asked))
    ]
    for i in range(rows):
        steps = [(i * 7 + j * (i % 5 + 1) + shift) % 5 for j in range(6)]
        steps = [min(4, max(0, (i % 5) + (step % 3) - 1)) for step in steps]
        cells = [str(5 - step) if code else LADDER[step] for step in steps]
        lines.append(f"{i + 1},2026/03/01 12:00:00,{60 + i}秒,微信,直接访问,192.0.2.{i}(测试)," + ",".join(cells))
    return "\n".join(lines) + "\n"


WJX_MODEL = "满意 =~ q1 + q2; 质量 =~ q3 + q4; 忠诚 =~ q5 + q6; 满意 ~ 质量; 忠诚 ~ 满意"


@pytest.fixture
def pair(tmp_path):
    """Text and code file of one survey, and the code file of another."""
    for name, content in (
        ("101_按文本_门店_60_60.csv", wenjuanxing()),
        ("101_按序号_门店_60_60.csv", wenjuanxing(code=True)),
        ("202_按序号_餐厅_60_60.csv", wenjuanxing(title="饭菜如何", shift=3, code=True)),
    ):
        (tmp_path / name).write_text(content, encoding="utf-8-sig")
    return "101_按文本_门店_60_60.csv", "101_按序号_门店_60_60.csv", "202_按序号_餐厅_60_60.csv"


@pytest.mark.usefixtures("plain_pictures")
def test_a_wenjuanxing_export_is_known_by_its_columns(pair, tmp_path, capsys):
    text, code, _ = pair
    (tmp_path / "own.txt").write_text(WJX_MODEL.replace("; ", "\n"), encoding="utf-8")
    for arguments in ([text], [text, code]):
        given = ["report", *arguments, "--model", "own.txt", "--n-boot", "0", "-o", "page.html"]
        assert cli.main(given) == 0
        *_, answer, _, _, _ = capsys.readouterr().out.splitlines()
        index = csi.fit_pls(csi.read_wenjuanxing(*arguments), WJX_MODEL, n_boot=0).value("满意", table="index")
        assert f"{float(index):.1f}" in answer
        page = (tmp_path / "page.html").read_text(encoding="utf-8")
        assert "门店" in page
        assert "192.0.2" not in page


@pytest.mark.usefixtures("plain_pictures")
def test_a_draft_is_completed_and_used(pair, tmp_path, capsys):
    text, code, _ = pair
    assert cli.main(["codebook", text, code, "-o", "book.yaml"]) == 0
    said = capsys.readouterr().out
    assert f"csi report {text} {code} --codebook book.yaml" in said
    draft = (tmp_path / "book.yaml").read_text(encoding="utf-8")
    book = csi.Codebook.from_yaml(draft)
    assert book.items["q1"].construct == "Satisfaction"
    assert book.items["q5"].construct == "Loyalty"
    assert cli.main(["codebook", text, "-o", "book.yaml"]) == 2  # what may be finished work is never overwritten
    assert "book.yaml" in capsys.readouterr().err
    assert (tmp_path / "book.yaml").read_text(encoding="utf-8") == draft
    model = "Satisfaction ~ Quality; Loyalty ~ Satisfaction"
    given = ["report", text, code, "--codebook", "book.yaml", "--model", model, "--n-boot", "0", "-o", "page.html"]
    assert cli.main(given) == 0


def test_the_tour_names_both_files(tmp_path, capsys):
    """In Chinese; in English, into a folder of another name, it is made by what a wheel installs (test_package)."""
    assert cli.main(["tour", "--language", "zh"]) == 0
    said = capsys.readouterr().out
    folder = tmp_path / "csi-tour"
    assert files(folder) == {"report.html", "report-tables.xlsx"}
    assert all(str(Path("csi-tour") / name) in said for name in files(folder))
    page = (folder / "report.html").read_bytes()
    assert b'lang="zh-CN"' in page
    assert len(page) <= 3_000_000
    (tmp_path / "file").write_text("", encoding="utf-8")
    capsys.readouterr()
    for place in ("file", "no/where"):
        assert cli.main(["tour", "-o", place]) == 2
        assert capsys.readouterr().err.count("\n") == 1


def test_info_says_versions_and_nothing_private(capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path / "somebody"))
    monkeypatch.delenv("CSI_CACHE", raising=False)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    assert cli.main(["info"]) == 0
    said = capsys.readouterr().out
    lines = {line.split()[0]: line.split() for line in said.splitlines() if line}
    for extra, wanted in {"": PROJECT["dependencies"], **PROJECT["optional-dependencies"]}.items():
        for package, limits in (re.fullmatch(r"([\w.-]+)(.*)", text).groups() for text in wanted):
            line = lines[package.lower()]
            assert limits in line, package
            assert not extra or extra in line[-1], package
            assert version(package) == line[1] if find_distribution(package) else "not installed" in " ".join(line)
    assert platform.python_version() == lines["Python"][1]
    assert csi.__version__ in said
    assert "somebody" not in said
    assert cli.main(["info", "--language", "zh"]) == 0
    assert "中文字体" in capsys.readouterr().out


def test_info_names_what_is_not_installed(capsys, monkeypatch):
    wanted = ["numpy>=2.0", 'no-such-package>=1.5; extra == "all"', "no-such-package>=1.5 ; extra == 'docs'"]
    monkeypatch.setattr(catalogue, "requires", lambda name: wanted)
    assert cli.main(["info"]) == 0
    assert "no-such-package  not installed  >=1.5      all, docs" in capsys.readouterr().out
    monkeypatch.setattr(catalogue, "requires", missing_package)
    assert cli.main(["info"]) == 0
    assert capsys.readouterr().out.splitlines()[-1].strip() == "not installed"


def missing_package(name: str) -> None:
    raise PackageNotFoundError(name)


def find_distribution(package: str) -> bool:
    try:
        return bool(version(package))
    except PackageNotFoundError:
        return False


@pytest.mark.parametrize("language", ["en", "zh"])
def test_bad_exports_cost_one_line(language, pair, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("CSI_LANGUAGE", language)
    text, code, other = pair
    (tmp_path / "answers.xls").write_text("<html><body><table><tr><td>序号</td></tr></table></body></html>")
    (tmp_path / "words.csv").write_text("城市,意见\n" + "北京,很好\n上海,=cmd\n" * 20, encoding="utf-8")
    (tmp_path / "more.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    before = files(tmp_path)
    for arguments, found in (
        (["report", "answers.xls"], ["answers.xls", "html"]),
        (["report", text, other], [text, other]),
        (["report", code], [code, "按文本"]),
        (["report", "words.csv", "more.csv"], ["words.csv", "问卷星"]),
        (["report", text, code, other], ["3"]),
        (["codebook", code], [code]),
        (["codebook"], ["FILE"]),
        (["codebook", text, "--model", "ECSII"], ["ECSII", "ECSI_2005"]),
    ):
        assert cli.main([*arguments, *(["--n-boot", "0"] if arguments[0] == "report" else [])]) == 2, arguments
        out, err = capsys.readouterr()
        assert out == ""
        assert err.startswith("csi: ")
        assert err.count("\n") == 1, err
        assert all(word.casefold() in err.casefold() for word in found), err
    assert files(tmp_path) == before


@pytest.mark.usefixtures("plain_pictures")
def test_a_group_of_five_is_said_to_be_small(tmp_path, capsys):
    answers = csi.load_sample("mobile").answers.iloc[:405].drop(columns=["weight", "region", "interviewer"])
    answers["shop"] = ["小店"] * 5 + ["甲", "乙"] * 200
    answers.to_csv(tmp_path / "shops.csv", index=False)
    assert cli.main(["report", "shops.csv", "--model", "SCSB", "--by", "shop", "--n-boot", "100"]) == 0
    page = (tmp_path / "shops-report.html").read_text(encoding="utf-8")
    answer = page.partition('<section id="answer_head">')[2].partition("</section>")[0]
    assert "Fewer than 30 respondents: 小店 (5)" in answer
    assert "甲" not in answer


@pytest.mark.parametrize("label", ["<script>alert(1)</script>", "=cmd|' /C calc'!A0", "+1", "@x"])
def test_hostile_words_stay_words(label, tiny, tmp_path, capsys, request):
    from openpyxl import load_workbook

    if not label.startswith("<"):  # of these it is the workbook that could make a formula
        request.getfixturevalue("plain_pictures")

    lines = tiny.read_text(encoding="utf-8").splitlines()
    lines[1:] = [f"{line[:-1]}{label}" if i < 6 else f"{line[:-1]}b" for i, line in enumerate(lines[1:])]
    tiny.write_text("\n".join(lines), encoding="utf-8")
    given = ["report", str(tiny), "--codebook", "book.yaml", "--model", MODEL, "--by", "zone", "--n-boot", "0"]
    assert cli.main(given) == 0
    assert "<script" not in (tmp_path / "shop-report.html").read_text(encoding="utf-8").lower()
    sheet = load_workbook(tmp_path / "shop-report-tables.xlsx")["groups_index"]
    (found,) = {cell.data_type for cell in sheet["A"] if cell.value == label}
    assert found == "s"


def test_without_a_chinese_font_the_report_appears_and_says_how_to_get_one(tiny, tmp_path, capsys, monkeypatch):
    from csi.report import fonts

    monkeypatch.setattr(fonts, "packaged_fonts", tuple)
    monkeypatch.setattr(fonts, "_named_faces", lambda *_: [])
    fonts.chinese_faces.cache_clear()
    try:
        given = ["report", str(tiny), "--codebook", "book.yaml", "--model", MODEL, "--n-boot", "20", "--language", "zh"]
        assert cli.main(given) == 0
    finally:
        fonts.chinese_faces.cache_clear()
    how = words("zh")["notes.no_cjk_font"][:12]
    assert how in capsys.readouterr().out
    page = (tmp_path / "shop-report.html").read_text(encoding="utf-8")
    assert how in page
    assert "<svg" in page


def test_without_matplotlib_the_report_appears_and_says_how_to_get_it(tiny, tmp_path, capsys, monkeypatch):
    from csi.report import pictures

    monkeypatch.setattr(pictures, "can_draw", lambda: False)
    given = ["report", str(tiny), "--codebook", "book.yaml", "--model", MODEL, "--n-boot", "0"]
    assert cli.main(given) == 0
    assert "pip install matplotlib" in capsys.readouterr().out
    page = (tmp_path / "shop-report.html").read_text(encoding="utf-8")
    assert "pip install matplotlib" in page
    assert "<svg" not in page


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], ["report", "models", "samples", "tour", "codebook", "info"]),
        (["reprot"], ["reprot", "report", "models"]),
        (["report"], ["FILE"]),
        (["report", "nowhere.csv"], ["nowhere.csv", "shop.csv"]),
        (["report", "notes.docx"], ["notes.docx"]),
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
    (tmp_path / "notes.docx").write_bytes(b"PK\x03\x04 cut off")
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

    monkeypatch.setattr("csi.study.indices.fit_pls", broken)
    with pytest.raises(ZeroDivisionError):
        cli.main(["report", str(tiny), "--codebook", "book.yaml", "--model", MODEL])


class Terminal(io.StringIO):
    """What is written to it, as a terminal would get it."""

    def isatty(self) -> bool:
        return True


@pytest.mark.usefixtures("plain_pictures")
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

    monkeypatch.setattr(progress, "progress_line", interrupt)
    monkeypatch.setattr(sys, "stderr", terminal)
    arguments = ["report", str(tiny), "--codebook", "book.yaml", "--model", MODEL, "--n-boot", "2000"]
    before_handler = signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores it
    try:
        assert cli.main(arguments) == 130
    finally:
        signal.signal(signal.SIGINT, before_handler)
    assert terminal.getvalue() == words("en")["cli.interrupted"] + "\n"
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


@pytest.mark.usefixtures("plain_pictures")
def test_a_page_that_cannot_be_replaced_stays(tiny, tmp_path, capsys, monkeypatch):
    (tmp_path / "shop-report.html").write_text("old", encoding="utf-8")

    def held(*_):
        raise PermissionError(13, "held by another program")

    monkeypatch.setattr(os, "replace", held)
    given = ["report", str(tiny), "--codebook", "book.yaml", "--model", MODEL, "--n-boot", "0"]
    assert cli.main(given) == 2
    assert "shop-report" in capsys.readouterr().err
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
        assert max(width(line) for line in chinese.splitlines()) <= 80
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
