"""Servers and the engine process they share: started once, killed in mid-request, its port taken by a stranger."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import attrs
import pytest
import pytest_asyncio

from mendline.engine.host.inspection import inspect_all, stop_all
from mendline.engine.host.registry import HostRecord, Registry, key_for
from support.editor import editing, records, until

RETURN = {"prefix_ends_with": "return", "middle": " a + b"}
TEXT = "def add(a, b):\n    return"


@pytest_asyncio.fixture
async def registry(tmp_path: Path) -> AsyncIterator[Registry]:
    opened = Registry.open(tmp_path / "state")
    yield opened
    await stop_all(opened)


def shared(folder: Path, *answers: dict[str, Any]) -> dict[str, str]:
    """Return the environment of a server whose engine process plays a script."""
    script = folder / "host.json"
    script.write_text(json.dumps({"answers": answers, "record": str(folder / "record")}))
    return {
        "MENDLINE_FAKE_ENGINE": "",
        "MENDLINE_FAKE_HOST": str(script),
        "MENDLINE_STATE_DIR": str(folder / "state"),
    }


async def the_engine(registry: Registry) -> HostRecord:
    (running,) = await inspect_all(registry)
    return running.record


async def test_two_servers_started_at_once_share_one_engine(tmp_path: Path, registry: Registry) -> None:
    environment = shared(tmp_path, RETURN)

    async def suggestion(name: str) -> str:
        folder = tmp_path / name
        folder.mkdir()
        async with editing(folder, **environment) as editor:
            (item,) = await editor.inline(editor.open("a.py", TEXT), 1, 10)
            return str(item.insert_text)

    assert await asyncio.gather(suggestion("one"), suggestion("two")) == [" a + b", " a + b"]
    assert len({record["pid"] for record in records(tmp_path / "record")}) == 1
    await the_engine(registry)


@pytest.mark.parametrize("after", [0, 2], ids=["in prefill", "in mid-answer"])
async def test_an_engine_killed_in_mid_request_is_replaced(tmp_path: Path, registry: Registry, after: int) -> None:
    gate = tmp_path / "gate"
    environment = shared(tmp_path, {**RETURN, "hold": str(gate), "hold_after": after})
    async with editing(tmp_path, **environment) as editor:
        uri = editor.open("a.py", TEXT)
        answer = editor.inlining(uri, 1, 10)
        await until(lambda: records(tmp_path / "record"))
        first = await the_engine(registry)
        began = time.monotonic()
        os.kill(first.pid, signal.SIGKILL)
        gate.touch()
        items = await answer
        assert time.monotonic() - began < 30
        assert [item.insert_text for item in items] == [" a + b"]
        (item,) = await editor.inline(uri, 1, 10)
        assert item.insert_text == " a + b"
        assert (await the_engine(registry)).pid != first.pid


async def test_an_engine_killed_between_requests_is_replaced(tmp_path: Path, registry: Registry) -> None:
    async with editing(tmp_path, **shared(tmp_path, RETURN)) as editor:
        uri = editor.open("a.py", TEXT)
        await editor.inline(uri, 1, 10)
        os.kill((await the_engine(registry)).pid, signal.SIGKILL)
        (item,) = await editor.inline(uri, 1, 10)
        assert item.insert_text == " a + b"


async def test_restarting_the_engine_replaces_its_process(tmp_path: Path, registry: Registry) -> None:
    async with editing(tmp_path, **shared(tmp_path, RETURN)) as editor:
        uri = editor.open("a.py", TEXT)
        await editor.inline(uri, 1, 10)
        first = await the_engine(registry)
        await editor.run("mendline.restartEngine")
        (item,) = await editor.inline(uri, 1, 10)
        assert item.insert_text == " a + b"
        assert (await the_engine(registry)).pid != first.pid


async def test_a_stale_record_whose_port_a_stranger_has_taken_is_not_trusted(
    tmp_path: Path, registry: Registry
) -> None:
    """Whoever listens on the port of an engine that has ended is no engine of ours."""

    async def stranger(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1024)
        writer.write(b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n")
        writer.close()

    environment = shared(tmp_path, RETURN)
    async with editing(tmp_path, **environment) as editor:
        await editor.inline(editor.open("a.py", TEXT), 1, 10)
    record = await the_engine(registry)
    await stop_all(registry)
    listener = await asyncio.start_server(stranger, "127.0.0.1", record.port)
    async with listener:
        (registry.directory / f"{registry_key(tmp_path)}.json").write_text(stale(record))
        async with editing(tmp_path, **environment) as editor:
            (item,) = await editor.inline(editor.open("a.py", TEXT), 1, 10)
            assert item.insert_text == " a + b"
        assert (await the_engine(registry)).port != record.port


def registry_key(folder: Path) -> str:

    return key_for(folder / "host.json")


def stale(record: HostRecord) -> str:
    """Write the record of an engine that has ended, as if a process of the same number lived."""

    return json.dumps(attrs.asdict(attrs.evolve(record, pid=os.getpid())))
