"""What is said of a blend: notes on what was missing or assumed, checks of the method's traps, one row per customer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from csi.data.scales import brief
from csi.language import Note, note
from csi.measures.index.blend_evidence import Customers
from csi.measures.index.blend_rules import OUTCOME_TEXT, Blended, BlendRules
from csi.measures.index.level_bands import LevelBands
from csi.results import Check

if TYPE_CHECKING:
    import pandas as pd

SILENT_SHARE = 0.3  # of the items of a visit that may be assumed before a check fails


def remarks(customers: Customers, rules: BlendRules, scores: Blended, bands: LevelBands) -> list[Note]:
    """Facts that a reader must know: what was missing, assumed, repeated or left out."""
    notes = [note("blend_customer", column=customers.column)] if customers.column and customers.named else []
    first, second = (brief(round(100 * part, 6)) for part in rules.share)
    known = customers.known
    no_questionnaire, no_visit = np.isnan(scores.questionnaire), np.isnan(scores.visit)
    if len(known.visit_firm):
        levels = [
            note("blend_level", level=one.text or one.name, points=brief(one.representative)) for one in bands.levels
        ]
        notes.append(note("blend_levels", levels=levels[::-1], first=first, second=second))
        items = known.levels.shape[1]
        silent = round(float(np.nansum(1 - scores.mentioned)) * items)
        total = int((~np.isnan(scores.mentioned)).sum()) * items
        if silent:
            points = "-" if np.isnan(rules.not_mentioned) else brief(rules.not_mentioned)
            notes.append(note("blend_silent", count=silent, total=total, points=points))
    alone = int((no_questionnaire & ~no_visit).sum())
    if alone:
        notes.append(note(f"blend_no_questionnaire_{rules.missing_questionnaire}", count=alone))
    alone = int((no_visit & ~no_questionnaire).sum())
    if alone and len(known.visit_firm):
        notes.append(note(f"blend_no_visit_{rules.missing_visit}", count=alone))
    neither = int((no_visit & no_questionnaire).sum())
    if neither:
        code = "blend_neither_missing" if np.isnan(rules.both_missing) else "blend_neither_points"
        notes.append(note(code, count=neither, points=brief(rules.both_missing)))
    totals = known.complaints.sum(axis=0)
    if totals.any():
        counts = [
            note("blend_outcome", outcome=OUTCOME_TEXT.get(name, name), count=int(count), points=f"{points:+g}")
            for name, count, points in zip(customers.outcomes, totals, rules.complaint_points, strict=True)
            if count
        ]
        notes.append(note("blend_outcomes", count=int(totals.sum()), counts=counts))
    several = int((scores.informants > 1).sum())
    for code, count in (
        ("blend_outside", customers.outside), ("blend_visits", customers.repeated), ("blend_informants", several)
    ):  # fmt: skip
        if count:
            notes.append(note(code, count=count))
    return notes


def doubts(scores: Blended) -> list[Check]:
    """Where the traps of the printed rules bite."""
    free = scores.final - scores.limits
    outside = int(((free > 100) | (free < 0)).sum())
    rewarded = int((scores.adjustment > 0).sum())
    found = [
        Check("blend_outside", outside, "= 0", not outside, False, {"count": outside}),
        Check("blend_rewarded", rewarded, "= 0", not rewarded, False, {"count": rewarded}),
    ]
    if not np.isnan(scores.mentioned).all():
        silent = float(np.nanmean(1 - scores.mentioned))
        values = {"percent": f"{100 * silent:.0f}"}
        found.append(Check("blend_silent", silent, f"<= {SILENT_SHARE}", silent <= SILENT_SHARE, False, values))
    return found


def score_table(customers: Customers, scores: Blended, rules: BlendRules) -> pd.DataFrame:
    """One row per customer."""
    import pandas as pd

    columns = {"customer": list(customers.labels)} if customers.named else {}
    columns |= {
        "informants": scores.informants.astype(int),
        "questionnaire": scores.questionnaire,
        "visit": scores.visit,
        "mentioned": scores.mentioned,
        "preliminary": scores.preliminary,
        "complaints": customers.known.complaints.sum(axis=1).astype(int),
        "adjustment": scores.adjustment,
    }
    columns |= {"attrition": scores.attrition} if rules.attrition else {}
    return pd.DataFrame({**columns, "limits": scores.limits, "final": scores.final})
