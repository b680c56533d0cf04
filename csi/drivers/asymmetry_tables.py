"""What follows from penalties and rewards once they are estimated: types, label sets, changes, what to doubt."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from csi.drivers.asymmetry_numbers import TYPES, asymmetry_of, effects_of, no_impact_p, ratio_of, type_of, type_p
from csi.drivers.importance_tables import holm
from csi.errors import OptionError
from csi.inference.contrasts import Contrasts, pair_weights
from csi.language import Term, note
from csi.measures.quality.label_tables import LEVEL, Tested, replicates_of, with_tables
from csi.results import Check, Result, Table, check_level

if TYPE_CHECKING:
    import pandas as pd

Array = NDArray[np.float64]
FEWEST = 20  # respondents with low, or with high ratings
FACTOR = {"frustrator": "basic", "dissatisfier": "basic", "hybrid": "performance", "satisfier": "excitement",
          "delighter": "excitement"}  # fmt: skip
KANO = {"basic": "must_be", "performance": "one_dimensional", "excitement": "attractive"}
HERZBERG = {"basic": "hygiene", "performance": "both", "excitement": "motivator"}


def finish(result: Result, names: Sequence[str], bands: tuple[float, float], n_boot: int, seed: int) -> Result:
    """Add labels, changes between groups, notes and checks to a fit of contrasts."""
    tables: dict[str, Callable[[], Table]] = {}
    known = result.glance()["inference"][0] != "none"
    if known:
        tables["labels"] = partial(_labels, result, bands, n_boot or 5000, seed)
    if len(_groups(result)) > 1:
        tables["changes"] = partial(_changes, result, "contrasts")
        tables["asymmetry_changes"] = partial(_changes, result, "asymmetry")
    result = with_tables(result, tables)
    remarks = [note("asymmetry_labels", inner=f"{bands[0]:g}", outer=f"{bands[1]:g}")]
    missing = _without_impact(result)
    if missing:
        remarks.append(note("asymmetry_undefined", items=missing))
    return replace(
        result, notes=(*result.notes, *remarks), _checks=partial(_checks, result, result._checks, bands, known),
        _built={},
    )  # fmt: skip


def _groups(result: Result) -> list[str]:
    return list(dict.fromkeys(result.table("contrasts").keys.get("group", ())))


def _owners(result: Result) -> list[tuple[str, ...]]:
    """(Group and) driver of each pair of contrasts."""
    return [row[:-1] for row in result.table("contrasts").rows()[::2]]


def _without_impact(result: Result) -> list[str]:
    there = set(result.table("asymmetry").rows())
    return [" · ".join(owner) for owner in _owners(result) if owner not in there]


def _facts(result: Result) -> tuple[Array, Array, float]:
    """Contrasts, their covariance and its degrees of freedom."""
    found = result.table("contrasts").uncertainty
    return found.estimate, found.covariance(), float(getattr(found, "df", np.inf))


def _keys(names: Sequence[str], rows: Sequence[tuple[str, ...]]) -> dict[str, Sequence[str]]:
    return dict(zip(names, zip(*rows, strict=True) if rows else [()] * len(names), strict=True))


def _labels(result: Result, bands: tuple[float, float], n_boot: int, seed: int) -> Table:
    """Stability of every type of every driver that has an impact, and the p-value that it is truly of that type."""
    table = result.table("contrasts")
    draws = replicates_of(table.uncertainty, n_boot, seed)
    drawn = type_of(asymmetry_of(*effects_of(draws))[0], bands)
    found = ratio_of(*_facts(result))
    kept = np.flatnonzero(~np.isnan(found.asymmetry))
    stability = np.array([(drawn == number).mean(axis=1) for number in range(len(TYPES))]).T[kept]
    p = type_p(found, bands)[kept]
    owners = _owners(result)
    rows = [(*owners[i], kind) for i in kept for kind in TYPES]
    n = np.repeat(np.broadcast_to(np.asarray(table.n), len(table.rows()))[::2][kept], len(TYPES))
    keys = _keys([*list(table.keys)[:-1], "kind"], rows)
    return Table(keys, Tested(stability.ravel(), p.ravel()), n.tolist(), tested=True)


def _changes(result: Result, name: str) -> Table:
    """Differences between groups, the later minus the earlier."""
    table = result.table(name)
    found, weights = pair_weights(table.rows(), 0)
    keys = _keys([*table.keys, "other_group"], found)
    n = np.broadcast_to(np.asarray(table.n), len(table.rows()))
    least = [int(n[row != 0].min()) for row in weights]
    return Table(keys, Contrasts(table.uncertainty, weights), least, tested=True)


def typed(result: Result, level: float) -> pd.DataFrame:
    """(Group,) term, kind, labels, stability, range, its p-value, n of every driver with an impact."""
    import pandas as pd

    tidy = result.tidy("labels")
    keys = [name for name in ("group", "term") if name in tidy]
    estimate, cov, df = _facts(result)
    impact = dict(zip(_owners(result), no_impact_p(estimate, cov, df), strict=True))
    asymmetry = result.tidy("asymmetry").set_index(keys)["estimate"]
    rows = []
    for key, part in tidy.groupby(keys, sort=False):
        label = part.loc[part["p_value"].idxmax(), "kind"]
        kept = part["kind"][part["p_value"] > 1 - level]
        names = [label, *(kind for kind in kept if kind != label)]
        stability = float(part.loc[part["kind"] == label, "estimate"].iloc[0])
        value = float(asymmetry.loc[key if len(keys) > 1 else key[0]])
        rows.append((*key, label, "|".join(names), stability, value, impact[key], int(part["n"].iloc[0])))
    columns = [*keys, "kind", "labels", "stability", "impact_asymmetry", "p_value", "n"]
    return pd.DataFrame(rows, columns=columns)


def list_three_factors(result: Result, *, level: float = LEVEL) -> pd.DataFrame:
    """The factor of the three-factor theory each driver belongs to, with what Kano and Herzberg call it; words.

    Use it after `fit_asymmetry`, before a driver is called a must or a delight that chance may have made it.

    Parameters
    ----------
    result : Result
        Of `fit_asymmetry`, with inference.
    level : float
        Types with a p-value of 1 - level or less are rejected; between 0 and 1.

    Returns
    -------
    DataFrame
        `group` (with `by`), `term` (the driver), `kind` (its type), `labels` (the type and all others not rejected,
        joined by "|"), `stability` (share of replicates of that type), `impact_asymmetry`, `p_value` (of no impact at
        all), `n`, `three_factor` (basic | performance | excitement, several when the labels do not agree), `kano`
        (must_be | one_dimensional | attractive), `herzberg` (hygiene | both | motivator).

    Raises
    ------
    OptionError
        `no_asymmetry_labels`: the result is none of `fit_asymmetry` with inference; `bad_level`.

    Notes
    -----
    Dissatisfier = basic factor = must-be; hybrid = performance factor = one-dimensional; satisfier = excitement
    factor = attractive. The bridge joins words, not evidence: Kano asks about a feature that is there or not, Herzberg
    about work. Missing answers and weights: as in the fit. Source: Matzler and Sauerwein (2002).

    Examples
    --------
    >>> import csi
    >>> fit = csi.fit_asymmetry(csi.load_sample("drivers"), "overall", ["delivery", "extras"], low=4, high=8)
    >>> csi.list_three_factors(fit)["three_factor"].tolist()
    ['basic', 'excitement']

    """
    if not isinstance(result, Result) or not {"asymmetry", "labels"} <= set(result.tables):
        choices = list(result.tables) if isinstance(result, Result) else [type(result).__name__]
        raise OptionError("no_asymmetry_labels", choices=choices)
    frame = typed(result, check_level(level))
    factors = [list(dict.fromkeys(FACTOR[kind] for kind in labels.split("|"))) for labels in frame["labels"]]
    return frame.assign(
        three_factor=["|".join(some) for some in factors],
        kano=["|".join(KANO[one] for one in some) for some in factors],
        herzberg=["|".join(HERZBERG[one] for one in some) for some in factors],
    )


def _checks(
    result: Result, before: Callable[[], tuple[Check, ...]], bands: tuple[float, float], known: bool
) -> tuple[Check, ...]:
    lines = [*before(), _signs(result, known)]
    scores = result.scores()
    counts = {(name, side): int((scores[name] == side).sum()) for name in scores for side in ("low", "high")}
    few = [note("asymmetry_few_item", item=name, side=note(f"side_{side}"), count=count)
           for (name, side), count in counts.items() if count < FEWEST]  # fmt: skip
    facts = {"count": len(few), "items": few or ["-"], "least": FEWEST}
    lines.append(Check("asymmetry_counts", min(counts.values()), f">= {FEWEST}", not few, False, facts))
    if not known:
        return tuple(lines)
    p = no_impact_p(*_facts(result))
    nothing = [" · ".join(owner) for owner, one in zip(_owners(result), p, strict=True) if one > 1 - LEVEL]
    facts = {"count": len(nothing), "all": len(p), "items": nothing or ["-"], "level": f"{LEVEL:.0%}"}
    lines.append(Check("asymmetry_impact", len(nothing), "= 0", not nothing, False, facts))
    frame = typed(result, LEVEL)
    unsure = frame[frame["labels"].str.contains("|", regex=False)]
    facts = {"count": len(unsure), "all": len(frame), "items": [_shown(row) for row in unsure.to_dict("records")]}
    facts = {**facts, "items": facts["items"] or ["-"], "level": f"{LEVEL:.0%}"}
    lines.append(Check("asymmetry_distinct", len(unsure), "= 0", unsure.empty, False, facts))
    if "asymmetry_changes" in result.tables:
        lines.append(_turned(result, bands))
    return tuple(lines)


def _shown(row: Mapping[str, Any]) -> Any:
    name = " · ".join(str(row[key]) for key in ("group", "term") if key in row)
    return note("label_set", item=name, labels=[Term(kind) for kind in row["labels"].split("|")])


def _signs(result: Result, known: bool) -> Check:
    """Penalties above 0 and rewards below 0: which count as 0, and which of them are no chance."""
    tidy = result.tidy("contrasts", LEVEL)
    wrong = ((tidy["kind"] == "penalty") & (tidy["estimate"] > 0)) | (
        (tidy["kind"] == "reward") & (tidy["estimate"] < 0)
    )
    sure = wrong & (holm(tidy["p_value"].to_numpy()) <= 1 - LEVEL) if known else wrong & False
    keys = [name for name in ("group", "term") if name in tidy]
    shown = [
        note("asymmetry_sign_item", item=" · ".join(row[key] for key in keys), kind=note(f"side_{row['kind']}"),
             value=f"{row['estimate']:.2f}")
        for row in tidy[wrong].to_dict("records")
    ]  # fmt: skip
    certain = list(dict.fromkeys(" · ".join(row[key] for key in keys) for row in tidy[sure].to_dict("records")))
    facts = {"count": int(wrong.sum()), "items": shown or ["-"], "sure": certain or ["-"], "level": f"{LEVEL:.0%}"}
    return Check("asymmetry_signs", int(wrong.sum()), "= 0", not wrong.any(), False, facts)


def _turned(result: Result, bands: tuple[float, float]) -> Check:
    """Drivers that satisfied in one group and dissatisfy in the next, by more than chance."""
    asymmetry = result.tidy("asymmetry").set_index(["group", "term"])["estimate"]
    changes = result.tidy("asymmetry_changes", LEVEL)
    following = dict(zip(_groups(result)[1:], _groups(result), strict=False))
    changes = changes[changes["group"].map(following) == changes["other_group"]]
    turned = []
    for row in changes[holm(changes["p_value"].to_numpy()) <= 1 - LEVEL].to_dict("records"):
        before, after = (asymmetry.loc[(row[key], row["term"])] for key in ("other_group", "group"))
        if before > bands[0] and after < -bands[0]:
            turned.append(note("asymmetry_turned_item", item=row["term"], before=row["other_group"],
                               after=row["group"], first=f"{before:.2f}", second=f"{after:.2f}"))  # fmt: skip
    facts = {"count": len(turned), "items": turned or ["-"]}
    return Check("asymmetry_turned", len(turned), "= 0", not turned, False, facts)
