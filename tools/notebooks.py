"""Lessons: one text file under notebooks/src becomes a notebook in each language.

python tools/notebooks.py build [--student] [LESSON...]   execute and write notebooks/en and notebooks/zh
python tools/notebooks.py check                           compare the notebooks with their sources; executes nothing
python tools/notebooks.py run [LESSON...]                 execute each lesson once, in English, and print the seconds

A LESSON is the beginning of a file name, such as 11. `build --student` leaves the solutions out and writes to
notebooks/student/, which git ignores: it is made again for every course. The format: tools/notebooks_source.py.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

sys.path.insert(0, str(Path(__file__).resolve().parent))

from notebooks_source import LANGUAGES, Lesson, LessonError, notebook, read_lesson

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "notebooks"
AT_ONCE = 2
SECONDS = 15.0
BUILD_SECONDS = 120.0
LARGEST = 1_000_000
ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{4,}\b")
PLACE = re.compile(r"(?<![\w.:/])/(?:home|root|tmp|work|usr|var|opt|private|mnt|Users)/\w|\b[A-Za-z]:\\+\w")


@dataclass(frozen=True)
class Job:
    """One notebook to execute: where it goes, and how long it may take."""

    lesson: Lesson
    language: str
    student: bool = False
    seconds: float = BUILD_SECONDS

    @property
    def target(self) -> Path:
        """The file it is written to."""
        return folder(self.language, student=self.student) / f"{self.lesson.name}.ipynb"


def folder(language: str, *, student: bool = False) -> Path:
    """Where the notebooks of one language stand."""
    return FOLDER / "student" / language if student else FOLDER / language


def find(names: Sequence[str] = ()) -> list[Lesson]:
    """The lessons whose file names begin so; all without a name."""
    paths = sorted((FOLDER / "src").glob("[0-9][0-9]_*.py"))
    lost = [name for name in names if not any(path.stem.startswith(name) for path in paths)]
    if lost:
        there = ", ".join(path.stem for path in paths)
        raise LessonError(f"no lesson begins with {', '.join(lost)}; there are: {there}")
    return [read_lesson(path) for path in paths if not names or any(path.stem.startswith(name) for name in names)]


async def execute_one(job: Job) -> tuple[nbformat.NotebookNode, float]:
    """Execute one notebook in an empty folder; it may take `job.seconds` in all."""
    made = notebook(job.lesson, job.language, student=job.student)
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as place:
        client = NotebookClient(
            made, kernel_name="python3", resources={"metadata": {"path": place}}, record_timing=False,
            extra_arguments=["--IPKernelApp.log_level=ERROR"],
            timeout_func=lambda _: max(1, int(start + job.seconds - time.perf_counter())),
        )  # fmt: skip
        try:
            await client.async_execute()
        except CellTimeoutError:
            raise LessonError(f"{job.lesson.name} ({job.language}): not done after {job.seconds:.0f} s") from None
        except CellExecutionError as problem:
            cell = next(one for one in made.cells if any(out.output_type == "error" for out in one.get("outputs", ())))
            raise LessonError(
                f"{job.lesson.name} ({job.language}): {problem.ename}: {problem.evalue}; in the cell\n{cell.source}"
            ) from None
        except DeadKernelError as problem:
            raise LessonError(f"{job.lesson.name} ({job.language}): {problem}") from None
    return made, time.perf_counter() - start


async def execute_all(jobs: Sequence[Job]) -> list[tuple[nbformat.NotebookNode, float] | LessonError]:
    """Execute notebooks, two at a time; the answers stand in the order of the jobs."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def guarded(job: Job) -> tuple[nbformat.NotebookNode, float] | LessonError:
        async with gate:
            try:
                return await execute_one(job)
            except LessonError as problem:
                return problem

    return await asyncio.gather(*(guarded(job) for job in jobs))


def texts(cell: nbformat.NotebookNode) -> Iterable[str]:
    """Every text a cell has put out."""
    for output in cell.get("outputs", ()):
        if "text" in output:
            yield output["text"]
        for kind, content in output.get("data", {}).items():
            if not kind.startswith("image/") or kind.endswith("xml"):
                yield content if isinstance(content, str) else str(content)


def faults(made: nbformat.NotebookNode) -> list[str]:
    """What may not stand in the outputs: stderr, object addresses, absolute paths."""
    found = []
    for number, cell in enumerate(made.cells):
        where = f"cell {number} ({cell.source.splitlines()[0][:50]})"
        errors = [output for output in cell.get("outputs", ()) if output.get("name") == "stderr"]
        found += [f"{where}: stderr: {output['text'].strip()[:200]}" for output in errors]
        for text in texts(cell):
            for what, pattern in (("object address", ADDRESS), ("absolute path", PLACE)):
                hit = pattern.search(text)
                if hit:
                    found.append(f"{where}: {what}: {text[max(0, hit.start() - 30) : hit.end() + 30]!r}")
    return found


