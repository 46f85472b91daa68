"""The hub as a source, against a server on this machine that speaks its API."""

import re
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from mendline.engine.errors import DownloadFailed, ModelInvalid
from mendline.engine.models import DownloadCancelled, ModelStore, Progress
from mendline.engine.models.sources.hub import HubOptions
from support.hub_server import HubServer, hub_server
from support.tiny_models import noise, sha256, tiny_catalogue

CONTENT = noise(200_000)
PATH = f"/owner/tiny/resolve/{'a' * 40}/tiny.gguf"


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[HubServer]:
    with hub_server(CONTENT) as server:
        monkeypatch.setenv("HF_ENDPOINT", server.endpoint + "/")
        yield server


@pytest.fixture
def pauses() -> list[int]:
    """The attempts that were paused before."""
    return []


@pytest.fixture
def store(tmp_path: Path, pauses: list[int]) -> ModelStore:
    def backoff(attempt: int) -> float:
        pauses.append(attempt)
        return 0.0

    options = HubOptions(connect_seconds=2, read_seconds=5, attempts=3, progress_bytes=50_000, backoff=backoff)
    return ModelStore(tmp_path / "models", tiny_catalogue(CONTENT), options)


def partial(store: ModelStore) -> Path:
    path = store.path(store.catalogue.default)
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.with_name(path.name + ".partial")


def ranges(hub: HubServer, server: str = "cdn") -> list[str | None]:
    return [request.range for request in hub.requests if request.server == server]


def test_a_file_comes_through_the_redirect(hub: HubServer, store: ModelStore) -> None:
    seen: list[Progress] = []
    path = store.pull("tiny", seen.append)
    assert path.read_bytes() == CONTENT
    assert [request.path for request in hub.requests] == [PATH, "/blob?signature=a%2Bb"]
    done = [progress.done_bytes for progress in seen if progress.source == "hub"]
    assert done[-1] == len(CONTENT)
    assert not partial(store).exists()


def test_a_hub_without_redirect_or_length_works_too(hub: HubServer, store: ModelStore) -> None:
    hub.behaviour.redirect, hub.behaviour.chunked = False, True
    assert store.pull("tiny").read_bytes() == CONTENT


def test_a_cut_connection_is_taken_up_where_it_was_cut(hub: HubServer, store: ModelStore, pauses: list[int]) -> None:
    hub.behaviour.cuts = [70_000, 10_000]
    assert store.pull("tiny").read_bytes() == CONTENT
    assert ranges(hub) == [None, "bytes=70000-", "bytes=80000-"]
    assert pauses == [1, 2]


def test_patience_ends_and_what_came_is_kept(hub: HubServer, store: ModelStore, pauses: list[int]) -> None:
    hub.behaviour.cuts = [1000] * 10
    with pytest.raises(DownloadFailed, match=r"was tried 4 times in a row: the connection was cut"):
        store.pull("tiny")
    assert pauses == [1, 2, 3]
    assert partial(store).read_bytes() == CONTENT[:4000]


def test_getting_on_renews_patience(hub: HubServer, store: ModelStore) -> None:
    hub.behaviour.cuts = [20_000] * 9
    assert store.pull("tiny").read_bytes() == CONTENT


def test_an_earlier_runs_bytes_are_not_fetched_again(hub: HubServer, store: ModelStore) -> None:
    partial(store).write_bytes(CONTENT[:123_456])
    assert store.pull("tiny").read_bytes() == CONTENT
    assert ranges(hub) == ["bytes=123456-"]


def test_a_server_that_ignores_ranges_starts_over(hub: HubServer, store: ModelStore) -> None:
    hub.behaviour.ranges = False
    partial(store).write_bytes(b"x" * 1000)
    assert store.pull("tiny").read_bytes() == CONTENT


def test_a_whole_partial_needs_no_server(store: ModelStore) -> None:
    partial(store).write_bytes(CONTENT)
    assert store.pull("tiny").read_bytes() == CONTENT


def test_a_partial_that_is_too_long_is_dropped(hub: HubServer, store: ModelStore) -> None:
    partial(store).write_bytes(CONTENT + b"more")
    assert store.pull("tiny").read_bytes() == CONTENT
    assert ranges(hub) == [None]


def test_wrong_bytes_are_refused_and_the_next_pull_starts_afresh(hub: HubServer, store: ModelStore) -> None:
    wrong = noise(len(CONTENT), seed=2)
    hub.behaviour.content = wrong
    with pytest.raises(ModelInvalid) as caught:
        store.pull("tiny")
    assert f"from hub has the wrong sha256: expected {sha256(CONTENT)}, got {sha256(wrong)}" in str(caught.value)
    assert not store.path(store.catalogue.default).exists()
    hub.behaviour.content = CONTENT
    hub.requests.clear()
    assert store.pull("tiny").read_bytes() == CONTENT
    assert ranges(hub) == [None]


