"""Which request computes next: the most urgent one, at every decode call anew.

A request that is overtaken keeps its cells and goes on later, as if nothing had happened. Requests of one priority go
in the order they came, but where each only asks for a token or two they are computed in one call: a batch of four
costs about as much as three single steps on a CPU and as one on a GPU.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt
from attrs import define, field

from mendline.engine.errors import EngineError, EngineOverloaded
from mendline.engine.llama.kv.cache import KvCache
from mendline.engine.llama.kv.strand import Strand
from mendline.engine.llama.model import Decoded, TokenRun
from mendline.engine.llama.steps import Lost, Request, Row, Rows, Steps

_log = logging.getLogger("mendline.engine.llama")

SHORT = 8
"""Decode calls of at most so many tokens are short: they are let finish when something more urgent comes, and on a CPU
only they are joined."""
UPKEEP = 100
"""Urgency of what the engine does of its own accord, behind all that was asked for; it takes no room from others."""


class Computes(Protocol):
    """The computing part of `model.Context`; see there."""

    micro_batch: int

    def compute(self, runs: Sequence[TokenRun]) -> Decoded:
        """Compute tokens at the ends of their sequences."""
        ...

    def logits(self, index: int) -> npt.NDArray[np.float32]:
        """Return the logits of a token of the last batch."""
        ...


@define(eq=False)
class Task:
    """A request under way.

    Attributes:
        steps: its generator.
        urgency: lower goes first.
        joins: whether it may be begun, and computed, together with others that are as urgent.
        fail: told when the request can't go on.
        pending: what it waits for; None before it has begun.
        strands: those it has asked to compute in, the last ones last; some may be lost or given back.
        done: it has ended, well or badly.
    """

    steps: Steps[None]
    urgency: tuple[int, int]
    joins: bool
    fail: Callable[[Exception], None]
    pending: Request | None = None
    strands: list[Strand] = field(factory=list)
    done: bool = False

    @property
    def tokens(self) -> int:
        """How many tokens it wants computed next."""
        return sum(len(piece.tokens) for piece in self.pending or ())

    @property
    def lost(self) -> bool:
        """Whether a strand it works on was evicted."""
        return any(piece.strand.lost for piece in self.pending or ())

    def begin(self) -> None:
        """Run to the first piece of work."""
        self._run(lambda: next(self.steps))

    def go_on(self, rows: Rows) -> None:
        """Hand over what was computed, and run to the next piece of work."""
        self._run(lambda: self.steps.send(rows))

    def throw(self, error: Exception) -> None:
        """Let the request deal with a failure, or fail of it."""
        self._run(lambda: self.steps.throw(error))

    def close(self) -> None:
        """End it; its strands are released."""
        self.done = True
        try:
            self.steps.close()
        except Exception:
            _log.exception("a request did not end well")

    def _run(self, advance: Callable[[], Request]) -> None:
        try:
            self.pending = advance()
            self.strands = [strand for strand in self.strands if not strand.lost and strand.users]
            self.strands += [piece.strand for piece in self.pending if piece.strand not in self.strands]
        except StopIteration:
            self.done = True
        except Exception as error:
            # Whatever it is, it ends this request and no other.
            self.done = True
            self.fail(error)


class Scheduler:
    """Runs tasks on one context."""

    def __init__(
        self,
        context: Computes,
        cache: KvCache,
        *,
        observe: Callable[[int, float], None],
        joined: int = SHORT,
    ) -> None:
        """Prepare.

        Args:
            context: what computes.
            cache: the strands that tasks' pieces belong to.
            observe: told the number of tokens and the seconds of each decode call that computed logits for all.
            joined: the most tokens that several requests have together in one call.
        """
        self._context = context
        self._cache = cache
        self._observe = observe
        self._joined = joined

    def prepare(self, tasks: Sequence[Task]) -> list[Task]:
        """Return the tasks whose work comes next, the most urgent first; none when that one has ended by itself."""
        lead, *others = sorted(tasks, key=lambda task: task.urgency)
        while lead.pending is None and not self._cache.takes_one and self._evict_least_urgent(lead, others):
            pass
        if not self._ready(lead):
            return []
        chosen, tokens, waiting = [lead], lead.tokens, False
        for other in others:
            if not (lead.joins and other.joins and other.urgency[0] == lead.urgency[0] and tokens < self._joined):
                break
            # What is begun takes a strand: no more than one at a time that then waits for its turn.
            if other.pending is None and (waiting or not self._cache.takes_more):
                break
            if not self._ready(other):
                continue
            if tokens + other.tokens <= self._joined:
                chosen.append(other)
                tokens += other.tokens
            else:
                waiting = True
        # Beginning one task may have evicted what another one works on.
        return [task for task in chosen if not task.lost] if not lead.lost else []

    def compute(self, tasks: Sequence[Task], others: Sequence[Task]) -> None:
        """Make one decode call for `tasks` and let them go on.

        Args:
            tasks: what `prepare` returned.
            others: tasks that give up their cells, the last one first, when there is no room.
        """
        pieces = [piece for task in tasks for piece in task.pending or ()]
        runs = [
            TokenRun(piece.strand.sequence, piece.strand.next_position, piece.tokens, piece.outputs) for piece in pieces
        ]
        started = time.perf_counter()
        outcome = self._context.compute(runs)
        if outcome is Decoded.DONE:
            tokens = sum(len(piece.tokens) for piece in pieces)
            # A prefill leaves out the output layer for most tokens: it would make guesses look cheaper than they are.
            if tokens == sum(piece.outputs for piece in pieces):
                self._observe(tokens, time.perf_counter() - started)
            for piece in pieces:
                piece.strand.extend(piece.tokens)
            self._hand_out(tasks)
        elif outcome is Decoded.NO_ROOM and len(tasks) > 1:
            self.compute(tasks[:1], (*tasks[1:], *others))
        elif outcome is Decoded.NO_ROOM:
            if not self._make_room(tasks, others):
                tasks[0].throw(
                    EngineOverloaded("The model's context has no room left; set `engine.contextTokens` higher")
                )
        elif outcome is not Decoded.ABORTED:
            # What llama.cpp's memory holds now is anybody's guess.
            self._cache.clear()
            tasks[0].throw(_failure(outcome))

    def _hand_out(self, tasks: Sequence[Task]) -> None:
        at = 0
        handed: list[tuple[Task, Rows]] = []
        for task in tasks:
            rows: Rows = []
            for piece in task.pending or ():
                at += len(piece.tokens)
                indices = range(at - piece.outputs, at)
                rows.append([Row(index, self._context.logits(index)) for index in indices])
            handed.append((task, rows))
        for task, rows in handed:
            task.go_on(rows)

    def _make_room(self, tasks: Sequence[Task], others: Sequence[Task]) -> bool:
        if tasks[0].urgency[0] >= UPKEEP:
            return False
        return self._cache.evict_idle() or self._evict_least_urgent(tasks[0], others)

    def _evict_least_urgent(self, lead: Task, others: Sequence[Task]) -> bool:
        spared = {id(strand) for strand in lead.strands}
        for other in sorted(others, key=lambda task: task.urgency, reverse=True):
            for strand in other.strands:
                if not strand.lost and id(strand) not in spared:
                    self._cache.evict(strand)
                    return True
        return False

    @staticmethod
    def _ready(task: Task) -> bool:
        """Bring a task to where it waits for work; False when it has ended on the way."""
        if task.pending is None:
            task.begin()
        while not task.done and task.lost:
            task.throw(Lost())
        return not task.done


def _failure(outcome: Decoded) -> EngineError:
    if outcome is Decoded.NO_MEMORY:
        return EngineOverloaded(
            "llama.cpp ran out of memory; close other programs, or set `engine.contextTokens` lower"
        )
    return EngineError("llama.cpp failed to compute; `mendline doctor` shows the engine's state")
