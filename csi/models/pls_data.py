"""From a Survey or Moments and a model to the arrays that PLS works on, with every fault of the data named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from csi.data.survey import Survey
from csi.errors import EstimationError, ModelError, choose
from csi.estimation.item_moments import ItemData, constant_items, prepare_items
from csi.inference.bootstrap import Batch
from csi.language import Note, note
from csi.models.path import PathModel
from csi.models.pls_algorithm import Layout
from csi.moments import Moments

Array = NDArray[np.float64]
MODES = ("A", "B", "unit")
SINGULAR = 1e-10  # smallest over largest eigenvalue of a block that still counts as invertible


@dataclass(frozen=True, eq=False, kw_only=True)
class Data(ItemData):
    """What PLS needs of the data: items ordered by construct, and the model they belong to.

    Attributes
    ----------
    model : the model with every construct filled
    layout : the model as arrays
    lo, hi : (p,) ends of the scales
    answers : (all respondents, p) ratings; None for Moments
    """

    model: PathModel
    layout: Layout
    lo: Array
    hi: Array
    answers: Array | None

    @property
    def n_eff(self) -> float:
        """Kish's effective number of respondents."""
        if self.moments is not None:
            return self.moments.n_eff
        w = np.ones(len(self.columns)) if self.weight is None else self.weight
        return float(w.sum() ** 2 / (w @ w))


def prepare(
    data: Survey | Moments,
    model: PathModel,
    *,
    scheme: str,
    modes: Mapping[str, str] | None,
    missing: str,
    by: object,
) -> Data:
    """Fill the model, take its items from the data, and check both."""
    if isinstance(data, Moments):
        filled = model if not model.unfilled and set(model.items) <= set(data.names) else model.resolve(data.names)
    else:
        filled = model.resolve(data.items, data.codebook)
    layout = _layout(filled, scheme, modes)
    need = respondents_needed(layout)
    found = prepare_items(data, filled.items, missing=missing, by=by, need=need, what=filled.name, apart=False)
    notes, ends, answers = [], None, None
    if found.moments is not None:
        ends = found.moments.lo, found.moments.hi
    else:
        ends, answers = data.scale_ends(filled.items), data.matrix(filled.items)
    if found.groups:
        notes = _constant_in_groups(found.domains, found.items, found.groups, by)
    _check_blocks(found, layout, filled)
    parts = {field.name: getattr(found, field.name) for field in fields(found)}
    parts["notes"] = (*found.notes, *filled.notes, *notes)
    return Data(**parts, model=filled, layout=layout, lo=ends[0], hi=ends[1], answers=answers)


def _layout(model: PathModel, scheme: str, modes: Mapping[str, str] | None) -> Layout:
    """The model as arrays; `modes` overrides the operator of single constructs."""
    names = model.names
    for construct, mode in (modes or {}).items():
        if construct not in names:
            raise ModelError("unknown_construct", model=model.name, construct=construct, constructs=names)
        choose(f"modes[{construct!r}]", mode, MODES)
    place = {name: j for j, name in enumerate(names)}
    before: list[list[int]] = [[] for _ in names]
    after: list[list[int]] = [[] for _ in names]
    for source, target in model.paths:
        before[place[target]].append(place[source])
        after[place[source]].append(place[target])
    blocks, start = [], 0
    for construct in model.constructs:
        blocks.append(slice(start, start + len(construct.items)))
        start += len(construct.items)
    return Layout(
        tuple(blocks),
        tuple((modes or {}).get(construct.name, construct.mode) for construct in model.constructs),
        tuple(tuple(sorted(part)) for part in before),
        tuple(tuple(sorted(part)) for part in after),
        tuple(place[name] for name in model.order),
        scheme,
    )


def respondents_needed(layout: Layout) -> int:
    """The smallest number of respondents that identifies every regression of the model."""
    largest = max(len(sources) for sources in layout.predecessors)
    formative = [
        block.stop - block.start for block, mode in zip(layout.blocks, layout.modes, strict=True) if mode == "B"
    ]
    return max(largest, *formative, 1) + 2


def _constant_in_groups(
    domains: Sequence[Batch], items: tuple[str, ...], groups: tuple[str, ...], by: object
) -> list[Note]:
    """A note for each group in which an item does not vary; where one varies in no group, an error."""
    found = [constant_items(batch, items) for batch in domains]
    nowhere = sorted(set.intersection(*map(set, found)))
    if nowhere:
        raise EstimationError("by_holds_items", by=str(by), items=nowhere)
    return [
        note("pls_constant_in_group", group=group, items=constant)
        for group, constant in zip(groups, found, strict=True)
        if constant
    ]


def _check_blocks(data: ItemData, layout: Layout, model: PathModel) -> None:
    """Refuse mode-B blocks whose items follow from each other."""
    cov = data.together.cov[:, :, 0]
    for j, block in enumerate(layout.blocks):
        if layout.modes[j] == "B" and block.stop - block.start > 1:
            sd = np.sqrt(np.diag(cov)[block])
            values = np.linalg.eigvalsh(cov[block, block] / np.outer(sd, sd))
            if values[0] < SINGULAR * values[-1]:
                raise EstimationError(
                    "collinear_block", construct=model.names[j], items=list(data.items[block]), value=float(values[0])
                )
