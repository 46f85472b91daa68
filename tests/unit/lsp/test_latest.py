from __future__ import annotations

import asyncio

import pytest

from mendline.lsp.latest import LatestWins


async def held(started: asyncio.Event, gate: asyncio.Event, result: str) -> str:
    started.set()
    await gate.wait()
    return result


async def test_a_newer_one_ends_the_older_and_other_keys_go_on() -> None:
    latest, gate = LatestWins(), asyncio.Event()
    started = [asyncio.Event() for _ in range(3)]
    older = asyncio.create_task(latest.run("a", held(started[0], gate, "older")))
    other = asyncio.create_task(latest.run("b", held(started[1], gate, "other")))
    await started[0].wait()
    newer = asyncio.create_task(latest.run("a", held(started[2], gate, "newer")))
    assert await older is None
    gate.set()
    assert (await newer, await other) == ("newer", "other")


async def test_cancelling_the_caller_cancels_the_work() -> None:
    latest, started, ended = LatestWins(), asyncio.Event(), asyncio.Event()

    async def work() -> None:
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    task = asyncio.create_task(latest.run("a", work()))
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ended.is_set()


async def test_an_error_comes_through_and_leaves_nothing_behind() -> None:
    latest = LatestWins()

    async def fail() -> None:
        raise ValueError("no")

    async def one() -> int:
        return 1

    with pytest.raises(ValueError, match="no"):
        await latest.run("a", fail())
    assert await latest.run("a", one()) == 1


async def test_cancelled_and_superseded_at_once_is_cancelled() -> None:
    latest, started, gate = LatestWins(), asyncio.Event(), asyncio.Event()
    older = asyncio.create_task(latest.run("a", held(started, gate, "older")))
    await started.wait()
    newer = asyncio.create_task(latest.run("a", held(asyncio.Event(), gate, "newer")))
    await asyncio.sleep(0)
    older.cancel()
    with pytest.raises(asyncio.CancelledError):
        await older
    gate.set()
    assert await newer == "newer"
