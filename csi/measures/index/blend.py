"""Questionnaire, visit and complaint record as one satisfaction score per customer, and overall with its interval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from csi.data.given import SurveyLike, as_survey
from csi.data.survey import Survey
from csi.errors import DataError, OptionError, choose
from csi.estimation.measured import Choice, Measure, measure
from csi.language import note
from csi.measures.index.blend_evidence import ColumnNames, Customers, class_points, column_labels, gather
from csi.measures.index.blend_remarks import doubts, remarks, score_table
from csi.measures.index.blend_rules import COMPLAINT_POINTS, Blended, BlendRules, blend
from csi.measures.index.blend_tables import alternatives_of, plan_tables
from csi.measures.index.index import MISSING, sums_check
from csi.measures.index.level_bands import LevelBands
from csi.measures.index.tree_given import as_tree
from csi.references import reference
from csi.results import Result

Array = NDArray[np.float64]

CANGZHOU = reference("cangzhou")


def score_blend(
    questionnaire: SurveyLike,
    visits: SurveyLike | None,
    complaints: SurveyLike | None,
    tree: Any,
    *,
    customer: str | None = None,
    policy: str = "strict",
    share: tuple[float, float] = (0.4, 0.6),
    bands: LevelBands | None = None,
    not_mentioned: str | float = "satisfied",
    complaint_points: Mapping[str, float] | None = None,
    missing_questionnaire: str = "visit",
    missing_visit: str = "questionnaire",
    both_missing: str | float = "missing",
    floor: float | None = None,
    cap: float | None = None,
    attrition: float | None = None,
    informants: str | Mapping[str, float] = "mean",
    decision_maker: str = "decision_maker",
    no_decision_maker: str = "mean",
    missing: str = "available",
    customer_weights: str | Mapping[str, float] | None = None,
    customer_class: str | None = None,
    role: str = "role",
    outcome: str = "outcome",
    left: str = "left",
    visited: str | None = None,
    by: str | Sequence[str] | None = None,
    inference: str | None = None,
    interval: str | None = None,
    n_boot: int = 5000,
    seed: int = 1,
) -> Result:
    """Satisfaction of business customers on 0-100 from questionnaire, visit and complaint record.

    Use it for a small, steady circle of customers who are also visited: the method of a chemical company, each of its
    rules a parameter. Defaults are the printed rules where the source has one; where it has none, the choice is named
    in the notes and its weight shown in the table sensitivity.

    Parameters
    ----------
    questionnaire : Survey, or a table, Series, dict or file, see `as_survey`
        One row per informant, the items of the tree with their scales; clusters and weights of customers count.
    visits : the same of visits, one row each: these items as level words, codes 1-k or points 0-100; None without
    complaints : the same of complaints, one row each; None without
    tree : as in `score_index`
    customer : column with the customer in all tables; the codebook's cluster, then its respondent, when None
    policy : {"strict", "within_group", "global"}: what happens when the weights do not sum as declared
    share : weights of questionnaire and visit, which sum to 1
    bands : what the levels count, a `LevelBands`
    not_mentioned : level, or points 0-100, of an item that did not come up in a visit, or "left_out"
    complaint_points : outcome -> points added per complaint; the printed ones when None
    missing_questionnaire : {"visit", "missing"}: the visit alone, or no score
    missing_visit : {"questionnaire", "not_mentioned", "missing"}: the questionnaire alone, a visit in which nothing
        came up, or no score
    both_missing : "missing" for no score, or points 0-100
    floor, cap : limits of the final score; none when None, as printed
    attrition : points added to customers who left, usually negative; None for no such rule, as printed
    informants : {"mean", "decision_maker"} or role -> weight: all informants of a customer alike, the decision maker
        alone, or weighted
    decision_maker : the role that decides
    no_decision_maker : {"mean", "missing"}: what counts where no informant has weight
    missing : {"available", "complete"}: whether an informant may leave items out
    customer_weights : column (such as volume), or class -> weight: how much a customer counts overall; alike when None
    customer_class : column with the class, for a mapping
    role, outcome, left : columns of the informants' role, of a complaint's outcome, of customers who left (0/1)
    visited : column that is empty or 0 for rows of customers who were not visited; told from the cells when None
    by : columns that describe customers, such as their class
    inference, interval, n_boot, seed : as in `score_index`; customers are the sampling units

    Returns
    -------
    Result
        `overall` (key term): questionnaire, visit, preliminary, adjustment, (attrition, limits,) final, each over the
        customers who have it. `sensitivity` (keys term, kind): the final score with one rule changed at a time, so that
        `contrast` gives the difference and its error. `evidence` (term): shares of items not mentioned, of customers
        without questionnaire, visit or both, rewarded for complaints, outside 0-100. `complaints` (outcome, kind): per
        customer, in number and points. `informants` (term), with five or more such customers: ICC(1) and r_wg of the
        informants of one customer, and the share of customers with several. `.scores()`: one row per customer.

    Raises
    ------
    DataError
        `tree_sums` and others of the tree; `bands_overlap`, `bands_gap`; `blend_customer_column`, `blend_no_customer`,
        `blend_strangers`, `blend_differs`, `blend_no_design`, `blend_raked`, `blend_level_scale`, `blend_level_words`,
        `blend_outcome`, `blend_no_outcome`, `blend_left`, `blend_classes`, `blend_importance`, `blend_no_scores`;
        `unknown_column`, `unknown_items`.
    OptionError
        `blend_share`, `blend_points`, `blend_limits`, `blend_roles`, `blend_needs_class`, `blend_assumes_nothing`, and
        unknown words.

    Notes
    -----
    Preliminary = share of the questionnaire's mean over informants + share of the visit; final = preliminary + points
    of all complaints (+ attrition), within floor and cap. Missing items are settled within their group first. A
    customer's several visits are averaged over those in which an item came up. The survey weights are those of
    customers; customer weights make a ratio. r_wg compares informants with answers at random over each scale. Traps of
    the printed rules: "not mentioned" raises scores, an unhandled complaint costs as much as a handled one that leaves
    the customer dissatisfied, and a delighted complainer outscores a customer who never complained; checks say when
    they bite. In R: survey::svymean of the scores with id = ~1 and fpc.

    Examples
    --------
    >>> import csi
    >>> book = csi.Codebook.from_yaml('''
    ... roles: {cluster: firm}
    ... scales: {points: {lo: 0, hi: 100}}
    ... items: {quality: {scale: points}, service: {scale: points}}
    ... ''')
    >>> asked = csi.Survey.from_frame({"firm": ["a", "b"], "quality": [90, 60], "service": [70, 80]}, book)
    >>> heard = {"quality": ["满意", "比较满意"], "service": ["很满意", "未提及"]}
    >>> visits = csi.Survey.from_frame({"firm": ["a", "b"], **heard})
    >>> log = csi.Survey.from_frame({"firm": ["b"], "outcome": ["基本满意"]})
    >>> result = csi.score_blend(asked, visits, log, {"quality": 60, "service": 40})
    >>> result.scores()[["customer", "preliminary", "adjustment", "final"]].round(2).values.tolist()
    [['a', 84.4, 0.0, 84.4], ['b', 69.8, -1.0, 68.8]]

    """
    questionnaire = as_survey(questionnaire, "score_blend")
    tables = (
        questionnaire,
        *(None if one is None else as_survey(one, "score_blend") for one in (visits, complaints)),
    )
    found, said = as_tree(tree)
    weights = found.weights(policy)
    levels = LevelBands() if bands is None else bands
    points = {str(name): _finite(value, name) for name, value in (complaint_points or COMPLAINT_POINTS).items()}
    if not isinstance(informants, Mapping):
        choose("informants", informants, ("mean", "decision_maker"))
    names = _columns(tables, customer, role, outcome, left, visited, informants, attrition)
    groups = [by] if isinstance(by, str) else list(by or ())
    described = [*groups, *([customer_class] if isinstance(customer_weights, Mapping) and customer_class else [])]
    described += [customer_weights] if isinstance(customer_weights, str) else []
    customers = gather(tables, weights.items, names, levels, points, list(dict.fromkeys(described)))
    role_weights = _role_weights(informants, decision_maker, customers.roles)
    rules = BlendRules(
        weights, _share(share), levels.values(), _silent(not_mentioned, levels), np.array(list(points.values())),
        choose("missing_questionnaire", missing_questionnaire, ("visit", "missing")),
        choose("missing_visit", missing_visit, ("questionnaire", "not_mentioned", "missing")),
        np.nan if both_missing == "missing" else _on_scale("both_missing", both_missing),
        -np.inf if floor is None else _finite(floor, "floor"), np.inf if cap is None else _finite(cap, "cap"),
        0.0 if attrition is None else _finite(attrition, "attrition"), role_weights,
        choose("no_decision_maker", no_decision_maker, ("mean", "missing")) == "mean",
        choose("missing", missing, MISSING) == "complete",
    )  # fmt: skip
    _check_rules(rules)
    scores = blend(customers.known, rules)
    if np.isnan(scores.final).all():
        raise DataError("blend_no_scores", survey=questionnaire.name, count=len(customers.labels))
    importance = _importance(customers, customer_weights, customer_class, scores)
    deciding = _deciding(customers.roles, decision_maker)
    plan = plan_tables(customers, rules, scores, alternatives_of(rules, found, levels, customers, deciding), importance)
    question = Measure(
        "score_blend",
        note("title_score_blend", data=questionnaire.name, n=len(customers.labels)),
        plan.columns,
        plan.numbers,
        plan.sheets,
        plan.scales,
        plan.ends,
        plan.counted,
        (*said, *weights.notes, *remarks(customers, rules, scores, levels)),
        {"policy": policy},
        lambda numbers: (sums_check(found.sums), *doubts(scores)),
        lambda: score_table(customers, scores, rules),
        (CANGZHOU,),
        names=plan.names,
    )
    return measure(question, customers.survey, by=by, choice=Choice(inference, interval, n_boot, seed))


# What the arguments mean ----------------------------------------------------------------------------------------


def _columns(
    tables: Sequence[Survey | None],
    customer: str | None,
    role: str,
    outcome: str,
    left: str,
    visited: str | None,
    informants: Any,
    attrition: float | None,
) -> ColumnNames:
    """Columns that are needed, and those that happen to be there."""
    questionnaire, visits, complaints = tables
    if customer is None:
        book, others = questionnaire.codebook, [survey for survey in (visits, complaints) if survey is not None]
        known = [column for column in (book.cluster, book.respondent) if column is not None]
        shared = [column for column in known if all(column in survey.answers.columns for survey in others)]
        customer = next(iter(shared), None)
        if customer is None and others:
            raise DataError("blend_customer_column", survey=questionnaire.name, choices=known or ["-"])
    there = [survey for survey in (visits, questionnaire) if survey is not None]
    has_left = any(left in survey.answers.columns for survey in there)
    has_role = role in questionnaire.answers.columns
    return ColumnNames(
        customer,
        role if has_role or informants != "mean" else None,
        outcome,
        left if has_left or attrition is not None else None,
        visited,
    )


def _finite(value: Any, name: str) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = np.nan
    if not np.isfinite(number):
        raise OptionError("blend_points", option=name, value=value)
    return number


def _on_scale(option: str, value: Any) -> float:
    number = _finite(value, option)
    if not 0 <= number <= 100:
        raise OptionError("blend_points", option=option, value=value)
    return number


def _share(share: Any) -> tuple[float, float]:
    parts = [share] if isinstance(share, int | float | str) else list(share)
    numbers = [_finite(part, "share") for part in parts]
    if len(numbers) != 2 or min(numbers) < 0 or abs(sum(numbers) - 1) > 1e-9:
        raise OptionError("blend_share", value=parts)
    return numbers[0], numbers[1]


def _silent(value: str | float, bands: LevelBands) -> float:
    """Points of an item that did not come up."""
    if not isinstance(value, str):
        return _on_scale("not_mentioned", value)
    choose("not_mentioned", value, (*bands.names, "left_out"))
    return np.nan if value == "left_out" else bands.points(value)


def _role_weights(informants: Any, decision_maker: str, roles: Sequence[str]) -> Array:
    """(R + 1,) weight of each role, the last for none."""
    if isinstance(informants, Mapping):
        strange = [name for name in roles if name not in informants]
        weights = [*(_finite(informants[name], name) for name in roles if name in informants)]
        if strange or not roles or min(weights, default=0.0) < 0:
            raise OptionError(
                "blend_roles", roles=list(roles) or ["-"], given=[f"{k}: {v}" for k, v in informants.items()]
            )
        return np.array([*weights, 0.0])
    if informants == "mean":
        return np.ones(len(roles) + 1)
    if decision_maker not in roles:
        raise OptionError("unknown_option", option="decision_maker", value=decision_maker, choices=list(roles) or ["-"])
    return _deciding(roles, decision_maker)


def _deciding(roles: Sequence[str], decision_maker: str) -> Array | None:
    """Role weights with the decision maker alone; None where that role does not occur."""
    if decision_maker not in roles:
        return None
    return np.array([*(float(name == decision_maker) for name in roles), 0.0])


def _check_rules(rules: BlendRules) -> None:
    if rules.floor >= rules.cap:
        raise OptionError("blend_limits", floor=rules.floor, cap=rules.cap)
    if rules.missing_visit == "not_mentioned" and np.isnan(rules.not_mentioned):
        raise OptionError("blend_assumes_nothing")


def _importance(customers: Customers, weights: Any, column: str | None, scores: Blended) -> Array | None:
    """(F,) how much each customer counts overall."""
    if weights is None:
        return None
    if isinstance(weights, Mapping):
        if column is None:
            raise OptionError("blend_needs_class")
        points = {str(name): _finite(value, str(name)) for name, value in weights.items()}
        found = class_points(column_labels(customers.survey, column), points)
    else:
        labels = column_labels(customers.survey, weights)
        found = np.array([_number(label) for label in labels])
    bad = ~(np.isfinite(found) & (found >= 0)) & ~np.isnan(scores.final)
    if bad.any() or not np.nansum(found) > 0:
        name = column if isinstance(weights, Mapping) else weights
        raise DataError("blend_importance", column=name, count=int(bad.sum()))
    return np.nan_to_num(found)


def _number(label: str | None) -> float:
    try:
        return float(label) if label is not None else np.nan
    except ValueError:
        return np.nan
