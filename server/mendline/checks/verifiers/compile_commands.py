"""What a C or C++ project's `compile_commands.json` says of a file (clang.llvm.org/docs/JSONCompilationDatabase.html).

It is the project's word, and options can load plugins or write files: only those are taken that tell where headers are,
what is defined, which standard counts, and what to warn about.
"""

from __future__ import annotations

import json
import os
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any, Final

from mendline.workspace.reading import decoded, read_bytes

_PLACES: Final = ("", "build", "out", "builddir", "cmake-build-debug", "cmake-build-release", "out/build")
_MOST_BYTES: Final = 8 * 2**20
_WITH_PATH: Final = ("-I", "-isystem", "-iquote", "-idirafter", "-include", "-imacros")
_WITH_VALUE: Final = ("-D", "-U")
_ALONE: Final = frozenset({
    "-fopenmp", "-fno-exceptions", "-fno-rtti", "-fcoroutines", "-fshort-enums", "-funsigned-char", "-fsigned-char",
    "-fms-extensions", "-fpermissive", "-pthread", "-ansi", "-w",
})  # fmt: skip


def flags_of(root: Path, path: str) -> list[str] | None:
    """The options with which a file is compiled, paths and option apart and absolute; None where nothing is said.

    A file that isn't listed, as headers aren't, gets those of another in its folder.

    Args:
        root: the project's root.
        path: the file, from there.
    """
    file = root / path
    beside: Mapping[str, Any] | None = None
    for entry in _entries(root):
        listed = Path(os.path.normpath(Path(_text(entry, "directory")) / _text(entry, "file")))
        if listed == file:
            return list(_allowed(entry))
        if listed.parent == file.parent or (beside is None and listed.stem == PurePosixPath(path).stem):
            beside = entry
    return None if beside is None else list(_allowed(beside))


def _entries(root: Path) -> Iterator[Mapping[str, Any]]:
    for place in _PLACES:
        content = read_bytes(root / place / "compile_commands.json", _MOST_BYTES)
        text = None if content is None else decoded(content)
        try:
            listed = json.loads(text) if text else []
        except (ValueError, RecursionError):
            continue
        if isinstance(listed, list) and listed:
            yield from (entry for entry in listed if isinstance(entry, Mapping))
            return


def _allowed(entry: Mapping[str, Any]) -> Iterator[str]:
    folder = Path(_text(entry, "directory"))
    words = iter(_words(entry))
    for word in words:
        option = next((each for each in (*_WITH_PATH, *_WITH_VALUE) if word.startswith(each)), None)
        if (word.startswith(("-std=", "-W")) and "," not in word and not word.startswith("-Werror")) or word in _ALONE:
            yield word
        # `-include-pch` begins like `-include`.
        elif option is not None and not (option.startswith("-i") and word.startswith(f"{option}-")):
            value = word[len(option) :] or next(words, "")
            yield option
            yield value if option in _WITH_VALUE else os.path.normpath(folder / value)


def _words(entry: Mapping[str, Any]) -> list[str]:
    arguments = entry.get("arguments")
    if isinstance(arguments, list):
        return [word for word in arguments[1:] if isinstance(word, str)]
    try:
        return shlex.split(_text(entry, "command"))[1:]
    except ValueError:
        return []


def _text(entry: Mapping[str, Any], name: str) -> str:
    value = entry.get(name)
    return value if isinstance(value, str) and "\0" not in value else ""
