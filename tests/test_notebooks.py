"""Lessons: built from one text, the same in both languages, within the template, and every cell runs."""

from __future__ import annotations

import asyncio
import re
import sys
from pathlib import Path

import nbformat
import pytest

import csi

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tools"))

import notebooks_source  # noqa: E402
from notebooks_source import LANGUAGES, Cell, LessonError, check_partners, notebook, parse, read_lesson  # noqa: E402

import notebooks  # noqa: E402

LESSONS = sorted((ROOT / "notebooks" / "src").glob("*.py"))
NAMES = [path.stem for path in LESSONS]
TEST_SECONDS = 180.0  # the limit of 15 s a lesson belongs to `tools/notebooks.py run`; here machines may be busy

WORDS, CHARACTERS, CODE_LINES = 120, 220, 12
FEWEST, MOST = 38, 55  # cells without solutions; "about 45"
SECTIONS = {
    "en": ["Set-up", "The data", "The idea on five rows", "By hand", "With csi", "Read it", "Check it", "Exercises",
           "Key points", "References"],
    "zh": ["准备", "数据", "五行数据看懂思路", "手工算一遍", "用 csi 算", "读懂结果", "查一查", "练习", "要点",
           "参考文献"],
}  # fmt: skip
# Digits prose may hold: exercises, lessons, ends of a scale or of the index, levels, years, minutes, 0 and 1 as such.
ALLOWED = (
    r"\d\d\.\d", r"[Ll]esson \d\d|第 \d\d 课", r"\b(?:0-100|0 to 100|0 分|100)\b", r"\b1-10\b", r"9[05]%",
    r"\b(?:19|20)\d\d\b", r"\d+ (?:minutes|分钟)", r"(?<![\d.])[01](?!\d|\.\d)",
)  # fmt: skip


def lesson(name: str) -> notebooks_source.Lesson:
    return read_lesson(ROOT / "notebooks" / "src" / f"{name}.py")


def prose(name: str, language: str) -> list[str]:
    return [cell.text for cell in lesson(name).chosen(language) if cell.kind == "markdown"]


def shown(cell: nbformat.NotebookNode) -> str:
    return "\n".join(notebooks.texts(cell))


# --- what is committed


def test_the_notebooks_are_what_their_sources_say():
    assert notebooks.check() == []


@pytest.mark.lessons
@pytest.mark.parametrize("name", NAMES)
def test_every_lesson_runs_and_its_solutions_are_right(name):
    job = notebooks.Job(lesson(name), "en", seconds=TEST_SECONDS)
    made, _ = asyncio.run(notebooks.execute_one(job))
    assert notebooks.faults(made) == []
    check_answers(made, "Right", "is not answered yet")


@pytest.mark.parametrize("name", NAMES)
def test_the_chinese_notebook_speaks_chinese(name):
    made = nbformat.read(ROOT / "notebooks" / "zh" / f"{name}.ipynb", as_version=4)
    assert notebooks.faults(made) == []
    check_answers(made, "正确", "尚未作答")


def check_answers(made: nbformat.NotebookNode, right: str, unanswered: str) -> None:
    """Each exercise comes unanswered first, then with its solution; both say so."""
    asked = [cell for cell in made.cells if cell.cell_type == "code" and "csi.course.check(" in cell.source]
    solved = [cell for cell in asked if "solution" in cell.metadata.get("tags", ())]
    left = [cell for cell in asked if cell not in solved]
    assert len(left) == len(solved) >= 3
    assert [shown(cell) for cell in solved if right not in shown(cell)] == []
    assert [shown(cell) for cell in left if unanswered not in shown(cell)] == []


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_notebook_is_small(name, language):
    assert (ROOT / "notebooks" / language / f"{name}.ipynb").stat().st_size < notebooks.LARGEST


# --- the template


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_the_sections_of_the_template_stand_in_order(name, language):
    found = re.findall(r"^## (.+)$", "\n".join(prose(name, language)), re.M)
    assert found == SECTIONS[language]
    title = prose(name, language)[0].splitlines()[0]
    assert re.match(r"# .*[?？]", title), "the title is a question"


