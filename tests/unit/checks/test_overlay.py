from __future__ import annotations

import asyncio
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from mendline.checks.overlay import Copy, Limits, NoOverlay, Overlay
from support.checked import subject_of


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    for path, text in {
        "a.py": "a",
        "package/b.py": "b",
        ".gitignore": "ignored/\n*.log\n",
        "ignored/c.py": "c",
        "d.log": "d",
        ".env": "KEY=secret",
        "node_modules/lib/index.js": "lib",
        ".git/config": "git",
    }.items():
        _write(folder / path, text)
    return folder


@pytest.fixture
def copy(root: Path, tmp_path: Path) -> Copy:
    return Copy(root, tmp_path / "copy")


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _content(copy: Copy) -> dict[str, str]:
    found = {}
    for folder, _, names in os.walk(copy.files):
        for name in names:
            path = Path(folder, name)
            found[path.relative_to(copy.files).as_posix()] = path.read_text(encoding="utf-8")
    return found


PLAIN = {"a.py": "a", "package/b.py": "b", ".gitignore": "ignored/\n*.log\n"}


def test_the_projects_files_and_the_texts_over_them(copy: Copy, root: Path) -> None:
    copy.bring({"a.py": "changed", "new/e.py": "🙂\r\n", "ignored/c.py": "open"})
    expected = {**PLAIN, "a.py": "changed", "ignored/c.py": "open", "new/e.py": "🙂\r\n"}
    assert {**_content(copy), "new/e.py": (copy.files / "new/e.py").read_bytes().decode()} == expected
    assert (root / "a.py").read_text() == "a"
    assert not (root / "new").exists()


def test_what_is_installed_is_linked(copy: Copy, root: Path) -> None:
    copy.bring({})
    assert (copy.files / "node_modules").readlink() == root / "node_modules"
    assert (copy.files / "node_modules/lib/index.js").read_text() == "lib"


def test_other_texts_take_the_place_of_those_before(copy: Copy) -> None:
    copy.bring({"a.py": "one", "new/e.py": "e"})
    copy.bring({"package/b.py": "two"})
    assert _content(copy) == {**PLAIN, "package/b.py": "two"}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda root: _write(root / "a.py", "longer"), {**PLAIN, "a.py": "longer"}),
        (lambda root: _write(root / "f/g.py", "g"), {**PLAIN, "f/g.py": "g"}),
        (lambda root: (root / "package/b.py").unlink(), {key: PLAIN[key] for key in PLAIN if key != "package/b.py"}),
        (lambda root: _write(root / ".gitignore", "package\n"), {"a.py": "a", ".gitignore": "package\n", "d.log": "d"}),
    ],
    ids=["changed", "added", "removed", "ignored"],
)
def test_it_follows_the_project(
    change: Callable[[Path], object], expected: dict[str, str], copy: Copy, root: Path
) -> None:
    copy.bring({})
    change(root)
    copy.bring({"a.py": expected["a.py"]})
    found = _content(copy)
    found.pop("ignored/c.py", None)
    assert found == expected


@pytest.mark.parametrize(
    "meddle",
    [
        lambda files: _write(files / "a.py", "x"),
        lambda files: (files / "a.py").unlink(),
        lambda files: _write(files / "pyrightconfig.json", "{}"),
        lambda files: _write(files / "sub/conftest.py", ""),
        lambda files: (files / "a.py").rename(files / "z.py"),
        lambda files: ((files / "package/b.py").unlink(), (files / "package").rmdir(), _write(files / "package", "x")),
        lambda files: os.mkfifo(files / "fifo"),
    ],
    ids=["changed", "removed", "added", "folder", "renamed", "replaced", "pipe"],
)
def test_what_ran_in_it_leaves_nothing(meddle: Callable[[Path], object], copy: Copy) -> None:
    copy.bring({"c.py": "c"})
    times = os.stat(copy.files / "a.py")
    meddle(copy.files)
    if (copy.files / "a.py").exists():
        os.utime(copy.files / "a.py", ns=(times.st_atime_ns, times.st_mtime_ns))
    copy.bring({"c.py": "c"})
    assert _content(copy) == {**PLAIN, "c.py": "c"}


@pytest.mark.parametrize("path", ["package/b.py", "package/new.py", "package/deeper/new.py"])
def test_links_planted_in_it_lead_nowhere(path: str, root: Path, tmp_path: Path) -> None:
    copy = Copy(root, tmp_path / "copy", fresh_seconds=60)  # it does not look again
    outside = tmp_path / "outside"
    _write(outside / "b.py", "mine")
    copy.bring({path: "one"})
    (copy.files / "package").rename(copy.place / "moved")
    (copy.files / "package").symlink_to(outside)
    copy.bring({path: "two"})
    assert (copy.files / path).read_text() == "two"
    assert os.listdir(outside) == ["b.py"]
    assert (outside / "b.py").read_text() == "mine"


