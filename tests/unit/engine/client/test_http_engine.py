from __future__ import annotations

import asyncio
import contextlib
import logging
import math
import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest

from mendline.engine import errors
from mendline.engine.client import ConnectionLost, HttpEngine
from mendline.engine.fake import Answer, FakeEngine
from mendline.engine.protocol import (
    ChatRequest,
    Choice,
    Chunk,
    ContextChunk,
    Engine,
    EngineInfo,
    FillRequest,
    FillSupport,
    FinishReason,
    Message,
    Role,
    Sampling,
    Token,
    Usage,
)
from mendline.settings.model import EngineSettings
from support.engine_host import chunks_of, hosted, text_of
from support.openai_server import OpenAIServer

REQUEST = FillRequest(
    "def add(a, b):\n    return ",
    "\n",
    "a.py",
    (ContextChunk("b.py", "X = 1"),),
    Sampling(max_tokens=9, stop=("\n\n",)),
)


@contextlib.asynccontextmanager
async def client_of(server: OpenAIServer, **options: Any) -> AsyncIterator[HttpEngine]:
    async with server.running() as url:
        engine = HttpEngine(url, **options)
        try:
            yield engine
        finally:
            await engine.aclose()


async def test_mendlines_own_host_passes_everything_on() -> None:
    fake = FakeEngine(
        default=Answer(
            (Token("a", -0.5), Token("", -1.0), Token("ü☃", math.nan)),
            usage=Usage(approximate_tokens=9, drafted_tokens=8, accepted_tokens=5),
        ),
        info=EngineInfo(
            "some-model",
            layers=3,
            fill=FillSupport.PREFIX_ONLY,
            can_splice=True,
            choices=(Choice("threads", "2", "physical cores"),),
            notes=("a note",),
        ),
    )
    async with hosted(lambda: fake) as host:
        # Found out, not told: the same client must recognise it at a user's address too.
        engine = HttpEngine(host.url + "/v1/", "secret-of-the-test")
        assert isinstance(engine, Engine)
        chunks = await chunks_of(engine, REQUEST)
        info = await engine.info()
        await engine.aclose()
    assert fake.requests == (REQUEST,)
    tokens = [token for chunk in chunks for token in chunk.tokens]
    assert [token.text for token in tokens] == ["a", "", "ü☃"]
    assert [token.logprob for token in tokens[:2]] == [-0.5, -1.0]
    assert math.isnan(tokens[2].logprob)
    usage = chunks[-1].usage
    assert usage is not None
    assert (chunks[-1].finish, usage.completion_tokens) == (FinishReason.STOP, 3)
    assert (usage.approximate_tokens, usage.drafted_tokens, usage.accepted_tokens) == (9, 8, 5)
    assert info == await fake.info()


async def test_a_generic_server_gets_a_suffix() -> None:
    server = OpenAIServer()
    async with client_of(server) as engine:
        chunks = await chunks_of(engine, REQUEST)
        info = await engine.info()
    assert "".join(chunk.text for chunk in chunks) == "a + b"
    assert chunks[0] == Chunk("a", (Token("a", -0.5),))
    assert chunks[-1] == Chunk(finish=FinishReason.STOP, usage=Usage(prompt_tokens=7, completion_tokens=3))
    path, body = server.asked[0]
    assert path == "/v1/completions"
    assert (body["suffix"], body["model"], body["max_tokens"], body["stop"]) == ("\n", "some-model", 9, ["\n\n"])
    assert body["prompt"] == "b.py\nX = 1\n\ndef add(a, b):\n    return "
    assert "mendline" not in body
    assert (info.model, info.fill) == ("some-model", FillSupport.NATIVE)


async def test_a_server_without_suffix_gets_the_prefix_from_then_on() -> None:
    server = OpenAIServer(kind="vllm", takes_suffix=False)
    async with client_of(server) as engine:
        assert await text_of(engine, REQUEST) == "a + b"
        assert await text_of(engine, REQUEST) == "a + b"
        info = await engine.info()
    assert ["suffix" in body for _, body in server.asked] == [True, False, False]
    assert (info.fill, info.context_tokens) == (FillSupport.PREFIX_ONLY, 4096)
    assert info.backend.startswith("vLLM at ")
    assert any("suffix" in note for note in info.notes)


