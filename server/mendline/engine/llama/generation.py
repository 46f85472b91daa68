"""One request from its prompt to its last chunk: prefill, then token by token, for one candidate or several."""

from __future__ import annotations

import time
from collections.abc import Callable

from attrs import evolve, frozen

from mendline.engine.llama.candidate import Candidate, Output, Speculation
from mendline.engine.llama.decoding import TextStream
from mendline.engine.llama.drafting import DraftPolicy, NgramDraft
from mendline.engine.llama.kv.cache import KvCache, Loaded
from mendline.engine.llama.kv.keeping import Keeping
from mendline.engine.llama.kv.strand import Strand
from mendline.engine.llama.model import Context
from mendline.engine.llama.prompt import Prompt
from mendline.engine.llama.sampling import sampler_of
from mendline.engine.llama.steps import Lost, Steps
from mendline.engine.llama.vocabulary import Vocabulary
from mendline.engine.protocol import Chunk, FinishReason, Sampling, Usage


@frozen
class Machine:
    """What computes: one model's vocabulary, context, and KV cache; and, where wanted, prompts kept on disk."""

    vocabulary: Vocabulary
    context: Context
    cache: KvCache
    keeping: Keeping | None = None


def prefill(machine: Machine, prompt: Prompt) -> Steps[tuple[Loaded, Usage]]:
    """Compute a prompt. Its strand is in use until it is given back to the cache. Raises as `KvCache.load` does."""
    started = time.perf_counter()
    if machine.keeping is not None:
        machine.keeping.bring_back(prompt)
    loaded = yield from machine.cache.load(prompt)
    return loaded, Usage(
        prompt_tokens=len(prompt.tokens),
        cached_tokens=loaded.cached,
        prompt_seconds=time.perf_counter() - started,
        trimmed_tokens=prompt.trimmed,
        approximate_tokens=loaded.approximate,
    )


def generate(
    machine: Machine,
    prompt: Prompt,
    sampling: Sampling,
    emit: Callable[[Chunk], None],
    drafts: DraftPolicy | None = None,
) -> Steps[None]:
    """Compute a prompt and what follows it.

    Args:
        machine: what computes.
        prompt: computed once, for all candidates.
        sampling: how many candidates, and how their tokens are chosen.
        emit: gets the chunks; the last one has `usage`.
        drafts: how much is guessed ahead; None guesses nothing. With several candidates nothing is, either.

    Raises as `KvCache.load` does. After `GeneratorExit` (a cancelled request) nothing more is emitted.
    """
    loaded, usage = yield from prefill(machine, prompt)
    started = time.perf_counter()
    candidates: list[Candidate] = []
    try:
        # What was made before a failure stays in the list, to be let go.
        candidates.extend(
            Candidate(
                loaded.strand,
                Output(TextStream(sampling.stop), emit, number),
                sampler_of(sampling, machine.context, number),
                machine.vocabulary,
                sampling.max_tokens,
            )
            for number in range(sampling.n)
        )
        if drafts is not None and len(candidates) == 1:
            candidates[0].speculation = Speculation(NgramDraft(prompt.tokens), drafts)
        for candidate in candidates:
            candidate.take((loaded.row,), machine.cache)
        yield from _decode(machine, prompt, candidates, emit)
    finally:
        _let_go(machine.cache, loaded.strand, candidates)
    _finish(candidates, usage, time.perf_counter() - started, emit)


def _let_go(cache: KvCache, strand: Strand, candidates: list[Candidate]) -> None:
    """Keep the first candidate's strand for the next request; drop those of others that went their own ways."""
    kept = candidates[0].strand if candidates else strand
    for candidate in candidates:
        candidate.sampler.close()
        if candidate.strand is not kept and not candidate.strand.lost:
            cache.evict(candidate.strand)
    cache.release(kept)


def _decode(
    machine: Machine, prompt: Prompt, candidates: list[Candidate], emit: Callable[[Chunk], None]
) -> Steps[None]:
    """Decode until all candidates have ended; those that end before the last one are told at once.

    Candidates that have written the same so far share a strand, and their next token is computed once.
    """
    while True:
        for candidate in candidates:
            if candidate.finish is None and len(candidate.strand.tokens) >= machine.context.tokens:
                candidate.finish = FinishReason.LENGTH
        alive = [candidate for candidate in candidates if candidate.finish is None]
        if not alive:
            return
        for candidate in candidates:
            if (chunk := candidate.end()) is not None:
                emit(chunk)
        lost = [candidate for candidate in alive if candidate.strand.lost]
        if lost:
            yield from _reload(machine, prompt, [other for other in lost if other.generated == lost[0].generated])
            continue
        groups = _groups(machine.cache, alive)
        room = max(machine.context.micro_batch // len(groups), 1)
        try:
            rows = yield tuple(group[0].piece(room) for group in groups)
        except Lost:
            continue
        for group, own in zip(groups, rows, strict=True):
            for candidate in group:
                candidate.take(own, machine.cache)


def _groups(cache: KvCache, alive: list[Candidate]) -> list[list[Candidate]]:
    """Return the candidates by the strand they share; those that chose another token than the first get their own."""
    groups: dict[tuple[int, int], list[Candidate]] = {}
    taken: set[int] = set()
    for candidate in alive:
        group = groups.setdefault((id(candidate.strand), candidate.generated[-1]), [])
        group.append(candidate)
    for group in groups.values():
        strand = group[0].strand
        if id(strand) in taken:
            strand = cache.branch(strand)
            for candidate in group:
                candidate.strand = strand
        taken.add(id(strand))
    return list(groups.values())


def _reload(machine: Machine, prompt: Prompt, group: list[Candidate]) -> Steps[None]:
    """Compute again what an evicted strand held, the token that was to be computed next included."""
    loaded = yield from machine.cache.load(Prompt((*prompt.tokens, *group[0].generated)))
    for candidate in group:
        candidate.moved(loaded.strand, loaded.row, machine.cache)


def _finish(candidates: list[Candidate], usage: Usage, seconds: float, emit: Callable[[Chunk], None]) -> None:
    speculations = [candidate.speculation for candidate in candidates if candidate.speculation is not None]
    total = evolve(
        usage,
        completion_tokens=sum(candidate.output.count for candidate in candidates),
        completion_seconds=seconds,
        drafted_tokens=sum(speculation.drafted for speculation in speculations),
        accepted_tokens=sum(speculation.accepted for speculation in speculations),
    )
    *before, last = [chunk for candidate in candidates if (chunk := candidate.end()) is not None]
    for chunk in before:
        emit(chunk)
    emit(evolve(last, usage=total))
