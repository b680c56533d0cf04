"""Moments: what linear estimators eat, from a frame, from chunks, from shards merged, or from a printed table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from csi.errors import DataError, choose
from csi.frames import columns_of, matrix_of
from csi.sums import Fourth, Pairs, check_weights, moments_of_pairs, sum_fourth, sum_listwise, sum_pairwise, upper
from csi.views import public_names

Array = NDArray[np.float64]
MISSING = ("listwise", "pairwise")


@dataclass(frozen=True, eq=False)
class Moments:
    """Number of respondents, weights, means and covariances of items, mergeable and free of single respondents.

    Make one with `Moments.from_frame`, `from_chunks` or `from_table`, or load a published one with `load_moments`.

    Attributes
    ----------
    names : item names
    n : respondents counted: those with a positive weight who answered every item (listwise) or any item (pairwise)
    sum_w, sum_w2 : sums of the survey weights and of their squares over those respondents
    mean : (p,) weighted means, in the unit of the ratings
    cov : (p, p) weighted covariances, sum w (x - m)(y - m) / sum w times n / (n - 1); scale-free in the weights
    lo, hi : (p,) ends of each item's scale, NaN where unknown
    missing : "listwise" or "pairwise", how incomplete rows were treated
    dropped : respondents left out because of missing answers or zero weight
    pairs : sums per pair of items when `missing="pairwise"`, else None
    fourth : fourth-order sums when asked for, else None
    source : where the numbers come from

    Notes
    -----
    Sums are taken about a provisional mean and merged by the parallel-axis rule, so means far from zero lose no digits.

    """

    names: tuple[str, ...]
    n: int
    sum_w: float
    sum_w2: float
    mean: Array
    cov: Array
    lo: Array
    hi: Array
    missing: str = "listwise"
    dropped: int = 0
    pairs: Pairs | None = field(default=None, repr=False)
    fourth: Fourth | None = field(default=None, repr=False)
    source: str = ""

    __dir__ = public_names

    @property
    def sd(self) -> Array:
        """(p,) standard deviations (ddof 1)."""
        return np.sqrt(np.diag(self.cov))

    @property
    def correlation(self) -> Array:
        """(p, p) correlations."""
        sd = self.sd
        return self.cov / np.outer(sd, sd)

    @property
    def n_eff(self) -> float:
        """Kish's effective number of respondents, (sum w)^2 / sum w^2."""
        return self.sum_w**2 / self.sum_w2

    def __repr__(self) -> str:
        items = ", ".join(self.names[:6]) + (", ..." if len(self.names) > 6 else "")
        return f"Moments({len(self.names)} items: {items}; n={self.n}, missing={self.missing!r})"

    @classmethod
    def from_frame(
        cls,
        frame: Any,
        items: Sequence[str] | None = None,
        *,
        weights: str | ArrayLike | None = None,
        missing: str = "listwise",
        lo: ArrayLike | None = None,
        hi: ArrayLike | None = None,
        fourth: bool = False,
        cluster: str | ArrayLike | None = None,
    ) -> Moments:
        """Moments of the columns of a frame or matrix, in the unit of the ratings.

        Parameters
        ----------
        frame : pandas, polars or pyarrow table, or a numpy array (n, p)
            NaN or null is a missing answer.
        items : names of the columns to use; for an array the names of its columns (x1, x2, ... when None)
        weights : column name, or (n,) array, of survey weights; none means equal weights
        missing : {"listwise", "pairwise"}
            Use respondents who answered every item, or for each pair of items those who answered both.
        lo, hi : ends of the scale, one number for all items or (p,); needed for an index on 0-100
        fourth : keep fourth-order sums, for standard errors without the normal assumption (listwise only)
        cluster : column name, or (n,) array, of clusters for `fourth`

        Raises
        ------
        DataError
            An unknown item (the message lists what exists), text, infinite values, negative or missing weights,
            all weights zero, or nobody left.

        Examples
        --------
        >>> import csi
        >>> moments = csi.Moments.from_frame([[7.0, 8.0], [9.0, 9.0], [5.0, 7.0]], ["q1", "q2"], lo=1, hi=10)
        >>> moments.mean.tolist(), moments.cov[0, 1].item()
        ([7.0, 8.0], 2.0)

        """
        return cls.from_chunks(
            [frame], items, weights=weights, missing=missing, lo=lo, hi=hi, fourth=fourth, cluster=cluster
        )

    @classmethod
    def from_chunks(
        cls,
        chunks: Iterable[Any],
        items: Sequence[str] | None = None,
        *,
        weights: str | ArrayLike | None = None,
        missing: str = "listwise",
        lo: ArrayLike | None = None,
        hi: ArrayLike | None = None,
        fourth: bool = False,
        cluster: str | ArrayLike | None = None,
    ) -> Moments:
        """Moments of frames that arrive one after the other, for data larger than memory.

        Parameters are those of `from_frame`; weights and clusters are column names when there are several chunks, and
        a cluster must stand wholly in one chunk.

        Examples
        --------
        >>> import csi
        >>> answers = csi.load_sample("tiny").answers
        >>> halves = csi.Moments.from_chunks([answers[:6], answers[6:]])
        >>> whole = csi.Moments.from_frame(answers)
        >>> bool(abs(halves.cov - whole.cov).max() < 1e-12)
        True

        """
        choose("missing", missing, MISSING)
        if fourth and missing == "pairwise":
            raise DataError("fourth_pairwise")
        total: Moments | None = None
        for chunk in chunks:
            names = tuple(items) if items is not None else columns_of(chunk, exclude=(weights, cluster))
            columns = matrix_of(chunk, names)
            w = _vector(chunk, weights, len(columns), "weights")
            units = _labels(chunk, cluster, len(columns))
            part = _of_chunk(names, columns, w, missing, fourth, units)
            total = part if total is None else total.merge(part)
        if total is None:
            raise DataError("no_rows", source="Moments")
        p = len(total.names)
        result = replace(total, lo=_ends(lo, p, "lo"), hi=_ends(hi, p, "hi"))
        if result.n == 0:
            raise DataError("no_complete_rows", rows=result.dropped, items=list(result.names))
        return result

    @classmethod
    def from_table(
        cls,
        names: Sequence[str],
        *,
        n: int,
        mean: ArrayLike,
        covariance: ArrayLike | None = None,
        sd: ArrayLike | None = None,
        correlation: ArrayLike | None = None,
        lo: ArrayLike | None = None,
        hi: ArrayLike | None = None,
        source: str = "",
    ) -> Moments:
        """Moments from a printed table: means with either covariances, or standard deviations and correlations.

        Parameters
        ----------
        names : item names
        n : number of respondents behind the table
        mean : (p,) means
        covariance : (p, p), or give `sd` (p,) with ddof 1 and `correlation` (p, p); a triangle may be NaN
        lo, hi : ends of the scale, one number or (p,)
        source : citation of the table

        Raises
        ------
        DataError
            Shapes that do not fit, a matrix that is not symmetric, a correlation outside -1 to 1, a standard deviation
            of 0 or less.

        Examples
        --------
        >>> import csi
        >>> moments = csi.Moments.from_table(
        ...     ["q1", "q2"], n=100, mean=[7, 8], sd=[2, 1], correlation=[[1, 0.5], [0.5, 1]], lo=1, hi=10
        ... )
        >>> moments.cov[0, 1].item()
        1.0

        """
        p = len(names)
        if covariance is None:
            if sd is None or correlation is None:
                raise DataError("table_incomplete")
            matrix = _symmetric(correlation, p, "correlation")
            spread = _shaped(sd, (p,), "sd")
            if (np.abs(matrix) > 1 + 1e-9).any():
                raise DataError("correlation_range", value=float(matrix.flat[np.abs(matrix).argmax()]))
            if not (spread > 0).all():
                raise DataError("constant_items", items=[names[i] for i in np.flatnonzero(~(spread > 0))])
            cov = matrix * np.outer(spread, spread)
        else:
            cov = _symmetric(covariance, p, "covariance")
        if n < 2:
            raise DataError("too_few", n=n, need=2, what="Moments.from_table")
        return cls(
            tuple(names), int(n), float(n), float(n), _shaped(mean, (p,), "mean"), cov, _ends(lo, p, "lo"),
            _ends(hi, p, "hi"), source=source,
        )  # fmt: skip

    def merge(self, other: Moments) -> Moments:
        """Moments of both sets of respondents together, as if the rows had been joined.

        Raises
        ------
        DataError
            The two differ in their items or in how missing answers were treated.

        """
        if self.names != other.names or self.missing != other.missing:
            raise DataError("merge_differs", first=list(self.names), second=list(other.names))
        fourth = self.fourth.merge(other.fourth) if self.fourth and other.fourth else None
        counts = {
            "n": self.n + other.n,
            "sum_w": self.sum_w + other.sum_w,
            "sum_w2": self.sum_w2 + other.sum_w2,
            "dropped": self.dropped + other.dropped,
        }
        if self.pairs is not None and other.pairs is not None:
            pairs = self.pairs.merge(other.pairs)
            return replace(self, **counts, pairs=pairs, **moments_of_pairs(pairs))
        if not self.n or not other.n:
            full = self if self.n else other
            return replace(full, **counts)
        share = other.sum_w / counts["sum_w"]
        gap = other.mean - self.mean
        scatter = self.scatter() + other.scatter() + self.sum_w * share * np.outer(gap, gap)
        n = counts["n"]
        cov = scatter / counts["sum_w"] * (n / (n - 1))
        return replace(self, **counts, mean=self.mean + share * gap, cov=cov, fourth=fourth)

    def scatter(self) -> Array:
        """(p, p) weighted sums of products of deviations from the means; 0 for one respondent."""
        return np.zeros_like(self.cov) if self.n == 1 else self.cov * self.sum_w * ((self.n - 1) / self.n)

    def select(self, names: Sequence[str]) -> Moments:
        """Moments of some of the items, in the order given; listwise moments keep the rows they were made from.

        Raises
        ------
        DataError
            An unknown item; the message lists what exists.

        """
        unknown = [name for name in names if name not in self.names]
        if unknown:
            raise DataError("unknown_items", items=unknown, choices=list(self.names))
        if tuple(names) == self.names:
            return self
        pick = [self.names.index(name) for name in names]
        grid = np.ix_(pick, pick)
        pairs = self.pairs and Pairs(*(getattr(self.pairs, part)[grid] for part in ("n", "sum_w", "mean", "scatter")))
        return replace(
            self, names=tuple(names), mean=self.mean[pick], cov=self.cov[grid], lo=self.lo[pick], hi=self.hi[pick],
            pairs=pairs, fourth=self.fourth and _select_fourth(self.fourth, pick),
        )  # fmt: skip


