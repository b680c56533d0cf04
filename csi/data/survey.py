"""Survey: what was asked and what was answered, typed and unchangeable."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from os import PathLike
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from csi.data.cells import cells_of, label_of, natural_key
from csi.data.codebook import REASONS, Codebook, as_codebook, offered
from csi.data.columns import reason_word, type_table
from csi.errors import DataError
from csi.inference.design import Design
from csi.language import Note, note, pick, say
from csi.moments import Moments


@dataclass(frozen=True, eq=False, repr=False)
class Survey:
    """The answers to a questionnaire, one row per respondent, and the codebook that explains them.

    Made by `Survey.from_frame`, `read_csv`, `read_excel` or `load_sample`; nothing in it can be changed.

    Attributes
    ----------
    name : what messages and reports call it
    codebook : what was asked; without one, columns are typed and scales guessed, and `notes` say so
    notes : what was read, dropped, guessed or recognised on the way in

    Examples
    --------
    >>> from csi.data.survey import Survey
    >>> survey = Survey.from_frame({"sat1": [7, 9, None], "sat2": ["8", "10", "不知道"]}, name="shop")
    >>> survey.matrix(["sat1", "sat2"]).tolist()
    [[7.0, 8.0], [9.0, 10.0], [nan, nan]]
    >>> survey.reasons["sat2"].tolist(), str(survey.codebook.items["sat1"].scale)
    ([0, 0, 4], '1-10')

    """

    name: str
    codebook: Codebook
    notes: tuple[Note, ...]
    _answers: pd.DataFrame
    _reasons: pd.DataFrame
    _raw: pd.DataFrame
    _file_notes: tuple[Note, ...]

    @classmethod
    def from_frame(
        cls,
        frame: Any,
        codebook: Codebook | str | PathLike[str] | None = None,
        name: str = "survey",
    ) -> Survey:
        """Type the columns of a table by the codebook, or by what they look like.

        Parameters
        ----------
        frame : pandas, polars or pyarrow table, or a mapping of columns; one row per respondent, unique column names
        codebook : a Codebook or the name of its file; without one kinds and scales are guessed and the notes say so
        name : name of the survey, for messages and reports

        Returns
        -------
        Survey
            Ratings are numbers in the direction they were asked; cells that say why there is no answer (codes of the
            codebook; NA, (跳过), 不知道 and the like in columns of numbers) are NaN with their reason in `reasons`.
            The index of a pandas table is kept.

        Raises
        ------
        DataError
            `not_a_table`, `columns_twice`, `no_respondents`, `items_not_in_data`, `role_not_in_data`,
            `item_alias_twice`, `text_in_numbers`, `ratings_outside`, `ratings_between`, `not_dates`,
            `role_not_numbers`.

        """
        frame = _table(frame, name)
        return survey_of(frame, codebook, name)

    def with_codebook(self, codebook: Codebook | str | PathLike[str]) -> Survey:
        """The same raw cells read by another codebook.

        Parameters
        ----------
        codebook : a Codebook or the name of its file

        Raises
        ------
        DataError
            As `Survey.from_frame`.

        """
        return survey_of(self._raw, codebook, self.name, self._file_notes)

    @property
    def answers(self) -> pd.DataFrame:
        """(n, columns) all columns: ratings as float64 with NaN, in the direction they were asked.

        A copy that is yours: changing it does not change the Survey.
        """
        return _own_copy(self._answers)

    @property
    def reasons(self) -> pd.DataFrame:
        """(n, items) int8: why an answer is missing, as its number in `csi.data.codebook.REASONS`; 0 = answered."""
        return _own_copy(self._reasons)

    @property
    def items(self) -> tuple[str, ...]:
        """Names of the items, in the order of the questionnaire."""
        return tuple(self.codebook.items)

    def __len__(self) -> int:
        """Return the number of respondents."""
        return len(self._answers)

    def matrix(self, items: Iterable[str]) -> NDArray[np.float64]:
        """Ratings with reversed items turned round, in the unit of each scale.

        Parameters
        ----------
        items : names of numeric items

        Returns
        -------
        ndarray (n, k)
            NaN where an answer is missing.

        Raises
        ------
        DataError
            `unknown_items` with what exists, `items_not_numbers`.

        """
        names = self._known(items)
        words = [name for name in names if not self.codebook.items[name].numeric]
        if words:
            kinds = [note(f"kind_{kind}") for kind in dict.fromkeys(self.codebook.items[name].kind for name in words)]
            raise DataError("items_not_numbers", items=words, survey=self.name, kinds=kinds)
        columns = np.empty((len(names), len(self)))
        for row, name in zip(columns, names, strict=True):
            item = self.codebook.items[name]
            values = self._answers[name].to_numpy()
            row[:] = item.scale.reverse(values) if item.reversed and item.scale is not None else values
        return columns.T

    def scale_ends(self, items: Iterable[str]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Lowest and highest possible rating of items, from the codebook, never from the answers.

        Parameters
        ----------
        items : names of items

        Returns
        -------
        lo, hi : ndarray (k,)
            NaN where an item has no scale.

        Raises
        ------
        DataError
            `unknown_items` with what exists.

        """
        scales = [self.codebook.items[name].scale for name in self._known(items)]
        lo = np.array([np.nan if scale is None else scale.lo for scale in scales], dtype=float)
        return lo, np.array([np.nan if scale is None else scale.hi for scale in scales], dtype=float)

    def design(self) -> Design:
        """Weights, strata and clusters as arrays, from the columns the codebook names.

        Raises
        ------
        DataError
            `missing_design` with the count (a respondent without stratum or cluster), `missing_weights`,
            `negative_weights`, `zero_weights`. Single weights of zero are legal.

        """
        book = self.codebook
        weight = None if book.weight is None else self._answers[book.weight].to_numpy()
        return Design(len(self), weight=weight, strata=self._units("strata"), cluster=self._units("cluster"))

    def _units(self, role: str) -> NDArray[np.int64] | None:
        column = getattr(self.codebook, role)
        if column is None:
            return None
        codes = self._labels(column)[1]
        if (codes < 0).any():
            count = int((codes < 0).sum())
            raise DataError("missing_design", role=role, column=column, survey=self.name, count=count)
        return codes

    def split(self, by: str | Sequence[str]) -> tuple[tuple[str, ...], NDArray[np.int64]]:
        """Groups of respondents.

        Parameters
        ----------
        by : a column, or several whose values are joined by " · "

        Returns
        -------
        labels : the groups that occur, sorted naturally ("2" before "10")
        codes : ndarray (n,), number of the group of each respondent, -1 where a value is missing

        Raises
        ------
        DataError
            `unknown_column` with what exists, `private_column`, `no_columns` for an empty `by`.

        """
        columns = [by] if isinstance(by, str) else list(by)
        if not columns:
            raise DataError("no_columns", survey=self.name)
        for column in columns:
            if column in self.codebook.private:
                raise DataError("private_column", column=column, survey=self.name)
            if column not in self._answers.columns:
                visible = [name for name in self._answers.columns if name not in self.codebook.private]
                choices = offered(str(column), visible)
                raise DataError("unknown_column", column=column, survey=self.name, choices=choices)
        parts = [self._labels(column) for column in columns]
        joint = np.zeros(len(self), dtype=np.int64)
        for labels, codes in parts:
            joint = np.where((codes < 0) | (joint < 0), -1, joint * max(len(labels), 1) + codes)
        found, inverse = np.unique(joint[joint >= 0], return_inverse=True)
        codes = np.full(len(self), -1, dtype=np.int64)
        codes[joint >= 0] = inverse
        names = []
        for value in found.tolist():
            words = []
            for labels, _ in reversed(parts):
                value, place = divmod(value, len(labels))
                words.append(labels[place])
            names.append(" · ".join(reversed(words)))
        return tuple(names), codes

    def _labels(self, column: str) -> tuple[list[str], NDArray[np.int64]]:
        """Labels of one column that occur, sorted naturally, and the (n,) number of each cell's label."""
        cells = cells_of(self._answers[column], column)
        labels = [label_of(cell) for cell in cells.distinct]
        used = sorted({label for label, count in zip(labels, cells.counts, strict=True) if count}, key=natural_key)
        number = {label: i for i, label in enumerate(used)}
        return used, cells.spread(np.array([number.get(label, -1) for label in labels], dtype=np.int64), -1)

    def moments(self, items: Iterable[str] | None = None, *, missing: str = "listwise") -> Moments:
        """Weighted moments of items, reversed items turned round, with the ends of their scales.

        Parameters
        ----------
        items : names of numeric items; all ratings when None
        missing : {"listwise", "pairwise"}

        Raises
        ------
        DataError
            `unknown_items`, `items_not_numbers`, `no_ratings`, and those of `design` and `Moments.from_frame`.

        """
        if items is None:
            items = [item.name for item in self.codebook.items.values() if item.kind == "rating"]
            if not items:
                raise DataError("no_ratings", survey=self.name)
        names = self._known(items)
        lo, hi = self.scale_ends(names)
        weight = self.design().weight
        return Moments.from_frame(self.matrix(names), names, weights=weight, missing=missing, lo=lo, hi=hi)

    def _known(self, items: Iterable[str]) -> list[str]:
        names = [items] if isinstance(items, str) else list(items)
        unknown = [name for name in names if name not in self.codebook.items]
        if unknown:
            raise DataError("unknown_items", items=unknown, choices=offered(str(unknown[0]), self._visible_items()))
        return names

    def _visible_items(self) -> list[str]:
        return [name for name in self.codebook.items if name not in self.codebook.private]

    def _lines(self) -> list[str]:
        """What both views show; private columns are left out."""
        book = self.codebook
        items = [book.items[name] for name in self._visible_items()]
        kinds = [item.kind for item in items]
        counts = [
            note("kind_count", count=kinds.count(kind), kind=note(f"kind_{kind}")) for kind in dict.fromkeys(kinds)
        ]
        lines = [say("views.survey_head", name=self.name, n=len(self), items=len(items), kinds=counts or "-")]
        if book.title:
            lines.append(say("views.survey_title", title=pick(book.title)))
        constructs = [f"{name} ({len(members)})" for name, members in book.constructs().items()]
        if constructs:
            lines.append(say("views.survey_constructs", constructs=constructs))
        roles = [f"{role}: {column}" for role, column in book.roles.items() if column not in book.private]
        if roles:
            lines.append(say("views.survey_roles", roles=roles))
        lines.append(self._missing_line())
        if self.notes:
            lines.append(say("views.survey_notes", count=len(self.notes)))
        return lines

    def _missing_line(self) -> str:
        tally = np.zeros(len(REASONS), dtype=np.int64)
        for name in self._visible_items():
            tally += np.bincount(self._reasons[name].to_numpy(), minlength=len(REASONS))
        missing = int(tally[1:].sum())
        if not missing:
            return say("views.survey_complete")
        reasons = [note("reason_count", reason=reason_word(i), count=int(n)) for i, n in enumerate(tally) if i and n]
        return say("views.survey_missing", share=f"{missing / tally.sum():.1%}", reasons=reasons)

    def __repr__(self) -> str:
        """Return a few lines on what was asked and how much was answered."""
        return "\n  ".join(self._lines())

    def _repr_html_(self) -> str:
        head, *rest = (escape(line) for line in self._lines())
        return f"<div class='csi'><strong>{head}</strong><br>{'<br>'.join(rest)}</div>"


