"""What the simulators of the measures' samples share: one seed, ratings cut from normal scores, and their exact means.

Only `Generator(PCG64)` with `standard_normal` and `random` is drawn from: numpy keeps these two streams stable.
"""

from __future__ import annotations

from math import erf, sqrt
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from samples_mobile import SEED

_ERF = np.vectorize(erf, otypes=[float])


def generator(stream: int) -> np.random.Generator:
    """A stream of its own for each sample, all from the one seed."""
    return np.random.Generator(np.random.PCG64([SEED, stream]))


def below(x: ArrayLike) -> NDArray[np.float64]:
    """Share of a standard normal score below x."""
    return 0.5 * (1 + _ERF(np.asarray(x, dtype=float) / sqrt(2)))


def nodes(width: float = 8.0, step: float = 0.05) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Points and weights that integrate over a standard normal score (equal steps: exact for smooth ones)."""
    points = np.arange(-round(width / step), round(width / step) + 1) * step
    weights = np.exp(-(points**2) / 2)
    return points, weights / weights.sum()


def cut(score: NDArray[np.float64], values: ArrayLike) -> NDArray[Any]:
    """The nearest of equally spaced values, ascending; scores beyond the ends take the ends."""
    values = np.asarray(values)
    return values[np.searchsorted((values[1:] + values[:-1]) / 2, score)]


def cut_mean(mean: ArrayLike, sd: float, values: ArrayLike, counted: ArrayLike | None = None) -> NDArray[np.float64]:
    """Exact mean of `cut` scores, normal with this mean (any shape) and sd; `counted`: what each value counts."""
    values = np.asarray(values, dtype=float)
    middle = (values[1:] + values[:-1]) / 2
    above = 1 - below((middle - np.asarray(mean, dtype=float)[..., None]) / sd)
    counted = values if counted is None else np.asarray(counted, dtype=float)
    return counted[0] + (above * np.diff(counted)).sum(axis=-1)


def pick(rng: np.random.Generator, shares: ArrayLike, size: int) -> NDArray[np.intp]:
    """Numbers of the categories drawn: `shares` is (k,) for all rows or (size, k)."""
    edges = np.cumsum(np.asarray(shares, dtype=float), axis=-1)[..., :-1]
    return (rng.random(size)[:, None] >= edges).sum(axis=1)


def poisson(rng: np.random.Generator, rate: NDArray[np.float64], largest: int = 12) -> NDArray[np.intp]:
    """Counts with these means, up to `largest`."""
    chance = np.exp(-rate)
    total, draw = chance.copy(), rng.random(len(rate))
    count = np.zeros(len(rate), dtype=np.intp)
    for k in range(1, largest + 1):
        count += draw >= total
        chance = chance * rate / k
        total += chance
    return count


def plain(value: Any, digits: int = 4) -> Any:
    """Nested truth as plain numbers, rounded."""
    if isinstance(value, dict):
        return {key: plain(part, digits) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [plain(part, digits) for part in value]
    if isinstance(value, np.ndarray):
        return plain(value.tolist(), digits)
    if isinstance(value, np.generic):
        value = value.item()
    return round(value, digits) + 0.0 if isinstance(value, float) else value


def text(values: Any, missing: Any = None) -> list[str]:
    """Cells of a column; "" where `missing`."""
    cells = [str(value) for value in np.asarray(values).tolist()]
    return cells if missing is None else ["" if gone else cell for cell, gone in zip(cells, missing, strict=True)]


def items_of(book: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Entries of a codebook from the questions of a sample, without the keys that only its simulator needs."""
    entries = {}
    for name, item in book.items():
        entry = {key: item[key] for key in ("scale", "construct", "reversed", "kind", "missing") if key in item}
        entries[name] = entry | {"text": {"en": item["en"], "zh": item["zh"]}}
    return entries
