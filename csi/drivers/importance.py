"""fit_importance: how much of the explained variance of an outcome each driver carries, with its uncertainty."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from csi.data.given import SurveyLike, as_survey_or_moments
from csi.drivers import lmg
from csi.drivers.driver_data import Players, prepare_drivers, read_players, variance_inflation
from csi.drivers.importance_errors import EASY, sharpen
from csi.drivers.importance_errors import choose as choose_limits
from csi.drivers.importance_numbers import ADDITIVE, ALIASES, METHODS, OF_GROUPS, Importance, tangent_of
from csi.drivers.importance_sources import sources_of
from csi.drivers.importance_tables import ADJUST, ImportanceTables
from csi.drivers.profile import Function
from csi.drivers.pseudo_importance import fit_pseudo
from csi.drivers.regression_numbers import KINDS
from csi.errors import OptionError, choose
from csi.estimation.engine import Measured
from csi.estimation.item_moments import ItemData
from csi.estimation.moments import measure
from csi.estimation.parts import Part
from csi.inference.choice import Choice
from csi.inference.contrasts import MANY
from csi.language import Note, note
from csi.measures.trust.analytic import Analytic
from csi.moments import Moments
from csi.results import Check, Result, Table

Array = NDArray[np.float64]
FOR_SHARES, LEAST = 12, 60  # respondents per driver and in all from which intervals of shares hold what they say
INFLATED = 10.0  # variance inflation from which coefficients say little of one driver alone


def fit_importance(
    survey_or_moments: SurveyLike | Moments,
    outcome: str,
    drivers: Sequence[str] | Mapping[str, str | Sequence[str]],
    *,
    method: str = "lmg",
    kind: str = "linear",
    boxes: int | None = None,
    link: str = "logit",
    adjust: str = "max_t",
    pairs: bool | None = None,
    n_orders: int = 1000,
    missing: str = "listwise",
    inference: str | None = None,
    interval: str | None = None,
    n_boot: int = 5000,
    seed: int = 1,
    by: str | Sequence[str] | None = None,
) -> Result:
    """How much each driver contributes to R2 of an outcome; shares of variance, 0-1.

    Use it when drivers correlate and the question is which of them matter: a coefficient then belongs to no driver
    alone. It describes what goes with the outcome; it is no proof of cause.

    Parameters
    ----------
    survey_or_moments : Moments, or Survey, or a table, Series, dict or file, see `as_survey`
        With a Survey its weights, strata and clusters count; reversed items are turned round first.
    outcome : str
        The item to be explained, such as overall satisfaction.
    drivers : list of str, or mapping of name to item or list of items
        A list of items under one name, such as the dummies of one question, is one player.
    method : {"lmg", "johnson", "first", "last", "beta_squared", "pratt", "car", "lmg_sampled"}
        lmg (also called general_dominance, shapley), johnson (genizi, relative_weights), pratt and car add up to R2;
        first, last and beta_squared (betasq) do not. lmg_sampled draws orders, for more than 25 drivers.
    kind : {"linear", "ordered", "top_box"}
        R2 of a line; or McFadden's pseudo-R2 of a cumulative logit of the ordered outcome, or of its best levels (a
        Survey, method "lmg", at most 10 drivers; a question of categories is one player; linearised errors or none).
    boxes : int, optional
        How many of the best levels count, for "top_box"; None for an outcome of 0 and 1.
    link : {"logit", "probit"}
        For "ordered" and "top_box".
    adjust : {"max_t", "holm", "none"}
        How p-values and limits of differences allow for their number.
    pairs : bool, optional
        Whether every pair of groups is compared; None for up to 30 groups. Of more each is compared with all groups
        together ("*"): the mean of their importances, weighted by respondents.
    n_orders : int
        Orders drawn by lmg_sampled; table `orders` shows the error that comes of it.
    missing : {"listwise", "pairwise"}
        Respondents who answered all of these items, or for each pair of items those who answered both.
    inference : {"linearised", "bootstrap", "normal", "none"}, optional
        None means linearised for a Survey and for Moments with fourth-order sums, normal theory for other Moments, and
        none for LMG of more than 20 drivers, where errors take minutes (linearised) to hours (draws). Linearised
        errors of up to 1,000 sampling units are the jackknife's, as long as units times subsets of drivers are no more
        than 2 to the 20; above, both give the same.
    interval : {"t", "percentile"}, optional
        None means the smallest and largest value within the errors of the correlations ("profile" in the result), and
        percentiles for a bootstrap, with tails that allow for few respondents. "t": with the degrees of freedom of the
        design, on z of the root where importances cannot be negative. "bca" is refused, since it misses too often.
    n_boot, seed, by
        As in `fit_drivers`.

    Returns
    -------
    Result
        Tables `importance` (term = driver; units of R2), `importance_shares` (term; percent of the sum),
        `driver_differences` (term, other_term), `ranks` (term; 1 the most important, lower and upper the rank set),
        `driver_coefficients` (term, kind = beta | correlation), `r2` (term = r2 | r2_adjusted); for lmg
        `dominance` (term, other_term, kind = complete_dominance | conditional_dominance | general_dominance; above 0
        where the first dominates) and `conditional` (term, others = drivers already in); for lmg_sampled `orders`.
        With `by` `group` comes first, and `group_differences` (group, other_group, term) is added.

    Raises
    ------
    DataError, EstimationError, OptionError
        `no_drivers`, `items_twice`, `outcome_in_drivers`, `importance_constant`, `importance_same_information`,
        `drivers_indefinite`, `lmg_too_many`, `method_needs_single`, `not_whole`, `importance_no_bca`, unknown items,
        too few respondents, impossible options.

    Notes
    -----
    lmg: gain of R2 averaged over all orders of entering. johnson: (root of R squared by element)(b squared), b = R to
    the -1/2 times r. car: (R to the -1/2 r) squared; pratt: beta r; first: r squared; last: loss of R2 without the
    driver; beta_squared: beta squared. R and r are weighted correlations. The p-value of an importance is that of the
    driver's coefficients in the full regression (t or F), since the interval of an importance stays away from 0 even
    for a driver that does nothing. Limits: correlations on Fisher's z with jackknife covariance V are moved by
    q V g / root(g'Vg), g being the derivative of the importance, three times (twice above 5 drivers, once above 12);
    the smallest value less the jackknife's bias, and the largest; 0 where z of the root of an importance less its bias
    lies within q errors of 0. q is t with the design's degrees of freedom, fewer for shares that hang on a few
    respondents. Over 20 drivers and for lmg_sampled: t. R2: t on z of the root, then 1 - (1 - x)(n - 1) / (n - p - 1)
    of both limits. Dominance is shown for up to 12 drivers; the complete one, as the smallest of many differences,
    leans downwards. Groups of columns: lmg, first, last and pratt only, since the others depend on
    how a question is coded. METHODS R8, C.5.

    In R: `relaimpo::calc.relimp(type = c("lmg", "genizi", "first", "last", "betasq", "pratt", "car"))`.

    Examples
    --------
    >>> import csi
    >>> found = csi.fit_importance(csi.load_sample("tiny"), "s1", ["q1", "q2"])
    >>> round(float(found.tidy()["estimate"].sum() - found.tidy("r2")["estimate"][0]), 12)
    0.0

    """
    method = choose_method(method)
    choose("adjust", adjust, ADJUST)
    players = read_players(outcome, drivers, "fit_importance")
    check_players(players, method, n_orders)
    choose("kind", kind, KINDS)
    survey_or_moments = as_survey_or_moments(survey_or_moments, "fit_importance")
    if kind != "linear":
        if method != "lmg":
            raise OptionError("pseudo_lmg_only", method=method, kind=kind)
        return fit_pseudo(
            survey_or_moments, outcome, players, kind=kind, boxes=boxes, link=link, by=by, inference=inference
        )
    data = prepare_drivers(
        survey_or_moments, outcome, players, missing=missing, by=by, function="fit_importance"
    )  # fmt: skip
    slow = method == "lmg" and len(players.names) > EASY
    wanted = "none" if slow and inference is None else inference
    choice = choose_limits(data, Choice(wanted, interval, n_boot, seed))
    chosen = choice.inference
    orders = lmg.draw_orders(len(players.names), n_orders, seed) if method == "lmg_sampled" else None
    numbers = [Importance(method, players.sizes, n, orders, with_roots=chosen == "linearised") for n in data.n]
    bounded = method != "lmg_sampled" and len(players.names) <= EASY
    slim = [replace(one, subsets=False, with_roots=True) for one in numbers]
    if chosen == "linearised" and method == "lmg" and not numbers[0].compares_subsets:
        tangents = [tangent_of(batch.half_correlation[:, 0], players.sizes) for batch in data.domains]
        numbers = [replace(one, tangent=near) for one, near in zip(numbers, tangents, strict=True)]
    columns = range(len(data.items))
    parts = [[Part(columns, one)] for one in numbers]
    found = measure(data, parts, choice)
    functions = {"importance": Function(method, players.sizes)} if bounded else {}
    found = sharpen(data, found, [[Part(columns, one)] for one in slim], parts, functions, len(players.every))
    tables = ImportanceTables(
        data, found, players.names, players.sizes, players.every, method != "pratt", adjust, seed, pairs
    )  # fmt: skip
    made = tables.tables()
    if orders is not None:
        made["orders"] = lambda: _orders(data, players, orders)
    return Result(
        title=note(f"title_importance_{method}", outcome=outcome, data=data.name, n=sum(data.n)),
        headline="importance",
        notes=(
            *data.notes, *found.notes, *([note("lmg_without_errors", most=EASY)] if slow and inference is None else []),
            *_remarks(method, players, adjust, n_orders, chosen),
            *([note("groups_whole", count=len(data.groups))] if not pairs and len(data.groups) > MANY else []),
        ),
        _tables=made,
        _glance={
            "method": method, "n": sum(data.n), "n_dropped": data.dropped, "n_eff": data.n_eff,
            "inference": found.method, "interval": found.interval, "n_boot": found.n_boot, "n_failed": found.n_failed,
        },
        _checks=lambda: _checks(data, players, method, found),
        _sources=sources_of(method),
    )  # fmt: skip


def choose_method(method: str) -> str:
    """The method under its own name."""
    choose("method", method, (*METHODS, *ALIASES))
    return ALIASES.get(method, method)


def check_players(players: Players, method: str, n_orders: int) -> None:
    """Refuse what a method cannot do with these drivers."""
    count = len(players.names)
    if method == "lmg" and count > lmg.MOST:
        raise OptionError("lmg_too_many", count=count, most=lmg.MOST)
    if method == "lmg_sampled" and (n_orders < 2 or n_orders != int(n_orders)):
        raise OptionError("not_whole", option="n_orders", value=n_orders, least=2, example=1000)
    several = [name for name, size in zip(players.names, players.sizes, strict=True) if size > 1]
    if several and method not in OF_GROUPS:
        raise OptionError("method_needs_single", method=method, drivers=several, choices=list(OF_GROUPS))


def _orders(data: ItemData, players: Players, orders: NDArray[np.int64]) -> Table:
    """Mean gain over the orders drawn, with the error of drawing only some of them."""
    keys, estimate, error = [], [], []
    for g, batch in enumerate(data.domains):
        gains = lmg.gains_of_orders(batch.correlation[:, :, 0], players.sizes, orders)
        pairs = gains.reshape(-1, 2, len(players.names)).mean(axis=1)  # an order and its reverse
        estimate.append(gains.mean(axis=0))
        with np.errstate(invalid="ignore", divide="ignore"):
            error.append(np.sqrt(((pairs - estimate[-1]) ** 2).sum(axis=0) / (len(pairs) - 1) / len(pairs)))
        keys += [(*data.groups[g : g + 1], name) for name in players.names]
    value, spread = np.concatenate(estimate), np.concatenate(error)
    limits = partial(_normal_limits, value, spread)
    names = ("group", "term") if data.groups else ("term",)
    n = np.repeat(data.n, len(players.names)).tolist()
    return Table(dict(zip(names, zip(*keys, strict=True), strict=True)), Analytic(value, spread, limits), n)


def _normal_limits(value: Array, spread: Array, level: float) -> tuple[Array, Array]:
    from scipy.special import ndtri

    reach = ndtri((1 + level) / 2) * spread
    return value - reach, value + reach


def _remarks(method: str, players: Players, adjust: str, n_orders: int, inference: str) -> list[Note]:
    notes = [note("importance_adds" if method in ADDITIVE else "importance_adds_not", method=method)]
    if method == "lmg_sampled":
        notes.append(note("importance_sampled", count=2 * ((n_orders + 1) // 2)))
    if inference != "none":
        notes.append(note("importance_test"))
        if len(players.names) > 1:
            notes.append(note(f"differences_{adjust}"))
    if method == "lmg" and len(players.names) > lmg.MOST_COMPARED:
        notes.append(note("no_dominance", most=lmg.MOST_COMPARED))
    several = [name for name, size in zip(players.names, players.sizes, strict=True) if size > 1]
    if several:
        notes.append(note("importance_players", drivers=several))
    return notes


def _checks(data: ItemData, players: Players, method: str, found: Measured) -> tuple[Check, ...]:
    inflation = np.array([variance_inflation(batch) for batch in data.domains]).max(axis=0)
    named = players.every
    high = [name for name, value in zip(named, inflation, strict=True) if value > INFLATED]
    worst = float(inflation.max())
    lines = [Check("driver_inflation", worst, f"<= {INFLATED:g}", not high, False, {"drivers": high, "value": worst})]
    smallest = min(float(np.linalg.eigvalsh(batch.correlation[:, :, 0])[0]) for batch in data.domains)
    lines.append(Check("definite", smallest, ">= 0", smallest >= -1e-10, True, {"value": smallest}))
    against = _against(found, named)
    lines.append(Check("suppressors", len(against), "0", not against, False, {"drivers": against}))
    per_driver = min(data.n) / len(named)
    facts = {"value": per_driver, "n": min(data.n), "count": len(named)}
    lines.append(Check("respondents_per_driver", per_driver, ">= 10", per_driver >= 10, False, facts))
    ready = per_driver >= FOR_SHARES and min(data.n) >= LEAST
    lines.append(Check("respondents_for_shares", per_driver, f">= {FOR_SHARES}, n >= {LEAST}", ready, False, facts))
    if method == "pratt":
        values = found.numbers["importance"].reshape(-1, len(players.names)).min(axis=0)
        below = [name for name, value in zip(players.names, values, strict=True) if value < 0]
        lines.append(Check("pratt_negative", float(values.min()), ">= 0", not below, False, {"drivers": below}))
    return tuple(lines + found.checks())


def _against(found: Measured, names: Sequence[str]) -> list[str]:
    """Drivers whose coefficient and correlation point in opposite directions, beyond chance where errors are known."""
    p = len(names)
    beta, correlation = found.numbers["beta"], found.numbers["correlation"]
    opposite = beta * correlation < 0
    if found.store is not None:
        places = [("beta", i) for i in range(len(beta))]
        error = found.store.uncertainty(beta, places, np.zeros(len(beta), dtype=np.int8)).std_error
        opposite &= np.abs(beta) > 2 * error
    return [names[i] for i in np.flatnonzero(opposite.reshape(-1, p).any(axis=0))]
