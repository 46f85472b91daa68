"""Suggestions followed from the screen to half a minute later, with the time in the test's hand."""

from __future__ import annotations

import asyncio
import datetime
from pathlib import Path
from typing import Any

import pytest

from mendline.engine.fake import FakeEngine
from mendline.lsp.acceptance import FOLLOWED_SECONDS, is_kept
from mendline.lsp.figure_keeping import KEEP_SECONDS
from mendline.telemetry.acceptance import AcceptanceBook, Figures
from support.in_process import InProcess, in_process

URI = "file:///sum.py"
TEXT = "def add(a, b):\n    return\n"
DAY = "2026-03-04"


class Clock:
    """Who sleeps until the test says that the time is over.

    Attributes:
        over: half a minute is over.
        due: figures may be written; once.
        asked: all waits but those before figures are written.
    """

    def __init__(self) -> None:
        self.over = asyncio.Event()
        self.due = asyncio.Event()
        self.asked: list[float] = []

    async def sleep(self, seconds: float) -> None:
        if seconds == KEEP_SECONDS:
            await self.due.wait()
            self.due.clear()
        else:
            self.asked.append(seconds)
            await self.over.wait()


class Desk:
    """A server with one document, in which ` a + b` is suggested."""

    def __init__(self) -> None:
        self.wait = Clock()
        self.version = 1
        self.server: InProcess

    async def start(self, **services: Any) -> Desk:
        engine = FakeEngine(default=" a + b")
        self.server = await in_process(
            engine, sleep=self.wait.sleep, today=lambda: datetime.date.fromisoformat(DAY), **services
        )
        item = {"uri": URI, "languageId": "python", "version": 1, "text": TEXT}
        self.server.notify("textDocument/didOpen", {"textDocument": item})
        return self

    async def shown(self, character: int = 10) -> dict[str, Any]:
        params = {
            "textDocument": {"uri": URI},
            "position": {"line": 1, "character": character},
            "context": {"triggerKind": 1},
        }
        (item,) = (await self.server.request("textDocument/inlineCompletion", params))["items"]
        self.server.notify("mendline/didShow", {"item": item})
        return item  # type: ignore[no-any-return]  # plain JSON

    def change(self, start: tuple[int, int], end: tuple[int, int], text: str) -> None:
        self.version += 1
        span = {"start": dict(zip(("line", "character"), start)), "end": dict(zip(("line", "character"), end))}  # noqa: B905
        document = {"uri": URI, "version": self.version}
        params = {"textDocument": document, "contentChanges": [{"range": span, "text": text}]}
        self.server.notify("textDocument/didChange", params)

    async def accept(self, item: dict[str, Any]) -> None:
        params = {"command": item["command"]["command"], "arguments": item["command"]["arguments"]}
        await self.server.request("workspace/executeCommand", params)

    async def figures(self) -> dict[str, Any]:
        ((day, languages),) = [
            (each["day"], each["languages"]) for each in (await self.server.request("mendline/figures"))["days"]
        ]
        assert day == DAY
        (only,) = languages
        return only  # type: ignore[no-any-return]  # plain JSON


def told(**figures: int) -> dict[str, Any]:
    none = {"shown": 1, "accepted": 0, "partiallyAccepted": 0, "followed": 0, "kept": 0, "characters": 0}
    return {"language": "python", **none, **figures}


def followed(desk: Desk) -> bool:
    days = desk.server.server.session.acceptance.keeping._unkept
    return any(figures.followed for languages in days.values() for figures in languages.values())


@pytest.mark.parametrize(("then", "kept"), [("", 1), ("typed on", 1), ("undone", 0), ("closed", None)])
async def test_what_was_accepted_is_looked_at_half_a_minute_later(then: str, kept: int | None) -> None:
    desk = await Desk().start()
    item = await desk.shown()
    assert await desk.figures() == told()
    desk.change((1, 10), (1, 10), item["insertText"])
    await desk.accept(item)
    assert await desk.figures() == told(accepted=1, characters=6)
    await desk.server.until(lambda: desk.wait.asked == [FOLLOWED_SECONDS])
    if then == "typed on":
        desk.change((1, 16), (1, 16), " + c")
        desk.change((0, 0), (0, 0), "# sums\n")
    elif then == "undone":
        desk.change((1, 10), (1, 16), "")
    elif then == "closed":
        desk.server.notify("textDocument/didClose", {"textDocument": {"uri": URI}})
    desk.wait.over.set()
    if kept is None:
        assert await desk.figures() == told(accepted=1, characters=6)
        return
    await desk.server.until(lambda: followed(desk))
    assert await desk.figures() == told(accepted=1, characters=6, followed=1, kept=kept)


