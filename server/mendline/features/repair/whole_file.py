"""All problems of a file, one after the other, each on the result of the ones before."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from attrs import evolve, field, frozen

from mendline.checks.check import Check, Kind, Report
from mendline.checks.finding import Finding, Point, Severity
from mendline.engine.protocol import Engine, EngineInfo
from mendline.features.repair.candidate import applied
from mendline.features.repair.ground import reports_of
from mendline.features.repair.outcome import Repair
from mendline.features.repair.pipeline import Progress, repair
from mendline.features.repair.problem import Problem, offset_of
from mendline.features.repair.proposing import Options
from mendline.features.repair.target import alike
from mendline.search import Budget
from mendline.syntax.languages import language_of
from mendline.syntax.tree import Tree
from mendline.text.document import Document, Edit
from mendline.text.edits import narrowed

MOST_STEPS: Final = 30
"""A file with more problems than that has another problem."""

_CHECK_SECONDS: Final = 60.0
_PARSE_MS: Final = 2_000.0


@frozen
class Step:
    """One problem of several.

    Attributes:
        problem: the problem, in the document as it was then.
        repair: what came of it.
        taken: whether the document has the fix now.
    """

    problem: Problem
    repair: Repair
    taken: bool


@frozen
class Whole:
    """What came of all problems.

    Attributes:
        document: the document with the fixes that were taken.
        steps: what was looked for, in order.
        reports: what the checks say of that document; empty where they weren't asked.
    """

    document: Document
    steps: tuple[Step, ...]
    reports: tuple[Report, ...] = ()

    @property
    def taken(self) -> tuple[Step, ...]:
        """The steps whose fixes the document has."""
        return tuple(step for step in self.steps if step.taken)

    @property
    def left(self) -> tuple[Finding, ...]:
        """The errors and warnings that the checks still report."""
        found = (each for report in self.reports for each in report.findings)
        return tuple(each for each in found if each.severity <= Severity.WARNING)


@frozen
class Way:
    """How all problems of a file are looked for and repaired.

    Attributes:
        engine: who proposes; None leaves it to what needs no model.
        checks: who finds problems and judges fixes.
        budget: what each problem may cost.
        options: how proposals are made.
        info: what runs the model, where it is known.
        takes: whether a fix that was found goes into the document.
        looks: whether problems are looked for with the checks, besides those that are told.
    """

    engine: Engine | None
    checks: Sequence[Check]
    budget: Budget
    options: Options | None = None
    info: EngineInfo | None = None
    takes: Callable[[Repair], bool] = lambda found: found.verified
    looks: bool = True


@frozen
class _Reported:
    """A finding of the document as it is now.

    Attributes:
        finding: what is reported.
        notes: what is said of related places.
        is_syntax: whether it is known to be about syntax: then others in these lines are the same, in other words.
    """

    finding: Finding
    notes: tuple[str, ...] = ()
    is_syntax: bool = False

    def is_same(self, other: _Reported) -> bool:
        one, two = self.finding, other.finding
        touches = one.path == two.path and one.start.line <= two.end.line and two.start.line <= one.end.line
        return touches and ((self.is_syntax and other.is_syntax) or alike(one, two))


async def repair_all(
    file: Problem,
    way: Way,
    told: Iterable[tuple[Finding, tuple[str, ...]]] = (),
    *,
    progress: Progress | None = None,
) -> Whole:
    """Repair one problem after the other, the worst first. Cancelling ends what is under way.

    Args:
        file: the file; its finding doesn't count.
        way: how.
        told: findings in the file that others have reported, with what they say of related places.
        progress: is told what is being done; the part is of the problem at hand.
    """
    run = _Run(file, way, tuple(_Reported(*each) for each in told), progress or _nobody)
    return await run.to_the_end()


@frozen
class _Run:
    file: Problem
    way: Way
    told: tuple[_Reported, ...]
    progress: Progress
    steps: list[Step] = field(factory=list, init=False)

    async def to_the_end(self) -> Whole:
        file, waiting, given_up = self.file, self.told, tuple[_Reported, ...]()
        while True:
            reports = await self._reports(file)
            known = (*self._found(reports), *waiting)
            chosen = next((each for each in known if not any(each.is_same(old) for old in given_up)), None)
            if chosen is None or len(self.steps) == MOST_STEPS:
                return Whole(file.document, tuple(self.steps), reports)
            step = await self._step(evolve(file, finding=chosen.finding, notes=chosen.notes))
            if not step.taken:
                given_up = (*given_up, chosen)
                continue
            edits = narrowed(file.document.text, step.repair.edits)
            within = [each for each in waiting if each is not chosen and not _is_within(each, file.document, edits)]
            waiting = _moved(within, file.document, edits)
            given_up = _moved(given_up, file.document, edits)
            file = await _with(file, edits)

    async def _step(self, problem: Problem) -> Step:
        number, way = len(self.steps) + 1, self.way
        found = await repair(
            problem,
            way.engine,
            way.checks,
            way.budget,
            options=way.options,
            info=way.info,
            progress=lambda words, part: self.progress(f"problem {number}: {words}", part),
        )
        step = Step(problem, found, taken=found.found and way.takes(found))
        self.steps.append(step)
        return step

    async def _reports(self, file: Problem) -> tuple[Report, ...]:
        checks = self.way.checks
        return await reports_of(checks, file, file.document.text, _CHECK_SECONDS) if self.way.looks else ()

    def _found(self, reports: Sequence[Report]) -> list[_Reported]:
        """What the checks report of the file, the worst first.

        Of a file that doesn't parse only that counts, and first as the language's own parser says it.
        """
        checks = {check.name: check for check in self.way.checks}
        order = {kind: place for place, kind in enumerate(Kind)}
        found = [
            (each, checks[report.check])
            for report in reports
            for each in report.findings
            if each.path == self.file.path and each.severity <= Severity.WARNING
        ]
        broken = [pair for pair in found if pair[1].kind is Kind.SYNTAX and pair[0].severity is Severity.ERROR]
        ranked = sorted(
            broken or found,
            key=lambda pair: (pair[0].severity, order[pair[1].kind], not pair[1].languages, pair[0].start),
        )
        return [_Reported(each, is_syntax=check.kind is Kind.SYNTAX) for each, check in ranked]


async def _with(file: Problem, edits: Sequence[Edit]) -> Problem:
    """The file with a fix in it."""
    document = applied(file.document, edits)
    language = language_of(file.language, file.path)
    tree = None if language is None else await asyncio.to_thread(Tree.parse, document, language, _PARSE_MS)
    return evolve(file, document=document, tree=tree)


def _moved(reported: Sequence[_Reported], before: Document, edits: Sequence[Edit]) -> tuple[_Reported, ...]:
    """Findings at the places where they are after edits."""
    after = applied(before, edits)
    found: list[_Reported] = []
    for each in reported:
        start, end = (offset_of(before, point) for point in (each.finding.start, each.finding.end))
        places = [_point(after, at + _shift(edits, at)) for at in (start, max(start, end))]
        found.append(evolve(each, finding=evolve(each.finding, start=places[0], end=max(places))))
    return tuple(found)


def _is_within(reported: _Reported, before: Document, edits: Sequence[Edit]) -> bool:
    """Whether a finding lies in what edits replace, and so may have gone with it."""
    start = offset_of(before, reported.finding.start)
    return any(edit.start <= start < edit.end for edit in edits)


def _shift(edits: Sequence[Edit], offset: int) -> int:
    """How far a place moves; one within an edit goes to its start."""
    shift = 0
    for edit in edits:
        if edit.end <= offset:
            shift += len(edit.text) - (edit.end - edit.start)
        elif edit.start < offset:
            shift += edit.start - offset
    return shift


def _point(document: Document, offset: int) -> Point:
    line = document.line_at(offset)
    return Point(line, min(offset, document.line_end(line)) - document.line_start(line))


def _nobody(_words: str, _part: float) -> None:
    return None
