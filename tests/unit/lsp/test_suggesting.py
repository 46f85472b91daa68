"""The wait before a request, with the time in the test's hand."""

from __future__ import annotations

import asyncio

from mendline.engine.fake import FakeEngine
from mendline.telemetry.counters import Counters
from support.in_process import InProcess, in_process

SUM = {"uri": "file:///sum.py", "languageId": "python", "version": 1, "text": "return"}


class Sleeper:
    """A clock that stands until it is told to go on."""

    def __init__(self) -> None:
        self.asked: list[float] = []
        self.gate = asyncio.Event()

    async def sleep(self, seconds: float) -> None:
        self.asked.append(seconds)
        await self.gate.wait()


def inline(server: InProcess, kind: int) -> asyncio.Task[object]:
    params = {
        "textDocument": {"uri": SUM["uri"]},
        "position": {"line": 0, "character": 6},
        "context": {"triggerKind": kind},
    }
    return asyncio.create_task(server.request("textDocument/inlineCompletion", params))


async def test_only_the_last_of_fast_keystrokes_reaches_the_engine() -> None:
    sleeper, engine, counters = Sleeper(), FakeEngine(default=" 1"), Counters()
    server = await in_process(engine, options={}, sleep=sleeper.sleep, counters=counters)
    server.notify("textDocument/didOpen", {"textDocument": SUM})
    typed = []
    for count in range(1, 4):
        typed.append(inline(server, 2))
        await server.until(lambda count=count: len(sleeper.asked) == count)
    assert engine.requests == ()
    sleeper.gate.set()
    results = [await each for each in typed]
    assert [len(result["items"]) for result in results] == [0, 0, 1]  # type: ignore[index]  # plain JSON
    assert len(engine.requests) == 1
    assert sleeper.asked == [0.075, 0.075, 0.075]
    told = await server.request("mendline/explain", {"textDocument": {"uri": SUM["uri"]}})
    assert told["timings"]["waited"] == 0.075
    assert counters["completion.rejected.superseded"] == 2
    assert counters["completion.offered"] == 1


async def test_the_counts_are_kept_at_the_end() -> None:
    kept: list[dict[str, int]] = []
    server = await in_process(FakeEngine(default=" 1"), keep_counts=lambda counts: kept.append(dict(counts)))
    server.notify("textDocument/didOpen", {"textDocument": SUM})
    await inline(server, 1)
    server.notify("mendline/didShow", {"item": {}})
    await server.request("workspace/executeCommand", {"command": "mendline.didAccept", "arguments": ["1"]})
    await server.server.aclose()
    assert kept == [{"completion.accepted": 1, "completion.offered": 1, "completion.shown": 1}]


async def test_a_file_that_cannot_be_written_does_not_keep_the_server_alive() -> None:
    def full(_: object) -> None:
        raise OSError("no space")

    engine = FakeEngine()
    server = await in_process(engine, keep_counts=full)
    server.notify("textDocument/didOpen", {"textDocument": SUM})
    await server.until(lambda: "ready" in [each["state"] for each in server.notifications("mendline/status")])
    await server.server.aclose()
    assert engine.closed


async def test_the_fallback_waits_like_typing_whatever_the_editor_calls_it() -> None:
    sleeper = Sleeper()
    sleeper.gate.set()
    engine = FakeEngine(default=".a")
    server = await in_process(engine, able={}, options={}, sleep=sleeper.sleep)
    server.notify("textDocument/didOpen", {"textDocument": {**SUM, "text": "returned"}})
    params = {"textDocument": {"uri": SUM["uri"]}, "context": {"triggerKind": 1}}
    within = {**params, "position": {"line": 0, "character": 6}}
    at_the_end = {**params, "position": {"line": 0, "character": 8}}
    assert (await server.request("textDocument/completion", within))["items"] == []
    assert engine.requests == ()
    assert len((await server.request("textDocument/completion", at_the_end))["items"]) == 1
    # Where nothing is asked for, nothing is waited for.
    assert sleeper.asked == [0.075]


async def test_a_user_who_asks_does_not_wait() -> None:
    sleeper = Sleeper()
    server = await in_process(FakeEngine(default=" 1"), options={}, sleep=sleeper.sleep)
    server.notify("textDocument/didOpen", {"textDocument": SUM})
    assert await inline(server, 1)
    assert sleeper.asked == []
