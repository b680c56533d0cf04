"""A first codebook for an export: what can be known is filled in, what has to be decided is left open and named."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from csi.data.codebook import DOUBTED, Codebook, Item
from csi.data.given import SurveyLike, as_survey
from csi.data.headings import heading_of
from csi.data.survey import Survey
from csi.language import Note, say
from csi.models.catalog import as_model, load_model
from csi.models.items import Construct
from csi.models.path import PathModel
from csi.models.questions import MODELS, known_questions, names_of, negative_names

# Words that name a construct, the more telling ones first; a question that names two constructs is left open.
WORDING: tuple[tuple[str, str], ...] = (
    ("Complaints", r"complain|投诉|抱怨"),
    ("Loyalty", r"recommend|repurchase|(?:buy|choose) .*again|推荐|重复购买|再次(?:购买|选择)|继续(?:选择|使用)"),
    ("Trust", r"confidence in|trust (?:this|the) (?:agency|government)|信心|公信力|信任"),
    ("Expectation", r"did you expect|before you (?:became|bought|came)|预期|期望(?!相比)"),
    ("Value", r"value for money|price|worth|性价比|价格|收费|资费|物有所值"),
    ("Satisfaction", r"satisf|expectations|ideal|满意|与(?:您的)?期望相比|理想"),
    ("Image", r"image|reputation|innovative|brand|形象|声誉|口碑|品牌|可信"),
    ("Quality", r"quality|reliab|how good|professional|courteous|质量|可靠|态度|效率|环境|专业|及时"),
)  # fmt: skip
ALIKE = 0.75  # share of the wording that two questions must have in common to be taken for one


def draft_codebook(survey: SurveyLike, model: PathModel | str | None = None) -> Codebook:
    """Draft a codebook for a survey that was read without one (or with an unfinished one).

    Scales are those that were guessed or read from labels. A construct is suggested where an item goes by a name
    that the catalogue knows, where it is worded like a question of the catalogue, or where its wording names one
    construct and no other; the others are left open for a person to decide. What the survey's codebook already says
    is kept.

    Parameters
    ----------
    survey : Survey, or a table, Series, dict or file, see `as_survey`
        Its columns, names and wording.
    model : PathModel, name of a catalogue model, or text in lavaan notation; optional
        Suggest only its constructs; None suggests those of the whole catalogue.

    Returns
    -------
    Codebook
        To be written with `to_yaml`, completed by hand, and given to the reader. Scales, labels, missing codes, roles
        and private columns are those the evidence gave: reading with it unchanged gives the same answers.

    Raises
    ------
    DataError
        `not_a_survey`, and those of `as_survey`.
    ModelError
        As `load_model` and `PathModel.parse`.

    Notes
    -----
    Nothing is decided for you: read every line, above all `reversed` (is a high rating bad?) and the scales.

    Examples
    --------
    >>> import csi
    >>> answers = {"CUSA1": [8, 9, 5], "总体满意度": [7, 9, 4], "q3": [2, 4, 10]}
    >>> survey = csi.Survey.from_frame(answers, scale={"*": (1, 10)})
    >>> {name: item.construct for name, item in csi.draft_codebook(survey).items.items()}
    {'CUSA1': 'Satisfaction', '总体满意度': 'Satisfaction', 'q3': None}

    """
    survey = as_survey(survey, "draft_codebook")
    book = survey.codebook
    chosen = None if model is None else as_model(model)
    known, asked = _known(chosen), _asked(None if chosen is None else chosen.names)
    names = None if chosen is None else chosen.names
    items = {name: _suggested(item, known, asked, names) for name, item in book.items.items()}
    return replace(book, items=items)


def open_items(codebook: Codebook) -> tuple[str, ...]:
    """Ratings that belong to no construct yet."""
    return tuple(name for name, item in codebook.items.items() if item.kind == "rating" and item.construct is None)


def draft_text(
    codebook: Codebook,
    model: PathModel | str | None = None,
    *,
    doubts: Sequence[Note] = (),
    survey: Survey | None = None,
) -> str:
    """A drafted codebook as YAML, with comment lines that ask what a person has to decide.

    Parameters
    ----------
    codebook : what `draft_codebook` gives back
    model : the model it was drafted for; its constructs are the ones that are offered
    doubts : what is doubtful about the file (`survey.doubts`), written above everything
    survey : the survey it was drafted for; columns that look like strata or clusters are offered as roles
    """
    names = as_model(model).names if model is not None else _catalogue_names()
    lines = [f"# {line}" for line in say("drafts.head", constructs=names).splitlines()]
    lines += [f"# ? {' '.join(str(doubt).split())}" for doubt in doubts]
    if survey is not None:
        for column in survey.answers.columns:
            role = heading_of(column).role
            if role in ("strata", "cluster") and column not in codebook.private and role not in codebook.roles:
                lines.append(f"# ? {say('drafts.role', column=column, role=role)}")
    undecided = set(open_items(codebook))
    inside = False
    for line in codebook.to_yaml().splitlines():
        inside = (line == "items:") if re.match(r"\S", line) else inside
        name = _item_at(line) if inside else None
        if name is not None and name in codebook.items:
            lines += [f"  # {question}" for question in _questions(codebook, name, name in undecided)]
        lines.append(line)
    return "\n".join(lines) + "\n"


def _questions(codebook: Codebook, name: str, undecided: bool) -> list[str]:
    """What has to be decided about one item."""
    item = codebook.items[name]
    asked = []
    if item.kind == "rating" and item.scale is None:
        asked.append(say("drafts.scale_open"))
    elif item.kind == "rating" and not item.scale.labels:  # type: ignore[union-attr]
        asked.append(say("drafts.scale", scale=str(item.scale)))
    codes = codebook.item_missing_codes.get(name, {})
    doubted = [f"{code!r}" if isinstance(code, str) else str(code) for code, why in codes.items() if why in DOUBTED]
    if doubted:
        asked.append(" ".join(say("drafts.codes", codes=doubted[:8]).split()))
    if undecided:
        asked.append(say("drafts.open"))
    return asked


def _item_at(line: str) -> str | None:
    """Name of the item whose entry begins in this line of YAML."""
    found = re.match(r"  (?! )(?:'((?:[^']|'')*)'|\"(.*)\"|(.*?)):(?:\s|$)", line)
    if found is None:
        return None
    quoted, double, plain = found.groups()
    return quoted.replace("''", "'") if quoted is not None else double if double is not None else plain


def _catalogue_names() -> list[str]:
    return list(dict.fromkeys(one.name for name in MODELS for one in load_model(name).constructs))


def _known(model: PathModel | None) -> dict[str, tuple[str, bool]]:
    """Item name in small letters -> construct, and whether a high rating is bad."""
    if model is None:
        models = [load_model(name) for name in MODELS]
        constructs = [one for found in models for one in found.constructs]
    else:
        constructs = [one if one.aliases else _with_questions(one) for one in model.constructs]
    known: dict[str, tuple[str, bool]] = {}
    for one in constructs:
        for name in (*one.items, *(alias for names in one.aliases for alias in names)):
            known.setdefault(name.casefold(), (one.name, name in one.reversed))
    return known


def _with_questions(construct: Construct) -> Construct:
    questions = known_questions(construct.name)
    return replace(construct, aliases=names_of(questions), reversed=negative_names(questions))


def _asked(constructs: tuple[str, ...] | None) -> dict[str, tuple[str, bool]]:
    """Wording of the catalogue's questions -> construct, and whether a high rating is bad."""
    names = _catalogue_names() if constructs is None else constructs
    return {
        _bare(text): (name, question["reversed"])
        for name in names
        for question in known_questions(name)
        for text in question["text"].values()
    }


