"""How many factors: eigenvalues against those of random ratings (Horn 1965), and Velicer's average partial (1976)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from csi.inference.normal import draw_moments
from csi.measures.trust.factor_extraction import extract

Array = NDArray[np.float64]
RANDOM = 250  # random samples
QUANTILE = 0.95


@dataclass(frozen=True, eq=False)
class Count:
    """What speaks for how many factors of p items.

    Attributes
    ----------
    components, factors : (p,) eigenvalues of the correlations, and with communalities of one factor in the diagonal
    random_components, random_factors : (p,) their 95 % quantiles among random samples without any factor
    mean_components, mean_factors : (p,) their means there
    partial : (p - 1,) average squared partial correlation after 0, 1, ... components are taken out
    by_components, by_factors, by_map : numbers of factors suggested
    """

    components: Array
    factors: Array
    random_components: Array
    random_factors: Array
    mean_components: Array
    mean_factors: Array
    partial: Array

    @property
    def by_components(self) -> int:
        """Components above chance, counted until the first that is not."""
        return _leading(self.components > self.random_components)

    @property
    def by_factors(self) -> int:
        """Common factors above chance, counted until the first that is not."""
        return _leading(self.factors > self.random_factors)

    @property
    def by_map(self) -> int:
        """Components after which the remaining correlations are smallest."""
        return int(self.partial.argmin())


def _leading(above: NDArray[np.bool_]) -> int:
    return len(above) if above.all() else int(np.argmin(above))


def count_factors(correlation: Array, n: float, seed: int) -> Count:
    """Compare the eigenvalues of correlations (p, p) of n respondents with chance."""
    p = len(correlation)
    components, factors = eigenvalues(correlation[None])
    draws = [batch.correlation for _, batch in draw_moments(np.zeros(p), np.eye(p), n, RANDOM, seed)]
    random = [eigenvalues(drawn.transpose(2, 0, 1)) for drawn in draws]
    by_chance = [np.concatenate([part[i] for part in random]) for i in (0, 1)]
    return Count(
        components[0], factors[0], *(np.quantile(values, QUANTILE, axis=0) for values in by_chance),
        *(values.mean(axis=0) for values in by_chance), average_partial(correlation),
    )  # fmt: skip


def eigenvalues(matrices: Array) -> tuple[Array, Array]:
    """Eigenvalues (b, p), largest first: of correlations (b, p, p), and less the uniquenesses of one minres factor."""
    p = matrices.shape[1]
    good = np.isfinite(matrices).all(axis=(1, 2))
    psi = extract(matrices, 1, "minres").uniquenesses
    good &= np.isfinite(psi).all(axis=1)
    found = []
    for reduced in (matrices, matrices - np.nan_to_num(psi)[:, :, None] * np.eye(p)):
        values = np.full((len(matrices), p), np.nan)
        values[good] = np.linalg.eigvalsh(reduced[good])[:, ::-1]
        found.append(values)
    return found[0], found[1]


def average_partial(correlation: Array) -> Array:
    """(p - 1,) average squared partial correlation of all pairs after 0, 1, ..., p - 2 components are taken out."""
    p = len(correlation)
    values, vectors = np.linalg.eigh(correlation)
    loadings = (vectors * np.sqrt(np.maximum(values, 0)))[:, ::-1]
    found = []
    for m in range(p - 1):
        rest = correlation - loadings[:, :m] @ loadings[:, :m].T
        scale = np.sqrt(np.maximum(np.diag(rest), 1e-300))
        partial = rest / np.outer(scale, scale)
        found.append((np.sum(partial**2) - p) / (p * (p - 1)))
    return np.array(found)
