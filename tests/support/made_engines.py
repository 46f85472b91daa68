"""Engines without a model in the place of `LlamaEngine`, for commands that make their own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from mendline.engine.fake import Answer, FakeEngine
from mendline.engine.fake.engine import Request
from mendline.engine.protocol import EngineInfo
from support.tiny_models import gguf_bytes


class MadeEngines:
    """Stands for `LlamaEngine`: makes engines that answer by a script, and keeps them."""

    def __init__(
        self, answer: Callable[[Request], Answer | str | None] | str = "value", *, context_tokens: int = 0
    ) -> None:
        self.made: list[FakeEngine] = []
        self._answer = answer
        self._info = EngineInfo("fake", threads=2, context_tokens=context_tokens)

    def __call__(self, _path: Path, _options: Any) -> FakeEngine:
        answer = self._answer
        fixed = FakeEngine(default=answer, info=self._info) if isinstance(answer, str) else None
        self.made.append(fixed or FakeEngine(answer, info=self._info))  # type: ignore[arg-type]
        return self.made[-1]

    def install(self, monkeypatch: pytest.MonkeyPatch, module: ModuleType, folder: Path) -> None:
        """Take the place of a module's `LlamaEngine`, with settings and state in a folder of the test's own."""
        isolate(monkeypatch, folder)
        monkeypatch.setattr(module, "LlamaEngine", self)


def isolate(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Keep a command away from the user's settings and state, and its tables wide."""
    monkeypatch.setenv("MENDLINE_CONFIG", str(folder / "none.toml"))
    monkeypatch.setenv("MENDLINE_STATE_DIR", str(folder / "state"))
    monkeypatch.setenv("COLUMNS", "160")


def tiny_model(folder: Path) -> list[str]:
    """Write a file that looks like a model, and return the arguments that name it."""
    path = folder / "tiny.gguf"
    path.write_bytes(gguf_bytes())
    return ["--model", str(path)]
