"""Requests: `FillRequest` and `ChatRequest` to JSON and, strictly checked, back."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any, Generic, TypeVar

from attrs import frozen

from mendline.engine.errors import EngineRefused
from mendline.engine.protocol import ChatRequest, ContextChunk, FillRequest, Message, Priority, Role, Sampling

Json = dict[str, Any]
R = TypeVar("R", FillRequest, ChatRequest)

MAX_TOKENS = 1_000_000
MAX_CANDIDATES = 16
MAX_STOPS = 64
MAX_SEED = 2**63


class BadRequest(EngineRefused):
    """A request that is not what the API asks for.

    Attributes:
        param: the field at fault; empty when it is the body as a whole.
    """

    def __init__(self, message: str, *, param: str = "") -> None:
        super().__init__(message, status=400)
        self.param = param


@frozen
class Asked(Generic[R]):
    """A request and how its answer shall be sent."""

    request: R
    stream: bool
    include_usage: bool
    logprobs: bool


def fill_body(request: FillRequest) -> Json:
    """Return the body of `/v1/completions` that asks a Mendline engine for `request`, streamed."""
    context = [{"path": chunk.path, "text": chunk.text} for chunk in request.context]
    return {
        "prompt": request.prefix,
        "suffix": request.suffix,
        "logprobs": 0,
        **sampling_body(request.sampling),
        **STREAMED,
        "mendline": {"path": request.path, "context": context, "priority": int(request.priority)},
    }


def chat_body(request: ChatRequest) -> Json:
    """Return the body of `/v1/chat/completions` that asks a Mendline engine for `request`, streamed."""
    return {
        "messages": [{"role": message.role.value, "content": message.content} for message in request.messages],
        "logprobs": True,
        **sampling_body(request.sampling),
        **STREAMED,
        "mendline": {"priority": int(request.priority)},
    }


STREAMED: Json = {"stream": True, "stream_options": {"include_usage": True}}


def sampling_body(sampling: Sampling) -> Json:
    """Return the sampling fields; those that are switched off are left out, for servers that know fewer."""
    body: Json = {"max_tokens": sampling.max_tokens, "temperature": sampling.temperature}
    if sampling.top_p < 1:
        body["top_p"] = sampling.top_p
    if sampling.top_k:
        body["top_k"] = sampling.top_k
    if sampling.seed is not None:
        body["seed"] = sampling.seed
    if sampling.stop:
        body["stop"] = list(sampling.stop)
    if sampling.n > 1:
        body["n"] = sampling.n
    return body


def parse_fill(body: bytes) -> Asked[FillRequest]:
    """Read the body of `/v1/completions`.

    Raises:
        BadRequest: it is not JSON, or a field is missing or of the wrong kind.
    """
    fields = _object(body)
    extra = _mapping(fields, "mendline")
    prompt = fields.get("prompt")
    if isinstance(prompt, list) and len(prompt) == 1:
        fields["prompt"] = prompt[0]
    if "prompt" not in fields:
        raise BadRequest("`prompt` is missing.", param="prompt")
    request = FillRequest(
        prefix=_text(fields, "prompt"),
        suffix=_text(fields, "suffix"),
        path=_text(extra, "path"),
        context=_context(extra),
        sampling=_sampling(fields, fallback_tokens=64),
        priority=_priority(extra, Priority.KEYSTROKE),
    )
    return Asked(request, *_delivery(fields))


def parse_chat(body: bytes) -> Asked[ChatRequest]:
    """Read the body of `/v1/chat/completions`.

    Raises:
        BadRequest: it is not JSON, or a field is missing or of the wrong kind.
    """
    fields = _object(body)
    if "max_completion_tokens" in fields:
        fields["max_tokens"] = fields["max_completion_tokens"]
    request = ChatRequest(
        messages=_messages(fields),
        sampling=_sampling(fields, fallback_tokens=512),
        priority=_priority(_mapping(fields, "mendline"), Priority.INTERACTIVE),
    )
    return Asked(request, *_delivery(fields))


def _object(body: bytes) -> Json:
    try:
        fields = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BadRequest(f"The body is not JSON: {error}.") from None
    if not isinstance(fields, dict):
        raise BadRequest("The body must be a JSON object.")
    return fields


def _sampling(fields: Json, *, fallback_tokens: int) -> Sampling:
    candidates = _whole(fields, "n", 1, low=1, high=MAX_CANDIDATES)
    if _whole(fields, "best_of", candidates, low=1, high=MAX_TOKENS) != candidates:
        raise BadRequest("`best_of` must be the same as `n`: every candidate is returned.", param="best_of")
    return Sampling(
        max_tokens=_whole(fields, "max_tokens", fallback_tokens, low=1, high=MAX_TOKENS),
        temperature=_number(fields, "temperature", 0.0, low=0, high=100),
        top_p=_number(fields, "top_p", 1.0, low=1e-6, high=1),
        top_k=_whole(fields, "top_k", 0, low=0, high=MAX_TOKENS),
        seed=None if fields.get("seed") is None else _whole(fields, "seed", 0, low=-MAX_SEED, high=MAX_SEED),
        stop=_stops(fields),
        n=candidates,
    )


def _delivery(fields: Json) -> tuple[bool, bool, bool]:
    options = _mapping(fields, "stream_options")
    logprobs = fields.get("logprobs")
    if not (logprobs is None or isinstance(logprobs, bool) or (isinstance(logprobs, int) and 0 <= logprobs <= 20)):
        raise BadRequest("`logprobs` must be true, false or a whole number from 0 to 20.", param="logprobs")
    # 0 asks for the chosen token's log-probability without any alternatives.
    return _truth(fields, "stream"), _truth(options, "include_usage"), logprobs is not None and logprobs is not False


def _messages(fields: Json) -> tuple[Message, ...]:
    given = fields.get("messages")
    if not isinstance(given, list) or not given:
        raise BadRequest("`messages` must be a list with at least one message.", param="messages")
    messages = []
    for entry in given:
        if not isinstance(entry, dict):
            raise BadRequest("Each of `messages` must be an object.", param="messages")
        try:
            role = Role(entry.get("role"))
        except ValueError:
            raise BadRequest("`role` must be system, user or assistant.", param="messages") from None
        messages.append(Message(role, _content(entry)))
    return tuple(messages)


def _content(entry: Json) -> str:
    content = entry.get("content")
    if not isinstance(content, list):
        return _text(entry, "content")
    if not all(isinstance(part, dict) and part.get("type") == "text" for part in content):
        raise BadRequest("Only text is supported in `content`.", param="messages")
    return "".join(_text(part, "text") for part in content)


def _context(extra: Json) -> tuple[ContextChunk, ...]:
    given = extra.get("context") or []
    if not isinstance(given, list) or not all(isinstance(entry, dict) for entry in given):
        raise BadRequest("`mendline.context` must be a list of objects.", param="mendline")
    return tuple(ContextChunk(_text(entry, "path"), _text(entry, "text")) for entry in given)


def _priority(extra: Json, fallback: Priority) -> Priority:
    return Priority(_whole(extra, "priority", int(fallback), low=min(Priority), high=max(Priority)))


def _stops(fields: Json) -> tuple[str, ...]:
    given = fields.get("stop")
    stops = [given] if isinstance(given, str) else ([] if given is None else given)
    if not isinstance(stops, list) or len(stops) > MAX_STOPS or not all(isinstance(stop, str) for stop in stops):
        raise BadRequest(f"`stop` must be a text or a list of at most {MAX_STOPS} texts.", param="stop")
    return tuple(_readable(stop) for stop in stops if stop)


def _mapping(fields: Mapping[str, Any], name: str) -> Json:
    value = fields.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise BadRequest(f"`{name}` must be an object.", param=name)
    return value


def _text(fields: Mapping[str, Any], name: str) -> str:
    value = fields.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise BadRequest(f"`{name}` must be a text.", param=name)
    return _readable(value)


def _readable(text: str) -> str:
    """Replace lone surrogates, which JSON can carry and no tokenizer can."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _truth(fields: Mapping[str, Any], name: str) -> bool:
    value = fields.get(name)
    if not (value is None or isinstance(value, bool)):
        raise BadRequest(f"`{name}` must be true or false.", param=name)
    return bool(value)


def _whole(fields: Mapping[str, Any], name: str, fallback: int, *, low: int, high: int) -> int:
    value = fields.get(name)
    if value is None:
        return fallback
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise BadRequest(f"`{name}` must be a whole number from {low} to {high}.", param=name)
    return value


def _number(fields: Mapping[str, Any], name: str, fallback: float, *, low: float, high: float) -> float:
    value = fields.get(name)
    if value is None:
        return fallback
    numeric = isinstance(value, int | float) and not isinstance(value, bool)
    if not numeric or not math.isfinite(value) or not low <= value <= high:
        raise BadRequest(f"`{name}` must be a number from {low:g} to {high:g}.", param=name)
    return float(value)
