"""The whole of `mendline bench typing`: systems started, traces replayed at each size of context, all summed up."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from attrs import asdict, evolve, frozen

from mendline.engine.llama import LlamaOptions
from mendline.engine.llama.loading import DEFAULT_CONTEXT
from mendline.engine.llama.options import AUTO
from mendline.engine.protocol import EngineInfo
from mendline.evaluation.typing.counting import token_counter
from mendline.evaluation.typing.engine_alone import EngineAlone, engine_alone
from mendline.evaluation.typing.llama_server import RECOMMENDED as RECOMMENDED_ARGUMENTS
from mendline.evaluation.typing.llama_server import Setup, llama_server, with_same_context
from mendline.evaluation.typing.replay import LONGEST_PAUSE, Answer, Pace, replay, resident_bytes
from mendline.evaluation.typing.sources import States
from mendline.evaluation.typing.summary import ratios, summed_up
from mendline.evaluation.typing.system import RECOMMENDED, SAME_CONTEXT, System
from mendline.evaluation.typing.whole_path import WholePath, whole_path

Say = Callable[[str], None]

_EVERY = 10


@frozen
class Measured:
    """What is measured.

    Attributes:
        model: its name.
        path: its file.
        options: how the engine loads it, if it is measured alone.
        whole: whether a language server is measured instead of the engine alone.
        llama_server: the binary to compare with; None for none.
        max_tokens: the most tokens of a suggestion.
    """

    model: str
    path: Path
    options: LlamaOptions
    whole: bool
    llama_server: Path | None
    max_tokens: int


@frozen
class Plan:
    """What is done with it.

    Attributes:
        measured: who answers.
        states: what is replayed.
        contexts: sizes in tokens.
        pace: how fast.
    """

    measured: Measured
    states: States
    contexts: tuple[int, ...]
    pace: Pace


async def run(plan: Plan, say: Say) -> dict[str, Any]:
    """Measure.

    Args:
        plan: what.
        say: told how far it is.

    Returns:
        The circumstances (`model`, `trace`, `pace`, `systems`); `contexts`: by size, by system, what
        `summary.summed_up` returns; `ratios`: those of `summary.ratios`.

    Raises:
        MendlineError: a system can't be started or does not answer, or the trace can't be replayed.
    """
    with token_counter(plan.measured.path) as count:
        states = {tokens: plan.states.of_context(tokens, count) for tokens in plan.contexts}
    contexts: dict[str, dict[str, Any]] = {}
    say("loading")
    async with _systems(plan) as systems:
        for tokens, own in states.items():
            progress = _Progress(f"{tokens:,} tokens", len(own) * len(systems), say)
            answers = await replay(systems, own, plan.pace, progress)
            reference = answers[systems[0].name]
            contexts[str(tokens)] = {
                system.name: summed_up(answers[system.name], reference, resident_bytes(system)) for system in systems
            }
        about = {system.name: dict(system.about) for system in systems}
    return {
        "model": plan.measured.model,
        "trace": dict(plan.states.about),
        "pace": {**asdict(plan.pace), "longest_pause": LONGEST_PAUSE},
        "max_tokens": plan.measured.max_tokens,
        "systems": about,
        "contexts": contexts,
        "ratios": [asdict(ratio) for ratio in ratios(contexts)],
    }


@asynccontextmanager
async def _systems(plan: Plan) -> AsyncIterator[Sequence[System]]:
    """Start all systems; Mendline is the first one."""
    measured, largest = plan.measured, max(plan.contexts)
    needed = -(-int(1.1 * largest + measured.max_tokens) // 256) * 256
    async with AsyncExitStack() as stack:
        own: EngineAlone | WholePath
        if measured.whole:
            own = await stack.enter_async_context(whole_path(measured.model, measured.max_tokens))
        else:
            options = evolve(measured.options, context_tokens=AUTO if needed <= DEFAULT_CONTEXT else needed)
            alone = engine_alone(measured.path, options, measured.max_tokens, upkeep=plan.pace.pauses)
            own = await stack.enter_async_context(alone)
        systems: list[System] = [own]
        if measured.llama_server is not None:
            machine = _machine_arguments(own.info, needed)
            for name, arguments in ((SAME_CONTEXT, with_same_context(largest)), (RECOMMENDED, RECOMMENDED_ARGUMENTS)):
                setup = Setup(name, measured.llama_server, measured.path, (*arguments, *machine), measured.max_tokens)
                systems.append(await stack.enter_async_context(llama_server(setup)))
        yield systems


def _machine_arguments(info: EngineInfo, needed: int) -> tuple[str, ...]:
    """Return arguments by which a llama-server gets what Mendline has: threads, context, layers on the GPU."""
    threads = str(info.threads)
    context = str(max(info.context_tokens, needed))
    return ("-c", context, "-t", threads, "-tb", threads, "-ngl", str(info.gpu_layers))


class _Progress:
    """Tells now and then how far a replay is."""

    def __init__(self, what: str, of: int, say: Say) -> None:
        self._what, self._of, self._say = what, of, say
        self._done = 0

    def __call__(self, _name: str, _answer: Answer) -> None:
        self._done += 1
        if self._done % _EVERY == 0 or self._done == self._of:
            self._say(f"{self._what}: {self._done} of {self._of} requests")