@pytest.mark.parametrize(
    ("status", "headers", "said"),
    [
        (404, {}, "has no such file (status 404)"),
        (401, {"X-Error-Code": "RepoNotFound"}, "has no such file (status 401, RepoNotFound)"),
        (401, {}, "set HF_TOKEN to a token"),
        (403, {"X-Error-Code": "GatedRepo"}, "accept the model's terms"),
        (418, {}, "answers with status 418"),
        (302, {}, "redirects to nowhere"),
        (302, {"Location": "ftp://127.0.0.1/x"}, "redirects to an unsafe address"),
        (302, {"Location": PATH}, "redirects without end"),
    ],
)
def test_a_refusal_is_final(hub: HubServer, store: ModelStore, status: int, headers: dict[str, str], said: str) -> None:
    hub.behaviour.statuses, hub.behaviour.headers = [status] * 10, headers
    with pytest.raises(DownloadFailed, match=re.escape(said)) as caught:
        store.pull("tiny")
    assert "\n" not in str(caught.value)
    assert f"put the file at {store.path(store.catalogue.default)}" in str(caught.value)
    assert ranges(hub) == []


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_busy_hub_is_asked_again(hub: HubServer, store: ModelStore, pauses: list[int], status: int) -> None:
    hub.behaviour.statuses = [status, status]
    assert store.pull("tiny").read_bytes() == CONTENT
    assert pauses == [1, 2]


def test_a_file_of_another_size_is_not_even_begun(hub: HubServer, store: ModelStore) -> None:
    hub.behaviour.content = CONTENT[:-1]
    with pytest.raises(DownloadFailed, match=f"has a file of {len(CONTENT) - 1} bytes, expected {len(CONTENT)}"):
        store.pull("tiny")
    assert partial(store).stat().st_size == 0


def test_more_bytes_than_expected_are_not_written(hub: HubServer, store: ModelStore) -> None:
    hub.behaviour.content, hub.behaviour.chunked = CONTENT + b"more", True
    with pytest.raises(DownloadFailed, match="sends more than the expected"):
        store.pull("tiny")
    assert partial(store).stat().st_size <= len(CONTENT)


def test_a_range_of_another_file_is_refused(hub: HubServer, store: ModelStore) -> None:
    hub.behaviour.range_total = 7
    partial(store).write_bytes(CONTENT[:1000])
    with pytest.raises(DownloadFailed, match="has a file of 7 bytes"):
        store.pull("tiny")
    assert partial(store).read_bytes() == CONTENT[:1000]


def test_a_file_shorter_than_what_is_here_is_refused(hub: HubServer, store: ModelStore) -> None:
    hub.behaviour.content = CONTENT[:500]
    partial(store).write_bytes(CONTENT[:1000])
    with pytest.raises(DownloadFailed, match="has a file of 500 bytes"):
        store.pull("tiny")


def test_the_token_goes_to_the_hub_and_nowhere_else(
    hub: HubServer, store: ModelStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    store.pull("tiny")
    assert [(request.server, request.authorization) for request in hub.requests] == [
        ("hub", "Bearer hf_secret"),
        ("cdn", None),
    ]


def test_offline_means_no_request(hub: HubServer, store: ModelStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(DownloadFailed, match="switched off by HF_HUB_OFFLINE"):
        store.pull("tiny")
    assert hub.requests == []


def test_an_endpoint_that_is_no_address_is_said(store: ModelStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "not a hub")
    with pytest.raises(DownloadFailed, match="HF_ENDPOINT is no web address"):
        store.pull("tiny")


def test_a_refused_connection_is_no_wait(store: ModelStore, pauses: list[int]) -> None:
    with pytest.raises(DownloadFailed, match=r"127\.0\.0\.1 can't be reached: the connection is refused"):
        store.pull("tiny")
    assert pauses == []


def test_a_name_server_that_is_silent_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answered = threading.Event()

    def silent(*_: object, **__: object) -> list[object]:
        answered.wait(30)
        raise socket.gaierror

    monkeypatch.setenv("HF_ENDPOINT", "http://hub.invalid")
    monkeypatch.setattr(socket, "getaddrinfo", silent)
    store = ModelStore(tmp_path, tiny_catalogue(CONTENT), HubOptions(connect_seconds=0.2))
    began = time.monotonic()
    with pytest.raises(DownloadFailed, match=r"hub\.invalid can't be reached: it doesn't answer"):
        store.pull("tiny")
    assert time.monotonic() - began < 5
    answered.set()


def test_a_name_that_can_be_none_is_said_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HF_ENDPOINT", f"http://{'x' * 64}.invalid")
    with pytest.raises(DownloadFailed, match="its name has no address here"):
        ModelStore(tmp_path, tiny_catalogue(CONTENT), HubOptions(connect_seconds=2)).pull("tiny")


def test_a_server_that_stalls_is_asked_again(hub: HubServer, tmp_path: Path) -> None:
    hub.behaviour.hold_after = 1000

    def backoff(_attempt: int) -> float:
        hub.behaviour.hold_after = None
        return 0.0

    store = ModelStore(tmp_path, tiny_catalogue(CONTENT), HubOptions(read_seconds=0.3, backoff=backoff))
    assert store.pull("tiny").read_bytes() == CONTENT
    assert ranges(hub) == [None, "bytes=1000-"]


def test_cancel_ends_a_stalled_transfer_and_keeps_what_came(hub: HubServer, store: ModelStore) -> None:
    hub.behaviour.hold_after = 5000
    cancel = threading.Event()

    def show(progress: Progress) -> None:
        if progress.done_bytes >= 5000:
            cancel.set()

    with pytest.raises(DownloadCancelled):
        store.pull("tiny", show, cancel)
    assert hub.behaviour.held.is_set()
    assert partial(store).read_bytes() == CONTENT[:5000]
