"""What AHP tells beside the weights: how consistent each judge is, which judgement to look at again, variants."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from csi.data.scales import brief
from csi.estimates import Unknown
from csi.language import note
from csi.measures.weights.ahp import (
    ACCEPTABLE,
    Revision,
    column_average_weights,
    geometric_mean_weights,
    group_weights,
    join_judgements,
    join_priorities,
    priorities,
    to_revise,
)
from csi.measures.weights.judgements import Judges
from csi.results import Check, Table

SHOWN = 3  # judgements that a sentence names


def ahp_tables(judges: Judges, group: str) -> dict[str, Callable[[], Table]]:
    """Builders of the tables judges, judge_weights, ahp_variants and, where something contradicts, revisions."""
    found = {
        "judges": lambda: _judges(judges),
        "judge_weights": lambda: _judge_weights(judges),
        "ahp_variants": lambda: _variants(judges, group),
    }
    if any(to_revise(matrix) for matrix in judges.matrices):
        found["revisions"] = lambda: _revisions(judges)
    return found


def _judges(judges: Judges) -> Table:
    rows, values, n = [], [], []
    for name, matrix in zip(judges.names, judges.matrices, strict=True):
        one = priorities(matrix)
        rows += [(name, term) for term in ("lambda_max", "ci", "cr")]
        values += [one.lambda_max, one.ci, one.cr]
        n += [1] * 3
    keys = {"judge": [judge for judge, _ in rows], "term": [term for _, term in rows]}
    return Table(keys, Unknown(np.array(values)), n, decimals=4)


def _judge_weights(judges: Judges) -> Table:
    weights = np.concatenate([priorities(matrix).weights for matrix in judges.matrices])
    keys = {
        "judge": [name for name in judges.names for _ in judges.items],
        "item": [*judges.items] * len(judges.names),
    }
    return Table(keys, Unknown(weights), 1)


def _variants(judges: Judges, group: str) -> Table:
    """Eigenvector, geometric mean of rows and average of columns, for the group of judges."""
    variants = {"geometric_mean": geometric_mean_weights, "column_average": column_average_weights}
    weights = [group_weights(judges.matrices, group)]
    for rule in variants.values():
        if group == "judgements":
            weights.append(rule(join_judgements(judges.matrices)))
        else:
            weights.append(join_priorities([rule(matrix) for matrix in judges.matrices]))
    kinds = ("eigenvector", *variants)
    keys = {"kind": [kind for kind in kinds for _ in judges.items], "item": [*judges.items] * len(kinds)}
    return Table(keys, Unknown(np.concatenate(weights)), len(judges.names))


def _revisions(judges: Judges) -> Table:
    rows, values = [], []
    for name, matrix in zip(judges.names, judges.matrices, strict=True):
        for one in to_revise(matrix):
            pair = (judges.items[one.first], judges.items[one.second])
            rows += [(name, *pair, kind) for kind in ("given", "implied")]
            values += [one.given, one.implied]
    columns = zip(*rows, strict=True)
    keys = dict(zip(("judge", "item", "other_item", "kind"), map(list, columns), strict=True))
    return Table(keys, Unknown(np.array(values)), 1, decimals=2)


def ahp_checks(judges: Judges) -> tuple[Check, ...]:
    """One line for all judges: who contradicts himself, and which judgement to look at again."""
    found = {name: priorities(matrix) for name, matrix in zip(judges.names, judges.matrices, strict=True)}
    bad = [name for name, one in found.items() if one.cr > ACCEPTABLE]
    worst = max(one.cr for one in found.values())
    shown = []
    for name, matrix in zip(judges.names, judges.matrices, strict=True):
        if name in bad:
            pairs = [_said(judges, one) for one in to_revise(matrix)[:SHOWN]]
            shown.append(note("ahp_revise", judge=name, cr=f"{found[name].cr:.3f}", pairs=pairs))
    facts = {"judges": len(judges.names), "count": len(bad), "revise": shown}
    return (Check("ahp_consistency", round(worst, 6), f"<= {ACCEPTABLE:.1f}", not bad, False, facts),)


def _said(judges: Judges, one: Revision):
    given, implied = (brief(float(f"{value:.3g}")) for value in (one.given, one.implied))
    return note("ahp_pair", first=judges.items[one.first], second=judges.items[one.second], given=given,
                implied=implied, cr=f"{one.cr:.3f}")  # fmt: skip
