"""A dummy of the servers that `engine.url` may name: it answers as they do, and writes down what it was asked."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler
from attrs import define, field

ANSWER = ("a", " +", " b")


@define
class OpenAIServer:
    """How the server behaves.

    Attributes:
        kind: "generic", "vllm" or "llama-server".
        takes_suffix: whether `suffix` is allowed.
        candidates: the largest `n` it takes, all others are refused; None ignores `n`, as some do.
        infills: whether llama-server's model can fill in the middle.
        key: the API key it asks for; empty for none.
        models: what it lists.
        reply: sent for every generation instead of an answer: (status, content type, body).
        breaks_off: whether it closes the connection after the first piece of an answer.
        silent: whether it never answers a generation.
        asked: (path, body) of every generation so far.
        gone: set when a client has closed the connection of a generation the server is silent on.
    """

    kind: str = "generic"
    takes_suffix: bool = True
    candidates: int | None = 1
    infills: bool = True
    key: str = ""
    models: tuple[str, ...] = ("some-model",)
    reply: tuple[int, str, str] | None = None
    breaks_off: bool = False
    silent: bool = False
    asked: list[tuple[str, dict[str, Any]]] = field(factory=list)
    waiting: asyncio.Event = field(factory=asyncio.Event)
    gone: asyncio.Event = field(factory=asyncio.Event)

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[str]:
        """Serve while the block lasts; yield the address with `/v1`."""
        app = web.Application(middlewares=[self._checked])
        app.router.add_get("/v1/models", self._models)
        app.router.add_post("/v1/completions", self._completions)
        app.router.add_post("/v1/chat/completions", self._chat)
        if self.kind == "llama-server":
            app.router.add_get("/props", self._props)
            app.router.add_post("/infill", self._infill)
        runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            yield f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
        finally:
            await runner.cleanup()

    @web.middleware
    async def _checked(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if self.key and request.headers.get("Authorization") != f"Bearer {self.key}":
            return web.json_response({"error": {"message": "Invalid API key", "code": 401}}, status=401)
        if request.method == "POST":
            self.asked.append((request.path, await request.json()))
            if self.silent:
                self.waiting.set()
                try:
                    await asyncio.Event().wait()
                finally:
                    self.gone.set()
            if self.reply is not None:
                status, content_type, body = self.reply
                return web.Response(status=status, content_type=content_type, text=body)
            if self.candidates is not None and self.asked[-1][1].get("n", 1) > self.candidates:
                error = {"message": "Only one completion choice is allowed", "type": "invalid_request_error"}
                return web.json_response({"error": error}, status=400)
        return await handler(request)

    async def _indices(self, request: web.Request) -> range:
        return range((await request.json()).get("n", 1) if self.candidates else 1)

    async def _models(self, _request: web.Request) -> web.Response:
        owner = "vllm" if self.kind == "vllm" else "someone"
        entries: list[dict[str, Any]] = [{"id": name, "object": "model", "owned_by": owner} for name in self.models]
        if self.kind == "vllm":
            entries = [entry | {"max_model_len": 4096} for entry in entries]
        return web.json_response({"object": "list", "data": entries})

    async def _props(self, _request: web.Request) -> web.Response:
        return web.json_response({"default_generation_settings": {"n_ctx": 2048}, "total_slots": 1})

    async def _completions(self, request: web.Request) -> web.StreamResponse:
        if "suffix" in (await request.json()) and not self.takes_suffix:
            error = {"object": "error", "message": "suffix is not currently supported", "code": 400}
            return web.json_response(error, status=400)
        pieces: list[Any] = [
            {
                "choices": [
                    {
                        "index": index,
                        "text": text,
                        "logprobs": {"tokens": [text], "token_logprobs": [-0.5], "top_logprobs": [{text: -0.5}]},
                        "finish_reason": None,
                    }
                ]
            }
            for text in ANSWER
            for index in await self._indices(request)
        ]
        pieces += [
            {"choices": [{"index": index, "text": "", "logprobs": None, "finish_reason": "stop"}]}
            for index in await self._indices(request)
        ]
        pieces.append({"choices": [], "usage": {"prompt_tokens": 7, "completion_tokens": 3}})
        return await self._streamed(request, pieces, done=True)

    async def _chat(self, request: web.Request) -> web.StreamResponse:
        indices = await self._indices(request)
        pieces: list[Any] = [
            {"choices": [{"index": index, "delta": {"role": "assistant", "content": None}}]} for index in indices
        ]
        pieces += [
            {
                "choices": [
                    {
                        "index": index,
                        "delta": {"content": text},
                        "logprobs": {"content": [{"token": text, "logprob": -0.5, "bytes": list(text.encode())}]},
                    }
                ]
            }
            for text in ANSWER
            for index in indices
        ]
        pieces += [{"choices": [{"index": index, "delta": {}, "finish_reason": "length"}]} for index in indices]
        return await self._streamed(request, pieces, done=True)

    async def _infill(self, request: web.Request) -> web.StreamResponse:
        if not self.infills:
            error = {"code": 501, "message": "Infill is not supported by this model", "type": "not_supported_error"}
            return web.json_response({"error": error}, status=501)
        body = await request.json()
        timings = {"cache_n": 5, "prompt_n": 2, "prompt_ms": 20.0, "predicted_n": 4, "predicted_ms": 40.0}
        if not body.get("stream"):
            return web.json_response({"content": "", "stop": True, "stop_type": "limit", "timings": timings})
        pieces: list[Any] = [
            {
                "content": text,
                "stop": False,
                "completion_probabilities": [{"token": text, "bytes": list(text.encode()), "logprob": -0.5}],
            }
            for text in ANSWER
        ]
        pieces.append(
            {
                "content": "",
                "stop": False,
                "completion_probabilities": [{"token": "", "bytes": [], "logprob": -0.6}],
            }
        )
        pieces.append({"content": "", "stop": True, "stop_type": "eos", "timings": timings})
        return await self._streamed(request, pieces, done=False)

    async def _streamed(self, request: web.Request, pieces: list[Any], *, done: bool) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        for piece in pieces:
            await response.write(b"data: " + json.dumps(piece).encode() + b"\n\n")
            if self.breaks_off:
                assert request.transport is not None
                request.transport.abort()
                return response
        if done:
            await response.write(b"data: [DONE]\n\n")
        return response
