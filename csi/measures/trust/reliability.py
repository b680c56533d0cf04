"""check_reliability: how far the items of a scale measure one thing together, with the uncertainty of every number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from csi.data.given import SurveyLike, as_survey_or_moments
from csi.errors import DataError
from csi.estimation.item_moments import ItemData, chosen_blocks, prepare_items
from csi.estimation.measured import CSI
from csi.estimation.moment_inference import Measured, Numbers, Part, choose_inference, measure
from csi.inference.bootstrap import Batch
from csi.language import Note, note
from csi.measures.trust.analytic import Analytic
from csi.measures.trust.factor_extraction import LOWEST, usable
from csi.measures.trust.reliability_numbers import (
    Hierarchy,
    alpha_of,
    duhachek_error,
    feldt_interval,
    find_hierarchy,
    halves_of,
    item_numbers,
    lambda_numbers,
    omega_numbers,
)
from csi.moments import Moments
from csi.results import Block, Check, Result, Table

Array = NDArray[np.float64]
COEFFICIENTS = ("alpha", "alpha_standardized", "omega", "omega_total", "omega_hierarchical")
HALVES = (
    "lambda1", "lambda2", "lambda3", "lambda4", "lambda5", "lambda6", "split_half_lowest", "split_half", "odd_even",
)  # fmt: skip
OF_ITEMS = ("item_rest", "item_total", "alpha_dropped", "alpha_standardized_dropped")
NEED = 3  # respondents
SOURCES = (
    {
        "text": "Cronbach, L. J. (1951). Coefficient alpha and the internal structure of tests. "
        "Psychometrika 16, 297-334.",
        "bibtex": "@article{cronbach1951, author={Cronbach, Lee J.}, year={1951}, volume={16},\n"
        "  journal={Psychometrika},\n"
        "  title={Coefficient alpha and the internal structure of tests}, pages={297--334}}",
    },
    {
        "text": "McDonald, R. P. (1999). Test Theory: A Unified Treatment. Erlbaum.",
        "bibtex": "@book{mcdonald1999, author={McDonald, Roderick P.}, year={1999}, publisher={Erlbaum},\n"
        "  title={Test Theory: A Unified Treatment}}",
    },
    {
        "text": "Guttman, L. (1945). A basis for analyzing test-retest reliability. Psychometrika 10, 255-282.",
        "bibtex": "@article{guttman1945, author={Guttman, Louis}, year={1945}, journal={Psychometrika}, volume={10},\n"
        "  title={A basis for analyzing test-retest reliability}, pages={255--282}}",
    },
    CSI,
)


@dataclass(frozen=True, eq=False)
class Scales:
    """The scales that are checked.

    Attributes
    ----------
    data : moments of all their items
    names : of the scales with two items or more
    columns : positions of the items of each
    hierarchies : per group and scale, where the factor solutions begin
    """

    data: ItemData
    names: tuple[str, ...]
    columns: tuple[tuple[int, ...], ...]
    hierarchies: tuple[tuple[Hierarchy, ...], ...]


def check_reliability(
    survey_or_moments: SurveyLike | Moments,
    items: Sequence[str] | Mapping[str, Sequence[str]] | None = None,
    *,
    missing: str = "listwise",
    inference: str | None = None,
    interval: str | None = None,
    n_boot: int = 5000,
    seed: int = 1,
    by: str | Sequence[str] | None = None,
) -> Result:
    """Reliability of scales: alpha, omega, split halves, Guttman's lambdas and what each item does; shares of 1.

    Use it before items are added up. It says how much of a sum is not noise; it does not say that the items measure one
    thing (`fit_factors`, `check_factorability`) or the right thing.

    Parameters
    ----------
    survey_or_moments : Moments, or Survey, or a table, Series, dict or file, see `as_survey`
        With a Survey its weights, strata and clusters count; reversed items are turned round first.
    items : list of str, or mapping of construct to list of str, optional
        One scale, or several. None means the constructs of the codebook (Moments: one scale of all items).
    missing : {"listwise", "pairwise"}
        Respondents who answered every item of all scales, or for each pair of items those who answered both.
    inference : {"linearised", "bootstrap", "normal", "none"}, optional
        None means linearised for a Survey and for Moments with fourth-order sums, normal theory for other Moments.
    interval : {"t", "bca", "percentile"}, optional
        None means t on Fisher's z with the degrees of freedom of the design; BCa for a bootstrap of a plain design.
    n_boot : int
        Replicates or draws; 0 equals `inference="none"`.
    seed : int
        The same seed gives the same draws on any machine.
    by : str or list of str, optional
        Columns that form groups. Groups are domains: the design stays whole, and all groups share one draw.

    Returns
    -------
    Result
        Tables `reliability` (construct, term = alpha | alpha_standardized | omega | omega_total | omega_hierarchical),
        `items` (construct, item, kind = item_rest | item_total | alpha_dropped | alpha_standardized_dropped), `halves`
        (construct, term = lambda1 ... lambda6 | split_half_lowest | split_half | odd_even), and for independent
        respondents who count alike `alpha_limits` (construct, kind = feldt | duhachek). With `by` `group` comes first.

    Raises
    ------
    DataError, EstimationError, OptionError
        `single_item_scales`, `no_constructs`, `constant_items`, unknown items, too few respondents, impossible
        options.

    Notes
    -----
    alpha = k / (k - 1) (1 - sum of variances / variance of the sum); alpha_standardized, omega, lambdas and halves are
    those of the sum of standardised items. omega: one minres factor, from three items on. omega_total and
    omega_hierarchical: three oblimin factors by Schmid and Leiman, from six items on. lambda4 is the best of all
    splits, split_half_lowest the worst; split_half (first and second half) and odd_even are stepped up by Spearman and
    Brown. Feldt's and Duhachek's limits assume normal ratings. Survey weights enter the covariances.
    Formulas: docs/numbers.md.

    In R: `psych::alpha`, `psych::omega`, `psych::splitHalf`, `semTools::compRelSEM(tau.eq = TRUE)`.

    Examples
    --------
    >>> import csi
    >>> trust = csi.check_reliability(csi.load_sample("tiny"), ["s1", "s2", "s3"])
    >>> round(float(trust.value("s1-s3", "alpha")), 4)
    0.8963

    """
    survey_or_moments = as_survey_or_moments(survey_or_moments, "check_reliability")
    blocks = chosen_blocks(survey_or_moments, items, "check_reliability")
    single = [f"{name} ({members[0]})" for name, members in blocks.items() if len(members) < 2]
    several = {name: members for name, members in blocks.items() if len(members) > 1}
    if not several:
        raise DataError("single_item_scales", constructs=single)
    every = tuple(dict.fromkeys(item for members in several.values() for item in members))
    data = prepare_items(
        survey_or_moments, every, missing=missing, by=by, need=NEED, what="check_reliability"
    )  # fmt: skip
    method, kind = choose_inference(data, inference, interval, n_boot)
    scales = _scales(data, several, seed)
    parts = [
        [_part(scales, g, j, halves_of(len(columns), seed)) for j, columns in enumerate(scales.columns)]
        for g in range(len(data.domains))
    ]
    found = measure(data, parts, method, kind, n_boot, seed)
    notes = [*data.notes, *found.notes, *_remarks(scales, single)]
    return _result(scales, found, tuple(notes))


def _scales(data: ItemData, blocks: Mapping[str, tuple[str, ...]], seed: int) -> Scales:
    columns = tuple(tuple(data.items.index(item) for item in members) for members in blocks.values())
    hierarchies = tuple(
        tuple(find_hierarchy(batch.correlation[np.ix_(some, some)], seed) for some in columns) for batch in data.domains
    )
    return Scales(data, tuple(blocks), columns, hierarchies)


def _part(scales: Scales, g: int, j: int, splits: NDArray[np.bool_]) -> Part:
    """The numbers of one scale in one group; every name carries the number of the scale."""
    hierarchy = scales.hierarchies[g][j]

    def evaluate(batch: Batch) -> Numbers:
        cov, correlation = batch.cov, batch.correlation
        found = {"alpha": alpha_of(cov), "alpha_standardized": alpha_of(correlation)}
        found |= omega_numbers(correlation, hierarchy)
        found |= lambda_numbers(correlation, splits) | item_numbers(cov, correlation)
        nothing = np.full((1, cov.shape[2]), np.nan)
        for term in COEFFICIENTS:  # the same names in every group, whatever could be computed
            found.setdefault(term, nothing)
        return {f"{j} {name}": values for name, values in found.items()}

    return Part(scales.columns[j], evaluate)


def _remarks(scales: Scales, single: list[str]) -> list[Note]:
    notes = []
    if single:
        notes.append(note("single_items_left", constructs=single))
    pairs = [name for name, columns in zip(scales.names, scales.columns, strict=True) if len(columns) == 2]
    if pairs:
        notes.append(note("no_omega_of_two", constructs=pairs))
    singular = sorted(
        {
            name
            for batch in scales.data.domains
            for name, some in zip(scales.names, scales.columns, strict=True)
            if not usable(batch.correlation[np.ix_(some, some)].transpose(2, 0, 1))[0]
        }
    )
    if singular:
        notes.append(note("singular_scales", constructs=singular))
    if not scales.data.equal:
        notes.append(note("no_alpha_limits"))
    return notes


def _result(scales: Scales, found: Measured, notes: tuple[Note, ...]) -> Result:
    data = scales.data
    members = [[data.items[i] for i in columns] for columns in scales.columns]

    def coefficients(terms: Sequence[str]) -> Table:
        blocks = [Block(f"{j} {term}", [(name, term)]) for j, name in enumerate(scales.names) for term in terms]
        return found.table(data, ("construct", "term"), blocks, scales={block.numbers: 1 for block in blocks})

    def of_items() -> Table:
        blocks = [
            Block(f"{j} {kind}", [(name, item, kind) for item in members[j]])
            for j, name in enumerate(scales.names)
            for kind in OF_ITEMS
            if len(members[j]) > 2 or not kind.endswith("dropped")
        ]
        return found.table(data, ("construct", "item", "kind"), blocks, scales={block.numbers: 1 for block in blocks})

    tables = {
        "reliability": lambda: coefficients(COEFFICIENTS),
        "items": of_items,
        "halves": lambda: coefficients(HALVES),
    }
    if data.equal:
        tables["alpha_limits"] = lambda: _limits(scales, found)
    return Result(
        title=note("title_reliability", data=data.name, n=sum(data.n)),
        headline="reliability",
        notes=notes,
        _tables=tables,
        _glance={
            "n": sum(data.n), "n_dropped": data.dropped, "n_eff": data.n_eff, "inference": found.method,
            "interval": found.interval, "n_boot": found.n_boot, "n_failed": found.n_failed,
        },
        _checks=lambda: _checks(scales, found, members),
        _sources=SOURCES,
    )  # fmt: skip


def _limits(scales: Scales, found: Measured) -> Table:
    """Alpha with the limits of two formulas for independent, normal ratings."""
    data = scales.data
    keys, alpha, error, k, n = [], [], [], [], []
    for g, batch in enumerate(data.domains):
        for j, name in enumerate(scales.names):
            cov = batch.cov[np.ix_(scales.columns[j], scales.columns[j])][:, :, 0]
            for kind in ("feldt", "duhachek"):
                keys.append((data.groups[g], name, kind) if data.groups else (name, kind))
                alpha.append(found.numbers[f"{j} alpha"][g])
                error.append(duhachek_error(cov, data.n[g]) if kind == "duhachek" else np.nan)
                k.append(float(len(cov)))
                n.append(data.n[g])
    estimate, spread, items, counts = (np.array(part, dtype=float) for part in (alpha, error, k, n))
    limits = partial(_two_formulas, estimate, spread, items, counts)
    names = ("group", "construct", "kind") if data.groups else ("construct", "kind")
    return Table(dict(zip(names, zip(*keys, strict=True), strict=True)), Analytic(estimate, spread, limits), n)


def _two_formulas(estimate: Array, spread: Array, items: Array, counts: Array, level: float) -> tuple[Array, Array]:
    """Feldt's limits where there is no standard error, Wald's where there is one."""
    from scipy.special import ndtri

    reach = ndtri((1 + level) / 2) * spread
    ends = zip(feldt_interval(estimate, counts, items, level), (estimate - reach, estimate + reach), strict=True)
    lower, upper = (np.where(np.isnan(spread), feldt, wald) for feldt, wald in ends)
    return lower, upper


def _checks(scales: Scales, found: Measured, members: list[list[str]]) -> tuple[Check, ...]:
    data = scales.data
    smallest = min(float(np.linalg.eigvalsh(batch.correlation[:, :, 0])[0]) for batch in data.domains)
    lines = [Check("definite", smallest, ">= 0", smallest >= -1e-10, True, {"value": smallest})]
    alphas = np.array([found.numbers[f"{j} alpha"] for j in range(len(scales.names))])
    low = [name for name, values in zip(scales.names, alphas, strict=True) if values.min() < 0.7]
    worst = float(alphas.min())
    lines.append(Check("alpha", worst, ">= 0.7", not low, False, {"constructs": low, "value": worst}))
    high = [name for name, values in zip(scales.names, alphas, strict=True) if values.max() > 0.95]
    largest = float(alphas.max())
    lines.append(Check("alpha_high", largest, "<= 0.95", not high, False, {"constructs": high, "value": largest}))
    against, values = [], []
    for j, own in enumerate(members):
        rest = found.numbers[f"{j} item_rest"].reshape(-1, len(own)).min(axis=0)
        values += rest.tolist()
        against += [item for item, value in zip(own, rest, strict=True) if value < 0]
    lowest = float(min(values))
    lines.append(Check("item_rest", lowest, ">= 0", not against, False, {"items": against, "value": lowest}))
    lines.append(_heywood(scales))
    return tuple(lines + found.checks())


def _heywood(scales: Scales) -> Check:
    """Items that a factor explains wholly, which no factor can."""
    bad, lowest = set(), 1.0
    for group in scales.hierarchies:
        for name, hierarchy in zip(scales.names, group, strict=True):
            for psi in (hierarchy.one, hierarchy.several):
                if psi is not None:
                    lowest = min(lowest, float(psi.min()))
                    bad |= {name} if psi.min() <= LOWEST else set()
    return Check(
        "omega_heywood", lowest, f"> {LOWEST}", not bad, False, {"constructs": sorted(bad), "value": lowest}
    )  # fmt: skip
