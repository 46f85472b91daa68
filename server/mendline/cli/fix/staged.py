"""What is staged in a git repository, read by plumbing that runs nothing of the repository's."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from attrs import frozen

from mendline.settings.errors import MendlineError

_SAFE: Final = ("-c", "core.fsmonitor=false", "-c", f"core.hooksPath={os.devnull}", "-c", "core.quotePath=false")
_LINK_OR_MODULE: Final = ("120000", "160000")
_SECONDS: Final = 60


class GitError(MendlineError):
    """There is no git, or no repository."""


@frozen
class Staged:
    """A file that is staged.

    Attributes:
        path: from the repository's top, with forward slashes.
        content: what is staged.
        before: what the last commit has of it; None for a new file.
    """

    path: str
    content: bytes
    before: bytes | None


def top_of(folder: Path) -> Path:
    """The top folder of the repository around a folder.

    Raises:
        GitError: there is none.
    """
    return Path(os.fsdecode(_git(folder, "rev-parse", "--show-toplevel").rstrip(b"\n")))


def staged(top: Path) -> Iterator[Staged]:
    """Yield what is staged: added, copied, changed and renamed files.

    Raises:
        GitError: git refuses.
    """
    base = _head(top)
    listed = _git(top, "diff-index", "--cached", "-z", "-M", "--diff-filter=ACMR", base).split(b"\0")
    entries = iter(listed)
    for entry in entries:
        if not entry:
            break
        _, mode, old, new, status = entry.decode().split(" ")
        path = os.fsdecode(next(entries))
        if status[0] in "RC":
            path = os.fsdecode(next(entries))
        if mode not in _LINK_OR_MODULE:
            yield Staged(path, _blob(top, new), None if status == "A" else _blob(top, old))


def _head(top: Path) -> str:
    try:
        return _git(top, "rev-parse", "--verify", "--quiet", "HEAD^{tree}").decode().strip()
    except GitError:
        # A first commit is compared with the tree without files.
        return _git(top, "hash-object", "-t", "tree", os.devnull).decode().strip()


def _blob(top: Path, name: str) -> bytes:
    return _git(top, "cat-file", "blob", name)


def _git(folder: Path, *arguments: str) -> bytes:
    environment = {**os.environ, "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
    try:
        done = subprocess.run(
            ["git", *_SAFE, *arguments], cwd=folder, env=environment, capture_output=True, check=False, timeout=_SECONDS
        )
    except FileNotFoundError:
        raise GitError("git was not found; `--staged` needs it") from None
    except (OSError, subprocess.TimeoutExpired) as error:
        raise GitError(f"git can't be run: {error}") from None
    if done.returncode != 0:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise GitError(f"git {arguments[0]}: {said[-1] if said else 'failed'}")
    return done.stdout
