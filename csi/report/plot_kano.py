"""plot_kano: features by how much they please when there and annoy when missing, with error ellipses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from csi.errors import choose
from csi.language import say
from csi.report.point_map import PointMap, covariances, draw_map, label_map, unsure_terms
from csi.report.sources import read_source
from csi.report.style import WIDE, Drawn, Picture, drawing

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from csi.report.sources import Source
    from csi.results import Result

SCORES = {"better_worse": ("worse", "better"), "continuous": ("dysfunctional", "functional")}
CUTS = {"better_worse": 0.5, "continuous": 2.0}
QUARTERS = ("attractive", "one_dimensional", "must_be", "indifferent")


def plot_kano(
    result: Result,
    scores: str = "better_worse",
    *,
    group: str | None = None,
    labels: Mapping[str, str] | None = None,
    level: float | None = None,
    ax: Axes | None = None,
    theme: str | None = "csi",
) -> Picture | Drawn:
    """Draw the Kano map: across what is lost when a feature is missing, up what is won when it is there.

    Use it to see what must work, what to compete on and what delights. A feature whose category is not certain is drawn
    in another colour; its ellipse shows how far the answers of other customers could have moved it.

    Parameters
    ----------
    result : what `score_kano` gives
    scores : {"better_worse", "continuous"}
        Coefficients 0-1 (the worse coefficient without its sign), cut at .5; or DuMouchel's mean scores, -2 to 4,
        cut at 2.
    group : str
        Which group of a result with groups.
    labels, ax, theme : as in `plot_estimates`
    level : float, optional
        Level of the ellipses (both coordinates together), .95 when None.

    Returns
    -------
    Picture or Drawn

    Raises
    ------
    DataError, OptionError
        Those of `plot_estimates`, `plot_needs_group`, unknown scores or group.

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
    with drawing("plot_kano", ax, theme) as pen:
        source = read_source("plot_kano", result, labels, level, group)
        features, points, covariance = _coordinates(source, scores)
        names = pen.labels(features, source.own_label, kind="item")
        quarters = [say(f"plots.kano_{name}") for name in QUARTERS]
        unsure = unsure_terms(source, features)
        cuts = (CUTS[scores], CUTS[scores])
        content = PointMap(points, covariance, [*names.values()], unsure, cuts, quarters, source.level)
        axes = pen.axes(WIDE * 0.8, WIDE * 0.68)
        draw_map(pen, axes, content, ((-0.02, 1.02), (-0.02, 1.02)) if scores == "better_worse" else None)
        axes.set_xlabel(say(f"plots.kano_x_{scores}"))
        axes.set_ylabel(say(f"plots.kano_y_{scores}"))
        pen.heading(say("plots.kano_title", count=len(features)), group)
        pen.caption([content.caption(), say("plots.kano_caption"), say("plots.kano_unsure") if unsure.any() else ""])
        picture = pen.finish()
        label_map(pen, axes, content)
        return picture


def _coordinates(source: Source, scores: str) -> tuple[list[str], NDArray[np.float64], NDArray[np.float64]]:
    """Features, their points (k, 2) and the covariance (k, 2, 2) of each, the worse coefficient without its sign."""
    frame = source.group_rows(scores)
    features = list(dict.fromkeys(frame["item"]))
    wide = frame.pivot(index="item", columns="term", values="estimate").loc[features, list(SCORES[scores])]
    sign = np.array([-1.0 if scores == "better_worse" else 1.0, 1.0])
    covariance = covariances(source, scores, features, SCORES[scores]) * np.outer(sign, sign)
    if scores == "better_worse":
        wide = wide.assign(worse=wide["worse"].abs())
    return features, wide.to_numpy(dtype=float), covariance
