"""Which tests of a Python file have nothing to do with a change: they name neither what changes nor its file.

A test names what its fixtures, helpers and base classes in the file name. Where a test may reach the change in a way
that can't be seen in the file, all of its tests are related.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from pathlib import PurePosixPath
from typing import Final

import tree_sitter
from attrs import field, frozen

from mendline.checks.check import Subject
from mendline.checks.selecting_tests import defined_in, is_called_after, module_of
from mendline.syntax.languages import language_of
from mendline.syntax.tree import Tree
from mendline.text.document import Document
from mendline.workspace.reading import decoded, read_bytes

MOST_TESTS: Final = 100
"""How many are run at most where they only name something else of the file; those that name what changes all are."""

_MOST_BYTES: Final = 512 * 1024
_MOST_LEFT_OUT: Final = 2_000
"""In one file: each is a word of the command."""
_PARSE_MS: Final = 1_000.0
_WORD: Final = re.compile(r"\w+")
_ASSIGNED: Final = re.compile(r"(\w+)\s*(?::[^=\n]+)?=[^=]")
_FOR_ALL: Final = re.compile(r"(?:async)?_?(?:set_?up|tear_?down)", re.IGNORECASE)
_FIXTURE_FOR_ALL: Final = re.compile(r"\bautouse\b|\bfixture\([^)]*\bname\s*=")
_IMPORTS: Final = ("import_statement", "import_from_statement", "future_import_statement")
_SAYS_NOTHING: Final = ("comment", "pass_statement")


def unrelated_tests(subject: Subject, files: Sequence[str]) -> tuple[str, ...]:
    """Return the tests that need not run, as pytest names them: "tests/test_a.py::TestB::test_c". Reads the disk.

    There are none where nobody knows what changes, and none in a file that is called like the subject. pytest leaves
    out all whose names begin so; therefore what begins the name of a related one stays.

    Args:
        subject: what is tested.
        files: the files with tests, the closest first.
    """
    if not subject.symbols or subject.path in files:
        return ()
    module = module_of(subject.path)
    own = {*subject.symbols, *defined_in(subject), module}
    left_out: list[str] = []
    related = 0
    for file in files:
        units = _units(subject, file)
        if units is None or _reaches_unseen(subject, file, own):
            continue
        touching = _related(units, subject.symbols)
        naming = _all(units) if is_called_after(file, module) else _related(units, own)
        kept = touching if touching and related + len(naming) > MOST_TESTS else naming
        related += len(kept)
        others = [f"{file}::{test}" for test in _all(units) if test not in kept]
        names = [f"{file}::{test}" for test in kept]
        out = [each for each in others if not any(name.startswith(each) for name in names)]
        left_out += out if len(out) <= _MOST_LEFT_OUT else []
    return tuple(left_out)


@frozen
class _Unit:
    """A part of a file that can be named, or a test.

    Attributes:
        name: as others in the file write it; empty for what has none.
        group: the class that it is in; empty at the top.
        words: what stands in it; of a class what stands outside of its functions.
        is_test: whether pytest takes it for a test.
        for_all: whether it is executed for all tests of its group.
    """

    name: str
    group: str
    words: frozenset[str] = field(repr=False)
    is_test: bool = False
    for_all: bool = False

    @property
    def test(self) -> str:
        return f"{self.group}::{self.name}" if self.group else self.name


def _all(units: Sequence[_Unit]) -> tuple[str, ...]:
    return tuple(unit.test for unit in units if unit.is_test)


def _related(units: Sequence[_Unit], names: Collection[str]) -> frozenset[str]:
    """The tests that name one of some names, or what names it, and so on."""
    known, whole = set(names), set[str]()
    while True:
        naming = [unit for unit in units if not unit.words.isdisjoint(known) or unit.group in whole]
        groups = {unit.group for unit in naming if unit.for_all}
        groups |= {unit.name for unit in naming if unit.name and not unit.is_test and not unit.group}
        added = {unit.name for unit in naming if unit.name and not unit.is_test}
        if added <= known and groups <= whole:
            break
        known |= added
        whole |= groups
    everywhere = "" in whole
    return frozenset(unit.test for unit in units if unit.is_test and (everywhere or unit in naming))


def _reaches_unseen(subject: Subject, file: str, names: Collection[str]) -> bool:
    """Whether fixtures of other files name something of the subject's."""
    folders = PurePosixPath(file).parents
    texts = (_text(subject, (folder / "conftest.py").as_posix()) for folder in folders)
    return any(text is not None and not set(_WORD.findall(text)).isdisjoint(names) for text in texts)


def _units(subject: Subject, file: str) -> list[_Unit] | None:
    text, language = _text(subject, file), language_of("python")
    tree = None if text is None or language is None else Tree.parse(Document.of(text), language, _PARSE_MS)
    if tree is None or tree.root.has_error:
        return None
    return [unit for node in tree.root.named_children for unit in _of(tree, node, "")]


def _of(tree: Tree, node: tree_sitter.Node, group: str) -> Iterator[_Unit]:
    inner = node.child_by_field_name("definition") or node
    text = tree.text_of(node)
    if inner.type in _SAYS_NOTHING or [each.type for each in inner.named_children] == ["string"]:
        return
    if inner.type in _IMPORTS:
        yield from _aliases(tree, inner)
        return
    name_node = inner.child_by_field_name("name")
    name = "" if name_node is None else tree.text_of(name_node)
    if inner.type == "function_definition":
        for_all = bool(_FOR_ALL.match(name) or _FIXTURE_FOR_ALL.search(text))
        yield _Unit(name, group, _words(text), is_test=name.startswith("test"), for_all=for_all)
    elif inner.type == "class_definition" and not group:
        body = inner.child_by_field_name("body")
        members = [] if body is None else [unit for each in body.named_children for unit in _of(tree, each, name)]
        yield from (unit for unit in members if unit.name or unit.words)
        head = text if body is None else text[: -len(tree.text_of(body))]
        # What others in the file use of a class may be any part of it.
        words = frozenset[str]().union(_words(head), *(unit.words for unit in members if not unit.is_test))
        yield _Unit(name, "", words)
    else:
        assigned = _ASSIGNED.match(text)
        yield _Unit(assigned[1] if assigned else "", group, _words(text), for_all=assigned is None)


def _aliases(tree: Tree, node: tree_sitter.Node) -> Iterator[_Unit]:
    """What an import calls otherwise; what it only imports is named where it is used."""
    for each in node.named_children:
        name, alias = each.child_by_field_name("name"), each.child_by_field_name("alias")
        if name is not None and alias is not None:
            yield _Unit(tree.text_of(alias), "", _words(tree.text_of(name)))


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text))


def _text(subject: Subject, path: str) -> str | None:
    if path in subject.texts:
        return subject.texts[path]
    content = read_bytes(subject.project.root / path, _MOST_BYTES)
    return None if content is None else decoded(content)
