"""The engine a session uses at the moment: made when it is first needed, made anew when the settings want another."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Protocol, runtime_checkable

from attrs import define, field

from mendline.engine.errors import EngineError, ModelMissing
from mendline.engine.protocol import Engine, EngineInfo
from mendline.engine.status import EngineState, EngineStatus
from mendline.features.completion import Prefilled
from mendline.lsp.status import StatusLine
from mendline.settings.model import Settings

logger = logging.getLogger(__name__)

CLOSE_SECONDS = 1.0

_RUNS = frozenset({EngineState.READY, EngineState.BUSY})


@runtime_checkable
class TellsStatus(Protocol):
    """An engine that says how it is doing; others count as ready."""

    @property
    def status(self) -> EngineStatus:
        """How it is doing now."""
        ...

    def on_status(self, listener: Callable[[EngineStatus], None]) -> Callable[[], None]:
        """Call `listener` at each change, in the event loop; return what ends that."""
        ...


@define
class EngineSlot:
    """Holds at most one engine.

    Attributes:
        info: what runs, once it is known.
        prefilled: what it has in its cache.
    """

    _make: Callable[[Settings], Engine]
    _status: StatusLine
    info: EngineInfo | None = None
    prefilled: Prefilled = field(factory=Prefilled, init=False)
    _engine: Engine | None = None
    _settings: Settings = field(factory=Settings)

    def configure(self, settings: Settings) -> Engine | None:
        """Use these settings from now on; return the engine that has to be closed because it no longer fits them."""
        before, self._settings = self._settings, settings
        if (before.engine, before.model) == (settings.engine, settings.model):
            return None
        return self.release()

    def release(self) -> Engine | None:
        """Let go of the engine, for whoever closes it; the next `get` makes a new one."""
        engine, self._engine, self.info = self._engine, None, None
        self.prefilled.clear()
        if engine is not None:
            self._status.set_engine(EngineStatus(EngineState.OFF, model=self._settings.model.completion))
        return engine

    def get(self) -> Engine:
        """Return the engine, made now if there is none.

        Raises:
            EngineError: the settings ask for one that cannot be.
        """
        if self._engine is None:
            engine = self._engine = self._make(self._settings)
            if isinstance(engine, TellsStatus):
                engine.on_status(lambda status: self._follow(engine, status))
        return self._engine

    def warmable(self) -> Engine | None:
        """Return the engine if work ahead of a request is welcome there: its model is loaded, and it is Mendline's own.

        On other servers prompts may cost somebody money, and what is asked for nothing stands in others' way.
        """
        if self._engine is None or self.info is None or self._status.engine.state not in _RUNS:
            return None
        # Only an engine of Mendline tells the process it is in.
        return None if self._settings.engine.url and not self.info.pid else self._engine

    async def start(self) -> None:
        """Load the model ahead of the first suggestion. What goes wrong is in the status."""
        try:
            engine = self.get()
            info = await engine.info()
        except EngineError as error:
            self.note(error)
            return
        if engine is self._engine:
            self.info = info
            self.note(None)

    def note(self, error: EngineError | None) -> None:
        """Learn from how a request ended, for engines that tell nothing by themselves."""
        model = self.info.model if self.info else self._settings.model.completion
        if isinstance(error, ModelMissing):
            self._status.set_engine(EngineStatus(EngineState.MISSING_MODEL, str(error), error.model))
        elif isinstance(self._engine, TellsStatus):
            self._status.set_engine(self._engine.status)
        elif error is not None:
            self._status.set_engine(EngineStatus(EngineState.FAILED, str(error), model))
        else:
            self._status.set_engine(EngineStatus(EngineState.READY, model=model))

    def _follow(self, engine: Engine, status: EngineStatus) -> None:
        if engine is not self._engine:
            return
        if status.state not in _RUNS:
            self.prefilled.clear()
        self._status.set_engine(status)


async def close(engine: Engine | None) -> None:
    """Close an engine that is no longer used; takes at most `CLOSE_SECONDS`."""
    if engine is None:
        return
    try:
        await asyncio.wait_for(engine.aclose(), CLOSE_SECONDS)
    except (EngineError, TimeoutError) as error:
        logger.warning("an engine did not close: %s", type(error).__name__)
