"""The composition root: the only place that decides which engine, which store and which settings go together."""

from __future__ import annotations

import os
from pathlib import Path

from mendline.engine.client import HttpEngine
from mendline.engine.fake import from_script
from mendline.engine.host.launch import Launch
from mendline.engine.local import LocalEngine
from mendline.engine.models import ModelStore
from mendline.engine.protocol import Engine
from mendline.engine.shared import SharedEngine
from mendline.lsp.services import Services
from mendline.settings.loading import Layer, Loaded, load
from mendline.settings.model import Settings

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
        return HttpEngine.from_settings(settings.engine)
    return LocalEngine(settings.model.completion, settings.engine, ModelStore.default())


def services() -> Services:
    """Put together what a language server needs."""
    return Services(engine=open_engine, models=ModelStore.default(), load_settings=load_settings)
