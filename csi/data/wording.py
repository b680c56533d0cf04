"""Columns of words: the ladders they can be, words beside numbers, what is no answer, what is a category."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from csi.data.answers import said
from csi.data.cells import Cells, label_of
from csi.data.codebook import REASONS, Item
from csi.data.judged import Column
from csi.data.ladders import Readings, choose_ladder, is_kano, no_answer, plain_label, read_ladders, usual_patterns

ODD = 0.1  # share of the answers that may stand outside a ladder of words


def read_words(column: Column) -> None:
    """The ladders the words of a column can be; a few odd cells, or words for no answer, do not hide them."""
    cells = column.cells
    used = np.flatnonzero(cells.counts > 0)
    labels = {
        label_of(cells.distinct[i]): int(cells.counts[i])
        for i in used
        if not _gone(cells, i, column.codes) and np.isnan(cells.numbers[i])
    }
    if not 1 < len(labels) <= 40 or max(map(len, labels)) > 80:
        return
    column.readings = _ladders_of(labels)
    if column.readings is None:
        answers = {label: count for label, count in labels.items() if no_answer(label) is None}
        column.readings = _ladders_of(answers) if 1 < len(answers) < len(labels) else None


def _ladders_of(labels: Mapping[str, int]) -> Readings | None:
    left, odd = dict(labels), 0
    for label, count in [("", 0), *sorted(labels.items(), key=lambda pair: pair[1])]:
        left.pop(label, None)
        odd += count
        if odd > ODD * sum(labels.values()) or len(left) < 2:
            return None
        if (readings := read_ladders(left)) is not None and len(set(readings.ladders[0].steps.values())) > 1:
            return readings
    return None


def _gone(cells: Cells, i: int, codes: Mapping[Any, str]) -> bool:
    """Whether a cell says by itself that there is no answer, other than in words that can be a rung."""
    blank = cells.tokens[i] in (REASONS.index("blank"), REASONS.index("skipped"), REASONS.index("unreadable"))
    return blank or label_of(cells.distinct[i]) in codes


def ladder_item(column: Column, usual: Any, text: Mapping[str, str] | str) -> Item:
    """The item of a column of words that are a ladder; `codes` gets the words that are no answer."""
    readings = column.readings
    ladder = choose_ladder(readings, usual, None, column.cells.count(column.cells.answered))
    column.codes |= dict(readings.missing)
    known = {plain_label(label) for label in ladder.steps} | {plain_label(word) for word in ladder.words}
    for i in np.flatnonzero(column.cells.counts > 0):
        label = label_of(column.cells.distinct[i])
        if not column.cells.tokens[i] and label not in column.codes and plain_label(label) not in known:
            column.codes[label] = "unreadable"
    return Item(column.name, scale=ladder.scale, text=text)


def labels_beside(column: Column) -> dict[float, str]:
    """Rating -> the words beside it in cells such as `5 - very good`."""
    ends = column.verdict.ends
    if column.cells.form != "words" or ends is None:
        return {}
    found = {number: words for number, words in _beside(column.cells).items() if ends[0] <= number <= ends[1]}
    return found if len(set(found.values())) == len(found) else {}


def _beside(cells: Cells) -> dict[float, str]:
    found: dict[float, str] = {}
    for cell in cells.distinct:
        told = said(label_of(cell)) if isinstance(cell, str) else None
        if told is not None and told.form == "words" and no_answer(told.words) is None:
            found.setdefault(told.number, told.words.strip(" -–—.:：)（("))
    return dict(sorted(found.items()))


def runs_down(words: Mapping[float, str]) -> bool:
    """Whether the words beside the numbers say that low numbers are the good ones."""
    readings = read_ladders(words.values()) if len(words) > 1 else None
    if readings is None:
        return False
    steps = readings.ladders[0].steps
    known = [(number, steps[word]) for number, word in words.items() if word in steps]
    return len(known) > 1 and np.corrcoef(np.array(known, dtype=float).T)[0, 1] < 0


def are_options(cells: Cells) -> bool:
    """Whether numbers with words beside them number options, such as `1. paid`, `2. owing`: no ladder knows them."""
    words = list(_beside(cells).values())
    return len(words) > 2 and read_ladders(words) is None


def words_kind(column: Column) -> str:
    """Category, or text, of a column of words that are no ladder."""
    cells = column.cells
    used = cells.answered
    distinct = int(used.sum())
    few = distinct <= 50 and 2 * distinct <= cells.count(used)
    longest = max((len(str(cells.distinct[i])) for i in np.flatnonzero(used)), default=0)
    return "category" if few and longest <= 60 else "text"


def kano_columns(columns: Sequence[Column]) -> list[str]:
    """Columns whose words are the five answers of a Kano question."""
    found = []
    for column in columns:
        labels = [label_of(cell) for cell in column.cells.distinct if isinstance(cell, str) and cell.strip()]
        if 1 < len(labels) <= 12 and is_kano(labels):
            found.append(column.name)
    return found


def patterns_of(columns: Sequence[Column]) -> Any:
    """How many questions of the file would be read by each pattern of a ladder."""
    return usual_patterns(one.readings for one in columns if one.readings is not None)
