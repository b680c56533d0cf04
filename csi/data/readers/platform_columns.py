"""Columns in the making: what platforms' formats share, from headings to an Export."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import takewhile
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from csi.data.cells import label_of, plain_text
from csi.data.codebook import Item
from csi.data.raw import Export, RawTable
from csi.data.scales import Scale
from csi.language import Note, note
from csi.words import package_yaml

_TAG = re.compile(r"<(style|script)\b.*?</\1>|</?[a-z][^<>]*>|<!--.*?-->", re.IGNORECASE | re.DOTALL)
_NAMELESS = re.compile(r"|Unnamed: \d+(_level_\d+)?")


@dataclass(eq=False)
class Column:
    """One column of a file and what its platform's format says about it.

    Attributes
    ----------
    name : its heading
    cells : n raw cells
    text : wording of its question, of its row where it has a stem
    stem : the question it is a row or an option of
    kind, scale, turned : what makes an Item; kind None where the format does not decide
    missing : cell -> reason
    system, private : whether it is no question, whether nobody may print it
    role : its role, if any
    """

    name: str
    cells: pd.Categorical
    text: str = ""
    stem: str = ""
    kind: str | None = None
    scale: Scale | None = None
    turned: bool = False
    missing: dict[Any, str] = field(default_factory=dict)
    system: bool = False
    private: bool = False
    role: str = ""

    @property
    def labels(self) -> list[str]:
        """Its distinct cells as texts, without the empty one."""
        return [text for cell in self.cells.categories if (text := label_of(cell))]

    def where(self, test: Callable[[str], bool]) -> NDArray[np.bool_]:
        """(n,) whether the text of a cell passes a test; an empty cell has the text ""."""
        found = [bool(test(label_of(cell))) for cell in self.cells.categories]
        return np.array([*found, bool(test(""))])[self.cells.codes]

    def become(self, cells: Callable[[str], Any]) -> None:
        """Give every cell another value by its text; None makes it empty."""
        values = np.array([*(cells(label_of(cell)) for cell in self.cells.categories), cells("")], dtype=object)
        codes, distinct = pd.factorize(values)
        self.cells = pd.Categorical.from_codes(codes[self.cells.codes], pd.Index(distinct, dtype=object))

    def mark(self, role: str = "", *, private: bool = False) -> None:
        """Make it a column of the platform."""
        self.system, self.private, self.role = True, private, role


def columns_of(table: RawTable) -> list[Column]:
    """The columns of a table under their headings; a heading that pandas or nobody gave is empty."""
    names = ["" if _NAMELESS.fullmatch(name.strip()) else clean(name) for name in table.headings]
    return [Column(name, cells) for name, cells in zip(names, table.columns, strict=True)]


def export_of(
    table: RawTable,
    columns: Sequence[Column],
    source: str,
    how: Note | None,
    notes: Sequence[Note] = (),
    *,
    unclear: Sequence[str] = (),
    title: str = "",
) -> Export:
    """The Export; columns without a heading and a cell are left out, headings made unique.

    `unclear` names columns whose cells hold several options that cannot be told apart.
    """
    kept = [column for column in columns if column.name or column.labels]
    found = list(notes)
    several = {column.stem for column in kept if column.kind == "multiple"}
    if several:
        count = sum(column.kind == "multiple" for column in kept)
        found.append(note("several_answers", file=table.file, questions=len(several), columns=count))
    if unclear:
        found.append(note("options_unclear", file=table.file, columns=list(unclear)))
    taken: set[str] = set()
    again = []
    for at, column in enumerate(kept, start=1):
        wanted = name = column.name or f"column_{at}"
        number = 1
        while name in taken:
            number += 1
            name = f"{wanted} ({number})"
        again += [name] * (number > 1 and not column.private)
        taken.add(name)
        column.name = name
    if again:
        found.append(note("headings_numbered", file=table.file, columns=again))
    made = replace(table, headings=tuple(c.name for c in kept), columns=tuple(c.cells for c in kept))
    return Export(
        table=made.noted(*found),
        source=source,
        how=how,
        texts={c.name: c.text for c in kept if c.text and c.text != c.name},
        stems={c.name: c.stem for c in kept if c.stem},
        items={
            c.name: Item(c.name, c.scale, text=c.text, kind=c.kind, reversed=c.turned)
            for c in kept
            if c.kind is not None
        },
        missing={c.name: c.missing for c in kept if c.missing},
        system=tuple(c.name for c in kept if c.system),
        private=tuple(c.name for c in kept if c.private),
        roles={c.role: c.name for c in reversed(kept) if c.role},
        title=title,
    )


def clean(text: str) -> str:
    """Wording in one line, without HTML."""
    if "<" in text or "&" in text:
        text = html.unescape(_TAG.sub(" ", text))
    return " ".join(text.split())


def key_of(text: str) -> str:
    """What a heading says without case, blanks and signs."""
    return re.sub(r"[\W_]+", "", plain_text(text).casefold())


def groups_of(keys: Iterable[str]) -> list[list[int]]:
    """Positions of neighbours with the same key, an empty key alone."""
    groups: list[list[int]] = []
    last = ""
    for at, key in enumerate(keys):
        if key and key == last:
            groups[-1].append(at)
        else:
            groups.append([at])
        last = key
    return groups


def common_stem(texts: Sequence[str], separators: Sequence[str] = (" - ",)) -> str:
    """The wording several columns begin with, up to its last separator; "" where they share none."""
    if len(set(texts)) < 2:
        return ""
    same = takewhile(lambda letters: len(set(letters)) == 1, zip(*texts, strict=False))
    shared = "".join(letters[0] for letters in same)
    ends = [(shared.rfind(mark), mark) for mark in separators if shared.rfind(mark) > 0]
    return shared[: max(ends)[0]].strip() if ends else ""


def give_stem(columns: Sequence[Column], separators: Sequence[str] = (" - ",)) -> None:
    """Take the wording several columns share for their question, what is left of it for their rows."""
    stem = common_stem([column.text for column in columns], separators)
    if not stem:
        return
    for column in columns:
        rest = column.text[len(stem) :].strip()
        mark = next((mark.strip() for mark in separators if rest.startswith(mark.strip())), "")
        column.stem, column.text = stem, rest.removeprefix(mark).strip()


@cache
def platform_words() -> dict[str, Any]:
    """The words of `platforms.yaml`."""
    return package_yaml("data", "readers", "platforms.yaml")
