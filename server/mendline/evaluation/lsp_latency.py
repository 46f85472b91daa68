"""How much time the language server itself adds to a request: a real `mendline serve`, an engine that answers at once.

The server runs as a process of its own and is spoken to over its standard input and output, as by an editor; what is
measured includes both pipes and both JSON codecs. No wait before requests (`completion.debounceMs` is 0).
"""

from __future__ import annotations

import json
import random
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mendline.evaluation.figures import in_milliseconds
from mendline.evaluation.stdio_client import StdioServer, inline_params, stdio_server

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
        "round_trip": in_milliseconds(cheap),
        "change": {str(change_lines): in_milliseconds(changes)},
        "change_only": {str(change_lines): in_milliseconds([max(0.0, each - base) for each in changes])},
        "requests": requests,
    }


def _inline(server: StdioServer, count: int, requests: int) -> dict[str, float]:
    uri = f"file:///bench/inline_{count}.py"
    document = _Typing(server, uri, count)
    seconds: list[float] = []
    for _ in range(requests + 10):
        line = document.start_line()
        server.timed("mendline/status", None)
        took, answer = server.timed("textDocument/inlineCompletion", inline_params(uri, line, len(_TYPED)))
        if [item["insertText"] for item in answer["items"]] != [_MIDDLE]:
            raise RuntimeError(f"the server answered {answer!r}")
        seconds.append(took)
        document.erase_line(line)
    return in_milliseconds(seconds[10:])


def _changes(server: StdioServer, count: int, requests: int) -> list[float]:
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

    def __init__(self, server: StdioServer, uri: str, count: int) -> None:
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
        server.open(uri, text)

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


@contextmanager
def _server() -> Iterator[StdioServer]:
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "engine.json"
        script.write_text(json.dumps({"default": {"middle": _MIDDLE}}))
        environment = {"MENDLINE_FAKE_ENGINE": str(script), "MENDLINE_CONFIG": str(Path(folder) / "none.toml")}
        environment["MENDLINE_STATE_DIR"] = folder
        with stdio_server(environment, {"completion": {"debounceMs": 0}}) as server:
            yield server
