from __future__ import annotations

import pytest
from attrs import evolve

from mendline.syntax.grammars import grammar_of, grammar_status
from mendline.syntax.languages import LANGUAGES, Grammar, Language, language_of
from mendline.syntax.problems import problems
from mendline.syntax.tree import Tree
from mendline.text.document import Document
from support.samples import SAMPLES


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.id)
def test_every_language_has_a_grammar_that_parses_it(language: Language):
    status = grammar_status(language)
    assert (status.loaded, status.reason) == (True, None)
    assert status.version
    tree = Tree.parse(Document.of(SAMPLES[language.id]), language, budget_ms=5000)
    assert tree is not None
    assert problems(tree, 5) == ()


@pytest.mark.parametrize(
    ("language_id", "path", "expected"),
    [
        ("python", "", "python"),
        ("Python", "x.js", "python"),
        ("typescriptreact", "", "typescriptreact"),
        ("bash", "", "shellscript"),
        ("", "/a/b.TSX", "typescriptreact"),
        ("plaintext", "a.rs", "rust"),
        ("", "C:\\a\\b.cs", "csharp"),
        ("", "a.h", "c"),
        ("", ".bashrc", "shellscript"),
        ("cobol", "a.cob", None),
        ("", "", None),
        ("", "Makefile", None),
    ],
)
def test_a_language_is_found_by_id_then_by_file_name(language_id: str, path: str, expected: str | None):
    found = language_of(language_id, path)
    assert (found.id if found else None) == expected


@pytest.mark.parametrize(
    ("grammar", "reason"),
    [
        (Grammar("tree-sitter-nowhere"), "not installed"),
        (Grammar("tree-sitter-python", "language_nowhere"), "does not load"),
    ],
)
def test_a_grammar_that_does_not_load_is_a_reason_and_no_error(grammar: Grammar, reason: str):
    language = evolve(LANGUAGES[0], id="lost", grammar=grammar)
    assert grammar_of(language) is None
    status = grammar_status(language)
    assert not status.loaded
    assert reason in (status.reason or "")
    assert Tree.parse(Document.of("x"), language) is None


def test_no_two_languages_share_an_id_or_an_extension():
    ids = [language.id for language in LANGUAGES]
    extensions = [extension for language in LANGUAGES for extension in language.extensions]
    assert len(ids) == len(set(ids))
    assert len(extensions) == len(set(extensions))
