"""Sources are written once, in csi/references.bib, and cited in two forms."""

from __future__ import annotations

import re
from pathlib import Path

import csi
from csi.references import _entries, reference, references

PACKAGE = Path(csi.__file__).parent


def test_every_key_is_used_and_every_used_key_is_there():
    code = "\n".join(path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py"))
    used = set()
    for call in re.findall(r"\breferences?\(([^)]*)\)", code):
        used |= set(re.findall(r'"(\w+)"', call))
    assert used == set(_entries())


def test_both_forms_say_the_same():
    (one,) = references("tenenhaus2005")
    assert one["text"] == (
        "Tenenhaus, M., Esposito Vinzi, V., Chatelin, Y.-M. & Lauro, C. (2005). PLS path modeling. "
        "Computational Statistics & Data Analysis 48, 159-205."
    )
    assert one["bibtex"].startswith("@article{tenenhaus2005, author={Tenenhaus, Michel and Esposito Vinzi, Vincenzo")
    assert "pages={159--205}" in one["bibtex"]
    assert reference("lohmoller1989")["text"].startswith("Lohmöller, J.-B. (1989). Latent Variable")
    assert "GB/T 19014-2019" in reference("iso10004")["text"]


def test_all_entries_are_whole():
    for key, one in _entries().items():
        assert one["bibtex"].count("{") == one["bibtex"].count("}"), key
        assert "text={" not in one["bibtex"], key
        assert not re.search(r"[{}\\]", one["text"]), key
        assert one["text"].endswith((".", ")")), key


def test_a_result_cites_them():
    result = csi.score_nps(csi.load_sample("mobile"), "recommend")
    assert len(result.cite().splitlines()) == len(re.findall(r"^@", result.cite("bibtex"), re.M))
