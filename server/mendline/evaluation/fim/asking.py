"""Asking for a suggestion at a hole: the pipeline, as the language server calls it."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Protocol

from attrs import define, field, frozen

from mendline.checks.check import Project, Report, Subject
from mendline.checks.verifiers.doctest import run_unseen
from mendline.engine.protocol import EngineInfo
from mendline.evaluation.fim.holes import Hole
from mendline.evaluation.metered import MeteredEngine
from mendline.evaluation.remembering import RememberingEngine
from mendline.features.completion import Prefilled, Trigger, complete, unwarmed, warm
from mendline.settings.model import Settings
from mendline.text.document import Edit
from mendline.workspace.store import Snapshot, Workspace

_NAME = "program.py"
PATH = f"/evaluation/{_NAME}"
URI = f"file://{PATH}"


@frozen
class Answer:
    """What came of a request.

    Attributes:
        edits: the suggestions as edits of the hole's document, the best first.
        reasons: why something was not shown; `RejectReason` values.
        seconds: from the request to its answer.
        own_seconds: the part of it in which no engine was waited for, and no examples; None where that can't be told.
        tokens: how many were generated; None where that can't be told.
        confidence: the first suggestion's; None without one, or when the engine gives no probabilities.
    """

    edits: tuple[Edit, ...]
    reasons: tuple[str, ...] = ()
    seconds: float = 0.0
    own_seconds: float | None = None
    tokens: int | None = None
    confidence: float | None = None


class Suggester(Protocol):
    """Whoever is asked. Raises `MendlineError` when it can't answer at all."""

    async def suggest(self, hole: Hole, omit: frozenset[str]) -> Answer:
        """Ask with the cursor at the hole, leaving out parts of the pipeline."""
        ...


@define
class Pipeline:
    """The pipeline in this process. Implements `Suggester`.

    The document is opened in a workspace as an editor does it, and its prompt is computed before the request, as it is
    after a moment's rest at the cursor. The user counts as trusting the folder it is in, so examples in docstrings are
    run. What was computed or run for a hole before, in another arm, is not computed or run again.

    Attributes:
        engine: measures the time of `remembering`.
        remembering: the model.
        root: the folder, an empty one.
    """

    engine: MeteredEngine
    remembering: RememberingEngine
    info: EngineInfo
    settings: Settings
    trigger: Trigger
    root: Path
    _hole: str = field(default="", init=False)
    _reports: dict[tuple[str, tuple[str, ...]], Report] = field(factory=dict, init=False)
    _running: float = field(default=0.0, init=False)

    async def suggest(self, hole: Hole, omit: frozenset[str]) -> Answer:
        """Ask. Raises `EngineError`."""
        if hole.name != self._hole:
            self._hole = hole.name
            self.remembering.forget()
            self._reports.clear()
        snapshot, offset = _opened(hole), len(hole.prompt)
        prefilled = Prefilled()
        # The whole prompt comes last, and with it in the cache the first is not used.
        requests = unwarmed(snapshot, offset, self.settings, self.info, prefilled, omit=omit)[-1:]
        await warm(requests, self.engine, prefilled)
        waited, ran = self.engine.seconds, self._running
        outcome = await complete(
            snapshot,
            offset,
            self.trigger,
            self.engine,
            self.settings,
            info=self.info,
            prefilled=prefilled,
            examples=self._run_examples,
            omit=omit,
            clock=time.perf_counter,
        )
        if outcome.error is not None:
            raise outcome.error
        seconds = outcome.timings.total
        return Answer(
            edits=tuple(Edit(each.range.start, each.range.end, each.text) for each in outcome.suggestions),
            reasons=tuple(each.reason.value for each in outcome.reasons),
            seconds=seconds,
            own_seconds=max(0.0, seconds - (self.engine.seconds - waited) - (self._running - ran)),
            tokens=outcome.tokens,
            confidence=outcome.suggestions[0].confidence if outcome.suggestions else None,
        )

    async def _run_examples(self, text: str, symbols: tuple[str, ...], seconds: float) -> Report:
        report = self._reports.get((text, symbols))
        if report is None:
            subject = Subject(Project(self.root, trusted=True), _NAME, "python", {_NAME: text}, symbols)
            began = time.perf_counter()
            report = self._reports[text, symbols] = await run_unseen(subject, seconds)
            self._running += time.perf_counter() - began
        return report


def _opened(hole: Hole) -> Snapshot:
    workspace = Workspace()
    workspace.open(URI, "python", 1, hole.document, PATH)
    snapshot = workspace.snapshot(URI)
    assert snapshot is not None
    return snapshot
