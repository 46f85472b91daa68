"""Several candidates generated together against the same ones in turn."""

from __future__ import annotations

import statistics
import time
from pathlib import Path
from typing import Any

from attrs import evolve, frozen

from mendline.engine.llama import LlamaEngine, LlamaOptions
from mendline.engine.protocol import Engine, FillRequest, Sampling, Usage
from mendline.evaluation.timed import timed

TEMPERATURE = 0.8
FIRST_SEED = 1


@frozen
class Arm:
    """One way of getting the candidates.

    Attributes:
        seconds: from the first request to the last candidate's end.
        texts: the candidates.
        tokens: how many tokens they have together.
    """

    seconds: float
    texts: tuple[str, ...]
    tokens: int


async def run(path: Path, options: LlamaOptions, *, count: int, tokens: int, rounds: int) -> dict[str, Any]:
    """Load a model and compare. See `compare`."""
    engine = LlamaEngine(path, options)
    try:
        await engine.info()
        return await compare(engine, count=count, tokens=tokens, rounds=rounds)
    finally:
        await engine.aclose()


async def compare(engine: Engine, *, count: int, tokens: int, rounds: int) -> dict[str, Any]:
    """Get `count` candidates together, and the same number in turn with the same seeds; take turns at that.

    The prompt is in the KV cache before each arm begins, so that only decoding is compared.

    Args:
        engine: generates.
        count: how many candidates, at least 2.
        tokens: the most tokens of each.
        rounds: how often, with new seeds.

    Returns:
        `ratio` (median of the rounds' ratios of total time, together to in turn), `ratio_per_token` (the same for a
        token's time: sampling may end texts at different lengths), medians of both times, tokens of both arms over all
        rounds, and the share of candidates whose text is the same in both.
    """
    pairs: list[tuple[Arm, Arm]] = []
    for turn in range(rounds):
        sampling = Sampling(
            max_tokens=tokens, temperature=TEMPERATURE, seed=FIRST_SEED + turn * count, stop=("\ndef ",), n=count
        )
        request = FillRequest(_PREFIX, _SUFFIX, sampling=sampling)
        if turn % 2:
            together = await _together(engine, request)
            pairs.append((together, await _in_turn(engine, request)))
        else:
            in_turn = await _in_turn(engine, request)
            pairs.append((await _together(engine, request), in_turn))
    same = [one == other for pair in pairs for one, other in zip(pair[0].texts, pair[1].texts, strict=True)]
    return {
        "candidates": count,
        "most_tokens": tokens,
        "rounds": rounds,
        "together_ms": _median_ms([together for together, _ in pairs]),
        "in_turn_ms": _median_ms([in_turn for _, in_turn in pairs]),
        "together_tokens": sum(together.tokens for together, _ in pairs),
        "in_turn_tokens": sum(in_turn.tokens for _, in_turn in pairs),
        "ratio": round(statistics.median(one.seconds / other.seconds for one, other in pairs), 3),
        "ratio_per_token": round(
            statistics.median(one.seconds * other.tokens / (other.seconds * one.tokens) for one, other in pairs), 3
        ),
        "same_text": round(sum(same) / len(same), 3),
    }


async def _together(engine: Engine, request: FillRequest) -> Arm:
    await engine.warm(request)
    answer = await timed(engine.fill(request))
    return Arm(answer.seconds, answer.texts, max(answer.usage.completion_tokens, 1))


async def _in_turn(engine: Engine, request: FillRequest) -> Arm:
    await engine.warm(request)
    first = request.sampling.seed or 0
    texts: list[str] = []
    usages: list[Usage] = []
    started = time.perf_counter()
    for number in range(request.sampling.n):
        alone = evolve(request, sampling=evolve(request.sampling, n=1, seed=first + number))
        answer = await timed(engine.fill(alone))
        texts += answer.texts
        usages.append(answer.usage)
    seconds = time.perf_counter() - started
    return Arm(seconds, tuple(texts), max(sum(usage.completion_tokens for usage in usages), 1))


def _median_ms(arms: list[Arm]) -> int:
    return round(1000 * statistics.median(arm.seconds for arm in arms))


_PREFIX = '''"""Reading and summing up the log of a small web server."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

LINE = re.compile(r'(?P<host>\\S+) (?P<method>[A-Z]+) (?P<path>\\S+) (?P<status>\\d+) (?P<size>\\d+)')


@dataclass(frozen=True)
class Request:
    """One line of the log."""

    host: str
    method: str
    path: str
    status: int
    size: int


def parse(line: str) -> Request | None:
    """Return what a line says, None when it is damaged."""
    match = LINE.match(line)
    if match is None:
        return None
    fields = match.groupdict()
    return Request(**{**fields, "status": int(fields["status"]), "size": int(fields["size"])})


def summary(lines: list[str]) -> dict[str, object]:
    """Sum up a log: requests and bytes for each host, the ten paths asked for most often, the share of requests that
    failed (a status of 400 or more) for each method, the largest answer, and how many lines were damaged.
    """
'''
_SUFFIX = """

def main() -> None:
    with open("access.log", encoding="utf-8") as file:
        for name, value in summary(file.readlines()).items():
            print(f"{name}: {value}")
"""
