"""The tables of a PLS result: which numbers stand in which row under which keys."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from csi.estimation.engine import Measured
from csi.models.pls_data import Data
from csi.models.pls_quantities import Question
from csi.results import Block, Table

Rows = Sequence[tuple[str, ...]]

# Fisher's z for loadings and standardised paths, z of the square root for R2 (METHODS.md R2); everything else as it is.
SCALES = {"paths": 1, "total": 1, "loadings": 1, "r2": 2}
TERMS = ("r2", "r2_adjusted", "alpha", "rho_a", "rho_c", "ave")


@dataclass(frozen=True, eq=False)
class PlsTables:
    """Builds each table when it is asked for.

    Attributes
    ----------
    question : what was estimated
    data : what was prepared
    found : the numbers and their uncertainty
    """

    question: Question
    data: Data
    found: Measured

    @cached_property
    def constructs(self) -> tuple[str, ...]:
        """Names of the constructs."""
        return self.data.model.names

    def builders(self) -> dict[str, Callable[[], Table]]:
        """Table name to the function that builds it; tables without a row are left out."""
        found = {
            "index": self._index,
            "paths": self._paths,
            "outer": self._outer,
            "constructs": self._constructs,
            "effects": self._effects,
            "htmt": self._htmt,
            "priorities": self._priorities,
            "index_equal": self._index_equal,
        }
        if not self.question.scaled:
            del found["index"], found["index_equal"]
        if not self.question.priorities:
            del found["priorities"]
        return found

    def _table(self, columns: tuple[str, ...], blocks: Sequence[Block], **shown: int) -> Table:
        return self.found.table(self.data, columns, blocks, scales=SCALES, **shown)

    def _named(self, pairs: Sequence[tuple[int, int]], *more: str) -> Rows:
        return [(self.constructs[i], self.constructs[j], *more) for i, j in pairs]

    def _index(self) -> Table:
        rows = [(self.constructs[j],) for j in self.question.scaled]
        return self._table(("construct",), [Block("index", rows)], decimals=1)

    def _index_equal(self) -> Table:
        rows = [(self.constructs[j],) for j in self.question.scaled]
        return self._table(("construct",), [Block("index_equal", rows)], decimals=1)

    def _paths(self) -> Table:
        return self._table(("source", "target"), [Block("paths", self._named(self.question.paths))], tested=True)

    def _outer(self) -> Table:
        owner = [self.constructs[j] for j in self.question.layout.owner]
        measured = list(zip(owner, self.data.items, strict=True))
        blocks = [
            Block("weights", [(*row, "outer_weight") for row in measured]),
            Block("loadings", [(*row, "loading") for row in measured]),
        ]
        return self._table(("construct", "item", "kind"), blocks, tested=True)

    def _constructs(self) -> Table:
        explained = [self.constructs[j] for j in self.question.endogenous]
        blocks = [
            Block(term, [(name, term) for name in (explained if term.startswith("r2") else self.constructs)])
            for term in TERMS
        ]
        return self._table(("construct", "term"), blocks)

    def _effects(self) -> Table:
        question = self.question
        blocks = [Block("paths", self._named(question.paths, "direct"))]
        if question.roundabout:
            blocks.append(Block("indirect", self._named(question.roundabout, "indirect")))
        blocks.append(Block("total", self._named(question.reach, "total")))
        return self._table(("source", "target", "kind"), blocks, tested=True)

    def _htmt(self) -> Table:
        return self._table(("construct", "other_construct"), [Block("htmt", self._named(self.question.pairs))])

    def _priorities(self) -> Table:
        pairs, scaled = self.question.priorities, self.question.scaled
        drivers = [(self.constructs[j], self.constructs[k]) for k, j in pairs]
        shown = [scaled.index(k) for k, _ in pairs]
        blocks = [
            Block("importance", [(*row, "importance") for row in drivers]),
            Block("index", [(*row, "performance") for row in drivers], shown, len(scaled)),
        ]
        return self._table(("target", "construct", "kind"), blocks)
