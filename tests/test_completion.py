"""What a user finds by pressing Tab: public names, the names of tables, and nothing that is private."""

from __future__ import annotations

import subprocess
import sys

import pytest

import csi

TREE = "product 60\n  quality 40\n  packaging 20\nservice 40\n"


@pytest.fixture(scope="module")
def survey():
    return csi.load_sample("tiny")


@pytest.fixture(scope="module")
def study(survey):
    return csi.analyse_survey(survey, n_boot=0)


@pytest.fixture(scope="module")
def result(survey):
    return csi.score_rate(survey, "s1", satisfied=8)


@pytest.fixture
def shell(survey, study, result):
    """A notebook's shell that knows them by name and completes what was typed."""
    shells = pytest.importorskip("IPython.core.interactiveshell", reason="IPython comes with the extra `all`")
    completer = pytest.importorskip("IPython.core.completer")
    made = shells.InteractiveShell()
    made.push({"csi": csi, "survey": survey, "study": study, "result": result})
    made.Completer.use_jedi = False  # it knows the same names, and is slow to start

    def complete(typed):
        with completer.provisionalcompleter():
            return {one.text.strip(".") for one in made.Completer.completions(typed, len(typed))}

    return complete


def test_objects_show_what_is_public_and_only_that(survey, study, result):
    for thing, some in (
        (result, {"tidy", "tables", "check", "summary", "title"}),
        (study, {"results", "answer", "survey"}),
        (survey, {"answers", "codebook", "moments", "notes"}),
        (survey.codebook, {"items", "weight", "to_yaml"}),
        (survey.codebook.items["s1"].scale, {"lo", "hi", "points"}),
        (survey.moments(), {"mean", "cov", "merge"}),
        (csi.load_model("ECSI_2005"), {"paths", "constructs", "to_lavaan"}),
        (csi.IndicatorTree.parse(TREE), {"items", "weights"}),
        (csi.LevelBands(), {"levels", "values"}),
        (result.value("s1"), {"estimate", "lower", "upper"}),
    ):
        names = set(dir(thing))
        assert some <= names, type(thing)
        assert [name for name in names if name.startswith("_")] == [], type(thing)
        assert all(hasattr(thing, name) for name in names - {"priority", "fit"})


def test_tables_are_taken_by_name_like_columns_of_a_frame(result, study):
    for name in result.tables:
        assert result[name].equals(result.tidy(name))
    with pytest.raises(csi.OptionError, match=result.headline):
        result["no such table"]
    assert study["sample"] is study.results["sample"]
    with pytest.raises(csi.OptionError, match="sample"):
        study["no such result"]
    for thing in (result, study):
        with pytest.raises(TypeError, match="not iterable"):
            list(thing)
        with pytest.raises(TypeError, match="not iterable"):
            "x" in thing  # noqa: B015


def test_tab_completes_names_tables_and_results(shell, result, study):
    assert shell("csi.score_n") == {"score_nps"}
    assert {name for name in shell("csi.") if not name.startswith("_")} == {one for one in dir(csi) if one[0] != "_"}
    assert shell("result.ti") == {"tidy", "title"}
    assert shell('result["') == set(result.tables)
    assert shell('study["') == set(study.results)


def test_names_of_csi_complete_before_anything_is_imported():
    script = (
        "import sys, csi; names = dir(csi); assert 'fit_pls' in names and 'Survey' in names;"
        "assert [n for n in names if n.startswith('_')] == ['__version__'];"
        "loaded = {'pandas', 'numpy', 'csi.data'} & set(sys.modules); sys.exit(str(loaded) if loaded else 0)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
