"""check_responses: signs of careless or perfunctory answering, shown and never acted upon."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from csi.data.careless import LEAST_GRID, LEAST_RATINGS
from csi.data.codebook import offered
from csi.data.given import SurveyLike, as_survey
from csi.data.response_signs import SIGNS, Questions, Ratings, read_ratings
from csi.data.responses import missing_patterns
from csi.data.survey import Survey
from csi.errors import DataError, OptionError, choose
from csi.estimates import Unknown
from csi.language import LANGUAGES, Note, note, words
from csi.references import references
from csi.results import Check, Result, Table

Array = NDArray[np.float64]

# sign -> what is flagged; None is computed and not flagged, but run and zigzag: half of the longest grid, at least six
LIMITS: dict[str, float | None] = {
    "fast": 1 / 3,
    "fast_item": 2.0,
    "run": None,
    "zigzag": None,
    "straight": 0.5,
    "same_answer": 0.9,
    "person_sd": 5.0,
    "even_odd": None,
    "synonyms": None,
    "antonyms": None,
    "mahalanobis": 0.999,
    "duplicate": 1,
    "repeated_id": 1,
    "perfunctory": 1,
    "attention": 1,
    "acquiescence": 0.9,
    "extreme": 0.9,
    "missing_share": 0.5,
}
BELOW = ("fast", "fast_item", "person_sd", "even_odd", "synonyms")  # flagged below the limit, the others from it on
TOLERATED = 0.05  # a sign that more people show may say more about the questionnaire than about them
SHOWN_PATTERNS = 12
QUANTILES = {"percentile_5": 0.05, "median": 0.5, "percentile_95": 0.95}

_SOURCES = references("curran2016", "meade2012")


@dataclass(frozen=True, eq=False)
class Signs:
    """The signs of n respondents.

    Attributes
    ----------
    values : sign -> (n,) its number, NaN where it cannot be judged
    limits : sign -> limit, for the signs that are flagged
    unjudged : signs the survey does not allow
    """

    values: Mapping[str, Array]
    limits: Mapping[str, float]
    unjudged: tuple[str, ...]

    @cached_property
    def flags(self) -> dict[str, NDArray[np.bool_]]:
        """Sign -> (n,) whether it is flagged; never where it cannot be judged."""
        found = {}
        with np.errstate(invalid="ignore"):
            for sign, limit in self.limits.items():
                value = self.values[sign]
                found[sign] = value < limit if sign in BELOW else value >= limit
        return found

    @cached_property
    def total(self) -> NDArray[np.int64]:
        """(n,) number of flags."""
        n = len(next(iter(self.values.values())))
        return np.sum(list(self.flags.values()), axis=0, dtype=np.int64) if self.flags else np.zeros(n, dtype=np.int64)

    def judged(self, sign: str) -> int:
        """Respondents for whom a sign can be judged."""
        return int((~np.isnan(self.values[sign])).sum())


def check_responses(
    survey: SurveyLike,
    items: Iterable[str] | None = None,
    *,
    texts: Iterable[str] | None = None,
    attention: Mapping[str, Any] | None = None,
    limits: Mapping[str, float | None] | None = None,
) -> Result:
    """Look for signs of careless or perfunctory answering; shares of respondents, 0-1, and one row per respondent.

    Use it before any measure. A flag is a question, not a verdict: flags are shown and drop nobody. Answer by looking
    at the flagged rows, and by comparing the results with and without them; to leave people out, say so yourself with
    a mask such as `result.scores()["n_flags"] < 2`. One sign alone is weak: satisfied customers give many equal
    ratings, busy ones are fast, and who writes "no comment" may have rated with care.

    Parameters
    ----------
    survey : Survey, or a table, Series, dict or file, see `as_survey`
        Its ratings are read in the direction they were asked; the columns with the roles duration, respondent and wave
        are used when the codebook names them; private columns are not looked at.
    items : names of ratings with a scale; all of them when None, apart from the items of `attention`
    texts : names of columns answered in words; all items of kind text when None
    attention : item -> the answer, or list of answers, that shows attention: {"check1": 3}
    limits : sign -> limit instead of the usual one; None computes a sign without flagging it.
        Flagged below the limit: fast (time as a share of the median, 1/3), fast_item (seconds per answered item, 2),
        person_sd (standard deviation of the ratings on the most common scale, in per cent of its length, 5), even_odd
        and synonyms (consistency of two halves of the constructs, and of pairs of items that correlate above .6, up to
        1; no usual limit).
        Flagged from the limit on: run (longest run of one rating in a grid, in items; half of the longest grid and at
        least 6), zigzag (longest run to and fro between two ratings, likewise), straight (share of the ratings in grids
        that stand in a grid answered with one rating, .5), same_answer (share of one rating on the most common scale,
        .9), antonyms (as synonyms, for pairs that correlate below -.6; no usual limit), mahalanobis (share of a
        chi-square distribution below the distance, .999), duplicate (others with exactly the same answers, 1),
        repeated_id (others with the same number in the same wave, 1), perfunctory (share of the answers in words that
        say nothing, 1), attention (checks failed, 1), acquiescence (share of agreeing answers over both directions of
        wording, .9), extreme (share of ratings at the ends of the scale, .9), missing_share (share of the items put
        that were not answered, .5)

    Returns
    -------
    Result
        Table flags: term; the share flagged of the n respondents for whom a sign can be judged, then those with one
        flag or more (any_flag) and with two or more (two_flags). Table flag_counts: the same in respondents.
        flag_limits: the limits used. flag_values: term, kind (percentile_5, median, percentile_95) of each sign,
        flagged or not. missing_patterns: which items are missing together, the twelve most frequent. `scores()`: one
        row per respondent with every sign, distance (squared Mahalanobis distance), SIGN_flag (true or false) and
        n_flags (their number). `check()`: whether a sign is flagged for 5 % or fewer. Standard errors are NaN: these
        are facts about the file, unweighted.

    Raises
    ------
    DataError
        `unknown_items`, `no_ratings`, `items_not_numbers`, `ends_needed`, `texts_not_text`, `private_items`.
    OptionError
        `unknown_option` for a sign that does not exist, `bad_limit`, `attention_answer`.

    Notes
    -----
    A grid is four items or more that follow each other in the questionnaire and have the same ends of scale. Missing
    answers neither end a run nor count; a sign that cannot be judged for a respondent is NaN there and no flag, and
    the notes say which signs the survey does not allow. Formulas: docs/numbers; Curran (2016), Meade, Craig (2012).

    In R: careless (longstring, irv, evenodd with the other sign, psychsyn), mahalanobis().

    Examples
    --------
    >>> import csi
    >>> result = csi.check_responses(csi.load_sample("mobile"))
    >>> result.tidy().set_index("term")["estimate"].round(3)[["fast", "straight", "two_flags"]].to_dict()
    {'fast': 0.036, 'straight': 0.015, 'two_flags': 0.038}
    >>> suspicious = result.scores()["n_flags"] >= 2
    >>> int(suspicious.sum())
    114

    """
    survey = as_survey(survey, "check_responses")
    attention = dict(attention or {})
    names = _rated(survey, items, attention)
    asked = Questions(survey, read_ratings(survey, names), _texts(survey, texts), attention)
    chosen = _limits(limits, asked.ratings)
    _check_names(survey, attention)
    values = {sign: value for sign, of in SIGNS.items() if (value := of(asked)) is not None}
    signs = Signs(
        values=values,
        limits={sign: limit for sign, limit in chosen.items() if limit is not None and sign in values},
        unjudged=tuple(sign for sign in SIGNS if sign not in values and not (sign == "attention" and not attention)),
    )
    n = len(survey)
    return Result(
        title=note("title_responses", data=survey.name, n=n),
        headline="flags",
        notes=(*survey.notes, *_notes(signs)),
        _tables={
            "flags": lambda: _flag_table(signs, n, share=True),
            "flag_counts": lambda: _flag_table(signs, n, share=False),
            "flag_limits": lambda: _terms(signs.limits, n),
            "flag_values": lambda: _value_table(signs),
            "missing_patterns": lambda: _pattern_table(asked.ratings),
        },
        _glance={"n": n, "n_flagged": int((signs.total > 0).sum())},
        _checks=lambda: _checks(signs),
        _scores=lambda: _score_frame(asked, signs),
        _sources=_SOURCES,
    )


def _rated(survey: Survey, items: Iterable[str] | None, attention: Mapping[str, Any]) -> tuple[str, ...]:
    """The ratings to look at, in the order of the questionnaire."""
    book = survey.codebook
    if items is None:
        names = [name for name, item in book.items.items() if item.kind == "rating" and item.scale is not None]
        names = [name for name in names if name not in book.private and name not in attention]
        if not names:
            raise DataError("no_ratings", survey=survey.name)
        return tuple(names)
    wanted = [items] if isinstance(items, str) else list(items)
    survey.matrix(wanted)  # an unknown item or one without numbers stops here
    _check_names(survey, wanted)
    bare = [name for name in wanted if book.items[name].scale is None]
    if bare or not wanted:
        raise DataError("ends_needed", items=bare or ["-"], survey=survey.name, function="check_responses")
    return tuple(name for name in book.items if name in set(wanted))


def _texts(survey: Survey, texts: Iterable[str] | None) -> tuple[str, ...]:
    book = survey.codebook
    if texts is None:
        return tuple(name for name, item in book.items.items() if item.kind == "text" and name not in book.private)
    wanted = [texts] if isinstance(texts, str) else list(texts)
    _check_names(survey, wanted)
    others = [name for name in wanted if book.items[name].kind not in ("text", "category")]
    if others:
        raise DataError("texts_not_text", items=others, survey=survey.name)
    return tuple(wanted)


def _check_names(survey: Survey, names: Iterable[str]) -> None:
    """Refuse items that do not exist or are private."""
    book = survey.codebook
    unknown = [name for name in names if name not in book.items]
    if unknown:
        visible = [name for name in book.items if name not in book.private]
        raise DataError("unknown_items", items=unknown, choices=offered(str(unknown[0]), visible))
    hidden = sum(name in book.private for name in names)
    if hidden:
        options = ["items=", "texts=", "attention="]
        raise DataError("private_items", count=hidden, survey=survey.name, options=options)


def _limits(given: Mapping[str, float | None] | None, ratings: Ratings) -> dict[str, float | None]:
    grids = [len(grid) for grid in ratings.grids if len(grid) >= LEAST_GRID]
    long = float(max(LEAST_RATINGS, -(-max(grids, default=0) // 2)))
    chosen = {**LIMITS, "run": long, "zigzag": long}
    for sign, limit in (given or {}).items():
        choose("limits", sign, tuple(LIMITS))
        if limit is not None:
            number = limit if isinstance(limit, int | float | np.number) and not isinstance(limit, bool) else np.nan
            if not np.isfinite(number):
                raise OptionError("bad_limit", sign=sign, value=limit)
            limit = float(number)
        chosen[sign] = limit
    return chosen


def _flag_table(signs: Signs, n: int, *, share: bool) -> Table:
    terms, counts, judged = [], [], []
    for sign, flag in signs.flags.items():
        terms.append(sign)
        counts.append(int(flag.sum()))
        judged.append(signs.judged(sign))
    for term, least in (("any_flag", 1), ("two_flags", 2)):
        terms.append(term)
        counts.append(int((signs.total >= least).sum()))
        judged.append(n)
    values = np.array(counts, dtype=float)
    if share:
        values = values / np.maximum(judged, 1)
    return Table({"term": terms}, Unknown(values), judged, decimals=3 if share else 0)


def _terms(values: Mapping[str, float], n: int) -> Table:
    return Table({"term": list(values)}, Unknown(np.array(list(values.values()), dtype=float)), n)


def _value_table(signs: Signs) -> Table:
    rows, values, judged = [], [], []
    for sign, value in signs.values.items():
        known = value[~np.isnan(value)]
        if len(known):
            rows += [(sign, kind) for kind in QUANTILES]
            values += np.quantile(known, list(QUANTILES.values())).tolist()
            judged += [len(known)] * len(QUANTILES)
    keys = dict(zip(("term", "kind"), zip(*rows, strict=True), strict=True))
    return Table(keys, Unknown(np.array(values)), judged)


def _pattern_table(ratings: Ratings) -> Table:
    patterns, count = missing_patterns(np.isnan(ratings.raw))
    names = np.array(ratings.names, dtype=object)
    terms = [" · ".join(names[row]) if row.any() else "no_missing" for row in patterns[:SHOWN_PATTERNS]]
    return Table({"term": terms}, Unknown(count[:SHOWN_PATTERNS].astype(float)), len(ratings.raw), decimals=0)


def _notes(signs: Signs) -> tuple[Note, ...]:
    found = [note("responses_facts")]
    unflagged = [_word(sign) for sign in signs.values if sign not in signs.limits]
    if unflagged:
        found.append(note("signs_not_flagged", signs=unflagged))
    if signs.unjudged:
        found.append(note("signs_not_judged", signs=[note(f"unjudged_{sign}") for sign in signs.unjudged]))
    return tuple(found)


def _word(sign: str) -> dict[str, str]:
    """What a sign is called, in both languages."""
    return {language: words(language)[f"terms.{sign}"] for language in LANGUAGES}


def _checks(signs: Signs) -> tuple[Check, ...]:
    lines = []
    for sign, flag in signs.flags.items():
        judged, count = signs.judged(sign), int(flag.sum())
        share = count / max(judged, 1)
        facts = {"count": count, "judged": judged, "share": f"{share:.1%}", "limit": f"{signs.limits[sign]:.3g}"}
        lines.append(Check(sign, share, f"<= {TOLERATED}", share <= TOLERATED, False, facts))
    return tuple(lines)


def _score_frame(asked: Questions, signs: Signs) -> pd.DataFrame:
    columns: dict[str, Any] = {}
    for sign, value in signs.values.items():
        columns[sign] = value
        if sign == "mahalanobis" and asked.ratings.distances is not None:
            columns["distance"] = asked.ratings.distances[0]
    columns |= {f"{sign}_flag": flag for sign, flag in signs.flags.items()}
    return pd.DataFrame({**columns, "n_flags": signs.total}, index=asked.survey.answers.index)
