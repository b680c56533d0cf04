"""Six hundred and sixty malformed inputs from one seed: one sentence or right values, no traceback, no wrong value.

Every case starts from a clean file and breaks it in one way. What the break must leave alone is compared with the
clean file; a case that reads must give the same answers in all cells that were not touched.
"""

from __future__ import annotations

import io
import random
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import csi
from csi.data.codebook import Codebook

FIELD = Path(__file__).parent / "fixtures" / "field"
CLEAN = (FIELD / "00_clean_five.csv").read_text(encoding="utf-8")
LINES = CLEAN.splitlines()
HEAD = LINES[0].split(",")
RATINGS = [name for name in HEAD if name.startswith(("sat_", "expect_", "value_", "complaint_", "loyal_"))]
SEED = 20261201
CASES = 110

# What can stand in a cell of ratings: the rating it says on 1-5, None for no answer.
CELLS: list[tuple[str, float | None]] = [
    ("", None), (" ", None), ("\u3000", None), (".", None), ("-", None), ("—", None), ("/", None), ("N/A", None),
    ("无", None), ("不适用", None), ("不清楚", None), ("拒答", None), ("(跳过)", None), ("prefer not to say", None),
    ("nan", None), ("NULL", None), ("#DIV/0!", None), ("#N/A", None), ("ERR", None), ("True", None), ("0", None),
    ("6", None), ("8", None), ("9", None), ("55", None), ("77", None), ("99", None), ("-9", None), ("999", None),
    ("1e400", None), ("1" * 400, None), ("inf", None), ("3.7", None), ("4,5", None), ("五", None), ("=1+1", None),
    ("<b>5</b>", None), ("good", None), ("2026-03-01", None), ("5 ", 5), (" 4", 4), ("3.0", 3), ("２", 2), ("٤", 4),
    ("+1", 1), ("4分", 4), ("5.00", 5), ("03", 3), ("1\xa0", 1), ("2", 2), ("\ufeff3", 3), ("4\u200b", 4),
]  # fmt: skip


def clean() -> csi.Survey:
    return csi.read_survey(FIELD / "00_clean_five.csv")


@pytest.fixture(scope="module")
def answers() -> pd.DataFrame:
    return clean().answers[RATINGS]


def attempt(path: Path, **options) -> csi.Survey | None:
    """A survey, or None after one sentence; everything else fails the test."""
    try:
        return csi.read_survey(path, **options)
    except csi.CsiError as problem:
        sentence = str(problem)
        assert sentence
        assert "Traceback" not in sentence
        assert len(sentence) < 1500
        return None


def cases(kind: str):
    return [pytest.param(random.Random(f"{SEED} {kind} {i}"), id=f"{kind}{i}") for i in range(CASES)]


@pytest.mark.parametrize("draw", cases("cells"))
def test_odd_cells_touch_nothing_else(draw, answers, tmp_path):
    rows = [line.split(",") for line in LINES[1:]]
    wanted = answers.copy()
    touched = set()
    for _ in range(draw.choice((1, 1, 1, 2, 3))):
        cell, value = draw.choice(CELLS)
        row, name = draw.randrange(len(rows)), draw.choice(RATINGS)
        if name in touched:
            continue
        touched.add(name)
        rows[row][HEAD.index(name)] = f'"{cell}"'
        wanted.loc[row, name] = np.nan if value is None else value
    file = tmp_path / "a.csv"
    file.write_text("\n".join([LINES[0], *(",".join(row) for row in rows)]) + "\n", encoding="utf-8")
    survey = csi.read_survey(file)
    pd.testing.assert_frame_equal(survey.answers[RATINGS], wanted)
    assert {str(survey.codebook.items[name].scale) for name in RATINGS} == {"1-5"}


@pytest.mark.parametrize("draw", cases("bytes"))
def test_damaged_bytes(draw, tmp_path):
    data = bytearray(CLEAN.encode(draw.choice(("utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-be", "utf-32"))))
    for _ in range(draw.randint(1, 8)):
        at = draw.randrange(len(data))
        what = draw.choice(("flip", "cut", "insert", "drop", "nul", "repeat"))
        if what == "flip":
            data[at] ^= 1 << draw.randrange(8)
        elif what == "cut":
            del data[at:]
        elif what == "insert":
            data[at:at] = bytes(draw.randrange(256) for _ in range(draw.randint(1, 6)))
        elif what == "drop":
            del data[at : at + draw.randint(1, 20)]
        elif what == "nul":
            data[at:at] = b"\0" * draw.randint(1, 4)
        else:
            data[at:at] = data[:at][-40:]
        if not data:
            data = bytearray(b"x")
    file = tmp_path / draw.choice(("a.csv", "a.txt", "a.xlsx", "a"))
    file.write_bytes(bytes(data))
    attempt(file)


