"""All pictures of csi, and how to put them into a page: `plot_*`, `figure_svg`, `figure_png`, `font_note`."""

from __future__ import annotations

from csi.errors import OutputError

try:
    from csi.report.diagram import plot_paths as plot_paths
    from csi.report.diagram import plot_tree as plot_tree
    from csi.report.fonts import font_note as font_note
    from csi.report.fonts import use_chinese_fonts as use_chinese_fonts
    from csi.report.plot_answers import plot_missing as plot_missing
    from csi.report.plot_answers import plot_ratings as plot_ratings
    from csi.report.plot_drivers import plot_asymmetry as plot_asymmetry
    from csi.report.plot_drivers import plot_importance as plot_importance
    from csi.report.plot_drivers import plot_priorities as plot_priorities
    from csi.report.plot_drivers import plot_surface as plot_surface
    from csi.report.plot_intervals import plot_estimates as plot_estimates
    from csi.report.plot_intervals import plot_index as plot_index
    from csi.report.plot_intervals import plot_loadings as plot_loadings
    from csi.report.plot_maps import plot_kano as plot_kano
    from csi.report.plot_maps import plot_quadrants as plot_quadrants
    from csi.report.plot_scores import plot_gaps as plot_gaps
    from csi.report.plot_scores import plot_nps as plot_nps
    from csi.report.plot_scores import plot_specifications as plot_specifications
    from csi.report.style import Picture as Picture
    from csi.report.style import figure_png as figure_png
    from csi.report.style import figure_svg as figure_svg
except ModuleNotFoundError as error:  # csi without its extra `all`
    if (error.name or "").partition(".")[0] != "matplotlib":
        raise
    raise OutputError("no_matplotlib") from None
