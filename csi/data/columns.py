"""From a raw table to typed answers: every column by its item, its role, or what it looks like."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from csi.data.answers import cells_of, seconds
from csi.data.cells import BLANK, Cells, dates_of, label_of, natural_key, plain_text, reasons_by_code
from csi.data.codebook import REASONS, Codebook, Item, offered
from csi.data.decisions import completed, decide
from csi.data.evidence import first_kind
from csi.data.judged import look
from csi.data.raw import Export
from csi.data.ruling import Ruling
from csi.data.scales import Scale, brief
from csi.data.wording import fill_labels, words_kind
from csi.errors import DataError
from csi.language import Note, Term, note

_BINARY = Scale(0, 1)
UNREADABLE = REASONS.index("unreadable")
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
    unreadable: list[Note] = field(default_factory=list)

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


def reason_word(reason: int) -> Term:
    """The reason of a missing answer in words."""
    return Term(REASONS[reason])


def type_table(
    frame: pd.DataFrame, codebook: Codebook | None, survey: str, ruling: Ruling, export: Export
) -> TypedTable:
    """Type every column of a raw table.

    Parameters
    ----------
    frame : (n, columns) raw cells of any dtype, one row per respondent, unique names
    codebook : what was asked; decided by evidence when None
    survey : name of the survey, for messages
    ruling : what a person said by arguments
    export : what the format of the file says, used where there is no codebook

    Raises
    ------
    DataError
        As listed in `Survey.from_frame`.

    """
    notes: list[Note] = []
    if codebook is not None:
        frame = _matched(frame, codebook, survey, notes)
    columns = {str(name): cells_of(frame[name], str(name), ruling.decimal) for name in frame.columns}
    if codebook is None:
        decided = decide(columns, export, ruling, survey)
        codebook, doubts, known = decided.codebook, decided.doubts, decided.notes
    else:
        codebook, doubts, known = completed(codebook, columns, ruling, survey)
    notes += known
    tally = _Tally(survey, codebook.private)
    numeric = {
        item.name: _numbers(columns[item.name], item, codebook.missing_for(item.name), tally)
        for item in codebook.items.values()
        if item.numeric
    }
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
        (*doubts, *_unread(tally, doubts, ruling), *notes, *tally.notes()),
    )


def _unread(tally: _Tally, doubts: tuple[Note, ...], ruling: Ruling) -> list[Note]:
    """The cells of numeric items that nobody can read, where they are not named yet."""
    if not tally.unreadable or any(one.code == "unreadable_cells" for one in doubts):
        return []
    remark = note("unreadable_cells", items=tally.unreadable)
    if ruling.strict:
        raise DataError("suspects_refused", survey=tally.survey, problems=[str(remark)])
    return [remark]


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
        fill_labels(values, why, cells, item.scale)
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
        if 2 * cells.count(bad) >= cells.count(cells.answered):  # these are no numbers at all
            raise DataError(
                "text_in_numbers", item=item.name, survey=tally.survey, count=cells.count(bad),
                kind=note(f"kind_{item.kind}"), examples=tally.examples(cells, bad),
            )  # fmt: skip
        why[bad] = UNREADABLE
    marked = occurs & (why == UNREADABLE)
    if marked.any() and item.name not in tally.private:
        tally.unreadable.append(
            note("cell_count", item=item.name, cells=tally.examples(cells, marked), count=cells.count(marked))
        )
    return values, why


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
    kind = "text" if role == "respondent" or cells.name in codebook.private else _kind_of_other(cells)
    if kind in ("rating", "number"):
        _tally_words(cells, cells.tokens > 0, tally)
        return _locked(cells.spread(cells.numbers, np.nan))
    if kind == "date":
        return _dates(cells, cells.tokens.copy(), tally)
    return _categories(cells, sure) if kind == "category" else _texts(cells, sure)


def _kind_of_other(cells: Cells) -> str:
    kind = first_kind(look(cells, cells.name, Ruling(), {})) or "number"
    return words_kind(look(cells, cells.name, Ruling(), {})) if kind == "words" else kind


def _amounts(cells: Cells, role: str, tally: _Tally) -> NDArray[np.float64]:
    """(n,) weights or seconds; NaN for an empty cell."""
    numbers = cells.numbers.copy()
    if role == "duration":
        for i in np.flatnonzero(cells.answered & np.isnan(numbers)):
            told = seconds(cells.distinct[i])
            numbers[i] = np.nan if told is None else told
    bad = cells.answered & np.isnan(numbers)
    if bad.any() and not (role == "duration" and 2 * cells.count(bad) <= cells.count(cells.answered)):
        examples = tally.examples(cells, bad)
        count = cells.count(bad)
        raise DataError(
            "role_not_numbers", role=role, column=cells.name, survey=tally.survey, count=count, examples=examples
        )
    if bad.any():
        tally.unreadable.append(note("cell_count", item=cells.name, cells=cells.examples(bad), count=cells.count(bad)))
    _tally_words(cells, cells.tokens > 0, tally)
    return _locked(cells.spread(numbers, np.nan))
