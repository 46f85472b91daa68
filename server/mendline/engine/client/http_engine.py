"""An engine at the other end of an HTTP connection."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from collections.abc import AsyncGenerator, Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

import attrs

from mendline.engine.client.servers import (
    FillWay,
    Server,
    ServerKind,
    chat_call,
    discover,
    fallback,
    fill_call,
    in_turn,
)
from mendline.engine.client.transport import DONE, ConnectionLost, Transport
from mendline.engine.errors import EngineDied, EngineRefused, EngineUnavailable
from mendline.engine.protocol import ChatRequest, Chunk, EngineInfo, FillRequest, Sampling, Usage
from mendline.engine.proxies import LOOPBACK
from mendline.engine.streams import closing
from mendline.engine.wire.failures import read_error
from mendline.engine.wire.info import read_info
from mendline.engine.wire.reading import Reader
from mendline.engine.wire.requests import Json, fill_body
from mendline.settings.model import EngineSettings

log = logging.getLogger("mendline.engine")

R = TypeVar("R", FillRequest, ChatRequest)

CONNECT_SECONDS = 5.0
SILENCE_SECONDS = 120.0


class HttpEngine:
    """An `Engine` over HTTP: Mendline's own process, or any server that speaks the OpenAI API.

    What kind of server it is is found out with the first request. Connection failures are `EngineUnavailable` before
    anything came, `EngineDied` after.

    Args:
        base_url: the server's address, with or without `/v1`.
        token: bearer token or API key; None or empty for none.
        model: the model to ask for where the server lists it, or lists none; otherwise the first it lists is taken.
        own: whether it is known to be Mendline's own process on this machine, which needs no finding out and may
            be silent for as long as a model takes to load.
        connect_seconds, silence_seconds: how long connecting may take, and how long the server may send nothing.
    """

    def __init__(
        self,
        base_url: str,
        token: str | None = None,
        *,
        model: str = "",
        own: bool = False,
        connect_seconds: float = CONNECT_SECONDS,
        silence_seconds: float | None = SILENCE_SECONDS,
    ) -> None:
        self.url = _root(base_url)
        self._model = model
        self._server = Server(ServerKind.MENDLINE, FillWay.MENDLINE) if own else None
        self._discovering = asyncio.Lock()
        self._warnings = _warnings(self.url, token)
        for warning in self._warnings:
            log.warning("%s", warning)
        self._transport = Transport(
            self.url,
            token or "",
            connect_seconds=connect_seconds,
            silence_seconds=None if own else silence_seconds,
            hint="see `mendline engine status`." if own else "is the server running, and is `engine.url` right?",
        )

    @classmethod
    def from_settings(cls, settings: EngineSettings, model: str = "") -> HttpEngine:
        """Make the engine `engine.url` names.

        Raises:
            EngineUnavailable: the address is none, or the variable that `engine.apiKeyEnv` names is not set.
        """
        name = settings.api_key_env
        if name and not os.environ.get(name):
            raise EngineUnavailable(f"The environment variable {name}, named in `engine.apiKeyEnv`, is not set.")
        return cls(settings.url, os.environ.get(name) if name else None, model=model)

    async def fill(self, request: FillRequest) -> AsyncGenerator[Chunk, None]:
        """Stream the text between prefix and suffix."""
        async with contextlib.aclosing(self._answer(request, fill_call)) as chunks:
            async for chunk in chunks:
                yield chunk

    async def chat(self, request: ChatRequest) -> AsyncGenerator[Chunk, None]:
        """Stream the assistant's next turn."""
        async with contextlib.aclosing(self._answer(request, chat_call)) as chunks:
            async for chunk in chunks:
                yield chunk

    async def warm(self, request: FillRequest) -> Usage:
        """Prefill the prompt where the server has a way to; elsewhere nothing is sent."""
        server = await self._known()
        reader = Reader()
        if server.way is FillWay.MENDLINE:
            reader.read(_object(await self._transport.post("/mendline/warm", fill_body(request))))
        elif server.way is FillWay.INFILL:
            nothing = attrs.evolve(request, sampling=Sampling(max_tokens=0))
            path, body = fill_call(server, nothing)
            with contextlib.suppress(EngineRefused):
                reader.read(_object(await self._transport.post(path, body | {"stream": False})))
        return attrs.evolve(reader.usage or Usage(), completion_tokens=0)

    async def info(self) -> EngineInfo:
        """Tell what runs; Mendline's own process loads its model for it."""
        server = await self._known()
        if server.kind is ServerKind.MENDLINE:
            status, body = await self._transport.get("/mendline/info")
            if status != 200:
                raise read_error(status, body, self.url)
            info = read_info(_object(body))
        else:
            info = server.info(self.url)
        return attrs.evolve(info, notes=(*info.notes, *self._warnings))

    async def aclose(self) -> None:
        """Close the connections; the server goes on."""
        await self._transport.aclose()

    async def _known(self) -> Server:
        async with self._discovering:
            if self._server is None:
                self._server = await discover(self._transport, self._model)
                log.info("%s at %s", self._server.kind.value, self.url)
            return self._server

    async def _answer(self, request: R, call: Callable[[Server, R], tuple[str, Json]]) -> AsyncGenerator[Chunk, None]:
        """Ask as the server has it, and otherwise from then on if it refuses for a reason there is a way round."""
        server = await self._known()
        while True:
            begun = False
            try:
                async with contextlib.aclosing(self._candidates(server, request, call)) as chunks:
                    async for chunk in chunks:
                        begun = True
                        yield chunk
                return
            except EngineRefused as refusal:
                # A refusal has a status only when it came instead of an answer.
                lesser = fallback(server, refusal, request) if refusal.status and not begun else None
                if lesser is None:
                    raise
                log.warning("%s: %s", self.url, lesser.notes[-1])
                self._server = server = lesser

    async def _candidates(
        self, server: Server, request: R, call: Callable[[Server, R], tuple[str, Json]]
    ) -> AsyncGenerator[Chunk, None]:
        """Stream the answer to one request, or to several in turn as the candidates of one."""
        requests = in_turn(server, request)
        total: Usage | None = None
        for candidate, each in enumerate(requests):
            path, body = call(server, each)
            async with closing(self._chunks(path, body, each.sampling.n)) as chunks:
                async for chunk in chunks:
                    if len(requests) == 1:
                        yield chunk
                        continue
                    total = _together(total, chunk.usage)
                    usage = total if candidate == len(requests) - 1 and chunk.usage is not None else None
                    yield attrs.evolve(chunk, candidate=candidate, usage=usage)

    async def _chunks(self, path: str, body: Json, candidates: int) -> AsyncGenerator[Chunk, None]:
        reader = Reader(candidates)
        done = False
        async with contextlib.aclosing(self._transport.stream(path, body)) as payloads:
            async for payload in payloads:
                done = payload is DONE
                for chunk in reader.read(payload):
                    yield chunk
        if not reader.finished and not done:
            raise ConnectionLost(f"The engine at {self.url} ended its answer before it was finished.")
        for chunk in reader.ending():
            yield chunk


def _root(base_url: str) -> str:
    """Return the address without `/v1` at its end, with a scheme."""
    address = base_url.strip().rstrip("/").removesuffix("/v1").rstrip("/")
    return address if "://" in address else f"http://{address}"


def _warnings(url: str, token: str | None) -> tuple[str, ...]:
    parts = urlsplit(url)
    if not token or parts.scheme == "https" or (parts.hostname or "") in LOOPBACK:
        return ()
    return (f"The key for {url} and all code go over the network unencrypted; use https.",)


def _object(body: Any) -> Json:
    if not isinstance(body, dict):
        raise EngineDied("The engine sent something that is not an answer.")
    return body


def _together(total: Usage | None, usage: Usage | None) -> Usage | None:
    """Add up what the candidates of one request cost; its prompt counts once."""
    if total is None or usage is None:
        return total or usage
    return attrs.evolve(
        total,
        completion_tokens=total.completion_tokens + usage.completion_tokens,
        prompt_seconds=total.prompt_seconds + usage.prompt_seconds,
        completion_seconds=total.completion_seconds + usage.completion_seconds,
        drafted_tokens=total.drafted_tokens + usage.drafted_tokens,
        accepted_tokens=total.accepted_tokens + usage.accepted_tokens,
    )
