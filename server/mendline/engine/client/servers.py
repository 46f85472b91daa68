"""What kinds of servers there are, and what each wants to be asked.

Mendline's own process takes Mendline's fields. llama-server ignores `suffix` in `/v1/completions` and has `/infill`
instead, which builds the model's own prompt from prefix, suffix and other files; it answers 501 for a model that has
no fill-in-the-middle tokens. Everything else is asked for completions with `suffix`, as OpenAI's API has it; those
that refuse it (vLLM does) are asked with the prefix alone from then on.

Several candidates are one request with `n`, and as many requests in turn where a server generates only one at a time:
llama-server refuses more than it has slots, others say so when they are asked.
"""

from __future__ import annotations

import enum
import re
from typing import Any, TypeVar

from attrs import evolve, field, frozen

from mendline.engine.client.transport import Transport
from mendline.engine.errors import EngineRefused
from mendline.engine.protocol import ChatRequest, EngineInfo, FillRequest, FillSupport
from mendline.engine.wire.failures import read_error
from mendline.engine.wire.requests import STREAMED, Json, chat_body, fill_body, sampling_body

R = TypeVar("R", FillRequest, ChatRequest)

CANDIDATES_REFUSED = re.compile(r"\bn\b|\bchoices?\b", re.IGNORECASE)
"""How a server names what it refuses when it refuses several candidates."""


class ServerKind(enum.Enum):
    """Whose server it is; the values are shown to users."""

    MENDLINE = "Mendline"
    LLAMA_SERVER = "llama-server"
    VLLM = "vLLM"
    OPENAI = "OpenAI API"


class FillWay(enum.Enum):
    """How the middle is asked for."""

    MENDLINE = "mendline"
    INFILL = "infill"
    SUFFIX = "suffix"
    PREFIX = "prefix"


@frozen
class Server:
    """What is known of a server.

    Attributes:
        model: the name requests carry; empty when the server has not told any.
        context_tokens: size of its context, 0 when unknown.
        together: whether one request may ask for several candidates.
        notes: sentences for the user.
    """

    kind: ServerKind
    way: FillWay
    model: str = ""
    context_tokens: int = 0
    together: bool = True
    notes: tuple[str, ...] = field(default=())

    def info(self, url: str) -> EngineInfo:
        """Return what can be told of a foreign server."""
        return EngineInfo(
            # llama-server names a model by its path.
            model=self.model.rpartition("/")[2] if self.model.endswith(".gguf") else self.model or "unknown",
            backend=f"{self.kind.value} at {url}",
            context_tokens=self.context_tokens,
            fill=FillSupport.PREFIX_ONLY if self.way is FillWay.PREFIX else FillSupport.NATIVE,
            notes=self.notes,
        )


async def discover(transport: Transport, model: str) -> Server:
    """Find out what answers at the transport's address.

    Args:
        transport: leads to the server.
        model: the model to ask for where the server lists it, or lists none; otherwise the first it lists is taken.

    Raises:
        EngineError: nothing answers, or it refuses the key.
    """
    status, body = await transport.get("/mendline/health")
    if status == 200 and isinstance(body, dict) and "protocol" in body:
        return Server(ServerKind.MENDLINE, FillWay.MENDLINE, str(body.get("model", "")))
    status, props = await transport.get("/props")
    llama = status == 200 and isinstance(props, dict) and "default_generation_settings" in props
    status, body = await transport.get("/v1/models")
    if status in {401, 403, 429, 503}:
        raise read_error(status, body, transport.root)
    listed = _listed(body)
    wanted = next((entry for entry in listed if entry.get("id") == model), None)
    entry = wanted or (listed[0] if listed else {"id": model})
    chosen = str(entry.get("id", ""))
    if llama:
        context = props["default_generation_settings"].get("n_ctx", 0)
        context = context if isinstance(context, int) else 0
        return Server(ServerKind.LLAMA_SERVER, FillWay.INFILL, chosen, context, together=False)
    context = entry.get("max_model_len", 0)
    kind = ServerKind.VLLM if entry.get("owned_by") == "vllm" else ServerKind.OPENAI
    notes: tuple[str, ...] = ()
    if wanted is None and len(listed) > 1:
        notes = (f"The server offers {len(listed)} models; {chosen}, the first, is used.",)
    return Server(kind, FillWay.SUFFIX, chosen, context if isinstance(context, int) else 0, notes=notes)


