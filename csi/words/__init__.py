"""What stands under every sentence a person reads: the words of both languages, filled in with values.

Rank: below everything else; `csi.errors` and `csi.language` stand on it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

LANGUAGES = ("en", "zh")
_BY_DOOR = re.compile(r"\[\[(.*?)\|(.*?)\]\]", re.DOTALL)

chosen: ContextVar[str] = ContextVar("csi_language", default="en")
at_terminal: ContextVar[bool] = ContextVar("csi_terminal", default=False)


def current_language() -> str:
    """Return "en" or "zh"."""
    return chosen.get()


def package_yaml(*path: str) -> Any:
    """What a YAML file of this package holds, such as `package_yaml("data", "headings.yaml")`."""
    import yaml

    text = files("csi").joinpath(*path).read_text(encoding="utf-8")
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


@cache
def words(language: str) -> dict[str, str]:
    """All sentences of one language, keyed by dotted names such as `errors.unknown_item`.

    A topic has one file in each language, of the same name; the same key stands in one of them only.
    """
    flat: dict[str, str] = {}

    def walk(prefix: str, node: Any) -> None:
        if isinstance(node, Mapping):
            for key, value in node.items():
                walk(f"{prefix}.{key}" if prefix else str(key), value)
        else:
            flat[prefix] = str(node)

    for file in sorted(files("csi").joinpath("words", language).iterdir(), key=lambda file: file.name):
        if file.name.endswith(".yaml"):
            walk("", package_yaml("words", language, file.name))
    return flat


def say(key: str, /, **values: Any) -> str:
    """Return the sentence `key` in the current language with its values filled in.

    Lists are joined in the manner of the language; bilingual values (`{"en": ..., "zh": ...}`) are resolved. Of
    `[[in Python|at a terminal]]` stays what fits the door the person came through.
    """
    sentence = _for_door(words(chosen.get())[key])
    return sentence.format(**{name: shown(value) for name, value in values.items()})


def _for_door(sentence: str) -> str:
    """The sentence with arguments for a person in Python, with options for one at a terminal."""
    return _BY_DOOR.sub(lambda found: found[2 if at_terminal.get() else 1], sentence) if "[[" in sentence else sentence


def has_words(key: str) -> bool:
    """Whether `key` names a sentence."""
    return key in words("en")


def shown(value: Any) -> Any:
    """Turn one value of a sentence into what a person reads; strings and numbers stay as they are."""
    if isinstance(value, Mapping):
        return pick(value) if set(value) & set(LANGUAGES) else shown(list(value))
    if isinstance(value, Note):
        return str(value)
    if isinstance(value, Iterable) and not isinstance(value, str | bytes):
        return ("、" if chosen.get() == "zh" else ", ").join(str(shown(part)) for part in value)
    return value


def pick(text: Mapping[str, str] | str | None) -> str:
    """Choose the wording of the current language; fall back on the other one."""
    if text is None or isinstance(text, str):
        return text or ""
    language = chosen.get()
    return text.get(language) or next((text[other] for other in LANGUAGES if text.get(other)), "")


@dataclass(frozen=True)
class Note:
    """A fact that a result carries along: a code and values; `str(note)` is the sentence in the current language."""

    code: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        """Return the sentence."""
        return say(f"notes.{self.code}", **self.values)


class Term(Note):
    """A word of the tables inside a sentence; `code` is its name among the words `terms.*`."""

    def __str__(self) -> str:
        """Return the word."""
        return say(f"terms.{self.code}")


def note(code: str, /, **values: Any) -> Note:
    """Make a Note."""
    return Note(code, values)
