"""How numbers and tables look to a person: rounding, column names in two languages, one content for text and HTML.

Nothing here computes; a view is made of the cells of a Result and of nothing else.
"""

from __future__ import annotations

import math
import unicodedata
from functools import cache
from html import escape
from typing import Any

from csi.language import current_language, has_words, say
from csi.words import package_yaml

# Columns whose values are words of csi; those of all others are names and stay.
TRANSLATED = ("kind", "term", "reason", "check", "scheme", "inference", "interval")
TRANSLATED += ("missing", "weighting", "flagged", "scaling")  # decisions that could be taken otherwise
DECIMALS = {"p_value": 3, "n_eff": 1}


@cache
def column_glossary() -> dict[str, dict[str, str]]:
    """Every column a table may have: type, unit, en, zh."""
    return package_yaml("words", "columns.yaml")


def column_title(name: str) -> str:
    """What a column is called in the current language."""
    entry = column_glossary().get(name)
    return entry[current_language()] if entry else name


def number(value: float, decimals: int = 3) -> str:
    """A number as a person reads it: rounded, "–" for none."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "–"
    text = f"{value:.{decimals}f}"
    return text.lstrip("-") if not text.strip("-0.") else text  # no minus before a zero


def level_text(level: float) -> str:
    """The level of an interval as a percentage without needless digits: "95%"."""
    return f"{100 * level:.6g}%"


def word(value: Any) -> str:
    """A key's value as a person reads it: terms and kinds are translated, names stay."""
    key = f"terms.{value}"
    return say(key) if isinstance(value, str) and has_words(key) else str(value)


def cell(column: str, value: Any, decimals: int = 3) -> str:
    """One cell of a table as a person reads it."""
    if column == "p_value" and isinstance(value, float) and value < 0.001:
        return "<0.001"
    if isinstance(value, bool) or type(value).__name__ == "bool_":
        return say("views.yes") if value else say("views.no")
    if isinstance(value, int) or type(value).__name__.startswith(("int", "uint")):
        return f"{value}"
    if isinstance(value, float):
        if column == "value" and float(value).is_integer():
            return f"{value:.0f}"
        return number(float(value), DECIMALS.get(column, decimals))
    if column == "rule":
        return str(value).replace("<=", "≤").replace(">=", "≥")
    if column == "interval" and value == "score":
        return word("score_test")  # "score" is also a word for points
    return word(value) if column in TRANSLATED else str(value)


def shown_table(result: Any, name: str | None = None, level: float = 0.95) -> tuple[list[str], list[list[str]]]:
    """Headers and cells of one table, rounded and translated; the limits stay two columns."""
    table = result.table(name)
    frame = table.frame(level)
    headers = [column_title(column) for column in frame.columns]
    columns = [frame[column].tolist() for column in frame.columns]
    names = list(frame.columns)
    rows = [
        [cell(names[i], value, table.decimals) for i, value in enumerate(row)] for row in zip(*columns, strict=True)
    ]
    return headers, rows


def table_title(result: Any, table: str) -> str:
    """What a table is called; the same table of different statistics has a name for each."""
    key = f"tables.{table}_{result.statistic}"
    return say(key if has_words(key) else f"tables.{table}")


def view(result: Any, table: str | None = None, level: float = 0.95) -> dict[str, Any]:
    """The few lines that both views show: title, failures, one table, notes, names of all tables."""
    headers, rows = shown_table(result, table, level)
    caption = table_title(result, table or result.headline)
    return {
        "title": str(result.title),
        "failures": [line.meaning for line in result.checks if not line.ok],
        "caption": caption if level == 0.95 else say("views.caption_level", caption=caption, level=100 * level),
        "headers": headers,
        "rows": rows,
        "notes": [str(note) for note in result.notes],
        "more": say("views.more_tables", tables=list(result.tables)),
    }


def text_view(result: Any, table: str | None = None, level: float = 0.95) -> str:
    """The view as text: a three-line table, columns aligned by display width."""
    content = view(result, table, level)
    lines = [content["title"]]
    lines += [f"! {failure}" for failure in content["failures"]]
    head, *body = align([content["headers"], *content["rows"]])
    reach = max(width(line) for line in (head, *body))
    thick, thin = "=" * reach, "-" * reach
    lines += ["", content["caption"], thick, head, thin, *body, thick]
    lines += [*(f"- {note}" for note in content["notes"])] if content["notes"] else []
    return "\n".join([*lines, content["more"]])


def html_view(result: Any) -> str:
    """The view as HTML: the same lines, without ids, addresses or times."""
    content = view(result)
    parts = [f"<p><strong>{escape(content['title'])}</strong></p>"]
    if content["failures"]:
        parts.append("<ul>" + "".join(f"<li>! {escape(line)}</li>" for line in content["failures"]) + "</ul>")
    parts.append(html_table(content["headers"], content["rows"], content["caption"]))
    if content["notes"]:
        parts.append("<ul>" + "".join(f"<li>{escape(line)}</li>" for line in content["notes"]) + "</ul>")
    return f"<div>{''.join(parts)}<p>{escape(content['more'])}</p></div>"


def html_table(headers: list[str], rows: list[list[str]], caption: str = "") -> str:
    """A table of cells as HTML, everything escaped."""
    head = "".join(f"<th>{escape(header)}</th>" for header in headers)
    body = "".join("<tr>" + "".join(f"<td>{escape(text)}</td>" for text in row) + "</tr>" for row in rows)
    title = f"<caption>{escape(caption)}</caption>" if caption else ""
    return f"<table>{title}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def width(text: str) -> int:
    """Columns a text takes on a terminal; Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def align(rows: list[list[str]]) -> list[str]:
    """Rows as lines; texts to the left, numbers to the right."""
    if not rows:
        return []
    count = len(rows[0])
    widths = [max(width(row[i]) for row in rows) for i in range(count)]
    numeric = [all(_looks_numeric(row[i]) for row in rows[1:]) for i in range(count)]
    lines = []
    for row in rows:
        cells = []
        for i, text in enumerate(row):
            space = " " * (widths[i] - width(text))
            cells.append(space + text if numeric[i] else text + space)
        lines.append("  ".join(cells).rstrip())
    return lines


def _looks_numeric(text: str) -> bool:
    return text == "–" or text.lstrip("<-").replace(".", "", 1).isdigit()


def public_names(thing: object) -> list[str]:
    """What `dir` and completion show of an object: names for its user, none that begins with an underscore."""
    return [name for name in object.__dir__(thing) if not name.startswith("_")]
