from __future__ import annotations

from collections.abc import Sequence

import pytest

from mendline.engine.errors import EngineError, EngineOverloaded
from mendline.engine.llama.cache import Interrupted, PromptCache, common_prefix
from mendline.engine.llama.model import Decoded


class FakeCells:
    """A KV cache that only remembers; fails at the call it is told to."""

    def __init__(self, *, cuttable: bool = True) -> None:
        self.tokens = 100
        self.micro_batch = 4
        self.held: list[int] = []
        self.calls: list[tuple[list[int], bool]] = []
        self.outcomes: dict[int, Decoded] = {}
        self._cuttable = cuttable

    def decode(self, tokens: Sequence[int], position: int, *, sequence: int = 0, logits: bool = True) -> Decoded:
        assert position == len(self.held)
        assert 0 < len(tokens) <= self.micro_batch
        self.calls.append((list(tokens), logits))
        outcome = self.outcomes.get(len(self.calls), Decoded.DONE)
        if outcome is Decoded.DONE:
            self.held += tokens
        return outcome

    def length(self, sequence: int = 0) -> int:
        return len(self.held)

    def remove(self, start: int, end: int = -1, *, sequence: int = 0) -> bool:
        if not self._cuttable:
            return False
        del self.held[start:]
        return True

    def clear(self) -> None:
        self.held.clear()


def never() -> bool:
    return False


@pytest.mark.parametrize(
    ("left", "right", "length"), [([], [], 0), ([1], [], 0), ([1, 2], [1, 3], 1), ([1, 2], [1, 2, 3], 2), ([2], [1], 0)]
)
def test_common_prefix(left: list[int], right: list[int], length: int) -> None:
    assert common_prefix(left, right) == length


def test_prefill_goes_in_micro_batches_and_reads_logits_of_the_last_token_only() -> None:
    cells = FakeCells()
    assert PromptCache(cells).prefill([1, 2, 3, 4, 5, 6], never) == 0
    assert cells.calls == [([1, 2, 3, 4], False), ([5, 6], True)]


@pytest.mark.parametrize(
    ("second", "kept", "computed"),
    [
        ([1, 2, 3, 9], 3, [9]),
        ([1, 2, 3, 4, 5], 4, [5]),
        ([1, 2, 3, 4], 3, [4]),
        ([1, 2], 1, [2]),
        ([7, 8], 0, [7, 8]),
    ],
)
def test_the_common_beginning_is_kept(second: list[int], kept: int, computed: list[int]) -> None:
    cells = FakeCells()
    cache = PromptCache(cells)
    cache.prefill([1, 2, 3, 4], never)
    cells.calls.clear()
    assert cache.prefill(second, never) == kept
    assert [token for tokens, _ in cells.calls for token in tokens] == computed
    assert cells.held == cache.tokens == second


def test_a_memory_that_cannot_be_cut_is_recomputed_but_still_extended() -> None:
    cells = FakeCells(cuttable=False)
    cache = PromptCache(cells)
    cache.prefill([1, 2], never)
    assert cache.prefill([1, 2, 3], never) == 2
    assert cache.prefill([1, 2, 4], never) == 0
    assert cells.held == cache.tokens == [1, 2, 4]


def test_cancelled_between_micro_batches_keeps_what_was_computed() -> None:
    cells = FakeCells()
    cache = PromptCache(cells)
    with pytest.raises(Interrupted):
        cache.prefill(list(range(12)), lambda: len(cells.calls) == 2)
    assert cache.tokens == cells.held == list(range(8))
    assert cache.prefill(list(range(12)), never) == 8


def test_aborted_in_a_micro_batch_keeps_what_llama_cpp_kept() -> None:
    cells = FakeCells()
    cells.outcomes = {2: Decoded.ABORTED}
    cache = PromptCache(cells)
    with pytest.raises(Interrupted):
        cache.prefill(list(range(12)), never)
    assert cache.tokens == cells.held == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("outcome", "error"),
    [(Decoded.NO_ROOM, EngineOverloaded), (Decoded.NO_MEMORY, EngineOverloaded), (Decoded.FAILED, EngineError)],
)
def test_failures_empty_the_cache_and_the_next_prompt_works(outcome: Decoded, error: type[EngineError]) -> None:
    cells = FakeCells()
    cells.outcomes = {2: outcome}
    cache = PromptCache(cells)
    with pytest.raises(error):
        cache.prefill([1, 2, 3, 4, 5], never)
    assert cache.tokens == cells.held == []
    assert cache.prefill([1, 2, 3], never) == 0
    assert cells.held == [1, 2, 3]


def test_appended_tokens_count_for_the_next_prompt() -> None:
    cells = FakeCells()
    cache = PromptCache(cells)
    cache.prefill([1, 2], never)
    cache.append(3)
    assert cache.room == 97
    assert cache.prefill([1, 2, 3, 4], never) == 3
