"""The few figures a manager asks for, in one table: satisfaction, recommendation, repurchase, complaints, retention."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from csi.data.given import SurveyLike, as_survey
from csi.data.survey import Survey
from csi.errors import OptionError
from csi.estimation.measured import Choice, Measure, Sheet, measure
from csi.inference.means import Means
from csi.language import Note, note
from csi.measures.scores.flags import flag_column
from csi.measures.scores.levels import item_names, level_columns, level_set, missing_notes, top_levels
from csi.measures.scores.transforms import transform_items
from csi.results import Block, Result

Array = NDArray[np.float64]
BEHAVIOURS = ("complaint_rate", "return_rate", "repeat_rate", "retention_rate")


@dataclass
class _Columns:
    """Columns of the figures, by term, and the item each comes from."""

    values: dict[str, Array] = field(default_factory=dict)
    items: dict[str, str] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)

    def add(self, term: str, item: str, values: Array) -> None:
        """One figure more."""
        self.values[term], self.items[term] = values, item


def score_kpi(
    survey: SurveyLike,
    *,
    satisfaction: str | None = None,
    recommend: str | None = None,
    repurchase: str | None = None,
    complaint: str | None = None,
    returned: str | None = None,
    repeat: str | None = None,
    retention: str | None = None,
    satisfied: object = None,
    boxes: int = 2,
    by: str | None = None,
    inference: str | None = None,
    interval: str | None = None,
    n_boot: int = 5000,
    seed: int = 1,
) -> Result:
    """Score the key figures in one table: points 0-100 for satisfaction, shares 0-1 for all others.

    Use it for the page a manager reads. What customers say (satisfaction, intentions) stands beside what they did
    (complaints, returns, repeat purchases, staying), and table `linked` shows the one by the other.

    Parameters
    ----------
    survey : Survey, or a table, Series, dict or file, see `as_survey`
    satisfaction : item of overall satisfaction: mean in points, worst rating 0, best 100
    recommend, repurchase : items of intention: share on the best `boxes` levels
    complaint, returned, repeat, retention : columns of yes and no (0/1, yes/no, 是/否): complained, sent something
        back, bought again, is still a customer
    satisfied : the levels of `satisfaction` that count as satisfied, as in `score_rate`; gives the satisfaction rate
        and the table `linked`
    boxes : how many of the best levels count for the intentions
    by : columns that name groups
    inference : {"linearised", "bootstrap", "none"}, None for linearised
    interval : {"score", "wilson", "t", "bca", "percentile"}, None for the score interval, Wilson's for shares (BCa for
        a bootstrap of a plain design)
    n_boot, seed : of a bootstrap

    Returns
    -------
    Result
        Table `kpi`: (group,) term, item. Table `linked` (with `satisfied` and a behaviour): (group,) term, kind
        (satisfied, not_satisfied, difference). Each then estimate, std_error, lower, upper, n.

    Raises
    ------
    OptionError
        `kpi_nothing`, `kpi_satisfied`; those of the levels in `score_rate`.
    DataError
        `flags_not_yes_no`, `unknown_column`, `private_column`; those of `score_rate`.
    EstimationError
        `groups_too_small`: no group is large enough.

    Notes
    -----
    Each figure is taken over those who have it; missing answers are left out. Weights and designs as in `score_rate`.
    In R: svymean, svyby of survey.

    Examples
    --------
    >>> import csi
    >>> result = csi.score_kpi(csi.load_sample("tiny"), satisfaction="s1", recommend="l1")
    >>> result.tidy()[["term", "item", "estimate"]].round(3).to_numpy().tolist()
    [['satisfaction_score', 's1', 66.667], ['recommend_share', 'l1', 0.333]]

    """
    survey = as_survey(survey, "score_kpi")
    found = _Columns()
    _add_ratings(survey, found, satisfaction, satisfied, {"recommend": recommend, "repurchase": repurchase}, boxes)
    for term, column in zip(BEHAVIOURS, (complaint, returned, repeat, retention), strict=True):
        if column is not None:
            found.add(term, column, flag_column(survey, column))
    if not found.values:
        raise OptionError("kpi_nothing")
    return measure(_question(found), survey, by=by, choice=Choice(inference, interval, n_boot, seed))


def _add_ratings(
    survey: Survey,
    found: _Columns,
    satisfaction: str | None,
    satisfied: object,
    intentions: Mapping[str, str | None],
    boxes: int,
) -> None:
    """Satisfaction in points, its rate, and shares on the best levels."""
    rated = [name for name in (satisfaction, *intentions.values()) if name is not None]
    if satisfied is not None and satisfaction is None:
        raise OptionError("kpi_satisfied")
    if not rated:
        return
    item_names(survey, rated)
    if satisfaction is not None:
        found.add("satisfaction_score", satisfaction, transform_items(survey, [satisfaction], "min_max")[:, 0])
        found.notes.append(note("mean_min_max"))
        if satisfied is not None:
            level = level_set(survey, satisfaction, satisfied, "satisfied")
            found.add("satisfaction_rate", satisfaction, level_columns(survey, [satisfaction], [level])[:, 0])
            found.notes.append(note("rate_levels", levels=str(level), items=[satisfaction]))
    for name, item in intentions.items():
        if item is not None:
            top = top_levels(survey, item, boxes, "boxes")
            found.add(f"{name}_share", item, level_columns(survey, [item], [top])[:, 0])
            found.notes.append(note("top_levels", levels=str(top), items=[item]))
    found.notes += missing_notes(survey, rated, "exclude")


def _question(found: _Columns) -> Measure:
    """The measure of all figures, and of the behaviours of those who are satisfied and those who are not."""
    terms = list(found.values)
    columns = list(found.values.values())
    linked = [term for term in BEHAVIOURS if term in found.values and "satisfaction_rate" in found.values]
    for term in linked:
        rate = found.values["satisfaction_rate"]
        columns += [np.where(rate == wanted, found.values[term], np.nan) for wanted in (1.0, 0.0)]
    k = len(terms)

    def evaluate(domain: Means, whole: Means) -> dict[str, Array]:
        numbers = {term: domain.mean[i : i + 1] for i, term in enumerate(terms)}
        for j, term in enumerate(linked):
            yes, no = (domain.mean[k + 2 * j + side : k + 2 * j + side + 1] for side in (0, 1))
            numbers |= {f"{term}_satisfied": yes, f"{term}_not": no, f"{term}_difference": yes - no}
        return numbers

    sheets = {
        "kpi": Sheet(("term", "item"), tuple(Block(term, ((term, found.items[term]),)) for term in terms), 3),
    }
    ends = {"satisfied": "satisfied", "not": "not_satisfied", "difference": "difference"}
    if linked:
        blocks = [Block(f"{term}_{end}", ((term, kind),)) for term in linked for end, kind in ends.items()]
        sheets["linked"] = Sheet(("term", "kind"), tuple(blocks), 3)
    counted = {term: i for i, term in enumerate(terms)}
    shares = [term for term in terms if term != "satisfaction_score"]
    for j, term in enumerate(linked):
        counted |= {f"{term}_satisfied": k + 2 * j, f"{term}_not": k + 2 * j + 1, f"{term}_difference": k + 2 * j}
        shares += [f"{term}_satisfied", f"{term}_not"]
    means = ["satisfaction_score", *(f"{term}_difference" for term in linked)]
    pairs = [name for term in linked for name in (found.items[term],) * 2]
    return Measure(
        function="score_kpi",
        title=note("kpi_title"),
        columns=np.array(columns).T,
        evaluate=evaluate,
        sheets=sheets,
        scales=dict.fromkeys(shares, "share") | dict.fromkeys(means, "mean"),
        ends=np.array([(0.0, 100.0 if name == "satisfaction_score" else 1.0) for name in (*terms, *pairs)]).T,
        counted=counted,
        notes=tuple(found.notes),
        names=(*found.items.values(), *pairs),
        need=0 if linked else 2,
    )
