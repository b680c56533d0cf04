"""The codebook that evidence writes, or completes where one was given; what is doubtful, and what must be asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from csi.data.answers import seconds
from csi.data.blocks import Verdict, within
from csi.data.cells import Cells
from csi.data.codebook import DOUBTED, Codebook, Item
from csi.data.doubts import asked, doubts_of, facts_of
from csi.data.evidence import decide_kind, first_kind, judge_scale, rated_item, settle_batteries, stemmed
from csi.data.headings import heading_of, private_cells
from csi.data.judged import Column, look
from csi.data.raw import Export
from csi.data.ruling import Ruling
from csi.data.wording import ladder_item, patterns_of, read_together, read_words, words_first, words_kind
from csi.language import Note, note


@dataclass(frozen=True, eq=False)
class Decided:
    """What was decided about a file.

    Attributes
    ----------
    codebook : items, scales, codes, roles, private columns
    doubts : what a person must know before anything else
    notes : what else was guessed
    """

    codebook: Codebook
    doubts: tuple[Note, ...]
    notes: tuple[Note, ...]


def decide(columns: Mapping[str, Cells], facts: Export, ruling: Ruling, survey: str) -> Decided:
    """Decide what every column holds.

    Raises
    ------
    AskedError
        `scale_open`, `zeros_open`: the evidence leaves the scale of some ratings open; unless `ruling.ask` is False.
    DataError
        `suspects_refused` with `ruling.strict`.
    OptionError
        `ruling_unknown_item`.

    """
    ruling.check_names(list(columns), survey)
    private = _private(columns, facts)
    roles = _roles(columns, facts, private)
    rows = max((len(cells.codes) for cells in columns.values()), default=0)
    free = [name for name in columns if name not in private and name not in roles.values()]
    judged = [
        look(columns[name], facts.texts.get(name, name), ruling, facts.missing.get(name, {}))
        for name in free
        if name not in facts.items
    ]
    stemmed(judged, facts.stems)
    for column in judged:
        _first(column, facts, ruling)
    read_together(judged)
    for column in judged:
        if column.kind == "words":
            column.kind = "rating" if column.readings is not None else words_kind(column)
        if column.kind == "":
            judge_scale(column, ruling.scale_of(column.name), rows)
    settle_batteries(judged)
    for column in judged:
        if column.kind == "":
            decide_kind(column)
    rule_all(judged, ruling)
    if ruling.ask:
        asked(judged, survey)
    made = _made(judged, facts)
    items = {name: facts.items.get(name) or made[name].item for name in free}
    told = [_told(columns[name], item, facts) for name, item in facts.items.items() if name in free]
    judged += [column for column in told if column.verdict.suspects]
    codes = {column.name: dict(column.codes) for column in told}
    codes |= {column.name: column.codes for column in judged if column.item is not None}
    book = Codebook(
        items,
        title=facts.title,
        source="" if facts.source == "table" else facts.source,
        private=tuple(private),
        item_missing_codes={name: dict(found) for name, found in codes.items() if found and name in items},
        **roles,
    )
    return Decided(book, doubts_of(judged, book, columns, ruling, survey), facts_of(judged, book, columns))


def _private(columns: Mapping[str, Cells], facts: Export) -> list[str]:
    found = []
    for name, cells in columns.items():
        if name in facts.items and name not in facts.private:
            continue
        named = heading_of(facts.texts.get(name, name)).private or heading_of(name).private
        named = named and not (name in facts.stems and 2 * int(cells.answered.sum()) <= cells.count(cells.answered))
        texts = [cell for cell in cells.distinct[:200] if isinstance(cell, str) and cell.strip()]
        if name in facts.private or named or (len(texts) >= 3 and private_cells(texts)):
            found.append(name)
    return found


def _roles(columns: Mapping[str, Cells], facts: Export, private: Sequence[str]) -> dict[str, str]:
    """Role -> column: what the platform says, then headings whose column holds what the role needs."""
    found = {role: name for role, name in facts.roles.items() if name in columns}
    for name, cells in columns.items():
        role = heading_of(name).role
        if role in (None, "strata", "cluster") or role in found or name in private or name in found.values():
            continue
        if name in facts.items or not _fits(role, cells):
            continue
        found[role] = name
    return found


def _fits(role: str, cells: Cells) -> bool:
    used = cells.answered
    numbers = cells.numbers[used]
    if role == "weight":
        complete = cells.count(used) == len(cells.codes) and np.isfinite(numbers).all()
        return bool(complete and (numbers >= 0).all() and (numbers > 0).any() and (numbers % 1 != 0).any())
    if role == "duration":
        known = [seconds(cell) is not None for cell in cells.distinct[used][:500]]
        return bool(known) and all(known)
    distinct = int(used.sum())
    if role == "respondent":
        return bool(used.any()) and distinct >= 0.9 * len(cells.codes)
    return 1 < distinct <= 50 and 2 * distinct <= cells.count(used) and not (numbers % 1 > 0).any()


def _first(column: Column, facts: Export, ruling: Ruling) -> None:
    """The kind of a column as far as it can be told before others are looked at."""
    name = column.name
    if ruling.scale_of(name) is not None:
        column.kind = ""
    elif name in facts.system:
        column.kind = first_kind(column) or "number"
    else:
        column.kind = first_kind(column)
    if column.kind == "" and column.cells.form == "words" and words_first(column):
        column.kind = "words"
        read_words(column, numbered=True)
    elif column.kind == "words" and name not in facts.system:
        read_words(column)


def rule_all(columns: Sequence[Column], ruling: Ruling) -> None:
    """The scale that was given for all ratings: for those it can be the scale of."""
    ends = ruling.scale.get("")
    if ends is None:
        return
    ratings = [one for one in columns if one.kind == "rating" and one.readings is None]
    own = {one.verdict.ends for one in ratings if one.verdict.by not in ("given", "heading", "form")}
    several = len(own - {None, (0.0, 1.0), ends}) > 1
    for column in ratings:
        verdict = column.verdict
        if verdict.by in ("given", "heading", "form") or verdict.ends in (ends, (0.0, 1.0)):
            continue
        known = verdict.ends or (verdict.choices[0] if ends not in verdict.choices else ends)
        wider = ends[0] <= known[0] and known[1] <= ends[1] and (not several or known[1] == ends[1])
        if ends in verdict.choices or wider:
            column.verdict = within(column.values, column.counts, ends, "given")


def _told(cells: Cells, item: Item, facts: Export) -> Column:
    """An item whose scale the format tells; numbers outside it are suspects."""
    column = look(cells, cells.name, Ruling(), facts.missing.get(cells.name, {}))
    column.item, column.kind = item, item.kind
    if item.kind == "rating" and item.scale is not None:
        ends, step = (item.scale.lo, item.scale.hi), item.scale.step
        column.verdict = within(column.values, column.counts, ends, "codebook", step or None)
        column.codes |= {int(v) if v.is_integer() else v: why for v, why in column.verdict.suspects.items()}
    return column


def _made(columns: Sequence[Column], facts: Export) -> dict[str, Column]:
    usual = patterns_of(columns)
    for column in columns:
        text: Any = facts.texts.get(column.name, "")
        if column.readings is not None:
            column.item = ladder_item(column, usual, text)
        elif column.kind == "rating":
            column.item = rated_item(column, text)
        else:
            column.item = Item(column.name, kind=column.kind, text=text)
            column.codes = {code: why for code, why in column.codes.items() if isinstance(code, str)}
    return {column.name: column for column in columns}


def completed(
    codebook: Codebook, columns: Mapping[str, Cells], ruling: Ruling, survey: str
) -> tuple[Codebook, tuple[Note, ...], list[Note]]:
    """A codebook with what was said by arguments, and scales by evidence where it names none."""
    ruling.check_names(list(columns), survey)
    codebook = _with_codes(codebook, ruling)
    book, opened = _fill_scales(codebook, columns, ruling, survey)
    found = [column for column in opened if column.item is not None and column.item.scale is not None]
    notes = []
    if found:
        spans = [str(column.item.scale) for column in found if column.item is not None]
        groups = [note("scale_group", count=spans.count(span), scale=span) for span in dict.fromkeys(spans)]
        notes.append(note("scales_guessed", items=[column.name for column in found], groups=groups))
    left = [name for name, item in book.items.items() if item.kind == "rating" and item.scale is None]
    if left:
        notes.append(note("items_without_scale", items=left))
    doubted = [column for name in codebook.items if (column := _doubted(columns[name], codebook)) is not None]
    return book, doubts_of([*doubted, *opened], replace(book, weight=None), {}, ruling, survey), notes


def _doubted(cells: Cells, codebook: Codebook) -> Column | None:
    """An item whose codebook still holds codes that are only suspected."""
    item = codebook.items[cells.name]
    own = codebook.item_missing_codes.get(cells.name, {})
    suspects = {float(code): why for code, why in own.items() if why in DOUBTED and not isinstance(code, str)}
    if item.scale is None or not suspects:
        return None
    column = look(cells, cells.name, Ruling(), {})
    column.verdict, column.item = (
        Verdict((item.scale.lo, item.scale.hi), item.scale.step, suspects, by="codebook"),
        item,
    )
    return column


def _with_codes(codebook: Codebook, ruling: Ruling) -> Codebook:
    """The codebook with the missing codes that were given by argument."""
    added = {}
    for name, item in codebook.items.items():
        for code in ruling.codes_of(name):
            if item.kind == "rating" or isinstance(code, str):
                added.setdefault(name, {})[code] = "blank"
    if not added:
        return codebook
    own = {name: {**added.get(name, {}), **codebook.item_missing_codes.get(name, {})} for name in codebook.items}
    return replace(codebook, item_missing_codes={name: codes for name, codes in own.items() if codes})


def _fill_scales(
    codebook: Codebook, columns: Mapping[str, Cells], ruling: Ruling, survey: str
) -> tuple[Codebook, list[Column]]:
    """Scales by evidence for the ratings whose codebook names none, and by argument for all.

    Raises
    ------
    AskedError
        As `decide`.

    """
    items, codes = dict(codebook.items), {k: dict(v) for k, v in codebook.item_missing_codes.items()}
    rows = max((len(cells.codes) for cells in columns.values()), default=0)
    opened: list[Column] = []
    for name, item in codebook.items.items():
        given = ruling.scale_of(name)
        if item.kind != "rating" or (item.scale is not None and given is None):
            continue
        wording = next(iter(item.text.values()), name)
        column = look(columns[name], wording, ruling, codebook.missing_for(name))
        column.sure = True
        if given is None and not column.n:
            read_words(column)
        judge_scale(column, given, rows)
        column.sure = True
        opened.append(column)
    stemmed(opened, {})
    settle_batteries(opened)
    for column in opened:
        if column.readings is None:
            decide_kind(column)
            if column.verdict.ends is None and not column.verdict.choices:
                continue
        else:
            column.kind = "rating"
    rule_all(opened, ruling)
    if ruling.ask:
        asked(opened, survey)
    usual = patterns_of(opened)
    for column in opened:
        item = items[column.name]
        made = ladder_item(column, usual, "") if column.readings is not None else rated_item(column, "")
        if made.scale is None:
            continue
        column.item = items[column.name] = replace(item, scale=made.scale, reversed=item.reversed or made.reversed)
        known = codebook.missing_for(column.name)
        own = {code: why for code, why in column.codes.items() if code not in known}
        if own:
            codes[column.name] = {**codes.get(column.name, {}), **own}
    return replace(codebook, items=items, item_missing_codes=codes), opened
