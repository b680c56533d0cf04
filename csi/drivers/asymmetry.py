"""fit_asymmetry: what low ratings cost and high ones earn, driver by driver, and which type of driver each one is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from csi.data.given import SurveyLike, as_survey
from csi.data.survey import Survey
from csi.drivers.asymmetry_numbers import POTENTIALS, Cut, RatioStore, dummies, following_contrasts
from csi.drivers.asymmetry_tables import finish
from csi.drivers.slopes import OfCoefficients, bare, complete, related
from csi.errors import DataError, OptionError
from csi.estimation.measured import Choice, Measure, Sheet, measure
from csi.inference.stores import Store
from csi.language import Note, note
from csi.measures.quality.pairs import check_items, check_keys
from csi.references import references
from csi.results import Block, Result

if TYPE_CHECKING:
    import pandas as pd

Array = NDArray[np.float64]
FUNCTION = "fit_asymmetry"
SIDES = ("penalty", "reward")
SOURCES = references("brandt1987", "mikulic2008")


def fit_asymmetry(
    survey: SurveyLike,
    outcome: str,
    drivers: str | Sequence[str],
    *,
    low: Any,
    high: Any,
    bands: tuple[float, float] = (0.1, 0.4),
    by: str | Sequence[str] | None = None,
    inference: str | None = None,
    interval: str | None = None,
    n_boot: int = 5000,
    seed: int = 1,
) -> Result:
    """Penalty-reward contrasts in rating points of the outcome, and impact asymmetry from -1 to 1.

    Use it when bad ratings may cost more than good ones earn, or the other way round: a straight line hides both. Least
    squares of the outcome on two dummies per driver; ratings in the middle are the reference.

    Parameters
    ----------
    survey : Survey, or a table, Series, dict or file, see `as_survey`
        Its weights, strata, clusters and raking count; reversed items are turned round.
    outcome : item
        Overall satisfaction.
    drivers : item or list of items
        Ratings of what may move it; all enter together.
    low, high : number, list of ratings or of their labels, or mapping of driver to one of these
        Which ratings count as low and as high. A number: ratings at or below `low`, at or above `high`. There is no
        standard cut, so both must be given.
    bands : (float, float)
        Asymmetries up to the first are hybrid, beyond the second extreme (frustrator, delighter).
    by : str or list of str, optional
        Columns that form groups, such as waves; adds tables of changes between them.
    inference, interval, n_boot, seed
        As in `fit_drivers`; inference is "linearised", "bootstrap" or "none". Asymmetries have Fieller's limits; the
        stability of labels takes as many replicates.

    Returns
    -------
    Result
        Tables `contrasts` (term, kind = penalty | reward), `asymmetry` (term; the p_value is that of equal penalty and
        reward), `potentials` (term, kind = range_of_impact | satisfaction_potential | dissatisfaction_potential),
        `labels` (term, kind = frustrator | dissatisfier | hybrid | satisfier | delighter; the estimate is the
        stability; a type is in the label set at a level when its p_value is above 1 - level). With `by` also `changes`
        and `asymmetry_changes` (group minus other_group). `scores()` says who rated low, middle or high.

    Raises
    ------
    DataError
        `outcome_in_drivers`, `asymmetry_nobody` (a group without low, middle or high ratings), `drivers_bound`,
        `unknown_items`, `private_column`, `items_given_twice`.
    OptionError
        `bad_bands`, `cut_unreadable`, `cuts_overlap`, `cut_label_unknown`, `keys_differ`.
    EstimationError
        `regression_short`, `regression_singular`.

    Notes
    -----
    RI is the reward, PI the penalty; range RIOCS = RI + |PI|, SGP = RI / RIOCS, DGP = |PI| / RIOCS, IA = SGP - DGP. A
    reward below 0 or a penalty above 0 counts as 0 in these and is flagged; without any impact they do not exist.
    Respondents who lack an answer are left out. Weights enter least squares. Contrasts describe, they prove no cause.

    In R: `survey::svyglm` of the outcome on the dummies; the rest by hand.

    Examples
    --------
    >>> import csi
    >>> result = csi.fit_asymmetry(csi.load_sample("drivers"), "overall", ["delivery", "extras"], low=4, high=8)
    >>> result.tidy("asymmetry")["estimate"].round(1).tolist()
    [-0.7, 0.7]

    """
    survey = as_survey(survey, FUNCTION)
    names = check_drivers(survey, FUNCTION, outcome, drivers)
    inner, outer = _bands(bands)
    ratings, y = survey.matrix(names), survey.matrix([outcome])[:, 0]
    below, above = _read_cuts(survey, names, low, high)
    x = dummies(ratings, below, above)
    _check_cells(survey, names, x, y, by)
    question = _question(survey, outcome, names, x, y, (below, above))
    result = measure(question, survey, by=by, choice=Choice(inference, interval, n_boot, seed))
    return finish(result, names, (inner, outer), n_boot, seed)


def check_drivers(survey: Survey, function: str, outcome: str, drivers: str | Sequence[str]) -> tuple[str, ...]:
    """The drivers, when they and the outcome exist, are not private, stand once and vary."""
    names = bare(drivers)
    if outcome in names:
        raise DataError("outcome_in_drivers", function=function, outcome=outcome, options="drivers=")
    if not names:
        raise DataError("no_drivers", function=function, outcome=outcome)
    check_items(survey, function, [*names, outcome])
    values = survey.matrix([*names, outcome])
    weight = survey.design().weight
    rows = ~np.isnan(values).any(axis=1) & (weight > 0 if weight is not None else True)
    if rows.sum() < 2:
        raise DataError("drivers_nobody", function=function, survey=survey.name, n=int(rows.sum()), rows=len(values))
    same = (values[rows] == values[rows][0]).all(axis=0)
    if same.any():
        raise DataError("constant_items", items=[n for n, one in zip([*names, outcome], same, strict=True) if one])
    return tuple(names)


def _bands(bands: Any) -> tuple[float, float]:
    given = tuple(bands) if isinstance(bands, tuple | list) else (bands,)
    numbers = all(isinstance(one, int | float) and np.isfinite(one) for one in given)
    if len(given) != 2 or not numbers or not 0 < given[0] < given[1] < 1:
        raise OptionError("bad_bands", value=str(bands))
    return float(given[0]), float(given[1])


def _check_cells(survey: Survey, names: Sequence[str], x: Array, y: Array, by: str | Sequence[str] | None) -> None:
    """Refuse a driver that nobody of a group rated low, in the middle, or high, and drivers that say the same."""
    weight = survey.design().weight
    rows = ~np.isnan(x).any(axis=1) & ~np.isnan(y) & (weight > 0 if weight is not None else True)
    labels, codes = ((survey.name,), np.zeros(len(y), dtype=np.int64)) if by is None else survey.split(by)
    need = x.shape[1] + 2
    for g, label in enumerate(labels):
        here = x[rows & (codes == g)]
        if len(here) < need and by is not None:
            continue  # such groups are left out, with a note
        for k, name in enumerate(names):
            low, high = here[:, 2 * k].sum(), here[:, 2 * k + 1].sum()
            for side, count in (("low", low), ("high", high), ("middle", len(here) - low - high)):
                if count == 0:
                    raise DataError("asymmetry_nobody", item=name, side=note(f"side_{side}"), group=label, n=len(here))
    bound = related(x[rows], [name for name in names for _ in SIDES])
    if bound:
        raise DataError("drivers_bound", items=bound)


@dataclass(frozen=True)
class _Answered:
    """Who rated low, middle or high."""

    names: Sequence[str]
    x: Array

    def __call__(self) -> pd.DataFrame:
        import pandas as pd

        words = np.array(["middle", "low", "high", None], dtype=object)
        place = self.x[:, ::2] + 2 * self.x[:, 1::2]
        return pd.DataFrame(words[np.where(np.isnan(place), 3, place).astype(np.intp)], columns=list(self.names))


@dataclass(frozen=True, eq=False)
class OfContrasts(OfCoefficients):
    """The numbers of asymmetry, whose ratios have limits by Fieller's rule."""

    def linearised(self, method: str) -> tuple[Store, Note]:
        """As for all coefficients, but ratios."""
        store, remark = super().linearised(method)
        return RatioStore(store, self.numbers()["contrasts"]), remark


