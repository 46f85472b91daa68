from __future__ import annotations

import itertools
import time
from typing import Any

import attrs
import pytest

from mendline.checks.parse_gate import CUT, DOES_NOT_PARSE, NO_GRAMMAR, OUT_OF_TIME, GateResult, check
from mendline.syntax.languages import language_of
from mendline.syntax.tree import Tree
from mendline.text.document import Document, Edit


def gate(language_id: str, marked: str, candidate: str, budget_ms: float = 5000) -> GateResult:
    """Judge a candidate that replaces `«…»`, or is inserted at `ˇ`."""
    start = marked.index("«") if "«" in marked else marked.index("ˇ")
    end = marked.index("»") - 1 if "»" in marked else start
    document = Document.of(marked.replace("ˇ", "").replace("«", "").replace("»", ""))
    language = language_of(language_id)
    assert language is not None
    tree = Tree.parse(document, language, 5000)
    # What is broken afterwards has a test of its own.
    return attrs.evolve(check(tree, document, Edit(start, end, candidate), budget_ms), broken=0)


@pytest.mark.parametrize(
    ("language_id", "marked", "candidate"),
    [
        ("python", "x = foo(ˇ)\n", "a, b"),
        ("python", "x = foo(ˇ\n\ndef g():\n    pass\n", "a, b)"),
        ("python", "x = foo(ˇ\n\ndef g():\n    pass\n", "a, b"),
        ("python", "def f(ˇ\n", "a, b):\n    return a + b"),
        ("python", "def f(ˇ", "a, b"),
        ("python", "def f(«a»):\n    pass\n", "a, b=1"),
        ("python", "x = = 1\ny = ˇ\n", "foo(2)"),
        ("python", "ˇ", "import os"),
        ("python", "s = 'ˇ'\n", "(unclosed in a string"),
        ("javascript", "function f() {\n  ˇ\n}\n", "if (x) {\n    foo();\n  }"),
        ("javascript", "if (xˇ", ") {"),
        ("json", '{"a": ˇ}', "[1, 2]"),
        ("html", "<p>ˇ</p>", "<b>x</b>"),
    ],
)
def test_a_candidate_that_breaks_nothing_passes_whole(language_id: str, marked: str, candidate: str):
    assert gate(language_id, marked, candidate) == GateResult(candidate, True, False, None)


@pytest.mark.parametrize(
    ("language_id", "marked", "candidate", "kept"),
    [
        # Cut at the end of a line: the last one was not finished.
        ("python", "def f(a):\n    ˇ\n", "x = 1\n    y = 2\n    z = bar(", "x = 1\n    y = 2"),
        ("python", "def f(a):\n    ˇ\n", "x = 1\n\n\n    z = bar(", "x = 1"),
        ("python", "def f(a):\r\n    ˇ\r\n", "x = 1\r\n    z = bar(", "x = 1"),
        # What Python refused before does not excuse an error that tree-sitter sees.
        ("python", "try:\n    ˇ\nexcept ImportError:\n    pass\n", "import a\nfrom b ", "import a"),
        # No cut ends in the middle of an expression.
        ("javascript", "let x = ˇ;\n", "a + b. }", "a + b"),
        # Python's own parser has a say: nothing may be indented without a reason.
        ("python", "def f(a):\n    ˇ\n    return a\n", "b = a\n    if b:", "b = a"),
        ("python", "def f(a):\n    ˇ\n    return a\n", "b = a\n      c = b", "b = a"),
        # Cut within the first line, at the end of a token.
        ("python", "ˇ\n", "foo(bar, baz", "foo"),
        ("python", "x = 1 ˇ\n", "+ total ) = 2", "+ total"),
        ("javascript", "let x = ˇ;\n", "a + b }", "a + b"),
        # What was broken before the cursor does not excuse what the candidate breaks after mending it.
        ("python", "x = ˇ\n", "foo(1) bar baz", "foo(1)"),
        ("python", "x = foo(ˇ\n", "a)\ny = bar(baz(", "a)"),
        ("javascript", "foo(ˇ\n", "a);\n} else {", "a);"),
    ],
)
def test_a_candidate_is_cut_back_to_what_parses(language_id: str, marked: str, candidate: str, kept: str):
    assert gate(language_id, marked, candidate) == GateResult(kept, True, True, CUT)


