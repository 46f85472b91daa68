"""Prompts side by side: what is computed, what is kept, and that the record always tells the truth."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mendline.engine.errors import EngineOverloaded
from mendline.engine.llama.kv.cache import KvCache, Loaded
from mendline.engine.llama.kv.plan import LEAST_RUN, MOST_SPLICES, SEAM
from mendline.engine.llama.kv.refresh import refresh, to_refresh
from mendline.engine.llama.kv.strand import Strand
from mendline.engine.llama.model import Decoded, TokenRun
from mendline.engine.llama.prompt import Prompt
from mendline.engine.llama.steps import Lost, Row, Steps
from support.simulated_cells import SimulatedCells

PRE, SUF, MID = 1, 2, 3
NO_LOGITS = Row(0, np.zeros(1, dtype=np.float32))
SUFFIX = tuple(range(30, 54))


def fill(prefix: Sequence[int], suffix: Sequence[int] = SUFFIX) -> Prompt:
    return Prompt((PRE, *prefix, SUF, *suffix, MID), suffix_at=len(prefix) + 1)


def plain(*tokens: int) -> Prompt:
    return Prompt(tokens)


def with_files(files: Sequence[Sequence[int]], prefix: Sequence[int], suffix: Sequence[int] = SUFFIX) -> Prompt:
    """Lay a prompt out with related files' pieces before the prefix."""
    tokens: list[int] = []
    blocks = []
    for piece in files:
        blocks.append((len(tokens), len(tokens) + len(piece)))
        tokens += piece
    start = len(tokens)
    tokens += [PRE, *prefix]
    blocks.append((start, len(tokens)))
    return Prompt((*tokens, SUF, *suffix, MID), suffix_at=len(tokens), blocks=tuple(blocks))


class Bench:
    """A cache on simulated cells, and what the scheduler would do for one request after the other."""

    def __init__(self, cells: SimulatedCells | None = None, **options: int) -> None:
        self.cells = cells or SimulatedCells()
        self.cache = KvCache(self.cells, **options)
        self.computed: list[int] = []

    def load(self, prompt: Prompt, *, stop_after: int | None = None) -> Loaded | None:
        """Load a prompt; `stop_after` decode calls the request is cancelled. Its strand is released."""
        self.computed = []
        loaded = self.run(self.cache.load(prompt), stop_after)
        if loaded is not None:
            self.cache.release(loaded.strand)
        self.check()
        return loaded

    def run(self, steps: Steps[Loaded], stop_after: int | None = None) -> Loaded | None:
        send = None
        calls = 0
        while True:
            try:
                (piece,) = steps.send(send) if send is not None else next(steps)
            except StopIteration as stop:
                return stop.value
            if calls == stop_after:
                steps.close()
                return None
            calls += 1
            strand = piece.strand
            run = TokenRun(strand.sequence, strand.next_position, piece.tokens, piece.outputs)
            while self.cells.compute((run,)) is Decoded.NO_ROOM:
                assert self.cache.evict_idle()
            strand.extend(piece.tokens)
            self.computed += piece.tokens
            send = [[NO_LOGITS] * piece.outputs]

    def generate(self, strand: Strand, *tokens: int) -> None:
        self.cells.compute((TokenRun(strand.sequence, strand.next_position, tokens),))
        strand.extend(tokens)

    def check(self) -> None:
        """The record is what the cells hold, and what is not marked stale was computed behind what stands there."""
        for strand in self.cache.strands:
            assert self.cells.seen(strand.sequence) == strand.tokens
            for index, token in enumerate(strand.tokens):
                (cell,) = [
                    cell
                    for cell in self.cells.cells
                    if strand.sequence in cell.sequences and cell.position == strand.position(index)
                ]
                assert cell.token == token
                if not strand.stale[0] <= index < strand.stale[1]:
                    assert cell.behind == tuple(strand.tokens[:index])
            for parked in strand.parked:
                assert self.cells.seen(parked.sequence) == parked.tokens
        sequences = {strand.sequence for strand in self.cache.strands}
        sequences |= {parked.sequence for strand in self.cache.strands for parked in strand.parked}
        assert {number for cell in self.cells.cells for number in cell.sequences} <= sequences
        assert len(self.cells.cells) == self.cache.used


BASE = tuple(range(10, 26))

