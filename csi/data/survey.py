"""Survey: what was asked and what was answered, typed and unchangeable."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from os import PathLike
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from csi.data.answers import cells_of
from csi.data.cells import label_of, natural_key
from csi.data.codebook import Codebook, as_codebook, offered
from csi.data.columns import type_table
from csi.data.doubts import DOUBTS
from csi.data.groups import joined_groups, units_of
from csi.data.intake import own_copy, set_parts, table_of
from csi.data.raw import Export, RawTable
from csi.data.ruling import Ruling, as_ruling
from csi.data.survey_view import survey_html, survey_text, visible_items
from csi.errors import DataError
from csi.inference.calibration import Calibration
from csi.inference.design import Design
from csi.language import Note, note
from csi.moments import Moments
from csi.sums import check_weights
from csi.views import public_names

_NO_RULING, _NO_EXPORT = Ruling(), Export(RawTable("", (), ()))


@dataclass(frozen=True, eq=False, repr=False, init=False)
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
    >>> answers = {"sat1": [7, 9, None], "sat2": ["8", "10", "不知道"]}
    >>> survey = Survey.from_frame(answers, name="shop", scale={"sat*": (1, 10)})
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
    _calibration: Calibration | None

    def __init__(self, *given: Any, **parts: Any) -> None:
        """Set the parts, which `survey_of` knows."""
        set_parts(self, given, parts)

    @classmethod
    def from_frame(
        cls,
        frame: Any,
        codebook: Codebook | str | PathLike[str] | None = None,
        name: str = "survey",
        *,
        missing: Any = None,
        scale: Any = None,
        strict: bool = False,
    ) -> Survey:
        """Type the columns of a table by the codebook, or by evidence.

        Parameters
        ----------
        frame : table (pandas, polars, Arrow), mapping of columns, or Series (one item); one row per respondent
        codebook : a Codebook or the name of its file; without one kinds and scales are decided by evidence (ladders of
            words, headings, the block of values that carries the mass, neighbours of a battery) and the notes say so
        name : name of the survey, for messages and reports
        missing : cells that are no answer, `[99, "x"]` for all items or `{"q1": [0], "sat_*": [9]}`
        scale : `(1, 5)` for every rating that can be on it, or `{"q1": (1, 4), "sat_*": (1, 10)}`
        strict : refuse a file in which any cell is suspected, outside its scale or unreadable

        Returns
        -------
        Survey
            Ratings are numbers in the direction they were asked; cells that say why there is no answer (codes of the
            codebook; NA, (跳过), 不知道 and the like in columns of numbers) are NaN with their reason in `reasons`.
            The index of a pandas table is kept.

        Raises
        ------
        DataError
            `not_a_table`, `table_empty`, `columns_twice`, `no_respondents`, `items_not_in_data`, `role_not_in_data`,
            `item_alias_twice`, `text_in_numbers`, `ratings_outside`, `ratings_between`, `not_dates`,
            `role_not_numbers`, `suspects_refused` with `strict`.
        AskedError
            `scale_open`, `zeros_open`: the evidence leaves a scale open; the message holds the argument that decides.
        OptionError
            `ruling_missing`, `ruling_scale`, `ruling_strict`, `ruling_unknown_item`.

        """
        return survey_of(table_of(frame, name), codebook, name, ruling=as_ruling(missing, scale, strict))

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
    def doubts(self) -> tuple[Note, ...]:
        """What must be known before any number: cells left out, what was assumed, how the file was recognised."""
        return tuple(one for one in self.notes if one.code in DOUBTS or one.code.startswith("scale_by_"))

    @property
    def answers(self) -> pd.DataFrame:
        """(n, columns) all columns: ratings as float64 with NaN, in the direction they were asked.

        A copy that is yours: changing it does not change the Survey.
        """
        return own_copy(self._answers)

    @property
    def reasons(self) -> pd.DataFrame:
        """(n, items) int8: why an answer is missing, as its number in `csi.data.codebook.REASONS`; 0 = answered."""
        return own_copy(self._reasons)

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
        """Weights, strata, clusters and finite populations as arrays, from the columns the codebook names.

        Raises
        ------
        DataError
            `missing_design` with the count (a respondent without stratum or cluster), `missing_weights`,
            `negative_weights`, `zero_weights`, `missing_population`, `population_differs`, `population_small`.
            Single weights of zero are legal.

        """
        book = self.codebook
        weight, population = (
            None if column is None else self._answers[column].to_numpy(dtype=float)
            for column in (book.weight, book.population)
        )
        return Design(
            len(self), weight, units_of(self, "strata"), units_of(self, "cluster"), population, book.lonely_psu,
            self._calibration,
        )  # fmt: skip

    def with_design(
        self,
        *,
        weight: str | None = None,
        strata: str | None = None,
        cluster: str | None = None,
        population: str | None = None,
        lonely_psu: str = "fail",
    ) -> Survey:
        """The same answers drawn by another design; what is not named is not part of it.

        Parameters
        ----------
        weight, strata, cluster : columns; None for equal weights, no strata, every respondent drawn alone
        population : column with the number of sampling units in the population of the respondent's stratum
        lonely_psu : {"fail", "certainty", "adjust", "average"}, as in `Design`

        Raises
        ------
        DataError, OptionError
            As `Survey.from_frame`; an unknown `lonely_psu`.
        """
        roles = {"weight": weight, "strata": strata, "cluster": cluster, "population": population}
        items = {name: item for name, item in self.codebook.items.items() if name not in roles.values()}
        return self.with_codebook(replace(self.codebook, items=items, **roles, lonely_psu=lonely_psu))

    def with_weight(
        self, values: ArrayLike, name: str = "csi_weight", calibration: Calibration | None = None, *notes: Note
    ) -> Survey:
        """The same answers with other survey weights, in a column of their own.

        Parameters
        ----------
        values : (n,) weights, 0 or more; 0 leaves a respondent out of all estimates and keeps the design whole
        name : name of the column that holds them
        calibration : what they were raked from, where they were
        notes : what the reader must know of them

        Raises
        ------
        DataError
            `wrong_shape`, `missing_weights`, `negative_weights`, `zero_weights`; `column_exists` for a name that an
            other column has.

        """
        weight = np.asarray(values, dtype=float)
        if weight.shape != (len(self),):
            raise DataError("wrong_shape", what="weight", shape=str(weight.shape), expected=str((len(self),)))
        check_weights(weight)
        if name in self._answers.columns and name != self.codebook.weight:
            raise DataError("column_exists", column=name, survey=self.name)
        return replace(
            self,
            codebook=replace(self.codebook, weight=name),
            notes=(*(one for one in self.notes if one.code != "no_design" or np.ptp(weight[weight > 0]) == 0), *notes),
            _answers=self._answers.assign(**{name: weight}),
            _raw=self._raw.assign(**{name: weight}),
            _file_notes=(*self._file_notes, *notes),
            _calibration=calibration,
        )

    def keep(self, which: ArrayLike) -> Survey:
        """The same survey with some respondents left out of all estimates, by a weight of 0.

        Their rows stay, so that strata, clusters and errors stay those of the design.

        Parameters
        ----------
        which : (n,) True for the respondents who count

        Raises
        ------
        DataError
            `wrong_shape`, and `zero_weights` when nobody is left.

        Examples
        --------
        >>> import csi
        >>> survey = csi.load_sample("tiny")
        >>> kept = survey.keep(survey.answers["s1"] > 4)
        >>> len(kept), int((kept.design().weight > 0).sum())
        (12, 10)

        """
        kept = np.asarray(which)
        if kept.shape != (len(self),) or kept.dtype != bool:
            shape, expected = f"{kept.shape} {kept.dtype}", f"({len(self)},) bool"
            raise DataError("wrong_shape", what="which", shape=shape, expected=expected)
        weight = self.design().weight
        own = np.ones(len(self)) if weight is None else weight
        left = int((~kept & (own > 0)).sum())
        remark = note("kept", left=left, n=len(self))
        name = self.codebook.weight or "csi_weight"
        return self.with_weight(np.where(kept, own, 0.0), name, None if left else self._calibration, remark)

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
        columns = [by] if isinstance(by, str) or not isinstance(by, Iterable) else list(by)
        if not columns:
            raise DataError("no_columns", survey=self.name)
        for column in columns:
            if column in self.codebook.private:
                raise DataError("private_column", column=column, survey=self.name)
            if column not in self._answers.columns:
                choices = offered(str(column), [n for n in self._answers.columns if n not in self.codebook.private])
                raise DataError("unknown_column", column=column, survey=self.name, choices=choices)
        return joined_groups([self.labels_of(column) for column in columns], len(self))

    def labels_of(self, column: str) -> tuple[list[str], NDArray[np.int64]]:
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
        weight, ratings = self.design().weight, self.matrix(names)
        return Moments.from_frame(ratings, names, weights=weight, missing=missing, lo=lo, hi=hi)

    def _known(self, items: Iterable[str]) -> list[str]:
        names = [items] if isinstance(items, str) else list(items)
        unknown = [name for name in names if name not in self.codebook.items]
        if unknown:
            raise DataError("unknown_items", items=unknown, choices=offered(str(unknown[0]), visible_items(self)))
        return names

    __dir__ = public_names
    __repr__ = survey_text
    _repr_html_ = survey_html


def survey_of(
    frame: pd.DataFrame,
    codebook: Codebook | str | PathLike[str] | None,
    name: str,
    file_notes: tuple[Note, ...] = (),
    ruling: Ruling = _NO_RULING,
    export: Export = _NO_EXPORT,
) -> Survey:
    """A Survey of raw cells; the notes of a reader stand before those of typing."""
    book = None if codebook is None else as_codebook(codebook)
    typed = type_table(frame, book, name, ruling, export)
    return Survey(
        name=name,
        codebook=typed.codebook,
        notes=(*file_notes, *typed.notes),
        _answers=typed.answers,
        _reasons=typed.reasons,
        _raw=frame,
        _file_notes=tuple(file_notes),
        _calibration=None,
    )
