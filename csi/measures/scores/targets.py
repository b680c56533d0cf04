"""Is the target reached, and are two numbers as good as equal: tests on the rows of any Result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from numbers import Real

import numpy as np
from numpy.typing import NDArray

from csi.errors import OptionError, choose
from csi.estimates import Estimate, Uncertainty, Unknown
from csi.estimation.measured import CSI
from csi.inference.contrasts import Contrasts, pair_weights
from csi.inference.intervals import SHARE, Bounds, Linear
from csi.language import LANGUAGES, has_words, note, words
from csi.measures.scores.rows import pick_rows
from csi.measures.scores.tails import Distance, Equivalence, exact_share, shares_of
from csi.references import references
from csi.results import Check, Result, Table

Array = NDArray[np.float64]
ALTERNATIVES = ("greater", "less", "two_sided")
METHODS = ("wilson", "exact", "wald")
RANGES = {"index": (0.0, 100.0), "index_equal": (0.0, 100.0), "composite": (0.0, 100.0), "nps": (-100.0, 100.0)}
ALPHA = 0.05  # of the verdict in `check`

SOURCES = references("schuirmann1987")


def compare_target(
    source: Result | Estimate | tuple[int, int],
    target: float,
    *,
    table: str | None = None,
    rows: Mapping[str, str | Sequence[str]] | None = None,
    alternative: str = "greater",
    method: str | None = None,
) -> Result:
    """Compare numbers with a target such as 90 % satisfied; gives the distance, in the unit of the number.

    Use it for goals: "at least 90 % satisfied", "at most 5 % complaints" (`alternative="less"`). A rate above the goal
    in a small sample does not show that the goal is reached: the lower limit must be above it.

    Parameters
    ----------
    source : a Result (every row of one table is compared), one Estimate, or a count and the number it is out of, such
        as (186, 200), for a simple random sample
    target : the goal, in the unit of the table: 0.9 for a share, 80 for an index
    table : which table of the Result, None for the headline
    rows : which rows of it, column to value or values, such as {"term": "good_rate"}; None for all
    alternative : {"greater", "less", "two_sided"}: what is to be shown
    method : {"wilson", "exact", "wald"} or None: how shares are tested; None for the kind of the interval they have,
        which is Wilson's, with the effective n under a design. "exact" (binomial) needs a simple random sample.
        Other numbers have one way only, their own interval

    Returns
    -------
    Result
        Table `targets`: the keys of the table, then estimate - target, std_error, lower, upper (one of them open for a
        one-sided test: the end of the scale, or infinite), p_value, n. Table `values`: the numbers themselves. `check`
        says which rows reach the target at 5 %.

    Raises
    ------
    OptionError
        `target_source`, `target_outside`, `target_needs_errors`, `target_not_share`, `exact_needs_simple`,
        `bad_count`, `rows_unknown`, `rows_none`, `target_mixed`; an unknown table, alternative or method.

    Notes
    -----
    Every p-value inverts the interval shown: it is 1 - the level at which the limit touches the target. Wilson:
    z = (p - t) / sqrt(t (1 - t) / n). p-values of several rows are not adjusted. Missing answers and weights are those
    of the Result. In R: prop.test(x, n, p = 0.9, alternative = "greater", correct = FALSE), binom.test.

    Examples
    --------
    >>> import csi
    >>> csi.compare_target((186, 200), 0.9).tidy()[["estimate", "lower", "p_value"]].round(4).to_numpy().tolist()
    [[0.03, -0.0058, 0.0786]]

    """
    choose("alternative", alternative, ALTERNATIVES)
    choose("method", method, (None, *METHODS))
    result, name = _as_result(source, table)
    chosen = pick_rows(result.table(name), rows, name)
    inner = chosen.uncertainty
    low, high = _range(name, chosen)
    if isinstance(target, bool) or not isinstance(target, Real) or not low < target < high:
        hint = note("target_percent") if (low, high) == (0.0, 1.0) else ""
        raise OptionError("target_outside", target=target, low=low, high=high, hint=hint)
    inner = _tested(inner, method)
    distance = Distance(inner, np.full(len(inner.estimate), float(target)), alternative, low, high)
    decimals = 3 if high == 1 else chosen.decimals
    targets = replace(chosen, uncertainty=distance, tested=True, decimals=decimals)
    kind = "target_range" if alternative == "two_sided" else f"target_{alternative}"
    return Result(
        title=note("target_title", target=f"{target:g}"),
        headline="targets",
        notes=(note(kind, target=f"{target:g}"), *result.notes),
        _tables={"targets": lambda: targets, "values": lambda: replace(chosen, uncertainty=inner)},
        _glance={"n": int(np.max(chosen.n)), **_facts(result)},
        _checks=lambda: (_verdict(chosen, distance, alternative, float(target)),),
        _sources=result._sources,
    )


def compare_equivalence(
    source: Result,
    margin: float | Sequence[float],
    *,
    target: float | None = None,
    table: str | None = None,
    rows: Mapping[str, str | Sequence[str]] | None = None,
) -> Result:
    """Compare groups, or numbers and a target, for equivalence: differences in the unit of the table against a margin.

    Use it to show that two groups are as good as equal. A difference that is not significant does not show it: a small
    sample finds nothing.

    Parameters
    ----------
    source : a Result; with groups (by=) unless there is a target
    margin : the largest difference that does not matter, in the unit of the table; or two limits, below and above 0
    target : compare every row with this number; None for all pairs of groups
    table : which table of the Result, None for the headline
    rows : which rows of it, column to value or values; None for all

    Returns
    -------
    Result
        Table `equivalence`: the keys, and other_group for pairs (the later group minus the earlier), then estimate,
        std_error, lower, upper (at 2 level - 1: 90 % for level .95), p_value (the larger of two one-sided tests), n.
        Equivalent where lower and upper lie inside the margin; `check` says which, at 5 %.

    Raises
    ------
    OptionError
        `bad_margin`, `equivalence_needs_groups`, `target_source`, `target_outside`, `target_needs_errors`,
        `rows_unknown`, `rows_none`, `target_mixed`; an unknown table.

    Notes
    -----
    Two one-sided tests; p = max of both. The covariance of the groups is that of the Result, so shared clusters and
    panels are honoured. Missing answers and weights are those of the Result. In R: TOSTER.

    Examples
    --------
    >>> import csi
    >>> rates = csi.score_rate(csi.load_sample("mobile"), "recommend", satisfied=8, by="operator")
    >>> same = csi.compare_equivalence(rates, 0.2)
    >>> len(same.tidy()), list(same.tidy())[:3]
    (6, ['group', 'item', 'other_group'])

    """
    low, high = _margin(margin)
    result, name = _as_result(source, table)
    chosen = pick_rows(result.table(name), rows, name)
    keys: dict[str, Sequence[str]] = dict(chosen.keys)
    sizes = np.broadcast_to(np.asarray(chosen.n), len(chosen.rows()))
    ends = _range(name, chosen)
    if target is None:
        if "group" not in keys or len(set(keys["group"])) < 2:
            raise OptionError("equivalence_needs_groups", table=name)
        found, weights = pair_weights(chosen.rows(), list(keys).index("group"))
        keys = dict(zip((*keys, "other_group"), zip(*found, strict=True), strict=True))
        inner: Uncertainty = Contrasts(chosen.uncertainty, weights)
        n = [int(sizes[row != 0].min()) for row in weights]
    else:
        if isinstance(target, bool) or not isinstance(target, Real) or not ends[0] < target < ends[1]:
            hint = note("target_percent") if ends == (0.0, 1.0) else ""
            raise OptionError("target_outside", target=target, low=ends[0], high=ends[1], hint=hint)
        inner, n = Distance(_tested(chosen.uncertainty, None), np.full(len(sizes), float(target))), sizes.tolist()
    test = Equivalence(inner, low, high)
    decimals = 3 if ends == (0.0, 1.0) else chosen.decimals
    made = Table(keys, test, n, True, decimals)
    return Result(
        title=note("equivalence_title", low=f"{low:g}", high=f"{high:g}"),
        headline="equivalence",
        notes=(note("equivalence_read", low=f"{low:g}", high=f"{high:g}"), *result.notes),
        _tables={"equivalence": lambda: made, "values": lambda: chosen},
        _glance={"n": int(np.max(chosen.n)), **_facts(result)},
        _checks=lambda: (_equal(made, test, low, high),),
        _sources=(*SOURCES, *result._sources),
    )


def _as_result(source: object, table: str | None) -> tuple[Result, str]:
    """A Result and the name of its table; single numbers become a Result of one row."""
    if isinstance(source, Result):
        name = source.headline if table is None else table
        source.table(name)
        return source, name
    if isinstance(source, Estimate):
        inner = Linear(np.array([float(source)]), np.array([[source.std_error**2]]))
        if not np.isfinite(source.std_error):
            raise OptionError("target_needs_errors")
        return _one_row(inner, source.n), "values"
    if isinstance(source, tuple) and len(source) == 2 and all(isinstance(one, Real) for one in source):
        hits, n = source
        if not (hits == int(hits) and n == int(n) and 0 <= hits <= n and n > 0):
            raise OptionError("bad_count", count=hits, n=n)
        p = hits / n
        scale, bounds = np.array([SHARE], dtype=np.int8), Bounds(np.array([float(n)]))
        return _one_row(Linear(np.array([p]), np.array([[p * (1 - p) / n]]), np.inf, scale, bounds), int(n)), "values"
    raise OptionError("target_source", kind=type(source).__name__)


def _one_row(inner: Linear, n: int) -> Result:
    rows = Table({"term": ["given"]}, inner, n)
    return Result(note("target_given"), "values", (), {"values": lambda: rows}, {}, lambda: (), None, (CSI,))


def _range(name: str, rows: Table) -> tuple[float, float]:
    """What the numbers of some rows can be; rows in different units are refused."""
    if isinstance(rows.uncertainty, Unknown):
        raise OptionError("target_needs_errors")
    shares = shares_of(rows.uncertainty)
    if shares.all():
        return 0.0, 1.0
    if shares.any():
        raise OptionError("target_mixed", table=name, choices=_names(rows))
    return RANGES.get(name, (-np.inf, np.inf))


def _tested(inner: Uncertainty, method: str | None) -> Uncertainty:
    """The uncertainty that a method tests with."""
    if method is None:
        return inner
    if not shares_of(inner).all():
        raise OptionError("target_not_share", method=method)
    if method == "wilson":
        return replace(inner, bounds=replace(inner.bounds, always=True))
    if method == "exact":
        return exact_share(inner)
    if isinstance(inner, Linear):
        return replace(inner, scale=None, bounds=None, df=inner.bounds.df, cov=inner.cov / inner.bounds.adjust)
    return replace(inner, scale=None, bounds=None)


def _facts(result: Result) -> dict[str, object]:
    return {name: result._glance[name] for name in ("inference", "interval", "n_boot") if name in result._glance}


def _names(rows: Table) -> list[str]:
    return [" · ".join(row) for row in rows.rows()]


def _shown_names(rows: Table) -> list[dict[str, str]]:
    """What rows are called in each language: words of csi are translated, names stay."""
    keys = list(rows.keys)
    return [
        {one: " · ".join(_word(*pair, one) for pair in zip(keys, row, strict=True)) for one in LANGUAGES}
        for row in rows.rows()
    ]


def _word(column: str, value: str, language: str) -> str:
    code = f"terms.{value}"
    return words(language)[code] if column in ("kind", "term") and has_words(code) else value


def _verdict(rows: Table, distance: Distance, alternative: str, target: float) -> Check:
    p = distance.p_value()
    pairs = zip(_shown_names(rows), distance.inner.estimate, strict=True)
    shown = [note("row_value", name=name, value=f"{value:.3g}") for name, value in pairs]
    good = np.nan_to_num(p, nan=1.0) <= ALPHA
    reached = [name for name, yes in zip(shown, good, strict=True) if yes] or ["-"]
    missed = [name for name, yes in zip(shown, good, strict=True) if not yes]
    facts = {"target": f"{target:g}", "reached": reached, "missed": missed, "alpha": f"{ALPHA:.0%}"}
    code = "target_differs" if alternative == "two_sided" else f"target_{alternative}"
    return Check(code, float(np.nanmax(np.nan_to_num(p, nan=1.0))), f"p <= {ALPHA}", bool(good.all()), False, facts)


def _equal(rows: Table, test: Equivalence, low: float, high: float) -> Check:
    p = np.nan_to_num(test.p_value(), nan=1.0)
    names = [" – ".join((row[-1], *row[:-1])) if "other_group" in rows.keys else " · ".join(row) for row in rows.rows()]
    same = [name for name, value in zip(names, p, strict=True) if value <= ALPHA] or ["-"]
    open_ = [name for name, value in zip(names, p, strict=True) if value > ALPHA]
    facts = {"same": same, "open": open_, "low": f"{low:g}", "high": f"{high:g}", "alpha": f"{ALPHA:.0%}"}
    return Check("equivalence", float(p.max()), f"p <= {ALPHA}", not open_, False, facts)


def _margin(margin: float | Sequence[float]) -> tuple[float, float]:
    ends = (-margin, margin) if isinstance(margin, Real) and not isinstance(margin, bool) else margin
    good = isinstance(ends, Sequence) and len(ends) == 2 and not isinstance(ends, str)
    if not good or not (np.isfinite(ends[0]) and np.isfinite(ends[1]) and ends[0] < 0 < ends[1]):
        raise OptionError("bad_margin", margin=str(margin))
    return float(ends[0]), float(ends[1])
