"""An editor that can do exactly what it says, at the end of two plain pipes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from attrs import define, field

from support.raw_server import RawServer

_UNITS = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2), "utf-32": ("utf-32-le", 4)}


@define
class ExactEditor:
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

    def has(self, paths: str) -> bool:
        """Whether something stands at one of these paths of the capabilities, and isn't false."""
        return any(self.able(path) not in (None, False) for path in paths.split())

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
