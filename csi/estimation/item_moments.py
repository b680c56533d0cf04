"""From a Survey or Moments and a choice of items to the moments that measures of trust work on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from csi.data.survey import Survey
from csi.errors import DataError, EstimationError, OptionError, choose
from csi.estimation.standing import group_codes, renumbered, standing_groups
from csi.inference.bootstrap import Batch, Rows, batch_of, rows_of
from csi.inference.design import Design
from csi.language import Note, note
from csi.moments import MISSING, Moments
from csi.sums import moments_of_pairs, sum_listwise, sum_pairwise

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class ItemData:
    """Moments of some items, per group, and what is needed to say how sure they are.

    Attributes
    ----------
    name : of the survey or table
    items : names of the items, in order
    domains : moments per group, one replicate each; one group without `by`
    n : respondents per group
    groups : labels, empty without `by`
    columns : (respondents, p) ratings of those used; None for Moments
    members : (all respondents,) group of each, -1 for none; None for Moments
    used : (all respondents,) who is used; None for Moments
    design : the design of all respondents; None for Moments
    moments : the Moments that were given, for the items in order; None for a Survey
    missing : "listwise" or "pairwise"
    gaps : whether an answer is missing among those used
    notes : facts about the data
    dropped : respondents left out
    """

    name: str
    items: tuple[str, ...]
    domains: list[Batch]
    n: tuple[int, ...]
    groups: tuple[str, ...]
    columns: Array | None
    members: NDArray[np.int64] | None
    used: NDArray[np.bool_] | None
    design: Design | None
    moments: Moments | None
    missing: str
    gaps: bool
    notes: tuple[Note, ...]
    dropped: int

    @cached_property
    def codes(self) -> NDArray[np.int64] | None:
        """(respondents used,) group of each, -1 for none; None for Moments."""
        return None if self.members is None else self.members[self.used]

    @cached_property
    def together(self) -> Batch:
        """Moments of everybody who is used, in a group or not."""
        if not self.groups:
            return self.domains[0]
        order = np.argsort(np.where(self.codes < 0, len(self.groups), self.codes), kind="stable")
        weight = np.ones(len(order)) if self.weight is None else self.weight[order]
        return _moments_of(self.columns[order], weight, self.missing)

    @cached_property
    def weight(self) -> Array | None:
        """(respondents used,) weights with a mean of 1, or None for equal ones."""
        if self.design is None or self.design.weight is None or self.used is None:
            return None
        weight = self.design.weight[self.used]
        return weight / weight.mean()

    @property
    def n_eff(self) -> float:
        """Kish's effective number of respondents."""
        if self.moments is not None:
            return self.moments.n_eff
        return (
            float(sum(self.n)) if self.weight is None else float(self.weight.sum() ** 2 / (self.weight @ self.weight))
        )

    @property
    def equal(self) -> bool:
        """Whether respondents are independent and count alike, with the same people behind every covariance."""
        if self.moments is not None:
            return self.moments.pairs is None and np.isclose(self.moments.n_eff, self.moments.n)
        return self.design is not None and self.design.equal and not self.gaps

    def rows(self) -> list[Rows]:
        """Rows ready to be resampled, one set per group; those without a group last."""
        if self.design is None or self.columns is None or self.members is None:
            raise OptionError("needs_rows", inference="bootstrap")
        columns = np.full((self.design.n, len(self.items)), np.nan)
        columns[self.used] = self.columns
        return rows_of(columns, self.design, self.missing, self.members)


def prepare_items(
    data: Survey | Moments, items: Sequence[str], *, missing: str, by: object, need: int, what: str, apart: bool = True
) -> ItemData:
    """Take the items from the data and check both.

    Parameters
    ----------
    data : Survey or Moments
    items : names, without doubles
    missing : "listwise" or "pairwise"
    by : columns that form groups, or None
    need : respondents that a group needs
    what : name of the public function or of the model, for messages
    apart : whether items must vary in every group, or only in all groups together
    """
    choose("missing", missing, MISSING)
    if isinstance(data, Moments):
        if by is not None:
            raise OptionError("by_needs_survey")
        found = _from_moments(data.select(items))
    else:
        found = _from_survey(data, tuple(items), missing, by, need, apart)

    if not apart:
        _check_spread(found.together, found.items, sum(found.n), need, what, None)
        return found

    def check(g: int) -> None:
        _check_spread(found.domains[g], found.items, found.n[g], need, what, found.groups[g] if found.groups else None)

    return without_failing(found, check)


def without_failing(data: ItemData, check: Callable[[int], None]) -> ItemData:
    """The data without the groups that fail a check, which notes name; an error where no group is left."""
    kept, notes = standing_groups(data.groups, check)
    if len(kept) == len(data.domains):
        return data
    return replace(
        data, domains=[data.domains[g] for g in kept], n=tuple(data.n[g] for g in kept),
        groups=tuple(data.groups[g] for g in kept), members=renumbered(data.members, kept, len(data.groups)),
        notes=(*data.notes, *notes),
    )  # fmt: skip


def chosen_items(data: Survey | Moments, items: Sequence[str] | None, what: str) -> tuple[str, ...]:
    """The items asked for; without a choice those with a construct in the codebook, else all ratings."""
    if isinstance(items, str):
        items = [items]
    if items is not None and not isinstance(items, Iterable):
        more = note("items_factors", value=items) if what == "fit_factors" else ""
        raise OptionError("items_not_named", function=what, value=items, more=more)
    if items is None:
        if isinstance(data, Moments):
            return data.names
        named = [item for members in numeric_constructs(data).values() for item in members]
        book = data.codebook
        items = named or [
            one.name for one in book.items.values() if one.kind == "rating" and one.name not in book.private
        ]
        if not items:
            raise DataError("no_ratings", survey=data.name)
    twice = sorted({item for item in items if list(items).count(item) > 1})
    if twice:
        raise DataError("items_twice", function=what, items=twice)
    return tuple(items)


