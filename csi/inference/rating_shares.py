"""How the answers behind a mean are distributed: of an item, or of a weighted sum of items."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from csi.inference.domains import Part
from csi.inference.means import Evaluate, Sample, Slopes, slopes
from csi.inference.score_interval import Bounded
from csi.inference.stores import Places

Array = NDArray[np.float64]
FEW = 256  # points kept as they are
FINE, COARSE = 12_600, 252  # steps of a scale; the fine ones hold thirds to tenths, and halves of these
NOISE = 1e-7  # of slopes that are found by differences
UNKNOWN = (np.zeros(1), np.ones(1), np.nan, np.nan)


@dataclass(frozen=True, eq=False)
class RatingShares:
    """The distributions behind numbers that are means of bounded columns.

    A number with slopes a on the means of the columns is the mean of constant + sum a_j x_ij over its respondents, an
    answer that is missing replaced by its mean, and lies between the ends that this sum can have. Columns without ends
    (weights that are estimated) shift the constant and count in the standard error alone.

    Attributes
    ----------
    sample : columns, design and domains
    evaluate : from means to numbers
    ends : (2, K) ends of each column, NaN where there are none
    """

    sample: Sample
    evaluate: Evaluate
    ends: Array

    @cached_property
    def _slopes(self) -> list[Slopes]:
        return slopes(self.sample, self.evaluate)

    def __call__(self, places: Places, wanted: NDArray[np.bool_]) -> Bounded:
        """The distributions behind the numbers at some places (k,), without ends where not wanted or not known."""
        found = [self._at(*place) if want else UNKNOWN for place, want in zip(places, wanted, strict=True)]
        size = max(len(points) for points, *_ in found)
        points, shares = np.zeros((len(found), size)), np.zeros((len(found), size))
        for i, (values, parts, lo, _) in enumerate(found):
            points[i] = lo
            points[i, : len(values)], shares[i, : len(values)] = values, parts
        lo, hi = (np.array([one[place] for one in found]) for place in (2, 3))
        return Bounded(points, shares, lo, hi)

    def _at(self, name: str, place: int) -> tuple[Array, Array, float, float]:
        """Points, shares and ends of one number."""
        size = len(self._slopes[0].domain[name])
        g, i = divmod(place, size)
        slope = np.nan_to_num(self._slopes[g].domain[name][i])
        known = np.isfinite(self.ends).all(axis=0)
        used = np.flatnonzero(known & (np.abs(slope) > NOISE * np.abs(slope).max(initial=0.0)))
        outside = self._slopes[g].whole.get(name)
        shared = outside is not None and (np.abs(np.nan_to_num(outside[i]))[known] > NOISE).any()
        if not len(used) or shared:
            return UNKNOWN
        part, mean = self.sample.domains[g], self.sample.means[0][g].mean[used, 0]
        factor = slope[used]
        constant = self._value(name, g, i) - factor @ mean
        sides = factor * self.ends[:, used]
        values, weight = _sums(part, used, factor, mean)
        lo, hi = constant + sides.min(axis=0).sum(), constant + sides.max(axis=0).sum()
        return *shares_of(values + constant, weight, lo, hi), lo, hi

    def _value(self, name: str, g: int, i: int) -> float:
        domains, whole = self.sample.means
        return float(self.evaluate(domains[g], whole)[name][i, 0])


def _sums(part: Part, used: NDArray[np.int64], factor: Array, mean: Array) -> tuple[Array, Array]:
    """The weighted sum of columns of each respondent who has any of them, and the weights."""
    total = np.zeros(len(part.rows))
    answered = np.zeros(len(part.rows), dtype=bool)
    for k, a, middle in zip(used, factor, mean, strict=True):
        x = part.x[k]
        if part.gaps is None:
            answered[:] = True
        else:
            answered |= ~part.gaps[k]
            x = np.where(part.gaps[k], middle, x)
        total += a * x
    return (total, part.weight) if answered.all() else (total[answered], part.weight[answered])


def shares_of(values: Array, weight: Array, lo: float, hi: float) -> tuple[Array, Array]:
    """Points and shares of values (n,): few as they are, many counted on fine or between coarse steps.

    A value between two coarse steps gives each of them a part of its weight, so that the mean stays the same.
    """
    weight = weight / weight.sum()
    if len(values) <= FEW:
        return values, weight
    y = (values - lo) / (hi - lo)
    if y.max() - y.min() < 1e-9:
        return np.array([weight @ values]), np.ones(1)
    cell = np.rint(y * FINE)
    if np.abs(cell - y * FINE).max() < 1e-6:
        counts = np.bincount(np.clip(cell, 0, FINE).astype(np.int64), weight, FINE + 1)
        there = np.flatnonzero(counts)
        if len(there) <= FEW:
            return lo + (hi - lo) * there / FINE, counts[there]
    place = np.clip(y * COARSE, 0, COARSE)
    low = np.minimum(place.astype(np.int64), COARSE - 1)
    above = place - low
    counts = np.bincount(low, weight * (1 - above), COARSE + 1) + np.bincount(low + 1, weight * above, COARSE + 1)
    there = np.flatnonzero(counts)
    return lo + (hi - lo) * there / COARSE, counts[there]
