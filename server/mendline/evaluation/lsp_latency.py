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
        `round_trip`: the cheapest request there is. `inline`, by number of lines: from an inline completion request
        to its answer, in a document whose tree is up to date, as it is after any wait for more keystrokes;
        `typed_inline`: from a `didChange` to the answer of such a request right behind it, so with two parses.
        `change`, by number of lines: from a `didChange` of one character to the answer of a request that needs the
        new tree; `change_applied`: to the answer of one that does not. `change_only`, `change_applied_only`: those
        less the median of the same request without a change. Each is {p50, p95, max}.
    """
    with _server() as server:
        inline, typed_inline = {}, {}
        for count in lines:
            inline[str(count)], typed_inline[str(count)] = _inline(server, count, requests)
        document = _Typing(server, f"file:///bench/change_{change_lines}.py", change_lines)
        document.parse()
        cheap = [document.ask() for _ in range(requests)]
        diagnosed = [document.parse() for _ in range(requests)]
        parsed, applied = _changes(document, requests)
    size = str(change_lines)
    return {
        "inline": inline,
        "typed_inline": typed_inline,
        "round_trip": in_milliseconds(cheap),
        "change": {size: in_milliseconds(parsed)},
        "change_only": {size: in_milliseconds(_less_median(parsed, diagnosed))},
        "change_applied": {size: in_milliseconds(applied)},
        "change_applied_only": {size: in_milliseconds(_less_median(applied, cheap))},
        "requests": requests,
    }


def _less_median(seconds: Sequence[float], base: Sequence[float]) -> list[float]:
    middle = statistics.median(base)
    return [max(0.0, each - middle) for each in seconds]


def _inline(server: StdioServer, count: int, requests: int) -> tuple[dict[str, float], dict[str, float]]:
    """Ask in turns with the tree made ready before and right behind the change."""
    document = _Typing(server, f"file:///bench/inline_{count}.py", count)
    ready: list[float] = []
    behind: list[float] = []
    for number in range(2 * requests + 10):
        start = time.perf_counter()
        line = document.start_line()
        if number % 2 == 0:
            document.parse()
            start = time.perf_counter()
        _, answer = server.timed("textDocument/inlineCompletion", inline_params(document.uri, line, len(_TYPED)))
        took = time.perf_counter() - start
        if [item["insertText"] for item in answer["items"]] != [_MIDDLE]:
            raise RuntimeError(f"the server answered {answer!r}")
        (behind if number % 2 else ready).append(took)
        document.erase_line(line)
        document.parse()
    return in_milliseconds(ready[5:]), in_milliseconds(behind[5:])


def _changes(document: _Typing, requests: int) -> tuple[list[float], list[float]]:
    """Type a character at a time, in turns until the tree is there and until the change is applied."""
    parsed: list[float] = []
    applied: list[float] = []
    line = document.start_line()
    typed = 0
    for number in range(2 * requests + 10):
        start = time.perf_counter()
        document.insert(line, len(_TYPED) + typed, "x")
        typed += 1
        wait, seconds = (document.ask, applied) if number % 2 else (document.parse, parsed)
        wait()
        seconds.append(time.perf_counter() - start)
        if number % 40 == 0:
            document.erase_line(line)
            line, typed = document.start_line(), 0
        document.parse()
    return parsed[5:], applied[5:]


class _Typing:
    """A document that is typed into at random places."""

    def __init__(self, server: StdioServer, uri: str, count: int) -> None:
        self.uri = uri
        self._server, self._version = server, 1
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

    def ask(self) -> float:
        """Wait for the answer to the cheapest request; return the seconds."""
        return self._server.timed("mendline/status", None)[0]

    def parse(self) -> float:
        """Wait for the document's syntax errors, which need its tree; return the seconds."""
        return self._server.timed("textDocument/diagnostic", {"textDocument": {"uri": self.uri}})[0]

    def start_line(self) -> int:
        """Put a line into a random function and return its number."""
        line = self._random.randrange(self._blocks) * 5 + 2
        self.insert(line, 0, _TYPED + "\n")
        return line

    def insert(self, line: int, character: int, text: str) -> None:
        self._change(line, character, line, character, text)

    def erase_line(self, line: int) -> None:
        self._change(line, 0, line + 1, 0, "")

    def _change(self, line: int, character: int, end_line: int, end_character: int, text: str) -> None:
        self._version += 1
        span = {
            "start": {"line": line, "character": character},
            "end": {"line": end_line, "character": end_character},
        }
        document = {"uri": self.uri, "version": self._version}
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
