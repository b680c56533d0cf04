"""What can stand after `csi`, and its help in the current language."""

from __future__ import annotations

import argparse
from typing import Any, NoReturn

from csi.errors import OptionError
from csi.language import say
from csi.views import width

SECTION_NAMES = (  # of csi.study.sections, which help must not import
    "groups", "waves", "model", "blend", "tree", "public_service", "rates", "items", "drivers", "servqual", "kano",
    "comments",
)  # fmt: skip
COMMANDS = ("tour", "doctor", "report", "codebook", "anonymise", "models", "samples", "info")
DESCRIBED = ("tour", "doctor", "report", "codebook", "anonymise")  # commands that have more to say than one line
NEVER_FIRST = "，。；：、）”"


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise OptionError("cli_bad_arguments", problem=message, command=self.prog.partition(" ")[2])


class _Help(argparse.HelpFormatter):
    """Help in the current language; lines are broken by the width they take on a terminal."""

    def add_usage(self, usage: Any, actions: Any, groups: Any, prefix: str | None = None) -> None:
        super().add_usage(usage, actions, groups, say("cli.usage") if prefix is None else prefix)

    def _split_lines(self, text: str, columns: int) -> list[str]:
        return _wrapped(text, columns)

    def _fill_text(self, text: str, columns: int, indent: str) -> str:
        lines = []
        for line in text.splitlines():
            if width(indent + line) <= columns:
                lines.append(indent + line)  # examples keep their columns
                continue
            inner = indent + line[: len(line) - len(line.lstrip())]
            lines += [inner + part for part in _wrapped(line, columns - len(inner))]
        return "\n".join(lines)


def _wrapped(text: str, columns: int) -> list[str]:
    """Break between words, and between Chinese characters, which stand without blanks."""
    lines, line, word = [], "", ""
    for character in f"{' '.join(text.split())} ":
        if width(character) == 1 and character != " ":
            word += character
            continue
        if width(line + word) > columns and line.strip():
            lines, line = [*lines, line.strip()], ""
        line, word = line + word + (character if character == " " else ""), ""
        if character != " ":
            if width(line + character) > columns and character not in NEVER_FIRST:
                lines, line = [*lines, line.strip()], ""
            line += character
    return [*lines, line.strip()] if line.strip() else lines or [""]


def make_parsers() -> tuple[argparse.ArgumentParser, dict[str, argparse.ArgumentParser]]:
    """The parser of `csi` and those of its commands by name."""
    common: dict[str, Any] = {
        "formatter_class": _Help,
        "add_help": False,
        "exit_on_error": False,
        "allow_abbrev": False,
    }
    parser = _Parser(prog="csi", description=say("cli.description"), epilog=say("cli.top_examples"), **common)
    everywhere = parser.add_argument_group(say("cli.options"))
    _everywhere(everywhere, None)
    everywhere.add_argument("--version", action="store_true", help=say("cli.help_version"))
    chosen = parser.add_subparsers(dest="command", title=say("cli.commands"), metavar="COMMAND", parser_class=_Parser)
    commands = {}
    for name in COMMANDS:
        described = name in DESCRIBED
        text = say(f"cli.{name}_description") if described else say(f"cli.{name}_help")
        epilog = say(f"cli.{name}_examples") if described else None
        help_line = say(f"cli.{name}_help")
        commands[name] = chosen.add_parser(name, help=help_line, description=text, epilog=epilog, **common)
    _report_arguments(commands["report"])
    _codebook_arguments(commands["codebook"])
    _files(commands["doctor"])
    _file_options(commands["doctor"])
    _files(commands["anonymise"])
    _file_options(commands["anonymise"], judged=False)
    group = commands["tour"].add_argument_group(say("cli.tour_options"))
    group.add_argument("-o", "--output", metavar="FOLDER", help=say("cli.help_tour_output"))
    for name in COMMANDS:
        _everywhere(commands[name].add_argument_group(say("cli.options")), argparse.SUPPRESS)
    return parser, commands


def _everywhere(group: Any, default: Any) -> None:
    """The options of every command; SUPPRESS keeps a command from undoing what stands before it."""
    group.add_argument("-h", "--help", action="store_true", default=default, help=say("cli.help_help"))
    group.add_argument("--language", metavar="LANGUAGE", default=default, help=say("cli.help_language"))


