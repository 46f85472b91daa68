"""Which files never become context of another: ignored, excluded, secret-looking."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from mendline.context.surroundings import is_installed
from mendline.workspace.exclusion import excluded_by
from mendline.workspace.ignoring import IgnoreRules


def refusing(folders: Iterable[Path], exclude: Sequence[str]) -> Callable[[Path], bool]:
    """Return what says of a path whether its file is refused, by the ignore files as they are now.

    Ignore files speak of the workspace's own files. What is installed in it is ignored by all of them, and looked at
    for what it offers to an import.

    Args:
        folders: the workspace's, absolute.
        exclude: the user's `privacy.exclude`.
    """
    rules = [(Path(os.path.realpath(folder)), IgnoreRules(folder, tuple(exclude))) for folder in folders]

    def is_refused(path: Path) -> bool:
        # By a link, a file has another name; it is refused by either.
        real = Path(os.path.realpath(path))
        if any(excluded_by(each.as_posix(), exclude) is not None for each in (path, real)):
            return True
        for real_root, each in rules:
            if path.is_relative_to(each.root) and not is_installed(path, (each.root,)):
                names = {path.relative_to(each.root)}
                names |= {real.relative_to(real_root)} if real.is_relative_to(real_root) else set()
                if any(each.why(name.as_posix()) is not None for name in names):
                    return True
        return False

    return is_refused
