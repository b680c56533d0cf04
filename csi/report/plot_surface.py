"""plot_surface: what a standard and performance make of satisfaction together, as a map of heights."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from csi.errors import OptionError, choose
from csi.language import current_language, say
from csi.report.sources import read_source
from csi.report.style import INK, MUTED, WIDE, Picture, drawing, interval_text, new_figure, settle
from csi.study import level_text
from csi.views import word

if TYPE_CHECKING:
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
    level: float = 0.95,
) -> Picture:
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
    group : str, optional
        Which group of a result with groups.
    labels : mapping of item to text, optional
        What the two items are called; else their names.
    level : float
        Level of the intervals in the caption.

    Returns
    -------
    Figure
        Heights are differences from the outcome at the middle of both scales. Solid: congruence, where performance
        equals the standard; dashed: incongruence, one as far above the middle as the other is below it.

    Raises
    ------
    DataError
        `plot_needs_result`.
    OptionError
        `plot_lacks_table`, `plot_needs_group`, an unknown group or model, `not_positive`.

    Notes
    -----
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
    with drawing() as pen:
        source = read_source(result, "plot_surface", labels, level)
        frame = source.group_rows("model_coefficients", "plot_surface", group)
        known = [
            name for name, rows in frame.groupby("model", sort=False) if rows["term"].str.endswith("^2").sum() == 2
        ]
        if not known:
            raise OptionError("plot_lacks_table", picture="plot_surface", table="surface", choices=list(result.tables))
        chosen = known[0] if model is None else choose("model", model, tuple(known))
        rows = frame[frame["model"] == chosen]
        x_name, y_name = rows["term"].iloc[:2]
        names = pen.labels([x_name, y_name], lambda name: source.given.get(name, name), kind="item")
        at = np.linspace(-reach, reach, POINTS)
        x, y = np.meshgrid(at, at)
        height = heights(rows["estimate"].to_numpy(dtype=float), x, y)
        figure = new_figure(WIDE * 0.72, WIDE * 0.66)
        axes = figure.subplots()
        shades = axes.contourf(x, y, height, levels=14, cmap="YlGnBu", alpha=0.5)
        lines = axes.contour(x, y, height, levels=7, colors=INK, linewidths=0.6)
        axes.clabel(lines, fmt="%.1f", fontsize=8, inline=True)
        axes.plot(at, at, color=INK, linewidth=1.4, gid="congruence")
        axes.plot(at, -at, color=MUTED, linewidth=1.4, linestyle=(0, (4, 3)), gid="incongruence")
        axes.set_xlabel(say("plots.surface_axis", item=names[x_name]))
        axes.set_ylabel(say("plots.surface_axis", item=names[y_name]))
        figure.colorbar(shades, ax=axes, label=say("plots.surface_height"))
        title = say("plots.surface_title", standard=names[x_name], performance=names[y_name])
        pen.heading(figure, title if group is None else say("plots.of_group", title=title, group=group))
        surface = source.group_rows("surface", "plot_surface", group)
        surface = surface[surface["model"] == chosen].set_index("kind")
        found = [
            f"{word(part)} {interval_text(*surface.loc[part, ['estimate', 'lower', 'upper']].astype(float), 2)}"
            for part in PARTS
        ]
        joint = "" if current_language() == "zh" else " "
        told = say("plots.surface_caption", slopes=found, level=level_text(source.level))
        pen.caption(figure, joint.join([say("plots.surface_lines"), told]))
        return settle(figure)


def heights(slopes: NDArray[np.float64], x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """Height of the surface over points x, y: slopes (5,) of x, y, x^2, x y and y^2."""
    return np.tensordot(slopes, np.stack([x, y, x * x, x * y, y * y]), axes=1)
