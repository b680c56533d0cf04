"""Both languages say the same things; every code has its sentence, and every sentence its code and its values."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from pathlib import Path
from string import Formatter

import pytest
import yaml

import csi.errors

PACKAGE = Path(csi.errors.__file__).parent
ERRORS = {
    name
    for name, value in vars(csi.errors).items()
    if isinstance(value, type) and issubclass(value, csi.errors.CsiError)
}
SECTION = {**dict.fromkeys(ERRORS, "errors."), "note": "notes.", "Note": "notes.", "say": ""}


def flatten(node: object, prefix: str = "") -> dict[str, str]:
    if not isinstance(node, dict):
        return {prefix: str(node)}
    return {
        key: text for name, part in node.items() for key, text in flatten(part, f"{prefix}.{name}".strip(".")).items()
    }


def read_words(language: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for path in sorted((PACKAGE / "words" / language).glob("*.yaml")):
        part = flatten(yaml.safe_load(path.read_text(encoding="utf-8")))
        assert not set(found) & set(part), f"{path.name} says again {sorted(set(found) & set(part))}"
        found |= part
    return found


EN, ZH = read_words("en"), read_words("zh")


def fields(sentence: str) -> set[str]:
    return {re.split(r"[.\[]", name)[0] for _, name, _, _ in Formatter().parse(sentence) if name is not None}


@dataclass(frozen=True)
class Use:
    """One call that names a sentence: pattern of its key, keyword names passed (None where they cannot be read)."""

    where: str
    pattern: str
    given: frozenset[str] | None


def patterns(node: ast.expr) -> list[str]:
    """Regular expressions for what an expression may be; [] where nothing can be read off it."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [re.escape(node.value)]
    if isinstance(node, ast.JoinedStr):
        parts = [re.escape(part.value) if isinstance(part, ast.Constant) else ".+" for part in node.values]
        return ["".join(parts)] if any(part != ".+" for part in parts) else []
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = patterns(node.left) or [".+"], patterns(node.right) or [".+"]
        return [a + b for a in left for b in right if a + b != ".+.+"]
    if isinstance(node, ast.IfExp):
        return patterns(node.body) + patterns(node.orelse)
    return []


def uses() -> tuple[list[Use], set[str]]:
    """Every call in csi that names a sentence, and every text that stands in the code."""
    calls, texts = [], set()
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                texts.add(node.value)
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in SECTION:
                given = {keyword.arg for keyword in node.keywords}
                known = None if None in given or name == "Note" else frozenset(given)
                where = f"{path.relative_to(PACKAGE.parent)}:{node.lineno}"
                calls += [Use(where, re.escape(SECTION[name]) + one, known) for one in patterns(node.args[0])]
    return calls, texts


CALLS, TEXTS = uses()


def test_both_languages_have_the_same_files():
    english, chinese = ({path.name for path in (PACKAGE / "words" / one).iterdir()} for one in ("en", "zh"))
    assert english == chinese


def test_both_languages_have_the_same_sentences():
    assert sorted(set(EN) - set(ZH)) == [], "missing in zh.yaml"
    assert sorted(set(ZH) - set(EN)) == [], "missing in en.yaml"


@pytest.mark.parametrize("path", sorted((PACKAGE / "words").glob("[ez][nh]/*.yaml")), ids=lambda path: path.parent.name)
def test_no_sentence_stands_twice_or_is_empty(path):
    loader = yaml.SafeLoader(path.read_text(encoding="utf-8"))
    pairs = [loader.get_single_node()]
    while pairs:
        node = pairs.pop()
        if isinstance(node, yaml.MappingNode):
            keys = [key.value for key, _ in node.value]
            assert len(keys) == len(set(keys)), sorted({key for key in keys if keys.count(key) > 1})
            pairs += [value for _, value in node.value]
        else:
            assert node.value.strip(), node.start_mark


def test_both_languages_fill_in_the_same_values():
    assert [key for key in sorted(set(EN) & set(ZH)) if fields(EN[key]) != fields(ZH[key])] == []


def test_doubled_braces_are_shown_as_one():
    """Every sentence is formatted, with or without values."""
    assert "contrast({a: 1, b: -1})" in str(csi.errors.OptionError("use_contrast"))


def test_the_chinese_is_chinese():
    """A sentence with Latin words outside its values and its quoted names holds Chinese too."""
    said = {key: re.sub(r"\{[^}]*\}", "", text) for key, text in ZH.items() if key.startswith(("errors.", "notes."))}
    strangers = [key for key, text in said.items() if re.search(r"[a-z]{3}", text) and not re.search(r"[一-鿿]", text)]
    assert strangers == []


def test_every_code_has_its_sentence():
    lost = [f"{use.where}: {use.pattern}" for use in CALLS if not any(re.fullmatch(use.pattern, key) for key in EN)]
    assert len(CALLS) > 100, "the walk finds the calls"
    assert lost == []


def test_every_sentence_has_its_code():
    named = {use.pattern for use in CALLS}
    idle = [
        key
        for key in EN
        if key.startswith(("errors.", "notes."))
        and key.split(".", 1)[1] not in TEXTS
        and not any(re.fullmatch(pattern, key) for pattern in named)
    ]
    assert idle == [], "nothing says these; remove them"


def test_every_call_passes_what_its_sentence_needs():
    short = []
    for use in CALLS:
        key = use.pattern.replace("\\", "")
        if use.given is not None and key in EN and fields(EN[key]) - use.given:
            short.append(f"{use.where}: {key} needs {sorted(fields(EN[key]) - use.given)}")
    assert short == []