SPLICES = {
    "nothing changed": (BASE, SUFFIX, [MID]),
    "one token typed": ((*BASE, 60), SUFFIX, [60, SUF, MID]),
    "the last token became another": ((*BASE[:-1], 61), SUFFIX, [61, SUF, MID]),
    "deleted before the cursor": (BASE[:-3], SUFFIX, [SUF, MID]),
    "replaced in the middle of the prefix": ((*BASE[:-4], 60, 61, *BASE[-2:]), SUFFIX, [60, 61, *BASE[-2:], SUF, MID]),
    "deleted behind the cursor": (BASE, SUFFIX[4:], [MID]),
    "the cursor moved right": ((*BASE, *SUFFIX[:3]), SUFFIX[3:], [*SUFFIX[:3], SUF, MID]),
    "the cursor moved left": (BASE[:-2], (*BASE[-2:], *SUFFIX), [SUF, *BASE[-2:], MID]),
    "the window's end moved out": ((*BASE, 60), (*SUFFIX, 55, 56), [60, SUF, 55, 56, MID]),
    "the window's end moved in": ((*BASE, 60), SUFFIX[:-2], [60, SUF, MID]),
    "too little of the suffix stayed": ((*BASE, 60), SUFFIX[: LEAST_RUN - 1], [60, SUF, *SUFFIX[: LEAST_RUN - 1], MID]),
    "a large edit": ((*BASE, *range(4, 10), *BASE, *BASE), SUFFIX, [*range(4, 10), *BASE, *BASE, SUF, *SUFFIX, MID]),
}


@pytest.mark.parametrize(("prefix", "suffix", "computed"), SPLICES.values(), ids=SPLICES)
def test_only_what_changed_is_computed(prefix: tuple[int, ...], suffix: tuple[int, ...], computed: list[int]) -> None:
    bench = Bench()
    first = bench.load(fill(BASE))
    assert first is not None
    bench.generate(first.strand, 62, 63)
    loaded = bench.load(fill(prefix, suffix))
    assert loaded is not None
    assert bench.computed == computed
    assert loaded.strand.tokens == list(fill(prefix, suffix).tokens)
    assert loaded.cached == len(loaded.strand.tokens) - len(computed)
    assert len(bench.cache.strands) == 1


def test_what_was_moved_is_told_as_approximate() -> None:
    bench = Bench()
    assert bench.load(fill(BASE)).approximate == 0  # type: ignore[union-attr]
    assert bench.load(fill((*BASE, 60))).approximate == len(SUFFIX)  # type: ignore[union-attr]


def test_typing_moves_cells_only_when_the_gap_is_used_up() -> None:
    bench = Bench(slack=4)
    bench.load(fill(BASE))
    moves = []
    for count in range(1, 11):
        bench.load(fill((*BASE, *([60] * count))))
        moves.append(bench.cells.shifts)
    # The first keystroke makes a gap of four positions; then each token typed takes one.
    assert moves == [1, 1, 1, 1, 1, 2, 2, 2, 2, 2]


def test_without_slack_every_new_token_moves_the_suffix() -> None:
    bench = Bench(slack=0)
    for count in range(4):
        bench.load(fill((*BASE, *([60] * count))))
    assert bench.cells.shifts == 3


@pytest.mark.parametrize("stop_after", range(5))
def test_a_request_cancelled_in_a_splice_leaves_the_suffix_for_the_next(stop_after: int) -> None:
    bench = Bench(SimulatedCells(micro_batch=2))
    bench.load(fill(BASE))
    bench.load(fill((*BASE, 60, 61, 62)), stop_after=stop_after)
    loaded = bench.load(fill((*BASE, 60, 61, 62, 63)))
    assert loaded is not None
    assert loaded.approximate == len(SUFFIX)
    assert len(bench.computed) <= 6
    assert not loaded.strand.parked


def test_a_cancelled_prefill_goes_on_where_it_stopped() -> None:
    bench = Bench()
    bench.load(fill(BASE), stop_after=2)
    loaded = bench.load(fill(BASE))
    assert loaded is not None
    assert loaded.cached == 2 * bench.cells.micro_batch


def test_after_many_splices_the_suffix_is_computed_anew() -> None:
    bench = Bench()
    bench.load(fill(BASE))
    for number in range(MOST_SPLICES):
        bench.load(fill((*BASE, 60 + number % 2)))
    assert bench.load(fill((*BASE, 62))).approximate == 0  # type: ignore[union-attr]
    assert bench.load(fill((*BASE, 63))).approximate == len(SUFFIX)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("cells", "computed"),
    [
        (SimulatedCells(can_shift=False), [60, SUF, *SUFFIX, MID]),
        (SimulatedCells(can_cut=False), list(fill((*BASE, 60)).tokens)),
    ],
    ids=["can't shift", "can't cut"],
)
def test_models_that_cannot_splice_still_work(cells: SimulatedCells, computed: list[int]) -> None:
    bench = Bench(cells)
    bench.load(fill(BASE))
    loaded = bench.load(fill((*BASE, 60)))
    assert loaded is not None
    assert bench.computed == computed
    assert loaded.approximate == 0


