"""The examples in Python's docstrings, run by the standard library's doctest with the project's interpreter."""

from __future__ import annotations

import asyncio
import functools
import json
import sys
import uuid
from pathlib import Path
from typing import Final

from attrs import define, field

from mendline.checks import docstring_examples, docstring_runner
from mendline.checks.asking import Unreadable
from mendline.checks.check import Report, Status, Subject
from mendline.checks.finding import Finding
from mendline.checks.junit import take
from mendline.checks.overlay import Copy
from mendline.checks.places import Places
from mendline.checks.process import Command, Finished
from mendline.checks.sandbox.confining import best_way
from mendline.checks.sandbox.launcher.order import PLAIN
from mendline.checks.testing import ProjectTests, Run, Tally
from mendline.checks.tool import find_tool
from mendline.text.positions import PositionEncoding

_NAME: Final = "doctest"
_PROGRAMS: Final = ("python3", "python")


@define
class _Tests:
    subject: Subject
    _python: Path = field(factory=lambda: Path(sys.executable), init=False)
    _report: str = field(factory=lambda: f"doctest-{uuid.uuid4().hex}.json", init=False)

    def missing(self) -> Report | None:
        if not docstring_examples.may_have_examples(self.subject.text):
            return self._none()
        found = (find_tool(name, self.subject.project) for name in _PROGRAMS)
        self._python = next((each for each in found if each is not None and not _is_script(each)), self._python)
        return None

    def run(self, copy: Copy) -> Run:
        program, report = _program(), copy.caches / self._report
        argv = (str(self._python), "-I", "-B", "-c", program, self.subject.path, str(report), *self.subject.symbols)
        return Run(Command(argv, copy.files))

    def read(self, finished: Finished, copy: Copy) -> Tally | Report:
        content = take(copy.caches / self._report)
        if content is None:
            raise Unreadable
        said = json.loads(content)
        if "error" in said:
            raise Unreadable(f"{self.subject.path} can't be imported: {said['error']}")
        examples = said["examples"]
        if not examples:
            return self._none()
        places = Places(self.subject, copy.files, PositionEncoding.UTF32, _NAME)
        wrong = [each for each in examples if each["wrong"]]
        return Tally(len(examples) - len(wrong), len(wrong), tuple(self._finding(each, places) for each in wrong))

    def _none(self) -> Report:
        return Report(_NAME, Status.MISSING, note=f"No docstring of {self.subject.path} has examples of what changes.")

    def _finding(self, example: dict[str, object], places: Places) -> Finding:
        line, of, code = int(str(example["line"])), str(example["of"]), str(example["code"]).strip()
        return places.finding(
            self.subject.path, (line, 0), None, f"{code}: {example['wrong']}", code=f"{of}: {code}" if of else code
        )


def _is_script(program: Path) -> bool:
    """Whether a program only starts another one, by what it finds in a home folder: the sandbox has none."""
    try:
        with program.open("rb") as file:
            return file.read(2) == b"#!"
    except OSError:
        return True


@functools.cache
def _program() -> str:
    parts = (docstring_examples.__file__, docstring_runner.__file__)
    return "\n".join(Path(part).read_text(encoding="utf-8") for part in parts)


DOCTEST: Final = ProjectTests(_NAME, frozenset({"python"}), _Tests, standalone=True)
"""Runs the examples of what changes, or all of a file's."""


async def run_unseen(subject: Subject, seconds: float) -> Report:
    """Run the examples with a text that the user hasn't seen yet: only behind walls.

    Who trusts a project lets its tests run where there are none (`Report.confinement` says so then), but what a model
    has just written is nobody's word.

    Args:
        subject: what is tried.
        seconds: how long it may take.
    """
    if subject.project.trusted and await asyncio.to_thread(best_way) == PLAIN:
        note = f"{_NAME} would run what nobody has read, and this machine has no walls around it."
        return Report(_NAME, Status.UNTRUSTED, note=note)
    return await DOCTEST.run(subject, seconds)
