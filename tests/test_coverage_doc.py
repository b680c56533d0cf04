"""Pages that name functions, topics and lessons name only what exists."""

from __future__ import annotations

import re
from functools import reduce
from pathlib import Path

import pytest

import csi

ROOT = Path(__file__).resolve().parents[1]
COVERAGE = (ROOT / "docs" / "coverage.md").read_text(encoding="utf-8")
NUMBERS = (ROOT / "docs" / "numbers.md").read_text(encoding="utf-8")
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
    modules = r"csi\.(?:cli|data|models|inference|report|course)\b"
    for name in names_in(re.sub(modules + r"[\w.]*", "", path.read_text(encoding="utf-8"))):
        reduce(getattr, name.strip(".").split("."), csi)


def test_every_public_name_is_covered():
    named = {name.split(".")[1] for name in names_in(COVERAGE)}
    assert sorted(set(csi._PUBLIC) - named) == []


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