def _of_chunk(
    names: tuple[str, ...],
    columns: Array,
    weights: Array | None,
    missing: str,
    fourth: bool = False,
    units: NDArray[Any] | None = None,
) -> Moments:
    """Moments of one chunk (n, p); rows are taken 65,536 at a time so that the working memory stays small."""
    check_weights(weights)
    if np.isinf(columns).any():
        where = np.flatnonzero(np.isinf(columns).any(axis=0))
        raise DataError("infinite_values", items=[names[i] for i in where], count=int(np.isinf(columns).sum()))
    p = len(names)
    unknown = np.full(p, np.nan)
    if missing == "pairwise":
        n, sum_w, sum_w2, pairs = sum_pairwise(columns, weights)
        return Moments(
            names, n, sum_w, sum_w2, lo=unknown, hi=unknown, missing=missing, dropped=len(columns) - n, pairs=pairs,
            **moments_of_pairs(pairs),
        )  # fmt: skip
    n, sum_w, sum_w2, mean, scatter = sum_listwise(columns, weights)
    cov = scatter / sum_w * (n / (n - 1)) if n > 1 else np.full((p, p), np.nan)
    higher = sum_fourth(columns, weights, mean, units) if fourth else None
    return Moments(
        names, n, sum_w, sum_w2, mean, cov, unknown, unknown, dropped=len(columns) - n, fourth=higher
    )  # fmt: skip