def _report_arguments(parser: argparse.ArgumentParser) -> None:
    _files(parser)
    _file_options(parser)
    group = parser.add_argument_group(say("cli.report_options"))
    group.add_argument("--model", metavar="MODEL", help=say("cli.help_model"))
    group.add_argument("--by", metavar="COLUMN", action="append", help=say("cli.help_by"))
    group.add_argument("--outcome", metavar="ITEM", help=say("cli.help_outcome"))
    group.add_argument("--visits", metavar="FILE", help=say("cli.help_visits"))
    group.add_argument("--complaints", metavar="FILE", help=say("cli.help_complaints"))
    group.add_argument("--tree", metavar="FILE", help=say("cli.help_tree"))
    group.add_argument(
        "--sections", metavar="NAMES", action="append", help=say("cli.help_sections", names=SECTION_NAMES)
    )
    group.add_argument("-o", "--output", metavar="FILE", help=say("cli.help_output"))
    group.add_argument("--n-boot", metavar="N", default="5000", help=say("cli.help_n_boot"))
    group.add_argument("--seed", metavar="N", default="1", help=say("cli.help_seed"))


def _codebook_arguments(parser: argparse.ArgumentParser) -> None:
    _files(parser)
    _file_options(parser)
    group = parser.add_argument_group(say("cli.codebook_options"))
    group.add_argument("--model", metavar="MODEL", help=say("cli.help_codebook_model"))
    group.add_argument("-o", "--output", metavar="FILE", help=say("cli.help_codebook_output"))


def _files(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group(say("cli.arguments"))
    group.add_argument("files", metavar="FILE", nargs="*", help=say("cli.help_file"))


def _file_options(parser: argparse.ArgumentParser, judged: bool = True) -> None:
    """What can be said about the file where csi does not find it out, or finds it out wrongly."""
    group = parser.add_argument_group(say("cli.file_options"))
    if judged:
        group.add_argument("--codebook", metavar="FILE", help=say("cli.help_codebook"))
        group.add_argument("--scale", metavar="[ITEM=]LO-HI", action="append", help=say("cli.help_scale"))
        group.add_argument("--missing", metavar="[ITEM=]CODES", action="append", help=say("cli.help_missing"))
        group.add_argument("--strict", action="store_true", help=say("cli.help_strict"))
        group.add_argument("--source", metavar="SOURCE", help=say("cli.help_source"))
        group.add_argument("--decimal", metavar="SIGN", help=say("cli.help_decimal"))
    else:
        group.add_argument("-o", "--output", metavar="FILE", help=say("cli.help_anonymise_output"))
    group.add_argument("--sheet", metavar="NAME", help=say("cli.help_sheet"))
    group.add_argument("--encoding", metavar="NAME", help=say("cli.help_encoding"))
    group.add_argument("--delimiter", metavar="SIGN", help=say("cli.help_delimiter"))


def quoted(name: str) -> str:
    """A word of a command line, in quotation marks where it needs them."""
    return f'"{name}"' if any(character.isspace() or character in "()&;'*[]" for character in name) else name


def bad_argument(problem: argparse.ArgumentError, command: str) -> OptionError:
    """An argument that argparse refused, in the current language."""
    if problem.argument_name and problem.argument_name.startswith("-"):
        return OptionError("cli_no_value", option=problem.argument_name, command=command)
    wrong = problem.message.partition("'")[2].partition("'")[0]
    return OptionError("cli_unknown_command", command=wrong, choices=COMMANDS)


def whole_number(option: str, text: str, lowest: int) -> int:
    """The number an option was given.

    Raises
    ------
    OptionError
        `cli_not_whole`.

    """
    try:
        number = int(text)
    except ValueError:
        number = lowest - 1
    if number < lowest:
        raise OptionError("cli_not_whole", option=option, value=text, lowest=lowest)
    return number


def column_names(given: list[str] | None, option: str) -> list[str] | None:
    """The columns an option named, repeated or separated by commas.

    Raises
    ------
    OptionError
        `cli_no_column`.

    """
    if given is None:
        return None
    columns = [name.strip() for part in given for name in part.replace("，", ",").split(",") if name.strip()]
    if not columns:
        raise OptionError("cli_no_column", option=option)
    return columns
