"""Tables of Kano's method that follow from the shares of the categories once these are estimated."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from csi.estimates import Unknown
from csi.measures.quality.kano_numbers import (
    CATEGORIES,
    RULES,
    chi_square,
    decide,
    decide_continuous,
    fong,
    leading_p,
    wald_equal,
)
from csi.measures.quality.label_tables import Signed, Tested, degrees, replicates_of, some_rows
from csi.results import Result, Table

Array = NDArray[np.float64]
SIDES = ("functional", "dysfunctional")


class KanoTables:
    """Tables that follow from the shares once these are estimated."""

    def __init__(self, names: Sequence[str], rule: str, n_boot: int, seed: int, result: Result) -> None:
        self.names, self.rule, self.n_boot, self.seed = names, rule, n_boot, seed
        self.source = partial(result.table, "category_shares")
        self.pairs = partial(result.table, "better_worse")
        self.meaningful = "better_worse" in result.tables
        self.more: Callable[[], Result] = lambda: result

    def asked_later(self, name: str) -> Table:
        """A table of the scores that are estimated when they are asked for; groups as in the other tables."""
        table = self.more().table(name)
        groups = set(self.source().keys.get("group", ()))
        own = table.keys.get("group", [None] * len(table.rows()))
        return some_rows(table, [i for i, group in enumerate(own) if group is None or group in groups])

    @property
    def shares(self) -> Array:
        """(features of all groups, 6)."""
        return self.source().uncertainty.estimate.reshape(-1, 6)

    @property
    def items(self) -> list[tuple[str, ...]]:
        """(Group and) feature of each row of `shares`."""
        return [row[:-1] for row in self.source().rows()[::6]]

    def chosen(self, rule: str) -> NDArray[np.int64]:
        """Category number of each feature by one rule."""
        return decide(self.shares[:, :, None], rule)[:, 0]

    def decided(self, rule: str) -> Table:
        """The share of the category that a rule names, with its interval."""
        return some_rows(self.source(), [6 * i + kind for i, kind in enumerate(self.chosen(rule))])

    def rules(self) -> Table:
        """What the rules say, side by side."""
        chosen = {rule: self.chosen(rule) for rule in RULES}
        if not self.meaningful:
            return self._side_by_side(chosen)
        scored = self.asked_later("continuous")
        means = dict(zip(scored.rows(), scored.uncertainty.estimate.tolist(), strict=True))
        both = np.array([[means.get((*item, word), np.nan) for item in self.items] for word in SIDES])
        chosen["continuous"] = np.where(np.isnan(both).any(axis=0), -1, decide_continuous(*both))
        return self._side_by_side(chosen)

    def _side_by_side(self, chosen: dict[str, NDArray[np.int64]]) -> Table:
        rows, keys = [], []
        for i, item in enumerate(self.items):
            for rule, kinds in chosen.items():
                if kinds[i] >= 0:
                    rows.append(6 * i + kinds[i])
                    keys.append((*item, rule, CATEGORIES[kinds[i]]))
        names = [*list(self.source().keys)[:-1], "term", "kind"]
        return some_rows(self.source(), rows, dict(zip(names, zip(*keys, strict=True), strict=True)))

    def coefficients(self) -> Table:
        """Better and worse, the latter with its minus sign."""
        table = self.pairs()
        sign = np.where(np.array(table.keys["term"]) == "worse", -1.0, 1.0)
        return replace(table, uncertainty=Signed(table.uncertainty, sign))

    def labels(self) -> Table:
        """Stability of every category of every feature, and the p-value that it is the most frequent."""
        table, shares = self.source(), self.shares
        uncertainty = table.uncertainty
        covariance = uncertainty.covariance()
        n = np.asarray(table.n).reshape(-1, 6)
        df, adjust = degrees(uncertainty), getattr(getattr(uncertainty, "bounds", None), "adjust", 1.0)
        parts = [slice(6 * i, 6 * i + 6) for i in range(len(shares))]
        p = [
            leading_p(row, covariance[part, part], float(n[i, 0]), adjust, df)
            for i, (row, part) in enumerate(zip(shares, parts, strict=True))
        ]
        draws = replicates_of(uncertainty, self.n_boot or 5000, self.seed)
        found = decide(draws.reshape(len(shares), 6, -1), self.rule)
        stability = np.array([(found == kind).mean(axis=1) for kind in range(6)]).T
        return replace(table, uncertainty=Tested(stability.ravel(), np.concatenate(p)), tested=True)

    def segments(self) -> Table:
        """Whether the groups have the same shares, feature by feature."""
        from scipy.special import fdtrc

        table = self.source()
        count = len(self.names)
        shares = self.shares.reshape(-1, count, 6)
        covariance = table.uncertainty.covariance().reshape(len(shares), count, 6, len(shares), count, 6)
        df = float(getattr(table.uncertainty, "df", np.inf))
        statistic, p = np.zeros(count), np.ones(count)
        for k in range(count):
            size = 6 * len(shares)
            statistic[k], own = wald_equal(shares[:, k], covariance[:, k, :, :, k].reshape(size, size))
            if own and df - own + 1 > 0:  # the F form of a Wald test under a design (Korn and Graubard)
                p[k] = fdtrc(own, df - own + 1, statistic[k] * (df - own + 1) / (df * own))
        n = np.asarray(table.n).reshape(-1, count, 6)[:, :, 0].sum(axis=0)
        return Table({"item": list(self.names)}, Tested(statistic, p), n.tolist(), tested=True, decimals=2)

    def replication(self) -> Table:
        """Numbers of procedures that were published, for replication."""
        n = np.asarray(self.source().n, dtype=float).reshape(-1, 6)[:, 0]
        difference, critical = fong(self.shares, n)
        values = np.array([difference, critical, chi_square(self.shares, n)]).T.ravel()
        words = ("fong_difference", "fong_critical", "chi_square")
        keys = [(*item, word) for item in self.items for word in words]
        known = np.isfinite(values)
        names = [*list(self.source().keys)[:-1], "term"]
        kept = [key for key, keep in zip(keys, known, strict=True) if keep]
        counts = np.repeat(n, 3)[known].astype(int).tolist()
        return Table(dict(zip(names, zip(*kept, strict=True), strict=True)), Unknown(values[known]), counts, decimals=2)
