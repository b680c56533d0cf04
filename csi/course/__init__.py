"""Exercises of the lessons: `check` says whether an answer is right, and names the likely mistake where it is not."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable
from importlib import import_module
from typing import Any

from csi.course.tasks import Task, Verdict

LESSONS = tuple(
    sorted(module.name.removeprefix("lesson_") for module in pkgutil.iter_modules(__path__) if "lesson_" in module.name)
)


def check(exercise: str, answer: Any) -> Verdict:
    """Say whether an answer is right; where it is not, name the likely mistake.

    It never raises, whatever it is given. The right answer is worked out when it is asked for, from what the sample was
    simulated from or by a second way of computing; no number is kept in a file.

    Parameters
    ----------
    exercise : str
        Number of the exercise as the lesson prints it, "11.2".
    answer : Any
        `...` or None: not answered yet. Else what the exercise asks for: a number (an Estimate is one), a name, several
        names, or a Result.

    Returns
    -------
    Verdict
        It reads as a sentence in the current language; `passed` is True or False. The tolerance of a number stands in
        the sentence.

    Examples
    --------
    >>> import csi
    >>> csi.course.check("00.3", ...)
    00.3 is not answered yet: put your answer in place of ... and run the cell again.
    >>> csi.course.check("00.3", ("Amber", "Dune")).passed
    False

    """
    name = str(exercise).strip()
    if name not in list_exercises():
        return Verdict(name, False, "unknown", {"choices": list_exercises()})
    if answer is None or answer is ...:
        return Verdict(name, False, "open")
    try:
        return Verdict(name, *_task(name).judge(answer))
    except Exception as problem:  # a check that fails must not stop a lesson: it says so instead
        return Verdict(name, False, "unreadable", {"kind": type(answer).__name__, "problem": type(problem).__name__})


def list_exercises() -> list[str]:
    """Numbers of all exercises that can be checked.

    Examples
    --------
    >>> import csi
    >>> csi.course.list_exercises()[:2]
    ['00.1', '00.2']

    """
    return [name for lesson in LESSONS for name in _exercises(lesson)]


def _exercises(lesson: str) -> dict[str, Callable[[], Task]]:
    """Number to task: those of a lesson in their order, the student's own data last."""
    module = import_module(f"csi.course.lesson_{lesson}")
    return {f"{lesson}.{k}": task for k, task in enumerate((*module.EXERCISES, lambda: module.OWN), start=1)}


def _task(name: str) -> Task:
    return _exercises(name.partition(".")[0])[name]()
