"""What to doubt in a driver regression: collinearity, curvature, misfit, influence, proportional odds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from csi.drivers.ordered import SeparatedError, fit_cumulative
from csi.drivers.regression_data import Domain
from csi.drivers.regression_inference import Fit, SomeTested
from csi.drivers.regression_numbers import fit_linear, fit_model
from csi.estimates import Uncertainty
from csi.inference.intervals import Linear
from csi.results import Check

Array = NDArray[np.float64]
ALPHA = 0.05
VIF = 5.0
CONDITION = 30.0
PER_TERM = 10
COOK = 1.0
OUTSIDE = 0.05


@dataclass(frozen=True)
class Bend:
    """A driver whose square was added to the regression.

    Attributes
    ----------
    group, driver : whose
    numbers : (4,) coefficient of the square, slope at the lowest and highest answer, turning point (NaN outside them)
    influence : (4, m)
    low, high : lowest and highest answer
    """

    group: int
    driver: str
    numbers: Array
    influence: Array
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class Doubts:
    """Second looks at a fit, made when asked for."""

    fit: Fit

    def covariance(self, parts: Sequence[tuple[int, Array]]) -> Array:
        """Covariance (K, K) of estimates from pairs of (group, influence (k, m)), under the design."""
        design, domains = self.fit.data.design, self.fit.data.domains
        rows = []
        for g, influence in parts:
            pieces = design.piece[domains[g].rows]
            rows += [np.bincount(pieces, weights=row, minlength=design.pieces) for row in influence]
        values = np.array(rows)
        if design.lonely.any() and design.lonely_psu == "fail":
            return values @ values.T
        return design.covariance(values)

    @cached_property
    def curved(self) -> list[tuple[int, int]]:
        """(group, position) of every driver of numbers with at least three different answers."""
        found = []
        for g, domain in enumerate(self.fit.data.domains):
            inside = ((domain.x > domain.x.min(axis=0)) & (domain.x < domain.x.max(axis=0))).any(axis=0)
            found += [(g, i) for i in self.fit.data.main if self.fit.data.terms[i].numeric and inside[i]]
        return found

    @cached_property
    def bends(self) -> list[Bend]:
        """Every such driver, once with its square."""
        found = [self._bend(g, self.fit.data.domains[g], i) for g, i in self.curved]
        return [bend for bend in found if bend is not None]

    def _bend(self, g: int, domain: Domain, i: int) -> Bend | None:
        own = domain.x[:, i]
        centre = float(domain.weight @ own / domain.weight.sum())
        added = self._with(g, domain, ((own - centre) ** 2)[:, None])
        if added is None:
            return None
        coef, influence = added
        k = domain.x.shape[1]
        b1, b2, first, second = coef[i], coef[k], influence[i], influence[k]
        low, high = float(own.min()), float(own.max())
        turn = centre - b1 / (2 * b2)
        inside = low < turn < high
        numbers = [b2, b1 + 2 * b2 * (low - centre), b1 + 2 * b2 * (high - centre), turn if inside else np.nan]
        moves = [
            second,
            first + 2 * (low - centre) * second,
            first + 2 * (high - centre) * second,
            (b1 * second / b2 - first) / (2 * b2),
        ]
        return Bend(g, self.fit.data.terms[i].name, np.array(numbers), np.array(moves), low, high)

    def _with(self, g: int, domain: Domain, more: Array) -> tuple[Array, Array] | None:
        """Coefficients and their influence with columns added; None where they follow from the others."""
        own = self.fit.values[g]
        if self.fit.kind == "linear" and own["square"].value[0] > 1 - 1e-12:
            return None  # what is explained wholly leaves rounding errors only
        x = np.column_stack([domain.x, more])
        z = x - domain.weight @ x / domain.weight.sum()
        spread = np.sqrt(domain.weight @ z**2)
        if (spread <= 1e-9).any() or np.linalg.eigvalsh((z / spread * domain.weight[:, None]).T @ (z / spread))[
            0
        ] < 1e-9:
            return None
        fit = self.fit
        try:
            model = fit_model(fit.kind, x, fit.outcomes[g], domain.weight, len(fit.levels[g]), fit.link)
        except SeparatedError:
            return None
        return model.coef, model.influence[len(model.lead) :]

    def bend_table(self) -> tuple[list[tuple[int, str, str]], Uncertainty]:
        """Keys (group, driver, kind) and numbers of all bends."""
        kinds = ("quadratic", "slope_low", "slope_high", "turning_point")
        keys, values, parts = [], [], []
        for bend in self.bends:
            known = np.flatnonzero(np.isfinite(bend.numbers))
            keys += [(bend.group, bend.driver, kinds[i]) for i in known]
            values.append(bend.numbers[known])
            parts.append((bend.group, bend.influence[known]))
        if not keys:
            return keys, Linear(np.zeros(0), np.zeros((0, 0)), self.fit.df)
        return keys, self._linear(keys, np.concatenate(values), parts)

    def turns(self) -> list[tuple[Bend, float, str]]:
        """Every bend with Lind and Mehlum's p-value and its shape: "inverted_u", "u" or ""."""
        from scipy.special import stdtr

        found = []
        for bend in self.bends:
            error = np.sqrt(np.diag(self.covariance([(bend.group, bend.influence[:3])])))
            side = 1.0 if bend.numbers[0] < 0 else -1.0
            t = np.array([side, -side]) * bend.numbers[1:3] / error[1:3]
            p = float(stdtr(self.fit.dfs[bend.group], -t).max())
            shape = "" if t.min() <= 0 else "inverted_u" if side > 0 else "u"
            found.append((bend, p, shape))
        return found

    @cached_property
    def cuts(self) -> list[tuple[int, list[float], Array, Array]]:
        """Per group: cuts, coefficients (cuts, k) and influence (cuts, k, m) of the binary regressions at each cut."""
        found = []
        for g, domain in enumerate(self.fit.data.domains):
            levels, coefs, moves, kept = self.fit.levels[g], [], [], []
            for cut in range(len(levels) - 1):
                y = (self.fit.outcomes[g] > cut).astype(np.int64)
                try:
                    model = fit_cumulative(domain.x, y, domain.weight, 2, self.fit.link)
                except SeparatedError:
                    continue
                kept.append(levels[cut])
                coefs.append(model.coef)
                moves.append(model.influence[1:])
            found.append((g, kept, np.array(coefs), np.array(moves)))
        return found

    def cut_table(self) -> tuple[list[tuple[int, str, str]], Uncertainty]:
        """Keys (group, term, "> level") and coefficients of the binary regressions."""
        keys, values, parts = [], [], []
        for g, kept, coefs, moves in self.cuts:
            if not kept:
                continue
            keys += [(g, name, f"> {level:g}") for level in kept for name in self.fit.data.names]
            values.append(coefs.reshape(-1))
            parts.append((g, moves.reshape(-1, moves.shape[-1])))
        return keys, self._linear(keys, np.concatenate(values), parts)

    def _linear(self, keys: list[tuple[int, str, str]], values: Array, parts: Sequence[tuple[int, Array]]) -> Linear:
        dfs = np.array([self.fit.dfs[g] for g, _, _ in keys])
        untested = np.array([kind == "turning_point" for _, _, kind in keys])
        return SomeTested(values, self.covariance(parts), self.fit.df, dfs=dfs, untested=untested)

    def wald(self, g: int, numbers: Array, influence: Array) -> float:
        """p-value that all numbers (k,) are 0: F with k and the design's degrees of freedom; Bonferroni's of single t
        tests where the design has fewer degrees of freedom than that.
        """
        from scipy.special import fdtrc, stdtr

        cov, df, k = self.covariance([(g, influence)]), self.fit.dfs[g], len(numbers)
        error = np.sqrt(np.diag(cov))
        if k <= df and np.linalg.eigvalsh(cov / np.outer(error, error))[0] > 1e-10:
            return float(fdtrc(k, df, max(numbers @ np.linalg.solve(cov, numbers), 0.0) / k))
        return float(min(1.0, 2 * k * stdtr(df, -np.abs(numbers / error)).min()))

    def added(self, g: int, more: Array) -> float:
        """p-value that columns added to the regression do nothing."""
        domain = self.fit.data.domains[g]
        found = self._with(g, domain, more)
        if found is None:
            return np.nan
        k = domain.x.shape[1]
        return self.wald(g, found[0][k:], found[1][k:])


