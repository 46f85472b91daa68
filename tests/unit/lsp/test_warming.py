"""When the server computes a place ahead, and when it lets that be. The rest before it is in the test's hand."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest

from mendline.engine.errors import EngineDied
from mendline.engine.fake import Answer, FakeEngine, Gate
from mendline.engine.protocol import EngineInfo, FillRequest, Priority
from mendline.lsp.warming import REST_SECONDS
from mendline.telemetry.counters import Counters
from support.in_process import InProcess, in_process

A, B = "file:///a.py", "file:///b.py"
TEXT = "first\nsecond\nthird\n"
FOREIGN = EngineInfo(model="m")


class Rests:
    """All rests asked for; each goes on when the test says so."""

    def __init__(self) -> None:
        self.waiting: list[asyncio.Event] = []

    async def rest(self, seconds: float) -> None:
        assert seconds == REST_SECONDS
        self.waiting.append(asyncio.Event())
        await self.waiting[-1].wait()

    async def over(self) -> None:
        """Let all rests end, and what follows from that begin."""
        await _steps()
        for event in self.waiting:
            event.set()
        self.waiting.clear()
        await _steps()


async def _steps() -> None:
    """Let what can go on without waiting do so."""
    for _ in range(20):
        await asyncio.sleep(0)


class Desk:
    """A server with an engine whose model is loaded, and what happens at it."""

    def __init__(self, engine: FakeEngine) -> None:
        self.engine = engine
        self.rests = Rests()
        self.counters = Counters()
        self.server: InProcess

    async def start(self, **options: Any) -> Desk:
        settings = {"completion": {"debounceMs": 0}, **options}
        self.server = await in_process(self.engine, options=settings, rest=self.rests.rest, counters=self.counters)
        return self

    async def ready(self) -> None:
        """Wait until the model is loaded."""
        await self.server.until(lambda: "ready" in self.states)
        await asyncio.sleep(0)

    @property
    def states(self) -> list[str]:
        return [each["state"] for each in self.server.notifications("mendline/status")]

    def open(self, uri: str = A, text: str = TEXT) -> None:
        item = {"uri": uri, "languageId": "python", "version": 1, "text": text}
        self.server.notify("textDocument/didOpen", {"textDocument": item})

    def close(self, uri: str = A) -> None:
        self.server.notify("textDocument/didClose", {"textDocument": {"uri": uri}})

    def focus(self, uri: str | None = A, line: int | None = None, **more: object) -> None:
        params: dict[str, object] = {"textDocument": {"uri": uri}} if uri else {}
        if line is not None:
            params["position"] = {"line": line, "character": 0}
        self.server.notify("textDocument/didFocus", {**params, **more})

    def type(self, text: str, line: int, uri: str = A) -> None:
        at = {"line": line, "character": 0}
        change = {"range": {"start": at, "end": at}, "text": text}
        self.server.notify(
            "textDocument/didChange", {"textDocument": {"uri": uri, "version": 2}, "contentChanges": [change]}
        )

    def ask(self, line: int, uri: str = A) -> asyncio.Task[Any]:
        position = {"line": line, "character": 0}
        params = {"textDocument": {"uri": uri}, "position": position, "context": {"triggerKind": 1}}
        return asyncio.create_task(self.server.request("textDocument/inlineCompletion", params))

    @property
    def warmed(self) -> list[tuple[str, str]]:
        """File and last line before the cursor of what was computed ahead, in order."""
        requests = [record.request for record in self.engine.records if record.kind == "warm"]
        assert all(request.priority is Priority.BACKGROUND for request in requests)
        found = [request for request in requests if isinstance(request, FillRequest)]
        return [(request.path, (request.prefix.splitlines() or [""])[-1]) for request in found]


async def desk(fake: FakeEngine | None = None, **options: Any) -> Desk:
    """A server with a loaded model and one open document, which was computed ahead from its start."""
    made = await Desk(fake or FakeEngine(default=" 1")).start(**options)
    made.open()
    await made.ready()
    await made.rests.over()
    return made


async def test_an_opened_document_is_computed_from_its_start_when_the_model_is_loaded() -> None:
    at = await Desk(FakeEngine()).start()
    at.open()
    await at.rests.over()
    await at.ready()
    await at.rests.over()
    assert at.warmed == [("a.py", "")]
    assert at.counters.snapshot() == {"warming.begun": 1, "warming.finished": 1}


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"line": 2}, "second"),
        ({"line": 2, "range": {"start": {"line": 0, "character": 0}, "end": {"line": 3, "character": 0}}}, "second"),
        ({"range": {"start": {"line": 0, "character": 0}, "end": {"line": 2, "character": 0}}}, "first"),
        ({"line": 99}, "third"),
    ],
)
async def test_the_place_the_editor_tells_is_computed(more: dict[str, Any], expected: str) -> None:
    at = await desk()
    at.focus(**more)
    await at.rests.over()
    assert at.warmed[1:] == [("a.py", expected)]


@pytest.mark.parametrize("params", [None, {}, {"textDocument": None}, {"textDocument": {"uri": 7}}, [1], "x"])
async def test_a_focus_without_a_document_ends_it(params: object) -> None:
    at = await desk()
    at.type("x", 1)
    at.server.notify("textDocument/didFocus", params)
    await at.rests.over()
    assert len(at.warmed) == 1


async def test_a_focus_on_what_is_not_open_is_survived() -> None:
    at = await desk()
    at.focus("file:///unknown.py", 3)
    await at.rests.over()
    assert len(at.warmed) == 1
    at.focus(A, 1)
    await at.rests.over()
    assert at.warmed[1:] == [("a.py", "first")]


async def test_only_the_last_of_several_places_is_computed() -> None:
    at = await desk()
    at.open(B)
    for line in range(3):
        at.focus(A, line)
    await at.rests.over()
    assert at.warmed[1:] == [("a.py", "second")]


async def test_a_place_that_is_left_is_let_be() -> None:
    gate = Gate()
    at = await desk(FakeEngine(prefill_gate=gate))
    await gate.reached.wait()
    at.open(B, TEXT * 2)
    await at.rests.over()
    assert at.engine.records[0].cancelled
    gate.open()
    await at.server.until(lambda: at.counters["warming.finished"])
    assert at.warmed == [("a.py", ""), ("b.py", "")]
    assert at.counters.snapshot() == {"warming.begun": 2, "warming.cancelled": 1, "warming.finished": 1}


@pytest.mark.parametrize("leave", [lambda at: at.close(), lambda at: at.focus(None)], ids=["closed", "unfocused"])
async def test_a_document_that_is_closed_or_left_ends_its_warm_up(leave: Any) -> None:
    gate = Gate()
    at = await desk(FakeEngine(prefill_gate=gate))
    await gate.reached.wait()
    leave(at)
    await at.engine.records[0].ended.wait()
    await at.rests.over()
    assert [record.outcome for record in at.engine.records] == ["cancelled"]


async def test_a_request_ends_the_warm_up_before_it_asks_and_is_not_disturbed() -> None:
    gate = Gate()
    at = await desk(FakeEngine(default=Answer.of("x = 1", logprob=-0.01), prefill_gate=gate))
    await gate.reached.wait()
    asked = at.ask(2)
    await at.server.until(lambda: len(at.engine.records) == 2)
    assert at.engine.records[0].cancelled
    at.type("x", 1)
    at.focus(A, 0)
    await at.rests.over()
    assert [record.kind for record in at.engine.records] == ["warm", "fill"]
    gate.open()
    await asked
    await at.rests.over()
    assert [record.kind for record in at.engine.records] == ["warm", "fill", "warm"]


async def test_after_a_suggestion_nothing_is_computed_that_is_there_already() -> None:
    at = await desk(FakeEngine(default="x = 1\n"))
    await at.ask(2)
    await at.rests.over()
    # What is new is the place behind what was offered, where the user is if that is accepted.
    assert at.warmed[1:] == [("a.py", "x = 1")]
    at.focus(A, 2)
    await at.rests.over()
    assert len(at.warmed) == 2


async def test_a_pause_after_typing_and_an_accepted_suggestion_are_used() -> None:
    at = await desk()
    await at.ask(1)
    at.type("typed\n", 1)
    await at.rests.over()
    assert at.warmed[1:] == [("a.py", "typed")]
    at.type("taken\n", 2)
    await at.rests.over()
    await at.server.request("workspace/executeCommand", {"command": "mendline.didAccept", "arguments": ["1"]})
    await at.rests.over()
    assert at.warmed[2:] == [("a.py", "taken")]
    assert at.counters["completion.accepted"] == 1


async def test_the_last_place_of_a_document_is_known_when_it_is_opened_again() -> None:
    at = await desk()
    at.type("typed\n", 1)
    at.close()
    at.open(text=TEXT.replace("second", "changed meanwhile"))
    await at.rests.over()
    ((path, line),) = at.warmed[1:]
    assert (path, line[:6]) == ("a.py", "change")


async def test_where_the_editor_tells_the_place_other_documents_dont_take_it() -> None:
    at = await desk()
    at.open(B)
    at.focus(A, 1)
    at.type("renamed", 2, B)
    at.open("file:///c.py")
    await at.rests.over()
    assert at.warmed[1:] == [("a.py", "first")]
    # What was changed there is where the user will be most likely.
    at.focus(B)
    await at.rests.over()
    assert at.warmed[2:] == [("b.py", "renamed")]


@pytest.mark.parametrize(
    "options",
    [
        {"completion": {"enabled": False}},
        {"privacy": {"exclude": ["*.py"]}},
    ],
)
async def test_nothing_is_computed_where_nothing_is_suggested(options: dict[str, Any]) -> None:
    at = await Desk(FakeEngine()).start(**options)
    at.open()
    await at.server.request("mendline/status")
    await at.rests.over()
    at.focus(A, 1)
    await at.rests.over()
    assert at.engine.records == []
    assert at.counters.snapshot() == {}


@pytest.mark.parametrize(("info", "count"), [(FOREIGN, 0), (EngineInfo(model="m", pid=7), 1)])
async def test_other_servers_do_nothing_that_was_not_asked_for(info: EngineInfo, count: int) -> None:
    at = await desk(FakeEngine(info=info), engine={"url": "http://box/v1"})
    assert len(at.warmed) == count


async def test_a_new_engine_has_nothing_computed() -> None:
    at = await desk()
    await at.server.request("workspace/executeCommand", {"command": "mendline.restartEngine"})
    await at.server.until(lambda: at.states.count("ready") == 2)
    await asyncio.sleep(0)
    await at.rests.over()
    assert at.warmed == [("a.py", ""), ("a.py", "")]


async def test_what_the_engine_says_is_counted_and_logged_without_code(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    at = await desk(FakeEngine(errors={1: EngineDied("gone at first second third")}), trace="messages")
    at.focus(A, 1)
    await at.rests.over()
    at.focus(A, 2)
    await at.rests.over()
    assert at.counters.snapshot() == {"warming.begun": 3, "warming.failed": 1, "warming.finished": 2}
    lines = [record.getMessage() for record in caplog.records if record.name == "mendline.lsp.warming"]
    assert len(lines) == 3
    assert "EngineDied" in lines[1]
    assert not any(word in line for line in lines for word in ("first", "second", "third"))
