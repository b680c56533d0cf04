"""check_factorability: whether correlations are worth a factor analysis, and how much one factor alone explains."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from csi.data.given import SurveyLike, as_survey_or_moments
from csi.data.survey import Survey
from csi.errors import EstimationError
from csi.estimation.item_moments import ItemData, chosen_items, prepare_items, without_failing
from csi.estimation.measured import CSI
from csi.estimation.moment_inference import Measured, Numbers, Part, choose_inference, measure
from csi.inference.bootstrap import Batch
from csi.language import note
from csi.measures.trust.analytic import Analytic, no_limits
from csi.moments import Moments
from csi.results import Block, Check, Result, Table
from csi.sums import upper

Array = NDArray[np.float64]
DOUBLED = 1 - 1e-9  # a correlation of two items that are the same
SINGULAR = 1e-10  # smallest eigenvalue that still counts as positive
ADEQUATE = 0.6  # of KMO
ONE_FACTOR = 0.5  # share of the first eigenvalue under Harman's test
TERMS = ("kmo", "harman_share", "smallest_eigenvalue")
SOURCES = (
    {
        "text": "Kaiser, H. F. & Rice, J. (1974). Little Jiffy, Mark IV. Educational and Psychological Measurement 34, "
        "111-117.",
        "bibtex": "@article{kaiser1974, author={Kaiser, Henry F. and Rice, John}, year={1974}, volume={34},\n"
        "  title={Little {Jiffy}, {Mark IV}}, journal={Educational and Psychological Measurement}, pages={111--117}}",
    },
    {
        "text": "Bartlett, M. S. (1951). The effect of standardization on a chi-square approximation in factor "
        "analysis. Biometrika 38, 337-344.",
        "bibtex": "@article{bartlett1951, author={Bartlett, M. S.}, year={1951}, journal={Biometrika}, volume={38},\n"
        "  title={The effect of standardization on a chi-square approximation in factor analysis}, pages={337--344}}",
    },
    CSI,
)


def check_factorability(
    survey_or_moments: SurveyLike | Moments,
    items: Sequence[str] | None = None,
    *,
    missing: str = "listwise",
    inference: str | None = None,
    interval: str | None = None,
    n_boot: int = 5000,
    seed: int = 1,
    by: str | Sequence[str] | None = None,
) -> Result:
    """Whether items hang together enough for a factor analysis: KMO, Bartlett, partial correlations; shares of 1.

    Use it before `fit_factors`, and for Harman's look at common method bias: the share of the first eigenvalue. A share
    below one half does not prove that there is no such bias.

    Parameters
    ----------
    survey_or_moments : Moments, or Survey, or a table, Series, dict or file, see `as_survey`
        With a Survey its weights, strata and clusters count; reversed items are turned round first.
    items : list of str, optional
        None means all items with a construct, or all ratings of a codebook without constructs (Moments: all items).
    missing : {"listwise", "pairwise"}
        Respondents who answered every item, or for each pair of items those who answered both.
    inference : {"linearised", "bootstrap", "normal", "none"}, optional
        None means linearised for a Survey and for Moments with fourth-order sums, normal theory for other Moments.
    interval : {"t", "bca", "percentile"}, optional
        None means t with the degrees of freedom of the design; BCa for a bootstrap of a plain design.
    n_boot : int
        Replicates or draws; 0 equals `inference="none"`.
    seed : int
        The same seed gives the same draws on any machine.
    by : str or list of str, optional
        Columns that form groups, as domains of the whole design.

    Returns
    -------
    Result
        Tables `factorability` (term = kmo | harman_share | smallest_eigenvalue), `items` (item, term = kmo),
        `anti_image` (item, other_item; partial correlation of the two given all others), and for independent
        respondents who count alike `bartlett` (term = chi2 | determinant). With `by` `group` comes first.

    Raises
    ------
    DataError, EstimationError, OptionError
        `doubled_items`, `correlation_singular`, `constant_items`, `too_few_items`, unknown items, impossible
        options.

    Notes
    -----
    KMO = sum r^2 / (sum r^2 + sum q^2) over pairs, q the partial correlation of a pair given all other items.
    Bartlett: chi2 = -(n - 1 - (2 p + 5) / 6) ln det R with p (p - 1) / 2 degrees of freedom. Harman: the largest
    eigenvalue of R over p. Survey weights enter R.

    In R: `psych::KMO`, `psych::cortest.bartlett`.

    Examples
    --------
    >>> import csi
    >>> found = csi.check_factorability(csi.load_moments("mobi"), n_boot=0)
    >>> round(float(found.value("kmo")), 6), round(float(found.value("harman_share")), 4)
    (0.923213, 0.3948)

    """
    survey_or_moments = as_survey_or_moments(survey_or_moments, "check_factorability")
    chosen = chosen_items(survey_or_moments, items, "check_factorability")
    data = prepare_factorable(survey_or_moments, chosen, missing, by, 2, "check_factorability")
    method, kind = choose_inference(data, inference, interval, n_boot)
    every = range(len(data.items))
    found = measure(data, [[Part(every, _numbers)]] * len(data.domains), method, kind, n_boot, seed)

    def anti_image() -> Table:
        rows, columns = np.triu_indices(len(every), 1)
        pairs = [(data.items[i], data.items[j]) for i, j in zip(rows, columns, strict=True)]
        partial = measure(data, [[Part(every, _partial_numbers)]] * len(data.domains), method, kind, n_boot, seed)
        blocks = [Block("anti_image", pairs)]
        return partial.table(data, ("item", "other_item"), blocks, scales={"anti_image": 1}, tested=True)

    tables = {
        "factorability": lambda: found.table(data, ("term",), [Block(term, [(term,)]) for term in TERMS]),
        "items": lambda: found.table(
            data, ("item", "term"), [Block("kmo_items", [(item, "kmo") for item in data.items])]
        ),
        "anti_image": anti_image,
    }
    notes = [*data.notes, *found.notes]
    if data.equal:
        tables["bartlett"] = lambda: _bartlett(data)
    else:
        notes.append(note("no_bartlett"))
    return Result(
        title=note("title_factorability", data=data.name, n=sum(data.n)),
        headline="factorability",
        notes=tuple(notes),
        _tables=tables,
        _glance={
            "n": sum(data.n), "n_dropped": data.dropped, "n_eff": data.n_eff, "inference": found.method,
            "interval": found.interval, "n_boot": found.n_boot, "n_failed": found.n_failed,
        },
        _checks=lambda: _checks(data, found),
        _sources=SOURCES,
    )  # fmt: skip


def prepare_factorable(
    survey_or_moments: Survey | Moments, items: tuple[str, ...], missing: str, by: object, least: int, what: str
) -> ItemData:
    """Take items whose correlations can be inverted, or say which cannot and why."""
    if len(items) < least:
        raise EstimationError("too_few_items", function=what, count=len(items), need=least, items=list(items))
    data = prepare_items(survey_or_moments, items, missing=missing, by=by, need=len(items) + 2, what=what)

    def check(g: int) -> None:
        correlation = data.domains[g].correlation[:, :, 0]
        rows, columns = np.nonzero(np.triu(np.abs(correlation), 1) > DOUBLED)
        if len(rows):
            pairs = [f"{items[i]} = {items[j]}" for i, j in zip(rows, columns, strict=True)]
            raise EstimationError("doubled_items", data=_place(data, g), pairs=pairs)
        smallest = float(np.linalg.eigvalsh(correlation)[0])
        if smallest <= SINGULAR:
            raise EstimationError("correlation_singular", data=_place(data, g), value=smallest)

    return without_failing(data, check)


def _place(data: ItemData, g: int) -> str:
    return f"{data.name} {data.groups[g]}" if data.groups else data.name


def partial_correlations(correlation: Array) -> Array:
    """(b, p, p) correlation of each pair given all other items, from correlations (p, p, b); NaN where singular."""
    matrices = correlation.transpose(2, 0, 1)
    good = np.isfinite(matrices).all(axis=(1, 2))
    eye = np.eye(matrices.shape[1])
    filled = np.where(good[:, None, None], matrices, eye)
    good &= np.linalg.eigvalsh(filled)[:, 0] > SINGULAR
    inverse = np.linalg.inv(np.where(good[:, None, None], filled, eye))
    scale = 1 / np.sqrt(np.diagonal(inverse, axis1=1, axis2=2))
    partial = -inverse * scale[:, :, None] * scale[:, None, :]
    partial[:, range(len(eye)), range(len(eye))] = 1.0
    partial[~good] = np.nan
    return partial


def _numbers(batch: Batch) -> Numbers:
    """KMO, overall and per item, and the eigenvalues that matter."""
    correlation = batch.correlation
    partial = partial_correlations(correlation)
    p = partial.shape[1]
    off = 1 - np.eye(p)
    r2 = (correlation.transpose(2, 0, 1) ** 2 * off).sum(axis=2)
    q2 = (partial**2 * off).sum(axis=2)
    good = np.isfinite(q2).all(axis=1)
    eigen = np.full((len(partial), p), np.nan)
    eigen[good] = np.linalg.eigvalsh(correlation.transpose(2, 0, 1)[good])
    with np.errstate(invalid="ignore"):
        return {
            "kmo": (r2.sum(axis=1) / (r2.sum(axis=1) + q2.sum(axis=1)))[None],
            "harman_share": eigen[None, :, -1] / p,
            "smallest_eigenvalue": eigen[None, :, 0],
            "kmo_items": (r2 / (r2 + q2)).T,
        }


def _partial_numbers(batch: Batch) -> Numbers:
    partial = partial_correlations(batch.correlation)
    rows, columns = upper(partial.shape[1])
    off = rows != columns
    return {"anti_image": partial[:, rows[off], columns[off]].T}


def bartlett(correlation: Array, n: int) -> tuple[float, int, float]:
    """Bartlett's test that no two items (p, p) correlate: chi2, degrees of freedom, p-value."""
    from scipy.special import chdtrc

    p = len(correlation)
    chi2 = float(-(n - 1 - (2 * p + 5) / 6) * np.linalg.slogdet(correlation)[1])
    df = p * (p - 1) // 2
    return chi2, df, float(chdtrc(df, chi2))


