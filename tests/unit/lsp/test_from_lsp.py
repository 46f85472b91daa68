"""The workspace's directories, as editors of all ages name them."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types

from mendline.lsp import from_lsp

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
