"""Signs of careless answering, on arrays: order and spread of one respondent's ratings, texts that say nothing.

The functions of ratings take ratings (n, k) as they were asked, NaN where an answer is missing, and give one number per
respondent, NaN where there is nothing to judge. Columns are read one after the other, so a column-major array is fast.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from functools import cache, wraps
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from csi.words import package_yaml

Array = NDArray[np.float64]

LEAST_GRID = 4  # so many items on one scale, one after the other, are a grid
LEAST_RATINGS = 6  # so many ratings at least are needed to call an answer straight-lined

ROWS = 8192  # respondents looked at together, so that their numbers stay in fast memory


def by_chunks(judge: Callable[..., Array]) -> Callable[..., Array]:
    """Judge some respondents at a time: what is said of one does not depend on the others."""

    @wraps(judge)
    def chunked(ratings: Array, *rest: Any) -> Array:
        starts = range(0, max(len(ratings), 1), ROWS)
        return np.concatenate([judge(ratings[start : start + ROWS], *rest) for start in starts])

    return chunked


@by_chunks
def longest_run(ratings: Array) -> Array:
    """Longest run of the same rating over consecutive items, in items.

    A missing answer neither ends a run nor counts in it.

    Examples
    --------
    >>> import numpy as np
    >>> from csi.data.careless import longest_run
    >>> longest_run(np.array([[3.0, 3, 5, 5, 5], [1, np.nan, 1, 2, 1], [np.nan] * 5])).tolist()
    [3.0, 2.0, nan]

    """
    n = len(ratings)
    last, run, best = np.full(n, np.nan), np.zeros(n), np.zeros(n)
    for column in ratings.T:
        seen = ~np.isnan(column)
        run = np.where(seen, np.where(column == last, run + 1, 1), run)
        last = np.where(seen, column, last)
        np.maximum(best, run, out=best)
    return np.where(best > 0, best, np.nan)


@by_chunks
def longest_zigzag(ratings: Array) -> Array:
    """Longest run over consecutive items that goes to and fro between two ratings (3 8 3 8 3), in items.

    A missing answer stands for the rating that would go on with it, and does not count.

    Examples
    --------
    >>> import numpy as np
    >>> from csi.data.careless import longest_zigzag
    >>> longest_zigzag(np.array([[3.0, 8, 3, np.nan, 3], [5, 5, 5, 5, 5], [1, 2, 3, 2, 3]])).tolist()
    [4.0, 0.0, 4.0]

    """
    n = len(ratings)
    before, last = np.full(n, np.nan), np.full(n, np.nan)
    answered, run, best = np.zeros(n), np.zeros(n), np.zeros(n)
    for column in ratings.T:
        seen = ~np.isnan(column)
        goes_on = (column == before) & (column != last) & ~np.isnan(last)
        run = np.where(seen, np.where(goes_on, run + 1, 0), run)
        np.maximum(best, np.where(run > 0, run + 2, 0), out=best)
        before, last = last, np.where(seen, column, before)
        answered += seen
    return np.where(answered > 0, best, np.nan)


@by_chunks
def straight_share(ratings: Array, grids: Sequence[Sequence[int]]) -> Array:
    """Share of the ratings in grids that lie in a grid answered with one rating only, 0-1.

    Parameters
    ----------
    ratings : (n, k)
    grids : positions of the items of each grid; those of fewer than four items are left out

    Returns
    -------
    ndarray (n,)
        NaN for respondents with fewer than six ratings in grids.

    """
    n = len(ratings)
    straight, answers = np.zeros(n), np.zeros(n)
    for grid in grids:
        if len(grid) < LEAST_GRID:
            continue
        lowest, highest, count = np.full(n, np.inf), np.full(n, -np.inf), np.zeros(n)
        for j in grid:
            column = ratings[:, j]
            lowest, highest = np.fmin(lowest, column), np.fmax(highest, column)
            count += ~np.isnan(column)
        straight += np.where((lowest == highest) & (count > 1), count, 0)
        answers += count
    return np.where(answers >= LEAST_RATINGS, straight / np.maximum(answers, 1), np.nan)


@by_chunks
def person_sd(ratings: Array) -> Array:
    """Standard deviation of one respondent's ratings (ddof 1), in the unit of the ratings; NaN below two answers.

    In R: careless::irv.
    """
    n = len(ratings)
    total, count = np.zeros(n), np.zeros(n)
    for column in ratings.T:
        seen = ~np.isnan(column)
        total += np.where(seen, column, 0.0)
        count += seen
    mean = total / np.maximum(count, 1)
    squares = np.zeros(n)
    for column in ratings.T:
        squares += np.nan_to_num(column - mean, nan=0.0) ** 2
    return np.where(count > 1, np.sqrt(squares / np.maximum(count - 1, 1)), np.nan)


def share_above(ratings: Array, bound: Array, items: NDArray[np.int64]) -> Array:
    """Share of one respondent's ratings of some items above a bound per item, 0-1; NaN without an answer."""
    above, count = np.zeros(len(ratings)), np.zeros(len(ratings))
    for j in items.tolist():
        column = ratings[:, j]
        above += column > bound[j]
        count += ~np.isnan(column)
    return np.where(count > 0, above / np.maximum(count, 1), np.nan)


