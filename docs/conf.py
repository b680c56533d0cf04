"""The site: what stands in this folder and the docstrings of csi. `python tools/site.py` builds it."""

import re

import csi

project, author, copyright = "csi", "The csi authors", "2026, the csi authors, MIT licence"
version = release = csi.__version__
extensions = ["sphinx.ext.autodoc", "sphinx.ext.autosummary", "numpydoc", "myst_parser"]
html_theme = "furo"
html_title = f"csi {version}"
html_show_sphinx = html_copy_source = False
default_role = "py:obj"  # `name` in a docstring is a link where there is such a name, and code where there is none
autodoc_typehints = "none"  # units and allowed values stand in words
autosummary_generate = False
numpydoc_show_class_members = False
myst_heading_anchors = 3


def setup(app):
    """Show formulas as they stand: |x| is an absolute value here, not the name of a substitution."""
    app.connect("autodoc-process-docstring", keep_bars, priority=400)  # before numpydoc


def keep_bars(app, what, name, thing, options, lines):
    """Escape the bars around a word of a docstring, except in its examples."""
    for i, line in enumerate(lines):
        if not line.lstrip().startswith(">>>"):
            lines[i] = re.sub(r"\|(\w[^|]*)\|", r"\\|\1\\|", line)
