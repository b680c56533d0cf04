"""Cases of a public service as arrays: who rated, who was given a rating by a rule, what was done about bad ratings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from numbers import Real

import numpy as np
from numpy.typing import NDArray

from csi.data.scales import Scale, brief
from csi.data.survey import Survey
from csi.errors import DataError, OptionError
from csi.language import Note, note
from csi.measures.scores.flags import flag_column, number_column
from csi.measures.scores.levels import item_names, scale_of, top_levels

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
RULES = {"neutral": 3, "satisfied": 4, "very_satisfied": 5}  # level of five that cases without a rating are given
LEVELS = 5
NAMES = ("defaulted", "replied", "followed_up", "rectified", "rectified_satisfied", "days_to_rectify")
AFTER_BAD = ("replied", "followed_up", "rectified")


@dataclass(frozen=True, eq=False)
class Cases:
    """n cases.

    Attributes
    ----------
    level : (n,) number of the level counted from the worst, 0 first; -1 where there is no rating
    active : (n,) whether the person rated
    complained : (n,) cases whose rating, as recorded, is bad
    labels : (m,) the levels as they are shown, from the worst to the best
    worth : (m,) points of the levels
    best : how many of the best levels are good
    done : column to (n,) 1, 0 or NaN, of what followed bad ratings
    days : (n,) working days, or None
    by_rule : whether it is known which ratings a rule filled in
    notes : what the reader must know
    """

    level: NDArray[np.int64]
    active: Mask
    complained: Mask
    labels: tuple[str, ...]
    worth: Array
    best: int
    done: Mapping[str, Array]
    days: Array | None
    by_rule: bool
    notes: tuple[Note, ...]

    @property
    def rated(self) -> Mask:
        """(n,) cases with a rating, given or filled in."""
        return self.level >= 0

    @property
    def good(self) -> Mask:
        """(n,) cases with a good rating."""
        return self.level >= len(self.labels) - self.best

    @property
    def points(self) -> Array:
        """(n,) points of the rating, NaN without one."""
        return np.where(self.rated, self.worth[self.level], np.nan)

    def rules(self) -> dict[str, tuple[Array, Array]]:
        """Good rating (1, 0, NaN) and points by other rules for those who did not rate themselves."""
        good = self.good.astype(float)
        found = {
            "recorded": (np.where(self.rated, good, np.nan), self.points),
            "active": (np.where(self.active, good, np.nan), np.where(self.active, self.points, np.nan)),
        }
        if len(self.labels) != LEVELS:
            return found
        for name, level in RULES.items():
            filled = float(level > LEVELS - self.best)
            points = np.where(self.active, self.points, self.worth[level - 1])
            found[f"as_{name}"] = (np.where(self.active, good, filled), points)
        return found


def read_cases(
    survey: Survey,
    rating: str,
    columns: Mapping[str, str | None],
    good: int,
    level_scores: Sequence[float] | Mapping[float, float],
    unrated: str,
) -> Cases:
    """The cases of a survey.

    Raises
    ------
    DataError, OptionError
        As listed in `score_public_service`.

    """
    (name,) = item_names(survey, [rating])
    scale = scale_of(survey, name)
    top_levels(survey, name, good, "good")
    worth = _worth(scale, level_scores, name)
    ratings = survey.matrix([name])[:, 0]
    if np.isnan(ratings).all():
        raise DataError("all_missing_items", survey=survey.name, items=[name], rows=len(survey))
    rated = ~np.isnan(ratings)
    level = np.where(rated, np.rint((np.nan_to_num(ratings) - scale.lo) / scale.step), -1).astype(np.int64)
    found, absent = _columns(survey, columns)
    by_rule = "defaulted" in found or unrated != "exclude"
    filled = found.pop("defaulted", np.zeros(len(survey)))
    days = found.pop("days_to_rectify", None)
    alone = (filled == 1) & ~rated
    if alone.any():
        raise DataError("default_without_rating", count=int(alone.sum()), column=columns["defaulted"], rating=name)
    active = rated & ~(filled == 1)
    notes = [note("service_levels_good", good=[brief(p) for p in scale.points[-good:]], item=name)]
    bad = rated & (level < len(worth) - good)
    found, blanks = _after_bad(found, bad)
    if blanks:
        notes.append(note("service_blank", columns=blanks))
    if absent:
        notes.append(note("service_absent", columns=absent))
    if unrated != "exclude":
        if len(worth) != LEVELS:
            raise OptionError("service_levels", unrated=unrated, levels=LEVELS, item=name, scale=str(scale))
        level = np.where(rated, level, RULES[unrated] - 1)
        notes.append(note("service_filled", count=int((~rated).sum()), n=len(rated), level=RULES[unrated]))
    else:
        notes.append(note("service_unrated", count=int((~rated).sum()), n=len(rated)))
    labels = tuple(brief(float(point)) for point in scale.points)
    done = found if days is None or "rectified" in found else {**found, "rectified": np.where(np.isnan(days), 0.0, 1.0)}
    return Cases(level, active, bad, labels, worth, int(good), done, days, by_rule, tuple(notes))


def _columns(survey: Survey, columns: Mapping[str, str | None]) -> tuple[dict[str, Array], list[str]]:
    """The columns there are, and those that are absent under their usual name."""
    there = set(survey.answers.columns)
    found, absent = {}, []
    for usual, column in columns.items():
        if column is None:
            continue
        if column not in there and column == usual and column not in survey.codebook.private:
            absent.append(column)
            continue
        found[usual] = (number_column if usual == "days_to_rectify" else flag_column)(survey, column)
    return found, absent


def _after_bad(found: Mapping[str, Array], bad: Mask) -> tuple[dict[str, Array], list[str]]:
    """What followed bad ratings, a blank read as no; and how many blanks there were in which column."""
    done, blanks = dict(found), []
    for column in AFTER_BAD:
        if column in done:
            blank = bad & np.isnan(done[column])
            if blank.any():
                blanks.append(f"{column} {int(blank.sum())}")
            done[column] = np.nan_to_num(done[column])
    return done, blanks


def _worth(scale: Scale, level_scores: Sequence[float] | Mapping[float, float], item: str) -> Array:
    """(m,) points of every level, from the worst to the best."""
    points = scale.points
    if isinstance(level_scores, Mapping):
        given = {float(level): value for level, value in level_scores.items()}
        values = [given.get(float(point), np.nan) for point in points]
        strange = [brief(level) for level in given if level not in points]
    else:
        values = list(level_scores)[::-1]
        strange = [] if len(values) == len(points) else [f"{len(values)}"]
        values = values if not strange else [np.nan] * len(points)
    numbers = np.array([float(v) if isinstance(v, Real) else np.nan for v in values])
    without = [brief(float(point)) for point, value in zip(points, numbers, strict=True) if not np.isfinite(value)]
    if without or strange:
        raise OptionError(
            "level_scores_missing", item=item, scale=str(scale), missing=without or ["-"], given=str(level_scores)
        )
    return numbers
