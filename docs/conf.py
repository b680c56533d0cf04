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
    """Docstrings are written for editors; two things are put in the words of the site before numpydoc reads them."""
    app.connect("autodoc-process-docstring", as_meant, priority=400)


def as_meant(app, what, name, thing, options, lines):
    """|x| is an absolute value, and a sentence that began after "name :" goes on in the next line."""
    found = []
    for line in lines:
        goes_on = re.match(r"    [a-z0-9(\"`]", line) and found and re.match(r"[\w*, ]+ : .", found[-1])
        if goes_on:
            line = f"{found.pop()} {line.strip()}"
        example = line.lstrip().startswith(">>>")
        found.append(line if example else re.sub(r"\|(\w[^|]*)\|", r"\\|\1\\|", line))
    lines[:] = found
