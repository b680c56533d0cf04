"""plot_ratings: how people rated, item by item."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.patches import Patch

from csi.data.given import SurveyLike, as_survey
from csi.data.responses import rating_counts
from csi.data.scales import Scale, brief
from csi.errors import DataError
from csi.language import pick, say
from csi.report.fonts import fold
from csi.report.rows import name_rows, stack_shares, write_beside, write_shares
from csi.report.style import WIDE, Drawn, Pen, Picture, drawing, points
from csi.views import width

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from csi.data.survey import Survey

ROW, HEAD = 0.37, 0.9  # inches of a bar, of the legend of a scale
NARROW = 0.065  # a share below this is drawn without its number
NAME_COLUMNS = 44
TURNED = "↺"


def plot_ratings(
    survey: SurveyLike, items: Iterable[str] | None = None, *, ax: Axes | None = None, theme: str | None = "csi"
) -> Picture | Drawn:
    """Draw the distribution of the ratings of every item as one bar of shares, from the lowest rating to the highest.

    Use it to see ceilings, split opinions and items nobody varies on before anything is estimated.

    Parameters
    ----------
    survey : Survey, or a table, Series, dict or file, see `as_survey`
    items : names of items, optional
        None means all ratings that have a scale.
    ax, theme : as in `plot_estimates`

    Returns
    -------
    Picture or Drawn
        One panel per scale. Shares in % of those who answered, weighted where the survey has weights (the caption says
        so); the number of respondents who answered stands to the right. Reversed items are shown as they were asked.
        Scales of more than 11 points are drawn in ten classes.

    Raises
    ------
    DataError
        `not_a_survey`, `unknown_items`, `items_not_numbers`, `plot_no_ratings`, `private_column`.
    OptionError
        `plot_one_ax`: the items have several scales; `plot_ax_kind`, `plot_ax_closed`, an unknown theme.

    Notes
    -----
    Missing answers are left out of the shares; `plot_missing` shows them. These are counts: nothing is estimated.

    Examples
    --------
    >>> import csi
    >>> csi.plot_ratings(csi.load_sample("tiny"), ["s1", "s2"]).title_text
    'How people rated'

    """
    survey = as_survey(survey, "plot_ratings")
    with drawing("plot_ratings", ax, theme) as pen:
        names = _rated(survey, items)
        counts = rating_counts(survey, names)
        scales: dict[tuple, list[str]] = {}
        for name in names:
            scale = survey.codebook.items[name].scale
            scales.setdefault((scale.lo, scale.hi, scale.step), []).append(name)
        words = pen.labels(names, lambda name: _wording(survey, name), kind="item")
        height = 1.1 + sum(HEAD + ROW * len(members) for members in scales.values())
        shares = [0.12 + ROW * len(members) for members in scales.values()]
        panels = pen.panels(WIDE, height, len(scales), 1, height_ratios=shares).ravel()
        for axes, members in zip(panels, scales.values(), strict=True):
            rows = counts[counts["item"].isin(members)]
            _panel(pen, axes, rows, members, [words[name] for name in members])
            _legend(pen, axes, rows, [survey.codebook.items[name].scale for name in members])
        panels[-1].set_xlabel(say("plots.ratings_axis"))
        pen.heading(say("plots.ratings_title"))
        weighted = survey.design().weight is not None
        turned = any(survey.codebook.items[name].reversed for name in names)
        pen.caption(
            say("plots.ratings_weighted" if weighted else "plots.ratings_plain"),
            say("plots.ratings_as_asked") if turned else "",
        )
        return pen.finish()


def _rated(survey: Survey, items: Iterable[str] | None) -> list[str]:
    """The items to draw; private ones are refused when named and left out otherwise."""
    book = survey.codebook
    if items is None:
        named = [name for name, item in book.items.items() if item.kind == "rating" and name not in book.private]
    else:
        named = [items] if isinstance(items, str) else list(dict.fromkeys(items))
        survey.matrix(named)  # unknown items and words stop here
        for name in named:
            if name in book.private:
                raise DataError("private_column", column=name, survey=survey.name)
    found = [name for name in named if book.items[name].scale is not None]
    if not found:
        raise DataError("plot_no_ratings", picture="plot_ratings", survey=survey.name)
    return found


def _wording(survey: Survey, name: str) -> str:
    item = survey.codebook.items[name]
    text = pick(item.text)
    mark = f" {TURNED}" if item.reversed else ""
    return f"{name}{mark}  {text}" if text and text != name else f"{name}{mark}"


def _panel(pen: Pen, axes: Axes, rows: pd.DataFrame, members: Sequence[str], words: Sequence[str]) -> None:
    """Bars of one scale."""
    at = rows["item"].map({name: i for i, name in enumerate(members)})
    parts = rows.assign(row=at, kind=rows["low"], share=100 * rows["share"])
    lows = list(rows["low"].drop_duplicates())
    colours = dict(zip(lows, pen.colours.steps(len(lows)), strict=True))
    bars = stack_shares(pen, axes, parts, "y", colours, shrink=0.78, edgecolor=pen.colours.paper, linewidth=0.6)
    write_shares(axes, bars, colours, 100.0, NARROW)
    answered = rows.groupby("item", sort=False)["n"].first().reindex(members).to_numpy()
    for i in np.flatnonzero(answered == 0):
        look = {"ha": "center", "va": "center", "fontsize": points(9), "color": pen.colours.muted}
        axes.text(50, i, say("plots.ratings_none"), **look)
    axes.set_xlim(0, 100)
    name_rows(axes, words, NAME_COLUMNS, lines=2)
    axes.tick_params(axis="y", labelsize=points(8.5))
    pen.plain(axes)
    write_beside(pen, axes, [f"{n}" for n in answered])


def _legend(pen: Pen, axes: Axes, rows: pd.DataFrame, scales: Sequence[Scale]) -> None:
    """Which colour is which rating, with the wording of the scale where all items share it."""
    classes = rows[["low", "high"]].drop_duplicates().itertuples(index=False)
    steps = [brief(a) if a == b else say("plots.ratings_classes", low=brief(a), high=brief(b)) for a, b in classes]
    lows = rows["low"].drop_duplicates()
    shared = scales[0].labels if all(scale.labels == scales[0].labels for scale in scales) else {}
    said = {point: pick(shared[value]) for point, value in zip(steps, lows, strict=True) if value in shared}
    words = pen.labels(steps, lambda point: f"{point} {said.get(point, '')}")
    texts = [fold(words[point], 24, 1) for point in steps]
    across = len(texts) if sum(map(width, texts)) < 60 else math.ceil(len(texts) / 2)
    marks = [Patch(facecolor=colour) for colour in pen.colours.steps(len(texts))]
    place = {"loc": "lower left", "bbox_to_anchor": (0, 1.0), "borderaxespad": 0.2, "ncols": across}
    small = {"handlelength": 1.0, "handleheight": 0.9, "columnspacing": 1.0, "handletextpad": 0.4}
    axes.legend(marks, texts, fontsize=points(9), **place, **small)