async def test_words_that_were_taken_count_once_and_the_rest_for_itself() -> None:
    desk = await Desk().start()
    item = await desk.shown()
    for column, length, left in ((10, 2, " + b"), (12, 2, " b")):
        desk.change((1, column), (1, column), item["insertText"][:length])
        desk.server.notify("mendline/didPartiallyAccept", {"item": item, "acceptedLength": length})
        item = await desk.shown(column + length)
        assert item["insertText"] == left
    assert await desk.figures() == told(partiallyAccepted=1, characters=4)
    desk.change((1, 14), (1, 14), item["insertText"])
    await desk.accept(item)
    assert await desk.figures() == told(partiallyAccepted=1, accepted=1, characters=6)


async def test_the_figures_are_kept_at_the_end_and_added_up(tmp_path: Path) -> None:
    book = AcceptanceBook(tmp_path / "figures.json")
    for _ in range(2):
        desk = await Desk().start(figures=book)
        await desk.shown()
        await desk.server.server.aclose()
    assert book.read() == {DAY: {"python": Figures(shown=2)}}
    desk = await Desk().start(figures=book)
    await desk.shown()
    assert await desk.figures() == told(shown=3)


async def test_figures_are_kept_before_the_end(tmp_path: Path) -> None:
    book = AcceptanceBook(tmp_path / "figures.json")
    desk = await Desk().start(figures=book)
    item = await desk.shown()
    assert await desk.figures() == told()
    assert book.read() == {}
    desk.wait.due.set()
    await desk.server.until(lambda: book.read() == {DAY: {"python": Figures(shown=1)}})
    desk.change((1, 10), (1, 10), item["insertText"])
    await desk.accept(item)
    assert await desk.figures() == told(accepted=1, characters=6)
    assert book.read() == {DAY: {"python": Figures(shown=1)}}
    desk.wait.due.set()
    await desk.server.until(lambda: book.read() == {DAY: {"python": Figures(shown=1, accepted=1, characters=6)}})
    assert await desk.figures() == told(accepted=1, characters=6)


async def test_what_cannot_be_written_is_kept_for_the_next_time(tmp_path: Path) -> None:
    book = AcceptanceBook(tmp_path / "figures.json")
    desk = await Desk().start(figures=book)
    await desk.shown()
    (tmp_path / "figures.json").mkdir()
    desk.wait.due.set()
    await desk.server.until((tmp_path / "figures.new").exists)
    assert await desk.figures() == told()
    (tmp_path / "figures.json").rmdir()
    assert await desk.server.request("shutdown") is None
    assert book.read() == {DAY: {"python": Figures(shown=1)}}


async def test_what_is_not_known_has_no_language() -> None:
    desk = await Desk().start()
    for method in ("mendline/didShow", "mendline/didPartiallyAccept"):
        desk.server.notify(method, {"item": {"insertText": "abc"}, "acceptedLength": 2})
    await desk.server.request("workspace/executeCommand", {"command": "mendline.didAccept", "arguments": [7]})
    assert await desk.figures() == {**told(accepted=1, partiallyAccepted=1, characters=2), "language": ""}
    assert desk.wait.asked == []


@pytest.mark.parametrize(
    ("now", "kept"),
    [
        ("a«b c»d", True),
        ("xa«b c»d", True),
        ("a«b c»dx", True),
        ("xx«b c»yy", True),
        ("a«b\n  c»d", True),
        ("if a:\n  «b c»\nd", True),
        ("a«b»d", False),
        ("a«b x c»d", False),
        ("ad", False),
        ("", False),
    ],
)
def test_what_counts_as_kept(now: str, kept: bool) -> None:
    assert is_kept("ab cd", 1, 4, now.replace("«", "").replace("»", "")) is kept
