"""What the shared engine shows when its process fails: never for longer than it lasts, never less than it is."""

from __future__ import annotations

import asyncio
import errno
import functools
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import attrs
import psutil
import pytest

from mendline.engine.errors import EngineDied, EngineOverloaded, EngineUnavailable
from mendline.engine.fake import FakeEngine
from mendline.engine.host import launch as launching
from mendline.engine.host import server as serving
from mendline.engine.host.contact import is_alive, wait_for_end
from mendline.engine.host.launch import Launch
from mendline.engine.host.loading import LazyEngine
from mendline.engine.host.registry import HostRecord
from mendline.engine.protocol import FillRequest
from mendline.engine.shared import SharedEngine
from mendline.engine.status import EngineState
from support.engine_host import TOKEN, hosted, text_of, until
from support.engine_processes import QUICK, Processes
from support.slow_engine import SlowEngine

REQUEST = FillRequest("def f(")


async def loading(processes: Processes, launch: Launch, engine: SharedEngine) -> HostRecord:
    """Wait for a living process that `engine` sees loading."""

    def look() -> HostRecord | None:
        record = processes.registry.read(launch.key)
        alive = record is not None and is_alive(record)
        return record if alive and engine.status.state is EngineState.LOADING else None

    found = await until(look)
    assert found is not None
    return found


@pytest.mark.parametrize("ask", [lambda engine: engine.info(), lambda engine: text_of(engine, REQUEST)])
async def test_a_process_that_dies_twice_while_it_loads_has_failed(
    ask: Callable[[SharedEngine], Awaitable[object]], processes: Processes
) -> None:
    launch = processes.launch(load={"hold": str(processes.gate)})
    engine = processes.shared(launch)
    request = asyncio.ensure_future(ask(engine))
    for _ in range(2):
        victim = await loading(processes, launch, engine)
        os.kill(victim.pid, signal.SIGKILL)
        assert await wait_for_end(victim, 10)
    with pytest.raises((EngineDied, EngineUnavailable)) as caught:
        await asyncio.wait_for(request, 30)
    assert (engine.status.state, engine.status.message) == (EngineState.FAILED, str(caught.value))
    processes.gate.touch()
    assert await text_of(engine, REQUEST) == "pass"
    assert engine.status.state is EngineState.READY
    await engine.aclose()


async def test_a_load_that_dies_when_nobody_waits_is_not_shown_for_ever(processes: Processes) -> None:
    launch = processes.launch(load={"hold": str(processes.gate)})
    engine = processes.shared(launch)
    request = asyncio.create_task(engine.info())
    victim = await loading(processes, launch, engine)
    request.cancel()
    await asyncio.wait([request])
    os.kill(victim.pid, signal.SIGKILL)
    await until(lambda: engine.status.state is EngineState.OFF)
    processes.gate.touch()
    assert await text_of(engine, REQUEST) == "pass"
    await engine.aclose()


async def test_an_engine_that_answers_has_not_failed(processes: Processes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "LazyEngine", functools.partial(LazyEngine, retry_seconds=0.0))
    broken = [True]

    def factory() -> FakeEngine:
        if broken:
            raise EngineOverloaded("no memory")
        return FakeEngine()

    launch = processes.launch()
    async with hosted(factory) as host:
        created = psutil.Process().create_time()
        port = int(host.url.rpartition(":")[2])
        record = HostRecord(os.getpid(), port, TOKEN, "fake", str(launch.model_path), "1", time.time(), created)
        processes.registry.write(launch.key, record)
        # The answer comes sooner than the next look at the process's health.
        engine = processes.shared(launch, attrs.evolve(QUICK, poll_seconds=0.5))
        try:
            with pytest.raises(EngineOverloaded):
                await text_of(engine, REQUEST)
            await until(lambda: engine.status.state is EngineState.FAILED)
            broken.clear()
            stream = engine.fill(REQUEST)
            await anext(stream)
            assert engine.status.state is EngineState.BUSY
            assert [chunk async for chunk in stream]
            assert (engine.status.state, engine.status.message) == (EngineState.READY, "")
        finally:
            await engine.aclose()
            # What clears up after a test ends the processes of all records, and this one is the test itself.
            processes.registry.remove(launch.key, record)


async def test_it_tells_how_far_the_process_is_with_loading(processes: Processes) -> None:
    slow = SlowEngine(0.25)
    launch = processes.launch()
    async with hosted(lambda: slow) as host:
        created = psutil.Process().create_time()
        port = int(host.url.rpartition(":")[2])
        record = HostRecord(os.getpid(), port, TOKEN, "fake", str(launch.model_path), "1", time.time(), created)
        processes.registry.write(launch.key, record)
        engine = processes.shared(launch)
        try:
            request = asyncio.create_task(text_of(engine, REQUEST))
            await until(lambda: engine.status.progress is not None)
            assert (engine.status.state, engine.status.progress) == (EngineState.LOADING, 0.25)
            slow.go_on.set()
            assert await request
            await until(lambda: engine.status.state is EngineState.READY)
            assert engine.status.progress is None
        finally:
            await engine.aclose()
            processes.registry.remove(launch.key, record)


def full(_path: Path) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "engine.log")


@pytest.mark.parametrize(
    ("broken", "says"),
    [("lock", "MENDLINE_STATE_DIR"), ("log", "No space left on device"), ("interpreter", "/no/such/python")],
)
async def test_what_the_system_refuses_at_the_start_is_told_in_one_line(
    broken: str, says: str, processes: Processes, monkeypatch: pytest.MonkeyPatch
) -> None:
    launch = processes.launch()
    if broken == "lock":
        (processes.registry.directory / f"{launch.key}.start.lock").mkdir()
    elif broken == "log":
        monkeypatch.setattr(launching, "_log_file", full)
    else:
        monkeypatch.setattr(sys, "executable", "/no/such/python")
    engine = processes.shared(launch)
    with pytest.raises(EngineUnavailable, match=says) as caught:
        await text_of(engine, REQUEST)
    assert "\n" not in str(caught.value)
    assert (engine.status.state, engine.status.message) == (EngineState.FAILED, str(caught.value))
    await engine.aclose()
