"""The last changes of the open documents: keystrokes that belong together are one of them."""

from __future__ import annotations

from collections import deque

import attrs
from attrs import define, field, frozen

from mendline.text.document import Document, Edit

_MOST_EDITS = 8
_MOST_CHARACTERS = 2000
"""A longer change is a file that was formatted or generated, and says nothing of what the user is about."""


@frozen
class RecentEdit:
    r"""One change, by whole lines.

    Attributes:
        path: the document's; None for what is in no file.
        line: the first line of it, from 0, when the change ended.
        before: the lines as they were, without the last one's break.
        after: the lines as they became.
    """

    uri: str
    path: str | None
    line: int
    before: str
    after: str


@frozen
class Deletion:
    """Text that was taken out of a document and nothing put in its place.

    Attributes:
        offset: where it stood, in code points of the document as it is now.
        text: what was deleted, in one go or key by key.
    """

    offset: int
    text: str

    def after(self, edit: Edit, deleted: str) -> Deletion:
        """The deletion with one more behind or before it; the new one alone where they don't touch."""
        if edit.end == self.offset:
            return Deletion(edit.start, deleted + self.text)
        return Deletion(edit.start, self.text + deleted if edit.start == self.offset else deleted)


@frozen
class _Region:
    """A stretch [start, end) of a document's latest version and the text that stood there at first."""

    uri: str
    path: str | None
    document: Document
    start: int
    end: int
    original: str

    def holds(self, edit: Edit, before: Document) -> bool:
        """Whether an edit goes on with this change: in the same lines or in one beside them."""
        if self.document is not before:
            return False
        first, last = before.line_at(self.start) - 1, before.line_at(self.end) + 1
        return before.line_at(edit.start) <= last and before.line_at(edit.end) >= first

    def grown(self, edit: Edit, after: Document) -> _Region:
        """The region with an edit of its document in it."""
        text = self.document.text
        start, end = min(self.start, edit.start), max(self.end, edit.end)
        return attrs.evolve(
            self,
            document=after,
            start=start,
            end=end + len(edit.text) - (edit.end - edit.start),
            original=text[start : self.start] + self.original + text[self.end : end],
        )

    @property
    def is_long(self) -> bool:
        return len(self.original) + self.end - self.start > _MOST_CHARACTERS

    def edit(self) -> RecentEdit | None:
        """The change by whole lines; None where it came to nothing, or is too long."""
        if self.is_long:
            return None
        document, text = self.document, self.document.text
        line = document.line_at(self.start)
        begin, end = document.line_start(line), document.line_end(document.line_at(self.end))
        before = text[begin : self.start] + self.original + text[self.end : end]
        after = text[begin:end]
        return None if before == after else RecentEdit(self.uri, self.path, line, before, after)


@define
class EditHistory:
    """Follows the edits of all documents; costs a keystroke next to nothing."""

    _past: deque[RecentEdit] = field(factory=lambda: deque(maxlen=_MOST_EDITS), init=False)
    _region: _Region | None = field(default=None, init=False)
    _deletion: Deletion | None = field(default=None, init=False)
    _deleted_in: Document | None = field(default=None, init=False)

    def note(self, uri: str, path: str | None, before: Document, edit: Edit, after: Document) -> None:
        """Note one edit and the versions around it."""
        self._note_deletion(before, edit, after)
        region = self._region
        if region is not None and region.uri == uri and not region.is_long and region.holds(edit, before):
            self._region = region.grown(edit, after)
            return
        self._close()
        self._region = _Region(
            uri, path, after, edit.start, edit.start + len(edit.text), before.text[edit.start : edit.end]
        )

    def recent(self) -> tuple[RecentEdit, ...]:
        """The last changes, the newest first; the one that is going on counts as it is now."""
        now = self._region.edit() if self._region is not None else None
        return (*((now,) if now is not None else ()), *reversed(self._past))

    def deletion(self, document: Document) -> Deletion | None:
        """What was deleted last, where that was the last edit of all and this is the document after it."""
        return self._deletion if self._deleted_in is document else None

    def _note_deletion(self, before: Document, edit: Edit, after: Document) -> None:
        deleted = before.text[edit.start : edit.end]
        earlier = self.deletion(before)
        self._deleted_in = after
        if edit.text or not deleted or len(deleted) > _MOST_CHARACTERS:
            self._deletion = None
        elif earlier is None or len(earlier.text) > _MOST_CHARACTERS:
            self._deletion = Deletion(edit.start, deleted)
        else:
            self._deletion = earlier.after(edit, deleted)

    def _close(self) -> None:
        done = self._region.edit() if self._region is not None else None
        if done is not None:
            self._past.append(done)
        self._region = None
