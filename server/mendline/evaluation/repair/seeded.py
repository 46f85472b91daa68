"""Programs with one seeded error: real tools find it, a repair is looked for, and real tools judge what came of it."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from attrs import frozen

from mendline.checks.catalogue import checks_for, run_checks
from mendline.checks.check import Check, Project, Report, Status, Subject
from mendline.checks.comparison import compare
from mendline.checks.finding import Finding
from mendline.checks.results import Results
from mendline.engine.protocol import Engine, EngineInfo
from mendline.evaluation.repair.seeds import BESIDE, Seed
from mendline.evaluation.trial_log import TrialLog
from mendline.features.repair import Budget, Options, Problem, repair
from mendline.settings.model import Settings
from mendline.text.document import Document

_SECONDS = 60.0


@frozen
class SeedTrial:
    """What came of a program.

    Attributes:
        name, kind, language: the program's.
        diagnosed_by: the check that reported the error; empty where none did.
        missing: the checks that didn't run, with why.
        message: what was reported.
        found: whether a change was offered.
        verified: whether it was offered as verified.
        holds: whether, with all checks run again from nothing, the report is gone and nothing new is there.
        exact: whether the program is again the one without the error, blank lines and ends of lines left aside.
        origin: who proposed the change.
        title: what the user would read.
        tried: how many candidates there were.
        tokens: computed by the model.
        seconds: from the question to the answer.
    """

    name: str
    kind: str
    language: str
    diagnosed_by: str = ""
    missing: tuple[str, ...] = ()
    message: str = ""
    found: bool = False
    verified: bool = False
    holds: bool = False
    exact: bool = False
    origin: str = ""
    title: str = ""
    tried: int = 0
    tokens: int = 0
    seconds: float = 0.0


SeedObserver = Callable[[Sequence[SeedTrial], int], None]


@frozen
class SeedSetup:
    """Who is asked, and within which bounds.

    Attributes:
        engine: runs the model; None leaves it to instant proposals.
        info: what that is.
        budget: what one repair may cost.
        options: how proposals are made.
    """

    engine: Engine | None
    info: EngineInfo | None
    budget: Budget
    options: Options


async def evaluate_seeds(
    seeds: Sequence[Seed], setup: SeedSetup, log: TrialLog[SeedTrial], observe: SeedObserver
) -> tuple[SeedTrial, ...]:
    """Try each program that the log doesn't have yet.

    Raises:
        MendlineError: the log can't be written.
    """
    trials: list[SeedTrial] = []
    for seed in seeds:
        trial = log.found(seed.name)
        if trial is None:
            trial = await _try(seed, setup)
            log.add(trial)
        trials.append(trial)
        observe(trials, len(seeds))
    return tuple(trials)


async def _try(seed: Seed, setup: SeedSetup) -> SeedTrial:
    with tempfile.TemporaryDirectory(prefix="mendline-seed-") as folder:
        for name, text in {**BESIDE.get(seed.language, {}), seed.path: seed.wrong}.items():
            (Path(folder) / name).write_text(text, encoding="utf-8")
        # The programs are this project's own.
        project = Project(Path(folder), trusted=True)
        return await _repaired(seed, project, setup)


async def _repaired(seed: Seed, project: Project, setup: SeedSetup) -> SeedTrial:
    checks = checks_for(seed.language, project, Settings())
    document = Document.of(seed.wrong)
    before = await _reports(seed, project, checks, seed.wrong)
    missing = tuple(f"{each.check}: {each.status.value}" for each in before if each.status is not Status.RAN)
    target = _nearest(seed, before)
    if target is None:
        return SeedTrial(seed.name, seed.kind, seed.language, missing=missing)
    by, finding = target
    problem = Problem.of(document, seed.language, seed.path, finding, project)
    began = time.perf_counter()
    found = await repair(problem, setup.engine, checks, setup.budget, options=setup.options, info=setup.info)
    seconds = time.perf_counter() - began
    after = document
    for edit in reversed(found.edits):
        after = after.apply(edit)
    reports = await _reports(seed, project, checks, after.text)
    change = compare(before, reports, {seed.path: seed.wrong}, {seed.path: after.text})
    return SeedTrial(
        name=seed.name,
        kind=seed.kind,
        language=seed.language,
        diagnosed_by=by,
        missing=missing,
        message=finding.message,
        found=found.found,
        verified=found.verified,
        holds=found.found and finding in change.gone and not change.new and not change.unjudged,
        exact=_normalised(after.text) == _normalised(seed.right),
        origin=found.origin,
        title=found.title,
        tried=len(found.explanation.attempts),
        tokens=found.explanation.tokens,
        seconds=round(seconds, 3),
    )


async def _reports(seed: Seed, project: Project, checks: Sequence[Check], text: str) -> tuple[Report, ...]:
    """Run all checks from nothing."""
    subject = Subject(project, seed.path, seed.language, {seed.path: text})
    return await run_checks(checks, subject, _SECONDS, remembered=Results())


def _nearest(seed: Seed, reports: Sequence[Report]) -> tuple[str, Finding] | None:
    """The worst finding nearest to where the error was put, and the check that reports it."""
    found = [(report.check, each) for report in reports for each in report.findings if each.path == seed.path]
    return min(found, key=lambda pair: (pair[1].severity, abs(pair[1].start.line - seed.line)), default=None)


def _normalised(text: str) -> list[str]:
    return [line.rstrip() for line in text.split("\n") if line.strip()]
