"""Tables of Results as HTML whose every cell says where its number comes from.

A table carries `data-result` and `data-table`, a row `data-row`, a cell `data-column`; a number inside a sentence
carries all four. Text that may hold digits without being a number of a Result is marked `data-text`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

import numpy as np

from csi.language import say
from csi.results import Result
from csi.views import cell, column_title

if TYPE_CHECKING:
    import pandas as pd

CONSTRUCTS = ("construct", "other_construct", "source", "target")
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
    """

    result: str
    table: str
    frame: pd.DataFrame
    decimals: int
    label: Callable[[str], str]

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
        return cell(column, value, self.decimals)

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
        for i in range(len(self.frame)):
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
        keys = [tuple(key) for key in self.frame[list(rows)].astype(str).to_numpy()]
        across = [str(name) for name in self.frame[column]]
        place = {(key, name): i for i, (key, name) in enumerate(zip(keys, across, strict=True))}
        names = list(dict.fromkeys(across))
        heads = "".join(_head(self._title(name), False) for name in rows)
        heads += "".join(_head(self.text(across.index(name), column), True) for name in names)
        lines = []
        for key in dict.fromkeys(keys):
            first = keys.index(key)
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
        return f'<td{kind}{where} data-column="{column}">{escape(self.text(row, column))}</td>'

    def _limits(self, row: int) -> str:
        return f"[{self._span(row, 'lower')}, {self._span(row, 'upper')}]"

    def _span(self, row: int, column: str) -> str:
        return f'<span data-column="{column}">{escape(self.text(row, column))}</span>'

    def _table(self, caption: str, heads: str, rows: Sequence[str]) -> str:
        title = f'<caption data-text="words">{escape(caption)}</caption>' if caption else ""
        head = f"<thead><tr>{heads}</tr></thead>" if heads else ""
        where = f'data-result="{self.result}" data-table="{self.table}"'
        return f'<div class="wide"><table {where}>{title}{head}<tbody>{"".join(rows)}</tbody></table></div>'


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


def _head(text: str, numeric: bool) -> str:
    kind = ' class="n"' if numeric else ""
    return f'<th scope="col"{kind} data-text="words">{escape(text)}</th>'
