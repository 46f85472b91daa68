"""The contract between those who want text from a model and those who run one.

Everything above this room talks to an `Engine` and does not know which one: llama.cpp in this process
(`engine.llama`), a process shared by all editors or a team's server (`engine.client`), or a script for tests
(`engine.fake`). Requests carry plain text; which tokens it becomes is the engine's business, and no text in a
request is ever read as a control token.
"""

from __future__ import annotations

import enum
from collections.abc import AsyncIterator
from typing import Protocol, runtime_checkable

from attrs import field, frozen


class Priority(enum.IntEnum):
    """Which request an engine serves first when several wait; lower goes first."""

    KEYSTROKE = 0
    INTERACTIVE = 1
    BACKGROUND = 2


class FinishReason(enum.Enum):
    """Why a generation ended, in the OpenAI API's words where it has one."""

    STOP = "stop"
    LENGTH = "length"
    CANCELLED = "cancelled"


@frozen
class Sampling:
    """How tokens are chosen.

    Attributes:
        max_tokens: the most tokens to generate, at least 1.
        temperature: 0 is greedy decoding; above it, sampling from the softened distribution.
        top_p: nucleus mass in (0, 1]; 1 switches it off.
        top_k: how many of the likeliest tokens stay; 0 switches it off.
        seed: fixes the draw at temperature above 0; None draws a new one each time.
        stop: texts that end the generation; the text returned ends before the first of them.
        n: how many candidates to generate from the same prompt, at least 1. They are decoded together and share the
            prompt's cells in the KV cache; with a `seed`, candidate i draws from `seed + i`.
    """

    max_tokens: int = 64
    temperature: float = 0.0
    top_p: float = 1.0
    top_k: int = 0
    seed: int | None = None
    stop: tuple[str, ...] = ()
    n: int = 1


@frozen
class ContextChunk:
    """A piece of another file that the model sees before the current one.

    Attributes:
        path: the file's path as the model shall read it, relative to the workspace, with forward slashes.
        text: the piece itself.
    """

    path: str
    text: str


@frozen
class FillRequest:
    """Fill in the middle: write what stands between `prefix` and `suffix`.

    Attributes:
        prefix: the text before the cursor, as much of it as the model shall see.
        suffix: the text after the cursor.
        path: the file's path as the model shall read it; empty when it has none.
        context: pieces of other files, the most stable first so that cached prompts hold.
    """

    prefix: str
    suffix: str = ""
    path: str = ""
    context: tuple[ContextChunk, ...] = ()
    sampling: Sampling = field(factory=Sampling)
    priority: Priority = Priority.KEYSTROKE


class Role(enum.Enum):
    """Who speaks in a chat."""

    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"


@frozen
class Message:
    """One turn of a chat."""

    role: Role
    content: str


@frozen
class ChatRequest:
    """Continue a chat with the assistant's next turn, through the model's own chat template.

    A last message that is the assistant's is the beginning of that turn: what is streamed continues it.
    """

    messages: tuple[Message, ...]
    sampling: Sampling = field(factory=lambda: Sampling(max_tokens=512))
    priority: Priority = Priority.INTERACTIVE


@frozen
class Token:
    """One generated token.

    Attributes:
        text: the text the token stands for; may be empty while a multi-byte character is incomplete.
        logprob: natural logarithm of the token's probability under the model at temperature 1, before any
            sampling filter; `nan` where the engine cannot tell (a foreign server).
    """

    text: str
    logprob: float


@frozen
class Usage:
    """What a request cost.

    Attributes:
        prompt_tokens: tokens in the prompt.
        cached_tokens: how many of them were already in the KV cache and were not computed again.
        completion_tokens: tokens generated.
        prompt_seconds: time from the start of prefill to the first token's logits; waiting is not in it.
        completion_seconds: time spent in decoding after that.
        trimmed_tokens: prompt tokens left out because the context has no room for them.
        approximate_tokens: how many of the cached tokens were computed behind an older text and only moved to where
            they stand now (a splice); 0 means that the prompt is exactly what a computation from nothing gives.
        drafted_tokens: tokens guessed from the prompt and checked by the model in one batch.
        accepted_tokens: how many of those were right.
    """

    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0
    prompt_seconds: float = 0.0
    completion_seconds: float = 0.0
    trimmed_tokens: int = 0
    approximate_tokens: int = 0
    drafted_tokens: int = 0
    accepted_tokens: int = 0


