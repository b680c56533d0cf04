"""What an .xlsx may hold before anything is unpacked for good: its true size, and where its cells stand.

A workbook of some kilobytes can name a last cell, or a size, for which a reader would take all memory there is.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass, field
from itertools import pairwise

from csi.errors import DataError
from csi.words import note

MOST_UNPACKED = 1_000_000_000
MOST_PARTS = 10_000
DENSE, DENSEST = 40_000_000, 200  # bytes of one part from which it may not be packed more than so many times
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
ROOMY = 2_000_000  # cells, empty ones counted, that any sheet may span
SPARSE = 20  # times the filled cells that a larger sheet may span
GAP_ROWS, GAP_COLUMNS = 5_000, 200  # of nothing, after which a cell is one that somebody touched by mistake
MOST_CELLS = 30_000_000
NAMED = 3
_CHUNK = 4_000_000
_ROW = re.compile(rb"<(?:\w+:)?row\b([^>]*)>")
_USUAL_CELL = re.compile(rb'<c r="([A-Z]+)(\d+)"[^>/]*>')  # as nearly all programs write it; three times as fast
_ROW_END = re.compile(rb"</(?:\w+:)?row\s*>")
# A cell that is not closed at once, so that it may hold something.
_CELL = re.compile(rb"<(?:\w+:)?c(?:\s[^>]*?)?\sr\s*=\s*[\"']\$?([A-Za-z]+)\$?(\d+)[\"'](?=[^>]*>)(?![^>]*/>)")
_ANY_CELL = re.compile(rb"<(?:\w+:)?c[\s>](?![^>]*/>)")
_WHOLE_CELL = re.compile(rb"<((?:\w+:)?)c\s([^>]*[^>/]|)>(.*?)</\1c\s*>", re.S)
_NUMBER = re.compile(rb"\sr\s*=\s*[\"'](\d+)[\"']")
_PLACE = re.compile(rb"\br\s*=\s*[\"']\$?([A-Za-z]+)\$?(\d+)[\"']")
_TYPE = re.compile(rb"\bt\s*=\s*[\"'](\w+)[\"']")
_FORMULA = re.compile(rb"<(?:\w+:)?f\b[^>]*?(?:/>|>(.*?)</(?:\w+:)?f\s*>)", re.S)
_VALUE = re.compile(rb"<(?:\w+:)?(?:v|t)\b[^>]*>[^<]")
_ODD = re.compile(rb"\st\s*=\s*[\"']e[\"']|<(?:\w+:)?f\b[^>]*?(?:/>|>[^<]*</(?:\w+:)?f\s*>)\s*"
                  rb"(?:</(?:\w+:)?c\s*>|<(?:\w+:)?v\s*/>|<(?:\w+:)?v\s*></)")  # fmt: skip


@dataclass
class _Extent:
    """Where the filled cells of one sheet stand."""

    rows: set[int] = field(default_factory=set)
    columns: set[bytes] = field(default_factory=set)
    cells: int = 0
    unplaced: int = 0  # cells that do not say where they stand
    widest: int = 0
    odd: bool = False  # error cells, or formulas without a value

    def add(self, block: bytes) -> None:
        """Take in one or more whole rows."""
        found = _USUAL_CELL.findall(block)
        usual = len(found) == block.count(b"<c ") + block.count(b"<c>") and b":row" not in block
        found = found if usual else _CELL.findall(block)
        self.cells += len(found)
        self.columns.update(letters for letters, _ in found)
        self.rows.update(map(int, {digits[:12] for _, digits in found}))
        loose = 0 if usual else len(_ANY_CELL.findall(block)) - len(found)
        if loose > 0:
            self.cells += loose
            self.unplaced += loose
            parts = _ROW_END.split(block)
            self.widest = max(self.widest, *(len(_ANY_CELL.findall(part)) for part in parts))
            self.rows.update(int(digits[:12]) for digits in _NUMBER.findall(b"".join(_ROW.findall(block))))
        suspect = b'"e"' in block or b"'e'" in block or b"<f" in block or b":f" in block
        self.odd = self.odd or (suspect and _ODD.search(block) is not None)


def checked(data: bytes, file: str) -> tuple[bytes, tuple[str, ...]]:
    """The same workbook, safe to be read whole, and the far cells that were taken out of it.

    Raises
    ------
    DataError
        `excel_bomb`, `excel_locked`, `excel_far_cell`, `excel_broken`.

    """
    left_out: list[str] = []
    rewritten: dict[str, bytes] = {}
    unpacked = 0
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = archive.infolist()
        if len(entries) > MOST_PARTS or sum(entry.file_size for entry in entries) > MOST_UNPACKED:
            raise DataError("excel_bomb", file=file, size=_size(sum(entry.file_size for entry in entries)))
        if len({entry.filename for entry in entries}) < len(entries):
            raise DataError("excel_broken", file=file, problem=note("excel_parts_twice"))
        for entry in entries:
            if entry.flag_bits & 1:
                raise DataError("excel_locked", file=file)
            extent = _Extent() if entry.filename.lower().endswith(".xml") else None
            unpacked += _walk(archive, entry, extent, MOST_UNPACKED - unpacked, file)
            if extent is not None and extent.cells:
                sheet = entry.filename.rpartition("/")[2].removesuffix(".xml")
                last_row, last_column = _limits(extent, file, sheet)
                if extent.odd or last_row or last_column:
                    content, far = _rewritten(archive.read(entry), last_row, last_column)
                    rewritten[entry.filename] = content
                    left_out += [f"{sheet}!{cell}" for cell in far[: NAMED - len(left_out)]]
        return (_packed(archive, rewritten) if rewritten else data), tuple(left_out)


def _walk(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, extent: _Extent | None, room: int, file: str) -> int:
    """Unpack one part piece by piece and measure it; its true size, which may not be the one it claims."""
    whole = copy(entry)
    whole.file_size = room + 1  # else unpacking ends at the size the file claims
    size = 0
    rest = b""
    with archive.open(whole) as stream:
        while piece := stream.read(_CHUNK):
            size += len(piece)
            if size > room or (size > DENSE and size > DENSEST * max(entry.compress_size, 1)):
                raise DataError("excel_bomb", file=file, size=_size(size))
            if extent is None:
                continue
            block = rest + piece
            ends = block.rfind(b"row>")
            if ends < 0 and len(block) < 64_000_000:
                rest = block
                continue
            ends = len(block) if ends < 0 else ends + 4
            extent.add(block[:ends])
            rest = block[ends:]
    if extent is not None:
        extent.add(rest)
    if size != entry.file_size:
        raise DataError("excel_broken", file=file, problem=note("excel_size", part=entry.filename))
    return size


def _limits(extent: _Extent, file: str, sheet: str) -> tuple[int, int]:
    """The last row and column to keep; 0 and 0 where all cells may stay."""
    rows, columns = sorted(extent.rows), sorted({column_number(letters) for letters in extent.columns})
    if extent.unplaced:
        if rows and rows[-1] > LAST_ROW:
            raise DataError("excel_far_cell", file=file, cell=f"{sheet}!{rows[-1]}")
        rows = sorted({*rows, 1, (rows[-1] if rows else 0) + 1})
        columns = sorted({*columns, 1, extent.widest + (columns[-1] if columns else 0)})
    tall, wide = rows[-1] - rows[0] + 1, columns[-1] - columns[0] + 1
    inside = rows[-1] <= LAST_ROW and columns[-1] <= LAST_COLUMN
    if inside and tall * wide <= max(ROOMY, min(SPARSE * extent.cells, MOST_CELLS)):
        return 0, 0
    kept_rows, kept_columns = _before_gap(rows, GAP_ROWS), _before_gap(columns, GAP_COLUMNS)
    room = max(ROOMY, min(SPARSE * extent.cells, MOST_CELLS))
    fits = kept_rows <= LAST_ROW and kept_columns <= LAST_COLUMN
    if extent.unplaced or not fits or (kept_rows - rows[0] + 1) * (kept_columns - columns[0] + 1) > room:
        raise DataError("excel_far_cell", file=file, cell=f"{sheet}!{column_letters(columns[-1])}{rows[-1]}")
    return kept_rows, kept_columns


def _before_gap(places: list[int], gap: int) -> int:
    for here, following in pairwise(places):
        if following - here > gap:
            return here
    return places[-1]


def _rewritten(sheet: bytes, last_row: int, last_column: int) -> tuple[bytes, list[str]]:
    """The sheet without the cells past the limits, its error cells and formulas without value as text."""
    far: list[str] = []

    def cell(found: re.Match[bytes]) -> bytes:
        prefix, attributes, content = found.groups()
        place = _PLACE.search(attributes)
        if place is not None and last_row:
            letters, digits = place.groups()
            if column_number(letters) > last_column or int(digits[:12]) > last_row:
                far.append((letters + digits).decode()[:20])
                return b""
        kind = _TYPE.search(attributes)
        valued = _VALUE.search(content)
        if kind is not None and kind.group(1) == b"e" and valued:
            return found.group().replace(kind.group(), b't="str"', 1)
        formula = _FORMULA.search(content)
        if formula is None or valued:
            return found.group()
        attributes = _TYPE.sub(b"", attributes) + b' t="str"'
        return b"<%sc %s><%sv>=%s</%sv></%sc>" % (
            prefix, attributes, prefix, (formula.group(1) or b"").strip(), prefix, prefix,
        )  # fmt: skip

    def kept(piece: bytes) -> bytes:
        """One row with what stands before it; dropped whole where its number is past the limit."""
        start = _ROW.search(piece)
        if start is not None and last_row:
            number = _NUMBER.search(start.group(1))
            if number is not None and int(number.group(1)[:12]) > last_row:
                far.extend((letters + digits).decode()[:20] for letters, digits in _CELL.findall(piece)[:NAMED])
                return piece[: start.start()]
        return _WHOLE_CELL.sub(cell, piece)

    return b"".join(kept(piece) for piece in _row_pieces(sheet)), far


def _row_pieces(sheet: bytes) -> Iterator[bytes]:
    start = 0
    for end in _ROW_END.finditer(sheet):
        yield sheet[start : end.end()]
        start = end.end()
    yield sheet[start:]


def _packed(archive: zipfile.ZipFile, rewritten: dict[str, bytes]) -> bytes:
    new = io.BytesIO()
    with zipfile.ZipFile(new, "w") as target:
        for entry in archive.infolist():
            content = rewritten.get(entry.filename)
            target.writestr(entry.filename, archive.read(entry) if content is None else content)
    return new.getvalue()


def column_number(letters: bytes) -> int:
    """1 for A, 27 for AA; a large number for more letters than a column can have."""
    if len(letters) > 6:
        return 27**7
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def column_letters(number: int) -> str:
    """A for 1, AA for 27."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _size(size: int) -> str:
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{size / 1e6:.0f} MB"
