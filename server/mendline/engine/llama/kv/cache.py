"""Prompts side by side in one KV cache: reuse, splice, fork, eviction.

The splice (a prefix–suffix–middle prompt whose prefix changes) in llama.cpp's terms, since a sequence can only be
computed at its end:

    strand      [ P             | suf | body            | mid | generated ]
    1. park     copy the body's cells to a sequence of their own, cut the strand behind the common part of P
    2. compute  the new end of P' and the suffix marker                           one small decode call
    3. place    move the parked cells to where they belong now and copy them back; a few positions stay free before
                them, so that the next tokens typed need no move
    4. compute  the middle marker, whose logits are the first token's             one decode step

A request that is cancelled between 1 and 3 leaves the body parked, and the next one goes on from there.
"""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

from mendline.engine.errors import EngineOverloaded
from mendline.engine.llama.kv.cells import Cells
from mendline.engine.llama.kv.plan import Plan, Run, common_prefix, plan_reuse
from mendline.engine.llama.kv.strand import Parked, Strand
from mendline.engine.llama.prompt import Prompt
from mendline.engine.llama.steps import Lost, Row, Steps, compute

SLACK = 16
"""Positions left free before a moved suffix. Moving costs a pass over the whole key cache, typing into the gap costs
nothing; what a distance wrong by so few positions does to the text was measured (`mendline eval infilling --typed`)."""
_KEEP_BOTH = 64
"""A prompt that would overwrite more tokens of another one than this, and most of it, gets a strand of its own."""


@frozen(eq=False)
class Loaded:
    """A prompt in the cache.

    Attributes:
        strand: where it is; in use until it is given to `KvCache.release`.
        row: logits of its last token.
        cached: how many of its tokens were there already.
        approximate: how many of those were computed behind an older text.
    """

    strand: Strand
    row: Row
    cached: int
    approximate: int


