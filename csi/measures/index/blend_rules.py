"""The rules by which questionnaire, visit and complaint record become one score per customer, on arrays alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from csi.data.scales import FrozenMapping
from csi.measures.index.index_numbers import node_scores
from csi.measures.index.tree_layout import TreeWeights

Array = NDArray[np.float64]
Codes = NDArray[np.int64]

# Points of a complaint by its outcome, as printed.
COMPLAINT_POINTS: Mapping[str, float] = FrozenMapping(
    unhandled=-5.0,
    handled_dissatisfied=-5.0,
    rather_dissatisfied=-3.0,
    basically_satisfied=-1.0,
    satisfied=0.0,
    very_satisfied=2.0,
)
OUTCOME_TEXT: Mapping[str, Mapping[str, str]] = FrozenMapping(
    unhandled=FrozenMapping(en="not handled", zh="未处理"),
    handled_dissatisfied=FrozenMapping(en="after handling dissatisfied", zh="处理后不满意"),
    rather_dissatisfied=FrozenMapping(en="after handling rather dissatisfied", zh="处理后不太满意"),
    basically_satisfied=FrozenMapping(en="after handling basically satisfied", zh="处理后基本满意"),
    satisfied=FrozenMapping(en="after handling satisfied", zh="处理后满意"),
    very_satisfied=FrozenMapping(en="after handling very satisfied", zh="处理后很满意"),
)
OUTCOME_WORDS: Mapping[str, str] = FrozenMapping(
    {
        "未处理": "unhandled",
        "投诉未处理": "unhandled",
        "不满意": "handled_dissatisfied",
        "不太满意": "rather_dissatisfied",
        "基本满意": "basically_satisfied",
        "满意": "satisfied",
        "很满意": "very_satisfied",
    }
)


@dataclass(frozen=True, eq=False)
class Evidence:
    """What is known of F customers, before any rule.

    Attributes
    ----------
    ratings : (n, L) answers of informants on 0-100, NaN where missing
    firm : (n,) customer of each informant
    role : (n,) number of the informant's role, -1 for none
    levels : (V, L) level heard in each visit, 1 for the lowest, 0 where the item did not come up
    heard : (V, L) points, where a visit was recorded in points; NaN else
    visit_firm : (V,) customer visited
    complaints : (F, O) complaints of each customer by outcome
    left : (F,) 1 for a customer who left, 0 else; None where nobody knows
    """

    ratings: Array
    firm: Codes
    role: Codes
    levels: Codes
    heard: Array
    visit_firm: Codes
    complaints: Array
    left: Array | None


@dataclass(frozen=True, eq=False)
class BlendRules:
    """Every choice the method makes.

    Attributes
    ----------
    tree : weights of the indicators
    share : weight of questionnaire and of visit; they sum to 1
    level_points : (k,) what each level counts, from the lowest
    not_mentioned : points of an item that did not come up in a visit; NaN leaves it out
    complaint_points : (O,) points of a complaint by outcome
    missing_questionnaire : points of a customer without one: "visit" takes the visit alone, "missing" gives no score
    missing_visit : "questionnaire" takes that alone, "not_mentioned" counts all items as not mentioned, "missing"
    both_missing : score of a customer of whom nothing is known; NaN for none
    floor, cap : limits of the final score
    attrition : points added to the score of a customer who left
    role_weights : (R + 1,) weight of an informant by role, the last for none
    fall_back : whether a customer whose informants all weigh 0 gets their plain mean
    complete : whether an informant must have answered everything
    """

    tree: TreeWeights
    share: tuple[float, float]
    level_points: Array
    not_mentioned: float
    complaint_points: Array
    missing_questionnaire: str
    missing_visit: str
    both_missing: float
    floor: float
    cap: float
    attrition: float
    role_weights: Array
    fall_back: bool
    complete: bool


@dataclass(frozen=True, eq=False)
class Blended:
    """Scores (F,) of customers, NaN where there is none.

    Attributes
    ----------
    questionnaire, visit, preliminary, adjustment, attrition, limits, final : limits is what floor and cap changed
    informants : (F,) informants with a score
    mentioned : (F,) share of the items that came up in visits; NaN without a visit
    """

    questionnaire: Array
    visit: Array
    preliminary: Array
    adjustment: Array
    attrition: Array
    limits: Array
    final: Array
    informants: Array
    mentioned: Array


def blend(known: Evidence, rules: BlendRules) -> Blended:
    """One score per customer by the rules."""
    firms = len(known.complaints)
    questionnaire, informants = questionnaire_scores(known, rules)
    visit, mentioned = visit_scores(known, rules)
    assumed = np.isnan(mentioned) & (rules.missing_visit == "not_mentioned") & ~np.isnan(questionnaire)
    used_visit = np.where(assumed, rules.not_mentioned, visit)
    first, second = rules.share
    both = ~np.isnan(questionnaire) & ~np.isnan(used_visit)
    preliminary = np.full(firms, np.nan)
    preliminary[both] = first * questionnaire[both] + second * used_visit[both]
    if rules.missing_questionnaire == "visit":
        alone = np.isnan(questionnaire) & ~np.isnan(visit)
        preliminary[alone] = visit[alone]
    if rules.missing_visit == "questionnaire":
        alone = ~np.isnan(questionnaire) & np.isnan(visit)
        preliminary[alone] = questionnaire[alone]
    preliminary[np.isnan(questionnaire) & np.isnan(visit)] = rules.both_missing
    scored = ~np.isnan(preliminary)
    adjustment = np.where(scored, known.complaints @ rules.complaint_points, np.nan)
    left = np.zeros(firms) if known.left is None else known.left
    attrition = np.where(scored, rules.attrition * left, np.nan)
    free = preliminary + adjustment + attrition
    final = np.clip(free, rules.floor, rules.cap)
    return Blended(
        questionnaire, visit, preliminary, adjustment, attrition, final - free, final, informants, mentioned
    )  # fmt: skip


def informant_scores(known: Evidence, rules: BlendRules) -> Array:
    """(n,) score of every informant's questionnaire."""
    scores = node_scores(rules.tree, known.ratings)[:, 0]
    if rules.complete:
        scores[np.isnan(known.ratings).any(axis=1)] = np.nan
    return scores


