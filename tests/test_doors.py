"""Files that are not what they claim: one sentence, in bounded time and memory; and the right cells where possible."""

from __future__ import annotations

import io
import os
import random
import socket
import struct
import subprocess
import sys
import zipfile
from contextlib import suppress

import pytest

import csi
from csi.data.readers.detect import file_bytes, file_kind
from csi.data.readers.workbook import open_workbook
from csi.errors import CsiError, DataError
from csi.language import use_language

HEAD = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
TAIL = "</sheetData></worksheet>"
ROW = '<row r="1"><c r="A1"><v>7</v></c><c r="B1"><v>9</v></c></row>'


def xlsx(cells: str, more: dict[str, bytes] | None = None) -> bytes:
    """A workbook whose one sheet holds these rows, written as XML."""
    from openpyxl import Workbook

    plain, made = io.BytesIO(), io.BytesIO()
    Workbook().save(plain)
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            sheet = entry.filename == "xl/worksheets/sheet1.xml"
            new.writestr(entry.filename, f"{HEAD}{cells}{TAIL}" if sheet else old.read(entry))
        for name, content in (more or {}).items():
            new.writestr(name, content)
    return made.getvalue()


def record(kind: int, content: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


def xls(cells: list[tuple[int, int, float]], *, rows: int = 100, directory: int = 1, chain: int | None = None) -> bytes:
    """An .xls of one sheet: a file system of three kinds of sectors around the records of the workbook."""
    begin = struct.pack("<HHHHII", 0x0600, 0x0005, 0x0DBB, 0x07CC, 0, 6)
    start = len(record(0x0809, begin)) + len(record(0x0085, struct.pack("<IBBBB", 0, 0, 0, 1, 0) + b"S")) + 4
    book = record(0x0809, begin) + record(0x0085, struct.pack("<IBBBB", start, 0, 0, 1, 0) + b"S") + record(0x000A)
    book += record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0x0DBB, 0x07CC, 0, 6))
    book += record(0x0200, struct.pack("<IIHHH", 0, rows, 0, 10, 0))
    for row, column, value in cells:
        book += record(0x0203, struct.pack("<HHHd", row, column, 0, value))
    book = (book + record(0x000A)).ljust(4096, b"\0")
    sectors = -(-len(book) // 512)
    fat = [0xFFFFFFFD, 0xFFFFFFFE, *range(3, 2 + sectors), 0xFFFFFFFE]
    if chain is not None:
        fat[-1] = chain
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIII", 0, 1, directory, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    header += struct.pack("<109I", 0, *[0xFFFFFFFF] * 108)

    def entry(name: str, kind: int, first: int, size: int, child: int = 0xFFFFFFFF) -> bytes:
        text = name.encode("utf-16-le") + b"\0\0"
        lost = 0xFFFFFFFF
        head = text.ljust(64, b"\0") + struct.pack("<HBBIII", len(text), kind, 1, lost, lost, child)
        return head + bytes(36) + struct.pack("<IQ", first, size)

    entries = entry("Root Entry", 5, 0xFFFFFFFE, 0, 1) + entry("Workbook", 2, 2, len(book)) + bytes(256)
    return header + struct.pack("<128I", *fat, *[0xFFFFFFFF] * (128 - len(fat))) + entries + book.ljust(sectors * 512)


def read_all(data: bytes) -> list[list[list[object]]]:
    book = open_workbook(data, "shop.xlsx")
    return [book.rows(name) for name in book.names]


def refused(data: bytes) -> DataError:
    with pytest.raises(DataError) as caught:
        read_all(data)
    for language in ("en", "zh"):
        with use_language(language):
            assert "shop.xlsx" in str(caught.value)
    return caught.value


def sheet(data: bytes) -> list[list[object]]:
    book = open_workbook(data, "shop.xlsx")
    return book.rows(book.names[0])


def test_cells_of_both_formats_without_empty_edges():
    cells = '<row r="3"><c r="B3"><v>1</v></c><c r="C3" t="inlineStr"><is><t>x</t></is></c></row>'
    assert sheet(xlsx(cells + '<row r="5"><c r="C5"><v>2.5</v></c><c r="E5" s="0"/></row>')) == [
        [1.0, "x"], ["", ""], ["", 2.5],
    ]  # fmt: skip
    assert sheet(xls([(2, 1, 7.0), (3, 2, 8.5)])) == [[7.0, ""], ["", 8.5]]


def test_a_sheet_that_is_not_there_is_answered_with_those_that_are():
    with pytest.raises(DataError, match="Sheet") as caught:
        open_workbook(xlsx(ROW), "shop.xlsx").rows("answers")
    assert caught.value.code == "sheet_unknown"


@pytest.mark.parametrize(
    "far",
    [
        '<row r="1048576"><c r="XFD1048576"><v>2</v></c></row>',
        '<row r="4294967295"><c r="A4294967295"><v>2</v></c></row>',
        '<row r="2"><c r="A2"><v>1</v></c><c r="B2"><v>2</v></c><c r="ZZZZ2"><v>3</v></c></row>',
        "<row r='900000'><c r='AAA900000'><v>3</v></c></row>",
        '<x:row r="1048576"><x:c r="XFD1048576"><x:v>2</x:v></x:c></x:row>',
        '<row r="99999999999999999999"><c r="A99999999999999999999"><v>2</v></c></row>',
    ],
)
def test_a_far_cell_is_left_out_and_named(far):
    book = open_workbook(xlsx(ROW + far), "shop.xlsx")
    rows = book.rows(book.names[0])
    assert rows[0] == [7.0, 9.0]
    assert rows[1:] in ([], [[1.0, 2.0]])
    assert len(book.left_out) == 1
    assert book.left_out[0].partition("!")[2].rstrip("0123456789") in far


def test_far_cells_that_are_empty_or_numbers_of_rows_alone_cost_nothing():
    book = open_workbook(xlsx(ROW + '<row r="1048576"><c r="XFD1048576" s="0"/></row>'), "shop.xlsx")
    assert (book.rows(book.names[0]), book.left_out) == ([[7.0, 9.0]], ())


def test_a_row_that_cannot_be_and_holds_cells_without_a_place_is_refused():
    assert refused(xlsx(ROW + '<row r="4294967295"><c><v>2</v></c></row>')).code == "excel_far_cell"


def test_a_sparse_sheet_keeps_what_lies_together():
    cells = "".join(f'<row r="{i}"><c r="A{i}"><v>{i}</v></c><c r="IV{i}"><v>1</v></c></row>' for i in range(1, 4001))
    rows = sheet(xlsx(cells))
    assert (len(rows), len(rows[0]), rows[3999][0], rows[0][255]) == (4000, 256, 4000.0, 1.0)


def test_error_cells_and_formulas_without_a_value_are_told_from_blanks():
    cells = (
        '<row r="1"><c r="A1" t="e"><v>#DIV/0!</v></c><c r="B1"><f>A1+1</f></c><c r="C1"><f>A1&lt;1</f><v></v></c>'
        '<c r="D1"><f t="shared" si="0"/><v>3</v></c><c r="E1"><f t="shared" si="0"/></c><c r="F1" t="s"/>'
        "<c r='G1' t='e'><f>1/0</f><v>#N/A</v></c><c r=\"H1\"><f>2+3</f><v>5</v></c></row>"
    )
    assert sheet(xlsx(cells)) == [["#DIV/0!", "=A1+1", "=A1<1", 3.0, "=", "", "#N/A", 5.0]]


def test_a_bomb_is_refused_by_what_it_claims_and_by_what_it_is():
    zeros = bytes(80_000_000)
    bomb = xlsx(ROW, {"xl/media/image1.png": zeros})
    assert refused(bomb).code == "excel_bomb"
    true, false = struct.pack("<I", len(zeros)), struct.pack("<I", 100)
    assert bomb.count(true) >= 1
    assert refused(bomb.replace(true, false)).code == "excel_bomb"
    assert refused(bomb.replace(true, struct.pack("<I", 2_000_000_000))).code == "excel_bomb"


def test_a_size_that_is_not_true_is_refused():
    made = xlsx(ROW, {"xl/media/image1.png": b"\x01" * 54_321})
    assert refused(made.replace(struct.pack("<I", 54_321), struct.pack("<I", 54_000))).code == "excel_broken"


def test_a_password_is_named():
    made = bytearray(xlsx(ROW))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = made.find(mark)
        while at >= 0:
            made[at + place] |= 1
            at = made.find(mark, at + 4)
    assert refused(bytes(made)).code == "excel_locked"
    locked = bytearray(xls([(0, 0, 1.0)]))
    at = locked.find(record(0x0200, b"")[:2] + struct.pack("<H", 14))
    locked[at : at + 2] = struct.pack("<H", 0x002F)
    assert refused(bytes(locked)).code == "excel_locked"


@pytest.mark.parametrize("make", [lambda: xlsx(ROW * 50), lambda: xls([(i, 1, 2.0) for i in range(30)])])
def test_damaged_and_cut_workbooks_end_in_cells_or_one_sentence(make):
    whole = make()
    rng = random.Random(9)
    for trial in range(150):
        data = bytearray(whole)
        for _ in range(rng.choice((1, 4, 30))):
            data[rng.randrange(8, len(data))] = rng.randrange(256)
        data = data[: rng.randrange(40, len(data))] if trial % 3 == 0 else data
        with suppress(CsiError):  # anything else fails the test
            read_all(bytes(data))


@pytest.mark.parametrize("chain", [2, 5, 9, 100_000])
def test_sectors_that_lead_back_or_away_are_refused(chain):
    assert refused(xls([(0, 0, 1.0)], chain=chain)).code == "excel_broken"


def test_other_loops_of_sectors_are_refused():
    looping = bytearray(xls([(0, 0, 1.0)]))
    looping[512 + 4 : 512 + 8] = struct.pack("<I", 1)  # the directory leads to itself
    assert refused(bytes(looping)).code == "excel_broken"
    more = bytearray(xls([(0, 0, 1.0)]))
    more[68:72] = struct.pack("<I", 3)  # the list of tables goes on in a sector that is none
    assert refused(bytes(more)).code == "excel_broken"
    assert refused(xls([(0, 0, 1.0)], directory=77_777)).code == "excel_broken"


def test_cells_outside_an_xls_are_refused():
    assert refused(xls([(0, 0, 1.0), (65_535, 65_535, 2.0)])).code == "excel_far_cell"
    assert refused(xls([(0, 0, 1.0)], rows=4_294_967_295)).code == "excel_far_cell"


def test_what_is_no_file_is_said_at_once(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as door:
        try:
            door.bind(str(tmp_path / "socket"))
        except OSError:
            pytest.skip("the folder's name is too long for a socket")
        (tmp_path / "ring").symlink_to(tmp_path / "ring")
        for name, code in (
            (tmp_path / "pipe", "file_not_ordinary"), (tmp_path / "socket", "file_not_ordinary"),
            ("/dev/zero", "file_not_ordinary"), (tmp_path, "file_is_folder"), ("", "file_bad_name"),
            ("a\0b.csv", "file_bad_name"), ("a" * 5000, "file_unreadable"), ("/a" * 2500, "file_unreadable"),
            (tmp_path / "ring", "file_unreadable"), (tmp_path / "none.csv", "file_not_found"),
            (tmp_path / "no" / "x.csv", "folder_not_found"), (5, "file_no_name"), (None, "file_no_name"),
        ):  # fmt: skip
            with pytest.raises(DataError) as caught:
                file_bytes(name)
            assert caught.value.code == code, name
            for language in ("en", "zh"):
                with use_language(language):
                    assert len(str(caught.value)) < 600


def test_names_in_other_bytes_are_read_and_shown(tmp_path):
    name = os.fsencode(tmp_path) + "/满意.csv".encode("gb18030")
    try:
        with open(name, "wb") as file:
            file.write(b"a\n1\n")
    except OSError:
        pytest.skip("this file system takes names in utf-8 alone")
    assert file_bytes(os.fsdecode(name)) == b"a\n1\n"
    with pytest.raises(DataError) as caught:
        file_bytes(tmp_path / "none.csv")
    assert "满意.csv" in str(caught.value)
    with pytest.raises(DataError) as caught:
        file_bytes(os.fsdecode(name + b".old"))
    assert "满意.csv.old" in str(caught.value)
    str(caught.value).encode("utf-8")


def test_chinese_names_under_an_ascii_locale(tmp_path):
    (tmp_path / "满意.csv").write_text("a\n1\n", encoding="utf-8")
    code = (
        "import sys\nfrom csi.data.readers.detect import file_bytes\nfrom csi.errors import DataError\n"
        "print(file_bytes(sys.argv[1]))\n"
        "try:\n    file_bytes('\\u6ee1')\nexcept DataError as problem:\n    print(problem.code, ascii(str(problem)))\n"
    )
    ascii_only = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "满意.csv")],
        capture_output=True, text=True, env={**os.environ, **ascii_only}, timeout=60, check=False,
    )  # fmt: skip
    assert done.stderr == ""
    assert done.stdout.splitlines()[0] == r"b'a\n1\n'"
    assert done.stdout.splitlines()[1].startswith("file_bad_name")


def test_kinds_of_files_that_begin_like_others():
    assert file_kind(xls([(0, 0, 1.0)])) == "xls"
    assert file_kind(xlsx(ROW)) == "xlsx"
    assert file_kind(xlsx(ROW)[:500]) == "broken_zip"


@pytest.mark.parametrize("given", [None, 5, ["a.csv"], {"a": [1]}])
@pytest.mark.parametrize("door", ["read_survey", "read_csv", "read_excel", "read_spss"])
def test_what_is_no_name_of_a_file(door, given):
    with pytest.raises(csi.DataError, match="from_frame"):
        getattr(csi, door)(given)


def test_groups_by_what_is_no_column():
    with pytest.raises(csi.DataError, match="5"):
        csi.load_sample("tiny").split(5)
