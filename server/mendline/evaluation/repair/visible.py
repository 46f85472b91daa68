"""The check that sees a part of a task's tests. It executes what the model wrote, in confinement."""

from __future__ import annotations

import asyncio
import re
import time
from typing import Final

import attrs
from attrs import frozen

from mendline.checks.check import Kind, Report, Status, Subject
from mendline.checks.finding import Finding, Point
from mendline.evaluation.repair.tasks import Task
from mendline.evaluation.running import Limits

PATH: Final = "program.py"
SOURCE: Final = "tests"


@frozen
class VisibleTests:
    """A task's visible asserts. Implements `Check`."""

    task: Task
    limits: Limits = attrs.field(factory=Limits)
    name: str = "tests"
    kind: Kind = Kind.TESTS
    languages: frozenset[str] = frozenset()
    executes: bool = True
    standalone: bool = False

    async def run(self, subject: Subject, seconds: float) -> Report:
        """Run each assert; those that fail are findings at the function's definition."""
        began = time.perf_counter()
        limits = attrs.evolve(
            self.limits,
            wall_seconds=max(0.1, min(self.limits.wall_seconds, seconds)),
            cpu_seconds=max(1, min(self.limits.cpu_seconds, int(seconds))),
        )
        failed = await asyncio.to_thread(self.task.failures, subject.text, limits)
        line = definition_line(subject.text, self.task.entry_point)
        found = tuple(finding(self.task, each.number, each.instead, line) for each in failed)
        return Report(
            self.name,
            Status.RAN,
            found,
            tests_passed=len(self.task.visible) - len(found),
            tests_failed=len(found),
            confinement=self.task.judge.confinement(),
            seconds=time.perf_counter() - began,
        )


def finding(task: Task, number: int, instead: str, line: int) -> Finding:
    """What is said of an assert that fails."""
    message = f"`{task.visible[number]}` fails: {instead}"
    return Finding(PATH, Point(line, 0), Point(line, 0), message, source=SOURCE, code=f"assert {number}")


def definition_line(text: str, name: str) -> int:
    """The line, from 0, in which a function is defined; the first one where there is none."""
    defined = re.compile(rf"\b{re.escape(name)}\s*(?:\(|=)")
    return next((number for number, line in enumerate(text.split("\n")) if defined.search(line)), 0)
