"""The engine on this machine, before it is known whether its model is: the file is looked up when it is needed."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator

from mendline.engine.errors import EngineError, ModelMissing
from mendline.engine.host.launch import Launch
from mendline.engine.models import ModelStore
from mendline.engine.protocol import ChatRequest, Chunk, EngineInfo, FillRequest, Usage
from mendline.engine.shared import SharedEngine
from mendline.engine.status import EngineState, EngineStatus, StatusTeller
from mendline.settings.model import EngineSettings


class LocalEngine(StatusTeller):
    """An `Engine` that finds its model's file on first use and leaves the rest to the process all editors share.

    Looking up may hash a gigabyte the first time, so it is done in a thread. A model that is missing is looked for
    again with each request: it may have been fetched in the meantime.

    Args:
        model: catalogue id or path.
        settings: how the process is started when none runs.
        store: where models are.
    """

    def __init__(self, model: str, settings: EngineSettings, store: ModelStore) -> None:
        super().__init__(EngineStatus(EngineState.OFF, model=model))
        self._model = model
        self._settings = settings
        self._store = store
        self._finding = asyncio.Lock()
        self._shared: SharedEngine | None = None

    async def fill(self, request: FillRequest) -> AsyncGenerator[Chunk, None]:
        """Stream the text between prefix and suffix."""
        async with contextlib.aclosing((await self._found()).fill(request)) as chunks:
            async for chunk in chunks:
                yield chunk

    async def chat(self, request: ChatRequest) -> AsyncGenerator[Chunk, None]:
        """Stream the assistant's next turn."""
        async with contextlib.aclosing((await self._found()).chat(request)) as chunks:
            async for chunk in chunks:
                yield chunk

    async def warm(self, request: FillRequest) -> Usage:
        """Prefill the request's prompt."""
        return await (await self._found()).warm(request)

    async def info(self) -> EngineInfo:
        """Tell what runs; starts the process and loads the model for it."""
        return await (await self._found()).info()

    async def aclose(self) -> None:
        """Let go of the process, which goes on for the other editors."""
        if self._shared is not None:
            await self._shared.aclose()

    async def _found(self) -> SharedEngine:
        async with self._finding:
            if self._shared is None:
                try:
                    path = await asyncio.to_thread(self._store.resolve, self._model)
                except ModelMissing as error:
                    self._tell(EngineStatus(EngineState.MISSING_MODEL, str(error), error.model))
                    raise
                except EngineError as error:
                    self._tell(EngineStatus(EngineState.FAILED, str(error), self._model))
                    raise
                self._shared = SharedEngine(Launch.from_settings(self._model, path, self._settings))
                self._shared.on_status(self._tell)
            return self._shared
