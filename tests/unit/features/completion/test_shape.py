from __future__ import annotations

import pytest

from mendline.features.completion import Trigger
from mendline.features.completion.enclosing import Header
from mendline.features.completion.shape import Span, shape
from mendline.features.completion.site import Site
from support.cursor_text import snapshot_at

LINE, BLOCK = Span.LINE, Span.BLOCK


def decide(
    drawn: str, language_id: str = "python", trigger: Trigger = Trigger.AUTOMATIC, multiline: str = "auto"
) -> Span:
    snapshot, offset = snapshot_at(drawn, language_id)
    comment = snapshot.language.line_comment if snapshot.language else None
    site = Site.of(snapshot.document, offset, language_id, comment)
    return shape(site, trigger, multiline, snapshot.tree, offset).span


@pytest.mark.parametrize(
    ("language_id", "drawn", "expected"),
    [
        ("python", "ˇ", LINE),
        ("python", "x = ˇ", LINE),
        ("python", "print(ˇ)", LINE),
        ("python", "x = ˇ + 1", LINE),
        ("python", "def f(x):ˇ", BLOCK),
        ("python", "def f(x):  # doubles\n    ˇ", BLOCK),
        ("python", "def f(x):\n    ˇ\n", BLOCK),
        ("python", "def f(x):\n    ˇ\n\n\ny = 1\n", BLOCK),
        ("python", "def f(x):\n    ˇ\n    return x\n", LINE),
        ("python", "def f(x):ˇ\n    return x\n", LINE),
        ("python", "x = 1\nˇ\ny = 2\n", LINE),
        ("python", "def f(x):\n    y = x\n    ˇ\n", LINE),
        ("python", 'def f(x):\n    """Double x."""\n    ˇ\n', BLOCK),
        ("python", 'def f(x):\n    """Double\n\n    x.\n    """\n    ˇ\n\n\ndef g(): ...\n', BLOCK),
        ("python", 'def f(x):\n    """Double x."""\n    ˇ\n    return x\n', LINE),
        ("python", 'def f(x):\n    """Double x."""\n    y = x\n    ˇ\n', LINE),
        ("python", "for x in y:\n    # skip the odd ones\n    ˇ\n", BLOCK),
        ("python", "# read the file\nˇ\n", BLOCK),
        ("python", "# read the file\nˇ\nx = 1\n", LINE),
        ("typescript", "function f() {\n  ˇ\n}\n", BLOCK),
        ("typescript", "function f() {ˇ}", BLOCK),
        ("typescript", "function f() {\n  ˇ\n  return 1;\n}\n", LINE),
        ("typescript", "const f = (x: number) => ˇ", BLOCK),
        ("typescript", "const x = foo(ˇ);", LINE),
        ("rust", "fn f() -> u8 {\n    ˇ\n}\n", BLOCK),
        ("ruby", "def f(x)\n  ˇ\nend\n", BLOCK),
        ("ruby", "xs.each do |x|\n  ˇ\nend\n", BLOCK),
        ("lua", "if x then\n  ˇ\nend\n", BLOCK),
        ("shellscript", "for f in *; do\n  ˇ\ndone\n", BLOCK),
        ("toml", "[a]\nˇ\n", LINE),
        ("cobol-of-1960", "IF X {\n  ˇ\n", BLOCK),
    ],
)
def test_while_typing(language_id: str, drawn: str, expected: Span) -> None:
    assert decide(drawn, language_id) is expected


@pytest.mark.parametrize(
    ("drawn", "trigger", "multiline", "expected"),
    [
        ("x = 1\nˇ\ny = 2\n", Trigger.INVOKED, "auto", BLOCK),
        ("x = ˇ", Trigger.INVOKED, "auto", BLOCK),
        ("x = ˇ + 1", Trigger.INVOKED, "auto", BLOCK),
        ("def f(x):\n    if ˇ\n        return x\n    return 0\n", Trigger.AUTOMATIC, "auto", LINE),
        ("def f(x):\n    if (ˇ):\n        return x\n    return 0\n", Trigger.INVOKED, "auto", LINE),
        ("def f(x):\n    if ˇ\n    return 0\n", Trigger.INVOKED, "auto", BLOCK),
        ("for x in xs:\n    pass\nfor y in ˇ\n        z()\n    w()\n", Trigger.INVOKED, "auto", BLOCK),
        ("def f(x):\n    ˇ\n        return x\n", Trigger.INVOKED, "auto", BLOCK),
        ("# read ˇ\n", Trigger.INVOKED, "auto", LINE),
        ("# read\nˇ\n", Trigger.INVOKED, "auto", BLOCK),
        ("x = 1\nˇ\n", Trigger.AUTOMATIC, "always", BLOCK),
        ("x = ˇ + 1", Trigger.AUTOMATIC, "always", LINE),
        ("def f():\n    ˇ", Trigger.AUTOMATIC, "never", LINE),
        ("def f():\n    ˇ", Trigger.INVOKED, "never", LINE),
    ],
)
def test_the_user_and_the_setting_decide_too(drawn: str, trigger: Trigger, multiline: str, expected: Span) -> None:
    assert decide(drawn, trigger=trigger, multiline=multiline) is expected


def test_above_what_may_be_its_body_the_text_may_have_to_lead_there_first() -> None:
    snapshot, offset = snapshot_at("def f(x):\n    iˇ\n        return x\n    return 0\n", "python")
    site = Site.of(snapshot.document, offset, "python", "#")
    around = (Header(0, is_function=True),)
    found = shape(site, Trigger.INVOKED, "auto", snapshot.tree, offset, headers=around)
    assert (found.span, found.joins, found.bridges, found.headers) == (BLOCK, True, True, around)


@pytest.mark.parametrize(
    ("drawn", "joins"),
    [
        ("x = [ˇ]\n", False),
        ("x = f([ˇ])\n", False),
        ("x = f(ˇ]\n", True),
        ("x = ˇ)\n", True),
        ("x = [\n    1,\n    ˇ]\n", False),
        ("x = 'ˇ'\n", False),
        ("x = 'a(ˇ)'\n", False),
        ("x = ˇ:\n", False),
    ],
)
def test_a_bracket_that_closes_none_before_the_cursor_is_to_be_opened_first(drawn: str, joins: bool) -> None:
    snapshot, offset = snapshot_at(drawn, "python")
    site = Site.of(snapshot.document, offset, "python", "#")
    assert shape(site, Trigger.INVOKED, "auto", snapshot.tree, offset).joins is joins


def test_a_line_of_a_block_comment_is_finished_when_asked() -> None:
    assert decide("/**\n * @see ˇ\n */\nf();\n", "typescript", Trigger.INVOKED) is LINE
    assert decide("/* all */\nˇ\n", "typescript", Trigger.INVOKED) is BLOCK