def _question(
    survey: Survey, outcome: str, names: Sequence[str], x: Array, y: Array, cuts: tuple[Sequence[Cut], Sequence[Cut]]
) -> Measure:
    k = len(names)
    sides = [(name, side) for name in names for side in SIDES]
    potentials = [(name, kind) for name in names for kind in POTENTIALS]
    remarks = (note("asymmetry_cuts", cuts=_cut_notes(names, cuts)), note("asymmetry_rule"))
    return Measure(
        function=FUNCTION,
        title=note("title_asymmetry", data=survey.name, drivers=k, outcome=outcome),
        columns=complete(x, y),
        evaluate=lambda domain, whole: {},
        sheets={
            "contrasts": Sheet(("term", "kind"), (Block("contrasts", sides),), 3, True),
            "asymmetry": Sheet(("term",), (Block("asymmetry", [(name,) for name in names]),), 3, True),
            "potentials": Sheet(("term", "kind"), (Block("potentials", potentials),), 3),
        },
        notes=remarks,
        scores=_Answered(names, x),
        sources=SOURCES,
        need=2 * k + 2,
        names=[*(name for name in names for _ in SIDES), outcome],
        estimator=partial(OfContrasts, following_contrasts()),
    )


def _cut_notes(names: Sequence[str], cuts: tuple[Sequence[Cut], Sequence[Cut]]) -> list[Any]:
    """One entry for each pair of cuts, with the drivers that have it."""
    shared: dict[tuple[str, str], list[str]] = {}
    for name, below, above in zip(names, *cuts, strict=True):
        shared.setdefault((_shown(below, "≤"), _shown(above, "≥")), []).append(name)
    return [note("asymmetry_cut", items=items, low=low, high=high) for (low, high), items in shared.items()]


