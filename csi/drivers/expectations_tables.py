"""What judges the theories of satisfaction: information criteria, cross-validation, what difference scores assume."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial

import numpy as np
from numpy.typing import NDArray

from csi.data.survey import Survey
from csi.drivers.expectations_models import Contest, cross_validate, folds_of, information
from csi.estimates import Unknown
from csi.estimation.measured import Choice, Measure, Sheet, measure
from csi.inference.means import Means
from csi.language import note
from csi.measures.quality.label_tables import Tested, with_tables
from csi.results import Block, Check, Result, Table

Array = NDArray[np.float64]
KINDS = ("aic", "bic", "r2_adjusted")
FEW = 10  # respondents for each coefficient
# of b1 X + b2 Y + b3 X^2 + b4 XY + b5 Y^2: what a difference score takes for granted
CONSTRAINTS = {
    "opposite_slopes": np.array([[1, 1, 0, 0, 0]], dtype=float),
    "no_curvature": np.eye(5)[2:],
    "difference_score": np.vstack([[1, 1, 0, 0, 0], np.eye(5)[2:]]).astype(float),
}


@dataclass(frozen=True, eq=False)
class Rivals:
    """The contest, by group, and how it is judged.

    Attributes
    ----------
    survey, contest, by, folds, choice : as the user gave them
    """

    survey: Survey
    contest: Contest
    by: str | Sequence[str] | None
    folds: int
    choice: Choice

    @cached_property
    def weight(self) -> Array:
        """(n,)."""
        weight = self.survey.design().weight
        return np.ones(len(self.survey)) if weight is None else weight

    def rows(self, label: str | None) -> NDArray[np.int64]:
        """Respondents of a group with every answer and a weight."""
        known = ~np.isnan(self.contest.outcome) & (self.weight > 0)
        if label is not None and self.by is not None:
            labels, codes = self.survey.split(self.by)
            known &= codes == labels.index(label)
        return np.flatnonzero(known)

    def information(self, groups: Sequence[str | None]) -> Table:
        """AIC, BIC and adjusted R2 of every model."""
        keys, values, n = [], [], []
        for label in groups:
            rows = self.rows(label)
            for theory in self.contest.theories:
                x = self.contest.predictors(theory)[rows]
                found = information(x, self.contest.outcome[rows], self.weight[rows])
                keys += [(*(() if label is None else (label,)), theory.name, kind) for kind in KINDS]
                values += [found[kind] for kind in KINDS]
                n += [len(rows)] * len(KINDS)
        names = [*([] if groups[0] is None else ["group"]), "model", "kind"]
        return Table(dict(zip(names, zip(*keys, strict=True), strict=True)), Unknown(np.array(values)), n, decimals=2)

    def validated(self, groups: Sequence[str | None]) -> Result:
        """Mean squared error of every model's predictions of respondents it has not seen, with its uncertainty."""
        theories = self.contest.theories
        unit = self.survey.design().unit
        errors = np.full((len(self.survey), len(theories) + 1), np.nan)
        for label in groups:
            rows = self.rows(label)
            fold = folds_of(unit[rows], self.folds, self.choice.seed)
            y, weight = self.contest.outcome[rows], self.weight[rows]
            for at, theory in enumerate(theories):
                errors[rows, at] = cross_validate(self.contest.predictors(theory)[rows], y, weight, fold)
            errors[rows, -1] = cross_validate(np.empty((len(rows), 0)), y, weight, fold)

        def evaluate(domain: Means, _: Means) -> dict[str, Array]:
            return {"squared_error": domain.mean[:-1], "explained": 1 - domain.mean[:-1] / domain.mean[-1]}

        kinds = ("squared_error", "explained")
        size = len(theories)
        blocks = tuple(
            Block(kind, [(theory.name, kind)], [at], size) for at, theory in enumerate(theories) for kind in kinds
        )
        question = Measure(
            function="fit_expectations",
            title=note("title_expectations", data=self.survey.name, models=size, outcome="-"),
            columns=errors,
            evaluate=evaluate,
            sheets={"cross_validation": Sheet(("model", "kind"), blocks, 3)},
            need=2,
        )
        return measure(question, self.survey, by=self.by, choice=self.choice)


