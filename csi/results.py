"""What every function that computes gives back: an Estimate or a Result, frozen, as long tables with named columns."""

from __future__ import annotations

import numbers
import pickle
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from csi.errors import DataError, EstimationError, OptionError
from csi.estimates import Estimate, Uncertainty
from csi.kept import kept, let_go, same
from csi.language import Note, pick, say
from csi.views import html_view, public_names, text_view

if TYPE_CHECKING:
    import pandas as pd

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Table:
    """One long table before it becomes a DataFrame: keys, estimates with their uncertainty, respondents.

    Attributes
    ----------
    keys : column name to k values
    uncertainty : of the k estimates
    n : respondents, one number or k
    tested : whether 0 is a hypothesis worth a p-value
    decimals : digits a person sees
    """

    keys: Mapping[str, Sequence[str]]
    uncertainty: Uncertainty
    n: int | Sequence[int]
    tested: bool = False
    decimals: int = 3

    def rows(self) -> list[tuple[str, ...]]:
        """The keys, row by row."""
        return list(zip(*self.keys.values(), strict=True))

    @cached_property
    def p_value(self) -> Array:
        """(k,) two-sided p-values of 0, the same at every level; some are searched for and take a while."""
        return self.uncertainty.p_value()

    def frame(self, level: float) -> pd.DataFrame:
        """Keys, estimate, std_error, lower, upper, (p_value,) n."""
        import pandas as pd

        lower, upper = self.uncertainty.interval(level)
        columns: dict[str, Any] = {name: list(values) for name, values in self.keys.items()}
        columns |= {"estimate": self.uncertainty.estimate, "std_error": self.uncertainty.std_error}
        columns |= {"lower": lower, "upper": upper}
        if self.tested:
            columns["p_value"] = self.p_value
        columns["n"] = np.broadcast_to(np.asarray(self.n), len(lower)).copy()
        return pd.DataFrame(columns)


@dataclass(frozen=True)
class Block:
    """Rows of a table that come from one array of numbers.

    Attributes
    ----------
    numbers : name of the array
    rows : keys of the rows
    positions : which number each row shows, one after the other when None
    size : how many numbers a group has, as many as rows when None
    """

    numbers: str
    rows: Sequence[tuple[str, ...]]
    positions: Sequence[int] | None = None
    size: int | None = None


@dataclass(frozen=True)
class Check:
    """One line of `Result.check()`.

    Attributes
    ----------
    check : name of the check, a key of `checks` in the words
    value : what was found
    rule : what would pass, in symbols
    ok : whether it passed
    inadmissible : whether a failure makes the solution inadmissible, so that `strict=True` raises
    values : facts for the sentence that says what it means
    """

    check: str
    value: Any
    rule: str
    ok: bool
    inadmissible: bool = False
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def meaning(self) -> str:
        """The sentence that teaches how to read it, in the current language."""
        return say(f"checks.{self.check}.{'ok' if self.ok else 'bad'}", **self.values)

    def __str__(self) -> str:
        return self.meaning