def written(made: nbformat.NotebookNode) -> str:
    """The text of the file, the same for the same notebook: no times, no version of Python, no kernel messages."""
    made.metadata.language_info = {"name": "python"}
    for cell in made.cells:
        cell.metadata.pop("execution", None)
    return nbformat.writes(made, version=4, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def build(names: Sequence[str], *, student: bool) -> list[str]:
    """Execute and write the notebooks; return what is wrong with them, then nothing of them is written."""
    jobs = [Job(lesson, language, student) for lesson in find(names) for language in LANGUAGES]
    problems = []
    for job, answer in zip(jobs, asyncio.run(execute_all(jobs)), strict=True):
        if isinstance(answer, LessonError):
            problems.append(str(answer))
            continue
        made, seconds = answer
        text = written(made)
        found = faults(made)
        if len(text.encode()) >= LARGEST:
            found.append(f"{len(text.encode()):,} bytes; a notebook stays under {LARGEST:,}")
        problems += [f"{job.lesson.name} ({job.language}) {fault}" for fault in found]
        if not found:
            job.target.parent.mkdir(parents=True, exist_ok=True)
            job.target.write_text(text, encoding="utf-8", newline="\n")
            print(f"{job.target.relative_to(ROOT).as_posix()}  {seconds:.1f} s  {len(text.encode()) / 1000:.0f} kB")
    return problems


def check() -> list[str]:
    """Differences between the notebooks and what their sources say; nothing is executed."""
    lessons = find()
    problems = []
    for language in LANGUAGES:
        wanted = {f"{lesson.name}.ipynb": lesson for lesson in lessons}
        there = {path.name for path in folder(language).glob("*.ipynb")}
        problems += [f"notebooks/{language}/{name}: has no source" for name in sorted(there - set(wanted))]
        problems += [f"notebooks/{language}/{name}: is missing; build it" for name in sorted(set(wanted) - there)]
        for name in sorted(set(wanted) & there):
            found = nbformat.read(folder(language) / name, as_version=4)
            differences = compare(found, notebook(wanted[name], language))
            problems += [f"notebooks/{language}/{name}: {difference}" for difference in differences]
    return problems


def compare(found: nbformat.NotebookNode, wanted: nbformat.NotebookNode) -> list[str]:
    """How a notebook differs from its source: number, order, kind, id, text and metadata of cells; what was run."""
    differences = []
    if len(found.cells) != len(wanted.cells):
        differences.append(f"{len(found.cells)} cells, the source has {len(wanted.cells)}")
    for number, (one, other) in enumerate(zip(found.cells, wanted.cells, strict=False)):
        names = [name for name in ("cell_type", "id", "source", "metadata") if one.get(name) != other.get(name)]
        if names:
            start = other.source.splitlines()[0][:50]
            differences.append(f"cell {number} differs in {', '.join(names)}; the source says: {start}")
    if found.metadata != wanted.metadata:
        differences.append("the metadata of the notebook differ")
    counts = [cell.execution_count for cell in found.cells if cell.cell_type == "code"]
    if counts != list(range(1, len(counts) + 1)):
        differences.append("not every cell was executed once, in order")
    return differences


def run(names: Sequence[str], seconds: float = SECONDS) -> list[str]:
    """Execute each lesson once, in English; print the seconds, return what failed."""
    jobs = [Job(lesson, "en", seconds=seconds) for lesson in find(names)]
    problems = []
    for job, answer in zip(jobs, asyncio.run(execute_all(jobs)), strict=True):
        if isinstance(answer, LessonError):
            problems.append(str(answer))
            continue
        made, taken = answer
        print(f"{job.lesson.name}  {taken:.1f} s")
        problems += [f"{job.lesson.name} {fault}" for fault in faults(made)]
        if taken > seconds:
            problems.append(f"{job.lesson.name}: {taken:.1f} s; a lesson has {seconds:.0f} s")
    return problems


def main(arguments: Sequence[str]) -> int:
    """Do what the command says; 1 when something is wrong, with one line for each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    builder = commands.add_parser("build")
    builder.add_argument("--student", action="store_true")
    runner = commands.add_parser("run")
    for one in (builder, runner):
        one.add_argument("lessons", nargs="*", metavar="LESSON")
    commands.add_parser("check")
    asked = parser.parse_args(arguments)
    try:
        if asked.command == "build":
            problems = build(asked.lessons, student=asked.student)
        else:
            problems = check() if asked.command == "check" else run(asked.lessons)
    except LessonError as problem:
        problems = [str(problem)]
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
