"""`workspace/configuration`, `didChangeConfiguration`, `didChangeWatchedFiles` and initialization options."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types

from support.editor import Editor, capabilities, editing, until

OFF = {"completion": {"enabled": False}}


@pytest.mark.parametrize("options", [OFF, {"mendline": OFF}, {"completion.enabled": False}])
async def test_initialization_options(tmp_path: Path, options: Any) -> None:
    async with editing(tmp_path, options=options, can=capabilities(configuration=False)) as editor:
        await editor.status("off")
        await until(lambda: editor.statuses[-1]["message"] == "Suggestions are switched off")


async def test_the_editor_is_asked_and_asked_again_after_a_change(tmp_path: Path) -> None:
    async with editing(tmp_path, settings=OFF) as editor:
        uri = editor.open("a.py", "return")
        await until(lambda: editor.statuses)
        assert await editor.inline(uri, 0, 6) == []
        editor.client.set_configuration({"completion": {"enabled": True, "debounceMs": 0}}, section="mendline")
        editor.client.workspace_did_change_configuration(types.DidChangeConfigurationParams(None))
        await editor.status("ready")
        assert await editor.inline(uri, 0, 6)


async def test_settings_that_are_sent_along_count_for_editors_that_cannot_be_asked(tmp_path: Path) -> None:
    async with editing(tmp_path, can=capabilities(configuration=False)) as editor:
        editor.client.workspace_did_change_configuration(types.DidChangeConfigurationParams({"mendline": OFF}))
        await until(lambda: any(each["message"] == "Suggestions are switched off" for each in editor.statuses))


async def test_mistakes_are_shown_once_and_the_rest_counts(tmp_path: Path) -> None:
    wrong = {"completion": {"maxTokens": "many", "enabled": False}, "compeltion": {"enabled": True}}
    async with editing(tmp_path, settings=wrong) as editor:
        await editor.status("off")
        await until(lambda: len(editor.client.messages) == 2)
        shown = " ".join(message.message for message in editor.client.messages)
        assert "completion.maxTokens" in shown
        assert "compeltion.enabled" in shown
        editor.client.workspace_did_change_configuration(types.DidChangeConfigurationParams(None))
        await editor.ask("mendline/status")
        editor.client.set_configuration({"trace": 7}, section="mendline")
        editor.client.workspace_did_change_configuration(types.DidChangeConfigurationParams(None))
        await until(lambda: len(editor.client.messages) == 3)


async def test_the_workspaces_file_is_read_and_watched(tmp_path: Path) -> None:
    file = tmp_path / ".mendline.toml"
    file.write_text("completion.enabled = false\n")
    async with editing(tmp_path, options={}) as editor:
        await until(lambda: editor.registrations)
        (registration,) = editor.registrations
        assert registration.method == "workspace/didChangeWatchedFiles"
        watchers = registration.register_options["watchers"]
        assert "**/.mendline.toml" in [watcher["globPattern"] for watcher in watchers]
        assert {"baseUri": (tmp_path / "user").as_uri(), "pattern": "config.toml"} in [
            watcher["globPattern"] for watcher in watchers
        ]
        assert editor.statuses[-1]["message"] == "Suggestions are switched off"
        file.write_text("completion.enabled = true\n")
        _changed(editor, file)
        await until(lambda: editor.statuses[-1]["message"] != "Suggestions are switched off")
        file.write_text("completion.enabled = [[[\n")
        _changed(editor, file)
        await until(lambda: any(str(file) in message.message for message in editor.client.messages))
        file.write_bytes(b"completion.enabled = '\xff'")
        _changed(editor, file)
        await until(lambda: len(editor.client.messages) == 2)


def _changed(editor: Editor, file: Path) -> None:
    event = types.FileEvent(file.as_uri(), types.FileChangeType.Changed)
    editor.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([event]))
