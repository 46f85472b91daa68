"""A request for suggestions, as far as its answer depends on it."""

from __future__ import annotations

from attrs import frozen

from mendline.context.related import NOTHING, Related
from mendline.features.completion.outcome import SelectedCompletion, Trigger
from mendline.settings.model import Settings
from mendline.workspace.store import Snapshot


@frozen
class Asked:
    """What was asked, where, and under which settings.

    Attributes:
        offset: the cursor, in code points of the snapshot's document.
        related: what the model may see of other files.
    """

    snapshot: Snapshot
    offset: int
    trigger: Trigger
    settings: Settings
    selected: SelectedCompletion | None = None
    related: Related = NOTHING

    @property
    def text(self) -> str:
        """The whole document."""
        return self.snapshot.document.text

    def answers_to(self, other: Asked) -> bool:
        """Whether this request's answer may be one to `other`, as far as that does not depend on the text.

        What the user asked for himself answers later requests of the editor; not the other way round, for who asks
        wants more than what the editor got.
        """
        ours, theirs = self.snapshot, other.snapshot
        return (
            ours.uri == theirs.uri
            and (other.trigger is Trigger.AUTOMATIC or self.trigger is Trigger.INVOKED)
            and ours.language_id == theirs.language_id
            and ours.path == theirs.path
            and self.settings == other.settings
            and ours.cells_before == theirs.cells_before
        )

    def is_same_place(self, other: Asked) -> bool:
        """Whether the document, the cursor and the popup's item are the same."""
        return self.offset == other.offset and self.selected == other.selected and self.text == other.text
