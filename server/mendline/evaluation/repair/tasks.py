"""HumanEvalFix's tasks: a program with a bug, tests that show it, and the program as it should be."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Final, TypeVar

from attrs import frozen

from mendline.evaluation.json_lines import ItemsError, read_objects, texts_of
from mendline.evaluation.repair.failure import Failure
from mendline.evaluation.repair.judges import JUDGES, Judge
from mendline.evaluation.running import Limits

T = TypeVar("T")

_NAMES: Final = ("task_id", "declaration", "buggy_solution", "canonical_solution", "test", "entry_point", "bug_type")


@frozen
class Task:
    """One program with a bug.

    Attributes:
        name: such as "Python/0".
        judge: how programs of its language are judged.
        bug: the benchmark's kind of bug.
        entry_point: the function that is tested.
        before: the program with the bug.
        right: the program without it.
        visible: the asserts that whoever repairs may see.
        test: what has to follow the program, and pass, for it to be right.
    """

    name: str
    judge: Judge
    bug: str
    entry_point: str
    before: str
    right: str
    visible: tuple[str, ...]
    test: str

    @property
    def language(self) -> str:
        """The language id."""
        return self.judge.language

    def failures(self, program: str, limits: Limits) -> tuple[Failure, ...]:
        """Execute a program, and return the visible asserts that fail."""
        return self.judge.failures(program, self.test, self.visible, limits)

    def is_right(self, program: str, limits: Limits) -> bool:
        """Execute a program, and tell whether it passes all tests."""
        return self.judge.passes(program, self.test, limits)


def read_tasks(path: Path) -> tuple[Task, ...]:
    """Read a file of the benchmark, gzipped or plain.

    Raises:
        ItemsError: the file can't be read, has no tasks, or is of a language that can't be judged here.
    """
    tasks = tuple(
        _task(texts_of(found, _NAMES, place), found.get("example_test"), place) for place, found in read_objects(path)
    )
    if not tasks:
        raise ItemsError(f"{path} has no tasks in it")
    return tasks


def draw(tasks: Sequence[T], limit: int | None, seed: int) -> tuple[T, ...]:
    """Return `limit` tasks by chance, in their order; all of them without a limit."""
    if limit is None or limit >= len(tasks):
        return tuple(tasks)
    chosen = set(random.Random(seed).sample(range(len(tasks)), limit))  # noqa: S311 - a sample, no secret
    return tuple(task for number, task in enumerate(tasks) if number in chosen)


def _task(texts: dict[str, str], examples: object, place: str) -> Task:
    name = texts["task_id"].partition("/")[0]
    judge = JUDGES.get(name)
    if judge is None:
        raise ItemsError(f"{place}: tasks in {name} can't be judged here; those in {', '.join(JUDGES)} can")
    if missing := judge.missing():
        raise ItemsError(f"{place}: tasks in {name} need {' and '.join(missing)}, which is not installed")
    return Task(
        name=texts["task_id"],
        judge=judge,
        bug=texts["bug_type"],
        entry_point=texts["entry_point"],
        before=_program(texts, "buggy_solution"),
        right=_program(texts, "canonical_solution"),
        visible=visible_asserts(judge, texts["test"], examples if isinstance(examples, str) else ""),
        test=texts["test"],
    )


def visible_asserts(judge: Judge, test: str, examples: str) -> tuple[str, ...]:
    """The first half of a test's asserts, rounded up; where it has none that stand alone, those of the examples."""
    own = judge.asserts(test)
    return own[: (len(own) + 1) // 2] if len(own) > 1 else judge.asserts(examples) or own


def _program(texts: dict[str, str], solution: str) -> str:
    return f"{texts['declaration'].lstrip()}{texts[solution].rstrip()}\n"
