"""Office files are zipped parts of XML: text they can hold, and one fixed date in place of today's."""

from __future__ import annotations

import io
import re
import zipfile

UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
STILL = (1980, 1, 1, 0, 0, 0)  # the date of every part, so that the same content gives the same bytes


def writable(text: str) -> str:
    """The text with a mark in place of every character that XML cannot hold."""
    return UNWRITABLE.sub("\ufffd", text)


def without_dates(content: bytes) -> bytes:
    """The same package with one fixed date in place of today's."""
    fixed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as new,
    ):
        for entry in old.infolist():
            part = old.read(entry)
            if entry.filename == "docProps/core.xml":
                part = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ?", b"1980-01-01T00:00:00Z", part)
            info = zipfile.ZipInfo(entry.filename, STILL)
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            new.writestr(info, part)
    return fixed.getvalue()
