"""The Chinese faces that come with the extra `all`: where they lie, and what a page takes along of them."""

from __future__ import annotations

import io
from base64 import b64encode
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

PACKAGE = "pylopdf_fonts_zh_cn"  # Noto Sans SC and Noto Serif SC, regular, under the Open Font License
EAST_ASIAN = "\u2e80"  # from here on the faces of a machine without Chinese fonts have nothing
UNUSED = ["BASE", "DSIG", "GDEF", "GPOS", "GSUB", "VORG", "vhea", "vmtx"]  # kerning, variants, vertical lines


def packaged_fonts() -> tuple[Path, ...]:
    """The font files of the package, the one without serifs first; empty where it is not installed."""
    if find_spec(PACKAGE) is None:
        return ()
    return tuple(path for path in sorted(Path(str(files(PACKAGE))).glob("*.otf")) if path.is_file())


def embedded_face(text: str) -> str:
    """The rule of a style sheet that carries the outlines a text needs, the same bytes for the same characters.

    Parameters
    ----------
    text : everything that stands on a page

    Returns
    -------
    str
        Empty where the text has no Chinese characters, or where the fonts or fontTools are not installed.
    """
    wanted = {character for character in text if not character.isascii()}
    if max(wanted, default="") < EAST_ASIAN or not packaged_fonts() or find_spec("fontTools") is None:
        return ""
    from fontTools.subset import Options, Subsetter, load_font

    options = Options(drop_tables=UNUSED, hinting=False, layout_features=[], name_IDs=["*"], recalc_timestamp=False)
    font = load_font(str(packaged_fonts()[0]), options)
    drawn = wanted & {chr(code) for code in font.getBestCmap()}
    if max(drawn, default="") < EAST_ASIAN:
        return ""
    cut = Subsetter(options)
    cut.populate(text="".join(sorted(drawn)))
    cut.subset(font)
    stream = io.BytesIO()
    font.save(stream)
    font.close()
    content = b64encode(stream.getvalue()).decode("ascii")
    return (
        f'@font-face {{ font-family: "csi Chinese"; src: url(data:font/otf;base64,{content}) format("opentype"); }}\n'
    )
