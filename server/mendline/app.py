"""The composition root: the only place that decides which engine, which store and which settings go together."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from mendline.engine.client import HttpEngine
from mendline.engine.errors import EngineError
from mendline.engine.fake import from_script
from mendline.engine.host.inspection import stop_all
from mendline.engine.host.launch import Launch
from mendline.engine.host.registry import Registry, key_for
from mendline.engine.local import LocalEngine
from mendline.engine.models import ModelStore
from mendline.engine.protocol import Engine
from mendline.engine.shared import SharedEngine
from mendline.lsp.services import Services
from mendline.settings.loading import Layer, Loaded, load
from mendline.settings.model import Settings
from mendline.workspace.index.keeper import IndexKeeper

FAKE_ENGINE = "MENDLINE_FAKE_ENGINE"
"""Tests set it to a script (`engine.fake`) that is played in this process instead of a model."""

FAKE_HOST = "MENDLINE_FAKE_HOST"
"""The same, played in the process that editors share."""


def load_settings(root: Path | None, *editor: Layer) -> Loaded:
    """Put the settings together: the user's file, the workspace's under `root`, the editor's."""
    return load(root, *editor)


def open_engine(settings: Settings) -> Engine:
    """Make the engine the settings ask for. It starts, or is connected to, when it is first used.

    Raises:
        EngineUnavailable: `engine.url` or `engine.apiKeyEnv` cannot be used as they are.
    """
    if script := os.environ.get(FAKE_ENGINE):
        return from_script(Path(script))
    if script := os.environ.get(FAKE_HOST):
        return SharedEngine(Launch.from_settings("fake", Path(script), settings.engine, fake=True))
    if settings.engine.url:
        return HttpEngine.from_settings(settings.engine, settings.model.completion)
    return LocalEngine(settings.model.completion, settings.engine, ModelStore.default())


async def stop_engine(settings: Settings) -> None:
    """End the process that runs the settings' model on this machine, if there is one.

    Raises:
        EngineError: the process can't be ended.
    """
    path = os.environ.get(FAKE_HOST)
    if settings.engine.url and not path:
        return
    try:
        model = Path(path) if path else await asyncio.to_thread(ModelStore.default().resolve, settings.model.completion)
    except EngineError:
        return  # without its file no process runs it
    await stop_all(Registry.open(), key_for(model))


def services() -> Services:
    """Put together what a language server needs."""
    return Services(
        engine=open_engine,
        models=ModelStore.default(),
        load_settings=load_settings,
        stop_engine=stop_engine,
        keep_index=IndexKeeper,
    )
