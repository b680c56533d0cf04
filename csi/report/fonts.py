"""Fonts for pictures: a list of faces for each glyph, and what to do where none of them has a character."""

from __future__ import annotations

import logging
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path

import matplotlib
from matplotlib import font_manager

from csi.errors import OutputError
from csi.language import Note, current_language, note
from csi.report.typefaces import packaged_fonts
from csi.views import width

LATIN = "DejaVu Sans"  # comes with matplotlib
# Simplified Chinese faces in the order of preference, then others that draw the same characters.
CHINESE = (
    "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Source Han Sans CN", "Source Han Sans",
    "Microsoft YaHei", "PingFang SC", "Hiragino Sans GB", "Heiti SC", "STHeiti", "SimHei", "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei", "HarmonyOS Sans SC", "Noto Serif CJK SC", "Noto Serif SC", "Songti SC", "SimSun",
    "Arial Unicode MS", "Droid Sans Fallback", "AR PL UMing CN", "AR PL UKai CN",
    "Noto Sans CJK JP", "Noto Sans CJK TC", "Noto Sans CJK HK", "Noto Sans CJK KR", "Microsoft JhengHei",
    "PingFang TC", "PingFang HK", "Heiti TC",
)  # fmt: skip
FILES = re.compile(
    r"noto(sans|serif)(cjk|sc)|sourcehan|msyh|pingfang|hiragino sans gb|stheiti|heiti|simhei|simsun|songti|wqy|"
    r"harmonyos|droidsansfallback|uming|ukai|arial ?unicode",
    re.IGNORECASE,
)
KOREAN = (
    "Noto Sans KR", "Noto Sans CJK KR", "Malgun Gothic", "Apple SD Gothic Neo", "NanumGothic", "Nanum Gothic",
    "Noto Sans CJK SC", "Source Han Sans SC", "Source Han Sans K", "UnDotum", "Arial Unicode MS",
)  # fmt: skip
PROBE = "顾客满意"
HANGUL = re.compile("[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]")
LINE_START = "，。、；：！？）》」』”’%"  # never at the beginning of a line


@contextmanager
def quiet_fonts() -> Iterator[None]:
    """Keep matplotlib's remarks about weights and its font cache from the person who reads."""
    log = logging.getLogger("matplotlib.font_manager")
    before = log.level
    log.setLevel(logging.ERROR)
    try:
        yield
    finally:
        log.setLevel(before)


@cache
def chinese_faces() -> tuple[str, ...]:
    """The packaged Chinese faces, else at most two of this machine, simplified first; empty where there is none."""
    with quiet_fonts():
        found = _packaged_faces() or _named_faces()
        if not found:  # a font that came after matplotlib listed them
            known = {str(face.fname) for face in font_manager.fontManager.ttflist}
            for path in sorted(font_manager.findSystemFonts()):
                if path not in known and FILES.search(Path(path).name):
                    try:
                        font_manager.fontManager.addfont(path)
                    except (OSError, RuntimeError):  # damaged, or of a kind matplotlib does not read
                        continue
            found = _named_faces()
        return tuple(found[:2])


def _packaged_faces() -> list[str]:
    """Make the packaged files known, before all others of their names; they have no bold, so each is its own."""
    listed = font_manager.fontManager.ttflist
    names = []
    for path in packaged_fonts():
        font_manager.fontManager.addfont(path)
        face = next(face for face in listed if Path(face.fname) == path)
        listed[:0] = [replace(face, weight=weight) for weight in (400, 700)]
        names.append(face.name)
    return names


def _named_faces(names: Sequence[str] = CHINESE, probe: str = PROBE) -> list[str]:
    here = {face.name for face in font_manager.fontManager.ttflist}
    return [name for name in names if name in here and _draws(name, probe)]


@cache
def korean_faces() -> tuple[str, ...]:
    """The first face of this machine that draws Hangul, which the packaged faces do not; empty where there is none."""
    with quiet_fonts():
        return tuple(_named_faces(KOREAN, "고객만족")[:1])


def _draws(face: str, text: str) -> bool:
    font = font_manager.get_font(font_manager.findfont(face))
    return all(font.get_char_index(ord(character)) for character in text)


def font_families() -> list[str]:
    """The faces asked for each character, one after the other."""
    chinese, korean = chinese_faces(), korean_faces()
    return [*chinese, LATIN, *korean] if current_language() == "zh" else [LATIN, *chinese, *korean]


class _Restore:
    """Returned by `use_chinese_fonts`: at the end of a `with` block fonts are again what they were."""

    def __init__(self, before: dict[str, list[str]]) -> None:
        self._before = before

    def __enter__(self) -> _Restore:
        return self

    def __exit__(self, *_: object) -> None:
        matplotlib.rcParams.update(self._before)