@frozen
class Chunk:
    """A piece of a stream. The last one carries `usage` and may have no text.

    Each candidate ends with a chunk that has `finish`; the stream ends with the chunk that has `usage`. With one
    candidate that is the same chunk.

    Attributes:
        text: text to append; complete characters only. With a stop text in play, text that may turn out to
            be the stop's beginning is held back until it is decided.
        tokens: the tokens decoded since the previous chunk.
        candidate: which candidate this continues, from 0 to `Sampling.n` - 1.
    """

    text: str = ""
    tokens: tuple[Token, ...] = ()
    finish: FinishReason | None = None
    usage: Usage | None = None
    candidate: int = 0


class FillSupport(enum.Enum):
    """How an engine fills in the middle."""

    NATIVE = "native"
    """By the model's own special tokens (or a foreign server's `suffix`)."""
    PREFIX_ONLY = "prefix-only"
    """The model has none: the suffix is ignored."""


@frozen
class Choice:
    """One decision on how the model runs here.

    Attributes:
        name: what was decided, such as "threads" or "KV type".
        value: the decision.
        reason: where it comes from: "set by hand", "measured on 2026-01-31", or the rule that was applied.
    """

    name: str
    value: str
    reason: str


@frozen
class EngineInfo:
    """What runs, for status lines and `mendline doctor`.

    Attributes:
        model: catalogue id, or the file's name, or the name a foreign server gives.
        model_path: the GGUF file; empty for a foreign server.
        description: the model in llama.cpp's words (architecture, size, quantisation).
        backend: devices llama.cpp can compute on, such as "CPU" or "CUDA0 (NVIDIA H100)"; or the server's kind.
        gpu_offload: whether this build of llama.cpp can offload at all.
        layers: how many layers the model has (its output layer counted), 0 when unknown.
        gpu_layers: how many of them are on a GPU.
        context_tokens: size of the KV cache in tokens.
        threads: threads used for decoding.
        fill: how the middle is filled.
        pid: the process the model is in, 0 when unknown.
        can_splice: whether a change in the middle of a prompt keeps the rest of its KV cache; False for models whose
            memory can't be shifted, which recompute it.
        choices: what was chosen for this machine, and why.
        notes: sentences worth showing a user: a fallback that was taken, a setting that had no effect.
    """

    model: str
    model_path: str = ""
    description: str = ""
    backend: str = ""
    gpu_offload: bool = False
    layers: int = 0
    gpu_layers: int = 0
    context_tokens: int = 0
    threads: int = 0
    fill: FillSupport = FillSupport.NATIVE
    pid: int = 0
    can_splice: bool = False
    choices: tuple[Choice, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def on_gpu(self) -> bool:
        """Whether the whole model is on a GPU."""
        return self.layers > 0 and self.gpu_layers >= self.layers


@runtime_checkable
class Loads(Protocol):
    """An engine that tells how far it is while it loads its model."""

    @property
    def loading(self) -> float | None:
        """How much is loaded, 0 to 1; None where nothing is being loaded."""
        ...


@runtime_checkable
class Engine(Protocol):
    """Something that runs a model.

    Streams are async iterators. A stream is cancelled by cancelling the task that consumes it, or by closing
    the iterator (`aclose`); the engine then stops promptly, in the middle of prefill too. Nothing else needs
    to be called. A stream that was not cancelled always ends with a chunk whose `usage` is set; with one candidate,
    its `finish` is set, too.

    All methods raise `EngineError` (see `engine.errors` for the tree) and nothing else of their own.
    """

    def fill(self, request: FillRequest) -> AsyncIterator[Chunk]:
        """Stream the text between prefix and suffix."""
        ...

    def chat(self, request: ChatRequest) -> AsyncIterator[Chunk]:
        """Stream the assistant's next turn."""
        ...

    async def warm(self, request: FillRequest) -> Usage:
        """Prefill the request's prompt and generate nothing, so that a following `fill` starts at once."""
        ...

    async def info(self) -> EngineInfo:
        """Tell what runs; loads the model when it is not loaded."""
        ...

    async def aclose(self) -> None:
        """Release what this object holds. A shared engine process goes on for the other editors."""
        ...
