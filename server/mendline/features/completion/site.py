"""The place of the cursor: the lines around it, as the rules of stopping and filtering look at them."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterable

import attrs
from attrs import frozen

from mendline.features.completion.brackets import PAIRS, balance
from mendline.text.document import Document

# Lines of a minified file can have megabytes, and no rule looks further than this.
_MOST_CHARACTERS = 1000
_MOST_LINES = 40
_TAB_WIDTH = 4
_CLOSERS_ONLY = re.compile(r"[\s)\]}>\"'`;,:]*")

# By language id: whether the code up to the end of a line asks for an indented block after it.
_BRACES = re.compile(r"(\{|=>)\s*$")
_OPENERS = {
    "python": re.compile(r":\s*$"),
    "ruby": re.compile(
        r"(\b(do|then|else|begin|ensure)\b\s*(\|[^|]*\|)?\s*$)"
        r"|(^\s*(def|class|module|if|elsif|unless|while|until|case|when|for|rescue)\b)|(\{\s*(\|[^|]*\|)?\s*$)"
    ),
    "lua": re.compile(r"\b(do|then|else|repeat)\s*$|\bfunction\b[^()]*\([^()]*\)\s*$"),
    "shellscript": re.compile(r"(\b(do|then|else|in)|\{)\s*$"),
    "yaml": re.compile(r":\s*$"),
    "json": re.compile(r"[\[{]\s*$"),
    "jsonc": re.compile(r"[\[{]\s*$"),
    "html": re.compile(r"<\w[^<>/]*>\s*$"),
    "toml": None,
    "sql": None,
    "markdown": None,
    "plaintext": None,
}


@frozen
class Site:
    """Where a candidate goes.

    Attributes:
        before: the cursor's line left of the cursor (its last 1,000 characters).
        rest: the cursor's line right of the cursor (its first 1,000 characters); empty when `above`.
        preceding: up to 40 lines before the cursor's.
        following: up to 40 lines that come after the candidate.
        above: the cursor stands before the first character of a line of code, so that the candidate becomes
            lines of its own above it; that line's text is then the first of `following`.
        language_id: the LSP language id.
        comment: what starts a line comment in this language.
        deleted: what the user has just deleted where the cursor is.
    """

    before: str
    rest: str
    preceding: tuple[str, ...]
    following: tuple[str, ...]
    above: bool
    language_id: str
    comment: str | None = None
    deleted: str = ""

    @classmethod
    def of(
        cls, document: Document, offset: int, language_id: str, comment: str | None = None, deleted: str = ""
    ) -> Site:
        """Look at a document around an offset in code points."""
        line = document.line_at(offset)
        start, end = document.line_start(line), document.line_end(line)
        before = document.text[max(start, offset - _MOST_CHARACTERS) : offset]
        rest = document.text[offset : min(end, offset + _MOST_CHARACTERS)]
        preceding = tuple(text[:_MOST_CHARACTERS] for text in document.line_texts(line - _MOST_LINES, line))
        following = tuple(text[:_MOST_CHARACTERS] for text in document.line_texts(line + 1, line + 1 + _MOST_LINES))
        above = not before.strip() and _CLOSERS_ONLY.fullmatch(rest) is None
        if above:
            following = (before + rest, *following)
            rest = ""
        return cls(before, rest, preceding, following, above, language_id, comment, deleted)

    @property
    def joined(self) -> Site:
        """The same place for text that goes straight before the code on the cursor's line."""
        if not self.above:
            return self
        line, *following = self.following
        return attrs.evolve(self, rest=line[len(self.before) :], following=tuple(following), above=False)

    @property
    def only_closers_after(self) -> bool:
        """Whether nothing but closing brackets, quotes and separators follows on the line."""
        return _CLOSERS_ONLY.fullmatch(self.rest) is not None

    @property
    def closes_unopened(self) -> bool:
        """Whether the first bracket after the cursor closes none that is open before it, and one is to be opened."""
        after = balance(self.rest, self.language_id, self.comment, self.string).closers
        if not after or after[0].text not in PAIRS.values():
            return False
        before = "\n".join((*self.preceding, self.before))
        openers = balance(before, self.language_id, self.comment).openers
        return not openers or PAIRS[openers[-1].text] != after[0].text

    @property
    def string(self) -> str:
        """The delimiter of the string the cursor is in, judged by its line alone; empty outside of strings."""
        return balance(self.before, self.language_id, self.comment).string

    @property
    def previous_line(self) -> str:
        """The nearest line before the cursor's that is not blank; empty when there is none."""
        return next((line for line in reversed(self.preceding) if line.strip()), "")

    @property
    def next_line(self) -> str:
        """The nearest line after the candidate that is not blank; empty when there is none."""
        return next((line for line in self.following if line.strip()), "")

    def opens_block(self, line: str) -> bool:
        """Whether this line of code asks for an indented block after it."""
        opener = _OPENERS.get(self.language_id, _BRACES)
        return opener is not None and opener.search(self._without_comment(line)) is not None

    def is_empty_below(self, columns: int) -> bool:
        """Whether a block opened on a line of this indentation has no lines yet: the next line is not deeper."""
        following = self.next_line
        return not following or indentation(following) <= columns

    @property
    def body_below(self) -> bool:
        """Whether the lines below are the body of what the cursor's line begins: the next one is one level deeper."""
        columns = indentation(self.before)
        deeper = indentation(self.next_line) - columns
        if not self.before.strip() or not self.next_line or deeper <= 0:
            return False
        return deeper <= _usual_step((*self.preceding, self.before, *self.following), deeper)

    def is_comment(self, line: str) -> bool:
        """Whether the line holds nothing but a comment."""
        return self.comment is not None and line.lstrip().startswith(self.comment)

    def _without_comment(self, line: str) -> str:
        if not self.comment:
            return line
        # Only a comment set off by a space counts: a marker inside of a string ("http://") must not hide the rest.
        found = re.search(rf"(^|\s){re.escape(self.comment)}(\s|$)", line)
        return line[: found.start()] if found else line


def _usual_step(lines: Iterable[str], default: int) -> int:
    """By how many columns a line is most often deeper than the one before; the default where none is."""
    widths = [indentation(line) for line in lines if line.strip()]
    steps = Counter(below - above for above, below in itertools.pairwise(widths) if below > above)
    return max(steps, key=lambda step: (steps[step], -step)) if steps else default


def indentation(line: str) -> int:
    """The width of a line's leading white space in columns; a tab goes to the next multiple of four."""
    body = line.lstrip(" \t")
    return len(line[: len(line) - len(body)].expandtabs(_TAB_WIDTH))
