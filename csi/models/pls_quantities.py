"""Everything that follows from outer weights: paths, R2, effects, reliability, HTMT, indices, importance.

All functions take stacks with the replicate as last axis; see `csi.models.pls_algorithm`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from csi.inference.bootstrap import Batch
from csi.models.pls_algorithm import Layout, Solution, composites_from, iterate, orient, regress
from csi.sums import upper

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Question:
    """What is to be estimated: the model as arrays and the options of `fit_pls`.

    Attributes
    ----------
    layout : the model
    lo, hi : (p,) ends of the scales, NaN where unknown
    n : respondents per domain, for the adjusted R2
    standardized, consistent : forms of PLS
    pooled : whether groups share the outer weights of the whole sample
    target : construct number to which `priorities` is limited, or None
    tolerance, max_iter : of the iteration
    """

    layout: Layout
    lo: Array
    hi: Array
    n: tuple[int, ...]
    standardized: bool
    consistent: bool
    pooled: bool
    target: int | None
    tolerance: float
    max_iter: int

    @cached_property
    def paths(self) -> list[tuple[int, int]]:
        """(source, target) of every path, by target in causal order."""
        return [(source, j) for j in self.layout.order for source in self.layout.predecessors[j]]

    @cached_property
    def endogenous(self) -> list[int]:
        """Constructs with a predecessor, in causal order."""
        return [j for j in self.layout.order if self.layout.predecessors[j]]

    @cached_property
    def reach(self) -> list[tuple[int, int]]:
        """(source, target) of every pair joined by a directed route, by target in causal order."""
        before: dict[int, set[int]] = {}
        for j in self.layout.order:
            direct = self.layout.predecessors[j]
            before[j] = set(direct).union(*(before[k] for k in direct)) if direct else set()
        return [(k, j) for j in self.layout.order for k in self.layout.order if k in before[j]]

    @cached_property
    def roundabout(self) -> list[tuple[int, int]]:
        """(source, target) of every pair joined by a route over a third construct."""
        reach = set(self.reach)
        return [(k, j) for k, j in self.reach if any((k, m) in reach for m in self.layout.predecessors[j])]

    @cached_property
    def pairs(self) -> list[tuple[int, int]]:
        """All pairs of constructs, for HTMT."""
        count = len(self.layout.blocks)
        return [(i, j) for i in range(count) for j in range(i + 1, count)]

    @cached_property
    def means(self) -> tuple[Array, Array]:
        """Rows that average correlations, upper triangle row by row: within each construct, between each pair."""
        rows, columns = upper(self.layout.p)
        first, second = self.layout.owner[rows], self.layout.owner[columns]
        off = rows != columns
        within = np.array([(first == j) & (second == j) & off for j in range(len(self.layout.blocks))], dtype=float)
        between = np.array([(first == i) & (second == j) for i, j in self.pairs], dtype=float)
        return within / np.maximum(within.sum(axis=1, keepdims=True), 1), between / between.sum(axis=1, keepdims=True)

    @cached_property
    def scaled(self) -> list[int]:
        """Constructs whose items all have a known scale, so that an index exists."""
        known = ~np.isnan(self.lo) & ~np.isnan(self.hi)
        return [j for j, block in enumerate(self.layout.blocks) if known[block].all()]

    @cached_property
    def priorities(self) -> list[tuple[int, int]]:
        """(driver, target) pairs for which importance and performance exist."""
        wanted = [self.target] if self.target is not None else self.endogenous
        return [(k, j) for k, j in self.reach if j in wanted and k in self.scaled and j in self.scaled]


@dataclass(frozen=True, eq=False)
class Solved:
    """Outer weights of one batch, before anything is derived from them.

    Attributes
    ----------
    batches : moments per domain
    solutions : per domain, on the correlation scale
    raw : per domain, weights (p, b) on the ratings as they are
    sources : solutions of the iteration itself, in its own metric: one when weights are pooled, else one per domain
    """

    batches: list[Batch]
    solutions: list[Solution]
    raw: list[Array]
    sources: list[Solution]

    @property
    def converged(self) -> NDArray[np.bool_]:
        """(b,) whether every iteration converged."""
        return np.logical_and.reduce([solution.converged for solution in self.sources])

    @property
    def iterations(self) -> NDArray[np.int64]:
        """(b,) the largest number of iterations."""
        return np.maximum.reduce([solution.iterations for solution in self.sources])


def solve_sample(question: Question, domains: list[Batch], together: Batch) -> Solved:
    """Estimate the outer weights of every domain, from the moments of everybody where groups share them."""
    found = [raw_weights(question, batch) for batch in ([together] if question.pooled else domains)]
    raw = [found[0 if question.pooled else g][0] for g in range(len(domains))]
    solutions = [
        found[g][1] if question.standardized and not question.pooled else _standardised(raw[g], batch, question)
        for g, batch in enumerate(domains)
    ]
    return Solved(domains, solutions, raw, [solution for _, solution in found])


def raw_weights(
    question: Question, batch: Batch, start: Array | None = None, resign: bool = True
) -> tuple[Array, Solution]:
    """Outer weights (p, b) on the ratings as they are, and the solution of the iteration in its own metric.

    Parameters
    ----------
    question : what to estimate
    batch : moments of b replicates
    start : weights (p,) of the sample, from which the iteration starts and to which signs are matched
    resign : False replays replicates without matching signs
    """
    matrix = batch.correlation if question.standardized else batch.cov
    found = iterate(matrix, question.layout, tolerance=question.tolerance, max_iter=question.max_iter, start=start)
    found = orient(found, question.layout, start if resign else None)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        return (found.weights / batch.sd if question.standardized else found.weights), found


def derive(question: Question, g: int, batch: Batch, raw: Array, solution: Solution | None = None) -> dict[str, Array]:
    """Every reported number of one domain as named arrays (k, b); NaN where the iteration did not converge.

    Parameters
    ----------
    question : what to estimate
    g : number of the domain
    batch : its moments
    raw : weights (p, b) on the ratings
    solution : of the iteration that gave them from this very batch, else None
    """
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        if solution is None or not question.standardized:
            lost, solution = np.isnan(raw).any(axis=0), _standardised(raw, batch, question)
        else:
            lost = ~solution.converged
        found = _numbers(question, solution, batch, raw, question.n[g])
    if not lost.any():
        return found
    return {name: np.where(lost, np.nan, values) for name, values in found.items()}


def derive_sample(question: Question, solved: Solved) -> dict[str, Array]:
    """Every reported number (k,) of the sample, domains one after the other."""
    found = []
    for g, (batch, raw, solution) in enumerate(zip(solved.batches, solved.raw, solved.solutions, strict=True)):
        source = solved.sources[0 if question.pooled else g]
        known = raw if source.converged.all() else np.full_like(raw, np.nan)
        found.append(derive(question, g, batch, known, None if question.pooled else solution))
    return {name: np.concatenate([part[name][:, 0] for part in found]) for name in found[0]}


def _standardised(raw: Array, batch: Batch, question: Question) -> Solution:
    """The composites that raw weights (p, b) form in the data of `batch`, on the correlation scale."""
    weights, cross, composites = composites_from(batch.correlation, raw * batch.sd, question.layout)
    b = weights.shape[1]
    return Solution(weights, cross, composites, np.zeros(b, dtype=np.int64), np.ones(b, dtype=bool))


def _numbers(question: Question, solution: Solution, batch: Batch, raw: Array, n: int) -> dict[str, Array]:
    """Every reported number of one domain, named arrays (k, b)."""
    layout = question.layout
    matrix = batch.correlation
    standard = solution.weights[...]
    loadings = solution.cross[range(layout.p), layout.owner]
    rho_a = reliability_a(matrix, standard, layout) if question.standardized else reliability_a(batch.cov, raw, layout)
    between = solution.composites
    weights = standard if question.standardized else raw * _unit_variance(raw, batch.cov, layout)
    if question.consistent:
        between = disattenuate(between, rho_a)
        loadings = consistent_loadings(standard, loadings, rho_a, layout)
    coefficients, r2 = structural(between, layout)
    total = total_effects(coefficients, question)
    k = np.array([len(layout.predecessors[j]) for j in question.endogenous])[:, None]
    r2 = np.stack([r2[j] for j in question.endogenous])
    direct = np.stack([coefficients[pair] for pair in question.paths])
    alpha, htmt = correlations_within(batch.half_correlation, question)
    rho_c, ave = composite_reliability(loadings, layout)
    found = {
        "paths": direct,
        "weights": weights,
        "loadings": loadings,
        "r2": r2,
        "r2_adjusted": 1 - (1 - r2) * (n - 1) / (n - k - 1),
        "alpha": alpha,
        "rho_a": rho_a,
        "rho_c": rho_c,
        "ave": ave,
        "total": np.stack([total[pair] for pair in question.reach]),
        "htmt": htmt,
    }
    if question.roundabout:
        found["indirect"] = np.stack(
            [total[pair] - coefficients[pair] if pair in coefficients else total[pair] for pair in question.roundabout]
        )
    found.update(_indices(question, batch, raw, total, rho_a, standard))
    return found


def _unit_variance(raw: Array, cov: Array, layout: Layout) -> Array:
    """(p, b) factors that give composites of raw weights variance 1 in the covariance metric."""
    spread = np.empty((len(layout.blocks), raw.shape[1]))
    for j, block in enumerate(layout.blocks):
        spread[j] = np.einsum("ib,ikb,kb->b", raw[block], cov[block, block], raw[block])
    return (1 / np.sqrt(spread))[layout.owner]


def _indices(
    question: Question, batch: Batch, raw: Array, total: dict, rho_a: Array, standard: Array
) -> dict[str, Array]:
    """Indices on 0-100, with estimated and with equal indicator weights, and importances in index points."""
    layout = question.layout
    index, equal, unit = {}, {}, {}
    spread = np.empty((len(layout.blocks), raw.shape[1]))
    for j in question.scaled:
        block = layout.blocks[j]
        lo, hi = question.lo[block, None], question.hi[block, None]
        w = raw[block]
        reach = (w * (hi - lo)).sum(axis=0)
        index[j] = 100 * (w * (batch.mean[block] - lo)).sum(axis=0) / reach
        equal[j] = 100 * (batch.mean[block] - lo).sum(axis=0) / (hi - lo).sum()
        z = w * batch.sd[block]
        spread[j] = np.sqrt(np.einsum("ib,ikb,kb->b", z, batch.correlation[block, block], z))
        unit[j] = 100 * spread[j] / reach * (np.sqrt(rho_a[j]) if question.consistent else 1.0)
    found = {}
    if question.scaled:
        found["index"] = np.stack([index[j] for j in question.scaled])
        found["index_equal"] = np.stack([equal[j] for j in question.scaled])
    if question.priorities:
        found["importance"] = np.stack([total[k, j] * unit[j] / unit[k] for k, j in question.priorities])
    return found


def structural(composites: Array, layout: Layout) -> tuple[dict[tuple[int, int], Array], dict[int, Array]]:
    """Path coefficients {(source, target): (b,)} and R2 {target: (b,)} by least squares on construct correlations."""
    coefficients, r2 = {}, {}
    for j in layout.order:
        sources = np.array(layout.predecessors[j], dtype=np.intp)
        if len(sources):
            beta = regress(composites, sources, j)
            coefficients.update({(k, j): beta[i] for i, k in enumerate(layout.predecessors[j])})
            r2[j] = (beta * composites[sources, j]).sum(axis=0)
    return coefficients, r2


def total_effects(coefficients: dict[tuple[int, int], Array], question: Question) -> dict[tuple[int, int], Array]:
    """Total effects {(source, target): (b,)}: sums over all directed routes, (I - B)^-1 - I."""
    total: dict[tuple[int, int], Array] = {}
    for k, j in question.reach:
        value = coefficients.get((k, j), 0.0)
        for m in question.layout.predecessors[j]:
            if (k, m) in total:
                value = value + total[k, m] * coefficients[m, j]
        total[k, j] = value
    return total


def reliability_a(matrix: Array, weights: Array, layout: Layout) -> Array:
    """Dijkstra-Henseler's rho_A (J, b); 1 for single items and mode B (METHODS.md R10)."""
    b = weights.shape[1]
    every = np.arange(layout.p)
    squares = weights**2
    own = squares * matrix[every, every]
    rho = np.ones((len(layout.blocks), b))
    for j, block in enumerate(layout.blocks):
        if block.stop - block.start > 1 and layout.modes[j] != "B":
            size = squares[block].sum(axis=0)
            variance = np.einsum("ib,ikb,kb->b", weights[block], matrix[block, block], weights[block])
            rho[j] = size**2 * (variance - own[block].sum(axis=0)) / (size**2 - (squares[block] ** 2).sum(axis=0))
            rho[j] /= variance
    return rho


