"""plot_quadrants: items by performance and importance, with error ellipses and the lines that divide them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from csi.language import current_language, say
from csi.report.point_map import PointMap, draw_map, label_map, unsure_points
from csi.report.sources import read_source
from csi.report.style import MUTED, WIDE, Picture, drawing, new_figure, settle
from csi.study import level_text
from csi.views import word

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from csi.report.sources import Source
    from csi.results import Result

QUARTERS = ("concentrate_here", "keep_up", "possible_overkill", "low_priority")


def plot_quadrants(
    result: Result,
    *,
    group: str | None = None,
    labels: Mapping[str, str] | None = None,
    level: float = 0.95,
) -> Picture:
    """Draw the four-quadrant map: performance across, importance up, each item with its error ellipse.

    Use it to see what to improve first: important and weak, at the upper left. An item whose quadrant is not certain is
    drawn in another colour.

    Parameters
    ----------
    result : what `score_quadrants` gives
    group : str, optional
        Which group of a result with groups.
    labels : mapping of item to text, optional
        What items are called; else their names.
    level : float
        Level of the ellipses (both coordinates together) and of what counts as certain.

    Returns
    -------
    Figure
        Dashed: the lines of the result, which move with the items when they are means or medians; one rising line where
        the result is cut by the diagonal.

    Raises
    ------
    DataError
        `plot_needs_result`.
    OptionError
        `plot_lacks_table`, `plot_needs_group`, an unknown group.

    Notes
    -----
    Missing answers and weights: as in the Result; nothing is estimated here. Source: Martilla & James (1977),
    Journal of Marketing 41(1), 77-79.

    Examples
    --------
    >>> import csi
    >>> survey = csi.load_sample("mobile")
    >>> found = csi.score_quadrants(survey, ["quality_network", "quality_service"], outcome="sat_overall")
    >>> csi.plot_quadrants(found).title_text
    'Importance and performance of 2 items'

    """
    with drawing() as pen:
        source = read_source(result, "plot_quadrants", labels, level)
        items, points, covariance = _coordinates(source, group)
        names = pen.labels(items, lambda name: source.given.get(name, name), kind="item")
        unsure = unsure_points(source, "plot_quadrants", items, group)
        cuts = _cuts(source, group)
        quarters = [word(name) for name in QUARTERS] if cuts is not None else []
        content = PointMap(points, covariance, [names[name] for name in items], unsure, cuts, quarters, source.level)
        figure = new_figure(WIDE * 0.8, WIDE * 0.68)
        axes = figure.subplots()
        draw_map(axes, content)
        if cuts is None:
            _diagonal(axes)
        axes.set_xlabel(say("plots.quadrants_x"))
        axes.set_ylabel(say("plots.quadrants_y"))
        title = say("plots.quadrants_title", count=len(items))
        pen.heading(figure, title if group is None else say("plots.of_group", title=title, group=group))
        lines = [say("plots.ellipse_caption", level=level_text(source.level))] if np.isfinite(covariance).any() else []
        lines.append(say("plots.quadrants_caption" if cuts is not None else "plots.quadrants_diagonal"))
        lines += [say("plots.quadrants_unsure")] if unsure.any() else []
        pen.caption(figure, ("" if current_language() == "zh" else " ").join(lines))
        settle(figure)
        label_map(axes, content)
        return figure


def _coordinates(source: Source, group: str | None) -> tuple[list[str], NDArray[np.float64], NDArray[np.float64]]:
    """Items, their points (k, 2): performance, importance; and the covariance (k, 2, 2) of each."""
    frame = source.group_rows("positions", "plot_quadrants", group)
    items = list(dict.fromkeys(frame["item"]))
    axes = ("performance", "importance")
    points = frame.pivot(index="item", columns="term", values="estimate").loc[items, list(axes)].to_numpy(dtype=float)
    whole = source.result.covariance("positions")
    covariance = np.empty((len(items), 2, 2))
    for i, item in enumerate(items):
        keys = [(item, term) if group is None else (group, item, term) for term in axes]
        covariance[i] = whole.loc[keys, keys].to_numpy()
    return items, points, covariance


def _cuts(source: Source, group: str | None) -> tuple[float, float] | None:
    """Where the lines stand, across and up; None for a diagonal."""
    if "lines" not in source.result.tables:
        return None
    at = source.group_rows("lines", "plot_quadrants", group).set_index("term")["estimate"]
    return float(at["performance"]), float(at["importance"])


def _diagonal(axes: Axes) -> None:
    """Where importance equals performance."""
    low = max(axes.get_xlim()[0], axes.get_ylim()[0])
    high = min(axes.get_xlim()[1], axes.get_ylim()[1])
    axes.plot([low, high], [low, high], color=MUTED, linewidth=1, linestyle=(0, (4, 3)), zorder=1, gid="diagonal")
