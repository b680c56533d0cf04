"""Fuzzy comprehensive evaluation on arrays: memberships, the four operators, trees of indicators, the decision."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
STEP = 1e-6  # of a share
ROUNDING = 1e-11
OPERATORS = ("product_sum", "min_max", "product_max", "min_sum")


@dataclass(frozen=True)
class Branch:
    """A node of an indicator tree.

    Attributes
    ----------
    name : of an item where there are no parts, else of the aspect that its parts make up
    weight : within its siblings; those of siblings sum to 1
    parts : branches below it
    """

    name: str
    weight: float = 1.0
    parts: tuple[Branch, ...] = ()

    def leaves(self) -> tuple[tuple[str, float], ...]:
        """Every item below with its weight in the whole."""
        if not self.parts:
            return ((self.name, self.weight),)
        return tuple((name, self.weight * weight) for part in self.parts for name, weight in part.leaves())

    def aspects(self) -> tuple[Branch, ...]:
        """Every node below that has parts."""
        return tuple(node for part in self.parts if part.parts for node in (part, *part.aspects()))


def compose(weights: Array, membership: Array, operator: str) -> Array:
    """B = A o R for weights A and memberships R.

    Parameters
    ----------
    weights : (k,) sum 1
    membership : (k, v, ...) share of raters who put criterion k in grade v
    operator : "product_sum" sum of a r; "min_max" max of min(a, r); "product_max" max of a r; "min_sum" sum of
        min(a, r), at most 1

    Returns
    -------
    ndarray (v, ...)
    """
    a = weights.reshape(-1, *(1,) * (membership.ndim - 1))
    if operator == "product_sum":
        return (a * membership).sum(axis=0)
    if operator == "product_max":
        return (a * membership).max(axis=0)
    smaller = np.minimum(a, membership)
    return smaller.max(axis=0) if operator == "min_max" else np.minimum(1.0, smaller.sum(axis=0))


def normalised(grades: Array) -> Array:
    """Memberships (v, ...) that sum to 1."""
    return grades / grades.sum(axis=0)


def compose_tree(tree: Branch, membership: Mapping[str, Array], operator: str) -> tuple[Array, dict[str, Array]]:
    """B of the root, as the operator gives it, and the normalised B of every aspect below.

    Parameters
    ----------
    tree : its leaves are keys of `membership`
    membership : item to (v, ...)
    operator : as in `compose`, the same on every level; what goes up a level is normalised first
    """
    found: dict[str, Array] = {}

    def grades(node: Branch) -> Array:
        rows = []
        for part in node.parts:
            if part.parts:
                found[part.name] = normalised(grades(part))
                rows.append(found[part.name])
            else:
                rows.append(membership[part.name])
        return compose(np.array([part.weight for part in node.parts]), np.stack(rows), operator)

    return grades(tree), found


def leads(grades: Array) -> Array:
    """(v, ...) membership of each grade minus the largest of the others: above 0 for the decision alone."""
    v = len(grades)
    rivals = [np.delete(grades, i, axis=0).max(axis=0) for i in range(v)]
    return grades - np.stack(rivals)


def top_ratio(grades: Array) -> Array:
    """(...) largest membership over the second largest; infinite where the second is 0."""
    ordered = np.sort(grades, axis=0)
    with np.errstate(divide="ignore"):
        return ordered[-1] / ordered[-2]


def composed(tree: Branch, shares: Array, names: Sequence[str], operator: str, values: Array) -> Array:
    """What all numbers of a fuzzy evaluation follow from, one under the other.

    Parameters
    ----------
    tree : its leaves are `names`
    shares : (k, v, b) memberships of the items
    names : of the k items
    operator : as in `compose`
    values : (v,) what the grades are worth

    Returns
    -------
    ndarray (v + 2 + aspects v, b)
        Raw B of the root; the weighted mean of grade values; the score of the normalised B minus that mean; the
        normalised B of every aspect.
    """
    shares = shares / shares.sum(axis=1, keepdims=True)  # 1 but for the steps of a derivative
    membership = dict(zip(names, shares, strict=True))
    raw, aspects = compose_tree(tree, membership, operator)
    plain = values @ sum(weight * membership[name] for name, weight in tree.leaves())
    difference = values @ normalised(raw) - plain
    same = np.abs(difference) < ROUNDING * np.abs(values).max()  # with M(.,+) the two are the same number
    return np.concatenate([raw, [plain, np.where(same, 0.0, difference)], *aspects.values()])


def indicators(place: NDArray[np.int32], v: int) -> Array:
    """Columns of 0 and 1, (n, k v): whether item k was rated in grade v; NaN where the rating is missing.

    Parameters
    ----------
    place : (n, k) number of the grade of each rating, v where it is missing
    v : number of grades
    """
    table = np.vstack([np.eye(v), np.full(v, np.nan)])
    return table[place].reshape(len(place), -1)


def influence_columns(
    place: NDArray[np.int32],
    v: int,
    weight: Array,
    codes: NDArray[np.int64] | None,
    function: Callable[[Array], Array],
) -> Array:
    """Columns whose weighted means are numbers of memberships, and whose errors are their linearised ones.

    Parameters
    ----------
    place : (n, k) number of the grade of each rating, v where it is missing
    v : number of grades
    weight : (n,) survey weights
    codes : (n,) domain of each respondent, -1 for none; None for one domain
    function : takes memberships (k, v, b), gives numbers (c, b)

    Returns
    -------
    ndarray (n, c)
        The number itself plus the respondent's influence on it (Deville 1999); NaN for who answered nothing.

    Notes
    -----
    A respondent moves the share of item j by weight (1 - share) over the weight of those who answered item j. With k v
    columns of 0 and 1 the same errors would take (k v)^2 products a respondent.
    """
    n, k = place.shape
    domain = np.zeros(n, dtype=np.int64) if codes is None else np.where(codes < 0, codes.max() + 1, codes)
    groups = int(domain.max()) + 1
    size = v + 1
    index = domain * size
    counts = np.stack([np.bincount(index + place[:, j], weight, groups * size) for j in range(k)])
    counts = counts.reshape(k, groups, size)[:, :, :v]
    answered = counts.sum(axis=2)
    some = (place < v).any(axis=1)
    whole = np.bincount(domain[some], weight[some], groups)
    columns = None
    tables = []
    for g in range(groups):
        with np.errstate(invalid="ignore", divide="ignore"):
            shares = counts[:, g] / answered[:, g, None]
            estimate, slopes = _slopes(shares, function)
            moved = slopes - (slopes * shares).sum(axis=2, keepdims=True)  # (c, k, v)
            moved *= whole[g] / answered[:, g, None]
        tables.append((estimate, moved))
    for j in range(k):
        rows = [np.vstack([moved[:, j].T, np.zeros(len(estimate))]) for estimate, moved in tables]
        part = np.concatenate(rows).take(index + place[:, j], axis=0)
        columns = part if columns is None else np.add(columns, part, out=columns)
    columns += np.stack([estimate for estimate, _ in tables])[domain]
    if not some.all():
        columns[~some] = np.nan
    return columns


def _slopes(shares: Array, function: Callable[[Array], Array]) -> tuple[Array, Array]:
    """Numbers (c,) and their derivatives (c, k, v) with respect to memberships (k, v), by central differences."""
    k, v = shares.shape
    moved = np.repeat(shares.reshape(-1, 1), 2 * k * v, axis=1)
    every = np.arange(k * v)
    moved[every, every] += STEP
    moved[every, every + k * v] -= STEP
    values = function(moved.reshape(k, v, -1))
    slopes = (values[:, : k * v] - values[:, k * v :]) / (2 * STEP)
    return function(shares[:, :, None])[:, 0], slopes.reshape(-1, k, v)
