"""Rust by its compiler, for a file that is part of no crate. Nothing is linked, and there are no build scripts."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Final

from attrs import frozen

from mendline.checks.asking import Unreadable, ask_in_copy, missing
from mendline.checks.check import Kind, Report, Status, Subject
from mendline.checks.configuration import nearest
from mendline.checks.finding import Finding
from mendline.checks.overlay import UNTOUCHED, Copy
from mendline.checks.places import Places
from mendline.checks.process import Command, Finished
from mendline.checks.tool import environment_of, find_tool
from mendline.checks.verifiers.rust_messages import finding_of
from mendline.text.positions import PositionEncoding

CRATE: Final = ("Cargo.toml",)

_MAIN: Final = re.compile(r"^[ \t]*(?:pub[ \t]+)?(?:async[ \t]+)?fn[ \t]+main[ \t]*\(", re.MULTILINE)
_REFUSED: Final = 1


@frozen
class Rustc:
    """Compiles the file up to its metadata."""

    name: str = "rustc"
    kind: Kind = Kind.TYPES
    languages: frozenset[str] = frozenset({"rust"})
    executes: bool = False
    standalone: bool = True

    async def run(self, subject: Subject, seconds: float) -> Report:
        """Compile the file."""
        return await ask_in_copy(self.name, self, subject, seconds, UNTOUCHED)

    def find(self, subject: Subject) -> Path | Report:
        """Find the compiler; a crate's files are cargo's."""
        if nearest(subject.project.root, subject.path, CRATE) is not None:
            return Report(self.name, Status.MISSING, note="The file is part of a crate, which is cargo's to check.")
        tool = find_tool("rustc", subject.project)
        return missing(self.name, subject.project, install="Rust from rustup.rs") if tool is None else tool

    def command(self, tool: Path, subject: Subject, copy: Copy) -> Command:
        """Start it outside of the copy: a `rust-toolchain.toml` there could name a compiler of the project's own."""
        kind = "bin" if _MAIN.search(subject.text) else "lib"
        argv = (
            str(tool), "--edition=2021", f"--crate-type={kind}", "--crate-name=checked", "--error-format=json",
            "--emit=metadata", "-o", str(copy.caches / "checked.rmeta"), str(copy.files / subject.path),
        )  # fmt: skip
        return Command(argv, copy.caches, environment=environment_of(subject.project))

    def read(self, finished: Finished, subject: Subject, copy: Copy) -> list[Finding]:
        """Read its JSON, one message a line."""
        if finished.status not in (0, _REFUSED):
            raise Unreadable
        places = Places(subject, copy.files, PositionEncoding.UTF32, "rustc")
        messages = [json.loads(line) for line in finished.stderr.splitlines() if line.startswith(b"{")]
        found = [finding for message in messages if (finding := finding_of(message, places)) is not None]
        if finished.status == _REFUSED and not found:
            raise Unreadable
        return found