class KvCache:
    """The strands of one context.

    Attributes:
        strands: all of them, in no order.
        cells: llama.cpp's side.
        splice: whether suffixes are moved.
        slack: positions left free before a moved suffix.
    """

    def __init__(self, cells: Cells, *, splice: bool = True, slack: int = SLACK) -> None:
        self.cells = cells
        self.splice = splice and cells.can_shift and cells.can_cut
        self.slack = slack
        self.strands: list[Strand] = []
        self._free = list(range(cells.sequences - 1, -1, -1))
        self._most_strands = max(cells.sequences // 2, 1)
        self._tick = 0

    @property
    def used(self) -> int:
        """How many cells are taken; one that several strands share counts once."""
        cells: set[int] = set()
        for strand in self.strands:
            cells.update(strand.cells, *(parked.cells for parked in strand.parked))
        return len(cells)

    def load(self, prompt: Prompt) -> Steps[Loaded]:
        """Bring a prompt into the cache, at the least cost, and mark its strand as in use.

        Raises:
            EngineOverloaded: all sequences are in use.
        """
        while True:
            strand, cached = self._admit(prompt)
            try:
                row = yield from self._complete(strand, prompt.tokens)
                return Loaded(strand, row, cached, strand.approximate)
            except Lost:
                self.release(strand)
            except BaseException:
                self.release(strand)
                raise

    def branch(self, strand: Strand) -> Strand:
        """Return a strand in use that shares all cells of another one and goes its own way from there.

        Raises:
            EngineOverloaded: all sequences are in use.
        """
        twin = self._new(strand, len(strand.tokens))
        twin.users = 1
        return twin

    def release(self, strand: Strand) -> None:
        """Say that a request needs its strand no more. What is in it stays for the next."""
        strand.users -= 1
        self._touch(strand)

    @property
    def idle(self) -> list[Strand]:
        """The strands that no request uses."""
        return [strand for strand in self.strands if not strand.users]

    def evict_idle(self) -> bool:
        """Drop the strand that wasn't used for the longest time; False when all are in use."""
        oldest = min(self.idle, key=lambda strand: strand.used, default=None)
        if oldest is None:
            return False
        self.evict(oldest)
        return True

    def evict(self, strand: Strand) -> None:
        """Drop a strand; a request that uses it has to load its prompt anew."""
        for parked in tuple(strand.parked):
            self.unpark(strand, parked)
        self.cells.remove(0, sequence=strand.sequence)
        self._free.append(strand.sequence)
        strand.truncate(0)
        strand.lost = True
        self.strands.remove(strand)

    def clear(self) -> None:
        """Drop everything, after a failure of llama.cpp that leaves its memory in doubt."""
        for strand in tuple(self.strands):
            self.evict(strand)
        self.cells.clear()

    def sequence(self) -> int:
        """Take a sequence that nothing uses, evicting idle strands for it.

        Raises:
            EngineOverloaded: there is none.
        """
        while not self._free:
            if not self.evict_idle():
                raise EngineOverloaded("The engine has no room for one more request; try again later")
        return self._free.pop()

    @property
    def takes_more(self) -> bool:
        """Whether another request can begin without taking sequences from those under way or from many documents."""
        return len(self._free) > 1 and len(self.strands) - len(self.idle) < self._most_strands

    @property
    def takes_one(self) -> bool:
        """Whether there is a sequence for a request, if need be that of an idle strand."""
        return bool(self._free or self.idle)

    def give_back(self, sequence: int) -> None:
        """Return a sequence that nothing is in."""
        self._free.append(sequence)

    def make_room(self, tokens: int) -> None:
        """Evict idle strands until so many cells are free.

        Raises:
            EngineOverloaded: the others need too many.
        """
        while self.used + tokens > self.cells.tokens:
            if not self.evict_idle():
                raise EngineOverloaded("The model's context has no room left; set `engine.contextTokens` higher")

    def reusable(self, prompt: Prompt) -> int:
        """Return how many of a prompt's tokens would not have to be computed."""
        plans = [plan_reuse(strand, prompt, splice=self.splice) for strand in self.strands]
        return max((plan.reused for plan in plans), default=0)

    def unpark(self, strand: Strand, parked: Parked) -> None:
        """Drop a parked run."""
        self.cells.remove(0, sequence=parked.sequence)
        self._free.append(parked.sequence)
        strand.parked.remove(parked)

    def exclusive(self, strand: Strand, start: int, end: int) -> bool:
        """Whether no other strand shares the cells at [start, end): only such cells may be moved."""
        cells = set(strand.cells[start:end])
        return not any(cells.intersection(other.cells) for other in self.strands if other is not strand)

    def add(self, sequence: int, tokens: Sequence[int]) -> Strand:
        """Take up a sequence whose cells were filled from outside (a saved state); the strand is not in use."""
        strand = Strand(sequence)
        strand.extend(tokens)
        self._touch(strand)
        self.strands.append(strand)
        return strand

    def _touch(self, strand: Strand) -> None:
        self._tick += 1
        strand.used = self._tick

    def _admit(self, prompt: Prompt) -> tuple[Strand, int]:
        """Choose or make a strand and arrange its cells; also return how many tokens need not be computed."""
        plans = [(plan, strand) for strand in self.idle if (plan := self._plan(strand, prompt)) is not None]
        plan, strand = max(plans, key=lambda each: each[0].reused, default=(Plan(0), None))
        donor, shared = self._donor(prompt)
        if strand is None or plan.reused < shared or not self._in_place(strand, plan):
            strand = self._new(donor, shared)
            plan = Plan(shared)
        strand.users += 1
        while len(self.strands) > self._most_strands and self.evict_idle():
            pass
        cached = self._arrange(strand, plan)
        strand.suffix_at, strand.prompt_end, strand.blocks = prompt.suffix_at, len(prompt.tokens), prompt.blocks
        return strand, cached

    def _plan(self, strand: Strand, prompt: Prompt) -> Plan | None:
        plan = plan_reuse(strand, prompt, splice=self.splice)
        if not self.cells.can_cut and plan.kept < len(strand.tokens):
            return None
        runs = tuple(run for run in plan.runs if run.source is not None or self._movable(strand, run))
        return Plan(plan.kept, runs)

    def _movable(self, strand: Strand, run: Run) -> bool:
        return self.exclusive(strand, run.old, run.old + run.length)

    def _donor(self, prompt: Prompt) -> tuple[Strand | None, int]:
        """Find the strand, in use or not, that shares the longest beginning with a prompt."""
        if not self.cells.can_cut:
            return None, 0
        most = len(prompt.tokens) - 1
        shares = [(min(common_prefix(strand.tokens, prompt.tokens), most), strand) for strand in self.strands]
        shared, donor = max(shares, key=lambda each: each[0], default=(0, None))
        return (donor, shared) if shared else (None, 0)

    @staticmethod
    def _in_place(strand: Strand, plan: Plan) -> bool:
        """Whether a strand is changed into the new prompt, rather than kept beside it."""
        dropped = min(strand.prompt_end, len(strand.tokens)) - plan.reused
        return dropped <= _KEEP_BOTH or plan.reused >= dropped

    def _new(self, donor: Strand | None, shared: int) -> Strand:
        """Make a strand that shares the first cells of another one."""
        if donor is not None:
            donor.users += 1  # not to be evicted for the sequence
        try:
            strand = Strand(self.sequence())
        finally:
            if donor is not None:
                donor.users -= 1
        if donor is not None and shared:
            self.cells.copy(donor.sequence, strand.sequence, 0, donor.position(shared - 1) + 1)
            strand.gap, strand.gap_at = donor.gap, donor.gap_at
            strand.stale, strand.splices = donor.stale, donor.splices
            strand.suffix_at, strand.prompt_end, strand.blocks = donor.suffix_at, donor.prompt_end, donor.blocks
            strand.extend(donor.tokens[:shared], donor.cells[:shared])
            strand.truncate(shared)
        self.strands.append(strand)
        return strand

    def _arrange(self, strand: Strand, plan: Plan) -> int:
        """Cut and park cells as a plan says, as far as there are sequences for it; return how many tokens are kept."""
        wanted: list[Parked] = []
        for run in reversed(plan.runs):  # the suffix first: it is worth most
            wanted += self._park(strand, run)
        wanted.sort(key=lambda parked: parked.target)
        for parked in tuple(strand.parked):
            if parked not in wanted:
                self.unpark(strand, parked)
        strand.parked = wanted
        self.cut(strand, plan.kept)
        strand.splices = strand.splices + 1 if wanted else (strand.splices if strand.approximate else 0)
        return len(strand.tokens) + sum(len(parked.tokens) for parked in wanted)

    def cut(self, strand: Strand, length: int) -> None:
        """Keep the first `length` tokens of a strand, or none where the model's memory can't be cut.

        Cells that llama.cpp has beyond the record (of a request that ended badly) go, too.
        """
        if not self.cells.remove(strand.position(length), sequence=strand.sequence):
            self.cells.remove(0, sequence=strand.sequence)
            length = 0
        strand.truncate(length)

    def _park(self, strand: Strand, run: Run) -> list[Parked]:
        """Bring a run into sequences of its own; two, when the gap is inside it. Nothing, when none are free."""
        if run.source is not None:
            return [self._trim(strand.parked[run.source], run)]
        middle = strand.gap_at if strand.gap and run.old < strand.gap_at < run.old + run.length else run.old
        parts = [(start, end) for start, end in ((run.old, middle), (middle, run.old + run.length)) if start < end]
        if len(parts) > len(self._free):
            return []
        parked = []
        for start, end in parts:
            sequence = self._free.pop()
            position = strand.position(start)
            self.cells.copy(strand.sequence, sequence, position, position + end - start)
            tokens, cells = strand.tokens[start:end], strand.cells[start:end]
            parked.append(Parked(sequence, position, tokens, cells, run.new + start - run.old))
        return parked

    def _trim(self, parked: Parked, run: Run) -> Parked:
        start, end = parked.start + run.old, parked.start + run.old + run.length
        self.cells.remove(end, sequence=parked.sequence)
        if run.old:
            self.cells.remove(0, start, sequence=parked.sequence)
        parked.start = start
        parked.tokens = parked.tokens[run.old : run.old + run.length]
        parked.cells = parked.cells[run.old : run.old + run.length]
        parked.target = run.new
        return parked

    def _complete(self, strand: Strand, tokens: Sequence[int]) -> Steps[Row]:
        """Compute what is missing between, and place parked runs."""
        for parked in tuple(strand.parked):
            yield from compute(strand, tokens[len(strand.tokens) : parked.target], self.cells.micro_batch)
            self._place(strand, parked)
        row = yield from compute(strand, tokens[len(strand.tokens) :], self.cells.micro_batch)
        if row is None:
            raise AssertionError("at least a prompt's last token is computed")
        return row

    def _place(self, strand: Strand, parked: Parked) -> None:
        """Move a parked run to the strand's end, where its turn has come."""
        index, count = len(strand.tokens), len(parked.tokens)
        gap = parked.start - index
        # Only before the suffix may positions stay free, and only once in a strand.
        loose = not strand.gap and strand.suffix_at is not None and index > strand.suffix_at
        fits = 0 <= gap <= 2 * self.slack if loose else gap == strand.gap
        if not fits:
            gap = self.slack if loose else strand.gap
            self.cells.shift(parked.start, parked.start + count, index + gap - parked.start, sequence=parked.sequence)
            parked.start = index + gap
        if loose:
            strand.gap, strand.gap_at = gap, index
        self.cells.copy(parked.sequence, strand.sequence, parked.start, parked.start + count)
        strand.extend(parked.tokens, parked.cells)
        strand.mark_stale(index, index + count)
        self.unpark(strand, parked)
