"""Whether an .xls can be read to its end: chains of sectors that end, cells that lie inside a sheet.

An .xls is a small file system (OLE). A reader that follows a chain of sectors that leads back into itself never ends,
and one that believes a sheet of 4 billion rows takes all memory there is.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from csi.errors import DataError
from csi.words import note

_LAST_SECTOR, _END = 0xFFFFFFFA, 0xFFFFFFFE
_ROWS, _COLUMNS = 65_536, 256
_DIMENSIONS, _PASSWORD = 0x0200, 0x002F
_CELLS = {0x0006, 0x00BD, 0x00BE, 0x00D6, 0x00FD, 0x0201, 0x0203, 0x0204, 0x0205, 0x027E}


class _LoopError(ValueError):
    """A chain of sectors that comes back to itself or leads out of the file."""


@dataclass(frozen=True)
class _Ole:
    data: bytes
    sector: int  # bytes of a sector
    fat: tuple[int, ...]

    def place(self, number: int) -> int:
        return (number + 1) * self.sector

    def chain(self, start: int, table: tuple[int, ...] | None = None) -> list[int]:
        """The sectors from `start` to the end of their chain."""
        table = self.fat if table is None else table
        numbers, seen = [], set()
        while start < _LAST_SECTOR:
            if start in seen or start >= len(table):
                raise _LoopError
            seen.add(start)
            numbers.append(start)
            start = table[start]
        return numbers

    def stream(self, start: int) -> bytes:
        return b"".join(self.data[self.place(n) : self.place(n) + self.sector] for n in self.chain(start))


def check(data: bytes, file: str) -> None:
    """Stop at an .xls that cannot be read to its end.

    Raises
    ------
    DataError
        `excel_broken` (also for chains that loop), `excel_locked`, `excel_far_cell`.

    """
    try:
        streams = _streams(data)
    except (_LoopError, struct.error, IndexError):
        raise DataError("excel_broken", file=file, problem=note("excel_sectors")) from None
    if "encryptedpackage" in streams:
        raise DataError("excel_locked", file=file)
    book = streams.get("workbook") or streams.get("book")
    if book is None:
        raise DataError("excel_broken", file=file, problem=note("excel_no_book"))
    _check_records(book, file)


def _streams(data: bytes) -> dict[str, bytes]:
    """Name -> content of every stream, all chains proved to end."""
    shift, small_shift = struct.unpack_from("<HH", data, 30)
    if shift not in (9, 12) or small_shift != 6:
        raise _LoopError
    sector = 1 << shift
    count_fat, directory, _, cutoff, small_fat, _, more, _ = struct.unpack_from("<II4sIIIII", data, 44)
    most = len(data) // sector + 1
    tables = [number for number in struct.unpack_from("<109I", data, 76) if number < _LAST_SECTOR]
    seen: set[int] = set()
    while more < _LAST_SECTOR:
        if more in seen or more >= most:
            raise _LoopError
        seen.add(more)
        numbers = struct.unpack_from(f"<{sector // 4}I", data, (more + 1) * sector)
        tables += [number for number in numbers[:-1] if number < _LAST_SECTOR]
        more = numbers[-1]
    if len(tables) > most or len(set(tables)) < len(tables) or max(tables, default=0) >= most or count_fat > most:
        raise _LoopError
    fat = b"".join(data[(number + 1) * sector : (number + 2) * sector] for number in tables)
    ole = _Ole(data, sector, struct.unpack(f"<{len(fat) // 4}I", fat[: len(fat) // 4 * 4]))
    entries = ole.stream(directory)
    small = ole.stream(small_fat)
    small_table = struct.unpack(f"<{len(small) // 4}I", small[: len(small) // 4 * 4])
    found: dict[str, bytes] = {}
    container = b""
    for start in range(0, len(entries) - 127, 128):
        letters, kind = struct.unpack_from("<HB", entries, start + 64)
        first, size = struct.unpack_from("<II", entries, start + 116)
        name = entries[start : start + min(letters, 64)].decode("utf-16-le", "replace").rstrip("\0").lower()
        if kind == 5:
            container = ole.stream(first)
        elif kind == 2 and size >= cutoff:
            found[name] = ole.stream(first)[:size]
        elif kind == 2:
            numbers = ole.chain(first, small_table) if size else []
            found[name] = b"".join(container[number << 6 : (number + 1) << 6] for number in numbers)[:size]
    return found


def _check_records(book: bytes, file: str) -> None:
    """Every record of the book: no cell outside what an .xls can hold."""
    place, end = 0, len(book)
    unpack = struct.Struct("<HH").unpack_from
    while place + 4 <= end:
        kind, size = unpack(book, place)
        place += 4
        if kind in _CELLS and size >= 4:
            row, column = unpack(book, place)
            if column >= _COLUMNS:
                raise DataError("excel_far_cell", file=file, cell=f"R{row + 1}C{column + 1}")
        elif kind == _DIMENSIONS and size >= 10:
            wide = size >= 14
            last_row, column, last_column = struct.unpack_from("<4xI2H" if wide else "<2x3H", book, place)
            if last_row > _ROWS or last_column > _COLUMNS or column > last_column:
                raise DataError("excel_far_cell", file=file, cell=f"R{last_row}C{last_column}")
        elif kind == _PASSWORD:
            raise DataError("excel_locked", file=file)
        place += size
