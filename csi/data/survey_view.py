"""The few lines a survey shows of itself; private columns are left out."""

from __future__ import annotations

from html import escape
from typing import Any

import numpy as np

from csi.data.codebook import REASONS
from csi.data.columns import reason_word
from csi.language import note, pick, say


def visible_items(survey: Any) -> list[str]:
    """Items that may be named."""
    return [name for name in survey.codebook.items if name not in survey.codebook.private]


def survey_lines(survey: Any) -> list[str]:
    """What both views show; private columns are left out."""
    book = survey.codebook
    items = [book.items[name] for name in visible_items(survey)]
    kinds = [item.kind for item in items]
    counts = [note("kind_count", count=kinds.count(kind), kind=note(f"kind_{kind}")) for kind in dict.fromkeys(kinds)]
    lines = [say("views.survey_head", name=survey.name, n=len(survey), items=len(items), kinds=counts or "-")]
    lines += [f"! {doubt}" for doubt in survey.doubts]
    if book.title:
        lines.append(say("views.survey_title", title=pick(book.title)))
    constructs = [f"{name} ({len(members)})" for name, members in book.constructs().items()]
    if constructs:
        lines.append(say("views.survey_constructs", constructs=constructs))
    roles = [f"{role}: {column}" for role, column in book.roles.items() if column not in book.private]
    if roles:
        lines.append(say("views.survey_roles", roles=roles))
    lines.append(_missing_line(survey))
    if survey.notes:
        lines.append(say("views.survey_notes", count=len(survey.notes)))
    return lines


def _missing_line(survey: Any) -> str:
    missing_as = survey.reasons
    tally = np.zeros(len(REASONS), dtype=np.int64)
    for name in visible_items(survey):
        tally += np.bincount(missing_as[name].to_numpy(), minlength=len(REASONS))
    missing = int(tally[1:].sum())
    if not missing:
        return say("views.survey_complete")
    reasons = [note("reason_count", reason=reason_word(i), count=int(n)) for i, n in enumerate(tally) if i and n]
    return say("views.survey_missing", share=f"{missing / tally.sum():.1%}", reasons=reasons)


def survey_text(survey: Any) -> str:
    """The lines as text."""
    return "\n  ".join(survey_lines(survey))


def survey_html(survey: Any) -> str:
    """The lines as HTML."""
    head, *rest = (escape(line) for line in survey_lines(survey))
    return f"<div class='csi'><strong>{head}</strong><br>{'<br>'.join(rest)}</div>"
