"""A `mendline serve` at the end of two plain pipes, for what no well-behaved client would send."""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import IO, Any

from mendline.lsp.stdio import bodies

SECONDS = 20.0


class RawServer:
    """The process, and bytes to and from it."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "mendline", "serve"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=dict(environment),
        )
        self.errors = b""
        self._inbox: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self._threads = [threading.Thread(target=each, daemon=True) for each in (self._read, self._read_errors)]
        for thread in self._threads:
            thread.start()

    def write(self, data: bytes) -> None:
        """Send bytes as they are."""
        _of(self.process.stdin).write(data)
        _of(self.process.stdin).flush()

    def send(self, method: str, params: object = None, **more: Any) -> None:
        """Send a message; with `id`, a request."""
        self.reply({"jsonrpc": "2.0", "method": method, "params": params, **more})

    def reply(self, message: Mapping[str, Any]) -> None:
        """Send a whole message, an answer to the server's request say."""
        body = json.dumps(message).encode()
        self.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))

    def receive(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Return the next message that is wanted; skip the others."""
        end = time.monotonic() + SECONDS
        while True:
            message = self._inbox.get(timeout=max(0.01, end - time.monotonic()))
            if wanted(message):
                return message

    def answer(self, request_id: int | str | None) -> dict[str, Any]:
        """Return the answer to a request."""
        return self.receive(lambda message: "method" not in message and message.get("id") == request_id)

    def request(self, request_id: int | str, method: str, params: object = None) -> dict[str, Any]:
        """Send a request and return its answer."""
        self.send(method, params, id=request_id)
        return self.answer(request_id)

    def start(self, **params: Any) -> None:
        """Do what comes first."""
        able: dict[str, Any] = {"textDocument": {"inlineCompletion": {}, "diagnostic": {}}}
        options = {"completion": {"debounceMs": 0}}
        first = {"processId": None, "rootUri": None, "capabilities": able, "initializationOptions": options, **params}
        assert "result" in self.request("first", "initialize", first)
        self.send("initialized", {})

    def open(self, uri: str, text: str, language: str = "python") -> None:
        """Open a document."""
        item = {"uri": uri, "languageId": language, "version": 1, "text": text}
        self.send("textDocument/didOpen", {"textDocument": item})

    def close_input(self) -> None:
        """Close the pipe to the server."""
        _of(self.process.stdin).close()

    def ended(self, seconds: float = 10.0) -> int:
        """Return the exit status once the process has ended."""
        status = self.process.wait(seconds)
        for thread in self._threads:
            thread.join(5)
        return status

    def _read(self) -> None:
        stdout = _of(self.process.stdout)
        for body in bodies(lambda: stdout.read1(65536)):  # type: ignore[attr-defined]  # a BufferedReader
            self._inbox.put(json.loads(body))

    def _read_errors(self) -> None:
        while data := _of(self.process.stderr).read(4096):
            self.errors += data


@contextmanager
def raw_server(environment: Mapping[str, str]) -> Iterator[RawServer]:
    """Start a server; end it the hard way if it still runs afterwards."""
    server = RawServer(environment)
    try:
        yield server
    finally:
        server.process.kill()
        server.ended()
        for pipe in (server.process.stdin, server.process.stdout, server.process.stderr):
            with suppress(BrokenPipeError):
                _of(pipe).close()


def inline_params(uri: str, line: int, character: int) -> dict[str, Any]:
    """Parameters of an inline completion request."""
    position = {"line": line, "character": character}
    return {"textDocument": {"uri": uri}, "position": position, "context": {"triggerKind": 1}}


def _of(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None
    return pipe
