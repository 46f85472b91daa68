"""The benchmark's items: read, chosen, and made into programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol, TypeVar

import attrs
from attrs import frozen

from mendline.evaluation.json_lines import ItemsError, read_texts


class _HasProblem(Protocol):
    @property
    def problem(self) -> str: ...


T = TypeVar("T", bound=_HasProblem)

_SINGLE_LINE = "SingleLineInfilling"


@frozen
class Item:
    """One hole in a program.

    Attributes:
        task_id: its name, such as `SingleLineInfilling/HumanEval/0/L0`.
        entry_point: the function that the test is given.
        prompt: the program before the hole.
        suffix: the program after it.
        canonical_solution: what stood in the hole.
        test: defines `check(candidate)`, which raises when the function is wrong.
    """

    task_id: str
    entry_point: str
    prompt: str
    suffix: str
    canonical_solution: str
    test: str

    @property
    def one_line(self) -> bool:
        """Whether the hole is exactly one line."""
        return self.task_id.startswith(_SINGLE_LINE)

    @property
    def problem(self) -> str:
        """The name of the program that the hole is in; several items share it."""
        return self.task_id.rpartition("/")[0]

    def program(self, middle: str) -> str:
        """Return a program that ends without an exception exactly if `middle` is right."""
        return f"{self.prompt}{middle}{self.suffix}{self.check}"

    @property
    def check(self) -> str:
        """What follows the program and raises an exception when it is wrong."""
        return f"\n{self.test}\ncheck({self.entry_point})\n"


def read_items(path: Path) -> tuple[Item, ...]:
    """Read a file of JSON lines, gzipped or plain.

    Raises:
        ItemsError: see `json_lines.read_texts`; or there is nothing in it, or an item twice.
    """
    names = [each.name for each in attrs.fields(Item)]
    items = tuple(Item(**texts) for texts in read_texts(path, names))
    if not items:
        raise ItemsError(f"{path} has no items in it")
    if len({item.task_id for item in items}) < len(items):
        raise ItemsError(f"{path} has two items with the same task_id")
    return items


def choose(items: Sequence[Item], limit: int | None = None, start: int = 0) -> tuple[Item, ...]:
    """Return `limit` items, spread evenly over those from index `start` on; all of these without a limit.

    Neighbours in the file are holes in the same program. So the first ones would be a poor sample, and an engine would
    find half of a prompt in its cache, spliced or not, that is to be computed from nothing: the order is that all
    programs have their turn before one comes again.
    """
    rest = items[start:]
    if limit is not None and limit < len(rest):
        rest = [rest[number * len(rest) // limit] for number in range(limit)]
    return in_turns(rest)


def in_turns(items: Sequence[T]) -> tuple[T, ...]:
    """Put items in such an order that all programs have their turn before one comes again."""
    turns: Counter[str] = Counter()
    keyed: list[tuple[int, T]] = []
    for item in items:
        keyed.append((turns[item.problem], item))
        turns[item.problem] += 1
    return tuple(item for _, item in sorted(keyed, key=lambda pair: pair[0]))
