"""What checks found before, by content: the same texts in the same state of a project are checked once."""

from __future__ import annotations

import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Final

from attrs import define, field

from mendline.checks.check import Check, Kind, Report, Status, Subject
from mendline.checks.state import state_of

_MOST: Final = 500
_SECONDS: Final = 1.0


@define(eq=False)
class Results:
    """Reports of checks that ran, the ones used last. Not to be used by several threads at once.

    Attributes:
        look: tells the state of a project's files, as a text that changes with them; it reads the disk.
        clock: in seconds.
    """

    look: Callable[[Path], str] = state_of
    clock: Callable[[], float] = time.monotonic
    _reports: OrderedDict[str, Report] = field(factory=OrderedDict, init=False)
    _looked: tuple[Path, float, str] | None = field(default=None, init=False)

    def key(self, check: Check, subject: Subject, tools: tuple[str, ...]) -> str:
        """What a check of a subject is remembered by; looks at the project's files, at most once a second.

        Args:
            check: the check; one that looks at the text alone needs no look at the files.
            subject: what is checked.
            tools: which programs it takes, in which versions.
        """
        project = subject.project
        state = "" if check.kind is Kind.SYNTAX else self._state(project.root)
        symbols = " ".join(subject.symbols) if check.kind is Kind.TESTS else ""
        where = (str(project.root), str(project.trusted), str(project.programs), subject.path, subject.language, state)
        named = (repr(check), *where, symbols, *tools)
        digest = hashlib.sha256()
        for text in (*named, *(part for item in sorted(subject.texts.items()) for part in item)):
            content = text.encode("utf-8", "surrogatepass")
            digest.update(len(content).to_bytes(8, "big"))
            digest.update(content)
        return digest.hexdigest()

    def known(self, key: str) -> Report | None:
        """What was kept under a key."""
        report = self._reports.get(key)
        if report is not None:
            self._reports.move_to_end(key)
        return report

    def keep(self, key: str, report: Report) -> None:
        """Keep a report of what ran: a tool that was missing may be there now, and one that was slow may have time."""
        if report.status is Status.RAN:
            self._reports[key] = report
            while len(self._reports) > _MOST:
                self._reports.popitem(last=False)

    def _state(self, root: Path) -> str:
        now = self.clock()
        if self._looked is None or self._looked[0] != root or now - self._looked[1] >= _SECONDS:
            self._looked = (root, now, self.look(root))
        return self._looked[2]
