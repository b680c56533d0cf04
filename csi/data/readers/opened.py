"""The raw cells of a file of any kind that is read: by its first bytes, never by its name."""

from __future__ import annotations

import io
import zipfile
from os import PathLike
from pathlib import Path

from csi.data.raw import Export, RawTable
from csi.data.readers.csv import text_table
from csi.data.readers.detect import file_bytes, file_kind, refuse_other
from csi.data.readers.workbook import workbook_table
from csi.errors import DataError

_MOST = 1_500_000_000  # bytes that a packed file may unpack to


def table_of_file(
    path: str | PathLike[str],
    sheet: str | int | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    kinds: tuple[str, ...] = (),
    source: str | None = None,
) -> tuple[RawTable | Export, str]:
    """The raw cells of a file of any kind that is read, and its kind.

    Raises
    ------
    DataError
        `file_is_other` and those of the kinds.

    """
    path = Path(path)
    data = file_bytes(path)
    kind, file = file_kind(data), path.name
    if kind == "zip" and not kinds:
        data, file = _only_file(data, file)
        kind = file_kind(data)
    if source in ("spss", "stata", "parquet") or kind in ("sav", "dta", "parquet", "por"):
        return _statistics(
            path, {"spss": "sav", "stata": "dta"}.get(source or "", source or kind), encoding, kinds
        ), kind
    refuse_other(file, kind, kinds or ("text", "xlsx", "xls"))
    if kind == "text":
        return text_table(data, file, encoding, delimiter), kind
    return workbook_table(data, file, sheet), kind


def _statistics(path: Path, kind: str, encoding: str | None, kinds: tuple[str, ...]) -> Export:
    refuse_other(path.name, kind, kinds or ("sav", "dta", "parquet", "por"))
    from csi.data.readers import statistics

    if kind == "parquet":
        return statistics.export_parquet(path)
    return statistics.export_stata(path) if kind == "dta" else statistics.export_spss(path, encoding)


def _only_file(data: bytes, file: str) -> tuple[bytes, str]:
    """The one table of a packed download.

    Raises
    ------
    DataError
        `archive_many` with the names, `file_is_other`.

    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            inside = [one for one in archive.infolist() if not one.is_dir() and "__MACOSX" not in one.filename]
            tables = [one for one in inside if one.filename.lower().endswith((".csv", ".tsv", ".txt", ".xlsx", ".xls"))]
            if len(tables) != 1:
                raise DataError("archive_many", file=file, choices=[one.filename for one in tables[:10]] or ["-"])
            if tables[0].file_size > _MOST:
                raise DataError("archive_large", file=file, name=tables[0].filename)
            with archive.open(tables[0]) as member:
                content = member.read(_MOST)
    except (zipfile.BadZipFile, RuntimeError, OSError, EOFError, NotImplementedError) as problem:
        raise DataError("excel_broken", file=file, problem=str(problem)) from None
    if not content.strip():
        raise DataError("file_empty", file=f"{file}/{tables[0].filename}")
    return content, Path(tables[0].filename).name
