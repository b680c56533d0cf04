"""What the columns of a file hold, decided by evidence: kinds, scales, codes for no answer; what is doubtful is named.

In this order: what a person said, what the platform's format says, labels and ladders of words, hints in the heading,
the block of values that carries the mass, neighbours of one battery. The decisions are a codebook, so that a codebook
written down says the same.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from csi.data.blocks import Verdict, crowded, judge, settle, within
from csi.data.cells import dates_of, label_of
from csi.data.codebook import Item
from csi.data.judged import Column
from csi.data.scales import Scale
from csi.data.wording import are_options, are_rungs, labels_beside, runs_down

_NOMINAL = re.compile(  # questions answered by naming one of several things
    r"\W*(?:what|which|where|when|who|why|do|did|does|have|has|are|is|were|was|select|choose|please (?:select|choose)|"
    r"qu[eé]|cu[aá]l|d[oó]nde|cu[aá]ndo|quel|quelle|où|êtes|avez|welche\w*|was|wo|wer|wann|haben|sind|apakah|apa|siapa|"
    r"di mana|qual|"
    r"onde|você)\b|.*(?:哪|什么|是否|有没有|何时|谁|どの|何|どこ|いつ|어떤|무엇|어디)",
    re.IGNORECASE | re.DOTALL,
)
NUMBERS = 0.8  # share of the answers that must be numbers for a column of numbers
HALVES = 0.25  # share of half points from which a column is taken for computed means, unless its heading rates
ENOUGH = 2_000  # respondents that tell whether an item goes against the others
UNSURE = 6  # so many answers on the highest rung make a higher one that nobody chose hard to believe
_AGAIN = re.compile(r"(.{8,}?)(?:[\s_]*\(?\d{1,3}\)?)?")  # the same heading again, with a number
_ROW = re.compile(r"(.{2,}?)\s*[\[［](.+)[\]］]\s*$", re.S)  # Question [row]
_DASHED = re.compile(r"(.{4,}?)\s*(?:—|–| - |：|: )\s*(.+)$", re.S)  # stem - row
_NUMBERED = re.compile(r"([^\W\d_]*(?:[\W_]*\d+(?=[\W_]+\w))*)[\W_]*\d+[a-z]?\W*")  # Q1, KP1, X1.2 -> Q, KP, X1
_CAMEL = re.compile(r"([a-z]{2,}|[A-Z]{2,})(?=[A-Z][a-z])[A-Za-z]*\d*")  # satWifi
_SNAKE = re.compile(r"([^\W\d_]{2,})[_.][\w.]+")  # sat_overall


def first_kind(column: Column) -> str:
    """The kind of a column that nobody said anything about: "" for numbers that may be ratings, "words" for words."""
    cells, heading = column.cells, column.heading
    used = cells.answered
    if not used.any():
        return "number" if heading.amount or not heading.rated else "text"
    numeric, answers = column.n, cells.count(used)
    if numeric >= NUMBERS * answers and numeric:
        return _numeric_kind(column)
    if not np.isnat(dates_of(cells)[used]).any():
        return "date"
    return "words"


def _numeric_kind(column: Column) -> str:
    heading, values, answers = column.heading, column.values, column.n
    if heading.amount:
        return "number"
    if column.cells.form == "words" and are_options(column.cells):
        return "category"
    if heading.group and not (heading.rated or column.battery or are_rungs(column.cells)):
        return "category" if not (values % 1).any() and len(values) <= 50 else "number"
    if set(values.tolist()) == {1.0} and answers < 0.8 * len(column.cells.codes):
        return "multiple"  # ticked or left blank
    if answers >= 30 and set(values.tolist()) == {1.0, 2.0} and not heading.scale:
        return "category"
    unique = answers >= 6 and len(values) == answers
    if unique and (answers > 11 or (np.diff(values) == 1).all()) and not heading.rated:  # an id
        return "number"
    return ""


def judge_scale(column: Column, given: tuple[float, float] | None, rows: int) -> None:
    """What is said of the scale of a column of numbers, by argument, form of the cells, heading, values."""
    values, counts, cells = column.values, column.counts, column.cells
    hinted = column.heading.scale
    if given is not None:
        column.verdict, column.sure = within(values, counts, given, "given"), True
    elif cells.form in ("of", "stars") and np.isfinite(cells.top):
        column.verdict, column.sure = within(values, counts, (1.0, cells.top), "form"), True
    elif cells.form == "percent":
        column.verdict, column.sure = within(values, counts, *_percent(values)), True
    elif hinted and _mass(column, hinted) >= 0.8:
        column.verdict, column.sure = within(values, counts, hinted, "heading"), True
    else:
        column.verdict = judge(values, counts)
        column.sure = column.heading.rated or column.heading.overall or column.heading.recommend
        column.sure = column.sure or cells.form in ("words", "unit", "stars") or _is_sentence(column.heading.plain)
        if column.verdict == Verdict() and column.heading.rated and _is_slider(column):
            column.verdict = within(values, counts, (0.0, 100.0), "values")
        if rows == 1 and column.verdict.ends and column.verdict.ends != (0.0, 1.0):
            top = column.verdict.ends[1]
            column.verdict = Verdict(choices=((1.0, top), (1.0, 10.0 if top < 10 else 100.0)))


def _is_slider(column: Column) -> bool:
    """Whether all answers lie on 0-100 with decimals, the upper half used: a slider."""
    values = column.values
    return len(values) > 11 and bool((values >= 0).all() and (values <= 100).all() and values.max() > 50)


def _is_sentence(heading: str) -> bool:
    """Whether a heading is a statement or question in full words, as ratings are headed and codes are not."""
    if _NOMINAL.match(heading):
        return False
    eastern = sum("\u3040" <= character <= "\u9fff" or "\uac00" <= character <= "\ud7af" for character in heading)
    return eastern >= 8 or len(heading.split()) >= 5


def _percent(values: NDArray[np.float64]) -> tuple[tuple[float, float], str, float | None]:
    """Percentages: 20, 40, ..., 100 are the points of 1-5 written as shares of the best; others lie on 0-100."""
    for rungs in (4, 5, 8, 10):
        width = 100 / rungs
        if len(values) >= 3 and abs(values[0] - width) < 0.5 and abs(values[-1] - 100) < 0.5:
            steps = values / width
            if (np.abs(steps - np.round(steps)) < 0.02).all():
                return (width, 100.0), "form", width
    return (0.0, 100.0), "form", None


def _mass(column: Column, ends: tuple[float, float]) -> float:
    inside = (column.values >= ends[0]) & (column.values <= ends[1])
    return column.counts[inside].sum() / max(column.n, 1)


def settle_batteries(columns: Sequence[Column]) -> None:
    """Close what the values leave open by the other questions of one battery, then by the columns beside it."""
    numeric = [column for column in columns if column.kind == "" and (column.verdict.ends or column.verdict.choices)]
    stems: dict[str, list[Column]] = {}
    for column in numeric:
        if column.stem:
            stems.setdefault(column.stem, []).append(column)
    groups = [(members, 2, "battery") for members in stems.values() if len(members) > 1]
    for members, least, by in (*groups, *((run, 3, "neighbours") for run in adjacent_runs(columns, numeric))):
        alike = Counter(one.verdict.ends or one.verdict.choices for one in members)
        unsure = [one for one in members if one.verdict.doubted == 0 and not one.heading.rated]
        if 2 * sum(map(_zeros, unsure)) > sum(one.n for one in unsure):  # most are 0: counts
            for column in unsure:
                column.kind = "number"
        for column in members:  # one odd column of small numbers is no battery
            known = column.verdict.ends or column.verdict.choices
            column.sure |= column.verdict.by != "few" and alike[known] >= least
        _agree(members, by)


def _agree(members: Sequence[Column], by: str) -> None:
    """Columns that a battery leaves no doubt about: its one scale that most of its closed columns have."""
    closed = Counter(
        one.verdict.ends for one in members if one.verdict.ends is not None and one.verdict.ends != (0.0, 1.0)
    )
    if not closed:
        return
    common, votes = closed.most_common(1)[0]
    if 2 * votes <= sum(closed.values()):
        return
    for column in members:
        verdict, matrix = column.verdict, column.matrix and by == "battery"
        alone = votes < 2 or (by == "neighbours" and not column.sure)
        if verdict.by == "few" and common[0] == 1 and not alone:
            column.verdict, column.sure = within(column.values, column.counts, common, by), True
            continue
        if verdict.by not in ("values", "few", "battery", "neighbours") or verdict.ends in (common, (0.0, 1.0)):
            continue
        if verdict.doubted is not None and by == "neighbours":
            continue
        if verdict.open and common in verdict.choices and (matrix or _may_be_short(column, common)):
            column.verdict = settle(verdict, common, column.values, column.counts, by)
        elif _fits(column, common, matrix):
            column.verdict = within(column.values, column.counts, common, by)


def _fits(column: Column, common: tuple[float, float], matrix: bool) -> bool:
    """Whether a column can be on the scale of its battery: a typing error beyond it, or rungs that nobody chose."""
    verdict = column.verdict
    if common[0] < 0 and (verdict.open or verdict.by == "values"):  # -3..3 of which few rungs below 0 were chosen
        return _mass(column, common) == 1
    if verdict.open:
        return verdict.choices[0][1] > common[1] and _mass(column, common) >= 0.98
    inside = verdict.ends is not None and _inside(verdict.ends, common)
    return inside and (matrix or _may_be_short(column, common))


def _inside(ends: tuple[float, float], common: tuple[float, float]) -> bool:
    return common[0] <= ends[0] and ends[1] <= common[1]


def _may_be_short(column: Column, ends: tuple[float, float]) -> bool:
    """Whether it can be chance that nobody chose the rungs above the highest one chosen."""
    rungs = column.values[(column.values >= ends[0]) & (column.values <= ends[1])]
    if not len(rungs) or rungs.max() >= ends[1]:
        return True
    top = int(column.counts[column.values == rungs.max()].sum())
    return top <= max(UNSURE, 0.03 * column.n) and not crowded(column.verdict, ends, column.values, column.counts)


def decide_kind(column: Column) -> None:
    """Ratings need more than numbers that happen to be small: a heading, a ladder, a battery, or a full usual scale."""
    verdict = column.verdict
    if verdict.ends is None and len(verdict.choices) == 1 and column.sure:  # 0-100
        verdict = column.verdict = within(column.values, column.counts, verdict.choices[0], "values")
    tens = column.heading.recommend and verdict.open and set(verdict.choices) == {(1.0, 10.0), (0.0, 10.0)}
    if tens and (verdict.doubted is not None or not (column.values == 1).any()):
        verdict = column.verdict = within(column.values, column.counts, (0.0, 10.0), "recommend")
    if verdict.step == 0.5 and verdict.by in ("values", "battery", "neighbours") and not column.heading.rated:
        halves = int(column.counts[column.values % 1 == 0.5].sum())
        if halves > HALVES * column.n:  # the mean of two ratings, computed
            column.kind = "number"
            return
    full = verdict.by in ("values", "battery", "neighbours") and _full(column)
    if verdict.ends is not None:
        column.kind = "rating" if column.sure or full else "number"
    elif verdict.doubted == 0 and not column.heading.rated and 2 * _zeros(column) > column.n:
        column.kind = "number"  # most are 0: a count
    elif verdict.choices and column.sure and (verdict.by != "few" or column.heading.rated):
        column.kind = "rating"
    else:
        column.kind = "number"


def _zeros(column: Column) -> int:
    return int(column.counts[column.values == 0].sum())


def _full(column: Column) -> bool:
    """Whether all points of a usual scale were chosen, or the two of 0 and 1."""
    ends = column.verdict.ends
    if 0.0 in column.verdict.suspects or ends not in ((0.0, 1.0), (1.0, 5.0), (1.0, 7.0), (1.0, 10.0), (0.0, 10.0)):
        return False
    chosen = {v for v in column.values if ends[0] <= v <= ends[1]}
    return len(chosen) >= (ends[1] - ends[0] + 1) * 0.8


def rated_item(column: Column, text: Mapping[str, str] | str) -> Item:
    """The item of a column of numbers; `codes` gets suspects and cells that nobody can read."""
    verdict, cells = column.verdict, column.cells
    for value, why in verdict.suspects.items():
        column.codes[int(value) if value.is_integer() else value] = why
    for i in np.flatnonzero(cells.answered & np.isnan(cells.numbers)):
        label = label_of(cells.distinct[i]).strip()
        if label and label not in column.codes:
            column.codes[label] = "unreadable"
    if verdict.ends is None:
        return Item(column.name, text=text)
    words = labels_beside(column)
    reverse = column.heading.high_bad is True or runs_down(words)
    scale = Scale(*verdict.ends, labels=words, step=verdict.step)
    return Item(column.name, scale=scale, text=text, reversed=reverse)


def against_the_others(columns: Sequence[Column]) -> list[str]:
    """Ratings that go down where the others of their scale go up: a high one may be a bad one."""
    groups: dict[Any, list[Column]] = {}
    for column in columns:
        if column.item is not None and column.item.scale is not None and not column.item.scale.labels:
            groups.setdefault(column.verdict.ends, []).append(column)
    found: list[str] = []
    for ends, members in groups.items():
        if len(members) < 4 or ends == (0.0, 1.0) or len(members) > 200:
            continue
        rows = np.unique(np.linspace(0, len(members[0].cells.codes) - 1, ENOUGH, dtype=np.intp))
        table = np.array([_ratings(column, rows) for column in members])
        if table.shape[1] < 30:
            continue
        known = np.isfinite(table)
        mean = np.where(known, table, 0).sum(axis=1, keepdims=True) / np.maximum(known.sum(axis=1, keepdims=True), 1)
        centred = np.where(known, table - mean, 0)
        spread = np.sqrt((centred**2).mean(axis=1))
        alike = centred @ centred.T / table.shape[1] / np.maximum(np.outer(spread, spread), 1e-12)
        np.fill_diagonal(alike, 0)
        mean = alike.sum(axis=1) / (len(members) - 1)
        if np.median(mean) > 0.1:
            found += [column.name for column, r in zip(members, mean, strict=True) if r < -0.1]
    return found


def _ratings(column: Column, rows: NDArray[np.intp]) -> NDArray[np.float64]:
    lo, hi = column.verdict.ends
    numbers = np.where((column.cells.numbers >= lo) & (column.cells.numbers <= hi), column.cells.numbers, np.nan)
    return np.append(numbers, np.nan)[column.cells.codes[rows]]


def stemmed(columns: Sequence[Column], known: Mapping[str, str]) -> None:
    """Tell every column the question it is a row of, and whether that is a battery."""
    own = stems_of([column.name for column in columns])
    plain: Counter[str] = Counter()
    for column in columns:
        column.stem, column.matrix = known.get(column.name) or own.get(column.name, ""), column.name in known
        plain[column.stem] += 1 if not (column.heading.group or column.heading.amount) else -1
    for column in columns:
        column.battery = bool(column.stem) and plain[column.stem] >= 3


def stems_of(names: Sequence[str]) -> dict[str, str]:
    """Column -> the stem it shares with at least one other column."""
    found: dict[str, str] = {}
    for pattern in (_ROW, _DASHED, _AGAIN, _NUMBERED, _SNAKE, _CAMEL):
        own = {name: match[1].strip() for name in names if name not in found and (match := pattern.fullmatch(name))}
        tally = Counter(own.values())
        found |= {name: f"{stem} " for name, stem in own.items() if tally[stem] > 1}
    return found


def adjacent_runs(columns: Sequence[Any], numeric: Sequence[Any]) -> list[list[Any]]:
    """Runs of at least three columns of possible ratings that stand side by side."""
    inside = {id(column) for column in numeric}
    runs: list[list[Any]] = [[]]
    for column in columns:
        if id(column) in inside and column.verdict.ends != (0.0, 1.0):
            runs[-1].append(column)
        elif runs[-1] and column.verdict.ends != (0.0, 1.0):
            runs.append([])
    return [run for run in runs if len(run) >= 3]
