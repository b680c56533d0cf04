"""Influence without resampling: how estimates move with each respondent, by a numeric Jacobian of the moments.

An estimate is a function of weighted sums, theta = f(sum of w z); respondent i moves it by U_i = J w_i z_i, J being the
derivative of f at the sums of the sample. No term is missing, because f does not change when all weights are scaled.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from csi.inference.bootstrap import BLOCK, Batch, Evaluate, Rows, batch_of_sums
from csi.inference.design import Design
from csi.inference.intervals import acceleration_sums
from csi.sums import Fourth, upper

Array = NDArray[np.float64]
STEP = 1e-4


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


@dataclass(frozen=True, eq=False)
class Influence:
    """How each sampling unit moves every named estimate.

    Attributes
    ----------
    slopes : derivative (k, s) of each estimate with respect to the sums of all domains
    parts : per domain, chunks of (sampling units, their weighted products)
    edges : where the sums of each domain begin
    design : the design the rows came from
    """

    slopes: dict[str, Array]
    parts: list[list[tuple[NDArray[np.int64], Array]]]
    edges: NDArray[np.int64]
    design: Design

    def chunks(self, name: str) -> Iterator[tuple[NDArray[np.int64], Array]]:
        """Sampling units and their influence (k, m), chunk by chunk."""
        slope = self.slopes[name]
        for i, part in enumerate(self.parts):
            for units, z in part:
                yield units, slope[:, self.edges[i] : self.edges[i + 1]] @ z.T

    def values(self, name: str) -> Array:
        """Influence U (k, pieces) of every sampling unit (respondent of raked weights); each row sums to 0."""
        found = np.zeros((len(self.slopes[name]), self.design.pieces))
        for units, part in self.chunks(name):
            np.add.at(found.T, units, part.T)
        return found

    def accelerations(self) -> dict[str, Array]:
        """BCa's acceleration of every estimate, for a plain design, in which every unit stands in one chunk."""
        found = {}
        for name, slope in self.slopes.items():
            squares, cubes = np.zeros(len(slope)), np.zeros(len(slope))
            for _, part in self.chunks(name):
                squares += (part**2).sum(axis=1)
                cubes += (part**3).sum(axis=1)
            found[name] = acceleration_sums(squares, cubes)
        return found

    def covariance(self) -> Array:
        """Linearised covariance (K, K) of all estimates, in the order of `slopes`."""
        if self.design.plain:
            whole = np.concatenate(list(self.slopes.values()))
            total = np.zeros((len(whole), len(whole)))
            for i, part in enumerate(self.parts):
                slope = whole[:, self.edges[i] : self.edges[i + 1]]
                for _, z in part:
                    total += slope @ (z.T @ z) @ slope.T
            return total * self.design.units / (self.design.units - 1)
        return self.design.covariance(np.concatenate([self.values(name) for name in self.slopes]))


def influence(rows: list[Rows], design: Design, evaluate: Evaluate) -> Influence:
    """Influence of every sampling unit on every estimate of `evaluate`."""
    parts = [part.parts() for part in rows]
    sums = [np.sum([z.sum(axis=0) for _, z in part], axis=0) for part in parts]
    edges = np.cumsum([0, *(len(part) for part in sums)])
    steps = np.concatenate([_steps(part, total) for part, total in zip(rows, sums, strict=True)])

    def at(moved: Array) -> dict[str, Array]:
        pieces = [moved[edges[i] : edges[i + 1]] for i in range(len(rows))]
        domains = [part.batch(piece) for part, piece in zip(rows, pieces, strict=True)]
        if len(rows) == 1:
            return evaluate(domains, domains[0])
        return evaluate(domains, rows[0].joined(rows).batch(np.sum(pieces, axis=0)))

    return Influence(jacobian(np.concatenate(sums), steps, at), parts, edges, design)


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
