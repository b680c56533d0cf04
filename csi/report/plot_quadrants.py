"""plot_quadrants: items by performance and importance, with error ellipses and the lines that divide them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from csi.language import say
from csi.report.point_map import PointMap, covariances, draw_map, label_map, unsure_terms
from csi.report.rows import DASHES
from csi.report.sources import read_source
from csi.report.style import WIDE, Drawn, Picture, drawing
from csi.views import word

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from csi.report.sources import Source
    from csi.results import Result

QUARTERS = ("concentrate_here", "keep_up", "possible_overkill", "low_priority")
TERMS = ("performance", "importance")


def plot_quadrants(
    result: Result,
    *,
    group: str | None = None,
    labels: Mapping[str, str] | None = None,
    level: float | None = None,
    ax: Axes | None = None,
    theme: str | None = "csi",
) -> Picture | Drawn:
    """Draw the four-quadrant map: performance across, importance up, each item with its error ellipse.

    Use it to see what to improve first: important and weak, at the upper left. An item whose quadrant is not certain is
    drawn in another colour.

    Parameters
    ----------
    result : what `score_quadrants` gives
    group : str
        Which group of a result with groups.
    labels, ax, theme : as in `plot_estimates`
    level : float, optional
        Level of the ellipses (both coordinates together) and of what counts as certain, .95 when None.

    Returns
    -------
    Picture or Drawn
        Dashed: the lines of the result, which move with the items when they are means or medians; one rising line where
        the result is cut by the diagonal.

    Raises
    ------
    DataError, OptionError
        Those of `plot_estimates`, `plot_needs_group`, an unknown group.

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
    with drawing("plot_quadrants", ax, theme) as pen:
        source = read_source("plot_quadrants", result, labels, level, group)
        frame = source.group_rows("positions")
        items = list(dict.fromkeys(frame["item"]))
        points = frame.pivot(index="item", columns="term", values="estimate").loc[items, list(TERMS)]
        names = pen.labels(items, source.own_label, kind="item")
        unsure = unsure_terms(source, items)
        cuts = _cuts(source)
        content = PointMap(
            points.to_numpy(dtype=float), covariances(source, "positions", items, TERMS), [*names.values()], unsure,
            cuts, [word(name) for name in QUARTERS] if cuts is not None else [], source.level,
        )  # fmt: skip
        axes = pen.axes(WIDE * 0.8, WIDE * 0.68)
        draw_map(pen, axes, content)
        if cuts is None:  # where importance equals performance
            ends = [max(axes.get_xlim()[0], axes.get_ylim()[0]), min(axes.get_xlim()[1], axes.get_ylim()[1])]
            axes.plot(ends, ends, color=pen.colours.muted, linewidth=1, linestyle=DASHES, zorder=1, gid="diagonal")
        axes.set_xlabel(say("plots.quadrants_x"))
        axes.set_ylabel(say("plots.quadrants_y"))
        pen.heading(say("plots.quadrants_title", count=len(items)), group)
        lines = [content.caption(), say("plots.quadrants_caption" if cuts is not None else "plots.quadrants_diagonal")]
        pen.caption([*lines, say("plots.quadrants_unsure") if unsure.any() else ""])
        picture = pen.finish()
        label_map(pen, axes, content)
        return picture


def _cuts(source: Source) -> tuple[float, float] | None:
    """Where the lines stand, across and up; None for a diagonal."""
    if "lines" not in source.result.tables:
        return None
    at = source.group_rows("lines").set_index("term")["estimate"]
    return float(at["performance"]), float(at["importance"])
