"""Which files of a project test a file: those that name what changes in it, then those that name what it defines.

What a file defines is read from the disk and not from the candidate: all candidates are judged by the same tests.
"""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Final

from attrs import frozen

from mendline.checks.changed_symbols import LEAST_LETTERS
from mendline.checks.check import Subject
from mendline.checks.state import Listed, listing
from mendline.syntax.languages import language_of
from mendline.syntax.outline import outline
from mendline.syntax.tree import Tree
from mendline.text.document import Document
from mendline.workspace.reading import decoded, read_bytes

MOST_FILES: Final = 8
"""The most test files that are run for one file."""

NODE_TEST: Final = "node:test"
"""The module of Node's own test runner; whoever uses another one doesn't name it."""

_MARKS: Final = (NODE_TEST,)
_MOST_BYTES: Final = 512 * 1024
_MOST_LOOKED_AT: Final = 5_000
_PARSE_MS: Final = 1_000.0
_WORD: Final = re.compile(r"\w+")
_INDEX_NAMES: Final = frozenset({"__init__", "__main__", "index", "main", "mod", "lib"})
"""Files that are called by the name of their folder."""


@frozen
class Convention:
    """How tests are told from other files.

    Attributes:
        path: matches the whole path of a file with tests, from the root, with forward slashes.
        mark: what stands in each; one of those above, or empty for nothing.
    """

    path: re.Pattern[str]
    mark: str = ""


def files_with_tests(subject: Subject, convention: Convention, most: int = MOST_FILES) -> tuple[str, ...]:
    """Return the paths of the files that test a file, the closest first; the file itself, if it is one of them.

    Tests that name what is changed come before all others. Among them a test that is called like the file comes first,
    then those that name its module, then by how many of its definitions they name. Reads the disk.

    Args:
        subject: the file.
        convention: how tests are told.
        most: how many at most.
    """
    if convention.path.fullmatch(subject.path):
        return (subject.path,)
    module = module_of(subject.path)
    names = defined_in(subject)
    ranked: list[tuple[bool, int, int, str]] = []
    for path, words in _tests(subject, convention):
        named = len(names & words)
        called = is_called_after(path, module)
        touches = not words.isdisjoint(subject.symbols)
        # A method's name alone says little: others have methods of that name.
        if called or named or (touches and module in words):
            closeness = 2 * called + (module in words)
            ranked.append((not touches, -closeness, -named, path))
    return tuple(path for *_, path in sorted(ranked)[:most])


def _tests(subject: Subject, convention: Convention) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield test files with the words in them, as the subject has them."""
    root = subject.project.root
    looked_at = 0
    for listed in listing(root):
        if listed.is_folder or not convention.path.fullmatch(listed.path):
            continue
        looked_at += 1
        if looked_at > _MOST_LOOKED_AT:
            return
        text = subject.texts.get(listed.path)
        words = _words_of_file(root, listed) if text is None else _words(text)
        if not convention.mark or convention.mark in words:
            yield listed.path, words


def defined_in(subject: Subject) -> frozenset[str]:
    """Return the names of what the file defines at its top, as it is on the disk, if it is there."""
    content = read_bytes(subject.project.root / subject.path, _MOST_BYTES)
    text = subject.text if content is None else decoded(content) or ""
    language = language_of(subject.language, subject.path)
    tree = None if language is None else Tree.parse(Document.of(text), language, _PARSE_MS)
    if tree is None:
        return frozenset()
    names = (symbol.name for symbol in outline(tree) if not symbol.container)
    return frozenset(name for name in names if len(name) >= LEAST_LETTERS and not name.startswith("__"))


def module_of(path: str) -> str:
    """Return what a file is called in others: its name without ending, or its folder's."""
    pure = PurePosixPath(path)
    stem = pure.name.split(".")[0]
    return pure.parent.name if stem in _INDEX_NAMES and pure.parent.name else stem


def is_called_after(test: str, module: str) -> bool:
    """Return whether a file with tests is called like a module."""
    words = PurePosixPath(test).name.split(".")[0].lower()
    plain = words.removeprefix("test_").removeprefix("test-").removesuffix("_test").removesuffix("-test")
    return plain == module.lower().lstrip("_")


def _words(text: str) -> frozenset[str]:
    return frozenset([*_WORD.findall(text), *(mark for mark in _MARKS if mark in text)])


def _words_of_file(root: Path, listed: Listed) -> frozenset[str]:
    return _known_words(os.path.join(root, listed.path), listed.mtime, listed.size)


@functools.lru_cache(maxsize=_MOST_LOOKED_AT)
def _known_words(path: str, _mtime: int, _size: int) -> frozenset[str]:
    content = read_bytes(Path(path), _MOST_BYTES)
    return frozenset() if content is None else _words(decoded(content) or "")
