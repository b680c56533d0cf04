"""Plain counts of what was answered: ratings, missing answers by reason and together, how alike one's answers are."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from csi.data.codebook import REASONS
from csi.data.survey import Survey

CLASSES = 10
ROWS = 8192  # respondents looked at together


def rating_counts(survey: Survey, items: Iterable[str]) -> pd.DataFrame:
    """Count how often each rating was given, in the direction it was asked.

    Parameters
    ----------
    survey : its weights count in `share`
    items : names of items with a scale

    Returns
    -------
    DataFrame
        One row per item and point of its scale: item, low, high (equal but for scales of more than 11 points, which
        are counted in ten classes of equal width), count (respondents), share (of those who answered, weighted, 0-1;
        NaN where nobody did), n (respondents who answered).

    Raises
    ------
    DataError
        Those of `Survey.matrix` and `Survey.design`.

    Notes
    -----
    Missing answers count nowhere. Respondents of weight 0 count in `count` and not in `share`.

    Examples
    --------
    >>> import csi
    >>> from csi.data.responses import rating_counts
    >>> counts = rating_counts(csi.load_sample("tiny"), ["s1"])
    >>> counts[counts["count"] > 0][["low", "count"]].to_numpy().tolist()
    [[4.0, 2.0], [5.0, 1.0], [6.0, 2.0], [7.0, 1.0], [8.0, 3.0], [9.0, 2.0], [10.0, 1.0]]

    """
    names = list(items)
    survey.matrix(names)  # an unknown item or one without numbers stops here
    design = survey.design()
    weight = np.ones(len(survey)) if design.weight is None else design.weight
    parts = []
    for name in names:
        scale = survey.codebook.items[name].scale
        values = survey.answers[name].to_numpy(dtype=float)
        answered = ~np.isnan(values)
        low, high, place = _classes(scale, values[answered])
        counts = np.bincount(place, minlength=len(low))
        weighted = np.bincount(place, weights=weight[answered], minlength=len(low))
        total = weighted.sum()
        share = weighted / total if total > 0 else np.full(len(low), np.nan)
        parts.append(
            pd.DataFrame({"item": name, "low": low, "high": high, "count": counts, "share": share, "n": answered.sum()})
        )
    return pd.concat(parts, ignore_index=True)


def _classes(scale: object, values: NDArray[np.float64]) -> tuple[NDArray, NDArray, NDArray[np.int64]]:
    """Ends of the classes of a scale, and the class of each value."""
    points = scale.points
    if 0 < len(points) <= CLASSES + 1:
        place = np.rint((values - scale.lo) / scale.step).astype(np.int64)
        return points, points, place
    edges = np.linspace(scale.lo, scale.hi, CLASSES + 1)
    return edges[:-1], edges[1:], np.clip(np.searchsorted(edges, values, side="right") - 1, 0, CLASSES - 1)


def missing_counts(survey: Survey, items: Iterable[str]) -> pd.DataFrame:
    """Count missing answers by item and reason.

    Parameters
    ----------
    survey : its weights do not count: these are facts about the file
    items : names of items

    Returns
    -------
    DataFrame
        One row per item and reason that occurs among the items: item, reason, count (respondents), share (of all, 0-1).

    Raises
    ------
    DataError
        `unknown_items`.

    Examples
    --------
    >>> from csi.data.survey import Survey
    >>> from csi.data.responses import missing_counts
    >>> missing_counts(Survey.from_frame({"q1": ["7", "不知道", ""]}), ["q1"])[["reason", "count"]].to_numpy().tolist()
    [['blank', 1], ['dont_know', 1]]

    """
    names = list(items)
    survey.scale_ends(names)  # an unknown item stops here
    reasons = survey.reasons[names].to_numpy()
    counts = np.stack([(reasons == i).sum(axis=0) for i in range(len(REASONS))])
    occurring = [i for i in range(1, len(REASONS)) if counts[i].any()]
    rows = [(name, REASONS[i], int(counts[i, j])) for j, name in enumerate(names) for i in occurring]
    found = pd.DataFrame(rows, columns=["item", "reason", "count"])
    return found.assign(share=found["count"] / len(survey))


def same_answer_share(survey: Survey, items: Iterable[str]) -> NDArray[np.float64]:
    """Share of each respondent's ratings that are the same rating, as asked; 1 is straight-lining.

    Parameters
    ----------
    survey : its weights do not count
    items : names of numeric items; ratings on other scales should not be mixed with them

    Returns
    -------
    ndarray (n,)
        Most frequent rating among the answered items, as a share 0-1; NaN for fewer than two answers.

    Raises
    ------
    DataError
        `unknown_items`, `items_not_numbers`.

    Examples
    --------
    >>> from csi.data.survey import Survey
    >>> from csi.data.responses import same_answer_share
    >>> survey = Survey.from_frame({"q1": [3, 1, None], "q2": [3, 2, 5], "q3": [3, 2, None]})
    >>> same_answer_share(survey, ["q1", "q2", "q3"]).round(2).tolist()
    [1.0, 0.67, nan]

    """
    names = list(items)
    survey.matrix(names)
    answers = survey.answers
    columns = [answers[name].to_numpy(dtype=float) for name in names]
    chunks = (slice(start, start + ROWS) for start in range(0, max(len(survey), 1), ROWS))
    return np.concatenate([_same_share(np.column_stack([column[rows] for column in columns])) for rows in chunks])


def _same_share(ratings: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n,) share of the most frequent rating among those of each row, NaN for fewer than two."""
    values = np.ascontiguousarray(np.sort(ratings, axis=1).T).T  # NaN last
    answered = (~np.isnan(values)).sum(axis=1)
    longest = np.zeros(len(values), dtype=np.int64)
    run = np.zeros(len(values), dtype=np.int64)
    for j in range(values.shape[1]):
        same = values[:, j] == values[:, j - 1] if j else np.zeros(len(values), dtype=bool)
        run = np.where(same, run + 1, 1) * ~np.isnan(values[:, j])
        longest = np.maximum(longest, run)
    return np.where(answered > 1, longest / np.maximum(answered, 1), np.nan)


def missing_patterns(missing: NDArray[np.bool_]) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """The different rows of a table of missing answers and how often each occurs, the most frequent first.

    Parameters
    ----------
    missing : (n, k), true where an answer is missing

    Returns
    -------
    patterns : (m, k), one pattern a row; equally frequent ones in the order they first occur
    count : (m,) respondents

    Examples
    --------
    >>> import numpy as np
    >>> from csi.data.responses import missing_patterns
    >>> patterns, count = missing_patterns(np.array([[False, True], [False, False], [False, True]]))
    >>> patterns.tolist(), count.tolist()
    ([[False, True], [False, False]], [2, 1])

    """
    n, k = missing.shape
    codes = np.zeros(n, dtype=np.int64)
    for start in range(0, k, 32):  # 32 items in one number; the numbers of all parts are counted through together
        part = missing[:, start : start + 32]
        word = part @ (np.int64(1) << np.arange(part.shape[1], dtype=np.int64))
        word = pd.factorize(word)[0]
        codes = pd.factorize(codes * (word.max(initial=0) + 1) + word)[0]
    count = np.bincount(codes)
    first = np.full(len(count), n)
    np.minimum.at(first, codes, np.arange(n))
    order = np.argsort(-count, kind="stable")
    return missing[first[order]], count[order]
