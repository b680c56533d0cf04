"""Chinese pictures and pages on a machine without any font, and what Korean needs."""

from __future__ import annotations

import base64
import io
import re

import pytest

import csi
from csi.report import fonts, typefaces


@pytest.fixture
def bare(monkeypatch):
    """A machine whose system has no font at all; what is kept of faces is forgotten before and after."""
    monkeypatch.setattr(fonts.font_manager, "findSystemFonts", lambda *_, **__: [])
    monkeypatch.setattr(fonts, "_named_faces", lambda *_: [])
    kept = (fonts.chinese_faces, fonts.korean_faces, fonts._has_glyph)
    for one in kept:
        one.cache_clear()
    yield
    for one in kept:
        one.cache_clear()


@pytest.fixture
def packaged():
    if not typefaces.packaged_fonts():
        pytest.skip("the fonts of the extra `all` are not installed")


def test_chinese_is_drawn_without_a_font_of_the_system(bare, packaged):
    assert fonts.chinese_faces()[0] == "Noto Sans SC"
    assert fonts.drawable("顾客满意度指数：资费、网络质量")
    assert fonts.font_note("顾客满意") is None
    with csi.use_language("zh"):
        picture = csi.plot_ratings(csi.load_sample("tiny"))
        assert "满意" in "".join(
            text.get_text() for text in picture.findobj(match=lambda one: hasattr(one, "get_text"))
        )


def test_korean_needs_a_font_of_the_system_and_says_so(bare, packaged):
    assert not fonts.drawable("고객만족")
    said = str(fonts.font_note("고객만족"))
    assert "Korean" in said
    assert "Noto Sans KR" in said


def test_a_page_carries_the_outlines_of_its_own_characters(packaged):
    ttfont = pytest.importorskip("fontTools.ttLib").TTFont
    study = csi.analyse_survey(csi.load_sample("tiny"), "Satisfaction ~ Quality", n_boot=0)
    from csi.report.html import report_page

    page = report_page(study, "zh")
    assert page == report_page(study, "zh")
    found = re.search(r"data:font/otf;base64,([A-Za-z0-9+/=]+)", page)
    drawn = {chr(code) for code in ttfont(io.BytesIO(base64.b64decode(found[1]))).getBestCmap()}
    shown = set(re.sub(r"<style>.*?</style>|<[^>]+>", "", page, flags=re.DOTALL))
    assert {character for character in shown if "\u4e00" <= character <= "\u9fff"} <= drawn
    assert len(page) < 3_000_000


def test_a_page_of_latin_letters_carries_nothing(packaged):
    assert typefaces.embedded_face("Satisfaction – naïve") == ""
    assert typefaces.embedded_face("满意").startswith("@font-face")


def test_without_the_package_everything_still_works(monkeypatch):
    monkeypatch.setattr(typefaces, "find_spec", lambda _: None)
    assert typefaces.packaged_fonts() == ()
    assert typefaces.embedded_face("满意") == ""
