"""What a person must know of a file before any number: what was decided, what was assumed, what is asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from csi.data.cells import Cells, shorten
from csi.data.codebook import REASONS, Codebook
from csi.data.evidence import against_the_others
from csi.data.headings import heading_of
from csi.data.judged import Column
from csi.data.ladders import plain_label
from csi.data.ruling import Ends, Ruling, spoken
from csi.data.scales import brief
from csi.data.wording import kano_columns
from csi.errors import AskedError, DataError
from csi.language import Note, note

SHOWN = 6
DOUBTS = frozenset(
    {
        "suspected_codes", "outside_scales", "unreadable_cells", "scale_left_open", "direction_assumed",
        "direction_stated", "direction_doubtful", "weight_recognised", "half_points", "rows_left_out", "mixed_numbers",
        "kano_recognised", "ladder_unverified", "ladder_lacking",
        "decimal_commas", "sheet_read", "lines_cut", "read_as_judged",
        "recognised", "incomplete_answers", "codes_given", "percent_scale", "ids_repeated", "rows_short",
    }
)  # fmt: skip


def asked(columns: Sequence[Column], survey: str) -> None:
    """Stop with one question where a scale is open: about the most ratings that leave open the same thing.

    Raises
    ------
    AskedError
        `zeros_open`, `scale_open`.

    """
    groups: dict[Any, list[Column]] = {}
    for column in columns:
        if column.kind == "rating" and column.verdict.open and column.readings is None:
            groups.setdefault((column.verdict.choices, column.verdict.doubted), []).append(column)
    if not groups:
        return
    (choices, doubted), members = max(groups.items(), key=lambda pair: len(pair[1]))
    names = [column.name for column in members]
    every = len(names) > 1
    answers: list[tuple[Any, dict[str, Any]]] = []
    for ends in choices[:2]:
        if doubted is not None and ends[0] != doubted:
            answers.append((note("answer_missing", value=brief(doubted)), {"missing": {n: [0] for n in names}}))
        else:
            answers.append((note("answer_scale", scale=spoken(ends)), {"scale": dict.fromkeys(names, ends)}))
    facts = {
        "item": names[0], "items": _some(names), "count": len(names), "survey": survey,
        "first": _option(names, answers[0][1], every), "second": _option(names, answers[-1][1], every),
    }  # fmt: skip
    values = np.unique(np.concatenate([column.values for column in members]))
    if doubted is not None:
        zeros = int(sum(column.counts[column.values == 0].sum() for column in members))
        total = int(sum(column.n for column in members))
        rest = [v for v in values if v and v <= max(choices[0][1], choices[-1][1])]
        block = f"{brief(min(rest))}-{brief(max(rest))}"
        raise AskedError("zeros_open", zeros=zeros, n=total, block=block, answers=answers, **facts)
    inside = [v for v in values if v <= max(ends[1] for ends in choices)]
    raise AskedError(
        "scale_open", lowest=brief(min(inside)), highest=brief(max(inside)), n=max(column.n for column in members),
        scales=[spoken(ends) for ends in choices[:2]], answers=answers, **facts,
    )  # fmt: skip


def _option(names: Sequence[str], answer: Mapping[str, Any], every: bool) -> Note:
    """What has to be added to the call, in Python and at a terminal."""
    ((option, values),) = answer.items()
    value = values[names[0]]
    said = spoken(value) if option == "scale" else ",".join(map(str, value))
    ends = tuple(int(end) if float(end).is_integer() else end for end in value) if option == "scale" else list(value)
    if every:
        return note("option_all", option=option, python=repr(ends), terminal=said)
    return note("option_one", option=option, item=names[0], python=repr(ends), terminal=said)


def _some(names: Sequence[str], limit: int = SHOWN) -> list[str]:
    return [*names[:limit], "..."] if len(names) > limit else list(names)


def doubts_of(
    columns: Sequence[Column], book: Codebook, cells: Mapping[str, Cells], ruling: Ruling, survey: str
) -> tuple[Note, ...]:
    """The notes that come first.

    Raises
    ------
    DataError
        `suspects_refused` with `ruling.strict`.

    """
    ratings = [column for column in columns if column.item is not None and column.item.kind == "rating"]
    found = [*_suspects(ratings), *_unreadable(ratings)]
    if ruling.strict and found:
        raise DataError("suspects_refused", survey=survey, problems=[str(one) for one in found[:3]])
    if book.respondent in cells:
        ids = cells[book.respondent]
        again = int((ids.counts[ids.answered] - 1).clip(0).sum())
        if again:
            found.append(note("ids_repeated", "rows_short", column=book.respondent, count=again))
    if book.weight:
        found.append(note("weight_recognised", column=book.weight))
    found += _open(ratings) + _assumed(ratings) + _directions(ratings, columns)
    kano = kano_columns(columns)
    if kano:
        found.append(note("kano_recognised", columns=_some(kano), count=len(kano)))
    commas = [name for name, one in cells.items() if one.form == "comma" and name not in book.private]
    if commas:
        found.append(note("decimal_commas", columns=_some(commas)))
    given = [column.name for column in ratings if ruling.codes_of(column.name)]
    if given:
        found.append(note("codes_given", items=_some(given)))
    return tuple(found)


def _suspects(ratings: Sequence[Column]) -> list[Note]:
    """One note for each kind and scale: which values and items, how often, what was done, what decides otherwise."""
    groups: dict[Any, list[tuple[int, str, float]]] = {}
    for column in ratings:
        for value, why in column.verdict.suspects.items():
            count = int(column.counts[column.values == value].sum())
            if count:
                groups.setdefault((why, column.verdict.ends), []).append((count, column.name, value))
    notes = []
    for (why, ends), where in sorted(groups.items(), key=lambda pair: -sum(count for count, _, _ in pair[1])):
        where.sort(key=lambda cell: (-cell[0], cell[1]))
        totals = {value: sum(count for count, _, one in where if one == value) for _, _, value in where}
        ranked = sorted(totals, key=lambda value: -totals[value])
        values = [note("value_count", value=brief(value), count=totals[value]) for value in ranked[:SHOWN]]
        cells = [note("item_count", item=name, value=brief(value), count=count) for count, name, value in where[:SHOWN]]
        _, item, value = where[0]
        wider = (min(ends[0], value), max(ends[1], value))
        notes.append(
            note(
                "suspected_codes" if why == "suspected_code" else "outside_scales",
                values=[*values, "..."] if len(ranked) > SHOWN else values,
                scale=spoken(ends),
                items=[*cells, "..."] if len(where) > SHOWN else cells,
                item=item,
                python=repr(tuple(int(end) if float(end).is_integer() else end for end in wider)),
                terminal=spoken(wider),
            )
        )
    return notes


def _unreadable(ratings: Sequence[Column]) -> list[Note]:
    parts = []
    for column in ratings:
        marked = np.array([_label(cell) in column.codes and column.codes[_label(cell)] == "unreadable"
                           for cell in column.cells.distinct], dtype=bool)  # fmt: skip
        marked |= column.cells.tokens == REASONS.index("unreadable")
        count = column.cells.count(marked)
        if count:
            parts.append(note("cell_count", item=column.name, cells=column.cells.examples(marked, 3), count=count))
    return [note("unreadable_cells", items=[*parts[:SHOWN], "..."] if len(parts) > SHOWN else parts)] if parts else []


def _label(cell: Any) -> str:
    from csi.data.cells import label_of

    return label_of(cell)


def _open(ratings: Sequence[Column]) -> list[Note]:
    """Scales that nobody has decided yet; only where the reading does not stop for them."""
    groups: dict[Any, list[str]] = {}
    for one in ratings:
        if one.verdict.open and one.readings is None:
            groups.setdefault(one.verdict.choices, []).append(one.name)
    return [
        note("scale_left_open", items=_some(names), count=len(names), scales=[spoken(ends) for ends in choices[:2]])
        for choices, names in groups.items()
    ]


def _assumed(ratings: Sequence[Column]) -> list[Note]:
    """Scales that neither heading nor words state."""
    notes = []
    for by in ("values", "battery", "neighbours", "recommend"):
        groups: dict[Ends, list[str]] = {}
        for column in ratings:
            if column.readings is None and column.verdict.by == by and column.verdict.ends not in (None, (0.0, 1.0)):
                groups.setdefault(column.verdict.ends, []).append(column.name)
        for ends, names in groups.items():
            notes.append(
                note(f"scale_by_{by}", scale=spoken(ends), items=_some(names), count=len(names), item=names[0])
            )
    shares = [one.name for one in ratings if one.cells.form == "percent" and one.verdict.by == "form"]
    if shares:
        spans = list(dict.fromkeys(str(one.item.scale) for one in ratings if one.name in shares and one.item))
        notes.append(note("percent_scale", items=_some(shares), scales=spans))
    halves = [column.name for column in ratings if column.verdict.step == 0.5]
    if halves:
        notes.append(note("half_points", items=_some(halves)))
    return notes


def _directions(ratings: Sequence[Column], columns: Sequence[Column]) -> list[Note]:
    notes = []
    stated = [one.name for one in ratings if one.item is not None and one.item.reversed]
    if stated:
        notes.append(note("direction_stated", items=_some(stated), count=len(stated)))
    doubtful = against_the_others(columns)
    if doubtful:
        notes.append(note("direction_doubtful", items=_some(doubtful), count=len(doubtful), item=doubtful[0]))
    assumed = [one.name for one in ratings if _unsaid(one) and one.name not in doubtful]
    if assumed:
        notes.append(note("direction_assumed", items=_some(assumed), count=len(assumed)))
    lacking = [one for one in ratings if one.readings is not None and _nobody_chose(one)]
    if lacking:
        words = list(dict.fromkeys(word for one in lacking for word in _nobody_chose(one)))
        names = [one.name for one in lacking]
        notes.append(note("ladder_lacking", items=_some(names), count=len(names), words=_some(words)))
    unverified = [one.name for one in ratings if one.readings is not None and not one.readings.ladders[0].verified]
    if unverified:
        notes.append(note("ladder_unverified", items=_some(unverified), count=len(unverified)))
    return notes


def _nobody_chose(column: Column) -> list[str]:
    """The steps of its scale that stand in no answer of it or of the columns read with it."""
    if column.item is None or column.item.scale is None:
        return []
    there = {plain_label(label) for ladder in column.readings.ladders for label in ladder.steps}
    labels = [next(iter(text.values())) for text in column.item.scale.labels.values()]
    return [label for label in labels if plain_label(label) not in there]


def _unsaid(column: Column) -> bool:
    """Whether neither heading nor words say which end of a rating is the good one."""
    scale = None if column.item is None else column.item.scale
    said = column.readings is not None or column.heading.high_bad is not None or (scale is not None and scale.labels)
    return not said and column.verdict.by != "codebook" and column.verdict.ends != (0.0, 1.0)


def facts_of(columns: Sequence[Column], book: Codebook, cells: Mapping[str, Cells]) -> tuple[Note, ...]:
    """What else was guessed: kinds, private columns, columns that look like parts of a design."""
    notes = [note("no_codebook", groups=_scale_groups(book) or ["-"])]
    kinds = {column.name: column.kind for column in columns if column.kind != "rating"}
    groups = [
        note("kind_group", kind=note(f"kind_{kind}"), columns=_some([n for n, k in kinds.items() if k == kind], 12))
        for kind in ("number", "category", "date", "text")
        if kind in kinds.values()
    ]
    ladders: dict[Any, list[str]] = {}
    for column in columns:
        if column.readings is not None and column.item is not None and column.item.scale is not None:
            words = [next(iter(text.values())) for text in column.item.scale.labels.values()]
            ladders.setdefault((str(column.item.scale), words[0], words[-1]), []).append(column.name)
    if ladders:
        parts = [
            note("wjx_ladder", scale=scale, worst=shorten(worst), best=shorten(best), items=_some(names))
            for (scale, worst, best), names in ladders.items()
        ]
        notes.append(note("wjx_ladders", groups=parts))
    if groups:
        notes.append(note("kinds_guessed", groups=groups))
    roles = [
        note("role_like", column=name, role=role)
        for name in cells
        if (role := heading_of(name).role) in ("strata", "cluster", "weight") and name not in book.roles.values()
    ]
    if roles:
        notes.append(note("role_like_columns", columns=roles))
    if book.private:
        notes.append(note("private_guessed", count=len(book.private)))
    return tuple(notes)


def _scale_groups(book: Codebook) -> list[Note]:
    spans = [str(item.scale) for item in book.items.values() if item.scale is not None and item.kind == "rating"]
    return [note("scale_group", count=spans.count(span), scale=span) for span in dict.fromkeys(spans)]
