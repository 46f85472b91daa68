"""The engine on this machine: its model is looked up when it is needed, and again when it was missing."""

from pathlib import Path

import pytest

from mendline.engine.errors import EngineError, ModelInvalid, ModelMissing, ModelUnknown
from mendline.engine.local import LocalEngine
from mendline.engine.models import ModelStore
from mendline.engine.protocol import FillRequest
from mendline.engine.status import EngineState, EngineStatus
from mendline.settings.model import EngineSettings

MODEL = "smollm2-135m-instruct"


def engine(folder: Path, model: str = MODEL) -> tuple[LocalEngine, list[EngineStatus]]:
    made = LocalEngine(model, EngineSettings(), ModelStore(folder / "models"))
    seen: list[EngineStatus] = []
    made.on_status(seen.append)
    return made, seen


@pytest.mark.parametrize(
    ("model", "error", "state"),
    [
        (MODEL, ModelMissing, EngineState.MISSING_MODEL),
        ("smollm2-135m", ModelUnknown, EngineState.FAILED),
        ("./no/such.gguf", ModelUnknown, EngineState.FAILED),
        ("broken.gguf", ModelInvalid, EngineState.FAILED),
    ],
)
async def test_what_is_wrong_with_the_model_is_the_requests_error_and_the_status(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, model: str, error: type[EngineError], state: EngineState
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "broken.gguf").write_bytes(b"GGUF" + b"\xff" * 100)
    made, seen = engine(tmp_path, model)
    with pytest.raises(error):
        await made.info()
    assert [status.state for status in seen] == [state]
    assert made.status.state is state
    assert made.status.message
    await made.aclose()


async def test_a_stream_of_a_missing_model_fails_too(tmp_path: Path) -> None:
    made, _ = engine(tmp_path)
    with pytest.raises(ModelMissing) as caught:
        async for _ in made.fill(FillRequest("x")):
            pass
    assert caught.value.model == MODEL


async def test_a_missing_model_is_looked_for_again(tmp_path: Path) -> None:
    made, seen = engine(tmp_path)
    for _ in range(2):
        with pytest.raises(ModelMissing):
            await made.info()
    file = tmp_path / "models" / MODEL / "SmolLM2-135M-Instruct.Q4_1.gguf"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"not the model")
    with pytest.raises(ModelInvalid):
        await made.info()
    states = [EngineState.MISSING_MODEL, EngineState.MISSING_MODEL, EngineState.FAILED]
    assert [status.state for status in seen] == states


async def test_listeners_can_leave(tmp_path: Path) -> None:
    made, _ = engine(tmp_path)
    seen: list[EngineStatus] = []
    leave = made.on_status(seen.append)
    leave()
    with pytest.raises(ModelMissing):
        await made.info()
    assert seen == []
