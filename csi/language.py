"""The language of what a person reads: views, notes, errors, reports and help; never of numbers or column names."""

from __future__ import annotations

from contextvars import Token

from csi.errors import choose
from csi.words import (
    LANGUAGES,
    Note,
    Term,
    at_terminal,
    chosen,
    current_language,
    has_words,
    note,
    pick,
    say,
    shown,
    words,
)

__all__ = [
    "LANGUAGES", "Note", "Term", "at_terminal", "current_language", "has_words", "note", "pick", "say", "shown",
    "use_language", "words",
]  # fmt: skip


class _Restore:
    """Returned by `use_language`, so that `with use_language("zh"):` ends with the language it began with."""

    def __init__(self, token: Token) -> None:
        self._token: Token | None = token

    def __enter__(self) -> _Restore:
        return self

    def __exit__(self, *_: object) -> None:
        if self._token is not None:
            chosen.reset(self._token)
            self._token = None


def use_language(language: str) -> _Restore:
    """Choose the language of views, notes, errors, reports and help.

    It holds for the current thread or task from now on; in a `with` block it holds until the block ends.
    Column names, code and numbers stay as they are.

    Parameters
    ----------
    language : {"en", "zh"}
        English or simplified Chinese.

    Raises
    ------
    CsiError
        `unknown_language`: another word was given; the message lists the two.

    Examples
    --------
    >>> import csi
    >>> with csi.use_language("zh"):
    ...     csi.language.say("views.estimate")
    '估计值'
    >>> csi.language.say("views.estimate")
    'estimate'
    """
    return _Restore(chosen.set(choose("language", language, LANGUAGES)))
