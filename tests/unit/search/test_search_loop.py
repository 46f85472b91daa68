"""What ends a search in its middle, and what observers are told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence

import pytest

from mendline.search import Batch, Budget, Ending, Fate, Meter, Trial, Verdict, search

_ORIGINAL = Verdict(10, "original")


async def _five(
    round_number: int, tried: Sequence[Trial[int, int, str]], meter: Meter
) -> AsyncGenerator[Batch[int], None]:
    yield Batch((5,), tokens=1)


async def _judged(candidate: int, before: Verdict[int, str] | None, meter: Meter) -> Verdict[int, str]:
    return Verdict(candidate, "judged", solved=candidate == 0)


async def test_an_evaluation_that_hangs_is_ended_and_the_best_so_far_survives() -> None:
    ended = asyncio.Event()

    async def propose(
        round_number: int, tried: Sequence[Trial[int, int, str]], meter: Meter
    ) -> AsyncGenerator[Batch[int], None]:
        yield Batch((5,))
        yield Batch((1,))

    async def hanging(candidate: int, before: Verdict[int, str] | None, meter: Meter) -> Verdict[int, str]:
        if candidate == 1:
            try:
                await asyncio.Event().wait()
            finally:
                ended.set()
        return await _judged(candidate, before, meter)

    found = await search(_ORIGINAL, propose, (hanging,), Budget(seconds=0.05), key=int)
    assert ended.is_set()
    assert found.ending is Ending.SECONDS
    assert found.best is not None
    assert found.best.candidate == 5
    assert [trial.fate for trial in found.trials] == [Fate.BETTER, Fate.UNFINISHED]


@pytest.mark.parametrize("where", ["propose", "evaluate"])
async def test_cancelling_ends_what_is_under_way(where: str) -> None:
    reached, ended = asyncio.Event(), asyncio.Event()

    async def hang() -> None:
        reached.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    async def propose(
        round_number: int, tried: Sequence[Trial[int, int, str]], meter: Meter
    ) -> AsyncGenerator[Batch[int], None]:
        if where == "propose":
            await hang()
        yield Batch((5,))

    async def evaluate(candidate: int, before: Verdict[int, str] | None, meter: Meter) -> Verdict[int, str]:
        await hang()
        return await _judged(candidate, before, meter)

    task = asyncio.create_task(search(_ORIGINAL, propose, (evaluate,), Budget(), key=int))
    await reached.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ended.is_set()


async def test_a_proposer_sees_what_came_of_its_earlier_batches_in_the_same_round() -> None:
    seen: list[list[tuple[int, Fate]]] = []

    async def propose(
        round_number: int, tried: Sequence[Trial[int, int, str]], meter: Meter
    ) -> AsyncGenerator[Batch[int], None]:
        for candidate in (5, 20, 5, 0):
            yield Batch((candidate,))
            seen.append([(trial.candidate, trial.fate) for trial in tried])

    found = await search(_ORIGINAL, propose, (_judged,), Budget(rounds=1), key=int)
    assert seen[-1] == [(5, Fate.BETTER), (20, Fate.NOT_BETTER), (5, Fate.REPEATED)]
    assert found.ending is Ending.SOLVED


async def test_rounds_end_when_nothing_is_proposed_and_observers_hear_of_every_trial() -> None:
    told: list[tuple[int, int]] = []

    async def propose(
        round_number: int, tried: Sequence[Trial[int, int, str]], meter: Meter
    ) -> AsyncGenerator[Batch[int], None]:
        if round_number < 2:
            yield Batch((5 - round_number, 9))

    found = await search(
        _ORIGINAL,
        propose,
        (_judged,),
        Budget(),
        key=int,
        observe=lambda trials, round_number, meter: told.append((len(trials), round_number)),
    )
    assert (found.ending, found.rounds) == (Ending.EXHAUSTED, 3)
    assert told == [(1, 0), (2, 0), (3, 1), (4, 1)]


async def test_a_round_of_repeats_does_not_end_the_search() -> None:
    found = await search(_ORIGINAL, _five, (_judged,), Budget(rounds=3), key=int)
    assert [trial.fate for trial in found.trials] == [Fate.BETTER, Fate.REPEATED, Fate.REPEATED]
    assert (found.ending, found.tokens) == (Ending.ROUNDS, 3)
