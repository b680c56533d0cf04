"""What a person says about the answers of a file by arguments: codes that are no answer, scales, strictness."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from csi.data.codebook import offered
from csi.data.scales import Scale, brief
from csi.errors import CsiError, OptionError

Ends = tuple[float, float]


@dataclass(frozen=True)
class Ruling:
    """What was said before the answers were looked at; it overrules all evidence.

    Attributes
    ----------
    missing : item or pattern -> cells that are no answer; the key "" holds for all items
    scale : item or pattern -> (lo, hi); the key "" holds for every rating most of whose answers lie on it
    strict : whether every cell that evidence decides against stops the reading
    decimal : sign before decimals
    ask : whether a scale that evidence leaves open stops the reading with a question
    """

    missing: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    scale: Mapping[str, Ends] = field(default_factory=dict)
    strict: bool = False
    decimal: str | None = None
    ask: bool = True

    def codes_of(self, item: str) -> tuple[Any, ...]:
        """Cells that are no answer to an item."""
        return tuple(code for key, codes in self.missing.items() if not key or matches(item, key) for code in codes)

    def scale_of(self, item: str) -> Ends | None:
        """The scale that was given for an item by its name or a pattern; an exact name comes first."""
        if item in self.scale:
            return self.scale[item]
        return next((ends for key, ends in self.scale.items() if key and matches(item, key)), None)

    def check_names(self, columns: Sequence[str], survey: str) -> None:
        """Refuse names that no column has.

        Raises
        ------
        OptionError
            `ruling_unknown_item` with the nearest names.

        """
        for option, given in (("missing", self.missing), ("scale", self.scale)):
            for key in given:
                if key and not any(matches(name, key) for name in columns):
                    choices = offered(key, columns)
                    raise OptionError("ruling_unknown_item", option=option, item=key, survey=survey, choices=choices)


def matches(name: str, pattern: str) -> bool:
    """Whether a column is meant by a name or by a pattern with * and ?."""
    return name == pattern or (any(sign in pattern for sign in "*?") and fnmatchcase(name, pattern))


def as_ruling(
    missing: Any = None, scale: Any = None, strict: bool = False, decimal: str | None = None, ask: bool = True
) -> Ruling:
    """What was given as `missing=`, `scale=`, `strict=` and `decimal=`, checked.

    Raises
    ------
    OptionError
        `ruling_missing`, `ruling_scale`, `ruling_strict`, `ruling_decimal` with what was expected.

    """
    if not isinstance(strict, bool):
        raise OptionError("ruling_strict", value=repr(strict)[:40])
    if decimal not in (None, ".", ","):
        raise OptionError("ruling_decimal", value=repr(decimal)[:40])
    return Ruling(_codes(missing), _scales(scale), strict, decimal, ask)


def _codes(given: Any) -> dict[str, tuple[Any, ...]]:
    if given is None:
        return {}
    plain = given if isinstance(given, Mapping) else {"": given}
    found = {}
    for item, codes in plain.items():
        one = isinstance(codes, str | int | float) and not isinstance(codes, bool)
        listed = [codes] if one else list(codes) if isinstance(codes, Iterable) else None
        if listed is None or any(isinstance(c, bool) or not isinstance(c, str | int | float) for c in listed):
            raise OptionError("ruling_missing", value=_said(given))
        found[str(item)] = tuple(listed)
    return found


def _scales(given: Any) -> dict[str, Ends]:
    if given is None:
        return {}
    plain = given if isinstance(given, Mapping) else {"": given}
    return {str(item): ends_of(ends) for item, ends in plain.items()}


def ends_of(given: Any) -> Ends:
    """Both ends of a scale that was given as a Scale or a pair."""
    if isinstance(given, Scale):
        return given.lo, given.hi
    try:
        lo, hi = (float(end) for end in given)
        Scale(lo, hi, step=0)
    except CsiError as problem:
        raise OptionError("ruling_scale", value=_said(given), problem=str(problem)) from None
    except (TypeError, ValueError):
        raise OptionError("ruling_scale", value=_said(given), problem="(1, 5)") from None
    return lo, hi


def _said(given: Any) -> str:
    """What was given, in a line: of a table or another thing its kind."""
    short = isinstance(given, str | int | float | tuple | list | dict)
    return " ".join(repr(given).split())[:80] if short else type(given).__name__


def spoken(ends: Ends) -> str:
    """A scale as a person writes it: 1-5, -3..3."""
    lo, hi = ends
    return f"{brief(lo)}-{brief(hi)}" if lo >= 0 else f"{brief(lo)}..{brief(hi)}"
