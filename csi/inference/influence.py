"""Influence without resampling: how estimates move with each respondent, by a numeric Jacobian of the moments.

An estimate is a function of weighted sums, theta = f(sum of w z); respondent i moves it by U_i = J w_i z_i, J being the
derivative of f at the sums of the sample. No term is missing, because f does not change when all weights are scaled.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from csi.inference.bootstrap import BLOCK, Batch, Rows, batch_of_sums
from csi.inference.design import Design
from csi.inference.intervals import acceleration_sums
from csi.sums import Fourth, upper

Array = NDArray[np.float64]
STEP = 1e-4
STEP_SHARED = 5e-6  # of what domains share, from which numbers follow without iterating


def jacobian(sums: Array, steps: Array, evaluate: Callable[[Array], dict[str, Array]]) -> dict[str, Array]:
    """Central differences of named estimates (k, b) with respect to sums (s,): dict of (k, s).

    Parameters
    ----------
    sums : (s,) the point
    steps : (s,) size of a step of each
    evaluate : takes (s, b) and returns named arrays (k, b)
    """
    found: dict[str, list[Array]] = {}
    half = BLOCK // 2
    for start in range(0, len(sums), half):
        some = np.arange(start, min(start + half, len(sums)))
        moved = np.repeat(sums[:, None], 2 * len(some), axis=1)
        columns = np.arange(len(some))
        moved[some, columns] += steps[some]
        moved[some, columns + len(some)] -= steps[some]
        for name, values in evaluate(moved).items():
            slope = (values[:, : len(some)] - values[:, len(some) :]) / (2 * steps[some])
            found.setdefault(name, []).append(slope)
    return {name: np.concatenate(values, axis=1) for name, values in found.items()}


class OfDomains(Protocol):
    """Numbers of every domain as a function of its moments and of what all domains share."""

    def common(self, together: Batch) -> Array | None:
        """(q, b) what the numbers of a domain take from all rows together; None for nothing."""

    def of_domain(self, g: int, batch: Batch, common: Array | None) -> dict[str, Array]:
        """Named numbers (k, b) of one domain."""


@dataclass(frozen=True, eq=False)
class Influence:
    """How each sampling unit moves every named estimate.

    Attributes
    ----------
    inside : per domain, derivative (k, s) of each estimate with respect to the sums of its rows
    shared : per domain, derivative (k, q) with respect to what is common; None where nothing is
    common : (q, s) derivative of that with respect to the sums of all rows
    parts : per domain, chunks of (sampling units, their weighted products); last those of rows without a domain
    design : the design the rows came from
    """

    inside: list[dict[str, Array]]
    shared: list[dict[str, Array]] | None
    common: Array | None
    parts: list[list[tuple[NDArray[np.int64], Array]]]
    design: Design

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the estimates."""
        return tuple(self.inside[0])

    @cached_property
    def sizes(self) -> dict[str, int]:
        """Name to the number of estimates of all domains."""
        return {name: sum(len(one[name]) for one in self.inside) for name in self.names}

    def chunks(self, name: str) -> Iterator[tuple[slice, NDArray[np.int64], Array]]:
        """Estimates (k,), sampling units (m,) that move them, and how (k, m), chunk by chunk."""
        k = len(self.inside[0][name])
        for p, part in enumerate(self.parts):
            own = slice(p * k, (p + 1) * k)
            for units, z in part:
                if self.shared is not None:
                    moved = np.concatenate([one[name] for one in self.shared]) @ (self.common @ z.T)
                    if p < len(self.inside):
                        moved[own] += self.inside[p][name] @ z.T
                    yield slice(0, len(moved)), units, moved
                elif p < len(self.inside):
                    yield own, units, self.inside[p][name] @ z.T

    def values(self, name: str) -> Array:
        """Influence U (k, pieces) of every sampling unit (respondent of raked weights); each row sums to 0."""
        found = np.zeros((self.sizes[name], self.design.pieces))
        for rows, units, part in self.chunks(name):
            np.add.at(found[rows].T, units, part.T)
        return found

    def accelerations(self) -> dict[str, Array]:
        """BCa's acceleration of every estimate, for a plain design, in which every unit stands in one chunk."""
        found = {}
        for name, size in self.sizes.items():
            squares, cubes = np.zeros(size), np.zeros(size)
            for rows, _, part in self.chunks(name):
                squares[rows] += (part**2).sum(axis=1)
                cubes[rows] += (part**3).sum(axis=1)
            found[name] = acceleration_sums(squares, cubes)
        return found

    def covariance(self, names: Sequence[str] | None = None) -> Array:
        """Linearised covariance (K, K) of the estimates of these names, or of all, in their order."""
        names = self.names if names is None else names
        if not self.design.plain:
            return self.design.covariance(np.concatenate([self.values(name) for name in names]))
        sizes = [self.sizes[name] for name in names]
        groups, starts = len(self.inside), np.cumsum([0, *sizes[:-1]])
        total = np.zeros((sum(sizes),) * 2)
        shared, every = None, 0.0
        if self.shared is not None:
            shared = np.concatenate([one[name] for name in names for one in self.shared]) @ self.common
        for p, part in enumerate(self.parts):
            gram = sum(z.T @ z for _, z in part)
            every = every + gram
            if p >= groups:
                continue
            slope = np.concatenate([self.inside[p][name] for name in names])
            rows = np.concatenate([np.arange(a + p * (k // groups), a + (p + 1) * (k // groups))
                                   for a, k in zip(starts, sizes, strict=True)])  # fmt: skip
            total[np.ix_(rows, rows)] += slope @ gram @ slope.T
            if shared is not None:
                both = slope @ gram @ shared.T
                total[rows] += both
                total[:, rows] += both.T
        if shared is not None:
            total += shared @ every @ shared.T
        return total * self.design.units / (self.design.units - 1)


def influence(rows: list[Rows], design: Design, estimator: OfDomains, groups: int = 1) -> Influence:
    """Influence of every sampling unit on every estimate.

    Parameters
    ----------
    rows : of each domain, those of none last
    design : the design the rows came from
    estimator : what is estimated
    groups : number of domains
    """
    parts = [part.parts() for part in rows]
    sums = [np.sum([z.sum(axis=0) for _, z in part], axis=0) for part in parts]
    whole = rows[0] if len(rows) == 1 else rows[0].joined(rows)
    total = np.sum(sums, axis=0)
    here = estimator.common(whole.batch(total[:, None]))
    inside, shared, common = [], None, None
    for g in range(groups):

        def at(moved: Array, g: int = g) -> dict[str, Array]:
            batch = rows[g].batch(moved)
            return estimator.of_domain(g, batch, None if here is None else np.repeat(here, moved.shape[1], axis=1))

        inside.append(jacobian(sums[g], _steps(rows[g], sums[g]), at))
    if here is not None:
        steps = STEP_SHARED * np.maximum(np.abs(here[:, 0]), np.abs(here).mean())
        common = jacobian(
            total, _steps(whole, total), lambda moved: {"common": estimator.common(whole.batch(moved))}
        )["common"]  # fmt: skip
        shared = []
        for g in range(groups):

            def around(moved: Array, g: int = g) -> dict[str, Array]:
                batch = rows[g].batch(np.repeat(sums[g][:, None], moved.shape[1], axis=1))
                return estimator.of_domain(g, batch, moved)

            shared.append(jacobian(here[:, 0], steps, around))
    return Influence(inside, shared, common, parts, design)


def _steps(rows: Rows, sums: Array) -> Array:
    """Steps in proportion to the standard deviations of what is summed."""
    spread = rows.batch(sums[:, None]).sd[:, 0]
    return STEP * sums[0] * step_sizes(np.where(spread > 0, spread, 1.0), rows.missing)


def step_sizes(spread: Array, missing: str = "listwise") -> Array:
    """The scale of each product: 1, standard deviations, products of two of them."""
    p = len(spread)
    first, second = upper(p)
    both = spread[first] * spread[second]
    if missing == "listwise":
        return np.concatenate([[1.0], spread, both])
    return np.concatenate([[1.0], np.ones(len(first)), np.repeat(spread, p), both])


def covariance_from_fourth(
    fourth: Fourth, mean: Array, cov: Array, n: int, sum_w: float, evaluate: Callable[[Batch], dict[str, Array]]
) -> Array:
    """Linearised covariance (K, K) of all estimates of `evaluate` from moments with fourth-order sums."""
    first, second = upper(len(mean))
    scatter = cov * ((n - 1) / n)
    sums = sum_w * np.concatenate([[1.0], np.zeros(len(mean)), scatter[first, second]])
    steps = STEP * sum_w * step_sizes(np.sqrt(np.diag(cov)))
    slopes = jacobian(sums, steps, lambda moved: evaluate(batch_of_sums(moved, mean, n)))
    stacked = np.concatenate(list(slopes.values()))
    return fourth.units / (fourth.units - 1) * stacked @ fourth.at(mean) @ stacked.T
