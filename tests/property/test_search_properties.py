"""The loop's invariants, for proposers and losses of any kind."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence

from attrs import frozen
from hypothesis import given
from hypothesis import strategies as st

from mendline.search import Batch, Budget, Ending, Fate, Found, Meter, Trial, Verdict, search

Loss = tuple[int, int]


@frozen
class World:
    """What is proposed in each round, and how each candidate would be judged."""

    batches: tuple[tuple[tuple[int, ...], ...], ...]
    losses: dict[int, Loss]
    outs: frozenset[int]
    original: Loss


@st.composite
def worlds(draw: st.DrawFn) -> World:
    number = st.integers(0, 8)
    loss = st.tuples(st.integers(0, 3), st.integers(0, 3))
    return World(
        batches=tuple(draw(st.lists(st.lists(st.lists(number, max_size=4).map(tuple), max_size=3).map(tuple)))),
        losses={each: draw(loss) for each in range(9)},
        outs=frozenset(draw(st.sets(number, max_size=3))),
        original=draw(loss),
    )


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def run(world: World, budget: Budget) -> tuple[Found[int, Loss, str], list[tuple[str, int]], Clock]:
    """Search, and note which stage was run for which candidate; each run takes a second of a clock."""
    calls: list[tuple[str, int]] = []
    clock = Clock()

    async def propose(
        round_number: int, tried: Sequence[Trial[int, Loss, str]], meter: Meter
    ) -> AsyncGenerator[Batch[int], None]:
        for candidates in world.batches[round_number] if round_number < len(world.batches) else ():
            yield Batch(candidates, tokens=3)

    async def cheap(candidate: int, before: Verdict[Loss, str] | None, meter: Meter) -> Verdict[Loss, str]:
        assert before is None
        calls.append(("cheap", candidate))
        clock.now += 1
        return Verdict((world.losses[candidate][0], 0), "", out="broken" if candidate in world.outs else "")

    async def dear(candidate: int, before: Verdict[Loss, str] | None, meter: Meter) -> Verdict[Loss, str]:
        assert before is not None
        calls.append(("dear", candidate))
        clock.now += 1
        loss = world.losses[candidate]
        return Verdict(loss, "", solved=loss == (0, 0))

    original: Verdict[Loss, str] = Verdict(world.original, "")
    found = asyncio.run(search(original, propose, (cheap, dear), budget, key=lambda each: each, seen=(0,), clock=clock))
    return found, calls, clock


@given(worlds(), st.integers(0, 6))
def test_what_is_returned_is_strictly_better_and_the_best_that_was_judged(world: World, rounds: int) -> None:
    found, calls, _ = run(world, Budget(rounds=rounds))
    whole = {candidate for stage, candidate in calls if stage == "dear"}
    better = [world.losses[each] for each in whole if world.losses[each] < world.original]
    if found.best is None:
        assert not better
    else:
        assert found.best.candidate in whole
        assert found.best.candidate not in world.outs
        assert world.losses[found.best.candidate] == min(better) < world.original


@given(worlds())
def test_nothing_is_evaluated_twice_nor_what_was_there(world: World) -> None:
    _, calls, _ = run(world, Budget(rounds=9))
    assert len(calls) == len(set(calls))
    assert 0 not in {candidate for _, candidate in calls}


@given(worlds())
def test_without_bounds_the_best_of_all_that_was_proposed_is_found(world: World) -> None:
    found, _, _ = run(world, Budget(rounds=99))
    given_up = next((number for number, batches in enumerate(world.batches) if not batches), len(world.batches))
    proposed = {each for batches in world.batches[:given_up] for batch in batches for each in batch} - {0} - world.outs
    reachable = min((world.losses[each] for each in proposed), default=world.original)
    assert (found.best is None) == (reachable >= world.original)
    if found.best is not None:
        assert world.losses[found.best.candidate] == reachable


@given(worlds())
def test_every_candidate_that_was_proposed_has_one_trial_and_those_decided_have_a_reason(world: World) -> None:
    found, calls, _ = run(world, Budget(rounds=9))
    for trial in found.trials:
        assert trial.stages == sum(candidate == trial.candidate for _, candidate in calls) or (
            trial.fate is Fate.REPEATED
        )
        assert (trial.fate is Fate.OUT) == bool(trial.verdict and trial.verdict.out)
    evaluated = [trial.candidate for trial in found.trials if trial.fate is not Fate.REPEATED]
    assert len(evaluated) == len(set(evaluated))


@given(worlds(), st.integers(0, 12))
def test_no_stage_begins_after_the_time_is_up(world: World, seconds: int) -> None:
    found, calls, clock = run(world, Budget(seconds=seconds, rounds=9))
    assert clock.now <= seconds
    assert len(calls) == clock.now
    if len(calls) == seconds and found.ending is not Ending.SOLVED:
        assert found.ending in (Ending.SECONDS, Ending.EXHAUSTED, Ending.ROUNDS)


@given(worlds(), st.integers(0, 20))
def test_no_batch_is_asked_for_when_tokens_are_used_up(world: World, tokens: int) -> None:
    found, _, _ = run(world, Budget(tokens=tokens, rounds=9))
    assert found.tokens < tokens + 3
    if found.ending is Ending.TOKENS:
        assert found.tokens >= tokens


@given(worlds())
def test_the_search_ends_with_the_first_that_leaves_nothing_to_be_done(world: World) -> None:
    found, calls, _ = run(world, Budget(rounds=9))
    solved = [each for stage, each in calls if stage == "dear" and world.losses[each] == (0, 0)]
    assert len(solved) <= 1
    if solved and world.original > (0, 0):
        assert found.ending is Ending.SOLVED
        assert calls[-1] == ("dear", solved[0])
