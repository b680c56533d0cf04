"""Cumulative logit and probit regressions of an ordered outcome, by Newton's method, with each respondent's influence.

P(Y <= level k) = F(threshold k - x b). With two levels this is the usual logit or probit, the intercept being minus the
threshold. The likelihood is concave (Pratt 1981), so the one maximum is found or there is none: separation.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from csi.errors import EstimationError

Array = NDArray[np.float64]
LINKS = ("logit", "probit")
LATENT = {"logit": np.pi**2 / 3, "probit": 1.0}  # variance of the latent error
MAX_ITER = 60
TOLERANCE = 1e-11
FAR = 12.0  # standard deviations of the latent scale that a driver's own standard deviation moves, beyond belief
LOWEST = 1e-300


@dataclass(frozen=True, eq=False)
class Model:
    """One fitted regression of any kind.

    Attributes
    ----------
    lead : (c,) intercept, or thresholds of an ordered outcome
    coef : (k,) coefficients of the terms
    bread : (c + k, c + k) inverse of the weighted information, or of the weighted cross-products (linear)
    influence : (c + k, m) how each respondent moves lead and coefficients; rows add up to 0
    eta : (m,) linear predictor, without thresholds, with the intercept
    residual : (m,) outcome minus prediction; on the latent scale for ordered outcomes (the score)
    leverage : (m,) share of each respondent in its own prediction
    loglik : (m,) log-likelihood of each respondent, unweighted; NaN for linear
    null : (m,) the same without drivers
    probability : (m,) of the top level, for two levels; else NaN
    """

    lead: Array
    coef: Array
    bread: Array
    influence: Array
    eta: Array
    residual: Array
    leverage: Array
    loglik: Array
    null: Array
    probability: Array


class SeparatedError(Exception):
    """The likelihood has no maximum; `coef` is how far the search went."""

    def __init__(self, coef: Array) -> None:
        super().__init__()
        self.coef = coef


def fit_cumulative(x: Array, y: NDArray[np.int64], w: Array, levels: int, link: str = "logit") -> Model:
    """Fit a cumulative logit or probit.

    Parameters
    ----------
    x : (m, k) terms, none of them constant
    y : (m,) number of the level, 0 to levels - 1, each chosen by somebody
    w : (m,) weights with a mean of 1
    levels : number of levels
    link : "logit" or "probit"

    Raises
    ------
    SeparatedError
        The drivers tell the levels apart without error.

    """
    centre = w @ x / w.sum()
    spread = np.sqrt(w @ (x - centre) ** 2 / w.sum())
    z = (x - centre) / spread
    shares = np.bincount(y, weights=w, minlength=levels) / w.sum()
    theta = _quantile(np.cumsum(shares)[:-1], link)
    params = np.concatenate([theta, np.zeros(x.shape[1])])
    upper, lower = _directions(z, y, levels)
    null = np.log(shares)[y]
    state = _state(params, upper, lower, y, levels, link)
    value = w @ state[0]
    for _ in range(MAX_ITER):
        _, first, second, cross, da, db = state
        score = (upper * (w * first)[:, None]).sum(axis=0) + (lower * (w * second)[:, None]).sum(axis=0)
        information = -_curvature(upper, lower, w * da, w * cross, w * db)
        try:
            step = np.linalg.solve(information, score)
        except np.linalg.LinAlgError:
            raise SeparatedError(params[levels - 1 :] / spread) from None
        if not np.isfinite(step).all() or np.abs(params[levels - 1 :]).max(initial=0) > FAR * np.sqrt(LATENT[link]):
            raise SeparatedError(params[levels - 1 :] / spread)
        size, moved = 1.0, params + step
        while True:
            state = _state(moved, upper, lower, y, levels, link)
            new = w @ state[0]
            ordered = levels == 2 or (np.diff(moved[: levels - 1]) > 0).all()
            if (ordered and new >= value - 1e-9 * abs(value)) or size < 1e-6:
                break
            size /= 2
            moved = params + size * step
        params, value = moved, new
        if np.abs(step).max() < TOLERANCE * max(1.0, np.abs(params).max()):
            return _model(params, state, upper, lower, w, centre, spread, x, y, levels, link, null)
    raise SeparatedError(params[levels - 1 :] / spread)


def _directions(z: Array, y: NDArray[np.int64], levels: int) -> tuple[Array, Array]:
    """(m, q) derivatives of the upper and the lower limit of each respondent's level."""
    m, rows = len(y), np.arange(len(y))
    upper = np.zeros((m, levels - 1 + z.shape[1]))
    lower = np.zeros_like(upper)
    top, low = y < levels - 1, y > 0
    upper[rows[top], y[top]] = 1.0
    lower[rows[low], y[low] - 1] = 1.0
    upper[np.ix_(top, range(levels - 1, upper.shape[1]))] = -z[top]
    lower[np.ix_(low, range(levels - 1, upper.shape[1]))] = -z[low]
    return upper, lower


