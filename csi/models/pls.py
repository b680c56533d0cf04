"""fit_pls: a satisfaction model by partial least squares path modelling, with the uncertainty of every number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from csi.data.given import SurveyLike, as_survey_or_moments
from csi.data.survey import Survey
from csi.errors import EstimationError, ModelError, OptionError, choose
from csi.estimation.engine import Measured, infer
from csi.inference.choice import Choice, check_n_boot
from csi.language import note
from csi.models.catalog import as_model
from csi.models.path import PathModel
from csi.models.pls_checks import check_pls
from csi.models.pls_data import SINGULAR, Data, prepare
from csi.models.pls_inference import estimator_of
from csi.models.pls_quantities import Question, Solved, solve_sample
from csi.models.pls_tables import PlsTables
from csi.moments import MISSING, Moments
from csi.references import reference, references
from csi.results import Result

if TYPE_CHECKING:
    import pandas as pd

Array = NDArray[np.float64]
SCHEMES = ("path", "centroid", "factorial")
SOURCES = references("lohmoller1989", "tenenhaus2005", "csi")
CONSISTENT = reference("dijkstra2015")


def fit_pls(
    survey_or_moments: SurveyLike | Moments,
    model: PathModel | str,
    *,
    scheme: str = "path",
    consistent: bool = False,
    standardized: bool = True,
    modes: Mapping[str, str] | None = None,
    missing: str = "listwise",
    inference: str | None = None,
    interval: str | None = None,
    n_boot: int = 5000,
    seed: int = 1,
    tolerance: float = 1e-7,
    max_iter: int = 300,
    by: str | Sequence[str] | None = None,
    indicator_weights: str = "pooled",
    target: str | None = None,
    strict: bool = False,
) -> Result:
    """Estimate a satisfaction model by PLS path modelling; indices on 0-100, paths and loadings standardised.

    Use it for composites, prediction and the national indices (ACSI and ECSI were built on it), and for small samples.
    For latent factors use `consistent=True`, and look at `check()` first.

    Parameters
    ----------
    survey_or_moments : Moments, or Survey, or a table, Series, dict or file, see `as_survey`
        With a Survey its weights, strata and clusters count. Moments give the same estimates without any respondent.
    model : PathModel, name of a catalogue model, or text in lavaan notation
        `=~` blocks are mode A, `<~` blocks mode B.
    scheme : {"path", "centroid", "factorial"}
        Inner weighting.
    consistent : bool
        PLSc: construct correlations, paths and loadings corrected for unreliability (Dijkstra-Henseler).
    standardized : bool
        False runs the iteration on covariances (the metric form); its outer weights apply to ratings as they are.
    modes : mapping of construct to {"A", "B", "unit"}
        Overrides the model; "unit" gives every item of the block the same weight.
    missing : {"listwise", "pairwise"}
        Respondents who answered every item of the model, or for each pair of items those who answered both.
    inference : {"bootstrap", "normal", "linearised", "none"}, optional
        None means bootstrap for a Survey and normal theory for Moments (linearised when they carry fourth-order sums).
    interval : {"bca", "percentile", "t"}, optional
        None means BCa for a bootstrap without strata and clusters, else t with the degrees of freedom of the design:
        on Fisher's z for loadings and paths, on z of the root for R2.
    n_boot : int
        Replicates; 0 equals `inference="none"`.
    seed : int
        The same seed gives the same draws on any machine.
    tolerance, max_iter : float, int
        The iteration stops when no outer weight moves by `tolerance`, or after `max_iter` steps.
    by : str or list of str, optional
        Columns that form groups. Groups are domains: the design stays whole, and all groups share one draw.
    indicator_weights : {"pooled", "own"}
        Groups share the outer weights of the whole sample, or each has its own.
    target : str, optional
        Limits `priorities` to one construct.
    strict : bool
        Raise when the solution is inadmissible or did not converge.

    Returns
    -------
    Result
        Tables `index` (construct; 0-100), `paths` (source, target), `outer` (construct, item, kind = outer_weight |
        loading), `constructs` (construct, term = r2 | r2_adjusted | alpha | rho_a | rho_c | ave), `effects` (source,
        target, kind = direct | indirect | total), `htmt` (construct, other_construct), `priorities` (target,
        construct, kind = importance | performance), `index_equal` (construct; equal indicator weights). With `by` a
        column `group` comes first. `scores()` are on 0-100.

    Raises
    ------
    ModelError, DataError, EstimationError, OptionError
        Constructs without items, constant items, too few respondents, collinear mode-B blocks, impossible options.

    Notes
    -----
    Index of a construct: 100 (sum w m - sum w lo) / (sum w hi - sum w lo), m the means, w the outer weights on the
    ratings, lo and hi the ends of the codebook's scale. Importance: unstandardised total effect, index points of the
    target per index point of the construct. alpha is standardised; HTMT uses absolute correlations; under PLSc rho_C
    and AVE use consistent loadings. Survey weights enter means and covariances and are carried through every replicate.
    Formulas and references: docs/numbers.

    In R: `seminr::estimate_pls`, `semPLS::sempls`, `cSEM::csem`.

    Examples
    --------
    >>> import csi
    >>> model = csi.PathModel.parse("Satisfaction ~ Quality; Loyalty ~ Satisfaction")
    >>> fit = csi.fit_pls(csi.load_sample("tiny"), model, n_boot=0)
    >>> fit.tidy("paths").columns.tolist()
    ['source', 'target', 'estimate', 'std_error', 'lower', 'upper', 'p_value', 'n']

    """
    _check_options(scheme, consistent, standardized, missing, indicator_weights, tolerance, max_iter, n_boot)
    chosen = as_model(model)
    survey_or_moments = as_survey_or_moments(survey_or_moments, "fit_pls")
    data = prepare(survey_or_moments, chosen, scheme=scheme, modes=modes, missing=missing, by=by)
    if consistent and "unit" in data.layout.modes:
        raise OptionError("consistent_unit", constructs=_of_mode(data, "unit"))
    choice = Choice(inference, interval, n_boot, seed).resolve(data, rows="bootstrap")
    question = Question(
        data.layout, data.lo, data.hi, data.n, standardized, consistent,
        bool(data.groups) and indicator_weights == "pooled", _target(data, target), tolerance, max_iter,
    )  # fmt: skip
    solved = solve_sample(question, data.domains, data.together)
    _check_solved(question, data, solved)
    found = infer(estimator_of(question, data, solved), choice)
    result = _result(question, data, solved, found)
    return result.raise_if_inadmissible() if strict else result


def replay_bootstrap(
    survey: Survey, model: PathModel | str, drawn: NDArray[np.integer], **options: object
) -> dict[str, Array]:
    """Estimate the replicates whose rows are given, without matching signs; for comparison with other software.

    Parameters
    ----------
    survey : complete answers, no design
    model : as in `fit_pls`
    drawn : (B, n) row numbers from 0 of each replicate
    options : scheme, consistent, standardized, modes, tolerance, max_iter as in `fit_pls`

    Returns
    -------
    dict of arrays (k, B), rows in the order of the tables
    """
    from csi.inference.bootstrap import BLOCK, collect, count_draws

    settings = {"scheme": "path", "consistent": False, "standardized": True, "tolerance": 1e-12, "max_iter": 300}
    settings |= options
    data = prepare(
        survey,
        as_model(model),
        scheme=str(settings["scheme"]),
        modes=settings.get("modes"),
        missing="listwise",
        by=None,
    )
    question = Question(
        data.layout, data.lo, data.hi, data.n, bool(settings["standardized"]), bool(settings["consistent"]), False,
        None, float(settings["tolerance"]), int(settings["max_iter"]),
    )  # fmt: skip
    solved = solve_sample(question, data.domains, data.together)
    estimator = replace(estimator_of(question, data, solved), resign=False)
    return collect(
        estimator.replicates(count_draws(drawn[start : start + BLOCK], drawn.shape[1]))
        for start in range(0, len(drawn), BLOCK)
    )


def _check_options(
    scheme: str,
    consistent: bool,
    standardized: bool,
    missing: str,
    indicator_weights: str,
    tolerance: float,
    max_iter: int,
    n_boot: int,
) -> None:
    choose("scheme", scheme, SCHEMES)
    choose("missing", missing, MISSING)
    choose("indicator_weights", indicator_weights, ("pooled", "own"))
    if consistent and not standardized:
        raise OptionError("consistent_metric")
    for name, value in (("tolerance", tolerance), ("max_iter", max_iter)):
        if not value > 0:
            raise OptionError("not_positive", option=name, value=value)
    check_n_boot(n_boot, least=0)


def _target(data: Data, target: str | None) -> int | None:
    if target is None:
        return None
    if target not in data.model.endogenous:
        raise ModelError("not_endogenous", construct=target, choices=list(data.model.endogenous))
    return data.model.names.index(target)


def _of_mode(data: Data, mode: str) -> list[str]:
    return [name for name, used in zip(data.model.names, data.layout.modes, strict=True) if used == mode]


def _check_solved(question: Question, data: Data, solved: Solved) -> None:
    """Refuse matrices that allow no solution, and predecessors that carry the same information."""
    names = data.model.names
    if not all(np.isfinite(source.weights).all() for source in solved.sources):
        smallest = min(float(np.linalg.eigvalsh(batch.correlation[:, :, 0])[0]) for batch in solved.batches)
        raise EstimationError("no_solution", model=data.model.name, value=smallest)
    for solution in solved.solutions:
        for j, sources in question.layout.several:
            values = np.linalg.eigvalsh(solution.composites[:, :, 0][sources[:, None], sources])
            if values[0] < SINGULAR * values[-1]:
                raise ModelError("collinear_constructs", construct=names[j], sources=[names[k] for k in sources])


def _result(question: Question, data: Data, solved: Solved, found: Measured) -> Result:
    """Wrap the estimates: no table is made here before it is asked for."""
    tables = PlsTables(question, data, found)
    notes = [*data.notes, *found.notes]
    unscaled = [name for j, name in enumerate(data.model.names) if j not in question.scaled]
    if unscaled:
        notes.append(note("no_scale", constructs=unscaled))
    if data.groups:
        notes.append(note("pooled_weights" if question.pooled else "own_weights", groups=len(data.groups)))
    builders = tables.builders()
    return Result(
        title=note("title_plsc" if question.consistent else "title_pls", model=data.model.name, data=data.name,
                   n=sum(data.n)),
        headline="index" if "index" in builders else "paths",
        notes=tuple(notes),
        _tables=builders,
        _glance={
            "model": data.model.name, "n": sum(data.n), "n_dropped": data.dropped, "n_eff": data.n_eff,
            "scheme": question.layout.scheme, "inference": found.method, "interval": found.interval,
            "n_boot": found.n_boot, "n_failed": found.n_failed, "iterations": int(solved.iterations.max()),
            "converged": bool(solved.converged.all()), "gof": _goodness(question, found.numbers),
        },
        _checks=lambda: check_pls(question, data, solved, found.numbers, found),
        _scores=None if data.answers is None else lambda: _scores(question, data, solved),
        _sources=(*SOURCES[:2], CONSISTENT, SOURCES[2]) if question.consistent else SOURCES,
    )  # fmt: skip


def _goodness(question: Question, numbers: Mapping[str, Array]) -> float:
    """GoF: root of mean communality (over items of multi-item blocks) times mean R2; the mean over groups."""
    layout = question.layout
    sizes = np.array([block.stop - block.start for block in layout.blocks])
    several = sizes[layout.owner] > 1
    loadings = numbers["loadings"].reshape(-1, layout.p)[:, several if several.any() else slice(None)]
    r2 = numbers["r2"].reshape(len(loadings), -1)
    return float(np.sqrt((loadings**2).mean(axis=1) * r2.mean(axis=1)).mean())


def _scores(question: Question, data: Data, solved: Solved) -> pd.DataFrame:
    """Scores of every respondent on 0-100, one column per construct; NaN where an answer or a scale is missing."""
    import pandas as pd

    scores = np.full((len(data.answers), len(data.model.names)), np.nan)
    for g in range(len(solved.raw)):
        rows = data.members == g
        for j in question.scaled:
            block = question.layout.blocks[j]
            w, lo, hi = solved.raw[g][block, 0], question.lo[block], question.hi[block]
            scores[rows, j] = 100 * (data.answers[rows, block] - lo) @ w / (w @ (hi - lo))
    return pd.DataFrame(scores, columns=list(data.model.names))
