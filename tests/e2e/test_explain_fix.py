"""`mendline/explainFix`: why a fix is what it is, or why there is none."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from support.editor import Editor, editing, raw_request
from support.fixes import SHAPES, SHAPES_MENDED, span, undefined

_WRONG = undefined(SHAPES, "are")


async def test_it_tells_of_the_last_fix_and_forgets_with_the_document(editor: Editor) -> None:
    uri = editor.open("explained-fix.py", SHAPES)
    asked = {"textDocument": {"uri": uri}}
    assert await editor.ask("mendline/explainFix", asked) is None
    (action,) = await editor.actions(uri, _WRONG.range, [_WRONG])
    assert await editor.ask("mendline/explainFix", asked) is None
    await editor.resolve(action)
    told = await editor.ask("mendline/explainFix", asked)
    assert (told["uri"], told["version"], told["found"], told["verified"]) == (uri, 1, True, True)
    assert (told["origin"], told["rounds"], told["tokens"], told["trouble"]) == ("similar name", 1, 0, "")
    assert [each["check"] for each in told["after"]][:3] == ["syntax", "compile", "ruff"]
    assert told["markdown"].startswith(f"**{told['title']}**")
    editor.client.text_document_did_close(types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(uri)))
    assert await editor.ask("mendline/explainFix", asked) is None


async def test_after_all_of_a_file_it_tells_of_the_last_problem(tmp_path: Path) -> None:
    text = SHAPES_MENDED.replace("math.pi", "mth.pi").replace("area(inner)", "are(inner)")
    async with editing(tmp_path) as editor:
        uri = editor.open("all.py", text)
        (action,) = await editor.actions(uri, span(0, 0, 0, 0), only=["source.fixAll"])
        await editor.resolve(action)
        told = await editor.ask("mendline/explainFix", {"textDocument": {"uri": uri}})
        assert told["problem"]["message"] == "Undefined name `are`"


@pytest.mark.parametrize("params", [None, {}, [], {"textDocument": 3}, {"textDocument": {"uri": 3}}])
async def test_wrong_parameters_are_refused(editor: Editor, params: object) -> None:
    with pytest.raises(JsonRpcException, match="textDocument"):
        await raw_request(editor, "mendline/explainFix", params)
