"""Which engine a session uses, and when it is made anew."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable

import pytest

from mendline.engine.errors import EngineUnavailable
from mendline.engine.fake import FakeEngine, Gate
from mendline.engine.protocol import Chunk, Engine, FillRequest
from mendline.engine.status import EngineState, EngineStatus
from mendline.settings.model import Settings
from support.in_process import InProcess, in_process

SUM = {"uri": "file:///sum.py", "languageId": "python", "version": 1, "text": "return"}


async def inline(server: InProcess) -> list[str]:
    params = {
        "textDocument": {"uri": SUM["uri"]},
        "position": {"line": 0, "character": 6},
        "context": {"triggerKind": 1},
    }
    result = await server.request("textDocument/inlineCompletion", params)
    return [item["insertText"] for item in result["items"]]


async def test_it_is_made_when_a_document_is_opened_and_anew_when_its_settings_change() -> None:
    made: list[tuple[str, FakeEngine]] = []

    def make(settings: Settings) -> Engine:
        made.append((settings.engine.url, FakeEngine(default=" 1")))
        return made[-1][1]

    server = await in_process(make)
    assert made == []
    server.notify("textDocument/didOpen", {"textDocument": SUM})
    await server.until(lambda: made)
    assert await inline(server) == [" 1"]
    server.notify("workspace/didChangeConfiguration", {"settings": {"mendline": {"completion": {"maxTokens": 7}}}})
    assert await inline(server) == [" 1"]
    assert len(made) == 1
    server.notify("workspace/didChangeConfiguration", {"settings": {"mendline": {"engine": {"url": "http://box/v1"}}}})
    await server.until(lambda: len(made) == 2)
    assert [url for url, _ in made] == ["", "http://box/v1"]
    await server.until(lambda: made[0][1].closed)
    assert not made[1][1].closed
    await server.server.aclose()
    assert made[1][1].closed


async def test_the_first_request_already_has_the_initial_settings() -> None:
    urls: list[str] = []

    def make(settings: Settings) -> Engine:
        urls.append(settings.engine.url)
        return FakeEngine(default=" 1")

    server = await in_process(make, options={"engine": {"url": "http://box/v1"}, "completion": {"debounceMs": 0}})
    server.notify("textDocument/didOpen", {"textDocument": SUM})
    assert await inline(server) == [" 1"]
    assert urls == ["http://box/v1"]


async def test_the_first_request_waits_for_the_editors_settings() -> None:
    urls: list[str] = []

    def make(settings: Settings) -> Engine:
        urls.append(settings.engine.url)
        return FakeEngine(default=" 1")

    able = {"workspace": {"configuration": True}, "textDocument": {"inlineCompletion": {}}}
    server = await in_process(make, able=able, answers={"workspace/configuration": [{"engine.url": "http://box/v1"}]})
    server.notify("textDocument/didOpen", {"textDocument": SUM})
    assert await inline(server) == [" 1"]
    assert urls == ["http://box/v1"]


class Closing(FakeEngine):
    """An engine whose requests are cancelled when it is closed."""

    def __init__(self) -> None:
        super().__init__(prefill_gate=Gate())
        self.tasks: list[asyncio.Future[None]] = []

    def fill(self, request: FillRequest) -> AsyncGenerator[Chunk, None]:
        async def stream() -> AsyncGenerator[Chunk, None]:
            self.tasks.append(asyncio.get_running_loop().create_future())
            await self.tasks[-1]
            yield Chunk()

        return stream()

    async def aclose(self) -> None:
        for task in self.tasks:
            task.cancel()


async def test_a_request_whose_engine_is_replaced_is_answered() -> None:
    made: list[FakeEngine] = []

    def make(_: Settings) -> Engine:
        made.append(FakeEngine(default=" 1") if made else Closing())
        return made[-1]

    server = await in_process(make)
    server.notify("textDocument/didOpen", {"textDocument": SUM})
    asked = asyncio.create_task(inline(server))
    first = await server.until(lambda: made and made[0])
    await server.until(lambda: first.tasks)
    server.notify("workspace/didChangeConfiguration", {"settings": {"mendline": {"engine": {"url": "http://box/v1"}}}})
    assert await asked == []
    told = await server.request("mendline/explain", {"textDocument": {"uri": SUM["uri"]}})
    assert [each["reason"] for each in told["reasons"]] == ["engine-failed"]
    assert await inline(server) == [" 1"]


async def test_restarting_ends_the_process_between_two_engines() -> None:
    made: list[FakeEngine] = []
    stopped: list[tuple[int, bool]] = []

    def make(_: Settings) -> Engine:
        made.append(FakeEngine(default=" 1"))
        return made[-1]

    async def stop(_: Settings) -> None:
        stopped.append((len(made), made[0].closed))
        raise EngineUnavailable("it does not stop; end it yourself")

    server = await in_process(make, stop_engine=stop)
    server.notify("textDocument/didOpen", {"textDocument": SUM})
    assert await inline(server) == [" 1"]
    await server.request("workspace/executeCommand", {"command": "mendline.restartEngine"})
    await server.until(lambda: len(made) == 2)
    assert stopped == [(1, True)]
    assert [each["message"] for each in server.notifications("window/showMessage")] == [
        "it does not stop; end it yourself"
    ]
    assert await inline(server) == [" 1"]


async def test_settings_that_no_engine_can_have_are_a_status() -> None:
    def make(_: Settings) -> Engine:
        raise EngineUnavailable("engine.url is not an address")

    server = await in_process(make)
    server.notify("textDocument/didOpen", {"textDocument": SUM})
    assert await inline(server) == []
    status = await server.request("mendline/status")
    assert (status["state"], status["message"]) == ("failed", "engine.url is not an address")


class Telling(FakeEngine):
    """An engine that says how it is doing."""

    def __init__(self) -> None:
        super().__init__(default=" 1")
        self.status = EngineStatus(EngineState.OFF, model="m")
        self.listeners: list[Callable[[EngineStatus], None]] = []

    def on_status(self, listener: Callable[[EngineStatus], None]) -> Callable[[], None]:
        self.listeners.append(listener)
        return lambda: self.listeners.remove(listener)

    def tell(self, status: EngineStatus) -> None:
        self.status = status
        for listener in self.listeners:
            listener(status)


async def test_what_the_engine_says_is_passed_on() -> None:
    engine = Telling()
    server = await in_process(engine)
    server.notify("textDocument/didOpen", {"textDocument": SUM})
    await server.until(lambda: engine.listeners)
    engine.tell(EngineStatus(EngineState.LOADING, model="m", progress=0.42))
    status = server.notifications("mendline/status")[-1]
    assert (status["state"], status["percent"], status["busy"]) == ("loading", 42, True)
    assert "42 %" in status["message"]
    engine.tell(EngineStatus(EngineState.READY, model="m"))
    count = len(server.notifications("mendline/status"))
    # Work that is done at once is not worth two messages a keystroke.
    engine.tell(EngineStatus(EngineState.BUSY, model="m"))
    assert await inline(server) == [" 1"]
    engine.tell(EngineStatus(EngineState.READY, model="m"))
    await asyncio.sleep(0)
    assert len(server.notifications("mendline/status")) == count


@pytest.mark.parametrize(("progress", "begun"), [(None, None), (0.1, 10)])
async def test_a_load_begins_its_bar_with_what_is_known(progress: float | None, begun: int | None) -> None:
    engine = Telling()
    server = await in_process(engine)
    server.notify("textDocument/didOpen", {"textDocument": SUM})
    await server.until(lambda: engine.listeners)
    engine.tell(EngineStatus(EngineState.LOADING, model="m", progress=progress))
    await server.until(lambda: server.notifications("$/progress"))
    # A bar with a percentage stays where it is; one without shows that something goes on.
    assert server.notifications("$/progress")[0]["value"].get("percentage") == begun


async def test_a_load_is_shown_as_a_bar() -> None:
    engine = Telling()
    server = await in_process(engine)
    server.notify("textDocument/didOpen", {"textDocument": SUM})
    await server.until(lambda: engine.listeners)
    engine.tell(EngineStatus(EngineState.LOADING, model="m", progress=0.1))
    await server.until(lambda: server.notifications("$/progress"))
    engine.tell(EngineStatus(EngineState.LOADING, model="m", progress=0.9))
    engine.tell(EngineStatus(EngineState.READY, model="m"))
    kinds = [each["value"]["kind"] for each in server.notifications("$/progress")]
    assert (kinds[0], kinds[-1]) == ("begin", "end")
