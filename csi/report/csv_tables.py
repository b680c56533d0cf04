"""Tables as csv files that belong together: the one that was named, and beside it every other."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from csi.language import say
from csi.report.handout import NOTES, Handout

if TYPE_CHECKING:
    import pandas as pd


def csv_contents(handout: Handout, file: Path) -> Mapping[Path, bytes]:
    """Each file with all its bytes; `write_tables` says which table stands in which."""
    import pandas as pd

    frames = {sheet.name: sheet.shown.frame for sheet in handout.sheets}
    beside = {name: file.with_name(f"{file.stem}_{name}{file.suffix}") for name in (*frames, NOTES)}
    alone = not any(sheet.part for sheet in handout.sheets)
    if alone:
        beside[handout.sheets[0].name] = file
    found = {beside[name]: _csv(frame) for name, frame in frames.items()}
    if not alone:
        rows = [(beside[one.name].name, one.name, one.caption, len(one.shown.frame)) for one in handout.sheets]
        found[file] = _csv(pd.DataFrame(rows, columns=["file", "table", "caption", "rows"]))
    return {**found, beside[NOTES]: _csv(pd.DataFrame(_sentences(handout), columns=["kind", "result", "text"]))}


def _sentences(handout: Handout) -> list[tuple[str, str, str]]:
    """Kind, title of the Result where there are several, sentence."""
    return [
        ("title", "", handout.title),
        *(("fact", label, text) for label, text in handout.facts),
        ("level", "", say("workbook.level", level=f"{100 * handout.level:.6g}%")),
        *(("failed check", "", text) for text in handout.failures),
        *(("note", row[0] if len(row) > 1 else "", row[-1]) for row in handout.notes),
        *(("citation", "", text) for text in handout.citations),
    ]


def _csv(frame: pd.DataFrame) -> bytes:
    return frame.to_csv(index=False, lineterminator="\n").encode("utf-8-sig", errors="replace")