def questionnaire_scores(known: Evidence, rules: BlendRules) -> tuple[Array, Array]:
    """(F,) mean of the informants of each customer, weighted by role, and their number."""
    firms = len(known.complaints)
    scores = informant_scores(known, rules)
    there = ~np.isnan(scores)
    firm, scores, weight = known.firm[there], scores[there], rules.role_weights[known.role[there]]
    informants = np.bincount(firm, minlength=firms)
    total = np.bincount(firm, weights=weight, minlength=firms)
    if rules.fall_back:
        weight = np.where(total[firm] > 0, weight, 1.0)
        total = np.bincount(firm, weights=weight, minlength=firms)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.bincount(firm, weights=weight * scores, minlength=firms) / total, informants.astype(float)


def visit_scores(known: Evidence, rules: BlendRules) -> tuple[Array, Array]:
    """(F,) score of what was heard of each customer, and the share of the items that came up."""
    firms = len(known.complaints)
    points = np.concatenate([[np.nan], rules.level_points])[known.levels]
    points = np.where(np.isnan(known.heard), points, known.heard)
    there = ~np.isnan(points)
    count = np.stack([np.bincount(known.visit_firm, weights=column, minlength=firms) for column in there.T], axis=1)
    filled = np.where(there, points, 0.0)
    total = np.stack([np.bincount(known.visit_firm, weights=column, minlength=firms) for column in filled.T], axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        items = np.where(count > 0, total / count, rules.not_mentioned)
    visited = np.bincount(known.visit_firm, minlength=firms) > 0
    scores = node_scores(rules.tree, items)[:, 0]
    mentioned = (count > 0).mean(axis=1)
    return np.where(visited, scores, np.nan), np.where(visited, mentioned, np.nan)


@dataclass(frozen=True, eq=False)
class Agreement:
    """How far the informants of one customer agree, as columns (F,) whose means say it.

    Attributes
    ----------
    count : informants; NaN for a customer without
    count_square, total : its square, sum of the centred scores
    between, within : count times squared mean, sum of squares
    several : 1 for a customer with two informants or more, 0 for one
    r_wg : agreement of two informants or more on the items; NaN for fewer
    """

    count: Array
    count_square: Array
    total: Array
    between: Array
    within: Array
    several: Array
    r_wg: Array

    @property
    def columns(self) -> Array:
        """(F, 7)."""
        parts = (self.count, self.count_square, self.total, self.between, self.within, self.several, self.r_wg)
        return np.stack(parts, axis=1)


def agreement(known: Evidence, rules: BlendRules, chance: Array) -> Agreement:
    """Columns behind the intraclass correlation and r_wg.

    Parameters
    ----------
    known, rules : informants' answers and the weights of the tree
    chance : (L,) variance of answers given at random to each item, on 0-100
    """
    firms = len(known.complaints)
    scores = informant_scores(known, rules)
    there = ~np.isnan(scores)
    firm, scores = known.firm[there], scores[there]
    scores = scores - (scores.mean() if len(scores) else 0.0)
    count = np.bincount(firm, minlength=firms).astype(float)
    total = np.bincount(firm, weights=scores, minlength=firms)
    within = np.bincount(firm, weights=scores**2, minlength=firms)
    none = count == 0
    with np.errstate(invalid="ignore", divide="ignore"):
        between = total**2 / count
    columns = [np.where(none, np.nan, column) for column in (count, count**2, total, between, within, count >= 2)]
    return Agreement(*columns, _within_group(known.ratings[there], firm, firms, chance))


def _within_group(ratings: Array, firm: Codes, firms: int, chance: Array) -> Array:
    """(F,) r_wg(J) = J (1 - q) / (J (1 - q) + q), q the mean over J items of variance / variance by chance."""
    quotients = np.full((firms, ratings.shape[1]), np.nan)
    for j, column in enumerate(ratings.T):
        there = ~np.isnan(column)
        count = np.bincount(firm[there], minlength=firms)
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = np.bincount(firm[there], weights=column[there], minlength=firms) / count
            moved = (column[there] - mean[firm[there]]) ** 2
            spread = np.bincount(firm[there], weights=moved, minlength=firms) / (count - 1)
        quotients[:, j] = np.where(count >= 2, spread / chance[j], np.nan)
    known = ~np.isnan(quotients)
    items = known.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        q = np.where(known, quotients, 0.0).sum(axis=1) / items
        return items * (1 - q) / (items * (1 - q) + q)