async def test_llama_server_is_asked_by_infill() -> None:
    server = OpenAIServer(kind="llama-server")
    async with client_of(server) as engine:
        chunks = await chunks_of(engine, REQUEST)
        warm = await engine.warm(REQUEST)
    assert "".join(chunk.text for chunk in chunks) == "a + b"
    assert [token.text for chunk in chunks for token in chunk.tokens] == ["a", " +", " b"]
    assert chunks[-1].usage == Usage(7, 5, 4, 0.02, 0.04)
    assert (warm.prompt_tokens, warm.cached_tokens, warm.completion_tokens) == (7, 5, 0)
    (path, body), (_, warming) = server.asked
    assert path == "/infill"
    assert (body["input_prefix"], body["input_suffix"]) == (REQUEST.prefix, "\n")
    assert body["input_extra"] == [{"filename": "b.py", "text": "X = 1"}]
    assert (body["n_predict"], body["min_p"], body["top_k"]) == (9, 0.0, 0)
    assert (warming["n_predict"], warming["stream"]) == (0, False)


async def test_llama_server_with_a_model_that_cannot_infill() -> None:
    server = OpenAIServer(kind="llama-server", infills=False)
    async with client_of(server) as engine:
        assert await text_of(engine, REQUEST) == "a + b"
        assert (await engine.info()).fill is FillSupport.PREFIX_ONLY
    assert [path for path, _ in server.asked] == ["/infill", "/v1/completions"]


async def test_chat_with_a_foreign_server() -> None:
    server = OpenAIServer(kind="llama-server")
    async with client_of(server) as engine:
        chat = ChatRequest((Message(Role.SYSTEM, "s"), Message(Role.USER, "u")), Sampling(temperature=0.5, seed=1))
        chunks = [chunk async for chunk in engine.chat(chat)]
    assert "".join(chunk.text for chunk in chunks) == "a + b"
    assert chunks[-1].finish is FinishReason.LENGTH
    assert server.asked[0][1]["messages"] == [{"role": "system", "content": "s"}, {"role": "user", "content": "u"}]
    assert server.asked[0][1]["seed"] == 1


@pytest.mark.parametrize("given", ["", "wrong"])
async def test_a_wrong_key_is_named_as_such(given: str) -> None:
    async with client_of(OpenAIServer(key="right"), token=given) as engine:
        with pytest.raises(errors.EngineRefused, match="apiKeyEnv") as caught:
            await text_of(engine, REQUEST)
        assert caught.value.status == 401
    async with client_of(OpenAIServer(key="right"), token="right") as engine:
        assert await text_of(engine, REQUEST) == "a + b"


JSON, EVENTS, HTML = "application/json", "text/event-stream", "text/html"


@pytest.mark.parametrize(
    ("reply", "error", "says"),
    [
        ((400, JSON, '{"error": {"message": "too many tokens"}}'), errors.EngineRefused, "too many tokens"),
        ((404, JSON, '{"detail": "no such model"}'), errors.EngineRefused, "no such model"),
        ((422, JSON, '{"error": "odd"}'), errors.EngineRefused, "odd"),
        ((429, JSON, "{}"), errors.EngineOverloaded, "too much"),
        ((503, JSON, '{"error": {"message": "Loading model"}}'), errors.EngineUnavailable, "loading"),
        ((500, HTML, "<html>\n<h1>Oops</h1>"), errors.EngineRefused, "Oops"),
        ((302, HTML, ""), errors.EngineRefused, "302"),
        ((200, HTML, "<html>"), ConnectionLost, "before it was finished"),
        ((200, JSON, "not json"), errors.EngineDied, "not an answer"),
        ((200, EVENTS, "data: not json\n\n"), errors.EngineDied, "not an answer"),
        ((200, EVENTS, 'data: {"error": {"message": "boom"}}\n\n'), errors.EngineRefused, "boom"),
        ((200, EVENTS, 'data: {"choices": [{"text": "x"}]}\n\n'), ConnectionLost, "before it was finished"),
    ],
)
async def test_what_goes_wrong_is_typed_and_one_line(
    reply: tuple[int, str, str], error: type[errors.EngineError], says: str
) -> None:
    async with client_of(OpenAIServer(reply=reply)) as engine:
        with pytest.raises(error) as caught:
            await text_of(engine, REQUEST)
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("reply", "text"),
    [
        ((200, JSON, '{"choices": [{"text": "whole", "finish_reason": "stop"}]}'), "whole"),
        ((200, EVENTS, 'data: {"choices": [{"text": "x"}]}\r\n\r\ndata: [DONE]\r\n\r\n'), "x"),
        ((200, EVENTS, ': ping\n\ndata: {"choices": []}\n\ndata: [DONE]\n\n'), ""),
        ((200, EVENTS, 'data: {"choices": [{"text": 3, "logprobs": [], "finish_reason": "eos"}], "usage": 1}'), ""),
    ],
)
async def test_odd_answers_that_are_answers(reply: tuple[int, str, str], text: str) -> None:
    async with client_of(OpenAIServer(reply=reply)) as engine:
        chunks = await chunks_of(engine, REQUEST)
    assert "".join(chunk.text for chunk in chunks) == text
    assert chunks[-1].finish is FinishReason.STOP


