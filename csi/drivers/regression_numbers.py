"""The numbers of a driver regression and how each respondent moves them; on arrays, or on moments alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from csi.drivers.ordered import LATENT, Model, density_slopes, fit_cumulative
from csi.inference.bootstrap import Batch

Array = NDArray[np.float64]
KINDS = ("linear", "ordered", "top_box")
LATENT_FITS = ("mcfadden", "mcfadden_adjusted", "nagelkerke")
# of every kind the share of variance explained, and then other numbers that say how well it fits
SQUARE = {"linear": "r2", "ordered": "mckelvey_zavoina", "top_box": "mckelvey_zavoina"}
FITS = {"linear": ("r2_adjusted", "sigma"), "ordered": LATENT_FITS, "top_box": LATENT_FITS}


@dataclass(frozen=True, eq=False)
class Moved:
    """Numbers and their influence.

    Attributes
    ----------
    value : (k,)
    influence : gives (k, m), how each respondent moves them; rows add up to 0
    """

    value: Array
    influence: Callable[[], Array]


def fit_linear(x: Array, y: Array, w: Array) -> Model:
    """Weighted least squares with intercept.

    Parameters
    ----------
    x : (m, k) terms that do not follow from each other
    y : (m,) outcome
    w : (m,) weights with a mean of 1
    """
    centre = w @ x / w.sum()
    spread = np.sqrt(w @ (x - centre) ** 2 / w.sum())
    z = np.column_stack([np.ones(len(y)), (x - centre) / spread])
    inner = np.linalg.inv((z * w[:, None]).T @ z)
    coef = inner @ (z.T @ (w * y))
    coef = coef + inner @ (z.T @ (w * (y - z @ coef)))  # one step of refinement, for the digits
    residual = y - z @ coef
    back = np.eye(len(coef))
    back[1:, 1:] = np.diag(1 / spread)
    back[0, 1:] = -centre / spread
    influence = back @ inner @ (z * (w * residual)[:, None]).T
    leverage = ((z @ inner) * z).sum(axis=1) * w
    own, nothing = back @ coef, np.full(len(y), np.nan)
    return Model(
        own[:1], own[1:], back @ inner @ back.T, influence, y - residual, residual, leverage, nothing, nothing, nothing
    )


def fit_model(kind: str, x: Array, y: Array, w: Array, levels: int, link: str) -> Model:
    """Fit a regression of any kind; `y` holds numbers of levels where it is not linear."""
    if kind == "linear":
        return fit_linear(x, y, w)
    model = fit_cumulative(x, y.astype(np.int64), w, levels, link)
    return _with_threshold(model) if kind == "ordered" and levels == 2 else model


def _with_threshold(model: Model) -> Model:
    """A model of two levels with its threshold in place of the intercept, which is minus the threshold."""
    sign = np.ones(1 + len(model.coef))
    sign[0] = -1
    return replace(
        model, lead=-model.lead, bread=model.bread * np.outer(sign, sign), influence=model.influence * sign[:, None],
        eta=model.eta - model.lead,
    )  # fmt: skip


def values_of(kind: str, model: Model, x: Array, y: Array, w: Array, link: str, shown: Array) -> dict[str, Moved]:
    """All numbers of one domain with their influence.

    Parameters
    ----------
    kind, link : of the regression
    model : as fitted
    x, y, w : its rows
    shown : (m, p) main effects and then the outcome as rated, for collinearity and correlations
    """
    c = len(model.lead)
    found = {
        "lead": Moved(model.lead, lambda: model.influence[:c]),
        "raw": Moved(model.coef, lambda: model.influence[c:]),
    }
    found["standardized"] = _standardised(kind, model, x, y, w, link)
    found |= _fit_linear(model, y, w) if kind == "linear" else _fit_latent(model, x, w, link)
    if kind == "top_box":
        found["effect"] = _effect(model, x, w, link)
    return found | _related(shown, w)


def _variance(values: Array, w: Array) -> tuple[Array, Array]:
    """Weighted variances (k,) of columns (m, k), and their influence (k, m)."""
    total = w.sum()
    moved = values - w @ values / total
    variance = w @ moved**2 / total
    return variance, (w[:, None] * (moved**2 - variance)).T / total


def _standardised(kind: str, model: Model, x: Array, y: Array, w: Array, link: str) -> Moved:
    """Coefficients in standard deviations of the driver and of the outcome (the latent one where it is ordered)."""
    moves = model.influence[len(model.lead) :]
    if kind == "linear":
        outcome, outcome_moves = _variance(y[:, None], w)
        latent, latent_moves = outcome[0], outcome_moves[0]
    else:
        explained, latent_moves = _explained(model, x, w)
        latent = explained + LATENT[link]
    centre, total = w @ x / w.sum(), w.sum()
    own = np.array([w @ (column - middle) ** 2 for column, middle in zip(x.T, centre, strict=True)]) / total
    value = model.coef * np.sqrt(own / latent)

    def influence() -> Array:
        found = np.empty_like(moves)
        for j, row in enumerate(found):
            spread = w * ((x[:, j] - centre[j]) ** 2 - own[j]) / total
            row[:] = np.sqrt(own[j] / latent) * moves[j] + value[j] * 0.5 * (spread / own[j] - latent_moves / latent)
        return found

    return Moved(value, influence)


def _explained(model: Model, x: Array, w: Array) -> tuple[float, Array]:
    """Variance of the linear predictor, and its influence (m,)."""
    total = w.sum()
    centred = x - w @ x / total
    line = centred @ model.coef
    explained = float(w @ line**2 / total)
    moves = model.influence[len(model.lead) :]
    return explained, 2 * ((centred * w[:, None]).T @ line / total) @ moves + w * (line**2 - explained) / total


def _fit_linear(model: Model, y: Array, w: Array) -> dict[str, Moved]:
    """R2, adjusted R2 and the residual standard deviation."""
    n, k, total = len(y), len(model.coef), w.sum()
    outcome, outcome_moves = _variance(y[:, None], w)
    error = w @ model.residual**2 / total
    error_moves = w * (model.residual**2 - error) / total
    share = error / outcome[0]
    r2_moves = -(error_moves - share * outcome_moves[0]) / outcome[0]
    up = (n - 1) / (n - k - 1)
    sigma = np.sqrt(error * n / (n - k - 1))
    sigma_moves = 0.5 * sigma / error * error_moves if error > 0 else error_moves
    return {
        "square": Moved(np.array([1 - share]), lambda: r2_moves[None]),
        "fit": Moved(np.array([1 - share * up, sigma]), lambda: np.stack([r2_moves * up, sigma_moves])),
    }


def _fit_latent(model: Model, x: Array, w: Array, link: str) -> dict[str, Moved]:
    """McFadden's R2, adjusted, Nagelkerke's, and McKelvey and Zavoina's."""
    n, k, total = len(w), len(model.coef), w.sum()
    full, null = w @ model.loglik / total, w @ model.null / total
    full_moves, null_moves = w * (model.loglik - full) / total, w * (model.null - null) / total
    cox, most = 1 - np.exp(2 * (null - full)), 1 - np.exp(2 * null)
    ratio = (full - k / n) / null
    cox_moves = -2 * np.exp(2 * (null - full)) * (null_moves - full_moves)
    most_moves = -2 * np.exp(2 * null) * null_moves
    explained, line_moves = _explained(model, x, w)
    latent = explained + LATENT[link]
    value = np.array([1 - full / null, 1 - ratio, cox / most])
    influence = np.stack([
        -(full_moves - full / null * null_moves) / null,
        -(full_moves - ratio * null_moves) / null,
        (cox_moves - cox / most * most_moves) / most,
    ])  # fmt: skip
    return {
        "square": Moved(np.array([explained / latent]), lambda: LATENT[link] / latent**2 * line_moves[None]),
        "fit": Moved(value, lambda: influence),
    }


