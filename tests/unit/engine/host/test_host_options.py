"""The settings an engine process is started with: their way over the command line and back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mendline.cli import engine as engine_command
from mendline.engine.host.launch import Launch
from mendline.engine.host.options import flag, option_values
from mendline.engine.host.process import HostOptions
from mendline.engine.llama.options import LlamaOptions
from mendline.settings.loading import from_mapping, merge
from mendline.settings.model import EngineSettings

BY_HAND = {
    "gpuLayers": 3,
    "contextTokens": 4096,
    "threads": 2,
    "microBatch": 32,
    "flashAttention": "on",
    "kvType": "q8_0",
    "repack": "off",
    "speculation": "off",
    "splice": "off",
    "savedStateMb": 64,
}


def settings(values: dict[str, Any]) -> EngineSettings:
    loaded = merge(from_mapping({"engine": values}, "a test"))
    assert loaded.problems == ()
    return loaded.settings.engine


def test_every_option_is_covered() -> None:
    assert option_values(settings(BY_HAND)) == BY_HAND
    assert all(option_values(EngineSettings())[name] != value for name, value in BY_HAND.items())


@pytest.mark.parametrize(("name", "expected"), [("threads", "--threads"), ("savedStateMb", "--saved-state-mb")])
def test_options_on_the_command_line(name: str, expected: str) -> None:
    assert flag(name) == expected


@pytest.mark.parametrize("values", [{}, BY_HAND])
def test_a_process_gets_the_settings_it_is_started_with(
    values: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MENDLINE_STATE_DIR", str(tmp_path / "state"))
    script = tmp_path / "script.json"
    script.write_text("{}")
    hosts: list[HostOptions] = []

    async def run_host(_factory: object, options: HostOptions, _registry: object) -> None:
        hosts.append(options)

    monkeypatch.setattr(engine_command, "run_host", run_host)
    launch = Launch.from_settings("fake", script, settings(values), fake=True)
    _, *arguments = launch.arguments()
    engine_command.command.main(arguments, standalone_mode=False)
    (host,) = hosts
    assert host.shown == launch.shown == option_values(settings(values))
    assert host.idle_minutes == launch.idle_minutes


def test_what_the_engine_is_told() -> None:
    folder = Path("state")
    assert LlamaOptions.from_settings(EngineSettings(), "tiny", folder) == LlamaOptions(
        model_name="tiny", state_folder=folder / "states", tuned_folder=folder / "tuned"
    )
    assert LlamaOptions.from_settings(settings(BY_HAND), "tiny", folder) == LlamaOptions(
        gpu_layers=3,
        context_tokens=4096,
        threads=2,
        micro_batch=32,
        flash_attention="on",
        kv_type="q8_0",
        repack="off",
        speculation="off",
        splice="off",
        saved_state_mb=64,
        state_folder=folder / "states",
        model_name="tiny",
        tuned_folder=folder / "tuned",
    )
