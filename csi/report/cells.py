"""Tables of Results as grids of cells, each of which says where its number comes from; templates draw them.

A table carries `data-result` and `data-table`, a row `data-row`, a cell `data-column`; a number inside a sentence
carries all four. Text that may hold digits without being a number of a Result is marked `data-text`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from csi.language import say
from csi.results import Result
from csi.views import cell, column_title

if TYPE_CHECKING:
    import pandas as pd

CONSTRUCTS = ("construct", "other_construct", "source", "target")
ITEMS = ("item", "term", "indicator")  # keys below which the wording of an item stands
INDEX_DECIMALS = 1
SHORT = 14  # rows that a printed page keeps together
UNCERTAIN = ("std_error", "lower", "upper", "p_value")


@dataclass(frozen=True)
class Cell:
    """One cell of a grid.

    Attributes
    ----------
    kind : "plain", "limits" (two numbers), "estimate" (a number above its limits), "empty"
    column : of the table, for "plain"
    text, lower, upper : what stands in it
    numeric : whether it is a number
    row : its row in the table, where the row of the grid does not say it
    below : the wording that stands below a name
    """

    kind: str
    column: str = ""
    text: str = ""
    lower: str = ""
    upper: str = ""
    numeric: bool = False
    row: int | None = None
    below: str = ""


@dataclass(frozen=True)
class Head:
    """One heading of a column."""

    text: str
    numeric: bool


@dataclass(frozen=True)
class Line:
    """One row of a grid: its row in the table where it is one, its heading where it has one, its cells."""

    cells: tuple[Cell, ...]
    row: int | None = None
    head: str = ""


@dataclass(frozen=True)
class Grid:
    """A table ready to be drawn."""

    result: str
    table: str
    caption: str
    heads: tuple[Head, ...]
    lines: tuple[Line, ...]

    @property
    def short(self) -> bool:
        """Whether a printed page keeps it together."""
        return len(self.lines) <= SHORT


@dataclass(frozen=True, eq=False)
class Shown:
    """One table of one Result as a page shows it.

    Attributes
    ----------
    result, table : names; `glance` and `check` are tables too
    frame : the cells as the Result hands them out
    decimals : digits of estimates
    label : what a construct is called
    wording : how an item was asked, empty where that is not known
    only : numbers of the rows that are shown, all when None; a row keeps its number
    plain : columns as plain values, filled when they are read
    """

    result: str
    table: str
    frame: pd.DataFrame
    decimals: int
    label: Callable[[str], str]
    wording: Callable[[str], str] = lambda name: ""
    only: tuple[int, ...] | None = None
    plain: dict[str, list[Any]] = field(default_factory=dict, repr=False)

    def where(self, **keys: str | Sequence[str]) -> Shown:
        """The same table with only those rows whose keys have these values, in the order of the values."""
        kept = list(self.rows)
        for column, wanted in keys.items():
            order = {value: i for i, value in enumerate([wanted] if isinstance(wanted, str) else wanted)}
            kept = [row for row in kept if self._values(column)[row] in order]
            kept.sort(key=lambda row, column=column, order=order: order[self._values(column)[row]])
        return replace(self, only=tuple(kept))

    @property
    def rows(self) -> tuple[int, ...]:
        """Numbers of the rows that are shown."""
        return tuple(range(len(self.frame))) if self.only is None else self.only

    @property
    def columns(self) -> list[str]:
        """The columns that are shown: those of the interval only where there is one, for counts the counts alone."""
        columns = list(self.frame.columns)
        if self.counts and "estimate" in columns:
            return columns[: columns.index("estimate") + 1]
        return [name for name in columns if name not in UNCERTAIN or self.frame[name].notna().any()]

    @property
    def counts(self) -> bool:
        """Whether its numbers are counts of this sample."""
        return self.result in ("sample", "comments")

    def text(self, row: int, column: str) -> str:
        """One cell as a person reads it."""
        value = self._values(column)[row]
        if column in CONSTRUCTS:
            return self.label(str(value))
        return cell(column, value, self._digits(row))

    def _digits(self, row: int) -> int:
        """Those of the table; a performance is an index and has the one digit of an index."""
        if "kind" in self.frame and self._values("kind")[row] == "performance":
            return INDEX_DECIMALS
        return self.decimals

    def _values(self, column: str) -> list[Any]:
        """A column as plain values."""
        if column not in self.plain:
            self.plain[column] = self.frame[column].tolist()
        return self.plain[column]

    def grid(self, caption: str = "") -> Grid:
        """The whole long table, limits in one column."""
        columns = [name for name in self.columns if name != "upper"]
        numeric = {name for name in columns if self.frame[name].dtype.kind in "iuf"}
        heads = tuple(Head(self._title(name), name in numeric) for name in columns)
        lines = tuple(Line(tuple(self._cell(i, name, name in numeric) for name in columns), i) for i in self.rows)
        return Grid(self.result, self.table, caption, heads, lines)

    def facts(self, caption: str = "") -> Grid:
        """A table of one row turned on its side: what, and how much."""
        lines = tuple(
            Line((self._cell(0, name, False),), 0, self._title(name)) for name in self.columns if self.text(0, name)
        )
        return Grid(self.result, self.table, caption, (), lines)

    def pivot(self, rows: Sequence[str], column: str, caption: str = "") -> Grid:
        """Estimates with `column` across; the limits stand under each estimate, the respondents at the end."""
        keys = {i: tuple(self._values(name)[i] for name in rows) for i in self.rows}
        across = {i: str(self._values(column)[i]) for i in self.rows}
        place = {(keys[i], across[i]): i for i in self.rows}
        names = _firsts(across)
        heads = [Head(self._title(name), False) for name in rows]
        heads += [Head(self.text(first, column), True) for first in names.values()]
        lines = []
        for key, first in _firsts(keys).items():
            cells = [replace(self._cell(first, name, False), row=first) for name in rows]
            cells += [self._estimate(place.get((key, name))) for name in names]
            if "n" in self.columns:
                cells.append(replace(self._cell(first, "n", True), row=first))
            lines.append(Line(tuple(cells)))
        heads += [Head(self._title("n"), True)] if "n" in self.columns else []
        return Grid(self.result, self.table, caption, tuple(heads), tuple(lines))

    def _title(self, column: str) -> str:
        if column == "lower":
            return say("report.interval")
        return say("report.count") if column == "estimate" and self.counts else column_title(column)

    def _estimate(self, row: int | None) -> Cell:
        if row is None:
            return Cell("empty")
        limits = {name: self.text(row, name) for name in ("lower", "upper")} if "lower" in self.columns else {}
        return Cell("estimate", "estimate", self.text(row, "estimate"), row=row, **limits)

    def _cell(self, row: int, column: str, numeric: bool) -> Cell:
        if column == "lower":
            return Cell("limits", lower=self.text(row, "lower"), upper=self.text(row, "upper"), numeric=numeric)
        below = self.wording(str(self._values(column)[row])) if column in ITEMS else ""
        return Cell("plain", column, self.text(row, column), numeric=numeric, below=below)


def shown(
    result: Result, name: str, table: str, level: float = 0.95, label: Callable[[str], str] = str,
    wording: Callable[[str], str] = lambda name: "",
) -> Shown:  # fmt: skip
    """One table of a Result, ready to be written; `glance` and `check` go by these names.

    Parameters
    ----------
    result : the Result
    name : what it is called on the page
    table : name of its table, "glance" or "check"
    level : level of the intervals
    label : what a construct is called
    wording : how an item was asked
    """
    if table == "glance":
        return Shown(name, table, result.glance(), 3, label)
    if table == "check":
        return Shown(name, table, result.check(), 3, label)
    return Shown(name, table, result.tidy(table, level), result.table(table).decimals, label, wording)


def _firsts(values: Mapping[int, Any]) -> dict[Any, int]:
    """Each value with the first row it stands in, in order."""
    found: dict[Any, int] = {}
    for row, value in values.items():
        found.setdefault(value, row)
    return found
