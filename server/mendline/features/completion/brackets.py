"""Brackets and quotes in a piece of code, without a parser.

A candidate is a fragment: no grammar applies to it, and its first characters may lie within a string. This scanner
knows strings, escapes and line comments well enough to tell which brackets a fragment leaves open and which it
closes for the text before it. What it gets wrong in odd corners (a regular expression literal with a quote in it),
the parse gate sees.
"""

from __future__ import annotations

import re

from attrs import define, field, frozen

PAIRS = {"(": ")", "[": "]", "{": "}"}
_OPENER_OF = {closer: opener for opener, closer in PAIRS.items()}
_QUOTES = ('"""', "'''", '"', "'", "`")
_ONE_LINE_QUOTES = ('"', "'")
# Where a single quote is not a string's delimiter: lifetimes, digit separators, prose.
_APOSTROPHE_LANGUAGES = frozenset({"rust", "markdown", "plaintext", "html", "haskell", "ocaml", "latex"})
_CHARACTER_LITERAL = re.compile(r"'(\\.[^']{0,8}|[^'\\])'")


@frozen
class Mark:
    """A bracket or quote and where it stands in the fragment."""

    text: str
    position: int


@frozen
class Balance:
    """What a fragment leaves open.

    Attributes:
        closers: brackets, and the quote of a string begun before the fragment, that close what was open before it.
        openers: brackets opened in the fragment and not closed there.
        string: the delimiter of the string that is open at the end; empty outside of strings.
    """

    closers: tuple[Mark, ...]
    openers: tuple[Mark, ...]
    string: str


def balance(fragment: str, language_id: str, comment: str | None = None, string: str = "") -> Balance:
    """Scan a fragment.

    Args:
        fragment: the text.
        language_id: the LSP language id.
        comment: what starts a comment that goes to the end of the line, if the language has one.
        string: the delimiter of the string the fragment starts in.
    """
    scanner = _Scanner(fragment, language_id, comment, string, outside=string)
    position = 0
    while position < len(fragment):
        position = scanner.in_string(position) if scanner.string else scanner.in_code(position)
    return Balance(tuple(scanner.closers), tuple(scanner.openers), scanner.string)


@define
class _Scanner:
    """The state of a scan; `outside` is the string begun before the fragment, while it is still open."""

    fragment: str
    language_id: str
    comment: str | None
    string: str
    outside: str
    closers: list[Mark] = field(factory=list)
    openers: list[Mark] = field(factory=list)

    def in_string(self, position: int) -> int:
        """Take one step within a string and return the next position."""
        character = self.fragment[position]
        if character == "\\":
            return position + 2
        if self.fragment.startswith(self.string, position):
            length = len(self.string)
            if self.outside:
                self.closers.append(Mark(self.string, position))
            self.string = self.outside = ""
            return position + length
        if character == "\n" and self.string in _ONE_LINE_QUOTES:
            self.string = self.outside = ""
        return position + 1

    def in_code(self, position: int) -> int:
        """Take one step outside of strings and return the next position."""
        if self.comment and self.fragment.startswith(self.comment, position):
            end = self.fragment.find("\n", position)
            return len(self.fragment) if end < 0 else end
        quote = _quote_at(self.fragment, position, self.language_id)
        if quote:
            self.string = quote
            return position + len(quote)
        self._bracket(self.fragment[position], position)
        return position + 1

    def _bracket(self, character: str, position: int) -> None:
        if character in PAIRS:
            self.openers.append(Mark(character, position))
        elif character in _OPENER_OF:
            if not self.openers:
                self.closers.append(Mark(character, position))
            elif self.openers[-1].text == _OPENER_OF[character]:
                self.openers.pop()


def _quote_at(fragment: str, position: int, language_id: str) -> str:
    if fragment[position] == "'" and language_id in _APOSTROPHE_LANGUAGES:
        # 'a' is a character, 'a alone is a lifetime; neither opens a string that goes on.
        return "'" if _CHARACTER_LITERAL.match(fragment, position) else ""
    return next((quote for quote in _QUOTES if fragment.startswith(quote, position)), "")
