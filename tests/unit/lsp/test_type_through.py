"""Requests that the model is not asked for, what stays on the screen, and what is asked ahead: in process."""

from __future__ import annotations

import asyncio
import itertools
from typing import Any

import pytest

from mendline.engine.errors import EngineDied
from mendline.engine.fake import Answer, FakeEngine, Gate
from mendline.engine.protocol import EngineInfo, FillRequest, Priority
from mendline.telemetry.counters import Counters
from support.in_process import InProcess, in_process

A, B = "file:///a.py", "file:///b.py"
INVOKED, AUTOMATIC = 1, 2
Item = dict[str, Any]


class Buffer:
    """A document in a server, with a cursor at its end less `after`."""

    def __init__(self, server: InProcess, uri: str, text: str, after: str = "") -> None:
        self.server, self.uri, self.text, self.after, self.version = server, uri, text, after, 1
        item = {"uri": uri, "languageId": "python", "version": 1, "text": text + after}
        server.notify("textDocument/didOpen", {"textDocument": item})

    def _position(self, text: str) -> dict[str, int]:
        return {"line": text.count("\n"), "character": len(text) - text.rfind("\n") - 1}

    def replace(self, text: str, after: str | None = None) -> None:
        """Change the whole text; the cursor stands behind `text`."""
        self.text, self.version = text, self.version + 1
        self.after = self.after if after is None else after
        document = {"uri": self.uri, "version": self.version}
        changes = [{"range": self._whole(), "text": text + self.after}]
        self.server.notify("textDocument/didChange", {"textDocument": document, "contentChanges": changes})

    def _whole(self) -> dict[str, Any]:
        return {"start": {"line": 0, "character": 0}, "end": {"line": 10_000, "character": 0}}

    def type(self, text: str) -> None:
        self.replace(self.text + text)

    async def ask(self, kind: int = AUTOMATIC, **context: Any) -> list[Item]:
        params = {
            "textDocument": {"uri": self.uri},
            "position": self._position(self.text),
            "context": {"triggerKind": kind, **context},
        }
        items: list[Item] = (await self.server.request("textDocument/inlineCompletion", params))["items"]
        return items

    def show(self, item: Item) -> None:
        self.server.notify("mendline/didShow", {"item": item})

    async def accepted(self, item: Item) -> None:
        command = item["command"]
        params = {"command": command["command"], "arguments": command["arguments"]}
        await self.server.request("workspace/executeCommand", params)

    async def explained(self) -> dict[str, Any]:
        told: dict[str, Any] = await self.server.request("mendline/explain", {"textDocument": {"uri": self.uri}})
        return told


def texts(items: list[Item]) -> list[str]:
    return [item["insertText"] for item in items]


def fills(engine: FakeEngine) -> int:
    return len([record for record in engine.records if record.kind == "fill"])


async def test_typing_the_suggestion_asks_no_model_and_waits_for_nothing() -> None:
    engine, counters, slept = FakeEngine(default="first + second"), Counters(), []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    server = await in_process(engine, options={"completion": {"showThreshold": 0}}, counters=counters, sleep=sleep)
    at = Buffer(server, A, "x = (", ")\n")
    (item,) = await at.ask()
    for typed in ("f", "irst", " "):
        at.type(typed)
        (rest,) = await at.ask()
        assert at.text + rest["insertText"] == "x = (first + second"
        assert rest["range"]["start"] == rest["range"]["end"] == at._position(at.text)
        # It is the same suggestion: whatever is told of it is told of that one.
        assert rest["command"] == item["command"]
    at.replace("x = (")
    assert await at.ask() == [item]
    assert fills(engine) == 1
    assert slept == []
    assert counters.snapshot() == {"completion.offered": 1, "completion.recent": 1, "completion.type-through": 3}
    assert (await at.explained())["source"] == "recent"
    at.type("other")
    await at.ask()
    assert fills(engine) == 2
    assert (await at.explained())["source"] == "model"