def finish(result: Result, rivals: Rivals) -> Result:
    """Add criteria, cross-validation, constraints and checks to the models."""
    keys = result.table("models").keys
    groups: list[str | None] = list(dict.fromkeys(keys["group"])) if "group" in keys else [None]
    validated = rivals.validated(groups)
    tables: dict[str, Callable[[], Table]] = {
        "information": partial(rivals.information, groups),
        "cross_validation": partial(validated.table, "cross_validation"),
    }
    known = result.glance()["inference"][0] != "none"
    if known:
        tables["constraints"] = partial(_constraints, result)
    result = with_tables(result, tables)
    remarks = (note("expectations_folds", folds=rivals.folds),)
    checks = partial(_checks, result, result._checks, rivals, groups, known)
    return replace(result, notes=(*result.notes, *remarks), _checks=checks, _built={})


def _constraints(result: Result) -> Table:
    """Wald F statistics of what difference scores assume of the surfaces."""
    from scipy.stats import chi2, f

    table, surface = result.table("model_coefficients"), result.table("surface")
    owners = list(dict.fromkeys(row[:-1] for row in surface.rows()))
    cov, df = table.uncertainty.covariance(), float(getattr(table.uncertainty, "df", np.inf))
    everyone = np.broadcast_to(np.asarray(table.n), len(table.rows()))
    keys, statistics, p, n = [], [], [], []
    for owner in owners:
        at = [i for i, row in enumerate(table.rows()) if row[:-1] == owner]
        slopes, spread = table.uncertainty.estimate[at], cov[np.ix_(at, at)]
        for kind, rule in CONSTRAINTS.items():
            q, moved = len(rule), rule @ slopes
            wald = float(moved @ np.linalg.solve(rule @ spread @ rule.T, moved)) / q
            keys.append((*owner, kind))
            if np.isfinite(df):
                wald *= (df - q + 1) / df
                p.append(float(f.sf(wald, q, df - q + 1)))
            else:
                p.append(float(chi2.sf(wald * q, q)))
            statistics.append(wald)
            n.append(int(everyone[at].min()))
    names = [*list(surface.keys)[:-1], "kind"]
    values = dict(zip(names, zip(*keys, strict=True), strict=True))
    return Table(values, Tested(np.array(statistics), np.array(p)), n, tested=True, decimals=2)


def _checks(
    result: Result, before: Callable[[], tuple[Check, ...]], rivals: Rivals, groups: Sequence[str | None], known: bool
) -> tuple[Check, ...]:
    lines = [*before(), *(_agreement(result, label) for label in groups)]
    least = min(len(rivals.rows(label)) for label in groups)
    most = 1 + max(len(theory.terms) for theory in rivals.contest.theories)
    facts = {"n": least, "coefficients": most, "need": FEW}
    lines.append(Check("expectations_size", least / most, f">= {FEW}", least >= FEW * most, False, facts))
    if known:
        tidy = result.tidy("constraints")
        bad = tidy[(tidy["kind"] == "difference_score") & (tidy["p_value"] <= 0.05)]
        names = [" · ".join(row[key] for key in ("group", "model") if key in row) for row in bad.to_dict("records")]
        smallest = float(tidy.loc[tidy["kind"] == "difference_score", "p_value"].min())
        facts = {"items": names or ["-"]}
        lines.append(Check("expectations_difference", smallest, "> 0.05", not names, False, facts))
    return tuple(lines)


def _agreement(result: Result, label: str | None) -> Check:
    """Whether AIC, BIC and cross-validation name the same model."""
    best = {}
    for name, kind in (("information", "aic"), ("information", "bic"), ("cross_validation", "squared_error")):
        tidy = result.tidy(name)
        part = tidy[tidy["kind"] == kind]
        part = part if label is None else part[part["group"] == label]
        best[kind] = part.loc[part["estimate"].idxmin(), "model"]
    same = len(set(best.values())) == 1
    where = "" if label is None else f"{label}: "
    facts = {"where": where, "aic": best["aic"], "bic": best["bic"], "cv": best["squared_error"]}
    return Check("expectations_agree", best["bic"], "aic = bic = cv", same, False, facts)
