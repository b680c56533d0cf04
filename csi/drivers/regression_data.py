"""From a survey and the names of an outcome and its drivers to the columns of a regression, checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from csi.data.survey import Survey
from csi.errors import DataError, OptionError
from csi.estimation.item_moments import refuse_private
from csi.estimation.standing import group_codes, renumbered, standing_groups
from csi.inference.design import Design
from csi.language import Note, note

Array = NDArray[np.float64]
FUNCTION = "fit_drivers"
MOST_CATEGORIES = 30
SMALL = 1e-10  # share of a driver's variance that the others do not explain, below which it follows from them
TIMES = " × "


@dataclass(frozen=True)
class Term:
    """One column of the regression.

    Attributes
    ----------
    name : as in the tables
    parts : questions it is made of: one, or the two of an interaction
    numeric : whether it is a number and no indicator of a category
    """

    name: str
    parts: tuple[str, ...]
    numeric: bool = True


@dataclass(frozen=True, eq=False)
class Domain:
    """The rows of one group.

    Attributes
    ----------
    label : of the group, "" without groups
    rows : (m,) numbers of the respondents
    x : (m, k) terms
    y : (m,) outcome
    weight : (m,) weights with a mean of 1
    """

    label: str
    rows: NDArray[np.int64]
    x: Array
    y: Array
    weight: Array


@dataclass(frozen=True, eq=False)
class DriverData:
    """What a regression of an outcome on drivers works on.

    Attributes
    ----------
    name : of the survey
    outcome : name of the outcome
    terms : columns of the regression, main effects first
    domains : rows per group; one group without `by`
    groups : labels, empty without `by`
    design : of all respondents
    codes : (respondents,) group of each, -1 for none or not used
    lo, hi : ends of the outcome's scale, NaN where unknown
    points : points of the outcome's scale, empty where unknown
    notes : facts about the data
    dropped : respondents left out
    standard : positions of the terms whose standardised coefficients have a meaning, None for all
    """

    name: str
    outcome: str
    terms: tuple[Term, ...]
    domains: tuple[Domain, ...]
    groups: tuple[str, ...]
    design: Design
    codes: NDArray[np.int64]
    lo: float
    hi: float
    points: Array
    notes: tuple[Note, ...]
    dropped: int
    standard: tuple[int, ...] | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the terms."""
        return tuple(term.name for term in self.terms)

    @property
    def n(self) -> tuple[int, ...]:
        """Respondents per group."""
        return tuple(len(domain.y) for domain in self.domains)

    @property
    def main(self) -> list[int]:
        """Positions of the main effects; of all terms where a formula has products only."""
        alone = [i for i, term in enumerate(self.terms) if len(term.parts) == 1]
        return alone or list(range(len(self.terms)))

    def place(self, domain: Domain) -> str:
        """What a message calls the respondents of a group."""
        return f"{self.name} ({domain.label})" if domain.label else self.name


def check_names(outcome: object, drivers: object) -> tuple[str, ...]:
    """The drivers as a tuple, or an error: none, doubles, the outcome among them."""
    names = (drivers,) if isinstance(drivers, str) else tuple(drivers) if isinstance(drivers, Sequence) else ()
    if not isinstance(outcome, str):
        raise DataError("outcome_not_name", function=FUNCTION, kind=type(outcome).__name__)
    if not names or not all(isinstance(name, str) for name in names):
        raise DataError("no_drivers", function=FUNCTION, outcome=outcome)
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise DataError("items_twice", function=FUNCTION, items=twice)
    if outcome in names:
        raise DataError("outcome_in_drivers", function=FUNCTION, outcome=outcome, options=["drivers=", "interactions="])
    return names


