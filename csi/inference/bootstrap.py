"""Resampling as linear algebra: a replicate is a column of multipliers times the rows' cross-products.

Replicates come in fixed blocks of 250 and block k draws from `SeedSequence(seed, spawn_key=(k,))`, so the draws do not
depend on the number of cores or on memory. With strata or clusters n_h - 1 of the n_h units of each stratum are drawn
with replacement and rescaled by n_h / (n_h - 1) (Rao and Wu 1988); without them n of n respondents.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray

from csi.errors import OptionError
from csi.inference.choice import generator
from csi.inference.design import Design
from csi.sums import products, upper

Array = NDArray[np.float64]
BLOCK = 250
CELLS = 16_000_000  # numbers held at once: multipliers of one batch
CHUNK = 2_000_000  # numbers held at once: products of the rows


@dataclass(frozen=True, eq=False)
class Batch:
    """Moments of b replicates of one set of rows.

    Attributes
    ----------
    mean : (p, b)
    half : (p (p + 1) / 2, b) covariances, the upper triangle row by row
    """

    mean: Array
    half: Array

    @cached_property
    def sd(self) -> Array:
        """(p, b) standard deviations; NaN where an item is constant in a replicate but not in others."""
        p = len(self.mean)
        variance = self.half[_square(p)[:: p + 1]]
        constant = variance <= 1e-12 * variance.max(axis=1, keepdims=True, initial=0.0)
        if constant.any():
            variance = np.where(constant, np.nan, variance)
        return np.sqrt(variance)

    @cached_property
    def cov(self) -> Array:
        """(p, p, b) covariances."""
        p = len(self.mean)
        return self.half.take(_square(p), axis=0).reshape(p, p, -1)

    @cached_property
    def half_correlation(self) -> Array:
        """(p (p + 1) / 2, b) correlations, the upper triangle row by row."""
        rows, columns = upper(len(self.mean))
        inverse = 1 / self.sd
        scaled = inverse.take(rows, axis=0)
        scaled *= inverse.take(columns, axis=0)
        scaled *= self.half
        return scaled

    @cached_property
    def correlation(self) -> Array:
        """(p, p, b) correlations."""
        p = len(self.mean)
        return self.half_correlation.take(_square(p), axis=0).reshape(p, p, -1)


def batch_of(mean: Array, cov: Array) -> Batch:
    """A batch from means (p, b) and full covariances (p, p, b)."""
    rows, columns = upper(len(mean))
    return Batch(mean, cov[rows, columns])


@dataclass(frozen=True, eq=False)
class Rows:
    """The rows of one domain, ready to be resampled.

    Attributes
    ----------
    columns : (n, p) ratings of this domain's rows, NaN where missing
    weight : (n,) weights, all positive
    unit : (n,) sampling unit of each row in the whole design
    origin : (p,) the point that sums are counted from
    missing : "listwise" (rows are complete) or "pairwise"
    aggregate : whether several rows may share a unit, so that sums per unit come first
    """

    columns: Array
    weight: Array
    unit: NDArray[np.int64]
    origin: Array
    missing: str
    aggregate: bool

    @property
    def size(self) -> int:
        """Columns of the products."""
        p = self.columns.shape[1]
        half = p * (p + 1) // 2
        return 1 + p + half if self.missing == "listwise" else 2 * half + p * p + 1

    def _products(self, chunk: slice) -> Array:
        deviations = self.columns[chunk] - self.origin
        w = self.weight[chunk, None]
        if self.missing == "listwise":
            return products(deviations) * w
        mask = (~np.isnan(deviations)).astype(float)
        deviations = np.nan_to_num(deviations)
        rows, columns = upper(deviations.shape[1])
        cross = (deviations[:, :, None] * mask[:, None, :]).reshape(len(mask), -1)
        both = [np.ones((len(mask), 1)), mask[:, rows] * mask[:, columns], cross]
        return np.hstack([*both, deviations[:, rows] * deviations[:, columns]]) * w

    def parts(self) -> list[tuple[NDArray[np.int64], Array]]:
        """Sampling units and their weighted products, in chunks; one chunk unless there are very many rows."""
        step = max(1, CHUNK // self.size)
        found = []
        for start in range(0, len(self.columns), step):
            chunk = slice(start, min(start + step, len(self.columns)))
            units, z = self.unit[chunk], self._products(chunk)
            if self.aggregate:
                units, codes = np.unique(units, return_inverse=True)
                sums = np.zeros((len(units), self.size))
                np.add.at(sums, codes, z)
                z = sums
            found.append((units, z))
        return found

    def batch(self, sums: Array) -> Batch:
        """Moments from the sums (size, b) of the weighted products."""
        p = self.columns.shape[1]
        if self.missing == "listwise":
            return batch_of_sums(sums, self.origin, len(self.columns))
        full = _square(p)
        size = p * (p + 1) // 2
        with np.errstate(invalid="ignore", divide="ignore"):
            weight = sums[1 : 1 + size][full].reshape(p, p, -1)
            first = sums[1 + size : 1 + size + p * p].reshape(p, p, -1) / weight
            second = sums[1 + size + p * p :] / sums[1 : 1 + size]
            both = (~np.isnan(self.columns)).astype(float)
            counts = both.T @ both
            rows, columns = upper(p)
            half = second - first[rows, columns] * first[columns, rows]
            half *= (counts / (counts - 1))[rows, columns][:, None]
        return Batch(self.origin[:, None] + first[range(p), range(p)], half)

    def joined(self, domains: list[Rows]) -> Rows:
        """All domains together, for the moments of their common sums."""
        if self.missing == "listwise":
            columns = np.empty((sum(len(part.columns) for part in domains), self.columns.shape[1]))
        else:
            columns = np.concatenate([part.columns for part in domains])
        none = np.zeros(0)
        return Rows(columns, none, none.astype(np.int64), self.origin, self.missing, self.aggregate)


@cache
def _square(p: int) -> NDArray[np.intp]:
    """Where each cell of a p x p matrix stands in its upper triangle, (p * p,)."""
    rows, columns = upper(p)
    full = np.empty((p, p), dtype=np.intp)
    full[rows, columns] = full[columns, rows] = np.arange(len(rows))
    return full.reshape(-1)


def batch_of_sums(sums: Array, origin: Array, n: int) -> Batch:
    """Moments from sums (1 + p + p(p+1)/2, b) of weighted products counted from `origin`, over n complete rows."""
    p = len(origin)
    rows, columns = upper(p)
    with np.errstate(invalid="ignore", divide="ignore"):
        factor = 1 / sums[0]
        offset = sums[1 : 1 + p] * factor
        products_of_means = offset.take(rows, axis=0)
        products_of_means *= offset.take(columns, axis=0)
        half = sums[1 + p :] * factor
        half -= products_of_means
        half *= n / (n - 1) if n > 1 else np.nan
    return Batch(origin[:, None] + offset, half)


def rows_of(columns: Array, design: Design, missing: str, domain: NDArray[np.int64] | None = None) -> list[Rows]:
    """Prepare the rows of each domain; rows without a domain (code -1) come last, when there are any.

    Parameters
    ----------
    columns : (n, p) ratings with NaN
    design : the sampling design of the n rows
    missing : "listwise" or "pairwise"
    domain : (n,) codes from 0, -1 for none; one domain when None
    """
    used = ~np.isnan(columns).any(axis=1) if missing == "listwise" else ~np.isnan(columns).all(axis=1)
    weight = np.ones(design.n) if design.weight is None else design.weight
    used &= weight > 0
    # weights are scaled to a mean of 1 so that sums stay of the size of counts
    weight = weight / weight[used].mean() if used.any() else weight
    with np.errstate(invalid="ignore"):
        filled = np.where(np.isnan(columns[used]), 0.0, columns[used]).sum(axis=0)
        counts = np.maximum((~np.isnan(columns[used])).sum(axis=0), 1)
    origin = filled / counts
    codes = np.zeros(design.n, dtype=np.int64) if domain is None else domain
    wanted = list(range(int(codes.max()) + 1)) if len(codes) else [0]
    if (codes[used] < 0).any():
        wanted.append(-1)
    aggregate = design.cluster is not None and design.calibration is None
    return [
        Rows(columns[keep], weight[keep], design.piece[keep], origin, missing, aggregate)
        for keep in (used & (codes == code) for code in wanted)
    ]


def draw(design: Design, n_boot: int, seed: int) -> Iterator[tuple[int, Array]]:
    """Multipliers of the sampling units, (units, b), with the number of the first replicate of each batch.

    A batch holds two blocks, or part of one when there are very many units. Where weights were raked the rows are the
    respondents, and each replicate's weights are raked again.
    """
    if not design.plain:
        design.check_lonely()
        if design.lonely_psu in ("adjust", "average") and design.lonely.any():
            raise OptionError("lonely_not_drawn", lonely_psu=design.lonely_psu)
    held_at_once = 8 * CELLS if design.plain else CELLS  # counts of many units are kept in two bytes each
    step = max(1, min(BLOCK, held_at_once // max(design.pieces, 1)))
    waiting: list[NDArray[np.integer]] = []
    for block, first in enumerate(range(0, n_boot, BLOCK)):
        rng = generator(seed, block)
        size = min(BLOCK, n_boot - first)
        for start in range(0, size, step):
            waiting.append(_drawn_units(design, min(step, size - start), rng))
            held = sum(len(part) for part in waiting)
            last = first + start + len(waiting[-1])
            if held > step or held * design.pieces > CELLS or last == n_boot:
                yield last - held, _multipliers(design, np.concatenate(waiting))
                waiting = []


def _drawn_units(design: Design, b: int, rng: np.random.Generator) -> NDArray[np.integer]:
    """Numbers of the units drawn by b replicates, (b, m); each replicate's are drawn whole before the next one's."""
    if design.plain:
        return rng.integers(0, design.units, size=(b, design.units), dtype=np.int32)
    sizes = design.stratum_units
    order = np.argsort(design.unit_stratum, kind="stable")
    starts = np.cumsum(sizes) - sizes
    high = np.repeat(sizes, sizes - 1)
    return order[rng.integers(0, high, size=(b, len(high)), dtype=np.int64) + np.repeat(starts, sizes - 1)]


def _multipliers(design: Design, drawn: NDArray[np.integer]) -> Array:
    """Multipliers (pieces, b): how often each unit was drawn, rescaled within strata and for finite populations."""
    counts = count_draws(drawn, design.units)
    if design.plain:
        return counts
    sizes = design.stratum_units
    with np.errstate(divide="ignore"):
        rescale = np.where(sizes > 1, sizes / (sizes - 1), 0.0)
    drawn_part = np.where(sizes > 1, np.sqrt(1 - design.sampled_share), 0.0)  # of a finite population less is unsure
    multipliers = counts * (rescale * drawn_part)[design.unit_stratum][:, None]
    multipliers += (1 - drawn_part)[design.unit_stratum][:, None]
    return multipliers if design.calibration is None else raked_again(design, multipliers)


def raked_again(design: Design, multipliers: Array) -> Array:
    """Multipliers (n, b) of respondents whose weights are raked anew in every replicate."""
    calibration = design.calibration
    again = calibration.raked(calibration.base[:, None] * multipliers[design.unit])
    weight = np.ones(design.n) if design.weight is None else design.weight
    used = weight > 0
    found = np.zeros_like(again)
    found[used] = again[used] / weight[used, None]
    return found


def count_draws(drawn: NDArray[np.integer], units: int) -> NDArray:
    """How often each unit was drawn: (b, m) unit numbers to (units, b) counts, in small integers when they are many."""
    b = len(drawn)
    if units * b > CELLS // 4:
        counts = np.empty((b, units), dtype=np.uint16)
        for row, numbers in zip(counts, drawn, strict=True):
            row[:] = np.bincount(numbers, minlength=units)
        return counts.T
    flat = drawn.astype(np.intp)
    flat *= b
    flat += np.arange(b)[:, None]
    return np.bincount(flat.reshape(-1), minlength=units * b).reshape(units, b).astype(float)


class Resampler:
    """Turns multipliers into moments of every domain and of all rows together."""

    def __init__(self, rows: list[Rows]) -> None:
        self._rows = rows
        held = sum(len(part.columns) * part.size for part in rows)
        self._parts = [part.parts() for part in rows] if held <= 4 * CELLS else None

    def batches(self, multipliers: Array) -> tuple[Iterator[Batch], Batch]:
        """Moments per domain, one after the other, and of all rows together, for multipliers (units, b)."""
        sums = []
        for k, rows in enumerate(self._rows):
            parts = self._parts[k] if self._parts is not None else rows.parts()
            total = np.zeros((rows.size, multipliers.shape[1]))
            for units, z in parts:
                whole = len(units) == len(multipliers)
                total += z.T @ (multipliers if whole else multipliers[units]).astype(float, copy=False)
            sums.append(total)
        return batches_of(self._rows, sums)


def batches_of(rows: list[Rows], sums: list[Array]) -> tuple[Iterator[Batch], Batch]:
    """Moments from the sums (size, b) of every domain; those of a domain are made when its turn comes."""
    if len(rows) == 1:
        whole = rows[0].batch(sums[0])
        return iter([whole]), whole
    whole = rows[0].joined(rows).batch(np.sum(sums, axis=0))
    return (part.batch(total) for part, total in zip(rows, sums, strict=True)), whole


Evaluate = Callable[[Iterable[Batch], Batch], dict[str, Array]]


def keep_memory() -> None:
    """Ask for a large piece of memory and give it back at once.

    glibc then keeps freed memory up to that size for the process instead of returning it to the system after every
    batch, which would cost a third of the time of a replicate in page faults. Elsewhere this does nothing.
    """
    np.empty(3_900_000)  # just under the 32 MB at which glibc stops learning


def collect(batches: Iterable[dict[str, Array]]) -> dict[str, Array]:
    """Join the arrays of all batches along the replicates."""
    pieces: dict[str, list[Array]] = {}
    for found in batches:
        for name, values in found.items():
            pieces.setdefault(name, []).append(values)
    return {name: np.concatenate(values, axis=-1) for name, values in pieces.items()}
