"""What is proposed without a model, in order. `«»` marks what the finding is about."""

from __future__ import annotations

from pathlib import Path

import pytest

from mendline.checks.check import Project
from mendline.checks.finding import Finding, Point
from mendline.features.repair import Problem
from mendline.features.repair.proposals import instant
from mendline.text.document import Document


def problem(marked: str, message: str, language: str = "python") -> Problem:
    start, end = marked.index("«"), marked.index("»") - 1
    document = Document.of(marked.replace("«", "").replace("»", ""))

    def point(offset: int) -> Point:
        line = document.line_at(offset)
        return Point(line, offset - document.line_start(line))

    finding = Finding("file", point(start), point(end), message)
    return Problem.of(document, language, "file", finding, Project(Path("/nowhere")))


def proposed(marked: str, message: str, language: str = "python") -> list[tuple[str, str]]:
    return [(each.origin, each.after.text) for each in instant(problem(marked, message, language))]


@pytest.mark.parametrize(
    ("marked", "message", "language", "first"),
    [
        ("x = «Path»(1)\n", "Undefined name `Path`", "python", "from pathlib import Path\n\nx = Path(1)\n"),
        (
            '"""Doc."""\n\nimport os\n\nx = «json».dumps(os)\n',
            "Undefined name `json`",
            "python",
            '"""Doc."""\n\nimport json\nimport os\n\nx = json.dumps(os)\n',
        ),
        (
            "from __future__ import annotations\n\nx = «deque»()\n",
            '"deque" is not defined',
            "python",
            "from __future__ import annotations\n\nfrom collections import deque\n\nx = deque()\n",
        ),
        (
            "import numpy\n\nx = «json».dumps(numpy)\n",
            "Undefined name `json`",
            "python",
            "import json\n\nimport numpy\n\nx = json.dumps(numpy)\n",
        ),
        (
            "from typing import Final, cast\n\nx: Final = cast(«Any», 1)\n",
            "Undefined name `Any`",
            "python",
            "from typing import Any, Final, cast\n\nx: Final = cast(Any, 1)\n",
        ),
        (
            '"""Doc."""\n\n\ndef f():\n    return «Path»()\n',
            "Undefined name `Path`",
            "python",
            '"""Doc."""\n\n\nfrom pathlib import Path\n\n\ndef f():\n    return Path()\n',
        ),
        (
            "// A comment.\nfn f() -> «HashMap»<u8, u8> { HashMap::new() }\n",
            "cannot find type `HashMap` in this scope",
            "rust",
            "// A comment.\nuse std::collections::HashMap;\n\nfn f() -> HashMap<u8, u8> { HashMap::new() }\n",
        ),
        (
            "#include <stdio.h>\n\nint f(char *s) { return «strlen»(s); }\n",
            "implicit declaration of function 'strlen'",
            "c",
            "#include <stdio.h>\n#include <string.h>\n\nint f(char *s) { return strlen(s); }\n",
        ),
        (
            "package a.b;\n\nclass A { «List»<String> x; }\n",
            "cannot find symbol\n  symbol: class List",
            "java",
            "package a.b;\n\nimport java.util.List;\n\nclass A { List<String> x; }\n",
        ),
        (
            'package main\n\nimport (\n\t"fmt"\n)\n\nfunc f() { fmt.Println(«strings».ToUpper("a")) }\n',
            "undefined: strings",
            "go",
            'package main\n\nimport (\n\t"fmt"\n\t"strings"\n)\n\nfunc f() { fmt.Println(strings.ToUpper("a")) }\n',
        ),
        ("total = 1\nprint(«totl»)\n", "Undefined name `totl`", "python", "total = 1\nprint(total)\n"),
        ("const value = 1;\nf(«vaule»);\n", "Cannot find name 'vaule'.", "typescript", "const value = 1;\nf(value);\n"),
        (
            "struct p { int width; };\nint f(struct p *q) { return q->«widht»; }\n",
            "'struct p' has no member named 'widht'; did you mean 'width'?",
            "c",
            "struct p { int width; };\nint f(struct p *q) { return q->width; }\n",
        ),
        (
            "async def g():\n    return 1\n\nasync def f():\n    x = g()\n    return «x + 1»\n",
            'Operator "+" not supported for types "CoroutineType[Any, Any, int]" and "Literal[1]"',
            "python",
            "async def g():\n    return 1\n\nasync def f():\n    x = await g()\n    return x + 1\n",
        ),
        (
            "async function g() { return [1]; }\nasync function f() { return g().«length»; }\n",
            "Property 'length' does not exist on type 'Promise<number[]>'.",
            "typescript",
            "async function g() { return [1]; }\nasync function f() { return (await g()).length; }\n",
        ),
        ("x = f(1, 2«»\ny = 3\n", "'(' was never closed", "python", "x = f(1, 2)\ny = 3\n"),
        ("if (x > «3» {\n  f();\n}\n", "')' expected.", "typescript", "if (x > 3) {\n  f();\n}\n"),
        ("def f(x)«»\n    return x\n", "expected ':'", "python", "def f(x):\n    return x\n"),
        (
            "int f(void) {\n  int x = 1\n  «return» x;\n}\n",
            "expected ';'",
            "c",
            "int f(void) {\n  int x = 1;\n  return x;\n}\n",
        ),
        (
            "int f(int a) {\n  if (a) {\n    g();\n  return a;\n}\n«»",
            'missing "}"',
            "c",
            "int f(int a) {\n  if (a) {\n    g();\n  }\n  return a;\n}\n",
        ),
        (
            "class A {\n  void f() {\n    while (g()) {\n      h();\n  }\n«»}\n",
            "reached end of file while parsing",
            "java",
            "class A {\n  void f() {\n    while (g()) {\n      h();\n    }\n  }\n}\n",
        ),
        ("x = f(1))«»\n", "unmatched ')'", "python", "x = f(1)\n"),
        (
            "def f():\n    x = 1\n  «return» x\n",
            "unindent does not match",
            "python",
            "def f():\n    x = 1\n    return x\n",
        ),
        ("def f():\n«return» 1\n", "expected an indented block", "python", "def f():\n    return 1\n"),
        ("import os\nimport «re»\n\nf(os)\n", "`re` imported but unused", "python", "import os\n\nf(os)\n"),
        (
            "from typing import «Any», List\n\nx: List\n",
            "`typing.Any` imported but unused",
            "python",
            "from typing import List\n\nx: List\n",
        ),
        (
            "def f(a):\n    «x» = len(a)\n    return 2\n",
            "Local variable `x` is assigned to but never used",
            "python",
            "def f(a):\n    return 2\n",
        ),
        ("x = {y: f(z, «1» for y in z}\n", "invalid syntax", "python", "x = {y: f(z, 1) for y in z}\n"),
        (
            "def f():\n    for x in y:\n        if x:\n            g()\n      «return» x\n",
            "unindent does not match any outer indentation level",
            "python",
            "def f():\n    for x in y:\n        if x:\n            g()\n        return x\n",
        ),
        (
            "def f():\n    «x» = 1\n    return 2\n",
            "Local variable `x` is assigned to but never used",
            "python",
            "def f():\n    return 2\n",
        ),
        ("fn f() {\n    let «x» = g();\n}\n", "unused variable: `x`", "rust", "fn f() {\n    let _x = g();\n}\n"),
    ],
)
def test_the_first_proposal_is_the_one_that_a_programmer_would_make(
    marked: str, message: str, language: str, first: str
) -> None:
    assert proposed(marked, message, language)[0][1] == first


@pytest.mark.parametrize(
    ("marked", "message"),
    [
        ("x = «1» + 'a'\n", "unsupported operand types"),
        ("x = «nothing_like_it»\n", "Undefined name `nothing_like_it`"),
        ("x = «(1)»\n", "expected ')'"),
        ("«x» = f(\n", "line too long"),
    ],
)
def test_nothing_is_proposed_where_nothing_is_likely(marked: str, message: str) -> None:
    assert proposed(marked, message) == []


def test_proposals_are_few_and_none_comes_twice() -> None:
    names = "\n".join(f"value{number} = 1" for number in range(20))
    found = proposed(f"{names}\nprint(«value»)\n", "Undefined name `value`")
    assert 0 < len(found) == len({text for _, text in found}) <= 8
