"""Which structural model a survey fills, and which of its constructs is the answer."""

from __future__ import annotations

from csi.data.survey import Survey
from csi.errors import ModelError
from csi.language import Note, note
from csi.models.catalog import load_model
from csi.models.path import PathModel

# The order in which models are tried when none is named: the fullest customer model first, public service last.
PREFERENCE = ("ECSI_2005", "ECSI", "ACSI", "CCSI", "SCSB", "ACSI_GOV")


def choose_model(survey: Survey) -> tuple[PathModel | None, list[Note]]:
    """The first model of the catalogue that finds items for all its constructs, and a note on the choice.

    Without one None, and what each model lacks where the codebook names constructs.
    """
    fitting, missing = [], []
    for name in PREFERENCE:
        model = load_model(name)
        try:
            model.resolve(survey.items, survey.codebook)
        except ModelError as problem:
            if problem.code != "unfilled_constructs":
                raise
            absent = [str(text).split(" (")[0] for text in problem.values["constructs"]]
            missing.append(note("model_lacks", model=name, constructs=absent))
        else:
            fitting.append(model)
    if not fitting:
        return None, [note("no_model", missing=missing)] if survey.codebook.constructs() else []
    others = [model.name for model in fitting[1:]]
    chosen = fitting[0]
    return chosen, [note("model_chosen_of" if others else "model_chosen", model=chosen.name, others=others)]


def named_target(model: PathModel) -> tuple[str, bool]:
    """The construct named after satisfaction, endogenous if there are several; else the last effect, and not sure."""
    named = [
        one.name
        for one in model.constructs
        if any("satisf" in text.casefold() or "满意" in text for text in (one.name, *one.text.values()))
    ]
    if named:
        return next((name for name in named if name in model.endogenous), named[0]), True
    return [name for name in model.order if name in model.endogenous][-1], False