def prepare_drivers(
    survey: Survey,
    outcome: str,
    drivers: tuple[str, ...],
    *,
    by: object,
    interactions: str | Sequence[Sequence[str]] | None,
    reference: Mapping[str, str] | None,
) -> DriverData:
    """Columns, rows, groups and design of a regression; respondents with a missing answer are left out."""
    refuse_private(survey, [outcome, *drivers])
    notes = [*survey.notes]
    y = survey.matrix([outcome])[:, 0]
    reference = dict(reference or {})
    pairs = _pairs(interactions, outcome, drivers)
    segments = [name for pair in pairs for name in pair if name not in drivers]
    blocks: dict[str, tuple[list[Term], Array]] = {}
    for name in (*drivers, *dict.fromkeys(segments)):
        blocks[name] = _main(survey, name, reference, notes)
    strange = [name for name in reference if name not in blocks]
    if strange:
        raise OptionError("reference_unknown", driver=strange[0], value=reference[strange[0]], choices=list(blocks))
    for first, second in pairs:
        blocks[first + TIMES + second] = _product(blocks[first], blocks[second])
    terms = tuple(term for part, _ in blocks.values() for term in part)
    x = np.hstack([columns for _, columns in blocks.values()])
    return assemble(survey, outcome, outcome, terms, x, y, by, notes, [outcome, *drivers])


def assemble(
    survey: Survey, outcome: str, item: str | None, terms: tuple[Term, ...], x: Array, y: Array, by: object,
    notes: list[Note], questions: Sequence[str], standard: tuple[int, ...] | None = None,
) -> DriverData:  # fmt: skip
    """Rows, groups and design of columns x (n, k) and an outcome y (n,), NaN where an answer is missing.

    Parameters
    ----------
    outcome, item : what the outcome is called; the item whose scale it has, None where it was transformed
    questions : what has to be answered, for a message
    """
    design = survey.design()
    used = ~np.isnan(x).any(axis=1) & ~np.isnan(y)
    if design.weight is not None:
        used &= design.weight > 0
    if not used.any():
        raise DataError("drivers_no_rows", survey=survey.name, rows=len(y), items=list(questions))
    dropped = len(y) - int(used.sum())
    if dropped:
        notes.append(note("dropped_listwise", dropped=dropped, n=int(used.sum())))
    groups, codes = group_codes(survey, used, by, len(terms) + 3, notes)
    codes = np.where(used, codes, -1)
    lo, hi = survey.scale_ends([item] if item else [])
    scale = survey.codebook.items[item].scale if item else None
    found = DriverData(
        survey.name, outcome, terms, _domains(x, y, design, codes, groups), groups, design, codes,
        float(lo[0]) if item else np.nan, float(hi[0]) if item else np.nan,
        np.empty(0) if scale is None else scale.points, tuple(notes), dropped, standard,
    )  # fmt: skip
    kept, left = standing_groups(groups, lambda g: check_domain(found, found.domains[g]))
    if len(kept) == len(found.domains):
        return found
    return replace(
        found, domains=tuple(found.domains[g] for g in kept), groups=tuple(groups[g] for g in kept),
        codes=renumbered(codes, kept, len(groups)), notes=(*found.notes, *left),
    )  # fmt: skip


def _domains(
    x: Array, y: Array, design: Design, codes: NDArray[np.int64], groups: tuple[str, ...]
) -> tuple[Domain, ...]:
    weight = np.ones(len(y)) if design.weight is None else design.weight
    found = []
    for g, label in enumerate(groups or ("",)):
        rows = np.flatnonzero(codes == g)
        every = len(rows) == len(y)
        w = weight[rows]
        found.append(Domain(label, rows, x if every else x[rows], y if every else y[rows], w / w.mean()))
    return tuple(found)


def _pairs(interactions: object, outcome: str, drivers: tuple[str, ...]) -> list[tuple[str, str]]:
    """Pairs of questions whose product enters: all drivers with a segment, or the pairs named."""
    if interactions is None:
        return []
    if isinstance(interactions, str):
        pairs = [(name, interactions) for name in drivers if name != interactions]
    else:
        pairs = [tuple(pair) for pair in interactions if not isinstance(pair, str)]
        if len(pairs) != len(list(interactions)) or any(len(pair) != 2 or pair[0] == pair[1] for pair in pairs):
            raise OptionError("interactions_not_pairs", value=str(interactions))
        apart = [first for first, second in pairs if first not in drivers]
        if apart:
            raise OptionError("interactions_not_drivers", names=apart, choices=list(drivers))
    if any(outcome in pair for pair in pairs):
        raise DataError("outcome_in_drivers", function=FUNCTION, outcome=outcome, options=["drivers=", "interactions="])
    twice = [f"{a}{TIMES}{b}" for i, (a, b) in enumerate(pairs) if {a, b} in [set(pair) for pair in pairs[:i]]]
    if twice:
        raise DataError("items_twice", function=FUNCTION, items=twice)
    return pairs