def use_chinese_fonts() -> _Restore:
    """Make your own matplotlib and seaborn figures show Chinese, with minus signs, in text of any weight.

    Call it once, after `seaborn.set_theme` or a style of matplotlib, which set the fonts anew; in a `with` block it
    holds until the block ends. Letters stay in the face you have; characters it lacks come from a Chinese face.
    Pictures of csi need none of this.

    Returns
    -------
    object
        For `with`; nothing to keep otherwise.

    Raises
    ------
    OutputError
        `no_chinese_font`: neither the package of fonts nor the system has a Chinese face.

    Notes
    -----
    The faces are added at the end of the settings `font.family`, whose faces matplotlib tries for each character, and
    `font.sans-serif`; nothing else is changed. The packaged face is Noto Sans SC (Open Font License).

    Examples
    --------
    >>> import csi, matplotlib
    >>> with csi.use_chinese_fonts():
    ...     figure = matplotlib.figure.Figure()
    ...     title = figure.subplots().set_title("满意度 −5")
    ...     title.get_fontfamily()[0]
    'sans-serif'

    """
    faces = [*chinese_faces(), LATIN, *korean_faces()]
    if not chinese_faces():
        raise OutputError("no_chinese_font")
    before = {name: list(matplotlib.rcParams[name]) for name in ("font.family", "font.sans-serif")}
    matplotlib.rcParams.update({name: list(dict.fromkeys([*known, *faces])) for name, known in before.items()})
    return _Restore(before)


def font_note(text: str = "") -> Note | None:
    """How to get the font that pictures lack; None where there is one.

    Parameters
    ----------
    text : what is to be drawn; Hangul in it needs a Korean font of the machine

    Returns
    -------
    Note or None
        Without a Chinese font pictures show English words, and codes in place of Chinese names; without a Korean one
        codes in place of Korean names.

    Examples
    --------
    >>> from csi.report import fonts
    >>> isinstance(fonts.font_note(), fonts.Note) == (not fonts.chinese_faces())
    True

    """
    if not chinese_faces():
        return note("no_cjk_font")
    hangul = "".join(HANGUL.findall(text))
    return None if drawable(hangul) else note("no_korean_font")


def drawable(text: str) -> bool:
    """Whether every character of a text has a glyph in one of the faces."""
    return all(_has_glyph(character, tuple(font_families())) for character in text)


@cache
def _has_glyph(character: str, faces: tuple[str, ...]) -> bool:
    with quiet_fonts():
        return any(_draws(face, character) for face in faces)


def clean(text: str) -> str:
    """A label on one line: white space made single, signs without a shape taken out."""
    text = unicodedata.normalize("NFC", " ".join(str(text).split()))
    return "".join(sign for sign in text if unicodedata.category(sign) not in ("Cc", "Cf", "Cs", "Co", "Cn"))


def legible(names: Sequence[str], text: Callable[[str], str], code: Callable[[int], str]) -> dict[str, str]:
    """What stands in a picture for each name.

    Parameters
    ----------
    names : keys of a table
    text : what a name is called
    code : stands for the i-th name, counted from 1, where neither its wording nor the name itself can be drawn

    Returns
    -------
    dict
        Name to label; labels that can be drawn but for a few signs keep the rest.
    """
    found = {}
    for i, name in enumerate(names, start=1):
        wording, own = clean(text(name)), clean(name)
        if drawable(wording) and wording:
            found[name] = wording
        elif drawable(own) and own:
            found[name] = own
        else:
            rest = clean("".join(sign for sign in wording if drawable(sign)))
            found[name] = rest if 2 * len(rest) > len(wording) else code(i)
    return found


def fold(text: str, columns: int, lines: int = 3) -> str:
    """Break a label into lines of at most `columns` widths of a letter (a Chinese character takes two).

    Parameters
    ----------
    text : one line
    columns : width of a line
    lines : how many; what is left over ends in "…"
    """
    rows = [""]
    for word in re.findall(r"\s+|[^\s\u2e80-\uffef]+|[\u2e80-\uffef]", text):
        if width(rows[-1] + word.rstrip()) <= columns or word in LINE_START:
            rows[-1] += word
            continue
        if rows[-1].strip():
            rows.append("")
        word = word.lstrip()
        while width(word) > columns:
            cut = next(i for i in range(len(word), 0, -1) if width(word[:i]) <= columns or i == 1)
            rows[-1] = word[:cut]
            rows.append("")
            word = word[cut:]
        rows[-1] = word
    rows = [row.strip() for row in rows if row.strip()]
    if len(rows) > lines:
        last = rows[lines - 1]
        while width(last) > columns - 1:
            last = last[:-1]
        rows = [*rows[: lines - 1], last.rstrip() + "…"]
    return "\n".join(rows)
