"""The PLS algorithm on stacks of moment matrices: one matrix or thousands at once.

Every array has the replicate as its last axis (`b` replicates), so that one numpy call serves all of them. Items are
ordered by construct, so a block is a slice. Nothing here knows a Survey; nothing is written in place for the caller.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

FEW = 8  # up to this many replicates LAPACK per matrix beats vectorised elimination


@dataclass(frozen=True, eq=False)
class Layout:
    """A model as arrays.

    Attributes
    ----------
    blocks : items of construct j are `blocks[j]` of the p items
    modes : "A", "B" or "unit" for each of the J constructs
    predecessors, successors : constructs with an arrow to, or from, construct j
    order : construct numbers, causes before effects
    scheme : inner weighting scheme, "path", "centroid" or "factorial"
    """

    blocks: tuple[slice, ...]
    modes: tuple[str, ...]
    predecessors: tuple[tuple[int, ...], ...]
    successors: tuple[tuple[int, ...], ...]
    order: tuple[int, ...]
    scheme: str

    @property
    def p(self) -> int:
        """Number of items."""
        return self.blocks[-1].stop

    @cached_property
    def owner(self) -> NDArray[np.int64]:
        """The construct of each of the p items."""
        return np.repeat(np.arange(len(self.blocks)), [block.stop - block.start for block in self.blocks])

    @cached_property
    def adjacency(self) -> Array:
        """J x J of 0 and 1, symmetric: whether two constructs are joined by an arrow."""
        joined = np.zeros((len(self.blocks), len(self.blocks)))
        for j, sources in enumerate(self.predecessors):
            joined[list(sources), j] = 1.0
        return joined + joined.T

    @cached_property
    def several(self) -> tuple[tuple[int, NDArray[np.int64]], ...]:
        """The constructs with two or more predecessors, and those predecessors."""
        return tuple((j, np.array(sources)) for j, sources in enumerate(self.predecessors) if len(sources) > 1)

    @cached_property
    def neighbours(self) -> tuple[NDArray[np.int64], ...]:
        """For each construct its predecessors, then its successors."""
        return tuple(np.array(a + b) for a, b in zip(self.predecessors, self.successors, strict=True))

    @cached_property
    def held(self) -> tuple[bool, ...]:
        """Whether a block keeps its weights: single items and unit weights."""
        return tuple(
            mode == "unit" or block.stop - block.start == 1 for mode, block in zip(self.modes, self.blocks, strict=True)
        )


@dataclass(frozen=True, eq=False)
class Solution:
    """Outer weights and what follows from them at once.

    Attributes
    ----------
    weights : (p, b) outer weights; each composite has variance 1 under its own matrix
    cross : (p, J, b) covariance of item and composite
    composites : (J, J, b) correlations of the composites
    iterations : (b,) outer iterations used
    converged : (b,) whether the largest change of a weight fell below the tolerance
    """

    weights: Array
    cross: Array
    composites: Array
    iterations: NDArray[np.int64]
    converged: NDArray[np.bool_]


def solve(matrix: Array, right: Array) -> Array:
    """Solve b symmetric positive definite systems, (k, k, b) and (k, b); NaN where a system is singular."""
    k, b = right.shape
    if k == 1:
        return right / matrix[0]
    if b <= FEW:
        try:
            if b == 1:
                return np.linalg.solve(matrix[:, :, 0], right)
            return np.linalg.solve(matrix.transpose(2, 0, 1), right.T[:, :, None])[:, :, 0].T
        except np.linalg.LinAlgError:
            return np.full_like(right, np.nan)
    left = matrix.copy()
    x = right.copy()
    for i in range(k - 1):
        factor = left[i + 1 :, i] / left[i, i]
        left[i + 1 :, i + 1 :] -= factor[:, None] * left[i, i + 1 :]
        x[i + 1 :] -= factor * x[i]
    for i in range(k - 1, 0, -1):
        x[i] /= left[i, i]
        x[:i] -= left[:i, i] * x[i]
    x[0] /= left[0, 0]
    return x


def invert(matrix: Array) -> Array:
    """Invert b symmetric positive definite matrices, (k, k, b); NaN where one is singular."""
    stacked = np.moveaxis(matrix, -1, 0)
    try:
        inverse = np.linalg.inv(stacked)
    except np.linalg.LinAlgError:
        inverse = np.full(stacked.shape, np.nan)
        for i, one in enumerate(stacked):
            if np.linalg.matrix_rank(one) == len(one):
                inverse[i] = np.linalg.inv(one)
    return np.ascontiguousarray(np.moveaxis(inverse, 0, -1))


def project(matrix: Array, weights: Array, layout: Layout) -> tuple[Array, Array]:
    """Covariances of items with composites (p, J, b) and of composites (J, J, b) for given weights (p, b)."""
    p, b = weights.shape
    count = len(layout.blocks)
    if b == 1:
        selector = np.zeros((p, count))
        for j, block in enumerate(layout.blocks):
            selector[block, j] = weights[block, 0]
        cross = matrix[:, :, 0] @ selector
        return cross[:, :, None], (selector.T @ cross)[:, :, None]
    cross = np.empty((p, count, b))
    composites = np.empty((count, count, b))
    for j, block in enumerate(layout.blocks):
        np.einsum("kib,kb->ib", matrix[block], weights[block], out=cross[:, j])
    for j, block in enumerate(layout.blocks):
        np.einsum("kb,kjb->jb", weights[block], cross[block], out=composites[j])
    return cross, composites


def composites_from(matrix: Array, weights: Array, layout: Layout) -> tuple[Array, Array, Array]:
    """Rescale given weights to composites of variance 1: weights (p, b), cross (p, J, b), composites (J, J, b)."""
    cross, composites = project(matrix, weights, layout)
    scale = _scale(composites)
    return weights * scale[layout.owner], cross * scale, composites * scale * scale[:, None]


def _scale(composites: Array) -> Array:
    """One over the standard deviation of each composite, (J, b)."""
    every = range(len(composites))
    return 1.0 / np.sqrt(composites[every, every])


def regress(composites: Array, sources: NDArray[np.int64], target: int) -> Array:
    """Least-squares coefficients of one composite on others, (k, b), from their correlations."""
    if len(sources) == 1:
        return composites[sources, target] / composites[sources[0], sources[0]]
    return solve(composites[sources[:, None], sources], composites[sources, target])


def _inner_weights(composites: Array, layout: Layout) -> Array:
    """(J, J, b), column j: the inner weights of the neighbours of construct j, 0 elsewhere."""
    inner = np.sign(composites) if layout.scheme == "centroid" else composites.copy()
    if layout.scheme == "path":
        for j, sources in layout.several:
            inner[sources, j] = regress(composites, sources, j)
    return inner


def _outer_weights(cross: Array, inner: Array, inverses: dict[int, Array], fixed: Array, layout: Layout) -> Array:
    """One outer step: weights (p, b) before rescaling."""
    if cross.shape[-1] == 1:
        proxies = cross[:, :, 0] @ (inner[:, :, 0] * layout.adjacency)
        updated = proxies[range(layout.p), layout.owner][:, None]
    else:
        updated = np.empty_like(fixed)
        for j, block in enumerate(layout.blocks):
            if not layout.held[j]:
                first, *others = layout.neighbours[j]
                proxy = cross[block, first] * inner[first, j]
                for other in others:
                    proxy += cross[block, other] * inner[other, j]
                updated[block] = proxy
    for j, inverse in inverses.items():
        block = layout.blocks[j]
        updated[block] = np.einsum("ikb,kb->ib", inverse, updated[block])
    for j, block in enumerate(layout.blocks):
        if layout.held[j]:
            updated[block] = fixed[block]
    return updated


def _start(matrix: Array, start: Array | None, layout: Layout) -> Array:
    """Weights to begin with: those given, with ones for single items and for unit weights."""
    weights = np.ones(matrix.shape[1:])
    if start is not None:
        for j, block in enumerate(layout.blocks):
            if not layout.held[j]:
                weights[block] = start[block, None]
    return weights


def iterate(matrix: Array, layout: Layout, *, tolerance: float, max_iter: int, start: Array | None = None) -> Solution:
    """Run the PLS iteration on b matrices (p, p, b) together; converged replicates leave the batch.

    Parameters
    ----------
    matrix : (p, p, b) correlations (standardised form) or covariances (metric form)
    layout : the model
    tolerance : largest absolute change of an outer weight that counts as converged
    max_iter : outer iterations at most
    start : (p,) weights to begin with, those of the whole sample in a bootstrap; ones when None
    """
    b = matrix.shape[2]
    iterations = np.full(b, max_iter, dtype=np.int64)
    converged = np.zeros(b, dtype=bool)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        inverses = {
            j: invert(matrix[block, block])
            for j, block in enumerate(layout.blocks)
            if layout.modes[j] == "B" and not layout.held[j]
        }
        fixed = _start(matrix, start, layout)
        final = _steps(matrix, inverses, fixed, layout, tolerance, max_iter, iterations, converged)
        weights, cross, composites = composites_from(matrix, final, layout)
    return Solution(weights, cross, composites, iterations, converged)


def _steps(
    matrix: Array,
    inverses: dict[int, Array],
    fixed: Array,
    layout: Layout,
    tolerance: float,
    max_iter: int,
    iterations: NDArray[np.int64],
    converged: NDArray[np.bool_],
) -> Array:
    """Iterate to the final weights (p, b); fills `iterations` and `converged`, both made by the caller for this."""
    final = np.full_like(fixed, np.nan)
    active = np.arange(matrix.shape[2])
    pending = np.ones(matrix.shape[2], dtype=bool)
    cross, composites = project(matrix, fixed, layout)
    scale = _scale(composites)
    weights = fixed * scale[layout.owner]
    for step in range(1, max_iter + 1):
        inner = _inner_weights(composites * scale * scale[:, None], layout)
        proposal = _outer_weights(cross, inner * scale[:, None], inverses, fixed, layout)
        cross, composites = project(matrix, proposal, layout)
        scale = _scale(composites)
        updated = proposal * scale[layout.owner]
        change = np.abs(updated - weights).max(axis=0)
        weights = updated
        over = ~(change >= tolerance)  # converged, or lost to NaN
        fresh = pending[active] & (over | (step == max_iter))
        if not fresh.any():
            continue
        final[:, active[fresh]] = weights[:, fresh]
        iterations[active[fresh]] = step
        converged[active[fresh]] = change[fresh] < tolerance
        pending[active[fresh]] = False
        stay = pending[active]
        if not stay.any():
            break
        if stay.mean() < 0.5:
            active = active[stay]
            matrix, fixed, weights = matrix[:, :, stay], fixed[:, stay], weights[:, stay]
            cross, composites, scale = cross[:, :, stay], composites[:, :, stay], scale[:, stay]
            inverses = {j: inverse[:, :, stay] for j, inverse in inverses.items()}
    return final


def orient(solution: Solution, layout: Layout, reference: Array | None = None) -> Solution:
    """Choose the sign of every composite.

    Without a reference the loadings of a block sum to more than 0; with `reference` (p,) outer weights of the whole
    sample, a replicate's composite correlates positively with the composite that those weights form in the same data.
    """
    count = len(layout.blocks)
    signs = np.empty((count, solution.weights.shape[1]))
    for j, block in enumerate(layout.blocks):
        loadings = solution.cross[block, j]
        signs[j] = loadings.sum(axis=0) if reference is None else reference[block] @ loadings
    signs = np.where(signs < 0, -1.0, 1.0)
    if (signs > 0).all():
        return solution
    weights = solution.weights.copy()
    for j, block in enumerate(layout.blocks):
        weights[block] *= signs[j]
    return Solution(
        weights,
        solution.cross * signs,
        solution.composites * signs * signs[:, None],
        solution.iterations,
        solution.converged,
    )
