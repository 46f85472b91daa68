"""How long the engine stays busy after an editor's `$/cancelRequest` in the middle of a prefill: the whole path.

A real `mendline serve` is told to use a real engine process as its server (`engine.url`), which gives it a window of
about 2,000 tokens. A request is cancelled while its prompt is computed; at once a tiny request in another document
follows. What that one takes longer than the same kind of request takes on an idle engine is how long the engine was
still busy.
"""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mendline.engine.host.contact import ask_health
from mendline.engine.host.inspection import stop_all
from mendline.engine.host.launch import Launch
from mendline.engine.host.registry import HostRecord, Registry
from mendline.engine.models import ModelStore
from mendline.engine.shared import SharedEngine
from mendline.engine.status import EngineState
from mendline.evaluation.figures import in_milliseconds
from mendline.evaluation.stdio_client import StdioServer, inline_params, stdio_server
from mendline.settings.model import EngineSettings

TOKEN = "MENDLINE_BENCH_TOKEN"  # noqa: S105 - a variable's name
_HEALTH_SECONDS = 5.0
_LINES = 700
_POLL_SECONDS = 0.005
_BUSY_SECONDS = 30.0


def run(model: str, repeats: int = 20) -> dict[str, Any]:
    """Measure and return milliseconds.

    Args:
        model: catalogue id or path; loaded in a process of its own, which ends afterwards.
        repeats: how many requests are cancelled, at moments spread over their prefill.

    Returns:
        `busy_after_cancel` and `idle_request`, each {p50, p95, max}; `prefill_ms`: what a request costs that is not
        cancelled.
    """
    with tempfile.TemporaryDirectory() as folder:
        registry = Registry.open(Path(folder) / "state")
        try:
            record = asyncio.run(_started(model, registry))
            config = Path(folder) / "config.toml"
            config.write_text(f'[engine]\nurl = "{record.url}"\napiKeyEnv = "{TOKEN}"\n', encoding="utf-8")
            environment = {"MENDLINE_CONFIG": str(config), "MENDLINE_STATE_DIR": folder, TOKEN: record.token}
            options = {"completion": {"debounceMs": 0, "maxTokens": 1, "timeoutMs": 120_000}}
            with stdio_server(environment, options) as server:
                return {"model": model, "repeats": repeats, **_measure(server, record, repeats)}
        finally:
            asyncio.run(stop_all(registry))


async def _started(model: str, registry: Registry) -> HostRecord:
    launch = Launch.from_settings(model, ModelStore.default().resolve(model), EngineSettings())
    engine = SharedEngine(launch, registry_directory=registry.directory)
    try:
        await engine.info()
    finally:
        await engine.aclose()
    record = registry.read(launch.key)
    if record is None:
        raise RuntimeError("the engine's process left no record")
    return record


def _measure(server: StdioServer, record: HostRecord, repeats: int) -> Mapping[str, Any]:
    prefill, _ = server.timed("textDocument/inlineCompletion", _long(server, "whole"))
    idle = [_tiny(server, f"idle{number}") for number in range(repeats)]
    base = statistics.median(idle)
    busy: list[float] = []
    for number in range(repeats):
        served = _served(record)
        request = server.request("textDocument/inlineCompletion", _long(server, f"cut{number}"))
        _wait_until_busy(record, served)
        time.sleep(prefill * 0.7 * number / repeats)
        server.notify("$/cancelRequest", {"id": request})
        # The cancelled request's own answer is passed over on the way to this one.
        busy.append(max(0.0, _tiny(server, f"after{number}") - base))
    return {
        "busy_after_cancel": in_milliseconds(busy),
        "idle_request": in_milliseconds(idle),
        "prefill_ms": round(1000 * prefill),
    }


def _long(server: StdioServer, name: str) -> dict[str, Any]:
    """Open a document that no other prompt shares anything with; return a request in its middle."""
    uri = f"file:///bench/{name}.py"
    lines = [f"{name}_{number} = {number * 7}" for number in range(_LINES)]
    server.open(uri, "\n".join([*lines, f"{name} = ", *lines]) + "\n")
    return inline_params(uri, _LINES, len(name) + 3)


def _tiny(server: StdioServer, name: str) -> float:
    uri = f"file:///bench/{name}_tiny.py"
    server.open(uri, f"{name} = ")
    took, _ = server.timed("textDocument/inlineCompletion", inline_params(uri, 0, len(name) + 3))
    return took


def _served(record: HostRecord) -> int:
    return int(asyncio.run(ask_health(record, _HEALTH_SECONDS))["served"])


def _wait_until_busy(record: HostRecord, served: int) -> None:
    """Wait until the engine is at work on a request.

    Raises:
        RuntimeError: the request came to its end unseen, or never reached the engine.
    """
    end = time.monotonic() + _BUSY_SECONDS
    while time.monotonic() < end:
        health = asyncio.run(ask_health(record, _HEALTH_SECONDS))
        if health["state"] == EngineState.BUSY.value:
            return
        if int(health["served"]) > served:
            raise RuntimeError("the prefill is over before it can be cancelled: take a larger model")
        time.sleep(_POLL_SECONDS)
    raise RuntimeError("the request did not reach the engine")
