"""A codebook that was given, with what was said by arguments, and scales by evidence where it names none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from csi.data.blocks import Verdict
from csi.data.cells import Cells
from csi.data.codebook import DOUBTED, Codebook
from csi.data.decisions import rule_all
from csi.data.doubts import asked, doubts_of
from csi.data.evidence import decide_kind, judge_scale, rated_item, settle_batteries, stemmed
from csi.data.judged import Column, look
from csi.data.ruling import Ruling
from csi.data.wording import ladder_item, patterns_of, read_words
from csi.language import Note, note


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
