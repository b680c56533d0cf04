"""The page: every number on it is a cell of a Result, every row of every table is on it, and nothing else is."""

from __future__ import annotations

import errno
import os
import re
import stat
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest

import csi
from csi.language import words
from csi.report.files import check_target, write_file
from csi.report.html import report_page
from csi.study.opening import MOST_ROWS, WHOLE
from csi.views import cell, number

MODEL = "Satisfaction ~ Quality; Loyalty ~ Satisfaction"
CONSTRUCTS = ("construct", "other_construct", "source", "target")
ADDRESS = ("data-result", "data-table", "data-row", "data-column")
VOID = ("meta", "wbr")
NUMBER = re.compile(r"\d+(?:\.\d+)?")


class Page(HTMLParser):
    """Cells by their address, and all other text by what it is marked as."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.stack: list[dict] = [{}]
        self.cells: list[tuple[tuple, str]] = []
        self.texts: list[tuple[str, str]] = []
        self.tags: list[tuple[str, dict]] = []
        self.feed(text)
        self.close()
        assert len(self.stack) == 1, "every element is closed"

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            known = {key: value for key, value in attrs if key in (*ADDRESS, "data-text")}
            inside = {"tag": tag, "parts": [], "own": "data-column" in known, "marks": "data-text" in known}
            self.stack.append({**self.stack[-1], **known, **inside})

    def handle_data(self, data):
        top = self.stack[-1]
        top["parts"].append(data) if "parts" in top else None
        if "data-column" not in top and top.get("tag") != "style":
            self.texts.append((top.get("data-text", ""), data))

    def handle_endtag(self, tag):
        top = self.stack.pop()
        assert top["tag"] == tag
        if top["own"]:
            self.cells.append((tuple(top[name] for name in ADDRESS), "".join(top["parts"])))

    def marked(self, kind: str) -> list[str]:
        return [text for mark, text in self.texts if mark == kind]


def frame_of(study, result: str, table: str) -> tuple[pd.DataFrame, int]:
    found = study.results[result]
    if table in ("glance", "check"):
        return getattr(found, table)(), 3
    return found.tidy(table, study.level), found.table(table).decimals


def expected(study, address: tuple, found: tuple) -> str:
    _, _, row, column = address
    frame, decimals = found
    value = frame[column].iloc[int(row)]
    if column in CONSTRUCTS:
        return study.label(value)
    if "kind" in frame and frame["kind"].iloc[int(row)] == "performance":
        decimals = 1
    if column in ("estimate", "std_error", "lower", "upper"):
        return number(float(value), decimals)
    if column == "n":
        return str(int(value))
    return cell(column, value.item() if isinstance(value, np.generic) else value, decimals)


def wrong_cells(study, page: Page) -> list:
    frames = {
        address[:2]: frame_of(study, *address[:2]) for address in {address[:2]: address for address, _ in page.cells}
    }
    return [(address, text) for address, text in page.cells if text != expected(study, address, frames[address[:2]])]


@pytest.fixture(scope="module")
def study():
    return csi.analyse_survey(csi.load_sample("mobile"), by="operator", n_boot=100)


@pytest.fixture(scope="module")
def files(study, tmp_path_factory):
    """The English page and its tables as files."""
    folder = tmp_path_factory.mktemp("page")
    csi.write_report(study, folder / "page.html")
    return folder


@pytest.fixture(scope="module")
def texts(study, files):
    english = (files / "page.html").read_text(encoding="utf-8")
    return {"en": english, "zh": report_page(study, "zh", tables="page-tables.xlsx")}


@pytest.fixture(scope="module")
def pages(texts):
    return {language: Page(text) for language, text in texts.items()}


@pytest.fixture(params=["en", "zh"])
def read(request, pages):
    """Language and parsed page; expectations are made in the same language."""
    with csi.use_language(request.param):
        yield request.param, pages[request.param]


def test_every_number_equals_its_cell(study, read, texts):
    language, page = read
    assert len(page.cells) > 5000
    assert len(texts[language].encode()) < 3e6
    assert wrong_cells(study, page) == []


def test_a_wrong_number_would_be_found(study, texts):
    text = texts["en"]
    row = study.fit.table("index").rows().index(("Satisfaction",))
    good = f"{float(study.answer):.1f}"
    there = f'data-row="{row}" data-column="estimate">{good}<'
    assert there in text
    assert len(wrong_cells(study, Page(text.replace(there, there.replace(good, "99.9"))))) == text.count(there)


def test_every_row_of_every_table_is_there(study, read):
    _, page = read
    there = {address for address, _ in page.cells}
    for name, result in study.results.items():
        for table in (*result.tables, "glance", "check"):
            frame, _ = frame_of(study, name, table)
            if name not in WHOLE and table in result.tables and len(frame) > MOST_ROWS:
                continue  # long tables of other sections stand in the workbook
            wanted = [column for column in frame.columns if frame[column].notna().any()]
            if name == "sample" and table in result.tables:  # counts: what, how many
                wanted = wanted[: wanted.index("estimate") + 1]
            if name == "sample" and table == "missing":
                wanted = ["estimate"]  # construct, item and reason are the margins of a pivot
            if table == "glance":
                wanted = [column for column in wanted if cell(column, frame[column].iloc[0]) != ""]
            absent = [
                (row, column)
                for row in range(len(frame))
                for column in wanted
                if (name, table, str(row), column) not in there
            ]
            assert absent == [], (name, table)


def test_no_number_stands_outside_cells_and_known_places(study, read):
    language, page = read
    assert [text for text in page.marked("") if NUMBER.search(text)] == []
    levels = {"0", "100", "95"}
    captions = {text for key, text in words(language).items() if key.startswith(("tables.", "terms."))}
    sentences = [text for key, text in words(language).items() if key.startswith("report.")]
    captions |= {part for text in sentences for part in re.split(r"\{\w+\}", text) if NUMBER.search(part)}
    for text in page.marked("words"):
        stripped = text
        for caption in sorted(captions, key=len, reverse=True):
            stripped = stripped.replace(caption, "")
        assert set(NUMBER.findall(stripped)) <= levels, text
    assert set(page.marked("title")) <= {study.title, page.marked("title")[-1]}
    assert page.marked("note") == [str(remark) for remark in study.all_notes]
    main = [line.meaning for _, line in study.main_failures]
    assert page.marked("check")[: len(main)] == main
    assert set(page.marked("check")) == {line.meaning for _, line in study.failures}
    cited = {study.model.citation, *(line for result in study.results.values() for line in result.cite().splitlines())}
    assert set(page.marked("cite")) < cited, "the paper of the model is also a source of the method: named once"
    assert {line[:20] for line in page.marked("cite")} == {line[:20] for line in cited}


def test_the_answer_comes_first(study, read):
    language, page = read
    order = [attributes["id"] for tag, attributes in page.tags if tag == "section"]
    assert order == [
        "answer_head", "sample", "by_group", "waves", "indices", "paths", "priorities", "measurement", "questions",
        "rates", "items_asked", "drivers", "notes", "methods", "citations", "all_tables",
    ]  # fmt: skip
    tags = [(tag, attributes.get("class", "")) for tag, attributes in page.tags]
    first = tags.index(("p", "figure"))
    assert first < tags.index(("dl", "")) < tags.index(("ul", "doubts")) < tags.index(("table", ""))
    said = "".join(text for _, text in page.texts)
    for name in ("improve", "doubt"):
        assert words(language)[f"report.{name}"] in said
    for _, line in study.main_failures:
        assert words(language)[f"report.short.{line.check}"] in said


def test_what_to_improve_first_is_said_with_its_interval(study, read):
    """Of the drivers of satisfaction that are no expectation, the most important one if none is also below average."""
    _, page = read
    table = study.fit.tidy("priorities").query("target == 'Satisfaction'").reset_index(names="row")
    wide = table.pivot(index="construct", columns="kind", values="estimate")
    strong = wide[wide["importance"] >= wide["importance"].mean()]
    assert not (strong["performance"] < wide["performance"].mean()).any()
    first = wide["importance"].drop("Expectation").idxmax()
    row = table.query("construct == @first and kind == 'importance'").iloc[0]
    inside = [(address, text) for address, text in page.cells if address[1] == "priorities"]
    assert [text for address, text in inside if address[2] == str(row["row"])][:3] == [
        f"{row[column]:.3f}" for column in ("estimate", "lower", "upper")
    ]
    assert study.label(first) in study.priority_line()
    assert f"{row['lower']:.3f}" in study.priority_line()


def test_tables_of_everything_are_folded_and_not_printed(study, texts):
    text = texts["en"]
    assert "<details open" not in text
    main, folded = text.split('<section id="all_tables">')
    assert main.count("<details>") == 2  # missing answers item by item, questions as scores
    listed = [
        name
        for name, result in study.results.items()
        if name in WHOLE or any(len(result.table(table).rows()) <= MOST_ROWS for table in result.tables)
    ]
    assert folded.count("<details>") == 2 + len(listed)
    assert 'data-result="groups" data-table="effects"' not in main
    style = text.partition("@media print")[2].partition("</style>")[0]
    assert re.search(r"details\s*{\s*display:\s*none", style)
    assert "page-tables.xlsx" in folded


def test_the_language_is_one(study, pages):
    page = pages["zh"]
    assert dict(page.tags[0][1]) == {"lang": "zh-CN"}
    assert pages["en"].tags[0][1] == {"lang": "en"}
    english = [
        text for key, text in words("en").items() if "{" not in text and text.count(" ") >= 2 and key != "report.kind"
    ]
    shown = " ".join(text for _, text in page.texts) + " ".join(text for _, text in page.cells)
    assert [text for text in english if text in shown] == []
    headings = [text for mark, text in page.texts if mark == "words" and text in set(words("zh").values())]
    assert words("zh")["report.doubt"] in headings
    with pytest.raises(csi.OptionError, match="en, zh"):
        report_page(study, "fr")


def test_the_page_asks_the_network_for_nothing(read):
    _, page = read
    assert not {tag for tag, _ in page.tags} & {"script", "link", "img", "iframe", "object", "embed", "form"}
    for _, attributes in page.tags:
        assert "src" not in attributes
        assert not any(name.startswith("on") for name in attributes)
        for name in ("href", "xlink:href"):
            assert (attributes.get(name) or "#").startswith(("#", "data:image/png;base64,"))


def test_the_page_forbids_every_request_itself(read):
    _, page = read
    policy = next(one["content"] for tag, one in page.tags if one.get("http-equiv") == "Content-Security-Policy")
    assert policy.split(";")[0] == "default-src 'none'"
    assert "http" not in policy


def test_style_asks_the_network_for_nothing(texts):
    style = texts["en"].partition("<style>")[2].partition("</style>")[0]
    assert "url(" not in style
    assert "@import" not in style


def test_same_study_same_bytes(files, tmp_path):
    again = csi.analyse_survey(csi.load_sample("mobile"), by="operator", n_boot=100)
    csi.write_report(again, tmp_path / "page.html")
    for file in ("page.html", "page-tables.xlsx"):
        assert (files / file).read_bytes() == (tmp_path / file).read_bytes()


def test_estimates_alone_show_no_interval():
    study = csi.analyse_survey(csi.load_sample("tiny"), MODEL, n_boot=0)
    page = Page(report_page(study))
    assert wrong_cells(study, page) == []
    assert not {address[3] for address, _ in page.cells} & {"std_error", "lower", "upper", "p_value"}
    assert "no interval was asked for" in " ".join(text for _, text in page.texts)


def test_plsc_says_so_and_shows_what_is_inadmissible(shared):
    survey = csi.read_csv(shared / "data" / "mobi.csv")
    study = csi.analyse_survey(survey, "ECSI_2005", n_boot=0, consistent=True)
    text = report_page(study)
    page = Page(text)
    assert wrong_cells(study, page) == []
    assert "PLSc" in text
    bad = [line.meaning for _, line in study.failures if line.inadmissible]
    assert bad
    assert page.marked("check")[: len(bad)] == bad
    assert text.count('<li class="bad">') == len(bad)


EVIL = '<script>alert("x")</script>'


def hostile(**roles) -> csi.Survey:
    tiny = csi.load_sample("tiny").answers
    names = {"q1": EVIL, "q2": "a&b", "s1": "'s1'", "s2": '"s2"', "l1": "{l1}"}
    frame = pd.DataFrame({names[old]: tiny[old] for old in names})
    frame[f"zone{EVIL}"] = [EVIL, "=cmd|' /C calc'!A0"] * 6
    frame["phone"] = [f"139{i:08d}" for i in range(12)]
    homes = ["Quality", "Quality", "Satisfaction", "Satisfaction", "Loyalty"]
    items = {
        name: csi.Item(name, csi.Scale(1, 10), {"en": f"How {EVIL}?", "zh": f"如何 {EVIL}？"}, home)
        for name, home in zip(names.values(), homes, strict=True)
    }
    book = csi.Codebook(items, title={"en": f"T {EVIL}"}, source=f"S {EVIL}", private=("phone",), **roles)
    return csi.Survey.from_frame(frame, book, name=f"n{EVIL}")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_everything_is_escaped_and_private_columns_stay_private(language):
    study = csi.analyse_survey(hostile(strata=f"zone{EVIL}"), MODEL, by=f"zone{EVIL}", n_boot=0)
    text = report_page(study, language)
    assert "<script" not in text.lower()
    assert "&lt;script&gt;" in text
    assert "139000" not in text
    assert "phone" not in text
    with csi.use_language(language):
        page = Page(text)
        assert wrong_cells(study, page) == []
    assert {text for address, text in page.cells if address[3] == "group"} == {EVIL, "=cmd|' /C calc'!A0"}


def test_words_of_csi_used_as_names_stay_names():
    survey = csi.load_sample("tiny")
    frame = survey.answers.assign(zone=["t", "none", "path", "total"] * 3)
    study = csi.analyse_survey(csi.Survey.from_frame(frame, survey.codebook, name="x"), MODEL, by="zone", n_boot=0)
    page = Page(report_page(study))
    assert {text for address, text in page.cells if address[3] == "group"} == {"t", "none", "path", "total"}


# -- the file


@pytest.fixture
def old(tmp_path):
    file = tmp_path / "page.html"
    file.write_text("old", encoding="utf-8")
    return file


def leftovers(folder) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_write_replaces_whole_files_and_keeps_rights(old):
    old.chmod(0o640)
    assert write_file(old, b"new") == old
    assert old.read_bytes() == b"new"
    if os.name == "posix":
        assert stat.S_IMODE(old.stat().st_mode) == 0o640
    assert leftovers(old.parent) == ["page.html"]


@pytest.mark.parametrize(
    ("step", "problem", "words"),
    [
        ("replace", PermissionError(errno.EACCES, "Permission denied"), "close it in other programs"),
        ("replace", OSError(errno.EBUSY, "Device or resource busy"), "busy"),
        ("fsync", OSError(errno.ENOSPC, "No space left on device"), "No space left"),
    ],
)
def test_what_fails_on_the_way_leaves_the_old_file(old, monkeypatch, step, problem, words):
    def fail(*_):
        raise problem

    monkeypatch.setattr(os, step, fail)
    with pytest.raises(csi.OutputError, match=words) as caught:
        write_file(old, b"new")
    assert "page.html" in str(caught.value)
    assert old.read_text(encoding="utf-8") == "old"
    assert leftovers(old.parent) == ["page.html"]


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_interrupted_writing_leaves_the_old_file(old, monkeypatch, step):
    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, step, stop)
    with pytest.raises(KeyboardInterrupt):
        write_file(old, b"new")
    assert old.read_text(encoding="utf-8") == "old"
    assert leftovers(old.parent) == ["page.html"]


def test_places_where_no_file_can_be_written(old, tmp_path):
    (tmp_path / "folder").mkdir()
    old.chmod(0o444)
    places = {
        "read-only": old,
        "it is a folder": tmp_path / "folder",
        "does not exist": tmp_path / "nowhere" / "page.html",
        "is not a file name": "",
        "the folder": old / "page.html",
    }
    for message, place in places.items():
        with pytest.raises(csi.OutputError, match=message) as caught:
            write_file(place, b"new")
        with csi.use_language("zh"):
            assert not re.search("[a-z] [a-z]+ [a-z]", str(caught.value).replace(str(tmp_path), ""))
    assert old.read_text(encoding="utf-8") == "old"


@pytest.mark.skipif(os.name != "posix", reason="devices and links as POSIX has them")
def test_devices_are_refused_and_links_are_followed(old, tmp_path):
    with pytest.raises(csi.OutputError, match="device"):
        write_file("/dev/null", b"new")
    link = tmp_path / "link.html"
    link.symlink_to(old)
    write_file(link, b"new")
    assert link.is_symlink()
    assert old.read_bytes() == b"new"


def test_input_files_are_not_overwritten(old):
    with pytest.raises(csi.OutputError, match="files that are read"):
        check_target(old, inputs=(old,))
