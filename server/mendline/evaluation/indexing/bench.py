"""Indexing beside typing: a real `mendline serve` with its builder on a generated tree, an engine that answers at once.

Keystrokes with requests are timed in turns, with the builder at work and with the builder held, so that other programs'
load is in both. After that it is left alone until the index is ready.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import psutil

from mendline.evaluation.figures import in_milliseconds
from mendline.evaluation.indexing.code_tree import some_names, write_tree
from mendline.evaluation.stdio_client import StdioServer, inline_params, stdio_server
from mendline.workspace.index.once import update_once
from mendline.workspace.index.place import DIRECTORY_VARIABLE, place_of
from mendline.workspace.index.reader import StoredIndex

_LINES: Final = 1_000
_TURNS: Final = 30
_TURN_TIMES: Final = 20
_LOOK_SECONDS: Final = 0.2
_PAUSE_SECONDS: Final = 0.02
_END_SECONDS: Final = 120.0
_MIDDLE: Final = "first + second"
_TYPED: Final = "    total = "

Tell = Callable[[str], None]


def run(files: int, tell: Tell, queries: int = 500) -> dict[str, Any]:
    """Measure.

    Args:
        files: size of the tree.
        tell: hears what is going on.
        queries: of each kind.

    Returns:
        `files`, `definitions`, `passages`; `build_seconds` and `files_per_second` from the server's start to a ready
        index, but for the time the builder was held; `source_mb`, `size_mb`; `look_seconds`: a new builder's look at
        all files when nothing changed;
        `typing`, `typing_while_indexing`: from a keystroke to the answer of an inline request right behind it;
        `definitions_query`, `search_query`, `using_query`, `knows_query`: of the index. Times are {p50, p95, max} in
        milliseconds.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        root = folder / "tree"
        for count in write_tree(root, files):
            tell(f"{count:,} files written")
        with _state_in(folder / "state"):
            figures = _beside_typing(folder, root, tell)
            tell("asking the index")
            figures |= _queries(StoredIndex.of(root), queries)
            # The server's builder may still be about to end.
            update_once(root, (), lambda _: None, _END_SECONDS)
            start = time.perf_counter()
            update_once(root, (), lambda _: None)
            figures["look_seconds"] = round(time.perf_counter() - start, 2)
            figures["size_mb"] = round(place_of(root).size() / 1e6, 1)
        figures["source_mb"] = round(sum(file.stat().st_size for file in root.rglob("*.*")) / 1e6, 1)
        tell("cleaning up")
        shutil.rmtree(root)
    return figures


@contextmanager
def _state_in(folder: Path) -> Iterator[None]:
    """Have this process and those it starts keep their state in a folder of their own."""
    before = os.environ.get(DIRECTORY_VARIABLE)
    os.environ[DIRECTORY_VARIABLE] = str(folder)
    try:
        yield
    finally:
        del os.environ[DIRECTORY_VARIABLE]
        if before is not None:
            os.environ[DIRECTORY_VARIABLE] = before


def _beside_typing(folder: Path, root: Path, tell: Tell) -> dict[str, Any]:
    script = folder / "engine.json"
    script.write_text(json.dumps({"default": {"middle": _MIDDLE}}))
    environment = {"MENDLINE_FAKE_ENGINE": str(script), "MENDLINE_CONFIG": str(folder / "none.toml")}
    with stdio_server(environment, {"completion": {"debounceMs": 0}}, root) as server:
        start = time.perf_counter()
        typing = _Typing(server)
        idle, indexing, held = _in_turns(server, typing, tell)
        while (state := _state(server))["phase"] != "ready":
            tell(f"{state['files']:,} files indexed")
            time.sleep(_LOOK_SECONDS)
        took = time.perf_counter() - start - held
    return {
        "files": state["files"],
        "definitions": state["definitions"],
        "passages": state["passages"],
        "build_seconds": round(took, 1),
        "files_per_second": round(state["files"] / took, 1),
        "typing": in_milliseconds(idle),
        "typing_while_indexing": in_milliseconds(indexing),
    }


def _in_turns(server: StdioServer, typing: _Typing, tell: Tell) -> tuple[list[float], list[float], float]:
    """Type with the builder held and at work; return both times and how long it was held.

    Ends with the builder's work, which may be over in the middle of a turn: that one doesn't count.
    """
    idle: list[float] = []
    indexing: list[float] = []
    held = 0.0
    builder = _builder(server)
    for turn in range(_TURNS):
        tell(f"typing in turn {turn + 1} of {_TURNS}")
        start = time.perf_counter()
        builder.suspend()
        try:
            stopped = [typing.suggest() for _ in range(_TURN_TIMES)]
        finally:
            builder.resume()
        held += time.perf_counter() - start
        working = [typing.suggest() for _ in range(_TURN_TIMES)]
        if _state(server)["phase"] == "ready" and indexing:
            break
        idle += stopped
        indexing += working
    return idle, indexing, held


def _builder(server: StdioServer) -> psutil.Process:
    """The server's builder, as soon as it has begun to look at files."""
    while _state(server)["phase"] == "none":
        time.sleep(_PAUSE_SECONDS)
    children = psutil.Process(server.pid).children(recursive=True)
    return next(child for child in children if "mendline.workspace.index" in child.cmdline())


def _state(server: StdioServer) -> dict[str, Any]:
    state = server.timed("mendline/status", None)[1]["index"][0]
    assert isinstance(state, dict)
    return state


def _queries(index: StoredIndex, count: int) -> dict[str, Any]:
    index.state()  # opens the database
    kinds: dict[str, Callable[[str, str], object]] = {
        "definitions_query": lambda function, kind: index.definitions([function, kind, "limit"]),
        "search_query": lambda function, kind: index.search([function, kind, "limit"]),
        "using_query": lambda function, kind: index.using(function, [kind, "limit"]),
        "knows_query": lambda function, _: index.knows(function),
    }
    return {name: in_milliseconds([_timed(ask, *each) for each in some_names(count)]) for name, ask in kinds.items()}


def _timed(ask: Callable[[str, str], object], function: str, kind: str) -> float:
    start = time.perf_counter()
    ask(function, kind)
    return time.perf_counter() - start


class _Typing:
    """A document in which a line is begun, a suggestion asked for, and the line taken back."""

    def __init__(self, server: StdioServer) -> None:
        self._server, self._version = server, 1
        self._uri = "file:///bench/typed.py"
        block = "def add(first, second):\n    # Sum.\n    result = first + second\n    return result\n\n"
        server.open(self._uri, block * (_LINES // 5))

    def suggest(self) -> float:
        """Return the seconds from the keystroke to the suggestion; then rest for a moment, as typists do."""
        line = (self._version * 7) % (_LINES // 5) * 5 + 2
        start = time.perf_counter()
        self._change(line, line, _TYPED + "\n")
        _, answer = self._server.timed("textDocument/inlineCompletion", inline_params(self._uri, line, len(_TYPED)))
        took = time.perf_counter() - start
        if [item["insertText"] for item in answer["items"]] != [_MIDDLE]:
            raise RuntimeError(f"the server answered {answer!r}")
        self._change(line, line + 1, "")
        time.sleep(_PAUSE_SECONDS)
        return took

    def _change(self, start: int, end: int, text: str) -> None:
        self._version += 1
        span = {"start": {"line": start, "character": 0}, "end": {"line": end, "character": 0}}
        document = {"uri": self._uri, "version": self._version}
        change = {"textDocument": document, "contentChanges": [{"range": span, "text": text}]}
        self._server.notify("textDocument/didChange", change)
