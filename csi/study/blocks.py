"""What a section of a page consists of, as data: words, tables, pictures. How they look is the report's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Number:
    """One cell of a table of a Result, inside a sentence.

    Attributes
    ----------
    result : name of the Result in the study
    table : its table
    row, column : of the cell
    """

    result: str
    table: str
    row: int
    column: str


@dataclass(frozen=True)
class Name:
    """A text that is no word of csi: a label, a column, a title; `strong` where it stands out."""

    text: str
    strong: bool = False


@dataclass(frozen=True)
class Sentence:
    """Sentences of the words, one after the other.

    Attributes
    ----------
    said : pairs of a key and what stands in its braces: texts, a Number, a Name
    kind : how it looks: "" plain, "hint"
    """

    said: tuple[tuple[str, Mapping[str, Any]], ...]
    kind: str = ""


@dataclass(frozen=True)
class Rows:
    """A table of a Result.

    Attributes
    ----------
    result, table : which
    caption : key of the words above it; that of the table when None
    down, across : key columns that go down and the one that goes across; a long table when empty
    where : only rows whose keys have these values, in their order
    facts : one row, turned on its side
    """

    result: str
    table: str
    caption: str | None = None
    down: tuple[str, ...] = ()
    across: str = ""
    where: Mapping[str, Any] = field(default_factory=dict)
    facts: bool = False


@dataclass(frozen=True)
class Drawn:
    """A picture.

    Attributes
    ----------
    picture : name of its function
    of : name of a Result in the study, "survey" or "study"
    options : passed on to it
    """

    picture: str
    of: str
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Lines:
    """A list of texts that are not words of csi alone: notes, sources, comments."""

    kind: str
    texts: tuple[str, ...]


@dataclass(frozen=True)
class Beside:
    """Small tables side by side."""

    blocks: tuple[Any, ...]


@dataclass(frozen=True)
class Folded:
    """What is opened by a click and not printed."""

    title: str
    blocks: tuple[Any, ...]


@dataclass(frozen=True)
class Special:
    """What has a template of its own.

    Attributes
    ----------
    template : its name
    values : what it shows
    """

    template: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Part:
    """What stands under one heading.

    Attributes
    ----------
    name : key of the heading among the words of the report
    blocks : from above
    """

    name: str
    blocks: tuple[Any, ...]


def sentence(key: str, /, *, kind: str = "", **values: Any) -> Sentence:
    """One sentence of the words."""
    return Sentence(((key, values),), kind)
