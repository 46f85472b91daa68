from __future__ import annotations

import asyncio
import json
import os
import signal
import stat
import subprocess
import sys
from collections.abc import AsyncIterator
from typing import Any

import attrs
import psutil
import pytest
from aiohttp import web

from mendline.engine import errors
from mendline.engine.client import HttpEngine
from mendline.engine.host.contact import is_alive, wait_for_end
from mendline.engine.protocol import ChatRequest, Chunk, Engine, FillRequest, Message, Role
from mendline.engine.status import EngineState, EngineStatus
from support.engine_host import recorded, text_of, until
from support.engine_processes import QUICK, Processes

REQUEST = FillRequest("def f(")


async def test_it_starts_a_private_process_and_tells_its_states(processes: Processes) -> None:
    launch = processes.launch(answers=[{"prefix_ends_with": "def f(", "middle": "a):"}])
    engine = processes.shared(launch)
    assert isinstance(engine, Engine)
    seen: list[EngineStatus] = []
    engine.on_status(seen.append)
    assert engine.status.state is EngineState.OFF
    assert await text_of(engine, REQUEST) == "a):"
    chat = ChatRequest((Message(Role.USER, "def f("),))
    assert "".join([chunk.text async for chunk in engine.chat(chat)]) == "a):"
    assert (await engine.warm(REQUEST)).prompt_tokens > 0
    record = processes.record(launch)
    assert (await engine.info()).pid == record.pid
    await until(lambda: engine.status.state is EngineState.READY)
    assert [status.state for status in seen][:2] == [EngineState.STARTING, EngineState.LOADING]

    process = psutil.Process(record.pid)
    assert record.token not in " ".join(process.cmdline())
    assert record.token not in process.environ().values()
    path = processes.registry.directory / f"{launch.key}.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert record.token not in processes.registry.log_path(launch.key).read_text()
    assert os.getsid(record.pid) == record.pid
    await engine.aclose()
    assert is_alive(record)


async def test_a_wrong_token_is_refused(processes: Processes) -> None:
    launch = processes.launch()
    engine = processes.shared(launch)
    await engine.info()
    stranger = HttpEngine(processes.record(launch).url, "guess", own=True)
    with pytest.raises(errors.EngineRefused) as caught:
        await text_of(stranger, REQUEST)
    assert caught.value.status == 401
    await stranger.aclose()
    await engine.aclose()


async def test_concurrent_first_uses_start_one(processes: Processes) -> None:
    launch = processes.launch()
    editors = [processes.shared(launch) for _ in range(3)]
    texts = await asyncio.gather(*[text_of(editor, REQUEST) for editor in editors for _ in range(3)])
    assert texts == ["pass"] * 9
    assert set(processes.started()) == {processes.record(launch).pid}
    for editor in editors:
        await editor.aclose()


EDITOR = """
import asyncio, sys
from pathlib import Path
from typing import Any
from mendline.engine.host.launch import Launch
from mendline.engine.protocol import FillRequest
from mendline.engine.shared import SharedEngine

async def main():
    engine = SharedEngine(Launch("fake", Path(sys.argv[1]), fake=True))
    print("".join([chunk.text async for chunk in engine.fill(FillRequest("x"))]), (await engine.info()).pid)
    await engine.aclose()

asyncio.run(main())
"""


async def test_two_servers_started_at_once_share_one_process(processes: Processes) -> None:
    launch = processes.launch()
    command = [sys.executable, "-c", EDITOR, str(launch.model_path)]
    servers = [await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE) for _ in range(2)]
    outputs = await asyncio.wait_for(asyncio.gather(*[server.communicate() for server in servers]), 60)
    assert [output.decode().split() for output, _ in outputs] == [["pass", str(processes.record(launch).pid)]] * 2
    assert [server.returncode for server in servers] == [0, 0]


