"""Numbers that are functions of weighted means: their linearised errors and replicates, by domain, under any design.

A rate is the mean of a column of 0 and 1, a ratio a function of two means, a net promoter score the difference of two
rates. Each mean is taken over the respondents who have a value in its column, so answers that are missing in one column
take nothing from another. Domains (groups) keep the whole design: outside its domain a respondent has influence 0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from csi.inference.bootstrap import collect, draw, keep_memory
from csi.inference.design import Design
from csi.inference.domains import Part
from csi.inference.intervals import acceleration_sums
from csi.inference.progress import report
from csi.inference.stores import LinearStore

Array = NDArray[np.float64]
STEP = 1e-5  # of the standard deviation of a column
ENOUGH = 30_000  # respondents from whom the spread of a column is seen


@dataclass(frozen=True, eq=False)
class Means:
    """Weighted means of K columns in one domain, in b replicates.

    Attributes
    ----------
    mean : (K, b), NaN where nobody has a value
    weight : (K, b) weight of the respondents who have one, in units of the mean weight
    count : (K, 1) respondents of the sample who have one, the same in all replicates; None where nobody counted
    """

    mean: Array
    weight: Array
    count: Array | None = None


# Takes the means of a domain and those of the whole sample; gives named numbers (k, b).
Evaluate = Callable[[Means, Means], Mapping[str, Array]]


@dataclass(frozen=True, eq=False)
class Sample:
    """What means are taken of.

    Attributes
    ----------
    columns : (n, K) values, NaN where missing
    design : the sampling design of the n respondents
    codes : (n,) number of the domain of each respondent, -1 for none; None for one domain of all
    groups : labels of the domains, empty when there is one of all
    """

    columns: Array
    design: Design
    codes: NDArray[np.int64] | None = None
    groups: tuple[str, ...] = ()

    @cached_property
    def weight(self) -> Array:
        """(n,) weights in units of the mean of those above 0."""
        weight = np.ones(self.design.n) if self.design.weight is None else self.design.weight
        used = weight > 0
        return weight / weight[used].mean() if used.any() else weight

    @cached_property
    def parts(self) -> list[Part]:
        """The domains in order, and last the respondents of none, when there are any."""
        design, weight = self.design, self.weight
        used = weight > 0
        x = self.columns.T
        if self.codes is None:
            if used.all():
                return [Part(np.arange(design.n), x, weight)]
            rows = np.flatnonzero(used)
            return [Part(rows, x.take(rows, axis=1), weight[rows])]
        found = []
        for code in (*range(len(self.groups)), -1):
            rows = np.flatnonzero(used & (self.codes == code))
            if code >= 0 or len(rows):
                found.append(Part(rows, x.take(rows, axis=1), weight[rows]))
        return found

    @property
    def domains(self) -> list[Part]:
        """The parts that are domains."""
        return self.parts[: max(1, len(self.groups))]

    @cached_property
    def counts(self) -> NDArray[np.int64]:
        """(G, K) respondents of each domain who have a value and a positive weight."""
        return np.array([part.count for part in self.domains])

    @cached_property
    def effective(self) -> Array:
        """(G, K) Kish's effective number behind each mean: (sum w)^2 / sum w^2."""
        found = []
        for part in self.domains:
            with np.errstate(invalid="ignore", divide="ignore"):
                found.append(part.weights() ** 2 / part.weights(2))
        return np.array(found)

    @cached_property
    def means(self) -> tuple[list[Means], Means]:
        """Means of each domain and of the whole sample, b = 1."""
        return self._means([part.sums() for part in self.parts])

    def _means(self, sums: Sequence[tuple[Array, Array]]) -> tuple[list[Means], Means]:
        with np.errstate(invalid="ignore", divide="ignore"):
            found = [
                Means(values / weight, weight, part.count[:, None])
                for part, (values, weight) in zip(self.domains, sums, strict=False)
            ]
            if len(sums) == 1:
                return found, found[0]
            values, weight = (np.sum([pair[i] for pair in sums], axis=0) for i in (0, 1))
            return found, Means(values / weight, weight, np.sum([part.count for part in self.parts], axis=0)[:, None])

    def replicate_means(self, multipliers: Array) -> tuple[list[Means], Means]:
        """Means of each domain and of the whole sample in b replicates, from multipliers (pieces, b)."""
        if self._unit_sums is not None:
            pairs = self._unit_sums
            return self._means([(x @ multipliers[units], w @ multipliers[units]) for units, x, w in pairs])
        piece = self.design.piece
        return self._means([part.sums(multipliers[piece[part.rows]].astype(float)) for part in self.parts])

    @cached_property
    def _unit_sums(self) -> list[tuple[NDArray[np.int64], Array, Array]] | None:
        """Sums of each part by sampling unit, where several respondents share one multiplier."""
        if self.design.cluster is None or self.design.calibration is not None:
            return None
        return [part.by_unit(self.design.unit) for part in self.parts]


