"""Replaying: who is asked when, what is timed, what a keystroke cancels."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Any

import pytest
from attrs import define, field

from mendline.evaluation.typing.replay import Answer, Answers, Pace, cpu_seconds, replay, resident_bytes
from mendline.evaluation.typing.system import Cost, Piece
from mendline.evaluation.typing.traces import Action, Jump, Kind, Open, State, Type, states

TYPED: list[Action] = [Open("ab", 2), Type("xy", 0.001), Jump(0, 0.001), Type("z", 0.001)]


@define
class Scripted:
    """Answers with the same pieces each time; after `hangs` answers it stops behind the first piece."""

    name: str
    log: list[str]
    pieces: Sequence[Piece] = (Piece("c", token=True), Piece("d\ne", token=True, cost=Cost(9, 2, 0.1)))
    streams: bool = True
    hangs: int = 99
    cancelled: int = field(default=0, init=False)

    @property
    def about(self) -> Mapping[str, Any]:
        return {}

    @property
    def pids(self) -> tuple[int, ...]:
        return (os.getpid(),)

    async def suggest(self, state: State) -> AsyncGenerator[Piece, None]:
        self.log.append(f"{self.name} {state.prefix}|{state.suffix}")
        self.hangs -= 1
        try:
            for piece in self.pieces:
                yield piece
                if self.hangs < 0:
                    await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise

    async def arrive(self, state: State) -> Cost:
        self.log.append(f"{self.name} at {state.prefix}|{state.suffix}")
        return Cost(5, 5)

    def rest(self) -> None:
        self.log.append(f"{self.name} rests")

    def wake(self) -> None:
        self.log.append(f"{self.name} wakes")


async def replayed(systems: Sequence[Scripted], pace: Pace) -> Answers:
    return await replay(systems, list(states(TYPED)), pace, lambda _name, _answer: None)


async def test_systems_take_turns_at_every_keystroke() -> None:
    log: list[str] = []
    await replayed([Scripted("A", log), Scripted("B", log)], Pace())
    assert log[:8] == [
        *("A wakes", "A at ab|", "A rests", "B wakes", "B at ab|", "B rests"),
        *("A wakes", "A abx|"),
    ]
    assert [line for line in log if line.startswith("A") and "|" in line] == [
        *("A at ab|", "A abx|", "A abxy|", "A at |abxy", "A z|abxy"),
    ]
    assert log[-2:] == ["A wakes", "B wakes"]


async def test_what_is_told_of_an_answer() -> None:
    seen: list[tuple[str, Kind]] = []
    system = Scripted("A", [])
    answers = await replay([system], list(states(TYPED)), Pace(), lambda name, answer: seen.append((name, answer.kind)))
    opened, typed, *_ = answers["A"]
    assert seen == [("A", answer.kind) for answer in answers["A"]]
    assert [answer.kind.arrives for answer in answers["A"]] == [True, False, False, True, False]
    assert (opened.first_seconds, opened.cost) == (None, Cost(5, 5))
    assert (typed.text, typed.cost) == ("cd", Cost(9, 2, 0.1))
    assert typed.first_seconds is not None
    assert typed.seconds is not None
    assert 0 < typed.first_seconds <= typed.seconds


@pytest.mark.parametrize(("streams", "known"), [(True, True), (False, False)])
async def test_without_a_token_the_first_one_is_the_end(streams: bool, known: bool) -> None:
    system = Scripted("A", [], pieces=(Piece(cost=Cost()),), streams=streams)
    typed: Answer = (await replayed([system], Pace()))["A"][1]
    assert (typed.first_seconds == typed.seconds) is known
    assert (typed.first_seconds is None) is not known


async def test_the_next_keystroke_cancels() -> None:
    system = Scripted("A", [], hangs=0)
    seen: list[Answer] = []

    def release(_name: str, answer: Answer) -> None:
        seen.append(answer)
        if answer.kind is Kind.TYPE:
            system.hangs = 99

    trace: list[Action] = [Open("ab", 2), Type("xy", 0.001)]
    await replay([system], list(states(trace)), Pace(pauses=True, overtake=True), release)
    overtaken, last = seen[1:]
    assert overtaken.first_seconds is not None
    assert (overtaken.seconds, overtaken.text) == (None, "c")
    assert last.seconds is not None
    assert system.cancelled == 1


async def test_with_pauses_a_system_has_a_place_for_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mendline.evaluation.typing.replay._QUIET_SECONDS", 0.0)
    monkeypatch.setattr("mendline.evaluation.typing.replay._SETTLE_SECONDS", 0.0)
    log: list[str] = []
    await replayed([Scripted("A", log), Scripted("B", log)], Pace(pauses=True))
    assert [line.partition(" ")[0] for line in log if "|" in line] == [*"AAABBB", *"AABB"]


def test_processes_have_time_and_memory() -> None:
    system = Scripted("A", [])
    assert cpu_seconds(system) > 0
    assert resident_bytes(system) > 1 << 20
