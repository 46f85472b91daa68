"""llama.cpp's own server, started here and asked over HTTP as its editor plugins do (`/infill`).

Source: `tools/server/README.md` of llama.cpp, "POST /infill". Such a server lays out the prompt itself and cuts it: at
most three quarters of a batch (`-b`) are prefix, one is suffix.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import tempfile
import time
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
from attrs import define, frozen

from mendline.engine.client.sse import EventParser
from mendline.evaluation.typing.system import END_OF_LINE, Cost, Piece, step_seconds
from mendline.evaluation.typing.traces import State
from mendline.settings.errors import MendlineError

RECOMMENDED = ("-b", "512", "-ub", "512", "--cache-reuse", "256")
"""What its FIM documentation recommends for a machine without GPU (llama.vscode's README)."""

_HOST = "127.0.0.1"
_START_SECONDS = 120.0
_POLL_SECONDS = 0.1
_END_SECONDS = 10.0


class LlamaServerError(MendlineError):
    """A llama-server does not start, or does not answer."""


@frozen
class Setup:
    """How a llama-server is started.

    Attributes:
        name: for tables.
        binary: the program; its libraries lie beside it.
        model: a GGUF file.
        arguments: on top of model, address and port.
        max_tokens: the most tokens of a suggestion.
    """

    name: str
    binary: Path
    model: Path
    arguments: tuple[str, ...]
    max_tokens: int


def with_same_context(tokens: int) -> tuple[str, ...]:
    """Return arguments with which a server sees prompts of `tokens` tokens whole.

    As `RECOMMENDED` but for the batch: with a suffix of up to half of the prompt, it has to be twice as long.
    """
    batch = 1 << (2 * tokens - 1).bit_length()
    return ("-b", str(batch), "-ub", "512", "--cache-reuse", "256")


@define
class LlamaServer:
    """A llama-server that runs. Implements `System`."""

    setup: Setup
    pid: int
    _root: str
    _session: aiohttp.ClientSession
    streams: bool = True

    @property
    def name(self) -> str:
        """The set-up's name."""
        return self.setup.name

    @property
    def about(self) -> Mapping[str, Any]:
        """Its arguments."""
        return {"what": "llama-server over HTTP (/infill)", "arguments": " ".join(self.setup.arguments)}

    @property
    def pids(self) -> tuple[int, ...]:
        """Its process."""
        return (self.pid,)

    async def suggest(self, state: State) -> AsyncGenerator[Piece, None]:
        """Ask for a suggestion.

        Raises:
            LlamaServerError: it does not answer as it should.
        """
        async with aclosing(self._infill(state, self.setup.max_tokens)) as pieces:
            async for piece in pieces:
                yield piece

    async def arrive(self, state: State) -> Cost:
        """Have the prompt computed. Raises as `suggest` does."""
        cost = Cost()
        async with aclosing(self._infill(state, 0)) as pieces:
            async for piece in pieces:
                cost = piece.cost or cost
        return cost

    def rest(self) -> None:
        """Nothing to do: it does nothing unasked."""

    def wake(self) -> None:
        """Nothing to do."""

    async def _infill(self, state: State, tokens: int) -> AsyncGenerator[Piece, None]:
        body = {
            "input_prefix": state.prefix,
            "input_suffix": state.suffix,
            "n_predict": tokens,
            "temperature": 0,
            "stop": [END_OF_LINE],
            "stream": True,
            "cache_prompt": True,
        }
        try:
            async with self._session.post(f"{self._root}/infill", json=body) as answer:
                if answer.status != 200:
                    raise LlamaServerError(f"llama-server refused: {(await answer.text())[:300]}")
                async with aclosing(_events(answer.content)) as events:
                    async for event in events:
                        yield _piece(event)
        except aiohttp.ClientError as error:
            raise LlamaServerError(f"llama-server ({self.name}) ended its answer: {error}") from None


async def _events(content: aiohttp.StreamReader) -> AsyncGenerator[Mapping[str, Any], None]:
    parser = EventParser()
    async for data in content.iter_any():
        for event in parser.feed(data):
            yield json.loads(event)
    for event in parser.end():
        yield json.loads(event)


def _piece(event: Mapping[str, Any]) -> Piece:
    if "error" in event:
        raise LlamaServerError(f"llama-server failed: {event['error']}")
    cost = None
    if event.get("stop"):
        timings = event["timings"]
        cost = Cost(
            prompt_tokens=event["tokens_evaluated"],
            computed_tokens=timings["prompt_n"],
            step_seconds=step_seconds(timings["predicted_ms"] / 1000, timings["predicted_n"]),
        )
    return Piece(event.get("content", ""), bool(event.get("content") or event.get("tokens")), cost)


@asynccontextmanager
async def llama_server(setup: Setup) -> AsyncIterator[LlamaServer]:
    """Start a llama-server and wait until it answers; end it afterwards.

    Raises:
        LlamaServerError: it can't be started; the message has its last words.
    """
    port = _free_port()
    with tempfile.TemporaryFile() as log:
        process = _started(setup, port, log.fileno())
        try:
            timeout = aiohttp.ClientTimeout(total=None)
            async with aiohttp.ClientSession(timeout=timeout, trust_env=False) as session:
                server = LlamaServer(setup, process.pid, f"http://{_HOST}:{port}", session)
                if not await _answers(session, f"http://{_HOST}:{port}/health", process):
                    raise LlamaServerError(
                        f"{setup.binary} does not start {_ended(process)}: {_last_words(log.fileno())}"
                    )
                yield server
        finally:
            process.terminate()
            try:
                process.wait(_END_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _started(setup: Setup, port: int, log: int) -> subprocess.Popen[bytes]:
    libraries = [str(setup.binary.parent), os.environ.get("LD_LIBRARY_PATH", "")]
    environment = {**os.environ, "LD_LIBRARY_PATH": ":".join(filter(None, libraries))}
    address = ("--host", _HOST, "--port", str(port))
    try:
        return subprocess.Popen(
            [str(setup.binary), "--model", str(setup.model), *address, *setup.arguments],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=environment,
        )
    except OSError as error:
        raise LlamaServerError(f"{setup.binary} can't be run: {error.strerror or error}") from None


async def _answers(session: aiohttp.ClientSession, url: str, process: subprocess.Popen[bytes]) -> bool:
    end = time.monotonic() + _START_SECONDS
    while process.poll() is None and time.monotonic() < end:
        try:
            async with session.get(url) as answer:
                if answer.status == 200:
                    return True
        except aiohttp.ClientError:
            pass  # it does not listen yet
        await asyncio.sleep(_POLL_SECONDS)
    return False


def _ended(process: subprocess.Popen[bytes]) -> str:
    status = process.poll()
    return f"within {_START_SECONDS:.0f} s" if status is None else f"(exit status {status})"


def _last_words(log: int) -> str:
    size = os.fstat(log).st_size
    said = os.pread(log, 2000, max(0, size - 2000)).decode("utf-8", "replace").split("\n")
    lines = [line.strip() for line in said if line.strip()]
    return lines[-1] if lines else "it said nothing"


def _free_port() -> int:
    with socket.socket() as free:
        free.bind((_HOST, 0))
        return int(free.getsockname()[1])
