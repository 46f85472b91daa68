"""Asking the model: now, because the editor wants it, or ahead, because it will."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from attrs import frozen

from mendline.engine.errors import EngineError
from mendline.engine.protocol import Engine
from mendline.features.completion import (
    Asked,
    Background,
    Outcome,
    Overheard,
    Rejection,
    RejectReason,
    RunsExamples,
    complete,
)
from mendline.lsp.engine_slot import EngineSlot
from mendline.lsp.status import StatusLine
from mendline.workspace.store import Snapshot


@frozen
class Asking:
    """Takes requests to the session's engine, and to the status line what became of them."""

    _engine: EngineSlot
    _status: StatusLine
    _knows: Callable[[str], bool]
    _examples: Callable[[Snapshot], RunsExamples | None]

    async def now(self, asked: Asked, hear: Callable[[str], None]) -> Outcome:
        """Ask, and count as busy meanwhile. The engine's errors are in the outcome.

        Args:
            asked: the request.
            hear: gets what the model has written so far, each time there is more.
        """
        try:
            engine = self._engine.get()
        except EngineError as error:
            self._engine.note(error)
            return Outcome(reasons=(Rejection(RejectReason.ENGINE_FAILED, str(error)),), error=error)
        try:
            with self._status.working():
                outcome = await self._complete(asked, Overheard(engine, hear))
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise
            # Nobody cancelled this request: the engine was closed under it, as other settings asked for another one.
            return Outcome(reasons=(Rejection(RejectReason.ENGINE_FAILED, "the engine was replaced meanwhile"),))
        if outcome.sections:
            self._engine.note(outcome.error)
        return outcome

    async def ahead(self, asked: Asked) -> Outcome | None:
        """Ask for what nobody wants yet, after all others; None where that is not welcome."""
        engine = self._engine.warmable()
        return None if engine is None else await self._complete(asked, Background(engine))

    async def _complete(self, asked: Asked, engine: Engine) -> Outcome:
        return await complete(
            asked.snapshot,
            asked.offset,
            asked.trigger,
            engine,
            asked.settings,
            selected=asked.selected,
            info=self._engine.info,
            prefilled=self._engine.prefilled,
            related=asked.related,
            knows=self._knows,
            examples=self._examples(asked.snapshot),
        )
