"""A trace sent to several systems, and what each keystroke took."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import aclosing

import psutil
from attrs import frozen

from mendline.evaluation.typing.system import END_OF_LINE, Cost, System
from mendline.evaluation.typing.traces import Kind, State, visits

LONGEST_PAUSE = 2.0
"""Seconds; longer pauses of a trace are cut to that."""

_QUIET_SECONDS = 1.5
_QUIET_SHARE = 0.05
_SETTLE_SECONDS = 120.0


@frozen
class Pace:
    """How a trace is replayed.

    Attributes:
        pauses: whether the trace's pauses are kept; otherwise each keystroke comes when the one before it is answered,
            and the systems take turns at every keystroke.
        overtake: whether a request is cancelled when the next keystroke comes. Needs `pauses`.
    """

    pauses: bool = False
    overtake: bool = False


@frozen
class Answer:
    """What came of one keystroke, or of coming to a place.

    Attributes:
        kind: what was done.
        text: the suggestion, up to the line's end.
        first_seconds: from the request to the first token; to the end where there was none. None where that can't be
            told.
        seconds: from the request to the finished line; None where the next keystroke came first.
        cpu_seconds: processor time of all the system's processes meanwhile.
        cost: what the system told.
    """

    kind: Kind
    text: str
    first_seconds: float | None
    seconds: float | None
    cpu_seconds: float
    cost: Cost


Answers = dict[str, list[Answer]]
"""By the system's name."""


async def replay(
    systems: Sequence[System], states: Sequence[State], pace: Pace, on_answer: Callable[[str, Answer], None]
) -> Answers:
    """Send states to all systems, one request at a time, so that none disturbs another.

    Without pauses all systems get a keystroke before the next one comes. With pauses each system gets all keystrokes
    at one place before the next system does.

    Args:
        systems: who answers.
        states: a trace's.
        pace: how fast.
        on_answer: told each answer.

    Raises as `System.suggest` does.
    """
    answers: Answers = {system.name: [] for system in systems}
    parts = visits(states) if pace.pauses else [[state] for state in states]
    for part in parts:
        for system in systems:
            if len(systems) > 1:
                system.wake()
            async for answer in _part(system, part, pace):
                answers[system.name].append(answer)
                on_answer(system.name, answer)
            if len(systems) > 1:
                if pace.pauses:
                    await _settled(system)
                system.rest()
    for system in systems:
        system.wake()
    return answers


async def _part(system: System, states: Sequence[State], pace: Pace) -> AsyncIterator[Answer]:
    for state, following in zip(states, [*states[1:], None], strict=True):
        pause = 0.0 if following is None else min(following.pause, LONGEST_PAUSE)
        started = time.perf_counter()
        if state.kind.arrives:
            yield await _arrival(system, state)
        else:
            yield await _keystroke(system, state, pause if pace.overtake and following is not None else None)
        if pace.pauses:
            await asyncio.sleep(max(0.0, started + pause - time.perf_counter()))


async def _arrival(system: System, state: State) -> Answer:
    cpu, started = cpu_seconds(system), time.perf_counter()
    cost = await system.arrive(state)
    seconds = time.perf_counter() - started
    return Answer(state.kind, "", None, seconds, cpu_seconds(system) - cpu, cost)


async def _keystroke(system: System, state: State, most_seconds: float | None) -> Answer:
    cpu, started = cpu_seconds(system), time.perf_counter()
    first: float | None = None
    seconds: float | None = None
    text, cost = "", Cost()
    try:
        async with asyncio.timeout(most_seconds), aclosing(system.suggest(state)) as pieces:
            async for piece in pieces:
                now = time.perf_counter() - started
                if first is None and piece.token:
                    first = now
                text += piece.text
                if seconds is None and END_OF_LINE in text:
                    seconds = now
                cost = piece.cost or cost
            seconds = seconds or time.perf_counter() - started
            if first is None and system.streams:
                first = seconds
    except TimeoutError:
        pass  # the next keystroke is there
    text = text.partition(END_OF_LINE)[0]
    return Answer(state.kind, text, first, seconds, cpu_seconds(system) - cpu, cost)


def cpu_seconds(system: System) -> float:
    """Return the processor time a system's processes have used so far, in user and kernel mode."""
    times = [psutil.Process(pid).cpu_times() for pid in system.pids]
    return sum(each.user + each.system for each in times)


def resident_bytes(system: System) -> int:
    """Return the resident memory of a system's processes, the model's mapped file included."""
    return sum(psutil.Process(pid).memory_info().rss for pid in system.pids)


async def _settled(system: System) -> None:
    """Wait until a system does nothing of its own accord any more."""
    end = time.monotonic() + _SETTLE_SECONDS
    used = cpu_seconds(system)
    while time.monotonic() < end:
        await asyncio.sleep(_QUIET_SECONDS)
        used, before = cpu_seconds(system), used
        if used - before < _QUIET_SHARE * _QUIET_SECONDS:
            return
