"""JavaScript's tests by Node's own runner, `node --test`."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import unquote

from attrs import define, field

from mendline.checks import junit
from mendline.checks.asking import Unreadable, missing
from mendline.checks.check import Report, Status, Subject
from mendline.checks.finding import Finding
from mendline.checks.overlay import Copy
from mendline.checks.places import Places
from mendline.checks.process import Command, Finished
from mendline.checks.selecting_tests import NODE_TEST, Convention, files_with_tests
from mendline.checks.testing import ProjectTests, Run, Tally
from mendline.checks.tool import find_tool
from mendline.text.positions import PositionEncoding
from mendline.workspace.reading import read_bytes

_NAME: Final = "node --test"
_TESTS: Final = Convention(
    re.compile(r"(?:.*/)?(?:(?:[^/]+[._-])?test|test-[^/]+)\.[cm]?js|(?:.*/)?test/.+\.[cm]?js"), NODE_TEST
)
_FRAME: Final = re.compile(r"(?P<url>file://)?(?P<file>/[^():\n]+):(?P<line>\d+):(?P<column>\d+)\)?$", re.MULTILINE)
_DEFINITION: Final = re.compile(rb"\b(?:test|it)\s*\(")
_RAN: Final = (0, 1)


@define
class _Tests:
    subject: Subject
    _node: Path | None = field(default=None, init=False)
    _files: tuple[str, ...] = field(default=(), init=False)
    _report: str = field(factory=lambda: f"node-{uuid.uuid4().hex}.xml", init=False)

    def missing(self) -> Report | None:
        self._files = files_with_tests(self.subject, _TESTS)
        if not self._files:
            note = f"No test that uses node:test names anything of {self.subject.path}."
            return Report(_NAME, Status.MISSING, note=note)
        self._node = find_tool("node", self.subject.project)
        if self._node is None:
            return missing(_NAME, self.subject.project, install="Node.js 20 or newer", tool="node")
        return None

    def run(self, copy: Copy) -> Run:
        report = copy.caches / self._report
        argv = (
            str(self._node), "--test", "--test-reporter=junit", f"--test-reporter-destination={report}",
            *(str(copy.files / file) for file in self._files),
        )  # fmt: skip
        return Run(Command(argv, copy.files, environment={}))

    def read(self, finished: Finished, copy: Copy) -> Tally:
        content = junit.take(copy.caches / self._report)
        if finished.status not in _RAN or content is None:
            raise Unreadable
        places = Places(self.subject, copy.files, PositionEncoding.UTF16, _NAME)
        cases = junit.read(content)
        failed = [case for case in cases if case.failed]
        passed = sum(case.passed for case in cases)
        return Tally(
            passed,
            sum(self._count(case, copy) for case in failed),
            tuple(self._finding(case, places) for case in failed),
        )

    def _count(self, case: junit.Case, copy: Copy) -> int:
        """Return how many tests have failed with one: all of a file that could not be loaded, called by its path.

        Otherwise what breaks an import would look better than what breaks two tests.
        """
        file = next((file for file in self._files if str(copy.files / file) == case.name), None)
        return 1 if file is None else max(1, len(_DEFINITION.findall(read_bytes(copy.files / file) or b"")))

    def _finding(self, case: junit.Case, places: Places) -> Finding:
        """Tell of a failed test where it stands in its file, or where else in the project it failed."""
        frames = [(path, at) for path, at in _frames(case, places) if path is not None]
        path, at = next((each for each in frames if each[0] in self._files), frames[0] if frames else ("", (0, 0)))
        if not frames and (own := places.path(case.name)) is not None and case.name.startswith("/"):
            path = own
        message = f"{case.name}: {case.message}" if case.name != case.message else case.message
        return places.finding(path, at, None, message, code=case.name)


def _frames(case: junit.Case, places: Places) -> Iterator[tuple[str | None, tuple[int, int]]]:
    for match in _FRAME.finditer(case.details):
        file = unquote(match["file"]) if match["url"] else match["file"]
        yield places.path(file), (int(match["line"]) - 1, int(match["column"]) - 1)


NODE_TESTS: Final = ProjectTests(_NAME, frozenset({"javascript"}), _Tests)
"""Runs the test files that name what the file defines, if they use `node:test`."""
