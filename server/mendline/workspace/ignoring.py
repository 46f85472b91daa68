"""Files of a workspace that are nobody's context: ignored by git or the user, of tools, excluded, or secret-looking.

`.gitignore` counts in every folder, deeper ones over higher ones, and so does `.mendlineignore`, over the `.gitignore`
beside it; `.git/info/exclude` counts before both (git-scm.com/docs/gitignore). Those above the workspace count up to
the top of its repository, unless they ignore the workspace itself. Folders that tools fill are ignored
unless one of these files takes them out (`!build/`). Nothing below an ignored folder can be taken out, as in git.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Final

from attrs import define, field

from mendline.workspace.exclusion import excluded_by
from mendline.workspace.gitignore import Patterns

IGNORE_FILES: Final = (".gitignore", ".mendlineignore")

_EXCLUDE_FILE: Final = ".git/info/exclude"
_MOST_BYTES: Final = 256 * 1024
_MOST_PATTERNS: Final = 5_000
_NEVER: Final = frozenset({".git", ".hg", ".svn", ".jj"})
_TOOLS_FOLDERS: Final = (
    "node_modules/", "bower_components/", "jspm_packages/", ".yarn/", ".pnpm-store/", ".next/", ".nuxt/",
    ".svelte-kit/", ".angular/", ".parcel-cache/", ".turbo/", ".venv/", "venv/", "virtualenv/", "site-packages/",
    "__pycache__/", "__pypackages__/", "*.egg-info/", ".eggs/", ".tox/", ".nox/", ".mypy_cache/", ".ruff_cache/",
    ".pytest_cache/", ".hypothesis/", ".import_linter_cache/", ".ipynb_checkpoints/", "htmlcov/", "coverage/", "dist/",
    "build/", "target/", "out/", "bin/Debug/", "bin/Release/", "obj/", ".gradle/", ".idea/", ".vs/", "Pods/",
    "DerivedData/", ".dart_tool/", ".bundle/", ".terraform/", ".direnv/", ".cache/", "_build/", "deps/_build/",
)  # fmt: skip
_TOOLS: Final = Patterns.of(_TOOLS_FOLDERS)


@define
class IgnoreRules:
    """The rules of one workspace as they are when they are first needed; make another when an ignore file changes.

    Attributes:
        root: the workspace's folder.
        exclude: the user's `privacy.exclude`.
    """

    root: Path
    exclude: tuple[str, ...] = ()
    _top: Path = field(init=False, repr=False)
    _above: str = field(init=False, repr=False)
    _patterns: dict[str, Patterns] = field(factory=dict, init=False, repr=False)
    _folders: dict[str, bool] = field(factory=dict, init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        root = Path(os.path.realpath(self.root))
        self._top = _repository(root)
        below = root.relative_to(self._top).as_posix()
        # Who opens a folder that is ignored, as one of a virtual environment, wants what is in it.
        if self._top != root and IgnoreRules(self._top).skips(below):
            self._top = root
        self._above = "" if self._top == root else f"{below}/"

    def why(self, path: str) -> str | None:
        """Return why a file is no context, as part of a sentence, or None.

        Args:
            path: from the root, with forward slashes.
        """
        folder, _, _ = path.rpartition("/")
        if self.skips(folder):
            return "its folder is ignored"
        if self._ignores(path, is_folder=False):
            return "it is ignored"
        return excluded_by((self.root / path).as_posix(), self.exclude)

    def skips(self, folder: str) -> bool:
        """Whether a folder is ignored with all that is in it; the root, "", is not."""
        if not folder:
            return False
        known = self._folders.get(folder)
        if known is None:
            above, _, name = folder.rpartition("/")
            known = name in _NEVER or self.skips(above) or self._ignores(folder, is_folder=True)
            self._folders[folder] = known
        return known

    def _ignores(self, path: str, *, is_folder: bool) -> bool:
        """Whether a path is ignored, by the nearest patterns that speak of it."""
        whole = f"{self._above}{path}"
        folder = whole.rpartition("/")[0]
        while True:
            found = self._of(folder).ignores(whole[len(folder) + 1 :] if folder else whole, folder=is_folder)
            if found is not None:
                return found
            if not folder:
                return bool(_TOOLS.ignores(path, folder=is_folder))
            folder = folder.rpartition("/")[0]

    def _of(self, folder: str) -> Patterns:
        known = self._patterns.get(folder)
        if known is None:
            names = (*([] if folder else [_EXCLUDE_FILE]), *IGNORE_FILES)
            known = Patterns.of(line for name in names for line in _lines(self._top / folder / name))
            self._patterns[folder] = known
        return known


def _repository(root: Path) -> Path:
    """The top of the repository that a folder is in, or the folder. A home that is kept in git is no project."""
    found = next((each for each in (root, *root.parents) if (each / ".git").exists()), root)
    return root if found == Path(os.path.realpath(Path.home())) else found


def _lines(file: Path) -> list[str]:
    """The lines of an ignore file, a stranger's: only a regular file of a sane size is read."""
    try:
        if not stat.S_ISREG(file.stat().st_mode):
            return []
        with file.open("rb") as opened:
            text = opened.read(_MOST_BYTES).decode("utf-8", "replace").removeprefix("\ufeff")
    except OSError:
        return []
    return text.split("\n")[:_MOST_PATTERNS]
