"""Judgement matrices as people write them: tables with fractions, one triangle, rounded reciprocals, gaps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Sized
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from csi.data.scales import brief
from csi.errors import DataError
from csi.language import Note, note
from csi.measures.weights.ahp import RANDOM_INDEX, linked

Array = NDArray[np.float64]
ROUNDED = 0.04  # how far a_ij * a_ji may be from 1 and still be one judgement written with few digits (7 and 0.14)
ENDS = 9.0  # of Saaty's scale


@dataclass(frozen=True, eq=False)
class Judges:
    """Judgements that are complete, reciprocal and in one order.

    Attributes
    ----------
    items : names of the p criteria
    names : names of the judges
    matrices : one (p, p) per judge
    notes : what was filled in, rounded or left open
    """

    items: tuple[str, ...]
    names: tuple[str, ...]
    matrices: tuple[Array, ...]
    notes: tuple[Note, ...]


def read_judges(judgements: Any, items: Sequence[str] | None) -> Judges:
    """One matrix, a list of matrices or a mapping judge -> matrix, checked.

    Parameters
    ----------
    judgements : tables with named columns, arrays or lists of rows; cells are numbers or fractions such as "1/3"
    items : names of the criteria in the order wanted; those of the first table when None

    Raises
    ------
    DataError
        `ahp_not_square`, `ahp_names`, `ahp_unreadable`, `ahp_not_positive`, `ahp_diagonal`, `ahp_not_reciprocal`,
        `ahp_not_linked`, `ahp_too_many`, `ahp_none`.

    """
    named = _by_judge(judgements)
    if not named:
        raise DataError("ahp_none")
    matrices, notes = [], []
    order = None if items is None else tuple(items)
    for judge, table in named.items():
        names, cells = _cells(table, judge, order)
        order = names if order is None else order
        if set(names) != set(order) or len(names) != len(order):
            raise DataError("ahp_names", judge=judge, found=list(names), expected=list(order))
        place = [names.index(name) for name in order]
        matrix, remarks = _checked(cells[np.ix_(place, place)], order, judge)
        matrices.append(matrix)
        notes += remarks
    return Judges(order or (), tuple(named), tuple(matrices), tuple(notes))


def has_names(judgements: Any) -> bool:
    """Whether the matrices name their criteria."""
    return any(hasattr(table, "columns") for table in _by_judge(judgements).values())


def _by_judge(judgements: Any) -> dict[str, Any]:
    if isinstance(judgements, Mapping):
        return {str(judge): table for judge, table in judgements.items()}
    if hasattr(judgements, "columns"):
        return {"1": judgements}
    if not isinstance(judgements, Iterable):
        return {}
    if isinstance(judgements, np.ndarray):
        several = judgements.ndim == 3
    else:
        judgements = list(judgements)
        several = all(
            hasattr(table, "columns") or np.ndim(np.asarray(table, dtype=object)) == 2 for table in judgements
        )
    return {str(i + 1): table for i, table in enumerate(judgements)} if several else {"1": judgements}


def _cells(table: Any, judge: str, items: tuple[str, ...] | None) -> tuple[tuple[str, ...], Array]:
    """Names of the criteria and the numbers of one table."""
    if hasattr(table, "columns"):
        names = tuple(str(name) for name in table.columns)
        rows = [str(name) for name in table.index]
        if len(rows) != len(names):
            raise DataError("ahp_not_square", judge=judge, rows=len(rows), columns=len(names))
        if set(rows) == set(names):
            table = table.iloc[[rows.index(name) for name in names]]
        elif rows != [str(i) for i in range(len(rows))]:
            raise DataError("ahp_names", judge=judge, found=rows, expected=list(names))
        values = table.to_numpy(dtype=object)
    else:
        lengths = [len(row) if isinstance(row, Sized) else 1 for row in table]
        if any(length != len(lengths) for length in lengths):
            raise DataError("ahp_not_square", judge=judge, rows=len(lengths), columns=max(lengths, default=0))
        values = np.array([list(row) for row in table], dtype=object).reshape(len(lengths), len(lengths))
        names = items if items is not None else tuple(f"c{i + 1}" for i in range(len(values)))
        if len(names) != len(values):
            raise DataError("ahp_names", judge=judge, found=[f"c{i + 1}" for i in range(len(values))],
                            expected=list(names))  # fmt: skip
    if not 1 <= len(values) <= len(RANDOM_INDEX):
        raise DataError("ahp_too_many", judge=judge, count=len(values), most=len(RANDOM_INDEX))
    unread = []
    cells = np.full(values.shape, np.nan)
    for i, j in np.ndindex(values.shape):
        try:
            cells[i, j] = ratio(values[i, j])
        except (ValueError, ZeroDivisionError):
            unread.append(f"({names[i]}, {names[j]}) {values[i, j]}")
    if unread:
        raise DataError("ahp_unreadable", judge=judge, cells=unread)
    return names, cells


def ratio(cell: Any) -> float:
    """A judgement as a number: 3, "3", "1/3", "1：3"; NaN for an empty cell."""
    if cell is None:
        return float("nan")
    if isinstance(cell, str):
        text = cell.strip().replace("：", "/").replace(":", "/").replace("／", "/").replace("⁄", "/")
        if not text:
            return float("nan")
        over, _, under = text.partition("/")
        return float(Fraction(over.strip()) / Fraction(under.strip())) if under else float(over)
    return float(cell)


def _checked(cells: Array, items: Sequence[str], judge: str) -> tuple[Array, list[Note]]:
    """Judgements whose reciprocals agree exactly; what had to be filled in or settled goes to notes."""
    p = len(items)

    def where(flags: NDArray[np.bool_]) -> list[str]:
        return [f"({items[i]}, {items[j]}) {brief(round(float(cells[i, j]), 4))}" for i, j in np.argwhere(flags)]

    given = ~np.isnan(cells)
    wrong = given & ~(np.isfinite(cells) & (cells > 0))
    if wrong.any():
        raise DataError("ahp_not_positive", judge=judge, cells=where(wrong))
    off = given & np.eye(p, dtype=bool) & (np.abs(cells - 1) > 1e-9)
    if off.any():
        raise DataError("ahp_diagonal", judge=judge, cells=where(off))
    product = cells * cells.T
    apart = np.triu(np.abs(product - 1) > ROUNDED, 1)  # False where one of the two is missing
    if apart.any():
        pairs = [
            f"({items[i]}, {items[j]}) {brief(round(float(cells[i, j]), 4))} × "
            f"({items[j]}, {items[i]}) {brief(round(float(cells[j, i]), 4))}"
            for i, j in np.argwhere(apart)
        ]
        raise DataError("ahp_not_reciprocal", judge=judge, count=len(pairs), cells=pairs)
    notes = []
    matrix = np.eye(p)
    rounded = 0
    for i in range(p):
        for j in range(i + 1, p):
            one, other = cells[i, j], cells[j, i]
            value = one if np.isnan(other) or one >= other else 1 / other
            matrix[i, j], matrix[j, i] = value, 1 / value
            rounded += bool(abs(one * other - 1) > 1e-9)
    if rounded:
        notes.append(note("ahp_rounded", judge=judge, count=rounded))
    missing = int(np.isnan(matrix).sum()) // 2
    if not linked(matrix).all():
        apart_names = [items[i] for i in np.flatnonzero(~linked(matrix))]
        raise DataError("ahp_not_linked", judge=judge, items=apart_names, first=items[0])
    if missing:
        notes.append(note("ahp_incomplete", judge=judge, count=missing, pairs=p * (p - 1) // 2))
    beyond = int((matrix > ENDS + 1e-9).sum())
    if beyond:
        notes.append(note("ahp_beyond", judge=judge, count=beyond))
    return matrix, notes
