"""compare_specifications: how much the index depends on decisions that could have been taken otherwise."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from csi.data.given import SurveyLike, as_survey
from csi.data.response_check import check_responses
from csi.data.survey import Survey
from csi.errors import DataError, OptionError, choose
from csi.estimates import Uncertainty, Unknown
from csi.inference.intervals import Draws
from csi.language import Note, Term, note
from csi.models.catalog import as_model
from csi.models.path import PathModel
from csi.models.pls import SCHEMES, fit_pls
from csi.moments import MISSING
from csi.references import references
from csi.results import Check, Result, Table
from csi.study import named_target

Array = NDArray[np.float64]
CHOICES = ("missing", "weighting", "flagged", "scheme", "scaling")
WEIGHTING = ("weighted", "unweighted")
FLAGGED = ("keep", "leave_out")
SCALING = ("standardized", "metric")
DIFFERENCE = 2.0  # index points that a decision may cost before it is worth a sentence
SOURCES = references("simonsohn2020")


@dataclass(frozen=True, eq=False)
class Together:
    """The uncertainty of one estimate from each of several fits whose replicates drew the same respondents.

    Attributes
    ----------
    estimate : (k,)
    parts : k uncertainties of one estimate each
    """

    estimate: Array
    parts: tuple[Uncertainty, ...]

    @property
    def std_error(self) -> Array:
        """(k,) standard errors."""
        return np.array([part.std_error[0] for part in self.parts])

    def interval(self, level: float) -> tuple[Array, Array]:
        """Lower and upper limits, each as in its own fit."""
        ends = np.array([[end[0] for end in part.interval(level)] for part in self.parts])
        return ends[:, 0], ends[:, 1]

    def p_value(self) -> Array:
        """(k,) p-values of 0."""
        return np.array([part.p_value()[0] for part in self.parts])

    @cached_property
    def draws(self) -> Array:
        """(k, B) replicates side by side."""
        return np.stack([part.draws[0] for part in self.parts])

    def covariance(self) -> Array:
        """(k, k) covariance of the replicates."""
        return np.atleast_2d(np.cov(self.draws))

    def combine(self, weights: Array) -> Draws:
        """The uncertainty of one weighted sum, from the same respondents in each fit."""
        df = self.parts[0].df
        return Draws(np.atleast_1d(weights @ self.estimate), (weights @ self.draws)[None], "percentile", df)


def compare_specifications(
    survey: SurveyLike,
    model: PathModel | str,
    *,
    target: str | None = None,
    missing: Sequence[str] = MISSING,
    weighting: Sequence[str] = WEIGHTING,
    flagged: Sequence[str] = FLAGGED,
    scheme: Sequence[str] = ("path", "centroid"),
    scaling: Sequence[str] = SCALING,
    flags: int | Sequence[bool] = 2,
    n_boot: int = 500,
    seed: int = 1,
) -> Result:
    """Estimate the index of a construct, 0-100, under every combination of decisions that could be taken otherwise.

    Use it before a number is published: a reader will ask whether it hangs on one of these decisions. The first value
    of each list is the decision that the others are compared with.

    Parameters
    ----------
    survey : Survey, or a table, Series, dict or file, see `as_survey`
    model : PathModel, name of a catalogue model, or text in lavaan notation
    target : str, optional
        Construct whose index is compared; None takes the one named after satisfaction.
    missing : some of {"listwise", "pairwise"}
        Respondents who answered every item, or for each pair of items those who answered both.
    weighting : some of {"weighted", "unweighted"}
        With the survey weights or without; strata and clusters stay. Ignored where there are no weights.
    flagged : some of {"keep", "leave_out"}
        Respondents whose answers look careless count, or are left out.
    scheme : some of {"path", "centroid", "factorial"}
        Inner weighting.
    scaling : some of {"standardized", "metric"}
        PLS on standardised ratings or on ratings as they are.
    flags : int, or (n,) True for flagged respondents
        How many signs of `check_responses` make a respondent flagged.
    n_boot, seed : int
        Replicates of each fit, all of them with the same respondents drawn; 0 for estimates alone.

    Returns
    -------
    Result
        Table `specifications` (missing, weighting, flagged, scheme, scaling): the index under each combination. Table
        `decisions` (kind = which decision, term = its value): mean difference to the first value of that decision,
        index points, over all combinations of the others, tested against 0. `check()` says which decision moves the
        index by more than 2 points.

    Raises
    ------
    OptionError
        An unknown value, `no_values` for an empty list.
    DataError, ModelError, EstimationError
        As `fit_pls` and `check_responses`.

    Notes
    -----
    Index: as in `fit_pls`, with t intervals from its bootstrap, since strata, clusters and weights differ between the
    fits; differences use the covariance of the fits, whose replicates hold the same respondents. Missing answers and
    weights are what is varied. Source: Simonsohn, Simmons & Nelson (2020).

    Examples
    --------
    >>> import csi
    >>> tiny, chain = csi.load_sample("tiny"), "Satisfaction ~ Quality; Loyalty ~ Satisfaction"
    >>> both = csi.compare_specifications(
    ...     tiny, chain, scheme=["path"], flagged=["keep"], missing=["listwise"], n_boot=0
    ... )
    >>> both.tidy()[["scaling", "estimate"]].round(1).to_numpy().tolist()
    [['standardized', 59.3], ['metric', 59.3]]

    """
    survey = as_survey(survey, "compare_specifications")
    filled = as_model(model).resolve(survey.items, survey.codebook)
    construct = target or named_target(filled)[0]
    notes = [*survey.notes]
    lists = {
        "missing": _known("missing", missing, MISSING),
        "weighting": _known("weighting", weighting, WEIGHTING),
        "flagged": _known("flagged", flagged, FLAGGED),
        "scheme": _known("scheme", scheme, SCHEMES),
        "scaling": _known("scaling", scaling, SCALING),
    }
    if survey.codebook.weight is None and len(lists["weighting"]) > 1:
        lists["weighting"] = ("unweighted",)
        notes.append(note("no_weights_to_leave"))
    careless = _careless(survey, filled, flags) if "leave_out" in lists["flagged"] else np.zeros(len(survey), bool)
    if "leave_out" in lists["flagged"]:
        notes.append(note("flagged_count", count=int(careless.sum()), n=len(survey)))
    rows = list(itertools.product(*lists.values()))
    fits = [
        _fit(survey, filled, construct, dict(zip(CHOICES, row, strict=True)), careless, n_boot, seed) for row in rows
    ]
    return _result(survey, filled, construct, lists, rows, fits, tuple(notes), n_boot)


def _known(option: str, values: Sequence[str], choices: tuple[str, ...]) -> tuple[str, ...]:
    given = (values,) if isinstance(values, str) else tuple(dict.fromkeys(values))
    if not given:
        raise OptionError("no_values", option=option, choices=list(choices))
    for value in given:
        choose(option, value, choices)
    return given


def _careless(survey: Survey, model: PathModel, flags: int | Sequence[bool]) -> NDArray[np.bool_]:
    if isinstance(flags, int) and not isinstance(flags, bool):
        return (check_responses(survey, list(model.items)).scores()["n_flags"] >= flags).to_numpy()
    found = np.asarray(flags)
    if found.shape != (len(survey),) or found.dtype != bool:
        shape, expected = f"{found.shape} {found.dtype}", f"({len(survey)},) bool"
        raise DataError("wrong_shape", what="flags", shape=shape, expected=expected)
    return found


def _fit(
    survey: Survey,
    model: PathModel,
    construct: str,
    row: dict[str, str],
    careless: NDArray[np.bool_],
    n_boot: int,
    seed: int,
) -> tuple[float, Uncertainty, int]:
    """Index, its uncertainty and the respondents behind it under one combination."""
    book = survey.codebook
    data = survey
    if row["weighting"] == "unweighted" and book.weight is not None:
        data = survey.with_design(
            strata=book.strata, cluster=book.cluster, population=book.population, lonely_psu=book.lonely_psu
        )
    if row["flagged"] == "leave_out" and careless.any():
        data = data.keep(~careless)
    fit = fit_pls(
        data, model, scheme=row["scheme"], missing=row["missing"], standardized=row["scaling"] == "standardized",
        n_boot=n_boot, seed=seed, interval="t" if n_boot else None,
    )  # fmt: skip
    table = fit.table("index")
    at = table.rows().index((construct,))
    whole = table.uncertainty
    estimate, n = whole.estimate[[at]], int(fit.glance()["n"].iloc[0])
    return float(estimate[0]), Draws(estimate, whole.draws[[at]], "t", whole.df) if n_boot else Unknown(estimate), n


def _result(
    survey: Survey,
    model: PathModel,
    construct: str,
    lists: dict[str, tuple[str, ...]],
    rows: list[tuple[str, ...]],
    fits: list[tuple[float, Uncertainty, int]],
    notes: tuple[Note, ...],
    n_boot: int,
) -> Result:
    estimate = np.array([fit[0] for fit in fits])
    parts = tuple(fit[1] for fit in fits)
    n = [fit[2] for fit in fits]
    drawn = bool(n_boot) and len({part.draws.shape[1] for part in parts}) == 1
    whole = Together(estimate, parts) if drawn else Unknown(estimate)
    weights, keys = _contrasts(lists, rows)
    gaps = weights @ estimate
    if drawn:
        differences: Uncertainty = Draws(gaps, weights @ whole.draws, "percentile", parts[0].df)
    else:
        differences = Unknown(gaps)
    tables = {
        "specifications": lambda: Table(dict(zip(CHOICES, zip(*rows, strict=True), strict=True)), whole, n, decimals=1),
        "decisions": lambda: Table(
            {"kind": [kind for kind, _ in keys], "term": [term for _, term in keys]}, differences, min(n), True, 2
        ),
    }
    if not keys:
        del tables["decisions"]
    code = "no_inference" if not n_boot else "same_replicates" if drawn else "replicates_differ"
    ends = {"smallest": float(estimate.min()), "largest": float(estimate.max())}
    spread = float(estimate.max() - estimate.min())
    return Result(
        title=note("title_specifications", construct=construct, data=survey.name, count=len(rows)),
        headline="specifications",
        notes=(*notes, note(code, n_boot=n_boot)),
        _tables=tables,
        _glance={"model": model.name, "n": max(n), "n_boot": n_boot, **ends},
        _checks=lambda: _checks(keys, gaps, spread),
        _sources=SOURCES,
    )


def _contrasts(lists: dict[str, tuple[str, ...]], rows: list[tuple[str, ...]]) -> tuple[Array, list[tuple[str, str]]]:
    """Mean over the combinations with each value of a decision minus that with its first value: (k, rows), keys."""
    table = np.array(rows)
    weights, keys = [], []
    for place, (decision, values) in enumerate(lists.items()):
        usual = table[:, place] == values[0]
        for value in values[1:]:
            other = table[:, place] == value
            weights.append(other / other.sum() - usual / usual.sum())
            keys.append((decision, value))
    return np.array(weights).reshape(len(keys), len(rows)), keys


def _checks(keys: list[tuple[str, str]], gaps: Array, spread: float) -> tuple[Check, ...]:
    lines = [
        Check("specification_spread", spread, f"<= {DIFFERENCE:g}", spread <= DIFFERENCE, False, {"value": spread})
    ]
    for (decision, value), gap in zip(keys, gaps, strict=True):
        facts = {"decision": Term(decision), "value": Term(value), "gap": float(gap)}
        ok = abs(float(gap)) <= DIFFERENCE
        lines.append(Check("specification", float(gap), f"|d| <= {DIFFERENCE:g}", ok, False, facts))
    return tuple(lines)
