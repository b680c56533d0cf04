"""Which items are measured, and which points of their scales count: checked once for all rates and scores."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from numbers import Real

import numpy as np
from numpy.typing import NDArray

from csi.data.codebook import REASONS, Item
from csi.data.scales import Scale, brief
from csi.data.survey import Survey
from csi.errors import DataError, OptionError
from csi.language import Note, note

Array = NDArray[np.float64]
MISSING = ("exclude", "count_as_not_satisfied")
SHOWN = 12
NOT_ASKED, DONT_KNOW = REASONS.index("not_asked"), REASONS.index("dont_know")


@dataclass(frozen=True, eq=False)
class Levels:
    """Points of the scale of one item that count, in the good direction: reversed items are turned round.

    Attributes
    ----------
    low, high : the lowest and the highest rating that counts, for an interval of ratings
    points : (m,) the ratings that count one by one; None for an interval
    """

    low: float
    high: float
    points: Array | None = None

    def holds(self, ratings: Array) -> Array:
        """1 where a rating counts, 0 where it does not, NaN where there is none."""
        if self.points is None:
            inside = (ratings >= self.low - 1e-9) & (ratings <= self.high + 1e-9)
        else:
            inside = np.zeros(ratings.shape, dtype=bool)
            for point in self.points:
                inside |= np.abs(ratings - point) < 1e-9
        found = inside.astype(float)
        found[np.isnan(ratings)] = np.nan
        return found

    def __str__(self) -> str:
        """Return the points, such as 8-10, or 4, 5."""
        if self.points is not None:
            return ", ".join(brief(float(point)) for point in self.points)
        return brief(self.low) if self.low == self.high else f"{brief(self.low)}-{brief(self.high)}"


def item_names(survey: Survey, items: Iterable[str] | str | None) -> list[str]:
    """Names of numeric items, each once, none of them private; the only rating where none is named.

    Raises
    ------
    DataError
        `unknown_items`, `items_not_numbers`, `private_column`, `items_repeated`, `items_empty`, `items_needed` and
        `items_none_rated` where none is named.

    """
    if items is None:
        return [_only_rating(survey)]
    names = [items] if isinstance(items, str) else list(items)
    if not names:
        raise DataError("items_empty", survey=survey.name)
    for name in names:
        if name in survey.codebook.private:
            raise DataError("private_column", column=name, survey=survey.name)
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise DataError("items_repeated", items=twice)
    survey.scale_ends(names)  # unknown names stop here
    return names


def _only_rating(survey: Survey) -> str:
    book = survey.codebook
    rated = [one.name for one in book.items.values() if one.kind == "rating" and one.scale is not None]
    rated = [name for name in rated if name not in book.private]
    if not rated:
        raise DataError("items_none_rated", survey=survey.name)
    if len(rated) > 1:
        shown = rated if len(rated) <= SHOWN else [*rated[:SHOWN], "..."]
        raise DataError("items_needed", survey=survey.name, count=len(rated), choices=shown)
    return rated[0]


def scale_of(survey: Survey, name: str) -> Scale:
    """The scale of an item, or an error that says it has none."""
    scale = survey.codebook.items[name].scale
    if scale is None:
        raise DataError("item_without_scale", item=name, survey=survey.name)
    return scale


def level_set(survey: Survey, name: str, chosen: object, option: str) -> Levels:
    """What `chosen` means on the scale of an item: one level is that and all better ones, a list is these and no other.

    Raises
    ------
    OptionError
        `levels_outside`, `levels_all`, `levels_none`, `levels_unknown_word`, each with what the scale has.

    """
    scale, item = scale_of(survey, name), survey.codebook.items[name]
    if isinstance(chosen, str | Real) and not isinstance(chosen, bool):
        low = _point(item, scale, chosen, option)
        if low <= scale.lo:
            raise OptionError("levels_all", option=option, value=chosen, item=name, scale=str(scale))
        return Levels(low, scale.hi)
    if chosen is None or isinstance(chosen, bool) or not isinstance(chosen, Iterable):
        raise OptionError("levels_none", option=option, value=str(chosen), item=name, scale=_offered(item, scale))
    points = sorted({_point(item, scale, one, option) for one in chosen})
    if not points:
        raise OptionError("levels_none", option=option, value=str(list(chosen)), item=name, scale=_offered(item, scale))
    every = scale.points
    if len(every) and len(points) == len(every):
        raise OptionError("levels_all", option=option, value=str(list(chosen)), item=name, scale=str(scale))
    return Levels(points[0], points[-1], np.array(points))


def top_levels(survey: Survey, name: str, boxes: int, option: str) -> Levels:
    """The best `boxes` points of the scale of an item."""
    scale = scale_of(survey, name)
    count = len(scale.points)
    if isinstance(boxes, bool) or boxes != int(boxes) or not 1 <= boxes < count:
        raise OptionError("boxes_outside", option=option, value=boxes, item=name, scale=str(scale), count=count)
    return Levels(float(scale.points[-int(boxes)]), scale.hi)


def bottom_levels(survey: Survey, name: str, boxes: int, option: str) -> Levels:
    """The worst `boxes` points of the scale of an item."""
    scale = scale_of(survey, name)
    top_levels(survey, name, boxes, option)
    return Levels(scale.lo, float(scale.points[int(boxes) - 1]))


def _point(item: Item, scale: Scale, value: object, option: str) -> float:
    """One level as a rating in the good direction; words are those printed in the questionnaire."""
    if isinstance(value, str):
        for point, text in scale.labels.items():
            if value in text.values():
                return float(scale.reverse(point)) if item.reversed else float(point)
        shown = _offered(item, scale)
        raise OptionError("levels_unknown_word", option=option, value=value, item=item.name, scale=shown)
    if isinstance(value, bool) or not isinstance(value, Real) or not bool(scale.contains(float(value))):
        shown = _offered(item, scale)
        raise OptionError("levels_outside", option=option, value=value, item=item.name, scale=shown)
    return float(value)


def _offered(item: Item, scale: Scale) -> list[object]:
    """What a level of an item may be: the ends of its scale, then the words printed at its points."""
    return [str(scale), *(dict(text) for _, text in sorted(scale.labels.items()))]


def level_columns(survey: Survey, names: Sequence[str], levels: Sequence[Levels]) -> Array:
    """(n, k) 1 for a rating that counts, 0 for another, NaN where an answer is missing."""
    if not all(survey.codebook.items[name].numeric for name in names):
        survey.matrix(names)  # refuses all of them together
    columns = np.empty((len(names), len(survey)))
    for row, name, level in zip(columns, names, levels, strict=True):
        row[:] = level.holds(survey.matrix([name])[:, 0])
    return columns.T


def count_missing(survey: Survey, names: Sequence[str], columns: Array) -> Array:
    """The columns with 0 for respondents who were asked and gave no rating; those not asked stay NaN."""
    reasons = survey.reasons[list(names)].to_numpy()
    return np.where(np.isnan(columns) & (reasons != NOT_ASKED), 0.0, columns)


def missing_notes(survey: Survey, names: Sequence[str], missing: str) -> list[Note]:
    """How don't know and other missing answers enter a rate."""
    reasons = survey.reasons[list(names)].to_numpy()
    asked = (reasons != NOT_ASKED).sum(axis=0)
    unknown = (reasons == DONT_KNOW).sum(axis=0)
    gone = ((reasons != NOT_ASKED) & (reasons > 0)).sum(axis=0)
    found = []
    if gone.any():
        count, people = int(gone.sum()), int(asked.sum())
        found.append(
            note("rate_missing_counted" if missing != "exclude" else "rate_missing_left", count=count, asked=people)
        )
    if unknown.any():
        shares = [f"{name} {100 * u / a:.1f}%" for name, u, a in zip(names, unknown, asked, strict=True) if u]
        found.append(note("dont_know_share", items=shares))
    return found


def levels_notes(names: Sequence[str], levels: Sequence[Levels], code: str) -> list[Note]:
    """Which levels count, one note for all items that share them."""
    groups: dict[str, list[str]] = {}
    for name, level in zip(names, levels, strict=True):
        groups.setdefault(str(level), []).append(name)
    return [note(code, levels=shown, items=members) for shown, members in groups.items()]
