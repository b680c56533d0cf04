"""Words of answers and headings by language: the files of this folder, their letters compared, words for no answer.

A file has `verified` (of entries that do not say it themselves), `middle`, `ladders` of answers, `kano`, `yes_no` and
`no_answer`, and words of degree where it has `families` and `templates`; `any.yaml` holds what is the same in all.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from itertools import product
from typing import Any

from csi.words import package_yaml

TONGUES = ("zh", "en", "ja", "ko", "es", "pt", "de", "fr", "id")

_PREFIX = re.compile(
    r"^(?:[a-z]|[(\[]?\d{1,2}[)\]]?)\s*[.、:)=-]\s*"  # A. or 1、
    r"|^[(\[](?:\d{1,2}|[a-h])[)\]]\s*"
    r"|^[a-g]\s*(?=[\u4e00-\u9fff])"
    r"|^\d{1,2}\s*(?:分|点|점)?\s*(?=[^\d\s])"
)
_SCORE = re.compile(r"\s*(?:\(\s*\d{1,3}\s*(?:分|点|점)?\s*\)|[-–—=:]\s*\d{1,3})$")
_CHOICE = re.compile(r"\(([^()]*\|[^()]*)\)")  # (|e|s)
_IN_BRACKETS = re.compile(r"^\((.*)\)$")
_MARKS = re.compile("[\u0300-\u036f]")
_PICTURES = re.compile(
    "[\u200b-\u200f\u2060-\u2064\ufe00-\ufe0f\U0001f000-\U0001faff\u2190-\u21ff\u2300-\u23ff\u2600-\u27bf\u2b00-\u2bff\ufeff]"
)


@cache
def tongue(language: str) -> dict[str, Any]:
    """The words of one language, or of `any`."""
    return package_yaml("data", "tongues", f"{language}.yaml")


def without_accents(text: str) -> str:
    """Small letters without accents, full-width ones made ordinary; syllables of Korean and voiced kana stay."""
    if text.isascii():
        return text.casefold()
    bare = _MARKS.sub("", unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text).casefold()))
    return unicodedata.normalize("NFC", bare)


def letters(text: str) -> str:
    """Letters and digits alone, for comparing labels.

    Examples
    --------
    >>> from csi.data.tongues import letters
    >>> letters("😀 Très-satisfait !"), letters("매우 만족")
    ('tressatisfait', '매우만족')

    """
    return "".join(character for character in without_accents(text) if character.isalnum())


def spellings(word: str) -> Iterator[tuple[str, str]]:
    """Letters and wording of each spelling: `satisfait(|e|s|es)` stands for four of one wording, the first."""
    parts = _CHOICE.split(word)
    choices = [[part] if at % 2 == 0 else part.split("|") for at, part in enumerate(parts)]
    spelled = ["".join(choice) for choice in product(*choices)]
    for text in spelled:
        yield letters(text), spelled[0]


def plain_label(label: str) -> str:
    """A label without option letter, score, pictures, blanks between Chinese words and difference of case."""
    text = unicodedata.normalize("NFKC", label) if not label.isascii() else label
    text = _SCORE.sub("", " ".join(_PICTURES.sub(" ", text).casefold().split())).strip(" .。!！,;…'\"")
    text = _IN_BRACKETS.sub(r"\1", _PREFIX.sub("", text, count=1).strip())
    return text.replace(" ", "") if re.search("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]", text) else text


def no_answer(text: str) -> str | None:
    """The reason a cell or an option such as 不适用 gives for a missing answer, None for an answer.

    Examples
    --------
    >>> from csi.data.tongues import no_answer
    >>> [no_answer(text) for text in ("-", "n/a", "不适用", "Weiß nicht", "#DIV/0!", "4")]
    ['blank', 'blank', 'not_asked', 'dont_know', 'unreadable', None]

    """
    found = _no_answers()
    bare = unicodedata.normalize("NFKC", text).strip().casefold()
    known = found.get(bare) or found.get(letters(plain_label(text)) or bare)
    if known is None and "/" in bare and 3 < len(bare) <= 80:  # the same in two languages
        reasons = [found.get(letters(plain_label(part))) for part in bare.split("/")]
        return reasons[0] if all(reasons) else None
    return known


@cache
def _no_answers() -> dict[str, str]:
    found: dict[str, str] = {}
    for language in ("any", *TONGUES):
        for reason, words in tongue(language)["no_answer"].items():
            for word in words:
                found.setdefault(unicodedata.normalize("NFKC", str(word)).casefold(), reason)
                for key, _ in spellings(str(word)):
                    if len(key) > 1:
                        found.setdefault(key, reason)
    return found
