"""How sure the numbers of a driver regression are: by the design, robustly, by the normal model, or by replicates."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from csi.drivers.ordered import Model, SeparatedError
from csi.drivers.regression_data import Domain, DriverData
from csi.drivers.regression_numbers import Moved, fit_model, linear_of_moments, values_of
from csi.drivers.regression_r2 import bound_r2, bound_r2_of_moments, rows_of_fit
from csi.errors import OptionError, choose
from csi.estimation.engine import Estimator, Measured, Numbers, infer, stacked
from csi.estimation.moments import OfMoments
from csi.inference.bootstrap import Batch, Resampler
from csi.inference.choice import INTERVALS, Choice, check_n_boot
from csi.inference.design import Design
from csi.inference.influence import STEP, jacobian
from csi.inference.intervals import Linear, acceleration_sums, from_scale
from csi.inference.stores import LinearStore, Places, Store
from csi.language import Note, note
from csi.moments import Moments
from csi.sums import upper

Array = NDArray[np.float64]
ROBUST = ("hc0", "hc1", "hc2", "hc3")
INFERENCE = ("linearised", *ROBUST, "bootstrap", "normal", "none")


@dataclass(frozen=True, eq=False)
class Fit:
    """A regression in every domain.

    Attributes
    ----------
    kind, link : of the regression
    data : what was prepared
    outcomes : (m,) outcome per domain as the regression takes it: rated, or numbers of levels
    levels : levels per domain, () for linear: the values of the outcome (the lowest of each level)
    models : per domain
    values : all numbers with their influence, per domain
    """

    kind: str
    link: str
    data: DriverData
    outcomes: tuple[Array, ...]
    levels: tuple[tuple[float, ...], ...]
    models: tuple[Model, ...]
    values: tuple[dict[str, Moved], ...]

    @property
    def dfs(self) -> tuple[float, ...]:
        """Degrees of freedom of each domain, at least 1."""
        return tuple(max(df, 1.0) for df in self.spare)

    @cached_property
    def spare(self) -> tuple[float, ...]:
        """Degrees of freedom of each domain as svyglm counts them: its sampling units - strata - terms."""
        design, found = self.data.design, []
        for domain in self.data.domains:
            there = np.bincount(design.unit[domain.rows], minlength=design.units) > 0
            strata = np.count_nonzero(np.bincount(design.unit_stratum[there]))
            found.append(float(np.count_nonzero(there) - strata - len(self.data.terms)))
        return tuple(found)

    @property
    def df(self) -> float:
        """The smallest of them."""
        return min(self.dfs)


@dataclass(frozen=True, eq=False)
class DomainLinear(Linear):
    """As Linear, each estimate with the degrees of freedom of its own domain.

    Attributes
    ----------
    dfs : (k,)
    """

    dfs: Array = field(default_factory=lambda: np.zeros(0))

    def interval(self, level: float) -> tuple[Array, Array]:
        """Limits (k,), (k,): t on the scale of each number."""
        from scipy.special import stdtrit

        moved, spread, scale = self._transformed
        reach = -stdtrit(self.dfs, (1 - level) / 2) * spread
        lower, upper = from_scale(moved - reach, scale), from_scale(moved + reach, scale)
        return np.where(self.constant, self.estimate, lower), np.where(self.constant, self.estimate, upper)

    def p_value(self) -> Array:
        """(k,) two-sided p-values of 0; NaN for constants."""
        from scipy.special import stdtr

        moved, spread, _ = self._transformed
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(self.constant, np.nan, 2 * stdtr(self.dfs, -np.abs(moved / spread)))

    def combine(self, weights: Array) -> Linear:
        """The uncertainty of one weighted sum, with the smallest degrees of freedom of those that enter."""
        cov = np.atleast_2d(weights @ self.cov @ weights)
        df = float(self.dfs[weights != 0].min()) if (weights != 0).any() else self.df
        return Linear(np.atleast_1d(weights @ self.estimate), cov, df)


@dataclass(frozen=True, eq=False)
class SomeTested(DomainLinear):
    """Estimates of which some have no hypothesis of 0.

    Attributes
    ----------
    untested : (k,)
    """

    untested: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, dtype=bool))

    def p_value(self) -> Array:
        """(k,) two-sided p-values of 0, NaN for what is not tested."""
        return np.where(self.untested, np.nan, super().p_value())


@dataclass(frozen=True, eq=False)
class InfluenceStore:
    """Covariances from influence, made when a table asks for them.

    Attributes
    ----------
    fit : the regressions
    covariance : takes influence per domain, a list of (k, m) with the places (K,) they fill, and gives (K, K)
    """

    fit: Fit
    covariance: Callable[[list[tuple[list[int], Array]], int], Array]
    _moves: dict[tuple[int, str], Array] = field(default_factory=dict, repr=False)

    def uncertainty(self, estimate: Array, places: Places, scale: NDArray[np.int8]) -> Linear:
        """The uncertainty of the estimates at some places."""
        sizes = {name: len(moved.value) for name, moved in self.fit.values[0].items()}
        parts: list[tuple[list[int], Array]] = []
        for g, values in enumerate(self.fit.values):
            mine = [(at, name, i - g * sizes[name]) for at, (name, i) in enumerate(places) if i // sizes[name] == g]
            moves = [self._influence(g, name, values)[i] for _, name, i in mine]
            parts.append(
                ([at for at, _, _ in mine], np.array(moves).reshape(len(mine), len(self.fit.data.domains[g].rows)))
            )
        dfs = np.array([self.fit.dfs[i // sizes[name]] for name, i in places])
        return DomainLinear(estimate, self.covariance(parts, len(places)), self.fit.df, scale, dfs=dfs)

    def _influence(self, g: int, name: str, values: Mapping[str, Moved]) -> Array:
        if (g, name) not in self._moves:
            self._moves[g, name] = values[name].influence()
        return self._moves[g, name]


def choose_method(kind: str, design: Design | None, groups: Sequence[str], fourth: bool, asked: Choice) -> Choice:
    """Resolve the defaults and refuse what the data cannot give; `design` is None for Moments."""
    choose("inference", asked.inference, (None, *INFERENCE))
    choose("interval", asked.interval, (None, *INTERVALS))
    method = asked.inference or ("linearised" if design is not None or fourth else "normal")
    if method == "none" or (method == "bootstrap" and asked.n_boot == 0):
        return replace(asked, inference="none", interval="")
    if design is None:
        if method not in ("normal", "linearised") or (method == "linearised" and not fourth):
            raise OptionError("needs_rows", inference=method)
    elif method in (*ROBUST, "normal") and not design.plain:
        code = "design_not_normal" if method == "normal" else "design_not_robust"
        raise OptionError(code, inference=method)
    if method in ("hc2", "hc3") and kind == "ordered":
        raise OptionError("ordered_no_leverage", inference=method)
    if method == "normal" and groups:
        raise OptionError("by_not_normal")
    if method == "normal" and asked.interval == "percentile":
        raise OptionError("percentile_needs_draws")
    if method == "bootstrap":
        check_n_boot(asked.n_boot)
    return replace(asked, inference=method, interval=asked.interval_of(method, design is None or design.plain))


@dataclass(frozen=True, eq=False)
class OfFit(Estimator):
    """The numbers of a regression in every domain.

    Attributes
    ----------
    fit : of the sample
    """

    fit: Fit

    drawn = ("bootstrap",)

    @property
    def design(self) -> Design:
        """Of all respondents."""
        return self.fit.data.design

    def numbers(self) -> Numbers:
        """(k,) of the sample."""
        return stacked([{name: moved.value for name, moved in values.items()} for values in self.fit.values])

    def linearised(self, method: str) -> tuple[Store, Note]:
        """Errors by the design, robustly, or by the model that is taken for true."""
        fit, design = self.fit, self.design
        if method == "normal" and fit.kind == "linear":
            domain = fit.data.domains[0]
            store, n = normal_errors(_moments(fit.data, domain), len(domain.y), _effective(domain), fit.data.main)
            return store, note("normal_regression", n=round(n, 1))
        if method == "linearised":
            design.check_lonely()
            store = InfluenceStore(fit, lambda parts, size: _by_design(fit, parts, size))
            remark = "raked_errors" if design.calibration is not None else "linearised_design"
            return store, note(remark, units=design.units, strata=design.strata_count)
        rule = "hc0" if method == "normal" else method
        store = InfluenceStore(fit, lambda parts, size: _independent(fit, parts, size, rule))
        if method == "normal":
            return _ModelStore(fit, store), note("model_errors")
        return store, note("robust_errors", name=method.upper())

    def replicates(self, multipliers: Array) -> Numbers:
        """(k, b): from cross-products for a line, else fitted one by one."""
        if self.fit.kind == "linear":
            return self._of_moments(*self._resampler.batches(multipliers))
        found = [_refit(self.fit, column) for column in multipliers.T]
        return {name: np.stack([one[name] for one in found], axis=1) for name in found[0]}

    @cached_property
    def _resampler(self) -> Resampler:
        return Resampler(rows_of_fit(self.fit.data))

    def _of_moments(self, domains: list[Batch], _: Batch) -> Numbers:
        data = self.fit.data
        return stacked([linear_of_moments(part, n, data.main) for part, n in zip(domains, data.n, strict=False)])

    def accelerations(self) -> Numbers:
        """(k,) from the influence of each respondent."""
        moves = [{name: moved.influence() for name, moved in values.items()} for values in self.fit.values]
        return stacked(
            [
                {name: acceleration_sums((one**2).sum(axis=1), (one**3).sum(axis=1)) for name, one in part.items()}
                for part in moves
            ]
        )

    def remark(self) -> Note:
        """How replicates are drawn."""
        raked = self.design.calibration is not None
        return note(
            "bootstrap_raked" if raked else "bootstrap_design", units=self.design.units, strata=self.design.strata_count
        )


def with_r2(fit: Fit, measured: Measured) -> Measured:
    """R2 of a line with the limits it has among importances, unless the model or replicates were asked for."""
    if fit.kind != "linear" or measured.method not in ("linearised", *ROBUST):
        return measured
    return bound_r2(fit.data, measured, fit.df)


def _by_design(fit: Fit, parts: list[tuple[list[int], Array]], size: int) -> Array:
    design = fit.data.design
    if design.plain:  # every row of influence adds up to 0, so nothing is left to centre
        return _independent(fit, parts, size, "hc0") * (design.units / (design.units - 1))
    values = np.zeros((size, design.pieces))
    for (at, moves), domain in zip(parts, fit.data.domains, strict=True):
        pieces = design.piece[domain.rows]
        for place, row in zip(at, moves, strict=True):
            values[place] = np.bincount(pieces, weights=row, minlength=design.pieces)
    return design.covariance(values)


def _independent(fit: Fit, parts: list[tuple[list[int], Array]], size: int, rule: str) -> Array:
    """Covariance from independent respondents: HC0 as it is, HC1 with n / (n - q), HC2 and HC3 by leverage."""
    cov = np.zeros((size, size))
    for (at, moves), model in zip(parts, fit.models, strict=True):
        n, q = len(model.eta), len(model.lead) + len(model.coef)
        factor = n / (n - q) if rule == "hc1" else 1.0
        if rule in ("hc2", "hc3"):
            moves = moves * np.maximum(1 - model.leverage, 1e-12) ** (-0.5 if rule == "hc2" else -1.0)
        cov[np.ix_(at, at)] = moves @ moves.T * factor
    return cov


@dataclass(frozen=True, eq=False)
class _ModelStore:
    """Errors that take the model for true: coefficients by the information, the rest by independent respondents."""

    fit: Fit
    other: InfluenceStore

    def uncertainty(self, estimate: Array, places: Places, scale: NDArray[np.int8]) -> Linear:
        """The uncertainty of the estimates at some places; what is a multiple of a coefficient shares its error."""
        model, domain = self.fit.models[0], self.fit.data.domains[0]
        first = {"lead": 0, "raw": len(model.lead), "standardized": len(model.lead), "effect": len(model.lead)}
        if any(name not in first for name, _ in places):
            return self.other.uncertainty(estimate, places, scale)
        own = [first[name] + i for name, i in places]
        base = np.concatenate([model.lead, model.coef])[own]
        factor = np.array(
            [1.0 if name in ("lead", "raw") else v / b for (name, _), v, b in zip(places, estimate, base, strict=True)]
        )
        bread = model.bread * (len(domain.y) / _effective(domain))
        return Linear(estimate, bread[np.ix_(own, own)] * np.outer(factor, factor), np.inf, scale)


def _effective(domain: Domain) -> float:
    return float(domain.weight.sum() ** 2 / (domain.weight @ domain.weight))


def _moments(data: DriverData, domain: Domain) -> Batch:
    both = np.column_stack([domain.x, domain.y])
    w, n = domain.weight, len(domain.y)
    mean = w @ both / w.sum()
    moved = both - mean
    cov = (moved * w[:, None]).T @ moved / w.sum() * (n / (n - 1))
    first, second = upper(both.shape[1])
    return Batch(mean[:, None], cov[first, second][:, None])


def normal_errors(batch: Batch, n: int, n_eff: float, main: Sequence[int]) -> tuple[LinearStore, float]:
    """Errors of a linear regression by the normal distribution; coefficients as in any textbook.

    The covariance of means and covariances of normal ratings goes through the derivatives of the numbers, times
    (n - 1) / (n - k - 1): for raw coefficients that is residual variance times the inverse cross-products, exactly.
    """
    mean, cov = batch.mean[:, 0], batch.cov[:, :, 0]
    p = len(mean)
    first, second = upper(p)
    spread = np.sqrt(np.diag(cov))
    point = np.concatenate([np.zeros(p), batch.half[:, 0]])
    steps = STEP * np.concatenate([spread, spread[first] * spread[second]])

    def at(moved: Array) -> Numbers:
        return linear_of_moments(Batch(moved[:p] + mean[:, None], moved[p:]), n, main)

    slopes = jacobian(point, steps, at)
    slope = np.concatenate(list(slopes.values()))
    inputs = np.zeros((len(point),) * 2)
    inputs[:p, :p] = cov / n
    inputs[p:, p:] = (
        cov[np.ix_(first, first)] * cov[np.ix_(second, second)]
        + cov[np.ix_(first, second)] * cov[np.ix_(second, first)]
    ) / (n - 1)
    k = p - 1
    total = slope @ inputs @ slope.T * ((n - 1) / (n - k - 1)) * (n / n_eff)
    return LinearStore(total, {name: len(one) for name, one in slopes.items()}, max(n_eff - k - 1, 1.0)), n_eff


@dataclass(frozen=True, eq=False)
class OfLine(OfMoments):
    """A linear regression from moments whose last item is the outcome."""

    drawn = ()

    def of_domain(self, g: int, batch: Batch, common: None) -> Numbers:
        """(k, b)."""
        return linear_of_moments(batch, self.moments.n, range(len(batch.mean) - 1))

    def linearised(self, method: str) -> tuple[Store, Note]:
        """Errors from fourth-order sums, or by the normal distribution."""
        moments, k = self.moments, len(self.moments.names) - 1
        if method == "linearised":
            store, remark = super().linearised(method)
            return replace(store, df=float(max(moments.fourth.units - 1 - k, 1))), remark
        n = float(moments.pairs.n.min()) if moments.pairs is not None else moments.n
        store, n = normal_errors(self.together, moments.n, n * moments.n_eff / moments.n, range(k))
        return store, note("normal_regression", n=round(n, 1))


def measure_moments(moments: Moments, choice: Choice) -> Measured:
    """Numbers of a linear regression from moments whose last item is the outcome."""
    k = len(moments.names) - 1
    batch = Batch(moments.mean[:, None], moments.cov[upper(k + 1)][:, None])
    found = infer(OfLine([batch], batch, moments.n_eff, list, None, moments), choice)
    return bound_r2_of_moments(found, moments.n, k) if found.method == "linearised" else found


def _refit(fit: Fit, multipliers: Array) -> dict[str, Array]:
    """All numbers of one replicate; NaN where a level, a driver's variance or the maximum is lost."""
    data, found = fit.data, []
    piece = data.design.piece
    for g, domain in enumerate(data.domains):
        w = domain.weight * multipliers[piece[domain.rows]]
        keep = w > 0
        x, y, w = domain.x[keep], fit.outcomes[g][keep], w[keep]
        sizes = {name: np.full(len(moved.value), np.nan) for name, moved in fit.values[g].items()}
        levels = len(fit.levels[g])
        if len(y) and len(np.unique(y)) == levels and (np.ptp(x, axis=0) > 0).all():
            w = w / w.mean()
            try:
                model = fit_model(fit.kind, x, y, w, levels, fit.link)
                shown = np.column_stack([x[:, data.main], domain.y[keep]])
                moved = values_of(fit.kind, model, x, y, w, fit.link, shown)
                sizes = {name: part.value for name, part in moved.items()}
            except (SeparatedError, np.linalg.LinAlgError):
                pass
        found.append(sizes)
    return stacked(found)
