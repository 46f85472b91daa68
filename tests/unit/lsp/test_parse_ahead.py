"""Changed documents are parsed in the pauses: not while messages come, and before anyone asks."""

from __future__ import annotations

import asyncio

import pytest

from mendline.lsp import parse_ahead
from mendline.workspace.store import Change, Workspace
from support.counted_parses import counted_parses
from support.in_process import InProcess, in_process

URI = "file:///sum.py"


@pytest.fixture
def parses(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that are parsed incrementally, in order."""
    return counted_parses(monkeypatch)


async def server_with(*uris: str) -> InProcess:
    server = await in_process()
    for uri in uris:
        item = {"uri": uri, "languageId": "python", "version": 1, "text": "x = \n"}
        server.notify("textDocument/didOpen", {"textDocument": item})
    return server


def type_into(server: InProcess, uri: str, text: str) -> None:
    for number, character in enumerate(text):
        at = {"line": 0, "character": 4 + number}
        change = {"range": {"start": at, "end": at}, "text": character}
        document = {"uri": uri, "version": 2 + number}
        server.notify("textDocument/didChange", {"textDocument": document, "contentChanges": [change]})


async def test_keystrokes_that_come_together_are_parsed_once_in_the_pause_after(parses: list[str]) -> None:
    server = await server_with(URI)
    type_into(server, URI, "123")
    assert parses == []
    await server.until(lambda: parses)
    assert parses == ["x = 123\n"]
    await server.request("textDocument/diagnostic", {"textDocument": {"uri": URI}})
    assert parses == ["x = 123\n"]


async def test_a_request_that_needs_the_tree_does_not_wait_for_the_pause(
    parses: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parse_ahead, "PAUSE_SECONDS", 3600.0)
    server = await server_with(URI)
    type_into(server, URI, "(1")
    await server.request("mendline/status")
    assert parses == []
    report = await server.request("textDocument/diagnostic", {"textDocument": {"uri": URI}})
    assert [item["message"] for item in report["items"]] == ['unclosed "("']
    assert parses == ["x = (1\n"]


async def test_documents_are_parsed_one_at_a_time_and_closed_ones_not_at_all(
    parses: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parse_ahead, "PAUSE_SECONDS", 0.0)
    workspace = Workspace()
    ahead = parse_ahead.ParseAhead(workspace)
    seen: list[int] = []
    for number, uri in enumerate(("file:///a.py", "file:///b.py", "file:///c.py")):
        workspace.open(uri, "python", 1, "x\n")
        workspace.change(uri, 2, [Change(str(number), (0, 0), (0, 0))])
        ahead.changed(uri)
    workspace.close("file:///b.py")
    async with asyncio.timeout(10):
        while len(parses) < 2:
            seen.append(len(parses))
            await asyncio.sleep(0)
    assert parses == ["0x\n", "2x\n"]
    assert 1 in seen
