"""From a raw table to typed answers: every column by its item, its role, or what it looks like."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from csi.data.cells import BLANK, Cells, cells_of, dates_of, label_of, natural_key, plain_text, reasons_by_code
from csi.data.codebook import REASONS, Codebook, Item, offered, with_scales
from csi.data.guess import guess_kind, guess_scales, looks_private, role_like
from csi.data.scales import Scale, brief
from csi.errors import DataError
from csi.language import Note, note

_BINARY = Scale(0, 1)
_SURE_WORDS = ("", "(空)", "(跳过)")  # these say nothing else in a column of words


@dataclass(frozen=True, eq=False)
class TypedTable:
    """The typed columns of a survey.

    Attributes
    ----------
    answers : (n, all columns) rating, number and multiple float64, date datetime64, category categorical, text str
    reasons : (n, items) int8, number in `REASONS`
    codebook : the codebook, guessed or with its gaps filled
    notes : what was decided or changed on the way
    """

    answers: pd.DataFrame
    reasons: pd.DataFrame
    codebook: Codebook
    notes: tuple[Note, ...]


@dataclass
class _Tally:
    """What happened while columns were typed, for the notes."""

    survey: str
    private: tuple[str, ...] = ()
    labelled: dict[str, int] = field(default_factory=dict)
    wide: dict[str, int] = field(default_factory=dict)
    words: dict[str, int] = field(default_factory=dict)
    word_reasons: dict[int, int] = field(default_factory=dict)
    word_examples: list[str] = field(default_factory=list)
    number_codes: dict[str, int] = field(default_factory=dict)
    empty: list[str] = field(default_factory=list)

    def examples(self, cells: Cells, which: NDArray[np.bool_]) -> list[str]:
        """Example cells for a message, none of a private column."""
        return ["..."] if cells.name in self.private else cells.examples(which)

    def notes(self) -> list[Note]:
        """One note per kind of event, without private columns."""
        found = []
        for counts in (self.words, self.labelled, self.wide, self.number_codes):
            for name in self.private:
                counts.pop(name, None)
        if self.words:
            reasons = [
                note("reason_count", reason=reason_word(r), count=n) for r, n in sorted(self.word_reasons.items())
            ]
            examples = list(dict.fromkeys(self.word_examples))[:5]
            columns = list(self.words)
            found.append(note("missing_words", columns=columns, examples=examples, reasons=reasons))
        for code, counts in (
            ("labels_read", self.labelled),
            ("wide_digits", self.wide),
            ("codes_in_numbers", self.number_codes),
        ):
            if counts:
                found.append(note(code, count=sum(counts.values()), columns=list(counts)))
        empty = [name for name in self.empty if name not in self.private]
        if empty:
            found.append(note("columns_all_missing", columns=empty))
        return found


def reason_word(reason: int) -> Note:
    """The reason of a missing answer in words."""
    return note(f"reason_{REASONS[reason]}")


def type_table(frame: pd.DataFrame, codebook: Codebook | None, survey: str) -> TypedTable:
    """Type every column of a raw table.

    Parameters
    ----------
    frame : (n, columns) raw cells of any dtype, one row per respondent, unique names
    codebook : what was asked; guessed from the columns when None
    survey : name of the survey, for messages

    Raises
    ------
    DataError
        As listed in `Survey.from_frame`.

    """
    notes: list[Note] = []
    if codebook is not None:
        frame = _matched(frame, codebook, survey, notes)
    columns = {str(name): cells_of(frame[name], str(name)) for name in frame.columns}
    if codebook is None:
        codebook = _guessed_codebook(columns, notes)
    tally = _Tally(survey, codebook.private)
    numeric = {
        item.name: _numbers(columns[item.name], item, codebook.missing_for(item.name), tally)
        for item in codebook.items.values()
        if item.numeric
    }
    codebook = _fill_scales(codebook, columns, numeric, notes)
    answers: dict[str, Any] = {}
    reasons: dict[str, NDArray[np.int8]] = {}
    for name, cells in columns.items():
        item = codebook.items.get(name)
        if item is None:
            answers[name] = _other_column(cells, codebook, tally)
        elif item.numeric:
            values, why = numeric[name]
            _check_scale(cells, item, values, tally)
            answers[name], reasons[name] = _locked(cells.spread(values, np.nan)), cells.spread(why, BLANK)
        else:
            answers[name], reasons[name] = _words(cells, item, codebook.missing_for(name), tally)
        if not cells.answered.any():
            tally.empty.append(name)
    order = [name for name in codebook.items if name in reasons]
    index = frame.index
    return TypedTable(
        pd.DataFrame(answers, index=index, copy=False),
        pd.DataFrame({name: _locked(reasons[name]) for name in order}, index=index, copy=False),
        codebook,
        (*notes, *tally.notes()),
    )


def _locked(values: NDArray[Any]) -> NDArray[Any]:
    values.flags.writeable = False
    return values


def _matched(frame: pd.DataFrame, codebook: Codebook, survey: str, notes: list[Note]) -> pd.DataFrame:
    """The table with aliases renamed to items, once all items and roles are found in it."""
    names = list(frame.columns)
    renamed: dict[str, str] = {}
    lost = []
    for item in codebook.items.values():
        found = [alias for alias in item.aliases if alias in names] if item.name not in names else [item.name]
        if len(found) > 1:
            raise DataError("item_alias_twice", item=item.name, survey=survey, columns=found)
        if not found:
            lost.append(item.name)
        elif found[0] != item.name:
            renamed[found[0]] = item.name
    taken = {*codebook.items, *renamed, *codebook.roles.values(), *codebook.private}
    if lost:
        left = [name for name in names if name not in taken]
        raise DataError("items_not_in_data", items=lost, survey=survey, choices=offered(lost[0], left))
    for role, column in (*codebook.roles.items(), *(("private", name) for name in codebook.private)):
        if column not in names:
            left = [name for name in names if name not in taken]
            raise DataError("role_not_in_data", role=role, column=column, survey=survey, choices=offered(column, left))
    if renamed:
        notes.append(note("columns_by_alias", pairs=[f"{old} -> {new}" for old, new in renamed.items()]))
    extra = [name for name in names if name not in taken]
    if extra:
        notes.append(note("columns_not_in_codebook", count=len(extra), columns=extra))
    return frame.rename(columns=renamed)


def _guessed_codebook(columns: Mapping[str, Cells], notes: list[Note]) -> Codebook:
    private = tuple(name for name in columns if looks_private(name))
    kinds = {name: guess_kind(cells) for name, cells in columns.items() if name not in private}
    ratings = [name for name, kind in kinds.items() if kind == "rating"]
    scales = guess_scales({name: _answered_numbers(columns[name]) for name in ratings})
    items = {name: Item(name, scale=scales.get(name), kind=kind) for name, kind in kinds.items()}
    notes.append(note("no_codebook", groups=_scale_groups(scales) or ["-"]))
    groups = [
        note("kind_group", kind=note(f"kind_{kind}"), columns=[name for name, found in kinds.items() if found == kind])
        for kind in ("number", "category", "date", "text")
        if kind in kinds.values()
    ]
    if groups:
        notes.append(note("kinds_guessed", groups=groups))
    roles = [note("role_like", column=name, role=role) for name in columns if (role := role_like(name))]
    if roles:
        notes.append(note("role_like_columns", columns=roles))
    if private:
        notes.append(note("private_guessed", count=len(private)))
    mixed = [
        note("text_count", column=name, count=count) for name in kinds if (count := _text_among_numbers(columns[name]))
    ]
    if mixed:
        notes.append(note("text_among_numbers", columns=mixed))
    return Codebook(items, private=private)


def _scale_groups(scales: Mapping[str, Scale]) -> list[Note]:
    spans = [str(scale) for scale in scales.values()]
    return [note("scale_group", count=spans.count(span), scale=span) for span in dict.fromkeys(spans)]


def _answered_numbers(cells: Cells) -> NDArray[np.float64]:
    return cells.numbers[cells.answered & np.isfinite(cells.numbers)]


def _text_among_numbers(cells: Cells) -> int:
    """Cells of words in a column of which at least four in five answers are numbers."""
    words = cells.answered & ~np.isfinite(cells.numbers)
    count = cells.count(words)
    return count if 0 < 5 * count <= cells.count(cells.answered) else 0


def _fill_scales(
    codebook: Codebook, columns: Mapping[str, Cells], numeric: Mapping[str, Any], notes: list[Note]
) -> Codebook:
    """Give ratings whose codebook names no scale a guessed one."""
    open_items = [item.name for item in codebook.items.values() if item.kind == "rating" and item.scale is None]
    if not open_items:
        return codebook
    found = {name: numeric[name][0][columns[name].counts > 0] for name in open_items}
    scales = guess_scales({name: values[np.isfinite(values)] for name, values in found.items()})
    if scales:
        notes.append(note("scales_guessed", items=list(scales), groups=_scale_groups(scales)))
    left = [name for name in open_items if name not in scales]
    if left:
        notes.append(note("items_without_scale", items=left))
    return with_scales(codebook, scales)


def _numbers(
    cells: Cells, item: Item, codes: Mapping[Any, str], tally: _Tally
) -> tuple[NDArray[np.float64], NDArray[np.int8]]:
    """(u,) numbers and reasons of a numeric item; text that is neither label nor reason raises."""
    occurs = cells.counts > 0
    why = reasons_by_code(cells, codes)
    if item.kind == "number" and (hits := cells.count((why > 0) & np.isfinite(cells.numbers))):
        tally.number_codes[item.name] = hits
    values = cells.numbers.copy()
    if item.scale is not None and item.scale.labels:
        by_label = _label_values(item.scale)
        for i in np.flatnonzero(occurs & (why == 0) & np.isnan(values)):
            values[i] = by_label.get(plain_text(cells.distinct[i]).casefold(), np.nan)
        if hits := cells.count(np.isfinite(values) & np.isnan(cells.numbers)):
            tally.labelled[item.name] = hits
    words = (why == 0) & np.isnan(values) & (cells.tokens > 0)
    why[words] = cells.tokens[words]
    _tally_words(cells, words, tally)
    if hits := cells.count(cells.wide):
        tally.wide[item.name] = hits
    values[why > 0] = np.nan
    bad = occurs & (why == 0) & np.isnan(values)
    if bad.any():
        raise DataError(
            "text_in_numbers",
            item=item.name,
            survey=tally.survey,
            count=cells.count(bad),
            kind=note(f"kind_{item.kind}"),
            examples=tally.examples(cells, bad),
        )
    return values, why


def _label_values(scale: Scale) -> dict[str, float]:
    return {plain_text(word).casefold(): point for point, text in scale.labels.items() for word in text.values()}


def _tally_words(cells: Cells, words: NDArray[np.bool_], tally: _Tally) -> None:
    """Remember cells such as NA or 不知道 that were read as missing; empty cells need no word."""
    for i in np.flatnonzero(words & (cells.counts > 0)):
        text = str(cells.distinct[i]).strip()
        if text:
            count, reason = int(cells.counts[i]), int(cells.tokens[i])
            tally.words[cells.name] = tally.words.get(cells.name, 0) + count
            tally.word_reasons[reason] = tally.word_reasons.get(reason, 0) + count
            tally.word_examples.append(text)


def _check_scale(cells: Cells, item: Item, values: NDArray[np.float64], tally: _Tally) -> None:
    scale = item.scale or (_BINARY if item.kind == "multiple" else None)
    if scale is None:
        return
    answered = np.isfinite(values) & (cells.counts > 0)
    for code, bad in (
        ("ratings_outside", answered & ~scale.inside(values)),
        ("ratings_between", answered & ~scale.contains(values)),
    ):
        if bad.any():
            order = np.flatnonzero(bad)[np.argsort(-cells.counts[bad], kind="stable")]
            distinct = list(dict.fromkeys(brief(value) for value in values[order]))
            if cells.name in tally.private:
                distinct = ["..."]
            shown = [*distinct[:5], "..."] if len(distinct) > 5 else distinct
            raise DataError(
                code,
                item=item.name,
                survey=tally.survey,
                count=cells.count(bad),
                scale=str(scale),
                values=shown,
                example=distinct[0],
            )


def _words(cells: Cells, item: Item, codes: Mapping[Any, str], tally: _Tally) -> tuple[Any, NDArray[np.int8]]:
    """(n,) column and (n,) reasons of a category, date or text item."""
    if item.kind == "text":  # a number typed into a comment is an answer
        codes = {code: why for code, why in codes.items() if isinstance(code, str)}
    why = reasons_by_code(cells, codes)
    why = np.where(why == 0, _sure_reasons(cells), why).astype(np.int8)
    if item.kind == "date":
        column = _dates(cells, why, tally)
    elif item.kind == "category":
        column = _categories(cells, why)
    else:
        column = _texts(cells, why)
    return column, cells.spread(why, BLANK)


def _sure_reasons(cells: Cells) -> NDArray[np.int8]:
    """(u,) reasons of cells that cannot be an answer in words: empty, (空), (跳过)."""
    sure = cells.tokens.copy()
    for i in np.flatnonzero(sure):
        if plain_text(cells.distinct[i]) not in _SURE_WORDS:
            sure[i] = 0
    return sure


def _dates(cells: Cells, why: NDArray[np.int8], tally: _Tally) -> NDArray[np.datetime64]:
    why[(why == 0) & (cells.tokens > 0)] = BLANK
    days = dates_of(cells)
    bad = (cells.counts > 0) & (why == 0) & np.isnat(days)
    if bad.any():
        raise DataError(
            "not_dates",
            item=cells.name,
            survey=tally.survey,
            count=cells.count(bad),
            examples=tally.examples(cells, bad),
        )
    days[why > 0] = np.datetime64("NaT", "s")
    return _locked(cells.spread(days, np.datetime64("NaT", "s")))


def _categories(cells: Cells, why: NDArray[np.int8]) -> pd.Categorical:
    labels = [None if reason else label_of(cell) for cell, reason in zip(cells.distinct, why, strict=True)]
    used = {label for label, count in zip(labels, cells.counts, strict=True) if label is not None and count}
    order = sorted(used, key=natural_key)
    number = {label: i for i, label in enumerate(order)}
    codes = np.array([number.get(label, -1) for label in labels], dtype=np.int32)
    return pd.Categorical.from_codes(cells.spread(codes, -1), pd.Index(order, dtype="str"))


def _texts(cells: Cells, why: NDArray[np.int8]) -> Any:
    texts = np.array(
        [
            None if reason else cell if isinstance(cell, str) else label_of(cell)
            for cell, reason in zip(cells.distinct, why, strict=True)
        ],
        dtype=object,
    )
    return pd.array(cells.spread(texts, None), dtype="str")


def _other_column(cells: Cells, codebook: Codebook, tally: _Tally) -> Any:
    """A column that is no item: by its role, else by what it looks like."""
    role = next((role for role, column in codebook.roles.items() if column == cells.name), None)
    if role in ("weight", "duration", "population"):
        return _amounts(cells, role, tally)
    sure = _sure_reasons(cells)
    if role in ("strata", "cluster", "case", "wave"):
        return _categories(cells, sure)
    kind = "text" if role == "respondent" or cells.name in codebook.private else guess_kind(cells)
    if kind in ("rating", "number"):
        _tally_words(cells, cells.tokens > 0, tally)
        return _locked(cells.spread(cells.numbers, np.nan))
    if kind == "date":
        return _dates(cells, cells.tokens.copy(), tally)
    return _categories(cells, sure) if kind == "category" else _texts(cells, sure)


def _amounts(cells: Cells, role: str, tally: _Tally) -> NDArray[np.float64]:
    """(n,) weights or seconds; NaN for an empty cell."""
    bad = cells.answered & np.isnan(cells.numbers)
    if bad.any():
        examples = tally.examples(cells, bad)
        count = cells.count(bad)
        raise DataError(
            "role_not_numbers", role=role, column=cells.name, survey=tally.survey, count=count, examples=examples
        )
    _tally_words(cells, cells.tokens > 0, tally)
    return _locked(cells.spread(cells.numbers, np.nan))
