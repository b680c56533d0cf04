"""What a file really is, whatever its name says: its kind, its delimiter."""

from __future__ import annotations

import codecs
import csv
import io
import os
import re
import stat
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
BOMS = (
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
        `file_no_name`, `file_bad_name`, `file_not_found` with the files that are there, `folder_not_found`,
        `file_is_folder`, `file_not_ordinary` (a pipe or a device, which might never end), `file_unreadable`,
        `file_empty`.

    """
    file = readable_name(path)
    path = Path(path)
    try:
        mode = _mode(path)
        if stat.S_ISDIR(mode):
            raise DataError("file_is_folder", file=file, choices=_neighbours(path, ""))
        if not mode and not path.parent.is_dir():
            raise DataError("folder_not_found", file=file, folder=readable_name(path.parent))
        if not mode:
            raise DataError("file_not_found", file=file, choices=_neighbours(path.parent, path.suffix))
        if not stat.S_ISREG(mode):
            raise DataError("file_not_ordinary", file=file)
        data = path.read_bytes()
    except OSError as error:
        raise DataError("file_unreadable", file=file, problem=error.strerror or str(error)) from None
    if not data.strip(b"\x00 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise DataError("file_empty", file=file)
    return data


def readable_name(path: str | PathLike[str]) -> str:
    """The name of a file as any terminal can show it.

    Raises
    ------
    DataError
        `file_no_name` for anything but a name; `file_bad_name` for an empty name, one with a NUL, one this computer's
        encoding cannot write.

    """
    if not isinstance(path, str | PathLike):
        raise DataError("file_no_name", found=type(path).__name__)
    name = os.fspath(path)
    try:
        raw = os.fsencode(name)
    except UnicodeEncodeError:
        raise DataError("file_bad_name", file=ascii(name)) from None
    if not name or b"\0" in raw:
        raise DataError("file_bad_name", file=ascii(name))
    if not name.isprintable():  # bytes of another encoding came as lone surrogates
        for encoding in ("utf-8", "gb18030"):
            try:
                name = raw.decode(encoding)
                break
            except UnicodeDecodeError:
                name = raw.decode("utf-8", "replace")
    return name if len(name) <= 240 else f"{name[:100]}...{name[-60:]}"


def _mode(path: Path) -> int:
    """What a path leads to; 0 for nothing."""
    try:
        return path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return 0


def _neighbours(folder: Path, suffix: str) -> list[str]:
    try:
        found = sorted(path.name for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))
    except OSError:
        return ["-"]
    names = [readable_name(name) for name in found]
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
    if any(data.startswith(bom) for bom, name in BOMS if name != "utf-8-sig"):
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


def yaml_file(path: str | PathLike[str]) -> str:
    """The text of a YAML file, in utf-8.

    Raises
    ------
    DataError
        `yaml_not_found` with the YAML files there are, `yaml_not_utf8`, and those of `file_bytes`.

    """
    try:
        return file_bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise DataError("yaml_not_utf8", file=Path(path).name) from None
    except DataError as problem:
        if problem.code not in ("file_not_found", "folder_not_found"):
            raise
        names = sorted(p.name for p in Path(path).parent.glob("*.y*ml"))
        raise DataError("yaml_not_found", file=str(path), choices=names or ["-"]) from None
