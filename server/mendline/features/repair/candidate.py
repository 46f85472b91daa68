"""A repair that is tried: edits of the document, and where they come from."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from attrs import field, frozen

from mendline.features.repair.region import Region
from mendline.text.document import Document, Edit

MODEL: Final = "model"
"""The origin of what the model wrote; instant proposals have their own names."""

_TRAILING: Final = re.compile(r"[ \t\r]+$", re.MULTILINE)
_BLANK_LINES: Final = re.compile(r"\n{2,}")


@frozen
class Candidate:
    """One way to change the document.

    Attributes:
        edits: of the document, in order, none touching another.
        after: the document with them.
        origin: who proposed it: `MODEL`, or the name of an instant proposal.
        region: what was rewritten, for what the model wrote.
        text: what it was rewritten to.
    """

    edits: tuple[Edit, ...]
    after: Document = field(eq=False, repr=False)
    origin: str = MODEL
    region: Region | None = None
    text: str = ""

    @classmethod
    def of(cls, document: Document, edits: Sequence[Edit], origin: str) -> Candidate:
        """Apply edits.

        Raises:
            ValueError: edits overlap, or reach past the document's end.
        """
        ordered = tuple(sorted(edits, key=lambda edit: (edit.start, edit.end)))
        return cls(ordered, applied(document, ordered), origin)

    @property
    def key(self) -> str:
        """What makes two candidates the same: the whole text, blank space at lines' ends and blank lines left aside."""
        return normalised(self.after.text)


def applied(document: Document, edits: Sequence[Edit]) -> Document:
    """The document with edits that are in order.

    Raises:
        ValueError: edits overlap, or reach past the document's end.
    """
    for before, behind in pairwise(edits):
        if behind.start < before.end:
            raise ValueError(f"The edit at {behind.start} begins before the one at {before.start} ends.")
    for edit in reversed(edits):
        document = document.apply(edit)
    return document


def normalised(text: str) -> str:
    """A text without what makes no difference."""
    return _BLANK_LINES.sub("\n", _TRAILING.sub("", text)).strip()