async def test_two_models_have_a_process_each(processes: Processes) -> None:
    launches = [processes.launch("one"), processes.launch("two")]
    editors = [processes.shared(launch) for launch in launches]
    assert await asyncio.gather(*[text_of(editor, REQUEST) for editor in editors]) == ["pass", "pass"]
    assert len({processes.record(launch).pid for launch in launches}) == 2
    for editor in editors:
        await editor.aclose()


async def test_a_cancelled_first_request_does_not_end_the_start(processes: Processes) -> None:
    launch = processes.launch()
    engine = processes.shared(launch)
    first = asyncio.create_task(text_of(engine, REQUEST))
    await until(lambda: engine.status.state is EngineState.STARTING)
    first.cancel()
    assert await text_of(engine, FillRequest("y")) == "pass"
    assert len(processes.started()) == 1
    await engine.aclose()


async def collected(stream: AsyncIterator[Chunk]) -> list[Chunk]:
    return [chunk async for chunk in stream]


@pytest.mark.parametrize("hold_after", [0, 2])
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
async def test_a_process_that_dies_or_hangs_is_replaced_and_the_request_answered(
    number: signal.Signals, hold_after: int, processes: Processes
) -> None:
    answer = {"middle": "a b c d", "hold": str(processes.gate), "hold_after": hold_after}
    launch = processes.launch(answers=[answer])
    engine = processes.shared(launch)
    stream = engine.fill(REQUEST)
    chunks = [await anext(stream) for _ in range(hold_after)]
    rest = asyncio.create_task(collected(stream))
    await until(processes.started)
    victim = processes.record(launch)
    os.kill(victim.pid, number)
    processes.gate.touch()
    async with asyncio.timeout(30):
        chunks += await rest
    assert "".join(chunk.text for chunk in chunks) == "a b c d"
    assert [token.text for chunk in chunks for token in chunk.tokens] == ["a", " b", " c", " d"]
    assert processes.started() == [victim.pid, processes.record(launch).pid]
    assert await text_of(engine, REQUEST) == "a b c d"
    assert await wait_for_end(victim, 10)
    await engine.aclose()


async def test_an_answer_that_comes_out_different_is_not_passed_on(processes: Processes) -> None:
    launch = processes.launch(answers=[{"middle": "a b c", "hold": str(processes.gate), "hold_after": 2}])
    engine = processes.shared(launch)
    stream = engine.fill(REQUEST)
    assert (await anext(stream)).text == "a"
    assert (await anext(stream)).text == " b"
    victim = processes.record(launch)
    launch.model_path.write_text(json.dumps([{"middle": "something else"}]))
    os.kill(victim.pid, signal.SIGKILL)
    with pytest.raises(errors.EngineDied, match="differs"):
        await anext(stream)
    assert await text_of(engine, REQUEST) == "something else"
    await engine.aclose()


async def test_a_cancelled_request_is_cancelled_in_the_process(processes: Processes) -> None:
    launch = processes.launch(answers=[{"middle": "a", "hold": str(processes.gate)}])
    engine = processes.shared(launch)
    request = asyncio.create_task(text_of(engine, REQUEST))
    await until(processes.started)
    request.cancel()
    with pytest.raises(asyncio.CancelledError):
        await request
    await until(lambda: recorded(processes.directory / "script.requests")[-1].get("outcome") == "cancelled")
    await engine.aclose()


async def test_it_tells_of_loading_and_of_a_load_that_failed(processes: Processes) -> None:
    load = {"hold": str(processes.gate), "error": "ModelInvalid", "message": "The file is cut off."}
    engine = processes.shared(processes.launch(load=load))
    request = asyncio.create_task(text_of(engine, REQUEST))
    await until(lambda: engine.status.state is EngineState.LOADING)
    processes.gate.touch()
    with pytest.raises(errors.ModelInvalid, match="cut off"):
        await request
    await until(lambda: engine.status.state is EngineState.FAILED)
    assert engine.status.message == "The file is cut off."
    await engine.aclose()


