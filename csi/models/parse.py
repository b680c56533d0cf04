"""Reading a path model from text: the notation, and what makes a model impossible."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from csi.errors import ModelError
from csi.language import Note, note

MODES = {"=~": "A", "<~": "B"}
_OPERATOR = re.compile(r"=~|<~|~\*~|~~|:=|==|->|<-|[~=<>|]")
# What a Chinese keyboard types instead of the marks of the notation.
_MARKS = str.maketrans({"＋": "+", "～": "~", "＝": "=", "＜": "<", "；": ";", "＃": "#", "＊": "*", "\ufeff": " "})


@dataclass(frozen=True)
class Measured:
    """One measurement line: a construct, its items, its mode; `line` counts from 1, 0 = not from a text."""

    construct: str
    items: tuple[str, ...]
    mode: str = "A"
    line: int = 0


@dataclass(frozen=True)
class Path:
    """One arrow of the structural model; `line` counts from 1, 0 = not from a text."""

    source: str
    target: str
    line: int = 0


def place(model: str, line: int) -> Note:
    """Say where in a model something stands."""
    return note("model_line", model=model, line=line) if line else note("model_whole", model=model)


def read_statements(text: str) -> list[tuple[int, str]]:
    """Split a text into statements with the line each begins in; comments and blank lines are gone.

    A line that ends with `+` or an operator, or a next line that begins with `+`, is one statement.
    """
    statements: list[tuple[int, str]] = []
    open_statement = False
    for number, raw in enumerate(text.translate(_MARKS).splitlines(), start=1):
        line = raw.split("#", 1)[0].strip()
        if not line:
            continue
        for position, piece in enumerate(part.strip() for part in line.split(";")):
            joins = position == 0 and open_statement and (piece.startswith("+") or statements[-1][1][-1] in "+~")
            if joins:
                first, before = statements[-1]
                statements[-1] = (first, f"{before} {piece}")
            elif piece:
                statements.append((number, piece))
        open_statement = bool(statements) and not line.endswith(";")
    return statements


def read_model_text(text: str, model: str) -> tuple[list[Measured], list[Path]]:
    """Read the lines of a model; each error names the line.

    Raises
    ------
    ModelError
        `model_not_text`, `model_empty`, `model_syntax`, `model_operator`, `model_coefficient`, `model_name`,
        and those of `check_structure`.
    """
    if not isinstance(text, str):
        raise ModelError("model_not_text", model=model, type=type(text).__name__)
    measured: list[Measured] = []
    paths: list[Path] = []
    statements = read_statements(text)
    if not statements:
        raise ModelError("model_empty", model=model)
    for line, statement in statements:
        left, operator, right = _read_statement(statement, place(model, line))
        if operator == "~":
            paths += [Path(source, left, line) for source in right]
        else:
            measured.append(Measured(left, right, MODES[operator], line))
    check_structure(model, measured, paths)
    return measured, paths


def _read_statement(statement: str, where: Note) -> tuple[str, str, tuple[str, ...]]:
    found = _OPERATOR.search(statement)
    shown = statement if len(statement) <= 200 else f"{statement[:200]}..."
    if found is None:
        raise ModelError("model_syntax", where=where, statement=shown)
    operator = found.group()
    if operator not in (*MODES, "~"):
        raise ModelError("model_operator", where=where, statement=shown, operator=operator)
    left, right = statement[: found.start()].strip(), statement[found.end() :].strip()
    terms = [term.strip() for term in right.split("+")]
    if not left or not all(terms) or _OPERATOR.search(right):
        raise ModelError("model_syntax", where=where, statement=shown)
    for term in (left, *terms):
        if "*" in term:
            raise ModelError("model_coefficient", where=where, term=term, bare=term.rsplit("*", 1)[1].strip() or term)
        if not is_name(term):
            raise ModelError("model_name", where=where, name=term)
    return left, operator, tuple(terms)


def is_name(word: str) -> bool:
    """Whether a word can stand in the notation: a Unicode identifier that may hold dots."""
    return word.replace(".", "_").isidentifier()


def check_structure(model: str, measured: Sequence[Measured], paths: Sequence[Path]) -> None:
    """Stop at what makes a model impossible.

    Raises
    ------
    ModelError
        `model_no_path`, `model_duplicate_measurement`, `model_shared_item`, `model_item_is_construct`,
        `model_self_path`, `model_duplicate_path`, `model_isolated`, `model_cycle`.
    """
    if not paths:
        raise ModelError("model_no_path", model=model)
    _check_items(model, measured, {name for path in paths for name in (path.source, path.target)})
    seen: dict[tuple[str, str], int] = {}
    for path in paths:
        where = place(model, path.line)
        if path.source == path.target:
            raise ModelError("model_self_path", where=where, construct=path.source)
        if (path.source, path.target) in seen:
            raise ModelError("model_duplicate_path", where=where, source=path.source, target=path.target)
        seen[path.source, path.target] = path.line
    cycle = find_cycle(seen)
    if cycle:
        last = max(seen[pair] for pair in pairwise(cycle))
        raise ModelError("model_cycle", where=place(model, last), cycle=" -> ".join(cycle))


def _check_items(model: str, measured: Sequence[Measured], connected: set[str]) -> None:
    constructs = connected | {block.construct for block in measured}
    lines: dict[str, int] = {}
    homes: dict[str, str] = {}
    for block in measured:
        where = place(model, block.line)
        if block.construct in lines:
            raise ModelError("model_duplicate_measurement", where=where, construct=block.construct)
        lines[block.construct] = block.line
        for item in block.items:
            if item in constructs:
                raise ModelError("model_item_is_construct", where=where, item=item, construct=block.construct)
            if item in homes:
                raise ModelError(
                    "model_shared_item", where=where, item=item, construct=block.construct, other=homes[item]
                )
            homes[item] = block.construct
    for construct, line in lines.items():
        if construct not in connected:
            raise ModelError("model_isolated", where=place(model, line), construct=construct)


def find_cycle(paths: Iterable[tuple[str, str]]) -> list[str]:
    """Return one cycle as names a, b, a; an empty list when there is none."""
    targets: dict[str, list[str]] = {}
    for source, target in paths:
        targets.setdefault(source, []).append(target)
    done: set[str] = set()
    for start in targets:
        trail: list[str] = []
        stack = [(start, iter(targets[start]))] if start not in done else []
        trail += [start] if stack else []
        while stack:
            name, following = stack[-1]
            step = next((target for target in following if target not in done), None)
            if step is None:
                done.add(name)
                stack.pop()
                trail.pop()
            elif step in trail:
                return [*trail[trail.index(step) :], step]
            else:
                trail.append(step)
                stack.append((step, iter(targets.get(step, ()))))
    return []


def causal_order(names: Sequence[str], paths: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """Order names so that each stands after its sources; where there is a choice, as they are given."""
    waiting = {name: {source for source, target in paths if target == name} for name in names}
    order: list[str] = []
    while waiting:
        ready = next(name for name, sources in waiting.items() if sources.isdisjoint(waiting))
        order.append(ready)
        del waiting[ready]
    return tuple(order)


def first_named(paths: Iterable[Path]) -> tuple[str, ...]:
    """Names in the order the structural lines bring them in, sources before their target."""
    by_line: dict[tuple[int, str], list[str]] = {}
    for path in paths:
        by_line.setdefault((path.line, path.target), []).append(path.source)
    return tuple(dict.fromkeys(name for (_, target), sources in by_line.items() for name in (*sources, target)))
