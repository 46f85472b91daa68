"""Code that is on the machine anyway: Python's standard library, and packages from npm."""

from __future__ import annotations

import os
import re
import shutil
import sysconfig
from collections.abc import Iterator, Sequence
from pathlib import Path

from attrs import frozen

from mendline.settings.errors import MendlineError
from mendline.syntax.languages import Language, language_of

LANGUAGES = ("python", "typescript", "javascript")
"""The languages that are looked for; the last two include their JSX dialects."""

_NODE = "node_modules"
# Tests are no typical code, and what is built from other files would come twice.
_SKIPPED = frozenset({
    "test", "tests", "__tests__", "testing", "idle_test", "__pycache__", "site-packages", "dist-packages", "dist",
    "build", "umd", "cjs", "es5", "esm5", "min", "vendor", "_vendor", "vendored", "fixtures", "locale", "locales",
})  # fmt: skip
_NO_SOURCES = (".d.ts", ".d.mts", ".d.cts", ".pyi", ".cjs", ".min.js")
_LEAST_CHARACTERS = 600
_MOST_CHARACTERS = 120_000
_MOST_LINE_CHARACTERS = 240
_GENERATED = re.compile(r"@generated|do not edit|auto-?generated|generated (by|from)", re.IGNORECASE)
_HEAD_CHARACTERS = 600


class CodeError(MendlineError):
    """There is no code to take positions from."""


@frozen
class CodeFile:
    """A file of code.

    Attributes:
        path: where it is.
        name: its path below the root it was found under, the root's own name first; what results call it.
        language: one of `LANGUAGES`.
    """

    path: Path
    name: str
    language: str

    @property
    def package(self) -> str:
        """What it is part of: the folder or file next below its root or below the innermost `node_modules`."""
        root, *parts = self.name.split("/")
        if _NODE in (root, *parts):
            at = max(index for index, part in enumerate((root, *parts)) if part == _NODE)
            parts = [root, *parts][at + 1 :]
        return "/".join(parts[:2]) if parts[0].startswith("@") else parts[0]

    @property
    def grammar(self) -> Language:
        """The language in its dialect."""
        found = language_of("", self.name)
        assert found is not None
        return found


def code_files(roots: Sequence[Path], languages: Sequence[str] = LANGUAGES) -> tuple[CodeFile, ...]:
    """Find files, in the order of their names.

    A language that no root has files of is looked for where it is installed: Python in the running Python's standard
    library, the others in the `node_modules` of this folder or the nearest one upwards, else in those of npm itself.

    Args:
        roots: folders to look through. In `node_modules`, Python files are not looked for.
        languages: of `LANGUAGES`, those wanted.

    Raises:
        CodeError: a root is no folder, or there are no files of a language.
    """
    for root in roots:
        if not root.is_dir():
            raise CodeError(f"there is no folder {root}")
    found = [file for root in roots for file in _below(root.absolute()) if file.language in languages]
    for language in languages:
        if not any(file.language == language for file in found):
            places = _installed(language)
            more = [file for place in places for file in _below(place) if file.language == language]
            if not more:
                raise CodeError(f"no {language} code was found; name a folder that has some")
            found += more
    return tuple(found)


def read_code(file: CodeFile) -> str | None:
    """Return a file's text, line breaks as they are; None where it is no ordinary code.

    That is: it can't be read as UTF-8, is very small or large, says that it is generated, or has very long lines.
    """
    try:
        with file.path.open(encoding="utf-8", newline="") as opened:
            text = opened.read(_MOST_CHARACTERS + 1)
    except (OSError, UnicodeDecodeError):
        return None
    if not _LEAST_CHARACTERS <= len(text) <= _MOST_CHARACTERS or _GENERATED.search(text[:_HEAD_CHARACTERS]):
        return None
    return text if max(map(len, text.splitlines())) <= _MOST_LINE_CHARACTERS else None


def _below(root: Path) -> Iterator[CodeFile]:
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if name not in _SKIPPED and not name.startswith("."))
        for name in sorted(names):
            path = Path(folder) / name
            shown = path.relative_to(root.parent).as_posix()
            language = _language(shown)
            if language is not None and path.is_file():
                yield CodeFile(path, shown, language)


def _language(name: str) -> str | None:
    language = language_of("", name)
    if language is None or name.endswith(_NO_SOURCES):
        return None
    plain = language.id.removesuffix("react")
    if plain == "python" and f"/{_NODE}/" in f"/{name}":
        return None
    return plain if plain in LANGUAGES else None


def _installed(language: str) -> tuple[Path, ...]:
    if language == "python":
        return (Path(sysconfig.get_path("stdlib")),)
    here = Path.cwd()
    nearest = next((folder / _NODE for folder in (here, *here.parents) if (folder / _NODE).is_dir()), None)
    if nearest is not None:
        return (nearest,)
    node = shutil.which("node")
    of_npm = Path(node).resolve().parent.parent / "lib" / _NODE if node else None
    return (of_npm,) if of_npm is not None and of_npm.is_dir() else ()
