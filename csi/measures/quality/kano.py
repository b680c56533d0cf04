"""score_kano: what kind of quality each feature is, by Kano's pair of questions, and how sure that is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache, partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from csi.data.given import SurveyLike, as_survey
from csi.data.survey import Survey
from csi.errors import OptionError, choose
from csi.estimation.measured import Choice, Measure, Sheet, measure
from csi.inference.means import Means
from csi.language import Note, note
from csi.measures.quality.kano_answers import read_answers
from csi.measures.quality.kano_numbers import (
    CATEGORIES,
    CATEGORY_STRENGTH,
    RULES,
    TABLES,
    TOTAL_STRENGTH,
    I,
    better,
    category_strength,
    classify,
    indicators,
    scores,
    total_strength,
    worse,
)
from csi.measures.quality.kano_tables import SIDES, KanoTables
from csi.measures.quality.label_tables import (
    LEVEL,
    labels_frame,
    with_tables,
)
from csi.measures.quality.pairs import Items, check_items, check_keys, pair_items
from csi.references import references
from csi.results import Block, Check, Result, Table

if TYPE_CHECKING:
    import pandas as pd

Array = NDArray[np.float64]
FUNCTION = "score_kano"
SOURCES = references("kano1984", "berger1993")


def score_kano(
    survey: SurveyLike,
    functional: Items,
    dysfunctional: Items,
    *,
    table: str = "berger",
    importance: Items | None = None,
    answers: Mapping[Any, str] | None = None,
    rule: str = "mode",
    by: str | Sequence[str] | None = None,
    inference: str | None = None,
    interval: str | None = None,
    n_boot: int = 5000,
    seed: int = 1,
) -> Result:
    """Classify features by Kano's pair of questions; shares and coefficients on 0 to 1.

    Use it to tell what delights from what is taken for granted. Read `list_labels(result)` before acting: with few
    respondents most features could belong to two classes.

    Parameters
    ----------
    survey : Survey, or a table, Series, dict or file, see `as_survey`
        Its weights, strata, clusters and raking count.
    functional, dysfunctional : list of items, or mapping of feature to item
        "How do you feel if the feature is there" and "if it is not". Lists are paired by position, and features are
        then called by their functional item.
    table : {"berger", "pouliot"}
        Evaluation table; "pouliot" calls (expect, expect) and (live with, live with) questionable.
    importance : list of items, or mapping of feature to item, optional
        Self-stated importance of the features, any scale.
    answers : mapping of answer to {"like", "expect", "neutral", "live_with", "dislike"}, optional
        What the stored answers mean. None reads the labels of the scale in the codebook, and takes 1-5 as "like" to
        "dislike" where there are none.
    rule : {"mode", "sums", "strength"}
        Which category is printed: the most frequent one; the most frequent of the larger of A + O + M and I + R + Q;
        the first of M, O, A, I within 6 points of the most frequent one. Ties: M > O > A > I > R > Q.
    by : str or list of str, optional
        Columns that form segments; table `segments` then tests whether they differ.
    inference : {"linearised", "bootstrap", "none"}, optional
        None means linearised.
    interval : {"score", "wilson", "t", "bca", "percentile"}, optional
        None means Wilson's form for shares, better and worse.
    n_boot, seed : int
        Replicates of a bootstrap and of the stability of labels.

    Returns
    -------
    Result
        Tables `category` (item, kind = the category; its share), `category_shares` (item, kind = all six),
        `better_worse` (item, term = better | worse; worse is negative), `strength` (item, term = total_strength |
        category_strength), `category_rules` (item, term = mode | sums | strength | continuous, kind; share of the
        category that each rule names), `labels` (item, kind; the estimate is the stability, the share of replicates
        that choose it; a category is in the label set at a level when its p_value is above 1 - level), `continuous`
        (item, term = functional | dysfunctional), `stated_importance` (item), `segments` (item; Wald statistic of
        equal shares), `replication` (item, term = fong_difference | fong_critical | chi_square). `scores()` names
        every respondent's categories.

    Raises
    ------
    DataError
        `kano_outside`: answers outside the five, with values and counts; `kano_labels_unclear`; `unpaired_items`.
    OptionError
        Unknown table, rule or meaning of an answer.

    Notes
    -----
    better = (A + O) / (A + O + M + I), worse = -(O + M) / (A + O + M + I) (Timko). Labels: z = |a - b| / sqrt(a + b) of
    each count against the largest, on the effective counts of the design. Fong's test is for replication only: it
    rejects twice as often as it says. A respondent without one of a feature's two answers does not count for it.
    Continuous scores leave out reverse and questionable pairs (DuMouchel).

    In R: the counts of package kano; the standard errors by `survey::svymean` and `svyratio`.

    Examples
    --------
    >>> import csi
    >>> survey = csi.Survey.from_frame({"yes": [1, 1, 1, 1, 1, 3], "no": [5, 5, 5, 3, 2, 3]})
    >>> kano = csi.score_kano(survey, {"lift": "yes"}, {"lift": "no"})
    >>> kano.tidy("better_worse")["estimate"].round(3).tolist()
    [0.833, -0.5]

    """
    survey = as_survey(survey, FUNCTION)
    choose("table", table, tuple(TABLES))
    choose("rule", rule, RULES)
    names, first, second = _pairs(survey, functional, dysfunctional)
    stated = _stated(survey, names, importance)
    answered, remarks = read_answers(survey, first, second, answers)
    category = classify(*answered, TABLES[table])
    choice = Choice(inference, interval, n_boot, seed)
    pairs = [f"{a} + {b}" for a, b in zip(first, second, strict=True)]
    question = _question(survey, names, pairs, category, rule, table, remarks)
    result = measure(question, survey, by=by, choice=choice)
    kano = KanoTables(names, rule, n_boot, seed, result)
    tables: dict[str, Callable[[], Table]] = {"category": partial(kano.decided, rule), "category_rules": kano.rules}
    kano.more = cache(partial(_continuous, survey, names, answered, category, stated, by, choice))
    if kano.meaningful:
        tables |= {"better_worse": kano.coefficients, "continuous": partial(kano.asked_later, "continuous")}
    if stated:
        tables["stated_importance"] = partial(kano.asked_later, "stated_importance")
    if result.glance()["inference"][0] != "none":
        tables["labels"] = kano.labels
        if "group" in result.table("category_shares").keys:
            tables["segments"] = kano.segments
    if survey.design().equal:
        tables["replication"] = kano.replication
    result = with_tables(result, tables, "category")
    own = partial(_checks, result, result._checks)
    order = ("category", "labels", "better_worse", "category_shares", "strength")
    ordered = {name: result._tables[name] for name in (*order, *result._tables) if name in result._tables}
    return replace(result, _tables=ordered, _checks=own, _built={})


def _pairs(
    survey: Survey, functional: Items, dysfunctional: Items
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    names, first, second = pair_items(survey, FUNCTION, "functional", "dysfunctional", functional, dysfunctional)
    return (names if isinstance(functional, Mapping) else first), first, second


def _stated(survey: Survey, names: Sequence[str], importance: Items | None) -> tuple[str, ...]:
    """Items of self-stated importance in the order of the features."""
    if importance is None:
        return ()
    if isinstance(importance, Mapping):
        check_keys("importance", importance, names)
        return check_items(survey, FUNCTION, [importance[name] for name in names])
    items = check_items(survey, FUNCTION, importance)
    if len(items) != len(names):
        raise OptionError("length_differs", option="importance", count=len(items), expected=len(names))
    return items


def _question(
    survey: Survey, names: Sequence[str], pairs: Sequence[str], category: Array, rule: str, table: str,
    remarks: Sequence[Note],
) -> Measure:  # fmt: skip
    count = len(names)

    def evaluate(domain: Means, _: Means) -> dict[str, Array]:
        shares = domain.mean.reshape(count, 6, -1)
        return {
            "shares": domain.mean, "better": better(shares), "worse": worse(shares),
            "total_strength": total_strength(shares), "category_strength": category_strength(shares),
        }  # fmt: skip

    every = [6 * k for k in range(count)]
    features = [(name,) for name in names]
    kinds = [(name, kind) for name in names for kind in CATEGORIES]

    meaningful = bool(_meaningful(survey, category).any())

    def terms(*words: str) -> tuple[Block, ...]:
        return tuple(Block(word, [(*row, word) for row in features]) for word in words)

    sheets = {
        "category_shares": Sheet(("item", "kind"), (Block("shares", kinds),), decimals=3),
        "strength": Sheet(("item", "term"), terms("total_strength", "category_strength"), decimals=3),
    }
    if meaningful:
        sheets["better_worse"] = Sheet(("item", "term"), terms("better", "worse"), decimals=3)
    else:
        remarks = (*remarks, note("kano_nothing_meant"))
    return Measure(
        function=FUNCTION,
        title=note("title_kano", data=survey.name, features=count),
        columns=indicators(category),
        evaluate=evaluate,
        sheets=sheets,
        scales={"shares": "share", "better": "share", "worse": "share", "total_strength": "share"},
        counted={"shares": list(range(6 * count))}
        | dict.fromkeys(("better", "worse", "total_strength", "category_strength"), every),
        notes=(*remarks, note(f"kano_table_{table}"), note(f"kano_rule_{rule}"), note("kano_labels")),
        scores=partial(_scores, names, category),
        sources=SOURCES,
        names=[pair for pair in pairs for _ in CATEGORIES],
    )


def _meaningful(survey: Survey, category: Array) -> NDArray[np.bool_]:
    """(K,) features that somebody who counts answered with A, O, M or I."""
    weight = survey.design().weight
    return (category <= I if weight is None else (category <= I)[weight > 0]).any(axis=0)


def _scores(names: Sequence[str], category: Array) -> pd.DataFrame:
    import pandas as pd

    words = np.array([*CATEGORIES, None], dtype=object)
    cells = np.where(np.isnan(category), 6, category).astype(np.intp)
    return pd.DataFrame(words[cells], columns=list(names))


def _continuous(
    survey: Survey, names: Sequence[str], answered: tuple[Array, Array], category: Array, stated: Sequence[str],
    by: str | Sequence[str] | None, choice: Choice,
) -> Result:  # fmt: skip
    """DuMouchel's scores and stated importance, estimated when they are asked for."""
    first, second = scores(*answered, category)
    scored = np.flatnonzero(_meaningful(survey, category))
    columns = [first[:, scored], second[:, scored], *([survey.matrix(stated)] if stated else [])]
    edges = np.cumsum([0, *(part.shape[1] for part in columns)])
    blocks = (*SIDES, "stated")[: len(columns)]
    places = {name: list(range(edges[k], edges[k + 1])) for k, name in enumerate(blocks)}

    def evaluate(domain: Means, _: Means) -> dict[str, Array]:
        return {name: domain.mean[place] for name, place in places.items()}

    some = [names[k] for k in scored]
    parts = tuple(Block(word, [(name, word) for name in some]) for word in SIDES)
    sheets = {"continuous": Sheet(("item", "term"), parts, decimals=2)} if some else {}
    if stated:
        sheets["stated_importance"] = Sheet(("item",), (Block("stated", [(name,) for name in names]),), decimals=2)
    question = Measure(
        FUNCTION, note("title_kano", data=survey.name, features=len(names)), np.hstack(columns), evaluate, sheets,
        counted=places, names=[*some, *some, *stated], need=0,
    )  # fmt: skip
    return measure(question, survey, by=by, choice=choice.unbounded())