def check_fit(doubts: Doubts) -> list[Check]:
    """All checks of a fit from rows; of several groups the worst one speaks."""
    fit = doubts.fit
    checks = [
        _together(doubts),
        *_collinearity(fit),
        _size(fit),
        _units(fit),
        _signs(doubts),
        *_curvature(doubts),
        _form(doubts),
    ]
    if fit.kind == "linear":
        checks += [_spread(doubts), *_outside(fit)]
    if fit.kind == "ordered" and len(fit.levels[0]) > 2:
        checks += _proportional(doubts)
    if any(len(term.parts) > 1 for term in fit.data.terms):
        checks.append(_interaction(doubts))
    return [*checks, _influence(fit)]


def _worst(doubts: Doubts, name: str, p_values: Sequence[float], **facts: object) -> Check:
    """A check by the smallest p-value of the groups, each held to the level divided by their number."""
    p = np.array([1.0 if np.isnan(p) else p for p in p_values])
    at, count = int(p.argmin()), len(p)
    rule = f"p >= {ALPHA}" if count == 1 else f"p >= {ALPHA} / {count}"
    data = doubts.fit.data
    values = {"value": float(p[at]), "place": data.place(data.domains[at]), "outcome": data.outcome, **facts}
    return Check(name, float(p[at]), rule, bool(p[at] >= ALPHA / count), False, values)