@pytest.mark.parametrize("name", NAMES)
def test_a_lesson_is_short_and_so_are_its_cells(name):
    for language in LANGUAGES:
        cells = lesson(name).chosen(language, student=True)
        assert FEWEST <= len(cells) <= MOST
    long = [
        cell.line for cell in lesson(name).cells if cell.kind == "code" and len(cell.text.splitlines()) > CODE_LINES
    ]
    assert long == []
    for text in prose(name, "en"):
        assert len(re.findall(r"[A-Za-z][\w'’-]*", text)) <= WORDS, text
    for text in prose(name, "zh"):
        assert len(re.findall(r"[一-鿿]", text)) <= CHARACTERS, text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_prose_holds_no_number_that_no_cell_computes(name, language):
    for text in prose(name, language):
        plain = re.sub(r"\$\$.*?\$\$|`[^`]*`", "", text, flags=re.S)
        for allowed in ALLOWED:
            plain = re.sub(allowed, "", plain)
        assert re.findall(r".{0,20}\d.{0,20}", plain) == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_every_objective_has_its_exercise_and_every_exercise_its_check(name, language):
    head = prose(name, language)[0]
    objectives = re.findall(r"^- \*\*.+$", head, re.M)
    assert 3 <= len(objectives) <= 5
    promised = [number for line in objectives for number in re.findall(r"\d\d\.\d", line)]
    asked = re.findall(r"^\*\*(\d\d\.\d) ", "\n".join(prose(name, language)), re.M)
    checked = [re.findall(r'check\("(\d\d\.\d)"', cell.text) for cell in lesson(name).cells if not cell.solution]
    there = [number for number in csi.course.list_exercises() if number.startswith(name[:2])]
    assert promised == asked == [number for found in checked for number in found] == there


@pytest.mark.parametrize("name", NAMES)
def test_code_of_a_lesson_uses_no_network_and_hides_nothing(name):
    code = "\n".join(cell.text for cell in lesson(name).cells if cell.kind == "code")
    assert re.findall(r"https?://|fetch_|filterwarnings|!pip|%pip|import \*", code) == []
    assert "assert " in code, "what was done by hand is compared with csi"


# --- the format

GOOD = """# %% [markdown] lang="zh"
# 你好

# %% [markdown] lang="en"
# Hello
#
# again

# %%
import csi
csi.use_language("en")
1 + 1

# %% tags=["solution"] jupyter={"source_hidden": true}
# solution
print("solved")
"""


def written(tmp_path: Path, text: str) -> notebooks_source.Lesson:
    path = tmp_path / "99_small.py"
    path.write_text(text, encoding="utf-8")
    return read_lesson(path)


def test_a_text_becomes_cells(tmp_path):
    found = written(tmp_path, GOOD)
    assert [(cell.kind, cell.language, cell.solution) for cell in found.cells] == [
        ("markdown", "zh", False), ("markdown", "en", False), ("code", None, False), ("code", None, True)
    ]  # fmt: skip
    assert found.cells[1].text == "Hello\n\nagain"
    zh, en = (notebook(found, language) for language in ("zh", "en"))
    assert [cell.source for cell in zh.cells] == [
        "你好",
        'import csi\ncsi.use_language("zh")\n1 + 1',
        '# solution\nprint("solved")',
    ]
    assert en.cells[1].source == 'import csi\ncsi.use_language("en")\n1 + 1'
    assert zh.cells[2].metadata == {"tags": ["solution"], "jupyter": {"source_hidden": True}}
    assert zh.cells[2].id == en.cells[2].id
    assert zh.cells[1].id != en.cells[1].id
    assert len(notebook(found, "zh", student=True).cells) == 2
    nbformat.validate(zh)


def test_the_same_cell_twice_has_two_ids(tmp_path):
    found = notebook(written(tmp_path, GOOD + "\n# %%\n2\n\n# %%\n2\n"), "en")
    assert len({cell.id for cell in found.cells}) == len(found.cells)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (('lang="zh"', 'lang="zh" name="x"'), ["line 1", "unknown metadata 'name'", "lang"]),
        (('lang="zh"', "Title"), ["line 1", "cell title"]),
        (('lang="zh"', "lang=zh"), ["line 1", "quotes", 'lang="zh"']),
        (('lang="zh"', 'lang="de"'), ["line 1", 'lang="en"']),
        ((' lang="zh"', ""), ["line 1", "both languages"]),
        (("[markdown]", "[raw]"), ["line 1", "[raw]"]),
        (("# %%\nimport", "# %% Set-up\nimport"), ["line 9", "cell title"]),
        (("# %%\nimport", '# %% lang="en"\nimport'), ["line 9", "unknown metadata 'lang'"]),
        ((' jupyter={"source_hidden": true}', ""), ["line 14", "source_hidden"]),
        (('["solution"]', '["hidden"]'), ["line 14", 'tags=["solution"]']),
        (("# Hello", "Hello"), ["line 5", "begins with '# '"]),
        (('# %% [markdown] lang="en"\n# Hello\n#\n# again\n', ""), ["line 1", 'no lang="en" partner', "alone"]),
        (('# %% [markdown] lang="zh"\n# 你好\n', ""), ["line 2", 'no lang="zh" partner']),
        (('use_language("en")', 'use_language("zh")'), ['csi.use_language("en")']),
        (("# %% [markdown]", "stray\n# %% [markdown]"), ["line 1", "no cell"]),
        (('# solution\nprint("solved")\n', ""), ["line 14", "empty cell"]),
        (("# solution\n", ""), ["line 14", "first line", "comment"]),
        (('lang="zh"', 'lang="zh" lang="zh"'), ["line 1", "twice"]),
    ],
)
def test_a_wrong_line_says_where_and_what(tmp_path, change, words):
    old, new = change
    assert old in GOOD
    with pytest.raises(LessonError) as problem:
        written(tmp_path, GOOD.replace(old, new, 1))
    assert [word for word in words if word not in str(problem.value)] == []