def in_turn(server: Server, request: R) -> tuple[R, ...]:
    """Return what `request` is for `server`: itself, or a request for each candidate."""
    sampling = request.sampling
    if server.together or sampling.n <= 1:
        return (request,)
    seeds = [None if sampling.seed is None else sampling.seed + candidate for candidate in range(sampling.n)]
    return tuple(evolve(request, sampling=evolve(sampling, n=1, seed=seed)) for seed in seeds)


def fill_call(server: Server, request: FillRequest) -> tuple[str, Json]:
    """Return path and body that ask `server` for the middle."""
    if server.way is FillWay.MENDLINE:
        return "/v1/completions", fill_body(request)
    if server.way is FillWay.INFILL:
        return "/infill", _infill(request)
    body = {
        "prompt": _with_context(request),
        "logprobs": 1,
        **_model(server),
        **sampling_body(request.sampling),
        **STREAMED,
        **_plain_sampling(server),
    }
    if server.way is FillWay.SUFFIX and request.suffix:
        body["suffix"] = request.suffix
    return "/v1/completions", body


def chat_call(server: Server, request: ChatRequest) -> tuple[str, Json]:
    """Return path and body that ask `server` for the next turn."""
    body = chat_body(request)
    if server.kind is not ServerKind.MENDLINE:
        del body["mendline"]
        body |= {"top_logprobs": 1, **_model(server), **_plain_sampling(server)}
    return "/v1/chat/completions", body


def fallback(server: Server, refusal: EngineRefused, request: FillRequest | ChatRequest) -> Server | None:
    """Return how to go on after the `refusal` of `request`, None when asking otherwise would not help."""
    fill = isinstance(request, FillRequest)
    disliked = refusal.status in {400, 404, 422, 500, 501}
    if fill and server.way is FillWay.INFILL and refusal.status in {404, 405, 501}:
        note = f"{server.kind.value} cannot fill in the middle with this model: the text after the cursor is ignored."
    elif fill and server.way is FillWay.SUFFIX and disliked and "suffix" in str(refusal).lower():
        note = "The server does not take `suffix`: the text after the cursor is ignored."
    elif _asks_too_many(server, request) and disliked and CANDIDATES_REFUSED.search(str(refusal)):
        note = "The server generates one candidate at a time: several are asked for in turn."
        return evolve(server, together=False, notes=(*server.notes, note))
    else:
        return None
    return evolve(server, way=FillWay.PREFIX, notes=(*server.notes, note))


def _asks_too_many(server: Server, request: FillRequest | ChatRequest) -> bool:
    return server.kind is not ServerKind.MENDLINE and server.together and request.sampling.n > 1


def _infill(request: FillRequest) -> Json:
    sampling = sampling_body(request.sampling)
    extra = [{"filename": chunk.path, "text": chunk.text} for chunk in request.context]
    return {
        "input_prefix": request.prefix,
        "input_suffix": request.suffix,
        "input_extra": extra,
        "n_predict": sampling.pop("max_tokens"),
        "n_probs": 1,
        "cache_prompt": True,
        "stream": True,
        # llama-server's own defaults for these are other than "off".
        "top_k": 0,
        "top_p": 1.0,
        "min_p": 0.0,
        **sampling,
    }


def _plain_sampling(server: Server) -> Json:
    return {"min_p": 0.0} if server.kind is ServerKind.LLAMA_SERVER else {}


def _with_context(request: FillRequest) -> str:
    """Put the other files' pieces before the prefix, each under its path."""
    return "".join(f"{chunk.path}\n{chunk.text}\n\n" for chunk in request.context) + request.prefix


def _model(server: Server) -> Json:
    return {"model": server.model} if server.model else {}


def _listed(body: Any) -> list[dict[str, Any]]:
    data = body.get("data") if isinstance(body, dict) else None
    return [entry for entry in data if isinstance(entry, dict)] if isinstance(data, list) else []