def _together(doubts: Doubts) -> Check:
    fit = doubts.fit
    tests = [doubts.wald(g, model.coef, model.influence[len(model.lead) :]) for g, model in enumerate(fit.models)]
    at = int(np.argmax(tests))
    facts = {"value": tests[at], "place": fit.data.place(fit.data.domains[at]), "outcome": fit.data.outcome}
    return Check("driver_together", tests[at], f"p < {ALPHA}", tests[at] < ALPHA, False, facts)


def _collinearity(fit: Fit) -> list[Check]:
    names = [fit.data.names[i] for i in fit.data.main]
    vif = np.array([values["vif"].value for values in fit.values])
    return collinearity_checks(names, vif, max(float(values["condition"].value.max()) for values in fit.values))


def collinearity_checks(names: Sequence[str], vif: Array, condition: float) -> list[Check]:
    """Checks of variance inflation (G, k) and of the largest condition index."""
    high = [names[i] for i in np.flatnonzero(vif.max(axis=0) >= VIF)]
    facts = {"value": float(vif.max()), "drivers": high or ["-"]}
    return [
        Check("driver_vif", float(vif.max()), f"< {VIF:g}", not high, False, facts),
        Check("condition_index", condition, f"< {CONDITION:g}", condition < CONDITION, False, {"value": condition}),
    ]


def _size(fit: Fit) -> Check:
    """Respondents per term; of the rarer answer where there are two."""
    found = []
    for outcome, domain in zip(fit.outcomes, fit.data.domains, strict=True):
        rarer = min(np.bincount(outcome.astype(np.int64), minlength=2)) if fit.kind == "top_box" else len(outcome)
        found.append(rarer / domain.x.shape[1])
    value = float(min(found))
    return Check("per_driver", value, f">= {PER_TERM}", value >= PER_TERM, False, {"value": value})


def _units(fit: Fit) -> Check:
    """Whether every domain has more sampling units than terms."""
    least = int(np.argmin(fit.spare))
    value, place = fit.spare[least], fit.data.place(fit.data.domains[least])
    facts = {"value": value, "place": place, "terms": len(fit.data.terms)}
    return Check("driver_units", value, ">= 1", value >= 1, False, facts)


def _signs(doubts: Doubts) -> Check:
    """Drivers whose coefficient is surely of the other sign than their correlation with the outcome."""
    from scipy.special import stdtr

    fit, flipped = doubts.fit, []
    for g, (model, values) in enumerate(zip(fit.models, fit.values, strict=True)):
        main = fit.data.main
        coef, moves = model.coef[main], model.influence[len(model.lead) :][main]
        error = np.sqrt(np.diag(doubts.covariance([(g, moves)])))
        sure = 2 * stdtr(fit.dfs[g], -np.abs(coef / error)) < ALPHA / (len(main) * len(fit.models))
        other = np.sign(coef) != np.sign(values["correlation"].value[: len(main)])
        flipped += [fit.data.names[main[i]] for i in np.flatnonzero(sure & other)]
    names = list(dict.fromkeys(flipped))
    return Check("driver_sign", len(names), "0", not names, False, {"drivers": names or ["-"]})


def _curvature(doubts: Doubts) -> list[Check]:
    """Whether too much and too little of a driver both harm (or both help)."""
    turns = doubts.turns()
    if not turns:
        return []
    level = ALPHA / len(turns)
    sure = [(bend, p, shape) for bend, p, shape in turns if shape and p < level]
    least = min((p for _, p, shape in turns if shape), default=1.0)
    drivers = [f"{bend.driver} ({bend.numbers[3]:.2f})" for bend, _, _ in sure]
    rule = f"p >= {ALPHA} / {len(turns)}"
    return [Check("inverted_u", least, rule, not sure, False, {"value": least, "drivers": drivers or ["-"]})]


