"""Which lines are rewritten. `«»` marks the problem."""

from __future__ import annotations

from pathlib import Path

import pytest
from attrs import frozen

from mendline.checks.check import Project
from mendline.checks.finding import Finding, Point
from mendline.features.repair import Problem
from mendline.features.repair.region import regions
from mendline.text.document import Document

_ROOT = Path("/nowhere")


@frozen
class Case:
    """A text and the regions in it, by extent and text."""

    text: str
    regions: tuple[tuple[str, str], ...]
    language: str = "python"


_FUNCTION = "def f(a):\n    for b in a:\n        g(b)\n    return b\n"


def found(marked: str, language: str) -> list[tuple[str, str]]:
    start, end = marked.index("«"), marked.index("»") - 1
    document = Document.of(marked.replace("«", "").replace("»", ""))

    def point(offset: int) -> Point:
        line = document.line_at(offset)
        return Point(line, offset - document.line_start(line))

    finding = Finding("a", point(start), point(end), "wrong")
    problem = Problem.of(document, language, "a", finding, Project(_ROOT))
    return [(each.extent.value, each.text_in(document)) for each in regions(problem)]


@pytest.mark.parametrize(
    "case",
    [
        Case(
            "import x\n\n" + _FUNCTION.replace("g(b)", "«g»(b)"),
            (
                ("statement", "        g(b)"),
                ("block", "    for b in a:\n        g(b)"),
                ("function", _FUNCTION.rstrip()),
                ("file", "import x\n\n" + _FUNCTION.rstrip()),
            ),
        ),
        Case("x = «y»\nz = 1\n", (("statement", "x = y"), ("file", "x = y\nz = 1"))),
        Case(
            "int f(int a) {\n    return «a» + b;\n}\n\nint g;\n",
            (
                ("statement", "    return a + b;"),
                ("function", "int f(int a) {\n    return a + b;\n}"),
                ("file", "int f(int a) {\n    return a + b;\n}\n\nint g;"),
            ),
            "c",
        ),
        Case("one\n«two»\nthree\n", (("lines", "two"), ("file", "one\ntwo\nthree")), "no language"),
        Case("«»", (("lines", ""),), "no language"),
    ],
    ids=lambda case: case.text[:12],
)
def test_regions_grow(case: Case) -> None:
    assert found(case.text, case.language) == list(case.regions)


def test_the_header_of_a_long_definition_comes_before_all_of_it() -> None:
    body = "".join(f"    x{number} = {number}\n" for number in range(20))
    whole = found(f"def f(a: «int») -> str:\n{body}", "python")
    assert whole[0] == ("header", "def f(a: int) -> str:")
    assert whole[1][0] == "function"


def test_around_a_syntax_error_are_its_lines_and_the_ones_beside() -> None:
    whole = found("a = 1\nb = f(«1»\nc = 2\nd = 3\n", "python")
    assert whole[0] == ("lines", "a = 1\nb = f(1\nc = 2")


def test_what_is_too_long_is_not_rewritten_as_a_whole() -> None:
    body = "".join(f"    x{number} = {number}\n" for number in range(200))
    marked = f"def f():\n{body}    return «y»\n"
    assert max(text.count("\n") + 1 for _, text in found(marked, "python")) <= 60


def test_problems_that_lie_outside_of_the_document_are_at_its_end() -> None:
    document = Document.of("x = 1\n")
    finding = Finding("a", Point(9, 9), Point(9, 12), "wrong")
    problem = Problem.of(document, "python", "a", finding, Project(_ROOT))
    assert regions(problem)[0].text_in(document) in ("x = 1", "")
