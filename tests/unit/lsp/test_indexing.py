"""Which folders' indexes a session keeps, and what it tells them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import attrs
import pytest
from attrs import define, field

from mendline.lsp.indexing import Indexing, watched_sources
from mendline.settings.model import ContextSettings, PrivacySettings, Settings
from mendline.workspace.index.place import IndexPlace
from mendline.workspace.index.reader import StoredIndex
from mendline.workspace.store import Workspace
from support.in_process import in_process
from support.indexed import Indexed

ON = Settings()
OFF = attrs.evolve(ON, context=ContextSettings(index=False))


@define
class FakeKeeper:
    root: Path
    exclude: tuple[str, ...]
    watched: bool
    told: list[str] = field(factory=list)
    started: int = 0
    running: bool = False
    closed: bool = False
    index: StoredIndex = field(factory=lambda: StoredIndex(IndexPlace(Path("/nowhere"))))

    def start(self) -> None:
        self.started += 1
        self.running = True

    def changed(self, paths: Iterable[str]) -> None:
        self.told += paths

    def close(self) -> None:
        self.running = False
        self.closed = True


class Keepers:
    def __init__(self) -> None:
        self.made: list[FakeKeeper] = []

    def __call__(self, root: Path, exclude: tuple[str, ...], watched: bool) -> FakeKeeper:
        self.made.append(FakeKeeper(root, exclude, watched))
        return self.made[-1]

    @property
    def running(self) -> list[Path]:
        return [each.root for each in self.made if each.running]


A, B = Path("/a"), Path("/b")


def test_folders_come_and_go() -> None:
    keepers = Keepers()
    indexing = Indexing(keepers)
    indexing.configure([A], ON, watched=True)
    indexing.configure([A, B, A, B], ON, watched=True)
    assert keepers.running == [A, B]
    assert [each.started for each in keepers.made] == [1, 1]
    indexing.configure([B], ON, watched=True)
    assert keepers.running == [B]
    assert len(keepers.made) == 2
    indexing.configure([B], attrs.evolve(ON, privacy=PrivacySettings(exclude=("x",))), watched=True)
    assert [(each.running, each.exclude) for each in keepers.made[1:]] == [(False, ()), (True, ("x",))]
    indexing.configure([B], OFF, watched=True)
    assert keepers.running == []
    indexing.configure([B], ON, watched=False)
    indexing.close()
    assert keepers.running == []
    assert all(each.closed for each in keepers.made)
    assert indexing.indexes(()) == ()


def test_without_a_way_to_keep_one_there_is_none() -> None:
    indexing = Indexing(None)
    indexing.configure([A], ON, watched=True)
    indexing.changed(["/a/x.py"])
    assert indexing.indexes(()) == ()
    assert indexing.payload() == []


def test_open_documents_lie_over_the_folders_index(tmp_path: Path) -> None:
    indexed = Indexed.of(tmp_path, {"a.py": "saved = 1\n", "b.py": "other = 1\n"})
    keepers = Keepers()
    indexing = Indexing(keepers)
    indexing.configure([indexed.root], ON, watched=True)
    keepers.made[0].index = indexed.index
    workspace = Workspace()
    workspace.open("file:///a", "python", 1, "typed = 1\n", str(indexed.root / "a.py"))
    ((folder, index),) = indexing.indexes(workspace.snapshots())
    assert folder == indexed.root
    assert [name for name in ("typed", "saved", "other") if index.knows(name)] == ["typed", "other"]
    assert indexing.payload()[0] | {"folder": ""} == {
        "folder": "",
        "phase": "ready",
        "files": 2,
        "definitions": 2,
        "passages": 0,
        "leftOut": {},
        "searchable": True,
    }


def test_source_and_ignore_files_are_watched() -> None:
    sources, ignores = (watcher.glob_pattern for watcher in watched_sources())
    assert isinstance(sources, str)
    assert sources.startswith("**/*.{py,")
    assert "tsx" in sources
    assert "json" not in sources
    assert ignores == "**/.{gitignore,mendlineignore}"


async def running(keepers: Keepers, folder: Path, answers: dict[str, Any] | None = None) -> Any:
    watching = {"workspace": {"didChangeWatchedFiles": {"dynamicRegistration": True}, "configuration": bool(answers)}}
    server = await in_process(able=watching, keep_index=keepers, answers=answers)
    added = {"event": {"added": [{"uri": folder.as_uri(), "name": "w"}], "removed": []}}
    server.notify("workspace/didChangeWorkspaceFolders", added)
    return server


async def test_a_session_keeps_its_folders_indexes_and_tells_them_of_changes(tmp_path: Path) -> None:
    keepers = Keepers()
    server = await running(keepers, tmp_path)
    await server.until(lambda: keepers.running == [tmp_path])
    keeper = keepers.made[-1]
    assert keeper.watched
    file, toml = tmp_path / "a b.py", tmp_path / ".mendline.toml"
    changes = [{"uri": each.as_uri(), "type": 2} for each in (file, toml)] + [{"uri": "untitled:1", "type": 1}]
    server.notify("workspace/didChangeWatchedFiles", {"changes": changes})
    server.notify("textDocument/didSave", {"textDocument": {"uri": (tmp_path / "c.py").as_uri()}})
    server.notify("textDocument/didSave", {"textDocument": {"uri": "untitled:1"}})
    await server.until(lambda: len(keeper.told) == 2)
    assert keeper.told == [str(file), str(tmp_path / "c.py")]
    assert (await server.request("mendline/status"))["index"][0]["phase"] == "none"
    await server.server.aclose()
    assert keepers.running == []


@pytest.mark.parametrize("answer", [{"context": {"index": False}}, {"context.index": False}])
async def test_it_can_be_switched_off(tmp_path: Path, answer: dict[str, Any]) -> None:
    keepers = Keepers()
    server = await running(keepers, tmp_path, {"workspace/configuration": [answer]})
    assert (await server.request("mendline/status"))["index"] == []
    await server.until(server.server.session._configured.is_set)
    assert (await server.request("mendline/status"))["index"] == []
    assert keepers.made == []
    await server.server.aclose()