async def test_a_word_or_a_line_taken_over_goes_on_by_itself() -> None:
    engine, counters = FakeEngine(default="first = 1\n    return first\n"), Counters()
    server = await in_process(engine, counters=counters)
    at = Buffer(server, A, "def f():\n    ", "\n")
    (item,) = await at.ask()
    for taken, left in (("first", " = 1\n    return first"), (" = 1\n    ", "return first")):
        server.notify("mendline/didPartiallyAccept", {"item": item, "acceptedLength": len(taken)})
        at.type(taken)
        (item,) = await at.ask()
        assert item["insertText"] == left
    server.notify("mendline/didPartiallyAccept", {"item": item, "acceptedLength": len(left)})
    assert fills(engine) == 1
    assert counters["completion.partially-accepted"] == 3
    # The last part was all there was left.
    assert counters["completion.accepted"] == 1


async def test_brackets_the_editor_closes_are_replaced() -> None:
    engine = FakeEngine([("f", "(a, b)")], default="")
    server = await in_process(engine)
    at = Buffer(server, A, "f", "\n")
    await at.ask()
    at.replace("f(", ")\n")
    (item,) = await at.ask()
    assert item["insertText"] == "a, b)"
    assert item["range"] == {"start": {"line": 0, "character": 2}, "end": {"line": 0, "character": 3}}
    assert fills(engine) == 1


async def test_a_change_in_another_document_asks_anew() -> None:
    engine = FakeEngine(default="first")
    server = await in_process(engine)
    at, other = Buffer(server, A, "x = "), Buffer(server, B, "y = ")
    await at.ask()
    other.type("2")
    await at.ask()
    assert fills(engine) == 2


@pytest.mark.parametrize("method", ["workspace/executeCommand", "workspace/didChangeConfiguration"])
async def test_a_new_engine_or_other_settings_ask_anew(method: str) -> None:
    engine = FakeEngine(default="first")
    able = {"textDocument": {"inlineCompletion": {}}, "workspace": {"configuration": True}}
    server = await in_process(engine, able=able)
    at = Buffer(server, A, "x = ")
    await at.ask()
    if method == "workspace/executeCommand":
        await server.request(method, {"command": "mendline.restartEngine"})
    else:
        server.answers["workspace/configuration"] = [{"completion": {"maxTokens": 7}}]
        asked = len([each for each in server.said if each.get("method") == "workspace/configuration"])
        server.notify(method, {"settings": None})
        await server.until(
            lambda: len([each for each in server.said if each.get("method") == "workspace/configuration"]) > asked
        )
    await at.ask()
    await server.until(lambda: fills(engine) == 2)


async def test_several_suggestions_are_offered_and_each_can_be_typed_or_accepted() -> None:
    """The pipeline makes one; what was made for two requests at one place stands for several."""
    answers = iter(["11", "22"])
    engine = FakeEngine(lambda _: Answer.of(next(answers), logprob=-1.0))
    server = await in_process(engine)
    at = Buffer(server, A, "x = ", "\n")
    (first,) = await at.ask()
    at.show(first)
    kept, other = await at.ask(INVOKED)
    assert (kept, other["insertText"]) == (first, "22")
    assert first["command"] != other["command"]
    assert [each["text"] for each in (await at.explained())["candidates"]] == ["11", "22"]
    at.type("2")
    assert texts(await at.ask()) == ["2"]
    assert (await at.ask())[0]["command"] == other["command"]
    assert fills(engine) == 2


@pytest.mark.parametrize(
    ("answer", "expected", "kept"),
    [
        (Answer.of("first + second", logprob=-2.0), ["first + second"], 0),
        (Answer.of("other", logprob=-0.95), ["first", "other"], 1),
        (Answer.of("other", logprob=-0.1), ["other"], 0),
        (Answer.of("first", logprob=-0.95), ["first"], 0),
        (Answer.of(""), ["first"], 1),
        (Answer(error=EngineDied("gone")), ["first"], 1),
    ],
)
async def test_what_is_on_the_screen_stays_there(answer: Answer, expected: list[str], kept: int) -> None:
    answers = itertools.chain([Answer.of("first", logprob=-1.0)], itertools.repeat(answer))
    counters = Counters()
    server = await in_process(FakeEngine(lambda _: next(answers)), counters=counters)
    at = Buffer(server, A, "x = ", "\n")
    (item,) = await at.ask()
    at.show(item)
    at.show(item)
    assert texts(await at.ask(INVOKED)) == expected
    assert counters["completion.kept"] == kept
    assert counters["completion.shown"] == 1


