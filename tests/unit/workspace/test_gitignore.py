"""Single patterns; how they go together is tested beside git itself in `test_ignoring.py`."""

from __future__ import annotations

import time

import pytest

from mendline.workspace.gitignore import Patterns


@pytest.mark.parametrize(
    ("pattern", "matched", "others"),
    [
        ("a", ["a", "x/a"], ["ab", "a/x"]),
        ("/a", ["a"], ["x/a"]),
        ("a/b", ["a/b"], ["x/a/b"]),
        ("**/a/b", ["a/b", "x/y/a/b"], ["a/x/b"]),
        ("a/**", ["a/b", "a/b/c"], ["a"]),
        ("a/**/b", ["a/b", "a/x/y/b"], ["ab"]),
        ("a**b", ["ab", "axb", "x/axb"], ["a/b"]),
        ("a**/b", ["ab", "ax/b", "a/x/b"], ["a", "xa/b"]),
        ("x/a**", ["x/a", "x/ab/c"], ["x/b", "ab"]),
        ("*a**/b", ["xab/b"], ["a/x/b"]),
        ("a/***/b", ["a/b", "a/x/y/b"], ["ab"]),
        ("*.py", [".py", "x/a.py"], ["a.pyc"]),
        ("*.min.js", ["a.min.js"], ["a.js", "min.js"]),
        ("a?c", ["abc"], ["ac", "a/c"]),
        ("[a-c]x", ["ax", "cx"], ["dx"]),
        ("[!a-c]x", ["dx"], ["ax", "/x"]),
        ("[[:digit:]]x", ["1x"], ["ax"]),
        ("[]x]", ["]", "x"], ["[x]"]),
        ("a[", ["a["], ["a"]),
        (r"\#a", ["#a"], [r"\#a"]),
        (r"\!a", ["!a"], ["a"]),
        ("#a", [], ["#a"]),
        ("a  ", ["a"], ["a  "]),
        ("a\\ ", ["a "], ["a"]),
        ("a\r", ["a"], []),
        ("(a|b)+", ["(a|b)+"], ["a"]),
        ("é*", ["éa"], ["ea"]),
        ("", [], ["a"]),
        ("/", [], ["a"]),
        ("!", [], ["a"]),
        ("*" * 20, ["a"], []),
        ("a*b*c", ["abc", "axbxbxc"], ["acb", "a/bc"]),
        ("a*b", ["abab"], ["aba"]),
        ("**/a/**/b/**/c/**/d/**/e", [], ["a/b/c/d/e"]),
    ],
)
def test_pattern(pattern: str, matched: list[str], others: list[str]) -> None:
    patterns = Patterns.of([pattern])
    assert [path for path in matched if not patterns.ignores(path, folder=False)] == []
    assert [path for path in others if patterns.ignores(path, folder=False)] == []


def test_the_last_that_matches_decides() -> None:
    patterns = Patterns.of(["*.log", "!keep.log", "x/*", "build/", "!a"])
    assert patterns.ignores("a.log", folder=False) is True
    assert patterns.ignores("keep.log", folder=False) is False
    assert patterns.ignores("x/keep.log", folder=False) is True
    assert patterns.ignores("build", folder=False) is None
    assert patterns.ignores("build", folder=True) is True
    assert patterns.ignores("x/a", folder=False) is False
    assert patterns.ignores("b", folder=False) is None


def test_a_hostile_pattern_ends() -> None:
    patterns = Patterns.of(["a*" * 30 + "b", "**/a/**/a/**/a/**/b"])
    start = time.process_time()
    patterns.ignores("a" * 60, folder=False)
    patterns.ignores("/".join("a" * 60), folder=False)
    assert time.process_time() - start < 5
