"""The signs of careless answering that a survey allows, one number per respondent and sign."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from csi.data.careless import (
    LEAST_GRID,
    LEAST_RATINGS,
    agreement_share,
    extreme_share,
    longest_run,
    longest_zigzag,
    perfunctory_answers,
    person_sd,
    repeats,
    same_rows,
    straight_share,
)
from csi.data.codebook import REASONS
from csi.data.consistency import LEAST_PAIRS, ROWS, even_odd, item_pairs, pair_consistency, squared_distances
from csi.data.responses import same_answer_share
from csi.data.survey import Survey
from csi.errors import OptionError
from csi.moments import Moments

Array = NDArray[np.float64]

NOT_ASKED = REASONS.index("not_asked")
LEAST_EIGENVALUE = 1e-6  # of the correlations, below which a distance is noise
SYNONYMS = 0.6  # items that correlate more than this are read as the same question


@dataclass(frozen=True, eq=False)
class Ratings:
    """The ratings of the chosen items, as they were asked.

    Attributes
    ----------
    names : the k items
    raw : (n, k) ratings, column-major
    lo, hi : (k,) ends of the scales
    reversed_items : (k,) a high rating is bad
    grids : positions of the items of each run of neighbours on one scale
    blocks : positions of the items of each construct
    alike : positions of the items on the most common scale
    """

    names: tuple[str, ...]
    raw: Array
    lo: Array
    hi: Array
    reversed_items: NDArray[np.bool_]
    grids: tuple[tuple[int, ...], ...]
    blocks: tuple[tuple[int, ...], ...]
    alike: tuple[int, ...]

    @cached_property
    def unit(self) -> Array:
        """(n, k) raw ratings as a share of the scale, 0-1."""
        columns = self.raw.T - self.lo[:, None]
        columns /= (self.hi - self.lo)[:, None]
        return columns.T

    @cached_property
    def good(self) -> Array:
        """(n, k) as `unit`, with reversed items turned round."""
        if not self.reversed_items.any():
            return self.unit
        columns = self.unit.T.copy()
        columns[self.reversed_items] = 1 - columns[self.reversed_items]
        return columns.T

    @cached_property
    def varied(self) -> tuple[NDArray[np.int64], Array, Array]:
        """Positions of the items that vary, and their means and covariances over the answers given, in the unit 0-1."""
        spread = [np.nanmax(column) > np.nanmin(column) if seen else False for column, seen in self._columns()]
        used = np.flatnonzero(spread)
        if len(used) < 2:
            return used[:0], np.empty(0), np.empty((0, 0))
        part = self.of(self.unit, used)
        names = [self.names[j] for j in used]
        rule = "pairwise" if np.isnan(part).any() else "listwise"
        chunks = (part[start : start + ROWS] for start in range(0, len(part), ROWS))
        moments = Moments.from_chunks(chunks, names, missing=rule)
        return used, moments.mean, moments.cov

    @cached_property
    def distances(self) -> tuple[Array, NDArray[np.int64]] | None:
        """Squared Mahalanobis distances and their degrees of freedom; None where the covariance has no inverse."""
        used, mean, cov = self.varied
        if len(used) < LEAST_PAIRS or np.isnan(cov).any():
            return None
        sd = np.sqrt(np.diag(cov))
        if np.linalg.eigvalsh(cov / np.outer(sd, sd))[0] < LEAST_EIGENVALUE:
            return None
        return squared_distances(self.of(self.unit, used), mean, cov)

    def of(self, table: Array, which: Sequence[int] | NDArray[np.int64]) -> Array:
        """Some columns of a (n, k) table, the table itself for all of them."""
        return table if len(which) == table.shape[1] else table.T[list(which)].T

    def _columns(self) -> Iterable[tuple[Array, bool]]:
        return ((column, not np.isnan(column).all()) for column in self.unit.T)


def read_ratings(survey: Survey, names: tuple[str, ...]) -> Ratings:
    """The ratings of items that all have a scale, with the grids, constructs and most common scale among them."""
    book = survey.codebook
    answers = survey.answers
    raw = np.empty((len(names), len(survey)))
    for row, name in zip(raw, names, strict=True):
        row[:] = answers[name].to_numpy(dtype=float)
    lo, hi = survey.scale_ends(names)
    spans = [(low, high) for low, high in zip(lo.tolist(), hi.tolist(), strict=True)]
    common = max(spans, key=spans.count)
    constructs: dict[str, list[int]] = {}
    for j, name in enumerate(names):
        construct = book.items[name].construct
        if construct is not None:
            constructs.setdefault(construct, []).append(j)
    return Ratings(
        names=names,
        raw=raw.T,
        lo=lo,
        hi=hi,
        reversed_items=np.array([book.items[name].reversed for name in names], dtype=bool),
        grids=find_grids(survey, names),
        blocks=tuple(tuple(block) for block in constructs.values()),
        alike=tuple(j for j, span in enumerate(spans) if span == common),
    )


def find_grids(survey: Survey, names: Iterable[str]) -> tuple[tuple[int, ...], ...]:
    """Positions in `names` of items that follow each other in the questionnaire and share the ends of their scale."""
    place = {name: j for j, name in enumerate(names)}
    grids: list[list[int]] = []
    before = None
    for name, item in survey.codebook.items.items():
        span = None if item.scale is None else (item.scale.lo, item.scale.hi)
        if span is None or span != before:
            grids.append([])
        before = span
        if name in place:
            grids[-1].append(place[name])
    return tuple(tuple(grid) for grid in grids if grid)


@dataclass(frozen=True, eq=False)
class Questions:
    """What `check_responses` was asked to look at.

    Attributes
    ----------
    survey : the answers
    ratings : of the chosen items
    texts : columns of answers in words
    attention : item -> answers that show attention
    """

    survey: Survey
    ratings: Ratings
    texts: tuple[str, ...]
    attention: Mapping[str, Any]


def _fast(asked: Questions) -> Array | None:
    seconds = _seconds(asked)
    if seconds is None or np.isnan(seconds).all():
        return None
    middle = np.nanmedian(seconds)
    return seconds / middle if middle > 0 else None


def _fast_item(asked: Questions) -> Array | None:
    seconds = _seconds(asked)
    if seconds is None:
        return None
    answered = (asked.survey.reasons.to_numpy() == 0).sum(axis=1)
    return np.where(answered > 0, seconds / np.maximum(answered, 1), np.nan)


def _seconds(asked: Questions) -> Array | None:
    book = asked.survey.codebook
    if book.duration is None or book.duration in book.private:
        return None
    return asked.survey.answers[book.duration].to_numpy(dtype=float)


def _run(asked: Questions, longest: Callable[[Array], Array] = longest_run) -> Array | None:
    ratings = asked.ratings
    grids = [grid for grid in ratings.grids if len(grid) >= LEAST_GRID]
    if max(map(len, grids), default=0) < LEAST_RATINGS:
        return None
    return np.fmax.reduce([longest(ratings.of(ratings.raw, grid)) for grid in grids])


def _zigzag(asked: Questions) -> Array | None:
    return _run(asked, longest_zigzag)


def _straight(asked: Questions) -> Array | None:
    grids = [grid for grid in asked.ratings.grids if len(grid) >= LEAST_GRID]
    if sum(map(len, grids)) < LEAST_RATINGS:
        return None
    return straight_share(asked.ratings.raw, grids)


def _same_answer(asked: Questions) -> Array | None:
    alike = asked.ratings.alike
    if len(alike) < LEAST_RATINGS:
        return None
    share = same_answer_share(asked.survey, [asked.ratings.names[j] for j in alike])
    enough = (~np.isnan(asked.ratings.raw.T[list(alike)])).sum(axis=0) >= LEAST_RATINGS
    return np.where(enough, share, np.nan)


def _person_sd(asked: Questions) -> Array | None:
    alike = list(asked.ratings.alike)
    if len(alike) < LEAST_RATINGS:
        return None
    span = asked.ratings.hi[alike[0]] - asked.ratings.lo[alike[0]]
    return 100 / span * person_sd(asked.ratings.of(asked.ratings.raw, alike))


def _even_odd(asked: Questions) -> Array | None:
    blocks = [block for block in asked.ratings.blocks if len(block) > 1]
    return even_odd(asked.ratings.good, blocks) if len(blocks) >= LEAST_PAIRS else None


def _synonyms(asked: Questions, opposite: bool = False) -> Array | None:
    used, _, cov = asked.ratings.varied
    if not len(used):
        return None
    sd = np.sqrt(np.diag(cov))
    pairs = item_pairs(cov / np.outer(sd, sd), SYNONYMS, opposite=opposite)
    return pair_consistency(asked.ratings.of(asked.ratings.unit, used), pairs) if len(pairs) >= LEAST_PAIRS else None


def _antonyms(asked: Questions) -> Array | None:
    return _synonyms(asked, opposite=True)


def _mahalanobis(asked: Questions) -> Array | None:
    found = asked.ratings.distances
    if found is None:
        return None
    from scipy.special import chdtr

    d2, answered = found
    return np.where(answered > 0, chdtr(np.maximum(answered, 1), d2), np.nan)


def _duplicate(asked: Questions) -> Array | None:
    if len(asked.ratings.names) < LEAST_RATINGS:
        return None
    return same_rows(asked.ratings.raw).astype(float)


def _repeated_id(asked: Questions) -> Array | None:
    book = asked.survey.codebook
    if book.respondent is None:
        return None
    answers = asked.survey.answers
    codes = pd.factorize(answers[book.respondent])[0].astype(np.int64)
    known = codes >= 0
    if book.wave is not None:
        waves = pd.factorize(answers[book.wave])[0]
        codes = codes * (waves.max(initial=0) + 2) + waves + 1
    out = np.full(len(codes), np.nan)
    out[known] = repeats(codes[known])
    return out


def _perfunctory(asked: Questions) -> Array | None:
    if not asked.texts:
        return None
    answers = asked.survey.answers
    written, empty = np.zeros(len(answers)), np.zeros(len(answers))
    for name in asked.texts:
        answered, says_nothing = perfunctory_answers(answers[name])
        written += answered
        empty += says_nothing
    return np.where(written > 0, empty / np.maximum(written, 1), np.nan)


def _attention(asked: Questions) -> Array | None:
    if not asked.attention:
        return None
    answers = asked.survey.answers
    failed, seen = np.zeros(len(answers)), np.zeros(len(answers), dtype=bool)
    for name, expected in asked.attention.items():
        right = [expected] if isinstance(expected, str) or not np.iterable(expected) else list(expected)
        cells = answers[name]
        answered = cells.notna().to_numpy()
        if asked.survey.codebook.items[name].numeric:
            try:
                right = [float(value) for value in right]
            except (TypeError, ValueError):
                raise OptionError("attention_answer", item=name, expected=right) from None
            passed = np.isin(cells.to_numpy(dtype=float), right)
        else:
            passed = cells.astype(str).str.strip().isin([str(value).strip() for value in right]).to_numpy()
        failed += answered & ~passed
        seen |= answered
    return np.where(seen, failed, np.nan)


def _acquiescence(asked: Questions) -> Array | None:
    ratings = asked.ratings
    graded = _graded(ratings)
    turned = ratings.reversed_items[graded]
    if turned.all() or not turned.any():
        return None
    middle = (ratings.lo + ratings.hi) / 2
    return agreement_share(ratings.of(ratings.raw, graded), middle[graded], turned)


def _extreme(asked: Questions) -> Array | None:
    ratings = asked.ratings
    graded = _graded(ratings)
    if len(graded) < LEAST_RATINGS:
        return None
    return extreme_share(ratings.of(ratings.raw, graded), ratings.lo[graded], ratings.hi[graded])


def _graded(ratings: Ratings) -> NDArray[np.int64]:
    """Positions of the items with more than two points; yes or no is always an end of its scale."""
    return np.flatnonzero(ratings.hi - ratings.lo > 1)


def _missing_share(asked: Questions) -> Array | None:
    reasons = asked.survey.reasons[list(asked.ratings.names)].to_numpy()
    put = (reasons != NOT_ASKED).sum(axis=1)
    missing = ((reasons != NOT_ASKED) & (reasons != 0)).sum(axis=1)
    return np.where(put > 0, missing / np.maximum(put, 1), np.nan)


# sign -> its number per respondent, or None where the survey does not allow it
SIGNS: dict[str, Callable[[Questions], Array | None]] = {
    "fast": _fast,
    "fast_item": _fast_item,
    "run": _run,
    "zigzag": _zigzag,
    "straight": _straight,
    "same_answer": _same_answer,
    "person_sd": _person_sd,
    "even_odd": _even_odd,
    "synonyms": _synonyms,
    "antonyms": _antonyms,
    "mahalanobis": _mahalanobis,
    "duplicate": _duplicate,
    "repeated_id": _repeated_id,
    "perfunctory": _perfunctory,
    "attention": _attention,
    "acquiescence": _acquiescence,
    "extreme": _extreme,
    "missing_share": _missing_share,
}
