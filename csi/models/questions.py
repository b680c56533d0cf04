"""The files of the catalogue: what each national model asks, and by which names public data know the questions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import deepcopy
from functools import cache
from typing import Any

from csi.errors import ModelError, in_a_line
from csi.words import package_yaml

MODELS = ("SCSB", "ACSI", "ACSI_GOV", "ECSI", "ECSI_2005", "CCSI")


def read_catalogue_entry(name: str) -> dict[str, Any]:
    """Return all that the catalogue holds on one model, as a fresh nested dict.

    Keys: id, name, year, kind, citation {text, doi}, constructs, paths, scoring, evidence, note. A construct has id,
    text, exogenous and items; an item has id, text {en, zh}, scale {lo, hi, labels}, reversed, aliases (names in
    public data), stored (alias -> how that data set keeps the answers otherwise: reversed, lo, hi).

    Parameters
    ----------
    name : str
        One of `MODELS`, in any letter case.

    Raises
    ------
    ModelError
        `unknown_model`: no such model; the message lists what exists.

    Examples
    --------
    >>> from csi.models.questions import read_catalogue_entry
    >>> question = read_catalogue_entry("ACSI")["constructs"][0]["items"][2]
    >>> question["id"], question["aliases"], question["reversed"], question["stored"]["WRONGX"]
    ('expect_wrong', ['CUEX3', 'WRONGX'], True, {'reversed': False})
    """
    known = {model.casefold(): model for model in MODELS}
    if not isinstance(name, str) or name.strip().casefold() not in known:
        raise ModelError("unknown_model", model=in_a_line(name), models=MODELS)
    return deepcopy(_read_entry(known[name.strip().casefold()]))


def known_questions(construct: str, *, without: str | None = None) -> list[Mapping[str, Any]]:
    """Return the questions the models ask for a construct of this name, each once; `without` leaves one model out."""
    questions: dict[str, Mapping[str, Any]] = {}
    for model in MODELS:
        if model != without:
            for block in _read_entry(model)["constructs"]:
                if block["id"] == construct:
                    questions.update({item["id"]: item for item in block["items"] if item["id"] not in questions})
    return list(questions.values())


def names_of(questions: Iterable[Mapping[str, Any]]) -> tuple[tuple[str, ...], ...]:
    """Return for each question the names it goes by, the catalogue's own id first."""
    return tuple((item["id"], *item["aliases"]) for item in questions)


def negative_names(questions: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """Return the names under which a high rating is bad: asked negatively, and not stored turned round."""
    return tuple(
        name
        for item in questions
        if item["reversed"]
        for name in (item["id"], *item["aliases"])
        if item["stored"].get(name, {}).get("reversed", True)
    )


@cache
def _read_entry(name: str) -> dict[str, Any]:
    entry = _read_file(name)
    shared = _shared_questions()
    own = entry.pop("questions", {})
    for block in entry["constructs"]:
        block.setdefault("exogenous", False)
        block["items"] = [
            _question(item, {**shared["questions"].get(item, {}), **own.get(item, {})}, shared["scales"])
            for item in block["items"]
        ]
    return entry


@cache
def _shared_questions() -> dict[str, Any]:
    return _read_file("questions")


def _read_file(name: str) -> dict[str, Any]:
    return package_yaml("models", "national", f"{name}.yaml")


def _question(item: str, facts: Mapping[str, Any], scales: Mapping[str, Any]) -> dict[str, Any]:
    scale = facts["scale"]
    return {
        "id": item,
        "text": facts["text"],
        "scale": scales[scale] if isinstance(scale, str) else scale,
        "reversed": facts.get("reversed", False),
        "aliases": facts.get("aliases", []),
        "stored": facts.get("stored", {}),
    }
