"""Nothing is sent that an editor hasn't said it takes, and each gets the best it can take."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from attrs import define, field
from lsprotocol import types
from lsprotocol.converters import get_converter

from support.editor import server_environment
from support.editor_capabilities import CAPABILITIES
from support.raw_server import RawServer, raw_server

BROKEN = "x = '🎉é𝒳'; y = (1 + 2\nz = 3\n"
SOUND = "def add(a, b):\n    t = '🎉𝒳'; return"
ANSWERS = [{"prefix_ends_with": "return", "middle": " a + b"}]
_UNITS = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2), "utf-32": ("utf-32-le", 4)}


@define
class Session:
    """An editor that can do what it says and no more, and all that the server has sent to it.

    Attributes:
        sent: what the server has sent, in order.
        applied: the edits it has asked for.
    """

    server: RawServer
    can: dict[str, Any]
    result: dict[str, Any] = field(factory=dict)
    sent: list[dict[str, Any]] = field(factory=list)
    applied: list[dict[str, Any]] = field(factory=list)
    _last: int = 0

    def begin(self, folder: Path) -> None:
        """Do what comes first."""
        first = {"processId": None, "rootUri": folder.as_uri(), "capabilities": self.can}
        options = {"completion": {"debounceMs": 0}}
        self.result = self.ask("initialize", {**first, "initializationOptions": options})
        self.server.send("initialized", {})

    def ask(self, method: str, params: object) -> Any:
        """Send a request, answer what the server asks meanwhile, and return the result."""
        self._last += 1
        number = self._last
        self.server.send(method, params, id=number)
        answer = self.server.receive(lambda each: self._takes(each) and "method" not in each and each["id"] == number)
        assert "result" in answer, answer
        return answer["result"]

    def published(self, uri: str) -> dict[str, Any]:
        """Wait until the server has published a document's diagnostics, and return them."""

        def is_it(message: dict[str, Any]) -> bool:
            return message.get("method") == "textDocument/publishDiagnostics" and message["params"]["uri"] == uri

        params: dict[str, Any] = self._sent(is_it)["params"]
        return params

    def told(self, *methods: str) -> dict[str, Any]:
        """Wait until the server has sent a message of one of these methods, and return it."""
        return self._sent(lambda message: message.get("method") in methods)

    def able(self, path: str) -> Any:
        """What stands at a path of the capabilities; None where nothing does."""
        found: Any = self.can
        for part in path.split("."):
            found = found.get(part) if isinstance(found, dict) else None
        return found

    @property
    def encoding(self) -> str:
        """How positions are counted."""
        return str(self.result["capabilities"].get("positionEncoding", "utf-16"))

    def units(self, text: str) -> int:
        """How long a text is as the server counts."""
        name, size = _UNITS[self.encoding]
        return len(text.encode(name)) // size

    def edited(self, text: str, edits: list[dict[str, Any]]) -> str:
        """A text with edits in it."""
        for edit in sorted(edits, key=_start, reverse=True):
            start, end = (self._offset(text, edit["range"][side]) for side in ("start", "end"))
            text = text[:start] + edit["newText"] + text[end:]
        return text

    def _offset(self, text: str, position: dict[str, int]) -> int:
        lines = text.split("\n")
        name, size = _UNITS[self.encoding]
        before = lines[position["line"]].encode(name)[: position["character"] * size].decode(name)
        return sum(len(line) + 1 for line in lines[: position["line"]]) + len(before)

    def _sent(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        found = [each for each in self.sent if wanted(each)]
        return found[-1] if found else self.server.receive(lambda each: self._takes(each) and wanted(each))

    def _takes(self, message: dict[str, Any]) -> bool:
        self.sent.append(message)
        if "method" in message and "id" in message:
            result: Any = None
            if message["method"] == "workspace/configuration":
                result = [None for _ in message["params"]["items"]]
            elif message["method"] == "workspace/applyEdit":
                self.applied.append(message["params"]["edit"])
                result = {"applied": True}
            self.server.reply({"jsonrpc": "2.0", "id": message["id"], "result": result})
        return True


def _start(edit: dict[str, Any]) -> tuple[int, int]:
    start = edit["range"]["start"]
    return start["line"], start["character"]


def lived(session: Session, folder: Path) -> tuple[str, str]:
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
    mended = session.edited(BROKEN, _edits(_fix(session, actions), broken))
    session.ask("shutdown", None)
    return suggested, mended


def _suggestion(session: Session, uri: str) -> dict[str, Any]:
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


def _describes(session: Session, item: dict[str, Any]) -> None:
    support = session.able("textDocument.completion.completionItem") or {}
    documentation = item.get("documentation")
    if isinstance(documentation, dict):
        assert documentation["kind"] in support.get("documentationFormat", [])
    for key, needed in (("labelDetails", "labelDetailsSupport"), ("preselect", "preselectSupport")):
        assert item.get(key) is None or support.get(needed), key
    assert "insertTextMode" not in item or item["insertTextMode"] in support["insertTextModeSupport"]["valueSet"]
    assert not item.get("commitCharacters") or support.get("commitCharactersSupport")


def _diagnostics(session: Session, uri: str) -> list[dict[str, Any]]:
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


def _fix(session: Session, actions: list[dict[str, Any]]) -> dict[str, Any]:
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


def _commanded(session: Session, command: dict[str, Any]) -> dict[str, Any]:
    assert command["command"] in session.result["capabilities"]["executeCommandProvider"]["commands"]
    session.ask("workspace/executeCommand", {"command": command["command"], "arguments": command["arguments"]})
    (edit,) = session.applied
    return edit


def _edits(edit: dict[str, Any], uri: str) -> list[dict[str, Any]]:
    assert set(edit) <= {"changes", "documentChanges"}
    return list(edit["changes"][uri] if "changes" in edit else edit["documentChanges"][0]["edits"])


NEEDED = {
    "client/registerCapability": "",
    "workspace/configuration": "workspace.configuration",
    "workspace/applyEdit": "workspace.applyEdit",
    "workspace/diagnostic/refresh": "workspace.diagnostics.refreshSupport",
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
"""What the server may send, and what an editor has to have said for it."""

REGISTERED = {
    "workspace/didChangeConfiguration": "workspace.didChangeConfiguration.dynamicRegistration",
    "workspace/didChangeWatchedFiles": "workspace.didChangeWatchedFiles.dynamicRegistration",
}
"""What it may register, and what an editor has to have said for it."""


@pytest.mark.parametrize("name", CAPABILITIES)
def test_an_editor_gets_what_it_takes_and_nothing_else(name: str, tmp_path: Path) -> None:
    with raw_server(server_environment(tmp_path, ANSWERS)) as server:
        session = Session(server, CAPABILITIES[name])
        suggested, mended = lived(session, tmp_path)
    # Positions were counted as the server said.
    assert suggested == SOUND + " a + b"
    ast.parse(mended)
    assert session.encoding in (session.able("general.positionEncodings") or ["utf-16"])
    for message in (each for each in session.sent if "method" in each):
        needed = NEEDED[message["method"]]
        assert not needed or session.able(needed) not in (None, False), message
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
        session = Session(server, CAPABILITIES[name])
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