@dataclass(frozen=True, eq=False)
class Result:
    """What a fit gives back: named long tables, one row per fit, one row per respondent, checks and notes.

    `tidy()` is the headline table, `tidy(name)` or `result[name]` any other, `tables` their names (which notebooks
    complete after `result["`); `glance()` one row per fit, `scores()` one row per respondent, `check()` what to doubt,
    `notes` every fact worth knowing. Tables are computed when asked for. The printed view pivots and rounds; the
    tables never do.

    Attributes
    ----------
    title : what was estimated
    headline : name of the headline table
    notes : facts about the data and the estimate, sentences in the current language when printed
    """

    title: Note
    headline: str
    notes: tuple[Note, ...]
    _tables: Mapping[str, Callable[[], Table]] = field(repr=False)
    _glance: Mapping[str, Any] = field(repr=False)
    _checks: Callable[[], tuple[Check, ...]] = field(repr=False)
    _scores: Callable[[], pd.DataFrame] | None = field(default=None, repr=False)
    _sources: tuple[Mapping[str, str], ...] = field(default=(), repr=False)
    _regressions: Callable[[], Mapping[str, Callable[[], Any]]] | None = field(default=None, repr=False)
    _built: dict[str, Table] = field(default_factory=dict, repr=False)

    @property
    def statistic(self) -> str:
        """Which of several statistics its tables hold; empty where there is but one."""
        return str(self._glance.get("statistic", ""))

    @property
    def tables(self) -> tuple[str, ...]:
        """Names of the tables, the headline first."""
        return (self.headline, *(name for name in self._tables if name != self.headline))

    def table(self, name: str | None = None) -> Table:
        """The table `name` (the headline when None) with its uncertainty; built once."""
        name = self.headline if name is None else name
        if name not in self._tables:
            raise OptionError("unknown_table", table=name, choices=list(self.tables))
        if name not in self._built:
            self._built[name] = self._tables[name]()
        return self._built[name]

    def tidy(self, table: str | None = None, level: float = 0.95) -> pd.DataFrame:
        """One long table: keys, then estimate, std_error, lower, upper, (p_value,) n.

        Parameters
        ----------
        table : name of the table, the headline when None; `tables` lists the names
        level : level of the intervals, between 0 and 1

        Raises
        ------
        OptionError
            An unknown table (the message lists what exists) or a level outside 0-1.

        """
        return self.table(table).frame(check_level(level))

    __iter__ = None  # its tables are named, not numbered
    __dir__ = public_names

    def __getitem__(self, table: str) -> pd.DataFrame:
        """`result["paths"]` is `result.tidy("paths")`."""
        return self.tidy(table)

    def _ipython_key_completions_(self) -> list[str]:
        return list(self.tables)

    def to_frame(self, table: str | None = None, level: float = 0.95) -> pd.DataFrame:
        """The same frame as `tidy`, under the name that pandas users try first."""
        return self.tidy(table, level)

    def summary(self, table: str | None = None, level: float = 0.95) -> str:
        """What a person reads, as text in the current language: `print(result.summary())`.

        Title, checks that failed (behind "!"), one table between its three rules, notes, names of all tables. The
        table is that of `tidy`, rounded to its digits and translated, "–" for what does not exist; limits are those
        of intervals at `level`. The Result itself prints as its summary of the headline table at 95 %.

        Parameters
        ----------
        table : name of the table, the headline when None; `tables` lists the names
        level : level of the intervals, between 0 and 1

        Raises
        ------
        OptionError
            An unknown table (the message lists what exists) or a level outside 0-1.

        Examples
        --------
        >>> import csi
        >>> rate = csi.score_rate(csi.load_sample("tiny"), "s1", satisfied=8)
        >>> for line in rate.summary().splitlines()[3:9]:
        ...     print(line)
        Satisfaction rates (shares 0-1)
        ============================================
        item  estimate  std. error  lower  upper   n
        --------------------------------------------
        s1       0.500       0.151  0.254  0.746  12
        ============================================

        """
        return text_view(self, table, check_level(level))

    def glance(self) -> pd.DataFrame:
        """One row about the whole fit."""
        import pandas as pd

        return pd.DataFrame([dict(self._glance)])

    def scores(self) -> pd.DataFrame:
        """One row per respondent; NaN where an answer is missing.

        Raises
        ------
        DataError
            `scores_need_rows`: it was made from moments, or is about events or cases.

        """
        if self._scores is None:
            raise DataError("scores_need_rows")
        return self._scores()

    def statsmodels(self, group: str | None = None) -> Any:
        """A driver regression as a real results object of statsmodels, with the same coefficients and covariance.

        Of `WLS`, `GLM` (top boxes) or `OrderedModel` (`get_prediction` with `which="linpred"`), with the design's
        degrees of freedom; weights average 1. Its summary says what weights and clusters make meaningless. `group` is
        the label of a group, where there are groups. Raises `no_statsmodels`, `statsmodels_group` and
        `statsmodels_no_errors`.

        >>> import csi
        >>> fitted = csi.fit_drivers(csi.load_sample("mobile"), "sat_overall ~ quality_overall").statsmodels()
        >>> fitted.params.round(2).to_dict()
        {'Intercept': 3.64, 'quality_overall': 0.54}
        """
        if self._regressions is None:
            raise OptionError("no_statsmodels", title=self.title)
        found = self._regressions()
        label = next(iter(found)) if group is None and len(found) == 1 else group
        if label not in found:
            raise OptionError("statsmodels_group", group=str(group), choices=list(found))
        return found[label]()

    @cached_property
    def checks(self) -> tuple[Check, ...]:
        """The checks as objects, failures first; `check()` shows them as a table."""
        return tuple(sorted(self._checks(), key=lambda line: (line.ok, not line.inadmissible)))

    def check(self) -> pd.DataFrame:
        """What to doubt: check, value, rule, ok, meaning; failures first."""
        import pandas as pd

        names = ("check", "value", "rule", "ok", "meaning")
        return pd.DataFrame([{name: getattr(line, name) for name in names} for line in self.checks], columns=names)

    def covariance(self, table: str | None = None) -> pd.DataFrame:
        """Covariance of the estimates of one table, (k, k), rows and columns named by the table's keys."""
        import pandas as pd

        chosen = self.table(table)
        index = pd.MultiIndex.from_tuples(chosen.rows(), names=list(chosen.keys))
        return pd.DataFrame(chosen.uncertainty.covariance(), index=index, columns=index)

    def contrast(self, weights: Mapping[Any, float], table: str | None = None, level: float = 0.95) -> Estimate:
        """A weighted sum of estimates of one table with the interval that their covariance allows.

        Parameters
        ----------
        weights : key of a row (a text, or a tuple of the table's key columns) to its factor;
            {"A": 1, "B": -1} is the difference of A and B
        table : name of the table, the headline when None
        level : level of the interval

        Raises
        ------
        OptionError
            A key that the table does not have; the message lists what exists.

        """
        chosen = self.table(table)
        rows = chosen.rows()
        factors = np.zeros(len(rows))
        for key, factor in weights.items():
            wanted = key if isinstance(key, tuple) else (key,)
            if wanted not in rows:
                choices = [row[0] if len(row) == 1 else row for row in rows]
                raise OptionError("unknown_key", key=key, table=table or self.headline, choices=choices)
            factors[rows.index(wanted)] += factor
        used = np.broadcast_to(np.asarray(chosen.n), len(rows))[factors != 0]
        both = chosen.uncertainty.combine(factors)
        (lower,), (upper,) = both.interval(check_level(level))
        return Estimate(
            float(both.estimate[0]), float(both.std_error[0]), level, float(lower), float(upper),
            int(used.min()) if len(used) else 0, float(both.p_value()[0]),
        )  # fmt: skip

    def value(self, *key: str, table: str | None = None, level: float = 0.95) -> Estimate:
        """One row of a table as an Estimate: `result.value("Satisfaction")`."""
        chosen = self.table(table)
        rows = chosen.rows()
        if key not in rows:
            choices = [row[0] if len(row) == 1 else row for row in rows]
            raise OptionError("unknown_key", key=key, table=table or self.headline, choices=choices)
        row = chosen.frame(check_level(level)).iloc[rows.index(key)]
        p_value = float(row["p_value"]) if "p_value" in row else float("nan")
        return Estimate(
            float(row["estimate"]), float(row["std_error"]), level, float(row["lower"]), float(row["upper"]),
            int(row["n"]), p_value,
        )  # fmt: skip

    def cite(self, style: str = "text") -> str:
        """The sources of the method and of csi: "text" one per line, "bibtex" entries."""
        if style not in ("text", "bibtex"):
            raise OptionError("unknown_option", option="style", value=style, choices=["text", "bibtex"])
        return "\n".join(pick(source[style]) for source in self._sources)

    def raise_if_inadmissible(self) -> Result:
        """Raise when a check marks the solution inadmissible; else return the result itself."""
        bad = [line for line in self.checks if line.inadmissible and not line.ok]
        if bad:
            raise EstimationError("inadmissible", count=len(bad), reasons=bad)
        return self

    def settled(self) -> Result:
        """The same with every table and check built and without the answers they came from: it takes little memory.

        Its `scores()` and `statsmodels()` raise `scores_let_go`.
        """
        alone = pickle.loads(pickle.dumps(replace(self, _scores=None, _regressions=None)))
        gone = {name: let_go for name in ("_scores", "_regressions") if getattr(self, name) is not None}
        return replace(alone, **gone)

    def __repr__(self) -> str:
        return self.summary()

    def _repr_html_(self) -> str:
        return html_view(self)

    def __copy__(self) -> Result:
        return replace(self)  # what is built is shared, what is not stays so

    def __getstate__(self) -> dict[str, Any]:
        """Everything built and kept as values, for files, other processes and deep copies."""
        built = {name: self.table(name) for name in self._tables}
        state = {part.name: getattr(self, part.name) for part in fields(self)}
        return {
            **state, "_tables": {name: partial(same, table) for name, table in built.items()}, "_built": built,
            "_glance": dict(self._glance), "_checks": partial(same, self.checks), "_scores": kept(self._scores),
            "_regressions": kept(self._regressions),
        }  # fmt: skip


def stack(blocks: Sequence[Block], groups: Sequence[str]) -> tuple[list, list]:
    """Put blocks of rows under each other, group by group.

    Parameters
    ----------
    blocks : the rows of one group
    groups : labels; empty without groups

    Returns
    -------
    keys : the keys of all rows, with the group first when there are groups
    places : (name of the numbers, position in them) of each row; numbers hold their groups one after the other
    """
    keys, places = [], []
    for g, label in enumerate(groups or [""]):
        for block in blocks:
            positions = block.positions if block.positions is not None else range(len(block.rows))
            size = len(block.rows) if block.size is None else block.size
            for i, row in zip(positions, block.rows, strict=True):
                keys.append((label, *row) if groups else tuple(row))
                places.append((block.numbers, g * size + i))
    return keys, places


def check_level(level: float) -> float:
    """Return the level of an interval, or raise when it is not between 0 and 1."""
    if not isinstance(level, numbers.Real) or not 0 < level < 1:
        raise OptionError("bad_level", level=level)
    return level
