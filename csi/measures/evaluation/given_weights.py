"""Indicator weights and trees as a user gives them, checked: they sum to what they should, and every name exists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from csi.data.scales import brief
from csi.errors import DataError
from csi.measures.evaluation.membership import Branch
from csi.measures.index.tree import IndicatorTree
from csi.measures.index.tree_layout import Indicator

Array = NDArray[np.float64]
CLOSE = 1e-6


def read_weights(weights: Any, items: Sequence[str]) -> Array:
    """(k,) weights of items that sum to 1.

    Parameters
    ----------
    weights : mapping or Series item -> weight, or one number per item; they sum to 1, or to 100; equal when None
    items : names in the order wanted

    Raises
    ------
    DataError
        `weight_names`, `weight_values`, `weight_sum`.

    """
    if weights is None:
        return np.full(len(items), 1 / len(items))
    if hasattr(weights, "items"):
        given = {str(name): weight for name, weight in weights.items()}
        if set(given) != set(items):
            raise DataError("weight_names", found=list(given), expected=list(items))
        values = _numbers([given[name] for name in items], items)
    else:
        values = _numbers(list(weights), items)
        if len(values) != len(items):
            raise DataError("weight_names", found=[brief(value) for value in values], expected=list(items))
    return values / _checked_sum(values, items, (1.0, 100.0))


def read_tree(tree: Any, items: Sequence[str]) -> Branch:
    """An indicator tree from a nested mapping.

    Parameters
    ----------
    tree : {item: weight} or {aspect: (weight, {...})}, to any depth; weights of siblings sum to 1, to 100, or to the
        weight of what they are parts of; or an IndicatorTree, whose sums must be as declared; equal weights of all
        items when None
    items : names that the leaves must have

    Raises
    ------
    DataError
        `weight_names`, `weight_values`, `weight_sum`, `tree_name_twice`; `tree_sums` of an IndicatorTree.

    """
    if isinstance(tree, IndicatorTree):
        found = tree.weights("strict")
        if set(tree.items) != set(items):
            raise DataError("weight_names", found=list(tree.items), expected=list(items))
        return _branch(tree.root, dict(zip(found.names, found.share.tolist(), strict=True)))
    if tree is None or not hasattr(tree, "items"):
        values = read_weights(tree, items)
        return Branch("", 1.0, tuple(Branch(name, float(value)) for name, value in zip(items, values, strict=True)))
    root = Branch("", 1.0, _parts(dict(tree.items()), (1.0, 100.0)))
    leaves = [name for name, _ in root.leaves()]
    if set(leaves) != set(items):
        raise DataError("weight_names", found=leaves, expected=list(items))
    names = [*leaves, *(node.name for node in root.aspects())]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise DataError("tree_name_twice", indicators=twice)
    return root


def _branch(node: Indicator, share: Mapping[str, float]) -> Branch:
    """A node of an IndicatorTree with the share of its parent that each node has."""
    return Branch(node.name, share[node.name], tuple(_branch(part, share) for part in node.parts))


def leaves_of(tree: Any) -> list[str] | None:
    """Names of the leaves of a nested mapping or an IndicatorTree; None for anything else."""
    if isinstance(tree, IndicatorTree):
        return list(tree.items)
    if not hasattr(tree, "items"):
        return None
    found: list[str] = []
    for name, entry in tree.items():
        below = leaves_of(entry[1]) if _is_aspect(entry) else None
        found += [str(name)] if below is None else below
    return found


def _is_aspect(entry: Any) -> bool:
    return isinstance(entry, Sequence) and not isinstance(entry, str) and len(entry) == 2 and hasattr(entry[1], "items")


def _parts(tree: Mapping[Any, Any], sums: tuple[float, ...]) -> tuple[Branch, ...]:
    names = [str(name) for name in tree]
    entries = list(tree.values())
    given = _numbers([entry[0] if _is_aspect(entry) else entry for entry in entries], names)
    total = _checked_sum(given, names, sums)
    return tuple(
        Branch(name, float(weight / total), _parts(entry[1], (1.0, 100.0, float(weight))) if _is_aspect(entry) else ())
        for name, entry, weight in zip(names, entries, given, strict=True)
    )


def _numbers(values: Iterable[Any], names: Sequence[str]) -> Array:
    values = list(values)
    found = []
    for value in values:
        try:
            found.append(float(value))
        except (TypeError, ValueError):
            found.append(float("nan"))
    wrong = [
        f"{name}: {value}"
        for name, value, number in zip(names, values, found, strict=False)
        if not (np.isfinite(number) and number >= 0)
    ]
    if wrong or not found:
        raise DataError("weight_values", weights=wrong or ["-"])
    return np.array(found)


def _checked_sum(values: Array, names: Sequence[str], sums: tuple[float, ...]) -> float:
    total = float(values.sum())
    if not any(abs(total - wanted) < CLOSE * max(1.0, wanted) for wanted in sums):
        wanted = list(dict.fromkeys(brief(one) for one in sums))
        raise DataError("weight_sum", items=list(names), total=brief(round(total, 6)), expected=wanted)
    return total
