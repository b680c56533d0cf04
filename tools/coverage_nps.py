"""How often the intervals of a net promoter score hold the truth: python tools/coverage_nps.py prints the table.

20,000 samples from each of five populations (promoters and detractors .5 .2, .15 .55, .85 .05, .3 .3, .95 .01), none
left out; mean over the populations and, behind the slash, the one that does worst.
"""

from __future__ import annotations

import numpy as np

from csi.inference.intervals import quantile_of
from csi.measures.scores.nps_interval import KINDS, net_limits

POPULATIONS = ((0.5, 0.2), (0.15, 0.55), (0.85, 0.05), (0.3, 0.3), (0.95, 0.01))
SIZES = (50, 100, 250, 1000)
SAMPLES = 20_000


def coverage(kind: str, n: int, rng: np.random.Generator) -> list[float]:
    """Per cent of samples whose 95 % interval holds p - d, for every population."""
    found = []
    for p, d in POPULATIONS:
        shares = rng.multinomial(n, [p, 1 - p - d, d], SAMPLES) / n
        lower, upper = net_limits(
            kind, shares[:, 0], shares[:, 2], np.full(SAMPLES, float(n)), quantile_of(np.inf, 0.025)
        )
        found.append(100 * np.mean((lower <= p - d + 1e-12) & (p - d <= upper + 1e-12)))
    return found


def main() -> None:
    """Print the rows of the table in docs/numbers."""
    for n in SIZES:
        cells = []
        for kind in KINDS:
            held = coverage(kind, n, np.random.default_rng(n))
            cells.append(f"{np.mean(held):.1f} / {min(held):.1f}")
        print(f"| n = {n:,} | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
