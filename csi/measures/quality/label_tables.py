"""Labels instead of numbers: which classes an item may belong to, and how stable its class is.

A class has no standard error. What can be said of it (METHODS R1): which classes the data do not reject at a level, and
in what share of replicates each would have been chosen, its stability.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from csi.errors import OptionError
from csi.estimates import Uncertainty, Unknown
from csi.inference.bootstrap import BLOCK
from csi.inference.choice import generator
from csi.inference.intervals import Draws, Linear
from csi.measures.scores.rows import select
from csi.results import Result, Table, check_level

if TYPE_CHECKING:
    import pandas as pd

Array = NDArray[np.float64]
LEVEL = 0.95  # of the label sets that checks and the printed page speak of


@dataclass(frozen=True, eq=False)
class Tested(Unknown):
    """Numbers without a standard error but with a p-value of their own.

    Attributes
    ----------
    estimate : (k,)
    p : (k,) p-values
    """

    p: Array

    def p_value(self) -> Array:
        """(k,)."""
        return self.p


@dataclass(frozen=True, eq=False)
class Signed:
    """Estimates some of which are shown with the other sign, their intervals mirrored.

    Attributes
    ----------
    inner : the uncertainty of the positive numbers
    sign : (k,) 1 or -1
    """

    inner: Uncertainty
    sign: Array

    @property
    def estimate(self) -> Array:
        """(k,)."""
        return self.sign * self.inner.estimate

    @property
    def std_error(self) -> Array:
        """(k,)."""
        return self.inner.std_error

    def interval(self, level: float) -> tuple[Array, Array]:
        """Limits (k,), (k,)."""
        lower, upper = self.inner.interval(level)
        turned = self.sign < 0
        return np.where(turned, -upper, lower), np.where(turned, -lower, upper)

    def p_value(self) -> Array:
        """(k,)."""
        return self.inner.p_value()

    def covariance(self) -> Array:
        """(k, k)."""
        return self.inner.covariance() * np.outer(self.sign, self.sign)

    def combine(self, weights: Array) -> Uncertainty:
        """The uncertainty of one weighted sum."""
        return self.inner.combine(np.asarray(weights) * self.sign)


def some_rows(table: Table, rows: Sequence[int], keys: Mapping[str, Sequence[str]] | None = None) -> Table:
    """Some rows of a table, in the order given; with other keys where `keys` are given."""
    index = np.asarray(rows, dtype=np.intp)
    n = np.broadcast_to(np.asarray(table.n), len(table.rows()))[index]
    own = {name: [values[i] for i in index] for name, values in table.keys.items()}
    chosen = select(table.uncertainty, index)
    return replace(table, keys=own if keys is None else keys, uncertainty=chosen, n=n.tolist())


def replicates_of(uncertainty: Uncertainty, n_boot: int, seed: int) -> Array | None:
    """Replicates (k, B) of estimates: those of the bootstrap, or normal draws with the linearised covariance.

    None without inference.
    """
    if isinstance(uncertainty, Draws):
        draws = uncertainty.draws
        return draws[:, ~np.isnan(draws).any(axis=0)]
    if not isinstance(uncertainty, Linear):
        return None
    values, vectors = np.linalg.eigh(uncertainty.cov)
    factor = vectors * np.sqrt(np.maximum(values, 0))
    pieces = []
    for block, first in enumerate(range(0, n_boot, BLOCK)):
        rng = generator(seed, block)
        noise = rng.standard_normal((len(values), BLOCK))[:, : min(BLOCK, n_boot - first)]
        pieces.append(uncertainty.estimate[:, None] + factor @ noise)
    return np.concatenate(pieces, axis=1)


def degrees(uncertainty: Uncertainty) -> float:
    """Degrees of freedom for a test of labels: infinite for simple random samples, else those of the design."""
    if isinstance(uncertainty, Linear):
        return uncertainty.df if uncertainty.bounds is None else uncertainty.bounds.df
    return float(getattr(uncertainty, "df", np.inf))


def with_tables(result: Result, tables: Mapping[str, Callable[[], Table]], headline: str | None = None) -> Result:
    """A result with more tables, each built when it is asked for."""
    joined = {**result._tables, **tables}
    return replace(result, headline=headline or result.headline, _tables=joined, _built={})


def labels_frame(result: Result, level: float = LEVEL) -> pd.DataFrame:
    """One row per item: its label, the label set at `level`, and the stability of its label."""
    import pandas as pd

    if not isinstance(result, Result) or "labels" not in result.tables:
        found = list(result.tables) if isinstance(result, Result) else [type(result).__name__]
        raise OptionError("no_labels", choices=found)
    tidy = result.tidy("labels")
    decided = dict(_decided(result))
    keys = _owners(tidy)
    rows = []
    for key, part in tidy.groupby(keys, sort=False):
        label = decided[key]
        kept = part["p_value"] > 1 - check_level(level)
        names = [label, *(kind for kind in part["kind"][kept] if kind != label)]
        stability = part.loc[part["kind"] == label, "estimate"].iloc[0]
        rows.append((*key, label, "|".join(names), float(stability), int(part["n"].iloc[0])))
    return pd.DataFrame(rows, columns=[*keys, "kind", "labels", "stability", "n"])


def _owners(names: Container[str]) -> list[str]:
    """Key columns that say whose a label is."""
    return [name for name in ("group", "item" if "item" in names else "term") if name in names]


def _decided(result: Result) -> list[tuple[tuple[str, ...], str]]:
    """(Group and) item -> the label that was chosen: from the headline table, else the one that fits best."""
    keys = result.table().keys
    if "item" not in keys:
        tidy = result.tidy("labels")
        best = tidy.loc[tidy.groupby(_owners(tidy), sort=False)["p_value"].idxmax()]
        keys = {name: best[name].tolist() for name in (*_owners(tidy), "kind")}
    names = _owners(keys)
    rows = list(zip(*(keys[name] for name in names), strict=True))
    return list(zip(rows, keys["kind"], strict=True))


def list_labels(result: Result, *, level: float = LEVEL) -> pd.DataFrame:
    """The class of every item with the classes that the data cannot tell from it: words and shares of 0 to 1.

    Use it after `score_kano`, `score_quadrants` or `fit_asymmetry`, before anybody builds on a class that chance
    may have chosen.

    Parameters
    ----------
    result : Result
        Of `score_kano`, `score_quadrants` or `fit_asymmetry`, with inference.
    level : float
        Classes with a p-value of 1 - level or less are rejected; between 0 and 1.

    Returns
    -------
    DataFrame
        `group` (with `by`), `item` (`term` for `fit_asymmetry`), `kind` (the class), `labels` (the
        class and all others not rejected, joined by "|"), `stability` (share of replicates that choose the class), `n`.

    Raises
    ------
    OptionError
        `no_labels`: the result has no table `labels`; `bad_level`.

    Notes
    -----
    A single label means that the others are rejected at `level`. Stability is no probability that the class is right.

    Examples
    --------
    >>> import csi
    >>> survey = csi.Survey.from_frame({"yes": [1] * 12 + [3] * 4, "no": [5] * 6 + [3] * 10})
    >>> csi.list_labels(csi.score_kano(survey, {"lift": "yes"}, {"lift": "no"}))["labels"].tolist()
    ['one_dimensional|attractive|indifferent']

    """
    return labels_frame(result, level)
