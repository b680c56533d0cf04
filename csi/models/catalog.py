"""The national satisfaction models by name: constructs, bilingual questions, paths, and how each fact is known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from csi.errors import ModelError
from csi.language import Note, note, pick
from csi.models.items import Construct
from csi.models.path import Evidence, PathModel
from csi.models.questions import MODELS, known_questions, names_of, negative_names, read_catalogue_entry

if TYPE_CHECKING:
    import pandas

_UNSURE = {"INF": "catalogue_inferred", "MEMORY": "catalogue_remembered"}


def load_model(name: str) -> PathModel:
    """Return a national satisfaction model of the catalogue, without items until it meets data.

    The constructs know the questions the model asks and the names these have in public data; `resolve`, which the
    estimators call, takes the items from the codebook and else by these names. Parts that were inferred or
    remembered rather than read in a source are named in the notes.

    Parameters
    ----------
    name : str
        One of SCSB, ACSI, ACSI_GOV, ECSI, ECSI_2005, CCSI, in any letter case; see `list_models`.

    Raises
    ------
    ModelError
        `unknown_model`: another name; the message lists what exists.

    Examples
    --------
    >>> from csi.models.catalog import load_model
    >>> model = load_model("acsi")
    >>> model.exogenous, len(model.paths)
    (('Expectation',), 9)
    >>> model.evidence["path Quality -> Satisfaction"].tag
    'READ'
    """
    entry = read_catalogue_entry(name)
    evidence = _evidence(entry)
    doi = entry["citation"]["doi"]
    return PathModel(
        name=entry["id"],
        constructs=tuple(_construct(block, entry["id"]) for block in entry["constructs"]),
        paths=tuple((source, target) for source, target in entry["paths"]),
        title=entry["name"],
        citation=entry["citation"]["text"] + (f" https://doi.org/{doi}" if doi else ""),
        evidence=evidence,
        notes=(*_doubts(entry, evidence), note("catalogue_remark", remark=entry["note"])),
    )


def list_models() -> pandas.DataFrame:
    """List the models of the catalogue.

    Returns
    -------
    DataFrame
        One row a model: name, title (in the current language), year (missing where unknown), constructs and paths
        (counts), evidence (how many facts carry each tag; `load_model(name).evidence` has them one by one).

    Examples
    --------
    >>> from csi.models.catalog import list_models
    >>> list_models()[["name", "constructs", "paths"]]
            name  constructs  paths
    0       SCSB           5      6
    1       ACSI           6      9
    2   ACSI_GOV           8     12
    3       ECSI           6     10
    4  ECSI_2005           7     12
    5       CCSI           6     11
    """
    import pandas

    rows = []
    for name in MODELS:
        entry = read_catalogue_entry(name)
        tags = Counter(fact.tag for fact in _evidence(entry).values())
        rows.append(
            {
                "name": name,
                "title": pick(entry["name"]),
                "year": entry["year"],
                "constructs": len(entry["constructs"]),
                "paths": len(entry["paths"]),
                "evidence": ", ".join(f"{tag} {count}" for tag, count in tags.most_common()),
            }
        )
    return pandas.DataFrame(rows).astype({"year": "Int64"})


def _construct(block: Mapping[str, Any], model: str) -> Construct:
    own = {item["id"] for item in block["items"]}
    return Construct(
        name=block["id"],
        text=block["text"],
        aliases=names_of(block["items"]),
        reversed=negative_names(block["items"]),
        elsewhere=tuple(item["id"] for item in known_questions(block["id"], without=model) if item["id"] not in own),
    )


def _evidence(entry: Mapping[str, Any]) -> dict[str, Evidence]:
    given = entry["evidence"]
    names = [block["id"] for block in entry["constructs"]]
    arrows = [f"{source} -> {target}" for source, target in entry["paths"]]
    return {
        **{f"construct {name}": Evidence(**given["constructs"][name]) for name in names},
        **{f"items {name}": Evidence(**given["items"][name]) for name in names},
        **{f"path {arrow}": Evidence(**given["paths"].get(arrow, given["paths"]["all"])) for arrow in arrows},
        "scoring": Evidence(**given["scoring"]),
    }


def _doubts(entry: Mapping[str, Any], evidence: Mapping[str, Evidence]) -> list[Note]:
    """One note on what was inferred, one on what was remembered; none where all was read."""
    notes = []
    for tag, code in _UNSURE.items():
        facts = [key for key, fact in evidence.items() if fact.tag == tag]
        parts: list[Note] = []
        for kind in ("construct", "items", "path"):
            named = [key.split(" ", 1)[1] for key in facts if key.startswith(f"{kind} ")]
            if kind == "path" and len(named) == len(entry["paths"]):
                parts.append(note("part_all_paths", count=len(named)))
            elif named:
                parts.append(note(f"part_{kind}", names=named))
        if "scoring" in facts:
            parts.append(note("part_scoring"))
        if parts:
            notes.append(note(code, model=entry["id"], parts=parts))
    return notes


def as_model(model: PathModel | str) -> PathModel:
    """Return a model that was given as itself, by its name in the catalogue, or as text in lavaan notation.

    Raises
    ------
    ModelError
        `not_a_model` for anything else, and the errors of `load_model` and `PathModel.parse`.
    """
    if isinstance(model, PathModel):
        return model
    if not isinstance(model, str):
        raise ModelError("not_a_model", kind=type(model).__name__)
    return PathModel.parse(model) if "~" in model else load_model(model)