PYTHON = "def f(a):\n    ˇ\n\n\nx = f(1)\n"
TYPESCRIPT = "function f(a: number) {\n  ˇ\n}\n\nf(1);\n"


def lines(statement: str, many: int, indentation: str = "    ") -> str:
    return f"\n{indentation}".join(statement.format(n) for n in range(many))


GOOD = {
    "statements": lines("b{0} = a + {0}", 7),
    "a call of several lines": lines("b{0} = g(\n        a,\n        {0},\n    )", 3),
    "branches": lines("if a > {0}:\n        a -= 1\n    else:\n        a += 1", 3),
    "one line": "b0 = a",
}
BAD = {
    "a stray bracket": ("b = a)", "c{0} = a"),
    "an open bracket": ("b = g(a", "c{0} = a"),
    "prose": ("Here is what it does:", "so it is said {0}"),
    "wrong indentation": ("  b = a", "  c{0} = a"),
    "an open string": ('b = """a', "c{0} = a"),
}


@pytest.mark.parametrize("bad", BAD)
@pytest.mark.parametrize("good", GOOD)
@pytest.mark.parametrize("many", [9, 20, 50])
def test_of_a_long_candidate_the_good_beginning_is_kept(good: str, bad: str, many: int):
    first, others = BAD[bad]
    candidate = "\n    ".join((GOOD[good], first, lines(others, many)))
    assert gate("python", PYTHON, candidate) == GateResult(GOOD[good], True, True, CUT)


TYPESCRIPT_GOOD = {
    "statements": lines("const b{0} = a + {0};", 7, "  "),
    "a call of several lines": lines("const b{0} = g(\n    a,\n    {0},\n  );", 3, "  "),
    "branches": lines("if (a > {0}) {{\n    a -= 1;\n  }} else {{\n    a += 1;\n  }}", 3, "  "),
    "one line": "const b0 = a;",
}
TYPESCRIPT_BAD = {
    "a stray bracket": ("const b = a);", "c{0} = a;"),
    "an open brace": ("if (a) {", "c{0} = a;"),
    "prose": ("Here is what it does:", "so it is said {0}"),
    "the end of the function": ("}", "c{0} = a; }}"),
    "an open string": ("const b = `a;", "c{0} = a;"),
}


@pytest.mark.parametrize("bad", TYPESCRIPT_BAD)
@pytest.mark.parametrize("good", TYPESCRIPT_GOOD)
@pytest.mark.parametrize("many", [9, 20, 50])
def test_the_same_in_typescript(good: str, bad: str, many: int):
    first, others = TYPESCRIPT_BAD[bad]
    candidate = "\n  ".join((TYPESCRIPT_GOOD[good], first, lines(others, many, "  ")))
    assert gate("typescript", TYPESCRIPT, candidate) == GateResult(TYPESCRIPT_GOOD[good], True, True, CUT)


@pytest.mark.parametrize(
    ("marked", "candidate", "kept"),
    [
        (PYTHON, "for b in a:\n        c = b\n        d = c)\n        " + lines("e{0} = b", 20, " " * 8), 2),
        (PYTHON, "for b in a:\n        c = b\n          d = c\n        " + lines("e{0} = b", 20, " " * 8), 2),
        # A bracket of the document closes one of the candidate's.
        (
            "x = g(ˇ)\n",
            "a)\n" + lines("b{0} = g(a)", 20, "") + "\nc = g(a\n" + lines("d{0} = g) (", 20, ""),
            22,
        ),
    ],
)
def test_what_is_kept_is_as_long_as_it_may_be(marked: str, candidate: str, kept: int):
    assert gate("python", marked, candidate).text == "\n".join(candidate.split("\n")[:kept])


