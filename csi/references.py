"""What the methods come from: references.bib, in the two forms of `Result.cite`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

ACCENTS = {
    '{\\"o}': "ö", '{\\"a}': "ä", '{\\"u}': "ü", "{\\'e}": "é", "{\\'a}": "á", "{\\'c}": "ć", "{\\v z}": "ž",
    "\\&": "&", "--": "-",
}  # fmt: skip


def reference(key: str) -> Mapping[str, str]:
    """The entry of a key, as `text` and `bibtex`."""
    return _entries()[key]


def references(*keys: str) -> tuple[Mapping[str, str], ...]:
    """The entries of these keys, each as `text` and `bibtex`."""
    return tuple(_entries()[key] for key in keys)


@cache
def _entries() -> dict[str, Mapping[str, str]]:
    bib = Path(__file__).with_suffix(".bib").read_text(encoding="utf-8")
    found = {}
    for entry in re.findall(r"^@.*?(?=^@|\Z)", bib, re.M | re.S):
        whole = " ".join(entry.split())
        kind, key, rest = re.match(r"@(\w+)\{(\w+), (.*)\}$", whole).groups()
        fields = dict(_fields(rest))
        shown = ", ".join(f"{name}={{{value}}}" for name, value in fields.items() if name != "text")
        found[key] = {
            "text": _plain(fields["text"] if "text" in fields else _text(fields)),
            "bibtex": f"@{kind}{{{key}, {shown}}}",
        }
    return found


def _fields(rest: str) -> Iterator[tuple[str, str]]:
    """Names and values of "author={...}, year={...}", with braces inside values."""
    depth, name, start = 0, "", 0
    for i, character in enumerate(rest):
        if character == "{":
            if depth == 0:
                name, start = rest[start:i].strip(" ,="), i + 1
            depth += 1
        elif character == "}":
            depth -= 1
            if depth == 0:
                yield name, rest[start:i]
                start = i + 1


def _text(fields: Mapping[str, str]) -> str:
    """One line: authors (year). Title. Where, volume(number), pages."""
    title = fields["title"] if fields["title"].endswith(("?", "!")) else fields["title"] + "."
    parts = [f"{_authors(fields['author'])} ({fields['year']}).", title]
    if "journal" in fields:
        volume = f" {fields['volume']}" if "volume" in fields else ""
        number = f"({fields['number']})" if "number" in fields else ""
        pages = f", {fields['pages']}" if "pages" in fields else ""
        parts.append(f"{fields['journal']}{volume}{number}{pages}.")
    parts += [f"{fields[name]}." for name in ("publisher", "organization", "howpublished") if name in fields]
    return " ".join(parts)


def _authors(names: str) -> str:
    """Lovelace, Ada and Hopper, Grace as Lovelace, A. & Hopper, G.; names of offices as they are."""
    found = []
    for name in _plain(names).split(" and "):
        last, comma, first = name.partition(", ")
        initials = " ".join("-".join(f"{part[0]}." for part in word.split("-")) for word in first.split())
        found.append(f"{last}, {initials}" if comma else last)
    return found[0] if len(found) == 1 else f"{', '.join(found[:-1])} & {found[-1]}"


def _plain(text: str) -> str:
    for written, shown in ACCENTS.items():
        text = text.replace(written, shown)
    return re.sub(r"[{}]", "", text)
