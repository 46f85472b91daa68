from __future__ import annotations

import pytest

from mendline.syntax.imports import imports_of
from mendline.syntax.languages import language_of
from mendline.syntax.tree import Tree
from mendline.text.document import Document


def drawn(language_id: str, text: str) -> list[str]:
    """Each import as `module: name>alias, …`; the cursor is at `ˇ` where there is one."""
    before, cursor, after = text.partition("ˇ")
    language = language_of(language_id)
    assert language is not None
    tree = Tree.parse(Document.of(before + after), language, 5000)
    assert tree is not None
    found = imports_of(tree, len(before) if cursor else None)
    lines = []
    for each in found:
        names = ", ".join(f"{name.name}>{name.alias}" for name in each.names)
        lines.append(f"{'export ' if each.reexports else ''}{each.module}: {names}")
    return lines


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("import a", ["a: >a"]),
        ("import a.b", ["a.b: >a.b"]),
        ("import a.b as c, d", ["a.b: >c", "d: >d"]),
        ("from a import b", ["a: b>b"]),
        ("from ..a.b import (c as d,\n    e)", ["..a.b: c>d, e>e"]),
        ("from . import a", [".: a>a"]),
        ("from .a import *", [".a: *>*"]),
        ("from __future__ import annotations", []),
        ("if TYPE_CHECKING:\n    from a import b\nelse:\n    import c", ["a: b>b", "c: >c"]),
        ("try:\n    import a\nexcept ImportError:\n    import b as a", ["a: >a", "b: >a"]),
        ("def f():\n    import a\n", []),
        ("def f():\n    import a\n    ˇx\ndef g():\n    import b\n", ["a: >a"]),
        ("class C:\n    def f(self):\n        from a import b\n        ˇ", ["a: b>b"]),
        ("from a import b\nx = foo(ˇ\n", ["a: b>b"]),
        ("from a import b\ndef f(:\n    pass\n", ["a: b>b"]),
        ("x = 1", []),
        ("", []),
    ],
)
def test_python(text: str, expected: list[str]) -> None:
    assert drawn("python", text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('import a from "./a"', ["./a: default>a"]),
        ("import a, {b as c, d} from 'e'", ["e: default>a, b>c, d>d"]),
        ('import * as a from "../b"', ["../b: >a"]),
        ('import "./a.css"', ["./a.css: "]),
        ('export {a as b} from "./c"', ["export ./c: a>b"]),
        ('export * from "./a"', ["export ./a: *>*"]),
        ('export * as a from "./b"', ["export ./b: >a"]),
        ("export const a = 1", []),
        ("export {a as b, c}", ["export : a>b, c>c"]),
        ("export default a", ["export : a>default"]),
        ("export default a(b)", []),
        ("export default class {}", []),
        ('const a = require("b")', ["b: >a"]),
        ('const {a, b: c} = require("./d"), e = 1', ["./d: a>a, b>c"]),
        ("const a = required('b')", []),
        ("const a = require(b)", []),
        ("const a = 1", []),
    ],
)
@pytest.mark.parametrize("language_id", ["javascript", "typescript", "typescriptreact"])
def test_ecmascript(language_id: str, text: str, expected: list[str]) -> None:
    assert drawn(language_id, text) == expected


def test_typescripts_types() -> None:
    assert drawn("typescript", 'import type {A, B} from "./c"') == ["./c: A>A, B>B"]
    assert drawn("typescript", 'import {type A, b} from "./c"') == ["./c: A>A, b>b"]


def test_other_languages_give_none() -> None:
    assert drawn("go", 'package a\nimport "fmt"\n') == []


def test_depth_and_length_are_bounded() -> None:
    assert drawn("python", "if a:\n import b\n" + "[" * 20_000) == ["b: >b"]
