"""Whole functions rewritten, with speculation and without: repairs copy most of what they change."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from attrs import evolve, frozen

from mendline.engine.llama import LlamaEngine, LlamaOptions
from mendline.engine.protocol import ChatRequest, Engine, Message, Role, Sampling
from mendline.evaluation.json_lines import ItemsError, read_texts
from mendline.evaluation.timed import Timed, timed


@frozen
class Function:
    """A function with a bug in it.

    Attributes:
        name: how the benchmark calls it, such as `Python/0`.
        code: the whole function, what it imports included.
        tests: assertions that fail.
    """

    name: str
    code: str
    tests: str

    def request(self, tokens: int) -> ChatRequest:
        """Ask for the whole function without the bug, greedily."""
        content = (
            "This Python function has a bug:\n\n"
            f"```python\n{self.code.strip()}\n```\n\n"
            f"These assertions fail:\n\n```python\n{self.tests.strip()}\n```\n\n"
            "Write the whole corrected function, without explanations."
        )
        return ChatRequest((Message(Role.USER, content),), Sampling(max_tokens=tokens))


@frozen
class Pair:
    """One function rewritten with speculation and without."""

    name: str
    on: Timed
    off: Timed

    @property
    def ratio(self) -> float:
        """How many times as many tokens a second speculation makes; prefill is not in it."""
        return _rate([self.on]) / _rate([self.off])


Observer = Callable[[Pair, int, int], None]
"""Is given a new pair, its number from 1, and how many there will be."""


def read_functions(path: Path, limit: int | None = None) -> tuple[Function, ...]:
    """Read a file of HumanEvalFix (HumanEvalPack's format), spread evenly where there is a limit.

    Raises:
        ItemsError: see `json_lines.read_texts`; or there is nothing in it.
    """
    names = ("task_id", "declaration", "buggy_solution", "test")
    functions = [
        Function(found["task_id"], found["declaration"] + found["buggy_solution"], found["test"])
        for found in read_texts(path, names)
    ]
    if not functions:
        raise ItemsError(f"{path} has no items in it")
    if limit is None or limit >= len(functions):
        return tuple(functions)
    return tuple(functions[number * len(functions) // limit] for number in range(limit))


async def run(
    path: Path, options: LlamaOptions, functions: Sequence[Function], *, tokens: int, observe: Observer
) -> dict[str, Any]:
    """Load a model twice, speculating and not, and let both rewrite all functions. See `compare`."""
    on = LlamaEngine(path, evolve(options, speculation="auto"))
    off = LlamaEngine(path, evolve(options, speculation="off"))
    try:
        await on.info()
        await off.info()
        return summed_up(await compare(on, off, functions, tokens=tokens, observe=observe))
    finally:
        await on.aclose()
        await off.aclose()


async def compare(
    on: Engine, off: Engine, functions: Sequence[Function], *, tokens: int, observe: Observer
) -> tuple[Pair, ...]:
    """Let two engines rewrite each function, one after the other, and which goes first changes each time.

    Args:
        on: speculates.
        off: does not.
        functions: what to rewrite.
        tokens: the most tokens of an answer.
        observe: is told of every new pair.
    """
    pairs: list[Pair] = []
    for number, function in enumerate(functions, 1):
        request = function.request(tokens)
        answers: dict[bool, Timed] = {}
        for speculates in (bool(number % 2), not number % 2):
            answers[speculates] = await timed((on if speculates else off).chat(request))
        pairs.append(Pair(function.name, answers[True], answers[False]))
        observe(pairs[-1], number, len(functions))
    return tuple(pairs)


def summed_up(pairs: Sequence[Pair]) -> dict[str, Any]:
    """Return the figures of at least one pair.

    `ratio` compares all tokens over all decode time; `ratio_median` and its quartiles are those of single functions.
    """
    usages = [pair.on.usage for pair in pairs]
    drafted, accepted = sum(each.drafted_tokens for each in usages), sum(each.accepted_tokens for each in usages)
    on, off = [pair.on for pair in pairs], [pair.off for pair in pairs]
    ratios = sorted(pair.ratio for pair in pairs)
    return {
        "functions": len(pairs),
        "on_tokens_per_second": round(_rate(on), 2),
        "off_tokens_per_second": round(_rate(off), 2),
        "ratio": round(_rate(on) / _rate(off), 3),
        "ratio_median": round(statistics.median(ratios), 3),
        "ratio_quartiles": [round(ratios[len(ratios) * part // 4], 3) for part in (1, 3)],
        "ratio_with_prefill": round(_whole_rate(on) / _whole_rate(off), 3),
        "tokens": sum(answer.usage.completion_tokens for answer in on),
        "drafted_tokens": drafted,
        "accepted_tokens": accepted,
        "identical_texts": sum(pair.on.texts == pair.off.texts for pair in pairs),
        "different": [pair.name for pair in pairs if pair.on.texts != pair.off.texts],
    }


def _rate(answers: Sequence[Timed]) -> float:
    seconds = sum(answer.usage.completion_seconds for answer in answers)
    return sum(answer.usage.completion_tokens for answer in answers) / max(seconds, 1e-9)


def _whole_rate(answers: Sequence[Timed]) -> float:
    tokens = sum(answer.usage.completion_tokens for answer in answers)
    return tokens / max(sum(answer.seconds for answer in answers), 1e-9)