async def test_a_process_that_cannot_start_is_not_tried_for_ever(processes: Processes) -> None:
    launch = attrs.evolve(processes.launch(), idle_minutes=-1.0)
    engine = processes.shared(launch, attrs.evolve(QUICK, failures=2))
    messages = []
    for _ in range(3):
        with pytest.raises(errors.EngineUnavailable) as caught:
            await text_of(engine, REQUEST)
        messages.append(str(caught.value))
    assert "could not start (status 2)" in messages[0]
    assert "--idle-minutes" in messages[0]
    assert "ended 2 times" in messages[2]
    assert engine.status.state is EngineState.FAILED
    await engine.aclose()


async def test_a_port_that_is_taken_is_said_so(processes: Processes) -> None:
    runner = web.AppRunner(web.Application())
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runner.addresses[0][1]
    launch = processes.launch()
    engine = processes.shared(attrs.evolve(launch, port=port))
    with pytest.raises(errors.EngineUnavailable, match=f"Port {port}"):
        await text_of(engine, REQUEST)
    await engine.aclose()

    # A record whose port someone else has got by now is stale, though a process has its number.
    other = processes.shared(launch)
    await other.info()
    record = processes.record(launch)
    processes.registry.write(launch.key, attrs.evolve(record, port=port))
    await other.aclose()
    os.kill(record.pid, signal.SIGTERM)
    fresh = processes.shared(launch)
    assert await text_of(fresh, REQUEST) == "pass"
    assert processes.record(launch).port != port
    await fresh.aclose()
    await runner.cleanup()


@pytest.mark.parametrize("change", [{"pid": 2**22 - 1}, {"pid": os.getpid()}, {"created": 0.0}, {"token": "other"}])
async def test_a_stale_record_is_replaced(change: dict[str, Any], processes: Processes) -> None:
    launch = processes.launch()
    engine = processes.shared(launch)
    await engine.info()
    await engine.aclose()
    record = processes.record(launch)
    processes.registry.write(launch.key, attrs.evolve(record, **change))
    os.kill(record.pid, signal.SIGTERM)
    again = processes.shared(launch)
    assert await text_of(again, REQUEST) == "pass"
    assert processes.record(launch).pid not in {record.pid, os.getpid()}
    await again.aclose()


async def test_other_settings_than_the_running_processs_are_noted(processes: Processes) -> None:
    launch = processes.launch()
    other = attrs.evolve(launch, shown={**launch.shown, "gpuLayers": 3})
    first, second = processes.shared(launch), processes.shared(other)
    assert (await first.info()).notes == ()
    assert "other settings" in (await second.info()).notes[0]
    await first.aclose()
    await second.aclose()


@pytest.mark.parametrize("how", ["idle", "SIGTERM"])
async def test_it_ends_by_itself_and_cleans_up(how: str, processes: Processes) -> None:
    launch = attrs.evolve(processes.launch(), idle_minutes=0.005 if how == "idle" else 10)
    engine = processes.shared(launch)
    assert await text_of(engine, REQUEST) == "pass"
    record = processes.registry.read(launch.key)
    assert record is not None
    if how == "SIGTERM":
        os.kill(record.pid, signal.SIGTERM)
    assert await wait_for_end(record, 15)
    assert processes.registry.read(launch.key) is None
    # Whoever has been attached starts another one and does not notice.
    assert await text_of(engine, REQUEST) == "pass"
    await engine.aclose()


async def test_a_request_keeps_it_from_being_idle(processes: Processes) -> None:
    launch = processes.launch(answers=[{"middle": "a", "hold": str(processes.gate)}])
    engine = processes.shared(attrs.evolve(launch, idle_minutes=0.002))
    request = asyncio.create_task(text_of(engine, REQUEST))
    await until(processes.started)
    record = processes.record(launch)
    assert not await wait_for_end(record, 0.5)
    processes.gate.touch()
    assert await request == "a"
    assert await wait_for_end(record, 15)
    await engine.aclose()