def _effect(model: Model, x: Array, w: Array, link: str) -> Moved:
    """Average change of the probability of the top boxes per unit of each term."""
    total = w.sum()
    density, slope = density_slopes(model.eta, link)
    mean = w @ density / total
    design = np.column_stack([np.ones(len(w)), x])
    moves = (w * slope) @ design / total @ model.influence + w * (density - mean) / total
    return Moved(model.coef * mean, lambda: mean * model.influence[1:] + model.coef[:, None] * moves)


def _related(shown: Array, w: Array) -> dict[str, Moved]:
    """Correlations of the main effects and the outcome, variance inflation, tolerance and condition indices."""
    total, m = w.sum(), len(w)
    centre = w @ shown / total
    moved = shown - centre
    cov = (moved * w[:, None]).T @ moved / total
    spread = np.sqrt(np.diag(cov))
    r = cov / np.outer(spread, spread)
    first, second = pairs_of(shown.shape[1])
    inverse = np.linalg.inv(r[:-1, :-1])
    vif = np.diag(inverse)
    ends = np.concatenate([[1.0], centre[:-1]])
    products = np.outer(ends, ends)
    products[1:, 1:] += cov[:-1, :-1]
    size = np.sqrt(np.diag(products))
    roots, vectors = np.linalg.eigh(products / np.outer(size, size))
    roots, vectors = roots[::-1], vectors[:, ::-1]
    index = np.sqrt(roots[0] / roots)

    def correlations() -> Array:
        moves, z = np.empty((len(first), m)), moved / spread
        for row, i, j in zip(moves, first, second, strict=True):
            row[:] = w * (z[:, i] * z[:, j] - 0.5 * r[i, j] * (z[:, i] ** 2 + z[:, j] ** 2)) / total
        return moves

    def inflation() -> Array:
        z = moved / spread
        return -(w[:, None] * ((z[:, :-1] @ inverse) ** 2 - z[:, :-1] ** 2 * vif)).T / total

    def condition() -> Array:
        scaled = np.column_stack([np.ones(m), shown[:, :-1]]) / size
        moves = (w[:, None] * ((scaled @ vectors) ** 2 - roots * (scaled**2 @ vectors**2))).T / total
        return 0.5 * index[:, None] * (moves[:1] / roots[0] - moves / roots[:, None])

    return {
        "correlation": Moved(r[first, second], correlations),
        "vif": Moved(vif, inflation),
        "tolerance": Moved(1 / vif, lambda: -inflation() / (vif**2)[:, None]),
        "condition": Moved(index, condition),
    }


