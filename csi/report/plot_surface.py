"""plot_surface: what a standard and performance make of satisfaction together, as a map of heights."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from csi.errors import OptionError, choose
from csi.language import say
from csi.report.rows import DASHES
from csi.report.sources import read_source
from csi.report.style import WIDE, Drawn, Picture, drawing, interval_text, points
from csi.study import level_text
from csi.views import word

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from csi.report.style import Pen
    from csi.results import Result

PARTS = ("congruence_slope", "incongruence_slope")
POINTS = 81


def plot_surface(
    result: Result,
    model: str | None = None,
    *,
    reach: float = 4.0,
    group: str | None = None,
    labels: Mapping[str, str] | None = None,
    level: float | None = None,
    ax: Axes | None = None,
    theme: str | None = "csi",
) -> Picture | Drawn:
    """Draw a response surface: the outcome, in its own points, over a standard and performance.

    Use it where a difference score misleads: lines of equal satisfaction would run parallel to the congruence line if
    only the difference counted.

    Parameters
    ----------
    result : what `fit_expectations` gives
    model : str, optional
        Which surface, such as "surface_of_expectation"; the first of the result when None.
    reach : float
        How far from the middle of the scale the map goes, in rating points.
    group : str
        Which group of a result with groups.
    labels, level, ax, theme : as in `plot_estimates`

    Returns
    -------
    Picture or Drawn
        Heights are differences from the outcome at the middle of both scales. Solid: congruence, where performance
        equals the standard; dashed: incongruence, one as far above the middle as the other is below it.

    Notes
    -----
    Errors: those of `plot_estimates`, `plot_needs_group`, an unknown group or model, `not_positive`.
    Missing answers and weights: as in the Result; nothing is estimated here. Source: Edwards & Parry (1993), Academy of
    Management Journal 36(6), 1577-1613.

    Examples
    --------
    >>> import csi
    >>> found = csi.fit_expectations(
    ...     csi.load_sample("expectations"), "satisfaction", expectation="expectation", performance="performance"
    ... )
    >>> csi.plot_surface(found).title_text
    'Response surface: expectation and performance'

    """
    if not reach > 0:
        raise OptionError("not_positive", option="reach", value=reach)
    with drawing("plot_surface", ax, theme) as pen:
        source = read_source("plot_surface", result, labels, level, group)
        frame = source.group_rows("model_coefficients")
        known = [
            name for name, rows in frame.groupby("model", sort=False) if rows["term"].str.endswith("^2").sum() == 2
        ]
        if not known:
            raise OptionError("plot_lacks_table", picture="plot_surface", table="surface", choices=list(result.tables))
        chosen = known[0] if model is None else choose("model", model, tuple(known))
        rows = frame[frame["model"] == chosen]
        x_name, y_name = rows["term"].iloc[:2]
        names = pen.labels([x_name, y_name], source.own_label, kind="item")
        axes = pen.axes(WIDE * 0.72, WIDE * 0.66)
        _map(pen, axes, rows["estimate"].to_numpy(dtype=float), reach)
        axes.set_xlabel(say("plots.surface_axis", item=names[x_name]))
        axes.set_ylabel(say("plots.surface_axis", item=names[y_name]))
        pen.heading(say("plots.surface_title", standard=names[x_name], performance=names[y_name]), group)
        surface = source.group_rows("surface")
        surface = surface[surface["model"] == chosen].set_index("kind")
        found = [
            f"{word(part)} {interval_text(*surface.loc[part, ['estimate', 'lower', 'upper']].astype(float), 2)}"
            for part in PARTS
        ]
        told = say("plots.surface_caption", slopes=found, level=level_text(source.level))
        pen.caption([say("plots.surface_lines"), told])
        return pen.finish()


def _map(pen: Pen, axes: Axes, slopes: NDArray[np.float64], reach: float) -> None:
    """Heights as colours and lines, and the two lines that are read along; the scale of colours beside them."""
    at = np.linspace(-reach, reach, POINTS)
    x, y = np.meshgrid(at, at)
    height = heights(slopes, x, y)
    ink, muted = pen.colours.ink, pen.colours.muted
    shades = axes.contourf(x, y, height, levels=14, cmap=pen.colours.heights, alpha=0.5)
    lines = axes.contour(x, y, height, levels=7, colors=ink, linewidths=0.6)
    axes.clabel(lines, fmt="%.1f", fontsize=points(8), inline=True)
    axes.plot(at, at, color=ink, linewidth=1.4, gid="congruence")
    axes.plot(at, -at, color=muted, linewidth=1.4, linestyle=DASHES, gid="incongruence")
    beside = axes.inset_axes((1.04, 0, 0.05, 1))
    pen.figure.colorbar(shades, cax=beside, label=say("plots.surface_height"))


def heights(slopes: NDArray[np.float64], x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """Height of the surface over points x, y: slopes (5,) of x, y, x^2, x y and y^2."""
    return np.tensordot(slopes, np.stack([x, y, x * x, x * y, y * y]), axes=1)
