"""Going on with an answer whose first half came from a process that has died."""

from __future__ import annotations

from attrs import define, evolve, field

from mendline.engine.errors import EngineDied
from mendline.engine.protocol import Chunk


@define
class _Passed:
    """What was passed on of one candidate and has not come again yet."""

    text: str = ""
    tokens: int = 0
    finished: bool = False


@define
class Replay:
    """Remembers what was passed on, and takes it off the front of the same answer when it comes again."""

    _passed: dict[int, _Passed] = field(factory=dict)

    def note(self, chunk: Chunk) -> None:
        """Remember a chunk that was passed on."""
        passed = self._of(chunk)
        passed.text += chunk.text
        passed.tokens += len(chunk.tokens)
        passed.finished = passed.finished or chunk.finish is not None

    def rest(self, chunk: Chunk) -> Chunk | None:
        """Return what is new in the next chunk of the repeated answer, None when nothing is.

        Raises:
            EngineDied: the answer is not the same one.
        """
        passed = self._of(chunk)
        common = min(len(passed.text), len(chunk.text))
        skipped = min(passed.tokens, len(chunk.tokens))
        rest = evolve(
            chunk,
            text=chunk.text[common:],
            tokens=chunk.tokens[skipped:],
            finish=None if passed.finished else chunk.finish,
        )
        differs = chunk.text[:common] != passed.text[:common] or (passed.finished and rest.text)
        passed.text = passed.text[common:]
        passed.tokens -= skipped
        ends_early = (chunk.finish is not None and passed.text) or (chunk.usage is not None and self._lacking)
        if differs or ends_early:
            raise EngineDied(
                "The engine ended in the middle of an answer, and the answer differs when asked for again."
            )
        return rest if rest != Chunk(candidate=chunk.candidate) else None

    @property
    def _lacking(self) -> bool:
        return any(passed.text for passed in self._passed.values())

    def _of(self, chunk: Chunk) -> _Passed:
        return self._passed.setdefault(chunk.candidate, _Passed())
