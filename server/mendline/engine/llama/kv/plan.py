"""Which cells of a cached prompt the next prompt can use: pure functions of token lists."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

from mendline.engine.llama.kv.strand import Strand
from mendline.engine.llama.prompt import Prompt

LEAST_RUN = 16
"""Shorter runs are computed: a splice costs one decode call more than plain prefix reuse."""
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

    The longest common beginning stays. In a fill-in-the-middle prompt, the suffix's body can be moved, too, when the
    text before it changed: at its end, old body and new body agree while text is typed, deleted or replaced before
    the cursor or right behind it; at its start, they agree when the window's end moved. The suffix marker itself is
    always computed behind the new text: without that the model does not see what was typed.

    Moving is refused, and the suffix computed anew, where more would have to be computed before the body than the
    body has (a large edit), after `MOST_SPLICES`, and where the model's memory can't be shifted (`splice` is False).
    The prompt's last token is never reused: its logits are needed.
    """
    kept = min(common_prefix(strand.tokens, prompt.tokens), len(prompt.tokens) - 1)
    if not splice or prompt.suffix_at is None or strand.splices >= MOST_SPLICES:
        return Plan(kept)
    first = prompt.suffix_at + 1
    runs = [run for source in _bodies(strand) if (run := _aligned(source, prompt.tokens, first, kept)) is not None]
    best = max(runs, key=lambda run: run.length, default=None)
    if best is None or best.new - kept > max(best.length, LEAST_RUN):
        return Plan(kept)
    return Plan(kept, (best,))


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
