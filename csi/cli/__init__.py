"""The command `csi`: from a file of answers to a page; also what there is to choose from.

Nothing heavy is imported before a command needs it, so that help and mistakes answer at once.
"""

from __future__ import annotations

import argparse
import locale
import os
import sys
from collections.abc import Sequence

from csi import __version__
from csi.cli.arguments import COMMANDS, bad_argument, make_parsers
from csi.errors import CsiError, OptionError, choose
from csi.language import LANGUAGES, at_terminal, current_language, say, use_language


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code: 0, 2 after a mistake that a sentence explains, 130 after Ctrl-C.

    Parameters
    ----------
    arguments : what stands after `csi`; the command line when None

    Notes
    -----
    Results go to standard output; progress and mistakes to standard error. Errors that are not about the user's
    input are not caught.

    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a console that cannot show Chinese shows question marks
    given = list(sys.argv[1:] if arguments is None else arguments)
    at_terminal.set(True)
    with use_language(_language_of_computer()):
        try:
            with use_language(_language(given)):
                try:
                    return _dispatch(given)
                except KeyboardInterrupt:
                    print(say("cli.interrupted"), file=sys.stderr)
                    return 130
                except CsiError as problem:
                    return _fail(problem)
        except CsiError as problem:
            return _fail(problem)


def _fail(problem: CsiError) -> int:
    print(f"csi: {' '.join(str(problem).split())}", file=sys.stderr)
    return 2


def _language_of_computer() -> str:
    """Chinese where the locale is Chinese, else English."""
    named = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    if not named and os.name == "nt":
        named = locale.getlocale()[0] or ""
    return "zh" if named.lower().startswith(("zh", "chinese")) else "en"


def _language(arguments: Sequence[str]) -> str:
    """The language that was asked for, before anything is read; help and mistakes are in it too."""
    for i, word in enumerate(arguments):
        if word == "--language" and i + 1 < len(arguments):
            return choose("--language", arguments[i + 1], LANGUAGES)
        if word.startswith("--language="):
            return choose("--language", word.partition("=")[2], LANGUAGES)
    wished = os.environ.get("CSI_LANGUAGE")
    return choose("CSI_LANGUAGE", wished, LANGUAGES) if wished else current_language()


def _dispatch(arguments: Sequence[str]) -> int:
    parser, commands = make_parsers()
    command = next((word for word in arguments if word in COMMANDS), "")
    try:
        options, unknown = parser.parse_known_args(arguments)
    except argparse.ArgumentError as problem:
        raise bad_argument(problem, command) from None
    if options.version:
        print(f"csi {__version__}")
        return 0
    if options.help:
        print((commands[options.command] if options.command else parser).format_help(), end="")
        return 0
    if unknown:
        raise OptionError("cli_unknown_arguments", arguments=unknown, command=options.command or "")
    if options.command is None:
        raise OptionError("cli_no_command", choices=COMMANDS)
    if options.command in ("doctor", "anonymise"):
        from csi.cli import looking

        return {"doctor": looking.doctor, "anonymise": looking.anonymise}[options.command](options)
    if options.command in ("report", "tour"):
        from csi.cli import analysis

        return {"report": analysis.report, "tour": analysis.tour}[options.command](options)
    from csi.cli import catalogue

    jobs = {
        "samples": catalogue.samples, "models": catalogue.models, "codebook": catalogue.codebook,
        "info": catalogue.info,
    }  # fmt: skip
    return jobs[options.command](options)
