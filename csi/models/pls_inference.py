"""How sure PLS estimates are: bootstrap replicates, normal-theory draws, or linearised covariance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from csi.errors import EstimationError, OptionError
from csi.inference.bootstrap import Batch, collect, replicate
from csi.inference.choice import resolve_inference
from csi.inference.influence import covariance_from_fourth, influence
from csi.inference.intervals import acceleration
from csi.inference.jackknife import leave_one_out
from csi.inference.normal import draw_moments
from csi.inference.progress import report
from csi.inference.stores import DrawStore, LinearStore
from csi.language import Note, note
from csi.models.pls_data import Data
from csi.models.pls_quantities import Question, Solved, derive, solve_batch
from csi.moments import Moments

Array = NDArray[np.float64]
JACKKNIFE_UP_TO = 1000  # respondents; above, acceleration comes from the influence function
FINE = 1e-12  # tolerance of the iteration under a numeric derivative


@dataclass(frozen=True, eq=False)
class Inference:
    """What was done to learn how sure the estimates are.

    Attributes
    ----------
    method, interval : as in `fit_pls`, resolved; interval "" without inference
    store : of uncertainties, None without inference
    n_boot, n_failed, n_outside : replicates made; lost to no convergence or singular data; inadmissible under PLSc
    negative : (groups x p,) share of replicates in which each outer weight is negative, or None
    notes : what the reader must know
    """

    method: str
    interval: str
    store: DrawStore | LinearStore | None
    n_boot: int = 0
    n_failed: int = 0
    n_outside: int = 0
    negative: Array | None = None
    notes: tuple[Note, ...] = ()


def choose_inference(data: Data, inference: str | None, interval: str | None, n_boot: int) -> tuple[str, str]:
    """Resolve the defaults and refuse what the data cannot give."""
    grouped = bool(data.groups)
    return resolve_inference(data.moments, data.design, grouped, inference, interval, n_boot, rows="bootstrap")


def infer(question: Question, data: Data, solved: Solved, method: str, kind: str, n_boot: int, seed: int) -> Inference:
    """Run the inference that was chosen."""
    if method == "none":
        return Inference("none", "", None, notes=(note("no_inference"),))
    reference = [solution.weights[:, 0] for solution in solved.sources]
    evaluate = evaluator(question, reference)
    if method == "linearised":
        return _linearised(question, data, reference)
    if method == "normal":
        return _normal(question, data, evaluate, kind, n_boot, seed)
    if data.rows is None or data.design is None:
        raise OptionError("needs_rows", inference=method)
    draws = replicate(data.rows, data.design, evaluate, n_boot=n_boot, seed=seed)
    accelerations = {}
    if kind == "bca":
        if data.design.units <= JACKKNIFE_UP_TO:
            held_out = leave_one_out(data.rows, data.design, evaluate)
            accelerations = {name: acceleration(values) for name, values in held_out.items() if name != "converged"}
        else:
            fine = evaluator(replace(question, tolerance=FINE), reference)
            accelerations = influence(data.rows, data.design, fine).accelerations()
    remark = note("design_" + ("plain" if data.design.plain else "complex"), **_design_facts(data))
    return _of_draws(question, draws, method, kind, float(data.design.df), accelerations, (remark,))


def _design_facts(data: Data) -> dict[str, int]:
    design = data.design
    strata = 0 if design is None else int(design.unit_stratum.max()) + 1
    return {"units": 0 if design is None else design.units, "strata": strata}


def evaluator(question: Question, reference: list[Array], resign: bool = True) -> Callable:
    """The estimator as a function of moments: named arrays (k, b), with `converged` (iterations, b) among them."""

    def evaluate(domains: list[Batch], together: Batch) -> dict[str, Array]:
        solved = solve_batch(question, domains, together, reference, resign)
        converged = np.array([source.converged for source in solved.sources], dtype=float)
        return derive(question, solved) | {"converged": converged}

    return evaluate


def _of_draws(
    question: Question,
    draws: dict[str, Array],
    method: str,
    kind: str,
    df: float,
    accelerations: dict[str, Array],
    notes: tuple[Note, ...],
) -> Inference:
    """Sort out replicates that failed or are inadmissible; keep the rest for the tables."""
    converged = draws.pop("converged") > 0
    n_boot = converged.shape[1]
    outside = _inadmissible(question, draws) & converged.all(axis=0)
    used = converged.any(axis=0)  # groups with weights of their own fail one by one
    if used.sum() < 20:
        raise EstimationError("replicates_failed", failed=int((~used).sum()), n_boot=n_boot)
    kept = draws if used.all() else {name: values[:, used] for name, values in draws.items()}
    kept = {name: _finite(values) for name, values in kept.items()}
    n_failed = int((~converged.all(axis=0)).sum())
    if n_failed:
        notes = (*notes, note("failed_replicates", failed=n_failed, n_boot=n_boot))
    if outside.any():
        notes = (*notes, note("inadmissible_replicates", count=int(outside.sum()), n_boot=n_boot))
    negative = (kept["weights"] < 0).sum(axis=1) / np.maximum((~np.isnan(kept["weights"])).sum(axis=1), 1)
    store = DrawStore(kept, kind, df, accelerations)
    return Inference(method, kind, store, n_boot, n_failed, int(outside.sum()), negative, notes)


def _finite(values: Array) -> Array:
    """Replicates with NaN for what is infinite, such as an HTMT over items that do not correlate."""
    if np.isfinite(values.sum()):
        return values
    return np.where(np.isinf(values), np.nan, values)


def _inadmissible(question: Question, draws: dict[str, Array]) -> NDArray[np.bool_]:
    """(B,) replicates whose PLSc solution is inadmissible: a reliability, loading or path out of bounds."""
    if not question.consistent:
        return np.zeros(draws["paths"].shape[1], dtype=bool)
    rho = ((draws["rho_a"] <= 0) | (draws["rho_a"] > 1 + 1e-9)).any(axis=0)
    with np.errstate(invalid="ignore"):
        beyond = (np.abs(draws["paths"]) > 1).any(axis=0) | (np.abs(draws["loadings"]) > 1 + 1e-9).any(axis=0)
    return rho | beyond | np.isnan(draws["paths"]).any(axis=0)


def _normal(question: Question, data: Data, evaluate: Callable, kind: str, n_boot: int, seed: int) -> Inference:
    """Draws of the moments under the normal distribution, through the same estimator."""
    mean, cov = data.together.mean[:, 0], data.together.cov[:, :, 0]
    moments = data.moments
    n = data.n_eff if moments is None else _smallest_pair(moments)
    if n - 1 < len(mean):
        raise EstimationError("too_few_normal", n=round(n, 1), need=len(mean) + 1)
    if np.linalg.eigvalsh(data.together.correlation[:, :, 0])[0] <= 1e-12:
        raise EstimationError("not_definite_normal")
    draws = collect(evaluate([batch], batch) for _, batch in report(draw_moments(mean, cov, n, n_boot, seed), n_boot))
    remark = note("normal_theory", n=round(n, 1), draws=n_boot)
    return _of_draws(question, draws, "normal", kind, n - 1, {}, (remark,))


def _smallest_pair(moments: Moments) -> float:
    """The smallest effective number of respondents behind a covariance of pairwise moments."""
    smallest = moments.n if moments.pairs is None else float(moments.pairs.n.min())
    return smallest * moments.n_eff / moments.n


def _linearised(question: Question, data: Data, reference: list[Array]) -> Inference:
    """The covariance of all estimates by their influence, from rows or from moments with fourth-order sums."""
    evaluate = evaluator(replace(question, tolerance=FINE), reference)

    def numbers(domains: list[Batch], together: Batch) -> dict[str, Array]:
        found = evaluate(domains, together)
        found.pop("converged")
        return found

    moments = data.moments
    if moments is not None and moments.fourth is not None:
        cov = covariance_from_fourth(
            moments.fourth, moments.mean, moments.cov, moments.n, moments.sum_w, lambda batch: numbers([batch], batch)
        )
        df, remark = float(moments.fourth.units - 1), note("linearised", units=moments.fourth.units)
    elif data.rows is not None and data.design is not None:
        data.design.check_lonely()
        cov = influence(data.rows, data.design, numbers).covariance()
        df, remark = float(data.design.df), note("linearised", units=data.design.units)
    else:
        raise OptionError("needs_rows", inference="linearised")
    sizes = {name: len(values) for name, values in numbers(data.domains, data.together).items()}
    return Inference("linearised", "t", LinearStore(cov, sizes, df), notes=(remark,))