def _select_fourth(fourth: Fourth, pick: list[int]) -> Fourth:
    p = len(fourth.origin)
    rows, columns = upper(p)
    place = {(i, j): 1 + p + k for k, (i, j) in enumerate(zip(rows.tolist(), columns.tolist(), strict=True))}
    some = upper(len(pick))
    chosen = [(pick[i], pick[j]) for i, j in zip(*(part.tolist() for part in some), strict=True)]
    keep = [0] + [1 + i for i in pick] + [place[min(pair), max(pair)] for pair in chosen]
    return Fourth(fourth.origin[pick], fourth.total[np.ix_(keep, keep)], fourth.units)


def _vector(frame: Any, values: str | ArrayLike | None, n: int, what: str) -> Array | None:
    """Weights as (n,) floats: a column of the frame or an array of their own."""
    if values is None:
        return None
    w = matrix_of(frame, (values,))[:, 0] if isinstance(values, str) else np.asarray(values, dtype=float)
    if w.shape != (n,):
        raise DataError("wrong_shape", what=what, shape=str(w.shape), expected=str((n,)))
    return w


def _labels(frame: Any, values: str | ArrayLike | None, n: int) -> NDArray[Any] | None:
    """Cluster labels as (n,): a column of the frame or an array of their own."""
    if values is None:
        return None
    labels = np.asarray(frame[values]) if isinstance(values, str) else np.asarray(values)
    if labels.shape != (n,):
        raise DataError("wrong_shape", what="cluster", shape=str(labels.shape), expected=str((n,)))
    return labels


def _ends(values: ArrayLike | None, p: int, what: str) -> Array:
    if values is None:
        return np.full(p, np.nan)
    ends = np.asarray(values, dtype=float)
    return np.full(p, float(ends)) if ends.ndim == 0 else _shaped(ends, (p,), what)


def _shaped(values: ArrayLike, shape: tuple[int, ...], what: str) -> Array:
    array = np.array(values, dtype=float)
    if array.shape != shape:
        raise DataError("wrong_shape", what=what, shape=str(array.shape), expected=str(shape))
    return array


def _symmetric(values: ArrayLike, p: int, what: str) -> Array:
    """A full symmetric matrix from a full one or from one triangle with NaN in the other."""
    matrix = _shaped(values, (p, p), what)
    filled = np.where(np.isnan(matrix), matrix.T, matrix)
    if np.isnan(filled).any() or not np.allclose(filled, filled.T, rtol=0, atol=1e-9 * np.abs(filled).max()):
        raise DataError("not_symmetric", what=what)
    return (filled + filled.T) / 2
