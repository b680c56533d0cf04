"""The public face: every name is there, says what it is, does what its example says, and costs nothing unused."""

from __future__ import annotations

import contextvars
import doctest
import importlib
import inspect
import io
import json
import pkgutil
import re
import subprocess
import sys

import pytest

import csi

HEAVY = (
    "IPython",
    "formulaic",
    "matplotlib",
    "polars",
    "scipy",
    "seaborn",
    "semopy",
    "sklearn",
    "statsmodels",
    "sympy",
)
MODULES = sorted(
    module.name for module in pkgutil.walk_packages(csi.__path__, "csi.") if not module.name.endswith("__main__")
)


def in_a_fresh_process(code: str) -> list[str]:
    """Run `code` in a new interpreter and return the top-level names it has loaded."""
    ending = "import json, sys; print(json.dumps(sorted({name.split('.')[0] for name in sys.modules})))"
    ran = subprocess.run([sys.executable, "-c", f"{code}\n{ending}"], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


@pytest.mark.parametrize("name", sorted(csi._PUBLIC))
def test_a_public_name_is_there_and_says_what_it_is(name):
    value = getattr(csi, name)
    text = inspect.getdoc(value) or ""
    assert text.strip(), f"csi.{name} has no docstring"
    if inspect.isfunction(value):
        assert re.search(r"^Examples\n-+$", text, re.M), f"csi.{name} shows no example"
        named = [one for one in inspect.signature(value).parameters if not re.search(rf"\b{one}\b", text)]
        assert named == [], f"csi.{name} does not explain these arguments"


def test_the_names_are_sorted_and_offered():
    assert list(csi._PUBLIC) == sorted(csi._PUBLIC)
    assert set(csi._PUBLIC) <= set(dir(csi)) & set(csi.__all__)


def test_a_name_that_does_not_exist_is_an_attribute_error():
    with pytest.raises(AttributeError, match="fit_pls_quickly"):
        _ = csi.fit_pls_quickly


def test_import_alone_loads_nothing():
    loaded = in_a_fresh_process("import csi")
    assert not {"numpy", "pandas", "yaml", *HEAVY} & set(loaded)


def test_fit_pls_is_there_without_what_it_does_not_need():
    loaded = in_a_fresh_process("import csi; csi.fit_pls; csi.load_model; csi.read_csv")
    assert "pandas" in loaded
    assert not set(HEAVY) & set(loaded)


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings_give_what_they_say(name):
    module = importlib.import_module(name)
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    report = io.StringIO()
    for example in doctest.DocTestFinder(exclude_empty=True).find(module):
        contextvars.copy_context().run(runner.run, example, out=report.write)  # a language chosen there ends there
    assert runner.failures == 0, report.getvalue()


def test_examples_are_found():
    finder = doctest.DocTestFinder()
    assert sum(len(one.examples) for name in MODULES for one in finder.find(importlib.import_module(name))) > 20
