"""Where a suggestion goes, and the edit of the user's document that it stands for."""

from __future__ import annotations

import attrs
from attrs import frozen

from mendline.features.completion.outcome import SelectedCompletion
from mendline.features.completion.site import Site
from mendline.text.document import Document, Edit
from mendline.workspace.store import Snapshot


@frozen
class Place:
    """The cursor in the document the model sees, and the way back to the document the user has.

    The two differ while an item of the popup is selected: the model sees the document as if that item had been
    inserted, and a suggestion stands for the item's text and what the model adds to it. And they differ where there are
    secrets: the model, and the rules that judge what it wrote, see them masked, character for character.

    Attributes:
        snapshot: the user's document.
        document: the document the model sees.
        offset: the cursor in `document`, in code points.
        site: the lines around it.
        selected: the popup's selected item.
        newline: the line break the document uses.
    """

    snapshot: Snapshot
    document: Document
    offset: int
    site: Site
    selected: SelectedCompletion | None
    newline: str

    @classmethod
    def of(cls, snapshot: Snapshot, offset: int, selected: SelectedCompletion | None) -> Place:
        r"""Find the place for a cursor at `offset`, which is moved into the document and out of a `\r\n`."""
        document = snapshot.document
        offset = max(0, min(offset, len(document.text)))
        if document.text[max(0, offset - 1) : offset + 1] == "\r\n":
            offset -= 1
        if selected is not None:
            document = document.apply(Edit(selected.range.start, selected.range.end, selected.text))
            offset = selected.range.start + len(selected.text)
        document = document.masked(offset)
        language = snapshot.language
        return cls(
            snapshot=snapshot,
            document=document,
            offset=offset,
            site=Site.of(
                document,
                offset,
                language.id if language else snapshot.language_id,
                language.line_comment if language else None,
                deleted="" if selected is not None else snapshot.deleted_at(offset),
            ),
            selected=selected,
            newline=_dominant_break(snapshot.document),
        )

    def edit(self, text: str, replaces: int = 0) -> Edit:
        r"""Return the edit of the user's document that puts `text` (with `\n` breaks) at the cursor.

        Args:
            text: what the model adds.
            replaces: how many characters right of the cursor it takes the place of.
        """
        text = text.replace("\n", self.newline)
        if self.selected is None:
            return Edit(self.offset, self.offset + replaces, text)
        item = self.selected
        return Edit(item.range.start, item.range.end + replaces, item.text + text)

    @property
    def joined(self) -> Place:
        """The same place for text that goes straight before the code on the cursor's line (`Site.joined`)."""
        return attrs.evolve(self, site=self.site.joined)

    @property
    def fixed(self) -> str:
        """What the edit's text must begin with, and be more than."""
        return self.selected.text if self.selected else ""


def _dominant_break(document: Document) -> str:
    """The most frequent line break; the first one's kind where there are as many of another."""
    text = document.text
    if "\r" not in text:
        return "\n"
    both = text.count("\r\n")
    returns = text.count("\r") - both
    # The rest of the breaks, which are one fewer than the lines.
    counts = {"\n": document.line_count - 1 - both - returns, "\r\n": both, "\r": returns}
    return max(counts, key=counts.__getitem__)
