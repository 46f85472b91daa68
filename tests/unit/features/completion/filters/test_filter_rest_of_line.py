from __future__ import annotations

import pytest

from mendline.features.completion.filters.candidate import Candidate
from mendline.features.completion.filters.rest_of_line import fit_rest_of_line
from mendline.features.completion.outcome import Rejection, RejectReason
from mendline.features.completion.site import Site
from support.cursor_text import CURSOR, snapshot_at

REPEATS = RejectReason.REPEATS_SUFFIX


def fitted(drawn: str, text: str, language_id: str = "python") -> Candidate | Rejection:
    snapshot, offset = snapshot_at(drawn, language_id)
    return fit_rest_of_line(Candidate.of(text), Site.of(snapshot.document, offset, language_id, "#"))


@pytest.mark.parametrize(
    ("drawn", "text", "line"),
    [
        # Nothing follows, or nothing is repeated.
        ("foo(ˇ", "x)", "foo(x)"),
        ("foo(ˇ)", "x", "foo(x)"),
        ("foo(ˇ)", "bar(x)", "foo(bar(x))"),
        ("x = ˇ + 1", "y", "x = y + 1"),
        # An auto-closed bracket or quote is closed by the candidate.
        ("foo(ˇ)", "x)", "foo(x)"),
        ("foo(ˇ)", "x);", "foo(x);"),
        ("foo(ˇ)", "x).bar()", "foo(x).bar()"),
        ("foo(ˇ)", "x, y) + bar(z)", "foo(x, y) + bar(z)"),
        ("foo(bar(ˇ))", "x))", "foo(bar(x))"),
        ("foo(bar(ˇ))", "x)", "foo(bar(x))"),
        ("foo(bar(ˇ))", "x), y)", "foo(bar(x), y)"),
        ("foo(ˇ);", "x);", "foo(x);"),
        ("foo(ˇ);", "x)", "foo(x);"),
        ("a[ˇ]", "0] = 1", "a[0] = 1"),
        ('print("ˇ")', 'hi")', 'print("hi")'),
        ('print("ˇ")', 'hi"', 'print("hi")'),
        ('print("ˇ")', 'hi", file=err)', 'print("hi", file=err)'),
        ('x = "ˇ"', 'a" + "b"', 'x = "a" + "b"'),
        ("def f(ˇ):", "a, b):", "def f(a, b):"),
        ("function f(ˇ) {", "a, b) {", "function f(a, b) {"),
        ("f(ˇ )", "x)", "f(x)"),
        # Code within a string, and the string behind it.
        ('print(f"a {ˇ}")', 'b} c")', 'print(f"a {b} c")'),
        ('print(f"a {ˇ}")', "b}", 'print(f"a {b}")'),
        ('print(f"a {b[ˇ]}")', '0]}")', 'print(f"a {b[0]}")'),
        ('print(f"ˇ")', 'a {b}")', 'print(f"a {b}")'),
        ("const s = `a ${ˇ}`;", "b} c`;", "const s = `a ${b} c`;"),
        ("const s = `a ${f(ˇ)}`;", "b)}`;", "const s = `a ${f(b)}`;"),
        ("const s = `ˇ`;", "a ${b}`;", "const s = `a ${b}`;"),
        # Long strings, type arguments, tags.
        ('x = """ˇ"""', 'Sum."""', 'x = """Sum."""'),
        ("const x: Map<string, Array<ˇ>>;", "number>>;", "const x: Map<string, Array<number>>;"),
        ("new Map<ˇ>();", "string, number>();", "new Map<string, number>();"),
        ('<div className="ˇ"></div>', 'box"></div>', '<div className="box"></div>'),
        ("<div onClick={ˇ}>", "f}>", "<div onClick={f}>"),
        ("<p>ˇ</p>", "text</p>", "<p>text</p>"),
        # The candidate ends with what follows.
        ("x = ˇ + offset", "y + offset", "x = y + offset"),
        ("foo(ˇ, timeout=1)", "x, timeout=1)", "foo(x, timeout=1)"),
        ("foo(ˇ, y)", "x,", "foo(x, y)"),
        ("return ˇ else 0", "x if x else 0", "return x if x else 0"),
        # A letter in common is no repetition.
        ("x = ˇ a", "banana", "x = banana a"),
    ],
)
def test_the_line_that_results(drawn: str, text: str, line: str) -> None:
    result = fitted(drawn, text)
    assert isinstance(result, Candidate)
    before, _, rest = drawn.partition(CURSOR)
    assert before + result.text + rest[result.replaces :] == line


@pytest.mark.parametrize(
    ("drawn", "text"),
    [("foo(ˇ)", ")"), ("x = ˇ + offset", " + offset"), ('"ˇ"', '"'), ("foo(ˇ);", ");")],
)
def test_nothing_but_repetition_is_dropped(drawn: str, text: str) -> None:
    result = fitted(drawn, text)
    assert isinstance(result, Rejection)
    assert result.reason is REPEATS


def test_confidence_rests_on_what_is_kept() -> None:
    result = fitted("foo(ˇ)", "x)")
    assert isinstance(result, Candidate)
    assert result.kept == 1
