from __future__ import annotations

import os
import stat
from pathlib import Path

import attrs
import pytest

from mendline.engine.errors import EngineUnavailable
from mendline.engine.host.registry import HostRecord, Registry, key_for

RECORD = HostRecord(
    pid=1, port=2, token="secret", model="m", model_path="/m.gguf", version="1", started=1.5, created=1.0
)


def test_a_record_is_private_and_comes_back(tmp_path: Path) -> None:
    registry = Registry.open(tmp_path / "a" / "b")
    assert registry.read("key") is None
    registry.write("key", RECORD)
    assert registry.read("key") == RECORD
    assert registry.keys() == ("key",)
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (registry.directory, registry.directory / "key.json")]
    assert modes == [0o700, 0o600]
    assert "secret" not in repr(RECORD)


def test_only_the_own_record_is_removed(tmp_path: Path) -> None:
    registry = Registry.open(tmp_path / "a")
    registry.write("key", attrs.evolve(RECORD, pid=9))
    registry.remove("key", RECORD)
    assert registry.keys() == ("key",)
    registry.remove("key", attrs.evolve(RECORD, pid=9))
    assert registry.keys() == ()


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", "{}", '{"pid": 1}', '{"unknown": 1}', "\x00" * 10, '{"pid": "x", "port": []}']
)
def test_a_record_that_cannot_be_understood_is_none(text: str, tmp_path: Path) -> None:
    registry = Registry.open(tmp_path / "a")
    (registry.directory / "key.json").write_text(text)
    assert registry.read("key") is None


def test_another_protocol_is_not_ours(tmp_path: Path) -> None:
    registry = Registry.open(tmp_path / "a")
    registry.write("key", attrs.evolve(RECORD, protocol=RECORD.protocol + 1))
    assert registry.read("key") is None


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
@pytest.mark.parametrize(("mode", "good"), [(0o700, True), (0o755, True), (0o770, False), (0o777, False)])
def test_a_folder_others_can_write_to_is_refused(mode: int, good: bool, tmp_path: Path) -> None:
    directory = tmp_path / "state"
    directory.mkdir()
    directory.chmod(mode)
    if good:
        assert Registry.open(directory).directory == directory
    else:
        with pytest.raises(EngineUnavailable, match="writable by others"):
            Registry.open(directory)


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(EngineUnavailable, match="MENDLINE_STATE_DIR"):
        Registry.open(tmp_path / "file" / "state")


def test_the_key_is_the_file_whatever_it_is_called(tmp_path: Path) -> None:
    model = tmp_path / "m.gguf"
    model.touch()
    link = tmp_path / "link.gguf"
    link.symlink_to(model)
    assert key_for(link) == key_for(model) != key_for(tmp_path / "other.gguf")
