"""Constructs, and where the items that measure them come from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from csi.errors import ModelError, choose
from csi.language import Note, note
from csi.models.questions import known_questions, names_of, negative_names

if TYPE_CHECKING:
    from csi.data.codebook import Codebook, Item

_LISTED = 30


@dataclass(frozen=True)
class Construct:
    """A construct and the items that measure it.

    Parameters
    ----------
    name : str
    items : tuple of str
        Item names; empty until `PathModel.resolve` has filled them.
    mode : {"A", "B"}
        "A" reflective (`=~`), "B" composite (`<~`).
    text : mapping
        Its wording, `{"en": ..., "zh": ...}`.
    aliases : tuple of tuple of str
        For each question the catalogue asks, the item names it is known by; the catalogue's own id comes first.
    reversed : tuple of str
        Those among the aliases whose ratings run against the construct (a high rating is bad).
    elsewhere : tuple of str
        Ids the catalogue asks for a construct of this name in its other models only.
    """

    name: str
    items: tuple[str, ...] = ()
    mode: str = "A"
    text: Mapping[str, str] = field(default_factory=dict, hash=False)
    aliases: tuple[tuple[str, ...], ...] = ()
    reversed: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        choose("mode", self.mode, ("A", "B"))

    @property
    def ids(self) -> tuple[str, ...]:
        """The catalogue's ids of its questions."""
        return tuple(names[0] for names in self.aliases)


def fill_constructs(
    model: str, constructs: tuple[Construct, ...], available: tuple[str, ...], codebook: Codebook | None
) -> tuple[tuple[Construct, ...], tuple[Note, ...]]:
    """Give every construct its items, and say in notes what was chosen; the rule stands in `PathModel.resolve`.

    Raises
    ------
    ModelError
        `model_unknown_items`, `unfilled_constructs`.
    """
    there = set(available)
    missing = [item for construct in constructs for item in construct.items if item not in there]
    if missing:
        raise ModelError(
            "model_unknown_items", model=model, count=len(missing), items=missing, available=_some(available)
        )
    filling = _Filling(constructs, available, codebook)
    filled = tuple(filling.fill(construct) for construct in constructs)
    empty = [construct for construct in filled if not construct.items]
    if empty:
        raise ModelError(
            "unfilled_constructs",
            model=model,
            count=len(empty),
            constructs=[_looked_for(construct) for construct in empty],
            first=empty[0].name,
            available=_some(available),
        )
    return filled, tuple(note(code, model=model, items=items) for code, items in filling.remarks.items())


class _Filling:
    """One run of `fill_constructs`: what lies ready, and what there is to say about the choice."""

    def __init__(
        self, constructs: tuple[Construct, ...], available: tuple[str, ...], codebook: Codebook | None
    ) -> None:
        self.available = available
        self.described: Mapping[str, Item] = codebook.items if codebook is not None else {}
        self.there = set(available)
        self.named = {item for construct in constructs for item in construct.items}
        self.assigned = self._read_codebook()
        self.remarks: dict[str, list[str]] = {}

    def _read_codebook(self) -> dict[str, str]:
        """Item -> construct for the numeric items that the model does not place itself."""
        return {
            name: item.construct
            for name, item in self.described.items()
            if item.construct and item.numeric and name in self.there and name not in self.named
        }

    def fill(self, construct: Construct) -> Construct:
        """Return the construct with its items; without, if none were found."""
        if construct.items:
            return construct
        items = self._from_codebook(construct)
        if not items:
            own = bool(construct.aliases)
            construct = construct if own else _with_known_questions(construct)
            items = self._from_aliases(construct, say_absent=own)
        return replace(construct, items=tuple(items))

    def _from_codebook(self, construct: Construct) -> list[str]:
        items = [item for item, home in self.assigned.items() if home == construct.name]
        if construct.ids and set(construct.ids) <= set(items):
            left_out = [item for item in items if item in construct.elsewhere]
            self._remark("items_of_other_models", construct, left_out)
            items = [item for item in items if item not in left_out]
        return items

    def _from_aliases(self, construct: Construct, *, say_absent: bool) -> list[str]:
        pool = [item for item in self.available if self._is_free(item)]
        found: list[str] = []
        absent: list[str] = []
        turned: list[str] = []
        for names in construct.aliases:
            alias, item = _match(names, pool)
            if item is None:
                absent.append(names[0])
                continue
            found.append(item)
            if alias in construct.reversed and not (item in self.described and self.described[item].reversed):
                turned.append(item)
        if found:
            self._remark("items_from_aliases", construct, found)
            self._remark("items_not_found", construct, absent if say_absent else [])
            self._remark("items_asked_negatively", construct, turned)
        return found

    def _is_free(self, item: str) -> bool:
        """Whether the item belongs to no construct yet and, as far as a codebook says, has numeric answers."""
        placed = item in self.named or item in self.assigned
        return not placed and (item not in self.described or self.described[item].numeric)

    def _remark(self, code: str, construct: Construct, items: list[str]) -> None:
        if items:
            self.remarks.setdefault(code, []).append(f"{construct.name} ({' + '.join(items)})")


def _with_known_questions(construct: Construct) -> Construct:
    """Lend a construct of a user's own model the questions the catalogue asks for a construct of this name."""
    questions = known_questions(construct.name)
    return replace(construct, aliases=names_of(questions), reversed=negative_names(questions))


def _match(names: tuple[str, ...], pool: list[str]) -> tuple[str, str | None]:
    """Find the item that goes by one of the names: exactly, else in other letter case if only one does."""
    for name in names:
        if name in pool:
            return name, name
    folded = {name.casefold(): name for name in names}
    loose = [item for item in pool if item.casefold() in folded]
    return (folded[loose[0].casefold()], loose[0]) if len(loose) == 1 else (names[0], None)


def _looked_for(construct: Construct) -> str:
    known = " + ".join("|".join(names) for names in construct.aliases)
    return f"{construct.name} ({known})" if known else construct.name


def _some(names: tuple[str, ...]) -> list[str]:
    return [*names[:_LISTED], *(["..."] if len(names) > _LISTED else [])]
