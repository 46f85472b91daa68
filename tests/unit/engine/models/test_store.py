"""The store: names to files, good hashes remembered, wrong ones refused, pulls in turns."""

import os
import threading
from pathlib import Path

import pytest
from filelock import FileLock

from mendline.engine.errors import DownloadFailed, EngineError, ModelInvalid, ModelMissing, ModelUnknown
from mendline.engine.models import DownloadCancelled, ModelStore, Phase, Progress
from support.tiny_models import gguf_bytes, sha256, tiny_catalogue

CONTENT = gguf_bytes()


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    return ModelStore(tmp_path / "models", tiny_catalogue(CONTENT))


def place(store: ModelStore, content: bytes = CONTENT) -> Path:
    path = store.path(store.catalogue.default)
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    return path


def test_the_folder_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MENDLINE_MODELS_DIR", str(tmp_path / "elsewhere"))
    assert ModelStore.default().directory == tmp_path / "elsewhere"


def test_the_folder_is_in_the_users_cache_otherwise(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("MENDLINE_MODELS_DIR", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert ModelStore.default().directory.parts[-2:] == ("mendline", "models")


def test_an_id_is_its_file(store: ModelStore) -> None:
    path = place(store)
    assert store.resolve("tiny") == store.resolve(" Tiny ") == path


def test_a_model_that_is_not_here_is_missing(store: ModelStore) -> None:
    with pytest.raises(ModelMissing, match="run `mendline models pull tiny`") as caught:
        store.resolve("tiny")
    assert caught.value.model == "tiny"
    assert not store.installed(store.catalogue.default)


def test_an_unknown_id_is_unknown(store: ModelStore) -> None:
    with pytest.raises(ModelUnknown, match="did you mean `tiny`"):
        store.resolve("tinny")


@pytest.mark.parametrize("name", ["{dir}/own.gguf", "./own.gguf", "own.gguf", "~/own.gguf", "./own", "{dir}/own"])
def test_a_path_is_that_file(store: ModelStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    for file in ("own.gguf", "own"):
        (tmp_path / file).write_bytes(CONTENT)
    assert store.resolve(name.format(dir=tmp_path)) == tmp_path / Path(name).name


@pytest.mark.parametrize("name", ["~no-such-user/x.gguf", "a\0b.gguf", "\ud800.gguf"])
def test_a_path_that_can_be_none_is_unknown(store: ModelStore, name: str) -> None:
    with pytest.raises(ModelUnknown, match="full path") as caught:
        store.resolve(name)
    assert str(caught.value).isprintable()


def test_a_path_is_looked_into(store: ModelStore, tmp_path: Path) -> None:
    (tmp_path / "own.gguf").write_bytes(CONTENT[:-1])
    with pytest.raises(ModelInvalid, match="is truncated"):
        store.resolve(str(tmp_path / "own.gguf"))
    with pytest.raises(ModelUnknown, match="There is no file"):
        store.resolve(str(tmp_path / "other.gguf"))


def test_a_wrong_file_put_by_hand_is_refused(store: ModelStore) -> None:
    wrong = CONTENT[:-1] + b"\0"
    path = place(store, wrong)
    with pytest.raises(ModelInvalid) as caught:
        store.resolve("tiny")
    message = str(caught.value)
    assert f"expected {sha256(CONTENT)}, got {sha256(wrong)}" in message
    assert "`mendline models pull tiny`" in message
    assert path.read_bytes() == wrong


def test_a_file_of_the_wrong_length_is_refused(store: ModelStore) -> None:
    place(store, CONTENT + b"\0")
    assert not store.installed(store.catalogue.default)
    with pytest.raises(ModelInvalid, match=f"expected {len(CONTENT)} bytes, has {len(CONTENT) + 1}"):
        store.resolve("tiny")


def test_a_good_hash_is_remembered_until_the_file_changes(store: ModelStore) -> None:
    path = place(store)
    store.resolve("tiny")
    kept = path.stat()
    path.write_bytes(b"x" * len(CONTENT))
    os.utime(path, ns=(kept.st_atime_ns, kept.st_mtime_ns))
    assert store.resolve("tiny") == path  # neither size nor time tell: not read again
    with pytest.raises(ModelInvalid, match="wrong sha256"):
        store.verify("tiny")  # reads it always
    with pytest.raises(ModelInvalid, match="wrong sha256"):
        store.resolve("tiny")  # and what it found counts


def test_a_touched_file_is_read_again(store: ModelStore) -> None:
    path = place(store)
    store.resolve("tiny")
    path.write_bytes(b"x" * len(CONTENT))
    os.utime(path, ns=(1, 1))
    with pytest.raises(ModelInvalid, match="wrong sha256"):
        store.resolve("tiny")


def test_verify_shows_its_progress(store: ModelStore) -> None:
    place(store)
    seen: list[Progress] = []
    store.verify("tiny", seen.append)
    assert seen[-1] == Progress(len(CONTENT), len(CONTENT), phase=Phase.VERIFYING)


def test_pull_takes_a_file_put_by_hand(store: ModelStore) -> None:
    path = place(store)
    assert store.pull("tiny") == path


def test_remove_frees_everything(store: ModelStore) -> None:
    path = place(store)
    store.resolve("tiny")
    path.with_name(path.name + ".partial").write_bytes(b"12345")
    assert store.remove("tiny") >= len(CONTENT) + 5
    assert not path.parent.exists()
    assert store.remove("tiny") == 0


def lock_of(store: ModelStore) -> FileLock:
    folder = store.directory / ".locks"
    folder.mkdir(parents=True, exist_ok=True)
    return FileLock(folder / "tiny.lock")


def test_a_second_pull_waits_and_then_finds_it(store: ModelStore) -> None:
    waiting, done = threading.Event(), threading.Event()
    seen: list[Phase] = []

    def show(progress: Progress) -> None:
        seen.append(progress.phase)
        if progress.phase is Phase.WAITING:
            waiting.set()

    def pull() -> None:
        store.pull("tiny", show)
        done.set()

    with lock_of(store):
        threading.Thread(target=pull, daemon=True).start()
        assert waiting.wait(10)
        place(store)
        assert not done.is_set()
    assert done.wait(10)
    assert seen[-1] is Phase.DONE
    assert Phase.DOWNLOADING not in seen


def test_waiting_can_be_cancelled(store: ModelStore) -> None:
    cancel = threading.Event()
    with lock_of(store), pytest.raises(DownloadCancelled):
        store.pull("tiny", lambda _: cancel.set(), cancel)


def test_a_model_being_pulled_is_not_removed(store: ModelStore) -> None:
    path = place(store)
    with lock_of(store), pytest.raises(EngineError, match="is being downloaded right now"):
        store.remove("tiny")
    assert path.exists()


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    store = ModelStore(tmp_path / "file" / "models", tiny_catalogue(CONTENT))
    with pytest.raises(DownloadFailed, match="MENDLINE_MODELS_DIR"):
        store.pull("tiny")


def test_a_source_the_model_has_not_is_said(store: ModelStore) -> None:
    with pytest.raises(DownloadFailed, match="can't be had from wheels; the catalogue gives hub"):
        store.pull("tiny", source="wheels")
