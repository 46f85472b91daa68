"""Secrets are masked before text reaches a prompt, and put back where the model has copied the mask."""

from __future__ import annotations

from attrs import frozen

from mendline.text.document import Document
from mendline.text.secrets import has_placeholder


@frozen
class Masked:
    """A document as the model may see it.

    Attributes:
        document: the document with its secrets masked; all offsets are the original's.
        hidden: what stands in the place of each secret, and the secret.
    """

    document: Document
    hidden: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, document: Document, offset: int) -> Masked:
        """Mask what a prompt about `offset` can reach."""
        masked = document.masked(offset)
        return cls(masked, () if masked is document else tuple(_differing(document, masked)))

    def restored(self, text: str) -> str | None:
        """The text with each mask replaced by what it stands for; None where one is left that stands for nothing."""
        for mask, secret in sorted(self.hidden, key=lambda pair: -len(pair[0])):
            text = text.replace(mask, secret)
        return None if self.hidden and has_placeholder(text) else text


def _differing(document: Document, masked: Document) -> list[tuple[str, str]]:
    """The words of the masked document's lines that aren't the original's, with what they hide."""
    found: dict[str, str] = {}
    for number in range(document.line_count):
        old, new = document.line_text(number), masked.line_text(number)
        if old == new:
            continue
        first = next(at for at, (one, other) in enumerate(zip(old, new, strict=True)) if one != other)
        last = next(at for at in range(len(old) - 1, -1, -1) if old[at] != new[at])
        start, end = _word(new, first, last + 1)
        found[new[start:end]] = old[start:end]
    return list(found.items())


def _word(line: str, start: int, end: int) -> tuple[int, int]:
    """A stretch widened to whole words, so that a mask is not found within another text."""
    while start > 0 and (line[start - 1].isalnum() or line[start - 1] in "_-"):
        start -= 1
    while end < len(line) and (line[end].isalnum() or line[end] in "_-"):
        end += 1
    return start, end
