"""From scores of customers to the tables of a blend: columns to average, numbers they make, rows these fill."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from csi.data.scales import brief
from csi.estimation.measured import Sheet
from csi.inference.means import Means
from csi.measures.index.blend_evidence import Customers
from csi.measures.index.blend_rules import Blended, BlendRules, agreement, blend
from csi.measures.index.level_bands import LevelBands
from csi.measures.index.tree import IndicatorTree
from csi.results import Block

Array = NDArray[np.float64]
PARTS = ("questionnaire", "visit", "preliminary", "adjustment", "attrition", "limits", "final")
SHARES = ((0.3, 0.7), (0.4, 0.6), (0.5, 0.5), (0.0, 1.0), (1.0, 0.0))
LOSSES = (0.0, -5.0, -10.0, -20.0)
SEVERAL = 5  # customers with several informants from which their agreement can be told


@dataclass(eq=False)
class Columns:
    """Columns (F,) to average, collected one by one.

    Attributes
    ----------
    values : the columns
    names : what they are called in messages
    """

    values: list[Array] = field(default_factory=list)
    names: list[str] = field(default_factory=list)

    def add(self, values: Array, name: str) -> int:
        """Number of the new column."""
        self.values.append(np.asarray(values, dtype=float))
        self.names.append(name)
        return len(self.values) - 1

    def add_ratio(self, values: Array, importance: Array | None, name: str) -> tuple[int, int]:
        """Numbers of the columns whose means divide to the mean weighted by importance; twice the same without."""
        if importance is None:
            at = self.add(values, name)
            return at, -1
        weight = np.where(np.isnan(values), np.nan, importance)
        return self.add(values * importance, name), self.add(weight, name)


@dataclass(frozen=True, eq=False)
class Numbers:
    """What follows from the means of the columns.

    Attributes
    ----------
    ratios : name of numbers to (numerator, denominator or -1) columns
    complaints : columns of complaints by outcome
    points : (O,) points of a complaint
    informants : first of the columns of `Agreement` and `has`, -1 for none
    """

    ratios: Mapping[str, Sequence[tuple[int, int]]]
    complaints: Sequence[int]
    points: Array
    informants: int

    def __call__(self, domain: Means, whole: Means) -> dict[str, Array]:
        """Named numbers (k, b)."""
        mean = domain.mean
        found = {
            name: np.stack([mean[top] if below < 0 else mean[top] / mean[below] for top, below in pairs])
            for name, pairs in self.ratios.items()
        }
        if len(self.complaints):
            rate = mean[list(self.complaints)]
            found |= {"per_customer": rate, "points_per_customer": rate * self.points[:, None] + 0.0}
        if self.informants >= 0:
            found |= self._agreement(domain)
        return found

    def _agreement(self, domain: Means) -> dict[str, Array]:
        """Intraclass correlation of one informant and mean r_wg, share of customers with several informants."""
        at = slice(self.informants, self.informants + 8)
        count, square, total, between, within, several, r_wg, has = domain.mean[at]
        with np.errstate(invalid="ignore", divide="ignore"):
            firms = domain.weight[self.informants] * has
            people = count * domain.weight[self.informants]
            factor = domain.weight[self.informants]
            among = factor * (between - total**2 / count) / (firms - 1)
            inside = factor * (within - between) / (people - firms)
            typical = (people - square / count) / (firms - 1)
            icc = (among - inside) / (among + (typical - 1) * inside)
            return {"informants": np.stack([icc, r_wg / several]), "several": (several / has)[None]}


@dataclass(frozen=True, eq=False)
class Plan:
    """Everything the engine of measures needs.

    Attributes
    ----------
    columns : (F, K)
    names : (K,)
    numbers : the function of means
    sheets, scales, ends, counted : as in `Measure`
    """

    columns: Array
    names: tuple[str, ...]
    numbers: Numbers
    sheets: Mapping[str, Sheet]
    scales: Mapping[str, str]
    ends: Array
    counted: Mapping[str, list[int]]


def plan_tables(
    customers: Customers,
    rules: BlendRules,
    scores: Blended,
    alternatives: Mapping[tuple[str, str], BlendRules],
    importance: Array | None,
) -> Plan:
    """Columns, numbers and sheets of a blend.

    Parameters
    ----------
    customers, rules, scores : what is known, how it is judged, and what comes of it
    alternatives : (rule, alternative) to the rules of the sensitivity table
    importance : (F,) how much each customer counts in the overall scores; None for all alike
    """
    made = Columns()
    ratios: dict[str, list[tuple[int, int]]] = {}
    rows: dict[str, list[tuple[str, ...]]] = {}
    scored = ~np.isnan(scores.final)
    for part in PARTS:
        if part in skipped_parts(rules):
            continue
        values = getattr(scores, part)
        if not np.isnan(values).all():
            ratios.setdefault("overall", []).append(made.add_ratio(values, importance, part))
            rows.setdefault("overall", []).append((part,))
    for key, other in alternatives.items():
        values = np.where(scored, blend(customers.known, other).final, np.nan)
        if not np.isnan(values).all():
            ratios.setdefault("sensitivity", []).append(made.add_ratio(values, importance, key[0]))
            rows.setdefault("sensitivity", []).append(key)
    for name, values in facts(scores).items():
        if not np.isnan(values).all():
            ratios.setdefault(f"facts_{name}", []).append((made.add(values, name), -1))
    known = customers.known
    complaints = [made.add(column, name) for column, name in zip(known.complaints.T, customers.outcomes, strict=True)]
    if not known.complaints.any():
        made.values, made.names = made.values[: -len(complaints)], made.names[: -len(complaints)]
        complaints = []
    informants = _add_agreement(made, customers, rules)
    numbers = Numbers(ratios, complaints, rules.complaint_points, informants)
    counted = {name: [top for top, _ in pairs] for name, pairs in ratios.items()}
    counted |= {"per_customer": complaints, "points_per_customer": complaints} if complaints else {}
    place = next((at for at, name in enumerate(made.names) if name == "questionnaire"), 0)
    counted |= {"informants": [place] * 2, "several": [place]} if informants >= 0 else {}
    sheets = _sheets(rows, ratios, customers.outcomes if complaints else (), informants)
    scales = {name: "share" for name in ratios if name.startswith("facts_") and name != "facts_not_mentioned"}
    scales |= {"several": "share"} if informants >= 0 else {}
    ends = np.full((2, len(made.names)), np.nan)
    if importance is None:
        scales |= {"overall": "mean", "sensitivity": "mean"}
        for (part,), (at, _) in zip(rows.get("overall", ()), ratios.get("overall", ()), strict=True):
            ends[:, at] = part_ends(part, rules)
        for key, (at, _) in zip(rows.get("sensitivity", ()), ratios.get("sensitivity", ()), strict=True):
            ends[:, at] = part_ends("final", alternatives[key])
    return Plan(np.stack(made.values, axis=1), tuple(made.names), numbers, sheets, scales, ends, counted)


def part_ends(part: str, rules: BlendRules) -> tuple[float, float]:
    """The lowest and highest points a customer can have in a part of the score; NaN where nothing bounds them."""
    if part in ("questionnaire", "visit", "preliminary"):
        return 0.0, 100.0
    if part == "final" and np.isfinite([rules.floor, rules.cap]).all():
        return rules.floor, rules.cap
    return np.nan, np.nan


def skipped_parts(rules: BlendRules) -> set[str]:
    """Parts of a score that the rules do not have."""
    free = np.isneginf(rules.floor) and np.isposinf(rules.cap)
    return ({"limits"} if free else set()) | ({"attrition"} if rules.attrition == 0 else set())


def facts(scores: Blended) -> dict[str, Array]:
    """Shares that say what the scores rest on, as columns (F,)."""
    scored = ~np.isnan(scores.final)
    free = scores.final - scores.limits
    return {
        "not_mentioned": 1 - scores.mentioned,
        "no_questionnaire": np.isnan(scores.questionnaire).astype(float),
        "no_visit": np.isnan(scores.visit).astype(float),
        "no_source": (np.isnan(scores.questionnaire) & np.isnan(scores.visit)).astype(float),
        "rewarded": np.where(scored, scores.adjustment > 0, np.nan),
        "outside_hundred": np.where(scored, (free > 100) | (free < 0), np.nan),
    }


def _add_agreement(made: Columns, customers: Customers, rules: BlendRules) -> int:
    """Number of the first column of agreement, -1 where too few customers have several informants."""
    found = agreement(customers.known, rules, customers.chance)
    if np.nansum(found.several) < SEVERAL:
        return -1
    columns = np.nan_to_num(found.columns)
    has = ~np.isnan(found.count)
    numbers = [made.add(column, "informants") for column in (*columns.T, has.astype(float))]
    return numbers[0]


def _sheets(
    rows: Mapping[str, Sequence[tuple[str, ...]]],
    ratios: Mapping[str, Sequence[tuple[int, int]]],
    outcomes: Sequence[str],
    informants: int,
) -> dict[str, Sheet]:
    told = [name for name in ratios if name.startswith("facts_")]
    sheets = {
        "overall": Sheet(("term",), (Block("overall", rows["overall"]),), 2),
        "sensitivity": Sheet(("term", "kind"), (Block("sensitivity", rows["sensitivity"]),), 2),
        "evidence": Sheet(("term",), tuple(Block(name, ((name[6:],),)) for name in told), 3),
    }
    if outcomes:
        blocks = tuple(
            Block(kind, tuple((name, kind) for name in outcomes)) for kind in ("per_customer", "points_per_customer")
        )
        sheets["complaints"] = Sheet(("outcome", "kind"), blocks, 3)
    if informants >= 0:
        blocks = (
            Block("informants", (("icc_informants",), ("rwg_informants",))),
            Block("several", (("several_informants",),)),
        )
        sheets["informants"] = Sheet(("term",), blocks, 3)
    return sheets


def alternatives_of(
    rules: BlendRules, tree: IndicatorTree, bands: LevelBands, customers: Customers, deciding: Array | None
) -> dict[tuple[str, str], BlendRules]:
    """The rules of the sensitivity table: the chosen ones, and each choice made otherwise, one at a time.

    Parameters
    ----------
    rules, tree, bands, customers : as chosen
    deciding : role weights with the decision maker alone; None where no roles are known
    """
    known = customers.known
    found = {("rule_chosen", "as_chosen"): rules}
    if len(known.visit_firm):
        for first, second in SHARES:
            name = f"{brief(round(100 * first, 6))}/{brief(round(100 * second, 6))}"
            found["rule_share", name] = replace(rules, share=(first, second))
        for points in _silent_points(bands):
            found["rule_not_mentioned", brief(points)] = replace(rules, not_mentioned=points)
        if rules.missing_visit != "not_mentioned":
            found["rule_not_mentioned", "left_out"] = replace(rules, not_mentioned=np.nan)
        for position in ("lower", "middle", "upper"):
            found["rule_bands", f"band_{position}"] = replace(rules, level_points=bands.values(position))
    for policy in ("within_group", "global") if tree.sums else ():
        found["rule_policy", policy] = replace(rules, tree=tree.weights(policy))
    equal = IndicatorTree.from_mapping(dict.fromkeys(rules.tree.items, 1.0)).weights("global")
    found["rule_policy", "equal_weights"] = replace(rules, tree=equal)
    found["rule_limits", "no_limits"] = replace(rules, floor=-np.inf, cap=np.inf)
    found["rule_limits", "0-100"] = replace(rules, floor=0.0, cap=100.0)
    if known.left is not None:
        for loss in LOSSES:
            found["rule_attrition", brief(loss)] = replace(rules, attrition=loss)
    if known.complaints.any():
        found["rule_complaints", "left_out"] = replace(rules, complaint_points=0 * rules.complaint_points)
    if deciding is not None:
        found["rule_informants", "all_informants"] = replace(rules, role_weights=np.ones_like(deciding))
        found["rule_informants", "decision_maker_first"] = replace(rules, role_weights=deciding, fall_back=True)
    return found


def _silent_points(bands: LevelBands) -> list[float]:
    """Lower end, middle and upper end of the level called satisfied, or of the second highest."""
    at = bands.names.index("satisfied") if "satisfied" in bands.names else max(len(bands.levels) - 2, 0)
    return [float(bands.values(position)[at]) for position in ("lower", "middle", "upper")]
