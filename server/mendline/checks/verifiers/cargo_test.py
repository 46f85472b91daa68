"""Rust's tests by cargo: those of the crate that the file is in, without its documentation's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

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

_NAME: Final = "cargo test"
_CRATE: Final = "Cargo.toml"
_OUTCOME: Final = re.compile(
    r"^test (?P<name>.+?)(?: - should panic)? \.\.\. (?P<how>ok|FAILED|ignored)\b", re.MULTILINE
)
_FAILURE: Final = re.compile(
    r"^---- (?P<name>[^\n]+) stdout ----$(?P<said>.*?)(?=^---- |^failures:$)", re.MULTILINE | re.DOTALL
)
_PLACE: Final = re.compile(r"(?P<file>[^\s:']+\.rs):(?P<line>\d+):(?P<column>\d+)")
_NOISE: Final = re.compile(r"^(?:note: run with `RUST_BACKTRACE.*|stack backtrace:)$", re.MULTILINE)
_STARTED: Final = "\nrunning "
_FAILED: Final = 101


@define
class _Tests:
    subject: Subject
    _cargo: Path | None = field(default=None, init=False)

    def missing(self) -> Report | None:
        project = self.subject.project
        if nearest(project.root, self.subject.path, (_CRATE,)) is None:
            return Report(_NAME, Status.MISSING, note="The file is part of no crate.")
        self._cargo = find_tool("cargo", project)
        if self._cargo is None:
            return missing(_NAME, project, install="Rust from rustup.rs", tool="cargo")
        return None

    def run(self, copy: Copy) -> Run:
        toolchain = toolchains.rust(copy.caches / "cargo-tests")
        argv = (str(self._cargo), "test", "--offline", "--quiet", "--no-fail-fast", "--tests", "--", "--format=pretty")
        return Run(Command(argv, self._crate(copy), environment=toolchain.environment), toolchain.readable)

    def read(self, finished: Finished, copy: Copy) -> Tally | Report:
        said = finished.stdout.decode("utf-8", "replace")
        if finished.status not in (0, _FAILED):
            raise Unreadable
        outcomes = [(match["name"], match["how"]) for match in _OUTCOME.finditer(said)]
        if finished.status == _FAILED and _STARTED not in f"\n{said}":
            raise Unreadable("the tests don't compile")
        if not outcomes:
            return Report(_NAME, Status.MISSING, note="The crate has no tests.")
        failed = sum(how == "FAILED" for _, how in outcomes)
        passed = sum(how == "ok" for _, how in outcomes)
        places = Places(self.subject, copy.files, PositionEncoding.UTF32, _NAME)
        return Tally(passed, failed, tuple(self._findings(said, copy, places)))

    def _crate(self, copy: Copy) -> Path:
        manifest = nearest(copy.files, self.subject.path, (_CRATE,))
        return copy.files if manifest is None else manifest.parent

    def _findings(self, said: str, copy: Copy, places: Places) -> Iterator[Finding]:
        # Places are told from the workspace's folder, which is the crate's or above it.
        folders = (self._crate(copy), *self._crate(copy).parents)
        for failure in _FAILURE.finditer(said):
            text = _NOISE.sub("", failure["said"]).strip()
            match = _PLACE.search(text)
            file, at = "", (0, 0)
            if match is not None:
                file = next(
                    (str(folder / match["file"]) for folder in folders if (folder / match["file"]).is_file()), ""
                )
                at = (int(match["line"]) - 1, int(match["column"]) - 1) if file else at
            yield places.finding(file, at, None, f"{failure['name']}: {text}", code=failure["name"])


CARGO_TESTS: Final = ProjectTests(_NAME, frozenset({"rust"}), _Tests)
"""Runs the crate's tests."""
