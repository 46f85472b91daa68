"""Going on with an answer whose first half came from a process that has died."""

from __future__ import annotations

from attrs import define, evolve

from mendline.engine.errors import EngineDied
from mendline.engine.protocol import Chunk


@define
class Replay:
    """Remembers what was passed on, and takes it off the front of the same answer when it comes again."""

    _text: str = ""
    _tokens: int = 0

    def note(self, chunk: Chunk) -> None:
        """Remember a chunk that was passed on."""
        self._text += chunk.text
        self._tokens += len(chunk.tokens)

    def rest(self, chunk: Chunk) -> Chunk | None:
        """Return what is new in the next chunk of the repeated answer, None when nothing is.

        Raises:
            EngineDied: the answer is not the same one.
        """
        common = min(len(self._text), len(chunk.text))
        ends_early = chunk.finish is not None and len(self._text) > len(chunk.text)
        if chunk.text[:common] != self._text[:common] or ends_early:
            raise EngineDied(
                "The engine ended in the middle of an answer, and the answer differs when asked for again."
            )
        self._text = self._text[common:]
        skipped = min(self._tokens, len(chunk.tokens))
        self._tokens -= skipped
        rest = evolve(chunk, text=chunk.text[common:], tokens=chunk.tokens[skipped:])
        return rest if rest.text or rest.tokens or rest.finish else None
