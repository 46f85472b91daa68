"""The first suggestion of an engine that was started again, with a saved prompt state and without."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from attrs import evolve, frozen

from mendline.engine.llama import LlamaEngine, LlamaOptions
from mendline.engine.protocol import FillRequest, Sampling
from mendline.evaluation.abort_bench import IdlingEngine
from mendline.evaluation.timed import Timed, timed

SAVED_STATE_MB = 512
_FIRST_TOKENS = 8


@frozen
class Start:
    """One engine's life up to its first suggestion.

    Attributes:
        load_seconds: from its start until it could take a request.
        answer: the first suggestion.
    """

    load_seconds: float
    answer: Timed

    @property
    def first(self) -> float:
        """Seconds from the request to the first token."""
        return self.answer.first_seconds


async def run(path: Path, options: LlamaOptions, *, prompt_tokens: int, rounds: int) -> dict[str, Any]:
    """Start engines again and again on one model. See `compare`."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        saving = evolve(options, saved_state_mb=SAVED_STATE_MB, state_folder=folder)
        forgetting = evolve(options, saved_state_mb=0, state_folder=None)
        figures = await compare(
            lambda: LlamaEngine(path, saving),
            lambda: LlamaEngine(path, forgetting),
            listing(prompt_tokens),
            rounds=rounds,
        )
        return {**figures, "saved_mib": round(_size(folder) / 2**20, 1)}


async def compare(
    saving: Callable[[], IdlingEngine],
    forgetting: Callable[[], IdlingEngine],
    request: FillRequest,
    *,
    rounds: int,
) -> dict[str, Any]:
    """Time the first suggestion after a restart, with and without what an earlier engine saved, in turns.

    An engine that saves computes the prompt once and is closed. The file it leaves is likely still in the operating
    system's page cache when it is read, as it is after an editor was started again.

    Args:
        saving: starts an engine that saves prompt states.
        forgetting: starts one that does not.
        request: what is asked for.
        rounds: how often each is started again.

    Returns:
        `ratio` (median of the rounds' ratios of the time to the first token, with to without), medians of these times
        and of the load times that are not in them, and how much of the prompt was there.
    """
    await _start(saving, request)
    restored: list[Start] = []
    without: list[Start] = []
    for turn in range(rounds):
        arms = [(saving, restored), (forgetting, without)]
        for start, starts in arms if turn % 2 else reversed(arms):
            starts.append(await _start(start, request))
    pairs = list(zip(restored, without, strict=True))
    usage = restored[0].answer.usage
    return {
        "rounds": rounds,
        "prompt_tokens": usage.prompt_tokens,
        "restored_tokens": usage.cached_tokens,
        "with_state_ms": _median_ms([start.first for start in restored]),
        "without_state_ms": _median_ms([start.first for start in without]),
        "load_with_state_ms": _median_ms([start.load_seconds for start in restored]),
        "load_without_state_ms": _median_ms([start.load_seconds for start in without]),
        "ratio": round(statistics.median(one.first / other.first for one, other in pairs), 4),
        "identical_texts": sum(one.answer.texts == other.answer.texts for one, other in pairs),
    }


async def _start(engine_of: Callable[[], IdlingEngine], request: FillRequest) -> Start:
    engine = engine_of()
    try:
        started = time.perf_counter()
        await engine.info()
        loaded = time.perf_counter() - started
        answer = await timed(engine.fill(request))
        await engine.idle()
    finally:
        await engine.aclose()
    return Start(loaded, answer)


def listing(prompt_tokens: int) -> FillRequest:
    """Return a request for a suggestion in a file of about so many tokens, three parts of it before the cursor."""
    # About fourteen tokens a function line, in the vocabularies of code models.
    blocks = [
        f"def area_{number}(width: int, height: int) -> int:\n    return width * height + {number}\n\n\n"
        for number in range(max(prompt_tokens // 28, 4))
    ]
    cut = len(blocks) * 3 // 4
    prefix = "".join(blocks[:cut]) + "def perimeter(width: int, height: int) -> int:\n    return "
    return FillRequest(prefix, "\n\n\n" + "".join(blocks[cut:]), sampling=Sampling(max_tokens=_FIRST_TOKENS))


def _size(folder: Path) -> int:
    return sum(each.stat().st_size for each in folder.rglob("*") if each.is_file())


def _median_ms(seconds: list[float]) -> float:
    return round(1000 * statistics.median(seconds), 1)
