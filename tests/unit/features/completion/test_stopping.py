"""Each case: a drawn document, the model's text, and what of it is the suggestion (`None`: it goes on)."""

from __future__ import annotations

import pytest

from mendline.features.completion.enclosing import headers
from mendline.features.completion.shape import Shape, Span
from mendline.features.completion.site import Site
from mendline.features.completion.stopping import Stopper
from support.cursor_text import snapshot_at


def stopper(
    drawn: str,
    span: Span,
    language_id: str = "python",
    *,
    accepted: bool = True,
    rigid: bool = False,
    asked: bool = False,
    bridges: bool = False,
) -> Stopper:
    snapshot, offset = snapshot_at(drawn, language_id)
    comment = snapshot.language.line_comment if snapshot.language else None
    site = Site.of(snapshot.document, offset, language_id, comment)
    around = headers(snapshot.document, offset) if asked else ()
    joins = asked and (bridges or not site.only_closers_after)
    wanted = Shape(span, "test", rigid, joins=joins, bridges=bridges, headers=around)
    return Stopper(site, wanted, lambda text: accepted)


def suggestion(found: Stopper, text: str) -> str | None:
    """Feed the text character by character, as a stream would; return what stands before the first stop."""
    for length in range(1, len(text) + 1):
        end = found.end(text[:length])
        if end is not None:
            return text[:end]
    return None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a + b\nreturn", "a + b"),
        ("a + b", None),
        ("\nreturn", ""),
        ("", None),
    ],
)
def test_a_line_ends_at_its_break(text: str, expected: str | None) -> None:
    assert suggestion(stopper("x = ˇ", Span.LINE), text) == expected


@pytest.mark.parametrize(
    ("accepted", "rigid", "text", "expected"),
    [
        (False, False, "foo(\n    a,\n    b,\n)\nrest", "foo(\n    a,\n    b,\n)"),
        (False, False, "foo(\n    a,\n", None),
        # What follows the cursor closes the bracket: the line is good as it is.
        (True, False, "foo(\n    a,\n)\n", "foo("),
        (False, True, "foo(\n    a,\n)\n", "foo("),
        (False, False, "foo(a)\nrest", "foo(a)"),
    ],
)
def test_a_line_with_an_open_bracket_goes_on_until_it_closes(
    accepted: bool, rigid: bool, text: str, expected: str | None
) -> None:
    found = stopper("x = ˇ", Span.LINE, accepted=accepted, rigid=rigid)
    assert suggestion(found, text) == expected


@pytest.mark.parametrize(
    ("language_id", "drawn", "text", "expected"),
    [
        ("python", "if a:\n    b()\nˇ\n", "else:\n    c()\nd()", "else:\n    c()"),
        ("python", "def f():\n    ˇ\n    return x\n", "for y in x:\n        z\n    w", "for y in x:\n        z"),
        ("python", "def f():\n    for ˇ\n    return x\n", "y in x:\n        z\n    w", "y in x:\n        z"),
        ("python", "def f():\n    ˇ\n        z = y\n", "for y in x:\n        z\n", "for y in x:"),
        ("typescript", "f();\nˇ\ng();\n", "if (a) {\n  b();\n}\nc();", "if (a) {\n  b();\n}"),
    ],
)
def test_a_line_that_opens_a_block_gets_its_body_unless_there_is_one(
    language_id: str, drawn: str, text: str, expected: str
) -> None:
    assert suggestion(stopper(drawn, Span.LINE, language_id, accepted=False), text) == expected


PYTHON_BLOCKS = [
    ("def f():\n    ˇ", "x = 1\n    return x\n\n\ndef g():", "x = 1\n    return x\n"),
    ("def f():\n    ˇ", "x = 1\n\n    return x\nf()", "x = 1\n\n    return x"),
    ("def f():\n    ˇ", "x = 1\n    return x", None),
    ("def f():ˇ", "\n    return 1\ny", "\n    return 1"),
    ("def f():ˇ", " return 1\ny", " return 1"),
    ("def f():\nˇ", "    return 1\ny", "    return 1"),
    ("if x:\n    ˇ", "y()\nelse:\n", "y()"),
    ("def f():\n    ˇ", 'x = """\nfoo\n"""\n    return x\ny', 'x = """\nfoo\n"""\n    return x'),
    ("def f():\n    ˇ", "x = [\n1,\n]\n    return x\ny", "x = [\n1,\n]\n    return x"),
    ("x = ˇ", "1\ny = 2", "1"),
    ("x = ˇ", "foo(\n    a,\n)\ny = 2", "foo(\n    a,\n)"),
    # At the top level an empty line ends it; so does the next definition after one.
    ("ˇ", "import os\nimport re\n\nx", "import os\nimport re\n"),
    ("class A:\n    ˇ\n", "def f(self):\n        pass\n\n    def g", "def f(self):\n        pass\n"),
    ("def f():\n    ˇ\n", "x = 1\n\n    y = 2\n    z", None),
    ("def f():\n    ˇ", "x = 1\n\n\n", "x = 1\n"),
    # The model has come to what follows anyway.
    ("def f():\n    ˇ\n    return total\n", "total = 1\n    return total\n", "total = 1"),
    ("def f():\n    ˇ\n    return total\n", "total = 1\n    return total", None),
]


