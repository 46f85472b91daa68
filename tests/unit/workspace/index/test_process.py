"""The process behind an index: its orders, its loop, and the real thing."""

from __future__ import annotations

import io
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

import mendline
from mendline.workspace.index.keeper import IndexKeeper
from mendline.workspace.index.once import IndexBusy, builder_of, update_once
from mendline.workspace.index.orders import LINE_BYTES, Orders, changed_lines
from mendline.workspace.index.place import place_of
from mendline.workspace.index.process import REPLACED, Keeping, Pace, keep
from mendline.workspace.index.reader import StoredIndex
from support.indexed import Indexed, write_files


def until(look: Callable[[], object], seconds: float = 30) -> None:
    """Wait for what another process does."""
    end = time.monotonic() + seconds
    while not look():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def test_orders_survive_the_way_through_a_pipe() -> None:
    paths = [f"/w/d{'x' * (number % 300)}/{number}.py" for number in range(200)] + ["/w/é\n.py", "/" + "y" * 5000]
    lines = list(changed_lines(paths))
    assert all(len(line) <= LINE_BYTES for line in lines)
    orders = Orders()
    orders.listen(io.BytesIO(b"nonsense\n[]\n{}\n" + b"".join(lines) + b'{"changed": "x"}\n{"changed": [1]}\n'))
    assert orders.take() == paths[:-1]
    assert orders.take() == []
    assert orders.ended()
    assert orders.wait(0)


class Scripted(Orders):
    """Orders that come when the loop waits, by the clock of the test; when there are no more, the end comes."""

    def __init__(self, *steps: Callable[[], object]) -> None:
        super().__init__()
        self.steps = list(steps)
        self.now = 0.0
        self.waits: list[float] = []

    def wait(self, seconds: float) -> bool:
        self.waits.append(seconds)
        step = self.steps.pop(0) if self.steps else self.close
        told = step()
        if told is None:
            self.now += seconds
        return told is not None


def run(indexed: Indexed, orders: Scripted, *, watched: bool = False) -> int:
    return Keeping(indexed.builder, orders, watched, PACE, lambda: orders.now).run()


PACE = Pace(watched_seconds=100, unwatched_seconds=10, check_seconds=1000)


@pytest.mark.parametrize(("watched", "seconds"), [(True, 100), (False, 10)])
def test_all_is_looked_at_again_after_a_while(tmp_path: Path, watched: bool, seconds: float) -> None:
    indexed = Indexed.of(tmp_path, {"a.py": "first = 1\n"})
    orders = Scripted(lambda: write_files(indexed.root, {"b.py": "second = 1\n"}))
    assert run(indexed, orders, watched=watched) == 0
    assert orders.waits[0] == seconds
    assert indexed.index.knows("second")


def test_what_is_told_is_looked_at_at_once(tmp_path: Path) -> None:
    indexed = Indexed.of(tmp_path, {"a.py": "first = 1\n"})

    def tell() -> bool:
        write_files(indexed.root, {"b.py": "second = 1\n", "c.py": "third = 1\n"})
        orders.changed([str(indexed.root / "b.py"), "/elsewhere/c.py"])
        return True

    def check() -> None:
        assert indexed.index.knows("second")
        assert not indexed.index.knows("third")
        orders.close()

    orders = Scripted(tell, check)
    assert run(indexed, orders) == 0


def test_what_is_told_by_a_link(tmp_path: Path) -> None:
    indexed = Indexed.of(tmp_path, {"a.py": "first = 1\n"})
    (tmp_path / "link").symlink_to(indexed.root)
    write_files(tmp_path, {"outside/c.py": "third = 1\n"})
    (indexed.root / "out").symlink_to(tmp_path / "outside")

    def tell() -> bool:
        write_files(indexed.root, {"b.py": "second = 1\n"})
        orders.changed([str(tmp_path / "link" / "b.py"), str(indexed.root / "out" / "c.py")])
        return True

    def check() -> None:
        assert indexed.index.knows("second")
        assert not indexed.index.knows("third")
        orders.close()

    orders = Scripted(tell, check)
    assert run(indexed, orders) == 0


def test_an_ignore_file_that_changes_has_everything_looked_at(tmp_path: Path) -> None:
    indexed = Indexed.of(tmp_path, {"a.py": "first = 1\n"})

    def tell() -> bool:
        write_files(indexed.root, {".gitignore": "a.py\n"})
        orders.changed([str(indexed.root / ".gitignore")])
        return True

    orders = Scripted(tell)
    assert run(indexed, orders) == 0
    assert not indexed.index.knows("first")


