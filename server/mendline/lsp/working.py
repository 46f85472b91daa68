"""Work that a request waits for, with a bar in the editor that can stop it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from attrs import define, field

from mendline.lsp.progress import Bars, WorkDone

T = TypeVar("T")

PATIENCE_SECONDS = 0.3
"""What is over sooner needs no bar."""

Tell = Callable[[str, float], None]
"""Is told what is being done, and which part of it is over, 0 to 1."""


@define
class _Shown:
    """What a bar shows, there or not yet."""

    _told: tuple[str, float] | None = field(default=None, init=False)
    _end: str | None = field(default=None, init=False)
    _bar: WorkDone | None = field(default=None, init=False)

    def tell(self, words: str, part: float) -> None:
        self._told = words, part
        self._update()

    def end(self, words: str) -> None:
        self._end = words
        self._update()

    def arrive(self, bar: WorkDone) -> None:
        self._bar = bar
        self._update()

    def _update(self) -> None:
        if self._bar is None:
            return
        if self._end is not None:
            self._bar.end(self._end)
        elif self._told is not None:
            words, part = self._told
            self._bar.report(int(100 * part), words)


@define
class Working:
    """Shows bars for work.

    The work doesn't wait for the bar: some editors answer nothing while they wait for what they have asked.
    """

    _bars: Bars
    _spawn: Callable[[Coroutine[Any, Any, None]], None]

    async def run(
        self, title: str, work: Callable[[Tell], Coroutine[Any, Any, T]], ending: Callable[[T], str] = lambda _: "Done"
    ) -> T:
        """Do it and return what came of it. The caller is cancelled where the user stops it at the bar."""
        shown = _Shown()
        task = asyncio.get_running_loop().create_task(work(shown.tell))
        self._spawn(self._show(title, shown, task))
        said = "Stopped"
        try:
            result = await task
            said = ending(result)
        except Exception as error:
            said = str(error)
            raise
        finally:
            shown.end(said)
        return result

    async def _show(self, title: str, shown: _Shown, task: asyncio.Task[T]) -> None:
        def stop() -> None:
            task.cancel()

        over, _ = await asyncio.wait({task}, timeout=PATIENCE_SECONDS)
        if over:
            return
        shown.arrive(await self._bars.begin(title, stop))
