"""Every error csi raises about a user's input: one class and its few children, each a code and values."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from csi.words import say


class CsiError(ValueError):
    """Base of all errors of csi; `code` names the sentence, `values` are the facts in it.

    `str(error)` is one sentence in the current language: where, what, how many, what was expected, what to do next.
    """

    def __init__(self, code: str, /, **values: Any) -> None:
        super().__init__(code)
        self.code = code
        self.values = values

    def __str__(self) -> str:
        return say(f"errors.{self.code}", **self.values)

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.code, self.values)


class DataError(CsiError):
    """A file, codebook, survey or table of moments cannot be used as it is."""


class AskedError(DataError):
    """The evidence leaves open what a file means; the message asks, `answers` holds what each answer adds to the call.

    Attributes
    ----------
    answers : list of (words of the answer, arguments such as {"scale": {"q1": (1, 5)}} or {"encoding": "cp1252"})
    """

    def __init__(self, code: str, /, **values: Any) -> None:
        self.answers: list[tuple[Any, dict[str, Any]]] = values.pop("answers", [])
        super().__init__(code, **values)

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.code, {**self.values, "answers": self.answers})


class ModelError(CsiError):
    """A model is wrong in itself or does not fit the data it was given."""


class EstimationError(CsiError):
    """The numbers do not allow the estimate that was asked for."""


class OptionError(CsiError):
    """An argument has a value that is not allowed, or two arguments contradict each other."""


class OutputError(CsiError):
    """A file could not be written; what stood there before is untouched."""


def _rebuild(kind: type[CsiError], code: str, values: dict[str, Any]) -> CsiError:
    return kind(code, **values)


def choose(option: str, value: Any, choices: tuple[Any, ...]) -> Any:
    """Return `value` if it is one of `choices`; else raise with the list of what exists."""
    if not is_name(value, choices):
        facts = {"value": in_a_line(value), "choices": [str(choice) for choice in choices]}
        raise OptionError("unknown_option", option=option, **facts)
    return value


def is_name(value: Any, choices: Collection[Any]) -> bool:
    """Whether something that may be anything, a table too, is one of the choices."""
    try:
        return bool(value in choices)
    except (TypeError, ValueError):  # a list has no hash, a table no truth
        return False


def in_a_line(value: Any) -> Any:
    """A value as a message shows it: words and numbers as they are, of everything larger its kind."""
    return value if value is None or isinstance(value, str | int | float) else type(value).__name__
