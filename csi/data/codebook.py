"""What was asked: items, scales, wording, the roles of columns and the codes of missing answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from os import PathLike
from pathlib import Path
from typing import Any

from csi.data.scales import FrozenMapping, Scale, bilingual, frozen
from csi.data.yamltext import dump_yaml, load_yaml
from csi.errors import CsiError, DataError, choose
from csi.inference.design import LONELY
from csi.language import LANGUAGES
from csi.views import public_names

KINDS = ("rating", "number", "category", "text", "date", "multiple")
NUMERIC_KINDS = ("rating", "number", "multiple")
REASONS = (
    "answered", "not_asked", "skipped", "blank", "dont_know", "refused", "invalid", "suspected_code", "outside_scale",
    "unreadable",
)  # fmt: skip
DOUBTED = REASONS[-3:]  # decided against single cells by evidence, never by a person
ROLES = ("weight", "strata", "cluster", "population", "case", "wave", "duration", "respondent")

_KEYS = ("title", "source", "roles", "lonely_psu", "missing", "scales", "items", "tree", "truth")
_SCALE_KEYS = ("lo", "hi", "labels", "step")
_ITEM_KEYS = ("scale", "construct", "reversed", "kind", "text", "aliases", "missing")


@dataclass(frozen=True)
class Item:
    """One question, or one column of a multiple-answer question.

    Attributes
    ----------
    name : name of the column
    scale : its Scale; a rating without one is given a guessed scale when answers are read
    text : wording `{"en": ..., "zh": ...}`
    construct : name of the construct it measures
    reversed : whether a high rating means low satisfaction; `Survey.matrix` turns it round by the scale
    kind : {"rating", "number", "category", "text", "date", "multiple"}; multiple is a 0/1 column
    aliases : other names the column may have in a file

    Raises
    ------
    DataError
        `item_kind`, `item_reversed`, `item_scale`.

    """

    name: str
    scale: Scale | None = None
    text: Mapping[str, str] = field(default_factory=FrozenMapping)
    construct: str | None = None
    reversed: bool = False
    kind: str = "rating"
    aliases: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", bilingual(self.text))
        object.__setattr__(self, "aliases", tuple(self.aliases))
        if self.kind not in KINDS:
            raise DataError("item_kind", item=self.name, kind=self.kind, choices=KINDS)
        if self.scale is not None and self.kind not in ("rating", "number"):
            raise DataError("item_scale", item=self.name, kind=self.kind)
        if self.reversed and self.scale is None:
            raise DataError("item_reversed", item=self.name)

    @property
    def numeric(self) -> bool:
        """Whether its answers are numbers."""
        return self.kind in NUMERIC_KINDS


@dataclass(frozen=True)
class Codebook:
    """Everything that was decided before the answers came in.

    Attributes
    ----------
    items : name -> Item, in the order of the questionnaire; columns with a role are not items
    title, source : what the survey is, and where the data come from
    weight, strata, cluster : columns of the sampling design
    population : column with the number of sampling units in the population of the respondent's stratum
    lonely_psu : what a stratum with one sampling unit means: "fail", "certainty", "adjust" or "average"
    case, wave, duration, respondent : columns of the unit compared, the period, the seconds taken, the respondent's id
    private : columns that no view, report, file or error prints
    missing_codes : cell -> reason, for all items; the reasons are those of `REASONS` without "answered"
    item_missing_codes : item -> (cell -> reason), for that item only
    tree : indicators and their weights as `IndicatorTree` takes them, empty for none
    truth : the planted truth of simulated answers, free in form

    Raises
    ------
    DataError
        `codebook_item_name`, `codebook_item_and_role`, `codebook_reason`, `codebook_code_on_scale`, `unknown_items`.

    Examples
    --------
    >>> from csi.data.codebook import Codebook
    >>> book = Codebook.from_yaml('''
    ... roles: {weight: w}
    ... missing: {99: dont_know}
    ... scales: {ten: {lo: 1, hi: 10}}
    ... items:
    ...   sat1: {scale: ten, construct: Satisfaction}
    ...   sat2: {scale: ten, construct: Satisfaction}
    ... ''')
    >>> book.constructs(), book.weight, str(book.items["sat1"].scale)
    ({'Satisfaction': ('sat1', 'sat2')}, 'w', '1-10')
    >>> Codebook.from_yaml(book.to_yaml()) == book
    True

    """

    items: Mapping[str, Item]
    title: Mapping[str, str] = field(default_factory=FrozenMapping)
    source: str = ""
    weight: str | None = None
    strata: str | None = None
    cluster: str | None = None
    population: str | None = None
    case: str | None = None
    wave: str | None = None
    duration: str | None = None
    respondent: str | None = None
    private: tuple[str, ...] = ()
    missing_codes: Mapping[Any, str] = field(default_factory=FrozenMapping)
    item_missing_codes: Mapping[str, Mapping[Any, str]] = field(default_factory=FrozenMapping)
    tree: Mapping[str, Any] = field(default_factory=FrozenMapping)
    truth: Mapping[str, Any] = field(default_factory=FrozenMapping)
    lonely_psu: str = "fail"

    __dir__ = public_names

    def __post_init__(self) -> None:
        object.__setattr__(self, "title", bilingual(self.title))
        choose("lonely_psu", self.lonely_psu, LONELY)
        for name in ("items", "private", "missing_codes", "item_missing_codes", "tree", "truth"):
            object.__setattr__(self, name, frozen(getattr(self, name)))
        for name, item in self.items.items():
            if name != item.name:
                raise DataError("codebook_item_name", entry=name, item=item.name)
        for role, column in self.roles.items():
            if column in self.items:
                raise DataError("codebook_item_and_role", item=column, role=role)
        unknown = [name for name in self.item_missing_codes if name not in self.items]
        if unknown:
            raise DataError("unknown_items", items=unknown, choices=offered(unknown[0], self.items))
        for codes in (self.missing_codes, *self.item_missing_codes.values()):
            for code, reason in codes.items():
                if reason not in REASONS[1:]:
                    raise DataError("codebook_reason", cell=code, reason=reason, choices=REASONS[1:])
        for item in self.items.values():
            self._check_codes(item)

    def _check_codes(self, item: Item) -> None:
        for code in self.missing_for(item.name) if item.scale is not None else ():
            if isinstance(code, int | float) and item.scale.contains(code):
                raise DataError("codebook_code_on_scale", cell=code, item=item.name, scale=str(item.scale))

    @property
    def roles(self) -> dict[str, str]:
        """Role -> column, for the roles that are filled; private columns are in `private`."""
        return {role: getattr(self, role) for role in ROLES if getattr(self, role) is not None}

    def missing_for(self, item: str) -> dict[Any, str]:
        """Cell -> reason for one item: its own codes and those for all items."""
        return {**self.missing_codes, **self.item_missing_codes.get(item, {})}

    def constructs(self) -> dict[str, tuple[str, ...]]:
        """Construct -> names of its items, both in the order of the questionnaire."""
        found: dict[str, tuple[str, ...]] = {}
        for item in self.items.values():
            if item.construct is not None:
                found[item.construct] = (*found.get(item.construct, ()), item.name)
        return found

    @classmethod
    def read(cls, path: str | PathLike[str]) -> Codebook:
        """Read a codebook file (YAML, utf-8).

        Parameters
        ----------
        path : file name

        Raises
        ------
        DataError
            `codebook_no_name`, `yaml_not_found`, `yaml_not_utf8`, those of `file_bytes` and `from_yaml`.

        """
        from csi.data.readers.detect import yaml_file

        try:
            text = yaml_file(path)
        except DataError as problem:
            if problem.code != "file_no_name":
                raise
            raise DataError("codebook_no_name", found=type(path).__name__) from None
        return cls.from_yaml(text, Path(path).name)

    @classmethod
    def from_yaml(cls, text: str, name: str = "codebook") -> Codebook:
        """Read a codebook from YAML text.

        Parameters
        ----------
        text : YAML with the keys title, source, roles, missing, scales, items, tree, truth
        name : what errors call the text, usually its file name

        Raises
        ------
        DataError
            With the place in the file: `yaml_broken`, `yaml_key_twice`, `codebook_key`, `codebook_type`,
            `codebook_scale`, `codebook_no_items`, `codebook_name_twice`, `codebook_place`.

        """
        return _Reader(name).codebook(load_yaml(text, name))

    def to_yaml(self) -> str:
        """YAML text that `from_yaml` reads back to an equal codebook."""
        names = _scale_names(self)
        plain: dict[str, Any] = {
            "title": self.title,
            "source": self.source,
            "roles": {**self.roles, **({"private": self.private} if self.private else {})},
            "lonely_psu": "" if self.lonely_psu == "fail" else self.lonely_psu,
            "missing": self.missing_codes,
            "scales": {name: _plain_scale(scale) for scale, name in names.items()},
            "items": {item.name: self._plain_item(item, names) for item in self.items.values()},
            "tree": self.tree,
            "truth": self.truth,
        }
        return dump_yaml({key: value for key, value in plain.items() if value})

    def _plain_item(self, item: Item, names: Mapping[Scale, str]) -> dict[str, Any]:
        plain = {
            "scale": names.get(item.scale) if item.scale else None,
            "construct": item.construct,
            "reversed": item.reversed,
            "kind": None if item.kind == "rating" else item.kind,
            "text": item.text,
            "aliases": item.aliases,
            "missing": self.item_missing_codes.get(item.name),
        }
        return {key: value for key, value in plain.items() if value}


def as_codebook(codebook: Codebook | str | PathLike[str]) -> Codebook:
    """A codebook, read first when a file name is given."""
    return codebook if isinstance(codebook, Codebook) else Codebook.read(codebook)


def offered(name: str, existing: Any, limit: int = 30) -> list[str]:
    """What exists, for a message about a wrong name: everything, or the closest names of a long list and its length."""
    names = [str(one) for one in existing]
    if len(names) <= limit:
        return names or ["-"]
    near = get_close_matches(name, names, n=10, cutoff=0.3) or names[:10]
    return [*near, f"... ({len(names)})"]


def _whole(value: float) -> float:
    return int(value) if float(value).is_integer() else value


def _plain_scale(scale: Scale) -> dict[str, Any]:
    plain: dict[str, Any] = {"lo": _whole(scale.lo), "hi": _whole(scale.hi)}
    if scale.step != 1:
        plain["step"] = _whole(scale.step)
    if scale.labels:
        plain["labels"] = {_whole(point): text for point, text in scale.labels.items()}
    return plain


def _scale_names(codebook: Codebook) -> dict[Scale, str]:
    names: dict[Scale, str] = {}
    for item in codebook.items.values():
        if item.scale is not None and item.scale not in names:
            stem = f"scale_{_whole(item.scale.lo)}_{_whole(item.scale.hi)}"
            same = sum(name == stem or name.startswith(f"{stem}_v") for name in names.values())
            names[item.scale] = f"{stem}_v{same + 1}" if same else stem
    return names


class _Reader:
    """Plain YAML mappings to a Codebook; every error names the file and the place in it."""

    def __init__(self, file: str) -> None:
        self.file = file

    def codebook(self, plain: Any) -> Codebook:
        top = self.mapping(plain, "codebook", _KEYS)
        roles = self.mapping(top.get("roles"), "roles", (*ROLES, "private"))
        private = self.names(roles.pop("private", None), "roles.private")
        columns = {role: self.text(column, f"roles.{role}") for role, column in roles.items()}
        scales = {
            name: self.scale(value, f"scales.{name}") for name, value in self.named(top.get("scales"), "scales").items()
        }
        entries = self.named(top.get("items"), "items")
        if not entries:
            raise DataError("codebook_no_items", file=self.file)
        entries = {name: self.mapping(value, f"items.{name}", _ITEM_KEYS) for name, value in entries.items()}
        own = {name: self.codes(entry.pop("missing", None), f"items.{name}") for name, entry in entries.items()}
        return self.made(
            Codebook,
            "codebook",
            items={name: self.item(name, entry, scales) for name, entry in entries.items()},
            title=self.wording(top.get("title"), "title"),
            source=self.text(top.get("source", ""), "source"),
            private=private,
            missing_codes=self.codes(top.get("missing"), "missing"),
            item_missing_codes={name: codes for name, codes in own.items() if codes},
            tree=self.mapping(top.get("tree"), "tree"),
            truth=self.mapping(top.get("truth"), "truth"),
            lonely_psu=self.text(top.get("lonely_psu", "fail"), "lonely_psu"),
            **columns,
        )

    def scale(self, plain: Any, place: str) -> Scale:
        entry = self.mapping(plain, place, _SCALE_KEYS)
        labels = {
            self.number(point, f"{place}.labels"): self.wording(text, f"{place}.labels.{point}")
            for point, text in self.mapping(entry.get("labels"), f"{place}.labels").items()
        }
        ends = {key: self.number(entry.get(key), f"{place}.{key}") for key in ("lo", "hi")}
        return self.made(Scale, place, **ends, labels=labels, step=self.number(entry.get("step", 1), f"{place}.step"))

    def item(self, name: str, entry: dict[str, Any], scales: Mapping[str, Scale]) -> Item:
        place = f"items.{name}"
        scale = entry.get("scale")
        if isinstance(scale, dict | list):
            raise self.wrong(f"{place}.scale", '"name of a scale"', scale)
        if scale is not None and scale not in scales:
            choices = offered(str(scale), scales)
            raise DataError("codebook_scale", file=self.file, item=name, scale=scale, choices=choices)
        turned = entry.get("reversed", False)
        if not isinstance(turned, bool):
            raise self.wrong(f"{place}.reversed", "true | false", turned)
        construct = entry.get("construct")
        return self.made(
            Item,
            place,
            name=name,
            scale=None if scale is None else scales[scale],
            text=self.wording(entry.get("text"), f"{place}.text"),
            construct=None if construct is None else self.text(construct, f"{place}.construct"),
            reversed=turned,
            kind=entry.get("kind", "rating"),
            aliases=self.names(entry.get("aliases"), f"{place}.aliases"),
        )

    def made(self, maker: type, place: str, /, **values: Any) -> Any:
        try:
            return maker(**values)
        except CsiError as problem:
            raise DataError("codebook_place", file=self.file, place=place, problem=problem) from None

    def mapping(self, value: Any, place: str, keys: tuple[str, ...] | None = None) -> dict[Any, Any]:
        if value is None:
            return {}
        if not isinstance(value, dict):
            raise self.wrong(place, "key: value", value)
        for key in value if keys is not None else ():
            if key not in keys:
                raise DataError("codebook_key", file=self.file, place=place, word=key, choices=keys)
        return dict(value)

    def named(self, value: Any, place: str) -> dict[str, Any]:
        """A mapping by names; 1 and "1" are the same name."""
        found: dict[str, Any] = {}
        for key, part in self.mapping(value, place).items():
            name = str(key) if isinstance(key, float) else self.text(key, place)
            if name in found:
                raise DataError("codebook_name_twice", file=self.file, place=place, word=name)
            found[name] = part
        return found

    def wording(self, value: Any, place: str) -> dict[str, str] | str:
        if isinstance(value, str):
            return value
        return {key: self.text(text, f"{place}.{key}") for key, text in self.mapping(value, place, LANGUAGES).items()}

    def text(self, value: Any, place: str) -> str:
        if isinstance(value, str):
            return value
        if isinstance(value, int) and not isinstance(value, bool):  # a column named 7, a wording "5"
            return str(value)
        raise self.wrong(place, '"text"', value)

    def names(self, value: Any, place: str) -> tuple[str, ...]:
        if value is not None and not isinstance(value, list):
            raise self.wrong(place, "[name, name]", value)
        return tuple(self.text(part, place) for part in value or ())

    def number(self, value: Any, place: str) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.wrong(place, "1", value)
        return float(value)

    def codes(self, value: Any, place: str) -> dict[Any, str]:
        codes = self.mapping(value, place)
        for code in codes:
            if isinstance(code, bool) or not isinstance(code, int | float | str):
                raise self.wrong(place, '99: dont_know, "(跳过)": skipped', code)
        return codes

    def wrong(self, place: str, expected: str, found: Any) -> DataError:
        found = "(empty)" if found is None else found if isinstance(found, str | int | float) else type(found).__name__
        return DataError("codebook_type", file=self.file, place=place, expected=expected, found=str(found))
