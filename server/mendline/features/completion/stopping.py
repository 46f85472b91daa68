"""When a suggestion is complete: judged while it streams, so that no token is computed that will not be shown."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable

from attrs import frozen

from mendline.features.completion.brackets import balance
from mendline.features.completion.enclosing import DEFINITION, Header
from mendline.features.completion.shape import Shape, Span
from mendline.features.completion.site import Site, indentation
from mendline.text.words import is_telling

_CLOSING_LINE = re.compile(r"\s*(?:[)\]}]+[;,]?|(?:end|fi|done|esac)\b)")
# The same while it streams: words that close a block can't be told from others by their first letters.
_BEGINNING_OF_CLOSER = re.compile(
    r"\s*(?:[)\]}]|e(?:nd?)?$|end\b|fi?$|fi\b|d(?:o(?:ne?)?)?$|done\b|es(?:ac?)?$|esac\b)"
)
MOST_LINES = 60
"""More lines than that nobody reads in ghost text; a suggestion ends there, with what is good so far."""

_LONG_STRINGS = ('"""', "'''", "`")
# Characters below which a line that ends like the rest of the cursor's line may do so by chance.
_LEAST_JOINT = 6


@frozen
class _Block:
    """A block on its way.

    Attributes:
        text: what came so far.
        floor: the least indentation of its lines.
        level: the indentation at which a new definition is another matter.
        first: the number of its first line that is not blank.
        defines: whether that line begins a definition.
    """

    text: str
    floor: int
    level: int
    first: int
    defines: bool


class Stopper:
    """Finds the end of a suggestion in the text that came so far.

    Args:
        site: the cursor's place.
        shape: how far the suggestion may reach.
        accepts: whether a text, put at the cursor, leaves the document as well-formed as it was. Asked at most
            once, when a line ends with a bracket open.
        most_lines: the most lines of a suggestion.
    """

    def __init__(self, site: Site, shape: Shape, accepts: Callable[[str], bool], most_lines: int = MOST_LINES) -> None:
        self._site = site
        self._shape = shape
        self._accepts = accepts
        self._most_lines = most_lines
        self._as_block = shape.span is Span.BLOCK and not shape.bridges
        self._goes_on: bool | None = None

    def end(self, text: str) -> int | None:
        """Return where the suggestion ends in `text`, or None while it goes on."""
        found = self._end(text)
        if found is None and text.count("\n") >= self._most_lines:
            return len("\n".join(text.split("\n")[: self._most_lines]))
        return found

    def _end(self, text: str) -> int | None:
        if self._as_block:
            return self._block_end(text)
        newline = text.find("\n")
        if newline < 0:
            return None
        if self._goes_on is None:
            self._goes_on = self._needs_more(text[:newline])
            self._as_block = self._needs_body(text[:newline]) or self._needs_bridge(text[:newline])
        if self._as_block:
            return self._block_end(text)
        return self._statement_end(text, newline) if self._goes_on else newline

    def whole_part(self, text: str, *, complete_line: bool) -> str:
        """Return what may be shown of a text whose generation was broken off: its whole lines.

        Args:
            text: the text that came.
            complete_line: keep an unfinished line when it is the only one (the limit in tokens was reached; it is
                shorter than it could be, and still of use).
        """
        head, newline, _ = text.rpartition("\n")
        if newline and head.strip():
            return head
        return text if complete_line and not newline else ""

    def _needs_more(self, line: str) -> bool:
        if self._shape.rigid or not self._open(line):
            return False
        return not self._accepts(line)

    def _needs_body(self, line: str) -> bool:
        """Whether the line opens a block that has no lines yet: a line alone would be half a statement."""
        whole = self._full(0, line)
        if self._shape.rigid or not line.strip() or not self._site.opens_block(whole):
            return False
        return self._site.is_empty_below(indentation(whole))

    def _needs_bridge(self, line: str) -> bool:
        """Whether the body below belongs to another line that is still to come."""
        whole = self._full(0, line)
        return self._shape.bridges and not self._goes_on and bool(whole.strip()) and not self._site.opens_block(whole)

    def _open(self, text: str) -> bool:
        """Whether a bracket or a string of several lines is open at the end of `text`."""
        site = self._site
        left = balance(text, site.language_id, site.comment, site.string)
        return bool(left.openers) or left.string in _LONG_STRINGS

    def _statement_end(self, text: str, newline: int) -> int | None:
        """The end of the line on which the last bracket closes."""
        while newline >= 0:
            if not self._open(text[:newline]):
                return newline
            newline = text.find("\n", newline + 1)
        return None

    def _block_end(self, text: str) -> int | None:
        lines = text.split("\n")
        block = self._block(text, lines)
        if block is None:
            return None
        position = 0
        blanks = 0
        for index, line in enumerate(lines[:-1]):
            if index > 0 and not line.strip():
                blanks += index > block.first
                # Two blank lines in a row: what comes next is another matter.
                if blanks == 2:
                    return _before(position)
            else:
                end = self._end_at(block, index, line, position)
                if end is None and blanks and index > block.first:
                    end = self._new_start(block, line, position)
                if end is not None:
                    return end
                blanks = 0
            position += len(line) + 1
        return self._end_at_beginning(block, lines[-1], position, after_blank=blanks > 0)

    def _end_at(self, block: _Block, index: int, line: str, position: int) -> int | None:
        """The end when a whole line, at `position`, shows that the block is over."""
        if self._is_next_line(self._full(index, line)):
            return _before(position)
        if self._shape.joins and (joint := self._joint(index, line)) is not None:
            return position + joint
        if index <= block.first or indentation(line) >= block.floor:
            return None
        if self._open(block.text[:position]):
            # A bracket or string opened in the block holds it together, whatever the indentation.
            return None
        closing = _CLOSING_LINE.match(line)
        if closing is None or self._is_closed_below(line):
            return self._before_closer(line, position)
        return position + closing.end()

    def _end_at_beginning(self, block: _Block, line: str, position: int, *, after_blank: bool) -> int | None:
        """The same for the last line, of which only the beginning has come: its indentation and a character."""
        if position == 0 or not line.strip() or not (self._site.before + block.text[:position]).strip():
            return None
        if indentation(line) < block.floor:
            undecided = _BEGINNING_OF_CLOSER.match(line) and not self._is_closed_below(line)
            return None if undecided or self._open(block.text[:position]) else self._before_closer(line, position)
        return self._new_start(block, line, position) if after_blank else None

    def _new_start(self, block: _Block, line: str, position: int) -> int | None:
        """The end when a line after a blank one starts something new on the block's own level."""
        if indentation(line) != block.level or self._open(block.text[:position]):
            return None
        return _before(position) if block.level == 0 or block.defines else None

    def _block(self, text: str, lines: list[str]) -> _Block | None:
        """What can be told of the block; None while no line of it has come."""
        full = [self._full(index, line) for index, line in enumerate(lines)]
        first = next((index for index, line in enumerate(full) if line.strip()), None)
        if first is None:
            return None
        columns = indentation(full[first])
        floor = self._floor(columns)
        return _Block(text, floor, max(floor, columns), first, DEFINITION.match(lines[first]) is not None)

    def _floor(self, columns: int) -> int:
        """The least indentation of lines that belong to a suggestion whose first line is indented by `columns`.

        While typing, that is the block the first line is in. Who asks may get more: until the definition ends, or one
        around it that may have to go on.
        """
        if self._shape.span is Span.LINE or (self._site.before.strip() and not self._shape.joins):
            return columns + 1
        inside = [each for each in self._shape.headers if each.columns < columns]
        if not inside:
            return columns
        following = [indentation(line) for line in self._site.following if line.strip()]
        header, *outer = inside
        while outer and self._may_leave(header, outer[0], following):
            header, *outer = outer
        return header.columns + 1

    def _may_leave(self, header: Header, outer: Header, following: list[int]) -> bool:
        """Whether the text may go on in the definition around that with this header.

        It may where that one goes on behind the cursor, and the line that follows may belong to either of them; and
        where that one is a function of which nothing follows: with what is defined in it alone it does nothing.
        """
        until = list(itertools.takewhile(lambda columns: columns > outer.columns, following))
        if not until:
            return outer.is_function and not self._shape.joins
        if until[0] <= header.columns and not self._shape.joins:
            return False
        return any(columns <= header.columns for columns in until)

    def _full(self, index: int, line: str) -> str:
        """The candidate's first line with what stands left of the cursor."""
        return self._site.before + line if index == 0 else line

    def _joint(self, index: int, line: str) -> int | None:
        """Where in a whole line the text begins that follows the cursor on its line, if the line ends with that."""
        rest = self._site.rest.strip()
        written = line.rstrip()
        joint = len(written) - len(rest)
        if len(rest) < _LEAST_JOINT or not any(map(str.isalnum, rest)) or not written.endswith(rest):
            return None
        # Within a word, the same letters may end any other word.
        before = self._full(index, written[:joint])
        return None if rest[0].isalnum() and before[-1:].isalnum() else joint

    def _is_next_line(self, line: str) -> bool:
        """Whether the model has come to the line that follows the cursor anyway."""
        following = self._site.next_line
        if not is_telling(line):
            return False
        return line.strip() == following.strip() and indentation(line) == indentation(following)

    def _before_closer(self, line: str, position: int) -> int:
        """The end before a line; what stands right of the cursor comes to stand in its place where it begins alike."""
        return position + len(line) - len(line.lstrip()) if self._is_closed_beside(line) else _before(position)

    def _is_closed_beside(self, line: str) -> bool:
        """Whether the closing bracket of this line stands right of the cursor already."""
        closer = line.strip()[0]
        return not closer.isalnum() and self._site.rest.strip().startswith(closer)

    def _is_closed_below(self, line: str) -> bool:
        """Whether the closing bracket or word of this line stands after the cursor already."""
        closer = line.strip()[0]
        if self._site.rest.strip().startswith(closer):
            return True
        following = self._site.next_line
        return following.strip().startswith(closer) and indentation(following) == indentation(line)


def _before(position: int) -> int:
    """The end of the line before the one that starts at `position`; 0 at the text's start."""
    return max(0, position - 1)
