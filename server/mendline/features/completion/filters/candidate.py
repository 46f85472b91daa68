"""What a filter works on."""

from __future__ import annotations

import attrs
from attrs import frozen


@frozen
class Candidate:
    r"""A text that may become a suggestion.

    Attributes:
        text: what is put at the cursor; line breaks are `\n`.
        replaces: how many characters right of the cursor on its line the text takes the place of.
        kept: how many characters of the model's text it rests on; its confidence is judged on those.
        cut_off: whether the generation ended by a limit and not because the text was complete.
        ended: whether the model itself ended the text here.
    """

    text: str
    replaces: int = 0
    kept: int = 0
    cut_off: bool = False
    ended: bool = False

    @classmethod
    def of(cls, text: str, *, cut_off: bool = False, ended: bool = False) -> Candidate:
        """Start from the model's text."""
        return cls(text=text, kept=len(text), cut_off=cut_off, ended=ended)

    def until(self, position: int) -> Candidate:
        """Keep the text before `position` only."""
        if position >= len(self.text):
            return self
        return attrs.evolve(self, text=self.text[:position], kept=min(self.kept, position))
