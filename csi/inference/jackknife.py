"""Every estimate again without each sampling unit in turn, and the errors that follow, under any design.

A unit that is left out is stood for by the others of its stratum: the sums of the sample are put down by what the unit
brought, T + (T_h - m z) / (m - 1) with m units in stratum h, so nothing is counted anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from csi.inference.bootstrap import BLOCK, Batch, Evaluate, Resampler, Rows, batches_of, collect, raked_again
from csi.inference.design import Design
from csi.inference.intervals import Linear
from csi.inference.stores import Places, pick

Array = NDArray[np.float64]


def leave_one_out(rows: list[Rows], design: Design, evaluate: Evaluate) -> dict[str, Array]:
    """The estimator without each sampling unit in turn: dict of (k, units) arrays."""
    return collect(evaluate(*batches) for batches in _without_each(rows, design))


def _without_each(rows: list[Rows], design: Design) -> Iterator[tuple[Iterator[Batch], Batch]]:
    """Moments per domain and of all rows, without a block of sampling units each in turn."""
    blocks = [slice(start, min(start + BLOCK, design.units)) for start in range(0, design.units, BLOCK)]
    if design.calibration is not None:
        resampler = Resampler(rows)
        for block in blocks:
            yield resampler.batches(raked_again(design, _multipliers(design, block)))
        return
    sums = [_sums_without(part, design) for part in rows]
    for block in blocks:
        some = [part[:, block] for part in sums]
        yield batches_of(rows, some)


def _sums_without(rows: Rows, design: Design) -> Array:
    """(size, units) sums of the weighted products of one domain without each unit."""
    brought = np.zeros((rows.size, design.units))
    for units, z in rows.parts():
        np.add.at(brought.T, units, z)
    m, others = design.stratum_units, np.zeros((rows.size, design.strata_count))
    np.add.at(others.T, design.unit_stratum, brought.T)
    total = others.sum(axis=1, keepdims=True)
    own = design.unit_stratum
    gone = (others[:, own] - m[own] * brought) / np.maximum(m - 1, 1)[own]
    alone = -brought if design.lonely_psu == "adjust" else 0.0
    return total + np.where((m > 1)[own], gone, alone)


def _multipliers(design: Design, block: slice) -> Array:
    """Multipliers (units, b) that leave out a block of units, each in turn."""
    place = np.arange(design.units)[block]
    m = design.stratum_units[design.unit_stratum[place]]
    same = design.unit_stratum[:, None] == design.unit_stratum[place]
    found = np.where(same & (m > 1), m / np.maximum(m - 1, 1), 1.0)
    gone = (m > 1) | (design.lonely_psu == "adjust")
    found[place[gone], np.flatnonzero(gone)] = 0.0
    return found


def contributions(held_out: Array, value: Array, design: Design) -> Array:
    """What each unit brings to an estimate, (k, units): (m - 1) / m times how far the estimate falls without it.

    With these the variance of the design is the jackknife's: for a plain one (n - 1) / n times the sum of squares of
    the estimates about their mean.
    """
    m = design.stratum_units[design.unit_stratum]
    return np.where(m > 1, (m - 1) / m, 1.0) * (value[:, None] - held_out)


def bias(brought: Array, design: Design) -> Array:
    """(k,) the jackknife's bias from contributions (k, units): for a plain design (n - 1)(mean - estimate)."""
    counted = (design.stratum_units > 1) * (1 - design.sampled_share)
    return -(brought * counted[design.unit_stratum]).sum(axis=1)


def kurtosis(brought: Array, design: Design, there: NDArray[np.bool_]) -> Array:
    """(k,) mean of the fourth powers over the squared mean of squares, of the contributions of the units `there`."""
    scale, centred, _ = design.variance_rule()
    mean = np.zeros((len(brought), design.strata_count))
    np.add.at(mean.T, design.unit_stratum, brought.T)
    mean *= centred / design.stratum_units
    moved = ((brought - mean[:, design.unit_stratum]) * np.sqrt(scale)[design.unit_stratum])[:, there]
    with np.errstate(invalid="ignore", divide="ignore"):
        return (moved**4).mean(axis=1) / (moved**2).mean(axis=1) ** 2


@dataclass(frozen=True, eq=False)
class JackknifeStore:
    """What every sampling unit brings to many named blocks of numbers.

    Attributes
    ----------
    brought : block name to contributions (k, units)
    design : the design of the units
    df : degrees of freedom
    more : gives the contributions to blocks that are seldom asked for
    """

    brought: Mapping[str, Array]
    design: Design
    df: float
    more: Callable[[], Mapping[str, Array]] = dict
    _later: dict[str, Array] = field(default_factory=dict, repr=False)

    def uncertainty(self, estimate: Array, places: Places, scale: NDArray[np.int8]) -> Linear:
        """The uncertainty of the estimates at some places."""
        return Linear(estimate, self.covariance(places), self.df, scale)

    def covariance(self, places: Places) -> Array:
        """(k, k) jackknife covariance of the numbers at some places."""
        if not self._later and any(name not in self.brought for name, _ in places):
            self._later.update(self.more())
        return self.design.unit_covariance(pick({**self._later, **self.brought}, places))


def units_of(design: Design, rows: Sequence[int] | NDArray) -> NDArray[np.bool_]:
    """(units,) whether a unit has any of some respondents, given as numbers or as a mask."""
    there = np.zeros(design.units, dtype=bool)
    there[design.unit[rows]] = True
    return there