async def test_what_is_not_on_the_screen_gives_way() -> None:
    answers = iter([Answer.of("11", logprob=-1.0), Answer.of("22", logprob=-1.0)])
    server = await in_process(FakeEngine(lambda _: next(answers)))
    at = Buffer(server, A, "x = ", "\n")
    await at.ask()
    assert texts(await at.ask(INVOKED)) == ["22"]


@pytest.mark.parametrize(
    "options",
    [
        {"completion": {"enabled": False}},
        {"completion": {"disabledLanguages": ["python"]}},
        {"privacy": {"exclude": ["*.py"]}},
    ],
)
@pytest.mark.parametrize("kind", [INVOKED, AUTOMATIC])
async def test_where_suggestions_are_off_nothing_is_asked_or_waited_for(options: dict[str, Any], kind: int) -> None:
    engine, slept = FakeEngine(default="first"), []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    server = await in_process(engine, options=options, sleep=sleep)
    at = Buffer(server, A, "x = value", "\n")
    assert await at.ask(kind) == []
    params = {"textDocument": {"uri": A}, "position": at._position(at.text), "context": {"triggerKind": 1}}
    assert (await server.request("textDocument/completion", params))["items"] == []
    assert engine.records == []
    assert slept == []


async def test_a_popup_whose_item_does_not_hold_the_cursor_asks_nothing() -> None:
    engine = FakeEngine(default="first")
    server = await in_process(engine)
    at = Buffer(server, A, "x = value", "\n")
    range_ = {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 1}}
    assert await at.ask(selectedCompletionInfo={"range": range_, "text": "xs"}) == []
    assert engine.records == []


async def writing(counters: Counters | None = None) -> tuple[Buffer, FakeEngine, Gate, asyncio.Task[list[Item]]]:
    """A request whose suggestion is being written: its first word is there."""
    gate = Gate()
    engine = FakeEngine([("x = ", "first + second")], default="other", decode_gate=gate)
    at = Buffer(await in_process(engine, counters=counters or Counters()), A, "x = ", "\n")
    asked = asyncio.create_task(at.ask())
    await gate.reached.wait()
    assert engine.records[0].text == "first"
    return at, engine, gate, asked


@pytest.mark.parametrize(("typed", "left"), [("", "first + second"), ("f", "irst + second"), ("firs", "t + second")])
async def test_typing_along_with_what_is_being_written_does_not_begin_it_anew(typed: str, left: str) -> None:
    counters = Counters()
    at, engine, gate, older = await writing(counters)
    if typed:
        at.type(typed)
    newer = asyncio.create_task(at.ask())
    assert await older == []
    gate.open()
    assert texts(await newer) == [left]
    assert fills(engine) == 1
    assert counters.snapshot() == {
        "completion.offered": 1,
        "completion.rejected.superseded": 1,
        "completion.underway": 1,
    }
    assert (await at.explained())["source"] == "underway"
    # What the editor tells of it is told of the suggestion as a whole.
    at.type(left[:-1])
    assert texts(await at.ask()) == [left[-1]]
    assert fills(engine) == 1


@pytest.mark.parametrize("typed", ["o", "first", "first + s"])
async def test_typing_something_else_or_faster_than_the_model_begins_anew(typed: str) -> None:
    at, engine, gate, older = await writing()
    at.type(typed)
    newer = asyncio.create_task(at.ask())
    assert await older == []
    await engine.records[0].ended.wait()
    assert engine.records[0].cancelled
    gate.open()
    assert texts(await newer) == ["other"]
    assert fills(engine) == 2


async def test_a_request_of_another_kind_or_document_does_not_wait_for_it() -> None:
    at, engine, gate, older = await writing()
    other = asyncio.create_task(Buffer(at.server, B, "x = ", "\n").ask())
    await at.server.until(lambda: fills(engine) == 2)
    assert not engine.records[0].cancelled
    invoked = asyncio.create_task(at.ask(INVOKED))
    await engine.records[0].ended.wait()
    assert engine.records[0].cancelled
    gate.open()
    assert [await older, texts(await other), texts(await invoked)] == [[], ["first + second"], ["first + second"]]
    # These names exist nowhere, so more candidates were drawn for the user who asked.
    assert fills(engine) == 4


async def test_what_nobody_waits_for_is_ended() -> None:
    at, engine, _, older = await writing()
    newer = asyncio.create_task(at.ask())
    assert await older == []
    assert not engine.records[0].cancelled
    at.server.notify("$/cancelRequest", {"id": at.server._number})
    await engine.records[0].ended.wait()
    assert engine.records[0].cancelled
    with pytest.raises(AssertionError, match="-32800"):
        await newer


