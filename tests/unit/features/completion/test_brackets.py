from __future__ import annotations

import pytest

from mendline.features.completion.brackets import balance


@pytest.mark.parametrize(
    ("fragment", "closers", "openers", "string"),
    [
        ("", "", "", ""),
        ("x + 1", "", "", ""),
        ("foo(a, [b])", "", "", ""),
        ("a, b)", ")", "", ""),
        ("a))]", "))]", "", ""),
        ("foo(a", "", "(", ""),
        ("[{(", "", "[{(", ""),
        ("a) + b(", ")", "(", ""),
        ("'a)' + b)", ")", "", ""),
        ('"a', "", "", '"'),
        ('"a\\")"', "", "", ""),
        ('"unclosed\nfoo(', "", "(", ""),
        ('"""doc ( \n more', "", "", '"""'),
        ('"""doc"""', "", "", ""),
        ("x  # (", "", "", ""),
        ("x  # (\n)", ")", "", ""),
        # A bracket of the wrong kind is nobody's business here; the parse gate sees it.
        ("(]", "", "(", ""),
    ],
)
def test_what_a_fragment_leaves_open(fragment: str, closers: str, openers: str, string: str) -> None:
    found = balance(fragment, "python", "#")
    assert "".join(mark.text for mark in found.closers) == closers
    assert "".join(mark.text for mark in found.openers) == openers
    assert found.string == string


@pytest.mark.parametrize(
    ("fragment", "string", "closers"),
    [
        ('hello")', '"', '")'),
        ("don't (", '"', ""),
        ('a\\"b"', '"', '"'),
        ('x"""', '"""', '"""'),
        ("line ends\n)", '"', ")"),
    ],
)
def test_a_fragment_may_begin_in_a_string(fragment: str, string: str, closers: str) -> None:
    found = balance(fragment, "python", "#", string)
    assert "".join(mark.text for mark in found.closers) == closers


@pytest.mark.parametrize(
    ("language_id", "fragment", "openers"),
    [
        ("rust", "fn f<'a>(x: &'a str", "("),
        ("rust", "matches!(c, '(' | ')')", ""),
        ("markdown", "it's (fine", "("),
        ("typescript", "`a ${b} (", ""),
        ("javascript", "f('(', \"[\")", ""),
    ],
)
def test_quotes_are_those_of_the_language(language_id: str, fragment: str, openers: str) -> None:
    assert "".join(mark.text for mark in balance(fragment, language_id).openers) == openers


def test_positions_are_those_in_the_fragment() -> None:
    found = balance("ab) + f(", "python", "#")
    assert found.closers[0].position == 2
    assert found.openers[0].position == 7