def _checks(result: Result, before: Callable[[], tuple[Check, ...]]) -> tuple[Check, ...]:
    """Labels that chance may have chosen, features that mean little, answers that contradict themselves."""
    lines = list(before())
    if "labels" in result.tables:
        frame = labels_frame(result)
        open_ones = frame[frame["labels"].str.contains("|", regex=False)]
        shown = [_shown(row) for row in open_ones.to_dict("records")] or ["-"]
        lines.append(
            Check("kano_distinct", len(open_ones), "= 0", not len(open_ones), False,
                  {"count": len(open_ones), "all": len(frame), "items": shown, "level": f"{LEVEL:.0%}"})
        )  # fmt: skip
    for name, table, column, word, bound, below in (
        ("kano_strength", "strength", "term", "total_strength", TOTAL_STRENGTH, True),
        ("kano_category_strength", "strength", "term", "category_strength", CATEGORY_STRENGTH, True),
        ("kano_questionable", "category_shares", "kind", "questionable", 0.05, False),
    ):
        tidy = result.tidy(table)
        tidy = tidy[tidy[column] == word]
        bad = tidy[tidy["estimate"] < bound] if below else tidy[tidy["estimate"] > bound]
        worst = float(tidy["estimate"].min() if below else tidy["estimate"].max())
        keys = [key for key in ("group", "item") if key in tidy]
        shown = [" · ".join(row) for row in bad[keys].itertuples(index=False)] or ["-"]
        facts = {"items": shown, "worst": worst, "bound": bound}
        lines.append(Check(name, worst, f"{'>=' if below else '<='} {bound}", bad.empty, False, facts))
    return tuple(lines)


def _shown(row: Mapping[str, Any]) -> Note:
    name = " · ".join(str(row[key]) for key in ("group", "item") if key in row)
    return note("label_set", item=name, labels=[note(f"label_{kind}") for kind in row["labels"].split("|")])