def evaluate_all(evaluate: Evaluate, domains: Sequence[Means], whole: Means) -> dict[str, Array]:
    """Named numbers (G k, b): those of every domain under each other."""
    found: dict[str, list[Array]] = {}
    for domain in domains:
        for name, values in evaluate(domain, whole).items():
            found.setdefault(name, []).append(values)
    return {name: np.concatenate(values) for name, values in found.items()}


def estimates(sample: Sample, evaluate: Evaluate) -> dict[str, Array]:
    """Named numbers (G k,) of the sample itself."""
    return {name: values[:, 0] for name, values in evaluate_all(evaluate, *sample.means).items()}


@dataclass(frozen=True, eq=False)
class Slopes:
    """Derivatives of the numbers of one domain.

    Attributes
    ----------
    domain : name of a block to (k, K), with respect to the means of the domain
    whole : the same with respect to the means of the whole sample
    """

    domain: dict[str, Array]
    whole: dict[str, Array]


def slopes(sample: Sample, evaluate: Evaluate) -> list[Slopes]:
    """Derivatives by central differences, domain by domain."""
    domains, whole = sample.means
    steps = _steps(sample)
    if not sample.groups:
        return [Slopes(_differences(lambda moved: evaluate(moved, moved), whole, steps), {})]
    found = []
    for domain in domains:
        inside = _differences(lambda moved, whole=whole: evaluate(moved, _repeated(whole, moved)), domain, steps)
        outside = _differences(lambda moved, domain=domain: evaluate(_repeated(domain, moved), moved), whole, steps)
        found.append(Slopes(inside, {name: slope for name, slope in outside.items() if slope.any()}))
    return found


def _steps(sample: Sample) -> Array:
    """(K,) steps in proportion to the spread of each column; of many respondents some at equal distances show it."""
    _, whole = sample.means
    total, weight = np.zeros(len(whole.mean)), np.zeros(len(whole.mean))
    middle = np.nan_to_num(whole.mean)
    for part in sample.parts:
        rows = slice(None, None, max(1, len(part.rows) // ENOUGH))
        moved = (part.x[:, rows] - middle) ** 2
        there = np.ones((1, moved.shape[1])) if part.gaps is None else ~part.gaps[:, rows]
        np.copyto(moved, 0.0, where=~there.astype(bool))
        weight += there @ part.weight[rows]
        total += moved @ part.weight[rows]
    with np.errstate(invalid="ignore", divide="ignore"):
        spread = np.sqrt(total / weight)
    return STEP * np.where(spread > 0, spread, 1.0)


def _repeated(means: Means, like: Means) -> Means:
    b = like.mean.shape[1]
    return Means(np.repeat(means.mean, b, axis=1), np.repeat(means.weight, b, axis=1), means.count)


def _differences(evaluate: Callable[[Means], Mapping[str, Array]], at: Means, steps: Array) -> dict[str, Array]:
    count = len(steps)
    moved = np.repeat(at.mean, 2 * count, axis=1)
    columns = np.arange(count)
    moved[columns, columns] += steps
    moved[columns, columns + count] -= steps
    values = evaluate(Means(moved, np.repeat(at.weight, 2 * count, axis=1), at.count))
    with np.errstate(invalid="ignore"):
        return {name: (found[:, :count] - found[:, count:]) / (2 * steps) for name, found in values.items()}


def linearise(sample: Sample, evaluate: Evaluate) -> LinearStore:
    """The linearised covariance of all numbers of all domains together."""
    found = slopes(sample, evaluate)
    names = list(found[0].domain)
    groups = len(found)
    sizes = {name: groups * len(found[0].domain[name]) for name in names}
    pooled = any(part.whole for part in found)
    inputs = mean_covariance(sample, whole=pooled)
    count = sample.columns.shape[1]
    jacobian = np.zeros((sum(sizes.values()), len(inputs)))
    start = 0
    for name in names:
        for g, part in enumerate(found):
            rows = slice(start, start + len(part.domain[name]))
            jacobian[rows, g * count : (g + 1) * count] = np.nan_to_num(part.domain[name])
            if name in part.whole:
                jacobian[rows, groups * count :] = np.nan_to_num(part.whole[name])
            start = rows.stop
    return LinearStore(jacobian @ inputs @ jacobian.T, sizes, float(sample.design.df))


def mean_covariance(sample: Sample, *, whole: bool = False) -> Array:
    """Linearised covariance (Q, Q) of the means of all domains, and of the whole sample after them if asked for."""
    design = sample.design
    design.check_lonely()
    pooled = whole and bool(sample.groups)
    count = sample.columns.shape[1]
    size = count * (max(1, len(sample.groups)) + pooled)
    moves = _influences(sample, pooled) if design.calibration is None else _residuals(sample, pooled, size)
    if design.cluster is not None:
        values = np.zeros((size, design.units))
        for places, rows, moved in moves:
            units = design.unit[rows]
            for place, row in zip(places, moved, strict=True):
                values[place] += np.bincount(units, weights=row, minlength=design.units)
        return design.unit_covariance(values)
    scale, centred, share = design.variance_rule()
    total = np.zeros((size, size))
    sums = np.zeros((size, design.strata_count))
    for places, rows, moved in moves:
        if design.strata_count == 1:
            sums[places, 0] += moved.sum(axis=1)
        else:
            stratum = design.unit_stratum[rows]
            sums[places] += np.stack([np.bincount(stratum, row, design.strata_count) for row in moved])
            moved *= np.sqrt(scale)[stratum]
        total[np.ix_(places, places)] += moved @ moved.T
    if design.strata_count == 1:
        total *= scale[0]
    weight = scale * centred / design.stratum_units
    return (total - (sums * weight) @ sums.T) * share


def _influences(
    sample: Sample, pooled: bool, *, everybody: bool = False
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64], Array]]:
    """Places of means, numbers (m,) of respondents who move them, and their influence (places, m).

    With `everybody` those come too who count and move no mean of a domain, with no places.
    """
    domains, whole = sample.means
    count = sample.columns.shape[1]
    last = len(domains) * count + np.arange(count)
    for g, part in enumerate(sample.parts):
        moves = [(domains[g], g * count + np.arange(count))] if g < len(domains) else []
        moves += [(whole, last)] if pooled else []
        if not moves and not everybody:
            continue
        places = np.concatenate([last[:0], *(place for _, place in moves)])
        for rows in part.chunks():
            if not moves:
                yield places, part.rows[rows], np.zeros((0, len(part.rows[rows])))
                continue
            moved = [part.influence(means.mean[:, 0], means.weight[:, 0], rows) for means, _ in moves]
            yield places, part.rows[rows], moved[0] if len(moved) == 1 else np.concatenate(moved)