def test_prose_may_stand_alone_where_it_says_why():
    check_partners([Cell("markdown", "仅", 1, "zh", alone="a standard that exists in Chinese only")], "x.py")
    with pytest.raises(LessonError, match="partner"):
        check_partners([Cell("markdown", "仅", 1, "zh")], "x.py")
    with pytest.raises(LessonError, match="partner"):
        check_partners(
            parse('# %% [markdown] lang="zh"\n# 一\n# %%\n1\n# %% [markdown] lang="en"\n# One\n', "x.py"), "x"
        )


# --- what build refuses and check finds


@pytest.mark.parametrize(
    ("output", "words"),
    [
        (nbformat.v4.new_output("stream", name="stderr", text="careful"), "stderr: careful"),
        (nbformat.v4.new_output("stream", name="stdout", text="<object at 0x7f3a12bc9d10>"), "object address"),
        (nbformat.v4.new_output("execute_result", {"text/plain": "'/var/li/data.csv'"}), "absolute path"),
        (nbformat.v4.new_output("execute_result", {"text/html": "<p>D:\\Users\\li</p>"}), "absolute path"),
        (nbformat.v4.new_output("execute_result", {"text/plain": "0x10 and/or a/home, 12/tmp"}), ""),
        (nbformat.v4.new_output("execute_result", {"image/png": "0x7f3a12bc9d10/home/x"}), ""),
    ],
)
def test_outputs_that_change_from_machine_to_machine_are_refused(output, words):
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("x", outputs=[output])])
    found = notebooks.faults(made)
    assert (words in found[0]) if words else (found == [])


def test_check_finds_every_difference(tmp_path):
    source = written(tmp_path, GOOD)
    wanted = notebook(source, "en")

    def changed(act) -> list[str]:
        found = notebook(source, "en")
        for number, cell in enumerate((cell for cell in found.cells if cell.cell_type == "code"), start=1):
            cell.execution_count = number
        act(found)
        return notebooks.compare(found, wanted)

    assert changed(lambda _: None) == []
    assert "source" in changed(lambda made: made.cells[0].update(source="Hi"))[0]
    assert "id" in changed(lambda made: made.cells[0].update(id="other"))[0]
    assert "metadata" in changed(lambda made: made.cells[2].metadata.clear())[0]
    assert len(changed(lambda made: made.cells.reverse())) >= 2
    assert "2 cells, the source has 3" in changed(lambda made: made.cells.pop())[0]
    assert "executed" in changed(lambda made: made.cells[2].update(execution_count=None))[0]
    assert "metadata of the notebook" in changed(lambda made: made.metadata.update(title="x"))[0]


def test_build_is_the_same_twice_and_checks(tmp_path, monkeypatch, capsys):
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "99_small.py").write_text(GOOD, encoding="utf-8")
    monkeypatch.setattr(notebooks, "FOLDER", tmp_path)
    monkeypatch.setattr(notebooks, "ROOT", tmp_path)
    assert notebooks.main(["check"]) == 1
    assert "en/99_small.ipynb: is missing" in capsys.readouterr().out
    assert notebooks.main(["build"]) == 0
    first = {path: path.read_bytes() for path in tmp_path.rglob("*.ipynb")}
    assert notebooks.main(["build", "99"]) == 0
    assert {path: path.read_bytes() for path in tmp_path.rglob("*.ipynb")} == first
    assert sorted(path.parent.name for path in first) == ["en", "zh"]
    assert notebooks.main(["check"]) == 0
    (tmp_path / "zh" / "98_gone.ipynb").write_bytes(next(iter(first.values())))
    assert notebooks.main(["check"]) == 1
    assert "98_gone.ipynb: has no source" in capsys.readouterr().out
    assert notebooks.main(["build", "77"]) == 1
    assert "99_small" in capsys.readouterr().out


def test_what_fails_is_not_written(tmp_path, monkeypatch, capsys):
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "99_small.py").write_text(GOOD.replace("1 + 1", "1 / 0"), encoding="utf-8")
    monkeypatch.setattr(notebooks, "FOLDER", tmp_path)
    monkeypatch.setattr(notebooks, "ROOT", tmp_path)
    assert notebooks.main(["build"]) == 1
    said = capsys.readouterr().out
    assert "ZeroDivisionError" in said
    assert "1 / 0" in said
    assert list(tmp_path.rglob("*.ipynb")) == []


def test_a_lesson_that_takes_too_long_is_stopped(tmp_path):
    slow = written(tmp_path, GOOD.replace("1 + 1", "import time; time.sleep(60)"))
    with pytest.raises(LessonError, match="not done after"):
        asyncio.run(notebooks.execute_one(notebooks.Job(slow, "en", seconds=4)))
