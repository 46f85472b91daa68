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
        self._offset = 0
        self._first = True
        self._head: Json = {
            "id": f"{'chatcmpl' if chat else 'cmpl'}-{uuid.uuid4().hex}",
            "object": "chat.completion" if chat else "text_completion",
            "created": int(time.time()),
            "model": model,
        }

    def piece(self, chunk: Chunk) -> Json:
        """Return the JSON of one streamed chunk; its usage goes into `usage`."""
        choice: Json = {"index": 0}
        if self._chat:
            delta: Json = {"role": "assistant"} if self._first else {}
            if chunk.text:
                delta["content"] = chunk.text
            choice["delta"] = delta
        else:
            choice["text"] = chunk.text
        self._first = False
        choice["logprobs"] = self._tokens(chunk.tokens)
        choice["finish_reason"] = chunk.finish.value if chunk.finish else None
        return {**self._head, "object": self._streamed_object, "choices": [choice]}

    def usage(self, usage: Usage) -> Json:
        """Return the last streamed object, which has no choice and tells what the request cost."""
        return {**self._head, "object": self._streamed_object, "choices": [], **usage_body(usage)}

    def whole(self, chunks: Sequence[Chunk]) -> Json:
        """Return an answer that is not streamed."""
        text = "".join(chunk.text for chunk in chunks)
        tokens = tuple(token for chunk in chunks for token in chunk.tokens)
        last = chunks[-1] if chunks else Chunk()
        choice: Json = {
            "index": 0,
            "logprobs": self._tokens(tokens),
            "finish_reason": (last.finish or FinishReason.STOP).value,
        }
        if self._chat:
            choice["message"] = {"role": "assistant", "content": text}
        else:
            choice["text"] = text
        return {**self._head, "choices": [choice], **usage_body(last.usage or Usage())}

    @property
    def _streamed_object(self) -> str:
        return "chat.completion.chunk" if self._chat else "text_completion"

    def _tokens(self, tokens: Sequence[Token]) -> Json | None:
        if not self._logprobs:
            return None
        if self._chat:
            return {"content": [_chat_token(token) for token in tokens]}
        offsets = []
        for token in tokens:
            offsets.append(self._offset)
            self._offset += len(token.text)
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
        },
        "mendline": {
            "prompt_seconds": usage.prompt_seconds,
            "completion_seconds": usage.completion_seconds,
            "trimmed_tokens": usage.trimmed_tokens,
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
