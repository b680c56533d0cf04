"""fit_factors: exploratory factor analysis, with the uncertainty of loadings and factor correlations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from csi.data.given import SurveyLike, as_survey_or_moments
from csi.errors import EstimationError, OptionError, choose
from csi.estimates import Unknown
from csi.estimation.item_moments import ItemData, chosen_items
from csi.estimation.measured import CSI
from csi.estimation.moment_inference import Measured, Numbers, Part, choose_inference, measure
from csi.inference.bootstrap import Batch
from csi.language import Note, note
from csi.measures.trust.analytic import Analytic
from csi.measures.trust.factor_count import Count, count_factors, eigenvalues
from csi.measures.trust.factor_extraction import LOWEST
from csi.measures.trust.factor_numbers import Fit, Solution, fit_of, most_factors, rmsr_of, score_weights, solve
from csi.measures.trust.factorability import prepare_factorable
from csi.measures.trust.rotation import OBLIQUE, ROTATIONS, STARTS
from csi.moments import Moments
from csi.results import Block, Check, Result, Table

if TYPE_CHECKING:
    import pandas as pd

Array = NDArray[np.float64]
METHODS = ("minres", "ml")
SALIENT = 0.3  # loading
FEW_STARTS = 3  # of the rotation that reach the solution
SOURCES = (
    {
        "text": "Harman, H. H. & Jones, W. H. (1966). Factor analysis by minimizing residuals (minres). "
        "Psychometrika 31, 351-368.",
        "bibtex": "@article{harman1966, author={Harman, Harry H. and Jones, Wayne H.}, year={1966}, volume={31},\n"
        "  title={Factor analysis by minimizing residuals (minres)}, journal={Psychometrika}, pages={351--368}}",
    },
    {
        "text": "Bernaards, C. A. & Jennrich, R. I. (2005). Gradient projection algorithms and software for arbitrary "
        "rotation criteria in factor analysis. Educational and Psychological Measurement 65, 676-696.",
        "bibtex": "@article{bernaards2005, author={Bernaards, Coen A. and Jennrich, Robert I.}, year={2005},\n"
        "  title={Gradient projection algorithms and software for arbitrary rotation criteria in factor analysis},\n"
        "  journal={Educational and Psychological Measurement}, volume={65}, pages={676--696}}",
    },
    {
        "text": "Horn, J. L. (1965). A rationale and test for the number of factors in factor analysis. "
        "Psychometrika 30, 179-185.",
        "bibtex": "@article{horn1965, author={Horn, John L.}, year={1965}, journal={Psychometrika}, volume={30},\n"
        "  title={A rationale and test for the number of factors in factor analysis}, pages={179--185}}",
    },
    {
        "text": "Velicer, W. F. (1976). Determining the number of components from the matrix of partial correlations. "
        "Psychometrika 41, 321-327.",
        "bibtex": "@article{velicer1976, author={Velicer, Wayne F.}, year={1976}, volume={41},\n"
        "  journal={Psychometrika},\n"
        "  title={Determining the number of components from the matrix of partial correlations}, pages={321--327}}",
    },
    CSI,
)


def fit_factors(
    survey_or_moments: SurveyLike | Moments,
    items: Sequence[str] | None = None,
    *,
    n_factors: int | None = None,
    method: str = "minres",
    rotation: str = "oblimin",
    missing: str = "listwise",
    inference: str | None = None,
    interval: str | None = None,
    n_boot: int = 5000,
    seed: int = 1,
    by: str | Sequence[str] | None = None,
    strict: bool = False,
) -> Result:
    """Exploratory factor analysis of ratings: loadings of standardised items on common factors, with their intervals.

    Use it to see which items go together before constructs are named, and whether a construct is one thing. It does not
    test a model that was written beforehand.

    Parameters
    ----------
    survey_or_moments : Moments, or Survey, or a table, Series, dict or file, see `as_survey`
        With a Survey its weights, strata and clusters count; reversed items are turned round first.
    items : list of str, optional
        Three or more. None means all items with a construct, or all ratings (Moments: all items).
    n_factors : int, optional
        None takes the number that parallel analysis of components suggests; the notes name the other suggestions.
    method : {"minres", "ml"}
        Least squared residual correlations, or maximum likelihood.
    rotation : {"oblimin", "promax", "varimax", "none"}
        Oblique (oblimin with gamma 0, promax with power 4), orthogonal (varimax with Kaiser's normalisation), or none.
    missing : {"listwise", "pairwise"}
        Respondents who answered every item, or for each pair of items those who answered both.
    inference : {"linearised", "bootstrap", "normal", "none"}, optional
        None means linearised for a Survey and for Moments with fourth-order sums, normal theory for other Moments.
        Replicates are turned to the factors of the sample.
    interval : {"t", "bca", "percentile"}, optional
        None means t on Fisher's z with the degrees of freedom of the design; BCa for a bootstrap of a plain design.
    n_boot : int
        Replicates or draws; 0 equals `inference="none"`.
    seed : int
        Of the draws, of the random starts of the rotation, and of parallel analysis.
    by : str or list of str, optional
        Columns that form groups, as domains; each group has factors of its own.
    strict : bool
        Raise when an item is wholly explained (Heywood case) or an iteration did not converge.

    Returns
    -------
    Result
        Tables `loadings` (item, factor), `communalities` (item, term = communality | uniqueness), `factor_correlations`
        (factor, other_factor; oblique rotations), `variance` (factor, term = ss_loadings | proportion; factor `all`),
        `eigenvalues` (factor, kind = component | common_factor), `parallel` (factor, kind = component | common_factor,
        term = chance_limit | chance_mean), `map` (factor), `fit` (term = rmsr, and for independent respondents who
        count alike chi2 | rmsea | tli | bic). With `by` `group` comes first. `scores()` are regression scores.

    Raises
    ------
    DataError, EstimationError, OptionError
        `too_few_items`, `too_many_factors`, `bad_n_factors`, `doubled_items`, `correlation_singular`,
        `constant_items`, unknown items, impossible options.

    Notes
    -----
    minres minimises the sum of squared residual correlations, ML their likelihood, both over uniquenesses of at least
    .005. Rotation starts from 30 positions and takes the best. Factors stand by the variance they explain, with a
    positive sum of loadings. Survey weights enter the correlations. Formulas: docs/numbers.md.

    In R: `psych::fa`, `psych::fa.parallel`, `psych::vss`, `stats::factanal`.

    Examples
    --------
    >>> import csi
    >>> fit = csi.fit_factors(csi.load_moments("mobi"), n_factors=4, n_boot=0)
    >>> fit.tidy("fit")["estimate"].round(3).tolist()[:3]
    [0.037, 343.403, 0.058]

    """
    choose("method", method, METHODS)
    choose("rotation", rotation, ROTATIONS)
    survey_or_moments = as_survey_or_moments(survey_or_moments, "fit_factors")
    chosen = chosen_items(survey_or_moments, items, "fit_factors")
    data = prepare_factorable(survey_or_moments, chosen, missing, by, 3, "fit_factors")
    way, kind = choose_inference(data, inference, interval, n_boot)
    counts = Counts(data, seed)
    m, notes = _number(data, counts, n_factors)
    solutions = tuple(solve(batch.correlation[:, :, 0], m, method, rotation, seed) for batch in data.domains)
    every = range(len(data.items))
    found = measure(data, [[Part(every, one.numbers)] for one in solutions], way, kind, n_boot, seed)

    def again(evaluate: object) -> Measured:
        return measure(data, [[Part(every, evaluate)]] * len(data.domains), way, kind, n_boot, seed)

    factors = FactorTables(data, solutions, counts, found, again)
    result = factors.result((*data.notes, *found.notes, *notes))
    return result.raise_if_inadmissible() if strict else result


class Counts:
    """What speaks for how many factors, per group, computed when asked for."""

    def __init__(self, data: ItemData, seed: int) -> None:
        self._data, self._seed = data, seed

    @cached_property
    def groups(self) -> tuple[Count, ...]:
        """One per group."""
        pairs = zip(self._data.domains, self._data.n, strict=True)
        return tuple(count_factors(batch.correlation[:, :, 0], n, self._seed) for batch, n in pairs)


def _number(data: ItemData, counts: Counts, asked: int | None) -> tuple[int, list[Note]]:
    """The number of factors: as asked, or the largest that a group suggests, within what the items identify."""
    p = len(data.items)
    most = most_factors(p)
    if asked is not None:
        if isinstance(asked, bool) or not isinstance(asked, int | np.integer) or asked < 1:
            raise OptionError("bad_n_factors", value=asked)
        if asked > most:
            raise EstimationError("too_many_factors", n_factors=int(asked), count=p, most=most)
        return int(asked), []
    ways = ("components", "factors", "map")
    suggested = {name: max(getattr(one, f"by_{name}") for one in counts.groups) for name in ways}
    m = min(max(suggested["components"], 1), most)
    return m, [note("factors_chosen", n_factors=m, **suggested)]


@dataclass(frozen=True, eq=False)
class FactorTables:
    """Builds the tables of the result when they are asked for.

    Attributes
    ----------
    data : moments of the items
    solutions : factors per group
    counts : suggestions of how many
    found : numbers with their uncertainty
    again : measures other numbers in the same way
    """

    data: ItemData
    solutions: tuple[Solution, ...]
    counts: Counts
    found: Measured
    again: object

    @property
    def factors(self) -> list[str]:
        """Names of the factors."""
        return [f"F{k + 1}" for k in range(self.solutions[0].loadings.shape[1])]

    def result(self, notes: tuple[Note, ...]) -> Result:
        """Everything together."""
        data, first = self.data, self.solutions[0]
        tables = {"loadings": self._loadings, "communalities": self._communalities, "variance": self._variance}
        if first.rotation in OBLIQUE and len(self.factors) > 1:
            tables["factor_correlations"] = self._correlations
        tables |= {"eigenvalues": self._eigenvalues, "parallel": self._parallel, "map": self._map, "fit": self._fit}
        if not data.equal:
            notes = (*notes, note("no_factor_fit"))
        return Result(
            title=note("title_factors", data=data.name, n=sum(data.n), n_factors=len(self.factors)),
            headline="loadings",
            notes=notes,
            _tables=tables,
            _glance={
                "n": sum(data.n), "n_dropped": data.dropped, "n_eff": data.n_eff, "n_factors": len(self.factors),
                "method": first.method, "rotation": first.rotation, "inference": self.found.method,
                "interval": self.found.interval, "n_boot": self.found.n_boot, "n_failed": self.found.n_failed,
                "converged": all(one.converged for one in self.solutions),
            },
            _checks=self._checks,
            _scores=None if data.columns is None else self._scores,
            _sources=SOURCES,
        )  # fmt: skip

    def _loadings(self) -> Table:
        rows = [(item, factor) for item in self.data.items for factor in self.factors]
        block = [Block("loadings", rows)]
        return self.found.table(self.data, ("item", "factor"), block, scales={"loadings": 1}, tested=True)

    def _communalities(self) -> Table:
        blocks = [Block(term, [(item, term) for item in self.data.items]) for term in ("communality", "uniqueness")]
        return self.found.table(self.data, ("item", "term"), blocks)

    def _variance(self) -> Table:
        blocks = [Block(term, [(factor, term) for factor in self.factors]) for term in ("ss_loadings", "proportion")]
        blocks.append(Block("total_proportion", [("all", "proportion")]))
        return self.found.table(self.data, ("factor", "term"), blocks)

    def _correlations(self) -> Table:
        rows, columns = self.solutions[0].pairs
        pairs = [(self.factors[i], self.factors[j]) for i, j in zip(rows, columns, strict=True)]
        block = [Block("phi", pairs)]
        return self.found.table(self.data, ("factor", "other_factor"), block, scales={"phi": 1}, tested=True)

    def _eigenvalues(self) -> Table:
        places = [str(k + 1) for k in range(len(self.data.items))]
        blocks = [Block(kind, [(place, kind) for place in places]) for kind in ("component", "common_factor")]
        return self.again(_eigenvalue_numbers).table(self.data, ("factor", "kind"), blocks)

    def _grouped(self, columns: tuple[str, ...], rows: Sequence[Sequence[tuple[tuple[str, ...], float]]]) -> Table:
        """A table of descriptions, which have no error."""
        keys, values, n = [], [], []
        for g, group in enumerate(rows):
            for key, value in group:
                keys.append((self.data.groups[g], *key) if self.data.groups else key)
                values.append(value)
                n.append(self.data.n[g])
        names = ("group", *columns) if self.data.groups else columns
        return Table(dict(zip(names, zip(*keys, strict=True), strict=True)), Unknown(np.array(values)), n)

    def _parallel(self) -> Table:
        def rows(one: Count) -> list:
            parts = {
                ("component", "chance_limit"): one.random_components, ("component", "chance_mean"): one.mean_components,
                ("common_factor", "chance_limit"): one.random_factors,
                ("common_factor", "chance_mean"): one.mean_factors,
            }  # fmt: skip
            return [((str(k + 1), *key), float(value)) for key, part in parts.items() for k, value in enumerate(part)]

        return self._grouped(("factor", "kind", "term"), [rows(one) for one in self.counts.groups])

    def _map(self) -> Table:
        rows = [[((str(k),), float(value)) for k, value in enumerate(one.partial)] for one in self.counts.groups]
        return self._grouped(("factor",), rows)

    def _fit(self) -> Table:
        keys, values, tests, fits, n = [], [], [], [], []
        for g, (batch, one) in enumerate(zip(self.data.domains, self.solutions, strict=True)):
            correlation = batch.correlation[:, :, 0]
            terms = {"rmsr": rmsr_of(correlation, one)}
            fit = fit_of(correlation, one, self.data.n[g])
            if self.data.equal:
                terms |= {"chi2": fit.chi2, "rmsea": fit.rmsea, "tli": fit.tli, "bic": fit.bic}
            for term, value in terms.items():
                if np.isfinite(value):
                    keys.append((self.data.groups[g], term) if self.data.groups else (term,))
                    values.append(value)
                    tests.append(fit.p_value if term == "chi2" else np.nan)
                    fits.append(fit if term == "rmsea" else None)
                    n.append(self.data.n[g])

        names = ("group", "term") if self.data.groups else ("term",)
        spread = np.full(len(values), np.nan)
        uncertainty = Analytic(np.array(values), spread, partial(_rmsea_limits, fits), np.array(tests))
        return Table(dict(zip(names, zip(*keys, strict=True), strict=True)), uncertainty, n, tested=True)

    def _checks(self) -> tuple[Check, ...]:
        data = self.data
        psi = np.array([one.uniquenesses for one in self.solutions])
        lowest = float(psi.min())
        bad = [item for item, value in zip(data.items, psi.min(axis=0), strict=True) if value <= LOWEST]
        lines = [Check("heywood", lowest, f"> {LOWEST}", not bad, True, {"items": bad, "value": lowest})]
        good = all(one.converged for one in self.solutions)
        lines.append(Check("factors_converged", int(good), "= 1", good, True, {}))
        largest = np.array([np.abs(one.loadings).max(axis=1) for one in self.solutions]).min(axis=0)
        weak = [item for item, value in zip(data.items, largest, strict=True) if value < SALIENT]
        value = float(largest.min())
        lines.append(Check("salient", value, f">= {SALIENT}", not weak, False, {"items": weak, "value": value}))
        salient = np.array([(np.abs(one.loadings) >= SALIENT).sum(axis=1) for one in self.solutions]).max(axis=0)
        crossed = [item for item, count in zip(data.items, salient, strict=True) if count > 1]
        lines.append(Check("cross_loadings", len(crossed), "= 0", not crossed, False, {"items": crossed or ["–"]}))
        marked = min(int((np.abs(one.loadings) >= SALIENT).sum(axis=0).min()) for one in self.solutions)
        lines.append(Check("marked_factors", marked, ">= 3", marked >= 3, False, {"count": marked}))
        if self.solutions[0].rotation != "none" and len(self.factors) > 1:
            reached = min(one.reached for one in self.solutions)
            facts = {"count": reached, "starts": STARTS}
            lines.append(Check("rotation_starts", reached, f">= {FEW_STARTS}", reached >= FEW_STARTS, False, facts))
        return tuple(lines + self.found.checks())

    def _scores(self) -> pd.DataFrame:
        """Regression scores of every respondent, NaN where an answer is missing or there is no group."""
        import pandas as pd

        data = self.data
        scores = np.full((data.design.n, len(self.factors)), np.nan)
        places = np.flatnonzero(data.used)
        for g, (batch, one) in enumerate(zip(data.domains, self.solutions, strict=True)):
            rows = data.codes == g
            weights = score_weights(batch.correlation[:, :, 0], one)
            scores[places[rows]] = (data.columns[rows] - batch.mean[:, 0]) / batch.sd[:, 0] @ weights
        return pd.DataFrame(scores, columns=self.factors)


def _eigenvalue_numbers(batch: Batch) -> Numbers:
    components, factors = eigenvalues(batch.correlation.transpose(2, 0, 1))
    return {"component": components.T, "common_factor": factors.T}


def _rmsea_limits(fits: list[Fit | None], level: float) -> tuple[Array, Array]:
    ends = [(np.nan, np.nan) if fit is None else fit.rmsea_limits(level) for fit in fits]
    lower, upper = np.array(ends).T
    return lower, upper
