"""compare_importance: what respondents say matters, and what each method derives, side by side."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial

import numpy as np
from numpy.typing import NDArray

from csi.data.given import SurveyLike, as_survey_or_moments
from csi.data.survey import Survey
from csi.drivers import lmg
from csi.drivers.bounded import Bounded
from csi.drivers.driver_data import Players, prepare_drivers, read_players
from csi.drivers.importance_errors import EASY, sharpen
from csi.drivers.importance_errors import choose as choose_limits
from csi.drivers.importance_numbers import closed_form, r2_of, regression_of, roots
from csi.drivers.importance_sources import DOMINANCE, JOHNSON, sources_of
from csi.drivers.importance_tables import rank_limits
from csi.drivers.pls_importance import pls_importance
from csi.drivers.profile import Function
from csi.errors import DataError, OptionError
from csi.estimates import Uncertainty
from csi.estimation.engine import Measured
from csi.estimation.item_moments import ItemData
from csi.estimation.moments import measure
from csi.estimation.parts import Part
from csi.inference.bootstrap import Batch
from csi.inference.choice import Choice, generator
from csi.inference.derived import Joined
from csi.inference.intervals import CORRELATION, SQUARE, Draws, Linear
from csi.language import Note, note
from csi.measures.evaluation.closeness import ranks
from csi.measures.trust.analytic import Analytic, no_limits
from csi.moments import Moments
from csi.results import Block, Result, Table

Array = NDArray[np.float64]
DERIVED = ("correlation", "beta", "lmg", "johnson")
SCALES = {"correlation": CORRELATION, "lmg": SQUARE, "johnson": SQUARE}
DRAWS = 4000  # of estimates whose errors are linearised, for the stability of ranks


def compare_importance(
    survey_or_moments: SurveyLike | Moments,
    outcome: str,
    drivers: Sequence[str],
    *,
    stated: Sequence[str] | Mapping[str, str] | None = None,
    fit: Result | None = None,
    missing: str = "listwise",
    inference: str | None = None,
    interval: str | None = None,
    n_boot: int = 5000,
    seed: int = 1,
    by: str | Sequence[str] | None = None,
) -> Result:
    """Importance of the same drivers by several methods side by side, each in its own unit and in percent.

    Use it before a list of priorities is shown to anybody: where methods disagree on the order, or the order would
    change with another sample, the list is a choice and should be presented as one.

    Parameters
    ----------
    survey_or_moments : Moments, or Survey, or a table, Series, dict or file, see `as_survey`
        With a Survey its weights, strata and clusters count; reversed items are turned round first.
    outcome : str
        The item to be explained.
    drivers : list of str
        The items whose importance is compared, at most 25.
    stated : list of str, or mapping of driver to item, optional
        Items in which respondents say how important each driver is, in the order of the drivers.
    fit : Result, optional
        What `fit_pls` gave, without groups, for a model that holds these items.
    inference : {"linearised", "bootstrap", "normal", "none"}, optional
        None means linearised for a Survey and for Moments with fourth-order sums, normal theory for other Moments.
    missing, interval, n_boot, seed
        As in `fit_importance`.
    by : str or list of str, optional
        As in `fit_drivers`; not together with `fit`.

    Returns
    -------
    Result
        Tables `by_method` (term = driver, kind = stated | correlation | beta | lmg | johnson | pls_effect; each in its
        own unit), `importance_shares` (term, kind; percent of the sum of absolute values), `ranks` (term, kind; lower
        and upper the rank set), `stability` (term, kind; share of draws in which the driver has the rank it has here),
        and `rank_agreement` (kind, other_kind; Spearman's correlation of the ranks). With `by` `group` comes first.

    Raises
    ------
    DataError, EstimationError, OptionError
        Those of `fit_importance`; `stated_count`, `fit_not_pls`, `fit_lacks_items`, `fit_with_by`.

    Notes
    -----
    stated: mean on 0-100 by the ends of the scale, mean rating where these are unknown. correlation and beta are ranked
    by absolute value. pls_effect: outer weight of the item times the total effect of its construct on the outcome's
    construct, with the errors of `fit` (bootstrap fits; none otherwise), which are taken as independent of the others.
    stability: over the replicates, or over 4,000 normal draws with the linearised covariance; a description of this
    sample, no probability. Errors and limits, weights and missing answers as in `fit_importance`. METHODS R1, R8.

    In R: relaimpo gives lmg, genizi and betasq side by side, without stated importance.

    Examples
    --------
    >>> import csi
    >>> found = csi.compare_importance(csi.load_sample("tiny"), "s1", ["q1", "q2"], n_boot=0)
    >>> found.tidy("ranks").query("term == 'q2'")["estimate"].tolist()
    [1.0, 1.0, 1.0, 1.0]

    """
    players = read_players(outcome, drivers, "compare_importance")
    if players.names != players.every:
        raise OptionError("compare_needs_single", drivers=[name for name in players.names if name not in players.every])
    if len(players.names) > lmg.MOST:
        raise OptionError("lmg_too_many", count=len(players.names), most=lmg.MOST)
    said = _stated(players, stated)
    if fit is not None and by is not None:
        raise OptionError("fit_with_by")
    survey_or_moments = as_survey_or_moments(survey_or_moments, "compare_importance")
    data = prepare_drivers(
        survey_or_moments, outcome, players, missing=missing, by=by, function="compare_importance", more=said
    )  # fmt: skip
    choice = choose_limits(data, Choice(inference, interval, n_boot, seed))
    p = len(players.names)
    scored = [Part(range(p + 1, 2 * p + 1), partial(_score, *_ends(survey_or_moments, said)))] if said else []
    groups, slim = (
        [[Part(range(p + 1), partial(_derive, with_roots)), *scored]] * len(data.domains)
        for with_roots in (choice.inference == "linearised", True)
    )
    functions = {name: Function(name, players.sizes) for name in ("lmg", "johnson")} if p <= EASY else {}
    found = sharpen(data, measure(data, groups, choice), slim, groups, functions, p)
    kinds = (*(("stated",) if said else ()), *DERIVED)
    effects = None if fit is None else pls_importance(fit, outcome, players.names)
    compared = Comparison(data, found, players, kinds, effects, seed)
    return Result(
        title=note("title_compare_importance", outcome=outcome, data=data.name, n=sum(data.n)),
        headline="by_method",
        notes=(*data.notes, *found.notes, *_remarks(said, effects is not None)),
        _tables=compared.tables(),
        _glance={
            "n": sum(data.n), "n_dropped": data.dropped, "n_eff": data.n_eff, "inference": found.method,
            "interval": found.interval, "n_boot": found.n_boot, "n_failed": found.n_failed,
        },
        _checks=lambda: tuple(found.checks()),
        _sources=(DOMINANCE, JOHNSON, *sources_of("lmg")),
    )  # fmt: skip


def _stated(players: Players, stated: Sequence[str] | Mapping[str, str] | None) -> tuple[str, ...]:
    """The items of stated importance in the order of the drivers."""
    if stated is None:
        return ()
    named = [stated] if isinstance(stated, str) else stated
    items = tuple(named.get(name) for name in players.names) if isinstance(named, Mapping) else tuple(named)
    if len(items) != len(players.names) or None in items or len(set(items)) != len(items):
        raise DataError("stated_count", count=len(named), expected=len(players.names), drivers=players.names)
    return items


def _derive(with_roots: bool, batch: Batch) -> dict[str, Array]:
    """Importances by every derived method, (p, b) each, and what their limits are made on."""
    fit = regression_of(batch.correlation)
    single = (1,) * len(batch.correlation[:-1])
    exact = np.where(fit.known, lmg.lmg(batch.half_correlation, single), np.nan)
    johnson = closed_form(fit, "johnson", single)
    found = {"correlation": fit.r.T, "beta": fit.out(fit.beta), "lmg": exact, "johnson": johnson, "r2": r2_of(fit)}
    return found | (roots(batch, found, ("r2", "lmg", "johnson")) if with_roots else {})


def _ends(data: Survey | Moments, items: Sequence[str]) -> tuple[Array, Array]:
    """Ends of the scales of stated importance; 0 and 100 (nothing is changed) when one is unknown."""
    lo, hi = data.scale_ends(items) if isinstance(data, Survey) else (data.select(items).lo, data.select(items).hi)
    known = bool(np.isfinite(lo).all() and np.isfinite(hi).all())
    return (lo, hi) if known else (np.zeros(len(items)), np.full(len(items), 100.0))


def _score(lo: Array, hi: Array, batch: Batch) -> dict[str, Array]:
    return {"stated": (batch.mean - lo[:, None]) * (100 / (hi - lo))[:, None]}


def _remarks(said: Sequence[str], with_fit: bool) -> list[Note]:
    notes = [note("compare_units"), note("compare_stability")]
    if said:
        notes.append(note("compare_stated"))
    if with_fit:
        notes.append(note("compare_pls"))
    return notes


@dataclass(frozen=True, eq=False)
class Comparison:
    """Importances by several methods, and the tables made of them.

    Attributes
    ----------
    data, found : what was prepared, and the numbers with their uncertainty
    players : the drivers
    kinds : methods computed from the data
    effects : uncertainty of the (p,) importances by PLS, or None
    seed : of draws
    """

    data: ItemData
    found: Measured
    players: Players
    kinds: tuple[str, ...]
    effects: Uncertainty | None
    seed: int
    _seen: dict[int, Array] = field(default_factory=dict, repr=False)

    @cached_property
    def every(self) -> tuple[str, ...]:
        """All methods."""
        return (*self.kinds, *(("pls_effect",) if self.effects is not None else ()))

    @cached_property
    def parts(self) -> list[Uncertainty]:
        """Uncertainty of the (p,) importances, for each group its methods in order."""
        p = len(self.players.names)
        table = self._measured()
        chosen = []
        for at in range(len(self.data.domains) * len(self.kinds)):
            rows = np.arange(at * p, (at + 1) * p)
            chosen.append(_rows(table.uncertainty, rows))
        return [*chosen, *([self.effects] if self.effects is not None else [])]

    def _measured(self) -> Table:
        rows = [(name,) for name in self.players.names]
        blocks = [Block(kind, [(*row, kind) for row in rows]) for kind in self.kinds]
        return self.found.table(self.data, ("term", "kind"), blocks, scales=SCALES)

    def _labels(self) -> tuple[dict[str, list[str]], list[int]]:
        groups = self.data.groups
        rows = [
            (*groups[g : g + 1], name, kind)
            for g in range(len(self.data.domains))
            for kind in self.every
            for name in self.players.names
        ]
        names = ("group", "term", "kind") if groups else ("term", "kind")
        n = np.repeat(self.data.n, len(self.every) * len(self.players.names)).tolist()
        return dict(zip(names, (list(part) for part in zip(*rows, strict=True)), strict=True)), n

    def tables(self) -> dict[str, Callable[[], Table]]:
        """Every table by name; stability needs draws, and agreement needs ranks that differ."""
        made = {"by_method": self.importance, "importance_shares": self.shares, "ranks": self.ranks}
        if any(isinstance(part, Linear | Draws) for part in self.parts):
            made["stability"] = self.stability
        if len(self.players.names) > 1 and self.agreement().rows():
            made["rank_agreement"] = self.agreement
        return made

    def importance(self) -> Table:
        """Every method in its own unit."""
        table = self._measured()
        keys, n = self._labels()
        both = table.uncertainty if self.effects is None else Joined((table.uncertainty, self.effects))
        return Table(keys, both, n)

    def shares(self) -> Table:
        """Percent of the sum of absolute values."""
        keys, n = self._labels()
        value = np.concatenate([100 * np.abs(part.estimate) / np.abs(part.estimate).sum() for part in self.parts])
        return Table(keys, _bare(value), n, False, 1)

    def ranks(self) -> Table:
        """Ranks with their sets."""
        keys, n = self._labels()
        p = len(self.players.names)
        sides = [_turned(part) for part in self.parts]
        estimate = np.concatenate([ranks(side.estimate) for side in sides]).astype(float)
        df = np.inf if self.found.store is None else float(self.found.store.df)
        limits = partial(_rank_limits, sides, p, df)
        return Table(keys, Analytic(estimate, np.full(len(estimate), np.nan), limits), n, False, 0)

    def stability(self) -> Table:
        """Share of draws in which a driver has the rank it has in the sample; without draws there are no rows."""
        keys, n = self._labels()
        value = np.concatenate([self._stable(part) for part in self.parts])
        known = np.flatnonzero(np.isfinite(value))
        kept = {name: [column[i] for i in known] for name, column in keys.items()}
        return Table(kept, _bare(value[known]), [n[i] for i in known], False, 2)

    def _stable(self, part: Uncertainty) -> Array:
        if isinstance(part, Linear):
            values, vectors = np.linalg.eigh(part.cov)
            rng = generator(self.seed)
            moved = vectors @ (np.sqrt(np.maximum(values, 0))[:, None] * rng.standard_normal((len(values), DRAWS)))
            drawn = moved + part.estimate[:, None]
        elif isinstance(part, Draws):
            drawn = part.draws
        else:
            return np.full(len(part.estimate), np.nan)
        size = np.abs(drawn)
        place = 1 + (size[None, :, :] > size[:, None, :]).sum(axis=1)
        return (place == ranks(np.abs(part.estimate))[:, None]).mean(axis=1)

    def agreement(self) -> Table:
        """Spearman's correlation of the ranks by two methods; none where all ranks are tied."""
        rows, values, n = [], [], []
        count = len(self.every)
        for g in range(len(self.data.domains)):
            own = [_average_ranks(np.abs(part.estimate)) for part in self.parts[g * count : (g + 1) * count]]
            for a in range(count):
                for b in range(a + 1, count):
                    if np.ptp(own[a]) > 0 and np.ptp(own[b]) > 0:
                        rows.append((*self.data.groups[g : g + 1], self.every[a], self.every[b]))
                        values.append(float(np.corrcoef(own[a], own[b])[0, 1]))
                        n.append(self.data.n[g])
        names = ("group", "kind", "other_kind") if self.data.groups else ("kind", "other_kind")
        columns = zip(*rows, strict=True) if rows else [()] * len(names)
        return Table(dict(zip(names, columns, strict=True)), _bare(np.array(values)), n, False, 2)


def _rank_limits(sides: list[Uncertainty], p: int, df: float, level: float) -> tuple[Array, Array]:
    both = [rank_limits(side, p, df, level) for side in sides]
    return np.concatenate([low for low, _ in both]), np.concatenate([high for _, high in both])


def _bare(values: Array) -> Analytic:
    """Numbers that describe the sample and have no error."""
    return Analytic(values, np.full(len(values), np.nan), no_limits(len(values)))


def _rows(uncertainty: Uncertainty, rows: NDArray[np.intp]) -> Uncertainty:
    """The uncertainty of some of its rows, as it is without limits of their own."""
    if isinstance(uncertainty, Bounded):
        return _rows(uncertainty.inner, rows)
    if isinstance(uncertainty, Linear):
        return Linear(uncertainty.estimate[rows], uncertainty.cov[np.ix_(rows, rows)], uncertainty.df)
    if isinstance(uncertainty, Draws):
        return Draws(uncertainty.estimate[rows], uncertainty.draws[rows], "t", uncertainty.df)
    return type(uncertainty)(uncertainty.estimate[rows])


def _turned(part: Uncertainty) -> Uncertainty:
    """Absolute values: numbers below 0 change sign, and so do their errors."""
    sign = np.where(part.estimate < 0, -1.0, 1.0)
    if isinstance(part, Linear):
        return Linear(part.estimate * sign, part.cov * np.outer(sign, sign), part.df)
    if isinstance(part, Draws):
        return Draws(part.estimate * sign, part.draws * sign[:, None], "t", part.df)
    return type(part)(np.abs(part.estimate))


def _average_ranks(values: Array) -> Array:
    """Ranks from the largest on; equal values share the mean of their ranks."""
    above = (values[None, :] > values[:, None] + 1e-12).sum(axis=1)
    equal = (np.abs(values[None, :] - values[:, None]) <= 1e-12).sum(axis=1)
    return above + (equal + 1) / 2
