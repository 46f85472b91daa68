"""The real models that tests load: where they are, and one engine of each for a test module."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import platformdirs

from mendline.engine.protocol import Chunk

SMALL = ("smollm2-135m-instruct", "SmolLM2-135M-Instruct.Q4_1.gguf")
DEFAULT = ("qwen2.5-coder-1.5b-instruct", "qwen2.5-coder-1.5b-instruct-q4_k_m.gguf")


def model_path(model: tuple[str, str]) -> Path:
    """Return where `mendline models pull` puts a model. `make test` has pulled it; a missing one fails the test."""
    chosen = os.environ.get("MENDLINE_MODELS_DIR")
    folder = Path(chosen) if chosen else Path(platformdirs.user_cache_dir("mendline")) / "models"
    path = folder.joinpath(*model)
    assert path.is_file(), f"{path} is missing: run `mendline models pull {model[0]}`"
    return path


async def collected(stream: AsyncIterator[Chunk]) -> tuple[str, Chunk]:
    """Read a stream to its end; return its text and its last chunk."""
    text = ""
    last = Chunk()
    async for chunk in stream:
        text += chunk.text
        last = chunk
    assert last.finish is not None
    return text, last
