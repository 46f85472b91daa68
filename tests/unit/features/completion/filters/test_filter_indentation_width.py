from __future__ import annotations

import pytest

from mendline.features.completion.filters.candidate import Candidate
from mendline.features.completion.filters.indentation_width import fit_indentation_width
from mendline.features.completion.site import Site
from support.cursor_text import snapshot_at

TWO = "def f():\n  if a:\n    b()\n"
FOUR = "def f():\n    if a:\n        b()\n"
BRACES = "function f() {\n  if (a) {\n    b();\n  }\n"


def fitted(language_id: str, drawn: str, text: str) -> str:
    snapshot, offset = snapshot_at(drawn, language_id)
    return fit_indentation_width(Candidate.of(text), Site.of(snapshot.document, offset, language_id, "#")).text


@pytest.mark.parametrize(
    ("language_id", "drawn", "text", "expected"),
    [
        ("python", f"{TWO}  ˇ", "for x in y:\n      z()\n      w()", "for x in y:\n    z()\n    w()"),
        (
            "python",
            f"{TWO}  ˇ",
            "for x in y:\n      if x:\n          z()\n  w()",
            "for x in y:\n    if x:\n      z()\n  w()",
        ),
        ("python", f"{FOUR}    ˇ", "for x in y:\n      z()", "for x in y:\n        z()"),
        ("python", f"{TWO}ˇ", "def g():\n    pass", "def g():\n  pass"),
        ("python", f"{TWO}  if cˇ", ":\n      z()", ":\n    z()"),
        ("typescript", f"{BRACES}  ˇ", "if (c) {\n      d();\n  }", "if (c) {\n    d();\n  }"),
        # The steps agree.
        ("python", f"{FOUR}    ˇ", "for x in y:\n        z()", "for x in y:\n        z()"),
        # What goes on is indented by its own rules.
        ("python", f"{TWO}  ˇ", "foo(\n      a,\n      b)", "foo(\n      a,\n      b)"),
        ("python", f"{TWO}  ˇ", "for x in y:\n      foo(a,\n          b)", "for x in y:\n    foo(a,\n      b)"),
        ("python", f"{TWO}  ˇ", "for x in y:\n      foo(a,\n         b)", "for x in y:\n      foo(a,\n         b)"),
        ("python", f"{FOUR}    x = aˇ", "[:\n      b]", "[:\n      b]"),
        # The document's step is not clear.
        ("python", "def f():\n  a\nˇ", "def g():\n    pass", "def g():\n    pass"),
        ("python", f"{TWO}{FOUR}ˇ", "def g():\n   pass", "def g():\n   pass"),
        ("python", "def f():\n\tif a:\n\t\tb()\nˇ", "def g():\n    pass", "def g():\n    pass"),
        # Indentation that is there already.
        ("python", "def f():\n    a = 1\n    ˇ", "    return a", "return a"),
        ("python", "def f():\n    a = 1\n\n    ˇ", "    x = 1\n    return a", "x = 1\n    return a"),
        # It may still belong to the block above.
        ("python", f"{FOUR}    ˇ", "    x = 1\n    return a", "    x = 1\n    return a"),
        ("python", "def f():\n    ˇ", "        return a", "return a"),
        ("python", "def f():\nˇ", "    return a", "    return a"),
        ("python", f"{FOUR}ˇ", "    return a", "    return a"),
        ("python", "foo(\n    ˇ", "    a)", "    a)"),
        ("python", "x =ˇ", "    1", "    1"),
        ("python", "ˇ", "    1", "    1"),
    ],
)
def test_indentation_is_the_documents(language_id: str, drawn: str, text: str, expected: str) -> None:
    assert fitted(language_id, drawn, text) == expected