def _form(doubts: Doubts) -> Check:
    """RESET: powers of the linear predictor."""
    tests = []
    for g, (model, domain) in enumerate(zip(doubts.fit.models, doubts.fit.data.domains, strict=True)):
        mean = domain.weight @ model.eta / domain.weight.sum()
        line = (model.eta - mean) / max(model.eta.std(), 1e-12)
        powers = [line**2, line**3] if doubts.fit.kind == "linear" else [line**2]
        tests.append(doubts.added(g, np.column_stack(powers)))
    return _worst(doubts, "reset", tests)


def _spread(doubts: Doubts) -> Check:
    """Koenker's studentised form of Breusch and Pagan's test; its Wald form under a design or weights."""
    from scipy.special import chdtrc

    tests = []
    for g, (model, domain) in enumerate(zip(doubts.fit.models, doubts.fit.data.domains, strict=True)):
        squares = model.residual**2
        if squares.max() <= 1e-20:
            tests.append(1.0)
            continue
        again = fit_linear(domain.x, squares, domain.weight)
        if doubts.fit.data.design.equal:
            total = squares - squares.mean()
            share = 1 - (again.residual @ again.residual) / max(total @ total, 1e-300)
            tests.append(float(chdtrc(domain.x.shape[1], max(len(squares) * share, 0.0))))
        else:
            tests.append(doubts.wald(g, again.coef, again.influence[1:]))
    return _worst(doubts, "breusch_pagan", tests)


def _outside(fit: Fit) -> list[Check]:
    if not np.isfinite([fit.data.lo, fit.data.hi]).all():
        return []
    shares = [np.mean((model.eta < fit.data.lo) | (model.eta > fit.data.hi)) for model in fit.models]
    value = float(max(shares))
    return [Check("predicted_outside", value, f"<= {OUTSIDE}", value <= OUTSIDE, False, {"value": value})]


def _proportional(doubts: Doubts) -> list[Check]:
    """Brant's comparison: whether each driver works alike at every level of the outcome."""
    found: list[tuple[float, str]] = []
    for g, kept, coefs, moves in doubts.cuts:
        if len(kept) < 2:
            continue
        for j, name in enumerate(doubts.fit.data.names):
            gap = coefs[1:, j] - coefs[0, j]
            found.append((doubts.wald(g, gap, moves[1:, j] - moves[0, j]), name))
    if not found:
        return []
    level = ALPHA / len(found)
    p, bad = min(p for p, _ in found), list(dict.fromkeys(name for p, name in found if p < level))
    rule = f"p >= {ALPHA} / {len(found)}"
    return [Check("proportional_odds", p, rule, not bad, False, {"value": p, "drivers": bad or ["-"]})]


def _interaction(doubts: Doubts) -> Check:
    fit = doubts.fit
    products = [i for i, term in enumerate(fit.data.terms) if len(term.parts) > 1]
    tests = []
    for g, model in enumerate(fit.models):
        tests.append(doubts.wald(g, model.coef[products], model.influence[len(model.lead) :][products]))
    return _worst(doubts, "driver_interaction", tests)


def _influence(fit: Fit) -> Check:
    """Cook's distance; for ordered outcomes its first-order form."""
    largest, count = 0.0, 0
    cook = {"linear": _cook_linear, "top_box": _cook_binary, "ordered": _cook_score}[fit.kind]
    for g in range(len(fit.models)):
        distance = cook(fit, g)
        largest, count = max(largest, float(distance.max())), count + int((distance > COOK).sum())
    return Check("driver_influence", largest, f"<= {COOK:g}", not count, False, {"value": largest, "count": count})


def _cook_linear(fit: Fit, g: int) -> Array:
    model, w = fit.models[g], fit.data.domains[g].weight
    q, h = 1 + len(model.coef), np.minimum(model.leverage, 1 - 1e-12)
    variance = max(w @ model.residual**2 / (len(w) - q), 1e-300)
    return w * model.residual**2 * h / (q * variance * (1 - h) ** 2)


def _cook_binary(fit: Fit, g: int) -> Array:
    model, w = fit.models[g], fit.data.domains[g].weight
    q, h = 1 + len(model.coef), np.minimum(model.leverage, 1 - 1e-12)
    p = np.clip(model.probability, 1e-12, 1 - 1e-12)
    return w * (fit.outcomes[g] - p) ** 2 / (p * (1 - p)) * h / (q * (1 - h) ** 2)


def _cook_score(fit: Fit, g: int) -> Array:
    model = fit.models[g]
    return np.einsum("im,ij,jm->m", model.influence, np.linalg.inv(model.bread), model.influence) / len(model.influence)
