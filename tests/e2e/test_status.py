"""`mendline/status`, and the question that is asked in its place."""

from __future__ import annotations

from pathlib import Path

from support.editor import Editor, capabilities, editing, until

MISSING = {"prefix_ends_with": "return", "error": "ModelMissing", "message": "fetch it", "model": "no-such-model"}


async def test_it_can_be_asked_for(editor: Editor) -> None:
    editor.open("warm.py", "")
    await editor.status("ready")
    status = await editor.ask("mendline/status")
    assert status == {
        "state": "ready",
        "kind": "Normal",
        "busy": False,
        "message": "Ready",
        "model": "fake",
        "percent": None,
        "command": None,
        "index": [],
    }


async def test_it_says_busy_when_a_suggestion_takes_long(tmp_path: Path) -> None:
    hold = tmp_path / "go"
    async with editing(tmp_path, [{"prefix_ends_with": "return", "middle": " 1", "hold": str(hold)}]) as editor:
        asked = editor.inlining(editor.open("a.py", "return"), 0, 6)
        assert (await editor.status("busy"))["busy"] is True
        hold.touch()
        assert await asked
        await until(lambda: editor.statuses[-1]["state"] == "ready")


async def test_an_engine_error_is_a_status_with_a_way_out(tmp_path: Path) -> None:
    script = [{"prefix_ends_with": "return", "error": "EngineDied", "message": "it died"}]
    async with editing(tmp_path, script) as editor:
        assert await editor.inline(editor.open("sum.py", "return"), 0, 6) == []
        status = await editor.status("failed")
        assert "it died" in status["message"]
        assert status["command"] == {
            "title": "Restart the engine",
            "command": "mendline.restartEngine",
            "arguments": [],
        }
        await editor.run("mendline.restartEngine")
        await until(lambda: editor.statuses[-1]["state"] == "ready")


async def test_a_missing_model_is_a_status_with_a_command_and_no_question(tmp_path: Path) -> None:
    async with editing(tmp_path, [MISSING]) as editor:
        assert await editor.inline(editor.open("a.py", "return"), 0, 6) == []
        status = await editor.status("missing-model")
        assert (status["kind"], status["model"]) == ("Warning", "no-such-model")
        assert status["command"]["command"] == "mendline.downloadModel"
        assert status["command"]["arguments"] == ["no-such-model"]
        assert editor.asked == []


async def test_an_editor_without_status_is_asked_once(tmp_path: Path) -> None:
    async with editing(tmp_path, [MISSING], can=capabilities(status=False), answer="Download") as editor:
        uri = editor.open("a.py", "return")
        for _ in range(3):
            assert await editor.inline(uri, 0, 6) == []
        await until(lambda: editor.client.messages)
        assert len(editor.asked) == 1
        # There is no such model: the download the user wanted ends with one line that says so.
        assert "no-such-model" in editor.client.messages[0].message
