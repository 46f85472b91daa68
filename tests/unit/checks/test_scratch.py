from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from mendline.checks.scratch import Scratch, remove_orphans

HOLD = """
import sys, filelock
from pathlib import Path
folder = Path(sys.argv[1])
folder.mkdir()
with filelock.FileLock(folder / "lock"):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_it_is_the_users_and_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    scratch = Scratch.make()
    assert stat.S_IMODE(scratch.folder.stat().st_mode) == 0o700
    (scratch.folder / "1/files").mkdir(parents=True)
    scratch.remove()
    assert list(tmp_path.iterdir()) == []


def test_what_others_hold_stays_until_they_are_gone(tmp_path: Path) -> None:
    folder = tmp_path / "mendline-scratch-held"
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        os.utime(folder, (0, 0))
        remove_orphans(tmp_path)
        assert folder.exists()
        other.kill()
    os.utime(folder, (0, 0))
    remove_orphans(tmp_path)
    assert not folder.exists()


def test_what_is_new_or_no_folder_of_these_stays(tmp_path: Path) -> None:
    new, other, target = tmp_path / "mendline-scratch-new", tmp_path / "other", tmp_path / "target"
    for folder in (new, other, target):
        folder.mkdir()
    for folder in (other, target):
        os.utime(folder, (0, 0))
    (tmp_path / "mendline-scratch-link").symlink_to(target)
    os.utime(tmp_path / "mendline-scratch-link", (0, 0), follow_symlinks=False)
    remove_orphans(tmp_path)
    assert new.exists()
    assert other.exists()
    assert target.exists()
    remove_orphans(tmp_path, clock=lambda: new.stat().st_mtime + 61)
    assert not new.exists()
