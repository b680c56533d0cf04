"""Tables of Results as HTML whose every cell says where its number comes from.

A table carries `data-result` and `data-table`, a row `data-row`, a cell `data-column`; a number inside a sentence
carries all four. Text that may hold digits without being a number of a Result is marked `data-text`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from csi.language import say
from csi.results import Result
from csi.views import cell, column_title

if TYPE_CHECKING:
    import pandas as pd

CONSTRUCTS = ("construct", "other_construct", "source", "target")
INDEX_DECIMALS = 1
SHORT = 14  # rows that a printed page keeps together
UNCERTAIN = ("std_error", "lower", "upper", "p_value")


@dataclass(frozen=True, eq=False)
class Shown:
    """One table of one Result as a page shows it.

    Attributes
    ----------
    result, table : names; `glance` and `check` are tables too
    frame : the cells as the Result hands them out
    decimals : digits of estimates
    label : what a construct is called
    only : numbers of the rows that are shown, all when None; a row keeps its number
    """

    result: str
    table: str
    frame: pd.DataFrame
    decimals: int
    label: Callable[[str], str]
    only: tuple[int, ...] | None = None

    def where(self, **keys: str | tuple[str, ...]) -> Shown:
        """The same table with only those rows whose keys have these values, in the order of the values."""
        kept = list(self.rows)
        for column, wanted in keys.items():
            order = {value: i for i, value in enumerate([wanted] if isinstance(wanted, str) else wanted)}
            kept = [row for row in kept if self.frame[column].iloc[row] in order]
            kept.sort(key=lambda row, column=column, order=order: order[self.frame[column].iloc[row]])
        return replace(self, only=tuple(kept))

    @property
    def rows(self) -> tuple[int, ...]:
        """Numbers of the rows that are shown."""
        return tuple(range(len(self.frame))) if self.only is None else self.only

    @property
    def columns(self) -> list[str]:
        """The columns that are shown: those of the interval only where there is one, for counts the counts alone."""
        columns = list(self.frame.columns)
        if self.result == "sample" and "estimate" in columns:
            return columns[: columns.index("estimate") + 1]
        return [name for name in columns if name not in UNCERTAIN or self.frame[name].notna().any()]

    def text(self, row: int, column: str) -> str:
        """One cell as a person reads it."""
        value = self.frame[column].iloc[row]
        if column in CONSTRUCTS:
            return self.label(str(value))
        if isinstance(value, np.generic):
            value = value.item()
        return cell(column, value, self._digits(row))

    def _digits(self, row: int) -> int:
        """Those of the table; a performance is an index and has the one digit of an index."""
        if "kind" in self.frame and self.frame["kind"].iloc[row] == "performance":
            return INDEX_DECIMALS
        return self.decimals

    def number(self, row: int, column: str) -> str:
        """One cell inside a sentence, with its full address."""
        where = f'data-result="{self.result}" data-table="{self.table}" data-row="{row}" data-column="{column}"'
        return f"<span {where}>{escape(self.text(row, column))}</span>"

    def html(self, caption: str = "") -> str:
        """The whole long table, limits in one column."""
        columns = [name for name in self.columns if name != "upper"]
        numeric = {name for name in columns if self.frame[name].dtype.kind in "iuf"}
        heads = "".join(_head(self._title(name), name in numeric) for name in columns)
        rows = []
        for i in self.rows:
            cells = "".join(self._cell(i, name, name in numeric) for name in columns)
            rows.append(f'<tr data-row="{i}">{cells}</tr>')
        return self._table(caption, heads, rows)

    def facts(self, caption: str = "") -> str:
        """A table of one row turned on its side: what, and how much."""
        rows = [
            f'<tr data-row="0"><th scope="row" data-text="words">{escape(self._title(name))}</th>'
            f"{self._cell(0, name, False)}</tr>"
            for name in self.columns
            if self.text(0, name)
        ]
        return self._table(caption, "", rows)

    def pivot(self, rows: Sequence[str], column: str, caption: str = "") -> str:
        """Estimates with `column` across; the limits stand under each estimate, the respondents at the end."""
        keys = {i: tuple(self.frame[name].iloc[i] for name in rows) for i in self.rows}
        across = {i: str(self.frame[column].iloc[i]) for i in self.rows}
        place = {(keys[i], across[i]): i for i in self.rows}
        names = _firsts(across)
        heads = "".join(_head(self._title(name), False) for name in rows)
        heads += "".join(_head(self.text(first, column), True) for first in names.values())
        lines = []
        for key, first in _firsts(keys).items():
            cells = "".join(self._cell(first, name, False, address=True) for name in rows)
            cells += "".join(self._estimate(place.get((key, name))) for name in names)
            if "n" in self.columns:
                cells += self._cell(first, "n", True, address=True)
            lines.append(f"<tr>{cells}</tr>")
        return self._table(caption, heads + (_head(self._title("n"), True) if "n" in self.columns else ""), lines)

    def _title(self, column: str) -> str:
        if column == "lower":
            return say("report.interval")
        return say("report.count") if column == "estimate" and self.result == "sample" else column_title(column)

    def _estimate(self, row: int | None) -> str:
        if row is None:
            return '<td class="n"></td>'
        limits = f"<small>{self._limits(row)}</small>" if "lower" in self.columns else ""
        return f'<td class="n" data-row="{row}">{self._span(row, "estimate")}{limits}</td>'

    def _cell(self, row: int, column: str, numeric: bool, *, address: bool = False) -> str:
        kind = ' class="n"' if numeric else ""
        where = f' data-row="{row}"' if address else ""
        if column == "lower":
            return f"<td{kind}{where}>{self._limits(row)}</td>"
        return f'<td{kind}{where} data-column="{column}">{breakable(self.text(row, column))}</td>'

    def _limits(self, row: int) -> str:
        return f"[{self._span(row, 'lower')}, {self._span(row, 'upper')}]"

    def _span(self, row: int, column: str) -> str:
        return f'<span data-column="{column}">{escape(self.text(row, column))}</span>'

    def _table(self, caption: str, heads: str, rows: Sequence[str]) -> str:
        title = f'<caption data-text="words">{escape(caption)}</caption>' if caption else ""
        head = f"<thead><tr>{heads}</tr></thead>" if heads else ""
        where = f'data-result="{self.result}" data-table="{self.table}"'
        size = "wide short" if len(rows) <= SHORT else "wide"
        return f'<div class="{size}"><table {where}>{title}{head}<tbody>{"".join(rows)}</tbody></table></div>'


def shown(result: Result, name: str, table: str, level: float = 0.95, label: Callable[[str], str] = str) -> Shown:
    """One table of a Result, ready to be written; `glance` and `check` go by these names.

    Parameters
    ----------
    result : the Result
    name : what it is called on the page
    table : name of its table, "glance" or "check"
    level : level of the intervals
    label : what a construct is called
    """
    if table == "glance":
        return Shown(name, table, result.glance(), 3, label)
    if table == "check":
        return Shown(name, table, result.check(), 3, label)
    return Shown(name, table, result.tidy(table, level), result.table(table).decimals, label)


def breakable(text: str) -> str:
    """A text as HTML whose lines may break where names of columns are joined."""
    return escape(text).replace("_", "_<wbr>")


def _firsts(values: Mapping[int, Any]) -> dict[Any, int]:
    """Each value with the first row it stands in, in order."""
    found: dict[Any, int] = {}
    for row, value in values.items():
        found.setdefault(value, row)
    return found


def _head(text: str, numeric: bool) -> str:
    kind = ' class="n"' if numeric else ""
    return f'<th scope="col"{kind} data-text="words">{breakable(text)}</th>'
