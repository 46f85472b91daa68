"""Files llama.cpp cannot load must end as one line, and the process must live on."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from mendline.engine.errors import EngineError, ModelInvalid, ModelUnknown
from mendline.engine.llama import LlamaEngine, LlamaOptions
from mendline.engine.protocol import FillRequest, Sampling
from support.real_models import SMALL, collected, model_path


async def load_error(path: Path) -> EngineError:
    engine = LlamaEngine(path)
    try:
        with pytest.raises(EngineError) as raised:
            await engine.info()
        return raised.value
    finally:
        await engine.aclose()


@pytest.mark.parametrize("content", [b"", b"GGUF", b"<!DOCTYPE html>", b"GGUF" + b"\xff" * 4096, bytes(100)])
async def test_no_model_at_all(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.gguf"
    path.write_bytes(content)
    error = await load_error(path)
    assert isinstance(error, ModelInvalid)
    assert "broken.gguf" in str(error)
    assert "\n" not in str(error)


async def test_no_such_file(tmp_path: Path) -> None:
    assert isinstance(await load_error(tmp_path / "none.gguf"), ModelUnknown)


@pytest.mark.model
async def test_truncated(tmp_path: Path) -> None:
    path = tmp_path / "cut.gguf"
    shutil.copyfile(model_path(SMALL), path)
    with path.open("r+b") as file:
        file.truncate(60_000_000)
    assert isinstance(await load_error(path), ModelInvalid)


@pytest.mark.model
async def test_what_llama_cpp_refuses_is_quoted(tmp_path: Path) -> None:
    path = tmp_path / "odd.gguf"
    data = bytearray(model_path(SMALL).read_bytes())
    name = b"blk.3.attn_q.weight"
    at = data.index(name)
    data[at : at + len(name)] = b"blk.3.attn_?.weight"
    path.write_bytes(data)
    error = await load_error(path)
    assert isinstance(error, ModelInvalid)
    assert "blk.3.attn_q.weight" in str(error)


@pytest.mark.model
async def test_settings_without_effect_are_noted() -> None:
    engine = LlamaEngine(
        model_path(SMALL), LlamaOptions(gpu_layers=5, context_tokens=512, threads=1, model_name="tiny")
    )
    info = await engine.info()
    assert (info.model, info.context_tokens, info.threads) == ("tiny", 512, 1)
    if not info.gpu_offload:
        assert any("engine.gpuLayers" in note for note in info.notes)
    _, last = await collected(engine.fill(FillRequest("x = ", sampling=Sampling(max_tokens=2))))
    assert last.usage is not None
    await engine.aclose()


@pytest.mark.model
async def test_the_next_request_tries_to_load_again(tmp_path: Path) -> None:
    path = tmp_path / "late.gguf"
    path.write_bytes(b"not yet")
    engine = LlamaEngine(path, LlamaOptions(context_tokens=512))
    with pytest.raises(ModelInvalid):
        await engine.info()
    path.unlink()
    path.symlink_to(model_path(SMALL))
    assert (await engine.info()).layers == 31
    await engine.aclose()
