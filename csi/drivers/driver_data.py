"""From a Survey or Moments, an outcome and drivers to moments whose faults are named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from csi.data.survey import Survey
from csi.drivers.importance_numbers import SINGULAR
from csi.errors import DataError, EstimationError
from csi.estimation.item_moments import ItemData, prepare_items, without_failing
from csi.inference.bootstrap import Batch
from csi.moments import Moments

Array = NDArray[np.float64]
TAKES_PART = 1e-4  # of the length of a direction in which drivers do not vary


@dataclass(frozen=True)
class Players:
    """Drivers as they share R2: one column each, or several columns of one question together.

    Attributes
    ----------
    names : of the g players
    columns : of each player
    """

    names: tuple[str, ...]
    columns: tuple[tuple[str, ...], ...]

    @property
    def sizes(self) -> tuple[int, ...]:
        """Columns of each player."""
        return tuple(len(part) for part in self.columns)

    @property
    def every(self) -> tuple[str, ...]:
        """All columns in order."""
        return tuple(name for part in self.columns for name in part)


def read_players(outcome: object, drivers: Sequence[str] | Mapping[str, str | Sequence[str]], function: str) -> Players:
    """The drivers as players, checked for doubles and for the outcome among them."""
    if isinstance(drivers, str):
        drivers = [drivers]
    if isinstance(drivers, Mapping):
        names = tuple(str(name) for name in drivers)
        columns = tuple((part,) if isinstance(part, str) else tuple(part) for part in drivers.values())
    else:
        names = tuple(drivers)
        columns = tuple((name,) for name in names)
    players = Players(names, columns)
    if not isinstance(outcome, str):
        raise DataError("outcome_not_name", function=function, kind=type(outcome).__name__)
    if not names or not all(columns):
        raise DataError("no_drivers", function=function, outcome=outcome)
    every = players.every
    twice = sorted({name for name in every if every.count(name) > 1})
    if twice:
        raise DataError("items_twice", function=function, items=twice)
    if outcome in every:
        raise DataError("outcome_in_drivers", function=function, outcome=outcome, options="drivers=")
    return players


def prepare_drivers(
    data: Survey | Moments,
    outcome: str,
    players: Players,
    *,
    missing: str,
    by: object,
    function: str,
    more: Sequence[str] = (),
) -> ItemData:
    """Moments of the drivers, then the outcome, then `more`; constant and collinear drivers are refused by name."""
    every = players.every
    need = len(every) + 2
    try:
        found = prepare_items(data, (*every, outcome, *more), missing=missing, by=by, need=need, what=function)
    except DataError as problem:
        if problem.code != "constant_items":
            raise
        raise DataError("importance_constant", function=function, drivers=problem.values["items"]) from None

    def check(g: int) -> None:
        _check_independent(found.domains[g], every, found.groups[g] if found.groups else "", function)

    return without_failing(found, check)


def _check_independent(batch: Batch, names: tuple[str, ...], group: str, function: str) -> None:
    """Refuse drivers that follow from each other, naming those that take part."""
    correlation = batch.correlation[: len(names), : len(names), 0]
    values, vectors = np.linalg.eigh(correlation)
    if values[0] < -SINGULAR:
        raise EstimationError("drivers_indefinite", function=function, value=float(values[0]))
    if values[0] > SINGULAR:
        return
    length = np.sqrt((vectors[:, values <= SINGULAR] ** 2).sum(axis=1))
    part = [name for name, one in zip(names, length, strict=True) if one > TAKES_PART]
    code = "drivers_collinear_group" if group else "importance_same_information"
    facts = {"function": function, "drivers": part, "count": int((values <= SINGULAR).sum())}
    raise EstimationError(code, **facts, **({"group": group} if group else {}))


def variance_inflation(batch: Batch) -> Array:
    """(p,) variance inflation of each driver: 1 / (1 - R2 of it on the others)."""
    return np.diag(np.linalg.inv(batch.correlation[:-1, :-1, 0])).copy()
