"""Prompt states that are damaged, foreign or in an untrusted place: removed or left, never a reason to fail."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from support.saved_states import Disk, saved


@pytest.fixture
def disk(tmp_path: Path) -> Disk:
    return Disk(tmp_path / "states")


def _cut(disk: Disk) -> None:
    path = disk.file(".state")
    path.write_bytes(path.read_bytes()[:-1])


def _lengthen(disk: Disk) -> None:
    with disk.file(".state").open("ab") as file:
        file.write(b"x")


def _link(ending: str) -> Callable[[Disk], None]:
    def damage(disk: Disk) -> None:
        path = disk.file(ending)
        target = disk.folder.parent / "elsewhere"
        path.rename(target)
        path.symlink_to(target)

    return damage


def _pipe(disk: Disk) -> None:
    path = disk.file(".json")
    path.unlink()
    os.mkfifo(path)


def _label(content: bytes) -> Callable[[Disk], object]:
    return lambda disk: disk.file(".json").write_bytes(content)


def _changed_label(**changes: object) -> Callable[[Disk], None]:
    def damage(disk: Disk) -> None:
        path = disk.file(".json")
        path.write_text(json.dumps(json.loads(path.read_bytes()) | changes))

    return damage


@pytest.mark.parametrize(
    "damage",
    [
        _cut,
        _lengthen,
        _link(".json"),
        _pipe,
        lambda disk: disk.file(".state").unlink(),
        lambda disk: disk.file(".json").unlink(),
        lambda disk: disk.file(".json").rename(disk.file(".json").with_suffix(".json.tmp")),
        lambda disk: disk.file(".state").rename(disk.file(".state").with_suffix(".state.tmp")),
        *map(_label, [b"", b"{", b"\xff", b"[]", b"null", b"[" * 100_000, b'{"format": 1}', b"9" * 10_000]),
        _changed_label(format=2),
        _changed_label(identity="another model"),
        _changed_label(bytes=39),
        _changed_label(bytes="40"),
        _changed_label(tokens=[]),
        _changed_label(tokens=7),
        _changed_label(tokens=None),
        _changed_label(tokens=[[1], [2, 3]]),
        _changed_label(tokens=["secret"]),
        _changed_label(tokens=[1 << 40]),
    ],
)
def test_what_is_found_damaged_at_the_start_is_removed(
    disk: Disk, damage: Callable[[Disk], object], caplog: pytest.LogCaptureFixture
) -> None:
    saved(disk.start(), [1, 2, 3, 4])
    damage(disk)
    with caplog.at_level(logging.DEBUG):
        states = disk.start()
    assert states.best([1, 2, 3, 4]) is None
    assert disk.names() == []
    assert "secret" not in caplog.text
    saved(states, [1, 2, 3, 4])


def _flip(disk: Disk) -> None:
    path = disk.file(".state")
    content = bytearray(path.read_bytes())
    content[17] ^= 1
    path.write_bytes(content)


def _refuse(disk: Disk) -> None:
    disk.files.refuses = True


@pytest.mark.parametrize(
    "damage",
    [
        _cut,
        _flip,
        _link(".state"),
        lambda disk: disk.file(".state").unlink(),
        lambda disk: disk.file(".state").write_bytes(b""),
        _refuse,
    ],
)
def test_what_is_damaged_later_is_removed_and_computed_instead(
    disk: Disk, damage: Callable[[Disk], object], caplog: pytest.LogCaptureFixture
) -> None:
    states = disk.start()
    state = saved(states, [1, 2, 3, 4])
    damage(disk)
    assert states.restore(state, 0) is None
    assert disk.files.sequences == {}
    assert disk.names() == []
    assert states.best([1]) is None
    assert states.restore(state, 0) is None
    assert "is removed" in caplog.text


@pytest.mark.parametrize("change", [{"tokens": [1, 2, 3, 5]}, {"checksum": 1}, {"checksum": "x"}])
def test_a_label_that_belongs_to_other_cells_is_noticed(disk: Disk, change: dict[str, object]) -> None:
    saved(disk.start(), [1, 2, 3, 4])
    _changed_label(**change)(disk)
    states = disk.start()
    state = states.best([1])
    assert state is not None
    assert states.restore(state, 0) is None
    assert disk.files.sequences == {}


def test_another_users_file_is_not_read(disk: Disk, monkeypatch: pytest.MonkeyPatch) -> None:
    states = disk.start()
    state = saved(states, [1, 2])
    monkeypatch.setattr(os, "getuid", lambda: os.geteuid() + 1)
    assert states.restore(state, 0) is None
    assert disk.files.sequences == {}


def _writable_folder(disk: Disk, monkeypatch: pytest.MonkeyPatch) -> None:
    disk.folder.mkdir()
    disk.folder.chmod(0o770)


def _linked_folder(disk: Disk, monkeypatch: pytest.MonkeyPatch) -> None:
    target = disk.folder.parent / "elsewhere"
    target.mkdir()
    disk.folder.symlink_to(target)


def _no_folder(disk: Disk, monkeypatch: pytest.MonkeyPatch) -> None:
    disk.folder.write_bytes(b"")


def _another_users_folder(disk: Disk, monkeypatch: pytest.MonkeyPatch) -> None:
    disk.folder.mkdir(0o700)
    monkeypatch.setattr(os, "getuid", lambda: os.geteuid() + 1)


@pytest.mark.parametrize("prepare", [_writable_folder, _linked_folder, _no_folder, _another_users_folder])
def test_a_folder_that_cannot_be_trusted_is_not_used(
    disk: Disk,
    prepare: Callable[[Disk, pytest.MonkeyPatch], None],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    prepare(disk, monkeypatch)
    states = disk.start()
    assert "are not saved" in caplog.text
    assert states.save([1, 2], 0) is None
    assert states.best([1, 2]) is None
    states.forget()
    assert disk.files.saves == 0


def test_a_folder_that_vanishes_costs_the_states_only(disk: Disk) -> None:
    states = disk.start()
    state = saved(states, [1, 2])
    for name in disk.names():
        (disk.folder / name).unlink()
    disk.folder.rmdir()
    assert states.save([1, 2], 0) is state
    assert states.save([3, 4], 0) is None
    assert states.restore(state, 0) is None
    states.forget()
