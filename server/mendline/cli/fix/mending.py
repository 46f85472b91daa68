"""From a file's text to what came of its problems."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from attrs import evolve, field, frozen

from mendline.checks.catalogue import checks_for, run_checks
from mendline.checks.check import Check, Project, Report, Status
from mendline.checks.comparison import compare
from mendline.checks.finding import Finding, Point, Severity
from mendline.checks.verifiers.typed import TypedTests
from mendline.cli.source import project_at
from mendline.engine.errors import EngineError
from mendline.engine.protocol import Engine, EngineInfo
from mendline.features.repair import (
    Problem,
    Repair,
    Way,
    Whole,
    budget_of,
    options_of,
    repair_all,
)
from mendline.settings.errors import MendlineError
from mendline.settings.model import Settings
from mendline.syntax.languages import language_of
from mendline.text.document import Document
from mendline.workspace.index.reader import StoredIndex

_CHECK_SECONDS: Final = 60.0


@frozen
class Wish:
    """What the user wants.

    Attributes:
        line: only problems in this line, from 0; None for all.
        told: problems to repair instead of those that the checks find; None to look for them.
        test: a command that has to pass; empty for none.
        unverified: whether fixes are taken that no check could judge.
    """

    line: int | None = None
    told: tuple[Finding, ...] | None = None
    test: str = ""
    unverified: bool = False

    def takes(self, repair: Repair) -> bool:
        """Whether a fix is taken."""
        return repair.verified or self.unverified


@frozen
class Source:
    """One file to mend.

    Attributes:
        path: from the project's root, with forward slashes.
        text: what is in it.
        project: where it lives.
        others: texts of other files that aren't on the disk as they are meant.
    """

    path: str
    text: str
    project: Project
    others: dict[str, str] = field(factory=dict)

    @classmethod
    def at(cls, file: Path, root: Path, text: str) -> Source:
        """A file of a folder, trusted or not as the user has said."""
        return cls(file.relative_to(root).as_posix(), text, project_at(root))

    def problem(self) -> Problem:
        """The file, as a problem whose finding doesn't count."""
        language = language_of("", self.path)
        nothing = Finding(self.path, Point(0, 0), Point(0, 0), "")
        made = Problem.of(
            Document.of(self.text), language.id if language else "plaintext", self.path, nothing, self.project
        )
        return evolve(made, others=self.others)


@frozen
class Mended:
    """What came of a file.

    Attributes:
        source: the file as it was.
        whole: the problems and their fixes.
        reports: what the checks said of it as it was.
        trouble: why the model could not be asked; empty if it could, or wasn't needed.
    """

    source: Source
    whole: Whole
    reports: tuple[Report, ...]
    trouble: str = ""


@frozen
class Mender:
    """Mends files, with one engine for all of them.

    Attributes:
        settings: the user's.
        engine: who proposes.
        tell: is told what is being done.
    """

    settings: Settings
    engine: Engine
    tell: Callable[[str], None]

    async def mend(self, source: Source, wish: Wish) -> Mended:
        """Look for problems and repair them one after the other. The model is loaded if there are any."""
        file = self._with_index(source.problem())
        checks = self._checks(file, wish)
        self.tell(f"checking {source.path}")
        reports = await run_checks(checks, file.subject(), _CHECK_SECONDS)
        told = _wanted(reports, source.path) if wish.told is None else wish.told
        if wish.line is not None:
            told = tuple(each for each in told if each.start.line <= wish.line <= each.end.line)
        if not told:
            return Mended(source, Whole(file.document, ()), reports)
        engine, info, trouble = await self._loaded()
        way = Way(
            engine,
            checks,
            budget_of(self.settings),
            options_of(self.settings, info),
            info,
            takes=wish.takes,
            looks=wish.line is None and wish.told is None,
        )
        waiting = [(each, ()) for each in told] if not way.looks else []
        whole = await repair_all(file, way, waiting, progress=lambda words, _: self.tell(f"{source.path}: {words}"))
        return Mended(source, whole, reports, trouble)

    async def fresh(self, source: Source, before: str) -> tuple[Finding, ...]:
        """What the checks report of a file that they don't of an earlier text of it."""
        file = source.problem()
        checks = self._checks(file, Wish())
        self.tell(f"checking {source.path}")
        now = await run_checks(checks, file.subject(), _CHECK_SECONDS)
        then = await run_checks(checks, file.subject(before), _CHECK_SECONDS)
        new = compare(then, now, {source.path: before}, {source.path: source.text}).new
        return tuple(each for each in new if each.path == source.path and each.severity <= Severity.WARNING)

    def _checks(self, file: Problem, wish: Wish) -> Sequence[Check]:
        checks = tuple(checks_for(file.language, file.project, self.settings))
        if not wish.test:
            return checks
        try:
            argv = tuple(shlex.split(wish.test))
        except ValueError as error:
            raise MendlineError(f"the command of --test can't be understood: {error}") from None
        if not argv:
            raise MendlineError("the command of --test is empty")
        return (*checks, TypedTests(argv, wish.line))

    def _with_index(self, file: Problem) -> Problem:
        # An index that an editor's server, or `mendline index update`, has made; none is made here.
        index = StoredIndex.of(file.project.root) if self.settings.context.index else None
        return evolve(file, index=index)

    async def _loaded(self) -> tuple[Engine | None, EngineInfo | None, str]:
        self.tell("loading the model")
        try:
            return self.engine, await self.engine.info(), ""
        except EngineError as error:
            return None, None, str(error)


def _wanted(reports: Sequence[Report], path: str) -> tuple[Finding, ...]:
    """The errors and warnings of a file."""
    found = (each for report in reports if report.status is Status.RAN for each in report.findings)
    return tuple(each for each in found if each.path == path and each.severity <= Severity.WARNING)
