from __future__ import annotations

import asyncio
import io
import json
import threading
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from mendline.engine import errors
from mendline.engine.fake import Answer, FakeEngine, Gate
from mendline.engine.host.server import MAX_BODY_BYTES
from mendline.engine.protocol import ChatRequest, FillRequest, Message, Role
from support.engine_host import TOKEN, Host, hosted, text_of, until

AUTHORIZATION = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(headers=AUTHORIZATION) as opened:
        yield opened


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({"Authorization": "Bearer wrong"}, 401),
        ({"Authorization": TOKEN}, 401),
        ({"Authorization": f"Bearer {TOKEN}x"}, 401),
        ({"Authorization": "Bearer \u00e9"}, 401),
        (AUTHORIZATION | {"Origin": "http://evil.example"}, 403),
        (AUTHORIZATION | {"Origin": "null"}, 403),
        (AUTHORIZATION | {"Host": "evil.example"}, 403),
        (AUTHORIZATION | {"Host": "evil.example:80"}, 403),
        (AUTHORIZATION | {"Host": "localhost:1234"}, 200),
        (AUTHORIZATION, 200),
    ],
)
async def test_who_may_come_in(headers: dict[str, str], status: int) -> None:
    async with hosted(FakeEngine) as host, aiohttp.ClientSession() as session:
        for path in ("/mendline/health", "/v1/models"):
            async with session.get(host.url + path, headers=headers) as answer:
                assert answer.status == status
        async with session.post(host.url + "/mendline/stop", headers=headers) as answer:
            assert answer.status == (202 if status == 200 else status)
        assert host.stops == ([True] if status == 200 else [])


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/v1/completions", b"{bad", 400),
        ("/v1/completions", b"", 400),
        ("/v1/completions", b"[]", 400),
        ("/v1/completions", b"\x00\xff" * 100, 400),
        ("/v1/completions", b"[" * 200_000, 400),
        ("/v1/completions", b'{"prompt": 3}', 400),
        ("/v1/completions", b'{"prompt": "x", "max_tokens": "many"}', 400),
        ("/v1/chat/completions", b'{"messages": {}}', 400),
        ("/mendline/warm", b"{}", 400),
        ("/v1/completions", b" " * (MAX_BODY_BYTES + 1), 413),
        ("/v1/embeddings", b"{}", 404),
        ("/mendline/health", b"{}", 405),
    ],
)
async def test_garbage_is_refused_and_survived(
    path: str, body: bytes, status: int, session: aiohttp.ClientSession
) -> None:
    async with hosted(FakeEngine) as host:
        async with session.post(host.url + path, data=io.BytesIO(body)) as answer:
            assert answer.status == status
            error = (await answer.json())["error"]
        assert error["type"] == "invalid_request_error"
        assert isinstance(error["message"], str)
        assert await text_of(host.client, FillRequest("x")) == "pass"


async def test_garbage_that_is_no_http(session: aiohttp.ClientSession) -> None:
    async with hosted(FakeEngine) as host:
        port = int(host.url.rpartition(":")[2])
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"\x16\x03\x01\x02\x00\x01\x00" + b"\xff" * 5000 + b"\r\n\r\n")
        await writer.drain()
        assert b"400" in await asyncio.wait_for(reader.read(), 10)
        writer.close()
        await writer.wait_closed()
        assert await text_of(host.client, FillRequest("x")) == "pass"


async def test_an_answer_in_one_piece(session: aiohttp.ClientSession) -> None:
    asked = {"prompt": "x", "logprobs": 1}
    async with (
        hosted(lambda: FakeEngine(default="a b")) as host,
        session.post(host.url + "/v1/completions", json=asked) as answer,
    ):
        body = await answer.json()
    assert body["object"] == "text_completion"
    choice = body["choices"][0]
    assert (choice["text"], choice["finish_reason"]) == ("a b", "stop")
    assert choice["logprobs"] == {
        "tokens": ["a", " b"],
        "token_logprobs": [-0.1, -0.1],
        "top_logprobs": None,
        "text_offset": [0, 1],
    }
    assert body["usage"]["completion_tokens"] == 2


async def test_candidates_in_one_piece_and_streamed(session: aiohttp.ClientSession) -> None:
    asked = {"prompt": "x", "n": 2}
    streamed = asked | {"stream": True, "stream_options": {"include_usage": True}}
    async with hosted(lambda: FakeEngine(default=Answer.of("a b", "c"))) as host:
        async with session.post(host.url + "/v1/completions", json=asked) as answer:
            body = await answer.json()
        async with session.post(host.url + "/v1/completions", json=streamed) as answer:
            events = [
                json.loads(line[6:]) for line in (await answer.text()).split("\n\n") if line.startswith("data: {")
            ]
    assert [(choice["index"], choice["text"]) for choice in body["choices"]] == [(0, "a b"), (1, "c")]
    assert [event["choices"][0]["index"] for event in events[:-1]] == [0, 1, 0, 1, 0]
    assert [event["choices"][0]["finish_reason"] for event in events[:-1]] == [None, None, None, "stop", "stop"]
    assert (events[-1]["choices"], events[-1]["usage"]["completion_tokens"]) == ([], 3)


