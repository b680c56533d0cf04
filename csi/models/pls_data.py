"""From a Survey or Moments and a model to the arrays that PLS works on, with every fault of the data named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from csi.data.survey import Survey
from csi.errors import DataError, EstimationError, ModelError, OptionError, choose
from csi.inference.bootstrap import Batch, Rows, batch_of, batches_of, rows_of
from csi.inference.design import Design
from csi.language import Note, note
from csi.models.path import PathModel
from csi.models.pls_algorithm import Layout
from csi.moments import Moments

Array = NDArray[np.float64]
MODES = ("A", "B", "unit")
SINGULAR = 1e-10  # smallest over largest eigenvalue of a block that still counts as invertible


@dataclass(frozen=True, eq=False)
class Data:
    """What PLS needs of the data.

    Attributes
    ----------
    name : of the survey or table
    model : the model with every construct filled
    items : the items, ordered by construct
    layout : the model as arrays
    lo, hi : (p,) ends of the scales
    domains, together : moments per group and of everybody, one replicate each
    n : respondents per group
    groups : labels, empty without `by`
    rows, design : for resampling; None for Moments
    moments : the Moments that were given, for the items in order; None for a Survey
    codes : (respondents,) group of each, -1 for none; None for Moments
    columns : (respondents, p) ratings; None for Moments
    notes : facts about the data
    dropped : respondents left out
    """

    name: str
    model: PathModel
    items: tuple[str, ...]
    layout: Layout
    lo: Array
    hi: Array
    domains: list[Batch]
    together: Batch
    n: tuple[int, ...]
    groups: tuple[str, ...]
    rows: list[Rows] | None
    design: Design | None
    moments: Moments | None
    codes: NDArray[np.int64] | None
    columns: Array | None
    notes: tuple[Note, ...]
    dropped: int

    @property
    def n_eff(self) -> float:
        """Kish's effective number of respondents."""
        if self.moments is not None:
            return self.moments.n_eff
        w = np.concatenate([part.weight for part in self.rows or []])
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
        if by is not None:
            raise OptionError("by_needs_survey")
        filled = model if not model.unfilled and set(model.items) <= set(data.names) else model.resolve(data.names)
        layout, items = _layout(filled, scheme, modes), filled.items
        return _from_moments(data.select(items), filled, layout)
    filled = model.resolve(data.items, data.codebook)
    return _from_survey(data, filled, _layout(filled, scheme, modes), missing, by)


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


def _from_moments(moments: Moments, model: PathModel, layout: Layout) -> Data:
    batch = batch_of(moments.mean[:, None], moments.cov[:, :, None])
    notes = [*model.notes]
    if moments.source:
        notes.append(note("moments_source", source=moments.source))
    if moments.dropped:
        notes.append(note("dropped_" + moments.missing, dropped=moments.dropped, n=moments.n))
    _check_spread(batch, moments.names, moments.n, layout, model)
    return Data(
        "Moments", model, moments.names, layout, moments.lo, moments.hi, [batch], batch, (moments.n,), (), None, None,
        moments, None, None, tuple(notes), moments.dropped,
    )  # fmt: skip


def _from_survey(survey: Survey, model: PathModel, layout: Layout, missing: str, by: object) -> Data:
    items = model.items
    columns = survey.matrix(items)
    _check_answers(columns, items, survey.name)
    design = survey.design()
    lo, hi = survey.scale_ends(items)
    notes = [*survey.notes, *model.notes]
    groups, codes = _groups(survey, columns, design, missing, by, layout, notes)
    rows = rows_of(columns, design, missing, codes)
    n = tuple(len(part.columns) for part in rows[: max(1, len(groups))])
    total = sum(len(part.columns) for part in rows)
    if total == 0:
        raise DataError("no_complete_rows", rows=len(columns), items=list(items))
    dropped = len(columns) - total
    if dropped:
        notes.append(note("dropped_" + missing, dropped=dropped, n=total))
    domains, together = batches_of(rows)
    _check_spread(together, items, total, layout, model)
    if groups:
        notes += _constant_in_groups(domains[: len(groups)], items, groups, by)
    return Data(
        survey.name, model, items, layout, lo, hi, domains, together, n, groups, rows, design, None, codes, columns,
        tuple(notes), dropped,
    )  # fmt: skip


