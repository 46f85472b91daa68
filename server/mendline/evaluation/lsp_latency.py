"""How much time the language server itself adds to a request: a real `mendline serve`, an engine that answers at once.

The server runs as a process of its own and is spoken to over its standard input and output, as by an editor; what is
measured includes both pipes and both JSON codecs. No wait before requests (`completion.debounceMs` is 0).
"""

from __future__ import annotations

import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from attrs import define, field

CHANGE_LINES = 20_000
_TYPED = "    total = "
_MIDDLE = "first + second"


def run(
    lines: Sequence[int] = (1_000, 10_000), requests: int = 200, change_lines: int = CHANGE_LINES
) -> dict[str, Any]:
    """Measure and return milliseconds.

    Args:
        lines: sizes of the documents in which suggestions are asked for.
        requests: measured requests, and measured changes, for each size.
        change_lines: size of the document that is changed.

    Returns:
        `inline`: by number of lines, from an inline completion request to its answer. `round_trip`: the same for the
        cheapest request there is. `change`: from a `didChange` of one character to the answer of such a cheap
        request sent after it, by which time the change is applied and parsed; `change_only`: that less the cheap
        request's median. Each is {p50, p95, max}.
    """
    with _server() as server:
        inline = {str(count): _inline(server, count, requests) for count in lines}
        cheap = [server.timed("mendline/status", None)[0] for _ in range(requests)]
        changes = _changes(server, change_lines, requests)
    base = statistics.median(cheap)
    return {
        "inline": inline,
        "round_trip": _figures(cheap),
        "change": {str(change_lines): _figures(changes)},
        "change_only": {str(change_lines): _figures([max(0.0, each - base) for each in changes])},
        "requests": requests,
    }


def _inline(server: _Server, count: int, requests: int) -> dict[str, float]:
    uri = f"file:///bench/inline_{count}.py"
    document = _Typing(server, uri, count)
    seconds: list[float] = []
    for _ in range(requests + 10):
        line = document.start_line()
        server.timed("mendline/status", None)
        position = {"line": line, "character": len(_TYPED)}
        params = {"textDocument": {"uri": uri}, "position": position, "context": {"triggerKind": 2}}
        took, answer = server.timed("textDocument/inlineCompletion", params)
        if [item["insertText"] for item in answer["items"]] != [_MIDDLE]:
            raise RuntimeError(f"the server answered {answer!r}")
        seconds.append(took)
        document.erase_line(line)
    return _figures(seconds[10:])


def _changes(server: _Server, count: int, requests: int) -> list[float]:
    document = _Typing(server, f"file:///bench/change_{count}.py", count)
    seconds: list[float] = []
    line = document.start_line()
    for number in range(requests + 10):
        start = time.perf_counter()
        document.insert(line, len(_TYPED) + number, "x")
        server.timed("mendline/status", None)
        seconds.append(time.perf_counter() - start)
        if number % 20 == 0:
            document.erase_line(line, len(_TYPED) + number + 1)
            line = document.start_line(_TYPED + "x" * (number + 1))
            server.timed("mendline/status", None)
    return seconds[10:]


class _Typing:
    """A document that is typed into at random places."""

    def __init__(self, server: _Server, uri: str, count: int) -> None:
        self._server, self._uri, self._version = server, uri, 1
        self._random = random.Random(count)  # noqa: S311 - places in a file, no secret
        block = [
            "def add_{0}(first, second):",
            "    # Sum number {0}.",
            "    result = first + second",
            "    return result",
            "",
        ]
        text = "\n".join(block[number % 5].format(number // 5) for number in range(count)) + "\n"
        self._blocks = count // 5
        item = {"uri": uri, "languageId": "python", "version": 1, "text": text}
        server.notify("textDocument/didOpen", {"textDocument": item})

    def start_line(self, text: str = _TYPED) -> int:
        """Put a line into a random function and return its number."""
        line = self._random.randrange(self._blocks) * 5 + 2
        self.insert(line, 0, text + "\n")
        return line

    def insert(self, line: int, character: int, text: str) -> None:
        self._change(line, character, line, character, text)

    def erase_line(self, line: int, _length: int = 0) -> None:
        self._change(line, 0, line + 1, 0, "")

    def _change(self, line: int, character: int, end_line: int, end_character: int, text: str) -> None:
        self._version += 1
        span = {
            "start": {"line": line, "character": character},
            "end": {"line": end_line, "character": end_character},
        }
        document = {"uri": self._uri, "version": self._version}
        self._server.notify(
            "textDocument/didChange", {"textDocument": document, "contentChanges": [{"range": span, "text": text}]}
        )


@define
class _Server:
    """The editor's end of the pipes."""

    stdin: IO[bytes]
    stdout: IO[bytes]
    _number: int = field(default=0, init=False)

    def notify(self, method: str, params: object) -> None:
        self._send({"method": method, "params": params})

    def timed(self, method: str, params: object) -> tuple[float, Any]:
        """Send a request; return the seconds until its answer, and the answer."""
        self._number += 1
        start = time.perf_counter()
        self._send({"id": self._number, "method": method, "params": params})
        while True:
            message = self._receive()
            if message.get("id") == self._number and "method" not in message:
                break
        took = time.perf_counter() - start
        if "error" in message:
            raise RuntimeError(f"{method}: {message['error']['message']}")
        return took, message.get("result")

    def _send(self, message: Mapping[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self.stdin.flush()

    def _receive(self) -> dict[str, Any]:
        length = 0
        while line := self.stdout.readline().strip():
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        if not length:
            raise RuntimeError("the server ended")
        message = json.loads(self.stdout.read(length))
        assert isinstance(message, dict)
        return message


@contextmanager
def _server() -> Iterator[_Server]:
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "engine.json"
        script.write_text(json.dumps({"default": {"middle": _MIDDLE}}))
        environment = {
            "MENDLINE_FAKE_ENGINE": str(script),
            "MENDLINE_CONFIG": str(Path(folder) / "none.toml"),
            "MENDLINE_STATE_DIR": folder,
        }
        process = subprocess.Popen(
            [sys.executable, "-m", "mendline", "serve"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, **environment},
        )
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            server = _Server(process.stdin, process.stdout)
            options = {"completion": {"debounceMs": 0}}
            able: dict[str, Any] = {"textDocument": {"inlineCompletion": {}, "diagnostic": {}}}
            server.timed(
                "initialize",
                {"processId": os.getpid(), "rootUri": None, "capabilities": able, "initializationOptions": options},
            )
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


def _figures(seconds: Sequence[float]) -> dict[str, float]:
    ordered = sorted(seconds)
    picks = {"p50": 0.5, "p95": 0.95, "max": 1.0}
    last = len(ordered) - 1
    return {name: round(1000 * ordered[min(last, round(share * last))], 3) for name, share in picks.items()}
