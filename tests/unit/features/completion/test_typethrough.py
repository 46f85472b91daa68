"""What is left of a suggestion. `ˇ` is the cursor, `«»` what a suggestion (or the popup's item) replaces."""

from __future__ import annotations

import pytest

from mendline.features.completion import Trigger
from mendline.features.completion.typethrough import remainder
from support.asking import applied, asked_at, suggestion_in

NOTHING = None


@pytest.mark.parametrize(
    ("origin", "text", "now", "expected"),
    [
        # Typed, a word taken over, a line taken over, all of it.
        ("x = ˇ\ny", "first + 1", "x = fˇ\ny", ("«»", "irst + 1")),
        ("x = ˇ\ny", "first + 1", "x = firstˇ\ny", ("«»", " + 1")),
        ("x = ˇ\ny", "1\nz = 2", "x = 1\nˇ\ny", ("«»", "z = 2")),
        ("x = ˇ\ny", "first", "x = firstˇ\ny", NOTHING),
        ("x = ˇ", "first  ", "x = firstˇ", NOTHING),
        ("x = ˇ", "a\r\nb", "x = a\r\nˇ", ("«»", "b")),
        # Nothing typed.
        ("x = ˇ\ny", "first", "x = ˇ\ny", ("«»", "first")),
        # Something else.
        ("x = ˇ\ny", "first", "x = gˇ\ny", NOTHING),
        ("x = ˇ\ny", "first", "x = fˇ\nz", NOTHING),
        ("x = ˇ\ny", "first", "z = fˇ\ny", NOTHING),
        ("x = ˇ\ny", "first", "x = firstfirstˇ\ny", NOTHING),
        ("x = ˇ\ny", "first", "x = fiˇx\ny", NOTHING),
        ("x = ˇ\ny", "first", "x = ˇf\ny", NOTHING),
        # Taken back beyond the place it was made for.
        ("x = 1ˇ", "23", "x = ˇ", NOTHING),
        # The editor closes brackets and quotes by itself; the suggestion has them, too.
        ("fˇ", "(a, b)", "f(ˇ)", ("«)»", "a, b)")),
        ("fˇ", "(g(a), b)", "f(g(ˇ))", ("«))»", "a), b)")),
        ("x = ˇ", '"word"', 'x = "ˇ"', ('«"»', 'word"')),
        ("x = ˇ", '"word"', 'x = "wordˇ"', NOTHING),
        ("fˇ", "(a, b)", "f(a, b)ˇ", NOTHING),
        ("fˇ\n", "(a)\n", "f(aˇ)\n", NOTHING),
        # It does not have them: what was checked is not what would be there.
        ("fˇ", "(a, b", "f(ˇ)", NOTHING),
        ("fˇ", "(a", "f(ˇb)", NOTHING),
        # It replaces a bracket by itself; typed over, that is gone.
        ("f(ˇ«)»", "a) + 1", "f(aˇ)", ("«)»", ") + 1")),
        ("f(ˇ«)»", "a) + 1", "f(a)ˇ", ("«»", " + 1")),
        ("f(ˇ«)»", "[a])", "f([ˇ])", ("«])»", "a])")),
        # Brackets on other lines: a range may not span lines, so what is the same stays.
        ("f() ˇ", "{\n    return;\n}", "f() {\n    ˇ\n}", ("«»", "return;")),
        ("f() ˇ", "{\n    return;\n}", "f() {ˇ}", ("«}»", "\n    return;\n}")),
        ("f() ˇ", "{\n    a(b);\n}", "f() {\n    a(ˇ)\n}", ("«)»", "b);")),
    ],
)
def test_remainder(origin: str, text: str, now: str, expected: tuple[str, str] | None) -> None:
    made_for, asked = asked_at(origin), asked_at(now)
    suggestion = suggestion_in(origin, text)
    left = remainder(made_for, suggestion, asked)
    if expected is None:
        assert left is None
        return
    replaced, rest = expected
    assert left is not None
    assert (f"«{asked.text[left.range.start : left.range.end]}»", left.text) == (replaced, rest)
    assert left.range.start == asked.offset
    # The gate judged this very document.
    assert applied(asked.text, left) == applied(made_for.text, suggestion)
    assert (left.confidence, left.parsed, left.checks) == (0.5, True, ("parses",))


@pytest.mark.parametrize(
    ("origin", "item", "now", "item_now", "expected"),
    [
        # Made without a popup.
        ("m.ˇ", None, "m.«sq»ˇ", "sqrt", "sqrt(2)"),
        ("m.ˇ", None, "m.«sq»ˇ", "square", None),
        ("m.ˇ", None, "m.«sq»ˇ", "sqrt(2)", None),
        ("m.ˇ", None, "m.«sqrt(»ˇ", "sqrt", "sqrt(2)"),
        ("m.ˇ", None, "«m.»ˇ", "m.sqrt", None),
        ("m.ˇ", None, "m.«sqˇr»", "sqrt", None),
        # Made for an item.
        ("m.«s»ˇ", "sqrt", "m.«s»ˇ", "sqrt", "sqrt(2)"),
        ("m.«s»ˇ", "sqrt", "m.«sq»ˇ", "sqrt", "sqrt(2)"),
        ("m.«s»ˇ", "sqrt", "m.«s»ˇ", "square", None),
        ("m.«s»ˇ", "sqrt", "m.sˇ", None, None),
        ("m.«s»ˇ", "sqrt", "m.sqrtˇ", None, "(2)"),
        ("m.«s»ˇ", "sqrt", "m.sqrt(ˇ", None, "2)"),
    ],
)
def test_the_popups_item_counts(origin: str, item: str | None, now: str, item_now: str | None, expected: str) -> None:
    made_for, asked = asked_at(origin, item), asked_at(now, item_now)
    suggestion = suggestion_in(origin, "sqrt(2)")
    left = remainder(made_for, suggestion, asked)
    assert (left and left.text) == expected
    if left is not None:
        assert applied(asked.text, left) == applied(made_for.text, suggestion) == "m.sqrt(2)"
        if asked.selected is not None:
            assert left.range == asked.selected.range


def test_at_the_same_place_it_is_what_it_was_whatever_its_range() -> None:
    """A suggestion may also replace what stands before the cursor."""
    drawn = "x = «fun»ˇ"
    asked, suggestion = asked_at(drawn), suggestion_in(drawn, "function()")
    assert remainder(asked, suggestion, asked_at(drawn, trigger=Trigger.INVOKED)) == suggestion
