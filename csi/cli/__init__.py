"""The command `csi`: from a file of answers to a page; also what there is to choose from.

Nothing heavy is imported before a command needs it, so that help and mistakes answer at once.
"""

from __future__ import annotations

import argparse
import errno
import locale
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from csi import __version__
from csi.cli.arguments import COMMANDS, bad_argument, make_parsers
from csi.errors import CsiError, OptionError, OutputError, choose
from csi.language import LANGUAGES, at_terminal, current_language, say, use_language


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code: 0, 2 after a mistake that a sentence explains, 130 after Ctrl-C.

    Parameters
    ----------
    arguments : what stands after `csi`; the command line when None

    Notes
    -----
    Results go to standard output; progress and mistakes to standard error. Where nobody reads the results any more
    (`csi models | head -1`) the command ends without a word, with 141 if work was left. Errors that are not about
    the user's input are not caught.

    """
    here = at_terminal.set(True)
    try:
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="replace")  # a console that cannot show Chinese shows question marks
        given = list(sys.argv[1:] if arguments is None else arguments)
        with use_language(_language_of_computer()):
            try:
                with use_language(_language(given)):
                    return _ended(given)
            except CsiError as problem:
                return _fail(problem)
    except KeyboardInterrupt:
        return 130
    finally:
        at_terminal.reset(here)


def _ended(given: Sequence[str]) -> int:
    """The exit code of the work and of the last that is to be shown."""
    code = 141
    try:
        code = _dispatch(given)
        if sys.stdout is not None:
            sys.stdout.flush()
    except KeyboardInterrupt:
        return _tell(_interrupted(), 130)
    except CsiError as problem:
        return _fail(problem)
    except BrokenPipeError:
        _let_go(sys.stdout)
    except OSError as problem:
        if problem.filename is not None or problem.errno not in (errno.ENOSPC, errno.EIO, errno.EFBIG, errno.EBADF):
            raise
        _let_go(sys.stdout)
        return _fail(OutputError("cli_output_failed", problem=problem.strerror))
    return code


def _fail(problem: CsiError) -> int:
    return _tell(f"csi: {' '.join(str(problem).split())}", 2)


def _interrupted() -> str:
    """That the work was stopped; in English where that came before the words could be read."""
    try:
        return say("cli.interrupted")
    except Exception:  # whatever a module that is half imported raises
        return "csi: stopped; no file was changed"


def _tell(sentence: str, code: int) -> int:
    """Say a sentence on standard error, if anybody can hear it."""
    try:
        print(sentence, file=sys.stderr, flush=True)
    except OSError:
        _let_go(sys.stderr)
    return code


def _let_go(stream: Any) -> None:
    """Nothing more can be written there, not what is still held back either."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


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
