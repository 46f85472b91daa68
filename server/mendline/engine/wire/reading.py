"""Reading streamed answers: those of Mendline's engine, of OpenAI-compatible servers and of llama-server's `/infill`.

Nothing here trusts a server: a field of the wrong kind counts as absent.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import attrs

from mendline.engine.protocol import Chunk, FinishReason, Token, Usage
from mendline.engine.wire.requests import Json

FINISH = {
    "length": FinishReason.LENGTH,
    "limit": FinishReason.LENGTH,
    "cancelled": FinishReason.CANCELLED,
    "abort": FinishReason.CANCELLED,
}
"""Reasons that don't mean that the model came to an end; every other name does."""


class Reader:
    """Collects one answer: text and tokens go out as they come, the usage is kept for the end.

    Why a candidate ended goes out at once where several were asked for, and with the usage where it is the only one.

    Args:
        candidates: how many were asked for; a server may send fewer.

    Attributes:
        usage: what the server said so far of what the request cost.
    """

    def __init__(self, candidates: int = 1) -> None:
        self.usage: Usage | None = None
        self._candidates = candidates
        self._finish: dict[int, FinishReason | None] = {}
        self._generated = 0

    @property
    def finished(self) -> bool:
        """Whether every candidate that has begun has ended."""
        return bool(self._finish) and None not in self._finish.values()

    def read(self, payload: Json) -> list[Chunk]:
        """Take in one object of the stream (or the whole of an answer that is not streamed)."""
        self.usage = _usage(payload) or self.usage
        if "content" in payload:
            reason = _text(payload, "stop_type") if payload.get("stop") is True else ""
            return self._taken(0, Chunk(_text(payload, "content"), _tokens(payload)), reason)
        chunks: list[Chunk] = []
        for place, choice in enumerate(_list(payload, "choices")[: self._candidates]):
            if isinstance(choice, dict):
                index = choice.get("index")
                candidate = index if isinstance(index, int) and 0 <= index < self._candidates else place
                chunk = Chunk(_said(choice), _tokens(choice))
                chunks += self._taken(candidate, chunk, _text(choice, "finish_reason"))
        return chunks

    def ending(self) -> list[Chunk]:
        """Return the chunks that end the stream; the last of them has the usage."""
        last = Chunk(usage=self.usage or Usage(completion_tokens=self._generated))
        if self._candidates == 1:
            return [attrs.evolve(last, finish=self._finish.get(0) or FinishReason.STOP)]
        unsaid = [candidate for candidate, finish in self._finish.items() if finish is None]
        return [*(Chunk(finish=FinishReason.STOP, candidate=candidate) for candidate in unsaid), last]

    def _taken(self, candidate: int, chunk: Chunk, reason: str) -> list[Chunk]:
        self._generated += len(chunk.tokens)
        finish = FINISH.get(reason, FinishReason.STOP) if reason else None
        before = self._finish.get(candidate)
        self._finish[candidate] = finish or before
        told = finish if self._candidates > 1 and before is None else None
        chunk = attrs.evolve(chunk, finish=told, candidate=candidate)
        return [chunk] if chunk.text or chunk.tokens or chunk.finish else []


def _said(choice: Json) -> str:
    for name in ("delta", "message"):
        inner = choice.get(name)
        if isinstance(inner, dict):
            return _text(inner, "content")
    return _text(choice, "text")


def _tokens(choice: Json) -> tuple[Token, ...]:
    logprobs = choice.get("logprobs")
    if isinstance(logprobs, dict) and isinstance(logprobs.get("tokens"), list):
        numbers = _list(logprobs, "token_logprobs")
        texts = logprobs["tokens"]
        return tuple(_token(text, numbers[at] if at < len(numbers) else None) for at, text in enumerate(texts))
    entries = _list(logprobs if isinstance(logprobs, dict) else {}, "content") or _list(
        choice, "completion_probabilities"
    )
    # A token without bytes is the end of the text, which is no token of it.
    return tuple(
        _token(entry.get("token"), entry.get("logprob"))
        for entry in entries
        if isinstance(entry, dict) and entry.get("bytes") != []
    )


def _token(text: Any, logprob: Any) -> Token:
    return Token(text if isinstance(text, str) else "", _number(logprob, math.nan))


def _usage(payload: Json) -> Usage | None:
    given = payload.get("usage")
    timings = _object(payload, "timings")
    if isinstance(given, dict):
        usage = _counted(given)
    elif timings:
        usage = _timed(timings)
    else:
        return None
    mendline = payload.get("mendline")
    if isinstance(mendline, dict):
        return attrs.evolve(
            usage,
            prompt_seconds=_number(mendline.get("prompt_seconds"), 0.0),
            completion_seconds=_number(mendline.get("completion_seconds"), 0.0),
            trimmed_tokens=_count(mendline.get("trimmed_tokens")),
            approximate_tokens=_count(mendline.get("approximate_tokens")),
        )
    return attrs.evolve(
        usage,
        prompt_seconds=_number(timings.get("prompt_ms"), 0.0) / 1000,
        completion_seconds=_number(timings.get("predicted_ms"), 0.0) / 1000,
    )


def _counted(given: Json) -> Usage:
    """Read OpenAI's `usage`."""
    completion = _object(given, "completion_tokens_details")
    accepted = _count(completion.get("accepted_prediction_tokens"))
    return Usage(
        prompt_tokens=_count(given.get("prompt_tokens")),
        cached_tokens=_count(_object(given, "prompt_tokens_details").get("cached_tokens")),
        completion_tokens=_count(given.get("completion_tokens")),
        drafted_tokens=accepted + _count(completion.get("rejected_prediction_tokens")),
        accepted_tokens=accepted,
    )


def _timed(timings: Json) -> Usage:
    """Read llama-server's `timings`."""
    cached = _count(timings.get("cache_n"))
    return Usage(
        prompt_tokens=_count(timings.get("prompt_n")) + cached,
        cached_tokens=cached,
        completion_tokens=_count(timings.get("predicted_n")),
        drafted_tokens=_count(timings.get("draft_n")),
        accepted_tokens=_count(timings.get("draft_n_accepted")),
    )


def _text(fields: Json, name: str) -> str:
    value = fields.get(name)
    return value if isinstance(value, str) else ""


def _object(fields: Json, name: str) -> Json:
    value = fields.get(name)
    return value if isinstance(value, dict) else {}


def _list(fields: Json, name: str) -> Sequence[Any]:
    value = fields.get(name)
    return value if isinstance(value, list) else ()


def _count(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0


def _number(value: Any, fallback: float) -> float:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else fallback
