"""From a ticket to a repair: the document as it is now, what isn't saved, the checks, the search; what came of it."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from pathlib import Path
from typing import TypeVar
from urllib.parse import unquote

from attrs import define, evolve, field, frozen

from mendline.checks.check import Check, Project
from mendline.checks.finding import Finding, Point
from mendline.engine.errors import EngineError
from mendline.engine.protocol import Engine, EngineInfo
from mendline.features import repair as repairs
from mendline.lsp import from_lsp
from mendline.lsp.elsewhere import Told
from mendline.lsp.engine_slot import EngineSlot
from mendline.lsp.projects import Projects, code_above, unsaved
from mendline.lsp.tickets import Ticket
from mendline.settings.errors import MendlineError
from mendline.settings.model import Settings
from mendline.telemetry.counters import Counters
from mendline.workspace.index.model import SymbolIndex
from mendline.workspace.store import Snapshot, Workspace

logger = logging.getLogger(__name__)

_KEPT = 64
_NOTHING = Finding("", Point(0, 0), Point(0, 0), "")

K = TypeVar("K", bound=Hashable)

ChecksFor = Callable[[str, Project, Settings], Sequence[Check]]
"""Takes a language id, where the code lives and the settings; returns the checks, the cheapest first."""

Indexes = Callable[[Sequence[Snapshot]], tuple[tuple[Path, SymbolIndex], ...]]


class Stale(MendlineError):
    """A document is not what it was when a fix for it was offered."""


@frozen
class Repaired:
    """A repair and the state of the document it is for."""

    snapshot: Snapshot
    repair: repairs.Repair


@define
class Repairing:
    """Looks for fixes, one at a time: a check uses all cores, and there is one model."""

    _workspace: Workspace
    _engine: EngineSlot
    _settings: Callable[[], Settings]
    _projects: Projects
    _checks: ChecksFor
    _indexes: Indexes
    _counters: Counters
    _one: asyncio.Lock = field(factory=asyncio.Lock, init=False)
    _kept: OrderedDict[tuple[str, Finding], Repaired] = field(factory=OrderedDict, init=False)
    _last: OrderedDict[str, Repaired] = field(factory=OrderedDict, init=False)

    def current(self, ticket: Ticket) -> Snapshot:
        """The document of a ticket.

        Raises:
            Stale: it has changed since, or is closed.
        """
        snapshot = self._workspace.snapshot(ticket.uri)
        if snapshot is None:
            raise Stale("This fix is stale: its document is closed.")
        if snapshot.version != ticket.version:
            raise Stale("This fix is stale: the document has changed since it was offered. Ask for fixes again.")
        return snapshot

    def known(self, snapshot: Snapshot, finding: Finding) -> repairs.Repair | None:
        """What was found for a problem in this very text, None where nothing was looked for."""
        kept = self._kept.get((unquote(snapshot.uri), finding))
        return kept.repair if kept is not None and kept.snapshot.document is snapshot.document else None

    def last(self, uri: str) -> Repaired | None:
        """The repair of a document that ended last."""
        return self._last.get(unquote(uri))

    async def repair(
        self,
        ticket: Ticket,
        *,
        through: Callable[[Engine], Engine] | None = None,
        progress: repairs.Progress | None = None,
    ) -> Repaired:
        """Look for a fix. Cancelling ends the model's work and the checks.

        Args:
            ticket: what for; it has a finding.
            through: puts something between the search and the engine.
            progress: is told what is being done.

        Raises:
            Stale: the document has changed, before or meanwhile.
        """
        assert ticket.finding is not None
        await asyncio.to_thread(repairs.load)
        async with self._one:
            snapshot = self.current(ticket)
            known = self.known(snapshot, ticket.finding)
            # Where nothing was found, trying again may find something: the model's draws differ.
            kept = known if known is not None and known.found else None
            found = Repaired(snapshot, kept or await self._search(snapshot, ticket, through, progress))
            self._keep(ticket.finding, found)
            self.current(ticket)
        return found

    async def repair_all(
        self, ticket: Ticket, told: Sequence[Told], *, progress: repairs.Progress | None = None
    ) -> tuple[Snapshot, repairs.Whole]:
        """Look for fixes of all problems of a document, each on the result of the ones before; those that are verified.

        Args:
            ticket: which document, in which state.
            told: what other sources report of it.
            progress: is told what is being done.

        Raises:
            Stale: the document has changed, before or meanwhile.
        """
        await asyncio.to_thread(repairs.load)
        async with self._one:
            snapshot, settings, info = self.current(ticket), self._settings(), await self._loaded(progress)
            file = await self.problem(snapshot, _NOTHING)
            way = repairs.Way(
                self.engine(), self.checks(file), repairs.budget_of(settings), repairs.options_of(settings, info), info
            )
            reported = [(evolve(each.finding, path=file.path), each.notes) for each in told]
            whole = await repairs.repair_all(file, way, reported, progress=progress)
            self.current(ticket)
        self._counters.add("repair.all")
        for step in whole.steps:
            _put(self._last, unquote(snapshot.uri), Repaired(snapshot, step.repair))
        return snapshot, whole

    async def problem(self, snapshot: Snapshot, finding: Finding, notes: tuple[str, ...] = ()) -> repairs.Problem:
        """A finding in a document as a problem, with what the workspace knows around it."""
        file = from_lsp.path(snapshot.uri)
        if file is None:
            project, path = await asyncio.to_thread(self._projects.of_unfiled, snapshot)
        else:
            project, path = await asyncio.to_thread(self._projects.of, file)
        others = self._workspace.others(snapshot.uri)
        texts = await asyncio.to_thread(unsaved, project, others, self._settings().privacy.exclude)
        index = next((index for folder, index in self._indexes(others) if folder == project.root), None)
        return repairs.Problem(
            document=snapshot.document,
            tree=snapshot.tree,
            language=snapshot.language_id,
            path=path,
            finding=evolve(finding, path=path),
            project=project,
            others=texts,
            notes=notes,
            index=index,
            above=await asyncio.to_thread(code_above, snapshot),
            in_file=file is not None,
        )

    def checks(self, problem: repairs.Problem) -> Sequence[Check]:
        """Who judges the fixes of a problem."""
        checks = self._checks(problem.language, problem.project, self._settings())
        return checks if problem.in_file else [check for check in checks if check.standalone]

    def engine(self) -> Engine | None:
        """Who proposes fixes; None where there can't be one, and then what needs no model is proposed."""
        try:
            return self._engine.get()
        except EngineError as error:
            self._engine.note(error)
            return None

    def forget(self) -> None:
        """Forget what was found: other settings, or another engine, may find something else."""
        self._kept.clear()

    def closed(self, uri: str) -> None:
        """Forget a document."""
        key = unquote(uri)
        self._last.pop(key, None)
        for each in [each for each in self._kept if each[0] == key]:
            del self._kept[each]

    async def _search(
        self,
        snapshot: Snapshot,
        ticket: Ticket,
        through: Callable[[Engine], Engine] | None,
        progress: repairs.Progress | None,
    ) -> repairs.Repair:
        assert ticket.finding is not None
        settings, engine, info = self._settings(), self.engine(), await self._loaded(progress)
        problem = await self.problem(snapshot, ticket.finding, ticket.notes)
        self._counters.add("repair.begun")
        found = await repairs.repair(
            problem,
            engine if engine is None or through is None else through(engine),
            self.checks(problem),
            repairs.budget_of(settings),
            options=repairs.options_of(settings, info),
            info=info,
            progress=progress,
        )
        outcome = "verified" if found.verified else "unverified" if found.found else "nothing"
        self._counters.add(f"repair.{outcome}")
        logger.info("a repair by %s: %s in %.1f s", found.origin or "nobody", outcome, found.explanation.seconds)
        return found

    async def _loaded(self, progress: repairs.Progress | None) -> EngineInfo | None:
        """What runs the model, loaded now if it was not: that is no part of what a repair may cost."""
        if self._engine.info is None:
            if progress is not None:
                progress("loading the model", 0.0)
            await self._engine.start()
        return self._engine.info

    def _keep(self, finding: Finding, found: Repaired) -> None:
        key = unquote(found.snapshot.uri)
        _put(self._kept, (key, finding), found)
        _put(self._last, key, found)


def _put(kept: OrderedDict[K, Repaired], key: K, found: Repaired) -> None:
    kept[key] = found
    kept.move_to_end(key)
    while len(kept) > _KEPT:
        kept.popitem(last=False)
