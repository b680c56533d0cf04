"""Read a lesson: one text file in jupytext's percent format becomes cells, or says what is wrong with it.

    # %% [markdown] lang="zh"      prose in Chinese; its partner lang="en" stands next to it
    # %% [markdown] lang="zh" alone="why it has no partner"
    # %%                           code, shared by both languages
    # %% tags=["solution"] jupyter={"source_hidden": true}
                                   code of a solution, folded away, left out for students

Nothing else may stand on such a line: no title, no other name. The set-up cell holds the line
`csi.use_language("en")`; the Chinese notebook is given `csi.use_language("zh")` in its place. Lines of a Chinese
paragraph are joined, since a line break would show as a gap.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat

LANGUAGES = ("en", "zh")
SETUP = 'csi.use_language("{language}")'
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
SOLUTION = {"tags": ["solution"], "jupyter": {"source_hidden": True}}
ALLOWED = {"markdown": ("lang", "alone", "tags"), "code": ("tags", "jupyter")}
MARKER = re.compile(r"^# %%(?P<rest>.*)$")


class LessonError(Exception):
    """A lesson that cannot be built: where, what, what was expected."""


@dataclass(frozen=True)
class Cell:
    """One cell of a lesson.

    Attributes
    ----------
    kind : "code" or "markdown"
    text : without the comment signs of prose
    line : of its marker in the file
    language : of prose; None for code
    alone : why prose has no partner
    solution : left out for students
    """

    kind: str
    text: str
    line: int
    language: str | None = None
    alone: str = ""
    solution: bool = False


@dataclass(frozen=True)
class Lesson:
    """A lesson: its file and its cells in order."""

    path: Path
    cells: tuple[Cell, ...] = field(repr=False)

    @property
    def name(self) -> str:
        """File name without ending: 11_csi_by_pls."""
        return self.path.stem

    def chosen(self, language: str, *, student: bool = False) -> list[Cell]:
        """The cells of one language, for students without the solutions."""
        return [cell for cell in self.cells if cell.language in (None, language) and not (student and cell.solution)]


def read_lesson(path: Path) -> Lesson:
    """Read and check one lesson."""
    cells = parse(path.read_text(encoding="utf-8"), path.name)
    check_partners(cells, path.name)
    setups = [cell for cell in cells if SETUP.format(language="en") in cell.text.splitlines()]
    if len(setups) != 1 or setups[0].kind != "code":
        raise LessonError(f'{path.name}: one code cell with the line csi.use_language("en") is needed')
    return Lesson(path, tuple(cells))


def parse(text: str, name: str) -> list[Cell]:
    """Cut a text into cells at its `# %%` lines."""
    lines = text.splitlines()
    starts = [i for i, line in enumerate(lines) if MARKER.match(line)]
    before = lines[: starts[0]] if starts else lines
    stray = [i for i, line in enumerate(before) if line.strip()]
    if stray:
        raise LessonError(f"{name} line {stray[0] + 1}: text before the first # %% line belongs to no cell")
    cells = []
    for start, stop in zip(starts, [*starts[1:], len(lines)], strict=True):
        where = f"{name} line {start + 1}"
        kind, metadata = read_marker(MARKER.match(lines[start])["rest"], where)
        cells.append(make_cell(kind, metadata, lines[start + 1 : stop], start + 1, where))
    return cells


def read_marker(rest: str, where: str) -> tuple[str, dict[str, Any]]:
    """Kind and metadata of a `# %%` line."""
    kind, rest = "code", rest.strip()
    if rest.startswith("["):
        inside, _, rest = rest[1:].partition("]")
        if inside != "markdown":
            raise LessonError(f"{where}: cells are code or [markdown], not [{inside}]")
        kind, rest = "markdown", rest.strip()
    metadata: dict[str, Any] = {}
    decoder = json.JSONDecoder()
    while rest:
        found = re.match(r"([A-Za-z_]\w*)=", rest)
        if not found:
            raise LessonError(f"{where}: '{rest}' is a cell title or no name=value; titles stand in the text of a cell")
        key = found[1]
        if key not in ALLOWED[kind]:
            raise LessonError(f"{where}: unknown metadata '{key}'; a {kind} cell may have: {', '.join(ALLOWED[kind])}")
        if key in metadata:
            raise LessonError(f"{where}: '{key}' stands twice")
        try:
            metadata[key], end = decoder.raw_decode(rest, found.end())
        except json.JSONDecodeError:
            raise LessonError(f'{where}: the value of {key} is not JSON; texts need quotes: lang="zh"') from None
        rest = rest[end:].strip()
    return kind, metadata


def make_cell(kind: str, metadata: dict[str, Any], lines: Sequence[str], number: int, where: str) -> Cell:
    """One cell, its metadata checked value by value."""
    solution = "tags" in metadata
    if solution and metadata["tags"] != SOLUTION["tags"]:
        raise LessonError(f'{where}: the only tag is tags=["solution"], not {json.dumps(metadata["tags"])}')
    if kind == "code":
        if metadata and metadata != SOLUTION:
            raise LessonError(f'{where}: a solution is # %% tags=["solution"] jupyter={{"source_hidden": true}}')
        text = "\n".join(lines).strip("\n")
    else:
        language = metadata.get("lang")
        if language not in LANGUAGES:
            raise LessonError(f'{where}: prose needs lang="zh" or lang="en", or it would stand in both languages')
        text = "\n".join(uncomment(line, number + i, where) for i, line in enumerate(lines, start=1)).strip("\n")
        text = unwrap(text) if language == "zh" else text
    if not text.strip():
        raise LessonError(f"{where}: an empty cell")
    if kind == "code" and solution and not text.startswith("#"):
        raise LessonError(f"{where}: a folded cell still shows its first line; begin a solution with a comment")
    if kind == "code":
        return Cell(kind, text, number, solution=solution)
    return Cell(kind, text, number, metadata["lang"], str(metadata.get("alone", "")), solution)


def uncomment(line: str, number: int, where: str) -> str:
    """One line of prose without its comment sign."""
    if line in ("#", ""):
        return ""
    if not line.startswith("# "):
        raise LessonError(f"{where.rpartition(' ')[0]} {number}: a line of prose begins with '# ': {line[:40]}")
    return line[2:]


def unwrap(text: str) -> str:
    """Chinese prose with each paragraph on one line: a line break would be shown as a gap between two characters."""
    kept: list[str] = []
    formula = False
    for line in text.splitlines():
        apart = not line.strip() or re.match(r"(?:#+|[-*+>|]|\d+\.)\s|\$\$|```|\|", line.strip())
        after = kept and kept[-1].strip() and not re.match(r"#+\s|\$\$|\|", kept[-1]) and not kept[-1].endswith("$$")
        if apart or formula or not after:
            kept.append(line)
        else:
            western = kept[-1][-1].isascii() and line.strip()[0].isascii()
            kept[-1] += (" " if western else "") + line.strip()
        formula ^= line.count("$$") == 1
    return "\n".join(kept)


def check_partners(cells: Sequence[Cell], name: str) -> None:
    """Every prose cell has its partner next to it, or says why it stands alone."""
    i = 0
    while i < len(cells):
        cell = cells[i]
        if cell.language is None or cell.alone:
            i += 1
            continue
        other = cells[i + 1] if i + 1 < len(cells) else None
        paired = other is not None and other.language not in (None, cell.language) and not other.alone
        if not paired or other.solution != cell.solution:
            wanted = "en" if cell.language == "zh" else "zh"
            raise LessonError(
                f'{name} line {cell.line}: this lang="{cell.language}" cell has no lang="{wanted}" partner after it; '
                'write it, or say why not: alone="reason"'
            )
        i += 2


def notebook(lesson: Lesson, language: str, *, student: bool = False) -> nbformat.NotebookNode:
    """The notebook of one language before it is executed: cells, their ids and metadata."""
    made = nbformat.v4.new_notebook(metadata={"kernelspec": dict(KERNEL), "language_info": {"name": "python"}})
    seen: Counter[str] = Counter()
    for cell in lesson.chosen(language, student=student):
        text = cell.text
        if cell.kind == "code":
            text = text.replace(SETUP.format(language="en"), SETUP.format(language=language))
        digest = hashlib.sha256(f"{cell.kind}\n{text}".encode()).hexdigest()[:12]
        seen[digest] += 1
        known = digest if seen[digest] == 1 else f"{digest}-{seen[digest]}"
        make = nbformat.v4.new_code_cell if cell.kind == "code" else nbformat.v4.new_markdown_cell
        metadata = {} if not cell.solution else SOLUTION if cell.kind == "code" else {"tags": ["solution"]}
        made.cells.append(make(text, id=known, metadata=json.loads(json.dumps(metadata))))
    return made
