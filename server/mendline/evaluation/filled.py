"""A text with a hole in it, and an edit made there."""

from __future__ import annotations

from attrs import frozen

from mendline.text.document import Edit, Range


@frozen
class Filled:
    """A hole with an edit made at it; the edit may replace text around the hole, too.

    Attributes:
        original: the text with nothing deleted.
        hole: what is deleted of it, in code points.
        edit: what is done to the document with the hole.
    """

    original: str
    hole: Range
    edit: Edit

    @property
    def document(self) -> str:
        """The text with the hole."""
        return self.original[: self.hole.start] + self.original[self.hole.end :]

    @property
    def result(self) -> str:
        """The document after the edit."""
        document = self.document
        return document[: self.edit.start] + self.edit.text + document[self.edit.end :]

    @property
    def text(self) -> str:
        """What is between what stayed of the document's beginning and what stayed of its end."""
        return self._between(self.result)

    @property
    def expected(self) -> str:
        """The same part of the original."""
        return self._between(self.original)

    def _between(self, whole: str) -> str:
        start = min(self.hole.start, self.edit.start)
        return whole[start : len(whole) - (len(self.document) - max(self.hole.start, self.edit.end))]