def _bare(text: str) -> str:
    """Wording without what is in brackets and without punctuation, in small letters."""
    return re.sub(r"\W+", "", re.sub(r"[(（【\[].*?[)）】\]]", "", text)).casefold()


def _suggested(
    item: Item,
    known: Mapping[str, tuple[str, bool]],
    asked: Mapping[str, tuple[str, bool]],
    constructs: tuple[str, ...] | None,
) -> Item:
    if item.construct is not None or not item.numeric:
        return item
    found = known.get(item.name.casefold()) or next(
        (known[name.casefold()] for name in item.aliases if name.casefold() in known), None
    )
    texts = [heading_of(item.name).plain, *item.text.values()]
    if found is None and item.kind == "rating":
        found = _same_question(texts, asked)
    if found is not None:
        construct, turned = found
        return replace(item, construct=construct, reversed=item.reversed or (turned and item.scale is not None))
    if item.kind != "rating":
        return item
    construct = _by_wording(texts)
    return item if constructs is not None and construct not in constructs else replace(item, construct=construct)


def _same_question(texts: list[str], asked: Mapping[str, tuple[str, bool]]) -> tuple[str, bool] | None:
    """What the catalogue says of the question that is worded most alike, if it is alike enough."""
    best, found = ALIKE, None
    for text in {part for whole in texts for part in (_bare(whole), _bare(re.split("[：:]", whole)[-1])) if part}:
        for wording, facts in asked.items():
            pair = SequenceMatcher(None, text, wording, autojunk=False)
            if min(pair.real_quick_ratio(), pair.quick_ratio()) > best and (ratio := pair.ratio()) > best:
                best, found = ratio, facts
    return found


def _by_wording(texts: list[str]) -> str | None:
    """The one construct the wording names; None where it names none or several."""
    named = [name for name, words in WORDING if any(re.search(words, text, re.IGNORECASE) for text in texts)]
    if len(named) == 2 and "Quality" in named:  # "the quality you expected", "the quality for the price"
        named.remove("Quality")
    return named[0] if len(named) == 1 else None
