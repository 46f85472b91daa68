"""HumanEvalFix's tasks: a program with a bug, tests that show it, and the program as it should be."""

from __future__ import annotations

import ast
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Final, TypeVar

from attrs import frozen

from mendline.evaluation.json_lines import ItemsError, read_objects, texts_of

LANGUAGES: Final = {"Python": "python"}
"""The benchmark's names of the languages that can be judged here, and their language ids."""

T = TypeVar("T")

_NAMES: Final = ("task_id", "declaration", "buggy_solution", "canonical_solution", "test", "entry_point", "bug_type")


@frozen
class Task:
    """One program with a bug.

    Attributes:
        name: such as "Python/0".
        language: its language id.
        bug: the benchmark's kind of bug.
        entry_point: the function that is tested.
        before: the program with the bug.
        right: the program without it.
        visible: the asserts that whoever repairs may see.
        test: what has to follow the program, and pass, for it to be right.
    """

    name: str
    language: str
    bug: str
    entry_point: str
    before: str
    right: str
    visible: tuple[str, ...]
    test: str


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
    language = texts["task_id"].partition("/")[0]
    if language not in LANGUAGES:
        known = ", ".join(LANGUAGES)
        raise ItemsError(f"{place}: tasks in {language} can't be judged here; those in {known} can")
    return Task(
        name=texts["task_id"],
        language=LANGUAGES[language],
        bug=texts["bug_type"],
        entry_point=texts["entry_point"],
        before=_program(texts, "buggy_solution"),
        right=_program(texts, "canonical_solution"),
        visible=visible_asserts(texts["test"], examples if isinstance(examples, str) else ""),
        test=texts["test"],
    )


def visible_asserts(test: str, examples: str) -> tuple[str, ...]:
    """The first half of a test's asserts, rounded up; where it has none that stand alone, those of the examples.

    Asserts of a constant say nothing and are left out.
    """
    own = _asserts(test)
    return own[: (len(own) + 1) // 2] if len(own) > 1 else _asserts(examples) or own


def _asserts(source: str) -> tuple[str, ...]:
    """The asserts that stand directly in the function `check`."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return ()
    checks = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "check"]
    found = [node for each in checks for node in each.body if isinstance(node, ast.Assert)]
    return tuple(ast.unparse(ast.Assert(node.test)) for node in found if not isinstance(node.test, ast.Constant))


def _program(texts: dict[str, str], solution: str) -> str:
    return f"{texts['declaration'].lstrip()}{texts[solution].rstrip()}\n"
