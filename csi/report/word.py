"""Tables for Word: three lines each (三线表), numbered captions, notes below; text that stays editable, and no date."""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import datetime
from html import escape
from typing import Any

from csi.errors import OutputError
from csi.language import current_language, say
from csi.report.handout import Handout, Sheet
from csi.report.packages import without_dates, writable
from csi.report.paper import LANDSCAPE, PORTRAIT, Layout, lay_out

LATIN, CHINESE = "Times New Roman", "宋体"
THICK, THIN = 12, 6  # eighths of a point
MARGIN = 2.5  # cm
BODY, SMALL = 10.5, 9  # points
LANGUAGES = {"en": "en-US", "zh": "zh-CN"}


def word_content(handout: Handout) -> bytes:
    """The document that `write_tables` writes.

    Raises
    ------
    OutputError
        `no_python_docx`.

    """
    try:
        from docx import Document
    except ImportError:
        raise OutputError("no_python_docx") from None
    paper = Document()
    _set_up(paper, handout.title)
    _text(paper, handout.title, "Title")
    for label, fact in handout.facts:
        _text(paper, f"{label}{'：' if current_language() == 'zh' else ': '}{fact}")
    _list(paper, say("handout.doubts"), handout.failures)
    part = ""
    printed = [sheet for sheet in handout.sheets if sheet.printed]
    for number, sheet in enumerate(printed, 1):
        head, rows, numeric = sheet.cells()
        layout = lay_out(head, rows, numeric)
        _turn(paper, layout.landscape)
        if sheet.part != part:
            part = sheet.part
            _text(paper, part, "Heading 1")
        _caption(paper, number, sheet.caption)
        _table(paper, [head, *rows], numeric, layout)
        _remarks(paper, sheet)
    _turn(paper, False)
    _list(paper, say("workbook.notes"), handout.remarks)
    _list(paper, say("handout.citations"), handout.citations)
    content = io.BytesIO()
    paper.save(content)
    return without_dates(content.getvalue())


def _set_up(paper: Any, title: str) -> None:
    """A4, fonts for both scripts in every style that is used, and no name or date in the properties."""
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt, RGBColor

    page = paper.sections[0]
    page.page_width, page.page_height = Cm(PORTRAIT + 2 * MARGIN), Cm(LANDSCAPE + 2 * MARGIN)
    page.left_margin = page.right_margin = page.top_margin = page.bottom_margin = Cm(MARGIN)
    for name, size in {"Normal": BODY, "Title": 16, "Heading 1": 14, "Heading 2": 12, "Caption": BODY}.items():
        style = paper.styles[name]
        style.font.name, style.font.size, style.font.color.rgb = LATIN, Pt(size), RGBColor(0, 0, 0)
        fonts = style.element.rPr.rFonts
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)  # a theme's font would win over the one that is named
        for script, font in (("ascii", LATIN), ("hAnsi", LATIN), ("cs", LATIN), ("eastAsia", CHINESE)):
            fonts.set(qn(f"w:{script}"), font)
    title_style = paper.styles["Title"].element.pPr
    title_style.remove(title_style.find(qn("w:pBdr")))  # a coloured line under the title
    for element in paper.styles.element.iter(qn("w:lang")):
        element.set(qn("w:val"), LANGUAGES[current_language()])
        element.set(qn("w:eastAsia"), "zh-CN")
    facts = paper.core_properties
    facts.title, facts.author, facts.comments, facts.last_modified_by = writable(title)[:255], "csi", "", "csi"
    facts.created = facts.modified = datetime(1980, 1, 1)


def _text(paper: Any, text: str, style: str | None = None) -> Any:
    return paper.add_paragraph(writable(text), style)


def _list(paper: Any, heading: str, texts: Iterable[str]) -> None:
    """Sentences under a heading; nothing where there are none."""
    for i, text in enumerate(texts):
        if not i:
            _text(paper, heading, "Heading 2")
        _text(paper, text)