def pairs_of(p: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Pairs of p columns: each with the last (the outcome) first, then those among the others."""
    first, second = np.triu_indices(p - 1, 1)
    every = np.arange(p - 1)
    return np.concatenate([every, first]), np.concatenate([np.full(p - 1, p - 1), second])


def linear_of_moments(batch: Batch, n: int, main: Sequence[int]) -> dict[str, Array]:
    """The numbers of a linear regression from moments, b replicates at once, (k, b) each.

    Parameters
    ----------
    batch : moments of the k terms and then the outcome
    n : respondents
    main : positions of the main effects among the terms
    """
    cov, mean = np.moveaxis(batch.cov, 2, 0), batch.mean.T
    k = cov.shape[1] - 1
    sd = np.sqrt(np.diagonal(cov, axis1=1, axis2=2))
    r = cov / (sd[:, :, None] * sd[:, None, :])
    beta = (np.linalg.inv(r[:, :k, :k]) @ r[:, :k, k:])[:, :, 0]
    raw = beta * sd[:, k:] / sd[:, :k]
    r2 = (beta * r[:, :k, k]).sum(axis=1)
    up = (n - 1) / (n - k - 1)
    sigma = sd[:, k] * np.sqrt(np.maximum(1 - r2, 0) * up)
    found = {
        "lead": (mean[:, k] - (raw * mean[:, :k]).sum(axis=1))[None],
        "raw": raw.T,
        "standardized": beta.T,
        "square": r2[None],
        "fit": np.stack([1 - (1 - r2) * up, sigma]),
    }
    shown = [*main, k]
    return found | _related_of_moments(mean[:, main], cov[:, main][:, :, main], r[:, shown][:, :, shown], n)


def _related_of_moments(mean: Array, cov: Array, r: Array, n: int) -> dict[str, Array]:
    """As `_related`, from means (b, p) and covariances (b, p, p) of main effects and correlations with the outcome."""
    p = mean.shape[1]
    vif = np.diagonal(np.linalg.inv(r[:, :p, :p]), axis1=1, axis2=2)
    whole = np.ones((len(cov), p + 1, p + 1))
    whole[:, 1:, 1:] = cov * ((n - 1) / n) + mean[:, :, None] * mean[:, None, :]
    whole[:, 0, 1:] = whole[:, 1:, 0] = mean
    scale = np.sqrt(np.diagonal(whole, axis1=1, axis2=2))
    roots = np.linalg.eigvalsh(whole / (scale[:, :, None] * scale[:, None, :]))[:, ::-1]
    first, other = pairs_of(p + 1)
    return {
        "correlation": r[:, first, other].T,
        "vif": vif.T,
        "tolerance": 1 / vif.T,
        "condition": np.sqrt(roots[:, :1] / np.maximum(roots, 1e-300)).T,
    }
