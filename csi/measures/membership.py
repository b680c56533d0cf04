"""Fuzzy comprehensive evaluation on arrays: memberships, the four operators, trees of indicators, the decision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
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


def indicators(ratings: Array, grades: NDArray[np.int64], v: int) -> Array:
    """Columns of 0 and 1, (n, k v): whether item k was rated in grade v; NaN where the rating is missing.

    Parameters
    ----------
    ratings : (n, k) with NaN
    grades : (n, k) number of the grade of each rating, anything where it is missing
    v : number of grades
    """
    found = (grades[:, :, None] == np.arange(v)).astype(float)
    found[np.isnan(ratings)] = np.nan
    return found.reshape(len(ratings), -1)
