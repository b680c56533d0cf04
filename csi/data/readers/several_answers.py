"""Questions with several answers: one column per option, one cell with all options, or ranks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from csi.data.cells import label_of
from csi.data.readers.platform_columns import Column, key_of

MANY = 30  # from so many respondents on, an option that one of them chose was written in by that one
_RANKED = 5  # so many respondents must have put the options in order before columns are taken for ranks
OFF = frozenset({"0", "-99"})  # cells beside an option that was shown and not chosen


def as_choices(columns: Sequence[Column], *, sure: bool = False, gone: Mapping[str, str] | None = None) -> bool:
    """Make the columns of one multiple answer 0/1; return whether they are one.

    A respondent without any cell in them has no answer; one with some has 0 for the options not chosen.

    Parameters
    ----------
    columns : the columns of one question
    sure : whether the format says that they are options; else each must hold one mark or its own wording at most
    gone : cell -> reason, cells that stay because they say why there is no answer
    """
    gone = dict(gone or {})
    marks = [[label for label in column.labels if label not in OFF and label not in gone] for column in columns]
    if len(columns) < 2 or not any(marks) or (not sure and not _one_mark_each(columns, marks)):
        return False
    filled = [column.where(lambda text: text != "" and text not in gone) for column in columns]
    shown = np.logical_or.reduce(filled)
    if not sure and all(one[shown].all() for one in filled) and not any(OFF & set(column.labels) for column in columns):
        return False
    for column, own in zip(columns, marks, strict=True):
        chosen = column.where(set(own).__contains__)
        codes = np.where(shown, chosen.astype(int), -1)
        kept = [label for label in column.labels if label in gone]
        for place, label in enumerate(kept, start=2):
            codes[column.where(label.__eq__)] = place
            column.missing[label] = gone[label]
        column.cells = pd.Categorical.from_codes(codes, pd.Index([0, 1, *kept], dtype=object))
        column.kind = "multiple"
    return True


def _one_mark_each(columns: Sequence[Column], marks: Sequence[Sequence[str]]) -> bool:
    if any(len(own) > 1 for own in marks):
        return False
    used = [own[0] for own in marks if own]
    if all(mark == "1" for mark in used):
        return True
    own_words = all(
        not own or key_of(own[0]) in key_of(c.text or c.name) for c, own in zip(columns, marks, strict=True)
    )
    return own_words or (len(used) > 1 and len(set(used)) == len(used) and not any(map(_is_number, used)))


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def as_ranks(columns: Sequence[Column]) -> bool:
    """Make columns numbers when every respondent put the options in order: 1, 2, ... each once; return whether."""
    if len(columns) < 3:
        return False
    values = np.stack([_numbers(column) for column in columns], axis=1)
    values[values == -99] = np.nan
    count = np.isfinite(values).sum(axis=1)
    places = np.arange(1, len(columns) + 1)
    ordered = np.where(places <= count[:, None], np.sort(values, axis=1) == places, True)
    if (count >= 3).sum() < _RANKED or not ordered.all() or len(set(map(tuple, values[count >= 3].tolist()))) < 2:
        return False
    for column in columns:
        column.kind = "number"
    return True


def _numbers(column: Column) -> NDArray[np.float64]:
    found = [float(text) if _is_number(text := label_of(cell)) else np.nan for cell in column.cells.categories]
    unread = [bool(text := label_of(cell)) and not _is_number(text) for cell in column.cells.categories]
    return np.full(len(column.cells), 0.5) if any(unread) else np.array([*found, np.nan])[column.cells.codes]


@dataclass(frozen=True)
class Joined:
    """Options that respondents chose in one cell; `clear` is False where a comma may stand inside an option."""

    options: tuple[str, ...]
    chosen: Mapping[str, tuple[str, ...]]
    clear: bool = True


def joined_options(column: Column, separators: Sequence[str] = (";", ", ")) -> Joined | None:
    """The options of a column whose cells hold several of them, learnt from the cells; None where it is no such column.

    An option that holds the separator itself always occurs with all of its parts: neighbours that never occur apart
    are one option when they were seen beside other options or often; else it cannot be told.
    """
    counts = np.bincount(column.cells.codes + 1, minlength=len(column.cells.categories) + 1)[1:].tolist()
    cells = {label_of(cell): n for cell, n in zip(column.cells.categories, counts, strict=True)}
    cells = {cell: n for cell, n in cells.items() if n and cell not in ("", "-99")}
    for separator in separators:
        split = {cell: tuple(part.strip() for part in cell.split(separator) if part.strip()) for cell in cells}
        if any(len(parts) > 1 for parts in split.values()):
            found = _options(split, cells, separator)
            if found is not None:
                return found
    return None


def _options(split: dict[str, tuple[str, ...]], counts: Mapping[str, int], separator: str) -> Joined | None:
    rows, cells = Counter[str](), Counter[str]()
    for cell, parts in split.items():
        if len(set(parts)) < len(parts):
            return None
        for part in parts:
            rows[part] += counts[cell]
            cells[part] += 1
    total = sum(counts[cell] for cell in split)
    often = {part for part in rows if rows[part] > 1}
    named = sum(rows[part] for part in often)
    if not often or len(often) > 40 or max(map(len, often)) > 120 or named < 0.8 * sum(rows.values()):
        return None
    if max(cells.values()) < 2 or len(split) < 2:  # every part in one cell only: whole options that hold the separator
        return None
    if sum(counts[cell] for cell, parts in split.items() if len(parts) > 1) < 0.05 * total:
        return None
    clear = True
    merged = dict(split)
    while pair := _inseparable(merged):
        first, second = pair
        joint = f"{first}{separator if separator != ';' else '; '}{second}"
        beside = {cell for cell, parts in merged.items() if first in parts}
        seen = sum(counts[cell] for cell in beside)
        small = second[:1].islower() and not first[:1].islower()
        clear = clear and (small or seen > 2)
        merged = {cell: _joint(parts, first, second, joint) for cell, parts in merged.items()}
    if max(len(parts) for parts in merged.values()) < 2:
        return None
    clear = clear and not _follows_too_often(merged, counts)
    order: dict[str, None] = {}
    for parts in sorted(merged.values(), key=len, reverse=True):
        order.update(dict.fromkeys(parts))
    return Joined(tuple(order), merged, clear)


def _inseparable(split: Mapping[str, tuple[str, ...]]) -> tuple[str, str] | None:
    """Two neighbours neither of which ever occurs without the other beside it."""
    after: dict[str, set[str | None]] = {}
    before: dict[str, set[str | None]] = {}
    for parts in split.values():
        for here, following in zip(parts, (*parts[1:], None), strict=True):
            after.setdefault(here, set()).add(following)
        for here, leading in zip(parts, (None, *parts[:-1]), strict=True):
            before.setdefault(here, set()).add(leading)
    for first, following in after.items():
        if len(following) == 1 and (second := next(iter(following))) is not None and before[second] == {first}:
            return first, second
    return None


def _joint(parts: tuple[str, ...], first: str, second: str, joint: str) -> tuple[str, ...]:
    if first not in parts:
        return parts
    at = parts.index(first)
    return (*parts[:at], joint, *parts[at + 2 :])


def _follows_too_often(split: Mapping[str, tuple[str, ...]], counts: Mapping[str, int]) -> bool:
    """Whether an option stands right behind one certain other far too often for two that are chosen each for itself."""
    total = sum(counts[cell] for cell in split)
    rows = Counter[str]()
    for cell, parts in split.items():
        rows.update(dict.fromkeys(parts, counts[cell]))
    leading: dict[str, set[str | None]] = {}
    for parts in split.values():
        for here, before in zip(parts, (None, *parts[:-1]), strict=True):
            leading.setdefault(here, set()).add(before)
    for here, before in leading.items():
        first = next(iter(before))
        if len(before) == 1 and first is not None and (rows[first] / total) ** rows[here] < 0.01:
            return True
    return False


def split_cells(
    column: Column, separators: Sequence[str], name: Callable[[str], str], unclear: list[str]
) -> list[Column]:
    """The 0/1 columns of a column whose cells hold several options; else the column as it is.

    An option that one of many respondents wrote in is kept in a column of texts. Columns whose options cannot be told
    apart stay categories and are added to `unclear`.
    """
    found = joined_options(column, separators)
    if found is None:
        return [column]
    if not found.clear:
        column.kind = "category"
        unclear.append(column.name)
        return [column]
    counts = np.bincount(column.cells.codes + 1, minlength=len(column.cells.categories) + 1)[1:]
    rows = Counter[str]()
    for count, cell in zip(counts, column.cells.categories, strict=True):
        rows.update(dict.fromkeys(found.chosen.get(label_of(cell), ()), int(count)))
    typed = {option for option in found.options if len(column.cells) >= MANY and rows[option] == 1}
    stem = column.text or column.name
    made = []
    for option in (option for option in found.options if option not in typed):
        own = replace(column, name=name(option), text=option, stem=stem, kind="multiple", missing={})
        own.become(lambda cell, option=option: int(option in found.chosen[cell]) if cell in found.chosen else None)
        made.append(own)
    if typed:
        own = replace(column, name=name("other"), text="", stem="", kind="text", missing={})
        own.become(lambda cell: "; ".join(part for part in found.chosen.get(cell, ()) if part in typed) or None)
        made.append(own)
    return made
