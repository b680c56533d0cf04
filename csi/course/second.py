"""The same model a second time: PLS in plain numpy, from means and covariances, sharing no code with `fit_pls`.

An answer is never compared with the function it came from.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from csi.data.samples import load_moments, load_sample
from csi.data.survey import Survey
from csi.models.catalog import load_model
from csi.models.path import PathModel

Array = NDArray[np.float64]
MODEL = "ECSI_2005"


@dataclass(frozen=True)
class Second:
    """A model fitted a second time.

    Attributes
    ----------
    model : with every construct filled
    weights : construct to the (k,) standardised outer weights of its items
    mean, sd, lo, hi : construct to (k,) arrays of its items
    correlation : (c, c) of the constructs' scores, in the order of the model
    spread : (c,) standard deviation of the scores on 0-100
    """

    model: PathModel
    weights: dict[str, Array]
    mean: dict[str, Array]
    sd: dict[str, Array]
    lo: dict[str, Array]
    hi: dict[str, Array]
    correlation: Array
    spread: Array

    def raw_weights(self, construct: str) -> Array:
        """(k,) weights that apply to ratings as they are, summing to 1."""
        raw = self.weights[construct] / self.sd[construct]
        return raw / raw.sum()

    def index(self, construct: str, mean: Array | None = None, weights: Array | None = None) -> float:
        """0-100, from the means of the items and the weights on the ratings; both can be replaced."""
        mean = self.mean[construct] if mean is None else mean
        weights = self.raw_weights(construct) if weights is None else weights
        lo, hi = self.lo[construct], self.hi[construct]
        return float(100 * weights @ (mean - lo) / (weights @ (hi - lo)))

    def direct(self) -> Array:
        """(c, c) standardised paths, row source, column target."""
        names = self.model.names
        paths = np.zeros_like(self.correlation)
        for j, name in enumerate(names):
            sources = [names.index(source) for source in self.model.predecessors(name)]
            if sources:
                paths[sources, j] = np.linalg.solve(
                    self.correlation[np.ix_(sources, sources)], self.correlation[sources, j]
                )
        return paths

    def effect(self, source: str, target: str, *, total: bool = True, points: bool = True) -> float:
        """Effect of one construct on another, total or direct, in index points or standardised."""
        paths = self.direct()
        if total:
            paths = np.linalg.inv(np.eye(len(paths)) - paths) - np.eye(len(paths))
        i, j = self.model.names.index(source), self.model.names.index(target)
        return float(paths[i, j] * (self.spread[j] / self.spread[i] if points else 1))


@cache
def second_mobi() -> Second:
    """ECSI_2005 on the published moments of the mobile-phone survey."""
    moments = load_moments("mobi")
    model = load_model(MODEL).resolve(moments.names)
    place = [list(moments.names).index(item) for item in model.items]
    mean, lo, hi = (np.asarray(values)[place] for values in (moments.mean, moments.lo, moments.hi))
    return fit_second(model, mean, np.asarray(moments.cov)[np.ix_(place, place)], lo, hi)


@cache
def second_mobile() -> Second:
    """ECSI_2005 on the complete answers of the sample mobile, with its survey weights."""
    survey = load_sample("mobile")
    model = load_model(MODEL).resolve(survey.items, survey.codebook)
    ratings, weight = complete(survey, model)
    mean = weight @ ratings / weight.sum()
    centred = ratings - mean
    covariance = (centred * weight[:, None]).T @ centred / weight.sum()
    return fit_second(model, mean, covariance, *survey.scale_ends(model.items))


def complete(survey: Survey, model: PathModel) -> tuple[Array, Array]:
    """Ratings and survey weights of those who answered every item of the model."""
    ratings = survey.matrix(model.items)
    kept = ~np.isnan(ratings).any(axis=1)
    weight = survey.design().weight
    return ratings[kept], (np.ones(len(survey)) if weight is None else weight)[kept]


def fit_second(model: PathModel, mean: Array, covariance: Array, lo: Array, hi: Array) -> Second:
    """Mode A, path weighting scheme, on correlations.

    Parameters
    ----------
    model : every construct filled, items in the order of the arrays
    mean, lo, hi : (p,)
    covariance : (p, p)
    """
    names, sd = model.names, np.sqrt(np.diag(covariance))
    r = covariance / np.outer(sd, sd)
    ends = np.cumsum([0, *(len(model.construct(name).items) for name in names)])
    blocks = [slice(start, stop) for start, stop in pairwise(ends)]
    w = np.zeros((len(r), len(names)))
    for j, block in enumerate(blocks):
        w[block, j] = 1
    before = np.zeros_like(w)
    for _ in range(500):
        w = w / np.sqrt(np.diag(w.T @ r @ w))
        if np.abs(w - before).max() < 1e-12:
            break
        before = w
        proxies = w @ _inner(model, w.T @ r @ w)
        step = np.zeros_like(w)
        for j, block in enumerate(blocks):
            step[block, j] = r[block] @ proxies[:, j]
        w = step
    c = w.T @ r @ w
    parts = dict(zip(names, blocks, strict=True))
    raw = np.array([w[:, j] / sd for j in range(len(names))])
    reach = np.array([raw[j] @ (hi - lo) for j in range(len(names))])
    spread = 100 * np.sqrt(np.einsum("jp,pq,jq->j", raw, covariance, raw)) / reach
    return Second(
        model, {name: w[block, names.index(name)] for name, block in parts.items()},
        *({name: values[block] for name, block in parts.items()} for values in (mean, sd, lo, hi)), c, spread,
    )  # fmt: skip


def _inner(model: PathModel, c: Array) -> Array:
    """(c, c) inner weights: regression coefficients of the predecessors, correlations of the successors."""
    names, inner = model.names, np.zeros_like(c)
    for j, name in enumerate(names):
        sources = [names.index(source) for source in model.predecessors(name)]
        if sources:
            inner[sources, j] = np.linalg.solve(c[np.ix_(sources, sources)], c[sources, j])
        for source in sources:
            inner[j, source] = c[j, source]
    return inner
