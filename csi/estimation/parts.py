"""Numbers of some of the items, and their linearised covariance from complete rows, made when a table asks for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from csi.estimation.engine import Numbers
from csi.estimation.item_moments import ItemData
from csi.inference.bootstrap import Batch, batch_of_sums
from csi.inference.influence import STEP, jacobian, step_sizes
from csi.sums import upper

Array = NDArray[np.float64]
CHUNK = 4096  # rows whose products are held at once
EXACT_UP_TO = 100_000  # rows; above, products are taken in single precision, which moves no standard error visibly


@dataclass(frozen=True, eq=False)
class Part:
    """Numbers that depend on some of the items only.

    Attributes
    ----------
    columns : positions of those items
    evaluate : moments of those items, b replicates, to named arrays (k, b)
    """

    columns: Sequence[int]
    evaluate: Callable[[Batch], Numbers]

    def of(self, batch: Batch) -> Numbers:
        """The numbers from moments of all items."""
        return self.evaluate(Batch(batch.mean[list(self.columns)], batch.half[self.cells(len(batch.mean))]))

    def cells(self, p: int) -> NDArray[np.intp]:
        """Where the covariances of its items stand among those of all p items."""
        place = np.empty((p, p), dtype=np.intp)
        rows, columns = upper(p)
        place[rows, columns] = place[columns, rows] = np.arange(len(rows))
        mine = np.array(self.columns, dtype=np.intp)
        first, second = upper(len(mine))
        return place[mine[first], mine[second]]


Groups = Sequence[Sequence[Part]]


def numbers_of(parts: Sequence[Part], batch: Batch) -> Numbers:
    """The numbers of all parts of a group from the moments of all items."""
    return {name: values for part in parts for name, values in part.of(batch).items()}


def covariances_of_rows(
    data: ItemData, groups: Sequence[Sequence[Part]], sizes: Mapping[str, int]
) -> Callable[[Sequence[str]], Array]:
    """What gives the linearised covariance of some numbers from complete rows; slopes are kept for the next ones."""
    ends = np.cumsum([0, *sizes.values()])
    place = dict(zip(sizes, np.split(np.arange(ends[-1]), ends[1:-1]), strict=True))
    slopes: list[Array] = []

    def covariance(names: Sequence[str]) -> Array:
        if not slopes:
            slopes.extend(_slopes(*one) for one in zip(groups, data.domains, data.n, strict=True))
        chosen = [place[name] for name in names]
        one = np.cumsum([0, *(len(values) // len(groups) for values in place.values())])  # of one group's slopes
        own = dict(zip(place, pairwise(one), strict=True))
        rows = np.concatenate([np.arange(*own[name]) for name in names])
        mine = np.split(np.arange(sum(map(len, chosen))), np.cumsum([len(part) for part in chosen])[:-1])
        where = [np.concatenate([np.split(part, len(groups))[g] for part in mine]) for g in range(len(groups))]
        return _covariance_of_rows(data, [slope[rows] for slope in slopes], where)

    return covariance


def _covariance_of_rows(data: ItemData, slopes: Sequence[Array], where: Sequence[NDArray[np.intp]]) -> Array:
    """Linearised covariance of the numbers with these slopes (k, s) per group, `where` they stand among them.

    Only the products that some number depends on are ever formed, a chunk at a time. Groups share no respondent and no
    number, so each needs its own slopes only.
    """
    plain, total = data.design.plain, sum(map(len, where))
    cov = np.zeros((total,) * 2)
    values = np.zeros((0 if plain else total, data.design.pieces))
    for g, (batch, mine) in enumerate(zip(data.domains, where, strict=True)):
        rows = np.flatnonzero(data.codes == g) if data.groups else slice(None)
        slope = slopes[g] / float(data.n[g] if data.weight is None else data.weight[rows].sum())
        needed = np.flatnonzero((slope != 0).any(axis=0))
        products = _Products(data, rows, batch.mean[:, 0], needed)
        factors = (slope[:, needed] * products.unit).astype(products.kind)
        k, d = factors.shape
        if plain and d * d < 2 * k * d + k * k:  # fewer products than it takes to turn them into numbers first
            gram = np.zeros((d, d))
            for chunk, z in products.chunks():
                z *= products.weight(chunk)
                gram += z @ z.T
            cov[np.ix_(mine, mine)] = factors.astype(float) @ gram @ factors.T.astype(float)
            continue
        units = None if plain else data.design.piece[data.used][rows]
        for chunk, z in products.chunks():
            found = factors @ z
            found *= products.weight(chunk)
            if units is None:
                cov[np.ix_(mine, mine)] += found @ found.T
                continue
            for row, more in zip(mine, found, strict=True):
                values[row] += np.bincount(units[chunk], weights=more, minlength=data.design.pieces)
    if plain:
        return cov * data.design.units / (data.design.units - 1)
    return data.design.covariance(values)


def _slopes(parts: Sequence[Part], batch: Batch, n: int) -> Array:
    """Derivatives (K, s) of all numbers with respect to the weighted means of the products, counted from the means."""
    p = len(batch.mean)
    found = []
    for part in parts:
        mine = list(part.columns)
        cells = part.cells(p)
        means = np.concatenate([[1.0], np.zeros(len(mine)), batch.half[cells, 0] * (n - 1) / n])
        steps = STEP * step_sizes(batch.sd[mine, 0])
        centre = batch.mean[mine, 0]

        def at(moved: Array, part: Part = part, centre: Array = centre) -> Numbers:
            return part.evaluate(batch_of_sums(moved, centre, n))

        slope = np.nan_to_num(np.concatenate(list(jacobian(means, steps, at).values())))
        whole = np.zeros((len(slope), 1 + p + len(batch.half)))
        whole[:, [0, *(1 + i for i in mine), *(1 + p + cells)]] = slope
        found.append(whole)
    return np.concatenate(found)


class _Products:
    """Products of a group's ratings, counted from their means, for the sums that are needed.

    `kind` is their precision, and `unit` the scale they are given on, so that single precision stays honest.
    """

    def __init__(
        self, data: ItemData, rows: slice | NDArray[np.int64], centre: Array, needed: NDArray[np.intp]
    ) -> None:
        p = len(centre)
        self._columns, self._centre = data.columns[rows], centre
        self._weight = None if data.weight is None else data.weight[rows]
        self.kind = np.float64 if len(self._columns) <= EXACT_UP_TO else np.float32
        spread = self._columns[:CHUNK].std(axis=0)
        self._spread = np.where(spread > 0, spread, 1.0)
        first, second = upper(p)
        whole = np.concatenate([[1.0], self._spread, self._spread[first] * self._spread[second]])
        self.unit = whole[needed]
        self._all = len(needed) == len(whole)
        pairs = needed[needed > p] - 1 - p
        self._pairs = first[pairs], second[pairs]
        self._singles = needed[(needed > 0) & (needed <= p)] - 1
        self._ones = int(0 in needed)

    def chunks(self) -> Iterator[tuple[slice, Array]]:
        """Slices of the rows and their products (needed, m)."""
        for start in range(0, len(self._columns), CHUNK):
            chunk = slice(start, start + CHUNK)
            d = np.ascontiguousarray(((self._columns[chunk] - self._centre) / self._spread).T, dtype=self.kind)
            if self._all:
                z = _products(d)
            else:
                one = np.ones((self._ones, d.shape[1]), dtype=self.kind)
                z = np.concatenate([one, d[self._singles], d[self._pairs[0]] * d[self._pairs[1]]])
            yield chunk, z

    def weight(self, chunk: slice) -> Array:
        """Weights of a slice of the rows, of one and all where they are equal."""
        return np.ones(1, self.kind) if self._weight is None else self._weight[chunk].astype(self.kind)


def _products(d: Array) -> Array:
    """(1 + p + p(p+1)/2, m): one, the deviations (p, m), and the products of two of them."""
    p, m = d.shape
    z = np.empty((1 + p + p * (p + 1) // 2, m), dtype=d.dtype)
    z[0], z[1 : 1 + p] = 1.0, d
    start = 1 + p
    for i in range(p):
        np.multiply(d[i], d[i:], out=z[start : start + p - i])
        start += p - i
    return z
