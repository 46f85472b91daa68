from __future__ import annotations

import pytest

from mendline.syntax.languages import language_of
from mendline.syntax.scope import Scope, scope_at
from mendline.syntax.tree import Tree
from mendline.text.document import Document


def scope(language_id: str, marked: str) -> Scope:
    offset = marked.index("ˇ")
    language = language_of(language_id)
    assert language is not None
    tree = Tree.parse(Document.of(marked.replace("ˇ", "")), language, 5000)
    assert tree is not None
    return scope_at(tree, offset)


@pytest.mark.parametrize(
    ("language_id", "marked", "kind"),
    [
        ("python", "# aˇ", "comment"),
        ("python", "# aˇ\nb", "comment"),
        ("python", "# a\nˇb", "code"),
        ("python", "ˇ# a", "code"),
        ("python", "x = ˇ'ab'", "code"),
        ("python", "x = 'aˇb'", "string"),
        ("python", "x = 'ab'ˇ", "code"),
        ("python", "x = 'é😀ˇ'", "string"),
        ("python", "f('abˇ", "string"),
        ("python", "f('ab', cˇ", "code"),
        ("python", "f('ab\\'ˇ", "string"),
        ("python", 'x = f"a {bˇ} c"', "code"),
        ("python", 'x = f"a {b} cˇ"', "string"),
        ("python", '"""a\nˇb"""', "string"),
        ("python", "ˇ", "code"),
        ("javascript", "let a = `x ${yˇ}`", "code"),
        ("javascript", "let a = `xˇ ${y}`", "string"),
        ("javascript", "/* a */ˇ", "code"),
        ("javascript", "/* ˇa */", "comment"),
        ("javascript", "// a ˇ\n", "comment"),
        ("rust", "/// docˇ\nfn f() {}", "comment"),
        ("rust", "/// doc\nˇfn f() {}", "code"),
        ("rust", "fn f() { let c: &'a str = (ˇ", "code"),
        ("shellscript", 'echo "a $(bˇc)"', "code"),
        ("go", "package a\nvar x = `aˇ`", "string"),
        ("c", "char c = 'aˇ';", "string"),
        ("json", '{"aˇ": 1}', "string"),
        ("csharp", 'var x = $"a {bˇ} c";', "code"),
        ("ruby", 'x = "a #{bˇ} c"', "code"),
        ("html", "<!-- aˇ -->", "comment"),
    ],
)
def test_scope_says_what_typing_would_continue(language_id: str, marked: str, kind: str):
    assert scope(language_id, marked).kind == kind


def test_scope_names_the_nodes_from_the_outside_in():
    assert scope("python", "x = aˇ").path == ("module", "expression_statement", "assignment", "identifier")


def test_an_offset_outside_the_document_is_its_nearest_end():
    language = language_of("python")
    assert language is not None
    tree = Tree.parse(Document.of("# a"), language, 5000)
    assert tree is not None
    assert scope_at(tree, 99).kind == "comment"
    assert scope_at(tree, -1).kind == "code"


def test_the_path_of_a_deep_place_is_cut():
    assert len(scope("json", "[" * 1000 + "1ˇ" + "]" * 1000).path) == 32
