"""What editors of all ages say: the workspace's directories, where the user is and what changed."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types

from mendline.lsp import from_lsp
from mendline.text.document import Document
from mendline.text.positions import PositionEncoding

A, B = Path("/a"), Path("/b")


@pytest.mark.parametrize(
    ("opened", "uri", "path", "expected"),
    [
        (["file:///a/", "file:///b"], "file:///b", None, (A, B)),
        (["file:///a%00b", "untitled:x", "http://[", "file:///b"], "file:///a", None, (B,)),
        (None, "file:///a/", "/b", (A,)),
        ([], None, "/b", (B,)),
        (None, "file:///a%00b", "/b", (B,)),
        (None, "file:///a%00b", "/a\0b", ()),
        (None, None, None, ()),
    ],
)
def test_roots(opened: list[str] | None, uri: str | None, path: str | None, expected: tuple[Path, ...]) -> None:
    folders = None if opened is None else [types.WorkspaceFolder(each, "name") for each in opened]
    params = types.InitializeParams(types.ClientCapabilities(), root_uri=uri, root_path=path, workspace_folders=folders)
    assert from_lsp.roots(params) == expected


def at(line: int, character: int = 0) -> dict[str, int]:
    return {"line": line, "character": character}


def lines(first: int, last: int) -> dict[str, object]:
    return {"start": at(first), "end": at(last)}


@pytest.mark.parametrize(
    ("position", "visible", "expected"),
    [
        (at(3, 7), None, (3, 7)),
        (at(3, 7), lines(0, 40), (3, 7)),
        (at(3, 7), lines(100, 140), (120, 0)),
        (None, lines(10, 31), (20, 0)),
        (None, None, None),
        (at(-1), None, None),
        ({"line": "3", "character": 0}, {"start": at(5)}, None),
        ([], {"start": None, "end": 7}, None),
    ],
)
def test_focus(position: object, visible: object, expected: tuple[int, int] | None) -> None:
    found = from_lsp.focus(position, visible)
    assert (found and (found.line, found.character)) == expected


@pytest.mark.parametrize(
    ("start", "end", "text", "expected"),
    [((0, 1), (0, 3), "xyz", 4), ((1, 2), (1, 0), "", 3), ((9, 9), (9, 9), "", 6)],
)
def test_end_of_a_change(start: tuple[int, int], end: tuple[int, int], text: str, expected: int) -> None:
    span = types.Range(types.Position(*start), types.Position(*end))
    event = types.TextDocumentContentChangePartial(span, text)
    assert from_lsp.end_of(event, Document.of("ab\nabc"), PositionEncoding.UTF16) == expected


def test_a_change_of_the_whole_document_ends_nowhere() -> None:
    event = types.TextDocumentContentChangeWholeDocument("abc")
    assert from_lsp.end_of(event, Document.of("abc"), PositionEncoding.UTF16) is None
