"""Which part of the file the model sees around the lines that it rewrites."""

from __future__ import annotations

from typing import Final

from mendline.context.budget import BYTES_PER_TOKEN
from mendline.engine.protocol import EngineInfo
from mendline.features.repair.region import Region
from mendline.prompts.repair import Lines
from mendline.text.document import Document

_CPU_TOKENS: Final = 500
"""Some five seconds of prefill on two cores; what is behind the region matters less than what is before it."""
_GPU_TOKENS: Final = 3_000
_SHARE_BEFORE: Final = 0.7


def excerpt(document: Document, region: Region, info: EngineInfo | None, earlier: str = "") -> Lines:
    """The lines around a region, as many as the machine can read in the time there is, whole ones only.

    Args:
        document: the document.
        region: what is rewritten.
        info: what runs the model, where it is known.
        earlier: what stands above the document, whole lines.
    """
    room = (_GPU_TOKENS if info is not None and info.on_gpu else _CPU_TOKENS) * BYTES_PER_TOKEN
    own = region.text_in(document)
    first, last = document.line_at(region.start), document.line_at(region.end)
    left = max(0, room - 2 * len(own))
    above = [*earlier.splitlines(), *document.line_texts(0, first)]
    below = document.line_texts(last + 1, document.line_count)
    needs = sum(len(line) + 1 for line in below)
    behind = min(needs, left - int(left * _SHARE_BEFORE))
    before = _ending(above, left - behind)
    return Lines(before, own.replace("\r\n", "\n"), _beginning(below, behind))


def _ending(lines: list[str], room: int) -> str:
    """The last lines that fit, and what the file begins with where more than these fit."""
    kept: list[str] = []
    for line in reversed(lines):
        room -= len(line) + 1
        if room < 0:
            break
        kept.append(line)
    return "".join(f"{line}\n" for line in reversed(kept))


def _beginning(lines: list[str], room: int) -> str:
    kept: list[str] = []
    for line in lines:
        room -= len(line) + 1
        if room < 0:
            break
        kept.append(line)
    return "".join(f"{line}\n" for line in kept)
