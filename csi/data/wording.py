"""Columns of words: the ladders they can be, words beside numbers, what is no answer, what is a category."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from csi.data.answers import said
from csi.data.cells import Cells, label_of, plain_text
from csi.data.codebook import REASONS, Item
from csi.data.judged import Column
from csi.data.ladders import (
    MANY,
    Readings,
    choose_ladder,
    is_kano,
    no_answer,
    plain_label,
    read_ladders,
    usual_patterns,
)
from csi.data.scales import Scale

ODD = 0.05  # share of the answers that may stand outside a ladder of words; a word more often used is a rung


def read_words(column: Column, numbered: bool = False) -> None:
    """The ladders the words of a column can be; a few odd cells, or words for no answer, do not hide them.

    Parameters
    ----------
    column : gets `words`, `readings` and `answers`
    numbered : read cells such as `agree (8)` by their words too
    """
    cells = column.cells
    used = np.flatnonzero(cells.counts > 0)
    labels = {
        label_of(cells.distinct[i]): int(cells.counts[i])
        for i in used
        if not _gone(cells, i, column.codes) and (numbered or np.isnan(cells.numbers[i]))
    }
    if not labels or len(labels) > 40 or max(map(len, labels)) > 80:
        return
    column.words, column.answers = Counter(labels), sum(labels.values())
    if len(labels) == 1:
        return
    column.readings = _ladders_of(labels)
    if column.readings is None:
        answers = {label: count for label, count in labels.items() if no_answer(label) is None}
        column.readings = _ladders_of(answers) if 1 < len(answers) < len(labels) else None


def read_together(columns: Sequence[Column]) -> None:
    """Read columns of the same words as one: a step that one of them lacks was offered there too.

    A word that many of them hold and no ladder knows makes none of them a rating. Rows of one question have one ladder;
    another column keeps the whole ladder of its own words, if they were chosen often enough, and takes the one that
    most others have where it lacks a step. None loses a word that its own ladder knows.
    """
    for members in _alike([column for column in columns if column.words]):
        together = _pooled(members)
        own = [(one.readings, one.answers) for one in members if one.readings is not None and _whole(one)]
        stems = Counter(column.stem for column in members if column.stem)
        for column in members:
            rows = [one for one in members if one.stem == column.stem] if stems[column.stem] > 1 else []
            if together is None:
                if column.readings is not None and any(_often(one, members, column) for one in _odd(column)):
                    column.readings = None
            elif rows:
                _take(column, _pooled(rows) or together, sum(one.words.total() for one in rows))
            elif column.readings is not None and not _whole(column):
                holds = [one for one in own if {*column.words} <= {*one[0].ladders[0].steps}]
                alike = Counter(len(one[0].ladders[0].steps) for one in holds)
                best = max(holds, key=lambda one: alike[len(one[0].ladders[0].steps)], default=None)
                _take(column, *(best or (together, sum(one.words.total() for one in members))))


def _take(column: Column, readings: Readings, answers: int) -> None:
    """Read a column with others, unless its own words would be left out."""
    known = {*readings.ladders[0].steps, *readings.missing}
    own = {*column.words} - {*_odd(column)} if column.readings is not None else set()
    lost = [word for word in column.words if word not in known and no_answer(word) is None]
    if not own & {*lost} and sum(column.words[word] for word in lost) <= ODD * column.words.total():
        column.readings, column.answers = readings, answers


def _pooled(members: Sequence[Column]) -> Readings | None:
    tally: Counter[str] = Counter()
    for column in members:
        tally.update(column.words)
    answers = {label: count for label, count in tally.items() if no_answer(label) is None}
    return _ladders_of(tally, ODD / 2) or (_ladders_of(answers, ODD / 2) if 1 < len(answers) < len(tally) else None)


def _often(word: str, members: Sequence[Column], here: Column) -> bool:
    return sum(column.words[word] for column in members) > here.words[word]


def _odd(column: Column) -> list[str]:
    """The words of a column that its ladders leave out."""
    known = {*column.readings.ladders[0].steps, *column.readings.missing} if column.readings else set()
    return [label for label in column.words if label not in known and no_answer(label) is None]


def _whole(column: Column) -> bool:
    return column.answers >= MANY and any(ladder.complete for ladder in column.readings.ladders)


def _alike(columns: Sequence[Column]) -> list[list[Column]]:
    """Groups of at least two columns that share two words or more, or the only one they have."""
    groups: list[tuple[set[str], list[Column]]] = []
    for column in columns:
        words = {plain_label(label) for label in column.words if no_answer(label) is None}
        near = [group for group in groups if len(group[0] & words) >= min(2, len(words)) > 0]
        for words_there, members in near:
            words |= words_there
            groups = [group for group in groups if group[1] is not members]
        groups.append((words, [*(one for _, members in near for one in members), column]))
    return [members for _, members in groups if len(members) > 1]


def words_first(column: Column) -> bool:
    """Whether cells such as `agree (5)`, `rather agree (8)` count otherwise than their words, which then decide."""
    words = {number: words for number, words in _beside(column.cells).items() if words}
    readings = read_ladders(words.values()) if len(words) > 2 else None
    if readings is None:
        return False
    steps = [readings.ladders[0].steps[word] for word in words.values() if word in readings.ladders[0].steps]
    ways = {after > before for before, after in pairwise(steps)}
    return len(ways) > 1


def _ladders_of(labels: Mapping[str, int], share: float = ODD) -> Readings | None:
    left, odd = dict(labels), 0
    for label, count in [("", 0), *sorted(labels.items(), key=lambda pair: pair[1])]:
        left.pop(label, None)
        odd += count
        if odd > share * sum(labels.values()) or len(left) < 2:
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
    ladder = choose_ladder(readings, usual, None, column.answers)
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
    found = {number: words for number, words in _beside(column.cells).items() if words and ends[0] <= number <= ends[1]}
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
    return len(known) > 1 and bool(np.corrcoef(np.array(known, dtype=float).T)[0, 1] < 0)


def are_options(cells: Cells) -> bool:
    """Whether numbers with words beside them number options, such as `1. paid`, `2. owing`: no ladder knows them."""
    words = [words for words in _beside(cells).values() if words]
    return len(words) > 2 and not are_rungs(cells)


def are_rungs(cells: Cells) -> bool:
    """Whether the words beside the numbers are a ladder, whatever the heading names."""
    return read_ladders([words for words in _beside(cells).values() if words]) is not None


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


def fill_labels(values: NDArray[np.float64], why: NDArray[np.int8], cells: Cells, scale: Scale) -> None:
    """Ratings of cells that hold the words of a scale: as they stand, as labels, or as another spelling of a rung."""
    by_word = {plain_text(word).casefold(): point for point, text in scale.labels.items() for word in text.values()}
    by_label = {plain_label(word): point for point, text in scale.labels.items() for word in text.values()}
    left = []
    for i in np.flatnonzero((cells.counts > 0) & (why == 0) & (np.isnan(values) | (cells.form == "words"))):
        text = plain_text(cells.distinct[i])
        if np.isfinite(values[i]):  # a number with words beside it: the label as it stands comes first
            values[i] = by_word.get(text.casefold(), values[i])
            continue
        values[i] = by_word.get(text.casefold(), by_label.get(plain_label(text), np.nan))
        if np.isnan(values[i]) and not cells.tokens[i] and isinstance(cells.distinct[i], str):
            left.append(i)
    if not left or len(left) > 20 or not scale.step:
        return
    for language in ("zh", "en"):
        words = {text[language]: point for point, text in scale.labels.items() if language in text}
        if len(words) != len(scale.points):
            continue
        for i in left:
            readings = read_ladders([*words, label := label_of(cells.distinct[i])])
            found = [ladder for ladder in readings.ladders if len(ladder.words) == len(words)] if readings else []
            if found and label in found[0].steps:
                values[i] = scale.points[found[0].steps[label] - 1]
