"""The controls: what the model writes at a hole, put there as it is."""

from __future__ import annotations

from mendline.engine.protocol import Engine, FillRequest, Sampling
from mendline.evaluation.fim.holes import Hole
from mendline.evaluation.timed import Timed, timed
from mendline.text.document import Edit

TOKENS = 192
"""The most tokens of a raw text, unless the model ends it before."""


async def raw(engine: Engine, hole: Hole) -> Timed:
    """Let the model write from the whole document, decoding greedily, to its own end.

    Raises:
        EngineError: the engine's.
    """
    return await timed(engine.fill(FillRequest(hole.prompt, hole.suffix, sampling=Sampling(max_tokens=TOKENS))))


def whole(hole: Hole, text: str) -> Edit:
    """Return the edit that takes a raw text as it is."""
    return Edit(len(hole.prompt), len(hole.prompt), text)


def first_line(hole: Hole, text: str) -> Edit:
    """Return the edit that takes a raw text up to its first line break, with it where the hole has lines of its own."""
    line = text.partition("\n")[0]
    return whole(hole, line + "\n" if hole.has_own_lines else line)
