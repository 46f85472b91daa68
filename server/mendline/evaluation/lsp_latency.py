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
_MIDDLE = "first + second"
_TAKEN = "first"


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
        `type_through`: the same where what was typed is the beginning of the suggestion before, so that no model is
        asked; `recent`: where what was typed is taken back.
        `code_action`: from a code action request with three diagnostics in it, in a document with a syntax error, to
        its answer, in turns with its tree made ready and right behind a change.
        `change`, by number of lines: from a `didChange` of one character to the answer of a request that needs the
        new tree; `change_applied`: to the answer of one that does not. `change_only`, `change_applied_only`: those
        less the median of the same request without a change. Each is {p50, p95, max}.
    """
    with _server() as server:
        actions = {str(count): _actions(server, count, requests) for count in lines}
        inline, typed_inline, type_through, recent = {}, {}, {}, {}
        for count in lines:
            size = str(count)
            inline[size], typed_inline[size] = _inline(server, count, requests)
            type_through[size], recent[size] = _again(server, count, requests)
        document = _Typing(server, f"file:///bench/change_{change_lines}.py", change_lines)
        document.parse()
        cheap = [document.ask() for _ in range(requests)]
        diagnosed = [document.parse() for _ in range(requests)]
        parsed, applied = _changes(document, requests)
    size = str(change_lines)
    return {
        "inline": inline,
        "typed_inline": typed_inline,
        "type_through": type_through,
        "recent": recent,
        "code_action": actions,
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
        line, column = document.start_line()
        if number % 2 == 0:
            document.parse()
            start = time.perf_counter()
        document.suggest(line, column, _MIDDLE)
        (behind if number % 2 else ready).append(time.perf_counter() - start)
        document.erase_line(line)
        document.parse()
    return in_milliseconds(ready[5:]), in_milliseconds(behind[5:])


def _again(server: StdioServer, count: int, requests: int) -> tuple[dict[str, float], dict[str, float]]:
    """Type the beginning of a suggestion, and take it back."""
    document = _Typing(server, f"file:///bench/again_{count}.py", count)
    typed: list[float] = []
    undone: list[float] = []
    for _ in range(requests + 5):
        line, column = document.start_line()
        document.suggest(line, column, _MIDDLE)
        start = time.perf_counter()
        document.insert(line, column, _TAKEN)
        document.suggest(line, column + len(_TAKEN), _MIDDLE.removeprefix(_TAKEN))
        typed.append(time.perf_counter() - start)
        document.parse()
        start = time.perf_counter()
        document.delete(line, column, len(_TAKEN))
        document.suggest(line, column, _MIDDLE)
        undone.append(time.perf_counter() - start)
        document.erase_line(line)
        document.parse()
    return in_milliseconds(typed[5:]), in_milliseconds(undone[5:])


def _actions(server: StdioServer, count: int, requests: int) -> dict[str, float]:
    """Ask for code actions where another server reports three problems, in turns with and without a change before."""
    document = _Typing(server, f"file:///bench/actions_{count}.py", count)
    line, _ = document.start_line()
    seconds: list[float] = []
    for number in range(requests + 5):
        document.insert(line, 0, " ")
        if number % 2 == 0:
            document.parse()
        seconds.append(document.actions(line))
        document.delete(line, 0, 1)
        document.parse()
    return in_milliseconds(seconds[5:])


def _changes(document: _Typing, requests: int) -> tuple[list[float], list[float]]:
    """Type a character at a time, in turns until the tree is there and until the change is applied."""
    parsed: list[float] = []
    applied: list[float] = []
    line, column = document.start_line()
    typed = 0
    for number in range(2 * requests + 10):
        start = time.perf_counter()
        document.insert(line, column + typed, "x")
        typed += 1
        wait, seconds = (document.ask, applied) if number % 2 else (document.parse, parsed)
        wait()
        seconds.append(time.perf_counter() - start)
        if number % 40 == 0:
            document.erase_line(line)
            line, column = document.start_line()
            typed = 0
        document.parse()
    return parsed[5:], applied[5:]


class _Typing:
    """A document that is typed into at random places."""

    def __init__(self, server: StdioServer, uri: str, count: int) -> None:
        self.uri = uri
        self._server, self._version, self._started = server, 1, 0
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

    def actions(self, line: int) -> float:
        """Wait for what could be done about three problems in a line; return the seconds.

        Raises:
            RuntimeError: there is no action for each, and for the syntax error that the line has.
        """
        place = {"start": {"line": line, "character": 0}, "end": {"line": line, "character": 10}}
        problems = [
            {
                "range": place,
                "message": f"Undefined name `name_{number}`",
                "severity": 2,
                "source": "other",
                "code": "F821",
            }
            for number in range(3)
        ]
        params = {"textDocument": {"uri": self.uri}, "range": place, "context": {"diagnostics": problems}}
        seconds, answer = self._server.timed("textDocument/codeAction", params)
        if len(answer) < len(problems) + 1:
            raise RuntimeError(f"the server answered {answer!r}")
        return seconds

    def suggest(self, line: int, column: int, expected: str) -> None:
        """Wait for the suggestion at a place.

        Raises:
            RuntimeError: it is not the one expected.
        """
        _, answer = self._server.timed("textDocument/inlineCompletion", inline_params(self.uri, line, column))
        if [item["insertText"] for item in answer["items"]] != [expected]:
            raise RuntimeError(f"the server answered {answer!r}")

    def start_line(self) -> tuple[int, int]:
        """Begin a line in a random function, and return its number and its end.

        It is like none before: what was suggested for the same text would come from the server's memory.
        """
        self._started += 1
        typed = f"    total_{self._started} = "
        line = self._random.randrange(self._blocks) * 5 + 2
        self.insert(line, 0, typed + "\n")
        return line, len(typed)

    def insert(self, line: int, character: int, text: str) -> None:
        self._change(line, character, line, character, text)

    def delete(self, line: int, character: int, length: int) -> None:
        self._change(line, character, line, character + length, "")

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
