"""The contract of a check: what it is asked, and what it answers."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from attrs import field, frozen

from mendline.checks.finding import Finding


@frozen
class Project:
    """Where the code lives that is checked.

    Attributes:
        root: the folder in which tools are started and to which paths are relative.
        trusted: whether the user lets code of this folder be executed.
        programs: the folder whose own programs may be taken, by the same trust; None for the root.
    """

    root: Path
    trusted: bool = False
    programs: Path | None = None


@frozen
class Subject:
    """What is checked: one file of a project, together with what differs from the disk.

    Attributes:
        project: where it lives.
        path: the file, relative to the project's root, with forward slashes.
        language: its language id, as in LSP.
        texts: the texts of all files that aren't on the disk as they are meant (unsaved documents and the candidate),
            by path as above. The file itself is always among them.
        symbols: the names of what a repair changes in the file, the nearest first, so that tests that name them are
            run first; empty where nobody knows. All candidates of one repair have the same.
    """

    project: Project
    path: str
    language: str
    texts: Mapping[str, str]
    symbols: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The file's own text."""
        return self.texts[self.path]


class Kind(enum.Enum):
    """What a check looks at; later ones cost more."""

    SYNTAX = "syntax"
    LINT = "lint"
    TYPES = "types"
    BUILD = "build"
    TESTS = "tests"


class Status(enum.Enum):
    """How a check went. Only `RAN` says anything about the code."""

    RAN = "ran"
    MISSING = "missing"
    """Its tool isn't there, or the project doesn't use it."""
    UNTRUSTED = "untrusted"
    """It would execute code of a folder that the user doesn't trust."""
    TIMED_OUT = "timed-out"
    BROKEN = "broken"
    """The tool crashed, or said what can't be read."""


@frozen
class Report:
    """What came of a check.

    Attributes:
        check: the check's name.
        status: how it went.
        findings: what it found, in the order of the text; empty unless it ran.
        tests_passed, tests_failed: how many tests ran, for checks that run tests.
        note: one line for the user on why it didn't run, and what would help; empty when it ran.
        confinement: what bounded it, such as "bubblewrap" or "limits only"; empty where nothing was executed.
        seconds: how long it took.
    """

    check: str
    status: Status
    findings: tuple[Finding, ...] = ()
    tests_passed: int = 0
    tests_failed: int = 0
    note: str = ""
    confinement: str = ""
    seconds: float = field(default=0.0, eq=False)


class Check(Protocol):
    """One verifier.

    Attributes:
        name: its name in settings and in what users read: "ruff", "tsc", "pytest".
        kind: what it looks at.
        languages: the language ids it is for; empty for all.
        executes: whether running it can execute code of the project. Such a check answers `UNTRUSTED` where the project
            isn't trusted, and never starts anything.
        standalone: whether it has something to say of a text that is in no file, such as a document that was never
            saved or a notebook's cell; the others look at the package, the crate or the tests that a file is part of.
    """

    @property
    def name(self) -> str:
        """Return the name."""
        ...

    @property
    def kind(self) -> Kind:
        """Return what it looks at."""
        ...

    @property
    def languages(self) -> frozenset[str]:
        """Return the languages it is for."""
        ...

    @property
    def executes(self) -> bool:
        """Return whether it can execute code of the project."""
        ...

    @property
    def standalone(self) -> bool:
        """Return whether it can judge a text that is in no file."""
        ...

    async def run(self, subject: Subject, seconds: float) -> Report:
        """Check a subject in at most so many seconds. Cancelling the task ends what was started.

        Raises nothing of its own: what goes wrong with a tool is a report with another status.
        """
        ...
