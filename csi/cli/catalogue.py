"""`csi models`, `csi samples`, `csi codebook`, `csi info`: what there is to choose from, and what is installed."""

from __future__ import annotations

import argparse
import platform
import re
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from csi import __version__
from csi.cli.arguments import quoted
from csi.cli.reading import check_files, read_answers, read_model, say_doubts
from csi.errors import OutputError
from csi.language import LANGUAGES, current_language, say
from csi.views import align


def models(options: argparse.Namespace) -> int:
    """List the national models."""
    from csi.models.catalog import list_models

    columns = ("name", "title", "year", "constructs", "paths")
    rows = [
        ["" if value is None else str(value) for value in row]
        for row in list_models()[list(columns)].astype(object).where(lambda frame: frame.notna(), None).to_numpy()
    ]
    print("\n".join(align([[say(f"cli.model_{name}") for name in columns], *rows])))
    return 0


def samples(options: argparse.Namespace) -> int:
    """List the samples that ship with csi."""
    from csi.data.samples import list_samples

    columns = ("name", "respondents", "items", "title")
    rows = [[str(value) for value in row] for row in list_samples()[list(columns)].to_numpy()]
    print("\n".join(align([[say(f"cli.sample_{name}") for name in columns], *rows])))
    return 0


def codebook(options: argparse.Namespace) -> int:
    """Draft a codebook for an export; a file that exists is never overwritten, it may be finished work."""
    from csi.drafts import draft_codebook, draft_text, open_items
    from csi.report.files import check_target, write_file

    check_files(options.files, "codebook")
    target = Path(options.output or f"{Path(options.files[0]).stem}.yaml")
    if target.exists():
        raise OutputError("output_exists", file=str(target))
    check_target(target)
    model = None if options.model is None else read_model(options.model)
    survey, _ = read_answers(options, beside=False, ask=False)
    say_doubts(survey)
    draft = draft_codebook(survey, model)
    write_file(target, draft_text(draft, model, doubts=survey.doubts, survey=survey).encode("utf-8"))
    undecided = open_items(draft)
    print(say("cli.codebook_counts", items=len(draft.items), suggested=sum(map(len, draft.constructs().values()))))
    if undecided:
        print(say("cli.codebook_open", count=len(undecided)))
    print(say("cli.codebook_written", file=str(target)))
    print(say("cli.codebook_next", files=" ".join(quoted(name) for name in options.files), file=quoted(str(target))))
    return 0


def info(options: argparse.Namespace) -> int:
    """Versions of everything csi asks for, fonts, languages and the cache folder; nothing about the person."""
    from csi.data.fetch import cache_folder
    from csi.report.pictures import can_draw, what_pictures_lack

    fonts = say("cli.info_none")
    if can_draw():
        from csi.report.fonts import chinese_faces

        fonts = say("views.list", parts=chinese_faces()) if chinese_faces() else fonts
    rows = [
        ["csi", __version__],
        ["Python", platform.python_version()],
        [say("cli.info_platform"), f"{platform.system()} {platform.machine()}"],
        [say("cli.info_language"), current_language()],
        [say("cli.info_languages"), say("views.list", parts=LANGUAGES)],
        [say("cli.info_fonts"), fonts],
        [say("cli.info_cache"), _without_home(cache_folder())],
    ]
    heads = [say(f"cli.info_{name}") for name in ("package", "version", "needed", "extra")]
    print("\n".join([*align([["", ""], *rows])[1:], "", *align([heads, *_dependencies()])]))
    for line in what_pictures_lack():
        print(line)
    return 0


def _dependencies() -> list[list[str]]:
    """What csi asks for: package, installed version, wanted version, the extra that it belongs to."""
    rows: dict[str, list[str]] = {}
    try:
        wanted = requires("csi") or []
    except PackageNotFoundError:  # a folder of modules that nothing installed says nothing about itself
        return [[say("cli.info_missing"), "", "", ""]]
    for line in wanted:
        package, limits, extra = re.match(r"([\w.-]+)\s*([^;]*)(?:.*extra == ['\"](\w+))?", line).groups()
        row = rows.setdefault(package, [package, _version(package), limits.strip(), extra or ""])
        if extra and row[3] and extra != row[3]:
            row[3] += f", {extra}"
    return list(rows.values())


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return say("cli.info_missing")


def _without_home(path: Path) -> str:
    """A path without the name of the person whose home it is in."""
    home = Path.home()
    return str(Path("~") / path.relative_to(home)) if path.is_relative_to(home) else str(path)