def _bartlett(data: ItemData) -> Table:
    keys, values, tests, n = [], [], [], []
    for g, batch in enumerate(data.domains):
        correlation = batch.correlation[:, :, 0]
        chi2, _, p_value = bartlett(correlation, data.n[g])
        for term, value, test in (("chi2", chi2, p_value), ("determinant", float(np.linalg.det(correlation)), np.nan)):
            keys.append((data.groups[g], term) if data.groups else (term,))
            values.append(value)
            tests.append(test)
            n.append(data.n[g])
    names = ("group", "term") if data.groups else ("term",)
    uncertainty = Analytic(np.array(values), np.full(len(values), np.nan), no_limits(len(values)), np.array(tests))
    return Table(dict(zip(names, zip(*keys, strict=True), strict=True)), uncertainty, n, tested=True, decimals=8)


def _checks(data: ItemData, found: Measured) -> tuple[Check, ...]:
    kmo = float(found.numbers["kmo"].min())
    lines = [Check("kmo", kmo, f">= {ADEQUATE}", kmo >= ADEQUATE, False, {"value": kmo})]
    values = found.numbers["kmo_items"].reshape(-1, len(data.items)).min(axis=0)
    low = [item for item, value in zip(data.items, values, strict=True) if value < ADEQUATE]
    lowest = float(values.min())
    lines.append(Check("kmo_items", lowest, f">= {ADEQUATE}", not low, False, {"items": low, "value": lowest}))
    share = float(found.numbers["harman_share"].max())
    lines.append(Check("harman_share", share, f"< {ONE_FACTOR}", share < ONE_FACTOR, False, {"value": share}))
    if data.equal:
        worst = max(
            bartlett(batch.correlation[:, :, 0], n)[2] for batch, n in zip(data.domains, data.n, strict=True)
        )  # fmt: skip
        lines.append(Check("bartlett", worst, "< 0.05", worst < 0.05, False, {"value": worst}))
    return tuple(lines + found.checks())