def _groups(
    survey: Survey, columns: Array, design: Design, missing: str, by: object, layout: Layout, notes: list[Note]
) -> tuple[tuple[str, ...], NDArray[np.int64] | None]:
    """Labels and codes of the groups that are large enough; the others are named in a note."""
    if by is None:
        return (), None
    labels, codes = survey.split(by)
    gaps = np.isnan(columns)
    used = ~gaps.any(axis=1) if missing == "listwise" else ~gaps.all(axis=1)
    if design.weight is not None:
        used &= design.weight > 0
    sizes = np.bincount(codes[used & (codes >= 0)], minlength=len(labels))
    need = respondents_needed(layout)
    large = [g for g in range(len(labels)) if sizes[g] >= need]
    small = [f"{labels[g]} ({sizes[g]})" for g in range(len(labels)) if sizes[g] < need]
    if not large:
        raise EstimationError("groups_too_small", by=str(by), need=need, groups=small)
    if small:
        notes.append(note("small_groups", groups=small, need=need))
    lost = int((codes[used] < 0).sum())
    if lost:
        notes.append(note("no_group", count=lost, by=str(by)))
    place = np.full(len(labels) + 1, -1)
    place[large] = np.arange(len(large))
    return tuple(labels[g] for g in large), place[codes]


def respondents_needed(layout: Layout) -> int:
    """The smallest number of respondents that identifies every regression of the model."""
    largest = max(len(sources) for sources in layout.predecessors)
    formative = [
        block.stop - block.start for block, mode in zip(layout.blocks, layout.modes, strict=True) if mode == "B"
    ]
    return max(largest, *formative, 1) + 2


def _check_answers(columns: Array, items: tuple[str, ...], name: str) -> None:
    """Refuse items that nobody answered."""
    empty = [items[i] for i in np.flatnonzero(np.isnan(columns).all(axis=0))]
    if empty and len(columns):
        raise DataError("all_missing_items", survey=name, items=empty, rows=len(columns))


def _constant_items(batch: Batch, items: tuple[str, ...]) -> list[str]:
    """Items that everybody answered alike."""
    variance = np.diag(batch.cov[:, :, 0])
    return [items[i] for i in np.flatnonzero(variance <= 1e-12 * np.maximum(1.0, batch.mean[:, 0] ** 2))]


def _constant_in_groups(
    domains: Sequence[Batch], items: tuple[str, ...], groups: tuple[str, ...], by: object
) -> list[Note]:
    """A note for each group in which an item does not vary; where one varies in no group, an error."""
    found = [_constant_items(batch, items) for batch in domains]
    nowhere = sorted(set.intersection(*map(set, found)))
    if nowhere:
        raise EstimationError("by_holds_items", by=str(by), items=nowhere)
    return [
        note("pls_constant_in_group", group=group, items=constant)
        for group, constant in zip(groups, found, strict=True)
        if constant
    ]


def _check_spread(batch: Batch, items: tuple[str, ...], n: int, layout: Layout, model: PathModel) -> None:
    """Refuse too few respondents, constant items, and blocks or predecessors that are collinear where it matters."""
    need = respondents_needed(layout)
    if n < need:
        raise EstimationError("too_few", n=n, need=need, what=model.name)
    cov = batch.cov[:, :, 0]
    if np.isnan(cov).any():
        rows, columns = np.nonzero(np.isnan(np.triu(cov)))
        raise DataError("no_common_rows", items=[items[rows[0]], items[columns[0]]])
    variance = np.diag(cov)
    if constant := _constant_items(batch, items):
        raise DataError("constant_items", items=constant)
    for j, block in enumerate(layout.blocks):
        if layout.modes[j] == "B" and block.stop - block.start > 1:
            sd = np.sqrt(variance[block])
            values = np.linalg.eigvalsh(cov[block, block] / np.outer(sd, sd))
            if values[0] < SINGULAR * values[-1]:
                raise EstimationError(
                    "collinear_block", construct=model.names[j], items=list(items[block]), value=float(values[0])
                )
