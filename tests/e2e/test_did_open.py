"""`textDocument/didOpen`: the text counts from then on, and the model is loaded for what will be asked."""

from __future__ import annotations

from pathlib import Path

from support.editor import Editor, editing, until


async def test_the_text_is_the_editors_and_not_the_disks(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("something else entirely")
    async with editing(tmp_path, [{"prefix_ends_with": "return", "middle": " 1"}]) as editor:
        (item,) = await editor.inline(editor.open("a.py", "return"), 0, 6)
        assert item.insert_text == " 1"


async def test_the_model_is_loaded_before_anything_is_asked(tmp_path: Path) -> None:
    async with editing(tmp_path) as editor:
        await until(lambda: editor.statuses)
        assert (await editor.ask("mendline/status"))["state"] == "off"
        editor.open("a.py", "")
        await editor.status("ready")


async def test_the_language_is_what_the_editor_says(editor: Editor) -> None:
    # By its name it would be Python, in which this is no error.
    uri = editor.open("named.py", "x: = 1\n", language="typescript")
    report = await editor.diagnose(uri)
    assert getattr(report, "items", None)
    uri = editor.open("named-too.py", "x = 1\n")
    assert not getattr(await editor.diagnose(uri), "items", None)
