"""Tables for LaTeX: booktabs rules, captions, labels and notes; everything that TeX would obey is escaped."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from csi.language import current_language, say
from csi.report.handout import Handout, Sheet, no_doubles
from csi.report.packages import writable
from csi.report.paper import LANDSCAPE, PORTRAIT, WIDEST, Layout, lay_out

NARROW = 12.0  # cm between the margins that LaTeX makes by itself
LONG = 30  # rows from which a table may go over several pages
SIZES = {10: "", 9: r"\small", 8: r"\footnotesize", 7: r"\scriptsize"}
PACKAGES = "array,booktabs,longtable,pdflscape,threeparttable"
SPECIAL = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_\allowbreak{}", "{": r"\{",
    "}": r"\}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "<": r"\textless{}", ">": r"\textgreater{}",
    "[": "{[}", "*": "{*}", "`": "{`}", "\0": "{}", "\n": " ", "\r": " ", "\t": " ",
    "–": "--", "—": "---", "…": r"\ldots{}", "≤": r"$\le$", "≥": r"$\ge$", "≠": r"$\ne$", "≈": r"$\approx$",
    "×": r"$\times$", "±": r"$\pm$", "·": r"$\cdot$", "²": "$^{2}$", "³": "$^{3}$", "→": r"$\to$", "−": "$-$",
    "∧": r"$\wedge$", "∨": r"$\vee$", "⊕": r"$\oplus$", "∞": r"$\infty$", "Δ": r"$\Delta$", "α": r"$\alpha$",
    "β": r"$\beta$", "κ": r"$\kappa$", "λ": r"$\lambda$", "ρ": r"$\rho$", "σ": r"$\sigma$", "χ": r"$\chi$",
    "ω": r"$\omega$",
}  # fmt: skip


def latex_content(handout: Handout, name: str) -> bytes:
    r"""The file that `write_tables` writes: a part of a document, taken in by `\input`."""
    label = _labels()
    lines = [*_head(name), rf"\section*{{{escape(handout.title)}}}", ""]
    for what, fact in handout.facts:
        lines += [rf"\textbf{{{escape(what)}}}\quad {escape(fact)}", ""]
    lines += _list(say("handout.doubts"), handout.failures)
    part = ""
    for sheet in handout.sheets:
        if sheet.printed:
            if sheet.part != part:
                part = sheet.part
                lines += [rf"\subsection*{{{escape(part)}}}", ""]
            lines += [*_table(sheet, label(sheet.name)), ""]
    lines += _list(say("workbook.notes"), handout.remarks)
    lines += _list(say("handout.citations"), handout.citations)
    return "\n".join(lines).encode("utf-8", errors="replace")


def escape(text: str) -> str:
    """A text that TeX prints as it stands: two hyphens stay two, and nothing is taken for an option of a command."""
    return "".join(SPECIAL.get(character, character) for character in writable(text).replace("--", "-\0-\0"))


def _head(name: str) -> list[str]:
    """What the reader's document needs, as comments."""
    kind = "ctexart" if current_language() == "zh" else "article"
    plain = "".join(one for one in writable(name) if one not in "\r\n")
    return [
        f"% {say('handout.latex_engine')}",
        f"% {say('handout.latex_packages', packages=PACKAGES)}",
        rf"% \documentclass{{{kind}}}",
        r"% \usepackage[a4paper,margin=2.5cm]{geometry}",
        rf"% \usepackage{{{PACKAGES}}}",
        r"% \begin{document}",
        rf"% \input{{{plain}}}",
        r"% \end{document}",
        "",
    ]


def _list(heading: str, texts: Iterable[str]) -> list[str]:
    items = [rf"  \item {escape(text)}" for text in texts]
    head = rf"\subsection*{{{escape(heading)}}}"
    return [head, r"\begin{itemize}", *items, r"\end{itemize}", ""] if items else []


def _labels() -> Callable[[str], str]:
    """Labels of plain letters, none of them twice."""
    unlike = no_doubles("-", set())
    return lambda name: "tab:" + unlike(re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "table")


def _table(sheet: Sheet, label: str) -> list[str]:
    """A float with its notes, over several pages when long, on a page of its own on its side when wide."""
    head, rows, numeric = sheet.cells()
    layout = lay_out(head, rows, numeric)
    columns = _columns(numeric, layout)
    body = [f"{' & '.join(map(_cell, row, numeric))} \\\\" for row in rows]
    header = f"{' & '.join(map(escape, head))} \\\\"
    title = rf"\caption{{{escape(sheet.caption)}}}\label{{{label}}}"
    remarks = [escape(text) for text in sheet.remarks]
    if remarks:
        remarks[0] = escape(say("handout.remark")) + remarks[0]
    make = _long if len(rows) > LONG else _float
    lines = make(columns, title, header, body, remarks, SIZES[layout.points])
    return [r"\begin{landscape}", *lines, r"\end{landscape}"] if layout.landscape else lines


def _cell(text: str, numeric: bool) -> str:
    return f"$-${escape(text[1:])}" if numeric and text.startswith("-") else escape(text)


def _columns(numeric: list[bool], layout: Layout) -> str:
    """Plain columns where there is room between any margins; else each its share of the line, and texts are wrapped."""
    if sum(layout.widths) <= NARROW and max(layout.widths) < WIDEST:
        return "".join("r" if one else "l" for one in numeric)
    room = max(LANDSCAPE if layout.landscape else PORTRAIT, sum(layout.widths))
    sides = (r"\raggedleft" if one else r"\raggedright" for one in numeric)
    return "".join(
        rf">{{{side}\arraybackslash}}p{{\dimexpr {wide / room:.4f}\linewidth-2\tabcolsep\relax}}"
        for side, wide in zip(sides, layout.widths, strict=True)
    )


def _float(columns: str, title: str, header: str, body: list[str], remarks: list[str], size: str) -> list[str]:
    notes = [
        r"\begin{tablenotes}[flushleft]\footnotesize",
        *(rf"  \item {text}" for text in remarks),
        r"\end{tablenotes}",
    ]
    return [
        r"\begin{table}[htbp]",
        rf"\centering{size}",
        r"\begin{threeparttable}",
        title,
        rf"\begin{{tabular}}{{{columns}}}",
        *(r"\toprule", header, r"\midrule"),
        *body,
        r"\bottomrule",
        r"\end{tabular}",
        *(notes if remarks else []),
        r"\end{threeparttable}",
        r"\end{table}",
    ]


def _long(columns: str, title: str, header: str, body: list[str], remarks: list[str], size: str) -> list[str]:
    notes = [r"\begin{minipage}{\linewidth}\footnotesize", *(rf"{text}\par" for text in remarks), r"\end{minipage}"]
    return [
        rf"{{{size}",
        rf"\begin{{longtable}}{{{columns}}}",
        rf"{title}\\",
        *(r"\toprule", header, r"\midrule", r"\endfirsthead"),
        *(r"\toprule", header, r"\midrule", r"\endhead"),
        *(r"\bottomrule", r"\endfoot"),
        *body,
        r"\end{longtable}}",
        *(notes if remarks else []),
    ]
