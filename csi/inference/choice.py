"""How to learn how sure estimates are: the defaults, and what data of a kind cannot give."""

from __future__ import annotations

import numbers

import numpy as np

from csi.errors import OptionError, choose
from csi.inference.design import Design
from csi.moments import Moments

INFERENCE = ("bootstrap", "normal", "linearised", "none")
LEAST_N_BOOT, MOST_N_BOOT = 20, 1_000_000
INTERVALS = ("percentile", "bca", "t")


def resolve_inference(
    moments: Moments | None,
    design: Design | None,
    grouped: bool,
    inference: str | None,
    interval: str | None,
    n_boot: int,
    *,
    rows: str,
) -> tuple[str, str]:
    """Method and kind of interval for estimates that are functions of moments.

    Parameters
    ----------
    moments : the Moments that were given; None for rows
    design : of the rows; None for Moments
    grouped : whether there are groups
    inference, interval, n_boot : as the user asked
    rows : what None means for rows, "bootstrap" or "linearised"; for Moments it is linearised with fourth-order sums,
        else normal theory

    Raises
    ------
    OptionError
        An unknown word; `bad_n_boot`, `needs_rows`, `by_not_normal`, `design_not_normal`, `bca_needs_plain`,
        `percentile_needs_draws`.
    """
    choose("inference", inference, (None, *INFERENCE))
    choose("interval", interval, (None, *INTERVALS))
    check_n_boot(n_boot, least=0)
    if n_boot == 0 or inference == "none":
        return "none", ""
    check_n_boot(n_boot)
    method = inference
    if method is None:
        method = rows if moments is None else "linearised" if moments.fourth is not None else "normal"
    if moments is not None and (method == "bootstrap" or (method == "linearised" and moments.fourth is None)):
        raise OptionError("needs_rows", inference=method)
    if method == "normal" and grouped:
        raise OptionError("by_not_normal")
    plain = design is None or design.plain
    if method == "normal" and not plain:
        raise OptionError("design_not_normal")
    kind = interval or ("bca" if method == "bootstrap" and plain else "t")
    if kind == "bca" and not (method == "bootstrap" and plain):
        raise OptionError("bca_needs_plain", inference=method)
    if kind == "percentile" and method == "linearised":
        raise OptionError("percentile_needs_draws")
    return method, kind


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
