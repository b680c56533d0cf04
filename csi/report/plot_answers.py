"""The answers themselves: how people rated (`plot_ratings`), and what is missing (`plot_missing`)."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.patches import Patch

from csi.data.codebook import REASONS
from csi.data.given import SurveyLike, as_survey
from csi.data.responses import missing_counts, rating_counts, same_answer_share
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
ROWS_DRAWN = 300
NAMES_ACROSS = 60
LEVEL = 6  # more names than these stand upright
ALIKE_ITEMS = 3  # fewer ratings on one scale say nothing about straight-lining


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
            _scale_legend(pen, axes, rows, [survey.codebook.items[name].scale for name in members])
        panels[-1].set_xlabel(say("plots.ratings_axis"))
        pen.heading(say("plots.ratings_title"))
        weighted = survey.design().weight is not None
        turned = any(survey.codebook.items[name].reversed for name in names)
        pen.caption(
            say("plots.ratings_weighted" if weighted else "plots.ratings_plain"),
            say("plots.ratings_as_asked") if turned else "",
        )
        return pen.finish()


def _named(survey: Survey, items: Iterable[str] | None, known: Iterable[str]) -> list[str]:
    """The items that are asked for, or those known; private ones are refused when named and left out otherwise."""
    private = survey.codebook.private
    if items is None:
        return [name for name in known if name not in private]
    named = [items] if isinstance(items, str) else list(dict.fromkeys(items))
    for name in named:
        if name in private:
            raise DataError("private_column", column=name, survey=survey.name)
    return named


def _rated(survey: Survey, items: Iterable[str] | None) -> list[str]:
    """The ratings to draw."""
    book = survey.codebook
    named = _named(survey, items, (name for name, item in book.items.items() if item.kind == "rating"))
    if items is not None:
        survey.matrix(named)  # unknown items and words stop here
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


def _scale_legend(pen: Pen, axes: Axes, rows: pd.DataFrame, scales: Sequence[Scale]) -> None:
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


def plot_missing(
    survey: SurveyLike, items: Iterable[str] | None = None, *, ax: Axes | None = None, theme: str | None = "csi"
) -> Picture | Drawn:
    """Draw what is missing: its share by item and reason, a map of respondents and items, and who answers all alike.

    Use it before a model: a column of one colour is a question that was not asked or not understood, a line of one
    colour a respondent who broke off.

    Parameters
    ----------
    survey : Survey, or a table, Series, dict or file, see `as_survey`
    items : names of items, optional
        None means all items that are not private.
    ax, theme : as in `plot_estimates`

    Returns
    -------
    Picture
        Above: share of respondents whose answer is missing, in %, by reason. Below: each line a respondent, each column
        an item; of more than 300 respondents, 300 at equal distances in the file. Right: how many of a respondent's
        ratings are the same rating, in % of those on the most frequent scale; near 100 is straight-lining. Without
        three ratings on one scale this part is left out.

    Raises
    ------
    DataError
        `not_a_survey`, `unknown_items`, `private_column`, `plot_no_items`.
    OptionError
        `plot_one_ax`: it has several panels; an unknown theme.

    Notes
    -----
    Counts are of respondents, unweighted: they describe the file, not the population. Nothing is estimated.

    Examples
    --------
    >>> import csi
    >>> csi.plot_missing(csi.load_sample("tiny")).title_text
    'What is missing, and who answered all alike'

    """
    survey = as_survey(survey, "plot_missing")
    with drawing("plot_missing", ax, theme) as pen:
        names = _named(survey, items, survey.items)
        if not names:
            raise DataError("plot_no_items", picture="plot_missing")
        survey.scale_ends(names)  # an unknown item stops here
        rows = np.unique(np.linspace(0, len(survey) - 1, min(ROWS_DRAWN, len(survey))).round().astype(int))
        alike = _one_scale(survey, names)
        words = _item_words(pen, names)
        across = [1.0, 0.16] if alike else [1.0]
        height = 5.8 + 0.065 * max(map(width, words))
        panels = pen.panels(WIDE, height, 2, len(across), width_ratios=across, height_ratios=[0.42, 1.0])
        counts = missing_counts(survey, names)
        found = [reason for reason in REASONS[1:] if reason in set(counts["reason"])]
        _bars(pen, panels[0, 0], counts, names, found)
        _map(pen, panels[1, 0], survey.reasons[names].to_numpy()[rows])
        _write_names(panels[1, 0], words, len(names))
        if alike:
            panels[0, 1].set_visible(False)
            _strip(pen, panels[1, 1], same_answer_share(survey, alike)[rows], len(rows))
        _reason_legend(pen, panels[0, 0], found)
        pen.heading(say("plots.missing_title"))
        n, shown = len(survey), len(rows)
        key = "plots.missing_caption_all" if shown == n else "plots.missing_caption_some"
        pen.caption(say(key, n=n, shown=shown), say("plots.missing_caption_same") if alike else "")
        return pen.finish()


def _one_scale(survey: Survey, names: list[str]) -> list[str]:
    """The ratings on the scale that most of them share; empty where they are too few."""
    scales = {
        name: (item.scale.lo, item.scale.hi, item.scale.step)
        for name in names
        if (item := survey.codebook.items[name]).kind == "rating" and item.scale is not None
    }
    if not scales:
        return []
    most = Counter(scales.values()).most_common(1)[0][0]
    found = [name for name, scale in scales.items() if scale == most]
    return found if len(found) >= ALIKE_ITEMS else []


def _bars(pen: Pen, axes: Axes, counts: pd.DataFrame, names: list[str], found: list[str]) -> None:
    """Share missing of each item, reasons on top of each other."""
    rows = counts["item"].map({name: i for i, name in enumerate(names)})
    parts = counts.assign(row=rows, share=100 * counts["share"], kind=counts["reason"])
    colours = {reason: pen.colours.reasons[reason] for reason in found}
    if found:
        stack_shares(pen, axes, parts, "x", colours, shrink=0.82, edgecolor="#3a434b", linewidth=0.3)
    highest = parts.groupby("row")["share"].sum().max() if found else 0.0
    axes.set(xlim=(-0.5, len(names) - 0.5), ylim=(0, max(1.0, 1.12 * highest)), xticks=[])
    pen.plain(axes, "y")
    axes.set_title(say("plots.missing_share"), fontsize=points(9.5), fontweight="normal", pad=4)


def _map(pen: Pen, axes: Axes, reasons: np.ndarray) -> None:
    """One line a respondent, one column an item, coloured by reason."""
    import seaborn as sns

    colours = [pen.colours.pale, *(pen.colours.reasons[reason] for reason in REASONS[1:])]
    sns.heatmap(
        reasons, cmap=colours, vmin=-0.5, vmax=len(REASONS) - 0.5, cbar=False, xticklabels=False, yticklabels=False,
        rasterized=True, gid="map", ax=axes,
    )  # fmt: skip
    axes.set_ylabel(say("plots.missing_rows"))


def _item_words(pen: Pen, names: list[str]) -> list[str]:
    """Names below the columns, every so-manyth where there are many."""
    words = pen.labels(names, kind="item")
    return [
        fold(words[name], 22 if len(names) > LEVEL else 14, 1)
        for name in names[:: math.ceil(len(names) / NAMES_ACROSS)]
    ]


def _write_names(axes: Axes, words: list[str], count: int) -> None:
    at = np.arange(0, count, math.ceil(count / NAMES_ACROSS)) + 0.5
    axes.set_xticks(at, words, rotation=90 if count > LEVEL else 0, fontsize=points(8.5))
    axes.tick_params(length=0)


def _strip(pen: Pen, axes: Axes, shares: np.ndarray, count: int) -> None:
    """How alike each drawn respondent's ratings are."""
    y, percent = np.arange(count), 100 * shares
    known = np.isfinite(percent)
    colours = np.where(percent[known] >= 99.5, pen.colours.accent, pen.colours.main)
    thick = max(0.8, min(4.0, 220 / count))
    axes.hlines(y[known], 0, percent[known], color=colours, linewidth=thick, gid="same answer")
    axes.set(xlim=(0, 103), ylim=(count - 0.5, -0.5), yticks=[], xticks=[0, 50, 100])
    pen.plain(axes)
    axes.set_xlabel(say("plots.missing_same"), fontsize=points(9))


def _reason_legend(pen: Pen, axes: Axes, found: list[str]) -> None:
    if not found:
        place = {"transform": axes.transAxes, "ha": "center", "color": pen.colours.muted}
        axes.text(0.5, 0.5, say("plots.missing_none"), **place)
        return
    colours = [*(pen.colours.reasons[reason] for reason in found), pen.colours.pale]
    marks = [Patch(facecolor=colour, edgecolor="#3a434b", linewidth=0.3) for colour in colours]
    texts = [*(say(f"terms.{reason}") for reason in found), say("plots.answered")]
    pen.figure.legend(marks, texts, loc="outside right upper", handlelength=1.0, handleheight=0.9, labelspacing=0.35)