@pytest.mark.parametrize("fresh_seconds", [0, 60])
@pytest.mark.parametrize("name", ["files", "caches", "caches/tool"])
def test_links_in_the_place_of_its_own_folders_lead_nowhere(
    name: str, fresh_seconds: float, root: Path, tmp_path: Path
) -> None:
    copy = Copy(root, tmp_path / "copy", fresh_seconds=fresh_seconds)
    outside = tmp_path / "outside"
    _write(outside / "mine.py", "mine")
    copy.bring({"a.py": "one"})
    copy.cache("tool")
    (copy.place / name).rename(tmp_path / "moved")
    (copy.place / name).symlink_to(outside)
    copy.bring({"a.py": "two", "package/b.py": "two"})
    (copy.cache("tool") / "made").write_text("")
    assert _content(copy) == {**PLAIN, "a.py": "two", "package/b.py": "two"}
    assert os.listdir(outside) == ["mine.py"]


def test_it_looks_again_when_it_is_no_longer_fresh(root: Path, tmp_path: Path) -> None:
    now = 0.0
    copy = Copy(root, tmp_path / "copy", fresh_seconds=1, clock=lambda: now)
    copy.bring({})
    _write(root / "new.py", "new")
    copy.bring({})
    assert not (copy.files / "new.py").exists()
    now = 1.0
    copy.bring({})
    assert (copy.files / "new.py").exists()


@pytest.mark.parametrize(
    "path",
    ["/etc/passwd", "../a.py", "package/../../a.py", "", "a//b", "./a.py", "a\0b", "node_modules/lib/index.js"],
)
def test_paths_that_lead_out_are_refused(path: str, copy: Copy, root: Path) -> None:
    with pytest.raises(NoOverlay):
        copy.bring({path: "x"})
    assert (root / "node_modules/lib/index.js").read_text() == "lib"


@pytest.mark.parametrize(
    ("limits", "refused"),
    [(Limits(files=2), True), (Limits(total_bytes=10), True), (Limits(file_bytes=5), False)],
)
def test_it_is_bounded(limits: Limits, refused: bool, root: Path, tmp_path: Path) -> None:
    copy = Copy(root, tmp_path / "copy", limits)
    if refused:
        with pytest.raises(NoOverlay, match="too much for a copy"):
            copy.bring({})
    else:
        copy.bring({})
        assert _content(copy) == {"a.py": "a", "package/b.py": "b"}


def test_links_in_the_project_are_left_out(copy: Copy, root: Path, tmp_path: Path) -> None:
    _write(tmp_path / "secret", "secret")
    (root / "link").symlink_to(tmp_path / "secret")
    (root / "folder").symlink_to(tmp_path)
    copy.bring({})
    assert _content(copy) == PLAIN


def test_only_the_user_can_read_it(copy: Copy, root: Path) -> None:
    (root / "run.sh").write_text("")
    (root / "run.sh").chmod(0o755)
    copy.bring({"b.py": "b"})
    modes = {path: stat.S_IMODE((copy.files / path).stat().st_mode) for path in ("", "a.py", "b.py", "run.sh")}
    assert modes == {"": 0o700, "a.py": 0o600, "b.py": 0o600, "run.sh": 0o700}


async def test_who_wants_the_same_shares_it_and_who_wants_others_waits(root: Path) -> None:
    overlay = Overlay()
    first = subject_of(root, "a.py", "first", "python")
    second = subject_of(root, "a.py", "second", "python")
    order = []

    async def other() -> None:
        async with overlay.of(second) as copy:
            order.append((copy.files / "a.py").read_text())

    async with overlay.of(first) as one, overlay.of(first) as two:
        assert one is two
        waiting = asyncio.create_task(other())
        await asyncio.sleep(0)
        order.append((one.files / "a.py").read_text())
    await waiting
    assert order == ["first", "second"]
    overlay.close()


async def test_cancelling_frees_it(root: Path) -> None:
    overlay = Overlay()
    held = asyncio.Event()

    async def hold() -> None:
        async with overlay.of(subject_of(root, "a.py", "first", "python")):
            held.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(hold())
    await held.wait()
    waiting = asyncio.create_task(hold())
    await asyncio.sleep(0)
    waiting.cancel()
    task.cancel()
    await asyncio.gather(task, waiting, return_exceptions=True)
    async with overlay.of(subject_of(root, "a.py", "second", "python")) as copy:
        assert (copy.files / "a.py").read_text() == "second"
    overlay.close()


async def test_copies_used_long_ago_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asyncio.get_running_loop(), "run_in_executor", _run_now)
    overlay = Overlay()
    places = []
    for number in range(6):
        async with overlay.of(subject_of(tmp_path / str(number), "a.py", "x", "python")) as copy:
            places.append(copy.place)
    assert [place.exists() for place in places] == [False, False, True, True, True, True]
    overlay.close()
    assert not any(place.exists() for place in places)


def test_what_its_links_lead_to(copy: Copy, root: Path) -> None:
    copy.bring({"a.py": "changed"})
    assert copy.linked == (root / "node_modules",)
    assert (copy.files / "node_modules").resolve() in copy.linked


def _run_now(_executor: object, function: Callable[..., object], *arguments: object) -> asyncio.Future[object]:
    done: asyncio.Future[object] = asyncio.get_running_loop().create_future()
    done.set_result(function(*arguments))
    return done
