"""From a Survey to everything a report needs: the whole chain as named Results, and nothing that is not in them."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from csi.data.given import SurveyLike, as_survey
from csi.data.survey import Survey
from csi.errors import DataError, OptionError
from csi.language import note
from csi.models.catalog import as_model
from csi.models.path import PathModel
from csi.models.pls import fit_pls
from csi.results import check_level
from csi.study.answer import choose_model, headline_of, named_target, shared_tree
from csi.study.asked import Asked
from csi.study.material import Material
from csi.study.opening import make_sample
from csi.study.sections import FIRST, LAST, wanted_sections
from csi.study.study import Study


def analyse_survey(
    survey: SurveyLike,
    model: PathModel | str | None = None,
    *,
    by: str | Sequence[str] | None = None,
    outcome: str | None = None,
    visits: SurveyLike | None = None,
    complaints: SurveyLike | None = None,
    tree: Any = None,
    sections: str | Sequence[str] | None = None,
    n_boot: int = 5000,
    seed: int = 1,
    level: float = 0.95,
    **options: Any,
) -> Study:
    """Analyse a survey section by section, as far as its questions allow, and keep every step as a Result.

    Use it for a report on any survey; use one function where one Result is enough.

    Parameters
    ----------
    survey : Survey, or a table, Series, dict or file, see `as_survey`
        Its weights, strata and clusters count in every number.
    model : PathModel, name of a catalogue model, or text in lavaan notation; optional
        None takes the first of ECSI_2005, ECSI, ACSI, CCSI, SCSB, ACSI_GOV whose constructs all find items in the
        survey, and a note says so; where none does, there is no structural model and the page has the other sections.
    by : str or list of str, optional
        Columns that form groups; None means no groups.
    outcome : str, optional
        The item for overall satisfaction; None takes the one that is worded so.
    visits, complaints : as survey, optional
        One row per visit, one per complaint, of the customers who answered: see `score_blend`.
    tree : IndicatorTree or what makes one, optional
        Indicators and their weights; None takes the `tree` of the codebook; with visits or complaints and no tree,
        all ratings that questionnaire and visits share count alike, and a note says so.
    sections : name or list of names, optional
        Some of groups, waves, model, blend, tree, public_service, rates, items, drivers, servqual, kano, comments;
        None means all whose data are there.
    n_boot, seed : int
        Replicates of a structural model (0: estimates alone, in every section) and the seed of their draws. From
        20,000 respondents on its errors are linearised unless `inference` says otherwise.
    level : float
        Level of the intervals that are shown.
    **options
        Any other option of `fit_pls`, such as `scheme`, `consistent`, `missing`, `interval`, `target`, `strict`.

    Returns
    -------
    Study
        `results` by name, `answer`, and `fit` and `groups` where a model stands behind. The answer is the index of
        the structural model where there is one, else the blend or the tree, else the overall question, else the mean
        of the ratings of one battery; `headline.why` says which and why.

    Raises
    ------
    OptionError
        `unknown_fit_option`, `unknown_option`; the messages list what exists.
    DataError
        `not_a_survey`, `private_items`, `unknown_items`, `section_lacks` (a section asked for whose data are not
        there: what it needs), and all errors of `fit_pls` and `score_blend`.

    Notes
    -----
    Missing answers and weights: as in the function of each section. With groups, two fits are made from the same draws:
    one of the whole sample, one with `by`. The counts in `sample` are of respondents, unweighted. A section whose
    function refuses the data is left out, and a note says why.

    Examples
    --------
    >>> import csi
    >>> survey = csi.load_sample("tiny")
    >>> study = csi.analyse_survey(survey, "Satisfaction ~ Quality; Loyalty ~ Satisfaction", n_boot=0)
    >>> study.target, "fit" in study.results
    ('Satisfaction', True)
    >>> csi.analyse_survey({"overall satisfaction": [5, 4, 4, 2], "staff": [4, 4, 5, 1]}).headline.kind
    'question'

    """
    survey = as_survey(survey, "analyse_survey")
    check_level(level)
    options = {"n_boot": n_boot, "seed": seed, **_known_options(options)}
    columns = () if by is None else (by,) if isinstance(by, str) else tuple(by)
    if by is not None:
        survey.split(columns)  # a wrong column stops here, before the long work
    have = _material(survey, model, columns, outcome, visits, complaints, tree, options)
    chosen = wanted_sections(have, sections)
    if have.model is not None and "model" not in [one.name for one in chosen]:
        have.model = have.chosen = have.target = None
    for one in chosen:
        if one.name in FIRST:
            one.make(have)
    have.headline = headline_of(have)
    for later in (False, True):
        for one in chosen:
            if one.name not in FIRST and (one.name in LAST) is later:
                one.make(have)
    make_sample(have)
    found = {name: have.results[name] for name in ("sample", *have.results)}
    why = [] if have.headline is None or have.headline.kind == "model" else [have.headline.why]
    return Study(
        survey, MappingProxyType(found), tuple(one.name for one in chosen), have.headline, have.model, columns,
        have.target, have.outcome, have.tree, level, MappingProxyType(have.options),
        _call(have, sections, visits, complaints), (*why, *have.notes),
    )  # fmt: skip


def _material(
    survey: Survey, model: PathModel | str | None, by: tuple[str, ...], outcome: str | None, visits: Any,
    complaints: Any, tree: Any, options: dict[str, Any],
) -> Material:  # fmt: skip
    """What the sections draw on: the model filled, the questions known, the records read."""
    asked = Asked(survey)
    if outcome is not None:
        survey.matrix([outcome])  # an unknown item stops here
    chosen, remarks = (as_model(model), []) if model is not None else choose_model(survey)
    if model is None and (visits is not None or complaints is not None):
        chosen, remarks = None, []  # the records were given to be blended
    filled = None if chosen is None else chosen.resolve(survey.items, survey.codebook)
    hidden = 0 if filled is None else sum(item in survey.codebook.private for item in filled.items)
    if hidden:
        raise DataError("private_items", survey=survey.name, count=hidden, options=f"model={filled.name!r}")
    target = None
    if filled is not None:
        target, sure = (options["target"], True) if options.get("target") is not None else named_target(filled)
        remarks = [*remarks, *([] if sure else [note("target_guessed", construct=target)])]
    given = tree if tree is not None else dict(survey.codebook.tree) or None
    records = [None if one is None else as_survey(one, "analyse_survey") for one in (visits, complaints)]
    have = Material(
        survey, asked, filled, chosen, target, by, outcome or asked.overall, *records, given, options, notes=remarks
    )
    if have.blends and given is None:
        have.tree = shared_tree(have)
        have.notes.append(note("study_equal_tree", count=len(have.tree or ())))
    return have


def _call(have: Material, sections: Any, visits: Any, complaints: Any) -> str:
    """The call that gives the same numbers."""
    given = [] if have.model is None else [repr(have.model.name)]
    given += [f"by={list(have.by)!r}"] if have.by else []
    given += [name + "=" + name for name, one in (("visits", visits), ("complaints", complaints)) if one is not None]
    given += [] if sections is None else [f"sections={sections!r}"]
    given += [f"{name}={value!r}" for name, value in have.options.items()]
    return f"csi.analyse_survey({', '.join(['survey', *given])})"


def _known_options(options: Mapping[str, Any]) -> Mapping[str, Any]:
    own = ("survey_or_moments", "model", "by", "n_boot", "seed")
    known = [name for name in inspect.signature(fit_pls).parameters if name not in own]
    for name in options:
        if name not in known:
            raise OptionError("unknown_fit_option", option=name, choices=known)
    return options