def test_a_recurrent_model_goes_on_where_a_prompt_only_grew() -> None:
    bench = Bench(SimulatedCells(can_cut=False))
    bench.load(plain(10, 11, 12))
    bench.load(plain(10, 11, 12, 13))
    assert bench.computed == [13]


def test_documents_and_chats_stay_side_by_side() -> None:
    bench = Bench(SimulatedCells(tokens=400))
    prompts = [fill([10] * 70, [number] * 30) for number in (30, 40)]
    prompts += [fill([number] * 70, [number] * 30) for number in (11, 12)]
    prompts.append(plain(4, 5, *range(30, 60)))
    for prompt in prompts:
        bench.load(prompt)
    assert len(bench.cache.strands) == 4
    for prompt in prompts[1:]:
        bench.load(prompt)
        assert bench.computed == [prompt.tokens[-1]]


def test_a_beginning_that_prompts_share_takes_cells_once() -> None:
    shared = tuple(range(4, 60))
    bench = Bench()
    bench.load(plain(*shared, *[60] * 70))
    bench.load(plain(*shared, *[61] * 70))
    assert len(bench.computed) == 70
    assert bench.cache.used == len(shared) + 140


def test_the_least_recently_used_strand_makes_room() -> None:
    bench = Bench(SimulatedCells(sequences=4))
    prompts = [plain(*([number] * 70)) for number in range(10, 13)]
    for prompt in prompts[:2]:
        bench.load(prompt)
    bench.load(prompts[0])
    bench.load(prompts[2])
    assert [strand.tokens[0] for strand in bench.cache.strands] == [10, 12]


def test_a_strand_in_use_is_neither_changed_nor_evicted() -> None:
    bench = Bench(SimulatedCells(sequences=2))
    held = [bench.run(bench.cache.load(plain(*([number] * 70)))) for number in (10, 11)]
    with pytest.raises(EngineOverloaded):
        bench.load(plain(12))
    bench.cache.release(held[1].strand)  # type: ignore[union-attr]
    bench.load(plain(*([10] * 60), 13))
    bench.check()
    assert [10] * 70 in [strand.tokens for strand in bench.cache.strands]


def test_an_evicted_request_is_loaded_anew() -> None:
    bench = Bench()
    steps = bench.cache.load(plain(*range(10, 30)))
    (piece,) = next(steps)
    bench.cache.evict(piece.strand)
    (again,) = steps.throw(Lost())
    assert again.strand is not piece.strand
    steps.close()
    assert all(not strand.users for strand in bench.cache.strands)


def test_branches_share_their_prompts_cells() -> None:
    bench = Bench()
    loaded = bench.run(bench.cache.load(fill(BASE)))
    assert loaded is not None
    used = bench.cache.used
    twins = [bench.cache.branch(loaded.strand) for _ in range(3)]
    assert bench.cache.used == used
    for number, twin in enumerate(twins):
        bench.generate(twin, 60 + number)
    bench.check()
    # Shared cells can't be moved: the next keystroke computes the suffix, beside.
    again = bench.run(bench.cache.load(fill((*BASE, 60))))
    assert again is not None
    assert again.strand is not loaded.strand
    assert again.approximate == 0
    bench.check()


def idle(bench: Bench, *, stop_after: int | None = None) -> None:
    strand = to_refresh(bench.cache)
    assert strand is not None
    bench.run(refresh(bench.cache, strand), stop_after)  # type: ignore[arg-type]
    bench.check()


def test_idle_time_makes_a_spliced_suffix_exact_and_leaves_a_gap() -> None:
    bench = Bench(SimulatedCells(micro_batch=32), slack=4)
    bench.load(fill(BASE))
    bench.load(fill((*BASE, 60)))
    idle(bench)
    (strand,) = bench.cache.strands
    assert strand.approximate == 0
    assert strand.gap == 4
    assert to_refresh(bench.cache) is None
    shifts = bench.cells.shifts
    bench.load(fill((*BASE, 60, 61)))
    assert bench.cells.shifts == shifts


def test_a_refresh_that_is_interrupted_keeps_what_it_did() -> None:
    suffix = tuple(range(4, 60)) * 2
    bench = Bench(SimulatedCells(micro_batch=32, tokens=500))
    bench.load(fill(BASE, suffix))
    bench.load(fill((*BASE, 60), suffix))
    idle(bench, stop_after=2)
    (strand,) = bench.cache.strands
    assert 0 < strand.approximate < len(suffix)
    loaded = bench.load(fill((*BASE, 60), suffix))
    assert loaded is not None
    assert bench.computed == [MID]


