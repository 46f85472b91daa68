"""The HTTP application: the OpenAI API and a few routes of Mendline's own, for one engine.

    GET  /v1/models             the model
    POST /v1/completions        fill in the middle (`prompt`, `suffix`)
    POST /v1/chat/completions   chat
    GET  /mendline/health       state, answered at once and while the model is loading too, then with how far that is
    GET  /mendline/info         what runs; waits for the model
    POST /mendline/warm         takes a completion's body, computes its prompt and generates nothing
    POST /mendline/stop         ends the process

Requests may wait for the model. A client that closes its connection cancels what it asked for, at any moment.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import AsyncIterator, Callable

from aiohttp import web

from mendline import __version__
from mendline.engine.errors import EngineError
from mendline.engine.host.activity import Activity
from mendline.engine.host.guard import errors_as_json, guard
from mendline.engine.host.loading import LazyEngine
from mendline.engine.host.registry import PROTOCOL
from mendline.engine.protocol import ChatRequest, Chunk, Engine, FillRequest
from mendline.engine.status import EngineState
from mendline.engine.streams import closing
from mendline.engine.wire.answers import DONE, Writer, event, usage_body
from mendline.engine.wire.failures import error_body
from mendline.engine.wire.info import info_body
from mendline.engine.wire.requests import Asked, Json, parse_chat, parse_fill

log = logging.getLogger("mendline.engine")

MAX_BODY_BYTES = 16 * 1024 * 1024


def build_app(
    factory: Callable[[], Engine],
    *,
    token: str,
    model: str,
    stop: Callable[[], None],
    activity: Activity | None = None,
) -> web.Application:
    """Build the application.

    It must be run with `handler_cancellation=True`, or clients that go away are not noticed.

    Args:
        factory: makes the engine, in a thread, when the first request or `LOADING` asks for it.
        token: what every request must carry as its bearer token.
        model: the model's name, told before the model is loaded.
        stop: called when the process shall end.
        activity: where requests are counted.
    """
    host = _Host(LazyEngine(factory), model, stop, activity or Activity())
    app = web.Application(middlewares=[errors_as_json, guard(token)], client_max_size=MAX_BODY_BYTES)
    app[ENGINE] = host.engine
    app.router.add_get("/v1/models", host.models)
    app.router.add_post("/v1/completions", host.completions)
    app.router.add_post("/v1/chat/completions", host.chat)
    app.router.add_get("/mendline/health", host.health)
    app.router.add_get("/mendline/info", host.info)
    app.router.add_post("/mendline/warm", host.warm)
    app.router.add_post("/mendline/stop", host.stop)
    app.on_cleanup.append(_release)
    return app


ENGINE = web.AppKey("engine", LazyEngine)
"""The application's engine; `app[ENGINE].start()` begins to load it."""


async def _release(app: web.Application) -> None:
    await app[ENGINE].aclose()


class _Host:
    def __init__(self, engine: LazyEngine, model: str, stop: Callable[[], None], activity: Activity) -> None:
        self.engine = engine
        self._model = model
        self._stop = stop
        self._activity = activity

    async def models(self, _http: web.Request) -> web.Response:
        entry = {"id": self._model, "object": "model", "created": int(time.time()), "owned_by": "mendline"}
        return web.json_response({"object": "list", "data": [entry]})

    async def completions(self, http: web.Request) -> web.StreamResponse:
        return await self._answer(http, parse_fill(await http.read()))

    async def chat(self, http: web.Request) -> web.StreamResponse:
        return await self._answer(http, parse_chat(await http.read()))

    async def health(self, _http: web.Request) -> web.Response:
        state = self.engine.state
        error = self.engine.error
        busy = state is EngineState.READY and self._activity.active > 0
        body: Json = {
            "state": (EngineState.BUSY if busy else state).value,
            "model": self._model,
            "progress": self.engine.progress,
            "version": __version__,
            "protocol": PROTOCOL,
            "pid": os.getpid(),
            "uptime_seconds": round(self._activity.uptime_seconds, 3),
            "idle_seconds": round(self._activity.idle_seconds, 3),
            "active": self._activity.active,
            "served": self._activity.served,
        }
        return web.json_response(body | (error_body(error) if error is not None else {}))

    async def info(self, _http: web.Request) -> web.Response:
        # Not counted as a request: looking at a process must not keep it from being idle.
        return web.json_response(info_body(await (await self.engine.get()).info()))

    async def warm(self, http: web.Request) -> web.Response:
        asked = parse_fill(await http.read())
        with self._activity.request():
            usage = await (await self.engine.get()).warm(asked.request)
        return web.json_response(usage_body(usage))

    async def stop(self, _http: web.Request) -> web.Response:
        log.info("asked to stop")
        self._stop()
        return web.json_response({"state": "stopping"}, status=202)

    async def _answer(self, http: web.Request, asked: Asked[FillRequest] | Asked[ChatRequest]) -> web.StreamResponse:
        chat = isinstance(asked.request, ChatRequest)
        writer = Writer(self._model, chat=chat, logprobs=asked.logprobs)
        with self._activity.request():
            engine = await self.engine.get()
            request = asked.request
            source = engine.chat(request) if isinstance(request, ChatRequest) else engine.fill(request)
            async with closing(source) as stream:
                if not asked.stream:
                    return web.json_response(writer.whole([chunk async for chunk in stream]))
                return await _streamed(http, stream, writer, include_usage=asked.include_usage)


async def _streamed(
    http: web.Request, stream: AsyncIterator[Chunk], writer: Writer, *, include_usage: bool
) -> web.StreamResponse:
    # Only when there is something to send does the answer begin: until then a failure still has a status of its own.
    first = await anext(stream, Chunk())
    answer = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
    await answer.prepare(http)
    try:
        await answer.write(_events(first, writer, include_usage=include_usage))
        async for chunk in stream:
            await answer.write(_events(chunk, writer, include_usage=include_usage))
        await answer.write(DONE)
    except ConnectionResetError:
        log.debug("the client went away")
    except EngineError as error:
        log.warning("a request failed under way: %s", error)
        await answer.write(event(error_body(error)))
    return answer


def _events(chunk: Chunk, writer: Writer, *, include_usage: bool) -> bytes:
    # A chunk that ends a stream of several candidates may be about none of them.
    piece = b"" if chunk == Chunk(usage=chunk.usage) else event(writer.piece(chunk))
    usage = event(writer.usage(chunk.usage)) if include_usage and chunk.usage is not None else b""
    return piece + usage
