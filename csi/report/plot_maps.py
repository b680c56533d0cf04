"""Maps of points with error ellipses, divided into named quarters: `plot_kano`, `plot_quadrants`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.patches import Ellipse
from matplotlib.transforms import Bbox
from numpy.typing import NDArray

from csi.errors import choose
from csi.language import say
from csi.report.fonts import fold
from csi.report.placement import place_labels
from csi.report.rows import DASHES
from csi.report.sources import read_source
from csi.report.style import WIDE, Drawn, Pen, Picture, drawing, points
from csi.study import level_text
from csi.views import word

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from csi.report.sources import Source
    from csi.results import Result

Array = NDArray[np.float64]
QUARTERS = ("concentrate_here", "keep_up", "possible_overkill", "low_priority")
TERMS = ("performance", "importance")
NEEDS = ("attractive", "one_dimensional", "must_be", "indifferent")
SCORES = {"better_worse": ("worse", "better"), "continuous": ("dysfunctional", "functional")}
CUTS = {"better_worse": 0.5, "continuous": 2.0}
CORNERS = ((0, 1), (1, 1), (1, 0), (0, 0))  # left or right, bottom or top: the order of the names of the quarters


@dataclass(frozen=True, eq=False)
class PointMap:
    """What is drawn.

    Attributes
    ----------
    points : (k, 2) across and up
    covariance : (k, 2, 2) of each point, NaN without inference
    names : k labels
    unsure : (k,) points that belong to no quarter for sure, drawn in another colour
    cuts : where the lines stand, across and up; None for no line
    quarters : names of the quarters: upper left, upper right, lower right, lower left
    level : of the ellipses
    """

    points: Array
    covariance: Array
    names: Sequence[str]
    unsure: NDArray[np.bool_]
    cuts: tuple[float, float] | None
    quarters: Sequence[str]
    level: float

    def caption(self) -> str:
        """What the ellipses are, if there are some."""
        known = np.isfinite(self.covariance).any()
        return say("plots.ellipse_caption", level=level_text(self.level)) if known else ""


def draw_map(
    pen: Pen, axes: Axes, content: PointMap, limits: tuple[tuple[float, float], tuple[float, float]] | None = None
) -> None:
    """Draw points, ellipses, lines and names of quarters; labels come later, when the layout is settled."""
    radius = np.sqrt(-2 * np.log(1 - content.level))  # chi-square with two degrees of freedom
    colours = np.where(content.unsure, pen.colours.accent, pen.colours.main)
    for place, covariance, colour in zip(content.points, content.covariance, colours, strict=True):
        if np.isfinite(covariance).all():
            values, vectors = np.linalg.eigh(covariance)
            width, height = 2 * radius * np.sqrt(np.maximum(values[::-1], 0))
            angle = np.degrees(np.arctan2(vectors[1, 1], vectors[0, 1]))
            look = {"facecolor": colour, "edgecolor": colour, "alpha": 0.16, "linewidth": 0.8}
            axes.add_patch(Ellipse(tuple(place), width, height, angle=angle, zorder=2, gid="ellipse", **look))
    ring = pen.colours.paper
    axes.scatter(*content.points.T, c=colours, s=34, edgecolors=ring, linewidths=0.8, zorder=4, gid="points")
    if content.cuts is not None:
        dashes = {"color": pen.colours.muted, "linewidth": 1, "linestyle": DASHES, "zorder": 1}
        axes.axvline(content.cuts[0], gid="cut across", **dashes)
        axes.axhline(content.cuts[1], gid="cut up", **dashes)
    across, up = limits or (_reach(content, 0, radius), _reach(content, 1, radius))
    axes.set_xlim(*across)
    axes.set_ylim(*up)


def name_quarters(pen: Pen, axes: Axes, names: Sequence[str]) -> list[Bbox]:
    """Write names into the corners, upper left first and round; the areas they take."""
    taken = []
    for name, (right, top) in zip(names, CORNERS, strict=False):
        text = axes.text(
            0.988 if right else 0.012, 0.982 if top else 0.018, name, transform=axes.transAxes,
            color=pen.colours.muted, ha="right" if right else "left", va="top" if top else "bottom",
            fontsize=points(9.5),
        )  # fmt: skip
        taken.append(text.get_window_extent())
    return taken


def label_map(pen: Pen, axes: Axes, content: PointMap) -> None:
    """Write the names of the quarters into the corners and a name beside each point."""
    taken = name_quarters(pen, axes, content.quarters)
    if content.cuts is not None:
        x, y = axes.transData.transform(content.cuts)
        frame = axes.get_window_extent()
        taken += [
            Bbox.from_extents(x - 1, frame.y0, x + 1, frame.y1),
            Bbox.from_extents(frame.x0, y - 1, frame.x1, y + 1),
        ]
    names = [fold(name, 22, 2) for name in content.names]
    place_labels(axes, content.points, names, taken=taken, size=points(9.5), color=pen.colours.ink)


def covariances(source: Source, table: str, items: Sequence[str], terms: Sequence[str]) -> Array:
    """(k, 2, 2) covariance of the two terms of each item of a table."""
    whole = source.result.covariance(table)
    found = np.empty((len(items), 2, 2))
    for i, item in enumerate(items):
        keys = [(item, term) if source.group is None else (source.group, item, term) for term in terms]
        found[i] = whole.loc[keys, keys].to_numpy()
    return found


def unsure_terms(source: Source, names: Sequence[str], key: str = "item") -> NDArray[np.bool_]:
    """(k,) rows named in column `key` for which more than one label is not rejected at the level of the picture."""
    frame = source.group_rows("labels") if "labels" in source.result.tables else None
    if frame is None or "p_value" not in frame:
        return np.zeros(len(names), dtype=bool)
    left = frame[frame["p_value"] > 1 - source.level].groupby(key).size()
    return np.array([left.get(name, 1) > 1 for name in names])


def _reach(content: PointMap, axis: int, radius: float) -> tuple[float, float]:
    """Ends of an axis: all ellipses and the line, with room for labels."""
    spread = radius * np.sqrt(np.nan_to_num(content.covariance[:, axis, axis]))
    ends = np.concatenate([content.points[:, axis] - spread, content.points[:, axis] + spread])
    if content.cuts is not None:
        ends = np.append(ends, content.cuts[axis])
    low, high = float(ends.min()), float(ends.max())
    room = 0.14 * (high - low) or 0.5
    return low - room, high + room


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
    group : which group of a result with groups
    labels, ax, theme : as in `plot_estimates`
    level : float, optional
        Level of the ellipses (both coordinates together), .95 when None.

    Returns
    -------
    Picture or Drawn

    Notes
    -----
    Errors, missing answers and weights: as in `plot_estimates`; also `plot_needs_group`, unknown scores or group.
    Ellipse: covariance of both coordinates times the chi-square quantile of two degrees of freedom.

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
        features, at, covariance = _coordinates(source, scores)
        names = pen.labels(features, source.own_label, kind="item")
        quarters = [say(f"plots.kano_{name}") for name in NEEDS]
        unsure = unsure_terms(source, features)
        cuts = (CUTS[scores], CUTS[scores])
        content = PointMap(at, covariance, [*names.values()], unsure, cuts, quarters, source.level)
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
    group : which group of a result with groups
    labels, ax, theme : as in `plot_estimates`
    level : float, optional
        Level of the ellipses (both coordinates together) and of what counts as certain, .95 when None.

    Returns
    -------
    Picture or Drawn
        Dashed: the lines of the result, which move with the items when they are means or medians; one rising line where
        the result is cut by the diagonal.

    Notes
    -----
    Errors, missing answers and weights: as in `plot_estimates`; also `plot_needs_group`, an unknown group. Source:
    Martilla & James (1977), Journal of Marketing 41(1), 77-79.

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
        at = frame.pivot(index="item", columns="term", values="estimate").loc[items, list(TERMS)]
        names = pen.labels(items, source.own_label, kind="item")
        unsure = unsure_terms(source, items)
        cuts = _cuts(source)
        content = PointMap(
            at.to_numpy(dtype=float), covariances(source, "positions", items, TERMS), [*names.values()], unsure,
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