FILES = {name: [number] * 12 + list(range(4, 24)) for number, name in enumerate("abcd", start=40)}

BEHIND = [PRE, *BASE[: SEAM - 1]]
MOVES = {
    "another order": ("abc", "bca", [*FILES["b"][:SEAM], *FILES["a"][:SEAM], *BEHIND]),
    "one is gone": ("abc", "bc", FILES["b"][:SEAM]),
    "one came first": ("bc", "abc", [*FILES["a"], *FILES["b"][:SEAM]]),
    "one came last": ("ab", "abd", [*FILES["d"], *BEHIND]),
    "another instead": ("abc", "adc", [*FILES["d"], *FILES["c"][:SEAM]]),
}


@pytest.mark.parametrize(("before", "after", "computed"), MOVES.values(), ids=MOVES)
def test_related_files_are_moved(before: str, after: str, computed: list[int]) -> None:
    bench = Bench(SimulatedCells(sequences=16, tokens=400))
    bench.load(with_files([FILES[name] for name in before], [*BASE, *BASE]))
    prompt = with_files([FILES[name] for name in after], [*BASE, *BASE, 60])
    loaded = bench.load(prompt)
    assert loaded is not None
    assert loaded.strand.tokens == list(prompt.tokens)
    # What the prompts begin with alike stays where it is; of what is moved, the seam is computed.
    assert bench.computed == [*computed, 60, SUF, MID]


def test_pieces_whose_paths_begin_alike_are_moved_too() -> None:
    bench = Bench(SimulatedCells(sequences=16, tokens=400))
    pieces = {name: [55, 56, 57, *piece] for name, piece in FILES.items()}
    bench.load(with_files([pieces[name] for name in "abc"], [*BASE, *BASE]))
    loaded = bench.load(with_files([pieces[name] for name in "cab"], [*BASE, *BASE]))
    assert loaded is not None
    assert bench.computed == [*pieces["c"][:SEAM], *pieces["a"][:SEAM], *BEHIND, SUF, MID]


def test_more_pieces_than_sequences_are_computed_not_refused() -> None:
    bench = Bench(SimulatedCells(sequences=4, tokens=900))
    pieces = [[number] * 20 for number in range(4, 24)]
    bench.load(with_files(pieces, BASE))
    prompt = with_files([[60] * 5, *pieces[::-1]], BASE)
    loaded = bench.load(prompt)
    assert loaded is not None
    assert loaded.strand.tokens == list(prompt.tokens)
    assert all(not strand.users for strand in bench.cache.strands)


def test_related_files_of_a_model_without_markers_are_moved() -> None:
    bench = Bench(SimulatedCells(sequences=8, tokens=400))
    for first in ("a", "b"):
        tokens = (*FILES[first], *range(10, 50))
        loaded = bench.load(Prompt(tokens, blocks=((0, len(FILES[first])), (len(FILES[first]), len(tokens)))))
        assert loaded is not None
        assert loaded.strand.tokens == list(tokens)
    assert bench.computed == [*FILES["b"], *range(10, 10 + SEAM), 49]


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_whatever_is_asked_for_the_record_is_true(data: st.DataObject) -> None:
    """Random documents, edits, cancellations and idle times on a cache that is nearly too small."""
    bench = Bench(SimulatedCells(tokens=400, sequences=9, micro_batch=4, can_shift=data.draw(st.booleans())), slack=3)
    texts = [list(range(10, 40)), list(range(20, 50))]
    for _ in range(data.draw(st.integers(1, 14))):
        text = data.draw(st.sampled_from(texts))
        at = data.draw(st.integers(0, len(text)))
        files = data.draw(st.lists(st.sampled_from(sorted(FILES)), unique=True, max_size=3))
        match data.draw(st.sampled_from(["type", "delete", "jump", "idle", "chat"])):
            case "type":
                text[at:at] = data.draw(st.lists(st.integers(50, 60), min_size=1, max_size=4))
            case "delete":
                del text[at : at + data.draw(st.integers(1, 3))]
            case "idle":
                if (strand := to_refresh(bench.cache)) is not None:
                    stop = data.draw(st.none() | st.integers(0, 4))
                    bench.run(refresh(bench.cache, strand), stop)  # type: ignore[arg-type]
                    bench.check()
                continue
            case "chat":
                bench.load(plain(4, *text), stop_after=data.draw(st.none() | st.integers(0, 8)))
                continue
        prompt = with_files([FILES[name] for name in files], text[:at], text[at:])
        loaded = bench.load(prompt, stop_after=data.draw(st.none() | st.integers(0, 8)))
        if loaded is not None:
            assert loaded.strand.tokens == list(prompt.tokens)
            bench.generate(loaded.strand, 61)
            bench.check()