@pytest.mark.parametrize(("drawn", "text", "expected"), PYTHON_BLOCKS)
def test_a_python_block_ends_with_its_indentation(drawn: str, text: str, expected: str | None) -> None:
    assert suggestion(stopper(drawn, Span.BLOCK), text) == expected


ABOVE_A_BODY = "def f(n):\n    iˇ\n            break\n    return n\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # It opens the body that stands below, ...
        ("f n:\n        n = 1\n", "f n:"),
        ("f (\n        n\n    ):\n        n = 1\n", "f (\n        n\n    ):"),
        # ... or the line that does is still to come.
        (
            "s_odd = True\n    for m in n:\n        if m:\n            break\n",
            "s_odd = True\n    for m in n:\n        if m:",
        ),
        ("s_odd = True\n    for m in n:\n        if m:\n", None),
        (
            "s_odd = True\n    for m in n:\n        if m:\n            n += 1\n\n\ndef g(",
            "s_odd = True\n    for m in n:\n        if m:\n            n += 1\n",
        ),
    ],
)
def test_who_asks_above_what_may_be_a_body_gets_the_line_that_opens_it(text: str, expected: str | None) -> None:
    assert suggestion(stopper(ABOVE_A_BODY, Span.BLOCK, accepted=False, asked=True, bridges=True), text) == expected


@pytest.mark.parametrize(
    ("language_id", "drawn", "text", "expected"),
    [
        ("typescript", "function f() {\n  ˇ\n}\n", "return 1;\n}\n\nfunction", "return 1;"),
        # A closer that stands right of the cursor comes to stand on a line of its own.
        ("typescript", "function f() {ˇ}\n", "\n  return 1;\n}\n", "\n  return 1;\n"),
        ("typescript", "f(() => {\n  g(() => {ˇ});\n});\n", "\n    h();\n  });\n", "\n    h();\n  "),
        ("typescript", "function f() {\n  ˇ\n", "return 1;\n}\n\nfunction", "return 1;\n}"),
        ("typescript", "function f() {ˇ\n", "\n  return 1;\n}\n\nfunction", "\n  return 1;\n}"),
        ("typescript", "const f = () => {ˇ\n", "\n  g();\n});\nx", "\n  g();\n});"),
        ("typescript", "if (a) {\n  ˇ\n}\n", "b();\n} else {\n  c();\n}", "b();"),
        ("ruby", "def f\n  ˇ\n", "1 + 1\nend\n\ndef g", "1 + 1\nend"),
        ("ruby", "def f\n  ˇ\nend\n", "1 + 1\nend\n\ndef g", "1 + 1"),
    ],
)
def test_a_block_in_brackets_ends_with_its_closer_unless_that_is_there(
    language_id: str, drawn: str, text: str, expected: str
) -> None:
    assert suggestion(stopper(drawn, Span.BLOCK, language_id), text) == expected


@pytest.mark.parametrize(
    ("drawn", "text", "expected"),
    [
        # Until the definition ends, ...
        (
            "def f(l):\n    for e in l:\n        ˇ",
            "if e:\n            g()\n    return l\n\n\nd",
            "if e:\n            g()\n    return l\n",
        ),
        ("def f(l):\n    for e in l:\nˇ", "        g()\n    return l\nf()", "        g()\n    return l"),
        # ... or down to the level of the line that follows.
        ("def f(l):\n    if l:\n        ˇ\n    return l\n", "g()\n    h()\n    return l\n", "g()\n    h()"),
        ("class A:\n    def f(self):\n        ˇ\n\n    def g(self):\n        pass\n", "x()\n\n    def h", "x()\n"),
        # The line that follows may stand deeper than where the text ends.
        ("def f(l):\n    for e in l:\nˇ        return 1\n    return 2\n", "        n = e\n    if n:\n", None),
        # Out of an inner definition only where the outer one goes on, and the line that follows may be in it.
        (
            "def f(l):\n    def g(n):\nˇ            x = n\n    return x\n",
            "        return n\n    for y in l:\n        if y:\n",
            None,
        ),
        ("def f(l):\n    def g(n):\n        ˇ\n    return g(l)\n", "return n\n    z", "return n"),
        ("class A:\n    ˇ\n", "def f(self):\n        pass\n\n    def g", "def f(self):\n        pass\n"),
        # At the top level as while typing.
        ("if x:\n    ˇ\n", "y()\nz()", "y()"),
        # Before code on the line the text may take several lines, and ends where that code begins.
        ("def f(l):\n    x = ˇ(left)\n", "g(left)\n    y = h(left)\n", "g"),
        ("def f(l):\n    x = ˇ(left, 1)\n", "g()\n    y = h(left, 1)\nz", "g()\n    y = h"),
        ("def f(l):\n    x = ˇ + total\n", "a\n    y = 1\nf()", "a\n    y = 1"),
        # A short end may come by chance.
        ("def f(l):\n    rˇ ret\n", "et = 0\n    ret = l + ret\n", None),
        # Letters within a word are no sign that the code goes on there.
        ("def f(l):\n    n = stˇrings\n", "rings\n    m = substrings\n", None),
    ],
)
def test_who_asks_gets_a_block_until_its_definition_ends(drawn: str, text: str, expected: str | None) -> None:
    assert suggestion(stopper(drawn, Span.BLOCK, asked=True), text) == expected


