"""What a file really is, whatever its name says: its kind, its delimiter."""

from __future__ import annotations

import codecs
import csv
import io
import re
import zipfile
from os import PathLike
from pathlib import Path

from csi.errors import DataError
from csi.language import note

_MAGIC = (
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
    (b"$FL2", "sav"),
    (b"$FL3", "sav"),
    (b"<stata_dta>", "dta"),
    (b"%PDF", "pdf"),
    (b"\x1f\x8b", "archive"),
    (b"Rar!", "archive"),
    (b"7z\xbc\xaf\x27\x1c", "archive"),
    (b"PAR1", "parquet"),
    (b"\x89PNG", "image"),
    (b"\xff\xd8\xff", "image"),
)
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_HTML = re.compile(rb"^\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|meta|table|body|style)\b", re.I | re.S)
_EXCEL_XML = re.compile(rb"^\s*<\?xml.{0,400}(?:mso-application|office:spreadsheet)", re.S)
_HELP = {
    "xlsx": "excel",
    "xls": "excel",
    "text": "csv",
    "html": "resave",
    "excel_xml": "resave",
    "xlsb": "resave",
    "ods": "resave",
    "zip": "unpack",
    "archive": "unpack",
    "sav": "export",
    "dta": "export",
    "parquet": "frame",
}
DELIMITERS = (",", ";", "\t", "|")


def file_bytes(path: str | PathLike[str]) -> bytes:
    """The content of a file.

    Raises
    ------
    DataError
        `file_not_found` with the files that are there, `file_is_folder`, `file_unreadable`, `file_empty`.

    """
    path = Path(path)
    if path.is_dir():
        raise DataError("file_is_folder", file=str(path), choices=_neighbours(path, ""))
    if not path.parent.is_dir():
        raise DataError("folder_not_found", file=str(path), folder=str(path.parent))
    if not path.exists():
        raise DataError("file_not_found", file=str(path), choices=_neighbours(path.parent, path.suffix))
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DataError("file_unreadable", file=str(path), problem=error.strerror or str(error)) from None
    if not data.strip(b"\x00 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise DataError("file_empty", file=str(path))
    return data


def _neighbours(folder: Path, suffix: str) -> list[str]:
    names = sorted(path.name for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))
    same = [name for name in names if name.lower().endswith(suffix.lower())] if suffix else names
    return (same or names)[:10] or ["-"]


def file_kind(data: bytes) -> str:
    """The kind of a file by its first bytes: text, xlsx, xls, zip, html, sav, ... or binary."""
    kind = next((kind for magic, kind in _MAGIC if data.startswith(magic)), None)
    if kind == "zip":
        return _zip_kind(data)
    if kind == "ole":
        return _ole_kind(data)
    if kind is not None:
        return kind
    head = data[:4096].removeprefix(codecs.BOM_UTF8)
    if any(data.startswith(bom) for bom, name in _BOMS if name != "utf-8-sig"):
        return "text"
    if _EXCEL_XML.search(head):
        return "excel_xml"
    if _HTML.search(head):
        return "html"
    if data[0] in (0x71, 0x72, 0x73) and data[1:3] in (b"\x01\x01", b"\x02\x01"):  # Stata 10 to 12
        return "dta"
    return "binary" if b"\x00" in data[:65536] else "text"


def _zip_kind(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
    except zipfile.BadZipFile:
        return "broken_zip"
    if "xl/workbook.bin" in names:
        return "xlsb"
    if any(name.startswith("xl/") for name in names):
        return "xlsx"
    if any(name.startswith("word/") for name in names):
        return "docx"
    return "ods" if {"mimetype", "content.xml"} <= names else "zip"


def _ole_kind(data: bytes) -> str:
    streams = (("EncryptedPackage", "locked"), ("WordDocument", "docx"), ("Workbook", "xls"), ("Book", "xls"))
    return next((kind for stream, kind in streams if stream.encode("utf-16-le") in data), "binary")


def refuse_other(file: str, kind: str, wanted: tuple[str, ...]) -> None:
    """Stop when a file is not of the kinds a reader reads.

    Raises
    ------
    DataError
        `file_is_other`: what it really is and which reader or step helps.

    """
    if kind not in wanted:
        help_with = note(f"help_{_HELP.get(kind, 'other')}")
        raise DataError("file_is_other", file=file, found=note(f"file_{kind}"), help=help_with)


def detect_delimiter(text: str) -> str:
    """The delimiter that splits the first lines into the same number of fields, the most of them; a comma if none."""
    sample = text[:65_536]
    if len(text) > len(sample) and "\n" in sample:
        sample = sample[: sample.rindex("\n")]

    def quality(delimiter: str) -> tuple[float, int]:
        rows = []
        try:
            for row in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter):
                if row:
                    rows.append(row[:-1] if rows and len(row) == len(rows[0]) + 1 and not row[-1].strip() else row)
                if len(rows) == 50:
                    break
        except csv.Error:
            return 0.0, 0
        lengths = [len(row) for row in rows]
        usual = max(set(lengths), key=lengths.count) if lengths else 0
        return (lengths.count(usual) / len(lengths), usual) if usual >= 2 else (0.0, 0)

    best = max(DELIMITERS, key=quality)
    if quality(best)[0] >= 0.5:
        return best
    return next((delimiter for delimiter in DELIMITERS if delimiter not in sample), ",")
