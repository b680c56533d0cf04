"""Pages that name functions, topics and lessons name only what exists."""

from __future__ import annotations

import inspect
import re
from functools import reduce
from pathlib import Path

import pytest

import csi

ROOT = Path(__file__).resolve().parents[1]
COVERAGE = (ROOT / "docs" / "coverage.md").read_text(encoding="utf-8")
ROOMS = sorted((ROOT / "docs" / "numbers").glob("*.md"))  # README.md, which explains the columns, comes first
NUMBERS = "\n".join(page.read_text(encoding="utf-8") for page in ROOMS)
PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")])
NUMBER_COLUMNS = ["measure", "where", "formula", "unit and range", "uncertainty", "missing", "weight", "reference"]
LAST_TOPIC = 134


def names_in(text: str) -> list[str]:
    return sorted(set(re.findall(r"\bcsi((?:\.[A-Za-z_]\w*)+)(?=[^\w/]|$)", text)))


def tables(text: str) -> list[tuple[list[str], list[list[str]]]]:
    """(head, rows) of every table of a page."""
    found = []
    for block in re.findall(r"(?:^\|.*\n?)+", text, re.M):
        lines = [re.split(r"(?<!\\)\|", line.strip().strip("|")) for line in block.splitlines()]
        cells = [[cell.strip() for cell in line] for line in lines]
        found.append((cells[0], cells[2:]))
    return found


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_name_of_csi_on_a_page_exists(path):
    modules = r"csi\.(?:cli|data|estimation|models|inference|measures|drivers|report|course|words)\b"
    text = re.sub(
        r"^```\w+ \S+\n.*?^```$", "", path.read_text(encoding="utf-8"), flags=re.M | re.S
    )  # files to be written
    for name in names_in(re.sub(modules + r"[\w.]*", "", text)):
        reduce(getattr, name.strip(".").split("."), csi)


def explained(name: str) -> bool:
    """Whether a docstring says by itself what a row of the page would: the formula and where it comes from."""
    text = inspect.getdoc(getattr(csi, name)) or ""
    return bool(re.search(r"^Notes\n-+$", text, re.M) and re.search(r"^(References\n-+|In R: .*)$", text, re.M))


def test_every_public_name_is_covered():
    """By a row of the page that says which topic it serves, or by a docstring that leaves nothing to say."""
    named = {name.split(".")[1] for name in names_in(COVERAGE)}
    assert [name for name in csi._PUBLIC if name not in named and not explained(name)] == []


def test_topics_are_numbered_as_in_the_sources_and_stand_once():
    (head, rows), *_ = tables(COVERAGE)
    assert head[0] == "topic"
    topics = [row[0] for row in rows]
    assert all(re.fullmatch(r"S[1-9]\d*", topic) and int(topic[1:]) <= LAST_TOPIC for topic in topics)
    assert topics == sorted(set(topics), key=lambda topic: int(topic[1:]))


def test_every_lesson_section_named_exists():
    (_, rows), *_ = tables(COVERAGE)
    for row in rows:
        for part in row[3].split(","):
            named = re.fullmatch(r"`(notebooks/src/\w+\.py)` § (.+)", part.strip())
            assert named or re.fullmatch(r"\d\d", part.strip()), f"{row[0]}: {part}"
            if named:
                lesson = (ROOT / named[1]).read_text(encoding="utf-8")
                assert re.search(rf"^# #+ {re.escape(named[2])}$", lesson, re.M), f"{row[0]}: {part}"


def test_every_measure_has_all_its_columns():
    explained, *others = tables(NUMBERS)
    measures = [table for table in others if "interval" not in table[0][0]]  # the other tables report simulations
    assert [row[0] for row in explained[1]] == NUMBER_COLUMNS
    assert measures
    for head, rows in measures:
        assert head == NUMBER_COLUMNS
        assert rows, "a table of measures without a measure"
        for row in rows:
            assert len(row) == len(head), row
            assert all(row), row
