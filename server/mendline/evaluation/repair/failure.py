"""An assert that fails."""

from __future__ import annotations

import json
from collections.abc import Sequence

from attrs import frozen


@frozen
class Failure:
    """An assert that fails.

    Attributes:
        number: which one, from 0.
        instead: what came instead, as the end of a sentence.
    """

    number: int
    instead: str


def read_failures(written: str, mark: str, asserts: Sequence[str], end: str) -> tuple[Failure, ...]:
    """Read what a harness wrote: for each assert a line with a mark, its number and what came instead.

    Args:
        written: the program's standard output.
        mark: what the harness's lines begin with; no program can know it.
        asserts: those that were tried.
        end: what is said of asserts that the program didn't come to.
    """
    said: dict[int, str] = {}
    for line in written.split("\n"):
        if line.startswith(mark):
            number, instead = json.loads(line.removeprefix(mark))
            said[number] = instead
    told = ((number, said.get(number, end)) for number in range(len(asserts)))
    return tuple(Failure(number, instead) for number, instead in told if instead)
