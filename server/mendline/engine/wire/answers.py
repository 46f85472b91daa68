"""Answers: a stream of `Chunk`s to OpenAI's JSON, piece by piece or as a whole."""

from __future__ import annotations

import json
import math
import time
import uuid
from collections.abc import Sequence
from typing import Any

from mendline.engine.protocol import Chunk, FinishReason, Token, Usage
from mendline.engine.wire.requests import Json

DONE = b"data: [DONE]\n\n"


def event(payload: Json) -> bytes:
    """Return a server-sent event that carries `payload`."""
    return b"data: " + json.dumps(payload, separators=(",", ":")).encode("ascii") + b"\n\n"


class Writer:
    """Writes one answer; completions and chat differ in a few names only.

    Args:
        model: the model's name.
        chat: whether the answer is a chat completion.
        logprobs: whether tokens are sent with their log-probabilities.
    """

    def __init__(self, model: str, *, chat: bool, logprobs: bool) -> None:
        self._chat = chat
        self._logprobs = logprobs
        self._offsets: dict[int, int] = {}
        self._begun: set[int] = set()
        self._head: Json = {
            "id": f"{'chatcmpl' if chat else 'cmpl'}-{uuid.uuid4().hex}",
            "object": "chat.completion" if chat else "text_completion",
            "created": int(time.time()),
            "model": model,
        }

    def piece(self, chunk: Chunk) -> Json:
        """Return the JSON of one streamed chunk; its usage goes into `usage`."""
        choice: Json = {"index": chunk.candidate}
        if self._chat:
            delta: Json = {} if chunk.candidate in self._begun else {"role": "assistant"}
            if chunk.text:
                delta["content"] = chunk.text
            choice["delta"] = delta
        else:
            choice["text"] = chunk.text
        self._begun.add(chunk.candidate)
        choice["logprobs"] = self._tokens(chunk.candidate, chunk.tokens)
        choice["finish_reason"] = chunk.finish.value if chunk.finish else None
        return {**self._head, "object": self._streamed_object, "choices": [choice]}

    def usage(self, usage: Usage) -> Json:
        """Return the last streamed object, which has no choice and tells what the request cost."""
        return {**self._head, "object": self._streamed_object, "choices": [], **usage_body(usage)}

    def whole(self, chunks: Sequence[Chunk]) -> Json:
        """Return an answer that is not streamed."""
        candidates = sorted({chunk.candidate for chunk in chunks} or {0})
        choices = [
            self._choice(candidate, [chunk for chunk in chunks if chunk.candidate == candidate])
            for candidate in candidates
        ]
        usage = next((chunk.usage for chunk in reversed(chunks) if chunk.usage is not None), Usage())
        return {**self._head, "choices": choices, **usage_body(usage)}

    def _choice(self, candidate: int, chunks: Sequence[Chunk]) -> Json:
        text = "".join(chunk.text for chunk in chunks)
        finish = next((chunk.finish for chunk in reversed(chunks) if chunk.finish is not None), FinishReason.STOP)
        said: Json = {"message": {"role": "assistant", "content": text}} if self._chat else {"text": text}
        tokens = [token for chunk in chunks for token in chunk.tokens]
        return {"index": candidate, "logprobs": self._tokens(candidate, tokens), "finish_reason": finish.value, **said}

    @property
    def _streamed_object(self) -> str:
        return "chat.completion.chunk" if self._chat else "text_completion"

    def _tokens(self, candidate: int, tokens: Sequence[Token]) -> Json | None:
        if not self._logprobs:
            return None
        if self._chat:
            return {"content": [_chat_token(token) for token in tokens]}
        offsets = []
        end = self._offsets.get(candidate, 0)
        for token in tokens:
            offsets.append(end)
            end += len(token.text)
        self._offsets[candidate] = end
        return {
            "tokens": [token.text for token in tokens],
            "token_logprobs": [_finite(token.logprob) for token in tokens],
            "top_logprobs": None,
            "text_offset": offsets,
        }


def usage_body(usage: Usage) -> Json:
    """Return the fields that tell what a request cost."""
    return {
        "usage": {
            "prompt_tokens": usage.prompt_tokens,
            "completion_tokens": usage.completion_tokens,
            "total_tokens": usage.prompt_tokens + usage.completion_tokens,
            "prompt_tokens_details": {"cached_tokens": usage.cached_tokens},
            "completion_tokens_details": {
                "accepted_prediction_tokens": usage.accepted_tokens,
                "rejected_prediction_tokens": usage.drafted_tokens - usage.accepted_tokens,
            },
        },
        "mendline": {
            "prompt_seconds": usage.prompt_seconds,
            "completion_seconds": usage.completion_seconds,
            "trimmed_tokens": usage.trimmed_tokens,
            "approximate_tokens": usage.approximate_tokens,
        },
    }


def _chat_token(token: Token) -> dict[str, Any]:
    return {
        "token": token.text,
        "logprob": _finite(token.logprob),
        # None, not [], for a token that is part of a character: servers mark the end of the text by [].
        "bytes": list(token.text.encode("utf-8", "surrogatepass")) or None,
        "top_logprobs": [],
    }


def _finite(number: float) -> float | None:
    """JSON has neither NaN nor infinities."""
    return number if math.isfinite(number) else None