INNER = "return n > 1\n\n    return max(filter(g, l))"


@pytest.mark.parametrize(
    ("drawn", "text", "expected"),
    [
        # Nothing of the outer function follows: it is not finished, ...
        ("def f(l):\n    def g(n):\n        ˇ", f"{INNER}\nx", INNER),
        ("def f(l):\n    def g(n):\n        ˇ\n\n\ndef h(): ...\n", f"{INNER}\n\n\nd", f"{INNER}\n"),
        ("def f(l):\n    m = 1\n\n    @c\n    def g(n):\nˇ\n", f"        {INNER}\nx", f"        {INNER}"),
        ("def f(l):\n    class A:\n        ˇ\n", "x = 1\n\n    return A\ny", "x = 1\n\n    return A"),
        (
            "class A:\n    def f(l):\n        def g(n):\n            ˇ\n\n    x = 1\n",
            "y\n        z\n    w",
            "y\n        z",
        ),
        (
            "def e(k):\n    def f(l):\n        def g(n):\n            ˇ\n",
            "return n\n        return g\n    return f\nx",
            "return n\n        return g\n    return f",
        ),
        # ... or something does, in it ...
        ("def f(l):\n    def g(n):\n        ˇ\n    return g\n", f"{INNER}\nx", "return n > 1\n"),
        ("def f(l):\n    def g(n):\n        ˇ\n        return n\n", "n = 1\n    return g\n", "n = 1"),
        # ... or it is none.
        ("class A:\n    def g(n):\n        ˇ\n", "return n\n\n    def h(n):", "return n\n"),
        ("class A:\n    def g(n):\n        ˇ\n\n\nx = 1\n", "return n\n    y", "return n"),
        ("if x:\n    def g(n):\n        ˇ\n", "return n\n    y", "return n"),
    ],
)
def test_who_asks_in_an_inner_function_gets_the_rest_of_the_outer_one_where_it_has_none(
    drawn: str, text: str, expected: str
) -> None:
    assert suggestion(stopper(drawn, Span.BLOCK, asked=True), text) == expected


@pytest.mark.parametrize(
    ("drawn", "text", "expected"),
    [
        ("function f() {\n  function g() {\n    ˇ\n  }\n}\n", "h();\n  }\n  g();\n", "h();"),
        ("function f() {\n  function g() {\n    ˇ\n", "h();\n  }\n  g();\n}\nx", "h();\n  }\n  g();\n}"),
        ("class A {\n  static function g() {\n    ˇ\n", "h();\n  }\n  g();\n}\nx", "h();\n  }"),
    ],
)
def test_an_outer_function_in_brackets_goes_on_where_the_inner_one_is_open(
    drawn: str, text: str, expected: str
) -> None:
    assert suggestion(stopper(drawn, Span.BLOCK, "typescript", asked=True), text) == expected


def test_while_typing_the_text_stays_in_the_inner_function() -> None:
    found = stopper("def f(l):\n    def g(n):\n        ˇ\n", Span.BLOCK)
    assert suggestion(found, f"{INNER}\nx") == "return n > 1\n"


@pytest.mark.parametrize(
    ("text", "complete_line", "expected"),
    [
        ("a = 1\nb = 2\nc =", True, "a = 1\nb = 2"),
        ("a = 1\nb", False, "a = 1"),
        ("a = long_na", True, "a = long_na"),
        ("a = long_na", False, ""),
        ("\n    a = lo", True, ""),
        ("", True, ""),
    ],
)
def test_a_broken_off_text_keeps_its_whole_lines(text: str, complete_line: bool, expected: str) -> None:
    assert stopper("ˇ", Span.BLOCK).whole_part(text, complete_line=complete_line) == expected


def test_a_suggestion_has_no_more_lines_than_the_limit() -> None:
    snapshot, offset = snapshot_at("def f():\n    ˇ")
    found = Stopper(
        Site.of(snapshot.document, offset, "python", "#"), Shape(Span.BLOCK, "test"), lambda text: True, most_lines=3
    )
    assert suggestion(found, "a = 1\n    b = 2\n    c = 3\n    d = 4\n") == "a = 1\n    b = 2\n    c = 3"
