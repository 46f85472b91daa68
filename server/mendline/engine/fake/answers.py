"""What a fake engine answers: tokens, and how they come."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from attrs import field, frozen

from mendline.engine import errors
from mendline.engine.protocol import FinishReason, Sampling, Token, Usage

POLL_SECONDS = 0.01
"""How often a file that holds the engine is looked for; a file cannot be awaited."""


@frozen
class Answer:
    """What the fake does with a request.

    Attributes:
        tokens: what it generates.
        delay_seconds: waited before the first token.
        hold: a file whose appearance is waited for, after `hold_after` tokens (of each candidate).
        error: raised instead of the rest of the answer (after `hold`, if there is one).
        usage: told with the answer; the fake counts the prompt's tokens, cached ones and generated ones by itself.
        others: what the second, third, ... candidate is, where several are asked for; those beyond repeat `tokens`.
    """

    tokens: tuple[Token, ...] = ()
    delay_seconds: float = 0.0
    hold: Path | None = None
    hold_after: int = 0
    error: errors.EngineError | None = None
    usage: Usage = field(factory=Usage)
    others: tuple[tuple[Token, ...], ...] = ()

    @classmethod
    def of(cls, text: str, *others: str, logprob: float = -0.1, **more: Any) -> Answer:
        """Answer with `text`, the next candidates with `others`; all tokens have the same log-probability."""
        first, *rest = (tuple(Token(piece, logprob) for piece in split_tokens(each)) for each in (text, *others))
        return cls(first, others=tuple(rest), **more)

    def candidate(self, number: int, sampling: Sampling) -> tuple[list[tuple[str, Token]], FinishReason]:
        """Return a candidate's tokens, each with what is streamed of it, and why it ends.

        Args:
            number: which one, from 0.
            sampling: whose stop texts and token limit end it.
        """
        scripted = (self.tokens, *self.others)
        return _cut(scripted[number] if number < len(scripted) else self.tokens, sampling)

    async def held(self, index: int) -> None:
        """Wait for the file `hold`, where `index` tokens are what shall come before it."""
        if self.hold is None or index != self.hold_after:
            return
        while not self.hold.exists():  # noqa: ASYNC110 - another process makes the file; there is no event to wait for
            await asyncio.sleep(POLL_SECONDS)


def split_tokens(text: str) -> list[str]:
    """Split text into word-like pieces that join to it again: words with the space before them, signs, breaks."""
    return re.findall(r" ?\w+|\n|[^\S\n]+|[^\w\s]", text)


def _cut(tokens: Sequence[Token], sampling: Sampling) -> tuple[list[tuple[str, Token]], FinishReason]:
    """Return each token with what is streamed of it, up to the first stop text or the token limit."""
    given = tokens[: sampling.max_tokens]
    finish = FinishReason.STOP if len(given) == len(tokens) else FinishReason.LENGTH
    whole = "".join(token.text for token in given)
    found = [at for at in (whole.find(stop) for stop in sampling.stop if stop) if at >= 0]
    if not found:
        return [(token.text, token) for token in given], finish
    end = min(found)
    pieces: list[tuple[str, Token]] = []
    start = 0
    for token in given:
        pieces.append((token.text[: max(0, end - start)], token))
        start += len(token.text)
        if start > end:
            break
    return pieces, FinishReason.STOP
