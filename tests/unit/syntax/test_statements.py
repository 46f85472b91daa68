from __future__ import annotations

import pytest

from mendline.syntax.languages import language_of
from mendline.syntax.statements import begins_statement
from mendline.syntax.tree import Tree
from mendline.text.document import Document


@pytest.mark.parametrize(
    ("language_id", "marked", "expected"),
    [
        ("python", "ˇx = 1\n", True),
        ("python", "def f():\n    ˇx = 1\n", True),
        ("python", "def f():\n    x = 1\n    ˇy = 2\n", True),
        ("python", "ˇ@a\ndef f(): ...\n", True),
        ("python", "@a\nˇdef f(): ...\n", False),
        ("python", "x = [\n    ˇ1,\n]\n", False),
        ("python", "f(\n    ˇa,\n)\n", False),
        ("python", "x = '''\nˇa\n'''\n", False),
        ("python", "if a:\n    b\nˇelse:\n    c\n", False),
        ("python", "ˇ# comment\nx = 1\n", True),
        ("python", "class C:\n    ˇdef f(self): ...\n", True),
        ("python", "x = ˇ1\n", False),
        ("python", "ˇx = 1\ny = foo(\n", True),
        ("python", "def f():\n    x = 1\n    ˇy = 2\n    z = (\n", True),
        ("typescript", "class C {\n  ˇf(): void {}\n}\n", True),
        ("typescript", "class C {\n  f(): void {\n    ˇreturn;\n  }\n}\n", True),
        ("typescript", "f(\n  ˇa,\n);\n", False),
        ("typescript", "const a = {\n  ˇb: 1,\n};\n", False),
        ("typescript", "interface A {\n  ˇb: number;\n}\n", True),
        ("javascript", "switch (a) {\n  ˇcase 1: break;\n}\n", True),
        ("rust", "impl A {\n    ˇfn f() {}\n}\n", True),
        ("go", "package a\n\nfunc f() {\n\tˇx := 1\n}\n", True),
        ("go", "package a\n\nfunc f() {\n\tx := 1\n\tˇy := 1\n}\n", True),
        ("c", "int f(void) {\n  ˇreturn 1;\n}\n", True),
        ("cpp", "class A {\n  ˇint f();\n};\n", True),
        ("java", "class A {\n  ˇint f() { return 1; }\n}\n", True),
        ("csharp", "class A {\n  ˇint F() { return 1; }\n}\n", True),
        ("ruby", "class A\n  ˇdef f\n  end\nend\n", True),
        ("php", "<?php\nclass A {\n  ˇfunction f() {}\n}\n", True),
        ("kotlin", "class A {\n  ˇfun f() {}\n}\n", True),
        ("lua", "function f()\n  ˇlocal x = 1\nend\n", True),
        ("shellscript", "f() {\n  ˇls\n}\n", True),
    ],
)
def test_where_statements_begin(language_id: str, marked: str, expected: bool) -> None:
    offset = marked.index("ˇ")
    language = language_of(language_id)
    assert language is not None
    tree = Tree.parse(Document.of(marked.replace("ˇ", "")), language, 5000)
    assert tree is not None
    assert begins_statement(tree, offset) is expected
