"""How much memory the server and the engine hold after a while of use: real processes, a real model."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import Any

import psutil

from mendline.engine.host.inspection import inspect_all, stop_all
from mendline.engine.host.registry import Registry
from mendline.engine.models import ModelStore
from mendline.evaluation.stdio_client import StdioServer, inline_params, stdio_server

_MIB = 2**20


def run(model: str, suggestions: int = 100, context: int | None = None) -> dict[str, Any]:
    """Ask for suggestions, then measure resident memory in MiB.

    Args:
        model: catalogue id or path; loaded in a process of its own, which ends afterwards.
        suggestions: how many, each in a document of its own.
        context: the engine's context in tokens; None leaves it to the engine.

    Returns:
        `context`, `server_mib`, `engine_mib`, `model_file_mib`, and `answered`: how many requests got a suggestion.
    """
    with tempfile.TemporaryDirectory() as folder:
        registry = Registry.open(Path(folder) / "state")
        environment = {
            "MENDLINE_CONFIG": str(Path(folder) / "none.toml"),
            "MENDLINE_STATE_DIR": str(registry.directory),
        }
        options = {
            "model": {"completion": model},
            "completion": {"debounceMs": 0, "timeoutMs": 120_000},
            "engine": {"contextTokens": context or "auto"},
        }
        try:
            with stdio_server(environment, options) as server:
                answered = sum(_suggest(server, number) for number in range(suggestions))
                resident = psutil.Process(server.pid).memory_info().rss
                (engine,) = asyncio.run(inspect_all(registry))
        finally:
            asyncio.run(stop_all(registry))
    return {
        "model": model,
        "suggestions": suggestions,
        "context": engine.info.context_tokens if engine.info else None,
        "answered": answered,
        "server_mib": round(resident / _MIB),
        "engine_mib": round((engine.memory_bytes or 0) / _MIB),
        "model_file_mib": round(ModelStore.default().resolve(model).stat().st_size / _MIB),
    }


def _suggest(server: StdioServer, number: int) -> bool:
    uri = f"file:///bench/memory_{number}.py"
    before = [
        f"def times_{index}(value: int) -> int:\n    return value * {index}\n\n" for index in range(number % 7 + 3)
    ]
    text = "".join(before) + f"def plus_{number}(value: int) -> int:\n    return "
    server.open(uri, text + "\n")
    line = text.count("\n")
    _, answer = server.timed("textDocument/inlineCompletion", inline_params(uri, line, len("    return ")))
    return bool(answer["items"])
