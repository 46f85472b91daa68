"""A deterministic engine for tests: it answers from a script, and can be held, broken and looked into.

It is a full `Engine`: streams token by token, honours `max_tokens` and stop texts, counts prompt tokens and what of
them it has seen before, and notes of every request how it ended.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from pathlib import Path

import attrs
from attrs import define, field

from mendline.engine import errors
from mendline.engine.fake.answers import Answer, split_tokens
from mendline.engine.protocol import (
    ChatRequest,
    Chunk,
    EngineInfo,
    FillRequest,
    Sampling,
    Usage,
)

Request = FillRequest | ChatRequest


class Gate:
    """Holds an engine at one point until a test lets it go on.

    `await gate.reached.wait()` returns once a request stands before it; `gate.open()` lets it and all later ones pass.
    """

    def __init__(self) -> None:
        self.reached = asyncio.Event()
        self._open = asyncio.Event()

    def open(self) -> None:
        """Let whoever waits go on, and hold nobody any more."""
        self._open.set()

    async def wait(self) -> None:
        """Stand before the gate until it is open."""
        self.reached.set()
        await self._open.wait()


@define
class Record:
    """One request and how it ended.

    Attributes:
        kind: "fill", "chat" or "warm".
        outcome: "running", "finished", "cancelled" or "failed".
        text: what was streamed, of the first candidate.
    """

    number: int
    kind: str
    request: Request
    outcome: str = "running"
    text: str = ""
    ended: asyncio.Event = field(factory=asyncio.Event)

    @property
    def cancelled(self) -> bool:
        """Whether the one who asked went away before the end."""
        return self.outcome == "cancelled"


class FakeEngine:
    """An `Engine` without a model.

    Args:
        answers: (end of the prefix, answer) in order, the first match counts; or a function from the request to
            an answer, None for the default. A text stands for `Answer.of(text)`.
        default: given when nothing else matches.
        errors: what the n-th request (counted from 0, of any kind) raises.
        prefill_gate: where every request waits before its first token.
        decode_gate: where every request waits after its first token.
        info: what `info` tells.
        record: a file that gets a line for each request's start and end (see `fake.script`).

    Attributes:
        records: all requests so far, in order of arrival.
        closed: whether `aclose` was called.
    """

    def __init__(
        self,
        answers: Sequence[tuple[str, Answer | str]] | Callable[[Request], Answer | str | None] = (),
        *,
        default: Answer | str = "pass",
        errors: Mapping[int, errors.EngineError] | None = None,
        prefill_gate: Gate | None = None,
        decode_gate: Gate | None = None,
        info: EngineInfo | None = None,
        record: Path | None = None,
    ) -> None:
        self._choose = answers if callable(answers) else _by_prefix(tuple(answers))
        self._default = default
        self._errors = dict(errors or {})
        self._prefill_gate = prefill_gate
        self._decode_gate = decode_gate
        self._info = info or EngineInfo(model="fake", backend="fake", context_tokens=4096, pid=os.getpid())
        self._record = record
        self._cached: list[str] = []
        self.records: list[Record] = []
        self.closed = False

    @property
    def requests(self) -> tuple[Request, ...]:
        """Every request so far, in order of arrival."""
        return tuple(record.request for record in self.records)

    def fill(self, request: FillRequest) -> AsyncGenerator[Chunk, None]:
        """Stream the scripted answer for the request's prefix."""
        return self._stream("fill", request)

    def chat(self, request: ChatRequest) -> AsyncGenerator[Chunk, None]:
        """Stream the scripted answer for the last message."""
        return self._stream("chat", request)

    async def warm(self, request: FillRequest) -> Usage:
        """Take the prompt into the pretended cache."""
        nothing = attrs.evolve(request, sampling=Sampling(max_tokens=0))
        usage = Usage()
        async with contextlib.aclosing(self._stream("warm", nothing)) as stream:
            async for chunk in stream:
                usage = chunk.usage or usage
        return usage

    async def info(self) -> EngineInfo:
        """Tell what was given to the constructor."""
        return self._info

    async def aclose(self) -> None:
        """Note that it was called."""
        self.closed = True

    async def _stream(self, kind: str, request: Request) -> AsyncGenerator[Chunk, None]:
        record = Record(len(self.records), kind, request)
        self.records.append(record)
        self._note(record, "start")
        # Whatever ends the stream without getting to the end of the block below is the consumer going away.
        outcome = "cancelled"
        try:
            async with contextlib.aclosing(self._answered(record)) as chunks:
                async for chunk in chunks:
                    record.text += "" if chunk.candidate else chunk.text
                    yield chunk
            outcome = "finished"
        except errors.EngineError:
            outcome = "failed"
            raise
        finally:
            record.outcome = outcome
            record.ended.set()
            self._note(record, "end")

    async def _answered(self, record: Record) -> AsyncGenerator[Chunk, None]:
        request = record.request
        chosen = self._choose(request)
        answer = self._default if chosen is None else chosen
        answer = Answer.of(answer) if isinstance(answer, str) else answer
        if self._prefill_gate is not None:
            await self._prefill_gate.wait()
        if answer.delay_seconds:
            await asyncio.sleep(answer.delay_seconds)
        if record.number in self._errors:
            raise self._errors[record.number]
        prompt, cached = self._prefilled(request)
        candidates = [answer.candidate(number, request.sampling) for number in range(request.sampling.n)]
        for step in range(1 + max(len(pieces) for pieces, _ in candidates)):
            await answer.held(step)
            if answer.error is not None and step == len(candidates[0][0]):
                raise answer.error
            for number, (pieces, finish) in enumerate(candidates):
                if step < len(pieces):
                    text, token = pieces[step]
                    yield Chunk(text, (token,), candidate=number)
                elif step == len(pieces) and len(candidates) > 1:
                    yield Chunk(finish=finish, candidate=number)
            if step == 0 and candidates[0][0] and self._decode_gate is not None:
                await self._decode_gate.wait()
        usage = attrs.evolve(
            answer.usage,
            prompt_tokens=prompt,
            cached_tokens=cached,
            completion_tokens=sum(len(pieces) for pieces, _ in candidates),
        )
        yield Chunk(finish=candidates[0][1] if len(candidates) == 1 else None, usage=usage)

    def _prefilled(self, request: Request) -> tuple[int, int]:
        """Count the prompt's tokens and how many of them begin the previous prompt too."""
        prompt = split_tokens(_prompt(request))
        common = 0
        for ours, theirs in zip(prompt, self._cached, strict=False):
            if ours != theirs:
                break
            common += 1
        self._cached = prompt
        return len(prompt), common

    def _note(self, record: Record, event: str) -> None:
        if self._record is None:
            return
        line = {"event": event, "number": record.number, "kind": record.kind, "pid": os.getpid()}
        line |= {"outcome": record.outcome} if event == "end" else {"prefix_end": text_before(record.request)[-40:]}
        with self._record.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")


def _by_prefix(answers: tuple[tuple[str, Answer | str], ...]) -> Callable[[Request], Answer | str | None]:
    def choose(request: Request) -> Answer | str | None:
        before = text_before(request)
        return next((answer for end, answer in answers if before.endswith(end)), None)

    return choose


def text_before(request: Request) -> str:
    """Return the text an answer is chosen by."""
    if isinstance(request, FillRequest):
        return request.prefix
    return request.messages[-1].content if request.messages else ""


def _prompt(request: Request) -> str:
    if isinstance(request, FillRequest):
        return "".join(chunk.text for chunk in request.context) + request.prefix + request.suffix
    return "".join(message.content for message in request.messages)
