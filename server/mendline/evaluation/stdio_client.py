"""A language server in a process of its own, spoken to over its pipes: JSON-RPC and nothing of a protocol library."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from attrs import define, field


@define
class StdioServer:
    """The editor's end of the pipes.

    Attributes:
        pid: the server's process.
    """

    pid: int
    _stdin: IO[bytes]
    _stdout: IO[bytes]
    _number: int = field(default=0, init=False)

    def notify(self, method: str, params: object) -> None:
        """Send a notification."""
        self._send({"method": method, "params": params})

    def request(self, method: str, params: object) -> int:
        """Send a request and return its id; `answer` waits for what comes of it."""
        self._number += 1
        self._send({"id": self._number, "method": method, "params": params})
        return self._number

    def answer(self, request_id: int) -> dict[str, Any]:
        """Wait for the answer to a request, result or error; what the server sends meanwhile is passed over."""
        while True:
            message = self._receive()
            if message.get("id") == request_id and "method" not in message:
                return message

    def timed(self, method: str, params: object) -> tuple[float, Any]:
        """Send a request; return the seconds until its answer, and its result.

        Raises:
            RuntimeError: the server answered with an error.
        """
        start = time.perf_counter()
        message = self.answer(self.request(method, params))
        took = time.perf_counter() - start
        if "error" in message:
            raise RuntimeError(f"{method}: {message['error']['message']}")
        return took, message.get("result")

    def open(self, uri: str, text: str, language: str = "python") -> None:
        """Open a document."""
        item = {"uri": uri, "languageId": language, "version": 1, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": item})

    def _send(self, message: Mapping[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self._stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self._stdin.flush()

    def _receive(self) -> dict[str, Any]:
        length = 0
        while line := self._stdout.readline().strip():
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        if not length:
            raise RuntimeError("the server ended")
        message = json.loads(self._stdout.read(length))
        assert isinstance(message, dict)
        return message


def inline_params(uri: str, line: int, character: int, trigger_kind: int = 2) -> dict[str, Any]:
    """Return the parameters of an inline completion request, by default an automatic one."""
    position = {"line": line, "character": character}
    return {"textDocument": {"uri": uri}, "position": position, "context": {"triggerKind": trigger_kind}}


@contextmanager
def stdio_server(
    environment: Mapping[str, str], options: Mapping[str, Any], root: Path | None = None
) -> Iterator[StdioServer]:
    """Start `mendline serve`, initialized; end it in the orderly way.

    Args:
        environment: variables on top of this process's.
        options: initialization options.
        root: the workspace's folder; None for no workspace.
    """
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "mendline", "serve"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, **environment},
    )
    assert process.stdin is not None
    assert process.stdout is not None
    action = {
        "codeActionLiteralSupport": {"codeActionKind": {"valueSet": [""]}},
        "dataSupport": True,
        "resolveSupport": {"properties": ["edit"]},
    }
    able: dict[str, Any] = {"textDocument": {"inlineCompletion": {}, "diagnostic": {}, "codeAction": action}}
    uri = None if root is None else root.as_uri()
    first = {"processId": os.getpid(), "rootUri": uri, "capabilities": able, "initializationOptions": dict(options)}
    try:
        server = StdioServer(process.pid, process.stdin, process.stdout)
        server.timed("initialize", first)
        server.notify("initialized", {})
        yield server
        server.timed("shutdown", None)
        server.notify("exit", None)
        process.wait(10)
    finally:
        process.kill()
        process.wait()
        process.stdin.close()
        process.stdout.close()
