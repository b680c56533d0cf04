"""Some rows of a table, with the uncertainty that belongs to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from csi.errors import OptionError
from csi.estimates import Uncertainty, Unknown
from csi.inference.contrasts import Contrasts
from csi.inference.intervals import Draws, Linear
from csi.measures.scores.nps_interval import NetPromoter
from csi.results import Table

Index = NDArray[np.intp]


def pick_rows(table: Table, rows: Mapping[str, str | Sequence[str]] | None, name: str) -> Table:
    """The rows of a table whose keys have the values asked for; all of them when None.

    Parameters
    ----------
    table : the table
    rows : column of keys to the value, or the values, to keep
    name : name of the table, for messages

    Raises
    ------
    OptionError
        `rows_unknown` for a column or value that the table does not have, with what it has; `rows_none` when no row has
        all of them.

    """
    if rows is None:
        return table
    keep = np.ones(len(table.rows()), dtype=bool)
    for column, wanted in rows.items():
        if column not in table.keys:
            raise OptionError("rows_unknown", value=column, table=name, choices=list(table.keys))
        there = np.array(table.keys[column], dtype=object)
        values = [wanted] if isinstance(wanted, str) else list(wanted)
        strange = [value for value in values if value not in set(there)]
        if strange or not values:
            choices = list(dict.fromkeys(there))
            raise OptionError("rows_unknown", value=strange or values, table=name, choices=choices)
        keep &= np.isin(there.astype(str), values)
    if not keep.any():
        raise OptionError("rows_none", rows=str(dict(rows)), table=name)
    index = np.flatnonzero(keep)
    return replace(
        table,
        keys={column: [values[i] for i in index] for column, values in table.keys.items()},
        uncertainty=select(table.uncertainty, index),
        n=np.broadcast_to(np.asarray(table.n), len(keep))[index].tolist(),
    )


def select(inner: Uncertainty, index: Index) -> Uncertainty:
    """The uncertainty of some of the estimates."""

    def part(values: np.ndarray | None) -> np.ndarray | None:
        return None if values is None else np.asarray(values)[index]

    if isinstance(inner, Unknown):
        return Unknown(inner.estimate[index])
    if isinstance(inner, Contrasts):
        return Contrasts(inner.inner, inner.weights[index])
    if isinstance(inner, Linear | Draws):
        return inner.rows(index)
    if isinstance(inner, NetPromoter):
        named = {name: part(getattr(inner, name)) for name in ("estimate", "promoters", "detractors", "n")}
        return replace(inner, cov=inner.cov[np.ix_(index, index)], **named)
    return Contrasts(inner, np.eye(len(inner.estimate))[index])
