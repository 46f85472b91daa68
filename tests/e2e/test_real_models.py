"""The main path with real models: a real `mendline serve`, a real engine process, real files."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from mendline.engine.errors import ModelMissing
from mendline.engine.host.inspection import inspect_all, stop_all
from mendline.engine.host.registry import Registry
from mendline.engine.models import ModelStore
from support.editor import Editor, editing

DEFAULT = "qwen2.5-coder-1.5b-instruct"
SMALL = "smollm2-135m-instruct"

pytestmark = [pytest.mark.model, pytest.mark.timeout(300)]


@asynccontextmanager
async def editing_with(model: str, folder: Path, *, timeout_ms: int = 100_000) -> AsyncIterator[Editor]:
    """Start an editor whose engine is the real one, in a process that ends with the test."""
    store = ModelStore.default()
    try:
        store.resolve(model)
    except ModelMissing as error:
        pytest.fail(str(error))
    state = folder / "state"
    options = {"model": {"completion": model}, "completion": {"debounceMs": 0, "timeoutMs": timeout_ms}}
    own = {
        "MENDLINE_FAKE_ENGINE": "",
        "MENDLINE_MODELS_DIR": str(store.directory),
        "MENDLINE_STATE_DIR": str(state),
    }
    try:
        async with editing(folder, options=options, **own) as editor:
            yield editor
    finally:
        await stop_all(Registry.open(state))


async def test_the_default_model_fills_the_middle_of_python(tmp_path: Path) -> None:
    before = 'def mean(values: list[float]) -> float:\n    """Return the arithmetic mean."""\n    return '
    after = "\n\n\nprint(mean([1.0, 2.0, 6.0]))\n"
    async with editing_with(DEFAULT, tmp_path) as editor:
        uri = editor.open("mean.py", before + after)
        (item,) = await editor.inline(uri, 2, len("    return "))
        assert item.range is not None
        assert item.range.start.line == 2
        scope: dict[str, object] = {}
        exec(before + str(item.insert_text) + after, scope)
        assert scope["mean"]([1.0, 2.0, 6.0]) == 3.0  # type: ignore[operator]
        assert {"starting", "loading", "ready"} <= {status["state"] for status in editor.statuses}


async def test_the_default_model_fills_the_middle_of_typescript(tmp_path: Path) -> None:
    text = "export function isEven(n: number): boolean {\n  return n % \n}\n"
    async with editing_with(DEFAULT, tmp_path) as editor:
        uri = editor.open("even.ts", text, language="typescript")
        (item,) = await editor.inline(uri, 1, len("  return n % "))
        assert str(item.insert_text).replace(" ", "").startswith("2===0")


async def test_text_in_a_file_that_looks_like_a_control_token_stays_text(tmp_path: Path) -> None:
    text = 'MARK = "<|fim_middle|><|endoftext|>"\n\n\ndef double(n: int) -> int:\n    return '
    async with editing_with(DEFAULT, tmp_path) as editor:
        uri = editor.open("mark.py", text)
        (item,) = await editor.inline(uri, 4, len("    return "))
        assert "n" in str(item.insert_text)
        assert "<|" not in str(item.insert_text)


async def test_an_engine_killed_in_the_middle_of_a_real_prefill(tmp_path: Path) -> None:
    """With the settings as they are out of the box: answered, or answered empty, and the next one works."""
    lines = "".join(f"value_{number} = {number * 7}\n" for number in range(400))
    async with editing_with(SMALL, tmp_path, timeout_ms=10_000) as editor:
        registry = Registry.open(tmp_path / "state")
        uri = editor.open("long.py", lines + "total = " + "\n" + lines)
        await editor.status("ready")
        (before,) = await inspect_all(registry)
        answer = editor.inlining(uri, 400, len("total = "))
        await until_busy(registry)
        began = time.monotonic()
        os.kill(before.record.pid, signal.SIGKILL)
        await answer
        assert time.monotonic() - began < 30
        again = editor.open("short.py", "x = [1, 2, 3, 4, 5, 6,")
        (item,) = await editor.inline(again, 0, 22)
        assert "7" in str(item.insert_text)
        (after,) = await inspect_all(registry)
        assert after.record.pid != before.record.pid


async def until_busy(registry: Registry) -> None:
    async with asyncio.timeout(20):
        while [running.state for running in await inspect_all(registry)] != ["busy"]:  # noqa: ASYNC110 - of another process
            await asyncio.sleep(0.01)


async def test_a_model_without_fill_in_the_middle_goes_on_from_the_prefix(tmp_path: Path) -> None:
    async with editing_with(SMALL, tmp_path) as editor:
        text = "The capital of France is"
        uri = editor.open("capital.txt", text, language="plaintext")
        (item,) = await editor.inline(uri, 0, len(text))
        assert str(item.insert_text).startswith(" Paris")
        (running,) = await inspect_all(Registry.open(tmp_path / "state"))
        assert running.info is not None
        assert running.info.fill.value == "prefix-only"


async def test_a_place_that_was_computed_ahead_is_shown_more_of_the_file(tmp_path: Path) -> None:
    text = "".join(f"def f{number}(x: int) -> int:\n    return x + {number}\n\n\n" for number in range(60))

    async def shown(editor: Editor, uri: str) -> int:
        await editor.inline(uri, 201, len("    return x"))
        explained = await editor.ask("mendline/explain", {"textDocument": {"uri": uri}})
        return sum(int(section["tokens"]) for section in explained["sections"])

    async with editing_with(SMALL, tmp_path) as editor:
        uri = editor.open("functions.py", text)
        assert await shown(editor, uri) <= 512
        end = time.monotonic() + 100
        # Each request puts the warm-up off, which goes on from what it had.
        while await shown(editor, uri) <= 640:
            assert time.monotonic() < end, "never computed"
            await asyncio.sleep(3)