@pytest.mark.parametrize("statement", ["b{0} = (", "b{0} = g(a)\n    c{0} = ]", "b{0} a"])
def test_a_long_candidate_takes_few_parses(statement: str, monkeypatch: pytest.MonkeyPatch):
    parsed: list[str] = []
    edited = Tree.edited

    def counted(tree: Tree, edit: Edit, *rest: Any) -> Tree | None:
        parsed.append(edit.text)
        return edited(tree, edit, *rest)

    monkeypatch.setattr(Tree, "edited", counted)
    gate("python", PYTHON, lines(statement, 60))
    assert len(parsed) <= 24
    assert len(set(parsed)) == len(parsed)


@pytest.mark.parametrize(
    ("language_id", "marked", "candidate"),
    [
        ("python", "ˇ\n", ") + 1"),
        ("python", "x = [1]ˇ\n", "]"),
        ("python", "    ˇ\n", "\n\n    )"),
        ("javascript", "iˇ\n", "f (x) {"),
        ("json", '{"a": 1ˇ}', ","),
        ("c", "int f() { return 1; ˇ }\n", "/* open"),
    ],
)
def test_a_candidate_without_a_good_prefix_is_dropped(language_id: str, marked: str, candidate: str):
    assert gate(language_id, marked, candidate) == GateResult("", False, False, DOES_NOT_PARSE)


def test_an_error_may_not_spill_over_the_file():
    body = "".join(f"def f{n}(a):\n    return a + {n}\n\n" for n in range(200))
    result = gate("python", f"x = (ˇ\n\n{body}", 'a, """b')
    assert '"""' not in result.text


def test_a_cut_does_not_run_into_the_word_after_the_cursor():
    result = gate("python", "ˇname\n", "foo bar(")
    assert not result.text.endswith("foo")


def test_a_cut_is_not_within_a_word_or_a_string():
    result = gate("python", "x = ˇ\n", "'some words' + other_name ]")
    assert result.text == "'some words' + other_name"


def test_without_a_tree_the_candidate_is_unjudged():
    document = Document.of("x")
    assert check(None, document, Edit(1, 1, "((")) == GateResult("((", None, False, NO_GRAMMAR)


def test_the_tree_of_another_version_counts_as_none():
    language = language_of("python")
    assert language is not None
    tree = Tree.parse(Document.of("x"), language, 5000)
    assert check(tree, Document.of("y"), Edit(1, 1, "((")).parsed is None


def test_out_of_time_the_candidate_is_unjudged():
    assert gate("python", "ˇ\n", "((", budget_ms=0) == GateResult("((", None, False, OUT_OF_TIME)


def test_time_in_which_others_had_the_processor_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "perf_counter", itertools.count(0, 1000).__next__)
    assert gate("python", "x = ˇ\n", "1", budget_ms=1000) == GateResult("1", True, False, None)


def test_an_empty_candidate_passes():
    assert gate("python", "x = «1» + 2\n", "").text == ""


def test_a_long_hostile_candidate_ends():
    assert gate("python", "ˇ\n", "x = (\n" * 3000, budget_ms=60_000).text == "x"


@pytest.mark.parametrize(
    ("text", "candidate", "broken"),
    [
        ("x = \n", "1", 0),
        ("y = = 1\nx = \n", "1", 1),
        ("x = \n", "foo(1) bar", 0),
        ("x = \n", ")", 1),
    ],
)
def test_how_much_is_broken_is_told(text: str, candidate: str, broken: int) -> None:
    document = Document.of(text)
    language = language_of("python")
    assert language is not None
    at = text.index("x = ") + 4
    tree = Tree.parse(document, language, 5000)
    assert check(tree, document, Edit(at, at, candidate), 5000).broken == broken


@pytest.mark.parametrize(("candidate", "parsed"), [("a = 1", True), ("a = 1\n    b = (", False)])
def test_of_a_candidate_that_counts_as_a_whole_no_part_passes(candidate: str, parsed: bool):
    document = Document.of("def f():\n    \n")
    language = language_of("python")
    assert language is not None
    tree = Tree.parse(document, language, 5000)
    result = check(tree, document, Edit(13, 13, candidate), 5000, whole_only=True)
    assert (result.text, result.parsed, result.cut) == (candidate if parsed else "", parsed, False)
