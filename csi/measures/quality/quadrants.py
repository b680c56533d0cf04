"""score_quadrants: importance against performance in four quadrants, with the quadrants each item may belong to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from csi.data.given import SurveyLike, as_survey
from csi.data.intake import is_table, table_of
from csi.data.survey import Survey
from csi.errors import DataError, OptionError, choose
from csi.estimates import Unknown
from csi.estimation.measured import CSI, Choice, Measure, Sheet, measure
from csi.inference.means import Means
from csi.language import Note, note
from csi.measures.quality.association import METHODS
from csi.measures.quality.item_importance import ImportanceSource, importance_of, scores_of
from csi.measures.quality.label_tables import LEVEL, Tested, labels_frame, replicates_of, some_rows, with_tables
from csi.measures.quality.pairs import check_items
from csi.measures.quality.quadrant_labels import CUTS, QUADRANTS, SIDES, lines, quadrant, quadrant_p, side, side_p
from csi.references import references
from csi.results import Block, Check, Result, Table

if TYPE_CHECKING:
    import pandas as pd

Array = NDArray[np.float64]
FUNCTION = "score_quadrants"
TERMS = ("importance", "performance")
SOURCES = references("martilla1977")


def score_quadrants(
    survey_or_table: SurveyLike,
    performance: Sequence[str] | Mapping[str, str] | None = None,
    *,
    importance: str | Sequence[str] | Mapping[str, str] | Mapping[str, float] = "derived",
    outcome: str | None = None,
    method: str = "correlation",
    cuts: str | float | tuple[str | float, str | float] = "mean",
    by: str | Sequence[str] | None = None,
    inference: str | None = None,
    interval: str | None = None,
    n_boot: int = 5000,
    seed: int = 1,
) -> Result:
    """Importance-performance analysis (four-quadrant model); scores on 0-100, derived importance from -1 to 1.

    Use it to decide where to act first. The lines usually move with the items, so read `list_labels(result)` for the
    quadrants an item may truly lie in, and try other `cuts`.

    Parameters
    ----------
    survey_or_table : Survey, or a table, Series, dict or file, see `as_survey`
        A table with the columns item, importance and performance is a printed one, and so is every table without
        `performance=`: its quadrants have no errors and its own unit; of the other arguments only `cuts` applies.
    performance : list of items, or mapping of name to item
        Ratings of what is judged; each needs a scale in the codebook.
    importance : "derived", list of items, or mapping of name to item or to number
        Derived from `outcome`; stated by respondents in other items; or given as constants.
    outcome : str, optional
        Item, such as overall satisfaction, that derived importance refers to.
    method : {"correlation", "regression"}
        Derived importance: correlation with the outcome, or standardised coefficient of all items together.
    cuts : {"mean", "median", "scale", "diagonal"}, number, or a pair for (importance, performance)
        Lines: mean or median of the items, middle of the scale, a number. "diagonal" asks instead whether performance
        reaches importance, which needs both on one scale.
    by : str or list of str, optional
        Columns that form groups, each with lines of its own.
    inference : {"linearised", "bootstrap", "none"}, optional
        None means linearised.
    interval : {"score", "t", "bca", "percentile"}, optional
        None means the score interval for performance, t for lines, distances and importance, on Fisher's z where it is
        derived (BCa for a bootstrap of a plain design).
    n_boot, seed : int
        Replicates of a bootstrap and of the stability of labels.

    Returns
    -------
    Result
        Tables `quadrants` (item, kind = keep_up | concentrate_here | low_priority | possible_overkill, or improve |
        maintain at the diagonal, term = importance | performance), `labels` (item, kind; the estimate is the stability;
        a quadrant is in the label set at a level when its p_value is above 1 - level), `positions` (item, term;
        `result.covariance("positions")` gives error ellipses), `distances` (item, term; from the lines, whose errors
        count), `lines` (term). `scores()` gives performance of every respondent, 0-100.

    Raises
    ------
    DataError
        `no_scale_for_score`, `constant_items`, `ipa_table`, `items_given_twice`.
    OptionError
        `outcome_needed`, `keys_differ`, `length_differs`, `diagonal_needs_one_scale`, `cut_unknown`, `table_alone`.

    Notes
    -----
    A quadrant is rejected when a distance lies on its wrong side beyond a two-sided interval at the level; distances
    are value minus line, with the covariance of both. Numbers take who answered: performance its item, correlation
    both questions, regression all of them. Weights enter means and correlations. On a line counts as above it.

    In R: points and lines by hand; errors as `survey::svycontrast` of the means.

    Examples
    --------
    >>> import csi
    >>> table = {"item": ["price", "staff"], "importance": [3.3, 2.5], "performance": [2.0, 2.9]}
    >>> csi.score_quadrants(table, cuts="mean").tidy()["kind"].tolist()[::2]
    ['concentrate_here', 'possible_overkill']

    """
    pair = _cuts(cuts)
    if is_table(survey_or_table):
        printed = table_of(survey_or_table, FUNCTION)
        if performance is None or {"item", *TERMS} <= set(printed.columns):
            if performance is not None or outcome is not None or by is not None or importance != "derived":
                raise OptionError("table_alone", function=FUNCTION)
            return _from_table(printed, pair)
    survey = as_survey(survey_or_table, FUNCTION)
    choose("method", method, METHODS)
    if performance is None:
        raise OptionError("performance_needed", function=FUNCTION)
    names, items = _named(performance)
    check_items(survey, FUNCTION, items)
    exact = inference == "bootstrap"
    source = importance_of(survey, FUNCTION, names, items, importance, outcome, method, by, exact)
    question = _question(survey, names, items, source, pair)
    result = measure(question, survey, by=by, choice=Choice(inference, interval, n_boot, seed))
    return _finish(result, _Map(names, pair, source.middle, result, n_boot, seed))


def _cuts(cuts: Any) -> tuple[Any, Any]:
    """Both lines; ("diagonal", "diagonal") for the diagonal."""
    pair = tuple(cuts) if isinstance(cuts, tuple | list) else (cuts, cuts)
    for cut in pair:
        known = cut in CUTS if isinstance(cut, str) else isinstance(cut, int | float) and np.isfinite(cut)
        if not known or len(pair) != 2 or (cut == "diagonal" and pair != ("diagonal", "diagonal")):
            raise OptionError("cut_unknown", value=str(cuts), choices=list(CUTS))
    return pair


def _named(performance: Sequence[str] | Mapping[str, str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if isinstance(performance, Mapping):
        return tuple(performance), tuple(performance.values())
    items = (performance,) if isinstance(performance, str) else tuple(performance)
    return items, items


def _question(
    survey: Survey, names: Sequence[str], items: Sequence[str], source: ImportanceSource, pair: tuple[Any, Any]
) -> Measure:
    count, diagonal = len(names), pair[0] == "diagonal"
    if (diagonal and source.kind in METHODS) or (pair[0] == "scale" and source.kind != "stated"):
        raise OptionError("diagonal_needs_one_scale", cut=pair[0], kind=source.kind)
    own = scores_of(survey, items)

    def evaluate(domain: Means, _: Means) -> dict[str, Array]:
        performs, matters = domain.mean[:count], source.evaluate(domain.mean[count:])
        found = {"importance": matters, "performance": performs}
        if diagonal:
            return found | {"gap": performs - matters}
        cut = lines(matters, performs, pair, source.middle)
        return found | {"lines": cut, "from_importance": matters - cut[0], "from_performance": performs - cut[1]}

    def rows(blocks: Mapping[str, str]) -> tuple[Block, ...]:
        return tuple(
            Block(block, [(name, term)], [k], count) for k, name in enumerate(names) for block, term in blocks.items()
        )

    distances = {"gap": "gap"} if diagonal else {"from_importance": "importance", "from_performance": "performance"}
    sheets = {"positions": Sheet(("item", "term"), rows(dict(zip(TERMS, TERMS, strict=True))), decimals=3)}
    sheets["distances"] = Sheet(("item", "term"), rows(distances), decimals=3, tested=True)
    if not diagonal:
        sheets["lines"] = Sheet(("term",), (Block("lines", [(term,) for term in TERMS]),), decimals=3)
    first = list(range(count))
    second = first if source.kind == "given" else [count + k for k in first]
    scored = partial(_scores_frame, names, own)
    return Measure(
        function=FUNCTION,
        title=note("title_quadrants", data=survey.name, items=count),
        columns=np.concatenate([own.T, source.columns.T]).T,
        evaluate=evaluate,
        sheets=sheets,
        scales={"performance": "mean"} | ({"importance": "correlation"} if source.kind in METHODS else {}),
        ends=np.where(np.arange(count + source.columns.shape[1]) < count, [[0.0], [100.0]], np.nan),
        counted={"performance": first, "importance": second, "from_performance": first, "from_importance": second,
                 "gap": first},
        notes=(*source.remarks, _cut_note(pair), note("quadrant_labels")),
        scores=scored,
        sources=SOURCES,
        names=[*items, *source.names],
    )  # fmt: skip


def _cut_note(pair: tuple[Any, Any]) -> Note:
    if pair[0] == "diagonal":
        return note("cut_diagonal")
    words = [note(f"cut_{cut}") if isinstance(cut, str) else f"{cut:g}" for cut in pair]
    return note("cut_lines", importance=words[0], performance=words[1])


def _scores_frame(names: Sequence[str], own: Array) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(own, columns=list(names))


class _Map:
    """Tables that follow from positions and lines once these are estimated."""

    def __init__(
        self, names: Sequence[str], pair: tuple[Any, Any], middle: Array, result: Result, n_boot: int, seed: int
    ) -> None:
        self.pair, self.middle, self.n_boot, self.seed = pair, middle, n_boot, seed
        self.positions, self.distances = (partial(result.table, name) for name in ("positions", "distances"))
        found = result.table("positions")
        groups = list(dict.fromkeys(found.keys.get("group", ("",))))
        place = {row: i for i, row in enumerate(found.rows())}
        self.places: list[list[int]] = []  # row numbers of each group, item by item
        self.left_out: list[str] = []
        for group in groups:
            rows = [
                ((group, name, term) if "group" in found.keys else (name, term)) for name in names for term in TERMS
            ]
            if all(row in place for row in rows):
                self.places.append([place[row] for row in rows])
            else:
                self.left_out.append(group or "-")

    @property
    def labels_of(self) -> tuple[str, ...]:
        """Names of the classes."""
        return SIDES if self.pair[0] == "diagonal" else QUADRANTS

    def numbers(self, values: Array) -> NDArray[np.int64]:
        """Class numbers (rows / 2, b) from positions (rows, b), group by group."""
        found = []
        for places in self.places:
            matters, performs = values[places[::2]], values[places[1::2]]
            if self.pair[0] == "diagonal":
                found.append(side(performs - matters))
            else:
                cut = lines(matters, performs, self.pair, self.middle)
                found.append(quadrant(matters - cut[0], performs - cut[1]))
        return np.concatenate(found)

    def decided(self) -> Table:
        """Positions with the class of each item."""
        table = self.positions()
        kinds = [self.labels_of[k] for k in self.numbers(table.uncertainty.estimate[:, None])[:, 0]]
        rows = [i for places in self.places for i in places]
        keys = {name: [values[i] for i in rows] for name, values in table.keys.items()}
        term = keys.pop("term")
        return some_rows(table, rows, keys | {"kind": [kind for kind in kinds for _ in TERMS], "term": term})

    def labels(self) -> Table:
        """Stability of every class of every item, and the p-value that the item truly lies in it."""
        table, distances = self.positions(), self.distances()
        draws = self.numbers(replicates_of(table.uncertainty, self.n_boot or 5000, self.seed))
        count = len(self.labels_of)
        stability = np.array([(draws == k).mean(axis=1) for k in range(count)]).T
        error, df = distances.uncertainty.std_error, float(getattr(distances.uncertainty, "df", np.inf))
        place = {row: i for i, row in enumerate(distances.rows())}
        owners = [table.rows()[i][:-1] for places in self.places for i in places[::2]]
        terms = ("gap",) if count == 2 else TERMS
        at = np.array([[place[(*owner, term)] for owner in owners] for term in terms])
        moved, spread = distances.uncertainty.estimate[at], error[at]
        p = side_p(moved[0], spread[0], df) if count == 2 else quadrant_p(moved, spread, df)
        n = np.asarray(distances.n)[at].min(axis=0)
        rows = [(*owner, kind) for owner in owners for kind in self.labels_of]
        names = [*list(table.keys)[:-1], "kind"]
        return Table(
            dict(zip(names, zip(*rows, strict=True), strict=True)), Tested(stability.ravel(), p.ravel()),
            np.repeat(n, count).tolist(), tested=True,
        )  # fmt: skip


def _finish(result: Result, found: _Map) -> Result:
    """Add quadrants, labels and what to doubt of them."""
    tables: dict[str, Callable[[], Table]] = {"quadrants": found.decided}
    if result.glance()["inference"][0] != "none":
        tables["labels"] = found.labels
    remarks = [note("quadrant_groups_left", groups=found.left_out)] if found.left_out else []
    result = with_tables(result, tables, "quadrants")
    checks = partial(_checks, result, result._checks)
    return replace(result, notes=(*result.notes, *remarks), _checks=checks, _built={})


def _checks(result: Result, before: Callable[[], tuple[Check, ...]]) -> tuple[Check, ...]:
    """Items whose quadrant chance may have chosen."""
    lines_ = list(before())
    if "labels" in result.tables:
        frame = labels_frame(result)
        unsure = frame[frame["labels"].str.contains("|", regex=False)]
        shown = [_shown(row) for row in unsure.to_dict("records")] or ["-"]
        facts = {"count": len(unsure), "all": len(frame), "items": shown, "level": f"{LEVEL:.0%}"}
        lines_.append(Check("quadrants_distinct", len(unsure), "= 0", unsure.empty, False, facts))
    return tuple(lines_)


def _shown(row: Mapping[str, Any]) -> Note:
    name = " · ".join(str(row[key]) for key in ("group", "item") if key in row)
    return note("label_set", item=name, labels=[note(f"label_{kind}") for kind in row["labels"].split("|")])


def _from_table(frame: pd.DataFrame, pair: tuple[Any, Any]) -> Result:
    """Quadrants of a printed table, without errors."""
    lacking = [name for name in ("item", *TERMS) if name not in frame.columns]
    if lacking:
        raise DataError("ipa_table", function=FUNCTION, columns=lacking, choices=[str(name) for name in frame.columns])
    names = [str(name) for name in frame["item"]]
    again = sorted({name for name in names if names.count(name) > 1})
    if again or not names:
        raise DataError("items_given_twice", function=FUNCTION, items=again or ["-"])
    try:
        values = np.array([frame[term].to_numpy(dtype=float) for term in TERMS])
    except (TypeError, ValueError):
        values = np.full((2, len(names)), np.nan)
    if not np.isfinite(values).all():
        strange = [names[i] for i in np.flatnonzero(~np.isfinite(values).all(axis=0))]
        raise DataError("ipa_numbers", function=FUNCTION, items=strange)
    if "scale" in pair:
        raise OptionError("diagonal_needs_one_scale", cut="scale", kind="given")
    rows = [(name, term) for name in names for term in TERMS]
    keys = dict(zip(("item", "term"), zip(*rows, strict=True), strict=True))
    tables = {"positions": lambda: Table(keys, Unknown(values.T.ravel()), 0)}
    middle = np.full(2, np.nan)
    diagonal = pair[0] == "diagonal"
    cut = np.zeros(2) if diagonal else lines(values[0][:, None], values[1][:, None], pair, middle)[:, 0]
    moved = values[1] - values[0] if diagonal else (values - cut[:, None]).T.ravel()
    apart = {"item": names, "term": ["gap"] * len(names)} if diagonal else keys
    tables["distances"] = lambda: Table(apart, Unknown(moved), 0)
    if not diagonal:
        tables["lines"] = lambda: Table({"term": list(TERMS)}, Unknown(cut), 0)
    facts = {"n": 0, "n_eff": np.nan, "inference": "none", "interval": "", "n_boot": 0, "n_failed": 0}
    result = Result(
        note("title_quadrants", data=note("printed_table"), items=len(names)), "positions",
        (note("quadrants_without_errors"), _cut_note(pair)), tables, facts, lambda: (), None, (*SOURCES, CSI),
    )  # fmt: skip
    return _finish(result, _Map(names, pair, middle, result, 0, 1))