def test_a_database_that_was_removed_ends_the_process(tmp_path: Path) -> None:
    indexed = Indexed.of(tmp_path, {"a.py": "first = 1\n"})
    orders = Scripted(indexed.place.clear)
    assert run(indexed, orders) == REPLACED


def test_little_of_the_time_goes_into_looks() -> None:
    assert Pace().after(10, watched=False) == 500
    assert Pace().after(0.1, watched=False) == 60


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A workspace whose index is under the test's own folder, for real processes."""
    monkeypatch.setenv("MENDLINE_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("PYTHONPATH", str(Path(mendline.__file__).parents[1]))
    folder = tmp_path / "work"
    write_files(folder, {"a.py": "class First:\n    password = 'AKIAIOSFODNN7EXAMPLQ'\n", ".gitignore": "no.py\n"})
    write_files(folder, {"no.py": "ignored = 1\n", "private/p.py": "private = 1\n"})
    yield folder.resolve()
    # Nothing of the test may outlive it.
    until(lambda: not builders(folder))


def builders(root: Path) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        try:
            if "mendline.workspace.index" in process.cmdline() and str(root.resolve()) in process.cmdline():
                found.append(process)
        except psutil.Error:
            continue
    return found


def test_a_real_process_keeps_the_index(root: Path) -> None:
    keeper = IndexKeeper(root, ("private/",), watched=True, eager=True)
    keeper.start()
    try:
        until(lambda: keeper.index.knows("First"))
        until(lambda: (state := keeper.index.state()) is not None and state.phase == "ready")
        assert not keeper.index.knows("ignored")
        assert not keeper.index.knows("private")
        write_files(root, {"b.py": "second = 1\n"})
        keeper.changed([str(root / "b.py")])
        until(lambda: keeper.index.knows("second"))
        (root / "b.py").unlink()
        keeper.changed([str(root / "b.py")])
        until(lambda: not keeper.index.knows("second"))
    finally:
        keeper.close()
    until(lambda: not builders(root))
    log = place_of(root).log.read_text()
    assert "First" not in log
    assert b"AKIAIOSFODNN7EXAMPLQ" not in place_of(root).database.read_bytes()


@pytest.mark.skipif(sys.platform != "linux", reason="other systems know other priorities")
def test_the_process_comes_after_all_others(root: Path) -> None:
    keeper = IndexKeeper(root)
    keeper.start()
    try:
        until(lambda: builders(root), 60)
        (process,) = builders(root)
        # It may be some time until it is served at all.
        until(lambda: os.sched_getscheduler(process.pid) == os.SCHED_IDLE, 60)
        assert process.nice() == 19
    finally:
        keeper.close()


def test_a_killed_process_is_replaced(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mendline.workspace.index.keeper._PAUSE_SECONDS", 0.01)
    keeper = IndexKeeper(root, eager=True)
    keeper.start()
    try:
        until(lambda: keeper.index.knows("First"))
        (first,) = builders(root)
        first.kill()
        until(lambda: any(each.pid != first.pid for each in builders(root)))
        write_files(root, {"b.py": "second = 1\n"})
        until(lambda: keeper.index.knows("second") or keeper.changed([str(root / "b.py")]))
    finally:
        keeper.close()


def test_one_process_works_and_the_next_takes_over(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = IndexKeeper(root, eager=True), IndexKeeper(root, eager=True)
    first.start()
    try:
        until(lambda: first.index.knows("First"))
        with pytest.raises(IndexBusy):
            update_once(root, (), lambda _: None)
        second.start()
        until(lambda: len(builders(root)) == 2)
        assert second.index.knows("First")
        first.close()
        until(lambda: len(builders(root)) == 1)
        write_files(root, {"b.py": "second = 1\n"})
        until(lambda: second.index.knows("second") or second.changed([str(root / "b.py")]))
    finally:
        first.close()
        second.close()


def test_a_folder_that_is_no_project_gets_no_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MENDLINE_STATE_DIR", str(tmp_path / "state"))
    keeper = IndexKeeper(Path("/"))
    keeper.start()
    keeper.changed(["/a.py"])
    keeper.close()
    assert not (tmp_path / "state").exists()
    assert builders(Path("/")) == []


def test_a_process_whose_folder_is_gone_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MENDLINE_STATE_DIR", str(tmp_path / "state"))
    assert keep(tmp_path, (), Orders(), watched=False) == 0
    assert not (tmp_path / "state").exists()


def test_once_in_this_process(root: Path) -> None:
    steps: list[str] = []
    state = update_once(root, (), lambda step: steps.append(json.dumps(step.files)))
    assert (state.phase, state.files, steps[-1]) == ("ready", 2, "2")
    assert StoredIndex.of(root).knows("private")
    with builder_of(root, ()) as builder:
        assert builder.state.phase == "building"