def _residuals(sample: Sample, pooled: bool, size: int) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64], Array]]:
    """As `_influences` for raked weights, less what the margins explain: everybody moves the means of all domains."""
    calibration = sample.design.calibration
    mass = calibration.by_cell(np.where(sample.weight > 0, calibration.base, 0.0))
    sums = np.zeros((size, len(mass)))
    for places, rows, moved in _influences(sample, pooled):
        ratio = calibration.base[rows] / sample.weight[rows]
        for place, row in zip(places, moved, strict=True):
            sums[place] += calibration.by_cell(row * ratio, rows)
    explained = calibration.explained(mass, sums)
    every = np.arange(size)
    for places, rows, moved in _influences(sample, pooled, everybody=True):
        left = -explained[:, calibration.cell[rows]]
        left *= sample.weight[rows]
        left[places] += moved
        yield every, rows, left


def resample(sample: Sample, evaluate: Evaluate, *, n_boot: int, seed: int) -> dict[str, Array]:
    """Named numbers (G k, B) of every bootstrap replicate; weights that were raked are raked again in each."""
    keep_memory()
    return collect(
        evaluate_all(evaluate, *sample.replicate_means(multipliers))
        for _, multipliers in report(draw(sample.design, n_boot, seed), n_boot)
    )


def accelerations(sample: Sample, evaluate: Evaluate) -> dict[str, Array]:
    """BCa's acceleration (G k,) of every number, from its influence function (plain designs)."""
    found: dict[str, list[Array]] = {}
    for g, slope in enumerate(slopes(sample, evaluate)):
        for name, inside in slope.domain.items():
            outside = slope.whole.get(name)
            squares, cubes = np.zeros(len(inside)), np.zeros(len(inside))
            for p, part in enumerate(sample.parts):
                for rows in part.chunks():
                    moved = _moved(sample, part, inside if p == g else None, outside, g, rows)
                    if moved is not None:
                        squares += (moved**2).sum(axis=1)
                        cubes += (moved**3).sum(axis=1)
            found.setdefault(name, []).append(acceleration_sums(squares, cubes))
    return {name: np.concatenate(values) for name, values in found.items()}


def _moved(
    sample: Sample, part: Part, inside: Array | None, outside: Array | None, g: int, rows: slice
) -> Array | None:
    """(k, m) influence of some respondents on the numbers of domain g, None where they have none."""
    domains, whole = sample.means
    moved = None
    if inside is not None:
        moved = np.nan_to_num(inside) @ part.influence(domains[g].mean[:, 0], domains[g].weight[:, 0], rows)
    if outside is not None:
        rest = np.nan_to_num(outside) @ part.influence(whole.mean[:, 0], whole.weight[:, 0], rows)
        moved = rest if moved is None else moved + rest
    return moved
