"""How sure importances are: sampling units left out in turn, and limits within the ellipsoid of the correlations.

Up to 1,000 sampling units every error is the jackknife's. Above, and for Moments, the linearised influence takes its
place, which by then gives the same; limits of importances are made in the same way of it, without a bias.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from csi.drivers.bounded import Bounded, R2Evidence
from csi.drivers.importance_numbers import to_root
from csi.drivers.profile import Evidence, Function
from csi.errors import OptionError
from csi.estimates import Uncertainty
from csi.estimation.engine import JACKKNIFE_UP_TO, Measured
from csi.estimation.item_moments import ItemData
from csi.estimation.moments import of_items
from csi.estimation.parts import Groups
from csi.inference.choice import Choice
from csi.inference.intervals import standard_deviation
from csi.inference.jackknife import JackknifeStore, bias, contributions, kurtosis, units_of
from csi.inference.stores import DrawStore, LazyStore, LinearStore, Places, pick
from csi.language import note

Array = NDArray[np.float64]
SUBSETS = 1 << 20  # of drivers, times sampling units, up to which units are left out in turn
EASY = 20  # players of LMG up to which errors are given unasked
LEAST_DF = 6.0  # of shares


@dataclass(frozen=True, eq=False)
class Limits:
    """Limits of some rows of a table as a function of the level; it holds what they are made of, and no data.

    Attributes
    ----------
    places : of the k rows
    evidence : block of importances to what its limits are made of, per group
    r2 : of R2
    """

    places: Places
    evidence: Mapping[str, Sequence[Evidence]]
    r2: R2Evidence | None

    def __call__(self, level: float) -> tuple[Array, Array]:
        """Limits (k,), (k,), NaN where they are not made here."""
        known: dict[str, Array] = {}
        for block, groups in self.evidence.items():
            found = [one.limits(level) for one in groups]
            for name in found[0]:
                whole = np.concatenate([one[name] for one in found], axis=1)
                known[block if name == "importance" else name] = 100 * whole if name == "shares" else whole
        if self.r2 is not None:
            known |= {name: np.stack(self.r2.limits(level, name == "r2_adjusted")) for name in ("r2", "r2_adjusted")}
        nothing = np.full(2, np.nan)
        ends = np.array([known[name][:, row] if name in known else nothing for name, row in self.places])
        return ends[:, 0], ends[:, 1]


@dataclass(frozen=True, eq=False)
class ImportanceStore:
    """A store whose importances, shares and R2 have limits of their own.

    Attributes
    ----------
    inner : the store of everything
    maker : of what limits are made of
    """

    inner: JackknifeStore | LazyStore | LinearStore | DrawStore
    maker: _Maker

    @property
    def df(self) -> float:
        """Degrees of freedom of the design."""
        return float(self.inner.df)

    def uncertainty(self, estimate: Array, places: Places, scale: NDArray[np.int8]) -> Uncertainty:
        """The uncertainty of the estimates at some places."""
        inner = self.inner.uncertainty(estimate, places, scale)
        asked = {"importance" if name == "shares" else name for name, _ in places}
        evidence = {name: self.maker.evidence[name] for name in asked if name in self.maker.functions}
        of_r2 = bool(asked & {"r2", "r2_adjusted"})
        if not evidence and not of_r2:
            return inner
        return Bounded(inner, Limits(tuple(places), evidence, self.maker.r2 if of_r2 else None))


def choose(data: ItemData, asked: Choice) -> Choice:
    """The choice resolved: limits by "profile" unless asked otherwise, percentiles of a bootstrap, never BCa."""
    if asked.interval == "bca":
        raise OptionError("importance_no_bca")
    choice = asked.resolve(data)
    if asked.interval is None and choice.inference in ("linearised", "bootstrap"):
        return replace(choice, interval="profile" if choice.inference == "linearised" else "percentile")
    return choice


def sharpen(
    data: ItemData, found: Measured, slim: Groups, whole: Groups, functions: Mapping[str, Function], p: int
) -> Measured:
    """Jackknife errors instead of linearised ones where units are few, and limits of their own for importances and R2.

    Parameters
    ----------
    data : what was prepared
    found : numbers of `whole` with linearised errors or replicates; with linearised errors `roots` stand among them
    slim : parts of each group whose numbers are jackknifed at once, with `roots` among them
    whole : parts of each group with everything
    functions : blocks of importances to their functions; the others keep their errors and limits
    p : drivers
    """
    kind = found.interval
    if found.method not in ("linearised", "bootstrap") or (kind == "t" and found.method == "bootstrap"):
        return found
    held = _left_out(data, slim, functions)
    method, store, notes = found.method, found.store, found.notes
    if held is not None and method == "linearised" and functions:

        def more() -> dict[str, Array]:
            return _brought(data, whole)

        method, store = "jackknife", JackknifeStore(held, data.design, float(data.design.df), more)
        notes = (note("jackknife", units=data.design.units),)
    if kind == "profile" and functions:
        notes = (*notes, note("importance_limits"))
    if kind == "profile" and not functions:
        kind = "t"
    made = replace(found, method=method, interval=kind, store=store, notes=notes)
    if kind == "t":
        return made
    return replace(made, store=ImportanceStore(store, _Maker(data, made, held, functions, p)))


def _left_out(data: ItemData, slim: Groups, functions: Mapping[str, Function]) -> dict[str, Array] | None:
    """What each unit brings to the numbers, or None where units cannot be left out, or are too many."""
    design = data.design
    if design is None or design.pieces > JACKKNIFE_UP_TO:
        return None
    subsets = max((1 << len(one.sizes) for one in functions.values() if one.method == "lmg"), default=1)
    if design.units * subsets > SUBSETS:
        return None
    design.check_lonely()
    found = _brought(data, slim)
    return found if all(np.isfinite(values).all() for values in found.values()) else None


def _brought(data: ItemData, parts: Groups) -> dict[str, Array]:
    estimator = of_items(data, parts)
    value, held_out = estimator.numbers(), estimator.held_out()
    return {name: contributions(held, value[name], data.design) for name, held in held_out.items()}


@dataclass(frozen=True, eq=False)
class _Maker:
    """Makes what limits are made of, when limits are asked for.

    Attributes
    ----------
    data, found : what was prepared, and the numbers with their errors
    held : what units bring, None for linearised influence
    functions, p : as in `sharpen`
    """

    data: ItemData
    found: Measured
    held: Mapping[str, Array] | None
    functions: Mapping[str, Function]
    p: int

    @cached_property
    def df(self) -> Array:
        """(groups,) sampling units with respondents less their strata."""
        design = self.data.design
        if design is None:
            return np.array([float(self.found.store.df)])
        strata = [len(np.unique(design.unit_stratum[there])) for there in self._there]
        return np.maximum([float(there.sum() - k) for there, k in zip(self._there, strata, strict=True)], 1.0)

    @cached_property
    def _there(self) -> list[NDArray[np.bool_]]:
        data = self.data
        rows = np.flatnonzero(data.used)
        return [units_of(data.design, rows[data.codes == g]) for g in range(len(data.domains))]

    @cached_property
    def wider(self) -> Array:
        """(groups,) factor of the tails of percentiles, n / (n - 1) where units are drawn n of n."""
        plain = self.data.design is not None and self.data.design.plain
        return (self.df + 1) / self.df if plain else np.ones(len(self.df))

    @cached_property
    def _errors(self) -> tuple[dict[str, Array], Array]:
        """Standard errors of z of roots, and the covariance of the correlations of all groups."""
        names = [f"{name}_root" for name in ("r2", *self.functions)]
        if isinstance(self.found.store, DrawStore):
            return {name: self._error_of_draws(name) for name in names}, np.zeros((0, 0))
        sizes = {name: len(self.found.numbers[name]) for name in ("z", *names)}
        places = [(name, i) for name, size in sizes.items() for i in range(size)]
        plain = np.zeros(len(places), dtype=np.int8)
        cov = self.found.store.uncertainty(pick(self.found.numbers, places), places, plain).covariance()
        ends = np.cumsum([0, *sizes.values()])
        error = np.sqrt(np.diag(cov))
        return {n: error[a:b] for n, a, b in zip(sizes, ends, ends[1:], strict=False)}, cov

    def _error_of_draws(self, name: str) -> Array:
        if self.held is not None:
            return np.sqrt(np.diag(self.data.design.unit_covariance(self.held[name])))
        return standard_deviation(to_root(self.found.store.draws[name.removesuffix("_root")]))

    @cached_property
    def r2(self) -> R2Evidence:
        """Of R2."""
        return R2Evidence(self.found.numbers["r2"], self._errors[0]["r2_root"], self.df, self.data.n, self.p)

    @cached_property
    def evidence(self) -> dict[str, list[Evidence]]:
        """Of every block of importances, per group."""
        groups = range(len(self.data.domains))
        return {name: [self._of(name, one, g) for g in groups] for name, one in self.functions.items()}

    def _of(self, name: str, function: Function, g: int) -> Evidence:
        numbers, k, off = self.found.numbers, len(function.sizes), len(function.off)
        at, cells = slice(g * k, (g + 1) * k), slice(g * off, (g + 1) * off)
        value, errors, cov = numbers[name][at], *self._errors
        share = numbers["shares"][at] / 100 if name == "importance" else value[:0]
        less, less_of_share, df = np.zeros(k), np.zeros(len(share)), np.full(len(share), self.df[g])
        if self.held is not None:
            less = bias(self.held[name][at], self.data.design)
        if self.held is not None and len(share):
            less_of_share = bias(self.held["shares"][at], self.data.design) / 100
            spread = kurtosis(self.held["shares"][at], self.data.design, self._there[g])
            with np.errstate(invalid="ignore", divide="ignore"):
                few = np.nan_to_num(2 * self._there[g].sum() / (spread - 1), nan=np.inf, posinf=np.inf)
            df = np.minimum(df, np.maximum(LEAST_DF, few))
        drawn = isinstance(self.found.store, DrawStore)
        w, own = (value[:0], cov) if drawn else (numbers["z"][cells], cov[cells, cells])
        draws = self.found.store.draws if drawn else {}
        return Evidence(
            function, w, own, value, share, less, less_of_share, errors[f"{name}_root"][at], float(self.df[g]), df,
            draws[name][at] if drawn else None, draws["shares"][at] / 100 if drawn and len(share) else None,
            self.wider[g],
        )  # fmt: skip