def _main(survey: Survey, name: str, reference: Mapping[str, str], notes: list[Note]) -> tuple[list[Term], Array]:
    """One column of numbers, or one column per category but the reference."""
    refuse_private(survey, [name])
    items = survey.codebook.items
    if name in items and items[name].numeric:
        return [Term(name, (name,))], survey.matrix([name])
    if name not in survey.answers.columns:
        survey.matrix([name])  # raises with what exists
    labels, codes = survey.split(name)
    if len(labels) > MOST_CATEGORIES:
        raise DataError("drivers_many_levels", driver=name, count=len(labels), most=MOST_CATEGORIES)
    base = reference.get(name, labels[0] if labels else "")
    if base not in labels:
        raise OptionError("reference_unknown", driver=name, value=base, choices=list(labels))
    others = [label for label in labels if label != base]
    if not others:
        raise DataError("drivers_constant", place=survey.name, drivers=[name])
    notes.append(note("reference_category", driver=name, reference=base))
    columns = np.column_stack([np.where(codes < 0, np.nan, codes == labels.index(label)) for label in others])
    return [Term(f"{name}={label}", (name,), False) for label in others], columns


def _product(first: tuple[list[Term], Array], second: tuple[list[Term], Array]) -> tuple[list[Term], Array]:
    terms, columns = [], []
    for i, a in enumerate(first[0]):
        for j, b in enumerate(second[0]):
            terms.append(Term(a.name + TIMES + b.name, (*a.parts, *b.parts), a.numeric and b.numeric))
            columns.append(first[1][:, i] * second[1][:, j])
    return terms, np.column_stack(columns)


def check_domain(data: DriverData, domain: Domain) -> None:
    """Refuse drivers and outcomes that do not vary, and drivers that follow from others, by name."""
    x, w = domain.x, domain.weight
    need = len(data.terms) + 3
    if len(x) < need:
        raise DataError("drivers_few", place=data.place(domain), n=len(x), need=need, terms=len(data.terms))
    mean = w @ x / w.sum()
    moved = x - mean
    cov = (moved * w[:, None]).T @ moved / w.sum()
    if w @ (domain.y - w @ domain.y / w.sum()) ** 2 <= 1e-12 * w.sum():
        raise DataError("outcome_constant", place=data.place(domain), outcome=data.outcome, value=float(domain.y[0]))
    check_covariance(data.names, mean, cov, data.place(domain))


def check_covariance(names: Sequence[str], mean: Array, cov: Array, place: str) -> None:
    """Refuse drivers (k,) without variance, and a driver that follows from those before it, by name."""
    variance = np.diag(cov)
    constant = [names[i] for i in np.flatnonzero(variance <= 1e-12 * np.maximum(1.0, mean**2))]
    if constant:
        raise DataError("drivers_constant", place=place, drivers=constant)
    sd = np.sqrt(variance)
    r = cov / np.outer(sd, sd)
    for j in range(1, len(r)):
        before = r[:j, :j]
        slope = np.linalg.solve(before, r[:j, j])
        if 1 - slope @ r[:j, j] > SMALL:
            continue
        others = [names[i] for i in np.flatnonzero(np.abs(slope) > 1e-6)]
        raise DataError("drivers_collinear", place=place, driver=names[j], others=others)


def check_left(names: Sequence[str], outcome: str, cov: Array, place: str) -> None:
    """Refuse an outcome, last in the covariances, that is one of its drivers in other numbers: no error is left."""
    slopes = np.linalg.solve(cov[:-1, :-1], cov[:-1, -1])
    if cov[-1, -1] - slopes @ cov[:-1, -1] > 1e-12 * cov[-1, -1]:
        return
    moves = np.abs(slopes) * np.sqrt(np.diag(cov)[:-1] / cov[-1, -1])
    drivers = [name for name, move in zip(names, moves, strict=True) if move > 1e-6]
    if len(drivers) == 1:
        raise DataError("outcome_follows", place=place, outcome=outcome, driver=drivers[0])
