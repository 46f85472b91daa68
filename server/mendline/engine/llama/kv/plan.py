"""Which cells of a cached prompt the next prompt can use: pure functions of token lists."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

from mendline.engine.llama.kv.strand import Strand
from mendline.engine.llama.prompt import Prompt

LEAST_RUN = 16
"""Shorter runs are computed: a splice costs one decode call more than plain prefix reuse."""
SEAM = 8
"""Tokens at the start of a moved piece that are computed where it stands now."""
MOST_MOVED = 4
"""Pieces moved at once, besides the suffix: each takes a sequence until it is placed."""
MOST_SPLICES = 256
"""After so many splices without a refresh, the suffix is computed anew."""
_SLICE = 64


@frozen
class Run:
    """Consecutive tokens that the old prompt and the new one have in common.

    Attributes:
        source: where they are: None in the strand itself, else the index of one of its parked runs.
        old: index of the first one there.
        new: its index in the new prompt.
        length: how many, at least 1.
    """

    source: int | None
    old: int
    new: int
    length: int


@frozen
class Plan:
    """How to come from what is cached to a prompt.

    Attributes:
        kept: how many tokens stay where they are, from the start.
        runs: what is moved, in the new prompt's order; all between is computed.
    """

    kept: int
    runs: tuple[Run, ...] = ()

    @property
    def reused(self) -> int:
        """How many tokens need not be computed."""
        return self.kept + sum(run.length for run in self.runs)


def plan_reuse(strand: Strand, prompt: Prompt, *, splice: bool) -> Plan:
    """Plan the use of a strand for a prompt.

    The longest common beginning stays. What stands behind it can be moved:

    - a fill-in-the-middle prompt's suffix, when the text before it changed. At its end, old body and new body agree
      while text is typed, deleted or replaced before the cursor or right behind it; at its start, they agree when the
      window's end moved. The suffix marker itself is always computed behind the new text: without that the model does
      not see what was typed;
    - related files' pieces, and the prefix behind them, when pieces come, go or change their order. The first tokens
      of each, the seam, are computed where it stands now.

    Moving is refused, and the rest computed anew, where more text is new before a suffix than the suffix has (a large
    edit), after `MOST_SPLICES`, and where the model's memory can't be shifted (`splice` is False). The prompt's
    last token is never reused: its logits are needed.
    """
    kept = min(common_prefix(strand.tokens, prompt.tokens), len(prompt.tokens) - 1)
    if not splice:
        return Plan(kept)
    if strand.splices >= MOST_SPLICES and strand.approximate:
        return Plan(min(kept, strand.stale[0]))
    kept = _to_block(strand, prompt, kept)
    moved = _moved_blocks(strand, prompt, kept)
    suffix = _moved_suffix(strand, prompt, kept)
    if suffix is None:
        return Plan(kept, moved)
    before = suffix.new - max([kept, *(run.new + run.length for run in moved)])
    return Plan(kept, (*moved, suffix) if before <= max(suffix.length, LEAST_RUN) else moved)


def _moved_suffix(strand: Strand, prompt: Prompt, kept: int) -> Run | None:
    if prompt.suffix_at is None:
        return None
    first = prompt.suffix_at + 1
    runs = [run for source in _bodies(strand) if (run := _aligned(source, prompt.tokens, first, kept)) is not None]
    return max(runs, key=lambda run: run.length, default=None)


def _to_block(strand: Strand, prompt: Prompt, kept: int) -> int:
    """Keep nothing of a piece that only begins as the one in its place did, with the same folder in its path."""
    if not strand.blocks:
        return kept
    begun = next((start for start, end in prompt.blocks[:-1] if start < kept < end), kept)
    return begun if kept - begun <= SEAM else kept


def _moved_blocks(strand: Strand, prompt: Prompt, kept: int) -> tuple[Run, ...]:
    """Find the prompt's blocks behind `kept` among those of the strand; each of these serves once."""
    if not prompt.blocks or not strand.blocks or kept >= prompt.blocks[-1][0] + SEAM:
        return ()
    *old_pieces, old_prefix = (block for block in strand.blocks)
    places = {tuple(strand.tokens[start:end]): start for start, end in old_pieces if kept <= start}
    runs = []
    *pieces, prefix = prompt.blocks
    for start, end in pieces:
        if start >= kept and (old := places.pop(tuple(prompt.tokens[start:end]), None)) is not None:
            runs.append((old, start, end - start))
    if min(old_prefix[0], prefix[0]) >= kept:
        end = min(prefix[1], len(prompt.tokens) - 1)
        same = common_prefix(strand.tokens[slice(*old_prefix)], prompt.tokens[prefix[0] : end])
        runs.append((old_prefix[0], prefix[0], same))
    seamed = [Run(None, old + SEAM, new + SEAM, length - SEAM) for old, new, length in _joined(runs)]
    longest = sorted((run for run in seamed if run.length >= LEAST_RUN), key=lambda run: -run.length)
    return tuple(sorted(longest[:MOST_MOVED], key=lambda run: run.new))


def _joined(runs: list[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    """Join runs (old index, new index, length) that follow each other in both prompts: between them is no seam."""
    joined: list[tuple[int, int, int]] = []
    for old, new, length in runs:
        if joined and (old, new) == (joined[-1][0] + joined[-1][2], joined[-1][1] + joined[-1][2]):
            before = joined.pop()
            joined.append((before[0], before[1], before[2] + length))
        else:
            joined.append((old, new, length))
    return joined


@frozen
class _Body:
    """A suffix body that is in the cache: `tokens` begin at index `start` of `source`."""

    source: int | None
    start: int
    tokens: Sequence[int]


def _bodies(strand: Strand) -> list[_Body]:
    bodies = [_Body(number, 0, parked.tokens) for number, parked in enumerate(strand.parked)]
    if strand.suffix_at is not None and len(strand.tokens) > strand.suffix_at + 1:
        start = strand.suffix_at + 1
        # What stands behind the prompt is the middle marker and generated text.
        bodies.append(_Body(None, start, strand.tokens[start : max(strand.prompt_end - 1, start)]))
    return bodies


def _aligned(body: _Body, prompt: Sequence[int], first: int, kept: int) -> Run | None:
    """Align an old body with the prompt's, which begins at `first`; None where they have too little in common."""
    wanted = prompt[first : len(prompt) - 1]
    tail = common_suffix(body.tokens, wanted)
    head = common_prefix(body.tokens, wanted)
    if tail >= head:
        old, new, length = len(body.tokens) - tail, len(wanted) - tail, tail
    else:
        old, new, length = 0, 0, head
    old, new = old + body.start, new + first
    # What is kept in place is not moved as well.
    inside = max(kept - new, kept - old if body.source is None else 0, 0)
    old, new, length = old + inside, new + inside, length - inside
    return Run(body.source, old, new, length) if length >= LEAST_RUN else None


def common_prefix(left: Sequence[int], right: Sequence[int]) -> int:
    """Return how many tokens two sequences have in common at their start."""
    most = min(len(left), len(right))
    at = 0
    # Whole slices are compared in C; only the one that differs is looked at token by token.
    while at < most and list(left[at : at + _SLICE]) == list(right[at : at + _SLICE]):
        at += _SLICE
    while at < most and left[at] == right[at]:
        at += 1
    return min(at, most)


def common_suffix(left: Sequence[int], right: Sequence[int]) -> int:
    """Return how many tokens two sequences have in common at their end."""
    return common_prefix(left[::-1], right[::-1])
