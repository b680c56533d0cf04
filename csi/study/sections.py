"""The sections of a study: a new one is a row of this table, a function that makes it and one that shows it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from csi.errors import DataError, choose
from csi.language import note
from csi.study.answers import make_comments, make_items, make_rates, show_comments, show_items, show_rates
from csi.study.blocks import Part
from csi.study.groups import make_groups, make_waves, show_groups, show_waves
from csi.study.indices import make_blend, make_model, make_tree, show_blend, show_model, show_tree
from csi.study.material import Material
from csi.study.moves import (
    drivers_of,
    make_drivers,
    make_events,
    make_kano,
    make_servqual,
    show_drivers,
    show_events,
    show_kano,
    show_servqual,
)

if TYPE_CHECKING:
    from csi.study.study import Study


@dataclass(frozen=True)
class Section:
    """One section.

    Attributes
    ----------
    name : what `sections=` calls it
    needs : whether its data are there; what it needs is said by the words `section_needs_NAME`
    make : puts its Results among those of the material
    show : the parts of the page, from the study
    """

    name: str
    needs: Callable[[Material], Any]
    make: Callable[[Material], None]
    show: Callable[[Study], tuple[Part, ...]]


# In the order in which a page shows them; those that the answer may come from are made first.
SECTIONS = (
    Section("groups", lambda have: have.by, make_groups, show_groups),
    Section("waves", lambda have: _waves(have), make_waves, show_waves),
    Section("model", lambda have: have.model is not None, make_model, show_model),
    Section("blend", lambda have: _blends(have), make_blend, show_blend),
    Section("tree", lambda have: have.tree is not None and not have.blends, make_tree, show_tree),
    Section("public_service", lambda have: have.asked.events, make_events, show_events),
    Section("rates", lambda have: have.asked.ratings, make_rates, show_rates),
    Section("items", lambda have: have.asked.listed, make_items, show_items),
    Section("drivers", lambda have: drivers_of(have), make_drivers, show_drivers),
    Section("servqual", lambda have: have.asked.expected, make_servqual, show_servqual),
    Section("kano", lambda have: have.asked.functional, make_kano, show_kano),
    Section("comments", lambda have: have.asked.comments, make_comments, show_comments),
)
NAMES = tuple(one.name for one in SECTIONS)
FIRST = ("model", "blend", "tree")  # the answer may come from these
LAST = ("groups", "waves")  # these need the answer


def _waves(have: Material) -> bool:
    wave = have.survey.codebook.wave
    private = have.survey.codebook.private
    return wave is not None and wave not in (*have.by, *private) and len(have.survey.labels_of(wave)[0]) > 1


def _blends(have: Material) -> bool:
    return have.blends and have.tree is not None


def wanted_sections(have: Material, sections: str | Sequence[str] | None) -> list[Section]:
    """The sections whose data are there; of those asked for, all of them or an error that says what one needs.

    Raises
    ------
    OptionError
        `unknown_option`.
    DataError
        `section_lacks`.

    """
    if sections is None:
        return [one for one in SECTIONS if one.needs(have)]
    names = [sections] if isinstance(sections, str) else list(sections)
    for name in names:
        choose("sections", name, NAMES)
    found = [one for one in SECTIONS if one.name in names]
    for one in found:
        if not one.needs(have):
            raise DataError("section_lacks", section=one.name, needs=note(f"section_needs_{one.name}"))
    return found
