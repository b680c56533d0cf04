"""Where each measure of importance comes from."""

from __future__ import annotations

from collections.abc import Mapping

from csi.estimation.measured import CSI
from csi.references import reference

LMG = reference("gromping2007")
DOMINANCE = reference("azen2003")
JOHNSON = reference("johnson2000")
PRATT = reference("pratt1987")
CAR = reference("zuber2011")
OF_METHOD = {
    "lmg": (LMG, DOMINANCE),
    "lmg_sampled": (LMG,),
    "johnson": (JOHNSON,),
    "pratt": (PRATT,),
    "car": (CAR,),
}


def sources_of(method: str) -> tuple[Mapping[str, str], ...]:
    """The sources of a method and of csi."""
    return (*OF_METHOD.get(method, (LMG,)), CSI)