def _turn(paper: Any, landscape: bool) -> None:
    """A new page that lies as the next table needs it, where the present one does not."""
    from docx.enum.section import WD_ORIENT, WD_SECTION

    page = paper.sections[-1]
    if (page.orientation == WD_ORIENT.LANDSCAPE) is landscape:
        return
    size = page.page_height, page.page_width
    page = paper.add_section(WD_SECTION.NEW_PAGE)
    page.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    page.page_width, page.page_height = size


def _caption(paper: Any, number: int, caption: str) -> None:
    """A caption above its table and never parted from it; Word counts its number anew when tables are moved."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    word = say("handout.table")
    line = paper.add_paragraph(f"{word} ", "Caption")
    line.alignment, line.paragraph_format.keep_with_next = WD_ALIGN_PARAGRAPH.CENTER, True
    field = rf'<w:instrText xml:space="preserve"> SEQ {word} \* ARABIC </w:instrText>'
    marks = [f'<w:fldChar w:fldCharType="{kind}"/>' for kind in ("begin", "separate", "end")]
    for content in (marks[0], field, marks[1], f"<w:t>{number}</w:t>", marks[2]):
        line._p.append(_element("r", content))
    line.add_run(f"  {writable(caption)}")


def _table(paper: Any, lines: list[list[str]], numeric: list[bool], layout: Layout) -> None:
    """Thick rules above and below, a thin one under the header, which stands on every page that the table reaches."""
    twips = [round(567 * wide) for wide in layout.widths]
    rules = "".join(_rule(side, THICK) for side in ("top", "bottom"))
    grid = "".join(f'<w:gridCol w:w="{wide}"/>' for wide in twips)
    rows = "".join(_row(texts, twips, numeric, layout.points, head=not i) for i, texts in enumerate(lines))
    table = _element(
        "tbl",
        f'<w:tblPr><w:tblW w:w="{sum(twips)}" w:type="dxa"/><w:jc w:val="center"/><w:tblBorders>{rules}</w:tblBorders>'
        f'<w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{rows}',
    )
    paper.element.body.insert_element_before(table, "w:sectPr")


def _row(texts: list[str], twips: list[int], numeric: list[bool], points: int, *, head: bool) -> str:
    kept = "<w:keepNext/>" if head else ""
    rule = f"<w:tcBorders>{_rule('bottom', THIN)}</w:tcBorders>" if head else ""
    cells = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{wide}" w:type="dxa"/>{rule}</w:tcPr><w:p><w:pPr>{kept}'
        f'<w:spacing w:before="20" w:after="20" w:line="240" w:lineRule="auto"/>'
        f'<w:jc w:val="{"right" if number else "left"}"/></w:pPr><w:r><w:rPr><w:sz w:val="{2 * points}"/></w:rPr>'
        f'<w:t xml:space="preserve">{escape(writable(text))}</w:t></w:r></w:p></w:tc>'
        for text, wide, number in zip(texts, twips, numeric, strict=True)
    )
    return f"<w:tr><w:trPr><w:cantSplit/>{'<w:tblHeader/>' if head else ''}</w:trPr>{cells}</w:tr>"


def _rule(side: str, thickness: int) -> str:
    return f'<w:{side} w:val="single" w:sz="{thickness}" w:space="0" w:color="000000"/>'


def _element(kind: str, content: str) -> Any:
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    return parse_xml(f"<w:{kind} {nsdecls('w')}>{content}</w:{kind}>")


def _remarks(paper: Any, sheet: Sheet) -> None:
    """What belongs under a table, in small type, and an empty line where there is nothing."""
    from docx.shared import Pt

    for i, text in enumerate(sheet.remarks or ("",)):
        line = _text(paper, f"{say('handout.remark') if text and not i else ''}{text}")
        line.paragraph_format.space_after = Pt(0)
        for run in line.runs:
            run.font.size = Pt(SMALL)
    line.paragraph_format.space_after = Pt(BODY)