async def test_a_streamed_chat_as_openai_has_it(session: aiohttp.ClientSession) -> None:
    asked = {"messages": [{"role": "user", "content": "hi"}], "stream": True, "logprobs": True}
    async with (
        hosted(lambda: FakeEngine(default="yes")) as host,
        session.post(host.url + "/v1/chat/completions", json=asked) as answer,
    ):
        assert answer.content_type == "text/event-stream"
        text = await answer.text()
    assert text.endswith("data: [DONE]\n\n")
    assert '"object":"chat.completion.chunk"' in text
    assert '"delta":{"role":"assistant","content":"yes"}' in text
    assert '"logprobs":{"content":[{"token":"yes","logprob":-0.1,"bytes":[121,101,115],"top_logprobs":[]}]}' in text
    assert '"usage"' not in text


async def test_chat_and_warm_through_the_client() -> None:
    async with hosted(lambda: FakeEngine(default="yes")) as host:
        chat = ChatRequest((Message(Role.USER, "hi"),))
        assert "".join([chunk.text async for chunk in host.client.chat(chat)]) == "yes"
        assert (await host.client.warm(FillRequest("a b"))).prompt_tokens == 2
        assert (await host.client.info()).backend == "fake"
        await until(lambda: host.activity.served == 2)


@pytest.mark.parametrize("where", ["prefill", "decode"])
async def test_a_client_that_goes_away_cancels(where: str) -> None:
    gate = Gate()
    engine = FakeEngine(
        default="a b",
        prefill_gate=gate if where == "prefill" else None,
        decode_gate=gate if where == "decode" else None,
    )
    async with hosted(lambda: engine) as host:
        task = asyncio.create_task(text_of(host.client, FillRequest("x")))
        await asyncio.wait_for(gate.reached.wait(), 10)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.wait_for(engine.records[0].ended.wait(), 10)
        assert engine.records[0].cancelled
        await until(lambda: host.activity.active == 0)


@pytest.mark.parametrize("body", ['{"prompt": "x"}', '{"prompt": "x", "stream": true}'])
async def test_a_connection_that_is_cut_cancels(body: str) -> None:
    gate = Gate()
    engine = FakeEngine(prefill_gate=gate)
    async with hosted(lambda: engine) as host:
        _, writer = await asyncio.open_connection("127.0.0.1", int(host.url.rpartition(":")[2]))
        head = f"POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {TOKEN}\r\n"
        writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n{body}".encode())
        await asyncio.wait_for(gate.reached.wait(), 10)
        writer.close()
        await writer.wait_closed()
        await asyncio.wait_for(engine.records[0].ended.wait(), 10)
        assert engine.records[0].cancelled


async def test_health_answers_while_the_model_loads_and_requests_wait(session: aiohttp.ClientSession) -> None:
    loaded = threading.Event()

    def slow() -> FakeEngine:
        assert loaded.wait(20)
        return FakeEngine()

    async def health(host: Host) -> dict[str, Any]:
        async with session.get(host.url + "/mendline/health") as answer:
            return dict(await answer.json())

    async with hosted(slow) as host:
        assert (await health(host))["state"] == "loading"
        request = asyncio.create_task(text_of(host.client, FillRequest("x")))
        cancelled = asyncio.create_task(text_of(host.client, FillRequest("y")))
        await until(lambda: host.activity.active == 2)
        # The one that goes away while the model loads does not end the load for the other.
        cancelled.cancel()
        await until(lambda: host.activity.active == 1)
        loaded.set()
        assert await request == "pass"
        assert (await health(host))["state"] == "ready"


@pytest.mark.parametrize(
    "error",
    [
        errors.ModelInvalid("The file x.gguf is cut off."),
        errors.ModelMissing("It is not here.", model="some-id"),
        errors.EngineOverloaded("Out of memory."),
        errors.EngineUnavailable("No backend."),
    ],
)
async def test_a_failed_load_reaches_client_and_health(
    error: errors.EngineError, session: aiohttp.ClientSession
) -> None:
    def fail() -> FakeEngine:
        raise error

    async with hosted(fail) as host:
        with pytest.raises(type(error)) as caught:
            await text_of(host.client, FillRequest("x"))
        assert str(caught.value) == str(error)
        assert getattr(caught.value, "model", None) == getattr(error, "model", None)
        async with session.get(host.url + "/mendline/health") as answer:
            health = await answer.json()
        assert (health["state"], health["error"]["message"]) == ("failed", str(error))


async def test_an_error_under_way_reaches_the_client_after_the_text() -> None:
    gate = Gate()
    gate.open()
    engine = FakeEngine(lambda _: None, errors={0: errors.EngineOverloaded("Out of memory.")}, decode_gate=gate)
    async with hosted(lambda: engine) as host:
        with pytest.raises(errors.EngineOverloaded, match=r"Out of memory\."):
            await text_of(host.client, FillRequest("x"))
        assert await text_of(host.client, FillRequest("x")) == "pass"
