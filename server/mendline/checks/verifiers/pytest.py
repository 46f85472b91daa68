"""Python's tests by pytest, with the interpreter that has it: the project's own, or the one on the PATH."""

from __future__ import annotations

import os
import re
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from attrs import define, field

from mendline.checks import junit
from mendline.checks.asking import Unreadable
from mendline.checks.check import Project, Report, Status, Subject
from mendline.checks.finding import Finding
from mendline.checks.overlay import Copy
from mendline.checks.places import Places
from mendline.checks.process import Command, Finished, search_path
from mendline.checks.selecting_tests import Convention, files_with_tests
from mendline.checks.testing import ProjectTests, Run, Tally
from mendline.checks.unrelated_tests import unrelated_tests
from mendline.text.positions import PositionEncoding
from mendline.workspace.reading import read_bytes

_NAME: Final = "pytest"
_TESTS: Final = Convention(re.compile(r"(?:.*/)?(?:test_[^/]*|[^/]*_test)\.py"))
_ENVIRONMENTS: Final = (".venv/bin", "venv/bin")
_SHEBANG: Final = re.compile(rb"^#!\s*(/\S*python[\d.]*)\s*$|^'''exec' \"?(/[^\"\n]*?python[\d.]*)\"? ", re.MULTILINE)
_HEAD_BYTES: Final = 1_000
_ENTRY: Final = re.compile(r"^(\S[^:\n]*\.py):(\d+): ", re.MULTILINE)
_NOT_IMPORTED: Final = "collection failure"
_EXCEPTION: Final = re.compile(r"^E +(.+)$", re.MULTILINE)
_DEFINITION: Final = re.compile(rb"^[ \t]*(?:async[ \t]+)?def test", re.MULTILINE)

_RAN: Final = (0, 1, 2)
"""All passed; some failed; some files could not be imported, say."""
_NONE: Final = 5
_OPTIONS: Final = (
    "-q", "--no-header", "--color=no", "--tb=short", "--continue-on-collection-errors",
    "-p", "no:cacheprovider", "-o", "junit_family=xunit1", "-o", "junit_logging=no",
)  # fmt: skip


@define
class _Tests:
    subject: Subject
    _python: Path | None = field(default=None, init=False)
    _files: tuple[str, ...] = field(default=(), init=False)
    _left_out: tuple[str, ...] = field(default=(), init=False)
    _report: str = field(factory=lambda: f"pytest-{uuid.uuid4().hex}.xml", init=False)

    def missing(self) -> Report | None:
        self._files = files_with_tests(self.subject, _TESTS)
        if not self._files:
            return Report(_NAME, Status.MISSING, note=f"No test names anything of {self.subject.path}.")
        self._python = _python_with_pytest(self.subject.project)
        if self._python is None:
            note = "pytest was not found; to have it: `pip install pytest` in the project's .venv."
            return Report(_NAME, Status.MISSING, note=note)
        self._left_out = unrelated_tests(self.subject, self._files)
        return None

    def run(self, copy: Copy) -> Run:
        assert self._python is not None
        report = copy.caches / self._report
        argv = (
            str(self._python), "-m", "pytest", *_OPTIONS, f"--rootdir={copy.files}", f"--junitxml={report}",
            # Naming those that are wanted instead would run none at all where one is not there.
            *(f"--deselect={test}" for test in self._left_out), *self._files,
        )  # fmt: skip
        # An environment may have the project itself installed from its own folder: the copy comes first.
        sources = [folder for folder in (copy.files, copy.files / "src") if folder.is_dir()]
        environment = {"PYTHONPATH": os.pathsep.join(map(str, sources)), "PYTHONDONTWRITEBYTECODE": "1"}
        return Run(
            Command(argv, copy.files, environment=environment), tuple(_linked(self.subject.project, self._python))
        )

    def read(self, finished: Finished, copy: Copy) -> Tally | Report:
        content = junit.take(copy.caches / self._report)
        if finished.status == _NONE:
            return Report(_NAME, Status.MISSING, note=f"There are no tests in {', '.join(self._files)}.")
        if finished.status not in _RAN or content is None:
            raise Unreadable
        places = Places(self.subject, copy.files, PositionEncoding.UTF32, _NAME)
        cases = junit.read(content)
        failed = [case for case in cases if case.failed]
        passed = sum(case.passed for case in cases)
        count = sum(self._count(case, copy) for case in failed)
        return Tally(passed, count, tuple(_finding(case, places) for case in failed))

    def _count(self, case: junit.Case, copy: Copy) -> int:
        """Return how many tests have failed with one: all of a file that could not be imported.

        Otherwise what breaks an import would look better than what breaks two tests.
        """
        if case.message != _NOT_IMPORTED:
            return 1
        file = next((file for file in self._files if _module(file) == case.name), "")
        return max(1, len(_DEFINITION.findall(read_bytes(copy.files / file) or b"")))


def _finding(case: junit.Case, places: Places) -> Finding:
    """Tell of a failed test where it stands in its file, and where the exception came from if that is elsewhere."""
    entries = [(match[1], int(match[2]) - 1) for match in _ENTRY.finditer(case.details)]
    inside = [(path, line) for path, line in entries if places.path(path) is not None]
    file = case.file or (inside[-1][0] if inside else "")
    line = next((line for path, line in reversed(inside) if path == file), case.line)
    message = case.message
    if message == _NOT_IMPORTED:
        message = (_EXCEPTION.findall(case.details) or [message])[-1]
    if inside and inside[-1][0] != file:
        message = f"{message} (raised at {inside[-1][0]}:{inside[-1][1] + 1})"
    return places.finding(file, (line, 0), None, f"{case.name}: {message}", code=_identity(case))


def _module(file: str) -> str:
    return file.removesuffix(".py").replace("/", ".")


def _identity(case: junit.Case) -> str:
    inner = case.group.removeprefix(_module(case.file)).strip(".").replace(".", "::")
    return "::".join(part for part in (case.file, inner, case.name) if part)


def _python_with_pytest(project: Project) -> Path | None:
    """Return the interpreter of the first `pytest` there is: it says so in its first lines."""
    own = [project.root / folder for folder in _ENVIRONMENTS]
    for folder in (*own, *map(Path, search_path()), Path(sys.executable).parent):
        if (python := _interpreter(folder / "pytest")) is not None:
            return python
    return None


def _interpreter(script: Path) -> Path | None:
    try:
        with script.open("rb") as file:
            found = _SHEBANG.search(file.read(_HEAD_BYTES))
    except OSError:
        return None
    path = None if found is None else Path(os.fsdecode(found[1] or found[2]))
    return path if path is not None and os.access(path, os.X_OK) else None


def _linked(project: Project, python: Path) -> Iterator[Path]:
    """Yield other folders that the environment takes modules from; of the project's own there is the copy."""
    root = project.root.resolve()
    for file in python.parent.parent.glob("lib/python*/site-packages/*.pth"):
        for line in (read_bytes(file) or b"").decode("utf-8", "replace").splitlines():
            folder = Path(line.strip())
            if line.startswith("/") and folder.is_dir() and not folder.resolve().is_relative_to(root):
                yield folder


PYTEST: Final = ProjectTests(_NAME, frozenset({"python"}), _Tests)
"""Runs the tests that name what is changed, and those that name what else the file defines."""
