"""Sentences of the words as HTML: their words escaped, their parts filled in as HTML."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from csi.language import current_language, words


def fill(key: str, **parts: str) -> str:
    """The sentence `key` with its words escaped and its parts, which are HTML already, filled in."""
    return escape(words(current_language())[key]).format(**parts)


def joined(sentences: Iterable[str]) -> str:
    """Sentences one after the other; Chinese needs no blank between them."""
    return ("" if current_language() == "zh" else " ").join(sentences)


def paragraph(content: str, kind: str = "") -> str:
    """A paragraph of words of csi."""
    marked = f' class="{kind}"' if kind else ""
    return f'<p{marked} data-text="words">{content}</p>'


def bullets(lines: Iterable[str], kind: str) -> str:
    """A list of texts that are not words of csi alone."""
    marked = "".join(f'<li data-text="{kind}">{escape(line)}</li>' for line in lines)
    return f'<ul class="{kind}s">{marked}</ul>' if marked else ""
