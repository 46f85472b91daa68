from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from mendline.checks.state import Rules, listing, state_of


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for path in (
        "a.py",
        "b/c.py",
        "b/made.log",
        "node_modules/x/i.js",
        "b/node_modules/y.js",
        ".git/config",
        "out/d.py",
    ):
        _write(tmp_path / path, "x")
    _write(tmp_path / ".gitignore", "*.log\n")
    return tmp_path


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


ALL = {".gitignore", "a.py", "b/c.py", "node_modules", "b/node_modules"}


def test_files_and_folders_of_what_is_installed(root: Path) -> None:
    found = listing(root)
    assert {each.path for each in found} == ALL
    assert {each.path for each in found if each.is_folder} == {"node_modules", "b/node_modules"}


def test_links(root: Path) -> None:
    (root / "link.py").symlink_to(root / "a.py")
    (root / "linked").symlink_to(root / "b")
    (root / ".venv").symlink_to(root / "b")
    assert {each.path for each in listing(root)} == {*ALL, ".venv"}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda root: _write(root / ".gitignore", "c.py\n"), {*ALL, "b/made.log"} - {"b/c.py"}),
        (lambda root: (root / ".gitignore").unlink(), {*ALL, "b/made.log"} - {".gitignore"}),
        (lambda root: _write(root / "b/.gitignore", "!made.log\n"), {*ALL, "b/made.log", "b/.gitignore"}),
        (
            lambda root: _write(root / ".mendlineignore", "/b/\n"),
            {".mendlineignore", ".gitignore", "a.py", "node_modules"},
        ),
        (lambda root: _write(root / "new.log", "x"), ALL),
        (lambda root: _write(root / "new.py", "x"), {*ALL, "new.py"}),
    ],
)
def test_a_look_again_sees_what_has_changed(change: Callable[[Path], object], expected: set[str], root: Path) -> None:
    rules = Rules(root)
    assert {each.path for each in rules.listing()} == ALL
    change(root)
    assert {each.path for each in rules.listing()} == expected


def test_an_ignore_file_above_is_seen_in_a_while(root: Path) -> None:
    now = 0.0
    rules = Rules(root / "b", clock=lambda: now)
    assert {each.path for each in rules.listing()} == {"c.py", "node_modules"}
    _write(root / ".gitignore", "c.py\n")
    now = 61.0
    assert {each.path for each in rules.listing()} == {"made.log", "node_modules"}


@pytest.mark.parametrize(
    ("change", "changes"),
    [
        (lambda root: _write(root / "a.py", "longer"), True),
        (lambda root: os.utime(root / "a.py", ns=(1, 1)), True),
        (lambda root: (root / "a.py").rename(root / "z.py"), True),
        (lambda root: _write(root / "b/made.log", "longer"), False),
        (lambda root: _write(root / "node_modules/z/i.js", "x"), False),
    ],
)
def test_the_state_changes_with_a_file(change: Callable[[Path], object], changes: bool, root: Path) -> None:
    before = state_of(root)
    change(root)
    assert (state_of(root) != before) is changes
