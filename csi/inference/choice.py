"""How to learn how sure estimates are: the defaults, and what data of a kind cannot give."""

from __future__ import annotations

import numbers
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from csi.errors import OptionError, choose
from csi.inference.design import Design
from csi.moments import Moments

INFERENCE = ("bootstrap", "normal", "linearised", "none")
LEAST_N_BOOT, MOST_N_BOOT = 20, 1_000_000
INTERVALS = ("percentile", "bca", "t")


class Resampled(Protocol):
    """Data as far as they decide what can be done with them."""

    @property
    def moments(self) -> Moments | None:
        """The Moments that were given; None for rows."""

    @property
    def design(self) -> Design | None:
        """Of the rows; None for Moments."""

    @property
    def groups(self) -> tuple[str, ...]:
        """Labels, empty without groups."""


@dataclass(frozen=True)
class Choice:
    """How to learn how sure numbers are, as the user asked for it.

    Attributes
    ----------
    inference : {"linearised", "bootstrap", "normal", "none"}, a robust rule where a regression takes one, or None
    interval : {"score", "wilson", "t", "bca", "percentile"} or None. For means on a known scale None is the score
        interval, which for shares is Wilson's ("wilson" is another name for it), and t for other numbers; BCa for a
        bootstrap of a plain design. "t" is t for all of them but those without variance
    n_boot, seed : of a bootstrap or of draws
    """

    inference: str | None = None
    interval: str | None = None
    n_boot: int = 5000
    seed: int = 1

    def unbounded(self) -> Choice:
        """The same for numbers that have no ends, so that a score interval is not asked of them."""
        return replace(self, interval=None) if self.interval in ("score", "wilson") else self

    def resolve(self, data: Resampled, rows: str = "linearised") -> Choice:
        """The defaults filled in, for estimates that are functions of moments; n_boot = 0 is "none".

        Parameters
        ----------
        data : what the estimates are made from
        rows : what None means for rows, "bootstrap" or "linearised"; for Moments it is linearised with fourth-order
            sums, else normal theory

        Raises
        ------
        OptionError
            An unknown word; `bad_n_boot`, `needs_rows`, `by_not_normal`, `design_not_normal`, `bca_needs_plain`,
            `percentile_needs_draws`.
        """
        choose("inference", self.inference, (None, *INFERENCE))
        choose("interval", self.interval, (None, *INTERVALS))
        check_n_boot(self.n_boot, least=0)
        if self.n_boot == 0 or self.inference == "none":
            return replace(self, inference="none", interval="")
        check_n_boot(self.n_boot)
        moments, design, method = data.moments, data.design, self.inference
        if method is None:
            method = rows if moments is None else "linearised" if moments.fourth is not None else "normal"
        if moments is not None and (method == "bootstrap" or (method == "linearised" and moments.fourth is None)):
            raise OptionError("needs_rows", inference=method)
        if method == "normal" and data.groups:
            raise OptionError("by_not_normal")
        plain = design is None or design.plain
        if method == "normal" and not plain:
            raise OptionError("design_not_normal")
        return replace(self, inference=method, interval=self.interval_of(method, plain))

    def interval_of(self, method: str, plain: bool) -> str:
        """The interval asked for, else BCa for a bootstrap of a plain design and t for the others."""
        drawn = method in ("bootstrap", "normal")
        kind = self.interval or ("bca" if method == "bootstrap" and plain else "t")
        if kind == "bca" and not (method == "bootstrap" and plain):
            raise OptionError("bca_needs_plain", inference=method)
        if kind == "percentile" and not drawn:
            raise OptionError("percentile_needs_draws")
        return kind


def check_n_boot(n_boot: object, least: int = LEAST_N_BOOT) -> None:
    """Stop at a number of replicates that is no whole number, or that no inference can use.

    Raises
    ------
    OptionError
        `bad_n_boot`.

    """
    whole = isinstance(n_boot, numbers.Real) and not isinstance(n_boot, bool) and n_boot == n_boot // 1
    if not whole or not least <= n_boot <= MOST_N_BOOT:
        raise OptionError("bad_n_boot", value=n_boot, least=LEAST_N_BOOT, most=f"{MOST_N_BOOT:,}")


def generator(seed: object, *key: int) -> np.random.Generator:
    """Random numbers that depend on the seed and on where they are used, and on nothing else.

    Raises
    ------
    OptionError
        `not_whole`.

    """
    if not isinstance(seed, numbers.Integral) or isinstance(seed, bool) or seed < 0:
        raise OptionError("not_whole", option="seed", value=seed, least=0, example=1)
    return np.random.default_rng(np.random.SeedSequence(int(seed), spawn_key=key))
