"""The path model: which constructs there are, which items measure them, which arrows join them; no data in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from html import escape
from typing import TYPE_CHECKING

from csi.errors import ModelError
from csi.language import Note, pick, say
from csi.models.items import Construct, fill_constructs
from csi.models.parse import (
    Measured,
    Path,
    causal_order,
    check_structure,
    first_named,
    is_name,
    read_model_text,
)
from csi.views import public_names

if TYPE_CHECKING:
    from csi.data.codebook import Codebook


@dataclass(frozen=True)
class Evidence:
    """How a fact of a catalogue model is known.

    `tag` is READ (in the source), READ-2 (in a source that quotes it), INF (inferred), MEMORY or C (computed).
    """

    tag: str
    source: str


@dataclass(frozen=True, repr=False)
class PathModel:
    """A satisfaction model: constructs, the items that measure them, and the paths between them.

    It is written before any data, in the notation of lavaan and semopy (`PathModel.parse`), or comes from the
    catalogue (`csi.load_model`), and is the same for every estimator.

    Parameters
    ----------
    name : str
    constructs : tuple of Construct
    paths : tuple of (source, target)
        Unique and without a cycle.
    title : mapping
        `{"en": ..., "zh": ...}`.
    citation : str
        The work the model comes from.
    evidence : mapping of str to Evidence
        For catalogue models, keyed "construct Image", "items Image", "path Image -> Value", "scoring".
    notes : tuple of Note
        What a reader of any result from this model should know.

    Raises
    ------
    ModelError
        The model is impossible: no path, a cycle, an item in two constructs, a construct outside the paths, ...

    Examples
    --------
    >>> from csi.models.path import PathModel
    >>> model = PathModel.parse('''
    ...     Quality =~ q1 + q2
    ...     Satisfaction =~ s1 + s2
    ...     Satisfaction ~ Quality
    ... ''')
    >>> model.exogenous, model.predecessors("Satisfaction")
    (('Quality',), ('Quality',))
    >>> print(model.to_lavaan())
    Quality =~ q1 + q2
    Satisfaction =~ s1 + s2
    Satisfaction ~ Quality
    """

    name: str
    constructs: tuple[Construct, ...]
    paths: tuple[tuple[str, str], ...]
    title: Mapping[str, str] = field(default_factory=dict, hash=False)
    citation: str = ""
    evidence: Mapping[str, Evidence] = field(default_factory=dict, hash=False)
    notes: tuple[Note, ...] = field(default=(), hash=False)

    def __post_init__(self) -> None:
        names = self.names
        for pair in self.paths:
            for end in pair:
                if end not in names:
                    raise ModelError("unknown_construct", model=self.name, construct=end, constructs=names)
        check_structure(
            self.name,
            [Measured(construct.name, construct.items) for construct in self.constructs],
            [Path(source, target) for source, target in self.paths],
        )

    @classmethod
    def parse(cls, text: str, *, name: str = "model") -> PathModel:
        """Read a model in lavaan notation.

        Parameters
        ----------
        text : str
            One statement a line, or several separated by `;`; `#` begins a comment. `Image =~ q1 + q2` is a reflective
            construct (mode A), `Image <~ q1 + q2` a composite (mode B), `Satisfaction ~ Image + Quality` two paths to
            Satisfaction; several such lines for one target add up. Names are in any script, with `.` and `_`.
            A construct without a measurement line gets its items later, see `resolve`.
        name : str
            What messages and views call the model.

        Returns
        -------
        PathModel
            Constructs stand in causal order: each after its sources; where there is a choice, in the order of the
            structural lines.

        Raises
        ------
        ModelError
            One sentence with the line: a statement that cannot be read, a coefficient or label (`b1*Image`), another
            operator (`~~`, `:=`), a duplicate, a cycle, an item in two constructs, a construct outside the paths.

        Examples
        --------
        >>> PathModel.parse("满意 ~ 形象; 形象 =~ q1 + q2; 满意 =~ q3").names
        ('形象', '满意')
        """
        measured, arrows = read_model_text(text, name)
        pairs = [(arrow.source, arrow.target) for arrow in arrows]
        # Settled in two steps so that `to_lavaan` reads back in the same order.
        order = causal_order(first_named(arrows), pairs)
        order = first_named(_by_target(order, pairs))
        blocks = {block.construct: block for block in measured}
        return cls(
            name=name,
            constructs=tuple(
                Construct(word, blocks[word].items, blocks[word].mode) if word in blocks else Construct(word)
                for word in order
            ),
            paths=tuple((path.source, path.target) for path in _by_target(order, pairs)),
        )

    @property
    def names(self) -> tuple[str, ...]:
        """Construct names."""
        return tuple(construct.name for construct in self.constructs)

    @property
    def order(self) -> tuple[str, ...]:
        """Construct names, each after its sources."""
        return causal_order(self.names, self.paths)

    @property
    def endogenous(self) -> tuple[str, ...]:
        """Constructs with an arrow into them."""
        targets = {target for _, target in self.paths}
        return tuple(name for name in self.names if name in targets)

    @property
    def exogenous(self) -> tuple[str, ...]:
        """Constructs without an arrow into them."""
        targets = {target for _, target in self.paths}
        return tuple(name for name in self.names if name not in targets)

    @property
    def items(self) -> tuple[str, ...]:
        """All item names, construct after construct."""
        return tuple(item for construct in self.constructs for item in construct.items)

    @property
    def unfilled(self) -> tuple[str, ...]:
        """Constructs that have no items yet."""
        return tuple(construct.name for construct in self.constructs if not construct.items)

    def construct(self, name: str) -> Construct:
        """Return one construct; an unknown name raises and lists what exists."""
        for construct in self.constructs:
            if construct.name == name:
                return construct
        raise ModelError("unknown_construct", model=self.name, construct=name, constructs=self.names)

    def predecessors(self, name: str) -> tuple[str, ...]:
        """Constructs with an arrow into `name`, in the order of the constructs."""
        target = self.construct(name).name
        sources = {source for source, end in self.paths if end == target}
        return tuple(word for word in self.names if word in sources)

    def resolve(self, available: Iterable[str], codebook: Codebook | None = None) -> PathModel:
        """Fill every construct with its items.

        In this order: the items the model itself names; the codebook's items with this `construct` and numeric
        answers; the catalogue's names for its questions (for a model of one's own, those it knows for a construct of
        this name), exactly as written or, where only one item fits, in other letter case. The notes of the filled
        model say which items were found by name and which were not found.

        A codebook may hold the questions of several catalogue models under one construct. If it holds all this
        model asks by their catalogue ids, then those only other models ask are left out, and a note says so.

        Parameters
        ----------
        available : iterable of str
            Names of the items there are: `survey.items` or `moments.names`.
        codebook : Codebook, optional

        Raises
        ------
        ModelError
            `model_unknown_items`: the model names items that do not exist.
            `unfilled_constructs`: nothing was found for a construct; the message says what was looked for.
        """
        constructs, remarks = fill_constructs(self.name, self.constructs, tuple(available), codebook)
        return replace(self, constructs=constructs, notes=(*self.notes, *remarks))

    def to_lavaan(self) -> str:
        """Write the model in lavaan notation; `PathModel.parse` reads it back.

        Raises
        ------
        ModelError
            `unwritable_names`: the notation has no quoting, so an item called "Q1-1" cannot be written.
        """
        wrong = [word for word in (*self.names, *self.items) if not is_name(word)]
        if wrong:
            raise ModelError("unwritable_names", model=self.name, names=wrong)
        lines = [
            f"{construct.name} {_operator(construct)} {' + '.join(construct.items)}"
            for construct in self.constructs
            if construct.items
        ]
        lines += [f"{name} ~ {' + '.join(self.predecessors(name))}" for name in self.names if name in self.endogenous]
        return "\n".join(lines)

    def to_seminr(self, *, consistent: bool = False) -> str:
        """Write the model as R code for the package seminr: `measurement` and `structure` for `estimate_pls`.

        Parameters
        ----------
        consistent : bool
            False: constructs of mode A are `composite(..., weights = mode_A)`, which is what `fit_pls` estimates.
            True: they are `reflective(...)`, for which seminr applies consistent PLS.

        Raises
        ------
        ModelError
            `unfilled_model`: a construct has no items yet; call `resolve` first.
        """
        if self.unfilled:
            raise ModelError("unfilled_model", model=self.name, constructs=self.unfilled)
        blocks = [f"  {_seminr_block(construct, consistent)}" for construct in self.constructs]
        arrows = [
            f"  paths(from = {_r_vector(self.predecessors(name))}, to = {_r_string(name)})"
            for name in self.names
            if name in self.endogenous
        ]
        return "measurement <- constructs(\n{}\n)\nstructure <- relationships(\n{}\n)".format(
            ",\n".join(blocks), ",\n".join(arrows)
        )

    def __repr__(self) -> str:
        return "\n".join(self._lines())

    __dir__ = public_names

    def _repr_html_(self) -> str:
        return f"<pre>{escape(chr(10).join(self._lines()))}</pre>"

    def _lines(self) -> list[str]:
        title = pick(self.title)
        head = say("views.model_head", model=self.name, constructs=len(self.constructs), paths=len(self.paths))
        lines = [f"{head} · {title}" if title else head]
        for construct in self.constructs:
            label = pick(construct.text)
            parts = [construct.name, *([f"({label})"] if label not in ("", construct.name) else [])]
            if construct.items:
                parts += [_operator(construct), " + ".join(construct.items)]
            else:
                parts.append(say("views.model_no_items"))
            sources = self.predecessors(construct.name)
            if sources:
                parts.append(f"<- {', '.join(sources)}")
            lines.append("  " + " ".join(parts))
        return lines + [f"  {say('views.model_note')}{remark}" for remark in self.notes]


def _by_target(order: tuple[str, ...], pairs: list[tuple[str, str]]) -> list[Path]:
    """Arrows sorted by target and source; every target is a line of its own."""
    rank = {name: position for position, name in enumerate(order)}
    ranked = sorted(pairs, key=lambda pair: (rank[pair[1]], rank[pair[0]]))
    return [Path(source, target, rank[target] + 1) for source, target in ranked]


def _operator(construct: Construct) -> str:
    return "=~" if construct.mode == "A" else "<~"


def _seminr_block(construct: Construct, consistent: bool) -> str:
    name = _r_string(construct.name)
    if len(construct.items) == 1:
        return f"composite({name}, single_item({_r_string(construct.items[0])}))"
    if construct.mode == "A" and consistent:
        return f"reflective({name}, {_r_vector(construct.items)})"
    return f"composite({name}, {_r_vector(construct.items)}, weights = mode_{construct.mode})"


def _r_string(word: str) -> str:
    return '"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _r_vector(words: Iterable[str]) -> str:
    return f"c({', '.join(_r_string(word) for word in words)})"