async def test_a_server_that_breaks_off_has_died() -> None:
    async with client_of(OpenAIServer(breaks_off=True)) as engine:
        with pytest.raises(errors.EngineDied):
            await text_of(engine, REQUEST)


async def test_cancelling_closes_the_connection() -> None:
    server = OpenAIServer(silent=True)
    async with client_of(server) as engine:
        task = asyncio.create_task(text_of(engine, REQUEST))
        await asyncio.wait_for(server.waiting.wait(), 10)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.wait_for(server.gone.wait(), 10)


async def test_a_server_that_says_nothing_is_given_up() -> None:
    async with client_of(OpenAIServer(silent=True), silence_seconds=0.1) as engine:
        with pytest.raises(errors.EngineUnavailable, match="in time"):
            await text_of(engine, REQUEST)


@pytest.mark.parametrize("url", ["http://127.0.0.1:{port}", "127.0.0.1:{port}/v1", "ftp://x", "http://", "nonsense://"])
async def test_no_server_at_all(url: str) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        engine = HttpEngine(url.format(port=free.getsockname()[1]))
        with pytest.raises(errors.EngineUnavailable, match=r"engine\.url"):
            await text_of(engine, REQUEST)
        await engine.aclose()


async def test_the_first_of_several_models_is_noted() -> None:
    async with client_of(OpenAIServer(models=("one", "two"))) as engine:
        info = await engine.info()
    assert info.model == "one"
    assert "2 models" in info.notes[0]


@pytest.mark.parametrize(
    ("listed", "wanted", "used"),
    [
        (("one", "two"), "two", "two"),
        (("one", "two"), "three", "one"),
        (("one",), "three", "one"),
        ((), "three", "three"),
        ((), "", None),
    ],
)
async def test_the_model_asked_for_is_used_where_the_server_has_it(
    listed: tuple[str, ...], wanted: str, used: str | None
) -> None:
    server = OpenAIServer(models=listed)
    async with client_of(server, model=wanted) as engine:
        await text_of(engine, REQUEST)
        notes = (await engine.info()).notes
    assert server.asked[0][1].get("model") == used
    # Only where it was chosen for the user, and could have been another.
    assert len(notes) == (used not in {wanted, None} and len(listed) > 1)


@pytest.mark.parametrize(
    ("url", "token", "warned"),
    [
        ("http://gpu-box:8080/v1", "key", True),
        ("http://gpu-box:8080/v1", None, False),
        ("https://gpu-box/v1", "key", False),
        ("http://localhost:8080", "key", False),
    ],
)
def test_a_key_in_clear_text_is_warned_of(
    url: str, token: str | None, warned: bool, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        HttpEngine(url, token)
    assert ("unencrypted" in caplog.text) is warned
    assert "key for" in caplog.text or not warned


async def test_the_key_comes_from_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    server = OpenAIServer(key="right")
    async with server.running() as url:
        settings = EngineSettings(url=url, api_key_env="THE_KEY")
        with pytest.raises(errors.EngineUnavailable, match="THE_KEY"):
            HttpEngine.from_settings(settings)
        monkeypatch.setenv("THE_KEY", "right")
        engine = HttpEngine.from_settings(settings)
        assert await text_of(engine, REQUEST) == "a + b"
        await engine.aclose()
