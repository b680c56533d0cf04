"""YAML text to plain mappings and back, strictly: a key stands once, and `no`, `yes` and 01 stay words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from csi.errors import DataError

_INT = re.compile(r"^[-+]?(?:0|[1-9][0-9]*)$")
_FLOAT = re.compile(
    r"^[-+]?(?:(?:0|[1-9][0-9]*)?\.[0-9]+(?:[eE][-+]?[0-9]+)?|(?:0|[1-9][0-9]*)(?:\.[0-9]*)?[eE][-+]?[0-9]+"
    r"|(?:0|[1-9][0-9]*)\.|\.inf|\.nan)$"
)
_WORDS = (
    ("bool", re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$"), "tTfF"),
    ("null", re.compile(r"^(?:~|null|Null|NULL|)$"), ["~", "n", "N", ""]),
    ("int", _INT, "-+0123456789"),
    ("float", _FLOAT, "-+0123456789."),
)

# What a text may ask for by name; numbers, words and lists are told by how they look.
_TAGS = {
    **dict.fromkeys(("tag:yaml.org,2002:str", "!"), "ScalarEvent"),
    "tag:yaml.org,2002:map": "MappingStartEvent",
    "tag:yaml.org,2002:seq": "SequenceStartEvent",
}
_DEEPEST = 50
_LONGEST_NUMBER = 300  # digits; more fit no floating-point number


class _TwiceError(Exception):
    """A key that stands twice in one mapping."""


@cache
def _classes() -> tuple[type, type]:
    import yaml

    class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
        yaml_implicit_resolvers: dict[Any, Any] = {}  # noqa: RUF012

        def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
            seen = set()
            for key_node, _ in node.value:
                key = self.construct_object(key_node, deep=True)
                if isinstance(key, list | dict):
                    raise _TwiceError(str(key), key_node.start_mark.line + 1)
                if key in seen:
                    raise _TwiceError(key, key_node.start_mark.line + 1)
                seen.add(key)
            return super().construct_mapping(node, deep=deep)

    class Dumper(yaml.SafeDumper):
        def ignore_aliases(self, data: Any) -> bool:
            return True

    def represent_text(dumper: Any, text: str) -> Any:
        style = '"' if any(char in text for char in "\x85\u2028\u2029\ufeff") else None  # plain style would lose these
        return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)

    Dumper.add_representer(str, represent_text)
    for name, pattern, first in _WORDS:
        Loader.add_implicit_resolver(f"tag:yaml.org,2002:{name}", pattern, list(first))
        Dumper.add_implicit_resolver(f"tag:yaml.org,2002:{name}", pattern, list(first))
    return Loader, Dumper


def load_yaml(text: str, file: str) -> Any:
    """Plain mappings, lists, numbers and strings.

    Raises
    ------
    DataError
        `yaml_broken` with line and column, `yaml_key_twice` with the key and its line, `yaml_deep`, `yaml_alias`,
        `yaml_tag`, `yaml_number`, `yaml_control`.

    """
    import yaml

    loader = _classes()[0]
    if not isinstance(text, str):
        raise DataError("yaml_not_text", file=file, kind=type(text).__name__)
    try:
        _check_events(yaml.parse(text, Loader=loader), file)
        return yaml.load(text, Loader=loader)
    except _TwiceError as twice:
        raise DataError("yaml_key_twice", file=file, word=twice.args[0], line=twice.args[1]) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        problem = getattr(error, "problem", None) or getattr(error, "reason", None) or type(error).__name__
        raise DataError("yaml_broken", file=file, line=line, column=column, problem=problem) from None


def _check_events(events: Iterable[Any], file: str) -> None:
    """Stop at what would run away when it is built: read piece by piece, a text of any depth is harmless."""
    depth = 0
    for event in events:
        kind = type(event).__name__
        where = {"file": file, "line": event.start_mark.line + 1}
        depth += kind.endswith("StartEvent") - kind.endswith("EndEvent")
        if depth > _DEEPEST:
            raise DataError("yaml_deep", **where, most=_DEEPEST)
        if kind == "AliasEvent" or getattr(event, "anchor", None) is not None:
            raise DataError("yaml_alias", **where, word=event.anchor)
        tag = getattr(event, "tag", None)
        if tag is not None and _TAGS.get(tag) != kind:
            raise DataError("yaml_tag", **where, word=tag.replace("tag:yaml.org,2002:", "!!"))
        if kind == "ScalarEvent":
            if "\0" in event.value:
                raise DataError("yaml_control", **where, word=ascii(event.value[:40]))
            if len(event.value) > _LONGEST_NUMBER and event.implicit[0] and _INT.match(event.value):
                raise DataError("yaml_number", **where, digits=len(event.value.lstrip("+-")))


def dump_yaml(value: Any) -> str:
    """Readable YAML: keys in the given order, small mappings on one line, Chinese as it is."""
    import yaml

    return yaml.dump(
        _plain(value),
        Dumper=_classes()[1],
        allow_unicode=True,
        sort_keys=False,
        default_flow_style=None,
        width=110,
    )


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {_plain(key): _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if hasattr(value, "item") and not hasattr(value, "__len__"):  # a numpy number
        return value.item()
    return value