@pytest.mark.parametrize("draw", cases("shape"))
def test_odd_shapes(draw, answers, tmp_path):
    lines, delimiter = list(LINES), draw.choice((",", ";", "\t", "|"))
    lines = [line.replace(",", delimiter) for line in lines]
    kinds = draw.sample(
        ("title", "blank", "trailing", "repeat", "mean", "note", "sep", "quotes", "crlf", "long", "short", "heading"),
        draw.randint(1, 3),
    )
    kept, exact = list(range(len(LINES) - 1)), True
    if "repeat" in kinds:
        lines.insert(draw.randrange(5, len(lines) - 5), lines[0])
    if "mean" in kinds:
        width = len(HEAD) - 1
        lines.append(delimiter.join([draw.choice(("平均", "Mean", "Total", "合计")), *["3.1"] * width]))
    if "note" in kinds:
        lines.append(delimiter.join(["Source: branch survey 2026", *[""] * (len(HEAD) - 1)]))
    if "blank" in kinds:
        lines.insert(draw.randrange(2, len(lines)), "")
    if "trailing" in kinds:
        lines = [line + delimiter for line in lines]
    if "quotes" in kinds:
        lines = [delimiter.join(f'"{cell}"' for cell in line.split(delimiter)) if line else line for line in lines]
    if "long" in kinds:
        lines[draw.randrange(1, len(lines))] += f"{delimiter}9{delimiter}9"
        exact = False
    if "short" in kinds:
        at = draw.randrange(1, len(lines))
        lines[at] = delimiter.join(lines[at].split(delimiter)[:3])
        exact = False
    if "heading" in kinds:
        lines[0] = draw.choice(("", delimiter * 5, lines[1], lines[0].upper(), "a" * 5000))
        exact = False
    if "title" in kinds:
        lines.insert(0, "Satisfaction survey of 2026")
    if "sep" in kinds and "title" not in kinds:
        lines.insert(0, f"sep={delimiter}")
    file = tmp_path / "a.csv"
    text = ("\r\n" if "crlf" in kinds else "\n").join(lines) + "\n"
    file.write_text(text, encoding="utf-8", newline="")
    survey = attempt(file)
    if exact:
        assert survey is not None, kinds
        pd.testing.assert_frame_equal(survey.answers[RATINGS], answers.iloc[kept])


@pytest.mark.parametrize("draw", cases("book"))
def test_odd_codebooks(draw):
    text = (FIELD / "codebook_five.yaml").read_text(encoding="utf-8")
    for _ in range(draw.randint(1, 3)):
        at = draw.randrange(len(text))
        piece = draw.choice((
            "!!float abc", "!!int x", "!!binary ?", "!!timestamp q", "&x [*x]", "{a: *b}", "? [1, 2]", "1" * 400, "\0",
            "\t", "- ", ": :", "{", "]", "!!set {a}", "'", '"', "%YAML", "---\n", "~", "0x1F", "1e999", "<<: 5",
            "\u2028", "é", "[" * 200, "&a b: *a", "99: 99", "yes", "2026-01-01",
        ))  # fmt: skip
        text = text[:at] + piece + text[at + draw.choice((0, 0, 1, 3)) :]
    try:
        assert isinstance(Codebook.from_yaml(text), Codebook)
    except csi.CsiError as problem:
        said = str(problem)
        assert said


@pytest.mark.parametrize("draw", cases("workbook"))
def test_damaged_workbooks(draw, tmp_path):
    data = bytearray((FIELD / draw.choice(("17_mean_row.xlsx", "19_cover_sheet.xlsx"))).read_bytes())
    what = draw.choice(("flip", "cut", "member", "cell", "drop"))
    if what in ("flip", "drop"):
        for _ in range(draw.randint(1, 12)):
            at = draw.randrange(len(data))
            data[at] = draw.randrange(256)
    elif what == "cut":
        del data[draw.randrange(1, len(data)) :]
    else:
        old = zipfile.ZipFile(io.BytesIO(bytes(data)))
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
            names = old.namelist()
            victim = draw.choice(names)
            for name in names:
                content = old.read(name)
                if what == "member" and name == victim:
                    content = draw.choice((b"", b"<x", content[: len(content) // 2], b"\xff" * 99))
                if what == "cell" and "sheet" in name and name.endswith(".xml"):
                    ref = draw.choice((b"XFD1048576", b"A4294967295", b"ZZZZ3", b"A0", b"3A", b""))
                    content = content.replace(b"</row>", b'<c r="' + ref + b'"><v>1</v></c></row>', 1)
                new.writestr(name, content)
        data = bytearray(stream.getvalue())
    file = tmp_path / "a.xlsx"
    file.write_bytes(bytes(data))
    attempt(file)


@pytest.mark.parametrize("draw", cases("options"))
def test_odd_options(draw, tmp_path):
    odd = [None, [], {}, "x", 5, -1, (1, 5), (5, 1), (1, 1), ("a", "b"), [0, 99], {"sat_*": (1, 5)},
           {"nothing": (1, 5)}, {"sat_overall": [0]}, {"": 9}, float("nan"), (float("nan"), 5),
           (1, 5, 9), object(), True, b"x", {1: 2}]  # fmt: skip
    options = {name: draw.choice(odd) for name in draw.sample(("missing", "scale", "strict"), draw.randint(1, 3))}
    options |= {
        name: draw.choice([None, "", "x", ",", ";", "\0", "a" * 5000, 7])
        for name in draw.sample(("encoding", "delimiter", "decimal", "sheet", "source"), draw.randint(0, 2))
    }
    attempt(FIELD / "00_clean_five.csv", **options)
