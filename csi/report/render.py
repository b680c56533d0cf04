"""Blocks of a section as HTML, by the templates; nothing here knows what a section is about."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from jinja2 import Environment, PackageLoader
from markupsafe import Markup, escape

from csi.language import current_language, pick, say, words
from csi.report.cells import Shown, shown
from csi.report.pictures import draw, what_pictures_lack
from csi.results import Result
from csi.study.blocks import Beside, Drawn, Folded, Lines, Name, Number, Rows, Sentence, Special
from csi.views import table_title


@cache
def environment() -> Environment:
    """The templates of the pages."""
    found = Environment(
        loader=PackageLoader("csi.report"), autoescape=True, trim_blocks=True, lstrip_blocks=True, auto_reload=False
    )
    found.filters["breakable"] = lambda text: Markup(str(escape(text)).replace("_", "_<wbr>"))
    found.globals["say"] = say
    return found


@cache
def elements() -> Any:
    """The macros for small parts."""
    return environment().get_template("elements.html").module


@dataclass(frozen=True, eq=False)
class Renderer:
    """Makes HTML of blocks.

    Attributes
    ----------
    results : name -> Result
    level : of the intervals
    label, wording : what a construct is called, how an item was asked
    sources : name -> what a picture draws beside Results: "survey", "study"
    specials : name of a template -> what it shows besides the values of its block
    """

    results: Mapping[str, Result]
    level: float
    label: Callable[[str], str]
    wording: Callable[[str], str]
    sources: Mapping[str, Any]
    specials: Mapping[str, Callable[[], Mapping[str, Any]]]

    @cached_property
    def _shown(self) -> dict[tuple[str, str], Shown]:
        return {}

    def shown(self, result: str, table: str) -> Shown:
        """One table of one Result, made once."""
        key = (result, table)
        if key not in self._shown:
            self._shown[key] = shown(self.results[result], result, table, self.level, self.label, self.wording)
        return self._shown[key]

    def blocks(self, blocks: Sequence[Any]) -> Markup:
        """Blocks below each other."""
        return Markup("").join(self.block(one) for one in blocks)

    def block(self, one: Any) -> Markup:
        """One block as HTML."""
        return getattr(self, f"_{type(one).__name__.casefold()}")(one)

    def _sentence(self, one: Sentence) -> Markup:
        return elements().paragraph(self.said(one), one.kind)

    def said(self, one: Sentence) -> Markup:
        """The sentences without a paragraph around them; Chinese needs no blank between them."""
        parts = [self._fill(key, values) for key, values in one.said]
        return Markup("" if current_language() == "zh" else " ").join(parts)

    def _fill(self, key: str, values: Mapping[str, Any]) -> Markup:
        return Markup(escape(words(current_language())[key])).format(
            **{name: self._inside(value) for name, value in values.items()}
        )

    def _inside(self, value: Any) -> Any:
        """What stands inside a sentence."""
        if isinstance(value, Number):
            text = self.shown(value.result, value.table).text(value.row, value.column)
            return elements().number(value.result, value.table, value.row, value.column, text)
        if isinstance(value, Name):
            return elements().name(value.text, value.strong)
        if isinstance(value, Special):
            return getattr(elements(), value.template)(**value.values)
        return value

    def _rows(self, one: Rows) -> Markup:
        table = self.shown(one.result, one.table)
        if one.where:
            table = table.where(**one.where)
        caption = self._caption(one, table)
        if one.facts:
            return elements().grid(table.facts(caption))
        if one.across:
            return elements().grid(table.pivot(one.down, one.across, caption))
        return elements().grid(table.grid(caption))

    def _caption(self, one: Rows, table: Shown) -> str:
        if one.caption is not None and one.caption.startswith("@"):
            return title_of(one.caption[1:], self.results)
        if one.caption is not None and one.caption.startswith("report."):
            return say(one.caption)
        named = one.caption or (None if one.table in ("glance", "check") else one.table)
        plain = table_title(self.results[one.result], one.table) if named == one.table else say(f"tables.{named}")
        if one.caption is not None and one.result == "sample":
            return plain
        from csi.views import level_text

        leveled = "lower" in table.columns
        return say("report.caption", table=plain, level=level_text(self.level)) if leveled else plain

    def _drawn(self, one: Drawn) -> Markup:
        source = self.sources.get(one.of, self.results.get(one.of))
        svg = draw(one.picture, source, self.wording, one.options)
        return Markup("") if svg is None else elements().figure(one.picture, Markup(svg))

    def _lines(self, one: Lines) -> Markup:
        if one.kind == "quote":
            return elements().quotes(one.texts[0], one.texts[1:])
        return elements().bullets(one.texts, one.kind)

    def _beside(self, one: Beside) -> Markup:
        return elements().beside(self.blocks(one.blocks))

    def _folded(self, one: Folded) -> Markup:
        content = self.blocks(one.blocks)
        title = title_of(one.title[1:], self.results) if one.title.startswith("@") else say(f"report.{one.title}")
        return elements().folded(title, content) if content else Markup("")

    def _special(self, one: Special) -> Markup:
        given = {name: self._value(value) for name, value in one.values.items()}
        more = self.specials.get(one.template, dict)()
        template = environment().get_template(f"blocks/{one.template}.html")
        return Markup(template.render(**{"title_of": lambda name: title_of(name, self.results), **more, **given}))

    def _value(self, value: Any) -> Any:
        """Blocks inside what a template shows are HTML before it sees them."""
        if isinstance(value, Sentence):
            return self._sentence(value)
        if isinstance(value, Number):
            return self._inside(value)
        if isinstance(value, Lines):
            return self._lines(value)
        if isinstance(value, list):
            return [(key, self.said(part)) for key, part in value]
        return value


def title_of(name: str, results: Mapping[str, Result]) -> str:
    """What a Result is called on a page: by its name in a study, by its title elsewhere."""
    known = f"report.result_{name}"
    return say(known) if known in words("en") else str(results[name].title)


def lacking_pictures() -> dict[str, str]:
    """What keeps the pictures from being there."""
    return {"lacking": say("report.separator").join(what_pictures_lack())}


def asked_rows(study: Any) -> dict[str, Any]:
    """The model and its questions as rows: constructs, what explains them, their items with their wording."""
    book, rows = study.survey.codebook.items, []
    for one in study.model.constructs:
        items = [
            {
                "name": name,
                "wording": pick(book[name].text) if name in book else "",
                "turned": name in book and book[name].reversed,
            }
            for name in one.items
        ]
        sources = [study.label(source) for source in study.model.predecessors(one.name)]
        rows.append(
            {
                "name": one.name, "label": study.label(one.name), "explained": say("report.separator").join(sources),
                "items": items, "worded": any(item["wording"] for item in items),
            }
        )  # fmt: skip
    return {"rows": rows}
