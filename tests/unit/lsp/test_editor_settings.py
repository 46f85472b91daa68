"""What the editor answers when it is asked for its settings, and what it means when it does not answer."""

from __future__ import annotations

from typing import Any

import pytest
from pygls.exceptions import JsonRpcInternalError

from mendline.settings.model import Settings
from support.in_process import InProcess, in_process

ABLE = {"workspace": {"configuration": True}, "textDocument": {"inlineCompletion": {}}}
INITIAL = {"engine": {"url": "http://initial/v1"}}
TOLD = {"completion": {"enabled": False}, "privacy": {"exclude": ["secret/"]}, "engine": {"url": "http://box/v1"}}
METHOD = "workspace/configuration"


async def settings_after(server: InProcess, answer: Any) -> Settings:
    """The settings when the editor was asked anew and has answered so."""
    server.answers[METHOD] = answer
    await server.server.session.pull_configuration()
    return server.server.session.settings


async def started() -> InProcess:
    server = await in_process(able=ABLE, options=INITIAL, answers={METHOD: [TOLD]})
    await server.until(lambda: server.server.session.settings.engine.url == "http://box/v1")
    return server


@pytest.mark.parametrize("answer", [JsonRpcInternalError("the editor is confused"), []])
async def test_without_an_answer_the_last_settings_stay(answer: Any) -> None:
    settings = await settings_after(await started(), answer)
    assert settings.privacy.exclude == ("secret/",)
    assert settings.engine.url == "http://box/v1"
    assert not settings.completion.enabled


async def test_null_says_that_nothing_is_set_and_leaves_the_initial_options() -> None:
    settings = await settings_after(await started(), [None])
    assert settings.privacy.exclude == ()
    assert settings.engine.url == "http://initial/v1"
    assert settings.completion.enabled