def refuse_private(survey: Survey, items: Sequence[str]) -> None:
    """Refuse columns that no result may name; the message counts them and does not."""
    count = sum(item in survey.codebook.private for item in items)
    if count:
        raise DataError("private_items", survey=survey.name, count=count, options="items=")


def numeric_constructs(survey: Survey) -> dict[str, tuple[str, ...]]:
    """Construct to its items that are ratings or numbers."""
    book = survey.codebook
    found = {
        name: tuple(item for item in members if book.items[item].numeric and item not in book.private)
        for name, members in book.constructs().items()
    }
    return {name: members for name, members in found.items() if members}


def chosen_blocks(
    data: Survey | Moments, items: Sequence[str] | Mapping[str, Sequence[str]] | None, what: str
) -> dict[str, tuple[str, ...]]:
    """Construct to items: a mapping as it is, a list as one scale named by its items, None as the codebook has it."""
    if isinstance(items, Mapping):
        blocks = {str(name): chosen_items(data, members, what) for name, members in items.items()}
        if not blocks or not all(blocks.values()):
            raise DataError("no_items_chosen", function=what)
        return blocks
    if items is None and isinstance(data, Survey):
        blocks = numeric_constructs(data)
        if not blocks:
            raise DataError("no_constructs", survey=data.name, function=what)
        return blocks
    chosen = chosen_items(data, items, what)
    if not chosen:
        raise DataError("no_items_chosen", function=what)
    return {f"{chosen[0]}-{chosen[-1]}" if len(chosen) > 1 else chosen[0]: chosen}


def _from_moments(moments: Moments) -> ItemData:
    notes = []
    if moments.source:
        notes.append(note("moments_source", source=moments.source))
    if moments.dropped:
        notes.append(note("dropped_" + moments.missing, dropped=moments.dropped, n=moments.n))
    batch = batch_of(moments.mean[:, None], moments.cov[:, :, None])
    return ItemData(
        "Moments", moments.names, [batch], (moments.n,), (), None, None, None, None, moments, moments.missing,
        moments.pairs is not None, tuple(notes), moments.dropped,
    )  # fmt: skip


def _from_survey(survey: Survey, items: tuple[str, ...], missing: str, by: object, need: int, apart: bool) -> ItemData:
    refuse_private(survey, items)
    columns = survey.matrix(items)
    design = survey.design()
    gaps = np.isnan(columns)
    empty = [items[i] for i in np.flatnonzero(gaps.all(axis=0))]
    if empty:
        raise DataError("all_missing_items", survey=survey.name, items=empty, rows=len(columns))
    used = ~gaps.any(axis=1) if missing == "listwise" else ~gaps.all(axis=1)
    if design.weight is not None:
        used &= design.weight > 0
    total = int(used.sum())
    if not total:
        raise DataError("no_complete_rows", rows=len(columns), items=list(items))
    notes = [*survey.notes]
    dropped = len(columns) - total
    if dropped:
        notes.append(note("dropped_" + missing, dropped=dropped, n=total))
    groups, members = group_codes(survey, used, by, need, notes)
    columns, codes = (columns, members) if total == len(columns) else (columns[used], members[used])
    weight = None if design.weight is None else design.weight[used]
    if not apart:  # to the last digit as the rows that are resampled
        weight = np.ones(total) if weight is None else weight / weight.mean()
    parts = [slice(None)] if not groups else [codes == g for g in range(len(groups))]
    domains = [_moments_of(columns[part], None if weight is None else weight[part], missing) for part in parts]
    n = tuple(len(columns[part, 0]) for part in parts)
    return ItemData(
        survey.name, items, domains, n, groups, columns, members, used, design, None, missing,
        bool(gaps[used].any()) if missing == "pairwise" else False, tuple(notes), dropped,
    )  # fmt: skip


def _moments_of(columns: Array, weight: Array | None, missing: str) -> Batch:
    """Moments of one group's rows, as the rows' own sums give them."""
    if missing == "pairwise":
        ones = np.ones(len(columns)) if weight is None else weight
        moments = moments_of_pairs(sum_pairwise(columns, ones)[-1])
        return batch_of(moments["mean"][:, None], moments["cov"][:, :, None])
    n, sum_w, _, mean, scatter = sum_listwise(columns, weight)
    cov = scatter / sum_w * (n / (n - 1)) if n > 1 else np.full_like(scatter, np.nan)
    return batch_of(mean[:, None], cov[:, :, None])


def constant_items(batch: Batch, items: tuple[str, ...]) -> list[str]:
    """Items that everybody answered alike."""
    variance = np.diag(batch.cov[:, :, 0])
    return [items[i] for i in np.flatnonzero(variance <= 1e-12 * np.maximum(1.0, batch.mean[:, 0] ** 2))]


def _check_spread(batch: Batch, items: tuple[str, ...], n: int, need: int, what: str, group: str | None) -> None:
    """Refuse too few respondents, pairs nobody answered, and constant items."""
    if n < need:
        raise EstimationError("too_few", n=n, need=need, what=what)
    cov = batch.cov[:, :, 0]
    if np.isnan(cov).any():
        rows, columns = np.nonzero(np.isnan(np.triu(cov)))
        raise DataError("no_common_rows", items=[items[rows[0]], items[columns[0]]])
    constant = constant_items(batch, items)
    if constant and group is not None:
        raise DataError("constant_in_group", function=what, group=group, items=constant)
    if constant:
        raise DataError("constant_items", items=constant)
