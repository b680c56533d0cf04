"""Estimates that follow from weighted sums over cases of a few numbers each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from csi.estimation.engine import Estimator, Numbers, stacked
from csi.inference.bootstrap import BLOCK, collect
from csi.inference.design import Design
from csi.inference.influence import STEP, jacobian
from csi.inference.intervals import acceleration_of
from csi.inference.stores import LinearStore, Store
from csi.language import Note, note

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


@dataclass(frozen=True, eq=False)
class OfSums(Estimator):
    """Numbers of weighted sums in every group.

    Attributes
    ----------
    cases : the cases
    parts : which between them name every number once
    """

    cases: Cases
    parts: Sequence[SumPart]

    @property
    def design(self) -> Design:
        """Of all cases."""
        return self.cases.design

    @cached_property
    def _chosen(self) -> list[Any]:
        data = self.cases
        return [np.flatnonzero(data.codes == g) for g in range(len(data.n))] if data.groups else [slice(None)]

    @cached_property
    def _units(self) -> list[NDArray[np.int64]]:
        return [self.cases.unit[keep] for keep in self._chosen]

    @cached_property
    def _split(self) -> list[list[Any]]:
        """Rows of every part, by group."""
        return [[part.rows[keep] for keep in self._chosen] for part in self.parts]

    @cached_property
    def _totals(self) -> list[list[Array]]:
        return [[np.asarray(rows.sum(axis=0), dtype=float)[:, None] for rows in groups] for groups in self._split]

    def _evaluated(self, sums: list[list[Array]]) -> Numbers:
        found: Numbers = {}
        for part, groups in zip(self.parts, sums, strict=True):
            found |= stacked([part.evaluate(one) for one in groups])
        return found

    def numbers(self) -> Numbers:
        """(k,) of the sample."""
        return {name: values[:, 0] for name, values in self._evaluated(self._totals).items()}

    def replicates(self, multipliers: Array) -> Numbers:
        """(k, b) from sums with the units taken as often as the multipliers say."""
        drawn = [multipliers[unit].astype(float, copy=False) for unit in self._units]
        return self._evaluated(
            [[rows.T @ part for rows, part in zip(groups, drawn, strict=True)] for groups in self._split]
        )

    def held_out(self) -> Numbers:
        """(k, units) without each sampling unit in turn."""
        return collect(self.replicates(multipliers) for multipliers in _without_each(self.design.units))

    def accelerations(self) -> Numbers:
        """(k,) from the influence of each unit."""
        return {name: acceleration_of(values) for name, values in self._influence().items()}

    def linearised(self, method: str) -> tuple[Store, Note]:
        """The covariance of all numbers by their influence."""
        self.design.check_lonely()
        values = self._influence()
        cov = self.design.covariance(np.concatenate(list(values.values())))
        store = LinearStore(cov, {name: len(one) for name, one in values.items()}, float(self.design.df))
        return store, note("linearised", units=self.design.units)

    def _influence(self) -> Numbers:
        """Influence (k, pieces) of every sampling unit on every number, the groups of a number one after the other."""
        count, found = self.design.pieces, {}
        for part, groups, sums in zip(self.parts, self._split, self._totals, strict=True):
            for rows, total, unit in zip(groups, sums, self._units, strict=True):
                point = total[:, 0]
                steps = STEP * np.maximum(np.abs(point), 1e-3 * np.abs(point).max())
                slopes = jacobian(point, steps, part.evaluate)
                moved = np.asarray(np.nan_to_num(np.concatenate(list(slopes.values()))) @ rows.T)
                block = np.array([np.bincount(unit, weights=row, minlength=count) for row in moved])
                ends = np.cumsum([len(slope) for slope in slopes.values()])[:-1]
                for name, one in zip(slopes, np.split(block, ends), strict=True):
                    found.setdefault(name, []).append(one)
        return {name: np.concatenate(blocks) for name, blocks in found.items()}


def _without_each(units: int) -> Iterator[Array]:
    """Multipliers (units, b) that leave out one unit after the other."""
    for start in range(0, units, BLOCK):
        b = min(BLOCK, units - start)
        multipliers = np.ones((units, b))
        multipliers[np.arange(start, start + b), np.arange(b)] = 0.0
        yield multipliers
