"""Go's tests by `go test`: those of the package that the file is in."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any, Final

from attrs import define, field

from mendline.checks.asking import Unreadable, missing
from mendline.checks.check import Report, Status, Subject
from mendline.checks.configuration import nearest
from mendline.checks.finding import Finding
from mendline.checks.overlay import Copy
from mendline.checks.places import Places
from mendline.checks.process import Command, Finished
from mendline.checks.sandbox import toolchains
from mendline.checks.testing import ProjectTests, Run, Tally
from mendline.checks.tool import find_tool
from mendline.text.positions import PositionEncoding

_NAME: Final = "go test"
_ENDING: Final = "_test.go"
_SAID: Final = re.compile(r"^\s+(?P<file>[^\s:]+\.go):(?P<line>\d+): (?P<text>.*)$")
_PANIC: Final = re.compile(r"^\t(?P<file>/\S+\.go):(?P<line>\d+)")
_MARK: Final = re.compile(r"^(?:=== |--- |\s+--- |PASS$|FAIL\b|ok\s)")
_RAN: Final = (0, 1)


@define
class _Tests:
    subject: Subject
    _go: Path | None = field(default=None, init=False)

    def missing(self) -> Report | None:
        project = self.subject.project
        if nearest(project.root, self.subject.path, ("go.mod",)) is None:
            return Report(_NAME, Status.MISSING, note="The file is part of no module.")
        folder = (project.root / self.subject.path).parent
        if not self.subject.path.endswith(_ENDING) and not any(folder.glob(f"*{_ENDING}")):
            return Report(_NAME, Status.MISSING, note="The package has no tests.")
        self._go = find_tool("go", project)
        return missing(_NAME, project, install="Go from go.dev", tool="go") if self._go is None else None

    def run(self, copy: Copy) -> Run:
        toolchain = toolchains.go(copy.caches / "go-tests")
        # Vetting is a check of its own.
        argv = (str(self._go), "test", "-json", "-vet=off", "-count=1", ".")
        return Run(Command(argv, self._folder(copy), environment=toolchain.environment), toolchain.readable)

    def read(self, finished: Finished, copy: Copy) -> Tally | Report:
        if finished.status not in _RAN:
            raise Unreadable
        ended: dict[str, str] = {}
        output: dict[str, list[str]] = defaultdict(list)
        for event in _events(finished.stdout):
            if test := event.get("Test"):
                output[test].append(event.get("Output", ""))
                if event["Action"] in ("pass", "fail", "skip"):
                    ended[test] = event["Action"]
        # A test that has tests in it is as they are.
        leaves = {test: how for test, how in ended.items() if not any(each.startswith(f"{test}/") for each in ended)}
        if finished.status and "fail" not in leaves.values():
            raise Unreadable("the tests don't compile, or ended too early")
        if not leaves:
            return Report(_NAME, Status.MISSING, note="The package has no tests.")
        places = Places(self.subject, copy.files, PositionEncoding.UTF8, _NAME)
        failed = [test for test, how in leaves.items() if how == "fail"]
        findings = tuple(self._finding(test, "".join(output[test]), copy, places) for test in failed)
        return Tally(sum(how == "pass" for how in leaves.values()), len(failed), findings)

    def _folder(self, copy: Copy) -> Path:
        return copy.files / PurePosixPath(self.subject.path).parent

    def _finding(self, test: str, said: str, copy: Copy, places: Places) -> Finding:
        lines = [line for line in said.splitlines() if line and not _MARK.match(line)]
        matches = [match for line in lines if (match := _SAID.match(line)) is not None]
        if matches:
            first = lines.index(matches[0][0])
            text = "\n".join([matches[0]["text"], *lines[first + 1 :]])
            file = str(self._folder(copy) / matches[0]["file"])
            return places.finding(file, (int(matches[0]["line"]) - 1, 0), None, f"{test}: {text}", code=test)
        frames = [match for line in lines if (match := _PANIC.match(line)) is not None]
        own = next((match for match in frames if places.path(match["file"]) is not None), None)
        file, line = ("", 0) if own is None else (own["file"], int(own["line"]) - 1)
        return places.finding(file, (line, 0), None, f"{test}: {lines[0] if lines else 'it failed'}", code=test)


def _events(said: bytes) -> Iterator[dict[str, Any]]:
    for line in said.decode("utf-8", "replace").splitlines():
        # What doesn't compile is told in between, in words.
        if line.startswith("{"):
            yield json.loads(line)


GO_TESTS: Final = ProjectTests(_NAME, frozenset({"go"}), _Tests)
"""Runs the package's tests."""
