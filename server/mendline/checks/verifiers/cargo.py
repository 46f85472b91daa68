"""A Rust crate by `cargo check`. Build scripts and procedural macros are code that it executes: in the sandbox only."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from attrs import frozen

from mendline.checks.asking import Unreadable, ask_in_copy, missing, untrusted
from mendline.checks.check import Kind, Report, Status, Subject
from mendline.checks.configuration import nearest
from mendline.checks.finding import Finding
from mendline.checks.overlay import OVERLAY, Copy
from mendline.checks.places import Places
from mendline.checks.process import Command, Finished
from mendline.checks.sandbox import toolchains
from mendline.checks.sandbox.commands import confine
from mendline.checks.tool import environment_of, find_tool
from mendline.checks.verifiers.rust_messages import finding_of
from mendline.checks.verifiers.rustc import CRATE
from mendline.text.positions import PositionEncoding

_REFUSED: Final = 101


@frozen
class CargoCheck:
    """Checks the crate that a file is in, with its tests and examples; no network."""

    name: str = "cargo check"
    kind: Kind = Kind.BUILD
    languages: frozenset[str] = frozenset({"rust"})
    executes: bool = True
    standalone: bool = False

    async def run(self, subject: Subject, seconds: float) -> Report:
        """Check the crate."""
        if not subject.project.trusted:
            return untrusted(self.name)
        return await ask_in_copy(self.name, self, subject, seconds, OVERLAY)

    def find(self, subject: Subject) -> Path | Report:
        """Find cargo, for a file that is part of a crate."""
        if nearest(subject.project.root, subject.path, CRATE) is None:
            return Report(self.name, Status.MISSING, note="The file is part of no crate.")
        project = subject.project
        tool = find_tool("cargo", project)
        return missing(self.name, project, install="Rust from rustup.rs", tool="cargo") if tool is None else tool

    def command(self, tool: Path, subject: Subject, copy: Copy) -> Command:
        """Start it in the copy, and in the sandbox."""
        manifest = nearest(copy.files, subject.path, CRATE)
        assert manifest is not None
        toolchain = toolchains.rust(copy.cache("cargo"))
        argv = (str(tool), "check", "--offline", "--all-targets", "--keep-going", "--quiet", "--message-format=json")
        environment = environment_of(subject.project, **toolchain.environment)
        started = Command(argv, manifest.parent, environment=environment)
        return confine(started, writable=copy.place, readable=(*toolchain.readable, *copy.linked))

    def read(self, finished: Finished, subject: Subject, copy: Copy) -> list[Finding]:
        """Read its JSON, one message a line."""
        if finished.status not in (0, _REFUSED):
            raise Unreadable
        places = Places(subject, copy.files, PositionEncoding.UTF32, "cargo")
        found = []
        for line in finished.stdout.splitlines():
            said = json.loads(line) if line.startswith(b"{") else {}
            if said.get("reason") == "compiler-message":
                finding = finding_of(_placed(said, copy.files), places)
                found += [finding] if finding is not None else []
        if finished.status == _REFUSED and not found:
            raise Unreadable
        return found


def _placed(said: Mapping[str, Any], files: Path) -> Mapping[str, Any]:
    """A message whose files have whole paths: the compiler names them from the workspace's folder, not the crate's."""
    manifest = Path(said["manifest_path"])
    folders = [folder for folder in manifest.parents if folder.is_relative_to(files)]

    def whole(span: Mapping[str, Any]) -> Mapping[str, Any]:
        named = span["file_name"]
        path = next((folder / named for folder in folders if (folder / named).is_file()), named)
        expansion = span["expansion"]
        inner = None if expansion is None else {**expansion, "span": whole(expansion["span"])}
        return {**span, "file_name": str(path), "expansion": inner}

    message = said["message"]
    return {**message, "spans": [whole(span) for span in message["spans"]]}
