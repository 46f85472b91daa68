"""Mendline's own diagnostics where another source reports the same, and how editors hear of it."""

from __future__ import annotations

from typing import Any

from support.in_process import InProcess, in_process

URI = "file:///w/a.py"
TEXT = "first = 1\nprint((1, 2)\n"
PLACE = {"start": {"line": 1, "character": 5}, "end": {"line": 1, "character": 6}}
THEIRS = {"range": PLACE, "message": "'(' was never closed", "severity": 1, "source": "Pylance"}
PULLS = {"textDocument": {"diagnostic": {}}, "workspace": {"diagnostics": {"refreshSupport": True}, "applyEdit": True}}
TAKES = {"textDocument": {}, "workspace": {"applyEdit": True}}


async def opened(able: dict[str, Any], **options: Any) -> InProcess:
    server = await in_process(able=able, options=options)
    document = {"uri": URI, "languageId": "python", "version": 1, "text": TEXT}
    server.notify("textDocument/didOpen", {"textDocument": document})
    return server


async def told(server: InProcess, *diagnostics: dict[str, Any], place: dict[str, Any] = PLACE) -> None:
    context = {"diagnostics": list(diagnostics)}
    await server.request("textDocument/codeAction", {"textDocument": {"uri": URI}, "range": place, "context": context})


def refreshed(server: InProcess) -> int:
    return sum(each.get("method") == "workspace/diagnostic/refresh" for each in server.said)


async def items(server: InProcess) -> list[dict[str, Any]]:
    report = await server.request("textDocument/diagnostic", {"textDocument": {"uri": URI}})
    found: list[dict[str, Any]] = report["items"]
    return found


async def test_an_editor_that_asks_is_told_to_ask_anew_once() -> None:
    server = await opened(PULLS)
    assert len(await items(server)) == 1
    await told(server, THEIRS)
    await told(server, THEIRS)
    assert refreshed(server) == 1
    assert not await items(server)
    await told(server)
    assert refreshed(server) == 2
    assert len(await items(server)) == 1


async def test_an_editor_that_does_not_ask_is_sent_them_anew() -> None:
    server = await opened(TAKES)
    await server.until(lambda: server.notifications("textDocument/publishDiagnostics"))
    await told(server, THEIRS)
    await server.until(lambda: not server.notifications("textDocument/publishDiagnostics")[-1]["diagnostics"])


async def test_own_diagnostics_sent_back_warnings_and_other_lines_silence_nothing() -> None:
    server = await opened(PULLS)
    (own,) = await items(server)
    above = {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 5}}
    await told(server, own, {**THEIRS, "severity": 2}, {**THEIRS, "range": above})
    assert await items(server)
    # A request for another place doesn't tell what is reported here.
    await told(server, THEIRS)
    await told(server, place=above)
    assert not await items(server)
