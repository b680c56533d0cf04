"""The encoding of a text: by its marks and rules first, then by the words its bytes make; two that remain are asked."""

from __future__ import annotations

import codecs
import re
from functools import cache

import numpy as np

from csi.data.readers.detect import BOMS
from csi.errors import AskedError, DataError, OptionError
from csi.language import note

_SAMPLE = 400_000
_WESTERN = frozenset("äöüßÄÖÜéèêëàâçîïôûùÉÈÀÇñáíóúÑÁÍÓÚ¿¡ãõÃÕâêôåæøÅÆØœŒº°ª€–—‘’“”„…·§»«‰™®©²³ \xa0´`")
_CENTRAL = frozenset("ąćęłńóśźżĄĆĘŁŃÓŚŹŻčďěňřšťůžČĎĚŇŘŠŤŮŽáéíúýőűÁÉÍÚÝŐŰäöüÄÖÜß–—‘’“”„…\xa0")
_KANA = re.compile("[\u3041-\u3096\u30a1-\u30fa]")
_HANGUL = re.compile("[\uac00-\ud7a3]")
_HAN = re.compile("[\u4e00-\u9fff]")
_USUAL = ("cp932", "euc_jp", "gb18030", "cp950", "cp949", "cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1255",
          "cp1256", "koi8_r", "mac_roman", "iso8859_2", "cp874")  # fmt: skip
_NAMES = {
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "cp950",
    "latin_1": "cp1252",
    "gbk": "gb18030",
    "gb2312": "gb18030",
}


def decode(data: bytes, file: str, encoding: str | None = None) -> tuple[str, str]:
    """The text of a file and the encoding it was read with.

    Parameters
    ----------
    data : the bytes
    file : name of the file, for messages
    encoding : name of the encoding; found out when None

    Raises
    ------
    AskedError
        `encoding_open`: two encodings remain possible; the message names both.
    DataError
        `encoding_wrong`, `encoding_fails`, `encoding_unclear`.
    OptionError
        `encoding_unknown`.

    """
    marked = next((name for bom, name in BOMS if data.startswith(bom)), None)
    if encoding is not None:
        return _as_given(data, file, encoding, marked)
    if marked is not None:
        return _strictly(data, file, marked).lstrip("\ufeff"), marked
    if (text := _decoded(data, "utf-8")) is not None and not _mostly_alone(text, data):
        return text, "utf-8"
    found = candidates(data)
    if not found:
        raise DataError("encoding_unclear", file=file)
    if len(found) > 1:
        answers = [(name, {"encoding": name}) for name in found[:2]]
        shown = [note("encoding_reads", encoding=name, text=_first_words(data, name)) for name in found[:2]]
        raise AskedError("encoding_open", file=file, readings=shown, first=found[0], second=found[1], answers=answers)
    text = _decoded(data, found[0])
    return text if text is not None else data.decode(found[0], "replace"), found[0]


def _as_given(data: bytes, file: str, encoding: str, marked: str | None) -> tuple[str, str]:
    try:
        name = codecs.lookup(encoding).name if isinstance(encoding, str) and len(encoding) < 60 else ""
        if not name or not isinstance("".encode(name), bytes):
            raise LookupError
        b"a".decode(name)
    except (LookupError, ValueError, AttributeError, TypeError, UnicodeError):
        raise OptionError("encoding_unknown", encoding=str(encoding)[:40].replace("\x00", "?")) from None
    if marked is not None and not name.startswith(marked.removesuffix("-sig")):
        raise DataError("encoding_wrong", file=file, encoding=encoding, found=marked)
    sure = not data.isascii() and (text := _decoded(data, "utf-8")) is not None and not _mostly_alone(text, data)
    if sure and name != "utf-8" and not name.startswith("utf-8"):
        raise DataError("encoding_wrong", file=file, encoding=encoding, found="utf-8")
    used = marked or name
    try:
        return data.decode(used).lstrip("\ufeff"), used
    except UnicodeError as error:
        found = candidates(data)
        if len(found) == 1 and found[0] != name:
            raise DataError("encoding_wrong", file=file, encoding=encoding, found=found[0]) from None
        line = data[: getattr(error, "start", 0)].count(b"\n") + 1
        raise DataError("encoding_fails", file=file, encoding=encoding, line=line) from None


