"""An engine that stands still while it loads, and says how far it is."""

from __future__ import annotations

import asyncio

from mendline.engine.fake import FakeEngine
from mendline.engine.protocol import EngineInfo


class SlowEngine(FakeEngine):
    """Loads a share and waits.

    Args:
        share: how much, 0 to 1.

    Attributes:
        loading: that share while it waits.
        reached: it waits.
        go_on: lets it finish.
    """

    def __init__(self, share: float) -> None:
        super().__init__()
        self._share = share
        self.loading: float | None = None
        self.reached = asyncio.Event()
        self.go_on = asyncio.Event()

    async def info(self) -> EngineInfo:
        """Tell what runs, when it may."""
        if not self.go_on.is_set():
            self.loading = self._share
            self.reached.set()
            await self.go_on.wait()
            self.loading = None
        return await super().info()
