"""How sure numbers are that follow from the moments of items: replicates, normal-theory draws, or influence."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from csi.errors import EstimationError
from csi.estimates import Unknown
from csi.estimation.item_moments import ItemData
from csi.inference.bootstrap import Batch, batch_of_sums, collect, replicate
from csi.inference.choice import resolve_inference
from csi.inference.design import Design
from csi.inference.influence import (
    STEP,
    covariance_from_fourth,
    influence,
    jacobian,
    step_sizes,
)
from csi.inference.intervals import acceleration
from csi.inference.jackknife import leave_one_out
from csi.inference.normal import draw_moments
from csi.inference.progress import report
from csi.inference.stores import DrawStore, LazyStore, LinearStore, pick
from csi.language import Note, note
from csi.results import Block, Check, Table, stack
from csi.sums import upper

Array = NDArray[np.float64]
Numbers = dict[str, Array]
JACKKNIFE_UP_TO = 1000  # respondents; above, acceleration comes from the influence function
CHUNK = 4096  # rows whose products are held at once
EXACT_UP_TO = 100_000  # rows; above, products are taken in single precision, which moves no standard error visibly
FAILED_SHARE = 0.05


class Grouped(Protocol):
    """Whose groups and respondents stand in a table."""

    groups: tuple[str, ...]
    n: tuple[int, ...]


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


@dataclass(frozen=True, eq=False)
class Measured:
    """Numbers per group with their uncertainty.

    Attributes
    ----------
    numbers : name to (groups x k,) estimates
    method, interval : resolved; interval "" without inference
    store : of uncertainties, None without inference
    n_boot, n_failed : replicates made; in which something could not be computed
    notes : what the reader must know
    """

    numbers: Numbers
    method: str
    interval: str
    store: DrawStore | LazyStore | LinearStore | None
    n_boot: int = 0
    n_failed: int = 0
    notes: tuple[Note, ...] = ()

    def table(
        self,
        data: Grouped,
        columns: tuple[str, ...],
        blocks: Sequence[Block],
        *,
        scales: dict[str, int] | None = None,
        tested: bool = False,
        decimals: int = 3,
    ) -> Table:
        """One table from blocks of numbers; rows that cannot be computed are left out.

        Parameters
        ----------
        data : whose groups and respondents stand in the table
        columns : names of the keys
        blocks : the rows of one group
        scales : per block the scale of t intervals, 1 for Fisher's z
        tested : whether 0 is a hypothesis worth a p-value
        decimals : digits a person sees
        """
        keys, places = stack(blocks, data.groups)
        n = np.repeat(data.n, len(keys) // len(data.n))
        estimate = pick(self.numbers, places) if places else np.zeros(0)
        known = np.flatnonzero(np.isfinite(estimate))
        keys, places = [keys[i] for i in known], [places[i] for i in known]
        scale = np.array([(scales or {}).get(name, 0) for name, _ in places], dtype=np.int8)
        estimate = estimate[known]
        no_store = self.store is None or not places
        uncertainty = Unknown(estimate) if no_store else self.store.uncertainty(estimate, places, scale)
        names = ("group", *columns) if data.groups else columns
        values = list(zip(*keys, strict=True)) or [()] * len(names)
        return Table(dict(zip(names, values, strict=True)), uncertainty, n[known].tolist(), tested, decimals)

    def checks(self) -> list[Check]:
        """Whether too many replicates failed."""
        if not self.n_boot:
            return []
        share = self.n_failed / self.n_boot
        facts = {"count": self.n_failed, "n_boot": self.n_boot}
        return [Check("replicates", share, f"<= {FAILED_SHARE}", share <= FAILED_SHARE, False, facts)]


def choose_inference(data: ItemData, inference: str | None, interval: str | None, n_boot: int) -> tuple[str, str]:
    """Resolve the defaults, linearised where rows or fourth-order sums allow, and refuse what the data cannot give."""
    grouped = bool(data.groups)
    return resolve_inference(data.moments, data.design, grouped, inference, interval, n_boot, rows="linearised")


def measure(
    data: ItemData, groups: Sequence[Sequence[Part]], method: str, kind: str, n_boot: int, seed: int
) -> Measured:
    """Evaluate the numbers of every group and the uncertainty that was chosen.

    Parameters
    ----------
    data : what was prepared
    groups : the parts of each group, which between them name every number once
    method, kind, n_boot, seed : of the inference
    """
    evaluate = joined(groups)
    numbers = {name: values[:, 0] for name, values in evaluate(data.domains).items()}
    if method == "none":
        return Measured(numbers, "none", "", None, notes=(note("no_inference"),))
    if method == "linearised":
        return _linearised(data, groups, evaluate, numbers)
    if method == "normal":
        return _normal(data, evaluate, numbers, kind, n_boot, seed)
    rows, design = data.rows(), data.design
    draws = replicate(rows, design, evaluate, n_boot=n_boot, seed=seed)
    accelerations = {}
    if kind == "bca" and design.units <= JACKKNIFE_UP_TO:
        held_out = leave_one_out(rows, design, evaluate)
        accelerations = {name: acceleration(values) for name, values in held_out.items()}
    elif kind == "bca":
        accelerations = influence(rows, design, evaluate).accelerations()
    return of_draws(draws, numbers, method, kind, float(design.df), accelerations, bootstrap_note(design))


def joined(groups: Sequence[Sequence[Part]]) -> Callable[..., Numbers]:
    """The numbers of all groups, one under the other, as a function of the moments of their domains."""

    def evaluate(domains: list[Batch], together: Batch | None = None) -> Numbers:
        found = [_all_of(parts, batch) for parts, batch in zip(groups, domains, strict=False)]
        return {name: np.concatenate([part[name] for part in found]) for name in found[0]}

    return evaluate


def bootstrap_note(design: Design) -> Note:
    """How the replicates were drawn."""
    kind = "plain" if design.plain else "complex"
    return note("trust_bootstrap_" + kind, units=design.units, strata=design.strata_count)


def of_draws(
    draws: Numbers, numbers: Numbers, method: str, kind: str, df: float, accelerations: Numbers, remark: Note
) -> Measured:
    """Keep the replicates for the tables, NaN where a number could not be computed."""
    kept = {name: np.where(np.isinf(values), np.nan, values) for name, values in draws.items()}
    n_boot = next(iter(kept.values())).shape[1]
    failed = np.zeros(n_boot, dtype=bool)
    for name, values in kept.items():
        failed |= np.isnan(values[np.isfinite(numbers[name])]).any(axis=0)
    n_failed = int(failed.sum())
    if n_boot - n_failed < 20:
        raise EstimationError("replicates_failed", failed=n_failed, n_boot=n_boot)
    notes = (remark,)
    if n_failed:
        notes = (*notes, note("failed_replicates", failed=n_failed, n_boot=n_boot))
        kept = {name: values[:, ~failed] for name, values in kept.items()}
    store = DrawStore(kept, kind, df, accelerations)
    return Measured(numbers, method, kind, store, n_boot, n_failed, notes)


def _normal(data: ItemData, evaluate: Callable, numbers: Numbers, kind: str, n_boot: int, seed: int) -> Measured:
    """Draws of the moments under the normal distribution, through the same numbers."""
    batch = data.domains[0]
    n = data.n_eff
    if data.moments is not None and data.moments.pairs is not None:
        n = float(data.moments.pairs.n.min()) * data.moments.n_eff / data.moments.n
    if n - 1 < len(data.items):
        raise EstimationError("too_few_normal", n=round(n, 1), need=len(data.items) + 1)
    if np.linalg.eigvalsh(batch.correlation[:, :, 0])[0] <= 1e-12:
        raise EstimationError("not_definite_normal")
    moved = draw_moments(batch.mean[:, 0], batch.cov[:, :, 0], n, n_boot, seed)
    draws = collect(evaluate([part]) for _, part in report(moved, n_boot))
    remark = note("normal_theory", n=round(n, 1), draws=n_boot)
    return of_draws(draws, numbers, "normal", kind, n - 1, {}, remark)


def _linearised(data: ItemData, groups: Sequence[Sequence[Part]], evaluate: Callable, numbers: Numbers) -> Measured:
    """The covariance of all numbers by their influence, from rows or from moments with fourth-order sums."""
    moments = data.moments
    sizes = {name: len(values) for name, values in numbers.items()}
    if moments is None and data.missing == "listwise":
        data.design.check_lonely()
        store = LazyStore(_covariances_of_rows(data, groups, sizes), sizes, float(data.design.df))
        return Measured(numbers, "linearised", "t", store, notes=(note("linearised", units=data.design.units),))
    if moments is not None:
        cov = covariance_from_fourth(
            moments.fourth, moments.mean, moments.cov, moments.n, moments.sum_w, lambda batch: evaluate([batch])
        )
        df, units = float(moments.fourth.units - 1), moments.fourth.units
    else:
        data.design.check_lonely()
        cov = influence(data.rows(), data.design, evaluate).covariance()
        df, units = float(data.design.df), data.design.units
    store = LinearStore(np.nan_to_num(cov), sizes, df)
    return Measured(numbers, "linearised", "t", store, notes=(note("linearised", units=units),))


def _covariances_of_rows(
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


def _all_of(parts: Sequence[Part], batch: Batch) -> Numbers:
    return {name: values for part in parts for name, values in part.of(batch).items()}


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
