"""fit_drivers: what moves satisfaction, by linear, ordered or top-box regression under the design of the survey."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from csi.data.given import SurveyLike, as_survey_or_moments
from csi.drivers.formulas import check_given, prepare_formula
from csi.drivers.handed import Handed, hand_over
from csi.drivers.ordered import LINKS, SeparatedError, level_probabilities, refuse_separation
from csi.drivers.regression_checks import Doubts, check_fit, collinearity_checks
from csi.drivers.regression_data import (
    FUNCTION,
    DriverData,
    check_covariance,
    check_left,
    check_names,
    prepare_drivers,
)
from csi.drivers.regression_inference import Fit, OfFit, choose_method, measure_moments, with_r2
from csi.drivers.regression_numbers import KINDS, fit_model, values_of
from csi.drivers.regression_tables import tables_of
from csi.errors import DataError, OptionError, choose
from csi.estimation.engine import Measured, infer
from csi.estimation.measured import CSI
from csi.inference.choice import Choice
from csi.language import Note, note
from csi.moments import Moments
from csi.references import references
from csi.results import Check, Result

if TYPE_CHECKING:
    import pandas as pd

Array = NDArray[np.float64]
MOST_LEVELS = 20
EMPTY = ("refuse", "merge")
SOURCES = references("mccullagh1980", "binder1983", "lind2010", "brant1990")


def fit_drivers(
    survey: SurveyLike | Moments,
    outcome: str,
    drivers: Sequence[str] | str | None = None,
    *,
    kind: str = "linear",
    boxes: int | None = None,
    link: str = "logit",
    interactions: str | Sequence[Sequence[str]] | None = None,
    reference: Mapping[str, str] | None = None,
    empty_levels: str = "refuse",
    by: str | Sequence[str] | None = None,
    missing: str = "listwise",
    inference: str | None = None,
    interval: str | None = None,
    n_boot: int = 5000,
    seed: int = 1,
) -> Result:
    """Regression of an outcome on its drivers; raw coefficients in units of the outcome per unit of a driver.

    Use it to see what goes with satisfaction when the other drivers are held. Where drivers go together, coefficients
    divide what they share arbitrarily: look at `check()` and at the table `collinearity`, and take importances for a
    ranking.

    Parameters
    ----------
    survey : Moments, or Survey, or a table, Series, dict or file, see `as_survey`
        Moments know linear regressions only, without groups, categories and interactions.
    outcome : str
        A rating or number; reversed items are turned round. Or, without `drivers`, a formula of both, such as
        "sat ~ quality * C(branch) + np.log(price)", which formulaic reads: `a:b`, `a * b`, `I(x**2)`, `poly`, `bs`,
        `C(branch, contr.treatment("North"))`, names with spaces in backticks. It sees the columns it names, of those
        who answered them all, and as `np` numpy's functions of numbers; other code is refused. Its columns are terms
        under the names they have in statsmodels; notes say references, and which terms have no standardised form.
        `center`, `scale`, `poly` and `bs` look at all who answered, without weights.
    drivers : str or list of str, optional
        Ratings and numbers enter as they are; a category enters as one column per category but the reference.
    kind : {"linear", "ordered", "top_box"}
        Least squares; a cumulative logit or probit of the levels (proportional odds); a logit or probit of the share
        that chose the best levels.
    boxes : int, optional
        For "top_box" only: how many of the best levels of the outcome's scale count; not needed where it is 0 or 1.
    link : {"logit", "probit"}
        Of the last two kinds.
    interactions : str or list of pairs, optional
        A segment column, with which every driver is multiplied; or pairs (driver, driver or column). A driver's own
        coefficient then is its effect in the reference segment, or where the other driver is 0.
    reference : mapping of column to category, optional
        Reference categories; the first in natural order where it says nothing.
    empty_levels : {"refuse", "merge"}
        What to do when nobody (of a group) chose a level of an ordered outcome: refuse, or join it with the next lower
        level.
    by : str or list of str, optional
        Columns that form groups, each with a regression of its own. Groups are domains: the design stays whole, and
        all groups share one draw.
    missing : {"listwise"}
        Respondents who left out any of the questions are left out.
    inference : {"linearised", "hc0", "hc1", "hc2", "hc3", "bootstrap", "normal", "none"}, optional
        None means linearised (design-based: weights, strata, clusters, finite populations, raking) and "normal" for
        Moments without `fourth`. "hc0" to "hc3" are the robust errors of independent respondents. "normal" takes the
        model for true, as textbooks do.
    interval : {"t", "bca", "percentile"}, optional
        None means t, and BCa for a bootstrap of a design without strata and clusters.
    n_boot, seed : int
        Replicates of a bootstrap, 0 equals `inference="none"`; the same seed gives the same draws on any machine.

    Returns
    -------
    Result
        Tables `coefficients` (term, kind = unstandardized | standardized), `fit` (kind = r2, r2_adjusted, sigma; or
        mckelvey_zavoina, mcfadden, mcfadden_adjusted, nagelkerke), `collinearity` (term, kind = vif | tolerance, and
        condition_index of each dimension), `correlations` (item, other_item), `curvature` (term, kind = quadratic |
        slope_low | slope_high | turning_point, each driver's square added alone); for "ordered" `thresholds`
        (term), `proportional_odds` (term, kind = the level above which a logit of its own was fitted); for "top_box"
        `marginal_effects` (term; average change of the share in the top boxes per unit). `scores()` gives prediction
        and residual of each respondent, `statsmodels()` a results object of statsmodels. `check()`: collinearity,
        inverted U (Lind and Mehlum), RESET, Breusch-Pagan, proportional odds (Brant), interactions, signs that turn,
        influence (Cook), respondents per driver.

    Raises
    ------
    DataError
        `outcome_in_drivers`, `items_twice`, `drivers_collinear`, `drivers_constant`, `outcome_constant`,
        `level_never_chosen`, `drivers_no_rows`, `drivers_few`, `not_a_survey`, `unknown_items`, `formula_unknown`,
        `formula_outcome_right`, `formula_not_finite`.
    OptionError
        `unknown_option`, `top_box_needs_boxes`, `boxes_not_used`, `interactions_not_pairs`, `drivers_need_rows`,
        `formula_no_tilde`, `formula_unreadable`, `formula_foreign`, `formula_no_intercept`, `formula_needs_rows`.
    EstimationError
        `drivers_separated`, `groups_too_small`.

    Notes
    -----
    Linear: b = (X'WX)^-1 X'Wy; standardised b s_x / s_y. Ordered: P(Y <= k) = F(threshold_k - x'b); standardised
    coefficients and McKelvey and Zavoina's R2 are in units of the latent outcome. Errors: sum of the influence of each
    sampling unit, as survey::svyglm and svyolr; t with the design's degrees of freedom less the number of terms. R2 of
    a line, unless by "normal" or a bootstrap: jackknife error up to 1,000 units, limits as in `fit_importance`.
    Weights are sampling weights: their scale changes nothing.

    In R: `survey::svyglm`, `survey::svyolr`, `MASS::polr`, `lm`.

    Examples
    --------
    >>> import csi
    >>> result = csi.fit_drivers(csi.load_sample("tiny"), "s1", ["q1", "q2"])
    >>> result.tidy()["estimate"].round(3).tolist()
    [2.392, 0.329, 0.329, 0.329, 0.329]
    >>> csi.fit_drivers(csi.load_sample("tiny"), "s1 ~ q1 + q2").tidy()["estimate"].round(3).tolist()
    [2.392, 0.329, 0.329, 0.329, 0.329]

    """
    choose("kind", kind, KINDS)
    choose("link", link, LINKS)
    choose("empty_levels", empty_levels, EMPTY)
    choose("missing", missing, ("listwise",))
    formula = outcome if drivers is None and isinstance(outcome, str) else None
    names = () if formula is not None else check_names(outcome, drivers)
    if boxes is not None and kind != "top_box":
        raise OptionError("boxes_not_used", kind=kind)
    survey = as_survey_or_moments(survey, FUNCTION)
    if isinstance(survey, Moments):
        if formula is not None:
            raise OptionError("formula_needs_rows", formula=formula)
        if kind != "linear" or interactions is not None or reference is not None:
            what = f"kind={kind!r}" if kind != "linear" else "interactions=, reference="
            raise OptionError("drivers_need_rows", what=what)
        if by is not None:
            raise OptionError("by_needs_survey")
        return _of_moments(survey, outcome, names, inference, interval, n_boot)
    if formula is None:
        data = prepare_drivers(survey, outcome, names, by=by, interactions=interactions, reference=reference)
    else:
        check_given({"interactions": interactions, "reference": reference}, formula)
        data = prepare_formula(survey, formula, by)
    choice = choose_method(kind, data.design, data.groups, False, Choice(inference, interval, n_boot, seed))
    fit, notes = _fit(data, kind, link, boxes, empty_levels)
    measured = with_r2(fit, infer(OfFit(fit), choice))
    return _result(fit, measured, notes)


def _fit(data: DriverData, kind: str, link: str, boxes: int | None, empty: str) -> tuple[Fit, list[Note]]:
    """The regression of every domain."""
    notes: list[Note] = []
    if kind == "linear":
        outcomes, levels = [domain.y for domain in data.domains], ()
        for domain in data.domains:
            joint = np.cov(np.column_stack([domain.x, domain.y]).T, aweights=domain.weight)
            check_left(data.names, data.outcome, joint, data.place(domain))
    elif kind == "top_box":
        outcomes, levels = outcome_boxes(data, boxes, notes)
    else:
        outcomes, levels = outcome_levels(data, empty, notes)
    models, values = [], []
    for domain, y in zip(data.domains, outcomes, strict=True):
        try:
            model = fit_model(kind, domain.x, y, domain.weight, len(levels), link)
        except SeparatedError as problem:
            refuse_separation(data.names, domain.x, y.astype(np.int64), problem, data.place(domain))
            raise
        models.append(model)
        shown = np.column_stack([domain.x[:, data.main], domain.y])
        values.append(values_of(kind, model, domain.x, y, domain.weight, link, shown))
    return Fit(kind, link, data, tuple(outcomes), (levels,) * len(models), tuple(models), tuple(values)), notes


def outcome_boxes(data: DriverData, boxes: int | None, notes: list[Note]) -> tuple[list[Array], tuple[float, ...]]:
    """0 and 1 for the best levels, per domain."""
    every = np.unique(np.concatenate([domain.y for domain in data.domains]))
    if boxes is None and set(every.tolist()) <= {0.0, 1.0}:
        cut, top = 1.0, [1.0]
    else:
        points = data.points if len(data.points) else every
        scale = f"{points[0]:g}-{points[-1]:g}"
        if boxes is None:
            raise OptionError("top_box_needs_boxes", outcome=data.outcome, scale=scale, most=len(points) - 1)
        if boxes != int(boxes) or not 0 < boxes < len(points):
            raise OptionError(
                "boxes_outside", option="boxes", value=boxes, item=data.outcome, count=len(points), scale=scale
            )
        top = points[-int(boxes) :].tolist()
        cut = top[0]
    notes.append(note("driver_boxes", outcome=data.outcome, levels=[f"{level:g}" for level in top]))
    outcomes = [(domain.y >= cut).astype(float) for domain in data.domains]
    for domain, y in zip(data.domains, outcomes, strict=True):
        if y.min() == y.max():
            levels = [f"{level:g}" for level in top] if y.max() == 0 else [f"< {cut:g}"]
            raise DataError("top_box_never_chosen", place=data.place(domain), outcome=data.outcome, levels=levels)
    return outcomes, (0.0, 1.0)


def outcome_levels(data: DriverData, empty: str, notes: list[Note]) -> tuple[list[Array], tuple[float, ...]]:
    """Numbers of the levels, the same in every domain."""
    observed = [np.unique(domain.y) for domain in data.domains]
    every = np.unique(np.concatenate(observed))
    points = data.points if len(data.points) else every
    if len(points) > MOST_LEVELS:
        raise DataError("too_many_levels", outcome=data.outcome, count=len(points), most=MOST_LEVELS)
    chosen = np.array([np.isin(points, found) for found in observed])
    if not chosen.all():
        g = int((~chosen).any(axis=1).argmax())
        lost = [f"{points[i]:g}" for i in np.flatnonzero(~chosen[g])]
        if empty == "refuse":
            place = data.place(data.domains[g])
            raise DataError("level_never_chosen", place=place, outcome=data.outcome, levels=lost)
        merged = [f"{points[i]:g}" for i in np.flatnonzero(~chosen.all(axis=0))]
        notes.append(note("levels_merged", outcome=data.outcome, levels=merged))
    kept = points[chosen.all(axis=0)]
    if len(kept) < 2:
        raise DataError("level_never_chosen", place=data.name, outcome=data.outcome, levels=[f"{p:g}" for p in points])
    outcomes = [
        np.maximum(np.searchsorted(kept, domain.y, side="right") - 1, 0).astype(float) for domain in data.domains
    ]
    return outcomes, tuple(kept.tolist())


def _result(fit: Fit, measured: Measured, notes: list[Note]) -> Result:
    data, doubts = fit.data, Doubts(fit)
    main = [data.names[i] for i in data.main]
    weight = np.concatenate([domain.weight for domain in data.domains])
    facts: dict[str, Any] = {
        "kind": fit.kind, "n": int(sum(data.n)), "n_dropped": data.dropped,
        "n_eff": float(weight.sum() ** 2 / (weight @ weight)), "df": fit.df, "inference": measured.method,
        "interval": measured.interval, "n_boot": measured.n_boot, "n_failed": measured.n_failed,
    }  # fmt: skip
    facts |= _likelihood(fit)
    return Result(
        title=note(f"title_drivers_{fit.kind}", outcome=data.outcome, data=data.name, n=facts["n"]),
        headline="coefficients",
        notes=(*data.notes, *notes, *measured.notes),
        _tables=tables_of(
            fit.kind,
            data.names,
            main,
            data.outcome,
            fit.levels[0],
            measured,
            _Groups(data.groups, data.n),
            doubts,
            data.standard,
        ),
        _glance=facts,
        _checks=lambda: (*check_fit(doubts), *measured.checks()),
        _scores=partial(_scores, fit),
        _regressions=partial(_regressions, fit, measured),
        _sources=(*SOURCES, CSI),
    )


@dataclass(frozen=True)
class _Groups:
    """Whose groups and respondents stand in a table."""

    groups: tuple[str, ...]
    n: tuple[int, ...]


def _likelihood(fit: Fit) -> dict[str, float]:
    """Deviance and information criteria, where respondents are independent and count alike."""
    if not fit.data.design.equal or fit.data.groups:
        return {}
    model = fit.models[0]
    n, q = len(model.eta), len(model.lead) + len(model.coef)
    if fit.kind == "linear":
        error = float(model.residual @ model.residual)
        if error <= 0:
            return {}
        minus2, q, deviance = n * (np.log(2 * np.pi * error / n) + 1), q + 1, error
    else:
        minus2 = deviance = float(-2 * model.loglik.sum())
    return {"deviance": deviance, "aic": float(minus2 + 2 * q), "bic": float(minus2 + np.log(n) * q)}


def _scores(fit: Fit) -> pd.DataFrame:
    """Prediction and residual of every respondent, NaN for those left out."""
    import pandas as pd

    predicted, outcome = (np.full(fit.data.design.n, np.nan) for _ in range(2))
    for g, (model, domain) in enumerate(zip(fit.models, fit.data.domains, strict=True)):
        if fit.kind == "ordered":
            shares = level_probabilities(model, fit.link)
            predicted[domain.rows] = shares @ np.array(fit.levels[g])
            outcome[domain.rows] = np.array(fit.levels[g])[fit.outcomes[g].astype(np.int64)]
        else:
            predicted[domain.rows] = model.eta if fit.kind == "linear" else model.probability
            outcome[domain.rows] = fit.outcomes[g]
    return pd.DataFrame({"predicted": predicted, "residual": outcome - predicted})


def _regressions(fit: Fit, measured: Measured) -> dict[str, Callable[[], Any]]:
    """What makes the results object of statsmodels of every group."""
    return {label: partial(_in_statsmodels, handed) for label, handed in hand_over(fit, measured).items()}


def _in_statsmodels(handed: Handed) -> Any:
    from csi.drivers.statsmodels_results import results_of

    return results_of(handed)


def _of_moments(
    moments: Moments, outcome: str, drivers: tuple[str, ...], inference: str | None, interval: str | None, n_boot: int
) -> Result:
    """A linear regression from moments alone."""
    chosen = moments.select([*drivers, outcome])
    if not np.isfinite(chosen.cov).all():
        raise DataError("no_common_rows", items=[*drivers, outcome])
    choice = choose_method("linear", None, (), chosen.fourth is not None, Choice(inference, interval, n_boot))
    k = len(drivers)
    if chosen.n < k + 3:
        raise DataError("drivers_few", place="Moments", n=chosen.n, need=k + 3, terms=k)
    if chosen.cov[k, k] <= 1e-12:
        raise DataError("outcome_constant", place="Moments", outcome=outcome, value=float(chosen.mean[k]))
    check_covariance(drivers, chosen.mean[:k], chosen.cov[:k, :k], "Moments")
    check_left(drivers, outcome, chosen.cov, "Moments")
    measured = measure_moments(chosen, choice)
    notes = [note("moments_source", source=chosen.source)] if chosen.source else []
    if chosen.dropped:
        notes.append(note("dropped_" + chosen.missing, dropped=chosen.dropped, n=chosen.n))
    facts = {
        "kind": "linear", "n": chosen.n, "n_dropped": chosen.dropped, "n_eff": float(chosen.n_eff),
        "inference": measured.method, "interval": measured.interval, "n_boot": 0, "n_failed": 0,
    }  # fmt: skip

    def checks() -> tuple[Check, ...]:
        vif, condition = measured.numbers["vif"], float(measured.numbers["condition"].max())
        return tuple(collinearity_checks(drivers, vif[None], condition))

    return Result(
        title=note("title_drivers_linear", outcome=outcome, data="Moments", n=chosen.n),
        headline="coefficients",
        notes=(*notes, *measured.notes),
        _tables=tables_of("linear", drivers, drivers, outcome, (), measured, _Groups((), (chosen.n,)), None),
        _glance=facts,
        _checks=checks,
        _sources=(*SOURCES, CSI),
    )