def _strictly(data: bytes, file: str, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeError as error:
        line = data[: getattr(error, "start", 0)].count(b"\n") + 1
        raise DataError("encoding_fails", file=file, encoding=encoding, line=line) from None


def _decoded(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeError:
        return None


def _mostly_alone(text: str, data: bytes) -> bool:
    """Whether the characters of two bytes stand apart from words: half of them are common Chinese ones in gb18030."""
    if data.isascii():
        return False
    sample = text[:_SAMPLE]
    alone = len(re.findall(r"(?<![A-Za-z])(?<![A-Za-z] )[\u0080-\u07ff](?! ?[A-Za-z])", sample))
    others = sum(not char.isascii() for char in sample)
    return 2 * alone > others and _gb_share(data) >= 1.0


def candidates(data: bytes) -> list[str]:
    """The encodings that make words of bytes that are not utf-8, likeliest first; more than one where none decides."""
    sample = data[:_SAMPLE]
    if len(data) > _SAMPLE:
        sample = sample[: sample.rfind(b"\n") + 1] or sample
    cells = np.frombuffer(sample, dtype=np.uint8)
    high = cells >= 0x80
    if not high.any():
        return ["utf-8"]
    padded = np.concatenate([[False], high, [False]])
    isolated = high & ~padded[:-2] & ~padded[2:]
    if isolated.sum() >= 0.6 * high.sum():
        return _single_bytes(sample)
    eastern = _eastern(sample)
    return eastern or _by_normalizer(sample)


def _single_bytes(sample: bytes) -> list[str]:
    """Letters with marks inside Latin words: western where all of them are western letters."""
    western = sample.decode("cp1252", "replace")
    letters = [char for char in western if not char.isascii()]
    strange = sum(char not in _WESTERN for char in letters)
    if strange <= 0.05 * len(letters):
        return ["cp1252"]
    central = [char for char in sample.decode("cp1250", "replace") if not char.isascii()]
    if sum(char not in _CENTRAL for char in central) <= 0.05 * len(central):
        return ["cp1250", "cp1252"] if strange <= 0.3 * len(letters) else ["cp1250"]
    return _by_normalizer(sample)


def _eastern(sample: bytes) -> list[str]:
    """Chinese, Japanese or Korean by their own characters, which the others' encodings tear apart."""
    found: dict[str, float] = {}
    korean = _decoded(sample, "cp949")
    if korean is not None:
        hangul, han = len(_HANGUL.findall(korean)), len(_HAN.findall(korean))
        others = sum(not char.isascii() for char in korean)
        if hangul >= 0.9 * others and han <= 0.05 * hangul:
            found["cp949"] = _known_words(korean)
    for name in ("cp932", "euc_jp"):
        japanese = _decoded(sample, name)
        if japanese is None:
            continue
        kana, others = len(_KANA.findall(japanese)), sum(not char.isascii() for char in japanese)
        half = sum("\uff61" <= char <= "\uff9f" for char in japanese)
        if kana >= 0.1 * others and half <= 0.1 * others:
            found[name] = _known_words(japanese)
    share = _gb_share(sample)
    chinese = _decoded(sample, "gb18030")
    if chinese is not None and share >= 0.7 and "euc_jp" not in found:
        found["gb18030"] = _known_words(chinese)
    if len(found) > 1:
        best = max(found.values())
        ahead = [name for name, words in found.items() if words == best]
        if best and len(ahead) == 1 and all(words * 3 <= best for name, words in found.items() if name != ahead[0]):
            return ahead
        if "cp949" in found and "gb18030" in found:  # many characters, all of them Hangul: no chance in Chinese
            others = sum(not char.isascii() for char in korean or "")
            if len(set(_HANGUL.findall(korean or ""))) >= 15 and others >= 30:
                return ["cp949"]
        return sorted(found, key=lambda name: -found[name])
    return list(found)


def _gb_share(data: bytes) -> float:
    """Share of the characters that are in the everyday set GB 2312; 0 where the bytes are no gb18030."""
    text = _decoded(data[:_SAMPLE], "gb18030") or _decoded(data[: data[:_SAMPLE].rfind(b"\n") + 1], "gb18030")
    chars = [char for char in text or "" if not char.isascii()]
    if not chars:
        return 0.0
    return sum(_everyday(char) for char in chars) / len(chars)


@cache
def _everyday(char: str) -> bool:
    try:
        char.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def _known_words(text: str) -> float:
    """How many cells say something that headings and ladders know."""
    from csi.data.headings import heading_of
    from csi.data.ladders import no_answer, read_ladders

    cells = list(dict.fromkeys(re.split(r"[,;\t|\n\r\"]+", text[:20_000])))[:400]
    words = 0.0
    for cell in cells:
        cell = cell.strip()
        if cell.isascii() or len(cell) > 60:
            continue
        told = heading_of(cell)
        words += bool(told.rated or told.overall or told.recommend or told.private or told.amount or told.group)
        words += no_answer(cell) is not None or read_ladders([cell]) is not None
    return words


def _by_normalizer(sample: bytes) -> list[str]:
    from charset_normalizer import from_bytes

    found = [_NAMES.get(match.encoding, match.encoding) for match in from_bytes(sample)]
    names = [name for name in dict.fromkeys(found) if name in _USUAL]
    return names[:1] if len(names) == 1 else names[:2]


def _first_words(data: bytes, encoding: str) -> str:
    line = data[:400].decode(encoding, "replace").splitlines()[0]
    return line[:40]