@by_chunks
def agreement_share(ratings: Array, middle: Array, reversed_items: NDArray[np.bool_]) -> Array:
    """Acquiescence: share of ratings above the middle of the scale, whatever the wording, 0-1.

    Items worded one way and the other way round count equally as two sets, so that agreeing with everything gives 1
    and a clear opinion, for or against, gives about one half.

    Parameters
    ----------
    ratings : (n, k)
    middle : (k,) middles of the scales
    reversed_items : (k,) items for which a high rating is bad

    Returns
    -------
    ndarray (n,)
        NaN for respondents without an answer in one of the two sets.

    """
    sets = (np.flatnonzero(~reversed_items), np.flatnonzero(reversed_items))
    return (share_above(ratings, middle, sets[0]) + share_above(ratings, middle, sets[1])) / 2


@by_chunks
def extreme_share(ratings: Array, lo: Array, hi: Array) -> Array:
    """Share of one respondent's ratings at either end of the scale, 0-1; NaN without an answer."""
    ends, count = np.zeros(len(ratings)), np.zeros(len(ratings))
    for column, low, high in zip(ratings.T, lo, hi, strict=True):
        ends += (column == low) | (column == high)
        count += ~np.isnan(column)
    return np.where(count > 0, ends / np.maximum(count, 1), np.nan)


def same_rows(ratings: Array) -> NDArray[np.int64]:
    """How many other respondents gave exactly the same answers, missing ones included; 0 where nothing can be said.

    Rows of fewer than six answers and rows of one rating only are not compared: many people share them by chance.

    Notes
    -----
    Rows are compared by 64-bit numbers made of all their bits; two different rows of a million share one with a
    probability of 3e-8.
    """
    n = len(ratings)
    parts = [_row_codes(ratings[start : start + ROWS]) for start in range(0, max(n, 1), ROWS)]
    code, compared = (np.concatenate([part[i] for part in parts]) for i in (0, 1))
    others = np.zeros(n, dtype=np.int64)
    others[compared] = repeats(code[compared])
    return others


def _row_codes(ratings: Array) -> tuple[NDArray[np.uint64], NDArray[np.bool_]]:
    """A number made of all bits of each row (n,), and whether it is compared with others."""
    n = len(ratings)
    code = np.zeros(n, dtype=np.uint64)
    lowest, highest, count = np.full(n, np.inf), np.full(n, -np.inf), np.zeros(n)
    for j, column in enumerate(ratings.T):
        seen = ~np.isnan(column)
        bits = np.where(seen, column + 0.0, 0.5e-300).view(np.uint64)  # -0 as 0, every NaN as one number
        code = _mixed(code ^ _mixed(bits + np.uint64(j + 1)))
        lowest, highest = np.fmin(lowest, column), np.fmax(highest, column)
        count += seen
    return code, (count >= LEAST_RATINGS) & (lowest < highest)


def repeats(values: NDArray) -> NDArray[np.int64]:
    """How often each value occurs besides here."""
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    return (count - 1)[place.reshape(-1)]


def _mixed(bits: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Spread every bit over all 64 (the finaliser of splitmix64, which is in the public domain)."""
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return bits ^ (bits >> np.uint64(31))


@cache
def perfunctory_words() -> frozenset[str]:
    """The answers that count as perfunctory, in the form `bare` gives; they stand in csi/data/perfunctory.yaml."""
    return frozenset(bare(word) for words in package_yaml("data", "perfunctory.yaml").values() for word in words)


def bare(answer: str) -> str:
    """Letters and digits of an answer, full-width ones made ordinary, in small letters; "" for punctuation only.

    Examples
    --------
    >>> from csi.data.careless import bare
    >>> bare(" 没意见。。。"), bare("Very  good!!"), bare("……")
    ('没意见', 'verygood', '')

    """
    plain = unicodedata.normalize("NFKC", answer).casefold()
    return "".join(character for character in plain if character.isalnum())


def perfunctory_answers(cells: pd.Series, more: Iterable[str] = ()) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which cells of one column of texts were answered, and which of those answers say nothing.

    Parameters
    ----------
    cells : (n,) texts, missing where nothing was written
    more : further answers that count as perfunctory

    Returns
    -------
    answered, perfunctory : (n,) each

    Notes
    -----
    An answer is compared as a whole: "服务很好" is an answer, "很好！" is none. Each different text is looked at once.

    Examples
    --------
    >>> import pandas as pd
    >>> from csi.data.careless import perfunctory_answers
    >>> answered, empty = perfunctory_answers(pd.Series(["没意见", "等了很久", None, "OK!"]))
    >>> answered.tolist(), empty.tolist()
    ([True, True, False, True], [True, False, False, True])

    """
    codes, texts = pd.factorize(cells)
    known = perfunctory_words() | {bare(word) for word in more}
    says_nothing = np.array([not bare(str(text)) or bare(str(text)) in known for text in texts], dtype=bool)
    answered = codes >= 0
    found = np.zeros(len(codes), dtype=bool)
    found[answered] = says_nothing[codes[answered]]
    return answered, found
