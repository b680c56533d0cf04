"""All pictures of csi, and how to put them into a page: `plot_*`, `figure_svg`, `figure_png`, `font_note`."""

from __future__ import annotations

from csi.errors import OutputError

try:
    from csi.report.diagram import plot_paths
    from csi.report.fonts import font_note, use_chinese_fonts
    from csi.report.plot_asymmetry import plot_asymmetry
    from csi.report.plot_estimates import plot_estimates
    from csi.report.plot_gaps import plot_gaps
    from csi.report.plot_importance import plot_importance
    from csi.report.plot_index import plot_index
    from csi.report.plot_kano import plot_kano
    from csi.report.plot_loadings import plot_loadings
    from csi.report.plot_missing import plot_missing
    from csi.report.plot_nps import plot_nps
    from csi.report.plot_priorities import plot_priorities
    from csi.report.plot_quadrants import plot_quadrants
    from csi.report.plot_ratings import plot_ratings
    from csi.report.plot_specifications import plot_specifications
    from csi.report.plot_surface import plot_surface
    from csi.report.plot_tree import plot_tree
    from csi.report.style import Picture, figure_png, figure_svg
except ModuleNotFoundError as error:  # csi without its extra `all`
    if (error.name or "").partition(".")[0] != "matplotlib":
        raise
    raise OutputError("no_matplotlib") from None

__all__ = [
    "Picture",
    "figure_png",
    "figure_svg",
    "font_note",
    "plot_asymmetry",
    "plot_estimates",
    "plot_gaps",
    "plot_importance",
    "plot_index",
    "plot_kano",
    "plot_loadings",
    "plot_missing",
    "plot_nps",
    "plot_paths",
    "plot_priorities",
    "plot_quadrants",
    "plot_ratings",
    "plot_specifications",
    "plot_surface",
    "plot_tree",
    "use_chinese_fonts",
]