def _state(
    params: Array, upper: Array, lower: Array, y: NDArray[np.int64], levels: int, link: str
) -> tuple[Array, ...]:
    """Log-likelihood (m,), its derivatives by both limits, and the second ones (upper, both, lower)."""
    a = np.where(y < levels - 1, upper @ params, np.inf)
    b = np.where(y > 0, lower @ params, -np.inf)
    flip = np.where(np.isfinite(a), a, 0) + np.where(np.isfinite(b), b, 0) > 0  # count from the near end, for digits
    p = np.where(flip, _share(-b, link) - _share(-a, link), _share(a, link) - _share(b, link))
    p = np.maximum(p, LOWEST)
    fa, fb = _density(a, link), _density(b, link)
    ra, rb = fa / p, fb / p
    return (
        np.log(p), ra, -rb, ra * rb, _slope(a, fa, link) / p - ra**2, -_slope(b, fb, link) / p - rb**2,
    )  # fmt: skip


def _curvature(upper: Array, lower: Array, da: Array, cross: Array, db: Array) -> Array:
    mixed = (upper * cross[:, None]).T @ lower
    return (upper * da[:, None]).T @ upper + mixed + mixed.T + (lower * db[:, None]).T @ lower


def _model(
    params: Array, state: tuple[Array, ...], upper: Array, lower: Array, w: Array, centre: Array, spread: Array,
    x: Array, y: NDArray[np.int64], levels: int, link: str, null: Array,
) -> Model:  # fmt: skip
    """Back from standardised drivers to their own units, with influence."""
    loglik, first, second, cross, da, db = state
    c = levels - 1
    inner = np.linalg.inv(-_curvature(upper, lower, w * da, w * cross, w * db))
    scores = (upper * first[:, None] + lower * second[:, None]) * w[:, None]
    back = np.eye(len(params))
    back[c:, c:] = np.diag(1 / spread)
    back[:c, c:] = centre / spread
    if levels == 2:
        back[0] *= -1  # an intercept is minus the threshold
    own = back @ params
    bread = back @ inner @ back.T
    influence = back @ inner @ scores.T
    coef = own[c:]
    eta = x @ coef + (own[0] if levels == 2 else 0.0)
    residual = -(first + second)
    weight = -(da + 2 * cross + db)  # information about the linear predictor
    design = np.column_stack([np.ones(len(y)), x])
    leverage, probability = np.full(len(y), np.nan), np.full(len(y), np.nan)
    if levels == 2:
        probability = _share(eta, link)
        leverage = ((design @ bread) * design).sum(axis=1) * w * weight
    return Model(own[:c], coef, bread, influence, eta, residual, leverage, loglik, null, probability)


def _share(values: Array, link: str) -> Array:
    from scipy.special import expit, ndtr

    return expit(values) if link == "logit" else ndtr(values)


def _quantile(shares: Array, link: str) -> Array:
    from scipy.special import logit, ndtri

    return logit(shares) if link == "logit" else ndtri(shares)


def _density(values: Array, link: str) -> Array:
    """Density of the latent error; 0 at infinity."""
    if link == "logit":
        share = _share(-np.abs(values), link)
        return share * (1 - share)
    return np.exp(-0.5 * np.minimum(values**2, 1400)) / np.sqrt(2 * np.pi)


def _slope(values: Array, density: Array, link: str) -> Array:
    """Derivative of the density; 0 at infinity."""
    finite = np.where(np.isfinite(values), values, 0.0)
    if link == "logit":
        return density * -np.tanh(finite / 2)
    return -finite * density


def density_slopes(eta: Array, link: str) -> tuple[Array, Array]:
    """Density of the latent error at (m,) points, and its derivative."""
    density = _density(eta, link)
    return density, _slope(eta, density, link)


def separated_by(x: Array, y: NDArray[np.int64], coef: Array) -> list[int]:
    """Positions of the terms that tell two levels apart alone, else those that ran away furthest.

    Parameters
    ----------
    x : (m, k) terms
    y : (m,) levels
    coef : (k,) how far the search went
    """
    alone = []
    for j in range(x.shape[1]):
        for level in range(int(y.max())):
            low, high = x[y <= level, j], x[y > level, j]
            if low.max() <= high.min() or low.min() >= high.max():
                alone.append(j)
                break
        else:
            values = np.unique(x[:, j])
            if len(values) <= 2 and any(len(np.unique(y[x[:, j] == value])) == 1 for value in values):
                alone.append(j)
    if alone:
        return alone
    far = np.abs(coef) * x.std(axis=0)
    return [int(i) for i in np.flatnonzero(far >= 0.5 * far.max())]


def refuse_separation(
    names: tuple[str, ...], x: Array, y: NDArray[np.int64], problem: SeparatedError, place: str
) -> None:
    """Turn separation into an error that names the drivers."""
    which = [names[i] for i in separated_by(x, y, problem.coef)]
    raise EstimationError("drivers_separated", place=place, drivers=which) from problem


def level_probabilities(model: Model, link: str) -> Array:
    """(m, levels) probability of each level for each respondent of an ordered model."""
    below = _share(model.lead - model.eta[:, None], link)
    edge = np.ones((len(below), 1))
    return np.diff(np.hstack([0 * edge, below, edge]), axis=1)