def disattenuate(composites: Array, rho: Array) -> Array:
    """Correlations of constructs from those of composites: divided by the square roots of the reliabilities."""
    root = np.sqrt(np.where(rho > 0, rho, np.nan))
    corrected = composites / root / root[:, None]
    every = np.arange(len(composites))
    corrected[every, every] = 1.0
    return corrected


def consistent_loadings(weights: Array, loadings: Array, rho: Array, layout: Layout) -> Array:
    """PLSc loadings w sqrt(rho_A) / (w'w) for mode A blocks; single items and mode B keep theirs."""
    corrected = loadings.copy()
    for j, block in enumerate(layout.blocks):
        if block.stop - block.start > 1 and layout.modes[j] != "B":
            root = np.sqrt(np.where(rho[j] > 0, rho[j], np.nan))
            corrected[block] = weights[block] * root / (weights[block] ** 2).sum(axis=0)
    return corrected


def composite_reliability(loadings: Array, layout: Layout) -> tuple[Array, Array]:
    """rho_C (sum l)^2 / ((sum l)^2 + sum(1 - l^2)) and AVE mean l^2, each (J, b); 1 for single items."""
    rho_c = np.ones((len(layout.blocks), loadings.shape[1]))
    ave = rho_c.copy()
    for j, block in enumerate(layout.blocks):
        if block.stop - block.start > 1:
            part = loadings[block]
            total = part.sum(axis=0) ** 2
            rho_c[j] = total / (total + (1 - part**2).sum(axis=0))
            ave[j] = (part**2).mean(axis=0)
    return rho_c, ave


def correlations_within(half: Array, question: Question) -> tuple[Array, Array]:
    """Standardised alpha (J, b) and HTMT (pairs, b) from correlations, the upper triangle row by row (h, b).

    HTMT takes mean absolute correlations; a single item counts as 1 within.
    """
    within, between = question.means
    size = np.array([block.stop - block.start for block in question.layout.blocks])[:, None]
    mean = within @ half
    alpha = np.where(size > 1, size * mean / (1 + (size - 1) * mean), 1.0)
    absolute = np.abs(half)
    inside = np.where(size > 1, within @ absolute, 1.0)
    first, second = np.array(question.pairs).T
    return alpha, between @ absolute / np.sqrt(inside[first] * inside[second])
