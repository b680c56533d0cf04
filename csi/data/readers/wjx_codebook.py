"""The codebook a 问卷星 export gives by itself, and how one that was given finds the columns of an export."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from csi.data.cells import plain_text
from csi.data.codebook import Codebook, Item
from csi.data.readers.wjx_answers import Field
from csi.data.scales import Scale
from csi.language import Note, note

_SHOWN = 6


def own_codebook(fields: Sequence[Field], title: str) -> Codebook:
    """Items, scales, wording, private columns and roles as the export says them."""
    items = {field.item.name: field.item for field in fields if field.item is not None}
    names = {field.name for field in fields}
    return Codebook(
        items,
        title=title,
        source="问卷星",
        duration="所用时间" if "所用时间" in names else None,
        respondent="序号" if "序号" in names else None,
        private=tuple(field.name for field in fields if field.private),
        item_missing_codes={field.name: field.missing for field in fields if field.item and field.missing},
    )


def fitted(
    fields: Sequence[Field], codebook: Codebook, own: Codebook, notes: list[Note]
) -> tuple[list[Field], Codebook]:
    """The columns under the names the codebook uses, and the codebook with what only the export knows.

    An item, a role or a private column is found under the name this reader gives (q9_1), under the heading in the file
    (blanks, full width and case do not count), under the title without its number, and under title(option). The
    codebook is kept as it is; only gaps are filled: the wording of an item without text, the labels of a scale of as
    many points as the ladder in the file, and private columns that it does not name.
    """
    places = _places(fields)
    names = {field.name: field.name for field in fields}
    for item in codebook.items.values():
        found = _find((item.name, *item.aliases), places, names)
        if found is not None and item.name not in names.values():
            names[found] = item.name
    for column in (*codebook.roles.values(), *codebook.private):
        found = _find((column,), places, names)
        if found is not None and column not in names.values():
            names[found] = column
    pairs = [f"{old} -> {new}" for old, new in names.items() if old != new]
    if pairs:
        shown = [*pairs[:_SHOWN], "..."] if len(pairs) > _SHOWN else pairs
        notes.append(note("wjx_named_by_codebook", count=len(pairs), pairs=shown))
    fields = [replace(field, name=names[field.name]) for field in fields]
    back = {new: old for old, new in names.items()}
    items = {name: _filled(item, own.items.get(back.get(name, ""))) for name, item in codebook.items.items()}
    labelled = [name for name, item in items.items() if item.scale != codebook.items[name].scale]
    if labelled:
        notes.append(note("wjx_labels_filled", items=labelled))
    used = {*items, *codebook.roles.values(), *codebook.private}
    private = [field.name for field in fields if field.private and field.name not in used]
    if private:
        notes.append(note("wjx_private_added", count=len(private)))
    missing = {
        name: {**own.item_missing_codes.get(back.get(name, ""), {}), **codebook.item_missing_codes.get(name, {})}
        for name in items
    }
    return fields, replace(
        codebook,
        items=items,
        private=(*codebook.private, *private),
        item_missing_codes={name: codes for name, codes in missing.items() if codes},
    )


def _key(name: str) -> str:
    return "".join(plain_text(name).split()).casefold()


def _places(fields: Sequence[Field]) -> dict[str, str]:
    """Spelling -> column, without spellings that several columns share; the reader's own names come first."""
    own = {_key(field.name): field.name for field in fields}
    found: dict[str, set[str]] = {}
    for field in fields:
        for heading in field.headings:
            if heading and _key(heading) not in own:
                found.setdefault(_key(heading), set()).add(field.name)
    return own | {key: next(iter(columns)) for key, columns in found.items() if len(columns) == 1}


def _find(wanted: Sequence[str], places: Mapping[str, str], names: Mapping[str, str]) -> str | None:
    """The column that one of the names means, when there is one and it has not been given another name."""
    found = {places[_key(name)] for name in wanted if _key(name) in places}
    if len(found) != 1:
        return None
    column = found.pop()
    return column if names[column] == column else None


def _filled(item: Item, own: Item | None) -> Item:
    """An item of a codebook with wording and labels it leaves open."""
    if own is None:
        return item
    if not item.text and own.text:
        item = replace(item, text=own.text)
    scale, ladder = item.scale, own.scale
    if scale is None or ladder is None or not ladder.labels or len(scale.points) != len(ladder.points):
        return item
    said = {word for text in scale.labels.values() for word in text.values()}
    labels = dict(scale.labels)
    for point, step in zip(scale.points.tolist(), ladder.points.tolist(), strict=True):
        words = {language: word for language, word in ladder.labels.get(step, {}).items() if word not in said}
        labels[point] = {**words, **labels.get(point, {})}
    return replace(
        item, scale=Scale(scale.lo, scale.hi, {point: text for point, text in labels.items() if text}, scale.step)
    )
