"""An indicator tree: what counts how much, at any depth, and what happens when the weights do not sum as declared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from os import PathLike
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from csi.data.scales import brief
from csi.errors import DataError, choose
from csi.language import Note, note, pick
from csi.measures.index.tree_layout import Indicator, Layout, TreeWeights, declared_weight
from csi.views import public_names

if TYPE_CHECKING:
    import pandas as pd

Array = NDArray[np.float64]
POLICIES = ("strict", "within_group", "global")
BASES = ("points", "shares")
CLOSE = 1e-6  # of a declared sum
WHOLE = (1.0, 100.0)  # what weights may sum to where no sum is declared


@dataclass(frozen=True)
class IndicatorTree:
    """Indicators of a satisfaction index and their weights, a tree of any depth that cannot be changed.

    Use it for `score_index` and `score_blend`. Weights are `points`, where the parts of a group sum to the weight of
    the group (50 = 30 + 10 + 10), or `shares`, where the parts of every group sum to 1 or to 100.

    Parameters
    ----------
    root : the whole; its parts are indicators or groups of them
    basis : {"points", "shares"} or None to tell from the sums; it must be given where the sums fit neither or both

    Raises
    ------
    DataError
        `tree_empty`, `tree_name_twice`, `tree_weight` (negative or no number), `tree_no_weight`, `tree_basis`,
        `tree_no_sum` (all parts of a group weigh 0).

    Notes
    -----
    Sums that differ from what is declared are never settled silently: `weights("strict")` stops and names them,
    "within_group" divides every group's parts by their sum, so that groups keep their weights, and "global" divides all
    items by the total. Both say in a note what was rescaled. In R: data.tree holds such trees, without these rules.

    Examples
    --------
    >>> import csi
    >>> tree = csi.IndicatorTree.parse('''
    ... product 60
    ...   quality 40
    ...   packaging 20
    ... service 40
    ... ''')
    >>> tree.items, tree.basis
    (('quality', 'packaging', 'service'), 'points')
    >>> tree.to_frame()["indicator_weight"].round(2).tolist()
    [1.0, 0.6, 0.4, 0.2, 0.4]

    """

    root: Indicator
    basis: str | None = None

    __dir__ = public_names

    def __post_init__(self) -> None:
        if not self.root.parts:
            raise DataError("tree_empty", tree=self.root.name)
        names = [node.name for node in self.root.walk()]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise DataError("tree_name_twice", indicators=twice)
        bare = [node.name for node in self.root.walk() if not node.parts and node.weight is None]
        if bare:
            raise DataError("tree_no_weight", indicators=bare)
        if self.basis is None:
            object.__setattr__(self, "basis", _tell_basis(self.root))
        choose("basis", self.basis, BASES)
        if self.basis == "shares":
            bare = [node.name for node in self.root.walk() if node is not self.root and node.weight is None]
            if bare:
                raise DataError("tree_no_weight", indicators=bare)
        for node in self.root.walk():
            if node.parts and not sum(declared_weight(part) for part in node.parts) > 0:
                raise DataError("tree_no_sum", indicator=node.name, indicators=[part.name for part in node.parts])

    @classmethod
    def from_mapping(cls, parts: Mapping[str, Any], name: str = "overall", basis: str | None = None) -> IndicatorTree:
        """A tree from nested mappings.

        Parameters
        ----------
        parts : indicator -> its weight, or a mapping of its parts, or a mapping with some of the keys weight, parts,
            en, zh and rationale; with one indicator that has parts, that one is the whole
        name : what the whole is called
        basis : as in `IndicatorTree`

        Raises
        ------
        DataError
            `tree_key`, and those of `IndicatorTree`.

        Examples
        --------
        >>> import csi
        >>> tree = csi.IndicatorTree.from_mapping({"product": {"weight": 60, "parts": {"a": 40, "b": 20}}, "c": 40})
        >>> tree.items
        ('a', 'b', 'c')

        """
        from csi.measures.index.tree_reading import read_mapping

        return cls(read_mapping(parts, name), basis)

    @classmethod
    def from_yaml(cls, text: str, name: str = "overall", basis: str | None = None) -> IndicatorTree:
        """A tree from YAML text that holds what `from_mapping` takes."""
        from csi.data.yamltext import load_yaml

        return cls.from_mapping(load_yaml(text, name), name, basis)

    @classmethod
    def read(cls, path: str | PathLike[str], name: str = "overall", basis: str | None = None) -> IndicatorTree:
        """A tree from a YAML file, utf-8."""
        from csi.data.readers.detect import yaml_file

        return cls.from_yaml(yaml_file(path), name, basis)

    @classmethod
    def from_frame(cls, frame: pd.DataFrame, name: str = "overall", basis: str | None = None) -> IndicatorTree:
        """A tree from a table, one row per indicator.

        Parameters
        ----------
        frame : columns indicator, weight (or declared), with groups also parent; optional en, zh, rationale
        name : what the whole is called, for indicators without a parent
        basis : as in `IndicatorTree`

        Raises
        ------
        DataError
            `tree_columns`, `tree_parent`, and those of `IndicatorTree`.

        """
        from csi.measures.index.tree_reading import read_frame

        return cls(read_frame(frame, name), basis)

    @classmethod
    def parse(cls, text: str, name: str = "overall", basis: str | None = None) -> IndicatorTree:
        """A tree from an outline: a line is `name weight wording`, and what belongs to it is indented below it.

        Parameters
        ----------
        text : such as "product 50", then "  quality 30"; brackets, colons and % around the weight are read too
        name, basis : as in `from_mapping`

        Raises
        ------
        DataError
            `tree_line`, `tree_indent`, and those of `IndicatorTree`.

        """
        from csi.measures.index.tree_reading import read_outline

        return cls(read_outline(text, name), basis)

    def reweighted(self, weights: Sequence[float]) -> IndicatorTree:
        """The same tree with other weights (L,) of its items, made to sum to 100; groups weigh what their parts do."""
        total = sum(weights)
        left = iter(100 * weight / total for weight in weights)

        def again(node: Indicator) -> Indicator:
            if node.parts:
                return replace(node, weight=None, parts=tuple(again(part) for part in node.parts))
            return replace(node, weight=float(next(left)))

        return IndicatorTree(again(self.root), "points")

    @property
    def items(self) -> tuple[str, ...]:
        """Names of the items, in the order of the tree."""
        return tuple(node.name for node in self.root.walk() if not node.parts)

    @property
    def sums(self) -> tuple[tuple[str, float, float], ...]:
        """(group, sum of its parts, what they should sum to), for every group whose parts sum to something else."""
        found = []
        for node in self.root.walk():
            if node.parts:
                total, expected = sum(declared_weight(part) for part in node.parts), self._expected(node)
                if abs(total - expected) > CLOSE * expected:
                    found.append((node.name, total, expected))
        return tuple(found)

    def _expected(self, node: Indicator) -> float:
        total = sum(declared_weight(part) for part in node.parts)
        if self.basis == "points" and (node.weight is not None or node is not self.root):
            return declared_weight(node)
        return WHOLE[0] if total <= 2 * WHOLE[0] else WHOLE[1]

    def weights(self, policy: str = "strict") -> TreeWeights:
        """What every node weighs.

        Parameters
        ----------
        policy : {"strict", "within_group", "global"}: stop where sums differ, keep the weights of groups, or divide all
            items by the total

        Raises
        ------
        DataError
            `tree_sums` under "strict", with the groups and their sums.

        """
        choose("policy", policy, POLICIES)
        wrong = self.sums
        if wrong and policy == "strict":
            raise DataError("tree_sums", places=[_place(*one) for one in wrong])
        layout = self._layout
        share, effective = layout.settle(policy)
        notes: tuple[Note, ...] = ()
        if wrong:
            notes = (self._rescaled(policy, wrong, layout, effective),)
        within = layout.inside(share)
        return TreeWeights(
            layout.names, layout.parent, layout.depth, layout.leaves, layout.declared, share, effective, within, notes
        )  # fmt: skip

    def _rescaled(self, policy: str, wrong: Any, layout: Layout, effective: Array) -> Note:
        """The note that says which weights were changed, from what to what."""
        declared = layout.as_declared
        scale = 100 if declared[layout.leaves].sum() > 2 else 1
        moved = [
            f"{layout.names[i]} {declared[i]:.6g} → {effective[i] * scale:.6g}"
            for i in layout.leaves
            if abs(effective[i] * scale - declared[i]) > CLOSE * scale
        ]
        return note(f"tree_{policy}", places=[_place(*one) for one in wrong], weights=moved)

    @cached_property
    def _layout(self) -> Layout:
        return Layout.of(self.root, self.basis)

    def to_frame(self, policy: str = "strict") -> pd.DataFrame:
        """The tree as a table, with the weights that a policy makes of it.

        Parameters
        ----------
        policy : as in `weights`

        Returns
        -------
        DataFrame
            One row per node: indicator, parent, depth, declared, share (of its parent), indicator_weight (of the
            whole), en, zh, rationale (in the current language).

        """
        import pandas as pd

        found = self.weights(policy)
        nodes = list(self.root.walk())
        return pd.DataFrame(
            {
                "indicator": list(found.names),
                "parent": [found.names[i] if i >= 0 else "" for i in found.parent],
                "depth": found.depth,
                "declared": found.declared,
                "share": found.share,
                "indicator_weight": found.effective,
                "en": [node.text.get("en", "") for node in nodes],
                "zh": [node.text.get("zh", "") for node in nodes],
                "rationale": [pick(node.rationale) for node in nodes],
            }
        )

    def __repr__(self) -> str:
        """Return the outline."""
        return str(self)

    def __str__(self) -> str:
        """Return the outline that `parse` reads."""
        layout, lines = self._layout, []
        for node, depth in zip(self.root.walk(), layout.depth, strict=True):
            if depth:
                weight = "" if node.weight is None else f" {brief(node.weight)}"
                lines.append(f"{'  ' * (int(depth) - 1)}{node.name}{weight} {pick(node.text)}".rstrip())
        return "\n".join(lines)


def _place(name: str, total: float, expected: float) -> Note:
    return note("tree_place", indicator=name, total=f"{total:.6g}", expected=f"{expected:.6g}")


def _tell_basis(root: Indicator) -> str:
    """Whether the parts of groups sum to the weight of the group or to a whole."""
    groups = [node for node in root.walk() if node.parts and node is not root and node.weight is not None]
    if not groups:
        return "points"
    sums = [(sum(declared_weight(part) for part in node.parts), node.weight) for node in groups]
    points = sum(abs(total - weight) <= CLOSE * max(weight, CLOSE) for total, weight in sums)
    shares = sum(any(abs(total - whole) <= CLOSE * whole for whole in WHOLE) for total, _ in sums)
    if points == shares and not (points == len(groups) == 1):
        raise DataError(
            "tree_basis", groups=[_place(node.name, *pair) for node, pair in zip(groups, sums, strict=True)]
        )
    return "points" if points >= shares else "shares"
