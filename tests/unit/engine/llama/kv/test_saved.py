"""Prompt states on disk: found again after a start, bounded, private."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from support.saved_states import Disk, saved

SECRET = 31337


@pytest.fixture
def disk(tmp_path: Path) -> Disk:
    return Disk(tmp_path / "states")


def test_a_state_is_found_after_a_start(disk: Disk) -> None:
    saved(disk.start(), [1, 2, 3, 4])
    states = disk.start()
    state = states.best([1, 2, 3, 9])
    assert state is not None
    assert (state.tokens.tolist(), state.bytes, state.shared([1, 2, 3, 9])) == ([1, 2, 3, 4], 40, 3)
    assert states.restore(state, 5) == [1, 2, 3, 4]
    assert disk.files.sequences == {5: [1, 2, 3, 4]}
    assert states.bytes == 40


@pytest.mark.parametrize(
    ("kept", "prompt", "best"),
    [
        ([], [1, 2], None),
        ([[1, 2]], [], None),
        ([[1, 2]], [2, 1], None),
        ([[1, 2]], [1, 2], [1, 2]),
        ([[1, 2, 3]], [1], [1, 2, 3]),
        ([[1, 2], [1, 5, 6]], [1, 2, 3], [1, 2]),
        ([[1, 5, 6], [1, 2]], [1, 2, 3], [1, 2]),
        ([[1, 2, 9, 9, 9], [1, 2, 3]], [1, 2, 3, 4], [1, 2, 3]),
        ([[1, 2, 8], [1, 2, 9]], [1, 2, 3], [1, 2, 9]),
        ([[7, 7, 7], [1]], [1, 7, 7], [1]),
    ],
)
def test_best(disk: Disk, kept: list[list[int]], prompt: list[int], best: list[int] | None) -> None:
    states = disk.start()
    for tokens in kept:
        saved(states, tokens)
    state = states.best(prompt)
    assert (None if state is None else state.tokens.tolist()) == best


def test_what_is_there_already_is_not_written_again(disk: Disk) -> None:
    states = disk.start()
    state = saved(states, [1, 2, 3])
    assert states.save([1, 2, 3], 0) is state
    assert states.save([1, 2], 0) is state
    assert states.save([], 0) is None
    assert disk.files.saves == 1


def test_a_state_takes_the_place_of_those_it_begins_with(disk: Disk) -> None:
    states = disk.start()
    for tokens in ([1, 2], [1, 3], [1, 2, 3], [1, 2, 3, 4]):
        saved(states, tokens)
    assert disk.tokens() == {(1, 3), (1, 2, 3, 4)}
    assert states.bytes == 60


def test_the_one_used_longest_ago_goes_first(disk: Disk) -> None:
    states = disk.start(limit=100)
    first = saved(states, [1, 1, 1])
    for tokens in ([2, 2, 2], [3, 3, 3]):
        saved(states, tokens)
    states.restore(first, 0)
    saved(states, [4, 4, 4])
    assert disk.tokens() == {(1, 1, 1), (3, 3, 3), (4, 4, 4)}
    saved(states, [5] * 7)
    assert disk.tokens() == {(4, 4, 4), (5,) * 7}


def test_use_is_remembered_over_a_start_and_a_lower_limit_holds_at_once(disk: Disk) -> None:
    states = disk.start()
    names = [saved(states, tokens).name for tokens in ([1, 1], [2, 2], [3, 3])]
    for seconds, name in zip([20, 30, 10], names, strict=True):
        os.utime(disk.folder / f"{name}.json", (seconds, seconds))
    states = disk.start(limit=45)
    assert disk.tokens() == {(1, 1), (2, 2)}
    state = states.best([1])
    assert state is not None
    states.restore(state, 0)
    disk.start(limit=25)
    assert disk.tokens() == {(1, 1)}


def test_what_is_larger_than_the_limit_is_not_kept_and_pushes_nothing_out(disk: Disk) -> None:
    states = disk.start(limit=50)
    saved(states, [1, 2])
    assert states.save([3] * 6, 0) is None
    assert disk.tokens() == {(1, 2)}
    assert len(disk.names()) == 2


def test_only_the_user_can_read_them(disk: Disk) -> None:
    umask = os.umask(0)
    try:
        saved(disk.start(), [1, 2])
    finally:
        os.umask(umask)
    assert stat.S_IMODE(disk.folder.stat().st_mode) == 0o700
    assert [stat.S_IMODE((disk.folder / name).stat().st_mode) for name in disk.names()] == [0o600, 0o600]
    disk.folder.chmod(0o755)
    disk.start()
    assert stat.S_IMODE(disk.folder.stat().st_mode) == 0o700


@pytest.mark.parametrize("how", ["says so", "is cut off", "raises"])
def test_a_write_that_fails_leaves_nothing(disk: Disk, how: str, caplog: pytest.LogCaptureFixture) -> None:
    states = disk.start()
    saved(states, [1, 2])
    disk.files.fails = how
    assert states.save([SECRET, SECRET], 0) is None
    assert states.best([SECRET]) is None
    assert disk.tokens() == {(1, 2)}
    assert len(disk.names()) == 2
    assert "could not be saved" in caplog.text
    assert str(SECRET) not in caplog.text


def test_files_of_others_are_left_alone(disk: Disk) -> None:
    disk.folder.mkdir()
    others = ["notes.json", "0123456789abcdef.txt", "0123456789abcde.state", "x0123456789abcdef.json"]
    for name in others:
        (disk.folder / name).write_text("mine")
    states = disk.start()
    saved(states, [1])
    states.forget()
    assert disk.names() == sorted(others)


def test_what_lies_in_the_way_of_tidying_is_no_error(disk: Disk) -> None:
    saved(disk.start(), [1, 2])
    (disk.folder / "0123456789abcdef.state").mkdir()
    (disk.folder / "fedcba9876543210.json").write_text("{}")
    states = disk.start()
    assert states.best([1, 2]) is not None
    assert len(disk.names()) == 3


def test_forget(disk: Disk) -> None:
    states = disk.start()
    saved(states, [1, 2])
    saved(states, [3, 4])
    states.forget()
    assert disk.names() == []
    assert states.best([1]) is None
    assert states.bytes == 0
