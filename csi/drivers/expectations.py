"""fit_expectations: theories of satisfaction compete on the same answers, and surfaces replace difference scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from csi.data.given import SurveyLike, as_survey
from csi.data.survey import Survey
from csi.drivers.asymmetry import check_drivers
from csi.drivers.expectations_models import LINES, Contest, build
from csi.drivers.expectations_tables import Rivals, finish
from csi.drivers.slopes import bare, related
from csi.errors import DataError, EstimationError, OptionError, choose
from csi.estimation.measured import Choice, Measure, Sheet, measure
from csi.language import note, say
from csi.measures.quality.pairs import check_scales
from csi.references import references
from csi.results import Block, Result

if TYPE_CHECKING:
    import pandas as pd

FUNCTION = "fit_expectations"
OUTCOMES = ("favourable", "unfavourable")
CAUSES = ("controllable", "uncontrollable", "stable", "unstable")
SOURCES = references("oliver1980", "edwards1993")


def fit_expectations(
    survey: SurveyLike,
    outcome: str,
    *,
    expectation: str,
    performance: str,
    disconfirmation: str | None = None,
    norms: Mapping[str, str] | Sequence[str] | None = None,
    desired: str | None = None,
    needs: str | None = None,
    equity: str | None = None,
    attribution: str | Sequence[str] | None = None,
    affect: str | Sequence[str] | None = None,
    folds: int = 10,
    by: str | Sequence[str] | None = None,
    inference: str | None = None,
    interval: str | None = None,
    n_boot: int = 5000,
    seed: int = 1,
) -> Result:
    """Competing regressions of satisfaction, one per theory of expectations: R2 of 0 to 1, slopes in rating points.

    Use it to see which theory the customers of this survey follow, instead of taking one for granted. Every model is
    fitted to the same respondents; those whose answers were not asked are left out.

    Parameters
    ----------
    survey : Survey, or a table, Series, dict or file, see `as_survey`
        Its weights, strata, clusters and raking count; reversed items are turned round.
    outcome : item
        Overall satisfaction.
    expectation, performance : item
        What was expected, and what was found, on one scale.
    disconfirmation : item, optional
        Better or worse than expected, asked directly; gives Oliver's model expectation_disconfirmation.
    norms : mapping of name to item, or list of items, optional
        Experience norms on the scale of performance, such as best brand, average product, this brand; each gives a
        model of performance less the norm.
    desired : item, optional
        Desired level on the scale of performance; gives value_percept_disparity (performance less desired).
    needs, equity : item, optional
        Whether it met needs (needs_congruence), and whether it was fair.
    attribution, affect : item or list of items, optional
        Causes and feelings; with disconfirmation they give Oliver's extended model.
    folds : int
        Of the cross-validation, 2 or more; sampling units stay together.
    by, inference, interval, n_boot, seed
        As in `fit_drivers`; inference is "linearised", "bootstrap" or "none". R2 has limits by z of its root; the
        seed also deals out the folds.

    Returns
    -------
    Result
        Tables `models` (model; R2), `model_coefficients` (model, term), `information` (model, kind = aic | bic |
        r2_adjusted), `cross_validation` (model, kind = squared_error | explained), `surface` (model, kind =
        congruence_slope | congruence_curvature | incongruence_slope | incongruence_curvature), `constraints` (model,
        kind = opposite_slopes | no_curvature | difference_score; F, with its p_value).

    Raises
    ------
    DataError
        `outcome_in_drivers`, `items_given_twice`, `scales_of_pair`, `drivers_bound`, `no_scale_for_score`.
    OptionError
        `not_whole`.
    EstimationError
        `regression_short`.

    Notes
    -----
    AIC and BIC of the normal likelihood; n counts respondents, not weights. Polynomials count from the middle of the
    scale: Z = b0 + b1 X + b2 Y + b3 X^2 + b4 XY + b5 Y^2, X the standard, Y performance. Along Y = X the slope is
    b1 + b2, the curvature b3 + b4 + b5; along Y = -X they are b1 - b2 and b3 - b4 + b5. A difference score holds only
    if b1 = -b2 and b3 = b4 = b5 = 0. Respondents who lack one of the answers are left out; weights enter every model.

    In R: `survey::svyglm` of each model, `AIC` and `BIC` of `lm` without weights, `RSA::RSA` for the surface.

    Examples
    --------
    >>> import csi
    >>> asked = {"expectation": "expectation", "performance": "performance", "disconfirmation": "disconfirmation"}
    >>> fit = csi.fit_expectations(csi.load_sample("expectations"), "satisfaction", **asked)
    >>> fit.tidy().sort_values("estimate")["model"].tolist()[-1]
    'expectation_disconfirmation'

    """
    survey = as_survey(survey, FUNCTION)
    named = dict(norms) if isinstance(norms, Mapping) else {item: item for item in bare(norms or [])}
    roles: dict[str, list[str]] = {
        "expectation": [expectation], "performance": [performance], "disconfirmation": bare(disconfirmation or []),
        "desired": bare(desired or []), "needs": bare(needs or []), "equity": bare(equity or []),
        "attribution": bare(attribution or []), "affect": bare(affect or []),
    }  # fmt: skip
    items = check_drivers(survey, FUNCTION, outcome, [*(i for some in roles.values() for i in some), *named.values()])
    if isinstance(folds, bool) or not isinstance(folds, int) or folds < 2:
        raise OptionError("not_whole", option="folds", value=str(folds), least=2, example=10)
    standards = [expectation, *roles["desired"], *named.values()]
    check_scales(survey, FUNCTION, standards, [performance] * len(standards))
    (lo,), (hi,) = survey.scale_ends([performance])
    if np.isnan(lo):
        raise DataError("no_scale_for_score", items=[performance], survey=survey.name)
    answers = dict(zip(items, survey.matrix(items).T, strict=True))
    contest = build(answers, survey.matrix([outcome])[:, 0], roles, named, float(lo + hi) / 2)
    _check_contest(survey, contest, folds)
    choice = Choice(inference, interval, n_boot, seed)
    result = measure(_question(survey, outcome, contest), survey, by=by, choice=choice)
    return finish(result, Rivals(survey, contest, by, folds, choice))


def _check_contest(survey: Survey, contest: Contest, folds: int) -> None:
    """Refuse too few respondents, and predictors that follow from each other."""
    weight = survey.design().weight
    rows = ~np.isnan(contest.outcome) & (weight > 0 if weight is not None else True)
    most = 2 + max(len(theory.terms) for theory in contest.theories)
    n = int(rows.sum())
    if n + -n // folds <= most:  # what is left when the largest fold is taken out
        raise EstimationError("regression_short", n=n, coefficients=most)
    for theory in contest.theories:
        bound = related(contest.predictors(theory)[rows], list(theory.terms))
        if bound:
            raise DataError("drivers_bound", items=bound)


def _question(survey: Survey, outcome: str, contest: Contest) -> Measure:
    theories = contest.theories
    surfaces = [theory for theory in theories if theory.surface]

    def rows(name: str, terms: Sequence[str]) -> list[tuple[str, ...]]:
        return [(name, term) for term in terms]

    coefficients = tuple(Block(theory.name, rows(theory.name, theory.terms)) for theory in theories)
    along = tuple(Block(f"surface_{theory.name}", rows(theory.name, LINES)) for theory in surfaces)
    products = contest.products()
    facts: dict[str, Any] = {"models": len(theories), "outcome": outcome}
    return Measure(
        function=FUNCTION,
        title=note("title_expectations", data=survey.name, **facts),
        columns=products,
        evaluate=contest.evaluate,
        sheets={
            "models": Sheet(("model",), (Block("r2", [(theory.name,) for theory in theories]),), 3),
            "model_coefficients": Sheet(("model", "term"), coefficients, 3, True),
            "surface": Sheet(("model", "kind"), along, 3, True),
        },
        scales={"r2": "square"},
        notes=(note("expectations_same"), note("expectations_surface"), note("expectations_causal")),
        sources=SOURCES,
        need=3 + max(len(theory.terms) for theory in theories),
        names=[outcome] * products.shape[1],
    )


def list_attribution_emotions(outcome: str | None = None, cause: str | None = None) -> pd.DataFrame:
    """What customers feel and do, by how it went and what they hold to be the cause; words in the current language.

    Use it to read open answers and complaints: the same failure makes one customer angry and another patient.

    Parameters
    ----------
    outcome : {"favourable", "unfavourable"}, optional
        How it went; both when None.
    cause : {"controllable", "uncontrollable", "stable", "unstable"}, optional
        Whether the firm could have done otherwise, or whether it will go like this again; all when None.

    Returns
    -------
    DataFrame
        One row per outcome and cause: `outcome`, `cause`, `emotion`.

    Raises
    ------
    OptionError
        `unknown_option`: an outcome or a cause that is not in the table; the message lists what is.

    Notes
    -----
    A table to look things up in: no answers, so nothing is missing or weighted. The grid of the source is lost and is
    read as: control decides between praise or anger and surprise or patience, stability whether they come back.
    Source: Folkes (1984); Weiner's dimensions of causes.

    Examples
    --------
    >>> import csi
    >>> csi.list_attribution_emotions("unfavourable", "controllable")["emotion"].tolist()
    ['criticism, anger']

    """
    import pandas as pd

    if outcome is not None:
        choose("outcome", outcome, OUTCOMES)
    if cause is not None:
        choose("cause", cause, CAUSES)
    rows = [
        (first, second, say(f"emotions.{first}_{second}"))
        for first in OUTCOMES
        for second in CAUSES
        if outcome in (None, first) and cause in (None, second)
    ]
    return pd.DataFrame(rows, columns=["outcome", "cause", "emotion"])
