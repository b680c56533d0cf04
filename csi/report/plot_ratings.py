"""plot_ratings: how people rated, item by item."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.colors import LinearSegmentedColormap, to_rgb
from matplotlib.patches import Patch

from csi.data.given import SurveyLike, as_survey
from csi.data.responses import rating_counts
from csi.data.scales import Scale, brief
from csi.errors import DataError
from csi.language import pick, say
from csi.report.fonts import fold
from csi.report.style import INK, LADDER, MUTED, WIDE, Pen, Picture, drawing, new_figure, plain_axes, settle
from csi.views import width

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from csi.data.survey import Survey

ROW, HEAD = 0.37, 0.9  # inches of a bar, of the legend of a scale
NARROW = 0.065  # a share below this is drawn without its number
NAME_COLUMNS = 44
TURNED = "↺"


def plot_ratings(survey: SurveyLike, items: Iterable[str] | None = None) -> Picture:
    """Draw the distribution of the ratings of every item as one bar of shares, from the lowest rating to the highest.

    Use it to see ceilings, split opinions and items nobody varies on before anything is estimated.

    Parameters
    ----------
    survey : Survey, or a table, Series, dict or file, see `as_survey`
    items : names of items, optional
        None means all ratings that have a scale.

    Returns
    -------
    Figure
        One panel per scale. Shares in % of those who answered, weighted where the survey has weights (the caption says
        so); the number of respondents who answered stands to the right. Reversed items are shown as they were asked.
        Scales of more than 11 points are drawn in ten classes.

    Raises
    ------
    DataError
        `not_a_survey`, `unknown_items`, `items_not_numbers`, `plot_no_ratings`, `private_column`.

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
    with drawing() as pen:
        names = _rated(survey, items)
        counts = rating_counts(survey, names)
        scales: dict[tuple, list[str]] = {}
        for name in names:
            scale = survey.codebook.items[name].scale
            scales.setdefault((scale.lo, scale.hi, scale.step), []).append(name)
        words = pen.labels(names, lambda name: _wording(survey, name), kind="item")
        heights = [HEAD + ROW * len(members) for members in scales.values()]
        figure = new_figure(WIDE, 1.1 + sum(heights))
        panels = figure.subplots(
            len(scales), 1, squeeze=False, height_ratios=[0.12 + ROW * len(members) for members in scales.values()]
        ).ravel()  # fmt: skip
        for axes, members in zip(panels, scales.values(), strict=True):
            rows = counts[counts["item"].isin(members)]
            _panel(axes, rows, members, [words[name] for name in members])
            _legend(pen, axes, rows, [survey.codebook.items[name].scale for name in members])
        panels[-1].set_xlabel(say("plots.ratings_axis"))
        pen.heading(figure, say("plots.ratings_title"))
        weighted = survey.design().weight is not None
        turned = any(survey.codebook.items[name].reversed for name in names)
        pen.caption(
            figure,
            say("plots.ratings_weighted" if weighted else "plots.ratings_plain"),
            say("plots.ratings_as_asked") if turned else "",
        )
        return settle(figure)


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


def _panel(axes: Axes, rows: pd.DataFrame, members: Sequence[str], words: Sequence[str]) -> None:
    """Bars of one scale."""
    shares = rows["share"].to_numpy(dtype=float).reshape(len(members), -1)
    low = rows["low"].to_numpy(dtype=float).reshape(len(members), -1)[0]
    colours = _colours(len(low))
    y = np.arange(len(members))
    left = np.zeros(len(members))
    for j, colour in enumerate(colours):
        share = 100 * np.nan_to_num(shares[:, j])
        axes.barh(
            y, share, left=left, color=colour, height=0.78, edgecolor="white", linewidth=0.6, gid=f"rating {low[j]:g}"
        )
        ink = INK if np.dot(to_rgb(colour), (0.299, 0.587, 0.114)) > 0.55 else "white"
        for i in np.flatnonzero(share >= 100 * NARROW):
            axes.text(
                left[i] + share[i] / 2, y[i], f"{share[i]:.0f}", ha="center", va="center", fontsize=8.5, color=ink
            )
        left = left + share
    answered = rows.groupby("item", sort=False)["n"].first().reindex(members)
    for i in np.flatnonzero(answered.to_numpy() == 0):
        axes.text(50, y[i], say("plots.ratings_none"), ha="center", va="center", fontsize=9, color=MUTED)
    axes.set(xlim=(0, 100), ylim=(len(members) - 0.45, -0.55))
    axes.set_yticks(y, [fold(word, NAME_COLUMNS, 2) for word in words], fontsize=8.5, linespacing=1.05)
    plain_axes(axes)
    side = axes.secondary_yaxis("right")
    side.set_yticks(y, [f"{n}" for n in answered])
    side.tick_params(length=0, labelsize=9, labelcolor=MUTED)
    side.spines["right"].set_visible(False)


def _colours(count: int) -> np.ndarray:
    """Light to dark, one colour for each rating."""
    return LinearSegmentedColormap.from_list("ratings", LADDER)(np.linspace(0, 1, count))


def _legend(pen: Pen, axes: Axes, rows: pd.DataFrame, scales: Sequence[Scale]) -> None:
    """Which colour is which rating, with the wording of the scale where all items share it."""
    classes = rows[["low", "high"]].drop_duplicates().itertuples(index=False)
    points = [brief(a) if a == b else say("plots.ratings_classes", low=brief(a), high=brief(b)) for a, b in classes]
    lows = rows["low"].drop_duplicates()
    shared = scales[0].labels if all(scale.labels == scales[0].labels for scale in scales) else {}
    said = {point: pick(shared[value]) for point, value in zip(points, lows, strict=True) if value in shared}
    words = pen.labels(points, lambda point: f"{point} {said.get(point, '')}")
    texts = [fold(words[point], 24, 1) for point in points]
    across = len(points) if sum(map(width, texts)) < 60 else math.ceil(len(points) / 2)
    axes.legend(
        [Patch(facecolor=colour) for colour in _colours(len(points))], texts, ncols=across, loc="lower left",
        bbox_to_anchor=(0, 1.0), borderaxespad=0.2, handlelength=1.0, handleheight=0.9, columnspacing=1.0, fontsize=9,
        handletextpad=0.4,
    )  # fmt: skip
