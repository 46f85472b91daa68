"""Nothing is sent that an editor hasn't said it takes, and each gets the best it can take."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types
from lsprotocol.converters import get_converter

from support.editor import server_environment
from support.editor_capabilities import CAPABILITIES
from support.exact_editor import ExactEditor
from support.raw_server import raw_server

BROKEN = "x = '🎉é𝒳'; y = (1 + 2\nz = 3\n"
SOUND = "def add(a, b):\n    t = '🎉𝒳'; return"
ANSWERS = [{"prefix_ends_with": "return", "middle": " a + b"}]


def lived(session: ExactEditor, folder: Path) -> tuple[str, str]:
    """A session: two documents, a suggestion, diagnostics, a fix. Returns both documents as they are afterwards."""
    session.begin(folder)
    sound, broken = ((folder / name).as_uri() for name in ("sound.py", "broken.py"))
    session.server.open(sound, SOUND)
    suggested = session.edited(SOUND, [_suggestion(session, sound)])
    session.server.open(broken, BROKEN)
    found = _diagnostics(session, broken)
    assert found
    context = {"textDocument": {"uri": broken}, "range": found[0]["range"], "context": {"diagnostics": found}}
    actions = session.ask("textDocument/codeAction", context)
    mended = session.edited(BROKEN, _edits(session, _fix(session, actions), broken))
    session.ask("shutdown", None)
    return suggested, mended


def _suggestion(session: ExactEditor, uri: str) -> dict[str, Any]:
    line = SOUND.split("\n")[1]
    place = {"textDocument": {"uri": uri}, "position": {"line": 1, "character": session.units(line)}}
    if session.able("textDocument.inlineCompletion") is not None:
        items = session.ask("textDocument/inlineCompletion", {**place, "context": {"triggerKind": 1}})
        (item,) = items["items"] if isinstance(items, dict) else items
        at = {"start": place["position"], "end": place["position"]}
        return {"range": item.get("range") or at, "newText": item["insertText"]}
    assert session.result["capabilities"]["completionProvider"]
    items = session.ask("textDocument/completion", {**place, "context": {"triggerKind": 1}})
    (item,) = items["items"] if isinstance(items, dict) else items
    plain = {key: item[key] for key in ("insertTextFormat",) if key in item}
    assert plain in ({}, {"insertTextFormat": 1})
    _describes(session, item)
    edit: dict[str, Any] = item["textEdit"]
    assert "range" in edit or session.able("textDocument.completion.completionItem.insertReplaceSupport")
    return edit


def _describes(session: ExactEditor, item: dict[str, Any]) -> None:
    support = session.able("textDocument.completion.completionItem") or {}
    documentation = item.get("documentation")
    if isinstance(documentation, dict):
        assert documentation["kind"] in support.get("documentationFormat", [])
    for key, needed in (("labelDetails", "labelDetailsSupport"), ("preselect", "preselectSupport")):
        assert item.get(key) is None or support.get(needed), key
    assert "insertTextMode" not in item or item["insertTextMode"] in support["insertTextModeSupport"]["valueSet"]
    assert not item.get("commitCharacters") or support.get("commitCharactersSupport")


def _diagnostics(session: ExactEditor, uri: str) -> list[dict[str, Any]]:
    if session.able("textDocument.diagnostic") is not None:
        found = session.ask("textDocument/diagnostic", {"textDocument": {"uri": uri}})["items"]
    else:
        params = session.published(uri)
        found = params["diagnostics"]
        assert "version" not in params or session.able("textDocument.publishDiagnostics.versionSupport")
    support = session.able("textDocument.publishDiagnostics") or {}
    for each in found:
        assert not each.get("relatedInformation") or support.get("relatedInformation")
        assert not each.get("tags") or support.get("tagSupport")
        assert not each.get("codeDescription") or support.get("codeDescriptionSupport")
        assert each.get("data") is None or support.get("dataSupport") or session.able("textDocument.diagnostic")
    return list(found)


def _fix(session: ExactEditor, actions: list[dict[str, Any]]) -> dict[str, Any]:
    """The workspace edit of the first fix, had in the way that the editor knows."""
    support = session.able("textDocument.codeAction") or {}
    for each in actions:
        is_command = isinstance(each.get("command"), str)
        assert is_command or support.get("codeActionLiteralSupport"), "an action where only commands are known"
        assert "isPreferred" not in each or support.get("isPreferredSupport")
        assert "disabled" not in each or support.get("disabledSupport")
        assert "tags" not in each or support.get("tagSupport")
        assert each.get("data") is None or support.get("dataSupport")
    action = actions[0]
    if isinstance(action.get("command"), str):
        return _commanded(session, action)
    if "edit" not in action and "edit" in (support.get("resolveSupport") or {}).get("properties", []):
        action = session.ask("codeAction/resolve", action)
        assert "isPreferred" not in action or support.get("isPreferredSupport")
        assert "tags" not in action or support.get("tagSupport")
    return action["edit"] if "edit" in action else _commanded(session, action["command"])


def _commanded(session: ExactEditor, command: dict[str, Any]) -> dict[str, Any]:
    assert command["command"] in session.result["capabilities"]["executeCommandProvider"]["commands"]
    session.ask("workspace/executeCommand", {"command": command["command"], "arguments": command["arguments"]})
    (edit,) = session.applied
    return edit


def _edits(session: ExactEditor, edit: dict[str, Any], uri: str) -> list[dict[str, Any]]:
    assert list(edit) == ["documentChanges" if session.able("workspace.workspaceEdit.documentChanges") else "changes"]
    return list(edit["changes"][uri] if "changes" in edit else edit["documentChanges"][0]["edits"])


REFRESHES = "workspace.diagnostics.refreshSupport workspace.diagnostic.refreshSupport"
"""Both spellings: some editors have the second one, and mean the first."""

NEEDED = {
    "client/registerCapability": "",
    "workspace/configuration": "workspace.configuration",
    "workspace/applyEdit": "workspace.applyEdit",
    "workspace/diagnostic/refresh": REFRESHES,
    "workspace/inlineCompletion/refresh": "workspace.inlineCompletion.refreshSupport",
    "workspace/workspaceFolders": "workspace.workspaceFolders",
    "window/workDoneProgress/create": "window.workDoneProgress",
    "$/progress": "window.workDoneProgress",
    "window/showDocument": "window.showDocument.support",
    "textDocument/publishDiagnostics": "textDocument.publishDiagnostics",
    "window/showMessageRequest": "window.showMessage",
    "window/showMessage": "",
    "window/logMessage": "",
    "mendline/status": "experimental.mendline.status",
}
"""What the server may send, and what an editor has to have said for it, one or the other."""

REGISTERED = {
    "workspace/didChangeConfiguration": "workspace.didChangeConfiguration.dynamicRegistration",
    "workspace/didChangeWatchedFiles": "workspace.didChangeWatchedFiles.dynamicRegistration",
}
"""What it may register, and what an editor has to have said for it."""


@pytest.mark.parametrize("name", CAPABILITIES)
def test_an_editor_gets_what_it_takes_and_nothing_else(name: str, tmp_path: Path) -> None:
    with raw_server(server_environment(tmp_path, ANSWERS)) as server:
        session = ExactEditor(server, CAPABILITIES[name])
        suggested, mended = lived(session, tmp_path)
    # Positions were counted as the server said.
    assert suggested == SOUND + " a + b"
    ast.parse(mended)
    assert session.encoding in (session.able("general.positionEncodings") or ["utf-16"])
    for message in (each for each in session.sent if "method" in each):
        needed = NEEDED[message["method"]]
        assert not needed or session.has(needed), message
        if message["method"] == "client/registerCapability":
            for each in message["params"]["registrations"]:
                assert session.able(REGISTERED[each["method"]]), each
    edits = [message["params"]["edit"] for message in session.sent if message.get("method") == "workspace/applyEdit"]
    if not session.able("workspace.workspaceEdit.documentChanges"):
        assert all("documentChanges" not in each for each in edits)
    provided = session.result["capabilities"].get("codeActionProvider")
    assert not isinstance(provided, dict) or session.able("textDocument.codeAction.codeActionLiteralSupport")
    get_converter().structure(session.result, types.InitializeResult)
    assert (session.result["capabilities"].get("notebookDocumentSync") is None) == (
        session.able("notebookDocument") is None
    )


@pytest.mark.parametrize("name", ["neovim 0.11", "zed", "eglot", "modest"])
def test_a_missing_model_is_a_question_where_questions_are_declared(name: str, tmp_path: Path) -> None:
    missing = {"error": "ModelMissing", "message": "fetch it", "model": "absent"}
    with raw_server(server_environment(tmp_path, {"default": missing})) as server:
        session = ExactEditor(server, CAPABILITIES[name])
        session.begin(tmp_path)
        uri = (tmp_path / "a.py").as_uri()
        server.open(uri, "x = ")
        place = {"textDocument": {"uri": uri}, "position": {"line": 0, "character": 4}}
        session.ask("textDocument/completion", {**place, "context": {"triggerKind": 1}})
        told = session.told("window/showMessage", "window/showMessageRequest")
    if session.able("window.showMessage") is None:
        assert told["method"] == "window/showMessage"
        assert "`mendline models pull absent`" in told["params"]["message"]
    else:
        assert told["method"] == "window/showMessageRequest"
        assert [each["title"] for each in told["params"]["actions"]] == ["Download", "Not now"]


@pytest.mark.parametrize("name", ["helix", "zed", "sublime", "kate"])
def test_diagnostics_that_another_source_reports_are_asked_for_anew(name: str, tmp_path: Path) -> None:
    uri = (tmp_path / "broken.py").as_uri()
    with raw_server(server_environment(tmp_path)) as server:
        session = ExactEditor(server, CAPABILITIES[name])
        session.begin(tmp_path)
        server.open(uri, BROKEN)
        (own,) = _diagnostics(session, uri)
        theirs = {**own, "source": "another", "message": "never closed"}
        context = {"textDocument": {"uri": uri}, "range": own["range"], "context": {"diagnostics": [theirs]}}
        session.ask("textDocument/codeAction", {**context, "context": {**context["context"], "triggerKind": 2}})
        refreshed = [each for each in session.sent if each.get("method") == "workspace/diagnostic/refresh"]
        assert bool(refreshed) is session.has(REFRESHES) is (name != "kate")
        assert _diagnostics(session, uri) == []