def _shown(cut: Cut, sign: str) -> str:
    return "/".join(f"{one:g}" for one in cut.ratings) if cut.limit is None else f"{sign} {cut.limit:g}"


def _read_cuts(survey: Survey, names: Sequence[str], low: Any, high: Any) -> tuple[list[Cut], list[Cut]]:
    """Cuts of every driver; refuses what cannot be read and ratings that count on both sides.

    Raises
    ------
    OptionError
        `cut_unreadable`, `cut_label_unknown`, `cuts_overlap`, `keys_differ`.

    """
    both = []
    for option, given in (("low", low), ("high", high)):
        if isinstance(given, Mapping):
            check_keys(option, given, names)
            both.append([_cut(survey, option, name, given[name]) for name in names])
        else:
            both.append([_cut(survey, option, name, given) for name in names])
    for k, name in enumerate(names):
        found = np.unique(survey.matrix([name]))
        found = found[~np.isnan(found)]
        twice = found[both[0][k].low(found) & both[1][k].high(found)]
        if len(twice):
            raise OptionError("cuts_overlap", item=name, ratings=[f"{one:g}" for one in twice])
    return both[0], both[1]


def _cut(survey: Survey, option: str, name: str, given: Any) -> Cut:
    if isinstance(given, int | float | np.number) and not isinstance(given, bool) and np.isfinite(given):
        return Cut(limit=float(given))
    many = [given] if isinstance(given, str) else list(given) if isinstance(given, list | tuple | set | range) else []
    if not many:
        raise OptionError("cut_unreadable", option=option, item=name, value=str(given))
    return Cut(ratings=tuple(sorted(_rating(survey, option, name, one) for one in many)))


def _rating(survey: Survey, option: str, name: str, one: Any) -> float:
    """A rating as it counts: a label's code, turned round for reversed items."""
    if isinstance(one, str):
        item = survey.codebook.items[name]
        labels = item.scale.labels if item.scale is not None else {}
        codes = {text: code for code, texts in labels.items() for text in texts.values()}
        if one not in codes:
            raise OptionError("cut_label_unknown", option=option, item=name, value=one, choices=list(codes) or ["-"])
        code = float(codes[one])
        return item.scale.lo + item.scale.hi - code if item.reversed else code
    if isinstance(one, int | float | np.number) and not isinstance(one, bool) and np.isfinite(one):
        return float(one)
    raise OptionError("cut_unreadable", option=option, item=name, value=str(one))
