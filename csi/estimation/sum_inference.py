"""How sure numbers are that follow from weighted sums over cases of a few numbers each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from csi.estimation.moment_inference import JACKKNIFE_UP_TO, Measured, Numbers, bootstrap_note, of_draws
from csi.inference.bootstrap import BLOCK, collect, draw
from csi.inference.design import Design
from csi.inference.influence import STEP, jacobian
from csi.inference.intervals import acceleration, acceleration_of
from csi.inference.progress import report
from csi.inference.stores import LinearStore
from csi.language import note

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class SumPart:
    """Numbers that follow from some sums.

    Attributes
    ----------
    rows : (m, d) weighted numbers of each case, an array or a sparse matrix
    evaluate : sums (d, b) to named arrays (k, b)
    """

    rows: Any
    evaluate: Callable[[Array], Numbers]


@dataclass(frozen=True, eq=False)
class Cases:
    """Cases whose weighted sums everything follows from.

    Attributes
    ----------
    unit : (m,) sampling unit of each case used (`Design.piece`)
    codes : (m,) its group, -1 for none
    groups, n : labels, empty without `by`; cases per group
    design : of all cases
    moments : None; cases are rows always
    """

    unit: NDArray[np.int64]
    codes: NDArray[np.int64]
    groups: tuple[str, ...]
    n: tuple[int, ...]
    design: Design
    moments: None = None


def measure_sums(data: Cases, parts: Sequence[SumPart], method: str, kind: str, n_boot: int, seed: int) -> Measured:
    """Evaluate numbers of weighted sums in every group, with the uncertainty that was chosen.

    Parameters
    ----------
    data : the cases
    parts : which between them name every number once
    method, kind, n_boot, seed : of the inference
    """
    chosen = [np.flatnonzero(data.codes == g) for g in range(len(data.n))] if data.groups else [slice(None)]
    split = [[part.rows[keep] for keep in chosen] for part in parts]
    units = [data.unit[keep] for keep in chosen]

    def together(sums: list[list[Array]]) -> Numbers:
        found: Numbers = {}
        for part, groups in zip(parts, sums, strict=True):
            pieces = [part.evaluate(one) for one in groups]
            found |= {name: np.concatenate([piece[name] for piece in pieces]) for name in pieces[0]}
        return found

    totals = [[np.asarray(rows.sum(axis=0), dtype=float)[:, None] for rows in groups] for groups in split]
    numbers = {name: values[:, 0] for name, values in together(totals).items()}
    if method == "none":
        return Measured(numbers, "none", "", None, notes=(note("no_inference"),))
    if method == "linearised":
        data.design.check_lonely()
        values = _influence(parts, split, totals, units, data.design.pieces)
        sizes = {name: len(found) for name, found in numbers.items()}
        store = LinearStore(data.design.covariance(values), sizes, float(data.design.df))
        return Measured(numbers, "linearised", "t", store, notes=(note("linearised", units=data.design.units),))

    def sums_of(multipliers: Array) -> Numbers:
        drawn = [multipliers[unit].astype(float, copy=False) for unit in units]
        return together([[rows.T @ part for rows, part in zip(groups, drawn, strict=True)] for groups in split])

    draws = collect(sums_of(part) for _, part in report(draw(data.design, n_boot, seed), n_boot))
    accelerations = {}
    if kind == "bca" and data.design.units <= JACKKNIFE_UP_TO:
        held_out = collect(sums_of(part) for part in _without_each(data.design.units))
        accelerations = {name: acceleration(values) for name, values in held_out.items()}
    elif kind == "bca":
        values = _influence(parts, split, totals, units, data.design.pieces)
        ends = np.cumsum([0, *(len(found) for found in numbers.values())])
        blocks = np.split(values, ends[1:-1])
        accelerations = {name: acceleration_of(one) for name, one in zip(numbers, blocks, strict=True)}
    return of_draws(draws, numbers, method, kind, float(data.design.df), accelerations, bootstrap_note(data.design))


def _without_each(units: int) -> Iterator[Array]:
    """Multipliers (units, b) that leave out one unit after the other."""
    for start in range(0, units, BLOCK):
        b = min(BLOCK, units - start)
        multipliers = np.ones((units, b))
        multipliers[np.arange(start, start + b), np.arange(b)] = 0.0
        yield multipliers


def _influence(
    parts: Sequence[SumPart],
    split: list[list[Any]],
    totals: list[list[Array]],
    units: list[NDArray[np.int64]],
    count: int,
) -> Array:
    """Influence (K, count) of every sampling unit on every number, the groups of a number one after the other."""
    found: dict[str, list[Array]] = {}
    for part, groups, sums in zip(parts, split, totals, strict=True):
        for rows, total, unit in zip(groups, sums, units, strict=True):
            point = total[:, 0]
            steps = STEP * np.maximum(np.abs(point), 1e-3 * np.abs(point).max())
            for name, slope in jacobian(point, steps, part.evaluate).items():
                moved = np.nan_to_num(slope) @ rows.T
                block = [np.bincount(unit, weights=row, minlength=count) for row in np.asarray(moved)]
                found.setdefault(name, []).append(np.array(block))
    return np.concatenate([values for blocks in found.values() for values in blocks])
