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
    """Collects one answer: text and tokens go out as they come, finish and usage are kept for the end."""

    def __init__(self) -> None:
        self.finish: FinishReason | None = None
        self.usage: Usage | None = None
        self._generated = 0

    def read(self, payload: Json) -> Chunk:
        """Take in one object of the stream (or the whole of an answer that is not streamed)."""
        choices = payload.get("choices")
        native = "content" in payload
        choice = payload if native else (choices[0] if isinstance(choices, list) and choices else {})
        if not isinstance(choice, dict):
            choice = {}
        tokens = _tokens(choice)
        self._generated += len(tokens)
        reason = _text(choice, "stop_type") if native and choice.get("stop") is True else _text(choice, "finish_reason")
        if reason:
            self.finish = FINISH.get(reason, FinishReason.STOP)
        self.usage = _usage(payload) or self.usage
        return Chunk(_piece(choice, native=native), tokens)

    def last(self) -> Chunk:
        """Return the chunk that ends the stream."""
        usage = self.usage or Usage(completion_tokens=self._generated)
        return Chunk(finish=self.finish or FinishReason.STOP, usage=usage)


def _piece(choice: Json, *, native: bool) -> str:
    if native:
        return _text(choice, "content")
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
    timings = payload.get("timings")
    timings = timings if isinstance(timings, dict) else {}
    usage: Usage | None = None
    if isinstance(given, dict):
        details = given.get("prompt_tokens_details")
        usage = Usage(
            prompt_tokens=_count(given.get("prompt_tokens")),
            cached_tokens=_count(details.get("cached_tokens")) if isinstance(details, dict) else 0,
            completion_tokens=_count(given.get("completion_tokens")),
        )
    elif timings:
        cached = _count(timings.get("cache_n"))
        usage = Usage(
            prompt_tokens=_count(timings.get("prompt_n")) + cached,
            cached_tokens=cached,
            completion_tokens=_count(timings.get("predicted_n")),
        )
    if usage is None:
        return None
    mendline = payload.get("mendline")
    if isinstance(mendline, dict):
        return attrs.evolve(
            usage,
            prompt_seconds=_number(mendline.get("prompt_seconds"), 0.0),
            completion_seconds=_number(mendline.get("completion_seconds"), 0.0),
            trimmed_tokens=_count(mendline.get("trimmed_tokens")),
        )
    return attrs.evolve(
        usage,
        prompt_seconds=_number(timings.get("prompt_ms"), 0.0) / 1000,
        completion_seconds=_number(timings.get("predicted_ms"), 0.0) / 1000,
    )


def _text(fields: Json, name: str) -> str:
    value = fields.get(name)
    return value if isinstance(value, str) else ""


def _list(fields: Json, name: str) -> Sequence[Any]:
    value = fields.get(name)
    return value if isinstance(value, list) else ()


def _count(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0


def _number(value: Any, fallback: float) -> float:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else fallback
