"""Survey weights that reproduce known margins: raking, post-stratification, trimming, and what weights cost."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from csi.data.given import SurveyLike, as_survey
from csi.data.respondent_checks import dominant_weight, effective_size
from csi.data.survey import Survey
from csi.errors import DataError, EstimationError, OptionError
from csi.estimates import Unknown
from csi.inference.calibration import MAX_ITER, TOLERANCE, Calibration, rake_weights
from csi.language import Note, note
from csi.references import reference
from csi.results import Check, Result, Table

Array = NDArray[np.float64]
Targets = Mapping[str, Mapping[Hashable, float]]
ROUNDS = 200
LARGEST = 5.0  # a weight of so many times the mean is worth a look
DEVILLE = reference("deville1992")
KISH = reference("kish1965")


def rake(
    survey: SurveyLike,
    targets: Targets,
    *,
    trim: tuple[float, float] | None = None,
    name: str = "raked",
    tolerance: float = TOLERANCE,
    max_iter: int = MAX_ITER,
) -> Survey:
    """Weight a survey so that several columns have known shares at once (iterative proportional fitting).

    Use it when the shares of age groups, regions, customer classes in the population are known one by one; where the
    cells of all of them together are known, use `post_stratify`.

    Parameters
    ----------
    survey : Survey, or a table, Series, dict or file, see `as_survey`
        Its weights are where raking begins; equal weights without any.
    targets : mapping of column to mapping of level to share or count
        `{"region": {"north": 0.4, "south": 0.6}, "sex": {"f": 0.5, "m": 0.5}}`: shares of a column add up to 1,
        counts of all columns to the same total. Every level that occurs needs a target, and every target a respondent.
    trim : (low, high), optional
        Smallest and largest weight, in units of the mean weight; weights beyond are cut and the rest raked again.
    name : str
        Name of the column that holds the new weights.
    tolerance : float
        Largest difference between a share and its target.
    max_iter : int
        Cycles through all columns.

    Returns
    -------
    Survey
        The same answers with the new weights in the codebook's role. They sum to what the old ones summed to. It knows
        what it was raked to: errors lose what the margins explain (calibration residuals), and every bootstrap
        replicate is raked again. The notes name the range of the weights, the effective size and the design effect.

    Raises
    ------
    DataError
        `targets_empty`, `target_level_unknown` (a level nobody has), `target_level_missing` (a level without target),
        `target_negative`, `targets_not_one`, `targets_differ` (totals that disagree), `margin_missing` (respondents
        without a value), those of `Survey.split` and `Survey.with_weight`.
    EstimationError
        `raking_failed`, `trimming_failed`.
    OptionError
        `bad_trim`.

    Notes
    -----
    In turn for each column, weights are multiplied by target share / current share of the level. Respondents of weight
    0 stay at 0. Source: Deville & Sarndal (1992). In R: `survey::rake`, and `survey::calibrate(calfun="raking")`, whose
    errors these are.

    Examples
    --------
    >>> import csi
    >>> survey = csi.Survey.from_frame({"sex": ["f"] * 6 + ["m"] * 4, "q": [8, 9, 7, 8, 9, 10, 5, 6, 7, 6]})
    >>> even = csi.rake(survey, {"sex": {"f": 0.5, "m": 0.5}})
    >>> even.design().weight.round(4).tolist()[::6]
    [0.8333, 1.25]

    """
    survey = as_survey(survey, "rake")
    if not isinstance(targets, Mapping):
        raise OptionError("targets_no_mapping", function="rake", kind=type(targets).__name__)
    columns, levels, goals = [], [], []
    for column, wanted in targets.items():
        labels, codes = _margin(survey, column)
        columns.append(codes)
        levels.append(labels)
        goals.append(_goal(survey, column, labels, codes, wanted))
    if not columns:
        raise DataError("targets_empty", survey=survey.name)
    shares = _shares(list(targets), goals)
    base = _base(survey)
    weight = rake_weights(base, columns, shares, tolerance=tolerance, max_iter=max_iter).weight
    notes = [note("raked_to", columns=list(targets), count=sum(len(part) for part in levels))]
    if trim is not None:
        weight = _trimmed(weight, columns, shares, trim, tolerance, max_iter)
        notes.append(note("trimmed_to", low=trim[0], high=trim[1]))
    notes.append(_cost(weight))
    return survey.with_weight(weight, name, Calibration(base, tuple(columns), tuple(shares)), *notes)


def post_stratify(
    survey: SurveyLike,
    by: str | Sequence[str],
    targets: Mapping[Hashable, float],
    *,
    name: str = "post_stratified",
) -> Survey:
    """Weight a survey so that the cells of one or several columns have known shares.

    Parameters
    ----------
    survey : Survey, or a table, Series, dict or file, see `as_survey`
        Its weights are multiplied; equal weights without any.
    by : column, or several whose combinations are the cells
    targets : mapping of level, or tuple of levels, to share or count
        One for every cell that occurs; shares add up to 1.
    name : str
        Name of the column that holds the new weights.

    Returns
    -------
    Survey
        As `rake` gives it.

    Raises
    ------
    DataError
        As `rake`: a cell that nobody is in, a cell without target, respondents without a value.

    Notes
    -----
    Each weight is multiplied by the target share over the current share of its cell. In R: `survey::postStratify`.

    Examples
    --------
    >>> import csi
    >>> survey = csi.Survey.from_frame({"sex": ["f"] * 3 + ["m"], "q": [8, 9, 7, 5]})
    >>> csi.post_stratify(survey, "sex", {"f": 520, "m": 480}).design().weight.round(4).tolist()
    [0.6933, 0.6933, 0.6933, 1.92]

    """
    survey = as_survey(survey, "post_stratify")
    if not isinstance(targets, Mapping):
        raise OptionError("targets_no_mapping", function="post_stratify", kind=type(targets).__name__)
    labels, codes = _margin(survey, by)
    cells = {" · ".join(map(str, key)) if isinstance(key, tuple) else key: value for key, value in targets.items()}
    shown = by if isinstance(by, str) else " · ".join(by)
    goal = _goal(survey, shown, labels, codes, cells)
    (share,) = _shares([shown], [goal])
    base = _base(survey)
    weight = rake_weights(base, [codes], [share]).weight
    notes = (note("post_stratified_to", by=shown, count=len(labels)), _cost(weight))
    return survey.with_weight(weight, name, Calibration(base, (codes,), (share,)), *notes)


def check_weights(survey: SurveyLike) -> Result:
    """What the survey weights of a sample cost: their range, the effective size and the design effect.

    Parameters
    ----------
    survey : Survey, or a table, Series, dict or file, see `as_survey`
        Weights are those of the codebook's role; equal weights without any.

    Returns
    -------
    Result
        Table `weights` (term = smallest, mean, largest, effective_n, design_effect; weights in units as they stand).
        These are facts about the sample and have no standard error. `check()` says whether a weight is above 5 times
        the mean and whether the design effect of weighting is above 2.

    Raises
    ------
    DataError
        `not_a_survey`, and those of `Survey.design`.

    Notes
    -----
    Effective size (sum w)^2 / sum w^2; design effect n / effective size = 1 + CV^2 of the weights. Respondents of
    weight 0 are left out. Source: Kish (1965).

    Examples
    --------
    >>> import csi
    >>> survey = csi.Survey.from_frame({"q": [1, 2, 3, 4, 5, 6]}).with_weight([1, 1, 1, 2, 2, 3])
    >>> csi.check_weights(survey).tidy().set_index("term")["estimate"].round(4).to_dict()
    {'smallest': 1.0, 'mean': 1.6667, 'largest': 3.0, 'effective_n': 5.0, 'design_effect': 1.2}

    """
    survey = as_survey(survey, "check_weights")
    weight = _base(survey)
    w = weight[weight > 0]
    effective, effect = effective_size(w)
    facts = {
        "smallest": w.min(), "mean": w.mean(), "largest": w.max(), "effective_n": effective, "design_effect": effect,
    }  # fmt: skip
    table = Table({"term": list(facts)}, Unknown(np.array(list(facts.values()))), len(w), decimals=2)
    return Result(
        title=note("title_weights", data=survey.name, n=len(w)),
        headline="weights",
        notes=(*survey.notes, note("facts_only")),
        _tables={"weights": lambda: table},
        _glance={"n": len(w), "n_eff": effective},
        _checks=lambda: weight_checks(w),
        _sources=(KISH, DEVILLE),
    )  # fmt: skip


def weight_checks(weight: Array) -> tuple[Check, Check]:
    """Whether one respondent counts for too many, and what unequal weights (n,), all positive, cost."""
    ratio = float(weight.max() / weight.mean())
    return (
        Check("largest_weight", ratio, f"<= {LARGEST:g}", ratio <= LARGEST, False, {"ratio": f"{ratio:.1f}"}),
        dominant_weight([weight]),
    )


def _base(survey: Survey) -> Array:
    weight = survey.design().weight
    return np.ones(len(survey)) if weight is None else weight


def _margin(survey: Survey, by: str | Sequence[str]) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    labels, codes = survey.split(by)
    lost = int((codes < 0).sum())
    if lost:
        shown = by if isinstance(by, str) else ", ".join(by)
        raise DataError("margin_missing", column=shown, survey=survey.name, count=lost)
    return labels, codes


def _goal(
    survey: Survey, column: str, labels: Sequence[str], codes: NDArray[np.int64], wanted: Mapping[Hashable, float]
) -> Array:
    """Targets in the order of the labels."""
    given = {str(level): float(value) for level, value in wanted.items()}
    counts = np.bincount(codes, weights=_base(survey), minlength=len(labels))
    there = {label for label, count in zip(labels, counts, strict=True) if count > 0}
    facts = {"column": column, "survey": survey.name}
    unknown = [level for level, value in given.items() if level not in there and value != 0]
    if unknown:
        raise DataError("target_level_unknown", levels=unknown, choices=sorted(there), **facts)
    without = [label for label in labels if label not in given]
    if without:
        raise DataError("target_level_missing", levels=without, **facts)
    wrong = [level for level, value in given.items() if not (np.isfinite(value) and value >= 0)]
    if wrong:
        raise DataError("target_negative", levels=wrong, **facts)
    return np.array([given[label] for label in labels])


def _shares(columns: Sequence[str], goals: Sequence[Array]) -> list[Array]:
    """Targets as shares that add up to 1; totals that disagree are refused."""
    totals = [float(goal.sum()) for goal in goals]
    for column, total in zip(columns, totals, strict=True):
        if total <= 0 or (0.8 < total < 1.25 and abs(total - 1) > 1e-6):
            raise DataError("targets_not_one", column=column, total=f"{total:.6g}")
    if max(totals) - min(totals) > 1e-6 * max(totals):
        pairs = [f"{column} ({total:.10g})" for column, total in zip(columns, totals, strict=True)]
        raise DataError("targets_differ", totals=pairs)
    return [goal / total for goal, total in zip(goals, totals, strict=True)]


def _trimmed(
    weight: Array,
    columns: Sequence[NDArray[np.int64]],
    shares: Sequence[Array],
    trim: tuple[float, float],
    tolerance: float,
    max_iter: int,
) -> Array:
    """Cut weights to the bounds and rake again until both hold."""
    low, high = trim
    if not 0 <= low < 1 < high:
        raise OptionError("bad_trim", low=low, high=high)
    used = weight > 0
    mean = weight[used].mean()
    for _ in range(ROUNDS):
        inside = np.where(used, np.clip(weight, low * mean, high * mean), 0.0)
        if np.abs(inside - weight).max() <= 1e-6 * mean:
            return weight
        inside *= weight.sum() / inside.sum()
        weight = rake_weights(inside, columns, shares, tolerance=tolerance, max_iter=max_iter).weight
    raise EstimationError("trimming_failed", low=low, high=high, rounds=ROUNDS)


def _cost(weight: Array) -> Note:
    w = weight[weight > 0]
    effective, effect = effective_size(w)
    return note(
        "weights_cost", smallest=f"{w.min() / w.mean():.2f}", largest=f"{w.max() / w.mean():.2f}", n=len(w),
        effective=f"{effective:.0f}", effect=f"{effect:.2f}",
    )  # fmt: skip
