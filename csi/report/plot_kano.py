"""plot_kano: features by how much they please when there and annoy when missing, with error ellipses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from csi.errors import choose
from csi.language import current_language, say
from csi.report.point_map import PointMap, draw_map, label_map, unsure_points
from csi.report.sources import read_source
from csi.report.style import WIDE, Picture, drawing, new_figure, settle
from csi.study import level_text

if TYPE_CHECKING:
    from csi.report.sources import Source
    from csi.results import Result

SCORES = {"better_worse": ("worse", "better"), "continuous": ("dysfunctional", "functional")}
CUTS = {"better_worse": 0.5, "continuous": 2.0}


def plot_kano(
    result: Result,
    scores: str = "better_worse",
    *,
    group: str | None = None,
    labels: Mapping[str, str] | None = None,
    level: float = 0.95,
) -> Picture:
    """Draw the Kano map: across what is lost when a feature is missing, up what is won when it is there.

    Use it to see what must work, what to compete on and what delights. A feature whose category is not certain is drawn
    in another colour; its ellipse shows how far the answers of other customers could have moved it.

    Parameters
    ----------
    result : what `score_kano` gives
    scores : {"better_worse", "continuous"}
        Coefficients 0-1 (the worse coefficient without its sign), cut at .5; or DuMouchel's mean scores, -2 to 4,
        cut at 2.
    group : str, optional
        Which group of a result with groups.
    labels : mapping of feature to text, optional
        What features are called; else their names.
    level : float
        Level of the ellipses (both coordinates together).

    Returns
    -------
    Figure

    Raises
    ------
    DataError
        `plot_needs_result`.
    OptionError
        `plot_lacks_table`, `plot_needs_group`, unknown scores or group.

    Notes
    -----
    Missing answers and weights: as in the Result; nothing is estimated here. Ellipse: covariance of both coordinates
    times the chi-square quantile of two degrees of freedom.

    Examples
    --------
    >>> import csi
    >>> survey = csi.load_sample("app_kano")
    >>> found = csi.score_kano(survey, ["f01", "f02"], ["d01", "d02"])
    >>> csi.plot_kano(found).title_text
    'Kano map of 2 features'

    """
    choose("scores", scores, tuple(SCORES))
    with drawing() as pen:
        source = read_source(result, "plot_kano", labels, level)
        features, points, covariance = _coordinates(source, scores, group)
        names = pen.labels(features, lambda name: source.given.get(name, name), kind="item")
        quarters = [say(f"plots.kano_{name}") for name in ("attractive", "one_dimensional", "must_be", "indifferent")]
        unsure = unsure_points(source, "plot_kano", features, group)
        cut = CUTS[scores]
        content = PointMap(
            points, covariance, [names[name] for name in features], unsure, (cut, cut), quarters, source.level
        )
        figure = new_figure(WIDE * 0.8, WIDE * 0.68)
        axes = figure.subplots()
        draw_map(axes, content, ((-0.02, 1.02), (-0.02, 1.02)) if scores == "better_worse" else None)
        axes.set_xlabel(say(f"plots.kano_x_{scores}"))
        axes.set_ylabel(say(f"plots.kano_y_{scores}"))
        title = say("plots.kano_title", count=len(features))
        pen.heading(figure, title if group is None else say("plots.of_group", title=title, group=group))
        pen.caption(figure, _caption(covariance, unsure, source.level))
        settle(figure)
        label_map(axes, content)
        return figure


def _coordinates(
    source: Source, scores: str, group: str | None
) -> tuple[list[str], NDArray[np.float64], NDArray[np.float64]]:
    """Features, their points (k, 2) and the covariance (k, 2, 2) of each."""
    frame = source.group_rows(scores, "plot_kano", group)
    across, up = SCORES[scores]
    wide = frame.pivot(index="item", columns="term", values="estimate").loc[list(dict.fromkeys(frame["item"]))]
    points = np.column_stack([wide[across].abs() if scores == "better_worse" else wide[across], wide[up]])
    whole = source.result.covariance(scores)
    sign = -1.0 if scores == "better_worse" else 1.0
    covariance = np.empty((len(points), 2, 2))
    for i, item in enumerate(wide.index):
        keys = [(item, term) if group is None else (group, item, term) for term in (across, up)]
        covariance[i] = whole.loc[keys, keys].to_numpy()
        covariance[i, 0, 1] = covariance[i, 1, 0] = sign * covariance[i, 0, 1]
    return list(wide.index), points.astype(float), covariance


def _caption(covariance: NDArray[np.float64], unsure: NDArray[np.bool_], level: float) -> str:
    lines = []
    if np.isfinite(covariance).any():
        lines.append(say("plots.ellipse_caption", level=level_text(level)))
    lines.append(say("plots.kano_caption"))
    if unsure.any():
        lines.append(say("plots.kano_unsure"))
    return ("" if current_language() == "zh" else " ").join(lines)
