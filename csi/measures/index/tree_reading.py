"""Indicator trees as people write them: nested mappings, tables and outlines."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from csi.errors import DataError
from csi.measures.index.tree_layout import Indicator

if TYPE_CHECKING:
    from collections.abc import Sequence

KEYS = ("weight", "parts", "en", "zh", "rationale")
COLUMNS = ("indicator", "weight", "declared", "parent", "en", "zh", "rationale")
_LINE = re.compile(
    r"^(?P<name>[^\s:：(（=]+)\s*[:：(（=]*\s*(?P<weight>\d+(?:\.\d+)?)?\s*[%％]?\s*[)）]?\s*(?P<text>.*)$"
)


def read_mapping(parts: Any, name: str) -> Indicator:
    """The root of a tree from nested mappings."""
    if not isinstance(parts, Mapping) or not parts:
        raise DataError("tree_empty", tree=name)
    found = tuple(_node(str(key), value) for key, value in parts.items())
    return found[0] if len(found) == 1 and found[0].parts else Indicator(name, None, found)


def _node(name: str, value: Any) -> Indicator:
    if not isinstance(value, Mapping):
        return Indicator(name, value)
    if not set(value) & set(KEYS):
        return Indicator(name, None, tuple(_node(str(key), part) for key, part in value.items()))
    unknown = [str(key) for key in value if key not in KEYS]
    if unknown:
        raise DataError("tree_key", indicator=name, keys=unknown, choices=list(KEYS))
    parts = value.get("parts") or {}
    if not isinstance(parts, Mapping):
        raise DataError("tree_key", indicator=name, keys=["parts"], choices=list(KEYS))
    text = {language: str(value[language]) for language in ("en", "zh") if value.get(language)}
    nodes = tuple(_node(str(key), part) for key, part in parts.items())
    return Indicator(name, value.get("weight"), nodes, text, value.get("rationale") or {})


def read_frame(frame: pd.DataFrame, name: str) -> Indicator:
    """The root of a tree from a table with one row per indicator."""
    columns = [str(column) for column in frame.columns]
    weight = next((column for column in ("weight", "declared") if column in columns), None)
    if "indicator" not in columns or weight is None:
        raise DataError("tree_columns", columns=columns, choices=list(COLUMNS))
    rows = frame.astype(object).where(frame.notna(), None).to_dict("records")
    names = [str(row["indicator"]) for row in rows]
    twice = sorted({one for one in names if names.count(one) > 1})
    if twice:
        raise DataError("tree_name_twice", indicators=twice)
    children: dict[str, list[str]] = {}
    for one, row in zip(names, rows, strict=True):
        above = row.get("parent")
        children.setdefault("" if above is None else str(above), []).append(one)
    lost = [above for above in children if above and above not in names]
    if lost:
        raise DataError("tree_parent", parents=lost, choices=names)
    described = dict(zip(names, rows, strict=True))

    def build(one: str, trail: tuple[str, ...]) -> Indicator:
        row = described[one]
        text = {language: str(row[language]) for language in ("en", "zh") if row.get(language)}
        parts = tuple(build(part, (*trail, one)) for part in children.get(one, ()))
        return Indicator(one, row[weight], parts, text, row.get("rationale") or {})

    tops = tuple(build(one, ()) for one in children.get("", ()))
    found = tops[0] if len(tops) == 1 and tops[0].parts else Indicator(name, None, tops)
    reached = {node.name for node in found.walk()}
    circle = [one for one in names if one not in reached]
    if circle:
        raise DataError("tree_parent", parents=[str(described[one]["parent"]) for one in circle], choices=names)
    return found


def read_outline(text: str, name: str) -> Indicator:
    """The root of a tree from an indented outline."""
    lines = [(i, line.expandtabs(4)) for i, line in enumerate(str(text).splitlines(), 1) if line.strip()]
    if not lines:
        raise DataError("tree_empty", tree=name)
    entries = []
    indents: list[int] = []  # of the groups that are open
    for number, line in lines:
        found = _LINE.match(line.strip())
        if found is None:
            raise DataError("tree_line", line=number, text=line.strip())
        indent = len(line) - len(line.lstrip())
        if not indents or indent > indents[-1]:
            indents.append(indent)
        while indents and indents[-1] > indent:
            indents.pop()
        if not indents or indents[-1] != indent:
            raise DataError("tree_indent", line=number, text=line.strip())
        entries.append((len(indents), found))
    return _assemble(entries, name)


def _assemble(entries: Sequence[tuple[int, re.Match[str]]], name: str) -> Indicator:
    """Nodes from (depth, line) pairs."""

    def children(start: int, depth: int) -> tuple[list[Indicator], int]:
        found = []
        at = start
        while at < len(entries) and entries[at][0] == depth:
            line = entries[at][1]
            parts, after = children(at + 1, depth + 1)
            weight = None if line["weight"] is None else float(line["weight"])
            found.append(Indicator(line["name"], weight, tuple(parts), line["text"].strip()))
            at = after
        return found, at

    tops, _ = children(0, 1)
    return tops[0] if len(tops) == 1 and tops[0].parts else Indicator(name, None, tuple(tops))
