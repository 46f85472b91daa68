"""What runs on this machine, for `mendline engine` and `mendline doctor`."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import Any

from attrs import frozen

from mendline.engine.client import HttpEngine
from mendline.engine.errors import EngineError, EngineUnavailable
from mendline.engine.host.contact import ask_health, ask_to_stop, is_alive, kill, memory_bytes, wait_for_end
from mendline.engine.host.registry import HostRecord, Registry
from mendline.engine.protocol import EngineInfo
from mendline.engine.status import EngineState

log = logging.getLogger("mendline.engine")

ANSWER_SECONDS = 3.0
STOP_SECONDS = 10.0


@frozen
class Running:
    """A process that runs.

    Attributes:
        state: a value of `EngineState`, or "silent" when the process does not answer.
        message: why the model could not be loaded; empty otherwise.
        info: what the engine tells of itself; None until the model is loaded.
        memory_bytes: resident memory; None when it cannot be told.
        served: requests answered so far.
    """

    record: HostRecord
    state: str
    message: str
    info: EngineInfo | None
    memory_bytes: int | None
    uptime_seconds: float
    idle_seconds: float
    served: int


async def inspect_all(registry: Registry) -> tuple[Running, ...]:
    """Look at every process that has a record and is alive; nothing is started, loaded or kept from being idle."""
    records = [registry.read(key) for key in registry.keys()]  # noqa: SIM118 - not a mapping
    return tuple([await _inspect(record) for record in records if record is not None and is_alive(record)])


async def stop_all(registry: Registry, key: str | None = None) -> tuple[HostRecord, ...]:
    """Stop the process under `key`, or all; return the records of those that ran.

    Raises:
        EngineUnavailable: one cannot be ended.
    """
    stopped: list[HostRecord] = []
    for each in [key] if key is not None else registry.keys():
        record = registry.read(each)
        if record is None:
            continue
        if is_alive(record):
            await _stop(record)
            stopped.append(record)
        registry.remove(each, record)
    return tuple(stopped)


async def _stop(record: HostRecord) -> None:
    try:
        await ask_to_stop(record, ANSWER_SECONDS)
    except TimeoutError:
        await kill(record)
    except EngineUnavailable:
        log.debug("process %d listens no more, so it is about to end", record.pid)
    if not await wait_for_end(record, STOP_SECONDS):
        await kill(record)


async def _inspect(record: HostRecord) -> Running:
    health: dict[str, Any] = {"state": "silent"}
    with contextlib.suppress(TimeoutError, EngineUnavailable):
        health = await ask_health(record, ANSWER_SECONDS)
    error = health.get("error")
    loaded = health["state"] in {EngineState.READY.value, EngineState.BUSY.value}
    return Running(
        record=record,
        state=str(health["state"]),
        message=str(error.get("message", "")) if isinstance(error, dict) else "",
        info=await _info(record) if loaded else None,
        memory_bytes=memory_bytes(record),
        uptime_seconds=float(health.get("uptime_seconds", 0.0)),
        idle_seconds=float(health.get("idle_seconds", 0.0)),
        served=int(health.get("served", 0)),
    )


async def _info(record: HostRecord) -> EngineInfo | None:
    engine = HttpEngine(record.url, record.token, own=True)
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            return await engine.info()
    except (EngineError, TimeoutError):
        return None
    finally:
        await engine.aclose()
