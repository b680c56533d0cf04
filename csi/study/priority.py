"""What to improve first for the index of a structural model: the weak among the important drivers."""

from __future__ import annotations

from dataclasses import dataclass

from csi.estimates import Estimate
from csi.models.path import PathModel
from csi.results import Result


@dataclass(frozen=True)
class Priority:
    """What to improve first for the index of the target.

    Attributes
    ----------
    construct : the driver
    importance : index points of the target per index point of the driver
    performance : its index, 0-100
    weak : whether it stands below the mean performance of the drivers while its importance is not below their mean;
        False where no driver is both, then it is the most important one
    drivers : how many drivers the target has
    expected : whether expectations are among the drivers; they are what customers bring along and never chosen
    """

    construct: str
    importance: Estimate
    performance: Estimate
    weak: bool
    drivers: int
    expected: bool

    @property
    def remarks(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Keys of the sentences that stand before and after the one about the driver."""
        before = ("report.improve_nobody",) if self.drivers > 1 and not self.weak else ()
        return before, ("report.improve_unsure",) if self.importance.lower <= 0 else ()


def find_priority(fit: Result, model: PathModel, target: str, level: float) -> Priority | None:
    """What to improve first: high importance and low performance; None where no driver raises the target."""
    if "priorities" not in fit.tables:
        return None
    table = fit.table("priorities")
    rows = dict(zip(table.rows(), table.uncertainty.estimate.tolist(), strict=True))
    drivers = [name for aim, name, kind in rows if aim == target and kind == "importance"]
    weight = {name: rows[target, name, "importance"] for name in drivers}
    stand = {name: rows[target, name, "performance"] for name in drivers}
    open_to_work = [name for name in drivers if weight[name] > 0 and not _is_expected(model, name)]
    if not open_to_work:
        return None
    mean_weight, mean_stand = (sum(values.values()) / len(drivers) for values in (weight, stand))
    weak = [name for name in open_to_work if weight[name] >= mean_weight and stand[name] < mean_stand]
    first = max(weak or open_to_work, key=weight.__getitem__)
    importance, performance = (
        fit.value(target, first, kind, table="priorities", level=level) for kind in ("importance", "performance")
    )
    expected = any(_is_expected(model, name) for name in drivers)
    return Priority(first, importance, performance, bool(weak), len(drivers), expected)


def _is_expected(model: PathModel, construct: str) -> bool:
    texts = next((one.text for one in model.constructs if one.name == construct), {})
    words = (construct, *texts.values())
    return any("expect" in word.casefold() or "期望" in word or "预期" in word for word in words)
