"""`codeAction/resolve`: the fix that was looked for, with what speaks for it. Real syntax checks, compiler and ruff."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from support.editor import ACTIONS, Editor, capabilities, editing, raw_request, records, until, within
from support.fixes import SHAPES, SHAPES_MENDED, changed, span, undefined

_WRONG = undefined(SHAPES, "are")
_ODD = SHAPES.replace("are(inner)", "zzz(inner)")
_ODD_WRONG = undefined(_ODD, "zzz")
_MODELS_FIX = "    return area(outer) - area(inner)\n"


async def test_a_fix_that_needs_no_model_is_checked_and_says_so(editor: Editor) -> None:
    uri = editor.open("near.py", SHAPES)
    (action,) = await editor.actions(uri, _WRONG.range, [_WRONG])
    found = await editor.resolve(action)
    assert changed(SHAPES, found.edit) == SHAPES_MENDED
    assert found.title == "Fix: Undefined name `are` (parses, ruff and ty pass)"
    assert found.is_preferred
    assert found.tags is None
    (edited,) = found.edit.document_changes or ()  # type: ignore[union-attr]
    assert edited.text_document.version == 1  # type: ignore[union-attr]
    (edit,) = edited.edits  # type: ignore[union-attr]
    assert (edit.range, edit.new_text) == (span(8, 28, 8, 28), "a")  # type: ignore[union-attr]
    # From now on it is there when the lightbulb opens.
    (again,) = await editor.actions(uri, _WRONG.range, [_WRONG])
    assert (again.title, again.edit, again.is_preferred) == (found.title, found.edit, True)


async def test_places_count_in_the_editors_units_and_line_breaks_stay(editor: Editor) -> None:
    text = SHAPES.replace("return area(outer) - are(inner)", "return '🎉' and area(outer) - are(inner)")
    text = text.replace("\n", "\r\n")
    wrong = undefined(text, "are")
    line = text.split("\n")[wrong.range.start.line]
    assert line[wrong.range.start.character :].startswith("are(")
    wrong.range = span(wrong.range.start.line, wrong.range.start.character + 1, 8, wrong.range.end.character + 1)
    uri = editor.open("party.py", text)
    (action,) = await editor.actions(uri, wrong.range, [wrong])
    found = await editor.resolve(action)
    assert changed(text, found.edit) == text.replace("are(inner)", "area(inner)")


async def test_the_models_fix_is_checked_too_and_tagged(tmp_path: Path) -> None:
    async with editing(tmp_path, {"default": {"middle": _MODELS_FIX}}) as editor:
        uri = editor.open("odd.py", _ODD)
        (action,) = await editor.actions(uri, _ODD_WRONG.range, [_ODD_WRONG])
        found = await editor.resolve(action)
        assert changed(_ODD, found.edit) == SHAPES_MENDED
        assert list(found.tags or ()) == [types.CodeActionTag.LlmGenerated]
        assert found.is_preferred
        told = await editor.ask("mendline/explainFix", {"textDocument": {"uri": uri}})
        assert (told["title"], told["verified"], told["origin"]) == (found.title, True, "model")
        assert told["problem"] == {"message": "Undefined name `zzz`", "source": "Ruff", "code": "F821", "line": 8}
        ruff = next(each for each in told["before"] if each["check"] == "ruff")
        assert ruff["findings"] == ["Undefined name `zzz`"]
        assert not next(each for each in told["after"] if each["check"] == "ruff")["findings"]
        assert "+    return area(outer) - area(inner)\n" in told["diff"]
        assert told["attempts"][-1]["fate"] == "solved"
        assert "```diff" in told["markdown"]


async def test_nothing_found_is_an_action_without_an_edit_and_one_message(tmp_path: Path) -> None:
    async with editing(tmp_path, {"default": {"middle": "still_wrong(1)"}}) as editor:
        uri = editor.open("odd.py", _ODD)
        (action,) = await editor.actions(uri, _ODD_WRONG.range, [_ODD_WRONG])
        found = await editor.resolve(action)
        assert found.edit is None
        assert found.disabled is not None
        assert found.disabled.reason.startswith("No fix found: Undefined name `zzz`")
        await editor.resolve(action)
        assert [each.message for each in editor.client.messages] == [found.disabled.reason]
        told = await editor.ask("mendline/explainFix", {"textDocument": {"uri": uri}})
        assert (told["found"], told["diff"]) == (False, "")


async def test_a_model_that_is_not_there_is_told(tmp_path: Path) -> None:
    script = {"default": {"error": "ModelMissing", "message": "The model is not on this machine."}}
    async with editing(tmp_path, script) as editor:
        uri = editor.open("odd.py", _ODD)
        (action,) = await editor.actions(uri, _ODD_WRONG.range, [_ODD_WRONG])
        found = await editor.resolve(action)
        assert found.disabled is not None
        assert "The model is not on this machine" in found.disabled.reason


async def test_a_document_that_changed_is_refused(editor: Editor) -> None:
    uri = editor.open("stale.py", SHAPES)
    (action,) = await editor.actions(uri, _WRONG.range, [_WRONG])
    editor.change(uri, 2, ((0, 0), (0, 0), "\n"))
    with pytest.raises(JsonRpcException, match="stale") as raised:
        await editor.resolve(action)
    assert raised.value.code == types.LSPErrorCodes.ContentModified


async def test_a_document_that_changes_meanwhile_is_refused(tmp_path: Path) -> None:
    gate, record = tmp_path / "gate", tmp_path / "record"
    script = {"default": {"middle": _MODELS_FIX, "hold": str(gate)}, "record": str(record)}
    async with editing(tmp_path, script) as editor:
        uri = editor.open("odd.py", _ODD)
        (action,) = await editor.actions(uri, _ODD_WRONG.range, [_ODD_WRONG])
        resolving = asyncio.ensure_future(editor.resolve(action))
        await until(lambda: records(record))
        editor.change(uri, 2, ((0, 0), (0, 0), "\n"))
        gate.touch()
        with pytest.raises(JsonRpcException, match="stale"):
            await resolving


@pytest.mark.parametrize("by", ["request", "bar"])
async def test_it_can_be_stopped(tmp_path: Path, by: str) -> None:
    record = tmp_path / "record"
    script = {"default": {"hold": str(tmp_path / "never")}, "record": str(record)}
    async with editing(tmp_path, script) as editor:
        uri = editor.open("odd.py", _ODD)
        (action,) = await editor.actions(uri, _ODD_WRONG.range, [_ODD_WRONG])
        sent = editor.client.protocol.send_request("codeAction/resolve", action, msg_id="the-one")
        await until(lambda: records(record))
        ((token, bar),) = (await until(lambda: editor.client.progress_reports)).items()
        await until(lambda: bar)
        assert bar[0].cancellable
        if by == "request":
            editor.client.cancel_request(types.CancelParams("the-one"))
        else:
            params = types.WorkDoneProgressCancelParams(token)
            editor.client.window_work_done_progress_cancel(params)
        with pytest.raises(JsonRpcException) as raised:
            await within(asyncio.wrap_future(sent))
        assert raised.value.code == types.LSPErrorCodes.RequestCancelled
        await until(lambda: records(record)[-1].get("outcome") == "cancelled")
        await until(lambda: isinstance(bar[-1], types.WorkDoneProgressEnd))


async def test_unsaved_text_of_other_files_counts_and_the_disk_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "shapes.py").write_text(SHAPES)
    async with editing(tmp_path) as editor:
        uri = editor.open("shapes.py", SHAPES)
        (action,) = await editor.actions(uri, _WRONG.range, [_WRONG])
        assert (await editor.resolve(action)).edit
        assert (tmp_path / "shapes.py").read_text() == SHAPES


async def test_all_of_a_file(tmp_path: Path) -> None:
    text = SHAPES.replace("math.pi", "mth.pi").replace("import math\n", "import math\nimport os\n")
    async with editing(tmp_path, {"default": {"middle": "nonsense("}}) as editor:
        uri = editor.open("all.py", text)
        (action,) = await editor.actions(uri, span(0, 0, 0, 0), only=["source.fixAll"])
        found = await editor.resolve(action)
        assert changed(text, found.edit) == SHAPES_MENDED
        assert [each.message for each in editor.client.messages] == [
            "Mendline fixed 3 of 3 problems in all.py, all checked."
        ]


async def test_all_of_a_file_that_has_none(editor: Editor) -> None:
    uri = editor.open("fine.py", SHAPES_MENDED)
    (action,) = await editor.actions(uri, span(0, 0, 0, 0), only=["source.fixAll.mendline"])
    found = await editor.resolve(action)
    assert found.edit is None


async def test_editors_without_resolution_have_the_edit_applied(tmp_path: Path) -> None:
    literals = types.CodeActionClientCapabilities(code_action_literal_support=ACTIONS.code_action_literal_support)
    async with editing(tmp_path, can=capabilities(actions=literals, versioned=False)) as editor:
        applied: list[types.ApplyWorkspaceEditParams] = []

        def apply(params: types.ApplyWorkspaceEditParams) -> types.ApplyWorkspaceEditResult:
            applied.append(params)
            return types.ApplyWorkspaceEditResult(applied=True)

        editor.client.feature(types.WORKSPACE_APPLY_EDIT)(apply)
        uri = editor.open("a.py", SHAPES)
        command = (await editor.plain_actions(uri, [_WRONG]))[0]["command"]
        result = await editor.run(command["command"], *command["arguments"])
        assert result == {
            "ok": True,
            "title": "Fix: Undefined name `are` (parses, ruff and ty pass)",
            "verified": True,
            "message": "",
        }
        (params,) = applied
        assert params.edit.document_changes is None
        assert changed(SHAPES, params.edit) == SHAPES_MENDED


@pytest.mark.parametrize(
    "data", [{}, 3, "x", {"uri": 3}, {"uri": "file:///a", "version": "x"}, {"uri": "file:///a", "finding": {}}]
)
async def test_data_that_makes_no_sense_is_refused(editor: Editor, data: Any) -> None:
    with pytest.raises(JsonRpcException):
        await raw_request(editor, "codeAction/resolve", {"title": "x", "kind": "quickfix", "data": data})


async def test_an_action_that_came_with_its_edit_stays_as_it_is(editor: Editor) -> None:
    action = types.CodeAction("done", edit=types.WorkspaceEdit(changes={}))
    assert (await editor.resolve(action)).title == "done"