def survey_of(
    frame: pd.DataFrame,
    codebook: Codebook | str | PathLike[str] | None,
    name: str,
    file_notes: tuple[Note, ...] = (),
) -> Survey:
    """A Survey of raw cells; the notes of a reader stand before those of typing."""
    book = None if codebook is None else as_codebook(codebook)
    typed = type_table(frame, book, name)
    return Survey(
        name=name,
        codebook=typed.codebook,
        notes=(*file_notes, *typed.notes),
        _answers=typed.answers,
        _reasons=typed.reasons,
        _raw=frame,
        _file_notes=tuple(file_notes),
    )


def _table(frame: Any, name: str) -> pd.DataFrame:
    """The pandas table of what was handed in, with its column names checked."""
    if hasattr(frame, "to_pandas"):  # polars, pyarrow
        frame = frame.to_pandas()
    elif isinstance(frame, dict):
        try:
            frame = pd.DataFrame(frame)
        except ValueError as error:
            raise DataError("not_a_table", survey=name, found=str(error)) from None
    if not isinstance(frame, pd.DataFrame):
        raise DataError("not_a_table", survey=name, found=type(frame).__name__)
    frame = frame.copy(deep=False)
    frame.columns = [str(column) for column in frame.columns]
    places: dict[str, list[int]] = {}
    for place, column in enumerate(frame.columns, start=1):
        places.setdefault(column, []).append(place)
    twice = [f"{column} ({', '.join(map(str, where))})" for column, where in places.items() if len(where) > 1]
    if twice:
        raise DataError("columns_twice", file=name, columns=twice)
    if not len(frame) or not len(frame.columns):
        raise DataError("no_respondents", file=name)
    return frame


def _own_copy(frame: pd.DataFrame) -> pd.DataFrame:
    """A shallow copy (copy-on-write); extension columns, whose arrays could be changed in place, are copied."""
    copy = frame.copy(deep=False)
    for name in copy.columns[[isinstance(dtype, pd.api.extensions.ExtensionDtype) for dtype in copy.dtypes]]:
        copy[name] = copy[name].copy(deep=True)
    return copy