class Accepting:
    """A server whose first suggestion is about to be accepted, and whose second one can be held."""

    def __init__(self, info: EngineInfo | None = None) -> None:
        self.gate = Gate()
        self.counters = Counters()
        answers = {"x = ": "first", "x = first": " + second", "x = firstly": " + third"}
        self.engine = FakeEngine(lambda request: answers.get(getattr(request, "prefix", ""), ""), info=info)
        self.at: Buffer
        self.item: Item

    async def start(self, **options: Any) -> Accepting:
        settings = {"completion": {"debounceMs": 0}, **options}
        server = await in_process(self.engine, counters=self.counters, options=settings)
        self.at = Buffer(server, A, "x = ", "\n")
        await server.until(lambda: "ready" in [each["state"] for each in server.notifications("mendline/status")])
        await asyncio.sleep(0)
        (self.item,) = await self.at.ask()
        self.engine._prefill_gate = self.gate
        return self

    async def begun(self) -> FillRequest:
        """Wait until the next suggestion is asked for; return the request."""
        await self.gate.reached.wait()
        request = self.engine.records[-1].request
        assert isinstance(request, FillRequest)
        return request


@pytest.mark.parametrize("told_first", [True, False])
async def test_after_an_acceptance_the_next_suggestion_is_on_its_way(told_first: bool) -> None:
    desk = await Accepting().start()
    at = desk.at
    if told_first:
        await at.accepted(desk.item)
    at.type("first")
    if not told_first:
        await at.accepted(desk.item)
    request = await desk.begun()
    assert (request.prefix, request.priority) == ("x = first", Priority.BACKGROUND)
    asked = asyncio.create_task(at.ask())
    again = asyncio.create_task(at.ask())
    desk.gate.open()
    assert await asked == []
    assert texts(await again) == [" + second"]
    assert fills(desk.engine) == 2
    assert desk.counters["completion.ahead"] == 1
    assert (await at.explained())["source"] == "ahead"


async def test_any_keystroke_ends_what_is_asked_ahead() -> None:
    desk = await Accepting().start()
    desk.at.type("first")
    await desk.at.accepted(desk.item)
    await desk.begun()
    desk.at.type("ly")
    await desk.engine.records[-1].ended.wait()
    assert desk.engine.records[-1].cancelled
    desk.gate.open()
    assert texts(await desk.at.ask()) == [" + third"]


async def test_a_request_elsewhere_ends_what_is_asked_ahead() -> None:
    desk = await Accepting().start()
    desk.at.type("first")
    await desk.at.accepted(desk.item)
    await desk.begun()
    ahead = desk.engine.records[-1]
    other = Buffer(desk.at.server, B, "x = ")
    asked = asyncio.create_task(other.ask())
    await ahead.ended.wait()
    assert ahead.cancelled
    desk.gate.open()
    assert texts(await asked) == ["first"]


async def test_where_the_ahead_fails_the_model_is_asked_as_always() -> None:
    desk = await Accepting().start()
    desk.engine._errors = {1: EngineDied("gone")}
    desk.gate.open()
    desk.at.type("first")
    await desk.at.accepted(desk.item)
    await desk.at.server.until(lambda: fills(desk.engine) == 2)
    assert texts(await desk.at.ask()) == [" + second"]
    assert fills(desk.engine) == 3


@pytest.mark.parametrize("arguments", [[], ["99"], ["x"], [7], [None]])
async def test_an_acceptance_of_what_is_not_known_is_only_counted(arguments: list[Any]) -> None:
    desk = await Accepting().start()
    params = {"command": "mendline.didAccept", "arguments": arguments}
    await desk.at.server.request("workspace/executeCommand", params)
    desk.at.type("first")
    assert desk.counters["completion.accepted"] == 1
    assert fills(desk.engine) == 1


async def test_another_server_is_not_asked_ahead() -> None:
    desk = await Accepting(EngineInfo(model="m")).start(engine={"url": "http://box/v1"})
    desk.at.type("first")
    await desk.at.accepted(desk.item)
    desk.gate.open()
    assert texts(await desk.at.ask()) == [" + second"]
    assert fills(desk.engine) == 2
    assert desk.counters["completion.ahead"] == 0
