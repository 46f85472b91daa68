"""Requests side by side on a simulated context: order, joining, eviction, failures, and what they generate."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from attrs import define, field

from mendline.engine.errors import EngineError, EngineOverloaded
from mendline.engine.llama.drafting import BatchCosts, DraftPolicy
from mendline.engine.llama.generation import Machine, generate
from mendline.engine.llama.kv.cache import KvCache
from mendline.engine.llama.model import Decoded
from mendline.engine.llama.prompt import Prompt
from mendline.engine.llama.scheduler import Scheduler, Task
from mendline.engine.llama.steps import Row
from mendline.engine.protocol import Chunk, Sampling
from support.simulated_cells import VOCABULARY, SimulatedCells, following

TEXT = "".join(chr(ord("0") + token) for token in range(VOCABULARY))


class Letters:
    """A vocabulary of one character a token, without an end."""

    def piece(self, token: int) -> bytes:
        return TEXT[token].encode()

    def is_end(self, token: int) -> bool:
        return token == VOCABULARY


@define(slots=False)
class Desk:
    """Requests on one context; the last `begin` is the latest to come."""

    cells: SimulatedCells = field(factory=SimulatedCells)
    joined: int = 8
    on_gpu: bool = False
    chunks: dict[str, list[Chunk]] = field(factory=dict)
    errors: dict[str, Exception] = field(factory=dict)
    tasks: dict[str, Task] = field(factory=dict)
    order: list[list[str]] = field(factory=list)

    def __attrs_post_init__(self) -> None:
        self.cache = KvCache(self.cells)
        self.machine = Machine(Letters(), self.cells, self.cache)  # type: ignore[arg-type]
        self.scheduler = Scheduler(self.cells, self.cache, observe=lambda _tokens, _seconds: None, joined=self.joined)

    def begin(
        self,
        name: str,
        prompt: Sequence[int],
        sampling: Sampling,
        *,
        urgency: int = 1,
        joins: bool = True,
        drafts: DraftPolicy | None = None,
    ) -> None:
        chunks = self.chunks[name] = []
        steps = generate(self.machine, Prompt(tuple(prompt)), sampling, chunks.append, drafts)

        def fail(error: Exception) -> None:
            self.errors[name] = error

        self.tasks[name] = Task(steps, (urgency, len(self.tasks)), joins, fail)

    def turn(self) -> None:
        alive = {name: task for name, task in self.tasks.items() if not task.done}
        chosen = self.scheduler.prepare(list(alive.values()))
        if chosen:
            self.order.append([name for name, task in alive.items() if task in chosen])
            others = [task for task in alive.values() if task not in chosen and not task.done]
            self.scheduler.compute(chosen, others)

    def finish(self, most_turns: int = 500) -> None:
        for _ in range(most_turns):
            if all(task.done for task in self.tasks.values()):
                return
            self.turn()
        raise AssertionError("the requests never end")

    def text(self, name: str, candidate: int = 0) -> str:
        return "".join(chunk.text for chunk in self.chunks[name] if chunk.candidate == candidate)


def expected(prompt: Sequence[int], count: int) -> str:
    """Return what the simulated model writes behind a prompt."""
    tokens = list(prompt)
    for _ in range(count):
        tokens.append(following(tokens))
    return "".join(TEXT[token] for token in tokens[len(prompt) :])


LONG, SHORT, OTHER = range(10, 30), range(30, 34), range(34, 38)


def test_a_request_generates_what_the_model_writes() -> None:
    engine = Desk()
    engine.begin("one", LONG, Sampling(max_tokens=12))
    engine.finish()
    assert engine.text("one") == expected(LONG, 12)
    last = engine.chunks["one"][-1]
    assert last.usage is not None
    assert (last.usage.prompt_tokens, last.usage.cached_tokens, last.usage.completion_tokens) == (20, 0, 12)


def test_a_more_urgent_request_overtakes_at_the_next_call_and_the_other_goes_on() -> None:
    engine = Desk()
    engine.begin("chat", LONG, Sampling(max_tokens=9))
    for _ in range(5):
        engine.turn()
    engine.begin("keystroke", SHORT, Sampling(max_tokens=3), urgency=0, joins=False)
    engine.finish()
    names = engine.order
    overtaken = names.index(["keystroke"])
    assert names[overtaken : overtaken + 3] == [["keystroke"]] * 3
    assert engine.text("keystroke") == expected(SHORT, 3)
    assert engine.text("chat") == expected(LONG, 9)
    computed = [token for call in engine.cells.calls for run in call for token in run]
    # Prompts once each, and every generated token but the last of each request.
    assert len(computed) == len(LONG) + 8 + len(SHORT) + 2


def test_steps_of_requests_of_one_priority_share_a_call() -> None:
    engine = Desk()
    engine.begin("one", SHORT, Sampling(max_tokens=6))
    engine.begin("two", OTHER, Sampling(max_tokens=6))
    engine.finish()
    assert ["one", "two"] in engine.order
    assert len(engine.order) < 10
    assert (engine.text("one"), engine.text("two")) == (expected(SHORT, 6), expected(OTHER, 6))


@pytest.mark.parametrize(("joins", "joined"), [(False, 8), (True, 1)])
def test_otherwise_one_goes_after_the_other(joins: bool, joined: int) -> None:
    engine = Desk(joined=joined)
    for name, prompt in (("one", SHORT), ("two", OTHER)):
        engine.begin(name, prompt, Sampling(max_tokens=4), joins=joins)
    engine.finish()
    assert engine.order == [["one"]] * 4 + [["two"]] * 4


class Wayward:
    """Chooses the likeliest token, but from the third one on another one for each candidate."""

    greedy = False

    def __init__(self, candidate: int) -> None:
        self._candidate = candidate
        self._count = 0

    def choose(self, row: Row) -> int:
        self._count += 1
        return int(row.logits.argmax()) - (self._candidate if self._count > 2 else 0)

    def close(self) -> None:
        pass


def test_candidates_are_computed_once_while_they_agree_and_in_one_call_after(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mendline.engine.llama.generation.sampler_of", lambda _sampling, _context, n: Wayward(n))
    engine = Desk()
    engine.begin("three", LONG, Sampling(max_tokens=5, n=3))
    engine.finish()
    assert engine.text("three", 0) == expected(LONG, 5)
    texts = [engine.text("three", candidate) for candidate in range(3)]
    assert len({text[:2] for text in texts}) == 1
    assert len({text[2] for text in texts}) == 3
    assert [len(call) for call in engine.cells.calls[-4:]] == [1, 1, 3, 3]
    ended = [(chunk.candidate, chunk.usage is not None) for chunk in engine.chunks["three"] if chunk.finish]
    assert ended == [(0, False), (1, False), (2, True)]
    assert len(engine.cache.strands) == 1


def test_a_stop_text_ends_one_candidate_at_once_and_the_others_go_on() -> None:
    engine = Desk()
    stop = expected(LONG, 3)[-1]
    engine.begin("one", LONG, Sampling(max_tokens=5, n=2, stop=(stop,)))
    engine.finish()
    assert engine.text("one") == expected(LONG, 5).split(stop)[0]


def copying(prompt: Sequence[int]) -> DraftPolicy:
    """Guess as much as there is: the simulated costs make every guess worth it."""
    costs = BatchCosts()
    for size in (1, 2, 4, 8):
        for _ in range(50):
            costs.observe(size, 1.0)
    return DraftPolicy(costs)


@pytest.mark.parametrize("count", [1, 2, 7, 30])
def test_guesses_change_nothing_but_the_number_of_calls(count: int) -> None:
    # What the model will write stands in the prompt, so that guesses are right for a while, then wrong.
    prompt = [*LONG, 5, *LONG]
    whole = [*prompt]
    for _ in range(12):
        whole.append(following(whole))
    with_copy = [*whole[len(prompt) - 6 : -3], 4, 4, *whole[len(prompt) - 6 :], *prompt]
    plain, guessing = Desk(), Desk()
    plain.begin("one", with_copy, Sampling(max_tokens=count))
    guessing.begin("one", with_copy, Sampling(max_tokens=count), drafts=copying(with_copy))
    plain.finish()
    guessing.finish()
    assert guessing.text("one") == plain.text("one") == expected(with_copy, count)
    assert len(guessing.cells.calls) <= len(plain.cells.calls)
    seen = [guessing.cells.seen(strand.sequence) for strand in guessing.cache.strands]
    assert seen == [strand.tokens for strand in guessing.cache.strands]


def test_right_guesses_save_calls() -> None:
    # A text that goes round: the simulated model is asked for what it wrote before.
    engine = Desk(SimulatedCells(follow=lambda tokens: 10 + (tokens[-1] - 9) % 6))
    engine.begin("one", [*range(10, 16), *range(10, 16)], Sampling(max_tokens=24), drafts=copying(()))
    engine.finish()
    usage = engine.chunks["one"][-1].usage
    assert usage is not None
    assert usage.accepted_tokens > 12
    assert len(engine.cells.calls) < 14


def test_without_room_an_idle_prompt_goes_first_then_a_less_urgent_request() -> None:
    engine = Desk(SimulatedCells(tokens=60))
    engine.begin("before", LONG, Sampling(max_tokens=1))
    engine.finish()
    engine.begin("chat", range(4, 30), Sampling(max_tokens=8))
    for _ in range(5):
        engine.turn()
    engine.begin("keystroke", range(30, 60), Sampling(max_tokens=6), urgency=0, joins=False)
    engine.finish()
    assert engine.text("keystroke") == expected(range(30, 60), 6)
    assert engine.text("chat") == expected(range(4, 30), 8), "it was evicted, loaded anew, and went on"


def test_without_room_for_both_one_request_waits_for_the_other() -> None:
    engine = Desk(SimulatedCells(tokens=24))
    engine.begin("one", range(10, 20), Sampling(max_tokens=8))
    engine.begin("two", range(30, 36), Sampling(max_tokens=8))
    engine.finish()
    assert not engine.errors
    assert engine.text("one") == expected(range(10, 20), 8)
    assert engine.text("two") == expected(range(30, 36), 8)


def test_more_requests_than_sequences_wait_for_each_other() -> None:
    engine = Desk(SimulatedCells(sequences=4, tokens=400))
    prompts = {f"chat {number}": range(10 + number, 30 + number) for number in range(9)}
    for name, prompt in prompts.items():
        engine.begin(name, prompt, Sampling(max_tokens=3))
    for _ in range(6):
        engine.turn()
    engine.begin("keystroke", OTHER, Sampling(max_tokens=2), urgency=0, joins=False)
    engine.finish()
    assert not engine.errors
    assert engine.text("keystroke") == expected(OTHER, 2)
    assert all(engine.text(name) == expected(prompt, 3) for name, prompt in prompts.items())


def test_requests_that_fit_only_one_at_a_time_do_not_chase_each_other() -> None:
    engine = Desk(SimulatedCells(tokens=24, micro_batch=16), joined=16)
    engine.begin("one", range(10, 26), Sampling(max_tokens=8))
    engine.begin("two", range(30, 42), Sampling(max_tokens=8))
    engine.finish()
    assert not engine.errors
    assert (engine.text("one"), engine.text("two")) == (expected(range(10, 26), 8), expected(range(30, 42), 8))


def test_candidates_give_their_cells_up_and_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mendline.engine.llama.generation.sampler_of", lambda _sampling, _context, n: Wayward(n))
    undisturbed, engine = Desk(), Desk(SimulatedCells(tokens=56))
    for desk in (undisturbed, engine):
        desk.begin("chat", LONG, Sampling(max_tokens=8, n=3), urgency=2)
    undisturbed.finish()
    for number in range(4):
        for _ in range(5):
            engine.turn()
        engine.begin(f"key {number}", range(30, 58 + number), Sampling(max_tokens=2), urgency=0, joins=False)
    engine.finish()
    assert not engine.errors
    for candidate in range(3):
        assert engine.text("chat", candidate) == undisturbed.text("chat", candidate)


@pytest.mark.parametrize(("outcome", "error"), [(Decoded.NO_MEMORY, EngineOverloaded), (Decoded.FAILED, EngineError)])
def test_a_failure_ends_its_request_and_the_others_load_anew(outcome: Decoded, error: type[EngineError]) -> None:
    engine = Desk()
    engine.begin("chat", LONG, Sampling(max_tokens=6))
    for _ in range(4):
        engine.turn()
    engine.cells.outcomes[len(engine.cells.calls) + 1] = outcome
    engine.begin("keystroke", SHORT, Sampling(max_tokens=3), urgency=0)
    engine.finish()
    assert type(engine.errors["keystroke"]) is error
    assert engine.text("chat") == expected(LONG, 6)


def test_a_request_too_large_for_the_context_fails_by_itself() -> None:
    engine = Desk(SimulatedCells(tokens=16))
    engine.begin("one", LONG, Sampling(max_tokens=2))
    engine.finish()
    assert isinstance(engine.errors["one"], EngineOverloaded)


def test_an_aborted_call_is_made_again() -> None:
    engine = Desk()
    engine.cells.outcomes[2] = Decoded.ABORTED
    engine.begin("one", LONG, Sampling(max_tokens=3))
    engine.finish()
    assert engine.text("one") == expected(LONG, 3)
    assert engine.cells.calls[1] == engine.cells.calls[2]


@pytest.mark.parametrize("after", range(6))
def test_a_closed_request_gives_everything_back(after: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mendline.engine.llama.generation.sampler_of", lambda _sampling, _context, n: Wayward(n))
    engine = Desk()
    engine.begin("one", LONG, Sampling(max_tokens=5, n=3))
    for _ in range(after):
        engine.turn()
    engine.tasks["one"].close()
    assert all(not strand.users for strand in engine.cache.strands)
    assert len(engine.cache.strands) <= 1
    said = len(engine.chunks["one"])
    engine.begin("two", LONG, Sampling(max_tokens=2))
    engine.finish()
    assert engine.text("two") == expected(LONG, 2)
    assert len(engine.chunks["one"]) == said
