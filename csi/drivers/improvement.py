"""simulate_improvement: what an index would gain if drivers were rated better, at what cost, and what may be wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from csi.data.given import SurveyLike, as_survey
from csi.data.survey import Survey
from csi.drivers.asymmetry import check_drivers
from csi.drivers.improvement_numbers import ALPHA, Products, products_of, robustness_value
from csi.drivers.slopes import related
from csi.errors import DataError, OptionError
from csi.estimation.measured import Choice, Measure, Sheet, measure
from csi.inference.contrasts import Contrasts
from csi.inference.means import Means
from csi.language import note
from csi.measures.quality.label_tables import some_rows, with_tables
from csi.references import references
from csi.results import Block, Check, Result, Table

Array = NDArray[np.float64]
FUNCTION = "simulate_improvement"
KINDS = ("partial_r2", "robustness_value", "robustness_significant")
STATES = ("now", "change", "expected")
FAR = 1.0  # standard deviations a mean may move before the line is only a guess
SOURCES = references("cinelli2020")


def simulate_improvement(
    survey: SurveyLike,
    outcome: str,
    drivers: str | Sequence[str],
    *,
    moves: Mapping[str, float],
    costs: Mapping[str, float] | None = None,
    by: str | Sequence[str] | None = None,
    inference: str | None = None,
    interval: str | None = None,
    n_boot: int = 5000,
    seed: int = 1,
) -> Result:
    """Index of 0-100 that is expected when mean ratings of drivers move, if the regression were causal.

    Use it to compare plans before money is spent: how much each move would bring, what it brings per unit of cost, and
    how strong an unmeasured cause would have to be to explain it away.

    Parameters
    ----------
    survey : Survey, or a table, Series, dict or file, see `as_survey`
        Its weights, strata, clusters and raking count; reversed items are turned round.
    outcome : item
        Overall satisfaction; its scale gives the index.
    drivers : item or list of items
        All ratings that enter the regression, moved or not: what is held constant.
    moves : mapping of driver to number
        Rating points by which the mean of a driver moves; a mean cannot leave its scale.
    costs : mapping of driver to number, optional
        Cost of each move above 0, in any one unit.
    by, inference, interval, n_boot, seed
        As in `fit_drivers`; inference is "linearised", "bootstrap" or "none".

    Returns
    -------
    Result
        Tables `improvement` (kind = now | change | expected; index points), `moves` (term; index points of each move
        alone), `cost_benefit` with `costs` (term; index points per unit of cost, the best first), `robustness` (term,
        kind = partial_r2 | robustness_value | robustness_significant; 0 to 1).

    Raises
    ------
    DataError
        `outcome_in_drivers`, `drivers_bound`, `no_scale_for_score`, `unknown_items`, `private_column`.
    OptionError
        `moves_unknown`, `bad_move`, `move_beyond_scale`, `costs_differ`, `bad_cost`.

    Notes
    -----
    change = 100 / (hi - lo) x sum of slope x move, by weighted least squares of those who answered everything.
    Robustness value: f = |t| / sqrt(df), RV = (sqrt(f^4 + 4 f^2) - f^2) / 2; for significance f less its critical
    value at .05; t and df those of least squares, f from the weighted partial R2. A survey proves no cause.

    In R: `sensemakr::robustness_value`; change as `survey::svycontrast` of the slopes.

    Examples
    --------
    >>> import csi
    >>> survey = csi.load_sample("drivers")
    >>> plan = csi.simulate_improvement(survey, "overall", ["delivery", "extras"], moves={"delivery": 1, "extras": 0.5})
    >>> plan.tidy()["kind"].tolist(), plan.tidy("moves")["term"].tolist()
    (['now', 'change', 'expected'], ['delivery', 'extras'])

    """
    survey = as_survey(survey, FUNCTION)
    names = check_drivers(survey, FUNCTION, outcome, drivers)
    (lo,), (hi,) = survey.scale_ends([outcome])
    if np.isnan(lo):
        raise DataError("no_scale_for_score", items=[outcome], survey=survey.name)
    x, y = survey.matrix(names), survey.matrix([outcome])[:, 0]
    bound = related(x[~np.isnan(y)], list(names))
    if bound:
        raise DataError("drivers_bound", items=bound)
    products = products_of(x, y)
    step = _moves(survey, names, x, moves)
    price = _costs(moves, costs)
    question = _question(survey, outcome, names, products, (float(lo), float(hi)), step, price)
    result = measure(question, survey, by=by, choice=Choice(inference, interval, n_boot, seed))
    return _finish(result, costs is not None)


def _moves(survey: Survey, names: Sequence[str], x: Array, moves: Any) -> dict[str, float]:
    """Moves of the drivers that move; refuses others, and means that would leave their scale."""
    if not isinstance(moves, Mapping) or not moves:
        raise OptionError("moves_unknown", moves=[str(moves)], choices=list(names))
    strange = [str(name) for name in moves if name not in names]
    if strange:
        raise OptionError("moves_unknown", moves=strange, choices=list(names))
    weight = survey.design().weight
    lo, hi = survey.scale_ends(names)
    found = {}
    for name, move in moves.items():
        if isinstance(move, bool) or not isinstance(move, int | float | np.number) or not np.isfinite(move) or not move:
            raise OptionError("bad_move", item=name, value=str(move))
        at = list(names).index(name)
        known = ~np.isnan(x[:, at])
        mean = float(np.average(x[known, at], weights=None if weight is None else weight[known]))
        if mean + move > hi[at] + 1e-9 or mean + move < lo[at] - 1e-9:
            ends = {"lo": float(lo[at]), "hi": float(hi[at])}
            raise OptionError("move_beyond_scale", item=name, mean=round(mean, 2), value=float(move), **ends)
        found[name] = float(move)
    return found


def _costs(moves: Mapping[str, float], costs: Any) -> dict[str, float]:
    if costs is None:
        return {}
    if not isinstance(costs, Mapping) or set(costs) != set(moves):
        given = [str(name) for name in costs] if isinstance(costs, Mapping) else [str(costs)]
        raise OptionError("costs_differ", costs=given or ["-"], choices=list(moves))
    for name, cost in costs.items():
        if isinstance(cost, bool) or not isinstance(cost, int | float | np.number) or not 0 < cost < np.inf:
            raise OptionError("bad_cost", item=name, value=str(cost))
    return {name: float(costs[name]) for name in moves}


def _question(
    survey: Survey, outcome: str, names: Sequence[str], products: Products, ends: tuple[float, float],
    moves: Mapping[str, float], costs: Mapping[str, float],
) -> Measure:  # fmt: skip
    lo, hi = ends
    moved = [names.index(name) for name in moves]
    step = 100 / (hi - lo) * np.array(list(moves.values()))[:, None]
    price = np.array(list(costs.values()))[:, None]

    def evaluate(domain: Means, _: Means) -> dict[str, Array]:
        slopes, mean, partial_r2 = products.regression(domain)
        each = slopes[moved] * step
        now, change = 100 * (mean - lo) / (hi - lo), each.sum(axis=0)
        size = domain.weight[0] if domain.count is None else domain.count[0]
        df = size - len(names) - 1 + 0 * mean
        values = robustness_value(partial_r2, 0.0), robustness_value(partial_r2, df + 0 * partial_r2, alpha=ALPHA)
        found = {"improvement": np.stack([now, change, now + change]), "moves": each,
                 "robustness": np.stack([partial_r2, *values], axis=1).reshape(-1, len(mean))}  # fmt: skip
        return found | ({"cost_benefit": each / price} if costs else {})

    sheets = {
        "improvement": Sheet(("kind",), (Block("improvement", [(kind,) for kind in STATES]),), 2),
        "moves": Sheet(("term",), (Block("moves", [(name,) for name in moves]),), 2, True),
        "robustness": Sheet(
            ("term", "kind"), (Block("robustness", [(name, kind) for name in names for kind in KINDS]),), 3
        ),
    }
    if costs:
        sheets["cost_benefit"] = Sheet(("term",), (Block("cost_benefit", [(name,) for name in moves]),), 3, True)
    first = products.columns[:, : products.size]
    far = {name: abs(move) / np.nanstd(first[:, names.index(name)]) for name, move in moves.items()}
    shown = [note("improvement_move", item=name, move=f"{move:+g}") for name, move in moves.items()]
    return Measure(
        function=FUNCTION,
        title=note("title_improvement", data=survey.name, outcome=outcome, drivers=len(names)),
        columns=products.columns,
        evaluate=evaluate,
        sheets=sheets,
        scales={"robustness": "square"},
        notes=(note("improvement_moves", moves=shown), note("improvement_causal"), note("improvement_robustness")),
        check=lambda numbers: (_far(far),),
        sources=SOURCES,
        need=len(names) + 3,
        names=[*names, outcome, *[outcome] * (products.columns.shape[1] - products.size)],
    )


def _far(far: Mapping[str, float]) -> Check:
    beyond = [name for name, value in far.items() if value > FAR]
    facts = {"items": beyond or ["-"], "worst": max(far.values())}
    return Check("improvement_far", max(far.values()), f"<= {FAR:g}", not beyond, False, facts)


def _finish(result: Result, priced: bool) -> Result:
    """Put the best value for money first, and say what cannot be told apart or may be nothing."""
    if priced:
        result = with_tables(result, {"cost_benefit": partial(_sorted, result)})
    return replace(result, _checks=partial(_checks, result, result._checks, priced), _built={})


def _sorted(result: Result) -> Table:
    table = result.table("cost_benefit")
    groups = list(table.keys.get("group", [""] * len(table.rows())))
    order = sorted(range(len(groups)), key=lambda i: (groups.index(groups[i]), -table.uncertainty.estimate[i]))
    return some_rows(table, order)


def _checks(result: Result, before: Callable[[], tuple[Check, ...]], priced: bool) -> tuple[Check, ...]:
    lines = list(before())
    moves = result.tidy("moves")
    against = [" · ".join(row) for row, value in zip(result.table("moves").rows(), moves["estimate"], strict=True)
               if value < 0]  # fmt: skip
    lines.append(Check("improvement_signs", len(against), "= 0", not against, False, {"items": against or ["-"]}))
    if result.glance()["inference"][0] == "none":
        return tuple(lines)
    unsure = [" · ".join(row) for row, p in zip(result.table("moves").rows(), moves["p_value"], strict=True)
              if not p <= 0.05]  # fmt: skip
    facts = {"count": len(unsure), "items": unsure or ["-"]}
    lines.append(Check("improvement_sure", len(unsure), "= 0", not unsure, False, facts))
    if priced and "group" not in moves and len(moves) > 1:
        lines.append(_order(result.table("cost_benefit")))
    return tuple(lines)


def _order(table: Table) -> Check:
    """Whether the best value for money is better than the second beyond chance."""
    weights = np.zeros((1, len(table.rows())))
    weights[0, :2] = 1.0, -1.0
    p = float(Contrasts(table.uncertainty, weights).p_value()[0])
    best, second = (row[0] for row in table.rows()[:2])
    facts = {"best": best, "second": second, "p": p}
    return Check("improvement_order", p, "<= 0.05", p <= 0.05, False, facts)
