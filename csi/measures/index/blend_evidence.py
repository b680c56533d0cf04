"""From questionnaires, visits and a complaint log to arrays per customer, and to a survey whose units are customers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from csi.data.answers import cells_of
from csi.data.cells import label_of
from csi.data.codebook import REASONS, Codebook, Item, offered
from csi.data.scales import Scale
from csi.data.survey import Survey
from csi.errors import DataError
from csi.measures.index.blend_rules import OUTCOME_WORDS, Evidence
from csi.measures.index.index import ratings_of
from csi.measures.index.index_numbers import to_100
from csi.measures.index.level_bands import LevelBands

Array = NDArray[np.float64]
Codes = NDArray[np.int64]
ROLES = ("weight", "strata", "cluster", "population")
SILENT = (REASONS.index("blank"), REASONS.index("not_asked"))  # reasons that do not say that a visit took place


@dataclass(frozen=True)
class ColumnNames:
    """What the columns of the three tables are called.

    Attributes
    ----------
    customer : in all three; None for one customer per row of the questionnaires
    role, outcome, left, visited : None where not asked for
    """

    customer: str | None
    role: str | None = None
    outcome: str = "outcome"
    left: str | None = None
    visited: str | None = None


@dataclass(frozen=True, eq=False)
class Customers:
    """The customers of three tables.

    Attributes
    ----------
    labels : (F,) names, in the order in which they occur
    column : that holds the names, None where every row is a customer
    named : whether the names may be shown
    known : what is known of each
    roles : names of the informants' roles
    outcomes : (O,) outcomes of complaints
    chance : (L,) variance of random answers to each item, on 0-100
    outside : complaints of customers who occur in the log alone
    repeated : customers visited more than once
    survey : one row per customer with the design and the groups
    """

    labels: tuple[str, ...]
    column: str | None
    named: bool
    known: Evidence
    roles: tuple[str, ...]
    outcomes: tuple[str, ...]
    chance: Array
    outside: int
    repeated: int
    survey: Survey


def gather(
    tables: Sequence[Survey | None],
    items: Sequence[str],
    names: ColumnNames,
    bands: LevelBands,
    outcomes: Iterable[str],
    by: Sequence[str],
) -> Customers:
    """Put the three tables together.

    Parameters
    ----------
    tables : questionnaires, visits or None, complaints or None
    items : of the tree
    names : columns
    bands : of the levels heard in visits
    outcomes : of complaints
    by : columns that describe customers

    Raises
    ------
    DataError
        `blend_no_customer`, `blend_strangers`, `blend_differs`, `blend_no_design`, `blend_raked`; those of the tables.

    """
    questionnaire, visits, complaints = tables
    asked = ratings_of(questionnaire, items, "min_max")
    counted = _counted(questionnaire)
    keys = [_customers(survey, names.customer) for survey in tables]
    _check_shared(tables, keys, names.customer)
    labels = tuple(dict.fromkeys(label for key in keys[:2] for label in key))
    number = {label: i for i, label in enumerate(labels)}
    firm, visit_firm, log_firm = (np.array([number.get(label, -1) for label in key], dtype=np.int64) for key in keys)
    roles, role = _roles(questionnaire, names.role)
    levels, heard, there = _visits(visits, items, names, bands)
    kinds = tuple(outcomes)
    log, outside = _complaints(complaints, log_firm, names.outcome, kinds, len(labels))
    left = _left((questionnaire, visits), (firm, visit_firm), names.left, len(labels))
    ratings = to_100(asked.ratings, asked.lo, asked.hi)
    known = Evidence(
        ratings[counted], firm[counted], role[counted], levels[there], heard[there], visit_firm[there], log, left
    )  # fmt: skip
    survey = _customer_survey((questionnaire, visits), (firm, visit_firm), names.customer, by, len(labels))
    repeated = int((np.bincount(visit_firm[there], minlength=len(labels)) > 1).sum())
    private = any(names.customer in survey.codebook.private for survey in tables if survey is not None)
    chance = _chance(questionnaire, items)
    return Customers(labels, names.customer, not private, known, roles, kinds, chance, outside, repeated, survey)


def _check_shared(tables: Sequence[Survey | None], keys: Sequence[list[str]], column: str | None) -> None:
    """Refuse records of which no customer is in any questionnaire: another spelling, or another circle of customers."""
    for survey, key in zip(tables[1:], keys[1:], strict=True):
        if survey is not None and key and not set(key) & set(keys[0]):
            private = column in survey.codebook.private or column in tables[0].codebook.private
            shown = [] if private else [*sorted(set(key))[:2], *sorted(set(keys[0]))[:2]]
            raise DataError(
                "blend_strangers", survey=survey.name, column=column or "-", count=len(set(key)),
                questionnaire=tables[0].name, examples=shown or ["-"],
            )  # fmt: skip


def _counted(survey: Survey) -> NDArray[np.bool_]:
    weight = survey.design().weight
    return np.ones(len(survey), dtype=bool) if weight is None else weight > 0


def _customers(survey: Survey | None, column: str | None) -> list[str]:
    """Name of the customer of every row."""
    if survey is None:
        return []
    if column is None:
        return [str(i + 1) for i in range(len(survey))]
    values = column_labels(survey, column)
    lost = sum(value is None for value in values)
    if lost:
        raise DataError("blend_no_customer", survey=survey.name, column=column, count=lost)
    return values


def column_labels(survey: Survey, column: str) -> list[str | None]:
    """(n,) every cell of a column as a label, None where it is empty.

    Raises
    ------
    DataError
        `unknown_column` with what exists.

    """
    answers = survey.answers
    if column not in answers.columns:
        visible = [name for name in answers.columns if name not in survey.codebook.private]
        raise DataError("unknown_column", column=column, survey=survey.name, choices=offered(str(column), visible))
    cells = cells_of(answers[column], column)
    labels = [label_of(cell) or None for cell in cells.distinct]
    return [None if code < 0 else labels[code] for code in cells.codes.tolist()]


def _roles(survey: Survey, column: str | None) -> tuple[tuple[str, ...], Codes]:
    if column is None:
        return (), np.full(len(survey), -1, dtype=np.int64)
    labels, codes = survey.split(column)
    return labels, codes


def _chance(survey: Survey, items: Sequence[str]) -> Array:
    """Variance of a uniform answer to each item, on 0-100: over its points, or over the whole range."""
    points = np.array([len(survey.codebook.items[name].scale.points) for name in items], dtype=float)
    with np.errstate(divide="ignore"):
        return np.where(points > 1, 1e4 * (points + 1) / (12 * (points - 1)), 1e4 / 12)


# What was heard in visits ---------------------------------------------------------------------------------------


def _visits(
    visits: Survey | None, items: Sequence[str], names: ColumnNames, bands: LevelBands
) -> tuple[Codes, Array, NDArray[np.bool_]]:
    """Levels (V, L), points (V, L), and which rows are visits."""
    if visits is None:
        return np.zeros((0, len(items)), dtype=np.int64), np.zeros((0, len(items))), np.zeros(0, dtype=bool)
    visits.scale_ends(items)  # an unknown item stops here
    levels, heard = np.zeros((len(visits), len(items)), dtype=np.int64), np.full((len(visits), len(items)), np.nan)
    marked = np.zeros(levels.shape, dtype=bool)
    reasons = visits.reasons
    for j, name in enumerate(items):
        levels[:, j], heard[:, j], marked[:, j] = _heard(visits, name, bands)
        marked[:, j] |= ~np.isin(reasons[name].to_numpy(), (0, *SILENT))
    there = ((levels > 0) | ~np.isnan(heard) | marked).any(axis=1)
    if names.visited is not None:
        said = np.array([label is not None for label in column_labels(visits, names.visited)])
        values = visits.answers[names.visited]
        there = said & (values.to_numpy() != 0) if pd.api.types.is_numeric_dtype(values) else said
    return levels, heard, there & _counted(visits)


def _heard(visits: Survey, name: str, bands: LevelBands) -> tuple[Codes, Array, NDArray[np.bool_]]:
    """Level, points, and whether a cell says that the item did not come up."""
    item = visits.codebook.items[name]
    n, k = len(visits), len(bands.levels)
    nothing = np.full(n, np.nan)
    if not item.numeric:
        levels, marked = _from_words(visits, name, bands)
        return levels, nothing, marked
    values = visits.matrix([name])[:, 0]
    there = ~np.isnan(values)
    scale = item.scale
    by_word = _by_their_words(values[there], scale, bands)
    if by_word is not None:
        levels = np.zeros(n, dtype=np.int64)
        levels[there] = by_word
        return levels, nothing, there & (levels == 0)
    if scale is not None and (scale.lo, scale.hi) == (1, k) and scale.step == 1:
        return np.where(there, values, 0).astype(np.int64), nothing, np.zeros(n, dtype=bool)
    if scale is not None and (scale.lo, scale.hi) == (0, 100):
        return np.zeros(n, dtype=np.int64), values, np.zeros(n, dtype=bool)
    raise DataError("blend_level_scale", item=name, survey=visits.name, scale=str(scale or "-"), levels=k)


def _by_their_words(values: Array, scale: Scale | None, bands: LevelBands) -> Codes | None:
    """Levels of codes that stand for words the bands know, whatever the code; None where a word is not theirs."""
    words = bands.code_words()
    points = (
        {}
        if scale is None
        else {
            point: next((words[word.casefold()] for word in text.values() if word.casefold() in words), None)
            for point, text in scale.labels.items()
        }
    )
    found = [points.get(float(value)) for value in values]
    if not found or any(code is None for code in found):
        return None
    return np.array(found, dtype=np.int64)


def _from_words(visits: Survey, name: str, bands: LevelBands) -> tuple[Codes, NDArray[np.bool_]]:
    words = bands.code_words()
    cells = column_labels(visits, name)
    found = [None if cell is None else words.get(cell.casefold()) for cell in cells]
    strange = list(dict.fromkeys(c for c, code in zip(cells, found, strict=True) if c is not None and code is None))
    if strange:
        choices = [*bands.names, *bands.unmentioned]
        raise DataError("blend_level_words", item=name, survey=visits.name, words=strange[:5], choices=choices)
    return np.array([code or 0 for code in found], dtype=np.int64), np.array([code == 0 for code in found])


# Complaints and losses ------------------------------------------------------------------------------------------


def _complaints(
    complaints: Survey | None, firm: Codes, column: str, outcomes: Sequence[str], firms: int
) -> tuple[Array, int]:
    """(F, O) complaints of every customer, and the number of complaints by customers who are in the log alone."""
    counts = np.zeros((firms, len(outcomes)))
    if complaints is None:
        return counts, 0
    number = {name.casefold(): i for i, name in enumerate(outcomes)}
    for word, name in OUTCOME_WORDS.items():
        if name in number:
            number.setdefault(word, number[name])
    cells = column_labels(complaints, column)
    counted = _counted(complaints)
    lost = sum(cell is None for cell, used in zip(cells, counted, strict=True) if used)
    if lost:
        raise DataError("blend_no_outcome", survey=complaints.name, column=column, count=lost)
    found = [-1 if cell is None else number.get(cell.casefold(), -1) for cell in cells]
    strange = list(dict.fromkeys(cell for cell, code in zip(cells, found, strict=True) if cell and code < 0))
    if strange:
        raise DataError("blend_outcome", survey=complaints.name, words=strange[:5], choices=list(outcomes))
    used = counted & (firm >= 0)
    np.add.at(counts, (firm[used], np.array(found, dtype=np.int64)[used]), 1.0)
    return counts, int((counted & (firm < 0)).sum())


def _left(tables: Sequence[Survey | None], firms: Sequence[Codes], column: str | None, count: int) -> Array | None:
    """(F,) 1 for customers who left; from the visits, else from the questionnaires."""
    if column is None:
        return None
    survey, firm = (tables[1], firms[1]) if _has(tables[1], column) else (tables[0], firms[0])
    labels = column_labels(survey, column)
    words = {"1": 1.0, "yes": 1.0, "true": 1.0, "是": 1.0, "0": 0.0, "no": 0.0, "false": 0.0, "否": 0.0}
    strange = sorted({label for label in labels if label is not None and label.casefold() not in words})
    if strange:
        raise DataError("blend_left", survey=survey.name, column=column, words=strange[:5])
    left = np.zeros(count)
    np.maximum.at(left, firm, [0.0 if label is None else words[label.casefold()] for label in labels])
    return left


# The design of customers ----------------------------------------------------------------------------------------


def _has(survey: Survey | None, column: str) -> bool:
    return survey is not None and column in survey.answers.columns


def _customer_survey(
    tables: Sequence[Survey | None], firms: Sequence[Codes], customer: str | None, by: Sequence[str], count: int
) -> Survey:
    """One row per customer: the columns of the design, and those that name groups."""
    questionnaire = tables[0]
    there = [survey for survey in tables if survey is not None]
    if any(survey.design().calibration is not None for survey in there):
        raise DataError("blend_raked", survey=questionnaire.name)
    roles: dict[str, str] = {}
    for survey in there:
        for role in ROLES:
            column = getattr(survey.codebook, role)
            if column is not None and column != customer:
                roles.setdefault(role, column)
    columns = {column: _of_customers(tables, firms, column, count, role) for role, column in roles.items()}
    for column in by:
        columns.setdefault(column, _of_customers(tables, firms, column, count, None))
    kinds = {name: "category" for name in by if name not in roles.values()}
    book = Codebook(
        items={name: Item(name, kind=kind) for name, kind in kinds.items()},
        lonely_psu=questionnaire.codebook.lonely_psu,
        private=tuple(name for name in columns if any(name in survey.codebook.private for survey in there)),
        **roles,
    )
    frame = pd.DataFrame({"csi_row": np.arange(count), **columns})
    book = replace(book, items={**book.items, "csi_row": Item("csi_row", kind="number")})
    survey = Survey.from_frame(frame, book, questionnaire.name)
    notes = tuple(
        one for i, part in enumerate(there) for one in part.notes if not any(one in p.notes for p in there[:i])
    )
    return replace(survey, notes=notes)


def _of_customers(
    tables: Sequence[Survey | None], firms: Sequence[Codes], column: str, count: int, role: str | None
) -> list[str | None]:
    """(F,) the one value a column has for each customer, in whichever table holds it."""
    found: list[str | None] = [None] * count
    differing: set[int] = set()
    holders = [pair for pair in zip(tables, firms, strict=True) if _has(pair[0], column)]
    if not holders:
        column_labels(tables[0], column)  # an unknown column stops here
    for survey, firm in holders:
        if column in survey.codebook.private and role is None:
            raise DataError("private_column", column=column, survey=survey.name)
        for at, label in zip(firm.tolist(), column_labels(survey, column), strict=True):
            if label is None or (role == "weight" and label == "0" and found[at] is not None):
                continue  # an informant left out by weight 0 says nothing of the customer's weight
            if found[at] is None or (role == "weight" and found[at] == "0"):
                found[at] = label
            elif found[at] != label:
                differing.add(at)
    if differing:
        raise DataError("blend_differs", column=column, count=len(differing))
    lost = sum(value is None for value in found)
    if lost and role is not None:
        raise DataError("blend_no_design", column=column, role=role, count=lost)
    return found


def class_points(labels: Sequence[str | None], weights: Mapping[str, float]) -> Array:
    """(F,) weight of each customer by class; NaN where the class is not known.

    Raises
    ------
    DataError
        `blend_classes`: a class without a weight.

    """
    strange = sorted({label for label in labels if label is not None and label not in weights})
    if strange:
        raise DataError("blend_classes", classes=strange, choices=list(weights))
    return np.array([np.nan if label is None else float(weights[label]) for label in labels])
