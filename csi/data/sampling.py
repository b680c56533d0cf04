"""plan_sample: how many to ask, of whom, and how exact the answer will be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from math import ceil, floor
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from csi.data.sample_sizes import (
    allocate,
    cluster_effect,
    rest_share,
    size_for_margin,
    stratified_variance,
    two_sided,
    weighting_effect,
)
from csi.errors import DataError, OptionError, choose
from csi.language import Note, note, say
from csi.results import check_level
from csi.views import align, column_title, html_table, number

Array = NDArray[np.float64]

TARGETS = ("rate", "mean", "index")
ALLOCATIONS = ("proportional", "neyman", "equal")
INDEX_SD = 20.0  # of one respondent's score on 0-100, when nothing is known yet
MARGINS = {"rate": 0.05, "index": 2.0}
FEW = 5  # satisfied or dissatisfied respondents below which a normal margin is no longer good
STRATUM_KEYS = ("population", "sd", "p", "minimum", "factor")


@dataclass(frozen=True, eq=False, repr=False)
class SamplePlan:
    """How many respondents are needed, and what they give.

    Attributes
    ----------
    target : "rate", "mean" or "index"
    n : completed questionnaires
    invited : people to ask, n / response rate
    margin : half the width of the interval at `level`, in the unit of the target (rate: 0-1, index: points)
    level : level of the interval
    population : size of the population, infinity when none was given
    design_effect : variance against a simple random sample of the same size, apart from the finite population
    effective_n : n / design_effect
    strata : one row per stratum (stratum, population, n, invited, weight, margin, share), None without strata;
        weight = population / n is the survey weight of each respondent of the stratum
    notes : what was assumed
    """

    target: str
    n: int
    invited: int
    margin: float
    level: float
    population: float
    design_effect: float
    strata: pd.DataFrame | None
    notes: tuple[Note, ...]

    @property
    def effective_n(self) -> float:
        """Respondents of a simple random sample with the same precision."""
        return self.n / self.design_effect

    def _lines(self) -> list[str]:
        size = "∞" if np.isinf(self.population) else f"{self.population:,.0f}"
        unit = 3 if self.target == "rate" else 2
        lines = [
            say(
                "views.sample_plan", target=note(f"plan_{self.target}"), n=self.n, margin=number(self.margin, unit),
                level=f"{self.level:.4g}", invited=self.invited, population=size,
            ),
            say("views.sample_plan_effect", deff=number(self.design_effect, 3), size=number(self.effective_n, 1)),
        ]  # fmt: skip
        return lines

    def _cells(self) -> tuple[list[str], list[list[str]]]:
        frame = self.strata
        if frame is None:
            return [], []
        decimals = {"weight": 3, "margin": 3 if self.target == "rate" else 2, "share": 3}
        rows = [
            [number(value, decimals[name]) if name in decimals else str(value) for name, value in row.items()]
            for row in frame.to_dict("records")
        ]
        return [column_title(name) for name in frame.columns], rows

    def __repr__(self) -> str:
        """Return the plan in a few lines."""
        headers, rows = self._cells()
        table = ["", *align([headers, *rows])] if rows else []
        return "\n".join([*self._lines(), *table, *(f"- {one}" for one in self.notes)])

    def _repr_html_(self) -> str:
        headers, rows = self._cells()
        lines = "".join(f"<p>{escape(line)}</p>" for line in self._lines())
        notes = "".join(f"<li>{escape(str(one))}</li>" for one in self.notes)
        return f"<div>{lines}{html_table(headers, rows) if rows else ''}<ul>{notes}</ul></div>"


def plan_sample(
    target: str = "rate",
    *,
    margin: float | None = None,
    n: int | None = None,
    level: float = 0.95,
    p: float = 0.5,
    sd: float | None = None,
    population: float | None = None,
    response_rate: float = 1.0,
    weight_cv: float = 0.0,
    cluster_size: float = 1.0,
    rho: float = 0.0,
    strata: Mapping[str, Any] | None = None,
    allocation: str = "proportional",
    minimum: int = 0,
) -> SamplePlan:
    """How many respondents a margin needs, or what margin n respondents give; in the unit of the target.

    Use it before the field work, for a satisfaction rate, a mean rating or an index. It plans for one number and its
    interval; for the change between two waves use `csi.plan_change`.

    Parameters
    ----------
    target : {"rate", "mean", "index"}
        A share 0-1, a mean in the unit of its scale, an index 0-100.
    margin : half the width of the interval wanted; .05 for a rate and 2 for an index when None; a mean needs one
    n : completed questionnaires; then the margin is computed, and `margin` must be None
    level : level of the interval, 0-1
    p : expected rate, between 0 and 1; .5 is the most careful
    sd : standard deviation between respondents, in the unit of the target; 20 for an index when None. The last wave
        knows it best (the European EPSI rating, 250 respondents for 2 points, implies about 16)
    population : number of customers, for the finite population correction; None means very many
    response_rate : share of those asked who answer, above 0 and up to 1
    weight_cv : coefficient of variation of the survey weights (standard deviation / mean), 0 for equal weights;
        weights that follow from `strata` come on top by themselves
    cluster_size : respondents per cluster (shop, interviewer), 1 without clusters
    rho : how much respondents of one cluster resemble each other, 0-1
    strata : customer class -> number of customers, or -> {"population": ..., "sd": ..., "p": ..., "minimum": ...,
        "factor": ...}; factor asks more (2) or less (.5) of a class than the allocation would
    allocation : {"proportional", "neyman", "equal"}
        Respondents per class in proportion to its customers; to its customers times its standard deviation; the same
        for all. `factor` and `minimum` change it.
    minimum : least respondents per class, as far as it has customers

    Returns
    -------
    SamplePlan
        n, invited, margin, design_effect, effective_n, strata (a DataFrame), notes. Nothing is estimated, so nothing
        has a standard error.

    Raises
    ------
    OptionError
        `unknown_option`, `bad_level`, `plan_number` for a number out of its range, `plan_margin_and_n`,
        `plan_needs` for a mean without margin or sd, `plan_rate_sd`.
    DataError
        `strata_empty`, `stratum_unknown_key`, `stratum_population`, `strata_total`.

    Notes
    -----
    n0 = deff z^2 v / margin^2, v = p (1 - p) or sd^2, deff = (1 + weight_cv^2) (1 + (cluster_size - 1) rho);
    n = n0 / (1 + (n0 - 1) / N), rounded up. With strata the smallest n is searched whose stratified variance,
    sum W^2 deff v_h / n_h (N_h - n_h) / (N_h - 1), meets the margin under the allocation; design_effect is Kish's
    for the weights N_h / n_h times deff, the precision gained by strata is in the margin only. The normal distribution
    is used throughout: for a rate near 0 or 1 take a larger sample.

    In R: survey::svymean on the finished sample; samplingbook::sample.size.prop.

    Examples
    --------
    >>> import csi
    >>> csi.plan_sample("rate", margin=0.05).n, csi.plan_sample("rate", margin=0.05, population=1000).n
    (385, 278)
    >>> plan = csi.plan_sample("index", n=300, strata={"A": 60, "B": 340, "C": 1600}, minimum=60)
    >>> plan.strata[["stratum", "n"]].to_numpy().tolist(), round(plan.design_effect, 2)
    ([['A', 60], ['B', 60], ['C', 180]], 1.22)

    """
    choose("target", target, TARGETS)
    choose("allocation", allocation, ALLOCATIONS)
    check_level(level)
    margin, spread, notes = planned_spread(target, margin, n, p, sd)
    check_number("response_rate", response_rate, 0, 1, open_low=True)
    check_number("weight_cv", weight_cv, 0, np.inf)
    check_number("cluster_size", cluster_size, 1, np.inf)
    check_number("rho", rho, 0, 1)
    check_number("minimum", minimum, 0, np.inf)
    if population is not None:
        check_number("population", population, 1, np.inf)
    deff = (1 + weight_cv**2) * cluster_effect(cluster_size, rho)
    z = two_sided(level)
    frame = None
    if strata is None:
        size = np.inf if population is None else float(population)
        if n is None:
            n = round_up(size_for_margin(spread, margin, level, size, deff))
        n = int(min(n, size))
        reached = z * float(np.sqrt(deff * spread / n * rest_share(n, size)))
    else:
        table = _strata(strata, target, p, spread**0.5, minimum, population)
        size = float(table["population"].sum())
        sizes = _stratum_sizes(table, allocation, n, margin, z, deff)
        n, reached = int(sizes.sum()), z * stratified_variance(sizes, *_two(table), deff) ** 0.5
        frame = _stratum_frame(table, sizes, response_rate, z, deff)
        deff *= weighting_effect(np.repeat(frame["weight"].to_numpy(), sizes))
    invited = round_up(n / response_rate) if frame is None else int(frame["invited"].sum())
    if target == "rate" and frame is None and n * min(p, 1 - p) < FEW:
        notes.append(note("plan_few", count=f"{n * min(p, 1 - p):.1f}"))
    short = invited > size if frame is None else bool((frame["invited"] > frame["population"]).any())
    if short:
        notes.append(note("plan_short", invited=invited, population=f"{size:.0f}"))
    return SamplePlan(target, n, invited, reached, level, size, deff, frame, tuple(notes))


def round_up(value: float) -> int:
    """Return the next whole number, safe against the last digit of a quotient."""
    return max(1, ceil(value - 1e-9))


def planned_spread(
    target: str, margin: float | None, n: int | None, p: float, sd: float | None
) -> tuple[float, float, list[Note]]:
    """Return the margin (NaN when n is given), the variance between respondents, and what was assumed."""
    if n is not None and margin is not None:
        raise OptionError("plan_margin_and_n")
    if n is not None:
        check_number("n", n, 1, np.inf, whole=True)
        margin = float("nan")
    elif margin is None:
        if target not in MARGINS:
            raise OptionError("plan_needs", target=target, option="margin")
        margin = MARGINS[target]
    else:
        check_number("margin", margin, 0, 1 if target == "rate" else np.inf, open_low=True)
    spread, notes = planned_variance(target, p, sd)
    return margin, spread, notes


def planned_variance(target: str, p: float, sd: float | None) -> tuple[float, list[Note]]:
    """Return the variance between respondents, and what was assumed for it."""
    if target == "rate":
        if sd is not None:
            raise OptionError("plan_rate_sd")
        check_number("p", p, 0, 1, open_low=True, open_high=True)
        return p * (1 - p), [note("plan_rate_assumed", p=f"{p:g}")]
    if sd is None:
        if target == "mean":
            raise OptionError("plan_needs", target=target, option="sd")
        return INDEX_SD**2, [note("plan_index_assumed", sd=f"{INDEX_SD:g}")]
    check_number("sd", sd, 0, np.inf, open_low=True)
    return float(sd) ** 2, []


def check_number(
    option: str,
    value: Any,
    low: float,
    high: float,
    *,
    open_low: bool = False,
    open_high: bool = False,
    whole: bool = False,
) -> None:
    """Refuse what is no number between `low` and `high`."""
    number = isinstance(value, int | float | np.number) and not isinstance(value, bool)
    fits = number and np.isfinite(value) and low <= value <= high
    fits = fits and not (open_low and value == low) and not (open_high and value == high)
    if not fits or (whole and value != floor(value)):
        left = "(" if open_low else "["
        right = "∞)" if np.isinf(high) else f"{high:g}{')' if open_high else ']'}"
        raise OptionError("plan_number", option=option, value=value, range=f"{left}{low:g}, {right}")


def _strata(
    strata: Mapping[str, Any], target: str, p: float, sd: float, minimum: int, population: float | None
) -> pd.DataFrame:
    """One row per stratum: stratum, population, variance, minimum, factor."""
    if not isinstance(strata, Mapping) or not strata:
        raise DataError("strata_empty")
    rows = []
    for name, given in strata.items():
        entry = dict(given) if isinstance(given, Mapping) else {"population": given}
        unknown = [key for key in entry if key not in STRATUM_KEYS]
        if unknown:
            raise DataError("stratum_unknown_key", stratum=name, keys=unknown, choices=STRATUM_KEYS)
        size = entry.get("population")
        whole = isinstance(size, int | float | np.number) and np.isfinite(size) and size >= 1 and size == floor(size)
        if not whole:
            raise DataError("stratum_population", stratum=name, value=size)
        wrong = "sd" if target == "rate" else "p"
        if wrong in entry:
            raise DataError(
                "stratum_unknown_key", stratum=name, keys=[wrong], choices=[k for k in STRATUM_KEYS if k != wrong]
            )
        chance, spread = entry.get("p", p), entry.get("sd", sd)
        check_number("p", chance, 0, 1, open_low=True, open_high=True)
        check_number("sd", spread, 0, np.inf)
        least, factor = entry.get("minimum", minimum), entry.get("factor", 1.0)
        check_number("minimum", least, 0, np.inf)
        check_number("factor", factor, 0, np.inf, open_low=True)
        variance = chance * (1 - chance) if target == "rate" else spread**2
        rows.append((str(name), int(size), float(variance), ceil(least), float(factor)))
    table = pd.DataFrame(rows, columns=["stratum", "population", "variance", "minimum", "factor"])
    if population is not None and int(table["population"].sum()) != population:
        raise DataError("strata_total", total=int(table["population"].sum()), population=f"{population:g}")
    return table


def _two(table: pd.DataFrame) -> tuple[Array, Array]:
    return table["population"].to_numpy(dtype=float), table["variance"].to_numpy(dtype=float)


def _stratum_sizes(
    table: pd.DataFrame, allocation: str, n: int | None, margin: float, z: float, deff: float
) -> NDArray[np.int64]:
    """Respondents per stratum, for n in all or for the margin."""
    population, variance = _two(table)
    parts = {"proportional": population, "neyman": population * np.sqrt(variance), "equal": np.ones(len(table))}
    share = parts[allocation] * table["factor"].to_numpy()
    share = share if share.sum() > 0 else population
    least = np.maximum(table["minimum"].to_numpy(), 1)  # a class without a respondent cannot be weighted up

    def sizes(total: int) -> NDArray[np.int64]:
        return allocate(total, share, least, population)

    if n is not None:
        if n > population.sum() or n < np.minimum(least, population).sum():
            range_ = f"[{np.minimum(least, population).sum():.0f}, {population.sum():.0f}]"
            raise OptionError("plan_number", option="n", value=n, range=range_)
        return sizes(n)
    low, high = int(np.minimum(least, population).sum()), int(population.sum())
    while low < high:
        middle = (low + high) // 2
        reached = z * stratified_variance(sizes(middle), population, variance, deff) ** 0.5
        low, high = (low, middle) if reached <= margin else (middle + 1, high)
    return sizes(low)


def _stratum_frame(
    table: pd.DataFrame, sizes: NDArray[np.int64], response_rate: float, z: float, deff: float
) -> pd.DataFrame:
    population, variance = _two(table)
    return pd.DataFrame(
        {
            "stratum": table["stratum"],
            "population": table["population"],
            "n": sizes,
            "invited": [round_up(size / response_rate) for size in sizes.tolist()],
            "weight": population / sizes,
            "margin": z * np.sqrt(deff * variance / sizes * rest_share(sizes, population)),
            "share": sizes / population,
        }
    )
